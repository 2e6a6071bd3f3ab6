//! Undoing each kind of entry, and each way in which one is blocked.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::seq;

const REVERSED: &str = "entry.reversed";

fn of(seq: u64) -> Value {
    json!({ "reverses": seq })
}

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    reversible(&mut t);
    blocked(&mut t);
    releases(&mut t);
    many(&mut t);
    other_types(&mut t);
    lots_opened(&mut t);
    purposes(&mut t);
    answers(&mut t);
    recalled(&mut t);
    t.0
}

fn reversible(t: &mut Table) {
    t.ok("a promise", &[], REVERSED, of(seq::PLEDGE));
    t.ok("a lot", &[], REVERSED, of(seq::LOT_MONEY));
    t.ok(
        "the first receipt of a pool",
        &[],
        REVERSED,
        of(seq::POOLED_FIRST),
    );
    t.ok(
        "the last receipt of a pool",
        &[],
        REVERSED,
        of(seq::POOLED_SECOND),
    );
    t.ok("a delivery", &[], REVERSED, of(seq::DELIVERY));
    t.ok(
        "an allocation",
        &[(REVERSED, of(seq::DELIVERY))],
        REVERSED,
        of(seq::ALLOCATION),
    );
    t.ok(
        "the whole way back",
        &[(REVERSED, of(seq::DELIVERY)), (REVERSED, of(seq::ALLOCATION))],
        REVERSED,
        of(seq::LOT_COATS),
    );
    t.ok(
        "a cancelling",
        &[("donation.cancelled", json!({}))],
        REVERSED,
        of(35),
    );
    t.ok(
        "a release",
        &[("allocation.released", json!({}))],
        REVERSED,
        of(35),
    );
    t.ok(
        "a confirmation",
        &[("delivery.confirmed", json!({}))],
        REVERSED,
        of(35),
    );
    t.ok("a dispute", &[("delivery.disputed", json!({}))], REVERSED, of(35));
    t.ok(
        "a delivery whose answer was reversed",
        &[("delivery.disputed", json!({})), (REVERSED, of(35))],
        REVERSED,
        of(seq::DELIVERY),
    );
    t.no("an entry to come", &[], REVERSED, of(35), NoEntry, &["35"]);
    t.no(
        "an entry far off",
        &[],
        REVERSED,
        of(9_007_199_254_740_991),
        NoEntry,
        &["9007199254740991", "35"],
    );
    t.no(
        "not a seq",
        &[],
        REVERSED,
        json!({ "reverses": "34" }),
        Form,
        &["reverses"],
    );
    t.no(
        "for no reason",
        &[],
        REVERSED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "despite",
        &[],
        REVERSED,
        json!({ "despite": ["reversal_blocked"] }),
        Form,
        &["despite"],
    );
}

fn blocked(t: &mut Table) {
    t.no(
        "once only",
        &[(REVERSED, of(seq::DELIVERY))],
        REVERSED,
        of(seq::DELIVERY),
        AlreadyReversed,
        &["34", "35"],
    );
    t.no(
        "a reversal",
        &[(REVERSED, of(seq::DELIVERY))],
        REVERSED,
        of(35),
        NotReversible,
        &["35"],
    );
    for (what, at) in [
        ("the opening", seq::OPENED),
        ("a place", 1),
        ("a succession", 11),
        ("a party", 12),
        ("an item", 17),
        ("a plan", 19),
        ("a plan's end", 22),
        ("an appeal", 23),
        ("an appeal's end", 25),
        ("a pool", 26),
    ] {
        t.no(what, &[], REVERSED, of(at), NotReversible, &[&at.to_string()]);
    }
    t.no(
        "a promise with a receipt",
        &[("receipt.issued", json!({ "donation": "DN-TIEN" }))],
        REVERSED,
        of(seq::PLEDGE),
        InTheWay,
        &["28", "35", "1"],
    );
    t.no(
        "a promise partly cancelled",
        &[("donation.cancelled", json!({}))],
        REVERSED,
        of(seq::PLEDGE),
        InTheWay,
        &["35"],
    );
    t.ok(
        "a promise whose receipt was reversed",
        &[
            ("receipt.issued", json!({ "donation": "DN-TIEN" })),
            (REVERSED, of(35)),
        ],
        REVERSED,
        of(seq::PLEDGE),
    );
    t.no(
        "a lot that others hold",
        &[],
        REVERSED,
        of(seq::LOT_COATS),
        InTheWay,
        &["30", "2", "33, 34"],
    );
    t.no(
        "a lot that one delivery holds",
        &[("allocation.released", json!({}))],
        REVERSED,
        of(seq::LOT_COATS),
        InTheWay,
        &["1", "34"],
    );
    t.no(
        "an allocation with a delivery",
        &[],
        REVERSED,
        of(seq::ALLOCATION),
        InTheWay,
        &["33", "34"],
    );
    t.no(
        "an allocation with a release",
        &[(REVERSED, of(seq::DELIVERY)), ("allocation.released", json!({}))],
        REVERSED,
        of(seq::ALLOCATION),
        InTheWay,
        &["33", "36"],
    );
    t.no(
        "a confirmed delivery",
        &[("delivery.confirmed", json!({}))],
        REVERSED,
        of(seq::DELIVERY),
        InTheWay,
        &["34", "35"],
    );
    t.no(
        "a disputed delivery",
        &[("delivery.disputed", json!({}))],
        REVERSED,
        of(seq::DELIVERY),
        InTheWay,
        &["34", "35"],
    );
    // The pool's first receipt is 300 long, the second 200.
    let drawn = |quantity: &str| {
        (
            "allocation.made",
            json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": quantity }] }),
        )
    };
    t.ok(
        "a drawn receipt of a pool that has enough left to take its place",
        &[drawn("200")],
        REVERSED,
        of(seq::POOLED_FIRST),
    );
    t.no(
        "a drawn receipt of a pool with too little left to take its place",
        &[drawn("201")],
        REVERSED,
        of(seq::POOLED_FIRST),
        DrawnPool,
        &["31", "201", "200", "gop-chung"],
    );
    t.ok(
        "one that the draw does not reach",
        &[drawn("300")],
        REVERSED,
        of(seq::POOLED_SECOND),
    );
    t.no(
        "one of which a đồng is drawn",
        &[drawn("301")],
        REVERSED,
        of(seq::POOLED_SECOND),
        DrawnPool,
        &["32", "gop-chung"],
    );
    t.ok(
        "one whose draw was reversed",
        &[drawn("301"), (REVERSED, of(35))],
        REVERSED,
        of(seq::POOLED_SECOND),
    );
    t.no(
        "a reversed receipt of a pool",
        &[(REVERSED, of(seq::POOLED_FIRST))],
        REVERSED,
        of(seq::POOLED_FIRST),
        AlreadyReversed,
        &["31", "35"],
    );
    // With the first receipt withdrawn the pool begins with the second.
    t.no(
        "the second, drawn because the first is gone",
        &[(REVERSED, of(seq::POOLED_FIRST)), drawn("1")],
        REVERSED,
        of(seq::POOLED_SECOND),
        DrawnPool,
        &["32", "gop-chung"],
    );
}

/// What came back and was taken again does not go back to the allocation that gave it up.
fn releases(t: &mut Table) {
    // 10 of 40 are delivered, positions 30 to 40 are released.
    let released = ("allocation.released", json!({ "quantity": "10" }));
    let taken = |quantity: &str| {
        (
            "allocation.made",
            json!({ "allocation": "AL-X", "draws": [{ "lot": "RC-AO", "quantity": quantity }] }),
        )
    };
    t.no(
        "released and drawn again",
        &[released.clone(), taken("1")],
        REVERSED,
        of(35),
        InTheWay,
        &["35", "36"],
    );
    t.ok(
        "released, drawn again, and that reversed",
        &[released.clone(), taken("1"), (REVERSED, of(36))],
        REVERSED,
        of(35),
    );
    let all = [
        (REVERSED, of(seq::DELIVERY)),
        ("allocation.released", json!({ "quantity": "40" })),
        (REVERSED, of(seq::LOT_COATS)),
    ];
    t.no(
        "released to a lot that is gone since",
        &all,
        REVERSED,
        of(36),
        InTheWay,
        &["36", "37"],
    );
    let pool = [
        (
            "allocation.made",
            json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": "400" }] }),
        ),
        (
            "allocation.released",
            json!({ "allocation": "AL-X", "quantity": "100" }),
        ),
    ];
    t.ok("released to a pool", &pool, REVERSED, of(36));
    let mut gone = pool.to_vec();
    gone.push((REVERSED, of(seq::POOLED_SECOND)));
    t.no(
        "released to a pool's receipt that is gone since",
        &gone,
        REVERSED,
        of(36),
        InTheWay,
        &["36", "37"],
    );
    t.no(
        "the allocation it came from",
        &pool,
        REVERSED,
        of(35),
        InTheWay,
        &["35", "36"],
    );
}

/// The first 20 entries in the way are named, and their number.
fn many(t: &mut Table) {
    let one = (
        "allocation.made",
        json!({ "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "1" }] }),
    );
    let given = vec![one; 23];
    let named: Vec<String> = (35..55).map(|seq| seq.to_string()).collect();
    t.no(
        "a lot that 23 allocations hold",
        &given,
        REVERSED,
        of(seq::LOT_MONEY),
        InTheWay,
        &["29", "23", &format!("({})", named.join(", "))],
    );
}

/// What can be undone of the other types, and what cannot.
fn other_types(t: &mut Table) {
    for type_name in [
        "goods.inspected",
        "purpose.changed",
        "purchase.made",
        "custody.transferred",
        "delivery.returned",
        "refund.paid",
        "stock.written_off",
        "expense.paid",
    ] {
        let given = [(type_name, json!({}))];
        t.ok("what moved a quantity or bound it", &given, REVERSED, of(35));
        t.no(
            "once only, whatever it was",
            &[given[0].clone(), (REVERSED, of(35))],
            REVERSED,
            of(35),
            AlreadyReversed,
            &["35", "36"],
        );
    }
    t.ok(
        "a resolution",
        &[("delivery.disputed", json!({})), ("delivery.resolved", json!({}))],
        REVERSED,
        of(36),
    );
    for type_name in [
        "role.assigned",
        "need.assessed",
        "sponsorship.started",
        "evidence.attached",
        "indicator.reported",
        "report.filed",
        "recognition.awarded",
        "inspection.opened",
        "finding.raised",
    ] {
        t.no(
            "what moves no quantity",
            &[(type_name, json!({}))],
            REVERSED,
            of(35),
            NotReversible,
            &["35"],
        );
    }
    for (first, second) in [
        ("role.assigned", "role.ended"),
        ("need.assessed", "need.revised"),
        ("need.assessed", "need.closed"),
        ("sponsorship.started", "sponsorship.ended"),
        ("finding.raised", "finding.answered"),
        ("finding.raised", "finding.closed"),
    ] {
        t.no(
            "what follows on that",
            &[(first, json!({})), (second, json!({}))],
            REVERSED,
            of(36),
            NotReversible,
            &["36"],
        );
    }
    // What was taken is there again.
    t.ok(
        "a loss that was none",
        &[
            ("stock.written_off", json!({ "quantity": "60" })),
            (REVERSED, of(35)),
        ],
        "allocation.made",
        json!({ "draws": [{ "lot": "RC-AO", "quantity": "60" }] }),
    );
}

/// A lot that was opened blocks while anything holds a part of it, and so does what its money was.
fn lots_opened(t: &mut Table) {
    for (type_name, lot, change) in [
        ("purchase.made", "LT-AO", json!({})),
        ("custody.transferred", "LT-CHUYEN", json!({})),
        ("delivery.returned", "LT-TRA", json!({})),
    ] {
        let opened = (type_name, change);
        let drawn = (
            "allocation.made",
            json!({ "allocation": "AL-X", "draws": [{ "lot": lot, "quantity": "1" }] }),
        );
        t.no(
            "its lot is held",
            &[opened.clone(), drawn.clone()],
            REVERSED,
            of(35),
            InTheWay,
            &["35", "36", "1"],
        );
        t.ok(
            "its lot is free again",
            &[opened.clone(), drawn, (REVERSED, of(36))],
            REVERSED,
            of(35),
        );
        t.no(
            "its lot was bound to another purpose",
            &[opened.clone(), ("purpose.changed", json!({ "lot": lot }))],
            REVERSED,
            of(35),
            InTheWay,
            &["35", "36"],
        );
        t.no(
            "a part of its lot was lost",
            &[
                opened,
                ("stock.written_off", json!({ "lot": lot, "quantity": "1" })),
            ],
            REVERSED,
            of(35),
            InTheWay,
            &["36"],
        );
    }
    for type_name in ["purchase.made", "refund.paid", "expense.paid", "purpose.changed"] {
        t.no(
            "a gift of money that was used",
            &[(type_name, json!({}))],
            REVERSED,
            of(seq::LOT_MONEY),
            InTheWay,
            &["29", "35", "1"],
        );
    }
    t.no(
        "a gift of coats that was inspected, lost and moved",
        &[
            ("goods.inspected", json!({})),
            ("stock.written_off", json!({})),
            ("custody.transferred", json!({})),
        ],
        REVERSED,
        of(seq::LOT_COATS),
        InTheWay,
        &["5", "33, 34, 35, 36, 37"],
    );
    t.ok(
        "a gift of coats that was inspected without fault",
        &[
            (REVERSED, of(seq::DELIVERY)),
            (REVERSED, of(seq::ALLOCATION)),
            ("goods.inspected", json!({ "accepted": "100", "rejected": "0" })),
        ],
        REVERSED,
        of(seq::LOT_COATS),
    );
    t.no(
        "a delivery of which some came back",
        &[("delivery.returned", json!({}))],
        REVERSED,
        of(seq::DELIVERY),
        InTheWay,
        &["34", "35"],
    );
}

/// A change of purpose blocks while something that was drawn under it still holds.
fn purposes(t: &mut Table) {
    let changed = ("purpose.changed", json!({ "lot": "RC-AO" }));
    t.ok(
        "drawn before the change",
        std::slice::from_ref(&changed),
        REVERSED,
        of(35),
    );
    let drawn = ("allocation.made", json!({ "allocation": "AL-X" }));
    t.no(
        "drawn since the change",
        &[changed.clone(), drawn.clone()],
        REVERSED,
        of(35),
        InTheWay,
        &["35", "36"],
    );
    t.no(
        "drawn since the change, and delivered: the decision stands on it",
        &[
            changed.clone(),
            drawn.clone(),
            ("delivery.made", json!({ "allocation": "AL-X", "quantity": "10" })),
        ],
        REVERSED,
        of(35),
        InTheWay,
        &["1", "36"],
    );
    t.ok(
        "delivered since the change, of what was drawn before",
        &[changed.clone(), ("delivery.made", json!({}))],
        REVERSED,
        of(35),
    );
    t.ok(
        "drawn since the change, and undone",
        &[changed.clone(), drawn, (REVERSED, of(36))],
        REVERSED,
        of(35),
    );
    t.no(
        "changed again since",
        &[changed.clone(), changed.clone()],
        REVERSED,
        of(35),
        InTheWay,
        &["35", "36"],
    );
    t.ok("the last change", &[changed.clone(), changed], REVERSED, of(36));
}

fn answers(t: &mut Table) {
    let settled = [("delivery.disputed", json!({})), ("delivery.resolved", json!({}))];
    t.no(
        "a dispute that was settled",
        &settled,
        REVERSED,
        of(35),
        InTheWay,
        &["35", "36"],
    );
    t.no(
        "a delivery whose dispute was settled",
        &settled,
        REVERSED,
        of(seq::DELIVERY),
        InTheWay,
        &["34", "2", "35, 36"],
    );
    let mut undone = settled.to_vec();
    undone.push((REVERSED, of(36)));
    t.ok(
        "the dispute after its settling was undone",
        &undone,
        REVERSED,
        of(35),
    );
    t.no(
        "the delivery is still disputed then",
        &undone,
        REVERSED,
        of(seq::DELIVERY),
        InTheWay,
        &["34", "35"],
    );
}

/// A drawn receipt of a pool goes while the next undrawn ones can take its place, whatever drew it.
fn recalled(t: &mut Table) {
    for (type_name, change) in [
        (
            "purchase.made",
            json!({
                "spends": [{ "lot": "gop-chung", "quantity": "200" }],
                "obtains": [{ "item": "ao-am", "quantity": "1", "value_vnd": "200" }],
            }),
        ),
        (
            "custody.transferred",
            json!({ "lot": "gop-chung", "quantity": "200" }),
        ),
        (
            "stock.written_off",
            json!({ "lot": "gop-chung", "quantity": "200" }),
        ),
        ("expense.paid", json!({ "lot": "gop-chung", "quantity": "200" })),
    ] {
        t.ok(
            "exactly as much is left as was drawn",
            &[(type_name, change)],
            REVERSED,
            of(seq::POOLED_FIRST),
        );
    }
    t.no(
        "one đồng too little is left",
        &[("expense.paid", json!({ "lot": "gop-chung", "quantity": "201" }))],
        REVERSED,
        of(seq::POOLED_FIRST),
        DrawnPool,
        &["31", "gop-chung", "201", "200"],
    );
    let refund = |lot: &str, quantity: &str| ("refund.paid", json!({ "lot": lot, "quantity": quantity }));
    t.no(
        "a refund that names it",
        &[refund("RC-GOP-1", "1")],
        REVERSED,
        of(seq::POOLED_FIRST),
        InTheWay,
        &["31", "35", "1"],
    );
    t.ok(
        "a refund that names another",
        &[refund("RC-GOP-2", "1")],
        REVERSED,
        of(seq::POOLED_FIRST),
    );
    t.no(
        "what was paid back to another donor takes no place",
        &[
            refund("RC-GOP-2", "100"),
            ("expense.paid", json!({ "lot": "gop-chung", "quantity": "101" })),
        ],
        REVERSED,
        of(seq::POOLED_FIRST),
        DrawnPool,
        &["31", "101", "100"],
    );
    t.no(
        "the one that took its place",
        &[
            ("expense.paid", json!({ "lot": "gop-chung", "quantity": "200" })),
            (REVERSED, of(seq::POOLED_FIRST)),
        ],
        REVERSED,
        of(seq::POOLED_SECOND),
        DrawnPool,
        &["32", "200", "0"],
    );
    t.no(
        "dates are not asked again, amounts are",
        &[(
            "allocation.made",
            json!({
                "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": "300" }], "decided_on": "2026-02-11",
            }),
        )],
        REVERSED,
        of(seq::POOLED_FIRST),
        DrawnPool,
        &["300", "200"],
    );
    t.ok(
        "replaced by a receipt newer than the draw",
        &[(
            "allocation.made",
            json!({
                "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": "150" }], "decided_on": "2026-02-11",
            }),
        )],
        REVERSED,
        of(seq::POOLED_FIRST),
    );
}
