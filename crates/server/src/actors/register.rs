//! Changing the register: the file is written whole beside the old one and takes its place when it is on the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use minhbach_events::{Actor, Slug, Timestamp};
use minhbach_exchange::private_folder;
use minhbach_ledger::{Powers, Role};
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::error::ActorsError;
use super::file::{self, RECORDS_MAX};
use super::record::ActorRecord;
use super::token::{Token, TokenHash};

/// Longer than a change of the register takes.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// An actor to add.
#[derive(Clone, Debug)]
pub struct NewActor {
    /// In whose name its proposals will be recorded.
    pub code: Actor,
    /// What it is given to do.
    pub roles: Vec<Role>,
    /// The organisation a receiver speaks for.
    pub party: Option<Slug>,
}

/// Adds an actor to the register of a data folder and returns its token, which is kept nowhere.
///
/// # Errors
///
/// There is no ledger in the folder, the actor has a token already, it has no role or not the party that its roles ask
/// for, the register is full, damaged or being changed, or the system refuses. Then nothing has changed.
pub fn add(dir: &Path, new: NewActor, at: Timestamp) -> Result<Token, ActorsError> {
    let NewActor { code, roles, party } = new;
    if roles.is_empty() {
        return Err(ActorsError::NoRole(code));
    }
    match (roles.contains(&Role::Receiver), &party) {
        (true, None) => return Err(ActorsError::NoParty(code)),
        (false, Some(_)) => return Err(ActorsError::PartyWithoutReceiver(code)),
        _ => {}
    }
    let held = Held::take(dir)?;
    let mut records = held.read()?;
    if let Some(record) = records
        .iter()
        .find(|record| record.is_active() && record.code == code)
    {
        let since = record.added_at;
        return Err(ActorsError::Active { code, since });
    }
    if RECORDS_MAX <= records.len() {
        return Err(ActorsError::Full(held.path));
    }
    let token = Token::draw()?;
    let hash = TokenHash::of(token.reveal()).ok_or(ActorsError::NoRandomness)?;
    records.push(ActorRecord::new(code, Powers::new(roles, party), hash, at));
    held.write(&records)?;
    Ok(token)
}

/// Ends the token of an actor. Its record stays.
///
/// # Errors
///
/// There is no ledger in the folder, nobody of that code, its token was revoked before, the register is damaged or being
/// changed, or the system refuses.
pub fn revoke(dir: &Path, code: &Actor, at: Timestamp) -> Result<(), ActorsError> {
    let held = Held::take(dir)?;
    let mut records = held.read()?;
    // The last one: those before it are revoked.
    let Some(record) = records.iter_mut().rfind(|record| record.code == *code) else {
        return Err(ActorsError::Unknown(code.clone()));
    };
    if let Some(at) = record.revoked_at {
        let code = code.clone();
        return Err(ActorsError::Revoked { code, at });
    }
    // Clocks step back; a record never says that it ended before it began.
    record.revoked_at = Some(at.max(record.added_at));
    held.write(&records)
}

/// Every record of a data folder's register, in the order in which they were added.
///
/// # Errors
///
/// There is no ledger in the folder, the register is damaged, or the system refuses.
pub fn list(dir: &Path) -> Result<Vec<ActorRecord>, ActorsError> {
    ledger_in(dir)?;
    records(&file::path(dir))
}

fn records(path: &Path) -> Result<Vec<ActorRecord>, ActorsError> {
    let Some(found) = file::read(path)? else {
        return Ok(Vec::new());
    };
    found.records.map_err(|flaw| ActorsError::Damaged {
        path: path.to_path_buf(),
        flaw,
    })
}

fn ledger_in(dir: &Path) -> Result<(), ActorsError> {
    if dir.join("journal").is_dir() {
        Ok(())
    } else {
        Err(ActorsError::NoLedger(dir.to_path_buf()))
    }
}

/// The register, held for a change: a lock of its own, since a server holds that of the folder.
struct Held {
    path: PathBuf,
    _lock: File,
}

impl Held {
    fn take(dir: &Path) -> Result<Held, ActorsError> {
        ledger_in(dir)?;
        let path = file::path(dir);
        let private = folder(&path);
        private_folder::ensure(private).map_err(ActorsError::io(private))?;
        let beside = path.with_extension("lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32)
            .open(&beside)
            .map_err(ActorsError::io(&beside))?;
        for _ in 0..TRIES {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Held { path, _lock: lock }),
                Err(Errno::WOULDBLOCK | Errno::INTR) => sleep(PAUSE),
                Err(error) => return Err(ActorsError::io(&beside)(error.into())),
            }
        }
        Err(ActorsError::InUse(path))
    }

    fn read(&self) -> Result<Vec<ActorRecord>, ActorsError> {
        records(&self.path)
    }

    fn write(&self, records: &[ActorRecord]) -> Result<(), ActorsError> {
        let draft = self.path.with_extension("json.new");
        let write = || {
            // Left behind by a command that was killed.
            match fs::remove_file(&draft) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private_folder::create_file(&draft)?;
            file.write_all(&file::text(records)?)?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)?;
            private_folder::sync(folder(&self.path))
        };
        write().map_err(ActorsError::io(&self.path))
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}
