//! Clients that are slow, silent or too many hold nobody up, and cost the server little.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use minhbach_tests::{Ask, Connection, DataFolder, Server, actor, receipt};

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

const HEAD_BEGUN: &[u8] = b"GET /v1/status HTTP/1.1\r\nHost: so\r\nX: ";

/// A number that the server measures.
#[track_caller]
fn number(server: &Server, name: &str) -> u64 {
    let metrics = server.get("/metrics").is(200);
    let value = metrics.text().lines().find_map(|line| line.strip_prefix(name));
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("{name} is measured"))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_nonblocking(true).expect("no waiting");
    stream
}

/// Sends what the connection takes without waiting; how many bytes, and whether it still stands.
fn push(stream: &mut TcpStream, bytes: &[u8]) -> (usize, bool) {
    let mut sent = 0;
    while sent < bytes.len() {
        match stream.write(&bytes[sent..]) {
            Ok(more) => sent += more,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(_) => return (sent, false),
        }
    }
    (sent, true)
}

/// What came until the server closed the connection.
fn until_closed(mut stream: TcpStream) -> Vec<u8> {
    stream.set_nonblocking(false).expect("waiting");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let mut came = Vec::new();
    match stream.read_to_end(&mut came) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the server holds the connection"),
        _ => came,
    }
}

#[test]
fn two_hundred_slow_clients_hold_nobody_up() {
    let folder = DataFolder::prepared();
    folder.record_all(&vec![receipt(1); 2_000]);
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let address = server.address;
    let head = format!(
        "POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 60000\r\n\r\n"
    );
    // Four hundred kilobytes each; nobody reads them.
    let pages = "GET /v1/entries?limit=1000 HTTP/1.1\r\nHost: so\r\n\r\n".repeat(50);
    let mut heads: Vec<TcpStream> = (0..70).map(|_| connect(address)).collect();
    let mut bodies: Vec<TcpStream> = (0..70).map(|_| connect(address)).collect();
    let mut deaf: Vec<TcpStream> = (0..60).map(|_| connect(address)).collect();
    for stream in &mut heads {
        assert!(push(stream, HEAD_BEGUN).1);
    }
    for stream in &mut bodies {
        assert!(push(stream, head.as_bytes()).1);
    }
    for stream in &mut deaf {
        assert!(push(stream, pages.as_bytes()).1);
    }
    let asked = AtomicBool::new(false);
    scope(|scope| {
        scope.spawn(|| {
            while !asked.load(Ordering::Relaxed) {
                for (streams, begin) in [(&mut heads, HEAD_BEGUN), (&mut bodies, head.as_bytes())] {
                    for stream in streams {
                        // Whoever was sent away comes back.
                        if !push(stream, b"a").1 {
                            *stream = connect(address);
                            push(stream, begin);
                        }
                    }
                }
                sleep(Duration::from_millis(20));
            }
        });
        let mut connection = server.connect();
        for dong in 1..=100 {
            let mut ask = |ask: &Ask| connection.ask(ask).expect("an answer");
            ask(&Ask::propose(&token, &receipt(dong))).is(201);
            ask(&Ask::get("/v1/balances")).is(200);
            server.get("/v1/received").is(200);
        }
        // They are there all the time: nobody was answered because they had gone.
        let open = number(&server, "minhbach_http_connections ");
        assert!(190 <= open, "{open} connections");
        asked.store(true, Ordering::Relaxed);
    });
    // A head that does not end is not waited for, and neither is a next request; nothing comes of them.
    let mut idle = server.connect();
    idle.ask(&Ask::get("/v1/status")).expect("an answer").is(200);
    for stream in heads {
        let came = until_closed(stream);
        assert!(
            came.is_empty() || came.starts_with(b"HTTP/1.1 408 "),
            "{}",
            String::from_utf8_lossy(&came)
        );
    }
    assert!(idle.answer(false).is_err(), "an answer to nothing");
    drop((bodies, deaf));
    let receipts = folder.journal().of("receipt.issued").count();
    assert_eq!(receipts, 2_000 + 100);
    assert_eq!(server.terminate().code, Some(0));
    folder.run(["verify"]).ok();
}

/// A ledger of some megabytes.
fn large() -> DataFolder {
    let folder = DataFolder::prepared();
    let mut long = receipt(1);
    long["restriction"] = serde_json::json!({"until": "2030-01-01"});
    long.as_object_mut().expect("an object").remove("pool");
    folder.record_all(&vec![long; 12_000]);
    folder
}

#[test]
fn followers_who_never_read_cost_little_and_hold_nobody_up() {
    const FOLLOWERS: usize = 200;
    let folder = large();
    let megabytes = folder.journal().bytes.len() >> 20;
    assert!(4 <= megabytes, "{megabytes} MB");
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let follow = |from: usize| {
        let ask = Ask::get(&format!("/v1/stream?from={from}"));
        server.connect().follow(&ask).expect("a stream")
    };
    // One who reads everything warms the server up.
    let size = folder.journal().size();
    let mut events = follow(0);
    for _ in 0..size {
        events.event().expect("an event").expect("it goes on");
    }
    let before = server.resident_kib();
    let mut deaf: Vec<TcpStream> = (0..FOLLOWERS).map(|_| connect(server.address)).collect();
    for stream in &mut deaf {
        assert!(push(stream, b"GET /v1/stream?from=0 HTTP/1.1\r\nHost: so\r\n\r\n").1);
    }
    // He who reads is told what comes, while the others are not.
    for dong in 1..=300 {
        server.ask(&Ask::propose(&token, &receipt(dong))).is(201);
        let event = events.event().expect("an event").expect("it goes on");
        assert_eq!(event.id, (size as u64 + dong - 1).to_string());
    }
    // All of the journal for each would be 800 MB and more. What is read ahead is 256 KiB, as it stands and as it is sent.
    let grown = server.resident_kib().saturating_sub(before);
    println!("{grown} KiB for {FOLLOWERS} followers of {megabytes} MB");
    assert!(grown < FOLLOWERS as u64 * 1_024, "{grown} KiB");
    // Who begins to read after all has missed nothing.
    let mut late = deaf.pop().expect("one of them");
    late.set_nonblocking(false).expect("waiting");
    late.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let (mut came, mut piece) = (String::new(), vec![0; 1 << 16]);
    let last = format!("id: {}\n", size + 299);
    while !came.contains(&last) {
        let read = late.read(&mut piece).expect("more");
        assert!(0 < read, "the stream ended");
        came.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    let ids = came.lines().filter_map(|line| line.strip_prefix("id: "));
    assert!(ids.eq((0..size + 300).map(|seq| seq.to_string())));
    drop((late, deaf));
    assert_eq!(server.terminate().code, Some(0));
}

#[test]
fn lines_whose_answers_nobody_reads_are_not_read_for_ever() {
    const OFFERED: usize = 400 << 20;
    // 16 batches of 1,024 lines are 48 KB, and both sides' sockets hold some megabytes each.
    const TAKEN_MAX: usize = 32 << 20;
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let head = format!(
        "POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {OFFERED}\r\n\r\n"
    );
    // Short lines with long answers: 200 bytes and more for each of three.
    let lines = "{}\n".repeat(1 << 15);
    let mut stream = connect(server.address);
    assert_eq!(push(&mut stream, head.as_bytes()), (head.len(), true));
    let (mut sent, mut moved) = (0, Instant::now());
    // It stands still when nothing was taken for a while; were that too soon, less would have been taken.
    while sent < TAKEN_MAX && moved.elapsed() < Duration::from_secs(3) {
        let from = sent % 3;
        let (more, stands) = push(&mut stream, &lines.as_bytes()[from..]);
        assert!(stands, "the server closed the connection after {sent} bytes");
        if 0 < more {
            (sent, moved) = (sent + more, Instant::now());
        } else {
            sleep(Duration::from_millis(5));
        }
        // Others are served.
        server.get("/healthz").is(200);
    }
    let kib = server.resident_kib();
    println!("{sent} bytes of {OFFERED} were taken, {kib} KiB");
    assert!(sent < TAKEN_MAX, "{sent} bytes");
    // Who reads after all is answered line by line, from the first.
    stream.set_nonblocking(false).expect("waiting");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let mut piece = vec![0; 1 << 16];
    let read = stream.read(&mut piece).expect("an answer");
    let answer = String::from_utf8_lossy(&piece[..read]);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{:.100}", answer);
    let first = answer.find("{\"line\":1,").expect("the first line's answer");
    let second = answer.find("{\"line\":2,").expect("the second line's answer");
    assert!(first < second);
    drop(stream);
    server.ask(&Ask::propose(&token, &receipt(5))).is(201);
    assert_eq!(server.terminate().code, Some(0));
}

#[test]
fn streams_have_places_and_the_next_is_told_to_come_later() {
    const PLACES: usize = 64;
    const OF_ONE_TOKEN: usize = 16;
    let folder = DataFolder::prepared();
    let tokens: Vec<String> = (0..=PLACES / OF_ONE_TOKEN)
        .map(|nth| actor(&folder, &format!("ke-toan-{nth}"), &["recorder"], None))
        .collect();
    let server = Server::start(&folder);
    let open = |token: &str| {
        let ask = Ask::lines(token, "", "");
        let (mut sender, mut answers) = server.connect().stream(&ask).expect("a stream");
        sender.line(&receipt(1)).expect("sent");
        let answer = answers.json().expect("an answer").expect("a line");
        assert!(answer["seq"].is_u64(), "{answer}");
        (sender, answers)
    };
    let mut streams = Vec::new();
    for token in &tokens[1..] {
        streams.extend((0..OF_ONE_TOKEN).map(|_| open(token)));
        let one_more = server.ask(&Ask::lines(token, "", "{}\n"));
        one_more.problem(503, "busy");
        if streams.len() < PLACES {
            server.ask(&Ask::lines(&tokens[0], "", "{}\n")).is(200);
        }
    }
    let token = &tokens[0];
    let answer = server.ask(&Ask::lines(token, "", "{}\n"));
    answer.problem(503, "busy");
    let wait: u64 = answer
        .header("retry-after")
        .and_then(|wait| wait.parse().ok())
        .expect("when to come back");
    assert!(0 < wait, "{wait}");
    // One proposal at a time, and all or none, need no such place.
    server.ask(&Ask::propose(token, &receipt(1))).is(201);
    let together = Ask::lines(token, "?atomic=true", format!("{}\n", receipt(1)));
    server.ask(&together).is(200);
    // A place is free again when a stream has ended, and when its client has gone.
    let (sender, mut answers) = streams.remove(0);
    sender.end().expect("ended");
    assert_eq!(answers.line().expect("the end"), None);
    until(|| server.ask(&Ask::lines(token, "", "{}\n")).status == 200);
    let (sender, answers) = streams.remove(0);
    sender.drop_connection();
    drop(answers);
    let _first = open(token);
    until(|| server.ask(&Ask::lines(token, "", "{}\n")).status == 200);
}

/// Waits until it is so.
#[track_caller]
fn until(so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !so() {
        assert!(begin.elapsed() < PATIENCE, "it does not come");
        sleep(Duration::from_millis(5));
    }
}

/// Asserts that an answer says to come back, and after how many seconds.
#[track_caller]
fn too_many(answer: &minhbach_tests::Answer) -> u64 {
    let problem = answer.problem(429, "too_many_requests");
    let wait = answer.header("retry-after").expect("when to come back");
    for language in ["vi", "en"] {
        let said = problem["message"][language].as_str().expect("a sentence");
        assert!(said.contains(wait), "{said}");
    }
    let wait = wait.parse().expect("whole seconds");
    assert!((1..=60).contains(&wait), "{wait} s");
    wait
}

#[test]
fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let folder = DataFolder::prepared();
    // One a second, five at once.
    let limits = ["--requests-per-second", "1", "--writes-per-second", "0"];
    let server = Server::start_with(&folder, &limits);
    let mut connection = server.connect();
    let mut ask = |path: &str| connection.ask(&Ask::get(path)).expect("an answer");
    let statuses: Vec<u16> = (0..50).map(|_| ask("/v1/status").status).collect();
    assert_eq!(statuses[..5], [200; 5], "{statuses:?}");
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert!(20 <= refused, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 429)),
        "{statuses:?}"
    );
    while ask("/v1/status").status == 200 {}
    too_many(&ask("/v1/status"));
    // A wrong token is a guess, and guesses are counted too.
    too_many(&server.ask(&Ask::propose("mb_khong-co", &receipt(1))));
    // Who watches the server is not counted.
    for path in ["/healthz", "/readyz", "/metrics"] {
        for _ in 0..20 {
            ask(path).is(200);
        }
    }
    // A header that anybody can write changes nothing.
    let lie = Ask::get("/v1/status").with("X-Forwarded-For", "192.0.2.77");
    until(|| server.ask(&lie).status == 429);
    // He who waits is answered.
    until(|| server.get("/v1/status").status == 200);
}

#[test]
fn behind_a_proxy_each_address_that_it_names_counts_by_itself() {
    let folder = DataFolder::prepared();
    let server = Server::start_with(
        &folder,
        &[
            "--requests-per-second",
            "1",
            "--writes-per-second",
            "0",
            "--behind-proxy",
        ],
    );
    let ask = |forwarded: &str| server.ask(&Ask::get("/v1/status").with("X-Forwarded-For", forwarded));
    until(|| ask("192.0.2.1").status == 429);
    ask("192.0.2.2").is(200);
    // The proxy adds the last; those before it are the client's own words.
    ask("192.0.2.1, 192.0.2.3").is(200);
    until(|| ask("192.0.2.9, 192.0.2.1").status == 429);
}

#[test]
fn a_token_that_writes_too_often_is_told_when_to_come_back_and_others_are_not() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let other = actor(&folder, "ke-toan-2", &["recorder"], None);
    let limits = ["--requests-per-second", "0", "--writes-per-second", "1"];
    let server = Server::start_with(&folder, &limits);
    let mut connection: Connection = server.connect();
    let mut propose = |token: &str| {
        connection
            .ask(&Ask::propose(token, &receipt(1)))
            .expect("an answer")
    };
    let (mut recorded, mut refused) = (0, 0);
    while refused < 10 {
        let answer = propose(&token);
        match answer.status {
            201 => {
                recorded += 1;
                assert!(recorded < 1_000, "nothing is refused");
            }
            _ => {
                too_many(&answer);
                refused += 1;
            }
        }
    }
    assert!(5 <= recorded, "{recorded}");
    propose(&other).is(201);
    for _ in 0..20 {
        server.get("/v1/status").is(200);
    }
    // What was refused left nothing.
    let by = |by: &str| {
        let journal = folder.journal();
        let own = |line: &&minhbach_tests::Line| line.entry["by"] == by;
        journal.lines.iter().filter(own).count()
    };
    assert_eq!((by("ke-toan"), by("ke-toan-2")), (recorded, 1));
    // The lines of a stream do not count.
    let lines = format!("{}\n", receipt(1)).repeat(300);
    let ask = Ask::lines(&other, "", lines);
    assert_eq!(server.ask(&ask).is(200).json_lines().len(), 300);
    assert_eq!(by("ke-toan-2"), 301);
}
