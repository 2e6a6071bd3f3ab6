//! Trails through everything: money in a pool becomes coats that change hands, are handed over, disputed, returned,
//! and handed over again. Every share is worked out by hand.

mod sandbox;

use minhbach_projections::Trail;
use num_rational::BigRational;
use sandbox::Sandbox;
use serde_json::{Value, json};

const ON: &str = "2025-05-20";

fn groundwork() -> Sandbox {
    let mut ledger = Sandbox::default();
    let title = |vi: &str| json!({ "vi": vi });
    for proposal in [
        json!({"type":"ledger.opened","ledger":"Sổ thử","origin":"so.example.vn/thu","format":1,"kind":"live"}),
        json!({"type":"place.registered","place":"tinh","kind":"province","name":"Tỉnh","valid_from":"2000-01-01"}),
        json!({"type":"place.registered","place":"xa","kind":"commune","name":"Xã","parent":"tinh","valid_from":"2000-01-01"}),
        json!({"type":"programme.published","programme":"ke-hoach","title":title("Kế hoạch"),"documents":[],
            "period":{"from":"2019-01-01","to":"2030-12-31"},"places":["tinh"],"groups":[],
            "categories":[{"category":"CLO-WRM","title":title("Áo ấm"),"beneficiary":"child","forms":["goods"]}],
            "targets":[],"duties":[],"reports":[],"min_group":5}),
        json!({"type":"item.registered","item":"ao-am","title":title("Áo ấm"),"form":"goods","unit":"H87","categories":["CLO-WRM"]}),
        json!({"type":"item.registered","item":"mu-len","title":title("Mũ len"),"form":"goods","unit":"H87","categories":["CLO-WRM"]}),
        json!({"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ (minh hoạ)"}),
        json!({"type":"party.registered","party":"kho","kind":"facility","name":"Kho (minh hoạ)"}),
        json!({"type":"party.registered","party":"truong","kind":"facility","name":"Trường (minh hoạ)"}),
        json!({"type":"party.registered","party":"xuong-may","kind":"supplier","name":"Xưởng may (minh hoạ)"}),
        json!({"type":"pool.opened","pool":"gop-chung","fund":"quy","item":"VND","source":"social_domestic"}),
    ] {
        ledger.record(proposal);
    }
    ledger
}

fn pooled(ledger: &mut Sandbox, code: &str, dong: &str) -> u64 {
    ledger.record(json!({"type":"receipt.issued","receipt":code,"fund":"quy","pool":"gop-chung",
        "source":"social_domestic","item":"VND","quantity":dong,"received_on":ON,"display":"anonymous","channel":"bank"}))
}

fn allocate(ledger: &mut Sandbox, code: &str, draws: Value) -> u64 {
    ledger.record(
        json!({"type":"allocation.made","allocation":code,"programme":"ke-hoach","category":"CLO-WRM",
        "place":"xa","item":"ao-am","draws":draws,"decided_on":ON}),
    )
}

fn deliver(ledger: &mut Sandbox, code: &str, allocation: &str, coats: &str) -> u64 {
    ledger.record(
        json!({"type":"delivery.made","delivery":code,"allocation":allocation,"quantity":coats,"place":"xa",
        "receiver":"truong","children":20,"delivered_on":ON}),
    )
}

/// Gifts of 100, 200 and 300 (thousand) in a pool; 450 of them buy 90 coats and 30 hats; 60 coats go to the store of
/// the commune, 50 of those are allocated and handed over in three parts; 2 of the second come back and are handed
/// over again, the third is reversed. 30 more come from the 90 and from a gift of coats together.
fn story() -> Sandbox {
    let mut ledger = groundwork();
    for (code, dong) in [("RC-A", "100000"), ("RC-B", "200000"), ("RC-C", "300000")] {
        pooled(&mut ledger, code, dong);
    }
    ledger.record(
        json!({"type":"purchase.made","purchase":"PU-1","spends":[{"lot":"gop-chung","quantity":"450000"}],
        "obtains":[{"lot":"LT-AO","item":"ao-am","quantity":"90","value_vnd":"360000"},
                   {"lot":"LT-MU","item":"mu-len","quantity":"30","value_vnd":"90000"}],
        "supplier":"xuong-may","purchased_on":ON}),
    );
    ledger.record(
        json!({"type":"custody.transferred","transfer":"TR-1","lot":"LT-AO","quantity":"60","to":"kho",
        "new_lot":"LT-KHO","transferred_on":ON}),
    );
    allocate(&mut ledger, "AL-1", json!([{"lot":"LT-KHO","quantity":"50"}]));
    deliver(&mut ledger, "DL-1", "AL-1", "20");
    deliver(&mut ledger, "DL-2", "AL-1", "20");
    let third = deliver(&mut ledger, "DL-3", "AL-1", "10");
    ledger.record(json!({"type":"delivery.disputed","delivery":"DL-2","disputed_by":"truong","disputed_on":ON,"reason":"thiếu"}));
    ledger.record(json!({"type":"delivery.resolved","delivery":"DL-2","accepted":"18","resolved_on":ON,"reason":"rách"}));
    ledger.record(json!({"type":"delivery.returned","delivery":"DL-2","quantity":"2","new_lot":"LT-VE","returned_on":ON,"reason":"rách"}));
    allocate(&mut ledger, "AL-2", json!([{"lot":"LT-VE","quantity":"2"}]));
    deliver(&mut ledger, "DL-4", "AL-2", "2");
    ledger.record(json!({"type":"entry.reversed","reverses":third,"reason":"ghi nhầm"}));
    ledger.record(
        json!({"type":"receipt.issued","receipt":"RC-AO","fund":"quy","source":"charity_fund","item":"ao-am",
        "quantity":"10","received_on":ON,"display":"anonymous","channel":"goods"}),
    );
    allocate(
        &mut ledger,
        "AL-3",
        json!([{"lot":"LT-AO","quantity":"20"},{"lot":"RC-AO","quantity":"10"}]),
    );
    deliver(&mut ledger, "DL-5", "AL-3", "30");
    ledger
}

fn edges(trail: &Trail) -> Vec<String> {
    let mut edges: Vec<String> = trail
        .edges
        .iter()
        .map(|edge| {
            let share = edge
                .share
                .as_deref()
                .map_or(String::new(), |share| format!(" × {share}"));
            format!(
                "{} → {}: {} {}{share}",
                edge.from, edge.to, edge.quantity, edge.item
            )
        })
        .collect();
    edges.sort();
    edges
}

fn reached(trail: &Trail) -> Vec<String> {
    let mut reached: Vec<String> = trail
        .reached
        .iter()
        .map(|reached| format!("{}: {} × {}", reached.delivery, reached.delivered, reached.share))
        .collect();
    reached.sort();
    reached
}

fn sorted(lines: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    lines.sort();
    lines
}

#[test]
fn a_gift_is_followed_through_everything() {
    let ledger = story();
    let trail = ledger.trail("RC-B");
    // 200 of the 450 that were spent: 4/9 of everything after.
    assert_eq!(
        edges(&trail),
        sorted(&[
            "RC-B → gop-chung: 200000 VND",
            "gop-chung → PU-1: 200000 VND",
            "PU-1 → LT-AO: 90 ao-am × 4/9",
            "PU-1 → LT-MU: 30 mu-len × 4/9",
            "LT-AO → TR-1: 60 ao-am × 4/9",
            "LT-AO → AL-3: 20 ao-am × 4/9",
            "TR-1 → LT-KHO: 60 ao-am × 4/9",
            "LT-KHO → AL-1: 50 ao-am × 4/9",
            "AL-1 → DL-1: 20 ao-am × 4/9",
            "AL-1 → DL-2: 20 ao-am × 4/9",
            "DL-2 → LT-VE: 2 ao-am × 4/9",
            "LT-VE → AL-2: 2 ao-am × 4/9",
            "AL-2 → DL-4: 2 ao-am × 4/9",
            // 4/9 of 20 among 30.
            "AL-3 → DL-5: 30 ao-am × 8/27",
        ])
    );
    assert_eq!(
        reached(&trail),
        sorted(&[
            "DL-1: 20 × 4/9",
            "DL-2: 18 × 4/9",
            "DL-4: 2 × 4/9",
            "DL-5: 30 × 8/27"
        ])
    );
    let outcome = serde_json::to_value(trail.outcome.expect("a receipt's outcome")).expect("JSON");
    assert_eq!(outcome["received"], "200000");
    assert_eq!(outcome["spent"], "200000");
    // 150 of the third gift were spent, 150 wait.
    let outcome = serde_json::to_value(ledger.trail("RC-C").outcome).expect("JSON");
    assert_eq!(
        (outcome["spent"].as_str(), outcome["available"].as_str()),
        (Some("150000"), Some("150000"))
    );
}

#[test]
fn a_delivery_leads_back_to_its_gifts() {
    let ledger = story();
    let trail = ledger.trail("DL-5");
    let shares = |trail: &Trail| -> Vec<String> {
        let nodes = trail.nodes.iter();
        let shared = nodes.filter_map(|node| Some(format!("{} {}", node.code, node.share.as_ref()?)));
        let mut shares: Vec<String> = shared.collect();
        shares.sort();
        shares
    };
    assert_eq!(shares(&trail), ["LT-AO 2/3", "RC-AO 1/3", "gop-chung 2/3"]);
    assert_eq!(
        edges(&trail),
        sorted(&[
            "LT-AO → AL-3: 20 ao-am",
            "RC-AO → AL-3: 10 ao-am",
            "AL-3 → DL-5: 30 ao-am",
            "PU-1 → LT-AO: 90 ao-am",
            "gop-chung → PU-1: 450000 VND",
        ])
    );
    let pool = trail
        .nodes
        .iter()
        .find(|node| node.code.as_str() == "gop-chung")
        .expect("the pool");
    assert_eq!(
        (pool.count, pool.quantity.map(|q| q.to_string())),
        (Some(3), Some("450000".to_owned()))
    );

    // What came back leads through the delivery it came back from.
    let trail = ledger.trail("DL-4");
    assert_eq!(
        edges(&trail),
        sorted(&[
            "AL-2 → DL-4: 2 ao-am",
            "LT-VE → AL-2: 2 ao-am",
            "DL-2 → LT-VE: 2 ao-am",
            "AL-1 → DL-2: 20 ao-am",
            "LT-KHO → AL-1: 20 ao-am",
            "TR-1 → LT-KHO: 60 ao-am",
            "LT-AO → TR-1: 60 ao-am",
            "PU-1 → LT-AO: 90 ao-am",
            "gop-chung → PU-1: 450000 VND",
        ])
    );
    assert_eq!(
        shares(&trail),
        ["LT-AO 1/1", "LT-KHO 1/1", "LT-VE 1/1", "gop-chung 1/1"]
    );
}

#[test]
fn a_lot_and_what_opened_it_look_both_ways() {
    let ledger = story();
    let lot = ledger.trail("LT-KHO");
    assert_eq!(
        edges(&lot),
        sorted(&[
            "gop-chung → PU-1: 450000 VND",
            "PU-1 → LT-AO: 90 ao-am",
            "LT-AO → TR-1: 60 ao-am",
            "TR-1 → LT-KHO: 60 ao-am",
            "LT-KHO → AL-1: 50 ao-am",
            "AL-1 → DL-1: 20 ao-am",
            "AL-1 → DL-2: 20 ao-am",
            "DL-2 → LT-VE: 2 ao-am",
            "LT-VE → AL-2: 2 ao-am",
            "AL-2 → DL-4: 2 ao-am",
        ])
    );
    assert_eq!(
        reached(&lot),
        sorted(&["DL-1: 20 × 1/1", "DL-2: 18 × 1/1", "DL-4: 2 × 1/1"])
    );
    let outcome = serde_json::to_value(lot.outcome).expect("JSON");
    assert_eq!(
        (
            outcome["delivered"].as_str(),
            outcome["allocated"].as_str(),
            outcome["available"].as_str()
        ),
        (Some("40"), Some("10"), Some("10"))
    );
    let purchase = ledger.trail("PU-1");
    assert!(purchase.outcome.is_none(), "a purchase is no stock");
    // 20 of the 30 coats of the last delivery were bought.
    assert_eq!(
        reached(&purchase),
        sorted(&[
            "DL-1: 20 × 1/1",
            "DL-2: 18 × 1/1",
            "DL-4: 2 × 1/1",
            "DL-5: 30 × 2/3"
        ])
    );
    assert_eq!(edges(&purchase).len(), 13, "{:#?}", edges(&purchase));
}

/// The parts of all gifts in a delivery are the delivery.
fn assert_whole(ledger: &Sandbox, gifts: &[&str], deliveries: &[&str]) {
    for delivery in deliveries {
        let mut sum = BigRational::from_integer(0.into());
        for gift in gifts {
            for reached in &ledger.trail(gift).reached {
                if reached.delivery.as_str() == *delivery {
                    sum += reached.share.parse::<BigRational>().expect("a fraction");
                }
            }
        }
        assert_eq!(sum, BigRational::from_integer(1.into()), "{delivery}");
    }
}

#[test]
fn a_recalled_receipt_makes_room_for_the_next() {
    let mut ledger = story();
    let deliveries = ["DL-1", "DL-2", "DL-4", "DL-5"];
    assert_whole(&ledger, &["RC-A", "RC-B", "RC-C", "RC-AO"], &deliveries);
    pooled(&mut ledger, "RC-E", "100000");
    // RC-B is entry 12: after 11 entries of groundwork and RC-A.
    ledger.record(json!({"type":"entry.reversed","reverses":12,"reason":"ngân hàng thu hồi"}));
    // What RC-B paid for, 200, is now of the rest of RC-C, 150, and of the first 50 of RC-E.
    let of = |ledger: &Sandbox, gift: &str| reached(&ledger.trail(gift));
    assert_eq!(of(&ledger, "RC-B"), Vec::<String>::new());
    assert_eq!(
        of(&ledger, "RC-C"),
        sorted(&[
            "DL-1: 20 × 2/3",
            "DL-2: 18 × 2/3",
            "DL-4: 2 × 2/3",
            "DL-5: 30 × 4/9"
        ])
    );
    assert_eq!(
        of(&ledger, "RC-E"),
        sorted(&[
            "DL-1: 20 × 1/9",
            "DL-2: 18 × 1/9",
            "DL-4: 2 × 1/9",
            "DL-5: 30 × 2/27"
        ])
    );
    assert_whole(&ledger, &["RC-A", "RC-C", "RC-E", "RC-AO"], &deliveries);
    let outcome = serde_json::to_value(ledger.trail("RC-B").outcome).expect("JSON");
    assert_eq!(outcome["received"], "0");
    let pool = ledger.trail("gop-chung").outcome.expect("a pool's outcome");
    let pool = serde_json::to_value(pool).expect("JSON");
    assert_eq!(
        (
            pool["received"].as_str(),
            pool["spent"].as_str(),
            pool["available"].as_str()
        ),
        (Some("500000"), Some("450000"), Some("50000"))
    );
}

/// What a gift bought twice over and mixed again is still exact.
#[test]
fn ways_that_meet_again_add_up() {
    let mut ledger = groundwork();
    pooled(&mut ledger, "RC-A", "100000");
    pooled(&mut ledger, "RC-B", "200000");
    for (purchase, lot, dong) in [("PU-1", "LT-1", "150000"), ("PU-2", "LT-2", "150000")] {
        ledger.record(json!({"type":"purchase.made","purchase":purchase,"spends":[{"lot":"gop-chung","quantity":dong}],
            "obtains":[{"lot":lot,"item":"ao-am","quantity":"30","value_vnd":dong}],"supplier":"xuong-may","purchased_on":ON}));
    }
    allocate(
        &mut ledger,
        "AL-1",
        json!([{"lot":"LT-1","quantity":"30"},{"lot":"LT-2","quantity":"15"}]),
    );
    deliver(&mut ledger, "DL-1", "AL-1", "45");
    ledger.record(json!({"type":"delivery.returned","delivery":"DL-1","quantity":"45","new_lot":"LT-VE","returned_on":ON,"reason":"sai cỡ"}));
    allocate(
        &mut ledger,
        "AL-2",
        json!([{"lot":"LT-VE","quantity":"45"},{"lot":"LT-2","quantity":"15"}]),
    );
    deliver(&mut ledger, "DL-2", "AL-2", "60");
    // RC-A paid 100 of the first 150: 2/3 of 30 coats; nothing of the others: 20 of the 45, 20 of the 60.
    assert_eq!(reached(&ledger.trail("RC-A")), ["DL-2: 60 × 1/3"]);
    assert_eq!(reached(&ledger.trail("RC-B")), ["DL-2: 60 × 2/3"]);
    let back = ledger.trail("DL-2");
    let pool = back
        .nodes
        .iter()
        .find(|node| node.code.as_str() == "gop-chung")
        .expect("the pool");
    assert_eq!((pool.share.as_deref(), pool.count), (Some("1/1"), Some(2)));
    assert_eq!(
        pool.quantity.map(|quantity| quantity.to_string()),
        Some("300000".to_owned())
    );
}

/// A need shows as it is now, a pool whose purpose was changed says by which entry, and a change that is undone does not.
#[test]
fn a_step_says_what_became_of_it() {
    let mut ledger = groundwork();
    pooled(&mut ledger, "RC-A", "100000");
    let change = ledger.record(
        json!({"type":"purpose.changed","lot":"gop-chung","restriction":{"categories":["CLO-WRM"]},
        "consent":"donor","consented_on":ON,"reason":"đồng ý"}),
    );
    let changed_by = |ledger: &Sandbox| ledger.trail("gop-chung").nodes[0].purpose_changed_by.clone();
    assert_eq!(changed_by(&ledger), [change]);
    ledger.record(json!({"type":"entry.reversed","reverses":change,"reason":"nhầm"}));
    assert_eq!(changed_by(&ledger), Vec::<u64>::new());
    ledger.record(
        json!({"type":"need.assessed","need":"ND-A","programme":"ke-hoach","category":"CLO-WRM","place":"xa",
        "item":"ao-am","quantity":"40","children":40,"priority":1,"assessed_on":ON}),
    );
    ledger.record(json!({"type":"need.revised","need":"ND-A","quantity":"60","reason":"thêm lớp"}));
    let need = ledger.trail("ND-A");
    assert_eq!(
        need.nodes[0].quantity.map(|quantity| quantity.to_string()),
        Some("60".to_owned())
    );
}

/// A delivery says by which entries it was answered, a pledge by which it was cancelled; those that are undone do not count.
#[test]
fn a_step_says_what_answers_it() {
    let mut ledger = groundwork();
    let answered_by = |ledger: &Sandbox, code: &str| {
        let trail = ledger.trail(code);
        let own = trail.nodes.iter().find(|node| node.code.as_str() == code);
        own.expect("what was asked for").answered_by.clone()
    };
    ledger.record(
        json!({"type":"donation.pledged","donation":"DN-A","source":"charity_fund","item":"VND",
        "quantity":"1000","pledged_on":ON,"display":"anonymous"}),
    );
    let cancel = |quantity: &str| json!({"type":"donation.cancelled","donation":"DN-A","quantity":quantity,"reason":"đổi ý"});
    let first = ledger.record(cancel("300"));
    let second = ledger.record(cancel("200"));
    assert_eq!(answered_by(&ledger, "DN-A"), [first, second]);
    ledger.record(json!({"type":"entry.reversed","reverses":first,"reason":"nhầm"}));
    assert_eq!(answered_by(&ledger, "DN-A"), [second]);

    ledger.record(
        json!({"type":"receipt.issued","receipt":"RC-AO","fund":"quy","source":"charity_fund",
        "item":"ao-am","quantity":"10","received_on":ON,"display":"anonymous","channel":"goods"}),
    );
    allocate(&mut ledger, "AL-A", json!([{"lot":"RC-AO","quantity":"10"}]));
    deliver(&mut ledger, "DL-A", "AL-A", "10");
    assert_eq!(answered_by(&ledger, "DL-A"), Vec::<u64>::new());
    let back = ledger.record(
        json!({"type":"delivery.returned","delivery":"DL-A","quantity":"2","new_lot":"LT-VE",
        "returned_on":ON,"reason":"sai cỡ"}),
    );
    let disputed = ledger.record(
        json!({"type":"delivery.disputed","delivery":"DL-A","disputed_by":"truong",
        "disputed_on":ON,"reason":"thiếu một chiếc"}),
    );
    // In the order of the journal, whatever they say.
    assert_eq!(answered_by(&ledger, "DL-A"), [back, disputed]);
    ledger.record(json!({"type":"entry.reversed","reverses":disputed,"reason":"nhầm"}));
    assert_eq!(answered_by(&ledger, "DL-A"), [back]);
}

/// More flows out of one gift than a page holds: the pages join, nothing is lost between them and nothing comes twice.
#[test]
fn a_long_way_up_comes_in_pages_that_join() {
    const PURCHASES: usize = 1_100;
    let mut ledger = groundwork();
    ledger.record(
        json!({"type":"donation.pledged","donation":"DN-A","source":"charity_fund","item":"VND",
        "quantity":"1100000","pledged_on":ON,"display":"anonymous"}),
    );
    ledger.record(json!({"type":"receipt.issued","receipt":"RC-A","donation":"DN-A","fund":"quy","source":"charity_fund",
        "item":"VND","quantity":"1100000","received_on":ON,"display":"anonymous","channel":"bank"}));
    let mut draws = Vec::new();
    for nth in 0..PURCHASES {
        let lot = format!("LT-{nth}-L");
        ledger.record(json!({"type":"purchase.made","purchase":format!("PU-{nth}"),
            "spends":[{"lot":"RC-A","quantity":"1000"}],"supplier":"xuong-may","purchased_on":ON,
            "obtains":[{"lot":lot.as_str(),"item":"ao-am","quantity":"1","value_vnd":"1000"}]}));
        draws.push(json!({ "lot": lot, "quantity": "1" }));
    }
    allocate(&mut ledger, "AL-A", draws.into());
    let trail = ledger.trail("AL-A");
    // Gift to purchase, purchase to lot, lot to allocation; and the pledge before the gift.
    let edges = edges(&trail);
    let mut once = edges.clone();
    once.dedup();
    assert_eq!((edges.len(), once.len()), (3 * PURCHASES + 1, 3 * PURCHASES + 1));
    assert!(edges.contains(&"DN-A → RC-A: 1100000 VND".to_owned()));
    // Each page begins with what is asked for.
    let codes = trail.nodes.iter().map(|node| node.code.as_str());
    let mut nodes: Vec<&str> = codes.filter(|code| *code != "AL-A").collect();
    let shown = nodes.len();
    nodes.sort_unstable();
    nodes.dedup();
    assert_eq!((shown, nodes.len()), (2 * PURCHASES + 2, 2 * PURCHASES + 2));
}
