//! A witness that is killed in the middle of its work, again and again: what it answered, it has seen.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::{HEX, Log, WITNESS, name, options};
use crate::{AddError, Witness, serve};

/// Where the other process finds its folder.
const FOLDER: &str = "MINHBACH_WITNESS_TEST_FOLDER";
const URL: &str = "it is at ";

/// What the other process does; nothing where it is run as a test.
#[test]
fn serves_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let options = options(&PathBuf::from(folder), &[&Log::honest()]);
    let runtime = Runtime::new().expect("a runtime");
    let started = |started: crate::Started| println!("\n{URL}{}", started.url);
    let served = runtime.block_on(serve(options, started, std::future::pending()));
    served.expect("it served");
}

fn begin(folder: &std::path::Path) -> (Child, String) {
    let itself = std::env::current_exe().expect("a program");
    let mut child = Command::new(itself)
        .args(["--exact", "tests::kill::serves_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let url = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(URL).map(str::to_owned));
    (child, url.expect("it serves"))
}

#[test]
fn what_was_answered_before_a_kill_was_seen_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, forked) = (Log::honest(), Log::forked_at(0));
    let (mut seen, mut time, mut cosigned) = (0, 0, false);
    for round in 0..6_u64 {
        let (mut child, url) = begin(folder.path());
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20 + 7 * round));
            child.kill().expect("killed");
            child.wait().expect("ended");
        });
        let agent = ureq::Agent::new_with_defaults();
        let mut answered = seen;
        loop {
            let new = (answered + 1).min(63);
            let sent = agent
                .post(format!("{url}/add-checkpoint"))
                .send(log.body(answered, new));
            match sent {
                Ok(_) => (answered, cosigned) = (new, true),
                Err(ureq::Error::StatusCode(other)) => panic!("{other}"),
                Err(_) => break,
            }
        }
        killer.join().expect("no panic");
        let witness = Witness::open(folder.path(), Some(&name(WITNESS)), &[log.vkey()]);
        let witness = witness.expect("it opens after a kill");
        let last = witness
            .last(HEX)
            .map(|note| super::ask::size_and_time(&note, witness.key()));
        let (size, at) = last.unwrap_or((0, 0));
        assert!(
            answered <= size && size <= answered + 1,
            "{answered} was answered, {size} seen"
        );
        assert!(time <= at);
        // The last one may have been seen without an answer.
        (seen, time) = (size, at);
        if 0 < size {
            let fork = witness.add(forked.body(size, size).as_bytes());
            assert!(matches!(fork, Err(AddError::Refused(_))), "{fork:?}");
        }
    }
    assert!(cosigned, "something was cosigned between the kills");
}
