//! A data folder checked by somebody who has nothing but a key, and perhaps an older checkpoint.

use std::path::Path;

use minhbach_journal::{IoFault, OpenError, ReadError, Reader};
use minhbach_publishing::{PublishError, checkpoint_is_missing, durable_once, read_vkey};
use minhbach_tlog::{Checkpoint, KeyName, Note, TreeHash, VerifyingKey, cosignature};

use crate::bounded_file;
use crate::level_files::{Behind, LevelFiles, Wrong};
use crate::recomputed::recompute;
use crate::remote_log::CHECKPOINT_BYTES_MAX;
use crate::{Signed, SignedError};

/// What a data folder holds, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct FolderReport {
    /// Entries of the journal.
    pub journal: u64,
    /// The key that the checkpoint was checked with: the one given, or else the one that the folder names itself. None where
    /// there is neither: then nobody's signature was checked.
    pub key: Option<VerifyingKey>,
    /// What the folder's checkpoint says; none where there is none, or none that can be read.
    pub checkpoint: Option<Checkpoint>,
    /// That there is no checkpoint although the folder has a key and a tree: it was lost, or the first signing was
    /// interrupted.
    pub checkpoint_missing: bool,
    /// Which of the known witnesses have seen it, and when, in POSIX seconds.
    pub cosigned: Vec<(KeyName, u64)>,
    /// What of the tree's files is missing. They are made again from the journal when the folder is opened to write.
    pub behind: Option<Behind>,
    /// What is wrong, the most telling first.
    pub faults: Vec<FolderFault>,
}

/// Which checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The folder's own.
    Own,
    /// One that was seen elsewhere, by its place in the list.
    Seen(usize),
}

/// What is wrong with a data folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderFault {
    /// Entries were cut off, or it is an older copy.
    #[error("the journal has {journal} entries, and {signed} were signed{}", of(*which))]
    Shorter {
        /// By which checkpoint.
        which: Which,
        /// Entries that are there.
        journal: u64,
        /// Entries that were signed.
        signed: u64,
    },
    /// The entries are not those that were signed.
    #[error("the root over the first {size} entries is {found}, and {signed} was signed{}", of(*which))]
    Root {
        /// By which checkpoint.
        which: Which,
        /// Its entries.
        size: u64,
        /// Their root.
        found: TreeHash,
        /// Their root as it was signed.
        signed: TreeHash,
    },
    /// The checkpoint is not the log's.
    #[error("the checkpoint is not of this log: {0}")]
    NotSigned(SignedError),
    /// A checkpoint that was seen elsewhere is of another log.
    #[error("checkpoint {nth} that was seen is of {found}, and the folder's is of {origin}")]
    ForeignSeen {
        /// Its place in the list, from 0.
        nth: usize,
        /// Whose it is.
        found: KeyName,
        /// Whose the folder is.
        origin: KeyName,
    },
    /// The folder names another key than the one that was given.
    #[error("the folder names the key {folder}, and the key that was given is {given}")]
    OtherKey {
        /// The folder's.
        folder: String,
        /// The one that was given.
        given: String,
    },
    /// What the folder names is no key.
    #[error("the file of the folder's key holds none")]
    NoKey,
    /// A known witness has not signed what stands under its name.
    #[error("the cosignature of {0} is wrong")]
    Cosignature(KeyName),
    /// A hash of the kept tree is not the journal's: what is served of it leads nowhere.
    #[error("hash {index} in log/tree/level-{level} is not that of the journal")]
    TreeFile {
        /// The level of tiles, which is the file.
        level: u8,
        /// Which of its hashes, from 0.
        index: u64,
    },
}

fn of(which: Which) -> String {
    match which {
        Which::Own => String::new(),
        Which::Seen(nth) => format!(" by checkpoint {nth} that was seen"),
    }
}

/// Why it could not be told whether a folder is sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The journal cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An entry or file cannot be read, or an entry is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder's key cannot be read.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl FolderReport {
    /// Whether nothing is wrong. What nobody signed is not wrong by that.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks the data folder `dir`: recomputes the tree from the journal's entries, on all cores, and compares its root with
/// the folder's checkpoint and with each one that was `seen` elsewhere, of whatever size; checks the signature by `key`, or by
/// the folder's own where none is given, and the cosignatures of known `witnesses`; and compares the files of the tree.
///
/// Whoever signed what was `seen` is the caller's to know ([`Signed`]). It never writes and takes no lock; every hash, link
/// and time of the signed entries is checked on the way, and what comes after them is not read. `progress` is told of entries
/// done and in all, from any thread.
///
/// # Errors
///
/// The folder cannot be read, or an entry is damaged.
pub fn check_folder(
    dir: &Path,
    key: Option<&VerifyingKey>,
    witnesses: &[VerifyingKey],
    seen: &[Checkpoint],
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<FolderReport, CheckError> {
    // Before the journal is looked at: beside a writer it is only longer than what was signed.
    let note = read_note(dir)?;
    let (checkpoint_missing, durable) = match note {
        Some(_) => (false, 0),
        None => (checkpoint_is_missing(dir)?, durable_once(dir)?),
    };
    let journal = Reader::open_readonly(dir)?;
    let mut report = FolderReport {
        journal: journal.head().size,
        key: None,
        checkpoint: None,
        checkpoint_missing,
        cosigned: Vec::new(),
        behind: None,
        faults: Vec::new(),
    };
    let mut of_key = Vec::new();
    report.key = key_of(dir, key, &mut of_key)?;
    if let Some(bytes) = note {
        report.read_checkpoint(&bytes, witnesses, &mut of_key);
    }
    if report.journal < durable {
        of_key.push(FolderFault::Shorter {
            which: Which::Own,
            journal: report.journal,
            signed: durable,
        });
    }
    report.compare(dir, &journal, seen, progress)?;
    report.faults.append(&mut of_key);
    Ok(report)
}

impl FolderReport {
    /// Reads the folder's checkpoint; what is wrong with it is told in `faults`.
    fn read_checkpoint(&mut self, bytes: &[u8], witnesses: &[VerifyingKey], faults: &mut Vec<FolderFault>) {
        let note = match Note::parse(bytes) {
            Ok(note) => note,
            Err(error) => return faults.push(FolderFault::NotSigned(error.into())),
        };
        if let Some(key) = &self.key
            && let Err(error) = Signed::of(note.clone(), key)
        {
            faults.push(FolderFault::NotSigned(error));
        }
        match Checkpoint::parse(note.text()) {
            // What it says is compared, whoever signed it.
            Ok(checkpoint) => self.checkpoint = Some(checkpoint),
            Err(_) if self.key.is_some() => {}
            Err(error) => faults.push(FolderFault::NotSigned(error.into())),
        }
        for witness in witnesses {
            match cosignature::time_of(&note, witness) {
                Ok(Some(time)) => self.cosigned.push((witness.name().clone(), time)),
                Ok(None) => {}
                Err(_) => faults.push(FolderFault::Cosignature(witness.name().clone())),
            }
        }
    }

    /// Recomputes the tree and compares it with every checkpoint and with its files.
    fn compare(
        &mut self,
        dir: &Path,
        journal: &Reader,
        seen: &[Checkpoint],
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<(), CheckError> {
        let own = self.checkpoint.clone();
        let all = own.iter().map(|own| (Which::Own, own));
        let all: Vec<_> = all
            .chain(
                seen.iter()
                    .enumerate()
                    .map(|(nth, seen)| (Which::Seen(nth), seen)),
            )
            .collect();
        let there = |size: &u64| *size <= self.journal;
        let sizes: Vec<u64> = all.iter().map(|(_, one)| one.size).filter(there).collect();
        let signed = own.as_ref().map(|own| own.size);
        let files = signed
            .filter(there)
            .map(|size| LevelFiles::open(dir, size))
            .transpose()?;
        let recomputed = recompute(journal, &sizes, files.as_ref(), progress)?;
        self.behind = files.map_or(Ok(None), |files| files.behind())?;
        let origin = own.as_ref().map(|own| &own.origin);
        let origin = self.key.as_ref().map(VerifyingKey::name).or(origin).cloned();
        for (which, one) in all {
            if let (Which::Seen(nth), Some(origin)) =
                (which, origin.clone().filter(|origin| *origin != one.origin))
            {
                let found = one.origin.clone();
                self.faults.push(FolderFault::ForeignSeen { nth, found, origin });
                continue;
            }
            self.faults.extend(match recomputed.root_at(one.size) {
                None => Some(FolderFault::Shorter {
                    which,
                    journal: self.journal,
                    signed: one.size,
                }),
                Some(found) if found != one.root => Some(FolderFault::Root {
                    which,
                    size: one.size,
                    found,
                    signed: one.root,
                }),
                Some(_) => None,
            });
        }
        let wrong = recomputed.wrong;
        self.faults
            .extend(wrong.map(|Wrong { level, index }| FolderFault::TreeFile { level, index }));
        Ok(())
    }
}

/// The key to check with.
fn key_of(
    dir: &Path,
    given: Option<&VerifyingKey>,
    faults: &mut Vec<FolderFault>,
) -> Result<Option<VerifyingKey>, CheckError> {
    let folder = match read_vkey(dir) {
        Ok(folder) => folder,
        Err(PublishError::BadKey { .. }) => {
            faults.push(FolderFault::NoKey);
            None
        }
        Err(error) => return Err(error.into()),
    };
    if let (Some(given), Some(folder)) = (given, &folder)
        && given != folder
    {
        faults.push(FolderFault::OtherKey {
            folder: folder.to_string(),
            given: given.to_string(),
        });
    }
    Ok(given.cloned().or(folder))
}

fn read_note(dir: &Path) -> Result<Option<Vec<u8>>, CheckError> {
    let path = dir.join("log").join("checkpoint");
    bounded_file::read(&path, CHECKPOINT_BYTES_MAX).map_err(|error| {
        CheckError::Read(ReadError::Io(IoFault {
            doing: "read",
            path,
            error,
        }))
    })
}
