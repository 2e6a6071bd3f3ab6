//! `GET /v1/received`.

use axum::extract::State;
use axum::response::Response;
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::{Dimension, Month, ReceivedQuery, ReceivedTable};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use super::list::{Table, list, list_asked};
use crate::answer::Asked;
use crate::app::App;
use crate::openapi::ReadProblems;
use crate::params::{Params, formed, in_order, sources, word};
use crate::problem::{Fault, Problem};
use crate::texts::{text, text_with};

/// What rows are told apart by where nothing is said.
const BY_DEFAULT: &str = "place,category";

/// Which deliveries are asked for, and what rows are told apart by.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReceivedParams {
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
    /// From one source.
    #[param(value_type = Option<Source>)]
    source: Option<String>,
    /// From this month on (`YYYY-MM`).
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])$", example = "2025-01")]
    from: Option<String>,
    /// Up to this month (`YYYY-MM`).
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])$", example = "2025-12")]
    to: Option<String>,
    /// What rows are told apart by, with commas between: `place`, `category`, `item`, `month`, `source`, `programme`. Without it
    /// `place,category`; the item always is.
    #[param(value_type = Option<String>, example = "place,source",
        pattern = "^(place|category|item|month|source|programme)(,(place|category|item|month|source|programme))*$")]
    by: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// `true`: a table with a mark at its beginning, semicolons and decimal commas, as Excel in Vietnamese opens it.
    #[param(value_type = Option<bool>)]
    excel: Option<String>,
}

/// Who received what
///
/// Net of reversals and returns. `child_deliveries` adds up children over deliveries; it is no number of children helped.
/// `total` is over all rows, whatever the page.
#[utoipa::path(
    get,
    path = "/v1/received",
    tag = "what reached children",
    params(ReceivedParams),
    responses((status = 200, content((ReceivedTable = "application/json"), (String = "text/csv"))), ReadProblems),
)]
pub(crate) async fn get_received(
    State(app): State<App>,
    asked: Asked,
    Params(params): Params<ReceivedParams>,
) -> Result<Response, Problem> {
    let query = ReceivedQuery {
        programme: formed("programme", params.programme.as_ref(), Slug::new, Form::Slug)?,
        place: formed("place", params.place.as_ref(), Slug::new, Form::Slug)?,
        category: formed("category", params.category.as_ref(), Label::new, Form::Label)?,
        item: formed("item", params.item.as_ref(), Item::new, Form::Item)?,
        source: word("source", params.source.as_ref(), &sources(), Source::from_word)?,
        from: month("from", params.from.as_deref())?,
        to: month("to", params.to.as_deref())?,
        by: dimensions(
            params
                .by
                .as_deref()
                .filter(|by| !by.is_empty())
                .unwrap_or(BY_DEFAULT),
        )?,
    };
    in_order(query.from.as_ref(), query.to.as_ref())?;
    let request = list_asked!(asked, params);
    let named = Named {
        place: query.place.as_ref(),
        item: query.item.as_ref(),
        programme: query.programme.as_ref(),
        category: query.category.as_ref(),
        ..Named::default()
    };
    known(&app, &named)?;
    let columns = csv_tables::received::columns(&query.by);
    let table = Table {
        name: "received",
        header: csv_tables::received::header(&columns),
        rows: Box::new(move |page: &ReceivedTable| {
            page.rows
                .iter()
                .map(|row| csv_tables::received::row(row, &columns))
                .collect()
        }),
    };
    list(
        &app,
        request,
        move |projections, _, page| projections.received(&query, page),
        table,
    )
    .await
}

fn month(name: &str, value: Option<&str>) -> Result<Option<Month>, Problem> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let read = Month::parse(value).map(Some);
    read.ok_or_else(|| {
        Problem::because(Fault::BadParameter, &[("name", &name)], |language| {
            text(language, "form-month")
        })
    })
}

fn dimensions(asked: &str) -> Result<Vec<Dimension>, Problem> {
    let mut by = Vec::new();
    for word in asked.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let dimension = Dimension::from_word(word).ok_or_else(|| {
            let words: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.word()).collect();
            Problem::because(Fault::BadParameter, &[("name", &"by")], |language| {
                text_with(language, "form-one-of", &[("words", &words.join(", "))])
            })
        })?;
        if !by.contains(&dimension) {
            by.push(dimension);
        }
    }
    Ok(by)
}
