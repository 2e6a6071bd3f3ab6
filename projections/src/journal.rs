//! What a trail asks of the journal.

use std::sync::Arc;

use minhbach_events::{Code, Entry, Slug};

/// Entries and where they are; the ledger answers.
pub trait Journal {
    /// The entry at a seq; none past the end.
    ///
    /// # Errors
    ///
    /// Whatever kept the journal from being read.
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>>;
    /// The entry that first named a code, reversed or not.
    fn seq_of_code(&self, code: &Code) -> Option<u64>;
    /// The entry that opened a pool.
    fn seq_of_pool(&self, pool: &Slug) -> Option<u64>;
    /// The entry that reversed an entry.
    fn is_reversed(&self, seq: u64) -> Option<u64>;
}
