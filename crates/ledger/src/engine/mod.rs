//! The engine: one writer that decides, commits and projects, and any number of readers.
//!
//! A caller decides its proposals under the writer's lock, then waits for the commit that takes them, leading it if
//! nobody else does. While one batch is in `fdatasync` the next is decided. A thread of its own tells the projections
//! what is durable.

mod answer;
mod commit;
#[cfg(test)]
mod faults;
mod kept_books;
mod observer;
mod opening;
mod projector;
mod recorded_at;
mod repeated;
mod threads;
mod view;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use minhbach_events::{Proposal, Timestamp};
use minhbach_journal::{Holder, Journal, Reader};
use minhbach_projections::{AsOf, Projections};

pub use answer::{Acknowledgement, Answer, Stopped};
pub use observer::{Committed, Observer};
pub use opening::{
    OpenError, Opened, Progress, Rebuilt, Replaying, Snapshot, discard_projections, forget_projections,
    read_books,
};
pub use projector::ReadFault;
pub use recorded_at::recorded_at;
pub use repeated::same as repeats;
pub use view::View;

use crate::{Books, Caller};
use commit::Committing;
use kept_books::{KeptBooks, Looking};
use projector::Projected;
use threads::{JoinHandle, RwLock, RwLockReadGuard, Sender, at_most, bounded};
use writer::Writer;

/// Committed batches that may wait for the projections. A batch holds at most [`writer::BATCH_ENTRIES_MAX`] and the
/// proposals of one more request.
const LAG_BATCHES_MAX: usize = at_most(8, 1);
/// Proposals in one request at most.
pub const REQUEST_PROPOSALS_MAX: usize = 1_024;

/// The state of the rules, while it is read.
pub type BooksGuard<'a> = RwLockReadGuard<'a, Books>;

/// Tells the time; the one place where the ledger learns it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The system's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(0);
        Timestamp::from_millis(millis).unwrap_or_else(|| Timestamp::from_millis(0).expect("1970 is a year"))
    })
}

/// A ledger that is open for writing and reading.
pub struct Ledger {
    dir: PathBuf,
    books: Arc<RwLock<Books>>,
    reader: Reader,
    clock: Clock,
    projected: Arc<Projected>,
    committing: Arc<Committing>,
    kept: Arc<KeptBooks>,
    /// Dropped, it ends the thread that keeps the books.
    looking: Option<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Ledger {
    /// Makes an empty ledger in a folder. Its first entry must be `ledger.opened`.
    ///
    /// # Errors
    ///
    /// There is a journal already, the folder is in use, or the system refuses.
    pub fn create(dir: &Path, holder: &Holder, clock: Clock) -> Result<Ledger, OpenError> {
        let journal = Journal::create(dir, holder)?;
        // What an attempt that was cut short left half made is set aside, as are another ledger's.
        let (projections, _) = opening::open_projections(dir, &journal.reader())?;
        Ledger::start(dir, journal, Books::default(), projections, clock, 0)
    }

    /// Opens the ledger in a folder: recovers the journal, replays it, brings the projections up to it.
    ///
    /// # Errors
    ///
    /// There is none, it is in use or damaged, or the system refuses.
    pub fn open(
        dir: &Path,
        holder: &Holder,
        clock: Clock,
        progress: &dyn Progress,
    ) -> Result<(Ledger, Opened), OpenError> {
        Ledger::open_signed(dir, holder, clock, 0, progress)
    }

    /// The same, where `signed` entries are known to have been durable: none of those is taken for a line that was never
    /// finished.
    ///
    /// # Errors
    ///
    /// As for [`open`](Ledger::open).
    pub fn open_signed(
        dir: &Path,
        holder: &Holder,
        clock: Clock,
        signed: u64,
        progress: &dyn Progress,
    ) -> Result<(Ledger, Opened), OpenError> {
        let (journal, books, projections, opened) = opening::open(dir, holder, signed, progress)?;
        let kept = opened.kept;
        Ok((
            Ledger::start(dir, journal, books, projections, clock, kept)?,
            opened,
        ))
    }

    fn start(
        dir: &Path,
        journal: Journal,
        books: Books,
        projections: Projections,
        clock: Clock,
        kept: u64,
    ) -> Result<Ledger, OpenError> {
        let (sender, recorded) = bounded(LAG_BATCHES_MAX);
        let reader = journal.reader();
        let projected = Arc::new(Projected::new(projections));
        let writer = Writer::new(reader.clone(), clock.clone()).map_err(OpenError::Entropy)?;
        let committing = Arc::new(Committing::new(writer, journal, sender));
        let (committer, told) = (committing.clone(), projected.clone());
        let books = Arc::new(RwLock::new(books));
        let kept = Arc::new(KeptBooks::new(dir, kept));
        let (looking, ending) = bounded(0);
        let look = Looking {
            kept: kept.clone(),
            committing: committing.clone(),
            books: books.clone(),
            projected: projected.clone(),
            ending,
        };
        let threads = vec![
            spawn("commit", move || committer.run())?,
            spawn("project", move || projector::run(&told, &recorded))?,
            spawn("keep", move || look.run())?,
        ];
        Ok(Ledger {
            dir: dir.to_path_buf(),
            books,
            reader,
            clock,
            projected,
            committing,
            kept,
            looking: Some(looking),
            threads,
        })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Hands proposals to the writer, at most [`REQUEST_PROPOSALS_MAX`]; the answers come, in order, when all that
    /// were accepted are durable.
    ///
    /// The caller's post is that of proposals that name none. With `atomic` all are recorded or none.
    ///
    /// # Errors
    ///
    /// The writer has stopped.
    pub fn submit(
        &self,
        proposals: Vec<Proposal>,
        caller: &Caller,
        atomic: bool,
    ) -> Result<Pending, Stopped> {
        assert!(
            proposals.len() <= REQUEST_PROPOSALS_MAX,
            "a request holds at most {REQUEST_PROPOSALS_MAX} proposals"
        );
        let (number, answers) = self.committing.decide(&self.books, &proposals, caller, atomic)?;
        Ok(Pending {
            committing: self.committing.clone(),
            number,
            answers,
        })
    }

    /// Hands proposals to the writer and waits for the answers.
    ///
    /// # Errors
    ///
    /// The writer has stopped.
    pub fn record(
        &self,
        proposals: Vec<Proposal>,
        caller: &Caller,
        atomic: bool,
    ) -> Result<Vec<Answer>, Stopped> {
        self.submit(proposals, caller, atomic)?.wait()
    }

    /// What would be answered to proposals, at most [`REQUEST_PROPOSALS_MAX`], with nothing recorded; each sees those
    /// before it. Several are decided on a copy of the books.
    ///
    /// # Errors
    ///
    /// The writer has stopped.
    pub fn rehearse(&self, proposals: &[Proposal], caller: &Caller) -> Result<Vec<Answer>, Stopped> {
        if let [proposal] = proposals {
            return Ok(vec![self.committing.rehearse_one(
                &self.books,
                proposal,
                caller,
            )?]);
        }
        let mut writer = Writer::new(self.reader.clone(), self.clock.clone()).map_err(Stopped::because)?;
        let mut copy = self.books().clone();
        // What the copy knows is looked up in the journal.
        self.committing.wait(self.committing.number())?;
        writer.rehearse(&mut copy, proposals, caller)
    }

    /// The state of the rules. Held, it keeps the writer waiting.
    pub fn books(&self) -> BooksGuard<'_> {
        self.books.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The journal, as far as it is durable.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Answers a question from the projections, once they know everything acknowledged before this call.
    ///
    /// # Errors
    ///
    /// The projections have failed; they are rebuilt at the next opening.
    pub fn read<T>(&self, question: impl FnOnce(&Projections, &View<'_>) -> T) -> Result<T, ReadFault> {
        let size = self.reader.head().size;
        let projections = self.projected.caught_up(size)?;
        let view = View::new(&self.books, &self.reader);
        Ok(question(&projections, &view))
    }

    /// Answers a question as [`read`](Ledger::read) does, if that needs no waiting for the projections; else `None`,
    /// and the question comes back.
    ///
    /// # Errors
    ///
    /// The projections have failed; they are rebuilt at the next opening.
    pub fn read_now<Q, T>(&self, question: Q) -> Result<Result<T, Q>, ReadFault>
    where
        Q: FnOnce(&Projections, &View<'_>) -> T,
    {
        let size = self.reader.head().size;
        let Some(projections) = self.projected.caught_up_now(size)? else {
            return Ok(Err(question));
        };
        let view = View::new(&self.books, &self.reader);
        Ok(Ok(question(&projections, &view)))
    }

    /// How many entries the projections know.
    ///
    /// # Errors
    ///
    /// The projections have failed; they are rebuilt at the next opening.
    pub fn projected(&self) -> Result<u64, ReadFault> {
        self.projected.size()
    }

    /// Why the writer takes nothing any more, if so.
    pub fn stopped(&self) -> Option<Stopped> {
        self.committing.stopped()
    }

    /// Tells `observer` of every commit from now on. There is one for a ledger's life: a second is not told.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        self.committing.observe(observer);
    }

    /// How far the journal is durable.
    pub fn as_of(&self) -> AsOf {
        let head = self.reader.head();
        AsOf {
            size: head.size,
            head: head.hash,
        }
    }

    /// Waits until the projections know all that is durable and have written it.
    ///
    /// # Errors
    ///
    /// The projections have failed.
    pub fn settle(&self) -> Result<(), ReadFault> {
        self.projected.settled(self.reader.head().size)
    }

    /// Ends: what is handed in is committed, the projections are brought up and written.
    ///
    /// # Errors
    ///
    /// The projections could not be written; they are rebuilt at the next opening.
    pub fn close(mut self) -> Result<(), ReadFault> {
        self.end();
        self.projected.flush()?;
        self.kept.close(&self.books, &self.committing);
        Ok(())
    }

    fn end(&mut self) {
        // What was decided and nobody waits for is made durable too. A writer that has stopped has said so before.
        let _ = self.committing.wait(self.committing.number());
        self.committing.close();
        self.looking = None;
        let mut threads = self.threads.drain(..);
        // A panic in a thread has been reported by it and stopped the writer.
        let _ = threads.next().map(JoinHandle::join);
        self.committing.release();
        threads.for_each(|thread| drop(thread.join()));
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    threads::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(OpenError::Thread)
}

/// Answers that hold once they are durable.
pub struct Pending {
    committing: Arc<Committing>,
    number: u64,
    answers: Vec<Answer>,
}

impl Pending {
    /// Waits for the answers, one for each proposal, in order.
    ///
    /// # Errors
    ///
    /// The writer has stopped: whether the proposals are kept is known after opening again.
    pub fn wait(self) -> Result<Vec<Answer>, Stopped> {
        self.committing.wait(self.number)?;
        Ok(self.answers)
    }
}
