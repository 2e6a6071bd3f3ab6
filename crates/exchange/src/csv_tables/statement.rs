//! What came in and went out as a table: a line for each fund, pool, item and day.

use minhbach_events::Slug;
use minhbach_projections::StatementRow;

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 7] = ["fund", "pool", "item", "day", "in", "out", "balance"];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &StatementRow) -> Vec<Field> {
    vec![
        Field::word(Some(row.fund.as_str())),
        Field::word(row.pool.as_ref().map(Slug::as_str)),
        Field::word(Some(row.item.as_str())),
        Field::word(Some(&row.day.to_string())),
        Field::number(row.into),
        Field::number(row.out),
        Field::number(row.balance),
    ]
}
