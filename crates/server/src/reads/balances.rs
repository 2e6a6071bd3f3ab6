//! `GET /v1/balances`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Item, Reference, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::recorded::StockKind;
use minhbach_projections::{Balances, BalancesFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use super::list::{Table, list, list_asked};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Params, formed, sources, word};
use crate::problem::Problem;

/// Which lots and pools are asked for; each part narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalancesParams {
    /// The code or slug of one.
    #[param(value_type = Option<Reference>)]
    lot: Option<String>,
    /// Of one fund.
    #[param(value_type = Option<Slug>)]
    fund: Option<String>,
    /// Of one item.
    #[param(value_type = Option<Item>)]
    item: Option<String>,
    /// Of one source.
    #[param(value_type = Option<Source>)]
    source: Option<String>,
    /// Lots only, or pools only.
    #[param(value_type = Option<String>, pattern = "^(lot|pool)$")]
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

/// Every lot and pool with what is where
///
/// For each of them, at every size of the journal, what was received is what is available, allocated, delivered, spent,
/// transferred, refunded, written off and expensed together.
#[utoipa::path(
    get,
    path = "/v1/balances",
    tag = "money and goods",
    params(BalancesParams),
    responses((status = 200, content((Balances = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_balances(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<BalancesParams>,
) -> Result<Response, Problem> {
    let filter = BalancesFilter {
        lot: formed("lot", params.lot.as_ref(), Reference::new, Form::Reference)?,
        fund: formed("fund", params.fund.as_ref(), Slug::new, Form::Slug)?,
        item: formed("item", params.item.as_ref(), Item::new, Form::Item)?,
        source: word("source", params.source.as_ref(), &sources(), Source::from_word)?,
        kind: word(
            "kind",
            params.kind.as_ref(),
            &["lot", "pool"],
            StockKind::from_word,
        )?,
    };
    let request = list_asked!(asked, params);
    let named = Named {
        fund: filter.fund.as_ref(),
        item: filter.item.as_ref(),
        lot: filter.lot.as_ref(),
        ..Named::default()
    };
    known(&app, &named)?;
    let table = Table {
        name: "balances",
        header: csv_tables::balances::HEADER.to_vec(),
        rows: Box::new(|page: &Balances| page.rows.iter().map(csv_tables::balances::row).collect()),
    };
    list(
        &app,
        request,
        move |projections, _, page| projections.balances(&filter, page),
        table,
    )
    .await
}
