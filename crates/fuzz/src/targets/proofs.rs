//! Proofs that entries are in a tree, and that one tree is the beginning of another.

use minhbach_tlog::{TreeHash, check_consistency, consistency_proof, inclusion_proof, root_of_inclusion};

use super::signed_log::SignedLog;
use crate::sentence;

/// No change of a right proof, of what it is over or of where proves anything.
///
/// An input is two numbers of eight bytes and then changes, three bytes each: which hash, which byte of it, and with what. A
/// number of a hash that is not there leaves out or doubles the last.
pub fn proofs(bytes: &[u8]) {
    let Some(([one, other], changes)) = bytes.split_first_chunk::<16>().map(|(numbers, changes)| {
        let (one, other) = numbers.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        ([number(one), number(other)], changes)
    }) else {
        return;
    };
    of_any_size(one, other, changes);
    let log = SignedLog::long();
    let (size, index) = (1 + one % log.size(), other % log.size());
    let root = log.checkpoint(size).root;
    let leaf = TreeHash::leaf(&log.entries[index as usize]);
    let Ok(right) = inclusion_proof(log, index, size);
    assert_eq!(right.is_some(), index < size);
    if let Some(right) = right {
        assert_eq!(root_of_inclusion(leaf, index, size, &right), Ok(root));
        let proof = changed(&right, changes);
        match root_of_inclusion(leaf, index, size, &proof) {
            Ok(found) => assert_eq!(found == root, proof == right, "another proof leads to the root"),
            Err(error) => drop(sentence::check(&error, bytes)),
        }
    }
    let old = index.min(size);
    let (old, new) = ((old, log.checkpoint(old).root), (size, root));
    let Ok(right) = consistency_proof(log, old.0, new.0);
    let right = right.expect("not smaller");
    assert_eq!(check_consistency(old, new, &right), Ok(()));
    let proof = changed(&right, changes);
    match check_consistency(old, new, &proof) {
        Ok(()) => assert_eq!(proof, right, "another proof shows that it continues"),
        Err(error) => drop(sentence::check(&error, bytes)),
    }
}

/// Sizes that no tree here has: nothing is proved by hashes that come from nowhere.
fn of_any_size(one: u64, other: u64, changes: &[u8]) {
    let hashes: Vec<TreeHash> = changes.chunks(3).map(TreeHash::leaf).take(80).collect();
    let nowhere = TreeHash::leaf(b"nowhere");
    if let Ok(root) = root_of_inclusion(nowhere, one, other, &hashes) {
        assert!(one < other && (root != nowhere) != hashes.is_empty());
    }
    let told = check_consistency((one, nowhere), (other, TreeHash::leaf(b"elsewhere")), &hashes);
    assert!(told.is_err(), "{one} {other}");
}

fn changed(right: &[TreeHash], changes: &[u8]) -> Vec<TreeHash> {
    let mut proof = right.to_vec();
    for change in changes.as_chunks::<3>().0 {
        let [hash, byte, with] = change.map(usize::from);
        match proof.get_mut(hash % 16) {
            Some(hash) => hash.0[byte % 32] ^= with as u8,
            None if with % 2 == 0 => drop(proof.pop()),
            None => proof.extend(proof.last().copied()),
        }
    }
    proof
}
