//! The conversation with one witness.

use std::io::Read as _;
use std::time::Instant;

use minhbach_tlog::{
    AddCheckpoint, Checkpoint, KeyKind, Note, Signature, TreeHash, VerifyingKey, cosignature, parse_size,
};
use ureq::http::StatusCode;
use ureq::{Agent, Body};

use super::{Address, Consistency, Cosigned, Member, PATIENCE, Trouble};

/// How often a witness may name another size than we thought.
const TRIES: u32 = 3;
/// The longest answer that is read: a line for each of a witness's keys.
const ANSWER_BYTES_MAX: u64 = 16 * 1024;

/// What a witness answers, if it is not that it will not.
enum Reply {
    /// What it takes for its lines.
    Lines(String),
    /// The size that it saw last.
    Saw(u64),
}

impl Member {
    /// Asks for a cosignature, again where the witness saw another size last than we thought.
    pub(super) fn ask(
        &self,
        agent: &Agent,
        note: &Note,
        checkpoint: &Checkpoint,
        consistency: &Consistency<'_>,
    ) -> Result<Cosigned, Trouble> {
        let address = self.address.as_ref().map_err(|trouble| *trouble)?;
        let deadline = Instant::now() + PATIENCE;
        let note = signed_by_its_log(note, checkpoint)?;
        let size = checkpoint.size;
        let remembered = self.remembered().cosigned.map(|(size, _)| size);
        // Who never was asked says what it saw in its refusal.
        let mut old = remembered.filter(|seen| *seen <= size).unwrap_or(0);
        for _ in 0..TRIES {
            let proof = proof(old, size, consistency)?;
            let request = AddCheckpoint::new(old, proof, note.clone()).map_err(|_| Trouble::Malformed)?;
            match send(agent, address, &request, deadline)? {
                Reply::Lines(lines) => return cosignature_in(&lines, &note, &self.key),
                Reply::Saw(seen) if size < seen => return Err(Trouble::Ahead { size: seen }),
                // It saw another tree of this size, which some witnesses say so.
                Reply::Saw(seen) if seen == old && seen == size => return Err(Trouble::Disagrees),
                Reply::Saw(seen) if seen == old => return Err(Trouble::NotUnderstood),
                Reply::Saw(seen) => old = seen,
            }
        }
        Err(Trouble::Unsettled)
    }
}

/// The note with the lines of its log alone: a witness has no use for those of others, and they make it long.
fn signed_by_its_log(note: &Note, checkpoint: &Checkpoint) -> Result<Note, Trouble> {
    if note.text() != checkpoint.to_string() {
        return Err(Trouble::Malformed);
    }
    let mut note = note.clone();
    note.retain(|signature| signature.name == checkpoint.origin);
    Ok(note)
}

fn proof(old: u64, size: u64, consistency: &Consistency<'_>) -> Result<Vec<TreeHash>, Trouble> {
    if old == 0 || old == size {
        return Ok(Vec::new());
    }
    match consistency(old) {
        Ok(Some(proof)) => Ok(proof),
        Ok(None) | Err(_) => Err(Trouble::NoProof),
    }
}

fn send(
    agent: &Agent,
    address: &Address,
    request: &AddCheckpoint,
    deadline: Instant,
) -> Result<Reply, Trouble> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Trouble::TimedOut);
    }
    let sent = agent
        .post(address.as_str())
        .config()
        .timeout_global(Some(left))
        .build()
        .header("content-type", "text/plain; charset=utf-8")
        // What is short need not be packed, and what is packed may be long.
        .header("accept-encoding", "identity")
        .send(request.to_string());
    let response = sent.map_err(|error| trouble_of(&error))?;
    let (status, body) = (response.status(), response.into_body());
    match status {
        StatusCode::OK => Ok(Reply::Lines(text_of(body)?)),
        StatusCode::CONFLICT => {
            let text = text_of(body)?;
            match parse_size(text.strip_suffix('\n').unwrap_or(&text)) {
                Some(size) => Ok(Reply::Saw(size)),
                // Some witnesses say so, without a size, that they saw another tree.
                None if request.old() == request.checkpoint().size => Err(Trouble::Disagrees),
                None => Err(Trouble::NotUnderstood),
            }
        }
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Err(Trouble::Malformed),
        StatusCode::FORBIDDEN => Err(Trouble::Untrusted),
        StatusCode::NOT_FOUND => Err(Trouble::UnknownLog),
        StatusCode::UNPROCESSABLE_ENTITY => Err(Trouble::Disagrees),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(Trouble::Busy),
        other => Err(Trouble::Status(other.as_u16())),
    }
}

fn text_of(body: Body) -> Result<String, Trouble> {
    let mut text = Vec::new();
    // One more byte, so that what is too long is seen to be.
    let mut reader = body.into_reader().take(ANSWER_BYTES_MAX + 1);
    let read = reader.read_to_end(&mut text);
    read.map_err(|error| trouble_of(&ureq::Error::from(error)))?;
    if ANSWER_BYTES_MAX < text.len() as u64 {
        return Err(Trouble::NotUnderstood);
    }
    String::from_utf8(text).map_err(|_| Trouble::NotUnderstood)
}

fn trouble_of(error: &ureq::Error) -> Trouble {
    match error {
        ureq::Error::Timeout(_) => Trouble::TimedOut,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Trouble::TimedOut,
        ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::LargeResponseHeader(..) => {
            Trouble::NotUnderstood
        }
        _ => Trouble::Unreachable,
    }
}

/// The witness's own line, if it is over this note; lines of keys that we do not know are passed over.
fn cosignature_in(lines: &str, note: &Note, key: &VerifyingKey) -> Result<Cosigned, Trouble> {
    debug_assert_eq!(
        key.kind(),
        KeyKind::Cosigner,
        "a policy takes no other for witnesses"
    );
    let mut read = lines.lines().filter_map(Signature::parse);
    let signature = read
        .find(|signature| signature.is_of(key))
        .ok_or(Trouble::NoCosignature)?;
    let mut alone = note.clone();
    alone.retain(|_| false);
    alone.add(signature.clone());
    match cosignature::time_of(&alone, key) {
        Ok(Some(at)) => Ok(Cosigned { signature, at }),
        Ok(None) | Err(_) => Err(Trouble::BadCosignature),
    }
}
