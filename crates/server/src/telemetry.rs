//! What is said of each request: a structured line and a measure, with nothing personal in them.
//!
//! A line names the route, not the path: who looks for a name in the search has typed it into the query. No address, no
//! token, no body.

use std::io;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::operation;
use crate::problem::ProblemCode;

/// What the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// Nothing.
    Off,
    /// What went wrong.
    Errors,
    /// Each request too.
    Requests,
}

/// Writes the log of this process as JSON lines. A second call changes nothing.
pub fn log_to<W>(logs: Logs, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = match logs {
        Logs::Off => LevelFilter::OFF,
        Logs::Errors => LevelFilter::WARN,
        Logs::Requests => LevelFilter::INFO,
    };
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(writer);
    // Another subscriber in the process keeps its place.
    let _ = tracing_subscriber::registry().with(level).with(lines).try_init();
}

/// Where a program's log usually goes.
pub fn standard_error() -> fn() -> io::Stderr {
    io::stderr
}

/// Measures a request and writes its line.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let (status, took) = (response.status(), begun.elapsed());
    operation::requested(method, route, status, took);
    let code = response.extensions().get::<ProblemCode>().map(|code| code.0);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(method, route, status = status.as_u16(), micros, code, "request");
    response
}

/// The name of a method that HTTP has; others are one, so that nobody can make up labels.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}
