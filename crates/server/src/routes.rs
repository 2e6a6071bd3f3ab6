//! Every route, with what stands around them all.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONNECTION, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, LINK, RETRY_AFTER,
    TRANSFER_ENCODING,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use minhbach_ledger::Language;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::cors::{Any as AnyOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::address::Address;
use crate::app::App;
use crate::around::Around;
use crate::language::preferred;
use crate::problem::{Fault, Problem, ProblemCode};
use crate::writes;
use crate::{live, log_tiles, openapi, operation, pages, reads, telemetry};

/// How long a browser may remember that other pages may read.
const PREFLIGHT_AGE: Duration = Duration::from_secs(86_400);

/// The routes that the description has.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(reads::entries::get_entries, writes::post_entries))
        .routes(routes!(reads::entries::get_entry))
        .routes(routes!(reads::proofs::get_proof))
        .routes(routes!(live::stream_entries))
        .routes(routes!(reads::trails::get_trail))
        .routes(routes!(reads::proofs::get_trail_proof))
        .routes(routes!(reads::received::get_received))
        .routes(routes!(reads::needs::get_needs))
        .routes(routes!(reads::lots::get_lot))
        .routes(routes!(reads::balances::get_balances))
        .routes(routes!(reads::statement::get_statement))
        .routes(routes!(reads::programmes::get_programmes))
        .routes(routes!(reads::programmes::get_programme))
        .routes(routes!(reads::programmes::get_progress))
        .routes(routes!(reads::places::get_places))
        .routes(routes!(reads::places::get_place))
        .routes(routes!(reads::parties::get_parties))
        .routes(routes!(reads::parties::get_party))
        .routes(routes!(reads::search::get_search))
        .routes(routes!(reads::names::get_names))
        .routes(routes!(reads::status::get_status))
        .routes(routes!(operation::healthz))
        .routes(routes!(operation::readyz))
        .routes(routes!(operation::metrics))
}

/// The description of those routes.
pub(crate) fn described() -> OpenApi {
    api().split_for_parts().1
}

/// Every route over an app.
pub fn router(app: App) -> Router {
    let (api, _) = api().split_for_parts();
    let tables = Router::new()
        .route("/v1/received.csv", get(reads::received::get_received))
        .route("/v1/needs.csv", get(reads::needs::get_needs))
        .route("/v1/balances.csv", get(reads::balances::get_balances))
        .route("/v1/statement.csv", get(reads::statement::get_statement))
        .route("/v1/places.csv", get(reads::places::get_places))
        .route("/v1/parties.csv", get(reads::parties::get_parties))
        .route("/v1/search.csv", get(reads::search::get_search))
        .route("/v1/names.csv", get(reads::names::get_names))
        .route(
            "/v1/programmes/{programme}/progress.csv",
            get(reads::programmes::get_progress),
        );
    let compressed = DefaultPredicate::new()
        // Their lines must come as they are written.
        .and(NotForContentType::const_new("application/x-ndjson"));
    api.merge(tables)
        .merge(log_tiles::log())
        .merge(pages::pages())
        .fallback(async || Problem::new(Fault::NoRoute, &[]))
        .method_not_allowed_fallback(async || Problem::new(Fault::MethodNotAllowed, &[]))
        // From the outermost to the innermost, as one layer: each layer of its own is a box around every answer.
        .layer((
            Around::of(telemetry::begun, telemetry::answered),
            cross_origin(),
            CompressionLayer::new().compress_when(compressed),
            Around::of(limited(app.clone()), rendered),
            CatchPanicLayer::custom(panicked),
        ))
        .with_state(app)
}

/// Any page may read; none may write with its visitor's rights, since there are none without a token.
fn cross_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            ACCEPT,
            ACCEPT_LANGUAGE,
            IF_NONE_MATCH,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([ETAG, LINK, RETRY_AFTER])
        .max_age(PREFLIGHT_AGE)
}

/// A panic is our fault, and is told as one; what it said goes to the log.
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default();
    tracing::error!(panic = said, "a handler ended in a panic");
    Problem::new(Fault::Internal, &[]).into_response()
}

/// A shorter body comes with its head, or soon, and is passed over where it is not wanted.
const SHORT_BODY: u64 = 4 * 1024;

/// What is needed of a request to write a problem.
struct Reader {
    language: Language,
    /// Whether something follows its head.
    has_body: bool,
    /// Whether that is, or may be, more than is read with the head.
    has_long_body: bool,
}

/// Counts requests by address. Whoever watches the server is not counted.
fn limited(app: App) -> impl Fn(&mut Request) -> Result<Reader, Box<Response>> + Clone {
    move |request| {
        let address = Address::find(request, app.settings.behind_proxy);
        let headers = request.headers();
        let length = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        let length = match length {
            Some(length) => length,
            None if headers.contains_key(TRANSFER_ENCODING) => u64::MAX,
            None => 0,
        };
        let reader = Reader {
            language: preferred(headers),
            has_body: 0 < length,
            has_long_body: SHORT_BODY < length,
        };
        let watching = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
        if let Some(Address(address)) = address.filter(|_| !watching)
            && let Err(seconds) = app.rates.address(address)
        {
            let problem = Problem::new(Fault::TooManyRequests, &[("seconds", &seconds)]);
            return Err(Box::new(rendered(
                reader,
                problem.retry_after(seconds).into_response(),
            )));
        }
        Ok(reader)
    }
}

/// Writes problems in the reader's language.
fn rendered(reader: Reader, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let code = ProblemCode(problem.code());
    let mut document = problem.render(reader.language);
    // Such as which methods a route has.
    for (name, value) in response.headers() {
        if !document.headers().contains_key(name) {
            document.headers_mut().insert(name.clone(), value.clone());
        }
    }
    if reader.has_body && (unread(document.status()) || reader.has_long_body) {
        document
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    document.extensions_mut().insert(code);
    document
}

/// Whether a body was left unread, or in part: then the connection is at its end, and its client should know.
fn unread(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
    )
}
