//! One writer a folder: a lock that names its holder.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::{IoFault, OpenError};

/// The file's name in the data folder.
const NAME: &str = "lock";

/// Longer than a holder needs to write its name, or a passer-by to look whether the folder is held.
const TRIES: u32 = 10;
/// Opens no link and waits for nobody.
const PLAIN_FILE: i32 = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32;
const PAUSE: Duration = Duration::from_millis(15);

/// Who wants the folder, as others will read it.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The command, such as `minhbach serve`.
    pub command: String,
    /// Where to ask instead, when the holder answers requests.
    pub url: Option<String>,
}

/// Who holds a folder, as its lock file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBy {
    /// The process; 0 when the file does not say.
    pub pid: u32,
    /// Its command.
    pub command: String,
    /// Where to ask instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it took the folder, UTC.
    pub since: String,
}

/// The lock, held until dropped or the process ends. The file stays and means nothing without it.
pub(crate) struct Lock {
    /// The data folder itself is locked too: whoever deletes the file does not let a second writer in.
    _folder: File,
    file: File,
    path: PathBuf,
    text: HeldBy,
}

pub(crate) enum LockError {
    Held(HeldBy),
    Io(IoFault),
}

impl Lock {
    pub(crate) fn take(dir: &Path, holder: &Holder) -> Result<Lock, LockError> {
        let path = dir.join(NAME);
        // Not through a link, whose target would be overwritten, nor waiting at a pipe.
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .custom_flags(PLAIN_FILE)
            .open(&path);
        let file = file.map_err(|error| LockError::Io(IoFault::on("open", &path)(error)))?;
        let free = try_lock(&file, FlockOperation::NonBlockingLockExclusive);
        if !free.map_err(|error| LockError::Io(IoFault::on("lock", &path)(error)))? {
            return Err(LockError::Held(read_holder(&file)));
        }
        let folder = File::open(dir).map_err(|error| LockError::Io(IoFault::on("open", dir)(error)))?;
        let free = try_lock(&folder, FlockOperation::NonBlockingLockExclusive);
        if !free.map_err(|error| LockError::Io(IoFault::on("lock", dir)(error)))? {
            return Err(LockError::Held(read_holder(&file)));
        }
        let text = HeldBy {
            pid: std::process::id(),
            command: holder.command.clone(),
            url: holder.url.clone(),
            since: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        };
        let lock = Lock {
            _folder: folder,
            file,
            path,
            text,
        };
        lock.write().map_err(LockError::Io)?;
        Ok(lock)
    }

    /// Tells those who find the folder held where to ask.
    pub(crate) fn announce(&mut self, url: Option<String>) -> Result<(), IoFault> {
        self.text.url = url;
        self.write()
    }

    fn write(&self) -> Result<(), IoFault> {
        let text = serde_json::to_vec(&self.text).map_err(io::Error::from);
        text.and_then(|mut text| {
            text.push(b'\n');
            self.file.set_len(0)?;
            self.file.write_all_at(&text, 0)
        })
        .map_err(IoFault::on("write", &self.path))
    }
}

/// Who holds the data folder `dir` for writing; `None` when nobody does.
///
/// # Errors
///
/// The lock file is there but cannot be read.
pub fn held_by(dir: &Path) -> Result<Option<HeldBy>, IoFault> {
    let path = dir.join(NAME);
    let file = match File::options().read(true).custom_flags(PLAIN_FILE).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(IoFault::on("open", &path)(error)),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(Errno::WOULDBLOCK) => Ok(Some(read_holder(&file))),
        Err(error) => Err(IoFault::on("lock", &path)(error.into())),
    }
}

fn try_lock(file: &File, how: FlockOperation) -> io::Result<bool> {
    for _ in 0..TRIES {
        match flock(file, how) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK | Errno::INTR) => sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// What the file says; the holder may be about to write it.
fn read_holder(file: &File) -> HeldBy {
    for _ in 0..TRIES {
        let mut text = vec![0; 4096];
        let read = file.read_at(&mut text, 0).unwrap_or(0);
        if let Ok(held) = serde_json::from_slice(&text[..read]) {
            return held;
        }
        sleep(PAUSE);
    }
    HeldBy {
        pid: 0,
        command: "another process".into(),
        url: None,
        since: "an unknown time".into(),
    }
}

/// A data folder that is held and not opened, until dropped: nobody writes to it meanwhile.
pub struct Hold {
    _lock: Lock,
}

/// Holds the data folder `dir` without opening what is in it.
///
/// # Errors
///
/// Somebody else holds it, or the system refuses.
pub fn hold(dir: &Path, holder: &Holder) -> Result<Hold, OpenError> {
    let lock = crate::journal::take_lock(dir, holder)?;
    Ok(Hold { _lock: lock })
}
