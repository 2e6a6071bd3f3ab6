//! A ledger at one size, read beside whoever writes it: what was signed, and the entries up to a durable one.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use minhbach_auditing::{Signed, standing_alarm};
use minhbach_events::Hash;
use minhbach_journal::Reader;
use minhbach_publishing::{PublishError, is_mirror, signed};
use minhbach_tlog::{TreeHash, VerifyingKey};

use crate::BackupError;
use crate::place;

/// A ledger at one size.
pub(crate) struct Snapshot {
    /// The files of `log/` that are kept, by name.
    pub log: Vec<(&'static str, Vec<u8>)>,
    /// What was signed last.
    pub signed: Option<Signed>,
    /// Every size at which the root is known, and the root.
    pub roots: Vec<(u64, TreeHash)>,
    pub journal: Reader,
    /// Entries that are kept: all of them are durable.
    pub size: u64,
    /// The hash of the last.
    pub head: Hash,
    /// The first entry of each file of the journal that holds any of them.
    pub files: Vec<u64>,
}

impl Snapshot {
    /// Looks at the data folder `dir`. Checkpoints come before the journal, which is then at least as long.
    pub(crate) fn of(dir: &Path) -> Result<Snapshot, BackupError> {
        if let Some(folder) = standing_alarm(dir).map_err(BackupError::io("look into", dir))? {
            return Err(BackupError::InAlarm(folder));
        }
        let mut log = Vec::new();
        // Those that enough witnesses saw are never ahead of the last one: so they are read before it.
        let mut cosigned = read(dir, place::COSIGNED)?;
        let last = signed(dir)?;
        let mut roots = Vec::new();
        let mut signed = None;
        if let Some(last) = last {
            let note = last.note.to_string().into_bytes();
            log.push((place::VKEY, format!("{}\n", last.key).into_bytes()));
            log.push((place::CHECKPOINT, note));
            if let Some(bytes) = cosigned.take() {
                roots.push(root_of(dir, &bytes, &last.key)?);
                log.push((place::COSIGNED, bytes));
            }
            roots.push((last.checkpoint.size, last.checkpoint.root));
            signed = Some(Signed {
                note: last.note,
                checkpoint: last.checkpoint,
            });
        }
        let mirror = is_mirror(dir);
        if mirror {
            let bytes = read(dir, place::MIRROR)?;
            log.extend(bytes.map(|bytes| (place::MIRROR, bytes)));
        }
        let journal = Reader::open_readonly(dir)?;
        let there = journal.head();
        let size = match &signed {
            // Nothing vouches for what a mirror has beyond its checkpoint.
            Some(signed) if mirror => signed.checkpoint.size,
            None if mirror => return Err(PublishError::Unsigned.into()),
            _ => there.size,
        };
        if let Some((signed, _)) = roots.iter().max().filter(|(signed, _)| there.size < *signed) {
            return Err(PublishError::Shorter {
                journal: there.size,
                signed: *signed,
            }
            .into());
        }
        let last = size.checked_sub(1).map(|seq| journal.entry(seq)).transpose()?;
        let Some(last) = last.flatten() else {
            return Err(BackupError::Empty(dir.to_path_buf()));
        };
        let files = durable_files(dir, size)?;
        Ok(Snapshot {
            log,
            signed,
            roots,
            journal,
            size,
            head: last.hash,
            files,
        })
    }
}

/// What a checkpoint of the log says, which its key must have signed.
fn root_of(dir: &Path, bytes: &[u8], key: &VerifyingKey) -> Result<(u64, TreeHash), BackupError> {
    use minhbach_auditing::SignedError;
    let path = dir.join(place::COSIGNED);
    let signed = Signed::read(bytes, key).map_err(|why| match why {
        SignedError::Note(why) => PublishError::BadNote { path, why },
        SignedError::Checkpoint(why) => PublishError::BadCheckpoint { path, why },
        SignedError::Foreign { found, name } => PublishError::ForeignCheckpoint { found, origin: name },
    })?;
    Ok((signed.checkpoint.size, signed.checkpoint.root))
}

/// A small file of the data folder; none where there is none.
fn read(dir: &Path, name: &str) -> Result<Option<Vec<u8>>, BackupError> {
    let path = dir.join(name);
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(place::OF_LOG_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BackupError::io("read", &path)(error)),
    }
}

/// The files that hold the first `size` entries, on the disk: the writer may have written what it has not synced yet, and
/// after a power cut another entry could stand there.
fn durable_files(dir: &Path, size: u64) -> Result<Vec<u64>, BackupError> {
    let folder = dir.join("journal");
    let list = || -> io::Result<Vec<(u64, PathBuf)>> {
        let mut files = Vec::new();
        for item in fs::read_dir(&folder)? {
            let item = item?;
            let first = item.file_name().to_str().and_then(place::first_of);
            files.extend(
                first
                    .filter(|first| *first < size)
                    .map(|first| (first, item.path())),
            );
        }
        files.sort();
        Ok(files)
    };
    let files = list().map_err(BackupError::io("list", &folder))?;
    for path in files.iter().map(|(_, path)| path).chain([&folder]) {
        let synced = File::open(path).and_then(|file| file.sync_all());
        synced.map_err(BackupError::io("sync", path))?;
    }
    Ok(files.into_iter().map(|(first, _)| first).collect())
}
