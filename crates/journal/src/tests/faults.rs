//! A disk that fails at any call and loses its power at any moment, under the real writer and the real recovery.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

use super::sample::{Sample, assert_holds, files, holder, quick_folder};
use super::verification::walk;
use crate::simulated::{self, Dice, Seeds, SimulatedDisk, Trouble};
use crate::storage::Storage as _;
use crate::verify::verify_with;
use crate::{AppendError, CutError, Journal, OpenError, OpenOptions, Reader};

/// Seeds in the usual run.
const SEEDS: u64 = 4_000;

#[test]
fn whatever_the_disk_loses_what_was_acknowledged_is_there() {
    let total = Mutex::new(Tally::default());
    let begin = std::time::Instant::now();
    Seeds::of_environment(SEEDS).each(|seed| {
        let mut life = Life::new(seed);
        for _ in 0..3 + life.dice.below(4) {
            life.generation();
        }
        life.come_to_an_end();
        total.lock().expect("the tally").add(&life.tally);
    });
    let tally = total.into_inner().expect("the tally");
    println!("{:.1} s: {tally:?}", begin.elapsed().as_secs_f32());
    let alone = std::env::var_os("MINHBACH_SEED").is_some();
    // Otherwise the moments were badly chosen and little was tested.
    assert!(alone || tally.lives < tally.power_losses, "{tally:?}");
    assert!(alone || tally.lives < tally.failures, "{tally:?}");
    assert!(alone || tally.lives / 8 < tally.torn_tails, "{tally:?}");
    assert!(alone || tally.lives / 64 < tally.cuts, "{tally:?}");
}

/// Each call in turn fails, with either error, done and not done, or is the last before the power goes.
#[test]
fn every_call_of_the_writer_and_the_recovery_fails_once() {
    let mut calls = BTreeMap::new();
    for trouble in Trouble::ANSWERS.into_iter().chain([Trouble::Power]) {
        for power in [false, true] {
            for after in 0.. {
                let mut life = Life::new(after);
                // Files of about two entries.
                life.limit = 700;
                life.disk.plan(after, trouble);
                life.live_by_the_book();
                let came = life.disk.clear();
                life.crash(power);
                life.come_to_an_end();
                if !came {
                    calls.insert(format!("{trouble:?}"), after);
                    break;
                }
            }
        }
    }
    println!("{calls:?}");
    assert!(calls.values().all(|&calls| 40 < calls), "{calls:?}");
}

/// Cutting off what is damaged, with each of its calls failing in turn.
#[test]
fn every_call_of_a_cut_fails_once() {
    for trouble in Trouble::ANSWERS.into_iter().chain([Trouble::Power]) {
        for power in [false, true] {
            for after in 0.. {
                let mut life = Life::new(after);
                life.limit = 900;
                let mut journal = life.open().expect("made");
                for _ in 0..6 {
                    assert!(life.append(&mut journal, 3));
                }
                drop(journal);
                let (size, files) = (life.acknowledged, files(&life.data).len());
                assert!(4 < files);
                life.disk.plan(after, trouble);
                // An operator who knows why gives up the last entries, over more than one file.
                life.acknowledged = size - 5;
                life.cut(size as u64 - 5);
                let came = life.disk.clear();
                life.crash(power);
                if life.open().is_none() {
                    life.open().expect("opens once it is cut");
                }
                life.come_to_an_end();
                if !came {
                    assert!(10 < after, "only {after} calls");
                    break;
                }
            }
        }
    }
}

/// What the disks met.
#[derive(Debug, Default)]
struct Tally {
    lives: u64,
    power_losses: u64,
    kills: u64,
    failures: u64,
    acknowledged: u64,
    /// Entries without an answer that were there at the next opening.
    kept_unasked: u64,
    torn_tails: u64,
    /// Openings that were refused, and the cut that the refusal names.
    cuts: u64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.lives += other.lives;
        self.power_losses += other.power_losses;
        self.kills += other.kills;
        self.failures += other.failures;
        self.acknowledged += other.acknowledged;
        self.kept_unasked += other.kept_unasked;
        self.torn_tails += other.torn_tails;
        self.cuts += other.cuts;
    }
}

/// A journal on a disk, and what is known of it.
struct Life {
    _folder: TempDir,
    data: PathBuf,
    disk: SimulatedDisk,
    dice: Dice,
    limit: u64,
    /// All entries that were handed in, as they follow one another.
    sample: Sample,
    acknowledged: usize,
    /// Something may have been lost since the last opening, so that the end may be damaged.
    lossy: bool,
    tally: Tally,
}

impl Life {
    fn new(seed: u64) -> Life {
        let folder = quick_folder();
        let mut dice = Dice::new(seed);
        let limit = 300 + dice.below(6_000);
        Life {
            data: folder.path().join("data"),
            disk: SimulatedDisk::new(folder.path(), dice.below(u64::MAX)),
            _folder: folder,
            dice,
            limit,
            sample: Sample::empty(),
            acknowledged: 0,
            lossy: false,
            tally: Tally {
                lives: 1,
                ..Tally::default()
            },
        }
    }

    /// One opening, some batches, and an end that nobody chose.
    fn generation(&mut self) {
        if !self.dice.once_in(4) {
            let all = [&Trouble::ANSWERS[..], &[Trouble::Power; 3]].concat();
            let trouble = all[self.dice.index(all.len())];
            let after = self.dice.below(14);
            self.disk.plan(after, trouble);
        }
        if let Some(mut journal) = self.open() {
            for _ in 0..self.dice.below(8) {
                let count = 1 + self.dice.index(5);
                if !self.append(&mut journal, count) {
                    break;
                }
            }
        }
        self.disk.clear();
        let power = self.dice.once_in(2);
        self.crash(power);
    }

    /// Every kind of call: making, filling files, and cutting off what was left half written.
    fn live_by_the_book(&mut self) {
        let Some(mut journal) = self.open() else { return };
        for count in [1, 3, 2, 1] {
            if !self.append(&mut journal, count) {
                return;
            }
        }
        drop(journal);
        let last = crate::segment::list(&self.data)
            .expect("listed")
            .pop()
            .expect("a file");
        let half = self
            .disk
            .open(&last.path)
            .and_then(|mut file| file.write_at(b"half a line", last.len));
        if half.is_err() {
            return;
        }
        let Some(mut journal) = self.open() else { return };
        self.append(&mut journal, 2);
    }

    /// The writer is gone, and with the power also what was not durable.
    fn crash(&mut self, power: bool) {
        if power || self.disk.is_dark() {
            self.disk.lose_power().expect("the files are what is left");
            self.tally.power_losses += 1;
            self.lossy = true;
        } else {
            self.tally.kills += 1;
        }
    }

    /// Opens or makes the journal and checks what is there; `None` where the disk failed, or where damage was cut off.
    fn open(&mut self) -> Option<Journal> {
        let options = OpenOptions {
            verify_all: self.dice.once_in(2),
        };
        let opened = simulated::open(&self.data, &holder(), options, self.limit, &self.disk);
        let (journal, recovery) = match opened {
            Ok(opened) => opened,
            Err(OpenError::NotThere(_)) => {
                assert_eq!(self.acknowledged, 0, "the journal is gone");
                match simulated::create(&self.data, &holder(), self.limit, &self.disk) {
                    Ok(journal) => return Some(journal),
                    Err(error) => {
                        self.failed(&error.to_string());
                        return None;
                    }
                }
            }
            Err(OpenError::Damaged(damage)) => {
                let (seq, sentence) = (damage.seq, OpenError::Damaged(damage.clone()).to_string());
                assert!(self.lossy, "damaged without a loss: {sentence}");
                assert!(
                    self.acknowledged as u64 <= seq,
                    "acknowledged and damaged: {sentence}"
                );
                assert!(
                    sentence.contains(&format!("minhbach recover --cut {seq}")),
                    "{sentence}"
                );
                let last = files(&self.data).pop().expect("a file").0;
                assert!(
                    damage.file.ends_with(&last),
                    "damage before the last file: {sentence}"
                );
                self.cut(seq);
                return None;
            }
            Err(error) => {
                assert!(matches!(error, OpenError::Io(_)), "{error}");
                self.failed(&error.to_string());
                return None;
            }
        };
        self.tally.torn_tails += u64::from(recovery.torn_tail.is_some());
        let size = journal.head().size as usize;
        assert!(
            (self.acknowledged..=self.sample.len()).contains(&size),
            "{} were acknowledged, {} handed in, {size} are there",
            self.acknowledged,
            self.sample.len()
        );
        assert_holds(&journal.reader(), &self.sample, size);
        self.tally.kept_unasked += (size - self.acknowledged) as u64;
        // What an opening shows is durable, and what it does not show is gone for ever.
        self.acknowledged = size;
        self.sample.entries.truncate(size);
        self.sample.hashes.truncate(size);
        self.lossy = false;
        Some(journal)
    }

    /// Cuts as the refusal says; what is cut off is kept apart.
    fn cut(&mut self, seq: u64) {
        let before: usize = files(&self.data).iter().map(|(_, bytes)| bytes.len()).sum();
        match simulated::cut(&self.data, &holder(), seq, self.limit, &self.disk) {
            Ok(cut) => {
                assert_eq!(cut.head.size, seq);
                self.tally.cuts += 1;
                if self.dice.once_in(4) {
                    self.crash(true);
                }
                let kept: usize = files(&self.data).iter().map(|(_, bytes)| bytes.len()).sum();
                assert_eq!((before - kept) as u64, cut.bytes);
                if let Some(saved) = cut.saved {
                    assert_eq!(bytes_under(&saved), cut.bytes, "what was cut off is kept");
                }
            }
            Err(CutError::Io(fault)) => self.failed(&fault.to_string()),
            Err(CutError::Open(error)) => self.failed(&error.to_string()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Hands in some entries; whether they were acknowledged.
    fn append(&mut self, journal: &mut Journal, count: usize) -> bool {
        let from = self.sample.len();
        assert_eq!(from, self.acknowledged);
        for _ in 0..count {
            // No two that were ever handed in are the same, so that what comes back from the dead is seen.
            let letter = char::from(b'a' + self.dice.index(26) as u8);
            let length = if self.dice.once_in(6) { 2_500 } else { 120 };
            let length = self.dice.index(length);
            self.sample.add(&String::from(letter).repeat(length));
        }
        let reader = journal.reader();
        let acknowledged = match journal.append(&self.sample.batch(from..from + count)) {
            Ok(head) => {
                assert_eq!(head.size as usize, from + count);
                self.acknowledged = from + count;
                self.tally.acknowledged += count as u64;
                true
            }
            Err(error) => {
                assert!(matches!(error, AppendError::Io(_)), "{error}");
                assert!(error.to_string().contains("opened again"), "{error}");
                self.failed(&error.to_string());
                // What was handed in is not shown, and the writer takes no more.
                let again = journal.append(&self.sample.batch(from..from + count));
                assert!(matches!(again, Err(AppendError::Stopped)));
                false
            }
        };
        assert_eq!(reader.head().size as usize, self.acknowledged);
        acknowledged
    }

    /// What is said of a failure that was planned.
    fn failed(&mut self, sentence: &str) {
        self.tally.failures += 1;
        self.lossy = true;
        assert!(
            self.disk.clear() || self.disk.is_dark(),
            "nothing was planned: {sentence}"
        );
        let folder = self.data.parent().expect("a folder").to_string_lossy();
        assert!(sentence.contains(&*folder), "names no file: {sentence}");
        assert!(sentence.starts_with("cannot "), "{sentence}");
        for debris in ["panicked", "Os {", "unwrap", "\n"] {
            assert!(!sentence.contains(debris), "{sentence}");
        }
    }

    /// All goes well from now on: it opens, a second opening changes nothing, and it goes on.
    fn come_to_an_end(&mut self) {
        let mut journal = None;
        for _ in 0..3 {
            journal = journal.or_else(|| self.open());
        }
        drop(journal.expect("opens when nothing goes wrong"));
        let (before, size) = (files(&self.data), self.acknowledged);
        let options = OpenOptions { verify_all: true };
        let (journal, recovery) =
            simulated::open(&self.data, &holder(), options, self.limit, &self.disk).expect("opens again");
        assert_eq!((recovery.torn_tail, recovery.checked), (None, size as u64));
        assert!(files(&self.data) == before, "a second opening changes nothing");
        drop(journal);
        // Without an opening that makes anything durable: it was.
        self.crash(true);
        assert!(files(&self.data) == before, "what was opened is durable");
        let mut journal = self.open().expect("opens");
        assert_eq!(self.acknowledged, size);
        assert!(self.append(&mut journal, 3));
        drop(journal);
        self.crash(true);
        drop(self.open().expect("opens"));
        assert_eq!(self.acknowledged, size + 3);
        let reader = Reader::open_readonly(&self.data).expect("read");
        assert_holds(&reader, &self.sample, size + 3);
        let verified = verify_with(&self.data, &walk(self.limit)).expect("sound");
        assert_eq!((verified.size as usize, verified.torn_tail), (size + 3, None));
    }
}

fn bytes_under(folder: &Path) -> u64 {
    fs::read_dir(folder)
        .expect("listed")
        .map(|item| item.expect("an item").metadata().expect("its size").len())
        .sum()
}
