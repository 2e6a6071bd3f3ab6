//! Pages for people: what this is, where the API is, what a problem means. Readable without JavaScript.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use minhbach_events::words::LedgerKind;
use minhbach_ledger::Language;
use serde::Deserialize;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::answer::{Asked, json};
use crate::app::App;
use crate::language::preferred;
use crate::openapi;
use crate::problem::{Fault, Problem, codes};
use crate::reads::status::opened;
use crate::texts::text;
use crate::verify_page;

/// A page loads nothing but the style that lies beside it.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                           form-action 'self'; frame-ancestors 'none'";
/// The page to try the API has scripts, all of them in the binary.
const API_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The style and the description change with the binary only.
const A_DAY: &str = "public, max-age=86400";
pub(crate) const STYLE: &str = include_str!("../assets/page.css");
const API_STYLE: &str = include_str!("../assets/api.css");

/// The routes of pages.
pub(crate) fn pages() -> Router<App> {
    let api = SwaggerUi::new("/api").config(
        Config::new(["/v1/openapi.json"])
            .validator_url("none")
            .try_it_out_enabled(true),
    );
    // In the place of a style that comes with the page.
    let api = Router::from(api).route("/api/index.css", get(async || css(API_STYLE)));
    Router::new()
        .route("/", get(home))
        .route("/problems/{code}", get(problem))
        .route("/assets/page.css", get(async || css(STYLE)))
        .route("/robots.txt", get(robots))
        .route("/v1/openapi.json", get(description))
        .merge(verify_page::routes())
        .merge(api.layer(map_response(guarded)))
}

/// Which language a page is read in.
#[derive(Deserialize)]
struct LanguageAsked {
    lang: Option<String>,
}

impl LanguageAsked {
    fn language(&self, headers: &HeaderMap) -> Language {
        language_of(self.lang.as_deref(), headers)
    }
}

/// `?lang` before `Accept-Language`.
pub(crate) fn language_of(lang: Option<&str>, headers: &HeaderMap) -> Language {
    match lang {
        Some("vi") => Language::Vietnamese,
        Some("en") => Language::English,
        _ => preferred(headers),
    }
}

/// The sentences of a page.
#[derive(Clone, Copy)]
pub(crate) struct Words(pub Language);

impl Words {
    pub(crate) fn get(&self, key: &str) -> String {
        text(self.0, key)
    }
    pub(crate) fn tag(&self) -> &'static str {
        match self.0 {
            Language::Vietnamese => "vi",
            Language::English => "en",
        }
    }
    pub(crate) fn other(&self) -> &'static str {
        match self.0 {
            Language::Vietnamese => "en",
            Language::English => "vi",
        }
    }
}

/// The first page.
#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    words: Words,
    origin: String,
    demo: bool,
    entries: String,
    head: String,
    gifts: Vec<Gift>,
    /// Where the reader reached the server.
    base: String,
}

/// A gift whose trail is worth a look.
struct Gift {
    code: &'static str,
    why: &'static str,
}

async fn home(
    State(app): State<App>,
    Query(asked): Query<LanguageAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = Words(asked.language(&headers));
    let ledger = app.ledger()?;
    let as_of = ledger.as_of();
    let (origin, kind) = opened(ledger)?.unwrap_or_else(|| (String::new(), LedgerKind::Live));
    let gifts = app.settings.gifts.iter().map(|gift| Gift {
        code: gift.code,
        why: match words.0 {
            Language::Vietnamese => gift.vi,
            Language::English => gift.en,
        },
    });
    let head = as_of.head.to_string();
    render(
        words,
        &Home {
            words,
            origin,
            demo: kind == LedgerKind::Demo,
            entries: grouped(as_of.size, words.0),
            head: head[..16].to_owned(),
            gifts: gifts.collect(),
            base: base(&headers, app.settings.behind_proxy),
        },
    )
}

/// How the reader reached the server, for the commands that a page shows.
pub(crate) fn base(headers: &HeaderMap, behind_proxy: bool) -> String {
    let given = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let secure = behind_proxy && given("x-forwarded-proto") == Some("https");
    let named = given("host").unwrap_or("127.0.0.1:8080");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let named = if named.len() <= 255 && named.bytes().all(plain) {
        named
    } else {
        "127.0.0.1:8080"
    };
    let scheme = if secure { "https" } else { "http" };
    format!("{scheme}://{named}")
}

/// A count as people write it: 1.445, or 1,445 in English.
fn grouped(count: u64, language: Language) -> String {
    let digits = count.to_string();
    let mark = if language == Language::English { ',' } else { '.' };
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            written.push(mark);
        }
        written.push(digit);
    }
    written
}

/// What one problem means.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    words: Words,
    code: &'static str,
    title: String,
    /// Pieces of text; every second one is what someone types.
    meaning: Vec<String>,
    others: Vec<(&'static str, String)>,
}

async fn problem(
    Path(code): Path<String>,
    Query(asked): Query<LanguageAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = Words(asked.language(&headers));
    let known = codes().into_iter().find(|known| *known == code);
    let code = known.ok_or_else(|| Problem::new(Fault::NotFound, &[("name", &code)]))?;
    let title = |code: &str| words.get(&format!("title-{code}"));
    let others = codes().into_iter().map(|code| (code, title(code)));
    let page = ProblemPage {
        words,
        code,
        title: title(code),
        meaning: words
            .get(&format!("meaning-{code}"))
            .split('`')
            .map(str::to_owned)
            .collect(),
        others: others.collect(),
    };
    render(words, &page)
}

fn render(words: Words, page: &impl Template) -> Result<Response, Problem> {
    render_under(PAGE_POLICY, words, page)
}

/// Writes a page that may load and run what `policy` says.
pub(crate) fn render_under(
    policy: &'static str,
    words: Words,
    page: &impl Template,
) -> Result<Response, Problem> {
    let body = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Problem::new(Fault::Internal, &[])
    })?;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, words.tag()),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "accept-language, accept-encoding"),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, body).into_response())
}

fn css(style: &'static str) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, A_DAY)],
        style,
    )
}

/// The pages may be found; the journal is not to be crawled entry by entry.
async fn robots() -> impl IntoResponse {
    (
        [
            (CONTENT_TYPE, "text/plain; charset=utf-8"),
            (CACHE_CONTROL, A_DAY),
        ],
        "User-agent: *\nDisallow: /v1/\n",
    )
}

async fn description(asked: Asked) -> Result<Response, Problem> {
    let body = json(openapi::document())?;
    let tag = blake3::hash(&body).to_hex();
    Ok(asked.until_changed(&tag[..16], "application/json", body))
}

/// What protects a page that has scripts.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, API_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        let _: Option<HeaderValue> = headers.insert::<HeaderName>(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_name_and_a_meaning_in_both_languages() {
        for code in codes() {
            for language in [Language::Vietnamese, Language::English] {
                for kind in ["title", "meaning"] {
                    let key = format!("{kind}-{code}");
                    assert!(!text(language, &key).contains("Unknown localization"), "{key}");
                }
            }
        }
    }

    #[test]
    fn a_count_is_written_as_people_do() {
        assert_eq!(grouped(1_234_567, Language::Vietnamese), "1.234.567");
        assert_eq!(grouped(999, Language::English), "999");
    }
}
