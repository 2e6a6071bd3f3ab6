//! Proofs that an entry is in a tree, and that one tree is the beginning of another (RFC 6962, 2.1.1 and 2.1.2; checked as
//! RFC 9162, 2.1.3.2 and 2.1.4.2).

use std::ops::Range;

use crate::TreeHash;

/// A tree's nodes.
pub trait Nodes {
    /// Why a node cannot be read.
    type Error;

    /// The root of the whole subtree over the entries `index << level .. (index + 1) << level`. It is only asked for where
    /// the tree has all of them.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    fn node(&self, level: u32, index: u64) -> Result<TreeHash, Self::Error>;
}

/// What a proof does not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such entry.
    #[error("the tree of {size} entries has no entry {index}")]
    NoSuchEntry {
        /// The entry.
        index: u64,
        /// The tree.
        size: u64,
    },
    /// The older tree is larger.
    #[error("a tree of {old} entries cannot be the beginning of one of {new}")]
    Shrunk {
        /// The older.
        old: u64,
        /// The newer.
        new: u64,
    },
    /// There are more or fewer hashes than such trees need.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// The root of the first `size` entries.
///
/// # Errors
///
/// A node cannot be read.
pub fn root_at<N: Nodes>(nodes: &N, size: u64) -> Result<TreeHash, N::Error> {
    range_root(nodes, 0..size)
}

/// The hashes that lead from entry `index` to the root of the first `size` entries, leaf to root; none where there is no
/// such entry.
///
/// # Errors
///
/// A node cannot be read.
pub fn inclusion_proof<N: Nodes>(
    nodes: &N,
    index: u64,
    size: u64,
) -> Result<Option<Vec<TreeHash>>, N::Error> {
    if size <= index {
        return Ok(None);
    }
    // From the root down: at each fork the other side is a hash of the proof.
    let (mut range, mut proof) = (0..size, Vec::new());
    while 1 < range.end - range.start {
        let goes_left = index < fork(&range);
        proof.push(range_root(nodes, go_down(&mut range, goes_left))?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The hashes that show that the first `old` entries are the beginning of the first `new`; none where `old` is larger. An
/// empty tree is the beginning of every other without a proof, as is a tree of itself.
///
/// # Errors
///
/// A node cannot be read.
pub fn consistency_proof<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Option<Vec<TreeHash>>, N::Error> {
    if new < old {
        return Ok(None);
    }
    if old == 0 || old == new {
        return Ok(Some(Vec::new()));
    }
    // Down to the subtree that ends where the older tree ends.
    let (mut range, mut proof) = (0..new, Vec::new());
    while range.end != old {
        let goes_left = old <= fork(&range);
        proof.push(range_root(nodes, go_down(&mut range, goes_left))?);
    }
    // Where that is the older tree itself, its root is known.
    if 0 < range.start {
        proof.push(range_root(nodes, range)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The root of a tree of `size` entries of which `leaf` is entry `index`, if the proof is one.
///
/// # Errors
///
/// It has the wrong length, or there is no such entry.
pub fn root_of_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    proof: &[TreeHash],
) -> Result<TreeHash, ProofError> {
    if size <= index {
        return Err(ProofError::NoSuchEntry { index, size });
    }
    let mut climb = Climb {
        node: index,
        last: size - 1,
    };
    let mut root = leaf;
    for hash in proof {
        root = match climb.up()? {
            Side::Left => TreeHash::node(*hash, root),
            Side::Right => TreeHash::node(root, *hash),
        };
    }
    climb.at_the_root()?;
    Ok(root)
}

/// Whether a tree of `old` entries with that root is the beginning of a tree of `new` entries with that one.
///
/// # Errors
///
/// It is not, or the proof does not show it.
pub fn check_consistency(
    old: (u64, TreeHash),
    new: (u64, TreeHash),
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    let ((old, old_root), (new, new_root)) = (old, new);
    if new < old {
        return Err(ProofError::Shrunk { old, new });
    }
    let empty = |size, root| size != 0 || root == TreeHash::of_nothing();
    if !empty(old, old_root) || !empty(new, new_root) {
        return Err(ProofError::Root);
    }
    if old == 0 || old == new {
        let same = old == 0 || old_root == new_root;
        return match (proof, same) {
            ([], true) => Ok(()),
            ([], false) => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    // A whole tree's root stands for itself.
    let (first, rest) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*first, rest)
    };
    let shift = (old - 1).trailing_ones();
    let mut climb = Climb {
        node: (old - 1) >> shift,
        last: (new - 1) >> shift,
    };
    let (mut old_found, mut new_found) = (first, first);
    for hash in rest {
        match climb.up()? {
            Side::Left => {
                old_found = TreeHash::node(*hash, old_found);
                new_found = TreeHash::node(*hash, new_found);
            }
            Side::Right => new_found = TreeHash::node(new_found, *hash),
        }
    }
    climb.at_the_root()?;
    if old_found == old_root && new_found == new_root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// The way from a node to the root of a tree, of which the last node of the same level is known.
struct Climb {
    node: u64,
    last: u64,
}

/// On which side of a node its sibling is.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// Goes to the parent of the node and the sibling that the next hash is.
    fn up(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A node without a right neighbour is its own parent.
            while self.node & 1 == 0 && self.node != 0 {
                self.halve();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.halve();
        Ok(side)
    }

    fn halve(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn at_the_root(&self) -> Result<(), ProofError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(ProofError::Length)
        }
    }
}

/// Where a tree over more than one entry forks: its left side is as large as a whole subtree below it can be.
fn fork(range: &Range<u64>) -> u64 {
    let size = range.end - range.start;
    range.start + (1 << (size - 1).ilog2())
}

/// Makes a range one side of its fork, and answers with the other.
fn go_down(range: &mut Range<u64>, goes_left: bool) -> Range<u64> {
    let fork = fork(range);
    let (left, right) = (range.start..fork, fork..range.end);
    let (side, other) = if goes_left { (left, right) } else { (right, left) };
    *range = side;
    other
}

/// The root over entries that are one side of a fork, or all.
fn range_root<N: Nodes>(nodes: &N, range: Range<u64>) -> Result<TreeHash, N::Error> {
    let peaks = peaks(nodes, range)?;
    let folded = peaks
        .into_iter()
        .rev()
        .reduce(|right, left| TreeHash::node(left, right));
    Ok(folded.unwrap_or_else(TreeHash::of_nothing))
}

/// The roots of the largest subtrees that are whole, from the left.
pub(crate) fn peaks<N: Nodes>(nodes: &N, range: Range<u64>) -> Result<Vec<TreeHash>, N::Error> {
    let Range { mut start, end } = range;
    let mut peaks = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        peaks.push(nodes.node(level, start >> level)?);
        start += 1 << level;
    }
    Ok(peaks)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;

    use super::*;
    use crate::tree::tests::{defined, entry};

    /// Nodes by the definition.
    struct Leaves(Vec<TreeHash>);

    impl Leaves {
        fn of(size: u64) -> Leaves {
            Leaves((0..size).map(|nth| TreeHash::leaf(&entry(nth))).collect())
        }

        fn root(&self, size: u64) -> TreeHash {
            defined(&self.0[..size as usize])
        }
    }

    impl Nodes for Leaves {
        type Error = Infallible;

        fn node(&self, level: u32, index: u64) -> Result<TreeHash, Infallible> {
            let (start, end) = (index << level, (index + 1) << level);
            Ok(defined(&self.0[start as usize..end as usize]))
        }
    }

    fn inclusion(leaves: &Leaves, index: u64, size: u64) -> Vec<TreeHash> {
        let Ok(proof) = inclusion_proof(leaves, index, size);
        proof.expect("an entry")
    }

    fn consistency(leaves: &Leaves, old: u64, new: u64) -> Vec<TreeHash> {
        let Ok(proof) = consistency_proof(leaves, old, new);
        proof.expect("a larger tree")
    }

    #[test]
    fn every_proof_of_small_trees_is_right_and_no_other_is_taken() {
        let leaves = Leaves::of(40);
        for size in 0..=40 {
            let root = leaves.root(size);
            assert_eq!(root_at(&leaves, size), Ok(root));
            for index in 0..size {
                let (leaf, proof) = (leaves.0[index as usize], inclusion(&leaves, index, size));
                assert_eq!(root_of_inclusion(leaf, index, size, &proof), Ok(root));
                for wrong in (0..size).filter(|wrong| *wrong != index) {
                    assert_ne!(
                        root_of_inclusion(leaf, wrong, size, &proof),
                        Ok(root),
                        "{index} at {wrong}"
                    );
                }
                let longer = [&proof[..], &[leaf]].concat();
                assert_eq!(
                    root_of_inclusion(leaf, index, size, &longer),
                    Err(ProofError::Length)
                );
                if let Some((_, shorter)) = proof.split_last() {
                    let told = root_of_inclusion(leaf, index, size, shorter);
                    assert_eq!(told, Err(ProofError::Length));
                }
            }
            for old in 0..=size {
                let (old, new) = ((old, leaves.root(old)), (size, root));
                let proof = consistency(&leaves, old.0, size);
                assert_eq!(check_consistency(old, new, &proof), Ok(()), "{old:?} {new:?}");
                let longer = [&proof[..], &[root]].concat();
                assert_eq!(check_consistency(old, new, &longer), Err(ProofError::Length));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(check_consistency(old, new, shorter).is_err());
                }
                let other = TreeHash::leaf(b"other");
                if 0 < old.0 {
                    assert!(check_consistency((old.0, other), new, &proof).is_err());
                    assert!(check_consistency(old, (new.0, other), &proof).is_err());
                }
                for nth in 0..proof.len() {
                    let mut changed = proof.clone();
                    changed[nth].0[7] ^= 1;
                    assert_eq!(check_consistency(old, new, &changed), Err(ProofError::Root));
                }
            }
            let no_such = ProofError::NoSuchEntry { index: size, size };
            assert_eq!(root_of_inclusion(root, size, size, &[]), Err(no_such));
            assert_eq!(inclusion_proof(&leaves, size, size), Ok(None));
            assert_eq!(consistency_proof(&leaves, size + 1, size), Ok(None));
        }
    }

    #[test]
    fn an_empty_tree_has_one_root() {
        let (nothing, other) = (TreeHash::of_nothing(), TreeHash::leaf(b"other"));
        assert_eq!(check_consistency((0, nothing), (0, nothing), &[]), Ok(()));
        assert_eq!(check_consistency((0, nothing), (9, other), &[]), Ok(()));
        assert_eq!(
            check_consistency((0, other), (9, other), &[]),
            Err(ProofError::Root)
        );
        assert_eq!(
            check_consistency((0, nothing), (0, other), &[]),
            Err(ProofError::Root)
        );
        let shrunk = ProofError::Shrunk { old: 1, new: 0 };
        assert_eq!(check_consistency((1, other), (0, nothing), &[]), Err(shrunk));
    }

    #[test]
    fn a_root_stays_only_where_the_size_does() {
        let root = TreeHash::leaf(b"x");
        for (old, new) in [(1, 2), (4, 5), (4, 1 << 40)] {
            let told = check_consistency((old, root), (new, root), &[]);
            assert_eq!(told, Err(ProofError::Length), "{old} {new}");
        }
        assert_eq!(
            check_consistency((3, root), (4, root), &[root]),
            Err(ProofError::Length)
        );
    }

    #[test]
    fn the_largest_sizes_do_not_overflow() {
        let leaf = TreeHash::leaf(b"x");
        for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
            for index in [0, 1, size / 2, size - 1] {
                assert_eq!(root_of_inclusion(leaf, index, size, &[]), Err(ProofError::Length));
                let many = vec![leaf; 65];
                assert_eq!(
                    root_of_inclusion(leaf, index, size, &many),
                    Err(ProofError::Length)
                );
            }
            for old in [1, size / 2, size - 1] {
                assert!(check_consistency((old, leaf), (size, leaf), &[leaf; 65]).is_err());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn proofs_are_those_of_another_implementation(size in 2_u64..700, at in any::<u64>(), from in any::<u64>()) {
            let (index, old) = (at % size, 1 + from % (size - 1));
            let leaves = Leaves::of(size);
            let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
            (0..size).for_each(|nth| theirs.push(entry(nth)));
            let bytes = |proof: Vec<TreeHash>| proof.into_iter().flat_map(|hash| hash.0).collect::<Vec<u8>>();
            let their_inclusion = theirs.prove_inclusion(index as usize);
            prop_assert_eq!(bytes(inclusion(&leaves, index, size)), their_inclusion.as_bytes());
            let their_consistency = theirs.prove_consistency((size - old) as usize);
            prop_assert_eq!(bytes(consistency(&leaves, old, size)), their_consistency.as_bytes());
        }
    }
}
