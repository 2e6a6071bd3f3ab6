//! Answers to questions: as JSON or as a table of comma-separated values, with what caches need to know.

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use minhbach_projections::AsOf;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::address::Address;
use crate::kept::{self, Kept};
use crate::problem::{Fault, Problem};
use crate::shares::Place;

/// An answer that holds until the ledger grows: it may be kept, and is asked for again with its tag.
const UNTIL_GROWN: &str = "public, no-cache";
/// An answer that holds for ever.
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";
const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8; header=present";
/// Room for those of an answer and of what stands around it.
const HEADERS: usize = 12;
const VARIES: &str = "accept, accept-encoding";
/// Parts of a table that wait for a slow reader.
const PARTS_WAITING: usize = 2;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Csv,
}

/// What a request says about the form of its answer.
pub(crate) struct Asked {
    pub form: Form,
    /// Who asks.
    pub from: IpAddr,
    path: String,
    query: Option<String>,
    if_none_match: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Self::Rejection> {
        let path = parts.uri.path();
        let form = if path.ends_with(".csv") || prefers_csv(&parts.headers) {
            Form::Csv
        } else {
            Form::Json
        };
        let if_none_match = parts.headers.get(IF_NONE_MATCH);
        Ok(Asked {
            form,
            from: Address::of(&parts.extensions).0,
            path: path.to_owned(),
            query: parts.uri.query().map(str::to_owned),
            if_none_match: if_none_match
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        })
    }
}

/// Whether `Accept` wants `text/csv`, and JSON no more than that.
fn prefers_csv(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let place = |wanted: &str| {
        let mut types = accepted
            .split(',')
            .map(|part| part.split(';').next().unwrap_or_default().trim());
        types.position(|given| given.eq_ignore_ascii_case(wanted))
    };
    match (place("text/csv"), place("application/json")) {
        (Some(csv), Some(json)) => csv < json,
        (csv, _) => csv.is_some(),
    }
}

impl Asked {
    /// A tag of the state that an answer was given in. It is weak: compression changes bytes, not what they say.
    fn tag(&self, as_of: AsOf) -> String {
        let head = as_of.head.to_string();
        let form = match self.form {
            Form::Json => "j",
            Form::Csv => "c",
        };
        format!("W/\"{}-{}-{form}\"", as_of.size, &head[..16])
    }

    /// The answer to who has it already, if so.
    pub fn unchanged(&self, as_of: AsOf) -> Option<Response> {
        let tag = self.tag(as_of);
        self.has(&tag).then(|| known_already(&tag, UNTIL_GROWN))
    }

    fn has(&self, tag: &str) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        self.if_none_match.as_deref().is_some_and(|given| {
            given.trim() == "*" || given.split(',').any(|given| opaque(given) == opaque(tag))
        })
    }

    /// A document in the state that it names.
    pub fn document(&self, as_of: AsOf, document: &impl Serialize) -> Result<Response, Problem> {
        let body = json(document)?.into();
        Ok(answer(&self.tag(as_of), UNTIL_GROWN, JSON, body))
    }

    /// The answer where it is known without asking: who asks has it, or it is kept since it was found in this state.
    pub fn known(&self, as_of: AsOf, kept: &Kept) -> Option<Response> {
        let again = || Some(self.written(as_of, kept.get(as_of, &self.question())?));
        self.unchanged(as_of).or_else(again)
    }

    /// A document about one thing in the state that it names, kept for who asks next; `next` is its next page.
    pub fn kept_document(
        &self,
        as_of: AsOf,
        document: &impl Serialize,
        next: Option<&str>,
        kept: &Kept,
    ) -> Result<Response, Problem> {
        let answer = kept::Answer {
            body: json(document)?.into(),
            link: next.and_then(|cursor| self.next_link("cursor", cursor)),
        };
        kept.keep(as_of, self.question(), answer.clone());
        Ok(self.written(as_of, answer))
    }

    /// What is asked, as far as a JSON document depends on it.
    fn question(&self) -> String {
        format!("{}?{}", self.path, self.query.as_deref().unwrap_or_default())
    }

    fn written(&self, as_of: AsOf, answer: kept::Answer) -> Response {
        let mut response = self::answer(&self.tag(as_of), UNTIL_GROWN, JSON, answer.body.into());
        if let Some(link) = answer.link {
            response.headers_mut().insert(LINK, link);
        }
        response
    }

    /// What never changes, under a tag of its own.
    pub fn for_ever(&self, tag: &str, media_type: &'static str, body: impl FnOnce() -> Vec<u8>) -> Response {
        let tag = format!("\"{tag}\"");
        if self.has(&tag) {
            return known_already(&tag, FOR_EVER);
        }
        answer(&tag, FOR_EVER, media_type, body().into())
    }

    /// What changes with the binary only.
    pub fn until_changed(&self, tag: &str, media_type: &'static str, body: Vec<u8>) -> Response {
        let tag = format!("W/\"{tag}\"");
        if self.has(&tag) {
            return known_already(&tag, UNTIL_GROWN);
        }
        answer(&tag, UNTIL_GROWN, media_type, body.into())
    }

    /// Begins a table; what is sent afterwards follows in bounded memory.
    ///
    /// `place` is that of what waits for a slow reader; it is given back with the body.
    pub fn table(&self, as_of: AsOf, name: &str, place: Option<Place<IpAddr>>) -> (Parted, Response) {
        let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(PARTS_WAITING);
        let parts = stream::unfold((receiver, place), async |(mut receiver, place)| {
            receiver.recv().await.map(|part| (part, (receiver, place)))
        });
        // What compresses asks once more after the end.
        let body = Body::from_stream(parts.fuse());
        let file = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
        let mut response = answer(&self.tag(as_of), UNTIL_GROWN, CSV, body);
        if let Ok(file) = file {
            response.headers_mut().insert(CONTENT_DISPOSITION, file);
        }
        (Parted(sender), response)
    }

    /// Says where the next page is (RFC 8288): where the parameter `name` says `next`.
    pub fn link_next(&self, response: &mut Response, name: &str, next: &str) {
        if let Some(link) = self.next_link(name, next) {
            response.headers_mut().insert(LINK, link);
        }
    }

    fn next_link(&self, name: &str, next: &str) -> Option<HeaderValue> {
        let before = format!("{name}=");
        let kept = self.query.as_deref().unwrap_or_default().split('&');
        let kept = kept.filter(|part| !part.is_empty() && !part.starts_with(&before));
        let next =
            percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC).to_string();
        let query: Vec<String> = kept
            .map(str::to_owned)
            .chain([format!("{name}={next}")])
            .collect();
        let link = format!("<{}?{}>; rel=\"next\"", self.path, query.join("&"));
        HeaderValue::from_str(&link).ok()
    }
}

fn answer(tag: &str, control: &'static str, media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let mut headers = caching(tag, control);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    *response.headers_mut() = headers;
    response
}

/// To who has it.
fn known_already(tag: &str, control: &'static str) -> Response {
    (StatusCode::NOT_MODIFIED, caching(tag, control)).into_response()
}

fn caching(tag: &str, control: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(HEADERS);
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(control));
    headers.insert(VARY, HeaderValue::from_static(VARIES));
    headers
}

/// A document as bytes.
pub(crate) fn json(document: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(document).map_err(|error| {
        tracing::error!(%error, "a document could not be written");
        Problem::new(Fault::Internal, &[])
    })
}

/// A body that is sent part by part.
pub(crate) struct Parted(mpsc::Sender<Result<Bytes, std::io::Error>>);

impl Parted {
    /// Sends a part, waiting for a slow reader; false when he has gone.
    pub fn send(&self, part: Vec<u8>) -> bool {
        self.0.blocking_send(Ok(part.into())).is_ok()
    }

    /// Breaks the body off, so that nobody takes it for whole.
    pub fn break_off(&self) {
        let _ = self
            .0
            .blocking_send(Err(std::io::Error::other("the rest could not be read")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(if_none_match: &str) -> Asked {
        Asked {
            form: Form::Json,
            from: [192, 0, 2, 1].into(),
            path: "/v1/needs".into(),
            query: Some("cursor=a&limit=2".into()),
            if_none_match: Some(if_none_match.into()),
        }
    }

    #[test]
    fn a_table_is_what_accept_says_first() {
        for (accept, expected) in [
            ("", false),
            ("*/*", false),
            ("application/json", false),
            ("text/csv", true),
            ("Text/CSV;q=0.9, application/json", true),
            ("application/json, text/csv", false),
            ("text/html, text/csv", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("a header"));
            assert_eq!(prefers_csv(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn a_tag_is_known_again_weak_or_strong_alone_or_among_others() {
        let as_of = AsOf {
            size: 7,
            head: minhbach_events::Hash([0xab; 32]),
        };
        let tag = "W/\"7-abababababababab-j\"";
        for known in [tag, "\"7-abababababababab-j\"", "*", &format!("\"x\", {tag}")] {
            assert!(asked(known).unchanged(as_of).is_some(), "{known}");
        }
        for other in ["", "W/\"8-abababababababab-j\"", "W/\"7-abababababababab-c\""] {
            assert!(asked(other).unchanged(as_of).is_none(), "{other}");
        }
    }

    #[test]
    fn the_next_page_keeps_the_question() {
        let mut response = ().into_response();
        asked("").link_next(&mut response, "cursor", "b.1");
        assert_eq!(
            response.headers()[LINK],
            "</v1/needs?limit=2&cursor=b%2E1>; rel=\"next\""
        );
    }
}
