//! What the read models are kept in: bytes under ordered keys.

mod leaves;
mod memory;
mod sled;

pub use self::leaves::Leaves;
pub use self::memory::MemoryStore;
pub use self::sled::{DAMAGED, OpenError, SledStore};

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);
/// Pairs as they are read, in order.
pub type Pairs<'a> = Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a>;
/// What is written at once: a value to put, or none to delete the key.
pub type Batch = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Values stay below this many bytes: sled puts larger ones into files that it never syncs.
pub const VALUE_BYTES_MAX: usize = 6 * 1024;

/// Which way a range is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the lowest key.
    Forward,
    /// From the highest key.
    Backward,
}

/// Bytes under ordered keys.
pub trait Store: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The pairs with `from <= key < to`.
    fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a>;

    /// Writes a batch: after a crash it is there wholly or not at all.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written; it must not be used on.
    fn write(&self, batch: Batch) -> Result<(), StoreError>;

    /// Hands what was written to the operating system.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written; it must not be used on.
    fn flush(&self) -> Result<(), StoreError>;
}

/// A store that failed. Projections are rebuilt from the journal then; nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store itself failed.
    #[error("the projection store failed: {why}; rebuild it from the journal")]
    Failed {
        /// What it said.
        why: String,
    },
    /// A value is not of the form in which it was written.
    #[error("the projection store holds a damaged {what}; rebuild it from the journal")]
    Damaged {
        /// What it should have been.
        what: &'static str,
    },
}
