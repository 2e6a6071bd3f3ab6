//! Which language a reader asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use minhbach_ledger::Language;

/// Entries of an `Accept-Language` that are looked at.
const PREFERENCES_MAX: usize = 32;

/// The language of a request's `Accept-Language` (RFC 9110, 12.5.4): Vietnamese unless English is preferred to it.
pub fn preferred(headers: &HeaderMap) -> Language {
    let Some(asked) = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
        return Language::Vietnamese;
    };
    let (mut vietnamese, mut english, mut any) = (None, None, None);
    for preference in asked.split(',').take(PREFERENCES_MAX) {
        let mut parts = preference.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1_000), thousandths)
            .unwrap_or(0);
        let slot = match tag.split('-').next() {
            Some("vi") => &mut vietnamese,
            Some("en") => &mut english,
            Some("*") => &mut any,
            _ => continue,
        };
        *slot = Some(slot.map_or(weight, |before: u16| before.max(weight)));
    }
    let (vietnamese, english) = (vietnamese.or(any).unwrap_or(0), english.or(any).unwrap_or(0));
    if vietnamese < english {
        Language::English
    } else {
        Language::Vietnamese
    }
}

/// A weight such as `0.8` in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    if 3 < decimals.len() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    (whole * 1_000)
        .checked_add(decimals)
        .filter(|weight| *weight <= 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_first_unless_english_is_preferred() {
        for (asked, expected) in [
            ("", Language::Vietnamese),
            ("fr-FR, de", Language::Vietnamese),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("vi, en", Language::Vietnamese),
            ("en;q=0.8, vi;q=0.9", Language::Vietnamese),
            ("en;q=0.9, vi;q=0.899", Language::English),
            ("*", Language::Vietnamese),
            ("vi;q=0, *", Language::English),
            ("en;q=7", Language::Vietnamese),
            ("en;q=0.x", Language::Vietnamese),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().expect("a header"));
            assert_eq!(preferred(&headers), expected, "{asked}");
        }
    }
}
