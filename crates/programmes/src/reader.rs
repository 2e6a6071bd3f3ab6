//! From a data file to proposals.
//!
//! A file is TOML: `as_of` (a date), optionally `sources` (a list of texts), and tables headed by an event type, like
//! `[[place.registered]]`, whose fields are that event's and a `source`. Proposals come in the order of the file.

use std::ops::Range;

use minhbach_events::{EntryError, Proposal};
use serde_json::{Map, Value};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a data file cannot be read: which file, which line, which field, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}, line {line}{}: {what}", if field.is_empty() { String::new() } else { format!(", field {field}") })]
pub struct ReadError {
    /// The file's name, as given to [`read`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field like `successors[0].part`; empty for the file or a table as a whole.
    pub field: String,
    /// What is wrong.
    pub what: String,
}

/// Turns the text of a data file into proposals; `file` is its name in errors.
///
/// # Errors
///
/// [`ReadError`] at the first thing that is no TOML, no event, an event's field of the wrong form, or without source.
pub fn read(file: &str, text: &str) -> Result<Vec<Proposal>, ReadError> {
    let fail = |at: usize, field: &str, what: String| ReadError {
        file: file.to_owned(),
        line: 1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count(),
        field: field.to_owned(),
        what,
    };
    let document = DeTable::parse(text).map_err(|error| {
        fail(
            error.span().map_or(0, |span| span.start),
            "",
            one_line(error.message()),
        )
    })?;

    let mut records: Vec<(String, &Spanned<DeValue<'_>>)> = Vec::new();
    let mut dated = false;
    for (key, value) in document.get_ref() {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        match (name, value.get_ref()) {
            ("as_of", DeValue::Datetime(_)) => dated = true,
            ("as_of", _) => return Err(fail(at, name, "expected a date like 2025-11-01".into())),
            ("sources", DeValue::Array(_)) => {}
            (subject, DeValue::Table(kinds)) => {
                for (kind, tables) in kinds {
                    let event = format!("{subject}.{}", kind.get_ref());
                    let DeValue::Array(tables) = tables.get_ref() else {
                        let what = format!("expected tables headed [[{event}]]");
                        return Err(fail(kind.span().start, &event, what));
                    };
                    records.extend(tables.iter().map(|table| (event.clone(), table)));
                }
            }
            _ => {
                return Err(fail(
                    at,
                    name,
                    "expected as_of, sources or tables headed by an event type".into(),
                ));
            }
        }
    }
    if !dated {
        return Err(fail(
            0,
            "as_of",
            "required but missing: the day on which the file was true".into(),
        ));
    }
    records.sort_by_key(|(_, table)| table.span().start);

    records
        .into_iter()
        .map(|(event, table)| {
            propose(&event, table).map_err(|wrong| fail(wrong.span.start, &wrong.field, wrong.what))
        })
        .collect()
}

/// What is wrong in one table, and where.
struct Wrong {
    span: Range<usize>,
    field: String,
    what: String,
}

fn propose(event: &str, table: &Spanned<DeValue<'_>>) -> Result<Proposal, Wrong> {
    let wrong = |span: Range<usize>, field: &str, what: String| Wrong {
        span,
        field: field.to_owned(),
        what,
    };
    let DeValue::Table(fields) = table.get_ref() else {
        return Err(wrong(
            table.span(),
            "",
            format!("expected a table headed [[{event}]]"),
        ));
    };
    let mut line = Map::new();
    let mut sourced = false;
    for (key, value) in fields {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("source", DeValue::String(source)) if !source.trim().is_empty() => sourced = true,
            ("source", _) => return Err(wrong(value.span(), "source", "expected a text".into())),
            // These belong to whoever proposes, not to data.
            (name @ ("type" | "key" | "by" | "at"), _) => {
                return Err(wrong(
                    key.span(),
                    name,
                    "a data file does not have this field".into(),
                ));
            }
            (name, _) => {
                line.insert(name.to_owned(), json(name, value)?);
            }
        }
    }
    if !sourced {
        let what = "required but missing: where the values are from".to_owned();
        return Err(wrong(table.span(), "source", what));
    }
    line.insert("type".to_owned(), event.into());
    Proposal::from_line(Value::Object(line).to_string().as_bytes()).map_err(|error| match error {
        EntryError::Malformed(malformed) => Wrong {
            span: deepest(table, &malformed.field),
            what: malformed.problem.to_string(),
            field: malformed.field,
        },
        other => wrong(table.span(), "", other.to_string()),
    })
}

/// The same value in JSON, which the events' own reader takes; `path` is where it stands.
fn json(path: &str, value: &Spanned<DeValue<'_>>) -> Result<Value, Wrong> {
    let wrong = |what: &str| Wrong {
        span: value.span(),
        field: path.to_owned(),
        what: what.to_owned(),
    };
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Boolean(truth) => Value::from(*truth),
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
            .map(Value::from)
            .map_err(|_| wrong("expected an integer of 0 or more"))?,
        DeValue::Float(_) => return Err(wrong("write decimals as text, like \"20.978\"")),
        DeValue::Array(items) => {
            let items = items.iter().enumerate();
            Value::Array(
                items
                    .map(|(n, item)| json(&format!("{path}[{n}]"), item))
                    .collect::<Result<_, _>>()?,
            )
        }
        DeValue::Table(fields) => {
            let fields = fields.iter().map(|(key, field)| {
                let name = key.get_ref();
                Ok((name.to_string(), json(&format!("{path}.{name}"), field)?))
            });
            Value::Object(fields.collect::<Result<_, Wrong>>()?)
        }
    })
}

/// Where the value at `path` stands, or the innermost one around it that exists.
fn deepest(table: &Spanned<DeValue<'_>>, path: &str) -> Range<usize> {
    let mut here = table;
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let next = match (here.get_ref(), step.strip_suffix(']')) {
            (DeValue::Array(items), Some(index)) => index.parse().ok().and_then(|n: usize| items.get(n)),
            (DeValue::Table(fields), None) => fields.get(step),
            _ => None,
        };
        match next {
            Some(next) => here = next,
            None => break,
        }
    }
    here.span()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
