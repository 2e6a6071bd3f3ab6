//! Whether the projections in the folder say what the journal says.
//!
//! They are compared key by key with ones rebuilt in memory. Opening a store writes to it, so a copy is opened: nothing
//! in the data folder changes.

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minhbach_journal::{Reader, held_by};
use minhbach_projections::Projections;

use crate::failure;
use crate::numbers;
use crate::session::Session;

/// How the comparison went.
pub enum Compared {
    Equal,
    /// Which answer differs.
    Different(&'static str),
    /// They know entries that the journal does not hold: sentence.
    More(String),
    /// Why it was not made; the projections can always be rebuilt.
    NotDone(String),
}

/// Compares the folder's projections with ones rebuilt in memory.
pub fn compare(session: &Session, reader: &Reader, rebuilt: &Projections, size: u64) -> Compared {
    let texts = session.texts;
    let folder = session.data.join("projections");
    if !folder.is_dir() {
        return Compared::NotDone(texts.get("verify-projections-missing"));
    }
    match held_by(&session.data) {
        Ok(None) => {}
        Ok(Some(held)) => {
            return Compared::NotDone(texts.with("verify-projections-held", &[("command", &held.command)]));
        }
        Err(fault) => return Compared::NotDone(failure::sentence(&fault.into(), texts)),
    }
    let copy = match Copy::of(&folder) {
        Ok(copy) => copy,
        Err(error) => return Compared::NotDone(failure::system(&error, texts)),
    };
    let kept = match Projections::open_sled(&copy.0) {
        Ok(kept) => kept,
        Err(error) => return Compared::NotDone(failure::tables(&error.to_string(), texts)),
    };
    if let (Some(known), Some(journal)) = (kept.position(), rebuilt.position())
        && known != journal
    {
        if known.genesis != journal.genesis {
            // Of another ledger: opening sees it and builds them again.
            return Compared::NotDone(texts.get("verify-projections-stale"));
        }
        if size < known.size {
            let facts: [(&'static str, &dyn Display); 2] = [
                ("known", &numbers::number(texts, known.size)),
                ("size", &numbers::number(texts, size)),
            ];
            return Compared::More(texts.with("verify-projections-more", &facts));
        }
        match reader.entry(known.size - 1) {
            Ok(Some(entry)) if entry.hash == known.head => {}
            Ok(_) => {
                let facts: [(&'static str, &dyn Display); 1] = [("seq", &(known.size - 1))];
                return Compared::More(texts.with("verify-projections-other", &facts));
            }
            Err(error) => return Compared::NotDone(failure::sentence(&error.into(), texts)),
        }
    }
    if kept.position() != rebuilt.position() {
        let known = kept.position().map_or(0, |position| position.size);
        return Compared::NotDone(
            texts.with("verify-projections-behind", &[("known", &known), ("size", &size)]),
        );
    }
    match kept.first_difference(rebuilt) {
        Ok(None) => Compared::Equal,
        Ok(Some(what)) => Compared::Different(what),
        Err(error) => Compared::NotDone(failure::tables(&error.to_string(), texts)),
    }
}

/// A copy of a folder that goes when it is dropped.
struct Copy(PathBuf);

/// How often a folder is removed that its last user may still be leaving.
const REMOVE_TRIES: u32 = 20;

impl Copy {
    fn of(folder: &Path) -> io::Result<Copy> {
        // The name is nobody else's, nor a leftover's.
        let copy = Copy(
            tempfile::Builder::new()
                .prefix("minhbach-verify-")
                .tempdir()?
                .keep(),
        );
        copy_into(folder, &copy.0)?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // sled's threads write for a moment after it is closed, and a folder in use cannot be removed.
        for _ in 0..REMOVE_TRIES {
            match fs::remove_dir_all(&self.0) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    std::thread::sleep(Duration::from_millis(10))
                }
                _ => return,
            }
        }
    }
}

fn copy_into(from: &Path, to: &Path) -> io::Result<()> {
    for item in fs::read_dir(from)? {
        let item = item?;
        let (path, target) = (item.path(), to.join(item.file_name()));
        if item.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy_into(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
