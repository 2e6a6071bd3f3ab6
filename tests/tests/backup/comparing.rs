//! Two ledgers side by side: equal, longer, forked, edited, empty, damaged.

use std::fs;

use minhbach_tests::{DataFolder, Run, forget_what_was_signed, hash, journal_path, receipt, rewrite, swap};
use serde_json::Value;

use super::{backed_up, command, ledger, room, text};

#[track_caller]
fn compared(a: &str, b: &str, code: i32) -> Value {
    command(&["compare", a, b, "--format", "json"]).exits(code).json()
}

fn folders(a: &DataFolder, b: &DataFolder) -> [String; 2] {
    [a, b].map(|folder| text(folder.path()).to_owned())
}

#[test]
fn the_same_is_the_same_as_folder_and_as_backup() {
    let (folder, room) = (ledger(1_500), room());
    let copy = folder.copy();
    let file = backed_up(&folder, &room, "a.tar");
    let places = [text(folder.path()), text(copy.path()), text(&file)];
    for a in places {
        for b in places {
            let found = compared(a, b, 0);
            assert_eq!(
                (&found["verdict"], &found["common"]),
                (&"same".into(), &1_503.into()),
                "{a} {b}"
            );
            assert_eq!(found["checkpoints"], "agree");
            assert_eq!(found["a"]["as_of"]["head"], folder.journal().head());
            assert_eq!(found["b"]["signed"]["is_of_these_entries"], true);
            assert!(found.get("first_difference").is_none());
        }
    }
    let run = command(&["compare", places[0], places[2]]).ok();
    assert!(run.out.contains("THE SAME: 1,503 entries"), "{}", run.out);
    assert_eq!(
        journal_path(folder.path()).exists(),
        journal_path(copy.path()).exists()
    );
}

#[test]
fn the_longer_one_says_what_only_it_has() {
    // Also where the shorter one ends with a batch of entries.
    for count in [5, 1_021] {
        let (shorter, room) = (ledger(count), room());
        let longer = shorter.copy();
        longer.record_all(&[receipt(1), receipt(2)]);
        let file = backed_up(&longer, &room, "a.tar");
        let size = count as u64 + 3;
        for longer in [text(longer.path()), text(&file)] {
            let found = compared(text(shorter.path()), longer, 1);
            assert_eq!(found["verdict"], "different");
            assert_eq!(found["common"], size);
            assert_eq!(found["checkpoints"], "agree");
            assert!(found["a"].get("only_here").is_none());
            let only = &found["b"]["only_here"];
            assert_eq!(
                (&only["count"], &only["from"], &only["to"]),
                (&2.into(), &size.into(), &(size + 1).into())
            );
            // The other way round too.
            assert_eq!(
                compared(longer, text(shorter.path()), 1)["a"]["only_here"]["count"],
                2
            );
        }
    }
}

#[test]
fn where_two_histories_part_is_found_and_that_one_key_signed_both() {
    let (one, room) = (ledger(1_100), room());
    let other = one.copy();
    one.record_all(&[receipt(1), receipt(2)]);
    other.record_all(&[receipt(3)]);
    let [a, b] = folders(&one, &other);
    let file = backed_up(&other, &room, "b.tar");
    for b in [b.as_str(), text(&file)] {
        let found = compared(&a, b, 1);
        assert_eq!(found["common"], 1_103);
        assert_eq!(found["checkpoints"], "contradict");
        let first = &found["first_difference"];
        assert_eq!(first["seq"], 1_103);
        for (side, folder) in [("a", &one), ("b", &other)] {
            let line = &folder.journal().lines[1_103];
            assert_eq!(first[side]["hash"], line.hash);
            let entry = first[side]["entry"].as_str().expect("an entry");
            assert_eq!(hash(entry.as_bytes()), line.hash);
        }
        let counts = (
            &found["a"]["only_here"]["count"],
            &found["b"]["only_here"]["count"],
        );
        assert_eq!(counts, (&2.into(), &1.into()));
    }
    for (language, says) in [("en", "FORK"), ("vi", "RẼ NHÁNH")] {
        let run = command(&["compare", &a, &b, "--lang", language]).exits(1);
        assert!(
            run.out.contains(says) && run.out.contains(&one.journal().lines[1_103].hash),
            "{}",
            run.out
        );
    }
}

/// The same end does not hide another beginning, and a whole new chain over it is no excuse.
#[test]
fn a_history_that_was_rewritten_is_told_where_it_was() {
    let original = ledger(40);
    let rewritten = original.copy();
    rewrite(rewritten.path(), |entries| swap(entries, 10, 11));
    let [a, b] = folders(&original, &rewritten);
    // What was signed stayed, and is not of these entries.
    let found = compared(&a, &b, 1);
    assert_eq!(found["first_difference"]["seq"], 10);
    assert_eq!(found["b"]["signed"]["is_of_these_entries"], false);
    // Signed again with the same key: two checkpoints of one size.
    forget_what_was_signed(rewritten.path());
    rewritten.record_all(&[receipt(1)]);
    let found = compared(&a, &b, 1);
    assert_eq!(found["checkpoints"], "contradict");
    assert_eq!(found["b"]["signed"]["is_of_these_entries"], true);
    // Two ledgers have two keys.
    let stranger = ledger(3);
    let found = compared(&a, text(stranger.path()), 1);
    assert_eq!(
        (&found["checkpoints"], &found["common"]),
        (&"other_keys".into(), &0.into())
    );
    // Equal entries, one of them never signed.
    let unsigned = original.copy();
    fs::remove_dir_all(unsigned.path().join("log")).expect("removed");
    assert_eq!(compared(&a, text(unsigned.path()), 0)["checkpoints"], "not_both");
}

#[test]
fn one_changed_byte_is_damage_and_nothing_is_said_of_what_follows() {
    let (folder, room) = (ledger(30), room());
    let damaged = folder.copy();
    let path = journal_path(damaged.path());
    let mut bytes = fs::read(&path).expect("read");
    let line = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(20)
        .map(<[u8]>::len)
        .sum::<usize>();
    bytes[line + 150] ^= 1;
    fs::write(&path, &bytes).expect("written");
    let [a, b] = folders(&folder, &damaged);
    let found = compared(&a, &b, 2);
    assert_eq!(
        (&found["verdict"], &found["common"]),
        (&"cannot_say".into(), &20.into())
    );
    assert!(found["a"]["faults"].as_array().expect("a list").is_empty());
    let fault = found["b"]["faults"][0].as_str().expect("a fault");
    assert!(fault.contains("line 21"), "{fault}");
    // A difference before the damage is one.
    let other = ledger(2);
    compared(text(other.path()), &b, 1);
    // A torn line is no entry; a backup that is cut cannot be told.
    let torn = folder.copy();
    let mut bytes = fs::read(journal_path(torn.path())).expect("read");
    bytes.extend_from_slice(b"abc");
    fs::write(journal_path(torn.path()), bytes).expect("written");
    compared(&a, text(torn.path()), 0);
    let file = backed_up(&folder, &room, "a.tar");
    let archive = fs::read(&file).expect("read");
    for cut in [
        archive.len() - 1,
        archive.len() - 1_000,
        archive.len() - 3_000,
        archive.len() / 2,
    ] {
        fs::write(&file, &archive[..cut]).expect("written");
        let found = compared(&a, text(&file), 2);
        assert_eq!(found["verdict"], "cannot_say", "cut at {cut}");
    }
    let mut flipped = archive.clone();
    let at = archive.len() / 2;
    flipped[at] ^= 1;
    fs::write(&file, &flipped).expect("written");
    let run: Run = command(&["compare", &a, text(&file)]).exits(2);
    assert!(
        run.err.contains(text(&file)) && run.out.contains("CANNOT SAY"),
        "{run:?}"
    );
}

/// Of a side that is damaged nothing is said but that, and where: neither that it was rewritten nor that all is well.
#[test]
fn a_damaged_side_is_damaged_and_nothing_else() {
    let (folder, room) = (ledger(30), room());
    let file = backed_up(&folder, &room, "a.tar");
    let archive = fs::read(&file).expect("read");
    fs::write(&file, &archive[..archive.len() / 2]).expect("written");
    // Whole lines that are gone are no damage of a chain; what was signed tells that they are.
    let emptied = folder.copy();
    fs::write(journal_path(emptied.path()), "").expect("written");
    let [a, emptied] = folders(&folder, &emptied);
    for damaged in [text(&file), &emptied] {
        for (language, words) in [("en", "DAMAGED"), ("vi", "BỊ HỎNG")] {
            let run = command(&["compare", &a, damaged, "--lang", language]).exits(2);
            assert!(run.out.contains(words), "{}", run.out);
            for other in [
                "NOT AS SIGNED",
                "KHÔNG NHƯ ĐÃ KÝ",
                "agrees",
                "khớp nhau",
                "Only A",
                "Chỉ A",
            ] {
                assert!(!run.out.contains(other), "{other}: {}", run.out);
            }
            for other in ["restored", "khôi phục", ".."] {
                assert!(!run.err.contains(other), "{other}: {}", run.err);
            }
            assert_eq!(run.err.matches(damaged).count(), 1, "{}", run.err);
        }
        let found = compared(damaged, &a, 2);
        assert_eq!(found["verdict"], "cannot_say");
        assert!(found["a"]["signed"]["is_of_these_entries"].is_null());
        assert!(found["b"].get("only_here").is_none());
    }
}

#[test]
fn what_is_no_ledger_cannot_be_compared() {
    let (folder, room) = (ledger(2), room());
    let a = text(folder.path());
    let empty = room.path().join("empty");
    fs::create_dir(&empty).expect("made");
    let letter = room.path().join("letter");
    fs::write(&letter, "x").expect("written");
    let none = room.path().join("none");
    for b in [&empty, &letter, &none] {
        command(&["compare", a, text(b)]).fails_clearly(2, &[text(b)]);
        command(&["compare", text(b), a, "--lang", "vi"]).fails_clearly(2, &[text(b)]);
    }
    // A journal without entries is the beginning of every other.
    fs::create_dir(empty.join("journal")).expect("made");
    let found = compared(a, text(&empty), 1);
    assert_eq!(
        (&found["common"], &found["a"]["only_here"]["count"]),
        (&0.into(), &5.into())
    );
}
