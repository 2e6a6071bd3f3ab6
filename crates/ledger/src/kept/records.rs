//! Each record of the books, field by field.

use std::collections::{HashMap, HashSet};

use minhbach_events::event::{
    CampaignOpened, Event, ItemRegistered, PartyRegistered, PlaceRegistered, ProgrammePublished, Successor,
};
use minhbach_events::words::{LedgerKind, Part as PlacePart};
use minhbach_events::{Entry, Slug, Timestamp};

use super::Unusable;
use super::parts::{In, Out, Part};
use crate::NameKind;
use crate::books::{
    Allocation, Answer, AnswerKind, Books, Campaign, Cancelling, Delivery, Donation, Drawn, Finding, Need,
    Outflow, Piece, Place, Pooled, Programme, Purpose, Release, Return, Sources, Sponsorship, Stock, Store,
    Taken, Taking,
};
use crate::buckets::Buckets;
use crate::codes::{Codes, Keys};
use crate::entries::Entries;
use crate::growing::{Growing, Hashing};
use crate::line::{Line, Position, SmallSpan, Span};
use crate::spans::Spans;

macro_rules! records {
    ($($record:ident { $($field:ident),+ $(,)? })+) => { $(
        impl Part for $record {
            fn put(&self, out: &mut Out<'_>) {
                let $record { $($field),+ } = self;
                $($field.put(out);)+
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                $(let $field = Part::get(input)?;)+
                Ok($record { $($field),+ })
            }
        }
    )+ };
}

/// Enumerations, each variant under a number of its own.
macro_rules! variants {
    ($($name:ident { $($number:literal = $variant:ident $(($value:ident))? $({$field:ident})?),+ $(,)? })+) => { $(
        impl Part for $name {
            fn put(&self, out: &mut Out<'_>) {
                match self {
                    $($name::$variant $(($value))? $({$field})? => {
                        <u8 as Part>::put(&$number, out);
                        $($value.put(out);)?
                        $($field.put(out);)?
                    })+
                }
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                match u8::get(input)? {
                    $($number => {
                        $(let $value = Part::get(input)?;)?
                        $(let $field = Part::get(input)?;)?
                        Ok($name::$variant $(($value))? $({$field})?)
                    })+
                    _ => Err(Unusable::Damaged("kind")),
                }
            }
        }
    )+ };
}

variants! {
    AnswerKind { 0 = Confirmed, 1 = Disputed, 2 = Resolved { dispute } }
    Taking { 0 = Spent, 1 = Transferred, 2 = Refunded, 3 = WrittenOff, 4 = Expensed }
    NameKind { 0 = Place, 1 = Party, 2 = Item, 3 = Programme, 4 = Category }
    LedgerKind { 0 = Live, 1 = Demo }
    PlacePart { 0 = Whole, 1 = Part }
}

records! {
    Span { from, to }
    Stock { id, name, fund, item, sources, restriction, line, store, reversed, depth }
    Pooled { from, seq, received_on, expires_on }
    Donation { seq, code, item, pledged, cancelled, received, pledged_on, restriction, standing }
    Allocation {
        seq, code, programme, category, place, group, need, item, decided_on, draws, standing,
    }
    Drawn { stock, open }
    SmallSpan { from, to }
    Piece { draw, within }
    Delivery {
        seq, code, by, allocation, receiver, quantity, delivered_on, pieces, returned, returns, answer,
    }
    Outflow { seq, taking, taken, opened }
    Taken { stock, within }
    Return { delivery, parts, stock }
    Purpose { seq, stock, before }
    Need { seq, code, programme, category, place, item, children, assessed_on, closed }
    Sponsorship { seq, starts, ended }
    Finding { seq, by, closed }
    Cancelling { donation, quantity }
    Release { allocation, pieces }
    Answer { seq, delivery }
    Successor { place, part }
}

impl Part for Sources {
    fn put(&self, out: &mut Out<'_>) {
        self.bits().put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Ok(Sources::of_bits(u16::get(input)?))
    }
}

impl<V: Part + Copy + Eq> Part for Spans<V> {
    fn put(&self, out: &mut Out<'_>) {
        self.len().put(out);
        for stretch in self.iter() {
            stretch.put(out);
            out.record_ends();
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let stretches = (0..input.length()?).map(|_| Part::get(input));
        Ok(Spans::of(stretches.collect::<Result<Vec<_>, _>>()?))
    }
}

impl Part for Position {
    fn put(&self, out: &mut Out<'_>) {
        self.get().put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let position = u128::get(input)?;
        let fits = (position < 1 << 96).then(|| Position::from(position));
        fits.ok_or(Unusable::Damaged("position"))
    }
}

impl Part for usize {
    fn put(&self, out: &mut Out<'_>) {
        (*self as u64).put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        input.length()
    }
}

impl Part for Line {
    fn put(&self, out: &mut Out<'_>) {
        let (end, available, gone) = self.counts();
        (end, available, gone).put(out);
        self.spans().0.put(out);
        self.spans().1.put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let counts = Part::get(input)?;
        Ok(Line::of_parts(counts, Part::get(input)?, Part::get(input)?))
    }
}

impl Part for Store {
    fn put(&self, out: &mut Out<'_>) {
        match self {
            Store::Lot { since, expires_on } => {
                false.put(out);
                (*since, *expires_on).put(out);
            }
            Store::Pool { receipts } => {
                true.put(out);
                (**receipts).put(out);
            }
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        if bool::get(input)? {
            let receipts = Box::new(Part::get(input)?);
            return Ok(Store::Pool { receipts });
        }
        let (since, expires_on) = Part::get(input)?;
        Ok(Store::Lot { since, expires_on })
    }
}

impl Part for Hashing {
    fn put(&self, out: &mut Out<'_>) {
        (self.0[0], self.0[1]).put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let (first, second) = Part::get(input)?;
        Ok(Hashing([first, second]))
    }
}

/// The buckets as they are, so that reading them back moves nothing; then the new ones.
fn put_table<T: Part + Copy>(table: &Growing<T>, hash: impl Fn(&T) -> u64, out: &mut Out<'_>) {
    let (shared, new) = table.parts();
    shared.count().put(out);
    for bucket in shared.iter() {
        out.list(bucket.len(), bucket.iter());
    }
    // In an order that is theirs: the same books are the same bytes.
    let mut new: Vec<&T> = new.collect();
    new.sort_by_key(|element| hash(element));
    out.list(new.len(), new.into_iter());
}

fn get_table<T: Part + Copy>(
    input: &mut In<'_>,
    hash: impl Fn(&T) -> u64 + Copy,
) -> Result<Growing<T>, Unusable> {
    let buckets = (0..input.length()?).map(|_| Vec::get(input));
    let buckets = Buckets::of(buckets.collect::<Result<_, _>>()?);
    let mut table = Growing::of(buckets.ok_or(Unusable::Damaged("table"))?);
    for _ in 0..input.length()? {
        table.insert(T::get(input)?, hash);
    }
    Ok(table)
}

impl Part for Entries {
    fn put(&self, out: &mut Out<'_>) {
        out.list(self.len(), self.iter());
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Entries::of(Part::get(input)?).ok_or(Unusable::Damaged("record"))
    }
}

impl Part for Codes {
    fn put(&self, out: &mut Out<'_>) {
        self.hashing.put(out);
        put_table(&self.short, self.hash(), out);
        out.map(&self.long);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let mut codes = Codes {
            hashing: Hashing::get(input)?,
            ..Codes::default()
        };
        codes.short = get_table(input, codes.hash())?;
        codes.long = input.map()?.into();
        Ok(codes)
    }
}

impl Part for Keys {
    fn put(&self, out: &mut Out<'_>) {
        self.hashing.put(out);
        put_table(&self.table, Keys::hash_of, out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let hashing = Hashing::get(input)?;
        let table = get_table(input, Keys::hash_of)?;
        Ok(Keys { hashing, table })
    }
}

/// Names and numbers: what everything else is found by.
pub(super) fn put_names(books: &Books, out: &mut Out<'_>) {
    // A field that is new must be named here.
    let Books {
        size: _,
        last_at,
        head: _,
        kind,
        codes,
        keys,
        imported_lines,
        entries,
        reversed,
        programmes,
        places,
        items,
        parties,
        campaigns,
        pools,
        stocks: _,
        donations: _,
        kept_promises: _,
        allocations: _,
        deliveries: _,
        cancellings: _,
        releases: _,
        answers: _,
        outflows: _,
        returns: _,
        purposes: _,
        purposes_of,
        needs: _,
        sponsorships: _,
        findings: _,
        defined,
        used_items,
        used_places,
        roles,
        serials,
    } = books;
    last_at.map(|at| at.millis() as u64).put(out);
    kind.put(out);
    imported_lines.put(out);
    out.map(defined);
    let programmes = programmes.iter();
    let programmes = programmes.map(|(name, p)| (name.clone(), (p.closed, p.carries_to.clone())));
    out.map(&programmes.collect::<HashMap<_, _>>());
    let places = places.iter();
    let places = places.map(|(name, p)| (name.clone(), (p.succeeded.clone(), p.predecessors.clone())));
    out.map(&places.collect::<HashMap<_, _>>());
    out.map(
        &items
            .keys()
            .map(|name| (name.clone(), ()))
            .collect::<HashMap<_, _>>(),
    );
    out.map(
        &parties
            .keys()
            .map(|name| (name.clone(), ()))
            .collect::<HashMap<_, _>>(),
    );
    let campaigns = campaigns.iter();
    let campaigns = campaigns.map(|(name, c)| (name.clone(), (c.seq, c.closed, c.restriction.clone())));
    out.map(&campaigns.collect::<HashMap<_, _>>());
    out.map(pools);
    out.map(reversed);
    out.map(purposes_of);
    out.map(
        &used_items
            .iter()
            .map(|name| (name.clone(), ()))
            .collect::<HashMap<_, _>>(),
    );
    out.map(
        &used_places
            .iter()
            .map(|name| (name.clone(), ()))
            .collect::<HashMap<_, _>>(),
    );
    out.map(roles);
    out.map(serials);
    out.record_ends();
    entries.put(out);
    codes.put(out);
    keys.put(out);
}

/// What is there.
pub(super) fn put_stocks(books: &Books, out: &mut Out<'_>) {
    books.stocks.put(out);
    books.donations.put(out);
    books.kept_promises.put(out);
}

/// What was done with it.
pub(super) fn put_drawn(books: &Books, out: &mut Out<'_>) {
    books.allocations.put(out);
    books.deliveries.put(out);
    books.cancellings.put(out);
    books.releases.put(out);
    books.answers.put(out);
    books.outflows.put(out);
    books.returns.put(out);
    books.purposes.put(out);
    books.needs.put(out);
    books.sponsorships.put(out);
    books.findings.put(out);
}

/// Books of which only names and numbers are known.
pub(super) fn get_names(mut input: In<'_>, entry: &dyn Fn(u64) -> Option<Entry>) -> Result<Books, Unusable> {
    let books = names_of(&mut input, entry)?;
    input.end()?;
    Ok(books)
}

fn names_of(input: &mut In<'_>, entry: &dyn Fn(u64) -> Option<Entry>) -> Result<Books, Unusable> {
    let at: Option<u64> = Part::get(input)?;
    let last_at = at.map(|at| i64::try_from(at).ok().and_then(Timestamp::from_millis));
    let last_at = last_at
        .map(|at| at.ok_or(Unusable::Damaged("time")))
        .transpose()?;
    let kind = Part::get(input)?;
    let imported_lines = Part::get(input)?;
    let defined: HashMap<(NameKind, Slug), u64> = input.map()?;
    let event = |seq: u64| {
        let entry = entry(seq).ok_or(Unusable::Damaged("entry"))?;
        Ok::<Event, Unusable>(entry.event)
    };
    let definition = |kind: NameKind, name: &Slug| {
        let seq = defined.get(&(kind, name.clone()));
        event(*seq.ok_or(Unusable::Damaged("definition"))?)
    };
    let programmes = terms(input, |name, (closed, carries_to)| {
        let terms = programme_terms(definition(NameKind::Programme, name)?);
        let terms = terms.ok_or(Unusable::Damaged("programme"))?;
        Ok(Programme {
            terms,
            closed,
            carries_to,
        })
    })?;
    let places = terms(input, |name, (succeeded, predecessors)| {
        let terms = place_terms(definition(NameKind::Place, name)?);
        let terms = terms.ok_or(Unusable::Damaged("place"))?;
        Ok(Place {
            terms,
            succeeded,
            predecessors,
        })
    })?;
    let items = terms(input, |name, ()| {
        item_terms(definition(NameKind::Item, name)?).ok_or(Unusable::Damaged("item"))
    })?;
    let parties = terms(input, |name, ()| {
        party_terms(definition(NameKind::Party, name)?).ok_or(Unusable::Damaged("party"))
    })?;
    let campaigns = terms(input, |_, (seq, closed, restriction)| {
        let terms = campaign_terms(event(seq)?).ok_or(Unusable::Damaged("campaign"))?;
        Ok(Campaign {
            terms,
            seq,
            closed,
            restriction,
        })
    })?;
    Ok(Books {
        last_at,
        kind,
        imported_lines,
        programmes: programmes.into(),
        places: places.into(),
        items: items.into(),
        parties: parties.into(),
        campaigns: campaigns.into(),
        pools: input.map()?.into(),
        reversed: input.map()?.into(),
        purposes_of: input.map()?.into(),
        used_items: names(input)?.into(),
        used_places: names(input)?.into(),
        roles: input.map()?.into(),
        serials: input.map()?.into(),
        entries: Part::get(input)?,
        codes: Part::get(input)?,
        keys: Part::get(input)?,
        defined: defined.into(),
        ..Books::default()
    })
}

/// Books of which only is known what is there.
pub(super) fn get_stocks(mut input: In<'_>) -> Result<Books, Unusable> {
    let books = Books {
        stocks: Part::get(&mut input)?,
        donations: Part::get(&mut input)?,
        kept_promises: Part::get(&mut input)?,
        ..Books::default()
    };
    input.end()?;
    Ok(books)
}

/// Books of which only is known what was done with it.
pub(super) fn get_drawn(mut input: In<'_>) -> Result<Books, Unusable> {
    let books = Books {
        allocations: Part::get(&mut input)?,
        deliveries: Part::get(&mut input)?,
        cancellings: Part::get(&mut input)?,
        releases: Part::get(&mut input)?,
        answers: Part::get(&mut input)?,
        outflows: Part::get(&mut input)?,
        returns: Part::get(&mut input)?,
        purposes: Part::get(&mut input)?,
        needs: Part::get(&mut input)?,
        sponsorships: Part::get(&mut input)?,
        findings: Part::get(&mut input)?,
        ..Books::default()
    };
    input.end()?;
    Ok(books)
}

/// The books that three parts make.
pub(super) fn together(names: Books, stocks: Books, drawn: Books) -> Books {
    Books {
        stocks: stocks.stocks,
        donations: stocks.donations,
        kept_promises: stocks.kept_promises,
        allocations: drawn.allocations,
        deliveries: drawn.deliveries,
        cancellings: drawn.cancellings,
        releases: drawn.releases,
        answers: drawn.answers,
        outflows: drawn.outflows,
        returns: drawn.returns,
        purposes: drawn.purposes,
        needs: drawn.needs,
        sponsorships: drawn.sponsorships,
        findings: drawn.findings,
        ..names
    }
}

/// What names stand for: some of it is kept, the rest is what their entries say.
fn terms<K: Part, T>(
    input: &mut In<'_>,
    make: impl Fn(&Slug, K) -> Result<T, Unusable>,
) -> Result<HashMap<Slug, T>, Unusable> {
    let kept: HashMap<Slug, K> = input.map()?;
    let made = kept.into_iter().map(|(name, kept)| {
        let made = make(&name, kept)?;
        Ok((name, made))
    });
    made.collect()
}

fn names(input: &mut In<'_>) -> Result<HashSet<Slug>, Unusable> {
    let names: HashMap<Slug, ()> = input.map()?;
    Ok(names.into_keys().collect())
}

fn programme_terms(event: Event) -> Option<ProgrammePublished> {
    match event {
        Event::ProgrammePublished(e) => Some(e),
        Event::ProgrammeRevised(e) => Some(e.base),
        _ => None,
    }
}

fn place_terms(event: Event) -> Option<PlaceRegistered> {
    match event {
        Event::PlaceRegistered(e) => Some(e),
        Event::PlaceRevised(e) => Some(e.base),
        _ => None,
    }
}

fn item_terms(event: Event) -> Option<ItemRegistered> {
    match event {
        Event::ItemRegistered(e) => Some(e),
        Event::ItemRevised(e) => Some(e.base),
        _ => None,
    }
}

fn party_terms(event: Event) -> Option<PartyRegistered> {
    match event {
        Event::PartyRegistered(e) => Some(e),
        Event::PartyRevised(e) => Some(e.base),
        _ => None,
    }
}

fn campaign_terms(event: Event) -> Option<CampaignOpened> {
    match event {
        Event::CampaignOpened(e) => Some(e),
        _ => None,
    }
}
