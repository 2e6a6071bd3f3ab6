//! A checkpoint that its log has signed.

use minhbach_tlog::{Checkpoint, CheckpointError, Note, NoteError, VerifyingKey};

/// A checkpoint with the note that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The note, with all its signatures.
    pub note: Note,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// Why a text is no checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// It is no note, or the log's key has not signed it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It is another log's.
    #[error("the checkpoint is of {found}, and the key is {name}'s")]
    Foreign {
        /// Whose it is.
        found: String,
        /// The key's name.
        name: String,
    },
}

impl Signed {
    /// Reads a note and checks that the log's key has signed it, and that it is of that log.
    ///
    /// # Errors
    ///
    /// One of them is not so.
    pub fn read(bytes: &[u8], key: &VerifyingKey) -> Result<Signed, SignedError> {
        Signed::of(Note::parse(bytes)?, key)
    }

    /// Checks that the log's key has signed a note, and that it is a checkpoint of that log.
    ///
    /// # Errors
    ///
    /// One of them is not so.
    pub fn of(note: Note, key: &VerifyingKey) -> Result<Signed, SignedError> {
        note.signed_by(std::slice::from_ref(key))?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != *key.name() {
            return Err(SignedError::Foreign {
                found: checkpoint.origin.to_string(),
                name: key.name().to_string(),
            });
        }
        Ok(Signed { note, checkpoint })
    }
}
