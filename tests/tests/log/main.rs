//! The ledger as a log that strangers check: what is signed and served, what is proved, and every way to lie about it.

mod attacks;
mod auditor;
mod folder;
mod reading;
mod strangers;
mod witnesses;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use minhbach_tests::{DataFolder, Run, Server, fund, minhbach, pool, receipt, run};
use serde_json::Value;

/// A ledger with `count` gifts, all of it signed.
fn ledger(count: usize) -> DataFolder {
    let folder = DataFolder::bare();
    let mut proposals = vec![fund(), pool()];
    proposals.extend((0..count).map(|nth| receipt(10_000 + nth as u64)));
    folder.record_all(&proposals);
    folder
}

/// A command of the binary that needs no data folder.
fn command(arguments: &[&str]) -> Run {
    run(Command::new(minhbach())
        .args(arguments)
        .env_remove("MINHBACH_DATA")
        .env_remove("MINHBACH_SERVER")
        .env_remove("MINHBACH_LANG"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in text")
}

/// The log's public key as the folder says it.
fn vkey(folder: &DataFolder) -> String {
    let line = std::fs::read_to_string(folder.path().join("log/vkey")).expect("a key");
    line.trim().to_owned()
}

/// The status of a server once its checkpoint covers so many entries.
#[track_caller]
fn signed(server: &Server, size: u64) -> Value {
    let begin = Instant::now();
    loop {
        let status = server.get("/v1/status").is(200).json();
        if status["checkpoint"]["size"].as_u64() >= Some(size) {
            return status;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "not signed: {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
