//! A request to record an event, as a clerk or a program sends it.

use serde_json::{Map, Value, json};

use crate::entry::{ENTRY_BYTES_MAX, EntryError, parse};
use crate::event::Event;
use crate::field::{Context, Fields, Mode};
use crate::text::{Actor, Key};
use crate::time::Timestamp;

/// An event that someone asks to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is said to have happened; codes that the ledger makes and serial numbers may be absent.
    pub event: Event,
    /// The same key answers the same, for ever.
    pub key: Option<Key>,
    /// The post that proposes; the caller's own when absent.
    pub by: Option<Actor>,
    /// When it happened to be recorded, in a demo ledger only.
    pub at: Option<Timestamp>,
}

impl Proposal {
    /// Proposes an event without a key.
    pub fn of(event: impl Into<Event>) -> Proposal {
        Proposal {
            event: event.into(),
            key: None,
            by: None,
            at: None,
        }
    }

    /// Reads one line: an event's `type` and fields in any order, `key?`, `by?`, `at?`, and nothing else.
    ///
    /// Text is brought to NFC. `v` and `serial` belong to entries and are refused.
    pub fn from_line(line: &[u8]) -> Result<Proposal, EntryError> {
        if line.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLarge { bytes: line.len() });
        }
        let json = parse(line)?;
        let mut context = Context::new(Mode::Proposal);
        let mut fields = Fields::of(&json, &context)?;
        let event = Event::read_from(&mut fields, &mut context)?;
        let key = fields.take("key", &mut context)?;
        let by = fields.take("by", &mut context)?;
        let at = fields.take("at", &mut context)?;
        fields.finish(&mut context)?;
        Ok(Proposal { event, key, by, at })
    }

    /// The line that [`Proposal::from_line`] reads as this proposal.
    pub fn to_line(&self) -> Vec<u8> {
        let mut event = Vec::new();
        self.event.write(&mut event);
        // Canonical bytes are an object of JSON, always.
        let mut fields: Map<String, Value> = serde_json::from_slice(&event).unwrap_or_default();
        fields.remove("v");
        fields.remove("serial");
        let mut add = |name: &str, text: Option<String>| {
            if let Some(text) = text {
                fields.insert(name.to_owned(), Value::String(text));
            }
        };
        add("key", self.key.as_ref().map(ToString::to_string));
        add("by", self.by.as_ref().map(ToString::to_string));
        add("at", self.at.as_ref().map(ToString::to_string));
        Value::Object(fields).to_string().into_bytes()
    }

    /// A JSON Schema of what `minhbach record` reads, one line each (draft 2020-12).
    pub fn schema() -> Value {
        let variants: Vec<Value> = Event::schemas()
            .into_iter()
            .map(|(name, mut schema)| {
                let properties = schema["properties"]
                    .as_object_mut()
                    .expect("an event is an object");
                properties.remove("v");
                properties.remove("serial");
                for (name, schema) in [
                    ("key", <Key as crate::field::Field>::schema()),
                    ("by", <Actor as crate::field::Field>::schema()),
                    ("at", <Timestamp as crate::field::Field>::schema()),
                ] {
                    properties.insert(name.to_owned(), schema);
                }
                let made = Event::made_fields(name);
                let required = schema["required"]
                    .as_array_mut()
                    .expect("an event requires fields");
                required.retain(|field| {
                    field
                        .as_str()
                        .is_some_and(|field| field != "v" && field != "serial" && !made.contains(&field))
                });
                if name == "purchase.made" {
                    let lots = &mut schema["properties"]["obtains"]["items"]["required"];
                    lots.as_array_mut()
                        .expect("a lot requires fields")
                        .retain(|field| field != "lot");
                }
                schema
            })
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "minhbach proposal, format 1",
            "oneOf": variants,
        })
    }
}

impl Event {
    /// The fields that the ledger fills in with a code of its own when a proposal leaves them out.
    pub fn made_fields(type_name: &str) -> &'static [&'static str] {
        match type_name {
            "need.assessed" => &["need"],
            "donation.pledged" => &["donation"],
            "receipt.issued" => &["receipt"],
            "purchase.made" => &["purchase"],
            "custody.transferred" => &["transfer", "new_lot"],
            "allocation.made" => &["allocation"],
            "delivery.made" => &["delivery"],
            "delivery.returned" => &["new_lot"],
            "refund.paid" => &["refund"],
            "stock.written_off" => &["write_off"],
            "expense.paid" => &["expense"],
            "sponsorship.started" => &["sponsorship"],
            "evidence.attached" => &["evidence"],
            "recognition.awarded" => &["recognition"],
            "inspection.opened" => &["inspection"],
            "finding.raised" => &["finding"],
            _ => &[],
        }
    }
}
