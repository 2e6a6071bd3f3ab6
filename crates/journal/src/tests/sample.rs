//! Entries and folders to test on.

use std::fs;
use std::path::{Path, PathBuf};

use minhbach_events::Hash;
use tempfile::TempDir;

use crate::storage::Disk;
use crate::{Batch, Holder, Journal, OpenError, OpenOptions, Recovery};

/// Entries that chain, with the digits of their hashes.
#[derive(Clone)]
pub struct Sample {
    pub entries: Vec<String>,
    pub hashes: Vec<String>,
}

impl Sample {
    pub fn empty() -> Sample {
        Sample {
            entries: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// Entries whose bodies have these many bytes of text.
    pub fn of(texts: impl IntoIterator<Item = usize>) -> Sample {
        let mut sample = Sample::empty();
        for text in texts {
            sample.add(&"x".repeat(text));
        }
        sample
    }

    pub fn add(&mut self, text: &str) {
        let seq = self.entries.len() as u64;
        let prev = self.hashes.last().cloned().unwrap_or("0".repeat(64));
        self.add_raw(&entry(seq, &prev, &moment(seq), text));
    }

    pub fn add_raw(&mut self, entry: &str) {
        self.hashes
            .push(blake3::hash(entry.as_bytes()).to_hex().to_string());
        self.entries.push(entry.to_string());
    }

    pub fn line(&self, index: usize) -> String {
        format!("{} {}\n", self.hashes[index], self.entries[index])
    }

    pub fn lines(&self, range: std::ops::Range<usize>) -> String {
        range.map(|index| self.line(index)).collect()
    }

    pub fn batch(&self, range: std::ops::Range<usize>) -> Batch {
        let mut batch = Batch::new();
        for index in range {
            batch.push(self.entries[index].as_bytes(), hash(&self.hashes[index]));
        }
        batch
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Writes files by hand: one for each range.
    pub fn write(&self, dir: &Path, files: &[std::ops::Range<usize>]) {
        fs::create_dir_all(dir.join("journal")).expect("made");
        for range in files {
            let path = file(dir, range.start as u64);
            fs::write(path, self.lines(range.clone())).expect("written");
        }
    }
}

pub fn entry(seq: u64, prev: &str, at: &str, text: &str) -> String {
    format!(
        r#"{{"seq":{seq},"prev":"{prev}","at":"{at}","by":"clerk-07","event":{{"type":"t","v":1,"x":"{text}"}}}}"#
    )
}

pub fn moment(seq: u64) -> String {
    let (second, milli) = (seq / 1000, seq % 1000);
    let (minute, second) = (second / 60, second % 60);
    format!(
        "2026-11-22T{:02}:{:02}:{second:02}.{milli:03}Z",
        minute / 60,
        minute % 60
    )
}

pub fn hash(digits: &str) -> Hash {
    Hash::from_hex(digits.as_bytes()).expect("64 digits")
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A folder in memory where the system has one, for tests that sync thousands of times.
pub fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| folder())
}

pub fn holder() -> Holder {
    Holder {
        command: "test".into(),
        url: None,
    }
}

/// The name is spelled out here and not taken from the code under test.
pub fn file(dir: &Path, first: u64) -> PathBuf {
    dir.join("journal").join(format!("{first:020}.log"))
}

pub fn create(dir: &Path, limit: u64) -> Journal {
    Journal::create_with(dir, &holder(), limit, Box::new(Disk)).expect("created")
}

pub fn open(dir: &Path, limit: u64) -> Result<(Journal, Recovery), OpenError> {
    Journal::open_with(
        dir,
        &holder(),
        OpenOptions::default(),
        &|_| 0,
        limit,
        Box::new(Disk),
    )
}

pub fn open_all(dir: &Path, limit: u64) -> Result<(Journal, Recovery), OpenError> {
    Journal::open_with(
        dir,
        &holder(),
        OpenOptions { verify_all: true },
        &|_| 0,
        limit,
        Box::new(Disk),
    )
}

/// Every file of the journal's folder with its bytes, in order.
pub fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let listing = fs::read_dir(dir.join("journal")).expect("listed");
    let mut files: Vec<_> = listing
        .map(|item| item.expect("an item"))
        .map(|item| {
            (
                item.file_name().into_string().expect("UTF-8"),
                fs::read(item.path()).expect("read"),
            )
        })
        .collect();
    files.sort();
    files
}

/// Asserts that the journal holds the first `size` entries of the sample, read both ways.
pub fn assert_holds(reader: &crate::Reader, sample: &Sample, size: usize) {
    let head = reader.head();
    assert_eq!(head.size, size as u64);
    assert_eq!(
        head.hash,
        size.checked_sub(1)
            .map_or(Hash::ZERO, |last| hash(&sample.hashes[last]))
    );
    let read: Vec<_> = reader.entries(0).map(|entry| entry.expect("an entry")).collect();
    assert_eq!(read.len(), size);
    for (index, entry) in read.iter().enumerate() {
        assert_eq!(entry.bytes, sample.entries[index].as_bytes());
        assert_eq!(
            (entry.seq, entry.hash),
            (index as u64, hash(&sample.hashes[index]))
        );
        assert_eq!(reader.entry(index as u64).expect("read").as_ref(), Some(entry));
    }
    assert_eq!(reader.entry(size as u64).expect("read"), None);
}
