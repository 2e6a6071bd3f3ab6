//! `GET /v1/entries/{seq}/proof`: that an entry is in the log, for who trusts nobody.

use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::entries::SEQ_MAX;
use super::lots::NoParams;
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Name, Params, number};
use crate::problem::{Fault, Problem};

/// The proof that an entry is in the log
///
/// A C2SP `.tlog-proof` under the last signed checkpoint: the hashes that lead from the entry to the root that was signed.
/// Its `extra` line holds the entry's own bytes in base64. `minhbach verify FILE`, `docs/verify.py` and the page `/verify`
/// check it without asking this server. An entry is covered within a second or two of being recorded.
#[utoipa::path(
    get,
    path = "/v1/entries/{seq}/proof",
    tag = "entries",
    params(("seq" = u64, Path, description = "The entry's place in the journal", minimum = 0, maximum = 9_007_199_254_740_991_u64, example = 0)),
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8"), ReadProblems),
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
