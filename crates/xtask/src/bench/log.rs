//! The journal as a log: what signing costs a writer, what checking costs a stranger.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use minhbach_auditing::{FolderSource, Mirror, check_folder};
use minhbach_journal::Reader;
use minhbach_ledger::{Committed, Ledger, Observer};
use minhbach_publishing::{
    Grown, LogView, PublishedLog, Publisher, SIGN_EVERY, draw_key, export_tiles, keep_key, read_vkey,
};
use minhbach_tlog::{KeyName, Tree, TreeHash, inclusion_proof};

use crate::engine;
use crate::load::Load;
use crate::measure::{BATCH, Done, Measure, Sizes, Unit};
use crate::ours::append;

/// What the bench's ledger calls itself.
const ORIGIN: &str = "bench.example/ledger";
/// Entries of the tree that proofs are asked of.
const PROVED_TREE: u64 = 10_000_000;
/// Proofs that are asked for.
const PROOFS: usize = 20_000;
/// Leaves that are added to it at once.
const LEAVES: u64 = 65_536;

/// What is measured of the log. [`crate::report::RATIOS`] compares by name.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let measure = |name, title: &str, unit, entries, run| Measure {
        name,
        title: title.to_owned(),
        unit,
        entries,
        run,
    };
    let entries = sizes.entries;
    vec![
        measure(
            "signed",
            "the ledger, acknowledged and signed, batches of 1,000",
            Unit::PerSecond,
            entries,
            Box::new(signed),
        ),
        measure(
            "verify-tree",
            "verify, chain and tree",
            Unit::PerSecond,
            entries,
            Box::new(verify_tree),
        ),
        measure(
            "mirror",
            "a mirror of files, every entry checked",
            Unit::PerSecond,
            entries,
            Box::new(mirror),
        ),
        measure(
            "proof",
            "an inclusion proof at 10 million entries",
            Unit::MillisEach,
            PROOFS,
            Box::new(|folder, _, proofs, done| prove(folder, proofs, done)),
        ),
    ]
}

/// Tells who signs of each commit.
struct Following(Grown);

impl Observer for Following {
    fn committed(&self, _: &Committed) {
        self.0.tell();
    }
}

fn key_in(folder: &Path) -> Result<KeyName> {
    let origin = KeyName::new(ORIGIN)?;
    keep_key(folder, &draw_key(origin.clone())?)?;
    Ok(origin)
}

/// The same as `acknowledged`, while a thread adds to the tree and signs; until all of it is signed.
fn signed(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    let mut publisher = None;
    let origin = key_in(folder)?;
    let sign = |ledger: &Ledger| -> Result<()> {
        let log = PublishedLog::open(folder, &origin, ledger.reader().clone())?;
        let begun = Publisher::begin(log, SIGN_EVERY, Box::new(|error| eprintln!("{error}")))?;
        ledger.observe(Arc::new(Following(begun.grown())));
        publisher = Some(begun);
        Ok(())
    };
    let (took, ledger) = engine::fill_with(folder, load, entries, done, false, sign)?;
    let begin = Instant::now();
    let size = ledger.as_of().size;
    let publisher = publisher.context("it signs")?;
    let last = publisher.end()?;
    if last.size != size {
        bail!("{} entries were signed of {size}", last.size);
    }
    ledger.close()?;
    // What was left to sign belongs to the cost.
    Ok(took + begin.elapsed())
}

/// A signed folder with so many entries of the load.
fn signed_folder(folder: &Path, load: &Load, entries: usize) -> Result<()> {
    append(folder, load, entries, BATCH, &Done::default())?;
    let origin = key_in(folder)?;
    PublishedLog::open(folder, &origin, Reader::open_readonly(folder)?)?.advance()?;
    Ok(())
}

fn verify_tree(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    signed_folder(folder, load, entries)?;
    let begin = Instant::now();
    let report = check_folder(folder, None, &[], &[], &|_, _| ())?;
    let took = begin.elapsed();
    if !report.is_sound() || report.journal != entries as u64 {
        bail!("{:?} of {} entries", report.faults, report.journal);
    }
    done.add(entries);
    Ok(took)
}

fn mirror(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    let (log, tiles, copy) = (folder.join("log-of"), folder.join("tiles"), folder.join("mirror"));
    std::fs::create_dir(&log)?;
    signed_folder(&log, load, entries)?;
    let key = read_vkey(&log)?.context("a key")?;
    let view = LogView::of_folder(&log, Reader::open_readonly(&log)?)?.context("signed")?;
    export_tiles(&view, &key, &tiles, &|_, _| ())?;
    let source = Box::new(FolderSource::new(&tiles));
    let mut mirror = Mirror::open(&copy, source, "tiles", &key, &[], &engine::holder())?;
    let begin = Instant::now();
    mirror.step()?;
    let took = begin.elapsed();
    let size = mirror.reader().head().size;
    if size != entries as u64 {
        bail!("{size} entries were mirrored of {entries}");
    }
    done.add(entries);
    Ok(took)
}

/// Proofs of entries all over a tree of ten million.
fn prove(folder: &Path, proofs: usize, done: &Done) -> Result<Duration> {
    let mut tree = Tree::open(folder)?;
    while tree.size() < PROVED_TREE {
        let (from, to) = (tree.size(), PROVED_TREE.min(tree.size() + LEAVES));
        tree.append((from..to).map(|nth| TreeHash::leaf(&nth.to_be_bytes())))?;
    }
    tree.sync()?;
    let reader = tree.reader();
    let begin = Instant::now();
    for nth in 0..proofs as u64 {
        // Steps of a large prime go all over.
        let index = nth.wrapping_mul(7_919_777) % PROVED_TREE;
        let proof = inclusion_proof(&reader, index, PROVED_TREE)?.context("a proof")?;
        std::hint::black_box(proof);
        done.add(1);
    }
    Ok(begin.elapsed())
}
