//! A journal on a disk, its log, and what happens when one of them is not what it was.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use minhbach_events::Hash;
use minhbach_journal::{Batch, Holder, Journal, Reader};
use minhbach_tlog::{Checkpoint, KeyName, Note, TilePath, TreeHash, VerifyingKey, bundle, check_consistency};

use crate::{Piece, PublishError, PublishedLog, draw_key, keep_key, keep_vkey, read_key, read_vkey};

pub(crate) fn origin() -> KeyName {
    KeyName::new("so.example/minh-bach").expect("a name")
}

/// Entries that chain; `telling` makes another history from some entry on.
fn entries(count: u64, telling: impl Fn(u64) -> String) -> Vec<Vec<u8>> {
    let mut prev = "0".repeat(64);
    (0..count)
        .map(|seq| {
            let text = telling(seq);
            let entry = format!(
                r#"{{"seq":{seq},"prev":"{prev}","at":"2026-11-22T01:11:00.123Z","by":"test","event":{text}}}"#
            );
            prev = Hash::of(entry.as_bytes()).to_string();
            entry.into_bytes()
        })
        .collect()
}

/// As they should be: of many lengths.
pub(crate) fn honest(count: u64) -> Vec<Vec<u8>> {
    entries(count, |seq| {
        format!("\"{}\"", "x".repeat((seq as usize * 31) % 400))
    })
}

/// The same but for entry 3.
fn other(count: u64) -> Vec<Vec<u8>> {
    entries(count, |seq| {
        let text = if seq == 3 {
            "another gift".to_owned()
        } else {
            "x".repeat((seq as usize * 31) % 400)
        };
        format!("\"{text}\"")
    })
}

pub(crate) fn batch(entries: &[Vec<u8>]) -> Batch {
    let mut batch = Batch::new();
    entries
        .iter()
        .for_each(|entry| batch.push(entry, Hash::of(entry)));
    batch
}

/// A journal of those entries in a folder that has a key.
pub(crate) fn journal(dir: &Path, entries: &[Vec<u8>]) -> Journal {
    let holder = Holder {
        command: "test".to_owned(),
        url: None,
    };
    let mut journal = Journal::create(dir, &holder).expect("made");
    journal.append(&batch(entries)).expect("appended");
    journal
}

pub(crate) fn folder_with_key() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("private")).expect("made");
    let key = draw_key(origin()).expect("a key");
    keep_key(folder.path(), &key).expect("kept");
    folder
}

pub(crate) fn open(dir: &Path) -> Result<PublishedLog, PublishError> {
    let journal = Reader::open_readonly(dir).expect("a journal");
    PublishedLog::open(dir, &origin(), journal)
}

/// What somebody who has only the checkpoint, the key and the pieces finds.
fn checked_by_a_stranger(log: &PublishedLog, key: &VerifyingKey, entries: &[Vec<u8>]) {
    let view = log.view();
    let (note, checkpoint) = view.checkpoint().expect("signed");
    note.signed_by(std::slice::from_ref(key)).expect("by the log");
    let mut leaves = Vec::new();
    for tile in TilePath::of(checkpoint.size) {
        match view.piece(&tile).expect("read").expect("a piece") {
            Piece::Entries(bytes) => {
                let found = bundle::entries(&bytes, tile.width).expect("a bundle");
                let from = tile.range().expect("a range").start as usize;
                assert_eq!(found, &entries[from..from + found.len()]);
                leaves.extend(found.into_iter().map(TreeHash::leaf));
            }
            Piece::Hashes(bytes) if tile.level == Some(0) => {
                let from = tile.range().expect("a range").start as usize;
                let expected: Vec<u8> = leaves[from..from + usize::from(tile.width)]
                    .iter()
                    .flat_map(|leaf| leaf.0)
                    .collect();
                assert_eq!(bytes, expected, "{tile}");
            }
            Piece::Hashes(bytes) => assert_eq!(bytes.len(), 32 * usize::from(tile.width)),
        }
    }
    assert_eq!(leaves.len() as u64, checkpoint.size);
    let some = [0, 1, checkpoint.size / 2, checkpoint.size - 1];
    for seq in some.into_iter().filter(|seq| *seq < checkpoint.size) {
        let proof = view.proof(seq).expect("read").expect("a proof");
        assert_eq!(
            proof.checkpoint_over(&entries[seq as usize]),
            Ok(checkpoint.clone())
        );
    }
    assert_eq!(view.proof(checkpoint.size).expect("read"), None);
}

#[test]
fn what_is_durable_is_signed_and_a_stranger_finds_it_so() {
    let (folder, all) = (folder_with_key(), honest(700));
    let dir = folder.path();
    let mut journal = journal(dir, &all[..1]);
    let mut log = PublishedLog::open(dir, &origin(), journal.reader()).expect("opened");
    let key = log.key().clone();
    let view = log.view();
    assert_eq!(log.shown(), None);
    assert_eq!((view.checkpoint(), view.proof(0).expect("read")), (None, None));
    let mut before: Option<Checkpoint> = None;
    for size in [1, 2, 255, 256, 257, 700] {
        journal
            .append(&batch(&all[journal.head().size as usize..size]))
            .expect("appended");
        if let Some(before) = &before {
            // Nothing shows before it is signed.
            assert_eq!(log.shown().as_ref(), Some(before));
            assert_eq!(view.proof(before.size).expect("read"), None);
        }
        let signed = log.advance().expect("signed");
        assert_eq!((signed.size, log.shown()), (size as u64, Some(signed.clone())));
        checked_by_a_stranger(&log, &key, &all);
        if let Some(before) = before {
            let proof = log
                .consistency(before.size, signed.size)
                .expect("read")
                .expect("larger");
            let (old, new) = ((before.size, before.root), (signed.size, signed.root));
            assert_eq!(check_consistency(old, new, &proof), Ok(()));
        }
        // It is durable: who opens the folder anew finds the same.
        let again = open(dir).expect("opened");
        assert_eq!(again.shown(), Some(signed.clone()));
        checked_by_a_stranger(&again, &key, &all);
        let file = fs::read(dir.join("log/checkpoint")).expect("a file");
        assert_eq!(log.advance().expect("signed"), signed);
        assert_eq!(
            fs::read(dir.join("log/checkpoint")).expect("a file"),
            file,
            "nothing new, nothing signed"
        );
        before = Some(signed);
    }
    for path in [
        "0/002.p/189",
        "entries/002.p/189",
        "0/003",
        "1/000.p/3",
        "9/000.p/1",
    ] {
        let tile = TilePath::parse(path).expect("a path");
        assert_eq!(view.piece(&tile).expect("read"), None, "{path}");
    }
    // Older widths stay readable.
    for path in ["0/002.p/1", "entries/000.p/255", "1/000.p/1"] {
        let tile = TilePath::parse(path).expect("a path");
        assert!(view.piece(&tile).expect("read").is_some(), "{path}");
    }
}

/// A folder whose log was signed over those entries, and that has no journal any more.
fn signed_and_emptied(signed: &[Vec<u8>]) -> tempfile::TempDir {
    let folder = folder_with_key();
    let dir = folder.path();
    let journal = journal(dir, signed);
    PublishedLog::open(dir, &origin(), journal.reader())
        .expect("opened")
        .advance()
        .expect("signed");
    drop(journal);
    fs::remove_dir_all(dir.join("journal")).expect("removed");
    folder
}

#[test]
fn a_journal_that_is_not_the_signed_one_is_refused() {
    for without_tree in [false, true] {
        let prepare = |entries: &[Vec<u8>]| {
            let folder = signed_and_emptied(&honest(300));
            drop(journal(folder.path(), entries));
            if without_tree {
                fs::remove_dir_all(folder.path().join("log/tree")).expect("removed");
            }
            folder
        };
        let cut = prepare(&honest(299));
        assert!(matches!(
            open(cut.path()),
            Err(PublishError::Shorter {
                journal: 299,
                signed: 300
            })
        ));
        for entries in [other(300), other(400)] {
            let rewritten = prepare(&entries);
            let told = open(rewritten.path()).err().expect("refused");
            assert!(
                matches!(told, PublishError::Rewritten { size: 300, .. }),
                "{told}"
            );
            assert!(open(rewritten.path()).is_err(), "and again");
        }
        // A journal that only went on is the same one.
        let longer = prepare(&honest(400));
        let mut log = open(longer.path()).expect("opened");
        assert_eq!(log.shown().map(|shown| shown.size), Some(300));
        assert_eq!(log.advance().expect("signed").size, 400);
        checked_by_a_stranger(&log, &log.key().clone(), &honest(400));
    }
}

#[test]
fn a_tree_that_is_lost_or_torn_is_made_again() {
    let all = honest(70_100);
    let tear = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let folder = signed_and_emptied(&all[..70_000]);
        drop(journal(folder.path(), &all));
        let path = folder.path().join("log/tree").join(name);
        let mut bytes = fs::read(&path).expect("read");
        change(&mut bytes);
        fs::write(&path, bytes).expect("written");
        let mut log = open(folder.path()).expect("opened");
        assert_eq!(log.shown().map(|shown| shown.size), Some(70_000));
        log.advance().expect("signed");
        checked_by_a_stranger(&log, &log.key().clone(), &all);
    };
    tear("level-0", &Vec::clear);
    tear("level-0", &|bytes| bytes.truncate(32 * 69_999 + 31));
    tear("level-0", &|bytes| bytes.extend([7; 4_000]));
    tear("level-1", &|bytes| bytes.truncate(5));
    tear("level-2", &|bytes| bytes[3] ^= 1);
    // Zeros where a crash left none of the last page.
    tear("level-0", &|bytes| bytes[32 * 69_990..].fill(0));
}

#[test]
fn a_checkpoint_that_is_not_ours_is_refused() {
    let folder = signed_and_emptied(&honest(10));
    let dir = folder.path();
    drop(journal(dir, &honest(10)));
    let path = dir.join("log/checkpoint");
    let good = fs::read_to_string(&path).expect("a note");
    let write = |text: &str| fs::write(&path, text).expect("written");
    for bad in [
        String::new(),
        "x".into(),
        good.replacen("\n10\n", "\n11\n", 1),
        good[..good.len() - 5].into(),
    ] {
        write(&bad);
        assert!(matches!(open(dir), Err(PublishError::BadNote { .. })), "{bad}");
    }
    // Signed by the key, and no checkpoint of this log.
    let key = read_key(dir, &origin()).expect("a key");
    let sign = |text: String| {
        let mut note = Note::of(text).expect("a text");
        note.sign(&key);
        write(&note.to_string());
    };
    sign("so.example/minh-bach\n10\n".into());
    assert!(matches!(open(dir), Err(PublishError::BadCheckpoint { .. })));
    sign(
        good.split("\n\n")
            .next()
            .expect("a text")
            .replace("minh-bach", "khac")
            + "\n",
    );
    assert!(matches!(open(dir), Err(PublishError::ForeignCheckpoint { .. })));
    write(&good);
    assert!(open(dir).is_ok());
}

#[test]
fn a_key_is_for_its_owner_alone_and_stays_the_same() {
    let folder = folder_with_key();
    let dir = folder.path();
    drop(journal(dir, &honest(1)));
    let path = dir.join("private/log-key");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    let key = read_key(dir, &origin()).expect("a key");
    let another = draw_key(origin()).expect("a key");
    assert_ne!(key.public(), another.public());
    assert!(matches!(keep_key(dir, &another), Err(PublishError::KeyThere(_))));
    assert_eq!(read_key(dir, &origin()).expect("a key").public(), key.public());
    assert!(!dir.join("private/log-key.new").exists());
    let foreign = KeyName::new("so.example/khac").expect("a name");
    assert!(matches!(
        read_key(dir, &foreign),
        Err(PublishError::ForeignKey { .. })
    ));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    assert!(matches!(open(dir), Err(PublishError::KeyExposed(_))));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    fs::write(&path, "PRIVATE+KEY+x").expect("written");
    let told = read_key(dir, &origin()).expect_err("refused").to_string();
    assert!(!told.contains("PRIVATE"), "{told}");
    fs::remove_file(&path).expect("removed");
    assert!(matches!(open(dir), Err(PublishError::NoKey(_))));
    std::os::unix::fs::symlink("/etc/hostname", &path).expect("linked");
    assert!(matches!(open(dir), Err(PublishError::Io { .. })));
}

#[test]
fn what_could_not_be_written_is_not_shown_and_is_written_later() {
    let (folder, all) = (folder_with_key(), honest(600));
    let dir = folder.path();
    let mut journal = journal(dir, &all[..100]);
    let mut log = PublishedLog::open(dir, &origin(), journal.reader()).expect("opened");
    let first = log.advance().expect("signed");
    journal.append(&batch(&all[100..600])).expect("appended");
    // A folder in the draft's place: creating the file fails, whoever asks.
    let draft = dir.join("log/checkpoint.new");
    fs::create_dir(&draft).expect("made");
    for _ in 0..2 {
        assert!(matches!(log.advance(), Err(PublishError::Io { .. })));
        assert_eq!(log.shown(), Some(first.clone()));
        assert_eq!(log.view().proof(100).expect("read"), None);
    }
    fs::remove_dir(&draft).expect("removed");
    // What was written before the failure need not have reached the disk.
    let level = dir.join("log/tree/level-0");
    let mut hashes = fs::read(&level).expect("read");
    hashes[32 * 150..32 * 400].fill(0);
    fs::write(&level, hashes).expect("written");
    assert_eq!(log.advance().expect("signed").size, 600);
    checked_by_a_stranger(&log, &log.key().clone(), &all);
}

#[test]
fn a_folder_says_whose_log_it_holds_and_keeps_to_it() {
    let (folder, other) = (folder_with_key(), folder_with_key());
    let dir = folder.path();
    let key = read_key(dir, &origin()).expect("a key").public().clone();
    let foreign = read_key(other.path(), &origin()).expect("a key").public().clone();
    assert_eq!(read_vkey(dir).expect("read"), None);
    keep_vkey(dir, &key).expect("kept");
    keep_vkey(dir, &key).expect("kept already");
    assert_eq!(read_vkey(dir).expect("read"), Some(key.clone()));
    let path = dir.join("log/vkey");
    assert_eq!(fs::read_to_string(&path).expect("read"), format!("{key}\n"));
    assert!(matches!(
        keep_vkey(dir, &foreign),
        Err(PublishError::OtherVkey { .. })
    ));
    assert_eq!(read_vkey(dir).expect("read"), Some(key.clone()));
    // A witness's key is no log's: the pinned one of the specification's page.
    let witness = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
    let long = format!("{key}{}", "\n".repeat(2_000));
    for bad in ["", "x\n", witness, &format!("{key}\n{foreign}\n"), &long[1..]] {
        fs::write(&path, bad).expect("written");
        assert!(
            matches!(read_vkey(dir), Err(PublishError::BadKey { .. })),
            "{bad:.80}"
        );
        assert!(keep_vkey(dir, &key).is_err());
    }
}

/// Where a power cut can fall between a commit and what is shown, with what had reached the disk by then and what had not.
#[test]
fn wherever_the_power_goes_the_log_is_what_it_was_or_what_it_became() {
    let all = honest(700);
    let (old, new) = (folder_with_key(), folder_with_key());
    let mut kept = journal(old.path(), &all[..300]);
    open(old.path()).expect("opened").advance().expect("signed");
    // The same key, so that both are states of one log.
    fs::copy(
        old.path().join("private/log-key"),
        new.path().join("private/log-key"),
    )
    .expect("copied");
    drop(journal(new.path(), &all));
    open(new.path()).expect("opened").advance().expect("signed");
    let key = read_key(old.path(), &origin()).expect("a key").public().clone();
    kept.append(&batch(&all[300..])).expect("appended");
    drop(kept);
    let file = |folder: &tempfile::TempDir, name: &str| {
        fs::read(folder.path().join("log").join(name)).expect("read")
    };
    let levels: Vec<String> = (0..8).map(|level| format!("tree/level-{level}")).collect();
    type Cut<'a> = (&'a str, &'a dyn Fn(&Path), u64);
    let write =
        |dir: &Path, name: &str, bytes: &[u8]| fs::write(dir.join("log").join(name), bytes).expect("written");
    let new_tree = |dir: &Path| {
        levels
            .iter()
            .for_each(|level| write(dir, level, &file(&new, level)))
    };
    let cuts: [Cut; 9] = [
        ("before anything", &|_| (), 300),
        (
            "in the tree",
            &|dir| write(dir, "tree/level-0", &file(&new, "tree/level-0")[..32 * 500 + 7]),
            300,
        ),
        (
            "in the tree, a page of zeros",
            &|dir| {
                new_tree(dir);
                let mut level = file(&new, "tree/level-0");
                level[32 * 310..32 * 600].fill(0);
                write(dir, "tree/level-0", &level);
            },
            300,
        ),
        ("behind the tree", &|dir| new_tree(dir), 300),
        (
            "in the draft",
            &|dir| {
                new_tree(dir);
                write(dir, "checkpoint.new", &file(&new, "checkpoint")[..40]);
            },
            300,
        ),
        (
            "behind the draft",
            &|dir| {
                new_tree(dir);
                write(dir, "checkpoint.new", &file(&new, "checkpoint"));
            },
            300,
        ),
        (
            "behind the checkpoint",
            &|dir| {
                new_tree(dir);
                write(dir, "checkpoint", &file(&new, "checkpoint"));
            },
            700,
        ),
        (
            "behind the checkpoint, the tree lost",
            &|dir| write(dir, "checkpoint", &file(&new, "checkpoint")),
            700,
        ),
        (
            "behind the checkpoint, a level lost",
            &|dir| {
                new_tree(dir);
                fs::remove_file(dir.join("log/tree/level-1")).expect("removed");
                write(dir, "checkpoint", &file(&new, "checkpoint"));
            },
            700,
        ),
    ];
    for (when, cut, expected) in cuts {
        let folder = tempfile::tempdir().expect("a folder");
        copy(old.path(), folder.path());
        cut(folder.path());
        let mut log = open(folder.path()).unwrap_or_else(|error| panic!("{when}: {error}"));
        assert_eq!(log.shown().map(|shown| shown.size), Some(expected), "{when}");
        checked_by_a_stranger(&log, &key, &all);
        assert_eq!(log.advance().expect("signed").size, 700, "{when}");
        checked_by_a_stranger(&log, &key, &all);
        assert_eq!(
            file(&new, "checkpoint"),
            fs::read(folder.path().join("log/checkpoint")).expect("read"),
            "{when}"
        );
    }
    // Where the journal's end did not reach the disk although the checkpoint did, nothing is signed over it.
    let folder = tempfile::tempdir().expect("a folder");
    copy(old.path(), folder.path());
    fs::remove_dir_all(folder.path().join("journal")).expect("removed");
    drop(journal(folder.path(), &all[..300]));
    write(folder.path(), "checkpoint", &file(&new, "checkpoint"));
    assert!(matches!(
        open(folder.path()),
        Err(PublishError::Shorter {
            journal: 300,
            signed: 700
        })
    ));
}

/// Everything but who holds the folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for item in fs::read_dir(from).expect("a folder") {
        let item = item.expect("an item");
        let target = to.join(item.file_name());
        if item.file_type().expect("a type").is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), &target).expect("copied");
        }
    }
}
