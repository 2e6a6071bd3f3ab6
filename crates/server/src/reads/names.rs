//! `GET /v1/names`: what slugs and labels stand for.

use axum::extract::State;
use axum::response::Response;
use minhbach_exchange::csv_tables;
use minhbach_ledger::{NameKind, NamesTable};
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::{ListAsked, list_asked, whole_table};
use crate::answer::{Asked, Form};
use crate::app::App;
use crate::asking::read_error;
use crate::openapi::ListProblems;
use crate::params::{Params, word};
use crate::problem::Problem;

/// Which names are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NamesParams {
    /// Of one kind.
    #[param(value_type = Option<NameKind>)]
    kind: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// What slugs and labels stand for: places, organisations, items, programmes, categories
///
/// As a table it lies beside another one, whose slugs a spreadsheet looks up in it.
#[utoipa::path(
    get,
    path = "/v1/names",
    tag = "names",
    params(NamesParams),
    responses((status = 200, content((NamesTable = "application/json"), (String = "text/csv"))), ListProblems),
)]
pub(crate) async fn get_names(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<NamesParams>,
) -> Result<Response, Problem> {
    let kinds: Vec<&str> = NameKind::ALL.iter().map(|kind| kind.word()).collect();
    let kind = word("kind", params.kind.as_ref(), &kinds, NameKind::from_word)?;
    let ListAsked {
        asked,
        page,
        paging,
        excel,
    } = list_asked!(asked, params);
    let ledger = app.ledger()?.clone();
    let as_of = ledger.as_of();
    if let Some(unchanged) = asked.unchanged(as_of) {
        return Ok(unchanged);
    }
    let whole = asked.form == Form::Csv && !paging;
    let names = app
        .blocking(move || {
            // In one state of the books.
            let books = ledger.books();
            let mut names = NamesTable::of(&books, as_of, kind, page.page()).map_err(read_error)?;
            while let Some(next) = names.next.take_if(|_| whole) {
                let more =
                    NamesTable::of(&books, as_of, kind, page.after(next).page()).map_err(read_error)?;
                names.rows.extend(more.rows);
                names.next = more.next;
            }
            Ok(names)
        })
        .await?;
    let mut response = match asked.form {
        Form::Json => asked.document(as_of, &names)?,
        Form::Csv => {
            let rows = names.rows.iter().map(csv_tables::names::row).collect();
            whole_table(&asked, as_of, "names", &csv_tables::names::HEADER, rows, excel)?
        }
    };
    if let Some(next) = &names.next {
        asked.link_next(&mut response, "cursor", next);
    }
    Ok(response)
}
