//! Lots and pools: what is in them, where on their line, and who holds it.

use minhbach_events::{Event, Item, Reference, Slug, words::Source};

use crate::answer::{AsOf, PAGE, Page, ReadError};
use crate::document::document;
use crate::holders;
use crate::keys::{Key, STOCK, take_number};
use crate::overlay::{Overlay, after_prefix};
use crate::pool_line;
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Recorded, StockId, StockKind, Value};
use crate::stock::{Stock, StockSource, Totals};
use crate::store::{Direction, StoreError};
use crate::value::value_of;

/// The read model of lots and pools.
pub struct Lots;

impl Projection for Lots {
    fn name(&self) -> &'static str {
        "lots"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let effects = &recorded.effects;
        for opened in &effects.opened {
            let (value, partly_unvalued) = match opened.value {
                Value::Stated(value) => (value, false),
                Value::OfTaken => worth_of_taken(overlay, recorded)?,
            };
            Stock::opened(opened, value, partly_unvalued).save(overlay, opened.stock)?;
        }
        if let Some(joined) = &effects.joined {
            let mut pool = Stock::known(overlay, joined.pool)?;
            pool_line::append(overlay, &mut pool, joined, recorded.entry.seq)?;
            pool.totals.add(Holding::Available, joined.to - joined.from);
            pool.save(overlay, joined.pool)?;
        }
        let mut withdrawn_from = None;
        for part in &effects.moves {
            holders::pass(overlay, part)?;
            let mut stock = Stock::known(overlay, part.stock)?;
            if stock.line < part.to {
                return Err(Fault::Inconsistent(format!(
                    "{} has no {}, its line ends at {}",
                    stock.name, part.to, stock.line
                )));
            }
            let length = part.to - part.from;
            stock.totals.take(part.was, length).ok_or_else(|| {
                Fault::Inconsistent(format!(
                    "{} holds less than {length} as {:?}",
                    stock.name, part.was
                ))
            })?;
            stock.totals.add(part.now, length);
            // However many stretches it lay in, one receipt leaves.
            if part.now == Holding::Withdrawn
                && stock.kind == StockKind::Pool
                && withdrawn_from != Some(part.stock)
                && undid_receipt(recorded)
            {
                stock.withdrawn += 1;
                withdrawn_from = Some(part.stock);
            }
            stock.save(overlay, part.stock)?;
        }
        Ok(())
    }
}

/// What a transfer took, or a return brings back, is worth: what of it has a value, and whether some has none.
fn worth_of_taken(overlay: &Overlay, recorded: &Recorded) -> Result<(Option<u64>, bool), Fault> {
    let effects = &recorded.effects;
    let moved = effects.moves.iter().map(|part| (part.stock, part.from, part.to));
    let returned = effects
        .returned
        .iter()
        .map(|part| (part.stock, part.from, part.to));
    let (mut dong, mut whole, mut any) = (0, true, false);
    for (id, from, to) in moved.chain(returned) {
        let worth = value_of(overlay, id, &Stock::known(overlay, id)?, from, to)?;
        dong += worth.dong;
        whole &= worth.whole;
        any |= worth.whole || 0 < worth.dong;
    }
    let dong = u64::try_from(dong)
        .map_err(|_| Fault::Inconsistent("what was taken is worth more than can be counted".to_owned()))?;
    Ok((any.then_some(dong), !whole))
}

fn undid_receipt(recorded: &Recorded) -> bool {
    recorded
        .undone
        .as_ref()
        .is_some_and(|undone| matches!(undone.entry.event, Event::ReceiptIssued(_)))
}

/// The first and the last receipt of a pool that count, by their seqs; none in an empty pool.
pub(crate) fn ends(overlay: &Overlay, id: StockId, stock: &Stock) -> Result<Option<(u64, u64)>, StoreError> {
    if stock.joined == stock.withdrawn {
        return Ok(None);
    }
    // A receipt that was recalled after it was drawn is withdrawn as any other: whole.
    let (mut low, mut high) = (0, stock.line);
    if let Some(first) = holders::overlapping(overlay, id, 0, 1).next().transpose()?
        && first.holding == Holding::Withdrawn
    {
        low = first.to;
    }
    if let Some(last) = holders::last(overlay, id)?
        && last.holding == Holding::Withdrawn
        && last.to == stock.line
    {
        high = last.from;
    }
    let (_, first) = pool_line::at(overlay, id, low)?;
    let (_, last) = pool_line::at(overlay, id, high - 1)?;
    Ok(Some((first.seq, last.seq)))
}

/// Which lots and pools are asked for; each part narrows.
#[derive(Clone, Debug, Default)]
pub struct BalancesFilter {
    /// The code or slug of one.
    pub lot: Option<Reference>,
    /// Of one fund.
    pub fund: Option<Slug>,
    /// Of one item.
    pub item: Option<Item>,
    /// Of one source.
    pub source: Option<Source>,
    /// Lots only, or pools only.
    pub kind: Option<StockKind>,
}

document! {
    /// Every lot and pool with what is where. The lot of a reversed receipt is not among them.
    #[serde(deny_unknown_fields)]
    pub struct Balances {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// In the order in which they were opened.
        pub rows: Vec<BalanceRow>,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// A lot or pool with what is where.
    pub struct BalanceRow {
        /// Its code or slug.
        pub lot: Reference,
        /// Lot or pool.
        pub kind: StockKind,
        /// The party that holds it.
        pub fund: Slug,
        /// Its source, `mixed` for several.
        pub source: StockSource,
        /// What it is of.
        pub item: Item,
        /// How much is where.
        #[serde(flatten)]
        pub totals: Totals,
    }
}

pub(crate) fn balances(
    overlay: &Overlay,
    as_of: AsOf,
    filter: &BalancesFilter,
    page: Page<'_>,
) -> Result<Balances, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let from = match cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| ReadError::BadCursor)?,
    };
    let mut rows = Vec::new();
    let range = overlay.range(
        &Key::of(STOCK).number(from).0,
        &after_prefix(&[STOCK]),
        Direction::Forward,
    );
    for pair in range {
        let (key, value) = pair?;
        let stock = Stock::unpack(&value)?;
        let reversed = stock.kind == StockKind::Lot && stock.totals.received.is_zero();
        if reversed || !fits(&stock, filter) {
            continue;
        }
        if rows.len() == limit {
            let next = take_number(&mut &key[1..]).map(|number| number.to_string());
            return Ok(Balances { as_of, rows, next });
        }
        rows.push(BalanceRow {
            kind: stock.kind,
            source: stock.source(),
            lot: stock.name,
            fund: stock.fund,
            item: stock.item,
            totals: stock.totals,
        });
    }
    Ok(Balances {
        as_of,
        rows,
        next: None,
    })
}

fn fits(stock: &Stock, filter: &BalancesFilter) -> bool {
    filter.lot.as_ref().is_none_or(|lot| *lot == stock.name)
        && filter.fund.as_ref().is_none_or(|fund| *fund == stock.fund)
        && filter.item.as_ref().is_none_or(|item| *item == stock.item)
        && filter.source.is_none_or(|source| stock.sources.contains(&source))
        && filter.kind.is_none_or(|kind| kind == stock.kind)
}
