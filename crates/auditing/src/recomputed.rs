//! The tree of a journal, recomputed from its entries on all cores, at as many sizes as are asked for.
//!
//! A chunk of entries is read, hashed and compared by one thread; of each only the root stays, so that memory does not grow
//! with a journal by more than 32 bytes a chunk. As the reading begins with the last entry of the chunk before, every hash,
//! link and time of the journal is checked on the way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use minhbach_journal::{ReadError, Reader};
use minhbach_tlog::{TILE_HASHES, TreeHash};
use rayon::prelude::*;

use crate::level_files::{LevelFiles, Wrong};
use crate::subtree::{peaks_of, root_of};

/// Entries that a thread reads at once: a power of two, and at least a tile.
pub(crate) const CHUNK: u64 = 16_384;
/// Levels of tiles whose hashes lie within a chunk.
const LEVELS_WITHIN: u8 = 2;

/// What entries hash to.
pub(crate) struct Recomputed {
    /// The roots of the chunks that are full.
    chunks: Vec<TreeHash>,
    /// For each size that was asked for, the peaks over what it has beyond its full chunks.
    ends: BTreeMap<u64, Vec<TreeHash>>,
    /// The first hash of the files that is not the tree's.
    pub wrong: Option<Wrong>,
}

/// What one chunk hashes to.
struct Chunk {
    root: Option<TreeHash>,
    ends: Vec<(u64, Vec<TreeHash>)>,
    wrong: Option<Wrong>,
}

/// Hashes the first entries of a journal, as many as the largest of the sizes, and compares those that `files` has of the tree.
///
/// # Errors
///
/// An entry cannot be read; the first such one is told.
pub(crate) fn recompute(
    journal: &Reader,
    sizes: &[u64],
    files: Option<&LevelFiles>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Recomputed, ReadError> {
    let total = sizes.iter().copied().max().unwrap_or(0);
    let done = AtomicU64::new(0);
    let chunk = |nth: u64| {
        let range = nth * CHUNK..total.min((nth + 1) * CHUNK);
        let leaves = leaves(journal, range.start, range.end)?;
        let tiles: Vec<TreeHash> = leaves
            .chunks_exact(TILE_HASHES as usize)
            .filter_map(root_of)
            .collect();
        let compare = |files: &LevelFiles| files.compare_within(range.start, &leaves, &tiles);
        let wrong = files.map_or(Ok(None), compare)?;
        let within = |size: &&u64| range.start < **size && **size < range.start + CHUNK;
        let ends = sizes
            .iter()
            .filter(within)
            .filter_map(|size| Some((*size, peaks_of(leaves.get(..(size - range.start) as usize)?))));
        let chunk = Chunk {
            root: root_of(&tiles).filter(|_| leaves.len() as u64 == CHUNK),
            ends: ends.collect(),
            wrong,
        };
        let hashed = leaves.len() as u64;
        progress(done.fetch_add(hashed, Ordering::Relaxed) + hashed, total);
        Ok::<Chunk, ReadError>(chunk)
    };
    let chunks: Vec<_> = (0..total.div_ceil(CHUNK)).into_par_iter().map(chunk).collect();
    let mut recomputed = Recomputed {
        chunks: Vec::new(),
        ends: BTreeMap::new(),
        wrong: None,
    };
    for chunk in chunks {
        let Chunk { root, ends, wrong } = chunk?;
        recomputed.chunks.extend(root);
        recomputed.ends.extend(ends);
        recomputed.note(wrong);
    }
    if let Some(files) = files {
        recomputed.compare_above(files)?;
    }
    Ok(recomputed)
}

/// The leaves of the entries of a chunk.
fn leaves(journal: &Reader, from: u64, to: u64) -> Result<Vec<TreeHash>, ReadError> {
    // With the one before, so that the link to it is checked too.
    let mut entries = journal.entries(from.saturating_sub(1));
    let mut leaves = Vec::with_capacity((to - from) as usize);
    while let Some(entry) = entries.next_ref() {
        let entry = entry?;
        if from <= entry.seq {
            leaves.push(TreeHash::leaf(entry.bytes));
        }
        if to <= entry.seq + 1 {
            break;
        }
    }
    Ok(leaves)
}

impl Recomputed {
    /// The root of the first entries; none of a size that was not asked for.
    pub(crate) fn root_at(&self, size: u64) -> Option<TreeHash> {
        let full = usize::try_from(size / CHUNK).ok()?;
        let mut peaks = peaks_of(self.chunks.get(..full)?);
        if !size.is_multiple_of(CHUNK) {
            peaks.extend(self.ends.get(&size)?);
        }
        let right_to_left = peaks.into_iter().rev();
        let root = right_to_left.reduce(|right, left| TreeHash::node(left, right));
        Some(root.unwrap_or_else(TreeHash::of_nothing))
    }

    fn note(&mut self, wrong: Option<Wrong>) {
        self.wrong = [self.wrong, wrong].into_iter().flatten().min();
    }

    /// Compares the levels whose hashes are over several chunks.
    fn compare_above(&mut self, files: &LevelFiles) -> Result<(), ReadError> {
        for level in LEVELS_WITHIN.. {
            let each = TILE_HASHES
                .checked_pow(level.into())
                .map(|entries| (entries / CHUNK) as usize);
            let Some(each) = each.filter(|each| *each <= self.chunks.len()) else {
                return Ok(());
            };
            let hashes: Vec<TreeHash> = self.chunks.chunks_exact(each).filter_map(root_of).collect();
            let wrong = files.compare(level, 0, &hashes)?;
            self.note(wrong);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree of RFC 6962 as it is defined.
    fn defined(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => TreeHash::of_nothing(),
            [one] => *one,
            more => {
                let half = more.len().next_power_of_two() / 2;
                TreeHash::node(defined(&more[..half]), defined(&more[half..]))
            }
        }
    }

    #[test]
    fn roots_over_chunks_are_those_of_the_definition() {
        let chunk = CHUNK as usize;
        let leaves: Vec<TreeHash> = (0..5 * CHUNK + 77)
            .map(|nth| TreeHash::leaf(&nth.to_be_bytes()))
            .collect();
        let sizes: Vec<u64> = [
            0,
            1,
            2,
            3,
            255,
            256,
            CHUNK - 1,
            CHUNK,
            CHUNK + 1,
            3 * CHUNK,
            4 * CHUNK + 3,
        ]
        .into_iter()
        .chain([5 * CHUNK, 5 * CHUNK + 77])
        .collect();
        let recomputed = Recomputed {
            chunks: leaves.chunks_exact(chunk).filter_map(root_of).collect(),
            ends: sizes
                .iter()
                .map(|size| *size as usize)
                .map(|size| (size as u64, peaks_of(&leaves[size / chunk * chunk..size])))
                .collect(),
            wrong: None,
        };
        for size in sizes {
            assert_eq!(
                recomputed.root_at(size),
                Some(defined(&leaves[..size as usize])),
                "{size}"
            );
        }
        assert_eq!(recomputed.root_at(4), None);
        assert_eq!(recomputed.root_at(6 * CHUNK), None);
    }
}
