//! The engine's locks, queues and threads: the system's, or those of a scheduler that goes through their interleavings.
//!
//! Whatever one thread of the engine waits for another with is named here, and nothing of it is used but from here.

#[cfg(not(feature = "shuttle"))]
mod system {
    pub use std::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard};
    pub use std::thread::{Builder, JoinHandle};

    pub use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
}

#[cfg(feature = "shuttle")]
mod system {
    pub use std::sync::mpsc::RecvTimeoutError;

    pub use shuttle::sync::mpsc::{Receiver, SyncSender as Sender, sync_channel as bounded};
    pub use shuttle::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard};
    pub use shuttle::thread::{Builder, JoinHandle};
}

pub use system::*;

/// How many of something there may be: few where a scheduler tries out what happens then.
pub const fn at_most(usual: usize, few: usize) -> usize {
    if cfg!(feature = "shuttle") { few } else { usual }
}
