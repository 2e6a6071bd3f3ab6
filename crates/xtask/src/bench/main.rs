//! `cargo xtask bench`: the engine beside what a user would otherwise build, in one run on one machine.
#![allow(clippy::print_stdout, reason = "a command's output is its purpose")]
#![allow(clippy::float_arithmetic, reason = "rates and their ratios, not quantities")]

mod bare_file;
mod cluster;
mod engine;
mod hashes;
mod http;
mod load;
mod log;
mod machine;
mod measure;
mod ours;
mod postgresql;
mod report;
mod scale;
mod sled_alone;
mod trail;

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser;

use crate::load::Load;
use crate::machine::Machine;
use crate::measure::{Measure, Sizes};

/// The command's own allocator, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The engine beside PostgreSQL, a bare file and sled, in one run.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    /// How many entries a batched measure writes; one at a time it is a fiftieth, from many clients a twentieth.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1_000..=20_000_000))]
    entries: u64,
    /// How often each measure is taken; the median counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=99))]
    rounds: u64,
    /// How many clients write at once where many do.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=90))]
    clients: u64,
    /// How many keys an entry takes in sled: as many as our projections write.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=100))]
    sled_keys: u64,
    /// How many entries the ledger has that is read over HTTP.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=20_000_000))]
    http_entries: u64,
    /// How long each round of a measure over HTTP takes, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    http_seconds: u64,
    /// How long the server's memory is watched, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..=86_400))]
    memory_seconds: u64,
    /// How many proposals a second are recorded meanwhile; 0 is a ledger that only answers.
    #[arg(long, value_name = "N", default_value_t = 100)]
    memory_writes: u32,
    /// Takes only the measures whose names begin so; can be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Lists the measures and ends.
    #[arg(long)]
    list: bool,
    /// Prints the report as Markdown.
    #[arg(long)]
    markdown: bool,
    /// How large the ledgers are whose growth is measured; given more than once, they are compared.
    #[arg(long, value_name = "N", default_values_t = [10_000, 1_000_000], value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
    scale_entries: Vec<u64>,
    /// One step of the measures of growth, in a process of its own.
    #[arg(long, value_name = "STEP", hide = true, requires = "scale_folder")]
    scale_step: Option<scale::Step>,
    /// The folder that the step works on.
    #[arg(long, value_name = "DIR", hide = true)]
    scale_folder: Option<PathBuf>,
    /// Where to write: a folder on the disk that is to be measured.
    #[arg(long, value_name = "DIR", default_value = "/var/tmp")]
    dir: PathBuf,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    if let Some((step, folder)) = cli.scale_step.zip(cli.scale_folder.as_deref()) {
        let entries = cli.scale_entries.first().copied().unwrap_or_default();
        return scale::take_step(step, folder, usize::try_from(entries)?);
    }
    let sizes = Sizes::of(cli.entries, cli.clients, cli.sled_keys)?;
    let named =
        |name: &str| cli.only.is_empty() || cli.only.iter().any(|only| name.starts_with(only.as_str()));
    let wanted = |measure: &Measure| named(measure.name);
    let over_http = http::Options {
        entries: usize::try_from(cli.http_entries)?,
        rounds: cli.rounds,
        seconds: cli.http_seconds,
        writers: sizes.clients,
        memory: Duration::from_secs(cli.memory_seconds),
        memory_writes: cli.memory_writes,
    };
    let http_titles = http::titles(&over_http);
    let mut measures = bare_file::measures(&sizes);
    measures.extend(ours::measures(&sizes));
    measures.extend(engine::measures(&sizes));
    measures.extend(sled_alone::measures(&sizes));
    measures.extend(hashes::measures(&sizes));
    measures.extend(trail::measures(&sizes));
    measures.extend(log::measures(&sizes));
    let postgresql = postgresql::measures(&sizes, None);
    if cli.list {
        for measure in measures.iter().chain(&postgresql) {
            println!("{:<20} {}", measure.name, measure.title);
        }
        for (name, title) in http_titles {
            println!("{name:<20} {}", title.trim());
        }
        println!("{:<20} how everything grows with the ledger", scale::NAME);
        return Ok(());
    }

    let folder = tempfile::Builder::new()
        .prefix("minhbach-bench-")
        .tempdir_in(&cli.dir);
    let folder = folder.with_context(|| format!("making a folder in {}", cli.dir.display()))?;
    let mut machine = Machine::of(folder.path());
    let mut missing = Vec::new();
    let mut cluster = None;
    let behind_http = http_titles
        .iter()
        .any(|(name, _)| name.contains("-pg") && named(name));
    if behind_http || postgresql.iter().any(&wanted) {
        match cluster::Cluster::start(folder.path()) {
            Ok(started) => {
                let started = cluster.insert(Rc::new(started));
                machine.postgresql = Some(started.version().to_owned());
                measures.splice(0..0, postgresql::measures(&sizes, Some(started.clone())));
            }
            Err(error) => missing.push(format!("PostgreSQL: {error:#}")),
        }
    }
    // By name alone: the largest ledgers take minutes.
    if cli.only.iter().any(|only| only == scale::NAME) {
        let facts: Vec<String> = (machine.facts().into_iter())
            .map(|(name, fact)| format!("{name} {fact}"))
            .collect();
        println!("{}.\n", facts.join("; "));
        return scale::run(folder.path(), &cli.scale_entries, cli.rounds);
    }
    measures.retain(&wanted);
    let http_wanted = http_titles.iter().any(|(name, _)| named(name));
    if measures.is_empty() && !http_wanted {
        missing.iter().for_each(|what| eprintln!("not measured: {what}"));
        bail!("no measure is left; `cargo xtask bench --list` names them");
    }

    let load = Load::of(sizes.entries);
    let mut results = measure::take(&measures, &load, folder.path(), cli.rounds)?;
    let taken = http::take(
        folder.path(),
        &over_http,
        cluster.as_deref(),
        &named,
        &mut missing,
    )?;
    results.extend(taken.results);
    if results.is_empty() && taken.memory.is_none() {
        bail!("nothing was measured: {}", missing.join("; "));
    }
    let report = report::Report {
        machine,
        load: &load,
        rounds: cli.rounds,
        results: &results,
        remarks: taken.memory.as_slice(),
        missing: &missing,
    };
    print!(
        "{}",
        if cli.markdown {
            report.markdown()
        } else {
            report.text()
        }
    );
    Ok(())
}
