//! sled alone, with as many keys as our projections write.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use minhbach_events::Hash;

use crate::measure::{Done, Measure, Sizes, Unit};

/// Larger batches are slower and need more memory.
const KEYS_IN_A_BATCH: usize = 100;
/// sled's own default would be a gigabyte.
const CACHE_BYTES: u64 = 64 << 20;

/// Keys of 16 bytes with values of 64, the position in every batch, and a flush at the end.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let keys = sizes.sled_keys;
    vec![Measure {
        name: "sled",
        title: format!("sled alone, {keys} keys an entry"),
        unit: Unit::PerSecond,
        entries: sizes.entries,
        run: Box::new(move |folder, _, entries, done| write(folder, entries, keys, done)),
    }]
}

fn write(folder: &Path, entries: usize, keys: usize, done: &Done) -> Result<Duration> {
    let db = sled::Config::default()
        .path(folder.join("sled"))
        .cache_capacity(CACHE_BYTES)
        .open()?;
    let entries_in_a_batch = (KEYS_IN_A_BATCH / keys).max(1);
    let begin = Instant::now();
    for from in (0..entries).step_by(entries_in_a_batch) {
        let to = entries.min(from + entries_in_a_batch);
        let mut batch = sled::Batch::default();
        for nth in from..to {
            for key in 0..keys {
                let digits = Hash::of(&[&(nth as u64).to_be_bytes()[..], &[key as u8]].concat()).0;
                // One key follows the journal's order, the others are codes and fall anywhere.
                let mut name = [0; 16];
                match key {
                    0 => name[8..].copy_from_slice(&(nth as u64).to_be_bytes()),
                    _ => name.copy_from_slice(&digits[..16]),
                }
                batch.insert(&name, &[digits, digits].concat()[..]);
            }
        }
        batch.insert(b"position", &(to as u64).to_be_bytes());
        db.apply_batch(batch)?;
        done.add(to - from);
    }
    db.flush()?;
    Ok(begin.elapsed())
}
