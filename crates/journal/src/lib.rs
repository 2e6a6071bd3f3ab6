//! The append-only files: chain, segments, commit, recovery, reading.
//!
//! To this crate an entry is its bytes, its place in the chain and nothing more: it reads the fixed header
//! (`seq`, `prev`, `at`) and never what happened. The files are `journal/<first seq, 20 digits>.log` in the data
//! folder, one line an entry: `<hash, 64 hex><space><entry>\n`.
//!
//! * [`Journal`] is the one writer. It holds the folder's lock, and what [`Journal::append`] returned `Ok` for is
//!   on the disk.
//! * [`Reader`] reads any entry, or streams from any entry on, beside the writer or without one.
//! * [`verify`] checks every byte on all cores and never writes. [`cut`] is the operator's decision on damage.

mod at;
mod batch;
mod chain;
mod cut;
mod damage;
mod following;
mod journal;
mod line;
mod lines;
mod lock;
mod reader;
mod segment;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;
mod storage;
mod verify;
mod walk;

#[cfg(test)]
mod tests;

pub use at::At;
pub use batch::Batch;
pub use chain::Head;
pub use cut::{Cut, CutError, cut};
pub use damage::{Damage, IoFault, TornTail, What};
pub use following::Following;
pub use journal::{AppendError, Journal, OpenError, OpenOptions, Recovery};
pub use lock::{HeldBy, Hold, Holder, held_by, hold};
pub use reader::{Entries, EntryRef, RawEntry, ReadError, Reader};
pub use verify::{Verified, VerifyError, verify};
pub use walk::Progress;

/// The most bytes a file of the journal holds: an entry that would carry it past them begins the next.
pub const SEGMENT_BYTES_MAX: u64 = 67_108_864;

/// The most bytes an entry has.
pub const ENTRY_BYTES_MAX: usize = 65_535;
