//! Taking measures: each several times, in rounds, so that a slow minute of the machine falls on all alike.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::load::Load;

/// How many entries go into one batch where they are batched.
pub const BATCH: usize = 1_000;

/// How much each kind of measure is asked for.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// In batches.
    pub entries: usize,
    /// By one client, one at a time.
    pub one_by_one: usize,
    /// By many clients, one at a time each.
    pub many: usize,
    /// How many clients are many.
    pub clients: usize,
    /// How many keys an entry takes in sled.
    pub sled_keys: usize,
}

impl Sizes {
    /// Sizes that take about as long each.
    pub fn of(entries: u64, clients: u64, sled_keys: u64) -> Result<Sizes> {
        let entries = usize::try_from(entries).context("so many entries do not fit this machine")?;
        Ok(Sizes {
            entries,
            one_by_one: (entries / 50).max(500),
            many: (entries / 20).max(1_000),
            clients: usize::try_from(clients)?,
            sled_keys: usize::try_from(sled_keys)?,
        })
    }
}

/// How far a measure has come: the number of entries done, added to from any thread.
#[derive(Default)]
pub struct Done(AtomicU64);

impl Done {
    /// Adds so many.
    pub fn add(&self, entries: usize) {
        self.0.fetch_add(entries as u64, Ordering::Relaxed);
    }
}

/// Takes so many entries of the load, writes into a folder of its own, and says how long the measured part took.
pub type Run = Box<dyn Fn(&Path, &Load, usize, &Done) -> Result<Duration>>;

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Entries in a second.
    PerSecond,
    /// Milliseconds each.
    MillisEach,
}

/// Something to measure.
pub struct Measure {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What the report calls it.
    pub title: String,
    /// What its figure counts.
    pub unit: Unit,
    /// How many entries it takes.
    pub entries: usize,
    /// Takes it.
    pub run: Run,
}

/// What was measured.
pub struct Measured {
    /// [`Measure::name`].
    pub name: &'static str,
    /// [`Measure::title`].
    pub title: String,
    /// [`Measure::unit`].
    pub unit: Unit,
    /// [`Measure::entries`].
    pub entries: usize,
    /// The figure of each round, ascending. Invariant: not empty.
    figures: Vec<f64>,
}

impl Measured {
    /// Figures of something that was taken in a way of its own; `None` where there are none.
    pub fn of(
        name: &'static str,
        title: String,
        unit: Unit,
        entries: usize,
        mut figures: Vec<f64>,
    ) -> Option<Measured> {
        figures.sort_by(f64::total_cmp);
        (!figures.is_empty()).then_some(Measured {
            name,
            title,
            unit,
            entries,
            figures,
        })
    }

    /// The middle figure.
    pub fn median(&self) -> f64 {
        self.figures[self.figures.len() / 2]
    }

    /// The smallest and the largest.
    pub fn spread(&self) -> (f64, f64) {
        (self.figures[0], self.figures[self.figures.len() - 1])
    }
}

/// Takes every measure in each round.
pub fn take(measures: &[Measure], load: &Load, base: &Path, rounds: u64) -> Result<Vec<Measured>> {
    let mut figures: Vec<Vec<f64>> = vec![Vec::new(); measures.len()];
    for round in 1..=rounds {
        for (nth, measure) in measures.iter().enumerate() {
            let heading = format!(
                "[{round}/{rounds}] [{}/{}] {}",
                nth + 1,
                measures.len(),
                measure.title
            );
            let seconds = take_once(measure, load, base, &heading)
                .with_context(|| format!("measuring {}", measure.name))?
                .as_secs_f64()
                .max(1e-9);
            let entries = measure.entries as f64;
            figures[nth].push(match measure.unit {
                Unit::PerSecond => entries / seconds,
                Unit::MillisEach => seconds * 1_000.0 / entries,
            });
        }
    }
    Ok(measures
        .iter()
        .zip(figures)
        .map(|(measure, mut figures)| {
            figures.sort_by(f64::total_cmp);
            let Measure {
                name, unit, entries, ..
            } = *measure;
            Measured {
                name,
                title: measure.title.clone(),
                unit,
                entries,
                figures,
            }
        })
        .collect())
}

fn take_once(measure: &Measure, load: &Load, base: &Path, heading: &str) -> Result<Duration> {
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(base)?;
    let done = Done::default();
    let bar = ProgressBar::new(measure.entries as u64).with_message(heading.to_owned());
    let style = ProgressStyle::with_template("{msg:52!} {bar:12} {pos:>8} {elapsed:>4}")?;
    bar.set_style(style);
    if bar.is_hidden() {
        eprintln!("{heading}");
    }
    // What the measure before left to write would be paid for by this one.
    rustix::fs::sync();
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Ten looks a second cost nothing that could be measured.
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                bar.set_position(done.0.load(Ordering::Relaxed));
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let took = (measure.run)(folder.path(), load, measure.entries, &done);
        ended.store(true, Ordering::Relaxed);
        bar.finish_and_clear();
        took
    })
}
