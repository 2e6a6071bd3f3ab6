//! Random ledgers: what the read models say is what counting says, wherever and however often they are built.

use std::path::Path;

use minhbach_events::Reference;
use minhbach_projections::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::Model;

pub const BYS: &[&[&str]] = &[
    &["item"],
    &["place", "item"],
    &["month", "category", "item"],
    &["source", "item"],
    &["programme", "place", "category", "month", "source", "item"],
];

fn received(projections: &Projections, by: &[&str]) -> Result<Value, ReadError> {
    let by = by.iter().filter_map(|word| Dimension::from_word(word)).collect();
    let query = ReceivedQuery {
        by,
        ..ReceivedQuery::default()
    };
    Ok(json!(projections.received(&query, None)?))
}

/// A trail in the shape in which the model gives it.
fn trail(projections: &Projections, model: &Model, name: &str) -> Result<Value, ReadError> {
    let trail = json!(projections.trail(&Reference::new(name).unwrap(), model, None)?);
    let list = |name: &str| trail[name].as_array().unwrap().clone();
    let mut edges: Vec<Value> = list("edges")
        .iter()
        .map(|edge| json!([edge["from"], edge["to"], edge["quantity"]]))
        .collect();
    edges.sort_by_key(|edge| (edge[0].to_string(), edge[1].to_string()));
    let mut reached = serde_json::Map::new();
    for line in list("reached") {
        let known = json!({
            "delivered": line["delivered"], "share": line["share"], "state": line["state"],
            "child_deliveries": line["child_deliveries"],
        });
        let again = reached.insert(line["delivery"].as_str().unwrap().to_owned(), known);
        assert_eq!(again, None, "{} is there twice", line["delivery"]);
    }
    let mut pools = serde_json::Map::new();
    let upstream = trail.get("outcome").is_none();
    for node in list("nodes") {
        if upstream && node["kind"] == "pool" {
            let known = json!([node["count"], [node["first"], node["last"]]]);
            pools.insert(node["code"].as_str().unwrap().to_owned(), known);
        }
    }
    let mut codes: Vec<Value> = list("nodes").iter().map(|node| node["code"].clone()).collect();
    for edge in &edges {
        assert!(
            codes.contains(&edge[0]) && codes.contains(&edge[1]),
            "{edge} has no nodes"
        );
    }
    let own = list("nodes")
        .into_iter()
        .find(|node| node["code"] == name)
        .unwrap();
    let count = codes.len();
    codes.sort_by_key(Value::to_string);
    codes.dedup();
    assert_eq!(codes.len(), count, "a step is there twice");
    Ok(json!({ "edges": edges, "reached": reached, "pools": pools,
        "outcome": trail.get("outcome").unwrap_or(&Value::Null),
        "reversed_by": own.get("reversed_by").unwrap_or(&Value::Null) }))
}

/// Every document, as these projections give it.
pub fn documents(projections: &Projections, model: &Model) -> Result<Value, ReadError> {
    let mut trails = serde_json::Map::new();
    for name in model.names() {
        trails.insert(name.clone(), trail(projections, model, &name)?);
    }
    let received = BYS
        .iter()
        .map(|by| received(projections, by))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "balances": projections.balances(&BalancesFilter::default(), None)?,
        "statement": projections.statement(&StatementFilter::default(), None)?,
        "received": received,
        "trails": trails,
    }))
}

/// Every document, as counting gives it.
pub fn counted(model: &Model) -> Value {
    let trails: serde_json::Map<String, Value> = model
        .names()
        .into_iter()
        .map(|name| (name.clone(), model.trail(&name)))
        .collect();
    json!({
        "balances": model.balances(), "statement": model.statement(),
        "received": BYS.iter().map(|by| model.received(by)).collect::<Vec<_>>(), "trails": trails,
    })
}

pub fn assert_same(found: &Value, expected: &Value) {
    for part in ["balances", "statement", "received"] {
        assert_eq!(found[part], expected[part], "{part}");
    }
    for (name, expected) in expected["trails"].as_object().unwrap() {
        assert_eq!(&found["trails"][name], expected, "the trail of {name}");
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).unwrap();
        }
    }
}

pub fn catch_up(projections: &mut Projections, model: &Model) -> Result<(), ProjectionError> {
    let from = projections
        .position()
        .map_or(0, |position| position.size as usize);
    model.entries[from..]
        .iter()
        .try_for_each(|recorded| projections.apply(recorded))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_say_what_counting_says(steps in prop::collection::vec(any::<[u8; 4]>(), 1..160)) {
        let mut model = Model::new();
        let mut projections = Projections::in_memory();
        catch_up(&mut projections, &model).unwrap();
        for step in steps {
            model.step(step);
            catch_up(&mut projections, &model).unwrap();
            let balances = json!(projections.balances(&BalancesFilter::default(), None).unwrap());
            prop_assert_eq!(balances, model.balances());
        }
        assert_same(&documents(&projections, &model).unwrap(), &counted(&model));
        for (opener, name, lot) in model.lots() {
            let name = Reference::new(&name).unwrap();
            prop_assert_eq!(json!(projections.lot(opener, &name).unwrap()), lot);
            prop_assert_eq!(projections.lot(opener + 1, &name).unwrap(), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_folder_says_the_same_after_drops_and_crashes(
        steps in prop::collection::vec(any::<[u8; 4]>(), 200..500),
        breaks in prop::collection::vec(0usize..500, 3),
    ) {
        let (dir, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut model = Model::new();
        let mut folder = Projections::open_sled(dir.path()).unwrap();
        let mut crashed = 0;
        for (index, step) in steps.iter().enumerate() {
            model.step(*step);
            catch_up(&mut folder, &model).unwrap();
            if breaks[0] == index {
                folder.flush().unwrap();
                prop_assert_eq!(folder.position().unwrap().size, model.entries.len() as u64);
            }
            if breaks[1] == index {
                // What was not written is gone with the process.
                drop(folder);
                folder = Projections::open_sled(dir.path()).unwrap();
                let size = folder.position().map_or(0, |position| position.size as usize);
                prop_assert!(size <= model.entries.len());
                catch_up(&mut folder, &model).unwrap();
            }
            if breaks[2] == index {
                copy(dir.path(), &copies.path().join("copy"));
                crashed = model.entries.len();
            }
        }
        let expected = counted(&model);
        assert_same(&documents(&folder, &model).unwrap(), &expected);
        folder.close().unwrap();
        let folder = Projections::open_sled(dir.path()).unwrap();
        let position = folder.position().unwrap();
        prop_assert_eq!(position.size, model.entries.len() as u64);
        prop_assert_eq!(position.head, model.entries.last().unwrap().hash);
        prop_assert_eq!(position.genesis, model.entries[0].hash);
        assert_same(&documents(&folder, &model).unwrap(), &expected);
        if crashed > 0 {
            let mut copied = Projections::open_sled(&copies.path().join("copy")).unwrap();
            prop_assert!(copied.position().map_or(0, |position| position.size as usize) <= crashed);
            catch_up(&mut copied, &model).unwrap();
            assert_same(&documents(&copied, &model).unwrap(), &expected);
        }
    }
}

#[test]
fn an_entry_out_of_order_changes_nothing() {
    let mut model = Model::new();
    model.step([0, 0, 3, 0]);
    let mut projections = Projections::in_memory();
    catch_up(&mut projections, &model).unwrap();
    let size = model.entries.len() as u64;
    let again = projections.apply(&model.entries[1]);
    assert_eq!(
        again,
        Err(ProjectionError::OutOfOrder {
            expected: size,
            found: 1
        })
    );
    assert_same(&documents(&projections, &model).unwrap(), &counted(&model));
}

#[test]
fn what_contradicts_stops_before_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut model = Model::new();
    model.step([0, 0, 5, 0]);
    let before = model.entries.len();
    model.step([5, 0, 3, 0]);
    let mut folder = Projections::open_sled(dir.path()).unwrap();
    for recorded in &model.entries[..before] {
        folder.apply(recorded).unwrap();
    }
    folder.flush().unwrap();
    let mut wrong = model.entries[before].clone();
    wrong.effects.moves[0].was = minhbach_projections::recorded::Holding::Spent(1);
    let answer = folder.apply(&wrong);
    assert!(
        matches!(
            answer,
            Err(ProjectionError::Inconsistent {
                projection: "lots",
                ..
            })
        ),
        "{answer:?}"
    );
    assert_eq!(
        folder.apply(&model.entries[before]),
        Err(ProjectionError::Stopped)
    );
    assert_eq!(folder.flush(), Err(ProjectionError::Stopped));
    assert!(folder.balances(&BalancesFilter::default(), None).is_err());
    drop(folder);
    let mut folder = Projections::open_sled(dir.path()).unwrap();
    catch_up(&mut folder, &model).unwrap();
    assert_same(&documents(&folder, &model).unwrap(), &counted(&model));
}

#[test]
fn a_name_that_nobody_gave_is_not_found() {
    let model = Model::new();
    let mut projections = Projections::in_memory();
    catch_up(&mut projections, &model).unwrap();
    for name in ["RC-NOBODY", "khong-co"] {
        let answer = projections.trail(&Reference::new(name).unwrap(), &model, None);
        assert!(matches!(answer, Err(ReadError::NotFound(_))), "{answer:?}");
    }
    let answer = projections.trail(&Reference::new("nuoi-em").unwrap(), &model, Some("zzz"));
    assert!(matches!(answer, Err(ReadError::BadCursor)), "{answer:?}");
}
