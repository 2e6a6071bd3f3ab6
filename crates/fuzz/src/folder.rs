//! Folders for targets that read files.

use tempfile::TempDir;

/// A folder of its own, in memory where the system has such a place: a sync there costs nothing.
///
/// # Panics
///
/// The system gives none.
pub fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder for files")
}
