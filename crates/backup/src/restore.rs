//! Restoring a backup: unpacked beside the target, verified there, and only then in its place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use minhbach_auditing::{FolderReport, Signed, check_folder};
use minhbach_events::Timestamp;
use minhbach_journal::{Hold, Holder, Reader, hold, verify};
use minhbach_publishing::{has_key, is_mirror, read_vkey, signed};
use minhbach_tlog::{Checkpoint, VerifyingKey};

use crate::backup_reader::{BackupReader, PrivatePart};
use crate::draft::folder_of;
use crate::error::{Common, Replaced};
use crate::log_key;
use crate::manifest::Manifest;
use crate::place;
use crate::staging::{Staging, aside};
use crate::{BackupError, Fault, Passphrase, Stop};

/// So much is written at once.
const PIECE: usize = 256 * 1024;

/// How a backup is to be restored.
pub struct Restoring<'a> {
    /// Opens the private part, where there is one; without it that stays out.
    pub passphrase: Option<Passphrase>,
    /// The key that the backup must be signed with.
    pub key: Option<&'a VerifyingKey>,
    /// Checkpoints of the log that were seen elsewhere.
    pub seen: &'a [Checkpoint],
    /// A ledger that is in the target is moved aside.
    pub replace: bool,
    /// Who holds the target meanwhile.
    pub holder: Holder,
    /// Ends it before it is done.
    pub stop: Stop,
}

/// How far a restore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Bytes of the backup are unpacked.
    Unpacking,
    /// Bytes of the journal are verified.
    Verifying,
    /// Entries are held against what was signed.
    Hashing,
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself; all of it is verified.
    pub manifest: Manifest,
    /// What was signed, and with which key.
    pub report: FolderReport,
    /// Whether the folder can be signed with its key.
    pub has_key: bool,
    /// Whether it mirrors somebody else's log.
    pub is_mirror: bool,
    /// What was in the target, and where it is now.
    pub replaced: Option<(Replaced, PathBuf)>,
    /// Where the log's key lies in that, if it is not in what was restored.
    pub key_aside: Option<PathBuf>,
}

/// Sees whether a backup can be restored to the folder `target`, before somebody is asked for a passphrase. What is seen later
/// is seen by [`restore`], which looks again.
///
/// # Errors
///
/// The target is taken, or is no place for a ledger.
pub fn can_be_restored(
    backup: &BackupReader,
    target: &Path,
    holder: &Holder,
    replace: bool,
) -> Result<(), BackupError> {
    let target = &resolved(target)?;
    look(target, holder, backup, replace).map(drop)
}

/// Restores the backup `file` to the folder `target`, which is absent or empty, or holds a ledger that is to be replaced.
///
/// Killed at any moment, the target is what it was or what it becomes; the same call again goes on from either.
///
/// # Errors
///
/// The backup is not whole, not sound or not what was asked for; the target is taken; or the system refuses. The target is
/// what it was then.
pub fn restore(
    file: &Path,
    target: &Path,
    how: &Restoring<'_>,
    progress: &(dyn Fn(Stage, u64, u64) + Sync),
) -> Result<Restored, BackupError> {
    let mut backup = BackupReader::open(file)?;
    let target = &resolved(target)?;
    // Also moves what an earlier restore left to its place, so that the target is judged as it is.
    let staging = Staging::beside(target)?;
    let there = look(target, &how.holder, &backup, how.replace)?;
    unpack(&mut backup, staging.path(), how, progress)?;
    let report = check(&backup, staging.path(), how, progress)?;
    let manifest = backup.manifest().clone();
    let (has_key, is_mirror) = (has_key(staging.path()), is_mirror(staging.path()));
    how.stop.heed()?;
    let replaced = match there {
        Target::Free => {
            staging.become_target()?;
            None
        }
        Target::Ledger { found, _held: held } => {
            let found = beside_each_other(found, staging.path(), &manifest);
            let aside = aside(target, &moment())?;
            staging.replace_target(&aside)?;
            drop(held);
            Some((found, aside))
        }
    };
    let key_aside = match &replaced {
        Some((_, aside)) if !has_key && holds_key_of(aside, target) => Some(aside.join(log_key::FILE)),
        _ => None,
    };
    Ok(Restored {
        manifest,
        report,
        has_key,
        is_mirror,
        replaced,
        key_aside,
    })
}

/// Whether a folder holds the key that the log in another is signed with.
fn holds_key_of(folder: &Path, log: &Path) -> bool {
    let key = read_vkey(log).ok().flatten();
    key.is_some_and(|key| matches!(log_key::fault_of(folder, &key), Ok(None)))
}

/// What is in the target.
enum Target {
    /// Nothing.
    Free,
    /// A ledger, which nobody else can open meanwhile.
    Ledger { found: Replaced, _held: Hold },
}

/// The target's own path, where it is a link; of a path that ends in dots, what they mean.
fn resolved(target: &Path) -> Result<PathBuf, BackupError> {
    let path = match fs::canonicalize(target) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => target.to_path_buf(),
        Err(error) => return Err(BackupError::io("look at", target)(error)),
    };
    if path.file_name().is_none() {
        return Err(BackupError::NoTarget(target.to_path_buf()));
    }
    let above = folder_of(&path);
    let above = match fs::metadata(&above) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BackupError::NoFolder(above)),
        Err(error) => return Err(BackupError::io("look at", &above)(error)),
    };
    match fs::metadata(&path) {
        Ok(there) if there.dev() != above.dev() => Err(BackupError::MountPoint(path)),
        _ => Ok(path),
    }
}

/// What is in a data folder beside what is made anew: where one of them is, a ledger is, or what is left of one.
const OF_A_LEDGER: [&str; 3] = ["journal", "log", "private"];

/// Sees what is in the target, and whether it may be moved aside.
fn look(target: &Path, holder: &Holder, backup: &BackupReader, replace: bool) -> Result<Target, BackupError> {
    let empty = match fs::read_dir(target) {
        Ok(mut items) => items.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(BackupError::io("list", target)(error)),
    };
    if empty {
        return Ok(Target::Free);
    }
    if !OF_A_LEDGER.iter().any(|part| target.join(part).is_dir()) {
        return Err(BackupError::NotALedger(target.to_path_buf()));
    }
    let held = hold(target, holder)?;
    let mut found = Replaced {
        folder: target.to_path_buf(),
        size: None,
        signed: signed(target).ok().flatten().map(|last| last.checkpoint.size),
        common: None,
    };
    // What is damaged can be replaced too: that is what backups are for.
    if let Ok(journal) = Reader::open_readonly(target) {
        let manifest = backup.manifest();
        let size = journal.head().size;
        found.size = Some(size);
        let last = manifest.size.checked_sub(1).filter(|_| manifest.size <= size);
        found.common = match last.map(|seq| journal.entry(seq)) {
            Some(Ok(Some(last))) if last.hash == manifest.head => Some(Common::Continues),
            Some(Ok(Some(_))) => Some(Common::Differs),
            _ => None,
        };
    }
    match replace {
        true => Ok(Target::Ledger { found, _held: held }),
        false => Err(BackupError::LedgerThere {
            found: Box::new(found),
            backup: backup.manifest().size,
        }),
    }
}

/// Tells whether a ledger that is shorter than the backup is the beginning of it, which was not known before it was unpacked.
fn beside_each_other(mut found: Replaced, restored: &Path, manifest: &Manifest) -> Replaced {
    let Some(last) = found
        .size
        .filter(|size| *size < manifest.size)
        .and_then(|size| size.checked_sub(1))
    else {
        return found;
    };
    let of = |folder: &Path| Reader::open_readonly(folder).ok()?.entry(last).ok().flatten();
    found.common = match (of(&found.folder), of(restored)) {
        (Some(own), Some(restored)) if own.hash == restored.hash => Some(Common::Continues),
        (Some(_), Some(_)) => Some(Common::Differs),
        _ => None,
    };
    found
}

/// Unpacks everything, each file durable; the private part only with its passphrase.
fn unpack(
    backup: &mut BackupReader,
    to: &Path,
    how: &Restoring<'_>,
    progress: &(dyn Fn(Stage, u64, u64) + Sync),
) -> Result<(), BackupError> {
    for folder in ["journal", "log"] {
        let folder = to.join(folder);
        fs::create_dir(&folder).map_err(BackupError::io("make the folder", &folder))?;
    }
    let mut logs = 0;
    for (name, bytes) in backup.log_files() {
        let path = to.join(name);
        let written = File::create_new(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(BackupError::io("write", &path))?;
        logs += 1;
    }
    if logs == 0 {
        // A folder that was never signed is given a key by its next opening, and one that has this folder is not.
        let folder = to.join("log");
        fs::remove_dir(&folder).map_err(BackupError::io("remove", &folder))?;
    }
    let mut piece = vec![0; PIECE];
    while let Some(first) = backup.journal_file() {
        let path = to.join(place::journal_member(first));
        let at = |error| BackupError::io("write", &path)(error);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(&path)
            .map_err(at)?;
        loop {
            match backup.read_some(&mut piece)? {
                0 => break,
                read => file.write_all(&piece[..read]).map_err(at)?,
            }
            let (done, of) = backup.progress();
            progress(Stage::Unpacking, done, of);
            how.stop.heed()?;
        }
        file.sync_all().map_err(at)?;
        backup.end_of_file(first)?;
    }
    let passphrase = how.passphrase.as_ref();
    if passphrase.is_some() {
        let folder = to.join("private");
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(BackupError::io("make the folder", &folder))?;
    }
    let private = match passphrase {
        Some(passphrase) => PrivatePart::Opened(passphrase, Some(to)),
        None => PrivatePart::LeftSealed,
    };
    backup.finish(&private)?;
    sync_folders(to)
}

/// Makes the names in a folder durable, and in those below it.
fn sync_folders(folder: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::io("sync", folder)(error);
    for item in fs::read_dir(folder).map_err(failed)? {
        let item = item.map_err(failed)?;
        if item.file_type().map_err(failed)?.is_dir() {
            sync_folders(&item.path())?;
        }
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

/// Sees that what was unpacked is a sound ledger, the one that the backup says, as it was signed and as it was seen.
fn check(
    backup: &BackupReader,
    folder: &Path,
    how: &Restoring<'_>,
    progress: &(dyn Fn(Stage, u64, u64) + Sync),
) -> Result<FolderReport, BackupError> {
    let manifest = backup.manifest();
    how.stop.heed()?;
    let verified = verify(folder, &|at| progress(Stage::Verifying, at.bytes, at.bytes_total))?;
    let manifest_is_wrong = |why: &str| {
        let why = Fault::Manifest(why.to_owned());
        Err(backup.broken(why))
    };
    if verified.torn_tail.is_some() || (verified.size, verified.head.hash) != (manifest.size, manifest.head) {
        return manifest_is_wrong("it is of another journal");
    }
    how.stop.heed()?;
    // The checkpoint that enough witnesses saw is one more that the journal must continue.
    let mut seen = how.seen.to_vec();
    if let (Some(bytes), Some(key)) = (backup.log_file(place::COSIGNED), backup.key()) {
        match Signed::read(bytes, &key) {
            Ok(cosigned) => seen.push(cosigned.checkpoint),
            Err(_) => return manifest_is_wrong("log/cosigned is not its log's"),
        }
    }
    let report = check_folder(folder, how.key, &[], &seen, &|done, of| {
        progress(Stage::Hashing, done, of);
    })?;
    if let Some(fault) = report.faults.first() {
        return Err(fault.clone().into());
    }
    let signed = report.checkpoint.as_ref();
    let said = manifest.signed.as_ref();
    let agree = match (signed, said) {
        (Some(signed), Some(said)) => {
            (signed.origin.to_string(), signed.size, signed.root)
                == (said.origin.clone(), said.size, said.root)
        }
        (None, None) => true,
        _ => false,
    };
    if !agree {
        return manifest_is_wrong("it is of another checkpoint");
    }
    if let (true, Some(key)) = (has_key(folder), read_vkey(folder)?)
        && let Some(fault) = log_key::fault_of(folder, &key)?
    {
        let file = backup.file().to_path_buf();
        return Err(BackupError::SealedKey { file, fault });
    }
    Ok(report)
}

/// Now, as it stands in a file's name.
pub(crate) fn moment() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.ok().and_then(|now| i64::try_from(now.as_millis()).ok());
    let text = millis.and_then(Timestamp::from_millis).map(Timestamp::to_text);
    let text = text.map_or_else(String::new, |text| String::from_utf8_lossy(&text).into_owned());
    text.chars().filter(|c| !matches!(c, '-' | ':' | '.')).collect()
}
