//! Entries as they are served: each behind its length in two bytes, most significant first (C2SP tlog-tiles, "Log
//! Entries").

use crate::ENTRY_BYTES_MAX;

/// Adds an entry to a bundle; false, and nothing is added, where it is too long.
#[must_use]
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else {
        return false;
    };
    const { assert!(ENTRY_BYTES_MAX == u16::MAX as usize) };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// The entries of a bundle, in order; none where it does not hold exactly `width` of them and nothing else.
pub fn entries(bundle: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(width.into());
    let mut rest = bundle;
    for _ in 0..width {
        let (length, more) = rest.split_first_chunk::<2>()?;
        let (entry, more) = more.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry);
        rest = more;
    }
    rest.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_gives_back_what_was_put_into_it() {
        let longest = vec![7; ENTRY_BYTES_MAX];
        let given: [&[u8]; 3] = [b"a", b"", &longest];
        let mut bundle = Vec::new();
        for entry in given {
            assert!(push(&mut bundle, entry));
        }
        assert!(!push(&mut bundle, &vec![7; ENTRY_BYTES_MAX + 1]));
        assert_eq!(bundle[..7], *b"\x00\x01a\x00\x00\xff\xff");
        assert_eq!(entries(&bundle, 3), Some(given.to_vec()));
        for width in [0, 1, 2, 4] {
            assert_eq!(entries(&bundle, width), None, "{width}");
        }
        assert_eq!(entries(&bundle[..bundle.len() - 1], 3), None);
        assert_eq!(entries(&[0], 1), None);
        assert_eq!(entries(&[], 0), Some(Vec::new()));
    }
}
