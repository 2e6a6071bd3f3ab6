//! Opening: the journal is recovered, the books replayed, the projections brought up or rebuilt.

use std::cell::{Cell, OnceCell};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use minhbach_events::{Entry, EntryError, Event, Hash};
use minhbach_journal::{Holder, Journal, OpenOptions, ReadError, Reader, Recovery};
use minhbach_projections::recorded::{Recorded, Undone};
use minhbach_projections::{Position, ProjectionError, Projections};

use super::kept_books;
use super::threads::{RwLock, RwLockReadGuard};
use super::view::View;
use crate::{Books, Impossible, apply};

/// The projections' folder in the data folder.
const PROJECTIONS: &str = "projections";
/// Entries read ahead of the rules: batches, and entries in each.
const AHEAD_BATCHES: usize = 4;
const AHEAD_ENTRIES: usize = 512;

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] minhbach_journal::OpenError),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal ends before entries that the projections were told of, which they are only once those are durable.
    #[error(
        "the journal holds {entries} entries, and {known} were durable: its end is missing. Nothing was changed"
    )]
    EndMissing {
        /// The data folder.
        data: PathBuf,
        /// How many it holds.
        entries: u64,
        /// How many the projections know.
        known: u64,
    },
    /// A line of the journal is not an entry that this version reads.
    #[error("entry {seq} cannot be read: {error}")]
    Entry {
        /// Which.
        seq: u64,
        /// Why.
        error: EntryError,
    },
    /// The entries contradict each other.
    #[error(
        "{0}. The journal was changed, or written by a newer version. Nothing was changed now; `minhbach verify` \
         checks its chain"
    )]
    Impossible(#[from] Impossible),
    /// The projections cannot be opened, and moving them aside would not help.
    #[error(transparent)]
    Projections(minhbach_projections::OpenError),
    /// The projections cannot be brought up.
    #[error(transparent)]
    Project(#[from] ProjectionError),
    /// A folder cannot be moved or removed.
    #[error("cannot move {} aside: {error}", path.display())]
    Aside {
        /// The folder.
        path: PathBuf,
        /// What the system answered.
        error: io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Entropy(getrandom::Error),
    /// The system starts no thread.
    #[error("the system starts no thread: {0}")]
    Thread(io::Error),
}

/// What opening did besides opening.
#[derive(Debug, Default)]
pub struct Opened {
    /// What the journal's recovery did.
    pub recovery: Recovery,
    /// Why the projections were rebuilt from nothing, if they were.
    pub rebuilt: Option<Rebuilt>,
    /// How many entries the projections were behind otherwise.
    pub caught_up: u64,
    /// How many entries the kept books knew; the rules read only those after them.
    pub kept: u64,
}

/// Why projections were rebuilt from nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rebuilt {
    /// There were none.
    #[error("there were none")]
    NoneThere,
    /// They are another journal's.
    #[error("they are of another ledger")]
    OtherLedger,
    /// Their last entry is not the journal's.
    #[error("they differ from the journal at entry {seq}")]
    Differ {
        /// The seq of their last entry.
        seq: u64,
    },
    /// They could not be read or brought up.
    #[error("{0}")]
    Unusable(String),
}

/// What a long opening is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaying {
    /// The books read the journal.
    Books,
    /// The projections are rebuilt on the way.
    Rebuilding,
}

/// Is told how far a long opening is.
pub trait Progress {
    /// `done` of `of` entries.
    fn entries(&self, what: Replaying, done: u64, of: u64);
}

impl Progress for () {
    fn entries(&self, _: Replaying, _: u64, _: u64) {}
}

/// Opens for writing. `signed` entries are known to have been durable.
pub(super) fn open(
    dir: &Path,
    holder: &Holder,
    signed: u64,
    progress: &dyn Progress,
) -> Result<(Journal, Books, Projections, Opened), OpenError> {
    let early = OnceCell::new();
    let known = |reader: &Reader| {
        let opened = early.get_or_init(|| open_there(dir));
        let told = opened.as_ref().and_then(|opened| opened.as_ref().ok());
        told.map_or(0, |told| told_of(told, reader)).max(signed)
    };
    let (journal, recovery) = Journal::open_knowing(dir, holder, OpenOptions::default(), &known)?;
    let reader = journal.reader();
    let mut opened = Opened {
        recovery,
        ..Opened::default()
    };
    let there = early.into_inner().unwrap_or_else(|| open_there(dir));
    let (mut projections, mut why) = these_or_new(dir, &reader, there)?;
    loop {
        opened.caught_up = reader.head().size - projections.position().map_or(0, |position| position.size);
        opened.rebuilt = why.clone();
        let known = projections.position().map_or(0, |position| position.size);
        let kept = kept_books::read(dir, &reader, known).unwrap_or_default();
        opened.kept = kept.size();
        let replayed = match replay(&reader, kept, Some(&mut projections), why.is_some(), progress) {
            // What was kept does not fit what came after it: the journal alone counts.
            Err(OpenError::Impossible(_)) if 0 < opened.kept => {
                opened.kept = 0;
                replay(
                    &reader,
                    Books::default(),
                    Some(&mut projections),
                    why.is_some(),
                    progress,
                )
            }
            replayed => replayed,
        };
        match replayed {
            Ok(books) => {
                projections.flush()?;
                return Ok((journal, books, projections, opened));
            }
            // Only once: projections rebuilt from nothing that fail again would fail for ever.
            Err(OpenError::Project(error)) if why.is_none() && !matches!(error, ProjectionError::Stopped) => {
                drop(projections);
                why = Some(Rebuilt::Unusable(error.to_string()));
                move_aside(dir)?;
                projections = fresh_projections(dir)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// What opening the projections of a folder gave; none where there are none.
type There = Option<Result<Projections, minhbach_projections::OpenError>>;

fn open_there(dir: &Path) -> There {
    let folder = dir.join(PROJECTIONS);
    folder.exists().then(|| Projections::open_sled(&folder))
}

/// How many entries of this journal projections were told of; 0 where they are another's.
fn told_of(projections: &Projections, reader: &Reader) -> u64 {
    let first = reader.entry(0).ok().flatten().map(|entry| entry.hash);
    let position = projections.position();
    let ours = position.filter(|position| Some(position.genesis) == first);
    ours.map_or(0, |position| position.size)
}

/// The projections of a folder if they are this journal's; else new ones, and why.
pub(super) fn open_projections(
    dir: &Path,
    reader: &Reader,
) -> Result<(Projections, Option<Rebuilt>), OpenError> {
    these_or_new(dir, reader, open_there(dir))
}

fn these_or_new(
    dir: &Path,
    reader: &Reader,
    there: There,
) -> Result<(Projections, Option<Rebuilt>), OpenError> {
    let Some(there) = there else {
        let why = (0 < reader.head().size).then_some(Rebuilt::NoneThere);
        return Ok((fresh_projections(dir)?, why));
    };
    let why = match there {
        Ok(projections) => match strange(dir, projections.position(), reader)? {
            None => return Ok((projections, None)),
            Some(why) => why,
        },
        Err(minhbach_projections::OpenError::Unusable { why }) => Rebuilt::Unusable(why),
        Err(error) => return Err(OpenError::Projections(error)),
    };
    move_aside(dir)?;
    Ok((fresh_projections(dir)?, Some(why)))
}

/// Why projections at a position are not of this journal.
fn strange(dir: &Path, position: Option<Position>, reader: &Reader) -> Result<Option<Rebuilt>, OpenError> {
    let size = reader.head().size;
    let Some(position) = position else {
        return Ok((0 < size).then_some(Rebuilt::NoneThere));
    };
    let hash = |seq| Ok::<_, OpenError>(reader.entry(seq)?.map(|entry| entry.hash));
    if hash(0)? != Some(position.genesis) {
        return Ok(Some(Rebuilt::OtherLedger));
    }
    if size < position.size {
        return Err(OpenError::EndMissing {
            data: dir.to_path_buf(),
            entries: size,
            known: position.size,
        });
    }
    if hash(position.size - 1)? != Some(position.head) {
        let seq = position.size - 1;
        return Ok(Some(Rebuilt::Differ { seq }));
    }
    Ok(None)
}

/// Renames the projections' folder; only the last one set aside is kept.
fn move_aside(dir: &Path) -> Result<(), OpenError> {
    let folder = dir.join(PROJECTIONS);
    let aside = dir.join(format!("{PROJECTIONS}.set-aside"));
    let failed = |error| OpenError::Aside {
        path: folder.clone(),
        error,
    };
    let removed = if aside.is_dir() {
        std::fs::remove_dir_all(&aside)
    } else {
        std::fs::remove_file(&aside)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::fs::rename(&folder, &aside).map_err(failed)
}

/// Deletes the projections and the kept books, so that the next opening makes them again of the journal. `signed` entries are
/// known to have been durable.
///
/// # Errors
///
/// Those or the projections are more than the journal holds, its folder is in use, or the system refuses.
pub fn discard_projections(dir: &Path, holder: &Holder, signed: u64) -> Result<(), OpenError> {
    let told = Cell::new(0);
    let known = |reader: &Reader| {
        let there = open_there(dir).and_then(Result::ok);
        told.set(there.map_or(0, |there| told_of(&there, reader)).max(signed));
        told.get()
    };
    let (journal, _) = Journal::open_knowing(dir, holder, OpenOptions::default(), &known)?;
    let (entries, known) = (journal.head().size, told.get());
    if entries < known {
        let data = dir.to_path_buf();
        return Err(OpenError::EndMissing { data, entries, known });
    }
    forget(dir, journal)
}

/// The same, whatever the projections know: for who gives up what the journal does not hold.
///
/// # Errors
///
/// The journal's folder is in use, or the system refuses.
pub fn forget_projections(dir: &Path, holder: &Holder) -> Result<(), OpenError> {
    let (journal, _) = Journal::open(dir, holder, OpenOptions::default())?;
    forget(dir, journal)
}

fn forget(dir: &Path, journal: Journal) -> Result<(), OpenError> {
    kept_books::discard(dir).map_err(|error| OpenError::Aside {
        path: dir.join("books"),
        error,
    })?;
    for name in [PROJECTIONS.to_owned(), format!("{PROJECTIONS}.set-aside")] {
        let path = dir.join(name);
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::Aside { path, error });
            }
            _ => {}
        }
    }
    drop(journal);
    Ok(())
}

fn fresh_projections(dir: &Path) -> Result<Projections, OpenError> {
    Projections::open_sled(&dir.join(PROJECTIONS)).map_err(OpenError::Projections)
}

/// An entry read and parsed ahead of the rules.
type Parsed = Result<(Entry, Hash), OpenError>;

/// Reads the journal through the rules, from where the books are, and tells the projections what they do not know.
pub(super) fn replay(
    reader: &Reader,
    mut books: Books,
    mut projections: Option<&mut Projections>,
    rebuilding: bool,
    progress: &dyn Progress,
) -> Result<Books, OpenError> {
    let size = reader.head().size;
    let known = projections
        .as_ref()
        .and_then(|p| p.position())
        .map_or(0, |position| position.size);
    let what = if rebuilding {
        Replaying::Rebuilding
    } else {
        Replaying::Books
    };
    let first = books.size();
    std::thread::scope(|scope| {
        let (sender, parsed): (Sender<Vec<Parsed>>, Receiver<Vec<Parsed>>) = bounded(AHEAD_BATCHES);
        scope.spawn(move || parse_ahead(reader, first, &sender));
        for batch in parsed {
            for result in batch {
                let (entry, hash) = result?;
                let seq = entry.seq;
                let effects = apply(&mut books, &entry, hash)?;
                if let Some(projections) = projections.as_deref_mut().filter(|_| known <= seq) {
                    let undone = match &entry.event {
                        Event::EntryReversed(e) => {
                            let entry = Arc::new(read_one(reader, e.reverses.get())?);
                            Some(Undone {
                                entry,
                                about: effects.about,
                            })
                        }
                        _ => None,
                    };
                    projections.apply(&Recorded {
                        entry: Arc::new(entry),
                        hash,
                        effects,
                        undone,
                    })?;
                }
                if seq % 4096 == 0 {
                    progress.entries(what, seq, size);
                }
            }
        }
        progress.entries(what, size, size);
        Ok(books)
    })
}

fn read_one(reader: &Reader, seq: u64) -> Result<Entry, OpenError> {
    let raw = reader.entry(seq)?;
    let raw = raw.ok_or_else(|| {
        OpenError::Impossible(Impossible {
            seq,
            what: "it is missing".to_owned(),
        })
    })?;
    Entry::read(&raw.bytes).map_err(|error| OpenError::Entry { seq, error })
}

fn parse_ahead(reader: &Reader, first: u64, sender: &Sender<Vec<Parsed>>) {
    let mut entries = reader.entries(first);
    loop {
        let mut batch = Vec::with_capacity(AHEAD_ENTRIES);
        while batch.len() < AHEAD_ENTRIES {
            match entries.next_ref() {
                None => break,
                Some(Err(error)) => batch.push(Err(OpenError::Read(error))),
                Some(Ok(raw)) => batch.push(match Entry::read(raw.bytes) {
                    Ok(entry) => Ok((entry, raw.hash)),
                    Err(error) => Err(OpenError::Entry { seq: raw.seq, error }),
                }),
            }
        }
        let last = batch.len() < AHEAD_ENTRIES;
        // The receiver has gone when the rules met an error.
        if (!batch.is_empty() && sender.send(batch).is_err()) || last {
            return;
        }
    }
}

/// The state of the rules and the journal behind it, read without the lock and without writing a byte.
///
/// It holds what was durable when it was read.
///
/// # Errors
///
/// There is no journal, or it is damaged.
pub fn read_books(dir: &Path, progress: &dyn Progress) -> Result<(Books, Reader), OpenError> {
    let reader = Reader::open_readonly(dir)?;
    let books = replay(&reader, Books::default(), None, false, progress)?;
    Ok((books, reader))
}

/// A ledger that is only read: without the lock, without writing a byte, all in memory.
///
/// For a folder on a full or read-only disk, and for audits. It holds what was durable when it was opened.
pub struct Snapshot {
    books: RwLock<Books>,
    reader: Reader,
    projections: Projections,
}

impl Snapshot {
    /// Reads the journal from its beginning.
    ///
    /// # Errors
    ///
    /// There is no journal, or it is damaged.
    pub fn open(dir: &Path, progress: &dyn Progress) -> Result<Snapshot, OpenError> {
        let reader = Reader::open_readonly(dir)?;
        let mut projections = Projections::in_memory();
        let books = replay(&reader, Books::default(), Some(&mut projections), false, progress)?;
        Ok(Snapshot {
            books: RwLock::new(books),
            reader,
            projections,
        })
    }

    /// Answers a question from the projections.
    pub fn read<T>(&self, question: impl FnOnce(&Projections, &View<'_>) -> T) -> T {
        question(&self.projections, &View::new(&self.books, &self.reader))
    }

    /// The state of the rules.
    pub fn books(&self) -> RwLockReadGuard<'_, Books> {
        self.books
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The journal.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}
