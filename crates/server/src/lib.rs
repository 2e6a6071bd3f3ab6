//! The ledger over HTTP.

pub mod actors;
