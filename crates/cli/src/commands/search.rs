//! `search`: what has such a name or code.

use clap::{Arg, ArgMatches, Command};
use minhbach_events::Slug;
use minhbach_exchange::csv_tables;
use minhbach_exchange::visible::visible;
use minhbach_projections::{FoundKind, FoundRow, Match, PartiesQuery, QUERY_CHARS_MAX};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::json_document;
use crate::names::word_of;
use crate::numbers;
use crate::rows::{Page, Shown, list};
use crate::session::{Format, Session, output};
use crate::table::Table;

pub fn arguments(command: Command) -> Command {
    command.arg(Arg::new("words").required(true).num_args(1..))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let words: Vec<&str> = matches
        .get_many::<String>("words")
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let words = words.join(" ");
    if !words.chars().any(char::is_alphanumeric) {
        return Err(session.told("search-empty", &[]));
    }
    if QUERY_CHARS_MAX < words.chars().count() {
        return Err(session.told("search-too-long", &[("max", &QUERY_CHARS_MAX)]));
    }
    let answers = answers::open(session)?;
    if session.format == Format::Json {
        let found = answers.search(&words)?;
        json_document::write(output(), &found)?;
        return Ok(if found.rows.is_empty() {
            Ending::No
        } else {
            Ending::Yes
        });
    }
    let more = std::cell::Cell::new(false);
    let shown = Shown {
        csv_header: &csv_tables::search::HEADER,
        csv_row: &csv_tables::search::row,
        table: &|rows| Ok(table(session, &*answers, &words, rows)),
        nothing: session.texts.with("search-nothing", &[("words", &words)]),
        after: &|_| Ok(String::new()),
    };
    let any = list(session, &shown, |_| {
        let page = answers.search(&words)?;
        more.set(page.too_many || page.next.is_some());
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            // One page is more than anybody reads: who wants another says more.
            next: None,
            total: None,
        })
    })?;
    if more.get() {
        session.say(&session.texts.get("search-more"));
    }
    Ok(if any { Ending::Yes } else { Ending::No })
}

fn table(session: &Session, answers: &dyn Answers, words: &str, rows: &[FoundRow]) -> Table {
    let kinds: Vec<Option<&str>> = rows.iter().map(|row| party_kind(answers, row)).collect();
    let texts = session.texts;
    let mut table = Table::default()
        .label(texts.get("column-found"))
        .label(texts.get("column-found-what"))
        .label(texts.get("column-found-when"));
    for (row, kind) in rows.iter().zip(kinds) {
        let name = row.name.as_deref().map(visible);
        let mut found = name.map_or(row.id.clone(), |name| format!("{name}\n{}", row.id));
        if let Some(matched) = &row.matched {
            let key = if row.former_name {
                "search-former-name"
            } else {
                "search-other-name"
            };
            found.push('\n');
            found.push_str(&texts.with(key, &[("name", matched)]));
        }
        let mut what = match &row.place {
            Some(place) => word_of(texts, place.kind.word()),
            None => word_of(texts, kind.unwrap_or(row.kind.word())),
        };
        if let Some(parent) = row.place.as_ref().and_then(|place| place.parent_name.as_ref()) {
            what.push_str(&format!("\n{}", visible(parent)));
        }
        if let Some(programme) = &row.programme {
            what.push_str(&format!("\n{programme}"));
        }
        // Worth saying only to who typed marks.
        if !words.is_ascii() && row.fits == Match::Folded && row.name.is_some() && row.matched.is_none() {
            what.push_str(&format!("\n{}", texts.get("search-folded")));
        }
        table.row(vec![Some(found), Some(what), Some(when(session, row))]);
    }
    table
}

/// What kind of organisation a row is, if it is one and is known.
fn party_kind(answers: &dyn Answers, row: &FoundRow) -> Option<&'static str> {
    let query = PartiesQuery {
        party: Some(Slug::new(&row.id).filter(|_| row.kind == FoundKind::Party)?),
        kind: None,
        role: None,
    };
    // Without it the row still says that it is an organisation.
    let page = answers.parties(&query, None).ok()?;
    page.rows.first().map(|party| party.kind.word())
}

/// When a place was there and what became of it; when a code's entry happened.
fn when(session: &Session, row: &FoundRow) -> String {
    let texts = session.texts;
    let mut lines = Vec::new();
    if let Some(place) = &row.place {
        let end = place.succeeded_on.or(place.valid_to);
        let key = match (place.succeeded_on, place.valid_to) {
            (Some(_), _) => "places-until-succeeded",
            (None, Some(_)) => "places-until",
            (None, None) => "places-since",
        };
        let from = numbers::day(texts, place.valid_from);
        let to = end.map_or(String::new(), |day| numbers::day(texts, day));
        lines.push(texts.with(key, &[("from", &from), ("to", &to)]));
        let successors = place.successors.iter();
        let successors: Vec<String> = successors.map(|successor| visible(&successor.name)).collect();
        if !successors.is_empty() {
            lines.push(texts.with("places-now", &[("places", &successors.join(", "))]));
        }
    }
    if let Some(day) = row.on {
        lines.push(numbers::day(texts, day));
    }
    if let Some(seq) = row.reversed_by {
        lines.push(texts.with("search-reversed", &[("seq", &numbers::number(texts, seq))]));
    }
    lines.join("\n")
}
