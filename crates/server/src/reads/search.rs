//! `GET /v1/search`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::Problem as FormProblem;
use minhbach_exchange::csv_tables;
use minhbach_projections::{QUERY_CHARS_MAX, SEARCH_PAGE, SearchAnswer};
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::{ListAsked, Table, list};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ListProblems;
use crate::params::{PageAsked, Params, bad, excel_asked};
use crate::problem::Problem;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Words of a name, or a code; marks and capital letters do not matter.
    #[param(min_length = 1, max_length = 200, example = "yen bai")]
    q: String,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// What has such a name or code, the best first
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "names",
    params(SearchParams),
    responses((status = 200, content((SearchAnswer = "application/json"), (String = "text/csv"))), ListProblems),
)]
pub(crate) async fn get_search(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<SearchParams>,
) -> Result<Response, Problem> {
    let words = params.q;
    if !words.chars().any(char::is_alphanumeric) {
        return Err(bad("q", &FormProblem::Empty));
    }
    if QUERY_CHARS_MAX < words.chars().count() {
        return Err(bad("q", &FormProblem::TooLong { max: QUERY_CHARS_MAX }));
    }
    let (asked, excel) = excel_asked(asked, params.excel.as_ref())?;
    let page = PageAsked::read(params.cursor.as_ref(), params.limit.as_ref(), SEARCH_PAGE)?;
    // One page of suggestions is more than anybody reads: a table is a page too.
    let request = ListAsked {
        asked,
        page,
        paging: true,
        excel,
    };
    let table = Table {
        name: "search",
        header: csv_tables::search::HEADER.to_vec(),
        rows: Box::new(|page: &SearchAnswer| page.rows.iter().map(csv_tables::search::row).collect()),
    };
    list(
        &app,
        request,
        move |projections, view, page| projections.search(&words, view, page),
        table,
    )
    .await
}
