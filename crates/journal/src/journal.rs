//! The one writer: opening with recovery, and appending.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chain::{Chain, Head};
use crate::lock::{Lock, LockError};
use crate::reader::{Extent, State};
use crate::segment::{self, EndingError, FOLDER, Segment, file_path};
use crate::storage::{Disk, SegmentFile, Storage, make_folder, make_names_durable, sync_folder};
use crate::walk::{End, INDEX_STEP, Walk, Walked};
use crate::{Batch, Damage, HeldBy, Holder, IoFault, Reader, SEGMENT_BYTES_MAX, TornTail, What};

/// The writer of a journal. It owns the data folder's lock until it is dropped.
pub struct Journal {
    reader: Reader,
    folder: PathBuf,
    chain: Chain,
    /// The last file; `None` when the next entry begins one.
    file: Option<OpenFile>,
    storage: Box<dyn Storage>,
    segment_bytes_max: u64,
    /// Invariant: once true, it stays so. After a failed write or sync nobody knows what is on the disk.
    stopped: bool,
    lock: Lock,
}

struct OpenFile {
    path: PathBuf,
    handle: Box<dyn SegmentFile>,
    first: u64,
    len: u64,
}

/// How to open a journal.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Read and check all files instead of the last one.
    pub verify_all: bool,
}

/// What opening found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The unfinished last line that was cut off. It was never acknowledged.
    pub torn_tail: Option<TornTail>,
    /// How many entries were read and checked.
    pub checked: u64,
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no journal in the folder.
    #[error("there is no journal in {}: name the data folder, or make one with `minhbach init`", .0.display())]
    NotThere(PathBuf),
    /// There is one already.
    #[error("{} already holds a journal: choose another folder", .0.display())]
    AlreadyThere(PathBuf),
    /// Another process writes to it.
    #[error(
        "{} is in use by `{command}` (process {pid}, since {since}): {}",
        folder.display(),
        url.as_ref().map_or("wait until it ends".to_string(), |url| format!("use --server {url}"))
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The holder's process; 0 when it has not said.
        pid: u32,
        /// The holder's command.
        command: String,
        /// Where to ask the holder.
        url: Option<String>,
        /// When it took the folder, UTC.
        since: String,
    },
    /// An entry that may have been acknowledged is not as it was written.
    #[error(
        "damaged: {damage}; restore the folder from a backup, or give up this entry and all after it with \
         `minhbach recover --cut {seq}`",
        damage = .0,
        seq = .0.seq
    )]
    Damaged(Box<Damage>),
    /// The last line is cut off, and it is known that it was durable.
    #[error(
        "the journal ends in the middle of entry {seq}, and {known} entries were durable: its end is missing. Nothing was \
         changed; bring the files of {} back from a backup or a mirror",
        data.display()
    )]
    EndMissing {
        /// The data folder.
        data: PathBuf,
        /// The entry that is cut off; all before it are sound.
        seq: u64,
        /// How many entries were durable.
        known: u64,
    },
    /// A file in the journal's folder has a name that none of its files has.
    #[error("{} is not a file of the journal: move it elsewhere", .0.display())]
    Foreign(PathBuf),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] IoFault),
}

/// Why a batch was not appended. Whichever it is, the writer has stopped.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The batch does not continue the journal; nothing was written.
    #[error("entry {seq} cannot be appended: {what}")]
    Refused {
        /// The seq that comes next there.
        seq: u64,
        /// Why not this entry.
        what: What,
    },
    /// Writing failed: what was kept of the batch is known only after opening again.
    #[error("{0}; nothing more is written until the journal is opened again")]
    Io(IoFault),
    /// An earlier append failed.
    #[error("the writer has stopped after an earlier failure: open the journal again")]
    Stopped,
}

impl Journal {
    /// Makes an empty journal in the data folder `dir`, which is made too when it is missing.
    ///
    /// # Errors
    ///
    /// A journal is there already, another process holds the folder, or the system refuses.
    pub fn create(dir: &Path, holder: &Holder) -> Result<Journal, OpenError> {
        Journal::create_with(dir, holder, SEGMENT_BYTES_MAX, Box::new(Disk))
    }

    pub(crate) fn create_with(
        dir: &Path,
        holder: &Holder,
        segment_bytes_max: u64,
        storage: Box<dyn Storage>,
    ) -> Result<Journal, OpenError> {
        make_folder(&*storage, dir)?;
        let lock = take_lock(dir, holder)?;
        let folder = dir.join(FOLDER);
        make_folder(&*storage, &folder)?;
        if !segment::list(dir)?.is_empty() {
            return Err(OpenError::AlreadyThere(dir.to_path_buf()));
        }
        make_names_durable(&*storage, dir)?;
        let (chain, segments) = (Chain::empty(), Vec::new());
        let reader = Reader::new(
            dir,
            State {
                head: chain.head,
                segments,
            },
        );
        Ok(Journal {
            reader,
            folder,
            chain,
            file: None,
            storage,
            segment_bytes_max,
            stopped: false,
            lock,
        })
    }

    /// Opens the journal in the data folder `dir` to write.
    ///
    /// The last file is read and checked whole, of every other only the last line, unless `verify_all` is asked for.
    /// An unfinished last line is cut off and reported. What was written but perhaps not durable is made so.
    ///
    /// # Errors
    ///
    /// No journal is there, another process holds it, an entry is damaged, or the system refuses. Nothing is changed.
    pub fn open(dir: &Path, holder: &Holder, options: OpenOptions) -> Result<(Journal, Recovery), OpenError> {
        Journal::open_knowing(dir, holder, options, &|_| 0)
    }

    /// The same, where somebody may know how many entries were durable, whatever the files say now: a line among those that
    /// is cut off is no crash's, and stays. `known` is asked under the lock, before anything is changed.
    ///
    /// # Errors
    ///
    /// As for [`open`](Journal::open), and [`OpenError::EndMissing`].
    pub fn open_knowing(
        dir: &Path,
        holder: &Holder,
        options: OpenOptions,
        known: &dyn Fn(&Reader) -> u64,
    ) -> Result<(Journal, Recovery), OpenError> {
        Journal::open_with(dir, holder, options, known, SEGMENT_BYTES_MAX, Box::new(Disk))
    }

    pub(crate) fn open_with(
        dir: &Path,
        holder: &Holder,
        options: OpenOptions,
        known: &dyn Fn(&Reader) -> u64,
        segment_bytes_max: u64,
        storage: Box<dyn Storage>,
    ) -> Result<(Journal, Recovery), OpenError> {
        // Before the lock: a folder without a journal is left as it is.
        segment::list(dir)?;
        let lock = take_lock(dir, holder)?;
        let segments = segment::list(dir)?;
        let joint = segment::check_joints(&segments);
        let walk = Walk {
            segment_bytes_max,
            piece_bytes: None,
            progress: &|_| {},
        };
        let walked = match joint {
            Ok(before) if !options.verify_all => {
                walk.over(&segments[segments.len().saturating_sub(1)..], before)?
            }
            Err(EndingError::Io(fault)) => return Err(fault.into()),
            // The whole walk names the first damage, which the joints alone do not.
            Ok(_) | Err(EndingError::Damage(_)) => walk.over(&segments, Chain::empty())?,
        };
        let Walked { chain, sound, end } = walked;
        let torn_tail = match end {
            End::Clean => None,
            End::Torn(tail) => Some(tail),
            End::Damaged(damage) => return Err(OpenError::Damaged(damage)),
        };
        let recovery = Recovery {
            torn_tail,
            checked: sound.iter().map(|sound| sound.entries).sum(),
        };

        let unread = segments.len() - sound.len();
        let len = sound.last().map_or(0, |sound| sound.bytes);
        let mut extents: Vec<Extent> = segments[..unread].iter().map(Segment::extent).collect();
        extents.extend(
            segments[unread..]
                .iter()
                .zip(sound)
                .map(|(segment, sound)| Extent {
                    first: segment.first,
                    path: Arc::clone(&segment.path),
                    len: sound.bytes,
                    index: sound.index,
                }),
        );
        let reader = Reader::new(
            dir,
            State {
                head: chain.head,
                segments: extents,
            },
        );
        let folder = dir.join(FOLDER);
        let (seq, known) = (chain.head.size, known(&reader));
        if recovery.torn_tail.is_some() && seq < known {
            let data = dir.to_path_buf();
            return Err(OpenError::EndMissing { data, seq, known });
        }
        make_names_durable(&*storage, dir)?;
        let file = match segments.last() {
            None => None,
            Some(last) => {
                if let Some(tail) = &recovery.torn_tail {
                    truncate(&*storage, &tail.file, tail.byte)?;
                }
                let handle = open_durable(&*storage, &last.path)?;
                Some(OpenFile {
                    path: last.path.to_path_buf(),
                    handle,
                    first: last.first,
                    len,
                })
            }
        };
        let journal = Journal {
            reader,
            folder,
            chain,
            file,
            storage,
            segment_bytes_max,
            stopped: false,
            lock,
        };
        Ok((journal, recovery))
    }

    /// The last entry.
    pub fn head(&self) -> Head {
        self.chain.head
    }

    /// A view for readers, which sees each batch once it is durable.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Tells those who find the folder in use where to ask instead.
    ///
    /// # Errors
    ///
    /// The lock file cannot be written. The lock itself is not touched.
    pub fn announce(&mut self, url: Option<String>) -> Result<(), IoFault> {
        self.lock.announce(url)
    }

    /// Appends the entries of a batch and returns once they are durable.
    ///
    /// It is one write and one `fdatasync`, and where the batch fills a file, as many again for the next one and a sync
    /// of the folder.
    ///
    /// # Errors
    ///
    /// After any error the writer is dead: every later append answers [`AppendError::Stopped`]. The batch may be in the
    /// files in part or whole; opening the journal again tells.
    pub fn append(&mut self, lines: &Batch) -> Result<Head, AppendError> {
        if self.stopped {
            return Err(AppendError::Stopped);
        }
        // Set first, so that not even a panic leaves a writer that goes on.
        self.stopped = true;
        let result = self.append_unguarded(lines);
        match &result {
            Ok(_) => self.stopped = false,
            Err(_) => {
                if let Some(file) = &mut self.file {
                    file.handle.forget();
                }
            }
        }
        result
    }

    fn append_unguarded(&mut self, batch: &Batch) -> Result<Head, AppendError> {
        let refused = |(seq, what)| AppendError::Refused { seq, what };
        let Some(after) = batch.after(&self.chain).map_err(refused)? else {
            return Ok(self.chain.head);
        };
        let mut new_extents: Vec<Extent> = Vec::new();
        let mut marks: Vec<u32> = Vec::new();
        // What of the batch is placed in the current file and not written yet.
        let mut run = 0..0;
        for (seq, end) in (self.chain.head.size..).zip(batch.ends()) {
            let line_bytes = (end - run.end) as u64;
            let room = |file: &OpenFile| {
                let len = file.len + run.len() as u64;
                len == 0 || len + line_bytes <= self.segment_bytes_max
            };
            if !self.file.as_ref().is_some_and(room) {
                // The file before and its name are durable before the next has a name: no gap, and a torn line is always in
                // the last.
                self.write_run(&batch.lines()[run.clone()])?;
                run.start = run.end;
                if !new_extents.is_empty() {
                    self.sync_names()?;
                }
                self.begin_file(seq)?;
                new_extents.push(Extent {
                    first: seq,
                    path: file_path(&self.folder, seq).into(),
                    len: 0,
                    index: Vec::new(),
                });
            }
            if let Some(file) = &self.file
                && (seq - file.first).is_multiple_of(INDEX_STEP)
            {
                let byte = u32::try_from(file.len + run.len() as u64).unwrap_or(u32::MAX);
                new_extents
                    .last_mut()
                    .map_or(&mut marks, |extent| &mut extent.index)
                    .push(byte);
            }
            run.end = *end;
            if let Some(extent) = new_extents.last_mut() {
                extent.len += line_bytes;
            }
        }
        self.write_run(&batch.lines()[run])?;
        if !new_extents.is_empty() {
            self.sync_names()?;
        }
        self.chain = after;
        let in_old = batch.bytes() as u64 - new_extents.iter().map(|extent| extent.len).sum::<u64>();
        Ok(self.reader.publish(|state| {
            if let Some(last) = state.segments.last_mut() {
                last.len += in_old;
                last.index.append(&mut marks);
            }
            state.segments.append(&mut new_extents);
            state.head = after.head;
        }))
    }

    /// Writes at the end of the current file and makes it durable.
    fn write_run(&mut self, bytes: &[u8]) -> Result<(), IoFault> {
        let Some(file) = self.file.as_mut().filter(|_| !bytes.is_empty()) else {
            return Ok(());
        };
        file.handle
            .write_at(bytes, file.len)
            .map_err(IoFault::on("write", &file.path))?;
        file.handle.sync().map_err(IoFault::on("sync", &file.path))?;
        file.len += bytes.len() as u64;
        Ok(())
    }

    fn sync_names(&self) -> Result<(), IoFault> {
        sync_folder(&*self.storage, &self.folder)
    }

    fn begin_file(&mut self, first: u64) -> Result<(), IoFault> {
        let path = file_path(&self.folder, first);
        let handle = self
            .storage
            .create(&path)
            .map_err(IoFault::on("make the file", &path))?;
        self.file = Some(OpenFile {
            path,
            handle,
            first,
            len: 0,
        });
        Ok(())
    }
}

impl From<IoFault> for AppendError {
    fn from(fault: IoFault) -> AppendError {
        AppendError::Io(fault)
    }
}

pub(crate) fn take_lock(dir: &Path, holder: &Holder) -> Result<Lock, OpenError> {
    Lock::take(dir, holder).map_err(|error| match error {
        LockError::Io(fault) => OpenError::Io(fault),
        LockError::Held(HeldBy {
            pid,
            command,
            url,
            since,
        }) => OpenError::InUse {
            folder: dir.to_path_buf(),
            pid,
            command,
            url,
            since,
        },
    })
}

/// Opens a file to write. A writer that was killed may have written entries without making them durable: they are now.
pub(crate) fn open_durable(storage: &dyn Storage, path: &Path) -> Result<Box<dyn SegmentFile>, IoFault> {
    let mut file = storage.open(path).map_err(IoFault::on("open", path))?;
    surely(&mut *file, |file| file.sync()).map_err(IoFault::on("sync", path))?;
    Ok(file)
}

/// Works on a file. After a failure the system forgets what it shows of the file and may not have on the disk: a sync that
/// fails once can succeed the next time without having written anything.
fn surely(
    file: &mut dyn SegmentFile,
    work: impl FnOnce(&mut dyn SegmentFile) -> io::Result<()>,
) -> io::Result<()> {
    work(file).inspect_err(|_| file.forget())
}

/// Cuts a file off at that byte, durably.
pub(crate) fn truncate(storage: &dyn Storage, path: &Path, len: u64) -> Result<(), IoFault> {
    let cut = || {
        let mut file = storage.open(path)?;
        surely(&mut *file, |file| {
            file.cut(len)?;
            file.sync()
        })
    };
    cut().map_err(IoFault::on("cut off the end of", path))
}
