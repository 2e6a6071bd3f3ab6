//! `wrk`: as many requests as a few connections take, one after another on each.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Threads of the client; the machine that the figures were set for has two cores, shared with the server.
const THREADS: &str = "2";
/// An answer that takes longer is a fault. Below it, slow answers count as what they are.
const TIMEOUT: &str = "30s";

/// What it saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Answers.
    pub requests: u64,
    /// Answers in a second.
    pub rate: f64,
}

/// Whether it can be run.
///
/// # Errors
///
/// It is not installed; the sentence says how it is.
pub fn installed() -> Result<()> {
    let asked = Command::new("wrk")
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // It ends with 1 where it only tells its version.
    asked
        .map(drop)
        .context("`wrk` is not installed: `apt-get install wrk`")
}

/// Runs it over so many connections for so many seconds.
///
/// # Errors
///
/// It does not run, or an answer was missing or was no success: such a figure would mean nothing.
pub fn run(
    address: SocketAddr,
    path: &str,
    connections: usize,
    seconds: u64,
    script: &Path,
    arguments: &[String],
) -> Result<Seen> {
    let output = Command::new("wrk")
        .args(["-t", THREADS, "-c", &connections.to_string()])
        .args(["-d", &format!("{seconds}s"), "--timeout", TIMEOUT, "-s"])
        .arg(script)
        .arg(format!("http://{address}{path}"))
        .arg("--")
        .args(arguments)
        .output()
        .context("starting wrk")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("wrk failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    read(&said).with_context(|| format!("wrk said: {}", said.trim()))
}

fn read(said: &str) -> Result<Seen> {
    let lines = || said.lines().map(str::trim);
    for fault in ["Socket errors:", "Non-2xx or 3xx responses:"] {
        if let Some(line) = lines().find(|line| line.starts_with(fault)) {
            bail!("not every request was answered well: {line}");
        }
    }
    let requests = lines().find_map(|line| line.split_once(" requests in ")?.0.parse().ok());
    let rate = lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    Ok(Seen {
        requests: requests.context("it does not say how many requests it made")?,
        rate: rate.context("it does not say how many a second")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Running 5s test @ http://127.0.0.1:1/\n  2 threads and 32 connections\n  \
        103045 requests in 5.01s, 15.92MB read\nRequests/sec:  20567.84\nTransfer/sec:      3.18MB\n";

    #[test]
    fn its_figures_are_read() {
        let seen = read(SAID).expect("figures");
        assert_eq!((seen.requests, seen.rate), (103_045, 20_567.84));
    }

    #[test]
    fn a_refused_request_spoils_the_figure() {
        for fault in [
            "Non-2xx or 3xx responses: 7",
            "Socket errors: connect 0, read 3, write 0, timeout 0",
        ] {
            assert!(read(&format!("{SAID}  {fault}\n")).is_err(), "{fault}");
        }
        assert!(read("Running 5s test").is_err());
    }
}
