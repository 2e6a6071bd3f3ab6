//! A tree that grows, in memory that does not: the roots of its whole subtrees.

use crate::TreeHash;

/// The right edge of a tree (a "compact range" from the first entry on): what appending and the root need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the largest subtrees that are whole, from the left: one for each bit of the size.
    peaks: Vec<TreeHash>,
}

impl Frontier {
    /// A tree without entries.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// A tree of so many entries with those peaks; none where their number is another.
    pub fn of(size: u64, peaks: Vec<TreeHash>) -> Option<Frontier> {
        let fits = peaks.len() == size.count_ones() as usize;
        fits.then_some(Frontier { size, peaks })
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of an entry, in amortised constant time and at most 64 hashes.
    ///
    /// # Panics
    ///
    /// After 2⁶⁴ − 1 entries.
    pub fn push(&mut self, leaf: TreeHash) {
        self.push_and_see(leaf, |_, _| ());
    }

    /// The same, and shows the roots of the subtrees that become whole, by their level, from the entry's own at 0 on.
    pub(crate) fn push_and_see(&mut self, leaf: TreeHash, mut see: impl FnMut(u32, TreeHash)) {
        let mut merged = leaf;
        see(0, merged);
        // As many subtrees are completed as the size has ones at its end.
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                merged = TreeHash::node(left, merged);
                see(level, merged);
            }
        }
        self.peaks.push(merged);
        self.size = self
            .size
            .checked_add(1)
            .expect("a tree has fewer than 2^64 entries");
    }

    /// The hash of the whole tree (RFC 6962, 2.1).
    pub fn root(&self) -> TreeHash {
        let right_to_left = self.peaks.iter().rev().copied();
        let folded = right_to_left.reduce(|right, left| TreeHash::node(left, right));
        folded.unwrap_or_else(TreeHash::of_nothing)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    use super::*;

    /// Entry `nth` of every test.
    pub(crate) fn entry(nth: u64) -> Vec<u8> {
        format!("entry {nth}").into_bytes()
    }

    /// MTH as RFC 6962 defines it, without any cleverness.
    pub(crate) fn defined(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => TreeHash::of_nothing(),
            [one] => *one,
            more => {
                let half = more.len().next_power_of_two() / 2;
                TreeHash::node(defined(&more[..half]), defined(&more[half..]))
            }
        }
    }

    /// The sizes at which tiles begin and end.
    pub(crate) const SIZES: [u64; 9] = [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000];

    #[test]
    fn every_size_has_the_root_of_the_definition() {
        let (mut tree, mut leaves) = (Frontier::new(), Vec::new());
        for size in 0..600_u64 {
            assert_eq!((tree.size(), tree.root()), (size, defined(&leaves)), "{size}");
            leaves.push(TreeHash::leaf(&entry(size)));
            tree.push(leaves[size as usize]);
        }
    }

    #[test]
    fn large_sizes_agree_with_another_implementation() {
        let (mut tree, mut theirs) = (Frontier::new(), MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new());
        for size in 0..=70_000_u64 {
            if SIZES.contains(&size) && 0 < size {
                assert_eq!(tree.root().0[..], theirs.root().as_bytes()[..], "{size}");
            }
            tree.push(TreeHash::leaf(&entry(size)));
            theirs.push(entry(size));
        }
    }
}
