//! What can happen, and its bytes: event types, quantities, codes, the entry. No I/O.

pub mod hash;

pub use hash::Hash;
