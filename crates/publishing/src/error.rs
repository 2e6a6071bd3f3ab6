//! Why a journal cannot be published.

use std::io;
use std::path::{Path, PathBuf};

use minhbach_journal::ReadError;
use minhbach_tlog::{CheckpointError, KeyError, NoteError, TreeHash};

/// Why a journal cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no key to sign with.
    #[error("there is no key at {}", .0.display())]
    NoKey(PathBuf),
    /// There is a checkpoint, and nothing says by which key.
    #[error("there is no public key at {}", .0.display())]
    NoPublicKey(PathBuf),
    /// There is a key already: another would be another log.
    #[error("there is a key at {} already", .0.display())]
    KeyThere(PathBuf),
    /// The file of the key holds none.
    #[error("{} is no key: {why}", .path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// Why.
        why: KeyError,
    },
    /// Others may read the key.
    #[error("{} can be read by others: a key is for its owner alone", .0.display())]
    KeyExposed(PathBuf),
    /// The key is another log's.
    #[error("the key is {key}'s, and the log is {origin}")]
    ForeignKey {
        /// The key's name.
        key: String,
        /// The log's.
        origin: String,
    },
    /// The folder says that its log has another public key.
    #[error("the folder is of the log with the key {kept}, and the key is {given}")]
    OtherVkey {
        /// The key in the folder.
        kept: String,
        /// The key that was to be kept.
        given: String,
    },
    /// The checkpoint's file is no note, or nobody known signed it.
    #[error("{} is not our checkpoint: {why}", .path.display())]
    BadNote {
        /// The file.
        path: PathBuf,
        /// Why.
        why: NoteError,
    },
    /// The note is no checkpoint.
    #[error("{} is not our checkpoint: {why}", .path.display())]
    BadCheckpoint {
        /// The file.
        path: PathBuf,
        /// Why.
        why: CheckpointError,
    },
    /// The checkpoint is another log's.
    #[error("the checkpoint is of {found}, and the log is {origin}")]
    ForeignCheckpoint {
        /// Whose it is.
        found: String,
        /// The log's name.
        origin: String,
    },
    /// The journal is shorter than what was signed: entries were cut off, or it is an older copy.
    #[error("the journal has {journal} entries, and {signed} were signed")]
    Shorter {
        /// Entries that are there.
        journal: u64,
        /// Entries of the checkpoint.
        signed: u64,
    },
    /// The first entries are not those that were signed.
    #[error(
        "the first {size} entries are not those that were signed: their root is {found}, and {signed} was signed"
    )]
    Rewritten {
        /// Entries of the checkpoint.
        size: u64,
        /// Their root now.
        found: TreeHash,
        /// Their root then.
        signed: TreeHash,
    },
    /// Nothing was signed yet.
    #[error("nothing was signed yet")]
    Unsigned,
    /// The tree's files are not those of the checkpoint.
    #[error("the tree in {} is not that of the checkpoint", .0.display())]
    TreeBehind(PathBuf),
    /// The folder follows another log.
    #[error("{} mirrors another log", .0.display())]
    Mirror(PathBuf),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] ReadError),
    /// The system does not let us read or write.
    #[error("cannot {doing} {}: {error}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The system gives no thread.
    #[error("the system gives no thread to sign on: {0}")]
    Thread(io::Error),
    /// The thread that signs has ended in a fault of ours.
    #[error("the thread that signs has ended")]
    Ended,
    /// The system gives no randomness for a key.
    #[error("the system gives no randomness for a key")]
    NoRandomness,
}

impl PublishError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PublishError {
        move |error| PublishError::Io {
            doing,
            path: path.to_path_buf(),
            error,
        }
    }
}
