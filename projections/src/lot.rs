//! One lot or pool: what it is, where it came from and where it is.

use minhbach_events::{Item, Reference, Slug, words::Source};

use crate::answer::{AsOf, Dong, ReadError};
use crate::document::document;
use crate::gift::opened_by;
use crate::needs::unit_of;
use crate::overlay::Overlay;
use crate::recorded::{StockId, StockKind};
use crate::stock::{Stock, StockSource, Totals};
use crate::store::StoreError;
use crate::value::{Worth, value_of};

document! {
    /// A lot or pool. The lot of a reversed receipt is one too: nothing was received into it.
    pub struct LotAnswer {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// Its code or slug.
        pub lot: Reference,
        /// Lot or pool.
        pub kind: StockKind,
        /// The party that holds it.
        pub fund: Slug,
        /// Its source, `mixed` for several.
        pub source: StockSource,
        /// Its source, or each of them.
        pub sources: Vec<Source>,
        /// What it is of.
        pub item: Item,
        /// The item's unit: a currency's code, or one of UN Recommendation 20.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub unit: Option<String>,
        /// The entry that opened it.
        pub opened_by: u64,
        /// Of a pool: how many receipts count, those that were reversed left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub receipts: Option<u64>,
        /// Of a lot: what was received is worth so much in đồng, or what of it has a value.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub value_vnd: Option<Dong>,
        /// Whether a part of a lot that has a worth came without one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub partly_unvalued: bool,
        /// How much is where, as in balances.
        #[serde(flatten)]
        pub totals: Totals,
    }
}

/// The lot or pool of that name that an entry opened.
pub(crate) fn lot(
    overlay: &Overlay,
    as_of: AsOf,
    opener: u64,
    name: &Reference,
) -> Result<Option<LotAnswer>, ReadError> {
    let Some((id, stock)) = find(overlay, opener, name)? else {
        return Ok(None);
    };
    let worth = worth(overlay, id, &stock)?;
    Ok(Some(LotAnswer {
        as_of,
        kind: stock.kind,
        source: stock.source(),
        unit: Some(unit_of(overlay, &stock.item)?).filter(|unit| !unit.is_empty()),
        opened_by: id.seq(),
        receipts: (stock.kind == StockKind::Pool).then_some(stock.joined - stock.withdrawn),
        value_vnd: worth.map(|worth| Dong(worth.dong)),
        partly_unvalued: worth.is_some_and(|worth| !worth.whole),
        lot: stock.name,
        fund: stock.fund,
        sources: stock.sources,
        item: stock.item,
        totals: stock.totals,
    }))
}

pub(crate) fn find(
    overlay: &Overlay,
    opener: u64,
    name: &Reference,
) -> Result<Option<(StockId, Stock)>, StoreError> {
    opened_by(overlay, opener)
        .find(|opened| !matches!(opened, Ok((_, stock)) if stock.name != *name))
        .transpose()
}

/// What a lot is worth, if anything of it has a value. A pool's receipts are each worth something else.
fn worth(overlay: &Overlay, id: StockId, stock: &Stock) -> Result<Option<Worth>, StoreError> {
    if stock.kind == StockKind::Pool || stock.totals.received.is_zero() {
        return Ok(None);
    }
    let worth = value_of(overlay, id, stock, 0, stock.line)?;
    Ok(Some(worth).filter(|worth| worth.whole || 0 < worth.dong))
}
