//! `record` over a server: answers under the numbers that lines have in the input, however they were sent.

use minhbach_tests::{DataFolder, Server, actor, fund, with_stdin};
use serde_json::json;

#[test]
fn refused_and_taken_lines_keep_their_numbers_over_many_requests() {
    let folder = DataFolder::opened();
    folder.record_all(&[fund()]);
    let token = actor(&folder, "quan-tri", &["admin"], None);
    let server = Server::start(&folder);
    // Two thirds are refused; together they fill several requests.
    let name = "x".repeat(190);
    let mut input = Vec::new();
    for number in 0..900 {
        let proposal = match number % 3 {
            0 => {
                json!({"type": "party.registered", "party": format!("quy-{number:03}"), "kind": "fund", "name": name})
            }
            1 => json!({"type": "party.registered", "party": "quy-mam-xanh", "kind": "fund", "name": name}),
            _ => json!({"type": "no.such", "name": name}),
        };
        input.extend_from_slice(format!("{proposal}\n").as_bytes());
    }
    let mut command = folder.command(["status"]);
    let binary = command.get_program().to_owned();
    command = std::process::Command::new(binary);
    command
        .args(["record", "-", "--server", &server.url, "--lang", "en"])
        .env_remove("MINHBACH_DATA")
        .env("MINHBACH_TOKEN", &token);
    let run = with_stdin(&mut command, &input).exits(1);
    let answers = run.json_lines();
    assert_eq!(answers.len(), 900, "{}", run.err);
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["line"], number + 1, "{answer}");
        let expected = [None, Some("duplicate_code"), Some("unknown_type")][number % 3];
        assert_eq!(answer["error"]["code"].as_str(), expected, "{answer}");
    }
    // As `record` on a folder writes them: the line first.
    assert!(
        run.out.lines().all(|line| line.starts_with("{\"line\":")),
        "{}",
        run.out
    );
}
