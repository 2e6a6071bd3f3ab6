//! A witness's folder, which one witness has at a time.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use minhbach_tlog::KeyName;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use crate::WitnessError;

/// How often, and after which pauses, a lock is tried.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(15);

/// The folder, locked until dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// The folder itself: there is no file that somebody could delete to let a second witness in.
    _lock: File,
}

impl Folder {
    /// Takes the folder, which is made if it is not there, for its owner alone.
    ///
    /// # Errors
    ///
    /// Another witness has it, or the system refuses.
    pub(crate) fn take(path: &Path) -> Result<Folder, WitnessError> {
        make(path)?;
        let lock = File::open(path).map_err(WitnessError::io("open", path))?;
        if !lock_in_time(&lock).map_err(WitnessError::io("lock", path))? {
            return Err(WitnessError::InUse(path.to_path_buf()));
        }
        Ok(Folder {
            path: path.to_path_buf(),
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the secret key is.
    pub(crate) fn key(&self) -> PathBuf {
        self.path.join("key")
    }

    /// Where it is kept what was cosigned.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// A log's place, made if it is not there.
    pub(crate) fn log(&self, hex: &str) -> Result<PathBuf, WitnessError> {
        let path = self.logs().join(hex);
        make(&path)?;
        Ok(path)
    }
}

/// Whether nobody else has the lock, or lets it go within a moment, such as one who is being ended.
fn lock_in_time(file: &File) -> io::Result<bool> {
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK | Errno::INTR) => sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// What a log is called in paths: the hexadecimal digits of SHA-256(origin).
pub(crate) fn hex_of(origin: &KeyName) -> String {
    let hash: [u8; 32] = Sha256::digest(origin.as_str()).into();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder, durably, for its owner alone.
pub(crate) fn make(path: &Path) -> Result<(), WitnessError> {
    if path.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(WitnessError::io("make the folder", path))?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    sync(above.unwrap_or(Path::new(".")))
}

/// Waits until what a folder names is on the disk.
pub(crate) fn sync(folder: &Path) -> Result<(), WitnessError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(WitnessError::io("sync the folder", folder))
}

/// Whether a folder is there and has anything in it.
pub(crate) fn has_entries(folder: &Path) -> Result<bool, WitnessError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(WitnessError::io("read", folder)(error)),
    }
}
