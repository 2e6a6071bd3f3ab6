//! Witnesses: that a log's tree was seen at a time, and nothing before it was changed (C2SP tlog-cosignature, version 1).

use crate::note::{Note, NoteError, Signature};
use crate::{KeyKind, SigningKey, VerifyingKey};

/// The time, and the signature of Ed25519.
const BYTES: usize = 8 + 64;

/// What is signed of a note at a time in POSIX seconds.
fn message(note: &Note, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{}", note.text()).into_bytes()
}

/// The line of a witness who sees the note now, in POSIX seconds.
///
/// # Panics
///
/// The key is no cosigner's: a log that cosigned with its own would say what it does not mean.
pub fn sign(note: &Note, key: &SigningKey, now: u64) -> Signature {
    assert_eq!(
        key.public().kind(),
        KeyKind::Cosigner,
        "a witness has a key of its own"
    );
    let signature = key.sign(&message(note, now));
    Signature::by(key.public(), [&now.to_be_bytes()[..], &signature].concat())
}

/// When a witness saw the note, in POSIX seconds; none where it has not signed it.
///
/// # Errors
///
/// Its signature is wrong.
pub fn time_of(note: &Note, witness: &VerifyingKey) -> Result<Option<u64>, NoteError> {
    let bad = || NoteError::BadSignature(witness.name().clone());
    if witness.kind() != KeyKind::Cosigner {
        return Ok(None);
    }
    let mut seen = None;
    for line in note.signatures().iter().filter(|line| line.is_of(witness)) {
        let bytes: &[u8; BYTES] = line.bytes[..].try_into().map_err(|_| bad())?;
        let (time, signature) = bytes.split_first_chunk::<8>().ok_or_else(bad)?;
        let (time, signature) = (
            u64::from_be_bytes(*time),
            signature.try_into().map_err(|_| bad())?,
        );
        if !witness.has_signed(&message(note, time), signature) {
            return Err(bad());
        }
        seen = seen.max(Some(time));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::tests::{PINNED, PINNED_AT};
    use crate::key::tests::{log_key, witness_key};

    #[test]
    fn a_time_cannot_be_changed_nor_another_tree_be_seen() {
        let note = Note::parse(PINNED.as_bytes()).expect("a note");
        let witness = witness_key().public().clone();
        assert_eq!(time_of(&note, &witness), Ok(Some(PINNED_AT)));
        let forged = |change: &dyn Fn(&mut Signature)| {
            let mut note = note.clone();
            let mut line = note.signatures()[1].clone();
            change(&mut line);
            note.add(line);
            time_of(&note, &witness)
        };
        let bad = Err(NoteError::BadSignature(witness.name().clone()));
        assert_eq!(forged(&|line| line.bytes[7] += 1), bad);
        assert_eq!(forged(&|line| line.bytes[20] ^= 1), bad);
        assert_eq!(forged(&|line| line.bytes.truncate(71)), bad);
        assert_eq!(forged(&|line| line.bytes.push(0)), bad);
        assert_eq!(forged(&|_| ()), Ok(Some(PINNED_AT)));
        let other = Note::parse(PINNED.replacen("\n15\n", "\n16\n", 1).as_bytes()).expect("a note");
        assert_eq!(time_of(&other, &witness), bad);
    }

    #[test]
    fn who_has_not_signed_has_seen_nothing() {
        let mut note = Note::parse(PINNED.as_bytes()).expect("a note");
        assert_eq!(
            time_of(&note, log_key().public()),
            Ok(None),
            "a log is no witness of itself"
        );
        let again = sign(&note, &witness_key(), PINNED_AT + 60);
        note.add(again);
        assert_eq!(
            note.signatures().len(),
            2,
            "the later line takes the place of the earlier"
        );
        assert_eq!(time_of(&note, witness_key().public()), Ok(Some(PINNED_AT + 60)));
    }
}
