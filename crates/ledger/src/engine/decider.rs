//! The first thread: decides proposals against the books, encodes and hashes what is accepted.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use crossbeam_channel::{Receiver, Sender};
use minhbach_events::words::LedgerKind;
use minhbach_events::{Actor, ENTRY_BYTES_MAX, Entry, Event, Hash, Malformed, Problem, Proposal, Timestamp};
use minhbach_journal::{Batch, Reader};
use minhbach_projections::recorded::{Recorded, Undone};

use super::Clock;
use super::answer::{Acknowledgement, Answer, Stopped};
use super::repeated;
use crate::rejection::{Reason, Rejection};
use crate::{Books, Moment, apply, decide};

/// Entries in one commit at most.
pub(super) const BATCH_ENTRIES_MAX: usize = 1_024;
/// Bytes in one commit at most, give or take a request.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Proposals to decide together.
pub(super) struct Request {
    pub proposals: Vec<Proposal>,
    pub by: Actor,
    pub atomic: bool,
    pub reply: Sender<Result<Vec<Answer>, Stopped>>,
}

/// A decided batch on its way to the disk.
pub(super) struct Decided {
    pub lines: Batch,
    pub recorded: Vec<Recorded>,
    pub replies: Vec<(Sender<Result<Vec<Answer>, Stopped>>, Vec<Answer>)>,
}

pub(super) struct Decider {
    books: Arc<RwLock<Books>>,
    reader: Reader,
    clock: Clock,
    /// Secret of this run; each proposal gets its own part of it.
    entropy: [u8; 32],
    drawn: u64,
    /// Entries that are decided and may not be readable in the journal yet.
    in_flight: VecDeque<Arc<Entry>>,
    buffer: Vec<u8>,
}

impl Decider {
    pub fn new(books: Arc<RwLock<Books>>, reader: Reader, clock: Clock) -> Result<Decider, getrandom::Error> {
        let mut entropy = [0; 32];
        getrandom::fill(&mut entropy)?;
        Ok(Decider { books, reader, clock, entropy, drawn: 0, in_flight: VecDeque::new(), buffer: Vec::new() })
    }

    /// Works until nobody can ask any more, or the disk thread has stopped.
    pub fn run(mut self, requests: &Receiver<Request>, batches: &Sender<Decided>, used: &Receiver<Batch>) {
        while let Ok(first) = requests.recv() {
            let mut lines = used.try_recv().unwrap_or_default();
            lines.clear();
            let mut decided = Decided { lines, recorded: Vec::new(), replies: Vec::new() };
            let mut request = first;
            let full = loop {
                if let Err(stopped) = self.take(request, &mut decided) {
                    // Nothing of this batch was written, but the books have gone on: they cannot be trusted.
                    for (reply, _) in decided.replies {
                        let _ = reply.send(Err(stopped.clone()));
                    }
                    return;
                }
                let full = BATCH_ENTRIES_MAX <= decided.lines.len() || BATCH_BYTES_MAX <= decided.lines.bytes();
                match requests.try_recv() {
                    Ok(next) if !full && decided.lines.len() + next.proposals.len() <= BATCH_ENTRIES_MAX => {
                        request = next;
                    }
                    Ok(next) => break Some(next),
                    Err(_) => break None,
                }
            };
            if batches.send(decided).is_err() {
                return;
            }
            if let Some(next) = full {
                let mut decided = Decided { lines: Batch::new(), recorded: Vec::new(), replies: Vec::new() };
                if self.take(next, &mut decided).is_err() || batches.send(decided).is_err() {
                    return;
                }
            }
        }
    }

    /// Decides a request into a batch.
    fn take(&mut self, request: Request, decided: &mut Decided) -> Result<(), Stopped> {
        let shared = self.books.clone();
        let mut books = shared.write().unwrap_or_else(PoisonError::into_inner);
        let durable = self.reader.head().size;
        while self.in_flight.front().is_some_and(|entry| entry.seq < durable) {
            self.in_flight.pop_front();
        }
        let mut answers = Vec::with_capacity(request.proposals.len());
        if request.atomic {
            self.take_atomic(&mut books, &request, decided, &mut answers)?;
        } else {
            for proposal in &request.proposals {
                answers.push(self.one(&mut books, proposal, &request.by, decided)?);
            }
        }
        decided.replies.push((request.reply, answers));
        Ok(())
    }

    /// All or none: on a copy of the books that takes their place only when all are accepted.
    fn take_atomic(
        &mut self,
        books: &mut Books,
        request: &Request,
        decided: &mut Decided,
        answers: &mut Vec<Answer>,
    ) -> Result<(), Stopped> {
        let mut copy = books.clone();
        let mut apart = Decided { lines: Batch::new(), recorded: Vec::new(), replies: Vec::new() };
        let in_flight = self.in_flight.len();
        for proposal in &request.proposals {
            answers.push(self.one(&mut copy, proposal, &request.by, &mut apart)?);
        }
        if answers.iter().any(Result::is_err) {
            self.in_flight.truncate(in_flight);
            return Ok(());
        }
        *books = copy;
        for recorded in &apart.recorded {
            self.buffer.clear();
            recorded.entry.write(&mut self.buffer);
            decided.lines.push(&self.buffer, recorded.hash);
        }
        decided.recorded.append(&mut apart.recorded);
        Ok(())
    }

    fn one(
        &mut self,
        books: &mut Books,
        proposal: &Proposal,
        by: &Actor,
        decided: &mut Decided,
    ) -> Result<Answer, Stopped> {
        match self.earlier(books, proposal)? {
            Some(Ok(acknowledgement)) => return Ok(Ok(acknowledgement)),
            Some(Err(rejection)) => return Ok(Err(rejection)),
            None => {}
        }
        let at = match self.at(books, proposal) {
            Ok(at) => at,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let by = proposal.by.as_ref().unwrap_or(by).clone();
        let moment = Moment { at, by, entropy: self.next_entropy() };
        let event = match decide(books, proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let key = proposal.key.clone();
        let entry = Entry { seq: books.size(), prev: books.head(), at, by: moment.by, key, event };
        self.buffer.clear();
        entry.write(&mut self.buffer);
        if ENTRY_BYTES_MAX < self.buffer.len() {
            let rejection = Rejection::new(Reason::EntryTooLarge).count("bytes", self.buffer.len() as u64);
            return Ok(Err(rejection.count("max", ENTRY_BYTES_MAX as u64)));
        }
        let hash = Hash::of(&self.buffer);
        // What was decided can be applied; were it otherwise, the rules contradict themselves and nobody may go on.
        let effects = apply(books, &entry, hash).map_err(Stopped::because)?;
        let undone = self.undone(&entry, effects.about)?;
        decided.lines.push(&self.buffer, hash);
        let code = entry.event.subject().map(str::to_owned);
        let entry = Arc::new(entry);
        self.in_flight.push_back(entry.clone());
        let answer = Acknowledgement { seq: entry.seq, code, hash, lots: Vec::new(), repeated: false };
        decided.recorded.push(Recorded { entry, hash, effects, undone });
        Ok(Ok(answer))
    }

    /// The answer that a known key gives, if the key is known.
    fn earlier(&self, books: &Books, proposal: &Proposal) -> Result<Option<Answer>, Stopped> {
        let Some(key) = &proposal.key else { return Ok(None) };
        for seq in books.key_candidates(key) {
            let entry = self.entry(seq)?;
            if entry.key.as_ref() != Some(key) {
                continue;
            }
            // The form comes before the key in the order of rules.
            if let Err(malformed) = crate::decide::well_formed(&proposal.event) {
                return Ok(Some(Err(malformed.into())));
            }
            if !repeated::same(&proposal.event, &entry.event) {
                let rejection = Rejection::new(Reason::KeyUsed).with("key", key).count("seq", seq);
                return Ok(Some(Err(rejection)));
            }
            let code = entry.event.subject().map(str::to_owned);
            let hash = Hash::of(&entry.to_bytes());
            return Ok(Some(Ok(Acknowledgement { seq, code, hash, lots: Vec::new(), repeated: true })));
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
            Event::EntryReversed(e) => Ok(Some(Undone { entry: self.entry(e.reverses.get())?, about })),
            _ => Ok(None),
        }
    }

    /// When it is recorded: now, or in a demo ledger when the proposal says; never before the last entry.
    fn at(&self, books: &Books, proposal: &Proposal) -> Result<Timestamp, Rejection> {
        let demo = match (&books.kind(), &proposal.event) {
            (Some(kind), _) => *kind == LedgerKind::Demo,
            (None, Event::LedgerOpened(e)) => e.kind == LedgerKind::Demo,
            (None, _) => false,
        };
        let now = match proposal.at {
            None => (self.clock)(),
            Some(at) if demo => at,
            Some(_) => return Err(Malformed::new("at", Problem::AtOutsideDemo).into()),
        };
        Ok(books.last_at().map_or(now, |last| last.max(now)))
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
