//! From the TOML of a map to a map that fits its event.

use std::collections::BTreeMap;
use std::ops::Range;

use minhbach_events::event::EVENT_TYPES;
use minhbach_events::{Date, Event, shorten, shorten_to};
use serde_json::{Map as Object, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_normalization::UnicodeNormalization as _;

use super::condition::{Condition, Test};
use super::date::DateFormat;
use super::map::{
    Case, KeyRule, Kind, Lookup, LookupSource, MAP_NAME_MAX, Map, MapProblem, Node, Part, Refusal, Rule,
    Sentence, Source, Step, steps,
};
use super::number::{Minus, NumberFormat, NumberRule};

/// What is wrong: the line, the key, the problem.
pub(super) type Fault = (usize, Option<String>, MapProblem);
type Found<'a> = &'a Spanned<DeValue<'a>>;

/// The keys of a map.
const KEYS: [&str; 10] = [
    "map",
    "event",
    "key",
    "numbers",
    "dates",
    "file",
    "only_when",
    "skip_when",
    "refuse_when",
    "fields",
];
/// The keys of a field's rule.
const RULE_KEYS: [&str; 14] = [
    "column",
    "constant",
    "template",
    "format",
    "signs",
    "minus",
    "times",
    "words",
    "case",
    "split",
    "lookup",
    "optional",
    "only_when",
    "skip_when",
];
/// A table with one of these is a rule, one without a group of fields: no event has fields of these names.
const SOURCES: [&str; 3] = ["column", "constant", "template"];
/// A map may need a template for a text that no event takes, but not a book.
const TEXT_CHARS_MAX: usize = 1_000;
/// What is shown at most of a path, or of what the reader of TOML says: both repeat what stands in the map.
const SHOWN_MAX: usize = 200;
/// The largest factor of a column.
const TIMES_MAX: u64 = 1_000_000_000;

pub(super) fn read(text: &str) -> Result<Map, Fault> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count();
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let what = error.message().lines().collect::<Vec<_>>().join(" ");
        (line(at), None, MapProblem::NotToml(shorten_to(&what, SHOWN_MAX)))
    })?;
    let mut reading = Reading::default();
    let read = reading.map(document.get_ref());
    read.map_err(|(span, field, problem)| {
        let field = field.map(|field| shorten_to(&field, SHOWN_MAX));
        (line(span.start), field, problem)
    })
}

type Wrong = (Range<usize>, Option<String>, MapProblem);

#[derive(Default)]
struct Reading {
    columns: Vec<String>,
    lookups: Vec<LookupSource>,
    numbers: Option<NumberFormat>,
    dates: Option<DateFormat>,
}

/// A table of the map, and its path in it.
struct Table<'a> {
    entries: &'a DeTable<'a>,
    span: Range<usize>,
    path: String,
}

impl<'a> Table<'a> {
    fn of(found: Found<'a>, path: &str) -> Result<Table<'a>, Wrong> {
        match found.get_ref() {
            DeValue::Table(entries) => Ok(Table {
                entries,
                span: found.span(),
                path: path.to_owned(),
            }),
            _ => Err(wrong(found.span(), path, MapProblem::Expected("table"))),
        }
    }

    fn get(&self, key: &str) -> Option<Found<'a>> {
        self.entries.get(key)
    }

    fn path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn need(&self, key: &str) -> Result<Found<'a>, Wrong> {
        self.get(key)
            .ok_or_else(|| wrong(self.span.clone(), &self.path(key), MapProblem::Missing))
    }

    /// Refuses keys that mean nothing here.
    fn only(&self, keys: &[&str]) -> Result<(), Wrong> {
        for (key, _) in self.entries {
            let name = key.get_ref();
            if !keys.contains(&name.as_ref()) {
                let problem = MapProblem::UnknownKey(keys.join(", "));
                return Err(wrong(key.span(), &self.path(name), problem));
            }
        }
        Ok(())
    }

    fn text(&self, key: &str) -> Result<Option<String>, Wrong> {
        self.get(key)
            .map(|found| text(found, &self.path(key)))
            .transpose()
    }

    fn truth(&self, key: &str) -> Result<bool, Wrong> {
        match self.get(key) {
            None => Ok(false),
            Some(found) => match found.get_ref() {
                DeValue::Boolean(truth) => Ok(*truth),
                _ => Err(wrong(
                    found.span(),
                    &self.path(key),
                    MapProblem::Expected("truth"),
                )),
            },
        }
    }
}

fn wrong(span: Range<usize>, path: &str, problem: MapProblem) -> Wrong {
    (span, Some(path.to_owned()), problem)
}

fn text(found: Found<'_>, path: &str) -> Result<String, Wrong> {
    match found.get_ref() {
        DeValue::String(text) if text.chars().count() <= TEXT_CHARS_MAX => Ok(text.nfc().collect()),
        _ => Err(wrong(found.span(), path, MapProblem::Expected("text"))),
    }
}

/// A sentence of the map's author, for a terminal.
fn on_one_line(sentence: String) -> String {
    shorten_to(&sentence, TEXT_CHARS_MAX)
}

/// A text, or a list of texts.
fn texts(found: Found<'_>, path: &str) -> Result<Vec<String>, Wrong> {
    match found.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| text(item, path)).collect(),
        _ => Ok(vec![text(found, path)?]),
    }
}

fn one_of(known: impl IntoIterator<Item = &'static str>) -> MapProblem {
    MapProblem::OneOf(known.into_iter().collect::<Vec<_>>().join(", "))
}

impl Reading {
    fn map(&mut self, document: &DeTable<'_>) -> Result<Map, Wrong> {
        let map = Table {
            entries: document,
            span: 0..0,
            path: String::new(),
        };
        map.only(&KEYS)?;
        let found = map.need("map")?;
        let name = text(found, "map")?;
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || MAP_NAME_MAX < name.len() || !name.chars().all(good) {
            return Err(wrong(found.span(), "map", MapProblem::Name));
        }
        let found = map.need("event")?;
        let event = text(found, "event")?;
        if !EVENT_TYPES.contains(&event.as_str()) {
            return Err(wrong(
                found.span(),
                "event",
                MapProblem::UnknownEvent(shorten(&event)),
            ));
        }
        if let Some(found) = map.get("numbers") {
            self.numbers = Some(number_format(found, "numbers")?);
        }
        if let Some(found) = map.get("dates") {
            self.dates = Some(date_format(found, "dates")?);
        }
        let (delimiter, header_line) = match map.get("file") {
            None => (None, 1),
            Some(found) => file(&Table::of(found, "file")?)?,
        };
        let key = self.key(&map)?;
        let only_when = self.conditions(&map, "only_when")?;
        let skip_when = self.conditions(&map, "skip_when")?;
        let refuse_when = self.refusals(&map)?;
        let fields = Table::of(map.need("fields")?, "fields")?;
        let mut tree = Tree::default();
        for (key, value) in fields.entries {
            self.gather(key, value, &mut Vec::new(), &mut tree)?;
        }
        let schema = schema_of(&event);
        let fields = self.shaped(tree.0, &schema, fields.span.clone(), "")?;
        Ok(Map {
            name,
            event,
            delimiter,
            header_line,
            columns: std::mem::take(&mut self.columns),
            key,
            only_when,
            skip_when,
            refuse_when,
            fields,
            lookups: std::mem::take(&mut self.lookups),
        })
    }

    /// A column by its name, which is the same with and without spaces around it.
    fn column(&mut self, name: &str) -> usize {
        let name = name.trim();
        let known = self.columns.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    fn named_column(&mut self, found: Found<'_>, path: &str) -> Result<usize, Wrong> {
        let name = text(found, path)?;
        if name.trim().is_empty() {
            return Err(wrong(found.span(), path, MapProblem::Expected("column")));
        }
        Ok(self.column(&name))
    }

    fn key(&mut self, map: &Table<'_>) -> Result<KeyRule, Wrong> {
        let Some(found) = map.get("key") else {
            return Ok(KeyRule::WholeRow);
        };
        let key = Table::of(found, "key")?;
        key.only(&["columns", "template"])?;
        match (key.get("columns"), key.get("template")) {
            (Some(columns), None) => {
                let DeValue::Array(names) = columns.get_ref() else {
                    return Err(wrong(columns.span(), "key.columns", MapProblem::Expected("list")));
                };
                let columns = names.iter().map(|name| self.named_column(name, "key.columns"));
                let columns = columns.collect::<Result<Vec<_>, _>>()?;
                if columns.is_empty() {
                    return Err(wrong(found.span(), "key.columns", MapProblem::Expected("column")));
                }
                Ok(KeyRule::Columns(columns))
            }
            (None, Some(template)) => Ok(KeyRule::Template(self.template(template, "key.template")?)),
            _ => Err(wrong(
                found.span(),
                "key",
                MapProblem::OneOf("columns, template".into()),
            )),
        }
    }

    /// Cuts `RC-{number}` into its parts; `{{` and `}}` stand for braces.
    fn template(&mut self, found: Found<'_>, path: &str) -> Result<Vec<Part>, Wrong> {
        let template = text(found, path)?;
        let bad = || wrong(found.span(), path, MapProblem::Template);
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = template.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let from = &rest[at..];
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.push_str(&from[..1]);
                rest = after;
                continue;
            }
            let (name, after) = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .ok_or_else(bad)?;
            if name.trim().is_empty() {
                return Err(bad());
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Column(self.column(name)));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        if !parts.iter().any(|part| matches!(part, Part::Column(_))) {
            return Err(bad());
        }
        Ok(parts)
    }

    fn conditions(&mut self, table: &Table<'_>, key: &str) -> Result<Vec<Condition>, Wrong> {
        let path = table.path(key);
        each(table.get(key), &path)
            .into_iter()
            .map(|(found, path)| self.condition(&Table::of(found, &path)?, &[]))
            .collect()
    }

    fn condition(&mut self, table: &Table<'_>, more: &[&str]) -> Result<Condition, Wrong> {
        let keys = [&["column", "equals", "matches", "empty"], more].concat();
        table.only(&keys)?;
        let column = self.named_column(table.need("column")?, &table.path("column"))?;
        let patterns = |key: &str| -> Result<Option<Vec<String>>, Wrong> {
            table
                .get(key)
                .map(|found| texts(found, &table.path(key)))
                .transpose()
        };
        let test = match (patterns("equals")?, patterns("matches")?, table.get("empty")) {
            (Some(equals), None, None) => Test::Equals(equals),
            (None, Some(matches), None) => Test::Matches(matches),
            (None, None, Some(_)) => Test::Empty(table.truth("empty")?),
            _ => return Err(wrong(table.span.clone(), &table.path, MapProblem::Test)),
        };
        Ok(Condition { column, test })
    }

    fn refusals(&mut self, map: &Table<'_>) -> Result<Vec<Refusal>, Wrong> {
        let mut refusals = Vec::new();
        for (found, path) in each(map.get("refuse_when"), "refuse_when") {
            let table = Table::of(found, &path)?;
            let condition = self.condition(&table, &["why"])?;
            let found = table.need("why")?;
            let path = table.path("why");
            let why = match found.get_ref() {
                DeValue::String(_) => Sentence {
                    vi: on_one_line(text(found, &path)?),
                    en: None,
                },
                _ => {
                    let why = Table::of(found, &path)?;
                    why.only(&["vi", "en"])?;
                    Sentence {
                        vi: on_one_line(text(why.need("vi")?, &why.path("vi"))?),
                        en: why.text("en")?.map(on_one_line),
                    }
                }
            };
            refusals.push(Refusal { condition, why });
        }
        Ok(refusals)
    }

    /// Puts a field of the map, or the fields under it, where they belong.
    fn gather<'a>(
        &mut self,
        key: &Spanned<std::borrow::Cow<'a, str>>,
        value: Found<'a>,
        above: &mut Vec<Step>,
        tree: &mut Tree,
    ) -> Result<(), Wrong> {
        let depth = above.len();
        let path = steps(key.get_ref())
            .ok_or_else(|| wrong(key.span(), &format!("fields.{}", key.get_ref()), MapProblem::Path))?;
        above.extend(path);
        self.gather_value(value, above, tree)?;
        above.truncate(depth);
        Ok(())
    }

    fn gather_value<'a>(
        &mut self,
        value: Found<'a>,
        above: &mut Vec<Step>,
        tree: &mut Tree,
    ) -> Result<(), Wrong> {
        match value.get_ref() {
            DeValue::Table(entries) if !SOURCES.iter().any(|source| entries.contains_key(*source)) => {
                for (key, value) in entries {
                    self.gather(key, value, above, tree)?;
                }
                Ok(())
            }
            DeValue::Array(items)
                if items
                    .iter()
                    .any(|item| matches!(item.get_ref(), DeValue::Table(_))) =>
            {
                for (index, item) in items.iter().enumerate() {
                    above.push(Step::Index(index));
                    self.gather_value(item, above, tree)?;
                    above.pop();
                }
                Ok(())
            }
            _ => {
                let field = written(above);
                let draft = self.draft(value, &field)?;
                tree.insert(above, draft)
                    .map_err(|()| wrong(value.span(), &format!("fields.{field}"), MapProblem::Twice))
            }
        }
    }

    /// Reads a rule before it is known what the event has in its place.
    fn draft(&mut self, value: Found<'_>, field: &str) -> Result<Draft, Wrong> {
        let path = format!("fields.{field}");
        let span = value.span();
        let mut draft = Draft {
            span: span.clone(),
            source: Source::Column(0),
            lookup: None,
            words: None,
            case: Case::default(),
            format: None,
            signs: None,
            minus: None,
            times: None,
            split: None,
            optional: false,
            only_when: Vec::new(),
            skip_when: Vec::new(),
        };
        if !matches!(value.get_ref(), DeValue::Table(_)) {
            draft.source = Source::Constant(constant(value, &path)?);
            return Ok(draft);
        }
        let rule = Table::of(value, &path)?;
        rule.only(&RULE_KEYS)?;
        draft.source = match (rule.get("column"), rule.get("constant"), rule.get("template")) {
            (Some(column), None, None) => Source::Column(self.named_column(column, &rule.path("column"))?),
            (None, Some(value), None) => Source::Constant(constant(value, &rule.path("constant"))?),
            (None, None, Some(template)) => {
                Source::Template(self.template(template, &rule.path("template"))?)
            }
            _ => return Err(wrong(span, &path, MapProblem::Source)),
        };
        if let Some(found) = rule.get("lookup") {
            draft.lookup = Some(self.lookup(&Table::of(found, &rule.path("lookup"))?)?);
        }
        if let Some(found) = rule.get("words") {
            let words = Table::of(found, &rule.path("words"))?;
            let read = |(word, value): (&Spanned<std::borrow::Cow<'_, str>>, _)| {
                let word: String = word.get_ref().trim().nfc().collect();
                Ok((word, constant(value, &words.path)?))
            };
            draft.words = Some(words.entries.iter().map(read).collect::<Result<_, Wrong>>()?);
        }
        draft.case = match rule.text("case")?.as_deref() {
            None => Case::AsWritten,
            Some("upper") => Case::Upper,
            Some("lower") => Case::Lower,
            Some(_) => return Err(wrong(span, &rule.path("case"), one_of(["upper", "lower"]))),
        };
        let own = |key: &str| rule.get(key).map(|found| (found.span(), rule.path(key)));
        draft.format = rule
            .text("format")?
            .zip(own("format"))
            .map(|(format, (span, path))| (format, span, path));
        if let Some(found) = rule.get("signs") {
            draft.signs = Some(texts(found, &rule.path("signs"))?);
        }
        draft.minus = match rule.text("minus")?.as_deref() {
            None => None,
            Some("refuse") => Some(Minus::Refuse),
            Some("drop") => Some(Minus::Drop),
            Some("keep") => Some(Minus::Keep),
            Some(_) => {
                return Err(wrong(
                    span,
                    &rule.path("minus"),
                    one_of(["refuse", "drop", "keep"]),
                ));
            }
        };
        if let Some(found) = rule.get("times") {
            let times = match found.get_ref() {
                DeValue::Integer(times) if times.radix() == 10 => times.as_str().parse::<u64>().ok(),
                _ => None,
            };
            let times = times.filter(|times| (1..=TIMES_MAX).contains(times));
            let times = times.and_then(|times| u32::try_from(times).ok());
            draft.times =
                Some(times.ok_or_else(|| {
                    wrong(found.span(), &rule.path("times"), MapProblem::Expected("number"))
                })?);
        }
        draft.split = rule.text("split")?.filter(|split| !split.is_empty());
        draft.optional = rule.truth("optional")?;
        draft.only_when = self.conditions(&rule, "only_when")?;
        draft.skip_when = self.conditions(&rule, "skip_when")?;
        let constant = matches!(draft.source, Source::Constant(_));
        for key in [
            "format", "signs", "minus", "times", "words", "case", "split", "lookup", "optional",
        ] {
            if let Some((span, path)) = own(key).filter(|_| constant) {
                return Err(wrong(span, &path, MapProblem::Idle));
            }
        }
        Ok(draft)
    }

    fn lookup(&mut self, table: &Table<'_>) -> Result<Lookup, Wrong> {
        table.only(&["file", "key", "column"])?;
        let name = |key: &str| -> Result<String, Wrong> {
            let found = table.need(key)?;
            Ok(text(found, &table.path(key))?.trim().to_owned())
        };
        let (file, key, column) = (name("file")?, name("key")?, name("column")?);
        if file.is_empty() || file.starts_with('.') || file.contains(['/', '\\', '\0']) {
            let span = table.need("file")?.span();
            return Err(wrong(span, &table.path("file"), MapProblem::Folder));
        }
        let at = self
            .lookups
            .iter()
            .position(|known| known.file == file && known.key == key);
        let at = at.unwrap_or_else(|| {
            self.lookups.push(LookupSource {
                file,
                key,
                columns: Vec::new(),
            });
            self.lookups.len() - 1
        });
        let columns = &mut self.lookups[at].columns;
        let place = columns.iter().position(|known| *known == column);
        let column = place.unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        });
        Ok(Lookup { table: at, column })
    }

    /// Fits the fields to what the event, or a part of it, consists of.
    fn shaped(
        &self,
        tree: BTreeMap<String, Branch>,
        schema: &Value,
        span: Range<usize>,
        above: &str,
    ) -> Result<Vec<(String, Node)>, Wrong> {
        let none = Object::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let within = |name: &str| {
            if above.is_empty() {
                name.to_owned()
            } else {
                format!("{above}.{name}")
            }
        };
        let required = schema["required"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        for name in required.iter().filter_map(Value::as_str) {
            if !tree.contains_key(name) {
                let path = format!("fields.{}", within(name));
                return Err(wrong(span, &path, MapProblem::MissingField));
            }
        }
        let mut nodes = Vec::new();
        for (name, branch) in tree {
            let path = within(&name);
            let Some(property) = properties.get(&name) else {
                let known = properties.keys().cloned().collect::<Vec<_>>().join(", ");
                let problem = MapProblem::UnknownField(known);
                return Err(wrong(branch.span(), &format!("fields.{path}"), problem));
            };
            nodes.push((name, self.node(branch, property, &path)?));
        }
        Ok(nodes)
    }

    fn node(&self, branch: Branch, schema: &Value, path: &str) -> Result<Node, Wrong> {
        let at = format!("fields.{path}");
        let span = branch.span();
        let kind = schema["type"].as_str();
        match branch {
            Branch::Table(inner) => match kind {
                Some("object") => Ok(Node::Table(self.shaped(inner, schema, span, path)?)),
                Some("array") => Err(wrong(span, &at, MapProblem::List)),
                _ => Err(wrong(span, &at, MapProblem::Expected("text"))),
            },
            Branch::List(items) => match kind {
                Some("array") => items
                    .into_iter()
                    .map(|(index, item)| self.node(item, &schema["items"], &format!("{path}[{index}]")))
                    .collect::<Result<_, _>>()
                    .map(Node::List),
                _ => Err(wrong(span, &at, MapProblem::Path)),
            },
            Branch::Leaf(draft) => match kind {
                Some("object") => {
                    let inner = schema["properties"].as_object();
                    let inner = inner.map(|inner| inner.keys().cloned().collect::<Vec<_>>().join(", "));
                    Err(wrong(span, &at, MapProblem::Table(inner.unwrap_or_default())))
                }
                Some("array") => self.list(*draft, &schema["items"], path).map(Node::Rule),
                _ if draft.split.is_some() => Err(wrong(span, &at, MapProblem::Idle)),
                _ => self.rule(*draft, schema, path).map(Node::Rule),
            },
        }
    }

    fn list(&self, draft: Draft, items: &Value, path: &str) -> Result<Rule, Wrong> {
        let at = format!("fields.{path}");
        let wanted = match &draft.source {
            Source::Constant(Value::Array(_)) => true,
            Source::Constant(_) => false,
            _ => draft.split.is_some(),
        };
        if !wanted || matches!(items["type"].as_str(), Some("object" | "array")) {
            return Err(wrong(draft.span, &at, MapProblem::List));
        }
        self.rule(draft, items, path)
    }

    /// A rule for one value, or for each item of a list.
    fn rule(&self, draft: Draft, schema: &Value, path: &str) -> Result<Rule, Wrong> {
        let at = format!("fields.{path}");
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        let integer = schema["type"] == "integer";
        let number = pattern.starts_with("^(0|[1-9]") || pattern.starts_with("^-?(0|[1-9]");
        let date = schema["format"] == "date";
        let span = draft.span.clone();
        // What the words say is final, so it is not written in a format of its own.
        let from_file = !matches!(draft.source, Source::Constant(_)) && draft.words.is_none();
        let idle = |option: &str| wrong(span.clone(), &format!("{at}.{option}"), MapProblem::Idle);
        if !(from_file && (number || integer)) {
            for (option, given) in [
                ("signs", draft.signs.is_some()),
                ("minus", draft.minus.is_some()),
                ("times", draft.times.is_some()),
            ] {
                if given {
                    return Err(idle(option));
                }
            }
        }
        if draft.format.is_some() && !(from_file && (number || integer || date)) {
            return Err(idle("format"));
        }
        let fits = |value: Value| constant_fits(value, schema, integer, number, date);
        let refuse = || wrong(span.clone(), &at, MapProblem::Constant);
        let source = match draft.source {
            Source::Constant(Value::Array(items)) => {
                let items = items.into_iter().map(|item| fits(item).ok_or_else(refuse));
                Source::Constant(Value::Array(items.collect::<Result<_, _>>()?))
            }
            Source::Constant(value) => Source::Constant(fits(value).ok_or_else(refuse)?),
            source => source,
        };
        let words = match draft.words {
            None => None,
            Some(words) => {
                let path = format!("{at}.words");
                let fitted = words.into_iter().map(|(word, value)| {
                    let value =
                        fits(value).ok_or_else(|| wrong(span.clone(), &path, MapProblem::Constant))?;
                    Ok((word, value))
                });
                Some(fitted.collect::<Result<Vec<_>, Wrong>>()?)
            }
        };
        let kind = if !from_file || !(number || integer || date) {
            Kind::Text
        } else if date {
            let format = match draft.format {
                Some((format, span, path)) => Some(
                    DateFormat::parse(&format)
                        .map_err(|problem| wrong(span, &path, MapProblem::Date(problem)))?,
                ),
                None => self.dates,
            };
            Kind::Date(format.ok_or_else(|| wrong(span.clone(), &at, MapProblem::NoFormat))?)
        } else {
            let format = match draft.format {
                Some((format, span, path)) => {
                    Some(NumberFormat::from_word(&format).ok_or_else(|| {
                        wrong(span, &path, one_of(NumberFormat::ALL.map(NumberFormat::word)))
                    })?)
                }
                None => self.numbers,
            };
            let rule = NumberRule {
                format: format.ok_or_else(|| wrong(span.clone(), &at, MapProblem::NoFormat))?,
                signs: draft.signs.unwrap_or_default(),
                minus: draft.minus.unwrap_or_default(),
                times: draft.times.unwrap_or(1),
            };
            if integer {
                Kind::Integer(rule)
            } else {
                Kind::Number(rule)
            }
        };
        Ok(Rule {
            field: path.to_owned(),
            source,
            lookup: draft.lookup,
            words,
            case: draft.case,
            kind,
            split: draft.split,
            optional: draft.optional,
            only_when: draft.only_when,
            skip_when: draft.skip_when,
        })
    }
}

/// A constant in the form that the event has it: `5` for a quantity is `"5"`.
fn constant_fits(value: Value, schema: &Value, integer: bool, number: bool, date: bool) -> Option<Value> {
    let value = match value {
        Value::Number(given) if number => Value::String(given.to_string()),
        value => value,
    };
    let text = value.as_str();
    let good = if integer {
        value.is_u64()
    } else if date {
        text.is_some_and(|text| Date::parse(text).is_some())
    } else if let Some(words) = schema["enum"].as_array() {
        words.contains(&value)
    } else {
        text.is_some()
    };
    good.then_some(value)
}

/// A table, or the tables of a list, with their paths.
fn each<'a>(found: Option<Found<'a>>, path: &str) -> Vec<(Found<'a>, String)> {
    match found {
        None => Vec::new(),
        Some(found) => match found.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (item, format!("{path}[{index}]")))
                .collect(),
            _ => vec![(found, path.to_owned())],
        },
    }
}

fn file(table: &Table<'_>) -> Result<(Option<char>, u64), Wrong> {
    table.only(&["delimiter", "header_line"])?;
    let delimiter = match table.get("delimiter") {
        None => None,
        Some(found) => Some(match text(found, "file.delimiter")?.as_str() {
            "," => ',',
            ";" => ';',
            "tab" | "\t" => '\t',
            _ => {
                return Err(wrong(found.span(), "file.delimiter", one_of([",", ";", "tab"])));
            }
        }),
    };
    let header_line = match table.get("header_line") {
        None => 1,
        Some(found) => {
            let line = match found.get_ref() {
                DeValue::Integer(line) if line.radix() == 10 => line.as_str().parse::<u64>().ok(),
                _ => None,
            };
            line.filter(|line| (1..=1_000).contains(line))
                .ok_or_else(|| wrong(found.span(), "file.header_line", MapProblem::Expected("number")))?
        }
    };
    Ok((delimiter, header_line))
}

fn number_format(found: Found<'_>, path: &str) -> Result<NumberFormat, Wrong> {
    NumberFormat::from_word(&text(found, path)?).ok_or_else(|| {
        wrong(
            found.span(),
            path,
            one_of(NumberFormat::ALL.map(NumberFormat::word)),
        )
    })
}

fn date_format(found: Found<'_>, path: &str) -> Result<DateFormat, Wrong> {
    DateFormat::parse(&text(found, path)?)
        .map_err(|problem| wrong(found.span(), path, MapProblem::Date(problem)))
}

/// A text, a whole number, a day, or a list of them.
fn constant(found: Found<'_>, path: &str) -> Result<Value, Wrong> {
    let bad = || wrong(found.span(), path, MapProblem::Expected("text"));
    Ok(match found.get_ref() {
        DeValue::String(_) => Value::String(text(found, path)?),
        DeValue::Integer(number) if number.radix() == 10 => {
            let number: u64 = number.as_str().parse().map_err(|_| bad())?;
            number.into()
        }
        DeValue::Datetime(day) => Value::String(day.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::Array(_) => Err(bad()),
                _ => constant(item, path),
            });
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        _ => return Err(bad()),
    })
}

/// What a proposal of this type consists of; its key and actor are the import's own.
fn schema_of(event: &str) -> Value {
    let schemas = Event::schemas().into_iter();
    let mut schema = schemas
        .into_iter()
        .find_map(|(name, schema)| (name == event).then_some(schema))
        .unwrap_or_default();
    let made = Event::made_fields(event);
    if let Some(properties) = schema["properties"].as_object_mut() {
        for name in ["type", "v", "serial"] {
            properties.remove(name);
        }
        // A demo ledger takes the time of an entry from its proposal.
        properties.insert("at".to_owned(), serde_json::json!({ "type": "string" }));
    }
    let kept = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        !matches!(name, "type" | "v" | "serial") && !made.contains(&name)
    };
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(kept);
    }
    let lots = schema.pointer_mut("/properties/obtains/items/required");
    if let Some(required) = lots.and_then(Value::as_array_mut) {
        required.retain(|name| name != "lot");
    }
    schema
}

/// A rule before it is known what the event has in its place.
struct Draft {
    span: Range<usize>,
    source: Source,
    lookup: Option<Lookup>,
    words: Option<Vec<(String, Value)>>,
    case: Case,
    format: Option<(String, Range<usize>, String)>,
    signs: Option<Vec<String>>,
    minus: Option<Minus>,
    times: Option<u32>,
    split: Option<String>,
    optional: bool,
    only_when: Vec<Condition>,
    skip_when: Vec<Condition>,
}

/// The fields as they are nested, however the map wrote them.
#[derive(Default)]
struct Tree(BTreeMap<String, Branch>);

enum Branch {
    Leaf(Box<Draft>),
    Table(BTreeMap<String, Branch>),
    List(BTreeMap<usize, Branch>),
}

impl Branch {
    fn span(&self) -> Range<usize> {
        match self {
            Branch::Leaf(draft) => draft.span.clone(),
            Branch::Table(inner) => inner.values().next().map_or(0..0, Branch::span),
            Branch::List(items) => items.values().next().map_or(0..0, Branch::span),
        }
    }

    /// An empty place for what comes under it.
    fn before(steps: &[Step]) -> Option<Branch> {
        match steps.first()? {
            Step::Name(_) => Some(Branch::Table(BTreeMap::new())),
            Step::Index(_) => Some(Branch::List(BTreeMap::new())),
        }
    }

    fn insert(&mut self, steps: &[Step], draft: Draft) -> Result<(), ()> {
        match (self, steps) {
            (Branch::Table(inner), [Step::Name(name), rest @ ..]) => put(inner, name.clone(), rest, draft),
            (Branch::List(items), [Step::Index(index), rest @ ..]) => put(items, *index, rest, draft),
            _ => Err(()),
        }
    }
}

fn put<K: Ord>(into: &mut BTreeMap<K, Branch>, key: K, rest: &[Step], draft: Draft) -> Result<(), ()> {
    match (into.get_mut(&key), Branch::before(rest)) {
        (Some(_), None) => Err(()),
        (Some(branch), Some(_)) => branch.insert(rest, draft),
        (None, None) => {
            into.insert(key, Branch::Leaf(Box::new(draft)));
            Ok(())
        }
        (None, Some(mut branch)) => {
            branch.insert(rest, draft)?;
            into.insert(key, branch);
            Ok(())
        }
    }
}

impl Tree {
    fn insert(&mut self, steps: &[Step], draft: Draft) -> Result<(), ()> {
        match steps {
            [Step::Name(name), rest @ ..] => put(&mut self.0, name.clone(), rest, draft),
            _ => Err(()),
        }
    }
}

/// A path as it is written.
fn written(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Name(name) if path.is_empty() => path.push_str(name),
            Step::Name(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
