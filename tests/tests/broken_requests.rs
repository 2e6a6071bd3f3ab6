//! Requests that are no HTTP, and connections that break: nothing half is recorded, and what was answered stays.

use minhbach_tests::{Ask, Connection, Door, raw_status, receipt};
use serde_json::Value;

#[test]
fn what_is_no_http_is_refused_and_its_connection_closed() {
    let door = Door::open();
    let good = receipt(5).to_string();
    let length = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n",
        good.len()
    );
    let with = |headers: &str| [&door.head(headers)[..], good.as_bytes()].concat();
    let chunked = |chunks: &str| {
        let head = door.head("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
        [&head[..], chunks.as_bytes()].concat()
    };
    let many: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    let whole_chunk = format!("{:x}\r\n{good}\r\n", good.len());
    let cases: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("words", b"xin chao\r\n\r\n".to_vec(), &[400]),
        ("zeros", vec![0; 1_000], &[400]),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            &[400],
        ),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        (
            "HTTP/9",
            b"GET /v1/status HTTP/9.9\r\nHost: so\r\n\r\n".to_vec(),
            &[400, 505],
        ),
        (
            "a space too many",
            b"GET /v1/ status HTTP/1.1\r\nHost: so\r\n\r\n".to_vec(),
            &[400],
        ),
        (
            "a raw letter",
            "GET /v1/tr\u{1b0}\u{1edd}ng HTTP/1.1\r\nHost: so\r\n\r\n".into(),
            &[400, 404],
        ),
        (
            "a long path",
            format!("GET /{} HTTP/1.1\r\nHost: so\r\n\r\n", "a".repeat(70_000)).into(),
            &[414, 431],
        ),
        (
            "a long header",
            with(&format!("{length}X: {}\r\n", "a".repeat(70_000))),
            &[431],
        ),
        ("many headers", with(&format!("{length}{many}")), &[431]),
        (
            "a header without a name",
            with(&format!("{length}: x\r\n")),
            &[400],
        ),
        (
            "a name with a space",
            with(&format!("{length}X Y: x\r\n")),
            &[400],
        ),
        (
            "a space before the colon",
            with(&format!("{length}X : x\r\n")),
            &[400],
        ),
        (
            "a folded header",
            with(&format!("{length}X: a\r\n b\r\n")),
            &[400],
        ),
        ("NUL in a header", with(&format!("{length}X: a\0b\r\n")), &[400]),
        (
            "a length of letters",
            with("Content-Type: application/json\r\nContent-Length: abc\r\n"),
            &[400],
        ),
        (
            "a negative length",
            with("Content-Type: application/json\r\nContent-Length: -5\r\n"),
            &[400],
        ),
        (
            "a signed length",
            with("Content-Type: application/json\r\nContent-Length: +5\r\n"),
            &[400],
        ),
        (
            "an endless length",
            with("Content-Length: 99999999999999999999999\r\n"),
            &[400],
        ),
        (
            "two lengths",
            with(&format!("{length}Content-Length: 5\r\n")),
            &[400],
        ),
        (
            "a length and chunks",
            with(&format!("{length}Transfer-Encoding: chunked\r\n")),
            &[400],
        ),
        (
            "chunks and a length",
            chunked(&whole_chunk).replace_head("Host: so", "Host: so\r\nContent-Length: 5"),
            &[400],
        ),
        (
            "another coding",
            with(&format!("{length}Transfer-Encoding: gzip\r\n")),
            &[400, 501],
        ),
        (
            "chunks within",
            with("Content-Type: application/json\r\nTransfer-Encoding: chunked, gzip\r\n"),
            &[400, 501],
        ),
        (
            "chunks in HTTP/1.0",
            chunked(&whole_chunk).replace_head("HTTP/1.1", "HTTP/1.0"),
            &[400],
        ),
        (
            "a chunk of letters",
            chunked(&format!("zz\r\n{good}\r\n0\r\n\r\n")),
            &[400],
        ),
        (
            "a negative chunk",
            chunked(&format!("-5\r\n{good}\r\n0\r\n\r\n")),
            &[400],
        ),
        (
            "a chunk without a size",
            chunked(&format!("\r\n{good}\r\n0\r\n\r\n")),
            &[400],
        ),
        (
            "an endless chunk",
            chunked(&format!("ffffffffffffffffff\r\n{good}")),
            &[400],
        ),
        (
            "a large chunk",
            chunked(&format!("7fffffffffffffff\r\n{good}")),
            &[400],
        ),
        (
            "a chunk that is longer",
            chunked(&format!("5\r\n{good}\r\n0\r\n\r\n")),
            &[400],
        ),
        ("no last chunk", chunked(&whole_chunk), &[400]),
        (
            "a last chunk cut off",
            chunked(&format!("{whole_chunk}0\r\n")),
            &[400],
        ),
        (
            "a body cut off",
            with(&length)[..with(&length).len() - 1].to_vec(),
            &[400],
        ),
        ("no body", door.head(&length), &[400]),
    ];
    for (name, bytes, expected) in &cases {
        let answer = door.raw(bytes);
        // Who speaks another language altogether would not understand a word.
        if expected.is_empty() {
            assert_eq!(answer, "", "{name}");
            continue;
        }
        let status = raw_status(&answer).unwrap_or_else(|| panic!("{name}: {answer:?}"));
        assert!(expected.contains(&status), "{name}: {answer}");
        // What follows in the connection would be read as a request of its own.
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
    }
    door.unchanged();
    door.goes_on(0);
}

trait ReplaceHead {
    /// The same bytes with another text in their head.
    fn replace_head(self, from: &str, to: &str) -> Vec<u8>;
}

impl ReplaceHead for Vec<u8> {
    fn replace_head(self, from: &str, to: &str) -> Vec<u8> {
        String::from_utf8(self)
            .expect("a text")
            .replacen(from, to, 1)
            .into_bytes()
    }
}

#[test]
fn a_request_hidden_in_another_s_body_is_not_read() {
    let door = Door::open();
    // A proxy that goes by the length sees one request; a server that goes by the chunks would see a second.
    let hidden = [
        &door.head("Content-Type: application/json\r\nContent-Length: 2\r\n")[..],
        b"{}",
    ]
    .concat();
    let body = [b"0\r\n\r\n", &hidden[..]].concat();
    let head = door.head(&format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n",
        body.len()
    ));
    let answer = door.raw(&[head, body].concat());
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(raw_status(&answer), Some(400), "{answer}");
    door.unchanged();
    door.goes_on(0);
}

/// How a client that sends lines goes away.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    /// It ends sending without the last chunk, and reads on.
    HalfClosed,
    /// It is gone in both directions.
    Gone,
}

#[test]
fn a_stream_that_breaks_off_keeps_whole_lines_and_nothing_half() {
    let door = Door::open();
    let mut recorded = 0;
    let half = receipt(77).to_string();
    // After a whole line; within one; after one that is whole but for its end: who knows what was to follow.
    for tail in ["", &half[..half.len() / 2], &half] {
        for leaving in [Leaving::HalfClosed, Leaving::Gone] {
            for media_type in ["application/x-ndjson", "application/json"] {
                let ask = door.body(media_type, b"");
                let (mut sender, mut answers) = door.server.connect().stream(&ask).expect("a stream");
                let streamed = media_type.ends_with("ndjson");
                if streamed {
                    for number in 1..=3 {
                        sender.line(&receipt(number)).expect("sent");
                        let answer = answers.json().expect("an answer").expect("a line");
                        assert!(answer["seq"].is_u64(), "{answer}");
                        recorded += 1;
                    }
                }
                if !tail.is_empty() {
                    sender.send(tail.as_bytes()).expect("sent");
                }
                match leaving {
                    Leaving::Gone => sender.drop_connection(),
                    Leaving::HalfClosed if streamed => {
                        sender.break_off().expect("ended");
                        // From the fourth line on nothing is recorded, and that is said.
                        let answer = answers.json().expect("an answer").expect("a line");
                        assert_eq!(answer["line"], 4, "{answer}");
                        assert_eq!(answer["error"]["code"], "body_unreadable", "{answer}");
                        assert_eq!(answers.line().expect("the end"), None);
                    }
                    Leaving::HalfClosed => {
                        sender.break_off().expect("ended");
                        assert_eq!(answers.status().expect("an answer"), 400);
                    }
                }
            }
        }
    }
    assert_eq!(door.folder.journal().of("receipt.issued").count(), recorded);
    door.goes_on(recorded);
}

#[test]
fn a_body_shorter_than_it_was_said_to_be_leaves_its_whole_lines() {
    let door = Door::open();
    let mut connection = door.server.connect();
    let head = door.head("Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n");
    connection.send(&head).expect("sent");
    let lines = format!("{}\n{}\n{}", receipt(1), receipt(2), receipt(3));
    connection.send(lines.as_bytes()).expect("sent");
    connection.end_sending().expect("ended");
    let answers = connection.answer(false).expect("an answer").is(200).json_lines();
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert!(
        answers[..2].iter().all(|answer| answer["seq"].is_u64()),
        "{answers:?}"
    );
    assert_eq!(answers[2]["error"]["code"], "body_unreadable");
    door.goes_on(2);
}

#[test]
fn who_ends_sending_after_a_whole_request_is_answered() {
    let door = Door::open();
    let good = receipt(5).to_string();
    let lines = format!("{good}\n{good}\n");
    for (media_type, body, status) in [
        ("application/json", &good, 201),
        ("application/x-ndjson", &lines, 200),
    ] {
        let mut connection: Connection = door.server.connect();
        let length = format!("Content-Type: {media_type}\r\nContent-Length: {}\r\n", body.len());
        connection.send(&door.head(&length)).expect("sent");
        connection.send(body.as_bytes()).expect("sent");
        connection.end_sending().expect("ended");
        connection.answer(false).expect("an answer").is(status);
    }
    door.goes_on(3);
}

#[test]
fn what_was_answered_before_the_connection_dropped_stays() {
    let door = Door::open();
    let mut acknowledged = Vec::new();
    for read in [0, 1, 100, 999] {
        let ask = Ask::lines(&door.token, "", "");
        let (mut sender, mut answers) = door.server.connect().stream(&ask).expect("a stream");
        let lines: String = (0..1_000).map(|_| format!("{}\n", receipt(1))).collect();
        sender.send(lines.as_bytes()).expect("sent");
        for _ in 0..read {
            acknowledged.push(answers.json().expect("an answer").expect("a line"));
        }
        sender.drop_connection();
        drop(answers);
    }
    // The next request is decided after what those left behind.
    let last = door
        .server
        .ask(&Ask::propose(&door.token, &receipt(5)))
        .is(201)
        .json();
    acknowledged.push(last);
    let journal = door.folder.journal();
    for answer in &acknowledged {
        let seq = answer["seq"].as_u64().expect("a seq") as usize;
        assert_eq!(answer["hash"], journal.lines[seq].hash.as_str());
    }
    let (before, size) = (door.before.size(), journal.size());
    assert!(size - before <= 4_001, "{size}");
    let end = door.server.terminate();
    assert_eq!(end.code, Some(0), "{}", end.err);
    door.folder.run(["verify"]).ok();
    for line in &door.folder.journal().lines[before..] {
        assert!(
            ["1", "5"].map(Value::from).contains(&line.event()["quantity"]),
            "{line:?}"
        );
    }
}
