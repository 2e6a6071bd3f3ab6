//! Why a witness does not begin, or cannot go on for a log.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use minhbach_tlog::{CheckpointError, KeyError, KeyName, NoteError, PolicyError};

/// Why a witness does not begin, or cannot go on for a log.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// Another witness has the folder.
    #[error("another witness has {}", .0.display())]
    InUse(PathBuf),
    /// There is no key yet, and nobody said how the witness is called.
    #[error("there is no key at {} yet: a new one needs a name", .0.display())]
    NoName(PathBuf),
    /// There are logs that were seen, and the key that cosigned them is gone.
    #[error("the key {} is gone, though checkpoints were cosigned with it", .0.display())]
    KeyLost(PathBuf),
    /// There is a key, and the folder of what was cosigned with it is gone: it could cosign another history.
    #[error("{} is gone, where it was kept what the key has cosigned", .0.display())]
    RecordsLost(PathBuf),
    /// Others may read the key.
    #[error("{} can be read by others: a key is for its owner alone", .0.display())]
    KeyExposed(PathBuf),
    /// The file of the key holds none.
    #[error("{} is no key of a witness: {why}", .path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// Why.
        why: KeyError,
    },
    /// The key has another name than was asked for.
    #[error("the key is {key}'s, and the witness shall be {asked}")]
    OtherName {
        /// The key's name.
        key: KeyName,
        /// What was asked for.
        asked: KeyName,
    },
    /// The system gives no randomness for a key.
    #[error("the system gives no randomness for a key")]
    NoRandomness,
    /// There is no log to watch.
    #[error("there is no log to watch")]
    NoLogs,
    /// A key that signs no checkpoints.
    #[error("{0} is the key of a witness, not of a log")]
    NotALog(KeyName),
    /// The list of logs is none.
    #[error("{}: {why}", .path.display())]
    BadLogs {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: PolicyError,
    },
    /// What was cosigned last for a log cannot be known any more.
    #[error("{} is not what was cosigned last: {why}", .path.display())]
    BadRecord {
        /// The file.
        path: PathBuf,
        /// Why.
        why: RecordFault,
    },
    /// The address is in use or not one of this machine.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
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
}

/// Why a file is not what was cosigned last.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// It is no note, or our signature on it is wrong.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// We have not cosigned it.
    #[error("this witness has not cosigned it")]
    NotOurs,
    /// It is another log's.
    #[error("it is of another log")]
    OtherLog,
}

impl WitnessError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WitnessError {
        move |error| WitnessError::Io {
            doing,
            path: path.to_path_buf(),
            error,
        }
    }
}
