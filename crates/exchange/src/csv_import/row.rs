//! From a row to the line of a proposal, or to the reason why not.

use std::collections::HashMap;
use std::path::Path;

use minhbach_events::Key;
use serde_json::{Map as Object, Value};
use thiserror::Error;

use super::date::DateProblem;
use super::file::{Break, CsvFile, FileError, FileFault, Record, is_old_encoding};
use super::lookup::{Found, LookupTable};
use super::map::{Case, KeyRule, Kind, Map, Node, Part, Rule, Sentence, Source};
use super::number::NumberProblem;
use super::shown::shown;
use crate::import_key::{RowTexts, Secret};

/// The most rows that are imported at once: as many as a spreadsheet holds.
pub const ROWS_MAX: u64 = 1_048_576;
/// The longest cell that a map may use, in characters.
pub const CELL_CHARS_MAX: usize = 4_000;
/// The most items that a cell may hold.
const ITEMS_MAX: usize = 1_000;

/// A row of the file.
#[derive(Debug)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What it becomes.
    pub outcome: RowOutcome,
}

/// What a row becomes.
pub enum RowOutcome {
    /// The line of a proposal, and the cells of the map's columns in its order.
    Proposal {
        /// JSON, with the row's key.
        line: Vec<u8>,
        /// For naming what the ledger refuses.
        cells: Vec<String>,
    },
    /// The map does not want it.
    Skipped,
    /// Nothing stands in it.
    Blank,
    /// It cannot be taken.
    NotTaken(NotTaken),
}

/// The proposal's line and the cells are private until the ledger has taken them, and do not show in a debug print.
impl std::fmt::Debug for RowOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RowOutcome::Proposal { .. } => f.write_str("Proposal"),
            RowOutcome::Skipped => f.write_str("Skipped"),
            RowOutcome::Blank => f.write_str("Blank"),
            RowOutcome::NotTaken(not_taken) => not_taken.fmt(f),
        }
    }
}

/// Why a row is not taken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// The field of the event.
    pub field: Option<String>,
    /// The column of the file.
    pub column: Option<String>,
    /// The value, as far as it may be shown; none where there is none or it may not be shown.
    pub value: Option<String>,
    /// Whether there is a value that may not be shown.
    pub hidden: bool,
    /// Why.
    pub why: Why,
}

impl NotTaken {
    fn of(why: Why) -> NotTaken {
        NotTaken {
            field: None,
            column: None,
            value: None,
            hidden: false,
            why,
        }
    }

    fn value(mut self, value: &str) -> NotTaken {
        if !value.is_empty() {
            self.value = shown(value);
            self.hidden = self.value.is_none();
        }
        self
    }
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// A line too long.
    #[error("the line is too long")]
    TooLong,
    /// Another encoding.
    #[error("the row is not UTF-8")]
    NotUtf8,
    /// TCVN3 or VNI.
    #[error("the cell is TCVN3 or VNI")]
    OldEncoding,
    /// A quote that does not close.
    #[error("a quote does not close, and nothing up to line {last} is read")]
    Quote {
        /// The last line of the file: none up to it is read, as it may stand inside the cell.
        last: u64,
    },
    /// Another number of cells than the header has.
    #[error("{found} cells where the header has {expected}")]
    Columns {
        /// In the row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A cell of more than [`CELL_CHARS_MAX`].
    #[error("the cell is longer than {CELL_CHARS_MAX} characters")]
    CellTooLong,
    /// A cell that must not be empty is.
    #[error("the cell is empty")]
    Missing,
    /// No number as declared.
    #[error("{0}")]
    Number(NumberProblem),
    /// No day as declared.
    #[error("{0}")]
    Date(DateProblem),
    /// Not among the map's words.
    #[error("the map has no word for it")]
    Word,
    /// More than 1,000 items in one cell.
    #[error("more than {ITEMS_MAX} items")]
    Items,
    /// The other table has no row of this key.
    #[error("the other table has no such row")]
    LookupNone,
    /// The other table has rows of this key that differ.
    #[error("the other table has several such rows, which differ")]
    LookupSeveral,
    /// The map's template gives no key.
    #[error("it makes no key")]
    Key,
    /// The map sets such rows aside, for its author's reason.
    #[error("{}", .0.vi)]
    Refused(Box<Sentence>),
}

/// The rows of a file, in order.
pub struct Rows<'a> {
    map: &'a Map,
    secret: &'a Secret,
    file: CsvFile,
    lookups: Vec<LookupTable>,
    /// How often a row has been seen, by what it says.
    seen: HashMap<u128, u32>,
    rows: u64,
}

impl<'a> Rows<'a> {
    /// Begins with an open file; tables to look things up in lie beside `path`.
    ///
    /// # Errors
    ///
    /// Such a table cannot be read.
    pub fn new(map: &'a Map, file: CsvFile, path: &Path, secret: &'a Secret) -> Result<Rows<'a>, FileError> {
        let lookups = map.lookups.iter().map(|source| LookupTable::read(source, path));
        Ok(Rows {
            map,
            secret,
            file,
            lookups: lookups.collect::<Result<_, _>>()?,
            seen: HashMap::new(),
            rows: 0,
        })
    }

    /// How many bytes of text were read so far, for a bar.
    pub fn bytes(&self) -> u64 {
        self.file.bytes()
    }

    /// Reads the next row; none at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be read on, or has more than [`ROWS_MAX`] rows.
    pub fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        let Some(record) = self.file.next_record()? else {
            return Ok(None);
        };
        self.rows += 1;
        if ROWS_MAX < self.rows {
            return Err(self.file.fault(FileFault::TooManyRows { max: ROWS_MAX }));
        }
        let (line, outcome) = match record {
            Record::Broken(line, why) => {
                let why = match why {
                    Break::TooLong => Why::TooLong,
                    Break::NotUtf8 => Why::NotUtf8,
                    Break::Quote { last } => Why::Quote { last },
                };
                (line, RowOutcome::NotTaken(NotTaken::of(why)))
            }
            Record::Cells(line, cells) => (line, self.outcome(&cells)),
        };
        Ok(Some(Row { line, outcome }))
    }

    fn outcome(&mut self, all: &[String]) -> RowOutcome {
        if all.iter().all(String::is_empty) {
            return RowOutcome::Blank;
        }
        let expected = self.file.header.len();
        if all.len() != expected {
            let found = all.len();
            return RowOutcome::NotTaken(NotTaken::of(Why::Columns { found, expected }));
        }
        let cells: Vec<&str> = self
            .file
            .places
            .iter()
            .map(|&place| all[place].as_str())
            .collect();
        // Rows that are set aside count among identical ones too: a changed condition must not change the keys of others.
        let key = self.key(all, &cells);
        let wanted = self
            .map
            .only_when
            .iter()
            .all(|condition| condition.holds(|column| cells[column]))
            && !self
                .map
                .skip_when
                .iter()
                .any(|condition| condition.holds(|column| cells[column]));
        if !wanted {
            return RowOutcome::Skipped;
        }
        match self.proposal(&cells, key) {
            Ok(line) => RowOutcome::Proposal {
                line,
                cells: cells.into_iter().map(str::to_owned).collect(),
            },
            Err(not_taken) => RowOutcome::NotTaken(not_taken),
        }
    }

    fn key(&mut self, all: &[String], cells: &[&str]) -> Result<String, NotTaken> {
        let mut texts = RowTexts::default();
        texts.add(&self.map.name);
        texts.add(&self.map.event);
        match &self.map.key {
            KeyRule::WholeRow => {
                // By name, so that a file with other columns in between, or in another order, is known again.
                let mut named: Vec<(&str, &str)> = self
                    .file
                    .header
                    .iter()
                    .zip(all)
                    .filter(|(_, cell)| !cell.is_empty())
                    .map(|(name, cell)| (name.as_str(), cell.as_str()))
                    .collect();
                named.sort_unstable();
                for (name, cell) in named {
                    texts.add(name);
                    texts.add(cell);
                }
                let count = self.seen.entry(self.secret.row_print(&texts)).or_default();
                let ordinal = *count;
                *count = count.saturating_add(1);
                Ok(self.secret.row_key(&texts, ordinal))
            }
            KeyRule::Columns(columns) => {
                for &column in columns {
                    if cells[column].is_empty() {
                        return Err(NotTaken {
                            column: Some(self.map.columns[column].clone()),
                            ..NotTaken::of(Why::Missing)
                        });
                    }
                    texts.add(&self.map.columns[column]);
                    texts.add(cells[column]);
                }
                Ok(self.secret.row_key(&texts, 0))
            }
            KeyRule::Template(parts) => {
                let key = filled(parts, cells).ok_or_else(|| NotTaken::of(Why::Missing))?;
                match Key::new(&key) {
                    Some(_) => Ok(key),
                    None => Err(NotTaken::of(Why::Key).value(&key)),
                }
            }
        }
    }

    fn proposal(&self, cells: &[&str], key: Result<String, NotTaken>) -> Result<Vec<u8>, NotTaken> {
        for refusal in &self.map.refuse_when {
            if refusal.condition.holds(|column| cells[column]) {
                let column = refusal.condition.column;
                return Err(NotTaken {
                    column: Some(self.map.columns[column].clone()),
                    ..NotTaken::of(Why::Refused(Box::new(refusal.why.clone()))).value(cells[column])
                });
            }
        }
        let key = key?;
        let mut object = Object::new();
        object.insert("type".to_owned(), self.map.event.clone().into());
        for (name, node) in &self.map.fields {
            if let Some(value) = self.node(node, cells)? {
                object.insert(name.clone(), value);
            }
        }
        object.insert("key".to_owned(), key.into());
        Ok(Value::Object(object).to_string().into_bytes())
    }

    fn node(&self, node: &Node, cells: &[&str]) -> Result<Option<Value>, NotTaken> {
        match node {
            Node::Rule(rule) => self.value(rule, cells),
            // What has no part at all is left out.
            Node::Table(inner) => {
                let mut object = Object::new();
                for (name, node) in inner {
                    if let Some(value) = self.node(node, cells)? {
                        object.insert(name.clone(), value);
                    }
                }
                Ok((!object.is_empty()).then_some(Value::Object(object)))
            }
            Node::List(items) => {
                let items = items.iter().map(|item| self.node(item, cells));
                let items: Vec<Value> = items.filter_map(Result::transpose).collect::<Result<_, _>>()?;
                Ok((!items.is_empty()).then_some(Value::Array(items)))
            }
        }
    }

    fn value(&self, rule: &Rule, cells: &[&str]) -> Result<Option<Value>, NotTaken> {
        let holds = |condition: &super::condition::Condition| condition.holds(|column| cells[column]);
        if !rule.only_when.iter().all(holds) || rule.skip_when.iter().any(holds) {
            return Ok(None);
        }
        let named = |not_taken: NotTaken| NotTaken {
            field: Some(rule.field.clone()),
            column: rule.column().map(|column| self.map.columns[column].clone()),
            ..not_taken
        };
        let text = match &rule.source {
            Source::Constant(value) => return Ok(Some(value.clone())),
            Source::Column(column) => Some(cells[*column].to_owned()),
            Source::Template(parts) => filled(parts, cells),
        };
        let mut text = text.unwrap_or_default();
        if CELL_CHARS_MAX < text.chars().count() {
            return Err(named(NotTaken::of(Why::CellTooLong)));
        }
        if let Some(lookup) = rule.lookup.as_ref().filter(|_| !text.is_empty()) {
            let found = match self.lookups[lookup.table].get(&text, lookup.column) {
                Found::One(value) => value.to_owned(),
                Found::None => return Err(named(NotTaken::of(Why::LookupNone).value(&text))),
                Found::Several => return Err(named(NotTaken::of(Why::LookupSeveral).value(&text))),
            };
            text = found;
        }
        if text.is_empty() && !self.has_word_for_nothing(rule) {
            return match rule.optional {
                true => Ok(None),
                false => Err(named(NotTaken::of(Why::Missing))),
            };
        }
        if is_old_encoding(&text) {
            return Err(named(NotTaken::of(Why::OldEncoding)));
        }
        let Some(separator) = &rule.split else {
            return one(rule, &text)
                .map(Some)
                .map_err(|why| named(NotTaken::of(why).value(&text)));
        };
        let items = text
            .split(separator.as_str())
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let mut list = Vec::new();
        for item in items {
            if list.len() == ITEMS_MAX {
                return Err(named(NotTaken::of(Why::Items)));
            }
            list.push(one(rule, item).map_err(|why| named(NotTaken::of(why).value(item)))?);
        }
        Ok(Some(Value::Array(list)))
    }

    fn has_word_for_nothing(&self, rule: &Rule) -> bool {
        rule.words
            .as_ref()
            .is_some_and(|words| words.iter().any(|(word, _)| word.is_empty()))
    }
}

/// Fills in a template; nothing where one of its cells is empty.
fn filled(parts: &[Part], cells: &[&str]) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Column(column) if cells[*column].is_empty() => return None,
            Part::Column(column) => text.push_str(cells[*column]),
        }
    }
    Some(text)
}

/// Turns one text into what the event has in its place.
fn one(rule: &Rule, text: &str) -> Result<Value, Why> {
    if let Some(words) = &rule.words {
        let found = words.iter().find(|(word, _)| word == text);
        return found.map(|(_, value)| value.clone()).ok_or(Why::Word);
    }
    Ok(match &rule.kind {
        Kind::Text => match rule.case {
            Case::AsWritten => text.into(),
            Case::Upper => text.to_uppercase().into(),
            Case::Lower => text.to_lowercase().into(),
        },
        Kind::Date(format) => format.read(text).map_err(Why::Date)?.to_string().into(),
        Kind::Number(number) => number.read(text).map_err(Why::Number)?.into(),
        Kind::Integer(number) => {
            let read = number.read(text).map_err(Why::Number)?;
            if read.contains('.') {
                return Err(Why::Number(NumberProblem::Decimals));
            }
            let count: u64 = read.parse().map_err(|_| Why::Number(NumberProblem::Negative))?;
            count.into()
        }
    })
}
