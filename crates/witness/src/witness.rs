//! The witness: what it has seen of each log, and when it cosigns.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use minhbach_tlog::{
    AddCheckpoint, Checkpoint, KeyKind, KeyName, Refusal, Signature, SigningKey, TreeHash, VerifyingKey,
    cosignature, decide,
};

use crate::folder::{self, Folder};
use crate::record::{self, Record};
use crate::{WitnessError, key_file};

/// POSIX seconds; 0 where nobody knows.
pub(crate) type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// A witness of some logs.
pub struct Witness {
    /// Held as long as the witness is.
    _folder: Folder,
    key: SigningKey,
    clock: Clock,
    /// By the hexadecimal digits of their origins.
    logs: HashMap<String, Watched>,
}

/// A log that is watched.
struct Watched {
    origin: KeyName,
    /// More than one while the log changes its key.
    keys: Vec<VerifyingKey>,
    folder: PathBuf,
    /// Held from the decision until it is on the disk: two successors of one tree do not both find it as it was.
    memory: Mutex<Memory>,
    /// What others may see: on the disk for certain.
    shown: RwLock<Option<Arc<str>>>,
    /// Whether the last try to read or write failed; asked without waiting for the memory.
    broken: AtomicBool,
}

struct Memory {
    last: Option<Record>,
    /// After a failure nobody knows what is on the disk.
    doubtful: bool,
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It shall not be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The system does not let us remember it.
    #[error(transparent)]
    Broken(#[from] WitnessError),
    /// Nobody knows what time it is.
    #[error("the system's clock stands before 1970")]
    NoTime,
}

impl Witness {
    /// Opens the witness in a folder, which is made, with a key of that name, if it is not there. Without a name the key
    /// must be there.
    ///
    /// # Errors
    ///
    /// See [`WitnessError`]. What was cosigned before must be there and whole: a witness that forgot could cosign another
    /// history.
    pub fn open(
        folder: &Path,
        name: Option<&KeyName>,
        logs: &[VerifyingKey],
    ) -> Result<Witness, WitnessError> {
        Witness::open_at(folder, name, logs, Box::new(system_clock))
    }

    pub(crate) fn open_at(
        folder: &Path,
        name: Option<&KeyName>,
        logs: &[VerifyingKey],
        clock: Clock,
    ) -> Result<Witness, WitnessError> {
        if logs.is_empty() {
            return Err(WitnessError::NoLogs);
        }
        if let Some(other) = logs.iter().find(|log| log.kind() != KeyKind::Log) {
            return Err(WitnessError::NotALog(other.name().clone()));
        }
        let folder = Folder::take(folder)?;
        let key = key_file::open(&folder, name)?;
        let mut watched: HashMap<String, Watched> = HashMap::new();
        for log in logs {
            let hex = folder::hex_of(log.name());
            if let Some(known) = watched.get_mut(&hex) {
                if !known.keys.contains(log) {
                    known.keys.push(log.clone());
                }
                continue;
            }
            let log = Watched::open(folder.log(&hex)?, log, key.public())?;
            watched.insert(hex, log);
        }
        Ok(Witness {
            _folder: folder,
            key,
            clock,
            logs: watched,
        })
    }

    /// Who cosigns.
    pub fn key(&self) -> &VerifyingKey {
        self.key.public()
    }

    /// How many logs are watched.
    pub fn logs(&self) -> usize {
        self.logs.len()
    }

    /// Whether the disk did what it was asked to, for every log, the last time.
    pub fn is_sound(&self) -> bool {
        self.logs.values().all(|log| !log.broken.load(Ordering::Relaxed))
    }

    /// The last checkpoint that was cosigned, with its signatures, of the log with these hexadecimal digits.
    pub fn last(&self, hex: &str) -> Option<Arc<str>> {
        let log = self.logs.get(hex)?;
        let shown = log.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    /// Cosigns the checkpoint of a request if it continues what was seen last. When this returns a signature, what it signs
    /// is on the disk.
    ///
    /// # Errors
    ///
    /// It is not to be cosigned, or could not be remembered.
    pub fn add(&self, body: &[u8]) -> Result<Signature, AddError> {
        let request = AddCheckpoint::parse(body).map_err(Refusal::Malformed)?;
        let hex = folder::hex_of(&request.checkpoint().origin);
        let log = self.logs.get(&hex).ok_or(Refusal::UnknownLog)?;
        log.add(request, &self.key, (self.clock)())
    }
}

impl Watched {
    fn open(folder: PathBuf, log: &VerifyingKey, witness: &VerifyingKey) -> Result<Watched, WitnessError> {
        let origin = log.name().clone();
        let last = Record::read(&folder, &origin, witness)?;
        let shown = RwLock::new(last.as_ref().map(|record| record.text.clone()));
        let doubtful = false;
        Ok(Watched {
            origin,
            keys: vec![log.clone()],
            folder,
            memory: Mutex::new(Memory { last, doubtful }),
            shown,
            broken: AtomicBool::new(false),
        })
    }

    /// Looks at what a log's own key signed and does not continue its past. Another root of the size that was seen proves,
    /// with the record beside it, that the log has two histories: the first such note is kept.
    fn suspect(&self, state: Option<(u64, TreeHash)>, refusal: &Refusal, request: AddCheckpoint) {
        let Checkpoint { size, root, .. } = *request.checkpoint();
        let two_histories = state.is_some_and(|(seen, was)| seen == size && was != root);
        if *refusal == Refusal::Inconsistent || two_histories {
            let old = request.old();
            tracing::warn!(origin = %self.origin, old, size, two_histories, "a checkpoint does not continue what was seen");
        }
        let request = request.signed_only_by(&self.keys);
        if two_histories && let Err(error) = record::keep_fork(&self.folder, request.note()) {
            tracing::error!(%error, "the proof of two histories was not kept");
        }
    }

    /// Notes whether the disk does what it is asked to.
    fn tried<T>(&self, tried: Result<T, WitnessError>) -> Result<T, WitnessError> {
        self.broken.store(tried.is_err(), Ordering::Relaxed);
        tried
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Who panicked left it doubtful.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, request: AddCheckpoint, key: &SigningKey, now: u64) -> Result<Signature, AddError> {
        let mut memory = self.memory();
        if memory.doubtful {
            memory.last = self.tried(Record::read(&self.folder, &self.origin, key.public()))?;
            memory.doubtful = false;
        }
        let state = memory.last.as_ref().map(Record::state);
        if let Err(refusal) = decide(state, &self.keys, &request) {
            if matches!(refusal, Refusal::Inconsistent | Refusal::Conflict { .. }) {
                self.suspect(state, &refusal, request);
            }
            return Err(refusal.into());
        }
        // A clock that was set back makes no cosignature older than one before it.
        let at = now.max(memory.last.as_ref().map_or(0, |last| last.at));
        if at == 0 {
            return Err(AddError::NoTime);
        }
        // Lines of strangers are not for us to keep and to show.
        let request = request.signed_only_by(&self.keys);
        let signature = cosignature::sign(request.note(), key, at);
        let mut note = request.note().clone();
        note.add(signature.clone());
        let record = Record::of(&note, request.checkpoint().clone(), at);
        memory.doubtful = true;
        self.tried(record.write(&self.folder))?;
        memory.doubtful = false;
        let text = record.text.clone();
        memory.last = Some(record);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(text);
        Ok(signature)
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Witness({}, {} logs)", self.key.public(), self.logs.len())
    }
}

fn system_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
