//! A log of a few entries whose keys are known to everybody, so that what is signed can be reached.

use std::sync::OnceLock;

use minhbach_tlog::{
    Checkpoint, KeyKind, KeyName, Nodes, Note, SigningKey, TILE_HASHES, TilePath, TreeHash, bundle,
    cosignature, inclusion_proof, root_at,
};

/// The entries that the vectors of the format have.
const VECTORS: &str = include_str!("../../../../events/vectors/journal.log");

/// A log in memory.
pub struct SignedLog {
    /// Its entries.
    pub entries: Vec<Vec<u8>>,
    /// The key that it signs with.
    pub key: &'static SigningKey,
    /// The roots of whole subtrees, by their level.
    levels: Vec<Vec<TreeHash>>,
}

/// The key of the log of the vectors.
pub fn log_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::of_seed(name("so.example/minh-bach"), KeyKind::Log, &[7; 32]))
}

/// The key of the long log.
fn long_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::of_seed(name("so.example/dai"), KeyKind::Log, &[8; 32]))
}

/// The key of a witness.
pub fn witness_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::of_seed(name("witness.example/w1"), KeyKind::Cosigner, &[9; 32]))
}

fn name(name: &str) -> KeyName {
    KeyName::new(name).expect("a name")
}

impl SignedLog {
    /// A log of these entries.
    fn of(key: &'static SigningKey, entries: Vec<Vec<u8>>) -> SignedLog {
        let mut levels: Vec<Vec<TreeHash>> = Vec::new();
        let mut level: Vec<TreeHash> = entries.iter().map(|entry| TreeHash::leaf(entry)).collect();
        while !level.is_empty() {
            let (pairs, _) = level.as_chunks::<2>();
            let above = pairs
                .iter()
                .map(|[left, right]| TreeHash::node(*left, *right))
                .collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        SignedLog { entries, key, levels }
    }

    /// The log of the vectors: an entry of each type.
    pub fn of_vectors() -> &'static SignedLog {
        static LOG: OnceLock<SignedLog> = OnceLock::new();
        LOG.get_or_init(|| {
            let entries = VECTORS.lines().filter_map(|line| line.split_once(' '));
            SignedLog::of(
                log_key(),
                entries.map(|(_, entry)| entry.as_bytes().to_vec()).collect(),
            )
        })
    }

    /// A log of more entries than a tile holds; the journal's rules are not theirs.
    pub fn long() -> &'static SignedLog {
        static LOG: OnceLock<SignedLog> = OnceLock::new();
        LOG.get_or_init(|| {
            SignedLog::of(
                long_key(),
                (0..600).map(|nth| format!("entry {nth}").into_bytes()).collect(),
            )
        })
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// What it signs of its first `size` entries.
    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let Ok(root) = root_at(self, size);
        let origin = self.key.public().name().clone();
        Checkpoint { origin, size, root }
    }

    /// The same, signed, and seen by a witness.
    pub fn note(&self, size: u64) -> Note {
        let mut note = self.checkpoint(size).to_note();
        note.sign(self.key);
        note.add(cosignature::sign(&note, witness_key(), 1_700_000_000));
        note
    }

    /// The proof of an entry in the whole tree.
    pub fn proof(&self, index: u64) -> Vec<TreeHash> {
        let Ok(proof) = inclusion_proof(self, index, self.size());
        proof.unwrap_or_default()
    }

    /// A file as it is served, if there is one.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        match path {
            "checkpoint" => Some(self.note(self.size()).to_string().into_bytes()),
            "vkey" => Some(format!("{}\n", self.key.public()).into_bytes()),
            path => self.piece(&TilePath::parse(path.strip_prefix("tile/")?)?),
        }
    }

    /// A piece, if it has it.
    fn piece(&self, tile: &TilePath) -> Option<Vec<u8>> {
        let range = tile.range().filter(|_| tile.is_within(self.size()))?;
        let mut bytes = Vec::new();
        for index in range {
            match tile.level {
                None => assert!(bundle::push(&mut bytes, &self.entries[index as usize])),
                Some(level) => {
                    let Ok(hash) = self.node(u32::from(level) * TILE_HASHES.ilog2(), index);
                    bytes.extend_from_slice(&hash.0);
                }
            }
        }
        Some(bytes)
    }
}

impl Nodes for SignedLog {
    type Error = std::convert::Infallible;

    fn node(&self, level: u32, index: u64) -> Result<TreeHash, Self::Error> {
        Ok(self.levels[level as usize][index as usize])
    }
}
