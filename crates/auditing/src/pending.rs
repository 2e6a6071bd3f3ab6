//! Checkpoints that a mirror has read and does not hold yet. The one that it is on its way to is durable before the first
//! entry that it alone vouches for is kept; one whose tree could not be read is kept as well, since the log has signed it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minhbach_publishing::replace_file;
use minhbach_tlog::VerifyingKey;

use crate::bounded_file;
use crate::remote_log::CHECKPOINT_BYTES_MAX;
use crate::{MirrorError, RemoteError, Signed};

/// Which of them.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// On the way.
    Next,
    /// Signed, and not compared with anything yet.
    Unseen,
}

fn path(dir: &Path, which: Which) -> PathBuf {
    dir.join("log").join(match which {
        Which::Next => "next-checkpoint",
        Which::Unseen => "unseen-checkpoint",
    })
}

pub(crate) fn read(dir: &Path, which: Which, key: &VerifyingKey) -> Result<Option<Signed>, MirrorError> {
    let path = path(dir, which);
    let bytes = bounded_file::read(&path, CHECKPOINT_BYTES_MAX).map_err(MirrorError::io("read", &path))?;
    let signed = bytes.map(|bytes| Signed::read(&bytes, key)).transpose();
    Ok(signed.map_err(RemoteError::NotSigned)?)
}

pub(crate) fn keep(dir: &Path, which: Which, signed: &Signed) -> Result<(), MirrorError> {
    let path = path(dir, which);
    let written = replace_file(&path, signed.note.to_string().as_bytes());
    written.map_err(MirrorError::io("write", &path))
}

/// Forgets it, once the mirror holds it. It does no harm where it comes back after a crash.
pub(crate) fn forget(dir: &Path, which: Which) -> Result<(), MirrorError> {
    let path = path(dir, which);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(MirrorError::io("remove", &path)(error)),
        _ => Ok(()),
    }
}
