//! A ledger in memory: the rules and nothing else.

use minhbach_events::{Actor, Entry, Event, Hash, Proposal, Timestamp};
use minhbach_ledger::{Authority, Books, Moment, Rejection, apply, decide};

pub struct Ledger {
    pub books: Books,
    pub seq: u64,
    pub head: Hash,
}

impl Ledger {
    pub fn new() -> Ledger {
        Ledger {
            books: Books::default(),
            seq: 0,
            head: Hash::ZERO,
        }
    }

    pub fn propose(&mut self, proposal: &Proposal, at: Timestamp, by: Actor) -> Result<Event, Rejection> {
        let entropy = [self.seq as u8; 32];
        let event = decide(
            &self.books,
            proposal,
            &Moment {
                at,
                by: by.clone(),
                authority: Authority::Whole,
                entropy,
            },
        )?;
        let entry = Entry {
            seq: self.seq,
            prev: self.head,
            at,
            by,
            key: None,
            event,
        };
        let hash = Hash::of(&entry.to_bytes());
        apply(&mut self.books, &entry, hash).expect("what was decided is possible");
        (self.seq, self.head) = (self.seq + 1, hash);
        Ok(entry.event)
    }
}
