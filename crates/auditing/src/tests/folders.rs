//! Data folders, sound and not, as an auditor finds them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use minhbach_events::Hash;
use minhbach_journal::{Batch, Journal};
use minhbach_publishing::{PublishedLog, keep_key, keep_vkey};
use minhbach_tlog::{Checkpoint, KeyKind, Note, SigningKey, TreeHash, VerifyingKey, cosignature};

use super::paper_log::{PaperLog, edited, holder, honest, key, lines, log_key, origin, witness_key};
use crate::recomputed::CHUNK;
use crate::{Behind, CheckError, FolderFault, FolderReport, SignedError, Which, check_folder};

/// A ledger's folder whose log was signed at `signed` of those entries.
fn folder(entries: &[Vec<u8>], signed: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    fs::create_dir(dir.join("private")).expect("made");
    keep_key(dir, &log_key()).expect("kept");
    let mut journal = Journal::create(dir, &holder()).expect("made");
    let mut log = PublishedLog::open(dir, &origin(), journal.reader()).expect("opened");
    keep_vkey(dir, &key()).expect("kept");
    let mut append = |entries: &[Vec<u8>]| {
        let mut batch = Batch::new();
        for entry in entries {
            batch.push(entry, Hash::of(entry));
        }
        journal.append(&batch).expect("appended");
    };
    append(&entries[..signed]);
    log.advance().expect("signed");
    append(&entries[signed..]);
    folder
}

fn check(dir: &Path, seen: &[Checkpoint]) -> FolderReport {
    check_folder(dir, Some(&key()), &[], seen, &|_, _| ()).expect("checked")
}

/// Puts another journal in the folder's place.
fn replace_journal(dir: &Path, entries: &[Vec<u8>]) {
    fs::write(dir.join("journal/00000000000000000000.log"), lines(entries)).expect("written");
}

#[test]
fn a_sound_folder_is_found_sound_at_every_size_that_was_seen() {
    // Sizes where chunks and tiles begin and end; the roots are of another implementation of the tree.
    let all = honest(70_000);
    let paper = PaperLog::of(all.clone());
    let folder = folder(&all, 69_000);
    let sizes = [
        0,
        1,
        255,
        256,
        257,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK,
        65_535,
        65_536,
        65_537,
        69_000,
        70_000,
    ];
    let seen: Vec<Checkpoint> = sizes.iter().map(|size| paper.checkpoint(*size)).collect();
    let (most, total) = (AtomicU64::new(0), AtomicU64::new(0));
    let told = |done: u64, of: u64| {
        most.fetch_max(done, Ordering::Relaxed);
        total.store(of, Ordering::Relaxed);
    };
    let report = check_folder(folder.path(), Some(&key()), &[], &seen, &told).expect("checked");
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.journal, report.behind), (70_000, None));
    assert_eq!(report.checkpoint, Some(paper.checkpoint(69_000)));
    assert_eq!(
        (most.into_inner(), total.into_inner()),
        (70_000, 70_000),
        "progress ends at the end"
    );
    // Any of them with another root is told, and only that one.
    for nth in 0..seen.len() {
        let mut seen = seen.clone();
        seen[nth].root = TreeHash::leaf(b"another");
        let report = check(folder.path(), &seen);
        let expected = FolderFault::Root {
            which: Which::Seen(nth),
            size: sizes[nth],
            found: paper.checkpoint(sizes[nth]).root,
            signed: seen[nth].root,
        };
        assert_eq!(report.faults, [expected], "{}", sizes[nth]);
    }
}

#[test]
fn a_history_that_was_written_again_is_told_by_what_was_seen_of_it() {
    let folder = folder(&edited(1_000, 5), 1_000);
    let dir = folder.path();
    let honest = PaperLog::of(honest(1_000));
    // In itself it is sound: nothing in it tells.
    assert!(check(dir, &[]).is_sound());
    // What was seen before the edit, or is smaller than it, tells nothing either.
    assert!(check(dir, &[honest.checkpoint(5)]).is_sound());
    for size in [6, 300, 1_000] {
        let report = check(dir, &[honest.checkpoint(5), honest.checkpoint(size)]);
        assert!(
            matches!(
                report.faults[..],
                [FolderFault::Root {
                    which: Which::Seen(1),
                    ..
                }]
            ),
            "{size}: {report:?}"
        );
    }
    // An end that was cut off.
    let told = check(
        dir,
        &[
            honest.checkpoint(5),
            PaperLog::of(edited(1_001, 5)).checkpoint(1_001),
        ],
    );
    let shorter = FolderFault::Shorter {
        which: Which::Seen(1),
        journal: 1_000,
        signed: 1_001,
    };
    assert_eq!(told.faults, [shorter]);
    // A checkpoint of another log says nothing of this one.
    let mut foreign = honest.checkpoint(5);
    foreign.origin = minhbach_tlog::KeyName::new("so.example/khac").expect("a name");
    let told = check(dir, &[foreign]);
    assert!(matches!(
        told.faults[..],
        [FolderFault::ForeignSeen { nth: 0, .. }]
    ));
}

#[test]
fn a_journal_that_is_not_the_signed_one_is_told_with_its_tree() {
    let all = honest(1_000);
    // Edited with the chain behind it: the root differs, and the first hash of the tree's file that does.
    let folder_of = || folder(&all, 900);
    let edited_folder = folder_of();
    replace_journal(edited_folder.path(), &edited(1_000, 300));
    let report = check(edited_folder.path(), &[]);
    assert!(
        matches!(
            report.faults[..],
            [
                FolderFault::Root {
                    which: Which::Own,
                    size: 900,
                    ..
                },
                FolderFault::TreeFile { level: 0, index: 300 }
            ]
        ),
        "{report:?}"
    );
    // Behind what was signed nothing is compared.
    let later = folder_of();
    replace_journal(later.path(), &edited(1_000, 950));
    assert!(check(later.path(), &[]).is_sound());
    let cut = folder_of();
    replace_journal(cut.path(), &all[..899]);
    let report = check(cut.path(), &[]);
    let shorter = FolderFault::Shorter {
        which: Which::Own,
        journal: 899,
        signed: 900,
    };
    assert_eq!(report.faults, [shorter]);
    // Edited without its hash, and a link that does not fit where chunks meet: both are damage.
    let damaged = folder_of();
    let path = damaged.path().join("journal/00000000000000000000.log");
    let text = String::from_utf8(fs::read(&path).expect("read")).expect("text");
    fs::write(&path, text.replacen("\"reverses\":7,", "\"reverses\":8,", 1)).expect("written");
    let told = check_folder(damaged.path(), Some(&key()), &[], &[], &|_, _| ());
    assert!(matches!(told, Err(CheckError::Read(_))), "{told:?}");
}

#[test]
fn a_broken_link_where_two_chunks_meet_is_found() {
    let at = CHUNK as usize;
    let all = honest(CHUNK + 10);
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir(dir.path().join("journal")).expect("made");
    let mut bad = all[..at].to_vec();
    let mut prev = "cd".repeat(32);
    for seq in CHUNK..CHUNK + 10 {
        let entry = super::paper_log::entry(seq, &prev, &super::paper_log::moment(seq), "x");
        prev = Hash::of(&entry).to_string();
        bad.push(entry);
    }
    let signed = PaperLog::of(bad.clone()).checkpoint(CHUNK + 10);
    replace_journal(dir.path(), &bad);
    let told = check_folder(dir.path(), None, &[], &[signed], &|_, _| ()).expect_err("found");
    assert!(told.to_string().contains("broken link"), "{told}");
    replace_journal(dir.path(), &all);
    let signed = PaperLog::of(all).checkpoint(CHUNK + 10);
    assert!(check(dir.path(), &[signed]).is_sound());
}

#[test]
fn the_first_wrong_hash_of_the_kept_tree_is_told_and_what_is_missing_is_not_wrong() {
    let all = honest(70_000);
    let folder = folder(&all, 69_000);
    let dir = folder.path();
    let file = |level: u8| dir.join(format!("log/tree/level-{level}"));
    let changed = |level: u8, change: &dyn Fn(&mut Vec<u8>)| {
        let good = fs::read(file(level)).expect("read");
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(file(level), &bytes).expect("written");
        let report = check(dir, &[]);
        fs::write(file(level), good).expect("written");
        report
    };
    for (level, index) in [
        (0, 0),
        (0, 68_999),
        (0, 20_000),
        (1, 0),
        (1, 268),
        (1, 64),
        (2, 0),
    ] {
        let report = changed(level, &|bytes| bytes[32 * index as usize + 5] ^= 1);
        assert_eq!(report.faults, [FolderFault::TreeFile { level, index }]);
    }
    // The first of several.
    let report = changed(0, &|bytes| {
        for index in [60_000, 17_000, 40_000] {
            bytes[32 * index] ^= 1;
        }
    });
    assert_eq!(
        report.faults,
        [FolderFault::TreeFile {
            level: 0,
            index: 17_000
        }]
    );
    // What stands behind the signed tree is of nobody, also where more was seen.
    let seen = [PaperLog::of(all.clone()).checkpoint(70_000)];
    let good = fs::read(file(0)).expect("read");
    fs::write(file(0), [&good[..], &[9; 64]].concat()).expect("written");
    let report = check(dir, &seen);
    fs::write(file(0), good).expect("written");
    assert!(report.is_sound() && report.behind.is_none(), "{report:?}");
    for (level, keep, has, needs) in [(0, 32 * 500 + 9, 500, 69_000), (1, 0, 0, 269), (2, 31, 0, 1)] {
        let report = changed(level, &|bytes| bytes.truncate(keep));
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.behind, Some(Behind { level, has, needs }));
    }
    fs::remove_dir_all(dir.join("log/tree")).expect("removed");
    let report = check(dir, &[]);
    let all = Behind {
        level: 0,
        has: 0,
        needs: 69_000,
    };
    assert_eq!((report.is_sound(), report.behind), (true, Some(all)));
    assert!(!dir.join("log/tree").exists(), "a check writes nothing");
}

#[test]
fn who_signed_is_asked_of_the_key_that_was_given_or_else_of_the_folder() {
    let folder = folder(&honest(300), 300);
    let dir = folder.path();
    let path = dir.join("log/checkpoint");
    let other = SigningKey::of_seed(origin(), KeyKind::Log, &[9; 32]);
    let faults = |key: Option<&VerifyingKey>, witnesses: &[VerifyingKey]| {
        let report = check_folder(dir, key, witnesses, &[], &|_, _| ()).expect("checked");
        (report.faults, report.cosigned)
    };
    assert_eq!(faults(None, &[]), (Vec::new(), Vec::new()));
    let (told, _) = faults(Some(other.public()), &[]);
    assert!(
        matches!(
            told[..],
            [
                FolderFault::OtherKey { .. },
                FolderFault::NotSigned(SignedError::Note(_))
            ]
        ),
        "{told:?}"
    );
    // Witnesses that are known, with their times; a forged line.
    let (one, two) = (witness_key(1), witness_key(2));
    let mut note = Note::parse(&fs::read(&path).expect("read")).expect("a note");
    let plain = note.clone();
    note.add(cosignature::sign(&plain, &one, 1_000));
    fs::write(&path, note.to_string()).expect("written");
    let known = [one.public().clone(), two.public().clone()];
    let seen = vec![(one.public().name().clone(), 1_000)];
    assert_eq!(faults(Some(&key()), &known), (Vec::new(), seen.clone()));
    let mut line = cosignature::sign(&plain, &two, 2_000);
    line.bytes[30] ^= 1;
    note.add(line);
    fs::write(&path, note.to_string()).expect("written");
    let bad = FolderFault::Cosignature(two.public().name().clone());
    assert_eq!(faults(Some(&key()), &known), (vec![bad], seen));
    // What nobody has signed, and what is no checkpoint.
    let text = plain.text().replacen("300", "299", 1);
    let forged = plain.to_string().replacen(plain.text(), &text, 1);
    fs::write(&path, forged).expect("written");
    let (told, _) = faults(Some(&key()), &[]);
    assert!(
        matches!(
            told[..],
            [
                FolderFault::Root { size: 299, .. },
                FolderFault::NotSigned(SignedError::Note(_))
            ]
        ),
        "{told:?}"
    );
    fs::write(&path, "x").expect("written");
    let (told, _) = faults(Some(&key()), &[]);
    assert!(matches!(told[..], [FolderFault::NotSigned(_)]), "{told:?}");
    fs::write(&path, plain.to_string()).expect("written");
    fs::write(dir.join("log/vkey"), "x").expect("written");
    let (told, _) = faults(None, &[]);
    assert!(matches!(told[..], [FolderFault::NoKey]), "{told:?}");
    // A folder that nothing was signed of.
    fs::remove_dir_all(dir.join("log")).expect("removed");
    let report = check_folder(dir, None, &known, &[], &|_, _| ()).expect("checked");
    assert!(report.is_sound() && report.key.is_none() && report.checkpoint.is_none());
}
