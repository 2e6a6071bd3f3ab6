//! Needs, progress, parties and places say what counting everything anew says, over random histories.

use minhbach_projections::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::world::{PARTIES, REACHES, World, slug, tell};

fn told(world: &World) -> Projections {
    let mut projections = Projections::in_memory();
    tell(&mut projections, world);
    projections
}

fn all_needs(projections: &Projections, query: &NeedsQuery) -> Vec<Value> {
    let table = json!(projections.needs(query, None).unwrap());
    assert!(table.get("next").is_none(), "fewer than a page");
    table["rows"].as_array().unwrap().clone()
}

const ALL: NeedsQuery = NeedsQuery {
    programme: None,
    place: None,
    category: None,
    item: None,
    priority: None,
    state: None,
    uncovered: false,
};

fn without(mut value: Value, names: &[&str]) -> Value {
    for name in names {
        value.as_object_mut().unwrap().remove(*name);
    }
    value
}

/// Progress in the shape in which the world gives it.
fn progress(projections: &Projections, world: &World, programme: &str) -> Value {
    let answer = json!(projections.progress(&slug(programme), world).unwrap());
    let seqs = |reports: &Value| -> Vec<Value> {
        let reports = reports.as_array().map(Vec::as_slice).unwrap_or_default();
        reports.iter().map(|report| report["seq"].clone()).collect()
    };
    let mut shape = Map::new();
    for row in answer["rows"].as_array().unwrap() {
        let said = match row["kind"].as_str().unwrap() {
            "ratio" => json!(seqs(&row["reported"])),
            "count_of_places" => row["places"].clone(),
            "on_demand" => without(row["requests"].clone(), &["percent"]),
            _ => {
                let years = row["years"].as_array().unwrap();
                json!(
                    years
                        .iter()
                        .map(|year| json!([year["year"], seqs(&year["reported"])]))
                        .collect::<Vec<_>>()
                )
            }
        };
        shape.insert(row["target"].as_str().unwrap().to_owned(), said);
    }
    for row in answer["categories"].as_array().unwrap() {
        let category = row["category"].as_str().unwrap().to_owned();
        shape.insert(
            category,
            without(row.clone(), &["category", "title", "value_vnd", "unvalued"]),
        );
    }
    shape.insert("indicators".to_owned(), json!(seqs(&answer["indicators"])));
    shape.insert(
        "total".to_owned(),
        without(answer["total"].clone(), &["value_vnd", "unvalued"]),
    );
    Value::Object(shape)
}

fn place(projections: &Projections, world: &World, place: &str, reach: &str) -> Value {
    let reach = Reach::from_word(reach).unwrap();
    let answer = json!(projections.place(&slug(place), reach, world).unwrap());
    let rows = answer["rows"].as_array().unwrap().iter();
    let rows: Vec<Value> = rows
        .map(|row| without(row.clone(), &["value_vnd", "unvalued"]))
        .collect();
    let total = &answer["total"]["by_succession"];
    // The parts add up to the rows.
    let sum = |name: &str| -> u64 {
        let vias = ["itself", "under", "predecessor", "successor"];
        vias.iter()
            .map(|via| answer["total"][via][name].as_u64().unwrap())
            .sum()
    };
    for name in ["deliveries", "child_deliveries"] {
        assert_eq!(
            sum(name),
            rows.iter().map(|row| row[name].as_u64().unwrap()).sum::<u64>()
        );
    }
    json!({ "rows": rows, "by_succession": [total["deliveries"], total["child_deliveries"]] })
}

fn assert_says_what_counting_says(projections: &Projections, world: &World) {
    let needs = world.needs();
    assert_eq!(all_needs(projections, &ALL), needs);
    let open: Vec<&Value> = needs.iter().filter(|row| row["state"] == "open").collect();
    assert_eq!(
        all_needs(projections, &NeedsQuery::default())
            .iter()
            .collect::<Vec<_>>(),
        open
    );
    let missing: Vec<&Value> = open
        .iter()
        .filter(|row| row["uncovered"] != "0")
        .copied()
        .collect();
    let uncovered = NeedsQuery {
        uncovered: true,
        ..NeedsQuery::default()
    };
    assert_eq!(
        all_needs(projections, &uncovered).iter().collect::<Vec<_>>(),
        missing
    );
    for party in PARTIES {
        let query = PartiesQuery {
            party: Some(slug(party)),
            ..PartiesQuery::default()
        };
        let found = json!(projections.parties(&query, None).unwrap());
        assert_eq!(found["rows"], json!([world.party(party)]), "{party}");
    }
    for programme in ["ke-hoach-p", "ke-hoach-q"] {
        assert_eq!(
            progress(projections, world, programme),
            world.progress(programme),
            "{programme}"
        );
    }
    for (asked, reach, reached) in REACHES {
        assert_eq!(
            place(projections, world, asked, reach),
            world.place(reached),
            "{asked} {reach}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_say_what_counting_says(steps in prop::collection::vec(any::<[u8; 4]>(), 1..220)) {
        let mut world = World::new();
        let mut projections = told(&world);
        for step in steps {
            world.step(step);
            tell(&mut projections, &world);
            prop_assert_eq!(all_needs(&projections, &ALL), world.needs());
        }
        assert_says_what_counting_says(&projections, &world);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_folder_says_the_same_however_it_came_about(
        steps in prop::collection::vec(any::<[u8; 4]>(), 100..300), at in 0usize..100,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut world = World::new();
        let mut folder = Projections::open_sled(dir.path()).unwrap();
        for (index, step) in steps.iter().enumerate() {
            world.step(*step);
            tell(&mut folder, &world);
            if index == at {
                drop(folder);
                folder = Projections::open_sled(dir.path()).unwrap();
            }
        }
        tell(&mut folder, &world);
        assert_says_what_counting_says(&folder, &world);
        let rebuilt = told(&world);
        assert_says_what_counting_says(&rebuilt, &world);
    }
}

#[test]
fn needs_page_and_their_totals_do_not() {
    let mut world = World::new();
    for nth in 0..2_300u32 {
        world.step([0, nth as u8, (nth >> 8) as u8, (nth % 251) as u8]);
    }
    let projections = told(&world);
    let (mut rows, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = projections.needs(&ALL, cursor.as_deref()).unwrap();
        assert_eq!(page.total.needs, 2_300);
        assert_eq!(page.total.priorities.iter().map(|p| p.needs).sum::<u64>(), 2_300);
        rows.extend(page.rows.iter().map(|row| json!(row)));
        (cursor, pages) = (page.next, pages + 1);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(rows, world.needs());
    assert!(matches!(
        projections.needs(&ALL, Some("1.x.3")),
        Err(ReadError::BadCursor)
    ));
}
