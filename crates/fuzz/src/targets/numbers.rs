//! Short texts of a fixed form: quantities, days and moments, codes. Each line of an input is one.

use chrono::{DateTime, NaiveDate};
use minhbach_events::code::check_character;
use minhbach_events::quantity::Decimal;
use minhbach_events::text::{MediaType, Origin, Unit};
use minhbach_events::{
    Actor, Amount, Code, Currency, Date, Hash, Item, Key, Label, MonthDay, Quantity, Reference, Slug,
    Timestamp, Vnd,
};
use minhbach_exchange::{ImportKey, vietnamese_number};
use minhbach_journal::At;
use minhbach_tlog::parse_size;

use crate::sentence;

fn lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
}

/// A number has one written form, and is the number that its digits say.
pub fn numbers(bytes: &[u8]) {
    for text in lines(bytes) {
        let thousandths = thousandths(text);
        let short = |most: usize| {
            thousandths.filter(|_| text.split('.').next().is_some_and(|whole| whole.len() <= most))
        };
        assert_eq!(Amount::parse(text).map(|amount| amount.0), short(15), "{text:?}");
        assert_eq!(
            Amount::parse_sum(text).map(|amount| amount.0),
            thousandths,
            "{text:?}"
        );
        let quantity = Quantity::parse(text);
        assert_eq!(
            quantity.map(|quantity| u128::from(quantity.thousandths())),
            short(15).filter(|thousandths| *thousandths != 0),
            "{text:?}"
        );
        let vnd = Vnd::parse(text);
        assert_eq!(
            vnd.map(|vnd| u128::from(vnd.get()) * 1_000),
            short(15).filter(|thousandths| thousandths.is_multiple_of(1_000)),
            "{text:?}"
        );
        for written in [
            quantity.map(|quantity| quantity.to_string()),
            vnd.map(|vnd| vnd.to_string()),
            Amount::parse_sum(text).map(|amount| amount.to_string()),
            parse_size(text).map(|size| size.to_string()),
            Decimal::<false>::new(text).map(|decimal| decimal.as_str().to_owned()),
        ] {
            assert!(
                written.is_none_or(|written| written == text),
                "a second written form: {text:?}"
            );
        }
        // With a sign it is the same number.
        let signed = Decimal::<true>::new(&format!("-{text}")).is_some();
        let zero = text == "0";
        assert_eq!(signed, Decimal::<false>::new(text).is_some() && !zero, "{text:?}");
        grouped(text);
    }
}

/// A whole number with dots at the thousands, or without any.
fn grouped(text: &str) {
    match vietnamese_number::parse(text) {
        Ok(number) => {
            let digits = number.to_string();
            let mut dotted = String::new();
            for (nth, digit) in digits.chars().enumerate() {
                if 0 < nth && (digits.len() - nth).is_multiple_of(3) {
                    dotted.push('.');
                }
                dotted.push(digit);
            }
            assert!(text == digits || text == dotted, "{text:?} is read as {number}");
        }
        Err(error) => {
            sentence::check(&error, text.as_bytes());
            let plain =
                !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(
                !plain || text.starts_with('0') && text != "0",
                "{text:?} is refused: {error}"
            );
        }
    }
}

/// What the design says of the form: `^(0|[1-9][0-9]*)(\.[0-9]{0,2}[1-9])?$`, as far as it can be counted.
fn thousandths(text: &str) -> Option<u128> {
    let (whole, decimals) = text
        .split_once('.')
        .map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let decimals_good = decimals.is_none_or(|part| digits(part) && part.len() <= 3 && !part.ends_with('0'));
    if !digits(whole) || !decimals_good || whole.starts_with('0') && whole != "0" {
        return None;
    }
    let mut sum: u128 = 0;
    let decimals = format!("{:0<3}", decimals.unwrap_or_default());
    for digit in whole.bytes().chain(decimals.bytes()) {
        sum = sum.checked_mul(10)?.checked_add(u128::from(digit - b'0'))?;
    }
    Some(sum)
}

/// Days and moments are those that chrono reads, in one form.
pub fn days(bytes: &[u8]) {
    for text in lines(bytes) {
        let form = |form: &str| {
            let same = |(is, should): (u8, u8)| {
                if should == b'0' {
                    is.is_ascii_digit()
                } else {
                    is == should
                }
            };
            text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
        };
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let day = day.filter(|_| form("0000-00-00") && !text.starts_with("0000"));
        assert_eq!(
            Date::parse(text).map(|date| date.to_string()),
            day.map(|day| day.format("%Y-%m-%d").to_string())
        );
        if let Some(date) = Date::parse(text) {
            assert_eq!(Date::from_ordinal(date.ordinal()), Some(date));
            assert!(date.a_year_before() <= date);
            assert!(text.starts_with(&date.year_month()));
        }
        let of_any_year =
            NaiveDate::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d").is_ok() && form("00-00");
        assert_eq!(MonthDay::parse(text).is_some(), of_any_year, "{text:?}");
        moment(text, form("0000-00-00T00:00:00.000Z"));
    }
}

fn moment(text: &str, formed: bool) {
    let theirs = DateTime::parse_from_rfc3339(text).ok();
    // A leap second is none here; nor is what lies outside of the years 1 to 9999, in Vietnam too.
    let theirs = theirs
        .filter(|_| formed && &text[17..19] != "60")
        .map(|moment| moment.timestamp_millis());
    let at = At::parse(text.as_bytes());
    assert_eq!(
        at.map(|at| at.to_string()).as_deref(),
        theirs.map(|_| text),
        "{text:?}"
    );
    match Timestamp::parse(text) {
        Some(moment) => {
            assert_eq!(Some(moment.millis()), theirs, "{text:?}");
            assert_eq!(moment.to_string(), text);
            let day = moment.vietnam_date();
            let later = Timestamp::from_millis(moment.millis() + 7 * 3_600_000)
                .map_or(String::new(), |later| later.to_string());
            assert!(
                later.is_empty() || later.starts_with(&day.to_string()),
                "{text:?}: {day}"
            );
        }
        None => assert!(
            theirs.is_none() || text.starts_with("0000") || text.starts_with("9999-12-31T"),
            "{text:?} is refused"
        ),
    }
}

/// Codes and names are written as they are read, and no two kinds that must not be confused take the same text.
pub fn codes(bytes: &[u8]) {
    for text in lines(bytes) {
        let written = [
            Code::new(text).map(|code| code.to_string()),
            Slug::new(text).map(|slug| slug.to_string()),
            Reference::new(text).map(|reference| reference.to_string()),
            Label::new(text).map(|label| label.to_string()),
            Actor::new(text).map(|actor| actor.to_string()),
            Key::new(text).map(|key| key.to_string()),
            Unit::new(text).map(|unit| unit.to_string()),
            MediaType::new(text).map(|media| media.to_string()),
            Origin::new(text).map(|origin| origin.to_string()),
            Item::new(text).map(|item| item.to_string()),
            ImportKey::parse(text).map(|key| key.to_string()),
            Hash::from_hex(text.as_bytes()).map(|hash| hash.to_string()),
            Currency::new(text).map(|currency| currency.as_str().to_owned()),
        ];
        for written in written.iter().flatten() {
            assert_eq!(written, text);
            assert!(
                text.is_ascii() && !text.contains(char::is_control) && !text.contains(' '),
                "{text:?}"
            );
        }
        let (code, slug) = (Code::new(text), Slug::new(text));
        let letters = text.contains(|letter: char| letter.is_ascii_alphabetic());
        assert!(
            !letters || code.is_none() || slug.is_none(),
            "{text:?} is a code and a slug"
        );
        assert_eq!(
            Reference::new(text).is_some(),
            code.is_some() || slug.is_some(),
            "{text:?}"
        );
        if let Some(check) = check_character(text) {
            // ISO 7064: with its check character a text comes out at 1, and with no other.
            let sum = |text: &str| {
                text.chars().fold(36, |product, letter| {
                    let value = letter.to_digit(36).expect("a letter or digit");
                    let sum = (product + value) % 36;
                    (if sum == 0 { 36 } else { sum }) * 2 % 37
                })
            };
            let with = |check: char| (sum(text) + check.to_digit(36).expect("a letter or digit")) % 36 == 1;
            let right: Vec<char> = ('0'..='9')
                .chain('A'..='Z')
                .filter(|check| with(*check))
                .collect();
            assert_eq!(right, [check], "{text:?}");
        }
    }
}
