//! `progress`: how far a plan's targets are, the fraction always beside the percentage.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::Slug;
use minhbach_events::malformed::Form;
use minhbach_events::words::TargetKind;
use minhbach_exchange::csv_tables::{self, Csv};
use minhbach_exchange::visible::visible;
use minhbach_ledger::NameKind;
use minhbach_projections::{CategoryRow, ProgressAnswer, Report, TargetRow};

use super::programme::words::word;
use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::NameUnknown;
use crate::json_document;
use crate::names::Names;
use crate::numbers;
use crate::session::{Format, Session, output};
use crate::table::{NOTHING, Table};
use crate::texts::Texts;
use crate::tree::{Branch, wrap};

pub fn arguments(command: Command) -> Command {
    command.arg(Arg::new("programme").required(true))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let programme = session.formed(matches, "programme", Slug::new, Form::Slug)?;
    let Some(programme) = programme else {
        return Ok(Ending::No);
    };
    let answers = answers::open(session)?;
    let answer = answers.progress(&programme);
    if let Err(error) = &answer
        && let Some(unknown) = error.downcast_ref::<NameUnknown>()
    {
        session.say(&unknown.said(session.texts));
        let known: Vec<String> = answers.programmes()?.iter().map(ToString::to_string).collect();
        if !known.is_empty() {
            let known = known.join(", ");
            session.say(&session.texts.with("progress-known", &[("programmes", &known)]));
        }
        return Ok(Ending::No);
    }
    let answer = answer?;
    match session.format {
        Format::Json => json_document::write(output(), &answer)?,
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &csv_tables::progress::HEADER)?;
            let rows = csv_tables::progress::rows(&answer);
            rows.into_iter().try_for_each(|row| csv.row(row))?;
            csv.end()?;
        }
        Format::Table => tell(session, &*answers, &answer)?,
    }
    Ok(Ending::Yes)
}

fn tell(session: &Session, answers: &dyn Answers, answer: &ProgressAnswer) -> anyhow::Result<()> {
    let (texts, width) = (session.texts, session.terminal.width);
    let mut out = output();
    let programme = &answer.programme;
    let title = visible(programme.title.in_language(texts.english()));
    for line in wrap(&title, width) {
        writeln!(out, "{}", session.terminal.strong(&line))?;
    }
    let period = numbers::period(texts, programme.period.from, programme.period.to);
    writeln!(out, "{}, {period}", programme.programme)?;
    if let Some(day) = programme.closed_on {
        let day = numbers::day(texts, day);
        let said = match &programme.carries_to {
            Some(next) => texts.with("progress-carried", &[("day", &day), ("programme", next)]),
            None => texts.with("progress-closed", &[("day", &day)]),
        };
        writeln!(out, "{said}")?;
    }
    writeln!(out)?;
    {
        let names = answers.names(texts, &[NameKind::Category])?;
        for row in &answer.rows {
            target(texts, &names, &programme.programme, row).write(&mut out, width)?;
            writeln!(out)?;
        }
    }
    if answer.rows.is_empty() {
        writeln!(out, "{}", texts.get("progress-no-targets"))?;
    }
    if !answer.indicators.is_empty() {
        let mut branch = Branch::new(texts.get("progress-indicators"));
        answer
            .indicators
            .iter()
            .for_each(|reported| branch.push(Branch::new(report(texts, reported))));
        branch.write(&mut out, width)?;
        writeln!(out)?;
    }
    if answer.total.deliveries == 0 {
        writeln!(out, "{}", texts.get("progress-nothing-delivered"))?;
    } else {
        writeln!(out, "{}", texts.get("progress-delivered"))?;
        out.write_all(
            categories(texts, &answer.categories)
                .render(session.terminal)
                .as_bytes(),
        )?;
        let mut say = |said: String| {
            wrap(&said, width)
                .iter()
                .try_for_each(|line| writeln!(out, "{line}"))
        };
        let by_succession = answer.total.by_succession;
        if 0 < by_succession.deliveries {
            say(texts.with(
                "progress-succession",
                &[
                    (
                        "deliveries",
                        &texts.counted("count-deliveries", by_succession.deliveries),
                    ),
                    ("places", &texts.counted("count-places", by_succession.places)),
                ],
            ))?;
        }
        if 0 < answer.total.unvalued {
            let count = numbers::number(texts, answer.total.unvalued);
            say(texts.with("progress-unvalued", &[("count", &count)]))?;
        }
    }
    Ok(out.flush()?)
}

/// A target with what was reported of it and what the ledger knows.
fn target(texts: Texts, names: &Names<'_>, programme: &Slug, row: &TargetRow) -> Branch {
    let title = visible(row.title.in_language(texts.english()));
    let figure = row.value.as_deref().map(|value| numbers::number(texts, value));
    let kind = match (row.kind, &figure) {
        (TargetKind::OnDemand, _) => "progress-kind-on-demand",
        (_, None) => "progress-kind-without-value",
        (TargetKind::Ratio, Some(_)) => "progress-kind-ratio",
        (TargetKind::CountOfPlaces, Some(_)) => "progress-kind-count-of-places",
        (TargetKind::RecurringPerYear, Some(_)) => "progress-kind-recurring-per-year",
    };
    let mut aim = texts.with(kind, &[("value", &figure.unwrap_or_default())]);
    aim.push_str(&texts.with("progress-due", &[("day", &numbers::day(texts, row.due))]));
    if let Some(category) = &row.category {
        aim.push_str(&format!("; {}", names.category(Some(programme), category)));
    }
    if let Some(group) = &row.group {
        aim.push_str(&format!("; {}", word(texts, group.as_str())));
    }
    let mut branch = Branch::new(format!("{}  {title}", row.target)).line(aim);
    let mut say = |line: String| branch.push(Branch::new(line));
    if let Some(requests) = &row.requests {
        let counts = &requests.counts;
        if counts.requests == 0 {
            say(texts.get("progress-no-requests"));
        } else {
            let percent = requests.percent.as_deref().unwrap_or_default();
            say(texts.with(
                "progress-requests",
                &[
                    ("met", &numbers::number(texts, counts.met)),
                    ("requests", &numbers::number(texts, counts.requests)),
                    ("percent", &numbers::number(texts, percent)),
                    ("closed", &numbers::number(texts, counts.closed_as_met)),
                    ("delivered", &numbers::number(texts, counts.fully_delivered)),
                ],
            ));
        }
        if 0 < counts.withdrawn + counts.duplicate {
            say(texts.with(
                "progress-not-requests",
                &[
                    ("withdrawn", &numbers::number(texts, counts.withdrawn)),
                    ("duplicate", &numbers::number(texts, counts.duplicate)),
                ],
            ));
        }
    }
    // What was delivered stands beside the places that it reached, not a second time below.
    let delivered = row.delivered.as_ref();
    if let Some(places) = &row.places {
        let reached = numbers::number(texts, places.reached);
        let mut line = match places.of {
            Some(of) => texts.with(
                "progress-places",
                &[("reached", &reached), ("of", &numbers::number(texts, of))],
            ),
            None => texts.with("progress-places-anywhere", &[("reached", &reached)]),
        };
        if let Some(delivered) = delivered.filter(|delivered| 0 < delivered.deliveries) {
            let deliveries = texts.counted("count-deliveries", delivered.deliveries);
            line.push_str(&format!(
                "; {deliveries}, {}",
                children(texts, delivered.child_deliveries)
            ));
        }
        say(line);
        if 0 < places.by_succession {
            let count = texts.counted("count-places", places.by_succession);
            say(texts.with("progress-places-succession", &[("places", &count)]));
        }
    }
    if row.kind == TargetKind::RecurringPerYear {
        for year in &row.years {
            let year_said = year.year.to_string();
            if year.reported.is_empty() {
                say(texts.with("progress-year-not-reported", &[("year", &year_said)]));
            }
            for reported in &year.reported {
                say(format!("{year_said}: {}", report(texts, reported)));
            }
        }
    } else if row.reported.is_empty() {
        say(texts.get("progress-not-reported"));
    } else {
        row.reported
            .iter()
            .for_each(|reported| say(report(texts, reported)));
    }
    if let Some(delivered) = delivered.filter(|_| row.places.is_none()) {
        say(if delivered.deliveries == 0 {
            texts.get("progress-target-nothing")
        } else {
            texts.with(
                "progress-target-delivered",
                &[
                    (
                        "deliveries",
                        &texts.counted("count-deliveries", delivered.deliveries),
                    ),
                    ("children", &children(texts, delivered.child_deliveries)),
                    ("places", &texts.counted("count-places", delivered.places)),
                ],
            )
        });
    }
    branch
}

/// How many child deliveries; those to facilities count none.
fn children(texts: Texts, count: u64) -> String {
    match count {
        0 => NOTHING.to_owned(),
        count => texts.counted("count-children", count),
    }
}

fn report(texts: Texts, report: &Report) -> String {
    let percent = report.percent.as_ref().map_or_else(String::new, |percent| {
        format!(" ({}%)", numbers::number(texts, percent))
    });
    texts.with(
        "progress-report",
        &[
            ("numerator", &numbers::number(texts, &report.numerator)),
            ("denominator", &numbers::number(texts, &report.denominator)),
            ("percent", &percent),
            ("indicator", &report.indicator),
            (
                "period",
                &numbers::period(texts, report.period.from, report.period.to),
            ),
            ("as_of", &numbers::day(texts, report.as_of)),
            ("source", &report.data_source),
        ],
    )
}

fn categories(texts: Texts, rows: &[CategoryRow]) -> Table {
    let mut table = Table::default()
        .label(texts.get("column-category"))
        .number(texts.get("column-deliveries"))
        .number(texts.get("column-children"))
        .number(texts.get("column-places"))
        .number(texts.get("column-value"))
        .rare(texts.get("column-by-succession"));
    for row in rows.iter().filter(|row| 0 < row.reached.deliveries) {
        let count = |count: u64| (0 < count).then(|| numbers::number(texts, count));
        let reached = &row.reached;
        table.row(vec![
            Some(format!(
                "{}\n{}",
                visible(row.title.in_language(texts.english())),
                row.category
            )),
            count(reached.deliveries),
            count(reached.child_deliveries),
            count(reached.places),
            (0 < reached.value_vnd.0).then(|| numbers::dong(texts, reached.value_vnd)),
            count(reached.by_succession.deliveries),
        ]);
    }
    table
}
