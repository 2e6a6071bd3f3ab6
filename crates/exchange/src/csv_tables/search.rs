//! What was found as a table: a line for each name or code.

use minhbach_projections::FoundRow;

use super::Field;

/// What the columns are; several places in one column are separated by spaces.
pub const HEADER: [&str; 15] = [
    "kind",
    "id",
    "name",
    "match",
    "matched",
    "former_name",
    "programme",
    "parent",
    "valid_from",
    "valid_to",
    "succeeded_on",
    "successors",
    "seq",
    "on",
    "reversed_by",
];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &FoundRow) -> Vec<Field> {
    let place = row.place.as_ref();
    let word = |word: Option<String>| Field::word(word.as_deref());
    let number = |number: Option<u64>| number.map_or(Field::word(None), Field::number);
    let successors = place.map(|place| {
        let successors = place.successors.iter().map(|successor| successor.place.as_str());
        successors.collect::<Vec<_>>().join(" ")
    });
    vec![
        Field::word(Some(row.kind.word())),
        Field::word(Some(&row.id)),
        Field::word(row.name.as_deref()),
        Field::word(Some(row.fits.word())),
        Field::word(row.matched.as_deref()),
        Field::word(row.former_name.then_some("true")),
        word(row.programme.as_ref().map(ToString::to_string)),
        word(
            place
                .and_then(|place| place.parent.as_ref())
                .map(ToString::to_string),
        ),
        word(place.map(|place| place.valid_from.to_string())),
        word(place.and_then(|place| place.valid_to).map(|day| day.to_string())),
        word(
            place
                .and_then(|place| place.succeeded_on)
                .map(|day| day.to_string()),
        ),
        word(successors),
        number(row.seq),
        word(row.on.map(|day| day.to_string())),
        number(row.reversed_by),
    ]
}
