//! JSON whose keys keep their order and their repetitions: the order is part of what we promise.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value, its objects as written.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderedJson {
    /// `null`, a truth value or a number, as text.
    Bare(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<OrderedJson>),
    /// An object.
    Object(Vec<(String, OrderedJson)>),
}

impl OrderedJson {
    /// Reads a document.
    #[track_caller]
    pub fn read(text: &str) -> OrderedJson {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// The keys of an object, in their order; none of anything else.
    pub fn keys(&self) -> Vec<&str> {
        match self {
            OrderedJson::Object(fields) => fields.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// A field of an object.
    #[track_caller]
    pub fn get(&self, key: &str) -> &OrderedJson {
        let OrderedJson::Object(fields) = self else {
            panic!("no object: {self:?}")
        };
        let found = fields.iter().find(|(name, _)| name == key);
        &found.unwrap_or_else(|| panic!("no {key} in {self:?}")).1
    }

    /// The items of a list.
    #[track_caller]
    pub fn items(&self) -> &[OrderedJson] {
        let OrderedJson::List(items) = self else {
            panic!("no list: {self:?}")
        };
        items
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> bool {
        matches!(self, OrderedJson::Text(_))
    }

    /// Whether it is a whole number.
    pub fn is_count(&self) -> bool {
        matches!(self, OrderedJson::Bare(text) if text.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

impl<'de> Deserialize<'de> for OrderedJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OrderedJson, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = OrderedJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Bare("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Bare(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Bare(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Bare(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Bare(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<OrderedJson, E> {
        Ok(OrderedJson::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OrderedJson, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(OrderedJson::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OrderedJson, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(OrderedJson::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_are_kept() {
        let json = OrderedJson::read(r#"{"b":1,"a":"x","b":[null,true,-1,1.0]}"#);
        assert_eq!(json.keys(), ["b", "a", "b"]);
        assert!(json.get("b").is_count() && json.get("a").is_text());
        let OrderedJson::Object(fields) = &json else {
            panic!("an object")
        };
        assert!(fields[2].1.items().iter().all(|item| !item.is_count()));
    }
}
