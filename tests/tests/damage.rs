//! A byte that was changed, a line that was cut: found, named, and recovered or refused.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use minhbach_journal::{Holder, Journal, OpenError, OpenOptions, VerifyError, What, verify};
use minhbach_tests::{DataFolder, JournalFiles, forget_what_was_signed, fund, journal_path, pool, receipt};
use serde_json::{Value, json};

/// Every bit by itself, and all of them.
const MASKS: [u8; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 255];
/// The binary looks at every so manieth byte; the library, which it asks, at all of them.
const EVERY: usize = 7;
/// Entries of the last batch.
const LAST_BATCH: usize = 5;

/// Twelve entries, the last five of them recorded at once.
fn twelve() -> DataFolder {
    let folder = DataFolder::bare();
    folder.record_all(&[fund(), pool(), receipt(20_000), receipt(50_000)]);
    folder.record_all(&[
        json!({"type": "party.registered", "party": "ben-a", "kind": "supplier", "name": "Bên A"}),
    ]);
    folder.record_all(&[receipt(100_000)]);
    let batch: Vec<Value> = (1..=LAST_BATCH as u64).map(|n| receipt(n * 1_000)).collect();
    folder.record_all(&batch);
    assert_eq!(folder.journal().size(), 12);
    folder
}

/// The seq of the line that holds a byte.
fn seq_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().filter(|&&byte| byte == b'\n').count()
}

/// Where the line of a seq begins.
fn begin_of(bytes: &[u8], seq: usize) -> usize {
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .take(seq)
        .map(<[u8]>::len)
        .sum()
}

fn is_last_line_end(bytes: &[u8], at: usize) -> bool {
    at + 1 == bytes.len()
}

#[test]
fn every_flipped_byte_is_found_and_named() {
    let folder = twelve();
    let path = journal_path(folder.path());
    let bytes = folder.journal().bytes;
    let file = File::options().write(true).open(&path).expect("the journal");
    let mut flips = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        for mask in MASKS {
            file.write_all_at(&[byte ^ mask], at as u64).expect("flipped");
            flips += 1;
            match verify(folder.path(), &|_| {}) {
                Err(VerifyError::Damage(damage)) => {
                    let seq = seq_of(&bytes, at);
                    assert_eq!(
                        (damage.file.as_path(), damage.line, damage.seq),
                        (path.as_path(), seq as u64 + 1, seq as u64),
                        "byte {at} ^ {mask}: {damage}"
                    );
                    assert_eq!(damage.byte, begin_of(&bytes, seq) as u64, "byte {at} ^ {mask}");
                }
                Ok(verified) if is_last_line_end(&bytes, at) => {
                    let torn = verified.torn_tail.expect("a line without its end");
                    assert_eq!(torn.byte, begin_of(&bytes, 11) as u64);
                }
                other => panic!("byte {at} ^ {mask} was not found: {other:?}"),
            }
        }
        file.write_all_at(&[byte], at as u64).expect("mended");
    }
    verify(folder.path(), &|_| {}).expect("as it was");
    println!("{flips} flips of {} bytes", bytes.len());
}

#[test]
fn verify_names_file_line_and_seq_of_a_flipped_byte() {
    let folder = twelve();
    let path = journal_path(folder.path());
    let bytes = folder.journal().bytes;
    let file = File::options().write(true).open(&path).expect("the journal");
    let check = |at: usize, mask: u8| {
        file.write_all_at(&[bytes[at] ^ mask], at as u64)
            .expect("flipped");
        let run = folder.run(["verify"]).exits(1);
        let said = format!("{}{}", run.out, run.err);
        assert!(
            said.contains("00000000000000000000.log"),
            "byte {at} ^ {mask}: {said}"
        );
        let seq = seq_of(&bytes, at);
        if is_last_line_end(&bytes, at) {
            return;
        }
        let number = |word: &str| number_after(&said, word).unwrap_or_else(|| panic!("no {word} in {said}"));
        assert_eq!(number("line"), seq as u64 + 1, "byte {at} ^ {mask}: {said}");
        assert_eq!(number("entry"), seq as u64, "byte {at} ^ {mask}: {said}");
    };
    for at in (0..bytes.len()).step_by(EVERY) {
        check(at, MASKS[at / EVERY % MASKS.len()]);
        file.write_all_at(&[bytes[at]], at as u64).expect("mended");
    }
    check(bytes.len() - 1, 1);
    file.write_all_at(b"\n", bytes.len() as u64 - 1).expect("mended");
    assert_eq!(folder.journal().bytes, bytes, "verify never writes");
    folder.run(["verify"]).ok();
}

/// The number behind a word.
fn number_after(text: &str, word: &str) -> Option<u64> {
    let rest = text.match_indices(word).map(|(at, _)| &text[at + word.len()..]);
    let digits = |rest: &str| {
        let rest = rest.trim_start_matches([' ', ':', '"']);
        rest.chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    rest.map(digits).find_map(|digits| digits.parse().ok())
}

#[test]
fn truncation_at_every_byte_of_the_last_batch_is_recovered() {
    let folder = twelve();
    let path = journal_path(folder.path());
    let bytes = folder.journal().bytes;
    let holder = Holder {
        command: "the tests".into(),
        url: None,
    };
    for len in begin_of(&bytes, 12 - LAST_BATCH)..bytes.len() {
        std::fs::write(&path, &bytes[..len]).expect("cut");
        let kept = seq_of(&bytes, len);
        let (journal, recovery) = Journal::open(folder.path(), &holder, OpenOptions::default())
            .unwrap_or_else(|error| panic!("cut at {len}: {error}"));
        assert_eq!(journal.reader().head().size, kept as u64, "cut at {len}");
        assert_eq!(
            recovery.torn_tail.is_some(),
            len != begin_of(&bytes, kept),
            "cut at {len}"
        );
        drop(journal);
        assert_eq!(
            std::fs::read(&path).expect("the journal"),
            bytes[..begin_of(&bytes, kept)],
            "cut at {len}"
        );
    }
}

#[test]
fn the_next_command_after_a_truncation_says_what_it_cut_and_goes_on() {
    let folder = twelve();
    let path = journal_path(folder.path());
    let bytes = folder.journal().bytes;
    let whole = folder.copy();
    for len in (begin_of(&bytes, 12 - LAST_BATCH)..bytes.len()).step_by(EVERY * 8 + 1) {
        std::fs::write(&path, &bytes[..len]).expect("cut");
        // What was signed would be missed: here it was not.
        if folder.path().join("log").exists() {
            forget_what_was_signed(folder.path());
        }
        let kept = seq_of(&bytes, len);
        let torn = len != begin_of(&bytes, kept);
        // Where the tables were told of what is missing, it is no line that was never finished.
        let told = whole.copy();
        forget_what_was_signed(told.path());
        std::fs::write(journal_path(told.path()), &bytes[..len]).expect("cut");
        let run = told.record(&[receipt(9_000)]);
        run.fails_clearly(2, &[&kept.to_string(), "12", "minhbach recover"]);
        let left = std::fs::read(journal_path(told.path())).expect("the journal");
        assert_eq!(left, bytes[..len], "cut at {len}");
        // Here they were not.
        std::fs::remove_dir_all(folder.path().join("projections")).expect("removed");
        // The chain alone, quicker.
        let verified = folder.run(["verify", "--chain"]).exits(i32::from(torn));
        assert!(
            !torn || verified.err.contains(".log") || verified.out.contains(".log"),
            "{}",
            verified.err
        );
        assert_eq!(
            std::fs::read(&path).expect("the journal").len(),
            len,
            "verify never writes"
        );
        let status = folder.run(["status", "--format", "json"]).ok().json();
        assert_eq!(status["as_of"]["size"], kept as u64, "cut at {len}");
        // Whichever command opens for writing says it.
        let run = folder.record(&[receipt(9_000)]).ok();
        if torn {
            let bytes_cut = (len - begin_of(&bytes, kept)).to_string();
            let said = format!("{}{}", verified.err, run.err);
            assert!(
                run.err.contains(&bytes_cut),
                "cut at {len}: {bytes_cut} bytes are not spoken of: {said}"
            );
        }
        let answer = &run.json_lines()[0];
        assert_eq!(answer["seq"], kept as u64, "cut at {len}");
        let journal = folder.journal();
        assert_eq!(journal.size(), kept + 1);
        folder.run(["verify"]).ok();
        assert_sums(&folder, &journal);
    }
}

/// What the projections say is what the journal says, though they had seen more.
fn assert_sums(folder: &DataFolder, journal: &JournalFiles) {
    let dong = |text: &Value| {
        text.as_str()
            .and_then(|text| text.parse::<u64>().ok())
            .expect("đồng")
    };
    let received: u64 = journal
        .of("receipt.issued")
        .map(|line| dong(&line.event()["quantity"]))
        .sum();
    let balances = folder.run(["balances", "--format", "json"]).ok().json();
    let said = balances["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| dong(&row["received"]));
    assert_eq!(said.sum::<u64>(), received);
    assert_eq!(balances["as_of"]["head"], journal.head());
}

#[test]
fn a_damaged_line_is_refused_with_the_command_that_decides_and_that_command_opens_it() {
    let original = twelve();
    let bytes = original.journal().bytes;
    for seq in [11, 10, 7, 3, 0] {
        let (begin, end) = (begin_of(&bytes, seq), begin_of(&bytes, seq + 1));
        // In the hash, the space, the entry's beginning, its middle and its end.
        for at in [begin, begin + 64, begin + 65, (begin + end) / 2, end - 2] {
            let folder = original.copy();
            let path = journal_path(folder.path());
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, &damaged).expect("damaged");
            assert_refused(folder.path(), seq as u64);
            let run = folder.record(&[receipt(9_000)]);
            assert_eq!(run.out, "");
            let run = run.fails_clearly(2, &[".log", "12 entries were signed"]);
            let said = |word| number_after(&run.err, word);
            assert_eq!(
                (said("line"), said("entry")),
                (Some(seq as u64 + 1), Some(seq as u64)),
                "{}",
                run.err
            );
            assert_eq!(said("byte"), Some(begin as u64), "{}", run.err);
            assert_eq!(
                std::fs::read(&path).expect("the journal"),
                damaged,
                "a refusal changes nothing"
            );
            if at != (begin + end) / 2 {
                continue;
            }
            // Beyond the damage nothing can be promised.
            let beyond = (seq + 1).to_string();
            folder.run(["recover", "--cut", &beyond]).exits(2);
            assert_eq!(std::fs::read(&path).expect("the journal"), damaged);
            // What was signed is never cut; these lines were not, say.
            folder.run(["recover", "--cut", &seq.to_string()]).exits(2);
            forget_what_was_signed(folder.path());
            let decides = format!("minhbach recover --data {} --cut {seq}", folder.path().display());
            folder
                .record(&[receipt(9_000)])
                .fails_clearly(2, &[".log", &decides]);
            folder.run(["recover", "--cut", &seq.to_string()]).ok();
            assert_eq!(std::fs::read(&path).expect("the journal"), bytes[..begin]);
            let saved = saved_bytes(&folder.path().join("recovered"));
            assert_eq!(saved, damaged[begin..], "what was cut is kept aside");
            if 3 < seq {
                folder.run(["verify"]).ok();
                let answers = folder.record_all(&[receipt(9_000)]);
                assert_eq!(answers[0]["seq"], seq as u64);
                assert_sums(&folder, &folder.journal());
            }
        }
    }
}

fn assert_refused(data: &Path, seq: u64) {
    let holder = Holder {
        command: "the tests".into(),
        url: None,
    };
    match Journal::open(data, &holder, OpenOptions::default()) {
        Err(OpenError::Damaged(damage)) => {
            assert_eq!(damage.seq, seq);
            assert!(!matches!(damage.what, What::CutOff | What::EmptyFile), "{damage}");
        }
        Err(other) => panic!("entry {seq}: {other}"),
        Ok(_) => panic!("entry {seq}: a damaged journal was opened"),
    }
}

/// All bytes of all files under a folder.
fn saved_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for found in std::fs::read_dir(folder).expect("what was saved") {
        let path = found.expect("an item").path();
        bytes.extend(if path.is_dir() {
            saved_bytes(&path)
        } else {
            std::fs::read(&path).expect("a file")
        });
    }
    bytes
}
