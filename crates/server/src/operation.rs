//! For whoever runs the server: is it alive, is it ready, what does it do.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use metrics::Unit;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use minhbach_ledger::{Answer, Committed};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::json;
use crate::app::App;
use crate::problem::{Fault, Problem};

const APPENDED: &str = "minhbach_entries_appended_total";
const BATCH: &str = "minhbach_batch_entries";
const SYNC: &str = "minhbach_append_seconds";
const SIZE: &str = "minhbach_journal_entries";
const LAG: &str = "minhbach_read_models_lag_entries";
const QUEUE: &str = "minhbach_write_queue_requests";
const REJECTED: &str = "minhbach_rejections_total";
const REQUESTS: &str = "minhbach_http_request_seconds";
const CONNECTIONS: &str = "minhbach_http_connections";
const FOLLOWERS: &str = "minhbach_stream_followers";

/// Upper bounds in seconds: a sync takes tenths of milliseconds, a list seconds.
const SECONDS: [f64; 14] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];
/// Upper bounds in entries.
const ENTRIES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 1_024.0, 2_048.0];

/// The process's recorder; the first call makes it.
pub(crate) fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let buckets = |builder: PrometheusBuilder, name: &str, bounds: &[f64]| {
                builder
                    .set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds)
                    .expect("bounds are given")
            };
            let builder = buckets(PrometheusBuilder::new(), BATCH, &ENTRIES);
            let builder = buckets(buckets(builder, SYNC, &SECONDS), REQUESTS, &SECONDS);
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Another recorder in the process keeps its place; then ours shows nothing, which harms nobody.
            if metrics::set_global_recorder(recorder).is_ok() {
                describe();
            }
            handle
        })
        .clone()
}

fn describe() {
    describe_counter!(APPENDED, Unit::Count, "Entries that were made durable.");
    describe_histogram!(BATCH, Unit::Count, "Entries in one commit.");
    describe_histogram!(SYNC, Unit::Seconds, "Writing and syncing one commit.");
    describe_gauge!(SIZE, Unit::Count, "Entries in the journal.");
    describe_gauge!(
        LAG,
        Unit::Count,
        "Durable entries that the read models do not know yet."
    );
    describe_gauge!(QUEUE, Unit::Count, "Requests to write that wait to be decided.");
    describe_counter!(
        REJECTED,
        Unit::Count,
        "Proposals that a rule refused, by its code."
    );
    describe_histogram!(
        REQUESTS,
        Unit::Seconds,
        "From a request's head to its answer's head, by route and status."
    );
    describe_gauge!(CONNECTIONS, Unit::Count, "Open connections.");
    describe_gauge!(FOLLOWERS, Unit::Count, "Who follows the journal.");
}

/// Counts a commit.
pub(crate) fn committed(batch: &Committed) {
    counter!(APPENDED).increment(batch.entries as u64);
    histogram!(BATCH).record(batch.entries as f64);
    histogram!(SYNC).record(batch.took.as_secs_f64());
    gauge!(SIZE).set(batch.size as f64);
}

/// Counts refusals by their code.
pub(crate) fn answered(answers: &[Answer]) {
    for rejection in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        counter!(REJECTED, "code" => rejection.code().word()).increment(1);
    }
}

/// Counts a request. `route` is one that the server has, so that there are few.
pub(crate) fn requested(method: &'static str, route: &str, status: StatusCode, took: Duration) {
    /// By route: finding one by its labels makes a text of each, for every request.
    type Known = HashMap<String, Vec<((&'static str, StatusCode), metrics::Histogram)>>;
    static KNOWN: OnceLock<RwLock<Known>> = OnceLock::new();
    let known = KNOWN.get_or_init(RwLock::default);
    let seconds = took.as_secs_f64();
    {
        let known = known.read().unwrap_or_else(PoisonError::into_inner);
        let mut of_route = known.get(route).into_iter().flatten();
        if let Some((_, histogram)) = of_route.find(|(of, _)| *of == (method, status)) {
            histogram.record(seconds);
            return;
        }
    }
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_str().to_owned()),
    ];
    let histogram = histogram!(REQUESTS, &labels);
    histogram.record(seconds);
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    let of_route = known.entry(route.to_owned()).or_default();
    if of_route.iter().all(|(of, _)| *of != (method, status)) {
        of_route.push(((method, status), histogram));
    }
}

/// Something that counts while it is there.
pub(crate) struct Counted(metrics::Gauge);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

fn counted(gauge: metrics::Gauge) -> Counted {
    gauge.increment(1.0);
    Counted(gauge)
}

/// A connection, while it is open.
pub(crate) fn connection() -> Counted {
    counted(gauge!(CONNECTIONS))
}

/// A request that waits to be decided.
pub(crate) fn queued() -> Counted {
    counted(gauge!(QUEUE))
}

/// A follower of the journal.
pub(crate) fn following() -> Counted {
    counted(gauge!(FOLLOWERS))
}

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

fn ok() -> Result<Response, Problem> {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    Ok((headers, json(&Health { status: "ok" })?).into_response())
}

/// Says that the process answers
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
pub(crate) async fn healthz() -> Result<Response, Problem> {
    ok()
}

/// Says whether the server is ready
///
/// Ready is: the ledger is open, the writer takes proposals, and the read models know all that is durable.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses((status = 200, body = Health), crate::openapi::Unavailable)
)]
pub(crate) async fn readyz(State(app): State<App>) -> Result<Response, Problem> {
    let ledger = app.ledger()?;
    if *app.ending.borrow() {
        return Err(Problem::new(Fault::ShuttingDown, &[]));
    }
    if ledger.stopped().is_some() {
        return Err(Problem::new(Fault::WriterStopped, &[]));
    }
    let known = ledger
        .projected()
        .map_err(|_| Problem::new(Fault::ReadModelsFailed, &[]))?;
    // A batch that was just committed is on its way; only what lags behind a whole second of writing is late.
    if known + READY_LAG_MAX < ledger.as_of().size {
        return Err(Problem::new(Fault::NotReady, &[]));
    }
    ok()
}

/// Entries that the read models may lag behind while the server counts as caught up.
const READY_LAG_MAX: u64 = 10_000;

/// Counters and histograms, as Prometheus reads them
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, content_type = "text/plain", body = String))
)]
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    if let Ok(ledger) = app.ledger() {
        let size = ledger.as_of().size;
        gauge!(SIZE).set(size as f64);
        if let Ok(known) = ledger.projected() {
            gauge!(LAG).set(size.saturating_sub(known) as f64);
        }
    }
    let headers = [
        (CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    app.metrics.run_upkeep();
    Ok((headers, app.metrics.render()).into_response())
}
