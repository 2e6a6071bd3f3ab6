//! The projections can be lost, damaged or foreign, and the disk full: the journal answers for them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use minhbach_tests::{
    DataFolder, Dice, POOL, SmallDisk, allocation, confirmation, copy_folder, delivery, not_checked, receipt,
    run, with_stdin,
};
use serde_json::Value;

/// A ledger with some of everything that moves a quantity, its projections written.
fn told() -> DataFolder {
    let folder = DataFolder::prepared();
    let mut proposals: Vec<Value> = (1..=300).map(|n| receipt(n * 1_000)).collect();
    proposals.push(allocation("AL-1", 5_000_000));
    proposals.push(delivery("DL-1", "AL-1", 3_000_000));
    proposals.push(confirmation("DL-1", 2_999_000));
    proposals.push(receipt(7));
    folder.record_all(&proposals);
    folder
}

fn balances(folder: &DataFolder) -> String {
    folder.run(["balances", "--format", "json"]).ok().out
}

/// Asks for the balances of a ledger whose projections were tampered with; what was said on stderr.
#[track_caller]
fn assert_rebuilt(folder: &DataFolder, expected: &str, what: &str) -> String {
    let run = folder.run(["balances", "--format", "json"]).ok();
    assert_eq!(run.out, expected, "{what}");
    assert!(
        !run.err.trim().is_empty(),
        "{what}: nobody was told that the projections were rebuilt"
    );
    let again = folder.run(["balances", "--format", "json"]).ok();
    assert_eq!(
        (again.out.as_str(), again.err.as_str()),
        (expected, ""),
        "{what}: told once"
    );
    run.err
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(folder).expect("the projections") {
        let path = item.expect("an item").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn deleted_emptied_or_replaced_projections_are_rebuilt_and_said_so() {
    let folder = told();
    let expected = balances(&folder);
    let projections = folder.path().join("projections");
    let journal = folder.journal().bytes;

    std::fs::remove_dir_all(&projections).expect("deleted");
    assert_rebuilt(&folder, &expected, "deleted");

    std::fs::remove_dir_all(&projections).expect("deleted");
    std::fs::write(&projections, "a file").expect("a file in its place");
    assert_rebuilt(&folder, &expected, "a file in place of the folder");

    std::fs::remove_dir_all(&projections).expect("deleted");
    std::fs::create_dir(&projections).expect("an empty folder");
    assert_rebuilt(&folder, &expected, "an empty folder");

    let other = DataFolder::prepared();
    other.record_all(&[receipt(1), receipt(2)]);
    std::fs::remove_dir_all(&projections).expect("deleted");
    copy_folder(&other.path().join("projections"), &projections);
    assert_rebuilt(&folder, &expected, "of another ledger");

    assert_eq!(folder.journal().bytes, journal);
    folder.run(["verify"]).ok();
}

#[test]
fn projections_that_know_more_or_less_than_the_journal_are_brought_to_it() {
    let folder = told();
    let before = folder.copy();
    folder.record_all(&[receipt(11), receipt(12)]);
    let expected = balances(&folder);

    // Older ones are brought up. That is no rebuild, and nothing to tell.
    std::fs::remove_dir_all(folder.path().join("projections")).expect("deleted");
    copy_folder(
        &before.path().join("projections"),
        &folder.path().join("projections"),
    );
    assert_eq!(balances(&folder), expected, "older");

    // Those that know entries which the journal lacks are the only trace of these: nothing is opened until somebody decides.
    let fewer = balances(&before);
    std::fs::remove_dir_all(before.path().join("projections")).expect("deleted");
    copy_folder(
        &folder.path().join("projections"),
        &before.path().join("projections"),
    );
    let size = before.journal().size();
    for arguments in [&["balances"][..], &["record", "-"], &["rebuild"]] {
        let run = before.run(arguments);
        run.fails_clearly(2, &[&size.to_string(), &(size + 2).to_string()]);
    }
    before.run(["verify"]).exits(1);
    before.run(["recover", "--cut", &size.to_string()]).ok();
    assert_rebuilt(&before, &fewer, "newer");

    // As many entries, but others: a journal that was cut and went on.
    let fork = before.copy();
    before.record_all(&[receipt(21), receipt(22)]);
    fork.record_all(&[receipt(31), receipt(32)]);
    let expected = balances(&fork);
    std::fs::remove_dir_all(fork.path().join("projections")).expect("deleted");
    copy_folder(
        &before.path().join("projections"),
        &fork.path().join("projections"),
    );
    assert_rebuilt(&fork, &expected, "of a fork");
}

#[test]
fn a_half_written_snapshot_or_a_foreign_file_does_no_harm() {
    let original = told();
    let expected = balances(&original);
    for (name, bytes) in [
        ("snap.0000000000000FFF", &b"half"[..]),
        ("snap.00000000000FFFFF", &[0; 100]),
        ("snap.0000000000000FFF.generating", &b"half"[..]),
        ("snap.00000000000FFFFF.generating", &b""[..]),
        ("rubbish", &b"\x00\xff rubbish"[..]),
        ("db.bak", &[7; 5_000]),
    ] {
        let folder = original.copy();
        std::fs::write(folder.path().join("projections").join(name), bytes).expect("a file");
        assert_eq!(balances(&folder), expected, "{name}");
        assert_eq!(balances(&folder), expected, "{name}, again");
    }
    // A snapshot that was there and lost its end.
    for path in files(&original.path().join("projections")) {
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|name| name.starts_with("snap."))
        else {
            continue;
        };
        let folder = original.copy();
        let path = folder.path().join("projections").join(name);
        let bytes = std::fs::read(&path).expect("a snapshot");
        std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
        assert_rebuilt(&folder, &expected, "a snapshot without its end");
    }
}

#[test]
fn truncated_and_flipped_files_never_change_an_answer() {
    let original = told();
    let expected = balances(&original);
    let journal = original.journal().bytes;
    let mut dice = Dice::new(1);
    let (mut tried, mut said) = (0, 0);
    let root = original.path().join("projections");
    for path in files(&root) {
        let bytes = std::fs::read(&path).expect("a file of the projections");
        let inside = path.strip_prefix(&root).expect("inside");
        let len = bytes.len();
        // sled makes its file 512 KiB long whatever is in it: what counts is near the front.
        let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1);
        let mut damaged: Vec<(String, Vec<u8>)> = [
            0,
            1,
            used / 4,
            used / 2,
            used.saturating_sub(1),
            len.saturating_sub(1),
        ]
        .into_iter()
        .map(|keep| {
            (
                format!("{} cut to {keep}", inside.display()),
                bytes[..keep.min(len)].to_vec(),
            )
        })
        .collect();
        for _ in 0..12 {
            let mut flipped = bytes.clone();
            let at = dice.below(used.max(1) as u64) as usize;
            if let Some(byte) = flipped.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            damaged.push((format!("{} flipped at {at}", inside.display()), flipped));
        }
        for (what, bytes) in damaged {
            let folder = original.copy();
            std::fs::write(folder.path().join("projections").join(inside), bytes).expect("damaged");
            let run = folder.run(["balances", "--format", "json"]).ok();
            assert_eq!(run.out, expected, "{what}");
            said += u32::from(!run.err.is_empty());
            tried += 1;
            // And it can be written to.
            if tried % 6 == 0 {
                folder.record_all(&[receipt(5)]);
                assert!(folder.journal().bytes.starts_with(&journal), "{what}");
            }
        }
    }
    println!("{tried} damages, {said} of them led to a rebuild that was spoken of");
    assert!(0 < said);
}

#[test]
fn rebuild_answers_the_same() {
    let folder = told();
    let ask = || {
        [
            folder.run(["balances", "--format", "json"]).ok().out,
            folder.run(["statement", "--format", "json"]).ok().out,
            folder.run(["received", "--format", "json"]).ok().out,
            folder.run(["trail", "DL-1", "--format", "json"]).ok().out,
            folder.run(["trail", POOL, "--format", "json"]).ok().out,
        ]
    };
    let before = ask();
    folder.run(["rebuild"]).ok();
    assert_eq!(ask(), before);
    std::fs::remove_dir_all(folder.path().join("projections")).expect("deleted");
    folder.run(["rebuild"]).ok();
    assert_eq!(ask(), before);
}

#[test]
fn a_second_process_is_told_who_holds_the_folder() {
    let folder = told();
    let mut first = folder
        .command(["record", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = first.stdin.take().expect("stdin");
    let mut answers = BufReader::new(first.stdout.take().expect("stdout")).lines();
    let mut tell = |dong: u64| {
        writeln!(stdin, "{}", receipt(dong)).expect("proposed");
        answers.next().expect("an answer").expect("read")
    };
    assert!(tell(5).contains("\"seq\":"));
    let pid = first.id().to_string();
    let bytes = folder.journal().bytes;
    for arguments in [&["record", "-"][..], &["rebuild"], &["recover", "--cut", "3"]] {
        let run = folder.run(arguments);
        let digits: String = run
            .err
            .chars()
            .filter(|c| !['.', ',', '\u{a0}'].contains(c))
            .collect();
        assert!(digits.contains(&pid), "{}: {}", run.command, run.err);
        run.fails_clearly(2, &["minhbach record", folder.path().to_str().expect("a path")]);
    }
    assert_eq!(folder.journal().bytes, bytes);
    // Who only looks is not turned away, or is told as well.
    folder.run(["status"]).ok();
    folder.run(["verify"]).ok();
    let reading = folder.run(["balances"]);
    assert!(
        reading.code == Some(0) || reading.err.contains("minhbach record"),
        "{reading:?}"
    );
    // The first goes on unharmed, and when it ends the folder is free.
    assert!(tell(6).contains("\"seq\":"));
    drop(stdin);
    assert!(first.wait().expect("ended").success());
    folder.record_all(&[receipt(7)]);
}

#[test]
fn a_full_disk_is_read_and_refuses_to_be_written_to() {
    let disk = match SmallDisk::mount(24) {
        Ok(disk) => disk,
        Err(why) => return not_checked(&format!("a full disk: {why}")),
    };
    let folder = DataFolder::at(disk.path().join("data"));
    copy_folder(told().path(), folder.path());
    let expected = balances(&folder);
    let journal = folder.journal();

    let filler = disk.fill();
    let assert_readable = |what: &str| {
        let status = folder.run(["status", "--format", "json"]).ok().json();
        assert_eq!(status["as_of"]["head"], journal.head(), "{what}");
        folder.run(["verify"]).ok();
        assert_eq!(balances(&folder), expected, "{what}");
    };
    assert_readable("full");
    let proposals: Vec<u8> = (1..=200)
        .flat_map(|n| format!("{}\n", receipt(n)).into_bytes())
        .collect();
    let run = with_stdin(&mut folder.command(["record", "-"]), &proposals);
    assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
    assert!(
        !run.err.trim().is_empty() && !run.err.contains("panicked"),
        "{}",
        run.err
    );
    let acknowledged = run
        .json_lines()
        .iter()
        .filter(|answer| answer["seq"].is_u64())
        .count();
    assert!(journal.size() + acknowledged <= folder.journal().size());
    std::fs::remove_file(&filler).expect("room");
    // With room again it goes on from what is there.
    let seq = folder.journal().size();
    assert_eq!(folder.record_all(&[receipt(99)])[0]["seq"], seq as u64);
    folder.run(["verify"]).ok();
}

#[test]
fn a_disk_that_fills_up_under_load_loses_nothing_acknowledged() {
    let disk = match SmallDisk::mount(12) {
        Ok(disk) => disk,
        Err(why) => return not_checked(&format!("a disk that fills up: {why}")),
    };
    let folder = DataFolder::at(disk.path().join("data"));
    copy_folder(DataFolder::prepared().path(), folder.path());
    let proposals: Vec<u8> = (1..=60_000)
        .flat_map(|n| format!("{}\n", receipt(n)).into_bytes())
        .collect();
    let run = with_stdin(&mut folder.command(["record", "-"]), &proposals);
    assert!(matches!(run.code, Some(1 | 2)), "{:?}: {}", run.code, run.err);
    assert!(
        !run.err.trim().is_empty() && !run.err.contains("panicked"),
        "{}",
        run.err
    );
    let journal = folder.journal();
    let answers = run.json_lines();
    assert!(100 < answers.len() && answers.len() < 60_000, "{}", answers.len());
    for answer in &answers {
        let seq = answer["seq"].as_u64().expect("acknowledged") as usize;
        assert_eq!(answer["hash"], journal.lines[seq].hash.as_str(), "seq {seq}");
    }
    folder.run(["status"]).ok();
    // A torn line is reported; anything else is sound.
    let torn = journal.whole < journal.bytes.len();
    folder.run(["verify"]).exits(i32::from(torn));
    folder.run(["balances"]).ok();
    println!(
        "{} acknowledged, {} kept, torn: {torn}",
        answers.len(),
        journal.size()
    );
}

#[test]
fn a_read_only_folder_is_read_and_refuses_to_be_written_to() {
    let disk = match SmallDisk::mount(16) {
        Ok(disk) => disk,
        Err(why) => return not_checked(&format!("a read-only disk: {why}")),
    };
    let folder = DataFolder::at(disk.path().join("data"));
    copy_folder(told().path(), folder.path());
    let expected = balances(&folder);
    disk.read_only(true);
    folder.run(["status"]).ok();
    folder.run(["verify"]).ok();
    assert_eq!(balances(&folder), expected);
    let refused = folder.record(&[receipt(5)]).fails_clearly(2, &[]);
    assert!(
        refused.err.contains(disk.path().to_str().expect("a path")),
        "{}",
        refused.err
    );
    run(folder
        .command(["init", "--origin", "so.example.vn/khac"])
        .arg("--by")
        .arg("ai-do"))
    .exits(2);
    disk.read_only(false);
    folder.record_all(&[receipt(5)]);
}
