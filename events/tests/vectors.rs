//! The pinned vectors, which `vectors/make.py` wrote from the design without this code.

mod common;

use std::collections::BTreeSet;

use common::{journal, refused};
use minhbach_events::event::{EVENT_TYPES, Event};
use minhbach_events::{ENTRY_BYTES_MAX, Entry, EntryError, Hash, Malformed, Problem, Proposal, Serial};
use proptest::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

#[test]
fn every_line_reads_and_writes_back_to_the_same_bytes_and_hash() {
    let mut prev = Hash::ZERO;
    let mut last = None;
    for (seq, line) in journal().iter().enumerate() {
        let bytes = line.entry.as_bytes();
        let entry = Entry::from_bytes(bytes).unwrap_or_else(|error| panic!("line {seq}: {error}"));
        assert_eq!(entry.to_bytes(), bytes, "line {seq}");
        assert_eq!(Hash::of(bytes).to_string(), line.hash, "line {seq}");
        assert_eq!((entry.seq, entry.prev), (seq as u64, prev), "line {seq}");
        assert!(last <= Some(entry.at), "line {seq}: the clock went back");
        assert_eq!(entry.event.type_name(), line.event_type());
        assert_eq!(
            Entry::read(bytes).as_ref(),
            Ok(&entry),
            "line {seq}: both ways of reading agree"
        );
        prev = Hash::of(bytes);
        last = Some(entry.at);
    }
}

#[test]
fn every_type_occurs_and_no_other() {
    let seen: BTreeSet<String> = journal()
        .iter()
        .map(|line| line.event_type().to_owned())
        .collect();
    let known: BTreeSet<String> = EVENT_TYPES.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(seen, known);
    for name in known {
        assert!(
            2 <= journal().iter().filter(|line| line.event_type() == name).count(),
            "{name} occurs once"
        );
    }
}

/// The word of `refused.ndjson` for what was found, and where.
fn found(error: &EntryError) -> (&'static str, String) {
    let Malformed { field, problem } = match error {
        EntryError::TooLarge { .. } => return ("too_large", String::new()),
        EntryError::UnknownType(name) => return ("unknown_type", name.clone()),
        EntryError::Malformed(malformed) => malformed,
    };
    let word = match problem {
        Problem::NotJson { .. } => "not_json",
        Problem::NotCanonical { byte } => return ("not_canonical", format!("byte {byte}")),
        Problem::Missing => "missing",
        Problem::Unknown => "unknown",
        Problem::Null => "null",
        Problem::Expected(_) => "expected",
        Problem::Form(_) => "form",
        Problem::OneOf(_) => "one_of",
        Problem::TooLong { .. } => "too_long",
        Problem::Empty => "empty",
        Problem::NotNfc => "not_nfc",
        Problem::OutOfBounds { .. } => "out_of_bounds",
        _ => "a rule of the ledger, not of reading",
    };
    (word, field.clone())
}

#[test]
fn every_refused_line_is_refused_for_its_reason_and_place() {
    let lines = refused();
    assert!(150 < lines.len(), "only {} lines", lines.len());
    for line in lines {
        let error = match Entry::from_bytes(line.entry.as_bytes()) {
            Ok(entry) => panic!("{}: read as {entry:?}", line.why),
            Err(error) => error,
        };
        let (problem, at) = found(&error);
        assert_eq!(
            (problem, at.as_str()),
            (line.problem.as_str(), line.at.as_str()),
            "{}: {error}",
            line.why
        );
        assert!(
            error.to_string().contains(&line.at),
            "{}: \"{error}\" does not name the place",
            line.why
        );
        if let EntryError::Malformed(Malformed {
            problem: Problem::NotJson { byte, .. },
            ..
        }) = error
        {
            assert!(
                byte <= line.entry.len() + 1,
                "{}: byte {byte} is not in the line",
                line.why
            );
        }
    }
}

#[test]
fn a_type_that_is_not_known_is_named_on_one_line_and_shortened() {
    let event = r#""type":"receipt.issued","v":1"#;
    let lines = journal();
    let line = lines
        .iter()
        .find(|line| line.entry.contains(event))
        .expect("a receipt");
    let type_of = |changed: &str| match Entry::read(line.entry.replacen(event, changed, 1).as_bytes()) {
        Err(EntryError::UnknownType(name)) => name,
        other => panic!("{changed}: {other:?}"),
    };
    for (version, behind) in [(1, ""), (2, " v2"), (0, " v0")] {
        let moved = format!(r#""type":"receipt\r\u001b[2J.issued","v":{version}"#);
        assert_eq!(
            type_of(&moved),
            format!("receipt\u{fffd}\u{fffd}[2J.issued{behind}")
        );
        let long = format!(r#""type":"{}","v":{version}"#, "r".repeat(10_000));
        assert_eq!(type_of(&long), format!("{}…{behind}", "r".repeat(40)));
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    let line = &journal()[5].entry;
    let inside = line.find("Thành").expect("a place's name");
    let mut bytes = line.as_bytes().to_vec();
    for bad in [&[0xff][..], &[0xc3], &[0xc0, 0xaf], &[0xed, 0xa0, 0x80]] {
        bytes.splice(inside..inside, bad.iter().copied());
        assert!(Entry::from_bytes(&bytes).is_err(), "{bad:x?}");
        bytes.drain(inside..inside + bad.len());
    }
    assert!(Entry::from_bytes(&bytes).is_ok());
}

/// An entry of exactly so many bytes: a plan with many duties.
fn entry_of(bytes: usize) -> String {
    let head = format!(
        r#"{{"seq":1,"prev":"{}","at":"2026-11-22T01:11:00.123Z","by":"local","event":{{"type":"programme.published","v":1,"programme":"lon","title":{{"vi":"Lớn"}},"documents":[],"period":{{"from":"2026-01-01","to":"2026-12-31"}},"places":[],"groups":[],"categories":[],"targets":[],"duties":["#,
        "0".repeat(64)
    );
    let tail = r#"],"reports":[],"min_group":5}}"#;
    let duty = |letters: usize| format!(r#"{{"role":"r","duty":"{}"}}"#, "d".repeat(letters));
    let (empty, full) = (duty(0).len(), duty(900).len() + 1);
    let mut left = bytes - head.len() - tail.len();
    let mut duties = Vec::new();
    while full + empty < left {
        duties.push(duty(900));
        left -= full;
    }
    duties.push(duty(left - empty));
    head + &duties.join(",") + tail
}

#[test]
fn an_entry_has_at_most_65_535_bytes() {
    assert_eq!(ENTRY_BYTES_MAX, 65_535);
    let largest = entry_of(65_535);
    assert_eq!(largest.len(), 65_535);
    let entry = Entry::from_bytes(largest.as_bytes()).expect("the largest entry");
    assert_eq!(entry.to_bytes(), largest.as_bytes());

    let larger = entry_of(65_536);
    assert_eq!(larger.len(), 65_536);
    let refusal = Err(EntryError::TooLarge { bytes: 65_536 });
    assert_eq!(Entry::from_bytes(larger.as_bytes()), refusal);
    assert_eq!(Entry::read(larger.as_bytes()), refusal);
    let spaced = format!("{}{}", " ".repeat(65_536 - 2), "{}");
    assert!(matches!(
        Proposal::from_line(spaced.as_bytes()),
        Err(EntryError::TooLarge { bytes: 65_536 })
    ));
}

/// No other bytes can mean the same: each change of a byte is refused, or says something else.
#[test]
fn no_byte_of_an_entry_can_change_unseen() {
    let lines = journal();
    let longest = lines.iter().max_by_key(|line| line.entry.len()).expect("lines");
    let original = Entry::from_bytes(longest.entry.as_bytes()).expect("a vector");
    let mut bytes = longest.entry.clone().into_bytes();
    let hash = Hash::of(&bytes);
    let mut accepted = 0;
    for at in 0..bytes.len() {
        let was = bytes[at];
        // Each bit, and what JSON and Unicode take for nothing.
        for new in (0..8).map(|bit| was ^ 1 << bit).chain(*b" \t\n\r\0\"\\0aA\x7f") {
            if new == was {
                continue;
            }
            bytes[at] = new;
            if let Ok(entry) = Entry::from_bytes(&bytes) {
                accepted += 1;
                assert_ne!(entry, original, "byte {at} as {new:#x} says the same");
                assert_eq!(entry.to_bytes(), bytes, "byte {at} as {new:#x} has two spellings");
                assert_ne!(Hash::of(&bytes), hash);
            }
        }
        bytes[at] = was;
    }
    assert!(0 < accepted, "a changed digit of the seq is a different entry");
}

/// Cuts a line of JSON at its tokens.
fn tokens(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut tokens = Vec::new();
    let mut from = 0;
    while from < bytes.len() {
        let mut to = from + 1;
        if bytes[from] == b'"' {
            while bytes[to] != b'"' {
                to += if bytes[to] == b'\\' { 2 } else { 1 };
            }
            to += 1;
        } else if bytes[from].is_ascii_digit() {
            while bytes[to].is_ascii_digit() {
                to += 1;
            }
        }
        tokens.push(&line[from..to]);
        from = to;
    }
    tokens
}

/// A seeded order, so that a failing case can be run again.
fn mixed(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |hash, byte| {
        (hash ^ u64::from(byte))
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(29)
    })
}

/// The same JSON with the keys of every object in another order, and with white space.
fn shuffled(value: &Value, seed: u64, text: &dyn Fn(&str) -> String) -> String {
    let string = |text: &str| Value::from(text).to_string();
    match value {
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort_by_key(|key| mixed(seed, key));
            let fields: Vec<String> = keys
                .into_iter()
                .map(|key| {
                    format!(
                        "{} : {}",
                        string(key),
                        shuffled(&object[key], mixed(seed, key), text)
                    )
                })
                .collect();
            format!("{{ {} }}", fields.join(" ,\t"))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(|item| shuffled(item, seed, text)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(string_value) => string(&text(string_value)),
        other => other.to_string(),
    }
}

/// The event of a vector as a proposal holds it: the ledger has not given the serial yet.
fn proposed(line: &common::Line) -> Event {
    let mut event = Entry::from_bytes(line.entry.as_bytes()).expect("a vector").event;
    if let Event::ReceiptIssued(receipt) = &mut event {
        receipt.serial = Serial::default();
    }
    event
}

fn error_at(line: &str) -> (String, Problem) {
    match Proposal::from_line(line.as_bytes()) {
        Err(EntryError::Malformed(malformed)) => (malformed.field, malformed.problem),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_vector_can_be_proposed_but_not_with_v_or_a_serial() {
    for line in journal() {
        let good = line.proposal();
        let read = Proposal::from_line(good.to_string().as_bytes());
        let proposal = Proposal::of(proposed(&line));
        assert_eq!(read.as_ref(), Ok(&proposal), "{good}");
        assert_eq!(Proposal::from_line(&proposal.to_line()), Ok(proposal), "{good}");

        for (name, value) in [
            ("v", Value::from(1)),
            ("serial", "quy-mam-xanh/2026/000001".into()),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(
                error_at(&bad.to_string()),
                (name.to_owned(), Problem::Unknown),
                "{bad}"
            );
        }
        let mut bad = good.clone();
        bad["colour"] = "red".into();
        assert_eq!(
            error_at(&bad.to_string()),
            ("colour".to_owned(), Problem::Unknown),
            "{bad}"
        );
    }
}

#[test]
fn a_proposal_brings_its_key_actor_and_time() {
    let line = br#"{"at":"2026-11-22T01:11:00.123Z","by":"clerk-07","key":"k:1","on":"2026-12-01","type":"campaign.closed","campaign":"dong-am"}"#;
    let read = Proposal::from_line(line).expect("a proposal");
    assert_eq!(Proposal::from_line(&read.to_line()), Ok(read.clone()));
    assert_eq!(read.key.expect("a key").as_str(), "k:1");
    assert_eq!(read.by.expect("an actor").as_str(), "clerk-07");
    assert_eq!(read.at.expect("a time").to_string(), "2026-11-22T01:11:00.123Z");
    assert_eq!(read.event.type_name(), "campaign.closed");
}

/// What the ledger makes may be absent, and nothing else may.
#[test]
fn a_proposal_may_leave_out_what_the_ledger_makes_and_what_is_optional() {
    for line in journal() {
        let good = line.proposal();
        let name = line.event_type();
        for field in good
            .as_object()
            .expect("an object")
            .keys()
            .filter(|&field| field != "type")
        {
            let mut without = good.clone();
            without.as_object_mut().expect("an object").remove(field);
            let optional = journal()
                .iter()
                .any(|other| other.event_type() == name && other.json["event"].get(field).is_none());
            let may = optional || Event::made_fields(name).contains(&field.as_str());
            match Proposal::from_line(without.to_string().as_bytes()) {
                Ok(_) => assert!(may, "{name} without {field} was read"),
                Err(error) => {
                    assert!(!may, "{name} without {field}: {error}");
                    assert_eq!(error_at(&without.to_string()), (field.clone(), Problem::Missing));
                }
            }
        }
    }
}

#[test]
fn decomposed_vietnamese_is_composed() {
    let line = "{\"type\":\"party.registered\",\"party\":\"truong\",\"kind\":\"facility\",\
                \"name\":\"Tru\u{31b}o\u{31b}\u{300}ng Ba Vi\u{300} \u{212b}\"}";
    let Event::PartyRegistered(party) = Proposal::from_line(line.as_bytes()).expect("a proposal").event
    else {
        panic!("another type");
    };
    assert_eq!(party.name.as_str(), "Tr\u{1b0}\u{1edd}ng Ba V\u{ec} \u{c5}");
}

/// As docs/format.md says: neither white space nor a control, nor one of the characters without a shape.
fn can_be_seen(c: char) -> bool {
    const WITHOUT_SHAPE: &[(u32, u32)] = &[
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xe0000, 0xe0fff),
    ];
    let code = u32::from(c);
    !c.is_whitespace()
        && !c.is_control()
        && !WITHOUT_SHAPE
            .iter()
            .any(|&(from, to)| (from..=to).contains(&code))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_a_proposals_fields_does_not_matter(seed: u64) {
        for line in journal() {
            let text = shuffled(&line.proposal(), seed, &str::to_owned);
            prop_assert_eq!(Proposal::from_line(text.as_bytes()), Ok(Proposal::of(proposed(&line))), "{}", text);
        }
    }

    #[test]
    fn text_that_is_not_nfc_becomes_nfc_in_a_proposal(seed: u64) {
        for line in journal() {
            let text = shuffled(&line.proposal(), seed, &|text| text.nfd().collect());
            prop_assert_eq!(Proposal::from_line(text.as_bytes()), Ok(Proposal::of(proposed(&line))), "{}", text);
        }
    }

    #[test]
    fn any_text_is_composed_and_written_in_one_way(text in "\\PC{1,60}|[\\x00-\\xff]{1,60}") {
        let line = serde_json::json!({ "type": "need.revised", "need": "ND-1", "reason": text }).to_string();
        let composed: String = text.nfc().collect();
        match Proposal::from_line(line.as_bytes()) {
            Ok(Proposal { event: Event::NeedRevised(event), .. }) => {
                prop_assert_eq!(event.reason.as_str(), &composed);
                // Another writer of JSON, told which few characters to escape.
                let mut written = Vec::new();
                Event::from(event).write(&mut written);
                let mut spelled = String::new();
                for c in composed.chars() {
                    match c {
                        '"' => spelled.push_str("\\\""),
                        '\\' => spelled.push_str("\\\\"),
                        '\u{8}' => spelled.push_str("\\b"),
                        '\t' => spelled.push_str("\\t"),
                        '\n' => spelled.push_str("\\n"),
                        '\u{c}' => spelled.push_str("\\f"),
                        '\r' => spelled.push_str("\\r"),
                        c if c < ' ' => spelled.push_str(&format!("\\u{:04x}", u32::from(c))),
                        c => spelled.push(c),
                    }
                }
                let expected = format!(r#"{{"type":"need.revised","v":1,"need":"ND-1","reason":"{spelled}"}}"#);
                prop_assert_eq!(String::from_utf8(written).expect("UTF-8"), expected);
            }
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(error) => prop_assert!(!composed.chars().any(can_be_seen), "{}: {}", line, error),
        }
    }

    #[test]
    fn edits_of_tokens_never_panic_nor_pass_in_a_second_spelling(
        which: prop::sample::Index,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..7u8), 1..5),
    ) {
        let lines = journal();
        let line = which.get(&lines);
        let mut edited: Vec<String> = tokens(&line.entry).into_iter().map(str::to_owned).collect();
        prop_assert_eq!(edited.concat(), line.entry.as_str());
        for (a, b, kind) in edits {
            if edited.is_empty() {
                break;
            }
            let (a, b) = (a.index(edited.len()), b.index(edited.len()));
            match kind {
                0 => edited.swap(a, b),
                1 => drop(edited.remove(a)),
                2 => { let copy = edited[b].clone(); edited.insert(a, copy); }
                3 => edited[a] = edited[b].clone(),
                4 => edited[a] = "null".to_owned(),
                5 => edited[a] = "-1.5e400".to_owned(),
                _ => edited.truncate(a),
            }
        }
        never_two_spellings(edited.concat().as_bytes());
    }

    #[test]
    fn edits_of_bytes_never_panic_nor_pass_in_a_second_spelling(
        which: prop::sample::Index,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..4),
    ) {
        let lines = journal();
        let mut bytes = which.get(&lines).entry.clone().into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        never_two_spellings(&bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        never_two_spellings(&bytes);
    }
}

fn never_two_spellings(bytes: &[u8]) {
    match Entry::from_bytes(bytes) {
        Ok(entry) => assert_eq!(entry.to_bytes(), bytes),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Err(error) = Proposal::from_line(bytes) {
        assert!(!error.to_string().is_empty());
    }
}
