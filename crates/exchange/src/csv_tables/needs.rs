//! What is lacking as a table: a line for each need.

use minhbach_events::{Date, Label, Slug};
use minhbach_projections::NeedRow;

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 18] = [
    "need",
    "state",
    "priority",
    "needed_by",
    "programme",
    "category",
    "place",
    "group",
    "item",
    "unit",
    "quantity",
    "children",
    "assessed_on",
    "assessed_by",
    "allocated",
    "delivered",
    "confirmed",
    "uncovered",
];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &NeedRow) -> Vec<Field> {
    let day = |day: Option<Date>| Field::word(day.map(|day| day.to_string()).as_deref());
    vec![
        Field::word(Some(row.need.as_str())),
        Field::word(Some(row.state.word())),
        Field::number(row.priority),
        day(row.needed_by),
        Field::word(Some(row.programme.as_str())),
        Field::word(Some(row.category.as_str())),
        Field::word(Some(row.place.as_str())),
        Field::word(row.group.as_ref().map(Label::as_str)),
        Field::word(Some(row.item.as_str())),
        Field::word(Some(&row.unit)),
        Field::number(row.quantity),
        Field::number(row.children),
        day(Some(row.assessed_on)),
        Field::word(row.assessed_by.as_ref().map(Slug::as_str)),
        Field::number(row.allocated),
        Field::number(row.delivered),
        Field::number(row.confirmed),
        Field::number(row.uncovered),
    ]
}
