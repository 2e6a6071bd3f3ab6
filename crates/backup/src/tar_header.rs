//! The header of a member: 512 bytes of POSIX ustar, of which only name, length, mode and time vary.

/// The size of a header, and what members are filled up to.
pub(crate) const BLOCK: usize = 512;
/// The longest name that a header holds.
pub(crate) const NAME_MAX: usize = 100;
/// The most bytes that eleven octal digits say.
pub(crate) const SIZE_MAX: u64 = 0o777_7777_7777;

/// What varies in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TarHeader {
    /// Plain characters only, at most [`NAME_MAX`] of them.
    pub name: String,
    /// At most [`SIZE_MAX`].
    pub size: u64,
    /// Seconds of POSIX time.
    pub time: u64,
    pub mode: Mode,
}

/// Who may read a member once it is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Everybody,
    OwnerAlone,
}

impl TarHeader {
    /// The header's bytes.
    pub(crate) fn to_bytes(&self) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        let mode = match self.mode {
            Mode::Everybody => b"0000644",
            Mode::OwnerAlone => b"0000600",
        };
        put(0, &self.name.as_bytes()[..self.name.len().min(NAME_MAX)]);
        put(100, mode);
        put(108, b"0000000");
        put(116, b"0000000");
        put(124, format!("{:011o}", self.size).as_bytes());
        put(136, format!("{:011o}", self.time).as_bytes());
        put(148, b"        ");
        put(156, b"0");
        put(257, b"ustar\x0000");
        put(329, b"0000000");
        put(337, b"0000000");
        let sum: u32 = block.iter().copied().map(u32::from).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    /// Reads a header; none where it is not byte for byte one that [`TarHeader::to_bytes`] makes: so there are no links, no
    /// devices, no second names and no owners in a backup.
    pub(crate) fn read(block: &[u8; BLOCK]) -> Option<TarHeader> {
        let name = block[..NAME_MAX].split(|byte| *byte == 0).next()?;
        let name = std::str::from_utf8(name).ok().filter(|name| is_plain(name))?;
        let mode = match &block[100..107] {
            b"0000600" => Mode::OwnerAlone,
            _ => Mode::Everybody,
        };
        let header = TarHeader {
            name: name.to_owned(),
            size: octal(&block[124..135])?,
            time: octal(&block[136..147])?,
            mode,
        };
        (header.to_bytes() == *block).then_some(header)
    }
}

/// Whether a name is a path below where it is unpacked, of plain characters.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |part: &str| {
        let of = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        !matches!(part, "" | "." | "..") && part.bytes().all(of)
    };
    name.len() <= NAME_MAX && name.split('/').all(plain)
}

fn octal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum: u64, digit| match digit {
        b'0'..=b'7' => Some(sum * 8 + u64::from(digit - b'0')),
        _ => None,
    })
}

/// How many bytes of filling follow a member of that size.
pub(crate) fn filling(size: u64) -> usize {
    // Less than a block.
    (size.next_multiple_of(BLOCK as u64) - size) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, size: u64) -> TarHeader {
        TarHeader {
            name: name.into(),
            size,
            time: 0o14_7000_0000,
            mode: Mode::Everybody,
        }
    }

    #[test]
    fn what_varies_comes_back_and_nothing_else_may() {
        let original = header("journal/00000000000000000000.log", 67_108_864);
        let block = original.to_bytes();
        // As POSIX has them: `ustar`, version `00`, a plain file, octal digits.
        assert_eq!(&block[124..136], b"00400000000\0");
        assert_eq!(&block[257..265], b"ustar\x0000");
        assert_eq!(TarHeader::read(&block), Some(original.clone()));
        for byte in 0..BLOCK {
            for bit in 0..8 {
                let mut changed = block;
                changed[byte] ^= 1 << bit;
                assert_eq!(TarHeader::read(&changed), None, "byte {byte}, bit {bit}");
            }
        }
        // Even with its sum made right a link is none of ours.
        let mut link = block;
        link[156] = b'2';
        link[148..156].copy_from_slice(b"        ");
        let sum: u32 = link.iter().copied().map(u32::from).sum();
        link[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(TarHeader::read(&link), None);
    }

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["a", "log/vkey", "private/a/b.c-d_e"] {
            assert!(is_plain(name), "{name}");
            assert!(TarHeader::read(&header(name, 0).to_bytes()).is_some());
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "log/../../x",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "a b",
            "a\n",
            "ă",
        ] {
            assert!(!is_plain(name), "{name}");
            assert!(TarHeader::read(&header(name, 0).to_bytes()).is_none(), "{name}");
        }
        assert!(!is_plain(&"a".repeat(101)));
    }

    #[test]
    fn members_are_filled_up_to_whole_blocks() {
        assert_eq!([0, 1, 511, 512, 513].map(filling), [0, 511, 1, 0, 511]);
    }
}
