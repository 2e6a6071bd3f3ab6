//! Quantities, money, counts and days as people write them.
//!
//! Vietnamese: `1.234.567 ₫`, `1.234,5 kg`, `22/11/2026`. English: `1,234,567 ₫`, `1,234.5 kg`, `2026-11-22`. A
//! no-break space keeps a number and its unit on one line.

use std::fmt::Display;

use minhbach_events::{Date, Timestamp};

use crate::texts::Texts;

/// Keeps a number and its unit together.
const NO_BREAK_SPACE: char = '\u{a0}';

/// Groups the digits of a decimal that is written `-1234567.5`.
pub fn number(texts: Texts, plain: impl Display) -> String {
    let (group, point) = if texts.english() { (',', '.') } else { ('.', ',') };
    let plain = plain.to_string();
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if 0 < place && (whole.len() - place).is_multiple_of(3) {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    if let Some(decimals) = decimals {
        grouped.push(point);
        grouped.push_str(decimals);
    }
    grouped
}

/// Whole đồng.
pub fn dong(texts: Texts, plain: impl Display) -> String {
    format!("{}{NO_BREAK_SPACE}₫", number(texts, plain))
}

/// A quantity of an item whose unit is a currency's code or one of UN Recommendation 20.
pub fn with_unit(texts: Texts, plain: impl Display, unit: &str) -> String {
    let word = self::unit(texts, unit).replace(' ', "\u{a0}");
    format!("{}{NO_BREAK_SPACE}{word}", number(texts, plain))
}

/// What a unit is called: a currency's code, or one of UN Recommendation 20.
pub fn unit(texts: Texts, unit: &str) -> String {
    match unit {
        "VND" => "₫".to_owned(),
        unit => texts
            .find(&format!("unit-{unit}"))
            .unwrap_or_else(|| unit.to_owned()),
    }
}

/// A span of days.
pub fn period(texts: Texts, from: Date, to: Date) -> String {
    format!("{} – {}", day(texts, from), day(texts, to))
}

/// A day.
pub fn day(texts: Texts, day: Date) -> String {
    if texts.english() {
        day.to_string()
    } else {
        format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
    }
}

/// A month that is written `2026-11`.
pub fn month(texts: Texts, month: &str) -> String {
    match month.split_once('-') {
        Some((year, month)) if !texts.english() => format!("{month}/{year}"),
        _ => month.to_owned(),
    }
}

/// An instant as the clocks in Vietnam show it (UTC+7).
pub fn moment(texts: Texts, at: Timestamp) -> String {
    let there = at.millis().div_euclid(1000) + 7 * 60 * 60;
    let seconds = there.rem_euclid(24 * 60 * 60);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!(
        "{hour:02}:{minute:02}:{second:02} {}",
        day(texts, at.vietnam_date())
    )
}

/// A size on a disk.
pub fn bytes(texts: Texts, bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut whole, mut tenths, mut unit) = (bytes, 0, 0);
    while 1024 <= whole && unit + 1 < UNITS.len() {
        tenths = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    let plain = if unit == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{tenths}")
    };
    format!("{}{NO_BREAK_SPACE}{}", number(texts, plain), UNITS[unit])
}

/// A part of a whole in percent, two decimals, rounded half up; what is too near to nothing or to all says so.
pub fn percent(texts: Texts, part: u128, whole: u128) -> Option<String> {
    let hundredths = part
        .checked_mul(20_000)?
        .checked_add(whole)?
        .checked_div(whole.checked_mul(2)?)?;
    let nearly_all = part < whole && hundredths == 10_000;
    let plain = |hundredths: u128| match (hundredths / 100, hundredths % 100) {
        (whole, 0) => whole.to_string(),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}"),
    };
    let sign = match hundredths {
        0 if 0 < part => "<",
        _ if nearly_all => ">",
        _ => "",
    };
    let hundredths = hundredths.max(u128::from(0 < part)) - u128::from(nearly_all);
    let shown = number(texts, plain(hundredths));
    Some(format!("{sign}{shown}%"))
}

#[cfg(test)]
mod tests {
    use minhbach_ledger::Language;

    use super::*;

    const VI: Texts = Texts {
        language: Language::Vietnamese,
    };
    const EN: Texts = Texts {
        language: Language::English,
    };

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        for (plain, vi, en) in [
            ("0", "0", "0"),
            ("999", "999", "999"),
            ("1000", "1.000", "1,000"),
            ("135081775728", "135.081.775.728", "135,081,775,728"),
            ("-1234.5", "-1.234,5", "-1,234.5"),
            ("0.125", "0,125", "0.125"),
        ] {
            assert_eq!(number(VI, plain), vi);
            assert_eq!(number(EN, plain), en);
        }
        assert_eq!(dong(VI, 55_000), "55.000\u{a0}₫");
        assert_eq!(with_unit(VI, "12", "VND"), "12\u{a0}₫");
        assert_eq!(with_unit(EN, "1234.5", "USD"), "1,234.5\u{a0}USD");
    }

    #[test]
    fn shares_are_rounded_half_up_and_never_to_nothing_or_all() {
        for (part, whole, vi) in [
            (1, 3, "33,33%"),
            (1, 2, "50%"),
            (5, 6, "83,33%"),
            (1, 6, "16,67%"),
            (1, 20_000, "0,01%"),
            (3, 3, "100%"),
            (0, 3, "0%"),
            (1, 8, "12,5%"),
            (1, 1_000_000, "<0,01%"),
            (999_999, 1_000_000, ">99,99%"),
        ] {
            assert_eq!(percent(VI, part, whole).as_deref(), Some(vi));
        }
        assert_eq!(percent(EN, 1, 8).as_deref(), Some("12.5%"));
        assert_eq!(percent(VI, 1, 0), None);
    }

    #[test]
    fn days_moments_and_sizes() {
        let midnight = Timestamp::parse("2026-11-22T17:00:05.000Z").expect("an instant");
        assert_eq!(moment(VI, midnight), "00:00:05 23/11/2026");
        assert_eq!(moment(EN, midnight), "00:00:05 2026-11-23");
        assert_eq!(month(VI, "2026-11"), "11/2026");
        assert_eq!(bytes(VI, 1023), "1.023\u{a0}B");
        assert_eq!(bytes(VI, 1536), "1,5\u{a0}KiB");
        assert_eq!(bytes(EN, 64 << 20), "64.0\u{a0}MiB");
    }
}
