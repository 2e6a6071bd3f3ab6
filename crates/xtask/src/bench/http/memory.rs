//! The server's memory while it is read from, written to and followed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::paced::{Pace, get};
use super::server::Server;

/// Questions in a second.
pub const READS: f64 = 1_000.0;
/// Who follows the journal, each of whom is sent every entry.
pub const FOLLOWERS: usize = 16;
const READERS: usize = 16;
const WRITERS: usize = 4;
/// How often the memory is looked at, at most.
const EVERY: Duration = Duration::from_secs(10);
/// How often in a short run.
const LOOKS_MIN: u32 = 12;

/// What the memory was, in KiB.
pub struct Memory {
    /// How long the load went on.
    pub lasted: Duration,
    /// The median of the first tenth.
    pub first_kib: u64,
    /// The median of the last tenth.
    pub last_kib: u64,
    /// The most that was seen.
    pub most_kib: u64,
    /// How it grew, in KiB a minute, by least squares over the second half.
    pub slope_kib: f64,
    /// Entries that were added.
    pub added: u64,
    /// Events that the followers were sent, all together.
    pub followed: u64,
}

/// What the load sends.
#[derive(Clone)]
pub struct Load {
    /// Questions, drawn from by each reader.
    pub paths: Arc<Vec<String>>,
    /// The head and the body of a proposal, without its length and number.
    pub token: String,
    /// The proposal, in which `NUMBER` stands for what makes the key its own.
    pub proposal: &'static str,
    /// Proposals in a second, one a request; may be none.
    pub writes: u32,
}

/// Loads a server so long, and looks at its memory.
///
/// # Errors
///
/// A request is refused, the server ends, or a follower is cut off.
pub async fn watch(server: &Server, load: &Load, lasts: Duration) -> Result<Memory> {
    let address = server.address();
    let mut followers = JoinSet::new();
    for _ in 0..FOLLOWERS {
        let stream = follow(address).await?;
        followers.spawn(read_events(stream));
    }
    let reading = {
        let paths = load.paths.clone();
        let pace = Pace {
            rate: READS,
            connections: READERS,
            lasts,
        };
        tokio::spawn(pace.keep(address, move |number, nth, out| {
            // A step that shares no factor with the number of paths visits them all.
            let nth = (nth as usize).wrapping_mul(7_919).wrapping_add(number * 619);
            out.extend_from_slice(&get(&paths[nth % paths.len()]));
        }))
    };
    let writing = (0 < load.writes).then(|| {
        let Load { token, proposal, .. } = load.clone();
        let pace = Pace {
            rate: f64::from(load.writes),
            connections: WRITERS,
            lasts,
        };
        tokio::spawn(pace.keep(address, move |number, nth, out| {
            let body = proposal.replace("NUMBER", &format!("m{number}-{nth}"));
            out.extend_from_slice(post(&token, &body).as_bytes());
        }))
    });
    let every = EVERY.min(lasts / LOOKS_MIN);
    let begun = Instant::now();
    let mut looks = Vec::new();
    while begun.elapsed() < lasts {
        tokio::time::sleep(every).await;
        looks.push((begun.elapsed().as_secs_f64() / 60.0, server.resident_kib()?));
    }
    reading.await??;
    let added = match writing {
        Some(writing) => writing.await??.len() as u64,
        None => 0,
    };
    let followed = followed(&mut followers, added).await?;
    memory(&looks, lasts, added, followed)
}

/// What the looks say: moments in minutes, and KiB.
fn memory(looks: &[(f64, u64)], lasted: Duration, added: u64, followed: u64) -> Result<Memory> {
    let tenth = (looks.len() / 10).max(1);
    let median = |looks: &[(f64, u64)]| {
        let mut kib: Vec<u64> = looks.iter().map(|(_, kib)| *kib).collect();
        kib.sort_unstable();
        kib.get(kib.len() / 2).copied()
    };
    let first_kib = median(looks.get(..tenth).unwrap_or_default());
    let last_kib = median(looks.get(looks.len().saturating_sub(tenth)..).unwrap_or_default());
    let most_kib = looks.iter().map(|(_, kib)| *kib).max();
    Ok(Memory {
        lasted,
        first_kib: first_kib.context("the memory was never looked at")?,
        last_kib: last_kib.context("the memory was never looked at")?,
        most_kib: most_kib.context("the memory was never looked at")?,
        slope_kib: slope(&looks[looks.len() / 2..]),
        added,
        followed,
    })
}

/// The slope of the line that fits best.
fn slope(looks: &[(f64, u64)]) -> f64 {
    let count = looks.len() as f64;
    let mean = |of: fn(&(f64, u64)) -> f64| looks.iter().map(of).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(|look| look.0), mean(|look| look.1 as f64));
    let (mut over, mut under) = (0.0, 0.0);
    for (x, y) in looks {
        over += (x - x_mean) * (*y as f64 - y_mean);
        under += (x - x_mean) * (x - x_mean);
    }
    if under == 0.0 { 0.0 } else { over / under }
}

/// A proposal as it is sent.
fn post(token: &str, body: &str) -> String {
    format!(
        "POST /v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn follow(address: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&get("/v1/stream")).await?;
    let mut got = Vec::new();
    while !got.windows(12).any(|part| part == b"so minh bach") {
        if stream.read_buf(&mut got).await? == 0 {
            bail!("a follower was not taken: {}", String::from_utf8_lossy(&got));
        }
    }
    Ok(stream)
}

/// Counts the events until nothing comes for a while.
async fn read_events(mut stream: TcpStream) -> Result<u64> {
    const MARK: &[u8] = b"event: entry";
    const QUIET: Duration = Duration::from_secs(5);
    let (mut events, mut got) = (0, Vec::new());
    loop {
        match tokio::time::timeout(QUIET, stream.read_buf(&mut got)).await {
            Err(_) => return Ok(events),
            Ok(read) => {
                if read.context("a follower was cut off")? == 0 {
                    bail!("a follower was cut off");
                }
            }
        }
        events += got.windows(MARK.len()).filter(|part| *part == MARK).count() as u64;
        // A mark that is cut in two is found when its rest has come.
        let kept = got.len().saturating_sub(MARK.len() - 1);
        got.drain(..kept);
    }
}

/// What all followers were sent.
async fn followed(followers: &mut JoinSet<Result<u64>>, added: u64) -> Result<u64> {
    let mut sum = 0;
    while let Some(events) = followers.join_next().await {
        sum += events.context("a follower stopped in the middle")??;
    }
    if sum != added * FOLLOWERS as u64 {
        bail!("{FOLLOWERS} followers were sent {sum} events of {added} entries");
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_that_grows_is_told_by_its_slope() {
        // 20 looks, one each half minute: 100 MiB, then 10 KiB more at each look of the second half.
        let looks: Vec<(f64, u64)> = (0..20_u32)
            .map(|nth| (f64::from(nth) / 2.0, 102_400 + 10 * u64::from(nth.max(10) - 10)))
            .collect();
        let memory = memory(&looks, Duration::from_secs(600), 7, 112).expect("looks");
        assert_eq!(
            (memory.first_kib, memory.last_kib, memory.most_kib),
            (102_400, 102_490, 102_490)
        );
        assert!((memory.slope_kib - 20.0).abs() < 1e-6, "{}", memory.slope_kib);
    }

    #[test]
    fn a_server_that_nobody_looked_at_has_no_figures() {
        assert!(memory(&[], Duration::ZERO, 0, 0).is_err());
    }
}
