//! How long a server waits for a client, with limits short enough to be seen.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use minhbach_events::{Actor, Proposal};
use minhbach_journal::Holder;
use minhbach_ledger::{Caller, Ledger, Role, system_clock};
use minhbach_server::actors::{self, NewActor};
use minhbach_server::{App, Ended, Limits, Listening, Settings, router};
use tokio::sync::oneshot;

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);

/// A server in this process.
struct Serving {
    address: SocketAddr,
    token: String,
    end: oneshot::Sender<()>,
    thread: JoinHandle<Ended>,
    _folder: tempfile::TempDir,
}

impl Serving {
    /// Serves a ledger in which `parties` organisations with long names are registered.
    fn with(limits: Limits, parties: usize) -> Serving {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("so");
        let ledger = ledger(&dir, parties);
        let new = NewActor {
            code: Actor::new("quan-tri").expect("a post"),
            roles: vec![Role::Admin],
            party: None,
        };
        let token = actors::add(&dir, new, system_clock()()).expect("a token");
        let settings = Settings {
            limits,
            ..Settings::default()
        };
        let app = App::new(&dir, settings).expect("an app");
        app.open(ledger, None, None);
        let (end, ended) = oneshot::channel();
        let (told, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let served = runtime.block_on(async {
                let any = "127.0.0.1:0".parse().expect("an address");
                let listening = Listening::on(any).await.expect("a port");
                let url = listening.url();
                let address = url.strip_prefix("http://").expect("HTTP").parse();
                told.send(address.expect("an address")).expect("told");
                let ended = async {
                    let _ = ended.await;
                };
                listening.serve(app.clone(), router(app.clone()), ended).await
            });
            app.close().expect("closed");
            served
        });
        Serving {
            address: address.recv().expect("an address"),
            token: token.reveal().to_owned(),
            end,
            thread,
            _folder: folder,
        }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        BufReader::new(stream)
    }

    /// Begins a request to write; `framing` says how long it is.
    fn begin(&self, media_type: &str, framing: &str) -> BufReader<TcpStream> {
        let mut connection = self.connect();
        let head = format!(
            "POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {}\r\nContent-Type: {media_type}\r\n\
             {framing}\r\n\r\n",
            self.token
        );
        send(&mut connection, head.as_bytes()).expect("sent");
        connection
    }

    /// A number that the server measures.
    fn measured(&self, name: &str) -> Option<String> {
        let mut connection = self.connect();
        let ask = b"GET /metrics HTTP/1.1\r\nHost: so\r\nConnection: close\r\n\r\n";
        send(&mut connection, ask).expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        let line = answer.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    }

    fn end(self) -> Ended {
        drop(self.end);
        self.thread.join().expect("served")
    }
}

fn ledger(dir: &std::path::Path, parties: usize) -> Ledger {
    let holder = Holder {
        command: "test".to_owned(),
        url: None,
    };
    let ledger = Ledger::create(dir, &holder, system_clock()).expect("a ledger");
    let caller = Caller::whole(Actor::new("local").expect("a post"));
    let opened =
        r#"{"type":"ledger.opened","ledger":"Sổ thử","origin":"so.example.vn/thu","format":1,"kind":"live"}"#;
    let mut lines = vec![opened.to_owned()];
    lines.extend((0..parties).map(|number| party(&format!("ben-{number}"))));
    for lines in lines.chunks(1_000) {
        let lines = lines.iter().map(|line| Proposal::from_line(line.as_bytes()));
        let proposals = lines.collect::<Result<_, _>>().expect("proposals");
        let answers = ledger.record(proposals, &caller, false).expect("answers");
        assert!(answers.iter().all(Result::is_ok), "recorded");
    }
    ledger
}

fn party(slug: &str) -> String {
    let name = "ộ".repeat(200);
    format!(r#"{{"type":"party.registered","party":"{slug}","kind":"supplier","name":"{name}"}}"#)
}

fn send(connection: &mut BufReader<TcpStream>, bytes: &[u8]) -> std::io::Result<()> {
    connection.get_mut().write_all(bytes)
}

/// The next line that begins with `{`.
fn document(connection: &mut BufReader<TcpStream>) -> serde_json::Value {
    loop {
        let mut line = String::new();
        assert!(
            0 < connection.read_line(&mut line).expect("more"),
            "the answer ended"
        );
        if line.starts_with('{') {
            // A document may be the last thing on a connection, with no end of its line.
            return serde_json::from_str(&line).expect("JSON");
        }
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        body_timeout: SHORT,
        ..Limits::default()
    };
    let serving = Serving::with(limits, 0);
    // Nothing of it, and a byte now and then.
    for dribbles in [false, true] {
        let length = "Content-Length: 60000\r\nConnection: close";
        let mut connection = serving.begin("application/json", length);
        let mut dribble = connection.get_ref().try_clone().expect("another hand");
        let dribbling = std::thread::spawn(move || {
            while dribbles && dribble.write_all(b" ").is_ok() {
                sleep(Duration::from_millis(10));
            }
        });
        let mut answer = String::new();
        // The connection may break where it was written to after its end.
        drop(connection.read_to_string(&mut answer));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains(r#""code":"body_timeout""#), "{answer}");
        drop(connection);
        dribbling.join().expect("a hand");
    }
    // In a stream what came is recorded and answered, and why no more is read is said.
    let mut connection = serving.begin("application/x-ndjson", "Transfer-Encoding: chunked");
    let line = party("ben-a") + "\n";
    let chunk = format!("{:x}\r\n{line}\r\n", line.len());
    send(&mut connection, chunk.as_bytes()).expect("sent");
    let recorded = document(&mut connection);
    assert_eq!((&recorded["line"], &recorded["seq"]), (&1.into(), &1.into()));
    let ended = document(&mut connection);
    assert_eq!(
        (&ended["line"], &ended["error"]["code"]),
        (&2.into(), &"body_timeout".into())
    );
    assert_eq!(serving.end(), Ended::Drained);
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        head_timeout: SHORT,
        ..Limits::default()
    };
    let serving = Serving::with(limits, 0);
    for begun in ["", "G", "GET /v1/status HTTP/1.1\r\nHost: so\r\n"] {
        let mut connection = serving.connect();
        send(&mut connection, begun.as_bytes()).expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the end");
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
            "{answer}"
        );
    }
    assert_eq!(serving.end(), Ended::Drained);
}

#[test]
fn who_takes_nothing_of_his_answer_is_let_go() {
    // More than the sockets of both sides hold.
    const PARTIES: usize = 20_000;
    let limits = Limits {
        stalled_timeout: SHORT,
        ..Limits::default()
    };
    let serving = Serving::with(limits, PARTIES);
    let mut follower = serving.connect();
    let ask = b"GET /v1/stream?from=0 HTTP/1.1\r\nHost: so\r\n\r\n";
    send(&mut follower, ask).expect("sent");
    let begin = Instant::now();
    let followers = |count: &str| serving.measured("minhbach_stream_followers ").as_deref() == Some(count);
    let wait = |count: &str| {
        while !followers(count) {
            assert!(begin.elapsed() < PATIENCE, "not {count} followers");
            sleep(Duration::from_millis(5));
        }
    };
    wait("1");
    wait("0");
    let mut came = Vec::new();
    // That the connection was broken off is no end in order.
    drop(follower.read_to_end(&mut came));
    let last = format!("id: {PARTIES}\n");
    assert!(
        !came.windows(last.len()).any(|part| part == last.as_bytes()),
        "it was sent everything"
    );
    assert_eq!(serving.end(), Ended::Drained);
}

#[test]
fn the_end_waits_for_nobody_longer_than_its_time() {
    let limits = Limits {
        drain_timeout: SHORT,
        ..Limits::default()
    };
    let serving = Serving::with(limits, 0);
    let mut connection = serving.begin("application/json", "Content-Length: 1000\r\nExpect: 100-continue");
    let mut told = String::new();
    connection.read_line(&mut told).expect("told to go on");
    assert_eq!(told, "HTTP/1.1 100 Continue\r\n");
    assert_eq!(serving.end(), Ended::CutOff);
}
