//! What a restore makes, what it refuses, and what it leaves when it is killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use minhbach_tests::{DataFolder, Dice, Server, receipt};

use super::{backed_up, beside, command, ledger, restore, room, text};

#[test]
fn a_restored_ledger_is_read_and_checked_and_says_what_it_lacks() {
    let (folder, room) = (ledger(12), room());
    let file = backed_up(&folder, &room, "a.tar");
    let (restored, run) = restore(&file, &[]);
    let run = run.ok();
    assert!(
        run.out.contains("RESTORED") && run.err.contains("private/log-key"),
        "{run:?}"
    );
    assert_eq!(restored.journal().bytes, folder.journal().bytes);
    assert_eq!(beside(&restored), ["data"], "nothing is left beside it");
    let mut names: Vec<_> = fs::read_dir(restored.path())
        .expect("listed")
        .map(|item| item.expect("an item").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    assert_eq!(names, ["journal", "log"]);
    for arguments in [&["status"][..], &["verify"], &["balances"], &["search", "quy"]] {
        restored.run(arguments).ok();
    }
    // Without its key nothing is recorded, and it is said why.
    restored.record(&[receipt(5)]).fails_clearly(2, &["log-key"]);
    // The key put back, it goes on.
    let private = restored.path().join("private");
    fs::create_dir_all(&private).expect("made");
    fs::copy(folder.path().join("private/log-key"), private.join("log-key")).expect("copied");
    restored.record_all(&[receipt(5)]);
    restored.run(["verify"]).ok();
    let server = Server::start(&restored);
    assert_eq!(server.get("/v1/status").is(200).json()["as_of"]["size"], 16);
}

#[test]
fn it_is_restored_only_where_nothing_is_or_where_it_is_to_replace() {
    let (folder, room) = (ledger(5), room());
    let file = backed_up(&folder, &room, "a.tar");
    // An empty folder, one with a slash, one through a link, one below the current folder.
    let empty = DataFolder::absent();
    fs::create_dir(empty.path()).expect("made");
    empty.run(["restore", text(&file)]).ok();
    let slash = room.path().join("slash/");
    DataFolder::at(&slash).run(["restore", text(&file)]).ok();
    let (real, link) = (room.path().join("real"), room.path().join("link"));
    fs::create_dir(&real).expect("made");
    std::os::unix::fs::symlink(&real, &link).expect("linked");
    DataFolder::at(&link).run(["restore", text(&file)]).ok();
    assert!(real.join("journal").is_dir() && link.is_symlink());
    // A folder of something else, with or without --replace.
    let letters = room.path().join("letters");
    fs::create_dir(&letters).expect("made");
    fs::write(letters.join("letter"), "x").expect("written");
    for arguments in [
        &["restore", text(&file)][..],
        &["restore", text(&file), "--replace"],
    ] {
        DataFolder::at(&letters)
            .run(arguments)
            .fails_clearly(2, &[text(&letters)]);
    }
    assert_eq!(fs::read_dir(&letters).expect("listed").count(), 1);
    let name = DataFolder::at(room.path().join("file"));
    fs::write(name.path(), "x").expect("written");
    name.run(["restore", text(&file)])
        .fails_clearly(2, &[text(name.path())]);
    DataFolder::at("/")
        .run(["restore", text(&file)])
        .fails_clearly(2, &["/"]);
    let deep = DataFolder::at(room.path().join("no/such/folder"));
    deep.run(["restore", text(&file)])
        .fails_clearly(2, &[text(&room.path().join("no/such"))]);
}

#[test]
fn an_older_backup_over_a_newer_ledger_is_said_loudly_and_the_newer_is_kept() {
    let (folder, room) = (ledger(5), room());
    let file = backed_up(&folder, &room, "a.tar");
    folder.record_all(&[receipt(1), receipt(2), receipt(3)]);
    let newer = folder.journal().bytes;
    for (language, says) in [("en", "3 entries"), ("vi", "3 dòng")] {
        let run = folder.run(["restore", text(&file), "--lang", language]);
        run.fails_clearly(2, &["--replace", says]);
    }
    assert_eq!(folder.journal().bytes, newer);
    assert_eq!(beside(&folder), ["data"]);
    let run = folder.run(["restore", text(&file), "--replace"]).ok();
    assert!(run.err.contains("3 entries"), "{}", run.err);
    assert_eq!(folder.journal().size(), 8);
    let kept: Vec<String> = beside(&folder)
        .into_iter()
        .filter(|name| name != "data")
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let kept = folder.path().with_file_name(&kept[0]);
    assert!(run.err.contains(text(&kept)), "{}", run.err);
    assert_eq!(DataFolder::at(&kept).journal().bytes, newer);
    assert!(kept.join("private/log-key").is_file(), "nothing of it is gone");
    // Another history, a damaged ledger, the same again.
    let other = ledger(5);
    let run = other.run(["restore", text(&file)]);
    run.fails_clearly(2, &["ANOTHER HISTORY"]);
    let run = other
        .run(["restore", text(&file), "--replace", "--format", "json"])
        .ok();
    assert_eq!(run.json()["replaced"]["same_history"], false);
    let journal = minhbach_tests::journal_path(other.path());
    fs::write(&journal, "x\n").expect("written");
    let run = other.run(["restore", text(&file)]);
    run.fails_clearly(2, &["cannot be told"]);
    other.run(["restore", text(&file), "--replace"]).ok();
    let run = other.run(["restore", text(&file)]);
    let run = run.fails_clearly(2, &["--replace"]);
    assert!(!run.err.contains("OLDER"), "{}", run.err);
}

#[test]
fn a_ledger_that_somebody_holds_is_not_replaced() {
    let (folder, room) = (ledger(5), room());
    let file = backed_up(&folder, &room, "a.tar");
    let server = Server::start(&folder);
    let run = folder.run(["restore", text(&file), "--replace"]);
    run.fails_clearly(2, &["minhbach serve", &server.url]);
    assert_eq!(beside(&folder), ["data"]);
    assert_eq!(server.get("/v1/status").is(200).json()["as_of"]["size"], 8);
}

#[test]
fn a_backup_is_held_to_the_key_and_to_what_was_seen() {
    let (folder, room) = (ledger(5), room());
    let file = backed_up(&folder, &room, "a.tar");
    let checkpoint = |folder: &DataFolder| folder.path().join("log/checkpoint");
    let (old, new) = (room.path().join("old"), room.path().join("new"));
    fs::copy(checkpoint(&folder), &old).expect("copied");
    folder.record_all(&[receipt(1)]);
    fs::copy(checkpoint(&folder), &new).expect("copied");
    let vkey = folder.path().join("log/vkey");
    let (_, run) = restore(&file, &["--key", text(&vkey), "--seen", text(&old)]);
    assert!(!run.ok().err.contains("does not know what came after"));
    // What a checkpoint, a folder or a mirror has seen since is not in it.
    let seen = [new.clone(), folder.path().to_path_buf()];
    for seen in seen {
        let (restored, run) = restore(&file, &["--seen", text(&seen)]);
        run.fails_clearly(2, &["9 entries were signed", "8", text(&seen)]);
        assert!(beside(&restored).is_empty());
    }
    let other = ledger(5);
    let (_, run) = restore(&file, &["--key", text(&other.path().join("log/vkey"))]);
    run.fails_clearly(2, &["key"]);
    let (_, run) = restore(&file, &["--seen", text(&checkpoint(&other))]);
    run.fails_clearly(2, &[text(&checkpoint(&other))]);
}

#[test]
fn killed_at_any_moment_the_old_or_the_new_is_there_whole() {
    let (old, room) = (ledger(400), room());
    let new = old.copy();
    new.record_all(&[receipt(1), receipt(2)]);
    let file = backed_up(&new, &room, "a.tar");
    let (before, after) = (old.journal().bytes, new.journal().bytes);
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let (mut kept, mut replaced, mut amid) = (0, 0, 0);
    for round in 0..60 {
        let place = room.path().join(format!("round-{round}"));
        fs::create_dir(&place).expect("made");
        let folder = DataFolder::at(place.join("data"));
        minhbach_tests::copy_folder(old.path(), folder.path());
        let mut child = folder
            .command(["restore", text(&file), "--replace"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        std::thread::sleep(Duration::from_micros(dice.below(60_000)));
        child.kill().expect("killed");
        child.wait().expect("waited");
        let now = folder.journal().bytes;
        assert!(now == before || now == after, "one of the two, whole");
        kept += usize::from(now == before);
        replaced += usize::from(now == after);
        amid += usize::from(beside(&folder).iter().any(|name| name == "data.restoring"));
        folder.run(["verify", "--chain"]).ok();
        // Again, to its end.
        let run = folder.run(["restore", text(&file), "--replace"]).ok();
        assert!(run.out.contains("RESTORED"));
        assert_eq!(folder.journal().bytes, after);
        let others: Vec<PathBuf> = beside(&folder)
            .into_iter()
            .filter(|name| name != "data")
            .map(|name| place.join(name))
            .collect();
        // The ledger that was there is kept, under a name that says so.
        assert!(
            others
                .iter()
                .all(|other| text(other).contains("data.before-restore-")),
            "{others:?}"
        );
        assert!(
            others
                .iter()
                .any(|other| DataFolder::at(other).journal().bytes == before)
        );
        folder.run(["verify"]).ok();
    }
    println!("{kept} kept, {replaced} replaced, {amid} amid");
    assert!(0 < amid, "otherwise the moments were badly chosen");
}

/// Killed between its last steps, as no clock hits them: the folders as they are then.
#[test]
fn what_a_killed_restore_left_is_cleared_away_or_moved_and_nothing_else_is() {
    let (folder, room) = (ledger(3), room());
    let file = backed_up(&folder, &room, "a.tar");
    let restoring = |folder: &DataFolder| folder.path().with_file_name("data.restoring");
    // Half unpacked.
    let target = DataFolder::absent();
    fs::create_dir_all(restoring(&target).join("journal")).expect("made");
    fs::write(restoring(&target).join("being-restored"), "").expect("written");
    fs::write(restoring(&target).join("journal/x"), "x").expect("written");
    target.run(["restore", text(&file)]).ok();
    assert_eq!(beside(&target), ["data"]);
    // The new one is in its place and still has the mark, the old one is where the new one was.
    let newer = target.copy();
    fs::write(newer.path().join("being-restored"), "").expect("written");
    minhbach_tests::copy_folder(folder.path(), &restoring(&newer));
    newer.run(["restore", text(&file), "--replace"]).ok();
    let names = beside(&newer);
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(!newer.path().join("being-restored").exists());
    assert!(
        names
            .iter()
            .any(|name| newer.path().with_file_name(name).join("private/log-key").exists())
    );
    // A folder of that name that is somebody's.
    let target = DataFolder::absent();
    fs::create_dir_all(restoring(&target)).expect("made");
    fs::write(restoring(&target).join("letter"), "x").expect("written");
    target
        .run(["restore", text(&file)])
        .fails_clearly(2, &[text(&restoring(&target))]);
    assert!(restoring(&target).join("letter").exists());
}

#[test]
fn two_restores_at_once_make_one_ledger() {
    let (folder, room) = (ledger(1_000), room());
    let file = backed_up(&folder, &room, "a.tar");
    let target = DataFolder::absent();
    let runs: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..5)
            .map(|_| scope.spawn(|| target.run(["restore", text(&file)])))
            .collect();
        runs.into_iter().map(|run| run.join().expect("ended")).collect()
    });
    let made = runs.iter().filter(|run| run.code == Some(0)).count();
    assert_eq!(made, 1, "{runs:?}");
    for run in runs.into_iter().filter(|run| run.code != Some(0)) {
        run.fails_clearly(2, &["data"]);
    }
    assert_eq!(target.journal().bytes, folder.journal().bytes);
    assert_eq!(beside(&target), ["data"]);
}

#[test]
fn a_mirror_is_backed_up_as_far_as_it_is_vouched_for() {
    let (folder, room) = (ledger(5), room());
    let server = Server::start(&folder);
    let mirror = DataFolder::at(room.path().join("mirror"));
    command(&["mirror", &server.url, text(mirror.path()), "--once"]).ok();
    drop(server);
    let file = backed_up(&mirror, &room, "mirror.tar");
    let (restored, run) = restore(&file, &[]);
    assert!(!run.ok().err.contains("log-key"), "a mirror has no key");
    assert_eq!(restored.journal().bytes, folder.journal().bytes);
    // It is a mirror again: nothing is recorded there, and it goes on.
    restored.record(&[receipt(5)]).exits(2);
    folder.record_all(&[receipt(6)]);
    let server = Server::start(&folder);
    command(&["mirror", &server.url, text(restored.path()), "--once"]).ok();
    assert_eq!(restored.journal().bytes, folder.journal().bytes);
    // One in alarm is evidence and stays as it is.
    fs::create_dir(mirror.path().join("log/alarm-1")).expect("made");
    let other = room.path().join("other.tar");
    mirror.run(["backup", text(&other)]).fails_clearly(2, &["alarm"]);
}

/// The journal of several files is restored file by file; one that is empty is not needed.
#[test]
fn the_last_file_may_be_empty() {
    let (folder, room) = (ledger(3), room());
    let next = folder.path().join("journal").join(format!("{:020}.log", 6));
    fs::write(&next, "").expect("written");
    let file = backed_up(&folder, &room, "a.tar");
    let (restored, run) = restore(&file, &[]);
    run.ok();
    assert_eq!(restored.journal().bytes, folder.journal().bytes);
    assert!(
        !restored
            .path()
            .join("journal")
            .join(Path::new(next.file_name().expect("a name")))
            .exists()
    );
}
