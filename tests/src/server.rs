//! A server of the binary's on a data folder, from its start to its end.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::data_folder::DataFolder;
use crate::http::{Answer, Ask, Connection};

/// A server that is not ready, or not ended, after this time hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);

/// A server that runs; it is killed when it is dropped.
pub struct Server {
    child: Child,
    /// Where it says that it is.
    pub url: String,
    /// The same as a socket's address.
    pub address: SocketAddr,
    err: Option<JoinHandle<String>>,
}

/// How a server ended.
#[derive(Debug)]
pub struct ServerEnd {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it said on standard error.
    pub err: String,
}

impl Server {
    /// Serves a folder at a free port without limits of rate, and waits until it is ready.
    #[track_caller]
    pub fn start(folder: &DataFolder) -> Server {
        Server::start_with(
            folder,
            &["--requests-per-second", "0", "--writes-per-second", "0"],
        )
    }

    /// The same with these arguments.
    #[track_caller]
    pub fn start_with(folder: &DataFolder, arguments: &[&str]) -> Server {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--log", "off"];
        Server::spawn(folder.command(serve.iter().chain(arguments)), "/readyz")
    }

    /// A witness with its memory in a folder, at a port.
    #[track_caller]
    pub fn witness(folder: &DataFolder, arguments: &[&str]) -> Server {
        let witness = ["witness", "--log", "off"];
        Server::spawn(folder.command(witness.iter().chain(arguments)), "/healthz")
    }

    /// What a command serves whose first line is its address, once `ready` answers.
    #[track_caller]
    fn spawn(mut command: Command, ready: &str) -> Server {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let mut out = BufReader::new(child.stdout.take().expect("its standard output"));
        let mut err = child.stderr.take().expect("its standard error");
        let err = std::thread::spawn(move || {
            let mut said = Vec::new();
            // A killed server's last words may be cut.
            drop(err.read_to_end(&mut said));
            String::from_utf8_lossy(&said).into_owned()
        });
        let mut url = String::new();
        out.read_line(&mut url).expect("its first line");
        let url = url.trim().to_owned();
        let address = url
            .strip_prefix("http://")
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            drop(child.kill());
            drop(child.wait());
            panic!(
                "the server's first line is {url:?}; it said: {}",
                err.join().unwrap_or_default()
            );
        };
        let server = Server {
            child,
            url,
            address,
            err: Some(err),
        };
        let begin = Instant::now();
        while server.get(ready).status != 200 {
            assert!(begin.elapsed() < PATIENCE, "the server does not become ready");
            sleep(PAUSE);
        }
        server
    }

    /// A new connection.
    #[track_caller]
    pub fn connect(&self) -> Connection {
        Connection::open(self.address).expect("the server takes connections")
    }

    /// Asks on a connection of its own.
    #[track_caller]
    pub fn ask(&self, ask: &Ask) -> Answer {
        self.connect()
            .ask(ask)
            .unwrap_or_else(|error| panic!("{error}: no answer to {ask:?}"))
    }

    /// A question on a connection of its own.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.ask(&Ask::get(path))
    }

    /// The memory it has now, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or_default();
        line.trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .expect("Linux says how much memory a process has")
    }

    /// Tells it to end, without waiting.
    pub fn tell_to_end(&self) {
        self.signal(Signal::TERM);
    }

    /// Tells it to end, and waits.
    #[track_caller]
    pub fn terminate(self) -> ServerEnd {
        self.tell_to_end();
        self.wait()
    }

    /// Kills it where it stands, and waits.
    #[track_caller]
    pub fn kill(self) -> ServerEnd {
        self.signal(Signal::KILL);
        self.wait()
    }

    /// A handle that kills it while others use it.
    pub fn killer(&self) -> impl Fn() + Send + use<> {
        let pid = self.child.id();
        move || send(pid, Signal::KILL)
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> ServerEnd {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the server can be waited for") {
                break status;
            }
            assert!(begin.elapsed() < PATIENCE, "the server does not end");
            sleep(PAUSE);
        };
        let err = self
            .err
            .take()
            .map(|err| err.join().expect("its words were read"));
        ServerEnd {
            code: status.code(),
            err: err.unwrap_or_default(),
        }
    }

    fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }
}

fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // It may have ended by itself, which its exit code tells.
    let _ = kill_process(pid.expect("a process has a number"), signal);
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Gives an actor roles in a folder's register, and returns its token; `party` is who a receiver speaks for.
#[track_caller]
pub fn actor(folder: &DataFolder, code: &str, roles: &[&str], party: Option<&str>) -> String {
    let mut arguments = vec!["actor", "add", code];
    for role in roles {
        arguments.extend(["--role", role]);
    }
    if let Some(party) = party {
        arguments.extend(["--party", party]);
    }
    let run = folder.run(arguments).ok();
    let token = run.out.trim();
    assert!(
        token.starts_with("mb_") && !token.contains(char::is_whitespace),
        "only the token: {token:?}"
    );
    token.to_owned()
}
