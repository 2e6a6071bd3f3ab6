//! What must not enter a public journal: addresses and long numbers of people.

/// What was recognised; never the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Personal {
    Email,
    /// 9 or more digits: a telephone, identity or account number.
    Number,
}

/// Digits from which a number can be somebody's.
const DIGITS: usize = 9;
/// What may follow a long number to make it an amount of money.
const MONEY: [&str; 4] = ["đồng", "đ", "₫", "dong"];

/// Looks for an e-mail address, or for 9 or more digits that single spaces, dots and dashes do not hide, unless
/// đ, đồng or a currency code follows them.
pub(crate) fn find(text: &str) -> Option<Personal> {
    if has_email(text) {
        Some(Personal::Email)
    } else {
        has_number(text).then_some(Personal::Number)
    }
}

fn has_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let domain: &str = text[at + 1..]
            .split(|c: char| c.is_whitespace() || ",;<>()".contains(c))
            .next()
            .unwrap_or("");
        let dotted = domain.split_once('.').is_some_and(|(host, rest)| {
            !host.is_empty() && rest.chars().next().is_some_and(char::is_alphanumeric)
        });
        before.is_some_and(|c| c.is_alphanumeric() || "._%+-".contains(c)) && dotted
    })
}

fn has_number(text: &str) -> bool {
    if text.len() < DIGITS {
        return false;
    }
    let mut digits = 0;
    let mut separator = false;
    for (index, c) in text.char_indices() {
        if matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') {
            // Without a width, so it hides nothing from who reads.
            continue;
        }
        if c.is_numeric() {
            digits += 1;
            separator = false;
        } else if digits > 0 && !separator && is_separator(c) {
            separator = true;
        } else {
            if DIGITS <= digits && !is_money(&text[index..]) {
                return true;
            }
            digits = 0;
            separator = false;
        }
    }
    DIGITS <= digits
}

/// Spaces, dots and dashes, of any width: whoever pastes a number brings what his program wrote.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    ) || matches!(c, '.' | '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{ff0e}')
        || matches!(
            c,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
}

/// Whether a unit of money follows; the separators before it were passed over already.
fn is_money(rest: &str) -> bool {
    let word: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphabetic() || *c == '₫')
        .collect();
    MONEY.contains(&word.to_lowercase().as_str()) || minhbach_events::Currency::new(&word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_found_and_sums_of_money_are_not() {
        for (text, found) in [
            ("gọi 0912 345 678 nhé", Some(Personal::Number)),
            ("0912.345.678", Some(Personal::Number)),
            ("0912\u{200b}345\u{200b}678", Some(Personal::Number)),
            ("0912-345-678", Some(Personal::Number)),
            ("RC-123456789", Some(Personal::Number)),
            ("so-091234567-8", Some(Personal::Number)),
            ("0912\u{2014}345\u{2212}678", Some(Personal::Number)),
            ("0912\u{2009}345\u{202f}678", Some(Personal::Number)),
            ("１２３４５６７８９", Some(Personal::Number)),
            ("ai.do@vi-du.vn", Some(Personal::Email)),
            ("viết cho a@b.vn, nhé", Some(Personal::Email)),
            ("12345678", None),
            ("0912  345  678", None),
            ("1.234.567.890 đồng", None),
            ("1.234.567.890đ", None),
            ("1.234.567.890 ₫", None),
            ("1234567890 VND", None),
            ("1234567890 đứa trẻ", Some(Personal::Number)),
            ("1234567890 VNDX", Some(Personal::Number)),
            ("Quyết định 588/QĐ-TTg ngày 17/05/2019", None),
            ("2024-09-01/2024-09-10", None),
            ("giá @ 5.000", None),
            ("", None),
        ] {
            assert_eq!(find(text), found, "{text}");
        }
    }
}
