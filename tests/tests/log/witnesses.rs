//! Witnesses as processes of their own: what they cosign, what they refuse, and what they remember when they are killed.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use minhbach_tests::{Ask, DataFolder, Server, actor, forget_what_was_signed, receipt, rewrite, swap};
use serde_json::Value;

use super::reading::both;
use super::{ledger, signed, text, vkey};

/// A port that is free now.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

struct Watched {
    folder: DataFolder,
    witness: DataFolder,
    address: String,
    policy: tempfile::NamedTempFile,
}

impl Watched {
    fn new() -> Watched {
        Watched {
            folder: ledger(10),
            witness: DataFolder::absent(),
            address: free_port(),
            policy: tempfile::NamedTempFile::new().expect("a file"),
        }
    }

    /// The witness, and its key in the log's policy.
    fn watch(&self) -> Server {
        let key = vkey(&self.folder);
        let arguments = [
            "--name",
            "nhan-chung.example/w1",
            "--watch",
            &key,
            "--listen",
            &self.address,
        ];
        let server = Server::witness(&self.witness, &arguments);
        let key = self.witness_key(&server);
        let policy = format!("witness w1 {key} {}\nquorum w1\n", server.url);
        fs::write(self.policy.path(), policy).expect("written");
        server
    }

    fn witness_key(&self, server: &Server) -> String {
        let said = server.get("/").is(200);
        let words = said.text().split_whitespace();
        let key = words
            .map(|word| word.trim_end_matches(['.', ',']))
            .find(|word| word.starts_with("nhan-chung.example/w1+"));
        key.expect("it says its key").to_owned()
    }

    fn serve(&self, folder: &DataFolder, fail: &str) -> Server {
        let policy = self.policy.path().to_str().expect("a path");
        let arguments = ["--policy", policy, "--fail", fail, "--requests-per-second", "0"];
        Server::start_with(folder, &arguments)
    }
}

/// The witness as the server's status says, once it satisfies.
#[track_caller]
fn witness(server: &Server, satisfies: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let status = server.get("/v1/status").is(200).json();
        let witness = status["witnesses"][0].clone();
        if satisfies(&witness) {
            return witness;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{status}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn shown(server: &Server) -> u64 {
    let note = server.get("/log/checkpoint");
    if note.status != 200 {
        return 0;
    }
    note.text()
        .lines()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .expect("a size")
}

/// Waits until that is shown.
#[track_caller]
fn shows(server: &Server, size: u64) {
    let begin = Instant::now();
    while shown(server) != size {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "{} shown, not {size}",
            shown(server)
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_witness_cosigns_what_continues_and_is_told_of_in_the_status() {
    let watched = Watched::new();
    let seeing = watched.watch();
    let server = watched.serve(&watched.folder, "closed");
    let seen = witness(&server, |seen| seen["size"] == 13);
    assert_eq!(seen["name"], "w1");
    assert!(seen["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{seen}");
    shows(&server, 13);
    let note = server.get("/log/checkpoint").is(200).text().to_owned();
    assert!(note.contains("— nhan-chung.example/w1 "), "{note}");
    let key = watched.witness_key(&seeing);
    let run = both(0, &[&server.url, "--witness", &key]);
    assert!(run.out.contains("nhan-chung.example/w1"), "{}", run.out);
    // Killed in the middle of growing, it remembers when it is back.
    let token = actor(&watched.folder, "ke-toan", &["recorder"], None);
    let mut seeing = Some(seeing);
    for round in 0..3_u64 {
        for nth in 0..10 {
            let ask = Ask::propose(&token, &receipt(1_000 * (round + 1) + nth));
            server.ask(&ask).is(201);
            if nth == 5 {
                seeing.take().expect("it runs").kill();
            }
        }
        let before = shown(&server);
        std::thread::sleep(Duration::from_millis(1_500));
        assert!(
            shown(&server) < 13 + 10 * (round + 1),
            "closed: nobody is shown what nobody saw"
        );
        assert!(before <= shown(&server));
        seeing = Some(watched.watch());
        witness(&server, |seen| seen["size"] == 13 + 10 * (round + 1));
        shows(&server, 13 + 10 * (round + 1));
    }
    server.terminate();
    watched.folder.run(["verify", "--witness", &key]).ok();
}

#[test]
fn a_witness_refuses_a_history_that_was_rewritten_and_a_log_stands_still_or_goes_on_as_told() {
    let watched = Watched::new();
    let seeing = watched.watch();
    let server = watched.serve(&watched.folder, "closed");
    witness(&server, |seen| seen["size"] == 13);
    server.terminate();
    let other = watched.folder.copy();
    rewrite(other.path(), |entries| swap(entries, 8, 9));
    forget_what_was_signed(other.path());
    other.record_all(&[receipt(1)]);
    let server = watched.serve(&other, "closed");
    let seen = witness(&server, |seen| seen["trouble"].is_string());
    assert_eq!(seen["trouble"], "disagrees", "{seen}");
    assert_eq!(shown(&server), 0, "what no witness saw is not shown");
    server.terminate();
    let server = watched.serve(&other, "open");
    signed(&server, 14);
    assert_eq!(shown(&server), 14);
    let seen = witness(&server, |seen| seen["trouble"].is_string());
    assert!(seen.get("size").is_none(), "{seen}");
    // A shorter one is refused too: the witness saw more.
    let shorter = watched.folder.copy();
    rewrite(shorter.path(), |entries| entries.truncate(12));
    forget_what_was_signed(shorter.path());
    shorter.run(["record", "-"]).ok();
    let server = watched.serve(&shorter, "open");
    let seen = witness(&server, |seen| seen["trouble"].is_string());
    assert_eq!(seen["trouble"], "ahead", "{seen}");
    drop(seeing);
}

#[test]
fn what_is_said_wrong_at_the_start_is_told() {
    let watched = Watched::new();
    let run = watched
        .witness
        .run(["witness", "--watch", &vkey(&watched.folder)]);
    run.fails_clearly(2, &["--name"]);
    let run = watched
        .witness
        .run(["witness", "--name", "nhan-chung.example/w1"]);
    run.fails_clearly(2, &["--watch"]);
    for (policy, says) in [
        ("witness w1 x http://127.0.0.1:1\nquorum w1\n", "1"),
        ("quorum none\n", "witness"),
        ("\n\nnothing\n", "3"),
    ] {
        fs::write(watched.policy.path(), policy).expect("written");
        let path = text(watched.policy.path());
        let run = watched
            .folder
            .run(["serve", "--listen", "127.0.0.1:0", "--policy", path]);
        run.fails_clearly(2, &[path, says]);
    }
}
