//! A bundle of entries, each compared with what a checkpoint signs: the part that threads do ahead.

use minhbach_tlog::{TILE_HASHES, TreeHash};

use crate::remote_log::Bundle;
use crate::subtree::root_of;
use crate::{ReadEntry, RemoteError, SignedTree};

/// Entries that the checkpoint signs and that are sound by themselves.
pub(crate) struct Taken {
    bundle: Bundle,
    /// How many at the beginning are known already.
    known: usize,
    leaves: Vec<TreeHash>,
    read: Vec<ReadEntry>,
}

impl Taken {
    /// Those that are not known yet, with their leaves.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], TreeHash, ReadEntry)> {
        let new = self.bundle.entries().into_iter().skip(self.known);
        let leaves = self.leaves.iter().skip(self.known);
        let with_leaves = new.zip(leaves);
        with_leaves
            .zip(&self.read)
            .map(|((entry, leaf), read)| (entry, *leaf, *read))
    }
}

/// Fetches a bundle and checks all of it against the signed tree, and each entry from `held` on by itself.
pub(crate) fn take(tree: &SignedTree<'_>, index: u64, held: u64) -> Result<Taken, RemoteError> {
    let bundle = tree.log().bundle(index, tree.size())?;
    let entries = bundle.entries();
    let leaves: Vec<TreeHash> = entries.iter().map(|entry| ReadEntry::leaf(entry)).collect();
    compare(tree, index, &leaves)?;
    let first = index * TILE_HASHES;
    let known = held.saturating_sub(first).min(entries.len() as u64) as usize;
    let mut read = Vec::with_capacity(entries.len() - known);
    for (seq, entry) in (first..).zip(&entries).skip(known) {
        read.push(ReadEntry::of(entry, seq)?);
    }
    Ok(Taken {
        bundle,
        known,
        leaves,
        read,
    })
}

/// Compares the leaves of a bundle with the signed tree: a full one by its root, and any other by its leaves.
fn compare(tree: &SignedTree<'_>, index: u64, leaves: &[TreeHash]) -> Result<(), RemoteError> {
    let is_full = leaves.len() as u64 == TILE_HASHES;
    if is_full && root_of(leaves) == Some(tree.hash(1, index)?) {
        return Ok(());
    }
    // Which entry it is, the leaves tell.
    let signed = tree.tile(0, index)?;
    let size = tree.size();
    let wrong = leaves
        .iter()
        .zip(signed.iter())
        .position(|(found, signed)| found != signed);
    match wrong {
        Some(nth) => Err(RemoteError::Entry {
            seq: index * TILE_HASHES + nth as u64,
            size,
        }),
        None if leaves.len() == signed.len() => Ok(()),
        None => Err(RemoteError::Root { size }),
    }
}
