//! Lists that come in pages, followed to their end: as a table, one JSON document, or CSV.

use std::io::Write;

use minhbach_projections::AsOf;
use serde::Serialize;

use crate::json_document::RowsDocument;
use crate::session::{Format, Session, output};
use crate::table::Table;

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
    /// A code or a word.
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
                Field::Number(text) | Field::Word(text) => self.writer.write_field(text)?,
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Writes what waits.
    pub fn end(mut self) -> anyhow::Result<()> {
        Ok(self.writer.flush()?)
    }
}
