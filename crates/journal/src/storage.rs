//! Where the writer and its recovery meet the disk: every operation that changes something there.
//!
//! Reading is not among them: what is read is the files themselves, whoever wrote them.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::IoFault;
use crate::segment::FOLDER;

/// Makes, opens and names files to write, and makes names durable.
pub trait Storage: Send + Sync {
    /// Makes a file that is not there yet.
    ///
    /// # Errors
    ///
    /// The system refuses; the file may be there all the same. So it is with every operation here.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    /// Opens a file to write.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    /// Makes a folder in one that is there.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// Gives a file another name.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Returns once the names in a folder are durable.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A file being written.
pub trait SegmentFile: Send {
    /// Writes all the bytes at that place.
    ///
    /// # Errors
    ///
    /// The system refuses; some of the bytes may be written.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Cuts the file off at that length.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn cut(&mut self, len: u64) -> io::Result<()>;
    /// Returns once what was written, and the length, is durable.
    ///
    /// # Errors
    ///
    /// The system refuses; what was written may be lost, although reading still shows it.
    fn sync(&mut self) -> io::Result<()>;
    /// Has the system forget what it shows of this file without having it on the disk.
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

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

impl SegmentFile for File {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
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
pub(crate) fn make_folder(storage: &dyn Storage, folder: &Path) -> Result<(), IoFault> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = above(folder);
    make_folder(storage, above)?;
    match storage.make_folder(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => {
            return Err(IoFault::on("make the folder", folder)(error));
        }
        _ => {}
    }
    sync_folder(storage, above)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(storage: &dyn Storage, folder: &Path) -> Result<(), IoFault> {
    storage
        .sync_folder(folder)
        .map_err(IoFault::on("sync the folder", folder))
}

/// Makes the names durable under which the journal of the data folder `dir` is found: whoever made them may have been
/// killed before he did.
pub(crate) fn make_names_durable(storage: &dyn Storage, dir: &Path) -> Result<(), IoFault> {
    sync_folder(storage, &dir.join(FOLDER))?;
    sync_folder(storage, dir)?;
    match sync_folder(storage, above(dir)) {
        // Whoever may not read the folder above has not made the data folder there.
        Err(fault) if fault.error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}

fn above(folder: &Path) -> &Path {
    match folder.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => Path::new("/"),
    }
}
