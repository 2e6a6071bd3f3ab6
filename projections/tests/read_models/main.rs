//! The read models against a naive model of the same ledger, in memory and in a folder, whole and damaged.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::print_stdout, reason = "how fast it was, for who looks")]

mod damage;
mod documents;
mod large_pool;
mod model;
mod pages;
mod properties;
mod questions;
mod search;
mod world;
