//! Mirrors of honest logs.

use std::fs;
use std::sync::Arc;

use minhbach_journal::Reader;
use minhbach_publishing::read_vkey;
use minhbach_tlog::{Note, cosignature, root_at};

use super::paper_log::{PaperLog, Served, holder, honest, journal_bytes, key, lines, log_key, witness_key};
use crate::{Mirror, MirrorError, MirrorMark, Step, check_folder};

/// The sizes at which tiles begin and end.
const SIZES: [u64; 7] = [0, 1, 255, 256, 257, 65_537, 70_000];

#[test]
fn a_mirror_of_any_size_is_the_journal_and_its_checkpoint() {
    let log = Arc::new(PaperLog::of(honest(70_000)));
    let growing = tempfile::tempdir().expect("a folder");
    let served = Served::new(&log, 0);
    let mut growing_mirror = served.mirror(growing.path()).expect("opened");
    let mut before = 0;
    for size in SIZES {
        served.show(&log, size);
        let folder = tempfile::tempdir().expect("a folder");
        let mut at_once = served.mirror(folder.path()).expect("opened");
        for (mirror, dir, from) in [
            (&mut at_once, folder.path(), 0),
            (&mut growing_mirror, growing.path(), before),
        ] {
            let expected = if from == size {
                Step::Nothing { size }
            } else {
                Step::Grew { from, to: size }
            };
            assert_eq!(mirror.step().expect("sound"), expected);
            assert_eq!(mirror.step().expect("sound"), Step::Nothing { size });
            assert!(
                journal_bytes(dir) == lines(&log.entries[..size as usize]),
                "{size}"
            );
            let note = fs::read_to_string(dir.join("log/checkpoint")).expect("a note");
            assert_eq!(note, log.note(size).to_string());
            assert!(!dir.join("log/next-checkpoint").exists());
            let report = check_folder(dir, Some(&key()), &[], &[log.checkpoint(size)], &|_, _| ());
            let report = report.expect("checked");
            assert!(report.is_sound() && report.behind.is_none(), "{report:?}");
        }
        before = size;
    }
    // Its files are those of the log: tiles can be served of it.
    drop(growing_mirror);
    let tree = minhbach_tlog::Tree::open(&growing.path().join("log/tree")).expect("opened");
    assert_eq!(
        root_at(&tree.reader(), 65_537).expect("read"),
        log.checkpoint(65_537).root
    );
    assert!(!growing.path().join("private").exists(), "no key is there");
    assert_eq!(read_vkey(growing.path()).expect("read"), Some(key()));
    let mark = MirrorMark {
        url: "test".to_owned(),
        vkey: key().to_string(),
    };
    assert_eq!(MirrorMark::read(growing.path()).expect("read"), Some(mark));
}

#[test]
fn growth_in_many_steps_fetches_each_bundle_once_more_at_most() {
    let log = Arc::new(PaperLog::of(honest(1_200)));
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::new(&log, 0);
    let mut mirror = served.mirror(folder.path()).expect("opened");
    for size in (0..=1_200).step_by(37).chain([1_200]) {
        served.show(&log, size);
        served.asked();
        mirror.step().expect("sound");
        let bundles = served.asked();
        let bundles = bundles
            .iter()
            .filter(|path| path.starts_with("tile/entries/"))
            .count();
        assert!(bundles <= 2, "{bundles} for 37 entries");
        assert!(
            journal_bytes(folder.path()) == lines(&log.entries[..size as usize]),
            "{size}"
        );
        // A reader sees what is there at once.
        assert_eq!(mirror.reader().head().size, size);
        assert_eq!(
            Reader::open_readonly(folder.path()).expect("opened").head().size,
            size
        );
    }
}

#[test]
fn a_server_that_keeps_only_full_pieces_is_enough() {
    let log = Arc::new(PaperLog::of(honest(1_024)));
    let served = Served::new(&log, 700);
    // The log has gone on, and what was partial is full.
    served.tamper(|path, bytes| bytes.filter(|_| !path.contains(".p/") || path.starts_with("tile/1/")));
    let folder = tempfile::tempdir().expect("a folder");
    let mut mirror = served.mirror(folder.path()).expect("opened");
    assert_eq!(mirror.step().expect("sound"), Step::Grew { from: 0, to: 700 });
    assert!(journal_bytes(folder.path()) == lines(&log.entries[..700]));
}

#[test]
fn cosignatures_are_kept_and_gathered() {
    let log = Arc::new(PaperLog::of(honest(300)));
    let (one, two, stranger) = (witness_key(1), witness_key(2), witness_key(3));
    let seen_by = |size: u64, witnesses: &[(&minhbach_tlog::SigningKey, u64)]| {
        let mut note = log.note(size);
        for (witness, time) in witnesses {
            note.add(cosignature::sign(&note, witness, *time));
        }
        note
    };
    let served = Served::new(&log, 200);
    let folder = tempfile::tempdir().expect("a folder");
    let known = [one.public().clone(), two.public().clone()];
    let mut mirror = Mirror::open(
        folder.path(),
        Box::new(served.clone()),
        "test",
        &key(),
        &known,
        &holder(),
    )
    .expect("opened");
    let kept = || {
        let bytes = fs::read(folder.path().join("log/checkpoint")).expect("read");
        Note::parse(&bytes).expect("a note")
    };
    let times = |note: &Note| {
        [&one, &two, &stranger].map(|witness| cosignature::time_of(note, witness.public()).expect("good"))
    };
    served.show_note(&log, seen_by(200, &[(&one, 1_000), (&stranger, 5)]));
    mirror.step().expect("sound");
    assert_eq!(times(&kept()), [Some(1_000), None, Some(5)]);
    // The same tree, later: what one server forgot is not forgotten, and what is older takes nothing's place.
    served.show_note(&log, seen_by(200, &[(&two, 2_000), (&one, 900)]));
    assert_eq!(mirror.step().expect("sound"), Step::Nothing { size: 200 });
    assert_eq!(times(&kept()), [Some(1_000), Some(2_000), Some(5)]);
    // What a known witness has not signed is not kept.
    let mut forged = log.note(200);
    let mut line = cosignature::sign(&forged, &two, 3_000);
    line.bytes[7] ^= 1;
    forged.add(line);
    served.show_note(&log, forged);
    mirror.step().expect("sound");
    assert_eq!(times(&kept()), [Some(1_000), Some(2_000), Some(5)]);
    kept().signed_by(&[key()]).expect("by the log");
    // Of another tree they say nothing.
    served.show_note(&log, seen_by(300, &[(&one, 4_000)]));
    mirror.step().expect("sound");
    assert_eq!(times(&kept()), [Some(4_000), None, None]);
}

#[test]
fn a_folder_is_a_mirror_of_one_log_and_a_ledger_is_none() {
    let log = Arc::new(PaperLog::of(honest(10)));
    let served = Served::new(&log, 10);
    let folder = tempfile::tempdir().expect("a folder");
    let open = |key: &minhbach_tlog::VerifyingKey, url: &str| {
        Mirror::open(folder.path(), Box::new(served.clone()), url, key, &[], &holder())
    };
    let mirror = open(&key(), "one place");
    assert!(matches!(
        open(&key(), "one place"),
        Err(MirrorError::Open(minhbach_journal::OpenError::InUse { .. }))
    ));
    drop(mirror);
    let other =
        minhbach_tlog::SigningKey::of_seed(super::paper_log::origin(), minhbach_tlog::KeyKind::Log, &[9; 32]);
    assert!(matches!(
        open(other.public(), "one place"),
        Err(MirrorError::OtherLog { .. })
    ));
    // The same log elsewhere is the same log.
    open(&key(), "another place")
        .expect("opened")
        .step()
        .expect("sound");
    let mark = MirrorMark::read(folder.path()).expect("read").expect("a mark");
    assert_eq!(mark.url, "another place");
    // A ledger of its own is left alone, whether anything was recorded in it or not.
    let ledger = tempfile::tempdir().expect("a folder");
    drop(minhbach_journal::Journal::create(ledger.path(), &holder()).expect("made"));
    let told = served.mirror(ledger.path()).err();
    assert!(matches!(told, Some(MirrorError::NotAMirror(_))));
    assert!(!ledger.path().join("log").exists());
    assert_eq!(log_key().public(), &key());
}
