//! The whole ledger: every rule asked, the books updated, the projections told.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use minhbach_events::{Actor, Proposal};
use minhbach_journal::Holder;
use minhbach_ledger::{Caller, Ledger, discard_projections, system_clock};

use crate::load::Load;
use crate::measure::{BATCH, Done, Measure, Sizes, Unit};

/// Requests in flight: what a caller that does not wait for each answer keeps open.
const IN_FLIGHT: usize = 4;

/// What is measured of the engine. [`crate::report::RATIOS`] compares by name.
pub fn measures(sizes: &Sizes) -> Vec<Measure> {
    let clients = sizes.clients;
    let measure = |name, title: String, entries, run| Measure {
        name,
        title,
        unit: Unit::PerSecond,
        entries,
        run,
    };
    vec![
        measure(
            "acknowledged",
            "the ledger, acknowledged, batches of 1,000".to_owned(),
            sizes.entries,
            Box::new(|folder, load, entries, done| batches(folder, load, entries, done, false)),
        ),
        measure(
            "acknowledged-one",
            "the ledger, one client, one at a time".to_owned(),
            sizes.one_by_one,
            Box::new(|folder, load, entries, done| singly(folder, load, entries, 1, done)),
        ),
        measure(
            "acknowledged-many",
            format!("the ledger, {clients} clients, one at a time each"),
            sizes.many,
            Box::new(move |folder, load, entries, done| singly(folder, load, entries, clients, done)),
        ),
        measure(
            "caught-up",
            "the ledger, caught up, batches of 1,000".to_owned(),
            sizes.entries,
            Box::new(|folder, load, entries, done| batches(folder, load, entries, done, true)),
        ),
        measure(
            "rebuild",
            "the ledger, projections rebuilt from nothing".to_owned(),
            sizes.entries,
            Box::new(rebuild),
        ),
    ]
}

/// Who holds the folder.
pub fn holder() -> Holder {
    Holder {
        command: "cargo xtask bench".to_owned(),
        url: None,
    }
}

/// Who writes.
pub fn caller() -> Result<Caller> {
    let local = Actor::new("local").ok_or_else(|| anyhow::anyhow!("local is not an actor's code"))?;
    Ok(Caller::whole(local))
}

/// A ledger with the fund and the pool that the load's receipts name.
fn begin(folder: &Path) -> Result<Ledger> {
    let ledger = Ledger::create(folder, &holder(), system_clock())?;
    let lines = [
        r#"{"type":"ledger.opened","ledger":"bench","origin":"bench.example/ledger","format":1,"kind":"live"}"#,
        r#"{"type":"party.registered","party":"quy-588","kind":"fund","name":"Quỹ minh hoạ"}"#,
        r#"{"type":"pool.opened","pool":"cuu-tro","fund":"quy-588","item":"VND","source":"social_domestic"}"#,
    ];
    record(&ledger, &lines)?;
    Ok(ledger)
}

/// Records lines that are all accepted, and waits for the projections.
pub fn record(ledger: &Ledger, lines: &[impl AsRef<[u8]>]) -> Result<()> {
    let proposals = lines
        .iter()
        .map(|line| Proposal::from_line(line.as_ref()))
        .collect::<Result<_, _>>()?;
    for answer in ledger.record(proposals, &caller()?, false)? {
        answer?;
    }
    Ok(ledger.settle()?)
}

fn proposals(load: &Load, entries: usize) -> Result<Vec<Proposal>> {
    (0..entries).map(|nth| Ok(load.proposal(nth)?)).collect()
}

fn batches(folder: &Path, load: &Load, entries: usize, done: &Done, caught_up: bool) -> Result<Duration> {
    let (took, ledger) = fill(folder, load, entries, done, caught_up)?;
    ledger.close()?;
    Ok(took)
}

/// A ledger with so many entries of the load, and how long that took.
pub fn fill(
    folder: &Path,
    load: &Load,
    entries: usize,
    done: &Done,
    caught_up: bool,
) -> Result<(Duration, Ledger)> {
    fill_with(folder, load, entries, done, caught_up, |_| Ok(()))
}

/// The same, with something beside the ledger from its beginning.
pub fn fill_with(
    folder: &Path,
    load: &Load,
    entries: usize,
    done: &Done,
    caught_up: bool,
    beside: impl FnOnce(&Ledger) -> Result<()>,
) -> Result<(Duration, Ledger)> {
    let ledger = begin(folder)?;
    beside(&ledger)?;
    let caller = caller()?;
    let mut proposals = proposals(load, entries)?.into_iter();
    let mut requests = VecDeque::new();
    loop {
        let request: Vec<Proposal> = proposals.by_ref().take(BATCH).collect();
        if request.is_empty() {
            break;
        }
        requests.push_back(request);
    }
    let mut pending = VecDeque::new();
    let begin = Instant::now();
    while !requests.is_empty() || !pending.is_empty() {
        while pending.len() < IN_FLIGHT
            && let Some(request) = requests.pop_front()
        {
            pending.push_back(ledger.submit(request, &caller, false)?);
        }
        if let Some(oldest) = pending.pop_front() {
            let answers = oldest.wait()?;
            done.add(answers.len());
            for answer in answers {
                answer?;
            }
        }
    }
    if caught_up {
        ledger.settle()?;
    }
    Ok((begin.elapsed(), ledger))
}

fn singly(folder: &Path, load: &Load, entries: usize, clients: usize, done: &Done) -> Result<Duration> {
    let ledger = Arc::new(begin(folder)?);
    let caller = caller()?;
    let mut shares: Vec<Vec<Proposal>> = vec![Vec::new(); clients];
    for (nth, proposal) in proposals(load, entries)?.into_iter().enumerate() {
        shares[nth % clients].push(proposal);
    }
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let (ledger, caller) = (&ledger, &caller);
                scope.spawn(move || -> Result<()> {
                    for proposal in share {
                        for answer in ledger.record(vec![proposal], caller, false)? {
                            answer?;
                        }
                        done.add(1);
                    }
                    Ok(())
                })
            })
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(result) => result?,
                Err(_) => bail!("a client of the ledger panicked"),
            }
        }
        Ok(())
    })?;
    Ok(begin.elapsed())
}

fn rebuild(folder: &Path, load: &Load, entries: usize, done: &Done) -> Result<Duration> {
    let (_, ledger) = fill(folder, load, entries, &Done::default(), true)?;
    ledger.close()?;
    discard_projections(folder, &holder(), 0)?;
    let begin = Instant::now();
    let (ledger, _) = Ledger::open(folder, &holder(), system_clock(), &())?;
    let took = begin.elapsed();
    ledger.close()?;
    done.add(entries);
    Ok(took)
}
