//! Inspections, and what they find.

use minhbach_ledger::Reason::*;
use serde_json::json;

use crate::row::{Row, Table};

const RAISED: &str = "finding.raised";
const CLOSED: &str = "finding.closed";

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    inspections(&mut t);
    raised(&mut t);
    answered(&mut t);
    closed(&mut t);
    t.0
}

fn inspections(t: &mut Table) {
    let opened = "inspection.opened";
    t.ok("an inspection", &[], opened, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        opened,
        json!({ "inspection": null }),
    );
    t.no(
        "of nothing",
        &[],
        opened,
        json!({ "scope": "" }),
        Form,
        &["scope"],
    );
    t.no(
        "a code used",
        &[],
        opened,
        json!({ "inspection": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "by nobody",
        &[],
        opened,
        json!({ "inspector": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
}

fn raised(t: &mut Table) {
    t.ok("a finding", &[], RAISED, json!({}));
    t.ok(
        "about nothing in particular",
        &[],
        RAISED,
        json!({ "finding": null, "subjects": [] }),
    );
    t.ok(
        "of an inspection",
        &[("inspection.opened", json!({}))],
        RAISED,
        json!({ "inspection": "IN-QUY", "subjects": ["IN-QUY", "quy-tre-em"] }),
    );
    t.no(
        "about a thing twice",
        &[],
        RAISED,
        json!({ "subjects": ["DL-AO", "DL-AO"] }),
        Form,
        &["subjects"],
    );
    t.no(
        "without a word",
        &[],
        RAISED,
        json!({ "detail": null }),
        Form,
        &["detail"],
    );
    t.no(
        "a code used",
        &[],
        RAISED,
        json!({ "finding": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "of no inspection",
        &[],
        RAISED,
        json!({ "inspection": "IN-KHONG" }),
        Unknown,
        &["IN-KHONG", "en:inspection"],
    );
    t.no(
        "a lot is no inspection",
        &[],
        RAISED,
        json!({ "inspection": "RC-AO" }),
        Unknown,
        &["RC-AO", "en:inspection"],
    );
    t.no(
        "about no code",
        &[],
        RAISED,
        json!({ "subjects": ["DL-AO", "DL-KHONG"] }),
        Unknown,
        &["DL-KHONG"],
    );
    t.no(
        "about no name",
        &[],
        RAISED,
        json!({ "subjects": ["khong-co"] }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "about what was reversed",
        &[("entry.reversed", json!({}))],
        RAISED,
        json!({}),
        Reversed,
        &["DL-AO", "35"],
    );
}

fn answered(t: &mut Table) {
    let answered = "finding.answered";
    let given = [(RAISED, json!({}))];
    t.ok("an answer", &given, answered, json!({}));
    t.ok(
        "another answer",
        &[given[0].clone(), (answered, json!({}))],
        answered,
        json!({}),
    );
    t.no(
        "no answer",
        &given,
        answered,
        json!({ "answer": null }),
        Form,
        &["answer"],
    );
    t.no(
        "no finding",
        &[],
        answered,
        json!({}),
        Unknown,
        &["FI-AO", "en:finding"],
    );
    t.no(
        "a lot is no finding",
        &given,
        answered,
        json!({ "finding": "RC-AO" }),
        Unknown,
        &["RC-AO"],
    );
    t.no(
        "by nobody",
        &given,
        answered,
        json!({ "answered_by": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "after it was closed",
        &[given[0].clone(), (CLOSED, json!({}))],
        answered,
        json!({}),
        FindingClosed,
        &["FI-AO", "36"],
    );
}

fn closed(t: &mut Table) {
    let given = [(RAISED, json!({}))];
    t.ok("by another post", &given, CLOSED, json!({}));
    t.no(
        "no outcome",
        &given,
        CLOSED,
        json!({ "outcome": " " }),
        Form,
        &["outcome"],
    );
    t.no(
        "no finding",
        &[],
        CLOSED,
        json!({}),
        Unknown,
        &["FI-AO", "en:finding"],
    );
    t.no(
        "by the post that raised it",
        &given,
        CLOSED,
        json!({ "by": "clerk-02" }),
        SameFinder,
        &["clerk-02", "FI-AO"],
    );
    let ended = [given[0].clone(), (CLOSED, json!({}))];
    t.no(
        "closed twice",
        &ended,
        CLOSED,
        json!({}),
        FindingClosed,
        &["FI-AO", "36"],
    );
    t.no(
        "closed comes before four eyes",
        &ended,
        CLOSED,
        json!({ "by": "clerk-02" }),
        FindingClosed,
        &["FI-AO"],
    );
    t.no(
        "four eyes are never lifted",
        &given,
        CLOSED,
        json!({ "by": "clerk-02", "despite": ["four_eyes"] }),
        Form,
        &["despite"],
    );
}
