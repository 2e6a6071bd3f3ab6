//! The last signed checkpoint, durable before anybody sees it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minhbach_tlog::{Checkpoint, Note, VerifyingKey};

use crate::{PublishError, replace_file};

fn path(dir: &Path) -> PathBuf {
    dir.join("log").join("checkpoint")
}

/// The checkpoint of the data folder `dir`, if one was signed, by that key.
///
/// # Errors
///
/// It is no checkpoint, of another log, or not signed by the key, or the system refuses.
pub fn read_checkpoint(dir: &Path, key: &VerifyingKey) -> Result<Option<(Note, Checkpoint)>, PublishError> {
    let path = path(dir);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PublishError::io("read", &path)(error)),
    };
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
    let path = path(dir);
    replace_file(&path, note.to_string().as_bytes()).map_err(PublishError::io("write", &path))
}
