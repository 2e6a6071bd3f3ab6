//! The books in a file of the data folder: written now and then and when a ledger is closed, read when it is opened.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use minhbach_events::Entry;
use minhbach_journal::Reader;

use super::commit::Committing;
use super::projector::Projected;
use super::threads::{Receiver, RecvTimeoutError, RwLock};
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
    // A pipe would be waited for.
    if !fs::metadata(path(dir))?.is_file() {
        return Ok(None);
    }
    let file = File::open(path(dir))?;
    let at = kept_at(&mut ReadFrom { file: &file, at: 0 })?;
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
    // Chunks of a megabyte are read at once; the buffer is for what lies between them.
    let from = |begin| -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(BufReader::new(ReadFrom {
            file: &file,
            at: begin,
        })))
    };
    Ok(Some(kept(at, &from, &entry)?))
}

/// A file from a byte on, for one of several readers: the same file for all, whatever comes in its place meanwhile.
struct ReadFrom<'f> {
    file: &'f File,
    at: u64,
}

impl Read for ReadFrom<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
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
        // What a kill left of the last attempt.
        let _ = fs::remove_file(draft(dir));
        KeptBooks {
            dir: dir.to_path_buf(),
            size: AtomicU64::new(size),
        }
    }

    /// Keeps them, if the next opening would have more than a little to read.
    ///
    /// Only the books of a writer that works: after an error they may be half of what an entry did.
    pub fn close(&self, books: &RwLock<Books>, committing: &Committing) {
        let Ok(books) = books.read() else { return };
        if committing.stopped().is_none() && MIN.max(books.size() / 50) <= self.behind(books.size()) {
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
        // Whatever is there, also a link to somebody's file, is not written to.
        let _ = fs::remove_file(&draft);
        let written = File::create_new(&draft).and_then(|file| {
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

/// What the thread that looks is given.
pub(super) struct Looking {
    pub kept: Arc<KeptBooks>,
    pub committing: Arc<Committing>,
    pub books: Arc<RwLock<Books>>,
    pub projected: Arc<Projected>,
    pub ending: Receiver<()>,
}

impl Looking {
    /// Looks now and then, until `ending` is closed, and keeps a copy when enough has come.
    pub fn run(&self) {
        while self.pause() {
            let Ok(size) = self.books.read().map(|books| books.size()) else {
                return;
            };
            if self.kept.behind(size) < (4 * MIN).max(size / 8) {
                continue;
            }
            let Ok(copy) = self.books.read().map(|books| books.clone()) else {
                return;
            };
            // A writer that failed has said so before it let the books go: a copy of what it left is not kept.
            let trusted = self.committing.stopped().is_none();
            if trusted && self.reached(copy.size()) && self.projected.settled(copy.size()).is_ok() {
                self.kept.write(&copy);
            }
        }
    }

    /// Waits a moment; false at the end.
    fn pause(&self) -> bool {
        self.ending.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout)
    }

    /// Waits until the projections know so many entries, which are durable then: they are told what they do not know, and can
    /// only be told what the books do not know. A writer that stops, or the end, is not waited out.
    fn reached(&self, size: u64) -> bool {
        loop {
            match self.projected.size() {
                Err(_) => return false,
                Ok(known) if size <= known => return true,
                Ok(_) if self.committing.stopped().is_some() || !self.pause() => return false,
                Ok(_) => {}
            }
        }
    }
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use minhbach_events::{Actor, Proposal};
    use minhbach_journal::Holder;

    use super::path;
    use crate::engine::Stopped;
    use crate::{Caller, Ledger, REQUEST_PROPOSALS_MAX, system_clock};

    const PARTIES: u64 = super::MIN + 1;

    fn ledger(dir: &std::path::Path) -> Ledger {
        let holder = Holder {
            command: "test".to_owned(),
            url: None,
        };
        let ledger = Ledger::create(dir, &holder, system_clock()).expect("made");
        let caller = Caller::whole(Actor::new("local").expect("a post"));
        let opened = r#"{"type":"ledger.opened","ledger":"thu","origin":"so.example.vn/thu","format":1,"kind":"live"}"#;
        let party = |nth| {
            format!(r#"{{"type":"party.registered","party":"quy-{nth}","kind":"fund","name":"Quỹ {nth}"}}"#)
        };
        let mut lines = std::iter::once(opened.to_owned())
            .chain((0..PARTIES).map(party))
            .map(|line| Proposal::from_line(line.as_bytes()).expect("a proposal"))
            .peekable();
        while lines.peek().is_some() {
            let some = lines.by_ref().take(REQUEST_PROPOSALS_MAX).collect();
            let answers = ledger.record(some, &caller, false).expect("the writer works");
            assert!(answers.iter().all(Result::is_ok));
        }
        ledger
    }

    #[test]
    fn what_a_writer_that_failed_leaves_is_not_kept() {
        for fails in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let ledger = ledger(folder.path());
            if fails {
                ledger.committing.stop(&Stopped::because("a test"));
            }
            ledger.close().expect("the projections are written");
            assert_eq!(path(folder.path()).exists(), !fails);
        }
    }
}
