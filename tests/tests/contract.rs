//! The API is what its description says: asked by strangers' tools, which know of it only what is described.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use minhbach_tests::{DataFolder, Server, actor, python, run_for, workspace_root};
use tempfile::TempDir;

/// Whoever may record most: a receiver speaks for one organisation, and an auditor records nothing.
const ROLES: &[&str] = &["recorder", "approver", "deliverer", "inspector", "admin"];
const ACTOR: &str = "may-thu";

/// A tool that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(600);

fn demo() -> DataFolder {
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    folder
}

/// Runs a program of a Python's that must find nothing wrong, with the folder of our own programs, in a folder where it may
/// leave what it likes.
fn run(python: &Path, arguments: &[&str], environment: &[(&str, &str)]) {
    let litter = TempDir::new().expect("a temporary folder");
    let mut command = Command::new(python);
    command
        .current_dir(litter.path())
        .env("PYTHONPATH", ours(""))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .envs(environment.iter().copied())
        .args(arguments);
    let run = run_for(&mut command, PATIENCE);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

/// A file of `tests/python`.
fn ours(name: &str) -> PathBuf {
    workspace_root().join("tests/python").join(name)
}

/// Every route, with the codes that are there and with what is refused; the description itself, too.
#[test]
fn every_answer_is_as_described() {
    let modules = "jsonschema, openapi_spec_validator";
    let Some(python) = python(modules, "answers against the API's description") else {
        return;
    };
    let folder = demo();
    let token = actor(&folder, ACTOR, ROLES, None);
    let server = Server::start(&folder);
    let program = ours("answers.py");
    let program = program.to_str().expect("a path that is text");
    run(&python, &[program, &server.url, &token], &[]);
    assert_eq!(server.terminate().code, Some(0));
}

/// Questions and proposals that were made from the description, well formed and not.
#[test]
fn whatever_is_made_from_the_description_is_answered_as_described() {
    let Some(python) = python("schemathesis", "the API by made-up requests") else {
        return;
    };
    let folder = demo();
    let token = actor(&folder, ACTOR, ROLES, None);
    let server = Server::start(&folder);
    let bearer = format!("Authorization: Bearer {token}");
    let with_token = ["--header", bearer.as_str()];
    // Without a token the same routes read, and nothing is recorded: fewer of the same.
    let without_token = ["--phases", "examples,fuzzing", "--max-examples", "10"];
    for (more, actor) in [(&with_token[..], ACTOR), (&without_token[..], "")] {
        let configuration = ours("schemathesis.toml");
        let description = format!("{}/v1/openapi.json", server.url);
        let mut arguments = vec!["-m", "schemathesis.cli", "--config-file"];
        arguments.push(configuration.to_str().expect("a path that is text"));
        arguments.extend(["run", &description, "--no-color"]);
        arguments.extend(more);
        let hooks = [
            ("SCHEMATHESIS_HOOKS", "schemathesis_hooks"),
            ("MINHBACH_ACTOR", actor),
        ];
        run(&python, &arguments, &hooks);
    }
    server.get("/readyz").is(200);
    assert_eq!(server.terminate().code, Some(0));
    folder.run(["verify"]).ok();
}
