//! What is wrong with a data file, and where.

use std::fmt;
use std::ops::Range;

use minhbach_events::{Problem, shorten, shorten_to};

/// Why a data file cannot be taken: which file, line, column and field, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The file's name, as given to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The field like `successors[0].part`; empty for the file or a table as a whole.
    pub field: String,
    /// What is wrong.
    pub what: What,
}

/// What can be wrong at one place of a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Not TOML; the parser's words, in English.
    Toml(String),
    /// A field of the wrong form, absent, or one that the event does not have.
    Form(Problem),
    /// A table headed by something that is no event type.
    NoSuchEvent(String),
    /// `[[…]]` was expected at the head of this event's tables.
    Headed(String),
    /// At the top stand `as_of`, `sources`, `[[notes]]` and tables headed by an event type only.
    TopLevel,
    /// No `as_of`.
    NoAsOf,
    /// `as_of` is no date.
    NotADate,
    /// No `source` in a table.
    NoSource,
    /// A text that is not blank was expected.
    NotText,
    /// A paper is a text, or a table of `key`, `vi` and perhaps `en`.
    NotAPaper,
    /// `type`, `key`, `by` and `at` belong to whoever records, not to data.
    NotInData,
    /// A number with a decimal point; decimals are written as text.
    Decimal,
    /// A number that is no integer of 0 or more.
    Whole,
    /// More than an entry can hold.
    TooLarge {
        /// Its bytes.
        bytes: usize,
    },
    /// A name that nothing bears.
    Unknown {
        /// What it should name.
        kind: Kind,
        /// The name.
        name: String,
        /// The line where it comes only later, if it does.
        later: Option<usize>,
    },
    /// A name that stands already.
    Twice {
        /// The name.
        name: String,
        /// The line where it stood first.
        line: usize,
    },
    /// A slug of the embedded data.
    Embedded {
        /// The slug.
        name: String,
        /// The embedded file that has it.
        file: &'static str,
    },
    /// A target that falls due outside the plan's period.
    DueOutsidePeriod,
    /// Figures closed after the report is due.
    CutOffAfterDue,
    /// A successor that exists only after the day of the succession.
    SuccessorLater,
    /// A file without `[[programme.published]]` is no plan.
    NoPlan,
}

/// What is shown at most of a name; slugs and labels have no more.
const NAME_MAX: usize = 60;
/// What is shown at most of a path: a key of TOML may be as long as the file.
const FIELD_MAX: usize = 200;

impl What {
    /// The same, with no more of what stands in the file than a sentence can carry.
    fn shortened(self) -> What {
        match self {
            What::Toml(said) => What::Toml(shorten_to(&said, FIELD_MAX)),
            What::NoSuchEvent(name) => What::NoSuchEvent(shorten(&name)),
            What::Headed(event) => What::Headed(shorten(&event)),
            What::Unknown { kind, name, later } => What::Unknown {
                kind,
                name: shorten_to(&name, NAME_MAX),
                later,
            },
            What::Twice { name, line } => What::Twice {
                name: shorten_to(&name, NAME_MAX),
                line,
            },
            What::Embedded { name, file } => What::Embedded {
                name: shorten_to(&name, NAME_MAX),
                file,
            },
            what => what,
        }
    }
}

/// What a name in a data file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Kind {
    Place,
    Programme,
    Item,
    Group,
    Category,
    Target,
    Report,
    Slug,
    Field,
}

impl Kind {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Place => "place",
            Kind::Programme => "programme",
            Kind::Item => "item",
            Kind::Group => "group",
            Kind::Category => "category",
            Kind::Target => "target",
            Kind::Report => "report",
            Kind::Slug => "slug",
            Kind::Field => "field",
        }
    }
}

/// In English; other languages have their own sentences.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Toml(said) => f.write_str(said),
            What::Form(problem) => problem.fmt(f),
            What::NoSuchEvent(name) => write!(f, "there is no event type {name:?}"),
            What::Headed(event) => write!(f, "expected tables headed [[{event}]]"),
            What::TopLevel => {
                f.write_str("expected as_of, sources, [[notes]] or tables headed by an event type")
            }
            What::NoAsOf => f.write_str("required but missing: the day on which the file was true"),
            What::NotADate => f.write_str("expected a date like 2025-11-01"),
            What::NoSource => f.write_str("required but missing: where the values are from"),
            What::NotText => f.write_str("expected a text"),
            What::NotAPaper => f.write_str("expected a text, or a table of key, vi and perhaps en"),
            What::NotInData => f.write_str("a data file does not have this field"),
            What::Decimal => f.write_str("write decimals as text, like \"20.978\""),
            What::Whole => f.write_str("expected an integer of 0 or more"),
            What::TooLarge { bytes } => write!(f, "{bytes} bytes, more than an entry can hold"),
            What::Unknown { kind, name, later } => {
                write!(f, "there is no {} {name:?}", kind.word())?;
                match later {
                    Some(line) => write!(f, " before this line; it comes at line {line}, move it up"),
                    None => Ok(()),
                }
            }
            What::Twice { name, line } => write!(f, "{name:?} stands already at line {line}"),
            What::Embedded { name, file } => {
                write!(
                    f,
                    "{name:?} is already in {file}, which comes with the program; take another name"
                )
            }
            What::DueOutsidePeriod => f.write_str("falls outside the plan's period"),
            What::CutOffAfterDue => f.write_str("lies after the day on which the report is due"),
            What::SuccessorLater => f.write_str("exists only after the day of the succession"),
            What::NoPlan => f.write_str("no plan in this file; add a table headed [[programme.published]]"),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.file, self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, ", field {}", self.field)?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for ReadError {}

/// Something wrong at a stretch of bytes, before it is known on which line that is.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub span: Range<usize>,
    pub field: String,
    pub what: What,
}

impl Fault {
    pub fn new(span: Range<usize>, field: impl Into<String>, what: What) -> Fault {
        Fault {
            span,
            field: field.into(),
            what,
        }
    }

    /// Says where it is in the text.
    pub fn located(self, file: &str, text: &str) -> ReadError {
        let before = text.get(..self.span.start).unwrap_or(text);
        let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        ReadError {
            file: file.to_owned(),
            line: line_at(text, self.span.start),
            column: 1 + before[begin..].chars().count(),
            field: shorten_to(&self.field, FIELD_MAX),
            what: self.what.shortened(),
        }
    }
}

/// The line, from 1, of a byte.
pub(crate) fn line_at(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}
