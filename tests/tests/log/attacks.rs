//! Each way to lie about the books, and who catches it. A history that was rewritten and signed again passes every check
//! that reads it alone: only an older checkpoint tells.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use minhbach_tests::{
    DataFolder, ORIGIN, Server, copy_folder, forget_what_was_signed, fund, receipt, rewrite, run, swap,
    workspace_root,
};

use super::reading::{both, stranger};
use super::{command, ledger, signed, text, vkey};

/// An honest ledger of 403 entries with a mirror, an older checkpoint and an older proof that somebody kept.
struct Honest {
    folder: DataFolder,
    dir: tempfile::TempDir,
    key: String,
}

impl Honest {
    fn new() -> Honest {
        let folder = ledger(300);
        let dir = tempfile::tempdir().expect("a folder");
        let old = dir.path().join("old-checkpoint");
        fs::copy(folder.path().join("log/checkpoint"), old).expect("kept");
        fs::write(
            dir.path().join("old.tlog-proof"),
            folder.run(["prove", "250"]).ok().out,
        )
        .expect("kept");
        folder.record_all(&(0..100).map(|nth| receipt(700 + nth)).collect::<Vec<_>>());
        let key = vkey(&folder);
        let honest = Honest { folder, dir, key };
        honest.mirror_of(honest.folder.path()).ok();
        honest
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The mirror looks at a folder's log, by way of its files.
    fn mirror_of(&self, data: &Path) -> minhbach_tests::Run {
        let tiles = self.at("tiles");
        if tiles.exists() {
            fs::remove_dir_all(&tiles).expect("removed");
        }
        DataFolder::at(data).run(["export", "tiles", text(&tiles)]).ok();
        command(&[
            "mirror",
            text(&tiles),
            text(&self.at("mirror")),
            "--key",
            &self.key,
            "--once",
        ])
    }

    /// A copy to lie in.
    fn copy(&self) -> DataFolder {
        self.folder.copy()
    }

    /// The mirror's alarms with the evidence in them.
    fn alarms(&self) -> Vec<PathBuf> {
        let log = fs::read_dir(self.at("mirror/log")).expect("a folder");
        let paths = log.map(|item| item.expect("an item").path());
        let named = |path: &PathBuf| text(path).contains("/alarm-");
        paths.filter(named).collect()
    }
}

/// The folder is caught by itself, by both verifiers, at the first entry that is wrong.
#[track_caller]
fn caught_alone(honest: &Honest, folder: &DataFolder, seq: usize) {
    let run = both(1, &[text(folder.path()), "--key", &honest.key]);
    assert!(run.out.contains(&seq.to_string()), "entry {seq}: {}", run.out);
    let json = folder.run(["verify", "--format", "json"]).exits(1).json();
    assert_eq!(json["broken"]["seq"], seq, "{json}");
}

/// The folder's log is without fault by itself, and everybody who saw the older one knows better.
#[track_caller]
fn caught_by_memory(honest: &Honest, folder: &DataFolder) {
    let at = text(folder.path()).to_owned();
    both(0, &[&at, "--key", &honest.key]);
    for seen in ["old-checkpoint", "old.tlog-proof"] {
        let run = both(1, &[&at, "--key", &honest.key, "--seen", text(&honest.at(seen))]);
        assert!(run.out.contains("303"), "{}", run.out);
    }
    let server = Server::start(folder);
    signed(&server, folder.journal().size() as u64);
    both(0, &[&server.url, "--key", &honest.key]);
    both(
        1,
        &[
            &server.url,
            "--key",
            &honest.key,
            "--seen",
            text(&honest.at("old-checkpoint")),
        ],
    );
    let mirror = text(&honest.at("mirror")).to_owned();
    let before = DataFolder::at(&mirror).journal().bytes;
    let url = server.url.clone();
    let run = command(&["mirror", &url, &mirror, "--key", &honest.key, "--once"]).exits(1);
    assert!(run.err.contains("BÁO ĐỘNG"), "{}", run.err);
    assert_eq!(
        DataFolder::at(&mirror).journal().bytes,
        before,
        "the mirror keeps what it saw"
    );
    let alarms = honest.alarms();
    let [alarm] = alarms.as_slice() else {
        panic!("{alarms:?}")
    };
    for note in ["first", "second"] {
        let note = fs::read_to_string(alarm.join(note)).expect("a note");
        assert!(
            note.starts_with(ORIGIN) && note.contains(&format!("— {ORIGIN} ")),
            "{note}"
        );
    }
    assert!(alarm.join("why").exists());
    // It stays in alarm until somebody has looked.
    command(&["mirror", &url, &mirror, "--key", &honest.key, "--once"]).exits(1);
}

fn edited(entries: &mut [String]) {
    let before = entries[200].clone();
    entries[200] = before.replace("\"quantity\":\"", "\"quantity\":\"9");
    assert_ne!(entries[200], before);
}

#[test]
fn an_entry_edited_and_the_chain_made_again() {
    let honest = Honest::new();
    let folder = honest.copy();
    rewrite(folder.path(), |entries| edited(entries));
    caught_alone(&honest, &folder, 200);
}

#[test]
fn an_entry_edited_and_the_tree_made_and_signed_again() {
    let honest = Honest::new();
    let folder = honest.copy();
    rewrite(folder.path(), |entries| edited(entries));
    forget_what_was_signed(folder.path());
    folder.record_all(&[receipt(1)]);
    caught_by_memory(&honest, &folder);
}

#[test]
fn the_last_entries_dropped() {
    let honest = Honest::new();
    let folder = honest.copy();
    rewrite(folder.path(), |entries| entries.truncate(300));
    let run = both(1, &[text(folder.path()), "--key", &honest.key]);
    assert!(run.out.contains("403") && run.out.contains("300"), "{}", run.out);
    // Signed again, it is a smaller log, which those who saw the larger one know.
    forget_what_was_signed(folder.path());
    folder.run(["record", "-"]).ok();
    let run = honest.mirror_of(folder.path()).exits(1);
    assert!(run.err.contains("BÁO ĐỘNG"), "{}", run.err);
    assert_eq!(honest.alarms().len(), 1);
}

#[test]
fn two_entries_swapped() {
    let honest = Honest::new();
    let folder = honest.copy();
    rewrite(folder.path(), |entries| swap(entries, 150, 151));
    caught_alone(&honest, &folder, 150);
    forget_what_was_signed(folder.path());
    folder.record_all(&[receipt(1)]);
    caught_by_memory(&honest, &folder);
}

#[test]
fn two_histories_for_two_clients() {
    // From one state two ledgers with one key go different ways; each is shown to somebody.
    let folder = ledger(20);
    let dir = tempfile::tempdir().expect("a folder");
    let (one, other) = (folder.copy(), folder.copy());
    one.record_all(&[receipt(111)]);
    other.record_all(&[receipt(222)]);
    let key = vkey(&folder);
    let saved = |folder: &DataFolder, name: &str| {
        let path = dir.path().join(name);
        fs::copy(folder.path().join("log/checkpoint"), &path).expect("kept");
        path
    };
    let (first, second) = (saved(&one, "first"), saved(&other, "second"));
    for (folder, mine, theirs) in [(&one, &first, &second), (&other, &second, &first)] {
        let at = text(folder.path());
        both(0, &[at, "--key", &key, "--seen", text(mine)]);
        both(1, &[at, "--key", &key, "--seen", text(theirs)]);
    }
    // Two who compare what they hold need no log for it.
    let proof = dir.path().join("gift.tlog-proof");
    fs::write(&proof, one.run(["prove", "3"]).ok().out).expect("written");
    both(1, &[text(&proof), "--key", &key, "--seen", text(&second)]);
    let mirror = dir.path().join("mirror");
    for (folder, code) in [(&one, 0), (&other, 1)] {
        let server = Server::start(folder);
        signed(&server, folder.journal().size() as u64);
        let run = command(&["mirror", &server.url, text(&mirror), "--key", &key, "--once"]);
        assert_eq!(run.code, Some(code), "{run:?}");
    }
}

#[test]
fn an_old_checkpoint_replayed() {
    let honest = Honest::new();
    let tiles = honest.at("tiles");
    fs::copy(honest.at("old-checkpoint"), tiles.join("checkpoint")).expect("replayed");
    // It is a sound checkpoint of this log, so that only who saw a later one knows.
    both(
        1,
        &[
            text(&tiles),
            "--key",
            &honest.key,
            "--seen",
            text(&honest.folder.path().join("log/checkpoint")),
        ],
    );
    let run = command(&[
        "mirror",
        text(&tiles),
        text(&honest.at("mirror")),
        "--key",
        &honest.key,
        "--once",
    ]);
    assert!(run.exits(1).err.contains("BÁO ĐỘNG"));
    assert_eq!(honest.alarms().len(), 1);
}

#[test]
fn partial_content_at_the_path_of_a_full_tile() {
    let honest = Honest::new();
    for path in ["tile/0/000", "tile/entries/000"] {
        let tiles = honest.at("cut");
        copy_folder(&honest.at("tiles"), &tiles);
        let bytes = fs::read(tiles.join(path)).expect("read");
        fs::write(tiles.join(path), &bytes[..bytes.len() / 2]).expect("written");
        both(1, &[text(&tiles), "--key", &honest.key]);
        let new = honest.at("new-mirror");
        if path == "tile/0/000" {
            // A mirror makes these hashes of the entries itself, and asks for few.
            fs::remove_dir_all(&tiles).expect("removed");
            continue;
        }
        let run = command(&["mirror", text(&tiles), text(&new), "--key", &honest.key, "--once"]).exits(1);
        assert!(
            run.err.contains(path.rsplit('/').next().unwrap_or(path)),
            "{}",
            run.err
        );
        fs::remove_dir_all(&tiles).expect("removed");
        fs::remove_dir_all(&new).expect("removed");
    }
}

/// A log of the other implementation's making, honest but for one lie.
fn made(dir: &Path, kind: &str, tamper: &[&str]) -> Option<PathBuf> {
    let python = minhbach_tests::python("blake3,cryptography", "logs of another's making (make_log.py)")?;
    let path = dir.join("made");
    let mut command = Command::new(python);
    command.arg(workspace_root().join("tests/python/make_log.py"));
    command.args([kind, text(&path), "--entries", "600"]);
    command.args(tamper.iter().flat_map(|lie| ["--tamper", lie]));
    run(&mut command).ok();
    Some(path)
}

#[test]
fn logs_of_another_s_making_are_believed_when_they_are_honest_and_only_then() {
    for (tamper, code) in [
        (&[][..], 0),
        (&["back:300"], 1),
        (&["edit:300"], 1),
        (&["swap:300"], 1),
        (&["drop:3"], 1),
        (&["spell:300"], 1),
        (&["nfd:300"], 1),
        (&["short-bundle"], 1),
        (&["tile:1:0:1"], 1),
        (&["signature"], 1),
        (&["root"], 1),
        (&["full-only"], 0),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let Some(tiles) = made(dir.path(), "tiles", tamper) else {
            return;
        };
        // What it records need not be by our rules: what a mirror holds to is the log.
        let mirror = dir.path().join("mirror");
        let key = fs::read_to_string(tiles.join("vkey")).expect("a key");
        let run = command(&[
            "mirror",
            text(&tiles),
            text(&mirror),
            "--key",
            key.trim(),
            "--once",
        ]);
        assert_eq!(run.code, Some(code), "{tamper:?}: {run:?}");
        if let Some(theirs) = stranger(&[text(&tiles), "--key", key.trim()]) {
            theirs.exits(code);
        }
    }
}

#[test]
fn times_that_go_back_are_caught_where_they_are_read_and_never_mirrored() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(tiles) = made(dir.path(), "tiles", &["back:300"]) else {
        return;
    };
    let run = command(&["verify", text(&tiles)]).exits(1);
    assert!(run.out.contains("300"), "{}", run.out);
    // In a folder of ours too, signed by its own key.
    let folder = DataFolder::bare();
    folder.record_all(&[fund()]);
    rewrite(folder.path(), |entries| {
        let at = entries[1].find("\"at\":\"20").expect("a time") + 6;
        entries[1].replace_range(at..at + 4, "2001");
    });
    forget_what_was_signed(folder.path());
    folder.run(["verify"]).exits(1);
}
