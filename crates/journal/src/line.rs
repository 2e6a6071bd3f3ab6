//! One line of a file: `<hash, 64 hex><space><entry>`, and the fixed header every entry begins with.

use minhbach_events::Hash;

use crate::{At, ENTRY_BYTES_MAX, What};

/// The hash and the space before the entry.
pub(crate) const LINE_PREFIX: usize = Hash::HEX_LEN + 1;

/// The longest line, without its `\n`.
pub(crate) const LINE_MAX: usize = LINE_PREFIX + ENTRY_BYTES_MAX;

/// What the header of an entry says of its place in the chain.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub seq: u64,
    /// As written: compared with the digits of the hash before, so it need not be read.
    pub prev: [u8; Hash::HEX_LEN],
    pub at: At,
}

/// A line whose entry has a header and the hash that is written before it.
pub(crate) struct Checked<'a> {
    pub entry: &'a [u8],
    pub header: Header,
    pub hash: Hash,
    pub hex: [u8; Hash::HEX_LEN],
}

/// Checks what a line says of itself: its shape, its hash, its header. The chain is [`crate::chain::Chain`]'s.
pub(crate) fn check(line: &[u8]) -> Result<Checked<'_>, What> {
    if LINE_MAX < line.len() {
        return Err(What::LineTooLong);
    }
    let Some((written, rest)) = line.split_at_checked(Hash::HEX_LEN) else {
        return Err(What::NotALine);
    };
    let Some((b' ', entry)) = rest.split_first() else {
        return Err(What::NotALine);
    };
    let hash = Hash::of(entry);
    let hex = hash.to_hex();
    if written != hex {
        return Err(What::HashMismatch { computed: hash });
    }
    let header = header(entry).ok_or(What::NotAnEntry)?;
    Ok(Checked {
        entry,
        header,
        hash,
        hex,
    })
}

/// Reads `{"seq":N,"prev":"<64>","at":"<24>","by":`, and that the entry ends as an object does.
pub(crate) fn header(entry: &[u8]) -> Option<Header> {
    let (seq, rest) = seq(entry)?;
    let rest = rest.strip_prefix(b",\"prev\":\"")?;
    let (prev, rest) = rest.split_first_chunk::<{ Hash::HEX_LEN }>()?;
    let rest = rest.strip_prefix(b"\",\"at\":\"")?;
    let (at, rest) = rest.split_at_checked(At::LEN)?;
    let rest = rest.strip_prefix(b"\",\"by\":")?;
    let at = At::parse(at)?;
    (rest.last() == Some(&b'}')).then_some(Header { seq, prev: *prev, at })
}

/// Reads the seq of the line that begins here, of which `bytes` may be only the beginning. Nothing is checked.
pub(crate) fn seq_of_line(bytes: &[u8]) -> Option<u64> {
    let (seq, rest) = seq(bytes.get(LINE_PREFIX..)?)?;
    (rest.first() == Some(&b',')).then_some(seq)
}

/// The bytes that [`seq_of_line`] needs at most: the prefix, `{"seq":`, 20 digits and the comma.
pub(crate) const SEQ_BYTES: usize = LINE_PREFIX + 7 + 20 + 1;

fn seq(entry: &[u8]) -> Option<(u64, &[u8])> {
    let rest = entry.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at(digits);
    let canonical = match digits {
        [] => false,
        [b'0', more @ ..] => more.is_empty(),
        _ => true,
    };
    if !canonical {
        return None;
    }
    let number = |sum: u64, digit: &u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    Some((digits.iter().try_fold(0, number)?, rest))
}

#[cfg(test)]
mod tests {
    use super::{header, seq_of_line};

    fn entry(seq: &str, at: &str) -> String {
        format!(
            r#"{{"seq":{seq},"prev":"{}","at":"{at}","by":"x"}}"#,
            "ab".repeat(32)
        )
    }

    #[test]
    fn the_header_is_read_as_written() {
        let at = "2026-11-22T01:11:00.123Z";
        let text = entry("18446744073709551615", at);
        let read = header(text.as_bytes()).expect("a header");
        assert_eq!(
            (read.seq, read.prev.as_slice()),
            (u64::MAX, "ab".repeat(32).as_bytes())
        );
        assert_eq!(read.at.as_str(), at);
        assert_eq!(
            seq_of_line(format!("{} {text}", "0".repeat(64)).as_bytes()),
            Some(u64::MAX)
        );

        let bad = [
            entry("18446744073709551616", at),
            entry("007", at),
            entry("", at),
            entry("-1", at),
            entry("1", "2026-11-22T01:11:00.12Z"),
            entry("1", at).replace("\"by\"", "\"bx\""),
            entry("1", at).replace(",\"prev\"", ", \"prev\""),
            entry("1", at).replace('}', ""),
        ];
        for text in bad {
            assert!(header(text.as_bytes()).is_none(), "{text}");
        }
    }
}
