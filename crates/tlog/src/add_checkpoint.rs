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
mod tests;
