//! Hashes of the tree (RFC 6962, 2.1).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A leaf's, an inner node's or a whole tree's hash: SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeHash(pub [u8; 32]);

/// What a leaf's bytes are preceded by, so that no entry can be taken for a node.
const LEAF: [u8; 1] = [0];
/// What a node's children are preceded by.
const NODE: [u8; 1] = [1];

impl TreeHash {
    /// Its length in bytes.
    pub const LEN: usize = 32;
    /// The characters of its base64.
    pub const BASE64_LEN: usize = 44;

    /// The tree without entries: SHA-256 of nothing.
    pub fn of_nothing() -> TreeHash {
        TreeHash(Sha256::digest([]).into())
    }

    /// An entry.
    pub fn leaf(entry: &[u8]) -> TreeHash {
        let hasher = Sha256::new().chain_update(LEAF).chain_update(entry);
        TreeHash(hasher.finalize().into())
    }

    /// Two subtrees.
    pub fn node(left: TreeHash, right: TreeHash) -> TreeHash {
        let hasher = Sha256::new().chain_update(NODE);
        TreeHash(
            hasher
                .chain_update(left.0)
                .chain_update(right.0)
                .finalize()
                .into(),
        )
    }

    /// The padded standard base64 (RFC 4648, 4) that checkpoints and proofs are written in.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads exactly that.
    pub fn from_base64(text: &str) -> Option<TreeHash> {
        if text.len() != TreeHash::BASE64_LEN {
            return None;
        }
        let bytes = STANDARD.decode(text).ok()?;
        Some(TreeHash(bytes.try_into().ok()?))
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_the_hash_of_the_specification() {
        let text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(TreeHash::of_nothing().to_base64(), text);
        assert_eq!(TreeHash::from_base64(text), Some(TreeHash::of_nothing()));
    }

    #[test]
    fn base64_has_one_form() {
        let good = TreeHash::of_nothing().to_base64();
        let without_padding = good.trim_end_matches('=');
        // The last character's two lowest bits are no part of the hash.
        let other_bits = format!("{}V=", &good[..42]);
        for bad in [
            "",
            without_padding,
            &other_bits,
            &format!("{good}="),
            &good.replace('+', "-"),
        ] {
            assert_eq!(TreeHash::from_base64(bad), None, "{bad}");
        }
    }
}
