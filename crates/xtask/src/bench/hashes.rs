//! The hashes alone, on all cores: what a verification cannot be faster than.

use std::time::{Duration, Instant};

use anyhow::Result;
use minhbach_events::Hash;
use minhbach_tlog::TreeHash;

use crate::load::{Chain, Load};
use crate::measure::{Done, Measure, Sizes, Unit};

/// The hashes of all entries, their bytes in memory: that of the chain, and with it that of the tree's leaves.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let chain: fn(&[u8]) = |entry| {
        std::hint::black_box(Hash::of(entry));
    };
    let both: fn(&[u8]) = |entry| {
        std::hint::black_box((Hash::of(entry), TreeHash::leaf(entry)));
    };
    [
        ("blake3", "BLAKE3 alone, all cores", chain),
        ("both-hashes", "BLAKE3 and SHA-256 alone, all cores", both),
    ]
    .map(|(name, title, hash)| Measure {
        name,
        title: title.to_owned(),
        unit: Unit::PerSecond,
        entries: sizes.entries,
        run: Box::new(move |_, load, entries, done| hash_all(load, entries, done, hash)),
    })
    .into()
}

fn hash_all(load: &Load, entries: usize, done: &Done, hash: fn(&[u8])) -> Result<Duration> {
    let mut chain = Chain::begin();
    let (mut bytes, mut ends) = (Vec::new(), vec![0]);
    for nth in 0..entries {
        chain.write_next(load, nth, &mut bytes);
        ends.push(bytes.len());
    }
    let cores = std::thread::available_parallelism()?.get();
    let share = entries.div_ceil(cores).max(1);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for from in (0..entries).step_by(share) {
            let (bytes, ends) = (&bytes, &ends[from..=entries.min(from + share)]);
            scope.spawn(move || {
                for span in ends.windows(2) {
                    hash(&bytes[span[0]..span[1]]);
                }
                done.add(ends.len() - 1);
            });
        }
    });
    Ok(begin.elapsed())
}
