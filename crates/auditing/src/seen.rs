//! An older checkpoint, out of whatever it was kept in: alone, in a proof or in a bundle.

use minhbach_tlog::{Note, ProofFile, ProofFileError, VerifyingKey};

use crate::{BundleError, Signed, SignedError, TrailBundle};

/// How a proof of one entry begins.
const PROOF: &[u8] = b"c2sp.org/tlog-proof@";

/// Why no checkpoint can be read out of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeenError {
    /// It begins as a bundle and is none.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It begins as a proof and is none.
    #[error(transparent)]
    Proof(#[from] ProofFileError),
    /// The checkpoint is not the log's.
    #[error("the checkpoint is not of this log: {0}")]
    NotSigned(#[from] SignedError),
}

/// Reads the checkpoint out of a checkpoint's file, a proof of one entry or a trail bundle, and checks that the log's key
/// has signed it. What else the file holds is not checked.
///
/// # Errors
///
/// It is none of these, or the key has not signed it.
pub fn read_seen(bytes: &[u8], key: &VerifyingKey) -> Result<Signed, SeenError> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let note = if first == Some(&b'{') {
        TrailBundle::parse(bytes)?.note
    } else if bytes.starts_with(PROOF) {
        ProofFile::parse(bytes)?.note
    } else {
        Note::parse(bytes).map_err(SignedError::from)?
    };
    Ok(Signed::of(note, key)?)
}
