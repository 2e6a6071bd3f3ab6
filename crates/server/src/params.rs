//! Parameters of a query, and what is wrong with them in a sentence.

use std::borrow::Cow;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Problem as FormProblem, Reference, Slug};
use minhbach_ledger::problem_text;
use minhbach_projections::{PAGE, Page, ReadError};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::answer::{self, Asked};
use crate::problem::{Fault, Problem};
use crate::texts::text_with;

/// The most bytes of a query string.
const QUERY_BYTES_MAX: usize = 4_096;

/// The parameters of a route's query, none of them unknown, none of them twice. The fields of `T` are texts.
pub(crate) struct Params<T>(pub T);

impl<T: DeserializeOwned + IntoParams, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Params<T>, Problem> {
        let pairs = pairs(parts.uri.query().unwrap_or_default())?;
        let given: Vec<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
        let texts = pairs
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)));
        let read = T::deserialize(Value::Object(texts.collect()));
        read.map(Params).map_err(|_| {
            // Every field is a text, so only names can be wrong; the description of the route knows them.
            let known = T::into_params(|| Some(ParameterIn::Query));
            let unknown = given
                .iter()
                .find(|name| known.iter().all(|known| known.name != **name));
            if let Some(name) = unknown {
                let known: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
                let known = known.join(", ");
                let facts: [(&'static str, &dyn std::fmt::Display); 2] = [("name", name), ("known", &known)];
                return Problem::because(Fault::UnknownParameter, &facts, |language| {
                    let what = if known.is_empty() {
                        "parameters-none"
                    } else {
                        "parameters-are"
                    };
                    text_with(language, what, &facts)
                });
            }
            let missing = known.iter().find(|known| !given.contains(&known.name));
            let name = missing.map_or("?", |missing| missing.name.as_str());
            Problem::new(Fault::MissingParameter, &[("name", &name)])
        })
    }
}

/// The names and values of a query.
fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    if QUERY_BYTES_MAX < query.len() {
        return Err(bad("?", &FormProblem::TooLong { max: QUERY_BYTES_MAX }));
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decoded(name).ok_or_else(|| Problem::new(Fault::BadEncoding, &[("name", &"?")]))?;
        let value = decoded(value).ok_or_else(|| Problem::new(Fault::BadEncoding, &[("name", &name)]))?;
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(Problem::new(Fault::ParameterTwice, &[("name", &name)]));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// What percent signs and plus signs stand for; none where that is not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let text = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}

/// The last part of a path: a code, a slug or a seq, as a text.
pub(crate) struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Name, Problem> {
        let read: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Path(name) = read.map_err(|_| Problem::new(Fault::BadEncoding, &[("name", &"path")]))?;
        Ok(Name(name))
    }
}

/// A parameter that is not of its form.
pub(crate) fn bad(name: &str, problem: &FormProblem) -> Problem {
    Problem::because(Fault::BadParameter, &[("name", &name)], |language| {
        problem_text(problem, language)
    })
}

/// Reads a parameter of a fixed form; an empty one counts as none.
pub(crate) fn formed<T>(
    name: &str,
    value: Option<&String>,
    read: fn(&str) -> Option<T>,
    form: Form,
) -> Result<Option<T>, Problem> {
    given(value)
        .map(|value| read(value).ok_or_else(|| bad(name, &FormProblem::Form(form))))
        .transpose()
}

/// Reads a parameter that is one of some words.
pub(crate) fn word<T>(
    name: &str,
    value: Option<&String>,
    words: &[&str],
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    given(value)
        .map(|value| {
            read(value).ok_or_else(|| {
                Problem::because(Fault::BadParameter, &[("name", &name)], |language| {
                    text_with(language, "form-one-of", &[("words", &words.join(", "))])
                })
            })
        })
        .transpose()
}

/// The words of every source.
pub(crate) fn sources() -> Vec<&'static str> {
    Source::ALL.iter().map(|source| source.word()).collect()
}

/// Reads a number between bounds.
pub(crate) fn number(name: &str, value: Option<&String>, min: u64, max: u64) -> Result<Option<u64>, Problem> {
    given(value)
        .map(|value| {
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let read = value
                .parse()
                .ok()
                .filter(|number| digits && (min..=max).contains(number));
            read.ok_or_else(|| bad(name, &FormProblem::OutOfBounds { min, max }))
        })
        .transpose()
}

/// Reads a yes or no; none is no.
pub(crate) fn flag(name: &str, value: Option<&String>) -> Result<bool, Problem> {
    let read = |word: &str| match word {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    Ok(word(name, value, &["true", "false"], read)?.unwrap_or(false))
}

/// Refuses a span whose end comes before its beginning.
pub(crate) fn in_order<T: Ord + std::fmt::Display>(from: Option<&T>, to: Option<&T>) -> Result<(), Problem> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            Err(Problem::new(Fault::FromAfterTo, &[("from", from), ("to", to)]))
        }
        _ => Ok(()),
    }
}

/// Whether a table for Excel is asked for, which is a table whatever else is accepted.
pub(crate) fn excel_asked(mut asked: Asked, value: Option<&String>) -> Result<(Asked, bool), Problem> {
    let excel = flag("excel", value)?;
    if excel {
        asked.form = answer::Form::Csv;
    }
    Ok((asked, excel))
}

/// The slug that a path ends in; of another form it is nothing's.
pub(crate) fn slug_of(name: &str) -> Result<Slug, Problem> {
    let bare = name.strip_suffix(TABLE).unwrap_or(name);
    Slug::new(bare).ok_or_else(|| bad("path", &FormProblem::Form(Form::Slug)))
}

/// The codes or slugs that a path may end in: as typed, then with the capital letters of a code.
pub(crate) fn references_of(name: &str) -> Result<Vec<Reference>, Problem> {
    let bare = name.strip_suffix(TABLE).unwrap_or(name);
    let mut found: Vec<Reference> = Reference::new(bare).into_iter().collect();
    found.extend(Reference::new(&bare.to_uppercase()).filter(|upper| upper.as_str() != bare));
    if found.is_empty() {
        return Err(bad("path", &FormProblem::Form(Form::Reference)));
    }
    Ok(found)
}

/// The answer about the first of some names that is known.
pub(crate) fn first_known<T>(
    names: &[Reference],
    mut ask: impl FnMut(&Reference) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut unknown = None;
    for name in names {
        match ask(name) {
            Err(ReadError::NotFound(name)) => {
                unknown.get_or_insert(name);
            }
            answer => return answer,
        }
    }
    // There is at least one name.
    Err(unknown.map_or(ReadError::BadCursor, ReadError::NotFound))
}

/// How a path ends that asks for a table.
const TABLE: &str = ".csv";

fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

/// The page that `cursor` and `limit` ask for.
pub(crate) struct PageAsked {
    cursor: Option<String>,
    limit: usize,
}

impl PageAsked {
    /// Reads it; without `limit` it is `default`.
    pub fn read(
        cursor: Option<&String>,
        limit: Option<&String>,
        default: usize,
    ) -> Result<PageAsked, Problem> {
        let limit = number("limit", limit, 1, PAGE as u64)?;
        Ok(PageAsked {
            cursor: given(cursor).map(str::to_owned),
            limit: limit.map_or(default, |limit| limit as usize),
        })
    }

    /// As the read models take it.
    pub fn page(&self) -> Page<'_> {
        Page {
            cursor: self.cursor.as_deref(),
            limit: self.limit,
        }
    }

    /// The one that begins where that page ended.
    pub fn after(&self, next: String) -> PageAsked {
        PageAsked {
            cursor: Some(next),
            limit: self.limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_strictly() {
        let read = |query| pairs(query).map_err(|problem| problem.code());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read("q=y%C3%AAn+b%C3%A1i&&x"),
            Ok(vec![pair("q", "yên bái"), pair("x", "")])
        );
        assert_eq!(read("q=%ff"), Err("bad_encoding"));
        assert_eq!(read("a=1&a=1"), Err("parameter_twice"));
        assert_eq!(read(&"a".repeat(5_000)), Err("bad_parameter"));
        let limit =
            |text: &str| number("limit", Some(&text.to_owned()), 1, 1_000).map_err(|problem| problem.code());
        assert_eq!(
            [limit("1"), limit("1000"), limit("")],
            [Ok(Some(1)), Ok(Some(1_000)), Ok(None)]
        );
        for wrong in ["0", "1001", "+1", "-1", "1.0", "1e3", "99999999999999999999", "١"] {
            assert_eq!(limit(wrong), Err("bad_parameter"), "{wrong}");
        }
    }
}
