//! However short the pages of a list are, joined they are the list.

use minhbach_events::Reference;
use minhbach_projections::*;
use serde_json::{Value, json};

use crate::model::Model;
use crate::properties::catch_up;
use crate::world::{World, tell};

const LIMITS: [usize; 3] = [1, 2, 7];

/// Bytes that look random and are the same each time.
pub fn steps(count: usize) -> impl Iterator<Item = [u8; 4]> {
    let mut number = 1u32;
    (0..count).map(move |_| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The highest bits of this generator are its good ones.
        [24, 19, 11, 15].map(|shift| (number >> shift) as u8)
    })
}

/// Every page of a list, from the first to the one that names no other.
fn pages(limit: usize, ask: impl Fn(Page<'_>) -> Result<Value, ReadError>) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = Page {
            cursor: cursor.as_deref(),
            limit,
        };
        let page = ask(page).unwrap();
        let next = page["next"].as_str().map(str::to_owned);
        pages.push(page);
        if next.is_none() {
            return pages;
        }
        assert_ne!(next, cursor, "a page leads to itself");
        cursor = next;
    }
}

fn list<'a>(page: &'a Value, name: &str) -> &'a [Value] {
    page[name].as_array().unwrap()
}

fn assert_rows_join(what: &str, ask: impl Fn(Page<'_>) -> Result<Value, ReadError>) {
    let whole = ask(None.into()).unwrap();
    assert!(whole.get("next").is_none(), "{what}: fewer than a page");
    assert!(7 <= list(&whole, "rows").len(), "{what}: too few rows to tell");
    for limit in LIMITS {
        let mut rows = Vec::new();
        let pages = pages(limit, &ask);
        for page in &pages[..pages.len() - 1] {
            assert_eq!(list(page, "rows").len(), limit, "{what}, {limit} rows a page");
        }
        for page in &pages {
            rows.extend_from_slice(list(page, "rows"));
            assert_eq!(
                page["total"], whole["total"],
                "{what}: the total is over all pages"
            );
        }
        assert_eq!(
            json!(rows),
            whole["rows"],
            "{what}, {limit} rows a page, last of {}",
            pages.len()
        );
    }
    let none = Page {
        cursor: None,
        limit: 0,
    };
    assert_eq!(
        list(&ask(none).unwrap(), "rows").len(),
        1,
        "{what}: no row is one"
    );
    let endless = Page {
        cursor: None,
        limit: usize::MAX,
    };
    assert_eq!(ask(endless).unwrap(), whole, "{what}: no end is a whole page");
}

#[test]
fn pages_of_rows_join() {
    let (mut model, mut world) = (Model::new(), World::new());
    for step in steps(300) {
        model.step(step);
        world.step(step);
    }
    let mut gifts = Projections::in_memory();
    catch_up(&mut gifts, &model).unwrap();
    let mut plans = Projections::in_memory();
    tell(&mut plans, &world);

    let filter = BalancesFilter::default();
    assert_rows_join("balances", |page| Ok(json!(gifts.balances(&filter, page)?)));
    let filter = StatementFilter::default();
    assert_rows_join("statement", |page| Ok(json!(gifts.statement(&filter, page)?)));
    let query = ReceivedQuery {
        by: vec![Dimension::Source, Dimension::Place, Dimension::Month],
        ..ReceivedQuery::default()
    };
    assert_rows_join("received", |page| Ok(json!(gifts.received(&query, page)?)));
    let query = NeedsQuery {
        state: None,
        ..NeedsQuery::default()
    };
    assert_rows_join("needs", |page| Ok(json!(plans.needs(&query, page)?)));
    let query = PlacesQuery::default();
    assert_rows_join("places", |page| Ok(json!(plans.places(&query, page)?)));
    let query = PartiesQuery::default();
    assert_rows_join("parties", |page| Ok(json!(plans.parties(&query, page)?)));
    assert_rows_join("search", |page| Ok(json!(plans.search("ND-1", &world, page)?)));
}

#[test]
fn pages_of_a_trail_join() {
    let mut model = Model::new();
    for step in steps(400) {
        model.step(step);
    }
    let mut projections = Projections::in_memory();
    catch_up(&mut projections, &model).unwrap();
    let mut longest = 0;
    for name in model.names() {
        assert_trail_joins(&projections, &model, &name, &mut longest);
    }
    assert!(50 < longest, "a way of {longest} pages is too short to tell");

    let mut world = World::new();
    for step in steps(400) {
        world.step(step);
    }
    let mut projections = Projections::in_memory();
    tell(&mut projections, &world);
    let needs = NeedsQuery {
        state: None,
        ..NeedsQuery::default()
    };
    longest = 0;
    for need in projections.needs(&needs, None).unwrap().rows {
        assert_trail_joins(&projections, &world, need.need.as_str(), &mut longest);
    }
    assert!(3 < longest, "needs of {longest} pages are too short to tell");
}

fn assert_trail_joins(projections: &Projections, journal: &dyn Journal, name: &str, longest: &mut usize) {
    let name = Reference::new(name).unwrap();
    let ask = |page: Page<'_>| Ok(json!(projections.trail(&name, journal, page)?));
    let whole = ask(None.into()).unwrap();
    for limit in LIMITS {
        let pages = pages(limit, ask);
        *longest = pages.len().max(*longest);
        for part in ["nodes", "edges", "reached"] {
            let mut lines: Vec<Value> = Vec::new();
            for line in pages.iter().flat_map(|page| list(page, part)) {
                // A page shows the step again that it goes on from.
                if part != "nodes" || !lines.contains(line) {
                    lines.push(line.clone());
                }
            }
            assert_eq!(json!(lines), whole[part], "{part} of {name}, {limit} a page");
        }
        for page in &pages {
            assert_eq!(page["outcome"], whole["outcome"]);
            for part in ["nodes", "edges", "reached"] {
                let count = list(page, part).len();
                assert!(count <= limit.max(8), "{count} {part} of {name}, {limit} a page");
            }
        }
    }
}
