//! Values that documents hold as a text: read by their own parsers, described by their own schemas.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use crate::json::shorten;

/// Reads a value out of a document by its parser; `expected` is what the error says should be there.
///
/// # Errors
///
/// The deserializer's, and when the parser takes no such text.
pub fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    struct Written<T> {
        expected: &'static str,
        parse: fn(&str) -> Option<T>,
    }
    impl<T> Visitor<'_> for Written<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} as it is written", self.expected)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.parse)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(&shorten(text)), &self))
        }
    }
    deserializer.deserialize_str(Written { expected, parse })
}

/// A JSON Schema as a part of the API's description.
///
/// # Panics
///
/// Panics when it is none that OpenAPI can hold; what is called with one is fixed, and tests call it.
#[cfg(feature = "openapi")]
pub fn described(mut schema: serde_json::Value) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    /// OpenAPI's types want to be told that words are texts.
    fn with_types(schema: &mut serde_json::Value) {
        if schema.get("enum").is_some() && schema.get("type").is_none() {
            schema["type"] = "string".into();
        }
        for part in schema
            .get_mut("anyOf")
            .and_then(serde_json::Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            with_types(part);
        }
    }
    with_types(&mut schema);
    serde_json::from_value(schema).expect("a schema that OpenAPI can hold")
}

/// Lets documents hold a value as a text.
macro_rules! in_documents {
    ($name:ty, $description:expr, $schema:expr, $parse:expr) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::as_text::read(deserializer, stringify!($name), $parse)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let mut schema = $schema;
                let lines: Vec<&str> = $description.lines().map(str::trim).collect();
                schema["description"] = lines.join("\n").into();
                $crate::as_text::described(schema)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use in_documents;

#[cfg(test)]
mod tests {
    use crate::words::Source;
    use crate::{Amount, Code, Date, Hash, Item, Label, Quantity, Reference, Slug, Vnd};

    /// What is read is written as it was; what the type's parser refuses is refused.
    fn check<T: serde::Serialize + serde::de::DeserializeOwned>(good: &[&str], bad: &[&str]) {
        for text in good {
            let json = format!("\"{text}\"");
            let value: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        for text in bad {
            assert!(
                serde_json::from_str::<T>(&format!("\"{text}\"")).is_err(),
                "{text}"
            );
        }
        for json in ["1", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn values_are_read_as_strictly_as_in_entries() {
        check::<Code>(&["RC-1"], &["rc-1", "R"]);
        check::<Slug>(&["xa-ba-vi"], &["xa ba vi", "Xa-Ba-Vi"]);
        check::<Reference>(&["RC-1", "nuoi-em"], &["", "Rc-1"]);
        check::<Label>(&["am-ap"], &["ấm"]);
        check::<Item>(&["VND", "ao-am"], &["XXX", ""]);
        check::<Source>(&["fngo"], &["FNGO", "mixed"]);
        check::<Date>(&["2026-02-28"], &["2026-02-29", "2026-2-8"]);
        check::<Hash>(&[&"0a".repeat(32)], &[&"0A".repeat(32), &"0a".repeat(31)]);
        check::<Quantity>(&["1", "0.001"], &["0", "1.0", "1000000000000000"]);
        check::<Vnd>(
            &["0", "999999999999999"],
            &["-1", "00", "1.5", "+1", "1000000000000000"],
        );
        let largest = "340282366920938463463374607431768211.455";
        check::<Amount>(
            &[
                "0",
                "0.5",
                "999999999999999.999",
                "1000000000000000",
                "12345678901234567.25",
                largest,
            ],
            &[
                "-1",
                "00",
                "0.0",
                "01234567890123456",
                "1234567890123456.",
                "12345678901234567.250",
                "1234567890123456x",
                "340282366920938463463374607431768211.456",
            ],
        );
    }

    #[test]
    fn an_error_says_what_was_there_and_what_should_be() {
        let error = serde_json::from_str::<Slug>("\"Bà Vì\"").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid value: string \"Bà Vì\", expected Slug as it is written at line 1 column 9"
        );
    }

    #[cfg(feature = "openapi")]
    #[test]
    fn values_are_described_by_their_own_schemas() {
        use serde_json::json;
        use utoipa::PartialSchema;

        assert_eq!(
            json!(Source::schema()),
            json!({ "type": "string", "enum": Source::ALL, "description": "Where resources come from." })
        );
        assert_eq!(
            json!(Label::schema()),
            json!({ "type": "string", "pattern": Label::PATTERN,
                "description": "The name of a category, group, target, report or duty inside a programme, or of a rule." })
        );
        let item = json!(Item::schema());
        assert_eq!(item["anyOf"][0]["type"], "string");
        assert_eq!(item["anyOf"][1]["pattern"], Slug::PATTERN);
        // That nothing is no quantity, `not` says; utoipa's schemas have no place for it.
        let quantity = <Quantity as crate::field::Field>::schema();
        assert_eq!(json!(Quantity::schema())["pattern"], quantity["pattern"]);
    }
}
