//! The moment of an entry, as its bytes have it.

use std::fmt;

/// A moment as written: `YYYY-MM-DDTHH:MM:SS.mmmZ`, UTC.
///
/// Invariant: the text is a moment of the calendar, so the order of the bytes is the order in time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At([u8; At::LEN]);

impl At {
    /// The length of the text in bytes.
    pub const LEN: usize = 24;

    /// Reads the text; `None` when it is not of that form or not in the calendar.
    pub fn parse(text: &[u8]) -> Option<At> {
        const FORM: &[u8; At::LEN] = b"0000-00-00T00:00:00.000Z";
        let text: &[u8; At::LEN] = text.try_into().ok()?;
        let fits = |(byte, form): (&u8, &u8)| match form {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        };
        if !text.iter().zip(FORM).all(fits) {
            return None;
        }
        let two = |at: usize| u32::from(text[at] - b'0') * 10 + u32::from(text[at + 1] - b'0');
        let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
        let in_calendar = (1..=days_of_month(year, month)).contains(&day);
        (in_calendar && two(11) < 24 && two(14) < 60 && two(17) < 60).then_some(At(*text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits and marks are ASCII")
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8; At::LEN] {
        &self.0
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Zero for what is no month.
fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn only_moments_of_the_calendar_are_read() {
        let good = [
            "2026-11-22T01:11:00.123Z",
            "2024-02-29T23:59:59.999Z",
            "2000-02-29T00:00:00.000Z",
        ];
        for text in good {
            assert_eq!(
                At::parse(text.as_bytes()).map(|at| at.to_string()).as_deref(),
                Some(text)
            );
        }
        let bad = [
            "2026-11-22T01:11:00.123",
            "2026-11-22T01:11:00.123z",
            "2026-11-22 01:11:00.123Z",
            "2026-13-22T01:11:00.123Z",
            "2026-00-22T01:11:00.123Z",
            "2026-11-31T01:11:00.123Z",
            "2026-11-00T01:11:00.123Z",
            "1900-02-29T01:11:00.123Z",
            "2026-02-29T01:11:00.123Z",
            "2026-11-22T24:11:00.123Z",
            "2026-11-22T01:60:00.123Z",
            "2026-11-22T01:11:60.123Z",
            "2026-11-22T01:11:00.1a3Z",
            "",
        ];
        for text in bad {
            assert_eq!(At::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_the_text_is_the_order_in_time() {
        let at = |text: &str| At::parse(text.as_bytes()).expect("a moment");
        assert!(at("2026-11-22T01:11:00.123Z") < at("2026-11-22T01:11:00.124Z"));
        assert!(at("2026-09-30T23:59:59.999Z") < at("2026-10-01T00:00:00.000Z"));
    }
}
