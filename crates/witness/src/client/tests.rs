//! Witnesses that answer what none should: they harm nobody, and are waited for no longer than others.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use minhbach_tlog::{KeyKind, Policy, SigningKey, cosignature};

use super::*;
use crate::tests::{Log, name};

/// The size that is asked to be cosigned.
const SIZE: u64 = 5;

fn key(seed: u8) -> SigningKey {
    SigningKey::of_seed(name("nhan-chung.example/x"), KeyKind::Cosigner, &[seed; 32])
}

/// Answers each request by what `answer` writes.
fn listen(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = stream;
            let request = read(&mut stream);
            answer(&request, &mut stream);
        }
    });
    address
}

/// A request up to the end of its checkpoint.
fn read(stream: &mut TcpStream) -> String {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && body.contains('\u{2014}')
            && body.ends_with('\n')
        {
            return text;
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return text,
            Ok(some) => request.extend(&piece[..some]),
        }
    }
}

fn say(stream: &mut TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

fn says(status: u16, body: &str) -> SocketAddr {
    let body = body.to_owned();
    listen(move |_, stream| say(stream, status, &body))
}

/// What the asked witness, whose key is that of seed 1, says of the log's checkpoint of a size.
fn line(size: u64, seed: u8) -> String {
    format!(
        "{}\n",
        cosignature::sign(&Log::honest().note(size), &key(seed), 1_000)
    )
}

fn asked(addresses: &[SocketAddr]) -> Vec<Result<Cosigned, Trouble>> {
    let line = |(nth, address): (usize, &SocketAddr)| {
        format!(
            "witness w{nth} {} http://{address}/below\n",
            key(1 + nth as u8).public()
        )
    };
    let lines: String = addresses.iter().enumerate().map(line).collect();
    let policy = Policy::parse(&format!("{lines}quorum none\n")).expect("a policy");
    let log = Log::honest();
    let consistency = |old| Ok((old <= SIZE).then(|| log.proof(old, SIZE)));
    let answers = Witnesses::new(&policy).ask(&log.note(SIZE), &log.checkpoint(SIZE), &consistency);
    answers.into_iter().map(|answer| answer.result).collect()
}

fn trouble(address: SocketAddr) -> Option<Trouble> {
    asked(&[address]).remove(0).err()
}

#[test]
fn each_answer_that_is_none_has_its_reason() {
    let ours = line(SIZE, 1);
    let other_name = ours.replace("example/x", "example/y");
    let forged = {
        let base64 = ours.trim_end().rsplit(' ').next().expect("base64").to_owned();
        let mut letters: Vec<char> = base64.chars().collect();
        letters[40] = if letters[40] == 'A' { 'B' } else { 'A' };
        ours.replace(&base64, &letters.into_iter().collect::<String>())
    };
    let none = Some(Trouble::NoCosignature);
    let not_understood = Some(Trouble::NotUnderstood);
    for (status, body, expected) in [
        (200, ours.clone(), None),
        (200, format!("{}{ours}", line(SIZE, 2)), None),
        (200, format!("{other_name}no line\n\n{ours}"), None),
        (200, String::new(), none),
        (200, "OK\n".into(), none),
        (200, line(SIZE, 2), none),
        (200, other_name, none),
        (200, line(SIZE - 1, 1), Some(Trouble::BadCosignature)),
        (200, forged, Some(Trouble::BadCosignature)),
        (200, "x".repeat(16 * 1024 + 1), not_understood),
        (409, String::new(), not_understood),
        (409, "a larger one\n".into(), not_understood),
        (409, "05\n".into(), not_understood),
        (409, "3 \n".into(), not_understood),
        (409, "18446744073709551616\n".into(), not_understood),
        // The size that was just sent.
        (409, "0\n".into(), not_understood),
        // First it saw this size, and then no cosignature follows.
        (409, "5\n".into(), Some(Trouble::Disagrees)),
        (409, "6\n".into(), Some(Trouble::Ahead { size: 6 })),
        (
            409,
            format!("{}\n", u64::MAX),
            Some(Trouble::Ahead { size: u64::MAX }),
        ),
        (400, "no\n".into(), Some(Trouble::Malformed)),
        (403, "no\n".into(), Some(Trouble::Untrusted)),
        (404, "no\n".into(), Some(Trouble::UnknownLog)),
        (413, "no\n".into(), Some(Trouble::Malformed)),
        (422, "no\n".into(), Some(Trouble::Disagrees)),
        (429, "no\n".into(), Some(Trouble::Busy)),
        (503, "no\n".into(), Some(Trouble::Busy)),
        (500, "no\n".into(), Some(Trouble::Status(500))),
        (302, ours.clone(), Some(Trouble::Status(302))),
        (201, ours, Some(Trouble::Status(201))),
    ] {
        assert_eq!(trouble(says(status, &body)), expected, "{status} {body:.60}");
    }
}

#[test]
fn a_witness_is_asked_again_with_the_size_that_it_names_and_not_for_ever() {
    // It saw 3, and says so twice as if it had not been told.
    let settled = listen(|request, stream| {
        assert!(
            request.starts_with("POST /below/add-checkpoint HTTP/1.1\r\n"),
            "{request}"
        );
        if request.contains("\nold 3\n") {
            say(stream, 200, &line(SIZE, 1));
        } else if request.contains("\nold 2\n") {
            say(stream, 409, "3\n");
        } else {
            say(stream, 409, "2");
        }
    });
    assert_eq!(trouble(settled), None);
    let unsettled = listen(|request, stream| {
        let next = (1..SIZE).find(|size| request.contains(&format!("\nold {}\n", size - 1)));
        say(stream, 409, &format!("{}\n", next.unwrap_or(1)));
    });
    assert_eq!(trouble(unsettled), Some(Trouble::Unsettled));
    let without_size = listen(|request, stream| {
        let body = if request.contains("\nold 5\n") {
            "another root"
        } else {
            "5\n"
        };
        say(stream, 409, body);
    });
    assert_eq!(trouble(without_size), Some(Trouble::Disagrees));
}

#[test]
fn enormous_and_slow_answers_harm_nobody() {
    let endless = |head: &'static str| {
        listen(move |_, stream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(&[b'x'; 8_192]).is_ok() {}
        })
    };
    let dripping = |head: &'static str| {
        listen(move |_, stream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        })
    };
    let silent = listen(|_, _| thread::sleep(Duration::from_secs(30)));
    let packed = listen(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc";
        let _ = stream.write_all(head.as_bytes());
    });
    let gone = listen(|_, _| ());
    let nonsense = listen(|_, stream| drop(stream.write_all(b"SSH-2.0-x\r\n\r\n")));
    let slow_again = listen(|_, stream| {
        thread::sleep(Duration::from_secs(3));
        say(stream, 409, "2\n");
    });
    let good = listen(|_, stream| say(stream, 200, &line(SIZE, 10)));
    let addresses = [
        endless("HTTP/1.1 200 OK\r\n\r\n"),
        endless("HTTP/1.1 409 X\r\ncontent-length: 9999999999\r\n\r\n"),
        endless("HTTP/1.1 200 OK\r\nx-long: "),
        dripping("HTTP/1.1 200 OK\r\n\r\n"),
        dripping("HTTP/1.1 200 OK\r\nx-slow: "),
        silent,
        packed,
        gone,
        nonsense,
        good,
        slow_again,
    ];
    let begun = Instant::now();
    let answers = asked(&addresses);
    let took = begun.elapsed();
    assert!(took < PATIENCE + Duration::from_millis(1_500), "{took:?}");
    let troubles: Vec<Option<Trouble>> = answers.into_iter().map(Result::err).collect();
    let (slow, wrong) = (Some(Trouble::TimedOut), Some(Trouble::NotUnderstood));
    assert_eq!(troubles[..6], [wrong, wrong, wrong, slow, slow, slow]);
    assert!(troubles[6..9].iter().all(Option::is_some), "{troubles:?}");
    assert_eq!(troubles[9..], [None, slow], "the good one is heard");
}
