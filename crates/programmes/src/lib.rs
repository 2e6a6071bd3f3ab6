//! The plans of the programme documents as data, and their reader.
//!
//! Laws, plans and places change; the rules do not know them. What a plan says is a dated file in `data/`, embedded
//! in the binary, each table headed by the event type that it becomes. [`read`] turns such a file into proposals and
//! notes, [`check`] asks it all that can be asked before it is recorded, [`Programme`] names the plans that are embedded,
//! [`groundwork`] puts together what a ledger of some of them begins with, and [`demo`] tells a made-up story
//! of gifts in both cities.
//!
//! This crate decides nothing and opens no file: whether a proposal is accepted is for the ledger.
//!
//! ```
//! use minhbach_programmes::Programme;
//!
//! let plan = Programme::find("hn-204-2019").expect("embedded");
//! let proposals = plan.proposals()?;
//! assert_eq!(proposals[0].event.type_name(), "place.registered");
//! # Ok::<(), minhbach_programmes::ReadError>(())
//! ```

mod check;
mod embedded;
mod programme;
mod read_error;
mod reader;

pub mod demo;

pub use check::{check, check_parts};
pub use programme::{Programme, groundwork};
pub use read_error::{Kind, ReadError, What};
pub use reader::{DataFile, Note, Paper, Record, read};
