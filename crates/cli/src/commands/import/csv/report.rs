//! What an import of a table says: each row that was not taken as it comes, and the figures at the end.

use std::io::{BufWriter, StdoutLock, Write};

use minhbach_events::Problem;
use minhbach_exchange::csv_import::{Map, NotTaken, Row, RowOutcome, Why, shown};
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_exchange::visible::visible;
use minhbach_ledger::Language;
use serde::Serialize;

use super::wording;
use crate::commands::import::refused::Refused;
use crate::numbers;
use crate::session::{Format, Session, output};
use crate::texts::Texts;

type Out = BufWriter<StdoutLock<'static>>;

/// The report while it is written.
pub struct Report<'a> {
    session: &'a Session,
    map: &'a Map,
    dry_run: bool,
    shape: Shape,
    counts: Counts,
}

enum Shape {
    Table(Out),
    Json(Out),
    Csv(Box<Csv<Out>>),
}

/// How many rows became what.
#[derive(Default, Serialize)]
struct Counts {
    rows: u64,
    /// Recorded; in a dry run, what would be.
    recorded: u64,
    there_before: u64,
    skipped: u64,
    blank: u64,
    not_taken: u64,
}

/// A row that was not taken.
#[derive(Serialize)]
struct Line {
    line: u64,
    /// Where nothing from this line up to another is read: the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// There is a value, and it may not be shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    code: String,
    why: Both,
}

#[derive(Serialize)]
struct Both {
    vi: String,
    en: String,
}

impl<'a> Report<'a> {
    pub fn begin(session: &'a Session, map: &'a Map, dry_run: bool) -> anyhow::Result<Report<'a>> {
        let mut out = output();
        let shape = match session.format {
            Format::Table => {
                if dry_run {
                    writeln!(out, "{}", session.texts.get("import-csv-dry-run"))?;
                }
                Shape::Table(out)
            }
            Format::Json => {
                write!(out, "{{\"dry_run\":{dry_run},\"map\":")?;
                serde_json::to_writer(&mut out, map.name())?;
                write!(out, ",\"event\":")?;
                serde_json::to_writer(&mut out, map.event())?;
                write!(out, ",\"not_taken\":[")?;
                Shape::Json(out)
            }
            Format::Csv { excel } => Shape::Csv(Box::new(Csv::begin(
                out,
                excel,
                &["line", "field", "column", "value", "code", "why_vi", "why_en"],
            )?)),
        };
        Ok(Report {
            session,
            map,
            dry_run,
            shape,
            counts: Counts::default(),
        })
    }

    /// A row that the ledger took, or had.
    pub fn taken(&mut self, repeated: bool) {
        self.counts.rows += 1;
        if repeated {
            self.counts.there_before += 1;
        } else {
            self.counts.recorded += 1;
        }
    }

    /// A row that was not handed to the ledger.
    pub fn apart(&mut self, row: Row) -> anyhow::Result<()> {
        self.counts.rows += 1;
        match row.outcome {
            RowOutcome::Skipped => self.counts.skipped += 1,
            RowOutcome::Blank | RowOutcome::Proposal { .. } => self.counts.blank += 1,
            RowOutcome::NotTaken(not_taken) => {
                let NotTaken {
                    field,
                    column,
                    value,
                    hidden,
                    why,
                } = not_taken;
                let said = |language| wording::why(Texts { language }, &why);
                let last_line = match why {
                    Why::Quote { last } => Some(last),
                    _ => None,
                };
                let line = Line {
                    line: row.line,
                    last_line,
                    field,
                    column,
                    value,
                    hidden,
                    code: wording::code(&why).to_owned(),
                    why: Both {
                        vi: said(Language::Vietnamese),
                        en: said(Language::English),
                    },
                };
                self.not_taken(line)?;
            }
        }
        Ok(())
    }

    /// A row that the ledger refused; the field that it names, if it names one, leads to the column.
    /// `problem` is what was wrong with its form, where it has none that the ledger could read.
    pub fn refused(
        &mut self,
        line: u64,
        cells: &[String],
        refused: &Refused,
        problem: Option<&Problem>,
    ) -> anyhow::Result<()> {
        self.counts.rows += 1;
        let field = refused.fact("field");
        let column = field.as_deref().and_then(|field| self.map.column_of(field));
        let place = column.and_then(|column| self.map.columns().iter().position(|known| known == column));
        let cell = place
            .and_then(|place| cells.get(place))
            .filter(|cell| !cell.is_empty());
        let value = cell.and_then(|cell| shown(cell));
        let said = |language| wording::refused(Texts { language }, refused, problem);
        self.not_taken(Line {
            line,
            last_line: None,
            column: column.map(str::to_owned),
            field,
            hidden: cell.is_some() && value.is_none(),
            value,
            code: refused.code().to_owned(),
            why: Both {
                vi: said(Language::Vietnamese),
                en: said(Language::English),
            },
        })
    }

    fn not_taken(&mut self, line: Line) -> anyhow::Result<()> {
        let texts = self.session.texts;
        match &mut self.shape {
            Shape::Json(out) => {
                if 0 < self.counts.not_taken {
                    out.write_all(b",")?;
                }
                serde_json::to_writer(out, &line)?;
            }
            Shape::Csv(csv) => csv.row(vec![
                Field::number(line.line),
                Field::word(line.field.as_deref()),
                Field::word(line.column.as_deref()),
                Field::word(line.value.as_deref()),
                Field::word(Some(&line.code)),
                Field::word(Some(&line.why.vi)),
                Field::word(Some(&line.why.en)),
            ])?,
            Shape::Table(out) => {
                if self.counts.not_taken == 0 {
                    let head = texts.get("import-csv-not-taken");
                    writeln!(out, "{}", self.session.terminal.strong(&head))?;
                }
                writeln!(out, "  {}", sentence(texts, &line))?;
            }
        }
        self.counts.not_taken += 1;
        Ok(())
    }

    /// The figures. Says whether every row was taken that the map wants.
    pub fn end(self) -> anyhow::Result<bool> {
        let Report {
            session,
            dry_run,
            shape,
            counts,
            ..
        } = self;
        let texts = session.texts;
        let nothing_new = counts.recorded == 0 && 0 < counts.there_before;
        match shape {
            Shape::Json(mut out) => {
                write!(out, "],\"counts\":")?;
                serde_json::to_writer(&mut out, &counts)?;
                writeln!(out, "}}")?;
                out.flush()?;
            }
            Shape::Csv(csv) => {
                csv.end()?;
                session.say(&figures(texts, &counts, dry_run));
            }
            Shape::Table(mut out) => {
                writeln!(out, "{}", figures(texts, &counts, dry_run))?;
                if nothing_new {
                    writeln!(out, "{}", texts.get("import-csv-nothing-new"))?;
                }
                out.flush()?;
            }
        }
        Ok(counts.not_taken == 0)
    }
}

/// One row as a line for people.
fn sentence(texts: Texts, line: &Line) -> String {
    let mut place = Vec::new();
    if let Some(column) = &line.column {
        place.push(texts.with("import-csv-column", &[("column", column)]));
    }
    if let Some(field) = line
        .field
        .as_ref()
        .filter(|field| Some(*field) != line.column.as_ref())
    {
        place.push(texts.with("import-csv-field", &[("field", field)]));
    }
    if let Some(value) = &line.value {
        place.push(texts.with("import-csv-value", &[("value", value)]));
    } else if line.hidden {
        place.push(texts.get("import-csv-hidden"));
    }
    let why = visible(if texts.english() {
        &line.why.en
    } else {
        &line.why.vi
    });
    if place.is_empty() {
        return texts.with("import-csv-row", &[("line", &line.line), ("why", &why)]);
    }
    let place = place.join(" ");
    texts.with(
        "import-csv-row-at",
        &[("line", &line.line), ("place", &place), ("why", &why)],
    )
}

fn figures(texts: Texts, counts: &Counts, dry_run: bool) -> String {
    let recorded = if dry_run {
        "import-csv-would-record"
    } else {
        "import-csv-recorded"
    };
    let rows = [
        ("import-csv-rows", counts.rows),
        (recorded, counts.recorded),
        ("import-csv-there-before", counts.there_before),
        ("import-csv-skipped", counts.skipped),
        ("import-csv-blank", counts.blank),
        ("import-csv-left", counts.not_taken),
    ];
    let rows: Vec<(String, String)> = rows
        .map(|(key, count)| (texts.get(key), numbers::number(texts, count)))
        .to_vec();
    let width = |of: fn(&(String, String)) -> &String| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0)
    };
    let (names, counts) = (width(|row| &row.0), width(|row| &row.1));
    let lines = rows
        .iter()
        .map(|(name, count)| format!("  {name:names$}  {count:>counts$}"));
    lines.collect::<Vec<_>>().join("\n")
}
