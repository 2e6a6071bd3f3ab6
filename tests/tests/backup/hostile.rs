//! Archives that somebody made to do harm: with sums that are right, and members that no backup has.

use std::fs;
use std::path::Path;

use minhbach_tests::{DataFolder, hash};
use serde_json::Value;

use super::tar::{Header, Member, append, archive, members, time_of};
use super::{backed_up, ledger, restore, room, text};

struct Forge {
    room: tempfile::TempDir,
    members: Vec<Member>,
    time: u64,
}

impl Forge {
    fn new() -> Forge {
        let room = room();
        let bytes = fs::read(backed_up(&ledger(6), &room, "a.tar")).expect("read");
        let forge = Forge {
            room,
            members: members(&bytes),
            time: time_of(&bytes),
        };
        // What the forge puts together by itself is what was made.
        assert_eq!(archive(&forge.members, forge.time), bytes);
        forge
    }

    /// The same with other members, and sums that are right.
    fn with(&self, change: impl FnOnce(&mut Vec<Member>)) -> Vec<u8> {
        let mut members = self.members.clone();
        change(&mut members);
        archive(&members, self.time)
    }

    #[track_caller]
    fn refused(&self, bytes: &[u8], what: &str) {
        let file = self.room.path().join("forged.tar");
        fs::write(&file, bytes).expect("written");
        let above = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::at(above.path().join("deep/down/data"));
        fs::create_dir_all(above.path().join("deep/down")).expect("made");
        let run = folder.run(["restore", text(&file)]);
        assert_eq!(run.code, Some(2), "{what}: {run:?}");
        run.fails_clearly(2, &[]);
        let mut all = Vec::new();
        list(above.path(), &mut all);
        assert_eq!(all.len(), 2, "{what}: nothing was made outside: {all:?}");
        assert!(!Path::new("/tmp/minhbach-evil").exists());
    }
}

fn list(folder: &Path, all: &mut Vec<String>) {
    for item in fs::read_dir(folder).expect("listed") {
        let item = item.expect("an item");
        all.push(text(&item.path()).to_owned());
        if item.file_type().expect("a type").is_dir() {
            list(&item.path(), all);
        }
    }
}

fn of(name: &str, bytes: &[u8]) -> Member {
    Member {
        at: 0,
        name: name.to_owned(),
        bytes: bytes.to_vec(),
        mode: 0o644,
    }
}

#[test]
fn names_lead_nowhere_else() {
    let forge = Forge::new();
    for name in [
        "../evil",
        "journal/../../evil",
        "/tmp/minhbach-evil",
        "log/../../../evil",
        "private/log-key",
        "private/x",
        "lock",
        "projections/db",
        "log/tree/level-0",
        "log/alarm-1/why",
        "log/",
        "journal",
        "journal/x.log",
        "journal/1.log",
        "journal/00000000000000000000.log.new",
        "journal/0000000000000000000/.log",
        "README",
    ] {
        for at in 0..=forge.members.len() - 1 {
            let bytes = forge.with(|members| members.insert(at, of(name, b"x")));
            forge.refused(&bytes, name);
        }
    }
}

#[test]
fn only_plain_files_are_taken() {
    let forge = Forge::new();
    for kind in [
        b'1', b'2', b'3', b'4', b'5', b'6', b'7', b'x', b'g', b'L', b'K', b'S', 0,
    ] {
        for name in ["log/mirror", "journal/00000000000000000001.log"] {
            let mut header = Header::file(name, 0, forge.time);
            header.kind = kind;
            header.link = "/etc/passwd".to_owned();
            let mut bytes = Vec::new();
            for member in &forge.members[..3] {
                append(&mut bytes, &member.name, &member.bytes, forge.time);
            }
            bytes.extend(header.bytes());
            for member in &forge.members[3..] {
                append(&mut bytes, &member.name, &member.bytes, forge.time);
            }
            bytes.extend([0; 1024]);
            forge.refused(&bytes, &format!("kind {kind}"));
        }
    }
}

#[test]
fn members_come_once_and_in_order() {
    let forge = Forge::new();
    for nth in 0..forge.members.len() - 1 {
        let twice = forge.with(|members| members.insert(nth, members[nth].clone()));
        forge.refused(&twice, "twice");
        let missing = forge.with(|members| {
            members.remove(nth);
        });
        // A ledger that was never signed has no files of a log; but the manifest says that it was.
        forge.refused(&missing, "missing");
        if 0 < nth {
            let swapped = forge.with(|members| members.swap(nth - 1, nth));
            forge.refused(&swapped, "swapped");
        }
    }
    let mut twice = archive(&forge.members, forge.time);
    twice.truncate(twice.len() - 1024);
    let sums = twice.clone();
    append(&mut twice, "B3SUMS", &sums[..0], forge.time);
    twice.extend([0; 1024]);
    forge.refused(&twice, "sums twice");
}

#[test]
fn what_a_manifest_says_is_held_against_what_is_there() {
    let forge = Forge::new();
    let manifest: Value = serde_json::from_slice(&forge.members[0].bytes).expect("JSON");
    let text = String::from_utf8(forge.members[0].bytes.clone()).expect("text");
    let head = manifest["head"].as_str().expect("a head");
    let size = manifest["size"].as_u64().expect("a size");
    let lies = [
        text.replace(
            &format!("\"size\":{size},\"head\""),
            &format!("\"size\":{},\"head\"", size - 1),
        ),
        text.replace(
            &format!("\"size\":{size},\"head\""),
            "\"size\":18446744073709551615,\"head\"",
        ),
        text.replace(head, &"0".repeat(64)),
        text.replace(
            &format!("\"size\":{size},\"root\""),
            &format!("\"size\":{},\"root\"", size - 1),
        ),
        text.replace("so.example.vn", "xo.example.vn"),
        text.replace("\"private\":false", "\"private\":true"),
        text.replace("\"private\":false", "\"private\":false,\"private\":false"),
        text.replace("\"private\":false", "\"private\":false,\"more\":1"),
        text.replace("backup/1", "backup/2"),
        text.replace("{", "{ "),
        text.trim_end().to_owned(),
        "[".repeat(10_000),
        String::new(),
    ];
    for lie in lies {
        assert_ne!(lie, text);
        let bytes = forge.with(|members| members[0].bytes = lie.clone().into_bytes());
        forge.refused(&bytes, &lie);
    }
    let long = forge.with(|members| members[0].bytes = vec![b' '; 20_000]);
    forge.refused(&long, "a long manifest");
    let signed = text.find(",\"signed\"").expect("signed");
    let unsigned = format!("{},\"private\":false}}\n", &text[..signed]);
    let bytes = forge.with(|members| members[0].bytes = unsigned.into_bytes());
    forge.refused(&bytes, "says that nothing was signed");
}

#[test]
fn sizes_are_believed_only_as_far_as_bytes_are_there() {
    let forge = Forge::new();
    for (name, size) in [
        ("manifest.json", 0o77_777_777_777),
        ("log/checkpoint", 0o77_777_777_777),
        ("journal/00000000000000000000.log", 67_108_865),
        ("journal/00000000000000000000.log", 60_000_000),
        ("B3SUMS", 0o77_777_777_777),
    ] {
        let mut bytes = Vec::new();
        for member in &forge.members {
            if member.name == name {
                let mut header = Header::file(name, 0, forge.time);
                header.size = size;
                bytes.extend(header.bytes());
                bytes.extend(&member.bytes);
                break;
            }
            append(&mut bytes, &member.name, &member.bytes, forge.time);
        }
        forge.refused(&bytes, name);
    }
}

/// Sums that are right do not make a journal right.
#[test]
fn a_journal_that_was_edited_before_it_was_summed_is_found() {
    let forge = Forge::new();
    let edit = |change: &dyn Fn(&str) -> String| {
        forge.with(|members| {
            let journal = String::from_utf8(members[3].bytes.clone()).expect("text");
            members[3].bytes = change(&journal).into_bytes();
        })
    };
    let flipped = edit(&|journal| journal.replacen("10002", "90002", 1));
    forge.refused(&flipped, "an entry edited");
    let rehashed = edit(&|journal| {
        let lines = journal.lines().map(|line| {
            let entry = line[65..].replacen("10002", "90002", 1);
            format!("{} {entry}\n", hash(entry.as_bytes()))
        });
        lines.collect()
    });
    forge.refused(&rehashed, "an entry edited and hashed");
    let shorter = edit(&|journal| {
        let end = journal.trim_end().rfind('\n').expect("lines") + 1;
        journal[..end].to_owned()
    });
    forge.refused(&shorter, "the last entry gone");
    let torn = edit(&|journal| format!("{journal}{}", &journal[..90]));
    forge.refused(&torn, "half a line more");
    let blank = edit(&|journal| format!("{journal}\n"));
    forge.refused(&blank, "an empty line");
    // A whole history made anew, with a manifest that says so: what was signed tells.
    let mut members = forge.members.clone();
    let journal = String::from_utf8(members[3].bytes.clone()).expect("text");
    let (mut prev, mut lines) = ("0".repeat(64), String::new());
    for line in journal.lines() {
        let entry = line[65..].replacen("10002", "90002", 1);
        let (_, rest) = entry.split_once("\",\"at\":").expect("an entry");
        let (seq, _) = entry.split_once(",\"prev\"").expect("an entry");
        let entry = format!("{seq},\"prev\":\"{prev}\",\"at\":{rest}");
        prev = hash(entry.as_bytes());
        lines.push_str(&format!("{prev} {entry}\n"));
    }
    let manifest = String::from_utf8(members[0].bytes.clone()).expect("text");
    let head = serde_json::from_str::<Value>(&manifest).expect("JSON")["head"].clone();
    members[0].bytes = manifest
        .replace(head.as_str().expect("a head"), &prev)
        .into_bytes();
    members[3].bytes = lines.into_bytes();
    forge.refused(&archive(&members, forge.time), "another history");
}

#[test]
fn what_is_no_backup_is_said_to_be_none() {
    let room = room();
    let file = room.path().join("x");
    for bytes in [
        &b""[..],
        b"x",
        b"Kinh gui",
        &[0; 10_240],
        b"\x1f\x8b\x08\0",
        &[0xff; 5_000],
    ] {
        fs::write(&file, bytes).expect("written");
        for language in ["vi", "en"] {
            restore(&file, &["--lang", language])
                .1
                .fails_clearly(2, &[text(&file)]);
        }
    }
    restore(room.path(), &[]).1.fails_clearly(2, &[text(room.path())]);
    restore(&room.path().join("none"), &[])
        .1
        .fails_clearly(2, &["none"]);
}
