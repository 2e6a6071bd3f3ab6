//! The plans in the real binary: all of them in one ledger, and what a clerk types to write one.

use std::path::{Path, PathBuf};
use std::process::Command;

use minhbach_tests::{DataFolder, ORIGIN, Run, minhbach, run, workspace_root};
use serde_json::Value;
use tempfile::TempDir;

const PLANS: [&str; 7] = [
    "vn-588-2019",
    "vn-23-2021",
    "hn-204-2019",
    "hn-dolisa-3874",
    "hp-256-2019",
    "ubdt-960-2019",
    "hn-138-2021",
];

fn programme(arguments: &[&str]) -> Run {
    run(Command::new(minhbach())
        .env_remove("MINHBACH_LANG")
        .arg("programme")
        .args(arguments))
}

/// The events of a ledger, by type and what each is about.
fn recorded(folder: &DataFolder) -> Vec<(String, Value)> {
    let journal = folder.journal();
    let lines = String::from_utf8(journal.bytes.clone()).expect("UTF-8");
    let entries = lines.lines().map(|line| {
        let (_, entry) = line.split_once(' ').expect("a hash and an entry");
        let entry: Value = serde_json::from_str(entry).expect("JSON");
        let event = entry["event"].clone();
        (event["type"].as_str().expect("a type").to_owned(), event)
    });
    entries.collect()
}

#[test]
fn all_plans_open_in_one_ledger() {
    let folder = DataFolder::absent();
    let mut arguments = vec!["init", "--origin", ORIGIN];
    // In an order in which each would come before what it rests on; one is named twice.
    for plan in PLANS.iter().rev().chain(&PLANS[..1]) {
        arguments.extend(["--programme", plan]);
    }
    folder.run(&arguments).ok();
    folder.run(["verify"]).ok();

    let events = recorded(&folder);
    let of = |kind: &str| events.iter().filter(|(event, _)| event == kind).count();
    assert_eq!(of("programme.published"), PLANS.len());
    // Hanoi: the city, 5 districts, 14 communes, 9 since 2025. Hải Phòng: the city, 2 districts and the city of Thủy
    // Nguyên, 14 units, 4 between the reforms, 4 since.
    assert_eq!(of("place.registered"), 29 + 26);
    assert_eq!(of("place.succeeded"), 14 + 19);
    let published: Vec<&str> = events
        .iter()
        .filter(|(event, _)| event == "programme.published")
        .map(|(_, event)| event["programme"].as_str().expect("a slug"))
        .collect();
    assert_eq!(published, PLANS);
}

#[test]
fn a_plan_brings_what_it_rests_on_and_no_more() {
    for (plan, parents, places) in [
        ("vn-588-2019", 0, 0),
        ("ubdt-960-2019", 1, 0),
        ("hn-dolisa-3874", 2, 29),
        ("hp-256-2019", 1, 26),
        ("hn-138-2021", 1, 29),
    ] {
        let folder = DataFolder::absent();
        folder.run(["init", "--origin", ORIGIN, "--programme", plan]).ok();
        folder.run(["verify"]).ok();
        let events = recorded(&folder);
        let of = |kind: &str| events.iter().filter(|(event, _)| event == kind).count();
        assert_eq!(of("programme.published"), 1 + parents, "{plan}");
        assert_eq!(of("place.registered"), places, "{plan}");
    }
}

#[test]
fn the_list_names_every_plan() {
    let list = programme(&["list"]).ok();
    assert!(PLANS.iter().all(|plan| list.out.contains(plan)), "{}", list.out);
    assert!(list.out.contains("thuộc hn-204-2019"), "{}", list.out);
    let rows = programme(&["list", "--format", "json"]).ok().json();
    let ids: Vec<&str> = rows["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["programme"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, PLANS);
    for row in rows["rows"].as_array().expect("rows") {
        let id = row["programme"].as_str().expect("an id");
        let shown = programme(&["show", id, "--format", "json"]).ok().json();
        let notes = shown["notes"].as_array().map(|notes| notes.len() as u64);
        assert_eq!(row["notes"].as_u64(), notes, "{id}: the notes of `show`");
    }
    let csv = programme(&["list", "--format", "csv"]).ok();
    assert_eq!(csv.out.lines().count(), 1 + PLANS.len());
}

#[test]
fn a_plan_is_shown_with_its_notes() {
    for plan in PLANS {
        for language in ["vi", "en"] {
            let shown = programme(&["show", plan, "--lang", language]).ok();
            assert!(shown.out.contains(plan), "{}", shown.out);
            assert!(!shown.out.contains("localization"), "{}", shown.out);
        }
    }
    let shown = programme(&["show", "hn-138-2021"]).ok().out;
    for said in [
        "C-04",
        "cổng thông tin thành phố",
        "S3:4-7; press",
        "services-to-age-8",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let shown = programme(&["show", "hn-204-2019"]).ok().out;
    for said in [
        "558/QĐ-TTg",
        "Tân Lĩnh",
        "30/11",
        "31/10",
        "được quan tâm đặc biệt",
        "(ao-am)",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let document = programme(&["show", "hp-256-2019", "--format", "json"])
        .ok()
        .json();
    let notes = document["notes"].as_array().expect("notes");
    assert!(notes.iter().any(|note| note["id"] == "C-06"));
    assert_eq!(document["records"][0]["min_group"], 5);
    let csv = programme(&["show", "hp-256-2019", "--format", "csv"]).ok();
    assert!(csv.out.contains("target,T-06,"), "{}", csv.out);

    let unknown = programme(&["show", "hn-1"]).exits(1);
    assert!(
        unknown.out.is_empty() && unknown.err.contains("hn-204-2019"),
        "{}",
        unknown.err
    );
}

// ---- A plan of one's own ----

/// The pieces of the page that are fenced with a word.
fn fenced(page: &str, word: &str) -> Vec<String> {
    let page = std::fs::read_to_string(workspace_root().join(page)).expect("the page");
    page.split(&format!("```{word}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().expect("its end").to_owned())
        .collect()
}

fn example() -> String {
    fenced("docs/your-own-plan.md", "toml").swap_remove(0)
}

fn written(text: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("ke-hoach-vi-du.toml");
    std::fs::write(&file, text).expect("written");
    (folder, file)
}

fn check(file: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["check", file.to_str().expect("a path")];
    arguments.extend(more);
    programme(&arguments)
}

#[test]
fn the_example_of_the_page_passes_and_opens_a_ledger() {
    let (_folder, file) = written(example());
    let passed = check(&file, &[]).ok();
    let [shown, wrong] = &fenced("docs/your-own-plan.md", "text")[..] else {
        panic!("the page shows what is printed twice");
    };
    let shown = shown.split_once('\n').expect("the command and its answer").1;
    assert_eq!(passed.out, *shown);

    let folder = DataFolder::absent();
    let own = file.to_str().expect("a path");
    folder
        .run([
            "init",
            "--origin",
            ORIGIN,
            "--programme",
            own,
            "--programme",
            "hn-204-2019",
            "--programme",
            own,
        ])
        .ok();
    folder.run(["verify"]).ok();
    let events = recorded(&folder);
    let plans: Vec<&Value> = events
        .iter()
        .filter(|(event, _)| event == "programme.published")
        .map(|(_, event)| &event["programme"])
        .collect();
    assert_eq!(plans, ["vn-588-2019", "hn-204-2019", "ke-hoach-vi-du-2026"]);

    // The two slips that the page shows.
    let slips = example()
        .replace("\"xa-suoi-hai-ha-noi\"", "\"xa-suoi-hai\"")
        .replace("min_group = 5", "min_group = 3");
    let (_folder, file) = written(slips);
    assert_eq!(check(&file, &[]).exits(1).out, *wrong);
}

#[test]
fn every_slip_is_told_at_once_in_both_languages() {
    let slips = example()
        .replace("kind = \"village\"", "kind = \"thôn\"")
        .replace("group = \"poor_household\", due", "group = \"poor\", due")
        .replace("category = \"LIB-EQP\", title", "category = \"EDU-SUP\", title")
        .replace("cut_off = \"10-31\"", "cut_off = \"12-31\"")
        .replace("unit = \"SET\"", "unit = \"bộ\"");
    let (_folder, file) = written(&slips);
    let fields = [
        "kind",
        "categories[2].category",
        "targets[0].group",
        "targets[1].category",
        "reports[0].cut_off",
        "unit",
        "categories[0]",
    ];
    let answer = check(&file, &["--format", "json"]).exits(1).json();
    let errors = answer["errors"].as_array().expect("errors");
    let said: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect();
    assert_eq!(said, fields);
    // Lines count from the first, columns in characters.
    let line = 1 + slips
        .lines()
        .position(|line| line.starts_with("kind"))
        .expect("the line");
    assert_eq!(
        (&errors[0]["line"], &errors[0]["column"]),
        (&line.into(), &8.into())
    );

    let (vi, en) = (
        check(&file, &[]).exits(1),
        check(&file, &["--lang", "en"]).exits(1),
    );
    assert_eq!(vi.out.lines().count(), fields.len(), "{}", vi.out);
    for ((vi, en), field) in vi.out.lines().zip(en.out.lines()).zip(fields) {
        assert!(
            vi.starts_with("ke-hoach-vi-du.toml, dòng ") && vi.contains(field),
            "{vi}"
        );
        assert!(
            en.starts_with("ke-hoach-vi-du.toml, line ") && en.contains(field),
            "{en}"
        );
        assert_ne!(vi, en);
    }
    assert!(
        vi.err.contains("7 lỗi") && en.err.contains("7 errors"),
        "{} {}",
        vi.err,
        en.err
    );
    let csv = check(&file, &["--format", "csv"]).exits(1);
    assert_eq!(csv.out.lines().count(), 1 + fields.len());

    // A ledger is not begun with it, and the sentences say why.
    let folder = DataFolder::absent();
    let own = file.to_str().expect("a path");
    let refused = folder
        .run(["init", "--origin", ORIGIN, "--programme", own])
        .exits(2);
    assert!(
        fields.iter().all(|field| refused.err.contains(field)),
        "{}",
        refused.err
    );
    assert!(!folder.path().exists(), "nothing was made");
}

#[test]
fn what_is_no_text_or_no_file_is_told_and_exits_2() {
    let (folder, file) = written(b"as_of = \"\xff\"");
    check(&file, &[]).exits(2);
    check(&folder.path().join("khong-co.toml"), &[]).exits(2);
    check(folder.path(), &[]).exits(2);
    std::fs::write(&file, vec![b'#'; (1 << 20) + 1]).expect("written");
    check(&file, &[]).exits(2);
    // No TOML, an empty file, a file of places only: read, and wrong.
    for (text, named) in [
        ("as_of = ", "dòng 1, cột "),
        ("", "as_of"),
        ("as_of = 2026-01-01\n", "[[programme.published]]"),
    ] {
        let (_folder, file) = written(text);
        let wrong = check(&file, &[]).exits(1);
        assert!(wrong.out.contains(named), "{}", wrong.out);
    }
    // A mark at the beginning and line ends of Windows are no errors.
    let windows = format!("\u{feff}{}", example().replace('\n', "\r\n"));
    let (_folder, file) = written(windows);
    check(&file, &[]).ok();
}

/// What the file's own rules cannot see, the ledger's do: a number of a person in a text.
#[test]
fn the_rules_of_the_ledger_are_asked_too() {
    let private = example().replace("chủ trì, tổng hợp báo cáo.", "chủ trì; điện thoại 0912 345 678.");
    let (_folder, file) = written(private);
    let refused = check(&file, &[]).exits(1);
    assert!(refused.err.contains("programme.published"), "{}", refused.err);
}
