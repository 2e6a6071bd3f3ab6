//! Money that becomes goods, lots that change keeper, and how far a gift can be followed.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::{programme, seq};

const BOUGHT: &str = "purchase.made";
const MOVED: &str = "custody.transferred";
const MADE: &str = "allocation.made";
const RECEIVED: &str = "receipt.issued";

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    bought_form(&mut t);
    bought_references(&mut t);
    bought_when(&mut t);
    bought_with_what(&mut t);
    bought_under_conditions(&mut t);
    what_was_bought(&mut t);
    moved(&mut t);
    what_was_moved(&mut t);
    depth(&mut t);
    t.0
}

/// A purchase of coats for the sum of what is spent.
fn coats(spends: &[(&str, &str)], value: &str) -> Value {
    let spends: Vec<Value> = spends
        .iter()
        .map(|(lot, quantity)| json!({ "lot": lot, "quantity": quantity }))
        .collect();
    json!({
        "spends": spends,
        "obtains": [{ "lot": "LT-AO", "item": "ao-am", "quantity": "6", "value_vnd": value }],
    })
}

fn on(mut change: Value, day: &str) -> Value {
    change["purchased_on"] = day.into();
    change
}

fn bought_form(t: &mut Table) {
    t.ok("coats", &[], BOUGHT, json!({}));
    t.ok(
        "the ledger makes the codes",
        &[],
        BOUGHT,
        json!({ "purchase": null, "obtains": [{ "item": "ao-am", "quantity": "6", "value_vnd": "600000" }] }),
    );
    t.no(
        "nothing is spent",
        &[],
        BOUGHT,
        json!({ "spends": [] }),
        Form,
        &["spends"],
    );
    t.no(
        "nothing is obtained",
        &[],
        BOUGHT,
        json!({ "obtains": [] }),
        Form,
        &["obtains"],
    );
    t.no(
        "a lot spent twice",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "1"), ("RC-TIEN", "2")], "3"),
        Form,
        &["spends"],
    );
    t.no(
        "half a đồng",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "0.5")], "1"),
        Form,
        &["spends[0].quantity", "VND"],
    );
    t.no(
        "nobody to ask",
        &[],
        BOUGHT,
        json!({ "supplier": null }),
        Form,
        &["commitment"],
    );
    t.ok(
        "a natural person, whose paper is committed to",
        &[],
        BOUGHT,
        json!({ "supplier": null, "commitment": "5a".repeat(32) }),
    );
    t.no(
        "despite",
        &[],
        BOUGHT,
        json!({ "despite": ["restriction_violated"], "reason": "x" }),
        Form,
        &["despite"],
    );
}

fn bought_references(t: &mut Table) {
    let obtains = |lots: &[&str]| -> Value {
        let value = if lots.len() == 1 { "600000" } else { "300000" };
        let obtained = lots
            .iter()
            .map(|lot| json!({ "lot": lot, "item": "ao-am", "quantity": "3", "value_vnd": value }));
        json!({ "obtains": obtained.collect::<Vec<_>>() })
    };
    t.no(
        "a code used",
        &[],
        BOUGHT,
        json!({ "purchase": "DL-AO" }),
        CodeUsed,
        &["DL-AO"],
    );
    t.no(
        "a lot's code used",
        &[],
        BOUGHT,
        obtains(&["RC-AO"]),
        CodeUsed,
        &["RC-AO"],
    );
    t.ok("two lots", &[], BOUGHT, obtains(&["LT-MOT", "LT-HAI"]));
    t.no(
        "two lots of one code",
        &[],
        BOUGHT,
        obtains(&["LT-MOT", "LT-MOT"]),
        CodeTwice,
        &["LT-MOT"],
    );
    t.no(
        "a lot with the purchase's code",
        &[],
        BOUGHT,
        obtains(&["PU-AO"]),
        CodeTwice,
        &["PU-AO"],
    );
    let spent = |lot: &str| coats(&[(lot, "100")], "100");
    t.no(
        "no lot",
        &[],
        BOUGHT,
        spent("RC-KHONG"),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no("no pool", &[], BOUGHT, spent("gop-la"), Unknown, &["gop-la"]);
    t.no(
        "a pooled receipt is no lot",
        &[],
        BOUGHT,
        spent("RC-GOP-1"),
        InPool,
        &["RC-GOP-1", "gop-chung"],
    );
    t.no(
        "a promise is no lot",
        &[],
        BOUGHT,
        spent("DN-TIEN"),
        Unknown,
        &["DN-TIEN"],
    );
    t.no(
        "a reversed lot",
        &[("entry.reversed", json!({ "reverses": seq::LOT_MONEY }))],
        BOUGHT,
        json!({}),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "no item",
        &[],
        BOUGHT,
        json!({ "obtains": [{ "item": "chan-bong", "quantity": "6", "value_vnd": "600000" }] }),
        Unknown,
        &["chan-bong", "en:item"],
    );
    t.no(
        "no supplier",
        &[],
        BOUGHT,
        json!({ "supplier": "cho-dau-lang" }),
        Unknown,
        &["cho-dau-lang", "en:party"],
    );
}

fn bought_when(t: &mut Table) {
    let day = |day: &str| json!({ "purchased_on": day });
    t.no(
        "tomorrow",
        &[],
        BOUGHT,
        day("2026-06-16"),
        InFuture,
        &["purchased_on", "2026-06-16", "2026-06-15"],
    );
    t.ok("the day the money came", &[], BOUGHT, day("2026-02-10"));
    t.no(
        "before the money came",
        &[],
        BOUGHT,
        day("2026-02-09"),
        BeforeEarlier,
        &["purchased_on", "2026-02-09", "2026-02-10", "RC-TIEN"],
    );
    t.ok(
        "a pool's first receipt on its day",
        &[],
        BOUGHT,
        on(coats(&[("gop-chung", "300")], "300"), "2026-02-11"),
    );
    t.no(
        "one đồng more reaches the second receipt",
        &[],
        BOUGHT,
        on(coats(&[("gop-chung", "301")], "301"), "2026-02-19"),
        BeforeEarlier,
        &["2026-02-20"],
    );
}

fn bought_with_what(t: &mut Table) {
    t.ok(
        "all there is",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "1000000")], "1000000"),
    );
    t.no(
        "one đồng more",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "1000001")], "1000001"),
        NotInLot,
        &["RC-TIEN", "1000000", "1000001"],
    );
    t.ok(
        "a lot and a pool",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "1000"), ("gop-chung", "500")], "1500"),
    );
    t.no(
        "goods",
        &[],
        BOUGHT,
        coats(&[("RC-AO", "6")], "600000"),
        SpendsGoods,
        &["RC-AO", "ao-am"],
    );
    t.no(
        "money for money",
        &[],
        BOUGHT,
        json!({ "obtains": [{ "item": "USD", "quantity": "20", "value_vnd": "600000" }] }),
        ObtainsMoney,
        &["USD"],
    );
    let other_fund = [(RECEIVED, json!({ "receipt": "RC-X", "fund": "quy-khac" }))];
    t.no(
        "the money of two funds",
        &other_fund,
        BOUGHT,
        coats(&[("RC-TIEN", "100"), ("RC-X", "100")], "200"),
        SeveralFunds,
        &["RC-TIEN", "quy-tre-em", "RC-X", "quy-khac"],
    );
    let dollars = [(
        RECEIVED,
        json!({ "receipt": "RC-X", "item": "USD", "quantity": "20.5" }),
    )];
    t.no(
        "two currencies",
        &dollars,
        BOUGHT,
        coats(&[("RC-TIEN", "100"), ("RC-X", "20.5")], "100"),
        SeveralCurrencies,
        &["RC-TIEN", "VND", "RC-X", "USD"],
    );
    t.ok(
        "dollars are worth what the paper says",
        &dollars,
        BOUGHT,
        coats(&[("RC-X", "20.5")], "533000"),
    );
    t.no(
        "a đồng of value lost",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "600000")], "599999"),
        PurchaseValue,
        &["600000", "599999"],
    );
    t.ok(
        "the values add up",
        &[],
        BOUGHT,
        json!({ "obtains": [
            { "item": "ao-am", "quantity": "2", "value_vnd": "250000" },
            { "item": "kham-rang", "quantity": "9", "value_vnd": "350000" },
        ] }),
    );
    t.no(
        "value comes before quantity",
        &[],
        BOUGHT,
        coats(&[("RC-TIEN", "1000001")], "1000000"),
        PurchaseValue,
        &["1000001", "1000000"],
    );
    t.no(
        "items come before value",
        &[],
        BOUGHT,
        json!({ "obtains": [{ "item": "VND", "quantity": "6", "value_vnd": "6" }] }),
        ObtainsMoney,
        &["VND"],
    );
}

fn bought_under_conditions(t: &mut Table) {
    let bound = |restriction: Value| {
        (
            RECEIVED,
            json!({ "receipt": "RC-X", "received_on": "2026-06-01", "restriction": restriction }),
        )
    };
    let other = |restriction: Value| {
        (
            RECEIVED,
            json!({ "receipt": "RC-Y", "received_on": "2026-06-01", "restriction": restriction }),
        )
    };
    let x = || coats(&[("RC-X", "500")], "500");
    let both = || coats(&[("RC-X", "500"), ("RC-Y", "500")], "1000");
    t.ok(
        "the donor's last day",
        &[bound(json!({ "until": "2026-06-15" }))],
        BOUGHT,
        x(),
    );
    t.no(
        "after the donor's last day",
        &[bound(json!({ "until": "2026-06-14" }))],
        BOUGHT,
        x(),
        BoundUntil,
        &["RC-X", "2026-06-14", "2026-06-15"],
    );
    t.ok(
        "an item of the donor's category",
        &[bound(json!({ "categories": ["AO"] }))],
        BOUGHT,
        x(),
    );
    t.no(
        "an item of another category",
        &[bound(json!({ "categories": ["HB"] }))],
        BOUGHT,
        x(),
        BoundItem,
        &["RC-X", "ao-am"],
    );
    t.ok(
        "an item of several categories, one of them the donor's",
        &[
            bound(json!({ "categories": ["HB"] })),
            ("item.revised", json!({})),
        ],
        BOUGHT,
        x(),
    );
    t.no(
        "one of two things bought is of another category",
        &[bound(json!({ "categories": ["AO"] }))],
        BOUGHT,
        json!({ "spends": [{ "lot": "RC-X", "quantity": "500" }], "obtains": [
            { "item": "ao-am", "quantity": "1", "value_vnd": "250" },
            { "item": "kham-rang", "quantity": "1", "value_vnd": "250" },
        ] }),
        BoundItem,
        &["RC-X", "kham-rang"],
    );
    t.ok(
        "two conditions that leave something",
        &[
            bound(json!({ "programmes": ["ke-hoach", "khap-noi"] })),
            other(json!({ "programmes": ["khap-noi"], "places": ["xa-ba-vi"] })),
        ],
        BOUGHT,
        both(),
    );
    for (what, one, two) in [
        (
            "two plans",
            json!({ "programmes": ["ke-hoach"] }),
            json!({ "programmes": ["khap-noi"] }),
        ),
        (
            "two places",
            json!({ "places": ["xa-ba-vi"] }),
            json!({ "places": ["hoan-kiem"] }),
        ),
        (
            "two groups",
            json!({ "groups": ["ngheo"] }),
            json!({ "groups": ["mo-coi"] }),
        ),
    ] {
        t.no(
            what,
            &[bound(one), other(two)],
            BOUGHT,
            both(),
            NothingLeft,
            &["RC-X, RC-Y"],
        );
    }
    t.no(
        "a condition broken comes before conditions that exclude each other",
        &[
            bound(json!({ "categories": ["AO"] })),
            other(json!({ "categories": ["HB"] })),
        ],
        BOUGHT,
        both(),
        BoundItem,
        &["RC-Y", "ao-am"],
    );
}

/// A bought lot remembers whose money it was.
fn what_was_bought(t: &mut Table) {
    let draw = |quantity: &str| json!({ "draws": [{ "lot": "LT-AO", "quantity": quantity }] });
    t.ok("all of it", &[(BOUGHT, json!({}))], MADE, draw("6"));
    t.no(
        "a thousandth more",
        &[(BOUGHT, json!({}))],
        MADE,
        draw("6.001"),
        NotInLot,
        &["LT-AO", "6 ao-am", "6.001"],
    );
    t.no(
        "before it was bought",
        &[(BOUGHT, json!({}))],
        MADE,
        json!({ "draws": [{ "lot": "LT-AO", "quantity": "1" }], "decided_on": "2026-06-14" }),
        BeforeEarlier,
        &["decided_on", "2026-06-14", "2026-06-15", "LT-AO"],
    );
    let from = |change: Value| {
        let mut receipt = json!({ "receipt": "RC-X", "received_on": "2026-06-01" });
        for (name, value) in change.as_object().expect("an object") {
            receipt[name] = value.clone();
        }
        [
            (RECEIVED, receipt),
            (BOUGHT, coats(&[("RC-TIEN", "100"), ("RC-X", "500")], "600")),
        ]
    };
    t.no(
        "the state's money in it",
        &from(json!({ "source": "state_budget" })),
        MADE,
        draw("1"),
        CategorySource,
        &["LT-AO", "en:the state budget", "AO"],
    );
    t.no(
        "one gift's plan binds the whole",
        &from(json!({ "restriction": { "programmes": ["khap-noi"] } })),
        MADE,
        draw("1"),
        BoundProgramme,
        &["LT-AO", "ke-hoach"],
    );
    t.no(
        "one gift's place binds the whole",
        &from(json!({ "restriction": { "places": ["xa-moi"] } })),
        MADE,
        draw("1"),
        BoundPlace,
        &["LT-AO", "xa-ba-vi"],
    );
    let milk = [(
        BOUGHT,
        json!({
            "purchased_on": "2026-06-10",
            "obtains": [{ "lot": "LT-AO", "item": "ao-am", "quantity": "6", "value_vnd": "600000", "expires_on": "2026-06-14" }],
        }),
    )];
    t.ok(
        "on its last day",
        &milk,
        MADE,
        json!({ "draws": [{ "lot": "LT-AO", "quantity": "1" }], "decided_on": "2026-06-14" }),
    );
    t.no(
        "after its last day",
        &milk,
        MADE,
        draw("1"),
        Expired,
        &["LT-AO", "2026-06-14", "2026-06-15"],
    );
    t.no(
        "the code stays used when the purchase is reversed",
        &[(BOUGHT, json!({})), ("entry.reversed", json!({ "reverses": 35 }))],
        BOUGHT,
        json!({ "purchase": "PU-HAI" }),
        CodeUsed,
        &["LT-AO"],
    );
    t.no(
        "its lot is gone with the purchase",
        &[(BOUGHT, json!({})), ("entry.reversed", json!({ "reverses": 35 }))],
        MADE,
        draw("1"),
        Reversed,
        &["LT-AO", "36"],
    );
}

fn moved(t: &mut Table) {
    t.ok("to another fund", &[], MOVED, json!({}));
    t.ok(
        "the ledger makes the codes",
        &[],
        MOVED,
        json!({ "transfer": null, "new_lot": null }),
    );
    t.ok("to the same fund", &[], MOVED, json!({ "to": "quy-tre-em" }));
    t.ok("all there is", &[], MOVED, json!({ "quantity": "60" }));
    t.no(
        "a thousandth more",
        &[],
        MOVED,
        json!({ "quantity": "60.001" }),
        NotInLot,
        &["RC-AO", "60 ao-am", "60.001"],
    );
    t.ok(
        "a whole pool",
        &[],
        MOVED,
        json!({ "lot": "gop-chung", "quantity": "500" }),
    );
    t.no(
        "more than a pool",
        &[],
        MOVED,
        json!({ "lot": "gop-chung", "quantity": "501" }),
        NotInLot,
        &["gop-chung", "500", "501"],
    );
    t.no(
        "half a đồng",
        &[],
        MOVED,
        json!({ "lot": "RC-TIEN", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no("to nobody", &[], MOVED, json!({ "to": null }), Form, &["to"]);
    t.no(
        "a code used",
        &[],
        MOVED,
        json!({ "transfer": "AL-AO" }),
        CodeUsed,
        &["AL-AO"],
    );
    t.no(
        "a lot's code used",
        &[],
        MOVED,
        json!({ "new_lot": "RC-GOP-1" }),
        CodeUsed,
        &["RC-GOP-1"],
    );
    t.no(
        "one code for both",
        &[],
        MOVED,
        json!({ "new_lot": "TR-AO" }),
        CodeTwice,
        &["TR-AO"],
    );
    t.no(
        "no lot",
        &[],
        MOVED,
        json!({ "lot": "RC-KHONG" }),
        Unknown,
        &["RC-KHONG", "en:lot"],
    );
    t.no(
        "a pooled receipt is no lot",
        &[],
        MOVED,
        json!({ "lot": "RC-GOP-2" }),
        InPool,
        &["RC-GOP-2", "gop-chung"],
    );
    t.no(
        "no party",
        &[],
        MOVED,
        json!({ "to": "quy-la" }),
        Unknown,
        &["quy-la", "en:party"],
    );
    t.no(
        "a reversed lot",
        &[("entry.reversed", json!({ "reverses": seq::LOT_MONEY }))],
        MOVED,
        json!({ "lot": "RC-TIEN" }),
        Reversed,
        &["RC-TIEN", "35"],
    );
    t.no(
        "tomorrow",
        &[],
        MOVED,
        json!({ "transferred_on": "2026-06-16" }),
        InFuture,
        &["transferred_on", "2026-06-16"],
    );
    t.ok(
        "the day the coats came",
        &[],
        MOVED,
        json!({ "transferred_on": "2026-02-10" }),
    );
    t.no(
        "before the coats came",
        &[],
        MOVED,
        json!({ "transferred_on": "2026-02-09" }),
        BeforeEarlier,
        &["transferred_on", "2026-02-09", "2026-02-10", "RC-AO"],
    );
    t.ok(
        "after the donor's last day: it is not used yet",
        &[(
            RECEIVED,
            json!({ "receipt": "RC-X", "received_on": "2026-06-01", "restriction": { "until": "2026-06-14" } }),
        )],
        MOVED,
        json!({ "lot": "RC-X", "quantity": "500" }),
    );
}

/// A moved lot is what it was, with another keeper.
fn what_was_moved(t: &mut Table) {
    let coats_moved = [(MOVED, json!({}))];
    let draw = |quantity: &str, day: &str| json!({ "draws": [{ "lot": "LT-CHUYEN", "quantity": quantity }], "decided_on": day });
    t.ok("all of it", &coats_moved, MADE, draw("20", "2026-06-15"));
    t.no(
        "a thousandth more",
        &coats_moved,
        MADE,
        draw("20.001", "2026-06-15"),
        NotInLot,
        &["LT-CHUYEN", "20 ao-am"],
    );
    t.no(
        "before it came",
        &coats_moved,
        MADE,
        draw("1", "2026-06-14"),
        BeforeEarlier,
        &["2026-06-15", "LT-CHUYEN"],
    );
    t.no(
        "it expires when it did",
        &coats_moved,
        MADE,
        json!({
            "at": "2026-10-01T02:00:00.000Z", "draws": [{ "lot": "LT-CHUYEN", "quantity": "1" }],
            "decided_on": "2026-10-01",
        }),
        Expired,
        &["LT-CHUYEN", "2026-09-30"],
    );
    let money = [(MOVED, json!({ "lot": "RC-TIEN", "quantity": "500" }))];
    t.no(
        "it belongs to the other fund",
        &money,
        BOUGHT,
        coats(&[("RC-TIEN", "100"), ("LT-CHUYEN", "100")], "200"),
        SeveralFunds,
        &["quy-tre-em", "LT-CHUYEN", "quy-khac"],
    );
    let bound = [
        (
            RECEIVED,
            json!({ "receipt": "RC-X", "source": "oda", "restriction": { "places": ["xa-moi"] } }),
        ),
        (MOVED, json!({ "lot": "RC-X", "quantity": "500" })),
    ];
    let use_in = |category: &str, place: &str| json!({ "item": "VND", "category": category, "place": place, "draws": [{ "lot": "LT-CHUYEN", "quantity": "1" }] });
    t.ok("used as its donor wants", &bound, MADE, use_in("AO", "xa-moi"));
    t.no(
        "used elsewhere",
        &bound,
        MADE,
        use_in("AO", "xa-ba-vi"),
        BoundPlace,
        &["LT-CHUYEN", "xa-ba-vi"],
    );
    t.no(
        "its source is what it was",
        &bound,
        MADE,
        use_in("HB", "xa-moi"),
        CategorySource,
        &["LT-CHUYEN", "ODA", "HB"],
    );
}

/// A gift is followed through 64 steps, and no further.
fn depth(t: &mut Table) {
    let steps = |lot: &str, count: u64| -> Vec<(&'static str, Value)> {
        (1..=count)
            .map(|nth| {
                let from = if nth == 1 { lot.to_owned() } else { format!("LT-{:02}", nth - 1) };
                let change = json!({
                    "transfer": format!("TR-{nth:02}"), "lot": from, "quantity": "5", "new_lot": format!("LT-{nth:02}"),
                });
                (MOVED, change)
            })
            .collect()
    };
    let next = |lot: &str| json!({ "lot": lot, "quantity": "5" });
    t.ok("the 64th step", &steps("RC-AO", 63), MOVED, next("LT-63"));
    t.no(
        "the 65th step",
        &steps("RC-AO", 64),
        MOVED,
        next("LT-64"),
        Form,
        &["lot", "64"],
    );
    t.ok(
        "from a pool, the 64th step",
        &steps("gop-chung", 63),
        MOVED,
        next("LT-63"),
    );
    t.no(
        "from a pool, the 65th step",
        &steps("gop-chung", 64),
        MOVED,
        next("LT-64"),
        Form,
        &["lot", "64"],
    );
    t.ok(
        "a purchase is a step",
        &steps("RC-TIEN", 63),
        BOUGHT,
        coats(&[("LT-63", "5")], "5"),
    );
    t.no(
        "a purchase is the 65th step, by the deepest of its lots",
        &steps("RC-TIEN", 64),
        BOUGHT,
        coats(&[("gop-chung", "5"), ("LT-64", "5")], "10"),
        Form,
        &["spends", "64"],
    );
    let handed = |count: u64| {
        let mut given = steps("RC-AO", count);
        let lot = format!("LT-{count:02}");
        given.push((
            MADE,
            json!({ "allocation": "AL-X", "draws": [{ "lot": lot, "quantity": "5" }] }),
        ));
        given.push((
            "delivery.made",
            json!({ "delivery": "DL-X", "allocation": "AL-X", "quantity": "5" }),
        ));
        given
    };
    let back = json!({ "delivery": "DL-X", "quantity": "1" });
    t.ok(
        "a return is a step",
        &handed(63),
        "delivery.returned",
        back.clone(),
    );
    t.no(
        "a return is the 65th step",
        &handed(64),
        "delivery.returned",
        back,
        Form,
        &["delivery", "64"],
    );
    t.ok(
        "an allocation, a delivery and a refund are no steps",
        &handed(64),
        "refund.paid",
        json!({ "lot": "RC-AO", "quantity": "1" }),
    );
    // The plan's end is no step either: nothing moves.
    t.ok(
        "a plan that goes on in another",
        &[("programme.published", programme("moi", &[], 5))],
        "programme.closed",
        json!({ "programme": "ke-hoach", "on": "2026-06-15", "carries_to": "moi" }),
    );
}
