//! A transparency log that strangers' tools read: the tree of RFC 6962 over entries that are bytes to it, published as
//! C2SP tlog-tiles, with signed checkpoints, witness cosignatures and offline proofs.
//!
//! It knows no donation, no journal, no clock and no network: entries, times and files are given to it.
//!
//! - [`TreeHash`], [`Frontier`]: hashing, and a tree that grows.
//! - [`Tree`]: the same kept in files, whose tiles and nodes can be read while it grows.
//! - [`inclusion_proof`], [`consistency_proof`] and their checks ([`root_of_inclusion`], [`check_consistency`]).
//! - [`TilePath`], [`bundle`]: what is served where, and entries as they are served.
//! - [`Note`], [`SigningKey`], [`VerifyingKey`], [`Checkpoint`], [`cosignature`]: who says what of which tree.
//! - [`ProofFile`]: an inclusion proof with its checkpoint, in one file.
//! - [`AddCheckpoint`], [`decide`]: what a log asks of a witness, and how a witness decides.
//! - [`Policy`]: which logs and witnesses somebody trusts, and how many of them must have seen a checkpoint.

mod add_checkpoint;
pub mod bundle;
mod checkpoint;
pub mod cosignature;
mod hash;
mod key;
mod note;
mod policy;
mod proof;
mod proof_file;
mod tile;
mod tree;
mod tree_files;

pub use add_checkpoint::{
    AddCheckpoint, PROOF_LINES_MAX, REQUEST_BYTES_MAX, Refusal, RequestError, decide, parse_size,
};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::TreeHash;
pub use key::{KeyError, KeyKind, KeyName, SigningKey, VerifyingKey};
pub use note::{Note, NoteError, Signature};
pub use policy::{KnownLog, KnownWitness, POLICY_BYTES_MAX, Policy, PolicyError, PolicyFault, Seen};
pub use proof::{
    Nodes, ProofError, check_consistency, consistency_proof, inclusion_proof, root_at, root_of_inclusion,
};
pub use proof_file::{ProofFile, ProofFileError};
pub use tile::{TILE_HASHES, TilePath};
pub use tree::Frontier;
pub use tree_files::{Tree, TreeReader};

/// The longest entry, in bytes: a bundle tells its length in two (tlog-tiles, "Log Entries").
pub const ENTRY_BYTES_MAX: usize = 65_535;
