//! The sentences about a map, a table, and a row that is not taken.

use std::io::ErrorKind;
use std::path::Path;

use minhbach_exchange::csv_import::{
    DateFormatProblem, DateProblem, FileError, FileFault, MapError, MapProblem, NumberProblem, Why, Wrong,
};

use minhbach_events::Problem;
use minhbach_events::malformed::Form;
use minhbach_events::words::RejectionCode;

use crate::commands::import::refused::Refused;
use crate::failure;
use crate::numbers;
use crate::session::Told;
use crate::texts::Texts;

/// Names of columns that are listed; a table can have hundreds.
const NAMES_MAX: usize = 30;

/// What is wrong with a map: file, line, key.
pub fn map(texts: Texts, error: &MapError) -> anyhow::Error {
    let sentence = match error {
        MapError::Read { path, source } => unread(texts, path, source),
        MapError::NotAFile(path) => texts.with("csv-not-a-file", &[("file", &path.display())]),
        MapError::Wrong(wrong) => {
            let Wrong {
                path,
                line,
                field,
                problem,
            } = &**wrong;
            let why = map_problem(texts, problem);
            match field {
                Some(field) => texts.with(
                    "map-wrong-key",
                    &[
                        ("file", &path.display()),
                        ("line", line),
                        ("key", field),
                        ("why", &why),
                    ],
                ),
                None => texts.with(
                    "map-wrong",
                    &[("file", &path.display()), ("line", line), ("why", &why)],
                ),
            }
        }
    };
    Told(sentence).into()
}

fn unread(texts: Texts, path: &Path, source: &std::io::Error) -> String {
    if source.kind() == ErrorKind::NotFound {
        return texts.with("failure-no-file", &[("path", &path.display())]);
    }
    texts.with(
        "failure-io",
        &[
            ("path", &path.display()),
            ("why", &failure::system(source, texts)),
        ],
    )
}

fn map_problem(texts: Texts, problem: &MapProblem) -> String {
    match problem {
        MapProblem::TooLarge => texts.get("map-too-large"),
        MapProblem::NotUtf8 => texts.get("map-not-utf8"),
        MapProblem::NotToml(what) => texts.with("map-not-toml", &[("what", what)]),
        MapProblem::Missing => texts.get("map-missing"),
        MapProblem::UnknownKey(known) => texts.with("map-unknown-key", &[("known", known)]),
        MapProblem::Expected(kind) => texts.get(match *kind {
            "list" => "map-expected-list",
            "table" => "map-expected-table",
            "number" => "map-expected-number",
            "truth" => "map-expected-truth",
            "column" => "map-expected-column",
            _ => "map-expected-text",
        }),
        MapProblem::OneOf(words) => texts.with("map-one-of", &[("words", words)]),
        MapProblem::Name => texts.get("map-name"),
        MapProblem::UnknownEvent(event) => texts.with("map-unknown-event", &[("event", event)]),
        MapProblem::UnknownField(known) => texts.with("map-unknown-field", &[("known", known)]),
        MapProblem::MissingField => texts.get("map-missing-field"),
        MapProblem::Path => texts.get("map-path"),
        MapProblem::Twice => texts.get("map-twice"),
        MapProblem::List => texts.get("map-list"),
        MapProblem::Table(known) => texts.with("map-table", &[("known", known)]),
        MapProblem::Source => texts.get("map-source"),
        MapProblem::Template => texts.get("map-template"),
        MapProblem::Test => texts.get("map-test"),
        MapProblem::NoFormat => texts.get("map-no-format"),
        MapProblem::Date(DateFormatProblem::MonthFirst) => texts.get("map-month-first"),
        MapProblem::Date(DateFormatProblem::NotAFormat) => texts.get("map-not-a-date-format"),
        MapProblem::Idle => texts.get("map-idle"),
        MapProblem::Folder => texts.get("map-folder"),
        MapProblem::Constant => texts.get("map-constant"),
    }
}

/// Why a table cannot be imported at all.
pub fn file(texts: Texts, error: &FileError) -> anyhow::Error {
    let FileError { path, fault } = error;
    let file = path.display();
    let sentence = match fault {
        FileFault::Read(source) => unread(texts, path, source),
        FileFault::ReadLine { line, source } => texts.with(
            "csv-line-unreadable",
            &[
                ("file", &file),
                ("line", line),
                ("why", &failure::system(source, texts)),
            ],
        ),
        FileFault::Empty => texts.with("csv-empty", &[("file", &file)]),
        FileFault::Utf16 => texts.with("csv-utf16", &[("file", &file)]),
        FileFault::NotText => texts.with("csv-not-text", &[("file", &file)]),
        FileFault::NotAFile => texts.with("csv-not-a-file", &[("file", &file)]),
        FileFault::Outside => texts.with("csv-outside", &[("file", &file)]),
        FileFault::HeaderTooLong => texts.with("csv-header-too-long", &[("file", &file)]),
        FileFault::HeaderQuote => texts.with("csv-header-quote", &[("file", &file)]),
        FileFault::NoHeader {
            line,
            missing,
            columns,
        } => texts.with(
            "csv-no-header",
            &[
                ("file", &file),
                ("line", line),
                ("count", columns),
                ("missing", &listed(texts, missing)),
            ],
        ),
        FileFault::OldEncoding => texts.with("csv-old-encoding", &[("file", &file)]),
        FileFault::Columns { missing, found } => texts.with(
            "csv-columns",
            &[
                ("file", &file),
                ("missing", &listed(texts, missing)),
                ("found", &listed(texts, found)),
            ],
        ),
        FileFault::ColumnTwice(column) => {
            texts.with("csv-column-twice", &[("file", &file), ("column", column)])
        }
        FileFault::TooManyColumns => texts.with("csv-too-many-columns", &[("file", &file)]),
        FileFault::TooManyRows { max } => {
            let max = numbers::number(texts, max);
            texts.with("csv-too-many-rows", &[("file", &file), ("max", &max)])
        }
        FileFault::TooLargeToLookUp { max } => {
            let max = numbers::bytes(texts, *max as u64);
            texts.with("csv-too-large-to-look-up", &[("file", &file), ("max", &max)])
        }
        FileFault::BrokenLine { line } => texts.with("csv-broken-line", &[("file", &file), ("line", line)]),
    };
    Told(sentence).into()
}

fn listed(texts: Texts, names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_MAX)
        .map(|name| format!("“{}”", name.chars().take(60).collect::<String>()))
        .collect();
    let mut listed = shown.join(", ");
    if let more @ 1.. = names.len().saturating_sub(NAMES_MAX) {
        listed.push_str(&texts.with("csv-and-more", &[("count", &more)]));
    }
    listed
}

/// The word that programs know a reason by.
pub fn code(why: &Why) -> &'static str {
    match why {
        Why::TooLong => "line_too_long",
        Why::NotUtf8 => "not_utf8",
        Why::OldEncoding => "old_encoding",
        Why::Quote { .. } => "open_quote",
        Why::Columns { .. } => "columns",
        Why::CellTooLong => "cell_too_long",
        Why::Missing => "missing",
        Why::Number(NumberProblem::Ambiguous) => "ambiguous_number",
        Why::Number(_) => "number",
        Why::Date(_) => "date",
        Why::Word => "word",
        Why::Items => "too_many_items",
        Why::LookupNone => "lookup_none",
        Why::LookupSeveral => "lookup_several",
        Why::Key => "key",
        Why::Refused(_) => "set_aside",
    }
}

/// Why a row is not taken.
pub fn why(texts: Texts, why: &Why) -> String {
    match why {
        Why::TooLong => texts.get("row-too-long"),
        Why::NotUtf8 => texts.get("row-not-utf8"),
        Why::OldEncoding => texts.get("row-old-encoding"),
        Why::Quote { last } => texts.with("row-quote", &[("last", last)]),
        Why::Columns { found, expected } => {
            texts.with("row-columns", &[("found", found), ("expected", expected)])
        }
        Why::CellTooLong => texts.get("row-cell-too-long"),
        Why::Missing => texts.get("row-missing"),
        Why::Number(problem) => match problem {
            NumberProblem::Empty => texts.get("row-number-empty"),
            NumberProblem::Ambiguous => texts.get("row-number-ambiguous"),
            NumberProblem::Negative => texts.get("row-number-negative"),
            NumberProblem::NotNegative => texts.get("row-number-not-negative"),
            NumberProblem::Brackets => texts.get("row-number-brackets"),
            NumberProblem::Space => texts.get("row-number-space"),
            NumberProblem::Sign { sign } => texts.with("row-number-sign", &[("sign", sign)]),
            NumberProblem::NotADigit { position } => {
                texts.with("row-number-not-a-digit", &[("position", position)])
            }
            NumberProblem::Grouping => texts.get("row-number-grouping"),
            NumberProblem::LeadingZero => texts.get("row-number-leading-zero"),
            NumberProblem::Decimals => texts.get("row-number-decimals"),
            NumberProblem::TooLong => texts.get("row-number-too-long"),
        },
        Why::Date(problem) => match problem {
            DateProblem::Form => texts.get("row-date-form"),
            DateProblem::OneDigit { format } => texts.with("row-date-one-digit", &[("format", format)]),
            DateProblem::NoSuchDay => texts.get("row-date-no-such-day"),
            DateProblem::MonthFirst => texts.get("row-date-month-first"),
        },
        Why::Word => texts.get("row-word"),
        Why::Items => texts.get("row-items"),
        Why::LookupNone => texts.get("row-lookup-none"),
        Why::LookupSeveral => texts.get("row-lookup-several"),
        Why::Key => texts.get("row-key"),
        Why::Refused(sentence) => match &sentence.en {
            Some(english) if texts.english() => english.clone(),
            _ => sentence.vi.clone(),
        },
    }
}

/// Why the ledger refuses a row, as far as that is said otherwise of a table than of a line of JSON.
pub fn refused(texts: Texts, refused: &Refused, problem: Option<&Problem>) -> String {
    if refused.code() == RejectionCode::IdempotencyConflict.word()
        && let Some(seq) = refused.fact("seq")
    {
        return texts.with("row-imported-otherwise", &[("seq", &seq)]);
    }
    let key = match problem {
        Some(Problem::Form(Form::Quantity)) => "row-form-quantity",
        Some(Problem::Form(Form::Amount)) => "row-form-amount",
        Some(Problem::Form(Form::Vnd)) => "row-form-vnd",
        Some(Problem::Form(Form::Decimal)) => "row-form-decimal",
        Some(Problem::Expected("text")) => "row-expected-text",
        Some(Problem::Expected("integer")) => "row-expected-integer",
        _ => return refused.message(texts.language).to_owned(),
    };
    texts.get(key)
}
