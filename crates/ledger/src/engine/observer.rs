//! What is told of each commit: to whoever follows the journal, and to whoever measures.

use std::time::Duration;

/// A batch that is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// How many entries the journal has with it.
    pub size: u64,
    /// How many entries it holds.
    pub entries: usize,
    /// Their bytes, with their hashes and line ends.
    pub bytes: usize,
    /// How long writing and syncing took.
    pub took: Duration,
}

/// Is told of each commit, on the thread that made it: it must be quick and must not ask the ledger.
pub trait Observer: Send + Sync {
    /// The batch is durable, and its answers are on their way.
    fn committed(&self, batch: &Committed);
}
