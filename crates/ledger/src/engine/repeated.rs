//! Whether a proposal with a known key asks for what is already recorded.

use minhbach_events::Event;
use serde_json::{Map, Value};

/// The same event: equal wherever the proposal says something, and where it leaves out only what the ledger makes.
pub fn same(proposed: &Event, recorded: &Event) -> bool {
    if proposed.type_name() != recorded.type_name() {
        return false;
    }
    let (Some(mut proposed_fields), Some(recorded_fields)) = (fields(proposed), fields(recorded)) else {
        return false;
    };
    for made in Event::made_fields(proposed.type_name()).iter().chain(&["serial"]) {
        fill(&mut proposed_fields, &recorded_fields, made);
    }
    if let (Some(Value::Array(lots)), Some(Value::Array(recorded))) =
        (proposed_fields.get_mut("obtains"), recorded_fields.get("obtains"))
    {
        for (lot, recorded) in lots.iter_mut().zip(recorded) {
            if let (Value::Object(lot), Value::Object(recorded)) = (lot, recorded) {
                fill(lot, recorded, "lot");
            }
        }
    }
    proposed_fields == recorded_fields
}

fn fields(event: &Event) -> Option<Map<String, Value>> {
    let mut bytes = Vec::new();
    event.write(&mut bytes);
    serde_json::from_slice(&bytes).ok()
}

fn fill(proposed: &mut Map<String, Value>, recorded: &Map<String, Value>, field: &str) {
    if !proposed.contains_key(field)
        && let Some(value) = recorded.get(field)
    {
        proposed.insert(field.to_owned(), value.clone());
    }
}
