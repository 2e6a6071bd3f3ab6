//! Mirrors that were killed, or whose network broke, at any point.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::paper_log::{PaperLog, Served, honest, journal_bytes, key, lines};
use crate::{MirrorError, RemoteError, Step, check_folder};

fn last_file(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("journal")).expect("a journal");
    let files = files.map(|item| item.expect("a file").path());
    files.max().expect("a file")
}

fn cut_end(path: &Path, bytes: u64) {
    let file = OpenOptions::new().write(true).open(path).expect("a file");
    let len = file.metadata().expect("a length").len();
    file.set_len(len.saturating_sub(bytes)).expect("cut");
}

/// What a crash can leave. It is told whether there are entries that no whole checkpoint is over: only these can be torn.
type Crash = dyn Fn(&Path, bool);

fn crashes() -> Vec<(&'static str, Box<Crash>)> {
    let tree = |dir: &Path, level: u8| dir.join(format!("log/tree/level-{level}"));
    vec![
        ("nothing", Box::new(|_, _| ())),
        (
            "a torn line",
            Box::new(|dir, is_underway| {
                if is_underway {
                    cut_end(&last_file(dir), 7);
                }
            }),
        ),
        (
            "half of a hash",
            Box::new(move |dir, _| cut_end(&tree(dir, 0), 17)),
        ),
        (
            "a level that is behind",
            Box::new(move |dir, _| cut_end(&tree(dir, 1), 32)),
        ),
        (
            "zeros in the tree",
            Box::new(move |dir, _| {
                let path = tree(dir, 0);
                let mut bytes = fs::read(&path).expect("read");
                let from = bytes.len() / 2;
                bytes[from..].fill(0);
                fs::write(&path, bytes).expect("written");
            }),
        ),
        (
            "no tree",
            Box::new(|dir, _| fs::remove_dir_all(dir.join("log/tree")).expect("removed")),
        ),
        (
            "drafts",
            Box::new(|dir, _| {
                for name in ["checkpoint.new", "next-checkpoint.new", "vkey.new", "mirror.new"] {
                    fs::write(dir.join("log").join(name), "half").expect("written");
                }
            }),
        ),
    ]
}

#[test]
fn whatever_breaks_and_wherever_the_next_step_goes_on() {
    let log = Arc::new(PaperLog::of(honest(3_000)));
    for (name, crash) in crashes() {
        for pieces in [0, 1, 2, 3, 4, 5, 7, 9, 12, 100] {
            let folder = tempfile::tempdir().expect("a folder");
            let dir = folder.path();
            let served = Served::new(&log, 700);
            served.mirror(dir).expect("opened").step().expect("sound");
            served.show(&log, 2_900);
            served.break_after(Some(pieces));
            let mut mirror = served.mirror(dir).expect("opened");
            let broke = mirror.step().is_err();
            assert_eq!(broke, pieces < 100, "{name}, {pieces}");
            let there = mirror.reader().head().size;
            drop(mirror);
            // Whatever is there is of the log, and some checkpoint in the folder vouches for it.
            assert!(journal_bytes(dir) == lines(&log.entries[..there as usize]));
            let report = check_folder(dir, Some(&key()), &[], &[], &|_, _| ()).expect("checked");
            assert!(report.is_sound(), "{report:?}");
            crash(dir, 700 < there && there < 2_900);
            // The log goes on meanwhile.
            served.break_after(None);
            served.show(&log, 3_000);
            let mut mirror = served
                .mirror(dir)
                .unwrap_or_else(|error| panic!("{name}, {pieces}: {error}"));
            let step = mirror
                .step()
                .unwrap_or_else(|error| panic!("{name}, {pieces}: {error}"));
            let from = if broke { 700 } else { 2_900 };
            assert_eq!(step, Step::Grew { from, to: 3_000 }, "{name}, {pieces}");
            assert!(journal_bytes(dir) == lines(&log.entries), "{name}, {pieces}");
            let seen = [log.checkpoint(700), log.checkpoint(2_900)];
            let report = check_folder(dir, Some(&key()), &[], &seen, &|_, _| ()).expect("checked");
            assert!(report.is_sound() && report.behind.is_none(), "{name}: {report:?}");
        }
    }
}

#[test]
fn a_checkpoint_that_was_finished_but_not_forgotten_does_no_harm() {
    let log = Arc::new(PaperLog::of(honest(600)));
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    let served = Served::new(&log, 300);
    served.mirror(dir).expect("opened").step().expect("sound");
    fs::copy(dir.join("log/checkpoint"), dir.join("log/next-checkpoint")).expect("copied");
    let mut mirror = served.mirror(dir).expect("opened");
    assert_eq!(mirror.step().expect("sound"), Step::Nothing { size: 300 });
    served.show(&log, 600);
    assert_eq!(mirror.step().expect("sound"), Step::Grew { from: 300, to: 600 });
}

#[test]
fn all_entries_are_there_and_only_the_checkpoint_is_missing() {
    let log = Arc::new(PaperLog::of(honest(600)));
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    let served = Served::new(&log, 300);
    served.mirror(dir).expect("opened").step().expect("sound");
    let before = fs::read(dir.join("log/checkpoint")).expect("read");
    served.show(&log, 600);
    served.mirror(dir).expect("opened").step().expect("sound");
    // As it is after a kill just before the new checkpoint took the place of the old one.
    fs::copy(dir.join("log/checkpoint"), dir.join("log/next-checkpoint")).expect("copied");
    fs::write(dir.join("log/checkpoint"), before).expect("written");
    served.break_after(Some(5));
    let mut mirror = served.mirror(dir).expect("opened");
    assert_eq!(mirror.step().expect("sound"), Step::Grew { from: 300, to: 600 });
    assert_eq!(mirror.step().expect("sound"), Step::Nothing { size: 600 });
}

#[test]
fn what_was_changed_here_is_found_here() {
    let log = Arc::new(PaperLog::of(honest(600)));
    let served = Served::new(&log, 300);
    let prepare = || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mirror = served.mirror(folder.path()).expect("opened");
        mirror.step().expect("sound");
        folder
    };
    // Entries that nobody signed.
    let folder = prepare();
    let file = last_file(folder.path());
    fs::write(&file, lines(&log.entries[..310])).expect("written");
    assert!(matches!(
        served.mirror(folder.path()),
        Err(MirrorError::Unvouched {
            journal: 310,
            signed: 300
        })
    ));
    // Another history.
    let folder = prepare();
    let file = last_file(folder.path());
    fs::write(&file, lines(&super::paper_log::edited(300, 5))).expect("written");
    assert!(matches!(
        served.mirror(folder.path()),
        Err(MirrorError::Publish(
            minhbach_publishing::PublishError::Rewritten { .. }
        ))
    ));
    // Fewer entries.
    let folder = prepare();
    let file = last_file(folder.path());
    fs::write(&file, lines(&log.entries[..299])).expect("written");
    assert!(matches!(
        served.mirror(folder.path()),
        Err(MirrorError::Publish(
            minhbach_publishing::PublishError::Shorter { .. }
        ))
    ));
    // Another history of what was taken over and is not yet whole.
    let folder = prepare();
    served.show(&log, 600);
    served.tamper(|path, bytes| bytes.filter(|_| !path.starts_with("tile/entries/002")));
    let mut mirror = served.mirror(folder.path()).expect("opened");
    let told = mirror.step();
    assert!(
        matches!(told, Err(MirrorError::Remote(RemoteError::Missing { .. }))),
        "{told:?}"
    );
    let there = mirror.reader().head().size;
    assert_eq!(there, 512, "the bundle before was taken over");
    drop(mirror);
    let file = last_file(folder.path());
    let mut changed = log.entries[..300].to_vec();
    changed.extend(super::paper_log::edited_after(&log.entries, there, 305));
    fs::write(&file, lines(&changed)).expect("written");
    served.tamper(|_, bytes| bytes);
    let mut mirror = served.mirror(folder.path()).expect("opened");
    let told = mirror.step();
    assert!(
        matches!(told, Err(MirrorError::ChangedHere { size }) if size == there),
        "{told:?}"
    );
}
