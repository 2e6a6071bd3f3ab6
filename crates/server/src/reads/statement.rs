//! `GET /v1/statement`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::malformed::Form;
use minhbach_events::{Date, Item, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::{StatementFilter, StatementTable};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use super::list::{Table, list, list_asked};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Params, formed, in_order};
use crate::problem::Problem;

/// Which movements are asked for; each part narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatementParams {
    /// Of one fund.
    #[param(value_type = Option<Slug>)]
    fund: Option<String>,
    /// Of one pool.
    #[param(value_type = Option<Slug>)]
    pool: Option<String>,
    /// Of one item.
    #[param(value_type = Option<Item>)]
    item: Option<String>,
    /// From this day on.
    #[param(value_type = Option<Date>)]
    from: Option<String>,
    /// Up to this day.
    #[param(value_type = Option<Date>)]
    to: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// What came in and went out, and the balance, by fund, pool, item and day
///
/// A purchase is money out and goods in; a move of custody is out of one fund and into another. The day is the business
/// date; reversed entries leave their day.
#[utoipa::path(
    get,
    path = "/v1/statement",
    tag = "money and goods",
    params(StatementParams),
    responses((status = 200, content((StatementTable = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_statement(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<StatementParams>,
) -> Result<Response, Problem> {
    let filter = StatementFilter {
        fund: formed("fund", params.fund.as_ref(), Slug::new, Form::Slug)?,
        pool: formed("pool", params.pool.as_ref(), Slug::new, Form::Slug)?,
        item: formed("item", params.item.as_ref(), Item::new, Form::Item)?,
        from: formed("from", params.from.as_ref(), Date::parse, Form::Date)?,
        to: formed("to", params.to.as_ref(), Date::parse, Form::Date)?,
    };
    in_order(filter.from.as_ref(), filter.to.as_ref())?;
    let request = list_asked!(asked, params);
    let named = Named {
        fund: filter.fund.as_ref(),
        pool: filter.pool.as_ref(),
        item: filter.item.as_ref(),
        ..Named::default()
    };
    known(&app, &named)?;
    let table = Table {
        name: "statement",
        header: csv_tables::statement::HEADER.to_vec(),
        rows: Box::new(|page: &StatementTable| page.rows.iter().map(csv_tables::statement::row).collect()),
    };
    list(
        &app,
        request,
        move |projections, _, page| projections.statement(&filter, page),
        table,
    )
    .await
}
