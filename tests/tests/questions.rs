//! The questions after the money: what is lacking, how far a plan is, who is who, what a place became, and finding
//! any of it; asked of the real binary, with answers worked out by hand.

use minhbach_tests::{DataFolder, FUND, PLACE, POOL, SCHOOL, receipt};
use serde_json::{Value, json};

/// A need of money for the poor, or of what the school lacks.
fn need(code: &str, dong: u64, priority: u8) -> Value {
    json!({
        "type": "need.assessed", "need": code, "programme": "hn-204-2019", "category": "GFT", "place": PLACE,
        "group": "special_circumstances", "item": "VND", "quantity": dong.to_string(), "children": 30,
        "priority": priority, "assessed_on": "2024-09-01", "needed_by": "2024-12-31",
    })
}

fn allocation(code: &str, need: &str, dong: u64) -> Value {
    json!({
        "type": "allocation.made", "allocation": code, "programme": "hn-204-2019", "category": "GFT", "place": PLACE,
        "group": "special_circumstances", "need": need, "item": "VND",
        "draws": [{"lot": POOL, "quantity": dong.to_string()}], "decided_on": "2024-10-01",
    })
}

fn delivery(code: &str, allocation: &str, dong: u64) -> Value {
    json!({
        "type": "delivery.made", "delivery": code, "allocation": allocation, "quantity": dong.to_string(),
        "place": PLACE, "receiver": SCHOOL, "children": 30, "delivered_on": "2024-10-05",
    })
}

/// Two needs. Of the first 600 of 1,000 are reserved, of these 400 handed over, of these 350 accepted and 100 brought
/// back: accepted counts at most what stayed.
fn covered() -> DataFolder {
    let folder = DataFolder::prepared();
    folder.record_all(&[
        receipt(2_000),
        need("ND-GAP", 1_000, 1),
        need("ND-SAU", 500, 4),
        allocation("AL-GAP", "ND-GAP", 600),
        delivery("DL-GAP", "AL-GAP", 400),
        json!({
            "type": "delivery.confirmed", "delivery": "DL-GAP", "confirmed_by": SCHOOL, "accepted": "350",
            "confirmed_on": "2024-10-06", "condition": "partial", "by": "truong.ke-toan",
        }),
        json!({
            "type": "delivery.returned", "delivery": "DL-GAP", "quantity": "100", "new_lot": "LT-VE",
            "returned_on": "2024-10-07", "reason": "trao nhầm",
        }),
    ]);
    folder
}

fn ask(folder: &DataFolder, question: &[&str]) -> Value {
    let mut arguments = question.to_vec();
    arguments.extend(["--format", "json"]);
    folder.run(arguments).ok().json()
}

fn cover(row: &Value) -> [&str; 5] {
    ["quantity", "allocated", "delivered", "confirmed", "uncovered"].map(|name| row[name].as_str().unwrap())
}

#[test]
fn needs_show_what_is_covered_and_what_is_missing() {
    let folder = covered();
    let table = ask(&folder, &["needs"]);
    assert_eq!(table["rows"][0]["need"], "ND-GAP");
    assert_eq!(table["rows"][1]["need"], "ND-SAU");
    assert_eq!(cover(&table["rows"][0]), ["1000", "200", "300", "300", "500"]);
    assert_eq!(cover(&table["rows"][1]), ["500", "0", "0", "0", "500"]);
    let total = &table["total"];
    assert_eq!(
        (total["needs"].as_u64(), total["uncovered"].as_u64()),
        (Some(2), Some(2))
    );
    assert_eq!(total["priorities"][0]["items"][0]["uncovered"], "500");
    let urgent = ask(&folder, &["needs", "--priority", "1", "--uncovered"]);
    assert_eq!(urgent["rows"].as_array().map(Vec::len), Some(1));

    // What is reserved and given back, and what is reversed, is missing again.
    folder.record_all(&[json!({
        "type": "allocation.released", "allocation": "AL-GAP", "quantity": "200", "reason": "thừa",
    })]);
    assert_eq!(
        cover(&ask(&folder, &["needs"])["rows"][0]),
        ["1000", "0", "300", "300", "700"]
    );
    let answers = folder.record_all(&[allocation("AL-SAU", "ND-SAU", 500)]);
    assert_eq!(
        cover(&ask(&folder, &["needs"])["rows"][1]),
        ["500", "500", "0", "0", "0"]
    );
    let seq = answers[0]["seq"].clone();
    folder.record_all(&[json!({"type": "entry.reversed", "reverses": seq, "reason": "nhập nhầm"})]);
    assert_eq!(
        cover(&ask(&folder, &["needs"])["rows"][1]),
        ["500", "0", "0", "0", "500"]
    );

    folder.record_all(&[json!({"type": "need.closed", "need": "ND-SAU", "outcome": "withdrawn"})]);
    assert_eq!(ask(&folder, &["needs"])["rows"].as_array().map(Vec::len), Some(1));
    let closed = ask(&folder, &["needs", "--state", "withdrawn"]);
    assert_eq!(closed["rows"][0]["state"], "withdrawn");
    assert_eq!(closed["rows"][0]["uncovered"], "0");
    assert_eq!(ask(&folder, &["needs", "--state", "all"])["total"]["needs"], 2);
    // Nobody covered what was withdrawn, and the sums say so.
    let said = folder.run(["needs", "--state", "withdrawn"]).ok().out;
    let sums = said.split("Priority").last().unwrap_or_default();
    assert!(
        sums.contains("withdrawn: 1 need.") && sums.ends_with(" delivered.\n"),
        "{said}"
    );
    let said = folder.run(["needs", "--state", "all"]).ok().out;
    assert!(
        !said.contains("all covered") && said.contains("missing."),
        "{said}"
    );
    folder
        .run(["needs", "--place", "khong-co"])
        .fails_clearly(1, &["khong-co"]);
}

#[test]
fn progress_never_shows_a_percentage_alone_nor_silence_as_nothing() {
    let folder = covered();
    folder.record_all(&[
        json!({
            "type": "indicator.reported", "programme": "hn-204-2019", "indicator": "health", "target": "T-01",
            "period": {"from": "2023-01-01", "to": "2023-12-31"}, "numerator": "1", "denominator": "8",
            "data_source": "sổ theo dõi", "as_of": "2023-12-31",
        }),
        json!({
            "type": "indicator.reported", "programme": "hn-204-2019", "indicator": "health", "target": "T-01",
            "period": {"from": "2024-01-01", "to": "2024-12-31"}, "numerator": "2", "denominator": "3",
            "data_source": "sổ theo dõi", "as_of": "2024-12-31",
        }),
        json!({
            "type": "need.assessed", "need": "ND-AO", "programme": "hn-204-2019", "category": "CLO-WRM",
            "place": PLACE, "group": "special_circumstances", "item": "ao-am", "quantity": "40", "children": 40,
            "priority": 2, "assessed_on": "2024-09-01",
        }),
        json!({"type": "need.closed", "need": "ND-AO", "outcome": "met"}),
    ]);
    let answer = ask(&folder, &["progress", "hn-204-2019"]);
    let row = |target: &str| -> Value {
        let rows = answer["rows"].as_array().unwrap();
        rows.iter().find(|row| row["target"] == target).unwrap().clone()
    };
    let reported = row("T-01")["reported"].clone();
    assert_eq!(
        reported.as_array().map(Vec::len),
        Some(1),
        "the latest only: {reported}"
    );
    assert_eq!(
        [
            &reported[0]["numerator"],
            &reported[0]["denominator"],
            &reported[0]["percent"]
        ],
        ["2", "3", "66.7"]
    );
    assert_eq!(row("T-03").get("reported"), None);
    let requests = row("T-02")["requests"].clone();
    assert_eq!([&requests["requests"], &requests["met"]], [1, 1]);
    let gifts = answer["categories"].as_array().unwrap();
    let gifts = gifts.iter().find(|row| row["category"] == "GFT").unwrap();
    assert_eq!(
        [&gifts["deliveries"], &gifts["child_deliveries"], &gifts["places"]],
        [1, 30, 1]
    );

    let told = folder.run(["progress", "hn-204-2019"]).ok().out;
    assert!(told.contains("2/3 (66.7%)"), "{told}");
    assert!(told.contains("Not reported."), "{told}");
    folder
        .run(["progress", "hn-999"])
        .fails_clearly(1, &["hn-999", "hn-204-2019"]);
}

#[test]
fn names_are_found_as_they_are_typed() {
    let folder = DataFolder::prepared();
    let ids = |words: &[&str]| -> Vec<String> {
        let mut question = vec!["search"];
        question.extend(words);
        let rows = ask(&folder, &question)["rows"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let ba_vi = ids(&["Ba", "Vi"]);
    for id in ["huyen-ba-vi", "xa-ba-vi-ba-vi", "xa-ba-vi-ha-noi"] {
        assert!(ba_vi.contains(&id.to_owned()), "{id} is not in {ba_vi:?}");
    }
    assert_eq!(
        ids(&["dong xuan"]).first().map(String::as_str),
        Some("xa-dong-xuan-quoc-oai")
    );
    assert_eq!(ids(&["QUỸ mầm"]), [FUND]);
    let folded = ask(&folder, &["search", "Yên Bái"])["rows"][0].clone();
    assert_eq!([&folded["name"], &folded["match"]], ["Xã Yên Bài", "folded"]);
    folder.run(["search", "khong co gi nhu the"]).exits(1);
    for nothing in ["", "  ", "-"] {
        folder.run(["search", "--", nothing]).exits(2);
    }
    folder
        .run(["places", "ba-vii"])
        .fails_clearly(1, &["minhbach search ba-vii"]);
    folder
        .run(["search", &"a".repeat(201)])
        .fails_clearly(2, &["200"]);
}

#[test]
fn a_place_is_asked_by_its_former_and_its_present_name() {
    let folder = covered();
    // The commune went over to a new one of the same name, and so did a part of another.
    let here = ask(&folder, &["places", PLACE]);
    assert_eq!(here["place"]["succeeded_on"], "2025-07-01");
    assert_eq!(here["place"]["successors"][0]["place"], "xa-ba-vi-ha-noi");
    assert_eq!(here["total"]["itself"]["deliveries"], 1);
    let now = ask(&folder, &["places", "xa-ba-vi-ha-noi"]);
    assert_eq!(now["rows"][0]["via"], "predecessor");
    assert_eq!(now["rows"][0]["place"], PLACE);
    assert_eq!(now["total"]["predecessor"]["child_deliveries"], 30);
    let alone = ask(&folder, &["places", "xa-ba-vi-ha-noi", "--reach", "alone"]);
    assert_eq!(alone["rows"], json!([]));
    let above = ask(&folder, &["places", "huyen-ba-vi", "--reach", "under"]);
    assert_eq!(above["total"]["under"]["deliveries"], 1);

    // What was delivered at the new unit is in the plan's scope only because it took over.
    folder.record_all(&[
        json!({
            "type": "allocation.made", "allocation": "AL-MOI", "programme": "hn-204-2019", "category": "GFT",
            "place": "xa-ba-vi-ha-noi", "group": "special_circumstances", "item": "VND",
            "draws": [{"lot": POOL, "quantity": "50"}], "decided_on": "2025-08-01",
        }),
        json!({
            "type": "delivery.made", "delivery": "DL-MOI", "allocation": "AL-MOI", "quantity": "50",
            "place": "xa-ba-vi-ha-noi", "receiver": SCHOOL, "children": 7, "delivered_on": "2025-08-02",
        }),
    ]);
    let now = ask(&folder, &["places", "xa-ba-vi-ha-noi"]);
    assert_eq!(now["rows"][0]["scope"], "succession");
    assert_eq!(now["rows"][1]["scope"], "listed");
    assert_eq!(
        [
            &now["total"]["itself"]["deliveries"],
            &now["total"]["by_succession"]["deliveries"]
        ],
        [1, 1]
    );
    let before = ask(&folder, &["places", PLACE]);
    assert_eq!(before["total"]["successor"]["child_deliveries"], 7);
    let answer = ask(&folder, &["progress", "hn-204-2019"]);
    assert_eq!(answer["total"]["deliveries"], 2);
    assert_eq!(
        answer["total"]["by_succession"],
        json!({"deliveries": 1, "child_deliveries": 7, "places": 1})
    );
    folder.run(["places", "khong-co"]).fails_clearly(1, &["khong-co"]);
}

#[test]
fn a_party_has_what_it_gave_holds_and_was_handed() {
    let folder = covered();
    folder.record_all(&[json!({
        "type": "role.assigned", "role": "donor_network", "party": FUND, "programme": "hn-204-2019",
        "from": "2024-01-01",
    })]);
    let fund = ask(&folder, &["parties", FUND])["rows"][0].clone();
    assert_eq!(
        fund["roles"],
        json!([{"role": "donor_network", "programme": "hn-204-2019", "from": "2024-01-01"}])
    );
    // 2,000 came in and 100 came back; 600 were drawn from the pool, 400 of them handed over.
    let holds = &fund["holds"][0];
    assert_eq!(
        [
            &holds["received"],
            &holds["available"],
            &holds["allocated"],
            &holds["delivered"]
        ],
        ["2100", "1500", "200", "400"]
    );
    let school = ask(&folder, &["parties", SCHOOL])["rows"][0].clone();
    assert_eq!(
        school["received"],
        json!([{
            "item": "VND", "unit": "VND", "deliveries": 1, "child_deliveries": 30, "delivered": "300",
            "confirmed": "300",
        }])
    );
    let csv = folder.run(["parties", SCHOOL, "--format", "csv"]).ok().out;
    assert!(
        csv.lines()
            .any(|line| line.ends_with("received,VND,VND,1,300,,300,")),
        "{csv}"
    );
    folder
        .run(["parties", "khong-co"])
        .fails_clearly(1, &["khong-co"]);
}

#[test]
fn a_rebuilt_folder_answers_the_same() {
    let folder = covered();
    let questions: &[&[&str]] = &[
        &["needs", "--state", "all"],
        &["progress", "hn-204-2019"],
        &["parties"],
        &["places"],
        &["places", PLACE],
        &["search", "ba vi"],
    ];
    let before: Vec<Value> = questions.iter().map(|question| ask(&folder, question)).collect();
    folder.run(["rebuild"]).ok();
    let after: Vec<Value> = questions.iter().map(|question| ask(&folder, question)).collect();
    assert_eq!(before, after);
}
