//! What of a refused value may be shown: shortened, and not at all where it looks like somebody's number or address.

use minhbach_events::shorten_to;

/// The most letters of a value that are shown.
pub const SHOWN_CHARS_MAX: usize = 40;
/// The most names of columns that are shown.
const NAMES_MAX: usize = 20;
/// As many digits can be a telephone, identity or account number.
const DIGITS: usize = 9;
/// A long number before or behind one of these is an amount of money, unless it begins with 0 as telephone numbers do.
const MONEY: [&str; 9] = ["₫", "đ", "đồng", "vnd", "vnđ", "$", "usd", "€", "eur"];

/// The value as it may be shown; nothing where it may not. Stricter than the ledger's own rule: what stands between the
/// digits does not matter.
pub fn shown(value: &str) -> Option<String> {
    let digits = value.chars().filter(|c| c.is_numeric()).count();
    let numeric = |c: char| c.is_numeric();
    let around = [value.split(numeric).next(), value.rsplit(numeric).next()];
    let mut signs = around
        .into_iter()
        .flatten()
        .map(|text| text.trim().to_lowercase());
    let money = signs.any(|sign| MONEY.contains(&sign.as_str()))
        && value.chars().find(|c| c.is_numeric()) != Some('0');
    if value.contains(['@', '\u{ff20}']) || DIGITS <= digits && !money {
        return None;
    }
    Some(shortened(value))
}

/// Whether a text may be somebody's number or address, whatever stands beside it.
pub(super) fn looks_personal(value: &str) -> bool {
    value.contains(['@', '\u{ff20}']) || DIGITS <= value.chars().filter(|c| c.is_numeric()).count()
}

/// The beginning of a text, on one line.
pub(super) fn shortened(value: &str) -> String {
    shorten_to(value, SHOWN_CHARS_MAX)
}

/// The first of some names, each as far as it may be long.
pub(super) fn shortened_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names = names.into_iter().map(shortened);
    let mut shown: Vec<String> = names.by_ref().take(NAMES_MAX).collect();
    shown.extend(names.next().map(|_| "…".to_owned()));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_personal_is_not_shown() {
        for (value, expected) in [
            ("1,234", Some("1,234")),
            ("28/03/2022", Some("28/03/2022")),
            ("0912 345 678", None),
            ("09-12/34 (56) 78 9", None),
            ("ai.do@vi-du.vn", None),
            ("1,234,567,890 ₫", Some("1,234,567,890 ₫")),
            ("1.000.000.000đ", Some("1.000.000.000đ")),
            ("1.000.000.000 VNĐ", Some("1.000.000.000 VNĐ")),
            ("$1,000,000.00", Some("$1,000,000.00")),
            ("0912 345 678 đ", None),
            ("912345678 đi đâu", None),
            ("", Some("")),
        ] {
            assert_eq!(shown(value).as_deref(), expected, "{value}");
        }
        let long = "ă".repeat(41);
        assert_eq!(shown(&long), Some(format!("{}…", "ă".repeat(40))));
    }
}
