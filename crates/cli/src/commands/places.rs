//! `places`: places before and after a reform, and what was delivered there.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::Slug;
use minhbach_events::malformed::Form;
use minhbach_events::words::{Part, PlaceKind};
use minhbach_exchange::csv_tables::{self, Csv};
use minhbach_exchange::visible::visible;
use minhbach_ledger::NameKind;
use minhbach_projections::{
    Counts, DeliveredThere, PlaceAnswer, PlaceRow, PlacesQuery, Reach, Scope, SuccessionRow, Via,
};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::interface::{choice, flag};
use crate::json_document;
use crate::numbers;
use crate::rows::{Page, Shown, list};
use crate::session::{Format, Session, output, text};
use crate::table::Table;
use crate::tree::wrap;

pub fn arguments(command: Command) -> Command {
    let kinds: Vec<&'static str> = PlaceKind::ALL.iter().map(|kind| kind.word()).collect();
    let reaches: Vec<&'static str> = Reach::ALL.iter().map(|reach| reach.word()).collect();
    command
        .arg(Arg::new("place"))
        .arg(choice("reach", &reaches))
        .arg(choice("kind", &kinds))
        .arg(flag("parent"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let place = session.formed(matches, "place", Slug::new, Form::Slug)?;
    let query = PlacesQuery {
        kind: session.word(matches, "kind", PlaceKind::from_word),
        parent: session.formed(matches, "parent", Slug::new, Form::Slug)?,
    };
    let answers = answers::open(session)?;
    let Some(place) = place else {
        return all(session, &*answers, &query);
    };
    let reach = text(matches, "reach")
        .and_then(Reach::from_word)
        .unwrap_or(Reach::Whole);
    let answer = answers.place(&place, reach)?;
    match session.format {
        Format::Json => json_document::write(output(), &answer)?,
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &csv_tables::place::HEADER)?;
            let mut rows = answer.rows.iter().map(csv_tables::place::row);
            rows.try_for_each(|row| csv.row(row))?;
            csv.end()?;
        }
        Format::Table => tell(session, &*answers, &answer)?,
    }
    Ok(Ending::Yes)
}

fn all(session: &Session, answers: &dyn Answers, query: &PlacesQuery) -> anyhow::Result<Ending> {
    let shown = Shown {
        csv_header: &csv_tables::places::HEADER,
        csv_row: &csv_tables::places::row,
        table: &|rows| table(session, answers, rows),
        nothing: session.texts.get("places-nothing"),
        after: &|_| Ok(String::new()),
    };
    list(session, &shown, |cursor| {
        let page = answers.places(query, cursor)?;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

fn table(session: &Session, answers: &dyn Answers, rows: &[PlaceRow]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Place])?;
    let mut table = Table::default()
        .label(texts.get("column-place-name"))
        .label(texts.get("column-found-what"))
        .label(texts.get("column-found-when"));
    for row in rows {
        let mut what = names.word(row.kind.word());
        if let Some(parent) = &row.parent {
            what.push_str(&format!("\n{}", names.place(parent)));
        }
        let lines = history(session, row);
        table.row(vec![
            Some(format!("{}\n{}", visible(&row.name), row.place)),
            Some(what),
            Some(lines.join("\n")),
        ]);
    }
    Ok(table)
}

/// When a place was there, what it took over from and what took over from it, a line each.
fn history(session: &Session, row: &PlaceRow) -> Vec<String> {
    let texts = session.texts;
    let day = |day| numbers::day(texts, day);
    let from = day(row.valid_from);
    let to = row.succeeded_on.or(row.valid_to).map_or(String::new(), day);
    let key = match (row.succeeded_on, row.valid_to) {
        (Some(_), _) => "places-until-succeeded",
        (None, Some(_)) => "places-until",
        (None, None) => "places-since",
    };
    let mut lines = vec![texts.with(key, &[("from", &from), ("to", &to)])];
    for (key, others) in [
        ("places-before", &row.predecessors),
        ("places-now", &row.successors),
    ] {
        let named = |other: &SuccessionRow| {
            let name = visible(&other.name);
            match other.part {
                Part::Whole => name,
                Part::Part => texts.with("places-part", &[("place", &name)]),
            }
        };
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(named).collect();
            lines.push(texts.with(key, &[("places", &others.join(", "))]));
        }
    }
    lines
}

fn tell(session: &Session, answers: &dyn Answers, answer: &PlaceAnswer) -> anyhow::Result<()> {
    let (texts, width) = (session.texts, session.terminal.width);
    let mut out = output();
    {
        let names = answers.names(texts, &[NameKind::Place])?;
        let place = &answer.place;
        let mut lines = vec![
            session
                .terminal
                .strong(&format!("{} ({})", visible(&place.name), place.place)),
        ];
        let mut what = names.word(place.kind.word());
        if let Some(parent) = &place.parent {
            what.push_str(&format!(", {}", names.place(parent)));
        }
        lines.push(what);
        lines.extend(history(session, place));
        for version in answer.versions.iter().filter(|version| version.reason.is_some()) {
            lines.push(texts.with(
                "places-revised",
                &[
                    ("day", &numbers::day(texts, version.recorded_on)),
                    ("name", &version.name),
                    ("reason", &version.reason.as_deref().unwrap_or_default()),
                ],
            ));
        }
        for line in lines {
            for line in wrap(&line, width) {
                writeln!(out, "{line}")?;
            }
        }
        writeln!(out)?;
    }
    if answer.rows.is_empty() {
        writeln!(out, "{}", texts.get("places-nothing-delivered"))?;
        return Ok(out.flush()?);
    }
    out.write_all(
        delivered(session, answers, &answer.rows)?
            .render(session.terminal)
            .as_bytes(),
    )?;
    let total = &answer.total;
    let mut counts = |key: &str, counts: &Counts| -> std::io::Result<()> {
        if counts.deliveries == 0 {
            return Ok(());
        }
        let said = texts.with(
            key,
            &[
                (
                    "deliveries",
                    &texts.counted("count-deliveries", counts.deliveries),
                ),
                (
                    "children",
                    &texts.counted("count-children", counts.child_deliveries),
                ),
                ("value", &numbers::dong(texts, counts.value_vnd)),
            ],
        );
        wrap(&said, width)
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))
    };
    counts("places-total-itself", &total.itself)?;
    counts("places-total-under", &total.under)?;
    counts("places-total-predecessor", &total.predecessor)?;
    counts("places-total-successor", &total.successor)?;
    counts("places-total-succession", &total.by_succession)?;
    Ok(out.flush()?)
}

fn delivered(session: &Session, answers: &dyn Answers, rows: &[DeliveredThere]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Place, NameKind::Category, NameKind::Item])?;
    let mut table = Table::default()
        .label(texts.get("column-place"))
        .label(texts.get("column-category"))
        .number(texts.get("column-delivered"))
        .number(texts.get("column-accepted"))
        .number(texts.get("column-deliveries"))
        .number(texts.get("column-children"));
    let one_programme = rows.windows(2).all(|pair| pair[0].programme == pair[1].programme);
    for row in rows {
        let mut place = names.place(&row.place);
        if row.via != Via::Itself {
            place.push_str(&format!("\n{}", texts.get(&format!("word-{}", row.via.word()))));
        }
        if row.scope != Scope::Listed {
            place.push_str(&format!(
                "\n{}",
                texts.get(&format!("word-scope-{}", row.scope.word()))
            ));
        }
        let mut category = format!(
            "{}\n{}",
            names.category(Some(&row.programme), &row.category),
            names.item(&row.item)
        );
        if !one_programme {
            category.push_str(&format!("\n{}", row.programme));
        }
        let amount = |amount| numbers::with_unit(texts, amount, &row.unit);
        table.row(vec![
            Some(place),
            Some(category),
            Some(amount(row.delivered)),
            (!row.confirmed.is_zero()).then(|| amount(row.confirmed)),
            Some(numbers::number(texts, row.deliveries)),
            (0 < row.child_deliveries).then(|| numbers::number(texts, row.child_deliveries)),
        ]);
    }
    Ok(table)
}
