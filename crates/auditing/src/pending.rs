//! The checkpoint that a mirror is on its way to: durable before the first entry that it alone vouches for is kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minhbach_publishing::replace_file;
use minhbach_tlog::VerifyingKey;

use crate::bounded_file;
use crate::remote_log::CHECKPOINT_BYTES_MAX;
use crate::{MirrorError, RemoteError, Signed};

fn path(dir: &Path) -> PathBuf {
    dir.join("log").join("next-checkpoint")
}

pub(crate) fn read(dir: &Path, key: &VerifyingKey) -> Result<Option<Signed>, MirrorError> {
    let path = path(dir);
    let bytes = bounded_file::read(&path, CHECKPOINT_BYTES_MAX).map_err(MirrorError::io("read", &path))?;
    let signed = bytes.map(|bytes| Signed::read(&bytes, key)).transpose();
    Ok(signed.map_err(RemoteError::NotSigned)?)
}

pub(crate) fn keep(dir: &Path, signed: &Signed) -> Result<(), MirrorError> {
    let path = path(dir);
    let written = replace_file(&path, signed.note.to_string().as_bytes());
    written.map_err(MirrorError::io("write", &path))
}

/// Forgets it, once it is the mirror's checkpoint. It does no harm where it comes back after a crash.
pub(crate) fn forget(dir: &Path) -> Result<(), MirrorError> {
    let path = path(dir);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(MirrorError::io("remove", &path)(error)),
        _ => Ok(()),
    }
}
