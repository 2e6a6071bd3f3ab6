//! What the words of a plan mean.

use minhbach_events::field::Field;
use minhbach_events::{Date, MonthDay};

use crate::names::word_of;
use crate::numbers;
use crate::texts::Texts;

/// A word of a plan in the reader's language; a label that is a plan's own stays as it is.
pub fn word(texts: Texts, word: &str) -> String {
    texts.get(match word {
        "child" => "programme-word-child",
        "facility" => "programme-word-facility",
        "money" => "programme-word-money",
        "ratio" => "programme-word-ratio",
        "count_of_places" => "programme-word-count-of-places",
        "on_demand" => "programme-word-on-demand",
        "recurring_per_year" => "programme-word-recurring-per-year",
        "plan" => "programme-word-plan",
        "decision" => "programme-word-decision",
        "legal_basis" => "programme-word-legal-basis",
        "implementation" => "programme-word-implementation",
        "preschool_primary" => "programme-word-preschool-primary",
        "special_circumstances" => "programme-word-special-circumstances",
        "difficult_circumstances" => "programme-word-difficult-circumstances",
        "at_risk" => "programme-word-at-risk",
        "poor_household" => "programme-word-poor-household",
        "near_poor_household" => "programme-word-near-poor-household",
        other => return word_of(texts, other),
    })
}

/// Words with commas between them.
pub fn words<'a>(texts: Texts, all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<String> = all.into_iter().map(|one| word(texts, one)).collect();
    all.join(", ")
}

/// A span of days.
pub fn period(texts: Texts, from: Date, to: Date) -> String {
    format!("{} – {}", numbers::day(texts, from), numbers::day(texts, to))
}

/// A day of every year, `30/11` in Vietnamese.
pub fn day_of_year(texts: Texts, day: MonthDay) -> String {
    let mut written = Vec::new();
    day.write(&mut written);
    let written = String::from_utf8_lossy(&written);
    let written = written.trim_matches('"');
    match written.split_once('-') {
        Some((month, day)) if !texts.english() => format!("{day}/{month}"),
        _ => written.to_owned(),
    }
}
