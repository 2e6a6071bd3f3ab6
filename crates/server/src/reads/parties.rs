//! `GET /v1/parties` and `/v1/parties/{party}`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::malformed::Form;
use minhbach_events::words::PartyKind;
use minhbach_events::{Label, Reference, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::View;
use minhbach_projections::{Page, PartiesQuery, PartiesTable, Projections, ReadError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::{ListAsked, Table, list, list_asked};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::{ListProblems, ReadProblems};
use crate::params::{Name, PageAsked, Params, excel_asked, formed, slug_of, word};
use crate::problem::Problem;

/// Which organisations are asked for; each part narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartiesParams {
    /// Of one kind.
    #[param(value_type = Option<PartyKind>)]
    kind: Option<String>,
    /// With one role, now or once.
    #[param(value_type = Option<Label>)]
    role: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// How one organisation is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartyParams {
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// Organisations: what they gave, hold, received and supplied
///
/// Only organisations: no natural person is in the ledger.
#[utoipa::path(
    get,
    path = "/v1/parties",
    tag = "names",
    params(PartiesParams),
    responses((status = 200, content((PartiesTable = "application/json"), (String = "text/csv"))), ListProblems),
)]
pub(crate) async fn get_parties(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<PartiesParams>,
) -> Result<Response, Problem> {
    let kinds: Vec<&str> = PartyKind::ALL.iter().map(|kind| kind.word()).collect();
    let query = PartiesQuery {
        party: None,
        kind: word("kind", params.kind.as_ref(), &kinds, PartyKind::from_word)?,
        role: formed("role", params.role.as_ref(), Label::new, Form::Label)?,
    };
    let request = list_asked!(asked, params);
    list(
        &app,
        request,
        move |projections, _, page| projections.parties(&query, page),
        table(),
    )
    .await
}

/// One organisation
///
/// The document of `/v1/parties`, with one row.
#[utoipa::path(
    get,
    path = "/v1/parties/{party}",
    tag = "names",
    params(("party" = Slug, Path, description = "Its slug", example = "quy-nui-tan"), PartyParams),
    responses((status = 200, content((PartiesTable = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_party(
    State(app): State<App>,
    asked: Asked,
    Name(party): Name,
    Params(params): Params<PartyParams>,
) -> Result<Response, Problem> {
    let party = slug_of(&party)?;
    let (asked, excel) = excel_asked(asked, params.excel.as_ref())?;
    let page = PageAsked::read(None, None, 1)?;
    let request = ListAsked {
        asked,
        page,
        paging: true,
        excel,
    };
    let query = PartiesQuery {
        party: Some(party.clone()),
        kind: None,
        role: None,
    };
    let question = move |projections: &Projections, _: &View<'_>, page: Page<'_>| {
        let found = projections.parties(&query, page)?;
        if found.rows.is_empty() {
            return Err(ReadError::NotFound(Reference::from(&party)));
        }
        Ok(found)
    };
    list(&app, request, question, table()).await
}

fn table() -> Table<PartiesTable> {
    Table {
        name: "parties",
        header: csv_tables::parties::HEADER.to_vec(),
        rows: Box::new(|page: &PartiesTable| page.rows.iter().flat_map(csv_tables::parties::rows).collect()),
    }
}
