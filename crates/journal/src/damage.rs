//! What can be wrong with the files, and where.

use std::io;
use std::path::{Path, PathBuf};

use minhbach_events::Hash;

use crate::At;

/// The first entry that is not what the chain says it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, line {line}, byte {byte}, entry {seq}: {what}", file.display())]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// The line in that file, from 1.
    pub line: u64,
    /// Where that line begins, in bytes from the beginning of the file.
    pub byte: u64,
    /// The seq of the entry that belongs here: all before it are sound.
    pub seq: u64,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum What {
    /// No 64 digits, or no space after them.
    #[error("the line is not a hash, a space and an entry")]
    NotALine,
    /// The bytes were changed, or their hash was.
    #[error("hash mismatch: the entry's bytes have the hash {computed}, and another is written before them")]
    HashMismatch {
        /// What the bytes on the line hash to.
        computed: Hash,
    },
    /// The bytes have the hash written before them, but are not of an entry.
    #[error("not an entry: it does not begin with seq, prev, at and by, or does not end with a brace")]
    NotAnEntry,
    /// The entry is not the next.
    #[error("seq gap: the entry says it is {found}")]
    Seq {
        /// What the entry says.
        found: u64,
    },
    /// The entry does not follow the one before it.
    #[error("broken link: its prev is not {before}, the hash of the entry before it")]
    Link {
        /// The hash of the entry before.
        before: Hash,
    },
    /// The entry is older than the one before it.
    #[error("time goes back: {found} comes after {before}")]
    Time {
        /// What the entry says.
        found: At,
        /// What the entry before it says.
        before: At,
    },
    /// The line is longer than any entry.
    #[error("the line is longer than an entry can be")]
    LineTooLong,
    /// The line ends past what a file may hold.
    #[error("the line ends past the {limit} bytes a file may hold")]
    FileTooLong {
        /// The most bytes in a file.
        limit: u64,
    },
    /// A line without its end, and a file after it: no crash of the writer leaves that.
    #[error("the line is cut off, yet another file follows")]
    CutOff,
    /// An empty file, and a file after it.
    #[error("the file is empty, yet another follows")]
    EmptyFile,
    /// The file does not begin where the one before it ends: files are missing, renamed or cut short.
    #[error("the file is named for entry {named}: what comes before it is missing or misnamed")]
    Misnamed {
        /// The seq in the name.
        named: u64,
    },
    /// The lines around it do not lead to it.
    #[error("the entry is not found between its neighbours")]
    Missing,
}

/// A last line without its `\n`: the writer was stopped in the middle of it, so it was never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file, the last of the journal.
    pub file: PathBuf,
    /// Where the line begins, in bytes from the beginning of the file.
    pub byte: u64,
    /// How many bytes there are of it.
    pub bytes: u64,
}

/// An operation on a file or folder that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {error}", path.display())]
pub struct IoFault {
    /// What was tried, as in "cannot read".
    pub doing: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the system answered.
    pub error: io::Error,
}

impl IoFault {
    /// For `map_err`: names what was tried and on what.
    pub(crate) fn on(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IoFault {
        move |error| IoFault {
            doing,
            path: path.to_path_buf(),
            error,
        }
    }
}
