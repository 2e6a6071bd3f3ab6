//! Ledgers, programmes, places, items, parties, campaigns and pools.

use minhbach_ledger::Reason::*;
use serde_json::json;

use crate::row::{Row, Table};
use crate::world::programme;

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    opening(&mut t);
    programmes(&mut t);
    places(&mut t);
    items_and_parties(&mut t);
    campaigns(&mut t);
    pools(&mut t);
    t.0
}

fn opening(t: &mut Table) {
    t.ok("opening, before the opening", &[], "ledger.opened", json!({}));
    t.no(
        "opening twice",
        &[],
        "ledger.opened",
        json!({}),
        OpenedTwice,
        &["0"],
    );
    t.no(
        "format 2",
        &[],
        "ledger.opened",
        json!({ "format": 2 }),
        Form,
        &["format", "1"],
    );
    t.no(
        "an origin with a scheme",
        &[],
        "ledger.opened",
        json!({ "origin": "https://a.vn" }),
        Form,
        &["origin"],
    );
    t.no(
        "another kind of ledger",
        &[],
        "ledger.opened",
        json!({ "kind": "test" }),
        Form,
        &["kind", "live, demo"],
    );
    t.no(
        "an item in no ledger",
        &[],
        "item.registered",
        json!({}),
        NotOpened,
        &["ledger.opened"],
    );
    t.no(
        "a v in a proposal",
        &[],
        "item.registered",
        json!({ "v": 1 }),
        Form,
        &["v"],
    );
}

fn programmes(t: &mut Table) {
    let published = "programme.published";
    t.ok("a plan", &[], published, json!({}));
    t.no(
        "a plan's name used",
        &[],
        published,
        programme("ke-hoach", &[], 5),
        SlugUsed,
        &["ke-hoach"],
    );
    t.ok(
        "a pool may have a plan's name",
        &[],
        "pool.opened",
        json!({ "pool": "ke-hoach" }),
    );
    t.ok(
        "a plan under another",
        &[],
        published,
        json!({ "parent": "ke-hoach" }),
    );
    t.no(
        "a plan under none",
        &[],
        published,
        json!({ "parent": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "a plan under itself",
        &[],
        published,
        json!({ "parent": "moi" }),
        Unknown,
        &["moi"],
    );
    t.no(
        "a plan for no known place",
        &[],
        published,
        json!({ "places": ["xa-la"] }),
        Unknown,
        &["xa-la", "en:place"],
    );
    t.ok(
        "a plan with special places",
        &[],
        published,
        json!({ "special_places": ["ba-vi"] }),
    );
    t.no(
        "a plan with special places unknown",
        &[],
        published,
        json!({ "special_places": ["xa-la"] }),
        Unknown,
        &["xa-la"],
    );
    let category = |extra: serde_json::Value| {
        let mut category =
            json!({ "category": "AO", "title": { "vi": "Áo" }, "beneficiary": "child", "forms": ["goods"] });
        for (name, value) in extra.as_object().expect("an object") {
            category[name] = value.clone();
        }
        json!({ "categories": [category] })
    };
    t.ok(
        "a category for a group",
        &[],
        published,
        category(json!({ "groups": ["ngheo"] })),
    );
    t.no(
        "a category for a group the plan lacks",
        &[],
        published,
        category(json!({ "groups": ["giau"] })),
        UnknownInside,
        &["moi", "giau", "en:group"],
    );
    t.no(
        "a category for no known place",
        &[],
        published,
        category(json!({ "places": ["xa-la"] })),
        Unknown,
        &["xa-la"],
    );
    t.no(
        "a category that names a source twice",
        &[],
        published,
        category(json!({ "sources": ["oda", "oda"] })),
        Form,
        &["categories[0].sources"],
    );
    let target = |extra: serde_json::Value| {
        let mut target =
            json!({ "target": "T1", "title": { "vi": "Tỷ lệ" }, "kind": "ratio", "due": "2026-12-31" });
        for (name, value) in extra.as_object().expect("an object") {
            target[name] = value.clone();
        }
        json!({ "targets": [target] })
    };
    t.ok(
        "a target of a category",
        &[],
        published,
        target(json!({ "category": "AO", "group": "ngheo" })),
    );
    t.no(
        "a target of a category the plan lacks",
        &[],
        published,
        target(json!({ "category": "XE" })),
        UnknownInside,
        &["moi", "XE", "en:category"],
    );
    t.no(
        "a target for a group the plan lacks",
        &[],
        published,
        target(json!({ "group": "giau" })),
        UnknownInside,
        &["giau"],
    );
    t.no(
        "a plan that ends before it begins",
        &[],
        published,
        json!({ "period": { "from": "2026-01-02", "to": "2026-01-01" } }),
        Form,
        &["period"],
    );
    t.ok(
        "a plan of one day",
        &[],
        published,
        json!({ "period": { "from": "2026-01-01", "to": "2026-01-01" } }),
    );
    t.no(
        "a smallest group of 4",
        &[],
        published,
        json!({ "min_group": 4 }),
        Form,
        &["min_group", "5"],
    );
    t.no(
        "a group twice",
        &[],
        published,
        json!({ "groups": ["ngheo", "mo-coi", "ngheo"] }),
        Form,
        &["groups"],
    );

    let revised = "programme.revised";
    t.ok("a plan revised", &[], revised, json!({}));
    t.no(
        "no plan revised",
        &[],
        revised,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a plan revised into no known place",
        &[],
        revised,
        json!({ "places": ["xa-la"] }),
        Unknown,
        &["xa-la"],
    );
    t.no(
        "a plan revised for no reason",
        &[],
        revised,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    t.no(
        "a closed plan revised",
        &[],
        revised,
        json!({ "programme": "da-dong" }),
        AlreadyClosed,
        &["da-dong", "2026-03-31"],
    );

    let closed = "programme.closed";
    t.ok(
        "a plan closed today",
        &[],
        closed,
        json!({ "on": "2026-06-15", "carries_to": "ke-hoach" }),
    );
    t.no(
        "a plan closed into none",
        &[],
        closed,
        json!({ "carries_to": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "no plan closed",
        &[],
        closed,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a plan closed twice",
        &[],
        closed,
        json!({ "programme": "da-dong" }),
        AlreadyClosed,
        &["2026-03-31"],
    );
    t.no(
        "a plan closed tomorrow",
        &[],
        closed,
        json!({ "on": "2026-06-16" }),
        InFuture,
        &["on", "2026-06-16", "2026-06-15"],
    );
    t.no(
        "a plan closed for a reason",
        &[],
        closed,
        json!({ "reason": "xong" }),
        Form,
        &["reason"],
    );
}

fn places(t: &mut Table) {
    let registered = "place.registered";
    t.ok("a place", &[], registered, json!({}));
    t.ok("a place under none", &[], registered, json!({ "parent": null }));
    t.no(
        "a place twice",
        &[],
        registered,
        json!({ "place": "ba-vi", "parent": null }),
        SlugUsed,
        &["ba-vi"],
    );
    t.no(
        "a place under no known one",
        &[],
        registered,
        json!({ "parent": "xu-la" }),
        Unknown,
        &["xu-la", "en:place"],
    );
    t.no(
        "a place under itself",
        &[],
        registered,
        json!({ "parent": "xa-yen-bai" }),
        Form,
        &["parent"],
    );
    t.no(
        "a place that ends too soon",
        &[],
        registered,
        json!({ "valid_to": "2008-07-31" }),
        Form,
        &["valid_to"],
    );
    t.ok(
        "a place of one day",
        &[],
        registered,
        json!({ "valid_to": "2008-08-01" }),
    );
    t.ok(
        "the poles",
        &[],
        registered,
        json!({ "latitude": "-90", "longitude": "180" }),
    );
    t.no(
        "beyond a pole",
        &[],
        registered,
        json!({ "latitude": "90.0001" }),
        Form,
        &["latitude"],
    );
    t.no(
        "beyond the date line",
        &[],
        registered,
        json!({ "longitude": "-180.5" }),
        Form,
        &["longitude"],
    );

    let revised = "place.revised";
    t.ok("a place revised", &[], revised, json!({}));
    t.no(
        "a place where coats were allocated, become a district",
        &[],
        revised,
        json!({ "place": "xa-ba-vi", "kind": "district" }),
        PlaceUsed,
        &["xa-ba-vi"],
    );
    t.ok(
        "a place where coats were allocated, become a ward",
        &[],
        revised,
        json!({ "place": "xa-ba-vi", "kind": "ward" }),
    );
    t.no(
        "no place revised",
        &[],
        revised,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a place moved under no known one",
        &[],
        revised,
        json!({ "parent": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a place moved under one of its own",
        &[],
        revised,
        json!({ "place": "ha-noi", "kind": "province", "parent": "thon-dong" }),
        Form,
        &["parent"],
    );

    let succeeded = "place.succeeded";
    t.ok("a place that another takes over", &[], succeeded, json!({}));
    t.no(
        "no place taken over",
        &[],
        succeeded,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a place taken over by none",
        &[],
        succeeded,
        json!({ "successors": [{ "place": "xu-la", "part": "whole" }] }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "no successors",
        &[],
        succeeded,
        json!({ "successors": [] }),
        Form,
        &["successors"],
    );
    t.no(
        "a place taken over by itself",
        &[],
        succeeded,
        json!({ "successors": [{ "place": "p-hang-bac", "part": "whole" }] }),
        Form,
        &["successors"],
    );
    t.no(
        "a successor twice",
        &[],
        succeeded,
        json!({ "successors": [{ "place": "ba-vi", "part": "part" }, { "place": "ba-vi", "part": "part" }] }),
        Form,
        &["successors"],
    );
    t.no(
        "a place taken over twice",
        &[],
        succeeded,
        json!({ "place": "xa-cu" }),
        AlreadySucceeded,
        &["xa-cu", "2026-04-01"],
    );
}

fn items_and_parties(t: &mut Table) {
    let registered = "item.registered";
    t.ok("an item", &[], registered, json!({}));
    t.no(
        "an item twice",
        &[],
        registered,
        json!({ "item": "ao-am" }),
        SlugUsed,
        &["ao-am", "en:item"],
    );
    t.no(
        "an item of money",
        &[],
        registered,
        json!({ "form": "money" }),
        Form,
        &["form", "goods, service"],
    );
    t.ok("an item revised", &[], "item.revised", json!({}));
    t.no(
        "no item revised",
        &[],
        "item.revised",
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong"],
    );
    t.no(
        "an item that was received, in another unit",
        &[],
        "item.revised",
        json!({ "unit": "TNE" }),
        ItemUsed,
        &["ao-am"],
    );
    t.no(
        "an item that was received, become a service",
        &[],
        "item.revised",
        json!({ "form": "service" }),
        ItemUsed,
        &["ao-am"],
    );
    t.ok(
        "an item that nobody gave yet, in another unit",
        &[("item.registered", json!({ "item": "mu-len" }))],
        "item.revised",
        json!({ "item": "mu-len", "unit": "TNE" }),
    );
    t.no(
        "an item of the name of a code",
        &[("receipt.issued", json!({ "receipt": "2026-06" }))],
        "item.registered",
        json!({ "item": "2026-06" }),
        CodeUsed,
        &["2026-06"],
    );
    t.no(
        "an item revised for no reason",
        &[],
        "item.revised",
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
    let registered = "party.registered";
    t.ok("a party", &[], registered, json!({}));
    t.no(
        "a party twice",
        &[],
        registered,
        json!({ "party": "cong-ty" }),
        SlugUsed,
        &["cong-ty", "en:party"],
    );
    t.no(
        "a party in no known place",
        &[],
        registered,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a natural person",
        &[],
        registered,
        json!({ "kind": "person" }),
        Form,
        &["kind", "organisation, fund"],
    );
    t.ok("a party revised", &[], "party.revised", json!({}));
    t.no(
        "no party revised",
        &[],
        "party.revised",
        json!({ "party": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a party moved to no known place",
        &[],
        "party.revised",
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a party's blank name",
        &[],
        "party.revised",
        json!({ "name": " " }),
        Form,
        &["name"],
    );
}

fn campaigns(t: &mut Table) {
    let opened = "campaign.opened";
    t.ok(
        "an appeal",
        &[],
        opened,
        json!({ "distribute_by": "2026-12-31", "restriction": { "programmes": ["ke-hoach"] } }),
    );
    t.no(
        "an appeal twice",
        &[],
        opened,
        json!({ "campaign": "tet" }),
        SlugUsed,
        &["tet", "en:campaign"],
    );
    t.no(
        "an appeal of no plan",
        &[],
        opened,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "an appeal of no fund",
        &[],
        opened,
        json!({ "fund": "quy-la" }),
        Unknown,
        &["quy-la", "en:party"],
    );
    t.no(
        "an appeal that closes before it opens",
        &[],
        opened,
        json!({ "closes": "2026-07-31" }),
        Form,
        &["closes"],
    );
    t.ok(
        "an appeal of one day",
        &[],
        opened,
        json!({ "closes": "2026-08-01" }),
    );
    t.no(
        "to be distributed before it opens",
        &[],
        opened,
        json!({ "distribute_by": "2026-07-31" }),
        Form,
        &["distribute_by"],
    );
    for (restriction, name, kind) in [
        (json!({ "programmes": ["khong-co"] }), "khong-co", "en:programme"),
        (json!({ "categories": ["XE"] }), "XE", "en:category"),
        (
            json!({ "programmes": ["khap-noi"], "categories": ["KHAM"] }),
            "KHAM",
            "en:category",
        ),
        (json!({ "places": ["xu-la"] }), "xu-la", "en:place"),
        (json!({ "groups": ["giau"] }), "giau", "en:group"),
        (json!({ "need": "ND-KHONG" }), "ND-KHONG", "en:need"),
    ] {
        let change = json!({ "restriction": restriction });
        t.no(
            "bound to what is not there",
            &[],
            opened,
            change,
            Unknown,
            &[name, kind],
        );
    }
    t.no(
        "bound to a place twice",
        &[],
        opened,
        json!({ "restriction": { "places": ["ba-vi", "ba-vi"] } }),
        Form,
        &["restriction.places"],
    );
    t.no(
        "an appeal of a plan closed before",
        &[],
        opened,
        json!({ "programme": "da-dong" }),
        ProgrammeClosed,
        &["da-dong", "2026-03-31", "2026-08-01"],
    );
    t.ok(
        "an appeal of a plan closed since",
        &[],
        opened,
        json!({ "programme": "da-dong", "opens": "2026-03-31" }),
    );

    let closed = "campaign.closed";
    t.ok("an appeal closed", &[], closed, json!({}));
    t.ok(
        "an appeal closed on its first day",
        &[],
        closed,
        json!({ "on": "2026-01-10" }),
    );
    t.no(
        "no appeal closed",
        &[],
        closed,
        json!({ "campaign": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "an appeal closed twice",
        &[],
        closed,
        json!({ "campaign": "he" }),
        AlreadyClosed,
        &["he", "2026-05-31"],
    );
    t.no(
        "an appeal closed tomorrow",
        &[],
        closed,
        json!({ "on": "2026-06-16" }),
        InFuture,
        &["2026-06-16"],
    );
    t.no(
        "an appeal closed before it opened",
        &[],
        closed,
        json!({ "on": "2026-01-09" }),
        BeforeEarlier,
        &["2026-01-09", "2026-01-10", "tet"],
    );
    t.no(
        "a day that is none",
        &[],
        closed,
        json!({ "on": "2026-02-29" }),
        Form,
        &["on"],
    );
}

fn pools(t: &mut Table) {
    let opened = "pool.opened";
    t.ok("a pool of money", &[], opened, json!({ "campaign": "tet" }));
    t.ok("a pool of goods", &[], opened, json!({ "item": "ao-am" }));
    t.no(
        "a pool twice",
        &[],
        opened,
        json!({ "pool": "gop-chung" }),
        SlugUsed,
        &["gop-chung", "en:pool"],
    );
    t.no(
        "a pool of no fund",
        &[],
        opened,
        json!({ "fund": "quy-la" }),
        Unknown,
        &["quy-la"],
    );
    t.no(
        "a pool of no item",
        &[],
        opened,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong", "en:item"],
    );
    t.no(
        "a pool of no appeal",
        &[],
        opened,
        json!({ "campaign": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a pool bound to no known place",
        &[],
        opened,
        json!({ "restriction": { "places": ["xu-la"] } }),
        Unknown,
        &["xu-la"],
    );
    t.no(
        "a pool of no currency",
        &[],
        opened,
        json!({ "item": "XXX" }),
        Form,
        &["item"],
    );
    t.no(
        "a pool and its appeal that exclude each other",
        &[],
        opened,
        json!({ "campaign": "he", "restriction": { "categories": ["KHAM"] } }),
        NothingLeft,
        &["gop-moi", "he"],
    );
    t.ok(
        "a pool and its appeal that agree",
        &[],
        opened,
        json!({ "campaign": "he", "restriction": { "categories": ["KHAM", "AO"] } }),
    );
}
