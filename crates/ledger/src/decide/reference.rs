//! Programmes, places, items, parties, campaigns and pools: what later entries refer to.

use minhbach_events::event::{
    CampaignClosed, CampaignOpened, ItemRegistered, ItemRevised, PartyRegistered, PartyRevised,
    PlaceRegistered, PlaceRevised, PlaceSucceeded, PoolOpened, ProgrammeClosed, ProgrammePublished,
    ProgrammeRevised, Restriction,
};
use minhbach_events::{Label, Malformed, Problem, Slug};

use super::{Ask, need};
use crate::rejection::{Reason, Rejection};
use crate::restriction::{join, normal};

fn used(kind: &'static str, name: &Slug) -> Rejection {
    Rejection::new(Reason::SlugUsed)
        .word("kind", kind)
        .with("name", name)
}

pub(super) fn inside(owner: &Slug, kind: &'static str, name: &Label) -> Rejection {
    Rejection::new(Reason::UnknownInside)
        .with("owner", owner)
        .word("kind", kind)
        .with("name", name)
}

pub(super) fn programme_published(ask: &mut Ask<'_>, e: &ProgrammePublished) -> Result<(), Rejection> {
    if ask.books.programmes.contains_key(&e.programme) {
        return Err(used("programme", &e.programme));
    }
    programme_terms(ask, e)
}

pub(super) fn programme_revised(ask: &mut Ask<'_>, e: &ProgrammeRevised) -> Result<(), Rejection> {
    let known = ask.books.programmes.get(&e.base.programme);
    let known = known.ok_or_else(|| Ask::unknown("programme", &e.base.programme))?;
    if let Some(on) = known.closed {
        ask.rule(
            Rejection::new(Reason::AlreadyClosed)
                .with("name", &e.base.programme)
                .date("date", on),
        );
    }
    programme_terms(ask, &e.base)
}

fn programme_terms(ask: &Ask<'_>, e: &ProgrammePublished) -> Result<(), Rejection> {
    if let Some(parent) = &e.parent
        && !ask.books.programmes.contains_key(parent)
    {
        return Err(Ask::unknown("programme", parent));
    }
    let places = e.places.iter().chain(e.special_places.iter().flatten());
    for place in places.chain(e.categories.iter().flat_map(|c| c.places.iter().flatten())) {
        ask.place(place)?;
    }
    let group_known = |group: &Label| {
        e.groups
            .contains(group)
            .then_some(())
            .ok_or_else(|| inside(&e.programme, "group", group))
    };
    e.categories
        .iter()
        .flat_map(|c| c.groups.iter().flatten())
        .try_for_each(group_known)?;
    for target in &e.targets {
        target.group.iter().try_for_each(group_known)?;
        if let Some(category) = &target.category
            && !e.categories.iter().any(|c| c.category == *category)
        {
            return Err(inside(&e.programme, "category", category));
        }
    }
    Ok(())
}

pub(super) fn programme_closed(ask: &mut Ask<'_>, e: &ProgrammeClosed) -> Result<(), Rejection> {
    let known = ask.programme(&e.programme)?;
    if let Some(next) = &e.carries_to
        && !ask.books.programmes.contains_key(next)
    {
        return Err(Ask::unknown("programme", next));
    }
    if let Some(on) = known.closed {
        ask.rule(
            Rejection::new(Reason::AlreadyClosed)
                .with("name", &e.programme)
                .date("date", on),
        );
    }
    ask.not_in_future("on", e.on);
    Ok(())
}

pub(super) fn place_registered(ask: &mut Ask<'_>, e: &PlaceRegistered) -> Result<(), Rejection> {
    if ask.books.places.contains_key(&e.place) {
        return Err(used("place", &e.place));
    }
    e.parent.iter().try_for_each(|parent| ask.place(parent))
}

pub(super) fn place_revised(ask: &mut Ask<'_>, e: &PlaceRevised) -> Result<(), Rejection> {
    ask.place(&e.base.place)?;
    let Some(parent) = &e.base.parent else {
        return Ok(());
    };
    ask.place(parent)?;
    // Up the chain from the new parent: coming back here would make a ring.
    let mut above = Some(parent);
    while let Some(place) = above {
        if *place == e.base.place {
            return Err(Malformed::new("parent", Problem::UnderItself).into());
        }
        above = ask
            .books
            .places
            .get(place)
            .and_then(|place| place.terms.parent.as_ref());
    }
    Ok(())
}

pub(super) fn place_succeeded(ask: &mut Ask<'_>, e: &PlaceSucceeded) -> Result<(), Rejection> {
    ask.place(&e.place)?;
    e.successors
        .iter()
        .try_for_each(|successor| ask.place(&successor.place))?;
    if let Some((since, _)) = &ask.books.places[&e.place].succeeded {
        ask.rule(
            Rejection::new(Reason::AlreadySucceeded)
                .with("name", &e.place)
                .date("date", *since),
        );
    }
    Ok(())
}

pub(super) fn item_registered(ask: &mut Ask<'_>, e: &ItemRegistered) -> Result<(), Rejection> {
    if ask.books.items.contains_key(&e.item) {
        Err(used("item", &e.item))
    } else {
        Ok(())
    }
}

pub(super) fn item_revised(ask: &mut Ask<'_>, e: &ItemRevised) -> Result<(), Rejection> {
    let known = ask.books.items.contains_key(&e.base.item);
    known
        .then_some(())
        .ok_or_else(|| Ask::unknown("item", &e.base.item))
}

pub(super) fn party_registered(ask: &mut Ask<'_>, e: &PartyRegistered) -> Result<(), Rejection> {
    if ask.books.parties.contains_key(&e.party) {
        return Err(used("party", &e.party));
    }
    e.place.iter().try_for_each(|place| ask.place(place))
}

pub(super) fn party_revised(ask: &mut Ask<'_>, e: &PartyRevised) -> Result<(), Rejection> {
    ask.party(&e.base.party)?;
    e.base.place.iter().try_for_each(|place| ask.place(place))
}

pub(super) fn campaign_opened(ask: &mut Ask<'_>, e: &CampaignOpened) -> Result<(), Rejection> {
    if ask.books.campaigns.contains_key(&e.campaign) {
        return Err(used("campaign", &e.campaign));
    }
    let programme = ask.books.programmes.get(&e.programme);
    let programme = programme.ok_or_else(|| Ask::unknown("programme", &e.programme))?;
    ask.party(&e.fund)?;
    restriction(ask, e.restriction.as_ref())?;
    if let Some(on) = programme.closed
        && on < e.opens
    {
        let rejection = Rejection::new(Reason::ProgrammeClosed).with("programme", &e.programme);
        ask.rule(rejection.date("closed", on).date("date", e.opens));
    }
    Ok(())
}

pub(super) fn campaign_closed(ask: &mut Ask<'_>, e: &CampaignClosed) -> Result<(), Rejection> {
    let known = ask
        .books
        .campaigns
        .get(&e.campaign)
        .ok_or_else(|| Ask::unknown("campaign", &e.campaign))?;
    if let Some(on) = known.closed {
        ask.rule(
            Rejection::new(Reason::AlreadyClosed)
                .with("name", &e.campaign)
                .date("date", on),
        );
    }
    let opens = known.terms.opens;
    ask.not_in_future("on", e.on);
    if e.on < opens {
        let rejection = Rejection::new(Reason::BeforeEarlier)
            .with("field", "on")
            .date("date", e.on);
        ask.rule(rejection.date("earlier", opens).with("name", &e.campaign));
    }
    Ok(())
}

pub(super) fn pool_opened(ask: &mut Ask<'_>, e: &PoolOpened) -> Result<(), Rejection> {
    if ask.books.pools.contains_key(&e.pool) {
        return Err(used("pool", &e.pool));
    }
    ask.party(&e.fund)?;
    ask.item(&e.item)?;
    let campaign = match &e.campaign {
        None => None,
        Some(campaign) => Some(
            ask.books
                .campaigns
                .get(campaign)
                .ok_or_else(|| Ask::unknown("campaign", campaign))?,
        ),
    };
    restriction(ask, e.restriction.as_ref())?;
    let own = normal(e.restriction.as_ref());
    if join(
        ask.books,
        own.as_ref(),
        campaign.and_then(|c| c.restriction.as_ref()),
        ask.today,
    )
    .is_err()
    {
        let names = format!("{}, {}", e.pool, e.campaign.as_ref().map_or("", Slug::as_str));
        ask.rule(Rejection::new(Reason::NothingLeft).with("names", names));
    }
    Ok(())
}

/// Everything a restriction names must be known: a misspelt category would bind a gift to nothing.
pub(super) fn restriction(ask: &Ask<'_>, restriction: Option<&Restriction>) -> Result<(), Rejection> {
    let Some(r) = restriction else { return Ok(()) };
    let programmes = r.programmes.iter().flatten();
    for programme in programmes.clone() {
        if !ask.books.programmes.contains_key(programme) {
            return Err(Ask::unknown("programme", programme));
        }
    }
    let named: Vec<&Slug> = programmes.collect();
    let considered = || {
        ask.books
            .programmes
            .values()
            .filter(|p| named.is_empty() || named.contains(&&p.terms.programme))
            .map(|p| &p.terms)
    };
    for category in r.categories.iter().flatten() {
        if !considered().any(|p| p.categories.iter().any(|c| c.category == *category)) {
            return Err(Ask::unknown("category", category));
        }
    }
    for group in r.groups.iter().flatten() {
        if !considered().any(|p| p.groups.contains(group)) {
            return Err(Ask::unknown("group", group));
        }
    }
    r.places.iter().flatten().try_for_each(|place| ask.place(place))?;
    r.need.iter().try_for_each(|need| need::need(ask, need).map(drop))
}
