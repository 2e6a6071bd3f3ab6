//! One proposal, one answer.

use axum::body::{Body, HttpBody as _};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use minhbach_events::{ENTRY_BYTES_MAX, Key, Proposal};
use minhbach_ledger::{Acknowledgement, Answer, Caller, Reason, Rejection};
use serde::Serialize;

use super::route::Recorded;
use crate::answer::json;
use crate::app::App;
use crate::problem::{Fault, Problem};

/// Records one proposal, or tries it.
pub(super) async fn record(
    app: &App,
    caller: Caller,
    key: Option<&HeaderValue>,
    dry_run: bool,
    body: Body,
) -> Result<Response, Problem> {
    let body = whole(app, body).await?;
    let read = Proposal::from_line(&body);
    let mut proposal = read.map_err(|error| Problem::refused(&error.into()))?;
    if let Some(key) = key {
        let key = read_key(key)?;
        if proposal.key.as_ref().is_some_and(|own| *own != key) {
            return Err(Problem::new(Fault::TwoKeys, &[]));
        }
        proposal.key = Some(key);
    }
    let code_given = proposal.event.subject().map(str::to_owned);
    let answers = if dry_run {
        super::together::rehearse(app, vec![proposal], caller).await?
    } else {
        app.gate()?
            .hand_in(vec![proposal], body.len(), caller, false)
            .await?
            .answers()
            .await?
    };
    match answers.into_iter().next() {
        None => Err(Problem::new(Fault::Internal, &[])),
        Some(Err(rejection)) => Err(Problem::refused(&rejection)),
        Some(Ok(acknowledgement)) if dry_run => {
            answered(StatusCode::OK, &tried(1, &acknowledgement, code_given))
        }
        Some(Ok(acknowledgement)) => {
            let status = if acknowledgement.repeated {
                StatusCode::OK
            } else {
                StatusCode::CREATED
            };
            let mut response = answered(status, &recorded(1, &acknowledgement))?;
            let place = format!("/v1/entries/{}", acknowledgement.seq);
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(LOCATION, place);
            }
            Ok(response)
        }
    }
}

fn answered(status: StatusCode, answer: &Recorded) -> Result<Response, Problem> {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    Ok((status, headers, json(answer)?).into_response())
}

/// The answer to a line that is recorded.
pub(super) fn recorded(line: u64, acknowledgement: &Acknowledgement) -> Recorded {
    Recorded {
        line,
        seq: Some(acknowledgement.seq),
        code: acknowledgement.code.clone(),
        hash: Some(acknowledgement.hash.to_string()),
        lots: acknowledgement.lots.iter().map(ToString::to_string).collect(),
        repeated: acknowledgement.repeated,
        dry_run: false,
    }
}

/// The answer to a line that would be recorded: seq, hash and the codes that the ledger makes would be others.
pub(super) fn tried(line: u64, acknowledgement: &Acknowledgement, code_given: Option<String>) -> Recorded {
    Recorded {
        seq: acknowledgement.repeated.then_some(acknowledgement.seq),
        code: if acknowledgement.repeated {
            acknowledgement.code.clone()
        } else {
            code_given
        },
        hash: acknowledgement.repeated.then(|| acknowledgement.hash.to_string()),
        lots: Vec::new(),
        dry_run: true,
        ..recorded(line, acknowledgement)
    }
}

/// A refused line, in the order in which its answer is written.
#[derive(Serialize)]
struct Refused<'a> {
    line: u64,
    error: &'a Rejection,
}

/// An answer as a line.
pub(super) fn line(number: u64, answer: &Answer) -> Result<Vec<u8>, Problem> {
    let mut line = match answer {
        Ok(acknowledgement) => json(&recorded(number, acknowledgement))?,
        Err(rejection) => json(&Refused {
            line: number,
            error: rejection,
        })?,
    };
    line.push(b'\n');
    Ok(line)
}

/// A structured field's string (RFC 8941), or the bare key.
fn read_key(value: &HeaderValue) -> Result<Key, Problem> {
    let text = value.to_str().ok();
    let bare = text.map(|text| {
        text.strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text)
    });
    bare.and_then(Key::new)
        .ok_or_else(|| Problem::new(Fault::BadHeader, &[("name", &"Idempotency-Key")]))
}

/// A body that may be one line long.
async fn whole(app: &App, body: Body) -> Result<Vec<u8>, Problem> {
    // Who says beforehand that it is too long need not send it.
    let (max, announced) = (ENTRY_BYTES_MAX as u64, body.size_hint().lower());
    if max < announced {
        return Err(too_large(announced));
    }
    let collected = Limited::new(body, ENTRY_BYTES_MAX).collect();
    let collected = tokio::time::timeout(app.settings.limits.body_timeout, collected);
    match collected.await {
        Err(_) => Err(Problem::new(Fault::BodyTimeout, &[])),
        Ok(Ok(body)) => Ok(body.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            // How long it is in truth is not known: the rest is not read.
            Err(too_large(ENTRY_BYTES_MAX as u64 + 1))
        }
        Ok(Err(_)) => Err(Problem::new(Fault::BodyUnreadable, &[])),
    }
}

fn too_large(bytes: u64) -> Problem {
    let rejection = Rejection::new(Reason::TooLarge).count("bytes", bytes);
    Problem::refused(&rejection.count("max", ENTRY_BYTES_MAX as u64))
}
