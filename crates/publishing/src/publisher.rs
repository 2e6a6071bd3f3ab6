//! Signs what was committed, on a thread of its own: at most once an interval, and once more at the end.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use minhbach_tlog::{Checkpoint, VerifyingKey};

use crate::{LogView, PublishError, PublishedLog};

/// Between two checkpoints at least, whatever is committed.
pub const SIGN_EVERY: Duration = Duration::from_secs(1);

/// Who is told why a checkpoint could not be signed. It is tried again.
pub type OnFailure = Box<dyn Fn(&PublishError) + Send>;

/// A journal that is signed as it grows.
pub struct Publisher {
    grown: Grown,
    view: LogView,
    key: VerifyingKey,
    thread: Option<JoinHandle<Result<Checkpoint, PublishError>>>,
}

/// Tells the publisher that something was committed: quick, from any thread. Clones are the same.
#[derive(Clone, Default)]
pub struct Grown(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    grown: bool,
    ending: bool,
}

impl Publisher {
    /// Begins to sign what the log's journal holds and will hold.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn begin(log: PublishedLog, every: Duration, on_failure: OnFailure) -> io::Result<Publisher> {
        let (view, key, grown) = (log.view(), log.key().clone(), Grown::default());
        // What an earlier command committed and did not come to sign.
        grown.tell();
        let told = grown.clone();
        let thread = std::thread::Builder::new()
            .name("publish".to_owned())
            .spawn(move || run(log, &told, every, &on_failure))?;
        let thread = Some(thread);
        Ok(Publisher {
            grown,
            view,
            key,
            thread,
        })
    }

    /// What is served of the log.
    pub fn view(&self) -> LogView {
        self.view.clone()
    }

    /// Who signs.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// How it is told of commits.
    pub fn grown(&self) -> Grown {
        self.grown.clone()
    }

    /// Signs what was committed until now, and ends.
    ///
    /// # Errors
    ///
    /// The last checkpoint could not be signed; what it would have covered is signed at the next opening.
    pub fn end(mut self) -> Result<Checkpoint, PublishError> {
        self.grown.end();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(ended)) => ended,
            // It has said why on standard error.
            _ => Err(PublishError::Ended),
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.grown.end();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Grown {
    /// Something was committed.
    pub fn tell(&self) {
        self.change(|state| state.grown = true);
    }

    fn end(&self) {
        self.change(|state| state.ending = true);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.1.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to sign, and no earlier than `not_before`; true at the end, whenever that comes.
    fn wait(&self, not_before: Instant) -> bool {
        let mut state = self.state();
        loop {
            let rest = not_before.saturating_duration_since(Instant::now());
            if state.ending || (state.grown && rest.is_zero()) {
                state.grown = false;
                return state.ending;
            }
            state = if rest.is_zero() {
                self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else {
                let waited = self.0.1.wait_timeout(state, rest);
                waited.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }
}

fn run(
    mut log: PublishedLog,
    grown: &Grown,
    every: Duration,
    on_failure: &OnFailure,
) -> Result<Checkpoint, PublishError> {
    let mut not_before = Instant::now();
    loop {
        let ending = grown.wait(not_before);
        let signed = log.advance();
        if ending {
            return signed;
        }
        if let Err(error) = &signed {
            on_failure(error);
            // The next second may have room on the disk.
            grown.tell();
        }
        not_before = Instant::now() + every;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;
    use crate::tests::{batch, folder_with_key, honest, journal, open};

    #[test]
    fn what_is_told_is_signed_at_once_and_then_not_more_often_than_asked() {
        let (folder, all) = (folder_with_key(), honest(300));
        let dir = folder.path();
        let mut journal = journal(dir, &all[..10]);
        let every = Duration::from_millis(200);
        let log = crate::PublishedLog::open(dir, &crate::tests::origin(), journal.reader()).expect("opened");
        let begun = Instant::now();
        let publisher = Publisher::begin(log, every, Box::new(|error| panic!("{error}"))).expect("begun");
        let (view, grown) = (publisher.view(), publisher.grown());
        let signed = || view.checkpoint().map_or(0, |(_, checkpoint)| checkpoint.size);
        let mut seen = std::collections::BTreeSet::new();
        for size in 11..300 {
            journal.append(&batch(&all[size - 1..size])).expect("appended");
            grown.tell();
            seen.insert(signed());
            std::thread::sleep(Duration::from_millis(2));
        }
        let intervals = begun.elapsed().as_millis() / every.as_millis();
        assert!(1 < seen.len(), "it signs while the journal grows: {seen:?}");
        assert!(seen.len() as u128 <= intervals + 3, "{seen:?} in {intervals} intervals");
        assert_eq!(publisher.end().expect("signed").size, 299);
        assert_eq!(signed(), 299);
    }

    #[test]
    fn a_failure_is_told_and_mended_without_a_new_entry() {
        let (folder, all) = (folder_with_key(), honest(20));
        let dir = folder.path();
        drop(journal(dir, &all));
        let log = open(dir).expect("opened");
        // A folder in the draft's place: creating the file fails, whoever asks.
        let draft = dir.join("log/checkpoint.new");
        fs::create_dir(&draft).expect("made");
        let (sender, told) = mpsc::channel();
        let on_failure: OnFailure = Box::new(move |error| {
            let _ = sender.send(error.to_string());
        });
        let publisher = Publisher::begin(log, Duration::from_millis(20), on_failure).expect("begun");
        told.recv_timeout(Duration::from_secs(30)).expect("told");
        assert_eq!(publisher.view().checkpoint(), None);
        fs::remove_dir(&draft).expect("removed");
        let deadline = Instant::now() + Duration::from_secs(30);
        while publisher.view().checkpoint().is_none() {
            assert!(Instant::now() < deadline, "it was not tried again");
            std::thread::sleep(Duration::from_millis(5));
        }
        fs::create_dir(&draft).expect("made");
        assert_eq!(publisher.end().expect("nothing new").size, 20);
    }
}
