//! Writing through the server: one proposal, lines that are decided together, and lines that are only tried.

use minhbach_tests::{Answer, Ask, DataFolder, FUND, ORIGIN, POOL, Server, actor, allocation, fund, receipt};
use serde_json::{Value, json};

/// A ledger that a server writes, and a post that records and decides.
struct Desk {
    folder: DataFolder,
    server: Server,
    token: String,
}

impl Desk {
    fn open() -> Desk {
        let folder = DataFolder::prepared();
        let token = actor(&folder, "van-phong", &["recorder", "approver"], None);
        let server = Server::start(&folder);
        Desk {
            folder,
            server,
            token,
        }
    }

    fn size(&self) -> u64 {
        self.folder.journal().size() as u64
    }

    #[track_caller]
    fn propose(&self, proposal: &Value) -> Answer {
        self.server.ask(&Ask::propose(&self.token, proposal))
    }

    #[track_caller]
    fn lines(&self, query: &str, proposals: &[Value]) -> Answer {
        self.server.ask(&Ask::lines(&self.token, query, text(proposals)))
    }

    /// Asserts that nothing is recorded while `act` acts.
    #[track_caller]
    fn harmless<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.folder.journal().bytes;
        let done = act();
        assert!(self.folder.journal().bytes == before, "something was recorded");
        done
    }
}

fn text(proposals: &[Value]) -> String {
    proposals.iter().map(|proposal| format!("{proposal}\n")).collect()
}

fn with(mut proposal: Value, field: &str, value: impl Into<Value>) -> Value {
    proposal[field] = value.into();
    proposal
}

/// The names of a document's fields, sorted.
fn fields(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn one_proposal_is_recorded_once_and_answered_for_ever() {
    let desk = Desk::open();
    let size = desk.size();
    let gift = with(receipt(70_000), "key", "so-phu:1");
    let answer = desk.propose(&gift).is(201);
    assert_eq!(
        answer.header("location"),
        Some(format!("/v1/entries/{size}").as_str())
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let first = answer.json();
    assert_eq!(fields(&first), ["code", "hash", "line", "seq"]);
    assert_eq!(
        (first["line"].as_u64(), first["seq"].as_u64()),
        (Some(1), Some(size))
    );
    // Acknowledged is durable: it is in the file now, as it was answered.
    let journal = desk.folder.journal();
    let line = &journal.lines[size as usize];
    assert_eq!(first["hash"], line.hash.as_str());
    assert_eq!(first["code"], line.event()["receipt"]);
    assert_eq!(line.entry["by"], "van-phong");
    assert_eq!(line.entry["key"], "so-phu:1");

    let mut expected = first.clone();
    expected["repeated"] = true.into();
    desk.harmless(|| {
        assert_eq!(desk.propose(&gift).is(200).json(), expected);
        // With its own code in it, it is still the same.
        let told = with(gift.clone(), "receipt", first["code"].clone());
        let answer = desk.propose(&told);
        assert!(matches!(answer.status, 200 | 422), "{}", answer.status);
        let other = with(gift.clone(), "quantity", "70001");
        let problem = desk.propose(&other).problem(422, "idempotency_conflict");
        assert_eq!(problem["data"]["key"], "so-phu:1");
        assert_eq!(problem["data"]["seq"], size);
    });
    let Desk {
        folder,
        server,
        token,
    } = desk;
    server.terminate();
    let server = Server::start(&folder);
    assert_eq!(server.ask(&Ask::propose(&token, &gift)).is(200).json(), expected);
}

#[test]
fn the_key_may_stand_in_the_header() {
    let desk = Desk::open();
    let ask = |proposal: &Value, key: &str| {
        desk.server
            .ask(&Ask::propose(&desk.token, proposal).with("Idempotency-Key", key))
    };
    let gift = receipt(8);
    let first = ask(&gift, "k-1").is(201).json();
    let seq = first["seq"].as_u64().expect("a seq") as usize;
    assert_eq!(desk.folder.journal().lines[seq].entry["key"], "k-1");
    desk.harmless(|| {
        // As a string of structured fields (RFC 8941) it is the same key, and in the body too.
        for answer in [
            ask(&gift, "k-1"),
            ask(&gift, "\"k-1\""),
            desk.propose(&with(gift.clone(), "key", "k-1")),
            ask(&with(gift.clone(), "key", "k-1"), "k-1"),
        ] {
            let answer = answer.is(200).json();
            assert_eq!(
                (&answer["seq"], &answer["repeated"]),
                (&first["seq"], &true.into())
            );
        }
        ask(&receipt(9), "k-1").problem(422, "idempotency_conflict");
        ask(&with(gift.clone(), "key", "k-2"), "k-1").problem(400, "two_keys");
        // Where both differ nothing is looked up, known or not.
        ask(&with(gift.clone(), "key", "k-1"), "k-3").problem(400, "two_keys");
        let long = "k".repeat(65);
        for wrong in ["a b", "", "\"\"", "\"k-1", "k-1\"", "kh\u{f3}a", "k,1", &long] {
            let problem = ask(&gift, wrong).problem(400, "bad_header");
            assert_eq!(problem["data"]["name"], "Idempotency-Key", "{wrong:?}");
        }
        // For many lines it says nothing: each has its own.
        let lines =
            Ask::lines(&desk.token, "", text(std::slice::from_ref(&gift))).with("Idempotency-Key", "k-1");
        desk.server.ask(&lines).problem(400, "bad_header");
    });
    ask(&receipt(9), &"k".repeat(64)).is(201);
}

#[test]
fn only_a_demo_takes_the_time_from_outside() {
    let late = |proposal: Value| with(proposal, "at", "2024-09-10T00:00:00.000Z");
    let desk = Desk::open();
    desk.harmless(|| {
        let problem = desk.propose(&late(receipt(1))).problem(400, "malformed");
        assert!(
            problem["message"]["en"]
                .as_str()
                .is_some_and(|said| said.contains("at")),
            "{problem}"
        );
        let lines = desk.lines("", &[late(receipt(1))]).is(200).json_lines();
        assert_eq!(lines[0]["error"]["code"], "malformed");
    });
    let folder = DataFolder::absent();
    folder.run(["init", "--origin", ORIGIN, "--kind", "demo"]).ok();
    let token = actor(&folder, "quan-tri", &["admin"], None);
    let server = Server::start(&folder);
    let at = |value: Value, time: &str| with(value, "at", time);
    // Not one to come, where every later entry would stand too.
    let problem = server
        .ask(&Ask::propose(&token, &at(fund(), "2999-01-01T00:00:00.000Z")))
        .problem(422, "out_of_period");
    assert_eq!(problem["data"]["field"], "at");
    // One before the last entry is the last entry's: the opening has the time of the clock.
    let answer = server
        .ask(&Ask::propose(&token, &at(fund(), "2024-01-01T00:00:00.000Z")))
        .is(201)
        .json();
    let (journal, seq) = (folder.journal(), answer["seq"].as_u64().expect("a seq") as usize);
    assert_eq!(journal.lines[seq].entry["at"], journal.lines[seq - 1].entry["at"]);
}

#[test]
fn a_trial_says_what_would_be_and_records_nothing() {
    let desk = Desk::open();
    let known = with(receipt(100), "key", "k-1");
    let first = desk.propose(&known).is(201).json();
    let size = desk.size();
    let (ledger_made, given) = (receipt(5), with(receipt(5), "receipt", "RC-CHO-TRUOC"));
    desk.harmless(|| {
        let one = |proposal: &Value| {
            let body = proposal.to_string().into_bytes();
            let ask = Ask::new("POST", "/v1/entries?dry_run=true").bearing(&desk.token);
            desk.server
                .ask(&ask.with("Content-Type", "application/json").body(body))
        };
        // What would be made anew each time is not told, what was given is.
        let answer = one(&ledger_made).is(200);
        assert_eq!(answer.json(), json!({"line": 1, "dry_run": true}));
        assert_eq!(answer.header("location"), None);
        assert_eq!(
            one(&given).is(200).json(),
            json!({"line": 1, "code": "RC-CHO-TRUOC", "dry_run": true})
        );
        let mut again = first.clone();
        again["repeated"] = true.into();
        again["dry_run"] = true.into();
        assert_eq!(one(&known).is(200).json(), again);
        one(&allocation("AL-1", 101)).problem(409, "insufficient_quantity");
        one(&with(known.clone(), "quantity", "101")).problem(422, "idempotency_conflict");

        // Each line sees those before it; a refused one changes nothing for the others.
        let lines = [
            allocation("AL-1", 101),
            receipt(1),
            allocation("AL-1", 101),
            allocation("AL-2", 1),
            allocation("AL-1", 1),
            known.clone(),
        ];
        let answers = desk.lines("?dry_run=true", &lines).is(200).json_lines();
        let told: Vec<Value> = answers
            .iter()
            .map(|answer| match answer["error"]["code"].clone() {
                Value::Null => answer["dry_run"].clone(),
                code => code,
            })
            .collect();
        assert_eq!(
            told,
            [
                "insufficient_quantity".into(),
                true.into(),
                true.into(),
                "insufficient_quantity".into(),
                "duplicate_code".into(),
                Value::Bool(true),
            ]
        );
        assert_eq!(answers[5]["seq"], first["seq"]);
        assert!(answers[..5].iter().all(|answer| answer.get("seq").is_none()));
        // Together with all or none: what would be refused is.
        desk.lines("?dry_run=true&atomic=true", &lines[1..4])
            .problem(409, "insufficient_quantity");
        let answers = desk.lines("?atomic=true&dry_run=true", &lines[1..3]);
        assert_eq!(answers.is(200).json_lines().len(), 2);
    });
    assert_eq!(desk.size(), size);
    // What was tried was not reserved: the same is accepted afterwards.
    assert_eq!(desk.propose(&given).is(201).json()["code"], "RC-CHO-TRUOC");
}

#[test]
fn all_or_none() {
    let desk = Desk::open();
    let known = with(receipt(100), "key", "k-1");
    let first = desk.propose(&known).is(201).json();
    let refused = [
        receipt(50),
        allocation("AL-1", 500),
        known.clone(),
        with(receipt(5), "pool", "khong-co"),
        allocation("AL-2", 150),
    ];
    desk.harmless(|| {
        let problem = desk
            .lines("?atomic=true", &refused)
            .problem(409, "insufficient_quantity");
        // The problem is the first refusal; each line has its answer, in order.
        let answers = problem["answers"].as_array().expect("an answer to each line");
        let told: Vec<&str> = answers
            .iter()
            .map(|answer| answer["error"]["code"].as_str().unwrap_or("repeated"))
            .collect();
        assert_eq!(
            told,
            [
                "not_recorded",
                "insufficient_quantity",
                "repeated",
                "unknown_reference",
                "not_recorded"
            ]
        );
        let numbers: Vec<Option<u64>> = answers.iter().map(|answer| answer["line"].as_u64()).collect();
        assert_eq!(numbers, (1..=5).map(Some).collect::<Vec<_>>());
        assert_eq!(
            (&answers[2]["seq"], &answers[2]["repeated"]),
            (&first["seq"], &true.into())
        );
        assert_eq!(
            answers[0]["error"]["detail"],
            json!({"refused": [2, 4], "count": 2})
        );
        for language in ["vi", "en"] {
            let said = answers[0]["error"]["message"][language]
                .as_str()
                .expect("a sentence");
            assert!(said.contains("2, 4"), "{said}");
        }
        // One that cannot be read keeps out the others too.
        let lines = format!("{}\nkhông phải\n{}\n", receipt(1), receipt(2));
        let ask = Ask::lines(&desk.token, "?atomic=true", lines);
        let problem = desk.server.ask(&ask).problem(400, "malformed");
        assert_eq!(problem["answers"].as_array().map(Vec::len), Some(3));
        // The most lines there may be, and one more.
        let mut many = vec![receipt(1); 1_025];
        desk.lines("?atomic=true", &many).problem(413, "too_many_lines");
        many.truncate(1_024);
        many[1_023] = allocation("AL-9", 100 + 1_023 + 1);
        desk.lines("?atomic=true", &many)
            .problem(409, "insufficient_quantity");
        // Nothing is nothing.
        let nothing = desk.lines("?atomic=true", &[]).is(200);
        assert!(nothing.body.is_empty());
    });
    let size = desk.size();
    let answers = desk.lines(
        "?atomic=true",
        &[receipt(50), known, allocation("AL-1", 150), receipt(7)],
    );
    assert_eq!(answers.header("content-type"), Some("application/x-ndjson"));
    let answers = answers.is(200).json_lines();
    let seqs: Vec<Option<u64>> = answers.iter().map(|answer| answer["seq"].as_u64()).collect();
    assert_eq!(
        seqs,
        [Some(size), first["seq"].as_u64(), Some(size + 1), Some(size + 2)]
    );
    assert_eq!(desk.size(), size + 3);
    let mut many = vec![receipt(1); 1_024];
    many[1_023] = allocation("AL-9", 1_000);
    assert_eq!(
        desk.lines("?atomic=true", &many).is(200).json_lines().len(),
        1_024
    );
    desk.server.terminate();
    desk.folder.run(["verify"]).ok();
}

#[test]
fn what_is_refused_is_said_in_the_reader_s_language() {
    let desk = Desk::open();
    desk.harmless(|| {
        let said = |language: Option<&str>| {
            let ask = Ask::propose(&desk.token, &allocation("AL-1", 5));
            let ask = match language {
                Some(language) => ask.with("Accept-Language", language),
                None => ask,
            };
            desk.server.ask(&ask).problem(409, "insufficient_quantity")
        };
        for (language, expected) in [
            (None, "vi"),
            (Some("vi-VN"), "vi"),
            (Some("en"), "en"),
            (Some("en-GB,vi;q=0.5"), "en"),
            (Some("en;q=0.2, vi;q=0.8"), "vi"),
            (Some("fr, en;q=0.1"), "en"),
            (Some("tiếng Anh"), "vi"),
            (Some("vi;q=9, en;q=0.1"), "en"),
        ] {
            let problem = said(language);
            assert_eq!(problem["detail"], problem["message"][expected], "{language:?}");
            assert_eq!(problem["data"]["lot"], POOL, "{problem}");
        }
        assert_ne!(said(Some("vi"))["title"], said(Some("en"))["title"]);
    });
}

#[test]
fn a_code_that_is_taken_and_a_fund_that_is_not_there_are_conflict_and_unprocessable() {
    let desk = Desk::open();
    desk.propose(&receipt(500)).is(201);
    desk.propose(&allocation("AL-1", 5)).is(201);
    desk.harmless(|| {
        let cases = [
            (allocation("AL-1", 6), 409, "duplicate_code"),
            (with(receipt(1), "fund", "quy-khac"), 422, "unknown_reference"),
            (
                with(receipt(1), "received_on", "2999-01-01"),
                422,
                "out_of_period",
            ),
            (with(receipt(1), "receipt", "RC-0912345678"), 422, "personal_data"),
            (with(receipt(1), "item", "USD"), 422, "item_mismatch"),
            (with(receipt(1), "source", "oda"), 422, "source_not_permitted"),
            (with(receipt(1), "quantity", "0"), 400, "malformed"),
            (
                json!({"type": "receipt.issue", "fund": FUND}),
                400,
                "unknown_type",
            ),
        ];
        for (proposal, status, code) in cases {
            desk.propose(&proposal).problem(status, code);
        }
    });
}
