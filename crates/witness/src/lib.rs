//! Witnesses of transparency logs (C2SP tlog-witness): who sees a log's checkpoints, and cosigns only those that continue
//! what was seen before. A log that shows two histories needs witnesses that saw both; an honest one does not cosign the
//! second.
//!
//! It knows checkpoints and nothing of what a log holds.
//!
//! - [`serve`]: a witness for any number of logs, over HTTP, with its memory in a folder.
//! - [`Witnesses`]: a log's side, which asks the witnesses of a policy for their cosignatures.
//!
//! | Path in the folder | What | If it is lost |
//! |---|---|---|
//! | `key` | the secret key, mode 0600 | the witness is another; the folder is not opened again |
//! | `logs/<hex SHA-256(origin)>/checkpoint` | the last checkpoint of a log that was cosigned | the witness could cosign another history: it must end, and another begin with a new key |
//! | `logs/…/fork` | what a log signed besides, for the same size: the proof that it has two histories | nothing else proves it |

mod client;
mod error;
mod folder;
mod key_file;
mod record;
mod serve;
mod service;
mod texts;
mod witness;

#[cfg(test)]
mod tests;

pub use client::{Answer, Cosigned, Trouble, WitnessSeen, Witnesses};
pub use error::{RecordFault, WitnessError};
pub use serve::{Ended, Options, Started, read_logs, serve};
pub use service::router;
pub use witness::{AddError, Witness};
