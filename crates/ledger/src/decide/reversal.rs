//! Undoing an entry on which nothing later stands.

use minhbach_events::event::EntryReversed;

use super::Ask;
use crate::books::{Books, NONE, Store};
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};

pub(super) fn entry_reversed(ask: &mut Ask<'_>, e: &EntryReversed) -> Result<(), Rejection> {
    let seq = e.reverses.get();
    let Some(&record) = ask.books.entries.get(seq as usize) else {
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
    if record == Record::Other {
        ask.rule(Rejection::new(Reason::NotReversible).count("seq", seq));
        return Ok(());
    }
    let mut standing = standing_on(ask.books, record);
    standing.sort_unstable();
    standing.dedup();
    if standing.is_empty() {
        return Ok(());
    }
    let rejection = match record {
        Record::Receipt(index) if ask.books.receipts[index as usize].nth != NONE => {
            Rejection::new(Reason::DrawnPool).count("seq", seq)
        }
        _ => Rejection::new(Reason::InTheWay).count("seq", seq),
    };
    ask.rule(rejection.entries(&standing));
    Ok(())
}

/// The entries that hold its quantity or answer it.
fn standing_on(books: &Books, record: Record) -> Vec<u64> {
    match record {
        Record::Other | Record::Answer(_) => Vec::new(),
        Record::Donation(index) => books.donations[index as usize].standing.clone(),
        Record::Cancelling(_) => Vec::new(),
        Record::Receipt(index) => {
            let receipt = books.receipts[index as usize];
            let span = books.receipt_span(&receipt);
            books.stocks[receipt.stock as usize].line.holders(span)
        }
        Record::Allocation(index) => books.allocations[index as usize].standing.clone(),
        Record::Release(index) => {
            // What came back may have been drawn again, or gone for good with the receipt that brought it.
            let release = &books.releases[index as usize];
            let allocation = &books.allocations[release.allocation as usize];
            let mut standing = Vec::new();
            for piece in &release.pieces {
                let stock = &books.stocks[allocation.draws[piece.draw as usize].stock as usize];
                standing.extend(stock.line.holders(piece.span));
                if let Store::Pool { receipts } = &stock.store {
                    let first = receipts
                        .partition_point(|r| r.from <= piece.span.from)
                        .saturating_sub(1);
                    let inside = receipts[first..].iter().take_while(|r| r.from < piece.span.to);
                    standing.extend(inside.filter_map(|r| books.reversed.get(&u64::from(r.seq))));
                } else if stock.reversed {
                    standing.extend(books.reversed.get(&stock.id.seq()));
                }
            }
            standing
        }
        Record::Delivery(index) => books.deliveries[index as usize]
            .answer
            .iter()
            .map(|(seq, _)| *seq)
            .collect(),
    }
}
