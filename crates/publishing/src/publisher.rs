//! Signs what was committed, on a thread of its own: at most once an interval, and once more at the end.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use minhbach_tlog::{Checkpoint, VerifyingKey};

use crate::cosigning::{Cosigning, Failing};
use crate::view::Shown;
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
    /// When it is to be looked again although nothing was committed.
    again: Option<Instant>,
    ending: bool,
}

impl Publisher {
    /// Begins to sign what the log's journal holds and will hold.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn begin(log: PublishedLog, every: Duration, on_failure: OnFailure) -> io::Result<Publisher> {
        Publisher::start(log, None, every, on_failure)
    }

    /// The same, and asks witnesses to cosign each checkpoint.
    ///
    /// # Errors
    ///
    /// What they saw before cannot be read, or the system gives no thread.
    pub fn begin_cosigned(
        log: PublishedLog,
        cosigning: Cosigning,
        every: Duration,
        on_failure: OnFailure,
    ) -> Result<Publisher, PublishError> {
        if cosigning.failing == Failing::Closed {
            log.show_only(|note| cosigning.who.are_enough(note))?;
        }
        Publisher::start(log, Some(cosigning), every, on_failure).map_err(PublishError::Thread)
    }

    fn start(
        log: PublishedLog,
        cosigning: Option<Cosigning>,
        every: Duration,
        on_failure: OnFailure,
    ) -> io::Result<Publisher> {
        let (view, key, grown) = (log.view(), log.key().clone(), Grown::default());
        // What an earlier command committed and did not come to sign. A log without entries has nothing to say.
        if 0 < log.unsigned() || cosigning.is_some() {
            grown.tell();
        }
        let told = grown.clone();
        let thread = std::thread::Builder::new()
            .name("publish".to_owned())
            .spawn(move || run(log, cosigning.as_ref(), &told, every, &on_failure))?;
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

    /// Even if nothing is committed until then.
    fn tell_after(&self, rest: Duration) {
        self.change(|state| state.again = Some(Instant::now() + rest));
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
            let now = Instant::now();
            // A commit is signed when the interval is over; who did not answer is asked later, whatever is committed.
            let due = if state.grown {
                Some(not_before)
            } else {
                state.again
            };
            let rest = due.map(|due| due.max(not_before).saturating_duration_since(now));
            if state.ending || rest.is_some_and(|rest| rest.is_zero()) {
                (state.grown, state.again) = (false, None);
                return state.ending;
            }
            state = match rest {
                None => self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(rest) => {
                    let waited = self.0.1.wait_timeout(state, rest);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

fn run(
    mut log: PublishedLog,
    cosigning: Option<&Cosigning>,
    grown: &Grown,
    every: Duration,
    on_failure: &OnFailure,
) -> Result<Checkpoint, PublishError> {
    let mut not_before = Instant::now();
    let mut asked = None;
    loop {
        let ending = grown.wait(not_before);
        if ending {
            // Who is asked at the end would hold it up; they are asked at the next beginning.
            return match cosigning {
                Some(Cosigning {
                    failing: Failing::Closed,
                    ..
                }) => log.sign().map(|signed| signed.checkpoint),
                _ => log.advance(),
            };
        }
        let begun = Instant::now();
        let shown = match cosigning {
            None => log.advance().map(|_| true),
            Some(cosigning) => cosign(&mut log, cosigning, &mut asked),
        };
        not_before = begun + every;
        match shown {
            Ok(true) => {}
            Ok(false) => {
                let again = cosigning.map_or(every, |cosigning| cosigning.again);
                grown.tell_after(again);
            }
            Err(error) => {
                on_failure(&error);
                // The next second may have room on the disk.
                grown.tell();
            }
        }
    }
}

/// Signs, asks, and shows what may be shown; whether enough have cosigned. Each checkpoint is asked for once, however few
/// are enough, and again until they are.
fn cosign(
    log: &mut PublishedLog,
    cosigning: &Cosigning,
    asked: &mut Option<Checkpoint>,
) -> Result<bool, PublishError> {
    let Shown { mut note, checkpoint } = log.sign()?;
    let (who, closed) = (&cosigning.who, cosigning.failing == Failing::Closed);
    let mut more = false;
    if asked.replace(checkpoint.clone()).as_ref() != Some(&checkpoint) || !who.are_enough(&note) {
        let consistency = |old| log.consistency(old, checkpoint.size);
        for signature in who.ask(&note, &checkpoint, &consistency) {
            note.add(signature);
            more = true;
        }
    }
    let enough = who.are_enough(&note);
    if enough || (more && !closed) {
        if more || log.shown().as_ref() != Some(&checkpoint) {
            log.show_cosigned(&note, enough)?;
        }
    } else if !closed {
        log.show(Shown { note, checkpoint });
    }
    Ok(enough)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::sync::mpsc;

    use minhbach_tlog::{KeyKind, KeyName, Note, Signature, SigningKey, check_consistency, cosignature};

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
        assert!(
            seen.len() as u128 <= intervals + 3,
            "{seen:?} in {intervals} intervals"
        );
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

    /// A witness who can look away, and remembers what it saw.
    #[derive(Clone)]
    struct Witness {
        key: Arc<SigningKey>,
        looks: Arc<AtomicBool>,
        seen: Arc<Mutex<Option<Checkpoint>>>,
        asked: Arc<AtomicU64>,
    }

    impl Witness {
        fn new() -> Witness {
            let name = KeyName::new("nhan-chung.example/w1").expect("a name");
            Witness {
                key: Arc::new(SigningKey::of_seed(name, KeyKind::Cosigner, &[7; 32])),
                looks: Arc::new(AtomicBool::new(true)),
                seen: Arc::default(),
                asked: Arc::default(),
            }
        }
    }

    impl crate::Cosigners for Witness {
        fn ask(
            &self,
            note: &Note,
            checkpoint: &Checkpoint,
            consistency: &crate::Consistency<'_>,
        ) -> Vec<Signature> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if !self.looks.load(Ordering::SeqCst) {
                return Vec::new();
            }
            let mut seen = self.seen.lock().expect("a lock");
            if let Some(old) = &*seen {
                let proof = consistency(old.size).expect("read").expect("larger");
                let new = (checkpoint.size, checkpoint.root);
                check_consistency((old.size, old.root), new, &proof).expect("consistent");
            }
            *seen = Some(checkpoint.clone());
            vec![cosignature::sign(note, &self.key, 1_800_000_000)]
        }
        fn are_enough(&self, note: &Note) -> bool {
            cosignature::time_of(note, self.key.public()).is_ok_and(|time| time.is_some())
        }
    }

    fn shown(publisher: &Publisher) -> (u64, usize) {
        let shown = publisher.view().checkpoint();
        shown.map_or((0, 0), |(note, checkpoint)| {
            (checkpoint.size, note.signatures().len())
        })
    }

    fn wait_for(publisher: &Publisher, expected: (u64, usize)) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while shown(publisher) != expected {
            assert!(
                Instant::now() < deadline,
                "{:?}, not {expected:?}",
                shown(publisher)
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn cosigned_by(witness: &Witness, failing: Failing, dir: &std::path::Path) -> Publisher {
        let cosigning = Cosigning {
            who: Box::new(witness.clone()),
            failing,
            again: Duration::from_millis(30),
        };
        let told: OnFailure = Box::new(|error| panic!("{error}"));
        let every = Duration::from_millis(10);
        Publisher::begin_cosigned(open(dir).expect("opened"), cosigning, every, told).expect("begun")
    }

    #[test]
    fn without_a_witness_a_log_goes_on_or_stands_still_as_told() {
        for failing in [Failing::Open, Failing::Closed] {
            let (folder, all) = (folder_with_key(), honest(30));
            let dir = folder.path();
            let mut journal = journal(dir, &all[..10]);
            let witness = Witness::new();
            let publisher = cosigned_by(&witness, failing, dir);
            wait_for(&publisher, (10, 2));
            let asked = witness.asked.load(Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(100));
            assert_eq!(
                asked,
                witness.asked.load(Ordering::SeqCst),
                "who has seen it is let alone"
            );
            drop(publisher);
            // The witness is away while the journal grows and the log is opened again.
            witness.looks.store(false, Ordering::SeqCst);
            journal.append(&batch(&all[10..20])).expect("appended");
            for _ in 0..2 {
                let publisher = cosigned_by(&witness, failing, dir);
                match failing {
                    Failing::Open => wait_for(&publisher, (20, 1)),
                    Failing::Closed => {
                        while witness.asked.load(Ordering::SeqCst) < asked + 3 {
                            std::thread::sleep(Duration::from_millis(2));
                        }
                        assert_eq!(shown(&publisher), (10, 2), "nobody is shown what nobody has seen");
                        assert_eq!(publisher.view().proof(10).expect("read"), None);
                    }
                }
            }
            // It comes back, and is asked although nothing new is committed.
            let publisher = cosigned_by(&witness, failing, dir);
            std::thread::sleep(Duration::from_millis(50));
            witness.looks.store(true, Ordering::SeqCst);
            wait_for(&publisher, (20, 2));
            drop(publisher);
            witness.looks.store(false, Ordering::SeqCst);
            let publisher = cosigned_by(&witness, failing, dir);
            assert_eq!(shown(&publisher), (20, 2), "what was cosigned stays so");
        }
    }
}
