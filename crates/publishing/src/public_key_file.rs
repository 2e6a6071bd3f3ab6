//! The log's public key beside its checkpoint: whose log this folder holds, also where there is no key to sign with.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use minhbach_tlog::{KeyError, KeyKind, VerifyingKey};

use crate::{PublishError, make_folder, open_file, replace_file};

/// Longer files are no keys.
const KEY_BYTES_MAX: u64 = 1_024;

fn path(dir: &Path) -> PathBuf {
    dir.join("log").join("vkey")
}

/// The public key of the log in the data folder `dir`; none where the folder does not say it.
///
/// # Errors
///
/// The file holds no key of a log, or the system refuses.
pub fn read_vkey(dir: &Path) -> Result<Option<VerifyingKey>, PublishError> {
    let path = path(dir);
    let file = match open_file(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PublishError::io("read", &path)(error)),
    };
    let mut bytes = Vec::new();
    let read = file.take(KEY_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(PublishError::io("read", &path))?;
    let line = std::str::from_utf8(&bytes).map_err(|_| KeyError::Form);
    let key = line.and_then(|line| VerifyingKey::parse(line.trim_end_matches(['\r', '\n'])));
    let key = key.and_then(|key| match key.kind() {
        KeyKind::Log => Ok(key),
        KeyKind::Cosigner => Err(KeyError::Kind),
    });
    key.map(Some).map_err(|why| PublishError::BadKey { path, why })
}

/// Keeps the public key of the log in the data folder `dir`, durably, for whoever reads the folder.
///
/// # Errors
///
/// The folder names another key, or the system refuses.
pub fn keep_vkey(dir: &Path, key: &VerifyingKey) -> Result<(), PublishError> {
    match read_vkey(dir)? {
        Some(kept) if kept == *key => return Ok(()),
        Some(kept) => {
            return Err(PublishError::OtherVkey {
                kept: kept.to_string(),
                given: key.to_string(),
            });
        }
        None => {}
    }
    let folder = dir.join("log");
    make_folder(&folder).map_err(PublishError::io("make the folder", &folder))?;
    let path = path(dir);
    replace_file(&path, format!("{key}\n").as_bytes()).map_err(PublishError::io("write", &path))
}
