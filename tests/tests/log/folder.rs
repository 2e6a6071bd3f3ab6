//! The key and the checkpoint of a data folder, and what opening makes of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use minhbach_tests::{DataFolder, ORIGIN, Server, actor, journal_path, receipt, rewrite, swap};

use super::{ledger, signed, vkey};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

fn checkpoint(folder: &DataFolder) -> String {
    fs::read_to_string(folder.path().join("log/checkpoint")).expect("a checkpoint")
}

#[test]
fn init_makes_a_key_that_only_its_owner_reads_and_signs() {
    let folder = DataFolder::bare();
    let private = folder.path().join("private");
    assert_eq!((mode(&private), mode(&private.join("log-key"))), (0o700, 0o600));
    let status = folder.run(["status", "--format", "json"]).ok().json();
    assert_eq!(status["vkey"], vkey(&folder));
    assert!(
        vkey(&folder).starts_with(&format!("{ORIGIN}+")),
        "{}",
        vkey(&folder)
    );
    assert_eq!(status["checkpoint"]["size"], status["as_of"]["size"]);
    let note = checkpoint(&folder);
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!((lines[0], lines[1]), (ORIGIN, "1"));
    assert_eq!(status["checkpoint"]["root"], lines[2]);
    // Each command that writes signs at its end.
    folder.record_all(&[minhbach_tests::fund()]);
    assert_eq!(checkpoint(&folder).lines().nth(1), Some("2"));
    let said = folder.run(["status"]).ok().out;
    assert!(said.contains(&vkey(&folder)), "{said}");
}

#[test]
fn init_takes_a_key_of_one_s_own_and_no_other_s() {
    let donor = DataFolder::bare();
    let key = donor.path().join("private/log-key");
    let key = key.to_str().expect("a path");
    let folder = DataFolder::absent();
    folder
        .run(["init", "--origin", "so.example.vn/khac", "--key", key])
        .fails_clearly(2, &[ORIGIN, "so.example.vn/khac"]);
    assert!(!folder.path().exists(), "nothing is made of what is refused");
    folder.run(["init", "--origin", ORIGIN, "--key", key]).ok();
    assert_eq!(vkey(&folder), vkey(&donor));
    fs::set_permissions(key, fs::Permissions::from_mode(0o644)).expect("set");
    let other = DataFolder::absent();
    let run = other.run(["init", "--origin", ORIGIN, "--key", key]);
    run.fails_clearly(2, &[key, "600"]);
    let text = fs::read_to_string(key).expect("a key");
    fs::write(key, &text[..text.len() / 2]).expect("written");
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).expect("set");
    let run = other
        .run(["init", "--origin", ORIGIN, "--key", key])
        .fails_clearly(2, &[key]);
    assert!(
        !run.err.contains(&text[30..50]),
        "a secret is not said: {}",
        run.err
    );
}

/// Every command that opens the ledger refuses, in both languages, and changes nothing.
#[track_caller]
fn refused(folder: &DataFolder, says: &[&str]) {
    let before = folder.journal().bytes;
    for arguments in [
        &["record", "-"][..],
        &["balances"],
        &["search", "quy"],
        &["rebuild"],
        &["serve", "--listen", "127.0.0.1:0", "--log", "off"],
        &["record", "-", "--lang", "vi"],
    ] {
        let run = folder.run(arguments).exits(2);
        let told = if arguments.contains(&"vi") {
            "đã ký"
        } else {
            "were signed"
        };
        assert!(run.err.contains(told), "{arguments:?}: {}", run.err);
        for says in says {
            assert!(
                run.err.contains(says),
                "{arguments:?} does not say {says}: {}",
                run.err
            );
        }
    }
    assert_eq!(folder.journal().bytes, before);
}

#[test]
fn a_journal_that_lost_its_end_is_not_opened() {
    let folder = ledger(40);
    rewrite(folder.path(), |entries| entries.truncate(40));
    refused(&folder, &["40", "43"]);
    // An unsigned end is missed too, because the tables were told of it; but it may be given up.
    let folder = ledger(40);
    let note = checkpoint(&folder);
    folder.record_all(&[receipt(5)]);
    fs::write(folder.path().join("log/checkpoint"), note).expect("written");
    let file = journal_path(folder.path());
    let text = fs::read_to_string(&file).expect("the journal");
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&file, lines[..43].join("\n") + "\n").expect("cut");
    for arguments in [&["record", "-"][..], &["balances"], &["rebuild"]] {
        let run = folder.run(arguments);
        run.fails_clearly(2, &["43", "44", "minhbach recover --data", "--cut 43"]);
    }
    folder.run(["recover", "--cut", "43"]).ok();
    folder.record_all(&[receipt(6)]);
    folder.run(["verify"]).ok();
}

#[test]
fn a_journal_that_was_rewritten_is_not_opened_with_and_without_its_tree() {
    for without_tree in [false, true] {
        let changes: [fn(&mut Vec<String>); 3] = [
            |entries| entries[20] = entries[20].replace("\"quantity\":\"100", "\"quantity\":\"900"),
            |entries| swap(entries, 20, 21),
            |entries| entries[62] = entries[62].replace("\"2024-09-10\"", "\"2024-09-11\""),
        ];
        for change in changes {
            let folder = ledger(60);
            rewrite(folder.path(), change);
            if without_tree {
                fs::remove_dir_all(folder.path().join("log/tree")).expect("removed");
            }
            refused(&folder, &["63"]);
        }
    }
}

#[test]
fn recover_never_cuts_what_was_signed() {
    let folder = ledger(10);
    let run = folder.run(["recover", "--cut", "5", "--acknowledged"]);
    run.fails_clearly(2, &["13"]);
    assert_eq!(folder.journal().size(), 13);
}

#[test]
fn a_lost_key_is_not_replaced_and_reading_goes_on() {
    let folder = ledger(3);
    let key = folder.path().join("private/log-key");
    fs::rename(&key, folder.path().join("kept-elsewhere")).expect("moved");
    let run = folder.record(&[receipt(1)]);
    run.fails_clearly(2, &["private/log-key"]);
    folder.run(["balances"]).ok();
    folder.run(["verify"]).ok();
    fs::rename(folder.path().join("kept-elsewhere"), &key).expect("moved");
    folder.record_all(&[receipt(1)]);
    // A folder that was never signed, such as one of an earlier version, is given a key.
    let folder = ledger(3);
    fs::remove_dir_all(folder.path().join("log")).expect("removed");
    fs::remove_dir_all(folder.path().join("private")).expect("removed");
    folder.record_all(&[receipt(1)]);
    assert_eq!(checkpoint(&folder).lines().nth(1), Some("7"));
}

#[test]
fn a_server_killed_anywhere_never_unsays_what_it_showed() {
    let folder = ledger(5);
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let mut shown = 0;
    for round in 0..12 {
        let server = Server::start(&folder);
        for nth in 0..20 {
            let proposal = receipt(100 + nth);
            server
                .ask(&minhbach_tests::Ask::propose(&token, &proposal))
                .is(201);
            let note = server.get("/log/checkpoint");
            if note.status == 200 {
                let size = note.text().lines().nth(1).and_then(|size| size.parse().ok());
                shown = shown.max(size.expect("a size"));
            }
            if nth == round * 2 {
                break;
            }
        }
        server.kill();
        let journal = folder.journal().size() as u64;
        assert!(shown <= journal, "{shown} shown of {journal}");
        let kept: u64 = checkpoint(&folder)
            .lines()
            .nth(1)
            .and_then(|size| size.parse().ok())
            .expect("a size");
        assert!(shown <= kept, "{shown} shown, {kept} kept");
    }
    let server = Server::start(&folder);
    let size = folder.journal().size() as u64;
    assert_eq!(signed(&server, size)["checkpoint"]["size"], size);
    server.terminate();
    folder.run(["verify"]).ok();
}

#[test]
fn a_hash_that_was_damaged_is_never_given_out_as_a_proof_and_is_made_again() {
    let folder = ledger(600);
    let level = folder.path().join("log/tree/level-0");
    let mut hashes = fs::read(&level).expect("read");
    hashes[5] ^= 1;
    fs::write(&level, &hashes).expect("written");
    let run = folder.run(["prove", "1"]);
    run.fails_clearly(2, &["rebuild"]);
    let tiles = folder.path().join("tiles");
    let run = folder.run(["export", "tiles", tiles.to_str().expect("a path")]);
    run.fails_clearly(2, &["level-0", "rebuild"]);
    let run = folder.run(["verify"]).exits(1);
    assert!(
        run.out.contains("level-0"),
        "the journal is not blamed: {}",
        run.out
    );
    folder.run(["rebuild"]).ok();
    folder.run(["verify"]).ok();
    folder.run(["prove", "1"]).ok();
    folder
        .run(["export", "tiles", tiles.to_str().expect("a path")])
        .ok();
}

#[test]
fn a_journal_shorter_than_its_tree_is_not_signed_although_the_checkpoint_is_gone() {
    let folder = ledger(20);
    rewrite(folder.path(), |entries| entries.truncate(15));
    fs::remove_file(folder.path().join("log/checkpoint")).expect("removed");
    folder.record(&[receipt(1)]).fails_clearly(2, &["15", "23"]);
}

#[test]
fn the_end_of_a_signed_line_is_never_cut_off() {
    for without_tables in [false, true] {
        let folder = ledger(20);
        let file = journal_path(folder.path());
        let whole = fs::read(&file).expect("the journal");
        let cut = &whole[..whole.len() - 100];
        fs::write(&file, cut).expect("cut");
        if without_tables {
            fs::remove_dir_all(folder.path().join("projections")).expect("removed");
        }
        refused(&folder, &["22", "23"]);
        assert!(
            fs::read(&file).expect("the journal") == cut,
            "a refusal changes nothing"
        );
        let run = folder.run(["verify"]).exits(1);
        assert!(!run.out.contains("never acknowledged"), "{}", run.out);
        fs::write(&file, &whole).expect("brought back");
        folder.run(["verify"]).ok();
    }
}

#[test]
fn what_is_missing_of_the_log_is_said_and_never_taken_for_never_signed() {
    let folder = ledger(20);
    let (note, key) = (
        folder.path().join("log/checkpoint"),
        folder.path().join("log/vkey"),
    );
    let kept = fs::read(&note).expect("a checkpoint");
    fs::remove_file(&note).expect("removed");
    let run = folder.run(["verify"]).exits(2);
    assert!(run.err.contains("log/checkpoint"), "{}", run.err);
    assert!(!run.out.contains("signed yet"), "{}", run.out);
    let said = folder.run(["status"]).ok().out;
    assert!(said.contains("log/checkpoint"), "{said}");
    // A read that finds the end missing leaves what says so.
    let file = journal_path(folder.path());
    let whole = fs::read_to_string(&file).expect("the journal");
    let lines: Vec<&str> = whole.lines().collect();
    fs::write(&file, lines[..21].join("\n") + "\n").expect("cut");
    for _ in 0..2 {
        folder.run(["verify"]).exits(1);
        folder.run(["balances"]).fails_clearly(2, &["21", "23"]);
    }
    fs::write(&file, whole).expect("brought back");
    let run = folder.record(&[receipt(1)]).ok();
    assert!(run.err.contains("log/checkpoint"), "{}", run.err);
    let run = folder.record(&[receipt(2)]).ok();
    assert!(!run.err.contains("log/checkpoint"), "once: {}", run.err);
    // The key that signatures are checked with.
    fs::write(&note, kept).expect("written");
    fs::remove_file(&key).expect("removed");
    let run = folder.run(["verify"]).exits(2);
    assert!(run.err.contains("log/vkey"), "{}", run.err);
}

#[test]
fn what_lies_where_a_file_should_be_is_neither_written_to_nor_waited_for() {
    let original = ledger(5);
    // A pipe would be waited for.
    for name in [
        "books",
        "log/vkey",
        "log/checkpoint",
        "log/tree/level-0",
        "private/log-key",
    ] {
        let folder = original.copy();
        let path = folder.path().join(name);
        let _ = fs::remove_file(&path);
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        for arguments in [&["balances"][..], &["verify"], &["status"]] {
            // The commands of the tests end by themselves or fail the test.
            let run = folder.run(arguments);
            assert!(run.code != Some(101), "{name}: {}", run.err);
        }
        let run = folder.record(&[receipt(1)]);
        assert_eq!(
            run.code,
            Some(if name == "books" { 0 } else { 2 }),
            "{name}: {}",
            run.err
        );
    }
    // A link would have somebody's file written to.
    for name in ["log/tree/level-1", "log/checkpoint.new", "books.new"] {
        let folder = original.copy();
        let (path, victim) = (folder.path().join(name), folder.path().join("victim"));
        fs::write(&victim, "mine").expect("written");
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(&victim, &path).expect("linked");
        folder.run(["balances"]);
        folder.record(&[receipt(1)]);
        assert_eq!(
            fs::read_to_string(&victim).expect("still there"),
            "mine",
            "{name}"
        );
        let note = folder.path().join("log/checkpoint");
        assert!(fs::symlink_metadata(note).expect("there").is_file(), "{name}");
    }
}

#[test]
fn a_secret_key_is_never_said_back() {
    let folder = ledger(1);
    let secret = fs::read_to_string(folder.path().join("private/log-key")).expect("a key");
    let secret = secret.trim();
    let file = folder.path().join("private/log-key");
    let file = file.to_str().expect("a path");
    for arguments in [
        &["verify", "--key", secret][..],
        &["verify", "--key", file],
        &["verify", "--witness", secret],
        &["witness", "--name", "nhan-chung.example/w1", "--watch", secret],
    ] {
        let run = folder.run(arguments).exits(2);
        assert!(!run.err.contains(&secret[20..]), "{arguments:?}: {}", run.err);
        assert!(run.err.contains("PRIVATE+KEY"), "{}", run.err);
    }
}
