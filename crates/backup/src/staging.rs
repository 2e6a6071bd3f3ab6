//! The folder beside the target in which a restore is made, until it is whole and verified.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;

use crate::BackupError;
use crate::draft::{folder_of, rename_to_free, sync_folder_of};

/// What says that a folder is not whole yet, and may be removed.
const MARK: &str = "being-restored";
/// What is added to the name of the target.
const RESTORING: &str = "restoring";

/// A folder that becomes the target. It goes when it is dropped before.
pub(crate) struct Staging {
    path: PathBuf,
    target: PathBuf,
    /// Locked, so that two restores do not work in one folder.
    _held: File,
    became: bool,
}

impl Staging {
    /// Makes the folder beside `target`, in place of what a restore that was killed left there.
    pub(crate) fn beside(target: &Path) -> Result<Staging, BackupError> {
        let name = target.file_name();
        let name = name.ok_or_else(|| BackupError::NoTarget(target.to_path_buf()))?;
        let mut restoring = name.to_os_string();
        restoring.push(".");
        restoring.push(RESTORING);
        let path = folder_of(target).join(restoring);
        clear_away(&path, target)?;
        let mut folder = DirBuilder::new();
        let made = folder.mode(0o755).create(&path);
        made.map_err(BackupError::io("make the folder", &path))?;
        let held = lock(&path)?.ok_or_else(|| BackupError::Busy(path.clone()))?;
        let staging = Staging {
            path,
            target: target.to_path_buf(),
            _held: held,
            became: false,
        };
        let mark = staging.path.join(MARK);
        let marked = File::create_new(&mark).and_then(|mark| mark.sync_all());
        marked.map_err(BackupError::io("write", &mark))?;
        Ok(staging)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Becomes the target, where there is nothing or an empty folder.
    pub(crate) fn become_target(mut self) -> Result<(), BackupError> {
        let failed = |error| not_moved("make", &self.target, error);
        let moved = match fs::symlink_metadata(&self.target) {
            // A folder takes the place of an empty one in one step, and of no other.
            Ok(_) => fs::rename(&self.path, &self.target),
            Err(_) => rename_to_free(&self.path, &self.target),
        };
        moved.map_err(failed)?;
        self.became = true;
        self.unmark()
    }

    /// Takes the place of the target in one step; what was there gets the name that is given back.
    pub(crate) fn replace_target(mut self, aside: &Path) -> Result<(), BackupError> {
        let failed = |error| not_moved("replace", &self.target, error);
        match renameat_with(CWD, &self.path, CWD, &self.target, RenameFlags::EXCHANGE) {
            Ok(()) => {
                self.became = true;
                sync_folder_of(&self.target)?;
                rename_to_free(&self.path, aside).map_err(BackupError::io("move aside", &self.path))?;
            }
            // Where the file system cannot do it in one step, nothing is there between the two.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rename_to_free(&self.target, aside).map_err(failed)?;
                fs::rename(&self.path, &self.target).map_err(failed)?;
                self.became = true;
            }
            Err(error) => return Err(failed(error.into())),
        }
        self.unmark()
    }

    fn unmark(&self) -> Result<(), BackupError> {
        sync_folder_of(&self.target)?;
        let mark = self.target.join(MARK);
        fs::remove_file(&mark).map_err(BackupError::io("remove", &mark))
    }
}

/// Why the target could not be exchanged.
fn not_moved(doing: &'static str, target: &Path, error: io::Error) -> BackupError {
    match error.kind() {
        // Where a folder of the same disk is mounted, nothing else tells.
        io::ErrorKind::ResourceBusy => BackupError::MountPoint(target.to_path_buf()),
        _ => BackupError::io(doing, target)(error),
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.became {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Where a ledger goes that is replaced: beside it, with the moment in its name.
pub(crate) fn aside(target: &Path, moment: &str) -> Result<PathBuf, BackupError> {
    let name = target.file_name();
    let name = name.ok_or_else(|| BackupError::NoTarget(target.to_path_buf()))?;
    let mut name = name.to_os_string();
    name.push(format!(".before-restore-{moment}"));
    Ok(folder_of(target).join(name))
}

/// Removes what a restore that was killed left. Killed between its last two steps it left the ledger that was replaced, which
/// is not removed but moved to its name.
fn clear_away(path: &Path, target: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::io("look at", path)(error)),
        Ok(there) if !there.is_dir() => return Err(BackupError::InTheWay(path.to_path_buf())),
        Ok(_) => {}
    }
    let Some(_held) = lock(path)? else {
        return Err(BackupError::Busy(path.to_path_buf()));
    };
    let empty = fs::read_dir(path).map(|mut items| items.next().is_none());
    if path.join(MARK).is_file() || empty.map_err(BackupError::io("list", path))? {
        return fs::remove_dir_all(path).map_err(BackupError::io("remove", path));
    }
    // The target that took its place still has the mark.
    if path.join("journal").is_dir() && target.join(MARK).is_file() {
        let aside = aside(target, &crate::restore::moment())?;
        rename_to_free(path, &aside).map_err(BackupError::io("move aside", path))?;
        let mark = target.join(MARK);
        return fs::remove_file(&mark).map_err(BackupError::io("remove", &mark));
    }
    Err(BackupError::InTheWay(path.to_path_buf()))
}

/// The folder, locked; none while somebody else has it, or has just moved it.
fn lock(path: &Path) -> Result<Option<File>, BackupError> {
    let failed = BackupError::io("lock", path);
    let folder = File::open(path).map_err(BackupError::io("open", path))?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    }
    let opened = folder.metadata().map_err(failed)?;
    let same = fs::symlink_metadata(path).is_ok_and(|there| there.ino() == opened.ino());
    Ok(same.then_some(folder))
}
