//! Why a ledger cannot be backed up, restored or compared.

use std::io::ErrorKind;

use minhbach_backup::{BackupError, Broken, Common, Fault, KeyFault, Replaced};
use minhbach_journal::VerifyError;

use super::{auditing, damage, io_fault, journal, publishing, read_error, system};
use crate::numbers;
use crate::texts::Texts;

/// The same of a restore, where the files of `--seen` have names.
pub fn restoring(error: &BackupError, seen: &[String], texts: Texts) -> String {
    match error {
        BackupError::NotAsSigned(fault) => {
            let why = auditing::fault(fault, seen, texts);
            texts.with("restore-unsound", &[("why", &why)])
        }
        BackupError::Broken(_) | BackupError::WrongPassphrase(_) => {
            let why = sentence(error, texts);
            texts.with("restore-nothing", &[("why", &why)])
        }
        other => sentence(other, texts),
    }
}

/// The sentence for an error.
pub fn sentence(error: &BackupError, texts: Texts) -> String {
    match error {
        BackupError::Open(error) => journal(error, texts),
        BackupError::Read(error) => read_error(error, texts),
        BackupError::Publish(error) => publishing::sentence(error, texts),
        BackupError::Check(error) => {
            texts.with("restore-unsound", &[("why", &auditing::check(error, texts))])
        }
        BackupError::Verify(error) => texts.with("restore-unsound", &[("why", &verify(error, texts))]),
        BackupError::NotAsSigned(fault) => {
            let why = auditing::fault(fault, &[], texts);
            texts.with("restore-unsound", &[("why", &why)])
        }
        BackupError::Empty(folder) => texts.with("backup-empty", &[("folder", &folder.display())]),
        BackupError::InAlarm(folder) => texts.with("mirror-in-alarm", &[("folder", &folder.display())]),
        BackupError::Exists(path) => texts.with("backup-exists", &[("path", &path.display())]),
        BackupError::NotEarlier(path) => texts.with("backup-not-earlier", &[("path", &path.display())]),
        BackupError::Sealed(path) => texts.with("backup-sealed-there", &[("path", &path.display())]),
        BackupError::Within { file, folder } => texts.with(
            "backup-within",
            &[("path", &file.display()), ("folder", &folder.display())],
        ),
        BackupError::NoFolder(folder) => texts.with("backup-no-folder", &[("folder", &folder.display())]),
        BackupError::NothingPrivate(folder) => {
            texts.with("backup-nothing-private", &[("folder", &folder.display())])
        }
        BackupError::Key { path, fault } => {
            let key = match fault {
                KeyFault::Missing => "backup-key-missing",
                KeyFault::NotAKey => "backup-key-none",
                KeyFault::Another => "backup-key-another",
            };
            texts.with(key, &[("path", &path.display())])
        }
        BackupError::SealedKey { file, fault } => {
            let key = match fault {
                KeyFault::Another => "restore-sealed-key-another",
                KeyFault::Missing | KeyFault::NotAKey => "restore-sealed-key-none",
            };
            texts.with(key, &[("file", &file.display())])
        }
        BackupError::Stopped => texts.get("backup-stopped"),
        BackupError::Busy(path) => texts.with("backup-busy", &[("path", &path.display())]),
        BackupError::Private(path) => texts.with("backup-private-odd", &[("path", &path.display())]),
        BackupError::Broken(broken) => self::broken(broken, texts),
        BackupError::NoPassphrase(file) | BackupError::WrongPassphrase(file) => {
            texts.with("passphrase-wrong", &[("file", &file.display())])
        }
        BackupError::NoTarget(path) => texts.with("restore-no-target", &[("path", &path.display())]),
        BackupError::MountPoint(path) => {
            let within = path.join("so");
            let facts: [(&'static str, &dyn std::fmt::Display); 2] =
                [("path", &path.display()), ("within", &within.display())];
            texts.with("restore-mount-point", &facts)
        }
        BackupError::NotALedger(path) => texts.with("restore-not-a-ledger", &[("path", &path.display())]),
        BackupError::LedgerThere { found, backup } => {
            let folder = found.folder.display();
            let there = texts.with("restore-ledger-there", &[("folder", &folder)]);
            let lost = what_would_be_lost(found, *backup, texts);
            let advice = texts.get("restore-ledger-there-advice");
            [Some(there), lost, Some(advice)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        }
        BackupError::InTheWay(path) => texts.with("restore-in-the-way", &[("path", &path.display())]),
        BackupError::Io { path, error, .. } if error.kind() == ErrorKind::NotFound => {
            texts.with("failure-no-file", &[("path", &path.display())])
        }
        BackupError::Io { path, error, .. } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(error, texts))],
        ),
        other => texts.with("failure-other", &[("error", other)]),
    }
}

/// What of a ledger that was replaced is not in the backup of so many entries; nothing where all of it is.
pub fn what_is_lost(found: &Replaced, backup: u64, texts: Texts) -> Option<String> {
    match lost(found, backup) {
        Lost::Nothing => None,
        Lost::Untold => Some(texts.get("restore-lost-untold")),
        Lost::OtherHistory => Some(texts.get("restore-lost-history")),
        Lost::Entries(count, signed) => {
            let count = texts.counted("count-entries", count);
            let signed = numbers::number(texts, signed);
            Some(texts.with("restore-lost-entries", &[("count", &count), ("signed", &signed)]))
        }
    }
}

/// The same, of a ledger that would be replaced.
fn what_would_be_lost(found: &Replaced, backup: u64, texts: Texts) -> Option<String> {
    match lost(found, backup) {
        Lost::Nothing => None,
        Lost::Untold => Some(texts.get("restore-would-lose-untold")),
        Lost::OtherHistory => Some(texts.get("restore-would-lose-history")),
        Lost::Entries(count, signed) => {
            let count = texts.counted("count-entries", count);
            let signed = numbers::number(texts, signed);
            Some(texts.with(
                "restore-would-lose-entries",
                &[("count", &count), ("signed", &signed)],
            ))
        }
    }
}

enum Lost {
    Nothing,
    /// So many entries, so many of which were signed.
    Entries(u64, u64),
    OtherHistory,
    /// The ledger that was there cannot be read.
    Untold,
}

fn lost(found: &Replaced, backup: u64) -> Lost {
    match (found.size, found.common) {
        (None, _) => Lost::Untold,
        (Some(_), Some(Common::Differs)) => Lost::OtherHistory,
        (Some(size), _) if size <= backup => Lost::Nothing,
        (Some(_), None) => Lost::Untold,
        (Some(size), Some(Common::Continues)) => {
            let signed = found.signed.unwrap_or(0).saturating_sub(backup);
            Lost::Entries(size - backup, signed)
        }
    }
}

fn verify(error: &VerifyError, texts: Texts) -> String {
    match error {
        VerifyError::Damage(found) => damage(found, texts),
        VerifyError::Io(fault) => io_fault(fault, texts),
        VerifyError::NotThere(folder) => texts.with("failure-not-there", &[("folder", &folder.display())]),
        VerifyError::Foreign(file) => texts.with("failure-foreign", &[("file", &file.display())]),
    }
}

/// Where a backup is not what was made, and how.
fn broken(broken: &Broken, texts: Texts) -> String {
    let Broken {
        file,
        byte,
        member,
        fault,
    } = broken;
    let what = match fault {
        Fault::NotABackup => return texts.with("backup-not-one", &[("file", &file.display())]),
        Fault::Format(format) => {
            let facts: [(&'static str, &dyn std::fmt::Display); 2] =
                [("file", &file.display()), ("format", format)];
            return texts.with("backup-format", &facts);
        }
        Fault::CutOff => texts.get("backup-fault-cut-off"),
        Fault::Header => texts.get("backup-fault-header"),
        Fault::Unexpected(name) => texts.with("backup-fault-unexpected", &[("name", name)]),
        Fault::Missing(name) => texts.with("backup-fault-missing", &[("name", name)]),
        Fault::TooLong { most } => texts.with(
            "backup-fault-too-long",
            &[("most", &numbers::number(texts, *most))],
        ),
        Fault::Filling => texts.get("backup-fault-filling"),
        Fault::Manifest(why) => texts.with("backup-fault-manifest", &[("why", why)]),
        Fault::Sum => texts.get("backup-fault-sum"),
        Fault::Sums => texts.get("backup-fault-sums"),
        Fault::Trailing => texts.get("backup-fault-trailing"),
        Fault::Sealed(why) => texts.with("backup-fault-sealed", &[("why", why)]),
        // Within another sentence.
        Fault::Entry(found) => damage(found, texts).trim_end_matches('.').to_owned(),
        other => other.to_string(),
    };
    let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
        ("file", &file.display()),
        ("byte", byte),
        ("member", member),
        ("what", &what),
    ];
    let key = if member.is_empty() {
        "backup-broken"
    } else {
        "backup-broken-member"
    };
    texts.with(key, &facts)
}
