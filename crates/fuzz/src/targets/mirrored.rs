//! A log of somebody else, whose files may hold anything: nothing is given out that it did not sign.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minhbach_auditing::{
    Follower, Mirror, MirrorMark, ReadEntry, RemoteLog, SignedTree, Source, SourceError, SourceFault,
    key_named_by,
};
use minhbach_journal::Holder;
use minhbach_tlog::{Nodes as _, TreeHash, VerifyingKey, inclusion_proof, root_of_inclusion};

use super::signed_log::SignedLog;
use crate::folder::scratch;
use crate::sentence;

/// Between the files of one input.
const NEXT_FILE: &[u8] = b"\n----\n";

/// The files of a log, some of them exchanged. Clones are the same.
#[derive(Clone)]
struct Served {
    log: &'static SignedLog,
    exchanged: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

impl Source for Served {
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let exchanged = self.exchanged().get(path).cloned();
        match exchanged.or_else(|| self.log.file(path)) {
            Some(bytes) if most < bytes.len() as u64 => Err(SourceError {
                place: path.to_owned(),
                fault: SourceFault::TooLong { most },
            }),
            bytes => Ok(bytes),
        }
    }
}

impl Served {
    /// Exchanges files as an input says: each is a path, a line feed, and what is served instead. Behind a path that ends with
    /// `~` two bytes say from where on the rest is put over what is right.
    fn of(log: &'static SignedLog, bytes: &[u8]) -> Served {
        let mut exchanged = HashMap::new();
        for part in split(bytes, NEXT_FILE) {
            let Some(at) = part.iter().position(|byte| *byte == b'\n') else {
                continue;
            };
            let (Ok(path), content) = (std::str::from_utf8(&part[..at]), &part[at + 1..]) else {
                continue;
            };
            let content = match (path.strip_suffix('~'), content) {
                (Some(path), [high, low, over @ ..]) => {
                    let mut bytes = log.file(path).unwrap_or_default();
                    let from = usize::from(*high) * 256 + usize::from(*low);
                    bytes
                        .iter_mut()
                        .skip(from)
                        .zip(over)
                        .for_each(|(byte, over)| *byte = *over);
                    bytes
                }
                _ => content.to_vec(),
            };
            exchanged.insert(path.trim_end_matches('~').to_owned(), content);
        }
        let exchanged = Arc::new(Mutex::new(exchanged));
        Served { log, exchanged }
    }

    fn exchanged(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.exchanged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_right(&self) -> bool {
        let exchanged = self.exchanged();
        exchanged
            .iter()
            .all(|(path, bytes)| self.log.file(path).as_ref() == Some(bytes))
    }
}

/// Reads the tree of a log of 600 entries: no hash is given out that is not the tree's.
pub fn tree(bytes: &[u8]) {
    let log = SignedLog::long();
    let served = Served::of(log, bytes);
    if let Err(error) = key_named_by(&served) {
        sentence::check(&error, bytes);
    }
    let is_right = served.is_right();
    let remote = RemoteLog::new(Box::new(served), log.key.public().clone());
    let signed = match remote.checkpoint() {
        Ok(signed) => signed,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    let size = signed.checkpoint.size;
    assert_eq!(
        signed.checkpoint,
        log.checkpoint(size),
        "a root that the log never signed"
    );
    let tree = match SignedTree::open(&remote, &signed.checkpoint) {
        Ok(tree) => tree,
        Err(error) => {
            assert!(!is_right, "what is right is refused: {error}");
            return drop(sentence::check(&error, bytes));
        }
    };
    for index in [0, 1, 255, 256, 300, 511, 512, 599] {
        let leaf = TreeHash::leaf(&log.entries[index as usize]);
        match tree.node(0, index) {
            Ok(hash) => assert_eq!(hash, leaf, "the hash of entry {index} is another"),
            Err(error) => {
                assert!(!is_right || size <= index, "what is right is refused: {error}");
                sentence::check(&error, bytes);
            }
        }
        match inclusion_proof(&tree, index, size) {
            Ok(Some(proof)) => assert_eq!(
                root_of_inclusion(leaf, index, size, &proof),
                Ok(signed.checkpoint.root)
            ),
            Ok(None) => assert!(size <= index),
            Err(error) => drop(sentence::check(&error, bytes)),
        }
    }
}

/// Mirrors the log of the vectors: what is kept is the beginning of it, and once it serves what it signs, all of it.
pub fn mirror(bytes: &[u8]) {
    let log = SignedLog::of_vectors();
    let served = Served::of(log, bytes);
    let folder = scratch();
    let holder = Holder {
        command: "fuzz".to_owned(),
        url: None,
    };
    let source = Box::new(served.clone());
    let opened = Mirror::open(folder.path(), source, "fuzz", log.key.public(), &[], &holder);
    let mut mirror = opened.expect("a new mirror");
    let kept = |mirror: &Mirror| -> Vec<Vec<u8>> {
        mirror
            .reader()
            .entries(0)
            .map(|entry| entry.expect("sound").bytes)
            .collect()
    };
    match mirror.step() {
        Ok(_) => assert_eq!(kept(&mirror), log.entries, "a mirror that is whole has all"),
        Err(error) => {
            assert!(!served.is_right(), "what is right is refused: {error}");
            sentence::check(&error, bytes);
            assert!(
                log.entries.starts_with(&kept(&mirror)),
                "something is kept that is not the log's"
            );
        }
    }
    served.exchanged().clear();
    mirror
        .step()
        .expect("it goes on where the log serves what it signs");
    assert_eq!(kept(&mirror), log.entries);
}

/// What makes a folder a mirror is read, or what is wrong is said; and entries in a row are followed or not.
pub fn mark(bytes: &[u8]) {
    let folder = scratch();
    let log = folder.path().join("log");
    fs::create_dir(&log).expect("a folder");
    fs::write(log.join("mirror"), bytes).expect("written");
    match MirrorMark::read(folder.path()) {
        Ok(mark) => {
            let mark = mark.expect("it is there");
            assert!(VerifyingKey::parse(&mark.vkey).is_ok());
            let again = serde_json::to_vec(&mark).expect("JSON");
            fs::write(log.join("mirror"), again).expect("written");
            assert_eq!(MirrorMark::read(folder.path()).ok().flatten(), Some(mark));
        }
        Err(error) => drop(sentence::check(&error, bytes)),
    }
    let mut follower = Follower::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let followed = ReadEntry::of(line, follower.size()).and_then(|entry| follower.accept(&entry));
        if let Err(error) = followed {
            sentence::check(&error, bytes);
        }
    }
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), bytes);
    while let Some(at) = rest.windows(mark.len()).position(|part| part == mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}
