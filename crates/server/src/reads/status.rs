//! `GET /v1/status`.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, SecondsFormat};
use minhbach_events::words::LedgerKind;
use minhbach_events::{Entry, Event};
use minhbach_projections::AsOf;
use minhbach_publishing::LogView;
use minhbach_witness::WitnessSeen;
use serde::Serialize;
use utoipa::ToSchema;

use super::lots::NoParams;
use crate::answer::{Asked, json};
use crate::app::App;
use crate::openapi::ListProblems;
use crate::params::Params;
use crate::problem::{Fault, Problem};

/// How far the ledger is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    /// How many entries the journal has, and the hash of the last.
    as_of: AsOf,
    /// What the ledger calls itself in signed statements.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "so.example.vn/quy")]
    origin: Option<String>,
    /// `live`, or `demo`: what is in it is invented.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kind: Option<LedgerKind>,
    /// The key that the log is signed with, as signed notes write it. Who does not trust this server has it from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "so.example.vn/quy+7a1c0f3e+AQ…")]
    vkey: Option<String>,
    /// The last signed checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checkpoint: Option<Signed>,
    /// The witnesses that are asked to cosign, where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<Witness>,
}

/// What a witness has seen.
#[derive(Serialize, ToSchema)]
struct Witness {
    /// What the log's policy calls it.
    #[schema(example = "dai-hoc-minh-hoa")]
    name: String,
    /// The size that it cosigned last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<u64>,
    /// When, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2026-11-22T01:11:00Z")]
    at: Option<String>,
    /// Why it did not the last time it was asked, as one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "unreachable")]
    trouble: Option<&'static str>,
}

impl Witness {
    fn of(seen: WitnessSeen) -> Witness {
        let at = seen
            .at
            .and_then(|at| DateTime::from_timestamp(i64::try_from(at).ok()?, 0));
        Witness {
            name: seen.name,
            size: seen.size,
            at: at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            trouble: seen.trouble.map(|trouble| trouble.code()),
        }
    }
}

/// A signed checkpoint.
#[derive(Serialize, ToSchema)]
#[schema(as = Checkpoint)]
struct Signed {
    /// How many entries it covers.
    size: u64,
    /// The root of the tree over them (RFC 6962), in base64.
    #[schema(example = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=")]
    root: String,
}

/// How far the ledger is, and what it calls itself
#[utoipa::path(
    get,
    path = "/v1/status",
    tag = "operation",
    responses((status = 200, body = Status), ListProblems),
)]
pub(crate) async fn get_status(
    State(app): State<App>,
    asked: Asked,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let ledger = app.ledger()?;
    let as_of = ledger.as_of();
    let opened = opened(ledger)?;
    let (origin, kind) = opened.map_or((None, None), |(origin, kind)| (Some(origin), Some(kind)));
    let signed = app.log().ok().and_then(LogView::checkpoint);
    let status = Status {
        as_of,
        origin,
        kind,
        vkey: app.log_key().ok().map(ToString::to_string),
        checkpoint: signed.map(|(_, checkpoint)| Signed {
            size: checkpoint.size,
            root: checkpoint.root.to_base64(),
        }),
        witnesses: app
            .witnesses
            .get()
            .map(|witnesses| witnesses.seen().into_iter().map(Witness::of).collect())
            .unwrap_or_default(),
    };
    // It changes when the checkpoint does too, which is after the journal has grown.
    let body = json(&status)?;
    let tag = blake3::hash(&body).to_hex();
    Ok(asked.until_changed(&tag[..16], "application/json", body))
}

/// What the first entry says; none before it.
pub(crate) fn opened(ledger: &minhbach_ledger::Ledger) -> Result<Option<(String, LedgerKind)>, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the first entry could not be read");
        Problem::new(Fault::Internal, &[])
    };
    let Some(raw) = ledger.reader().entry(0).map_err(|error| unreadable(&error))? else {
        return Ok(None);
    };
    let entry = Entry::read(&raw.bytes).map_err(|error| unreadable(&error))?;
    Ok(match entry.event {
        Event::LedgerOpened(opened) => Some((opened.origin.as_str().to_owned(), opened.kind)),
        _ => None,
    })
}
