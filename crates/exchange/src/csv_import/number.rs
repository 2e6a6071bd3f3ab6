//! Numbers as people write them, read in a declared way: nothing is guessed, and what could mean two things is refused.

use thiserror::Error;

/// The most digits before the decimals.
pub const WHOLE_DIGITS_MAX: usize = 15;
/// The most decimals.
pub const DECIMALS_MAX: usize = 8;
/// The longest word that is taken for the sign of a currency or unit.
const SIGN_CHARS_MAX: usize = 8;

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFormat {
    /// `1.234.567,5`: the dot groups thousands, the comma begins the decimals.
    Vietnamese,
    /// `1,234,567.5`: the comma groups thousands, the dot begins the decimals.
    English,
    /// `1234567.5`: no groups, the dot begins the decimals.
    Plain,
}

impl NumberFormat {
    /// Every format.
    pub const ALL: [NumberFormat; 3] = [
        NumberFormat::Vietnamese,
        NumberFormat::English,
        NumberFormat::Plain,
    ];

    /// Its word in a map.
    pub fn word(self) -> &'static str {
        match self {
            NumberFormat::Vietnamese => "vi",
            NumberFormat::English => "en",
            NumberFormat::Plain => "plain",
        }
    }

    /// Finds a format by its word.
    pub fn from_word(word: &str) -> Option<NumberFormat> {
        NumberFormat::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The sign that groups thousands, and the one that begins the decimals.
    fn signs(self) -> (Option<char>, char) {
        match self {
            NumberFormat::Vietnamese => (Some('.'), ','),
            NumberFormat::English => (Some(','), '.'),
            NumberFormat::Plain => (None, '.'),
        }
    }
}

/// What a minus in front of a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Minus {
    /// The number is refused.
    #[default]
    Refuse,
    /// Each number must have one, and it is dropped: the column counts what goes out.
    Drop,
    /// It is kept, as a latitude needs it.
    Keep,
}

/// How a column's numbers are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRule {
    /// How they are written.
    pub format: NumberFormat,
    /// Words and signs of a currency or unit that may stand before or behind: `₫`, `INR`.
    pub signs: Vec<String>,
    /// What a minus means.
    pub minus: Minus,
    /// What each number is multiplied by: 1,000 for a column in thousands.
    pub times: u32,
}

impl NumberRule {
    /// Reads a number and writes it as the ledger does: `1234567.5`, without needless zeros.
    ///
    /// # Errors
    ///
    /// The first reason why the text is no such number.
    pub fn read(&self, text: &str) -> Result<String, NumberProblem> {
        let mut rest = text.trim();
        let mut negative = strip_minus(&mut rest);
        for sign in &self.signs {
            let stripped = rest
                .strip_prefix(sign.as_str())
                .or_else(|| rest.strip_suffix(sign.as_str()));
            if let Some(stripped) = stripped {
                rest = stripped.trim();
                break;
            }
        }
        negative |= strip_minus(&mut rest);
        let (whole, decimals) = split(rest, self.format).map_err(|problem| match problem {
            NumberProblem::NotADigit { .. } | NumberProblem::Space => {
                unlisted_sign(rest).map_or(problem, |sign| NumberProblem::Sign { sign })
            }
            problem => problem,
        })?;
        match (self.minus, negative) {
            (Minus::Refuse, true) => return Err(NumberProblem::Negative),
            (Minus::Drop, false) => return Err(NumberProblem::NotNegative),
            _ => {}
        }
        let scale = 10_u128.pow(DECIMALS_MAX as u32);
        // At most 15 and 8 digits, and a factor of 32 bits: 34 digits fit.
        let digits: u128 = format!("{whole}{decimals:0<DECIMALS_MAX$}")
            .parse()
            .map_err(|_| NumberProblem::TooLong)?;
        let value = digits * u128::from(self.times);
        let (whole, decimals) = (value / scale, value % scale);
        let decimals = format!("{decimals:0DECIMALS_MAX$}");
        let decimals = decimals.trim_end_matches('0');
        let minus = if negative && self.minus == Minus::Keep && value != 0 {
            "-"
        } else {
            ""
        };
        Ok(if decimals.is_empty() {
            format!("{minus}{whole}")
        } else {
            format!("{minus}{whole}.{decimals}")
        })
    }
}

fn strip_minus(rest: &mut &str) -> bool {
    let stripped = rest
        .strip_prefix('-')
        .or_else(|| rest.strip_prefix('\u{2212}'))
        .map(str::trim_start);
    match stripped {
        Some(stripped) => {
            *rest = stripped;
            true
        }
        None => false,
    }
}

/// A short word or sign that stands before or behind a number, and nothing else with it.
fn unlisted_sign(text: &str) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(digit)?, text.rfind(digit)? + 1);
    let sign = match (text[..first].trim(), text[last..].trim()) {
        ("", sign) | (sign, "") => sign,
        _ => return None,
    };
    let plain = text[first..last]
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    let short = (1..=SIGN_CHARS_MAX).contains(&sign.chars().count());
    let of_a_number = |c: char| c.is_numeric() || c.is_whitespace() || "()-.,\u{2212}".contains(c);
    (plain && short && !sign.contains(of_a_number)).then(|| sign.to_owned())
}

/// The digits before and behind the decimal sign, groups joined.
fn split(text: &str, format: NumberFormat) -> Result<(String, &str), NumberProblem> {
    let (group, decimal) = format.signs();
    if text.is_empty() {
        return Err(NumberProblem::Empty);
    }
    if let Some((position, found)) = text
        .chars()
        .enumerate()
        .find(|(_, c)| !c.is_ascii_digit() && *c != '.' && *c != ',')
    {
        return Err(match found {
            '(' | ')' => NumberProblem::Brackets,
            found if found.is_whitespace() => NumberProblem::Space,
            _ => NumberProblem::NotADigit {
                position: position + 1,
            },
        });
    }
    let (whole, decimals) = match text.split_once(decimal) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    if let Some(decimals) = decimals {
        if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberProblem::Grouping);
        }
        if DECIMALS_MAX < decimals.len() {
            return Err(NumberProblem::TooLong);
        }
    }
    let mut parts = match group {
        Some(group) => whole.split(group).collect::<Vec<_>>(),
        None => vec![whole],
    };
    let grouped = 1 < parts.len();
    let leading = parts.remove(0);
    let lacking = leading.is_empty() || grouped && 3 < leading.len();
    if lacking || parts.iter().any(|part| part.len() != 3) || leading.contains(['.', ',']) {
        return Err(NumberProblem::Grouping);
    }
    let joined = format!("{leading}{}", parts.concat());
    if !joined.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberProblem::Grouping);
    }
    if 1 < joined.len() && joined.starts_with('0') {
        return Err(NumberProblem::LeadingZero);
    }
    if WHOLE_DIGITS_MAX < joined.len() {
        return Err(NumberProblem::TooLong);
    }
    let decimals = decimals.unwrap_or_default();
    // In the other way of writing, `1,234` and `1.234` are whole thousands: who exported the file may have changed
    // the way without a word, and a thousandfold mistake would enter the books.
    if group.is_some() && !grouped && decimals.len() == 3 && joined.len() <= 3 && joined != "0" {
        return Err(NumberProblem::Ambiguous);
    }
    Ok((joined, decimals))
}

/// Why a text is not a number in the declared way.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NumberProblem {
    /// Nothing stands there.
    #[error("the number is empty")]
    Empty,
    /// One sign and three digits behind it: thousands or thousandths.
    #[error("it can mean thousands or thousandths")]
    Ambiguous,
    /// A minus where none may be.
    #[error("the number is negative")]
    Negative,
    /// No minus where each number must have one.
    #[error("the number has no minus")]
    NotNegative,
    /// Brackets, which accountants write for a minus.
    #[error("a number has no brackets")]
    Brackets,
    /// A space inside.
    #[error("a number has no spaces inside")]
    Space,
    /// A sign of a currency or unit, perhaps, that the map does not list.
    #[error("the map does not list the sign {sign}")]
    Sign {
        /// As it stands there.
        sign: String,
    },
    /// Another character.
    #[error("character {position} is not a digit")]
    NotADigit {
        /// Counted from 1, behind the sign of the currency.
        position: usize,
    },
    /// Groups or decimals that are not where the format has them.
    #[error("the groups or decimals are not where this way of writing has them")]
    Grouping,
    /// A zero in front of other digits.
    #[error("a number does not begin with 0")]
    LeadingZero,
    /// Decimals in a count.
    #[error("a count has no decimals")]
    Decimals,
    /// Too many digits.
    #[error("more than {WHOLE_DIGITS_MAX} digits or {DECIMALS_MAX} decimals")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(format: NumberFormat) -> NumberRule {
        NumberRule {
            format,
            signs: Vec::new(),
            minus: Minus::Refuse,
            times: 1,
        }
    }

    #[test]
    fn numbers_are_read_in_the_declared_way_or_refused() {
        use NumberFormat::{English, Plain, Vietnamese};
        use NumberProblem::*;
        for (format, text, expected) in [
            (Vietnamese, "1.234.567", Ok("1234567")),
            (Vietnamese, "1.234.567,5", Ok("1234567.5")),
            (Vietnamese, "1,5", Ok("1.5")),
            (Vietnamese, "99,50", Ok("99.5")),
            (Vietnamese, "50.000,00", Ok("50000")),
            (Vietnamese, "1.234,567", Ok("1234.567")),
            (Vietnamese, "0,125", Ok("0.125")),
            (Vietnamese, "1234,567", Ok("1234.567")),
            (Vietnamese, "1,234", Err(Ambiguous)),
            (Vietnamese, "12,000", Err(Ambiguous)),
            (Vietnamese, "1,234,567", Err(Grouping)),
            (Vietnamese, "1.5", Err(Grouping)),
            (Vietnamese, "1.234567", Err(Grouping)),
            (Vietnamese, "1234.567", Err(Grouping)),
            (Vietnamese, ",5", Err(Grouping)),
            (Vietnamese, "5,", Err(Grouping)),
            (Vietnamese, ".", Err(Grouping)),
            (Vietnamese, "007", Err(LeadingZero)),
            (Vietnamese, "1 000", Err(Space)),
            (Vietnamese, "(1.000)", Err(Brackets)),
            (Vietnamese, "-1.000", Err(Negative)),
            (Vietnamese, "₫1.000", Err(Sign { sign: "₫".into() })),
            (Vietnamese, "50.000đ", Err(Sign { sign: "đ".into() })),
            (Vietnamese, "50.000 VNĐ", Err(Sign { sign: "VNĐ".into() })),
            (Vietnamese, "$100", Err(Sign { sign: "$".into() })),
            (Vietnamese, "5o.000", Err(NotADigit { position: 2 })),
            (Vietnamese, "$100$", Err(NotADigit { position: 1 })),
            (Vietnamese, "50 000đ", Err(Space)),
            (Vietnamese, "", Err(Empty)),
            (Vietnamese, "999.999.999.999.999", Ok("999999999999999")),
            (Vietnamese, "1.000.000.000.000.000", Err(TooLong)),
            (English, "1,234,567.5", Ok("1234567.5")),
            (English, "1,234", Ok("1234")),
            (English, "1.234", Err(Ambiguous)),
            (English, "12,34", Err(Grouping)),
            (English, "0.250", Ok("0.25")),
            (Plain, "1234.567", Ok("1234.567")),
            (Plain, "1.234", Ok("1.234")),
            (Plain, "1,234", Err(Grouping)),
            (Plain, "0", Ok("0")),
            (Plain, "٣", Err(NotADigit { position: 1 })),
        ] {
            let read = rule(format).read(text);
            assert_eq!(
                read.as_deref(),
                expected.as_ref().map(|read| *read),
                "{format:?} {text:?}"
            );
        }
    }

    #[test]
    fn signs_minus_and_factor_are_those_declared() {
        let read = |change: fn(&mut NumberRule), text: &str| {
            let mut rule = rule(NumberFormat::English);
            change(&mut rule);
            rule.read(text)
        };
        let rupees: fn(&mut NumberRule) = |rule| rule.signs = vec!["INR".into(), "₹".into()];
        assert_eq!(read(rupees, "₹15,000").as_deref(), Ok("15000"));
        assert_eq!(read(rupees, "15,000 INR").as_deref(), Ok("15000"));
        assert_eq!(
            read(rupees, "€15,000"),
            Err(NumberProblem::Sign { sign: "€".into() }),
            "another currency is another amount"
        );
        let out: fn(&mut NumberRule) = |rule| rule.minus = Minus::Drop;
        assert_eq!(read(out, "-500").as_deref(), Ok("500"));
        assert_eq!(read(out, "\u{2212} 500").as_deref(), Ok("500"));
        assert_eq!(read(out, "500"), Err(NumberProblem::NotNegative));
        let keep: fn(&mut NumberRule) = |rule| rule.minus = Minus::Keep;
        assert_eq!(read(keep, "-21.5").as_deref(), Ok("-21.5"));
        assert_eq!(read(keep, "-0").as_deref(), Ok("0"));
        let thousands: fn(&mut NumberRule) = |rule| rule.times = 1_000;
        assert_eq!(read(thousands, "1,234.5").as_deref(), Ok("1234500"));
    }

    /// Writes thousandths as people do, by pushing digits from the right: nothing of the reader is used.
    fn written(thousandths: u64, group: &str, decimal: &str) -> String {
        let mut whole = (thousandths / 1_000).to_string();
        let mut at = whole.len();
        while 3 < at {
            at -= 3;
            whole.insert_str(at, group);
        }
        match thousandths % 1_000 {
            0 => whole,
            rest => format!("{whole}{decimal}{rest:03}"),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            // Small ones too, because only they can be ambiguous.
            thousandths in prop_oneof![0_u64..2_000_000, 0_u64..1_000_000_000_000_000_000],
        ) {
            let plain = written(thousandths, "", ".");
            let expected = match plain.split_once('.') {
                Some((whole, decimals)) => format!("{whole}.{}", decimals.trim_end_matches('0')),
                None => plain.clone(),
            };
            let ambiguous = thousandths % 1_000 != 0 && (1_000..1_000_000).contains(&thousandths);
            let vietnamese = rule(NumberFormat::Vietnamese).read(&written(thousandths, ".", ","));
            let english = rule(NumberFormat::English).read(&written(thousandths, ",", "."));
            if ambiguous {
                prop_assert_eq!(vietnamese, Err(NumberProblem::Ambiguous));
                prop_assert_eq!(english, Err(NumberProblem::Ambiguous));
            } else {
                prop_assert_eq!(vietnamese, Ok(expected.clone()));
                prop_assert_eq!(english, Ok(expected.clone()));
            }
            prop_assert_eq!(rule(NumberFormat::Plain).read(&plain), Ok(expected));
        }

        /// Whatever is read from noise is one of the few ways in which that number can be written.
        #[test]
        fn nothing_else_is_read(text in "[0-9]{0,4}[.,]?[0-9]{0,4}[.,]?[0-9]{0,4}[.,]?[0-9]{0,3}") {
            for (format, group, decimal) in [
                (NumberFormat::Vietnamese, ".", ","),
                (NumberFormat::English, ",", "."),
                (NumberFormat::Plain, "", "."),
            ] {
                let Ok(read) = rule(format).read(&text) else { continue };
                let (whole, decimals) = read.split_once('.').unwrap_or((&read, ""));
                let whole: u64 = whole.parse().expect("digits");
                let ways = [written(whole * 1_000, group, ""), whole.to_string()];
                // Zeros at the end of the decimals are the writer's choice.
                let fits = ways.iter().any(|way| {
                    let rest = text.strip_prefix(way.as_str());
                    rest.is_some_and(|rest| match rest.strip_prefix(decimal) {
                        Some(written) => {
                            written.trim_end_matches('0') == decimals && !written.is_empty()
                        }
                        None => rest.is_empty() && decimals.is_empty(),
                    })
                });
                prop_assert!(fits, "{:?} read {:?} as {}", format, text, read);
            }
        }
    }
}
