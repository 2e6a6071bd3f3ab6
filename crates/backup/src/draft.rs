//! A file under another name until it is whole, so that its own name is never half a file's.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, OFlags, RenameFlags, flock, renameat_with};
use rustix::io::Errno;

use crate::BackupError;

/// How a file is called until it is whole.
const PARTIAL: &str = "partial";

/// A file that is not whole yet. It goes when it is dropped.
pub(crate) struct Draft {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl Draft {
    /// Begins a draft beside `path`, in place of one that was left by a run that was killed.
    pub(crate) fn beside(path: &Path, mode: u32) -> Result<Draft, BackupError> {
        let draft = path.with_added_extension(PARTIAL);
        let failed = |error| BackupError::io("write", &draft)(error);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(mode)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
        let file = options.open(&draft).map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(BackupError::Busy(draft)),
            Err(error) => return Err(failed(error.into())),
        }
        let opened = file.metadata().map_err(failed)?;
        // Whoever had it before may just have given it its name.
        let same = fs::symlink_metadata(&draft).is_ok_and(|there| there.ino() == opened.ino());
        if !opened.is_file() || !same || opened.nlink() != 1 {
            return Err(BackupError::Busy(draft));
        }
        let emptied = file.set_len(0).and_then(|()| {
            let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
            file.set_permissions(permissions)
        });
        emptied.map_err(failed)?;
        Ok(Draft {
            file,
            path: draft,
            kept: false,
        })
    }

    /// What is written to.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Where that is until then.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, durably; over one that is there only when that is wanted.
    pub(crate) fn keep(mut self, path: &Path, over: bool) -> Result<(), BackupError> {
        self.file
            .sync_all()
            .map_err(BackupError::io("write", &self.path))?;
        let named = if over {
            fs::rename(&self.path, path)
        } else {
            rename_to_free(&self.path, path)
        };
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(path.to_path_buf()),
            _ => BackupError::io("write", path)(error),
        })?;
        self.kept = true;
        sync_folder_of(path)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Renames to a name that nothing has.
pub(crate) fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot: a file gets a second name there, and loses the first.
        Err(Errno::INVAL | Errno::NOSYS) if from.is_file() => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        Err(Errno::INVAL | Errno::NOSYS) if fs::symlink_metadata(to).is_err() => fs::rename(from, to),
        renamed => renamed.map_err(io::Error::from),
    }
}

/// Makes a name durable.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), BackupError> {
    let folder = folder_of(path);
    let synced = File::open(&folder).and_then(|folder| folder.sync_all());
    synced.map_err(BackupError::io("sync", &folder))
}

/// The folder that holds a path.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(above) if above != Path::new("") => above.to_path_buf(),
        Some(_) => PathBuf::from("."),
        None => PathBuf::from("/"),
    }
}
