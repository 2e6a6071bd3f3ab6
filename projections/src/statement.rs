//! The statement: what came in and went out, by fund, pool, item and business day.

use minhbach_events::{Date, Event, Item, Slug};

use crate::answer::{AsOf, PAGE, Page, ReadError};
use crate::document::{document, in_documents};
use crate::keys::{Key, STATEMENT, take_text};
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Recorded};
use crate::stock::Stock;
use crate::store::{Direction, StoreError};
use crate::trails::Delivery;

use minhbach_events::Amount;

/// The read model of the statement. A reversed entry leaves its day, as if it had never been there.
pub struct Statement;

impl Projection for Statement {
    fn name(&self) -> &'static str {
        "statement"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let undone = recorded.undone.as_ref().map(|undone| &undone.entry.event);
        for (event, back) in [(Some(&recorded.entry.event), false), (undone, true)] {
            if let Some(Event::ReceiptIssued(receipt)) = event {
                let key = day_key(
                    &receipt.fund,
                    receipt.pool.as_ref(),
                    &receipt.item,
                    receipt.received_on,
                );
                let length = u128::from(receipt.quantity.thousandths());
                change(overlay, &key, |day| count(&mut day.into, length, back))?;
            }
        }
        opened(overlay, recorded)?;
        for part in &recorded.effects.moves {
            for (holding, back) in [(part.was, true), (part.now, false)] {
                let Some(day) = day_out(overlay, recorded, holding)? else {
                    continue;
                };
                let stock = Stock::known(overlay, part.stock)?;
                let key = day_key(&stock.fund, stock.pool().as_ref(), &stock.item, day);
                change(overlay, &key, |day| {
                    count(&mut day.out, part.to - part.from, back)
                })?;
            }
        }
        Ok(())
    }
}

/// The day on which what is so held went out. Nothing else than a reversed receipt's place in a draw passes from
/// one stretch of a pool to another under an earlier entry, and that leaves the day of that entry as it was.
fn day_out(overlay: &Overlay, recorded: &Recorded, holding: Holding) -> Result<Option<Date>, Fault> {
    let seq = match holding {
        Holding::Delivered(delivery) => return Ok(Some(Delivery::known(overlay, delivery)?.delivered_on)),
        Holding::Spent(seq)
        | Holding::Transferred(seq)
        | Holding::Refunded(seq)
        | Holding::WrittenOff(seq)
        | Holding::Expensed(seq) => seq,
        Holding::Available | Holding::Allocated(_) | Holding::Withdrawn => return Ok(None),
    };
    let undone = recorded.undone.as_ref().map(|undone| &undone.entry);
    let entry = [Some(&recorded.entry), undone]
        .into_iter()
        .flatten()
        .find(|entry| entry.seq == seq);
    Ok(entry.and_then(|entry| business_day(&entry.event)))
}

/// The day of an entry that takes something out of stocks, or opens lots that no receipt does.
fn business_day(event: &Event) -> Option<Date> {
    Some(match event {
        Event::PurchaseMade(e) => e.purchased_on,
        Event::CustodyTransferred(e) => e.transferred_on,
        Event::RefundPaid(e) => e.paid_on,
        Event::StockWrittenOff(e) => e.written_off_on,
        Event::GoodsInspected(e) => e.inspected_on,
        Event::ExpensePaid(e) => e.paid_on,
        Event::DeliveryReturned(e) => e.returned_on,
        _ => return None,
    })
}

/// What lots came in otherwise than by a receipt, and the ones that a reversal takes back.
fn opened(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    if let Some(day) = business_day(&recorded.entry.event) {
        for lot in &recorded.effects.opened {
            let key = day_key(&lot.fund, None, &lot.item, day);
            change(overlay, &key, |day| count(&mut day.into, lot.quantity, false))?;
        }
    }
    let undone = recorded.undone.as_ref();
    if let Some(day) = undone.and_then(|undone| business_day(&undone.entry.event)) {
        for part in &recorded.effects.moves {
            if part.now == Holding::Withdrawn {
                let stock = Stock::known(overlay, part.stock)?;
                let key = day_key(&stock.fund, None, &stock.item, day);
                change(overlay, &key, |day| {
                    count(&mut day.into, part.to - part.from, true)
                })?;
            }
        }
    }
    Ok(())
}

/// What moved on a day, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Day {
    into: u128,
    out: u128,
}

impl Day {
    fn unpack(value: &[u8]) -> Result<Day, StoreError> {
        let mut read = Unpack::new("day", value);
        let day = Day {
            into: read.number()?,
            out: read.number()?,
        };
        read.finish()?;
        Ok(day)
    }
}

fn count(sum: &mut u128, length: u128, back: bool) -> Option<()> {
    *sum = if back {
        sum.checked_sub(length)?
    } else {
        sum.checked_add(length)?
    };
    Some(())
}

fn change(
    overlay: &mut Overlay,
    key: &[u8],
    change: impl FnOnce(&mut Day) -> Option<()>,
) -> Result<(), Fault> {
    let value = overlay.change(key)?;
    let mut day = value.as_deref().map(Day::unpack).transpose()?.unwrap_or_default();
    change(&mut day)
        .ok_or_else(|| Fault::Inconsistent("more leaves a day of the statement than was on it".to_owned()))?;
    *value = (day != Day::default()).then(|| {
        let mut packed = Vec::with_capacity(24);
        packed.number(day.into);
        packed.number(day.out);
        packed
    });
    Ok(())
}

fn day_key(fund: &Slug, pool: Option<&Slug>, item: &Item, day: Date) -> Vec<u8> {
    let mut key = Key::of(STATEMENT)
        .text(fund.as_str())
        .text(pool.map_or("", Slug::as_str))
        .text(item.as_str());
    key.0.extend_from_slice(&day.ordinal().to_be_bytes());
    key.0
}

/// Which rows are asked for; each part narrows. Balances count all days, asked for or not.
#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    /// Of one fund.
    pub fund: Option<Slug>,
    /// Of one pool.
    pub pool: Option<Slug>,
    /// Of one item.
    pub item: Option<Item>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

document! {
    /// What came in and went out.
    #[serde(deny_unknown_fields)]
    pub struct StatementTable {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// By fund, pool (the lots of no pool first), item and day.
        pub rows: Vec<StatementRow>,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// A day on which something moved.
    #[serde(deny_unknown_fields)]
    pub struct StatementRow {
        /// The party that holds it.
        pub fund: Slug,
        /// The pool; none for lots outside pools.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pool: Option<Slug>,
        /// What moved.
        pub item: Item,
        /// The business day.
        pub day: Date,
        /// What came in.
        #[serde(rename = "in")]
        pub into: Amount,
        /// What went out.
        pub out: Amount,
        /// All that came in less all that went out, up to this day.
        pub balance: Balance,
    }
}

/// A balance in thousandths. Below zero only where a fact was dated before what it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance(pub i128);

impl Balance {
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Balance> {
        match text.strip_prefix('-') {
            Some(text) => {
                let below = Amount::parse_sum(text).filter(|below| !below.is_zero())?;
                0i128.checked_sub_unsigned(below.0).map(Balance)
            }
            None => i128::try_from(Amount::parse_sum(text)?.0).ok().map(Balance),
        }
    }
}

impl std::fmt::Display for Balance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        Amount(self.0.unsigned_abs()).fmt(f)
    }
}

in_documents!(
    Balance,
    "A balance, below zero only where a fact was dated before what it rests on.",
    "^(0|-?[1-9][0-9]*(\\.[0-9]{0,2}[1-9])?|-?0\\.[0-9]{0,2}[1-9])$",
    Balance::parse
);

pub(crate) fn statement(
    overlay: &Overlay,
    as_of: AsOf,
    filter: &StatementFilter,
    page: Page<'_>,
) -> Result<StatementTable, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let mut prefix = Key::of(STATEMENT);
    if let Some(fund) = &filter.fund {
        prefix = prefix.text(fund.as_str());
    }
    let resumed = cursor.map(resume).transpose()?;
    // A page that begins inside a line adds up that line's earlier days first.
    let start = match &resumed {
        Some(resumed) => prefix.0.clone().max(resumed[..resumed.len() - 4].to_vec()),
        None => prefix.0.clone(),
    };
    let mut rows: Vec<StatementRow> = Vec::new();
    let (mut line, mut balance) = (Vec::new(), 0i128);
    for pair in overlay.range(&start, &after_prefix(&prefix.0), Direction::Forward) {
        let (key, value) = pair?;
        let (fund, pool, item, date) = read_key(&key).ok_or(StoreError::Damaged { what: "day" })?;
        let day = Day::unpack(&value)?;
        if line != key[..key.len() - 4] {
            line = key[..key.len() - 4].to_vec();
            balance = 0;
        }
        balance += signed(day.into)? - signed(day.out)?;
        let asked = filter
            .pool
            .as_ref()
            .is_none_or(|asked| Some(asked) == pool.as_ref())
            && filter.item.as_ref().is_none_or(|asked| *asked == item)
            && filter.from.is_none_or(|from| from <= date)
            && filter.to.is_none_or(|to| date <= to)
            && resumed.as_ref().is_none_or(|resumed| *resumed <= key);
        if !asked {
            continue;
        }
        if rows.len() == limit {
            let next = format!(
                "{fund}\t{}\t{item}\t{date}",
                pool.as_ref().map_or("", Slug::as_str)
            );
            return Ok(StatementTable {
                as_of,
                rows,
                next: Some(next),
            });
        }
        rows.push(StatementRow {
            fund,
            pool,
            item,
            day: date,
            into: Amount(day.into),
            out: Amount(day.out),
            balance: Balance(balance),
        });
    }
    Ok(StatementTable {
        as_of,
        rows,
        next: None,
    })
}

fn signed(sum: u128) -> Result<i128, StoreError> {
    i128::try_from(sum).map_err(|_| StoreError::Damaged { what: "day" })
}

fn read_key(key: &[u8]) -> Option<(Slug, Option<Slug>, Item, Date)> {
    let mut rest = &key[1..];
    let fund = Slug::new(take_text(&mut rest)?)?;
    let pool = match take_text(&mut rest)? {
        "" => None,
        pool => Some(Slug::new(pool)?),
    };
    let item = Item::new(take_text(&mut rest)?)?;
    let day = Date::from_ordinal(i32::from_be_bytes(rest.try_into().ok()?))?;
    Some((fund, pool, item, day))
}

fn resume(cursor: &str) -> Result<Vec<u8>, ReadError> {
    let read = || {
        let mut parts = cursor.split('\t');
        let fund = Slug::new(parts.next()?)?;
        let pool = match parts.next()? {
            "" => None,
            pool => Some(Slug::new(pool)?),
        };
        let item = Item::new(parts.next()?)?;
        let day = Date::parse(parts.next()?)?;
        parts
            .next()
            .is_none()
            .then(|| day_key(&fund, pool.as_ref(), &item, day))
    };
    read().ok_or(ReadError::BadCursor)
}
