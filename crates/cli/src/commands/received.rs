//! `received`: who received what.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::csv_tables::received::{self, word_of};
use minhbach_ledger::NameKind;
use minhbach_projections::{Dimension, Month, ReceivedQuery, ReceivedRow, ReceivedTotal};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::any;
use crate::interface::{choice, flag};
use crate::numbers;
use crate::rows::{Page, Shown, list};
use crate::session::{Session, text};
use crate::table::Table;
use crate::tree::wrap;

/// What rows are told apart by where nothing is said.
const BY_DEFAULT: &str = "place,category";

pub fn arguments(command: Command) -> Command {
    let sources: Vec<&'static str> = Source::ALL.iter().map(|source| source.word()).collect();
    command
        .args(["programme", "place", "category", "item"].map(flag))
        .arg(choice("source", &sources))
        .args(["from", "to"].map(flag))
        .arg(flag("by").default_value(BY_DEFAULT))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let query = ReceivedQuery {
        programme: session.formed(matches, "programme", Slug::new, Form::Slug)?,
        place: session.formed(matches, "place", Slug::new, Form::Slug)?,
        category: session.formed(matches, "category", Label::new, Form::Label)?,
        item: session.formed(matches, "item", Item::new, Form::Item)?,
        source: session.word(matches, "source", Source::from_word),
        from: month(session, matches, "from")?,
        to: month(session, matches, "to")?,
        by: dimensions(session, text(matches, "by").unwrap_or(BY_DEFAULT))?,
    };
    if let (Some(from), Some(to)) = (&query.from, &query.to)
        && to < from
    {
        return Err(session.told("flag-from-after-to", &[("from", &from), ("to", &to)]));
    }
    let answers = answers::open(session)?;
    let nothing = if any(
        matches,
        &["programme", "place", "category", "item", "source", "from", "to"],
    ) {
        session.texts.get("received-nothing")
    } else {
        session.texts.get("received-nothing-yet")
    };
    let columns = received::columns(&query.by);
    let total = std::cell::RefCell::new(ReceivedTotal::default());
    let shown = Shown {
        csv_header: &received::header(&columns),
        csv_row: &|row| received::row(row, &columns),
        table: &|rows| table(session, &*answers, &columns, query.programme.as_ref(), rows),
        nothing,
        after: &|page| {
            Ok(if page.rows.is_empty() {
                String::new()
            } else {
                sums(session, &total.borrow())
            })
        },
    };
    list(session, &shown, |cursor| {
        let page = answers.received(&query, cursor)?;
        let document = serde_json::to_string(&page.total)?;
        *total.borrow_mut() = page.total;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: Some(document),
        })
    })?;
    Ok(Ending::Yes)
}

fn month(session: &Session, matches: &ArgMatches, flag: &str) -> anyhow::Result<Option<Month>> {
    let Some(value) = text(matches, flag) else {
        return Ok(None);
    };
    let read = Month::parse(value);
    read.map(Some)
        .ok_or_else(|| session.told("flag-month", &[("flag", &flag), ("value", &value)]))
}

fn dimensions(session: &Session, asked: &str) -> anyhow::Result<Vec<Dimension>> {
    let mut by = Vec::new();
    for word in asked.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let dimension = Dimension::from_word(word).ok_or_else(|| {
            let known: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.word()).collect();
            session.told(
                "flag-dimension",
                &[("value", &word), ("words", &known.join(", "))],
            )
        })?;
        if !by.contains(&dimension) {
            by.push(dimension);
        }
    }
    Ok(by)
}

fn table(
    session: &Session,
    answers: &dyn Answers,
    by: &[Dimension],
    programme: Option<&Slug>,
    rows: &[ReceivedRow],
) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, NameKind::ALL)?;
    let mut table = Table::default();
    for dimension in by {
        table = table.label(texts.get(&format!("column-{}", dimension.word())));
    }
    table = table
        .number(texts.get("column-delivered"))
        .number(texts.get("column-confirmed"))
        .number(texts.get("column-deliveries"))
        .number(texts.get("column-children"))
        .number(texts.get("column-value"))
        .rare(texts.get("column-unvalued"));
    for row in rows {
        let label = |dimension: &Dimension| {
            let word = word_of(row, *dimension).unwrap_or_default();
            let name = match dimension {
                Dimension::Place => row.place.as_ref().map(|place| names.place(place)),
                Dimension::Category => row
                    .category
                    .as_ref()
                    .map(|c| names.category(row.programme.as_ref().or(programme), c)),
                Dimension::Item => return Some(names.item(&row.item)),
                Dimension::Month => return Some(numbers::month(texts, &word)),
                Dimension::Source => return Some(names.word(&word)),
                Dimension::Programme => row.programme.as_ref().map(|programme| names.programme(programme)),
            };
            Some(
                name.filter(|name| *name != word)
                    .map_or(word.clone(), |name| format!("{name}\n{word}")),
            )
        };
        let mut cells: Vec<Option<String>> = by.iter().map(label).collect();
        let quantity = |plain| numbers::with_unit(texts, plain, &row.unit);
        cells.extend([
            Some(quantity(row.delivered)),
            (!row.confirmed.is_zero()).then(|| quantity(row.confirmed)),
            Some(numbers::number(texts, row.deliveries)),
            (0 < row.child_deliveries).then(|| numbers::number(texts, row.child_deliveries)),
            (0 < row.value_vnd.0).then(|| numbers::dong(texts, row.value_vnd)),
            (0 < row.unvalued).then(|| numbers::number(texts, row.unvalued)),
        ]);
        table.row(cells);
    }
    Ok(table)
}

/// Counts and worths over all rows. Quantities of different things do not add up.
fn sums(session: &Session, total: &ReceivedTotal) -> String {
    let texts = session.texts;
    let mut said = texts.with(
        "received-total",
        &[
            ("deliveries", &texts.counted("count-deliveries", total.deliveries)),
            (
                "children",
                &texts.counted("count-children", total.child_deliveries),
            ),
            ("value", &numbers::dong(texts, total.value_vnd)),
        ],
    );
    if 0 < total.unvalued {
        said.push(' ');
        said.push_str(&texts.with(
            "received-unvalued",
            &[("count", &numbers::number(texts, total.unvalued))],
        ));
    }
    let lines = wrap(&said, session.terminal.width);
    lines.into_iter().map(|line| line + "\n").collect()
}
