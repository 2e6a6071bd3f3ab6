//! Opening a ledger: to write, or to read even where nothing can be written.

use std::path::Path;

use minhbach_journal::{Holder, Reader};
use minhbach_ledger::{BooksGuard, Ledger, OpenError, Opened, ReadFault, Snapshot, View, system_clock};
use minhbach_projections::Projections;
use minhbach_publishing::{durable_once, hashes_as_signed, is_as_signed};

use crate::failure;
use crate::numbers;
use crate::progress::Bar;
use crate::session::Session;
use crate::writing::{Witnessed, Writing};

/// Opens for writing, and says what opening had to do. What is committed is signed.
pub fn to_write(session: &Session) -> anyhow::Result<Writing> {
    Ok(to_write_as(session, &session.data, &session.holder(), None)?.signing())
}

/// Opens for writing under a name of one's own; who observes the ledger is to tell the publisher.
pub fn to_write_as(
    session: &Session,
    dir: &Path,
    holder: &Holder,
    witnessed: Option<Witnessed>,
) -> anyhow::Result<Writing> {
    let (ledger, opened) = open(session, dir, holder)?;
    say_what_was_done(session, &opened);
    Writing::of(session, dir, ledger, witnessed)
}

/// Opens a ledger; what is wrong with its log is found afterwards.
fn open(session: &Session, dir: &Path, holder: &Holder) -> Result<(Ledger, Opened), OpenError> {
    let signed = durable_once(dir).unwrap_or(0);
    Ledger::open_signed(dir, holder, system_clock(), signed, &Bar::new(session))
}

/// Says what opening had to do.
pub fn say_what_was_done(session: &Session, opened: &Opened) {
    let texts = session.texts;
    if let Some(tail) = &opened.recovery.torn_tail {
        let (file, bytes) = (tail.file.display(), numbers::number(texts, tail.bytes));
        session.say(&texts.with("opening-torn-tail", &[("file", &file), ("bytes", &bytes)]));
    }
    if let Some(why) = &opened.rebuilt {
        session.say(&texts.with(
            "opening-rebuilt",
            &[("why", &failure::rebuilt_because(why, texts))],
        ));
    }
}

/// Ends a ledger that was opened without signing. The entries are durable; only the projections can have failed.
pub fn close(session: &Session, ledger: Ledger) {
    if let Err(fault) = ledger.close() {
        let why = failure::tables(&fault.to_string(), session.texts);
        session.say(&session.texts.with("closing-projections", &[("why", &why)]));
    }
}

/// A ledger that can be asked.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub enum Readable {
    /// Opened with its lock and projections.
    Ledger(Ledger),
    /// In memory, because the disk takes nothing.
    Snapshot(Snapshot),
}

impl Readable {
    /// Opens for reading. On a full or read-only disk the ledger is read without writing a byte.
    pub fn open(session: &Session) -> anyhow::Result<Readable> {
        match open(session, &session.data, &session.holder()) {
            Ok((ledger, opened)) => {
                say_what_was_done(session, &opened);
                is_as_signed(&session.data, ledger.reader().clone())?;
                Ok(Readable::Ledger(ledger))
            }
            Err(error) if nothing_can_be_written(&error) => {
                let why = failure::sentence(&anyhow::Error::from(error), session.texts);
                session.say(&session.texts.with("opening-read-only", &[("why", &why)]));
                let snapshot = Snapshot::open(&session.data, &Bar::new(session))?;
                hashes_as_signed(&session.data, snapshot.reader())?;
                Ok(Readable::Snapshot(snapshot))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the projections.
    pub fn read<T>(&self, question: impl FnOnce(&Projections, &View<'_>) -> T) -> Result<T, ReadFault> {
        match self {
            Readable::Ledger(ledger) => ledger.read(question),
            Readable::Snapshot(snapshot) => Ok(snapshot.read(question)),
        }
    }

    /// The state of the rules.
    pub fn books(&self) -> BooksGuard<'_> {
        match self {
            Readable::Ledger(ledger) => ledger.books(),
            Readable::Snapshot(snapshot) => snapshot.books(),
        }
    }

    /// The journal.
    pub fn reader(&self) -> &Reader {
        match self {
            Readable::Ledger(ledger) => ledger.reader(),
            Readable::Snapshot(snapshot) => snapshot.reader(),
        }
    }
}

/// Whether a disk or its permissions stand in the way, and reading alone may still go.
fn nothing_can_be_written(error: &OpenError) -> bool {
    match error {
        OpenError::Journal(minhbach_journal::OpenError::Io(fault)) => failure::takes_nothing(&fault.error),
        OpenError::Projections(minhbach_projections::OpenError::Io(_)) | OpenError::Project(_) => true,
        OpenError::Aside { error, .. } => failure::takes_nothing(error),
        _ => false,
    }
}
