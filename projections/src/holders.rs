//! Who holds which stretch of a line.
//!
//! Kept are the stretches that are not available: apart from each other, neighbours of one holder as one.

use crate::keys::{HOLDER, Key, take_position};
use crate::overlay::Overlay;
use crate::packed::{Pack, Unpack};
use crate::projection::Fault;
use crate::recorded::{Holding, Move, StockId};
use crate::store::{Direction, StoreError};

/// A stretch of a line that one holder has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub from: u128,
    pub to: u128,
    pub holding: Holding,
}

/// Passes a stretch from one holder to another.
pub(crate) fn pass(overlay: &mut Overlay, part: &Move) -> Result<(), Fault> {
    let Move {
        stock,
        from,
        to,
        was,
        now,
    } = *part;
    let other_holder = || {
        Fault::Inconsistent(format!(
            "{from} to {to} of stock {}/{} is not held by {was:?}",
            stock.seq(),
            stock.nth()
        ))
    };
    if to <= from {
        return Err(Fault::Inconsistent(format!(
            "a stretch from {from} to {to} is empty"
        )));
    }
    let mut run = overlapping(overlay, stock, from, to);
    let held = run.next().transpose()?;
    drop(run);
    match held {
        None if was == Holding::Available => {}
        Some(held) if held.holding == was && held.from <= from && to <= held.to => {
            overlay.delete(key(stock, held.from));
            put(overlay, stock, held.from, from, was);
            put(overlay, stock, to, held.to, was);
        }
        _ => return Err(other_holder()),
    }
    if now == Holding::Available {
        return Ok(());
    }
    let (mut low, mut high) = (from, to);
    if let Some(before) = at_or_before(overlay, stock, from)?
        && before.to == from
        && before.holding == now
    {
        overlay.delete(key(stock, before.from));
        low = before.from;
    }
    if let Some(value) = overlay
        .get(&key(stock, to))?
        .map(|value| unpack(&value))
        .transpose()?
        && value.1 == now
    {
        overlay.delete(key(stock, to));
        high = value.0;
    }
    put(overlay, stock, low, high, now);
    Ok(())
}

/// The stretches that are not available and overlap `from` to `to`, in order, uncut.
pub(crate) fn overlapping<'a>(
    overlay: &'a Overlay,
    stock: StockId,
    from: u128,
    to: u128,
) -> impl Iterator<Item = Result<Held, StoreError>> + 'a {
    let first = at_or_before(overlay, stock, from);
    let start = match &first {
        Ok(Some(held)) if held.from == from => from + 1,
        _ => from,
    };
    let first = first.map(|held| held.filter(|held| from < held.to)).transpose();
    let rest = overlay
        .range(&key(stock, start), &key(stock, to), Direction::Forward)
        .map(|pair| pair.and_then(|(key, value)| held(&key, &value)));
    first.into_iter().chain(rest)
}

/// The last stretch of the line that is not available.
pub(crate) fn last(overlay: &Overlay, stock: StockId) -> Result<Option<Held>, StoreError> {
    at_or_before(overlay, stock, u128::MAX)
}

fn at_or_before(overlay: &Overlay, stock: StockId, position: u128) -> Result<Option<Held>, StoreError> {
    let prefix = Key::of(HOLDER).number(stock.number()).0;
    let pair = overlay.last_at_most(&prefix, &key(stock, position))?;
    pair.map(|(key, value)| held(&key, &value)).transpose()
}

fn put(overlay: &mut Overlay, stock: StockId, from: u128, to: u128, holding: Holding) {
    if from < to {
        let (tag, seq) = match holding {
            // An available stretch is one that is not here.
            Holding::Available => return,
            Holding::Allocated(seq) => (1, seq),
            Holding::Delivered(seq) => (2, seq),
            Holding::Spent(seq) => (3, seq),
            Holding::Transferred(seq) => (4, seq),
            Holding::Refunded(seq) => (5, seq),
            Holding::WrittenOff(seq) => (6, seq),
            Holding::Expensed(seq) => (7, seq),
            Holding::Withdrawn => (8, 0),
        };
        let mut value = Vec::with_capacity(24);
        value.number(to);
        value.push(tag);
        value.number(seq.into());
        overlay.put(key(stock, from), value);
    }
}

fn held(key: &[u8], value: &[u8]) -> Result<Held, StoreError> {
    let from = key.get(9..).and_then(|mut rest| take_position(&mut rest));
    let from = from.ok_or(StoreError::Damaged { what: "holder" })?;
    let (to, holding) = unpack(value)?;
    Ok(Held { from, to, holding })
}

fn unpack(value: &[u8]) -> Result<(u128, Holding), StoreError> {
    let mut read = Unpack::new("holder", value);
    let (to, tag, seq) = (read.number()?, read.byte()?, read.number64()?);
    let holding = match tag {
        1 => Holding::Allocated(seq),
        2 => Holding::Delivered(seq),
        3 => Holding::Spent(seq),
        4 => Holding::Transferred(seq),
        5 => Holding::Refunded(seq),
        6 => Holding::WrittenOff(seq),
        7 => Holding::Expensed(seq),
        8 => Holding::Withdrawn,
        _ => return Err(read.damaged()),
    };
    read.finish()?;
    Ok((to, holding))
}

fn key(stock: StockId, from: u128) -> Vec<u8> {
    Key::of(HOLDER).number(stock.number()).position(from).0
}
