//! A ledger as one side of a comparison: its entries as a stream, and what was signed of them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

use minhbach_auditing::Signed;
use minhbach_events::Hash;
use minhbach_journal::{Entries, EntryRef, Reader};
use minhbach_publishing::signed;
use minhbach_tlog::{Frontier, TreeHash, VerifyingKey};

use crate::BackupError;
use crate::backup_reader::BackupReader;
use crate::lines_within::LinesWithin;

/// Entries are handed on so many at a time.
const BATCH: usize = 1_024;

/// A ledger whose entries can be read from the first on.
pub(crate) struct History {
    place: PathBuf,
    /// Entries in all; of a damaged one more than can be read.
    pub size: u64,
    pub signed: Option<(Signed, VerifyingKey)>,
    /// Why what was signed cannot be read.
    pub not_signed: Option<BackupError>,
    entries: Stream,
}

enum Stream {
    Folder(Box<Entries>),
    Backup(Box<LinesWithin>),
}

/// Some entries, one after another.
#[derive(Default)]
pub(crate) struct Batch {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The hash of each, and where its bytes end.
    pub entries: Vec<(Hash, usize)>,
}

impl Batch {
    /// The bytes of one of them.
    pub(crate) fn entry(&self, nth: usize) -> &[u8] {
        let from = nth.checked_sub(1).map_or(0, |before| self.entries[before].1);
        &self.bytes[from..self.entries[nth].1]
    }
}

/// What a history turned out to be when it was read to its end.
pub(crate) struct Read {
    /// Sound entries.
    pub size: u64,
    /// The hash of the last of them.
    pub head: Hash,
    /// The roots over so many entries, of those asked for that there are.
    pub roots: Vec<(u64, TreeHash)>,
    /// Why no more could be read.
    pub fault: Option<BackupError>,
}

impl History {
    /// Opens a data folder or a backup.
    pub(crate) fn open(place: &Path) -> Result<History, BackupError> {
        if !place.is_dir() {
            let backup = BackupReader::open(place)?;
            return Ok(History {
                place: place.to_path_buf(),
                size: backup.manifest().size,
                signed: backup.signed().zip(backup.key()),
                not_signed: None,
                entries: Stream::Backup(Box::new(LinesWithin::of(backup))),
            });
        }
        // Before the journal, which is then at least as long.
        let (signed, not_signed) = match signed(place) {
            Ok(None) => (None, None),
            Ok(Some(last)) => {
                let (note, checkpoint) = (last.note, last.checkpoint);
                (Some((Signed { note, checkpoint }, last.key)), None)
            }
            Err(error) => (None, Some(error.into())),
        };
        let journal = Reader::open_readonly(place)?;
        Ok(History {
            place: place.to_path_buf(),
            size: journal.head().size,
            signed,
            not_signed,
            entries: Stream::Folder(Box::new(journal.entries(0))),
        })
    }

    /// Where it is.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// Reads every entry, and hands them on while somebody takes them; computes the roots at `sizes`, which are in order.
    pub(crate) fn read(&mut self, sizes: &[u64], to: SyncSender<Batch>, done: &dyn Fn(u64)) -> Read {
        let mut read = Read {
            size: 0,
            head: Hash::ZERO,
            roots: Vec::new(),
            fault: None,
        };
        let (mut tree, mut batch) = (Frontier::new(), Batch::default());
        let mut to = Some(to);
        let last = sizes.iter().copied().max().unwrap_or(0);
        loop {
            match self.next() {
                Ok(Some(entry)) => {
                    read.size += 1;
                    read.head = entry.hash;
                    if tree.size() < last {
                        tree.push(TreeHash::leaf(entry.bytes));
                        if sizes.contains(&tree.size()) {
                            read.roots.push((tree.size(), tree.root()));
                        }
                    }
                    if to.is_some() {
                        batch.bytes.extend_from_slice(entry.bytes);
                        batch.entries.push((entry.hash, batch.bytes.len()));
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    read.fault = Some(error);
                    break;
                }
            }
            if batch.entries.len() == BATCH {
                hand_on(&mut to, &mut batch);
                done(read.size);
            }
        }
        hand_on(&mut to, &mut batch);
        read
    }

    fn next(&mut self) -> Result<Option<EntryRef<'_>>, BackupError> {
        match &mut self.entries {
            Stream::Folder(entries) => Ok(entries.next_ref().transpose()?),
            Stream::Backup(lines) => lines.next(),
        }
    }
}

/// Hands a batch on; after the first difference nobody takes it any more.
fn hand_on(to: &mut Option<SyncSender<Batch>>, batch: &mut Batch) {
    let full = std::mem::take(batch);
    let taken = to
        .as_ref()
        .is_some_and(|to| full.entries.is_empty() || to.send(full).is_ok());
    if !taken {
        *to = None;
    }
}
