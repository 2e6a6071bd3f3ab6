//! A wish, from outside, that what is being done be left off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::BackupError;

/// Whether somebody wants a backup or a restore to be left off. Its copies are one wish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Wants it; what was begun is cleared away soon after.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Ends the work where it is wanted.
    pub(crate) fn heed(&self) -> Result<(), BackupError> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(BackupError::Stopped),
            false => Ok(()),
        }
    }
}
