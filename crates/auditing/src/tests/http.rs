//! A real log, served over HTTP by a server that knows nothing else, and mirrored from there.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use minhbach_events::Hash;
use minhbach_journal::{Batch, Journal};
use minhbach_publishing::{LogView, Piece, PublishedLog, keep_key};
use minhbach_tlog::TilePath;

use super::paper_log::{holder, honest, journal_bytes, key, lines, log_key, origin};
use crate::{
    HttpSource, Mirror, MirrorError, Patience, RemoteError, Source, SourceFault, Step, check_folder,
};

/// What is answered: all bytes of an answer; nothing where the connection is cut.
pub type Answering = dyn Fn(&Request) -> Vec<u8> + Send + Sync;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub headers: HashMap<String, String>,
}

/// A server of one request a connection.
pub struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Request>>>,
    ended: Arc<AtomicBool>,
}

impl Server {
    pub fn of(answering: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (asked, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (answering, asked_there, ended_there) = (Arc::new(answering), asked.clone(), ended.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if ended_there.load(Ordering::Relaxed) {
                    return;
                }
                let (answering, asked) = (answering.clone(), asked_there.clone());
                let Ok(connection) = connection else { continue };
                std::thread::spawn(move || answer(connection, &*answering, &asked));
            }
        });
        Server {
            address,
            asked,
            ended,
        }
    }

    pub fn source(&self) -> HttpSource {
        let patience = Patience {
            tries: 4,
            pause: Duration::from_millis(5),
            pause_max: Duration::from_secs(2),
        };
        HttpSource::new(&format!("http://{}/log/", self.address), patience).expect("an address")
    }

    pub fn take_asked(&self) -> Vec<Request> {
        std::mem::take(&mut self.asked.lock().expect("a lock"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn answer(mut connection: TcpStream, answering: &Answering, asked: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(connection.try_clone().expect("a connection"));
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let request = Request { path, headers };
    asked.lock().expect("a lock").push(request.clone());
    let _ = connection.write_all(&answering(&request));
}

pub fn answered(status: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n");
    [head.as_bytes(), body].concat()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

/// What a server of ours answers of a log.
fn served(view: &LogView, request: &Request) -> Vec<u8> {
    let absent = || answered("404 Not Found", "", b"");
    let Some(path) = request.path.strip_prefix("/log/") else {
        return absent();
    };
    if path == "checkpoint" {
        return match view.checkpoint() {
            Some((note, _)) => answered("200 OK", "", note.to_string().as_bytes()),
            None => absent(),
        };
    }
    let tile = path.strip_prefix("tile/").and_then(TilePath::parse);
    match tile.and_then(|tile| view.piece(&tile).expect("read")) {
        Some(Piece::Hashes(bytes)) => answered("200 OK", "", &bytes),
        Some(Piece::Entries(bytes)) => answered("200 OK", "content-encoding: gzip\r\n", &compressed(&bytes)),
        None => absent(),
    }
}

#[test]
fn a_log_is_mirrored_over_http_while_it_grows() {
    let all = honest(3_000);
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    std::fs::create_dir(dir.join("private")).expect("made");
    keep_key(dir, &log_key()).expect("kept");
    let mut journal = Journal::create(dir, &holder()).expect("made");
    let mut log = PublishedLog::open(dir, &origin(), journal.reader()).expect("opened");
    let view = log.view();
    let server = Server::of(move |request| served(&view, request));
    let mirrored = tempfile::tempdir().expect("a folder");
    let source = Box::new(server.source());
    let url = source.prefix().to_owned();
    let mut mirror = Mirror::open(mirrored.path(), source, &url, &key(), &[], &holder()).expect("opened");
    assert!(matches!(
        mirror.step(),
        Err(MirrorError::Remote(RemoteError::NoCheckpoint))
    ));
    let mut batch = Batch::new();
    let mut before = 0;
    for size in [1, 100, 256, 257, 1_000, 3_000] {
        batch.clear();
        for entry in &all[before..size] {
            batch.push(entry, Hash::of(entry));
        }
        journal.append(&batch).expect("appended");
        log.advance().expect("signed");
        server.take_asked();
        let (from, to) = (before as u64, size as u64);
        assert_eq!(mirror.step().expect("sound"), Step::Grew { from, to });
        for Request { path, headers } in server.take_asked() {
            assert_eq!(
                headers.get("accept-encoding").map(String::as_str),
                Some("gzip, identity")
            );
            // A checkpoint that a cache kept is not asked for; pieces never change.
            let fresh = headers.get("cache-control").map(String::as_str) == Some("no-cache");
            assert_eq!(fresh, path == "/log/checkpoint", "{path}");
        }
        assert!(journal_bytes(mirrored.path()) == lines(&all[..size]), "{size}");
        before = size;
    }
    let report = check_folder(mirrored.path(), None, &[], &[], &|_, _| ()).expect("checked");
    assert!(report.is_sound() && report.key == Some(key()), "{report:?}");
    // The log's own folder is sound in the same way.
    let report = check_folder(dir, Some(&key()), &[], &[], &|_, _| ()).expect("checked");
    assert!(report.is_sound() && report.checkpoint.map(|own| own.size) == Some(3_000));
}

/// What a server that answers like this is found to say.
fn asked(answers: Vec<Vec<u8>>, most: u64) -> (Result<Option<Vec<u8>>, SourceFault>, usize) {
    let answers = Mutex::new(answers.into_iter());
    let server = Server::of(move |_| {
        let next = answers.lock().expect("a lock").next();
        next.unwrap_or_else(|| answered("200 OK", "", b"at last"))
    });
    let got = server.source().get("tile/0/000", most);
    let tried = server.take_asked().len();
    (got.map_err(|error| error.fault), tried)
}

#[test]
fn a_server_that_is_busy_or_breaks_off_is_asked_again_and_not_for_ever() {
    let busy = |status: &str, more: &str| answered(status, more, b"no");
    let at_last = Some(b"at last".to_vec());
    for one in [
        busy("429 Too Many Requests", ""),
        busy("429 Too Many Requests", "retry-after: 1\r\n"),
        busy("503 Service Unavailable", "retry-after: soon\r\n"),
        busy("502 Bad Gateway", ""),
        Vec::new(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec(),
    ] {
        let text = String::from_utf8_lossy(&one).into_owned();
        let (got, tried) = asked(vec![one.clone(), one.clone()], 100);
        assert_eq!((got.expect("an answer"), tried), (at_last.clone(), 3), "{text}");
        let (got, tried) = asked(vec![one; 9], 100);
        assert!(
            matches!(got, Err(SourceFault::Status(_) | SourceFault::Broken(_))),
            "{text}: {got:?}"
        );
        assert_eq!(tried, 4, "{text}");
    }
    // Who says to come back much later is not waited for.
    let (got, tried) = asked(
        vec![busy("503 Service Unavailable", "retry-after: 3600\r\n")],
        100,
    );
    assert!(matches!(got, Err(SourceFault::Status(503))), "{got:?}");
    assert_eq!(tried, 1);
}

#[test]
fn what_is_no_answer_is_not_taken_for_one() {
    let one = |answer: Vec<u8>| {
        let (got, tried) = asked(vec![answer], 100);
        assert_eq!(tried, 1);
        got
    };
    assert!(matches!(one(answered("404 Not Found", "", b"")), Ok(None)));
    assert!(matches!(one(answered("410 Gone", "", b"")), Ok(None)));
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
        let told = one(answered(status, "location: http://127.0.0.1:1/x\r\n", b""));
        assert!(
            matches!(&told, Err(SourceFault::Elsewhere(to)) if to == "http://127.0.0.1:1/x"),
            "{told:?}"
        );
    }
    for (status, code) in [
        ("500 Internal Server Error", 500),
        ("403 Forbidden", 403),
        ("204 No Content", 204),
    ] {
        let told = one(answered(status, "", b""));
        assert!(
            matches!(told, Err(SourceFault::Status(found)) if found == code),
            "{told:?}"
        );
    }
    // As long as it may be, and longer; also where it is small only on the way.
    assert_eq!(
        one(answered("200 OK", "", &[7; 100])).expect("read"),
        Some(vec![7; 100])
    );
    for long in [
        answered("200 OK", "", &[7; 101]),
        answered("200 OK", "content-encoding: gzip\r\n", &compressed(&[7; 100_000])),
    ] {
        let told = one(long);
        assert!(
            matches!(told, Err(SourceFault::TooLong { most: 100 })),
            "{told:?}"
        );
    }
    let small = answered("200 OK", "content-encoding: gzip\r\n", &compressed(&[7; 100]));
    assert_eq!(one(small).expect("read"), Some(vec![7; 100]));
}

#[test]
fn where_nobody_listens_is_told_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let source = HttpSource::new(&format!("http://{address}/log"), Patience::default()).expect("an address");
    let told = source.get("checkpoint", 10).expect_err("refused");
    assert!(matches!(told.fault, SourceFault::NotReached(_)), "{told}");
    assert_eq!(told.place, format!("http://{address}/log/checkpoint"));
    for wrong in [
        "",
        "so.example.vn/log",
        "ftp://so.example.vn/log",
        "http://",
        "http://ai:bimat@so.example.vn/log",
        "http://so.example.vn/log?a=b",
        "http://so.example.vn/#log",
    ] {
        assert!(HttpSource::new(wrong, Patience::default()).is_err(), "{wrong}");
    }
}
