//! Opening after a crash, and the operator's cut.

use std::fs;
use std::path::Path;

use super::sample::{
    Sample, assert_holds, create, file, files, folder, hash, holder, open, open_all, quick_folder,
};
use super::verification::walk;
use crate::cut::cut_with;
use crate::storage::Disk;
use crate::verify::verify_with;
use crate::{CutError, Damage, Journal, OpenError, OpenOptions, Reader, TornTail, What};

const LIMIT: u64 = 1 << 20;

#[test]
fn a_last_batch_cut_at_any_byte_is_recovered() {
    let sample = Sample::of([5, 30, 0, 12, 44]);
    // The last batch, entries 2..5, lies in one file or begins the next.
    for ranges in [vec![0..5], vec![0..2, 2..5]] {
        let last = ranges.last().expect("a file").clone();
        let in_file = last.start;
        let kept = sample.lines(in_file..2).len();
        let whole = sample.lines(in_file..5).into_bytes();
        for len in kept..=whole.len() {
            let dir = quick_folder();
            sample.write(dir.path(), &ranges);
            let path = file(dir.path(), in_file as u64);
            fs::write(&path, &whole[..len]).expect("written");
            let lines = whole[..len].iter().filter(|byte| **byte == b'\n').count();
            let size = in_file + lines;
            let end = sample.lines(in_file..size).len();
            let tail = TornTail {
                file: path.clone(),
                byte: end as u64,
                bytes: (len - end) as u64,
            };
            let tail = (end < len).then_some(tail);

            if len % 16 == 0 {
                let verified = verify_with(dir.path(), &walk(LIMIT)).expect("sound but for the tail");
                assert_eq!((verified.size, verified.torn_tail), (size as u64, tail.clone()));
            }
            let reader = Reader::open_readonly(dir.path()).expect("opened");
            assert_holds(&reader, &sample, size);
            assert_eq!(
                fs::read(&path).expect("read").len(),
                len,
                "a reader writes nothing"
            );

            let (mut journal, recovery) = open(dir.path(), LIMIT).expect("opened");
            assert_eq!(recovery.torn_tail, tail);
            assert_eq!(fs::read(&path).expect("read"), &whole[..end]);
            assert_holds(&journal.reader(), &sample, size);
            journal.append(&sample.batch(size..5)).expect("appended");
            assert_holds(&journal.reader(), &sample, 5);
            drop(journal);
            assert_eq!(open_all(dir.path(), LIMIT).expect("opened").1.checked, 5);
        }
    }
}

#[test]
fn a_line_that_is_known_to_have_been_durable_is_never_cut_off() {
    let sample = Sample::of([5, 30, 12]);
    let whole = sample.lines(0..3).into_bytes();
    let end = sample.lines(0..2).len();
    for len in end..whole.len() {
        let dir = quick_folder();
        sample.write(dir.path(), &[0..3]);
        let path = file(dir.path(), 0);
        fs::write(&path, &whole[..len]).expect("written");
        let known = |reader: &Reader| {
            assert_eq!(
                reader.head().size,
                2,
                "it is asked with the sound entries in hand"
            );
            3
        };
        let options = OpenOptions::default();
        let opened = Journal::open_knowing(dir.path(), &holder(), options, &known);
        // Where nothing is left of the line, whoever knew of it has to say so.
        if len == end {
            assert_eq!(opened.expect("nothing to cut").0.head().size, 2);
            continue;
        }
        match opened {
            Err(OpenError::EndMissing { seq: 2, known: 3, .. }) => {}
            other => panic!("{len}: {:?}", other.map(|(_, recovery)| recovery)),
        }
        assert!(
            fs::read(&path).expect("read") == whole[..len],
            "a refusal changes nothing"
        );
        // Of whom fewer is known the line was never finished.
        let (journal, _) = Journal::open_knowing(dir.path(), &holder(), options, &|_| 2).expect("opened");
        assert_eq!(
            (journal.head().size, fs::read(&path).expect("read").len()),
            (2, end)
        );
    }
}

#[test]
fn what_a_crash_leaves_behind_the_last_line_is_cut_however_long() {
    let sample = Sample::of([1, 2, 3]);
    for garbage in [
        vec![0; 1],
        vec![0; 4096],
        vec![0; 500_000],
        vec![b'x'; 65_601],
        b"\xff\0garbage".to_vec(),
    ] {
        let dir = folder();
        let sound = sample.lines(0..3).into_bytes();
        sample.write(dir.path(), &[0..3]);
        fs::write(file(dir.path(), 0), [sound.clone(), garbage.clone()].concat()).expect("written");
        assert_holds(&Reader::open_readonly(dir.path()).expect("opened"), &sample, 3);
        let (journal, recovery) = open(dir.path(), LIMIT).expect("opened");
        let cut = recovery.torn_tail.map(|tail| (tail.byte, tail.bytes));
        assert_eq!(cut, Some((sound.len() as u64, garbage.len() as u64)));
        assert_holds(&journal.reader(), &sample, 3);
        drop(journal);
        assert_eq!(fs::read(file(dir.path(), 0)).expect("read"), sound);

        // With a line end it is a line, and perhaps was a good one.
        let ended = [sound, garbage, b"\n".to_vec()].concat();
        fs::write(file(dir.path(), 0), &ended).expect("written");
        assert_eq!(refused(dir.path()).seq, 3);
        assert_eq!(fs::read(file(dir.path(), 0)).expect("read"), ended);
    }
}

fn refused(dir: &Path) -> Damage {
    let Err(OpenError::Damaged(damage)) = open(dir, LIMIT) else {
        panic!("it opened")
    };
    let text = OpenError::Damaged(damage.clone()).to_string();
    assert!(
        text.contains(&format!("`minhbach recover --cut {}`", damage.seq)),
        "{text}"
    );
    let Err(OpenError::Damaged(seen)) = Reader::open_readonly(dir) else {
        return *damage;
    };
    assert_eq!(seen, damage, "readers name the same place");
    *damage
}

#[test]
fn a_damaged_line_that_may_have_been_acknowledged_is_refused() {
    let sample = Sample::of([5, 30, 0, 12, 44]);
    let last_file = sample.lines(2..5).into_bytes();
    for (seq, tail) in [(2, ""), (3, ""), (4, ""), (4, "torn")] {
        let dir = folder();
        sample.write(dir.path(), &[0..2, 2..5]);
        let path = file(dir.path(), 2);
        let mut bytes = last_file.clone();
        let start = sample.lines(2..seq).len();
        bytes[start + 200] ^= 1;
        bytes.extend(tail.as_bytes());
        fs::write(&path, &bytes).expect("written");
        let damage = refused(dir.path());
        assert_eq!(
            (&damage.file, damage.line, damage.byte),
            (&path, seq as u64 - 1, start as u64)
        );
        assert_eq!(damage.seq, seq as u64);
        assert!(matches!(damage.what, What::HashMismatch { .. }));
        assert_eq!(fs::read(&path).expect("read"), bytes, "nothing was changed");
    }
}

#[test]
fn damage_in_an_earlier_file_is_found_when_asked_for() {
    let sample = Sample::of([5, 30, 0, 12, 44, 1]);
    let dir = folder();
    sample.write(dir.path(), &[0..3, 3..5, 5..6]);
    let path = file(dir.path(), 0);
    let sound = fs::read(&path).expect("read");
    let mut bytes = sound.clone();
    bytes[100] ^= 1;
    fs::write(&path, &bytes).expect("written");
    open(dir.path(), LIMIT).expect("the first entry is not looked at");
    let Err(OpenError::Damaged(damage)) = open_all(dir.path(), LIMIT) else {
        panic!("it opened")
    };
    assert_eq!((damage.line, damage.seq), (1, 0));
    let reader = Reader::open_readonly(dir.path()).expect("opened");
    let Err(crate::ReadError::Damaged(read)) = reader.entry(0) else {
        panic!("it was read")
    };
    assert_eq!(read, damage);
    assert_eq!(
        reader.entry(1).expect("read").expect("there").bytes,
        sample.entries[1].as_bytes()
    );

    // The joints between the files are always looked at.
    for (first, len) in [
        (0, 0),
        (0, 10),
        (3, sample.lines(3..4).len()),
        (3, sample.lines(3..5).len() - 1),
    ] {
        let dir = folder();
        sample.write(dir.path(), &[0..3, 3..5, 5..6]);
        let bytes = fs::read(file(dir.path(), first)).expect("read");
        fs::write(file(dir.path(), first), &bytes[..len]).expect("written");
        let expected = match verify_with(dir.path(), &walk(LIMIT)) {
            Err(crate::VerifyError::Damage(damage)) => *damage,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(dir.path()), expected);
    }
}

#[test]
fn an_empty_last_file_is_filled_next() {
    let sample = Sample::of([5, 30, 0]);
    let dir = folder();
    sample.write(dir.path(), &[0..2, 2..2]);
    assert_holds(&Reader::open_readonly(dir.path()).expect("opened"), &sample, 2);
    assert_eq!(verify_with(dir.path(), &walk(LIMIT)).expect("sound").segments, 2);
    let (mut journal, recovery) = open(dir.path(), LIMIT).expect("opened");
    assert_eq!((recovery.torn_tail, recovery.checked), (None, 0));
    journal.append(&sample.batch(2..3)).expect("appended");
    assert_holds(&journal.reader(), &sample, 3);
    assert_eq!(
        fs::read_to_string(file(dir.path(), 2)).expect("read"),
        sample.line(2)
    );
}

#[test]
fn a_cut_keeps_what_is_before_it_and_saves_the_rest() {
    let sample = Sample::of([5, 30, 0, 12, 44, 1, 7]);
    let ranges = [0..3, 3..5, 5..7];
    for seq in 0..=7_usize {
        for torn in [false, true] {
            let dir = quick_folder();
            sample.write(dir.path(), &ranges);
            let mut all = sample.lines(0..7);
            if torn {
                let last = sample.lines(5..7) + "torn";
                fs::write(file(dir.path(), 5), last).expect("written");
                all += "torn";
            }
            let cut = cut_with(dir.path(), &holder(), seq as u64, LIMIT, &Disk).expect("cut");
            let kept = sample.lines(0..seq);
            let bytes = all.len() - kept.len();
            assert_eq!(
                (cut.entries, cut.bytes),
                (7 - seq as u64, bytes as u64),
                "at {seq}"
            );
            assert_eq!(cut.head.size, seq as u64);
            assert_eq!(cut.saved.is_some(), 0 < bytes);
            if let Some(saved) = cut.saved {
                assert!(saved.starts_with(dir.path().join("recovered")));
                let mut names: Vec<_> = fs::read_dir(saved)
                    .expect("listed")
                    .map(|item| item.expect("an item").path())
                    .collect();
                names.sort();
                let set_aside: Vec<u8> = names
                    .iter()
                    .flat_map(|path| fs::read(path).expect("read"))
                    .collect();
                assert_eq!(set_aside, all.as_bytes()[kept.len()..]);
            }
            let left: Vec<u8> = files(dir.path())
                .into_iter()
                .flat_map(|(_, bytes)| bytes)
                .collect();
            assert_eq!(left, kept.as_bytes());
            assert_eq!(
                verify_with(dir.path(), &walk(LIMIT)).expect("sound").torn_tail,
                None
            );
            let (mut journal, recovery) = open_all(dir.path(), LIMIT).expect("opened");
            assert_eq!((recovery.torn_tail, journal.head()), (None, cut.head));
            journal.append(&sample.batch(seq..7)).expect("appended");
            assert_holds(&journal.reader(), &sample, 7);
        }
    }
}

#[test]
fn damage_can_be_cut_off_and_nothing_sound_is_claimed_beyond_it() {
    let sample = Sample::of([5, 30, 0, 12, 44, 1, 7]);
    // What is wrong, and the first entry that is lost by it.
    type Prepare = fn(&Path);
    let cases: [(Prepare, u64); 6] = [
        (|dir| flip(dir, 0, 100), 0),
        (|dir| flip(dir, 3, 100), 3),
        (|dir| fs::remove_file(file(dir, 3)).expect("removed"), 3),
        (|dir| fs::remove_file(file(dir, 0)).expect("removed"), 0),
        (|dir| fs::write(file(dir, 3), "").expect("emptied"), 3),
        (|dir| fs::write(file(dir, 9), "").expect("written"), 7),
    ];
    for (prepare, sound) in cases {
        let dir = quick_folder();
        sample.write(dir.path(), &[0..3, 3..5, 5..7]);
        prepare(dir.path());
        let before = files(dir.path());
        match cut_with(dir.path(), &holder(), sound + 1, LIMIT, &Disk) {
            Err(CutError::Beyond {
                seq,
                readable,
                damage: Some(damage),
            }) => {
                assert_eq!((seq, readable, damage.seq), (sound + 1, sound, sound));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(files(dir.path()), before);
        let cut = cut_with(dir.path(), &holder(), sound, LIMIT, &Disk).expect("cut");
        assert_eq!(cut.head.size, sound);
        if 0 < sound {
            assert_eq!(cut.head.hash, hash(&sample.hashes[sound as usize - 1]));
        }
        let (mut journal, _) = open_all(dir.path(), LIMIT).expect("opened");
        journal
            .append(&sample.batch(sound as usize..7))
            .expect("appended");
        assert_holds(&journal.reader(), &sample, 7);
        drop(journal);
        // A second cut at the same place saves beside the first.
        let second = cut_with(dir.path(), &holder(), sound, LIMIT, &Disk).expect("cut");
        assert_eq!(second.entries, 7 - sound);
        assert!(second.saved.is_none() || second.saved != cut.saved);
    }
    let dir = folder();
    let mut journal = create(dir.path(), LIMIT);
    journal.append(&sample.batch(0..2)).expect("appended");
    assert!(matches!(
        cut_with(dir.path(), &holder(), 1, LIMIT, &Disk),
        Err(CutError::Open(OpenError::InUse { .. }))
    ));
    drop(journal);
    let beyond = cut_with(dir.path(), &holder(), 3, LIMIT, &Disk);
    assert!(matches!(
        beyond,
        Err(CutError::Beyond {
            seq: 3,
            readable: 2,
            damage: None
        })
    ));
    let nowhere = cut_with(&dir.path().join("nowhere"), &holder(), 0, LIMIT, &Disk);
    assert!(matches!(nowhere, Err(CutError::Open(OpenError::NotThere(_)))));
}

fn flip(dir: &Path, first: u64, byte: usize) {
    let path = file(dir, first);
    let mut bytes = fs::read(&path).expect("read");
    bytes[byte] ^= 1;
    fs::write(path, bytes).expect("written");
}
