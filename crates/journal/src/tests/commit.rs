//! Appending: the bytes, the files, and what happens when the disk fails.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::sample::{
    Sample, assert_holds, create, entry, file, files, folder, hash, holder, moment, open, open_all,
    quick_folder,
};
use crate::storage::{Disk, SegmentFile, Storage};
use crate::{AppendError, Batch, ENTRY_BYTES_MAX, Journal, OpenError, SEGMENT_BYTES_MAX, What};

#[test]
fn the_files_are_as_specified() {
    let dir = folder();
    let first = format!(
        r#"{{"seq":0,"prev":"{}","at":"2026-11-22T01:11:00.123Z","by":"a","event":{{"type":"t","v":1}}}}"#,
        "0".repeat(64)
    );
    let first_hash = blake3::hash(first.as_bytes()).to_hex();
    let second = format!(
        r#"{{"seq":1,"prev":"{first_hash}","at":"2026-11-22T01:11:00.123Z","by":"a","key":"k","event":{{"x":"ế\n"}}}}"#
    );
    let second_hash = blake3::hash(second.as_bytes()).to_hex();

    let mut journal = Journal::create(dir.path(), &holder()).expect("created");
    assert_eq!((journal.head().size, journal.head().at), (0, None));
    let mut batch = Batch::new();
    for (entry, hash_hex) in [(&first, first_hash), (&second, second_hash)] {
        batch.clear();
        batch.push(entry.as_bytes(), hash(hash_hex.as_str()));
        let head = journal.append(&batch).expect("appended");
        assert_eq!(head.hash, hash(hash_hex.as_str()));
        assert_eq!(
            head.at.map(|at| at.to_string()).as_deref(),
            Some("2026-11-22T01:11:00.123Z")
        );
    }
    let bytes = format!("{first_hash} {first}\n{second_hash} {second}\n").into_bytes();
    assert_eq!(
        files(dir.path()),
        [("00000000000000000000.log".to_string(), bytes)]
    );
}

#[test]
fn a_journal_is_made_once_and_only_opened_where_it_is() {
    let dir = folder();
    let deep = dir.path().join("a/b");
    assert!(matches!(open(&deep, 1000), Err(OpenError::NotThere(path)) if path == deep));
    assert!(!deep.exists(), "looking makes nothing");

    let mut journal = create(&deep, 1000);
    let sample = Sample::of([1, 2]);
    journal.append(&Batch::new()).expect("nothing to append");
    assert_eq!(files(&deep), []);
    journal.append(&sample.batch(0..1)).expect("appended");
    drop(journal);
    let again = Journal::create(&deep, &holder());
    assert!(matches!(again, Err(OpenError::AlreadyThere(path)) if path == deep));

    let (mut journal, recovery) = open(&deep, 1000).expect("opened");
    assert_eq!(
        recovery,
        crate::Recovery {
            torn_tail: None,
            checked: 1
        }
    );
    journal.append(&sample.batch(1..2)).expect("appended");
    assert_holds(&journal.reader(), &sample, 2);
}

#[test]
fn a_folder_made_and_never_written_is_an_empty_journal() {
    let dir = folder();
    drop(create(dir.path(), 1000));
    let (journal, _) = open(dir.path(), 1000).expect("opened");
    assert_eq!(journal.head().size, 0);
    drop(journal);
    drop(create(dir.path(), 1000));
}

#[test]
fn a_file_is_filled_to_its_last_byte() {
    let line = |text: usize| Sample::of([text]).line(0).len() as u64;
    let limit = line(50) + line(60) + line(70);
    for (texts, firsts) in [
        (vec![50, 60, 70, 10], vec![0, 3]),
        (vec![50, 60, 71, 10], vec![0, 2]),
        (vec![50, 60, 69, 10], vec![0, 3]),
        (vec![50, 60, 70, 50, 60, 70, 50], vec![0, 3, 6]),
    ] {
        let sample = Sample::of(texts);
        // All at once, one by one, and opened anew for each.
        for way in 0..3 {
            let dir = folder();
            let mut journal = create(dir.path(), limit);
            match way {
                0 => drop(journal.append(&sample.batch(0..sample.len())).expect("appended")),
                _ => {
                    for index in 0..sample.len() {
                        if way == 2 {
                            drop(journal);
                            journal = open(dir.path(), limit).expect("opened").0;
                        }
                        journal.append(&sample.batch(index..index + 1)).expect("appended");
                    }
                }
            }
            let mut ends = firsts[1..].to_vec();
            ends.push(sample.len());
            let expected: Vec<_> = firsts
                .iter()
                .zip(ends)
                .map(|(first, end)| (format!("{first:020}.log"), sample.lines(*first..end).into_bytes()))
                .collect();
            assert_eq!(files(dir.path()), expected);
            assert_holds(&journal.reader(), &sample, sample.len());
        }
    }
}

#[test]
fn the_real_limit_is_kept_to_the_byte() {
    assert_eq!((SEGMENT_BYTES_MAX, ENTRY_BYTES_MAX), (67_108_864, 65_535));
    let bare = Sample::of([0]).entries[0].len();
    // 1022 lines of 65 + 65,535 + 1 bytes leave 64,642 of 67,108,864.
    let text_max = |seq: usize| ENTRY_BYTES_MAX - bare - (seq.to_string().len() - 1);
    for (last_line, in_first) in [(64_642, 1023), (64_643, 1022)] {
        let mut sample = Sample::of((0..1022).map(text_max));
        assert_eq!(sample.entries[1021].len(), 65_535);
        sample.add(&"x".repeat(last_line - 66 - bare - 3));
        assert_eq!(sample.line(1022).len(), last_line);
        sample.add("");

        let dir = folder();
        let mut journal = Journal::create(dir.path(), &holder()).expect("created");
        for from in (0..sample.len()).step_by(128) {
            journal
                .append(&sample.batch(from..sample.len().min(from + 128)))
                .expect("appended");
        }
        let names: Vec<_> = files(dir.path())
            .into_iter()
            .map(|(name, bytes)| (name, bytes.len()))
            .collect();
        let first = sample.lines(0..in_first).len();
        assert!(first <= 67_108_864);
        let second = sample.lines(in_first..1024).len();
        assert_eq!(
            names,
            [
                ("00000000000000000000.log".into(), first),
                (format!("{in_first:020}.log"), second)
            ]
        );
        let verified = crate::verify(dir.path(), &|_| {}).expect("sound");
        assert_eq!((verified.size, verified.segments), (1024, 2));
        assert_eq!(
            journal.reader().entry(1022).expect("read").expect("there").seq,
            1022
        );
    }
}

#[test]
fn what_does_not_follow_is_refused_and_stops_the_writer() {
    let sample = Sample::of([1, 2, 3]);
    let prev = sample.hashes[0].as_str();
    let (now, before) = (moment(5), "2026-11-21T23:59:59.999Z".to_string());
    let long = "x".repeat(ENTRY_BYTES_MAX + 1 - entry(1, prev, &now, "").len());
    let cases = [
        (entry(2, prev, &now, ""), What::Seq { found: 2 }),
        (entry(0, prev, &now, ""), What::Seq { found: 0 }),
        (
            entry(1, &"0".repeat(64), &now, ""),
            What::Link { before: hash(prev) },
        ),
        (
            entry(1, &prev.to_uppercase(), &now, ""),
            What::Link { before: hash(prev) },
        ),
        (entry(1, prev, &now, "a\nb"), What::NotAnEntry),
        (entry(1, prev, "2026-11-22 01:11:00.123Z", ""), What::NotAnEntry),
        (entry(1, prev, &now, &long), What::LineTooLong),
    ];
    let check = |entry: &str, expected: Option<What>| {
        let dir = folder();
        let mut journal = create(dir.path(), 1 << 20);
        journal.append(&sample.batch(0..1)).expect("appended");
        let mut batch = Batch::new();
        batch.push(
            entry.as_bytes(),
            hash(blake3::hash(entry.as_bytes()).to_hex().as_str()),
        );
        let Some(expected) = expected else {
            journal.append(&batch).expect("appended");
            return;
        };
        match journal.append(&batch) {
            Err(AppendError::Refused { seq: 1, what }) => assert_eq!(what, expected),
            Err(AppendError::Refused { seq: 0, what }) => assert_eq!(what, expected),
            other => panic!("{other:?} for {entry}"),
        }
        assert!(matches!(
            journal.append(&sample.batch(1..2)),
            Err(AppendError::Stopped)
        ));
        assert_eq!(
            fs::read_to_string(file(dir.path(), 0)).expect("read"),
            sample.line(0)
        );
    };
    for (entry, expected) in cases {
        check(&entry, Some(expected));
    }
    let back = entry(1, prev, &before, "");
    let (found, before) = (
        crate::At::parse(before.as_bytes()),
        crate::At::parse(moment(0).as_bytes()),
    );
    check(
        &back,
        Some(What::Time {
            found: found.expect("read"),
            before: before.expect("read"),
        }),
    );
    // The same moment again, and the longest entry, are fine.
    check(&entry(1, prev, &moment(0), ""), None);
    check(&entry(1, prev, &now, &long[1..]), None);

    // A break within the batch.
    let dir = folder();
    let mut journal = create(dir.path(), 1000);
    let mut batch = sample.batch(0..2);
    batch.push(sample.entries[1].as_bytes(), hash(&sample.hashes[1]));
    let refused = journal.append(&batch);
    assert!(matches!(
        refused,
        Err(AppendError::Refused {
            seq: 2,
            what: What::Seq { found: 1 }
        })
    ));
    assert_eq!(files(dir.path()), []);
    batch.clear();
    assert!(batch.is_empty() && batch.bytes() == 0);
}

/// A disk on which one operation fails, with something of it done or nothing.
struct Failing {
    plan: Arc<Mutex<Plan>>,
}

struct Plan {
    /// Operations until the failing one.
    left: usize,
    kept: Kept,
    failed: bool,
    /// What is durable of each file.
    durable: HashMap<PathBuf, Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Nothing,
    Half,
    All,
}

struct FailingFile {
    path: PathBuf,
    inner: Box<dyn SegmentFile>,
    plan: Arc<Mutex<Plan>>,
}

/// What to do of an operation, and whether to report failure.
fn step(plan: &Mutex<Plan>) -> Option<Kept> {
    let mut plan = plan.lock().expect("no panic before");
    if plan.failed {
        panic!("the writer touched the disk after a failure");
    }
    if plan.left == 0 {
        plan.failed = true;
        return Some(plan.kept);
    }
    plan.left -= 1;
    None
}

fn broken() -> io::Error {
    io::Error::other("broken on purpose")
}

impl Storage for Failing {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let fail = step(&self.plan);
        if matches!(fail, Some(Kept::Nothing)) {
            return Err(broken());
        }
        let inner = Disk.create(path)?;
        if fail.is_some() {
            return Err(broken());
        }
        Ok(Box::new(FailingFile {
            path: path.into(),
            inner,
            plan: Arc::clone(&self.plan),
        }))
    }

    fn open(&self, _: &Path) -> io::Result<Box<dyn SegmentFile>> {
        unreachable!("the tests open with the real disk")
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        Disk.make_folder(folder)
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        unreachable!("a writer renames nothing")
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        if !folder.ends_with("journal") {
            return Disk.sync_folder(folder);
        }
        match step(&self.plan) {
            Some(_) => Err(broken()),
            None => Disk.sync_folder(folder),
        }
    }
}

impl SegmentFile for FailingFile {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let part = match step(&self.plan) {
            None => return self.inner.write_at(bytes, at),
            Some(Kept::Nothing) => 0,
            Some(Kept::Half) => bytes.len() / 2,
            Some(Kept::All) => bytes.len(),
        };
        self.inner.write_at(&bytes[..part], at)?;
        Err(broken())
    }

    fn cut(&mut self, _: u64) -> io::Result<()> {
        unreachable!("a writer that appends cuts nothing")
    }

    fn sync(&mut self) -> io::Result<()> {
        let now = fs::read(&self.path)?;
        let kept = match step(&self.plan) {
            None => {
                self.inner.sync()?;
                let mut plan = self.plan.lock().expect("no panic before");
                plan.durable.insert(self.path.clone(), now);
                return Ok(());
            }
            Some(kept) => kept,
        };
        // What did not reach the disk is gone after the next start.
        let durable = self
            .plan
            .lock()
            .expect("no panic before")
            .durable
            .get(&self.path)
            .map_or(0, Vec::len);
        let part = match kept {
            Kept::Nothing => durable,
            Kept::Half => durable + (now.len() - durable) / 2,
            Kept::All => now.len(),
        };
        fs::write(&self.path, &now[..part])?;
        Err(broken())
    }

    fn forget(&mut self) {}
}

#[test]
fn whatever_fails_nothing_acknowledged_is_lost_and_the_writer_stops() {
    let sample = Sample::of((0..12).map(|seq| 20 + seq * 7));
    let limit = 900;
    let mut failures = 0;
    for kept in [Kept::Nothing, Kept::Half, Kept::All] {
        for left in 0.. {
            let dir = quick_folder();
            let plan = Plan {
                left: usize::MAX,
                kept,
                failed: false,
                durable: HashMap::new(),
            };
            let plan = Arc::new(Mutex::new(plan));
            let storage = Failing {
                plan: Arc::clone(&plan),
            };
            let mut journal =
                Journal::create_with(dir.path(), &holder(), limit, Box::new(storage)).expect("created");
            plan.lock().expect("no panic before").left = left;
            let reader = journal.reader();
            let mut acknowledged = 0;
            let mut failed = false;
            for from in (0..12).step_by(4) {
                match journal.append(&sample.batch(from..from + 4)) {
                    Ok(head) => {
                        acknowledged = from + 4;
                        assert_eq!(head.size, acknowledged as u64);
                    }
                    Err(AppendError::Io(fault)) => {
                        assert!(fault.to_string().ends_with("broken on purpose"), "{fault}");
                        failed = true;
                        break;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            assert_holds(&reader, &sample, acknowledged);
            if !failed {
                assert_eq!(acknowledged, 12);
                break;
            }
            failures += 1;
            for _ in 0..2 {
                let next = journal.append(&sample.batch(acknowledged..acknowledged + 4));
                assert!(matches!(next, Err(AppendError::Stopped)), "{kept:?} {left}");
            }
            drop(journal);

            let (mut journal, _) = open_all(dir.path(), limit).expect("opens again");
            let size = journal.head().size as usize;
            assert!(
                (acknowledged..=acknowledged + 4).contains(&size),
                "{kept:?} {left} {size}"
            );
            assert_holds(&journal.reader(), &sample, size);
            journal.append(&sample.batch(size..12)).expect("goes on");
            assert_holds(&journal.reader(), &sample, 12);
            assert_eq!(
                crate::verify::verify_with(dir.path(), &super::verification::walk(limit))
                    .expect("sound")
                    .size,
                12
            );
        }
    }
    assert!(30 < failures, "only {failures} failures were tried");
}

/// The system itself refuses: the file size limit makes a short write and then an error.
#[test]
fn a_real_failure_stops_the_writer() {
    const FOLDER: &str = "MINHBACH_TEST_LIMITED_FOLDER";
    let sample = Sample::of((0..400).map(|seq| 300 + seq));
    if let Some(dir) = std::env::var_os(FOLDER) {
        let mut journal = Journal::create(Path::new(&dir), &holder()).expect("created");
        for from in (0..400).step_by(10) {
            match journal.append(&sample.batch(from..from + 10)) {
                Ok(_) => {}
                Err(AppendError::Io(_)) => {
                    assert!(matches!(
                        journal.append(&sample.batch(from..from + 10)),
                        Err(AppendError::Stopped)
                    ));
                    assert_holds(&journal.reader(), &sample, from);
                    fs::write(Path::new(&dir).join("acknowledged"), from.to_string()).expect("told");
                    return;
                }
                Err(other) => panic!("{other}"),
            }
        }
        panic!("no write failed");
    }
    let dir = folder();
    // The signal is ignored and the limit is 100 blocks of 512 or 1024 bytes, as the shell has it.
    let output = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 100; exec "$0" "$@""#])
        .arg(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "tests::commit::a_real_failure_stops_the_writer",
            "--nocapture",
        ])
        .env(FOLDER, dir.path())
        .output()
        .expect("sh runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let acknowledged = fs::read_to_string(dir.path().join("acknowledged")).expect("the limit was met");
    let acknowledged: usize = acknowledged.parse().expect("a number");
    assert!(0 < acknowledged);
    let (journal, recovery) = open(dir.path(), SEGMENT_BYTES_MAX).expect("opens again");
    assert!(recovery.torn_tail.is_some(), "the write was cut short");
    let size = journal.head().size as usize;
    assert!((acknowledged..acknowledged + 10).contains(&size));
    assert_holds(&journal.reader(), &sample, size);
}
