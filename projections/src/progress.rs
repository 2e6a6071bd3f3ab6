//! How far a plan's targets are: what was reported, beside what the ledger itself knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minhbach_events::event::{Period, ProgrammePublished};
use minhbach_events::text::Title;
use minhbach_events::words::TargetKind;
use minhbach_events::{Date, Entry, Event, Label, Slug};
use num_bigint::BigUint;

use crate::answer::{AsOf, Dong, ReadError};
use crate::document::document;
use crate::journal::Journal;
use crate::keys::{INDICATOR, Key, PROGRAMME, take_number, take_text};
use crate::needs::{Requests, requests};
use crate::overlay::Overlay;
use crate::packed::{Pack, Unpack};
use crate::places::{Standing, standing};
use crate::projection::{Fault, Projection};
use crate::received::{Dimension, ReceivedQuery, received};
use crate::recorded::Recorded;
use crate::store::StoreError;

/// A plan runs for some years, not for hundreds: more are not listed one by one.
const YEARS_MAX: i32 = 100;

/// The read model of what programmes reached.
pub struct Progress;

impl Projection for Progress {
    fn name(&self) -> &'static str {
        "progress"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let seq = recorded.entry.seq;
        match &recorded.entry.event {
            Event::ProgrammePublished(e) => Known::at(seq).save(overlay, &e.programme),
            Event::ProgrammeRevised(e) => {
                let known = Known::load(overlay, &e.base.programme)?.unwrap_or(Known::at(seq));
                Known { seq, ..known }.save(overlay, &e.base.programme);
            }
            Event::ProgrammeClosed(e) => {
                let known = Known::load(overlay, &e.programme)?
                    .ok_or_else(|| Fault::Inconsistent(format!("{} was never published", e.programme)))?;
                Known {
                    closed_on: Some(e.on),
                    carries_to: e.carries_to.clone(),
                    ..known
                }
                .save(overlay, &e.programme);
            }
            Event::IndicatorReported(e) => {
                let key = Key::of(INDICATOR)
                    .text(e.programme.as_str())
                    .text(e.target.as_ref().map_or("", Label::as_str))
                    .text(e.indicator.as_str())
                    .bytes(&e.as_of.ordinal().to_be_bytes())
                    .number(seq);
                let mut value = Vec::with_capacity(64);
                value.extend_from_slice(&e.as_of.ordinal().to_be_bytes());
                value.extend_from_slice(&e.period.from.ordinal().to_be_bytes());
                value.extend_from_slice(&e.period.to.ordinal().to_be_bytes());
                value.text(e.numerator.as_str());
                value.text(e.denominator.as_str());
                value.text(e.data_source.as_str());
                overlay.put(key.0, value);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Where a programme's terms are, and how it ended.
struct Known {
    /// The entry with its latest terms.
    seq: u64,
    closed_on: Option<Date>,
    carries_to: Option<Slug>,
}

impl Known {
    fn at(seq: u64) -> Known {
        Known {
            seq,
            closed_on: None,
            carries_to: None,
        }
    }

    fn load(overlay: &Overlay, programme: &Slug) -> Result<Option<Known>, StoreError> {
        let value = overlay.get(&Key::of(PROGRAMME).text(programme.as_str()).0)?;
        value.map(|value| Known::unpack(&value)).transpose()
    }

    fn unpack(value: &[u8]) -> Result<Known, StoreError> {
        let mut read = Unpack::new("programme", value);
        let seq = read.number64()?;
        let closed_on = read.maybe()?.and_then(|day| i32::try_from(day).ok());
        let carries_to = read.text()?;
        let known = Known {
            seq,
            closed_on: closed_on.and_then(Date::from_ordinal),
            carries_to: Slug::new(carries_to),
        };
        read.finish()?;
        Ok(known)
    }

    fn save(&self, overlay: &mut Overlay, programme: &Slug) {
        let mut value = Vec::with_capacity(16);
        value.number(self.seq.into());
        value.maybe(self.closed_on.map(|day| u128::from(day.ordinal().unsigned_abs())));
        value.text(self.carries_to.as_ref().map_or("", Slug::as_str));
        overlay.put(Key::of(PROGRAMME).text(programme.as_str()).0, value);
    }
}

/// The entry that the projections rest on.
pub(crate) fn entry_of(journal: &dyn Journal, seq: u64) -> Result<Arc<Entry>, ReadError> {
    let entry = journal.entry(seq).map_err(ReadError::Journal)?;
    entry.ok_or(ReadError::NotInJournal { seq })
}

fn terms_at(journal: &dyn Journal, seq: u64) -> Result<ProgrammePublished, ReadError> {
    match &entry_of(journal, seq)?.event {
        Event::ProgrammePublished(e) => Ok(e.clone()),
        Event::ProgrammeRevised(e) => Ok(e.base.clone()),
        _ => Err(ReadError::NotInJournal { seq }),
    }
}

/// Every programme with its latest terms.
pub(crate) fn programmes_with_terms(
    overlay: &Overlay,
    journal: &dyn Journal,
) -> Result<Vec<ProgrammePublished>, ReadError> {
    let programmes = overlay.prefix(&[PROGRAMME]);
    programmes
        .map(|pair| terms_at(journal, Known::unpack(&pair?.1)?.seq))
        .collect()
}

/// The places that a plan lists for a category, else for all; none listed means everywhere.
pub(crate) fn places_of<'a>(terms: &'a ProgrammePublished, category: Option<&Label>) -> &'a [Slug] {
    let own = category
        .and_then(|asked| terms.categories.iter().find(|known| known.category == *asked))
        .and_then(|category| category.places.as_deref());
    own.unwrap_or(&terms.places)
}

document! {
    /// A heading in Vietnamese and, where there is one, in English.
    #[serde(deny_unknown_fields)]
    pub struct Heading {
        /// In Vietnamese.
        pub vi: String,
        /// In English.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub en: Option<String>,
    }
}

impl Heading {
    /// Of a title as an entry has it.
    pub fn of(title: &Title) -> Heading {
        Heading {
            vi: title.vi.as_str().to_owned(),
            en: title.en.as_ref().map(|en| en.as_str().to_owned()),
        }
    }
    /// In the language asked for, else in Vietnamese.
    pub fn in_language(&self, english: bool) -> &str {
        match &self.en {
            Some(en) if english => en,
            _ => &self.vi,
        }
    }
}

document! {
    /// How far a plan is.
    #[serde(deny_unknown_fields)]
    pub struct ProgressAnswer {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// The plan.
        pub programme: ProgrammeRow,
        /// Its targets, in its order.
        pub rows: Vec<TargetRow>,
        /// What was reported without naming a target: of each indicator the latest.
        pub indicators: Vec<Report>,
        /// What the ledger knows of each category, in the plan's order.
        pub categories: Vec<CategoryRow>,
        /// What it knows of all of them together.
        pub total: ReachedTotal,
    }

    /// A plan.
    #[serde(deny_unknown_fields)]
    pub struct ProgrammeRow {
        /// Its slug.
        pub programme: Slug,
        /// Its title.
        pub title: Heading,
        /// When it runs.
        pub period: Span,
        /// The day on which it was closed.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub closed_on: Option<Date>,
        /// The plan that it was carried over to.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub carries_to: Option<Slug>,
    }

    /// A span of days, both ends included.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = DaySpan))]
    pub struct Span {
        /// Its first day.
        pub from: Date,
        /// Its last day.
        pub to: Date,
    }
}

impl Span {
    fn of(period: &Period) -> Span {
        Span {
            from: period.from,
            to: period.to,
        }
    }
}

document! {
    /// A target and how far it is. One that nothing was reported of has no `reported`: that is not 0%.
    #[serde(deny_unknown_fields)]
    pub struct TargetRow {
        /// Its label in the plan.
        pub target: Label,
        /// What it is.
        pub title: Heading,
        /// How it is measured.
        pub kind: TargetKind,
        /// What is to be reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub value: Option<String>,
        /// Which category it is of.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub category: Option<Label>,
        /// Which group it is of.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub group: Option<Label>,
        /// By when.
        pub due: Date,
        /// The latest report of each indicator that names this target, the newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub reported: Vec<Report>,
        /// Of a yearly target: each year of the plan up to the target's day, and each other year with a report.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub years: Vec<YearRow>,
        /// Of a count of places: how many the ledger saw reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub places: Option<PlacesReached>,
        /// Of a target on demand: the needs that were assessed, and how many of them were met.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub requests: Option<RequestsRow>,
        /// What the ledger knows of its category; nothing for a target without one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub delivered: Option<ReachedTotal>,
    }

    /// The needs of a target on demand.
    pub struct RequestsRow {
        /// How many, and what became of them.
        #[serde(flatten)]
        pub counts: Requests,
        /// `met` of `requests`, one decimal; none without a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub percent: Option<String>,
    }

    /// A year of a yearly target; without reports nothing is known of it.
    #[serde(deny_unknown_fields)]
    pub struct YearRow {
        /// The year in which the reports' periods end.
        pub year: i32,
        /// The latest report of each indicator, the newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub reported: Vec<Report>,
    }

    /// How many of a plan's places were reached by deliveries.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    pub struct PlacesReached {
        /// How many of the listed places had a delivery, there or under them.
        pub reached: u64,
        /// How many places the plan lists; none if it is for everywhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub of: Option<u64>,
        /// How many other places had one that are in scope only because they took over from a listed one.
        pub by_succession: u64,
    }

    /// A reported figure: always the fraction, with the percentage beside it.
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = IndicatorReport))]
    pub struct Report {
        /// The indicator.
        pub indicator: Label,
        /// The part.
        pub numerator: String,
        /// The whole.
        pub denominator: String,
        /// The part of the whole in percent, one decimal, rounded half up; none where the whole is 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub percent: Option<String>,
        /// Where the figures are from.
        pub data_source: String,
        /// The day they are of.
        pub as_of: Date,
        /// The time they cover.
        pub period: Span,
        /// The entry that reported them.
        pub seq: u64,
    }

    /// What the ledger knows of a category.
    pub struct CategoryRow {
        /// The category.
        pub category: Label,
        /// What it is called.
        pub title: Heading,
        /// What was delivered.
        #[serde(flatten)]
        pub reached: ReachedTotal,
    }

    /// Deliveries that stand, net of those that came back whole.
    #[derive(Default)]
    pub struct ReachedTotal {
        /// How many deliveries.
        pub deliveries: u64,
        /// Children added up over deliveries: a child served twice counts twice.
        pub child_deliveries: u64,
        /// The worth in đồng of what has a value.
        pub value_vnd: Dong,
        /// How many deliveries are not wholly valued.
        pub unvalued: u64,
        /// How many places they were made at.
        pub places: u64,
        /// The part of them at places that are in scope only because they took over from a listed one.
        pub by_succession: BySuccession,
    }

    /// Deliveries at places that are in scope only by succession.
    #[derive(Copy, Default)]
    #[serde(deny_unknown_fields)]
    pub struct BySuccession {
        /// How many deliveries.
        pub deliveries: u64,
        /// Children added up over deliveries.
        pub child_deliveries: u64,
        /// How many places they were made at.
        pub places: u64,
    }
}

/// Counts of a category or programme while they are added up.
#[derive(Default)]
struct Sum {
    reached: ReachedTotal,
    places: BTreeSet<Slug>,
    listed: BTreeSet<Slug>,
    succession: BTreeSet<Slug>,
}

impl Sum {
    fn add(&mut self, row: &crate::received::ReceivedRow, place: &Slug, standing: &Standing) {
        self.reached.deliveries += row.deliveries;
        self.reached.child_deliveries += row.child_deliveries;
        self.reached.value_vnd.0 += row.value_vnd.0;
        self.reached.unvalued += row.unvalued;
        self.places.insert(place.clone());
        match standing {
            Standing::Listed(listed) => drop(self.listed.insert(listed.clone())),
            Standing::Succession => {
                self.reached.by_succession.deliveries += row.deliveries;
                self.reached.by_succession.child_deliveries += row.child_deliveries;
                self.succession.insert(place.clone());
            }
            Standing::Outside => {}
        }
    }

    fn reached(&self) -> ReachedTotal {
        let mut reached = self.reached.clone();
        reached.places = self.places.len() as u64;
        reached.by_succession.places = self.succession.len() as u64;
        reached
    }
}

pub(crate) fn progress(
    overlay: &Overlay,
    as_of: AsOf,
    programme: &Slug,
    journal: &dyn Journal,
) -> Result<ProgressAnswer, ReadError> {
    let known = Known::load(overlay, programme)?.ok_or_else(|| ReadError::NotFound(programme.into()))?;
    let terms = terms_at(journal, known.seq)?;
    let (sums, total) = delivered(overlay, as_of, &terms)?;
    let mut reports = reports(overlay, programme)?;
    let indicators = latest(reports.remove("").unwrap_or_default());
    let mut rows = Vec::new();
    for target in &terms.targets {
        let reported = reports.remove(target.target.as_str()).unwrap_or_default();
        let sum = target.category.as_ref().map(|category| sums.get(category));
        let reached = |sum: Option<&Sum>| sum.map_or_else(ReachedTotal::default, Sum::reached);
        let mut row = TargetRow {
            target: target.target.clone(),
            title: Heading::of(&target.title),
            kind: target.kind,
            value: target.value.as_ref().map(|value| value.as_str().to_owned()),
            category: target.category.clone(),
            group: target.group.clone(),
            due: target.due,
            years: Vec::new(),
            places: None,
            requests: None,
            delivered: sum.map(reached),
            reported: Vec::new(),
        };
        match target.kind {
            TargetKind::Ratio => {}
            TargetKind::RecurringPerYear => row.years = years(&terms.period, target.due, &reported),
            TargetKind::CountOfPlaces => {
                let listed = places_of(&terms, target.category.as_ref()).len() as u64;
                let sum = sum.unwrap_or(Some(&total));
                row.places = Some(PlacesReached {
                    reached: sum.map_or(0, |sum| sum.listed.len() as u64),
                    of: (0 < listed).then_some(listed),
                    by_succession: sum.map_or(0, |sum| sum.succession.len() as u64),
                });
            }
            TargetKind::OnDemand => {
                let counts = requests(
                    overlay,
                    programme,
                    target.category.as_ref(),
                    target.group.as_ref(),
                )?;
                row.requests = Some(RequestsRow {
                    percent: percent(&counts.met.to_string(), &counts.requests.to_string()),
                    counts,
                });
            }
        }
        row.reported = latest(reported);
        rows.push(row);
    }
    let categories = terms.categories.iter().map(|category| CategoryRow {
        category: category.category.clone(),
        title: Heading::of(&category.title),
        reached: sums
            .get(&category.category)
            .map_or_else(ReachedTotal::default, Sum::reached),
    });
    Ok(ProgressAnswer {
        as_of,
        programme: ProgrammeRow {
            programme: programme.clone(),
            title: Heading::of(&terms.title),
            period: Span::of(&terms.period),
            closed_on: known.closed_on,
            carries_to: known.carries_to,
        },
        rows,
        indicators,
        categories: categories.collect(),
        total: total.reached(),
    })
}

/// What was delivered under a plan, by category and in all.
fn delivered(
    overlay: &Overlay,
    as_of: AsOf,
    terms: &ProgrammePublished,
) -> Result<(BTreeMap<Label, Sum>, Sum), ReadError> {
    let query = ReceivedQuery {
        programme: Some(terms.programme.clone()),
        by: vec![Dimension::Category, Dimension::Place],
        ..ReceivedQuery::default()
    };
    let (mut sums, mut total) = (BTreeMap::<Label, Sum>::new(), Sum::default());
    let mut cursor: Option<String> = None;
    loop {
        let page = received(overlay, as_of, &query, cursor.as_deref().into())?;
        for row in &page.rows {
            let (Some(category), Some(place)) = (&row.category, &row.place) else {
                continue;
            };
            let standing = standing(overlay, places_of(terms, Some(category)), place)?;
            sums.entry(category.clone())
                .or_default()
                .add(row, place, &standing);
            total.add(row, place, &standing);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok((sums, total));
        }
    }
}

/// All reports of a programme by target, those without one under the empty name; the oldest first of each indicator.
fn reports(overlay: &Overlay, programme: &Slug) -> Result<BTreeMap<String, Vec<Report>>, StoreError> {
    let mut reports: BTreeMap<String, Vec<Report>> = BTreeMap::new();
    for pair in overlay.prefix(&Key::of(INDICATOR).text(programme.as_str()).0) {
        let (key, value) = pair?;
        let named = || {
            let mut rest = &key[1..];
            let (_, target) = (take_text(&mut rest)?, take_text(&mut rest)?.to_owned());
            let indicator = Label::new(take_text(&mut rest)?)?;
            Some((target, indicator, take_number(&mut rest.get(4..)?)?))
        };
        let (target, indicator, seq) = named().ok_or(StoreError::Damaged { what: "report" })?;
        let mut read = Unpack::new("report", &value);
        let mut day = || {
            let day = i32::from_be_bytes(read.bytes()?);
            Date::from_ordinal(day).ok_or(StoreError::Damaged { what: "report" })
        };
        let (as_of, from, to) = (day()?, day()?, day()?);
        let numerator = read.text()?.to_owned();
        let denominator = read.text()?.to_owned();
        let data_source = read.text()?.to_owned();
        read.finish()?;
        reports.entry(target).or_default().push(Report {
            indicator,
            percent: percent(&numerator, &denominator),
            numerator,
            denominator,
            data_source,
            as_of,
            period: Span { from, to },
            seq,
        });
    }
    Ok(reports)
}

/// Of each indicator the report of the latest day, and of one day the one reported last; the newest first.
fn latest(reports: Vec<Report>) -> Vec<Report> {
    let mut of_each: BTreeMap<Label, Report> = BTreeMap::new();
    for report in reports {
        let newer = of_each
            .get(&report.indicator)
            .is_none_or(|known| (known.as_of, known.seq) < (report.as_of, report.seq));
        if newer {
            of_each.insert(report.indicator.clone(), report);
        }
    }
    let mut latest: Vec<Report> = of_each.into_values().collect();
    latest.sort_by_key(|report| std::cmp::Reverse((report.as_of, report.seq)));
    latest
}

fn years(period: &Period, due: Date, reported: &[Report]) -> Vec<YearRow> {
    let first = period.from.year();
    let last = period.to.year().max(due.year()).min(first + YEARS_MAX);
    let mut years: BTreeMap<i32, Vec<Report>> = (first..=last).map(|year| (year, Vec::new())).collect();
    for report in reported {
        years
            .entry(report.period.to.year())
            .or_default()
            .push(report.clone());
    }
    let years = years.into_iter().map(|(year, reports)| YearRow {
        year,
        reported: latest(reports),
    });
    years.collect()
}

/// A part of a whole in percent with one decimal, rounded half up, in integers; none where the whole is 0.
fn percent(numerator: &str, denominator: &str) -> Option<String> {
    let (part, part_decimals) = scaled(numerator)?;
    let (whole, whole_decimals) = scaled(denominator)?;
    // Tenths of a percent: part/whole × 1000.
    let part = part * BigUint::from(10u32).pow(whole_decimals) * 1000u32;
    let whole = whole * BigUint::from(10u32).pow(part_decimals);
    if whole == BigUint::ZERO {
        return None;
    }
    let tenths = (part * 2u32 + &whole) / (whole * 2u32);
    Some(format!("{}.{}", &tenths / 10u32, tenths % 10u32))
}

/// A decimal as an integer and the number of its decimals.
fn scaled(decimal: &str) -> Option<(BigUint, u32)> {
    let (whole, decimals) = decimal.split_once('.').unwrap_or((decimal, ""));
    let digits: BigUint = format!("{whole}{decimals}").parse().ok()?;
    Some((digits, u32::try_from(decimals.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percentages_are_exact_and_rounded_half_up() {
        for (part, whole, expected) in [
            ("14", "14", Some("100.0")),
            ("0", "7", Some("0.0")),
            ("1", "3", Some("33.3")),
            ("2", "3", Some("66.7")),
            ("1", "8", Some("12.5")),
            // 0.05% and 99.95% exactly: halves go up.
            ("1", "2000", Some("0.1")),
            ("1999", "2000", Some("100.0")),
            ("1.5", "0.4", Some("375.0")),
            ("0.000000001", "999999999999999", Some("0.0")),
            (
                "999999999999999.999999999",
                "0.000000001",
                Some("99999999999999999999999900.0"),
            ),
            ("5", "0", None),
        ] {
            assert_eq!(percent(part, whole).as_deref(), expected, "{part}/{whole}");
        }
    }
}
