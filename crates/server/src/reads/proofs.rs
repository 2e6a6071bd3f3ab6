//! `GET /v1/entries/{seq}/proof` and `/v1/trails/{code}/proof`: what is in the log, for who trusts nobody.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use minhbach_auditing::{BundleError, TrailBundle};
use minhbach_events::{Reference, Slug};
use minhbach_exchange::trail_bundle::{MakeError, trail_bundle};
use minhbach_projections::ReadError;

use super::entries::SEQ_MAX;
use super::lots::NoParams;
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Name, Params, number, references_of};
use crate::problem::{Fault, Problem};

/// How long a proof waits for the next checkpoint, which is signed at most once a second; and how often it looks.
const SIGNED_WITHIN: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Waits until so many entries are covered by the checkpoint that is shown; not for ever, as a log can stand still.
async fn until_covered(app: &App, entries: u64) -> Result<(), Problem> {
    let view = app.log()?;
    let covered = || view.checkpoint().is_some_and(|(_, shown)| entries <= shown.size);
    let waiting = async {
        while !covered() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    // Whoever asked is told what is missing when it is made.
    let _ = tokio::time::timeout(SIGNED_WITHIN, waiting).await;
    Ok(())
}

/// The proof that an entry is in the log
///
/// A C2SP `.tlog-proof` under the last signed checkpoint: the hashes that lead from the entry to the root that was signed.
/// Its `extra` line holds the entry's own bytes in base64. `minhbach verify FILE`, `docs/verify.py` and the page `/verify`
/// check it without asking this server. An entry is covered within a second or two of being recorded, which is waited for.
#[utoipa::path(
    get,
    path = "/v1/entries/{seq}/proof",
    tag = "entries",
    params(("seq" = u64, Path, description = "The entry's place in the journal", minimum = 0, maximum = 9_007_199_254_740_991_u64, example = 0)),
    responses((status = 200, body = String, content_type = "text/plain"), ReadProblems),
)]
pub(crate) async fn get_proof(
    State(app): State<App>,
    asked: Asked,
    Name(seq): Name,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let none = || Problem::new(Fault::NotFound, &[("name", &seq)]);
    let number = number("seq", Some(&seq), 0, SEQ_MAX)?.ok_or_else(none)?;
    if app.ledger()?.as_of().size <= number {
        return Err(none());
    }
    until_covered(&app, number + 1).await?;
    let view = app.log()?.clone();
    let proof = app
        .blocking(move || {
            view.proof_with_entry(number).map_err(|error| {
                tracing::error!(%error, "a proof could not be made");
                Problem::new(Fault::Internal, &[])
            })
        })
        .await?;
    let proof = proof.ok_or_else(|| Problem::new(Fault::NotSigned, &[]))?;
    let body = proof.to_string().into_bytes();
    Ok(as_file(
        &asked,
        &format!("{number}.tlog-proof"),
        "text/plain; charset=utf-8",
        body,
    ))
}

/// A gift's whole trail, with the proof of every entry in it
///
/// One file that says what became of a gift and proves each step: every entry of the trail, what confirmed, disputed, bound
/// or reversed it, and what the names in it stand for, each with its proof under the last signed checkpoint. `minhbach verify
/// FILE`, `docs/verify.py` and the page `/verify` check it without asking this server. Of at most 2,000 entries.
#[utoipa::path(
    get,
    path = "/v1/trails/{code}/proof",
    tag = "what reached children",
    params(("code" = Reference, Path, description = "A code, or a pool's slug", example = "RC-TRUNG-THU-0001")),
    responses((status = 200, body = Object, content_type = "application/json"), ReadProblems),
)]
pub(crate) async fn get_trail_proof(
    State(app): State<App>,
    asked: Asked,
    Name(code): Name,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let bundle = bundle_of(&app, asked.from, &code).await?;
    let name = format!("{}.trail.json", bundle.code);
    let body = written(&code, &bundle)?;
    Ok(as_file(&asked, &name, "application/json", body.into_bytes()))
}

/// The file of a trail as it is written.
pub(crate) fn written(code: &str, bundle: &TrailBundle) -> Result<String, Problem> {
    bundle.to_json().map_err(|error| match error {
        BundleError::TooMany(_) | BundleError::TooLong => too_long(code),
        error => {
            tracing::error!(%error, "a bundle could not be written");
            Problem::new(Fault::Internal, &[])
        }
    })
}

/// The file of a trail, as it is covered by the checkpoint that is shown now.
pub(crate) async fn bundle_of(app: &App, from: IpAddr, code: &str) -> Result<TrailBundle, Problem> {
    let mut made = try_bundle_of(app, from, code).await?;
    if matches!(made, Err(MakeError::NotSigned)) {
        until_covered(app, app.ledger()?.as_of().size).await?;
        made = try_bundle_of(app, from, code).await?;
    }
    made.map_err(|error| match error {
        MakeError::NotSigned => Problem::new(Fault::NotSigned, &[]),
        MakeError::TooMany(_) => too_long(code),
        error => {
            tracing::error!(%error, "a bundle could not be made");
            Problem::new(Fault::Internal, &[])
        }
    })
}

async fn try_bundle_of(
    app: &App,
    from: IpAddr,
    code: &str,
) -> Result<Result<TrailBundle, MakeError>, Problem> {
    let names = references_of(code)?;
    let (log, key) = (app.log()?.clone(), app.log_key()?.clone());
    let made = app
        .ask_list(from, move |projections, view| {
            let defined_at = |kind, name: &Slug| view.defined_at(kind, name);
            let mut made = Err(MakeError::NotSigned);
            for name in &names {
                made = trail_bundle(projections, view, &defined_at, name, (&log, &key));
                if !matches!(made, Err(MakeError::Trail(ReadError::NotFound(_)))) {
                    break;
                }
            }
            match made {
                Err(MakeError::Trail(error)) => Err(error),
                made => Ok(made),
            }
        })
        .await?;
    Ok(made)
}

fn too_long(code: &str) -> Problem {
    Problem::new(Fault::TrailTooLong, &[("code", &code)])
}

/// An answer that is kept as a file, and changes with the checkpoint.
pub(crate) fn as_file(asked: &Asked, name: &str, media_type: &'static str, body: Vec<u8>) -> Response {
    let tag = blake3::hash(&body).to_hex();
    let mut response = asked.until_changed(&tag[..16], media_type, body);
    let file = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    if let (StatusCode::OK, Ok(file)) = (response.status(), file) {
        response.headers_mut().insert(CONTENT_DISPOSITION, file);
    }
    response
}
