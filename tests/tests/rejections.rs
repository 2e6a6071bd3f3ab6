//! Every rejection through the real binary: the examples of `docs/rejections.ndjson` are sent one by one, each answer
//! is the documented one, in both languages, and leaves nothing behind. With `--nocapture` it prints what a clerk reads.

use std::collections::BTreeSet;

use minhbach_tests::{DataFolder, Run, forget_what_was_signed, workspace_root};
use serde::Deserialize;
use serde_json::{Value, json};

/// The post that sends everything, unless a line names another.
const CLERK: &str = "clerk-02";
/// Nine in the morning of 15 June 2026 in Vietnam, the day of the examples.
const AT: &str = "2026-06-15T02:00:00.000Z";

#[derive(Deserialize)]
#[serde(untagged)]
enum Documented {
    Groundwork { groundwork: String },
    Example(Example),
}

#[derive(Deserialize)]
struct Example {
    code: String,
    reason: String,
    given: Vec<String>,
    line: String,
    fill: Option<Fill>,
    #[serde(default)]
    empty: bool,
    /// An actor with a token, whom only a server knows: what whoever holds the folder never meets.
    sender: Option<Value>,
    vi: String,
    en: String,
}

/// What the `…` of a line stands for: as many repetitions as fit into the bytes.
#[derive(Deserialize)]
struct Fill {
    with: String,
    bytes: usize,
}

fn documented() -> (Vec<String>, Vec<Example>) {
    let path = workspace_root().join("docs/rejections.ndjson");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut groundwork, mut examples) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")) {
            Documented::Groundwork { groundwork: line } => groundwork.push(line),
            Documented::Example(example) => examples.push(example),
        }
    }
    (groundwork, examples)
}

impl Example {
    /// The line as it is sent.
    fn sent(&self) -> String {
        match &self.fill {
            Some(Fill { with, bytes }) => {
                let rest = bytes - (self.line.len() - "…".len());
                self.line.replace('…', &with.repeat(rest / with.len()))
            }
            // A ledger without an entry is no demo yet and has no day of its own.
            None if self.empty => self.line.clone(),
            None => on_the_day(&self.line),
        }
    }

    /// The answer is the documented one.
    fn check(&self, answer: &Value) {
        let error = &answer["error"];
        assert_eq!(error["code"], self.code, "{}: {answer}", self.line);
        assert_eq!(error["detail"]["reason"], self.reason, "{}: {answer}", self.line);
        assert_eq!(error["message"]["vi"], self.vi, "{}", self.line);
        assert_eq!(error["message"]["en"], self.en, "{}", self.line);
        assert_eq!(answer.get("seq"), None, "{answer}");
    }
}

/// A proposal with the day of the examples in it; what is no proposal stays as it is.
fn on_the_day(line: &str) -> String {
    match serde_json::from_str(line) {
        Ok(Value::Object(mut proposal)) => {
            proposal.insert("at".to_owned(), AT.into());
            Value::Object(proposal).to_string()
        }
        _ => line.to_owned(),
    }
}

fn record(folder: &DataFolder, lines: &[String]) -> Run {
    let input = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    folder.run_with(["record", "-", "--by", CLERK], input.as_bytes())
}

/// A demo ledger, because only there a line says what day it is. Its first entry bears the day of `init`, so it gives
/// way to that of the groundwork.
fn without_an_entry() -> DataFolder {
    let folder = DataFolder::absent();
    folder
        .run(["init", "--origin", "so.example.vn/thu", "--kind", "demo"])
        .ok();
    forget_what_was_signed(folder.path());
    // The first entry may give the ledger another name, and another name is another key.
    std::fs::remove_file(folder.path().join("private/log-key")).expect("removed");
    folder.run(["recover", "--cut", "0", "--acknowledged"]).ok();
    folder
}

fn with(folder: &DataFolder, lines: &[String]) {
    let lines: Vec<String> = lines.iter().map(|line| on_the_day(line)).collect();
    let answers = record(folder, &lines).ok().json_lines();
    assert_eq!(answers.len(), lines.len());
}

/// What the ledger says of itself: how many entries, and the hash of the last.
fn as_of(folder: &DataFolder) -> Value {
    folder.run(["status", "--format", "json"]).ok().json()["as_of"].clone()
}

#[test]
fn each_rejection_reads_as_documented_and_writes_nothing() {
    let (groundwork, examples) = documented();
    let page = std::fs::read_to_string(workspace_root().join("docs/rejections.md")).expect("the page");
    let empty = without_an_entry();
    let prepared = empty.copy();
    with(&prepared, &groundwork);
    assert_eq!(as_of(&prepared)["size"], groundwork.len());
    for example in examples.iter().filter(|example| example.sender.is_none()) {
        let base = if example.empty { &empty } else { &prepared };
        let own = (!example.given.is_empty()).then(|| {
            let folder = base.copy();
            with(&folder, &example.given);
            folder
        });
        let folder = own.as_ref().unwrap_or(base);
        let before = (folder.journal().bytes, (!example.empty).then(|| as_of(folder)));

        let run = record(folder, &[example.sent()]).exits(1);
        let answers = run.json_lines();
        assert_eq!(answers.len(), 1, "{}: {}", example.line, run.out);
        println!(
            "{} / {}\n  {}\n  {}",
            example.code, example.reason, example.vi, example.en
        );
        example.check(&answers[0]);
        assert_eq!(answers[0]["line"], 1);

        let after = (folder.journal().bytes, (!example.empty).then(|| as_of(folder)));
        assert!(before == after, "{}: a refused line left something", example.line);
        for (what, text) in [
            ("the example", &format!("```json\n{}\n```", example.line)),
            (
                "the sentences",
                &format!("> {}\n>\n> {}\n", example.vi, example.en),
            ),
        ] {
            assert!(
                page.contains(text.as_str()),
                "{what} of {} are not on the page",
                example.reason
            );
        }
    }
    // Nothing was written in all that: the ledger of the groundwork is whole.
    prepared.run(["verify"]).ok();
    assert_eq!(as_of(&prepared)["size"], groundwork.len());
}

/// Refused lines stand in nobody's way: all of them in one run, and a good one at the end.
#[test]
fn refused_lines_in_one_run_are_answered_in_order() {
    let (groundwork, examples) = documented();
    let folder = without_an_entry();
    with(&folder, &groundwork);
    let alone: Vec<&Example> = examples
        .iter()
        .filter(|example| !example.empty && example.sender.is_none() && example.given.is_empty())
        .collect();
    let mut lines: Vec<String> = alone.iter().map(|example| example.sent()).collect();
    let good = json!({ "type": "campaign.closed", "campaign": "tet", "on": "2026-02-20" });
    lines.push(on_the_day(&good.to_string()));
    let answers = record(&folder, &lines).exits(1).json_lines();
    assert_eq!(answers.len(), lines.len());
    for (nth, (example, answer)) in alone.iter().zip(&answers).enumerate() {
        assert_eq!(answer["line"], nth + 1);
        example.check(answer);
    }
    assert_eq!(answers[alone.len()]["seq"], groundwork.len());
    assert_eq!(as_of(&folder)["size"], groundwork.len() + 1);
}

/// Every code of the design is on the page and has an example; those of the authority have a sender.
#[test]
fn every_code_is_documented() {
    let (_, examples) = documented();
    let shown: BTreeSet<&str> = examples.iter().map(|example| example.code.as_str()).collect();
    let design = [
        "too_large",
        "malformed",
        "unknown_type",
        "not_authorised",
        "idempotency_conflict",
        "personal_data",
        "duplicate_code",
        "unknown_reference",
        "closed",
        "out_of_period",
        "out_of_scope",
        "item_mismatch",
        "value_mismatch",
        "source_not_permitted",
        "restriction_violated",
        "restriction_conflict",
        "expired",
        "small_group",
        "four_eyes",
        "insufficient_quantity",
        "reversal_blocked",
    ];
    assert_eq!(shown, BTreeSet::from(design));
    for example in &examples {
        assert_eq!(
            example.sender.is_some(),
            example.code == "not_authorised",
            "{}",
            example.line
        );
    }
    let page = std::fs::read_to_string(workspace_root().join("docs/rejections.md")).expect("the page");
    let places: Vec<usize> = design
        .iter()
        .map(|code| {
            let heading = format!("(`{code}`)\n");
            page.find(&heading)
                .unwrap_or_else(|| panic!("{code} has no heading"))
        })
        .collect();
    assert!(places.is_sorted(), "the codes stand in the design's order");
}
