//! The plans of the programme documents as data, and their reader.
//!
//! Laws, plans and places change; the rules do not know them. What a plan says is a dated file in `data/`, embedded
//! in the binary, each table headed by the event type that it becomes. [`read`] turns such a file into proposals,
//! [`Programme`] names the plans that are embedded, and [`demo`] tells a made-up year of gifts under one of them.
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

mod programme;
mod reader;

pub mod demo;

pub use programme::Programme;
pub use reader::{ReadError, read};
