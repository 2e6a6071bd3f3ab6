//! How a document is declared: written and read by serde, described to the API.

/// Declares documents, or parts of them.
///
/// A field that is absent is left out and never null, which the description has to be told of each.
macro_rules! document {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    })*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$meta])*
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[cfg_attr(feature = "openapi", schema(nullable = false))]
                pub $field: $type,
            )*
        }
    )*};
}
pub(crate) use document;

/// Lets documents hold a value as a text: of a pattern, or one of some words.
macro_rules! in_documents {
    ($name:ident, $description:literal, enum $words:expr, $parse:expr $(,)?) => {
        $crate::document::in_documents!(
            $name => serde_json::json!({ "enum": $words, "description": $description }), $parse
        );
    };
    ($name:ident, $description:literal, $pattern:literal, $parse:expr $(,)?) => {
        $crate::document::in_documents!(
            $name => serde_json::json!({ "type": "string", "pattern": $pattern, "description": $description }),
            $parse
        );
    };
    ($name:ident => $schema:expr, $parse:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                minhbach_events::as_text::read(deserializer, stringify!($name), $parse)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                minhbach_events::as_text::described($schema)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use in_documents;
