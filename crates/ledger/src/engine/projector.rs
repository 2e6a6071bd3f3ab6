//! The third thread: tells the projections what is durable.

use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard};

use crossbeam_channel::Receiver;
use minhbach_projections::Projections;
use minhbach_projections::recorded::Recorded;

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
    written: u64,
    fault: Option<ReadFault>,
}

impl Projected {
    pub fn new(projections: Projections) -> Projected {
        let size = projections.position().map_or(0, |position| position.size);
        let state = Mutex::new(State { size, written: size, fault: None });
        Projected { projections: RwLock::new(projections), state, changed: Condvar::new() }
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

    /// Waits until the first `size` entries are known and written.
    pub fn settled(&self, size: u64) -> Result<(), ReadFault> {
        self.wait(|state| size <= state.written)
    }

    /// Writes what waits; after the thread has ended.
    pub fn close(&self) -> Result<(), ReadFault> {
        if let Some(fault) = &self.state.lock().unwrap_or_else(PoisonError::into_inner).fault {
            return Err(fault.clone());
        }
        let flushed = self.projections.write().unwrap_or_else(PoisonError::into_inner).flush();
        flushed.map_err(|error| ReadFault(error.to_string().into()))
    }

    fn tell(&self, batch: &[Recorded], idle: bool) -> Result<(), String> {
        let (size, written) = {
            let mut projections = self.projections.write().unwrap_or_else(PoisonError::into_inner);
            for recorded in batch {
                projections.apply(recorded).map_err(|error| error.to_string())?;
            }
            if idle {
                projections.flush().map_err(|error| error.to_string())?;
            }
            let size = projections.position().map_or(0, |position| position.size);
            (size, idle.then_some(size))
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.size = size;
        state.written = written.unwrap_or(state.written);
        self.changed.notify_all();
        Ok(())
    }

    fn fail(&self, why: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fault.get_or_insert_with(|| ReadFault(why.into()));
        self.changed.notify_all();
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

/// Works until the committer ends. After a failure batches are dropped: the journal has them.
pub(super) fn run(projected: &Projected, recorded: &Receiver<Vec<Recorded>>) {
    let watch = Watch(projected);
    let mut failed = false;
    while let Ok(batch) = recorded.recv() {
        if failed {
            continue;
        }
        // Written when nothing else waits, so that a quiet ledger is wholly on the disk.
        if let Err(why) = projected.tell(&batch, recorded.is_empty()) {
            projected.fail(&why);
            failed = true;
        }
    }
    drop(watch);
}
