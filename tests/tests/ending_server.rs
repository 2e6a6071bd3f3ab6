//! A server that is told to end under write load: what it acknowledged is there, and whoever was waiting has a whole
//! answer or none.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use minhbach_tests::{Ask, Connection, DataFolder, Server, actor, receipt};
use serde_json::Value;

const SINGLES: usize = 6;
const STREAMS: usize = 3;
const FOLLOWERS: usize = 3;
const ROUNDS: usize = 4;

/// Seq and hash of an entry that was acknowledged.
type Acknowledged = (usize, String);

#[track_caller]
fn acknowledged(answer: &Value) -> Acknowledged {
    let seq = answer["seq"].as_u64().unwrap_or_else(|| panic!("{answer}"));
    (seq as usize, answer["hash"].as_str().expect("a hash").to_owned())
}

/// All that comes on a connection of its own for one request; nothing where the server is gone.
fn everything(address: SocketAddr, token: &str) -> Vec<u8> {
    let mut came = Vec::new();
    let Ok(mut stream) = TcpStream::connect(address) else {
        return came;
    };
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a limit");
    let body = receipt(1).to_string();
    let request = format!(
        "POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // A server that is ending may take the connection and close it.
    if stream.write_all(request.as_bytes()).is_ok() {
        drop(stream.read_to_end(&mut came));
    }
    came
}

/// The status and document of an answer that must be whole.
#[track_caller]
fn whole(came: &[u8]) -> (u16, Value) {
    let text = std::str::from_utf8(came).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    let head = head.to_ascii_lowercase();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(body.len(), length, "{text}");
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    (
        status.expect("a status"),
        serde_json::from_str(body).expect("JSON"),
    )
}

/// One proposal after the other until the server is gone.
fn singles(address: SocketAddr, token: &str, count: &AtomicUsize) -> Vec<Acknowledged> {
    let mut kept = Vec::new();
    loop {
        let came = everything(address, token);
        if came.is_empty() {
            return kept;
        }
        match whole(&came) {
            (201, answer) => kept.push(acknowledged(&answer)),
            (503, problem) => assert_eq!(problem["code"], "shutting_down"),
            (status, answer) => panic!("{status} {answer}"),
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Lines until the server ends the stream, which it must do in order.
fn stream(address: SocketAddr, token: &str, count: &AtomicUsize) -> Vec<Acknowledged> {
    let connection = Connection::open(address).expect("a connection");
    let (mut sender, mut answers) = connection.stream(&Ask::lines(token, "", "")).expect("a stream");
    scope(|scope| {
        // It sends without end; that the other side goes is the end.
        scope.spawn(move || while sender.line(&receipt(2)).is_ok() {});
        let (mut kept, mut ended) = (Vec::new(), false);
        // A line that is cut off, or a body that does not end as it should, is an error here.
        while let Some(answer) = answers.json().expect("a stream that ends in order") {
            assert!(!ended, "{answer} after the end");
            assert_eq!(answer["line"], kept.len() + 1, "{answer}");
            if answer.get("error").is_some() {
                assert_eq!(answer["error"]["code"], "shutting_down", "{answer}");
                ended = true;
                continue;
            }
            kept.push(acknowledged(&answer));
            count.fetch_add(1, Ordering::Relaxed);
        }
        assert!(ended, "the last line says that no more is taken");
        kept
    })
}

/// The ids that a follower sees until the server ends the stream, which it must do in order.
fn follow(address: SocketAddr, from: usize) -> usize {
    let ask = Ask::get(&format!("/v1/stream?from={from}"));
    let connection = Connection::open(address).expect("a connection");
    let mut events = connection.follow(&ask).expect("a stream");
    let mut seen = 0;
    while let Some(event) = events.event().expect("a stream that ends in order") {
        assert_eq!(event.id, (from + seen).to_string());
        seen += 1;
    }
    seen
}

#[test]
fn told_to_end_under_load_it_loses_nothing_and_cuts_nobody_off() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let begun = folder.journal().size();
    let mut all = Vec::new();
    for round in 1..=ROUNDS {
        let server = Server::start(&folder);
        let (address, token, count) = (server.address, token.as_str(), &AtomicUsize::new(0));
        let from = folder.journal().size();
        let (kept, seen): (Vec<Acknowledged>, Vec<usize>) = scope(|scope| {
            let mut writers: Vec<_> = (0..SINGLES)
                .map(|_| scope.spawn(move || singles(address, token, count)))
                .collect();
            writers.extend((0..STREAMS).map(|_| scope.spawn(move || stream(address, token, count))));
            let followers: Vec<_> = (0..FOLLOWERS)
                .map(|_| scope.spawn(move || follow(address, from)))
                .collect();
            while count.load(Ordering::Relaxed) < 200 * round {
                sleep(Duration::from_millis(1));
            }
            server.tell_to_end();
            (
                writers
                    .into_iter()
                    .flat_map(|writer| writer.join().expect("a writer"))
                    .collect(),
                followers
                    .into_iter()
                    .map(|follower| follower.join().expect("a follower"))
                    .collect(),
            )
        });
        let end = server.wait();
        assert_eq!(end.code, Some(0), "{}", end.err);
        assert!(
            !end.err.contains("cut off"),
            "everything came to its end: {}",
            end.err
        );
        let journal = folder.journal();
        assert_eq!(journal.whole, journal.bytes.len(), "no torn line");
        all.extend(kept);
        for (seq, hash) in &all {
            assert_eq!(&journal.lines[*seq].hash, hash, "entry {seq}");
        }
        // Nothing was recorded but what was acknowledged: whoever was waiting was answered.
        assert_eq!(journal.size() - begun, all.len());
        for seen in seen {
            assert!(seen <= journal.size() - from, "{seen}");
        }
    }
    folder.run(["verify"]).ok();
}

#[test]
fn told_to_end_it_ends_soon_for_those_who_only_wait() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    // Idle connections, an open stream of lines, followers: none of them has to end by itself.
    let mut idle = server.connect();
    idle.ask(&Ask::get("/v1/status")).expect("an answer").is(200);
    let _fresh = server.connect();
    let (mut sender, mut answers) = server
        .connect()
        .stream(&Ask::lines(&token, "", ""))
        .expect("a stream");
    sender.line(&receipt(1)).expect("sent");
    assert_eq!(answers.json().expect("an answer").expect("a line")["line"], 1);
    // Half a line is open when the end comes; it is not recorded.
    sender
        .send(&receipt(7).to_string().as_bytes()[..40])
        .expect("sent");
    let mut events = server
        .connect()
        .follow(&Ask::get("/v1/stream"))
        .expect("a stream");
    assert_eq!(events.status().expect("an answer"), 200);
    server.tell_to_end();
    assert_eq!(events.event().expect("the end"), None);
    let last = answers.json().expect("an answer").expect("a line");
    assert_eq!(
        (&last["line"], &last["error"]["code"]),
        (&2.into(), &"shutting_down".into())
    );
    assert_eq!(answers.line().expect("the end"), None);
    assert!(idle.answer(false).is_err(), "an answer to nothing");
    let address = server.address;
    let end = server.wait();
    assert_eq!(end.code, Some(0), "{}", end.err);
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    folder.run(["verify"]).ok();
    // The folder is free again.
    folder.record_all(&[receipt(1)]);
}
