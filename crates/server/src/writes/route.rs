//! `POST /v1/entries`.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Bearer;
use super::{single, stream, together};
use crate::app::App;
use crate::openapi::{ProposalBody, WriteProblems};
use crate::params::{Params, flag};
use crate::problem::{Fault, Problem};

/// How proposals are taken.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WriteParams {
    /// `true`: all lines are recorded, or none; at most 1,024 lines.
    #[param(value_type = Option<bool>)]
    atomic: Option<String>,
    /// `true`: what would be answered, with nothing recorded; at most 1,024 lines, each of which sees those before it.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

/// The answer to a line that is recorded, durably, or would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// The number of the line, from 1.
    #[schema(example = 1)]
    pub line: u64,
    /// Its place in the journal; absent in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 74)]
    pub seq: Option<u64>,
    /// The entry's own first field: the code, slug or name it is about; in a dry run only one that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "RC-7K2Q9M4XX")]
    pub code: Option<String>,
    /// The hash of the entry; absent in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9a-f]{64}$")]
    pub hash: Option<String>,
    /// The lots whose codes the ledger made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<String>,
    /// True when it had been recorded before, under the same key.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// True when nothing was recorded because it was only tried.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// Proposes one event, or a stream of them
///
/// With `Content-Type: application/json` the body is one proposal; the answer comes when the entry is durable, with 201,
/// or with 200 when its key was known. A proposal that a rule refuses leaves no trace and is answered by a problem document
/// with the rule's code.
///
/// With `Content-Type: application/x-ndjson` each line is a proposal, and each is answered by a line, in order, as soon as
/// its batch is durable, while the rest is still being sent: read the answers while you send. A refused line does not
/// stop the others: it is answered `{"line","error":{"code","message","detail"}}`, and the status is 200 all the same. What
/// comes after a connection broke is not recorded; what was answered is.
///
/// `by` is always the token's actor. `Idempotency-Key` is the proposal's `key`: the same key with the same event answers the
/// same, for ever.
#[utoipa::path(
    post,
    path = "/v1/entries",
    tag = "entries",
    params(
        WriteParams,
        ("Idempotency-Key" = Option<String>, Header, description = "The proposal's `key`; only for one proposal",
            pattern = "^[A-Za-z0-9._:-]{1,64}$"),
    ),
    request_body(content(
        (ProposalBody = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 201, description = "Recorded", body = Recorded,
            headers(("Location" = String, description = "The entry"))),
        (status = 200, description = "Known already under this key, or tried only; with NDJSON: an answer a line",
            content((Recorded = "application/json"), (String = "application/x-ndjson")),
            headers(("Location" = String, description = "The entry that was known"))),
        WriteProblems,
    ),
    security(("token" = [])),
)]
pub(crate) async fn post_entries(
    State(app): State<App>,
    bearer: Bearer,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let atomic = flag("atomic", params.atomic.as_ref())?;
    let dry_run = flag("dry_run", params.dry_run.as_ref())?;
    uncompressed(&headers)?;
    let caller = bearer.0.caller();
    let key = headers.get("idempotency-key");
    match media_type(&headers).as_str() {
        "application/json" => single::record(&app, caller, key, dry_run, body).await,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
            if key.is_some() {
                return Err(Problem::new(Fault::BadHeader, &[("name", &"Idempotency-Key")]));
            }
            if atomic || dry_run {
                together::record(&app, caller, atomic, dry_run, body).await
            } else {
                stream::record(&app, bearer.0, body)
            }
        }
        other => Err(Problem::new(Fault::UnsupportedMediaType, &[("given", &other)])),
    }
}

/// Takes a body only as it is: a compressed one could hold far more than the limits see.
fn uncompressed(headers: &HeaderMap) -> Result<(), Problem> {
    for value in headers.get_all(CONTENT_ENCODING) {
        let given = String::from_utf8_lossy(value.as_bytes());
        if !given.trim().eq_ignore_ascii_case("identity") {
            return Err(Problem::new(
                Fault::UnsupportedContentCoding,
                &[("given", &given)],
            ));
        }
    }
    Ok(())
}

/// The media type of the body, without its parameters.
fn media_type(headers: &HeaderMap) -> String {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    given
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
