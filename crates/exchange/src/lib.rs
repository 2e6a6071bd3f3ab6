//! Imports and exports: bank statements, and tables of comma-separated values, both in and out.
//!
//! [`Import::prepare`](import::Import::prepare) is the way in for statements, [`csv_import::Map`] for tables;
//! [`csv_tables`] is the way out. Nothing here knows the ledger's engine: the caller says which keys
//! it has, records the receipts, and hands back what became of them.

pub mod csv_import;
pub mod csv_tables;
mod day;
pub mod fields;
pub mod import;
pub mod import_key;
mod matching;
pub mod private_folder;
pub mod reconciliation;
pub mod register;
pub mod sample;
pub mod source;
pub mod statement;
pub mod trail_bundle;
mod trail_entries;
pub mod vietnamese_number;
pub mod visible;

pub use day::Doubt;
pub use import::{
    Ambiguity, DoubtfulDay, DoubtfulLine, Import, ImportError, NewReceipt, Outcome, Prepared, SetAside,
};
pub use import_key::ImportKey;
pub use matching::Overlap;
pub use reconciliation::{Reconciliation, Tally};
pub use statement::Bank;
