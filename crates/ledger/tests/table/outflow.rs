//! What leaves a lot or pool for good, what comes back, and how a dispute ends.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::seq;

const INSPECTED: &str = "goods.inspected";
const LOST: &str = "stock.written_off";
const PAID: &str = "expense.paid";
const REFUNDED: &str = "refund.paid";
const RETURNED: &str = "delivery.returned";
const RESOLVED: &str = "delivery.resolved";
const MADE: &str = "allocation.made";

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    inspected(&mut t);
    lost(&mut t);
    paid(&mut t);
    refunded(&mut t);
    refunded_what(&mut t);
    returned(&mut t);
    resolved(&mut t);
    t.0
}

fn without_lot() -> [(&'static str, Value); 1] {
    [("entry.reversed", json!({ "reverses": seq::LOT_MONEY }))]
}

/// Of 100 coats 60 are still in the lot.
fn inspected(t: &mut Table) {
    let seen = |accepted: &str, rejected: &str| json!({ "accepted": accepted, "rejected": rejected });
    t.ok("some rejected", &[], INSPECTED, json!({}));
    t.ok("all that ever came", &[], INSPECTED, seen("90", "10"));
    t.ok(
        "nothing rejected, for no reason",
        &[],
        INSPECTED,
        json!({ "accepted": "100", "rejected": "0", "reason": null }),
    );
    t.no(
        "a thousandth more than ever came",
        &[],
        INSPECTED,
        seen("90", "10.001"),
        MoreThanReceived,
        &["RC-AO", "100 ao-am", "100.001"],
    );
    t.ok("all that is left is rejected", &[], INSPECTED, seen("40", "60"));
    t.no(
        "more rejected than is left",
        &[],
        INSPECTED,
        seen("0", "60.001"),
        NotInLot,
        &["RC-AO", "60 ao-am", "60.001"],
    );
    t.ok(
        "inspected again",
        &[(INSPECTED, json!({}))],
        INSPECTED,
        seen("50", "50"),
    );
    t.no(
        "what was rejected is gone",
        &[(INSPECTED, json!({}))],
        INSPECTED,
        seen("0", "50.001"),
        NotInLot,
        &["RC-AO", "50 ao-am"],
    );
    t.no(
        "nothing at all",
        &[],
        INSPECTED,
        seen("0", "0"),
        Form,
        &["rejected"],
    );
    t.no(
        "rejected for no reason",
        &[],
        INSPECTED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "below zero",
        &[],
        INSPECTED,
        seen("-1", "10"),
        Form,
        &["accepted"],
    );
    t.no(
        "despite",
        &[],
        INSPECTED,
        json!({ "despite": ["out_of_period"] }),
        Form,
        &["despite"],
    );
    t.no(
        "money",
        &[],
        INSPECTED,
        json!({ "lot": "RC-TIEN" }),
        InspectsMoney,
        &["RC-TIEN", "VND"],
    );
    t.no(
        "a pool of money",
        &[],
        INSPECTED,
        json!({ "lot": "gop-chung" }),
        InspectsMoney,
        &["gop-chung"],
    );
    t.no(
        "no lot",
        &[],
        INSPECTED,
        json!({ "lot": "RC-KHONG" }),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no(
        "a pooled receipt is no lot",
        &[],
        INSPECTED,
        json!({ "lot": "RC-GOP-1" }),
        InPool,
        &["RC-GOP-1", "gop-chung"],
    );
    t.no(
        "a reversed lot",
        &without_lot(),
        INSPECTED,
        json!({ "lot": "RC-TIEN" }),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "tomorrow",
        &[],
        INSPECTED,
        json!({ "inspected_on": "2026-06-16" }),
        InFuture,
        &["inspected_on", "2026-06-16"],
    );
    t.ok(
        "before the coats came is no broken rule",
        &[],
        INSPECTED,
        json!({ "inspected_on": "2026-02-09" }),
    );
}

fn lost(t: &mut Table) {
    t.ok("a loss", &[], LOST, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        LOST,
        json!({ "write_off": null }),
    );
    t.ok("all that is left", &[], LOST, json!({ "quantity": "60" }));
    t.no(
        "a thousandth more",
        &[],
        LOST,
        json!({ "quantity": "60.001" }),
        NotInLot,
        &["RC-AO", "60 ao-am", "60.001"],
    );
    t.ok(
        "a whole pool",
        &[],
        LOST,
        json!({ "lot": "gop-chung", "quantity": "500" }),
    );
    t.no(
        "more than a pool",
        &[],
        LOST,
        json!({ "lot": "gop-chung", "quantity": "501" }),
        NotInLot,
        &["gop-chung", "500", "501"],
    );
    t.no(
        "half a đồng",
        &[],
        LOST,
        json!({ "lot": "RC-TIEN", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "for no reason",
        &[],
        LOST,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "despite",
        &[],
        LOST,
        json!({ "despite": ["expired"] }),
        Form,
        &["despite"],
    );
    t.no(
        "a code used",
        &[],
        LOST,
        json!({ "write_off": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "no lot",
        &[],
        LOST,
        json!({ "lot": "LT-KHONG" }),
        Unknown,
        &["LT-KHONG", "en:lot"],
    );
    t.no(
        "a reversed lot",
        &without_lot(),
        LOST,
        json!({ "lot": "RC-TIEN" }),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "tomorrow",
        &[],
        LOST,
        json!({ "written_off_on": "2026-06-16" }),
        InFuture,
        &["written_off_on", "2026-06-16"],
    );
    t.ok(
        "before the coats came is no broken rule",
        &[],
        LOST,
        json!({ "written_off_on": "2026-02-09" }),
    );
    t.ok(
        "after they expired is no broken rule",
        &[],
        LOST,
        json!({ "at": "2026-10-01T02:00:00.000Z", "written_off_on": "2026-10-01" }),
    );
}

fn paid(t: &mut Table) {
    t.ok("a lorry", &[], PAID, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        PAID,
        json!({ "expense": null, "consent": "donor" }),
    );
    t.ok("all there is", &[], PAID, json!({ "quantity": "1000000" }));
    t.no(
        "one đồng more",
        &[],
        PAID,
        json!({ "quantity": "1000001" }),
        NotInLot,
        &["RC-TIEN", "1000000", "1000001"],
    );
    t.ok(
        "a pool",
        &[],
        PAID,
        json!({ "lot": "gop-chung", "quantity": "500" }),
    );
    t.ok("in kind", &[], PAID, json!({ "lot": "RC-AO", "quantity": "1" }));
    t.no(
        "half a đồng",
        &[],
        PAID,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "with nobody's consent",
        &[],
        PAID,
        json!({ "consent": null }),
        Form,
        &["consent"],
    );
    t.no(
        "with another consent",
        &[],
        PAID,
        json!({ "consent": "director" }),
        Form,
        &["consent", "donor, published_rule"],
    );
    t.no(
        "a code used",
        &[],
        PAID,
        json!({ "expense": "RC-TIEN" }),
        CodeUsed,
        &["RC-TIEN"],
    );
    t.no(
        "no lot",
        &[],
        PAID,
        json!({ "lot": "RC-KHONG" }),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no(
        "a reversed lot",
        &without_lot(),
        PAID,
        json!({}),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "tomorrow",
        &[],
        PAID,
        json!({ "paid_on": "2026-06-16" }),
        InFuture,
        &["paid_on", "2026-06-16"],
    );
    t.ok(
        "the day the money came",
        &[],
        PAID,
        json!({ "paid_on": "2026-02-10" }),
    );
    t.no(
        "before the money came",
        &[],
        PAID,
        json!({ "paid_on": "2026-02-09" }),
        BeforeEarlier,
        &["paid_on", "2026-02-09", "2026-02-10", "RC-TIEN"],
    );
}

fn refunded(t: &mut Table) {
    t.ok("a part of a receipt", &[], REFUNDED, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        REFUNDED,
        json!({ "refund": null }),
    );
    t.ok(
        "all of a receipt",
        &[],
        REFUNDED,
        json!({ "quantity": "1000000" }),
    );
    t.no(
        "one đồng more",
        &[],
        REFUNDED,
        json!({ "quantity": "1000001" }),
        NotInReceipt,
        &["RC-TIEN", "1000000", "1000001"],
    );
    t.ok(
        "goods",
        &[],
        REFUNDED,
        json!({ "lot": "RC-AO", "quantity": "60" }),
    );
    t.no(
        "goods that were handed on",
        &[],
        REFUNDED,
        json!({ "lot": "RC-AO", "quantity": "60.001" }),
        NotInReceipt,
        &["RC-AO", "60 ao-am", "60.001"],
    );
    let pooled = |lot: &str, quantity: &str| json!({ "lot": lot, "quantity": quantity });
    t.ok("a receipt of a pool", &[], REFUNDED, pooled("RC-GOP-1", "300"));
    t.no(
        "its neighbour's đồng",
        &[],
        REFUNDED,
        pooled("RC-GOP-1", "301"),
        NotInReceipt,
        &["RC-GOP-1", "300", "301"],
    );
    let drawn = [(
        MADE,
        json!({ "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": "100" }] }),
    )];
    t.ok(
        "what is not drawn of it yet",
        &drawn,
        REFUNDED,
        pooled("RC-GOP-1", "200"),
    );
    t.no(
        "what is drawn of it",
        &drawn,
        REFUNDED,
        pooled("RC-GOP-1", "201"),
        NotInReceipt,
        &["RC-GOP-1", "200", "201"],
    );
    t.ok("the one behind it", &drawn, REFUNDED, pooled("RC-GOP-2", "200"));
    t.no(
        "half a đồng",
        &[],
        REFUNDED,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "for no reason",
        &[],
        REFUNDED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "a code used",
        &[],
        REFUNDED,
        json!({ "refund": "DN-TIEN" }),
        CodeUsed,
        &["DN-TIEN"],
    );
    t.no(
        "tomorrow",
        &[],
        REFUNDED,
        json!({ "paid_on": "2026-06-16" }),
        InFuture,
        &["paid_on", "2026-06-16"],
    );
    t.ok(
        "the day it came",
        &[],
        REFUNDED,
        json!({ "paid_on": "2026-02-10" }),
    );
    t.no(
        "before it came",
        &[],
        REFUNDED,
        json!({ "paid_on": "2026-02-09" }),
        BeforeEarlier,
        &["paid_on", "2026-02-09", "2026-02-10"],
    );
    t.no(
        "before it came to the pool",
        &[],
        REFUNDED,
        json!({ "lot": "RC-GOP-2", "quantity": "1", "paid_on": "2026-02-19" }),
        BeforeEarlier,
        &["2026-02-19", "2026-02-20"],
    );
}

fn refunded_what(t: &mut Table) {
    let lot = |lot: &str| json!({ "lot": lot, "quantity": "1" });
    t.no(
        "no receipt",
        &[],
        REFUNDED,
        lot("RC-KHONG"),
        Unknown,
        &["RC-KHONG"],
    );
    t.no("a promise", &[], REFUNDED, lot("DN-TIEN"), Unknown, &["DN-TIEN"]);
    t.no("an allocation", &[], REFUNDED, lot("AL-AO"), Unknown, &["AL-AO"]);
    t.no("no pool", &[], REFUNDED, lot("gop-la"), Unknown, &["gop-la"]);
    t.no(
        "a reversed receipt",
        &without_lot(),
        REFUNDED,
        json!({}),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "a reversed receipt of a pool",
        &[("entry.reversed", json!({ "reverses": seq::POOLED_FIRST }))],
        REFUNDED,
        lot("RC-GOP-1"),
        Reversed,
        &["RC-GOP-1", "35"],
    );
    t.no(
        "a pool",
        &[],
        REFUNDED,
        lot("gop-chung"),
        RefundOfPool,
        &["gop-chung"],
    );
    let bought = |spends: Value| {
        [(
            "purchase.made",
            json!({
                "spends": spends,
                "obtains": [{ "lot": "LT-AO", "item": "ao-am", "quantity": "6", "value_vnd": "301" }],
            }),
        )]
    };
    t.no(
        "a lot bought with two gifts of a pool",
        &bought(json!([{ "lot": "gop-chung", "quantity": "301" }])),
        REFUNDED,
        lot("LT-AO"),
        SeveralGifts,
        &["LT-AO"],
    );
    t.no(
        "a lot bought with two lots",
        &bought(json!([{ "lot": "RC-TIEN", "quantity": "300" }, { "lot": "gop-chung", "quantity": "1" }])),
        REFUNDED,
        lot("LT-AO"),
        SeveralGifts,
        &["LT-AO"],
    );
    t.ok(
        "a lot bought with one gift",
        &bought(json!([{ "lot": "RC-TIEN", "quantity": "301" }])),
        REFUNDED,
        lot("LT-AO"),
    );
    let moved = |quantity: &str| {
        [(
            "custody.transferred",
            json!({ "lot": "gop-chung", "quantity": quantity }),
        )]
    };
    t.ok(
        "a lot moved out of one gift of a pool",
        &moved("300"),
        REFUNDED,
        lot("LT-CHUYEN"),
    );
    t.no(
        "a lot moved out of two gifts of a pool",
        &moved("301"),
        REFUNDED,
        lot("LT-CHUYEN"),
        SeveralGifts,
        &["LT-CHUYEN"],
    );
    t.ok(
        "a lot that came back",
        &[(RETURNED, json!({}))],
        REFUNDED,
        lot("LT-TRA"),
    );
}

/// Ten coats were handed over.
fn returned(t: &mut Table) {
    t.ok("some of them", &[], RETURNED, json!({}));
    t.ok(
        "the ledger makes the lot's code",
        &[],
        RETURNED,
        json!({ "new_lot": null }),
    );
    t.ok("all of them", &[], RETURNED, json!({ "quantity": "10" }));
    t.no(
        "a thousandth more",
        &[],
        RETURNED,
        json!({ "quantity": "10.001" }),
        NotReturnable,
        &["DL-AO", "10 ao-am", "10.001"],
    );
    let four = [(RETURNED, json!({ "new_lot": "LT-BON" }))];
    t.ok("the other six", &four, RETURNED, json!({ "quantity": "6" }));
    t.no(
        "one that came back already",
        &four,
        RETURNED,
        json!({ "quantity": "6.001" }),
        NotReturnable,
        &["DL-AO", "6 ao-am", "6.001"],
    );
    t.ok(
        "after they were confirmed",
        &[("delivery.confirmed", json!({}))],
        RETURNED,
        json!({}),
    );
    t.no(
        "for no reason",
        &[],
        RETURNED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "despite",
        &[],
        RETURNED,
        json!({ "despite": ["closed"] }),
        Form,
        &["despite"],
    );
    let money = [
        (
            MADE,
            json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "5" }] }),
        ),
        (
            "delivery.made",
            json!({ "delivery": "DL-X", "allocation": "AL-X", "quantity": "5" }),
        ),
    ];
    t.no(
        "half a đồng",
        &money,
        RETURNED,
        json!({ "delivery": "DL-X", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "a code used",
        &[],
        RETURNED,
        json!({ "new_lot": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "no delivery",
        &[],
        RETURNED,
        json!({ "delivery": "DL-KHONG" }),
        Unknown,
        &["DL-KHONG", "en:delivery"],
    );
    t.no(
        "a reversed delivery",
        &[("entry.reversed", json!({}))],
        RETURNED,
        json!({}),
        Reversed,
        &["DL-AO", "35"],
    );
    t.no(
        "tomorrow",
        &[],
        RETURNED,
        json!({ "returned_on": "2026-06-16" }),
        InFuture,
        &["returned_on", "2026-06-16"],
    );
    t.ok(
        "before the delivery is no broken rule",
        &[],
        RETURNED,
        json!({ "returned_on": "2026-03-09" }),
    );
    let again = |quantity: &str| json!({ "draws": [{ "lot": "LT-TRA", "quantity": quantity }] });
    let back = [(RETURNED, json!({}))];
    t.ok("they can be given again", &back, MADE, again("4"));
    t.no(
        "not more than came back",
        &back,
        MADE,
        again("4.001"),
        NotInLot,
        &["LT-TRA", "4 ao-am", "4.001"],
    );
    t.no(
        "not before they came back",
        &back,
        MADE,
        json!({ "draws": [{ "lot": "LT-TRA", "quantity": "1" }], "decided_on": "2026-06-14" }),
        BeforeEarlier,
        &["2026-06-15", "LT-TRA"],
    );
    let bound = [
        (
            "receipt.issued",
            json!({ "receipt": "RC-X", "item": "ao-am", "quantity": "9", "restriction": { "places": ["xa-ba-vi"] } }),
        ),
        (
            MADE,
            json!({ "allocation": "AL-X", "draws": [{ "lot": "RC-X", "quantity": "5" }] }),
        ),
        (
            "delivery.made",
            json!({ "delivery": "DL-X", "allocation": "AL-X", "quantity": "5" }),
        ),
        (RETURNED, json!({ "delivery": "DL-X" })),
    ];
    t.no(
        "what came back is bound as it was",
        &bound,
        MADE,
        json!({ "place": "xa-moi", "draws": [{ "lot": "LT-TRA", "quantity": "1" }] }),
        BoundPlace,
        &["LT-TRA", "xa-moi"],
    );
}

fn resolved(t: &mut Table) {
    let disputed = [("delivery.disputed", json!({}))];
    t.ok("a dispute settled", &disputed, RESOLVED, json!({}));
    t.ok("nothing arrived", &disputed, RESOLVED, json!({ "accepted": "0" }));
    t.ok("all arrived", &disputed, RESOLVED, json!({ "accepted": "10" }));
    t.no(
        "more than was sent",
        &disputed,
        RESOLVED,
        json!({ "accepted": "10.001" }),
        MoreThanDelivered,
        &["DL-AO", "10 ao-am", "10.001"],
    );
    t.ok(
        "what came back since had arrived",
        &[disputed[0].clone(), (RETURNED, json!({}))],
        RESOLVED,
        json!({ "accepted": "10" }),
    );
    t.ok(
        "by who recorded the delivery",
        &disputed,
        RESOLVED,
        json!({ "by": "clerk-01" }),
    );
    t.no("no dispute", &[], RESOLVED, json!({}), NotDisputed, &["DL-AO"]);
    t.no(
        "a dispute that was reversed",
        &[disputed[0].clone(), ("entry.reversed", json!({ "reverses": 35 }))],
        RESOLVED,
        json!({}),
        NotDisputed,
        &["DL-AO"],
    );
    t.no(
        "a confirmed delivery",
        &[("delivery.confirmed", json!({}))],
        RESOLVED,
        json!({}),
        DeliveryAnswered,
        &["DL-AO", "35"],
    );
    let settled = [disputed[0].clone(), (RESOLVED, json!({}))];
    t.no(
        "settled twice",
        &settled,
        RESOLVED,
        json!({}),
        DeliveryAnswered,
        &["DL-AO", "36"],
    );
    t.no(
        "disputed again",
        &settled,
        "delivery.disputed",
        json!({}),
        DeliveryAnswered,
        &["DL-AO", "36"],
    );
    t.no(
        "confirmed after that",
        &settled,
        "delivery.confirmed",
        json!({}),
        DeliveryAnswered,
        &["DL-AO", "36"],
    );
    t.ok(
        "settled anew after a reversal",
        &[
            disputed[0].clone(),
            (RESOLVED, json!({})),
            ("entry.reversed", json!({ "reverses": 36 })),
        ],
        RESOLVED,
        json!({ "accepted": "9" }),
    );
    t.no(
        "no delivery",
        &[],
        RESOLVED,
        json!({ "delivery": "DL-KHONG" }),
        Unknown,
        &["DL-KHONG", "en:delivery"],
    );
    t.no(
        "tomorrow",
        &disputed,
        RESOLVED,
        json!({ "resolved_on": "2026-06-16" }),
        InFuture,
        &["resolved_on", "2026-06-16"],
    );
    t.ok(
        "before the dispute is no broken rule",
        &disputed,
        RESOLVED,
        json!({ "resolved_on": "2026-03-09" }),
    );
    t.no(
        "despite",
        &disputed,
        RESOLVED,
        json!({ "despite": ["closed"] }),
        Form,
        &["despite"],
    );
    t.no(
        "for no reason",
        &disputed,
        RESOLVED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "a reversed delivery",
        &[("entry.reversed", json!({}))],
        RESOLVED,
        json!({}),
        Reversed,
        &["DL-AO", "35"],
    );
    let money = [
        (
            MADE,
            json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "5" }] }),
        ),
        (
            "delivery.made",
            json!({ "delivery": "DL-X", "allocation": "AL-X", "quantity": "5" }),
        ),
        ("delivery.disputed", json!({ "delivery": "DL-X" })),
    ];
    t.no(
        "half a đồng",
        &money,
        RESOLVED,
        json!({ "delivery": "DL-X", "accepted": "0.5" }),
        Form,
        &["accepted", "VND"],
    );
}
