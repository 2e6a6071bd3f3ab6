//! Backups: a ledger in one file, restored after everything in it was checked; and two ledgers compared.
//!
//! To this crate entries are bytes too. A backup is a POSIX tar whose every byte follows from what is in it
//! (`docs/backup.md`): any other byte is found, with or without our program.
//!
//! - [`back_up`]: a backup of a data folder, beside whoever writes there: the entries up to a durable one, and what was signed.
//! - [`BackupReader`]: what a backup says of itself, and what is in it.
//! - [`restore`]: unpacked beside the target, verified there, then put in its place in one step.
//! - [`compare`]: two folders or backups entry by entry: how far they are the same, and whether what was signed contradicts.
//!
//! What a restore has beside the data folder `DIR`:
//!
//! | Path | What | If it is lost |
//! |---|---|---|
//! | `DIR.restoring/` | what is unpacked, until it is verified | the restore begins anew |
//! | `DIR.before-restore-<moment>/` | the ledger that was replaced; never removed | what it held beyond the backup |

mod archive_reader;
mod archive_writer;
mod backup_reader;
mod compare;
mod draft;
mod error;
mod history;
mod lines_within;
mod log_key;
mod make;
mod manifest;
mod passphrase;
mod place;
mod restore;
mod sealed;
mod snapshot;
mod staging;
mod stop;
mod sums;
mod tar_header;

pub use backup_reader::{BackupReader, PrivatePart};
pub use compare::{Checkpoints, Comparison, Difference, Side, Verdict, compare};
pub use error::{BackupError, Broken, Common, Fault, Replaced};
pub use log_key::KeyFault;
pub use make::{Made, Wish, back_up, can_be_made};
pub use manifest::{Manifest, SignedPart};
pub use passphrase::{PASSPHRASE_CHARS_MIN, Passphrase, WeakPassphrase};
pub use restore::{Restored, Restoring, Stage, can_be_restored, restore};
pub use stop::Stop;
