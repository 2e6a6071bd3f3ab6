//! The journal as a transparency log that strangers can check: its key, its tree, its signed checkpoint, and what is served
//! of them.
//!
//! Entries are bytes here too. What the journal holds durably is added to the tree of `minhbach-tlog`, and the tree is signed
//! as a checkpoint; a checkpoint is durable before anybody sees it, since a log that forgot one could sign another history.
//! When a journal and its last checkpoint do not fit, [`PublishedLog::open`] refuses: one of them is not what it was.
//!
//! | Path in the data folder | What | If it is lost |
//! |---|---|---|
//! | `private/log-key` | the signing key, mode 0600 | nothing can be signed as this log any more |
//! | `log/vkey` | the public half of it, one line | written again from the key |
//! | `log/checkpoint` | the last signed checkpoint | what was signed is known to whoever kept it, and not to us |
//! | `log/tree/level-N` | the tree's hashes | made again from the journal |

mod checkpoint_file;
mod cosigning;
mod durable_file;
mod error;
mod export;
mod kept_tree;
mod log_key;
mod opening;
mod public_key_file;
mod published_log;
mod publisher;
mod view;

#[cfg(test)]
mod tests;

pub use checkpoint_file::{CHECKPOINT_BYTES_MAX, keep_checkpoint, read_checkpoint};
pub use cosigning::{Consistency, Cosigners, Cosigning, Failing};
pub use durable_file::{make_folder, open_file, replace_file};
pub use error::PublishError;
pub use export::{Exported, export_tiles};
pub use kept_tree::KeptTree;
pub use log_key::{draw_key, has_key, keep_key, key_of_file, read_key};
pub use opening::{
    LastSigned, checkpoint_is_missing, discard_tree, durable_once, hashes_as_signed, is_as_signed, is_mirror,
    open_to_write, signed,
};
pub use public_key_file::{keep_vkey, read_vkey};
pub use published_log::PublishedLog;
pub use publisher::{Grown, OnFailure, Publisher, SIGN_EVERY};
pub use view::{LogView, Piece};
