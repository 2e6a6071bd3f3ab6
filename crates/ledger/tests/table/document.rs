//! `docs/rejections.md` and `docs/rejections.ndjson`, made from the rows: every code, every reason, an example each.
//!
//! The page is for people; the lines beside it are what the end-to-end tests send through the real binary.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minhbach_events::event::EVENT_TYPES;
use minhbach_events::words::RejectionCode;
use minhbach_events::{Actor, Proposal};
use minhbach_journal::Holder;
use minhbach_ledger::{Authority, Books, Caller, Language, Ledger, Reason, Rejection, Role};
use serde_json::{Value, json};

use crate::advice;
use crate::row::{Expected, Row, decide_line_of, moment, record};
use crate::world;

/// Set by `cargo xtask docs`: write the files instead of comparing them.
const WRITE: &str = "MINHBACH_WRITE_DOCS";

/// What shows a reason.
struct Example {
    reason: Reason,
    /// The types whose rows meet it.
    types: BTreeSet<String>,
    /// The types in which `despite` lifts it.
    lifted: BTreeSet<String>,
    /// It is asked of a journal without any entry.
    empty: bool,
    /// Who sends it; other examples come from whoever holds the folder.
    sender: Option<Sender>,
    given: Vec<String>,
    /// One line; an `…` in it stands for as many repetitions of `fill` as fit into its bytes.
    line: String,
    fill: Option<(&'static str, usize)>,
    vi: String,
    en: String,
}

/// An actor with a token.
struct Sender {
    by: Actor,
    roles: Vec<&'static str>,
    party: Option<String>,
}

impl Sender {
    fn of(authority: &Authority) -> Option<Sender> {
        let Authority::Of(powers) = authority else {
            return None;
        };
        Some(Sender {
            by: moment().by,
            roles: powers.roles().map(Role::word).collect(),
            party: powers.party().map(ToString::to_string),
        })
    }
}

/// Rows that show a reason better than the first one of it would: a type, and what the row is called.
const CHOSEN: &[(Reason, &str, &str)] = &[
    (Reason::Form, "receipt.issued", "half a đồng"),
    (Reason::OtherPost, "receipt.issued", "another's name"),
    (Reason::NoDuty, "refund.paid", "none of two duties"),
    (Reason::Email, "party.registered", "personal data in a field"),
    (
        Reason::LongNumber,
        "donation.cancelled",
        "personal data in a field",
    ),
    (Reason::CodeUsed, "allocation.made", "a code used"),
    (Reason::Unknown, "allocation.made", "no lot"),
    (Reason::UnknownInside, "allocation.made", "no category"),
    (Reason::Reversed, "allocation.made", "a reversed lot"),
    (Reason::SlugUsed, "party.registered", "a party twice"),
    (Reason::CampaignNotOpen, "receipt.issued", "before the appeal"),
    (Reason::CampaignOver, "receipt.issued", "after the appeal"),
    (
        Reason::ProgrammeClosed,
        "allocation.made",
        "decided after the plan was closed",
    ),
    (Reason::NeedClosed, "allocation.made", "a closed need"),
    (Reason::InFuture, "delivery.made", "tomorrow"),
    (
        Reason::OutsideProgramme,
        "allocation.made",
        "decided after the plan",
    ),
    (Reason::BeforeEarlier, "delivery.confirmed", "before the delivery"),
    (Reason::PlaceNotInScope, "allocation.made", "a ward elsewhere"),
    (Reason::NothingLeft, "purchase.made", "two plans"),
    (
        Reason::PlaceTooFine,
        "delivery.made",
        "four children in a commune",
    ),
    (Reason::InTheWay, "entry.reversed", "a lot that others hold"),
];

/// Where `despite` lifts a reason: facts that only break a policy (design, chapter 7).
const LIFTED: &[(Reason, &[&str])] = &[
    (Reason::CampaignNotOpen, &["receipt.issued"]),
    (Reason::CampaignOver, &["receipt.issued"]),
    (
        Reason::BeforeEarlier,
        &["receipt.issued", "delivery.made", "delivery.confirmed"],
    ),
    (Reason::PlaceNotInScope, &["delivery.made"]),
    (Reason::PlaceNotValid, &["delivery.made"]),
    (Reason::DeliveredElsewhere, &["delivery.made"]),
    (Reason::PlaceTooWide, &["delivery.made"]),
    (Reason::BoundUntil, &["delivery.made"]),
    (Reason::Expired, &["delivery.made"]),
];

/// What any line can meet, whatever its type.
const ANY_TYPE: &[Reason] = &[
    Reason::TooLarge,
    Reason::EntryTooLarge,
    Reason::Form,
    Reason::FormLine,
    Reason::UnknownType,
    Reason::KeyUsed,
    Reason::Email,
    Reason::LongNumber,
    Reason::NotOpened,
    Reason::OtherPost,
    Reason::NoDuty,
];

#[test]
fn rejections_are_documented() {
    let examples = examples();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, made) in [
        ("rejections.md", page(&examples)),
        ("rejections.ndjson", lines(&examples)),
    ] {
        same(&docs.join(name), &made);
    }
}

fn same(path: &PathBuf, made: &str) {
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, made).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    let differs = there.lines().zip(made.lines()).position(|(a, b)| a != b);
    assert!(
        there == made,
        "{} is not what the rules say, from line {}: run `cargo xtask docs`",
        path.display(),
        1 + differs.unwrap_or_else(|| there.lines().count().min(made.lines().count()))
    );
}

/// The design's list is complete: nothing else is lifted, and all of it is, in the very rows.
#[test]
fn despite_lifts_what_the_design_says_and_nothing_else() {
    let rows = crate::all_rows();
    for reason in Reason::ALL {
        let listed: BTreeSet<String> = LIFTED
            .iter()
            .filter(|(lifted, _)| lifted == reason)
            .flat_map(|(_, types)| types.iter().map(|name| (*name).to_owned()))
            .collect();
        let found: BTreeSet<String> = refused(&rows, *reason)
            .filter(|row| lifts(row, *reason))
            .map(|row| row.type_name().to_owned())
            .collect();
        assert_eq!(found, listed, "{}", reason.id());
    }
}

/// Whether the same proposal with `despite` is no longer refused for that reason, nor for the `despite`.
fn lifts(row: &Row, reason: Reason) -> bool {
    let mut proposal = row.proposal.clone();
    let code = reason.code().word();
    let mut codes = proposal["despite"].as_array().cloned().unwrap_or_default();
    if !codes.contains(&code.into()) {
        codes.push(code.into());
    }
    proposal["despite"] = codes.into();
    proposal["reason"] = "có biên bản".into();
    match asked(row, &proposal) {
        Ok(()) => true,
        Err(refused) => refused.reason() != reason && refused.code() != RejectionCode::Malformed,
    }
}

fn refused(rows: &[Row], reason: Reason) -> impl Iterator<Item = &Row> {
    rows.iter()
        .filter(move |row| matches!(&row.expected, Expected::Refused { reason: r, .. } if *r == reason))
}

/// What the rules say to a proposal after a row's entries.
fn asked(row: &Row, proposal: &Value) -> Result<(), Rejection> {
    let empty = matches!(
        row.expected,
        Expected::Refused {
            reason: Reason::NotOpened,
            ..
        }
    );
    let mut books = if empty { Books::default() } else { world::books() };
    for line in &row.given {
        record(&mut books, line)?;
    }
    decide_line_of(&books, proposal, &row.authority).map(drop)
}

fn examples() -> Vec<Example> {
    let rows = crate::all_rows();
    let mut engine = found_by_the_engine();
    Reason::ALL
        .iter()
        .map(|reason| {
            let mut example = match engine.iter().position(|example| example.reason == *reason) {
                Some(at) => engine.swap_remove(at),
                None => example(&rows, *reason),
            };
            if ANY_TYPE.contains(reason) {
                example.types = EVENT_TYPES.iter().map(|name| (*name).to_owned()).collect();
            }
            example
        })
        .collect()
}

/// The chosen row, or the first one that needs the least before it and no clock of its own.
fn example(rows: &[Row], reason: Reason) -> Example {
    let simple = |row: &&Row| row.proposal["at"].is_null();
    let chosen = CHOSEN.iter().find(|(chosen, ..)| *chosen == reason);
    let row = match chosen {
        Some((_, type_name, what)) => refused(rows, reason)
            .filter(simple)
            .find(|row| row.type_name() == *type_name && row.what == *what),
        None => refused(rows, reason)
            .filter(simple)
            .min_by_key(|row| row.given.len()),
    };
    let row = row.unwrap_or_else(|| panic!("no row shows {}", reason.id()));
    let rejection = asked(row, &row.proposal).expect_err("a row that is refused");
    assert_eq!(rejection.reason(), reason, "{}", row.what);
    Example {
        reason,
        types: refused(rows, reason)
            .map(|row| row.type_name().to_owned())
            .collect(),
        lifted: refused(rows, reason)
            .filter(|row| lifts(row, reason))
            .map(|row| row.type_name().to_owned())
            .collect(),
        empty: reason == Reason::NotOpened,
        sender: Sender::of(&row.authority),
        given: row.given.iter().map(written).collect(),
        line: written(&row.proposal),
        fill: None,
        vi: rejection.message(Language::Vietnamese),
        en: rejection.message(Language::English),
    }
}

/// What no rule finds: a line too long or not readable, and a key that stands for something else.
fn found_by_the_engine() -> Vec<Example> {
    let cancelled = |quantity: &str| {
        let change = json!({ "quantity": quantity, "key": "so-tay-2026-15" });
        written(&world::propose("donation.cancelled", change))
    };
    let long = json!({ "reason": "…" });
    let many = json!({ "categories": ["AO", "…"] });
    [
        (
            Reason::TooLarge,
            vec![],
            written(&world::propose("donation.cancelled", long)),
            Some(("a", 65_536)),
        ),
        (
            Reason::EntryTooLarge,
            vec![],
            // Every repetition is one more item of the list.
            written(&world::propose("item.registered", many)).replace("\"…\"", "…\"AO\""),
            Some(("\"AO\",", 65_535)),
        ),
        (
            Reason::FormLine,
            vec![],
            "{\"type\":\"donation.cancelled\",\"donation\":\"DN-TIEN\",\"quantity\":\"1000\"".to_owned(),
            None,
        ),
        (
            Reason::UnknownType,
            vec![],
            "{\"type\":\"receipt.deleted\",\"receipt\":\"RC-TIEN\",\"reason\":\"ghi nhầm\"}".to_owned(),
            None,
        ),
        (Reason::KeyUsed, vec![cancelled("400")], cancelled("300"), None),
    ]
    .into_iter()
    .map(|(reason, given, line, fill)| {
        let rejection = answered(&given, &filled(&line, fill));
        assert_eq!(rejection.reason(), reason, "{rejection}");
        Example {
            reason,
            types: BTreeSet::new(),
            lifted: BTreeSet::new(),
            empty: false,
            sender: None,
            given,
            line,
            fill,
            vi: rejection.message(Language::Vietnamese),
            en: rejection.message(Language::English),
        }
    })
    .collect()
}

fn filled(line: &str, fill: Option<(&str, usize)>) -> String {
    let Some((unit, bytes)) = fill else {
        return line.to_owned();
    };
    let rest = bytes - (line.len() - "…".len());
    line.replace('…', &unit.repeat(rest / unit.len()))
}

/// What a ledger on a disk answers to a line.
fn answered(given: &[String], line: &str) -> Rejection {
    let proposal = match Proposal::from_line(line.as_bytes()) {
        Ok(proposal) => proposal,
        Err(error) => return error.into(),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let holder = Holder {
        command: "test".to_owned(),
        url: None,
    };
    let ledger = Ledger::create(&folder.path().join("so"), &holder, Arc::new(|| moment().at));
    let ledger = ledger.expect("a ledger");
    let clerk = Caller::whole(Actor::new("clerk-02").expect("an actor"));
    let before = world::lines().iter().map(Value::to_string).collect::<Vec<_>>();
    let before = before.iter().chain(given);
    let before = before.map(|line| Proposal::from_line(line.as_bytes()).expect("a proposal"));
    for answer in ledger.record(before.collect(), &clerk, false).expect("answers") {
        answer.expect("what was given is accepted");
    }
    let mut answers = ledger.record(vec![proposal], &clerk, false).expect("an answer");
    let answer = answers.pop().expect("an answer");
    ledger.close().expect("the ledger closes");
    answer.expect_err("a line that is refused")
}

// ---- The page ----

fn page(examples: &[Example]) -> String {
    let mut page = advice::INTRODUCTION.to_owned();
    page.push_str("\n| Mã · Code | Nghĩa là · Meaning | Lý do · Reasons |\n|---|---|---|\n");
    let of = |code: RejectionCode| {
        examples
            .iter()
            .filter(move |example| example.reason.code() == code)
    };
    for code in RejectionCode::ALL {
        let advice = advice::of(*code);
        let reasons: Vec<String> = of(*code)
            .map(|example| format!("[{0}](#{0})", example.reason.id()))
            .collect();
        let (word, vi, en) = (code.word(), advice.vi.title, advice.en.title);
        writeln!(
            page,
            "| [`{word}`](#code-{word}) | {vi} · {en} | {} |",
            reasons.join(", ")
        )
        .expect("text");
    }
    for code in RejectionCode::ALL {
        let advice = advice::of(*code);
        let (word, vi, en) = (code.word(), &advice.vi, &advice.en);
        write!(
            page,
            "\n<a id=\"code-{word}\"></a>\n## {} · {} (`{word}`)\n\n{}\n\n*{}*\n",
            vi.title, en.title, vi.what_to_do, en.what_to_do
        )
        .expect("text");
        for example in of(*code) {
            shown(&mut page, example);
        }
    }
    page.push_str(advice::BY_TYPE);
    for name in EVENT_TYPES {
        let possible = crate::POSSIBLE.iter().filter(|(type_name, _)| type_name == name);
        let codes = possible.flat_map(|(_, codes)| codes.iter());
        let links: Vec<String> = codes
            .map(|code| format!("[`{0}`](#code-{0})", code.word()))
            .collect();
        writeln!(page, "| `{name}` | {} |", links.join(", ")).expect("text");
    }
    page
}

fn shown(page: &mut String, example: &Example) {
    let id = example.reason.id();
    let names = |types: &BTreeSet<String>| {
        let listed = EVENT_TYPES.iter().filter(|name| types.contains(**name));
        listed
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let types = if example.types.len() == EVENT_TYPES.len() {
        "mọi loại · every type".to_owned()
    } else {
        names(&example.types)
    };
    let lifted = if example.lifted.is_empty() {
        "không bỏ qua được · nothing lifts it".to_owned()
    } else {
        let code = example.reason.code().word();
        format!(
            "`\"despite\":[\"{code}\"]` và `reason` · and a `reason`: {}",
            names(&example.lifted)
        )
    };
    write!(
        page,
        "\n### {id}\n\n- Loại sự việc · Event types: {types}\n- Bỏ qua · Lifted: {lifted}\n"
    )
    .expect("text");
    if example.empty {
        page.push_str("\nTrong một sổ chưa có dòng nào · In a ledger without any entry:\n");
    } else if !example.given.is_empty() {
        let given = &example.given;
        let first = given.iter().take(SHOWN_BEFORE).map(String::as_str);
        let first = first.collect::<Vec<_>>().join("\n");
        let more = match given.len().saturating_sub(SHOWN_BEFORE) {
            0 => String::new(),
            more => format!(" ({more} dòng nữa trong rejections.ndjson · {more} more in rejections.ndjson)"),
        };
        write!(
            page,
            "\nĐã ghi trước đó · Recorded before{more}:\n\n```json\n{first}\n```\n"
        )
        .expect("text");
    }
    if let Some(Sender { by, roles, party }) = &example.sender {
        let roles = roles.iter().map(|role| format!("`{role}`"));
        let roles = roles.collect::<Vec<_>>().join(", ");
        let party = party.as_ref().map_or(String::new(), |party| {
            format!(", thay mặt `{party}` · for `{party}`")
        });
        write!(page, "\nNgười gửi · Sender: `{by}` ({roles}){party}\n").expect("text");
    }
    let long = example.fill.map_or(String::new(), |(unit, bytes)| {
        format!(" (… là `{unit}` lặp lại đến {bytes} byte · … is `{unit}` repeated up to {bytes} bytes)")
    });
    write!(
        page,
        "\nĐề nghị · Proposal{long}:\n\n```json\n{}\n```\n\n> {}\n>\n> {}\n",
        example.line, example.vi, example.en
    )
    .expect("text");
}

/// The most entries shown before an example.
const SHOWN_BEFORE: usize = 5;

// ---- The lines ----

/// First what the examples stand on, then the examples: what the end-to-end tests send.
fn lines(examples: &[Example]) -> String {
    let mut lines = String::new();
    for mut line in world::lines() {
        if line["type"] == "ledger.opened" {
            // Only there a proposal says what day it is, so that the examples do not age.
            line["kind"] = "demo".into();
        }
        writeln!(lines, "{}", json!({ "groundwork": written(&line) })).expect("text");
    }
    for example in examples {
        let mut shown = json!({
            "code": example.reason.code().word(), "reason": example.reason.id(), "given": example.given,
            "line": example.line, "vi": example.vi, "en": example.en,
        });
        if example.empty {
            shown["empty"] = true.into();
        }
        if let Some(Sender { by, roles, party }) = &example.sender {
            shown["sender"] = json!({ "by": by.as_str(), "roles": roles });
            if let Some(party) = party {
                shown["sender"]["party"] = party.as_str().into();
            }
        }
        if let Some((unit, bytes)) = example.fill {
            shown["fill"] = json!({ "with": unit, "bytes": bytes });
        }
        writeln!(lines, "{}", ordered(&shown)).expect("text");
    }
    lines
}

/// A proposal as a clerk would write it: the type first, then what it is about.
fn written(proposal: &Value) -> String {
    ordered(proposal)
}

/// JSON with its keys in the order of [`FIELDS`], whatever order the map keeps them in.
fn ordered(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let place = |key: &str| {
                FIELDS
                    .iter()
                    .position(|field| *field == key)
                    .unwrap_or(FIELDS.len())
            };
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| (place(key), (*key).clone()));
            let fields = keys
                .iter()
                .map(|key| format!("{}:{}", json!(key), ordered(&map[*key])));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(ordered).collect();
            format!("[{}]", items.join(","))
        }
        plain => plain.to_string(),
    }
}

/// The order in which the design has its fields, as far as one order can follow all types.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "groundwork", "code", "type", "empty", "sender", "roles", "given", "line", "fill", "with", "bytes", "vi", "en",
    "ledger", "origin", "format", "reverses", "finding", "inspection", "evidence", "recognition", "sponsorship",
    "expense", "write_off", "refund", "transfer", "purchase", "receipt", "delivery", "allocation", "donation", "need",
    "role", "party", "subject", "media_type", "commitment", "scope", "inspector", "rule", "severity", "subjects",
    "detail", "answered_by", "answer", "outcome", "donor", "pool", "campaign", "fund", "programme", "report",
    "indicator", "target", "category", "place", "group", "lot", "source", "item", "kind", "name", "title", "documents",
    "period", "places", "groups", "form", "unit", "categories", "targets", "duties", "reports", "min_group", "parent",
    "valid_from", "valid_to", "quantity", "every", "starts", "share", "numerator", "denominator",
    "data_source", "as_of", "accepted", "rejected", "value_vnd", "spends", "obtains", "supplier", "draws", "receiver",
    "confirmed_by", "disputed_by", "children", "priority", "assessed_on", "received_on", "pledged_on", "inspected_on",
    "consented_on", "purchased_on", "transferred_on", "decided_on", "delivered_on", "confirmed_on", "disputed_on",
    "resolved_on", "returned_on", "paid_on", "written_off_on", "awarded_on", "filed_on", "receipts", "from", "to", "new_lot", "opens",
    "closes", "on", "carries_to", "successors", "part", "beneficiary", "forms", "sources", "due", "condition",
    "restriction", "display", "channel", "expires_on", "purpose", "consent", "despite", "reason", "key", "by", "at",
];
