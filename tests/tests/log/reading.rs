//! What is served and handed on, read by us and by code that shares nothing with ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use minhbach_tests::{
    Ask, DataFolder, ORIGIN, Run, Server, actor, allocation, confirmation, delivery, receipt, run,
    workspace_root,
};
use serde_json::Value;

use super::{command, ledger, signed, text, vkey};

/// The other verifier, with a Python that can run it; none where there is none, which is said once.
pub fn stranger(arguments: &[&str]) -> Option<Run> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| {
        minhbach_tests::python(
            "blake3,cryptography",
            "the log by another's code (docs/verify.py)",
        )
    });
    let mut command = Command::new(python.as_deref()?);
    let command = command
        .arg(workspace_root().join("docs/verify.py"))
        .args(arguments);
    Some(run(command.args(["--lang", "en"])))
}

/// Both verifiers say the same.
#[track_caller]
pub fn both(code: i32, arguments: &[&str]) -> Run {
    if let Some(theirs) = stranger(arguments) {
        theirs.exits(code);
    }
    let ours: Vec<&str> = ["verify"].into_iter().chain(arguments.iter().copied()).collect();
    command(&ours).exits(code)
}

#[test]
fn an_auditor_with_only_python_verifies_what_our_server_serves() {
    let folder = ledger(600);
    let server = Server::start(&folder);
    signed(&server, 603);
    let key = vkey(&folder);
    both(0, &[&server.url]);
    let run = both(0, &[&server.url, "--key", &key]);
    assert!(run.out.contains("603") && run.out.contains(&key), "{}", run.out);
    both(0, &[&format!("{}/log", server.url), "--key", &key]);
    let other = vkey(&ledger(1));
    both(1, &[&server.url, "--key", &other]);
    // While it grows too.
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    for nth in 0..300 {
        let ask = Ask::propose(&token, &receipt(200_000 + nth));
        server.ask(&ask).is(201);
    }
    signed(&server, 903);
    both(0, &[&server.url, "--key", &key]);
    server.terminate();
    both(2, &["http://127.0.0.1:9"]);
}

#[test]
fn the_log_has_the_headers_and_paths_of_its_specification() {
    let folder = ledger(254);
    let server = Server::start(&folder);
    signed(&server, 257);
    let checkpoint = server.get("/log/checkpoint").is(200);
    assert_eq!(
        checkpoint.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(checkpoint.header("cache-control"), Some("public, max-age=1"));
    assert!(checkpoint.text().starts_with(&format!("{ORIGIN}\n257\n")));
    assert_eq!(server.get("/log/vkey").is(200).text().trim(), vkey(&folder));
    for (path, bytes) in [
        ("0/000", Some(8_192)),
        ("0/000.p/255", Some(255 * 32)),
        ("0/001.p/1", Some(32)),
        ("1/000.p/1", Some(32)),
        ("entries/000", None),
        ("entries/001.p/1", None),
    ] {
        let tile = server.get(&format!("/log/tile/{path}")).is(200);
        assert_eq!(
            tile.header("content-type"),
            Some("application/octet-stream"),
            "{path}"
        );
        let control = tile.header("cache-control").unwrap_or_default();
        assert!(control.contains("immutable"), "{path}: {control}");
        if let Some(bytes) = bytes {
            assert_eq!(tile.body.len(), bytes, "{path}");
        }
    }
    for path in [
        "0/001.p/2",
        "0/001",
        "1/000.p/2",
        "2/000.p/1",
        "0/000.p/0",
        "0/000.p/256",
        "0/00",
        "00/000",
        "64/000",
    ] {
        server.get(&format!("/log/tile/{path}")).problem(404, "not_found");
    }
    let bundle = Ask::get("/log/tile/entries/000").with("Accept-Encoding", "gzip");
    let bundle = server.ask(&bundle).is(200);
    assert_eq!(bundle.header("content-encoding"), Some("gzip"));
}

#[test]
fn an_entry_s_proof_is_checked_by_both_and_by_nobody_when_it_was_touched() {
    let folder = ledger(300);
    let server = Server::start(&folder);
    signed(&server, 303);
    let dir = tempfile::tempdir().expect("a folder");
    let key = vkey(&folder);
    for seq in [0_usize, 1, 255, 256, 302] {
        let served = server.get(&format!("/v1/entries/{seq}/proof")).is(200);
        let proof = folder.run(["prove", &seq.to_string()]).ok().out;
        assert_eq!(served.text(), proof, "one log, one proof");
        let remote = command(&["prove", &seq.to_string(), "--server", &server.url]).ok();
        assert_eq!(remote.out, proof);
        let path = dir.path().join(format!("{seq}.tlog-proof"));
        fs::write(&path, &proof).expect("written");
        both(0, &[text(&path), "--key", &key]);
        // Each line of it changed by a character, and a line left out.
        for (nth, line) in proof.lines().enumerate().skip(1) {
            let mut lines: Vec<String> = proof.lines().map(str::to_owned).collect();
            if line.is_empty() {
                continue;
            }
            // Not its last characters, of which base64 has some that say nothing.
            let at = line.len().saturating_sub(4);
            let other = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
            lines[nth].replace_range(at..=at, other);
            fs::write(&path, lines.join("\n") + "\n").expect("written");
            let ours = command(&["verify", text(&path), "--key", &key]);
            assert_eq!(ours.code, Some(1), "line {nth} of {proof}\n{ours:?}");
            if let Some(theirs) = stranger(&[text(&path), "--key", &key]) {
                theirs.exits(1);
            }
        }
    }
    server.get("/v1/entries/303/proof").problem(404, "not_found");
    folder.run(["prove", "303"]).exits(1);
    let path = dir.path().join("0.tlog-proof");
    fs::write(&path, folder.run(["prove", "0"]).ok().out).expect("written");
    let run = command(&["verify", text(&path)]).exits(2);
    assert!(run.err.contains("--key"), "{}", run.err);
    command(&["verify", text(&path), "--key", &vkey(&ledger(1))]).exits(1);
}

/// A gift of the pool that reached a school.
fn delivered() -> DataFolder {
    let folder = DataFolder::prepared();
    folder.record_all(&[
        serde_json::json!({"receipt": "RC-MOT-KHOAN", "type": "receipt.issued", "fund": minhbach_tests::FUND,
            "pool": minhbach_tests::POOL, "source": "social_domestic", "item": "VND", "quantity": "2000000",
            "received_on": "2024-09-10", "display": "anonymous", "channel": "bank"}),
        allocation("AL-MOT", 1_500_000),
        delivery("DL-MOT", "AL-MOT", 1_500_000),
        confirmation("DL-MOT", 1_500_000),
    ]);
    folder
}

#[test]
fn a_gift_s_whole_trail_is_one_file_that_both_check_and_that_says_what_it_proves() {
    let folder = delivered();
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("RC-MOT-KHOAN.trail.json");
    let bundle = folder.run(["prove", "RC-MOT-KHOAN"]).ok().out;
    fs::write(&path, &bundle).expect("written");
    let key = vkey(&folder);
    let run = both(0, &[text(&path), "--key", &key]);
    // The story is told as `trail` tells it, and then what it is worth.
    for word in ["1.500.000", "DL-MOT", "Không chứng tỏ"] {
        let said = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(word), "{word}: {}", run.out);
    }
    assert!(run.out.contains(ORIGIN), "{}", run.out);
    both(0, &[text(&path)]);
    let document: Value = serde_json::from_str(&bundle).expect("JSON");
    let types: Vec<String> = document["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| {
            let entry: Value = serde_json::from_str(entry["entry"].as_str().expect("text")).expect("JSON");
            entry["event"]["type"].as_str().expect("a type").to_owned()
        })
        .collect();
    for kind in [
        "ledger.opened",
        "receipt.issued",
        "allocation.made",
        "delivery.made",
        "delivery.confirmed",
        "pool.opened",
        "party.registered",
        "place.registered",
    ] {
        assert!(types.iter().any(|found| found == kind), "{kind} of {types:?}");
    }
    let server = Server::start(&folder);
    signed(&server, folder.journal().size() as u64);
    let served = server.get("/v1/trails/RC-MOT-KHOAN/proof").is(200);
    assert_eq!(served.text(), bundle);
    assert_eq!(
        served.header("content-disposition"),
        Some("attachment; filename=\"RC-MOT-KHOAN.trail.json\"")
    );
    server
        .get("/v1/trails/RC-KHONG-CO/proof")
        .problem(404, "not_found");
    drop(server);
    folder.run(["prove", "RC-KHONG-CO"]).exits(1);
    // Whatever is touched, it is refused.
    type Touch = fn(&mut Value);
    let touches: [(&str, Touch); 9] = [
        ("entry", |file| {
            let entry = file["entries"][3]["entry"]
                .as_str()
                .expect("text")
                .replace("\"at\":\"2", "\"at\":\"3");
            file["entries"][3]["entry"] = entry.into();
        }),
        ("amount", |file| {
            for entry in file["entries"].as_array_mut().expect("entries") {
                let text = entry["entry"]
                    .as_str()
                    .expect("text")
                    .replace("1500000", "9500000");
                entry["entry"] = text.into();
            }
        }),
        ("order", |file| {
            file["entries"].as_array_mut().expect("entries").swap(1, 2)
        }),
        ("proof", |file| {
            file["entries"][2]["proof"]
                .as_array_mut()
                .expect("hashes")
                .reverse();
        }),
        ("index", |file| file["entries"][2]["index"] = 1_000.into()),
        ("checkpoint", |file| {
            let note = file["checkpoint"].as_str().expect("text").replacen('=', "A", 1);
            file["checkpoint"] = note.into();
        }),
        ("code", |file| file["code"] = "RC-CUA-AI".into()),
        ("trail", |file| {
            for node in file["trail"]["nodes"].as_array_mut().expect("nodes") {
                if node["code"] == "RC-MOT-KHOAN" {
                    node["quantity"] = "9000000".into();
                }
            }
        }),
        ("member", |file| file["more"] = 1.into()),
    ];
    // What a trail says beyond its entries is no proof, and is still held to what can be.
    let lies: [(&str, Touch); 6] = [
        ("about a place", |file| {
            file["code"] = minhbach_tests::PLACE.into();
            file.as_object_mut().expect("an object").remove("trail");
        }),
        ("children", |file| {
            file["trail"]["reached"][0]["child_deliveries"] = 5_000.into()
        }),
        ("share", |file| {
            file["trail"]["reached"][0]["share"] = "7/1".into()
        }),
        ("nothing of it", |file| {
            file["trail"]["reached"][0]["share"] = "5/0".into()
        }),
        ("place", |file| {
            file["trail"]["reached"][0]["place"] = "xa-khong-co".into()
        }),
        ("delivery", |file| {
            file["trail"]["reached"][0]["delivery"] = "DL-KHONG-CO".into()
        }),
    ];
    let by_both = touches.map(|(what, touch)| (what, touch, true));
    // The other verifier does not read what it cannot check.
    let by_ours = lies.map(|(what, touch)| (what, touch, false));
    for (what, touch, both) in by_both.into_iter().chain(by_ours) {
        let mut file = document.clone();
        touch(&mut file);
        assert_ne!(file, document, "{what}");
        fs::write(&path, file.to_string()).expect("written");
        let ours = command(&["verify", text(&path), "--key", &key]);
        assert_eq!(ours.code, Some(1), "{what}: {ours:?}");
        if let Some(theirs) = stranger(&[text(&path), "--key", &key]).filter(|_| both) {
            theirs.exits(1);
        }
    }
    fs::write(&path, &bundle[..bundle.len() / 2]).expect("written");
    command(&["verify", text(&path), "--key", &key]).exits(1);
}

#[test]
fn a_log_as_files_is_the_same_log_and_grows() {
    let folder = ledger(700);
    let dir = tempfile::tempdir().expect("a folder");
    let tiles = dir.path().join("tiles");
    folder.run(["export", "tiles", text(&tiles)]).ok();
    let key = vkey(&folder);
    both(0, &[text(&tiles), "--key", &key]);
    folder.record_all(&(0..200).map(receipt_of).collect::<Vec<_>>());
    let run = folder
        .run(["export", "tiles", text(&tiles), "--format", "json"])
        .ok()
        .json();
    assert_eq!(run["checkpoint"]["size"], 903);
    // Two bundles and two tiles of hashes were full before.
    assert_eq!(run["kept"], 4);
    both(0, &[text(&tiles), "--key", &key]);
    let mirror = dir.path().join("mirror");
    command(&["mirror", text(&tiles), text(&mirror), "--key", &key, "--once"]).ok();
    both(0, &[text(&mirror), "--key", &key]);
    // A smaller log, or another's, does not take its place.
    let run = ledger(5).run(["export", "tiles", text(&tiles)]);
    assert_eq!(run.code, Some(2), "{run:?}");
    both(0, &[text(&tiles), "--key", &key]);
}

fn receipt_of(nth: u64) -> Value {
    receipt(500_000 + nth)
}

#[test]
fn a_mirror_follows_resumes_and_answers() {
    let folder = ledger(300);
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    signed(&server, 303);
    let dir = tempfile::tempdir().expect("a folder");
    let mirror = DataFolder::at(dir.path().join("mirror"));
    let at = text(mirror.path());
    let run = command(&["mirror", &server.url, at, "--once"]).ok();
    assert!(
        run.err.contains(&vkey(&folder)),
        "the key is believed, and said: {}",
        run.err
    );
    for round in 0..4_u64 {
        for nth in 0..40 {
            let ask = Ask::propose(&token, &receipt(1_000 * (round + 1) + nth));
            server.ask(&ask).is(201);
        }
        signed(&server, 303 + 40 * (round + 1));
        if round == 1 {
            // Killed in the middle, whatever it is doing.
            let mut child = Command::new(minhbach_tests::minhbach())
                .args(["mirror", &server.url, at])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("it runs");
            std::thread::sleep(std::time::Duration::from_millis(30));
            child.kill().expect("killed");
            child.wait().expect("ended");
        }
        command(&["mirror", &server.url, at, "--once"]).ok();
        assert_eq!(mirror.journal().size() as u64, 303 + 40 * (round + 1));
    }
    assert_eq!(mirror.journal().bytes, folder.journal().bytes);
    both(0, &[at, "--key", &vkey(&folder)]);
    // A mirror can be asked, and not written.
    mirror.run(["balances"]).ok();
    mirror.record(&[receipt(1)]).fails_clearly(2, &[at]);
    let proof = mirror.run(["prove", "7"]).ok().out;
    assert_eq!(proof, server.get("/v1/entries/7/proof").is(200).text());
    let run = command(&["mirror", &server.url, at, "--once", "--key", &vkey(&ledger(1))]);
    assert_eq!(run.code, Some(1), "another log's key: {run:?}");
    assert!(Path::new(at).join("log/mirror").exists());
}
