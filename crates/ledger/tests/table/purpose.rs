//! Another purpose for what a donor gave, and plans that go on in others.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::{programme, seq};

const CHANGED: &str = "purpose.changed";
const MADE: &str = "allocation.made";

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    changed(&mut t);
    used(&mut t);
    carried_over(&mut t);
    t.0
}

fn changed(t: &mut Table) {
    t.ok("a lot", &[], CHANGED, json!({}));
    t.ok(
        "a pool",
        &[],
        CHANGED,
        json!({ "lot": "gop-chung", "consent": "published_rule" }),
    );
    t.ok(
        "to nothing in particular",
        &[],
        CHANGED,
        json!({ "restriction": {} }),
    );
    t.no(
        "for no reason",
        &[],
        CHANGED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "with nobody's consent",
        &[],
        CHANGED,
        json!({ "consent": "nobody" }),
        Form,
        &["consent", "donor, published_rule"],
    );
    t.no(
        "a place twice",
        &[],
        CHANGED,
        json!({ "restriction": { "places": ["ba-vi", "ba-vi"] } }),
        Form,
        &["restriction.places"],
    );
    t.no(
        "no lot",
        &[],
        CHANGED,
        json!({ "lot": "RC-KHONG" }),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no(
        "a pooled receipt is no lot",
        &[],
        CHANGED,
        json!({ "lot": "RC-GOP-1" }),
        InPool,
        &["RC-GOP-1", "gop-chung"],
    );
    t.no(
        "a reversed lot",
        &[("entry.reversed", json!({ "reverses": seq::LOT_MONEY }))],
        CHANGED,
        json!({}),
        Reversed,
        &["RC-TIEN", "35"],
    );
    for (restriction, name, kind) in [
        (json!({ "programmes": ["khong-co"] }), "khong-co", "en:programme"),
        (json!({ "categories": ["XE"] }), "XE", "en:category"),
        (json!({ "places": ["xu-la"] }), "xu-la", "en:place"),
        (json!({ "groups": ["giau"] }), "giau", "en:group"),
    ] {
        t.no(
            "to what is not there",
            &[],
            CHANGED,
            json!({ "restriction": restriction }),
            Unknown,
            &[name, kind],
        );
    }
    t.no(
        "agreed tomorrow",
        &[],
        CHANGED,
        json!({ "consented_on": "2026-06-16" }),
        InFuture,
        &["consented_on", "2026-06-16"],
    );
    t.ok(
        "agreed the day it came",
        &[],
        CHANGED,
        json!({ "consented_on": "2026-02-10" }),
    );
    t.no(
        "agreed before it came",
        &[],
        CHANGED,
        json!({ "consented_on": "2026-02-09" }),
        BeforeEarlier,
        &["consented_on", "2026-02-09", "2026-02-10", "RC-TIEN"],
    );
    t.ok(
        "a pool goes on filling",
        &[],
        CHANGED,
        json!({ "lot": "gop-chung", "consented_on": "2026-01-01" }),
    );
}

/// The new purpose holds for what is drawn from then on, in place of the old one.
fn used(t: &mut Table) {
    let given = |restriction: Value| {
        [
            (
                "receipt.issued",
                json!({ "receipt": "RC-X", "restriction": { "categories": ["HB"] } }),
            ),
            (CHANGED, json!({ "lot": "RC-X", "restriction": restriction })),
        ]
    };
    let x = |category: &str| json!({ "item": "VND", "category": category, "draws": [{ "lot": "RC-X", "quantity": "1" }] });
    t.ok(
        "the new purpose",
        &given(json!({ "categories": ["AO"] })),
        MADE,
        x("AO"),
    );
    t.no(
        "the old purpose",
        &given(json!({ "categories": ["AO"] })),
        MADE,
        x("HB"),
        BoundCategory,
        &["RC-X", "HB"],
    );
    t.ok("no purpose any more", &given(json!({})), MADE, x("AO"));
    let mut again = given(json!({ "categories": ["AO"] })).to_vec();
    again.push(("entry.reversed", json!({ "reverses": 36 })));
    t.no(
        "the change was reversed",
        &again,
        MADE,
        x("AO"),
        BoundCategory,
        &["RC-X", "AO"],
    );
}

fn carried_over(t: &mut Table) {
    let closed = |plan: &str, on: &str, next: Value| {
        (
            "programme.closed",
            json!({ "programme": plan, "on": on, "carries_to": next }),
        )
    };
    let ends = "programme.closed";
    t.ok(
        "a plan that goes on in another",
        &[],
        ends,
        json!({ "programme": "ke-hoach", "carries_to": "khap-noi" }),
    );
    t.no(
        "in itself",
        &[],
        ends,
        json!({ "programme": "ke-hoach", "carries_to": "ke-hoach" }),
        Form,
        &["carries_to"],
    );
    t.no(
        "in none",
        &[],
        ends,
        json!({ "programme": "ke-hoach", "carries_to": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );

    let gift = (
        "receipt.issued",
        json!({ "receipt": "RC-X", "received_on": "2026-02-10", "restriction": { "programmes": ["ke-hoach"] } }),
    );
    let spent = |on: &str| json!({ "programme": "khap-noi", "item": "VND", "draws": [{ "lot": "RC-X", "quantity": "1" }], "decided_on": on });
    let one = [gift.clone(), closed("ke-hoach", "2026-06-10", "khap-noi".into())];
    t.ok(
        "a gift for a plan, used in the next",
        &one,
        MADE,
        spent("2026-06-15"),
    );
    t.ok("on the day the plan was closed", &one, MADE, spent("2026-06-10"));
    t.no(
        "the day before",
        &one,
        MADE,
        spent("2026-06-09"),
        BoundProgramme,
        &["RC-X", "khap-noi"],
    );
    let none = [gift.clone(), closed("ke-hoach", "2026-06-10", Value::Null)];
    t.no(
        "a plan that was only closed",
        &none,
        MADE,
        spent("2026-06-15"),
        BoundProgramme,
        &["RC-X", "khap-noi"],
    );
    let chain = |second: &str| {
        [
            gift.clone(),
            ("programme.published", programme("moi", &[], 5)),
            closed("ke-hoach", "2026-06-10", "moi".into()),
            closed("moi", second, "khap-noi".into()),
        ]
    };
    t.ok(
        "through a plan between",
        &chain("2026-06-12"),
        MADE,
        spent("2026-06-12"),
    );
    t.no(
        "before that one was closed too",
        &chain("2026-06-12"),
        MADE,
        spent("2026-06-11"),
        BoundProgramme,
        &["RC-X", "khap-noi"],
    );
    // Two plans that name each other lead nowhere else.
    t.no(
        "round in a ring",
        &[
            gift.clone(),
            ("programme.published", programme("moi", &[], 5)),
            closed("ke-hoach", "2026-06-10", "moi".into()),
            closed("moi", "2026-06-12", "ke-hoach".into()),
        ],
        MADE,
        spent("2026-06-15"),
        BoundProgramme,
        &["RC-X", "khap-noi"],
    );
}
