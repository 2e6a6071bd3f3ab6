//! Lists that come in pages, followed to their end: as a table, one JSON document, or CSV.

use std::io::Write;

use minhbach_exchange::csv_tables::{Csv, Field};
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

/// How rows are shown.
pub struct Shown<'a, R> {
    pub csv_header: &'a [&'a str],
    pub csv_row: &'a dyn Fn(&R) -> Vec<Field>,
    pub table: &'a dyn Fn(&[R]) -> anyhow::Result<Table>,
    /// What to say where there is nothing.
    pub nothing: String,
    /// What to say after a table.
    pub after: &'a dyn Fn(&Page<R>) -> anyhow::Result<String>,
}

/// Reads page after page and writes each as it comes. Says whether there was any row.
pub fn list<R: Serialize>(
    session: &Session,
    shown: &Shown<'_, R>,
    mut page: impl FnMut(Option<&str>) -> anyhow::Result<Page<R>>,
) -> anyhow::Result<bool> {
    let first = page(None)?;
    let any = !first.rows.is_empty();
    let mut as_of_one = true;
    let mut next = Some(first);
    let mut following = |current: &Page<R>| -> anyhow::Result<Option<Page<R>>> {
        let Some(cursor) = current.next.as_deref() else {
            return Ok(None);
        };
        let page = page(Some(cursor))?;
        as_of_one &= page.as_of == current.as_of;
        Ok(Some(page))
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
                    out.write_all((shown.table)(&current.rows)?.render(session.terminal).as_bytes())?;
                }
                next = following(&current)?;
                if next.is_none() {
                    out.write_all((shown.after)(&current)?.as_bytes())?;
                }
            }
            out.flush()?;
        }
    }
    Ok(any)
}
