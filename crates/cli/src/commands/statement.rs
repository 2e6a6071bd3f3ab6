//! `statement`: what came in and went out, and the balance, by fund, pool and day.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::{Date, Item, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::Named;
use minhbach_projections::{StatementFilter, StatementRow};

use crate::ending::Ending;
use crate::filters::{self, any};
use crate::interface::flag;
use crate::names::Names;
use crate::numbers;
use crate::opening::Readable;
use crate::rows::{Page, Shown, list};
use crate::session::Session;
use crate::table::Table;

pub fn arguments(command: Command) -> Command {
    command.args(["fund", "pool", "item", "from", "to"].map(flag))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let filter = StatementFilter {
        fund: session.formed(matches, "fund", Slug::new, Form::Slug)?,
        pool: session.formed(matches, "pool", Slug::new, Form::Slug)?,
        item: session.formed(matches, "item", Item::new, Form::Item)?,
        from: session.formed(matches, "from", Date::parse, Form::Date)?,
        to: session.formed(matches, "to", Date::parse, Form::Date)?,
    };
    if let (Some(from), Some(to)) = (&filter.from, &filter.to)
        && to < from
    {
        return Err(session.told("flag-from-after-to", &[("from", &from), ("to", &to)]));
    }
    let readable = Readable::open(session)?;
    let named = Named {
        fund: filter.fund.as_ref(),
        pool: filter.pool.as_ref(),
        item: filter.item.as_ref(),
        ..Named::default()
    };
    if let Some(unknown) = named.first_unknown(&readable.books()) {
        session.say(&filters::said(session, &unknown));
        return Ok(Ending::No);
    }
    let nothing = if any(matches, &["fund", "pool", "item", "from", "to"]) {
        session.texts.get("statement-nothing")
    } else {
        session.texts.get("statement-nothing-yet")
    };
    let shown = Shown {
        csv_header: &csv_tables::statement::header(),
        csv_row: &csv_tables::statement::row,
        table: &|rows| table(session, &readable, rows),
        nothing,
        after: &|_| String::new(),
    };
    list(session, &shown, |cursor| {
        let page = readable.read(|projections, _| projections.statement(&filter, cursor))??;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

/// Fund, pool and item are said once, where they begin.
fn table(session: &Session, readable: &Readable, rows: &[StatementRow]) -> Table {
    let (texts, books) = (session.texts, readable.books());
    let names = Names { books: &books, texts };
    let mut table = Table::default()
        .label(texts.get("column-day"))
        .label(texts.get("column-fund-pool"))
        .number(texts.get("column-in"))
        .number(texts.get("column-out"))
        .number(texts.get("column-balance"));
    let mut before: Option<&StatementRow> = None;
    for row in rows {
        let same = before.is_some_and(|b| (&b.fund, &b.pool, &b.item) == (&row.fund, &row.pool, &row.item));
        let pool = row
            .pool
            .as_ref()
            .map_or_else(|| texts.get("outside-pools"), ToString::to_string);
        let some = |shown: String, is_zero: bool| (!is_zero).then_some(shown);
        table.row(vec![
            Some(numbers::day(texts, row.day)),
            Some(if same {
                String::new()
            } else {
                format!("{}\n{pool}\n{}", names.party(&row.fund), names.item(&row.item))
            }),
            some(names.quantity(row.into, &row.item), row.into.is_zero()),
            some(names.quantity(row.out, &row.item), row.out.is_zero()),
            Some(names.quantity(row.balance, &row.item)),
        ]);
        before = Some(row);
    }
    table
}
