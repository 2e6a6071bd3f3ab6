//! Programmes, places, items, parties, campaigns and pools: what later entries refer to.

use std::collections::HashSet;

use minhbach_events::event::{
    CampaignClosed, CampaignOpened, ItemRegistered, ItemRevised, PartyRegistered, PartyRevised,
    PlaceRegistered, PlaceRevised, PlaceSucceeded, PoolOpened, ProgrammeClosed, ProgrammePublished,
    ProgrammeRevised, Restriction,
};
use minhbach_events::words::PlaceKind;
use minhbach_events::{Code, Label, Malformed, Problem, Slug};

use super::{Ask, need};
use crate::rejection::{Reason, Rejection};
use crate::restriction::{join, normal};

fn used(kind: &'static str, name: &Slug) -> Rejection {
    Rejection::new(Reason::SlugUsed)
        .word("kind", kind)
        .with("name", name)
}

/// A slug is new among its kind, and no code: where either may be named nobody could tell them apart.
fn new_slug(ask: &Ask<'_>, kind: &'static str, name: &Slug, known: bool) -> Result<(), Rejection> {
    let code = Code::new(name.as_str()).filter(|code| ask.books.codes.get(code).is_some());
    match code {
        _ if known => Err(used(kind, name)),
        Some(code) => Err(Rejection::new(Reason::CodeUsed).with("code", code)),
        None => Ok(()),
    }
}

pub(super) fn inside(owner: &Slug, kind: &'static str, name: &Label) -> Rejection {
    Rejection::new(Reason::UnknownInside)
        .with("owner", owner)
        .word("kind", kind)
        .with("name", name)
}

pub(super) fn programme_published(ask: &mut Ask<'_>, e: &ProgrammePublished) -> Result<(), Rejection> {
    new_slug(
        ask,
        "programme",
        &e.programme,
        ask.books.programmes.contains_key(&e.programme),
    )?;
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
    // Up the chain from the parent: coming back here would make a ring.
    let mut above = e.parent.as_ref();
    while let Some(programme) = above {
        if *programme == e.programme {
            return Err(Malformed::new("parent", Problem::UnderItself).into());
        }
        let known = ask.books.programmes.get(programme);
        above = known.and_then(|known| known.terms.parent.as_ref());
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
    new_slug(ask, "place", &e.place, ask.books.places.contains_key(&e.place))?;
    e.parent.iter().try_for_each(|parent| ask.place(parent))
}

pub(super) fn place_revised(ask: &mut Ask<'_>, e: &PlaceRevised) -> Result<(), Rejection> {
    ask.place(&e.base.place)?;
    let fine = |kind| !matches!(kind, PlaceKind::Province | PlaceKind::District);
    let was = ask.books.places[&e.base.place].terms.kind;
    // Small groups that were named at a district must not come to stand beside a commune.
    if ask.books.used_places.contains(&e.base.place) && fine(was) != fine(e.base.kind) {
        ask.rule(Rejection::new(Reason::PlaceUsed).with("place", &e.base.place));
    }
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
    for successor in &e.successors {
        if after_itself(ask, &e.place, &successor.place) {
            return Err(Malformed::new("successors", Problem::UnderItself).into());
        }
    }
    if let Some((since, _)) = &ask.books.places[&e.place].succeeded {
        ask.rule(
            Rejection::new(Reason::AlreadySucceeded)
                .with("name", &e.place)
                .date("date", *since),
        );
    }
    Ok(())
}

/// Whether a successor lies under the place it would take over from, or that place took over from it, on any day.
fn after_itself(ask: &Ask<'_>, place: &Slug, successor: &Slug) -> bool {
    let mut seen: HashSet<&Slug> = HashSet::new();
    let mut open = vec![successor];
    while let Some(at) = open.pop() {
        if at == place {
            return true;
        }
        if let Some(known) = ask.books.places.get(at).filter(|_| seen.insert(at)) {
            open.extend(known.terms.parent.as_ref());
            let after = known.succeeded.iter().flat_map(|(_, successors)| successors);
            open.extend(after.map(|successor| &successor.place));
        }
    }
    false
}

pub(super) fn item_registered(ask: &mut Ask<'_>, e: &ItemRegistered) -> Result<(), Rejection> {
    new_slug(ask, "item", &e.item, ask.books.items.contains_key(&e.item))
}

pub(super) fn item_revised(ask: &mut Ask<'_>, e: &ItemRevised) -> Result<(), Rejection> {
    let known = ask.books.items.get(&e.base.item);
    let known = known.ok_or_else(|| Ask::unknown("item", &e.base.item))?;
    // What was counted in one unit cannot be said to have been counted in another.
    if ask.books.used_items.contains(&e.base.item) && (known.unit != e.base.unit || known.form != e.base.form)
    {
        ask.rule(Rejection::new(Reason::ItemUsed).with("item", &e.base.item));
    }
    Ok(())
}

pub(super) fn party_registered(ask: &mut Ask<'_>, e: &PartyRegistered) -> Result<(), Rejection> {
    new_slug(ask, "party", &e.party, ask.books.parties.contains_key(&e.party))?;
    e.place.iter().try_for_each(|place| ask.place(place))
}

pub(super) fn party_revised(ask: &mut Ask<'_>, e: &PartyRevised) -> Result<(), Rejection> {
    ask.party(&e.base.party)?;
    e.base.place.iter().try_for_each(|place| ask.place(place))
}

pub(super) fn campaign_opened(ask: &mut Ask<'_>, e: &CampaignOpened) -> Result<(), Rejection> {
    new_slug(
        ask,
        "campaign",
        &e.campaign,
        ask.books.campaigns.contains_key(&e.campaign),
    )?;
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
    new_slug(ask, "pool", &e.pool, ask.books.pools.contains_key(&e.pool))?;
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
