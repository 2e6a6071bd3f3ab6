//! A proof in a file of its own: that an entry is in a log, with the log's signed checkpoint (C2SP tlog-proof).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Checkpoint, CheckpointError, Note, NoteError, ProofError, TreeHash, root_of_inclusion};

/// What such a file begins with.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of fewer than 2⁶⁴ entries needs no more.
const HASHES_MAX: usize = 63;

/// An inclusion proof with the checkpoint of the tree it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// What somebody wrote beside it; nobody signs it.
    pub extra: Option<Vec<u8>>,
    /// The entry.
    pub index: u64,
    /// From its leaf to the root.
    pub hashes: Vec<TreeHash>,
    /// The signed checkpoint.
    pub note: Note,
}

/// Why a file proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// It is no such file.
    #[error("not a proof: {0}")]
    Form(&'static str),
    /// What it ends with is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the entry to the root.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl ProofFile {
    /// Reads a file. Whether it proves anything is not asked yet.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<ProofFile, ProofFileError> {
        let form = ProofFileError::Form;
        let text = std::str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(form("there is no blank line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(form("it does not begin as one"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| STANDARD.decode(&line["extra ".len()..]));
        let extra = extra
            .transpose()
            .map_err(|_| form("what is beside it is not base64"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.filter(|digits| *digits == "0" || !digits.starts_with(['0', '+']));
        let index = index
            .and_then(|digits| digits.parse().ok())
            .ok_or(form("the index is not a number"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == HASHES_MAX {
                return Err(form("it has too many hashes"));
            }
            hashes.push(TreeHash::from_base64(line).ok_or(form("a line is not a hash"))?);
        }
        let note = Note::parse(note.as_bytes())?;
        Ok(ProofFile {
            extra,
            index,
            hashes,
            note,
        })
    }

    /// The checkpoint that it leads to, if these are the entry's bytes. Who signed it, the note says.
    ///
    /// # Errors
    ///
    /// It does not lead there.
    pub fn checkpoint_over(&self, entry: &[u8]) -> Result<Checkpoint, ProofFileError> {
        let checkpoint = Checkpoint::parse(self.note.text())?;
        let root = root_of_inclusion(TreeHash::leaf(entry), self.index, checkpoint.size, &self.hashes)?;
        if root == checkpoint.root {
            Ok(checkpoint)
        } else {
            Err(ProofError::Root.into())
        }
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::log_key;
    use crate::tree::tests::entry;
    use crate::{Frontier, KeyName};

    /// The proof of entry 2 of 3: its leaf is the tree's right side.
    fn proof() -> ProofFile {
        let leaves: Vec<TreeHash> = (0..3).map(|nth| TreeHash::leaf(&entry(nth))).collect();
        let mut tree = Frontier::new();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let checkpoint = Checkpoint {
            origin: KeyName::new("example.org/ledger").expect("a name"),
            size: 3,
            root: tree.root(),
        };
        let mut note = checkpoint.to_note();
        note.sign(&log_key());
        ProofFile {
            extra: None,
            index: 2,
            hashes: vec![TreeHash::node(leaves[0], leaves[1])],
            note,
        }
    }

    #[test]
    fn a_proof_is_read_as_it_is_written_and_proves_its_entry_alone() {
        for extra in [None, Some(b"receipt RC-1".to_vec()), Some(Vec::new())] {
            let file = ProofFile { extra, ..proof() };
            let read = ProofFile::parse(file.to_string().as_bytes()).expect("a proof");
            assert_eq!(read, file);
            assert_eq!(
                read.checkpoint_over(&entry(2)).map(|checkpoint| checkpoint.size),
                Ok(3)
            );
            for other in [entry(1), entry(3), Vec::new()] {
                assert_eq!(read.checkpoint_over(&other), Err(ProofError::Root.into()));
            }
        }
        let text = proof().to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 2\n"), "{text}");
        let elsewhere = ProofFile { index: 3, ..proof() };
        let none = ProofError::NoSuchEntry { index: 3, size: 3 };
        assert_eq!(elsewhere.checkpoint_over(&entry(2)), Err(none.into()));
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let good = proof().to_string();
        let hash = proof().hashes[0].to_string();
        for bad in [
            String::new(),
            good.replace("@v1", "@v2"),
            good.replace("index 2", "index 02"),
            good.replace("index 2", "index +2"),
            good.replace("index 2", "index"),
            good.replace("index 2\n", ""),
            good.replace("index 2\n", "extra !\nindex 2\n"),
            good.replace("index 2\n", "index 2\nextra AAAA\n"),
            good.replace(&hash, &hash[1..]),
            good.replace(&hash, &[hash.as_str(); HASHES_MAX + 1].join("\n")),
            good.replace('\n', "\r\n"),
            good.replace("\n\n", "\n"),
            good.trim_end().to_owned(),
        ] {
            assert!(ProofFile::parse(bad.as_bytes()).is_err(), "{bad:.300}");
        }
    }
}
