//! `balances`: every lot and pool with what is where.

use clap::{ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::words::Source;
use minhbach_events::{Item, Reference, Slug};
use minhbach_exchange::csv_tables::balances::{self, OUTCOMES, amounts};
use minhbach_ledger::NameKind;
use minhbach_projections::recorded::StockKind;
use minhbach_projections::{BalanceRow, BalancesFilter};

use crate::answers::{self, Answers};
use crate::ending::Ending;
use crate::filters::any;
use crate::interface::{choice, flag};
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
        kind: session.word(matches, "kind", StockKind::from_word),
    };
    let answers = answers::open(session)?;
    let nothing = if any(matches, &["lot", "fund", "item", "source", "kind"]) {
        session.texts.get("balances-nothing")
    } else {
        session.texts.get("balances-nothing-yet")
    };
    let shown = Shown {
        csv_header: &balances::HEADER,
        csv_row: &balances::row,
        table: &|rows| table(session, &*answers, rows),
        nothing,
        after: &|_| Ok(String::new()),
    };
    list(session, &shown, |cursor| {
        let page = answers.balances(&filter, cursor)?;
        Ok(Page {
            as_of: page.as_of,
            rows: page.rows,
            next: page.next,
            total: None,
        })
    })?;
    Ok(Ending::Yes)
}

fn table(session: &Session, answers: &dyn Answers, rows: &[BalanceRow]) -> anyhow::Result<Table> {
    let texts = session.texts;
    let names = answers.names(texts, &[NameKind::Party, NameKind::Item])?;
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
    Ok(table)
}
