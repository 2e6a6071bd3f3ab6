//! Deciding: proposals against the books, encoded and hashed as they are accepted.

use std::collections::VecDeque;
use std::sync::Arc;

use minhbach_events::{Code, ENTRY_BYTES_MAX, Entry, Event, Hash, NewCode, Proposal};
use minhbach_journal::{Batch, Reader};
use minhbach_projections::recorded::{Recorded, Undone};

use super::Clock;
use super::answer::{Acknowledgement, Answer, Stopped};
use super::recorded_at::recorded_at;
use super::repeated;
use super::threads::at_most;
use crate::rejection::{Reason, Rejection};
use crate::{Books, Caller, Moment, apply, authority, decide};

/// Entries in one commit at most.
pub(super) const BATCH_ENTRIES_MAX: usize = at_most(1_024, 5);
/// Bytes in one commit at most, give or take a request.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Entries decided and not yet on the disk.
#[derive(Default)]
pub(super) struct Decided {
    pub lines: Batch,
    pub recorded: Vec<Recorded>,
}

impl Decided {
    /// Whether no more should go into this commit.
    pub fn is_full(&self) -> bool {
        BATCH_ENTRIES_MAX <= self.lines.len() || BATCH_BYTES_MAX <= self.lines.bytes()
    }
}

/// Decides proposals, one caller at a time.
pub(super) struct Writer {
    reader: Reader,
    clock: Clock,
    /// Secret of this run; each proposal gets its own part of it.
    entropy: [u8; 32],
    drawn: u64,
    /// Entries that are decided and may not be readable in the journal yet.
    in_flight: VecDeque<Arc<Entry>>,
    buffer: Vec<u8>,
    /// What the next commit takes.
    open: Decided,
    /// The number of the next commit, from 0.
    number: u64,
}

impl Writer {
    pub fn new(reader: Reader, clock: Clock) -> Result<Writer, getrandom::Error> {
        let mut entropy = [0; 32];
        getrandom::fill(&mut entropy)?;
        Ok(Writer {
            reader,
            clock,
            entropy,
            drawn: 0,
            in_flight: VecDeque::new(),
            buffer: Vec::new(),
            open: Decided::default(),
            number: 0,
        })
    }

    /// The commit that takes what is decided now.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is decided and not yet taken by a commit.
    pub fn open(&self) -> &Decided {
        &self.open
    }

    /// Hands what is decided to a commit, with the commit's number; `empty` is filled next.
    pub fn take(&mut self, empty: Batch) -> (u64, Decided) {
        let next = Decided {
            lines: empty,
            recorded: Vec::new(),
        };
        self.number += 1;
        (self.number - 1, std::mem::replace(&mut self.open, next))
    }

    /// Decides proposals. After an error the books cannot be trusted any more.
    pub fn decide(
        &mut self,
        books: &mut Books,
        proposals: &[Proposal],
        caller: &Caller,
        atomic: bool,
    ) -> Result<Vec<Answer>, Stopped> {
        let durable = self.reader.head().size;
        while self.in_flight.front().is_some_and(|entry| entry.seq < durable) {
            self.in_flight.pop_front();
        }
        // Out of self, so that entries can be decided into it.
        let mut open = std::mem::take(&mut self.open);
        let answers = if atomic {
            self.decide_atomic(books, proposals, caller, &mut open)
        } else {
            proposals
                .iter()
                .map(|proposal| self.one(books, proposal, caller, &mut open))
                .collect()
        };
        self.open = open;
        answers
    }

    /// All or none: on a copy of the books that takes their place only when all are accepted.
    fn decide_atomic(
        &mut self,
        books: &mut Books,
        proposals: &[Proposal],
        caller: &Caller,
        decided: &mut Decided,
    ) -> Result<Vec<Answer>, Stopped> {
        let mut copy = books.clone();
        let mut apart = Decided::default();
        let in_flight = self.in_flight.len();
        let mut answers = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            answers.push(self.one(&mut copy, proposal, caller, &mut apart)?);
        }
        if answers.iter().any(Result::is_err) {
            self.in_flight.truncate(in_flight);
            return Ok(answers);
        }
        *books = copy;
        for recorded in &apart.recorded {
            self.buffer.clear();
            recorded.entry.write(&mut self.buffer);
            decided.lines.push(&self.buffer, recorded.hash);
        }
        decided.recorded.append(&mut apart.recorded);
        Ok(answers)
    }

    fn one(
        &mut self,
        books: &mut Books,
        proposal: &Proposal,
        caller: &Caller,
        decided: &mut Decided,
    ) -> Result<Answer, Stopped> {
        let (entry, hash) = match self.judge(books, proposal, caller)? {
            Judged::Answered(answer) => return Ok(answer),
            Judged::Accepted(entry, hash) => (entry, hash),
        };
        // What was decided can be applied; were it otherwise, the rules contradict themselves and nobody may go on.
        let effects = apply(books, &entry, hash).map_err(Stopped::because)?;
        let undone = self.undone(&entry, effects.about)?;
        decided.lines.push(&self.buffer, hash);
        let answer = acknowledged(proposal, &entry, hash, false);
        self.in_flight.push_back(entry.clone());
        decided.recorded.push(Recorded {
            entry,
            hash,
            effects,
            undone,
        });
        Ok(Ok(answer))
    }

    /// What would be answered to proposals, each of which sees those before it, on a copy of the books. All that the
    /// books hold must be in the journal.
    pub fn rehearse(
        &mut self,
        books: &mut Books,
        proposals: &[Proposal],
        caller: &Caller,
    ) -> Result<Vec<Answer>, Stopped> {
        let mut apart = Decided::default();
        let answers = proposals
            .iter()
            .map(|proposal| self.one(books, proposal, caller, &mut apart));
        answers.collect()
    }

    /// What would be answered to one proposal.
    pub fn rehearse_one(
        &mut self,
        books: &Books,
        proposal: &Proposal,
        caller: &Caller,
    ) -> Result<Answer, Stopped> {
        Ok(match self.judge(books, proposal, caller)? {
            Judged::Answered(answer) => answer,
            Judged::Accepted(entry, hash) => Ok(acknowledged(proposal, &entry, hash, false)),
        })
    }

    /// What becomes of a proposal; the bytes of an accepted entry are in the buffer. The books stay as they are.
    fn judge(&mut self, books: &Books, proposal: &Proposal, caller: &Caller) -> Result<Judged, Stopped> {
        if let Some(answer) = self.earlier(books, proposal, caller)? {
            return Ok(Judged::Answered(answer));
        }
        let at = match recorded_at(books, proposal, (self.clock)()) {
            Ok(at) => at,
            Err(rejection) => return Ok(Judged::Answered(Err(rejection))),
        };
        let moment = Moment {
            at,
            by: caller.post(proposal).clone(),
            authority: caller.authority.clone(),
            entropy: self.next_entropy(),
        };
        let event = match decide(books, proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => return Ok(Judged::Answered(Err(rejection))),
        };
        let key = proposal.key.clone();
        let entry = Entry {
            seq: books.size(),
            prev: books.head(),
            at,
            by: moment.by,
            key,
            event,
        };
        self.buffer.clear();
        entry.write(&mut self.buffer);
        if ENTRY_BYTES_MAX < self.buffer.len() {
            let rejection = Rejection::new(Reason::EntryTooLarge).count("bytes", self.buffer.len() as u64);
            let rejection = rejection.count("max", ENTRY_BYTES_MAX as u64);
            return Ok(Judged::Answered(Err(rejection)));
        }
        let hash = Hash::of(&self.buffer);
        Ok(Judged::Accepted(Arc::new(entry), hash))
    }

    /// The answer that a known key gives, if the key is known.
    fn earlier(
        &self,
        books: &Books,
        proposal: &Proposal,
        caller: &Caller,
    ) -> Result<Option<Answer>, Stopped> {
        let Some(key) = &proposal.key else { return Ok(None) };
        for seq in books.key_candidates(key) {
            let entry = self.entry(seq)?;
            if entry.key.as_ref() != Some(key) {
                continue;
            }
            // The form and the authority come before the key in the order of rules: whoever may not propose a thing
            // is not told what became of it either.
            if let Err(malformed) = crate::decide::well_formed(&proposal.event) {
                return Ok(Some(Err(malformed.into())));
            }
            let post = caller.post(proposal);
            if let Err(refused) = authority::check(books, proposal, post, &caller.authority) {
                return Ok(Some(Err(refused)));
            }
            if !repeated::same(&proposal.event, &entry.event) {
                let rejection = Rejection::new(Reason::KeyUsed).with("key", key).count("seq", seq);
                return Ok(Some(Err(rejection)));
            }
            let hash = Hash::of(&entry.to_bytes());
            return Ok(Some(Ok(acknowledged(proposal, &entry, hash, true))));
        }
        Ok(None)
    }

    /// An entry that the books know, on the disk or on its way there.
    fn entry(&self, seq: u64) -> Result<Arc<Entry>, Stopped> {
        if let Some(first) = self.in_flight.front()
            && first.seq <= seq
            && let Some(entry) = self.in_flight.get((seq - first.seq) as usize)
        {
            return Ok(entry.clone());
        }
        let raw = self.reader.entry(seq).map_err(Stopped::because)?;
        let raw = raw.ok_or_else(|| Stopped::because(format_args!("entry {seq} is not in the journal")))?;
        Entry::read(&raw.bytes).map(Arc::new).map_err(Stopped::because)
    }

    fn undone(&self, entry: &Entry, about: Option<u64>) -> Result<Option<Undone>, Stopped> {
        match &entry.event {
            Event::EntryReversed(e) => Ok(Some(Undone {
                entry: self.entry(e.reverses.get())?,
                about,
            })),
            _ => Ok(None),
        }
    }

    fn next_entropy(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut entropy = self.entropy;
        for (byte, count) in entropy.iter_mut().zip(self.drawn.to_le_bytes()) {
            *byte ^= count;
        }
        entropy
    }
}

/// What becomes of a proposal.
enum Judged {
    /// It is refused, or known already.
    Answered(Answer),
    /// It becomes this entry.
    Accepted(Arc<Entry>, Hash),
}

fn acknowledged(proposal: &Proposal, entry: &Entry, hash: Hash, repeated: bool) -> Acknowledgement {
    Acknowledgement {
        seq: entry.seq,
        code: entry.event.subject().map(str::to_owned),
        hash,
        lots: made_lots(&proposal.event, &entry.event),
        repeated,
    }
}

/// The lots whose codes the ledger made, because the proposal left them out.
fn made_lots(proposed: &Event, recorded: &Event) -> Vec<Code> {
    let made = |proposed: &NewCode, recorded: &NewCode| match proposed.0 {
        None => recorded.0.clone(),
        Some(_) => None,
    };
    match (proposed, recorded) {
        (Event::PurchaseMade(asked), Event::PurchaseMade(done)) => asked
            .obtains
            .iter()
            .zip(&done.obtains)
            .filter_map(|(asked, done)| made(&asked.lot, &done.lot))
            .collect(),
        (Event::CustodyTransferred(asked), Event::CustodyTransferred(done)) => {
            made(&asked.new_lot, &done.new_lot).into_iter().collect()
        }
        (Event::DeliveryReturned(asked), Event::DeliveryReturned(done)) => {
            made(&asked.new_lot, &done.new_lot).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
