//! Lists that come in pages, followed to their end: as a table, one JSON document, or CSV.

use std::io::Write;

use minhbach_projections::AsOf;
use serde::Serialize;

use crate::json_document::RowsDocument;
use crate::session::{Format, Session, output};
use crate::table::Table;
use crate::visible::visible;

/// A page of a list.
pub struct Page<R> {
    pub as_of: AsOf,
    pub rows: Vec<R>,
    pub next: Option<String>,
    /// What stands beside the rows, as JSON.
    pub total: Option<String>,
}

/// A column of the CSV form.
pub enum Field {
    /// A code, a word, or a text that others wrote.
    Word(String),
    /// A number with a point, if it has decimals.
    Number(String),
}

impl Field {
    /// A code or a word; empty for none.
    pub fn word(word: Option<&str>) -> Field {
        Field::Word(word.unwrap_or_default().to_owned())
    }
    /// A number.
    pub fn number(number: impl std::fmt::Display) -> Field {
        Field::Number(number.to_string())
    }
}

/// How rows are shown.
pub struct Shown<'a, R> {
    pub csv_header: &'a [&'a str],
    pub csv_row: &'a dyn Fn(&R) -> Vec<Field>,
    pub table: &'a dyn Fn(&[R]) -> Table,
    /// What to say where there is nothing.
    pub nothing: String,
    /// What to say after a table.
    pub after: &'a dyn Fn(&Page<R>) -> String,
}

/// Reads page after page and writes each as it comes. Says whether there was any row.
pub fn list<R: Serialize>(
    session: &Session,
    shown: &Shown<'_, R>,
    mut page: impl FnMut(Option<&str>) -> anyhow::Result<Page<R>>,
) -> anyhow::Result<bool> {
    let first = page(None)?;
    let any = !first.rows.is_empty();
    let mut next = Some(first);
    let mut following = |current: &Page<R>| {
        current
            .next
            .as_deref()
            .map(|cursor| page(Some(cursor)))
            .transpose()
    };
    match session.format {
        Format::Json => {
            let as_of = next.as_ref().map(|page| page.as_of);
            let mut document = RowsDocument::begin(output(), &as_of)?;
            let mut total = None;
            while let Some(current) = next {
                current.rows.iter().try_for_each(|row| document.row(row))?;
                next = following(&current)?;
                total = current.total;
            }
            document.end(total.as_deref())?;
        }
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, shown.csv_header)?;
            while let Some(current) = next {
                current
                    .rows
                    .iter()
                    .try_for_each(|row| csv.row((shown.csv_row)(row)))?;
                next = following(&current)?;
            }
            csv.end()?;
        }
        Format::Table => {
            let mut out = output();
            if !any {
                writeln!(out, "{}", shown.nothing)?;
            }
            while let Some(current) = next {
                if any {
                    out.write_all((shown.table)(&current.rows).render(session.terminal).as_bytes())?;
                }
                next = following(&current)?;
                if next.is_none() {
                    out.write_all((shown.after)(&current).as_bytes())?;
                }
            }
            out.flush()?;
        }
    }
    Ok(any)
}

/// A cell that begins with one of these is, or becomes by pasting, a formula in a spreadsheet; also in wide letters.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A CSV file: UTF-8 with commas, or as a spreadsheet in the Vietnamese locale opens it by a double click: with a
/// mark at its beginning, semicolons, and decimal commas.
pub struct Csv<W: Write> {
    writer: csv::Writer<W>,
    excel: bool,
}

impl<W: Write> Csv<W> {
    /// Writes the header.
    pub fn begin(mut out: W, excel: bool, header: &[&str]) -> anyhow::Result<Csv<W>> {
        if excel {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let delimiter = if excel { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
        writer.write_record(header)?;
        Ok(Csv { writer, excel })
    }

    /// Writes a row.
    pub fn row(&mut self, fields: Vec<Field>) -> anyhow::Result<()> {
        for field in fields {
            match field {
                Field::Number(number) if self.excel => self.writer.write_field(number.replace('.', ","))?,
                Field::Number(number) => self.writer.write_field(number)?,
                Field::Word(text) => self.writer.write_field(self.text(&text))?,
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// A text as it is written: what a terminal would obey is made visible, as in tables. What a spreadsheet would take for
    /// a formula is marked as text for it; elsewhere the mark would be a part of the value.
    fn text(&self, text: &str) -> String {
        let mark = if self.excel && text.starts_with(FORMULA) {
            "'"
        } else {
            ""
        };
        format!("{mark}{}", visible(text))
    }

    /// Writes what waits.
    pub fn end(mut self) -> anyhow::Result<()> {
        Ok(self.writer.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(excel: bool, field: Field) -> String {
        let mut out = Vec::new();
        let mut csv = Csv::begin(&mut out, excel, &["a", "b"]).expect("begun");
        csv.row(vec![field, Field::word(None)]).expect("a row");
        csv.end().expect("ended");
        let text = String::from_utf8(out).expect("UTF-8");
        text.lines().nth(1).expect("a row").to_owned()
    }

    #[test]
    fn a_text_is_no_formula_and_a_number_stays_one() {
        let text = |text: &str| Field::word(Some(text));
        for (value, excel, exact) in [
            ("=1+1", "'=1+1;", "=1+1,"),
            ("+84", "'+84;", "+84,"),
            ("-5", "'-5;", "-5,"),
            ("@SUM(A1)", "'@SUM(A1);", "@SUM(A1),"),
            ("\t=1", "'\\u{9}=1;", "\\u{9}=1,"),
            ("\r=1", "'\\u{d}=1;", "\\u{d}=1,"),
            ("＝1", "'＝1;", "＝1,"),
            ("Quỹ =1", "Quỹ =1;", "Quỹ =1,"),
            ("a\u{202e}b\u{1b}", "a\\u{202e}b\\u{1b};", "a\\u{202e}b\\u{1b},"),
            ("", ";", ","),
        ] {
            assert_eq!(written(true, text(value)), excel, "{value:?}");
            assert_eq!(written(false, text(value)), exact, "{value:?}");
        }
        assert_eq!(written(true, Field::number("-1.5")), "-1,5;");
        assert_eq!(written(false, Field::number("-1.5")), "-1.5,");
    }
}
