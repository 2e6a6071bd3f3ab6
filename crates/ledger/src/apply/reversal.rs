//! Undoing an entry.

use minhbach_projections::recorded::{Effects, Holding};
use smallvec::SmallVec;

use super::{known, moved};
use crate::books::{AnswerKind, Books, Cancelling, Piece, Purpose, Release, Standing, Taken};
use crate::codes::Record;
use crate::line::Span;

pub(super) fn entry_reversed(
    books: &mut Books,
    seq: u64,
    reverses: u64,
    effects: &mut Effects,
) -> Result<(), String> {
    let record = known(books.entries.get(reverses), reverses)?;
    if books.reversed.insert(reverses, seq).is_some() {
        return Err(format!("entry {reverses} is reversed twice"));
    }
    let stands = |standing: &mut Standing| standing.retain(|other| *other != reverses);
    match record {
        Record::Other
        | Record::Lot(_)
        | Record::Need(_)
        | Record::Sponsorship(_)
        | Record::Finding(_)
        | Record::Inspection(_)
        | Record::Paper(_) => return Err(format!("entry {reverses} cannot be reversed")),
        Record::Donation(place) => {
            let donation = &books.donations[place as usize];
            if !donation.standing.is_empty() {
                return Err(format!("entries stand on donation {}", donation.code));
            }
        }
        Record::Cancelling(place) => {
            let Cancelling { donation, quantity } = books.cancellings[place as usize];
            let donation = &mut books.donations[donation as usize];
            donation.cancelled -= quantity;
            stands(&mut donation.standing);
            effects.about = Some(donation.seq);
        }
        Record::Receipt(stock) => receipt(books, reverses, stock, effects)?,
        Record::Allocation(place) => {
            let allocation = &mut books.allocations[place as usize];
            if !allocation.standing.is_empty() {
                return Err(format!("entries stand on allocation {}", allocation.code));
            }
            effects.about = books.needs.get(allocation.need as usize).map(|need| need.seq);
            for draw in &mut allocation.draws {
                let stock = &mut books.stocks[draw.stock as usize];
                for (from, to, ()) in std::mem::take(&mut draw.open).iter() {
                    let span = Span { from, to };
                    stock.line.give_back(span);
                    effects.moves.push(moved(
                        stock.id,
                        span,
                        Holding::Allocated(reverses),
                        Holding::Available,
                    ));
                }
            }
        }
        Record::Release(place) => {
            let Release { allocation, pieces } = &books.releases[place as usize];
            let allocation = &mut books.allocations[*allocation as usize];
            for piece in pieces {
                let draw = &mut allocation.draws[piece.draw as usize];
                let stock = &mut books.stocks[draw.stock as usize];
                if !stock.line.is_free(piece.span()) {
                    return Err(format!("what entry {reverses} gave back is drawn again"));
                }
                stock.line.hold(piece.span(), allocation.seq);
                draw.open.insert(piece.span().from, piece.span().to, ());
                effects.moves.push(moved(
                    stock.id,
                    piece.span(),
                    Holding::Available,
                    Holding::Allocated(allocation.seq),
                ));
            }
            stands(&mut allocation.standing);
            effects.about = Some(allocation.seq);
        }
        Record::Delivery(place) => {
            let delivery = &books.deliveries[place as usize];
            if delivery.answer.is_some() || !delivery.returns.is_empty() {
                return Err(format!("entries stand on delivery {}", delivery.code));
            }
            let allocation = &mut books.allocations[delivery.allocation as usize];
            for piece in &delivery.pieces {
                let draw = &mut allocation.draws[piece.draw as usize];
                let stock = &mut books.stocks[draw.stock as usize];
                stock.line.pass(piece.span(), allocation.seq);
                draw.open.insert(piece.span().from, piece.span().to, ());
                let (was, now) = (Holding::Delivered(reverses), Holding::Allocated(allocation.seq));
                effects.moves.push(moved(stock.id, piece.span(), was, now));
            }
            stands(&mut allocation.standing);
            effects.about = Some(allocation.seq);
        }
        Record::Answer(place) => {
            let delivery = &mut books.deliveries[books.answers[place as usize].delivery as usize];
            delivery.answer = match delivery.answer {
                Some((answer, AnswerKind::Resolved { dispute })) if answer == reverses => {
                    Some((u64::from(dispute), AnswerKind::Disputed))
                }
                Some((answer, AnswerKind::Confirmed | AnswerKind::Disputed)) if answer == reverses => None,
                _ => return Err(format!("entry {reverses} is not the answer that stands")),
            };
            effects.about = Some(delivery.seq);
        }
        Record::Outflow(place) => {
            let outflow = books.outflows[place as usize].clone();
            for taken in &outflow.taken {
                let stock = &mut books.stocks[taken.stock as usize];
                stock.line.give_back(taken.span());
                let was = outflow.taking.holding(reverses);
                effects
                    .moves
                    .push(moved(stock.id, taken.span(), was, Holding::Available));
            }
            let (first, count) = outflow.opened;
            for stock in first..first + count {
                withdraw_lot(books, stock, effects)?;
            }
        }
        Record::Return(place) => {
            let returned = books.returns[place as usize].clone();
            withdraw_lot(books, returned.stock, effects)?;
            let delivery = &mut books.deliveries[returned.delivery as usize];
            for part in &returned.parts {
                delivery.returned.remove(part.from, part.to);
            }
            stands(&mut delivery.returns);
            effects.about = Some(delivery.seq);
        }
        Record::Purpose(place) => {
            let Purpose { stock, before, .. } = books.purposes[place as usize].clone();
            let standing = books.purposes_of.get_mut(&stock);
            if standing.as_ref().and_then(|standing| standing.last()) != Some(&place) {
                return Err(format!(
                    "entry {reverses} is not the last change of purpose that stands"
                ));
            }
            if let Some(standing) = standing {
                standing.pop();
            }
            books.stocks[stock as usize].restriction = before;
            effects.about = Some(books.stocks[stock as usize].id.seq());
        }
    }
    Ok(())
}

/// A lot goes whole: nothing of it is drawn.
fn withdraw_lot(books: &mut Books, stock: u32, effects: &mut Effects) -> Result<(), String> {
    let stock = &mut books.stocks[stock as usize];
    let span = Span {
        from: 0,
        to: stock.line.end(),
    };
    if !stock.line.is_free(span) {
        return Err(format!("a part of {} is drawn", stock.name));
    }
    stock.line.withdraw(span);
    stock.reversed = true;
    effects
        .moves
        .push(moved(stock.id, span, Holding::Available, Holding::Withdrawn));
    Ok(())
}

/// A receipt leaves its lot or pool. What was drawn of a pooled one passes to the next undrawn receipts.
fn receipt(books: &mut Books, reverses: u64, stock: u32, effects: &mut Effects) -> Result<(), String> {
    let receipt = books.receipt(reverses, stock);
    let span = books.receipt_span(&receipt);
    if receipt.nth.is_none() {
        withdraw_lot(books, stock, effects)?;
    } else {
        let id = books.stocks[stock as usize].id;
        let line = &books.stocks[stock as usize].line;
        let held = line.held_within(span);
        let lengths = held.iter().map(|(part, _)| part.length());
        let replaced = line.replacements(lengths, span).ok_or_else(|| {
            format!("a part of receipt {reverses} is drawn, and too little is left to replace it")
        })?;
        for ((part, holder), by) in held.into_iter().zip(replaced) {
            replace(books, stock, (part, holder), &by, effects)?;
        }
        let line = &mut books.stocks[stock as usize].line;
        for free in line.free_within(span) {
            line.withdraw(free);
            effects
                .moves
                .push(moved(id, free, Holding::Available, Holding::Withdrawn));
        }
    }
    let promise = u32::try_from(reverses).ok();
    if let Some(&promise) = promise.and_then(|seq| books.kept_promises.get(&seq)) {
        let donation = &mut books.donations[promise as usize];
        donation.received -= span.length();
        donation.standing.retain(|other| *other != reverses);
        effects.about = Some(donation.seq);
    }
    Ok(())
}

/// Gives the holder of a stretch others of the same pool for it.
fn replace(
    books: &mut Books,
    stock: u32,
    (part, holder): (Span, u64),
    by: &[Span],
    effects: &mut Effects,
) -> Result<(), String> {
    let holding = match known(books.entries.get(holder), holder)? {
        Record::Allocation(place) => {
            let draws = &mut books.allocations[place as usize].draws;
            let draw = known(draws.iter_mut().find(|draw| draw.stock == stock), holder)?;
            draw.open.remove(part.from, part.to);
            by.iter()
                .for_each(|span| draw.open.insert(span.from, span.to, ()));
            Holding::Allocated(holder)
        }
        Record::Delivery(place) => {
            let delivery = &mut books.deliveries[place as usize];
            let draws = &books.allocations[delivery.allocation as usize].draws;
            let draw = known(draws.iter().position(|draw| draw.stock == stock), holder)? as u32;
            let mut pieces: SmallVec<[Piece; 1]> = SmallVec::with_capacity(delivery.pieces.len() + by.len());
            for piece in &delivery.pieces {
                let left = if piece.draw == draw {
                    without(piece.span(), part)
                } else {
                    vec![piece.span()]
                };
                pieces.extend(left.into_iter().map(|span| Piece::of(piece.draw, span)));
            }
            pieces.extend(by.iter().map(|&span| Piece::of(draw, span)));
            // Pool order within each draw.
            pieces.sort_by_key(|piece| (piece.draw, piece.span()));
            delivery.pieces = pieces;
            Holding::Delivered(holder)
        }
        Record::Outflow(place) => {
            let outflow = &mut books.outflows[place as usize];
            let at = known(
                outflow.taken.iter().position(|taken| taken.stock == stock),
                holder,
            )?;
            let mut spans: Vec<Span> = by.to_vec();
            for taken in outflow.taken.iter().filter(|taken| taken.stock == stock) {
                spans.extend(without(taken.span(), part));
            }
            spans.sort();
            let mut others = outflow.taken.to_vec();
            others.retain(|taken| taken.stock != stock);
            others.splice(at..at, spans.into_iter().map(|span| Taken::of(stock, span)));
            outflow.taken = others.into();
            outflow.taking.holding(holder)
        }
        _ => return Err(format!("entry {holder} cannot hold a part of a pool")),
    };
    let stock = &mut books.stocks[stock as usize];
    stock.line.lose(part);
    effects
        .moves
        .push(moved(stock.id, part, holding, Holding::Withdrawn));
    for &span in by {
        stock.line.hold(span, holder);
        effects
            .moves
            .push(moved(stock.id, span, Holding::Available, holding));
    }
    Ok(())
}

/// What is left of a stretch without a part.
fn without(span: Span, part: Span) -> Vec<Span> {
    let before = Span {
        from: span.from,
        to: span.to.min(part.from),
    };
    let after = Span {
        from: span.from.max(part.to),
        to: span.to,
    };
    [before, after]
        .into_iter()
        .filter(|left| left.from < left.to)
        .collect()
}
