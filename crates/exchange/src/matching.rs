//! Telling which lines of a statement are new beside what earlier imports of the account held.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use chrono::NaiveDate;

use crate::day::{self, CannotTell, Circumstances, Earlier, Shown, Told, Verdict};
use crate::import_key::Print;

/// What the user states about how a file lies beside earlier ones of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    /// Nothing: the lines must tell.
    #[default]
    Judge,
    /// The file begins where an earlier one ended: on its first day, lines identical to earlier ones are new gifts.
    Continues,
    /// The file holds every day it touches from its first line to its last.
    WholeDays,
}

/// The days of a file, in the order in which its lines name them.
#[derive(Debug, Default)]
pub(crate) struct Days {
    runs: Vec<(NaiveDate, usize)>,
    len: usize,
}

impl Days {
    /// Adds the day of the next line.
    pub(crate) fn push(&mut self, date: NaiveDate) {
        if self.runs.last().is_none_or(|&(last, _)| last != date) {
            self.runs.push((date, self.len));
        }
        self.len += 1;
    }

    pub(crate) fn first(&self) -> Option<NaiveDate> {
        self.runs.first().map(|&(date, _)| date)
    }

    pub(crate) fn last(&self) -> Option<NaiveDate> {
        self.runs.last().map(|&(date, _)| date)
    }

    /// The earliest and the latest day.
    pub(crate) fn range(&self) -> Option<(NaiveDate, NaiveDate)> {
        let dates = self.runs.iter().map(|&(date, _)| date);
        Some((dates.clone().min()?, dates.max()?))
    }

    /// Whether the days only rise or only fall: elsewhere, lines before and after a day do not show it is whole.
    pub(crate) fn ordered(&self) -> bool {
        self.runs.is_sorted_by(|a, b| a.0 < b.0) || self.runs.is_sorted_by(|a, b| a.0 > b.0)
    }

    /// Whether the file has lines before and after the day, in order.
    pub(crate) fn between(&self, date: NaiveDate, ordered: bool) -> bool {
        ordered && self.first() != Some(date) && self.last() != Some(date)
    }

    /// Where the lines of each day lie.
    pub(crate) fn by_date(&self) -> BTreeMap<NaiveDate, Vec<Range<usize>>> {
        let ends = self.runs.iter().skip(1).map(|&(_, from)| from).chain([self.len]);
        let mut days: BTreeMap<NaiveDate, Vec<Range<usize>>> = BTreeMap::new();
        for (&(date, from), to) in self.runs.iter().zip(ends) {
            days.entry(date).or_default().push(from..to);
        }
        days
    }
}

/// What earlier imports held of the days of a file.
#[derive(Debug, Default)]
pub(crate) struct EarlierImports {
    days: HashMap<NaiveDate, Earlier>,
    ends: HashSet<NaiveDate>,
}

impl EarlierImports {
    /// Adds what one import held; `days` are all its days, `shown` those that matter.
    pub(crate) fn add(&mut self, days: &Days, shown: HashMap<NaiveDate, Shown>, overlap: Overlap) {
        let ordered = days.ordered();
        for (date, shown) in shown {
            let between = days.between(date, ordered);
            let whole = between || overlap == Overlap::WholeDays;
            let continues = overlap == Overlap::Continues && days.first() == Some(date);
            self.days
                .entry(date)
                .or_default()
                .add(shown, whole, between, continues);
        }
        self.ends.extend(days.last());
    }

    /// How many lines identical to this one they held on that day.
    pub(crate) fn count(&self, date: NaiveDate, print: Print) -> usize {
        self.days.get(&date).map_or(0, |earlier| earlier.count(print))
    }
}

/// A day that cannot be told, with the places of the lines in the file.
#[derive(Debug)]
pub(crate) struct DayInDoubt {
    pub date: NaiveDate,
    pub cannot_tell: CannotTell,
}

/// Says for each line of a file which one among identical lines it is, and whether an earlier import held it.
///
/// # Errors
///
/// The days on which that cannot be told.
pub(crate) fn judge(
    days: &Days,
    prints: &[Print],
    earlier: &EarlierImports,
    overlap: Overlap,
) -> Result<Told, Vec<DayInDoubt>> {
    let ordered = days.ordered();
    let mut all = Told {
        ordinals: vec![0; prints.len()],
        seen: vec![false; prints.len()],
    };
    let mut doubts = Vec::new();
    let nothing = Earlier::default();
    for (date, ranges) in days.by_date() {
        let lines: Vec<Print> = ranges
            .iter()
            .flat_map(|range| &prints[range.clone()])
            .copied()
            .collect();
        let circumstances = Circumstances {
            whole: days.between(date, ordered) || overlap == Overlap::WholeDays,
            continues: overlap == Overlap::Continues
                && days.first() == Some(date)
                && earlier.ends.contains(&date),
        };
        let verdict = match earlier.days.get(&date) {
            None => day::judge(&nothing, &lines, circumstances),
            Some(known) => day::judge(known, &lines, circumstances),
        };
        let mut places = ranges.into_iter().flatten();
        match verdict {
            Verdict::Told(told) => {
                for ((at, ordinal), seen) in places.zip(told.ordinals).zip(told.seen) {
                    all.ordinals[at] = ordinal;
                    all.seen[at] = seen;
                }
            }
            Verdict::CannotTell(mut cannot_tell) => {
                let mut passed = 0;
                for place in &mut cannot_tell.in_file {
                    // Both rise: the n-th place of the day is found by stepping on from the one before.
                    let within = *place;
                    *place = places.nth(within - passed).unwrap_or(within);
                    passed = within + 1;
                }
                doubts.push(DayInDoubt { date, cannot_tell });
            }
        }
    }
    if doubts.is_empty() { Ok(all) } else { Err(doubts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 9, day).expect("a day")
    }

    fn days(list: &[u32]) -> Days {
        let mut days = Days::default();
        list.iter().for_each(|&day| days.push(date(day)));
        days
    }

    #[test]
    fn a_day_is_whole_only_between_others_in_order() {
        let check = |list: &[u32], whole: &[u32]| {
            let days = days(list);
            let found: Vec<_> = (1..9)
                .filter(|&d| list.contains(&d) && days.between(date(d), days.ordered()))
                .collect();
            assert_eq!(found, whole, "{list:?}");
        };
        check(&[1, 1, 2, 3, 3], &[2]);
        check(&[3, 2, 2, 1], &[2]);
        check(&[1, 2], &[]);
        check(&[1], &[]);
        check(&[1, 2, 1, 3], &[]);
        check(&[1, 3, 2, 4], &[]);
        check(&[1, 2, 3, 3, 4], &[2, 3]);
    }

    #[test]
    fn the_lines_of_a_day_are_found_also_when_it_is_torn() {
        let days = days(&[1, 2, 2, 1, 3]);
        let found: Vec<Vec<usize>> = days
            .by_date()
            .into_values()
            .map(|ranges| ranges.into_iter().flatten().collect())
            .collect();
        assert_eq!(found, [vec![0, 3], vec![1, 2], vec![4]]);
        assert_eq!(days.range(), Some((date(1), date(3))));
    }

    #[test]
    fn places_in_doubt_are_places_in_the_file() {
        let mut earlier = EarlierImports::default();
        let prints = vec![8, 9];
        let shown = Shown {
            prints,
            ordinals: vec![0, 0],
            seen: vec![false; 2],
        };
        earlier.add(&days(&[1, 1]), HashMap::from([(date(1), shown)]), Overlap::Judge);
        let doubts = judge(
            &days(&[2, 1, 2, 1, 1]),
            &[5, 7, 5, 9, 8],
            &earlier,
            Overlap::Judge,
        )
        .expect_err("doubt");
        assert_eq!(doubts[0].cannot_tell.in_file, [3, 4]);
    }
}
