//! `actor` as a shell sees it: only the token on standard output, words and exit codes, and nothing lost or leaked.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn minhbach(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minhbach"));
    command
        .env("MINHBACH_LANG", "en")
        .env("MINHBACH_DATA", data)
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .args(arguments);
    command
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("it was not killed"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn run(data: &Path, arguments: &[&str]) -> Ran {
    ran(minhbach(data, arguments).output().expect("it runs"))
}

/// A ledger, in a folder that goes when the test ends.
fn ledger() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(run(&data, &["init", "--origin", "so.example.vn/thu"]).code, 0);
    (folder, data)
}

fn rows(data: &Path) -> Vec<Value> {
    let listed = run(data, &["actor", "list", "--format", "json"]);
    assert_eq!((listed.code, listed.err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&listed.out).expect("JSON");
    document["rows"].as_array().expect("rows").clone()
}

fn is_token(line: &str) -> bool {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digits = line.strip_prefix("mb_").and_then(|rest| rest.strip_suffix('\n'));
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(digit))
}

#[test]
fn only_the_token_goes_to_standard_output_and_it_is_kept_nowhere() {
    let (_folder, data) = ledger();
    let added = run(
        &data,
        &[
            "actor",
            "add",
            "ke-toan",
            "--role",
            "recorder",
            "--role",
            "deliverer",
        ],
    );
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(is_token(&added.out), "{}", added.out);
    assert!(
        added.err.contains("ke-toan") && added.err.contains("deliverer"),
        "{}",
        added.err
    );
    let token = added.out.trim();
    assert!(!added.err.contains(token));
    let register = data.join("private/actors.json");
    let kept = fs::read_to_string(&register).expect("a register");
    assert!(!kept.contains(&token[3..]));
    let hash = kept.split("\"hash\":\"").nth(1).expect("a hash")[..64].to_owned();
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&data.join("private")), mode(&register)), (0o700, 0o600));
    for format in ["table", "json", "csv"] {
        let listed = run(&data, &["actor", "list", "--format", format]);
        assert!(
            listed.out.contains("ke-toan") && !listed.out.contains(&hash),
            "{}",
            listed.out
        );
    }
    // Whatever form is asked for, a token is a line.
    let other = run(
        &data,
        &["actor", "add", "b", "--role", "auditor", "--format", "json"],
    );
    assert!(is_token(&other.out) && other.out != added.out);
}

#[test]
fn a_post_has_one_token_and_its_history_is_listed() {
    let (_folder, data) = ledger();
    let add = [
        "actor",
        "add",
        "nha-truong",
        "--role",
        "receiver",
        "--party",
        "truong-ba-vi",
    ];
    assert_eq!(run(&data, &add).code, 0);
    let refused = run(&data, &add);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(
        refused.err.contains("minhbach actor revoke nha-truong"),
        "{}",
        refused.err
    );
    let revoked = run(&data, &["actor", "revoke", "nha-truong"]);
    assert_eq!((revoked.code, revoked.out.as_str()), (0, ""));
    assert_eq!(run(&data, &["actor", "revoke", "nha-truong"]).code, 1);
    assert_eq!(run(&data, &["actor", "revoke", "khong-co"]).code, 1);
    assert_eq!(run(&data, &add).code, 0);
    let rows = rows(&data);
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &row["actor"],
                &row["roles"],
                &row["party"],
                row["revoked_at"].is_null(),
            )
        })
        .collect();
    let (code, roles, party) = (json!("nha-truong"), json!(["receiver"]), json!("truong-ba-vi"));
    assert_eq!(
        told,
        [(&code, &roles, &party, false), (&code, &roles, &party, true)]
    );
    let csv = run(&data, &["actor", "list", "--format", "csv"]).out;
    assert!(
        csv.starts_with("actor,roles,party,added_at,revoked_at\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 3);
    let table = run(&data, &["actor", "list", "--lang", "vi"]).out;
    assert!(
        table.contains("bên nhận (receiver)") && table.contains("thay mặt truong-ba-vi"),
        "{table}"
    );
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn what_cannot_be_is_said_and_nothing_is_written() {
    let (folder, data) = ledger();
    for (arguments, said) in [
        (&["add", "a"][..], "--role"),
        (&["add", "a", "--role", "king"], "recorder"),
        (&["add", "a", "--role", "receiver"], "--party"),
        (
            &["add", "a", "--role", "recorder", "--party", "truong"],
            "receiver",
        ),
        (
            &["add", "a", "--role", "receiver", "--party", "Trường"],
            "--party",
        ),
        (&["add", "kế toán", "--role", "recorder"], "kế toán"),
        (&["revoke"], "CODE"),
    ] {
        let ran = run(&data, &[&["actor"][..], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert!(!data.join("private/actors.json").exists());
    let nowhere = folder.path().join("nowhere");
    for arguments in [
        &["actor", "add", "a", "--role", "recorder"][..],
        &["actor", "list"],
        &["actor", "revoke", "a"],
    ] {
        let ran = run(&nowhere, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(
            ran.err.contains("nowhere") && ran.err.contains("minhbach init"),
            "{}",
            ran.err
        );
    }
    assert!(!nowhere.exists());
    assert_eq!(rows(&data), Vec::<Value>::new());
    fs::create_dir_all(data.join("private")).expect("made");
    fs::write(data.join("private/actors.json"), "{\n\"actors\"").expect("damaged");
    for arguments in [
        &["add", "a", "--role", "recorder"][..],
        &["list"],
        &["revoke", "a"],
    ] {
        let ran = run(&data, &[&["actor"][..], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(
            ran.err.contains("actors.json") && ran.err.contains("line 2"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_token_that_nobody_could_read_is_revoked() {
    let (_folder, data) = ledger();
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("a full disk");
    let add = ["actor", "add", "ke-toan", "--role", "recorder"];
    let output = minhbach(&data, &add).stdout(full).stderr(Stdio::piped()).output();
    let failed = ran(output.expect("it runs"));
    assert_eq!(failed.code, 2);
    assert!(
        failed.err.contains("ke-toan") && failed.err.contains("revoked"),
        "{}",
        failed.err
    );
    assert!(rows(&data).iter().all(|row| !row["revoked_at"].is_null()));
    assert_eq!(run(&data, &add).code, 0);
}

#[test]
fn it_works_while_another_command_holds_the_folder() {
    let (_folder, data) = ledger();
    let mut record = minhbach(&data, &["record", "-"]);
    let mut writer = record
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    // It holds the folder as soon as another writer is refused.
    let held = || run(&data, &["record"]).code == 2;
    let waited = std::time::Instant::now();
    while !held() {
        assert!(waited.elapsed().as_secs() < 30, "the folder is never held");
    }
    let added = run(&data, &["actor", "add", "ke-toan", "--role", "recorder"]);
    assert!(is_token(&added.out), "{}", added.err);
    assert_eq!(run(&data, &["actor", "revoke", "ke-toan"]).code, 0);
    drop(writer.stdin.take());
    assert!(writer.wait().expect("it ends").success());
}
