//! What is typed at a terminal: the passphrase, and Ctrl-C.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use minhbach_tests::{DataFolder, Run, minhbach, python, receipt, run};

use super::{PASSPHRASE, backed_up, beside, ledger, passphrase_file, restore, room, text};

/// Types each line when the one before it was asked for: the program's arguments, then what is typed.
const TYPING: &str = r#"
import os, pty, sys, time, select
lines, command = sys.argv[1].split('|'), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said, answered, until = b'', 0, time.time() + 60
while time.time() < until:
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    if answered < len(lines) and answered < said.count('): '.encode()) + said.count('again: '.encode()):
        time.sleep(0.2)
        os.write(terminal, b'\x04' if lines[answered] == '^D' else lines[answered].encode() + b'\n')
        answered += 1
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(status))
"#;

/// Runs a command at a terminal where these lines are typed, one for each question. None where there is no Python.
fn typed(folder: &DataFolder, lines: &[&str], arguments: &[&str]) -> Option<Run> {
    let python = python("pty", "what is typed at a terminal")?;
    let mut command = Command::new(python);
    command.args(["-c", TYPING, &lines.join("|")]);
    command.arg(minhbach()).args(["--data", text(folder.path())]);
    command
        .args(arguments)
        .env("MINHBACH_LANG", "en")
        .env("NO_COLOR", "1");
    Some(run(&mut command))
}

fn asked(run: &Run) -> usize {
    run.out.matches("not shown):").count()
}

#[test]
fn a_passphrase_that_is_short_or_differs_is_asked_for_again() {
    let (folder, room) = (ledger(2), room());
    let file = room.path().join("a.tar");
    let make = ["backup", text(&file), "--with-private"];
    let lines = ["short", PASSPHRASE, "gió mùa đông bắc vè", PASSPHRASE, PASSPHRASE];
    let Some(run) = typed(&folder, &lines, &make) else {
        return;
    };
    let run = run.exits(0);
    assert_eq!(asked(&run), 3, "{}", run.out);
    assert!(
        run.out.contains("fewer than 12") && run.out.contains("not the same"),
        "{}",
        run.out
    );
    let passphrase = passphrase_file(&room, PASSPHRASE);
    restore(&file, &["--passphrase-file", text(&passphrase)]).1.ok();
    // Not for ever.
    let other = room.path().join("b.tar");
    let make = ["backup", text(&other), "--with-private"];
    let run = typed(&folder, &["a", "b", "c", "d"], &make)
        .expect("as before")
        .exits(2);
    assert_eq!(asked(&run), 3, "{}", run.out);
    assert!(run.out.contains("Nothing was written"), "{}", run.out);
    // Ctrl-D: none was given, and it is said on a line of its own.
    let run = typed(&folder, &["^D"], &make).expect("as before").exits(2);
    assert!(
        run.out
            .lines()
            .any(|line| line.starts_with("No passphrase was given")),
        "{}",
        run.out
    );
    assert!(!other.exists());
}

#[test]
fn nobody_is_asked_for_a_passphrase_in_vain() {
    let (folder, room) = (ledger(2), room());
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let file = room.path().join("a.tar");
    let make = ["backup", text(&file), "--with-private"];
    folder
        .run(make.iter().chain(&["--passphrase-file", text(&passphrase)]))
        .ok();
    // No terminal is there, which would be said first.
    folder.run(make).fails_clearly(2, &["is there already"]);
    let none = room.path().join("none/a.tar");
    let run = folder.run(["backup", text(&none), "--with-private"]);
    run.fails_clearly(2, &["There is no folder"]);
    folder
        .run(["restore", text(&file)])
        .fails_clearly(2, &["--replace"]);
    let target = DataFolder::at(room.path().join("none/data"));
    target
        .run(["restore", text(&file)])
        .fails_clearly(2, &["There is no folder"]);
}

/// Starts a command, waits until something is there that it makes, and ends it as a keyboard or a service manager does.
#[track_caller]
fn stopped(mut command: Command, signal: &str, made: &Path) -> Run {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("started");
    let begun = Instant::now();
    let mut done = false;
    while !done && !made.exists() && begun.elapsed() < Duration::from_secs(30) {
        done = child.try_wait().expect("asked").is_some();
    }
    if !done {
        let signalled = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(signalled.expect("kill").success());
    }
    let output = child.wait_with_output().expect("ended");
    Run {
        command: format!("{command:?}"),
        peak_kib: None,
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Under load a command can be done before the signal comes; so it is tried again.
const TRIALS: usize = 30;

#[test]
fn what_a_signal_ends_leaves_nothing_half_done() {
    let (folder, room) = (ledger(6_000), room());
    let file = room.path().join("a.tar");
    for signal in ["-INT", "-TERM"] {
        let run = (0..TRIALS).find_map(|_| {
            let command = folder.command(["backup", text(&file)]);
            let run = stopped(command, signal, &room.path().join("a.tar.partial"));
            let done = run.code == Some(0);
            if done {
                fs::remove_file(&file).expect("made");
            }
            (!done).then_some(run)
        });
        run.expect("stopped amid its work").fails_clearly(2, &["Stopped"]);
        assert_eq!(fs::read_dir(room.path()).expect("listed").count(), 0, "{signal}");
    }
    let file = backed_up(&folder, &room, "a.tar");
    let newer = folder.copy();
    newer.record_all(&[receipt(1)]);
    let before = newer.journal().bytes;
    for signal in ["-INT", "-TERM"] {
        let stopped = (0..TRIALS).find_map(|_| {
            let target = newer.copy();
            let command = target.command(["restore", text(&file), "--replace"]);
            let restoring = target.path().with_file_name("data.restoring");
            let run = stopped(command, signal, &restoring.join("journal"));
            (run.code != Some(0)).then_some((target, run))
        });
        let (target, run) = stopped.expect("stopped amid its work");
        run.fails_clearly(2, &["Stopped"]);
        assert_eq!(beside(&target), ["data"], "{signal}");
        assert_eq!(target.journal().bytes, before);
    }
}
