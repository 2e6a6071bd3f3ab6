//! Handing over, and the receiver's word on what arrived.

use minhbach_events::event::{
    DeliveryConfirmed, DeliveryDisputed, DeliveryMade, DeliveryResolved, DeliveryReturned,
};
use minhbach_events::words::Beneficiary;
use minhbach_events::{Amount, Code, Date};

use super::{Ask, allocation, stock};
use crate::books::{Allocation, AnswerKind, Books, Delivery, Stock, amount};
use crate::codes::Record;
use crate::line::Span;
use crate::rejection::{Reason, Rejection};
use crate::restriction::{Breach, Use};

pub(super) fn delivery_made(ask: &mut Ask<'_>, e: &DeliveryMade) -> Result<(), Rejection> {
    let books = ask.books;
    ask.new_code(&e.delivery);
    let (_, allocation) = allocation::allocation(ask, &e.allocation)?;
    Ask::decimals("quantity", &allocation.item, e.quantity.decimals())?;
    ask.place(&e.place)?;
    ask.party(&e.receiver)?;
    let programme = &books.programmes[&allocation.programme];
    let category = programme
        .terms
        .categories
        .iter()
        .find(|c| c.category == *allocation.category);
    let min = programme.terms.min_group.get();
    let children = e.children.get();

    before(
        ask,
        "delivered_on",
        e.delivered_on,
        allocation.decided_on,
        &allocation.code,
    );
    scope(ask, e, allocation);
    if let Some(category) = category {
        // The allocation named a province or district above the programme's places, which only small groups may be
        // served under; a finer place is never named for those, so it has to be in scope itself.
        let wide = !books.finer_than_district(&allocation.place)
            && !allocation::in_scope(
                books,
                programme,
                category,
                &allocation.place,
                allocation.decided_on,
            )
            && !allocation::in_scope(books, programme, category, &e.place, e.delivered_on);
        let above = || {
            let places = allocation::places_of(programme, category);
            books.place_above(&e.place, places, e.delivered_on)
        };
        if wide && !above() {
            let rejection = Rejection::new(Reason::PlaceNotInScope).with("place", &e.place);
            ask.policy(
                rejection
                    .with("category", &allocation.category)
                    .with("programme", &allocation.programme),
            );
        } else if wide && min <= children {
            let rejection = Rejection::new(Reason::PlaceTooWide).with("place", &e.place);
            ask.policy(rejection.count("min", min).count("children", children));
        }
    }
    // A category that is no longer in the plan is taken as one for children.
    let facility = category.is_some_and(|category| category.beneficiary == Beneficiary::Facility);
    if children == 0 && !facility {
        ask.rule(Rejection::new(Reason::NoChildren).with("category", &allocation.category));
    }
    if 0 < children && children < min {
        let counted = |reason| {
            Rejection::new(reason)
                .count("children", children)
                .count("min", min)
        };
        if books.finer_than_district(&e.place) {
            ask.rule(counted(Reason::PlaceTooFine).with("place", &e.place));
        }
        if let Some(place) = &books.parties[&e.receiver].place
            && books.finer_than_district(place)
        {
            ask.rule(
                counted(Reason::ReceiverTooFine)
                    .with("party", &e.receiver)
                    .with("place", place),
            );
        }
        if let Some(need) = books.needs.get(allocation.need as usize)
            && books.finer_than_district(&need.place)
        {
            ask.rule(
                counted(Reason::NeedTooFine)
                    .with("need", &need.code)
                    .with("place", &need.place),
            );
        }
    }
    expired_or_late(ask, e, allocation);
    allocation::not_in_allocation(ask, allocation, e.quantity);
    Ok(())
}

/// A later step is not dated before the step it builds on; no date is in the future.
fn before(ask: &mut Ask<'_>, field: &'static str, date: Date, earlier: Date, name: &Code) {
    ask.not_in_future(field, date);
    if date < earlier {
        let rejection = Rejection::new(Reason::BeforeEarlier)
            .with("field", field)
            .date("date", date);
        ask.policy(rejection.date("earlier", earlier).with("name", name));
    }
}

fn scope(ask: &mut Ask<'_>, e: &DeliveryMade, allocation: &Allocation) {
    let books = ask.books;
    if !books.place_within(&e.place, std::slice::from_ref(&allocation.place), e.delivered_on) {
        let rejection = Rejection::new(Reason::DeliveredElsewhere).with("place", &e.place);
        ask.policy(
            rejection
                .date("date", e.delivered_on)
                .with("allocated", &allocation.place)
                .with("allocation", &allocation.code),
        );
        return;
    }
    // A commune that was merged since the decision may still be named where the coats were handed over.
    let successor_valid = || {
        books
            .successors(&allocation.place, e.delivered_on)
            .iter()
            .any(|s| books.place_valid(s, e.delivered_on))
    };
    if !books.place_valid(&e.place, e.delivered_on) && !successor_valid() {
        ask.policy(
            Rejection::new(Reason::PlaceNotValid)
                .with("place", &e.place)
                .date("date", e.delivered_on),
        );
    }
}

/// What of an allocation the next delivery would use up: the draws in order, each from its front.
pub(crate) fn front(allocation: &Allocation, quantity: u128) -> Vec<(u32, Span)> {
    let mut rest = quantity;
    let mut pieces = Vec::new();
    for (index, draw) in allocation.draws.iter().enumerate() {
        for (from, to, ()) in draw.open.iter() {
            if rest == 0 {
                return pieces;
            }
            let to = to.min(from + rest);
            rest -= to - from;
            pieces.push((index as u32, Span { from, to }));
        }
    }
    pieces
}

/// Expiry and the donor's last day, for what this delivery would use.
fn expired_or_late(ask: &mut Ask<'_>, e: &DeliveryMade, allocation: &Allocation) {
    let books = ask.books;
    let pieces = front(allocation, u128::from(e.quantity.thousandths()));
    for (index, draw) in allocation.draws.iter().enumerate() {
        let spans: Vec<Span> = pieces
            .iter()
            .filter(|(draw, _)| *draw as usize == index)
            .map(|(_, span)| *span)
            .collect();
        if spans.is_empty() {
            continue;
        }
        let stock = &books.stocks[draw.stock as usize];
        if let Some(expires) = books.came_from(stock, &spans).expires_on
            && expires < e.delivered_on
        {
            let rejection = Rejection::new(Reason::Expired).with("lot", &stock.name);
            ask.policy(rejection.date("expires", expires).date("date", e.delivered_on));
        }
        if let Some(late) = late(stock, allocation, e.delivered_on) {
            ask.policy(late);
        }
    }
}

/// The donor's last day. The other parts of a restriction were asked when the allocation was decided, and a
/// delivery cannot change them.
fn late(stock: &Stock, allocation: &Allocation, on: Date) -> Option<Rejection> {
    let until = stock.restriction.as_ref()?.until.filter(|until| *until < on)?;
    let usage = Use {
        programme: &allocation.programme,
        category: &allocation.category,
        place: &allocation.place,
        group: None,
        need: None,
        on,
    };
    Some(allocation::breached(
        stock.name.as_str(),
        Breach::Until(until),
        &usage,
    ))
}

fn delivery<'a>(ask: &Ask<'a>, code: &Code) -> Result<&'a Delivery, Rejection> {
    match ask.record("delivery", code)? {
        (Record::Delivery(index), _) => Ok(&ask.books.deliveries[index as usize]),
        _ => Err(Ask::unknown("delivery", code)),
    }
}

/// A delivery takes one answer; a disputed one is answered by a resolution.
fn answered(ask: &mut Ask<'_>, delivery: &Delivery) {
    if let Some((seq, kind)) = delivery.answer {
        let reason = match kind {
            AnswerKind::Confirmed | AnswerKind::Resolved { .. } => Reason::DeliveryAnswered,
            AnswerKind::Disputed => Reason::DeliveryDisputed,
        };
        ask.rule(
            Rejection::new(reason)
                .with("delivery", &delivery.code)
                .count("seq", seq),
        );
    }
}

pub(super) fn delivery_confirmed(ask: &mut Ask<'_>, e: &DeliveryConfirmed) -> Result<(), Rejection> {
    let delivery = delivery(ask, &e.delivery)?;
    let item = &ask.books.allocations[delivery.allocation as usize].item;
    Ask::decimals("accepted", item, e.accepted.decimals())?;
    ask.party(&e.confirmed_by)?;
    answered(ask, delivery);
    before(
        ask,
        "confirmed_on",
        e.confirmed_on,
        delivery.delivered_on,
        &delivery.code,
    );
    if *delivery.by == ask.moment.by {
        ask.rule(
            Rejection::new(Reason::SameActor)
                .with("by", &delivery.by)
                .with("delivery", &e.delivery),
        );
    }
    not_more_than_delivered(ask, delivery, e.accepted);
    Ok(())
}

/// What arrived is at most what was handed over; what came back later had arrived.
fn not_more_than_delivered(ask: &mut Ask<'_>, delivery: &Delivery, accepted: Amount) {
    if u128::from(delivery.quantity) < accepted.0 {
        let item = &ask.books.allocations[delivery.allocation as usize].item;
        let rejection = Rejection::new(Reason::MoreThanDelivered)
            .with("delivery", &delivery.code)
            .of(item);
        ask.rule(
            rejection
                .quantity("delivered", amount(u128::from(delivery.quantity)))
                .quantity("accepted", accepted),
        );
    }
}

pub(super) fn delivery_disputed(ask: &mut Ask<'_>, e: &DeliveryDisputed) -> Result<(), Rejection> {
    let delivery = delivery(ask, &e.delivery)?;
    ask.party(&e.disputed_by)?;
    answered(ask, delivery);
    ask.not_in_future("disputed_on", e.disputed_on);
    Ok(())
}

pub(super) fn delivery_resolved(ask: &mut Ask<'_>, e: &DeliveryResolved) -> Result<(), Rejection> {
    let delivery = delivery(ask, &e.delivery)?;
    let item = &ask.books.allocations[delivery.allocation as usize].item;
    Ask::decimals("accepted", item, e.accepted.decimals())?;
    match delivery.answer {
        Some((_, AnswerKind::Disputed)) => {}
        None => ask.rule(Rejection::new(Reason::NotDisputed).with("delivery", &delivery.code)),
        Some(_) => answered(ask, delivery),
    }
    ask.not_in_future("resolved_on", e.resolved_on);
    not_more_than_delivered(ask, delivery, e.accepted);
    Ok(())
}

pub(super) fn delivery_returned(ask: &mut Ask<'_>, e: &DeliveryReturned) -> Result<(), Rejection> {
    ask.new_code(&e.new_lot);
    let delivery = delivery(ask, &e.delivery)?;
    let books = ask.books;
    let allocation = &books.allocations[delivery.allocation as usize];
    Ask::decimals("quantity", &allocation.item, e.quantity.decimals())?;
    stock::step("delivery", depth(books, delivery))?;
    ask.not_in_future("returned_on", e.returned_on);
    let left = delivery.net();
    if left < u128::from(e.quantity.thousandths()) {
        let rejection = Rejection::new(Reason::NotReturnable)
            .with("delivery", &delivery.code)
            .of(&allocation.item);
        ask.rule(
            rejection
                .quantity("available", amount(left))
                .quantity("requested", e.quantity.amount()),
        );
    }
    Ok(())
}

/// How deep the deepest of the stocks is that a delivery handed over.
pub(crate) fn depth(books: &Books, delivery: &Delivery) -> u8 {
    let draws = &books.allocations[delivery.allocation as usize].draws;
    let stocks = delivery
        .pieces
        .iter()
        .map(|piece| draws[piece.draw as usize].stock);
    stocks
        .map(|stock| books.stocks[stock as usize].depth)
        .max()
        .unwrap_or(0)
}
