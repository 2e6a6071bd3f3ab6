//! Exact quantities: thousandths of a unit, whole đồng, and other decimals as they were written.

use std::fmt;

use compact_str::CompactString;
use serde_json::{Value, json};

use crate::as_text::in_documents;
use crate::field::{Context, Field, read_text, write_plain};
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};

/// Thousandths in one unit: every quantity is a whole number of them.
pub const THOUSANDTHS: u64 = 1_000;
/// One more than the largest whole part a quantity can have.
const WHOLE_BOUND: u64 = 1_000_000_000_000_000;

/// How much of an item: more than zero, at most 3 decimals and 15 digits before them.
///
/// Invariant: from 1 to 999,999,999,999,999,999 thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(u64);

/// A sum of quantities, zero or more, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub u128);

/// Whole đồng, from 0 to 999,999,999,999,999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vnd(u64);

/// Reads `12.5` as 12,500: no sign, no leading or trailing zeros, at most 15 digits and 3 decimals.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, decimals) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, decimals)) => (whole, decimals),
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || whole.len() > 15 || decimals.len() > 3 || leading_zero || decimals.ends_with('0') {
        return None;
    }
    if !digits(whole) || !digits(decimals) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let scale = 10u64.pow(3 - decimals.len() as u32);
    let decimals: u64 = if decimals.is_empty() {
        0
    } else {
        decimals.parse().ok()?
    };
    Some(whole * THOUSANDTHS + decimals * scale)
}

fn write_thousandths(f: &mut fmt::Formatter<'_>, thousandths: u128) -> fmt::Result {
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let decimals = format!("{rest:03}");
    write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
}

impl Quantity {
    /// Takes a count of thousandths within the bounds.
    pub fn from_thousandths(thousandths: u64) -> Option<Quantity> {
        (1..WHOLE_BOUND * THOUSANDTHS)
            .contains(&thousandths)
            .then_some(Quantity(thousandths))
    }
    /// Takes whole units within the bounds.
    pub fn from_whole(units: u64) -> Option<Quantity> {
        units
            .checked_mul(THOUSANDTHS)
            .and_then(Quantity::from_thousandths)
    }
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Quantity> {
        thousandths(text).and_then(Quantity::from_thousandths)
    }
    /// The quantity in thousandths.
    pub fn thousandths(self) -> u64 {
        self.0
    }
    /// The quantity as an amount.
    pub fn amount(self) -> Amount {
        Amount(u128::from(self.0))
    }
    /// How many decimals it is written with.
    pub fn decimals(self) -> u32 {
        self.amount().decimals()
    }
}

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// Reads the written form, within the bounds of a quantity or zero.
    pub fn parse(text: &str) -> Option<Amount> {
        thousandths(text).map(|thousandths| Amount(u128::from(thousandths)))
    }
    /// Reads the written form of a sum, which may be larger than any quantity.
    pub fn parse_sum(text: &str) -> Option<Amount> {
        let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
        if whole.len() <= 15 {
            return Amount::parse(text);
        }
        if whole.starts_with('0') || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let decimals = thousandths(&format!("0{decimals}"))?;
        let whole = whole.parse::<u128>().ok()?.checked_mul(THOUSANDTHS.into())?;
        whole.checked_add(decimals.into()).map(Amount)
    }
    /// How many decimals it is written with.
    pub fn decimals(self) -> u32 {
        (0..3)
            .find(|digits| (self.0 * 10u128.pow(*digits)).is_multiple_of(1000))
            .unwrap_or(3)
    }
    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Vnd {
    /// Takes whole đồng within the bounds.
    pub fn new(dong: u64) -> Option<Vnd> {
        (dong < WHOLE_BOUND).then_some(Vnd(dong))
    }
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Vnd> {
        thousandths(text)
            .filter(|thousandths| thousandths.is_multiple_of(THOUSANDTHS))
            .and_then(|thousandths| Vnd::new(thousandths / THOUSANDTHS))
    }
    /// The đồng.
    pub fn get(self) -> u64 {
        self.0
    }
    /// The đồng in a quantity of đồng, if they are whole.
    pub fn of(quantity: Quantity) -> Option<Vnd> {
        quantity
            .0
            .is_multiple_of(THOUSANDTHS)
            .then_some(Vnd(quantity.0 / THOUSANDTHS))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_thousandths(f, u128::from(self.0))
    }
}
impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_thousandths(f, self.0)
    }
}
impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl fmt::Display for Vnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl fmt::Debug for Vnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! serialized_as_text {
    ($($name:ident),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}
serialized_as_text!(Quantity, Amount, Vnd);
in_documents!(
    Quantity,
    "How much of an item: more than zero, at most 3 decimals and 15 digits before them.",
    <Quantity as Field>::schema(),
    Quantity::parse
);
in_documents!(
    Amount,
    "How much of an item, or a sum of that: zero or more, at most 3 decimals.",
    json!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]{0,2}[1-9])?$" }),
    Amount::parse_sum
);
in_documents!(
    Vnd,
    "Whole đồng, at most 15 digits.",
    <Vnd as Field>::schema(),
    Vnd::parse
);

fn write_digits(out: &mut Vec<u8>, value: impl fmt::Display) {
    use std::io::Write as _;
    write!(out, "\"{value}\"").expect("writing to a Vec cannot fail");
}

impl Field for Quantity {
    fn write(&self, out: &mut Vec<u8>) {
        write_digits(out, self);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Quantity::parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Quantity)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,14})(\\.[0-9]{0,2}[1-9])?$", "not": { "const": "0" } })
    }
}

impl Field for Amount {
    fn write(&self, out: &mut Vec<u8>) {
        write_digits(out, self);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Amount::parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Amount)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,14})(\\.[0-9]{0,2}[1-9])?$" })
    }
}

impl Field for Vnd {
    fn write(&self, out: &mut Vec<u8>) {
        write_digits(out, self);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Vnd::parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Vnd)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,14})$" })
    }
}

/// A decimal that is kept as it was written, like a latitude or an indicator's numerator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal<const SIGNED: bool>(CompactString);

impl<const SIGNED: bool> Decimal<SIGNED> {
    /// Reads at most 15 digits and 9 decimals, without leading or trailing zeros.
    pub fn new(text: &str) -> Option<Self> {
        let unsigned = if SIGNED {
            text.strip_prefix('-').unwrap_or(text)
        } else {
            text
        };
        let (whole, decimals) = unsigned
            .split_once('.')
            .map_or((unsigned, None), |(w, d)| (w, Some(d)));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let whole_good =
            (1..=15).contains(&whole.len()) && digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let decimals_good =
            decimals.is_none_or(|d| (1..=9).contains(&d.len()) && digits(d) && !d.ends_with('0'));
        (whole_good && decimals_good && text != "-0").then(|| Decimal(CompactString::new(text)))
    }
    /// The decimal as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const SIGNED: bool> Field for Decimal<SIGNED> {
    fn write(&self, out: &mut Vec<u8>) {
        write_plain(out, &self.0);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Decimal::new(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Decimal)))
    }
    fn schema() -> Value {
        let sign = if SIGNED { "-?" } else { "" };
        json!({ "type": "string", "pattern": format!("^{sign}(0|[1-9][0-9]{{0,14}})(\\.[0-9]{{0,8}}[1-9])?$") })
    }
}

/// A part of one, like a co-sponsor's third: `1/3`, in lowest terms, at most `1/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

impl Fraction {
    /// Takes a fraction in lowest terms, above 0 and at most 1.
    pub fn new(numerator: u32, denominator: u32) -> Option<Fraction> {
        fn divisor(a: u32, b: u32) -> u32 {
            if b == 0 { a } else { divisor(b, a % b) }
        }
        let good = 0 < numerator && numerator <= denominator && divisor(numerator, denominator) == 1;
        good.then_some(Fraction {
            numerator,
            denominator,
        })
    }
}

impl Field for Fraction {
    fn write(&self, out: &mut Vec<u8>) {
        write_plain(out, &format!("{}/{}", self.numerator, self.denominator));
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        let number = |text: &str| {
            let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
            plain.then(|| text.parse::<u32>().ok()).flatten()
        };
        let parse = |text: &str| {
            let (numerator, denominator) = text.split_once('/')?;
            Fraction::new(number(numerator)?, number(denominator)?)
        };
        parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Fraction)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[1-9][0-9]{0,9}/[1-9][0-9]{0,9}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_one_spelling() {
        for (text, thousandths) in [
            ("1", 1_000),
            ("0.001", 1),
            ("0.5", 500),
            ("1.25", 1_250),
            ("999999999999999.999", 999_999_999_999_999_999),
        ] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!(
                (quantity.thousandths(), quantity.to_string()),
                (thousandths, text.to_owned())
            );
        }
        for bad in [
            "0",
            "0.0",
            "-1",
            "+1",
            "01",
            "1.",
            ".5",
            "1.50",
            "1.0001",
            "1e3",
            "1,5",
            " 1",
            "１",
            "",
            "1000000000000000",
        ] {
            assert_eq!(Quantity::parse(bad), None, "{bad}");
        }
        assert_eq!(Amount::parse("0"), Some(Amount::ZERO));
    }

    #[test]
    fn decimals_are_counted() {
        let decimals = |text| Quantity::parse(text).unwrap().decimals();
        assert_eq!(
            (
                decimals("10"),
                decimals("1.5"),
                decimals("1.25"),
                decimals("1.255")
            ),
            (0, 1, 2, 3)
        );
    }

    #[test]
    fn other_decimals_keep_their_sign_and_digits() {
        assert!(Decimal::<true>::new("-3.5").is_some() && Decimal::<false>::new("-3.5").is_none());
        for bad in ["-0", "1.0", "00", "--1", "1.", "", "."] {
            assert!(Decimal::<true>::new(bad).is_none(), "{bad}");
        }
        assert!(
            Fraction::new(2, 4).is_none() && Fraction::new(1, 3).is_some() && Fraction::new(3, 2).is_none()
        );
    }
}
