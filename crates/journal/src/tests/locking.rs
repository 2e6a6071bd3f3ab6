//! One writer, by name.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::sample::{Sample, assert_holds, create, folder, holder, open};
use crate::{Holder, Journal, OpenError, Reader, held_by};

#[test]
fn a_second_writer_is_told_who_holds_the_folder() {
    let dir = folder();
    assert_eq!(held_by(dir.path()).expect("looked"), None);
    let holder = Holder {
        command: "minhbach serve".into(),
        url: Some("http://localhost:7000".into()),
    };
    let mut journal = Journal::create(dir.path(), &holder).expect("created");
    let error = open(dir.path(), 1000).map(|_| ()).expect_err("held");
    let OpenError::InUse {
        folder,
        pid,
        command,
        url,
        since,
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (folder.as_path(), *pid, command.as_str()),
        (dir.path(), std::process::id(), "minhbach serve")
    );
    assert_eq!(url.as_deref(), Some("http://localhost:7000"));
    assert!(crate::At::parse(since.as_bytes()).is_some(), "{since}");
    let text = error.to_string();
    assert!(
        text.contains("`minhbach serve`") && text.contains("--server http://localhost:7000"),
        "{text}"
    );
    assert!(matches!(
        Journal::create(dir.path(), &holder),
        Err(OpenError::InUse { .. })
    ));

    journal.announce(None).expect("written");
    let held = held_by(dir.path()).expect("looked").expect("held");
    assert_eq!(
        (held.pid, held.url, &held.since),
        (std::process::id(), None, since)
    );
    Reader::open_readonly(dir.path()).expect("readers need no lock");
    drop(journal);
    assert_eq!(held_by(dir.path()).expect("looked"), None);
    open(dir.path(), 1000).expect("free again");
}

#[test]
fn a_stale_file_is_taken() {
    let dir = folder();
    drop(create(dir.path(), 1000));
    for stale in [
        "",
        "garbage",
        r#"{"pid":1,"command":"a much longer name than the next holder has"}"#,
    ] {
        fs::write(dir.path().join("lock"), stale).expect("written");
        let (_journal, _) = open(dir.path(), 1000).expect("taken");
        let text = fs::read_to_string(dir.path().join("lock")).expect("read");
        assert!(
            text.starts_with(&format!(
                r#"{{"pid":{},"command":"test","since":""#,
                std::process::id()
            )),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    // Held by someone who never says who.
    let file = fs::File::create(dir.path().join("lock")).expect("made");
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).expect("locked");
    assert!(matches!(
        open(dir.path(), 1000),
        Err(OpenError::InUse { pid: 0, .. })
    ));
}

/// Another process holds the folder, appends, and is killed.
#[test]
fn a_killed_holder_leaves_the_folder_free() {
    const FOLDER: &str = "MINHBACH_TEST_HELD_FOLDER";
    let sample = Sample::of([1, 2, 3]);
    if let Some(dir) = std::env::var_os(FOLDER) {
        let mut journal = create(Path::new(&dir), 1000);
        journal.append(&sample.batch(0..2)).expect("appended");
        writeln!(std::io::stdout(), "\nholding").expect("told");
        std::thread::sleep(std::time::Duration::from_secs(60));
        return;
    }
    let dir = folder();
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "tests::locking::a_killed_holder_leaves_the_folder_free",
            "--nocapture",
        ])
        .env(FOLDER, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let holds = output
        .lines()
        .any(|line| line.is_ok_and(|line| line == "holding"));
    let contended = open(dir.path(), 1000).map(|_| ());
    child.kill().expect("killed");
    let pid = child.id();
    child.wait().expect("ended");
    assert!(holds, "the other process did not come so far");
    assert!(
        matches!(contended, Err(OpenError::InUse { pid: held, .. }) if held == pid),
        "{contended:?}"
    );
    let (mut journal, _) = open(dir.path(), 1000).expect("free");
    journal.append(&sample.batch(2..3)).expect("appended");
    assert_holds(&journal.reader(), &sample, 3);
}

#[test]
fn a_deleted_lock_file_lets_nobody_in() {
    let dir = folder();
    let held = Journal::create(dir.path(), &holder()).unwrap();
    std::fs::remove_file(dir.path().join("lock")).unwrap();
    assert!(matches!(open(dir.path(), 1000), Err(OpenError::InUse { .. })));
    drop(held);
    assert!(open(dir.path(), 1000).is_ok());
}

#[test]
fn a_lock_that_is_a_link_is_not_followed() {
    let dir = folder();
    let precious = dir.path().join("precious");
    std::fs::write(&precious, "kept").unwrap();
    std::os::unix::fs::symlink(&precious, dir.path().join("lock")).unwrap();
    assert!(matches!(
        Journal::create(dir.path(), &holder()),
        Err(OpenError::Io(_))
    ));
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "kept");
}
