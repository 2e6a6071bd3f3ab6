//! Why a witness has not cosigned, in short.

/// Why a witness has not cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The policy does not say where it is.
    #[error("the policy does not say where the witness is")]
    NoAddress,
    /// What the policy says is no address of HTTP.
    #[error("where the witness is said to be is no address of HTTP")]
    BadAddress,
    /// Nobody answers there.
    #[error("the witness cannot be reached")]
    Unreachable,
    /// It took longer than we wait.
    #[error("the witness did not answer in time")]
    TimedOut,
    /// It has too much to do.
    #[error("the witness is busy")]
    Busy,
    /// It does not watch this log.
    #[error("the witness does not know the log")]
    UnknownLog,
    /// It knows the log by another key.
    #[error("the witness does not take the log's signature")]
    Untrusted,
    /// It does not understand us.
    #[error("the witness takes the request for malformed")]
    Malformed,
    /// It says that this does not continue what it saw: it saw another history, or nothing shows that it did not.
    #[error("the witness says that the checkpoint does not continue what it saw")]
    Disagrees,
    /// It has seen more of the log than there is.
    #[error("the witness has seen {size} entries, more than the checkpoint has")]
    Ahead {
        /// What it saw.
        size: u64,
    },
    /// It names another size each time.
    #[error("the witness names another size each time")]
    Unsettled,
    /// We cannot prove what it asks for.
    #[error("the proof that the witness asks for cannot be made")]
    NoProof,
    /// It answered without a cosignature of its own.
    #[error("the answer has no cosignature of the witness")]
    NoCosignature,
    /// Its cosignature is not over this checkpoint.
    #[error("the witness's cosignature is wrong")]
    BadCosignature,
    /// Its answer is too long or none that we understand.
    #[error("the witness's answer is not understood")]
    NotUnderstood,
    /// It answers with a status that witnesses do not have.
    #[error("the witness answers with status {0}")]
    Status(u16),
}

impl Trouble {
    /// One word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::NoAddress => "no_address",
            Trouble::BadAddress => "bad_address",
            Trouble::Unreachable => "unreachable",
            Trouble::TimedOut => "timed_out",
            Trouble::Busy => "busy",
            Trouble::UnknownLog => "unknown_log",
            Trouble::Untrusted => "untrusted",
            Trouble::Malformed => "malformed",
            Trouble::Disagrees => "disagrees",
            Trouble::Ahead { .. } => "ahead",
            Trouble::Unsettled => "unsettled",
            Trouble::NoProof => "no_proof",
            Trouble::NoCosignature => "no_cosignature",
            Trouble::BadCosignature => "bad_cosignature",
            Trouble::NotUnderstood => "not_understood",
            Trouble::Status(_) => "status",
        }
    }

    /// Whether the witness has seen what this log does not say now: somebody should look.
    pub fn is_alarming(&self) -> bool {
        matches!(self, Trouble::Disagrees | Trouble::Ahead { .. })
    }
}
