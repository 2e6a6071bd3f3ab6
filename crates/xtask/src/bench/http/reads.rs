//! One thing read by its name, out of many: as fast as it goes, and at half that, waited for.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::journal::Names;
use super::paced::{Connection, Pace, get, p99};
use super::rival::Rival;
use super::server::Server;
use super::{Place, rates, runtime, wrk};
use crate::measure::{Measured, Unit};

/// Different things that are asked for.
const PATHS: usize = 10_000;
/// Answers that the size of the bare handler's is the median of.
const SAMPLE: usize = 1_000;
/// Connections, each with one request at a time.
const CONNECTIONS: usize = 32;
/// The same draws in every run.
const SEED: u64 = 5;
/// Headers that the handler's own library writes.
const OWN_HEADERS: [&str; 2] = ["content-length", "date"];

/// A kind of question.
pub struct Kind {
    /// Ours, the bare handler's, and what is waited for at half load: names and titles.
    names: [(&'static str, &'static str); 4],
    /// The path before the name.
    path: &'static str,
    /// Which names can be asked for.
    of: Of,
}

enum Of {
    Codes,
    Lots,
    Seqs,
}

/// What is read of public things, by name.
pub static KINDS: [Kind; 3] = [
    Kind {
        names: [
            ("http-trail", "trails over HTTP"),
            ("http-trail-bare", "bare handler, trails' size"),
            ("http-trail-p99", "trails, p99 at half load, ms"),
            ("http-trail-p99-bare", "bare handler at that rate, p99, ms"),
        ],
        path: "/v1/trails/",
        of: Of::Codes,
    },
    Kind {
        names: [
            ("http-lot", "lots over HTTP"),
            ("http-lot-bare", "bare handler, lots' size"),
            ("http-lot-p99", "lots, p99 at half load, ms"),
            ("http-lot-p99-bare", "bare handler at that rate, p99, ms"),
        ],
        path: "/v1/lots/",
        of: Of::Lots,
    },
    Kind {
        names: [
            ("http-entry", "entries over HTTP"),
            ("http-entry-bare", "bare handler, entries' size"),
            ("http-entry-p99", "entries, p99 at half load, ms"),
            ("http-entry-p99-bare", "bare handler at that rate, p99, ms"),
        ],
        path: "/v1/entries/",
        of: Of::Seqs,
    },
];

/// A measure of a kind.
pub struct Name {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What the report calls it.
    pub title: String,
}

impl Kind {
    /// Its measures.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.names.iter().map(|(name, title)| Name {
            name,
            title: (*title).to_owned(),
        })
    }
}

/// As many different paths as are asked for, shared among the kinds, the same in every run.
pub fn paths(names: &Names, kinds: &[Kind], of: &str) -> Vec<String> {
    let kinds: Vec<&Kind> = kinds.iter().collect();
    drawn(names, &kinds, of)
}

fn drawn(names: &Names, kinds: &[&Kind], of: &str) -> Vec<String> {
    let mut draw = Draw(
        SEED ^ of
            .bytes()
            .fold(0, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte)),
    );
    let (mut seen, mut paths) = (HashSet::new(), Vec::with_capacity(PATHS));
    // A small ledger has fewer names than are asked for.
    for nth in 0..8 * PATHS {
        if paths.len() == PATHS {
            break;
        }
        let kind = kinds[nth % kinds.len()];
        let name = match kind.of {
            Of::Codes => names.codes[draw.below(names.codes.len() as u64) as usize].clone(),
            Of::Lots => names.lots[draw.below(names.lots.len() as u64) as usize].clone(),
            Of::Seqs => draw.below(names.entries).to_string(),
        };
        let path = format!("{}{name}", kind.path);
        if seen.insert(path.clone()) {
            paths.push(path);
        }
    }
    paths
}

/// Takes a kind in rounds, ours and the bare handler by turns.
pub fn take(place: &Place<'_>, server: &Server, kind: &Kind, names: &Names) -> Result<Vec<Measured>> {
    let [ours_name, bare_name, wait_name, bare_wait_name] = kind.names;
    let paths = drawn(names, &[kind], ours_name.0);
    let listed = place.folder.join("paths");
    std::fs::write(&listed, paths.join("\n"))?;
    let answer = runtime()?.block_on(sample(server, &paths))?;
    eprintln!(
        "{}: answers of {} bytes, {} headers",
        ours_name.1,
        answer.bytes,
        answer.headers.len() + OWN_HEADERS.len()
    );
    let bare = Rival::bare(&answer.headers, answer.bytes)?;
    let seconds = place.options.seconds;
    let arguments = [listed.display().to_string(), SEED.to_string()];
    let script = place.folder.join("read.lua");
    let as_fast = |address| wrk::run(address, "/", CONNECTIONS, seconds, &script, &arguments);
    let (mut ours_seen, mut bare_seen) = (Vec::new(), Vec::new());
    for round in 1..=place.options.rounds {
        eprintln!("[{round}/{}] {}", place.options.rounds, ours_name.1);
        ours_seen.push(as_fast(server.address())?);
        bare_seen.push(as_fast(bare.address())?);
    }
    let ours = rates(ours_name.0, ours_name.1.to_owned(), &ours_seen).context("no round was taken")?;
    let theirs = rates(bare_name.0, bare_name.1.to_owned(), &bare_seen);

    let rate = ours.median() / 2.0;
    let asked: Arc<Vec<Vec<u8>>> = Arc::new(paths.iter().map(|path| get(path)).collect());
    let waited = |address| {
        let asked = asked.clone();
        let pace = Pace {
            rate,
            connections: CONNECTIONS,
            lasts: Duration::from_secs(seconds),
        };
        let waits = runtime()?.block_on(pace.keep(address, move |number, nth, out| {
            let mut draw = Draw(SEED + number as u64 * 1_000_003 + nth);
            out.extend_from_slice(&asked[draw.below(asked.len() as u64) as usize]);
        }))?;
        anyhow::Ok((waits.len(), p99(&waits).as_secs_f64() * 1_000.0))
    };
    let (mut ours_waits, mut bare_waits, mut requests) = (Vec::new(), Vec::new(), 0);
    for round in 1..=place.options.rounds {
        eprintln!("[{round}/{}] {}", place.options.rounds, wait_name.1);
        let (count, wait) = waited(server.address())?;
        requests = count;
        ours_waits.push(wait);
        bare_waits.push(waited(bare.address())?.1);
    }
    let wait = |name: (&'static str, &str), figures| {
        Measured::of(name.0, name.1.to_owned(), Unit::MillisEach, requests, figures)
    };
    let waits = [wait(wait_name, ours_waits), wait(bare_wait_name, bare_waits)];
    Ok([Some(ours), theirs].into_iter().chain(waits).flatten().collect())
}

/// What our answers are like.
struct Answer {
    headers: Vec<(String, String)>,
    bytes: usize,
}

async fn sample(server: &Server, paths: &[String]) -> Result<Answer> {
    let mut connection = Connection::open(server.address()).await?;
    let (mut sizes, mut headers) = (Vec::new(), Vec::new());
    for path in paths.iter().take(SAMPLE) {
        let (head, body) = connection
            .ask(&get(path))
            .await
            .with_context(|| format!("asking for {path}"))?;
        sizes.push(body.len());
        if headers.is_empty() {
            headers = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .filter(|(name, _)| !OWN_HEADERS.contains(name))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
        }
    }
    sizes.sort_unstable();
    let bytes = sizes.get(sizes.len() / 2).copied();
    let Some(bytes) = bytes.filter(|_| !headers.is_empty()) else {
        bail!("there is nothing to ask for");
    };
    Ok(Answer { headers, bytes })
}

/// SplitMix64: the same draws everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_different_and_the_same_every_time() {
        let name = |nth: u32| format!("RC-{nth}");
        let names = Names {
            codes: (0..50_000).map(name).collect(),
            lots: (0..9).map(name).collect(),
            entries: 20_000,
        };
        for kind in &KINDS {
            let paths = drawn(&names, &[kind], kind.path);
            let different: HashSet<&String> = paths.iter().collect();
            let expected = if kind.path == "/v1/lots/" { 9 } else { PATHS };
            assert_eq!(
                (paths.len(), different.len()),
                (expected, expected),
                "{}",
                kind.path
            );
            assert_eq!(paths, drawn(&names, &[kind], kind.path));
        }
    }
}
