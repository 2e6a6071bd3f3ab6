//! `statement`: what came in and went out, and the balance, by fund, pool and day.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::{Date, Item, Slug};
use minhbach_exchange::csv_tables;
use minhbach_ledger::NameKind;
use minhbach_projections::{StatementFilter, StatementRow};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::any;
use crate::interface::flag;
use crate::numbers;
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
    let answers = answers::open(session)?;
    let nothing = if any(matches, &["fund", "pool", "item", "from", "to"]) {
        session.texts.get("statement-nothing")
    } else {
        session.texts.get("statement-nothing-yet")
    };
    let shown = Shown {
        csv_header: &csv_tables::statement::HEADER,
        csv_row: &csv_tables::statement::row,
        table: &|rows| table(session, &*answers, rows),
        nothing,
        after: &|_| Ok(String::new()),
    };
    list(session, &shown, |cursor| {
        let page = answers.statement(&filter, cursor)?;
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
fn table(session: &Session, answers: &dyn Answers, rows: &[StatementRow]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Party, NameKind::Item])?;
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
    Ok(table)
}
