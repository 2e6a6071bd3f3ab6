//! Every status, over a socket, with what stands beside it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use minhbach_tlog::{Note, REQUEST_BYTES_MAX, Signature, cosignature};
use tower::ServiceExt as _;

use super::{HEX, Heard, Log, ORIGIN, Running, TEXT, name};
use crate::service::router_with;
use crate::{Witness, router};

fn is_a_sentence(heard: &Heard, status: u16) {
    let (found, kind, text) = heard;
    assert_eq!((*found, kind.as_str()), (status, TEXT), "{text}");
    assert!(text.ends_with(".\n") && text.lines().count() == 1, "{text:?}");
}

#[test]
fn each_status_of_the_specification_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, forked) = (Log::honest(), Log::forked_at(2));
    let witness = Running::begin(folder.path(), &[&log]);
    let checkpoint = format!("/{HEX}/checkpoint");
    is_a_sentence(&witness.get(&checkpoint), 404);

    // Who was never seen begins at nothing.
    let conflict = |heard: Heard, size: u64| {
        assert_eq!(heard, (409, "text/x.tlog.size".into(), format!("{size}\n")));
    };
    conflict(witness.post(&log.body(2, 5)), 0);
    is_a_sentence(&witness.get(&checkpoint), 404);

    let (status, kind, lines) = witness.post(&log.body(0, 5));
    assert_eq!((status, kind.as_str()), (200, TEXT));
    let line = Signature::parse(lines.strip_suffix('\n').expect("a line")).expect("a signature");
    let mut note = log.note(5);
    note.add(line);
    let at = cosignature::time_of(&note, &witness.key).expect("ours");
    assert!(at.is_some_and(|at| 1_700_000_000 < at), "{at:?}");

    let (status, kind, shown) = witness.get(&checkpoint);
    assert_eq!((status, kind.as_str()), (200, TEXT));
    assert_eq!(Note::parse(shown.as_bytes()), Ok(note));

    is_a_sentence(&witness.post("old 5\n"), 400);
    let shrinks = log.body(0, 3).replacen("old 0", "old 5", 1);
    is_a_sentence(&witness.post(&shrinks), 400);
    is_a_sentence(&witness.post(&Log::of(ORIGIN, 9, 64).body(5, 6)), 403);
    is_a_sentence(
        &witness.post(&Log::of("so.example.vn/khac", 1, 64).body(0, 6)),
        404,
    );
    // An old request again, and one that would begin anew.
    conflict(witness.post(&log.body(0, 5)), 5);
    conflict(witness.post(&log.body(0, 9)), 5);
    conflict(witness.post(&log.body(3, 9)), 5);
    // Another history of the same size, and one that goes on.
    is_a_sentence(&witness.post(&forked.body(5, 5)), 422);
    is_a_sentence(&witness.post(&forked.body(5, 9)), 422);
    is_a_sentence(&witness.post(&"x".repeat(REQUEST_BYTES_MAX + 1)), 413);
    is_a_sentence(&witness.post(&"x".repeat(REQUEST_BYTES_MAX)), 400);
    let (_, _, still) = witness.get(&checkpoint);
    assert_eq!(still, shown, "no refusal changes what was seen");

    let (status, _, lines) = witness.post(&log.body(5, 5));
    assert_eq!(
        (status, lines.lines().count()),
        (200, 1),
        "the same again is seen again"
    );
    assert_eq!(witness.post(&log.body(5, 9)).0, 200);
    witness.end();
}

#[test]
fn other_paths_say_who_it_is_how_it_is_and_that_they_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = Running::begin(folder.path(), &[&Log::honest()]);
    let (status, kind, text) = witness.get("/");
    assert_eq!((status, kind.as_str(), text.lines().count()), (200, TEXT, 1));
    assert!(text.trim_end().ends_with(&witness.key.to_string()), "{text}");
    is_a_sentence(&witness.get("/healthz"), 200);
    is_a_sentence(&witness.get("/add-checkpoint"), 405);
    is_a_sentence(&witness.get("/checkpoint"), 404);
    is_a_sentence(&witness.get(&format!("/{}/checkpoint", HEX.to_uppercase())), 404);
    is_a_sentence(&witness.get("/..%2f..%2fkey/checkpoint"), 404);
    let mut vietnamese = TcpStream::connect(witness.url.trim_start_matches("http://")).expect("a socket");
    let head = "POST /add-checkpoint HTTP/1.1\r\nhost: x\r\naccept-language: vi\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    vietnamese.write_all(head.as_bytes()).expect("sent");
    let mut answer = String::new();
    vietnamese.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("Yêu cầu không đúng dạng"),
        "{answer}"
    );
    witness.end();
}

fn witness_in(folder: &std::path::Path) -> Arc<Witness> {
    let opened = Witness::open(folder, Some(&name("w")), &[Log::honest().vkey()]);
    Arc::new(opened.expect("it opens"))
}

fn asking(body: Body) -> Request<Body> {
    let request = Request::post("/add-checkpoint").body(body);
    request.expect("a request")
}

#[tokio::test]
async fn who_comes_when_there_are_too_many_shall_come_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness_in(folder.path());
    let body = Log::honest().body(0, 5);
    let busy = router_with(witness.clone(), 0)
        .oneshot(asking(body.clone().into()))
        .await;
    let busy = busy.expect("an answer");
    assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(busy.headers()["retry-after"], "1");
    assert_eq!(witness.last(HEX), None);
    let free = router_with(witness, 1);
    for old in [0, 5] {
        let body = Log::honest().body(old, 5);
        let answered = free.clone().oneshot(asking(body.into())).await;
        assert_eq!(
            answered.expect("an answer").status(),
            StatusCode::OK,
            "the place is given back"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let asked = router(witness_in(folder.path())).oneshot(asking(never));
    let answered = tokio::time::timeout(Duration::from_secs(11), asked).await;
    let answered = answered.expect("in time").expect("an answer");
    assert_eq!(answered.status(), StatusCode::REQUEST_TIMEOUT);
    let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]);
    let asked = router(witness_in(tempfile::tempdir().expect("a folder").path()))
        .oneshot(asking(Body::from_stream(broken)));
    assert_eq!(asked.await.expect("an answer").status(), StatusCode::BAD_REQUEST);
}
