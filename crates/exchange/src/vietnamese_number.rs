//! Whole numbers as Vietnamese papers write them: `1.234.567`, the dot grouping thousands.

use thiserror::Error;

/// The most digits a number may have: beyond any amount in đồng that a line can carry.
pub const DIGITS_MAX: usize = 15;

/// Reads a whole number: `1.234.567`, or `1234567` without any dot.
///
/// What could mean two things is refused: a comma is the decimal sign here, and dots must stand at every thousand.
///
/// # Errors
///
/// The first reason why the text is no such number.
pub fn parse(text: &str) -> Result<u64, NumberError> {
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    for (index, found) in text.chars().enumerate() {
        match found {
            '0'..='9' | '.' => {}
            '+' | '-' | '\u{2212}' | '(' | ')' => return Err(NumberError::Sign),
            ',' => return Err(NumberError::Comma),
            _ if found.is_whitespace() => return Err(NumberError::Space),
            _ => return Err(NumberError::NotADigit { position: index + 1 }),
        }
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if DIGITS_MAX < digits {
        return Err(NumberError::TooLong);
    }
    let mut groups = text.split('.');
    let leading = groups.next().unwrap_or_default();
    let grouped = text.contains('.');
    if grouped && (leading.is_empty() || 3 < leading.len() || groups.any(|group| group.len() != 3)) {
        return Err(NumberError::Grouping);
    }
    if leading.starts_with('0') && 1 < digits {
        return Err(NumberError::LeadingZero);
    }
    let mut value: u64 = 0;
    for digit in text.bytes().filter(u8::is_ascii_digit) {
        value = value * 10 + u64::from(digit - b'0'); // 15 digits fit.
    }
    Ok(value)
}

/// Why a text is not a whole number in the Vietnamese way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Nothing stands there.
    #[error("the number is empty")]
    Empty,
    /// A plus, a minus or accounting brackets.
    #[error("a number has no sign or brackets here")]
    Sign,
    /// A comma: the decimal sign, or thousands in the English way; the text does not say which.
    #[error("a comma is ambiguous: write thousands as 1.234.567 and no decimals")]
    Comma,
    /// A space of any kind.
    #[error("a number has no spaces: write 1.234.567")]
    Space,
    /// Another character.
    #[error("character {position} is not a digit")]
    NotADigit {
        /// Counted from 1.
        position: usize,
    },
    /// Dots that do not stand at every thousand.
    #[error("dots must stand at every thousand, as in 1.234.567")]
    Grouping,
    /// A zero in front of other digits.
    #[error("a number does not begin with 0")]
    LeadingZero,
    /// More digits than [`DIGITS_MAX`].
    #[error("more than {DIGITS_MAX} digits")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_vietnamese_way_or_refused() {
        for (text, expected) in [
            ("1.234.567", Ok(1_234_567)),
            ("1234567", Ok(1_234_567)),
            ("0", Ok(0)),
            ("7", Ok(7)),
            ("50.000", Ok(50_000)),
            ("999.999.999.999.999", Ok(999_999_999_999_999)),
            ("", Err(NumberError::Empty)),
            ("1,234", Err(NumberError::Comma)),
            ("1,5", Err(NumberError::Comma)),
            ("50.000,00", Err(NumberError::Comma)),
            ("1.23", Err(NumberError::Grouping)),
            ("12.34.567", Err(NumberError::Grouping)),
            ("1234.567", Err(NumberError::Grouping)),
            ("1.234567", Err(NumberError::Grouping)),
            (".567", Err(NumberError::Grouping)),
            ("567.", Err(NumberError::Grouping)),
            ("1..567", Err(NumberError::Grouping)),
            (".", Err(NumberError::Grouping)),
            ("-1.000", Err(NumberError::Sign)),
            ("+1.000", Err(NumberError::Sign)),
            ("(1.000)", Err(NumberError::Sign)),
            ("1 000", Err(NumberError::Space)),
            (" 1.000", Err(NumberError::Space)),
            ("1\u{a0}000", Err(NumberError::Space)),
            ("1.000 ₫", Err(NumberError::Space)),
            ("1.000₫", Err(NumberError::NotADigit { position: 6 })),
            ("1e6", Err(NumberError::NotADigit { position: 2 })),
            ("١", Err(NumberError::NotADigit { position: 1 })),
            ("007", Err(NumberError::LeadingZero)),
            ("0.123", Err(NumberError::LeadingZero)),
            ("1.000.000.000.000.000", Err(NumberError::TooLong)),
            ("1000000000000000", Err(NumberError::TooLong)),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }
}
