//! Who received what as a table: a line for each row that the question tells apart.

use minhbach_projections::{Dimension, ReceivedRow};

use super::Field;

/// What rows are told apart by, as columns: what was asked for, and the item always among it.
pub fn columns(by: &[Dimension]) -> Vec<Dimension> {
    let mut columns = by.to_vec();
    if !columns.contains(&Dimension::Item) {
        columns.push(Dimension::Item);
    }
    columns
}

/// What the columns are: those of [`columns`], and the figures.
pub fn header(columns: &[Dimension]) -> Vec<&'static str> {
    let mut header: Vec<&str> = columns.iter().map(|dimension| dimension.word()).collect();
    header.extend([
        "unit",
        "delivered",
        "confirmed",
        "deliveries",
        "child_deliveries",
        "value_vnd",
        "unvalued",
    ]);
    header
}

/// The columns of [`header`] for a row of the document.
pub fn row(row: &ReceivedRow, columns: &[Dimension]) -> Vec<Field> {
    let mut fields: Vec<Field> = columns
        .iter()
        .map(|dimension| Field::word(word_of(row, *dimension).as_deref()))
        .collect();
    fields.extend([
        Field::word(Some(&row.unit)),
        Field::number(row.delivered),
        Field::number(row.confirmed),
        Field::number(row.deliveries),
        Field::number(row.child_deliveries),
        Field::number(row.value_vnd),
        Field::number(row.unvalued),
    ]);
    fields
}

/// What a row has under a dimension; nothing where the question does not tell rows apart by it.
pub fn word_of(row: &ReceivedRow, dimension: Dimension) -> Option<String> {
    match dimension {
        Dimension::Place => row.place.as_ref().map(ToString::to_string),
        Dimension::Category => row.category.as_ref().map(ToString::to_string),
        Dimension::Item => Some(row.item.to_string()),
        Dimension::Month => row.month.as_ref().map(ToString::to_string),
        Dimension::Source => row.source.as_ref().map(ToString::to_string),
        Dimension::Programme => row.programme.as_ref().map(ToString::to_string),
    }
}
