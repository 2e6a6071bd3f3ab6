//! Committing: who waits for an answer makes the batch durable, his own proposals and those of all who came meanwhile.
//!
//! One caller at a time leads: it takes everything decided so far, writes and syncs it, and lets the others go. While
//! it is in `fdatasync`, others decide into the next batch. A lone caller commits without waking another thread; large
//! batches are begun by a thread of their own, so that a caller who keeps several in flight overlaps deciding and syncing.

use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Instant;

use minhbach_events::Proposal;
use minhbach_journal::{Batch, Journal};
use minhbach_projections::recorded::Recorded;

use super::answer::{Answer, Stopped};
use super::observer::{Committed, Observer};
use super::threads::{Condvar, Mutex, MutexGuard, RwLock, Sender, at_most};
use super::writer::Writer;
use crate::{Books, Caller};

/// From so many entries a batch is committed without anybody waiting for it.
const EAGER_ENTRIES: usize = at_most(256, 4);

/// The way from proposals to the disk.
pub(super) struct Committing {
    /// Locked before `books` by whoever decides.
    writer: Mutex<Writer>,
    /// None once the ledger is closed.
    disk: Mutex<Option<Disk>>,
    turn: Mutex<Turn>,
    changed: Condvar,
    observer: OnceLock<Arc<dyn Observer>>,
}

/// What only the leader touches.
struct Disk {
    journal: Journal,
    /// An emptied batch, whose memory the next one takes over.
    spare: Batch,
    projections: Sender<Vec<Recorded>>,
}

struct Turn {
    /// Commits that are durable: all below this number.
    committed: u64,
    /// Somebody is at the disk.
    led: bool,
    /// A large batch waits.
    eager: bool,
    /// No more proposals come.
    closing: bool,
    stopped: Option<Stopped>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Committing {
    pub fn new(writer: Writer, journal: Journal, projections: Sender<Vec<Recorded>>) -> Committing {
        Committing {
            writer: Mutex::new(writer),
            disk: Mutex::new(Some(Disk {
                journal,
                spare: Batch::new(),
                projections,
            })),
            turn: Mutex::new(Turn {
                committed: 0,
                led: false,
                eager: false,
                closing: false,
                stopped: None,
            }),
            changed: Condvar::new(),
            observer: OnceLock::new(),
        }
    }

    /// Tells `observer` of every commit from now on; the first one stays.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        let _ = self.observer.set(observer);
    }

    /// Why nothing is taken any more, if so.
    pub fn stopped(&self) -> Option<Stopped> {
        lock(&self.turn).stopped.clone()
    }

    /// Decides proposals into the open batch; the answers hold once the commit of that number is durable.
    pub fn decide(
        &self,
        books: &RwLock<Books>,
        proposals: &[Proposal],
        caller: &Caller,
        atomic: bool,
    ) -> Result<(u64, Vec<Answer>), Stopped> {
        let mut writer = lock(&self.writer);
        // A full batch goes first: what waits for the disk is bounded.
        while writer.open().is_full() {
            let number = writer.number();
            drop(writer);
            self.wait(number)?;
            writer = lock(&self.writer);
        }
        if let Some(stopped) = &lock(&self.turn).stopped {
            return Err(stopped.clone());
        }
        let mut books = books.write().unwrap_or_else(PoisonError::into_inner);
        let answers = writer
            .decide(&mut books, proposals, caller, atomic)
            .inspect_err(|stopped| self.stop(stopped))?;
        let number = writer.number();
        if EAGER_ENTRIES <= writer.open().lines.len() {
            lock(&self.turn).eager = true;
            self.changed.notify_all();
        }
        Ok((number, answers))
    }

    /// What would be answered to one proposal, with nothing decided.
    pub fn rehearse_one(
        &self,
        books: &RwLock<Books>,
        proposal: &Proposal,
        caller: &Caller,
    ) -> Result<Answer, Stopped> {
        let mut writer = lock(&self.writer);
        let books = books.read().unwrap_or_else(PoisonError::into_inner);
        writer.rehearse_one(&books, proposal, caller)
    }

    /// Returns once the commit of that number is durable, leading it if nobody else does.
    pub fn wait(&self, number: u64) -> Result<(), Stopped> {
        let mut turn = lock(&self.turn);
        loop {
            if number < turn.committed {
                return Ok(());
            }
            if let Some(stopped) = &turn.stopped {
                return Err(stopped.clone());
            }
            turn = if turn.led {
                self.changed.wait(turn).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.lead(turn)
            };
        }
    }

    /// The number that all decided so far is committed under.
    pub fn number(&self) -> u64 {
        lock(&self.writer).number()
    }

    /// Commits large batches as they come, until closing.
    pub fn run(&self) {
        let mut turn = lock(&self.turn);
        while !turn.closing && turn.stopped.is_none() {
            turn = if turn.eager && !turn.led {
                self.lead(turn)
            } else {
                self.changed.wait(turn).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    /// Tells [`run`](Committing::run) to end.
    pub fn close(&self) {
        lock(&self.turn).closing = true;
        self.changed.notify_all();
    }

    /// Lets the journal go, and with it the folder's lock and the projections' thread.
    pub fn release(&self) {
        *lock(&self.disk) = None;
    }

    /// Takes everything decided, makes it durable, lets those who wait go, and tells the projections.
    fn lead<'a>(&'a self, mut turn: MutexGuard<'a, Turn>) -> MutexGuard<'a, Turn> {
        turn.led = true;
        turn.eager = false;
        drop(turn);
        let leading = Leading(self);
        let mut disk = lock(&self.disk);
        match disk.as_mut() {
            None => self.stop(&Stopped::earlier()),
            Some(disk) => self.commit(disk),
        }
        drop(disk);
        drop(leading);
        lock(&self.turn)
    }

    fn commit(&self, disk: &mut Disk) {
        let spare = std::mem::take(&mut disk.spare);
        let (number, mut decided) = lock(&self.writer).take(spare);
        let begun = Instant::now();
        let appended = if decided.lines.is_empty() {
            Ok(())
        } else {
            disk.journal.append(&decided.lines).map(drop)
        };
        if let Err(error) = appended {
            return self.stop(&Stopped::because(error));
        }
        let took = begun.elapsed();
        lock(&self.turn).committed = number + 1;
        self.changed.notify_all();
        if let Some(observer) = self.observer.get()
            && let Some(last) = decided.recorded.last()
        {
            observer.committed(&Committed {
                size: last.entry.seq + 1,
                entries: decided.lines.len(),
                bytes: decided.lines.bytes(),
                took,
            });
        }
        decided.lines.clear();
        disk.spare = decided.lines;
        // Waits when the projections lag, since memory is bounded. They end only after all who lead.
        if !decided.recorded.is_empty() && disk.projections.send(decided.recorded).is_err() {
            self.stop(&Stopped::because("the projections have ended"));
        }
    }

    pub(super) fn stop(&self, stopped: &Stopped) {
        lock(&self.turn).stopped.get_or_insert_with(|| stopped.clone());
        self.changed.notify_all();
    }
}

/// The turn at the disk; given up however it ends.
struct Leading<'a>(&'a Committing);

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        let mut turn = lock(&self.0.turn);
        turn.led = false;
        if std::thread::panicking() {
            turn.stopped
                .get_or_insert_with(|| Stopped::because("an internal error, reported above"));
        }
        self.0.changed.notify_all();
    }
}
