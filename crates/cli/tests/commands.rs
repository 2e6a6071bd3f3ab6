//! The binary as a shell sees it: exit codes, what goes to which stream, and answers that do not wait.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// No command under test needs longer; one that does hangs.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

fn minhbach(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minhbach"));
    command
        .env_remove("MINHBACH_LANG")
        .env("MINHBACH_DATA", folder)
        .env("COLUMNS", "80")
        .args(arguments);
    command
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = minhbach(folder, arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    // A command that does not read its input closes it, which is no fault of the test.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    // One that serves by mistake would hold the tests up for ever.
    let (ended, watched) = std::sync::mpsc::channel::<()>();
    let number = child.id().to_string();
    let watcher = std::thread::spawn(move || {
        if watched.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &number]).status();
        }
    });
    let output = child.wait_with_output().expect("it ends");
    drop(ended);
    watcher.join().expect("the watcher ends");
    output
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn party(slug: &str) -> String {
    format!("{{\"type\":\"party.registered\",\"party\":\"{slug}\",\"kind\":\"fund\",\"name\":\"Quỹ\"}}\n")
}

#[test]
fn exit_codes_tell_yes_no_and_could_not_tell() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let check = |arguments: &[&str], input: &str, expected: i32| {
        let output = run(&data, arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert_eq!(
            expected == 2,
            output.stdout.is_empty() && !said.is_empty(),
            "{arguments:?}: {said}"
        );
        // A sentence, not a dump: no panic, no debug form.
        assert!(!said.contains("panicked") && !said.contains(" { "), "{said}");
    };
    check(&["status"], "", 2);
    check(&["init", "--origin", "a b"], "", 2);
    check(
        &["init", "--origin", "so.example.vn/thu", "--programme", "khong-co"],
        "",
        2,
    );
    assert!(!data.exists(), "a refused init leaves nothing");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    check(&["init", "--origin", "so.example.vn/thu"], "", 2);
    check(&["record"], &party("quy-a"), 0);
    check(&["record"], &party("quy-a"), 1);
    check(&["record", "khong-co.ndjson"], "", 2);
    check(&["status"], "", 0);
    check(&["verify"], "", 0);
    check(&["balances"], "", 0);
    assert_eq!(code(&run(&data, &["trail", "RC-KHONG-CO"], "")), 1);
    check(&["received", "--by", "mua"], "", 2);
    check(&["statement", "--from", "hom-qua"], "", 2);
    check(&["balances", "--format", "xml"], "", 2);
    check(&["khong-co"], "", 2);
    check(&["recover", "--cut", "99"], "", 2);
    check(&["schema", "proposal"], "", 0);
}

#[test]
fn lines_are_answered_in_order_and_a_refusal_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    let input = format!(
        "{}\n{}{{\"type\":\"khac\"}}\n{}",
        party("quy-a"),
        party("quy-a"),
        party("quy-b").trim_end()
    );
    let output = run(&data, &["record", "--format", "table"], &input);
    assert_eq!(code(&output), 1);
    let answers = lines(&output);
    let what: Vec<(u64, &str)> = answers
        .iter()
        .map(|answer| {
            let word = answer["error"]["code"].as_str().or(answer["code"].as_str());
            (answer["line"].as_u64().expect("a line"), word.expect("a code"))
        })
        .collect();
    let expected = [
        (1, "quy-a"),
        (2, "malformed"),
        (3, "duplicate_code"),
        (4, "unknown_type"),
        (5, "quy-b"),
    ];
    assert_eq!(what, expected);
    assert_eq!(answers[4]["seq"], 2);
    for (language, other) in [("vi", "en"), ("en", "vi")] {
        assert_ne!(
            answers[2]["error"]["message"][language],
            answers[2]["error"]["message"][other]
        );
    }
}

#[test]
fn all_lines_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    let good = party("quy-a") + &party("quy-b");
    for bad in [party("quy-a"), "nonsense\n".to_owned()] {
        let output = run(&data, &["record", "--atomic"], &(good.clone() + &bad));
        assert_eq!(code(&output), 1);
        let answers = lines(&output);
        assert_eq!(answers[0]["error"]["code"], "not_recorded");
        assert_eq!(answers[0]["error"]["detail"]["refused"], serde_json::json!([3]));
        assert_eq!(answers.len(), 3);
    }
    let size =
        |data: &Path| lines(&run(data, &["status", "--format", "json"], ""))[0]["as_of"]["size"].clone();
    assert_eq!(size(&data), 1);
    assert_eq!(code(&run(&data, &["record", "--atomic"], &good)), 0);
    assert_eq!(size(&data), 3);
}

#[test]
fn an_answer_comes_before_the_input_ends_and_others_see_who_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    let mut command = minhbach(&data, &["record"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped"));
    for (slug, seq) in [("quy-a", 1), ("quy-b", 2)] {
        input.write_all(party(slug).as_bytes()).expect("it reads");
        let mut line = String::new();
        answers.read_line(&mut line).expect("it answers");
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["seq"], seq);
    }
    let refused = run(&data, &["balances"], "");
    assert_eq!(code(&refused), 2);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("minhbach record") && said.contains(&child.id().to_string()),
        "{said}"
    );
    for beside in [&["status"][..], &["verify"]] {
        assert_eq!(code(&run(&data, beside, "")), 0, "{beside:?}");
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_demo_is_told_and_its_trails_lead_somewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let told = run(&data, &["demo", "--no-serve", "--format", "json"], "");
    assert_eq!(code(&told), 0, "{}", String::from_utf8_lossy(&told.stderr));
    let told = &lines(&told)[0];
    let trails = told["trails"].as_array().expect("a list");
    assert_eq!(trails.len(), 6);
    for trail in trails {
        let name = trail.as_str().expect("a code");
        let document = &lines(&run(&data, &["trail", name, "--format", "json"], ""))[0];
        // A recalled transfer reached nobody: other gifts took its place.
        assert_eq!(
            document["reached"].as_array().expect("a list").is_empty(),
            name == "RC-MUA-DONG-THU-HOI",
            "{name}"
        );
        for language in ["vi", "en"] {
            let tree = run(&data, &["trail", name, "--lang", language], "");
            let tree = String::from_utf8(tree.stdout).expect("UTF-8");
            let widest = tree
                .lines()
                .map(|line| line.chars().count())
                .max()
                .expect("lines");
            assert!(tree.starts_with(name) && widest <= 80, "{tree}");
        }
    }
    assert_eq!(code(&run(&data, &["verify"], "")), 0);
    let again = ["demo", "--no-serve"];
    assert_eq!(code(&run(&data, &again, "")), 2, "the folder is not empty");
}

#[test]
fn a_flipped_byte_is_named_and_a_torn_tail_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    assert_eq!(
        code(&run(&data, &["record"], &(party("quy-a") + &party("quy-b")))),
        0
    );
    let file = data.join("journal/00000000000000000000.log");
    let whole = std::fs::read(&file).expect("a journal");

    let mut torn = whole.clone();
    torn.extend_from_slice(b"abc");
    std::fs::write(&file, &torn).expect("writable");
    assert_eq!(code(&run(&data, &["verify"], "")), 1);
    assert_eq!(
        std::fs::read(&file).expect("a journal"),
        torn,
        "verify changes nothing"
    );

    let mut flipped = whole.clone();
    let second = whole.iter().position(|&byte| byte == b'\n').expect("lines") + 100;
    flipped[second] ^= 1;
    std::fs::write(&file, &flipped).expect("writable");
    let verified = run(&data, &["verify", "--format", "json"], "");
    assert_eq!(code(&verified), 1);
    let document = &lines(&verified)[0];
    assert_eq!(
        (&document["broken"]["line"], &document["broken"]["seq"]),
        (&2.into(), &1.into())
    );
    assert!(
        document["broken"]["file"]
            .as_str()
            .expect("a file")
            .ends_with("00000000000000000000.log")
    );
    // A middle line that was damaged is never cut unasked.
    assert_eq!(code(&run(&data, &["balances"], "")), 2);
    // What was signed is never cut; this line was not, say.
    assert_eq!(code(&run(&data, &["recover", "--cut", "1"], "")), 2);
    std::fs::remove_dir_all(data.join("log")).expect("removed");
    assert_eq!(code(&run(&data, &["recover", "--cut", "1"], "")), 0);
    assert_eq!(code(&run(&data, &["balances"], "")), 0);
    assert_eq!(code(&run(&data, &["verify"], "")), 0);
}

#[test]
fn a_journal_whose_end_was_cut_off_is_not_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    assert_eq!(
        code(&run(&data, &["record"], &(party("quy-a") + &party("quy-b")))),
        0
    );
    let file = data.join("journal/00000000000000000000.log");
    let whole = std::fs::read_to_string(&file).expect("a journal");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    std::fs::write(&file, lines[..2].concat()).expect("writable");
    let verified = run(&data, &["verify", "--lang", "en"], "");
    assert_eq!(code(&verified), 1);
    let said = String::from_utf8(verified.stdout).expect("UTF-8");
    assert!(said.contains("3 entries were signed and there are 2"), "{said}");
    // Without what was signed, the tables know more.
    std::fs::remove_dir_all(data.join("log")).expect("removed");
    let verified = run(&data, &["verify", "--lang", "en"], "");
    assert_eq!(code(&verified), 1);
    let said = String::from_utf8(verified.stdout).expect("UTF-8");
    assert!(said.contains("know 3 entries, the journal holds 2"), "{said}");

    // Given up on purpose it is sound, and only who says so gives sound entries up.
    std::fs::write(&file, &whole).expect("writable");
    assert_eq!(code(&run(&data, &["recover", "--cut", "2"], "")), 2);
    assert_eq!(std::fs::read_to_string(&file).expect("a journal"), whole);
    assert_eq!(
        code(&run(&data, &["recover", "--cut", "2", "--acknowledged"], "")),
        0
    );
    assert_eq!(code(&run(&data, &["verify"], "")), 0);

    std::fs::write(&file, "").expect("writable");
    for arguments in [&["verify"][..], &["verify", "--chain"]] {
        assert_eq!(code(&run(&data, arguments, "")), 1, "{arguments:?}");
    }
}

#[test]
fn nothing_that_others_wrote_reaches_a_terminal_as_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    let hostile = "x\u{1b}[2J\u{202e}\u{9b}y";
    let shown = "x\\u{1b}[2J\\u{202e}\\u{9b}y";
    for arguments in [
        &["trail", hostile][..],
        &["balances", "--fund", hostile],
        &["balances", "--format", hostile],
        &["record", hostile],
        &[hostile],
    ] {
        let output = run(&data, arguments, "");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(said.contains(shown), "{arguments:?}: {said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{arguments:?}");
    }
}

#[test]
fn a_filter_that_names_nothing_known_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    assert_eq!(
        code(&run(&data, &["init", "--origin", "so.example.vn/thu"], "")),
        0
    );
    assert_eq!(code(&run(&data, &["record"], &party("quy-a"))), 0);
    for (arguments, expected) in [
        (&["balances", "--fund", "quy-a"][..], 0),
        (&["balances", "--fund", "quy"], 1),
        (&["balances", "--lot", "RC-KHONG-CO"], 1),
        (&["statement", "--pool", "quy"], 1),
        (&["statement", "--item", "VND"], 0),
        (&["statement", "--item", "ao"], 1),
        (&["received", "--place", "xa"], 1),
        (&["received", "--programme", "xa"], 1),
        (&["received", "--category", "xa"], 1),
        (&["received", "--from", "2026-02", "--to", "2026-02"], 0),
        (&["received", "--from", "2026-02", "--to", "2026-01"], 2),
        (&["statement", "--from", "2026-02-02", "--to", "2026-02-01"], 2),
        (&["help"], 0),
        (&["help", "trail"], 0),
        (&["help", "khong-co"], 2),
    ] {
        let output = run(&data, arguments, "");
        assert_eq!(code(&output), expected, "{arguments:?}");
        assert_eq!(output.stdout.is_empty(), expected != 0, "{arguments:?}");
    }
    let said = run(&data, &["trail", "--khong-co"], "");
    let said = String::from_utf8(said.stderr).expect("UTF-8");
    assert!(said.contains("minhbach trail --help"), "{said}");
}
