//! `GET /v1/programmes`, `/v1/programmes/{programme}` and `/v1/programmes/{programme}/progress`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::{Date, Slug};
use minhbach_exchange::csv_tables;
use minhbach_projections::{AsOf, Heading, ProgressAnswer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::list::whole_table;
use super::lots::NoParams;
use crate::answer::{Asked, Form};
use crate::app::App;
use crate::openapi::{ListProblems, PlanBody, ReadProblems};
use crate::params::{Name, Params, excel_asked, slug_of};
use crate::problem::{Fault, Problem};

/// A programme in one line.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgrammeLine {
    /// Its slug.
    programme: Slug,
    /// What it is called.
    title: Heading,
    /// The programme above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent: Option<Slug>,
    /// Its first day.
    from: Date,
    /// Its last day.
    to: Date,
}

/// The programmes of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct Programmes {
    /// How far the journal was read.
    as_of: AsOf,
    /// In the order of their slugs.
    rows: Vec<ProgrammeLine>,
}

/// A programme as it was last published or revised.
#[derive(Serialize, ToSchema)]
pub(crate) struct Programme {
    /// How far the journal was read.
    as_of: AsOf,
    /// The plan: documents, period, places, groups, categories, targets, duties, reports.
    #[schema(value_type = PlanBody)]
    programme: Box<RawValue>,
}

/// How a programme's progress is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProgressParams {
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// The programmes that the ledger keeps books for
#[utoipa::path(
    get,
    path = "/v1/programmes",
    tag = "programmes",
    responses((status = 200, body = Programmes), ListProblems),
)]
pub(crate) async fn get_programmes(
    State(app): State<App>,
    asked: Asked,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let ledger = app.ledger()?;
    let as_of = ledger.as_of();
    if let Some(unchanged) = asked.unchanged(as_of) {
        return Ok(unchanged);
    }
    let mut rows: Vec<ProgrammeLine> = ledger
        .books()
        .programmes()
        .map(|known| ProgrammeLine {
            programme: known.programme.clone(),
            title: Heading::of(&known.title),
            parent: known.parent.clone(),
            from: known.period.from,
            to: known.period.to,
        })
        .collect();
    rows.sort_by(|a, b| a.programme.cmp(&b.programme));
    asked.document(as_of, &Programmes { as_of, rows })
}

/// A programme: its plan as it stands
#[utoipa::path(
    get,
    path = "/v1/programmes/{programme}",
    tag = "programmes",
    params(("programme" = Slug, Path, description = "Its slug", example = "hn-204-2019")),
    responses((status = 200, body = Programme), ReadProblems),
)]
pub(crate) async fn get_programme(
    State(app): State<App>,
    asked: Asked,
    Name(programme): Name,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let programme = slug_of(&programme)?;
    let ledger = app.ledger()?;
    let as_of = ledger.as_of();
    if let Some(unchanged) = asked.unchanged(as_of) {
        return Ok(unchanged);
    }
    let written = {
        let books = ledger.books();
        let found = books.programmes().find(|known| known.programme == programme);
        let found = found.ok_or_else(|| Problem::new(Fault::NotFound, &[("name", &programme)]))?;
        let mut bytes = Vec::new();
        minhbach_events::Event::from(found.clone()).write(&mut bytes);
        bytes
    };
    let programme = serde_json::from_slice(&written).map_err(|error| {
        tracing::error!(%error, "a programme could not be written");
        Problem::new(Fault::Internal, &[])
    })?;
    asked.document(as_of, &Programme { as_of, programme })
}

/// How far a programme's targets are
///
/// Each target with numerator, denominator, source and date of its latest report, and what the ledger itself knows of it.
/// A target without a report is not reported; that is not 0 %.
#[utoipa::path(
    get,
    path = "/v1/programmes/{programme}/progress",
    tag = "programmes",
    params(("programme" = Slug, Path, description = "Its slug", example = "hn-204-2019"), ProgressParams),
    responses((status = 200, content((ProgressAnswer = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_progress(
    State(app): State<App>,
    asked: Asked,
    Name(programme): Name,
    Params(params): Params<ProgressParams>,
) -> Result<Response, Problem> {
    let programme = slug_of(&programme)?;
    let (asked, excel) = excel_asked(asked, params.excel.as_ref())?;
    if let Some(unchanged) = asked.unchanged(app.ledger()?.as_of()) {
        return Ok(unchanged);
    }
    let found = app
        .ask_list(asked.from, move |projections, view| {
            projections.progress(&programme, view)
        })
        .await?;
    match asked.form {
        Form::Json => asked.document(found.as_of, &found),
        Form::Csv => {
            let rows = csv_tables::progress::rows(&found);
            whole_table(
                &asked,
                found.as_of,
                "progress",
                &csv_tables::progress::HEADER,
                rows,
                excel,
            )
        }
    }
}
