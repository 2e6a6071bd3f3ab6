//! The Python in `docs/format.md`, run as a stranger would run it: on the vectors, and on copies someone tampered with.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const FIRST: &str = "00000000000000000000.log";

/// The page's one block of Python.
fn script() -> String {
    let page = fs::read_to_string(common::path("../docs/format.md")).expect("docs/format.md");
    let (_, after) = page.split_once("```python\n").expect("a block of Python");
    let (block, rest) = after.split_once("```").expect("its end");
    assert!(!rest.contains("```python"), "a second block would not be tested");
    block.to_owned()
}

fn run(script: &str, folder: &Path) -> Output {
    Command::new("python3")
        .args(["-c", script])
        .current_dir(folder)
        .output()
        .expect("python3 runs")
}

/// Whether Python can run; if not, says loudly what was left out.
fn python_runs(what: &str) -> bool {
    let runs = Command::new("python3")
        .args(["-c", "import blake3"])
        .output()
        .is_ok_and(|o| o.status.success());
    if !runs {
        // Not `eprintln!`, which the test harness keeps to itself while tests pass.
        let note = format!("\nNOT RUN: {what} needs python3 and its module blake3 (pip install blake3)\n\n");
        std::io::stderr().write_all(note.as_bytes()).expect("stderr");
    }
    runs
}

/// Runs the page's script over these files of a journal.
fn check(files: &[(&str, &[u8])]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("journal")).expect("journal/");
    for (name, bytes) in files {
        fs::write(folder.path().join("journal").join(name), bytes).expect("a file");
    }
    run(&script(), folder.path())
}

#[test]
fn the_pages_python_checks_the_vectors_and_finds_tampering() {
    if !python_runs("the Python of docs/format.md") {
        return;
    }
    let bytes = fs::read(common::path("vectors/journal.log")).expect("vectors/journal.log");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let last_hash = &lines[lines.len() - 1][..64];
    let expected = format!("{} {}\n", lines.len(), String::from_utf8_lossy(last_hash));

    let whole = check(&[(FIRST, &bytes)]);
    assert!(
        whole.status.success(),
        "{}",
        String::from_utf8_lossy(&whole.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&whole.stdout), expected);

    let (before, after) = (lines[..40].concat(), lines[40..].concat());
    let second = format!("{:020}.log", 40);
    let rolled = check(&[(FIRST, &before), (&second, &after)]);
    assert_eq!(
        String::from_utf8_lossy(&rolled.stdout),
        expected,
        "a journal of two files"
    );

    let rehashed = |line: &[u8], from: &str, to: &str| {
        let entry = std::str::from_utf8(&line[65..line.len() - 1]).expect("UTF-8");
        assert!(entry.contains(from), "{entry}");
        let entry = entry.replacen(from, to, 1);
        format!("{} {entry}\n", minhbach_events::Hash::of(entry.as_bytes())).into_bytes()
    };
    let replaced =
        |at: usize, line: Vec<u8>| [&lines[..at].concat()[..], &line, &lines[at + 1..].concat()].concat();
    let digit = replaced(40, {
        let mut line = lines[40].to_vec();
        let last = line.len() - 5;
        line[last] ^= 1;
        line
    });
    let swapped = [
        &lines[..40].concat()[..],
        lines[41],
        lines[40],
        &lines[42..].concat(),
    ]
    .concat();
    let missing = [lines[..40].concat(), lines[41..].concat()].concat();
    let doubled = [lines[..41].concat(), lines[40..].concat()].concat();
    // The same change with the hash made to fit: the next line names another hash.
    let quantity = replaced(
        40,
        rehashed(lines[40], "\"quantity\":\"1000\"", "\"quantity\":\"100\""),
    );
    let earlier = replaced(94, rehashed(lines[94], "\"at\":\"2026-", "\"at\":\"2025-"));
    let first_missing = lines[1..].concat();
    for (what, tampered, line) in [
        ("a changed byte", &digit[..], 41),
        ("two lines changed about", &swapped, 41),
        ("a line left out", &missing, 41),
        ("a line twice", &doubled, 42),
        ("a changed quantity with a hash that fits", &quantity, 42),
        ("an earlier time with a hash that fits", &earlier, 95),
        ("no first line", &first_missing, 1),
        ("a torn tail", &bytes[..bytes.len() - 1], 95),
        ("half a line", &bytes[..bytes.len() - 300], 95),
        ("an empty line", &[&bytes[..], b"\n"].concat(), 96),
    ] {
        let found = check(&[(FIRST, tampered)]);
        let said = String::from_utf8_lossy(&found.stderr);
        assert_eq!(found.status.code(), Some(1), "{what}: {said}");
        assert_eq!(found.stdout, b"", "{what}");
        assert!(said.contains(&format!("{FIRST} line {line}:")), "{what}: {said}");
    }
    let none = check(&[]);
    assert_eq!(none.status.code(), Some(1), "an empty folder is no good journal");
}

/// The vectors are what their own script writes, so that nobody mends one to suit the code.
#[test]
fn the_vectors_are_what_make_py_writes() {
    if !python_runs("vectors/make.py") {
        return;
    }
    let output = Command::new("python3")
        .arg(common::path("vectors/make.py"))
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
