//! What the rules say to each proposal: a row at least for every rejection that each event type can meet.

mod advice;
mod allocation;
mod authority;
mod delivery;
mod document;
mod finding;
mod gifts;
mod names;
mod need;
mod outflow;
mod paper;
mod personal;
mod purchase;
mod purpose;
mod reference;
mod reversal;
mod row;
mod world;

use std::collections::BTreeSet;

use minhbach_events::event::EVENT_TYPES;
use minhbach_events::words::RejectionCode::{self, *};
use minhbach_events::{EntryError, Proposal};
use minhbach_ledger::{Books, Language, Reason, Rejection};
use row::{Expected, Row, check};
use serde_json::Value;

fn check_all(rows: Vec<Row>) {
    for row in &rows {
        check(row);
    }
}

#[test]
fn reference_data() {
    check_all(reference::rows());
}

#[test]
fn promises_and_gifts() {
    check_all(gifts::rows());
}

#[test]
fn allocations() {
    check_all(allocation::rows());
}

#[test]
fn deliveries_and_answers() {
    check_all(delivery::rows());
}

#[test]
fn needs() {
    check_all(need::rows());
}

#[test]
fn purchases_and_transfers() {
    check_all(purchase::rows());
}

#[test]
fn outflows_and_returns() {
    check_all(outflow::rows());
}

#[test]
fn purposes_and_successions() {
    check_all(purpose::rows());
}

#[test]
fn papers_and_duties() {
    check_all(paper::rows());
}

#[test]
fn inspections_and_findings() {
    check_all(finding::rows());
}

#[test]
fn reversals() {
    check_all(reversal::rows());
}

#[test]
fn authority_of_the_sender() {
    check_all(authority::rows());
}

#[test]
fn personal_data() {
    check_all(personal::rows());
}

fn all_rows() -> Vec<Row> {
    [
        reference::rows(),
        gifts::rows(),
        allocation::rows(),
        delivery::rows(),
        need::rows(),
        purchase::rows(),
        outflow::rows(),
        purpose::rows(),
        paper::rows(),
        finding::rows(),
        reversal::rows(),
        authority::rows(),
        personal::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every rejection that each type can meet, from the design's chapters 6 and 7. A key used twice is the engine's to
/// find, `too_large` and an unknown type belong to the line, `not_authorised` to its sender (`authority.rs`).
const POSSIBLE: &[(&str, &[RejectionCode])] = &[
    ("ledger.opened", &[Malformed, PersonalData, DuplicateCode]),
    (
        "programme.published",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "programme.revised",
        &[Malformed, PersonalData, UnknownReference, Closed],
    ),
    (
        "programme.closed",
        &[Malformed, PersonalData, UnknownReference, Closed, OutOfPeriod],
    ),
    (
        "place.registered",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "place.revised",
        &[Malformed, PersonalData, UnknownReference, SmallGroup],
    ),
    (
        "place.succeeded",
        &[Malformed, PersonalData, UnknownReference, Closed],
    ),
    (
        "item.registered",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "item.revised",
        &[Malformed, PersonalData, UnknownReference, ItemMismatch],
    ),
    (
        "party.registered",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    ("party.revised", &[Malformed, PersonalData, UnknownReference]),
    (
        "campaign.opened",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference, Closed],
    ),
    (
        "campaign.closed",
        &[Malformed, PersonalData, UnknownReference, Closed, OutOfPeriod],
    ),
    (
        "pool.opened",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            RestrictionConflict,
        ],
    ),
    (
        "donation.pledged",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            Closed,
            OutOfPeriod,
            RestrictionConflict,
        ],
    ),
    (
        "donation.cancelled",
        &[Malformed, PersonalData, UnknownReference, InsufficientQuantity],
    ),
    (
        "receipt.issued",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            Closed,
            OutOfPeriod,
            ItemMismatch,
            ValueMismatch,
            SourceNotPermitted,
            RestrictionConflict,
        ],
    ),
    (
        "allocation.made",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            Closed,
            OutOfPeriod,
            OutOfScope,
            ItemMismatch,
            SourceNotPermitted,
            RestrictionViolated,
            Expired,
            SmallGroup,
            InsufficientQuantity,
        ],
    ),
    (
        "allocation.released",
        &[Malformed, PersonalData, UnknownReference, InsufficientQuantity],
    ),
    (
        "delivery.made",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            OutOfScope,
            RestrictionViolated,
            Expired,
            SmallGroup,
            InsufficientQuantity,
        ],
    ),
    (
        "delivery.confirmed",
        &[
            Malformed,
            PersonalData,
            UnknownReference,
            Closed,
            OutOfPeriod,
            FourEyes,
            InsufficientQuantity,
        ],
    ),
    (
        "delivery.disputed",
        &[Malformed, PersonalData, UnknownReference, Closed, OutOfPeriod],
    ),
    (
        "entry.reversed",
        &[Malformed, PersonalData, UnknownReference, ReversalBlocked],
    ),
    (
        "role.assigned",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "role.ended",
        &[Malformed, PersonalData, UnknownReference, OutOfPeriod],
    ),
    (
        "need.assessed",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            OutOfScope,
            ItemMismatch,
            SmallGroup,
        ],
    ),
    (
        "need.revised",
        &[Malformed, PersonalData, UnknownReference, Closed, SmallGroup],
    ),
    (
        "need.closed",
        &[Malformed, PersonalData, UnknownReference, Closed],
    ),
    (
        "goods.inspected",
        &[
            Malformed,
            PersonalData,
            UnknownReference,
            OutOfPeriod,
            ItemMismatch,
            InsufficientQuantity,
        ],
    ),
    (
        "purpose.changed",
        &[Malformed, PersonalData, UnknownReference, OutOfPeriod],
    ),
    (
        "purchase.made",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            ItemMismatch,
            ValueMismatch,
            RestrictionViolated,
            RestrictionConflict,
            InsufficientQuantity,
        ],
    ),
    (
        "custody.transferred",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "delivery.resolved",
        &[
            Malformed,
            PersonalData,
            UnknownReference,
            Closed,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "delivery.returned",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "refund.paid",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "stock.written_off",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "expense.paid",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
            InsufficientQuantity,
        ],
    ),
    (
        "sponsorship.started",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "sponsorship.ended",
        &[Malformed, PersonalData, UnknownReference, Closed, OutOfPeriod],
    ),
    (
        "evidence.attached",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "indicator.reported",
        &[Malformed, PersonalData, UnknownReference, OutOfPeriod],
    ),
    (
        "report.filed",
        &[Malformed, PersonalData, UnknownReference, OutOfPeriod],
    ),
    (
        "recognition.awarded",
        &[
            Malformed,
            PersonalData,
            DuplicateCode,
            UnknownReference,
            OutOfPeriod,
        ],
    ),
    (
        "inspection.opened",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "finding.raised",
        &[Malformed, PersonalData, DuplicateCode, UnknownReference],
    ),
    (
        "finding.answered",
        &[Malformed, PersonalData, UnknownReference, Closed],
    ),
    (
        "finding.closed",
        &[Malformed, PersonalData, UnknownReference, Closed, FourEyes],
    ),
];

#[test]
fn every_rejection_of_every_type_has_a_row() {
    let possible: BTreeSet<(String, &str)> = POSSIBLE
        .iter()
        .flat_map(|(name, codes)| codes.iter().map(|code| ((*name).to_owned(), code.word())))
        .collect();
    let seen: BTreeSet<(String, &str)> = all_rows()
        .iter()
        .filter_map(|row| match &row.expected {
            Expected::Refused { reason, .. } if reason.code() != NotAuthorised => {
                Some((row.type_name().to_owned(), reason.code().word()))
            }
            _ => None,
        })
        .collect();
    let forgotten: Vec<_> = possible.difference(&seen).collect();
    let unlisted: Vec<_> = seen.difference(&possible).collect();
    assert!(forgotten.is_empty(), "possible, without a row: {forgotten:?}");
    assert!(
        unlisted.is_empty(),
        "with a row, but not listed as possible: {unlisted:?}"
    );
}

/// Reasons that no row can meet: the engine finds them, or the line is no proposal at all.
#[test]
fn every_reason_has_a_row() {
    let elsewhere = [
        Reason::TooLarge,
        Reason::EntryTooLarge,
        Reason::FormLine,
        Reason::UnknownType,
        Reason::KeyUsed,
    ];
    let rows = all_rows();
    for reason in Reason::ALL {
        let seen = rows
            .iter()
            .any(|row| matches!(&row.expected, Expected::Refused { reason: r, .. } if r == reason));
        let excused = elsewhere.contains(reason);
        assert_eq!(seen, !excused, "{}: seen {seen}", reason.id());
    }
}

#[test]
fn every_type_of_the_design_is_listed() {
    let listed: BTreeSet<&str> = POSSIBLE.iter().map(|(name, _)| *name).collect();
    let known: BTreeSet<&str> = EVENT_TYPES.iter().copied().collect();
    assert_eq!(listed, known);
    assert_eq!(listed.len(), POSSIBLE.len());
}

#[test]
fn every_type_is_accepted_in_some_row() {
    let rows = all_rows();
    for (name, _) in POSSIBLE {
        let accepted = rows
            .iter()
            .any(|row| row.type_name() == *name && matches!(row.expected, Expected::Accepted));
        assert!(accepted, "{name}");
    }
}

/// The lines that are no proposals at all; they are answered in the same form.
#[test]
fn lines_that_are_no_proposals() {
    let too_large = format!(r#"{{"type":"{}"}}"#, "x".repeat(65_536));
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (line, code, reason, fact) in [
        (too_large.as_str(), TooLarge, Reason::TooLarge, "65535"),
        ("", Malformed, Reason::FormLine, ""),
        ("not json", Malformed, Reason::FormLine, ""),
        ("{\"type\":", Malformed, Reason::FormLine, ""),
        (deep.as_str(), Malformed, Reason::FormLine, ""),
        (
            "{\"type\":\"ledger.opened\",\"type\":\"ledger.opened\"}",
            Malformed,
            Reason::FormLine,
            "",
        ),
        ("[]", Malformed, Reason::FormLine, ""),
        ("{}", Malformed, Reason::Form, "type"),
        ("{\"type\":null}", Malformed, Reason::Form, "type"),
        ("{\"type\":7,\"x\":1}", Malformed, Reason::Form, "type"),
        (
            "{\"type\":\"donation.eaten\",\"x\":1}",
            UnknownType,
            Reason::UnknownType,
            "donation.eaten",
        ),
    ] {
        let shown = &line[..line.len().min(60)];
        let error: EntryError = Proposal::from_line(line.as_bytes()).expect_err(shown);
        let rejection = Rejection::from(error);
        assert_eq!((rejection.code(), rejection.reason()), (code, reason), "{shown}");
        for language in [Language::Vietnamese, Language::English] {
            row::check_sentence(&rejection.message(language), shown);
            assert!(rejection.message(language).contains(fact), "{shown}");
        }
    }
}

/// A proposal in a ledger that is not opened names what is missing, whatever its type.
#[test]
fn nothing_comes_before_the_opening() {
    for (name, _) in &POSSIBLE[1..] {
        let proposal = world::propose(name, Value::Object(Default::default()));
        let rejection = row::decide_line(&Books::default(), &proposal).expect_err(name);
        assert_eq!(rejection.reason(), Reason::NotOpened, "{name}");
        assert_eq!(rejection.code(), UnknownReference);
    }
}
