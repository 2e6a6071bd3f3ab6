//! A log as files that any web server or object store can serve: the paths of C2SP tlog-tiles.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use minhbach_tlog::{Checkpoint, TILE_HASHES, TilePath, VerifyingKey};

use crate::{LogView, Piece, PublishError, make_folder, replace_file};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// What the files say.
    pub checkpoint: Checkpoint,
    /// Pieces that were written.
    pub written: u64,
    /// Pieces that were there already.
    pub kept: u64,
}

/// Writes what a log shows into the folder `to`, so that a later call adds what is new. The checkpoint is written last: at
/// each moment the folder holds everything that its checkpoint names. `progress` is told pieces done, and of how many.
///
/// # Errors
///
/// Nothing is signed yet, the folder holds another log or a larger one, or the system refuses.
pub fn export_tiles(
    log: &LogView,
    key: &VerifyingKey,
    to: &Path,
    progress: &dyn Fn(u64, u64),
) -> Result<Exported, PublishError> {
    let (note, checkpoint) = log.checkpoint().ok_or(PublishError::Unsigned)?;
    make_folder(to).map_err(PublishError::io("make the folder", to))?;
    let size = checkpoint.size;
    let before = exported_before(to, key)?;
    if let Some(before) = before.as_ref().filter(|before| size < before.size) {
        return Err(PublishError::Shorter {
            journal: size,
            signed: before.size,
        });
    }
    let of = TilePath::of(size).count() as u64;
    let (mut written, mut kept) = (0, 0);
    for tile in TilePath::of(size) {
        let path = to.join("tile").join(tile.to_string());
        let full = u64::from(tile.width) == TILE_HASHES;
        // What an earlier export covered never changes; what lies there besides may be of one that was cut short.
        let done = before.as_ref().is_some_and(|before| tile.is_within(before.size));
        if done && full && path.exists() {
            kept += 1;
        } else {
            let piece = log.piece(&tile)?;
            let (Piece::Hashes(bytes) | Piece::Entries(bytes)) = piece.ok_or(PublishError::Unsigned)?;
            write(&path, &bytes).map_err(PublishError::io("write", &path))?;
            written += 1;
        }
        progress(written + kept, of);
    }
    // One sync for all of them: an object store's upload may be a hundred thousand files.
    let synced = File::open(to).and_then(|folder| Ok(rustix::fs::syncfs(folder)?));
    synced.map_err(PublishError::io("sync", to))?;
    let vkey = to.join("vkey");
    replace_file(&vkey, format!("{key}\n").as_bytes()).map_err(PublishError::io("write", &vkey))?;
    let path = to.join("checkpoint");
    replace_file(&path, note.to_string().as_bytes()).map_err(PublishError::io("write", &path))?;
    Ok(Exported {
        checkpoint,
        written,
        kept,
    })
}

/// What an earlier export says, which must be of the same log.
fn exported_before(to: &Path, key: &VerifyingKey) -> Result<Option<Checkpoint>, PublishError> {
    let path = to.join("checkpoint");
    Ok(crate::checkpoint_file::read(path, key)?.map(|(_, checkpoint)| checkpoint))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = path.with_added_extension("new");
    fs::write(&draft, bytes)?;
    fs::rename(&draft, path)
}
