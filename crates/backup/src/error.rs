//! Why a ledger cannot be backed up, restored or compared.

use std::io;
use std::path::{Path, PathBuf};

use minhbach_auditing::{CheckError, FolderFault};
use minhbach_journal::{Damage, IoFault, OpenError, ReadError, VerifyError};
use minhbach_publishing::PublishError;

use crate::KeyFault;
use crate::log_key;

/// Why a ledger cannot be backed up, restored or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The journal cannot be opened, or somebody holds the folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An entry cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was signed cannot be read, or is not of this journal.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// What was unpacked could not be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// What was unpacked could not be held against what was signed.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// What was unpacked is not what was signed, or what was seen.
    #[error(transparent)]
    NotAsSigned(#[from] FolderFault),
    /// There is no entry to keep.
    #[error("there is no entry in {}", .0.display())]
    Empty(PathBuf),
    /// A mirror stands in alarm: it is evidence, and kept as it is.
    #[error("the mirror stands in alarm: {}", .0.display())]
    InAlarm(PathBuf),
    /// There is such a file already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The file that was to be replaced is no earlier backup of this ledger.
    #[error("{} is no earlier backup of this ledger", .0.display())]
    NotEarlier(PathBuf),
    /// The file that was to be replaced has a private part, and what replaces it would have none.
    #[error("{} has a private part, and this backup has none", .0.display())]
    Sealed(PathBuf),
    /// The backup would lie in what it is of.
    #[error("{} is within the ledger {}", .file.display(), .folder.display())]
    Within {
        /// The backup.
        file: PathBuf,
        /// The data folder.
        folder: PathBuf,
    },
    /// The folder that something is to be made in is not there.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The data folder has no private part that could be sealed.
    #[error("there is nothing private in {}", .0.display())]
    NothingPrivate(PathBuf),
    /// The key of the data folder is not there or not its log's: so it is not sealed as if it were.
    #[error("{}: {fault}", .path.display())]
    Key {
        /// Its file.
        path: PathBuf,
        /// How.
        fault: KeyFault,
    },
    /// The key in a backup's private part is not its log's.
    #[error("{}, {}: {fault}", .file.display(), log_key::FILE)]
    SealedKey {
        /// The backup.
        file: PathBuf,
        /// How.
        fault: KeyFault,
    },
    /// It was wanted that the work be left off. Nothing is left of it.
    #[error("stopped")]
    Stopped,
    /// Somebody else is making a backup, or restoring one, in that place.
    #[error("another command is at work in {}", .0.display())]
    Busy(PathBuf),
    /// Something in the private folder is neither a file nor a folder, or has a name that is not kept.
    #[error("{} cannot be kept: only files and folders with plain names are", .0.display())]
    Private(PathBuf),
    /// The backup is not what was made.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The private part is locked, and no passphrase was given.
    #[error("the private part of {} needs its passphrase", .0.display())]
    NoPassphrase(PathBuf),
    /// The passphrase is not the one it was sealed with.
    #[error("the passphrase does not open the private part of {}", .0.display())]
    WrongPassphrase(PathBuf),
    /// The folder's name has no end to put something beside.
    #[error("{} cannot be restored to", .0.display())]
    NoTarget(PathBuf),
    /// A disk of its own begins at the folder, which cannot be exchanged for another.
    #[error("{} is a mount point", .0.display())]
    MountPoint(PathBuf),
    /// There is something there that is no ledger.
    #[error("{} is neither empty nor a ledger", .0.display())]
    NotALedger(PathBuf),
    /// There is a ledger, and it was not said that it is to be replaced.
    #[error("there is a ledger in {}", .found.folder.display())]
    LedgerThere {
        /// What it is.
        found: Box<Replaced>,
        /// Entries of the backup.
        backup: u64,
    },
    /// The folder beside the target is not one that a restore left.
    #[error("{} is in the way", .0.display())]
    InTheWay(PathBuf),
    /// The system does not let us read or write.
    #[error("cannot {doing} {}: {error}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Where a backup is not what was made, and how.
#[derive(Debug, thiserror::Error)]
#[error("{}, byte {byte}, {member}: {fault}", .file.display())]
pub struct Broken {
    /// The backup.
    pub file: PathBuf,
    /// How many bytes of it were read when it was seen.
    pub byte: u64,
    /// Which of its members; empty before the first and after the last.
    pub member: String,
    /// How.
    pub fault: Fault,
}

/// What is wrong with a backup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It does not begin as one.
    #[error("not a backup of a ledger")]
    NotABackup,
    /// It is of a format that came later.
    #[error("the format {0} is not known")]
    Format(String),
    /// It ends too early.
    #[error("the file ends before the backup does")]
    CutOff,
    /// The header of a member is not the one it must have.
    #[error("the header of a member was changed")]
    Header,
    /// A member that does not belong there.
    #[error("{0} does not belong here")]
    Unexpected(String),
    /// A member that is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member that is longer than it can be.
    #[error("longer than {most} bytes")]
    TooLong {
        /// The most it can have.
        most: u64,
    },
    /// The bytes between two members are not zero.
    #[error("the filling between two members was changed")]
    Filling,
    /// The manifest cannot be read, or does not say what is there.
    #[error("the manifest is not of this backup: {0}")]
    Manifest(String),
    /// The bytes of a member are not those that were written.
    #[error("the bytes are not those that were written: their BLAKE3 is another")]
    Sum,
    /// The list of hashes is not of these members.
    #[error("the list of hashes is not of these members")]
    Sums,
    /// There is more after the end.
    #[error("there is more after the end")]
    Trailing,
    /// The private part cannot be unsealed, though the passphrase is right.
    #[error("the private part was changed: {0}")]
    Sealed(String),
    /// A line of the journal is not what the chain says it must be.
    #[error(transparent)]
    Entry(#[from] Box<Damage>),
}

/// What stands where a backup is to be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The folder.
    pub folder: PathBuf,
    /// Its entries; none where it cannot be opened.
    pub size: Option<u64>,
    /// Entries of it that were signed, and so made public.
    pub signed: Option<u64>,
    /// How much of it is the backup's: none where that cannot be told.
    pub common: Option<Common>,
}

/// How two histories go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Common {
    /// One continues the other, or they are the same.
    Continues,
    /// They are different histories.
    Differs,
}

impl BackupError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BackupError {
        move |error| BackupError::Io {
            doing,
            path: path.to_path_buf(),
            error,
        }
    }
}

impl From<IoFault> for BackupError {
    fn from(fault: IoFault) -> BackupError {
        BackupError::Read(ReadError::Io(fault))
    }
}
