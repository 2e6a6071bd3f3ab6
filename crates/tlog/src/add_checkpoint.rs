//! What a log asks of a witness, and how a witness decides (C2SP tlog-witness).

use std::fmt;

use crate::{Checkpoint, CheckpointError, Note, NoteError, TreeHash, VerifyingKey, check_consistency};

/// The longest request, in bytes: witnesses read no more.
pub const REQUEST_BYTES_MAX: usize = 16 * 1024 - 1;
/// The most lines of a proof.
pub const PROOF_LINES_MAX: usize = 63;

/// The body of a request: a checkpoint, and the proof that it continues the tree that the witness saw last.
///
/// Invariant: it has one written form, of at most [`REQUEST_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<TreeHash>,
    note: Note,
    checkpoint: Checkpoint,
}

/// Why something is no such request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is not of the form.
    #[error("{0}")]
    Form(&'static str),
    /// What it ends with is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no such request.
    #[error("the request is malformed: {0}")]
    Malformed(#[from] RequestError),
    /// A tree cannot continue a larger one.
    #[error("the old size {old} is larger than the checkpoint's, {size}")]
    Shrinks {
        /// What it says that was seen.
        old: u64,
        /// What it wants to be seen.
        size: u64,
    },
    /// None of the log's keys has signed it, or one of them wrongly.
    #[error("no key that is known of the log has signed it: {0}")]
    Untrusted(NoteError),
    /// The witness does not watch such a log.
    #[error("the log is not known here")]
    UnknownLog,
    /// It continues a tree that is not the one seen last.
    #[error("the size seen last is {size}")]
    Conflict {
        /// What was seen last; 0 if nothing was.
        size: u64,
    },
    /// It is not the continuation of what was seen last, or nothing shows that it is.
    #[error("the checkpoint does not continue the tree that was seen last")]
    Inconsistent,
}

impl Refusal {
    /// The status of HTTP that says so.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Malformed(_) | Refusal::Shrinks { .. } => 400,
            Refusal::Untrusted(_) => 403,
            Refusal::UnknownLog => 404,
            Refusal::Conflict { .. } => 409,
            Refusal::Inconsistent => 422,
        }
    }
}

impl AddCheckpoint {
    /// A request to cosign a checkpoint that continues a tree of `old` entries. Whether the proof proves that is the
    /// witness's to find out.
    ///
    /// # Errors
    ///
    /// The note is no checkpoint or unsigned, the proof has too many hashes, or all together is too long.
    pub fn new(old: u64, proof: Vec<TreeHash>, note: Note) -> Result<AddCheckpoint, RequestError> {
        if PROOF_LINES_MAX < proof.len() {
            return Err(RequestError::Form("the proof has more than 63 lines"));
        }
        if note.signatures().is_empty() {
            return Err(NoteError::Unsigned.into());
        }
        let checkpoint = Checkpoint::parse(note.text())?;
        let request = AddCheckpoint {
            old,
            proof,
            note,
            checkpoint,
        };
        if REQUEST_BYTES_MAX < request.to_string().len() {
            return Err(TOO_LONG);
        }
        Ok(request)
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<AddCheckpoint, RequestError> {
        if REQUEST_BYTES_MAX < bytes.len() {
            return Err(TOO_LONG);
        }
        let form = RequestError::Form;
        let text = std::str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(form("there is no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(parse_size);
        let old = old.ok_or(form("the first line is not `old` with a size"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_LINES_MAX {
                return Err(form("the proof has more than 63 lines"));
            }
            proof.push(TreeHash::from_base64(line).ok_or(form("a line of the proof is not a hash"))?);
        }
        AddCheckpoint::new(old, proof, Note::parse(note.as_bytes())?)
    }

    /// The size of the tree that it continues.
    pub fn old(&self) -> u64 {
        self.old
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint as it is signed.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The same without the signatures of others than these.
    pub fn signed_only_by(mut self, keys: &[VerifyingKey]) -> AddCheckpoint {
        self.note
            .retain(|signature| keys.iter().any(|key| signature.is_of(key)));
        self
    }
}

const TOO_LONG: RequestError = RequestError::Form("the request is longer than 16 KiB");

/// The body as it is sent.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

/// A size as requests and refusals write it: decimal, without sign and leading zeros.
pub fn parse_size(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let plain = canonical && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// What a witness who knows these keys and saw `state` last (size and root, none if it never cosigned for the log) does
/// with a request: the state after it cosigned, or why it does not. The keys of other logs are passed over.
///
/// # Errors
///
/// It does not cosign.
pub fn decide(
    state: Option<(u64, TreeHash)>,
    keys: &[VerifyingKey],
    request: &AddCheckpoint,
) -> Result<(u64, TreeHash), Refusal> {
    let AddCheckpoint {
        old,
        proof,
        note,
        checkpoint,
    } = request;
    let of_log = keys.iter().filter(|key| *key.name() == checkpoint.origin);
    let of_log: Vec<VerifyingKey> = of_log.cloned().collect();
    if of_log.is_empty() {
        return Err(Refusal::UnknownLog);
    }
    note.signed_by(&of_log).map_err(Refusal::Untrusted)?;
    let (old, size) = (*old, checkpoint.size);
    if size < old {
        return Err(Refusal::Shrinks { old, size });
    }
    let seen = state.unwrap_or((0, TreeHash::of_nothing()));
    if old != seen.0 {
        return Err(Refusal::Conflict { size: seen.0 });
    }
    let new = (size, checkpoint.root);
    check_consistency(seen, new, proof).map_err(|_| Refusal::Inconsistent)?;
    Ok(new)
}

#[cfg(test)]
mod tests {
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
}
