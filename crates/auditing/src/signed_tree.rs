//! The tree of a checkpoint, of which no hash is believed that does not lead to the signed root.
//!
//! The tiles at the end of each level together are the whole tree: their root is compared with the signed one. Any other
//! tile is full, and its root is a hash of the tile above it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use minhbach_tlog::{Checkpoint, Nodes, TILE_HASHES, TreeHash, root_at};

use crate::remote_log::{hashes_of_level, path, tile};
use crate::subtree::root_of;
use crate::{RemoteError, RemoteLog};

/// Levels of the tree within one level of tiles.
const TILE_HEIGHT: u32 = 8;
/// The levels that a tree of fewer than 2⁶⁴ entries can have.
const LEVELS: u8 = 8;
/// Tiles that are kept: 8 MiB.
const KEPT_MAX: usize = 1_024;

/// The tree that a checkpoint signs, read from its log as it is needed.
pub struct SignedTree<'a> {
    log: &'a RemoteLog,
    size: u64,
    /// The last hashes of each level that are no full tile.
    ends: Vec<Arc<Vec<TreeHash>>>,
    kept: Mutex<HashMap<(u8, u64), Arc<Vec<TreeHash>>>>,
}

impl<'a> SignedTree<'a> {
    /// Reads the end of the tree and compares its root with the signed one.
    ///
    /// # Errors
    ///
    /// Something cannot be read, or leads to another root.
    pub fn open(log: &'a RemoteLog, checkpoint: &Checkpoint) -> Result<SignedTree<'a>, RemoteError> {
        let size = checkpoint.size;
        let end = |level: u8| {
            let has = hashes_of_level(level, size);
            if has.is_multiple_of(TILE_HASHES) {
                return Ok(Arc::default());
            }
            log.hashes(level, has / TILE_HASHES, size).map(Arc::new)
        };
        let tree = SignedTree {
            log,
            size,
            ends: (0..LEVELS).map(end).collect::<Result<_, RemoteError>>()?,
            kept: Mutex::default(),
        };
        if root_at(&tree, size)? != checkpoint.root {
            return Err(RemoteError::Root { size });
        }
        Ok(tree)
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where it is read.
    pub(crate) fn log(&self) -> &RemoteLog {
        self.log
    }

    /// A tile whose hashes lead to the signed root.
    pub(crate) fn tile(&self, level: u8, index: u64) -> Result<Arc<Vec<TreeHash>>, RemoteError> {
        let has = hashes_of_level(level, self.size);
        if has / TILE_HASHES == index {
            return Ok(Arc::clone(&self.ends[usize::from(level)]));
        }
        if has / TILE_HASHES < index {
            return Ok(Arc::default());
        }
        let kept = |tree: &SignedTree<'_>| {
            let kept = tree.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(&(level, index)).cloned()
        };
        if let Some(hashes) = kept(self) {
            return Ok(hashes);
        }
        // The level above has a hash for each full tile.
        let expected = self.hash(level + 1, index)?;
        let hashes = self.log.hashes(level, index, self.size)?;
        if root_of(&hashes) != Some(expected) {
            return Err(RemoteError::Hashes {
                path: path(&tile(Some(level), index, self.size)),
                size: self.size,
            });
        }
        let hashes = Arc::new(hashes);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if KEPT_MAX <= kept.len() {
            kept.clear();
        }
        kept.insert((level, index), Arc::clone(&hashes));
        Ok(hashes)
    }

    /// A hash of a level of tiles.
    pub(crate) fn hash(&self, level: u8, index: u64) -> Result<TreeHash, RemoteError> {
        let tile = self.tile(level, index / TILE_HASHES)?;
        let hash = tile.get((index % TILE_HASHES) as usize).copied();
        hash.ok_or(RemoteError::Root { size: self.size })
    }
}

impl Nodes for SignedTree<'_> {
    type Error = RemoteError;

    fn node(&self, level: u32, index: u64) -> Result<TreeHash, RemoteError> {
        let (tiles, within) = ((level / TILE_HEIGHT) as u8, level % TILE_HEIGHT);
        let beyond = || RemoteError::Root { size: self.size };
        let first = index.checked_shl(within).ok_or_else(beyond)?;
        let tile = self.tile(tiles, first / TILE_HASHES)?;
        let from = (first % TILE_HASHES) as usize;
        let nodes = tile.get(from..from + (1 << within)).ok_or_else(beyond)?;
        root_of(nodes).ok_or_else(beyond)
    }
}
