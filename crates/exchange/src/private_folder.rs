//! The private folder: for its owner alone, and on the disk before anything relies on it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Makes a folder of mode 0700 with its parents and syncs where it stands; an existing one is narrowed to 0700.
///
/// # Errors
///
/// The system refuses to make, narrow or sync it.
pub fn ensure(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        if fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    sync(folder)?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync(parent),
        _ => sync(Path::new(".")),
    }
}

/// Makes a new file of mode 0600; an existing one is an error.
///
/// # Errors
///
/// There is such a name already, or the system refuses.
pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Syncs a folder, so that the names in it are kept.
///
/// # Errors
///
/// The system refuses.
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
