//! What no compiler looks at: the words in our files, and the manifests.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use unicode_normalization::is_nfc;

use crate::program::Program;

/// A file that a check leaves alone.
struct Exception {
    check: &'static str,
    path: &'static str,
    #[expect(dead_code, reason = "for the reader of the table")]
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        check: "float",
        path: "events/src/json.rs",
        reason: "the JSON parser hands over a number with a fraction as f64; it is refused unread",
    },
    Exception {
        check: "nfc",
        path: "events/vectors/refused.ndjson",
        reason: "what must be refused, text in other forms among it",
    },
    Exception {
        check: "nfc",
        path: "docs/maps/vi-du/so-thu-2024.csv",
        reason: "a table as other machines write it; the import brings it to NFC",
    },
    Exception {
        check: "crlf",
        path: "docs/maps/vi-du/so-thu-2024.csv",
        reason: "a table as Excel writes it",
    },
];

/// What readers are tried on: bytes as anybody may send them, and none of it text of ours.
const INPUTS: [&str; 2] = ["crates/fuzz/corpus/", "crates/fuzz/found/"];

/// Where a quantity may pass, and no binary fraction with it.
const EXACT: [&str; 4] = [
    "events/src/",
    "crates/ledger/src/",
    "crates/journal/src/",
    "projections/src/",
];

/// A file of the project, as text.
struct Text<'a> {
    path: &'a str,
    text: &'a str,
}

/// One thing that is not in order.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    check: &'static str,
    path: String,
    line: usize,
    what: String,
}

/// Looks at every file that git knows or would add.
pub fn check(root: &Path) -> Result<()> {
    let listed = Program::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .text_in(root)
        .context("the files of the project are those that git lists: work in a clone of it")?;
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    let mut faults = Vec::new();
    let is_input = |path: &str| INPUTS.iter().any(|folder| path.starts_with(folder));
    let paths = listed.split('\0');
    for path in paths.filter(|path| !path.is_empty() && !is_input(path)) {
        let bytes = match std::fs::read(root.join(path)) {
            Ok(bytes) => bytes,
            // Deleted and not yet committed, or a link to a folder.
            Err(_) if !root.join(path).is_file() => continue,
            Err(error) => return Err(error).with_context(|| format!("reading {path}")),
        };
        if bytes.contains(&0) || bytes.starts_with(&[0x1f, 0x8b]) {
            continue;
        }
        match String::from_utf8(bytes) {
            Ok(text) => drop(texts.insert(path, text)),
            Err(error) => {
                let before = error.as_bytes()[..error.utf8_error().valid_up_to()].iter();
                let line = 1 + before.filter(|byte| **byte == b'\n').count();
                faults.push(fault("utf-8", path, line, "not UTF-8"));
            }
        }
    }
    for (path, text) in &texts {
        faults.extend(faults_of(&Text { path, text }));
    }
    if !texts
        .get("LICENSE")
        .is_some_and(|text| text.contains("Apache License") && text.contains("Version 2.0"))
    {
        faults.push(fault(
            "license",
            "LICENSE",
            1,
            "the text of the Apache License 2.0 is not there",
        ));
    }
    faults.retain(|fault| {
        !EXCEPTIONS
            .iter()
            .any(|known| known.check == fault.check && known.path == fault.path)
    });
    for Exception { check, path, .. } in EXCEPTIONS {
        if !texts.contains_key(path) {
            faults.push(fault(
                "exception",
                path,
                1,
                &format!("there is no such file to except from `{check}`"),
            ));
        }
    }
    println!("{} text files", texts.len());
    if !faults.is_empty() {
        let lines: Vec<String> = faults.iter().map(Fault::line).collect();
        bail!(
            "not tidy; an exception goes, with its reason, into tidy.rs:\n  {}",
            lines.join("\n  ")
        );
    }
    Ok(())
}

impl Fault {
    fn line(&self) -> String {
        format!("{}:{}: {} [{}]", self.path, self.line, self.what, self.check)
    }
}

fn fault(check: &'static str, path: &str, line: usize, what: &str) -> Fault {
    Fault {
        check,
        path: path.to_owned(),
        line,
        what: what.to_owned(),
    }
}

fn faults_of(file: &Text<'_>) -> Vec<Fault> {
    let Text { path, text } = *file;
    let mut faults = Vec::new();
    for (nth, line) in text.split('\n').enumerate() {
        let mut say = |check, what: &str| faults.push(fault(check, path, nth + 1, what));
        if line.ends_with('\r') {
            say("crlf", "the line ends with CR LF");
        }
        if !is_nfc(line) {
            say("nfc", "text that is not in Unicode's form NFC");
        }
        if let Some(place) = place_of_a_machine(line) {
            say("machine", &format!("{place} is a place on one machine"));
        }
        if path.ends_with(".rs") {
            let code = line.split("//").next().unwrap_or_default();
            for unfinished in [concat!("to", "do!("), concat!("unimple", "mented!(")] {
                if code.contains(unfinished) {
                    say("unfinished", &format!("{unfinished}…) is left"));
                }
            }
            let exact = EXACT.iter().any(|folder| path.starts_with(folder));
            if exact && let Some(float) = words(code).find(|word| ["f32", "f64"].contains(word)) {
                say("float", &format!("{float}, where quantities are exact"));
            }
        }
    }
    if path == "Cargo.toml" {
        faults.extend(uncommented_dependencies(text).map(|(line, name)| {
            fault(
                "dependency",
                path,
                line,
                &format!("no comment above {name} says why it is there"),
            )
        }));
    } else if path.ends_with("/Cargo.toml") && !has_description(text) {
        faults.push(fault("description", path, 1, "the crate has no description"));
    }
    faults
}

/// The name of a folder that only one machine has: a home, or where a project happens to lie.
fn place_of_a_machine(line: &str) -> Option<&'static str> {
    const PLACES: [&str; 5] = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
        concat!(r"C:\Us", "ers"),
    ];
    PLACES.into_iter().find(|place| {
        // In the middle of a longer path or an address it is something else.
        line.match_indices(place).any(|(byte, _)| {
            let before = line[..byte].chars().next_back();
            !before.is_some_and(|before| before.is_alphanumeric() || "._-/~}".contains(before))
        })
    })
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// The line and name of each dependency of the workspace, from elsewhere, that no comment explains.
fn uncommented_dependencies(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = || manifest.lines().enumerate();
    let section = lines()
        .skip_while(|(_, line)| *line != "[workspace.dependencies]")
        .skip(1);
    let section = section.take_while(|(_, line)| !line.starts_with('['));
    section.filter_map(move |(nth, line)| {
        let (name, value) = line.split_once('=')?;
        let is_dependency = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        let ours = value.contains("path =");
        let explained = manifest.lines().nth(nth.checked_sub(1)?)?.starts_with("# ");
        (is_dependency && !ours && !explained).then_some((nth + 1, name.trim()))
    })
}

fn has_description(manifest: &str) -> bool {
    let value = manifest
        .lines()
        .find_map(|line| line.strip_prefix("description = \""));
    value.is_some_and(|value| value.trim_end_matches('"').len() > 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        faults_of(&Text { path, text })
            .into_iter()
            .map(|fault| (fault.check, fault.line))
            .collect()
    }

    #[test]
    fn a_tidy_file_passes() {
        let text = "// Sổ minh bạch, never f64\nlet minutes = 64;\n";
        assert_eq!(checks("events/src/x.rs", text), []);
    }

    #[test]
    fn each_fault_is_found_with_its_line() {
        assert_eq!(checks("a.csv", "a,b\r\n"), [("crlf", 1)]);
        assert_eq!(checks("a.md", "x\nSo\u{0302}\u{0309}\n"), [("nfc", 2)]);
        assert_eq!(checks("a.md", concat!("in `/ho", "me/x/y`\n")), [("machine", 1)]);
        assert_eq!(checks("a.rs", concat!("\n\nto", "do!()\n")), [("unfinished", 3)]);
        assert_eq!(
            checks("projections/src/a.rs", "let x: f64 = 1;\n"),
            [("float", 1)]
        );
        assert_eq!(checks("crates/xtask/src/a.rs", "let x: f64 = 1;\n"), []);
        assert_eq!(
            checks("tests/Cargo.toml", "[package]\nname = \"x\"\n"),
            [("description", 1)]
        );
    }

    #[test]
    fn a_path_below_something_else_is_no_place_of_a_machine() {
        assert_eq!(
            checks(
                "a.md",
                concat!("https://example.org/ho", "me/ and target/wo", "rk/\n")
            ),
            []
        );
    }

    #[test]
    fn a_dependency_without_a_comment_is_found() {
        let manifest = "[workspace.dependencies]\nours = { path = \"ours\" }\n# Why.\none = \"1\"\ntwo = \"2\"\n\n[profile.dev]\nopt-level = 1\n";
        assert_eq!(checks("Cargo.toml", manifest), [("dependency", 5)]);
    }
}
