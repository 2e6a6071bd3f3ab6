//! One line of the journal: its bytes, and reading them strictly.

use std::fmt;

use serde_json::{Value, json};

use crate::event::{EVENT_TYPES, Event, Seq, Unreadable};
use crate::field::{Context, Field, Fields, Mode, read_text, write_field};
use crate::hash::Hash;
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};
use crate::text::{Actor, Key};
use crate::time::{DAY, Timestamp};

/// The largest entry, in bytes: what a C2SP entry bundle can carry.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// One hashed line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place, from 0 without gaps.
    pub seq: u64,
    /// The hash of the entry before; [`Hash::ZERO`] for the first.
    pub prev: Hash,
    /// When it was recorded, UTC; never before the entry before.
    pub at: Timestamp,
    /// The post that recorded it.
    pub by: Actor,
    /// The caller's idempotency key.
    pub key: Option<Key>,
    /// What happened.
    pub event: Event,
}

impl Field for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        out.extend_from_slice(&self.to_text());
        out.push(b'"');
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Timestamp::parse(read_text(json, context)?)
            .ok_or_else(|| context.wrong(Problem::Form(Form::Timestamp)))
    }
    fn schema() -> Value {
        let time = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z";
        json!({ "type": "string", "pattern": format!("^{DAY}{time}$") })
    }
}

/// An entry that cannot be read as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// More bytes than an entry may have.
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Not of the required form.
    Malformed(Malformed),
    /// A type this version does not know.
    UnknownType(String),
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryError::TooLarge { bytes } => write!(f, "{bytes} bytes, more than {ENTRY_BYTES_MAX}"),
            EntryError::Malformed(malformed) => malformed.fmt(f),
            EntryError::UnknownType(name) => {
                write!(f, "the event type \"{name}\" is not known to this version")
            }
        }
    }
}

impl std::error::Error for EntryError {}

impl From<Malformed> for EntryError {
    fn from(malformed: Malformed) -> EntryError {
        EntryError::Malformed(malformed)
    }
}

impl From<Unreadable> for EntryError {
    fn from(unreadable: Unreadable) -> EntryError {
        match unreadable {
            Unreadable::Malformed(malformed) => EntryError::Malformed(malformed),
            Unreadable::UnknownType(name) => EntryError::UnknownType(name),
        }
    }
}

impl Entry {
    /// Appends the canonical bytes, which are what is hashed.
    pub fn write(&self, out: &mut Vec<u8>) {
        use std::io::Write as _;
        write!(out, "{{\"seq\":{},\"prev\":", self.seq).expect("writing to a Vec cannot fail");
        self.prev.write(out);
        write_field(out, &mut false, "\"at\":", &self.at);
        write_field(out, &mut false, "\"by\":", &self.by);
        write_field(out, &mut false, "\"key\":", &self.key);
        out.extend_from_slice(b",\"event\":");
        self.event.write(out);
        out.push(b'}');
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        self.write(&mut out);
        out
    }

    /// Reads an entry and refuses every spelling but the canonical one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Entry, EntryError> {
        let entry = Entry::read(bytes)?;
        let canonical = entry.to_bytes();
        if canonical != bytes {
            let byte = canonical.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            return Err(Malformed::new("", Problem::NotCanonical { byte }).into());
        }
        Ok(entry)
    }

    /// Reads an entry whose bytes are known to be canonical, because their hash was checked and they were
    /// strictly read before.
    pub fn read(bytes: &[u8]) -> Result<Entry, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLarge { bytes: bytes.len() });
        }
        let json = parse(bytes)?;
        let mut context = Context::new(Mode::Entry);
        let mut fields = Fields::of(&json, &context)?;
        let seq: Seq = fields.take("seq", &mut context)?;
        let prev = fields.take("prev", &mut context)?;
        let at = fields.take("at", &mut context)?;
        let by = fields.take("by", &mut context)?;
        let key = fields.take("key", &mut context)?;
        let EventField(event) = fields.take("event", &mut context)?;
        fields.finish(&mut context)?;
        Ok(Entry {
            seq: seq.get(),
            prev,
            at,
            by,
            key,
            event: event?,
        })
    }

    /// A JSON Schema of the entry and all its events (draft 2020-12).
    pub fn schema() -> Value {
        let definitions: serde_json::Map<String, Value> = Event::schemas()
            .into_iter()
            .map(|(name, schema)| (name.to_owned(), schema))
            .collect();
        let refs: Vec<Value> = EVENT_TYPES
            .iter()
            .map(|name| json!({ "$ref": format!("#/$defs/{name}") }))
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "minhbach journal entry, format 1",
            "type": "object",
            "properties": {
                "seq": Seq::schema(),
                "prev": Hash::schema(),
                "at": Timestamp::schema(),
                "by": Actor::schema(),
                "key": Key::schema(),
                "event": { "oneOf": refs },
            },
            "required": ["seq", "prev", "at", "by", "event"],
            "additionalProperties": false,
            "$defs": definitions,
        })
    }
}

/// Parses one line of JSON.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json<'_>, Malformed> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The line is one line, so the column is the byte.
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        let before: usize = bytes
            .split(|&b| b == b'\n')
            .take(error.line().saturating_sub(1))
            .map(|l| l.len() + 1)
            .sum();
        Malformed::new(
            "",
            Problem::NotJson {
                byte: before + error.column(),
                what,
            },
        )
    })
}

/// The event inside an entry; an unknown type is an answer of its own, not a malformed field.
struct EventField(Result<Event, Unreadable>);

impl Field for EventField {
    fn write(&self, _: &mut Vec<u8>) {}
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        match Event::read(json, context) {
            Err(Unreadable::Malformed(malformed)) => Err(malformed),
            read => Ok(EventField(read)),
        }
    }
    fn schema() -> Value {
        json!({})
    }
}
