//! The sealed part is never lost unnoticed, and never without the key that it is there for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use minhbach_tests::{DataFolder, Run, Server, actor, receipt};
use tempfile::TempDir;

use super::{PASSPHRASE, backed_up, beside, command, ledger, passphrase_file, restore, room, text};

/// Makes a backup with the private part.
fn seal(folder: &DataFolder, file: &Path, passphrase: &Path, more: &[&str]) -> Run {
    let arguments = [
        "backup",
        text(file),
        "--with-private",
        "--passphrase-file",
        text(passphrase),
    ];
    folder.run(arguments.iter().chain(more))
}

#[track_caller]
fn sealed(folder: &DataFolder, room: &TempDir, name: &str) -> PathBuf {
    let file = room.path().join(name);
    seal(folder, &file, &passphrase_file(room, PASSPHRASE), &[]).ok();
    file
}

fn log_key(folder: &DataFolder) -> PathBuf {
    folder.path().join("private/log-key")
}

#[test]
fn a_sealed_backup_is_not_replaced_by_one_without_its_private_part() {
    let (folder, room) = (ledger(3), room());
    let file = sealed(&folder, &room, "a.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    folder.record_all(&[receipt(5)]);
    let before = fs::read(&file).expect("read");
    for (language, says) in [("en", "sealed"), ("vi", "niêm phong")] {
        let run = folder.run(["backup", text(&file), "--replace", "--lang", language]);
        run.fails_clearly(2, &[text(&file), "--with-private", says]);
    }
    assert_eq!(fs::read(&file).expect("read"), before);
    // Also when it is damaged behind what it says of itself: another copy may open.
    let mut cut = before.clone();
    cut.truncate(before.len() - 2_000);
    fs::write(&file, &cut).expect("written");
    let run = folder.run(["backup", text(&file), "--replace"]);
    run.fails_clearly(2, &["--with-private"]);
    assert_eq!(fs::read(&file).expect("read"), cut);
    // With the private part it is replaced, and one without takes one with.
    seal(&folder, &file, &passphrase, &["--replace"]).ok();
    let public = backed_up(&folder, &room, "public.tar");
    seal(&folder, &public, &passphrase, &["--replace"]).ok();
    for file in [&file, &public] {
        let (restored, run) = restore(file, &["--passphrase-file", text(&passphrase)]);
        run.ok();
        assert!(log_key(&restored).is_file());
    }
}

/// What is done to a private folder.
type Damage = fn(&DataFolder);

#[test]
fn nothing_is_sealed_without_the_key_that_the_log_is_signed_with() {
    let room = room();
    let file = room.path().join("a.tar");
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let damages: [(&str, Damage); 5] = [
        ("missing", |folder| {
            fs::remove_dir_all(folder.path().join("private")).expect("removed");
        }),
        ("missing", |folder| {
            fs::remove_file(log_key(folder)).expect("removed");
            fs::write(folder.path().join("private/note"), "x").expect("written");
        }),
        ("does not hold", |folder| {
            fs::write(log_key(folder), "garbage\n").expect("written");
        }),
        ("does not hold", |folder| {
            fs::write(log_key(folder), [0xff, 0xfe, 0x00]).expect("written");
        }),
        ("another ledger", |folder| {
            fs::copy(log_key(&ledger(1)), log_key(folder)).expect("copied");
        }),
    ];
    for (says, damage) in damages {
        let folder = ledger(3);
        damage(&folder);
        let run = seal(&folder, &file, &passphrase, &[]);
        let key = log_key(&folder);
        run.fails_clearly(2, &[text(&key), says, "without --with-private"]);
        let run = seal(&folder, &file, &passphrase, &["--lang", "vi"]);
        run.fails_clearly(2, &[text(&key), "không có --with-private"]);
        assert!(!file.exists());
        // What is public can be kept all the same.
        folder.run(["backup", text(&file)]).ok();
        fs::remove_file(&file).expect("removed");
    }
}

#[test]
fn it_is_said_what_the_private_part_holds() {
    let (folder, room) = (ledger(2), room());
    let (one, two) = (room.path().join("1.tar"), room.path().join("2.tar"));
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let run = seal(&folder, &one, &passphrase, &[]).ok();
    let lines: Vec<&str> = run.out.lines().collect();
    let at = |word: &str| {
        let at = lines.iter().position(|line| line.contains(word));
        at.unwrap_or_else(|| panic!("{word}: {}", run.out))
    };
    assert!(at("the signing key") < at("Not in it"));
    assert!(at("Not in it") <= at("actors with their tokens"));
    actor(&folder, "thu-quy", &["recorder"], None);
    let made = seal(&folder, &two, &passphrase, &["--format", "json"])
        .ok()
        .json();
    assert_eq!(
        made["private_files"],
        serde_json::json!(["private/actors.json", "private/actors.lock", "private/log-key"])
    );
}

/// Backups that were made before the key was looked at can hold a wrong one.
#[test]
fn a_key_in_the_sealed_part_that_is_none_is_named_as_it_is_in_the_backup() {
    let room = room();
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let with = ["--passphrase-file", text(&passphrase)];
    // A ledger that was never signed has no key that its own must be: it gives a private part with any.
    let unsigned = ledger(2);
    fs::remove_dir_all(unsigned.path().join("log")).expect("removed");
    let folder = ledger(2);
    let public = backed_up(&folder, &room, "public.tar");
    let other = ledger(2);
    for (nth, key, says) in [
        (1, &b"garbage"[..], "does not hold"),
        (2, &fs::read(log_key(&other)).expect("read")[..], "another ledger"),
    ] {
        fs::write(log_key(&unsigned), key).expect("written");
        let donor = sealed(&unsigned, &room, &format!("donor-{nth}.tar"));
        let file = room.path().join(format!("mixed-{nth}.tar"));
        fs::write(&file, super::tar::with_private_of(&public, &donor)).expect("written");
        let (restored, run) = restore(&file, &with);
        let run = run.fails_clearly(2, &["private/log-key", text(&file), says, "--without-private"]);
        assert!(!run.err.contains("restoring/"), "{}", run.err);
        let (_, run) = restore(&file, &[&with[..], &["--lang", "vi"]].concat());
        run.fails_clearly(2, &["private/log-key", text(&file), "--without-private"]);
        assert!(beside(&restored).is_empty());
        // The way out that it names.
        restore(&file, &["--without-private"]).1.ok();
    }
}

#[test]
fn the_key_of_the_ledger_that_was_replaced_is_pointed_at() {
    let (folder, room) = (ledger(3), room());
    let public = backed_up(&folder, &room, "public.tar");
    let run = folder.run(["restore", text(&public), "--replace"]).ok();
    let aside = beside(&folder).into_iter().find(|name| name != "data");
    let aside = folder.path().with_file_name(aside.expect("moved aside"));
    let key = aside.join("private/log-key");
    assert!(
        run.err.contains(text(&key)) && !run.err.contains("--with-private"),
        "{}",
        run.err
    );
    // What it says is to be done is enough.
    let done = Command::new("cp")
        .arg("-a")
        .arg(format!("{}/.", text(&aside.join("private"))))
        .arg(folder.path().join("private"))
        .status();
    assert!(done.expect("copied").success());
    assert!(
        run.err.contains(&format!("cp -a {}/private/. ", text(&aside))),
        "{}",
        run.err
    );
    folder.record_all(&[receipt(7)]);
    // Another ledger's key is not offered.
    let other = ledger(3);
    let run = other.run(["restore", text(&public), "--replace"]).ok();
    assert!(run.err.contains("--with-private"), "{}", run.err);
}

/// "ế" is one character here and three there, and nobody sees a space at the end of a line.
#[test]
fn a_passphrase_opens_however_its_letters_are_composed() {
    let (folder, room) = (ledger(2), room());
    let composed = "gi\u{f3} m\u{f9}a \u{111}\u{f4}ng b\u{1eaf}c v\u{1ec1}";
    let apart = "gio\u{301} mu\u{300}a \u{111}o\u{302}ng ba\u{306}\u{301}c ve\u{302}\u{300}";
    assert_eq!(composed, PASSPHRASE);
    for (nth, typed) in [composed, apart].into_iter().enumerate() {
        let file = room.path().join(format!("{nth}.tar"));
        seal(&folder, &file, &passphrase_file(&room, typed), &[]).ok();
        let spaced = [
            format!("{composed}  "),
            format!("{apart}\n"),
            format!(" {composed}\r"),
        ];
        let others = [composed, apart]
            .into_iter()
            .chain(spaced.iter().map(String::as_str));
        for other in others {
            let passphrase = passphrase_file(&room, other);
            let (restored, run) = restore(&file, &["--passphrase-file", text(&passphrase)]);
            run.ok();
            assert!(log_key(&restored).is_file(), "{other:?}");
        }
        // Within it a space counts.
        let passphrase = passphrase_file(&room, &composed.replace(' ', "  "));
        let (_, run) = restore(&file, &["--passphrase-file", text(&passphrase)]);
        run.fails_clearly(2, &["Spaces", "Telex"]);
    }
}

/// As `docs/backup.md` says it: the lines of its example, with the folders of this test.
#[test]
fn what_a_backup_lacks_comes_back_from_a_mirror() {
    let (folder, room) = (ledger(3), room());
    let file = sealed(&folder, &room, "a.tar");
    folder.record_all(&[receipt(5), receipt(6)]);
    let server = Server::start(&folder);
    let mirror = DataFolder::at(room.path().join("mirror"));
    command(&["mirror", &server.url, text(mirror.path()), "--once"]).ok();
    drop(server);
    let so = DataFolder::at(room.path().join("so"));
    let passphrase = passphrase_file(&room, PASSPHRASE);
    so.run(["restore", text(&file), "--passphrase-file", text(&passphrase)])
        .ok();
    let found = command(&["compare", text(so.path()), text(mirror.path())]).exits(1);
    assert!(found.out.contains("Only B has 2 entries"), "{}", found.out);
    let lines =
        "mv so/journal so-journal-before && cp -r mirror/journal so/ && cp mirror/log/checkpoint so/log/";
    let docs = include_str!("../../../docs/backup.md");
    assert!(docs.contains(lines), "it is what the page says");
    let done = Command::new("sh")
        .args(["-c", lines])
        .current_dir(room.path())
        .status();
    assert!(done.expect("done").success());
    let seen = mirror.path().join("log/checkpoint");
    so.run(["verify", "--seen", text(&seen)]).ok();
    assert_eq!(so.journal().bytes, folder.journal().bytes);
    // It goes on, and the mirror follows it.
    so.record_all(&[receipt(7)]);
    let server = Server::start(&so);
    command(&["mirror", &server.url, text(mirror.path()), "--once"]).ok();
    assert_eq!(mirror.journal().bytes, so.journal().bytes);
}
