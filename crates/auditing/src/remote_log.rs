//! A log as its files say: pieces of exactly the lengths that they must have, and nothing believed but the signature.

use minhbach_tlog::{KeyError, KeyKind, TILE_HASHES, TilePath, TreeHash, VerifyingKey, bundle};

use crate::{EntryFault, Signed, SignedError, Source, SourceError};

/// Where the checkpoint is.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Where a log says which key is its own.
const VKEY: &str = "vkey";
/// Longer files are no keys.
const VKEY_BYTES_MAX: u64 = 1_024;
/// The longest checkpoint, as the longest note.
pub(crate) use minhbach_publishing::CHECKPOINT_BYTES_MAX;
/// A full tile of hashes.
const TILE_BYTES: u64 = TILE_HASHES * TreeHash::LEN as u64;
/// The longest bundle: 256 of the longest entries, each behind its length.
const BUNDLE_BYTES_MAX: u64 = TILE_HASHES * (2 + minhbach_tlog::ENTRY_BYTES_MAX as u64);

/// A log of somebody else, read by its key.
pub struct RemoteLog {
    source: Box<dyn Source>,
    key: VerifyingKey,
}

/// Why a log of somebody else cannot be read, or why what is served of it is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// There is no checkpoint.
    #[error("there is no checkpoint: it is no log, or nothing was signed yet")]
    NoCheckpoint,
    /// The checkpoint is not the log's.
    #[error("the checkpoint is not of this log: {0}")]
    NotSigned(#[from] SignedError),
    /// What the log names as its key is none.
    #[error("what the log names as its key is none: {0}")]
    BadKey(#[from] KeyError),
    /// A piece that the checkpoint promises is not served.
    #[error("{path} is not there, although the checkpoint is of {size} entries")]
    Missing {
        /// The piece.
        path: String,
        /// The entries of the checkpoint.
        size: u64,
    },
    /// A piece of hashes has another length than it must.
    #[error("{path} has {found} bytes and must have {expected}: partial content, or another file")]
    WrongLength {
        /// The piece.
        path: String,
        /// Its bytes.
        found: u64,
        /// The bytes that so many hashes have.
        expected: u64,
    },
    /// A piece of entries does not hold exactly as many as it must.
    #[error("{path} does not hold exactly {width} entries: partial content, or another file")]
    NotABundle {
        /// The piece.
        path: String,
        /// How many it must hold.
        width: u16,
    },
    /// The hashes at the end of the tree do not lead to the signed root.
    #[error("the hashes that are served do not lead to the root that the checkpoint of {size} entries signs")]
    Root {
        /// The entries of the checkpoint.
        size: u64,
    },
    /// Hashes are not those that the checkpoint signs.
    #[error("the hashes in {path} are not those that the checkpoint of {size} entries signs")]
    Hashes {
        /// The piece.
        path: String,
        /// The entries of the checkpoint.
        size: u64,
    },
    /// An entry is not the one that the checkpoint signs.
    #[error("entry {seq} as it is served is not the one that the checkpoint of {size} entries signs")]
    Entry {
        /// The first such entry.
        seq: u64,
        /// The entries of the checkpoint.
        size: u64,
    },
    /// An entry that the checkpoint signs is none that a journal can have.
    #[error("the checkpoint signs what no journal can have: {0}")]
    SignedFault(#[from] EntryFault),
}

/// Entries as they are served.
pub(crate) struct Bundle {
    bytes: Vec<u8>,
    width: u16,
    /// How many of them the checkpoint is over.
    wanted: u16,
}

impl Bundle {
    /// The entries that the checkpoint is over.
    pub(crate) fn entries(&self) -> Vec<&[u8]> {
        let mut entries = bundle::entries(&self.bytes, self.width).unwrap_or_default();
        entries.truncate(self.wanted.into());
        entries
    }
}

/// The key that a log says is its own, where it says one: to be compared with a key that was got elsewhere.
///
/// # Errors
///
/// What stands there is no key of a log, or it cannot be read.
pub fn key_named_by(source: &dyn Source) -> Result<Option<VerifyingKey>, RemoteError> {
    let Some(bytes) = source.get(VKEY, VKEY_BYTES_MAX)? else {
        return Ok(None);
    };
    let line = std::str::from_utf8(&bytes).map_err(|_| KeyError::Form);
    let key = line.and_then(|line| VerifyingKey::parse(line.trim_end_matches(['\r', '\n'])))?;
    match key.kind() {
        KeyKind::Log => Ok(Some(key)),
        KeyKind::Cosigner => Err(KeyError::Kind.into()),
    }
}

impl RemoteLog {
    /// The log that signs with that key, read there.
    pub fn new(source: Box<dyn Source>, key: VerifyingKey) -> RemoteLog {
        RemoteLog { source, key }
    }

    /// Who signs.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// What the log signs now.
    ///
    /// # Errors
    ///
    /// There is no checkpoint, it is not the log's, or it cannot be read.
    pub fn checkpoint(&self) -> Result<Signed, RemoteError> {
        let bytes = self.source.get(CHECKPOINT, CHECKPOINT_BYTES_MAX)?;
        let bytes = bytes.ok_or(RemoteError::NoCheckpoint)?;
        Ok(Signed::read(&bytes, &self.key)?)
    }

    /// The hashes of a tile, as many as a tree of `size` entries has of it. Whether they are that tree's is not asked here.
    pub(crate) fn hashes(&self, level: u8, index: u64, size: u64) -> Result<Vec<TreeHash>, RemoteError> {
        let tile = tile(Some(level), index, size);
        let (served, bytes) = self.piece(tile, size, TILE_BYTES)?;
        let expected = u64::from(served.width) * TreeHash::LEN as u64;
        let (hashes, rest) = bytes.as_chunks();
        if bytes.len() as u64 != expected || !rest.is_empty() {
            return Err(RemoteError::WrongLength {
                path: path(&served),
                found: bytes.len() as u64,
                expected,
            });
        }
        let hashes = hashes.iter().take(tile.width.into());
        Ok(hashes.map(|hash| TreeHash(*hash)).collect())
    }

    /// The entries of a bundle, as many as a log of `size` entries has of it. Whether they are that log's is not asked here.
    pub(crate) fn bundle(&self, index: u64, size: u64) -> Result<Bundle, RemoteError> {
        let tile = tile(None, index, size);
        let (served, bytes) = self.piece(tile, size, BUNDLE_BYTES_MAX)?;
        if bundle::entries(&bytes, served.width).is_none() {
            return Err(RemoteError::NotABundle {
                path: path(&served),
                width: served.width,
            });
        }
        Ok(Bundle {
            bytes,
            width: served.width,
            wanted: tile.width,
        })
    }

    /// A piece, or the full one where the partial one is not kept any more.
    fn piece(&self, tile: TilePath, size: u64, most: u64) -> Result<(TilePath, Vec<u8>), RemoteError> {
        let full = TilePath {
            width: TILE_HASHES as u16,
            ..tile
        };
        if let Some(bytes) = self.source.get(&path(&tile), most)? {
            return Ok((tile, bytes));
        }
        let bytes = match tile == full {
            true => None,
            false => self.source.get(&path(&full), most)?,
        };
        bytes
            .map(|bytes| (full, bytes))
            .ok_or_else(|| RemoteError::Missing {
                path: path(&tile),
                size,
            })
    }
}

/// The path of a piece below the prefix.
pub(crate) fn path(tile: &TilePath) -> String {
    format!("tile/{tile}")
}

/// A tile as wide as a tree of so many entries has it.
pub(crate) fn tile(level: Option<u8>, index: u64, size: u64) -> TilePath {
    let has = hashes_of_level(level.unwrap_or(0), size);
    let width = has
        .saturating_sub(index.saturating_mul(TILE_HASHES))
        .min(TILE_HASHES);
    TilePath {
        level,
        index,
        width: width as u16,
    }
}

/// How many hashes a level of tiles has in a tree of so many entries.
pub(crate) fn hashes_of_level(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}
