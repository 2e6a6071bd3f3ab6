//! Imports while a server has the folder: over it, under a token, once, whatever breaks in between.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use minhbach_exchange::sample::Sample;
use minhbach_tests::{DataFolder, JournalFiles, Run, Server, actor, groundwork, run, statement_import};
use tempfile::TempDir;

/// What the table's map says.
const MAP: &str = r#"
map = "so-thu"
event = "receipt.issued"
numbers = "vi"
dates = "dd/mm/yyyy"
key = { columns = ["Số phiếu"] }

[fields]
receipt = { column = "Số phiếu" }
fund = "quy-mam-xanh"
pool = "gop-chung"
source = "social_domestic"
item = "VND"
quantity = { column = "Số tiền" }
received_on = { column = "Ngày" }
display = "anonymous"
channel = "cash"
"#;

/// Two rows that the ledger takes, and one whose day no gift can have.
const TABLE: &str = "Số phiếu;Ngày;Số tiền\nPT-001;05/09/2024;1.234.567\nPT-002;06/09/2024;500.000\nPT-003;06/09/2199;1.000\n";

/// A folder with a fund and a pool, files beside it, and a clerk.
struct Clerk {
    folder: DataFolder,
    files: TempDir,
    token: String,
}

impl Clerk {
    fn of(role: &str) -> Clerk {
        let folder = DataFolder::opened();
        folder.record_all(&groundwork());
        let token = actor(&folder, "ke-toan", &[role], None);
        let files = tempfile::tempdir().expect("a folder");
        Clerk { folder, files, token }
    }

    fn file(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.files.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn command(&self, folder: &DataFolder, url: &str, arguments: &[&str]) -> Command {
        let mut command = folder.command(arguments);
        command.args(["--server", url]).env("MINHBACH_TOKEN", &self.token);
        command
    }

    fn table(&self, folder: &DataFolder, url: &str) -> Run {
        let (table, map) = (
            self.file("thu.csv", TABLE.as_bytes()),
            self.file("thu.toml", MAP.as_bytes()),
        );
        let (table, map) = (table.to_string_lossy(), map.to_string_lossy());
        run(&mut self.command(
            folder,
            url,
            &["import", "csv", &table, "--map", &map, "--format", "json"],
        ))
    }

    fn statement(&self, url: &str, lines: u64) -> Command {
        let mut text = Vec::new();
        Sample { lines, seed: 7 }.write(&mut text).expect("a statement");
        let file = self.file("sao-ke.csv", &text);
        let file = file.to_string_lossy().into_owned();
        self.command(&self.folder, url, &statement_import(&file))
    }

    fn receipts(&self) -> usize {
        JournalFiles::read(self.folder.path())
            .of("receipt.issued")
            .count()
    }
}

#[test]
fn a_table_goes_in_once_under_the_clerk_s_own_post() {
    let clerk = Clerk::of("recorder");
    let server = Server::start(&clerk.folder);
    let first = clerk.table(&clerk.folder, &server.url).exits(1).json();
    assert_eq!(
        (&first["counts"]["recorded"], &first["counts"]["not_taken"]),
        (&2.into(), &1.into())
    );
    // What the ledger refuses over the server leads to its column like what it refuses here.
    let refused = &first["not_taken"][0];
    assert_eq!(
        (&refused["line"], &refused["code"]),
        (&4.into(), &"out_of_period".into()),
        "{refused}"
    );
    assert_eq!(
        (&refused["field"], &refused["column"]),
        (&"received_on".into(), &"Ngày".into())
    );
    let again = clerk.table(&clerk.folder, &server.url).exits(1).json();
    assert_eq!(
        (&again["counts"]["recorded"], &again["counts"]["there_before"]),
        (&0.into(), &2.into())
    );
    server.terminate();
    // Nor when the folder is free again: the keys are the same.
    let here = clerk.file("thu.csv", TABLE.as_bytes());
    let map = clerk.file("thu.toml", MAP.as_bytes());
    let arguments = [
        "import",
        "csv",
        &here.to_string_lossy(),
        "--map",
        &map.to_string_lossy(),
        "--format",
        "json",
    ];
    let here = clerk.folder.run(arguments).exits(1).json();
    assert_eq!(
        (&here["counts"]["recorded"], &here["counts"]["there_before"]),
        (&0.into(), &2.into())
    );
    let journal = clerk.folder.journal();
    let posts: Vec<_> = journal
        .of("receipt.issued")
        .map(|line| line.entry["by"].clone())
        .collect();
    assert_eq!(posts, ["ke-toan", "ke-toan"]);
}

#[test]
fn who_may_not_record_gifts_imports_none() {
    let clerk = Clerk::of("deliverer");
    let server = Server::start(&clerk.folder);
    let told = clerk.table(&clerk.folder, &server.url).exits(1).json();
    let codes: Vec<_> = told["not_taken"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["code"].clone())
        .collect();
    assert_eq!(codes, ["not_authorised"; 3]);
    assert_eq!(clerk.receipts(), 0);
}

#[test]
fn an_import_says_where_to_go_and_where_it_is_wrong() {
    let clerk = Clerk::of("recorder");
    let server = Server::start(&clerk.folder);
    let (table, map) = (
        clerk.file("thu.csv", TABLE.as_bytes()),
        clerk.file("thu.toml", MAP.as_bytes()),
    );
    let arguments = [
        "import",
        "csv",
        &table.to_string_lossy(),
        "--map",
        &map.to_string_lossy(),
    ];
    clerk
        .folder
        .run(arguments)
        .fails_clearly(2, &["in use", &format!("--server {}", server.url)]);
    // Another ledger with other secrets beside it.
    let other = DataFolder::opened();
    clerk
        .table(&other, &server.url)
        .fails_clearly(2, &["does not serve the ledger in", &server.url]);
    // One import at a time.
    let alone = std::fs::File::open(clerk.folder.path().join("journal")).expect("its journal");
    alone.try_lock().expect("nobody has it");
    clerk
        .table(&clerk.folder, &server.url)
        .fails_clearly(2, &["Another import"]);
    drop(alone);
    assert_eq!(clerk.receipts(), 0);
    clerk.table(&clerk.folder, &server.url).exits(1);
    assert_eq!(clerk.receipts(), 2);
}

#[test]
fn a_server_killed_in_the_middle_of_a_statement_costs_nothing_but_a_second_try() {
    const LINES: u64 = 20_000;
    let clerk = Clerk::of("recorder");
    let mut server = Server::start(&clerk.folder);
    let mut command = clerk.statement(&server.url, LINES);
    let importing = std::thread::spawn(move || run(&mut command));
    let begin = Instant::now();
    while clerk.receipts() < 2_000 {
        assert!(begin.elapsed() < Duration::from_secs(60), "nothing arrives");
        std::thread::sleep(Duration::from_millis(2));
    }
    server.kill();
    let stopped = importing.join().expect("it ends");
    let there = clerk.receipts();
    assert!(
        there < LINES as usize - 100,
        "it was killed too late to say anything"
    );
    stopped.fails_clearly(2, &["stopped half-way"]);
    server = Server::start(&clerk.folder);
    let second = run(&mut clerk.statement(&server.url, LINES)).ok();
    let third = run(&mut clerk.statement(&server.url, LINES)).ok();
    server.terminate();
    // One receipt a credit: as many as the statement has, whatever was sent twice.
    let mut text = Vec::new();
    let facts = Sample {
        lines: LINES,
        seed: 7,
    }
    .write(&mut text)
    .expect("a statement");
    assert_eq!(
        clerk.receipts() as u64,
        facts.credits,
        "{}\n{}",
        second.out,
        third.out
    );
    clerk.folder.run(["verify"]).ok();
}
