//! The real client and the real witness.

use std::io;
use std::net::TcpListener;
use std::sync::Mutex;

use minhbach_tlog::{Checkpoint, Note, Policy, TreeHash, VerifyingKey, cosignature};

use super::{Log, ORIGIN, Running};
use crate::{Answer, Cosigned, Ended, Trouble, WitnessSeen, Witnesses};

/// The size and the time of what a witness has cosigned.
pub(crate) fn size_and_time(note: &str, key: &VerifyingKey) -> (u64, u64) {
    let note = Note::parse(note.as_bytes()).expect("a note");
    let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
    let at = cosignature::time_of(&note, key).expect("a cosignature");
    (checkpoint.size, at.expect("ours"))
}

fn policy(witness: &Running) -> Policy {
    let text = format!("witness w1 {} {}\nquorum w1\n", witness.key, witness.url);
    Policy::parse(&text).expect("a policy")
}

/// Asks for a log's checkpoint of a size: the answer of the first witness, and from which sizes a proof was asked for.
fn ask(witnesses: &Witnesses, log: &Log, size: u64) -> (Result<Cosigned, Trouble>, Vec<u64>) {
    let asked = Mutex::new(Vec::new());
    let consistency = |old| -> io::Result<Option<Vec<TreeHash>>> {
        asked.lock().expect("no panic").push(old);
        Ok((old <= size).then(|| log.proof(old, size)))
    };
    let mut answers = witnesses.ask(&log.note(size), &log.checkpoint(size), &consistency);
    let Answer { name, result } = answers.remove(0);
    assert_eq!(name, "w1");
    (result, asked.into_inner().expect("no panic"))
}

fn seen(witnesses: &Witnesses) -> WitnessSeen {
    witnesses.seen().remove(0)
}

#[test]
fn a_log_grows_under_its_witness() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = Log::honest();
    let witness = Running::begin(folder.path(), &[&log]);
    let policy = policy(&witness);
    let witnesses = Witnesses::new(&policy);
    assert_eq!(
        seen(&witnesses),
        WitnessSeen {
            name: "w1".into(),
            size: None,
            at: None,
            trouble: None
        }
    );
    let mut proofs = Vec::new();
    for size in [3, 10, 10, 37] {
        let (result, asked) = ask(&witnesses, &log, size);
        let cosigned = result.expect("cosigned");
        proofs.extend(asked);
        let mut note = log.note(size);
        note.add(cosigned.signature);
        let told = policy.check(&note).expect("a good note");
        assert_eq!(told[0].at, cosigned.at);
        assert!(policy.satisfied_by(&told));
        let seen = seen(&witnesses);
        assert_eq!(
            (seen.size, seen.at, seen.trouble),
            (Some(size), Some(cosigned.at), None)
        );
    }
    assert_eq!(proofs, [3, 10], "no proof from nothing, and none to itself");

    // A log that forgot what its witness saw is told; one that reads its last note knows.
    let forgetful = Witnesses::new(&policy);
    assert_eq!(ask(&forgetful, &log, 40).1, [37]);
    let recalling = Witnesses::new(&policy);
    let mut note = log.note(40);
    let (result, _) = ask(&forgetful, &log, 40);
    note.add(result.expect("cosigned").signature);
    recalling.recall(&note);
    assert_eq!(seen(&recalling).size, Some(40));
    assert_eq!(ask(&recalling, &log, 41).1, [40]);
    // What it remembers may be wrong.
    let (result, asked) = ask(&forgetful, &log, 42);
    assert!(result.is_ok());
    assert_eq!(asked, [40, 41]);

    assert_eq!(witness.end(), Ended::Drained);
    let again = Running::begin(folder.path(), &[&log]);
    let text = format!("witness w1 {} {}/\nquorum w1\n", again.key, again.url);
    let witnesses = Witnesses::new(&Policy::parse(&text).expect("a policy"));
    let (result, asked) = ask(&witnesses, &log, 50);
    assert_eq!(
        (result.is_ok(), asked),
        (true, vec![42]),
        "it remembers after it ended"
    );
    again.end();
}

#[test]
fn another_history_a_shorter_one_and_a_foreign_one_are_not_cosigned() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, forked) = (Log::honest(), Log::forked_at(8));
    let witness = Running::begin(folder.path(), &[&log]);
    let policy = policy(&witness);
    let witnesses = Witnesses::new(&policy);
    ask(&witnesses, &log, 10).0.expect("cosigned");
    let before = seen(&witnesses);
    for (asking, size, trouble) in [
        (&witnesses, 10, Trouble::Disagrees),
        (&witnesses, 12, Trouble::Disagrees),
        (&witnesses, 9, Trouble::Ahead { size: 10 }),
        (&Witnesses::new(&policy), 10, Trouble::Disagrees),
        (&Witnesses::new(&policy), 12, Trouble::Disagrees),
        (&Witnesses::new(&policy), 9, Trouble::Ahead { size: 10 }),
    ] {
        let (result, _) = ask(asking, &forked, size);
        assert_eq!(result, Err(trouble), "{size}");
        assert!(trouble.is_alarming());
        assert_eq!(seen(asking).trouble, Some(trouble));
    }
    let after = seen(&witnesses);
    assert_eq!(
        (after.size, after.at),
        (before.size, before.at),
        "what it cosigned is still known"
    );

    let foreign = Log::of("so.example.vn/khac", 1, 64);
    let (result, _) = ask(&Witnesses::new(&policy), &foreign, 12);
    assert_eq!(result, Err(Trouble::UnknownLog));
    let impostor = Log::of(ORIGIN, 9, 64);
    let (result, _) = ask(&Witnesses::new(&policy), &impostor, 12);
    assert_eq!(result, Err(Trouble::Untrusted));
    // Two checkpoints in one question are none.
    let none = |_| Ok(None);
    let answers = witnesses.ask(&log.note(12), &log.checkpoint(13), &none);
    assert_eq!(answers[0].result, Err(Trouble::Malformed));
    // A log that cannot prove what it says.
    let fresh = Witnesses::new(&policy);
    let answers = fresh.ask(&log.note(12), &log.checkpoint(12), &none);
    assert_eq!(answers[0].result, Err(Trouble::NoProof));
    let fails = |_| Err(io::Error::other("no disk"));
    let answers = fresh.ask(&log.note(12), &log.checkpoint(12), &fails);
    assert_eq!(answers[0].result, Err(Trouble::NoProof));
    // And after all that it goes on.
    let (result, _) = ask(&witnesses, &log, 12);
    assert!(result.is_ok());
    assert_eq!(seen(&witnesses).trouble, None);
    witness.end();
}

#[test]
fn witnesses_that_are_nowhere_do_not_hinder_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = Log::honest();
    let witness = Running::begin(folder.path(), &[&log]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("an address");
    let nobody = listener.local_addr().expect("an address");
    drop(listener);
    let key = |seed: u8| {
        let name = super::name("other");
        minhbach_tlog::SigningKey::of_seed(name, minhbach_tlog::KeyKind::Cosigner, &[seed; 32])
            .public()
            .to_string()
    };
    let text = format!(
        "witness a {}\nwitness b {} ftp://witness.example\nwitness c {} http://{nobody}\nwitness d {} {}\n\
         witness e {} {}\ngroup g any a b c d e\nquorum g\n",
        key(1),
        key(2),
        key(3),
        witness.key,
        witness.url,
        // Another's key: the line that comes is not its.
        key(5),
        witness.url,
    );
    let policy = Policy::parse(&text).expect("a policy");
    let witnesses = Witnesses::new(&policy);
    let none = |_| Ok(None);
    let answers = witnesses.ask(&log.note(5), &log.checkpoint(5), &none);
    let names: Vec<&str> = answers.iter().map(|answer| answer.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    let results: Vec<_> = answers
        .iter()
        .map(|answer| answer.result.as_ref().err().copied())
        .collect();
    assert_eq!(
        results[..3],
        [
            Some(Trouble::NoAddress),
            Some(Trouble::BadAddress),
            Some(Trouble::Unreachable),
        ]
    );
    // Both ask the same witness at once, and either may come first.
    assert!(results[3].is_none(), "{results:?}");
    assert_eq!(results[4], Some(Trouble::NoCosignature));
    let mut note = log.note(5);
    for cosigned in answers.into_iter().filter_map(|answer| answer.result.ok()) {
        note.add(cosigned.signature);
    }
    assert!(policy.satisfied_by(&policy.check(&note).expect("a good note")));
    witness.end();
}
