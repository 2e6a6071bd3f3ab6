//! The values as an API's description shows them: the schema that each has in an entry, as a component of its own.

use std::borrow::Cow;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::field::Field;
use crate::text::Title;
use crate::words::{
    Beneficiary, Channel, Condition, Consent, Display, Every, ItemForm, LedgerKind, NeedOutcome, Part, PartyKind,
    PlaceKind, RejectionCode, Source, TargetKind,
};
use crate::{Actor, Amount, Code, Date, Hash, Item, Key, Label, Quantity, Reference, Serial, Slug, Timestamp, Vnd};

macro_rules! values {
    ($($name:ident),+ $(,)?) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    ObjectBuilder::new().schema_type(Type::String).into()
                }
            }
            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )+

        /// The schema of each value under the name of its component. What the traits of the description give is a name
        /// to refer to; this is what stands there, as it does in the schema of entries.
        pub fn value_schemas() -> Vec<(&'static str, Value)> {
            vec![$((stringify!($name), <$name as Field>::schema())),+]
        }
    };
}

values! {
    Actor, Amount, Beneficiary, Channel, Code, Condition, Consent, Date, Display, Every, Hash, Item, ItemForm, Key,
    Label, LedgerKind, NeedOutcome, Part, PartyKind, PlaceKind, Quantity, Reference, RejectionCode, Serial, Slug,
    Source, TargetKind, Timestamp, Title, Vnd,
}
