//! The last signed checkpoint, durable before anybody sees it.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use minhbach_tlog::{Checkpoint, Note, VerifyingKey};

use crate::{PublishError, open_file, replace_file};

/// Longer files are no checkpoints.
pub const CHECKPOINT_BYTES_MAX: u64 = 64 * 1024;

fn path(dir: &Path) -> PathBuf {
    dir.join("log").join("checkpoint")
}

/// The last one that enough witnesses saw, where others are not shown.
fn cosigned_path(dir: &Path) -> PathBuf {
    dir.join("log").join("cosigned")
}

/// The checkpoint of the data folder `dir`, if one was signed, by that key.
///
/// # Errors
///
/// It is no checkpoint, of another log, or not signed by the key, or the system refuses.
pub fn read_checkpoint(dir: &Path, key: &VerifyingKey) -> Result<Option<(Note, Checkpoint)>, PublishError> {
    read(path(dir), key)
}

pub(crate) fn read_cosigned(
    dir: &Path,
    key: &VerifyingKey,
) -> Result<Option<(Note, Checkpoint)>, PublishError> {
    read(cosigned_path(dir), key)
}

pub(crate) fn read(path: PathBuf, key: &VerifyingKey) -> Result<Option<(Note, Checkpoint)>, PublishError> {
    let file = match open_file(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PublishError::io("read", &path)(error)),
    };
    let mut bytes = Vec::new();
    // One that is longer is cut, and then none.
    let read = file.take(CHECKPOINT_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(PublishError::io("read", &path))?;
    let bad = |why| PublishError::BadNote {
        path: path.clone(),
        why,
    };
    let note = Note::parse(&bytes).map_err(bad)?;
    note.signed_by(std::slice::from_ref(key)).map_err(bad)?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|why| PublishError::BadCheckpoint {
        path: path.clone(),
        why,
    })?;
    if checkpoint.origin != *key.name() {
        return Err(PublishError::ForeignCheckpoint {
            found: checkpoint.origin.to_string(),
            origin: key.name().to_string(),
        });
    }
    Ok(Some((note, checkpoint)))
}

/// Puts a note in the place of the last one: it is there whole, or the last one still is.
///
/// # Errors
///
/// The system refuses; which of the two is there after a crash is not known then.
pub fn keep_checkpoint(dir: &Path, note: &Note) -> Result<(), PublishError> {
    write(&path(dir), note)
}

pub(crate) fn keep_cosigned(dir: &Path, note: &Note) -> Result<(), PublishError> {
    write(&cosigned_path(dir), note)
}

fn write(path: &Path, note: &Note) -> Result<(), PublishError> {
    replace_file(path, note.to_string().as_bytes()).map_err(PublishError::io("write", path))
}
