//! Files that are there whole or not at all, whatever happens while they are written; and folders that stay.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Puts a file in the place of the one that is there, if there is one: it is there whole and durably afterwards, or the one
/// before still is.
///
/// # Errors
///
/// The system refuses; which of the two is there after a crash is not known then.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_added_extension("new");
    // Whatever is there, also a link to somebody's file or a pipe, is not written to.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::create_new(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    sync_folder_of(path)
}

/// Opens a file to be read, and nothing else that has a name: a pipe would be waited for.
///
/// # Errors
///
/// It is not there ([`io::ErrorKind::NotFound`]), it is no file ([`io::ErrorKind::NotSeekable`]), or the system refuses.
pub fn open_file(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(io::ErrorKind::NotSeekable.into())
    }
}

/// Makes a folder and those above it that are missing, each name durable.
///
/// # Errors
///
/// The system refuses.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(above(folder))?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => Err(error),
        _ => sync_folder_of(folder),
    }
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(above(path))?.sync_all()
}

fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(above) if above != Path::new("") => above,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}
