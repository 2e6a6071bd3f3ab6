//! Lists: a page as JSON, or the whole as a table, page after page in bounded memory.

use std::sync::Arc;

use axum::response::Response;
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_ledger::{Ledger, View};
use minhbach_projections::{
    AsOf, Balances, NeedsTable, Page, PartiesTable, PlacesTable, Projections, ReadError, ReceivedTable,
    SearchAnswer, StatementTable, Trail,
};
use serde::Serialize;

use crate::answer::{Asked, Form, Parted};
use crate::app::App;
use crate::asking::read_error;
use crate::params::PageAsked;
use crate::problem::{Fault, Problem};

/// A table up to this length is read in one state of the ledger. A longer one is read on page by page, and breaks off when
/// the ledger grows meanwhile.
const AT_ONCE_BYTES: usize = 32 * 1024 * 1024;

/// A shorter table is not counted among those that wait for their readers.
const SHORT_BYTES: usize = 64 * 1024;

/// A document that has pages.
pub(super) trait Paged {
    /// How far the journal was read.
    fn as_of(&self) -> AsOf;
    /// Where the next page begins.
    fn next(&self) -> Option<&String>;
}

macro_rules! paged {
    ($($document:ty),+) => {
        $(impl Paged for $document {
            fn as_of(&self) -> AsOf { self.as_of }
            fn next(&self) -> Option<&String> { self.next.as_ref() }
        })+
    };
}
paged!(
    Balances,
    NeedsTable,
    PartiesTable,
    PlacesTable,
    ReceivedTable,
    SearchAnswer,
    StatementTable,
    Trail
);

/// The lines of a document, as fields.
type Rows<D> = Box<dyn Fn(&D) -> Vec<Vec<Field>> + Send>;

/// How a document is a table.
pub(super) struct Table<D> {
    /// The file's name.
    pub name: &'static str,
    pub header: Vec<&'static str>,
    pub rows: Rows<D>,
}

/// What a request asks of a list.
pub(super) struct ListAsked {
    pub asked: Asked,
    pub page: PageAsked,
    /// Whether a part of the list was asked for, rather than all of it.
    pub paging: bool,
    pub excel: bool,
}

/// Answers a question that has pages.
pub(super) async fn list<D, Q>(
    app: &App,
    request: ListAsked,
    question: Q,
    table: Table<D>,
) -> Result<Response, Problem>
where
    D: Paged + Serialize + Send + 'static,
    Q: Fn(&Projections, &View<'_>, Page<'_>) -> Result<D, ReadError> + Send + Sync + 'static,
{
    let ListAsked {
        asked,
        page,
        paging,
        excel,
    } = request;
    if let Some(unchanged) = asked.unchanged(app.ledger()?.as_of()) {
        return Ok(unchanged);
    }
    if asked.form == Form::Json {
        let first = app
            .ask_list(asked.from, move |projections, view| {
                question(projections, view, page.page())
            })
            .await?;
        let mut response = asked.document(first.as_of(), &first)?;
        if let Some(next) = first.next() {
            asked.link_next(&mut response, "cursor", next);
        }
        return Ok(response);
    }
    let question = Arc::new(question);
    let asking = question.clone();
    let read = app
        .ask_list(asked.from, move |projections, view| {
            // In one state of the ledger, so that the rows are of one moment.
            let mut current = asking(projections, view, page.page())?;
            let mut page = page;
            let mut part = match written(Some(&table.header), (table.rows)(&current), excel) {
                Ok(part) => part,
                Err(error) => return Ok(Err(error)),
            };
            while !paging && part.len() < AT_ONCE_BYTES {
                let Some(next) = current.next().cloned() else {
                    break;
                };
                page = page.after(next);
                current = asking(projections, view, page.page())?;
                match written(None, (table.rows)(&current), excel) {
                    Ok(more) => part.extend(more),
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok((part, current, page, table)))
        })
        .await?;
    let (part, last, page, table) = read.map_err(|error| {
        tracing::error!(%error, "a table could not be written");
        Problem::new(Fault::Internal, &[])
    })?;
    // A long part stands in memory until its reader has taken it, however slowly.
    let place = if part.len() < SHORT_BYTES {
        None
    } else {
        let kib = u32::try_from(part.len() / 1024).unwrap_or(u32::MAX);
        let place = app.tables.free_many(asked.from, kib);
        Some(place.ok_or_else(|| Problem::new(Fault::Busy, &[]))?)
    };
    let (parted, mut response) = asked.table(last.as_of(), table.name, place);
    if let Some(next) = last.next().filter(|_| paging) {
        asked.link_next(&mut response, "cursor", next);
    }
    if paging || last.next().is_none() {
        tokio::task::spawn_blocking(move || parted.send(part));
        return Ok(response);
    }
    let (ledger, turns, from) = (app.ledger()?.clone(), app.list_questions.clone(), asked.from);
    let following = Following {
        ledger,
        question,
        page,
    };
    tokio::spawn(async move {
        let turn = turns.turn(from).await;
        // A failure is in the log; the reader sees that the table breaks off.
        let _ = tokio::task::spawn_blocking(move || match turn {
            Some(_turn) => following.send(part, last, &table, &parted, excel),
            None => parted.break_off(),
        })
        .await;
    });
    Ok(response)
}

/// The pages behind what was read at once.
struct Following<Q> {
    ledger: Arc<Ledger>,
    question: Arc<Q>,
    page: PageAsked,
}

impl<Q> Following<Q> {
    fn send<D>(self, mut part: Vec<u8>, last: D, table: &Table<D>, parted: &Parted, excel: bool)
    where
        D: Paged,
        Q: Fn(&Projections, &View<'_>, Page<'_>) -> Result<D, ReadError>,
    {
        let (as_of, mut current, mut page) = (last.as_of(), last, self.page);
        loop {
            if !parted.send(part) {
                return;
            }
            let Some(next) = current.next().cloned() else {
                return;
            };
            page = page.after(next);
            let read = self
                .ledger
                .read(|projections, view| (self.question)(projections, view, page.page()));
            current = match read {
                // Rows of two moments are no table.
                Ok(Ok(document)) if document.as_of() == as_of => document,
                Ok(Ok(_)) => return parted.break_off(),
                Ok(Err(error)) => {
                    read_error(error);
                    return parted.break_off();
                }
                Err(fault) => {
                    tracing::error!(%fault, "the read models have failed");
                    return parted.break_off();
                }
            };
            part = match written(None, (table.rows)(&current), excel) {
                Ok(part) => part,
                Err(_) => return parted.break_off(),
            };
        }
    }
}

/// A table that is written at once.
pub(super) fn whole_table(
    asked: &Asked,
    as_of: AsOf,
    name: &str,
    header: &[&'static str],
    rows: Vec<Vec<Field>>,
    excel: bool,
) -> Result<Response, Problem> {
    let part = written(Some(header), rows, excel).map_err(|error| {
        tracing::error!(%error, "a table could not be written");
        Problem::new(Fault::Internal, &[])
    })?;
    let (parted, response) = asked.table(as_of, name, None);
    tokio::task::spawn_blocking(move || parted.send(part));
    Ok(response)
}

fn written(header: Option<&[&'static str]>, rows: Vec<Vec<Field>>, excel: bool) -> std::io::Result<Vec<u8>> {
    let mut part = Vec::new();
    let mut csv = match header {
        Some(header) => Csv::begin(&mut part, excel, header)?,
        None => Csv::go_on(&mut part, excel),
    };
    rows.into_iter().try_for_each(|row| csv.row(row))?;
    csv.end()?;
    Ok(part)
}

/// Reads `cursor`, `limit` and `excel` of a list's parameters.
macro_rules! list_asked {
    ($asked:expr, $params:expr) => {{
        let (asked, excel) = crate::params::excel_asked($asked, $params.excel.as_ref())?;
        let (cursor, limit) = ($params.cursor.as_ref(), $params.limit.as_ref());
        crate::reads::list::ListAsked {
            asked,
            page: crate::params::PageAsked::read(cursor, limit, minhbach_projections::PAGE)?,
            paging: cursor.is_some() || limit.is_some(),
            excel,
        }
    }};
}
pub(super) use list_asked;
