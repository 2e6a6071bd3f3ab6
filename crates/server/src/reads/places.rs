//! `GET /v1/places` and `/v1/places/{place}`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::Slug;
use minhbach_events::malformed::Form;
use minhbach_events::words::PlaceKind;
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::{PlaceAnswer, PlacesQuery, PlacesTable, Reach};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use super::list::{Table, list, list_asked, whole_table};
use crate::answer::{self, Asked};
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Name, Params, excel_asked, formed, slug_of, word};
use crate::problem::Problem;

/// Which places are asked for; each part narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlacesParams {
    /// Of one kind.
    #[param(value_type = Option<PlaceKind>)]
    kind: Option<String>,
    /// Right under one place.
    #[param(value_type = Option<Slug>)]
    parent: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// How far around a place is asked.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaceParams {
    /// `alone`: the place itself; `under`: and what lies under it; `whole` (where nothing is said): and what it took over from,
    /// and what took over from it.
    #[param(value_type = Option<String>, pattern = "^(alone|under|whole)$")]
    reach: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// Places, former and present
#[utoipa::path(
    get,
    path = "/v1/places",
    tag = "names",
    params(PlacesParams),
    responses((status = 200, content((PlacesTable = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_places(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<PlacesParams>,
) -> Result<Response, Problem> {
    let kinds: Vec<&str> = PlaceKind::ALL.iter().map(|kind| kind.word()).collect();
    let query = PlacesQuery {
        kind: word("kind", params.kind.as_ref(), &kinds, PlaceKind::from_word)?,
        parent: formed("parent", params.parent.as_ref(), Slug::new, Form::Slug)?,
    };
    let request = list_asked!(asked, params);
    known(
        &app,
        &Named {
            place: query.parent.as_ref(),
            ..Named::default()
        },
    )?;
    let table = Table {
        name: "places",
        header: csv_tables::places::HEADER.to_vec(),
        rows: Box::new(|page: &PlacesTable| page.rows.iter().map(csv_tables::places::row).collect()),
    };
    list(
        &app,
        request,
        move |projections, _, page| projections.places(&query, page),
        table,
    )
    .await
}

/// A place with its past and future, and what was delivered there
///
/// A place is asked by its former or its present name.
#[utoipa::path(
    get,
    path = "/v1/places/{place}",
    tag = "names",
    params(("place" = Slug, Path, description = "Its slug", example = "xa-ba-vi-ba-vi"), PlaceParams),
    responses((status = 200, content((PlaceAnswer = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_place(
    State(app): State<App>,
    asked: Asked,
    Name(place): Name,
    Params(params): Params<PlaceParams>,
) -> Result<Response, Problem> {
    let place = slug_of(&place)?;
    let reach = word(
        "reach",
        params.reach.as_ref(),
        &["alone", "under", "whole"],
        Reach::from_word,
    )?;
    let (asked, excel) = excel_asked(asked, params.excel.as_ref())?;
    if let Some(unchanged) = asked.unchanged(app.ledger()?.as_of()) {
        return Ok(unchanged);
    }
    let reach = reach.unwrap_or(Reach::Whole);
    let found = app
        .ask_list(asked.from, move |projections, view| {
            projections.place(&place, reach, view)
        })
        .await?;
    match asked.form {
        answer::Form::Json => asked.document(found.as_of, &found),
        answer::Form::Csv => {
            let rows = found.rows.iter().map(csv_tables::place::row).collect();
            whole_table(
                &asked,
                found.as_of,
                "place",
                &csv_tables::place::HEADER,
                rows,
                excel,
            )
        }
    }
}
