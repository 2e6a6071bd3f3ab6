//! A client that a stranger generates from the API's description tells the demo's story to an empty ledger: the same
//! entries to the byte, and the same answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use minhbach_tests::{DataFolder, Line, Server, actor, python, run_for, workspace_root};
use serde_json::Value;
use tempfile::TempDir;

/// A program that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(600);

#[test]
fn a_generated_client_tells_the_demo_s_story() {
    let modules = "openapi_python_client, httpx, attrs";
    let Some(python) = python(modules, "the API by a generated client") else {
        return;
    };
    let demo = DataFolder::absent();
    demo.run(["demo", "--no-serve"]).ok();
    let journal = demo.journal();
    let beside = demo.copy();
    let empty = empty();
    let tokens = tokens(&empty, &posts(&journal.lines));
    let (from, to) = (Server::start(&demo), Server::start(&empty));
    let work = TempDir::new().expect("a temporary folder");
    let file = |name: &str, text: String| {
        let path = work.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let description = file(
        "openapi.json",
        from.get("/v1/openapi.json").is(200).text().to_owned(),
    );
    let tokens = file("tokens.json", serde_json::to_string(&tokens).expect("JSON"));

    generate(&python, work.path(), &description);
    let mut story = Command::new(&python);
    story
        .env("PYTHONPATH", work.path())
        .env("PYTHONIOENCODING", "utf-8")
        .arg(workspace_root().join("tests/python/story.py"))
        .args([&from.url, &to.url])
        .arg(tokens);
    let run = run_for(&mut story, PATIENCE);
    assert_eq!(run.code, Some(0), "{}", run.err);

    let answers = run.json_lines();
    assert!(10 < answers.len(), "{} questions", answers.len());
    for said in &answers {
        let words = said["command"].as_array().into_iter().flatten();
        let command: Vec<&str> = words
            .filter_map(Value::as_str)
            .chain(["--format", "json"])
            .collect();
        let expected = beside.run(&command).ok().json();
        assert_eq!(said["answer"], expected, "{command:?}");
        assert_eq!(expected["as_of"]["size"], journal.lines.len(), "{command:?}");
    }
    assert_eq!(to.terminate().code, Some(0));
    empty.run(["verify"]).ok();
    assert!(
        empty.journal().bytes == journal.bytes,
        "the journals are not the same bytes"
    );
}

/// A folder whose journal has begun and has no entry; the story itself opens the ledger.
fn empty() -> DataFolder {
    let folder = DataFolder::absent();
    let journal = folder.path().join("journal");
    std::fs::create_dir_all(&journal).expect("the journal's folder");
    std::fs::write(journal.join(format!("{:020}.log", 0)), "").expect("an empty file");
    folder
}

/// What a post of the story does: the types it records, and the organisation it speaks for.
#[derive(Default)]
struct Post<'a> {
    types: BTreeSet<&'a str>,
    party: Option<&'a str>,
}

fn posts(lines: &[Line]) -> BTreeMap<&str, Post<'_>> {
    let mut posts: BTreeMap<&str, Post<'_>> = BTreeMap::new();
    for line in lines {
        let by = line.entry["by"].as_str().expect("an entry has an actor");
        let post = posts.entry(by).or_default();
        post.types.insert(line.kind());
        let speaks_for = ["confirmed_by", "disputed_by"];
        let party = speaks_for.iter().find_map(|name| line.event()[*name].as_str());
        assert!(
            post.party.is_none() || party.is_none() || post.party == party,
            "{by} speaks for two organisations"
        );
        post.party = post.party.or(party);
    }
    posts
}

/// Gives each post the fewest roles that what it records needs; its token, by its code.
fn tokens<'a>(folder: &DataFolder, posts: &BTreeMap<&'a str, Post<'_>>) -> BTreeMap<&'a str, String> {
    let duties = duties();
    let mut tokens = BTreeMap::new();
    for (by, post) in posts {
        let mut roles: Vec<&str> = Vec::new();
        // What only one role may record comes first, since that role may be enough for the rest.
        let mut needed: Vec<&Vec<String>> = post.types.iter().map(|kind| &duties[*kind]).collect();
        needed.sort_by_key(|any_of| any_of.len());
        for any_of in needed {
            if !any_of.iter().any(|role| roles.contains(&role.as_str())) {
                roles.push(&any_of[0]);
            }
        }
        tokens.insert(*by, actor(folder, by, &roles, post.party));
    }
    tokens
}

/// Each type of event and the roles that may record it, as `docs/actors.md` has them.
fn duties() -> BTreeMap<String, Vec<String>> {
    let page = std::fs::read_to_string(workspace_root().join("docs/actors.md")).expect("docs/actors.md");
    let words =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut duties = BTreeMap::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').collect();
        if let [_, types, roles, _, _] = cells.as_slice() {
            duties.extend(words(types).into_iter().map(|kind| (kind, words(roles))));
        }
    }
    assert!(40 < duties.len(), "the table of types and roles");
    duties
}

/// Makes the client; a part of the description that it would leave out is a failure.
fn generate(python: &Path, work: &Path, description: &Path) {
    let mut generator = Command::new(python);
    generator
        .current_dir(work)
        .args(["-m", "openapi_python_client", "generate", "--meta", "none"])
        .args(["--fail-on-warning", "--output-path", "so_minh_bach", "--config"])
        .arg(workspace_root().join("tests/python/client.yaml"))
        .arg("--path")
        .arg(description);
    let run = run_for(&mut generator, PATIENCE);
    let said = format!("{}{}", run.out, run.err);
    assert_eq!(run.code, Some(0), "{said}");
    assert!(!said.contains("WARNING"), "{said}");
}
