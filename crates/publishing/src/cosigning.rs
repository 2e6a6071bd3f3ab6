//! Who sees a log beside it, and what is shown while they have not.

use std::io;
use std::time::Duration;

use minhbach_tlog::{Checkpoint, Note, Signature, TreeHash};

/// How soon those who did not answer are asked again where nothing is committed.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The proof that the first so many entries are the beginning of a checkpoint's; none where it has fewer.
pub type Consistency<'a> = dyn Fn(u64) -> io::Result<Option<Vec<TreeHash>>> + Sync + 'a;

/// Witnesses who are asked to cosign each checkpoint.
pub trait Cosigners: Send {
    /// Asks them, and gives the lines of those who cosigned; it must not wait long.
    fn ask(&self, note: &Note, checkpoint: &Checkpoint, consistency: &Consistency<'_>) -> Vec<Signature>;
    /// Whether a note bears as many cosignatures as are wanted.
    fn are_enough(&self, note: &Note) -> bool;
}

/// What is shown while too few have cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The checkpoint all the same: the log goes on, and who wants witnesses sees that they are missing.
    Open,
    /// The last one that had enough: nobody is shown what nobody has seen.
    Closed,
}

/// Witnesses, and what is shown without them.
pub struct Cosigning {
    /// Who is asked.
    pub who: Box<dyn Cosigners>,
    /// What is shown while too few answer.
    pub failing: Failing,
    /// How soon they are asked again.
    pub again: Duration,
}

impl Cosigning {
    /// Asks those, as often as is usual.
    pub fn by(who: Box<dyn Cosigners>, failing: Failing) -> Cosigning {
        let again = ASK_AGAIN;
        Cosigning { who, failing, again }
    }
}
