//! Every command and argument is worded in both languages, and both have the same sentences.

use std::collections::BTreeSet;
use std::path::Path;

use minhbach_ledger::Language;

use super::*;

const BOTH: [Texts; 2] = [
    Texts {
        language: Language::Vietnamese,
    },
    Texts {
        language: Language::English,
    },
];

fn keys(language: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts").join(language);
    let mut keys = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("texts") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
        for line in text.lines().filter(|line| !line.starts_with([' ', '#'])) {
            if let Some((key, _)) = line.split_once(" =") {
                assert!(keys.insert(key.to_owned()), "{key} is there twice");
            }
        }
    }
    keys
}

/// The names of facts that a file's sentences use, by key.
fn facts(language: &str) -> BTreeSet<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts").join(language);
    let mut facts = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("texts") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((new, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                key = new.to_owned();
            }
            for part in line.split("{ $").skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                facts.insert((key.clone(), name));
            }
        }
    }
    facts
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_facts() {
    assert_eq!(keys("vi"), keys("en"));
    assert_eq!(facts("vi"), facts("en"));
}

/// Keys that are put together at run time.
const FAMILIES: [&str; 10] = [
    "count-", "help-", "word-", "unit-", "outcome-", "column-", "event-", "role-", "trouble-", "unknown-",
];

/// Every text between quotes that looks like a key after `get(`, `with(`, `told(` is in the files, and nothing is in
/// the files that no source names.
#[test]
fn every_sentence_that_is_asked_for_exists() {
    fn sources(folder: &Path, all: &mut String) {
        for item in std::fs::read_dir(folder).expect("sources") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                sources(&path, all);
            } else {
                all.push_str(&std::fs::read_to_string(path).expect("UTF-8"));
            }
        }
    }
    fn walk(folder: &Path, seen: &mut Vec<String>) {
        for item in std::fs::read_dir(folder).expect("sources") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                walk(&path, seen);
            } else {
                let text = std::fs::read_to_string(path).expect("UTF-8");
                for call in [
                    "texts.get(\"",
                    "texts.with(\"",
                    "told(\"",
                    "tell(\"",
                    ".with(\"",
                    ".get(\"",
                ] {
                    seen.extend(
                        text.split(call)
                            .skip(1)
                            .filter_map(|rest| rest.split('"').next())
                            .map(str::to_owned),
                    );
                }
            }
        }
    }
    let mut seen = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut seen);
    let known = keys("vi");
    let asked = seen
        .iter()
        .filter(|key| key.contains('-') && !key.contains(['{', ' ', '$', '.']));
    let missing: Vec<_> = asked.filter(|key| !known.contains(*key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(100 < seen.len());
    let mut all = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let named = |key: &str| {
        all.contains(&format!("\"{key}\"")) || FAMILIES.iter().any(|family| key.starts_with(family))
    };
    let idle: Vec<_> = known.iter().filter(|key| !named(key)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn the_command_line_is_sound_and_worded() {
    fn check(command: &Command) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(
            !about.is_empty() && !about.contains("Unknown localization"),
            "{}: {about}",
            command.get_name()
        );
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let id = arg.get_id();
            assert!(
                !help.is_empty() && !help.contains("nknown localization"),
                "{} {id}: {help}",
                command.get_name()
            );
        }
        command.get_subcommands().for_each(check);
    }
    for texts in BOTH {
        let mut built = command(texts);
        built.build();
        check(&built);
        command(texts).debug_assert();
    }
}
