//! A map: which event each row of a file becomes, and where each field of it comes from.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

use super::condition::Condition;
use super::date::{DateFormat, DateFormatProblem};
use super::number::NumberRule;
use super::reader;

/// The largest map, in bytes.
pub const MAP_BYTES_MAX: u64 = 256 << 10;
/// The longest name of a map, in characters.
pub const MAP_NAME_MAX: usize = 60;

/// A map that has been read and checked against the form of its event.
#[derive(Debug, Clone)]
pub struct Map {
    pub(super) name: String,
    pub(super) event: String,
    pub(super) delimiter: Option<char>,
    pub(super) header_line: u64,
    /// The columns it names, each once; rules name them by their place here.
    pub(super) columns: Vec<String>,
    pub(super) key: KeyRule,
    pub(super) only_when: Vec<Condition>,
    pub(super) skip_when: Vec<Condition>,
    pub(super) refuse_when: Vec<Refusal>,
    pub(super) fields: Vec<(String, Node)>,
    /// The tables that rows look things up in.
    pub(super) lookups: Vec<LookupSource>,
}

impl Map {
    /// Reads a map and checks it: every key, and that the event can be made of it.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and field.
    pub fn read(path: &Path) -> Result<Map, MapError> {
        let refused = |source| MapError::Read {
            path: path.to_owned(),
            source,
        };
        let told = fs::metadata(path).map_err(refused)?;
        if !told.is_file() {
            return Err(MapError::NotAFile(path.to_owned()));
        }
        let at = |problem| MapError::Wrong(Box::new(Wrong::new(path, 1, None, problem)));
        if MAP_BYTES_MAX < told.len() {
            return Err(at(MapProblem::TooLarge));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(refused)?;
        let read = file.take(MAP_BYTES_MAX + 1).read_to_end(&mut bytes);
        if MAP_BYTES_MAX < read.map_err(refused)? as u64 {
            return Err(at(MapProblem::TooLarge));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| at(MapProblem::NotUtf8))?;
        Map::parse(text.strip_prefix('\u{feff}').unwrap_or(text), path)
    }

    /// Reads a map from its text; `path` is only named in errors.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and field.
    pub fn parse(text: &str, path: &Path) -> Result<Map, MapError> {
        reader::read(text).map_err(|(line, field, problem)| {
            MapError::Wrong(Box::new(Wrong::new(path, line, field, problem)))
        })
    }

    /// Its name: rows imported under the same name are known again.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of event its rows become.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The columns that rows of the file must have.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The column that a field such as `draws[0].quantity` comes from, if it is one column.
    pub fn column_of(&self, field: &str) -> Option<&str> {
        let steps = steps(field)?;
        let (Step::Name(first), rest) = steps.split_first()? else {
            return None;
        };
        let mut node = &self.fields.iter().find(|(known, _)| known == first)?.1;
        for step in rest {
            node = match (node, step) {
                (Node::Table(inner), Step::Name(name)) => &inner.iter().find(|(known, _)| known == name)?.1,
                (Node::List(items), Step::Index(index)) => items.get(*index)?,
                _ => break,
            };
        }
        match node {
            Node::Rule(rule) => rule.column().map(|column| self.columns[column].as_str()),
            _ => None,
        }
    }
}

/// A part of a field's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// The most items a map may give a list.
const INDEX_MAX: usize = 63;

/// Splits `draws[0].lot` into its steps.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, mut rest) = match part.find('[') {
            Some(at) => part.split_at(at),
            None => (part, ""),
        };
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(good) {
            return None;
        }
        steps.push(Step::Name(name.to_owned()));
        while !rest.is_empty() {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            let index: usize = index.parse().ok().filter(|index| *index <= INDEX_MAX)?;
            steps.push(Step::Index(index));
            rest = after;
        }
    }
    Some(steps)
}

/// A field, or what it is made of.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Rule(Rule),
    Table(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// Where a value comes from, and what is done with it.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// Its path in the event.
    pub field: String,
    pub source: Source,
    pub lookup: Option<Lookup>,
    pub words: Option<Vec<(String, Value)>>,
    pub case: Case,
    pub kind: Kind,
    /// Cuts the text into the items of a list.
    pub split: Option<String>,
    /// An empty cell leaves the field out.
    pub optional: bool,
    pub only_when: Vec<Condition>,
    pub skip_when: Vec<Condition>,
}

impl Rule {
    /// The one column that the value comes from.
    pub fn column(&self) -> Option<usize> {
        match &self.source {
            Source::Column(column) => Some(*column),
            Source::Template(parts) => {
                let mut columns = parts.iter().filter_map(|part| match part {
                    Part::Column(column) => Some(*column),
                    Part::Text(_) => None,
                });
                columns.next().filter(|_| columns.next().is_none())
            }
            Source::Constant(_) => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Source {
    Constant(Value),
    Column(usize),
    Template(Vec<Part>),
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Column(usize),
}

/// How letters are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Case {
    #[default]
    AsWritten,
    Upper,
    Lower,
}

/// What a value is in the event, and how it is written in the file.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A code, a slug, a word, a free text.
    Text,
    Date(DateFormat),
    /// A decimal, as text.
    Number(NumberRule),
    /// A count, as a number.
    Integer(NumberRule),
}

/// A table in another file.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    /// Which of the map's tables.
    pub table: usize,
    /// Which of its columns.
    pub column: usize,
}

/// A table that rows look things up in, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LookupSource {
    /// Beside the imported file.
    pub file: String,
    pub key: String,
    /// The columns that are asked for.
    pub columns: Vec<String>,
}

/// How a row is known again.
#[derive(Debug, Clone)]
pub(super) enum KeyRule {
    /// By all its cells, and which one among identical rows it is.
    WholeRow,
    /// By these columns, which name a row.
    Columns(Vec<usize>),
    /// By a text that is public in the journal.
    Template(Vec<Part>),
}

/// Rows that are listed instead of imported, and why.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub condition: Condition,
    pub why: Sentence,
}

/// A sentence of the map's author, in Vietnamese and perhaps in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// In Vietnamese.
    pub vi: String,
    /// In English; the Vietnamese one stands in for it.
    pub en: Option<String>,
}

/// Why a map cannot be used.
#[derive(Debug, Error)]
pub enum MapError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The map.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder, a pipe or a device.
    #[error("{}: not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// Something in it is wrong.
    #[error(transparent)]
    Wrong(Box<Wrong>),
}

/// What is wrong in a map, and where.
#[derive(Debug, Error)]
#[error("{}, line {line}{}: {problem}", path.display(), field.as_deref().map(|field| format!(", {field}")).unwrap_or_default())]
pub struct Wrong {
    /// The map.
    pub path: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// The key of the map, such as `fields.quantity.format`.
    pub field: Option<String>,
    /// What is wrong there.
    pub problem: MapProblem,
}

impl Wrong {
    fn new(path: &Path, line: usize, field: Option<String>, problem: MapProblem) -> Wrong {
        Wrong {
            path: path.to_owned(),
            line,
            field,
            problem,
        }
    }
}

/// What can be wrong at one place of a map.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MapProblem {
    /// More than [`MAP_BYTES_MAX`].
    #[error("the map is larger than {MAP_BYTES_MAX} bytes")]
    TooLarge,
    /// Another encoding.
    #[error("the map is not UTF-8")]
    NotUtf8,
    /// The parser's words.
    #[error("not TOML: {0}")]
    NotToml(String),
    /// A key that must be there.
    #[error("the key is missing")]
    Missing,
    /// A key that maps do not have.
    #[error("there is no such key here; there are: {0}")]
    UnknownKey(String),
    /// Another kind of value belongs there: `text`, `list`, `table`, `number`, `truth`, `column`, `words`.
    #[error("a {0} belongs here")]
    Expected(&'static str),
    /// One of these belongs there.
    #[error("one of these belongs here: {0}")]
    OneOf(String),
    /// No slug.
    #[error("a name of a-z, 0-9 and -, at most {MAP_NAME_MAX} characters, belongs here")]
    Name,
    /// There is no such event.
    #[error("there is no event {0}")]
    UnknownEvent(String),
    /// The event has no such field.
    #[error("the event has no such field; it has: {0}")]
    UnknownField(String),
    /// The event needs the field.
    #[error("the event needs this field")]
    MissingField,
    /// The path is none.
    #[error("not a path such as draws[0].lot")]
    Path,
    /// The field is given twice.
    #[error("the field is given twice")]
    Twice,
    /// The field is a list, and neither `split` nor a list is given.
    #[error("the field is a list")]
    List,
    /// The field consists of others.
    #[error("the field consists of: {0}")]
    Table(String),
    /// Not exactly one of column, constant, template.
    #[error("exactly one of column, constant, template belongs here")]
    Source,
    /// A template without columns, or with a brace that does not close.
    #[error("not a template such as RC-{{number}}")]
    Template,
    /// A condition with other than one test.
    #[error("exactly one of equals, matches, empty belongs here")]
    Test,
    /// A column of days or numbers without a format.
    #[error("it must be said how the values are written")]
    NoFormat,
    /// An unknown way of writing days.
    #[error("{0}")]
    Date(DateFormatProblem),
    /// The option says nothing about a value of this kind.
    #[error("the option means nothing for this field")]
    Idle,
    /// A path that leads out of the folder of the imported file.
    #[error("a file beside the imported one belongs here, named without a folder")]
    Folder,
    /// A constant of another form than the field has.
    #[error("the field does not take this value")]
    Constant,
}
