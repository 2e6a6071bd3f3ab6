//! A stream of proposals: read, decided and answered while it goes on, in bounded memory.
//!
//! One task reads lines and hands them in; the body of the answer waits for what is durable. Between them at most
//! [`IN_FLIGHT`] batches: a client that does not read its answers is not read either.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use minhbach_events::Actor;
use minhbach_ledger::Rejection;
use tokio::sync::{mpsc, watch};

use super::gate::Waiting;
use super::lines::{Batch, Lines};
use super::single::line;
use crate::actors::ActorRecord;
use crate::answer::json;
use crate::app::App;
use crate::problem::{Fault, Problem};
use crate::shares::Place;

/// Batches that are handed in and not yet answered, or answered and not yet read by the client.
const IN_FLIGHT: usize = 16;

/// What the answer's body is told, in the order of the lines.
enum Step {
    /// Lines that are with the writer.
    HandedIn(Vec<(u64, Option<Rejection>)>, Option<Waiting>),
    /// Why no more lines are read, and the number of the first that is not.
    Ended(u64, Problem),
}

/// Records each line by itself.
pub(super) fn record(app: &App, actor: Arc<ActorRecord>, body: Body) -> Result<Response, Problem> {
    app.gate()?;
    let place = app.write_streams.free(actor.code.clone());
    let place = place.ok_or_else(|| Problem::new(Fault::Busy, &[]))?;
    let (steps, following) = mpsc::channel(IN_FLIGHT);
    let pump = Pump {
        app: app.clone(),
        actor,
        steps,
    };
    tokio::spawn(pump.run(body));
    let answers = Answers {
        following,
        _place: place,
    };
    let body = Body::from_stream(stream::unfold(Some(answers), async |answers| {
        let mut answers = answers?;
        let (part, more) = answers.next().await?;
        Some((Ok::<_, std::convert::Infallible>(part), more.then_some(answers)))
    }));
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson"),
        (CACHE_CONTROL, "no-store, no-transform"),
    ];
    Ok((headers, [("x-accel-buffering", "no")], body).into_response())
}

/// Reads the body and hands lines in.
struct Pump {
    app: App,
    actor: Arc<ActorRecord>,
    steps: mpsc::Sender<Step>,
}

impl Pump {
    async fn run(self, mut body: Body) {
        let mut lines = Lines::default();
        let mut ending = self.app.ending.subscribe();
        loop {
            let frame = tokio::select! {
                frame = tokio::time::timeout(self.app.settings.limits.body_timeout, body.frame()) => frame,
                () = told_to_end(&mut ending) => {
                    return self.ended(&lines, Fault::ShuttingDown).await;
                }
            };
            match frame {
                Err(_) => return self.ended(&lines, Fault::BodyTimeout).await,
                Ok(None) => {
                    let mut last = Batch::default();
                    lines.end(&mut last);
                    let _ = self.hand_in(last).await;
                    return;
                }
                Ok(Some(Err(_))) => return self.ended(&lines, Fault::BodyUnreadable).await,
                Ok(Some(Ok(frame))) => {
                    let Ok(mut piece) = frame.into_data() else {
                        continue;
                    };
                    while !piece.is_empty() {
                        let mut batch = Batch::default();
                        lines.take(&mut piece, &mut batch);
                        if !self.hand_in(batch).await {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Whether somebody still listens and more can be taken.
    async fn hand_in(&self, batch: Batch) -> bool {
        if batch.slots.is_empty() {
            return true;
        }
        let first = batch.slots[0].0;
        // First a place among those in flight, so that what is decided can be answered.
        let Ok(place) = self.steps.reserve().await else {
            return false;
        };
        let waiting = if batch.proposals.is_empty() {
            Ok(None)
        } else {
            match self.let_in().and_then(|()| self.app.gate()) {
                Ok(gate) => gate
                    .hand_in(batch.proposals, batch.bytes, self.actor.caller(), false)
                    .await
                    .map(Some),
                Err(problem) => Err(problem),
            }
        };
        match waiting {
            Ok(waiting) => {
                place.send(Step::HandedIn(batch.slots, waiting));
                true
            }
            Err(problem) => {
                place.send(Step::Ended(first, problem));
                false
            }
        }
    }

    /// A token that was revoked while its stream went on records nothing more.
    fn let_in(&self) -> Result<(), Problem> {
        match self.app.actors.still(&self.actor) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Problem::new(Fault::Unauthenticated, &[])),
            Err(error) => {
                tracing::error!(%error, "who may write cannot be read");
                Err(Problem::new(Fault::ActorsUnreadable, &[]))
            }
        }
    }

    async fn ended(&self, lines: &Lines, fault: Fault) {
        // That nobody listens any more is no reason for anything.
        let _ = self
            .steps
            .send(Step::Ended(lines.next_number(), Problem::new(fault, &[])))
            .await;
    }
}

async fn told_to_end(ending: &mut watch::Receiver<bool>) {
    // That nobody could tell any more is an end too.
    let _ = ending.wait_for(|ending| *ending).await.map(drop);
}

/// Waits for what was handed in.
struct Answers {
    following: mpsc::Receiver<Step>,
    _place: Place<Actor>,
}

impl Answers {
    /// The answers to the next batch, and whether more may follow.
    async fn next(&mut self) -> Option<(Bytes, bool)> {
        match self.following.recv().await? {
            Step::Ended(number, problem) => Some((failed(number, &problem), false)),
            Step::HandedIn(slots, waiting) => {
                let first = slots.first().map_or(0, |slot| slot.0);
                let answers = match waiting {
                    None => Ok(Vec::new()),
                    Some(waiting) => waiting.answers().await,
                };
                let mut answers = match answers {
                    Ok(answers) => answers.into_iter(),
                    Err(problem) => return Some((failed(first, &problem), false)),
                };
                let mut part = Vec::new();
                for (number, refused) in slots {
                    let answer = match refused {
                        Some(rejection) => Err(rejection),
                        None => answers.next()?,
                    };
                    part.extend(line(number, &answer).ok()?);
                }
                Some((part.into(), true))
            }
        }
    }
}

/// The last line of a stream that did not end by itself: from that line on nothing is known to be recorded.
fn failed(number: u64, problem: &Problem) -> Bytes {
    let line = serde_json::json!({"line": number, "error": problem.as_line_error()});
    let mut line = json(&line).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
