//! The steps: each prints its figures, a line each, for the process that started it.

use std::fmt::{Display, Formatter};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use minhbach_events::{Proposal, Reference};
use minhbach_journal::Reader;
use minhbach_ledger::{Ledger, discard_projections, system_clock};
use minhbach_publishing::{PublishedLog, draw_key, keep_key};
use minhbach_tlog::KeyName;

use super::Grows;
use crate::engine::{caller, holder, record};
use crate::http::journal::{begin, first_unspent, groups, grow, requests};
use crate::http::server::Binary;

/// Requests of the burst: fewer than may wait for the projections.
const BURST: usize = 40;
/// Entries that one client writes, one at a time.
const SINGLY: usize = 1_000;
/// How often each question is asked.
const TIMES: usize = 1_000;
/// The steps of the trail after the gift: pool, purchase, lot, then a transfer and its lot so often, allocation, delivery.
const TRANSFERS: usize = 3;
const ORIGIN: &str = "bench.example/ledger";

/// What is done with a ledger, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Written from nothing, caught up and signed.
    Build,
    /// Opened as it was closed.
    Open,
    /// Asked.
    Ask,
    /// Written to.
    Append,
    /// Verified by the command: chain and tree, then everything.
    Verify,
    /// Its projections made again.
    Rebuild,
}

impl Step {
    /// All, in order.
    pub const ALL: [Step; 6] = [
        Step::Build,
        Step::Open,
        Step::Ask,
        Step::Append,
        Step::Verify,
        Step::Rebuild,
    ];

    /// Whether it leaves the ledger as it was.
    pub fn repeats(self) -> bool {
        matches!(self, Step::Open | Step::Ask)
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
}

/// Takes one step.
///
/// # Errors
///
/// The system refuses, or an answer is not what it must be.
pub fn take_step(step: Step, folder: &Path, entries: usize) -> Result<()> {
    match step {
        Step::Build => build(folder, entries),
        Step::Open => open(folder),
        Step::Ask => ask(folder, entries),
        Step::Append => append(folder, entries),
        Step::Verify => verify(folder),
        Step::Rebuild => rebuild(folder),
    }
}

fn tell(name: &str, value: f64, grows: Grows) {
    let grows = match grows {
        Grows::Not => "not",
        Grows::Linearly => "linearly",
    };
    println!("{name}\t{value}\t{grows}");
}

fn seconds(took: Duration) -> f64 {
    took.as_secs_f64().max(1e-9)
}

/// The most memory that a process has held, in MiB.
fn peak_mib(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().split(' ').next()?.parse().ok()?;
    Some(kib / 1024.0)
}

fn tell_peak(name: &str) -> Result<()> {
    let peak = peak_mib("self").context("what memory was used")?;
    tell(&format!("{name}: most memory, MiB"), peak, Grows::Linearly);
    Ok(())
}

fn open_ledger(folder: &Path) -> Result<Ledger> {
    Ok(Ledger::open(folder, &holder(), system_clock(), &())?.0)
}

fn build(folder: &Path, entries: usize) -> Result<()> {
    let begun = Instant::now();
    let ledger = begin(folder)?;
    grow(&ledger, 0..groups(entries), |_, _| ())?;
    ledger.settle()?;
    let size = ledger.as_of().size;
    tell(
        "written from nothing, caught up, a second",
        size as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    record(&ledger, &chain())?;
    ledger.close()?;
    tell_peak("written from nothing")?;
    let origin = KeyName::new(ORIGIN)?;
    keep_key(folder, &draw_key(origin.clone())?)?;
    PublishedLog::open(folder, &origin, Reader::open_readonly(folder)?)?.advance()?;
    for (name, part) in [
        ("disk: journal, MiB", "journal"),
        ("disk: projections, MiB", "projections"),
        ("disk: tree, MiB", "log"),
    ] {
        tell(
            name,
            bytes_under(&folder.join(part))? as f64 / (1024.0 * 1024.0),
            Grows::Linearly,
        );
    }
    Ok(())
}

fn bytes_under(folder: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        // What it takes on the disk, holes left out.
        bytes += if meta.is_dir() {
            bytes_under(&entry.path())?
        } else {
            meta.blocks() * 512
        };
    }
    Ok(bytes)
}

/// A chain out of the pool, at the end of the ledger.
fn chain() -> Vec<String> {
    const DAY: &str = r#""2024-09-09""#;
    let mut lines = vec![format!(
        r#"{{"type":"purchase.made","purchase":"PU-1","spends":[{{"lot":"cuu-tro","quantity":"1000000"}}],"obtains":[{{"lot":"LT-0","item":"ao-am","quantity":"90","value_vnd":"1000000"}}],"supplier":"truong","purchased_on":{DAY}}}"#
    )];
    for step in 0..TRANSFERS {
        let next = step + 1;
        lines.push(format!(
            r#"{{"type":"custody.transferred","transfer":"TR-{next}","lot":"LT-{step}","quantity":"70","to":"truong","new_lot":"LT-{next}","transferred_on":{DAY}}}"#
        ));
    }
    lines.push(format!(
        r#"{{"type":"allocation.made","allocation":"AL-1","programme":"ke-hoach","category":"CLO-WRM","place":"tinh","item":"ao-am","draws":[{{"lot":"LT-{TRANSFERS}","quantity":"60"}}],"decided_on":{DAY}}}"#
    ));
    lines.push(format!(
        r#"{{"type":"delivery.made","delivery":"DL-1","allocation":"AL-1","quantity":"50","place":"tinh","receiver":"truong","children":50,"delivered_on":{DAY}}}"#
    ));
    lines
}

fn open(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let ledger = open_ledger(folder)?;
    tell("opening a clean folder, s", seconds(begun.elapsed()), Grows::Not);
    tell_peak("opening")?;
    let begun = Instant::now();
    ledger.close()?;
    tell("closing it, s", seconds(begun.elapsed()), Grows::Not);
    Ok(())
}

fn ask(folder: &Path, entries: usize) -> Result<()> {
    let ledger = open_ledger(folder)?;
    let gift = Reference::new(&first_unspent(groups(entries))?).context("a gift's code")?;
    let timed = |name: &str, question: &dyn Fn(usize) -> Result<()>| -> Result<()> {
        question(0)?;
        let begun = Instant::now();
        for nth in 0..TIMES {
            question(nth)?;
        }
        tell(
            name,
            seconds(begun.elapsed()) * 1_000.0 / TIMES as f64,
            Grows::Not,
        );
        Ok(())
    };
    timed("trail of ten hops, ms", &|_| {
        let trail = ledger.read(|projections, journal| projections.trail(&gift, journal, None))??;
        if trail.reached.len() != 1 {
            bail!(
                "the trail of {gift} reaches {} deliveries, not 1",
                trail.reached.len()
            );
        }
        Ok(())
    })?;
    timed("received, ms", &|_| {
        let table = ledger.read(|projections, _| projections.received(&Default::default(), None))??;
        if table.rows.is_empty() {
            bail!("nobody received anything");
        }
        Ok(())
    })?;
    let lots = ledger.as_of().size;
    timed("entries here and there, ms", &|nth| {
        // Steps of a large prime go all over.
        let seq = (nth as u64).wrapping_mul(7_919_777) % lots;
        ledger.reader().entry(seq)?.context("an entry")?;
        Ok(())
    })?;
    tell_peak("asking")?;
    ledger.close()?;
    Ok(())
}

fn append(folder: &Path, entries: usize) -> Result<()> {
    let ledger = open_ledger(folder)?;
    let caller = caller()?;
    let first = groups(entries);
    let more = groups(BURST * crate::measure::BATCH + SINGLY) + 1;
    let mut burst: Vec<Vec<Proposal>> = requests(first..first + more, |_, _| ()).collect::<Result<_>>()?;
    let rest = burst.split_off(BURST.min(burst.len()));
    let count: usize = burst.iter().map(Vec::len).sum();
    let begun = Instant::now();
    let mut pending = std::collections::VecDeque::new();
    for request in burst {
        pending.push_back(ledger.submit(request, &caller, false)?);
        if 4 < pending.len() {
            accepted(pending.pop_front())?;
        }
    }
    while !pending.is_empty() {
        accepted(pending.pop_front())?;
    }
    let acknowledged = begun.elapsed();
    ledger.settle()?;
    let caught_up = begun.elapsed();
    tell(
        "append in batches, acknowledged, a second",
        count as f64 / seconds(acknowledged),
        Grows::Not,
    );
    tell(
        "append in batches, caught up, a second",
        count as f64 / seconds(caught_up),
        Grows::Not,
    );
    let single: Vec<Proposal> = rest.into_iter().flatten().take(SINGLY).collect();
    let count = single.len();
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    for proposal in single {
        let one = Instant::now();
        for answer in ledger.record(vec![proposal], &caller, false)? {
            answer?;
        }
        slowest = slowest.max(one.elapsed());
    }
    tell(
        "append one at a time, a second",
        count as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    tell(
        "append one at a time, the slowest, ms",
        seconds(slowest) * 1_000.0,
        Grows::Not,
    );
    let together: Vec<Proposal> = requests_of(first + more)?;
    let count = together.len();
    let begun = Instant::now();
    for answer in ledger.record(together, &caller, true)? {
        answer?;
    }
    tell(
        "append all or none, a second",
        count as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    tell_peak("appending")?;
    ledger.close()?;
    Ok(())
}

/// Fifty groups from `first` on, as one request.
fn requests_of(first: usize) -> Result<Vec<Proposal>> {
    requests(first..first + 50, |_, _| ())
        .next()
        .context("a request")?
}

fn accepted(pending: Option<minhbach_ledger::Pending>) -> Result<()> {
    for answer in pending.context("a request is pending")?.wait()? {
        answer?;
    }
    Ok(())
}

fn verify(folder: &Path) -> Result<()> {
    let size = Reader::open_readonly(folder)?.head().size;
    let begun = Instant::now();
    minhbach_journal::verify(folder, &|_| {})?;
    tell(
        "verify, the chain alone, a second",
        size as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    // The entries of the step before are not signed, which the command rightly says.
    let origin = KeyName::new(ORIGIN)?;
    PublishedLog::open(folder, &origin, Reader::open_readonly(folder)?)?.advance()?;
    let binary = Binary::build()?;
    let begun = Instant::now();
    let mut child = (binary.command(folder).arg("verify").stdout(Stdio::null())).spawn()?;
    let mut peak: f64 = 0.0;
    let status = loop {
        peak = peak_mib(&child.id().to_string()).unwrap_or(0.0).max(peak);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        bail!("verify: {status}");
    }
    tell(
        "verify, everything, a second",
        size as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    tell("verify, everything: most memory, MiB", peak, Grows::Linearly);
    Ok(())
}

fn rebuild(folder: &Path) -> Result<()> {
    discard_projections(folder, &holder(), 0)?;
    let begun = Instant::now();
    let ledger = open_ledger(folder)?;
    let size = ledger.as_of().size;
    tell(
        "rebuild, a second",
        size as f64 / seconds(begun.elapsed()),
        Grows::Not,
    );
    ledger.close()?;
    tell_peak("rebuild")
}
