//! A ledger whose books were kept opens as one whose journal is read, and nothing that happens to the file changes that.

use std::fs;
use std::path::Path;

use minhbach_events::{Actor, Proposal};
use minhbach_journal::Holder;
use minhbach_ledger::{Caller, Ledger, Opened, REQUEST_PROPOSALS_MAX, system_clock};

/// More than the entries below which nothing is kept.
const ENTRIES: usize = 12_000;

fn holder() -> Holder {
    Holder {
        command: "test".to_owned(),
        url: None,
    }
}

fn receipt(number: usize) -> String {
    format!(
        r#"{{"type":"receipt.issued","fund":"quy","pool":"chung","source":"social_domestic","item":"VND","quantity":"{}","received_on":"2026-01-05","display":"anonymous","channel":"bank","key":"k-{number}"}}"#,
        1_000 + number
    )
}

fn groundwork() -> Vec<String> {
    [
        r#"{"type":"ledger.opened","ledger":"thu","origin":"so.example.vn/thu","format":1,"kind":"live"}"#,
        r#"{"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ minh hoạ"}"#,
        r#"{"type":"pool.opened","pool":"chung","fund":"quy","item":"VND","source":"social_domestic"}"#,
    ]
    .map(str::to_owned)
    .to_vec()
}

fn record(ledger: &Ledger, lines: &[String], atomic: bool) -> Vec<(u64, bool)> {
    let caller = Caller::whole(Actor::new("local").expect("an actor"));
    let mut answers = Vec::new();
    for some in lines.chunks(REQUEST_PROPOSALS_MAX) {
        let some = some
            .iter()
            .map(|line| Proposal::from_line(line.as_bytes()).expect("a proposal"));
        for answer in ledger
            .record(some.collect(), &caller, atomic)
            .expect("the writer works")
        {
            let done = answer.expect("accepted");
            answers.push((done.seq, done.repeated));
        }
    }
    answers
}

fn open(dir: &Path) -> (Ledger, Opened) {
    Ledger::open(dir, &holder(), system_clock(), &()).expect("it opens")
}

/// Asks what only whole books know: each key again, the next serial number, and what is left in the pool.
fn behaves(dir: &Path, kept: bool) {
    let (ledger, opened) = open(dir);
    assert_eq!(0 < opened.kept, kept, "{opened:?}");
    let size = ledger.as_of().size;
    let again: Vec<String> = [0, 1, 5_000, ENTRIES - 1].map(receipt).to_vec();
    let answers = record(&ledger, &again, false);
    let expected = [0, 1, 5_000, ENTRIES - 1].map(|number| (number as u64 + 3, true));
    assert_eq!(answers, expected, "each key is known");
    let total: u64 = (0..ENTRIES as u64).map(|number| 1_000 + number).sum();
    let spend = |amount: u64| {
        format!(
            r#"{{"type":"expense.paid","lot":"chung","quantity":"{amount}","purpose":{{"vi":"Thuê xe"}},"consent":"published_rule","paid_on":"2026-02-01"}}"#
        )
    };
    let rehearsed = |amount: u64| {
        let proposal = Proposal::from_line(spend(amount).as_bytes()).expect("a proposal");
        let caller = Caller::whole(Actor::new("local").expect("an actor"));
        let answers = ledger.rehearse(&[proposal], &caller).expect("the writer works");
        answers.into_iter().all(|answer| answer.is_ok())
    };
    assert!(rehearsed(total), "all of it is there");
    assert!(!rehearsed(total + 1), "and no more");
    assert_eq!(ledger.as_of().size, size);
    drop(ledger);
}

#[test]
fn books_that_were_kept_are_those_of_the_journal_and_no_damage_changes_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    let ledger = Ledger::create(dir, &holder(), system_clock()).expect("made");
    record(&ledger, &groundwork(), false);
    let lines: Vec<String> = (0..ENTRIES).map(receipt).collect();
    let (most, last) = lines.split_at(ENTRIES - 500);
    record(&ledger, most, false);
    record(&ledger, last, true);
    ledger.close().expect("closed");
    let file = dir.join("books");
    let whole = fs::read(&file).expect("they are kept");
    behaves(dir, true);

    // Every kind of damage: the journal is read instead.
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for at in [
        0,
        15,
        16,
        31,
        32,
        40,
        103,
        104,
        127,
        128,
        159,
        160,
        200,
        whole.len() / 3,
        whole.len() / 2,
        whole.len() * 5 / 6,
        whole.len() - 1,
    ] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        damaged.push(flipped);
    }
    for length in [
        0,
        10,
        104,
        160,
        200,
        whole.len() / 2,
        whole.len() - 36,
        whole.len() - 1,
    ] {
        damaged.push(whole[..length].to_vec());
    }
    damaged.push([whole.as_slice(), b"x"].concat());
    damaged.push(vec![0xff; 4_096]);
    for (nth, bytes) in damaged.iter().enumerate() {
        fs::write(&file, bytes).expect("written");
        println!("damage {nth}");
        behaves(dir, false);
    }

    // A folder in its place, and nothing at all.
    fs::remove_file(&file).expect("removed");
    behaves(dir, false);
    fs::create_dir(&file).expect("made");
    behaves(dir, false);
    fs::remove_dir(&file).expect("removed");

    // What came after them is read from the journal.
    fs::write(&file, &whole).expect("written");
    let (ledger, _) = open(dir);
    let answers = record(&ledger, &[receipt(ENTRIES)], false);
    assert_eq!(answers, [(ENTRIES as u64 + 3, false)]);
    ledger.close().expect("closed");
    assert_eq!(
        fs::read(&file).expect("kept"),
        whole,
        "too little came to write them again"
    );
    let (ledger, opened) = open(dir);
    assert_eq!(opened.kept, ENTRIES as u64 + 3);
    assert_eq!(
        record(&ledger, &[receipt(ENTRIES)], false),
        [(ENTRIES as u64 + 3, true)]
    );
}

#[test]
fn books_of_another_journal_or_of_more_than_there_is_are_not_used() {
    let made = |first: usize, entries: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::create(folder.path(), &holder(), system_clock()).expect("made");
        record(&ledger, &groundwork(), false);
        let lines: Vec<String> = (first..first + entries).map(receipt).collect();
        record(&ledger, &lines, false);
        ledger.close().expect("closed");
        folder
    };
    let (one, other, short) = (made(0, ENTRIES), made(7, ENTRIES), made(0, 20));
    fs::copy(other.path().join("books"), one.path().join("books")).expect("copied");
    let (ledger, opened) = open(one.path());
    assert_eq!(opened.kept, 0);
    assert_eq!(record(&ledger, &[receipt(0)], false), [(3, true)]);
    drop(ledger);
    fs::copy(other.path().join("books"), short.path().join("books")).expect("copied");
    let (ledger, opened) = open(short.path());
    assert_eq!((opened.kept, ledger.as_of().size), (0, 23));
    drop(ledger);

    // Projections that know less need the entries that the books know already.
    let copied = made(0, ENTRIES);
    fs::remove_dir_all(copied.path().join("projections")).expect("removed");
    let (ledger, opened) = open(copied.path());
    assert_eq!(opened.kept, 0);
    assert!(opened.rebuilt.is_some());
    assert_eq!(ledger.projected().expect("they know all"), ENTRIES as u64 + 3);
}
