//! A ledger on a simulated disk, what was proposed to it and what it answered.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minhbach_events::{Actor, Entry, Hash, Proposal, Timestamp};
use minhbach_journal::simulated::{self, Dice, SimulatedDisk, Trouble};
use minhbach_journal::{CutError, Holder, OpenError, OpenOptions, Reader};
use minhbach_projections::Projections;
use tempfile::TempDir;

use crate::engine::{Clock, opening};
use crate::{Answer, Books, Caller, Ledger, Stopped};

/// What the disks met.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub lives: u64,
    pub power_losses: u64,
    pub failures: u64,
    pub acknowledged: u64,
    pub repeated: u64,
    pub cuts: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.lives += other.lives;
        self.power_losses += other.power_losses;
        self.failures += other.failures;
        self.acknowledged += other.acknowledged;
        self.repeated += other.repeated;
        self.cuts += other.cuts;
    }
}

/// A ledger through many openings.
pub struct Life {
    _folder: TempDir,
    data: PathBuf,
    pub disk: SimulatedDisk,
    pub dice: Dice,
    limit: u64,
    /// The number of the next proposal without an answer.
    pub next: u64,
    /// The first number that was never handed in.
    handed_in: u64,
    /// By seq: the entry's hash, and the number of the proposal.
    acknowledged: BTreeMap<u64, (Hash, u64)>,
    pub tally: Tally,
}

impl Life {
    pub fn new(seed: u64) -> Life {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let mut dice = Dice::new(seed);
        Life {
            data: folder.path().join("data"),
            disk: SimulatedDisk::new(folder.path(), dice.below(u64::MAX)),
            _folder: folder,
            limit: 1_500 + dice.below(20_000),
            dice,
            next: 0,
            handed_in: 0,
            acknowledged: BTreeMap::new(),
            tally: Tally {
                lives: 1,
                ..Tally::default()
            },
        }
    }

    /// Something goes wrong soon.
    pub fn plan(&mut self, within: u64) {
        let all = [&Trouble::ANSWERS[..], &[Trouble::Power; 3]].concat();
        let trouble = all[self.dice.index(all.len())];
        let after = self.dice.below(within);
        self.disk.plan(after, trouble);
    }

    /// Opens or makes the ledger and checks it; `None` where the disk failed, or where damage was cut off.
    pub fn open(&mut self) -> Option<Ledger> {
        let options = OpenOptions::default();
        let journal = match simulated::open(&self.data, &holder(), options, self.limit, &self.disk) {
            Ok((journal, _)) => journal,
            Err(OpenError::NotThere(_)) => {
                assert!(self.acknowledged.is_empty(), "the journal is gone");
                match simulated::create(&self.data, &holder(), self.limit, &self.disk) {
                    Ok(journal) => journal,
                    Err(error) => {
                        self.failed(&error.to_string());
                        return None;
                    }
                }
            }
            Err(OpenError::Damaged(damage)) => {
                let last = self.acknowledged.last_key_value().map(|(seq, _)| *seq);
                assert!(last < Some(damage.seq), "acknowledged and damaged: {damage}");
                match simulated::cut(&self.data, &holder(), damage.seq, self.limit, &self.disk) {
                    Ok(_) => self.tally.cuts += 1,
                    Err(CutError::Io(fault)) => self.failed(&fault.to_string()),
                    Err(CutError::Open(error)) => self.failed(&error.to_string()),
                    Err(error) => panic!("{error}"),
                }
                return None;
            }
            Err(error) => {
                self.failed(&error.to_string());
                return None;
            }
        };
        self.check(&journal.reader());
        let (books, projections) = rebuilt(&journal.reader());
        let clock = leaping_clock(self.dice.below(u64::MAX));
        Some(Ledger::start(&self.data, journal, books, projections, clock, 0).expect("threads"))
    }

    /// Everything acknowledged is there, nothing that was never proposed, and nothing twice.
    fn check(&self, reader: &Reader) {
        let mut keys = HashSet::new();
        let mut acknowledged = self.acknowledged.iter().peekable();
        for raw in reader.entries(0) {
            let raw = raw.expect("an entry");
            let entry = Entry::read(&raw.bytes).expect("an entry");
            let key = entry.key.expect("only what has a key was proposed").to_string();
            let number: u64 = key
                .strip_prefix("k-")
                .and_then(|number| number.parse().ok())
                .expect("a number");
            assert!(number < self.handed_in, "{key} was never proposed");
            assert!(keys.insert(number), "{key} is there twice");
            if let Some((_, (hash, known))) = acknowledged.next_if(|(seq, _)| **seq == raw.seq) {
                assert_eq!((raw.hash, number), (*hash, *known), "entry {}", raw.seq);
            }
        }
        assert_eq!(acknowledged.next(), None, "acknowledged and lost");
    }

    /// Numbers for so many proposals, and the proposals.
    pub fn proposals(&mut self, count: u64) -> (u64, Vec<Proposal>) {
        let from = self.next;
        self.hand_in(from + count);
        (from, (from..from + count).map(proposal).collect())
    }

    /// Proposals below that number may be in the journal from now on.
    pub fn hand_in(&mut self, end: u64) {
        self.handed_in = self.handed_in.max(end);
    }

    /// Notes answers to the proposals from that number on.
    pub fn take(&mut self, from: u64, answers: &[Answer]) {
        for (number, answer) in (from..).zip(answers) {
            match answer {
                Ok(done) => {
                    let before = self.acknowledged.insert(done.seq, (done.hash, number));
                    assert!(
                        before.is_none_or(|before| before == (done.hash, number)),
                        "seq {} was acknowledged for two",
                        done.seq
                    );
                    self.tally.acknowledged += 1;
                    self.tally.repeated += u64::from(done.repeated);
                }
                Err(rejection) => assert!(may_be_refused(number), "{number}: {rejection:?}"),
            }
        }
    }

    /// The read models say what the journal says.
    pub fn compare(&self, ledger: &Ledger) {
        let (books, projections) = rebuilt(ledger.reader());
        assert_eq!(books.head(), ledger.as_of().head);
        let difference = ledger.read(|told, _| projections.first_difference(told).expect("read"));
        assert_eq!(difference.expect("told"), None);
        assert_eq!(ledger.books().size(), ledger.as_of().size, "nothing is under way");
        assert_eq!(ledger.books().head(), books.head());
    }

    /// The engine is gone, and with the power also what was not durable.
    pub fn crash(&mut self, power: bool) {
        self.disk.clear();
        if power || self.disk.is_dark() {
            self.disk.lose_power().expect("the files are what is left");
            self.tally.power_losses += 1;
        }
    }

    /// What is said of a failure that was planned.
    pub fn failed(&mut self, sentence: &str) {
        self.tally.failures += 1;
        assert!(
            self.disk.clear() || self.disk.is_dark(),
            "nothing was planned: {sentence}"
        );
        let folder = self.data.parent().expect("a folder").to_string_lossy();
        assert!(
            sentence.starts_with("cannot ") && sentence.contains(&*folder),
            "{sentence}"
        );
        for debris in ["panicked", "Os {", "unwrap", "\n"] {
            assert!(!sentence.contains(debris), "{sentence}");
        }
    }

    /// What is said when the writer stops.
    pub fn stopped(&mut self, stopped: &Stopped) {
        let sentence = stopped.to_string();
        assert!(sentence.contains("opened again"), "{sentence}");
        self.failed(&sentence);
    }

    /// All goes well from now on: what was not answered is answered, and the read models agree.
    pub fn come_to_an_end(&mut self) {
        let mut ledger = None;
        for _ in 0..3 {
            ledger = ledger.or_else(|| self.open());
        }
        let ledger = ledger.expect("opens when nothing goes wrong");
        let (from, proposals) = self.proposals(8);
        let answers = ledger.record(proposals, &caller(), false).expect("answers");
        self.take(from, &answers);
        self.next += 8;
        self.compare(&ledger);
        ledger.close().expect("closed");
        self.crash(true);
        drop(self.open().expect("opens"));
    }
}

/// Books and read models, from nothing.
fn rebuilt(reader: &Reader) -> (Books, Projections) {
    let mut projections = Projections::in_memory();
    let books =
        opening::replay(reader, Books::default(), Some(&mut projections), false, &()).expect("replayed");
    (books, projections)
}

/// A clock that leaps months both ways, so that only the ledger keeps the time from going back.
fn leaping_clock(seed: u64) -> Clock {
    const DAY_MILLIS: u64 = 86_400_000;
    let base = Timestamp::parse("2026-01-05T03:00:00.000Z")
        .expect("a time")
        .millis();
    let drawn = AtomicU64::new(seed);
    Arc::new(move || {
        let mut dice = Dice::new(drawn.fetch_add(1, Ordering::Relaxed));
        let leap = dice.below(200 * DAY_MILLIS) as i64;
        Timestamp::from_millis(base + leap).expect("a time")
    })
}

pub fn caller() -> Caller {
    Caller::whole(Actor::new("local").expect("a post"))
}

fn holder() -> Holder {
    Holder {
        command: "test".into(),
        url: None,
    }
}

/// The same number, the same proposal: it can be proposed again after a crash.
pub fn proposal(number: u64) -> Proposal {
    let line = match number {
        0 => r#"{"type":"ledger.opened","ledger":"Sổ thử","origin":"so.example.vn/thu","format":1,"kind":"live""#.to_owned(),
        1 => r#"{"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ""#.to_owned(),
        2 => r#"{"type":"pool.opened","pool":"chung","fund":"quy","item":"VND","source":"social_domestic""#.to_owned(),
        _ if number % 11 == 10 => receipt("khong-co", 5),
        _ if number % 7 == 6 => r#"{"type":"stock.written_off","lot":"chung","quantity":"700","written_off_on":"2025-12-01","reason":"thử""#.to_owned(),
        _ if number % 5 == 4 => {
            format!(r#"{{"type":"party.registered","party":"ben-{number}","kind":"organisation","name":"{}""#, "Bên ".repeat(number as usize % 40 + 1).trim())
        }
        _ => receipt("chung", 1_000 + number),
    };
    let line = format!(r#"{line},"key":"k-{number}"}}"#);
    Proposal::from_line(line.as_bytes()).expect("a proposal")
}

fn receipt(pool: &str, dong: u64) -> String {
    format!(
        r#"{{"type":"receipt.issued","fund":"quy","pool":"{pool}","source":"social_domestic","item":"VND","quantity":"{dong}","received_on":"2025-11-10","display":"anonymous","channel":"bank""#
    )
}

/// The pool may have too little, or is not there.
fn may_be_refused(number: u64) -> bool {
    number % 11 == 10 || number % 7 == 6
}
