//! Organisations as a table: a line for each thing that one gave, holds, was handed or supplied.

use minhbach_events::{Item, Slug};
use minhbach_projections::PartyRow;

use super::Field;

/// What the columns are; `what` says which of the others have a meaning.
pub const HEADER: [&str; 12] = [
    "party",
    "kind",
    "name",
    "place",
    "what",
    "item",
    "unit",
    "count",
    "quantity",
    "available",
    "confirmed",
    "value_vnd",
];

/// The lines of [`HEADER`] for a row of the document: one for each fact, and one for a party of nothing.
pub fn rows(row: &PartyRow) -> Vec<Vec<Field>> {
    let nothing = || Field::word(None);
    let begin = |what: Option<&str>| {
        vec![
            Field::word(Some(row.party.as_str())),
            Field::word(Some(row.kind.word())),
            Field::word(Some(&row.name)),
            Field::word(row.place.as_ref().map(Slug::as_str)),
            Field::word(what),
        ]
    };
    let of = |what: &str, item: &Item, unit: &str, rest: [Field; 5]| {
        let mut fields = begin(Some(what));
        fields.extend([Field::word(Some(item.as_str())), Field::word(Some(unit))]);
        fields.extend(rest);
        fields
    };
    let gave = row.gave.iter().map(|gave| {
        let (count, quantity) = (Field::number(gave.receipts), Field::number(gave.quantity));
        let rest = [count, quantity, nothing(), nothing(), nothing()];
        of("gave", &gave.item, &gave.unit, rest)
    });
    let holds = row.holds.iter().map(|holds| {
        let (received, available) = (holds.totals.received, holds.totals.available);
        let (quantity, available) = (Field::number(received), Field::number(available));
        let rest = [nothing(), quantity, available, nothing(), nothing()];
        of("holds", &holds.item, &holds.unit, rest)
    });
    let received = row.received.iter().map(|handed| {
        let (count, quantity) = (Field::number(handed.deliveries), Field::number(handed.delivered));
        let rest = [
            count,
            quantity,
            nothing(),
            Field::number(handed.confirmed),
            nothing(),
        ];
        of("received", &handed.item, &handed.unit, rest)
    });
    let supplied = row.supplied.iter().map(|supplied| {
        let mut fields = begin(Some("supplied"));
        let (count, value) = (
            Field::number(supplied.purchases),
            Field::number(supplied.value_vnd),
        );
        fields.extend([
            nothing(),
            nothing(),
            count,
            nothing(),
            nothing(),
            nothing(),
            value,
        ]);
        fields
    });
    let mut rows: Vec<Vec<Field>> = gave.chain(holds).chain(received).chain(supplied).collect();
    if rows.is_empty() {
        let mut fields = begin(None);
        fields.extend((0..7).map(|_| nothing()));
        rows.push(fields);
    }
    rows
}
