//! What the end-to-end tests share: the binary, a data folder, a server, proposals, and the journal as a stranger reads it.
//!
//! Nothing here uses our own reading or writing of entries: what the binary left on the disk is judged by plain
//! splitting, BLAKE3 and JSON. The tests themselves lie in `tests/`, one subject a file.

mod binary;
mod data_folder;
mod dice;
mod door;
mod http;
mod journal_files;
mod loud;
mod ordered_json;
mod proposals;
mod python;
mod rewriting;
mod run;
mod server;
mod small_disk;
pub mod strace;

pub use binary::{minhbach, workspace_root};
pub use data_folder::{DataFolder, copy_folder};
pub use dice::Dice;
pub use door::{Door, raw_status};
pub use http::{Answer, Ask, Connection, Receiver, Sender, SseEvent};
pub use journal_files::{JournalFiles, Line, hash, journal_path};
pub use loud::not_checked;
pub use ordered_json::OrderedJson;
pub use proposals::{
    CATEGORY, FUND, GROUP, ORIGIN, PLACE, POOL, PROGRAMME, SCHOOL, allocation, confirmation, delivery, fund,
    groundwork, pool, receipt, school, statement_import,
};
pub use python::python;
pub use rewriting::{forget_what_was_signed, rewrite, swap};
pub use run::{Run, run, run_for, with_stdin};
pub use server::{Server, ServerEnd, actor};
pub use small_disk::SmallDisk;
