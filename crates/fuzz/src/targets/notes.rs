//! What logs and witnesses sign and send: each has one written form, so what is read is what was written.

use minhbach_auditing::{Signed, read_seen};
use minhbach_tlog::{
    AddCheckpoint, Checkpoint, Note, PROOF_LINES_MAX, ProofFile, REQUEST_BYTES_MAX, TreeHash, decide,
};

use super::signed_log::{SignedLog, log_key, witness_key};
use crate::sentence;

/// A note is the bytes that it was read from, and is believed of nobody who did not sign it.
pub fn note(bytes: &[u8]) {
    let note = match Note::parse(bytes) {
        Ok(note) => note,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
    let keys = [log_key().public().clone(), witness_key().public().clone()];
    match note.signed_by(&keys) {
        Ok(signers) => {
            assert!(
                signers.iter().all(|key| **key == keys[0]),
                "a witness does not sign as a log"
            );
            // Only what was signed before can be: the samples, whatever else stands below them.
            let mut again = Note::of(note.text().to_owned()).expect("a text");
            again.sign(log_key());
            assert!(
                note.signatures().contains(&again.signatures()[0]),
                "a signature that the key never made"
            );
        }
        Err(error) => drop(sentence::check(&error, bytes)),
    }
    if let Err(error) = Signed::of(note, &keys[0]) {
        sentence::check(&error, bytes);
    }
    if let Err(error) = read_seen(bytes, &keys[0]) {
        sentence::check(&error, bytes);
    }
}

/// A checkpoint is the text that it was read from.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Checkpoint::parse(text) {
        Ok(checkpoint) => {
            assert_eq!(checkpoint.to_string(), text, "a checkpoint has one spelling");
            assert_eq!(checkpoint.to_note().text(), text);
        }
        Err(error) => drop(sentence::check(&error, bytes)),
    }
}

/// A proof of an entry is the file that it was read from, and proves none but the right entry.
pub fn proof_file(bytes: &[u8]) {
    let file = match ProofFile::parse(bytes) {
        Ok(file) => file,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    assert_eq!(file.to_string().as_bytes(), bytes, "a proof has one spelling");
    let log = SignedLog::of_vectors();
    for (nth, entry) in log.entries.iter().enumerate().take(12) {
        match file.checkpoint_over(entry) {
            Ok(checkpoint) if checkpoint == log.checkpoint(log.size()) => {
                assert_eq!(file.index, nth as u64);
                assert_eq!(file.hashes, log.proof(file.index));
            }
            // A checkpoint that nobody signed: who signed, the note says. The root alone does not tell the size.
            Ok(_) => {}
            Err(error) => drop(sentence::check(&error, bytes)),
        }
    }
    if let Err(error) = read_seen(bytes, log_key().public()) {
        sentence::check(&error, bytes);
    }
}

/// A request to a witness is the bytes that it was read from, and is granted only for what continues what was seen.
pub fn add_checkpoint(bytes: &[u8]) {
    let request = match AddCheckpoint::parse(bytes) {
        Ok(request) => request,
        Err(error) => return drop(sentence::check(&error, bytes)),
    };
    let written = request.to_string();
    assert_eq!(written.as_bytes(), bytes, "a request has one spelling");
    assert!(written.len() <= REQUEST_BYTES_MAX);
    assert!(written.lines().take_while(|line| !line.is_empty()).count() <= 1 + PROOF_LINES_MAX);
    let log = SignedLog::of_vectors();
    let keys = [log_key().public().clone()];
    for size in [0, 1, 2, 3, 7, 8, log.size() - 1, log.size()] {
        let root = if size == 0 {
            TreeHash::of_nothing()
        } else {
            log.checkpoint(size).root
        };
        for state in [Some((size, root)), None] {
            match decide(state, &keys, &request) {
                Ok(new) => {
                    assert_eq!(new.0, request.checkpoint().size);
                    assert_eq!(
                        new.1,
                        log.checkpoint(new.0).root,
                        "the log never signed another root"
                    );
                    assert_eq!(request.old(), state.map_or(0, |state| state.0));
                }
                Err(refusal) => {
                    sentence::check(&refusal, bytes);
                    assert!((400..500).contains(&refusal.status()));
                }
            }
        }
    }
    let mine = request.clone().signed_only_by(&keys);
    assert!(
        mine.note()
            .signatures()
            .iter()
            .all(|signature| signature.is_of(&keys[0]))
    );
    assert!(mine.to_string().len() <= written.len());
}
