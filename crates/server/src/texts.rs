//! The server's sentences, in Vietnamese and English, from the files in `texts/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use minhbach_ledger::Language;

static_loader! {
    static SENTENCES = {
        locales: "./texts",
        fallback_language: "vi",
        // Both languages run left to right: marks of direction would only be seen.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static IDENTIFIERS: LazyLock<[LanguageIdentifier; 2]> =
    LazyLock::new(|| ["vi", "en"].map(|name| name.parse().expect("a language tag")));

fn identifier(language: Language) -> &'static LanguageIdentifier {
    match language {
        Language::Vietnamese => &IDENTIFIERS[0],
        Language::English => &IDENTIFIERS[1],
    }
}

/// A sentence.
pub(crate) fn text(language: Language, key: &str) -> String {
    SENTENCES.lookup(identifier(language), key)
}

/// A sentence that names facts.
pub(crate) fn text_with(language: Language, key: &str, facts: &[(&'static str, &dyn Display)]) -> String {
    let facts: HashMap<Cow<'static, str>, FluentValue<'_>> = facts
        .iter()
        .map(|(name, fact)| ((*name).into(), FluentValue::from(fact.to_string())))
        .collect();
    SENTENCES.lookup_with_args(identifier(language), key, &facts)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    fn keys(language: &str) -> BTreeSet<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(language);
        let mut keys = BTreeSet::new();
        for file in std::fs::read_dir(folder).expect("the texts") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
            let of_lines = text.lines().filter_map(|line| line.split_once(" ="));
            keys.extend(
                of_lines
                    .map(|(key, _)| key.to_owned())
                    .filter(|key| !key.starts_with(['#', ' '])),
            );
        }
        keys
    }

    #[test]
    fn every_sentence_exists_in_both_languages() {
        assert!(!keys("vi").is_empty());
        assert_eq!(keys("vi"), keys("en"));
    }
}
