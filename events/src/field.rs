//! How a field of an event is written, read and described.
//!
//! Written by hand instead of through a derive because the bytes are a published format: order, escapes and
//! absence are fixed by the design, and a wrong field must be named to the person who sent it.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::json::{Json, shorten};
use crate::malformed::{Malformed, Problem};

/// Whether a recorded entry or a request for one is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// An entry of the journal: everything is there, in its canonical form.
    Entry,
    /// A proposal: what the ledger makes itself may be absent; text is brought to NFC.
    Proposal,
}

/// Where in the line the reader is.
pub struct Context {
    /// What is being read.
    pub mode: Mode,
    path: String,
}

impl Context {
    /// Begins at the line itself.
    pub fn new(mode: Mode) -> Context {
        Context {
            mode,
            path: String::new(),
        }
    }

    /// Names a problem at this place.
    pub fn wrong(&self, problem: Problem) -> Malformed {
        Malformed {
            field: self.path.clone(),
            problem,
        }
    }

    fn inside<T>(&mut self, step: impl FnOnce(&mut String), read: impl FnOnce(&mut Context) -> T) -> T {
        let length = self.path.len();
        step(&mut self.path);
        let value = read(self);
        self.path.truncate(length);
        value
    }

    fn in_field<T>(&mut self, name: &str, read: impl FnOnce(&mut Context) -> T) -> T {
        self.inside(
            |path| {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            },
            read,
        )
    }

    fn in_item<T>(&mut self, index: usize, read: impl FnOnce(&mut Context) -> T) -> T {
        self.inside(
            |path| write!(path, "[{index}]").expect("writing to a String cannot fail"),
            read,
        )
    }
}

/// A value inside an event.
pub trait Field: Sized {
    /// Whether a proposal may leave it out.
    const OPTIONAL: bool = false;

    /// Appends the canonical bytes.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads a JSON value.
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed>;

    /// Describes the JSON value by a JSON Schema.
    fn schema() -> Value;

    /// The value an absent field stands for, if absence is allowed.
    fn absent(_: Mode) -> Option<Self> {
        None
    }

    /// Whether it must be left out when written.
    fn is_absent(&self) -> bool {
        false
    }

    /// Calls `seen` with every free text, code and slug in it, with what it is.
    fn texts(&self, _seen: &mut dyn FnMut(&str)) {}

    /// Its own text where it is a code or slug: an event's first field names what it is about.
    fn name(&self) -> Option<&str> {
        None
    }
}

/// The fields of an object, in a fixed order.
pub trait Record: Sized {
    /// Appends `"name":value` for each present field, with commas.
    fn write_fields(&self, out: &mut Vec<u8>, first: &mut bool);
    /// Takes its fields out of an object.
    fn read_fields(fields: &mut Fields<'_, '_>, context: &mut Context) -> Result<Self, Malformed>;
    /// Describes each field; the names of required ones go to `required`.
    fn schema_fields(properties: &mut Map<String, Value>, required: &mut Vec<Value>);
    /// Visits the texts of each field.
    fn texts_of_fields(&self, seen: &mut dyn FnMut(&str));
}

/// An object's fields not yet taken.
pub struct Fields<'o, 'a> {
    object: &'o [(std::borrow::Cow<'a, str>, Json<'a>)],
    taken: u64,
    next: usize,
}

impl<'o, 'a> Fields<'o, 'a> {
    /// Begins with an object; anything else is refused.
    pub fn of(json: &'o Json<'a>, context: &Context) -> Result<Self, Malformed> {
        match json {
            // The parser refuses objects of more than 64 keys, so a mask of 64 bits is enough.
            Json::Object(object) => Ok(Fields {
                object,
                taken: 0,
                next: 0,
            }),
            Json::Null => Err(context.wrong(Problem::Null)),
            _ => Err(context.wrong(Problem::Expected("object"))),
        }
    }

    /// Takes a field, or its absence.
    pub fn take<T: Field>(&mut self, name: &'static str, context: &mut Context) -> Result<T, Malformed> {
        // Fields usually come in order: look where the last one left off before searching.
        let found = match self.object.get(self.next) {
            Some((key, _)) if key == name => Some(self.next),
            _ => self.object.iter().position(|(key, _)| key == name),
        };
        match found {
            Some(index) => {
                self.taken |= 1 << index;
                self.next = index + 1;
                context.in_field(name, |context| T::read(&self.object[index].1, context))
            }
            None => T::absent(context.mode)
                .ok_or_else(|| context.in_field(name, |context| context.wrong(Problem::Missing))),
        }
    }

    /// Refuses whatever was not taken.
    pub fn finish(self, context: &mut Context) -> Result<(), Malformed> {
        match (0..self.object.len()).find(|index| self.taken & (1 << index) == 0) {
            None => Ok(()),
            Some(index) => Err(context.in_field(&shorten(&self.object[index].0), |context| {
                context.wrong(Problem::Unknown)
            })),
        }
    }
}

/// Writes one field with its key, unless it is absent.
pub fn write_field<T: Field>(out: &mut Vec<u8>, first: &mut bool, key: &'static str, value: &T) {
    if value.is_absent() {
        return;
    }
    if !std::mem::take(first) {
        out.push(b',');
    }
    out.extend_from_slice(key.as_bytes());
    value.write(out);
}

/// Appends a JSON string in the canonical escaping (serde_json's is the one the design fixes).
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing to a Vec cannot fail");
}

/// Appends text that needs no escaping, in quotes.
pub fn write_plain(out: &mut Vec<u8>, text: &str) {
    debug_assert!(text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\'));
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// The text in a value.
pub fn read_text<'j>(json: &'j Json<'_>, context: &Context) -> Result<&'j str, Malformed> {
    match json {
        Json::Text(text) => Ok(text),
        Json::Null => Err(context.wrong(Problem::Null)),
        _ => Err(context.wrong(Problem::Expected("text"))),
    }
}

impl<T: Field> Field for Option<T> {
    const OPTIONAL: bool = true;

    fn write(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(out);
        }
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        T::read(json, context).map(Some)
    }
    fn schema() -> Value {
        T::schema()
    }
    fn absent(_: Mode) -> Option<Self> {
        Some(None)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
    fn texts(&self, seen: &mut dyn FnMut(&str)) {
        if let Some(value) = self {
            value.texts(seen);
        }
    }
    fn name(&self) -> Option<&str> {
        self.as_ref().and_then(Field::name)
    }
}

impl<T: Field> Field for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            value.write(out);
        }
        out.push(b']');
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        match json {
            Json::List(list) => list
                .iter()
                .enumerate()
                .map(|(index, json)| context.in_item(index, |context| T::read(json, context)))
                .collect(),
            Json::Null => Err(context.wrong(Problem::Null)),
            _ => Err(context.wrong(Problem::Expected("list"))),
        }
    }
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }
    fn texts(&self, seen: &mut dyn FnMut(&str)) {
        self.iter().for_each(|value| value.texts(seen));
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// Takes a number within the bounds.
    pub fn new(number: u64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Whole(number))
    }
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> Field for Whole<MIN, MAX> {
    fn write(&self, out: &mut Vec<u8>) {
        use std::io::Write as _;
        write!(out, "{}", self.0).expect("writing to a Vec cannot fail");
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        match json {
            Json::Integer(number) => {
                Whole::new(*number).ok_or_else(|| context.wrong(Problem::OutOfBounds { min: MIN, max: MAX }))
            }
            Json::OtherNumber => Err(context.wrong(Problem::OutOfBounds { min: MIN, max: MAX })),
            Json::Null => Err(context.wrong(Problem::Null)),
            _ => Err(context.wrong(Problem::Expected("integer"))),
        }
    }
    fn schema() -> Value {
        json!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// Declares an object type with its fields in the order they are written.
///
/// `..base: Type` at the front takes over the fields of another record.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $(..$base:ident: $base_ty:ty,)? $($(#[$field_meta:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(#[doc = concat!("The fields of [`", stringify!($base_ty), "`].")] pub $base: $base_ty,)?
            $($(#[$field_meta])* #[doc = concat!("`", stringify!($field), "`")] pub $field: $ty,)*
        }
        impl $crate::field::Record for $name {
            fn write_fields(&self, out: &mut Vec<u8>, first: &mut bool) {
                $($crate::field::Record::write_fields(&self.$base, out, first);)?
                $($crate::field::write_field(out, first, concat!("\"", stringify!($field), "\":"), &self.$field);)*
            }
            fn read_fields(
                fields: &mut $crate::field::Fields<'_, '_>,
                context: &mut $crate::field::Context,
            ) -> Result<Self, $crate::malformed::Malformed> {
                Ok($name {
                    $($base: $crate::field::Record::read_fields(fields, context)?,)?
                    $($field: fields.take(stringify!($field), context)?,)*
                })
            }
            fn schema_fields(
                properties: &mut serde_json::Map<String, serde_json::Value>,
                required: &mut Vec<serde_json::Value>,
            ) {
                $(<$base_ty as $crate::field::Record>::schema_fields(properties, required);)?
                $(
                    properties.insert(stringify!($field).to_owned(), <$ty as $crate::field::Field>::schema());
                    if !<$ty as $crate::field::Field>::OPTIONAL {
                        required.push(stringify!($field).into());
                    }
                )*
            }
            fn texts_of_fields(&self, seen: &mut dyn FnMut(&str)) {
                $($crate::field::Record::texts_of_fields(&self.$base, seen);)?
                $($crate::field::Field::texts(&self.$field, seen);)*
            }
        }
        impl $crate::field::Field for $name {
            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'{');
                $crate::field::Record::write_fields(self, out, &mut true);
                out.push(b'}');
            }
            fn read(
                json: &$crate::json::Json<'_>,
                context: &mut $crate::field::Context,
            ) -> Result<Self, $crate::malformed::Malformed> {
                let mut fields = $crate::field::Fields::of(json, context)?;
                let value = <$name as $crate::field::Record>::read_fields(&mut fields, context)?;
                fields.finish(context)?;
                Ok(value)
            }
            fn schema() -> serde_json::Value {
                let mut properties = serde_json::Map::new();
                let mut required = Vec::new();
                <$name as $crate::field::Record>::schema_fields(&mut properties, &mut required);
                serde_json::json!({
                    "type": "object", "properties": properties, "required": required, "additionalProperties": false,
                })
            }
            fn texts(&self, seen: &mut dyn FnMut(&str)) {
                $crate::field::Record::texts_of_fields(self, seen);
            }
        }
    };
}

/// Declares a choice among fixed words.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[$word_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$word_meta])* #[doc = concat!("`", $word, "`")] $variant),+ }
        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];
            /// The word as it is written.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
            /// Reads a word.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
        impl $crate::field::Field for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $crate::field::write_plain(out, self.word());
            }
            fn read(
                json: &$crate::json::Json<'_>,
                context: &mut $crate::field::Context,
            ) -> Result<Self, $crate::malformed::Malformed> {
                $name::from_word($crate::field::read_text(json, context)?)
                    .ok_or_else(|| context.wrong($crate::malformed::Problem::OneOf($name::WORDS)))
            }
            fn schema() -> serde_json::Value {
                serde_json::json!({ "enum": $name::WORDS })
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
        $crate::as_text::in_documents!(
            $name,
            concat!($($doc, "\n"),+),
            <$name as $crate::field::Field>::schema(),
            $name::from_word
        );
    };
}

pub(crate) use {record, words};
