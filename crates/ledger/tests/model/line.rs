//! A proposal as it is read by the model: plain JSON.

use minhbach_events::{Amount, Quantity};
use serde_json::Value;

#[derive(Clone, Copy)]
pub struct Line<'a>(pub &'a Value);

impl<'a> Line<'a> {
    pub fn type_name(self) -> &'a str {
        self.text("type")
    }
    pub fn get(self, field: &str) -> Option<&'a Value> {
        self.0.get(field)
    }
    pub fn has(self, field: &str) -> bool {
        self.get(field).is_some()
    }
    /// The text of a field that the form requires.
    pub fn text(self, field: &str) -> &'a str {
        self.opt(field).unwrap_or_default()
    }
    pub fn opt(self, field: &str) -> Option<&'a str> {
        self.get(field).and_then(Value::as_str)
    }
    pub fn own(self, field: &str) -> String {
        self.text(field).to_owned()
    }
    pub fn opt_own(self, field: &str) -> Option<String> {
        self.opt(field).map(str::to_owned)
    }
    pub fn number(self, field: &str) -> u64 {
        self.get(field).and_then(Value::as_u64).unwrap_or_default()
    }
    pub fn list(self, field: &str) -> Vec<Line<'a>> {
        self.get(field)
            .and_then(Value::as_array)
            .map(|list| list.iter().map(Line).collect())
            .unwrap_or_default()
    }
    pub fn texts(self, field: &str) -> Vec<String> {
        let texts = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.get(field)
            .and_then(Value::as_array)
            .map(texts)
            .unwrap_or_default()
    }
    /// Thousandths.
    pub fn quantity(self, field: &str) -> u128 {
        thousandths(self.text(field)).unwrap_or_default()
    }
    /// Whole đồng.
    pub fn dong(self, field: &str) -> Option<u128> {
        self.opt(field).and_then(|text| text.parse().ok())
    }
}

/// Thousandths of a decimal that may be zero.
pub fn thousandths(text: &str) -> Option<u128> {
    Amount::parse(text).map(|amount| amount.0)
}

/// Writes thousandths as a decimal.
pub fn decimal(thousandths: u128) -> String {
    u64::try_from(thousandths)
        .ok()
        .and_then(Quantity::from_thousandths)
        .map_or("0".to_owned(), |quantity| quantity.to_string())
}

/// Decimals that money has; goods and services have three.
pub fn digits_fit(item: &str, thousandths: u128) -> bool {
    match item {
        "VND" => thousandths.is_multiple_of(1000),
        "USD" => thousandths.is_multiple_of(10),
        _ => true,
    }
}

pub fn is_money(item: &str) -> bool {
    matches!(item, "VND" | "USD")
}
