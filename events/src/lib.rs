//! What can happen in the ledger, and its bytes.
//!
//! An [`Entry`](entry::Entry) is one line of the journal: a JSON object in one canonical spelling, whose BLAKE3
//! hash the next entry carries. Inside is an [`Event`](event::Event): one of the types listed in
//! [`EVENT_TYPES`](event::EVENT_TYPES). A [`Proposal`](proposal::Proposal) asks for one.
//!
//! This crate opens no file, asks no clock and knows no rule: whether an event may happen is for the ledger.
//!
//! ```
//! use minhbach_events::{Entry, Hash};
//!
//! let line = br#"{"seq":0,"prev":"0000000000000000000000000000000000000000000000000000000000000000","at":"2026-11-22T01:11:00.123Z","by":"local","event":{"type":"ledger.opened","v":1,"ledger":"so.example.vn/hanoi","origin":"so.example.vn/hanoi","format":1,"kind":"live"}}"#;
//! let entry = Entry::from_bytes(line)?;
//! assert_eq!(entry.to_bytes(), line);
//! assert_eq!(Hash::of(line).to_string().len(), 64);
//! # Ok::<(), minhbach_events::EntryError>(())
//! ```

mod entry;
mod hash;
mod item;
mod json;
mod proposal;
mod time;

pub mod as_text;
pub mod code;
pub mod event;
pub mod field;
pub mod malformed;
pub mod quantity;
pub mod text;
pub mod words;

pub use code::{Code, NewCode, Prefix, Reference, Serial, Slug};
pub use entry::{ENTRY_BYTES_MAX, Entry, EntryError};
pub use event::Event;
pub use hash::Hash;
pub use item::{Currency, Item};
pub use json::{shorten, shorten_to};
pub use malformed::{Form, Malformed, Problem};
pub use proposal::Proposal;
pub use quantity::{Amount, Quantity, Vnd};
pub use text::{Actor, Key, Label};
pub use time::{Date, MonthDay, Timestamp};
