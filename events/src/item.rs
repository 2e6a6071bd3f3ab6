//! What a quantity is of: money in a currency, or a registered item of goods or services.

use std::fmt;

use serde_json::{Value, json};

use crate::as_text::in_documents;
use crate::code::Slug;
use crate::field::{Context, Field, read_text, write_plain};
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};

/// The currencies of ISO 4217 with their minor units, a dated data file.
const CURRENCIES: &str = include_str!("../data/currencies.csv");

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Vietnam's đồng, in which gifts are valued.
    pub const VND: Currency = Currency(*b"VND");

    /// Finds an active currency.
    pub fn new(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        if bytes == *b"VND" {
            return Some(Currency::VND);
        }
        lines().any(|(known, _)| known == code).then_some(Currency(bytes))
    }
    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }
    /// Decimals of its minor unit; the đồng has none.
    pub fn digits(self) -> u32 {
        if self == Currency::VND {
            return 0;
        }
        lines()
            .find(|(known, _)| *known == self.as_str())
            .map_or(0, |(_, digits)| digits)
    }
    /// Every active currency.
    pub fn all() -> impl Iterator<Item = &'static str> {
        lines().map(|(code, _)| code)
    }
}

fn lines() -> impl Iterator<Item = (&'static str, u32)> {
    CURRENCIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (code, digits) = line.split_once(',')?;
            Some((code, digits.parse().ok()?))
        })
}

/// What a quantity is of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Money.
    Money(Currency),
    /// Goods or a service, registered with its unit.
    Kind(Slug),
}

impl Item {
    /// Reads a currency's code or a slug.
    pub fn new(text: &str) -> Option<Item> {
        match Currency::new(text) {
            Some(currency) => Some(Item::Money(currency)),
            None => Slug::new(text).map(Item::Kind),
        }
    }
    /// The currency's code or the slug.
    pub fn as_str(&self) -> &str {
        match self {
            Item::Money(currency) => currency.as_str(),
            Item::Kind(slug) => slug.as_str(),
        }
    }
    /// Whether it is đồng.
    pub fn is_vnd(&self) -> bool {
        *self == Item::Money(Currency::VND)
    }
    /// Whether it is money.
    pub fn is_money(&self) -> bool {
        matches!(self, Item::Money(_))
    }
    /// Decimals a quantity of it can have.
    pub fn digits(&self) -> u32 {
        match self {
            Item::Money(currency) => currency.digits(),
            Item::Kind(_) => 3,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl serde::Serialize for Item {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

in_documents!(
    Item,
    "What a quantity is of: a currency of ISO 4217, or the slug of registered goods or a service.",
    <Item as Field>::schema(),
    Item::new
);

impl Field for Item {
    fn write(&self, out: &mut Vec<u8>) {
        write_plain(out, self.as_str());
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Item::new(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Item)))
    }
    fn schema() -> Value {
        json!({ "anyOf": [{ "enum": Currency::all().collect::<Vec<_>>() }, Slug::schema()] })
    }
    fn texts(&self, seen: &mut dyn FnMut(&str)) {
        if let Item::Kind(slug) = self {
            seen(slug.as_str());
        }
    }
    fn name(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_are_those_of_the_standard() {
        let digits = |code| Currency::new(code).map(Currency::digits);
        assert_eq!(
            (digits("VND"), digits("USD"), digits("KWD"), digits("JPY")),
            (Some(0), Some(2), Some(3), Some(0))
        );
        assert_eq!((digits("XXX"), digits("vnd"), digits("VN")), (None, None, None));
    }
}
