//! Somebody else's log: where it is read, and by which key it is known.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use minhbach_auditing::{
    FolderSource, HttpSource, Patience, RemoteError, Signed, Source, SourceError, key_named_by, read_seen,
};
use minhbach_tlog::{KeyKind, Note, Policy, VerifyingKey, cosignature};

use crate::failure;
use crate::policy_file;
use crate::session::{Session, Told, text};

/// Longer files are no keys, and no checkpoints or proofs.
const KEY_BYTES_MAX: u64 = 1_024;
const SEEN_BYTES_MAX: u64 = minhbach_auditing::BUNDLE_BYTES_MAX as u64;
/// The file below the prefix of a log that says that there is one.
const CHECKPOINT: &str = "checkpoint";

/// A log's files, and where they are. Clones are the same.
#[derive(Clone)]
pub struct LogSource {
    pub source: Shared,
    /// The prefix: the address or folder that holds its checkpoint.
    pub place: String,
}

/// A source that several read. Clones are the same.
#[derive(Clone)]
pub struct Shared(Arc<dyn Source>);

impl Source for Shared {
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError> {
        self.0.get(path, most)
    }
}

/// Whether something is typed as an address.
pub fn is_url(place: &str) -> bool {
    place.starts_with("http://") || place.starts_with("https://")
}

impl LogSource {
    /// The log at an address, which may be that of its server, or in a folder of tiles.
    pub fn at(session: &Session, place: &str) -> anyhow::Result<LogSource> {
        if !is_url(place) {
            let folder = PathBuf::from(place);
            if !folder.is_dir() {
                return Err(session.told("log-bad-address", &[("given", &place)]));
            }
            return Ok(LogSource {
                source: Shared(Arc::new(FolderSource::new(&folder))),
                place: place.to_owned(),
            });
        }
        let http = |prefix: &str| {
            let told = |_| session.told("log-bad-address", &[("given", &place)]);
            HttpSource::new(prefix, Patience::default()).map_err(told)
        };
        let given = place.trim_end_matches('/');
        // Ours serve their log below /log; others may serve it anywhere.
        if !given.ends_with("/log") {
            let below = http(&format!("{given}/log"))?;
            if below.get(CHECKPOINT, SEEN_BYTES_MAX)?.is_some() {
                let place = below.prefix().to_owned();
                return Ok(LogSource {
                    source: Shared(Arc::new(below)),
                    place,
                });
            }
        }
        let source = http(given)?;
        let place = source.prefix().to_owned();
        Ok(LogSource {
            source: Shared(Arc::new(source)),
            place,
        })
    }

    /// The key that the log says is its own.
    pub fn claimed_key(&self, session: &Session) -> anyhow::Result<VerifyingKey> {
        match key_named_by(&self.source) {
            Ok(Some(key)) => Ok(key),
            Ok(None) => Err(session.told("log-no-vkey", &[("place", &self.place)])),
            Err(RemoteError::Source(error)) => Err(error.into()),
            Err(_) => Err(session.told("log-bad-key", &[("given", &format!("{}/vkey", self.place))])),
        }
    }
}

/// The log's key that `--key` gives, as a line or in a file.
pub fn given_key(session: &Session, matches: &ArgMatches) -> anyhow::Result<Option<VerifyingKey>> {
    let Some(given) = text(matches, "key") else {
        return Ok(None);
    };
    if VerifyingKey::parse(given).is_ok() || given.contains("PRIVATE+KEY") {
        return log_key(session, given).map(Some);
    }
    // Neither a key nor a file: more likely a key that was cut than a file that is gone.
    if !Path::new(given).exists() {
        return Err(not_a_key(session, "log-bad-key", given));
    }
    let bytes = read_some(session, given.as_ref(), KEY_BYTES_MAX)?;
    log_key(session, String::from_utf8_lossy(&bytes).trim()).map(Some)
}

/// That something is no public key. A secret one is never said back.
pub fn not_a_key(session: &Session, key: &str, given: &str) -> anyhow::Error {
    if given.contains("PRIVATE+KEY") {
        return session.told("log-private-key", &[]);
    }
    session.told(key, &[("given", &given)])
}

/// Reads a log's key.
pub fn log_key(session: &Session, line: &str) -> anyhow::Result<VerifyingKey> {
    let told = || not_a_key(session, "log-bad-key", line);
    let key = VerifyingKey::parse(line).map_err(|_| told())?;
    match key.kind() {
        KeyKind::Log => Ok(key),
        KeyKind::Cosigner => Err(told()),
    }
}

/// The witnesses that are known, and those who must have seen a checkpoint.
pub struct Wanted {
    /// Those of `--witness`, each of whom must have.
    each: Vec<VerifyingKey>,
    /// Those of `--policy`, of whom as many must have as it says.
    policy: Option<Policy>,
}

impl Wanted {
    /// What the flags name.
    pub fn of(session: &Session, matches: &ArgMatches) -> anyhow::Result<Wanted> {
        let mut each = Vec::new();
        for given in matches.get_many::<String>("witness").unwrap_or_default() {
            let key = VerifyingKey::parse(given).ok();
            let key = key.filter(|key| key.kind() == KeyKind::Cosigner);
            each.push(key.ok_or_else(|| not_a_key(session, "log-bad-witness", given))?);
        }
        let policy = matches.get_one::<PathBuf>("policy");
        let policy = policy.map(|path| policy_file::read(session, path)).transpose()?;
        Ok(Wanted { each, policy })
    }

    /// A policy that trusts logs, and not this one, is another log's.
    pub fn must_be_of(&self, session: &Session, log: &VerifyingKey) -> anyhow::Result<()> {
        let logs = self.policy.iter().flat_map(Policy::logs);
        let mut others = logs.peekable();
        if others.peek().is_some() && !others.any(|known| known.key == *log) {
            return Err(session.told("policy-other-log", &[("key", log)]));
        }
        Ok(())
    }

    /// The keys of all of them.
    pub fn keys(&self) -> Vec<VerifyingKey> {
        let of_policy = self.policy.iter().flat_map(Policy::witnesses);
        let of_policy = of_policy.map(|witness| witness.key.clone());
        self.each.iter().cloned().chain(of_policy).collect()
    }

    /// Who has not seen a checkpoint and should have; its signatures were checked before.
    pub fn missing(&self, note: Option<&Note>) -> Vec<String> {
        let saw = |key: &VerifyingKey| {
            note.is_some_and(|note| cosignature::time_of(note, key).is_ok_and(|time| time.is_some()))
        };
        let mut missing: Vec<String> = self
            .each
            .iter()
            .filter(|key| !saw(key))
            .map(|key| key.name().to_string())
            .collect();
        if let Some(policy) = &self.policy {
            let seen = note.and_then(|note| policy.check(note).ok()).unwrap_or_default();
            if !policy.satisfied_by(&seen) {
                let witnesses = policy.witnesses().iter().filter(|witness| !saw(&witness.key));
                missing.extend(witnesses.map(|witness| witness.key.name().to_string()));
            }
        }
        missing
    }
}

/// Older checkpoints of the log, out of the files of `--seen`; of a folder that holds a log, its own.
pub fn seen(session: &Session, matches: &ArgMatches, key: &VerifyingKey) -> anyhow::Result<Vec<Signed>> {
    let files = matches.get_many::<PathBuf>("seen").unwrap_or_default();
    let read = files.map(|path| {
        let within = ["log/checkpoint", CHECKPOINT].map(|name| path.join(name));
        let path = within.iter().find(|file| file.is_file()).unwrap_or(path);
        let bytes = read_some(session, path, SEEN_BYTES_MAX)?;
        read_seen(&bytes, key).map_err(|error| {
            let why = failure::auditing::seen(&error, session.texts);
            session.told("log-bad-seen", &[("path", &path.display()), ("why", &why)])
        })
    });
    read.collect()
}

/// A file, which must not be longer.
pub fn read_some(session: &Session, path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let texts = session.texts;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    let told = |why: &str| Told(texts.with("failure-io", &[("path", &path.display()), ("why", &why)]));
    read.map_err(|error| told(&failure::system(&error, texts)))?;
    if most < bytes.len() as u64 {
        return Err(told(&texts.get("log-too-long")).into());
    }
    Ok(bytes)
}
