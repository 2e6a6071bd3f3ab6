//! What is said of each request: a structured line and a measure, with nothing personal in them.
//!
//! A line names the route, not the path: who looks for a name in the search has typed it into the query. No address, no
//! token, no body.

use std::io::Write;
use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use minhbach_events::Timestamp;
use minhbach_ledger::{Clock, system_clock};
use serde::Serialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::log_lines::{LogEnd, LogLines};
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

/// Writes the log of this process as JSON lines, until what is returned is dropped: then what is left is written, and later
/// lines are left out. A second call changes nothing.
#[must_use]
pub fn log_to(logs: Logs, out: impl Write + Send + 'static) -> LogEnd {
    let level = match logs {
        Logs::Off => return LogEnd::of_nothing(),
        Logs::Errors => LevelFilter::WARN,
        Logs::Requests => LevelFilter::INFO,
    };
    let (lines, end) = LogLines::before(out);
    if logs == Logs::Requests {
        let _ = REQUESTS.set((lines.clone(), system_clock()));
    }
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(lines);
    // Another subscriber in the process keeps its place.
    let _ = tracing_subscriber::registry().with(level).with(lines).try_init();
    end
}

/// What is said of a request.
pub(crate) struct Begun {
    at: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
}

/// Keeps what is said of a request.
pub(crate) fn begun(request: &mut Request) -> Result<Begun, Box<Response>> {
    Ok(Begun {
        at: Instant::now(),
        method: known_method(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
    })
}

/// Measures a request and writes its line.
pub(crate) fn answered(begun: Begun, response: Response) -> Response {
    let Begun { at, method, route } = begun;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let (status, took) = (response.status(), at.elapsed());
    operation::requested(method, route, status, took);
    let code = response.extensions().get::<ProblemCode>().map(|code| code.0);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if let Some((log, clock)) = REQUESTS.get() {
        log.line(&RequestLine {
            timestamp: clock(),
            level: "INFO",
            message: "request",
            method,
            route,
            status: status.as_u16(),
            micros,
            code,
        });
    }
    response
}

/// Where each request has a line, if it does, and the time on it.
static REQUESTS: OnceLock<(LogLines, Clock)> = OnceLock::new();

/// The line of a request, as `tracing` writes events. There is one for each: through `tracing` and its visitors it took
/// a tenth of a whole request.
#[derive(Serialize)]
struct RequestLine<'a> {
    timestamp: Timestamp,
    level: &'static str,
    message: &'static str,
    method: &'static str,
    route: &'a str,
    status: u16,
    /// From the request's head to its answer's head.
    micros: u64,
    /// Of a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
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
