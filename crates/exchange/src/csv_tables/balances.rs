//! Lots and pools as a table: a line for each, with what of it is where.

use minhbach_events::Amount;
use minhbach_projections::{BalanceRow, Totals};

use super::Field;

/// The words of an outcome, as the documents have them.
pub const OUTCOMES: [&str; 9] = [
    "received",
    "available",
    "allocated",
    "delivered",
    "spent",
    "transferred",
    "refunded",
    "written_off",
    "expensed",
];

/// What the columns are: the stock, and the words of [`OUTCOMES`].
pub const HEADER: [&str; 14] = [
    "lot",
    "kind",
    "fund",
    "source",
    "item",
    "received",
    "available",
    "allocated",
    "delivered",
    "spent",
    "transferred",
    "refunded",
    "written_off",
    "expensed",
];

/// The columns of [`HEADER`] for a row of the document.
pub fn row(row: &BalanceRow) -> Vec<Field> {
    let words = [
        row.lot.as_str(),
        row.kind.word(),
        row.fund.as_str(),
        row.source.word(),
        row.item.as_str(),
    ];
    let words = words.into_iter().map(|word| Field::word(Some(word)));
    words
        .chain(amounts(&row.totals).into_iter().map(Field::number))
        .collect()
}

/// The amounts in the order of [`OUTCOMES`].
pub fn amounts(totals: &Totals) -> [Amount; 9] {
    [
        totals.received,
        totals.available,
        totals.allocated,
        totals.delivered,
        totals.spent,
        totals.transferred,
        totals.refunded,
        totals.written_off,
        totals.expensed,
    ]
}
