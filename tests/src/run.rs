//! One run of the binary, from its arguments to its exit code.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

/// No command under test needs longer; one that does hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a command left behind.
#[derive(Debug)]
pub struct Run {
    /// The command, for messages.
    pub command: String,
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
    /// The most memory it had, in KiB; none where that could not be read.
    pub peak_kib: Option<u64>,
}

impl Run {
    /// Asserts the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            Some(code),
            "{} was to exit {code}\nstdout: {}\nstderr: {}",
            self.command,
            shortened(&self.out),
            shortened(&self.err)
        );
        assert!(
            !self.err.contains("panicked at"),
            "{} panicked\nstderr: {}",
            self.command,
            self.err
        );
        self
    }

    /// Asserts exit code 0.
    #[track_caller]
    pub fn ok(self) -> Run {
        self.exits(0)
    }

    /// Asserts that the command failed with one clear sentence on stderr, and nothing on stdout.
    #[track_caller]
    pub fn fails_clearly(self, code: i32, names: &[&str]) -> Run {
        let run = self.exits(code);
        let err = run.err.trim();
        assert!(
            run.out.is_empty(),
            "{} also wrote to stdout: {}",
            run.command,
            run.out
        );
        assert!(!err.is_empty(), "{} said nothing", run.command);
        assert!(err.len() < 4_000, "{} said too much: {err}", run.command);
        for debris in ["Error {", "Os {", "unwrap", "RUST_BACKTRACE", "src/", ".rs:"] {
            assert!(
                !err.contains(debris),
                "{} speaks to developers: {err}",
                run.command
            );
        }
        for name in names {
            assert!(
                err.contains(name),
                "{} does not name {name:?}: {err}",
                run.command
            );
        }
        run
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.out) {
            Ok(value) => value,
            Err(error) => panic!("{}: {error} in {}", self.command, shortened(&self.out)),
        }
    }

    /// Standard output as JSON documents, one a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let line = |line| match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) => panic!("{}: {error} in {line}", self.command),
        };
        self.out.lines().map(line).collect()
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(3_000) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

/// Runs a command to its end, without input.
pub fn run(command: &mut Command) -> Run {
    command.stdin(Stdio::null());
    finish(command, None, PATIENCE)
}

/// Runs a command to its end, without input; it must end within `patience`.
pub fn run_for(command: &mut Command, patience: Duration) -> Run {
    command.stdin(Stdio::null());
    finish(command, None, patience)
}

/// Runs a command to its end, with this input.
pub fn with_stdin(command: &mut Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped());
    finish(command, Some(input.to_vec()), PATIENCE)
}

fn finish(command: &mut Command, input: Option<Vec<u8>>, patience: Duration) -> Run {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let shown = shown(command);
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{shown} does not start: {error}"));
    let writer = child.stdin.take().zip(input).map(|(mut stdin, input)| {
        // The command may end before it has read everything; that is for the test to judge.
        std::thread::spawn(move || drop(stdin.write_all(&input)))
    });
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let (code, peak_kib) = wait(&mut child, &shown, patience);
    if let Some(writer) = writer {
        writer.join().expect("input was written");
    }
    let text = |reader: std::thread::JoinHandle<Vec<u8>>| {
        String::from_utf8(reader.join().expect("output was read")).expect("output is UTF-8")
    };
    Run {
        code,
        out: text(out),
        err: text(err),
        command: shown,
        peak_kib,
    }
}

fn shown(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().map(|part| part.to_string_lossy()).collect();
    format!("`minhbach {}`", arguments.join(" "))
}

fn drain(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            drop(stream.read_to_end(&mut bytes));
        }
        bytes
    })
}

fn wait(child: &mut Child, shown: &str, patience: Duration) -> (Option<i32>, Option<u64>) {
    let begin = Instant::now();
    let mut pause = Duration::from_micros(500);
    let mut peak_kib = None;
    loop {
        peak_kib = peak(child.id()).or(peak_kib);
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return (status.code(), peak_kib);
        }
        if patience < begin.elapsed() {
            child.kill().expect("the child can be killed");
            drop(child.wait());
            panic!("{shown} did not end within {} s", patience.as_secs());
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// What the system says about a running process.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
