//! What was signed, and by whom, in words and for programs.

use minhbach_auditing::FolderReport;
use minhbach_events::Timestamp;
use minhbach_tlog::KeyName;
use serde_json::{Value, json};

use crate::numbers;
use crate::session::Session;

/// POSIX seconds as an instant of the interfaces.
pub fn instant(at: u64) -> Option<String> {
    let text = timestamp(at)?.to_text();
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn timestamp(at: u64) -> Option<Timestamp> {
    Timestamp::from_millis(i64::try_from(at).ok()?.checked_mul(1_000)?)
}

/// When witnesses saw a checkpoint, a line each.
pub fn witnessed(session: &Session, cosigned: &[(KeyName, u64)]) -> Vec<String> {
    let texts = session.texts;
    let lines = cosigned.iter().map(|(name, at)| {
        let at = timestamp(*at).map_or_else(|| at.to_string(), |at| numbers::moment(texts, at));
        texts.with("verify-witness", &[("name", name), ("at", &at)])
    });
    lines.collect()
}

/// What was signed of a folder that is sound.
pub fn signed(session: &Session, report: &FolderReport, key_given: bool, seen: usize) -> Vec<String> {
    let texts = session.texts;
    let Some(checkpoint) = &report.checkpoint else {
        let key = match report.checkpoint_missing {
            true => "verify-checkpoint-missing",
            false => "verify-unsigned",
        };
        return vec![texts.get(key)];
    };
    let size = numbers::number(texts, checkpoint.size);
    let root = checkpoint.root.to_base64();
    let mut lines = vec![texts.with("verify-tree", &[("size", &size), ("root", &root)])];
    if let Some(unsigned @ 1..) = report.journal.checked_sub(checkpoint.size) {
        let unsigned = numbers::number(texts, unsigned);
        lines.push(texts.with("verify-not-signed-yet", &[("count", &unsigned)]));
    }
    if let Some(key) = &report.key {
        let said = if key_given {
            "verify-key-given"
        } else {
            "verify-key-claimed"
        };
        lines.push(texts.with(said, &[("key", key)]));
    } else {
        lines.push(texts.get("verify-no-key"));
    }
    lines.extend(witnessed(session, &report.cosigned));
    if 0 < seen {
        lines.push(texts.with("verify-seen", &[("count", &seen)]));
    }
    lines
}

/// The same for programs.
pub fn signed_json(report: &FolderReport, key_given: bool, seen: usize) -> Value {
    let checkpoint = report.checkpoint.as_ref().map(|checkpoint| {
        json!({
            "origin": checkpoint.origin.to_string(),
            "size": checkpoint.size,
            "root": checkpoint.root.to_base64(),
        })
    });
    let cosigned: Vec<Value> = report
        .cosigned
        .iter()
        .map(|(name, at)| json!({ "witness": name.to_string(), "at": instant(*at) }))
        .collect();
    let mut document = json!({ "key_given": key_given, "cosigned": cosigned, "seen": seen });
    if let Some(key) = &report.key {
        document["vkey"] = json!(key.to_string());
    }
    if let Some(checkpoint) = checkpoint {
        document["checkpoint"] = checkpoint;
    }
    document
}
