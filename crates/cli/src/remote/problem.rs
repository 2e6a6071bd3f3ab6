//! A problem document: why a server did not do what it was asked (RFC 9457).

use minhbach_ledger::Language;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::line_answer::LineMessage;

/// What a server says it could not do.
#[derive(Debug)]
pub struct Problem {
    /// The status of the response.
    pub status: u16,
    /// After how many seconds it may be tried again.
    pub retry_after: Option<u64>,
    document: Document,
}

#[derive(Debug, Deserialize)]
struct Document {
    code: String,
    message: LineMessage,
    #[serde(default)]
    data: Option<Named>,
    #[serde(default)]
    answers: Option<Vec<Box<RawValue>>>,
}

/// What of the data of a problem is asked for here.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<String>,
}

impl Problem {
    /// Reads the body of a response; none where it is no problem document.
    pub fn read(status: u16, retry_after: Option<u64>, body: &[u8]) -> Option<Problem> {
        let document = serde_json::from_slice(body).ok()?;
        Some(Problem {
            status,
            retry_after,
            document,
        })
    }

    /// Its code for programs.
    pub fn code(&self) -> &str {
        &self.document.code
    }

    /// Its sentence.
    pub fn message(&self, language: Language) -> &str {
        self.document.message.in_language(language)
    }

    /// The name that it is about, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.document.data.as_ref()?.name.as_deref()
    }

    /// The answers to lines of which nothing was recorded, each as JSON.
    pub fn answers(&self) -> Option<impl Iterator<Item = &str>> {
        let answers = self.document.answers.as_ref()?;
        Some(answers.iter().map(|answer| answer.get()))
    }
}
