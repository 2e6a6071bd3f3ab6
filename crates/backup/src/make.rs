//! Making a backup of a ledger that may be written meanwhile.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use minhbach_publishing::PublishError;
use minhbach_tlog::{Frontier, TreeHash};

use crate::archive_writer::ArchiveWriter;
use crate::draft::Draft;
use crate::manifest::{Manifest, SignedPart};
use crate::place;
use crate::sealed;
use crate::snapshot::Snapshot;
use crate::tar_header::Mode;
use crate::{BackupError, BackupReader, Passphrase};

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
        private: wish.private.is_some(),
    };
    let (path, draft_of) = if to.is_dir() {
        (to.join(name_of(&manifest)), to.join("minhbach-backup"))
    } else {
        (to.to_path_buf(), to.to_path_buf())
    };
    let over = may_be_named(&path, &snapshot, wish.replace)?;
    let mode = if manifest.private { OWNER_ALONE } else { EVERYBODY };
    let draft = Draft::beside(&draft_of, mode)?;
    let bytes = write(dir, &snapshot, &manifest, wish, &draft, progress)?;
    draft.keep(&path, over)?;
    Ok(Made {
        path,
        bytes,
        manifest,
    })
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
fn may_be_named(path: &Path, snapshot: &Snapshot, replace: bool) -> Result<bool, BackupError> {
    match std::fs::symlink_metadata(path) {
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
        Some(last) if last.hash == earlier.head => Ok(true),
        _ => Err(BackupError::NotEarlier(path.to_path_buf())),
    }
}

fn write(
    dir: &Path,
    snapshot: &Snapshot,
    manifest: &Manifest,
    wish: &Wish,
    draft: &Draft,
    progress: &dyn Fn(u64, u64),
) -> Result<u64, BackupError> {
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
        }
    }
    archive.end().map_err(at)?;
    if let Some(passphrase) = &wish.private {
        // After the journal: what its entries lead to was private before they were recorded.
        archive.begin(place::SEALED, Mode::OwnerAlone).map_err(at)?;
        sealed::seal(dir, passphrase, manifest.made_at, &mut archive)?;
        archive.end().map_err(at)?;
    }
    let sums = std::mem::take(&mut archive.sums);
    archive.member(place::SUMS, sums.as_bytes()).map_err(at)?;
    let (_, bytes) = archive.finish().map_err(at)?;
    Ok(bytes)
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
