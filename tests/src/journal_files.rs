//! The journal as a stranger reads it: split at line ends, hashed again, each entry read as JSON.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A whole line of the journal.
#[derive(Clone, Debug)]
pub struct Line {
    /// The 64 digits at its beginning.
    pub hash: String,
    /// The entry.
    pub entry: Value,
}

impl Line {
    /// The fields of what happened.
    pub fn event(&self) -> &Value {
        &self.entry["event"]
    }

    /// What happened.
    pub fn kind(&self) -> &str {
        self.event()["type"].as_str().expect("an event has a type")
    }
}

/// What a journal's files held when they were read.
#[derive(Clone, Debug)]
pub struct JournalFiles {
    /// All their bytes, in the order of their names.
    pub bytes: Vec<u8>,
    /// The whole lines; the index is the seq.
    pub lines: Vec<Line>,
    /// How many bytes of `bytes` those are: what follows is a torn line.
    pub whole: usize,
}

impl JournalFiles {
    /// Reads the journal in a data folder and checks every hash, link, seq and time.
    ///
    /// # Panics
    ///
    /// Something does not agree.
    #[track_caller]
    pub fn read(data: &Path) -> JournalFiles {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(data.join("journal"))
            .unwrap_or_else(|error| panic!("{}: {error}", data.display()))
            .map(|found| found.expect("a file of the journal").path())
            .collect();
        paths.sort();
        let mut bytes = Vec::new();
        for path in paths {
            bytes.extend(std::fs::read(&path).expect("a file of the journal"));
        }
        let whole = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let (mut previous, mut at) = ("0".repeat(64), String::new());
        let mut lines = Vec::new();
        for (seq, line) in bytes[..whole].split_inclusive(|&byte| byte == b'\n').enumerate() {
            let line = &line[..line.len() - 1];
            assert!(66 < line.len() && line[64] == b' ', "line {} is no line", seq + 1);
            let hash = hash(&line[65..]);
            assert_eq!(hash.as_bytes(), &line[..64], "the hash of entry {seq}");
            let entry: Value = serde_json::from_slice(&line[65..]).expect("an entry is JSON");
            assert_eq!(entry["seq"], seq as u64, "the seq of entry {seq}");
            assert_eq!(entry["prev"], previous.as_str(), "the link of entry {seq}");
            let when = entry["at"].as_str().expect("an entry has a time").to_owned();
            assert!(at <= when, "entry {seq} is older than the one before");
            (previous, at) = (hash.clone(), when);
            lines.push(Line { hash, entry });
        }
        JournalFiles { bytes, lines, whole }
    }

    /// How many entries there are.
    pub fn size(&self) -> usize {
        self.lines.len()
    }

    /// The hash of the last entry.
    pub fn head(&self) -> &str {
        &self.lines.last().expect("a journal with entries").hash
    }

    /// The entries of one type.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.kind() == kind)
    }
}

/// The only file of a small journal.
pub fn journal_path(data: &Path) -> PathBuf {
    data.join("journal").join(format!("{:020}.log", 0))
}

/// BLAKE3 in lower-case hexadecimal digits, as `b3sum` prints it.
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
