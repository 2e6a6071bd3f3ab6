//! Reserving parts of lots and pools for a place and category, and giving them back.

use minhbach_events::event::{AllocationMade, AllocationReleased, Category};
use minhbach_events::words::Source;
use minhbach_events::{Code, Date, Item, Label, Slug};

use super::{Ask, need, reference, stock};
use crate::books::{Allocation, Books, Need, Programme, amount};
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

/// A programme's category.
pub(super) fn served<'a>(
    ask: &Ask<'a>,
    programme: &Slug,
    category: &Label,
) -> Result<(&'a Programme, &'a Category), Rejection> {
    let known = ask.programme(programme)?;
    let found = known.terms.categories.iter().find(|c| c.category == *category);
    let found = found.ok_or_else(|| reference::inside(programme, "category", category))?;
    Ok((known, found))
}

/// A group is one of the programme's; whether the category serves it is asked later.
pub(super) fn group(programme: &Programme, group: Option<&Label>) -> Result<(), Rejection> {
    match group {
        Some(group) if !programme.terms.groups.contains(group) => {
            Err(reference::inside(&programme.terms.programme, "group", group))
        }
        _ => Ok(()),
    }
}

pub(super) fn allocation_made(ask: &mut Ask<'_>, e: &AllocationMade) -> Result<(), Rejection> {
    let books = ask.books;
    ask.new_code(&e.allocation);
    let (programme, category) = served(ask, &e.programme, &e.category)?;
    ask.place(&e.place)?;
    group(programme, e.group.as_ref())?;
    let need = e.need.as_ref().map(|code| need::need(ask, code)).transpose()?;
    ask.item(&e.item)?;
    let mut draws = Vec::with_capacity(e.draws.len());
    for draw in &e.draws {
        let (_, stock) = stock::stock(ask, &draw.lot)?;
        draws.push((draw, stock));
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
    let asked = Asked {
        programme,
        category,
        place: &e.place,
        group: e.group.as_ref(),
        on: e.decided_on,
    };
    // Without a need, how many children they are is asked at each delivery.
    let min = programme.terms.min_group.get();
    let small = need.is_none_or(|(_, need)| need.children < min);
    scope(ask, &asked, small);
    if let Some((_, need)) = need {
        for_need(ask, e, need, min);
    }
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
        if *stock.item != e.item {
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
        let spans = stock::drawn(ask, &draw.lot, stock, draw.quantity);
        stock::not_before(ask, "decided_on", e.decided_on, stock, &spans);
        let came_from = books.came_from(stock, &spans);
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
pub(super) fn places_of<'a>(programme: &'a Programme, category: &'a Category) -> &'a [Slug] {
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
    place: &Slug,
    on: Date,
) -> bool {
    let places = places_of(programme, category);
    places.is_empty() || books.place_within(place, places, on)
}

/// Where and for whom a need or an allocation is, to be asked against a category.
pub(super) struct Asked<'a> {
    pub programme: &'a Programme,
    pub category: &'a Category,
    pub place: &'a Slug,
    pub group: Option<&'a Label>,
    pub on: Date,
}

/// The place is in scope and valid on the day, or, where that is allowed, a province or district above the scope;
/// the group is one of the category's.
pub(super) fn scope(ask: &mut Ask<'_>, asked: &Asked<'_>, above_will_do: bool) {
    let books = ask.books;
    let Asked {
        programme,
        category,
        place,
        group,
        on,
    } = *asked;
    let above = || above_will_do && books.place_above(place, places_of(programme, category), on);
    if !in_scope(books, programme, category, place, on) && !above() {
        let rejection = Rejection::new(Reason::PlaceNotInScope).with("place", place);
        ask.rule(
            rejection
                .with("category", &category.category)
                .with("programme", &programme.terms.programme),
        );
    } else if !books.place_valid(place, on) {
        ask.rule(
            Rejection::new(Reason::PlaceNotValid)
                .with("place", place)
                .date("date", on),
        );
    }
    let groups = category.groups.as_deref().unwrap_or_default();
    let listed = || groups.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
    match group {
        _ if groups.is_empty() => {}
        None => ask.rule(
            Rejection::new(Reason::GroupMissing)
                .with("category", &category.category)
                .with("groups", listed()),
        ),
        Some(group) if !groups.contains(group) => {
            ask.rule(
                Rejection::new(Reason::GroupNotInCategory)
                    .with("category", &category.category)
                    .with("group", group)
                    .with("groups", listed()),
            );
        }
        Some(_) => {}
    }
}

/// What an allocation and the need it is for must have in common, and whether so small a need may be named.
fn for_need(ask: &mut Ask<'_>, e: &AllocationMade, need: &Need, min: u64) {
    let books = ask.books;
    need::closed(ask, need);
    if e.decided_on < need.assessed_on {
        let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "decided_on");
        let rejection = rejection
            .date("date", e.decided_on)
            .date("earlier", need.assessed_on);
        ask.rule(rejection.with("name", &need.code));
    }
    let differs = |what: &'static str, wanted: &str, given: &str| {
        let rejection = Rejection::new(Reason::NeedDiffers).with("need", &need.code);
        rejection
            .word("what", what)
            .with("wanted", wanted)
            .with("given", given)
    };
    if !books.carried_over(&need.programme, &e.programme, e.decided_on) {
        ask.rule(differs(
            "programme",
            need.programme.as_str(),
            e.programme.as_str(),
        ));
    }
    if need.category != e.category {
        ask.rule(differs("category", need.category.as_str(), e.category.as_str()));
    }
    if !books.place_within(&e.place, std::slice::from_ref(&need.place), e.decided_on) {
        ask.rule(differs("place", need.place.as_str(), e.place.as_str()));
    }
    if need.item != e.item {
        ask.rule(differs("item", need.item.as_str(), e.item.as_str()));
    }
    if 0 < need.children && need.children < min {
        need::too_fine(ask, need.children, min, &e.place);
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
