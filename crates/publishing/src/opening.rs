//! Opening a data folder as a log: to sign what is written to it, or to see that it is still what was signed.

use std::io;
use std::path::Path;

use minhbach_journal::Reader;
use minhbach_tlog::{Checkpoint, Frontier, KeyName, Note, TreeHash, TreeReader, VerifyingKey};

use crate::log_key::has_key;
use crate::{KeptTree, PublishError, PublishedLog, draw_key, keep_key, read_checkpoint, read_vkey};

/// Opens the log `origin` of a data folder whose journal is about to be written. A folder that was never signed is given
/// a key.
///
/// # Errors
///
/// The folder mirrors another log, its key is missing, the journal is not the one that was signed, or the system refuses.
pub fn open_to_write(dir: &Path, origin: &KeyName, journal: Reader) -> Result<PublishedLog, PublishError> {
    if is_mirror(dir) {
        return Err(PublishError::Mirror(dir.to_path_buf()));
    }
    // A lost key is not replaced: under another the same name would speak with two voices.
    if !has_key(dir) && !dir.join("log").exists() {
        keep_key(dir, &draw_key(origin.clone())?)?;
    }
    PublishedLog::open(dir, origin, journal)
}

/// Sees that the journal of a data folder still is the one that was signed last; nothing is signed. The tree's files are
/// made again where they are not its: so the caller holds the folder.
///
/// # Errors
///
/// It is not, the checkpoint's file is not the log's, or the system refuses.
pub fn is_as_signed(dir: &Path, journal: Reader) -> Result<(), PublishError> {
    match signed(dir)? {
        None => is_no_shorter(dir, &journal),
        Some(signed) => KeptTree::open(dir, journal)?.agree_with(Some(&signed.checkpoint)),
    }
}

/// How many entries of a data folder were durable once, as its log says: what was signed. Where no checkpoint is left, as
/// many as the tree has hashes of, since only what is durable is added to it.
///
/// # Errors
///
/// The key or the checkpoint is not the log's, or the system refuses.
pub fn durable_once(dir: &Path) -> Result<u64, PublishError> {
    if let Some(signed) = signed(dir)? {
        return Ok(signed.checkpoint.size);
    }
    let folder = dir.join("log").join("tree");
    match TreeReader::open(&folder).and_then(|tree| tree.held()) {
        Ok(held) => Ok(held),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(PublishError::io("open", &folder)(error)),
    }
}

/// Whether a data folder has a log that something was added to, and nothing that says what was signed: its checkpoint was
/// lost, or its first signing was interrupted.
///
/// # Errors
///
/// As for [`durable_once`].
pub fn checkpoint_is_missing(dir: &Path) -> Result<bool, PublishError> {
    let missing = !dir.join("log").join("checkpoint").exists();
    Ok(missing && read_vkey(dir)?.is_some() && 0 < durable_once(dir)?)
}

/// Where nothing says what was signed.
fn is_no_shorter(dir: &Path, journal: &Reader) -> Result<(), PublishError> {
    let (journal, signed) = (journal.head().size, durable_once(dir)?);
    if journal < signed {
        return Err(PublishError::Shorter { journal, signed });
    }
    Ok(())
}

/// Forgets the files of a data folder's tree, which are made again of the journal. The caller holds the folder.
///
/// # Errors
///
/// The system refuses.
pub fn discard_tree(dir: &Path) -> Result<(), PublishError> {
    let folder = dir.join("log").join("tree");
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(PublishError::io("remove", &folder)(error))
        }
        _ => Ok(()),
    }
}

/// As [`is_as_signed`] where nothing can be written, or somebody else may be writing: every entry that was signed is hashed
/// again.
///
/// # Errors
///
/// As for [`is_as_signed`].
pub fn hashes_as_signed(dir: &Path, journal: &Reader) -> Result<(), PublishError> {
    match signed(dir)? {
        None => is_no_shorter(dir, journal),
        Some(signed) => hashed_again(journal, &signed.checkpoint),
    }
}

/// What a data folder says of its log.
#[derive(Clone, Debug)]
pub struct LastSigned {
    /// Who signs it.
    pub key: VerifyingKey,
    /// What was signed last, with every signature.
    pub note: Note,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// The log's key and what was signed with it last, of a data folder that was ever signed.
///
/// # Errors
///
/// The key is missing or the checkpoint is not its, or the system refuses.
pub fn signed(dir: &Path) -> Result<Option<LastSigned>, PublishError> {
    let Some(key) = read_vkey(dir)? else {
        let checkpoint = dir.join("log").join("checkpoint");
        return if checkpoint.exists() {
            Err(PublishError::NoPublicKey(dir.join("log").join("vkey")))
        } else {
            Ok(None)
        };
    };
    let signed = read_checkpoint(dir, &key)?;
    Ok(signed.map(|(note, checkpoint)| LastSigned {
        key,
        note,
        checkpoint,
    }))
}

fn hashed_again(journal: &Reader, checkpoint: &Checkpoint) -> Result<(), PublishError> {
    let (size, mut tree, mut entries) = (checkpoint.size, Frontier::new(), journal.entries(0));
    while tree.size() < size {
        let Some(entry) = entries.next_ref() else {
            let (journal, signed) = (tree.size(), size);
            return Err(PublishError::Shorter { journal, signed });
        };
        tree.push(TreeHash::leaf(entry?.bytes));
    }
    let (found, signed) = (tree.root(), checkpoint.root);
    if found == signed {
        Ok(())
    } else {
        Err(PublishError::Rewritten { size, found, signed })
    }
}

/// Whether a data folder follows another log, and is written by nobody but who follows it.
pub fn is_mirror(dir: &Path) -> bool {
    dir.join("log").join("mirror").exists()
}
