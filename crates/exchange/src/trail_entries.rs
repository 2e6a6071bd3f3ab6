//! Which entries tell a gift's whole trail to somebody who has nothing else: its steps, what answered, bound or reversed
//! them, and what the names in them stand for.

use std::collections::BTreeSet;

use minhbach_events::Slug;
use minhbach_ledger::NameKind;
use minhbach_projections::{Journal, Trail};
use serde_json::Value;

use crate::trail_bundle::MakeError;

/// The most entries of a trail that go into one file.
pub const ENTRIES_MAX: usize = 2_000;

/// A trail is of more entries than one file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the trail is of more than {ENTRIES_MAX} entries")]
pub struct TooMany;

/// The entries of a trail, in order, with the first of the journal, which says whose it is. Names that there is no room
/// for stay slugs.
///
/// # Errors
///
/// The trail has too many, or the ledger cannot be asked.
pub fn entries_of(
    trail: &Trail,
    journal: &dyn Journal,
    defined_at: &dyn Fn(NameKind, &Slug) -> Option<u64>,
) -> Result<BTreeSet<u64>, MakeError> {
    let mut steps = BTreeSet::from([0]);
    for node in &trail.nodes {
        steps.insert(node.seq);
        steps.extend(&node.answered_by);
        steps.extend(&node.purpose_changed_by);
        steps.extend(node.reversed_by);
    }
    if ENTRIES_MAX < steps.len() {
        return Err(TooMany.into());
    }
    let mut names = BTreeSet::new();
    for seq in &steps {
        let entry = journal.entry(*seq).map_err(MakeError::Entry)?;
        let entry = entry.ok_or_else(|| MakeError::Entry(format!("there is no entry {seq}").into()))?;
        if let Ok(Value::Object(fields)) = serde_json::from_slice(&entry.to_bytes()) {
            named_in(&fields["event"], &mut names);
        }
    }
    let defined = names.iter().filter_map(|(kind, name)| defined_at(*kind, name));
    let room = ENTRIES_MAX - steps.len();
    let defined: BTreeSet<u64> = defined.filter(|seq| !steps.contains(seq)).take(room).collect();
    steps.extend(defined);
    Ok(steps)
}

/// What the fields of an event name, by the names of the fields.
fn named_in(value: &Value, names: &mut BTreeSet<(NameKind, Slug)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let name = value.as_str().and_then(Slug::new);
                if let (Some(kind), Some(name)) = (kind_of(field), name) {
                    names.insert((kind, name));
                }
                named_in(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| named_in(value, names)),
        _ => {}
    }
}

fn kind_of(field: &str) -> Option<NameKind> {
    Some(match field {
        "place" => NameKind::Place,
        "item" => NameKind::Item,
        "programme" => NameKind::Programme,
        "assessed_by" | "confirmed_by" | "disputed_by" | "donor" | "fund" | "inspector" | "party"
        | "receiver" | "supplier" | "to" => NameKind::Party,
        _ => return None,
    })
}
