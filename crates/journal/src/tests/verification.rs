//! Verification finds any change, and says where.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use proptest::prelude::*;

use super::sample::{Sample, entry, file, files, folder, hash, moment, quick_folder};
use crate::verify::verify_with;
use crate::walk::Walk;
use crate::{At, Damage, SEGMENT_BYTES_MAX, TornTail, Verified, VerifyError, What};

pub fn walk(limit: u64) -> Walk<'static> {
    Walk {
        segment_bytes_max: limit,
        piece_bytes: None,
        progress: &|_| {},
    }
}

fn in_pieces(dir: &Path, piece: u64) -> Result<Verified, VerifyError> {
    let walk = Walk {
        segment_bytes_max: SEGMENT_BYTES_MAX,
        piece_bytes: Some(piece),
        progress: &|_| {},
    };
    verify_with(dir, &walk)
}

fn damage(result: Result<Verified, VerifyError>) -> Damage {
    match result {
        Err(VerifyError::Damage(damage)) => *damage,
        other => panic!("no damage: {other:?}"),
    }
}

#[test]
fn every_flipped_byte_is_found_where_it_is() {
    let sample = Sample::of([3, 40, 0, 25, 9, 1]);
    let ranges = [0..2, 2..3, 3..6];
    let dir = quick_folder();
    sample.write(dir.path(), &ranges);
    assert_eq!(crate::verify(dir.path(), &|_| {}).expect("sound").size, 6);
    let mut flips = 0;
    for (number, range) in ranges.iter().enumerate() {
        let path = file(dir.path(), range.start as u64);
        let sound = fs::read(&path).expect("read");
        for byte in 0..sound.len() {
            let before = &sound[..byte];
            let line = before.iter().filter(|byte| **byte == b'\n').count();
            let start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let is_last_newline = byte + 1 == sound.len();
            for mask in [1, 4, 32, 128, sound[byte] ^ b'\n'] {
                if mask == 0 {
                    continue;
                }
                let mut changed = sound.clone();
                changed[byte] ^= mask;
                fs::write(&path, &changed).expect("written");
                let result = in_pieces(dir.path(), if mask == 1 { 64 * 1024 } else { 97 });
                flips += 1;
                if is_last_newline && number == 2 {
                    // That is how a crash looks, too.
                    let tail = TornTail {
                        file: path.clone(),
                        byte: start as u64,
                        bytes: (sound.len() - start) as u64,
                    };
                    assert_eq!(result.expect("torn").torn_tail, Some(tail));
                    continue;
                }
                let found = damage(result);
                assert_eq!(
                    (&found.file, found.line, found.byte, found.seq),
                    (&path, line as u64 + 1, start as u64, (range.start + line) as u64),
                    "byte {byte} with {mask}: {found}"
                );
                let text = found.to_string();
                assert!(
                    text.contains(&format!("line {}, byte {start}, entry", line + 1)),
                    "{text}"
                );
            }
        }
        fs::write(&path, &sound).expect("mended");
    }
    assert!(5000 < flips, "{flips}");
}

/// Who changes an entry and its hash is found at the next entry; who rewrites all, only by an older copy.
#[test]
fn each_rule_of_the_chain_is_checked() {
    let sound = Sample::of([1, 2, 3, 4]);
    let at = |text: &str| At::parse(text.as_bytes()).expect("a moment");
    // The third entry is replaced by one whose own hash is right.
    let check = |third: &str, seq: u64, what: Option<What>| {
        let mut sample = Sample {
            entries: sound.entries[..2].to_vec(),
            hashes: sound.hashes[..2].to_vec(),
        };
        sample.add_raw(third);
        sample.add_raw(&sound.entries[3]);
        let what = what.unwrap_or(What::Link {
            before: hash(&sample.hashes[2]),
        });
        for piece in [1, 100, 1 << 20] {
            let dir = folder();
            sample.write(dir.path(), &[0..4]);
            let found = damage(in_pieces(dir.path(), piece));
            let byte = sample.lines(0..seq as usize).len() as u64;
            assert_eq!(
                (found.seq, found.line, found.byte, &found.what),
                (seq, seq + 1, byte, &what)
            );
        }
    };
    let prev = sound.hashes[1].as_str();
    let now = moment(2);
    check(&entry(2, prev, &now, "changed"), 3, None);
    check(&entry(3, prev, &now, ""), 2, Some(What::Seq { found: 3 }));
    check(
        &entry(2, &sound.hashes[0], &now, ""),
        2,
        Some(What::Link { before: hash(prev) }),
    );
    let early = "2026-11-21T00:00:00.000Z";
    check(
        &entry(2, prev, early, ""),
        2,
        Some(What::Time {
            found: at(early),
            before: at(&moment(1)),
        }),
    );
    check("{}", 2, Some(What::NotAnEntry));
    check(
        &entry(2, prev, &now, &"x".repeat(70_000)),
        2,
        Some(What::LineTooLong),
    );
    check(
        &entry(2, prev, &now, &"x".repeat(700_000)),
        2,
        Some(What::LineTooLong),
    );
}

#[test]
fn files_must_follow_one_another() {
    let sample = Sample::of([1, 2, 3, 4, 5, 6]);
    let check = |prepare: &dyn Fn(&Path), expected: (u64, u64, u64, u64, What)| {
        let dir = folder();
        sample.write(dir.path(), &[0..2, 2..4, 4..6]);
        prepare(dir.path());
        let (first, line, byte, seq, what) = expected;
        let expected = Damage {
            file: file(dir.path(), first),
            line,
            byte,
            seq,
            what,
        };
        assert_eq!(damage(in_pieces(dir.path(), 100)), expected);
    };
    let len = |range| sample.lines(range).len() as u64;
    let remove = |dir: &Path, first| fs::remove_file(file(dir, first)).expect("removed");
    let truncate = |dir: &Path, first, len| {
        let file = fs::File::options()
            .write(true)
            .open(file(dir, first))
            .expect("opened");
        file.set_len(len).expect("cut");
    };
    check(&|dir| remove(dir, 2), (4, 1, 0, 2, What::Misnamed { named: 4 }));
    check(&|dir| remove(dir, 0), (2, 1, 0, 0, What::Misnamed { named: 2 }));
    check(&|dir| truncate(dir, 2, 0), (2, 1, 0, 2, What::EmptyFile));
    check(
        &|dir| truncate(dir, 2, len(2..3)),
        (4, 1, 0, 3, What::Misnamed { named: 4 }),
    );
    check(
        &|dir| truncate(dir, 2, len(2..4) - 1),
        (2, 2, len(2..3), 3, What::CutOff),
    );
    check(
        &|dir| fs::rename(file(dir, 2), file(dir, 3)).expect("renamed"),
        (3, 1, 0, 2, What::Misnamed { named: 3 }),
    );
    check(
        &|dir| fs::write(file(dir, 9), "").expect("written"),
        (9, 1, 0, 6, What::Misnamed { named: 9 }),
    );

    // Too much in one file: the entry that passes the limit is named.
    let dir = folder();
    sample.write(dir.path(), &[0..6]);
    let limit = len(0..4) + 5;
    let found = damage(verify_with(dir.path(), &walk(limit)));
    assert_eq!(
        (found.seq, found.line, found.what),
        (4, 5, What::FileTooLong { limit })
    );
}

#[test]
fn only_files_of_the_journal_may_look_like_it() {
    let sample = Sample::of([1, 2]);
    for name in [
        "1.log",
        "0000000000000000000a.log",
        "99999999999999999999.log",
        "+0000000000000000001.log",
        ".log",
    ] {
        let dir = folder();
        sample.write(dir.path(), &[0..2]);
        let path = dir.path().join("journal").join(name);
        fs::write(&path, "").expect("written");
        let result = crate::verify(dir.path(), &|_| {});
        assert!(
            matches!(&result, Err(VerifyError::Foreign(found)) if *found == path),
            "{result:?}"
        );
        let opened = super::sample::open(dir.path(), 1000).map(|_| ());
        assert!(
            matches!(&opened, Err(crate::OpenError::Foreign(found)) if *found == path),
            "{opened:?}"
        );
    }
    let dir = folder();
    sample.write(dir.path(), &[0..2]);
    fs::write(dir.path().join("journal/notes.txt"), "not ours").expect("written");
    assert_eq!(crate::verify(dir.path(), &|_| {}).expect("sound").size, 2);
    fs::create_dir(file(dir.path(), 2)).expect("made");
    assert!(matches!(
        crate::verify(dir.path(), &|_| {}),
        Err(VerifyError::Foreign(_))
    ));

    let nowhere = dir.path().join("nowhere");
    let result = crate::verify(&nowhere, &|_| {});
    assert!(matches!(result, Err(VerifyError::NotThere(path)) if path == nowhere));
}

#[test]
fn it_never_writes_and_tells_how_far_it_is() {
    let sample = Sample::of((0..3000).map(|seq| seq % 900));
    let dir = folder();
    sample.write(dir.path(), &[0..1500, 1500..1500 + 700, 2200..3000]);
    let path = file(dir.path(), 2200);
    let mut torn = fs::read(&path).expect("read");
    torn.extend(vec![0; 300_000]);
    fs::write(&path, torn).expect("written");
    let before = files(dir.path());
    let told = Mutex::new(Vec::new());
    let verified = crate::verify(dir.path(), &|progress| {
        told.lock().expect("no panic").push(progress)
    });
    let verified = verified.expect("sound but for the tail");
    assert_eq!(files(dir.path()), before);
    let lines = sample.lines(0..3000).len() as u64;
    let (size, bytes) = (3000, lines + 300_000);
    assert_eq!(
        (verified.size, verified.segments, verified.bytes),
        (size, 3, bytes)
    );
    assert_eq!(verified.head.hash, hash(&sample.hashes[2999]));
    let byte = sample.lines(2200..3000).len() as u64;
    assert_eq!(
        verified.torn_tail,
        Some(TornTail {
            file: path,
            byte,
            bytes: 300_000
        })
    );
    let told = told.into_inner().expect("no panic");
    assert_eq!(
        told.iter()
            .map(|progress| (progress.entries, progress.bytes))
            .max(),
        Some((3000, lines))
    );
    assert!(told.iter().all(|progress| progress.bytes_total == bytes));
}

/// One line after another, as the design has it: the oracle for the pieces. The answer is the first bad seq.
fn first_bad(bytes: &[u8]) -> Result<u64, u64> {
    let mut prev = "0".repeat(64);
    let mut seq = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else {
            break;
        };
        let good = std::str::from_utf8(line).ok().filter(|line| {
            let header = format!("{{\"seq\":{seq},\"prev\":\"{prev}\",");
            line.get(65..).is_some_and(|entry| {
                entry.starts_with(&header)
                    && *line == format!("{} {entry}", blake3::hash(entry.as_bytes()).to_hex())
            })
        });
        let Some(line) = good else { return Err(seq) };
        prev = line[..64].to_string();
        seq += 1;
    }
    Ok(seq)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_any_size_find_what_one_pass_finds(
        texts in prop::collection::vec(0_usize..400, 1..40),
        piece in 1_u64..3000,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let sample = Sample::of(texts);
        let mut bytes = sample.lines(0..sample.len()).into_bytes();
        for (at, mask) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        if let Some(at) = cut {
            bytes.truncate(at.index(bytes.len()));
        }
        let dir = quick_folder();
        fs::create_dir(dir.path().join("journal")).expect("made");
        fs::write(file(dir.path(), 0), &bytes).expect("written");
        let found = match in_pieces(dir.path(), piece) {
            Ok(verified) => {
                prop_assert_eq!(verified.torn_tail.is_some(), !bytes.is_empty() && !bytes.ends_with(b"\n"));
                Ok(verified.size)
            }
            Err(VerifyError::Damage(damage)) => {
                prop_assert_eq!(damage.line, damage.seq + 1);
                Err(damage.seq)
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        };
        prop_assert_eq!(found, first_bad(&bytes));
    }
}
