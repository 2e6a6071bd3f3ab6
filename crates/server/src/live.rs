//! The journal as it grows: server-sent events (WHATWG HTML, 9.2) from any seq on, none left out.
//!
//! A follower reads the journal's own files; he is only told that there is more. So whoever is slow, or comes back after
//! an hour, misses nothing, and costs no more memory than one part of the journal.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use minhbach_ledger::Ledger;
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;

use crate::address::Address;
use crate::app::App;
use crate::openapi::StreamProblems;
use crate::operation;
use crate::params::{Params, number};
use crate::problem::{Fault, Problem};
use crate::reads::entries::written;
use crate::shares::Place;

/// Entries that are read ahead for a follower.
const AHEAD_ENTRIES: usize = 128;
/// Their bytes, give or take an entry.
const AHEAD_BYTES: usize = 256 * 1024;
/// How often a connection on which nothing happens is shown to be alive.
const ALIVE: Duration = Duration::from_secs(15);
/// After how long a browser comes back.
const RETRY: Duration = Duration::from_secs(2);
/// The largest seq (2⁵³ − 1).
const SEQ_MAX: u64 = 9_007_199_254_740_991;

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamParams {
    /// The first entry that is sent; without it, and without `Last-Event-ID`, the next one that is recorded.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    from: Option<String>,
}

/// Follows the journal as it grows
///
/// Server-sent events: `id` is the entry's seq, `event` is `entry`, `data` the document of `/v1/entries/{seq}`. After
/// `Last-Event-ID: n`, as browsers send it when they come back, it goes on with entry n + 1; nothing is left out. It goes on
/// until one of both ends it. Every 15 seconds without an entry a comment is sent.
#[utoipa::path(
    get,
    path = "/v1/stream",
    tag = "entries",
    params(
        StreamParams,
        ("Last-Event-ID" = Option<u64>, Header, description = "The seq of the last entry that was received"),
    ),
    responses(
        (status = 200, description = "Entries, as they are recorded", content_type = "text/event-stream", body = String),
        StreamProblems,
    ),
)]
pub(crate) async fn stream_entries(
    State(app): State<App>,
    Address(from_address): Address,
    Params(params): Params<StreamParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from = number("from", params.from.as_ref(), 0, SEQ_MAX)?;
    let ledger = app.ledger()?.clone();
    let last = headers.get("last-event-id").map(|value| {
        let seq = value.to_str().ok().and_then(|seq| seq.trim().parse::<u64>().ok());
        let seq = seq.filter(|seq| *seq <= SEQ_MAX);
        seq.ok_or_else(|| Problem::new(Fault::BadHeader, &[("name", &"Last-Event-ID")]))
    });
    let next = match last.transpose()? {
        Some(last) => last + 1,
        None => from.unwrap_or_else(|| ledger.as_of().size),
    };
    let size = ledger.as_of().size;
    if size < next {
        // What lies between would be left out. Whoever has seen more than this ledger holds must learn it.
        return Err(Problem::new(
            Fault::BeyondEnd,
            &[("next", &next), ("size", &size)],
        ));
    }
    let place = app.followers.free(from_address);
    let place = place.ok_or_else(|| Problem::new(Fault::Busy, &[]))?;
    let follower = Follower {
        ledger,
        durable: app.durable.subscribe(),
        ending: app.ending.subscribe(),
        next,
        ahead: VecDeque::new(),
        greeted: false,
        _place: place,
        _counted: operation::following(),
    };
    let events = stream::unfold(follower, async |mut follower| {
        let event = follower.event().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE));
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

/// One who follows.
struct Follower {
    ledger: Arc<Ledger>,
    durable: watch::Receiver<u64>,
    ending: watch::Receiver<bool>,
    /// The seq that is read next.
    next: u64,
    /// What is read and not sent.
    ahead: VecDeque<Event>,
    greeted: bool,
    _place: Place<IpAddr>,
    _counted: operation::Counted,
}

impl Follower {
    /// The next event; none when the server ends or the journal cannot be read.
    async fn event(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.greeted, true) {
            // Sent at once, so that the other side sees that it is connected.
            return Some(Event::default().retry(RETRY).comment("so minh bach"));
        }
        loop {
            if *self.ending.borrow() {
                return None;
            }
            if let Some(event) = self.ahead.pop_front() {
                return Some(event);
            }
            let next = self.next;
            tokio::select! {
                grown = self.durable.wait_for(|size| next < *size) => drop(grown.ok()?),
                _ = self.ending.wait_for(|ending| *ending) => return None,
            }
            let ledger = self.ledger.clone();
            let read = tokio::task::spawn_blocking(move || ahead(&ledger, next)).await;
            self.ahead = read
                .ok()?
                .inspect_err(|error| tracing::error!(%error, "the journal could not be read"))
                .ok()?;
            self.next += self.ahead.len() as u64;
        }
    }
}

fn ahead(ledger: &Ledger, from: u64) -> Result<VecDeque<Event>, minhbach_journal::ReadError> {
    let (mut events, mut bytes) = (VecDeque::new(), 0);
    let mut entries = ledger.reader().entries(from);
    while events.len() < AHEAD_ENTRIES
        && bytes < AHEAD_BYTES
        && let Some(entry) = entries.next_ref()
    {
        let entry = match entry {
            Ok(entry) => entry,
            // What is sound before it is sent first.
            Err(_) if !events.is_empty() => break,
            Err(error) => return Err(error),
        };
        bytes += entry.bytes.len();
        let data = String::from_utf8_lossy(&written(entry.seq, &entry.hash, entry.bytes)).into_owned();
        events.push_back(
            Event::default()
                .id(entry.seq.to_string())
                .event("entry")
                .data(data),
        );
    }
    Ok(events)
}
