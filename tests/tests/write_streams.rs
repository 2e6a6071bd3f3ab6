//! Lines of proposals as a stream: each answered in its turn while the rest is still being sent, in bounded memory.

use minhbach_tests::{Ask, DataFolder, Dice, Server, actor, allocation, receipt};
use serde_json::Value;

fn desk() -> (DataFolder, Server, String) {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "van-phong", &["recorder", "approver"], None);
    let server = Server::start(&folder);
    (folder, server, token)
}

fn keyed(dong: u64, key: &str) -> Value {
    let mut gift = receipt(dong);
    gift["key"] = key.into();
    gift
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    let (folder, server, token) = desk();
    let size = folder.journal().size() as u64;
    let (mut sender, mut answers) = server
        .connect()
        .stream(&Ask::lines(&token, "", ""))
        .expect("a stream");
    let mut next = || answers.json().expect("an answer").expect("a line");
    let mut recorded = 0;
    for number in 1..=40 {
        let line = if number % 4 == 0 {
            allocation("AL-1", 1_000_000).to_string() + "\n"
        } else {
            receipt(number).to_string() + "\n"
        };
        // Half a line is not answered and does no harm.
        let (half, rest) = line.split_at(line.len() / 2);
        sender.send(half.as_bytes()).expect("sent");
        sender.send(rest.as_bytes()).expect("sent");
        let answer = next();
        assert_eq!(answer["line"], number, "{answer}");
        if number % 4 == 0 {
            assert_eq!(answer["error"]["code"], "insufficient_quantity", "{answer}");
            continue;
        }
        assert_eq!(answer["seq"], size + recorded, "{answer}");
        recorded += 1;
        // Acknowledged is durable: it is in the file now.
        let journal = folder.journal();
        assert_eq!(
            answer["hash"],
            journal.lines.last().expect("an entry").hash.as_str()
        );
        // And whoever asks meanwhile sees it.
        let path = format!("/v1/entries/{}", answer["seq"]);
        assert_eq!(server.get(&path).is(200).json()["hash"], answer["hash"]);
    }
    // Several lines in a piece, and half of another.
    let many = format!("{}\n{}\n{{\"type\":", receipt(1), receipt(2));
    sender.send(many.as_bytes()).expect("sent");
    assert_eq!(next()["seq"], size + recorded);
    assert_eq!(next()["seq"], size + recorded + 1);
    sender.send(b"\"nothing.known\"}").expect("sent");
    sender.end().expect("ended");
    // The last line needs no end of its own.
    assert_eq!(next()["error"]["code"], "unknown_type");
    assert_eq!(answers.line().expect("the end"), None);
    assert_eq!(folder.journal().size() as u64, size + recorded + 2);
}

#[test]
fn one_refusal_stops_nothing_and_every_line_has_its_answer_in_order() {
    const LINES: u64 = 5_000;
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let (folder, server, token) = desk();
    let size = folder.journal().size() as u64;
    let (mut text, mut expected, mut dong) = (Vec::new(), Vec::new(), 0);
    for number in 1..=LINES {
        let (line, answer) = match dice.below(6) {
            0 => ("{\"type\":".to_owned(), "malformed"),
            1 => (String::new(), "malformed"),
            2 => (
                r#"{"type":"receipt.issue","fund":"quy-mam-xanh"}"#.to_owned(),
                "unknown_type",
            ),
            3 => {
                let mut stray = receipt(1);
                stray["pool"] = "khong-co".into();
                (stray.to_string(), "unknown_reference")
            }
            4 => (keyed(1, "mot-lan").to_string(), "once"),
            _ => {
                dong += number;
                (receipt(number).to_string(), "new")
            }
        };
        // Ends of lines as other systems write them are no fault.
        text.extend_from_slice(line.as_bytes());
        text.extend_from_slice(if dice.below(2) == 0 { b"\n" } else { b"\r\n" });
        expected.push(answer);
    }
    let (mut sender, mut answers) = server
        .connect()
        .stream(&Ask::lines(&token, "", "").with("Accept-Language", "en"))
        .expect("a stream");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut rest = &text[..];
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(rest.len().min(1 + dice.below(5_000) as usize));
                sender.send(piece).expect("sent");
                rest = after;
            }
            sender.end().expect("ended");
        });
        let (mut seq, mut once) = (size, None);
        for (index, expected) in expected.iter().enumerate() {
            let answer = answers.json().expect("an answer").expect("a line");
            assert_eq!(answer["line"], index + 1, "{answer}");
            match *expected {
                "new" => {
                    assert_eq!(answer["seq"], seq, "{answer}");
                    seq += 1;
                }
                "once" => {
                    let first = *once.get_or_insert_with(|| {
                        seq += 1;
                        seq - 1
                    });
                    assert_eq!(answer["seq"], first, "{answer}");
                }
                code => {
                    assert_eq!(answer["error"]["code"], code, "{answer}");
                    let message = &answer["error"]["message"];
                    assert!(message["vi"].is_string() && message["en"].is_string(), "{answer}");
                }
            }
        }
        assert_eq!(answers.line().expect("the end"), None);
        assert_eq!(folder.journal().size() as u64, seq);
        let gift = server.get("/v1/balances?kind=pool").json();
        let received = gift["rows"][0]["received"]
            .as_str()
            .expect("a quantity")
            .to_owned();
        assert_eq!(received, (dong + u64::from(once.is_some())).to_string());
    });
    server.terminate();
    folder.run(["verify"]).ok();
}

#[test]
fn memory_does_not_grow_with_the_lines() {
    const LINES: u64 = 200_000;
    const WARM: u64 = 40_000;
    let (folder, server, token) = desk();
    server.ask(&Ask::propose(&token, &keyed(1, "mot-lan"))).is(201);
    let size = folder.journal().size();
    let (mut sender, mut answers) = server
        .connect()
        .stream(&Ask::lines(&token, "", ""))
        .expect("a stream");
    // A kilobyte a line, none of which leaves anything in the ledger.
    let mut padded = receipt(5);
    padded["note"] = "x".repeat(800).into();
    let mut overdrawn = allocation("AL-1", 1_000_000);
    overdrawn["key"] = "y".repeat(64).into();
    let three = format!("{padded}\n{overdrawn}\n{}\n", keyed(1, "mot-lan"));
    let piece = three.repeat(20);
    let mut grown = 0;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..LINES.div_ceil(60) {
                sender.send(piece.as_bytes()).expect("sent");
            }
            sender.end().expect("ended");
        });
        let (mut number, mut warm) = (0, 0);
        while let Some(answer) = answers.line().expect("an answer") {
            number += 1;
            if number == WARM {
                warm = server.resident_kib();
            } else if WARM < number && number % 5_000 == 0 {
                grown = grown.max(server.resident_kib().saturating_sub(warm));
            }
            if number % 1_000 == 0 {
                let answer: Value = serde_json::from_str(&answer).expect("JSON");
                assert_eq!(answer["line"], number);
            }
        }
        assert!(LINES <= number, "{number} answers");
    });
    // 160,000 lines more are 80 MB of lines and as much of answers. What may be held are 16 batches of 1 MiB at most,
    // as they came and as they are answered.
    println!(
        "{grown} KiB more than after {WARM} lines, {} KiB in all",
        server.resident_kib()
    );
    assert!(grown < 40 * 1024, "{grown} KiB");
    assert_eq!(folder.journal().size(), size);
}
