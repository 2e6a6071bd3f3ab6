//! `GET /v1/lots/{code}`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::Reference;
use minhbach_projections::{LotAnswer, ReadError};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Name, Params, first_known, references_of};
use crate::problem::{Fault, Problem};

/// Nothing more can be asked of a lot.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NoParams {}

/// A lot or pool: what is in it and where the rest went
#[utoipa::path(
    get,
    path = "/v1/lots/{code}",
    tag = "money and goods",
    params(("code" = Reference, Path, description = "A lot's code, or a pool's slug", example = "gop-trung-thu")),
    responses((status = 200, body = LotAnswer), ReadProblems),
)]
pub(crate) async fn get_lot(
    State(app): State<App>,
    asked: Asked,
    Name(code): Name,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let names = references_of(&code)?;
    if let Some(known) = asked.known(app.ledger()?.as_of(), &app.kept) {
        return Ok(known);
    }
    let found = app
        .ask_one(move |projections, view| {
            first_known(&names, |name| {
                let opener = view
                    .opener(name)
                    .ok_or_else(|| ReadError::NotFound(name.clone()))?;
                Ok(projections.lot(opener, name)?.ok_or_else(|| name.clone()))
            })
        })
        .await?;
    match found {
        Ok(lot) => asked.kept_document(lot.as_of, &lot, None, &app.kept),
        Err(other) => Err(Problem::new(Fault::NotALot, &[("name", &other)])),
    }
}
