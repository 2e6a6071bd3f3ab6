//! Reserving parts of lots and pools, and giving them back.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::seq;

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    forms_and_references(&mut t);
    dates(&mut t);
    scope(&mut t);
    items_and_sources(&mut t);
    restrictions(&mut t);
    quantities(&mut t);
    order(&mut t);
    releases(&mut t);
    t.0
}

const MADE: &str = "allocation.made";

/// An allocation of money for coats.
fn money(lot: &str, quantity: &str, extra: Value) -> Value {
    let mut change = json!({ "item": "VND", "draws": [{ "lot": lot, "quantity": quantity }] });
    for (name, value) in extra.as_object().expect("an object") {
        change[name] = value.clone();
    }
    change
}

fn forms_and_references(t: &mut Table) {
    t.ok("a lot of coats", &[], MADE, json!({}));
    t.ok("a lot of money", &[], MADE, money("RC-TIEN", "1", json!({})));
    t.ok("a pool", &[], MADE, money("gop-chung", "1", json!({})));
    t.no("no draws", &[], MADE, json!({ "draws": [] }), Form, &["draws"]);
    t.no(
        "a lot twice",
        &[],
        MADE,
        json!({ "draws": [{ "lot": "RC-AO", "quantity": "1" }, { "lot": "RC-AO", "quantity": "2" }] }),
        Form,
        &["draws"],
    );
    t.no(
        "half a đồng",
        &[],
        MADE,
        money("RC-TIEN", "0.5", json!({})),
        Form,
        &["draws[0].quantity", "VND"],
    );
    t.no(
        "a code used",
        &[],
        MADE,
        json!({ "allocation": "DL-AO" }),
        CodeUsed,
        &["DL-AO"],
    );
    t.no(
        "no plan",
        &[],
        MADE,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "no category",
        &[],
        MADE,
        json!({ "category": "XE" }),
        UnknownInside,
        &["ke-hoach", "XE", "en:category"],
    );
    t.no(
        "no place",
        &[],
        MADE,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la", "en:place"],
    );
    t.no(
        "no group",
        &[],
        MADE,
        json!({ "group": "giau" }),
        UnknownInside,
        &["ke-hoach", "giau", "en:group"],
    );
    t.no(
        "a group of another plan",
        &[],
        MADE,
        json!({ "programme": "khap-noi", "group": "xa" }),
        UnknownInside,
        &["khap-noi", "xa"],
    );
    t.no(
        "no need",
        &[],
        MADE,
        json!({ "need": "ND-1" }),
        Unknown,
        &["ND-1", "en:need"],
    );
    t.no(
        "no item",
        &[],
        MADE,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong", "en:item"],
    );
    let lot = |lot: &str| json!({ "draws": [{ "lot": lot, "quantity": "1" }] });
    t.no(
        "no lot",
        &[],
        MADE,
        lot("RC-KHONG"),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no("no pool", &[], MADE, lot("gop-la"), Unknown, &["gop-la"]);
    t.no(
        "a promise is no lot",
        &[],
        MADE,
        lot("DN-TIEN"),
        Unknown,
        &["DN-TIEN"],
    );
    t.no(
        "an allocation is no lot",
        &[],
        MADE,
        lot("AL-AO"),
        Unknown,
        &["AL-AO"],
    );
    t.no(
        "a pooled receipt is no lot",
        &[],
        MADE,
        lot("RC-GOP-1"),
        InPool,
        &["RC-GOP-1", "gop-chung"],
    );
    t.no(
        "a reversed lot",
        &[("entry.reversed", json!({ "reverses": seq::LOT_MONEY }))],
        MADE,
        money("RC-TIEN", "1", json!({})),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "a decision is never despite",
        &[],
        MADE,
        json!({ "despite": ["closed"], "reason": "x" }),
        Form,
        &["despite"],
    );
}

fn dates(t: &mut Table) {
    let old = |on: &str| {
        money(
            "RC-TIEN",
            "1",
            json!({ "programme": "da-dong", "decided_on": on }),
        )
    };
    t.ok(
        "decided on the day the plan was closed",
        &[],
        MADE,
        old("2026-03-31"),
    );
    t.no(
        "decided after the plan was closed",
        &[],
        MADE,
        old("2026-04-01"),
        ProgrammeClosed,
        &["da-dong", "2026-03-31", "2026-04-01"],
    );
    t.no(
        "decided tomorrow",
        &[],
        MADE,
        json!({ "decided_on": "2026-06-16" }),
        InFuture,
        &["decided_on", "2026-06-16", "2026-06-15"],
    );
    t.ok(
        "decided in the first hour of the day in Vietnam",
        &[],
        MADE,
        json!({ "decided_on": "2026-06-16", "at": "2026-06-15T17:00:00.000Z" }),
    );
    let year = |from: &str, to: &str| {
        let mut terms = crate::world::programme("ngan", &[], 5);
        terms["period"] = json!({ "from": from, "to": to });
        [("programme.published", terms)]
    };
    let short = json!({ "programme": "ngan" });
    t.ok(
        "decided on the plan's last day",
        &year("2026-01-01", "2026-06-15"),
        MADE,
        short.clone(),
    );
    t.no(
        "decided after the plan",
        &year("2026-01-01", "2026-06-14"),
        MADE,
        short.clone(),
        OutsideProgramme,
        &["ngan", "2026-01-01", "2026-06-14", "2026-06-15"],
    );
    t.ok(
        "decided on the plan's first day",
        &year("2026-06-15", "2026-12-31"),
        MADE,
        short.clone(),
    );
    t.no(
        "decided before the plan",
        &year("2026-06-16", "2026-12-31"),
        MADE,
        short,
        OutsideProgramme,
        &["2026-06-16"],
    );
    t.ok(
        "decided on the day the lot came",
        &[],
        MADE,
        json!({ "decided_on": "2026-02-10" }),
    );
    t.no(
        "decided before the lot came",
        &[],
        MADE,
        json!({ "decided_on": "2026-02-09" }),
        BeforeEarlier,
        &["decided_on", "2026-02-09", "2026-02-10", "RC-AO"],
    );
    t.no(
        "decided before the lot came, and more than there is",
        &[],
        MADE,
        json!({ "decided_on": "2026-02-09", "draws": [{ "lot": "RC-AO", "quantity": "5000" }] }),
        BeforeEarlier,
        &["2026-02-10", "RC-AO"],
    );
    // The pool holds 300 of 11 February and 200 of 20 February.
    let pool = |quantity: &str, on: &str| money("gop-chung", quantity, json!({ "decided_on": on }));
    t.ok(
        "a pool's first receipt on its day",
        &[],
        MADE,
        pool("300", "2026-02-11"),
    );
    t.no(
        "a pool's first receipt before its day",
        &[],
        MADE,
        pool("1", "2026-02-10"),
        BeforeEarlier,
        &["2026-02-11", "gop-chung"],
    );
    t.no(
        "one đồng more reaches the second receipt",
        &[],
        MADE,
        pool("301", "2026-02-11"),
        BeforeEarlier,
        &["2026-02-20", "gop-chung"],
    );
    t.ok(
        "the second receipt on its day",
        &[],
        MADE,
        pool("301", "2026-02-20"),
    );
    t.no(
        "the newest need not be the last",
        &[(
            "receipt.issued",
            json!({ "pool": "gop-chung", "quantity": "5", "received_on": "2026-02-12" }),
        )],
        MADE,
        pool("505", "2026-02-12"),
        BeforeEarlier,
        &["2026-02-20"],
    );
    t.ok(
        "decided on the day the coats expire",
        &[],
        MADE,
        json!({ "at": "2026-10-01T02:00:00.000Z", "decided_on": "2026-09-30" }),
    );
    t.no(
        "decided after the coats expired",
        &[],
        MADE,
        json!({ "at": "2026-10-01T02:00:00.000Z", "decided_on": "2026-10-01" }),
        Expired,
        &["RC-AO", "2026-09-30", "2026-10-01"],
    );
    let pools = [
        ("pool.opened", json!({ "pool": "gop-ao-am", "item": "ao-am" })),
        (
            "receipt.issued",
            json!({ "pool": "gop-ao-am", "item": "ao-am", "quantity": "5" }),
        ),
        (
            "receipt.issued",
            json!({ "pool": "gop-ao-am", "item": "ao-am", "quantity": "5", "expires_on": "2026-06-14" }),
        ),
    ];
    t.ok(
        "what is drawn of a pool has not expired",
        &pools,
        MADE,
        json!({ "draws": [{ "lot": "gop-ao-am", "quantity": "5" }] }),
    );
    t.no(
        "something drawn of a pool has expired",
        &pools,
        MADE,
        json!({ "draws": [{ "lot": "gop-ao-am", "quantity": "5.001" }] }),
        Expired,
        &["gop-ao-am", "2026-06-14"],
    );
}

fn scope(t: &mut Table) {
    let at = |place: &str| json!({ "place": place });
    t.ok("a place of the plan", &[], MADE, at("xa-ba-vi"));
    t.ok("a village of a place of the plan", &[], MADE, at("thon-dong"));
    t.ok("a school in a place of the plan", &[], MADE, at("truong-so-1"));
    t.ok("a successor of a place of the plan", &[], MADE, at("xa-moi"));
    t.ok(
        "a village under a successor",
        &[(
            "place.registered",
            json!({ "place": "thon-moi", "kind": "village", "parent": "xa-moi" }),
        )],
        MADE,
        at("thon-moi"),
    );
    t.ok(
        "a successor of a successor",
        &[("place.succeeded", json!({ "place": "xa-moi", "on": "2026-06-01", "successors": [{ "place": "p-hang-bac", "part": "part" }] }))],
        MADE,
        at("p-hang-bac"),
    );
    t.no(
        "a ward elsewhere",
        &[],
        MADE,
        at("p-hang-bac"),
        PlaceNotInScope,
        &["p-hang-bac", "AO", "ke-hoach"],
    );
    t.no(
        "a district elsewhere",
        &[],
        MADE,
        at("hoan-kiem"),
        PlaceNotInScope,
        &["hoan-kiem"],
    );
    t.no(
        "a province elsewhere",
        &[],
        MADE,
        at("hai-phong"),
        PlaceNotInScope,
        &["hai-phong"],
    );
    t.ok("a district above, for few children", &[], MADE, at("ba-vi"));
    t.ok("a province above, for few children", &[], MADE, at("ha-noi"));
    t.ok(
        "a province above nothing but a successor",
        &[
            (
                "place.registered",
                json!({ "place": "tinh-moi", "kind": "province", "parent": null }),
            ),
            (
                "place.revised",
                json!({ "place": "xa-moi", "parent": "tinh-moi" }),
            ),
        ],
        MADE,
        at("tinh-moi"),
    );
    t.no(
        "a commune above is none of those",
        &[(
            "programme.published",
            crate::world::programme("thon", &["thon-dong"], 5),
        )],
        MADE,
        json!({ "programme": "thon", "place": "xa-ba-vi" }),
        PlaceNotInScope,
        &["xa-ba-vi", "thon"],
    );
    t.ok(
        "anywhere, in a plan without places",
        &[],
        MADE,
        json!({ "programme": "khap-noi", "place": "p-hang-bac" }),
    );
    let bep = |place: &str| money("RC-TIEN", "1", json!({ "category": "BEP", "place": place }));
    t.ok(
        "a category's own places come before the plan's",
        &[],
        MADE,
        bep("p-hang-bac"),
    );
    t.no(
        "a plan's place that is not the category's",
        &[],
        MADE,
        bep("xa-ba-vi"),
        PlaceNotInScope,
        &["xa-ba-vi", "BEP"],
    );
    t.no(
        "a place that was taken over",
        &[],
        MADE,
        at("xa-cu"),
        PlaceNotValid,
        &["xa-cu", "2026-06-15"],
    );
    t.ok(
        "the day before it was taken over",
        &[],
        MADE,
        json!({ "place": "xa-cu", "decided_on": "2026-03-31" }),
    );
    t.no(
        "the day it was taken over",
        &[],
        MADE,
        json!({ "place": "xa-cu", "decided_on": "2026-04-01" }),
        PlaceNotValid,
        &["2026-04-01"],
    );
    t.ok(
        "a successor on its first day",
        &[],
        MADE,
        json!({ "place": "xa-moi", "decided_on": "2026-04-01" }),
    );
    t.no(
        "a successor before its first day",
        &[],
        MADE,
        json!({ "place": "xa-moi", "decided_on": "2026-03-31" }),
        PlaceNotInScope,
        &["xa-moi"],
    );
    let until = |to: &str| [("place.revised", json!({ "valid_to": to }))];
    t.ok("the last day of a place", &until("2026-06-15"), MADE, json!({}));
    t.no(
        "after the last day of a place",
        &until("2026-06-14"),
        MADE,
        json!({}),
        PlaceNotValid,
        &["xa-ba-vi", "2026-06-15"],
    );
    let checked = |group: Value| money("RC-TIEN", "1", json!({ "category": "KHAM", "group": group }));
    t.ok("a group of the category", &[], MADE, checked("ngheo".into()));
    t.no(
        "another group",
        &[],
        MADE,
        checked("mo-coi".into()),
        GroupNotInCategory,
        &["KHAM", "mo-coi"],
    );
    t.no(
        "no group at all",
        &[],
        MADE,
        money("RC-TIEN", "1", json!({ "category": "KHAM" })),
        GroupMissing,
        &["KHAM"],
    );
    t.ok(
        "a group in a category for all",
        &[],
        MADE,
        json!({ "group": "mo-coi" }),
    );
}

fn items_and_sources(t: &mut Table) {
    t.no(
        "coats for another category",
        &[],
        MADE,
        json!({ "category": "HB" }),
        ItemCategory,
        &["ao-am", "HB"],
    );
    t.no(
        "a lot of another item",
        &[],
        MADE,
        json!({ "draws": [{ "lot": "RC-TIEN", "quantity": "1" }] }),
        LotItem,
        &["RC-TIEN", "VND", "ao-am"],
    );
    t.no(
        "two lots of two items",
        &[],
        MADE,
        json!({ "draws": [{ "lot": "RC-AO", "quantity": "1" }, { "lot": "gop-chung", "quantity": "1" }] }),
        LotItem,
        &["gop-chung", "VND", "ao-am"],
    );
    let from = |source: &str| [("receipt.issued", json!({ "receipt": "RC-X", "source": source }))];
    let x = |category: &str| money("RC-X", "1", json!({ "category": category }));
    t.ok("any source but the state's", &from("oda"), MADE, x("AO"));
    t.no(
        "the state's",
        &from("state_budget"),
        MADE,
        x("AO"),
        CategorySource,
        &["RC-X", "en:the state budget", "AO"],
    );
    t.ok(
        "the state's where it is listed",
        &from("state_budget"),
        MADE,
        x("HB"),
    );
    t.no(
        "a source that is not listed",
        &from("oda"),
        MADE,
        x("HB"),
        CategorySource,
        &["RC-X", "ODA", "HB"],
    );
}

fn restrictions(t: &mut Table) {
    let given = |restriction: Value| {
        [(
            "receipt.issued",
            json!({ "receipt": "RC-X", "restriction": restriction }),
        )]
    };
    let x = |extra: Value| money("RC-X", "1", extra);
    for (kept, broken, restriction, reason, facts) in [
        (
            json!({}),
            json!({ "programme": "khap-noi" }),
            json!({ "programmes": ["ke-hoach"] }),
            BoundProgramme,
            &["RC-X", "khap-noi"][..],
        ),
        (
            json!({}),
            json!({ "category": "HB" }),
            json!({ "categories": ["AO"] }),
            BoundCategory,
            &["RC-X", "HB"],
        ),
        (
            json!({ "place": "thon-dong" }),
            json!({ "place": "xa-moi" }),
            json!({ "places": ["xa-ba-vi"] }),
            BoundPlace,
            &["RC-X", "xa-moi"],
        ),
        (
            json!({ "place": "xa-moi" }),
            json!({ "place": "xa-ba-vi" }),
            json!({ "places": ["xa-cu"] }),
            BoundPlace,
            &["RC-X", "xa-ba-vi"],
        ),
        (
            json!({ "place": "xa-ba-vi" }),
            json!({ "place": "ba-vi" }),
            json!({ "places": ["xa-ba-vi"] }),
            BoundPlace,
            &["RC-X", "ba-vi"],
        ),
        (
            json!({ "group": "ngheo" }),
            json!({ "group": "mo-coi" }),
            json!({ "groups": ["ngheo"] }),
            BoundGroup,
            &["RC-X"],
        ),
        (
            json!({ "group": "ngheo" }),
            json!({}),
            json!({ "groups": ["ngheo"] }),
            BoundGroup,
            &["RC-X"],
        ),
    ] {
        t.ok("a restriction kept", &given(restriction.clone()), MADE, x(kept));
        t.no(
            "a restriction broken",
            &given(restriction),
            MADE,
            x(broken),
            reason,
            facts,
        );
    }
    t.ok(
        "the donor's last day",
        &given(json!({ "until": "2026-06-15" })),
        MADE,
        x(json!({})),
    );
    t.no(
        "after the donor's last day",
        &given(json!({ "until": "2026-06-14" })),
        MADE,
        x(json!({})),
        BoundUntil,
        &["RC-X", "2026-06-14", "2026-06-15"],
    );
    t.no(
        "the later of two dates does not count",
        &[
            (
                "donation.pledged",
                json!({ "donation": "DN-X", "restriction": { "until": "2026-06-14" } }),
            ),
            (
                "receipt.issued",
                json!({ "receipt": "RC-X", "donation": "DN-X", "restriction": { "until": "2026-06-15" } }),
            ),
        ],
        MADE,
        x(json!({})),
        BoundUntil,
        &["2026-06-14"],
    );
    t.no(
        "the appeal binds its gifts",
        &[(
            "receipt.issued",
            json!({ "receipt": "RC-X", "campaign": "he", "received_on": "2026-05-01" }),
        )],
        MADE,
        x(json!({ "category": "HB" })),
        BoundCategory,
        &["RC-X", "HB"],
    );
    t.no(
        "the pool binds its gifts",
        &[("receipt.issued", json!({ "pool": "gop-ao" }))],
        MADE,
        money("gop-ao", "1", json!({ "category": "HB" })),
        BoundCategory,
        &["gop-ao", "HB"],
    );
    t.no(
        "every lot drawn has to allow it",
        &given(json!({ "categories": ["AO"] })),
        MADE,
        json!({
            "item": "VND", "category": "HB",
            "draws": [{ "lot": "RC-TIEN", "quantity": "1" }, { "lot": "RC-X", "quantity": "1" }],
        }),
        BoundCategory,
        &["RC-X"],
    );
    // Of two nested places the inner one is left.
    let nested = [
        (
            "donation.pledged",
            json!({ "donation": "DN-X", "restriction": { "places": ["ba-vi"] } }),
        ),
        (
            "receipt.issued",
            json!({ "receipt": "RC-X", "donation": "DN-X", "restriction": { "places": ["thon-dong"] } }),
        ),
    ];
    t.ok(
        "the inner place",
        &nested,
        MADE,
        x(json!({ "place": "thon-dong" })),
    );
    t.no(
        "only the outer place",
        &nested,
        MADE,
        x(json!({ "place": "xa-ba-vi" })),
        BoundPlace,
        &["xa-ba-vi"],
    );
    // Of two merged places their successor is left.
    let merged = [
        (
            "place.succeeded",
            json!({ "place": "p-hang-bac", "on": "2026-06-15", "successors": [{ "place": "xa-moi", "part": "part" }] }),
        ),
        (
            "donation.pledged",
            json!({ "donation": "DN-X", "restriction": { "places": ["p-hang-bac"] } }),
        ),
        (
            "receipt.issued",
            json!({ "receipt": "RC-X", "donation": "DN-X", "restriction": { "places": ["xa-cu"] } }),
        ),
    ];
    t.ok(
        "what both were merged into",
        &merged,
        MADE,
        x(json!({ "place": "xa-moi" })),
    );
    t.no(
        "another place",
        &merged,
        MADE,
        x(json!({ "place": "xa-ba-vi" })),
        BoundPlace,
        &["xa-ba-vi"],
    );
}

fn quantities(t: &mut Table) {
    let coats = |quantity: &str| json!({ "draws": [{ "lot": "RC-AO", "quantity": quantity }] });
    t.ok("all that is left", &[], MADE, coats("60"));
    t.no(
        "a thousandth more",
        &[],
        MADE,
        coats("60.001"),
        NotInLot,
        &["RC-AO", "60 ao-am", "60.001"],
    );
    t.no(
        "more than a pool holds",
        &[],
        MADE,
        money("gop-chung", "501", json!({})),
        NotInLot,
        &["gop-chung", "500 đồng", "501"],
    );
    t.no(
        "an empty pool",
        &[],
        MADE,
        money("gop-ao", "1", json!({})),
        NotInLot,
        &["gop-ao", "0 đồng"],
    );
    t.no(
        "one lot of two is too small",
        &[],
        MADE,
        json!({ "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "1" }, { "lot": "gop-chung", "quantity": "501" }] }),
        NotInLot,
        &["gop-chung"],
    );
    t.ok(
        "what was released",
        &[("allocation.released", json!({}))],
        MADE,
        coats("90"),
    );
    t.no(
        "what was reversed is gone",
        &[("entry.reversed", json!({ "reverses": seq::POOLED_SECOND }))],
        MADE,
        money("gop-chung", "301", json!({})),
        NotInLot,
        &["300 đồng"],
    );
}

/// One decision that breaks many rules, mended one by one in the order in which they are asked.
fn order(t: &mut Table) {
    let given = [
        (
            "receipt.issued",
            json!({ "receipt": "RC-X", "source": "state_budget", "restriction": { "categories": ["HB"] }, "expires_on": "2026-06-01" }),
        ),
        (
            "receipt.issued",
            json!({ "receipt": "RC-Y", "item": "ao-am", "source": "state_budget", "restriction": { "categories": ["KHAM"] }, "received_on": "2026-06-01", "expires_on": "2026-06-02" }),
        ),
        (
            "receipt.issued",
            json!({ "receipt": "RC-Z", "item": "ao-am", "received_on": "2026-06-01", "expires_on": "2026-06-02" }),
        ),
        ("item.revised", json!({})),
        (
            "programme.closed",
            json!({ "programme": "ke-hoach", "on": "2026-05-31" }),
        ),
    ];
    let mut change = json!({
        "allocation": "AL-AO", "programme": "ke-hoach", "category": "AO", "place": "xu-la", "item": "ao-am",
        "draws": [{ "lot": "RC-X", "quantity": "9999999" }, { "lot": "RC-X", "quantity": "1" }], "decided_on": "2026-06-16",
    });
    let mut step = |what, mend: Value, reason, facts: &[&str]| {
        t.no(what, &given, MADE, change.clone(), reason, facts);
        for (name, value) in mend.as_object().expect("an object") {
            change[name] = value.clone();
        }
    };
    step(
        "first the form",
        json!({ "draws": [{ "lot": "RC-X", "quantity": "9999999" }] }),
        Form,
        &["draws"],
    );
    step(
        "then the code",
        json!({ "allocation": null }),
        CodeUsed,
        &["AL-AO"],
    );
    step(
        "then references",
        json!({ "place": "p-hang-bac" }),
        Unknown,
        &["xu-la"],
    );
    step(
        "then what is closed",
        json!({ "programme": "da-dong", "decided_on": "2025-12-31" }),
        ProgrammeClosed,
        &["ke-hoach"],
    );
    step(
        "then dates",
        json!({ "programme": "khap-noi", "decided_on": "2026-06-15", "place": "xa-cu" }),
        OutsideProgramme,
        &["da-dong"],
    );
    step(
        "then places",
        json!({ "place": "xa-ba-vi" }),
        PlaceNotValid,
        &["xa-cu"],
    );
    step(
        "then items",
        json!({ "draws": [{ "lot": "RC-Y", "quantity": "9999999" }] }),
        LotItem,
        &["RC-X"],
    );
    step(
        "then sources",
        json!({ "category": "HB" }),
        CategorySource,
        &["RC-Y"],
    );
    step(
        "then the donors' conditions",
        json!({ "draws": [{ "lot": "RC-Z", "quantity": "9999999" }] }),
        BoundCategory,
        &["RC-Y"],
    );
    step(
        "then expiry",
        json!({ "draws": [{ "lot": "RC-AO", "quantity": "9999999" }] }),
        Expired,
        &["RC-Z"],
    );
    step(
        "then quantities",
        json!({ "draws": [{ "lot": "RC-AO", "quantity": "60" }] }),
        NotInLot,
        &["60 ao-am"],
    );
    t.ok("then nothing", &given, MADE, change);
}

fn releases(t: &mut Table) {
    let released = "allocation.released";
    t.ok("all that is left", &[], released, json!({}));
    t.no(
        "more than is left",
        &[],
        released,
        json!({ "quantity": "30.001" }),
        NotInAllocation,
        &["AL-AO", "30 ao-am", "30.001"],
    );
    t.no(
        "what was released before",
        &[(released, json!({ "quantity": "20" }))],
        released,
        json!({ "quantity": "11" }),
        NotInAllocation,
        &["10 ao-am", "11"],
    );
    t.no(
        "no allocation",
        &[],
        released,
        json!({ "allocation": "AL-KHONG" }),
        Unknown,
        &["AL-KHONG", "en:allocation"],
    );
    t.no(
        "a lot is no allocation",
        &[],
        released,
        json!({ "allocation": "RC-AO" }),
        Unknown,
        &["RC-AO"],
    );
    let money = (MADE, money("RC-TIEN", "5", json!({ "allocation": "AL-X" })));
    t.no(
        "half a đồng",
        std::slice::from_ref(&money),
        released,
        json!({ "allocation": "AL-X", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "a reversed allocation",
        &[money, ("entry.reversed", json!({ "reverses": 35 }))],
        released,
        json!({ "allocation": "AL-X", "quantity": "5" }),
        Reversed,
        &["AL-X", "36"],
    );
    t.no(
        "without a reason",
        &[],
        released,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
}
