//! A gift's exact part of something, for people.

use minhbach_events::Amount;
use num_bigint::BigUint;

use crate::numbers;
use crate::texts::Texts;

/// More digits than these are no longer read as a fraction.
const READABLE_DIGITS: usize = 14;

/// A part `n/d` of a quantity.
pub struct Part {
    numerator: BigUint,
    denominator: BigUint,
    of: Amount,
}

impl Part {
    /// Reads a share as trails write it; what is no fraction counts as all.
    pub fn of(share: &str, of: Amount) -> Part {
        let read = share
            .split_once('/')
            .and_then(|(n, d)| Some((n.parse().ok()?, d.parse().ok()?)));
        let one = || BigUint::from(1u8);
        let (numerator, denominator) = read.unwrap_or_else(|| (one(), one()));
        Part {
            numerator,
            denominator,
            of,
        }
    }

    /// How much that is, with a sign before it where it had to be cut to thousandths.
    pub fn quantity(&self, written: impl Fn(Amount) -> String) -> String {
        let product = &self.numerator * BigUint::from(self.of.0);
        let whole = &product / &self.denominator;
        let exact = &whole * &self.denominator == product;
        let whole = Amount(u128::try_from(&whole).unwrap_or(self.of.0));
        if exact {
            written(whole)
        } else {
            format!("≈\u{a0}{}", written(whole))
        }
    }

    /// `4/9 (44,4%)`; the per cent alone where the fraction is too long to be read.
    pub fn share(&self, texts: Texts) -> String {
        let (numerator, denominator) = (self.numerator.to_string(), self.denominator.to_string());
        // Six digits more than a per cent needs.
        let scaled = &self.numerator * BigUint::from(1_000_000_000_u64) / &self.denominator;
        let scaled = u128::try_from(&scaled).unwrap_or(0);
        let percent = numbers::percent(texts, scaled, 1_000_000_000);
        if READABLE_DIGITS < numerator.len() + denominator.len() {
            return percent.unwrap_or_default();
        }
        let fraction = format!(
            "{}/{}",
            numbers::number(texts, &numerator),
            numbers::number(texts, &denominator)
        );
        match percent {
            Some(percent) => format!("{fraction} ({percent})"),
            None => fraction,
        }
    }
}
