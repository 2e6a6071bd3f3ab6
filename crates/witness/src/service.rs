//! What a witness answers over HTTP (C2SP tlog-witness).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use minhbach_tlog::{REQUEST_BYTES_MAX, Refusal};
use tokio::sync::Semaphore;

use crate::texts::{Language, Sentence};
use crate::{AddError, Witness};

/// Checkpoints that are decided on at once; whoever comes when there are more is asked to come again.
const AT_ONCE: usize = 16;
/// How long the body of a request is waited for.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const SIZE: HeaderValue = HeaderValue::from_static("text/x.tlog.size");

#[derive(Clone)]
struct App {
    witness: Arc<Witness>,
    /// Taken when a body has arrived: who sends slowly takes no place of others.
    places: Arc<Semaphore>,
}

/// The routes of a witness, for submission and monitoring.
pub fn router(witness: Arc<Witness>) -> Router {
    router_with(witness, AT_ONCE)
}

/// The same for so many checkpoints at once.
pub(crate) fn router_with(witness: Arc<Witness>, at_once: usize) -> Router {
    let places = Arc::new(Semaphore::new(at_once));
    Router::new()
        .route("/", get(who))
        .route("/healthz", get(health))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{log}/checkpoint", get(checkpoint))
        .fallback(nothing_here)
        .method_not_allowed_fallback(no_such_method)
        .with_state(App { witness, places })
}

async fn add_checkpoint(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let language = language_of(&headers);
    let body = match read(body).await {
        Ok(body) => body,
        Err((status, sentence)) => return said(status, &sentence, language),
    };
    let Ok(place) = app.places.try_acquire_owned() else {
        let mut busy = said(StatusCode::TOO_MANY_REQUESTS, &Sentence::TooMany, language);
        busy.headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        return busy;
    };
    let witness = app.witness;
    // Goes on where the client does not wait: what is begun is remembered or not, and never half.
    let added = tokio::task::spawn_blocking(move || {
        let added = witness.add(&body);
        drop(place);
        added
    });
    match added.await {
        Ok(Ok(signature)) => {
            (StatusCode::OK, [(CONTENT_TYPE, TEXT)], format!("{signature}\n")).into_response()
        }
        Ok(Err(AddError::Refused(refusal))) => refused(&refusal, language),
        Ok(Err(error)) => {
            tracing::error!(%error, "a checkpoint was not cosigned");
            said(StatusCode::INTERNAL_SERVER_ERROR, &Sentence::Broken, language)
        }
        Err(error) => {
            tracing::error!(%error, "a checkpoint was not cosigned");
            said(StatusCode::INTERNAL_SERVER_ERROR, &Sentence::Broken, language)
        }
    }
}

fn refused(refusal: &Refusal, language: Language) -> Response {
    if let Refusal::Conflict { size } = refusal {
        return (StatusCode::CONFLICT, [(CONTENT_TYPE, SIZE)], format!("{size}\n")).into_response();
    }
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    said(status, &Sentence::Refused(refusal), language)
}

/// A body of a request, or why there is none.
async fn read(body: Body) -> Result<Bytes, (StatusCode, Sentence<'static>)> {
    let limited = Limited::new(body, REQUEST_BYTES_MAX);
    match tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, Sentence::TooLong))
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, Sentence::CutOff)),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, Sentence::TooSlow)),
    }
}

async fn checkpoint(State(app): State<App>, Path(log): Path<String>, headers: HeaderMap) -> Response {
    match app.witness.last(&log) {
        Some(note) => {
            let kept = HeaderValue::from_static("no-cache");
            let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, kept)];
            (headers, note.to_string()).into_response()
        }
        None => {
            let language = language_of(&headers);
            said(StatusCode::NOT_FOUND, &Sentence::NoSuchCheckpoint, language)
        }
    }
}

async fn who(State(app): State<App>, headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    said(StatusCode::OK, &Sentence::Who(app.witness.key()), language)
}

async fn health(State(app): State<App>, headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    if app.witness.is_sound() {
        said(StatusCode::OK, &Sentence::Sound, language)
    } else {
        said(StatusCode::SERVICE_UNAVAILABLE, &Sentence::Broken, language)
    }
}

async fn nothing_here(headers: HeaderMap) -> Response {
    said(
        StatusCode::NOT_FOUND,
        &Sentence::NoSuchPath,
        language_of(&headers),
    )
}

async fn no_such_method(headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    said(StatusCode::METHOD_NOT_ALLOWED, &Sentence::NoSuchMethod, language)
}

fn said(status: StatusCode, sentence: &Sentence<'_>, language: Language) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], sentence.in_language(language)).into_response()
}

fn language_of(headers: &HeaderMap) -> Language {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::of(asked)
}
