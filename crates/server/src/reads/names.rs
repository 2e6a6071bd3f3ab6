//! `GET /v1/names`: what slugs and labels stand for.

use axum::extract::State;
use axum::response::Response;
use minhbach_ledger::{NameKind, NamesTable};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Asked;
use crate::app::App;
use crate::asking::read_error;
use crate::openapi::ListProblems;
use crate::params::{PageAsked, Params, word};
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
}

/// What slugs and labels stand for: places, organisations, items, programmes, categories
#[utoipa::path(
    get,
    path = "/v1/names",
    tag = "names",
    params(NamesParams),
    responses((status = 200, body = NamesTable), ListProblems),
)]
pub(crate) async fn get_names(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<NamesParams>,
) -> Result<Response, Problem> {
    let kinds: Vec<&str> = NameKind::ALL.iter().map(|kind| kind.word()).collect();
    let kind = word("kind", params.kind.as_ref(), &kinds, NameKind::from_word)?;
    let page = PageAsked::read(params.cursor.as_ref(), params.limit.as_ref(), 1_000)?;
    let ledger = app.ledger()?.clone();
    let as_of = ledger.as_of();
    if let Some(unchanged) = asked.unchanged(as_of) {
        return Ok(unchanged);
    }
    let names = app
        .blocking(move || NamesTable::of(&ledger.books(), as_of, kind, page.page()).map_err(read_error))
        .await?;
    let mut response = asked.document(as_of, &names)?;
    if let Some(next) = &names.next {
        asked.link_next(&mut response, next);
    }
    Ok(response)
}
