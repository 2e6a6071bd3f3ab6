//! Whom a gift reached as a table: a line for each delivery.

use minhbach_projections::{DeliveryState, Reached, Trail};

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 10] = [
    "code",
    "delivery",
    "place",
    "category",
    "item",
    "delivered",
    "share",
    "child_deliveries",
    "delivered_on",
    "state",
];

/// The columns of [`HEADER`] for a delivery that `trail` reached.
pub fn row(trail: &Trail, reached: &Reached) -> Vec<Field> {
    vec![
        Field::word(Some(trail.code.as_str())),
        Field::word(Some(reached.delivery.as_str())),
        Field::word(Some(reached.place.as_str())),
        Field::word(Some(reached.category.as_str())),
        Field::word(Some(reached.item.as_str())),
        Field::number(reached.delivered),
        Field::word(Some(&reached.share)),
        Field::number(reached.child_deliveries),
        Field::word(Some(&reached.delivered_on.to_string())),
        Field::word(Some(state(reached.state))),
    ]
}

fn state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Made => "made",
        DeliveryState::Confirmed => "confirmed",
        DeliveryState::Disputed => "disputed",
        DeliveryState::Resolved => "resolved",
    }
}
