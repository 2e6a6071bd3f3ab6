//! Days as people write them, read in a declared order. The order month, day, year is not read: nobody here writes it,
//! and who meant it would be misread for twelve days of each month.

use minhbach_events::Date;
use thiserror::Error;

/// How the days of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    year_first: bool,
    separator: char,
    /// Whether day and month must have two digits each; with one letter in the format one or two.
    day_padded: bool,
    month_padded: bool,
}

impl DateFormat {
    /// Reads a format such as `dd/mm/yyyy`, `d/m/yyyy`, `yyyy-mm-dd`; the separator is one of `/`, `-`, `.`.
    ///
    /// # Errors
    ///
    /// It is no such format.
    pub fn parse(format: &str) -> Result<DateFormat, DateFormatProblem> {
        let separator = format
            .chars()
            .find(|c| matches!(c, '/' | '-' | '.'))
            .ok_or(DateFormatProblem::NotAFormat)?;
        let parts: Vec<&str> = format.split(separator).collect();
        let day = |part: &str| matches!(part, "d" | "dd");
        let month = |part: &str| matches!(part, "m" | "mm");
        match parts[..] {
            [d, m, "yyyy"] if day(d) && month(m) => Ok(DateFormat {
                year_first: false,
                separator,
                day_padded: d == "dd",
                month_padded: m == "mm",
            }),
            ["yyyy", m, d] if day(d) && month(m) => Ok(DateFormat {
                year_first: true,
                separator,
                day_padded: d == "dd",
                month_padded: m == "mm",
            }),
            [m, d, y] if day(d) && month(m) && y.starts_with('y') => Err(DateFormatProblem::MonthFirst),
            ["yyyy", d, m] if day(d) && month(m) => Err(DateFormatProblem::MonthFirst),
            _ => Err(DateFormatProblem::NotAFormat),
        }
    }

    /// Reads a day.
    ///
    /// # Errors
    ///
    /// It is not written so, or there is no such day.
    pub fn read(&self, text: &str) -> Result<Date, DateProblem> {
        let parts: Vec<&str> = text.trim().split(self.separator).collect();
        let [first, month, last] = parts[..] else {
            return Err(DateProblem::Form);
        };
        let (year, day) = if self.year_first {
            (first, last)
        } else {
            (last, first)
        };
        let year = digits(year, 4..=4)?;
        let short = |padded: bool, text: &str| padded && text.len() == 1;
        let one_digit = short(self.month_padded, month) || short(self.day_padded, day);
        let month = digits(month, 1..=2)?;
        let day = digits(day, 1..=2)?;
        if one_digit {
            return Err(DateProblem::OneDigit {
                format: match (self.year_first, self.separator) {
                    (false, '/') => "d/m/yyyy",
                    (false, '-') => "d-m-yyyy",
                    (false, _) => "d.m.yyyy",
                    (true, '/') => "yyyy/m/d",
                    (true, '-') => "yyyy-m-d",
                    (true, _) => "yyyy.m.d",
                },
            });
        }
        let year = i32::try_from(year).map_err(|_| DateProblem::Form)?;
        Date::new(year, month, day).ok_or(if 12 < month && day <= 12 {
            DateProblem::MonthFirst
        } else {
            DateProblem::NoSuchDay
        })
    }
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Result<u32, DateProblem> {
    if !length.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateProblem::Form);
    }
    text.parse().map_err(|_| DateProblem::Form)
}

/// Why a format is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateFormatProblem {
    /// The month stands before the day and the year is not first, or the day before the month behind the year.
    #[error("month before day is not read")]
    MonthFirst,
    /// Anything else.
    #[error("not a format of days")]
    NotAFormat,
}

/// Why a text is not a day in the declared way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateProblem {
    /// It is not written so.
    #[error("not written in the declared way")]
    Form,
    /// A day or month of one digit where two are declared.
    #[error("a day or month has one digit; the format {format} takes it")]
    OneDigit {
        /// The format that takes one digit and two.
        format: &'static str,
    },
    /// The calendar lacks it.
    #[error("there is no such day")]
    NoSuchDay,
    /// The calendar lacks it, and has it with day and month changed.
    #[error("there is no such day: month and day seem to be exchanged")]
    MonthFirst,
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formats_are_known_or_refused() {
        for (format, expected) in [
            ("dd/mm/yyyy", None),
            ("d/m/yyyy", None),
            ("dd.mm.yyyy", None),
            ("yyyy-mm-dd", None),
            ("mm/dd/yyyy", Some(DateFormatProblem::MonthFirst)),
            ("m/d/yy", Some(DateFormatProblem::MonthFirst)),
            ("yyyy-dd-mm", Some(DateFormatProblem::MonthFirst)),
            ("dd/mm/yy", Some(DateFormatProblem::NotAFormat)),
            ("dd mm yyyy", Some(DateFormatProblem::NotAFormat)),
            ("vi", Some(DateFormatProblem::NotAFormat)),
            ("", Some(DateFormatProblem::NotAFormat)),
        ] {
            assert_eq!(DateFormat::parse(format).err(), expected, "{format}");
        }
    }

    #[test]
    fn days_are_read_in_the_declared_way_or_refused() {
        for (format, text, expected) in [
            ("dd/mm/yyyy", "01/04/2020", Ok("2020-04-01")),
            (
                "dd/mm/yyyy",
                "1/4/2020",
                Err(DateProblem::OneDigit { format: "d/m/yyyy" }),
            ),
            (
                "yyyy-mm-dd",
                "2020-4-01",
                Err(DateProblem::OneDigit { format: "yyyy-m-d" }),
            ),
            ("d/m/yyyy", "1/4/2020", Ok("2020-04-01")),
            ("d/m/yyyy", "01/04/2020", Ok("2020-04-01")),
            ("dd/mm/yyyy", "29/02/2021", Err(DateProblem::NoSuchDay)),
            ("dd/mm/yyyy", "04/28/2020", Err(DateProblem::MonthFirst)),
            ("dd/mm/yyyy", "31/13/2020", Err(DateProblem::NoSuchDay)),
            ("dd/mm/yyyy", "01-04-2020", Err(DateProblem::Form)),
            ("dd/mm/yyyy", "01/04/20", Err(DateProblem::Form)),
            ("dd/mm/yyyy", "01/04/2020 10:00", Err(DateProblem::Form)),
            ("yyyy-mm-dd", "2020-04-01", Ok("2020-04-01")),
            ("yyyy-mm-dd", "", Err(DateProblem::Form)),
            ("d/m/yyyy", "+1/4/2020", Err(DateProblem::Form)),
        ] {
            let format = DateFormat::parse(format).expect("a format");
            let read = format.read(text).map(|date| date.to_string());
            assert_eq!(read.as_deref(), expected.as_deref(), "{text}");
        }
    }

    proptest! {
        /// Another calendar and another reader agree on every text of digits and signs.
        #[test]
        fn another_reader_agrees(text in "[0-3][0-9]/[01][0-9]/[12][0-9]{3}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}") {
            let ours = DateFormat::parse("dd/mm/yyyy").expect("a format").read(&text);
            // The other reader takes one digit for a day, too.
            let padded = text.len() == 10 && text.as_bytes()[2] == b'/' && text.as_bytes()[5] == b'/';
            let theirs = NaiveDate::parse_from_str(&text, "%d/%m/%Y").ok().filter(|_| padded);
            let theirs = theirs.filter(|date| 0 < date.year()).map(|date| date.format("%Y-%m-%d").to_string());
            prop_assert_eq!(ours.ok().map(|date| date.to_string()), theirs);
        }
    }
}
