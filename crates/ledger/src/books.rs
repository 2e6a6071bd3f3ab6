//! What the rules have to know: every code, every open quantity, the reference data. In memory, no clock, no disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use internment::ArcIntern;
use minhbach_events::event::{
    CampaignOpened, ItemRegistered, PartyRegistered, PlaceRegistered, ProgrammePublished, Restriction,
    Successor,
};
use minhbach_events::words::{LedgerKind, PlaceKind, Source};
use minhbach_events::{Actor, Code, Currency, Date, Hash, Item, Key, Label, Reference, Slug, Timestamp};
use minhbach_projections::recorded::StockId;
use smallvec::SmallVec;

use crate::NameKind;
use crate::codes::{Coded, Codes, Keys, Record};
use crate::entries::Entries;
use crate::line::{Line, Position, SmallSpan, Span};
use crate::sharing::Shared;
use crate::spans::Spans;

/// A name that many records share: each is kept once.
pub(crate) type Word<T> = ArcIntern<T>;

/// The seqs of what stands on a record: for most one or none, which takes no memory of its own.
pub(crate) type Standing = SmallVec<[u64; 2]>;

/// Marks "none" where an index of 32 bits would be.
pub(crate) const NONE: u32 = u32::MAX;

/// The state that [`decide`](crate::decide) asks and [`apply`](crate::apply) changes. A copy shares nearly all of it with the
/// original, whatever its size.
#[derive(Clone, Default)]
pub struct Books {
    pub(crate) size: u64,
    pub(crate) last_at: Option<Timestamp>,
    pub(crate) head: Hash,
    pub(crate) kind: Option<LedgerKind>,
    pub(crate) codes: Codes,
    pub(crate) keys: Keys,
    /// Receipts whose key is a statement line's.
    pub(crate) imported_lines: u64,
    pub(crate) entries: Entries,
    /// Reversed entries, and by which.
    pub(crate) reversed: Shared<HashMap<u64, u64>>,
    pub(crate) programmes: Shared<HashMap<Slug, Programme>>,
    pub(crate) places: Shared<HashMap<Slug, Place>>,
    pub(crate) items: Shared<HashMap<Slug, ItemRegistered>>,
    pub(crate) parties: Shared<HashMap<Slug, PartyRegistered>>,
    pub(crate) campaigns: Shared<HashMap<Slug, Campaign>>,
    /// Pools by slug, as indexes of `stocks`.
    pub(crate) pools: Shared<HashMap<Slug, u32>>,
    pub(crate) stocks: Vector<Stock>,
    pub(crate) donations: Vector<Donation>,
    /// The promise that a receipt keeps, as an index of `donations`, by the receipt's seq.
    pub(crate) kept_promises: OrdMap<u32, u32>,
    pub(crate) allocations: Vector<Allocation>,
    pub(crate) deliveries: Vector<Delivery>,
    pub(crate) cancellings: Vector<Cancelling>,
    pub(crate) releases: Vector<Release>,
    pub(crate) answers: Vector<Answer>,
    pub(crate) outflows: Vector<Outflow>,
    pub(crate) returns: Vector<Return>,
    pub(crate) purposes: Vector<Purpose>,
    /// The changes of purpose of a stock that stand, oldest first, as indexes of `purposes`.
    pub(crate) purposes_of: Shared<HashMap<u32, Vec<u32>>>,
    pub(crate) needs: Vector<Need>,
    pub(crate) sponsorships: Vector<Sponsorship>,
    pub(crate) findings: Vector<Finding>,
    /// The entry that says what a name stands for now.
    pub(crate) defined: Shared<HashMap<(NameKind, Slug), u64>>,
    /// Items that a lot, pool, promise or need is of.
    pub(crate) used_items: Shared<HashSet<Slug>>,
    /// Places that a need, an allocation or a delivery names.
    pub(crate) used_places: Shared<HashSet<Slug>>,
    /// Who holds which role, of which programme or of all, and since when.
    pub(crate) roles: Shared<HashMap<HeldRole, Date>>,
    /// The last serial number of each fund and year.
    pub(crate) serials: Shared<HashMap<(Slug, i32), u64>>,
}

/// A role, who holds it, and of which programme.
type HeldRole = (Label, Slug, Option<Slug>);

#[derive(Clone, Debug)]
pub(crate) struct Programme {
    pub terms: ProgrammePublished,
    pub closed: Option<Date>,
    /// The programme that takes over what is left.
    pub carries_to: Option<Slug>,
}

#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub terms: PlaceRegistered,
    pub succeeded: Option<(Date, Vec<Successor>)>,
    /// Whom it took over from, and since when.
    pub predecessors: Vec<(Slug, Date)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Campaign {
    pub terms: CampaignOpened,
    /// The entry that opened it.
    pub seq: u64,
    pub closed: Option<Date>,
    pub restriction: Option<Arc<Restriction>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Sources(u16);

impl Sources {
    pub fn of(source: Source) -> Sources {
        Sources(1 << source as u16)
    }
    pub fn bits(self) -> u16 {
        self.0
    }
    pub fn of_bits(bits: u16) -> Sources {
        Sources(bits)
    }
    pub fn and(self, other: Sources) -> Sources {
        Sources(self.0 | other.0)
    }
    pub fn iter(self) -> impl Iterator<Item = Source> {
        Source::ALL
            .iter()
            .copied()
            .filter(move |&source| self.0 & (1 << source as u16) != 0)
    }
}

/// A lot or a pool.
#[derive(Clone, Debug)]
pub(crate) struct Stock {
    pub id: StockId,
    pub name: Reference,
    pub fund: Word<Slug>,
    pub item: Word<Item>,
    pub sources: Sources,
    pub restriction: Option<Arc<Restriction>>,
    pub line: Line,
    pub store: Store,
    /// The entry that opened it was reversed.
    pub reversed: bool,
    /// How many purchases, transfers and returns lie between it and the gifts it comes from.
    pub depth: u8,
}

impl Stock {
    pub fn is_lot(&self) -> bool {
        matches!(self.store, Store::Lot { .. })
    }
}

/// How a stock was filled.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    /// At once.
    Lot { since: Date, expires_on: Option<Date> },
    /// One receipt after the other, in order of seq and of place in the line. Boxed, because there are few pools and millions
    /// of lots.
    Pool { receipts: Box<Vector<Pooled>> },
}

/// A receipt's place in a pool's line. It ends where the next begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pooled {
    pub from: Position,
    pub seq: u32,
    /// Days since 0001-01-01.
    pub received_on: i32,
    /// Days since 0001-01-01; `i32::MAX` for never.
    pub expires_on: i32,
}

#[derive(Clone, Debug)]
pub(crate) struct Donation {
    pub seq: u64,
    pub code: Code,
    pub item: Item,
    pub pledged: u64,
    pub cancelled: u64,
    pub received: u128,
    pub pledged_on: Date,
    pub restriction: Option<Arc<Restriction>>,
    /// Receipts and cancellings that stand.
    pub standing: Standing,
}

/// Where a receipt's gift lies. Nothing is kept of one but its place in a pool, because gifts come by the million.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receipt {
    pub stock: u32,
    /// Its place among the pool's receipts; none for a lot of its own.
    pub nth: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Allocation {
    pub seq: u64,
    pub code: Code,
    pub programme: Word<Slug>,
    pub category: Word<Label>,
    pub place: Word<Slug>,
    pub group: Option<Word<Label>>,
    /// As an index of `needs`; [`NONE`] without one.
    pub need: u32,
    pub item: Word<Item>,
    pub decided_on: Date,
    pub draws: SmallVec<[Drawn; 1]>,
    /// Deliveries and releases that stand.
    pub standing: Standing,
}

/// What an allocation drew from one stock.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub stock: u32,
    /// What is neither delivered nor released.
    pub open: Spans<()>,
}

/// A stretch of one draw of an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub draw: u32,
    pub(crate) within: SmallSpan,
}

impl Piece {
    pub fn of(draw: u32, span: Span) -> Piece {
        let within = span.into();
        Piece { draw, within }
    }
    pub fn span(&self) -> Span {
        self.within.into()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub seq: u64,
    pub code: Code,
    pub by: Word<Actor>,
    pub allocation: u32,
    pub receiver: Word<Slug>,
    pub quantity: u64,
    pub delivered_on: Date,
    pub pieces: SmallVec<[Piece; 1]>,
    /// Which parts of it came back, along the pieces.
    pub returned: Spans<()>,
    /// Returns that stand.
    pub returns: Standing,
    /// The answer that stands; a resolution stands on its dispute.
    pub answer: Option<(u64, AnswerKind)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerKind {
    Confirmed,
    Disputed,
    /// Settles the dispute that this entry recorded.
    Resolved {
        dispute: u32,
    },
}

/// What an entry other than an allocation took out of stocks.
#[derive(Clone, Debug)]
pub(crate) struct Outflow {
    pub seq: u64,
    pub taking: Taking,
    /// In the order in which the entry lists stocks, each from its front.
    pub taken: SmallVec<[Taken; 1]>,
    /// The stocks it opened: the first, and how many.
    pub opened: (u32, u32),
}

/// How something left a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taking {
    Spent,
    Transferred,
    Refunded,
    WrittenOff,
    Expensed,
}

/// A stretch of a stock's line that an outflow took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub stock: u32,
    pub(crate) within: SmallSpan,
}

impl Taken {
    pub fn of(stock: u32, span: Span) -> Taken {
        let within = span.into();
        Taken { stock, within }
    }
    pub fn span(&self) -> Span {
        self.within.into()
    }
}

/// What came back of a delivery.
#[derive(Clone, Debug)]
pub(crate) struct Return {
    pub delivery: u32,
    /// Which parts of the delivery, along its pieces.
    pub parts: Vec<Span>,
    /// The stock it opened.
    pub stock: u32,
}

impl Delivery {
    /// What of it did not come back, in thousandths.
    pub fn net(&self) -> u128 {
        let returned: u128 = self.returned.iter().map(|(from, to, ())| to - from).sum();
        u128::from(self.quantity) - returned
    }
}

/// A change of purpose.
#[derive(Clone, Debug)]
pub(crate) struct Purpose {
    pub seq: u64,
    pub stock: u32,
    /// What bound the stock before.
    pub before: Option<Arc<Restriction>>,
}

/// A lack that was assessed.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub seq: u64,
    pub code: Code,
    pub programme: Slug,
    pub category: Label,
    pub place: Slug,
    pub item: Item,
    pub children: u64,
    pub assessed_on: Date,
    /// The entry that closed it.
    pub closed: Option<u64>,
}

/// Recurring support that a donor took on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sponsorship {
    pub seq: u64,
    pub starts: Date,
    pub ended: Option<Date>,
}

/// Something found wrong.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub seq: u64,
    pub by: Actor,
    /// The entry that closed it.
    pub closed: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cancelling {
    pub donation: u32,
    pub quantity: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub allocation: u32,
    pub pieces: SmallVec<[Piece; 1]>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub seq: u64,
    pub delivery: u32,
}

impl Books {
    /// How many entries were applied.
    pub fn size(&self) -> u64 {
        self.size
    }
    /// The hash of the last entry; [`Hash::ZERO`] before the first.
    pub fn head(&self) -> Hash {
        self.head
    }
    /// When the last entry was recorded.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }
    /// What the ledger is for, once it is opened.
    pub fn kind(&self) -> Option<LedgerKind> {
        self.kind
    }
    /// The entry that opened what a code stands for.
    pub fn seq_of_code(&self, code: &Code) -> Option<u64> {
        match self.codes.get(code)? {
            Coded::Entry(seq) => Some(seq.into()),
            Coded::Lot(stock) => Some(self.stocks[stock as usize].id.seq()),
        }
    }
    /// The entry that opened a pool.
    pub fn seq_of_pool(&self, pool: &Slug) -> Option<u64> {
        self.pools
            .get(pool)
            .map(|&stock| self.stocks[stock as usize].id.seq())
    }
    /// By which entry an entry was reversed.
    pub fn reversed_by(&self, seq: u64) -> Option<u64> {
        self.reversed.get(&seq).copied()
    }
    /// The entries that may carry a key; each must be looked at to be sure.
    pub fn key_candidates(&self, key: &Key) -> impl Iterator<Item = u64> + '_ {
        self.keys.candidates(key)
    }
    /// How many receipts were imported from statements: their keys are `stmt-` and 32 hexadecimal digits.
    pub fn imported_lines(&self) -> u64 {
        self.imported_lines
    }
    /// A place's name, as last registered.
    pub fn place_name(&self, place: &Slug) -> Option<&str> {
        self.places.get(place).map(|place| place.terms.name.as_str())
    }
    /// A party's name, as last registered.
    pub fn party_name(&self, party: &Slug) -> Option<&str> {
        self.parties.get(party).map(|party| party.name.as_str())
    }
    /// The entry that registered, published or last revised what a name stands for.
    pub fn defined_at(&self, kind: NameKind, name: &Slug) -> Option<u64> {
        self.defined.get(&(kind, name.clone())).copied()
    }
    /// An item's title and unit, as last registered.
    pub fn item(&self, item: &Slug) -> Option<&ItemRegistered> {
        self.items.get(item)
    }
    /// Every programme's terms as last published, in no order.
    pub fn programmes(&self) -> impl Iterator<Item = &ProgrammePublished> {
        self.programmes.values().map(|programme| &programme.terms)
    }
    /// A category's title in a programme.
    pub fn category(&self, programme: &Slug, category: &Label) -> Option<&minhbach_events::event::Category> {
        let programme = self.programmes.get(programme)?;
        programme
            .terms
            .categories
            .iter()
            .find(|c| c.category == *category)
    }
    /// What of a promise was received and what was cancelled, in thousandths.
    pub fn promise(&self, donation: &Code) -> Option<Promise> {
        let Some(Record::Donation(index)) = self.record_of_code(donation) else {
            return None;
        };
        let donation = &self.donations[index as usize];
        Some(Promise {
            pledged: donation.pledged.into(),
            received: donation.received,
            cancelled: donation.cancelled.into(),
        })
    }
    /// What a name that could be a code or a slug stands for already. Both of digits and dashes only are the same word,
    /// and where either may be named nobody could tell them apart.
    pub(crate) fn named(&self, name: &str) -> Option<&'static str> {
        let slug = Slug::new(name)?;
        let kinds = [
            (self.programmes.contains_key(&slug), "programme"),
            (self.places.contains_key(&slug), "place"),
            (self.items.contains_key(&slug), "item"),
            (self.parties.contains_key(&slug), "party"),
            (self.campaigns.contains_key(&slug), "campaign"),
            (self.pools.contains_key(&slug), "pool"),
        ];
        kinds.into_iter().find_map(|(known, kind)| known.then_some(kind))
    }
    /// Remembers what an item and a place are used for.
    pub(crate) fn use_item(&mut self, item: &Item) {
        if let Item::Kind(slug) = item
            && !self.used_items.contains(slug)
        {
            self.used_items.insert(slug.clone());
        }
    }
    pub(crate) fn use_place(&mut self, place: &Slug) {
        if !self.used_places.contains(place) {
            self.used_places.insert(place.clone());
        }
    }
    /// A pool's fund, item, source and restriction.
    pub fn pool(&self, pool: &Slug) -> Option<PoolTerms<'_>> {
        let stock = &self.stocks[*self.pools.get(pool)? as usize];
        let source = stock.sources.iter().next()?;
        Some(PoolTerms {
            fund: &stock.fund,
            item: &stock.item,
            source,
        })
    }

    /// What a code stands for.
    pub(crate) fn record_of_code(&self, code: &Code) -> Option<Record> {
        match self.codes.get(code)? {
            Coded::Entry(seq) => self.entries.get(seq.into()),
            Coded::Lot(stock) => Some(Record::Lot(stock)),
        }
    }

    /// The receipt that an entry records, as a record says it.
    pub(crate) fn receipt(&self, seq: u64, stock: u32) -> Receipt {
        let nth = match &self.stocks[stock as usize].store {
            Store::Lot { .. } => None,
            Store::Pool { receipts } => receipts
                .binary_search_by(|pooled| u64::from(pooled.seq).cmp(&seq))
                .ok(),
        };
        Receipt { stock, nth }
    }

    /// A receipt's stretch of its stock's line.
    pub(crate) fn receipt_span(&self, receipt: &Receipt) -> Span {
        let stock = &self.stocks[receipt.stock as usize];
        match (&stock.store, receipt.nth) {
            (Store::Lot { .. }, _) | (_, None) => Span {
                from: 0,
                to: stock.line.end(),
            },
            (Store::Pool { receipts }, Some(nth)) => {
                let to = receipts
                    .get(nth + 1)
                    .map_or(stock.line.end(), |next| next.from.get());
                Span {
                    from: receipts[nth].from.get(),
                    to,
                }
            }
        }
    }

    /// The stock a draw names: a lot by its code, a pool by its slug.
    pub(crate) fn stock(&self, reference: &Reference) -> Option<u32> {
        if let Some(code) = reference.as_code() {
            match self.record_of_code(&code) {
                Some(Record::Receipt(stock)) if self.stocks[stock as usize].is_lot() => return Some(stock),
                Some(Record::Lot(stock)) => return Some(stock),
                _ => {}
            }
        }
        reference
            .as_slug()
            .and_then(|slug| self.pools.get(&slug).copied())
    }

    // --- places ---

    /// Whether a place exists on a day: inside its validity and not yet succeeded.
    pub(crate) fn place_valid(&self, place: &Slug, on: Date) -> bool {
        self.places.get(place).is_some_and(|place| {
            place.terms.valid_from <= on
                && place.terms.valid_to.is_none_or(|to| on <= to)
                && place.succeeded.as_ref().is_none_or(|(since, _)| on < *since)
        })
    }

    /// Whether a place is one of `within`, lies under one, or succeeded one by that day, directly or through
    /// others.
    pub(crate) fn place_within(&self, place: &Slug, within: &[Slug], on: Date) -> bool {
        let mut seen: HashSet<&Slug> = HashSet::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            if within.contains(place) {
                return true;
            }
            if !seen.insert(place) {
                continue;
            }
            if let Some(known) = self.places.get(place) {
                open.extend(known.terms.parent.as_ref());
                open.extend(
                    known
                        .predecessors
                        .iter()
                        .filter(|(_, since)| *since <= on)
                        .map(|(slug, _)| slug),
                );
            }
        }
        false
    }

    /// Whether a place is a province or district above one of `places`, or above a place that lies under one of
    /// them or took over from one.
    pub(crate) fn place_above(&self, place: &Slug, places: &[Slug], on: Date) -> bool {
        let above = std::slice::from_ref(place);
        !self.finer_than_district(place)
            && self
                .places
                .keys()
                .any(|inner| self.place_within(inner, above, on) && self.place_within(inner, places, on))
    }

    /// All that took over from a place by a day, directly or through others.
    pub(crate) fn successors(&self, place: &Slug, on: Date) -> Vec<Slug> {
        let mut found: Vec<Slug> = Vec::new();
        let mut open = vec![place.clone()];
        while let Some(place) = open.pop() {
            let Some((since, successors)) = self.places.get(&place).and_then(|p| p.succeeded.as_ref()) else {
                continue;
            };
            if *since <= on {
                for successor in successors {
                    if !found.contains(&successor.place) {
                        found.push(successor.place.clone());
                        open.push(successor.place.clone());
                    }
                }
            }
        }
        found
    }

    pub(crate) fn finer_than_district(&self, place: &Slug) -> bool {
        self.places
            .get(place)
            .is_none_or(|place| !matches!(place.terms.kind, PlaceKind::Province | PlaceKind::District))
    }

    // --- programmes ---

    /// Whether a use in a programme is a use in another that was closed and carried over to it by a day, directly
    /// or through others.
    pub(crate) fn carried_over(&self, from: &Slug, to: &Slug, on: Date) -> bool {
        let mut seen: HashSet<&Slug> = HashSet::new();
        let mut at = from;
        loop {
            if at == to {
                return true;
            }
            let next = self.programmes.get(at).and_then(|programme| {
                let next = programme.carries_to.as_ref()?;
                programme
                    .closed
                    .is_some_and(|closed| closed <= on)
                    .then_some(next)
            });
            match next {
                Some(next) if seen.insert(at) => at = next,
                _ => return false,
            }
        }
    }

    // --- provenance ---

    /// The one receipt that a lot wholly comes from; none where there are several.
    pub(crate) fn sole_gift(&self, stock: u32) -> Option<u64> {
        let mut gift = None;
        let mut seen: HashSet<u32> = HashSet::from([stock]);
        let mut open = vec![stock];
        while let Some(stock) = open.pop() {
            let known = &self.stocks[stock as usize];
            let sources: Vec<(u32, Span)> = match self.entries.get(known.id.seq()) {
                Some(Record::Outflow(index)) => {
                    let taken = &self.outflows[index as usize].taken;
                    taken.iter().map(|taken| (taken.stock, taken.span())).collect()
                }
                Some(Record::Return(index)) => {
                    let delivery = &self.deliveries[self.returns[index as usize].delivery as usize];
                    let draws = &self.allocations[delivery.allocation as usize].draws;
                    let pieces = delivery.pieces.iter();
                    pieces
                        .map(|piece| (draws[piece.draw as usize].stock, piece.span()))
                        .collect()
                }
                _ if gift.is_none_or(|gift| gift == known.id.seq()) => {
                    gift = Some(known.id.seq());
                    continue;
                }
                _ => return None,
            };
            for (source, span) in sources {
                if let Store::Pool { receipts } = &self.stocks[source as usize].store {
                    for receipt in met(receipts, span) {
                        if gift.is_some_and(|gift| gift != u64::from(receipt.seq)) {
                            return None;
                        }
                        gift = Some(u64::from(receipt.seq));
                    }
                } else if seen.insert(source) {
                    open.push(source);
                }
            }
        }
        gift
    }

    // --- pools ---

    /// The newest day and the earliest expiry among what stretches of a stock came from.
    pub(crate) fn came_from(&self, stock: &Stock, spans: &[Span]) -> CameFrom {
        match &stock.store {
            Store::Lot { since, expires_on } => CameFrom {
                newest: *since,
                newest_name: stock.name.to_string(),
                expires_on: *expires_on,
            },
            Store::Pool { receipts } => {
                let mut newest = (i32::MIN, 0);
                let mut expires = i32::MAX;
                for span in spans {
                    for receipt in met(receipts, *span) {
                        newest = newest.max((receipt.received_on, receipt.seq));
                        expires = expires.min(receipt.expires_on);
                    }
                }
                CameFrom {
                    newest: Date::from_ordinal(newest.0)
                        .unwrap_or_else(|| Date::new(1, 1, 1).expect("a day")),
                    newest_name: stock.name.to_string(),
                    expires_on: Date::from_ordinal(expires),
                }
            }
        }
    }
}

/// The receipts of a pool that a stretch of its line reaches into, from the lowest.
pub(crate) fn met(receipts: &Vector<Pooled>, span: Span) -> impl Iterator<Item = &Pooled> {
    let (mut first, mut end) = (0, receipts.len());
    // The first that begins behind the stretch's begin; the one before it holds that.
    while first < end {
        let middle = first + (end - first) / 2;
        if receipts[middle].from.get() <= span.from {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    (first.saturating_sub(1)..receipts.len())
        .map(|nth| &receipts[nth])
        .take_while(move |receipt| receipt.from.get() < span.to)
}

/// What the rules ask of the receipts behind a draw.
pub(crate) struct CameFrom {
    pub newest: Date,
    pub newest_name: String,
    pub expires_on: Option<Date>,
}

/// How far a promise was kept, in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// What was promised.
    pub pledged: u128,
    /// What was received for it.
    pub received: u128,
    /// What of it was cancelled.
    pub cancelled: u128,
}

impl Promise {
    /// What is still to come: neither received nor cancelled.
    pub fn outstanding(&self) -> u128 {
        self.pledged
            .saturating_sub(self.cancelled)
            .saturating_sub(self.received)
    }
}

/// What a pool takes.
#[derive(Clone, Copy, Debug)]
pub struct PoolTerms<'a> {
    /// The party that holds it.
    pub fund: &'a Slug,
    /// What it is of.
    pub item: &'a Item,
    /// Where its receipts come from.
    pub source: Source,
}

/// Writes a quantity for a sentence, in the item's unit.
pub(crate) fn amount(thousandths: u128) -> minhbach_events::Amount {
    minhbach_events::Amount(thousandths)
}

/// Decimals of a quantity that its item cannot have.
pub(crate) fn too_many_decimals(item: &Item, decimals: u32) -> Option<(String, u32)> {
    match item {
        Item::Money(currency) if Currency::digits(*currency) < decimals => {
            Some((currency.as_str().to_owned(), currency.digits()))
        }
        _ => None,
    }
}
