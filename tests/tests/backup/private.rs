//! What is private goes nowhere unasked, and sealed where it is asked for.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use minhbach_exchange::sample::Sample;
use minhbach_tests::{DataFolder, actor, fund, pool, receipt, statement_import};

use super::tar::{Member, archive, members, time_of};
use super::{PASSPHRASE, backed_up, mode, passphrase_file, restore, room, text};

/// A ledger with a key, a token, an imported statement with its memos, salts and secrets.
fn ledger_with_secrets(room: &tempfile::TempDir) -> DataFolder {
    let folder = DataFolder::bare();
    folder.record_all(&[fund(), pool()]);
    actor(&folder, "thu-quy", &["recorder"], None);
    let statement = room.path().join("statement.csv");
    let sample = Sample { lines: 40, seed: 3 };
    let written = sample.write(&mut fs::File::create(&statement).expect("made"));
    written.expect("a statement");
    folder.run(statement_import(text(&statement))).ok();
    fs::remove_file(statement).expect("removed");
    folder
}

fn files(folder: &Path, all: &mut Vec<std::path::PathBuf>) {
    for item in fs::read_dir(folder).expect("listed") {
        let path = item.expect("an item").path();
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

/// Every 24 bytes of the private files that are not also in the journal or in what is public of the log.
fn secrets(folder: &DataFolder) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    files(&folder.path().join("private"), &mut all);
    assert!(4 <= all.len(), "{all:?}");
    let mut public = folder.journal().bytes;
    public.extend(fs::read(folder.path().join("log/vkey")).expect("a key"));
    let mut secrets = Vec::new();
    for file in all {
        let bytes = fs::read(&file).expect("read");
        let pieces = bytes.chunks(24).filter(|piece| piece.len() == 24);
        secrets.extend(pieces.filter(|piece| !holds(&public, piece)).map(<[u8]>::to_vec));
    }
    assert!(100 < secrets.len());
    secrets
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|window| window == piece)
}

#[test]
fn nothing_private_is_in_a_backup_unless_asked_for_and_then_it_is_sealed() {
    let room = room();
    let folder = ledger_with_secrets(&room);
    let file = room.path().join("public.tar");
    let run = folder.run(["backup", text(&file)]).ok();
    assert!(run.err.contains("--with-private"), "it is said: {}", run.err);
    let sealed = room.path().join("sealed.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let run = folder.run([
        "backup",
        text(&sealed),
        "--with-private",
        "--passphrase-file",
        text(&passphrase),
    ]);
    let run = run.ok();
    assert!(!run.out.contains(PASSPHRASE) && !run.err.contains(PASSPHRASE));
    assert_eq!((mode(&file), mode(&sealed)), (0o644, 0o600));
    for file in [&file, &sealed] {
        let bytes = fs::read(file).expect("read");
        let found = secrets(&folder)
            .iter()
            .filter(|secret| holds(&bytes, secret))
            .count();
        assert_eq!(found, 0, "{}", file.display());
        assert!(!holds(&bytes, PASSPHRASE.as_bytes()));
    }
    let archive = fs::read(&sealed).expect("read");
    let members = members(&archive);
    let member = super::tar::member(&members, "private.age");
    assert!(member.bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
}

#[test]
fn what_was_sealed_comes_back_as_it_was() {
    let room = room();
    let folder = ledger_with_secrets(&room);
    let sealed = room.path().join("sealed.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let with = ["--passphrase-file", text(&passphrase)];
    folder
        .run(["backup", text(&sealed), "--with-private"].iter().chain(&with))
        .ok();
    let (restored, run) = restore(&sealed, &with);
    run.ok();
    let (from, to) = (folder.path().join("private"), restored.path().join("private"));
    let mut all = Vec::new();
    files(&from, &mut all);
    for file in &all {
        let other = to.join(file.strip_prefix(&from).expect("below"));
        assert_eq!(fs::read(file).expect("read"), fs::read(&other).expect("read"));
        assert_eq!(mode(&other), 0o600, "{}", other.display());
        assert_eq!(mode(other.parent().expect("a folder")), 0o700);
    }
    let mut others = Vec::new();
    files(&to, &mut others);
    assert_eq!(others.len(), all.len());
    // It goes on: it signs, knows its actors, and what was imported.
    restored.run(["verify"]).ok();
    restored.record_all(&[receipt(5)]);
    let status = restored.run(["status", "--format", "json"]).ok().json();
    assert_eq!(status["checkpoint"]["size"], status["as_of"]["size"]);
    assert!(restored.run(["actor", "list"]).ok().out.contains("thu-quy"));
    // From standard input too, and left out where that is wanted.
    let other = DataFolder::absent();
    let run = other.run_with(
        ["restore", text(&sealed), "--passphrase-file", "-"],
        PASSPHRASE.as_bytes(),
    );
    run.ok();
    let (without, run) = restore(&sealed, &["--without-private"]);
    assert!(run.ok().err.contains("log-key"));
    assert!(!without.path().join("private").exists());
}

#[test]
fn without_its_passphrase_it_stays_closed() {
    let room = room();
    let folder = ledger_with_secrets(&room);
    let sealed = room.path().join("sealed.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let run = folder.run([
        "backup",
        text(&sealed),
        "--with-private",
        "--passphrase-file",
        text(&passphrase),
    ]);
    run.ok();
    for wrong in ["", "gió mùa đông bắc vè", "x"] {
        let passphrase = passphrase_file(&room, wrong);
        let (restored, run) = restore(&sealed, &["--passphrase-file", text(&passphrase)]);
        run.fails_clearly(2, &["passphrase", text(&sealed)]);
        assert!(super::beside(&restored).is_empty());
    }
    // Nobody is there to type it.
    let (restored, run) = restore(&sealed, &[]);
    run.fails_clearly(2, &["--passphrase-file"]);
    assert!(super::beside(&restored).is_empty());
    // Another private part, sealed with the same passphrase, is another ledger's: its key does not fit.
    let other = DataFolder::bare();
    let foreign = room.path().join("foreign.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let with = ["--passphrase-file", text(&passphrase)];
    other
        .run(["backup", text(&foreign), "--with-private"].iter().chain(&with))
        .ok();
    let read = |file: &Path| fs::read(file).expect("read");
    let (own, foreign) = (read(&sealed), read(&foreign));
    let time = time_of(&own);
    let mut mixed: Vec<Member> = members(&own);
    let at = mixed
        .iter()
        .position(|member| member.name == "private.age")
        .expect("sealed");
    mixed[at] = super::tar::member(&members(&foreign), "private.age").clone();
    let file = room.path().join("mixed.tar");
    fs::write(&file, archive(&mixed, time)).expect("written");
    let (restored, run) = restore(&file, &with);
    run.fails_clearly(2, &[]);
    assert!(super::beside(&restored).is_empty());
}

#[test]
fn a_passphrase_is_taken_only_from_where_nobody_sees_it_and_only_a_strong_one() {
    let (folder, room) = (DataFolder::bare(), room());
    let file = room.path().join("a.tar");
    let make = |passphrase: &Path| {
        folder.run([
            "backup",
            text(&file),
            "--with-private",
            "--passphrase-file",
            text(passphrase),
        ])
    };
    for (weak, says) in [
        ("", "empty"),
        ("ngắn quá", "12"),
        ("aaaaaaaaaaaaaaaa", "different"),
        ("hai\ndòng chữ dài", "line"),
    ] {
        make(&passphrase_file(&room, weak)).fails_clearly(2, &[says]);
    }
    let exposed = passphrase_file(&room, PASSPHRASE);
    for bits in [0o640, 0o604, 0o644] {
        fs::set_permissions(&exposed, fs::Permissions::from_mode(bits)).expect("set");
        make(&exposed).fails_clearly(2, &[text(&exposed), "600"]);
    }
    let run = folder.run(["backup", text(&file), "--with-private"]);
    run.fails_clearly(2, &["--passphrase-file"]);
    let run = folder.run(["backup", text(&file), "--passphrase-file", text(&exposed)]);
    run.fails_clearly(2, &["--with-private"]);
    assert!(!file.exists());
    // A link in the private folder leads elsewhere, and is not followed.
    let link = folder.path().join("private/link");
    std::os::unix::fs::symlink("/etc/hostname", &link).expect("linked");
    make(&passphrase_file(&room, PASSPHRASE)).fails_clearly(2, &[text(&link)]);
    fs::remove_file(link).expect("removed");
    make(&passphrase_file(&room, PASSPHRASE)).ok();
    let public = backed_up(&folder, &room, "public.tar");
    let (_, run) = restore(&public, &["--passphrase-file", text(&exposed)]);
    run.fails_clearly(2, &["--passphrase-file"]);
}
