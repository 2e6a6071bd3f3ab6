//! A row for each row of the specification's table, and what is no request.

use super::*;
use crate::checkpoint::tests::PINNED;
use crate::key::tests::{log_key, witness_key};
use crate::tree::tests::entry;
use crate::{KeyKind, KeyName, Signature, SigningKey};

fn leaf(nth: u64) -> TreeHash {
    TreeHash::leaf(&entry(nth))
}

/// The roots of trees of 1, 2 and 3 entries, by the definition.
fn root(size: u64) -> TreeHash {
    match size {
        0 => TreeHash::of_nothing(),
        1 => leaf(0),
        2 => TreeHash::node(leaf(0), leaf(1)),
        _ => TreeHash::node(root(2), leaf(2)),
    }
}

fn signed(origin: &str, size: u64, root: TreeHash, key: &SigningKey) -> Note {
    let origin = KeyName::new(origin).expect("a name");
    let mut note = Checkpoint { origin, size, root }.to_note();
    note.sign(key);
    note
}

fn ours(size: u64, root: TreeHash) -> Note {
    signed("example.org/ledger", size, root, &log_key())
}

fn request(old: u64, proof: &[TreeHash], note: Note) -> AddCheckpoint {
    AddCheckpoint::new(old, proof.to_vec(), note).expect("a request")
}

#[test]
fn every_row_of_the_specification() {
    let keys = [log_key().public().clone()];
    let seen = |size| Some((size, root(size)));
    let other = leaf(9);
    // From 2 to 3 entries, the new leaf alone; from 1 to 3, the second leaf and the third.
    let (from_2, from_1) = ([leaf(2)], [leaf(1), leaf(2)]);
    let mut forged = ours(3, root(3));
    let mut line = forged.signatures()[0].clone();
    line.bytes[0] ^= 1;
    forged.add(Signature { ..line });
    let stranger = SigningKey::of_seed(
        KeyName::new("example.org/ledger").expect("a name"),
        KeyKind::Log,
        &[7; 32],
    );
    let unsigned = signed("example.org/ledger", 3, root(3), &stranger);
    let bad = Refusal::Untrusted(NoteError::BadSignature(log_key().public().name().clone()));
    let nobody = Refusal::Untrusted(NoteError::Unsigned);
    let conflict = |size| Err(Refusal::Conflict { size });
    let inconsistent = || Err(Refusal::Inconsistent);
    for (nth, (state, request, expected)) in [
        // 200: first contact, a successor, the same again, an empty log.
        (None, request(0, &[], ours(3, root(3))), Ok(3)),
        (seen(2), request(2, &from_2, ours(3, root(3))), Ok(3)),
        (seen(1), request(1, &from_1, ours(3, root(3))), Ok(3)),
        (seen(3), request(3, &[], ours(3, root(3))), Ok(3)),
        (None, request(0, &[], ours(0, root(0))), Ok(0)),
        (seen(0), request(0, &[], ours(0, root(0))), Ok(0)),
        (seen(0), request(0, &[], ours(2, root(2))), Ok(2)),
        // 400: the old size is larger.
        (
            seen(3),
            request(3, &[], ours(2, root(2))),
            Err(Refusal::Shrinks { old: 3, size: 2 }),
        ),
        // 403: a stranger's key, a known key's bad signature.
        (seen(2), request(2, &from_2, unsigned), Err(nobody)),
        (seen(2), request(2, &from_2, forged), Err(bad)),
        // 404.
        (
            None,
            request(0, &[], signed("example.org/other", 3, root(3), &log_key())),
            Err(Refusal::UnknownLog),
        ),
        // 409: another size was seen last, or nothing.
        (None, request(2, &from_2, ours(3, root(3))), conflict(0)),
        (seen(1), request(2, &from_2, ours(3, root(3))), conflict(1)),
        (seen(3), request(2, &from_2, ours(3, root(3))), conflict(3)),
        (seen(3), request(0, &[], ours(3, root(3))), conflict(3)),
        // 422: a bad proof, none, one too long, one from nothing, no empty tree, another root of the same size.
        (seen(2), request(2, &[other], ours(3, root(3))), inconsistent()),
        (seen(2), request(2, &[], ours(3, root(3))), inconsistent()),
        (
            seen(2),
            request(2, &[leaf(2), other], ours(3, root(3))),
            inconsistent(),
        ),
        (
            Some((2, other)),
            request(2, &from_2, ours(3, root(3))),
            inconsistent(),
        ),
        (None, request(0, &[other], ours(3, root(3))), inconsistent()),
        (None, request(0, &[], ours(0, other)), inconsistent()),
        (seen(3), request(3, &[], ours(3, other)), inconsistent()),
        (seen(3), request(3, &[other], ours(3, root(3))), inconsistent()),
    ]
    .into_iter()
    .enumerate()
    {
        let decided = decide(state, &keys, &request);
        assert_eq!(decided, expected.map(|size| (size, root(size))), "row {nth}");
    }
}

#[test]
fn a_log_that_changes_its_key_is_known_by_both() {
    let name = || KeyName::new("example.org/ledger").expect("a name");
    let next = SigningKey::of_seed(name(), KeyKind::Log, &[7; 32]);
    let keys = [log_key().public().clone(), next.public().clone()];
    let mut both = ours(3, root(3));
    both.sign(&next);
    for note in [
        both.clone(),
        ours(3, root(3)),
        signed("example.org/ledger", 3, root(3), &next),
    ] {
        assert!(decide(None, &keys, &request(0, &[], note)).is_ok());
    }
    // One good signature does not make up for a bad one of a key that is known.
    let mut line = both.signatures()[1].clone();
    line.bytes[0] ^= 1;
    both.add(line);
    let refused = decide(None, &keys, &request(0, &[], both));
    assert_eq!(refused.map_err(|refusal| refusal.status()), Err(403));
}

#[test]
fn refusals_have_the_statuses_of_the_specification() {
    for (refusal, status) in [
        (Refusal::Malformed(RequestError::Form("x")), 400),
        (Refusal::Shrinks { old: 2, size: 1 }, 400),
        (Refusal::Untrusted(NoteError::Unsigned), 403),
        (Refusal::UnknownLog, 404),
        (Refusal::Conflict { size: 1 }, 409),
        (Refusal::Inconsistent, 422),
    ] {
        assert_eq!(refusal.status(), status, "{refusal}");
    }
}

#[test]
fn a_request_is_read_as_it_is_written() {
    let note = Note::parse(PINNED.as_bytes()).expect("a note");
    for proof in [vec![], vec![leaf(1)], vec![leaf(1); PROOF_LINES_MAX]] {
        let request = request(9, &proof, note.clone());
        let text = request.to_string();
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(request));
        let lines: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
        assert_eq!(text, format!("old 9\n{lines}\n{PINNED}"));
    }
    let log = [log_key().public().clone()];
    let alone = request(9, &[], note).signed_only_by(&log);
    assert_eq!(alone.note().signatures().len(), 1);
    assert!(alone.note().signed_by(&log).is_ok());
}

#[test]
fn what_is_no_request_is_refused() {
    let good = format!("old 9\n{}\n\n{PINNED}", leaf(1));
    assert!(AddCheckpoint::parse(good.as_bytes()).is_ok());
    let hash = leaf(1).to_string();
    let line = cosigner_line();
    for bad in [
        String::new(),
        PINNED.to_owned(),
        good.replace("old 9", "old 09"),
        good.replace("old 9", "old +9"),
        good.replace("old 9", "old -1"),
        good.replace("old 9", "old  9"),
        good.replace("old 9", "old"),
        good.replace("old 9", "Old 9"),
        good.replace("old 9", " old 9"),
        good.replace("old 9", "old 18446744073709551616"),
        good.replace(&hash, &hash[1..]),
        good.replace(&hash, &vec![hash.clone(); PROOF_LINES_MAX + 1].join("\n")),
        good.replace("\n\nexample", "\nexample"),
        good.replace("\n\nexample", "\n\n\nexample"),
        good.replace("\n15\n", "\n15\nextension\n"),
        good.replace("\n15\n", "\n015\n"),
        good.replace('\n', "\r\n"),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("{good}{}", line.repeat(REQUEST_BYTES_MAX / line.len())),
    ] {
        assert!(AddCheckpoint::parse(bad.as_bytes()).is_err(), "{bad:.300}");
    }
    assert!(AddCheckpoint::parse(b"old 1\n\n\xff").is_err());
    let many = vec![leaf(1); PROOF_LINES_MAX + 1];
    let note = ours(3, root(3));
    assert!(AddCheckpoint::new(1, many, note.clone()).is_err());
    let unsigned = Note::of(note.text().to_owned()).expect("a text");
    assert!(AddCheckpoint::new(1, Vec::new(), unsigned).is_err());
}

fn cosigner_line() -> String {
    let note = Note::parse(PINNED.as_bytes()).expect("a note");
    format!("{}\n", crate::cosignature::sign(&note, &witness_key(), 1))
}
