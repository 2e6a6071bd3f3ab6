//! Trail bundles: entries with their proofs, and what a ledger says of them.

use std::sync::OnceLock;

use minhbach_auditing::{BundledEntry, NodeWrong, TrailBundle};
use minhbach_events::{Entry, Reference};
use minhbach_tlog::VerifyingKey;
use serde_json::Value;
use serde_json::value::RawValue;

use super::signed_log::{SignedLog, log_key, witness_key};
use crate::sentence;

/// A bundle is read and written as the same, and proves no entry that the log does not have.
pub fn bundle(bytes: &[u8]) {
    let bundle = match TrailBundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    serde_json::from_slice::<Value>(bytes).expect("another reader takes the JSON too");
    if let Ok(written) = bundle.to_json() {
        let again = TrailBundle::parse(written.as_bytes()).expect("read as it is written");
        assert_eq!(again.to_json().as_ref(), Ok(&written));
        assert_eq!(
            (again.code, again.note, again.entries),
            (bundle.code.clone(), bundle.note.clone(), bundle.entries.clone())
        );
    }
    checked(&bundle, bytes);
}

/// A trail beside right entries is held to them.
pub fn trail(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(trail) = RawValue::from_string(text.to_owned()) else {
        return;
    };
    let code = serde_json::from_str::<Value>(text).ok();
    let code = code.and_then(|trail| trail.get("code").and_then(Value::as_str).and_then(Reference::new));
    let Some(code) = code else {
        return;
    };
    let bundle = TrailBundle {
        code,
        trail: Some(trail),
        ..of_transactions().clone()
    };
    let Ok(written) = bundle.to_json() else {
        return;
    };
    let read = TrailBundle::parse(written.as_bytes()).expect("a bundle");
    checked(&read, bytes);
}

/// What a bundle is said to show is in the log, and every step of its trail is named by an entry.
fn checked(bundle: &TrailBundle, bytes: &[u8]) {
    let (log, key) = (SignedLog::of_vectors(), log_key().public());
    let witnesses: [VerifyingKey; 1] = [witness_key().public().clone()];
    let checked = match bundle.check(key, &witnesses) {
        Ok(checked) => checked,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    assert_eq!(
        checked.checkpoint,
        log.checkpoint(checked.checkpoint.size),
        "a root that the log never had"
    );
    assert_eq!(checked.entries, bundle.entries.len());
    assert_eq!(checked.key_as_named, bundle.vkey == key.to_string());
    for BundledEntry { index, entry, .. } in &bundle.entries {
        assert_eq!(entry.as_bytes(), log.entries[*index as usize], "entry {index}");
    }
    let naming = |seq: u64, code: &str| {
        let entry = bundle.entries.iter().find(|entry| entry.index == seq);
        entry.is_some_and(|entry| entry.entry.contains(&format!("\"{code}\"")))
    };
    assert!(naming(checked.named_by, bundle.code.as_str()));
    let Some(trail) = &bundle.trail else {
        return assert_eq!(checked.nodes, None);
    };
    let trail: Value = serde_json::from_str(trail.get()).expect("JSON");
    let nodes = trail["nodes"].as_array().expect("steps");
    assert_eq!(checked.nodes, Some(nodes.len()));
    for node in nodes {
        let (code, seq) = (
            node["code"].as_str().expect("a text"),
            node["seq"].as_u64().expect("a number"),
        );
        assert!(
            naming(seq, code),
            "step {code} is not in entry {seq}: {}",
            NodeWrong::Code
        );
    }
}

/// A bundle of the vectors' transactions, without a trail.
pub fn of_transactions() -> &'static TrailBundle {
    static BUNDLE: OnceLock<TrailBundle> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let log = SignedLog::of_vectors();
        let types = [
            "receipt.issued",
            "pool.opened",
            "purchase.made",
            "custody.transferred",
            "allocation.made",
            "delivery.made",
            "delivery.returned",
            "refund.paid",
            "expense.paid",
            "donation.pledged",
        ];
        let entries = (0..).zip(&log.entries).filter(|(_, entry)| {
            let event = Entry::read(entry).map(|entry| entry.event);
            event.is_ok_and(|event| types.contains(&event.type_name()))
        });
        let bundled = entries.map(|(index, entry): (u64, &Vec<u8>)| BundledEntry {
            index,
            entry: String::from_utf8(entry.clone()).expect("JSON is UTF-8"),
            proof: log.proof(index),
        });
        TrailBundle {
            code: Reference::new("RC-1").expect("a code"),
            vkey: log_key().public().to_string(),
            note: log.note(log.size()),
            entries: bundled.collect(),
            trail: None,
        }
    })
}
