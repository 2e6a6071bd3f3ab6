//! The lines of a journal that is in a backup, each held to the chain.

use minhbach_journal::{Damage, EntryRef, Following, What};

use crate::backup_reader::{BackupReader, PrivatePart};
use crate::{BackupError, Fault};

/// So much is read at once, and more than the longest line.
const PIECE: usize = 256 * 1024;

/// Reads the lines of a backup one after another.
pub(crate) struct LinesWithin {
    backup: BackupReader,
    /// The journal's file that is read: its first entry.
    file: Option<u64>,
    buffer: Vec<u8>,
    /// What of the buffer is not given out.
    start: usize,
    filled: usize,
    /// Where in the file `start` is.
    at: u64,
    following: Following,
}

impl LinesWithin {
    pub(crate) fn of(backup: BackupReader) -> LinesWithin {
        LinesWithin {
            backup,
            file: None,
            buffer: vec![0; PIECE],
            start: 0,
            filled: 0,
            at: 0,
            following: Following::from_the_first(),
        }
    }

    /// The next entry; none after the last, when everything behind the journal was checked too.
    pub(crate) fn next(&mut self) -> Result<Option<EntryRef<'_>>, BackupError> {
        let end = loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[self.start..self.filled]) {
                break self.start + found;
            }
            if !self.more()? {
                return Ok(None);
            }
        };
        let line = self.start..end;
        let at = self.at;
        self.at += (end + 1 - self.start) as u64;
        self.start = end + 1;
        let (seq, first) = (self.following.head().size, self.file.unwrap_or_default());
        match self.following.take(&self.buffer[line]) {
            Ok(entry) => Ok(Some(entry)),
            Err(what) => Err(wrong(&self.backup, first, at, seq, what)),
        }
    }

    /// Reads on, in the next file where one has ended.
    fn more(&mut self) -> Result<bool, BackupError> {
        let Some(first) = self.file else {
            return self.next_file();
        };
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        let seq = self.following.head().size;
        if self.filled == self.buffer.len() {
            return Err(wrong(&self.backup, first, self.at, seq, What::LineTooLong));
        }
        let read = self.backup.read_some(&mut self.buffer[self.filled..])?;
        self.filled += read;
        if 0 < read {
            return Ok(true);
        }
        if 0 < self.filled {
            return Err(wrong(&self.backup, first, self.at, seq, What::CutOff));
        }
        self.backup.end_of_file(first)?;
        self.next_file()
    }

    fn next_file(&mut self) -> Result<bool, BackupError> {
        let (seq, head) = (self.following.head().size, self.following.head().hash);
        self.file = self.backup.journal_file();
        self.at = 0;
        match self.file {
            Some(named) if named != seq => Err(wrong(&self.backup, named, 0, seq, What::Misnamed { named })),
            Some(_) => Ok(true),
            None => {
                let manifest = self.backup.manifest();
                if (manifest.size, manifest.head) != (seq, head) {
                    let why = Fault::Manifest("it is of another journal".into());
                    return Err(self.backup.broken(why));
                }
                self.backup.finish(&PrivatePart::LeftSealed)?;
                Ok(false)
            }
        }
    }
}

fn wrong(backup: &BackupReader, first: u64, byte: u64, seq: u64, what: What) -> BackupError {
    let damage = Damage {
        file: backup.path_of(first),
        line: seq.saturating_sub(first) + 1,
        byte,
        seq,
        what,
    };
    backup.broken(Fault::Entry(Box::new(damage)))
}
