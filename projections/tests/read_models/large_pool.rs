//! 200,000 gifts in one pool: each is found in a few reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use minhbach_events::Reference;
use minhbach_projections::store::{Batch, Direction, MemoryStore, Pairs, Store, StoreError};
use minhbach_projections::{Dimension, PAGE, Projections, ReceivedQuery};
use serde_json::json;

use crate::model::Model;

struct Counting {
    store: MemoryStore,
    reads: Arc<AtomicU64>,
}

impl Store for Counting {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.store.get(key)
    }
    fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let pairs = self.store.range(from, to, direction);
        Box::new(pairs.inspect(|_| {
            self.reads.fetch_add(1, Ordering::Relaxed);
        }))
    }
    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        self.store.write(batch)
    }
    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn a_gift_in_a_large_pool_is_found_in_few_reads() {
    let mut model = Model::new();
    // The first receipt has seq 3: an item and two pools come before it.
    let gifts = 200_000u64;
    for gift in 0..gifts {
        model.step([0, 0, (gift % 6) as u8, 1]);
    }
    let reads = Arc::new(AtomicU64::new(0));
    let counting = Counting {
        store: MemoryStore::new(),
        reads: reads.clone(),
    };
    let mut projections = Projections::over(Box::new(counting)).unwrap();
    let started = Instant::now();
    for recorded in &model.entries {
        projections.apply(recorded).unwrap();
    }
    let took = started.elapsed();
    println!("{gifts} pooled receipts in memory in {took:?}");

    let dir = tempfile::tempdir().unwrap();
    let mut folder = Projections::open_sled(dir.path()).unwrap();
    let started = Instant::now();
    for recorded in &model.entries {
        folder.apply(recorded).unwrap();
    }
    folder.close().unwrap();
    println!("{gifts} pooled receipts in a folder in {:?}", started.elapsed());

    // Three allocations of up to nine đồng, each delivered in part: the first gifts are on their way.
    let drawn = [
        [5, 0, 8, 0],
        [5, 0, 8, 0],
        [5, 0, 8, 0],
        [6, 0, 4, 3],
        [6, 1, 4, 3],
    ];
    let before = model.entries.len();
    for step in drawn {
        model.step(step);
    }
    assert_eq!(model.entries.len(), before + drawn.len());
    for recorded in &model.entries[before..] {
        projections.apply(recorded).unwrap();
    }
    projections.flush().unwrap();
    // The gift after n others has n mod 6 + 1 đồng: 100,000 mod 6 is 4, 199,999 mod 6 is 1.
    for (seq, quantity) in [(3, "1"), (4, "2"), (3 + gifts / 2, "5"), (2 + gifts, "2")] {
        reads.store(0, Ordering::Relaxed);
        let name = format!("RC-{seq}");
        let trail = projections
            .trail(&Reference::new(&name).unwrap(), &model, None)
            .unwrap();
        let count = reads.load(Ordering::Relaxed);
        println!("{name}: {count} reads");
        assert!(count < 100, "{name}: {count} reads");
        assert_eq!(trail.outcome.unwrap().received.to_string(), quantity, "{name}");
        assert_eq!(trail.reached.len(), usize::from(seq < 5), "{name}");
        let pool = json!(trail.nodes.iter().find(|node| node.code.as_str() == "nuoi-em"));
        assert_eq!(pool["count"], gifts);
        assert_eq!(
            (&pool["first"], &pool["last"]),
            (&json!("RC-3"), &json!(format!("RC-{}", 2 + gifts)))
        );
    }
    // 1 + 2 + 3 đồng are three gifts, the other three of nine a part of the fourth.
    let allocation = format!("AL-{before}");
    reads.store(0, Ordering::Relaxed);
    let trail = projections
        .trail(&Reference::new(&allocation).unwrap(), &model, None)
        .unwrap();
    let count = reads.load(Ordering::Relaxed);
    assert!(count < 100, "{allocation}: {count} reads");
    let pool = json!(trail.nodes.iter().find(|node| node.code.as_str() == "nuoi-em"));
    assert_eq!((&pool["count"], &pool["quantity"]), (&json!(4), &json!("9")));
    assert_eq!((&pool["first"], &pool["last"]), (&json!("RC-3"), &json!("RC-6")));
}

#[test]
fn long_lists_come_in_pages_that_join() {
    let mut model = Model::new();
    model.wide = true;
    for gift in 0..2_500u32 {
        model.step([3, 0, 3, (gift % 2 * 3) as u8]);
    }
    for _ in 0..1_100 {
        model.step([0, 0, 5, 1]);
    }
    for _ in 0..1_100 {
        model.step([5, 0, 0, 0]);
    }
    for allocation in 0..=255u8 {
        model.step([6, allocation, 0, 1]);
    }
    let mut projections = Projections::in_memory();
    for recorded in &model.entries {
        projections.apply(recorded).unwrap();
    }
    let mut rows = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = projections
            .balances(&Default::default(), cursor.as_deref())
            .unwrap();
        assert!(page.rows.len() <= PAGE);
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(json!(rows), model.balances()["rows"]);

    let mut rows = Vec::new();
    loop {
        let page = projections
            .statement(&Default::default(), cursor.as_deref())
            .unwrap();
        assert!(page.rows.len() <= PAGE);
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(PAGE < rows.len());
    assert_eq!(json!(rows), model.statement()["rows"]);

    // The pool is held by more than a thousand allocations.
    let mut edges = Vec::new();
    let mut pages = 0;
    loop {
        let name = Reference::new("nuoi-em").unwrap();
        let page = projections.trail(&name, &model, cursor.as_deref()).unwrap();
        assert!(page.nodes.len() <= PAGE && page.edges.len() <= PAGE);
        edges.extend(
            page.edges
                .iter()
                .map(|edge| json!([edge.from, edge.to, edge.quantity])),
        );
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(1 < pages);
    assert!(PAGE < edges.len());
    let mut expected = model.trail("nuoi-em")["edges"].as_array().unwrap().clone();
    edges.sort_by_key(|edge| edge.to_string());
    expected.sort_by_key(|edge| edge.to_string());
    assert_eq!(edges, expected);
}

#[test]
fn a_long_table_comes_in_pages_with_one_total() {
    let mut model = Model::new();
    model.wide = true;
    let mut projections = Projections::in_memory();
    for number in 0..1_300u32 {
        model.step([0, 1, 2, number as u8]);
        let allocation = model.entries.len() as u64;
        model.step([5, 1, 8, 0]);
        model.deliver_from(allocation);
    }
    for recorded in &model.entries {
        projections.apply(recorded).unwrap();
    }
    for by in [&["place", "item"][..], &["source", "place", "item"]] {
        let query = ReceivedQuery {
            by: by.iter().filter_map(|word| Dimension::from_word(word)).collect(),
            ..ReceivedQuery::default()
        };
        let expected = model.received(by);
        let (mut rows, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = projections.received(&query, cursor.as_deref()).unwrap();
            assert!(page.rows.len() <= PAGE);
            assert_eq!(json!(page.total), expected["total"]);
            rows.extend(page.rows);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows.len(), 1_300);
        assert_eq!(json!(rows), expected["rows"]);
    }
}
