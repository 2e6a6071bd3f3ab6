//! What is lacking, and what is given for it: assessed, assessed again, closed; allocations and gifts for a need.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::programme;

const ASSESSED: &str = "need.assessed";
const REVISED: &str = "need.revised";
const CLOSED: &str = "need.closed";
const MADE: &str = "allocation.made";

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    assessed(&mut t);
    assessed_when(&mut t);
    assessed_where(&mut t);
    assessed_for_whom(&mut t);
    revised(&mut t);
    closed(&mut t);
    allocated(&mut t);
    delivered(&mut t);
    bound(&mut t);
    t.0
}

fn assessed(t: &mut Table) {
    t.ok("a lack of coats", &[], ASSESSED, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        ASSESSED,
        json!({ "need": null }),
    );
    t.ok(
        "a lack of money",
        &[],
        ASSESSED,
        json!({ "item": "VND", "quantity": "5000000", "assessed_by": "uy-ban-xa", "method": "họp thôn", "needed_by": "2026-12-01" }),
    );
    t.no(
        "half a đồng",
        &[],
        ASSESSED,
        json!({ "item": "VND", "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "a sixth priority",
        &[],
        ASSESSED,
        json!({ "priority": 6 }),
        Form,
        &["priority", "1", "5"],
    );
    t.no(
        "no priority at all",
        &[],
        ASSESSED,
        json!({ "priority": 0 }),
        Form,
        &["priority"],
    );
    t.no(
        "despite",
        &[],
        ASSESSED,
        json!({ "despite": ["out_of_scope"] }),
        Form,
        &["despite"],
    );
    t.no(
        "a code used",
        &[],
        ASSESSED,
        json!({ "need": "DL-AO" }),
        CodeUsed,
        &["DL-AO"],
    );
    t.no(
        "assessed twice",
        &[(ASSESSED, json!({}))],
        ASSESSED,
        json!({}),
        CodeUsed,
        &["ND-AO"],
    );
    t.no(
        "no plan",
        &[],
        ASSESSED,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "no category",
        &[],
        ASSESSED,
        json!({ "category": "XE" }),
        UnknownInside,
        &["ke-hoach", "XE", "en:category"],
    );
    t.no(
        "no place",
        &[],
        ASSESSED,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la", "en:place"],
    );
    t.no(
        "no group",
        &[],
        ASSESSED,
        json!({ "group": "giau" }),
        UnknownInside,
        &["ke-hoach", "giau", "en:group"],
    );
    t.no(
        "no item",
        &[],
        ASSESSED,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong", "en:item"],
    );
    t.no(
        "no party",
        &[],
        ASSESSED,
        json!({ "assessed_by": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "coats for another category",
        &[],
        ASSESSED,
        json!({ "category": "HB" }),
        ItemCategory,
        &["ao-am", "HB"],
    );
}

fn assessed_when(t: &mut Table) {
    let on = |on: &str| json!({ "assessed_on": on });
    t.ok("today", &[], ASSESSED, on("2026-06-15"));
    t.no(
        "tomorrow",
        &[],
        ASSESSED,
        on("2026-06-16"),
        InFuture,
        &["assessed_on", "2026-06-16", "2026-06-15"],
    );
    t.ok("twelve months before the plan", &[], ASSESSED, on("2025-01-01"));
    t.no(
        "a day earlier",
        &[],
        ASSESSED,
        on("2024-12-31"),
        OutsideProgramme,
        &["ke-hoach", "2024-12-31", "2025-01-01", "2026-12-31"],
    );
    let plan = |from: &str, to: &str| {
        let mut terms = programme("ngan", &[], 5);
        terms["period"] = json!({ "from": from, "to": to });
        [("programme.published", terms)]
    };
    let in_plan = |on: &str| json!({ "programme": "ngan", "assessed_on": on });
    t.ok(
        "the plan's last day",
        &plan("2026-01-01", "2026-06-15"),
        ASSESSED,
        in_plan("2026-06-15"),
    );
    t.no(
        "after the plan",
        &plan("2026-01-01", "2026-06-14"),
        ASSESSED,
        in_plan("2026-06-15"),
        OutsideProgramme,
        &["ngan", "2026-06-15", "2026-06-14"],
    );
    // Twelve months before 29 February is the last day of February.
    t.ok(
        "a leap day less a year",
        &plan("2024-02-29", "2026-12-31"),
        ASSESSED,
        in_plan("2023-02-28"),
    );
    t.no(
        "a day before that",
        &plan("2024-02-29", "2026-12-31"),
        ASSESSED,
        in_plan("2023-02-27"),
        OutsideProgramme,
        &["2023-02-27", "2023-02-28"],
    );
    t.ok(
        "in a plan that was closed",
        &[],
        ASSESSED,
        json!({ "programme": "da-dong" }),
    );
}

fn assessed_where(t: &mut Table) {
    let at = |place: &str| json!({ "place": place });
    t.ok("a village of a place of the plan", &[], ASSESSED, at("thon-dong"));
    t.ok("a successor of a place of the plan", &[], ASSESSED, at("xa-moi"));
    t.no(
        "a ward elsewhere",
        &[],
        ASSESSED,
        at("p-hang-bac"),
        PlaceNotInScope,
        &["p-hang-bac", "AO", "ke-hoach"],
    );
    t.no(
        "a place that was taken over",
        &[],
        ASSESSED,
        at("xa-cu"),
        PlaceNotValid,
        &["xa-cu", "2026-06-10"],
    );
    t.ok(
        "the day before it was taken over",
        &[],
        ASSESSED,
        json!({ "place": "xa-cu", "assessed_on": "2026-03-31" }),
    );
    let teeth = |group: Value| json!({ "category": "KHAM", "item": "kham-rang", "group": group });
    t.ok("a group of the category", &[], ASSESSED, teeth("ngheo".into()));
    t.no(
        "another group",
        &[],
        ASSESSED,
        teeth("mo-coi".into()),
        GroupNotInCategory,
        &["KHAM", "mo-coi", "ngheo"],
    );
    t.no(
        "no group at all",
        &[],
        ASSESSED,
        teeth(Value::Null),
        GroupMissing,
        &["KHAM", "ngheo"],
    );
}

fn assessed_for_whom(t: &mut Table) {
    let for_few = |children: u64, place: &str| json!({ "children": children, "place": place });
    t.ok(
        "five children in a commune",
        &[],
        ASSESSED,
        for_few(5, "xa-ba-vi"),
    );
    t.no(
        "four children in a commune",
        &[],
        ASSESSED,
        for_few(4, "xa-ba-vi"),
        PlaceTooFine,
        &["4", "5", "xa-ba-vi"],
    );
    t.no(
        "one child in a school",
        &[],
        ASSESSED,
        for_few(1, "truong-so-1"),
        PlaceTooFine,
        &["1", "truong-so-1"],
    );
    t.ok(
        "four children in the district above",
        &[],
        ASSESSED,
        for_few(4, "ba-vi"),
    );
    t.ok(
        "four children in the province above",
        &[],
        ASSESSED,
        for_few(4, "ha-noi"),
    );
    t.no(
        "five children in the district above",
        &[],
        ASSESSED,
        for_few(5, "ba-vi"),
        PlaceNotInScope,
        &["ba-vi"],
    );
    t.no(
        "scope comes before small groups",
        &[],
        ASSESSED,
        for_few(4, "p-hang-bac"),
        PlaceNotInScope,
        &["p-hang-bac"],
    );
    t.no(
        "four children in a district elsewhere",
        &[],
        ASSESSED,
        for_few(4, "hoan-kiem"),
        PlaceNotInScope,
        &["hoan-kiem"],
    );
    t.no(
        "no children",
        &[],
        ASSESSED,
        for_few(0, "xa-ba-vi"),
        NoChildren,
        &["0", "AO"],
    );
    t.ok(
        "no children, where a facility benefits",
        &[],
        ASSESSED,
        json!({ "category": "BEP", "item": "VND", "place": "p-hang-bac", "children": 0 }),
    );
    let larger = |children: u64| json!({ "programme": "khap-noi", "children": children });
    t.no(
        "nine children in a plan with larger groups",
        &[],
        ASSESSED,
        larger(9),
        PlaceTooFine,
        &["9", "10"],
    );
    t.ok("ten children in that plan", &[], ASSESSED, larger(10));
}

fn revised(t: &mut Table) {
    let coats = [(ASSESSED, json!({}))];
    t.ok("more coats", &coats, REVISED, json!({}));
    t.ok(
        "more children, sooner",
        &coats,
        REVISED,
        json!({ "quantity": null, "children": 60, "priority": 1, "needed_by": "2026-11-01" }),
    );
    t.no(
        "for no reason",
        &coats,
        REVISED,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "half a đồng",
        &[(ASSESSED, json!({ "item": "VND" }))],
        REVISED,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no("no need", &[], REVISED, json!({}), Unknown, &["ND-AO", "en:need"]);
    t.no(
        "a delivery is no need",
        &[],
        REVISED,
        json!({ "need": "DL-AO" }),
        Unknown,
        &["DL-AO", "en:need"],
    );
    t.no(
        "a closed need",
        &[(ASSESSED, json!({})), (CLOSED, json!({}))],
        REVISED,
        json!({}),
        NeedClosed,
        &["ND-AO", "36"],
    );
    t.ok("five children", &coats, REVISED, json!({ "children": 5 }));
    t.no(
        "four children",
        &coats,
        REVISED,
        json!({ "children": 4 }),
        PlaceTooFine,
        &["4", "5", "xa-ba-vi"],
    );
    t.no(
        "no children",
        &coats,
        REVISED,
        json!({ "children": 0 }),
        NoChildren,
        &["0", "AO"],
    );
    let district = [(ASSESSED, json!({ "children": 4, "place": "ba-vi" }))];
    t.ok(
        "three children in a district",
        &district,
        REVISED,
        json!({ "children": 3 }),
    );
    t.no(
        "closed comes before small groups",
        &[(ASSESSED, json!({})), (CLOSED, json!({}))],
        REVISED,
        json!({ "children": 4 }),
        NeedClosed,
        &["ND-AO"],
    );
}

fn closed(t: &mut Table) {
    let coats = [(ASSESSED, json!({}))];
    t.ok("met", &coats, CLOSED, json!({}));
    t.ok("a duplicate", &coats, CLOSED, json!({ "outcome": "duplicate" }));
    t.no(
        "another end",
        &coats,
        CLOSED,
        json!({ "outcome": "forgotten" }),
        Form,
        &["outcome", "met, withdrawn, duplicate"],
    );
    t.no("no need", &[], CLOSED, json!({}), Unknown, &["ND-AO", "en:need"]);
    t.no(
        "a promise is no need",
        &[],
        CLOSED,
        json!({ "need": "DN-TIEN" }),
        Unknown,
        &["DN-TIEN"],
    );
    t.no(
        "closed twice",
        &[(ASSESSED, json!({})), (CLOSED, json!({}))],
        CLOSED,
        json!({ "outcome": "withdrawn" }),
        NeedClosed,
        &["ND-AO", "36"],
    );
}

fn allocated(t: &mut Table) {
    let coats = [(ASSESSED, json!({}))];
    let with = |change: Value| {
        let mut change = change;
        change["need"] = "ND-AO".into();
        change
    };
    t.ok("for the need", &coats, MADE, with(json!({})));
    t.ok(
        "more than the need asks for is no broken rule",
        &coats,
        MADE,
        with(json!({ "draws": [{ "lot": "RC-AO", "quantity": "60" }] })),
    );
    t.ok(
        "in a village of its place",
        &coats,
        MADE,
        with(json!({ "place": "thon-dong" })),
    );
    t.ok(
        "in the successor of its place",
        &[(ASSESSED, json!({ "place": "xa-cu", "assessed_on": "2026-03-31" }))],
        MADE,
        with(json!({ "place": "xa-moi" })),
    );
    t.no(
        "before the need was assessed",
        &coats,
        MADE,
        with(json!({ "decided_on": "2026-06-09" })),
        BeforeEarlier,
        &["decided_on", "2026-06-09", "2026-06-10", "ND-AO"],
    );
    t.no(
        "a code that is no need",
        &coats,
        MADE,
        json!({ "need": "AL-AO" }),
        Unknown,
        &["AL-AO", "en:need"],
    );
    t.no(
        "a closed need",
        &[(ASSESSED, json!({})), (CLOSED, json!({}))],
        MADE,
        with(json!({})),
        NeedClosed,
        &["ND-AO", "36"],
    );
    t.no(
        "another place",
        &coats,
        MADE,
        with(json!({ "place": "xa-moi" })),
        NeedDiffers,
        &["ND-AO", "xa-ba-vi", "xa-moi", "en:place"],
    );
    t.no(
        "a place above its own",
        &[(ASSESSED, json!({ "place": "thon-dong" }))],
        MADE,
        with(json!({ "place": "xa-ba-vi" })),
        NeedDiffers,
        &["ND-AO", "thon-dong", "xa-ba-vi"],
    );
    t.no(
        "a district above the plan's places, for many children",
        &coats,
        MADE,
        with(json!({ "place": "ba-vi" })),
        PlaceNotInScope,
        &["ba-vi", "AO", "ke-hoach"],
    );
    t.no(
        "another item",
        &coats,
        MADE,
        with(json!({ "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "1" }] })),
        NeedDiffers,
        &["ND-AO", "ao-am", "VND", "en:item"],
    );
    t.no(
        "another category",
        &[(ASSESSED, json!({ "item": "VND" }))],
        MADE,
        with(json!({ "category": "HB", "item": "VND", "draws": [{ "lot": "RC-TIEN", "quantity": "1" }] })),
        NeedDiffers,
        &["ND-AO", "AO", "HB", "en:category"],
    );
    t.no(
        "another plan",
        &coats,
        MADE,
        with(json!({ "programme": "khap-noi" })),
        NeedDiffers,
        &["ND-AO", "ke-hoach", "khap-noi", "en:programme"],
    );
    let carried = |on: &str| {
        [
            (ASSESSED, json!({ "assessed_on": "2026-05-01" })),
            (
                "programme.closed",
                json!({ "programme": "ke-hoach", "on": on, "carries_to": "khap-noi" }),
            ),
        ]
    };
    t.ok(
        "the plan that the need's plan was carried over to",
        &carried("2026-06-15"),
        MADE,
        with(json!({ "programme": "khap-noi" })),
    );
    t.no(
        "that plan, the day before it was carried over",
        &carried("2026-06-15"),
        MADE,
        with(json!({ "programme": "khap-noi", "decided_on": "2026-06-14" })),
        NeedDiffers,
        &["ke-hoach", "khap-noi"],
    );

    let few = |children: u64| [(ASSESSED, json!({ "children": children, "place": "ba-vi" }))];
    t.ok(
        "a district, for few children",
        &few(4),
        MADE,
        with(json!({ "place": "ba-vi" })),
    );
    t.no(
        "a commune of that district",
        &few(4),
        MADE,
        with(json!({})),
        PlaceTooFine,
        &["4", "5", "xa-ba-vi"],
    );
    t.ok(
        "that commune, when they are enough after all",
        &[few(4)[0].clone(), (REVISED, json!({ "children": 5 }))],
        MADE,
        with(json!({})),
    );
    t.no(
        "a need that became one of few children",
        &[
            (ASSESSED, json!({ "children": 9, "place": "xa-ba-vi" })),
            ("programme.revised", {
                let mut terms = programme("ke-hoach", &["xa-ba-vi", "xa-cu"], 10);
                terms["reason"] = "nhóm lớn hơn".into();
                terms
            }),
        ],
        MADE,
        with(json!({})),
        PlaceTooFine,
        &["9", "10", "xa-ba-vi"],
    );
}

/// Few children of a need whose place would tell who they are.
fn delivered(t: &mut Table) {
    let given = [
        (ASSESSED, json!({})),
        (
            MADE,
            json!({ "allocation": "AL-X", "need": "ND-AO", "draws": [{ "lot": "RC-AO", "quantity": "5" }] }),
        ),
    ];
    let handed = |children: u64| {
        json!({
            "allocation": "AL-X", "quantity": "5", "place": "ba-vi", "receiver": "so-y-te", "children": children,
            "despite": ["out_of_scope"], "reason": "đường vào xã bị ngập",
        })
    };
    t.ok("five children", &given, "delivery.made", handed(5));
    t.no(
        "four children of a need that names their commune",
        &given,
        "delivery.made",
        handed(4),
        NeedTooFine,
        &["4", "5", "ND-AO", "xa-ba-vi"],
    );
    let district = [
        (ASSESSED, json!({ "children": 4, "place": "ba-vi" })),
        (
            MADE,
            json!({ "allocation": "AL-X", "need": "ND-AO", "place": "ba-vi", "draws": [{ "lot": "RC-AO", "quantity": "5" }] }),
        ),
    ];
    t.ok(
        "four children of a need that names their district",
        &district,
        "delivery.made",
        json!({ "allocation": "AL-X", "quantity": "5", "place": "ba-vi", "receiver": "so-y-te", "children": 4 }),
    );
}

/// Gifts that are bound to a need.
fn bound(t: &mut Table) {
    let money = |need: &str| {
        (
            ASSESSED,
            json!({ "need": need, "item": "VND", "quantity": "500" }),
        )
    };
    let gift = (
        "receipt.issued",
        json!({ "receipt": "RC-X", "restriction": { "need": "ND-TIEN" } }),
    );
    let given = [money("ND-TIEN"), money("ND-KHAC"), gift];
    let x =
        |need: Value| json!({ "item": "VND", "need": need, "draws": [{ "lot": "RC-X", "quantity": "500" }] });
    t.ok("for that need", &given, MADE, x("ND-TIEN".into()));
    t.no(
        "for no need",
        &given,
        MADE,
        x(Value::Null),
        BoundNeed,
        &["RC-X", "ND-TIEN"],
    );
    t.no(
        "for another need",
        &given,
        MADE,
        x("ND-KHAC".into()),
        BoundNeed,
        &["RC-X", "ND-TIEN"],
    );
    t.no(
        "a pledge for one need, a receipt for another",
        &[
            money("ND-TIEN"),
            money("ND-KHAC"),
            (
                "donation.pledged",
                json!({ "donation": "DN-X", "restriction": { "need": "ND-TIEN" } }),
            ),
        ],
        "receipt.issued",
        json!({ "donation": "DN-X", "restriction": { "need": "ND-KHAC" } }),
        NothingLeft,
        &["DN-X"],
    );
    t.ok(
        "a pool for a need",
        &[money("ND-TIEN")],
        "pool.opened",
        json!({ "restriction": { "need": "ND-TIEN" } }),
    );
    t.no(
        "a purpose changed to a need that is none",
        &[],
        "purpose.changed",
        json!({ "restriction": { "need": "ND-TIEN" } }),
        Unknown,
        &["ND-TIEN", "en:need"],
    );
}
