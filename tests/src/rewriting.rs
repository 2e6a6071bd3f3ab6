//! What an operator can do to a journal who has its folder: entries changed, and the chain made again over them.

use std::fs;
use std::path::Path;

use crate::journal_files::{JournalFiles, hash, journal_path};

/// Changes the entries of a journal of one file, and makes seqs, links and hashes anew: by itself it is without fault. The
/// projections go, as they know the entries that were. What was signed stays.
pub fn rewrite(data: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let journal = JournalFiles::read(data);
    let mut entries: Vec<String> = String::from_utf8(journal.bytes)
        .expect("text")
        .lines()
        .map(|line| line[65..].to_owned())
        .collect();
    change(&mut entries);
    let (mut prev, mut lines) = ("0".repeat(64), String::new());
    for (seq, entry) in entries.iter().enumerate() {
        let (_, rest) = entry.split_once("\",\"at\":").expect("an entry");
        let entry = format!("{{\"seq\":{seq},\"prev\":\"{prev}\",\"at\":{rest}");
        prev = hash(entry.as_bytes());
        lines.push_str(&format!("{prev} {entry}\n"));
    }
    fs::write(journal_path(data), lines).expect("written");
    let projections = data.join("projections");
    if projections.exists() {
        fs::remove_dir_all(projections).expect("removed");
    }
}

/// Lets two receipts change places, each with the serial number and the time of its new place: by the rules nothing is wrong.
pub fn swap(entries: &mut [String], one: usize, other: usize) {
    entries.swap(one, other);
    for field in ["serial", "at"] {
        let begin = format!("\"{field}\":\"");
        let value = |entry: &str| {
            let (_, rest) = entry.split_once(&begin).expect("a receipt");
            let (value, _) = rest.split_once('"').expect("its end");
            format!("{begin}{value}\"")
        };
        let (first, second) = (value(&entries[one]), value(&entries[other]));
        entries[one] = entries[one].replacen(&first, &second, 1);
        entries[other] = entries[other].replacen(&second, &first, 1);
    }
}

/// Forgets what was signed, and keeps the key: what is signed next is signed by the same log.
pub fn forget_what_was_signed(data: &Path) {
    fs::remove_dir_all(data.join("log")).expect("removed");
}
