//! From a data file to proposals.
//!
//! A file is TOML: `as_of` (a date), optionally `sources` (a list of texts), tables headed by an event type, like
//! `[[place.registered]]`, whose fields are that event's and a `source`, and `[[notes]]`. Proposals come in the order
//! of the file.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use minhbach_events::{EntryError, Problem, Proposal};
use serde_json::{Map, Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::read_error::{Fault, ReadError, What};

/// What a data file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// The day on which it was true.
    pub as_of: String,
    /// The papers it was taken from.
    pub sources: Vec<Paper>,
    /// What it asks to record, in the order of the file.
    pub records: Vec<Record>,
    /// Where documents disagree or are silent, and what was chosen.
    pub notes: Vec<Note>,
}

/// A paper that a data file was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The key by which `source` fields name it; empty where it has none.
    pub key: String,
    /// What it is, in Vietnamese.
    pub vi: String,
    /// The same in English; the Vietnamese where there is none.
    pub en: String,
}

/// An event of a data file, and where its values are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What is to be recorded.
    pub proposal: Proposal,
    /// Where its values are from.
    pub source: String,
}

/// What is to be known of a value besides the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The slug of the plan, place or item that it is about.
    pub about: String,
    /// The field, like `targets[T-07].value`; empty for the whole.
    pub field: String,
    /// The contradiction it settles, like `C-04`; empty where it is none.
    pub id: String,
    /// What documents say and what was chosen, in Vietnamese.
    pub vi: String,
    /// The same in English; the Vietnamese where there is none.
    pub en: String,
    /// Where that is said.
    pub source: String,
}

/// Reads the text of a data file; `file` is its name in errors.
///
/// # Errors
///
/// Everything that is no TOML, no event, an event's field of the wrong form, or without source. A text that is no
/// TOML is looked at no further.
pub fn read(file: &str, text: &str) -> Result<DataFile, Vec<ReadError>> {
    let located = |faults: Vec<Fault>| located(faults, file, text);
    let document = parse(text).map_err(located)?;
    let (data, faults) = read_document(&document);
    if faults.is_empty() {
        Ok(data)
    } else {
        Err(located(faults))
    }
}

/// Nobody corrects more at once, and each costs a walk through the text.
const ERRORS_MAX: usize = 500;

/// The faults in the order of the text.
pub(crate) fn located(mut faults: Vec<Fault>, file: &str, text: &str) -> Vec<ReadError> {
    faults.sort_by_key(|fault| fault.span.start);
    faults.truncate(ERRORS_MAX);
    faults
        .into_iter()
        .map(|fault| fault.located(file, text))
        .collect()
}

/// The text as TOML, or what is wrong with it: one fault a line, since one often draws others after it.
pub(crate) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<Fault>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    // Not counted anew for each fault: a text may have one on each line.
    let newlines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |at: usize| newlines.partition_point(|newline| *newline < at);
    let mut seen = HashSet::new();
    let faults: Vec<Fault> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Fault::new(span, "", What::Toml(one_line(error.message())))
        })
        .filter(|fault| seen.insert(line(fault.span.start)))
        .collect();
    if faults.is_empty() {
        Ok(document)
    } else {
        Err(faults)
    }
}

/// A table of a document with the event that heads it.
pub(crate) struct Headed<'d, 't> {
    pub event: String,
    pub table: &'d Spanned<DeValue<'t>>,
}

/// The tables that are to become events, in the order of the text.
pub(crate) fn headed<'d, 't>(document: &'d Spanned<DeTable<'t>>) -> (Vec<Headed<'d, 't>>, Vec<Fault>) {
    let mut headed = Vec::new();
    let mut faults = Vec::new();
    for (subject, value) in document.get_ref() {
        let DeValue::Table(kinds) = value.get_ref() else {
            continue;
        };
        for (kind, tables) in kinds {
            let event = format!("{}.{}", subject.get_ref(), kind.get_ref());
            match tables.get_ref() {
                DeValue::Array(tables) => headed.extend(tables.iter().map(|table| Headed {
                    event: event.clone(),
                    table,
                })),
                _ => faults.push(Fault::new(kind.span(), event.clone(), What::Headed(event))),
            }
        }
    }
    headed.sort_by_key(|headed| headed.table.span().start);
    (headed, faults)
}

/// Reads a document as far as it can be read.
pub(crate) fn read_document(document: &Spanned<DeTable<'_>>) -> (DataFile, Vec<Fault>) {
    let (tables, mut faults) = headed(document);
    let mut data = DataFile {
        as_of: String::new(),
        sources: Vec::new(),
        records: Vec::new(),
        notes: Vec::new(),
    };
    for (key, value) in document.get_ref() {
        let name = key.get_ref().as_ref();
        match (name, value.get_ref()) {
            ("as_of", DeValue::Datetime(date)) if date.date.is_some() && date.time.is_none() => {
                data.as_of = date.to_string();
            }
            ("as_of", _) => faults.push(Fault::new(value.span(), name, What::NotADate)),
            ("sources", DeValue::Array(sources)) => {
                for (n, source) in sources.iter().enumerate() {
                    match read_paper(source) {
                        Some(paper) => data.sources.push(paper),
                        None => faults.push(Fault::new(
                            source.span(),
                            format!("sources[{n}]"),
                            What::NotAPaper,
                        )),
                    }
                }
            }
            ("notes", DeValue::Array(notes)) => {
                for note in notes.iter() {
                    match read_note(note) {
                        Ok(note) => data.notes.push(note),
                        Err(wrong) => faults.extend(wrong),
                    }
                }
            }
            (_, DeValue::Table(_)) => {}
            _ => faults.push(Fault::new(key.span(), name, What::TopLevel)),
        }
    }
    if !document.get_ref().contains_key("as_of") {
        faults.push(Fault::new(0..0, "as_of", What::NoAsOf));
    }
    for table in &tables {
        match propose(table) {
            Ok(record) => data.records.push(record),
            Err(wrong) => faults.extend(wrong),
        }
    }
    (data, faults)
}

/// A text that says something.
pub(crate) fn words<'d>(value: &'d Spanned<DeValue<'_>>) -> Option<&'d str> {
    match value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.as_ref()),
        _ => None,
    }
}

/// A text, or a table of `key`, `vi` and, if there is one, `en`.
fn read_paper(source: &Spanned<DeValue<'_>>) -> Option<Paper> {
    let DeValue::Table(fields) = source.get_ref() else {
        let said = words(source)?.to_owned();
        return Some(Paper {
            key: String::new(),
            vi: said.clone(),
            en: said,
        });
    };
    let text = |field: &str| fields.get(field).and_then(words).map(str::to_owned);
    let known = |name: &str| matches!(name, "key" | "vi" | "en");
    if !fields.keys().all(|name| known(name.get_ref())) {
        return None;
    }
    let vi = text("vi")?;
    Some(Paper {
        key: text("key")?,
        en: text("en").unwrap_or_else(|| vi.clone()),
        vi,
    })
}

fn read_note(note: &Spanned<DeValue<'_>>) -> Result<Note, Vec<Fault>> {
    let DeValue::Table(fields) = note.get_ref() else {
        return Err(vec![Fault::new(
            note.span(),
            "notes",
            What::Headed("notes".into()),
        )]);
    };
    let mut faults = Vec::new();
    for (key, value) in fields {
        let name = key.get_ref().as_ref();
        match (name, value.get_ref()) {
            ("about" | "field" | "id" | "source", _) => {}
            ("said", DeValue::Table(said)) => {
                for key in said.keys() {
                    if !matches!(key.get_ref().as_ref(), "vi" | "en") {
                        let field = format!("said.{}", key.get_ref());
                        faults.push(Fault::new(key.span(), field, What::Form(Problem::Unknown)));
                    }
                }
            }
            ("said", _) => {
                let what = What::Form(Problem::Expected("object"));
                faults.push(Fault::new(value.span(), name, what));
            }
            _ => faults.push(Fault::new(key.span(), name, What::Form(Problem::Unknown))),
        }
    }
    let mut text = |path: &str, required: bool| -> String {
        let value = path
            .split('.')
            .try_fold(note, |value, step| match value.get_ref() {
                DeValue::Table(fields) => fields.get(step),
                _ => None,
            });
        match value.map(|value| (value, words(value))) {
            Some((_, Some(words))) => return words.to_owned(),
            Some((value, None)) => faults.push(Fault::new(value.span(), path, What::NotText)),
            None if required => {
                faults.push(Fault::new(note.span(), path, What::Form(Problem::Missing)));
            }
            None => {}
        }
        String::new()
    };
    let about = text("about", true);
    let (field, id) = (text("field", false), text("id", false));
    let vi = text("said.vi", true);
    let en = Some(text("said.en", false)).filter(|en| !en.is_empty());
    let source = text("source", true);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Note {
        about,
        field,
        id,
        en: en.unwrap_or_else(|| vi.clone()),
        vi,
        source,
    })
}

/// More in one table are not listed.
const FAULTS_MAX: usize = 40;

/// Reads one table as an event, and goes on past what is wrong in it to say all at once.
fn propose(headed: &Headed<'_, '_>) -> Result<Record, Vec<Fault>> {
    let (event, table) = (&headed.event, headed.table);
    let DeValue::Table(fields) = table.get_ref() else {
        let what = What::Headed(event.clone());
        return Err(vec![Fault::new(table.span(), "", what)]);
    };
    let mut faults = Vec::new();
    let mut line = Map::new();
    let mut source = String::new();
    // Fields in which something was found: what stands for them from then on is ours.
    let mut spoilt: HashSet<String> = HashSet::new();
    for (key, value) in fields {
        let name = key.get_ref().as_ref();
        match name {
            "source" => match words(value) {
                Some(words) => source = words.to_owned(),
                None => faults.push(Fault::new(value.span(), name, What::NotText)),
            },
            "type" | "key" | "by" | "at" => faults.push(Fault::new(key.span(), name, What::NotInData)),
            _ => match in_json(name, value) {
                Ok(value) => {
                    line.insert(name.to_owned(), value);
                }
                Err(fault) => {
                    faults.push(fault);
                    spoilt.insert(name.to_owned());
                    line.extend(stand_in(name).map(|value| (name.to_owned(), value)));
                }
            },
        }
    }
    if !fields.contains_key("source") {
        faults.push(Fault::new(table.span(), "source", What::NoSource));
    }
    line.insert("type".to_owned(), event.as_str().into());
    let mut left_out: HashMap<String, Vec<usize>> = HashMap::new();
    loop {
        let read = Proposal::from_line(Value::Object(line.clone()).to_string().as_bytes());
        let malformed = match read {
            Ok(proposal) if faults.is_empty() => return Ok(Record { proposal, source }),
            Ok(_) => return Err(faults),
            Err(EntryError::Malformed(malformed)) => malformed,
            Err(EntryError::UnknownType(_)) => {
                return Err(vec![Fault::new(
                    table.span(),
                    "",
                    What::NoSuchEvent(event.clone()),
                )]);
            }
            Err(EntryError::TooLarge { bytes }) => {
                faults.push(Fault::new(table.span(), "", What::TooLarge { bytes }));
                return Err(faults);
            }
        };
        let (top, within) = first_step(&malformed.field);
        let field = match within.and_then(|n| left_out.get(top).map(|out| original(n, out))) {
            Some(n) => renumbered(&malformed.field, top, n),
            None => malformed.field.clone(),
        };
        let known_already = within.is_none() && !spoilt.insert(top.to_owned());
        if !known_already {
            let span = deepest(table, &field);
            faults.push(Fault::new(span, field, What::Form(malformed.problem.clone())));
        }
        if FAULTS_MAX <= faults.len() || known_already {
            return Err(faults);
        }
        match (within, line.get_mut(top)) {
            (Some(n), Some(Value::Array(list))) if n < list.len() => {
                list.remove(n);
                left_out.entry(top.to_owned()).or_default().push(n);
            }
            _ => {
                line.remove(top);
                if malformed.problem != Problem::Unknown || malformed.field != top {
                    line.extend(stand_in(top).map(|value| (top.to_owned(), value)));
                }
            }
        }
    }
}

/// A value of the right form, so that reading can go on past a wrong one.
fn stand_in(field: &str) -> Option<Value> {
    Some(match field {
        "documents" | "places" | "groups" | "categories" | "targets" | "duties" | "reports"
        | "successors" => {
            json!([])
        }
        "title" => json!({ "vi": "x" }),
        "period" => json!({ "from": "2000-01-01", "to": "2000-01-01" }),
        "programme" | "place" | "item" | "name" => json!("xx"),
        "kind" => json!("commune"),
        "form" => json!("goods"),
        "unit" => json!("H87"),
        "valid_from" | "on" => json!("2000-01-01"),
        "min_group" => json!(5),
        _ => return None,
    })
}

/// `categories[3].forms[1]` is in element 3 of `categories`.
fn first_step(path: &str) -> (&str, Option<usize>) {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (top, rest) = path.split_at(end);
    let index = rest.strip_prefix('[').and_then(|rest| rest.split(']').next());
    (top, index.and_then(|index| index.parse().ok()))
}

/// Where an element stood before others, in that order, were left out.
fn original(mut n: usize, left_out: &[usize]) -> usize {
    for &out in left_out.iter().rev() {
        if out <= n {
            n += 1;
        }
    }
    n
}

fn renumbered(path: &str, top: &str, n: usize) -> String {
    let rest = path.find(']').map_or("", |end| &path[end..]);
    format!("{top}[{n}{rest}")
}

/// The same value in JSON, which the events' own reader takes; `path` is where it stands.
fn in_json(path: &str, value: &Spanned<DeValue<'_>>) -> Result<Value, Fault> {
    let fault = |what: What| Fault::new(value.span(), path, what);
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Boolean(truth) => Value::from(*truth),
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
            .map(Value::from)
            .map_err(|_| fault(What::Whole))?,
        DeValue::Float(_) => return Err(fault(What::Decimal)),
        DeValue::Array(items) => {
            let items = items.iter().enumerate();
            Value::Array(
                items
                    .map(|(n, item)| in_json(&format!("{path}[{n}]"), item))
                    .collect::<Result<_, _>>()?,
            )
        }
        DeValue::Table(fields) => {
            let fields = fields.iter().map(|(key, field)| {
                let name = key.get_ref();
                Ok((name.to_string(), in_json(&format!("{path}.{name}"), field)?))
            });
            Value::Object(fields.collect::<Result<_, Fault>>()?)
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
