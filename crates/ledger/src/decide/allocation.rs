//! Reserving parts of lots and pools for a place and category, and giving them back.

use minhbach_events::event::{AllocationMade, AllocationReleased, Category};
use minhbach_events::words::Source;
use minhbach_events::{Code, Item, Label};

use super::Ask;
use crate::books::{Allocation, Books, Programme, amount};
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};
use crate::restriction::{Breach, Use, breach};

/// An allocation that stands.
pub(super) fn allocation<'a>(ask: &Ask<'a>, code: &Code) -> Result<(u32, &'a Allocation), Rejection> {
    match ask.record("allocation", code)? {
        (Record::Allocation(index), _) => Ok((index, &ask.books.allocations[index as usize])),
        _ => Err(Ask::unknown("allocation", code)),
    }
}

pub(super) fn allocation_made(ask: &mut Ask<'_>, e: &AllocationMade) -> Result<(), Rejection> {
    let books = ask.books;
    ask.new_code(&e.allocation)?;
    let programme = books
        .programmes
        .get(&e.programme)
        .ok_or_else(|| Ask::unknown("programme", &e.programme))?;
    let inside = |kind, name: &str| {
        Rejection::new(Reason::UnknownInside)
            .with("owner", &e.programme)
            .word("kind", kind)
            .with("name", name)
    };
    let category = programme
        .terms
        .categories
        .iter()
        .find(|c| c.category == e.category);
    let category = category.ok_or_else(|| inside("category", e.category.as_str()))?;
    ask.place(&e.place)?;
    if let Some(group) = &e.group
        && !programme.terms.groups.contains(group)
    {
        return Err(inside("group", group.as_str()));
    }
    if let Some(need) = &e.need {
        // No rule of this version records needs, so none can be known.
        return Err(Ask::unknown("need", need));
    }
    ask.item(&e.item)?;
    let mut draws = Vec::with_capacity(e.draws.len());
    for draw in &e.draws {
        if let Some(code) = draw.lot.as_code()
            && books.codes.get(&code).is_some()
        {
            ask.record("lot", &code)?;
        }
        let index = books
            .stock(&draw.lot)
            .ok_or_else(|| Ask::unknown("lot", &draw.lot))?;
        draws.push((draw, &books.stocks[index as usize]));
    }

    if let Some(closed) = programme.closed
        && closed < e.decided_on
    {
        let rejection = Rejection::new(Reason::ProgrammeClosed).with("programme", &e.programme);
        ask.rule(rejection.date("closed", closed).date("date", e.decided_on));
    }
    ask.not_in_future("decided_on", e.decided_on);
    let period = &programme.terms.period;
    if e.decided_on < period.from || period.to < e.decided_on {
        let rejection = Rejection::new(Reason::OutsideProgramme).with("programme", &e.programme);
        ask.rule(
            rejection
                .date("date", e.decided_on)
                .date("from", period.from)
                .date("to", period.to),
        );
    }
    scope(ask, e, programme, category);
    if let Item::Kind(slug) = &e.item
        && !books.items[slug].categories.contains(&e.category)
    {
        ask.rule(
            Rejection::new(Reason::ItemCategory)
                .with("item", slug)
                .with("category", &e.category),
        );
    }
    let usage = Use {
        programme: &e.programme,
        category: &e.category,
        place: &e.place,
        group: e.group.as_ref(),
        need: e.need.as_ref(),
        on: e.decided_on,
    };
    for (draw, stock) in draws {
        if stock.item != e.item {
            let rejection = Rejection::new(Reason::LotItem).with("lot", &draw.lot);
            ask.rule(rejection.with("item", &stock.item).with("given", &e.item));
        }
        for source in stock
            .sources
            .iter()
            .filter(|source| !permitted(category, *source))
        {
            let rejection = Rejection::new(Reason::CategorySource).with("lot", &draw.lot);
            ask.rule(
                rejection
                    .word("source", source.word())
                    .with("category", &e.category),
            );
        }
        if let Some(restriction) = &stock.restriction
            && let Some(breach) = breach(books, restriction, &usage)
        {
            ask.rule(breached(&draw.lot.to_string(), breach, &usage));
        }
        let requested = u128::from(draw.quantity.thousandths());
        let available = stock.line.available();
        if available < requested {
            let rejection = Rejection::new(Reason::NotInLot)
                .with("lot", &draw.lot)
                .of(&stock.item);
            ask.rule(
                rejection
                    .quantity("available", amount(available))
                    .quantity("requested", draw.quantity.amount()),
            );
        }
        // Where there is too little, dates are asked of what there is: they come first in the order of rules.
        let spans = stock.line.front(requested.min(available)).unwrap_or_default();
        let came_from = books.came_from(stock, &spans);
        if e.decided_on < came_from.newest {
            let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "decided_on");
            let rejection = rejection
                .date("date", e.decided_on)
                .date("earlier", came_from.newest);
            ask.rule(rejection.with("name", came_from.newest_name));
        }
        if let Some(expires) = came_from.expires_on
            && expires < e.decided_on
        {
            let rejection = Rejection::new(Reason::Expired).with("lot", &draw.lot);
            ask.rule(rejection.date("expires", expires).date("date", e.decided_on));
        }
    }
    Ok(())
}

/// A category takes the sources it lists; where it lists none, all but the state budget.
fn permitted(category: &Category, source: Source) -> bool {
    match category.sources.as_deref() {
        None | Some([]) => source != Source::StateBudget,
        Some(sources) => sources.contains(&source),
    }
}

/// The sentence for a restriction that a use breaks.
pub(super) fn breached(lot: &str, breach: Breach, usage: &Use<'_>) -> Rejection {
    let rejection = |reason| Rejection::new(reason).with("lot", lot);
    match breach {
        Breach::Programme => rejection(Reason::BoundProgramme).with("programme", usage.programme),
        Breach::Category => rejection(Reason::BoundCategory).with("category", usage.category),
        Breach::Place => rejection(Reason::BoundPlace).with("place", usage.place),
        Breach::Group => rejection(Reason::BoundGroup),
        Breach::Need(need) => rejection(Reason::BoundNeed).with("need", need),
        Breach::Until(until) => rejection(Reason::BoundUntil)
            .date("until", until)
            .date("date", usage.on),
    }
}

/// The places a category serves: its own, else its programme's; none means everywhere.
pub(super) fn places_of<'a>(programme: &'a Programme, category: &'a Category) -> &'a [minhbach_events::Slug] {
    match category.places.as_deref() {
        None | Some([]) => &programme.terms.places,
        Some(places) => places,
    }
}

/// Whether a place is in scope as the programme's places are, without the exception for small groups.
pub(super) fn in_scope(
    books: &Books,
    programme: &Programme,
    category: &Category,
    place: &minhbach_events::Slug,
    on: minhbach_events::Date,
) -> bool {
    let places = places_of(programme, category);
    places.is_empty() || books.place_within(place, places, on)
}

fn scope(ask: &mut Ask<'_>, e: &AllocationMade, programme: &Programme, category: &Category) {
    let books = ask.books;
    // A province or district above is for small groups: how many children they are is asked at each delivery.
    let wide_enough = || books.place_above(&e.place, places_of(programme, category), e.decided_on);
    if !in_scope(books, programme, category, &e.place, e.decided_on) && !wide_enough() {
        let rejection = Rejection::new(Reason::PlaceNotInScope).with("place", &e.place);
        ask.rule(
            rejection
                .with("category", &e.category)
                .with("programme", &e.programme),
        );
    } else if !books.place_valid(&e.place, e.decided_on) {
        ask.rule(
            Rejection::new(Reason::PlaceNotValid)
                .with("place", &e.place)
                .date("date", e.decided_on),
        );
    }
    let groups = category.groups.as_deref().unwrap_or_default();
    let listed = || groups.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
    match &e.group {
        _ if groups.is_empty() => {}
        None => ask.rule(
            Rejection::new(Reason::GroupMissing)
                .with("category", &e.category)
                .with("groups", listed()),
        ),
        Some(group) if !groups.contains(group) => {
            ask.rule(
                Rejection::new(Reason::GroupNotInCategory)
                    .with("category", &e.category)
                    .with("group", group)
                    .with("groups", listed()),
            );
        }
        Some(_) => {}
    }
}

/// What of an allocation is neither delivered nor released, in thousandths.
pub(super) fn open(allocation: &Allocation) -> u128 {
    allocation
        .draws
        .iter()
        .flat_map(|draw| draw.open.iter())
        .map(|(from, to, ())| to - from)
        .sum()
}

pub(super) fn allocation_released(ask: &mut Ask<'_>, e: &AllocationReleased) -> Result<(), Rejection> {
    let (_, allocation) = allocation(ask, &e.allocation)?;
    Ask::decimals("quantity", &allocation.item, e.quantity.decimals())?;
    not_in_allocation(ask, allocation, e.quantity);
    Ok(())
}

pub(super) fn not_in_allocation(
    ask: &mut Ask<'_>,
    allocation: &Allocation,
    quantity: minhbach_events::Quantity,
) {
    let available = open(allocation);
    if available < u128::from(quantity.thousandths()) {
        let rejection = Rejection::new(Reason::NotInAllocation).with("allocation", &allocation.code);
        let rejection = rejection
            .quantity("available", amount(available))
            .of(&allocation.item);
        ask.rule(rejection.quantity("requested", quantity.amount()));
    }
}
