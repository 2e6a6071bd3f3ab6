//! Handing over, and the receiver's word.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    forms_and_references(&mut t);
    dates(&mut t);
    places(&mut t);
    small_groups(&mut t);
    wide_places(&mut t);
    late_and_expired(&mut t);
    despite(&mut t);
    confirmations(&mut t);
    disputes(&mut t);
    t.0
}

const MADE: &str = "delivery.made";

fn forms_and_references(t: &mut Table) {
    t.ok("coats handed over", &[], MADE, json!({}));
    t.no(
        "more than was allocated",
        &[],
        MADE,
        json!({ "quantity": "30.001" }),
        NotInAllocation,
        &["AL-AO", "30 ao-am", "30.001"],
    );
    t.no(
        "what was released",
        &[("allocation.released", json!({ "quantity": "25" }))],
        MADE,
        json!({ "quantity": "6" }),
        NotInAllocation,
        &["5 ao-am", "6"],
    );
    t.ok(
        "what a reversed delivery left",
        &[("entry.reversed", json!({}))],
        MADE,
        json!({ "quantity": "40" }),
    );
    t.no(
        "a code used",
        &[],
        MADE,
        json!({ "delivery": "AL-AO" }),
        CodeUsed,
        &["AL-AO"],
    );
    t.no(
        "no allocation",
        &[],
        MADE,
        json!({ "allocation": "AL-KHONG" }),
        Unknown,
        &["AL-KHONG", "en:allocation"],
    );
    t.no(
        "a delivery is no allocation",
        &[],
        MADE,
        json!({ "allocation": "DL-AO" }),
        Unknown,
        &["DL-AO"],
    );
    t.no(
        "no place",
        &[],
        MADE,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "no receiver",
        &[],
        MADE,
        json!({ "receiver": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    let money = (
        "allocation.made",
        json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "gop-chung", "quantity": "5" }] }),
    );
    t.no(
        "half a đồng",
        std::slice::from_ref(&money),
        MADE,
        json!({ "allocation": "AL-X", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "a reversed allocation",
        &[money, ("entry.reversed", json!({ "reverses": 35 }))],
        MADE,
        json!({ "allocation": "AL-X", "quantity": "5" }),
        Reversed,
        &["AL-X", "36"],
    );
    t.no(
        "minus one child",
        &[],
        MADE,
        json!({ "children": -1 }),
        Form,
        &["children", "0"],
    );
}

fn dates(t: &mut Table) {
    t.no(
        "tomorrow",
        &[],
        MADE,
        json!({ "delivered_on": "2026-06-16" }),
        InFuture,
        &["delivered_on", "2026-06-16", "2026-06-15"],
    );
    t.no(
        "tomorrow is never lifted",
        &[],
        MADE,
        json!({ "delivered_on": "2026-06-16", "despite": ["out_of_period"], "reason": "x" }),
        Form,
        &["despite", "out_of_period"],
    );
    t.ok(
        "on the day of the decision",
        &[],
        MADE,
        json!({ "delivered_on": "2026-03-01" }),
    );
    t.no(
        "before the decision",
        &[],
        MADE,
        json!({ "delivered_on": "2026-02-28" }),
        BeforeEarlier,
        &["delivered_on", "2026-02-28", "2026-03-01", "AL-AO"],
    );
    t.ok(
        "despite that",
        &[],
        MADE,
        json!({ "delivered_on": "2026-02-28", "despite": ["out_of_period"], "reason": "ghi bù" }),
    );
    t.ok(
        "after the plan ended",
        &[],
        MADE,
        json!({ "delivered_on": "2027-01-05", "at": "2027-01-05T03:00:00.000Z", "despite": ["expired"], "reason": "áo không hỏng" }),
    );
}

fn places(t: &mut Table) {
    t.ok(
        "a village under the place",
        &[],
        MADE,
        json!({ "place": "thon-dong" }),
    );
    t.no(
        "above the place",
        &[],
        MADE,
        json!({ "place": "ba-vi" }),
        DeliveredElsewhere,
        &["ba-vi", "xa-ba-vi", "AL-AO"],
    );
    t.no(
        "elsewhere",
        &[],
        MADE,
        json!({ "place": "xa-moi" }),
        DeliveredElsewhere,
        &["xa-moi", "xa-ba-vi"],
    );
    t.ok(
        "despite that",
        &[],
        MADE,
        json!({ "place": "xa-moi", "despite": ["out_of_scope"], "reason": "đường sạt lở" }),
    );
    let merged = |on: &str| {
        (
            "place.succeeded",
            json!({ "place": "xa-ba-vi", "on": on, "successors": [{ "place": "xa-moi", "part": "whole" }] }),
        )
    };
    t.ok(
        "a successor of the place",
        &[merged("2026-06-15")],
        MADE,
        json!({ "place": "xa-moi" }),
    );
    t.no(
        "a successor before it took over",
        &[merged("2026-06-16")],
        MADE,
        json!({ "place": "xa-moi" }),
        DeliveredElsewhere,
        &["xa-moi"],
    );
    t.ok(
        "the old name, while a successor is valid",
        &[merged("2026-06-15")],
        MADE,
        json!({}),
    );
    let ended = |to: &str| ("place.revised", json!({ "valid_to": to }));
    t.ok(
        "the last day of the place",
        &[ended("2026-06-15")],
        MADE,
        json!({}),
    );
    t.no(
        "after the last day of the place",
        &[ended("2026-06-14")],
        MADE,
        json!({}),
        PlaceNotValid,
        &["xa-ba-vi", "2026-06-15"],
    );
    t.ok(
        "despite that",
        &[ended("2026-06-14")],
        MADE,
        json!({ "despite": ["out_of_scope"], "reason": "x" }),
    );
}

fn small_groups(t: &mut Table) {
    let few = |children: u64, place: &str, receiver: &str| json!({ "children": children, "place": place, "receiver": receiver });
    t.ok(
        "five children in a commune",
        &[],
        MADE,
        few(5, "xa-ba-vi", "uy-ban-xa"),
    );
    t.no(
        "four children in a commune",
        &[],
        MADE,
        few(4, "xa-ba-vi", "so-y-te"),
        PlaceTooFine,
        &["4", "5", "xa-ba-vi"],
    );
    t.no(
        "one child in a village",
        &[],
        MADE,
        few(1, "thon-dong", "so-y-te"),
        PlaceTooFine,
        &["1", "thon-dong"],
    );
    let district = [(
        "allocation.made",
        json!({ "allocation": "AL-X", "place": "ba-vi", "draws": [{ "lot": "RC-AO", "quantity": "30" }] }),
    )];
    let there = |children: u64, receiver: &str| json!({ "allocation": "AL-X", "children": children, "place": "ba-vi", "receiver": receiver });
    t.ok(
        "four children in a district",
        &district,
        MADE,
        there(4, "so-y-te"),
    );
    t.ok("a receiver without a place", &district, MADE, there(4, "cong-ty"));
    t.no(
        "a receiver in a commune",
        &district,
        MADE,
        there(4, "uy-ban-xa"),
        ReceiverTooFine,
        &["4", "5", "uy-ban-xa", "xa-ba-vi"],
    );
    t.no(
        "no children",
        &[],
        MADE,
        few(0, "xa-ba-vi", "uy-ban-xa"),
        NoChildren,
        &["0", "AO"],
    );
    let kitchen = [(
        "allocation.made",
        json!({ "allocation": "AL-X", "category": "BEP", "place": "p-hang-bac", "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "30" }] }),
    )];
    t.ok(
        "no children, where a facility benefits",
        &kitchen,
        MADE,
        json!({ "allocation": "AL-X", "children": 0, "place": "p-hang-bac" }),
    );
    t.no(
        "few children, where a facility benefits",
        &kitchen,
        MADE,
        json!({ "allocation": "AL-X", "children": 4, "place": "p-hang-bac" }),
        PlaceTooFine,
        &["4"],
    );
    let larger = [(
        "allocation.made",
        json!({ "allocation": "AL-X", "programme": "khap-noi", "draws": [{ "lot": "RC-AO", "quantity": "30" }] }),
    )];
    t.no(
        "a plan with larger groups",
        &larger,
        MADE,
        json!({ "allocation": "AL-X", "children": 9 }),
        PlaceTooFine,
        &["9", "10"],
    );
    t.ok(
        "enough for that plan",
        &larger,
        MADE,
        json!({ "allocation": "AL-X", "children": 10 }),
    );
    t.no(
        "never lifted",
        &[],
        MADE,
        json!({ "children": 4, "despite": ["small_group"], "reason": "x" }),
        Form,
        &["despite", "small_group"],
    );
}

/// A district or province above the plan's places is for small groups only.
fn wide_places(t: &mut Table) {
    let province = [(
        "allocation.made",
        json!({ "allocation": "AL-X", "place": "ha-noi", "draws": [{ "lot": "RC-AO", "quantity": "30" }] }),
    )];
    let at = |place: &str, children: u64| json!({ "allocation": "AL-X", "place": place, "children": children, "receiver": "so-y-te" });
    t.ok("few children of the province", &province, MADE, at("ha-noi", 4));
    t.ok(
        "few children of a district above the plan's places",
        &province,
        MADE,
        at("ba-vi", 4),
    );
    t.no(
        "five children of the province",
        &province,
        MADE,
        at("ha-noi", 5),
        PlaceTooWide,
        &["ha-noi", "5"],
    );
    t.ok(
        "five children of a commune of the plan",
        &province,
        MADE,
        at("xa-ba-vi", 5),
    );
    t.no(
        "a ward of the province that the plan does not serve",
        &province,
        MADE,
        at("p-hang-bac", 50),
        PlaceNotInScope,
        &["p-hang-bac", "AO", "ke-hoach"],
    );
    let mut despite = at("p-hang-bac", 50);
    despite["despite"] = json!(["out_of_scope"]);
    despite["reason"] = "bão".into();
    t.ok("despite that", &province, MADE, despite);
}

fn late_and_expired(t: &mut Table) {
    let late = |restriction: Value| {
        [
            (
                "receipt.issued",
                json!({ "receipt": "RC-X", "received_on": "2026-06-01", "restriction": restriction }),
            ),
            (
                "allocation.made",
                json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "RC-X", "quantity": "30" }], "decided_on": "2026-06-10" }),
            ),
        ]
    };
    let x = |extra: Value| {
        let mut change = json!({ "allocation": "AL-X" });
        for (name, value) in extra.as_object().expect("an object") {
            change[name] = value.clone();
        }
        change
    };
    let last = |on: &str| late(json!({ "until": on }));
    t.ok("the donor's last day", &last("2026-06-15"), MADE, x(json!({})));
    t.no(
        "after the donor's last day",
        &last("2026-06-14"),
        MADE,
        x(json!({})),
        BoundUntil,
        &["RC-X", "2026-06-14", "2026-06-15"],
    );
    t.ok(
        "despite that",
        &last("2026-06-14"),
        MADE,
        x(json!({ "despite": ["restriction_violated"], "reason": "mưa lũ" })),
    );
    let expired = [
        (
            "receipt.issued",
            json!({ "receipt": "RC-X", "item": "ao-am", "received_on": "2026-06-01", "expires_on": "2026-06-14" }),
        ),
        (
            "allocation.made",
            json!({
                "allocation": "AL-X", "draws": [{ "lot": "RC-AO", "quantity": "10" }, { "lot": "RC-X", "quantity": "20" }], "decided_on": "2026-06-10",
            }),
        ),
    ];
    t.ok(
        "what is used first has not expired",
        &expired,
        MADE,
        x(json!({ "quantity": "10" })),
    );
    t.no(
        "a thousandth of what has",
        &expired,
        MADE,
        x(json!({ "quantity": "10.001" })),
        Expired,
        &["RC-X", "2026-06-14", "2026-06-15"],
    );
    t.ok(
        "on its last day",
        &expired,
        MADE,
        x(json!({ "quantity": "30", "delivered_on": "2026-06-14" })),
    );
    t.ok(
        "despite that",
        &expired,
        MADE,
        x(json!({ "quantity": "30", "despite": ["expired"], "reason": "còn dùng được" })),
    );
    t.no(
        "too much and expired: expiry comes first",
        &expired,
        MADE,
        x(json!({ "quantity": "31" })),
        Expired,
        &["RC-X"],
    );
    t.no(
        "too much is not lifted",
        &expired,
        MADE,
        x(json!({ "quantity": "31", "despite": ["expired"], "reason": "x" })),
        NotInAllocation,
        &["30 ao-am", "31"],
    );
}

fn despite(t: &mut Table) {
    // Before its decision, elsewhere, and a small group.
    let mut change =
        json!({ "delivered_on": "2026-02-28", "place": "xa-cu", "children": 3, "receiver": "so-y-te" });
    let mut step = |what, mend: Value, reason, facts: &[&str]| {
        t.no(what, &[], MADE, change.clone(), reason, facts);
        for (name, value) in mend.as_object().expect("an object") {
            change[name] = value.clone();
        }
    };
    step(
        "first the date",
        json!({ "despite": ["out_of_scope"], "reason": "x" }),
        BeforeEarlier,
        &["AL-AO"],
    );
    step(
        "only the place lifted",
        json!({ "despite": ["out_of_period"] }),
        BeforeEarlier,
        &["AL-AO"],
    );
    step(
        "only the date lifted",
        json!({ "despite": ["out_of_period", "out_of_scope"] }),
        DeliveredElsewhere,
        &["xa-cu"],
    );
    step(
        "both lifted, the group is small",
        json!({ "children": 30 }),
        PlaceTooFine,
        &["3", "5"],
    );
    t.ok("both lifted", &[], MADE, change);
    for code in [
        "closed",
        "out_of_period",
        "out_of_scope",
        "source_not_permitted",
        "restriction_violated",
        "expired",
    ] {
        t.no(
            "a policy that is not broken",
            &[],
            MADE,
            json!({ "despite": [code], "reason": "x" }),
            Form,
            &["despite", code],
        );
    }
    t.no(
        "an empty despite",
        &[],
        MADE,
        json!({ "despite": [], "reason": "x" }),
        Form,
        &["despite"],
    );
    t.no(
        "a reason alone",
        &[],
        MADE,
        json!({ "reason": "x" }),
        Form,
        &["reason"],
    );
    t.no(
        "despite without a reason",
        &[],
        MADE,
        json!({ "place": "xa-moi", "despite": ["out_of_scope"] }),
        Form,
        &["reason"],
    );
}

fn confirmations(t: &mut Table) {
    let confirmed = "delivery.confirmed";
    t.ok("all arrived", &[], confirmed, json!({}));
    t.ok(
        "nothing arrived",
        &[],
        confirmed,
        json!({ "accepted": "0", "condition": "partial" }),
    );
    t.no(
        "more arrived than was sent",
        &[],
        confirmed,
        json!({ "accepted": "10.001" }),
        MoreThanDelivered,
        &["DL-AO", "10 ao-am", "10.001"],
    );
    t.no(
        "no delivery",
        &[],
        confirmed,
        json!({ "delivery": "DL-KHONG" }),
        Unknown,
        &["DL-KHONG", "en:delivery"],
    );
    t.no(
        "an allocation is no delivery",
        &[],
        confirmed,
        json!({ "delivery": "AL-AO" }),
        Unknown,
        &["AL-AO"],
    );
    t.no(
        "no party",
        &[],
        confirmed,
        json!({ "confirmed_by": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "a reversed delivery",
        &[("entry.reversed", json!({}))],
        confirmed,
        json!({}),
        Reversed,
        &["DL-AO", "35"],
    );
    let money = [
        (
            "allocation.made",
            json!({ "allocation": "AL-X", "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "5" }] }),
        ),
        (
            MADE,
            json!({ "delivery": "DL-X", "allocation": "AL-X", "quantity": "5", "by": "clerk-01" }),
        ),
    ];
    t.no(
        "half a đồng arrived",
        &money,
        confirmed,
        json!({ "delivery": "DL-X", "accepted": "0.5" }),
        Form,
        &["accepted", "VND"],
    );
    t.no(
        "tomorrow",
        &[],
        confirmed,
        json!({ "confirmed_on": "2026-06-16" }),
        InFuture,
        &["confirmed_on", "2026-06-16"],
    );
    t.no(
        "tomorrow is never lifted",
        &[],
        confirmed,
        json!({ "confirmed_on": "2026-06-16", "despite": ["out_of_period"], "reason": "x" }),
        Form,
        &["despite", "out_of_period"],
    );
    t.ok(
        "on the day of the delivery",
        &[],
        confirmed,
        json!({ "confirmed_on": "2026-03-10" }),
    );
    t.no(
        "before the delivery",
        &[],
        confirmed,
        json!({ "confirmed_on": "2026-03-09" }),
        BeforeEarlier,
        &["confirmed_on", "2026-03-09", "2026-03-10", "DL-AO"],
    );
    t.ok(
        "despite that",
        &[],
        confirmed,
        json!({ "confirmed_on": "2026-03-09", "despite": ["out_of_period"], "reason": "ghi nhầm ngày giao" }),
    );
    t.no(
        "by who recorded the delivery",
        &[],
        confirmed,
        json!({ "by": "clerk-01" }),
        SameActor,
        &["clerk-01", "DL-AO"],
    );
    t.no(
        "four eyes come before quantities",
        &[],
        confirmed,
        json!({ "by": "clerk-01", "accepted": "11" }),
        SameActor,
        &["clerk-01"],
    );
    t.no(
        "four eyes are never lifted",
        &[],
        confirmed,
        json!({ "by": "clerk-01", "despite": ["four_eyes"], "reason": "x" }),
        Form,
        &["despite", "four_eyes"],
    );
    t.no(
        "confirmed twice",
        &[(confirmed, json!({}))],
        confirmed,
        json!({ "accepted": "9" }),
        DeliveryAnswered,
        &["DL-AO", "35"],
    );
    t.no(
        "another answer is never lifted",
        &[(confirmed, json!({}))],
        confirmed,
        json!({ "despite": ["closed"], "reason": "x" }),
        Form,
        &["despite", "closed"],
    );
    t.no(
        "confirmed after a dispute",
        &[("delivery.disputed", json!({}))],
        confirmed,
        json!({}),
        DeliveryDisputed,
        &["DL-AO", "35"],
    );
    t.ok(
        "confirmed again after a reversal",
        &[
            (confirmed, json!({})),
            ("entry.reversed", json!({ "reverses": 35 })),
        ],
        confirmed,
        json!({ "accepted": "9" }),
    );
    t.no(
        "a closed answer comes before a date",
        &[(confirmed, json!({}))],
        confirmed,
        json!({ "confirmed_on": "2026-03-09" }),
        DeliveryAnswered,
        &["35"],
    );
}

fn disputes(t: &mut Table) {
    let disputed = "delivery.disputed";
    t.ok("a dispute", &[], disputed, json!({}));
    t.ok(
        "by who recorded the delivery",
        &[],
        disputed,
        json!({ "by": "clerk-01" }),
    );
    t.ok(
        "before the delivery is no broken rule",
        &[],
        disputed,
        json!({ "disputed_on": "2026-03-09" }),
    );
    t.no(
        "tomorrow",
        &[],
        disputed,
        json!({ "disputed_on": "2026-06-16" }),
        InFuture,
        &["disputed_on", "2026-06-16"],
    );
    t.no(
        "no delivery",
        &[],
        disputed,
        json!({ "delivery": "DL-KHONG" }),
        Unknown,
        &["DL-KHONG"],
    );
    t.no(
        "no party",
        &[],
        disputed,
        json!({ "disputed_by": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a reversed delivery",
        &[("entry.reversed", json!({}))],
        disputed,
        json!({}),
        Reversed,
        &["DL-AO"],
    );
    t.no(
        "after a confirmation",
        &[("delivery.confirmed", json!({}))],
        disputed,
        json!({}),
        DeliveryAnswered,
        &["DL-AO", "35"],
    );
    t.no(
        "disputed twice",
        &[(disputed, json!({}))],
        disputed,
        json!({}),
        DeliveryDisputed,
        &["DL-AO", "35"],
    );
    t.no(
        "despite anything",
        &[],
        disputed,
        json!({ "despite": ["closed"] }),
        Form,
        &["despite"],
    );
    t.no(
        "for no reason",
        &[],
        disputed,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
}
