//! The server is killed under write load, fifty times: every acknowledged entry is there, and nothing half.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use minhbach_tests::{Ask, Connection, DataFolder, Dice, JournalFiles, Server, actor, receipt};
use serde_json::Value;

const KILLS: u64 = 50;
const SINGLES: u64 = 4;
/// Lines of the stream that wait for an answer, at most.
const WAITING_MAX: usize = 60;
/// A life under load, at most: small journals, since what is under test is dying, not reading.
const LIFE_MICROS: u64 = 80_000;

/// What a client knows of a proposal that it sent.
#[derive(Clone, Debug)]
struct Sent {
    dong: u64,
    /// Its seq and hash, when it was answered.
    answered: Option<(usize, String)>,
}

/// Everything sent so far, by key.
type Book = BTreeMap<String, Sent>;

fn proposal(key: &str, dong: u64) -> Value {
    let mut gift = receipt(dong);
    gift["key"] = key.into();
    gift
}

#[track_caller]
fn acknowledged(answer: &Value) -> (usize, String) {
    let (seq, hash) = (answer["seq"].as_u64(), answer["hash"].as_str());
    let seq = seq.unwrap_or_else(|| panic!("recorded: {answer}"));
    (seq as usize, hash.expect("a hash").to_owned())
}

/// One client that sends one proposal after the other until the server is gone.
fn singles(address: SocketAddr, token: &str, name: &str) -> Book {
    let mut book = Book::new();
    let Ok(mut connection) = Connection::open(address) else {
        return book;
    };
    for number in 0.. {
        let (key, dong) = (format!("{name}-{number}"), number + 1);
        let answer = connection.ask(&Ask::propose(token, &proposal(&key, dong)));
        let answered = answer.ok().map(|answer| acknowledged(&answer.is(201).json()));
        let gone = answered.is_none();
        book.insert(key, Sent { dong, answered });
        if gone {
            break;
        }
    }
    book
}

/// One client that streams lines, some of them ahead of their answers, until the server is gone.
fn stream(address: SocketAddr, token: &str, name: &str) -> Book {
    let mut book = Book::new();
    let connection = Connection::open(address);
    let Ok((mut sender, mut answers)) =
        connection.and_then(|connection| connection.stream(&Ask::lines(token, "", "")))
    else {
        return book;
    };
    let (told, waiting) = std::sync::mpsc::sync_channel(WAITING_MAX);
    std::thread::scope(|scope| {
        let sending = scope.spawn(move || {
            let mut sent = Vec::new();
            for number in 0.. {
                let (key, dong) = (format!("{name}-{number}"), number + 1);
                // In the book before it is sent: part of it may arrive.
                let line = proposal(&key, dong);
                sent.push((key, dong));
                if told.send(()).is_err() || sender.line(&line).is_err() {
                    break;
                }
            }
            sent
        });
        let mut answered = Vec::new();
        while let Ok(Some(answer)) = answers.json() {
            answered.push(acknowledged(&answer));
            waiting.recv().expect("a line that waits");
        }
        drop(waiting);
        let mut answered = answered.into_iter();
        for (key, dong) in sending.join().expect("a sender") {
            let answered = answered.next();
            book.insert(key, Sent { dong, answered });
        }
    });
    book
}

/// Checks the journal against all that was sent; how many entries were recorded without an answer.
#[track_caller]
fn check(journal: &JournalFiles, begun: usize, book: &Book) -> usize {
    for (key, sent) in book {
        if let Some((seq, hash)) = &sent.answered {
            let line = journal
                .lines
                .get(*seq)
                .unwrap_or_else(|| panic!("{key}, entry {seq}, is gone"));
            assert_eq!(
                (&line.hash, &line.entry["key"]),
                (hash, &key.as_str().into()),
                "{key}"
            );
        }
    }
    let mut unanswered = 0;
    let mut recorded = BTreeMap::new();
    for line in &journal.lines[begun..] {
        let key = line.entry["key"].as_str().expect("a key");
        let sent = book.get(key).unwrap_or_else(|| panic!("{key} was never sent"));
        // Whole, as it was sent, and once.
        assert_eq!(line.event()["quantity"], sent.dong.to_string(), "{key}");
        assert_eq!(line.entry["by"], "ke-toan", "{key}");
        assert_eq!(recorded.insert(key, ()), None, "{key} is there twice");
        unanswered += usize::from(sent.answered.is_none());
    }
    unanswered
}

/// Sends again what had no answer, and some of what had one.
fn send_again(server: &Server, token: &str, journal: &JournalFiles, book: &mut Book, dice: &mut Dice) -> u64 {
    let there: BTreeMap<&str, usize> = journal
        .lines
        .iter()
        .enumerate()
        .filter_map(|(seq, line)| Some((line.entry["key"].as_str()?, seq)))
        .collect();
    let mut connection = server.connect();
    let mut repeated = 0;
    let sample = 1 + book.len() as u64 / 20;
    for (key, sent) in book.iter_mut() {
        if sent.answered.is_some() && dice.below(sample) != 0 {
            continue;
        }
        let answer = connection
            .ask(&Ask::propose(token, &proposal(key, sent.dong)))
            .expect("an answer");
        match there.get(key.as_str()) {
            Some(seq) => {
                let answer = answer.is(200).json();
                assert_eq!(answer["repeated"], true, "{answer}");
                assert_eq!(
                    acknowledged(&answer),
                    (*seq, journal.lines[*seq].hash.clone()),
                    "{key}"
                );
                repeated += 1;
            }
            None => {
                let answer = answer.is(201).json();
                assert!(answer.get("repeated").is_none(), "{answer}");
                sent.answered = Some(acknowledged(&answer));
            }
        }
        if sent.answered.is_none() {
            let seq = there[key.as_str()];
            sent.answered = Some((seq, journal.lines[seq].hash.clone()));
        }
    }
    repeated
}

#[test]
fn fifty_kills_lose_nothing_acknowledged() {
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let begin = Instant::now();
    let mut dice = Dice::new(seed);
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let begun = folder.journal().size();
    let mut book = Book::new();
    let (mut unanswered, mut repeated, mut torn) = (0, 0, 0);
    let mut journal = folder.journal();
    for kill in 0..KILLS {
        let server = Server::start(&folder);
        // What the last life left is looked at in this one, before more is written.
        repeated += send_again(&server, &token, &journal, &mut book, &mut dice);
        let (address, killer) = (server.address, server.killer());
        let token = token.as_str();
        let moment = Duration::from_micros(dice.below(LIFE_MICROS));
        let books: Vec<Book> = std::thread::scope(|scope| {
            let mut clients: Vec<_> = (0..SINGLES)
                .map(|client| scope.spawn(move || singles(address, token, &format!("k{kill}-don-{client}"))))
                .collect();
            clients.push(scope.spawn(move || stream(address, token, &format!("k{kill}-dong"))));
            sleep(moment);
            killer();
            clients
                .into_iter()
                .map(|client| client.join().expect("a client"))
                .collect()
        });
        assert_eq!(server.wait().code, None, "it was killed");
        for more in books {
            book.extend(more);
        }
        journal = folder.journal();
        torn += u64::from(journal.whole < journal.bytes.len());
        unanswered += check(&journal, begun, &book);
    }
    let server = Server::start(&folder);
    repeated += send_again(&server, &token, &journal, &mut book, &mut dice);
    let answers = server.get("/v1/balances?kind=pool").json();
    assert_eq!(server.terminate().code, Some(0));
    // By now each was recorded, exactly once.
    journal = folder.journal();
    assert_eq!(check(&journal, begun, &book), 0);
    assert_eq!(journal.size(), begun + book.len());
    let sum: u64 = book.values().map(|sent| sent.dong).sum();
    assert_eq!(answers["rows"][0]["received"], sum.to_string());
    println!(
        "{:.1} s, {} entries, {unanswered} recorded without an answer, {repeated} repeated, {torn} torn lines",
        begin.elapsed().as_secs_f32(),
        journal.size()
    );
    // Otherwise the moments were badly chosen and little was tested.
    assert!(2_000 <= book.len(), "{}", book.len());
    assert!(10 <= unanswered, "{unanswered}");
    assert!(10 <= repeated, "{repeated}");

    folder.run(["verify"]).ok();
    let questions = [
        &["balances"][..],
        &["statement"],
        &["received"],
        &["status"],
        &["parties"],
    ];
    let ask = || questions.map(|question| folder.run(question.iter().chain(&["--format", "json"])).ok().out);
    let before = ask();
    folder.run(["rebuild"]).ok();
    assert_eq!(ask(), before);
}
