//! Who may write through the server: tokens, roles, the own name, the own organisation, and the four eyes.

use minhbach_tests::{
    Answer, Ask, DataFolder, PLACE, SCHOOL, Server, actor, allocation, confirmation, delivery, receipt,
};
use serde_json::{Value, json};

/// Another school of that commune.
const OTHER_SCHOOL: &str = "truong-nui-xa";

/// A ledger with money set aside, and a delivery to each of two schools.
fn with_deliveries() -> DataFolder {
    let folder = DataFolder::prepared();
    let mut other = delivery("DL-KHAC", "AL-1", 1_000);
    other["receiver"] = OTHER_SCHOOL.into();
    folder.record_all(&[
        json!({"type": "party.registered", "party": OTHER_SCHOOL, "kind": "facility", "name": "Trường Núi Xa",
            "place": PLACE}),
        receipt(1_000_000),
        allocation("AL-1", 900_000),
        delivery("DL-1", "AL-1", 1_000),
        other,
    ]);
    folder
}

/// A proposal in nobody's name: `by` is the token's.
fn unsigned(mut proposal: Value) -> Value {
    proposal.as_object_mut().expect("an object").remove("by");
    proposal
}

/// Asserts that nothing is recorded while `act` acts.
#[track_caller]
fn harmless(folder: &DataFolder, act: impl FnOnce()) {
    let before = folder.journal().bytes;
    act();
    assert!(folder.journal().bytes == before, "something was recorded");
}

/// Asserts a refusal of that status and code, whose sentences, in both languages, name these.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, names: &[&str]) {
    let problem = answer.problem(status, code);
    for language in ["vi", "en"] {
        let said = problem["message"][language].as_str().expect("a sentence");
        for name in names {
            assert!(said.contains(name), "{name} in {said}");
        }
    }
}

#[test]
fn without_a_token_that_holds_nobody_writes() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let old = actor(&folder, "ke-toan-cu", &["recorder"], None);
    let server = Server::start(&folder);
    server.ask(&Ask::propose(&old, &receipt(1))).is(201);
    // The server is not started again: it sees the register's change.
    folder.run(["actor", "revoke", "ke-toan-cu"]).ok();
    harmless(&folder, || {
        let json = |ask: Ask| {
            ask.with("Content-Type", "application/json")
                .body(receipt(5).to_string().into_bytes())
        };
        let plain = || json(Ask::new("POST", "/v1/entries"));
        let mut changed = token.clone();
        let last = changed.pop().expect("a token has letters");
        changed.push(if last == 'a' { 'b' } else { 'a' });
        let wrong = [
            plain(),
            plain().bearing(&old),
            plain().bearing(&changed),
            plain().bearing(&token[..token.len() - 1]),
            plain().bearing(&format!("{token}0")),
            plain().bearing(&token.to_uppercase()),
            plain().bearing(""),
            plain().bearing("mb_"),
            plain().bearing(&"a".repeat(10_000)),
            plain().with("Authorization", &token),
            plain().with("Authorization", "Bearer"),
            plain().with("Authorization", ""),
            plain().with("Authorization", &format!("Basic {token}")),
            plain().with("Authorization", &format!("Bearer{token}")),
            plain().with("Authorization", &format!("Bearer {token} {token}")),
            plain().with("Authorization", "Bearer \u{111}\u{1ed3}ng"),
            plain().with("X-Token", &token),
            // A token belongs in no address, where logs and histories keep it.
            json(Ask::new("POST", &format!("/v1/entries?access_token={token}"))),
            Ask::lines("mb_khong-co", "", "{}\n"),
            Ask::lines(&old, "?atomic=true", "{}\n"),
            Ask::lines(&old, "?dry_run=true", "{}\n"),
        ];
        for ask in &wrong {
            let answer = server.ask(ask);
            refused(&answer, 401, "unauthenticated", &["Authorization: Bearer"]);
            let challenge = answer.header("www-authenticate").expect("which scheme there is");
            assert!(challenge.starts_with("Bearer"), "{challenge}");
            // What follows is not read, so the connection is at its end.
            assert_eq!(answer.header("connection"), Some("close"), "{ask:?}");
            assert!(!answer.text().contains(&token[3..]), "no token is told: {ask:?}");
        }
    });
    // The name of the scheme is in no case (RFC 9110, 11.1).
    let ask = Ask::new("POST", "/v1/entries").with("Content-Type", "application/json");
    let ask = ask.with("authorization", &format!("bearer {token}"));
    server.ask(&ask.body(receipt(5).to_string().into_bytes())).is(201);
    // Given again, the post has another token, and the old one stays dead.
    let new = actor(&folder, "ke-toan-cu", &["recorder"], None);
    refused(
        &server.ask(&Ask::propose(&old, &receipt(2))),
        401,
        "unauthenticated",
        &[],
    );
    server.ask(&Ask::propose(&new, &receipt(2))).is(201);
}

#[test]
fn a_token_that_is_revoked_in_the_middle_of_a_stream_records_nothing_more() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let (mut sender, mut answers) = server
        .connect()
        .stream(&Ask::lines(&token, "", ""))
        .expect("a stream");
    sender.line(&receipt(1)).expect("sent");
    let first = answers.json().expect("an answer").expect("a line");
    assert!(first["seq"].is_u64(), "{first}");
    folder.run(["actor", "revoke", "ke-toan"]).ok();
    refused(
        &server.ask(&Ask::lines(&token, "", "{}\n")),
        401,
        "unauthenticated",
        &[],
    );
    sender.line(&receipt(2)).expect("sent");
    let last = answers.json().expect("an answer").expect("a line");
    assert_eq!(
        (&last["line"], &last["error"]["code"]),
        (&2.into(), &"unauthenticated".into())
    );
    assert_eq!(answers.line().expect("the end"), None);
    assert_eq!(folder.journal().of("receipt.issued").count(), 1);
}

#[test]
fn a_register_that_is_damaged_lets_nobody_write_and_everybody_read() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let register = folder.path().join("private").join("actors.json");
    let whole = std::fs::read(&register).expect("the register");
    let replace = |bytes: &[u8]| {
        let beside = register.with_extension("new");
        std::fs::write(&beside, bytes).expect("written");
        std::fs::rename(&beside, &register).expect("replaced");
    };
    replace(&whole[..whole.len() / 2]);
    harmless(&folder, || {
        let answer = server.ask(&Ask::propose(&token, &receipt(1)));
        refused(&answer, 503, "actors_unreadable", &["private/actors.json"]);
        server.get("/v1/status").is(200);
    });
    replace(&whole);
    server.ask(&Ask::propose(&token, &receipt(1))).is(201);
}

/// What each role may propose and none of the others.
fn duties() -> Vec<(&'static str, Value)> {
    vec![
        (
            "admin",
            json!({"type": "party.registered", "party": "ben-ban", "kind": "supplier", "name": "Bên Bán"}),
        ),
        ("recorder", receipt(7)),
        ("approver", allocation("AL-2", 10)),
        ("deliverer", delivery("DL-2", "AL-1", 20)),
        ("receiver", unsigned(confirmation("DL-1", 1_000))),
        (
            "inspector",
            json!({"type": "inspection.opened", "inspection": "IN-1", "scope": "Quý I", "inspector": SCHOOL}),
        ),
    ]
}

#[test]
fn a_role_proposes_what_is_its_duty_and_nothing_else() {
    let folder = with_deliveries();
    let roles = [
        "admin",
        "recorder",
        "approver",
        "deliverer",
        "receiver",
        "inspector",
        "auditor",
    ];
    let tokens: Vec<(&str, String)> = roles
        .iter()
        .map(|role| {
            let party = (*role == "receiver").then_some(SCHOOL);
            (*role, actor(&folder, &format!("post-{role}"), &[role], party))
        })
        .collect();
    let server = Server::start(&folder);
    let mut connection = server.connect();
    harmless(&folder, || {
        for (role, token) in &tokens {
            for (duty, proposal) in duties().iter().filter(|(duty, _)| duty != role) {
                let answer = connection.ask(&Ask::propose(token, proposal)).expect("an answer");
                let kind = proposal["type"].as_str().expect("a type");
                refused(&answer, 403, "not_authorised", &[&format!("post-{role}"), kind]);
                // Who could do it is told, as a word for programs.
                let data = &answer.json()["data"];
                let told = data["roles"].as_array().expect("which roles may");
                assert_eq!(told, &vec![Value::from(*duty)], "{data}");
                // Trying is no way around.
                let mut line = Ask::lines(token, "?dry_run=true", format!("{proposal}\n"));
                let answer = connection.ask(&line).expect("an answer").is(200);
                assert_eq!(
                    answer.json_lines()[0]["error"]["code"],
                    "not_authorised",
                    "{role} {kind}"
                );
                line = Ask::lines(token, "", format!("{proposal}\n"));
                let answer = connection.ask(&line).expect("an answer").is(200);
                assert_eq!(
                    answer.json_lines()[0]["error"]["code"],
                    "not_authorised",
                    "{role} {kind}"
                );
            }
        }
    });
    for (duty, proposal) in duties() {
        let (role, token) = tokens.iter().find(|(role, _)| *role == duty).expect("a token");
        let answer = server.ask(&Ask::propose(token, &proposal)).is(201).json();
        let entry = server.get(&format!("/v1/entries/{}", answer["seq"])).json();
        assert_eq!(entry["entry"]["by"], format!("post-{role}"), "{entry}");
        assert_eq!(entry["hash"], answer["hash"]);
    }
    server.terminate();
    folder.run(["verify"]).ok();
}

#[test]
fn a_receiver_answers_for_its_own_organisation_only() {
    let folder = with_deliveries();
    let token = actor(&folder, "nha-truong", &["receiver"], Some(SCHOOL));
    let server = Server::start(&folder);
    let ask = |proposal: &Value| server.ask(&Ask::propose(&token, proposal));
    let dispute = |delivery: &str, party: &str| {
        json!({"type": "delivery.disputed", "delivery": delivery, "disputed_by": party, "disputed_on": "2024-10-06",
            "reason": "Thiếu hàng"})
    };
    harmless(&folder, || {
        let mut foreign = unsigned(confirmation("DL-KHAC", 1_000));
        // Neither in its own name nor in the name of the one that was given to.
        refused(
            &ask(&foreign),
            403,
            "not_authorised",
            &["nha-truong", "DL-KHAC", OTHER_SCHOOL],
        );
        foreign["confirmed_by"] = OTHER_SCHOOL.into();
        refused(&ask(&foreign), 403, "not_authorised", &["DL-KHAC", OTHER_SCHOOL]);
        refused(
            &ask(&dispute("DL-KHAC", SCHOOL)),
            403,
            "not_authorised",
            &["DL-KHAC"],
        );
        let mut own = unsigned(confirmation("DL-1", 1_000));
        own["confirmed_by"] = OTHER_SCHOOL.into();
        refused(&ask(&own), 403, "not_authorised", &[OTHER_SCHOOL, SCHOOL]);
        refused(
            &ask(&dispute("DL-1", OTHER_SCHOOL)),
            403,
            "not_authorised",
            &[OTHER_SCHOOL],
        );
        refused(
            &ask(&unsigned(confirmation("DL-KHONG-CO", 1))),
            422,
            "unknown_reference",
            &["DL-KHONG-CO"],
        );
    });
    ask(&unsigned(confirmation("DL-1", 1_000))).is(201);
}

#[test]
fn nobody_writes_in_another_s_name() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    actor(&folder, "ke-toan-2", &["recorder"], None);
    let server = Server::start(&folder);
    let by = |name: &str| {
        let mut gift = receipt(3);
        gift["by"] = name.into();
        gift
    };
    harmless(&folder, || {
        for name in ["ke-toan-2", "local", "KE-TOAN", "ke-toan."] {
            let answer = server.ask(&Ask::propose(&token, &by(name)));
            refused(&answer, 403, "not_authorised", &[name, "ke-toan"]);
        }
        // In a list that is recorded together, one such line keeps out the others.
        let lines = format!("{}\n{}\n", receipt(1), by("local"));
        let answer = server.ask(&Ask::lines(&token, "?atomic=true", lines));
        refused(&answer, 403, "not_authorised", &["local"]);
    });
    server.ask(&Ask::propose(&token, &by("ke-toan"))).is(201);
}

#[test]
fn four_eyes_are_not_two_tokens_of_one_post() {
    let folder = with_deliveries();
    let roles = ["deliverer", "receiver", "inspector"];
    let both = actor(&folder, "hai-vai", &roles, Some(SCHOOL));
    let other = actor(&folder, "nha-truong", &["receiver", "inspector"], Some(SCHOOL));
    let server = Server::start(&folder);
    let finding = json!({"type": "finding.raised", "finding": "FI-1", "rule": "nhan-ro", "severity": "cao",
        "subjects": ["DL-1"], "detail": "Thiếu biên bản"});
    let closed = json!({"type": "finding.closed", "finding": "FI-1", "outcome": "Đã khắc phục"});
    server
        .ask(&Ask::propose(&both, &delivery("DL-2", "AL-1", 50)))
        .is(201);
    server.ask(&Ask::propose(&both, &finding)).is(201);
    let confirmed = unsigned(confirmation("DL-2", 50));
    let own = |token: &str| {
        harmless(&folder, || {
            for proposal in [&confirmed, &closed] {
                let answer = server.ask(&Ask::propose(token, proposal));
                refused(&answer, 403, "four_eyes", &["hai-vai"]);
            }
        });
    };
    own(&both);
    // With a new token it is the same post.
    folder.run(["actor", "revoke", "hai-vai"]).ok();
    own(&actor(&folder, "hai-vai", &roles, Some(SCHOOL)));
    for proposal in [&confirmed, &closed] {
        server.ask(&Ask::propose(&other, proposal)).is(201);
    }
}

#[test]
fn a_known_key_tells_nothing_to_who_may_not_propose_it() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let second = actor(&folder, "ke-toan-2", &["recorder"], None);
    let reader = actor(&folder, "kiem-toan", &["auditor"], None);
    let mut gift = receipt(9);
    gift["key"] = "so-phu:1".into();
    let server = Server::start(&folder);
    let first = server.ask(&Ask::propose(&token, &gift)).is(201).json();
    harmless(&folder, || {
        let answer = server.ask(&Ask::propose(&reader, &gift));
        refused(&answer, 403, "not_authorised", &["kiem-toan"]);
        assert!(
            !answer.text().contains(first["hash"].as_str().expect("a hash")),
            "{answer:?}"
        );
        // Nor is it told that another thing stands under the key.
        let mut other = gift.clone();
        other["quantity"] = "10".into();
        refused(
            &server.ask(&Ask::propose(&reader, &other)),
            403,
            "not_authorised",
            &[],
        );
        // Whoever has the duty is answered as the first was.
        let again = server.ask(&Ask::propose(&second, &gift)).is(200).json();
        assert_eq!((&again["seq"], &again["repeated"]), (&first["seq"], &true.into()));
        // In the name of the first it is another's name.
        gift["by"] = "ke-toan".into();
        refused(
            &server.ask(&Ask::propose(&second, &gift)),
            403,
            "not_authorised",
            &["ke-toan-2"],
        );
    });
}
