//! The JSON Schemas, judged by an independent validator over the pinned vectors.

mod common;

use common::{journal, refused};
use jsonschema::Validator;
use minhbach_events::event::{EVENT_TYPES, Event};
use minhbach_events::{Entry, Proposal};
use serde_json::Value;

/// Compiles a schema as it is: `format` is only a note, as the draft says, so the schema must do without.
fn validator(schema: &Value) -> Validator {
    assert!(
        jsonschema::draft202012::meta::is_valid(schema),
        "not a schema of draft 2020-12"
    );
    jsonschema::draft202012::new(schema).expect("a schema")
}

fn complaints(validator: &Validator, json: &Value) -> Vec<String> {
    validator
        .iter_errors(json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_schema_of_entries_takes_every_vector() {
    let entries = validator(&Entry::schema());
    for line in journal() {
        assert_eq!(
            complaints(&entries, &line.json),
            Vec::<String>::new(),
            "{}",
            line.entry
        );
    }
}

#[test]
fn the_schema_of_entries_refuses_what_a_schema_can_see() {
    let entries = validator(&Entry::schema());
    let mut seen = 0;
    for line in refused() {
        // What is not JSON, or not in its one spelling, is no matter of a schema.
        let Ok(json) = serde_json::from_str::<Value>(&line.entry) else {
            assert_eq!(
                (line.problem.as_str(), line.schema_sees),
                ("not_json", false),
                "{}",
                line.why
            );
            continue;
        };
        // The other way about keeps the marks in the file honest; only a key given twice is lost in parsing.
        assert_eq!(
            !entries.is_valid(&json),
            line.schema_sees,
            "{}: {}",
            line.why,
            line.entry
        );
        seen += usize::from(line.schema_sees);
    }
    assert!(100 < seen, "the schema was asked about {seen} lines only");
}

#[test]
fn the_schema_of_proposals_takes_what_may_be_proposed() {
    let proposals = validator(&Proposal::schema());
    for line in journal() {
        let whole = line.proposal();
        let mut made_by_the_ledger = whole.clone();
        let fields = made_by_the_ledger.as_object_mut().expect("an object");
        for field in Event::made_fields(line.event_type()) {
            fields.remove(*field).expect("the vectors hold every code");
        }
        if let Some(lots) = fields.get_mut("obtains").and_then(Value::as_array_mut) {
            for lot in lots {
                lot.as_object_mut()
                    .expect("an object")
                    .remove("lot")
                    .expect("the vectors hold every code");
            }
        }
        let mut signed = whole.clone();
        signed["key"] = "k-1".into();
        signed["by"] = "clerk-07".into();
        signed["at"] = "2026-11-22T01:11:00.123Z".into();
        for proposal in [whole, made_by_the_ledger, signed] {
            assert_eq!(
                complaints(&proposals, &proposal),
                Vec::<String>::new(),
                "{proposal}"
            );
            assert!(
                Proposal::from_line(proposal.to_string().as_bytes()).is_ok(),
                "{proposal}"
            );
        }
    }
}

#[test]
fn the_schema_of_proposals_refuses_what_reading_refuses() {
    let proposals = validator(&Proposal::schema());
    for line in journal() {
        for (name, value) in [
            ("v", Value::from(1)),
            ("serial", "quy-mam-xanh/2026/000001".into()),
            ("colour", "red".into()),
            ("type", "receipt.imagined".into()),
            ("key", "a b".into()),
            ("by", Value::Null),
            ("at", "hôm nay".into()),
        ] {
            let mut bad = line.proposal();
            bad[name] = value;
            assert!(!proposals.is_valid(&bad), "the schema takes {bad}");
            assert!(
                Proposal::from_line(bad.to_string().as_bytes()).is_err(),
                "reading takes {bad}"
            );
        }
        // Each field alone: the schema and the reader agree on which may be absent.
        let whole = line.proposal();
        for field in whole.as_object().expect("an object").keys() {
            let mut without = whole.clone();
            without.as_object_mut().expect("an object").remove(field);
            assert_eq!(
                proposals.is_valid(&without),
                Proposal::from_line(without.to_string().as_bytes()).is_ok(),
                "{without}"
            );
        }
    }
}

#[test]
fn every_type_is_described() {
    let entry = Entry::schema();
    let definitions = entry["$defs"].as_object().expect("definitions");
    assert_eq!(definitions.len(), EVENT_TYPES.len());
    let proposals = Proposal::schema();
    assert_eq!(
        proposals["oneOf"].as_array().expect("a choice").len(),
        EVENT_TYPES.len()
    );
}
