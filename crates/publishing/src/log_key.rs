//! The key that a log signs with: 32 random bytes in a file for its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use minhbach_tlog::{KeyKind, KeyName, SigningKey};
use rustix::fs::OFlags;

use crate::PublishError;

/// Longer files are no keys.
const KEY_BYTES_MAX: u64 = 1_024;
/// What others may do to a file.
const OTHERS: u32 = 0o077;

fn path(dir: &Path) -> PathBuf {
    dir.join("private").join("log-key")
}

/// A new key for the log of that name.
///
/// # Errors
///
/// The system gives no randomness.
pub fn draw_key(origin: KeyName) -> Result<SigningKey, PublishError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| PublishError::NoRandomness)?;
    Ok(SigningKey::of_seed(origin, KeyKind::Log, &seed))
}

/// Keeps the key of the log in the data folder `dir`, durably, where nobody else can read it.
///
/// # Errors
///
/// There is one already, or the system refuses.
pub fn keep_key(dir: &Path, key: &SigningKey) -> Result<(), PublishError> {
    let path = path(dir);
    let folder = dir.join("private");
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => PublishError::KeyThere(path.clone()),
        _ => PublishError::io("write the key", &path)(error),
    };
    let mut private = DirBuilder::new();
    let made = private.recursive(true).mode(0o700).create(&folder);
    made.map_err(PublishError::io("make the folder", &folder))?;
    // Whole under another name first: half a key would be none for ever.
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let written = options.write(true).create_new(true).mode(0o600).open(&draft);
    let written = written.and_then(|mut file| {
        file.write_all(key.to_secret_text().as_bytes())?;
        file.sync_all()
    });
    written.map_err(PublishError::io("write the key", &draft))?;
    // A link fails where there is a file already, and renaming would replace it.
    let linked = fs::hard_link(&draft, &path).map_err(failed);
    let removed = fs::remove_file(&draft).map_err(PublishError::io("remove", &draft));
    linked.and(removed)?;
    let synced = File::open(&folder).and_then(|folder| folder.sync_all());
    synced.map_err(PublishError::io("sync the folder", &folder))
}

/// Whether there is a key in the data folder `dir`, good or bad.
pub fn has_key(dir: &Path) -> bool {
    // Who may not look is not told that it is missing.
    match fs::symlink_metadata(path(dir)) {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

/// Reads the key of the log `origin` from a file of one's own, as [`keep_key`] writes it.
///
/// # Errors
///
/// As for [`read_key`].
pub fn key_of_file(path: &Path, origin: &KeyName) -> Result<SigningKey, PublishError> {
    read_key_at(path.to_path_buf(), origin)
}

/// The key in the data folder `dir`, which must be that of the log `origin`.
///
/// # Errors
///
/// There is none, others may read it, it is no key or another's, or the system refuses.
pub fn read_key(dir: &Path, origin: &KeyName) -> Result<SigningKey, PublishError> {
    read_key_at(path(dir), origin)
}

fn read_key_at(path: PathBuf, origin: &KeyName) -> Result<SigningKey, PublishError> {
    let mut options = OpenOptions::new();
    // A pipe would be waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.read(true).custom_flags(flags.bits() as i32);
    let file = options.open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PublishError::NoKey(path.clone()),
        _ => PublishError::io("read", &path)(error),
    })?;
    let meta = file.metadata().map_err(PublishError::io("read", &path))?;
    if meta.mode() & OTHERS != 0 {
        return Err(PublishError::KeyExposed(path));
    }
    let mut text = String::new();
    let read = file.take(KEY_BYTES_MAX).read_to_string(&mut text);
    read.map_err(PublishError::io("read", &path))?;
    let key = SigningKey::parse_secret_text(&text).map_err(|why| PublishError::BadKey { path, why })?;
    if key.public().name() != origin || key.public().kind() != KeyKind::Log {
        return Err(PublishError::ForeignKey {
            key: key.public().name().to_string(),
            origin: origin.to_string(),
        });
    }
    Ok(key)
}
