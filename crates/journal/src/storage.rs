//! Where the writer meets the disk: the few operations whose failure stops it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::IoFault;

/// Makes and opens files to write, and makes names durable.
pub(crate) trait Storage: Send {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A file being written.
pub(crate) trait SegmentFile: Send {
    /// Writes all the bytes at that place.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Returns once what was written is durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Called after a failure: what the system still shows of this file may never reach the disk.
    fn forget(&mut self);
}

/// The file system.
pub(crate) struct Disk;

impl Storage for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(File::options().write(true).create_new(true).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(File::options().write(true).open(path)?))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

impl SegmentFile for File {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn forget(&mut self) {
        // After a failed sync Linux counts the pages as clean, and a later reader would take them for durable.
        // Best effort: a system that keeps them anyway cannot be told otherwise.
        let _ = rustix::fs::fadvise(&*self, 0, None, rustix::fs::Advice::DontNeed);
    }
}

/// Makes a folder and those above it that are missing, each name durable.
pub(crate) fn make_folder(folder: &Path) -> Result<(), IoFault> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = match folder.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => Path::new("/"),
    };
    make_folder(above)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => {
            return Err(IoFault::on("make the folder", folder)(error));
        }
        _ => {}
    }
    Disk.sync_folder(above)
        .map_err(IoFault::on("sync the folder", above))
}
