//! Where a backup or a ledger can be put, and what is said of where not.

use std::fs;

use minhbach_tests::{DataFolder, SmallDisk, not_checked, receipt};

use super::{backed_up, beside, command, ledger, room, text};

#[test]
fn a_folder_that_is_not_there_is_said_to_be_missing() {
    let (folder, room) = (ledger(2), room());
    let none = room.path().join("none");
    let named = format!("{}/", text(&none));
    let within = none.join("a.tar");
    for to in [named.as_str(), text(&within)] {
        for (language, says) in [("en", "There is no folder"), ("vi", "Không có thư mục")] {
            let run = folder.run(["backup", to, "--lang", language]);
            let run = run.fails_clearly(2, &[says, text(&none)]);
            assert!(!run.err.contains(".partial"), "{}", run.err);
        }
    }
    let file = backed_up(&folder, &room, "a.tar");
    let deep = DataFolder::at(none.join("deep/data"));
    let run = deep.run(["restore", text(&file)]);
    let run = run.fails_clearly(2, &["There is no folder", text(&none.join("deep"))]);
    assert!(!run.err.contains("restoring"), "{}", run.err);
    assert!(!none.exists());
}

#[test]
fn a_backup_does_not_lie_in_what_it_is_of() {
    let (folder, room) = (ledger(2), room());
    let own = folder.path();
    let link = room.path().join("link");
    std::os::unix::fs::symlink(own, &link).expect("linked");
    for to in [
        own.to_path_buf(),
        own.join("journal"),
        own.join("a.tar"),
        own.join("log/a.tar"),
        link.join("a.tar"),
    ] {
        let run = folder.run(["backup", text(&to)]);
        run.fails_clearly(2, &["own folder", text(&to)]);
    }
    let run = folder.run(["backup", text(own), "--lang", "vi"]);
    run.fails_clearly(2, &["trong chính thư mục của sổ"]);
    folder.run(["verify"]).ok();
    // A folder beside it whose name begins as its own does is another.
    let beside = own.with_file_name("data-backups");
    fs::create_dir(&beside).expect("made");
    folder.run(["backup", text(&beside)]).ok();
}

#[test]
fn what_is_left_of_a_ledger_is_moved_aside_as_a_ledger_is() {
    let (folder, room) = (ledger(3), room());
    let file = backed_up(&folder, &room, "a.tar");
    let whole = folder.journal().bytes;
    for left in [&["log", "private"][..], &["private"], &["log"]] {
        let broken = folder.copy();
        for part in ["journal", "log", "private"] {
            if !left.contains(&part) {
                fs::remove_dir_all(broken.path().join(part)).expect("removed");
            }
        }
        broken
            .run(["restore", text(&file)])
            .fails_clearly(2, &["--replace", "cannot be told"]);
        broken.run(["restore", text(&file), "--replace"]).ok();
        assert_eq!(broken.journal().bytes, whole);
        let aside = beside(&broken)
            .into_iter()
            .find(|name| name.contains("before-restore"));
        let aside = broken.path().with_file_name(aside.expect("moved aside"));
        for part in left {
            assert!(aside.join(part).is_dir(), "nothing of it is gone: {part}");
        }
    }
}

#[test]
fn a_mount_point_is_not_exchanged_and_a_folder_in_it_is_named() {
    let disk = match SmallDisk::mount(8) {
        Ok(disk) => disk,
        Err(why) => return not_checked(&format!("a restore to a mount point: {why}")),
    };
    let (folder, room) = (ledger(2), room());
    let file = backed_up(&folder, &room, "a.tar");
    let target = DataFolder::at(disk.path());
    for (language, says) in [("en", "mount point"), ("vi", "điểm gắn")] {
        let within = format!("--data {}/so", text(disk.path()));
        let run = target.run(["restore", text(&file), "--lang", language]);
        run.fails_clearly(2, &[says, &within]);
    }
    DataFolder::at(disk.path().join("so"))
        .run(["restore", text(&file)])
        .ok();
}

#[test]
fn what_reads_a_backup_is_named_where_it_is_given_to_verify() {
    let (folder, room) = (ledger(2), room());
    let file = backed_up(&folder, &room, "a.tar");
    for language in ["en", "vi"] {
        for arguments in [
            &["verify", text(&file), "--lang", language][..],
            &["verify", "--data", text(&file), "--lang", language],
        ] {
            command(arguments).fails_clearly(2, &[text(&file), "minhbach compare", "minhbach restore"]);
        }
    }
}

#[test]
fn one_entry_is_spoken_of_as_one() {
    let (folder, room) = (ledger(2), room());
    let file = backed_up(&folder, &room, "a.tar");
    folder.record_all(&[receipt(1)]);
    let run = folder.run(["restore", text(&file)]);
    let run = run.fails_clearly(2, &["lacks 1 entry of that ledger"]);
    assert!(
        !run.err.contains("1 entry of those") && !run.err.contains("are not"),
        "{}",
        run.err
    );
    let run = folder.run(["restore", text(&file), "--replace"]).ok();
    assert!(run.err.contains("lacks 1 entry of the ledger"), "{}", run.err);
}
