//! Reading by seq and in order, beside a writer and without one.

use std::fs;

use proptest::prelude::*;

use minhbach_events::Hash;

use super::sample::{
    Sample, assert_holds, create, entry, file, folder, hash, moment, open, open_all, quick_folder,
};
use crate::{ReadError, Reader, What};

#[test]
fn any_entry_is_found_without_an_index_and_with_one() {
    let sample = Sample::of((0..5000).map(|seq| (seq * seq) % 1200));
    let dir = folder();
    sample.write(dir.path(), &[0..2500, 2500..4999, 4999..5000]);
    let by_bisection = Reader::open_readonly(dir.path()).expect("opened");
    assert_holds(&by_bisection, &sample, 5000);
    let (journal, _) = open_all(dir.path(), 1 << 30).expect("opened");
    assert_holds(&journal.reader(), &sample, 5000);
}

#[test]
fn long_and_short_lines_are_told_apart() {
    let sample = Sample::of((0..300).map(|seq| if seq % 7 == 3 { 65_000 } else { seq % 5 }));
    let dir = folder();
    sample.write(dir.path(), &[0..300]);
    assert_holds(&Reader::open_readonly(dir.path()).expect("opened"), &sample, 300);
}

#[test]
fn streaming_begins_anywhere_and_ends_where_the_journal_did() {
    let sample = Sample::of((0..700).map(|seq| seq % 300));
    let dir = folder();
    let mut journal = create(dir.path(), 30_000);
    journal.append(&sample.batch(0..600)).expect("appended");
    let reader = journal.reader();
    for from in [0, 1, 255, 256, 257, 599, 600, 601, u64::MAX] {
        let mut entries = reader.entries(from);
        if from == 255 {
            journal.append(&sample.batch(600..700)).expect("appended");
        }
        let end = if from <= 255 { 600 } else { 700 };
        for seq in from..end {
            let entry = entries.next_ref().expect("one more").expect("an entry");
            let index = seq as usize;
            assert_eq!((entry.seq, entry.hash), (seq, hash(&sample.hashes[index])));
            assert_eq!(entry.bytes, sample.entries[index].as_bytes());
            assert_eq!(entry.at.to_string(), super::sample::moment(seq));
        }
        assert!(entries.next().is_none());
        assert!(entries.next().is_none());
    }
}

#[test]
fn readers_beside_the_writer_see_whole_batches_only() {
    let sample = Sample::of((0..3000).map(|seq| seq % 200));
    let dir = folder();
    let mut journal = create(dir.path(), 20_000);
    let reader = journal.reader();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (reader, sample) = (reader.clone(), &sample);
            scope.spawn(move || {
                let mut seen = 0;
                while seen < 3000 {
                    let head = reader.head();
                    assert!(seen <= head.size && head.size % 20 == 0);
                    if let Some(last) = head.size.checked_sub(1) {
                        let entry = reader.entry(last).expect("read").expect("there");
                        assert_eq!(
                            (entry.hash, entry.bytes.as_slice()),
                            (head.hash, sample.entries[last as usize].as_bytes())
                        );
                        let streamed = reader
                            .entries(seen)
                            .map(|entry| entry.expect("an entry").seq)
                            .collect::<Vec<_>>();
                        assert!(head.size - seen <= streamed.len() as u64);
                        assert!(
                            streamed
                                .iter()
                                .zip(seen..)
                                .all(|(seq, expected)| *seq == expected)
                        );
                    }
                    seen = head.size;
                }
            });
        }
        // A reader of another process sees at least what was durable when it looked.
        let outside = dir.path().to_path_buf();
        for from in (0..3000).step_by(20) {
            let head = journal.append(&sample.batch(from..from + 20)).expect("appended");
            if from % 400 == 0 {
                let outside = Reader::open_readonly(&outside).expect("opened");
                assert_eq!(outside.head(), head);
            }
        }
    });
    assert_holds(&reader, &sample, 3000);
}

#[test]
fn a_reader_by_itself_looks_again_when_told() {
    let sample = Sample::of((0..10).map(|seq| seq * 30));
    let dir = folder();
    let mut journal = create(dir.path(), 600);
    let reader = Reader::open_readonly(dir.path()).expect("opened");
    assert_holds(&reader, &sample, 0);
    journal.append(&sample.batch(0..10)).expect("appended");
    assert_holds(&reader, &sample, 0);
    assert_eq!(reader.refresh().expect("looked"), journal.head());
    assert_holds(&reader, &sample, 10);
}

#[test]
fn the_first_entry_follows_nothing() {
    let mut sample = Sample::empty();
    sample.add_raw(&entry(0, &"1".repeat(64), &moment(0), "x"));
    let dir = folder();
    sample.write(dir.path(), &[0..1]);
    let reader = Reader::open_readonly(dir.path()).expect("opened");
    let first = reader.entries(0).next().expect("an entry, or why not");
    let Err(ReadError::Damaged(damage)) = first else {
        panic!("an entry is handed out that follows another history")
    };
    assert_eq!(
        (damage.seq, &damage.what),
        (0, &What::Link { before: Hash::ZERO })
    );
}

#[test]
fn a_damaged_entry_is_never_handed_out() {
    let sample = Sample::of((0..600).map(|seq| seq % 100));
    let dir = quick_folder();
    sample.write(dir.path(), &[0..600]);
    let without_an_index = Reader::open_readonly(dir.path()).expect("opened");
    let (journal, _) = open(dir.path(), 1 << 30).expect("opened");
    let reader = journal.reader();
    let path = file(dir.path(), 0);
    let sound = fs::read(&path).expect("read");
    let start = sample.lines(0..300).len();
    let len = sample.line(300).len();
    for byte in 0..len {
        let mut bytes = sound.clone();
        bytes[start + byte] ^= 1;
        fs::write(&path, &bytes).expect("written");
        let Err(ReadError::Damaged(damage)) = reader.entry(300) else {
            panic!("byte {byte} was not noticed")
        };
        assert_eq!((damage.seq, damage.line, &damage.file), (300, 301, &path));
        if byte % 50 == 0 {
            let streamed: Vec<_> = reader.entries(290).collect();
            assert_eq!(streamed.len(), 11);
            assert!(streamed[..10].iter().all(Result::is_ok) && streamed[10].is_err());
            for seq in (0..600).filter(|seq| *seq != 300 && *seq != 301) {
                assert!(reader.entry(seq).is_ok(), "{seq} has nothing to do with it");
                assert!(
                    without_an_index.entry(seq).is_ok(),
                    "{seq} has nothing to do with it"
                );
            }
        }
    }
    fs::write(&path, sample.lines(0..300)).expect("written");
    assert!(reader.entry(300).is_err(), "what was acknowledged is gone");

    // Two entries changed places: each line is sound, and neither is the one asked for.
    fs::write(
        &path,
        sample.lines(0..300) + &sample.line(301) + &sample.line(300) + &sample.lines(302..600),
    )
    .expect("written");
    let streamed: Vec<_> = reader.entries(299).collect();
    let Some(Err(ReadError::Damaged(damage))) = streamed.get(1) else {
        panic!("not noticed")
    };
    assert_eq!((damage.seq, &damage.what), (300, &What::Seq { found: 301 }));
}

#[test]
fn a_line_that_lies_of_its_place_misleads_nobody() {
    let lengths = |seq: usize| if seq % 50 == 7 { 9_000 } else { (seq * 37) % 600 };
    let sample = Sample::of((0..900).map(lengths));
    let dir = quick_folder();
    sample.write(dir.path(), &[0..900]);
    let without_an_index = Reader::open_readonly(dir.path()).expect("opened");
    let (journal, _) = open(dir.path(), 1 << 30).expect("opened");
    let with_one = journal.reader();
    // As many digits, so that every line stays where it is.
    for (liar, told) in [
        (0, 9),
        (9, 0),
        (100, 800),
        (450, 451),
        (451, 450),
        (800, 100),
        (898, 101),
    ] {
        let says = |seq: usize| format!("{{\"seq\":{seq},");
        let lie = sample.line(liar).replacen(&says(liar), &says(told), 1);
        let text = sample.lines(0..liar) + &lie + &sample.lines(liar + 1..900);
        fs::write(file(dir.path(), 0), text).expect("written");
        for seq in (0..900).filter(|seq| *seq != liar && *seq != told) {
            for reader in [&without_an_index, &with_one] {
                let entry = reader.entry(seq as u64).expect("sound").expect("there");
                assert_eq!(entry.bytes, sample.entries[seq].as_bytes(), "{liar} says {told}");
            }
        }
        for reader in [&without_an_index, &with_one] {
            assert!(reader.entry(liar as u64).is_err(), "{liar} says {told}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_by_one_is_the_same_as_in_order(
        batches in prop::collection::vec(prop::collection::vec(0_usize..3000, 1..60), 1..12),
        limit in 500_u64..60_000,
        reopen in prop::collection::vec(any::<bool>(), 12),
    ) {
        let sample = Sample::of(batches.concat());
        let dir = quick_folder();
        let mut journal = create(dir.path(), limit);
        let mut size = 0;
        for (batch, reopen) in batches.iter().zip(reopen) {
            journal.append(&sample.batch(size..size + batch.len())).expect("appended");
            size += batch.len();
            if reopen {
                drop(journal);
                journal = open(dir.path(), limit).expect("opened").0;
            }
        }
        assert_holds(&journal.reader(), &sample, size);
        assert_holds(&Reader::open_readonly(dir.path()).expect("opened"), &sample, size);
    }
}
