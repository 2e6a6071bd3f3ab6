//! Undoing an entry on which nothing later stands.

use minhbach_events::event::EntryReversed;

use super::Ask;
use crate::books::{AnswerKind, Books, Receipt, Store, Taking, amount, met};
use crate::codes::Record;
use crate::line::Span;
use crate::rejection::{Reason, Rejection};

pub(super) fn entry_reversed(ask: &mut Ask<'_>, e: &EntryReversed) -> Result<(), Rejection> {
    let seq = e.reverses.get();
    let Some(record) = ask.books.entries.get(seq) else {
        return Err(Rejection::new(Reason::NoEntry)
            .count("seq", seq)
            .count("size", ask.books.size));
    };
    if let Some(&by) = ask.books.reversed.get(&seq) {
        ask.rule(
            Rejection::new(Reason::AlreadyReversed)
                .count("seq", seq)
                .count("by", by),
        );
        return Ok(());
    }
    if !reversible(record) {
        ask.rule(Rejection::new(Reason::NotReversible).count("seq", seq));
        return Ok(());
    }
    let mut standing = standing_on(ask.books, seq, record);
    standing.sort_unstable();
    standing.dedup();
    if !standing.is_empty() {
        let rejection = Rejection::new(Reason::InTheWay).count("seq", seq);
        ask.rule(rejection.entries(&standing));
        return Ok(());
    }
    if let Record::Receipt(stock) = record {
        replaceable(ask, seq, ask.books.receipt(seq, stock));
    }
    Ok(())
}

/// The types that can be undone (design, chapter 7): promises, gifts, and what moves a quantity or answers it.
fn reversible(record: Record) -> bool {
    match record {
        Record::Other
        | Record::Lot(_)
        | Record::Need(_)
        | Record::Sponsorship(_)
        | Record::Finding(_)
        | Record::Inspection(_)
        | Record::Paper(_) => false,
        Record::Donation(_)
        | Record::Receipt(_)
        | Record::Allocation(_)
        | Record::Delivery(_)
        | Record::Cancelling(_)
        | Record::Release(_)
        | Record::Answer(_)
        | Record::Outflow(_)
        | Record::Return(_)
        | Record::Purpose(_) => true,
    }
}

/// A pooled receipt that was drawn, a recalled transfer for example, can go while the pool has enough left to take
/// its place in the draws.
fn replaceable(ask: &mut Ask<'_>, seq: u64, receipt: Receipt) {
    if receipt.nth.is_none() {
        return;
    }
    let stock = &ask.books.stocks[receipt.stock as usize];
    let span = ask.books.receipt_span(&receipt);
    let drawn: u128 = stock
        .line
        .held_within(span)
        .iter()
        .map(|(part, _)| part.length())
        .sum();
    let own: u128 = stock
        .line
        .free_within(span)
        .iter()
        .map(|part| part.length())
        .sum();
    let others = stock.line.available() - own;
    if others < drawn {
        let rejection = Rejection::new(Reason::DrawnPool)
            .count("seq", seq)
            .with("pool", &stock.name)
            .of(&stock.item);
        ask.rule(
            rejection
                .quantity("drawn", amount(drawn))
                .quantity("available", amount(others)),
        );
    }
}

/// The entries that hold its quantity, drew after its change of purpose, or answer it.
fn standing_on(books: &Books, seq: u64, record: Record) -> Vec<u64> {
    match record {
        Record::Donation(index) => books.donations[index as usize].standing.to_vec(),
        Record::Receipt(stock) => {
            let receipt = books.receipt(seq, stock);
            if receipt.nth.is_none() {
                return on_stock(books, receipt.stock);
            }
            // Only what names the receipt itself cannot be passed to the next one.
            let span = books.receipt_span(&receipt);
            let mut holders = books.stocks[receipt.stock as usize].line.holders(span);
            holders.retain(|holder| is_refund(books, *holder));
            holders
        }
        Record::Allocation(index) => books.allocations[index as usize].standing.to_vec(),
        Record::Release(index) => {
            // What came back may have been drawn again, or gone for good with the receipt that brought it.
            let release = &books.releases[index as usize];
            let draws = &books.allocations[release.allocation as usize].draws;
            let pieces = release.pieces.iter();
            pieces
                .flat_map(|piece| gone_or_held(books, draws[piece.draw as usize].stock, piece.span()))
                .collect()
        }
        Record::Delivery(index) => {
            let delivery = &books.deliveries[index as usize];
            let answers = delivery.answer.iter().flat_map(|(seq, kind)| match kind {
                AnswerKind::Resolved { dispute } => vec![u64::from(*dispute), *seq],
                AnswerKind::Confirmed | AnswerKind::Disputed => vec![*seq],
            });
            answers.chain(delivery.returns.iter().copied()).collect()
        }
        Record::Answer(index) => {
            let answer = books.answers[index as usize];
            match books.deliveries[answer.delivery as usize].answer {
                Some((seq, AnswerKind::Resolved { dispute })) if u64::from(dispute) == answer.seq => {
                    vec![seq]
                }
                _ => Vec::new(),
            }
        }
        Record::Outflow(index) => {
            let (first, count) = books.outflows[index as usize].opened;
            (first..first + count)
                .flat_map(|stock| on_stock(books, stock))
                .collect()
        }
        Record::Return(index) => on_stock(books, books.returns[index as usize].stock),
        Record::Purpose(index) => since_purpose(books, index),
        Record::Other
        | Record::Cancelling(_)
        | Record::Lot(_)
        | Record::Need(_)
        | Record::Sponsorship(_)
        | Record::Finding(_)
        | Record::Inspection(_)
        | Record::Paper(_) => Vec::new(),
    }
}

/// Whoever holds a part of a lot, and the changes of its purpose that stand.
fn on_stock(books: &Books, stock: u32) -> Vec<u64> {
    let line = &books.stocks[stock as usize].line;
    let mut standing = line.holders(Span {
        from: 0,
        to: line.end(),
    });
    let purposes = books.purposes_of.get(&stock).into_iter().flatten();
    standing.extend(purposes.map(|purpose| books.purposes[*purpose as usize].seq));
    standing
}

fn is_refund(books: &Books, holder: u64) -> bool {
    match books.entries.get(holder) {
        Some(Record::Outflow(index)) => books.outflows[index as usize].taking == Taking::Refunded,
        _ => false,
    }
}

/// Who holds a stretch that came back to its stock, or by which reversal it is gone.
fn gone_or_held(books: &Books, stock: u32, span: Span) -> Vec<u64> {
    let stock = &books.stocks[stock as usize];
    let mut standing = stock.line.holders(span);
    if let Store::Pool { receipts } = &stock.store {
        let inside = met(receipts, span);
        standing.extend(inside.filter_map(|r| books.reversed.get(&u64::from(r.seq))));
    } else if stock.reversed {
        standing.extend(books.reversed.get(&stock.id.seq()));
    }
    standing
}

/// Later changes of purpose of the stock, and what drew on it under this one and still holds a part.
fn since_purpose(books: &Books, index: u32) -> Vec<u64> {
    let purpose = &books.purposes[index as usize];
    let line = &books.stocks[purpose.stock as usize].line;
    let holders = line.holders(Span {
        from: 0,
        to: line.end(),
    });
    // A delivery drew when its allocation did.
    let drew = holders.into_iter().map(|holder| match books.entries.get(holder) {
        Some(Record::Delivery(index)) => {
            let delivery = &books.deliveries[index as usize];
            books.allocations[delivery.allocation as usize].seq
        }
        _ => holder,
    });
    let mut standing: Vec<u64> = drew.filter(|seq| purpose.seq < *seq).collect();
    let later = books.purposes_of.get(&purpose.stock).into_iter().flatten();
    standing.extend(
        later
            .filter(|later| index < **later)
            .map(|later| books.purposes[*later as usize].seq),
    );
    standing
}
