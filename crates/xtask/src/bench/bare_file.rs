//! A bare file: the same lines, BLAKE3 and `fdatasync`, and no rule, index or lock.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::load::{Chain, Load};
use crate::measure::{BATCH, Done, Measure, Sizes, Unit};

/// In batches and one at a time, and what a sync costs.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let measure = |name, title: &str, unit, entries, batch: usize| Measure {
        name,
        title: title.to_owned(),
        unit,
        entries,
        run: Box::new(move |folder, load, entries, done| append(folder, load, entries, batch, done)),
    };
    vec![
        measure(
            "bare-batch",
            "bare file, batches of 1,000",
            Unit::PerSecond,
            sizes.entries,
            BATCH,
        ),
        measure(
            "bare-one",
            "bare file, one at a time",
            Unit::PerSecond,
            sizes.one_by_one,
            1,
        ),
        measure(
            "fdatasync",
            "one line and one fdatasync, ms",
            Unit::MillisEach,
            500,
            1,
        ),
    ]
}

fn append(folder: &Path, load: &Load, entries: usize, batch: usize, done: &Done) -> Result<Duration> {
    let mut file = File::create(folder.join("entries.log"))?;
    let mut chain = Chain::begin();
    let (mut lines, mut entry) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    for from in (0..entries).step_by(batch) {
        lines.clear();
        let to = entries.min(from + batch);
        for nth in from..to {
            entry.clear();
            let hash = chain.write_next(load, nth, &mut entry);
            lines.extend_from_slice(&hash.to_hex());
            lines.push(b' ');
            lines.extend_from_slice(&entry);
            lines.push(b'\n');
        }
        file.write_all(&lines)?;
        file.sync_data()?;
        done.add(to - from);
    }
    Ok(begin.elapsed())
}
