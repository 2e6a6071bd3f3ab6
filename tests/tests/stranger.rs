//! A stranger checks the journal with the lines in `docs/format.md` and the tools of any machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use minhbach_tests::{DataFolder, JournalFiles, fund, hash, journal_path, pool, receipt, workspace_root};

/// A Python that knows BLAKE3; none where there is none, which is said once.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = PYTHON.get_or_init(|| minhbach_tests::python("blake3", "the journal by another's code"));
    found.as_deref()
}

/// The only Python in the format's page.
fn script() -> String {
    let page = std::fs::read_to_string(workspace_root().join("docs/format.md")).expect("docs/format.md");
    let (_, rest) = page.split_once("```python\n").expect("a Python block");
    let (script, rest) = rest.split_once("```").expect("its end");
    assert!(!rest.contains("```python"), "one block");
    let lines = script.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 12, "ten lines, they say: {lines}");
    script.to_owned()
}

fn check(python: &Path, data: &Path) -> Output {
    Command::new(python)
        .args(["-c", &script()])
        .current_dir(data)
        .output()
        .expect("Python runs")
}

fn demo() -> DataFolder {
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    folder
}

#[test]
fn the_page_s_own_lines_verify_the_demo() {
    let Some(python) = python() else { return };
    let folder = demo();
    let status = folder.run(["status", "--format", "json"]).ok().json();
    let output = check(python, folder.path());
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{output:?}");
    let head = status["as_of"]["head"].as_str().expect("a head");
    assert_eq!(said, format!("{} {head}", status["as_of"]["size"]));
    assert_eq!(folder.journal().head(), head);
}

#[test]
fn the_page_s_own_lines_find_tampering() {
    let Some(python) = python() else { return };
    let folder = DataFolder::bare();
    folder.record_all(&[fund(), pool(), receipt(20_000), receipt(50_000)]);
    let path = journal_path(folder.path());
    let bytes = folder.journal().bytes;
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    assert!(check(python, folder.path()).status.success());
    let mut tampered: Vec<(String, usize, Vec<u8>)> = Vec::new();
    for (seq, line) in lines.iter().enumerate() {
        let begin: usize = lines[..seq].iter().map(|line| line.len()).sum();
        for at in [0, 63, 64, 65, line.len() / 2, line.len() - 2] {
            let mut bytes = bytes.clone();
            bytes[begin + at] ^= 1;
            tampered.push((format!("byte {at} of entry {seq}"), seq + 1, bytes));
        }
        if seq + 1 < lines.len() {
            let without = [&lines[..seq], &lines[seq + 1..]].concat().concat();
            tampered.push((format!("without entry {seq}"), seq + 1, without));
            let mut swapped = lines.clone();
            swapped.swap(seq, seq + 1);
            tampered.push((format!("entry {seq} after the next"), seq + 1, swapped.concat()));
        }
        let twice = [&lines[..=seq], &lines[seq..]].concat().concat();
        tampered.push((format!("entry {seq} twice"), seq + 2, twice));
    }
    // The amount changed, and the line's own hash made to fit: the next line's link shows it.
    let text = String::from_utf8(lines[3][65..lines[3].len() - 1].to_vec()).expect("text");
    let forged = text.replace("\"quantity\":\"20000\"", "\"quantity\":\"90000\"");
    assert_ne!(text, forged);
    let forged = format!("{} {forged}\n", hash(forged.as_bytes()));
    let all = [&lines[..3], &[forged.as_bytes()], &lines[4..]].concat().concat();
    tampered.push(("a forged amount".to_owned(), 5, all));
    // The last line without its end.
    tampered.push(("torn".to_owned(), lines.len(), bytes[..bytes.len() - 1].to_vec()));

    for (what, line, bytes) in &tampered {
        std::fs::write(&path, bytes).expect("tampered");
        let output = check(python, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{what}: {said}");
        assert!(!said.contains("Traceback"), "{what}: {said}");
        assert!(
            said.contains(&format!("line {line}")),
            "{what} is line {line}: {said}"
        );
        // Our own verifier agrees.
        folder.run(["verify"]).exits(1);
    }
    println!("{} ways of tampering", tampered.len());
}

#[test]
fn cut_and_a_hash_program_are_enough() {
    let folder = demo();
    let JournalFiles { lines, .. } = folder.journal();
    let path = journal_path(folder.path());
    let cut = |range: &str| {
        let output = Command::new("cut")
            .env("LC_ALL", "C")
            .args(["-c", range])
            .arg(&path)
            .output()
            .expect("cut runs");
        assert!(output.status.success());
        output.stdout
    };
    let hashes = String::from_utf8(cut("1-64")).expect("digits");
    let entries = cut("66-");
    let mut count = 0;
    for ((digits, entry), line) in hashes
        .lines()
        .zip(entries.split(|&byte| byte == b'\n'))
        .zip(&lines)
    {
        assert_eq!(digits, hash(entry));
        assert_eq!(digits, line.hash);
        count += 1;
    }
    assert_eq!(count, lines.len());
}
