//! A trail of ten hops in a large ledger: from one small gift in a pool to the child.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use minhbach_events::{Event, Reference};
use minhbach_ledger::Ledger;

use crate::engine::{fill, record};
use crate::load::Load;
use crate::measure::{Done, Measure, Sizes, Unit};

/// How often each is asked.
const TIMES: usize = 1_000;
/// The steps after the gift: pool, purchase, lot, then a transfer and its lot so often, allocation, delivery.
const TRANSFERS: usize = 3;

/// What is measured of trails. [`crate::report`] judges by name.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let entries = sizes.entries;
    let measure = |name, title: String, run| Measure {
        name,
        title,
        unit: Unit::MillisEach,
        entries: TIMES,
        run,
    };
    vec![
        measure(
            "trail-ten-hops",
            format!("trail of ten hops among {entries}, ms"),
            Box::new(move |folder, load, times, done| trails(folder, load, entries, times, done)),
        ),
        measure(
            "trail-entries",
            "the ten entries it shows, read alone, ms".to_owned(),
            Box::new(move |folder, load, times, done| reads(folder, load, entries, times, done)),
        ),
    ]
}

/// The load, then a chain out of the pool: the first gift is among what the purchase spends.
fn chain(folder: &Path, load: &Load, entries: usize) -> Result<(Ledger, Reference)> {
    let (_, ledger) = fill(folder, load, entries, &Done::default(), true)?;
    let day = r#""2024-09-09""#;
    let mut lines = vec![
        r#"{"type":"place.registered","place":"tinh","kind":"province","name":"Tỉnh","valid_from":"2000-01-01"}"#.to_owned(),
        r#"{"type":"programme.published","programme":"ke-hoach","title":{"vi":"Kế hoạch"},"documents":[],"period":{"from":"2019-01-01","to":"2030-12-31"},"places":["tinh"],"groups":[],"categories":[{"category":"CLO-WRM","title":{"vi":"Áo ấm"},"beneficiary":"child","forms":["goods"]}],"targets":[],"duties":[],"reports":[],"min_group":5}"#.to_owned(),
        r#"{"type":"item.registered","item":"ao-am","title":{"vi":"Áo ấm"},"form":"goods","unit":"H87","categories":["CLO-WRM"]}"#.to_owned(),
        r#"{"type":"party.registered","party":"truong","kind":"facility","name":"Trường minh hoạ"}"#.to_owned(),
        format!(r#"{{"type":"purchase.made","purchase":"PU-1","spends":[{{"lot":"cuu-tro","quantity":"1000000"}}],"obtains":[{{"lot":"LT-0","item":"ao-am","quantity":"90","value_vnd":"1000000"}}],"supplier":"truong","purchased_on":{day}}}"#),
    ];
    for step in 0..TRANSFERS {
        let next = step + 1;
        lines.push(format!(r#"{{"type":"custody.transferred","transfer":"TR-{next}","lot":"LT-{step}","quantity":"70","to":"truong","new_lot":"LT-{next}","transferred_on":{day}}}"#));
    }
    lines.push(format!(r#"{{"type":"allocation.made","allocation":"AL-1","programme":"ke-hoach","category":"CLO-WRM","place":"tinh","item":"ao-am","draws":[{{"lot":"LT-{TRANSFERS}","quantity":"60"}}],"decided_on":{day}}}"#));
    lines.push(format!(r#"{{"type":"delivery.made","delivery":"DL-1","allocation":"AL-1","quantity":"50","place":"tinh","receiver":"truong","children":50,"delivered_on":{day}}}"#));
    record(&ledger, &lines)?;
    let Event::ReceiptIssued(first) = load.proposal(0)?.event else {
        bail!("the load does not begin with a receipt");
    };
    Ok((ledger, Reference::from(first.receipt.get())))
}

fn trails(folder: &Path, load: &Load, entries: usize, times: usize, done: &Done) -> Result<Duration> {
    let (ledger, gift) = chain(folder, load, entries)?;
    let begin = Instant::now();
    for _ in 0..times {
        let trail = ledger.read(|projections, journal| projections.trail(&gift, journal, None))??;
        if trail.reached.len() != 1 {
            bail!("the trail reaches {} deliveries, not 1", trail.reached.len());
        }
    }
    let took = begin.elapsed();
    done.add(times);
    ledger.close()?;
    Ok(took)
}

fn reads(folder: &Path, load: &Load, entries: usize, times: usize, done: &Done) -> Result<Duration> {
    let (ledger, gift) = chain(folder, load, entries)?;
    let trail = ledger.read(|projections, journal| projections.trail(&gift, journal, None))??;
    let seqs: Vec<u64> = trail.nodes.iter().map(|node| node.seq).collect();
    let begin = Instant::now();
    for _ in 0..times {
        for seq in &seqs {
            if ledger.reader().entry(*seq)?.is_none() {
                bail!("entry {seq} is not in the journal");
            }
        }
    }
    let took = begin.elapsed();
    done.add(times);
    ledger.close()?;
    Ok(took)
}
