//! A server's answer to one line that it was sent.

use minhbach_events::words::RejectionCode;
use minhbach_ledger::Language;
use serde::Deserialize;
use serde_json::Value;

/// What the answer to a line says.
#[derive(Debug, Deserialize)]
pub struct LineAnswer {
    /// The line's key was known: the entry is there already.
    #[serde(default)]
    pub repeated: bool,
    /// Why it was not recorded.
    #[serde(default)]
    pub error: Option<LineError>,
}

/// Why a line was not recorded.
#[derive(Debug, Deserialize)]
pub struct LineError {
    /// The code for programs.
    pub code: String,
    /// The sentence.
    pub message: LineMessage,
    /// The facts.
    #[serde(default)]
    pub detail: Value,
}

/// A sentence in both languages.
#[derive(Clone, Debug, Deserialize)]
pub struct LineMessage {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl LineMessage {
    /// The sentence in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vietnamese => &self.vi,
            Language::English => &self.en,
        }
    }
}

impl LineAnswer {
    /// Reads an answer; none where it is something else.
    pub fn read(answer: &str) -> Option<LineAnswer> {
        serde_json::from_str(answer).ok()
    }

    /// Why the server ended, where this is no answer to a proposal: no rule has such a code.
    pub fn ended_by(&self) -> Option<&LineError> {
        let error = self.error.as_ref()?;
        RejectionCode::from_word(&error.code).is_none().then_some(error)
    }
}
