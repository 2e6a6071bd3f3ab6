//! Wrong input at the server's door: a clear error with the right status, nothing recorded, and the server goes on.

use std::io::{Read, Write};
use std::net::TcpStream;

use minhbach_tests::{Answer, Ask, Door, raw_status, receipt};
use serde_json::{Value, json};

/// Asserts a problem whose sentences, in both languages, name these.
#[track_caller]
fn told(answer: &Answer, status: u16, code: &str, names: &[&str]) {
    let problem = answer.problem(status, code);
    names_in(&problem["message"], names);
}

#[track_caller]
fn names_in(message: &Value, names: &[&str]) {
    for language in ["vi", "en"] {
        let said = message[language].as_str().expect("a sentence");
        assert!(said.chars().count() < 1_000, "{said}");
        assert!(!said.contains('\0') && !said.contains('\n'), "{said}");
        for name in names {
            assert!(said.contains(name), "{name} in {said}");
        }
    }
}

/// A wrong proposal, its status, its code, and what its sentences must name.
type Wrong = (Vec<u8>, u16, &'static str, &'static [&'static str]);

/// Proposals on one line each.
fn wrong_proposals() -> Vec<Wrong> {
    let good = receipt(5).to_string();
    let field =
        |name: &str, text: &str| format!("{},\"{name}\":{text}}}", &good[..good.len() - 1]).into_bytes();
    let with = |name: &str, value: Value| {
        let mut proposal = receipt(5);
        proposal[name] = value;
        proposal.to_string().into_bytes()
    };
    let nested = |open: &str, close: &str| [open.repeat(10_000), close.repeat(10_000)].concat();
    let spliced = |at: usize, bytes: &[u8]| {
        let mut body = good.clone().into_bytes();
        body.splice(at..at, bytes.iter().copied());
        body
    };
    let in_text = good.find("anonymous").expect("a text");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        (b"{".to_vec(), 400, "malformed", &[]),
        (b"   ".to_vec(), 400, "malformed", &[]),
        (b"null".to_vec(), 400, "malformed", &[]),
        (b"true".to_vec(), 400, "malformed", &[]),
        (b"5".to_vec(), 400, "malformed", &[]),
        (b"[]".to_vec(), 400, "malformed", &[]),
        (format!("[{good}]").into_bytes(), 400, "malformed", &[]),
        (
            Value::from(good.clone()).to_string().into_bytes(),
            400,
            "malformed",
            &[],
        ),
        (b"{}".to_vec(), 400, "malformed", &["type"]),
        (b"{\"type\":null}".to_vec(), 400, "malformed", &["type"]),
        (b"{\"type\":5}".to_vec(), 400, "malformed", &["type"]),
        (b"fund=quy-mam-xanh&quantity=5".to_vec(), 400, "malformed", &[]),
        (b"<receipt/>".to_vec(), 400, "malformed", &[]),
        (
            with("type", "receipt.issue".into()),
            400,
            "unknown_type",
            &["receipt.issue"],
        ),
        (with("type", "".into()), 400, "unknown_type", &[]),
        (with("type", "receipt.issued ".into()), 400, "unknown_type", &[]),
        // Fields that there are not, that stand twice, that nobody may give.
        (with("colour", "red".into()), 400, "malformed", &["colour"]),
        (with("v", json!(1)), 400, "malformed", &["v"]),
        (with("serial", "x".into()), 400, "malformed", &["serial"]),
        (with("seq", json!(5)), 400, "malformed", &["seq"]),
        (with("prev", "0".repeat(64).into()), 400, "malformed", &["prev"]),
        (field("item", "\"VND\""), 400, "malformed", &["item"]),
        (field("type", "\"receipt.issued\""), 400, "malformed", &["type"]),
        (field("\\u0069tem", "\"VND\""), 400, "malformed", &["item"]),
        (field("__proto__", "{}"), 400, "malformed", &["__proto__"]),
        // Text that is none.
        (spliced(in_text, b"\xff\xfe"), 400, "malformed", &[]),
        (spliced(in_text, b"\xc3"), 400, "malformed", &[]),
        // A surrogate, and a slash in two bytes, as UTF-8 forbids them.
        (spliced(in_text, b"\xed\xa0\x80"), 400, "malformed", &[]),
        (spliced(in_text, b"\xc0\xaf"), 400, "malformed", &[]),
        (spliced(0, b"\xef\xbb\xbf"), 400, "malformed", &[]),
        (utf16, 400, "malformed", &[]),
        (spliced(in_text, b"\0"), 400, "malformed", &[]),
        (spliced(0, b"\0"), 400, "malformed", &[]),
        (spliced(good.len(), b"\0"), 400, "malformed", &[]),
        (vec![0; 500], 400, "malformed", &[]),
        (with("fund", "quy\0xanh".into()), 400, "malformed", &["fund"]),
        (field("reason", "\"\\ud800\""), 400, "malformed", &[]),
        (field("reason", "\"\\udc00\\ud800\""), 400, "malformed", &[]),
        (field("reason", "\"\\x41\""), 400, "malformed", &[]),
        (field("reason", "\"\t\""), 400, "malformed", &[]),
        // What a parser could drown in.
        (nested("[", "]").into_bytes(), 400, "malformed", &[]),
        (field("note", &nested("[", "]")), 400, "malformed", &[]),
        ("{\"a\":".repeat(10_000).into_bytes(), 400, "malformed", &[]),
        (field("restriction", &nested("[", "]")), 400, "malformed", &[]),
        // Numbers, where there are none or small ones.
        (field("value_vnd", "1e999"), 400, "malformed", &[]),
        (field("value_vnd", &"9".repeat(400)), 400, "malformed", &[]),
        (
            with("value_vnd", "9".repeat(400).into()),
            400,
            "malformed",
            &["value_vnd"],
        ),
        (field("value_vnd", "-0"), 400, "malformed", &["value_vnd"]),
        (field("value_vnd", "NaN"), 400, "malformed", &[]),
        (field("value_vnd", "0x10"), 400, "malformed", &[]),
        (with("quantity", json!(5)), 400, "malformed", &["quantity"]),
        (with("quantity", "-5".into()), 400, "malformed", &["quantity"]),
        (with("quantity", "1e3".into()), 400, "malformed", &["quantity"]),
        (with("quantity", "٥".into()), 400, "malformed", &["quantity"]),
        (with("quantity", Value::Null), 400, "malformed", &["quantity"]),
        (with("quantity", json!(["5"])), 400, "malformed", &["quantity"]),
        // After a whole proposal nothing else.
        (format!("{good}{good}").into_bytes(), 400, "malformed", &[]),
        (format!("{good},").into_bytes(), 400, "malformed", &[]),
        (format!("{good}//").into_bytes(), 400, "malformed", &[]),
        (with("key", "a b".into()), 400, "malformed", &["key"]),
        (with("by", "kế toán".into()), 400, "malformed", &["by"]),
        (
            with("received_on", "2024-02-30".into()),
            400,
            "malformed",
            &["received_on"],
        ),
        (vec![b'x'; 70_000], 413, "too_large", &["65535"]),
        (
            with("reason", "x".repeat(70_000).into()),
            413,
            "too_large",
            &["65535"],
        ),
        // Within the limit of a line, though not of the field.
        (
            with("reason", "x".repeat(60_000).into()),
            400,
            "malformed",
            &["reason", "1000"],
        ),
    ]
}

#[test]
fn a_wrong_proposal_is_explained_and_leaves_no_trace() {
    let door = Door::open();
    let mut wrong = wrong_proposals();
    wrong.push((Vec::new(), 400, "malformed", &[]));
    wrong.push((b"\n\n\n".to_vec(), 400, "malformed", &[]));
    let mut connection = door.server.connect();
    for (body, status, code, names) in &wrong {
        println!("{}", String::from_utf8_lossy(&body[..body.len().min(100)]));
        let answer = connection
            .ask(&door.body("application/json", body))
            .unwrap_or_else(|_| {
                // One that was too long to be read to its end is answered, and its connection closed.
                connection = door.server.connect();
                connection
                    .ask(&door.body("application/json", body))
                    .expect("an answer")
            });
        told(&answer, *status, code, names);
        assert!(answer.body.len() < 8_000, "{} bytes", answer.body.len());
    }
    door.unchanged();
    door.goes_on(0);
}

#[test]
fn wrong_lines_are_answered_each_and_the_good_ones_among_them_recorded() {
    let door = Door::open();
    let wrong = wrong_proposals();
    let mut lines = Vec::new();
    for (line, ..) in &wrong {
        lines.extend_from_slice(line);
        lines.extend_from_slice(format!("\n{}\n", receipt(5)).as_bytes());
    }
    let answer = door
        .server
        .ask(&Ask::lines(&door.token, "", lines.clone()))
        .is(200);
    let answers = answer.json_lines();
    assert_eq!(answers.len(), 2 * wrong.len());
    for (index, (line, _, code, names)) in wrong.iter().enumerate() {
        println!("{}", String::from_utf8_lossy(&line[..line.len().min(100)]));
        let (refused, recorded) = (&answers[2 * index], &answers[2 * index + 1]);
        assert_eq!(refused["line"], 2 * index + 1);
        assert_eq!(refused["error"]["code"], *code, "{refused}");
        names_in(&refused["error"]["message"], names);
        assert_eq!(recorded["line"], 2 * index + 2);
        assert!(recorded["seq"].is_u64(), "{recorded}");
    }
    // Together nothing of them is recorded.
    let answer = door.server.ask(&Ask::lines(&door.token, "?atomic=true", lines));
    let problem = answer.problem(400, "malformed");
    assert_eq!(problem["answers"].as_array().map(Vec::len), Some(2 * wrong.len()));
    door.goes_on(wrong.len());
}

#[test]
fn empty_lines_are_no_proposals_and_nothing_is_nothing() {
    let door = Door::open();
    let ask = |lines: &str| door.server.ask(&Ask::lines(&door.token, "", lines)).is(200);
    assert!(ask("").body.is_empty());
    for lines in ["\n", "\n\n\n", "\r\n", " \n\t\n"] {
        for (index, answer) in ask(lines).json_lines().iter().enumerate() {
            assert_eq!(answer["line"], index + 1);
            assert_eq!(answer["error"]["code"], "malformed", "{lines:?}");
        }
    }
    door.unchanged();
    door.goes_on(0);
}

#[test]
fn a_wrong_request_is_explained_and_leaves_no_trace() {
    let door = Door::open();
    let good = receipt(5).to_string().into_bytes();
    let ask = |method: &str, path: &str| {
        let ask = Ask::new(method, path).bearing(&door.token).body(good.clone());
        ask.with("Content-Type", "application/json")
    };
    let post = |query: &str| ask("POST", &format!("/v1/entries{query}"));
    let long = format!("/v1/entries?atomic={}", "a".repeat(5_000));
    let taken: &[&str] = &["application/json", "application/x-ndjson"];
    let bare = Ask::new("POST", "/v1/entries")
        .bearing(&door.token)
        .body(good.clone());
    let mut cases: Vec<(Ask, u16, &str, &[&str])> = vec![
        (bare, 415, "unsupported_media_type", taken),
        (
            post("?atomi=true"),
            400,
            "unknown_parameter",
            &["atomi", "atomic", "dry_run"],
        ),
        (post("?ATOMIC=true"), 400, "unknown_parameter", &["ATOMIC"]),
        (post("?atomic=1"), 400, "bad_parameter", &["atomic"]),
        (post("?dry_run=True"), 400, "bad_parameter", &["dry_run"]),
        (
            post("?atomic=true&atomic=true"),
            400,
            "parameter_twice",
            &["atomic"],
        ),
        (post("?atomic=%FF"), 400, "bad_encoding", &["atomic"]),
        (post("?limit=5"), 400, "unknown_parameter", &["limit"]),
        (ask("POST", &long), 400, "bad_parameter", &["4096"]),
        (ask("POST", "/v1/entries/"), 404, "no_route", &[]),
        (ask("POST", "/v1/entry"), 404, "no_route", &[]),
        (ask("POST", "//v1/entries"), 404, "no_route", &[]),
        (ask("POST", "/v1/../v1/entries"), 404, "no_route", &[]),
    ];
    for wrong in [
        "text/plain",
        "text/csv",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-seq",
        "json",
        "/",
        ";",
        "*/*",
    ] {
        cases.push((door.body(wrong, &good), 415, "unsupported_media_type", taken));
    }
    for (ask, status, code, names) in &cases {
        println!("{ask:?}");
        told(&door.server.ask(ask), *status, code, names);
    }
    for (path, methods) in [
        ("/v1/entries", "GET POST"),
        ("/v1/entries/0", "GET"),
        ("/v1/balances", "GET"),
        ("/v1/stream", "GET"),
        ("/healthz", "GET"),
    ] {
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "POST"] {
            if methods.contains(method) {
                continue;
            }
            let answer = door.server.ask(&ask(method, path));
            told(&answer, 405, "method_not_allowed", &["Allow"]);
            let allowed = answer.header("allow").expect("which methods there are");
            for there in methods.split(' ') {
                assert!(
                    allowed.split(',').any(|one| one.trim() == there),
                    "{path}: {allowed}"
                );
            }
            assert_eq!(
                allowed.contains("POST"),
                methods.contains("POST"),
                "{path}: {allowed}"
            );
        }
    }
    door.unchanged();
    // Written in other ways the same media types.
    for right in [
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;x=y",
    ] {
        door.server.ask(&door.body(right, &good)).is(201);
    }
    for right in [
        "application/x-ndjson; charset=utf-8",
        "application/ndjson",
        "application/jsonl",
    ] {
        door.server.ask(&door.body(right, &good)).is(200);
    }
    door.goes_on(6);
}

#[test]
fn a_compressed_body_is_refused_as_what_it_is() {
    let door = Door::open();
    let good = receipt(5).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(good.as_bytes()).expect("compressed");
    let packed = gzip.finish().expect("compressed");
    for media_type in ["application/json", "application/x-ndjson"] {
        for coding in ["gzip", "GZIP", "br", "deflate", "gzip, gzip", "identity, gzip"] {
            let ask = door.body(media_type, &packed).with("Content-Encoding", coding);
            let answer = door.server.ask(&ask);
            told(&answer, 415, "unsupported_content_coding", &[coding]);
            // What is taken instead (RFC 9110, 12.5.3).
            assert_eq!(answer.header("accept-encoding"), Some("identity"), "{coding}");
        }
    }
    door.unchanged();
    let plain = door.body("application/json", good.as_bytes());
    door.server
        .ask(&plain.with("Content-Encoding", "identity"))
        .is(201);
    door.goes_on(1);
}

#[test]
fn who_asks_first_whether_to_send_is_told() {
    let door = Door::open();
    let good = receipt(5).to_string();
    let expecting = |token: &str, length: usize| {
        format!(
            "POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
    };
    let line = |stream: &mut TcpStream| {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\r\n") {
            assert_eq!(stream.read(&mut byte).expect("an answer"), 1, "{line:?}");
            line.push(byte[0]);
        }
        String::from_utf8(line).expect("text")
    };
    let mut stream = door.stream();
    stream
        .write_all(expecting(&door.token, good.len()).as_bytes())
        .expect("sent");
    assert_eq!(line(&mut stream), "HTTP/1.1 100 Continue\r\n");
    assert_eq!(line(&mut stream), "\r\n");
    stream.write_all(good.as_bytes()).expect("sent");
    assert_eq!(line(&mut stream), "HTTP/1.1 201 Created\r\n");
    // Who may not write, or would send too much, is told before he sends.
    for (token, length, expected) in [("mb_khong-co", good.len(), 401), (&door.token, 70_000, 413)] {
        let mut stream = door.stream();
        stream
            .write_all(expecting(token, length).as_bytes())
            .expect("sent");
        let answer = line(&mut stream);
        assert_eq!(raw_status(&answer), Some(expected), "{answer}");
    }
    door.goes_on(1);
}

#[test]
fn a_body_that_is_far_too_large_is_refused_unread() {
    let door = Door::open();
    let mut connection = door.server.connect();
    let head = door.head("Content-Type: application/json\r\nContent-Length: 10000000000\r\n");
    connection.send(&head).expect("sent");
    told(
        &connection.answer(false).expect("an answer"),
        413,
        "too_large",
        &["10000000000", "65535"],
    );
    // Of unknown length: as soon as there is too much of it.
    let ask = door.body("application/json", b"");
    let (mut sender, mut answer) = door.server.connect().stream(&ask).expect("a request");
    for _ in 0..9 {
        // The server may have closed by now.
        drop(sender.send(&[b' '; 8_192]));
    }
    assert_eq!(answer.status().expect("an answer"), 413);
    door.unchanged();
    door.goes_on(0);
}
