//! Places across reforms: what they were and are called, what they became, and what was delivered there.

use std::collections::BTreeSet;

use minhbach_events::words::{Part, PlaceKind};
use minhbach_events::{Amount, Date, Event, Item, Label, Slug};
use serde::{Deserialize, Serialize};

use crate::answer::{AsOf, Dong, PAGE, Page, ReadError};
use crate::document::document;
use crate::journal::Journal;
use crate::keys::{Key, PLACE, PLACE_LINK, PLACE_VERSION, take_number, take_text};
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::progress::{entry_of, programmes_with_terms};
use crate::projection::{Fault, Projection};
use crate::received::{Dimension, ReceivedQuery, received};
use crate::recorded::Recorded;
use crate::store::{Direction, StoreError};

/// The read model of places.
pub struct Places;

impl Projection for Places {
    fn name(&self) -> &'static str {
        "places"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let seq = recorded.entry.seq;
        let version = match &recorded.entry.event {
            Event::PlaceRegistered(e) => e,
            Event::PlaceRevised(e) => &e.base,
            Event::PlaceSucceeded(e) => {
                for successor in &e.successors {
                    let link = pack_link(e.on, successor.part);
                    overlay.put(
                        link_key(&e.place, Link::Successor, &successor.place),
                        link.clone(),
                    );
                    overlay.put(link_key(&successor.place, Link::Predecessor, &e.place), link);
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        if let Some(before) = Place::load(overlay, &version.place)?
            && let Some(parent) = before.parent
        {
            overlay.delete(link_key(&parent, Link::Child, &version.place));
        }
        if let Some(parent) = &version.parent {
            overlay.put(link_key(parent, Link::Child, &version.place), Vec::new());
        }
        overlay.put(
            Key::of(PLACE_VERSION).text(version.place.as_str()).number(seq).0,
            Vec::new(),
        );
        let mut value = vec![version.kind as u8];
        value.text(version.name.as_str());
        value.text(version.parent.as_ref().map_or("", Slug::as_str));
        value.text(version.code.as_ref().map_or("", Label::as_str));
        value.extend_from_slice(&version.valid_from.ordinal().to_be_bytes());
        value.extend_from_slice(&version.valid_to.map_or(i32::MAX, Date::ordinal).to_be_bytes());
        overlay.put(Key::of(PLACE).text(version.place.as_str()).0, value);
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Child = 1,
    Predecessor = 2,
    Successor = 3,
}

fn link_key(place: &Slug, link: Link, other: &Slug) -> Vec<u8> {
    let key = Key::of(PLACE_LINK).text(place.as_str()).byte(link as u8);
    key.text(other.as_str()).0
}

fn pack_link(on: Date, part: Part) -> Vec<u8> {
    let mut value = vec![part as u8];
    value.extend_from_slice(&on.ordinal().to_be_bytes());
    value
}

/// The places that a place is linked to, with the bytes of the link.
fn linked(overlay: &Overlay, place: &Slug, link: Link) -> Result<Vec<(Slug, Vec<u8>)>, StoreError> {
    let prefix = Key::of(PLACE_LINK).text(place.as_str()).byte(link as u8).0;
    let pairs = overlay.prefix(&prefix);
    pairs
        .map(|pair| {
            let (key, value) = pair?;
            let other = take_text(&mut &key[prefix.len()..]).and_then(Slug::new);
            Ok((
                other.ok_or(StoreError::Damaged {
                    what: "link of a place",
                })?,
                value,
            ))
        })
        .collect()
}

/// What is known of a place, as last revised.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub kind: PlaceKind,
    pub name: String,
    pub parent: Option<Slug>,
    pub code: Option<Label>,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
}

impl Place {
    pub fn load(overlay: &Overlay, place: &Slug) -> Result<Option<Place>, StoreError> {
        let value = overlay.get(&Key::of(PLACE).text(place.as_str()).0)?;
        value.map(|value| Place::unpack(&value)).transpose()
    }

    fn unpack(value: &[u8]) -> Result<Place, StoreError> {
        let mut read = Unpack::new("place", value);
        let kind = usize::from(read.byte()?);
        let kind = *PlaceKind::ALL.get(kind).ok_or_else(|| read.damaged())?;
        let (name, parent, code) = (read.text()?.to_owned(), read.text()?, read.text()?);
        let from = i32::from_be_bytes(read.bytes()?);
        let to = i32::from_be_bytes(read.bytes()?);
        let place = Place {
            kind,
            name,
            parent: Slug::new(parent),
            code: Label::new(code),
            valid_from: Date::from_ordinal(from).ok_or_else(|| read.damaged())?,
            valid_to: Date::from_ordinal(to).filter(|_| to != i32::MAX),
        };
        read.finish()?;
        Ok(place)
    }
}

/// How a place stands to the places that a plan lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is this listed one, or lies under it; or the plan is for everywhere.
    Listed(Slug),
    /// It succeeded a listed one, directly or through others, or lies under such a one.
    Succession,
    /// None of these.
    Outside,
}

impl Standing {
    fn scope(&self) -> Scope {
        match self {
            Standing::Listed(_) => Scope::Listed,
            Standing::Succession => Scope::Succession,
            Standing::Outside => Scope::Outside,
        }
    }
}

/// Whether a plan is for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// It lists the place for this category, or one above it; or it is for everywhere.
    Listed,
    /// It lists only one that the place, or one above it, took over from.
    Succession,
    /// Neither.
    Outside,
}

impl Scope {
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Listed => "listed",
            Scope::Succession => "succession",
            Scope::Outside => "outside",
        }
    }
}

pub(crate) fn standing(overlay: &Overlay, listed: &[Slug], place: &Slug) -> Result<Standing, StoreError> {
    if listed.is_empty() {
        return Ok(Standing::Listed(place.clone()));
    }
    let mut above = Some(place.clone());
    let mut seen = BTreeSet::new();
    while let Some(place) = above.filter(|place| seen.insert(place.clone())) {
        if listed.contains(&place) {
            return Ok(Standing::Listed(place));
        }
        above = Place::load(overlay, &place)?.and_then(|place| place.parent);
    }
    let mut open = vec![place.clone()];
    let mut seen = BTreeSet::new();
    while let Some(place) = open.pop() {
        if listed.contains(&place) {
            return Ok(Standing::Succession);
        }
        if !seen.insert(place.clone()) {
            continue;
        }
        open.extend(Place::load(overlay, &place)?.and_then(|place| place.parent));
        let before = linked(overlay, &place, Link::Predecessor)?;
        open.extend(before.into_iter().map(|(place, _)| place));
    }
    Ok(Standing::Outside)
}

/// Which places are asked for; each part narrows.
#[derive(Clone, Debug, Default)]
pub struct PlacesQuery {
    /// Of one kind.
    pub kind: Option<PlaceKind>,
    /// Directly under one place.
    pub parent: Option<Slug>,
}

document! {
    /// Places.
    #[serde(deny_unknown_fields)]
    pub struct PlacesTable {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// In order of their slugs.
        pub rows: Vec<PlaceRow>,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// A place, as last revised.
    #[serde(deny_unknown_fields)]
    pub struct PlaceRow {
        /// Its slug.
        pub place: Slug,
        /// What kind it is.
        pub kind: PlaceKind,
        /// Its name.
        pub name: String,
        /// The place it lies under.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent: Option<Slug>,
        /// Its official code.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub code: Option<Label>,
        /// Its first day.
        pub valid_from: Date,
        /// Its last day, if it was registered with one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub valid_to: Option<Date>,
        /// The day on which others took over from it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub succeeded_on: Option<Date>,
        /// What it took over from.
        pub predecessors: Vec<SuccessionRow>,
        /// What took over from it.
        pub successors: Vec<SuccessionRow>,
    }

    /// A place at the other end of a succession.
    #[serde(deny_unknown_fields)]
    pub struct SuccessionRow {
        /// The other place.
        pub place: Slug,
        /// Its name.
        pub name: String,
        /// Whether the former place went over wholly or in part.
        pub part: Part,
        /// Since when.
        pub on: Date,
    }
}

pub(crate) fn places(
    overlay: &Overlay,
    as_of: AsOf,
    query: &PlacesQuery,
    page: Page<'_>,
) -> Result<PlacesTable, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let begin = cursor.map(|cursor| Slug::new(cursor).ok_or(ReadError::BadCursor));
    let begin = begin.transpose()?;
    // A page names the place that the next one begins with; places stay.
    if let Some(begin) = &begin
        && overlay.get(&Key::of(PLACE).text(begin.as_str()).0)?.is_none()
    {
        return Err(ReadError::BadCursor);
    }
    let from = Key::of(PLACE)
        .bytes(begin.as_ref().map_or("", Slug::as_str).as_bytes())
        .0;
    let (mut rows, mut next) = (Vec::new(), None);
    for pair in overlay.range(&from, &after_prefix(&[PLACE]), Direction::Forward) {
        let (key, value) = pair?;
        let damaged = StoreError::Damaged { what: "place" };
        let slug = take_text(&mut &key[1..]).and_then(Slug::new).ok_or(damaged)?;
        let place = Place::unpack(&value)?;
        if query.kind.is_some_and(|kind| kind != place.kind)
            || query.parent.is_some() && query.parent != place.parent
        {
            continue;
        }
        if rows.len() == limit {
            next = Some(slug.to_string());
            break;
        }
        rows.push(place_row(overlay, slug, place)?);
    }
    Ok(PlacesTable { as_of, rows, next })
}

pub(crate) fn place_row(overlay: &Overlay, slug: Slug, place: Place) -> Result<PlaceRow, StoreError> {
    let predecessors = succession(overlay, &slug, Link::Predecessor)?;
    let successors = succession(overlay, &slug, Link::Successor)?;
    Ok(PlaceRow {
        place: slug,
        kind: place.kind,
        name: place.name,
        parent: place.parent,
        code: place.code,
        valid_from: place.valid_from,
        valid_to: place.valid_to,
        succeeded_on: successors.iter().map(|successor| successor.on).min(),
        predecessors,
        successors,
    })
}

fn succession(overlay: &Overlay, place: &Slug, link: Link) -> Result<Vec<SuccessionRow>, StoreError> {
    let mut rows = Vec::new();
    for (other, value) in linked(overlay, place, link)? {
        let mut read = Unpack::new("succession", &value);
        let part = usize::from(read.byte()?);
        let part = *Part::ALL.get(part).ok_or_else(|| read.damaged())?;
        let on = i32::from_be_bytes(read.bytes()?);
        let on = Date::from_ordinal(on).ok_or_else(|| read.damaged())?;
        let name = Place::load(overlay, &other)?.map_or_else(|| other.to_string(), |other| other.name);
        rows.push(SuccessionRow {
            place: other,
            name,
            part,
            on,
        });
    }
    Ok(rows)
}

/// How far a question about a place reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The place itself.
    Alone,
    /// And everything under it.
    Under,
    /// And everything that any of these took over from, or that took over from it, with what lies under that.
    Whole,
}

impl Reach {
    /// Every reach.
    pub const ALL: &'static [Reach] = &[Reach::Alone, Reach::Under, Reach::Whole];
    /// The word in a question.
    pub fn word(self) -> &'static str {
        match self {
            Reach::Alone => "alone",
            Reach::Under => "under",
            Reach::Whole => "whole",
        }
    }
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Reach> {
        Reach::ALL.iter().copied().find(|reach| reach.word() == word)
    }
}

/// How a place belongs to the place that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// It is it.
    Itself,
    /// It lies under it.
    Under,
    /// It, or one under it, took over from this one, or from one above this one.
    Predecessor,
    /// This one, or one above this one, took over from it, or from one under it.
    Successor,
}

impl Via {
    /// Every way, in the order of the rows.
    pub const ALL: &'static [Via] = &[Via::Itself, Via::Under, Via::Predecessor, Via::Successor];
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            Via::Itself => "itself",
            Via::Under => "under",
            Via::Predecessor => "predecessor",
            Via::Successor => "successor",
        }
    }
}

document! {
    /// A place with its past and future, and what was delivered there.
    #[serde(deny_unknown_fields)]
    pub struct PlaceAnswer {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// The place, as last revised.
        pub place: PlaceRow,
        /// What was said of it, the oldest first.
        pub versions: Vec<PlaceVersion>,
        /// How far the rows reach.
        pub reach: Reach,
        /// What was delivered, net of returns: first at the place itself, then under it, then before it, then after it.
        pub rows: Vec<DeliveredThere>,
        /// Counts, kept apart by how a place belongs to this one.
        pub total: PlaceTotal,
    }

    /// What was said of a place at some time.
    #[serde(deny_unknown_fields)]
    pub struct PlaceVersion {
        /// The entry that said it.
        pub seq: u64,
        /// The day in Vietnam on which it was recorded.
        pub recorded_on: Date,
        /// What kind.
        pub kind: PlaceKind,
        /// Its name.
        pub name: String,
        /// The place it lay under.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent: Option<Slug>,
        /// Its official code.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub code: Option<Label>,
        /// Its zone of difficulty.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub zone: Option<Label>,
        /// Its first day.
        pub valid_from: Date,
        /// Its last day.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub valid_to: Option<Date>,
        /// Why it was revised.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }

    /// What was delivered at a place, under one plan, for one category, of one item.
    #[serde(deny_unknown_fields)]
    pub struct DeliveredThere {
        /// How the place belongs to the one asked about.
        pub via: Via,
        /// Where.
        pub place: Slug,
        /// Under which plan.
        pub programme: Slug,
        /// For what.
        pub category: Label,
        /// Whether the plan is for the place, in this category.
        pub scope: Scope,
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How much.
        pub delivered: Amount,
        /// How much of it was accepted.
        pub confirmed: Amount,
        /// How many deliveries.
        pub deliveries: u64,
        /// Children added up over deliveries: a child served twice counts twice.
        pub child_deliveries: u64,
        /// The worth in đồng of what has a value.
        pub value_vnd: Dong,
        /// How many deliveries are not wholly valued.
        pub unvalued: u64,
    }

    /// Counts of deliveries.
    #[derive(Copy, Default)]
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = DeliveryCounts))]
    pub struct Counts {
        /// How many deliveries.
        pub deliveries: u64,
        /// Children added up over deliveries.
        pub child_deliveries: u64,
        /// The worth in đồng of what has a value.
        pub value_vnd: Dong,
        /// How many deliveries are not wholly valued.
        pub unvalued: u64,
    }
}

impl Counts {
    fn add(&mut self, row: &DeliveredThere) {
        self.deliveries += row.deliveries;
        self.child_deliveries += row.child_deliveries;
        self.value_vnd.0 += row.value_vnd.0;
        self.unvalued += row.unvalued;
    }
}

document! {
    /// Counts, kept apart by how a place belongs to the one asked about.
    #[derive(Copy, Default)]
    #[serde(deny_unknown_fields)]
    pub struct PlaceTotal {
        /// At the place itself.
        pub itself: Counts,
        /// Under it.
        pub under: Counts,
        /// At what it, or a place under it, took over from.
        pub predecessor: Counts,
        /// At what took over from it, or from a place under it.
        pub successor: Counts,
        /// Among all these, those in scope of their plan only by succession.
        pub by_succession: Counts,
    }
}

pub(crate) fn place(
    overlay: &Overlay,
    as_of: AsOf,
    place: &Slug,
    reach: Reach,
    journal: &dyn Journal,
) -> Result<PlaceAnswer, ReadError> {
    let known = Place::load(overlay, place)?.ok_or_else(|| ReadError::NotFound(place.into()))?;
    let programmes = programmes_with_terms(overlay, journal)?;
    let (mut rows, mut total) = (Vec::new(), PlaceTotal::default());
    for (via, place) in reached(overlay, place, reach)? {
        for terms in &programmes {
            let query = ReceivedQuery {
                programme: Some(terms.programme.clone()),
                place: Some(place.clone()),
                by: vec![Dimension::Category],
                ..ReceivedQuery::default()
            };
            let mut cursor: Option<String> = None;
            loop {
                let page = received(overlay, as_of, &query, cursor.as_deref().into())?;
                for row in page.rows {
                    let Some(category) = row.category else {
                        continue;
                    };
                    let listed = crate::progress::places_of(terms, Some(&category));
                    let row = DeliveredThere {
                        via,
                        place: place.clone(),
                        programme: terms.programme.clone(),
                        scope: standing(overlay, listed, &place)?.scope(),
                        category,
                        item: row.item,
                        unit: row.unit,
                        delivered: row.delivered,
                        confirmed: row.confirmed,
                        deliveries: row.deliveries,
                        child_deliveries: row.child_deliveries,
                        value_vnd: row.value_vnd,
                        unvalued: row.unvalued,
                    };
                    match via {
                        Via::Itself => total.itself.add(&row),
                        Via::Under => total.under.add(&row),
                        Via::Predecessor => total.predecessor.add(&row),
                        Via::Successor => total.successor.add(&row),
                    }
                    if row.scope == Scope::Succession {
                        total.by_succession.add(&row);
                    }
                    rows.push(row);
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
    }
    Ok(PlaceAnswer {
        as_of,
        versions: versions(overlay, place, journal)?,
        place: place_row(overlay, place.clone(), known)?,
        reach,
        rows,
        total,
    })
}

/// The places that a question reaches, each once, by the nearest way.
fn reached(overlay: &Overlay, place: &Slug, reach: Reach) -> Result<Vec<(Via, Slug)>, StoreError> {
    let mut found = vec![(Via::Itself, place.clone())];
    if reach == Reach::Alone {
        return Ok(found);
    }
    let mut seen = BTreeSet::from([place.clone()]);
    let inner = follow(overlay, std::slice::from_ref(place), Link::Child)?;
    let mut add = |via, places: Vec<Slug>| {
        let mut places: Vec<Slug> = places
            .into_iter()
            .filter(|place| seen.insert(place.clone()))
            .collect();
        places.sort();
        found.extend(places.into_iter().map(|place| (via, place)));
    };
    add(Via::Under, inner.clone());
    if reach == Reach::Whole {
        for (via, link) in [
            (Via::Predecessor, Link::Predecessor),
            (Via::Successor, Link::Successor),
        ] {
            let places = follow(overlay, &inner, link)?;
            add(via, follow(overlay, &places, Link::Child)?);
        }
    }
    Ok(found)
}

/// These places and all that can be reached from them by a link, each once.
fn follow(overlay: &Overlay, from: &[Slug], link: Link) -> Result<Vec<Slug>, StoreError> {
    let mut seen: BTreeSet<Slug> = from.iter().cloned().collect();
    let mut found: Vec<Slug> = seen.iter().cloned().collect();
    let mut at = 0;
    while let Some(place) = found.get(at).cloned() {
        at += 1;
        for (other, _) in linked(overlay, &place, link)? {
            if seen.insert(other.clone()) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

fn versions(overlay: &Overlay, place: &Slug, journal: &dyn Journal) -> Result<Vec<PlaceVersion>, ReadError> {
    let mut versions = Vec::new();
    for pair in overlay.prefix(&Key::of(PLACE_VERSION).text(place.as_str()).0) {
        let (key, _) = pair?;
        let seq = key
            .len()
            .checked_sub(8)
            .and_then(|at| take_number(&mut &key[at..]));
        let seq = seq.ok_or(StoreError::Damaged {
            what: "version of a place",
        })?;
        let entry = entry_of(journal, seq)?;
        let (said, reason) = match &entry.event {
            Event::PlaceRegistered(e) => (e, None),
            Event::PlaceRevised(e) => (&e.base, Some(e.reason.as_str().to_owned())),
            _ => return Err(ReadError::NotInJournal { seq }),
        };
        versions.push(PlaceVersion {
            seq,
            recorded_on: entry.at.vietnam_date(),
            kind: said.kind,
            name: said.name.as_str().to_owned(),
            parent: said.parent.clone(),
            code: said.code.clone(),
            zone: said.zone.clone(),
            valid_from: said.valid_from,
            valid_to: said.valid_to,
            reason,
        });
    }
    Ok(versions)
}
