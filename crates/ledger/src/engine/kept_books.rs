//! The books in a file of the data folder: written now and then and when a ledger is closed, read when it is opened.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use minhbach_events::Entry;
use minhbach_journal::Reader;

use super::projector::Projected;
use super::threads::{Receiver, RecvTimeoutError, RwLock, RwLockReadGuard};
use crate::{Books, Unusable, keep, kept, kept_at};

/// The file in the data folder.
const NAME: &str = "books";
/// How often it is looked whether enough has come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Fewer entries are read from the journal in no time.
const MIN: u64 = 10_000;

/// The file, and how far the books in it are.
pub(super) struct KeptBooks {
    dir: PathBuf,
    size: AtomicU64,
}

fn path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

/// The books that were kept, where they are of this journal and know no more than `known` entries.
pub(super) fn read(dir: &Path, reader: &Reader, known: u64) -> Option<Books> {
    read_all(dir, reader, known).ok().flatten()
}

fn read_all(dir: &Path, reader: &Reader, known: u64) -> Result<Option<Books>, Unusable> {
    // Chunks of a megabyte are read at once; this is for what lies between them.
    let mut file = BufReader::new(File::open(path(dir))?);
    let at = kept_at(&mut file)?;
    let entry = |seq: u64| reader.entry(seq).ok().flatten();
    let last = at
        .size
        .checked_sub(1)
        .filter(|_| at.size <= known)
        .and_then(entry);
    if last.is_none_or(|last| last.hash != at.head) {
        return Ok(None);
    }
    let entry = |seq| Entry::read(&entry(seq)?.bytes).ok();
    Ok(Some(kept(at, &mut file, &entry)?))
}

/// Forgets them.
///
/// # Errors
///
/// The system refuses.
pub(super) fn discard(dir: &Path) -> io::Result<()> {
    for path in [path(dir), draft(dir)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn draft(dir: &Path) -> PathBuf {
    path(dir).with_extension("new")
}

impl KeptBooks {
    pub fn new(dir: &Path, size: u64) -> KeptBooks {
        KeptBooks {
            dir: dir.to_path_buf(),
            size: AtomicU64::new(size),
        }
    }

    /// Looks now and then, until `ending` is closed, and keeps a copy when enough has come.
    pub fn run(&self, books: &RwLock<Books>, projected: &Projected, ending: &Receiver<()>) {
        while ending.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            let size = read_lock(books).size();
            // A file of a hundred bytes an entry: as much again is written as the journal is, at most.
            if self.behind(size) < MIN.max(size / 8) * 4 {
                continue;
            }
            let copy = read_lock(books).clone();
            // The projections are told what they do not know, and can only be told if the books do not know it.
            if projected.settled(copy.size()).is_ok() {
                self.write(&copy);
            }
        }
    }

    /// Keeps them, if the next opening would have more than a little to read.
    pub fn close(&self, books: &RwLock<Books>) {
        let books = read_lock(books);
        if MIN.max(books.size() / 50) <= self.behind(books.size()) {
            self.write(&books);
        }
    }

    fn behind(&self, size: u64) -> u64 {
        size.saturating_sub(self.size.load(Ordering::Relaxed))
    }

    /// Not synced: a file that a crash leaves half written is found out by its hashes, and the journal is read. A disk that
    /// is full costs the next opening time, and nothing else.
    fn write(&self, books: &Books) {
        let draft = draft(&self.dir);
        let written = File::create(&draft).and_then(|file| {
            let mut out = BufWriter::new(file);
            keep(books, &mut out)?;
            out.flush()
        });
        let kept = written.and_then(|()| fs::rename(&draft, path(&self.dir)));
        if kept.is_err() {
            let _ = fs::remove_file(&draft);
        }
        // After a failure not again at once.
        self.size.store(books.size(), Ordering::Relaxed);
    }
}

fn read_lock(books: &RwLock<Books>) -> RwLockReadGuard<'_, Books> {
    books.read().unwrap_or_else(PoisonError::into_inner)
}

/// What the thread that looks is given.
pub(super) struct Looking {
    pub kept: Arc<KeptBooks>,
    pub books: Arc<RwLock<Books>>,
    pub projected: Arc<Projected>,
    pub ending: Receiver<()>,
}

impl Looking {
    pub fn run(&self) {
        self.kept.run(&self.books, &self.projected, &self.ending);
    }
}
