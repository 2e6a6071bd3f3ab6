//! The files in `vectors/`, read without the code under test.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;

use serde_json::Value;

/// A file of this crate.
pub fn path(inside: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// One line of `journal.log`.
pub struct Line {
    pub hash: String,
    pub entry: String,
    pub json: Value,
}

impl Line {
    pub fn event_type(&self) -> &str {
        self.json["event"]["type"]
            .as_str()
            .expect("every event has a type")
    }

    /// The event as a proposal: without `v` and `serial`, which a proposal leaves to the ledger.
    pub fn proposal(&self) -> Value {
        let mut event = self.json["event"].clone();
        let fields = event.as_object_mut().expect("an event is an object");
        fields.remove("v");
        fields.remove("serial");
        event
    }
}

pub fn journal() -> Vec<Line> {
    let text = std::fs::read_to_string(path("vectors/journal.log")).expect("vectors/journal.log");
    text.strip_suffix('\n')
        .expect("the last line is whole")
        .split('\n')
        .map(|line| {
            let (hash, entry) = line.split_once(' ').expect("a hash, a space, an entry");
            Line {
                hash: hash.to_owned(),
                entry: entry.to_owned(),
                json: serde_json::from_str(entry).expect("JSON"),
            }
        })
        .collect()
}

/// One line of `refused.ndjson`.
pub struct Refused {
    pub why: String,
    pub entry: String,
    pub problem: String,
    pub at: String,
    pub schema_sees: bool,
}

pub fn refused() -> Vec<Refused> {
    let text = std::fs::read_to_string(path("vectors/refused.ndjson")).expect("vectors/refused.ndjson");
    text.lines()
        .map(|line| {
            let json: Value = serde_json::from_str(line).expect("JSON");
            let text = |name: &str| json[name].as_str().expect("a text").to_owned();
            Refused {
                why: text("why"),
                entry: text("entry"),
                problem: text("problem"),
                at: text("where"),
                schema_sees: json["schema"].as_bool().expect("true or false"),
            }
        })
        .collect()
}
