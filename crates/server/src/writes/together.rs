//! Lines that are decided together: recorded all or none, or only tried.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use minhbach_events::Proposal;
use minhbach_ledger::{Answer, Caller, REQUEST_PROPOSALS_MAX};
use serde_json::{Value, json};

use super::lines::{Batch, Lines};
use super::single::{line, recorded, tried};
use crate::app::App;
use crate::problem::{Fault, Message, Problem};
use crate::texts::text_with;

/// Bytes of lines that are decided together, at most.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Lines that a refusal names.
const REFUSED_SHOWN: usize = 20;

/// Records all lines or none, or only tries them.
pub(super) async fn record(
    app: &App,
    caller: Caller,
    atomic: bool,
    dry_run: bool,
    body: Body,
) -> Result<Response, Problem> {
    let Batch {
        proposals,
        slots,
        bytes,
    } = collect(app, body).await?;
    let given: Vec<Option<String>> = proposals
        .iter()
        .map(|proposal| proposal.event.subject().map(str::to_owned))
        .collect();
    let unreadable = slots.iter().any(|(_, refused)| refused.is_some());
    // With a line that cannot be read nothing is recorded, so nothing is asked of the rules.
    let answers = if atomic && unreadable {
        Vec::new()
    } else if dry_run {
        rehearse(app, proposals, caller).await?
    } else {
        app.gate()?
            .hand_in(proposals, bytes, caller, atomic)
            .await?
            .answers()
            .await?
    };
    let mut decided = answers.into_iter().zip(given);
    let mut answers: Vec<(u64, Option<(Answer, Option<String>)>)> = Vec::with_capacity(slots.len());
    for (number, refused) in slots {
        let answer = match refused {
            Some(rejection) => Some((Err(rejection), None)),
            None => decided.next(),
        };
        answers.push((number, answer));
    }
    let refused: Vec<u64> = answers
        .iter()
        .filter(|(_, answer)| matches!(answer, Some((Err(_), _))))
        .map(|(number, _)| *number)
        .collect();
    if atomic && !refused.is_empty() {
        return Err(none_recorded(&answers, &refused));
    }
    let mut body = Vec::new();
    for (number, answer) in answers {
        match answer {
            Some((Ok(acknowledgement), given)) if dry_run => {
                body.extend(crate::answer::json(&tried(number, &acknowledgement, given))?);
                body.push(b'\n');
            }
            Some((answer, _)) => body.extend(line(number, &answer)?),
            None => return Err(Problem::new(Fault::Internal, &[])),
        }
    }
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// Decides proposals as if they were recorded, and forgets them; one such request at a time.
pub(super) async fn rehearse(
    app: &App,
    proposals: Vec<Proposal>,
    caller: Caller,
) -> Result<Vec<Answer>, Problem> {
    let ledger = app.ledger()?.clone();
    let _turn = app.rehearsals.clone().acquire_owned().await;
    app.blocking(move || {
        ledger.rehearse(&proposals, &caller).map_err(|stopped| {
            tracing::error!(%stopped, "the writer has stopped");
            Problem::new(Fault::WriterStopped, &[])
        })
    })
    .await
}

/// The refusal of all because some were refused: with the code of the first, and an answer to each line.
fn none_recorded(answers: &[(u64, Option<(Answer, Option<String>)>)], refused: &[u64]) -> Problem {
    let shown = &refused[..refused.len().min(REFUSED_SHOWN)];
    let listed = shown.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let not_recorded = json!({
        "code": "not_recorded",
        "message": Message::both(|language| text_with(language, "line-not-recorded", &[("lines", &listed)])),
        "detail": {"refused": shown, "count": refused.len()},
    });
    let mut first = None;
    let mut lines: Vec<Value> = Vec::with_capacity(answers.len());
    for (number, answer) in answers {
        lines.push(match answer {
            Some((Err(rejection), _)) => {
                first.get_or_insert(rejection);
                json!({"line": number, "error": rejection})
            }
            Some((Ok(known), _)) if known.repeated => {
                serde_json::to_value(recorded(*number, known)).unwrap_or_default()
            }
            _ => json!({"line": number, "error": not_recorded}),
        });
    }
    let problem = first.map_or_else(|| Problem::new(Fault::Internal, &[]), Problem::refused);
    problem.with_answers(lines)
}

/// All lines of a body that holds no more than can be decided together.
async fn collect(app: &App, mut body: Body) -> Result<Batch, Problem> {
    let (mut lines, mut all) = (Lines::default(), Batch::default());
    loop {
        let frame = tokio::time::timeout(app.settings.limits.body_timeout, body.frame()).await;
        let frame = frame.map_err(|_| Problem::new(Fault::BodyTimeout, &[]))?;
        let mut batch = Batch::default();
        match frame {
            None => lines.end(&mut batch),
            Some(Err(_)) => return Err(Problem::new(Fault::BodyUnreadable, &[])),
            Some(Ok(frame)) => {
                let Ok(mut piece) = frame.into_data() else {
                    continue;
                };
                while !piece.is_empty() {
                    lines.take(&mut piece, &mut batch);
                    check(&all, &batch)?;
                    add(&mut all, std::mem::take(&mut batch));
                }
                continue;
            }
        }
        check(&all, &batch)?;
        add(&mut all, batch);
        return Ok(all);
    }
}

fn check(all: &Batch, more: &Batch) -> Result<(), Problem> {
    if REQUEST_PROPOSALS_MAX < all.slots.len() + more.slots.len() || BYTES_MAX < all.bytes + more.bytes {
        let (lines, mebibytes) = (REQUEST_PROPOSALS_MAX, BYTES_MAX >> 20);
        return Err(Problem::new(
            Fault::TooManyLines,
            &[("max", &lines), ("mebibytes", &mebibytes)],
        ));
    }
    Ok(())
}

fn add(all: &mut Batch, more: Batch) {
    all.proposals.extend(more.proposals);
    all.slots.extend(more.slots);
    all.bytes += more.bytes;
}
