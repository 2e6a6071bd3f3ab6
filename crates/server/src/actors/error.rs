//! Why the register of actors cannot be used, or does not take a change.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minhbach_events::{Actor, Timestamp};
use thiserror::Error;

use super::file::RECORDS_MAX;

/// Why the register of actors cannot be used, or does not take a change. No token and no hash of one is ever in it.
#[derive(Clone, Debug, Error)]
pub enum ActorsError {
    /// There is no ledger in the folder.
    #[error("there is no ledger in {}: name the data folder, or make one with `minhbach init`", .0.display())]
    NoLedger(PathBuf),
    /// The file is not as it was written: nobody is let in.
    #[error(
        "{} is damaged: {flaw}; nobody is let in until it is restored from a backup, or moved away and every actor added \
         again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, and where.
        flaw: Flaw,
    },
    /// The system refused.
    #[error("cannot read or write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// Another command is changing the register.
    #[error("{} is being changed by another command: wait until it ends and try again", .0.display())]
    InUse(PathBuf),
    /// The operating system has no random bytes for a token.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// The actor has a token that holds.
    #[error("actor {code} has had a token since {since}: revoke it before giving another")]
    Active {
        /// The actor.
        code: Actor,
        /// When it was added, UTC.
        since: Timestamp,
    },
    /// Nobody of that code was ever added.
    #[error("there is no actor {0}: `minhbach actor list` names them")]
    Unknown(Actor),
    /// Its token was revoked before.
    #[error("the token of actor {code} was revoked at {at} already")]
    Revoked {
        /// The actor.
        code: Actor,
        /// When, UTC.
        at: Timestamp,
    },
    /// An actor without a role could do nothing.
    #[error("actor {0} is given no role")]
    NoRole(Actor),
    /// A receiver speaks for one organisation, which must be named.
    #[error("actor {0} is a receiver: name the organisation it speaks for")]
    NoParty(Actor),
    /// The organisation matters to a receiver alone; with other roles it would promise a limit that there is not.
    #[error("actor {0} is no receiver: an organisation limits nothing else that it may do")]
    PartyWithoutReceiver(Actor),
    /// No more records fit.
    #[error(
        "{} holds {RECORDS_MAX} records, revoked ones counted, and takes no more: keep a copy of it and take out records \
         that were revoked",
        .0.display()
    )]
    Full(PathBuf),
}

impl ActorsError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> ActorsError {
        let path = path.to_path_buf();
        |source| ActorsError::Io {
            path,
            source: Arc::new(source),
        }
    }
}

/// What is wrong in a register's file. Records are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is a folder, a link or a pipe.
    NotAFile,
    /// It is longer than a register can be.
    TooLong,
    /// It is not JSON of the expected shape.
    Shape {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of a format that this program does not know.
    Format,
    /// It holds more records than it may.
    TooMany,
    /// A field of a record is not what it must be.
    Field {
        /// The record.
        record: usize,
        /// The field.
        field: &'static str,
    },
    /// A second record of an actor whose first was not revoked.
    TwiceActive {
        /// The second record.
        record: usize,
    },
    /// The same token as in a record before.
    SameToken {
        /// The second record.
        record: usize,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::NotAFile => f.write_str("it is not a plain file"),
            Flaw::TooLong => f.write_str("it is longer than a register can be"),
            Flaw::Shape { line, column } => {
                write!(f, "line {line}, column {column} is not what a register holds")
            }
            Flaw::Format => f.write_str("it is of a format that this program does not know"),
            Flaw::TooMany => write!(f, "it holds more than {RECORDS_MAX} records"),
            Flaw::Field { record, field } => {
                write!(f, "record {record}: {field} is not what it must be")
            }
            Flaw::TwiceActive { record } => {
                write!(
                    f,
                    "record {record} is of an actor that a record before has active"
                )
            }
            Flaw::SameToken { record } => {
                write!(f, "record {record} has the token of a record before")
            }
        }
    }
}
