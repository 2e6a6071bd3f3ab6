//! `balances`: every lot and pool with what is where.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Amount, Item, Reference, Slug};
use minhbach_projections::recorded::StockKind;
use minhbach_projections::{BalanceRow, BalancesFilter};

use crate::ending::Ending;
use crate::filters::{Named, any};
use crate::interface::{choice, flag};
use crate::names::Names;
use crate::opening::Readable;
use crate::rows::{Field, Page, Shown, list};
use crate::session::Session;
use crate::table::Table;

/// The words of an outcome, as the documents and the texts have them.
pub const OUTCOMES: [&str; 9] = [
    "received",
    "available",
    "allocated",
    "delivered",
    "spent",
    "transferred",
    "refunded",
    "written_off",
    "expensed",
];

/// Whether most rows have nothing under a word of [`OUTCOMES`].
pub fn is_rare(word: &str) -> bool {
    !matches!(word, "received" | "available" | "allocated" | "delivered")
}

/// The amounts in the order of [`OUTCOMES`].
pub fn amounts(totals: &minhbach_projections::Totals) -> [Amount; 9] {
    [
        totals.received,
        totals.available,
        totals.allocated,
        totals.delivered,
        totals.spent,
        totals.transferred,
        totals.refunded,
        totals.written_off,
        totals.expensed,
    ]
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
        kind: session.word(matches, "kind", StockKind::from_word),
    };
    let readable = Readable::open(session)?;
    let named = Named {
        fund: filter.fund.as_ref(),
        item: filter.item.as_ref(),
        lot: filter.lot.as_ref(),
        ..Named::default()
    };
    if let Some(unknown) = named.unknown(session, &readable.books()) {
        session.say(&unknown);
        return Ok(Ending::No);
    }
    let nothing = if any(matches, &["lot", "fund", "item", "source", "kind"]) {
        session.texts.get("balances-nothing")
    } else {
        session.texts.get("balances-nothing-yet")
    };
    let mut header = vec!["lot", "kind", "fund", "source", "item"];
    header.extend(OUTCOMES);
    let shown = Shown {
        csv_header: &header,
        csv_row: &csv_row,
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

fn csv_row(row: &BalanceRow) -> Vec<Field> {
    let words = [
        row.lot.as_str(),
        row.kind.word(),
        row.fund.as_str(),
        row.source.word(),
        row.item.as_str(),
    ];
    let words = words.into_iter().map(|word| Field::word(Some(word)));
    words
        .chain(amounts(&row.totals).into_iter().map(Field::number))
        .collect()
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
            names.word(row.kind.word()),
            names.item(&row.item),
            names.word(row.source.word()),
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
