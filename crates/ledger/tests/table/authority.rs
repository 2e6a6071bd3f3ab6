//! `not_authorised`: who comes with a token proposes what its roles may, in its own name.

use minhbach_events::words::RejectionCode;
use minhbach_ledger::{Authority, DUTIES, Powers, Reason, Role, roles_for};
use serde_json::{Value, json};

use crate::row::{Expected, Given, Row, Table, decide_line_of, record_of};
use crate::world;

/// An event type, and what it stands on.
type StandsOn = (&'static str, Vec<(&'static str, Value)>);

/// An actor of some roles, who speaks for a party.
fn of(roles: &[Role], party: Option<&str>) -> Authority {
    let party = party.map(|party| party.parse().expect("a slug"));
    Authority::Of(Powers::new(roles.iter().copied(), party))
}

#[derive(Default)]
struct Senders(Vec<Row>);

impl Senders {
    fn row(&mut self, sender: Authority, one: impl FnOnce(&mut Table)) {
        let mut table = Table::default();
        one(&mut table);
        self.0.extend(table.0.into_iter().map(|row| Row {
            authority: sender.clone(),
            ..row
        }));
    }
}

/// The world has no finding, need or sponsorship; what a type stands on comes first.
fn given(type_name: &str) -> Given<'static> {
    static GIVEN: std::sync::LazyLock<[StandsOn; 7]> = std::sync::LazyLock::new(|| {
        let need = || vec![("need.assessed", json!({}))];
        let found = || vec![("finding.raised", json!({}))];
        [
            ("need.revised", need()),
            ("need.closed", need()),
            ("sponsorship.ended", vec![("sponsorship.started", json!({}))]),
            ("delivery.resolved", vec![("delivery.disputed", json!({}))]),
            ("role.ended", vec![("role.assigned", json!({}))]),
            ("finding.answered", found()),
            (
                "finding.closed",
                vec![("finding.raised", json!({ "by": "clerk-07" }))],
            ),
        ]
    });
    let listed = GIVEN.iter().find(|(name, _)| *name == type_name);
    listed.map_or(&[], |(_, given)| given)
}

pub fn rows() -> Vec<Row> {
    let mut senders = Senders::default();
    // Every type: who may, and who may not.
    for (type_name, roles) in DUTIES.iter().filter(|(name, _)| *name != "ledger.opened") {
        for role in Role::ALL {
            let change = json!({ "by": null });
            senders.row(of(&[*role], Some("uy-ban-xa")), |table| {
                if roles.contains(role) {
                    table.ok("on duty", given(type_name), type_name, change);
                } else {
                    table.no(
                        "not its duty",
                        given(type_name),
                        type_name,
                        change,
                        Reason::NoDuty,
                        &["clerk-02", type_name, &format!("en:{}", roles[0].word())],
                    );
                }
            });
        }
    }
    senders.row(of(&[Role::Recorder], None), |table| {
        table.ok("its own name", &[], "receipt.issued", json!({ "by": "clerk-02" }));
        table.no(
            "another's name",
            &[],
            "receipt.issued",
            json!({ "by": "clerk-09" }),
            Reason::OtherPost,
            &["clerk-09", "clerk-02"],
        );
        table.no(
            "nor is another's name a duty",
            &[],
            "allocation.made",
            json!({ "by": "clerk-09" }),
            Reason::OtherPost,
            &["clerk-09"],
        );
    });
    senders.row(of(&[Role::Recorder, Role::Deliverer], None), |table| {
        table.ok("one of two duties", &[], "receipt.issued", json!({}));
        table.ok("the other of two duties", &[], "delivery.made", json!({}));
        table.no(
            "none of two duties",
            &[],
            "refund.paid",
            json!({}),
            Reason::NoDuty,
            &["en:approver"],
        );
    });
    senders.row(of(&[], None), |table| {
        table.no(
            "no role at all",
            &[],
            "receipt.issued",
            json!({}),
            Reason::NoDuty,
            &["receipt.issued"],
        );
    });
    senders.row(of(&[Role::Receiver], Some("quy-khac")), |table| {
        for (type_name, field) in ANSWERS {
            let theirs = json!({ *field: "uy-ban-xa" });
            table.no(
                "another's delivery",
                &[],
                type_name,
                theirs,
                Reason::OtherReceiver,
                &["DL-AO", "uy-ban-xa", "quy-khac", "clerk-02"],
            );
            let own = json!({ *field: "quy-khac" });
            table.no(
                "another's delivery under its own name",
                &[],
                type_name,
                own,
                Reason::OtherReceiver,
                &["DL-AO"],
            );
        }
    });
    senders.row(of(&[Role::Receiver], Some("uy-ban-xa")), |table| {
        for (type_name, field) in ANSWERS {
            table.no(
                "its delivery under another name",
                &[],
                type_name,
                json!({ *field: "quy-khac" }),
                Reason::OtherParty,
                &[field, "quy-khac", "uy-ban-xa"],
            );
            table.no(
                "a delivery that is not there",
                &[],
                type_name,
                json!({ "delivery": "DL-KHONG" }),
                Reason::Unknown,
                &["DL-KHONG"],
            );
            table.no(
                "what is no delivery",
                &[],
                type_name,
                json!({ "delivery": "AL-AO" }),
                Reason::Unknown,
                &["AL-AO"],
            );
        }
    });
    senders.row(of(&[Role::Receiver], None), |table| {
        for (type_name, _) in ANSWERS {
            table.no(
                "a receiver of nowhere",
                &[],
                type_name,
                json!({}),
                Reason::NoParty,
                &["clerk-02"],
            );
        }
    });
    // The order: the form first, then the authority, then everything else.
    senders.row(of(&[Role::Auditor], None), |table| {
        table.no(
            "the form comes before the authority",
            &[],
            "receipt.issued",
            json!({ "quantity": "0" }),
            Reason::Form,
            &["quantity"],
        );
        table.no(
            "the form beside the books too",
            &[],
            "refund.paid",
            json!({ "quantity": "0.5" }),
            Reason::Form,
            &["quantity"],
        );
        for (what, change) in [
            (
                "the authority comes before personal data",
                json!({ "reason": "gọi 0912345678" }),
            ),
            ("and before a code used", json!({ "refund": "RC-TIEN" })),
            ("and before a reference", json!({ "lot": "RC-KHONG" })),
            ("and before a date to come", json!({ "paid_on": "2027-01-01" })),
            ("and before a quantity", json!({ "quantity": "999999999" })),
        ] {
            table.no(what, &[], "refund.paid", change, Reason::NoDuty, &["refund.paid"]);
        }
        table.no(
            "before the opening",
            &[],
            "party.registered",
            json!({}),
            Reason::NoDuty,
            &["party.registered"],
        );
        table.no(
            "before the opening, the opening",
            &[],
            "ledger.opened",
            json!({}),
            Reason::NoDuty,
            &["ledger.opened", "en:admin"],
        );
    });
    senders.row(of(&[Role::Admin], None), |table| {
        table.ok(
            "before the opening, by the admin",
            &[],
            "ledger.opened",
            json!({}),
        );
    });
    // Nothing lifts it, and what is needed otherwise is not asked beside it.
    senders.row(of(&[Role::Auditor], None), |table| {
        table.no(
            "a despite that would be needed",
            &[],
            "receipt.issued",
            json!({ "campaign": "tet", "despite": ["closed"], "reason": "tiền đã vào" }),
            Reason::NoDuty,
            &["receipt.issued"],
        );
        table.no(
            "a despite of the authority",
            &[],
            "receipt.issued",
            json!({ "despite": ["not_authorised"], "reason": "gấp" }),
            Reason::Form,
            &["despite"],
        );
    });
    senders.0
}

const ANSWERS: &[(&str, &str)] = &[
    ("delivery.confirmed", "confirmed_by"),
    ("delivery.disputed", "disputed_by"),
];

/// Every type has a row of a sender who may not propose it, and one of a sender who may.
#[test]
fn every_type_is_refused_to_some_and_open_to_some() {
    let rows = rows();
    for (name, _) in DUTIES {
        let seen = |accepted: bool| {
            rows.iter().any(|row| {
                row.type_name() == *name
                    && match &row.expected {
                        Expected::Accepted => accepted,
                        Expected::Refused { reason, .. } => {
                            !accepted && reason.code() == RejectionCode::NotAuthorised
                        }
                    }
            })
        };
        assert!(seen(false), "{name} is refused to nobody");
        assert!(seen(true), "{name} is open to nobody");
    }
    assert!(roles_for("receipt.deleted").is_empty());
}

/// Two hands, whatever roles one of them has: who handed over does not say that it arrived.
#[test]
fn four_eyes_hold_across_actors() {
    let mut books = world::books();
    let both = of(&[Role::Deliverer, Role::Receiver], Some("uy-ban-xa"));
    let made = world::propose("delivery.made", json!({ "delivery": "DL-HAI" }));
    record_of(&mut books, &made, &both).expect("its duty");
    let confirmed = world::propose(
        "delivery.confirmed",
        json!({ "delivery": "DL-HAI", "accepted": "30" }),
    );
    let refused = decide_line_of(&books, &confirmed, &both).expect_err("its own delivery");
    assert_eq!(refused.reason(), Reason::SameActor);

    // The other actor is of the same powers; that it is another is what counts.
    let mut disguised = confirmed.clone();
    disguised["by"] = "clerk-03".into();
    let refused = decide_line_of(&books, &disguised, &both).expect_err("in another's name");
    assert_eq!(refused.reason(), Reason::OtherPost);
    // Only whoever holds the folder speaks in any post's name.
    record_of(&mut books, &disguised, &Authority::Whole).expect("another post");
}
