//! What an import lists at its end: the lines left out, and the figures.

use std::fmt::Display;
use std::io::Write;

use minhbach_events::Date;
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_exchange::statement::{NotUnderstood, Why};
use minhbach_exchange::{Ambiguity, DoubtfulLine, Reconciliation, SetAside, Tally};
use serde::Serialize;

use crate::json_document;
use crate::numbers;
use crate::session::{Format, Session, output};
use crate::texts::Texts;

/// Debits, and lines not understood, that are listed; the others are counted. A small compressed file can hold
/// millions.
const SET_ASIDE_MAX: usize = 1_000;
/// Refused gifts that are listed; the others are counted.
pub const REFUSED_MAX: usize = 50;

/// A gift that the ledger refused.
#[derive(Serialize)]
pub struct RefusedLine {
    pub line: u64,
    pub code: String,
    pub why: String,
}

/// A debit, as JSON shows it.
#[derive(Serialize)]
pub struct Debit {
    line: u64,
    date: String,
    document: String,
    amount_vnd: String,
}

/// A line not understood, as JSON shows it.
#[derive(Serialize)]
struct BadLine {
    line: u64,
    field: Option<&'static str>,
    why: String,
}

/// The whole answer as JSON.
#[derive(Serialize)]
struct Document<'a> {
    repeated: bool,
    reconciliation: &'a Reconciliation,
    debits: &'a [Debit],
    debits_more: u64,
    not_understood: Vec<BadLine>,
    not_understood_more: u64,
    refused: &'a [RefusedLine],
    refused_more: u64,
}

/// The days in doubt as JSON.
#[derive(Serialize)]
struct AmbiguousDocument<'a> {
    ambiguous: Vec<AmbiguousDay<'a>>,
}

#[derive(Serialize)]
struct AmbiguousDay<'a> {
    date: String,
    lines: &'a [DoubtfulLine],
    more: u64,
}

/// The lines left out.
#[derive(Default)]
pub struct Listing {
    pub repeated: bool,
    pub debits: Vec<Debit>,
    pub debits_more: u64,
    pub not_understood: Vec<NotUnderstood>,
    pub not_understood_more: u64,
    pub refused: Vec<RefusedLine>,
    pub refused_count: u64,
}

impl Listing {
    /// Lists a line that is not imported, or counts it.
    pub fn set_aside(&mut self, aside: SetAside) {
        match aside {
            SetAside::Debit { .. } if SET_ASIDE_MAX <= self.debits.len() => self.debits_more += 1,
            SetAside::Debit {
                line,
                date,
                document,
                amount_vnd,
            } => self.debits.push(Debit {
                line,
                date: date.to_string(),
                document,
                amount_vnd: amount_vnd.to_string(),
            }),
            SetAside::NotUnderstood(_) if SET_ASIDE_MAX <= self.not_understood.len() => {
                self.not_understood_more += 1;
            }
            SetAside::NotUnderstood(line) => self.not_understood.push(line),
        }
    }

    fn refused_more(&self) -> u64 {
        self.refused_count.saturating_sub(self.refused.len() as u64)
    }

    /// Shows all lists and the figures.
    pub fn show(&self, session: &Session, figures: &Reconciliation) -> anyhow::Result<()> {
        match session.format {
            Format::Json => json_document::write(output(), &self.document(session.texts, figures)),
            Format::Csv { excel } => self.csv(session.texts, excel),
            Format::Table => self.print(session, figures),
        }
    }

    fn document<'a>(&'a self, texts: Texts, figures: &'a Reconciliation) -> Document<'a> {
        let bad = self.not_understood.iter().map(|line| BadLine {
            line: line.number,
            field: line.field,
            why: why(texts, &line.why),
        });
        Document {
            repeated: self.repeated,
            reconciliation: figures,
            debits: &self.debits,
            debits_more: self.debits_more,
            not_understood: bad.collect(),
            not_understood_more: self.not_understood_more,
            refused: &self.refused,
            refused_more: self.refused_more(),
        }
    }

    fn csv(&self, texts: Texts, excel: bool) -> anyhow::Result<()> {
        let mut csv = Csv::begin(
            output(),
            excel,
            &["line", "what", "date", "document", "amount_vnd", "why"],
        )?;
        let mut row = |line: Option<u64>, words: [&str; 5]| {
            let line = line.map_or_else(|| Field::word(None), Field::number);
            let words = words.map(|word| Field::word(Some(word)));
            csv.row([line].into_iter().chain(words).collect())
        };
        let more = |count: u64| texts.with("import-and-more", &[("count", &numbers::number(texts, count))]);
        for debit in &self.debits {
            row(
                Some(debit.line),
                ["debit", &debit.date, &debit.document, &debit.amount_vnd, ""],
            )?;
        }
        if 0 < self.debits_more {
            row(None, ["debit", "", "", "", &more(self.debits_more)])?;
        }
        for line in &self.not_understood {
            row(
                Some(line.number),
                ["not_understood", "", "", "", &why(texts, &line.why)],
            )?;
        }
        if 0 < self.not_understood_more {
            row(
                None,
                ["not_understood", "", "", "", &more(self.not_understood_more)],
            )?;
        }
        for line in &self.refused {
            row(Some(line.line), ["refused", "", "", "", &line.why])?;
        }
        if 0 < self.refused_more() {
            row(None, ["refused", "", "", "", &more(self.refused_more())])?;
        }
        csv.end()?;
        Ok(())
    }

    fn print(&self, session: &Session, figures: &Reconciliation) -> anyhow::Result<()> {
        let (texts, terminal) = (session.texts, session.terminal);
        let mut out = output();
        if self.repeated {
            writeln!(out, "{}", texts.get("import-repeated"))?;
        }
        if !self.debits.is_empty() {
            writeln!(out, "{}", terminal.strong(&texts.get("import-head-debits")))?;
        }
        for debit in &self.debits {
            writeln!(
                out,
                "  {}",
                texts.with(
                    "import-debit",
                    &[
                        ("line", &debit.line),
                        ("day", &day(texts, &debit.date)),
                        ("document", &on_one_line(&debit.document)),
                        ("amount", &numbers::dong(texts, &debit.amount_vnd)),
                    ]
                )
            )?;
        }
        and_more(texts, &mut out, self.debits_more)?;
        if !self.not_understood.is_empty() {
            writeln!(
                out,
                "{}",
                terminal.strong(&texts.get("import-head-not-understood"))
            )?;
        }
        for line in &self.not_understood {
            let why = why(texts, &line.why);
            writeln!(
                out,
                "  {}",
                match line.field {
                    Some(field) => {
                        texts.with(
                            "import-bad-line",
                            &[("line", &line.number), ("field", &field), ("why", &why)],
                        )
                    }
                    None => texts.with("import-bad-whole-line", &[("line", &line.number), ("why", &why)]),
                }
            )?;
        }
        and_more(texts, &mut out, self.not_understood_more)?;
        if !self.refused.is_empty() {
            writeln!(out, "{}", terminal.strong(&texts.get("import-head-refused")))?;
        }
        for line in &self.refused {
            writeln!(
                out,
                "  {}",
                texts.with("import-refused-line", &[("line", &line.line), ("why", &line.why)])
            )?;
        }
        and_more(texts, &mut out, self.refused_more())?;
        figures_table(session, &mut out, figures)?;
        Ok(out.flush()?)
    }

    /// The lines of which it cannot be told whether they are new.
    pub fn doubtful(session: &Session, ambiguity: &Ambiguity) -> anyhow::Result<()> {
        let texts = session.texts;
        let mut out = output();
        if session.format == Format::Json {
            let days = ambiguity.days.iter().map(|day| AmbiguousDay {
                date: day.date.to_string(),
                lines: &day.lines,
                more: day.more,
            });
            let ambiguous = days.collect();
            return json_document::write(out, &AmbiguousDocument { ambiguous });
        }
        for doubtful in &ambiguity.days {
            for line in &doubtful.lines {
                let number = line
                    .line
                    .map_or_else(|| texts.get("import-doubt-missing"), |number| number.to_string());
                writeln!(
                    out,
                    "{}",
                    texts.with(
                        "import-doubt-line",
                        &[
                            ("line", &number),
                            ("day", &day(texts, &line.date)),
                            ("document", &on_one_line(&line.document)),
                            ("amount", &numbers::dong(texts, line.amount_vnd)),
                            ("in_file", &line.in_file),
                            ("earlier", &line.earlier),
                        ]
                    )
                )?;
            }
            if 0 < doubtful.more {
                writeln!(
                    out,
                    "{}",
                    texts.with("import-and-more", &[("count", &doubtful.more)])
                )?;
            }
        }
        Ok(out.flush()?)
    }
}

/// How many lines are not listed.
fn and_more(texts: Texts, out: &mut impl Write, more: u64) -> anyhow::Result<()> {
    if 0 < more {
        let count = numbers::number(texts, more);
        writeln!(out, "  {}", texts.with("import-and-more", &[("count", &count)]))?;
    }
    Ok(())
}

/// A quoted field may hold line ends and whatever else a terminal would act on.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// A bank's day, which is written as ours are.
fn day(texts: Texts, date: &impl Display) -> String {
    let text = date.to_string();
    Date::parse(&text).map_or(text, |date| numbers::day(texts, date))
}

fn figures_table(session: &Session, out: &mut impl Write, figures: &Reconciliation) -> anyhow::Result<()> {
    let texts = session.texts;
    let count = |key: &str, count: u64| (texts.get(key), numbers::number(texts, count), String::new());
    let tally = |key: &str, tally: Tally| {
        (
            texts.get(key),
            numbers::number(texts, tally.count),
            numbers::dong(texts, tally.sum_vnd),
        )
    };
    let rows = [
        count("reconciliation-lines", figures.lines),
        tally("reconciliation-credits", figures.credits),
        tally("reconciliation-debits", figures.debits),
        tally("reconciliation-imported", figures.imported),
        tally("reconciliation-already-there", figures.already_there),
        tally("reconciliation-refused", figures.refused),
        count("reconciliation-not-understood", figures.not_understood),
    ];
    let width = |of: fn(&(String, String, String)) -> &String| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0)
    };
    let (names, counts, sums) = (width(|row| &row.0), width(|row| &row.1), width(|row| &row.2));
    writeln!(out, "{}", session.terminal.strong(&texts.get("reconciliation")))?;
    for (name, count, sum) in &rows {
        writeln!(
            out,
            "{}",
            format!("  {name:names$}  {count:>counts$}  {sum:>sums$}").trim_end()
        )?;
    }
    // `finish` has compared the figures; had they not agreed, it would have failed.
    writeln!(
        out,
        "{}",
        session.terminal.good(&texts.get("reconciliation-agrees"))
    )?;
    Ok(())
}

fn why(texts: Texts, why: &Why) -> String {
    match why {
        Why::TooLong => texts.get("bad-too-long"),
        Why::NotUtf8 => texts.get("bad-not-utf8"),
        Why::InsideQuote => texts.get("bad-inside-quote"),
        Why::Fields(_) => texts.get("bad-fields"),
        Why::Columns { found, expected } => {
            texts.with("bad-columns", &[("found", found), ("expected", expected)])
        }
        Why::Date => texts.get("bad-date"),
        Why::Amount(_) => texts.get("bad-amount"),
        Why::Zero => texts.get("bad-zero"),
        Why::BothAmounts => texts.get("bad-both"),
        Why::NoAmount => texts.get("bad-neither"),
        Why::DocumentTooLong => texts.get("bad-document"),
    }
}
