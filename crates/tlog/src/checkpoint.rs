//! What a log says of its tree: whose, how many entries, which root (C2SP tlog-checkpoint).

use std::fmt;

use crate::{KeyName, Note, TreeHash};

/// A log's tree at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name; its key has the same.
    pub origin: KeyName,
    /// Its entries.
    pub size: u64,
    /// Its root.
    pub root: TreeHash,
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It has more or fewer lines than three. Lines of extensions are refused by witnesses, so that a log has none.
    #[error("a checkpoint has three lines: origin, size, root")]
    Lines,
    /// The first line cannot be a log's name.
    #[error("the origin is empty or has spaces, a plus or control characters in it")]
    Origin,
    /// The second line is no number without leading zeros.
    #[error("the size is not a number")]
    Size,
    /// The third line is no hash.
    #[error("the root is not the base64 of 32 bytes")]
    Root,
}

impl Checkpoint {
    /// Reads the text of a note.
    ///
    /// # Errors
    ///
    /// It is no checkpoint.
    pub fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let origin = KeyName::new(origin).map_err(|_| CheckpointError::Origin)?;
        let canonical = size == "0" || !size.starts_with('0');
        let plain = canonical && size.bytes().all(|byte| byte.is_ascii_digit());
        let size = size.parse().ok().filter(|_| plain).ok_or(CheckpointError::Size)?;
        let root = TreeHash::from_base64(root).ok_or(CheckpointError::Root)?;
        Ok(Checkpoint { origin, size, root })
    }

    /// As a note that nobody has signed yet.
    pub fn to_note(&self) -> Note {
        Note::of(self.to_string()).expect("a name, a number and base64 have no control characters")
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cosignature;
    use crate::key::tests::{log_key, witness_key};

    /// The vector of the specification page: a log's note with a witness's cosignature.
    pub(crate) const PINNED: &str = "example.org/ledger\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n\
        \u{2014} example.org/ledger X1txbXgUamtWjl47y5bpX32wWuZnwitpZ2JBopcJabkTP1bqaDgKE9ggdRXpWAF5cboWUm6XJEiX6Nkv38YyqB/gPA4=\n\
        \u{2014} witness.example/w1 IDJKvgAAAABkGFDLX0JX01zjsiB18mSY2dy42sIvvYlyOntpaPkloNrDU9foPPXqV7NKwk8XM6POdNdbKr58ZjqKyCYNP/DUeYtBDQ==\n";
    /// When the witness saw it.
    pub(crate) const PINNED_AT: u64 = 0x6418_50cb;

    #[test]
    fn the_pinned_checkpoint_is_read_checked_and_made_again() {
        let note = Note::parse(PINNED.as_bytes()).expect("a note");
        let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.org/ledger", 15)
        );
        let (log, witness) = (log_key(), witness_key());
        note.signed_by(&[log.public().clone()]).expect("signed");
        assert_eq!(cosignature::time_of(&note, witness.public()), Ok(Some(PINNED_AT)));
        let mut made = checkpoint.to_note();
        made.sign(&log);
        made.add(cosignature::sign(&made, &witness, PINNED_AT));
        assert_eq!(made.to_string(), PINNED);
    }

    #[test]
    fn a_checkpoint_has_one_form() {
        let root = TreeHash::of_nothing().to_base64();
        let text = |origin: &str, size: &str| format!("{origin}\n{size}\n{root}\n");
        let read =
            Checkpoint::parse(&text("so.example/minh-bach", "18446744073709551615")).expect("a checkpoint");
        assert_eq!(
            (read.size, read.to_string()),
            (u64::MAX, text("so.example/minh-bach", "18446744073709551615"))
        );
        assert!(Checkpoint::parse(&text("a", "0")).is_ok());
        for size in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            "1 ",
            "1e3",
            "18446744073709551616",
            "١",
        ] {
            assert_eq!(
                Checkpoint::parse(&text("a", size)),
                Err(CheckpointError::Size),
                "{size}"
            );
        }
        for origin in ["", "a b", "a+b", "a\u{2003}b"] {
            assert_eq!(
                Checkpoint::parse(&text(origin, "1")),
                Err(CheckpointError::Origin),
                "{origin}"
            );
        }
        let good = text("a", "1");
        for (bad, expected) in [
            (String::new(), CheckpointError::Lines),
            (good.trim_end().to_owned(), CheckpointError::Lines),
            (format!("{good}extension\n"), CheckpointError::Lines),
            (format!("{good}\n"), CheckpointError::Lines),
            ("a\n1\n".to_owned(), CheckpointError::Lines),
            (good.replace("SuFU=", "SuFV="), CheckpointError::Root),
            (good.replace('=', ""), CheckpointError::Root),
        ] {
            assert_eq!(Checkpoint::parse(&bad), Err(expected), "{bad:?}");
        }
    }
}
