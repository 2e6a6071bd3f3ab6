//! What is served of a log, as far as it was shown: its checkpoint, its tiles, its proofs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use minhbach_journal::Reader;
use minhbach_tlog::{Checkpoint, Note, ProofFile, TilePath, TreeReader, bundle, inclusion_proof, root_at};

use crate::{LastSigned, PublishError, signed};

/// What was signed last.
#[derive(Clone)]
pub(crate) struct Shown {
    pub note: Note,
    pub checkpoint: Checkpoint,
}

/// Reads a log beside the one who adds to it. Clones are the same.
#[derive(Clone)]
pub struct LogView {
    tree: TreeReader,
    journal: Reader,
    shown: Arc<RwLock<Option<Shown>>>,
}

/// A piece of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// 32 bytes each.
    Hashes(Vec<u8>),
    /// Entries, each behind its length.
    Entries(Vec<u8>),
}

impl LogView {
    pub(crate) fn new(tree: TreeReader, journal: Reader, shown: Arc<RwLock<Option<Shown>>>) -> LogView {
        LogView { tree, journal, shown }
    }

    /// What was signed last in the data folder `dir`, read beside whoever writes there; none where nothing was ever signed.
    /// Nothing is written, no lock is taken.
    ///
    /// # Errors
    ///
    /// The journal is not the one that was signed, the tree's files are not those of the checkpoint (they are made again
    /// when the folder is opened for writing), or the system refuses.
    pub fn of_folder(dir: &Path, journal: Reader) -> Result<Option<LogView>, PublishError> {
        let Some(LastSigned { note, checkpoint, .. }) = signed(dir)? else {
            return Ok(None);
        };
        let (entries, size) = (journal.head().size, checkpoint.size);
        if entries < size {
            return Err(PublishError::Shorter {
                journal: entries,
                signed: size,
            });
        }
        let folder = dir.join("log").join("tree");
        let behind = || PublishError::TreeBehind(folder.clone());
        let tree = TreeReader::open(&folder).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => behind(),
            _ => PublishError::io("open", &folder)(error),
        })?;
        // A file that ends too early is one of a tree that is behind.
        if root_at(&tree, size).ok() != Some(checkpoint.root) {
            return Err(behind());
        }
        let shown = Arc::new(RwLock::new(Some(Shown { note, checkpoint })));
        Ok(Some(LogView::new(tree, journal, shown)))
    }

    fn shown(&self) -> Option<Shown> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The log as it shows itself now, whatever it shows later.
    pub fn as_it_is(&self) -> LogView {
        let shown = Arc::new(RwLock::new(self.shown()));
        LogView::new(self.tree.clone(), self.journal.clone(), shown)
    }

    /// The last signed checkpoint.
    pub fn checkpoint(&self) -> Option<(Note, Checkpoint)> {
        self.shown().map(|Shown { note, checkpoint }| (note, checkpoint))
    }

    /// A tile or a bundle of entries; none where what was signed does not have all of it.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn piece(&self, path: &TilePath) -> Result<Option<Piece>, PublishError> {
        let signed = self.shown().map_or(0, |shown| shown.checkpoint.size);
        let Some(range) = path.range().filter(|_| path.is_within(signed)) else {
            return Ok(None);
        };
        if path.level.is_some() {
            return self
                .tree
                .tile(path)
                .map(|bytes| Some(Piece::Hashes(bytes)))
                .map_err(unreadable);
        }
        let (mut bytes, mut entries) = (Vec::new(), self.journal.entries(range.start));
        for _ in range {
            let entry = entries
                .next_ref()
                .ok_or_else(|| unreadable(io::ErrorKind::UnexpectedEof.into()))??;
            if !bundle::push(&mut bytes, entry.bytes) {
                return Err(unreadable(io::ErrorKind::InvalidData.into()));
            }
        }
        Ok(Some(Piece::Entries(bytes)))
    }

    /// The proof that entry `seq` is in what was signed last; none where it is not.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn proof(&self, seq: u64) -> Result<Option<ProofFile>, PublishError> {
        let Some(Shown { note, checkpoint }) = self.shown() else {
            return Ok(None);
        };
        let hashes = inclusion_proof(&self.tree, seq, checkpoint.size).map_err(unreadable)?;
        Ok(hashes.map(|hashes| ProofFile {
            extra: None,
            index: seq,
            hashes,
            note,
        }))
    }

    /// The same with the entry's own bytes beside the proof: a file that needs nothing else.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn proof_with_entry(&self, seq: u64) -> Result<Option<ProofFile>, PublishError> {
        let Some(proof) = self.proof(seq)? else {
            return Ok(None);
        };
        let entry = self.journal.entry(seq)?;
        let entry = entry.ok_or_else(|| unreadable(io::ErrorKind::UnexpectedEof.into()))?;
        // A hash that was damaged on the disk would prove nothing to anybody, in our name.
        if proof.checkpoint_over(&entry.bytes).is_err() {
            return Err(PublishError::TreeBehind(PathBuf::from("log/tree")));
        }
        Ok(Some(ProofFile {
            extra: Some(entry.bytes),
            ..proof
        }))
    }
}

fn unreadable(error: io::Error) -> PublishError {
    PublishError::Io {
        doing: "read",
        path: "log/tree".into(),
        error,
    }
}
