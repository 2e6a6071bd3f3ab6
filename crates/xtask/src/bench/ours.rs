//! Our own code. A row of [`measures`] is all that a new measure needs.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use minhbach_journal::{Batch, Holder, Journal};

use crate::load::{Chain, Load};
use crate::measure::{BATCH, Done, Measure, Sizes, Unit};

/// Takes so many entries of the load in a fresh folder and says how long the measured part took; what it needs before
/// is its own affair and not measured.
type Function = fn(&Path, &Load, usize, &Done) -> Result<Duration>;

/// What is measured of ours. [`crate::report::RATIOS`] compares by name.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let rows: [(&str, &str, usize, Function); 3] = [
        (
            "journal-batch",
            "our journal alone, batches of 1,000",
            sizes.entries,
            journal_batches,
        ),
        (
            "journal-one",
            "our journal alone, one at a time",
            sizes.one_by_one,
            journal_one_by_one,
        ),
        ("verify-chain", "verify, chain pass", sizes.entries, verify_chain),
    ];
    rows.into_iter()
        .map(|(name, title, entries, run)| Measure {
            name,
            title: title.to_owned(),
            unit: Unit::PerSecond,
            entries,
            run: Box::new(run),
        })
        .collect()
}

fn journal_batches(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    append(folder, load, entries, BATCH, done)
}

fn journal_one_by_one(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    append(folder, load, entries, 1, done)
}

/// A journal of so many entries of the load, so many in a batch.
pub fn append(folder: &Path, load: &Load, entries: usize, batch: usize, done: &Done) -> Result<Duration> {
    let holder = Holder {
        command: "cargo xtask bench".to_owned(),
        url: None,
    };
    let mut journal = Journal::create(folder, &holder)?;
    let mut chain = Chain::begin();
    let mut lines = Batch::new();
    let mut entry = Vec::new();
    let begin = Instant::now();
    for from in (0..entries).step_by(batch) {
        lines.clear();
        let to = entries.min(from + batch);
        for nth in from..to {
            entry.clear();
            let hash = chain.write_next(load, nth, &mut entry);
            lines.push(&entry, hash);
        }
        journal.append(&lines)?;
        done.add(to - from);
    }
    Ok(begin.elapsed())
}

fn verify_chain(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    append(folder, load, entries, BATCH, &Done::default())?;
    let begin = Instant::now();
    let verified = minhbach_journal::verify(folder, &|_| {})?;
    let took = begin.elapsed();
    if verified.size != entries as u64 {
        bail!("{} entries were verified, {entries} were written", verified.size);
    }
    done.add(entries);
    Ok(took)
}
