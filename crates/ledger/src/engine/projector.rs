//! The third thread: tells the projections what is durable.

use std::sync::{Arc, PoisonError, TryLockError};
use std::time::Duration;

use minhbach_projections::Projections;
use minhbach_projections::recorded::Recorded;

use super::threads::{Condvar, Mutex, Receiver, RecvTimeoutError, RwLock, RwLockReadGuard};

/// How long it must be quiet before what is known is written.
const QUIET: Duration = Duration::from_millis(200);

/// The projections have failed. The journal has not: they are rebuilt from it at the next opening.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the projections have failed and are rebuilt at the next opening: {0}")]
pub struct ReadFault(pub(super) Arc<str>);

/// The projections, shared with readers.
pub(super) struct Projected {
    projections: RwLock<Projections>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    size: u64,
    fault: Option<ReadFault>,
}

impl Projected {
    pub fn new(projections: Projections) -> Projected {
        let size = projections.position().map_or(0, |position| position.size);
        let state = Mutex::new(State { size, fault: None });
        Projected {
            projections: RwLock::new(projections),
            state,
            changed: Condvar::new(),
        }
    }

    fn wait(&self, done: impl Fn(&State) -> bool) -> Result<(), ReadFault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(fault) = &state.fault {
                return Err(fault.clone());
            }
            if done(&state) {
                return Ok(());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The projections, once they know the first `size` entries.
    pub fn caught_up(&self, size: u64) -> Result<RwLockReadGuard<'_, Projections>, ReadFault> {
        self.wait(|state| size <= state.size)?;
        Ok(self.projections.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The projections, if they know the first `size` entries and nobody is changing them.
    pub fn caught_up_now(&self, size: u64) -> Result<Option<RwLockReadGuard<'_, Projections>>, ReadFault> {
        if self.size()? < size {
            return Ok(None);
        }
        match self.projections.try_read() {
            Ok(projections) => Ok(Some(projections)),
            Err(TryLockError::Poisoned(poisoned)) => Ok(Some(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => Ok(None),
        }
    }

    /// How many entries are known.
    pub fn size(&self) -> Result<u64, ReadFault> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .fault
            .as_ref()
            .map_or(Ok(state.size), |fault| Err(fault.clone()))
    }

    /// Waits until the first `size` entries are known, and writes what is known.
    pub fn settled(&self, size: u64) -> Result<(), ReadFault> {
        self.wait(|state| size <= state.size)?;
        self.flush()
    }

    /// Writes what waits.
    pub fn flush(&self) -> Result<(), ReadFault> {
        if let Some(fault) = &self.state.lock().unwrap_or_else(PoisonError::into_inner).fault {
            return Err(fault.clone());
        }
        let flushed = self
            .projections
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .flush();
        flushed.map_err(|error| self.fail(&error.to_string()))
    }

    fn tell(&self, batch: &[Recorded]) -> Result<(), ReadFault> {
        let size = {
            let mut projections = self.projections.write().unwrap_or_else(PoisonError::into_inner);
            for recorded in batch {
                projections
                    .apply(recorded)
                    .map_err(|error| self.fail(&error.to_string()))?;
            }
            projections.position().map_or(0, |position| position.size)
        };
        self.state.lock().unwrap_or_else(PoisonError::into_inner).size = size;
        self.changed.notify_all();
        Ok(())
    }

    fn fail(&self, why: &str) -> ReadFault {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.notify_all();
        state.fault.get_or_insert_with(|| ReadFault(why.into())).clone()
    }
}

/// Reports a thread's end to those who wait, whatever ends it.
struct Watch<'a>(&'a Projected);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail("an internal error, reported above");
        }
    }
}

/// Works until the engine ends. After a failure batches are dropped: the journal has them.
pub(super) fn run(projected: &Projected, recorded: &Receiver<Vec<Recorded>>) {
    let watch = Watch(projected);
    let (mut failed, mut waiting) = (false, false);
    loop {
        match recorded.recv_timeout(QUIET) {
            Ok(batch) => {
                failed = failed || projected.tell(&batch).is_err();
                waiting = true;
            }
            // Written once it is quiet, not after each entry: the journal needs the disk more.
            Err(RecvTimeoutError::Timeout) if waiting && !failed => {
                failed = projected.flush().is_err();
                waiting = false;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    drop(watch);
}
