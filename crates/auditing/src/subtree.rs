//! Roots of parts of a tree that are in memory.

use minhbach_tlog::TreeHash;

/// The root over nodes of one level whose number is a power of two; `None` over any other number.
pub(crate) fn root_of(nodes: &[TreeHash]) -> Option<TreeHash> {
    if !nodes.len().is_power_of_two() {
        return None;
    }
    let mut level = nodes.to_vec();
    while 1 < level.len() {
        level = level
            .chunks_exact(2)
            .map(|pair| TreeHash::node(pair[0], pair[1]))
            .collect();
    }
    level.pop()
}

/// The roots of the largest whole subtrees over nodes of one level, from the left.
pub(crate) fn peaks_of(nodes: &[TreeHash]) -> Vec<TreeHash> {
    let (mut peaks, mut rest) = (Vec::new(), nodes);
    while !rest.is_empty() {
        let (whole, more) = rest.split_at(1 << rest.len().ilog2());
        peaks.extend(root_of(whole));
        rest = more;
    }
    peaks
}
