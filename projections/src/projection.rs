//! What a read model is.

use crate::overlay::Overlay;
use crate::recorded::Recorded;
use crate::store::StoreError;

/// A read model: it is told every entry once, in order, and keeps what it will be asked for.
pub trait Projection: Send + Sync {
    /// Its name, for messages.
    fn name(&self) -> &'static str;

    /// Takes an entry in. It never refuses one: an entry has happened.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails or the entry contradicts what is kept.
    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault>;
}

/// Why a read model could not take an entry in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store failed.
    Store(StoreError),
    /// The entry contradicts what is kept.
    Inconsistent(String),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Store(error)
    }
}
