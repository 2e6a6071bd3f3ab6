//! `balances`: every lot and pool with what is where.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Item, Reference, Slug};
use minhbach_exchange::csv_tables::balances::{self, OUTCOMES, amounts};
use minhbach_ledger::Named;
use minhbach_projections::recorded::StockKind;
use minhbach_projections::{BalanceRow, BalancesFilter};

use crate::ending::Ending;
use crate::filters::{self, any};
use crate::interface::{choice, flag};
use crate::names::Names;
use crate::opening::Readable;
use crate::rows::{Page, Shown, list};
use crate::session::Session;
use crate::table::Table;

/// Whether most rows have nothing under a word of [`OUTCOMES`].
pub fn is_rare(word: &str) -> bool {
    !matches!(word, "received" | "available" | "allocated" | "delivered")
}

pub fn arguments(command: Command) -> Command {
    let sources: Vec<&'static str> = Source::ALL.iter().map(|source| source.word()).collect();
    command
        .arg(flag("lot"))
        .arg(flag("fund"))
        .arg(flag("item"))
        .arg(choice("source", &sources))
        .arg(choice("kind", &["lot", "pool"]))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let filter = BalancesFilter {
        lot: session.formed(matches, "lot", Reference::new, Form::Reference)?,
        fund: session.formed(matches, "fund", Slug::new, Form::Slug)?,
        item: session.formed(matches, "item", Item::new, Form::Item)?,
        source: session.word(matches, "source", Source::from_word),
        kind: session.word(matches, "kind", |word| match word {
            "lot" => Some(StockKind::Lot),
            "pool" => Some(StockKind::Pool),
            _ => None,
        }),
    };
    let readable = Readable::open(session)?;
    let named = Named {
        fund: filter.fund.as_ref(),
        item: filter.item.as_ref(),
        lot: filter.lot.as_ref(),
        ..Named::default()
    };
    if let Some(unknown) = named.first_unknown(&readable.books()) {
        session.say(&filters::said(session, &unknown));
        return Ok(Ending::No);
    }
    let nothing = if any(matches, &["lot", "fund", "item", "source", "kind"]) {
        session.texts.get("balances-nothing")
    } else {
        session.texts.get("balances-nothing-yet")
    };
    let shown = Shown {
        csv_header: &balances::header(),
        csv_row: &balances::row,
        table: &|rows| table(session, &readable, rows),
        nothing,
        after: &|_| String::new(),
    };
    list(session, &shown, |cursor| {
        let page = readable.read(|projections, _| projections.balances(&filter, cursor))??;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

fn table(session: &Session, readable: &Readable, rows: &[BalanceRow]) -> Table {
    let (texts, books) = (session.texts, readable.books());
    let names = Names { books: &books, texts };
    let mut table = Table::default().label(texts.get("column-lot"));
    for word in OUTCOMES {
        let header = texts.get(&format!("outcome-{}", word.replace('_', "-")));
        table = if is_rare(word) {
            table.rare(header)
        } else {
            table.number(header)
        };
    }
    for row in rows {
        let (kind, item, source) = (
            names.word(row.kind),
            names.item(&row.item),
            names.word(row.source),
        );
        let fund = names.party(&row.fund);
        let mut cells = vec![Some(format!("{}\n{kind}, {item}\n{fund}, {source}", row.lot))];
        let shown =
            amounts(&row.totals).map(|amount| (!amount.is_zero()).then(|| names.quantity(amount, &row.item)));
        cells.extend(shown);
        table.row(cells);
    }
    table
}
