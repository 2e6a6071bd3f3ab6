//! The hash tiles that a log serves, held against a tree that was made of its entries: who only wants proofs reads these
//! alone, and a tile that nobody else looks at could be anything.

use minhbach_tlog::{TilePath, TreeHash, TreeReader};

use crate::{RemoteError, Source};

/// Compares every hash tile of the first `size` entries with `tree`, which holds at least so many. `progress` is told of
/// tiles done and in all.
///
/// # Errors
///
/// A tile cannot be read, is missing, or is not the tree's.
pub fn check_tiles(
    source: &dyn Source,
    tree: &TreeReader,
    size: u64,
    progress: &dyn Fn(u64, u64),
) -> Result<(), RemoteError> {
    let tiles = || TilePath::of(size).filter(|tile| tile.level.is_some());
    let of = tiles().count() as u64;
    for (done, tile) in (1..).zip(tiles()) {
        let path = format!("tile/{tile}");
        let expected = u64::from(tile.width) * TreeHash::LEN as u64;
        // One byte more, so that what is too long is seen to be so.
        let served = match source.get(&path, expected + 1)? {
            Some(bytes) => bytes,
            // Partial tiles may go once the full one is there.
            None => full_instead(source, &tile)?.ok_or(RemoteError::Missing {
                path: path.clone(),
                size,
            })?,
        };
        let found = served.len() as u64;
        if found != expected {
            return Err(RemoteError::WrongLength {
                path,
                found,
                expected,
            });
        }
        let ours = tree.tile(&tile).map_err(|error| crate::SourceError {
            place: path.clone(),
            fault: error.into(),
        })?;
        if served != ours {
            return Err(RemoteError::Hashes { path, size });
        }
        progress(done, of);
    }
    Ok(())
}

/// The beginning of the full tile that stands in for a partial one.
fn full_instead(source: &dyn Source, tile: &TilePath) -> Result<Option<Vec<u8>>, RemoteError> {
    let full = TilePath {
        width: minhbach_tlog::TILE_HASHES as u16,
        ..*tile
    };
    if full.width == tile.width {
        return Ok(None);
    }
    let bytes = minhbach_tlog::TILE_HASHES * TreeHash::LEN as u64;
    let served = source.get(&format!("tile/{full}"), bytes)?;
    let wanted = usize::from(tile.width) * TreeHash::LEN;
    Ok(served.and_then(|bytes| bytes.get(..wanted).map(<[u8]>::to_vec)))
}
