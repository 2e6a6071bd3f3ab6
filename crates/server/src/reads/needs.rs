//! `GET /v1/needs`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::malformed::Form;
use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::{NeedState, NeedsQuery, NeedsTable};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use super::list::{Table, list, list_asked};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Params, flag, formed, number, word};
use crate::problem::Problem;

/// Every state together.
const ALL: &str = "all";

/// Which needs are asked for; each part narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NeedsParams {
    /// Under one programme.
    #[param(value_type = Option<Slug>)]
    programme: Option<String>,
    /// At one place.
    #[param(value_type = Option<Slug>)]
    place: Option<String>,
    /// Of one category.
    #[param(value_type = Option<Label>)]
    category: Option<String>,
    /// Of one item.
    #[param(value_type = Option<Item>)]
    item: Option<String>,
    /// 1 is most urgent, 5 least.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 5)]
    priority: Option<String>,
    /// `open` (where nothing is said), `met`, `withdrawn`, `duplicate`, or `all`.
    #[param(value_type = Option<String>, pattern = "^(open|met|withdrawn|duplicate|all)$")]
    state: Option<String>,
    /// `true`: only those of which something is missing.
    #[param(value_type = Option<bool>)]
    uncovered: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// What is lacking, the most urgent first, and how far it is covered
#[utoipa::path(
    get,
    path = "/v1/needs",
    tag = "what reached children",
    params(NeedsParams),
    responses((status = 200, content((NeedsTable = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_needs(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<NeedsParams>,
) -> Result<Response, Problem> {
    let mut states: Vec<&str> = NeedState::ALL.iter().map(|state| state.word()).collect();
    states.push(ALL);
    let state = word("state", params.state.as_ref(), &states, |given| match given {
        ALL => Some(None),
        given => NeedState::from_word(given).map(Some),
    })?;
    let query = NeedsQuery {
        programme: formed("programme", params.programme.as_ref(), Slug::new, Form::Slug)?,
        place: formed("place", params.place.as_ref(), Slug::new, Form::Slug)?,
        category: formed("category", params.category.as_ref(), Label::new, Form::Label)?,
        item: formed("item", params.item.as_ref(), Item::new, Form::Item)?,
        priority: number("priority", params.priority.as_ref(), 1, 5)?.map(|priority| priority as _),
        state: state.unwrap_or(Some(NeedState::Open)),
        uncovered: flag("uncovered", params.uncovered.as_ref())?,
    };
    let request = list_asked!(asked, params);
    let named = Named {
        place: query.place.as_ref(),
        item: query.item.as_ref(),
        programme: query.programme.as_ref(),
        category: query.category.as_ref(),
        ..Named::default()
    };
    known(&app, &named)?;
    let table = Table {
        name: "needs",
        header: csv_tables::needs::HEADER.to_vec(),
        rows: Box::new(|page: &NeedsTable| page.rows.iter().map(csv_tables::needs::row).collect()),
    };
    list(
        &app,
        request,
        move |projections, _, page| projections.needs(&query, page),
        table,
    )
    .await
}
