//! `GET /v1/trails/{code}`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::Reference;
use minhbach_exchange::csv_tables;
use minhbach_projections::Trail;
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::{Table, list, list_asked};
use crate::answer::{Asked, Form};
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Name, Params, first_known, references_of};
use crate::problem::Problem;

/// Which part of a trail is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrailParams {
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Steps of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// Where a gift went, or where something came from
///
/// Of any code, or of a pool's slug: the steps and what flowed between them, where the gift is now, and the deliveries that
/// reached children, each with the gift's exact part. As a table: those deliveries.
#[utoipa::path(
    get,
    path = "/v1/trails/{code}",
    tag = "what reached children",
    params(("code" = Reference, Path, description = "A code, or a pool's slug", example = "RC-TRUNG-THU-0001"), TrailParams),
    responses((status = 200, content((Trail = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_trail(
    State(app): State<App>,
    asked: Asked,
    Name(code): Name,
    Params(params): Params<TrailParams>,
) -> Result<Response, Problem> {
    let names = references_of(&code)?;
    let request = list_asked!(asked, params);
    if request.asked.form == Form::Json {
        // A donor's question: a few look-ups, and the most frequent of all.
        let (asked, page) = (request.asked, request.page);
        if let Some(known) = asked.known(app.ledger()?.as_of(), &app.kept) {
            return Ok(known);
        }
        let trail = app
            .ask_one(move |projections, view| {
                first_known(&names, |name| projections.trail(name, view, page.page()))
            })
            .await?;
        return asked.kept_document(trail.as_of, &trail, trail.next.as_deref(), &app.kept);
    }
    let table = Table {
        name: "trail",
        header: csv_tables::trail::HEADER.to_vec(),
        rows: Box::new(|page: &Trail| {
            page.reached
                .iter()
                .map(|reached| csv_tables::trail::row(page, reached))
                .collect()
        }),
    };
    list(
        &app,
        request,
        move |projections, view, page| first_known(&names, |name| projections.trail(name, view, page)),
        table,
    )
    .await
}
