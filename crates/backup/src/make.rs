//! Making a backup of a ledger that may be written meanwhile.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use minhbach_publishing::{PublishError, is_mirror, read_vkey};
use minhbach_tlog::{Frontier, TreeHash};

use crate::archive_writer::ArchiveWriter;
use crate::draft::{Draft, folder_of};
use crate::log_key;
use crate::manifest::{Manifest, SignedPart};
use crate::place;
use crate::sealed;
use crate::snapshot::Snapshot;
use crate::tar_header::Mode;
use crate::{BackupError, BackupReader, Passphrase, Stop};

/// Progress is told every so many entries.
const TELL_EVERY: u64 = 4_096;
/// Who may read a backup, with and without the private part.
const OWNER_ALONE: u32 = 0o600;
const EVERYBODY: u32 = 0o644;

/// What is wanted of a backup.
#[derive(Default)]
pub struct Wish {
    /// The private folder goes into it, sealed with this.
    pub private: Option<Passphrase>,
    /// A file that is there is replaced, if it is an earlier backup of the same ledger.
    pub replace: bool,
    /// Ends it before it is done.
    pub stop: Stop,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// What it says of itself.
    pub manifest: Manifest,
    /// The files of the private folder that are in it, by their names there.
    pub private: Vec<String>,
}

/// Sees whether a backup can be made, before somebody is asked for a passphrase. What is seen later is seen by [`back_up`],
/// which looks again.
///
/// # Errors
///
/// As for [`back_up`], of what can be seen without reading the journal.
pub fn can_be_made(dir: &Path, to: &Path, private: bool, replace: bool) -> Result<(), BackupError> {
    plan(dir, to, private, replace).map(drop)
}

/// Makes a backup of the data folder `dir` in the file `to`, or in a file in the folder `to`. It takes no lock and never
/// writes to the folder; every entry is checked on the way, and that they are those that were signed. `progress` is told of
/// entries done and in all.
///
/// The file has its name when it is whole and durable.
///
/// # Errors
///
/// The ledger is damaged or not the one that was signed, the name is taken, or the system refuses. There is no file then.
pub fn back_up(dir: &Path, to: &Path, wish: &Wish, progress: &dyn Fn(u64, u64)) -> Result<Made, BackupError> {
    let plan = plan(dir, to, wish.private.is_some(), wish.replace)?;
    let mode = if plan.manifest.private {
        OWNER_ALONE
    } else {
        EVERYBODY
    };
    let draft = Draft::beside(&plan.draft_of, mode)?;
    let (bytes, private) = write(dir, &plan, wish, &draft, progress)?;
    wish.stop.heed()?;
    draft.keep(&plan.path, plan.over)?;
    Ok(Made {
        path: plan.path,
        bytes,
        manifest: plan.manifest,
        private,
    })
}

/// What a backup is to be of, and where.
struct Plan {
    snapshot: Snapshot,
    manifest: Manifest,
    path: PathBuf,
    /// What the draft is named after.
    draft_of: PathBuf,
    /// An earlier backup has that name, and loses it.
    over: bool,
}

fn plan(dir: &Path, to: &Path, private: bool, replace: bool) -> Result<Plan, BackupError> {
    let snapshot = Snapshot::of(dir)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let manifest = Manifest {
        made_at: now.map_or(0, |now| now.as_secs()),
        size: snapshot.size,
        head: snapshot.head,
        signed: snapshot.signed.as_ref().map(|signed| SignedPart {
            origin: signed.checkpoint.origin.to_string(),
            size: signed.checkpoint.size,
            root: signed.checkpoint.root,
        }),
        private,
    };
    let (path, draft_of) = if to.is_dir() {
        (to.join(name_of(&manifest)), to.join("minhbach-backup"))
    } else {
        (to.to_path_buf(), to.to_path_buf())
    };
    has_a_place(&path, to, dir)?;
    let over = may_be_named(&path, &snapshot, private, replace)?;
    if private {
        can_be_sealed(dir)?;
    }
    Ok(Plan {
        snapshot,
        manifest,
        path,
        draft_of,
        over,
    })
}

/// Sees that the folder is there in which the file is to be, and is not the ledger's own.
fn has_a_place(path: &Path, to: &Path, dir: &Path) -> Result<(), BackupError> {
    let folder = match to.as_os_str().as_encoded_bytes().last() {
        // A folder was meant.
        Some(b'/') => to.to_path_buf(),
        _ => folder_of(path),
    };
    let resolved = match fs::canonicalize(&folder) {
        Ok(resolved) => resolved,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BackupError::NoFolder(folder)),
        Err(error) => return Err(BackupError::io("look at", &folder)(error)),
    };
    let ledger = fs::canonicalize(dir).map_err(BackupError::io("look at", dir))?;
    match resolved.starts_with(&ledger) {
        true => Err(BackupError::Within {
            file: path.to_path_buf(),
            folder: dir.to_path_buf(),
        }),
        false => Ok(()),
    }
}

/// Sees that there is something private, and that the key in it is the one that the log is signed with: without it the backup
/// would be sealed for nothing.
fn can_be_sealed(dir: &Path) -> Result<(), BackupError> {
    let key = match is_mirror(dir) {
        // Its log is somebody else's.
        true => None,
        false => read_vkey(dir)?,
    };
    let fault = key.map(|key| log_key::fault_of(dir, &key)).transpose()?.flatten();
    if let Some(fault) = fault {
        let path = dir.join(log_key::FILE);
        return Err(BackupError::Key { path, fault });
    }
    match sealed::is_there(dir)? {
        true => Ok(()),
        false => Err(BackupError::NothingPrivate(dir.to_path_buf())),
    }
}

/// How a backup is called where nobody has given it a name.
fn name_of(manifest: &Manifest) -> String {
    let origin = manifest
        .signed
        .as_ref()
        .map_or("minhbach", |signed| &signed.origin);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    let origin: String = origin.trim_start_matches('.').chars().map(plain).collect();
    // `2026-11-29T14:43:00.000Z` without its marks and thousandths.
    let at: String = manifest
        .made_at_text()
        .chars()
        .take(19)
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("{origin}-{at}Z-{}.tar", manifest.size)
}

/// Sees that a name is free; whether it is to be taken from an earlier backup of the same history.
fn may_be_named(path: &Path, snapshot: &Snapshot, private: bool, replace: bool) -> Result<bool, BackupError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(BackupError::io("look at", path)(error)),
        Ok(_) if !replace => return Err(BackupError::Exists(path.to_path_buf())),
        Ok(there) if !there.is_file() => return Err(BackupError::NotEarlier(path.to_path_buf())),
        Ok(_) => {}
    }
    let earlier = match BackupReader::open(path) {
        Ok(earlier) => earlier.manifest().clone(),
        Err(BackupError::Broken(_)) => return Err(BackupError::NotEarlier(path.to_path_buf())),
        Err(error) => return Err(error),
    };
    let last = earlier
        .size
        .checked_sub(1)
        .filter(|_| earlier.size <= snapshot.size);
    let last = last.map(|seq| snapshot.journal.entry(seq)).transpose()?.flatten();
    match last {
        // What is sealed in it may be all that is left of the key.
        Some(last) if last.hash == earlier.head && earlier.private && !private => {
            Err(BackupError::Sealed(path.to_path_buf()))
        }
        Some(last) if last.hash == earlier.head => Ok(true),
        _ => Err(BackupError::NotEarlier(path.to_path_buf())),
    }
}

fn write(
    dir: &Path,
    plan: &Plan,
    wish: &Wish,
    draft: &Draft,
    progress: &dyn Fn(u64, u64),
) -> Result<(u64, Vec<String>), BackupError> {
    let Plan {
        snapshot, manifest, ..
    } = plan;
    let at = |error| BackupError::io("write", draft.path())(error);
    let mut archive = ArchiveWriter::new(draft.file(), manifest.made_at);
    archive
        .member(place::MANIFEST, &manifest.to_bytes())
        .map_err(at)?;
    for (name, bytes) in &snapshot.log {
        archive.member(name, bytes).map_err(at)?;
    }
    let mut tree = Tree::new(&snapshot.roots);
    let mut entries = snapshot.journal.entries(0);
    let mut files = snapshot.files.iter().peekable();
    let mut seq = 0;
    while seq < snapshot.size {
        if files.next_if(|first| **first == seq).is_some() {
            if 0 < seq {
                archive.end().map_err(at)?;
            }
            archive
                .begin(&place::journal_member(seq), Mode::Everybody)
                .map_err(at)?;
        }
        let Some(entry) = entries.next_ref() else {
            let (journal, signed) = (seq, snapshot.size);
            return Err(PublishError::Shorter { journal, signed }.into());
        };
        let entry = entry?;
        tree.push(entry.bytes)?;
        let line = archive.write_all(&entry.hash.to_hex());
        let line = line.and_then(|()| archive.write_all(b" "));
        let line = line.and_then(|()| archive.write_all(entry.bytes));
        line.and_then(|()| archive.write_all(b"\n")).map_err(at)?;
        seq += 1;
        if seq.is_multiple_of(TELL_EVERY) {
            progress(seq, snapshot.size);
            wish.stop.heed()?;
        }
    }
    archive.end().map_err(at)?;
    wish.stop.heed()?;
    let mut private = Vec::new();
    if let Some(passphrase) = &wish.private {
        // After the journal: what its entries lead to was private before they were recorded.
        archive.begin(place::SEALED, Mode::OwnerAlone).map_err(at)?;
        private = sealed::seal(dir, passphrase, manifest.made_at, &mut archive)?;
        archive.end().map_err(at)?;
    }
    let sums = std::mem::take(&mut archive.sums);
    archive.member(place::SUMS, sums.as_bytes()).map_err(at)?;
    let (_, bytes) = archive.finish().map_err(at)?;
    Ok((bytes, private))
}

/// The tree over the entries, held to every root that was signed.
struct Tree<'a> {
    frontier: Frontier,
    roots: &'a [(u64, TreeHash)],
}

impl Tree<'_> {
    fn new(roots: &[(u64, TreeHash)]) -> Tree<'_> {
        Tree {
            frontier: Frontier::new(),
            roots,
        }
    }

    fn push(&mut self, entry: &[u8]) -> Result<(), PublishError> {
        self.frontier.push(TreeHash::leaf(entry));
        let size = self.frontier.size();
        for (_, signed) in self.roots.iter().filter(|(at, _)| *at == size) {
            let found = self.frontier.root();
            if found != *signed {
                return Err(PublishError::Rewritten {
                    size,
                    found,
                    signed: *signed,
                });
            }
        }
        Ok(())
    }
}
