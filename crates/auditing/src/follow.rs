//! Entries as a stream: each as it must be by itself, and each following the one before.

use minhbach_events::{Entry, EntryError, Hash, Timestamp};
use minhbach_journal::Head;
use minhbach_tlog::TreeHash;

/// An entry that cannot be the one of its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {what}")]
pub struct EntryFault {
    /// The place.
    pub seq: u64,
    /// What is wrong.
    pub what: EntryWrong,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryWrong {
    /// Its bytes are not an entry in the one spelling that it has.
    #[error("not an entry as it must be written: {0}")]
    Form(EntryError),
    /// It says that it is another one.
    #[error("it says it is entry {found}")]
    Seq {
        /// What it says.
        found: u64,
    },
    /// It does not name the hash of the one before it.
    #[error("broken link: it names {found} as the hash of the entry before it, which is {before}")]
    Link {
        /// What it names.
        found: Hash,
        /// The hash.
        before: Hash,
    },
    /// It is older than the one before it.
    #[error("time goes back: {} comes after {}", text(*found), text(*before))]
    Time {
        /// When it was recorded, it says.
        found: Timestamp,
        /// When the one before was.
        before: Timestamp,
    },
}

fn text(time: Timestamp) -> String {
    String::from_utf8_lossy(&time.to_text()).into_owned()
}

/// What an entry says of itself, its bytes being as they must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEntry {
    /// Its place.
    pub seq: u64,
    /// The hash of the one before, it says.
    pub prev: Hash,
    /// When it was recorded.
    pub at: Timestamp,
    /// The hash of its bytes, which the next one names.
    pub hash: Hash,
}

impl ReadEntry {
    /// Reads the bytes of entry `seq`, strictly. This can be asked of many entries at once.
    ///
    /// # Errors
    ///
    /// They are not an entry, or are of another place.
    pub fn of(bytes: &[u8], seq: u64) -> Result<ReadEntry, EntryFault> {
        let wrong = |what| EntryFault { seq, what };
        let entry = Entry::from_bytes(bytes).map_err(|error| wrong(EntryWrong::Form(error)))?;
        if entry.seq != seq {
            return Err(wrong(EntryWrong::Seq { found: entry.seq }));
        }
        Ok(ReadEntry {
            seq,
            prev: entry.prev,
            at: entry.at,
            hash: Hash::of(bytes),
        })
    }

    /// The leaf of the tree that an entry's bytes are.
    pub fn leaf(bytes: &[u8]) -> TreeHash {
        TreeHash::leaf(bytes)
    }
}

/// The end of a run of entries, ready for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follower {
    size: u64,
    hash: Hash,
    at: Option<Timestamp>,
}

impl Default for Follower {
    fn default() -> Follower {
        Follower {
            size: 0,
            hash: Hash::ZERO,
            at: None,
        }
    }
}

impl Follower {
    /// Goes on after the last entry of a journal.
    pub fn after(head: &Head) -> Follower {
        let at = head.at.as_ref().and_then(|at| Timestamp::parse(at.as_str()));
        let (size, hash) = (head.size, head.hash);
        Follower { size, hash, at }
    }

    /// How many entries there are, which is the place of the next.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next entry.
    ///
    /// # Errors
    ///
    /// It does not follow the one before.
    pub fn accept(&mut self, entry: &ReadEntry) -> Result<(), EntryFault> {
        let wrong = |what| EntryFault { seq: self.size, what };
        if entry.seq != self.size {
            return Err(wrong(EntryWrong::Seq { found: entry.seq }));
        }
        if entry.prev != self.hash {
            let (found, before) = (entry.prev, self.hash);
            return Err(wrong(EntryWrong::Link { found, before }));
        }
        if let Some(before) = self.at.filter(|before| entry.at < *before) {
            let found = entry.at;
            return Err(wrong(EntryWrong::Time { found, before }));
        }
        *self = Follower {
            size: entry.seq.saturating_add(1),
            hash: entry.hash,
            at: Some(entry.at),
        };
        Ok(())
    }
}
