//! Deciding rows on a copy of the books, so that nothing is written.

use minhbach_events::{ENTRY_BYTES_MAX, Entry, EntryError, Event, Hash, Key, Proposal};
use minhbach_journal::Reader;
use minhbach_ledger::{
    Acknowledgement, Answer, Books, Caller, Clock, Moment, Reason, Rejection, Snapshot, apply, decide,
    recorded_at, repeats, system_clock,
};

use crate::commands::import::door::{Answers, given};

/// A copy of the books that takes what the ledger would take.
pub struct Trial<'a> {
    books: Books,
    journal: &'a Reader,
    /// The first entry that is not in the journal.
    begin: u64,
    caller: &'a Caller,
    clock: Clock,
    /// Key and event of each proposal taken here, hashed.
    taken: Vec<(Hash, Hash)>,
}

impl<'a> Trial<'a> {
    /// Begins where the ledger is.
    pub fn begin(snapshot: &'a Snapshot, caller: &'a Caller) -> Trial<'a> {
        let books = snapshot.books().clone();
        Trial {
            begin: books.size(),
            books,
            journal: snapshot.reader(),
            caller,
            clock: system_clock(),
            taken: Vec::new(),
        }
    }

    /// Decides proposals in order; each sees those before it.
    pub fn decide(&mut self, proposals: Vec<Proposal>) -> anyhow::Result<Answers> {
        let answers = proposals.iter().map(|proposal| self.one(proposal).map(given));
        answers.collect::<anyhow::Result<_>>().map(Answers::There)
    }

    fn one(&mut self, proposal: &Proposal) -> anyhow::Result<Answer> {
        let said = Hash::of(&bytes_of(&proposal.event));
        let key = proposal.key.as_ref().map(|key| Hash::of(key.as_str().as_bytes()));
        let at = match recorded_at(&self.books, proposal, (self.clock)()) {
            Ok(at) => at,
            Err(rejection) => return Ok(Err(rejection)),
        };
        // Codes made here are never shown; they only have to differ.
        let mut entropy = [0; 32];
        for (byte, count) in entropy.iter_mut().zip(self.books.size().to_le_bytes()) {
            *byte = count;
        }
        let moment = Moment {
            at,
            by: self.caller.post(proposal).clone(),
            authority: self.caller.authority.clone(),
            entropy,
        };
        if let Some(key) = &proposal.key
            && let Some(answer) = self.earlier(key, proposal, &said)?
        {
            // The form comes before the key in the order of rules.
            return match (answer, decide(&self.books, proposal, &moment)) {
                (Err(_), Err(rejection)) if rejection.code().word() == "malformed" => Ok(Err(rejection)),
                (answer, _) => Ok(answer),
            };
        }
        let event = match decide(&self.books, proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let entry = Entry {
            seq: self.books.size(),
            prev: self.books.head(),
            at,
            by: moment.by,
            key: proposal.key.clone(),
            event,
        };
        let bytes = entry.to_bytes();
        if ENTRY_BYTES_MAX < bytes.len() {
            return Ok(Err(EntryError::TooLarge { bytes: bytes.len() }.into()));
        }
        let hash = Hash::of(&bytes);
        apply(&mut self.books, &entry, hash)?;
        self.taken.push((key.unwrap_or(Hash::ZERO), said));
        Ok(Ok(acknowledged(entry.seq, hash, false)))
    }

    /// The answer that a known key gives, if the key is known.
    fn earlier(&self, key: &Key, proposal: &Proposal, said: &Hash) -> anyhow::Result<Option<Answer>> {
        let hashed = Hash::of(key.as_str().as_bytes());
        for seq in self.books.key_candidates(key) {
            let same = if seq < self.begin {
                let Some(raw) = self.journal.entry(seq)? else {
                    continue;
                };
                let entry = Entry::read(&raw.bytes)?;
                if entry.key.as_ref() != Some(key) {
                    continue;
                }
                repeats(&proposal.event, &entry.event)
            } else {
                match self.taken.get((seq - self.begin) as usize) {
                    Some((known, event)) if *known == hashed => event == said,
                    _ => continue,
                }
            };
            return Ok(Some(if same {
                Ok(acknowledged(seq, Hash::ZERO, true))
            } else {
                Err(Rejection::new(Reason::KeyUsed).with("key", key).count("seq", seq))
            }));
        }
        Ok(None)
    }
}

fn acknowledged(seq: u64, hash: Hash, repeated: bool) -> Acknowledgement {
    Acknowledgement {
        seq,
        code: None,
        hash,
        lots: Vec::new(),
        repeated,
    }
}

fn bytes_of(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    event.write(&mut bytes);
    bytes
}
