//! What the writer answers.

use std::fmt;
use std::sync::Arc;

use minhbach_events::{Code, Hash};

use crate::Rejection;

/// The answer to one proposal.
pub type Answer = Result<Acknowledgement, Rejection>;

/// A proposal that is recorded, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Its place in the journal.
    pub seq: u64,
    /// The entry's own first field: the code, slug or name it is about.
    pub code: Option<String>,
    /// The hash of the entry.
    pub hash: Hash,
    /// The lots whose codes the ledger made.
    pub lots: Vec<Code>,
    /// Whether it had been recorded before, under the same key.
    pub repeated: bool,
}

/// The writer has stopped and takes nothing more until the ledger is opened again.
#[derive(Clone, Debug)]
pub struct Stopped {
    why: Arc<str>,
}

impl Stopped {
    pub(crate) fn because(why: impl fmt::Display) -> Stopped {
        Stopped {
            why: why.to_string().into(),
        }
    }
    pub(crate) fn earlier() -> Stopped {
        Stopped::because("the writer has stopped after an earlier failure: open the ledger again")
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Stopped {}
