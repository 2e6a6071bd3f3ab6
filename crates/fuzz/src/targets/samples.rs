//! Good inputs that the workspace has anyway, or that can be made: what is changed into others.

use std::fs;
use std::io;
use std::path::PathBuf;

use minhbach_exchange::sample::Sample;
use minhbach_tlog::{AddCheckpoint, ProofFile, consistency_proof};
use serde_json::{Value, json};

use super::bundles::of_transactions;
use super::signed_log::{SignedLog, log_key, witness_key};
use crate::kept::{files, root};

/// The samples of a target; none where its corpus is enough.
pub fn of(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let texts = |texts: Vec<String>| texts.into_iter().map(String::into_bytes).collect();
    Ok(match target {
        "entry" => [entries(), refused_entries()?].concat(),
        "proposal" => [
            proposals(),
            lines(&["docs/tour", "docs/maps/relief-chain-2020"], "ndjson")?,
        ]
        .concat(),
        "journal" => journals(),
        "journal-append" => vec![with_mode(6, &joined(&entries()[..9]))],
        "fields" => lines(&["docs/maps/vi-du"], "csv")?,
        "statement" => vec![statement(0)?, statement(1)?, statement(40)?],
        "table" => whole(&["docs/maps/vi-du"], "csv")?,
        "map" => whole(&["docs/maps/vi-du", "docs/maps/relief-chain-2020"], "toml")?,
        "mapped-table" => vec![mapped()?],
        "plan" => {
            let mut plans = whole(&["crates/programmes/data"], "toml")?;
            plans.retain(|plan| plan.len() < 8_000);
            plans
        }
        "note" => [notes(), texts(proof_files()), vec![bundle()]].concat(),
        "checkpoint" => {
            let log = SignedLog::of_vectors();
            texts(vec![
                log.checkpoint(log.size()).to_string(),
                log.checkpoint(1).to_string(),
            ])
        }
        "proof-file" => texts(proof_files()),
        "add-checkpoint" => texts(requests()),
        "key" => texts(keys()),
        "policy" => texts(policies()),
        "proofs" => vec![[7_u64.to_be_bytes(), 300_u64.to_be_bytes()].concat()],
        "entry-bundle" => {
            let log = SignedLog::of_vectors();
            vec![[&[95], &log.file("tile/entries/000.p/95").unwrap_or_default()[..]].concat()]
        }
        "trail-bundle" => vec![bundle()],
        "trail" => texts(vec![trail().to_string()]),
        "remote-tree" => exchanged(
            SignedLog::long(),
            &["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "checkpoint"],
        ),
        "mirror" => exchanged(
            SignedLog::of_vectors(),
            &["tile/0/000.p/95", "tile/entries/000.p/95", "checkpoint"],
        ),
        "mirror-mark" => texts(vec![
            json!({ "url": "https://so.example/log", "vkey": log_key().public().to_string() }).to_string(),
            String::from_utf8_lossy(&joined(&entries()[..3])).into_owned(),
        ]),
        _ => Vec::new(),
    })
}

fn workspace(path: &str) -> PathBuf {
    root().join("../..").join(path)
}

/// The files of some folders with that ending.
fn whole(folders: &[&str], ending: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for folder in folders {
        for path in files(&workspace(folder))? {
            if path.extension().is_some_and(|extension| extension == ending) {
                found.push(fs::read(path)?);
            }
        }
    }
    Ok(found)
}

/// The lines of those files.
fn lines(folders: &[&str], ending: &str) -> io::Result<Vec<Vec<u8>>> {
    let files = whole(folders, ending)?;
    let lines = files.iter().flat_map(|file| file.split(|byte| *byte == b'\n'));
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect())
}

fn entries() -> Vec<Vec<u8>> {
    SignedLog::of_vectors().entries.clone()
}

/// The entries that the vectors refuse, each for one reason.
fn refused_entries() -> io::Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(workspace("events/vectors/refused.ndjson"))?;
    let entry = |line: &str| {
        serde_json::from_str::<Value>(line).ok()?["entry"]
            .as_str()
            .map(|entry| entry.as_bytes().to_vec())
    };
    Ok(text.lines().filter_map(entry).collect())
}

/// The vectors' events as somebody would propose them.
fn proposals() -> Vec<Vec<u8>> {
    let proposal = |entry: Vec<u8>| {
        let mut entry: Value = serde_json::from_slice(&entry).ok()?;
        let key = entry.get("key").cloned();
        let event = entry.get_mut("event")?.as_object_mut()?;
        event.remove("v");
        event.remove("serial");
        event.extend(key.map(|key| ("key".to_owned(), key)));
        Some(Value::Object(event.clone()).to_string().into_bytes())
    };
    entries().into_iter().filter_map(proposal).collect()
}

fn joined(entries: &[Vec<u8>]) -> Vec<u8> {
    entries
        .iter()
        .flat_map(|entry| [entry, &b"\n"[..]].concat())
        .collect()
}

fn with_mode(mode: u8, bytes: &[u8]) -> Vec<u8> {
    [&[mode], bytes].concat()
}

fn journals() -> Vec<Vec<u8>> {
    let entries = entries();
    let two_files = [&joined(&entries[..3])[..], b"\x1d", &joined(&entries[3..6])].concat();
    let torn = [&joined(&entries[..2])[..], &entries[2][..40]].concat();
    let lines: Vec<u8> = entries[..4]
        .iter()
        .flat_map(|entry| {
            format!(
                "{} {}\n",
                blake3::hash(entry).to_hex(),
                String::from_utf8_lossy(entry)
            )
            .into_bytes()
        })
        .collect();
    vec![
        with_mode(7, &joined(&entries[..8])),
        with_mode(1, &joined(&entries[..4])),
        with_mode(7, &two_files),
        with_mode(7, &torn),
        with_mode(0, &lines),
    ]
}

fn statement(lines: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Sample { lines, seed: 7 }.write(&mut bytes)?;
    Ok(bytes)
}

fn mapped() -> io::Result<Vec<u8>> {
    let map = fs::read(workspace("docs/maps/vi-du/so-thu-2024.toml"))?;
    let table = fs::read(workspace("docs/maps/vi-du/so-thu-2024.csv"))?;
    Ok([&map[..], b"\n====\n", &table].concat())
}

fn notes() -> Vec<Vec<u8>> {
    let log = SignedLog::of_vectors();
    [1, 2, 7, log.size()]
        .map(|size| log.note(size).to_string().into_bytes())
        .to_vec()
}

fn proof_files() -> Vec<String> {
    let log = SignedLog::of_vectors();
    let file = |(index, extra): (u64, Option<&[u8]>)| {
        let file = ProofFile {
            extra: extra.map(<[u8]>::to_vec),
            index,
            hashes: log.proof(index),
            note: log.note(log.size()),
        };
        file.to_string()
    };
    [
        (0, None),
        (3, Some(&b"receipt RC-1"[..])),
        (log.size() - 1, Some(&b""[..])),
    ]
    .map(file)
    .to_vec()
}

fn requests() -> Vec<String> {
    let log = SignedLog::of_vectors();
    let request = |(old, size): (u64, u64)| {
        let Ok(proof) = consistency_proof(log, old, size);
        AddCheckpoint::new(old, proof?, log.note(size))
            .ok()
            .map(|request| request.to_string())
    };
    [(0, 8), (7, log.size()), (8, log.size()), (3, 3)]
        .into_iter()
        .filter_map(request)
        .collect()
}

fn keys() -> Vec<String> {
    let keys = [log_key(), witness_key()];
    keys.iter()
        .flat_map(|key| [key.public().to_string(), key.to_secret_text()])
        .collect()
}

fn policies() -> Vec<String> {
    let (log, witness) = (log_key().public(), witness_key().public());
    vec![
        format!(
            "log {log} https://so.example/log\nwitness w1 {witness} https://witness.example/\ngroup all all w1\nquorum all\n"
        ),
        format!("# none is asked\nlog {log}\nquorum none\n"),
        format!("witness w1 {witness}\ngroup g 1 w1\ngroup h any g\nquorum h\n"),
    ]
}

fn bundle() -> Vec<u8> {
    let mut bundle = of_transactions().clone();
    bundle.entries.truncate(3);
    bundle.to_json().unwrap_or_default().into_bytes()
}

/// A trail that says of every transaction what its entry says.
fn trail() -> Value {
    let names = [
        "receipt",
        "pool",
        "purchase",
        "transfer",
        "allocation",
        "delivery",
        "refund",
        "expense",
        "donation",
        "new_lot",
    ];
    let days = [
        "received_on",
        "purchased_on",
        "transferred_on",
        "decided_on",
        "delivered_on",
        "returned_on",
        "paid_on",
        "pledged_on",
    ];
    let nodes: Vec<Value> = of_transactions()
        .entries
        .iter()
        .filter_map(|bundled| {
            let entry: Value = serde_json::from_str(&bundled.entry).ok()?;
            let event = entry["event"].as_object()?;
            let kind = event["type"].as_str()?.split('.').next()?.to_owned();
            let own = names
                .iter()
                .find(|name| kind.starts_with(**name))
                .or(names.last())?;
            let day = days.iter().find_map(|day| event.get(*day));
            let mut node = json!({ "code": event.get(*own)?, "kind": kind, "seq": bundled.index });
            node["on"] = day
                .cloned()
                .unwrap_or_else(|| entry["at"].as_str().unwrap_or_default()[..10].into());
            for field in ["item", "quantity", "place", "category"] {
                if let Some(value) = event.get(field) {
                    node[field] = value.clone();
                }
            }
            Some(node)
        })
        .collect();
    let code = nodes[0]["code"].clone();
    let edges = json!([{ "from": code, "to": nodes[1]["code"], "share": "1/3" }]);
    json!({
        "code": code, "kind": "receipt", "as_of": { "size": SignedLog::of_vectors().size(), "head": "ab" },
        "nodes": nodes, "edges": edges, "reached": [],
    })
}

/// Files of a log as they are, and with a byte of them changed.
fn exchanged(log: &SignedLog, paths: &[&str]) -> Vec<Vec<u8>> {
    let file = |path: &str| log.file(path).unwrap_or_default();
    let mut inputs: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| [path.as_bytes(), b"\n", &file(path)].concat())
        .collect();
    inputs.extend(
        paths
            .iter()
            .map(|path| [path.as_bytes(), b"~\n\x00\x20x"].concat()),
    );
    inputs.push(b"none\n".to_vec());
    inputs
}
