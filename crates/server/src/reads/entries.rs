//! `GET /v1/entries` and `/v1/entries/{seq}`: the log itself.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::Response;
use minhbach_events::Hash;
use minhbach_projections::AsOf;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::lots::NoParams;
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::{EntryBody, ListProblems, ReadProblems};
use crate::params::{Name, Params, number};
use crate::problem::{Fault, Problem};

/// Entries of a page where nothing is said.
const PAGE_DEFAULT: u64 = 100;
const PAGE_MAX: u64 = 1_000;
/// Bytes of entries after which a page ends, whatever its limit.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The largest seq (2⁵³ − 1).
pub(crate) const SEQ_MAX: u64 = 9_007_199_254_740_991;

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntriesParams {
    /// The seq of the first.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    from: Option<String>,
    /// Entries of a page, 100 where nothing is said; a page of large entries ends earlier.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
}

/// An entry as it is in the journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryRow {
    /// Its place, from 0 without gaps.
    #[schema(example = 74)]
    seq: u64,
    /// The BLAKE3 hash of its bytes.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    hash: Hash,
    /// The entry. Its hashed bytes are these, as they stand here without white space.
    #[schema(value_type = EntryBody)]
    entry: Box<RawValue>,
}

/// Entries in the order of the journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entries {
    /// How many entries the journal has, and the hash of the last.
    as_of: AsOf,
    /// The entries.
    rows: Vec<EntryRow>,
    /// The seq with which the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<u64>,
}

/// The journal, page by page
#[utoipa::path(
    get,
    path = "/v1/entries",
    tag = "entries",
    params(EntriesParams),
    responses((status = 200, body = Entries), ListProblems),
)]
pub(crate) async fn get_entries(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<EntriesParams>,
) -> Result<Response, Problem> {
    let from = number("from", params.from.as_ref(), 0, SEQ_MAX)?.unwrap_or(0);
    let limit = number("limit", params.limit.as_ref(), 1, PAGE_MAX)?.unwrap_or(PAGE_DEFAULT);
    let ledger = app.ledger()?.clone();
    let as_of = ledger.as_of();
    if let Some(unchanged) = asked.unchanged(as_of) {
        return Ok(unchanged);
    }
    let page = app
        .blocking(move || {
            let (mut rows, mut bytes) = (Vec::new(), 0);
            let end = as_of.size.min(from.saturating_add(limit));
            let mut entries = ledger.reader().entries(from.min(as_of.size));
            let mut next = from.min(end);
            while next < end
                && bytes < PAGE_BYTES
                && let Some(entry) = entries.next_ref()
            {
                let entry = entry.map_err(|error| unreadable(&error))?;
                bytes += entry.bytes.len();
                rows.push(row(entry.seq, entry.hash, entry.bytes)?);
                next += 1;
            }
            Ok(Entries {
                as_of,
                rows,
                next: (next < as_of.size && from < as_of.size).then_some(next),
            })
        })
        .await?;
    let mut response = asked.document(as_of, &page)?;
    if let Some(next) = page.next {
        asked.link_next(&mut response, "from", &next.to_string());
    }
    Ok(response)
}

/// One entry
///
/// It never changes. With `Accept: application/octet-stream` the hashed bytes themselves.
#[utoipa::path(
    get,
    path = "/v1/entries/{seq}",
    tag = "entries",
    params(("seq" = u64, Path, description = "Its place in the journal, from 0", example = 74, maximum = 9_007_199_254_740_991_u64)),
    responses(
        (status = 200, content((EntryRow = "application/json"), (String = "application/octet-stream"))),
        ReadProblems,
    ),
)]
pub(crate) async fn get_entry(
    State(app): State<App>,
    asked: Asked,
    Name(seq): Name,
    Params(NoParams {}): Params<NoParams>,
    AsBytes(as_bytes): AsBytes,
) -> Result<Response, Problem> {
    let asked_seq = number("seq", Some(&seq), 0, SEQ_MAX)?;
    let seq = asked_seq.ok_or_else(|| Problem::new(Fault::NotFound, &[("name", &seq)]))?;
    let found = app
        .ledger()?
        .reader()
        .entry(seq)
        .map_err(|error| unreadable(&error))?;
    let found = found.ok_or_else(|| Problem::new(Fault::NotFound, &[("name", &seq)]))?;
    let hash = found.hash.to_string();
    if as_bytes {
        return Ok(asked.for_ever(&format!("{hash}-b"), "application/octet-stream", || found.bytes));
    }
    Ok(asked.for_ever(&hash, "application/json", || {
        written(seq, &found.hash, &found.bytes)
    }))
}

/// Whether the hashed bytes themselves are asked for.
pub(crate) struct AsBytes(bool);

impl<S: Sync> FromRequestParts<S> for AsBytes {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<AsBytes, Infallible> {
        Ok(AsBytes(wants_bytes(&parts.headers)))
    }
}

fn wants_bytes(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = accepted.split(',').next().unwrap_or_default();
    first.split(';').next().unwrap_or_default().trim() == "application/octet-stream"
}

/// The document of an entry. The entry's bytes are JSON already, and go in as they are.
pub(crate) fn written(seq: u64, hash: &Hash, bytes: &[u8]) -> Vec<u8> {
    let beginning = format!("{{\"seq\":{seq},\"hash\":\"{hash}\",\"entry\":");
    let mut document = Vec::with_capacity(beginning.len() + bytes.len() + 1);
    document.extend_from_slice(beginning.as_bytes());
    document.extend_from_slice(bytes);
    document.push(b'}');
    document
}

fn row(seq: u64, hash: Hash, bytes: &[u8]) -> Result<EntryRow, Problem> {
    let entry = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    Ok(EntryRow { seq, hash, entry })
}

fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the journal could not be read");
    Problem::new(Fault::Internal, &[])
}
