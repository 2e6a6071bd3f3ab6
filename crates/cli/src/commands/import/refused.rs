//! Why a proposal of an import was refused, whether the ledger said it here or a server did.

use minhbach_ledger::{Language, Rejection};
use serde_json::Value;

use crate::remote::LineError;

/// A refusal: its code for programs, its sentence in both languages and the facts it names.
pub struct Refused {
    code: String,
    vi: String,
    en: String,
    detail: Value,
}

impl Refused {
    /// The code for programs.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence.
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Vietnamese => &self.vi,
            Language::English => &self.en,
        }
    }

    /// A fact that it names, as text.
    pub fn fact(&self, name: &str) -> Option<String> {
        match self.detail.get(name)? {
            Value::String(text) => Some(text.clone()),
            fact => Some(fact.to_string()),
        }
    }
}

impl From<&Rejection> for Refused {
    fn from(rejection: &Rejection) -> Refused {
        let told = serde_json::to_value(rejection).unwrap_or_default();
        Refused {
            code: rejection.code().word().to_owned(),
            vi: rejection.message(Language::Vietnamese),
            en: rejection.message(Language::English),
            detail: told.get("detail").cloned().unwrap_or_default(),
        }
    }
}

impl From<LineError> for Refused {
    fn from(error: LineError) -> Refused {
        Refused {
            code: error.code,
            vi: error.message.vi,
            en: error.message.en,
            detail: error.detail,
        }
    }
}
