//! Entries of the journal, and proposals of clerks and programs: one line of JSON each.

use minhbach_events::{ENTRY_BYTES_MAX, Entry, EntryError, Hash, Malformed, Problem, Proposal, Timestamp};
use serde_json::Value;

use crate::sentence;

/// An entry has one spelling; any other spelling that can be read says the same.
pub fn entry(bytes: &[u8]) {
    let strict = Entry::from_bytes(bytes);
    if let Err(error) = &strict {
        refused(error, bytes);
    }
    let entry = match Entry::read(bytes) {
        Ok(entry) => entry,
        Err(error) => {
            refused(&error, bytes);
            assert!(strict.is_err(), "the strict reader takes what the other refuses");
            return agree_on_json(&error, bytes);
        }
    };
    let canonical = entry.to_bytes();
    assert_eq!(
        strict.is_ok(),
        canonical == bytes,
        "one spelling is strictly read"
    );
    assert_eq!(
        Entry::from_bytes(&canonical).as_ref(),
        Ok(&entry),
        "it is read as it is written"
    );
    let theirs: Value = serde_json::from_slice(bytes).expect("another reader takes the JSON too");
    let ours: Value = serde_json::from_slice(&canonical).expect("JSON is written");
    assert_eq!(ours, theirs, "nothing is lost and nothing added");
}

/// A proposal that is read is written and read again as the same, and becomes an entry but for what the ledger makes.
pub fn proposal(bytes: &[u8]) {
    let proposal = match Proposal::from_line(bytes) {
        Ok(proposal) => proposal,
        Err(error) => {
            refused(&error, bytes);
            return agree_on_json(&error, bytes);
        }
    };
    serde_json::from_slice::<Value>(bytes).expect("another reader takes the JSON too");
    let line = proposal.to_line();
    match Proposal::from_line(&line) {
        Ok(again) => {
            assert_eq!(again, proposal, "it is read as it is written");
            assert_eq!(again.to_line(), line, "it has one written form");
        }
        // In NFC a text may have more bytes.
        Err(error) => assert!(matches!(error, EntryError::TooLarge { .. }), "{error}"),
    }
    let entry = Entry {
        seq: 7,
        prev: Hash::ZERO,
        at: Timestamp::parse("2026-11-22T01:11:00.123Z").expect("a moment"),
        by: proposal
            .by
            .clone()
            .unwrap_or_else(|| "local".parse().expect("a post")),
        key: proposal.key.clone(),
        event: proposal.event,
    };
    match Entry::from_bytes(&entry.to_bytes()) {
        Ok(read) => assert_eq!(read, entry, "what is proposed is what is recorded"),
        Err(EntryError::TooLarge { .. }) => {}
        // A code that the ledger makes, or a receipt's number.
        Err(EntryError::Malformed(Malformed { problem, .. })) => assert_eq!(problem, Problem::Missing),
        Err(error) => panic!("a proposal that can be no entry: {error}"),
    }
}

fn refused(error: &EntryError, bytes: &[u8]) {
    sentence::check(error, bytes);
    if let EntryError::TooLarge { bytes: told } = error {
        assert_eq!(*told, bytes.len());
        assert!(ENTRY_BYTES_MAX < *told);
    }
    if let EntryError::Malformed(Malformed { problem, .. }) = error {
        let byte = match problem {
            Problem::NotJson { byte, .. } | Problem::NotCanonical { byte } => *byte,
            _ => 0,
        };
        assert!(
            byte <= bytes.len() + 1,
            "it is said to be at byte {byte} of {}",
            bytes.len()
        );
    }
}

/// What is refused as no JSON is none to another reader either, and the other way round.
fn agree_on_json(error: &EntryError, bytes: &[u8]) {
    let (EntryError::Malformed(Malformed { problem, .. }), theirs) =
        (error, serde_json::from_slice::<Value>(bytes))
    else {
        return;
    };
    match problem {
        // Our own bounds.
        Problem::NotJson { what, .. }
            if what.contains("is given twice") || what.contains("more than 64 keys") => {}
        Problem::NotJson { what, .. } => {
            assert!(theirs.is_err(), "{what}, says ours, and the other takes it")
        }
        _ => assert!(theirs.is_ok(), "the other says {theirs:?}, and ours {error}"),
    }
}
