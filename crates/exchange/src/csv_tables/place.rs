//! What was delivered in and around a place as a table: a line for each place, category and item.

use minhbach_projections::DeliveredThere;

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 13] = [
    "via",
    "place",
    "programme",
    "category",
    "scope",
    "item",
    "unit",
    "delivered",
    "confirmed",
    "deliveries",
    "child_deliveries",
    "value_vnd",
    "unvalued",
];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &DeliveredThere) -> Vec<Field> {
    vec![
        Field::word(Some(row.via.word())),
        Field::word(Some(row.place.as_str())),
        Field::word(Some(row.programme.as_str())),
        Field::word(Some(row.category.as_str())),
        Field::word(Some(row.scope.word())),
        Field::word(Some(row.item.as_str())),
        Field::word(Some(&row.unit)),
        Field::number(row.delivered),
        Field::number(row.confirmed),
        Field::number(row.deliveries),
        Field::number(row.child_deliveries),
        Field::number(row.value_vnd),
        Field::number(row.unvalued),
    ]
}
