//! What a witness cosigned last for a log, in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use minhbach_tlog::{Checkpoint, KeyName, Note, TreeHash, VerifyingKey, cosignature};
use rustix::fs::OFlags;

use crate::{RecordFault, WitnessError, folder};

/// Longer files are no records of ours, which come from requests.
const RECORD_BYTES_MAX: u64 = 64 * 1024;

/// What was cosigned last.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) checkpoint: Checkpoint,
    /// When, in POSIX seconds.
    pub(crate) at: u64,
    /// The note with the log's signatures and ours, as it is served.
    pub(crate) text: Arc<str>,
}

impl Record {
    /// What a witness says of a log.
    pub(crate) fn of(note: &Note, checkpoint: Checkpoint, at: u64) -> Record {
        Record {
            checkpoint,
            at,
            text: note.to_string().into(),
        }
    }

    pub(crate) fn state(&self) -> (u64, TreeHash) {
        (self.checkpoint.size, self.checkpoint.root)
    }

    /// Reads a log's record from its folder; none if it never was cosigned. What is read is on the disk: a process that
    /// ended between writing and syncing may have left what a crash would take away.
    ///
    /// # Errors
    ///
    /// It is none that this witness wrote, or the system refuses.
    pub(crate) fn read(
        folder: &Path,
        origin: &KeyName,
        key: &VerifyingKey,
    ) -> Result<Option<Record>, WitnessError> {
        let path = folder.join("checkpoint");
        let failed = |error| WitnessError::io("read", &path)(error);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32);
        let mut file = match options.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        let read = (&mut file).take(RECORD_BYTES_MAX + 1).read_to_end(&mut bytes);
        read.and_then(|_| file.sync_all()).map_err(failed)?;
        folder::sync(folder)?;
        let record = Record::parse(&bytes, origin, key);
        let path = path.clone();
        record
            .map(Some)
            .map_err(|why| WitnessError::BadRecord { path, why })
    }

    /// What our own signature vouches for: the log's keys may have changed since.
    fn parse(bytes: &[u8], origin: &KeyName, key: &VerifyingKey) -> Result<Record, RecordFault> {
        let note = Note::parse(bytes)?;
        let at = cosignature::time_of(&note, key)?.ok_or(RecordFault::NotOurs)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != *origin {
            return Err(RecordFault::OtherLog);
        }
        Ok(Record::of(&note, checkpoint, at))
    }

    /// Puts it in the place of the last one: it is there whole, or the last one still is.
    ///
    /// # Errors
    ///
    /// The system refuses; which of the two is there is not known then.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), WitnessError> {
        put(folder, &folder.join("checkpoint"), &self.text)
    }
}

/// Keeps the note of a log that has two histories, beside the record; an earlier one stays.
///
/// # Errors
///
/// The system refuses.
pub(crate) fn keep_fork(folder: &Path, note: &Note) -> Result<(), WitnessError> {
    let path = folder.join("fork");
    if path.exists() {
        return Ok(());
    }
    put(folder, &path, &note.to_string())
}

/// Puts a text in a file's place: it is there whole, or what was there still is.
fn put(folder: &Path, path: &Path, text: &str) -> Result<(), WitnessError> {
    let draft = path.with_extension("new");
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(WitnessError::io("write", path))?;
    folder::sync(folder)
}
