//! Days and instants: UTC inside, UTC+7 for people.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use serde_json::{Value, json};

use crate::as_text::in_documents;
use crate::field::{Context, Field, read_text, write_plain};
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};

/// A day, from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

/// An instant in UTC, to the millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Vietnam's distance from UTC in milliseconds; it has no summer time.
const VIETNAM_MILLIS: i64 = 7 * 60 * 60 * 1000;

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0u32, |number, b| {
        b.is_ascii_digit().then(|| number * 10 + u32::from(b - b'0'))
    })
}

/// Writes a number with as many digits as there is room for.
fn put_digits(room: &mut [u8], mut number: u32) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// What a day is written as, a regular expression of any dialect; of months it does not know how long they are.
pub(crate) const DAY: &str = concat!(
    "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])",
    "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
);

impl Date {
    /// Takes a year, a month and a day that exist.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        (1..=9999)
            .contains(&year)
            .then(|| NaiveDate::from_ymd_opt(year, month, day))
            .flatten()
            .map(Date)
    }
    /// Reads `2026-11-22`.
    pub fn parse(text: &str) -> Option<Date> {
        match text.as_bytes() {
            [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
                Date::new(digits(year)? as i32, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
            }
            _ => None,
        }
    }
    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }
    /// The month from 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }
    /// The day of the month from 1.
    pub fn day(self) -> u32 {
        self.0.day()
    }
    /// Days since 0001-01-01, which is 1.
    pub fn ordinal(self) -> i32 {
        self.0.num_days_from_ce()
    }
    /// The day with that number.
    pub fn from_ordinal(days: i32) -> Option<Date> {
        NaiveDate::from_num_days_from_ce_opt(days)
            .filter(|date| (1..=9999).contains(&date.year()))
            .map(Date)
    }
    /// The same day a year earlier, or the last of February.
    pub fn a_year_before(self) -> Date {
        self.0
            .checked_sub_months(chrono::Months::new(12))
            .map_or(self, Date)
    }
    /// `2026-11`, the month it lies in.
    pub fn year_month(self) -> String {
        format!("{:04}-{:02}", self.year(), self.month())
    }
}

impl Timestamp {
    /// Takes milliseconds since 1970 within the years 1 to 9999, in Vietnam too.
    pub fn from_millis(millis: i64) -> Option<Timestamp> {
        let year = |millis| DateTime::from_timestamp_millis(millis).map(|time| time.year());
        let within = 1 <= year(millis)? && year(millis.checked_add(VIETNAM_MILLIS)?)? <= 9999;
        within.then_some(Timestamp(millis))
    }
    /// Reads `2026-11-22T01:11:00.123Z`.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 24
            && [(10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')]
                .iter()
                .all(|&(i, b)| bytes[i] == b);
        if !shape {
            return None;
        }
        let date = Date::parse(text.get(..10)?)?;
        let number = |from: usize, to: usize| digits(&bytes[from..to]);
        let time =
            date.0
                .and_hms_milli_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?)?;
        // chrono takes 59.1000 for a leap second; the journal has none.
        if 1_000_000_000 <= time.nanosecond() {
            return None;
        }
        Timestamp::from_millis(time.and_utc().timestamp_millis())
    }
    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }
    /// The day it is in Vietnam.
    pub fn vietnam_date(self) -> Date {
        let there =
            DateTime::from_timestamp_millis(self.0 + VIETNAM_MILLIS).expect("within the years 1 to 9999");
        Date(there.date_naive())
    }
    /// The written form, 24 bytes.
    pub fn to_text(self) -> [u8; 24] {
        let utc = DateTime::from_timestamp_millis(self.0).expect("within the years 1 to 9999");
        let mut text = *b"0000-00-00T00:00:00.000Z";
        put_digits(&mut text[0..4], utc.year() as u32);
        put_digits(&mut text[5..7], utc.month());
        put_digits(&mut text[8..10], utc.day());
        put_digits(&mut text[11..13], utc.hour());
        put_digits(&mut text[14..16], utc.minute());
        put_digits(&mut text[17..19], utc.second());
        put_digits(&mut text[20..23], utc.timestamp_subsec_millis());
        text
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_text()).expect("digits are ASCII"))
    }
}
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

in_documents!(Date, "A day.", <Date as Field>::schema(), Date::parse);

impl Field for Date {
    fn write(&self, out: &mut Vec<u8>) {
        let mut text = *b"0000-00-00";
        put_digits(&mut text[0..4], self.year() as u32);
        put_digits(&mut text[5..7], self.month());
        put_digits(&mut text[8..10], self.day());
        write_plain(out, std::str::from_utf8(&text).expect("digits are ASCII"));
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Date::parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::Date)))
    }
    fn schema() -> Value {
        // Validators need not look at `format`; the pattern sees all but days that a month lacks.
        json!({ "type": "string", "format": "date", "pattern": format!("^{DAY}$") })
    }
}

/// A day of every year, `11-30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    /// Reads `11-30`; 29 February counts, since it comes again.
    pub fn parse(text: &str) -> Option<MonthDay> {
        match text.as_bytes() {
            [m1, m2, b'-', d1, d2] => {
                let (month, day) = (digits(&[*m1, *m2])?, digits(&[*d1, *d2])?);
                Date::new(2000, month, day).map(|_| MonthDay { month, day })
            }
            _ => None,
        }
    }
}

impl Field for MonthDay {
    fn write(&self, out: &mut Vec<u8>) {
        write_plain(out, &format!("{:02}-{:02}", self.month, self.day));
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        MonthDay::parse(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form(Form::MonthDay)))
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_strict() {
        assert_eq!(Date::parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        let mut written = Vec::new();
        Date::parse("0999-01-09").unwrap().write(&mut written);
        assert_eq!(written, b"\"0999-01-09\"");
        for bad in [
            "2023-02-29",
            "2024-2-9",
            "24-02-09",
            "2024/02/09",
            "02-09-2024",
            "2024-13-01",
            "0000-01-01",
            "2024-02-09 ",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_are_strict_and_turn_over_at_vietnamese_midnight() {
        let late = Timestamp::parse("2026-11-22T16:59:59.999Z").unwrap();
        assert_eq!(late.to_string(), "2026-11-22T16:59:59.999Z");
        assert_eq!(late.vietnam_date().to_string(), "2026-11-22");
        assert_eq!(
            Timestamp::from_millis(late.millis() + 1)
                .unwrap()
                .vietnam_date()
                .to_string(),
            "2026-11-23"
        );
        for bad in [
            "2026-11-22T16:59:60.000Z",
            "2026-11-22T24:00:00.000Z",
            "2026-11-22 16:59:59.999Z",
            "2026-11-22T16:59:59Z",
            "2026-11-22T16:59:59.999+",
            "9999-12-31T17:00:00.000Z",
            "2026-02-30T00:00:00.000Z",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }
}
