//! What an import lists at its end: the lines left out, and the figures.

use std::fmt::Display;
use std::io::Write;

use minhbach_events::Date;
use minhbach_exchange::statement::{NotUnderstood, Why};
use minhbach_exchange::{Ambiguity, Reconciliation, SetAside, Tally};
use serde_json::{Value, json};

use crate::json_document;
use crate::numbers;
use crate::rows::{Csv, Field};
use crate::session::{Format, Session, output};
use crate::texts::Texts;

/// Refused gifts that are listed; the others are counted.
pub const REFUSED_MAX: usize = 50;

/// A gift that the ledger refused.
pub struct RefusedLine {
    pub line: u64,
    pub code: &'static str,
    pub why: String,
}

/// The lines left out.
#[derive(Default)]
pub struct Listing {
    pub repeated: bool,
    pub debits: Vec<SetAside>,
    pub not_understood: Vec<NotUnderstood>,
    pub refused: Vec<RefusedLine>,
    pub refused_count: u64,
}

impl Listing {
    /// Shows all lists and the figures.
    pub fn show(&self, session: &Session, figures: &Reconciliation) -> anyhow::Result<()> {
        match session.format {
            Format::Json => json_document::write(output(), &self.document(session.texts, figures)?),
            Format::Csv { excel } => self.csv(session.texts, excel),
            Format::Table => self.print(session, figures),
        }
    }

    fn document(&self, texts: Texts, figures: &Reconciliation) -> anyhow::Result<Value> {
        let debits = self.debits.iter().filter_map(|aside| match aside {
            SetAside::Debit { line, date, document, amount_vnd } => Some(json!({
                "line": line, "date": date.to_string(), "document": document, "amount_vnd": amount_vnd.to_string(),
            })),
            SetAside::NotUnderstood(_) => None,
        });
        let bad = self
            .not_understood
            .iter()
            .map(|line| json!({ "line": line.number, "field": line.field, "why": why(texts, &line.why) }));
        let refused = self
            .refused
            .iter()
            .map(|line| json!({ "line": line.line, "code": line.code, "why": line.why }));
        Ok(json!({
            "repeated": self.repeated,
            "debits": debits.collect::<Vec<_>>(),
            "not_understood": bad.collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
            "reconciliation": serde_json::to_value(figures)?,
        }))
    }

    fn csv(&self, texts: Texts, excel: bool) -> anyhow::Result<()> {
        let mut csv = Csv::begin(
            output(),
            excel,
            &["line", "what", "date", "document", "amount_vnd", "why"],
        )?;
        let mut row = |line: u64, what: &str, date: &str, document: &str, amount: &str, why: &str| {
            let words = [what, date, document, amount, why].map(|word| Field::word(Some(word)));
            csv.row([Field::number(line)].into_iter().chain(words).collect())
        };
        for aside in &self.debits {
            if let SetAside::Debit {
                line,
                date,
                document,
                amount_vnd,
            } = aside
            {
                row(
                    *line,
                    "debit",
                    &date.to_string(),
                    document,
                    &amount_vnd.to_string(),
                    "",
                )?;
            }
        }
        for line in &self.not_understood {
            row(line.number, "not_understood", "", "", "", &why(texts, &line.why))?;
        }
        for line in &self.refused {
            row(line.line, "refused", "", "", "", &line.why)?;
        }
        csv.end()
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
        for aside in &self.debits {
            if let SetAside::Debit {
                line,
                date,
                document,
                amount_vnd,
            } = aside
            {
                writeln!(
                    out,
                    "  {}",
                    texts.with(
                        "import-debit",
                        &[
                            ("line", line),
                            ("day", &day(texts, date)),
                            ("document", document),
                            ("amount", &numbers::dong(texts, amount_vnd)),
                        ]
                    )
                )?;
            }
        }
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
        if let more @ 1.. = self.refused_count.saturating_sub(self.refused.len() as u64) {
            let count = numbers::number(texts, more);
            writeln!(out, "  {}", texts.with("import-and-more", &[("count", &count)]))?;
        }
        figures_table(session, &mut out, figures)?;
        Ok(out.flush()?)
    }

    /// The lines of which it cannot be told whether they are new.
    pub fn doubtful(session: &Session, ambiguity: &Ambiguity) -> anyhow::Result<()> {
        let texts = session.texts;
        let mut out = output();
        if session.format == Format::Json {
            let days = ambiguity
                .days
                .iter()
                .map(|day| json!({ "date": day.date.to_string(), "lines": day.lines, "more": day.more }));
            return json_document::write(out, &json!({ "ambiguous": days.collect::<Vec<_>>() }));
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
                            ("document", &line.document),
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
