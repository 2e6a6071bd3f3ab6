//! Why a mirror does not go on.

use std::io;
use std::path::{Path, PathBuf};

use minhbach_journal::{AppendError, OpenError};
use minhbach_publishing::PublishError;

use crate::{Alarm, RemoteError};

/// Why a mirror does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MirrorError {
    /// The log signed what cannot both be true. It was kept in [`Alarm::folder`], and nothing of it was taken over.
    #[error("{alarm}; kept in {folder}", alarm = .0, folder = .0.folder.display())]
    Alarm(Box<Alarm>),
    /// An alarm stands: a person has to look at it, and to move its folder away.
    #[error("an alarm stands: {} says why, and who has understood it moves that folder elsewhere", .folder.display())]
    InAlarm {
        /// The alarm's folder.
        folder: PathBuf,
        /// What its `why` says.
        why: String,
    },
    /// The log cannot be read, or what is served of it is not what it signs. What was not sound was not taken over.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The folder holds a ledger of its own.
    #[error("{} holds a ledger of its own and is no mirror: choose another folder", .0.display())]
    NotAMirror(PathBuf),
    /// The folder mirrors another log.
    #[error("the folder mirrors the log with the key {kept}, and the key is {given}")]
    OtherLog {
        /// The key in the folder.
        kept: String,
        /// The key that was given.
        given: String,
    },
    /// The folder's journal holds more than was signed by any checkpoint in it.
    #[error("the folder's journal has {journal} entries, and a checkpoint vouches for {signed} of them")]
    Unvouched {
        /// Entries that are there.
        journal: u64,
        /// Entries that were signed.
        signed: u64,
    },
    /// The folder's journal is not what the log signs, although the log signs the same as before.
    #[error(
        "the first {size} entries of the folder's journal are not those that were mirrored: they were changed here"
    )]
    ChangedHere {
        /// How many entries were compared.
        size: u64,
    },
    /// The folder's journal cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Entries cannot be written. The mirror has to be opened again.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The folder's tree, key or checkpoint cannot be read or written, or does not fit its journal.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// An earlier failure left the folder in a state that only opening it again tells.
    #[error("the mirror has stopped after an earlier failure: open it again")]
    Stopped,
    /// The system refuses.
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

impl MirrorError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> MirrorError {
        move |error| MirrorError::Io {
            doing,
            path: path.to_path_buf(),
            error,
        }
    }
}
