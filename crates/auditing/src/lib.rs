//! A log read as a stranger reads it: by its key, its checkpoint and its files, believing nothing that does not lead to what
//! was signed.
//!
//! - [`Source`]: where the files of a log are: [`FolderSource`], [`HttpSource`].
//! - [`RemoteLog`], [`SignedTree`]: what they hold, and what of it the checkpoint signs.
//! - [`Follower`]: entries as a stream, each in the one spelling that it has and following the one before.
//! - [`check_folder`]: a data folder's tree recomputed, and compared with what was signed of it.
//! - [`Mirror`]: a log kept a second time, which refuses another history and keeps the evidence ([`Alarm`]).
//! - [`TrailBundle`]: entries with their proofs in one file; [`read_seen`]: an older checkpoint out of any file that holds one.
//!
//! What a mirror adds to a data folder, beside the journal, `log/vkey`, `log/checkpoint` and `log/tree` that every log has:
//!
//! | Path in the data folder | What | If it is lost |
//! |---|---|---|
//! | `log/mirror` | where the log is read, and its key: what makes the folder a mirror | the folder is taken for a ledger, and no mirror goes on in it |
//! | `log/next-checkpoint` | the checkpoint that it is on its way to, while entries of it are missing | entries are there that nothing vouches for: the mirror does not go on |
//! | `log/unseen-checkpoint` | one that the log has signed and whose tree it did not show | what the log shows later is not compared with it |
//! | `log/alarm-<n>/` | two notes that cannot stand beside each other (`first`, `second`), the hashes that prove it (`proof`), and `why` | the mirror goes on |

mod ahead;
mod alarm;
mod bounded_file;
mod bundle_file;
mod check;
mod cosignatures;
mod follow;
mod http_source;
mod level_files;
mod mirror;
mod mirror_error;
mod mirror_mark;
mod pending;
mod recomputed;
mod remote_log;
mod seen;
mod signed;
mod signed_tree;
mod source;
mod subtree;
mod taking;
mod tiles;
mod trail_nodes;

#[cfg(test)]
mod tests;

pub use alarm::{Alarm, AlarmKind, Evidence, standing_alarm};
pub use bundle_file::{
    BUNDLE_BYTES_MAX, BUNDLE_ENTRIES_MAX, BundleError, BundledEntry, CheckedBundle, TrailBundle,
};
pub use check::{CheckError, FolderFault, FolderReport, Which, check_folder};
pub use follow::{EntryFault, EntryWrong, Follower, ReadEntry};
pub use http_source::{BadAddress, HttpSource, Patience};
pub use level_files::Behind;
pub use mirror::{Mirror, Step};
pub use mirror_error::MirrorError;
pub use mirror_mark::MirrorMark;
pub use remote_log::{RemoteError, RemoteLog, key_named_by};
pub use seen::{SeenError, read_seen};
pub use signed::{Signed, SignedError};
pub use signed_tree::SignedTree;
pub use source::{FolderSource, Source, SourceError, SourceFault};
pub use tiles::check_tiles;
pub use trail_nodes::NodeWrong;
