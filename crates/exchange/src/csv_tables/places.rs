//! Places as a table: a line for each.

use minhbach_projections::{PlaceRow, SuccessionRow};

use super::Field;

/// What the columns are; several places in one column are separated by spaces.
pub const HEADER: [&str; 10] = [
    "place",
    "kind",
    "name",
    "parent",
    "code",
    "valid_from",
    "valid_to",
    "succeeded_on",
    "predecessors",
    "successors",
];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &PlaceRow) -> Vec<Field> {
    let word = |word: Option<String>| Field::word(word.as_deref());
    let slugs = |rows: &[SuccessionRow]| {
        let slugs: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        Field::word(Some(&slugs.join(" ")))
    };
    vec![
        Field::word(Some(row.place.as_str())),
        Field::word(Some(row.kind.word())),
        Field::word(Some(&row.name)),
        word(row.parent.as_ref().map(ToString::to_string)),
        word(row.code.as_ref().map(ToString::to_string)),
        word(Some(row.valid_from.to_string())),
        word(row.valid_to.map(|day| day.to_string())),
        word(row.succeeded_on.map(|day| day.to_string())),
        slugs(&row.predecessors),
        slugs(&row.successors),
    ]
}
