//! Whether the private part holds the key that the log is signed with: asked of what is backed up and of what is restored.

use std::path::Path;

use minhbach_publishing::{PublishError, read_key};
use minhbach_tlog::VerifyingKey;

use crate::sealed;

/// The file of the key, in a data folder and in a private part.
pub(crate) const FILE: &str = "private/log-key";

/// Why a file is not the log's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// What is in it is no key.
    #[error("it does not hold a key")]
    NotAKey,
    /// It is the key of another log.
    #[error("it is the key of another ledger")]
    Another,
}

/// Sees whether the key in the folder `dir` is that of the log; how it is not.
pub(crate) fn fault_of(dir: &Path, log: &VerifyingKey) -> Result<Option<KeyFault>, PublishError> {
    if !dir.join(sealed::FOLDER).is_dir() {
        return Ok(Some(KeyFault::Missing));
    }
    match read_key(dir, log.name()) {
        Ok(key) if key.public() == log => Ok(None),
        Ok(_) | Err(PublishError::ForeignKey { .. }) => Ok(Some(KeyFault::Another)),
        Err(PublishError::NoKey(_)) => Ok(Some(KeyFault::Missing)),
        Err(PublishError::BadKey { .. }) => Ok(Some(KeyFault::NotAKey)),
        // A text that is none.
        Err(PublishError::Io { error, .. }) if error.kind() == std::io::ErrorKind::InvalidData => {
            Ok(Some(KeyFault::NotAKey))
        }
        Err(error) => Err(error),
    }
}
