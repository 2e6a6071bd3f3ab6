//! How far a plan is as a table: a line for each target and report.

use minhbach_events::Label;
use minhbach_events::words::TargetKind;
use minhbach_projections::{ProgressAnswer, Report, TargetRow};

use super::Field;

/// What the columns are.
pub const HEADER: [&str; 24] = [
    "target",
    "kind",
    "value",
    "category",
    "group",
    "due",
    "year",
    "indicator",
    "numerator",
    "denominator",
    "percent",
    "data_source",
    "as_of",
    "period_from",
    "period_to",
    "requests",
    "met",
    "places_reached",
    "places_of",
    "places_by_succession",
    "deliveries",
    "child_deliveries",
    "places",
    "deliveries_by_succession",
];

/// The lines of [`HEADER`] for the document; a target without a report has empty figures, not zeros.
pub fn rows(answer: &ProgressAnswer) -> Vec<Vec<Field>> {
    let mut rows = Vec::new();
    for row in &answer.rows {
        let reports: Vec<(Option<i32>, Option<&Report>)> = if row.kind == TargetKind::RecurringPerYear {
            let years = row.years.iter();
            years
                .flat_map(|year| {
                    let none = year.reported.is_empty().then_some((Some(year.year), None));
                    let reports = year.reported.iter().map(|report| (Some(year.year), Some(report)));
                    reports.chain(none)
                })
                .collect()
        } else if row.reported.is_empty() {
            vec![(None, None)]
        } else {
            row.reported.iter().map(|report| (None, Some(report))).collect()
        };
        for (year, report) in reports {
            rows.push(line(Some(row), year, report));
        }
    }
    for report in &answer.indicators {
        rows.push(line(None, None, Some(report)));
    }
    rows
}

fn line(target: Option<&TargetRow>, year: Option<i32>, report: Option<&Report>) -> Vec<Field> {
    let word = |word: Option<String>| Field::word(word.as_deref());
    let number = |number: Option<u64>| number.map_or(Field::word(None), Field::number);
    let figure = |figure: Option<&String>| figure.map_or(Field::word(None), Field::number);
    let places = target.and_then(|target| target.places);
    let requests = target.and_then(|target| target.requests.as_ref());
    let delivered = target.and_then(|target| target.delivered.as_ref());
    vec![
        Field::word(target.map(|target| target.target.as_str())),
        Field::word(target.map(|target| target.kind.word())),
        figure(target.and_then(|target| target.value.as_ref())),
        Field::word(
            target
                .and_then(|target| target.category.as_ref())
                .map(Label::as_str),
        ),
        Field::word(target.and_then(|target| target.group.as_ref()).map(Label::as_str)),
        word(target.map(|target| target.due.to_string())),
        year.map_or(Field::word(None), Field::number),
        Field::word(report.map(|report| report.indicator.as_str())),
        figure(report.map(|report| &report.numerator)),
        figure(report.map(|report| &report.denominator)),
        figure(report.and_then(|report| report.percent.as_ref())),
        Field::word(report.map(|report| report.data_source.as_str())),
        word(report.map(|report| report.as_of.to_string())),
        word(report.map(|report| report.period.from.to_string())),
        word(report.map(|report| report.period.to.to_string())),
        number(requests.map(|requests| requests.counts.requests)),
        number(requests.map(|requests| requests.counts.met)),
        number(places.map(|places| places.reached)),
        number(places.and_then(|places| places.of)),
        number(places.map(|places| places.by_succession)),
        number(delivered.map(|delivered| delivered.deliveries)),
        number(delivered.map(|delivered| delivered.child_deliveries)),
        number(delivered.map(|delivered| delivered.places)),
        number(delivered.map(|delivered| delivered.by_succession.deliveries)),
    ]
}
