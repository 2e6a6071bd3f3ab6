//! What a user types and pipes: answers, documents and exit codes, and bad input that writes nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use minhbach_tests::{
    DataFolder, FUND, ORIGIN, OrderedJson, PLACE, POOL, PROGRAMME, Run, SCHOOL, allocation, confirmation,
    delivery, forget_what_was_signed, fund, minhbach, pool, receipt, run, run_for, with_stdin,
};
use serde_json::{Value, json};

/// One gift's way, and a pool and a lot that wait.
fn with_a_gift() -> DataFolder {
    let folder = DataFolder::prepared();
    let mut lot = receipt(2_000_000);
    lot.as_object_mut().expect("an object").remove("pool");
    lot["receipt"] = "RC-LO-RIENG".into();
    let mut first = receipt(700_000);
    first["receipt"] = "RC-DAU-TIEN".into();
    folder.record_all(&[
        first,
        receipt(300_000),
        lot,
        allocation("AL-1", 900_000),
        delivery("DL-1", "AL-1", 800_000),
        confirmation("DL-1", 750_000),
        delivery("DL-2", "AL-1", 50_000),
    ]);
    folder
}

/// Runs a command that must leave the journal as it is.
#[track_caller]
fn harmless(folder: &DataFolder, run: impl FnOnce(&DataFolder) -> Run) -> Run {
    let before = folder.journal().bytes;
    let run = run(folder);
    assert!(
        folder.journal().bytes == before,
        "{} wrote to the journal",
        run.command
    );
    run
}

// ---- The command line ----

#[test]
fn wrong_command_lines_get_one_sentence_and_exit_2() {
    let folder = DataFolder::prepared();
    for (arguments, names) in [
        (&["fly"][..], &["fly"][..]),
        (&["balances", "--colour"], &["--colour"]),
        (&["balances", "--format", "xml"], &["xml", "json"]),
        (&["record", "a", "b"], &["b"]),
        (&["trail"], &["CODE"]),
        (&["init"], &["--origin"]),
        (
            &["init", "--origin", "https://so.example.vn"],
            &["https://so.example.vn"],
        ),
        (&["init", "--origin", ORIGIN, "--kind", "real"], &["real", "live"]),
        (
            &["init", "--origin", ORIGIN, "--programme", "hn-000"],
            &["hn-000", PROGRAMME],
        ),
        (&["recover", "--cut", "many"], &["many"]),
        (&["recover", "--cut", "-1"], &["-1"]),
        (&["status", "--by", "người ghi sổ"], &["người ghi sổ"]),
        (&["import", "statement"], &["FILE"]),
        (&["import", "fish"], &["fish"]),
        (&["received", "--by", "colour", "--lang", "xx"], &["xx"]),
    ] {
        let run = harmless(&folder, |folder| folder.run(arguments));
        let run = run.exits(2);
        assert!(run.out.is_empty(), "{}: {}", run.command, run.out);
        for name in names {
            assert!(
                run.err.contains(name),
                "{} does not name {name}: {}",
                run.command,
                run.err
            );
        }
        assert!(
            run.err.lines().count() <= 3,
            "{}: one sentence, not a page: {}",
            run.command,
            run.err
        );
    }
    // Nothing at all: what there is, and that nothing was done.
    let bare = run(&mut Command::new(minhbach()));
    assert_eq!(bare.code, Some(2));
    assert!(
        bare.err.contains("record") && bare.err.contains("trail"),
        "{}",
        bare.err
    );
}

#[test]
fn help_lists_every_command_in_both_languages() {
    let help = |arguments: &[&str]| run(Command::new(minhbach()).args(arguments)).ok().out;
    let (vi, en) = (
        help(&["--help", "--lang", "vi"]),
        help(&["--help", "--lang", "en"]),
    );
    assert_ne!(vi, en);
    for command in [
        "init",
        "record",
        "import",
        "trail",
        "received",
        "balances",
        "statement",
        "verify",
        "recover",
        "status",
        "rebuild",
        "schema",
        "demo",
        "actor",
        "prove",
        "export",
        "mirror",
        "witness",
    ] {
        assert!(vi.contains(command) && en.contains(command), "{command}");
        let (vi, en) = (
            help(&[command, "--help", "--lang", "vi"]),
            help(&[command, "--help", "--lang", "en"]),
        );
        assert!(!vi.is_empty() && !en.is_empty());
        assert_ne!(vi, en, "{command}");
        assert!(
            !vi.contains("Unknown localization") && !en.contains("Unknown localization"),
            "{command}: {vi}{en}"
        );
    }
}

#[test]
fn help_keeps_to_the_width_of_the_terminal() {
    let commands = [
        "",
        "demo",
        "init",
        "programme",
        "record",
        "import",
        "trail",
        "received",
        "balances",
        "statement",
        "needs",
        "progress",
        "search",
        "parties",
        "places",
        "status",
        "verify",
        "rebuild",
        "recover",
        "schema",
        "import csv",
        "import statement",
        "programme list",
        "programme show",
        "programme check",
        "actor",
        "actor add",
        "actor list",
        "actor revoke",
        "prove",
        "export",
        "export tiles",
        "mirror",
        "witness",
        "serve",
    ];
    for (command, language) in commands
        .iter()
        .flat_map(|command| [(command, "vi"), (command, "en")])
    {
        let mut asked = Command::new(minhbach());
        asked
            .args(command.split_whitespace())
            .args(["--help", "--lang", language]);
        let help = run(asked.env("COLUMNS", "80")).ok().out;
        let lines: Vec<&str> = help.lines().collect();
        for line in &lines {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
        // Broken once: a line that ends long before the next word would not fit was broken by somebody else.
        let (_, end) = help.rsplit_once("  -h, --help").unwrap_or(("", ""));
        let end: Vec<&str> = end.lines().skip_while(|line| !line.is_empty()).collect();
        for two in end.windows(2) {
            let set = |line: &str| line.contains("  ") || line.is_empty() || line.starts_with(' ');
            let word = two[1].split(' ').next().unwrap_or_default().chars().count();
            let fits = two[0].chars().count() + 1 + word <= 80;
            let ends = two[0].ends_with([':', '.']) && set(end.last().copied().unwrap_or_default());
            assert!(set(two[0]) || set(two[1]) || !fits || ends, "{command}: {two:?}");
        }
    }
}

#[test]
fn folders_that_are_none_are_named() {
    let absent = DataFolder::absent();
    let path = absent.path().to_str().expect("a path").to_owned();
    for arguments in [
        &["record", "-"][..],
        &["status"],
        &["verify"],
        &["balances"],
        &["trail", "RC-1"],
        &["received"],
        &["statement"],
        &["rebuild"],
        &["recover", "--cut", "1"],
    ] {
        absent.run(arguments).fails_clearly(2, &[&path]);
        assert!(!absent.path().exists(), "{arguments:?} made the folder");
    }
    // A file, and a folder without a journal.
    std::fs::write(absent.path(), "a file").expect("a file");
    for arguments in [
        &["status"][..],
        &["record", "-"],
        &["verify"],
        &["init", "--origin", ORIGIN],
    ] {
        absent.run(arguments).fails_clearly(2, &[&path]);
        assert_eq!(std::fs::read(absent.path()).expect("the file"), b"a file");
    }
    std::fs::remove_file(absent.path()).expect("removed");
    std::fs::create_dir(absent.path()).expect("a folder");
    absent.run(["status"]).fails_clearly(2, &[&path, "init"]);
    absent.run(["record", "-"]).fails_clearly(2, &[&path, "init"]);
    assert_eq!(std::fs::read_dir(absent.path()).expect("the folder").count(), 0);
    // A ledger is opened once.
    absent.open();
    let bytes = absent.journal().bytes;
    absent
        .run(["init", "--origin", ORIGIN])
        .fails_clearly(2, &[&path]);
    assert_eq!(absent.journal().bytes, bytes);
    // Somebody's notes beside the journal's files do no harm; what looks like one of them does.
    std::fs::write(absent.path().join("journal/notes.txt"), "x").expect("a file");
    absent.run(["verify"]).ok();
    std::fs::write(absent.path().join("journal/2024.log"), "x").expect("a file");
    absent.run(["record", "-"]).fails_clearly(2, &["2024.log"]);
    absent.run(["verify"]).fails_clearly(2, &["2024.log"]);
}

#[test]
fn input_files_that_are_none_are_named() {
    let folder = DataFolder::prepared();
    let here = folder.path().to_str().expect("a path").to_owned();
    let nowhere = format!("{here}/khong-co.ndjson");
    harmless(&folder, |folder| folder.run(["record", &nowhere])).fails_clearly(2, &["khong-co.ndjson"]);
    harmless(&folder, |folder| folder.run(["record", &here])).fails_clearly(2, &[&here]);
    // A file is read as stdin is.
    let file = folder.path().with_extension("ndjson");
    std::fs::write(&file, format!("{}\n", receipt(5))).expect("a file");
    let answers = folder
        .run(["record", file.to_str().expect("a path")])
        .ok()
        .json_lines();
    assert_eq!((answers.len(), answers[0]["seq"].is_u64()), (1, true));
}

// ---- Lines ----

/// What a line of the input is answered with.
#[track_caller]
fn refused(folder: &DataFolder, line: &[u8], code: &str) -> Value {
    let run = harmless(folder, |folder| {
        folder.run_with(["record", "-"], &[line, b"\n"].concat())
    });
    let shown = String::from_utf8_lossy(&line[..line.len().min(120)]).into_owned();
    let run = run.exits(1);
    let answers = run.json_lines();
    assert_eq!(answers.len(), 1, "{shown}: {}", run.out);
    assert_eq!(answers[0]["line"], 1, "{shown}");
    assert_eq!(answers[0]["error"]["code"], code, "{shown}: {}", run.out);
    for language in ["vi", "en"] {
        let message = answers[0]["error"]["message"][language]
            .as_str()
            .expect("a sentence");
        assert!(10 < message.len() && message.len() < 1_000, "{shown}: {message}");
        assert!(message.ends_with('.'), "{shown}: a sentence ends: {message}");
    }
    answers[0].clone()
}

#[test]
fn malformed_lines_are_answered_and_write_nothing() {
    let folder = DataFolder::prepared();
    let with = |field: &str, value: Value| {
        let mut line = receipt(5);
        line[field] = value;
        line.to_string().into_bytes()
    };
    let good = receipt(5).to_string();
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
    let deep_field = {
        let mut text = good[..good.len() - 1].to_owned();
        text.push_str(",\"note\":");
        text.push_str(&"{\"a\":".repeat(5_000));
        text.push('1');
        text.push_str(&"}".repeat(5_001));
        text.into_bytes()
    };
    let mut broken_utf8 = good.clone().into_bytes();
    broken_utf8.splice(2..2, [0xff, 0xfe]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "malformed"),
        (b"   ".to_vec(), "malformed"),
        (b"nonsense".to_vec(), "malformed"),
        (b"null".to_vec(), "malformed"),
        (b"[]".to_vec(), "malformed"),
        (b"{}".to_vec(), "malformed"),
        (b"{\"type\":5}".to_vec(), "malformed"),
        (b"\"receipt.issued\"".to_vec(), "malformed"),
        (b"{\"type\":\"receipt.issue\"}".to_vec(), "unknown_type"),
        (b"{\"type\":\"receipt.issued\"".to_vec(), "malformed"),
        (format!("{good} x").into_bytes(), "malformed"),
        (format!("{good}{good}").into_bytes(), "malformed"),
        (
            format!("{},\"item\":\"VND\"}}", &good[..good.len() - 1]).into_bytes(),
            "malformed",
        ),
        (broken_utf8, "malformed"),
        ([b"\x00", good.as_bytes()].concat(), "malformed"),
        ([good.as_bytes(), b"\x00"].concat(), "malformed"),
        (vec![0; 500], "malformed"),
        ([b"\xef\xbb\xbf", good.as_bytes()].concat(), "malformed"),
        (nested(30_000), "malformed"),
        (deep_field, "malformed"),
        (
            b"{\"type\":\"receipt.issued\",\"fund\":\"\\ud800\"}".to_vec(),
            "malformed",
        ),
        (vec![b'x'; 70_000], "too_large"),
        (with("reason", "x".repeat(70_000).into()), "too_large"),
        (with("quantity", json!(5)), "malformed"),
        (with("quantity", "-5".into()), "malformed"),
        (with("quantity", "0".into()), "malformed"),
        (with("quantity", "05".into()), "malformed"),
        (with("quantity", "5.5".into()), "malformed"),
        (with("quantity", "1e3".into()), "malformed"),
        (with("quantity", "1000000000000000".into()), "malformed"),
        (with("quantity", "NaN".into()), "malformed"),
        (with("received_on", "2024-02-30".into()), "malformed"),
        (with("received_on", "10/09/2024".into()), "malformed"),
        (with("received_on", Value::Null), "malformed"),
        (with("serial", "quy-mam-xanh/2024/000001".into()), "malformed"),
        (with("v", json!(1)), "malformed"),
        (with("at", "2024-09-10T00:00:00.000Z".into()), "malformed"),
        (with("colour", "red".into()), "malformed"),
        (with("fund", "Quỹ".into()), "malformed"),
        (with("key", "a b".into()), "malformed"),
        (with("key", "".into()), "malformed"),
        (with("by", "kế toán".into()), "malformed"),
        (with("receipt", "rc-1".into()), "malformed"),
        (with("fund", "quy-khac".into()), "unknown_reference"),
        (with("pool", "khong-co".into()), "unknown_reference"),
        (with("received_on", "2999-01-01".into()), "out_of_period"),
        (with("receipt", "RC-0912345678".into()), "personal_data"),
    ];
    for (line, code) in &cases {
        refused(&folder, line, code);
    }
    folder.run(["verify"]).ok();
    assert_eq!(folder.record_all(&[receipt(5)]).len(), 1);
}

#[test]
fn a_malformed_field_is_named() {
    let folder = DataFolder::prepared();
    let mut line = allocation("AL-1", 5);
    line["draws"][0]["quantity"] = "five".into();
    let answer = refused(&folder, line.to_string().as_bytes(), "malformed");
    for language in ["vi", "en"] {
        let message = answer["error"]["message"][language].as_str().expect("a sentence");
        assert!(message.contains("draws[0].quantity"), "{message}");
    }
}

#[test]
fn good_lines_among_bad_ones_are_recorded_and_numbered() {
    let folder = DataFolder::prepared();
    let size = folder.journal().size() as u64;
    let input = format!("{}\r\n\r\nnonsense\n{}\n\n{}", receipt(1), receipt(2), receipt(3));
    let run = folder.run_with(["record", "-"], input.as_bytes()).exits(1);
    let answers = run.json_lines();
    let numbers: Vec<u64> = answers
        .iter()
        .map(|answer| answer["line"].as_u64().expect("a number"))
        .collect();
    let seqs: Vec<Option<u64>> = answers.iter().map(|answer| answer["seq"].as_u64()).collect();
    // Windows line ends, and a last line without its end, are no fault.
    let recorded: Vec<u64> = seqs.iter().flatten().copied().collect();
    assert_eq!(recorded, [size, size + 1, size + 2], "{}", run.out);
    assert!(numbers.is_sorted() && numbers.last() == Some(&6), "{}", run.out);
    assert_eq!(
        answers.iter().find(|answer| answer["line"] == 4).expect("line 4")["seq"],
        size + 1
    );
    assert_eq!(folder.journal().size() as u64, size + 3);
}

#[test]
fn empty_input_is_no_fault() {
    let folder = DataFolder::prepared();
    let run = harmless(&folder, |folder| folder.run_with(["record", "-"], b"")).ok();
    assert_eq!(run.out, "");
    let run = harmless(&folder, |folder| {
        folder.run_with(["record", "--atomic", "-"], b"")
    })
    .ok();
    assert_eq!(run.out, "");
}

#[test]
fn a_line_of_many_megabytes_is_measured_in_bounded_memory() {
    let folder = DataFolder::bare();
    let mut input = vec![b'x'; 200 << 20];
    input.extend_from_slice(format!("\n{}\n", fund()).as_bytes());
    let run = folder.run_with(["record", "-"], &input).exits(1);
    let answers = run.json_lines();
    assert_eq!(answers[0]["error"]["code"], "too_large");
    assert_eq!(answers[1]["seq"], 1);
    if let Some(kib) = run.peak_kib {
        assert!(kib < 150 << 10, "{kib} KiB");
    }
}

// ---- Keys, batches, streams ----

#[test]
fn the_same_key_answers_the_same_for_ever() {
    let folder = DataFolder::prepared();
    let mut gift = receipt(70_000);
    gift["key"] = "so-phu:1".into();
    let first = folder.record_all(&[gift.clone(), receipt(1)]).remove(0);
    assert!(first.get("repeated").is_none());
    let bytes = folder.journal().bytes;
    let again = folder
        .run_with(
            ["record", "-", "--by", "ai-khac"],
            format!("{gift}\n{gift}\n").as_bytes(),
        )
        .ok();
    for (index, answer) in again.json_lines().iter().enumerate() {
        let mut expected = first.clone();
        expected["line"] = (index + 1).into();
        expected["repeated"] = true.into();
        assert_eq!(*answer, expected);
    }
    gift["quantity"] = "70001".into();
    let run = folder.record(&[gift.clone()]).exits(1);
    assert_eq!(run.json_lines()[0]["error"]["code"], "idempotency_conflict");
    assert_eq!(folder.journal().bytes, bytes);
    // Within one batch too.
    gift["key"] = "so-phu:2".into();
    let answers = folder.record_all(&[gift.clone(), gift]);
    assert_eq!(
        (&answers[0]["seq"], &answers[1]["repeated"]),
        (&answers[1]["seq"], &true.into())
    );
}

#[test]
fn atomic_is_all_or_nothing() {
    let folder = DataFolder::prepared();
    let lines = |proposals: &[Value]| {
        proposals
            .iter()
            .map(|p| format!("{p}\n"))
            .collect::<String>()
            .into_bytes()
    };
    let mut stray = receipt(1);
    stray["pool"] = "khong-co".into();
    let refused = [receipt(10), stray, receipt(20)];
    let run = harmless(&folder, |folder| {
        folder.run_with(["record", "--atomic", "-"], &lines(&refused))
    })
    .exits(1);
    let answers = run.json_lines();
    assert_eq!(answers.len(), 3, "{}", run.out);
    assert_eq!(answers[1]["error"]["code"], "unknown_reference");
    assert!(
        answers.iter().all(|answer| answer.get("seq").is_none()),
        "{}",
        run.out
    );
    let unread = [&lines(&[receipt(10)])[..], b"nonsense\n"].concat();
    let run = harmless(&folder, |folder| {
        folder.run_with(["record", "--atomic", "-"], &unread)
    })
    .exits(1);
    assert_eq!(run.json_lines().len(), 2, "{}", run.out);
    let size = folder.journal().size();
    let accepted = [receipt(10), receipt(20), allocation("AL-1", 30)];
    let run = folder
        .run_with(["record", "--atomic", "-"], &lines(&accepted))
        .ok();
    assert_eq!(run.json_lines()[2]["code"], "AL-1");
    assert_eq!(folder.journal().size(), size + 3);
    // Too many for one commit: said, and nothing done.
    let many: Vec<Value> = (0..5_000).map(|_| receipt(1)).collect();
    let run = folder.run_with(["record", "--atomic", "-"], &lines(&many));
    let recorded = folder.journal().size() - size - 3;
    match run.code {
        Some(0) => assert_eq!(recorded, many.len()),
        _ => {
            assert_eq!(recorded, 0);
            run.fails_clearly(2, &[]);
        }
    }
}

#[test]
fn answers_come_while_the_input_is_still_open() {
    let folder = DataFolder::prepared();
    let mut child = folder
        .command(["record"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("stdin");
    let mut answers = BufReader::new(child.stdout.take().expect("stdout")).lines();
    for n in 1..=20 {
        // Half a line is not answered and does no harm.
        let line = format!("{}\n", receipt(n));
        let (half, rest) = line.split_at(line.len() / 2);
        stdin.write_all(half.as_bytes()).expect("proposed");
        stdin.flush().expect("flushed");
        stdin.write_all(rest.as_bytes()).expect("proposed");
        let answer: Value =
            serde_json::from_str(&answers.next().expect("an answer").expect("read")).expect("JSON");
        assert_eq!(answer["line"], n);
        // Acknowledged is durable: it is in the file now.
        let seq = answer["seq"].as_u64().expect("recorded") as usize;
        assert_eq!(
            folder.journal().lines[seq].hash,
            answer["hash"].as_str().expect("a hash")
        );
    }
    drop(stdin);
    assert!(child.wait().expect("ended").success());
}

#[test]
fn a_reader_that_leaves_ends_the_command_quietly() {
    let folder = DataFolder::prepared();
    folder.record_all(
        &(1..=3_000)
            .map(|_| {
                let mut lot = receipt(1_000);
                lot.as_object_mut().expect("an object").remove("pool");
                lot
            })
            .collect::<Vec<_>>(),
    );
    for arguments in [
        &["balances"][..],
        &["balances", "--format", "json"],
        &["balances", "--format", "csv"],
        &["statement"],
        &["schema"],
        &["--help"],
    ] {
        let mut child = folder
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut some = [0; 10];
        let mut stdout = child.stdout.take().expect("stdout");
        stdout.read_exact(&mut some).expect("ten bytes");
        drop(stdout);
        let output = child.wait_with_output().expect("ended");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(err, "", "{arguments:?}");
        // Ended by the signal of a broken pipe, or with an exit code: both are quiet.
        assert_ne!(output.status.code(), Some(101), "{arguments:?}");
    }
    // What a writer acknowledged to nobody may be kept or not; nothing else breaks.
    let mut child = folder
        .command(["record"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("stdin");
    let begin = Instant::now();
    while stdin.write_all(format!("{}\n", receipt(1)).as_bytes()).is_ok() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "it does not notice that its reader has gone"
        );
    }
    drop(stdin);
    let output = child.wait_with_output().expect("ended");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    folder.run(["verify"]).ok();
}

// ---- Documents ----

fn document(folder: &DataFolder, arguments: &[&str]) -> OrderedJson {
    let run = folder
        .run(arguments.iter().copied().chain(["--format", "json"]))
        .ok();
    assert!(run.out.ends_with('\n'), "{}", run.command);
    OrderedJson::read(&run.out)
}

#[track_caller]
fn assert_as_of(document: &OrderedJson, folder: &DataFolder) {
    let journal = folder.journal();
    let as_of = document.get("as_of");
    assert_eq!(as_of.keys(), ["size", "head"]);
    assert_eq!(*as_of.get("size"), OrderedJson::Bare(journal.size().to_string()));
    assert_eq!(*as_of.get("head"), OrderedJson::Text(journal.head().to_owned()));
}

const OUTCOME: [&str; 9] = [
    "received",
    "available",
    "allocated",
    "delivered",
    "spent",
    "transferred",
    "refunded",
    "written_off",
    "expensed",
];

fn text(json: &OrderedJson, key: &str) -> String {
    match json.get(key) {
        OrderedJson::Text(text) => text.clone(),
        other => panic!("{key} is no text: {other:?}"),
    }
}

#[test]
fn answers_of_record_have_the_keys_of_the_interface() {
    let folder = DataFolder::prepared();
    let mut keyed = receipt(5);
    keyed["key"] = "k-1".into();
    let run = folder
        .record(&[keyed.clone(), keyed, json!({"type": "x"})])
        .exits(1);
    let answers: Vec<OrderedJson> = run.out.lines().map(OrderedJson::read).collect();
    assert_eq!(answers[0].keys(), ["line", "seq", "code", "hash"]);
    assert_eq!(answers[1].keys(), ["line", "seq", "code", "hash", "repeated"]);
    assert_eq!(answers[2].keys(), ["line", "error"]);
    assert_eq!(answers[2].get("error").keys(), ["code", "message", "detail"]);
    assert_eq!(answers[2].get("error").get("message").keys(), ["vi", "en"]);
    let code = text(&answers[0], "code");
    assert!(code.starts_with("RC-") && code.len() == 12, "{code}");
    // A reversal has no code.
    let run = folder
        .record(&[json!({"type": "entry.reversed", "reverses": 0, "reason": "thử"})])
        .exits(1);
    assert_eq!(run.json_lines()[0]["error"]["code"], "reversal_blocked");
    let seq = folder.journal().size() - 1;
    let run = folder
        .record(&[json!({"type": "entry.reversed", "reverses": seq, "reason": "nhập trùng"})])
        .ok();
    assert_eq!(OrderedJson::read(run.out.trim()).keys(), ["line", "seq", "hash"]);
    // All lines or none: the line that was well in itself is answered in the same form.
    let input = format!("{}\nnonsense\n", receipt(5));
    let run = folder
        .run_with(["record", "--atomic", "-"], input.as_bytes())
        .exits(1);
    for line in run.out.lines() {
        assert_eq!(
            OrderedJson::read(line).get("error").keys(),
            ["code", "message", "detail"],
            "{line}"
        );
    }
}

#[test]
fn status_and_balances_have_the_keys_of_the_interface() {
    let folder = with_a_gift();
    let status = document(&folder, &["status"]);
    assert_eq!(status.keys(), ["as_of", "origin", "kind", "vkey", "checkpoint"]);
    assert_as_of(&status, &folder);
    assert_eq!(
        (text(&status, "origin"), text(&status, "kind")),
        (ORIGIN.into(), "live".into())
    );

    let balances = document(&folder, &["balances"]);
    assert_eq!(balances.keys(), ["as_of", "rows"]);
    assert_as_of(&balances, &folder);
    let rows = balances.get("rows").items();
    let keys: Vec<&str> = ["lot", "kind", "fund", "source", "item"]
        .into_iter()
        .chain(OUTCOME)
        .collect();
    for row in rows {
        assert_eq!(row.keys(), keys);
        assert!(
            keys.iter().all(|key| row.get(key).is_text()),
            "quantities are texts: {row:?}"
        );
    }
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| keys.iter().map(|key| text(row, key)).collect())
        .collect();
    let row = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
    // By hand: 700,000 + 300,000 in, 900,000 allocated, of which 850,000 handed over.
    assert_eq!(
        shown,
        [
            row("gop-chung pool quy-mam-xanh social_domestic VND 1000000 100000 50000 850000 0 0 0 0 0"),
            row("RC-LO-RIENG lot quy-mam-xanh social_domestic VND 2000000 2000000 0 0 0 0 0 0 0"),
        ]
    );
}

#[test]
fn received_and_statement_have_the_keys_of_the_interface() {
    let folder = with_a_gift();
    let figures = [
        "delivered",
        "confirmed",
        "deliveries",
        "child_deliveries",
        "value_vnd",
        "unvalued",
    ];
    let received = document(&folder, &["received"]);
    assert_eq!(received.keys(), ["as_of", "rows", "total"]);
    assert_as_of(&received, &folder);
    let by = [
        "place",
        "category",
        "item",
        "month",
        "source",
        "programme",
        "unit",
    ];
    for row in received.get("rows").items() {
        let keys = row.keys();
        let (words, rest) = keys.split_at(keys.len() - figures.len());
        assert_eq!(rest, figures);
        // Those that stand there stand in this order, item and unit always.
        let order: Vec<usize> = words
            .iter()
            .map(|word| by.iter().position(|by| by == word).expect("a known key"))
            .collect();
        assert!(order.is_sorted(), "{words:?}");
        assert!(words.contains(&"item") && words.contains(&"unit"), "{words:?}");
        for key in ["delivered", "confirmed", "value_vnd"] {
            assert!(row.get(key).is_text(), "{key}");
        }
        for key in ["deliveries", "child_deliveries", "unvalued"] {
            assert!(row.get(key).is_count(), "{key}");
        }
    }
    let total = received.get("total");
    assert_eq!(
        total.keys(),
        ["deliveries", "child_deliveries", "value_vnd", "unvalued"]
    );
    assert_eq!(*total.get("deliveries"), OrderedJson::Bare("2".into()));
    assert_eq!(*total.get("child_deliveries"), OrderedJson::Bare("60".into()));
    assert_eq!(text(total, "value_vnd"), "850000");
    let row = &received.get("rows").items()[0];
    assert_eq!(
        (text(row, "delivered"), text(row, "confirmed"), text(row, "unit")),
        ("850000".into(), "750000".into(), "VND".into())
    );

    let statement = document(&folder, &["statement"]);
    assert_eq!(statement.keys(), ["as_of", "rows"]);
    assert_as_of(&statement, &folder);
    let rows: Vec<String> = statement
        .get("rows")
        .items()
        .iter()
        .map(|row| {
            let keys = row.keys();
            assert!(
                keys == ["fund", "pool", "item", "day", "in", "out", "balance"]
                    || keys == ["fund", "item", "day", "in", "out", "balance"],
                "{keys:?}"
            );
            keys.iter()
                .map(|key| text(row, key))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let mut expected = [
        format!("{FUND} {POOL} VND 2024-09-10 1000000 0 1000000"),
        format!("{FUND} {POOL} VND 2024-10-05 0 850000 150000"),
        format!("{FUND} VND 2024-09-10 2000000 0 2000000"),
    ];
    let mut rows = rows;
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}

#[test]
fn a_trail_has_the_keys_of_the_interface() {
    let folder = with_a_gift();
    let trail = document(&folder, &["trail", "RC-DAU-TIEN"]);
    assert_eq!(
        trail.keys(),
        ["code", "kind", "as_of", "nodes", "edges", "outcome", "reached"]
    );
    assert_as_of(&trail, &folder);
    for node in trail.get("nodes").items() {
        let keys: Vec<&str> = node
            .keys()
            .into_iter()
            // `answered_by` are the seqs of confirmations, disputes and the like.
            .filter(|key| !["place", "category", "answered_by"].contains(key))
            .collect();
        let plain = ["code", "kind", "seq", "on", "item", "quantity"];
        assert!(keys.starts_with(&plain), "{keys:?}");
        let pool = ["count", "first", "last"];
        assert!(
            keys[plain.len()..].is_empty() || keys[plain.len()..] == pool,
            "{keys:?}"
        );
    }
    for edge in trail.get("edges").items() {
        assert_eq!(edge.keys(), ["from", "to", "item", "quantity"]);
    }
    assert_eq!(trail.get("outcome").keys(), OUTCOME);
    let reached = trail.get("reached").items();
    let keys = [
        "delivery",
        "place",
        "category",
        "item",
        "delivered",
        "share",
        "child_deliveries",
        "delivered_on",
        "state",
    ];
    assert_eq!(
        reached.len(),
        1,
        "the first gift went into the first delivery alone"
    );
    assert_eq!(reached[0].keys(), keys);
    // 700,000 of 800,000.
    assert_eq!(text(&reached[0], "share"), "7/8");
    assert_eq!(
        (text(&reached[0], "delivered"), text(&reached[0], "state")),
        ("800000".into(), "confirmed".into())
    );
    assert_eq!(
        (text(&reached[0], "place"), text(&reached[0], "delivered_on")),
        (PLACE.into(), "2024-10-05".into())
    );

    // Without an outcome where it is no gift; a pool is one node.
    let trail = document(&folder, &["trail", "DL-1"]);
    assert_eq!(
        trail.keys(),
        ["code", "kind", "as_of", "nodes", "edges", "reached"]
    );
    let of_pool = document(&folder, &["trail", POOL]);
    let node = of_pool
        .get("nodes")
        .items()
        .iter()
        .find(|node| text(node, "code") == POOL)
        .expect("the pool's node");
    assert!(
        node.keys().ends_with(&["count", "first", "last"]),
        "{:?}",
        node.keys()
    );
    // What nobody knows: one sentence, exit 1.
    for code in ["RC-KHONG-CO", "khong-co", "không phải mã", ""] {
        let run = folder.run(["trail", code]).exits(1);
        assert!(
            run.err.contains(code) && run.out.is_empty(),
            "{code}: {} {}",
            run.err,
            run.out
        );
    }
}

#[test]
fn csv_has_a_header_and_the_same_figures() {
    let folder = with_a_gift();
    for arguments in [&["balances"][..], &["received"], &["statement"]] {
        let csv = folder
            .run(arguments.iter().copied().chain(["--format", "csv"]))
            .ok()
            .out;
        let rows = document(&folder, arguments);
        let rows = rows.get("rows").items();
        let mut lines = csv.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let lines: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
        assert_eq!(lines.len(), rows.len(), "{csv}");
        for (line, row) in lines.iter().zip(rows) {
            assert_eq!(line.len(), header.len(), "{csv}");
            for key in row.keys() {
                let at = header.iter().position(|name| *name == key);
                let at = at.unwrap_or_else(|| panic!("{arguments:?}: no column {key} in {header:?}"));
                let value = match row.get(key) {
                    OrderedJson::Text(value) | OrderedJson::Bare(value) => value.clone(),
                    other => panic!("{key}: {other:?}"),
                };
                assert_eq!(line[at], value, "{key}");
            }
        }
    }
}

#[test]
fn words_are_in_the_language_that_was_asked_for() {
    let folder = with_a_gift();
    for arguments in [
        &["balances"][..],
        &["received"],
        &["statement"],
        &["status"],
        &["verify"],
        &["trail", "RC-DAU-TIEN"],
        &["trail", "RC-KHONG-CO"],
        &["fly"],
    ] {
        let said = |language: &str| {
            let run = folder.run(arguments.iter().copied().chain(["--lang", language]));
            format!("{}{}", run.out, run.err)
        };
        let (vi, en) = (said("vi"), said("en"));
        assert_ne!(vi, en, "{arguments:?}");
        assert!(!vi.is_ascii(), "{arguments:?}: Vietnamese has marks: {vi}");
        for text in [&vi, &en] {
            assert!(!text.contains("Unknown localization"), "{text}");
        }
    }
    // Vietnamese where nothing is asked for; and documents do not depend on it.
    let mut command = folder.command(["balances"]);
    let plain = run(command.env_remove("MINHBACH_LANG")).ok().out;
    assert_eq!(plain, folder.run(["balances", "--lang", "vi"]).ok().out);
    let json = |language: &str| {
        folder
            .run(["trail", "RC-DAU-TIEN", "--format", "json", "--lang", language])
            .ok()
            .out
    };
    assert_eq!(json("vi"), json("en"));
}

#[test]
fn a_trail_reads_as_a_tree() {
    let folder = with_a_gift();
    let run = folder.run(["trail", "RC-DAU-TIEN", "--lang", "vi"]).ok();
    for word in ["RC-DAU-TIEN", "700.000", "DL-1", "Xã Ba Vì", "30 lượt trẻ", "7/8"] {
        assert!(run.out.contains(word), "{word} is not in:\n{}", run.out);
    }
    assert!(!run.out.contains('\u{1b}'), "no colours where nobody sees them");
}

// ---- The other commands ----

#[test]
fn the_data_folder_and_the_actor_can_be_named() {
    let folder = DataFolder::absent();
    let by_environment = |arguments: &[&str], input: &[u8]| {
        let mut command = Command::new(minhbach());
        with_stdin(command.args(arguments).env("MINHBACH_DATA", folder.path()), input).ok()
    };
    by_environment(&["init", "--origin", ORIGIN, "--programme", PROGRAMME], b"");
    let mut own = pool();
    own["by"] = "quy.thu-quy".into();
    by_environment(
        &["record", "--by", "quy.ke-toan"],
        format!("{}\n{own}\n", fund()).as_bytes(),
    );
    let journal = folder.journal();
    let by: Vec<&str> = journal
        .lines
        .iter()
        .rev()
        .take(2)
        .map(|line| line.entry["by"].as_str().expect("a post"))
        .collect();
    assert_eq!(by, ["quy.thu-quy", "quy.ke-toan"]);
    assert_eq!(journal.lines[0].entry["by"], "local");
    assert_eq!(journal.lines[0].event()["kind"], "live");
    // The flag beats the environment.
    let absent = DataFolder::absent();
    let mut command = absent.command(["status"]);
    run(command.env("MINHBACH_DATA", folder.path())).exits(2);
    // A folder that is named nowhere is the usual one, where we stand.
    let here = tempfile_dir();
    let mut command = Command::new(minhbach());
    command
        .args(["init", "--origin", ORIGIN, "--kind", "demo"])
        .env_remove("MINHBACH_DATA")
        .current_dir(here.path());
    run(&mut command).ok();
    assert!(here.path().join("minhbach-data/journal").is_dir());
}

fn tempfile_dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn only_a_demo_takes_the_time_from_outside() {
    let folder = DataFolder::absent();
    folder.run(["init", "--origin", ORIGIN, "--kind", "demo"]).ok();
    // Not one to come: every later entry would stand there too.
    let mut future = fund();
    future["at"] = "2999-01-01T00:00:00.000Z".into();
    let refused = folder.record(&[future]).exits(1).json_lines();
    assert_eq!(refused[0]["error"]["code"], "out_of_period");
    assert_eq!(refused[0]["error"]["detail"]["field"], "at");
    // An earlier time repeats the last.
    let mut earlier =
        json!({"type": "party.registered", "party": "ben-a", "kind": "supplier", "name": "Bên A"});
    earlier["at"] = "2024-01-01T00:00:00.000Z".into();
    folder.record_all(&[earlier]);
    let journal = folder.journal();
    assert_eq!(journal.lines[1].entry["at"], journal.lines[0].entry["at"]);
    folder.run(["verify"]).ok();
}

#[test]
fn the_demo_runs_verifies_and_its_trails_work() {
    let folder = DataFolder::absent();
    let run = folder.run(["demo", "--no-serve"]).ok();
    folder.run(["verify"]).ok();
    let status = folder.run(["status", "--format", "json"]).ok().json();
    assert_eq!(status["kind"], "demo");
    assert!((200..5_000).contains(&status["as_of"]["size"].as_u64().expect("a size")));
    let journal = folder.journal();
    assert!(2 <= journal.of("delivery.disputed").count());
    assert!(1 <= journal.of("entry.reversed").count());
    assert!(
        journal
            .lines
            .iter()
            .any(|line| line.event().get("despite").is_some())
    );
    // The commands are there to be copied: run them as they stand.
    let said = format!("{}\n{}", run.out, run.err);
    let commands: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("minhbach "))
        .collect();
    assert_eq!(commands.len(), 6, "{said}");
    for line in commands {
        let path = std::env::join_paths(minhbach().parent().map(Path::to_path_buf).into_iter().chain(
            std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()),
        ));
        let mut shell = Command::new("sh");
        shell
            .args(["-c", line])
            .env("PATH", path.expect("a path"))
            .env_remove("MINHBACH_DATA");
        let trail = minhbach_tests::run(&mut shell).ok();
        assert!(3 <= trail.out.lines().count(), "{line}: {}", trail.out);
    }
    // Words for what the books know by labels, and nothing said twice or as zero.
    let vi = |arguments: &[&str]| folder.run([arguments, &["--lang", "vi"]].concat()).ok().out;
    let progress = vi(&["progress", "hp-256-2019"]);
    let (_, places) = progress.split_once("T-06").expect("a count of places");
    let (places, _) = places.split_once("\n\n").expect("an end");
    assert_eq!(places.matches("Theo sổ").count(), 1, "{places}");
    assert!(!progress.contains(" 0 lượt trẻ"), "{progress}");
    assert!(vi(&["progress", "hn-204-2019"]).contains("trẻ mầm non, tiểu học"));
    assert!(vi(&["parties", "mat-tran-ha-noi"]).contains("Mặt trận Tổ quốc,"));
    assert!(vi(&["programme", "show", "hn-204-2019"]).contains("Mặt trận Tổ quốc: "));
    assert!(vi(&["search", "quỹ núi tản"]).contains(" quỹ"));

    // A second demo in the same folder harms nothing.
    let bytes = folder.journal().bytes;
    let again = folder.run(["demo", "--no-serve"]);
    assert!(matches!(again.code, Some(0 | 2)), "{again:?}");
    assert!(
        !again.err.is_empty() && !again.err.contains("panicked"),
        "{}",
        again.err
    );
    assert_eq!(folder.journal().bytes, bytes);
}

#[test]
fn the_demo_is_the_same_every_time() {
    // Times, codes and amounts are all the story's own, so the journal is, byte for byte.
    let journal = || {
        let folder = DataFolder::absent();
        folder.run(["demo", "--no-serve"]).ok();
        folder.journal().bytes
    };
    assert!(journal() == journal());
}

#[test]
fn the_demo_is_told_as_often_as_asked() {
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve", "--scale", "3"]).ok();
    folder.run(["verify"]).ok();
    let journal = folder.journal();
    assert_eq!(journal.of("ledger.opened").count(), 1);
    assert_eq!(journal.of("purchase.made").count() % 3, 0);
    for code in ["PU-AO-AM-01", "PU-AO-AM-01-X2", "PU-AO-AM-01-X3"] {
        let named = journal.of("purchase.made");
        assert_eq!(
            named.filter(|line| line.event()["purchase"] == code).count(),
            1,
            "{code}"
        );
    }
    // Each report is bound to the journal as it was just before.
    let reports: Vec<_> = journal.of("report.filed").collect();
    assert_eq!(reports.len(), 3);
    for report in reports {
        assert_eq!(report.event()["size"], report.entry["seq"]);
        assert_eq!(report.event()["head"], report.entry["prev"]);
    }
    for wrong in ["0", "1000001", "many"] {
        DataFolder::absent().run(["demo", "--scale", wrong]).exits(2);
    }
}

#[test]
fn the_schema_is_json_and_names_every_event_of_the_journal() {
    let entries = run(Command::new(minhbach()).args(["schema", "entry"])).ok();
    let schema = entries.json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let text = schema.to_string();
    let folder = with_a_gift();
    for line in folder.journal().lines {
        assert!(text.contains(&format!("\"{}\"", line.kind())), "{}", line.kind());
    }
    let list = run(Command::new(minhbach()).args(["schema", "list"])).ok().out;
    // A program that asks for the schema gets it.
    assert_eq!(run(Command::new(minhbach()).arg("schema")).ok().out, entries.out);
    let receipt = run(Command::new(minhbach()).args(["schema", "receipt.issued"]))
        .ok()
        .json();
    assert_eq!(receipt["properties"]["type"]["const"], "receipt.issued");
    let variants = schema["$defs"]
        .as_object()
        .or_else(|| schema["definitions"].as_object());
    for (name, _) in variants
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.contains('.'))
    {
        assert!(list.contains(&format!("  {name} ")), "{name}");
    }
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
    let wrong = run(Command::new(minhbach()).args(["schema", "receipt.isued"])).exits(2);
    assert!(wrong.err.contains("receipt.issued?"), "{}", wrong.err);
}

#[test]
fn recover_keeps_what_it_cuts_and_names_what_it_did() {
    let folder = with_a_gift();
    let before = folder.journal();
    let seq = before.size() - 2;
    folder
        .run(["recover", "--cut", &(before.size() + 5).to_string()])
        .exits(2);
    assert_eq!(folder.journal().bytes, before.bytes);
    // Nothing is damaged: what was acknowledged goes only when that is said.
    folder.run(["recover", "--cut", &seq.to_string()]).exits(2);
    forget_what_was_signed(folder.path());
    folder.run(["recover", "--cut", &seq.to_string()]).exits(2);
    let run = folder
        .run(["recover", "--cut", &seq.to_string(), "--acknowledged"])
        .ok();
    assert!(
        format!("{}{}", run.out, run.err).contains("recovered"),
        "where it is kept: {}{}",
        run.out,
        run.err
    );
    let after = folder.journal();
    assert_eq!(after.size(), seq);
    assert!(before.bytes.starts_with(&after.bytes));
    folder.run(["verify"]).ok();
    let row = folder.run(["balances", "--format", "json"]).ok().json()["rows"][0].clone();
    // Without the second delivery and its confirmation: 50,000 more wait.
    assert_eq!(
        (&row["allocated"], &row["delivered"]),
        (&"100000".into(), &"800000".into())
    );
}

#[test]
fn small_groups_and_four_eyes_hold_at_the_door() {
    let folder = DataFolder::prepared();
    folder.record_all(&[receipt(1_000_000), allocation("AL-1", 900_000)]);
    let mut few = delivery("DL-1", "AL-1", 1_000);
    few["children"] = 3.into();
    refused(&folder, few.to_string().as_bytes(), "small_group");
    folder.record_all(&[delivery("DL-1", "AL-1", 1_000)]);
    let mut own = confirmation("DL-1", 1_000);
    own["by"] = "local".into();
    refused(&folder, own.to_string().as_bytes(), "four_eyes");
    let mut more = delivery("DL-2", "AL-1", 900_000);
    more["receiver"] = SCHOOL.into();
    refused(&folder, more.to_string().as_bytes(), "insufficient_quantity");
}

#[test]
fn every_command_ends_soon_on_an_empty_ledger() {
    let folder = DataFolder::bare();
    for arguments in [
        &["status"][..],
        &["verify"],
        &["balances"],
        &["received"],
        &["statement"],
        &["rebuild"],
    ] {
        let run = run_for(&mut folder.command(arguments), Duration::from_secs(10)).ok();
        assert!(!run.err.contains("panicked"));
    }
}
