//! Gifts of every kind proved to all who can check: both verifiers, and the page in a real browser.

use std::fs;
use std::process::Command;
use std::time::Duration;

use minhbach_tests::{DataFolder, Server, not_checked, python, run_for, workspace_root};

use super::reading::stranger;
use super::{command, signed, text, vkey};

/// The browser is tried in many ways.
const PATIENCE: Duration = Duration::from_secs(600);

/// The codes of the demo that its questions and its refusals do not leave out, one of each kind and more.
const CODES: [&str; 12] = [
    "RC-TRUNG-THU-0001",
    "RC-MUA-DONG-0001",
    "DN-HOC-BONG-01",
    "PU-AO-AM-01",
    "LT-AO-MUA-01",
    "DL-AO-MUA-2",
    "DL-SACH-BA-VI",
    "RC-TIEN-MAT-HOI-XUAN",
    "RC-MUA-DONG-THU-HOI",
    "EX-THUE-KHO-01",
    "SP-DO-DAU-01",
    "FI-TIEN-MAT-NAM-YEN",
];

#[test]
fn every_kind_of_gift_is_proved_to_three_verifiers_and_a_browser() {
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    let key = vkey(&folder);
    let dir = tempfile::tempdir().expect("a folder");
    for code in CODES {
        let path = dir.path().join(format!("{code}.trail.json"));
        fs::write(&path, folder.run(["prove", code]).ok().out).expect("written");
        command(&["verify", text(&path), "--key", &key]).ok();
        if let Some(theirs) = stranger(&[text(&path), "--key", &key]) {
            theirs.ok();
        }
    }
    fs::write(
        dir.path().join("74.tlog-proof"),
        folder.run(["prove", "74"]).ok().out,
    )
    .expect("written");
    let Some(python) = python("playwright", "the page /verify in a browser") else {
        return;
    };
    if !Command::new("chromium")
        .arg("--version")
        .output()
        .is_ok_and(|out| out.status.success())
    {
        not_checked("the page /verify in a browser: there is no chromium (apt-get install chromium)");
        return;
    }
    let server = Server::start(&folder);
    signed(&server, 1_445);
    // A receipt's QR leads to the page with the gift's file in it.
    let page = server.get("/verify?code=RC-TRUNG-THU-0001").is(200);
    assert!(page.text().contains(&key) && page.text().contains("minhbach-trail-bundle@v1"));
    assert_eq!(server.get("/verify?code=RC-KHONG-CO").status, 404);
    let mut tests = Command::new(python);
    tests
        .arg(workspace_root().join("tests/python/verify_page.py"))
        .arg(format!("{}/verify", server.url))
        .args(["--good", text(dir.path())]);
    run_for(&mut tests, PATIENCE).ok();
}
