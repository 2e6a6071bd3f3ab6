//! `/log/`: the ledger as a transparency log (C2SP tlog-tiles): its checkpoint, its tiles, its key.
//!
//! What the tree is of is not known here. Nothing beyond the shown checkpoint is served: a tile that is not whole yet has
//! the widths that some checkpoint has, and a width that none will have again is served as long as the bytes are there.

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use minhbach_publishing::Piece;
use minhbach_tlog::TilePath;

use crate::answer::FOR_EVER;
use crate::app::App;
use crate::problem::{Fault, Problem};

/// A client that asks again within it may be given the one before.
const SHORTLY: &str = "public, max-age=1";
const A_DAY: &str = "public, max-age=86400";
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// The routes of the log.
pub(crate) fn log() -> Router<App> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/vkey", get(vkey))
        .route("/log/tile/{*path}", get(tile))
}

/// The last signed checkpoint, with the cosignatures of witnesses.
async fn checkpoint(State(app): State<App>) -> Result<Response, Problem> {
    let shown = app.log()?.checkpoint();
    let (note, _) = shown.ok_or_else(|| Problem::new(Fault::NotSigned, &[]))?;
    Ok(answer(TEXT, SHORTLY, note.to_string().into_bytes()))
}

/// The log's key, as those who check signatures want it. Who does not trust this server has it from elsewhere.
async fn vkey(State(app): State<App>) -> Result<Response, Problem> {
    let key = app.log_key()?;
    Ok(answer(TEXT, A_DAY, format!("{key}\n").into_bytes()))
}

/// Hashes or entries of the log.
async fn tile(State(app): State<App>, OriginalUri(uri): OriginalUri) -> Result<Response, Problem> {
    let path = uri.path().strip_prefix("/log/tile/").unwrap_or_default();
    let none = || Problem::new(Fault::NotFound, &[("name", &path)]);
    // As it stands in the request: a tile has one path, and what would be decoded has none.
    let tile = TilePath::parse(path).ok_or_else(none)?;
    let view = app.log()?.clone();
    let piece = app
        .blocking(move || {
            view.piece(&tile).map_err(|error| {
                tracing::error!(%error, %tile, "a tile could not be read");
                Problem::new(Fault::Internal, &[])
            })
        })
        .await?;
    match piece.ok_or_else(none)? {
        Piece::Hashes(bytes) | Piece::Entries(bytes) => Ok(answer(BYTES, FOR_EVER, bytes)),
    }
}

fn answer(media_type: &'static str, control: &'static str, body: Vec<u8>) -> Response {
    let headers: [(HeaderName, HeaderValue); 2] = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static(control)),
    ];
    (headers, body).into_response()
}
