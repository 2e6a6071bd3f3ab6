//! Following the journal as it grows: from any seq, without gap or double, through reconnects, restarts and kills.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{scope, sleep};
use std::time::Duration;

use minhbach_tests::{
    Ask, Connection, DataFolder, Dice, JournalFiles, Receiver, Server, SseEvent, actor, receipt,
};
use serde_json::{Value, json};

fn follow(server: &Server, query: &str, last: Option<&str>) -> Receiver {
    let ask = Ask::get(&format!("/v1/stream{query}"));
    let ask = match last {
        Some(last) => ask.with("Last-Event-ID", last),
        None => ask,
    };
    let mut events = server.connect().follow(&ask).expect("a stream");
    assert_eq!(events.status().expect("an answer"), 200);
    events
}

#[track_caller]
fn next(events: &mut Receiver) -> SseEvent {
    events.event().expect("an event").expect("the stream goes on")
}

/// Asserts that an event tells the journal's entry of that seq.
#[track_caller]
fn tells(event: &SseEvent, journal: &JournalFiles, seq: usize) {
    assert_eq!(event.id, seq.to_string(), "{event:?}");
    assert_eq!(event.event, "entry", "{event:?}");
    let told: Value = serde_json::from_str(&event.data).expect("JSON");
    let line = &journal.lines[seq];
    assert_eq!(told, json!({"seq": seq, "hash": line.hash, "entry": line.entry}));
}

#[test]
fn it_begins_where_it_was_told_to() {
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let record = |dong: u64| {
        server.ask(&Ask::propose(&token, &receipt(dong))).is(201).json()["seq"]
            .as_u64()
            .expect("a seq") as usize
    };
    let journal = folder.journal();
    let size = journal.size();
    let last = (size - 1).to_string();
    for (query, header, first) in [
        ("?from=0", None, 0),
        ("?from=7", None, 7),
        (&format!("?from={last}"), None, size - 1),
        ("", Some("0"), 1),
        ("", Some("7"), 8),
        // Who comes back has his address as it was: the header is newer.
        ("?from=0", Some("7"), 8),
    ] {
        let mut events = follow(&server, query, header);
        for seq in first..size {
            let event = next(&mut events);
            tells(&event, &journal, seq);
            if seq == size - 1 {
                // The data is the document of the entry, to the byte.
                assert_eq!(
                    event.data,
                    server.get(&format!("/v1/entries/{seq}")).text().trim_end()
                );
            }
        }
    }
    // At the end it waits.
    let mut waiting = vec![
        (follow(&server, "", None), size),
        (follow(&server, "", Some(&last)), size),
        (follow(&server, &format!("?from={size}"), None), size),
    ];
    // Beyond it, what lies between would be left out.
    for (path, last) in [
        (format!("/v1/stream?from={}", size + 1), None),
        ("/v1/stream".to_owned(), Some(size)),
        ("/v1/stream?from=0".to_owned(), Some(size + 3)),
        ("/v1/stream?from=9007199254740991".to_owned(), None),
    ] {
        let ask = match last {
            None => Ask::get(&path),
            Some(last) => Ask::get(&path).with("Last-Event-ID", &last.to_string()),
        };
        let problem = server.ask(&ask).problem(409, "beyond_end");
        assert!(
            problem["detail"]
                .as_str()
                .expect("a sentence")
                .contains(&size.to_string()),
            "{problem}"
        );
    }
    for dong in 1..=6 {
        record(dong);
    }
    let journal = folder.journal();
    for (events, first) in &mut waiting {
        for seq in *first..size + 6 {
            tells(&next(events), &journal, seq);
        }
    }
    for (path, last, code) in [
        ("/v1/stream", Some("x"), "bad_header"),
        ("/v1/stream", Some("-1"), "bad_header"),
        ("/v1/stream", Some(""), "bad_header"),
        ("/v1/stream", Some("9007199254740992"), "bad_header"),
        ("/v1/stream?from=-1", None, "bad_parameter"),
        ("/v1/stream?from=9007199254740992", None, "bad_parameter"),
        ("/v1/stream?form=1", None, "unknown_parameter"),
    ] {
        let ask = Ask::get(path);
        let ask = match last {
            Some(last) => ask.with("Last-Event-ID", last),
            None => ask,
        };
        server.ask(&ask).problem(400, code);
    }
    // Told to end, it ends them, each at the end of an event.
    let mut events = waiting.remove(0).0;
    server.tell_to_end();
    assert_eq!(events.event().expect("an end in order"), None);
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn many_followers_see_each_entry_once() {
    const FOLLOWERS: usize = 150;
    const WRITERS: u64 = 4;
    const EACH: u64 = 150;
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let size = folder.journal().size();
    let end = size + (WRITERS * EACH) as usize;
    let server = Server::start(&folder);
    let seen: Vec<Vec<SseEvent>> = scope(|scope| {
        let followers: Vec<_> = (0..FOLLOWERS)
            .map(|number| {
                let mut events = follow(&server, &format!("?from={}", number % size), None);
                scope.spawn(move || {
                    (number % size..end)
                        .map(|_| next(&mut events))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let mut connection = server.connect();
                for dong in 1..=EACH {
                    let answer = connection.ask(&Ask::propose(&token, &receipt(dong)));
                    answer.expect("an answer").is(201);
                }
            });
        }
        followers
            .into_iter()
            .map(|follower| follower.join().expect("a follower"))
            .collect()
    });
    let journal = folder.journal();
    for (number, seen) in seen.iter().enumerate() {
        for (seq, event) in (number % size..end).zip(seen) {
            tells(event, &journal, seq);
        }
    }
    // Who has gone is not counted any more.
    let gone = || {
        let metrics = server.get("/metrics");
        let line = |line: &&str| line.starts_with("minhbach_stream_followers ");
        let count = metrics.text().lines().find(line).expect("how many follow");
        count.ends_with(" 0")
    };
    // A server sees that a reader has gone when it writes to him.
    let begin = std::time::Instant::now();
    while !gone() {
        server.ask(&Ask::propose(&token, &receipt(1))).is(201);
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "they are still counted"
        );
        sleep(Duration::from_millis(5));
    }
}

/// Where the server is, while there is one.
#[derive(Default)]
struct Place(Mutex<Option<SocketAddr>>);

impl Place {
    fn set(&self, address: Option<SocketAddr>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    /// A connection to the server that is there now.
    fn connect(&self) -> Option<Connection> {
        let address = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Connection::open(address?).ok()
    }
}

/// How a server ends in the middle.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Told,
    Killed,
}

#[test]
fn nothing_is_missed_or_told_twice_through_reconnects_restarts_and_kills() {
    const LIVES: u64 = 8;
    /// Entries of each life that are acknowledged before it ends.
    const A_LIFE: u64 = 150;
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let (place, acknowledged, over) = (Place::default(), AtomicU64::new(0), AtomicBool::new(false));
    let target = Mutex::new(None);
    let seen: Vec<(Vec<SseEvent>, u64)> = scope(|scope| {
        let (place, acknowledged, over, target) = (&place, &acknowledged, &over, &target);
        let followers: Vec<_> = (0..6)
            .map(|number| {
                scope.spawn(move || {
                    let mut dice = Dice::new(seed ^ (number << 40));
                    follow_to_the_end(place, target, &mut dice)
                })
            })
            .collect();
        for _ in 0..3 {
            let token = &token;
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let Some(mut connection) = place.connect() else {
                        sleep(Duration::from_millis(1));
                        continue;
                    };
                    while let Ok(answer) = connection.ask(&Ask::propose(token, &receipt(1))) {
                        if answer.status != 201 || over.load(Ordering::Relaxed) {
                            break;
                        }
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for life in 0..LIVES {
            let server = Server::start(&folder);
            place.set(Some(server.address));
            let until = acknowledged.load(Ordering::Relaxed) + A_LIFE;
            while acknowledged.load(Ordering::Relaxed) < until {
                sleep(Duration::from_millis(1));
            }
            let ending = [Ending::Told, Ending::Killed][(life % 2) as usize];
            match ending {
                Ending::Told => assert_eq!(server.terminate().code, Some(0)),
                Ending::Killed => drop(server.kill()),
            }
            place.set(None);
        }
        over.store(true, Ordering::Relaxed);
        let server = Server::start(&folder);
        *target.lock().expect("the end") = Some(folder.journal().size());
        place.set(Some(server.address));
        // One more, so that who waits for the end is told of it.
        server.ask(&Ask::propose(&token, &receipt(2))).is(201);
        let seen = followers
            .into_iter()
            .map(|follower| follower.join().expect("a follower"))
            .collect();
        assert_eq!(server.terminate().code, Some(0));
        seen
    });
    let journal = folder.journal();
    for (seen, connections) in &seen {
        // What was told was durable: after a kill it is still there, the same.
        for (seq, event) in seen.iter().enumerate() {
            tells(event, &journal, seq);
        }
        assert!(journal.size() <= seen.len() + 1, "{} events", seen.len());
        assert!(LIVES < *connections, "{connections} connections");
    }
    assert!((LIVES * A_LIFE) as usize <= journal.size());
    folder.run(["verify"]).ok();
}

/// Follows through as many connections as it takes; the events in the order they came, and how many connections.
fn follow_to_the_end(place: &Place, target: &Mutex<Option<usize>>, dice: &mut Dice) -> (Vec<SseEvent>, u64) {
    let (mut seen, mut connections): (Vec<SseEvent>, u64) = (Vec::new(), 0);
    let reached = |seen: &[SseEvent]| {
        target
            .lock()
            .expect("the end")
            .is_some_and(|size| size <= seen.len())
    };
    while !reached(&seen) {
        let Some(connection) = place.connect() else {
            sleep(Duration::from_millis(1));
            continue;
        };
        let ask = match seen.last() {
            None => Ask::get("/v1/stream?from=0"),
            Some(last) => Ask::get("/v1/stream?from=0").with("Last-Event-ID", &last.id),
        };
        let Ok(mut events) = connection.follow(&ask) else {
            continue;
        };
        connections += 1;
        // It leaves by itself too, at any event.
        for _ in 0..1 + dice.below(200) {
            match events.event() {
                Ok(Some(event)) => seen.push(event),
                _ => break,
            }
            if reached(&seen) {
                break;
            }
        }
    }
    (seen, connections)
}
