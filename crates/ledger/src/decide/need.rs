//! What is lacking: assessed, assessed again, met or withdrawn.

use minhbach_events::event::{NeedAssessed, NeedClosed, NeedRevised};
use minhbach_events::words::Beneficiary;
use minhbach_events::{Code, Item, Slug};

use super::{Ask, allocation};
use crate::books::Need;
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};

pub(super) fn need_assessed(ask: &mut Ask<'_>, e: &NeedAssessed) -> Result<(), Rejection> {
    ask.new_code(&e.need);
    let (programme, category) = allocation::served(ask, &e.programme, &e.category)?;
    ask.place(&e.place)?;
    allocation::group(programme, e.group.as_ref())?;
    ask.item(&e.item)?;
    e.assessed_by.iter().try_for_each(|party| ask.party(party))?;

    ask.not_in_future("assessed_on", e.assessed_on);
    let period = &programme.terms.period;
    if e.assessed_on < period.from.a_year_before() || period.to < e.assessed_on {
        let rejection = Rejection::new(Reason::OutsideProgramme).with("programme", &e.programme);
        let rejection = rejection.date("date", e.assessed_on);
        ask.rule(
            rejection
                .date("from", period.from.a_year_before())
                .date("to", period.to),
        );
    }
    let min = programme.terms.min_group.get();
    let children = e.children.get();
    let small = 0 < children && children < min;
    let asked = allocation::Asked {
        programme,
        category,
        place: &e.place,
        group: e.group.as_ref(),
        on: e.assessed_on,
    };
    allocation::scope(ask, &asked, children < min);
    if let Item::Kind(slug) = &e.item
        && !ask.books.items[slug].categories.contains(&e.category)
    {
        let rejection = Rejection::new(Reason::ItemCategory).with("item", slug);
        ask.rule(rejection.with("category", &e.category));
    }
    if children == 0 && category.beneficiary == Beneficiary::Child {
        ask.rule(Rejection::new(Reason::NoChildren).with("category", &e.category));
    }
    if small {
        too_fine(ask, children, min, &e.place);
    }
    Ok(())
}

/// A small group's place must not be finer than a district.
pub(super) fn too_fine(ask: &mut Ask<'_>, children: u64, min: u64, place: &Slug) {
    if ask.books.finer_than_district(place) {
        let rejection = Rejection::new(Reason::PlaceTooFine).count("children", children);
        ask.rule(rejection.count("min", min).with("place", place));
    }
}

pub(super) fn need<'a>(ask: &Ask<'a>, code: &Code) -> Result<(u32, &'a Need), Rejection> {
    match ask.record("need", code)? {
        (Record::Need(index), _) => Ok((index, &ask.books.needs[index as usize])),
        _ => Err(Ask::unknown("need", code)),
    }
}

pub(super) fn closed(ask: &mut Ask<'_>, need: &Need) {
    if let Some(seq) = need.closed {
        ask.rule(
            Rejection::new(Reason::NeedClosed)
                .with("need", &need.code)
                .count("seq", seq),
        );
    }
}

pub(super) fn need_revised(ask: &mut Ask<'_>, e: &NeedRevised) -> Result<(), Rejection> {
    let (_, need) = need(ask, &e.need)?;
    if let Some(quantity) = &e.quantity {
        Ask::decimals("quantity", &need.item, quantity.decimals())?;
    }
    closed(ask, need);
    if let Some(children) = &e.children {
        let programme = &ask.books.programmes[&need.programme].terms;
        let (children, min) = (children.get(), programme.min_group.get());
        let category = programme.categories.iter().find(|c| c.category == need.category);
        if children == 0 && category.is_none_or(|category| category.beneficiary == Beneficiary::Child) {
            ask.rule(Rejection::new(Reason::NoChildren).with("category", &need.category));
        }
        if 0 < children && children < min {
            too_fine(ask, children, min, &need.place);
        }
    }
    Ok(())
}

pub(super) fn need_closed(ask: &mut Ask<'_>, e: &NeedClosed) -> Result<(), Rejection> {
    let (_, need) = need(ask, &e.need)?;
    closed(ask, need);
    Ok(())
}
