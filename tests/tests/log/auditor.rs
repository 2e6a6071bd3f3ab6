//! `docs/verify.py`: the verifier in Python that was made from the specifications, and shares no line with ours.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use minhbach_tests::{DataFolder, Run, hash, journal_path, python, run_for, workspace_root};

/// What it stands on beside Python itself.
const MODULES: &str = "blake3, cryptography";
const WHAT: &str = "the ledger by the verifier in Python (docs/verify.py)";

/// The longest it may take; its own tests build a log of 70,000 entries.
const PATIENCE: Duration = Duration::from_secs(600);

fn run(python: &Path, program: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(python);
    command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(workspace_root().join(program))
        .args(arguments);
    run_for(&mut command, PATIENCE)
}

fn verify(python: &Path, data: &Path) -> Run {
    let data = data.to_str().expect("a path that is text");
    run(python, "docs/verify.py", &["--lang", "en", data])
}

/// Honest and tampered logs of a generator that is not ours either, and the vectors of the specifications.
#[test]
fn it_keeps_what_it_promises() {
    let Some(python) = python(MODULES, WHAT) else {
        return;
    };
    let tests = run(&python, "tests/python/test_verify.py", &[]);
    assert_eq!(tests.code, Some(0), "{}{}", tests.out, tests.err);
}

#[test]
fn it_finds_what_the_binary_writes_sound() {
    let Some(python) = python(MODULES, WHAT) else {
        return;
    };
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    let head = folder.journal().head().to_owned();
    let sound = verify(&python, folder.path());
    assert_eq!(sound.code, Some(0), "{}{}", sound.out, sound.err);
    assert!(sound.out.contains(&head), "{}", sound.out);
}

/// An amount is changed and the line's own hash with it: the entry after it no longer follows.
#[test]
fn it_names_the_entry_at_which_the_binary_s_ledger_was_edited() {
    let Some(python) = python(MODULES, WHAT) else {
        return;
    };
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    let path = journal_path(folder.path());
    let whole = std::fs::read_to_string(&path).expect("the journal");
    let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    let (place, edited) = lines
        .iter()
        .enumerate()
        .find_map(|(place, line)| {
            let (_, entry) = line.split_once(' ')?;
            let edited = entry.replace("\"quantity\":\"100000\"", "\"quantity\":\"900000\"");
            (edited != entry).then_some((place, edited))
        })
        .expect("a gift of 100.000 đồng");
    lines[place] = format!("{} {edited}", hash(edited.as_bytes()));
    std::fs::write(&path, lines.join("\n") + "\n").expect("the journal again");
    let refused = verify(&python, folder.path());
    assert_eq!(refused.code, Some(1), "{}{}", refused.out, refused.err);
    let expected = format!("NOT SOUND: seq {}: it does not follow", place + 1);
    assert!(refused.out.starts_with(&expected), "{}", refused.out);
}
