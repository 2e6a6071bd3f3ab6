//! What a backup is, how it is made beside a writer, and where it is not made.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use minhbach_tests::{
    Ask, DataFolder, ORIGIN, Server, SmallDisk, actor, copy_folder, fund, hash, journal_path, not_checked,
    pool, receipt, rewrite, swap,
};
use serde_json::Value;

use super::tar::{member, members};
use super::{backed_up, command, ledger, mode, restore, room, text};

#[test]
fn a_stranger_takes_it_apart() {
    let (folder, room) = (ledger(20), room());
    let file = backed_up(&folder, &room, "a.tar");
    let archive = fs::read(&file).expect("read");
    let members = members(&archive);
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let journal = "journal/00000000000000000000.log";
    assert_eq!(
        names,
        ["manifest.json", "log/vkey", "log/checkpoint", journal, "B3SUMS"]
    );
    assert!(members.iter().all(|member| member.mode == 0o644));
    // Byte for byte what is in the folder.
    for name in [journal, "log/vkey", "log/checkpoint"] {
        let own = fs::read(folder.path().join(name)).expect("read");
        assert_eq!(member(&members, name).bytes, own, "{name}");
    }
    // `b3sum --check` reads lines of digits, two spaces and a name.
    let sums: String = members[..4]
        .iter()
        .map(|member| format!("{}  {}\n", hash(&member.bytes), member.name))
        .collect();
    assert_eq!(String::from_utf8_lossy(&members[4].bytes), sums);
    let manifest: Value = serde_json::from_slice(&members[0].bytes).expect("JSON");
    let now = folder.journal();
    assert_eq!(manifest["format"], "minhbach-backup/1");
    assert_eq!(
        (manifest["size"].as_u64(), &manifest["head"]),
        (Some(now.size() as u64), &now.head().into())
    );
    assert_eq!(manifest["signed"]["origin"], ORIGIN);
    assert_eq!(manifest["private"], false);
    // And so does the system's tar.
    let listed = std::process::Command::new("tar").arg("-tf").arg(&file).output();
    match listed {
        Ok(listed) => {
            let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
            assert_eq!(listed.lines().collect::<Vec<_>>(), names);
        }
        Err(why) => not_checked(&format!("the system's tar: {why}")),
    }
}

#[test]
fn a_backup_is_made_beside_a_writing_server_again_and_again() {
    const BACKUPS: usize = 25;
    let (folder, room) = (DataFolder::bare(), room());
    folder.record_all(&[fund(), pool()]);
    let token = actor(&folder, "thu-quy", &["recorder"], None);
    let server = Server::start(&folder);
    let ended = AtomicBool::new(false);
    let mut sizes = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut nth = 0;
            while !ended.load(Ordering::Relaxed) {
                let lines: Vec<u8> = (0..50)
                    .flat_map(|line| format!("{}\n", receipt(10_000 + nth + line)).into_bytes())
                    .collect();
                nth += 50;
                server.ask(&Ask::lines(&token, "", lines)).is(200);
                // Enough comes between two backups; more would only have to be restored.
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        for nth in 0..BACKUPS {
            let file = backed_up(&folder, &room, &format!("{nth}.tar"));
            sizes.push((file, folder.journal().size()));
        }
        ended.store(true, Ordering::Relaxed);
    });
    drop(server);
    let whole = folder.journal().bytes;
    let mut before = 0;
    for (file, at_most) in sizes {
        let (restored, run) = restore(&file, &["--format", "json"]);
        let size = run.ok().json()["as_of"]["size"].as_u64().expect("a size") as usize;
        assert!(before <= size && size <= at_most, "{before} {size} {at_most}");
        before = size;
        let own = restored.journal();
        assert_eq!(own.size(), size);
        assert!(whole.starts_with(&own.bytes), "a prefix of what the server wrote");
        restored.run(["verify"]).ok();
    }
    assert!(500 < before, "entries poured in: {before}");
}

#[test]
fn no_file_is_written_over_but_an_earlier_backup_of_the_same_ledger() {
    let (folder, room) = (ledger(3), room());
    let file = backed_up(&folder, &room, "a.tar");
    let first = fs::read(&file).expect("read");
    folder
        .run(["backup", text(&file)])
        .fails_clearly(2, &[text(&file), "--replace"]);
    assert_eq!(fs::read(&file).expect("read"), first);
    folder.record_all(&[receipt(5)]);
    folder.run(["backup", text(&file), "--replace"]).ok();
    let second = fs::read(&file).expect("read");
    assert_ne!(second, first);
    // Not a newer one, not another ledger's, not a file of something else, not through a link.
    let other = ledger(3);
    let run = other.run(["backup", text(&file), "--replace"]);
    run.fails_clearly(2, &[text(&file)]);
    let newer = room.path().join("newer");
    copy_folder(folder.path(), &newer);
    let newer = DataFolder::at(newer);
    newer.record_all(&[receipt(6)]);
    newer.run(["backup", text(&file), "--replace"]).ok();
    folder
        .run(["backup", text(&file), "--replace"])
        .fails_clearly(2, &[text(&file)]);
    let letter = room.path().join("letter.txt");
    fs::write(&letter, "Kính gửi…").expect("written");
    folder
        .run(["backup", text(&letter), "--replace"])
        .fails_clearly(2, &[text(&letter)]);
    let link = room.path().join("link.tar");
    std::os::unix::fs::symlink(&letter, &link).expect("linked");
    for arguments in [
        &["backup", text(&link)][..],
        &["backup", text(&link), "--replace"],
    ] {
        folder.run(arguments).fails_clearly(2, &[text(&link)]);
    }
    assert_eq!(fs::read_to_string(&letter).expect("read"), "Kính gửi…");
    let names: Vec<_> = fs::read_dir(room.path()).expect("listed").collect();
    assert_eq!(names.len(), 4, "nothing is left behind: {names:?}");
}

#[test]
fn in_a_folder_a_backup_has_a_name_of_its_own() {
    let (folder, room) = (ledger(3), room());
    let made = folder
        .run(["backup", text(room.path()), "--format", "json"])
        .ok()
        .json();
    let file = made["file"].as_str().expect("a name");
    let name = file.strip_prefix(text(room.path())).expect("in the folder");
    assert!(
        name.starts_with("/so.example.vn-thu-20") && name.ends_with("Z-6.tar"),
        "{name}"
    );
    assert_eq!(
        fs::metadata(file).expect("there").len(),
        made["bytes"].as_u64().expect("bytes")
    );
    assert_eq!(mode(file.as_ref()), 0o644);
}

#[test]
fn a_damaged_ledger_is_not_backed_up_as_if_it_were_sound() {
    let room = room();
    let file = room.path().join("a.tar");
    let damaged = ledger(5);
    let path = journal_path(damaged.path());
    let mut bytes = fs::read(&path).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).expect("written");
    let run = damaged.run(["backup", text(&file)]);
    run.fails_clearly(2, &[text(&path), "line"]);
    // By itself the chain is right; what was signed tells.
    let rewritten = ledger(5);
    rewrite(rewritten.path(), |entries| swap(entries, 4, 5));
    rewritten
        .run(["backup", text(&file)])
        .fails_clearly(2, &["8 entries"]);
    let nowhere = DataFolder::absent();
    nowhere
        .run(["backup", text(&file)])
        .fails_clearly(2, &[text(nowhere.path())]);
    assert!(
        fs::read_dir(room.path()).expect("listed").next().is_none(),
        "nothing was made"
    );
}

#[test]
fn a_torn_line_is_no_entry_yet() {
    let (folder, room) = (ledger(3), room());
    let whole = folder.journal();
    let path = journal_path(folder.path());
    let mut bytes = whole.bytes.clone();
    bytes.extend_from_slice(&whole.bytes[..100]);
    fs::write(&path, bytes).expect("written");
    let file = backed_up(&folder, &room, "a.tar");
    let (restored, run) = restore(&file, &[]);
    run.ok();
    assert_eq!(restored.journal().bytes, whole.bytes);
}

#[test]
fn where_nothing_can_be_written_it_is_said() {
    let (folder, room) = (ledger(3), room());
    let nowhere = room.path().join("no/such/a.tar");
    folder
        .run(["backup", text(&nowhere)])
        .fails_clearly(2, &[text(&room.path().join("no/such"))]);
    let file = room.path().join("file");
    fs::write(&file, "x").expect("written");
    let below = file.join("a.tar");
    folder
        .run(["backup", text(&below)])
        .fails_clearly(2, &[text(&below)]);
    let closed = room.path().join("closed");
    fs::create_dir(&closed).expect("made");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).expect("set");
    // Root may write anywhere.
    if fs::write(closed.join("probe"), "x").is_err() {
        let file = closed.join("a.tar");
        folder
            .run(["backup", text(&file)])
            .fails_clearly(2, &[text(&file)]);
    }
}

#[test]
fn on_a_full_disk_nothing_is_left() {
    let disk = match SmallDisk::mount(1) {
        Ok(disk) => disk,
        Err(why) => return not_checked(&format!("a backup to a full disk: {why}")),
    };
    let folder = ledger(4_000);
    let file = disk.path().join("a.tar");
    folder
        .run(["backup", text(&file)])
        .fails_clearly(2, &[text(&file), "full"]);
    assert!(
        fs::read_dir(disk.path()).expect("listed").next().is_none(),
        "nothing is left"
    );
    // And so it is with a restore: what was there stays.
    let room = room();
    let backup = backed_up(&folder, &room, "a.tar");
    let target = DataFolder::at(disk.path().join("data"));
    target.run(["restore", text(&backup)]).fails_clearly(2, &["full"]);
    assert!(
        fs::read_dir(disk.path()).expect("listed").next().is_none(),
        "nothing is left"
    );
    disk.read_only(true);
    folder
        .run(["backup", text(&file)])
        .fails_clearly(2, &[text(&file)]);
}

#[test]
fn two_backups_at_once_do_not_get_in_each_other_s_way() {
    let (folder, room) = (ledger(2_000), room());
    let file = room.path().join("a.tar");
    let runs: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| folder.run(["backup", text(&file)])))
            .collect();
        runs.into_iter().map(|run| run.join().expect("ended")).collect()
    });
    let made = runs.iter().filter(|run| run.code == Some(0)).count();
    assert_eq!(made, 1, "one has the name: {runs:?}");
    for run in runs.into_iter().filter(|run| run.code != Some(0)) {
        run.fails_clearly(2, &["a.tar"]);
    }
    let (_, run) = restore(&file, &[]);
    run.ok();
}

#[test]
fn a_backup_that_was_killed_leaves_no_file_of_its_name() {
    let (folder, room) = (ledger(6_000), room());
    let file = room.path().join("a.tar");
    let mut amid = 0;
    for millis in (0..60).map(|nth| nth * 2) {
        let mut child = folder
            .command(["backup", text(&file)])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("started");
        std::thread::sleep(std::time::Duration::from_millis(millis));
        child.kill().expect("killed");
        child.wait().expect("waited");
        if file.exists() {
            command(&["compare", text(folder.path()), text(&file)]).ok();
            fs::remove_file(&file).expect("removed");
        } else {
            amid += usize::from(room.path().join("a.tar.partial").exists());
        }
    }
    assert!(0 < amid, "some were killed amid their work");
    // What was left is in nobody's way.
    folder.run(["backup", text(&file)]).ok();
    assert!(!room.path().join("a.tar.partial").exists());
}
