//! Every sentence a person reads, in Vietnamese and English, from the files in `texts/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use minhbach_exchange::visible::{visible, visible_lines};
use minhbach_ledger::Language;

use crate::numbers;

static_loader! {
    static SENTENCES = {
        locales: "./texts",
        fallback_language: "vi",
        // Marks of direction around every name would be seen on a terminal; both languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static IDENTIFIERS: LazyLock<[LanguageIdentifier; 2]> =
    LazyLock::new(|| ["vi", "en"].map(|name| name.parse().expect("a language tag")));

/// Facts that are sentences themselves, and may have lines.
const SENTENCES_WITHIN: [&str; 4] = ["why", "what", "damage", "error"];

/// The environment variable that chooses the language.
pub const LANGUAGE_VARIABLE: &str = "MINHBACH_LANG";

/// The sentences in one language.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    pub language: Language,
}

impl Texts {
    /// Finds the language before the command line is read, because what is wrong with it is said in that language.
    pub fn chosen(arguments: &[OsString]) -> Texts {
        let mut asked = std::env::var(LANGUAGE_VARIABLE).ok();
        let mut arguments = arguments
            .iter()
            .skip(1)
            .map(|argument| argument.to_string_lossy());
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            } else if argument == "--lang" {
                asked = arguments.next().map(Cow::into_owned);
            } else if let Some(value) = argument.strip_prefix("--lang=") {
                asked = Some(value.to_owned());
            }
        }
        let language = if asked.as_deref() == Some("en") {
            Language::English
        } else {
            Language::Vietnamese
        };
        Texts { language }
    }

    /// Whether the language is English.
    pub fn english(self) -> bool {
        self.language == Language::English
    }

    /// A sentence.
    pub fn get(self, key: &str) -> String {
        SENTENCES.lookup(self.identifier(), key)
    }

    /// A sentence that may not exist.
    pub fn find(self, key: &str) -> Option<String> {
        SENTENCES.try_lookup(self.identifier(), key)
    }

    /// A sentence that names facts. What a terminal would obey in them is shown instead.
    pub fn with(self, key: &str, facts: &[(&'static str, &dyn Display)]) -> String {
        let facts: HashMap<Cow<'static, str>, FluentValue<'_>> = facts
            .iter()
            .map(|(name, fact)| {
                let fact = fact.to_string();
                let shown = if SENTENCES_WITHIN.contains(name) {
                    visible_lines(&fact)
                } else {
                    visible(&fact)
                };
                ((*name).into(), FluentValue::from(shown))
            })
            .collect();
        SENTENCES.lookup_with_args(self.identifier(), key, &facts)
    }

    /// A count of something, in the singular or the plural: the texts `<what>-one` and `<what>-many`.
    pub fn counted(self, what: &str, count: u64) -> String {
        let number = if count == 1 { "one" } else { "many" };
        let count = numbers::number(self, count);
        self.with(&format!("{what}-{number}"), &[("count", &count)])
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        &IDENTIFIERS[usize::from(self.english())]
    }
}
