//! Promises, their cancelling, and gifts in hand.

use minhbach_ledger::Reason::*;
use serde_json::json;

use crate::row::{Row, Table};

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    pledges(&mut t);
    cancellings(&mut t);
    receipts(&mut t);
    pooled(&mut t);
    restrictions(&mut t);
    despite(&mut t);
    order(&mut t);
    t.0
}

fn pledges(t: &mut Table) {
    let pledged = "donation.pledged";
    t.ok("a promise", &[], pledged, json!({ "campaign": null }));
    t.ok(
        "a promise with a name",
        &[],
        pledged,
        json!({ "donor": "cong-ty", "display": "named" }),
    );
    t.no(
        "an anonymous donor named",
        &[],
        pledged,
        json!({ "donor": "cong-ty" }),
        Form,
        &["donor"],
    );
    t.no(
        "half a đồng",
        &[],
        pledged,
        json!({ "quantity": "500.5" }),
        Form,
        &["quantity", "VND", "0"],
    );
    t.no(
        "a third decimal of a dollar",
        &[],
        pledged,
        json!({ "item": "USD", "quantity": "0.125" }),
        Form,
        &["USD", "2"],
    );
    t.ok(
        "a cent",
        &[],
        pledged,
        json!({ "item": "USD", "quantity": "0.12" }),
    );
    t.ok(
        "three decimals of a dinar",
        &[],
        pledged,
        json!({ "item": "KWD", "quantity": "0.125" }),
    );
    t.ok(
        "three decimals of an item",
        &[],
        pledged,
        json!({ "item": "ao-am", "quantity": "0.125" }),
    );
    t.no(
        "four decimals",
        &[],
        pledged,
        json!({ "item": "ao-am", "quantity": "0.1251" }),
        Form,
        &["quantity"],
    );
    t.no(
        "nothing",
        &[],
        pledged,
        json!({ "quantity": "0" }),
        Form,
        &["quantity"],
    );
    t.no(
        "a number not in quotes",
        &[],
        pledged,
        json!({ "quantity": 500 }),
        Form,
        &["quantity"],
    );
    t.ok(
        "15 digits",
        &[],
        pledged,
        json!({ "quantity": "999999999999999" }),
    );
    t.no(
        "16 digits",
        &[],
        pledged,
        json!({ "quantity": "1000000000000000" }),
        Form,
        &["quantity"],
    );
    t.no(
        "a code used",
        &[],
        pledged,
        json!({ "donation": "DN-TIEN" }),
        CodeUsed,
        &["DN-TIEN"],
    );
    t.no(
        "a receipt's code",
        &[],
        pledged,
        json!({ "donation": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "a pooled receipt's code",
        &[],
        pledged,
        json!({ "donation": "RC-GOP-1" }),
        CodeUsed,
        &["RC-GOP-1"],
    );
    t.no(
        "an allocation's code",
        &[],
        pledged,
        json!({ "donation": "AL-AO" }),
        CodeUsed,
        &["AL-AO"],
    );
    t.no(
        "a delivery's code",
        &[],
        pledged,
        json!({ "donation": "DL-AO" }),
        CodeUsed,
        &["DL-AO"],
    );
    t.no(
        "a reversed code",
        &[("entry.reversed", json!({ "reverses": crate::world::seq::PLEDGE }))],
        pledged,
        json!({ "donation": "DN-TIEN" }),
        CodeUsed,
        &["DN-TIEN"],
    );
    t.no(
        "no donor",
        &[],
        pledged,
        json!({ "donor": "khong-co", "display": "named" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "no item",
        &[],
        pledged,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong"],
    );
    t.no(
        "no appeal",
        &[],
        pledged,
        json!({ "campaign": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "bound to no need",
        &[],
        pledged,
        json!({ "restriction": { "need": "ND-1" } }),
        Unknown,
        &["ND-1", "en:need"],
    );
    for (what, date, reason, facts) in [
        (
            "before the appeal",
            "2026-01-09",
            CampaignNotOpen,
            &["tet", "2026-01-09", "2026-01-10"],
        ),
        (
            "after the appeal",
            "2026-03-01",
            CampaignOver,
            &["tet", "2026-03-01", "2026-02-28"],
        ),
    ] {
        t.no(
            what,
            &[],
            pledged,
            json!({ "campaign": "tet", "pledged_on": date }),
            reason,
            facts,
        );
    }
    t.ok(
        "the first day of the appeal",
        &[],
        pledged,
        json!({ "campaign": "tet", "pledged_on": "2026-01-10" }),
    );
    t.ok(
        "the last day of the appeal",
        &[],
        pledged,
        json!({ "campaign": "tet", "pledged_on": "2026-02-28" }),
    );
    t.no(
        "after an appeal closed early",
        &[],
        pledged,
        json!({ "campaign": "he", "pledged_on": "2026-06-01" }),
        CampaignOver,
        &["he", "2026-05-31"],
    );
    t.ok(
        "the day an appeal was closed",
        &[],
        pledged,
        json!({ "campaign": "he", "pledged_on": "2026-05-31" }),
    );
    t.no(
        "an appeal closed later than planned ends as planned",
        &[("campaign.closed", json!({ "on": "2026-03-10" }))],
        pledged,
        json!({ "campaign": "tet", "pledged_on": "2026-03-01" }),
        CampaignOver,
        &["2026-02-28"],
    );
    t.no(
        "a promise of tomorrow",
        &[],
        pledged,
        json!({ "pledged_on": "2026-06-16" }),
        InFuture,
        &["pledged_on", "2026-06-15"],
    );
    // 17:00 UTC is midnight in Vietnam.
    t.no(
        "tomorrow, a millisecond before midnight in Vietnam",
        &[],
        pledged,
        json!({ "pledged_on": "2026-06-16", "at": "2026-06-15T16:59:59.999Z" }),
        InFuture,
        &["2026-06-16", "2026-06-15"],
    );
    t.ok(
        "today, from midnight in Vietnam",
        &[],
        pledged,
        json!({ "pledged_on": "2026-06-16", "at": "2026-06-15T17:00:00.000Z" }),
    );
    t.no(
        "a promise that its appeal excludes",
        &[],
        pledged,
        json!({ "campaign": "he", "pledged_on": "2026-05-01", "restriction": { "categories": ["HB"] } }),
        NothingLeft,
        &["he"],
    );
    t.no(
        "a promise despite a rule",
        &[],
        pledged,
        json!({ "despite": ["closed"], "reason": "x" }),
        Form,
        &["despite"],
    );
}

fn cancellings(t: &mut Table) {
    let cancelled = "donation.cancelled";
    t.ok("all of a promise", &[], cancelled, json!({}));
    t.no(
        "more than was promised",
        &[],
        cancelled,
        json!({ "quantity": "1001" }),
        NotOutstanding,
        &["DN-TIEN", "1000", "1001"],
    );
    t.no(
        "half a đồng of a promise",
        &[],
        cancelled,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "no promise",
        &[],
        cancelled,
        json!({ "donation": "DN-KHONG" }),
        Unknown,
        &["DN-KHONG", "en:donation"],
    );
    t.no(
        "a receipt is no promise",
        &[],
        cancelled,
        json!({ "donation": "RC-AO" }),
        Unknown,
        &["RC-AO"],
    );
    t.no(
        "a reversed promise",
        &[("entry.reversed", json!({ "reverses": crate::world::seq::PLEDGE }))],
        cancelled,
        json!({}),
        Reversed,
        &["DN-TIEN", "35"],
    );
    let received = (
        "receipt.issued",
        json!({ "donation": "DN-TIEN", "quantity": "400" }),
    );
    t.ok(
        "what is outstanding",
        std::slice::from_ref(&received),
        cancelled,
        json!({ "quantity": "600" }),
    );
    t.no(
        "what has come in",
        std::slice::from_ref(&received),
        cancelled,
        json!({ "quantity": "601" }),
        NotOutstanding,
        &["600 đồng", "601"],
    );
    t.no(
        "what was cancelled before",
        &[received.clone(), (cancelled, json!({ "quantity": "500" }))],
        cancelled,
        json!({ "quantity": "101" }),
        NotOutstanding,
        &["100 đồng", "101"],
    );
    t.no(
        "nothing is outstanding when more came than was promised",
        &[(
            "receipt.issued",
            json!({ "donation": "DN-TIEN", "quantity": "4000" }),
        )],
        cancelled,
        json!({ "quantity": "1" }),
        NotOutstanding,
        &["0 đồng"],
    );
    t.ok(
        "what a reversed receipt left outstanding",
        &[received.clone(), ("entry.reversed", json!({ "reverses": 35 }))],
        cancelled,
        json!({ "quantity": "1000" }),
    );
    t.ok(
        "what a reversed cancelling left outstanding",
        &[
            (cancelled, json!({ "quantity": "900" })),
            ("entry.reversed", json!({ "reverses": 35 })),
        ],
        cancelled,
        json!({ "quantity": "1000" }),
    );
}

fn receipts(t: &mut Table) {
    let issued = "receipt.issued";
    t.ok("a gift", &[], issued, json!({}));
    t.ok(
        "a gift from the state",
        &[],
        issued,
        json!({ "source": "state_budget", "donor": "so-y-te", "display": "named" }),
    );
    t.no(
        "an anonymous donor named",
        &[],
        issued,
        json!({ "donor": "cong-ty" }),
        Form,
        &["donor"],
    );
    t.no(
        "its own serial number",
        &[],
        issued,
        json!({ "serial": "quy-tre-em/2026/000009" }),
        Form,
        &["serial"],
    );
    t.no(
        "half a đồng",
        &[],
        issued,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND", "0"],
    );
    t.no(
        "two decimals of a yen",
        &[],
        issued,
        json!({ "item": "JPY", "quantity": "1.25" }),
        Form,
        &["JPY", "0"],
    );
    t.no(
        "a code used",
        &[],
        issued,
        json!({ "receipt": "DN-TIEN" }),
        CodeUsed,
        &["DN-TIEN"],
    );
    t.no(
        "no fund",
        &[],
        issued,
        json!({ "fund": "quy-la" }),
        Unknown,
        &["quy-la", "en:party"],
    );
    t.no(
        "no pool",
        &[],
        issued,
        json!({ "pool": "gop-la" }),
        Unknown,
        &["gop-la", "en:pool"],
    );
    t.no(
        "no item",
        &[],
        issued,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong"],
    );
    t.no(
        "no promise",
        &[],
        issued,
        json!({ "donation": "DN-KHONG" }),
        Unknown,
        &["DN-KHONG"],
    );
    t.no(
        "a delivery is no promise",
        &[],
        issued,
        json!({ "donation": "DL-AO" }),
        Unknown,
        &["DL-AO"],
    );
    t.no(
        "no donor",
        &[],
        issued,
        json!({ "donor": "khong-co", "display": "named" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "no appeal",
        &[],
        issued,
        json!({ "campaign": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "bound to nothing known",
        &[],
        issued,
        json!({ "restriction": { "groups": ["giau"] } }),
        Unknown,
        &["giau"],
    );
    t.no(
        "a reversed promise",
        &[("entry.reversed", json!({ "reverses": crate::world::seq::PLEDGE }))],
        issued,
        json!({ "donation": "DN-TIEN" }),
        Reversed,
        &["DN-TIEN", "35"],
    );
    t.ok(
        "more than was promised",
        &[],
        issued,
        json!({ "donation": "DN-TIEN", "quantity": "5000" }),
    );
    t.no(
        "another item than was promised",
        &[],
        issued,
        json!({ "donation": "DN-TIEN", "item": "USD" }),
        PledgeItem,
        &["DN-TIEN", "VND", "USD"],
    );
    t.no(
        "a đồng worth another",
        &[],
        issued,
        json!({ "value_vnd": "501" }),
        VndValue,
        &["500", "501"],
    );
    t.ok("a đồng worth a đồng", &[], issued, json!({ "value_vnd": "500" }));
    t.ok(
        "coats worth anything",
        &[],
        issued,
        json!({ "item": "ao-am", "value_vnd": "1", "channel": "goods" }),
    );
    t.no(
        "tomorrow's gift",
        &[],
        issued,
        json!({ "received_on": "2026-06-16" }),
        InFuture,
        &["received_on", "2026-06-16"],
    );
    t.ok(
        "a gift that has expired already is a fact",
        &[],
        issued,
        json!({ "item": "ao-am", "expires_on": "2026-01-01" }),
    );
    t.ok(
        "a gift of another year",
        &[],
        issued,
        json!({ "received_on": "2025-12-31" }),
    );
}

fn pooled(t: &mut Table) {
    let issued = "receipt.issued";
    t.ok("a pool's gift", &[], issued, json!({ "pool": "gop-chung" }));
    t.no(
        "a pool of another fund",
        &[],
        issued,
        json!({ "pool": "gop-chung", "fund": "quy-khac" }),
        PoolFund,
        &["gop-chung", "quy-tre-em", "quy-khac"],
    );
    t.no(
        "a pool of another item",
        &[],
        issued,
        json!({ "pool": "gop-chung", "item": "ao-am" }),
        PoolItem,
        &["gop-chung", "VND", "ao-am"],
    );
    t.no(
        "a pool of another source",
        &[],
        issued,
        json!({ "pool": "gop-chung", "source": "oda" }),
        PoolSource,
        &["gop-chung", "en:domestic society", "ODA"],
    );
    t.no(
        "a pool's source is never lifted",
        &[],
        issued,
        json!({ "pool": "gop-chung", "source": "oda", "despite": ["source_not_permitted"], "reason": "x" }),
        Form,
        &["despite", "source_not_permitted"],
    );
    t.no(
        "a restricted gift in a free pool",
        &[],
        issued,
        json!({ "pool": "gop-chung", "restriction": { "categories": ["AO"] } }),
        PoolRestriction,
        &["gop-chung"],
    );
    t.ok(
        "a gift that states none takes the pool's",
        &[],
        issued,
        json!({ "pool": "gop-ao" }),
    );
    t.ok(
        "a gift that states none takes the pool's, even as an empty list",
        &[],
        issued,
        json!({ "pool": "gop-ao", "restriction": { "categories": [] } }),
    );
    t.ok(
        "a gift of the pool's own restriction",
        &[],
        issued,
        json!({ "pool": "gop-ao", "restriction": { "categories": ["AO"], "places": [] } }),
    );
    t.no(
        "a gift bound more closely than its pool",
        &[],
        issued,
        json!({ "pool": "gop-ao", "restriction": { "categories": ["AO"], "until": "2026-12-31" } }),
        PoolRestriction,
        &["gop-ao"],
    );
    t.ok(
        "an appeal's gift in a pool with the appeal's restriction",
        &[],
        issued,
        json!({ "pool": "gop-ao", "campaign": "he", "received_on": "2026-05-01" }),
    );
    t.no(
        "an appeal's gift in a free pool",
        &[],
        issued,
        json!({ "pool": "gop-chung", "campaign": "he", "received_on": "2026-05-01" }),
        PoolRestriction,
        &["gop-chung"],
    );
    t.no(
        "a promise's restriction counts too",
        &[(
            "donation.pledged",
            json!({ "donation": "DN-AO", "restriction": { "categories": ["AO"] } }),
        )],
        issued,
        json!({ "pool": "gop-chung", "donation": "DN-AO" }),
        PoolRestriction,
        &["gop-chung"],
    );
    t.ok(
        "a promise's restriction that the pool has",
        &[(
            "donation.pledged",
            json!({ "donation": "DN-AO", "restriction": { "categories": ["AO"] } }),
        )],
        issued,
        json!({ "pool": "gop-ao", "donation": "DN-AO" }),
    );
    t.ok(
        "a pool opened for an appeal takes its gifts",
        &[("pool.opened", json!({ "pool": "gop-he", "campaign": "he" }))],
        issued,
        json!({ "pool": "gop-he", "campaign": "he", "received_on": "2026-05-01" }),
    );
}

/// Pairs of restrictions on a promise and its gift, and whether something is left of them.
fn restrictions(t: &mut Table) {
    let issued = "receipt.issued";
    for (what, promise, gift, left) in [
        (
            "programmes in common",
            json!({ "programmes": ["ke-hoach", "khap-noi"] }),
            json!({ "programmes": ["khap-noi"] }),
            true,
        ),
        (
            "no programme in common",
            json!({ "programmes": ["ke-hoach"] }),
            json!({ "programmes": ["khap-noi"] }),
            false,
        ),
        (
            "categories in common",
            json!({ "categories": ["AO", "HB"] }),
            json!({ "categories": ["HB", "KHAM"] }),
            true,
        ),
        (
            "no category in common",
            json!({ "categories": ["AO"] }),
            json!({ "categories": ["KHAM"] }),
            false,
        ),
        (
            "groups in common",
            json!({ "groups": ["ngheo"] }),
            json!({ "groups": ["mo-coi", "ngheo"] }),
            true,
        ),
        (
            "no group in common",
            json!({ "groups": ["ngheo"] }),
            json!({ "groups": ["mo-coi"] }),
            false,
        ),
        (
            "the same place",
            json!({ "places": ["ba-vi"] }),
            json!({ "places": ["ba-vi"] }),
            true,
        ),
        (
            "a place and one under it",
            json!({ "places": ["ha-noi"] }),
            json!({ "places": ["thon-dong"] }),
            true,
        ),
        (
            "a place and one above it",
            json!({ "places": ["thon-dong"] }),
            json!({ "places": ["ha-noi"] }),
            true,
        ),
        (
            "places side by side",
            json!({ "places": ["hoan-kiem"] }),
            json!({ "places": ["ba-vi"] }),
            false,
        ),
        (
            "a place and its successor",
            json!({ "places": ["xa-cu"] }),
            json!({ "places": ["xa-moi"] }),
            true,
        ),
        (
            "a successor and what is above its predecessor",
            json!({ "places": ["xa-moi"] }),
            json!({ "places": ["ba-vi"] }),
            true,
        ),
        (
            "another's successor",
            json!({ "places": ["xa-ba-vi"] }),
            json!({ "places": ["xa-moi"] }),
            false,
        ),
        (
            "a place and a date",
            json!({ "places": ["ba-vi"] }),
            json!({ "until": "2026-12-31" }),
            true,
        ),
        (
            "two dates",
            json!({ "until": "2026-12-31" }),
            json!({ "until": "2026-01-31" }),
            true,
        ),
        (
            "an empty list binds nothing",
            json!({ "groups": [], "places": ["ba-vi"] }),
            json!({ "groups": ["ngheo"] }),
            true,
        ),
    ] {
        let given = [(
            "donation.pledged",
            json!({ "donation": "DN-X", "restriction": promise }),
        )];
        let change = json!({ "donation": "DN-X", "restriction": gift });
        if left {
            t.ok(what, &given, issued, change);
        } else {
            t.no(
                what,
                &given,
                issued,
                change,
                NothingLeft,
                &["DN-X", "restriction"],
            );
        }
    }
    t.no(
        "a successor before it took over",
        &[(
            "donation.pledged",
            json!({ "donation": "DN-X", "pledged_on": "2026-03-01", "restriction": { "places": ["xa-cu"] } }),
        )],
        issued,
        json!({ "donation": "DN-X", "received_on": "2026-03-31", "restriction": { "places": ["xa-moi"] } }),
        NothingLeft,
        &["DN-X"],
    );
    let merged = |on: &str| {
        [
            (
                "place.succeeded",
                json!({ "place": "p-hang-bac", "on": on, "successors": [{ "place": "xa-moi", "part": "part" }] }),
            ),
            (
                "donation.pledged",
                json!({ "donation": "DN-X", "restriction": { "places": ["p-hang-bac"] } }),
            ),
        ]
    };
    t.ok(
        "two places merged into one have that one in common",
        &merged("2026-06-15"),
        issued,
        json!({ "donation": "DN-X", "restriction": { "places": ["xa-cu"] } }),
    );
    t.no(
        "two places that will be merged have nothing in common yet",
        &merged("2026-06-16"),
        issued,
        json!({ "donation": "DN-X", "restriction": { "places": ["xa-cu"] } }),
        NothingLeft,
        &["DN-X"],
    );
    t.no(
        "three restrictions, of which each two agree with the third",
        &[("donation.pledged", json!({ "donation": "DN-X", "pledged_on": "2026-05-01", "restriction": { "categories": ["HB", "KHAM"] } }))],
        issued,
        json!({ "donation": "DN-X", "campaign": "he", "received_on": "2026-05-01" }),
        NothingLeft,
        &["DN-X", "he"],
    );
}

fn despite(t: &mut Table) {
    let issued = "receipt.issued";
    let late = json!({ "campaign": "tet", "received_on": "2026-03-01" });
    let with = |change: &serde_json::Value, extra: serde_json::Value| {
        let mut change = change.clone();
        for (name, value) in extra.as_object().expect("an object") {
            change[name] = value.clone();
        }
        change
    };
    t.no(
        "after the appeal",
        &[],
        issued,
        late.clone(),
        CampaignOver,
        &["tet", "2026-03-01", "2026-02-28"],
    );
    t.ok(
        "on its last day",
        &[],
        issued,
        with(&late, json!({ "received_on": "2026-02-28" })),
    );
    t.no(
        "before the appeal",
        &[],
        issued,
        with(&late, json!({ "received_on": "2026-01-09" })),
        CampaignNotOpen,
        &["tet", "2026-01-09", "2026-01-10"],
    );
    t.ok(
        "despite that",
        &[],
        issued,
        with(
            &late,
            json!({ "despite": ["closed"], "reason": "chuyển khoản chậm" }),
        ),
    );
    t.no(
        "without a reason",
        &[],
        issued,
        with(&late, json!({ "despite": ["closed"] })),
        Form,
        &["reason"],
    );
    t.no(
        "a reason alone",
        &[],
        issued,
        with(&late, json!({ "reason": "x" })),
        Form,
        &["reason"],
    );
    t.no(
        "an empty despite",
        &[],
        issued,
        with(&late, json!({ "despite": [], "reason": "x" })),
        Form,
        &["despite"],
    );
    t.no(
        "despite twice the same",
        &[],
        issued,
        with(&late, json!({ "despite": ["closed", "closed"], "reason": "x" })),
        Form,
        &["despite"],
    );
    t.no(
        "despite a rule that is not broken",
        &[],
        issued,
        with(
            &late,
            json!({ "despite": ["closed", "out_of_period"], "reason": "x" }),
        ),
        Form,
        &["despite", "out_of_period"],
    );
    t.no(
        "despite where nothing is broken",
        &[],
        issued,
        json!({ "despite": ["closed"], "reason": "x" }),
        Form,
        &["closed"],
    );
    for code in [
        "item_mismatch",
        "insufficient_quantity",
        "personal_data",
        "malformed",
        "expired",
        "out_of_scope",
    ] {
        t.no(
            "despite a rule that nothing lifts here",
            &[],
            issued,
            with(&late, json!({ "despite": [code], "reason": "x" })),
            Form,
            &["despite", code],
        );
    }
    t.no(
        "despite a word that is no rule",
        &[],
        issued,
        with(&late, json!({ "despite": ["clsoed"], "reason": "x" })),
        Form,
        &["despite[0]"],
    );
    t.no(
        "a date in the future is never lifted",
        &[],
        issued,
        json!({ "received_on": "2026-06-16", "despite": ["out_of_period"], "reason": "x" }),
        Form,
        &["despite", "out_of_period"],
    );
    // The promise is of 1 February, the appeal opened on 10 January.
    let both = json!({ "donation": "DN-TIEN", "campaign": "tet", "received_on": "2026-01-09" });
    t.no(
        "before promise and appeal",
        &[],
        issued,
        both.clone(),
        CampaignNotOpen,
        &["tet"],
    );
    t.no(
        "only one of two lifted",
        &[],
        issued,
        with(&both, json!({ "despite": ["closed"], "reason": "x" })),
        BeforeEarlier,
        &["received_on", "2026-01-09", "2026-02-01", "DN-TIEN"],
    );
    t.no(
        "only the other of two lifted",
        &[],
        issued,
        with(&both, json!({ "despite": ["out_of_period"], "reason": "x" })),
        CampaignNotOpen,
        &["2026-01-10"],
    );
    t.ok(
        "both lifted",
        &[],
        issued,
        with(
            &both,
            json!({ "despite": ["out_of_period", "closed"], "reason": "x" }),
        ),
    );
    t.ok(
        "the day of the promise",
        &[],
        issued,
        json!({ "donation": "DN-TIEN", "received_on": "2026-02-01" }),
    );
    t.no(
        "a day before the promise",
        &[],
        issued,
        json!({ "donation": "DN-TIEN", "received_on": "2026-01-31" }),
        BeforeEarlier,
        &["2026-01-31", "2026-02-01", "DN-TIEN"],
    );
    t.no(
        "a policy lifted leaves the rules",
        &[],
        issued,
        with(
            &late,
            json!({ "despite": ["closed"], "reason": "x", "value_vnd": "7" }),
        ),
        VndValue,
        &["7"],
    );
}

/// One proposal that breaks many rules, mended one by one in the order in which they are asked.
fn order(t: &mut Table) {
    let issued = "receipt.issued";
    let mut change = json!({
        "receipt": "DN-TIEN", "donation": "DN-TIEN", "fund": "quy-la", "pool": "gop-chung", "source": "oda", "item": "VND",
        "quantity": "0.5", "received_on": "2026-01-09", "campaign": "tet", "restriction": { "categories": ["AO"] },
        "value_vnd": "7", "value_basis": "gọi 0912345678",
    });
    let mut step = |what, mend: serde_json::Value, reason, facts: &[&str]| {
        t.no(what, &[], issued, change.clone(), reason, facts);
        for (name, value) in mend.as_object().expect("an object") {
            change[name] = value.clone();
        }
    };
    step(
        "first the form",
        json!({ "quantity": "500" }),
        Form,
        &["quantity"],
    );
    step(
        "then personal data",
        json!({ "value_basis": "biên nhận" }),
        LongNumber,
        &["value_basis"],
    );
    step(
        "then the code",
        json!({ "receipt": null }),
        CodeUsed,
        &["DN-TIEN"],
    );
    step(
        "then references",
        json!({ "fund": "quy-khac" }),
        Unknown,
        &["quy-la"],
    );
    step(
        "then what is closed",
        json!({ "received_on": "2026-01-20" }),
        CampaignNotOpen,
        &["tet"],
    );
    step(
        "then dates",
        json!({ "received_on": "2026-02-02" }),
        BeforeEarlier,
        &["DN-TIEN"],
    );
    step(
        "then items",
        json!({ "fund": "quy-tre-em" }),
        PoolFund,
        &["gop-chung"],
    );
    step("then values", json!({ "value_vnd": "500" }), VndValue, &["7"]);
    step(
        "then sources",
        json!({ "source": "social_domestic" }),
        PoolSource,
        &["ODA"],
    );
    step(
        "then restrictions",
        json!({ "restriction": null }),
        PoolRestriction,
        &["gop-chung"],
    );
    t.ok("then nothing", &[], issued, change);
}
