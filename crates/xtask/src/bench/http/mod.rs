//! Over HTTP: the server beside a handler that does nothing, and beside PostgreSQL behind one.
//!
//! Client and server share the machine, so a figure by itself says little; both sides of a ratio are asked by the same
//! client in the same way, by turns.

pub mod journal;
mod memory;
mod paced;
mod reads;
mod rival;
pub mod server;
mod writes;
mod wrk;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use self::memory::{FOLLOWERS, Load, READS};
use self::server::Binary;
use crate::cluster::Cluster;
use crate::measure::{Measured, Unit};

pub use self::memory::Memory;

/// What wrk is told, written where it finds it.
const SCRIPTS: [(&str, &str); 2] = [
    ("read.lua", include_str!("read.lua")),
    ("write.lua", include_str!("write.lua")),
];

/// How much is asked for.
pub struct Options {
    /// Entries of the ledger that is read.
    pub entries: usize,
    /// How often each measure is taken.
    pub rounds: u64,
    /// Seconds of each.
    pub seconds: u64,
    /// Clients that write at once.
    pub writers: usize,
    /// How long the memory is watched.
    pub memory: Duration,
    /// Proposals a second meanwhile.
    pub memory_writes: u32,
}

/// What was measured over HTTP.
#[derive(Default)]
pub struct Taken {
    /// Rates and waits.
    pub results: Vec<Measured>,
    /// The memory, where it was watched.
    pub memory: Option<String>,
}

/// Every measure, by the name that `--only` calls it, and what the report calls it.
pub fn titles(options: &Options) -> Vec<(&'static str, String)> {
    let mut titles = Vec::new();
    for kind in &reads::KINDS {
        titles.extend(kind.names().map(|name| (name.name, name.title)));
    }
    titles.extend(writes::titles(options.writers));
    titles.push((MEMORY, "the server's memory under mixed load".to_owned()));
    titles
}

const MEMORY: &str = "http-memory";

/// Takes what `wanted` names. What cannot be taken is told in `missing`.
///
/// # Errors
///
/// Something that was begun failed.
pub fn take(
    base: &Path,
    options: &Options,
    cluster: Option<&Cluster>,
    wanted: &dyn Fn(&str) -> bool,
    missing: &mut Vec<String>,
) -> Result<Taken> {
    let kinds: Vec<&reads::Kind> = reads::KINDS
        .iter()
        .filter(|kind| kind.names().any(|name| wanted(name.name)))
        .collect();
    let writes = writes::titles(options.writers)
        .iter()
        .any(|(name, _)| wanted(name));
    let memory = wanted(MEMORY);
    let mut taken = Taken::default();
    if kinds.is_empty() && !writes && !memory {
        return Ok(taken);
    }
    if let Err(error) = wrk::installed() {
        missing.push(format!("HTTP: {error:#}"));
        return Ok(taken);
    }
    let binary = Binary::build()?;
    let folder = tempfile::Builder::new().prefix("http-").tempdir_in(base)?;
    for (name, text) in SCRIPTS {
        std::fs::write(folder.path().join(name), text)?;
    }
    let place = Place {
        folder: folder.path(),
        options,
        binary: &binary,
    };
    if writes {
        taken.results.extend(writes::take(&place, cluster, wanted)?);
    }
    if kinds.is_empty() && !memory {
        return Ok(taken);
    }
    let data = folder.path().join("large");
    std::fs::create_dir(&data)?;
    eprintln!("making a ledger of {} entries", options.entries);
    let names = journal::large(&data, options.entries)?;
    let token = binary.token(&data)?;
    let server = binary.serve(&data, &[])?;
    for kind in kinds {
        taken.results.extend(reads::take(&place, &server, kind, &names)?);
    }
    if memory {
        eprintln!("watching the server's memory for {} s", options.memory.as_secs());
        let paths = reads::paths(&names, &reads::KINDS, "memory");
        let load = Load {
            paths: paths.into(),
            token,
            proposal: journal::RECEIPT,
            writes: options.memory_writes,
        };
        let watched = runtime()?.block_on(memory::watch(&server, &load, options.memory))?;
        taken.memory = Some(told(&watched, load.writes, names.entries));
    }
    Ok(taken)
}

/// Where and with what the measures are taken.
struct Place<'a> {
    folder: &'a Path,
    options: &'a Options,
    binary: &'a Binary,
}

/// For a client of ours.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting a runtime")
}

/// Figures of a rate, with how many requests the middle round made.
fn rates(name: &'static str, title: String, seen: &[wrk::Seen]) -> Option<Measured> {
    let mut requests: Vec<u64> = seen.iter().map(|seen| seen.requests).collect();
    requests.sort_unstable();
    let requests = requests
        .get(requests.len() / 2)
        .map_or(0, |count| *count as usize);
    Measured::of(
        name,
        title,
        Unit::PerSecond,
        requests,
        seen.iter().map(|seen| seen.rate).collect(),
    )
}

/// The memory as a sentence.
fn told(memory: &Memory, writes: u32, entries: u64) -> String {
    let mib = |kib: u64| kib as f64 / 1024.0;
    format!(
        "The server's memory over {} s at {READS:.0} reads and {writes} writes a second with {FOLLOWERS} followers, \
         from {entries} entries on, {} added and {} events sent: median of the first tenth {:.1} MiB, of the last tenth \
         {:.1} MiB, most {:.1} MiB; slope over the second half {:+.0} KiB a minute.",
        memory.lasted.as_secs(),
        memory.added,
        memory.followed,
        mib(memory.first_kib),
        mib(memory.last_kib),
        mib(memory.most_kib),
        memory.slope_kib,
    )
}
