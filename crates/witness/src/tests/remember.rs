//! What is remembered of a log, and what a crash or a hand may leave of it in the folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use minhbach_tlog::{KeyKind, Note, NoteError, SigningKey, cosignature};

use super::{HEX, Log, Running, WITNESS, name};
use crate::{AddError, RecordFault, Witness, WitnessError, read_logs};

pub(super) fn open(folder: &Path) -> Result<Witness, WitnessError> {
    Witness::open(folder, Some(&name(WITNESS)), &[Log::honest().vkey()])
}

fn record(folder: &Path) -> PathBuf {
    folder.join("logs").join(HEX).join("checkpoint")
}

/// A folder whose witness has seen the honest log up to a size.
pub(super) fn seen(size: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = open(folder.path()).expect("it opens");
    witness
        .add(Log::honest().body(0, size).as_bytes())
        .expect("cosigned");
    folder
}

fn refused_with(added: Result<minhbach_tlog::Signature, AddError>) -> u16 {
    match added {
        Err(AddError::Refused(refusal)) => refusal.status(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_witnesses_do_not_share_a_folder() {
    let folder = seen(5);
    let first = open(folder.path()).expect("it opens");
    assert!(matches!(open(folder.path()), Err(WitnessError::InUse(_))));
    drop(first);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn half_written_drafts_are_nothing_and_half_a_record_is_a_fault() {
    let folder = seen(5);
    let path = record(folder.path());
    let good = fs::read(&path).expect("a record");
    fs::write(path.with_extension("new"), &good[..40]).expect("written");
    fs::write(folder.path().join("key.new"), "half").expect("written");
    let witness = open(folder.path()).expect("drafts are passed over");
    witness
        .add(Log::honest().body(5, 6).as_bytes())
        .expect("cosigned");
    drop(witness);

    let of_witness = |text: &str, key: &SigningKey| {
        let mut note = Note::of(text.to_owned()).expect("a text");
        let line = cosignature::sign(&note, key, 1);
        note.add(line);
        note.to_string().into_bytes()
    };
    let secret = fs::read_to_string(folder.path().join("key")).expect("a key");
    let ours = SigningKey::parse_secret_text(&secret).expect("a key");
    let theirs = SigningKey::of_seed(name("other"), KeyKind::Cosigner, &[3; 32]);
    let other_log = Log::of("so.example.vn/khac", 1, 64).checkpoint(5).to_string();
    let mut turned = good.clone();
    let size = turned.iter().position(|byte| *byte == b'5').expect("a size");
    turned[size] = b'4';
    for (bad, why) in [
        (Vec::new(), None),
        (good[..good.len() - 1].to_vec(), None),
        (good[..good.len() / 2].to_vec(), None),
        (vec![0; good.len()], None),
        (
            turned,
            Some(RecordFault::Note(NoteError::BadSignature(name(WITNESS)))),
        ),
        (
            of_witness(&Log::honest().checkpoint(5).to_string(), &theirs),
            Some(RecordFault::NotOurs),
        ),
        (of_witness(&other_log, &ours), Some(RecordFault::OtherLog)),
    ] {
        fs::write(&path, &bad).expect("written");
        match open(folder.path()) {
            Err(WitnessError::BadRecord {
                path: named,
                why: told,
            }) => {
                assert_eq!(named, path);
                assert!(why.is_none_or(|why| why == told), "{told}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            fs::read(&path).expect("a record"),
            bad,
            "nothing is put in its place"
        );
    }
}

#[test]
fn a_write_that_failed_is_answered_500_and_the_disk_is_asked_what_there_is() {
    let folder = seen(5);
    let path = record(folder.path());
    let draft = path.with_extension("new");
    let log = Log::honest();
    // The record of a later size: as if the write had gone through before it failed.
    let later = {
        let copy = seen(5);
        fs::copy(folder.path().join("key"), copy.path().join("key")).expect("copied");
        fs::copy(&path, record(copy.path())).expect("copied");
        let witness = open(copy.path()).expect("it opens");
        witness.add(log.body(5, 8).as_bytes()).expect("cosigned");
        fs::read(record(copy.path())).expect("a record")
    };
    let before = fs::read(&path).expect("a record");
    let witness = Running::begin(folder.path(), &[&log]);
    let shown = || witness.get(&format!("/{HEX}/checkpoint")).2;
    let first = shown();

    fs::create_dir(&draft).expect("a folder in the way");
    let (status, _, text) = witness.post(&log.body(5, 8));
    assert_eq!((status, text.lines().count()), (500, 1), "{text}");
    assert!(!text.contains('\u{2014}'), "nothing is cosigned: {text}");
    assert_eq!(witness.get("/healthz").0, 503);
    assert_eq!(
        (shown(), fs::read(&path).expect("a record")),
        (first.clone(), before)
    );

    // Half a record is not taken for the memory.
    fs::write(&path, &later[..60]).expect("written");
    assert_eq!(witness.post(&log.body(5, 8)).0, 500);
    assert_eq!(shown(), first);

    fs::write(&path, &later).expect("written");
    assert_eq!(
        witness.post(&log.body(5, 8)).2,
        "8\n",
        "it saw 8 and knows it from the disk"
    );
    fs::remove_dir(&draft).expect("removed");
    assert_eq!(witness.post(&log.body(8, 9)).0, 200);
    assert_eq!(witness.get("/healthz").0, 200);
    assert!(shown().contains("\n9\n"));
    witness.end();
}

#[test]
fn its_clock_never_goes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = Arc::new(AtomicU64::new(1_000));
    let open = || {
        let now = now.clone();
        let clock = Box::new(move || now.load(Ordering::Relaxed));
        Witness::open_at(
            folder.path(),
            Some(&name(WITNESS)),
            &[Log::honest().vkey()],
            clock,
        )
    };
    let log = Log::honest();
    let add = |witness: &Witness, old, new| {
        let line = witness.add(log.body(old, new).as_bytes()).expect("cosigned");
        let mut note = log.note(new);
        note.add(line);
        cosignature::time_of(&note, witness.key()).expect("ours")
    };
    let witness = open().expect("it opens");
    assert_eq!(add(&witness, 0, 5), Some(1_000));
    now.store(900, Ordering::Relaxed);
    assert_eq!(add(&witness, 5, 6), Some(1_000));
    drop(witness);
    let witness = open().expect("it opens");
    assert_eq!(add(&witness, 6, 6), Some(1_000), "nor after it began again");
    now.store(1_001, Ordering::Relaxed);
    assert_eq!(add(&witness, 6, 7), Some(1_001));
    drop(witness);
    now.store(0, Ordering::Relaxed);
    let other = tempfile::tempdir().expect("a folder");
    let clock = Box::new(|| 0);
    let logs = [log.vkey()];
    let witness = Witness::open_at(other.path(), Some(&name("w")), &logs, clock).expect("it opens");
    let added = witness.add(log.body(0, 5).as_bytes());
    assert!(
        matches!(added, Err(AddError::NoTime)),
        "a time that nobody knows is none"
    );
}

#[test]
fn of_two_successors_of_one_tree_one_is_cosigned() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = open(folder.path()).expect("it opens");
    let (log, forked) = (Log::honest(), Log::forked_at(0));
    for round in 0..12 {
        let old = if round == 0 { 0 } else { log_size(&witness) };
        // On one another history from the beginning: on the first round either may win, and then no other.
        let bodies = [
            log.body(old, old + 1),
            log.body(old, old + 2),
            forked.body(old, old + 1),
            forked.body(old, old + 3),
        ];
        let begin = Barrier::new(bodies.len());
        let won: usize = thread::scope(|scope| {
            let added: Vec<_> = bodies
                .iter()
                .map(|body| {
                    scope.spawn(|| {
                        begin.wait();
                        match witness.add(body.as_bytes()) {
                            Ok(_) => 1,
                            Err(AddError::Refused(refusal)) => {
                                assert!([409, 422].contains(&refusal.status()));
                                0
                            }
                            Err(error) => panic!("{error}"),
                        }
                    })
                })
                .collect();
            added
                .into_iter()
                .map(|added| added.join().expect("no panic"))
                .sum()
        });
        assert_eq!(won, 1, "round {round}");
    }
}

fn log_size(witness: &Witness) -> u64 {
    let note = witness.last(HEX).expect("cosigned");
    let size = note.lines().nth(1).expect("a size");
    size.parse().expect("a number")
}

#[test]
fn another_history_is_refused_and_its_proof_kept() {
    let folder = seen(5);
    let witness = open(folder.path()).expect("it opens");
    let (log, forked) = (Log::honest(), Log::forked_at(2));
    let kept = record(folder.path()).with_file_name("fork");
    assert_eq!(refused_with(witness.add(forked.body(5, 9).as_bytes())), 422);
    assert_eq!(refused_with(witness.add(log.body(3, 5).as_bytes())), 409);
    assert!(!kept.exists(), "a proof that does not fit may be anybody's");
    // Whatever old size comes with it.
    assert_eq!(refused_with(witness.add(forked.body(3, 5).as_bytes())), 409);
    let fork = Note::parse(&fs::read(&kept).expect("kept")).expect("a note");
    assert_eq!(fork.text(), forked.checkpoint(5).to_string());
    assert!(fork.signed_by(&[log.vkey()]).is_ok());
    assert_eq!(
        refused_with(witness.add(Log::forked_at(1).body(5, 5).as_bytes())),
        422
    );
    let still = fs::read(&kept).expect("kept");
    assert_eq!(still, fork.to_string().into_bytes(), "the first is kept");
}

#[test]
fn logs_have_memories_of_their_own_and_lines_of_strangers_are_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (Log::honest(), Log::of("so.example.vn/khac", 4, 64));
    let next_key = Log::of(super::ORIGIN, 7, 64);
    let logs = [first.vkey(), second.vkey(), next_key.vkey(), first.vkey()];
    let witness = Witness::open(folder.path(), Some(&name(WITNESS)), &logs).expect("it opens");
    assert_eq!(witness.logs(), 2);
    witness.add(first.body(0, 5).as_bytes()).expect("cosigned");
    assert_eq!(refused_with(witness.add(second.body(5, 9).as_bytes())), 409);
    witness.add(second.body(0, 9).as_bytes()).expect("cosigned");
    // The log changes its key: what the old one signed goes on under the new one.
    let stranger = SigningKey::of_seed(name("other"), KeyKind::Cosigner, &[3; 32]);
    let mut note = next_key.note(6);
    let line = cosignature::sign(&note, &stranger, 1);
    note.add(line);
    let hashes: String = first.proof(5, 6).iter().map(|hash| format!("{hash}\n")).collect();
    let body = format!("old 5\n{hashes}\n{note}");
    witness.add(body.as_bytes()).expect("cosigned");
    let kept = Note::parse(witness.last(HEX).expect("seen").as_bytes()).expect("a note");
    let names: Vec<&str> = kept.signatures().iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, [super::ORIGIN, WITNESS]);
    drop(witness);
    // Its old key is forgotten: what was cosigned is not.
    let witness = Witness::open(folder.path(), None, &[next_key.vkey()]).expect("it opens");
    assert_eq!(refused_with(witness.add(next_key.body(0, 9).as_bytes())), 409);
}

#[test]
fn who_watches_nothing_or_no_log_does_not_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("w");
    let witness = SigningKey::of_seed(name("w"), KeyKind::Cosigner, &[1; 32]);
    let opened = Witness::open(&inside, Some(&name("w")), &[]);
    assert!(matches!(opened, Err(WitnessError::NoLogs)));
    let opened = Witness::open(&inside, Some(&name("w")), &[witness.public().clone()]);
    assert!(matches!(opened, Err(WitnessError::NotALog(_))));
    assert!(!inside.exists(), "nor does it leave a folder");

    let list = folder.path().join("logs.policy");
    let log = Log::honest();
    fs::write(
        &list,
        format!("# ours\nlog {} https://so.example.vn/log\n", log.vkey()),
    )
    .expect("written");
    assert_eq!(read_logs(&list).expect("a list"), [log.vkey()]);
    fs::write(&list, "log x\n").expect("written");
    let told = read_logs(&list).expect_err("no list").to_string();
    assert!(
        told.ends_with("line 1: not a key: it is not of the form name+8 hexadecimal digits+base64"),
        "{told}"
    );
    fs::write(&list, "#\n".repeat(1 << 20)).expect("written");
    assert!(matches!(read_logs(&list), Err(WitnessError::BadLogs { .. })));
}
