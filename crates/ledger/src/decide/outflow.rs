//! What leaves a lot or pool for good: refunds, losses, expenses, and what an inspection of goods rejects.

use minhbach_events::event::{ExpensePaid, GoodsInspected, RefundPaid, StockWrittenOff};
use minhbach_events::{Quantity, Reference};

use super::{Ask, stock};
use crate::books::{Books, Stock, amount};
use crate::line::Span;
use crate::rejection::{Reason, Rejection};

pub(super) fn stock_written_off(ask: &mut Ask<'_>, e: &StockWrittenOff) -> Result<(), Rejection> {
    ask.new_code(&e.write_off);
    let (_, stock) = stock::stock(ask, &e.lot)?;
    Ask::decimals("quantity", &stock.item, e.quantity.decimals())?;
    ask.not_in_future("written_off_on", e.written_off_on);
    stock::drawn(ask, &e.lot, stock, e.quantity);
    Ok(())
}

pub(super) fn expense_paid(ask: &mut Ask<'_>, e: &ExpensePaid) -> Result<(), Rejection> {
    ask.new_code(&e.expense);
    let (_, stock) = stock::stock(ask, &e.lot)?;
    Ask::decimals("quantity", &stock.item, e.quantity.decimals())?;
    ask.not_in_future("paid_on", e.paid_on);
    let spans = stock::drawn(ask, &e.lot, stock, e.quantity);
    stock::not_before(ask, "paid_on", e.paid_on, stock, &spans);
    Ok(())
}

pub(super) fn refund_paid(ask: &mut Ask<'_>, e: &RefundPaid) -> Result<(), Rejection> {
    ask.new_code(&e.refund);
    let (stock, whole) = refunded(ask, &e.lot)?;
    let stock = &ask.books.stocks[stock as usize];
    Ask::decimals("quantity", &stock.item, e.quantity.decimals())?;
    ask.not_in_future("paid_on", e.paid_on);
    let free = stock.line.free_within(whole);
    let available: u128 = free.iter().map(|span| span.length()).sum();
    if available < u128::from(e.quantity.thousandths()) {
        let rejection = Rejection::new(Reason::NotInReceipt)
            .with("lot", &e.lot)
            .of(&stock.item);
        ask.rule(
            rejection
                .quantity("available", amount(available))
                .quantity("requested", e.quantity.amount()),
        );
    }
    // A receipt has one day, whatever is left of it.
    stock::not_before(ask, "paid_on", e.paid_on, stock, &[whole]);
    Ok(())
}

/// What a refund names: a receipt, pooled or not, or a lot that wholly comes from one receipt.
fn refunded(ask: &Ask<'_>, lot: &Reference) -> Result<(u32, Span), Rejection> {
    if let Some(code) = lot.as_code()
        && ask.books.codes.get(&code).is_some()
    {
        ask.record("lot", &code)?;
    }
    if let Some(found) = stretch_to_refund(ask.books, lot) {
        return Ok(found);
    }
    match ask.books.stock(lot) {
        None => Err(Ask::unknown("receipt", lot)),
        Some(_) if lot.as_code().is_none() => Err(Rejection::new(Reason::RefundOfPool).with("lot", lot)),
        Some(_) => Err(Rejection::new(Reason::SeveralGifts).with("lot", lot)),
    }
}

/// The stock and the stretch that a refund may take from; none where it names no single gift.
pub(crate) fn stretch_to_refund(books: &Books, lot: &Reference) -> Option<(u32, Span)> {
    if let Some(found) = lot.as_code().and_then(|code| stock::receipt(books, &code)) {
        return Some(found);
    }
    lot.as_code()?;
    let index = books.stock(lot)?;
    books.sole_gift(index)?;
    let to = books.stocks[index as usize].line.end();
    Some((index, Span { from: 0, to }))
}

/// The lowest stretches of what is free that a quantity takes; all of it where that is less.
pub(crate) fn lowest(free: &[Span], quantity: Quantity) -> Vec<Span> {
    let mut rest = u128::from(quantity.thousandths());
    let mut spans = Vec::new();
    for span in free {
        let to = span.to.min(span.from + rest);
        if span.from < to {
            rest -= to - span.from;
            spans.push(Span { from: span.from, to });
        }
    }
    spans
}

/// What a stock ever received and was not taken back by a reversal, in thousandths.
fn received(stock: &Stock) -> u128 {
    stock.line.available() + stock.line.held()
}

pub(super) fn goods_inspected(ask: &mut Ask<'_>, e: &GoodsInspected) -> Result<(), Rejection> {
    let (_, stock) = stock::stock(ask, &e.lot)?;
    if stock.item.is_money() {
        let rejection = Rejection::new(Reason::InspectsMoney).with("lot", &e.lot);
        ask.rule(rejection.with("item", &stock.item));
    }
    ask.not_in_future("inspected_on", e.inspected_on);
    let inspected = e.accepted.0 + e.rejected.0;
    let quantities = |rejection: Rejection| rejection.with("lot", &e.lot).of(&stock.item);
    if received(stock) < inspected {
        let rejection = quantities(Rejection::new(Reason::MoreThanReceived));
        ask.rule(
            rejection
                .quantity("received", amount(received(stock)))
                .quantity("requested", amount(inspected)),
        );
    } else if stock.line.available() < e.rejected.0 {
        let rejection = quantities(Rejection::new(Reason::NotInLot));
        ask.rule(
            rejection
                .quantity("available", amount(stock.line.available()))
                .quantity("requested", e.rejected),
        );
    }
    Ok(())
}
