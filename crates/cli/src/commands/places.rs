//! `places`: places before and after a reform, and what was delivered there.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::Slug;
use minhbach_events::malformed::Form;
use minhbach_events::words::{Part, PlaceKind};
use minhbach_projections::{
    Counts, DeliveredThere, PlaceAnswer, PlaceRow, PlacesQuery, Reach, Scope, SuccessionRow, Via,
};

use crate::ending::Ending;
use crate::filters::Named;
use crate::interface::{choice, flag};
use crate::json_document;
use crate::names::Names;
use crate::numbers;
use crate::opening::Readable;
use crate::rows::{Csv, Field, Page, Shown, list};
use crate::session::{Format, Session, output, text};
use crate::table::Table;
use crate::tree::wrap;
use crate::visible::visible;

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
    let readable = Readable::open(session)?;
    let named = Named {
        place: place.as_ref().or(query.parent.as_ref()),
        ..Named::default()
    };
    if let Some(unknown) = named.unknown(session, &readable.books()) {
        session.say(&unknown);
        return Ok(Ending::No);
    }
    let Some(place) = place else {
        return all(session, &readable, &query);
    };
    let reach = text(matches, "reach")
        .and_then(Reach::from_word)
        .unwrap_or(Reach::Whole);
    let answer = readable.read(|projections, journal| projections.place(&place, reach, journal))??;
    match session.format {
        Format::Json => json_document::write(output(), &answer)?,
        Format::Csv { excel } => csv(&answer, excel)?,
        Format::Table => tell(session, &readable, &answer)?,
    }
    Ok(Ending::Yes)
}

fn all(session: &Session, readable: &Readable, query: &PlacesQuery) -> anyhow::Result<Ending> {
    let shown = Shown {
        csv_header: &[
            "place",
            "kind",
            "name",
            "parent",
            "code",
            "valid_from",
            "valid_to",
            "succeeded_on",
            "predecessors",
            "successors",
        ],
        csv_row: &csv_row,
        table: &|rows| table(session, readable, rows),
        nothing: session.texts.get("places-nothing"),
        after: &|_| String::new(),
    };
    list(session, &shown, |cursor| {
        let page = readable.read(|projections, _| projections.places(query, cursor))??;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

fn csv_row(row: &PlaceRow) -> Vec<Field> {
    let word = |word: Option<String>| Field::word(word.as_deref());
    let slugs = |rows: &[SuccessionRow]| {
        let slugs: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        Field::word(Some(&slugs.join(" ")))
    };
    vec![
        Field::word(Some(row.place.as_str())),
        Field::word(Some(row.kind.word())),
        Field::word(Some(&row.name)),
        word(row.parent.as_ref().map(ToString::to_string)),
        word(row.code.as_ref().map(ToString::to_string)),
        word(Some(row.valid_from.to_string())),
        word(row.valid_to.map(|day| day.to_string())),
        word(row.succeeded_on.map(|day| day.to_string())),
        slugs(&row.predecessors),
        slugs(&row.successors),
    ]
}

fn table(session: &Session, readable: &Readable, rows: &[PlaceRow]) -> Table {
    let (texts, books) = (session.texts, readable.books());
    let names = Names { books: &books, texts };
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
    table
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

fn tell(session: &Session, readable: &Readable, answer: &PlaceAnswer) -> anyhow::Result<()> {
    let (texts, width) = (session.texts, session.terminal.width);
    let mut out = output();
    {
        let books = readable.books();
        let names = Names { books: &books, texts };
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
        delivered(session, readable, &answer.rows)
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

fn delivered(session: &Session, readable: &Readable, rows: &[DeliveredThere]) -> Table {
    let (texts, books) = (session.texts, readable.books());
    let names = Names { books: &books, texts };
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
    table
}

fn csv(answer: &PlaceAnswer, excel: bool) -> anyhow::Result<()> {
    let header = [
        "via",
        "place",
        "programme",
        "category",
        "scope",
        "item",
        "unit",
        "delivered",
        "confirmed",
        "deliveries",
        "child_deliveries",
        "value_vnd",
        "unvalued",
    ];
    let mut csv = Csv::begin(output(), excel, &header)?;
    for row in &answer.rows {
        csv.row(vec![
            Field::word(Some(row.via.word())),
            Field::word(Some(row.place.as_str())),
            Field::word(Some(row.programme.as_str())),
            Field::word(Some(row.category.as_str())),
            Field::word(Some(row.scope.word())),
            Field::word(Some(row.item.as_str())),
            Field::word(Some(&row.unit)),
            Field::number(row.delivered),
            Field::number(row.confirmed),
            Field::number(row.deliveries),
            Field::number(row.child_deliveries),
            Field::number(row.value_vnd),
            Field::number(row.unvalued),
        ])?;
    }
    csv.end()
}
