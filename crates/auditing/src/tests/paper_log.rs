//! Logs of any entries whatever, as somebody who holds the key can make them; and how they are served.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use minhbach_events::Hash;
use minhbach_journal::Holder;
use minhbach_tlog::{
    Checkpoint, KeyKind, KeyName, Note, SigningKey, TilePath, Tree, TreeHash, VerifyingKey, bundle, root_at,
};

use crate::{Mirror, MirrorError, Source, SourceError, SourceFault};

pub fn origin() -> KeyName {
    KeyName::new("so.example/minh-bach").expect("a name")
}

pub fn log_key() -> SigningKey {
    SigningKey::of_seed(origin(), KeyKind::Log, &[7; 32])
}

pub fn witness_key(nth: u8) -> SigningKey {
    let name = KeyName::new(&format!("witness.example/w{nth}")).expect("a name");
    SigningKey::of_seed(name, KeyKind::Cosigner, &[nth; 32])
}

pub fn key() -> VerifyingKey {
    log_key().public().clone()
}

pub fn holder() -> Holder {
    Holder {
        command: "test".to_owned(),
        url: None,
    }
}

/// The moment of an entry.
pub fn moment(seq: u64) -> String {
    let (minute, second, millis) = (seq / 60_000 % 60, seq / 1_000 % 60, seq % 1_000);
    format!("2026-11-22T01:{minute:02}:{second:02}.{millis:03}Z")
}

/// The bytes of an entry, written out here as the design has them.
pub fn entry(seq: u64, prev: &str, at: &str, text: &str) -> Vec<u8> {
    format!(
        r#"{{"seq":{seq},"prev":"{prev}","at":"{at}","by":"test","event":{{"type":"entry.reversed","v":1,"reverses":{seq},"reason":"{text}"}}}}"#
    )
    .into_bytes()
}

/// Entries that chain; `telling` says what each says.
pub fn entries(count: u64, telling: impl Fn(u64) -> String) -> Vec<Vec<u8>> {
    let mut prev = "0".repeat(64);
    (0..count)
        .map(|seq| {
            let entry = entry(seq, &prev, &moment(seq), &telling(seq));
            prev = Hash::of(&entry).to_string();
            entry
        })
        .collect()
}

/// As they should be: of many lengths.
pub fn honest(count: u64) -> Vec<Vec<u8>> {
    entries(count, |seq| "x".repeat(1 + (seq as usize * 31) % 400))
}

/// The same but for one entry, and the chain behind it.
pub fn edited(count: u64, at: u64) -> Vec<Vec<u8>> {
    entries(count, |seq| {
        if seq == at {
            "another gift".to_owned()
        } else {
            "x".repeat(1 + (seq as usize * 31) % 400)
        }
    })
}

/// Entries with the key of their log. Whether they are sound is nobody's business here.
pub struct PaperLog {
    pub entries: Vec<Vec<u8>>,
    tree: Tree,
    _folder: tempfile::TempDir,
}

impl PaperLog {
    pub fn of(entries: Vec<Vec<u8>>) -> PaperLog {
        let folder = tempfile::tempdir().expect("a folder");
        let mut tree = Tree::open(folder.path()).expect("a tree");
        tree.append(entries.iter().map(|entry| TreeHash::leaf(entry)))
            .expect("appended");
        PaperLog {
            entries,
            tree,
            _folder: folder,
        }
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: origin(),
            size,
            root: root_at(&self.tree.reader(), size).expect("a root"),
        }
    }

    pub fn note(&self, size: u64) -> Note {
        let mut note = self.checkpoint(size).to_note();
        note.sign(&log_key());
        note
    }

    pub fn tree(&self) -> minhbach_tlog::TreeReader {
        self.tree.reader()
    }

    /// A piece, if a log of so many entries has it.
    pub fn piece(&self, path: &str, size: u64) -> Option<Vec<u8>> {
        let tile = TilePath::parse(path.strip_prefix("tile/")?)?;
        if !tile.is_within(size) {
            return None;
        }
        if tile.level.is_some() {
            return Some(self.tree.reader().tile(&tile).expect("a tile"));
        }
        let range = tile.range().expect("a range");
        let mut bytes = Vec::new();
        for entry in &self.entries[range.start as usize..range.end as usize] {
            assert!(bundle::push(&mut bytes, entry));
        }
        Some(bytes)
    }
}

/// What is done to a file before it is served; `None` for what is not there.
type Tampering = dyn Fn(&str, Option<Vec<u8>>) -> Option<Vec<u8>> + Send + Sync;

/// What is served now. Clones are the same.
#[derive(Clone)]
pub struct Served(Arc<Mutex<State>>);

struct State {
    log: Arc<PaperLog>,
    note: Note,
    tampering: Arc<Tampering>,
    /// How many pieces are still given before the network breaks.
    pieces: Option<u64>,
    asked: Vec<String>,
}

impl Served {
    pub fn new(log: &Arc<PaperLog>, size: u64) -> Served {
        Served(Arc::new(Mutex::new(State {
            log: Arc::clone(log),
            note: log.note(size),
            tampering: Arc::new(|_, bytes| bytes),
            pieces: None,
            asked: Vec::new(),
        })))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().expect("a lock"));
    }

    pub fn show(&self, log: &Arc<PaperLog>, size: u64) {
        self.show_note(log, log.note(size));
    }

    pub fn show_note(&self, log: &Arc<PaperLog>, note: Note) {
        self.change(|state| (state.log, state.note) = (Arc::clone(log), note));
    }

    pub fn tamper(
        &self,
        tampering: impl Fn(&str, Option<Vec<u8>>) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) {
        self.change(|state| state.tampering = Arc::new(tampering));
    }

    pub fn break_after(&self, pieces: Option<u64>) {
        self.change(|state| state.pieces = pieces);
    }

    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("a lock").asked)
    }

    pub fn mirror(&self, dir: &Path) -> Result<Mirror, MirrorError> {
        Mirror::open(dir, Box::new(self.clone()), "test", &key(), &[], &holder())
    }
}

impl Source for Served {
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let (log, note, tampering) = {
            let mut state = self.0.lock().expect("a lock");
            state.asked.push(path.to_owned());
            if let Some(pieces) = state.pieces.as_mut().filter(|_| path != "checkpoint") {
                match pieces.checked_sub(1) {
                    Some(left) => *pieces = left,
                    None => {
                        return Err(SourceError {
                            place: path.to_owned(),
                            fault: SourceFault::TimedOut,
                        });
                    }
                }
            }
            let State {
                log, note, tampering, ..
            } = &*state;
            (Arc::clone(log), note.clone(), Arc::clone(tampering))
        };
        let size = log.entries.len() as u64;
        let bytes = match path {
            "checkpoint" => Some(note.to_string().into_bytes()),
            path => log.piece(path, size),
        };
        let bytes = tampering(path, bytes);
        assert!(
            bytes.as_ref().is_none_or(|bytes| bytes.len() as u64 <= most),
            "{path}"
        );
        Ok(bytes)
    }
}

/// The lines of a journal's files, as one.
pub fn journal_bytes(dir: &Path) -> Vec<u8> {
    let mut files: Vec<_> = fs::read_dir(dir.join("journal"))
        .expect("a journal")
        .map(|item| item.expect("a file").path())
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| fs::read(file).expect("read"))
        .collect()
}

/// The lines that a journal of those entries has.
pub fn lines(entries: &[Vec<u8>]) -> Vec<u8> {
    let line = |entry: &Vec<u8>| [Hash::of(entry).to_string().as_bytes(), b" ", entry, b"\n"].concat();
    entries.iter().flat_map(line).collect()
}

/// The entries from 300 on, up to `count`, the one at `at` being another and the chain behind it fitting.
pub fn edited_after(honest: &[Vec<u8>], count: u64, at: u64) -> Vec<Vec<u8>> {
    let mut prev = Hash::of(&honest[299]).to_string();
    (300..count)
        .map(|seq| {
            let text = "x".repeat(1 + (seq as usize * 31) % 400);
            let text = if seq == at {
                "another gift".to_owned()
            } else {
                text
            };
            let entry = entry(seq, &prev, &moment(seq), &text);
            prev = Hash::of(&entry).to_string();
            entry
        })
        .collect()
}
