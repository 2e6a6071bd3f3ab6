//! What is lacking, how urgently, and how far it is covered.

use std::collections::{BTreeMap, BTreeSet};

use minhbach_events::words::NeedOutcome;
use minhbach_events::{Amount, Code, Date, Event, Item, Label, Slug};
use serde::{Deserialize, Serialize};

use crate::answer::{AsOf, PAGE, Page, ReadError};
use crate::document::document;
use crate::keys::{ALLOCATION_NEED, Key, NEED, NEED_DELIVERY, NEED_ROW, REQUESTS, UNIT, take_text};
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::parties::{Handed, touched};
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Recorded};
use crate::store::{Direction, Pairs, StoreError};

/// The read model of needs. It comes after that of parties, which keeps what each delivery handed over.
pub struct Needs;

impl Projection for Needs {
    fn name(&self) -> &'static str {
        "needs"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let seq = recorded.entry.seq;
        match &recorded.entry.event {
            Event::NeedAssessed(e) => {
                let need = Need {
                    code: e.need.get().clone(),
                    programme: e.programme.clone(),
                    category: e.category.clone(),
                    place: e.place.clone(),
                    group: e.group.clone(),
                    item: e.item.clone(),
                    quantity: e.quantity.thousandths().into(),
                    children: e.children.get(),
                    priority: e.priority.get() as u8,
                    assessed_on: e.assessed_on,
                    assessed_by: e.assessed_by.clone(),
                    needed_by: e.needed_by,
                    state: NeedState::Open,
                    allocated: 0,
                    delivered: 0,
                    confirmed: 0,
                };
                need.count(overlay, Requests::add)?;
                need.save(overlay, seq);
            }
            Event::NeedRevised(e) => change(overlay, about(recorded)?, |need| {
                if let Some(quantity) = e.quantity {
                    need.quantity = quantity.thousandths().into();
                }
                if let Some(children) = e.children {
                    need.children = children.get();
                }
                if let Some(priority) = e.priority {
                    need.priority = priority.get() as u8;
                }
                need.needed_by = e.needed_by.or(need.needed_by);
                Some(())
            })?,
            Event::NeedClosed(e) => change(overlay, about(recorded)?, |need| {
                need.state = match e.outcome {
                    NeedOutcome::Met => NeedState::Met,
                    NeedOutcome::Withdrawn => NeedState::Withdrawn,
                    NeedOutcome::Duplicate => NeedState::Duplicate,
                };
                Some(())
            })?,
            Event::AllocationMade(e) if e.need.is_some() => {
                let need = about(recorded)?;
                overlay.put(Key::of(ALLOCATION_NEED).number(seq).0, packed(need));
            }
            _ => {}
        }
        allocated(overlay, recorded)?;
        for delivery in touched(recorded) {
            delivered(overlay, delivery)?;
        }
        Ok(())
    }
}

/// Counts what moved into and out of the allocations for needs.
fn allocated(overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
    let mut moved: BTreeMap<u64, (u128, u128)> = BTreeMap::new();
    for part in &recorded.effects.moves {
        let length = part.to - part.from;
        if let Holding::Allocated(allocation) = part.now {
            moved.entry(allocation).or_default().0 += length;
        }
        if let Holding::Allocated(allocation) = part.was {
            moved.entry(allocation).or_default().1 += length;
        }
    }
    for (allocation, (came, went)) in moved {
        if let Some(need) = need_of(overlay, allocation)? {
            change(overlay, need, |need| {
                need.allocated = (need.allocated + came).checked_sub(went)?;
                Some(())
            })?;
        }
    }
    Ok(())
}

/// Counts a delivery for its need anew.
fn delivered(overlay: &mut Overlay, delivery: u64) -> Result<(), Fault> {
    let key = Key::of(NEED_DELIVERY).number(delivery).0;
    let was = overlay.get(&key)?.map(|value| unpack_part(&value)).transpose()?;
    let handed = Handed::load(overlay, delivery)?;
    let need = match (&was, &handed) {
        (Some((need, _, _)), _) => Some(*need),
        (None, Some(handed)) => need_of(overlay, handed.allocation)?,
        (None, None) => None,
    };
    let Some(need) = need else { return Ok(()) };
    let (_, delivered_before, confirmed_before) = was.unwrap_or_default();
    let (delivered, confirmed) = handed.map_or((0, 0), |handed| (handed.delivered, handed.confirmed));
    change(overlay, need, |need| {
        need.delivered = (need.delivered + delivered).checked_sub(delivered_before)?;
        need.confirmed = (need.confirmed + confirmed).checked_sub(confirmed_before)?;
        Some(())
    })?;
    if delivered == 0 {
        overlay.delete(key);
    } else {
        let mut value = packed(need);
        value.number(delivered);
        value.number(confirmed);
        overlay.put(key, value);
    }
    Ok(())
}

fn unpack_part(value: &[u8]) -> Result<(u64, u128, u128), StoreError> {
    let mut read = Unpack::new("part of a need", value);
    let part = (read.number64()?, read.number()?, read.number()?);
    read.finish()?;
    Ok(part)
}

fn packed(number: u64) -> Vec<u8> {
    let mut value = Vec::with_capacity(16);
    value.number(number.into());
    value
}

fn need_of(overlay: &Overlay, allocation: u64) -> Result<Option<u64>, StoreError> {
    let value = overlay.get(&Key::of(ALLOCATION_NEED).number(allocation).0)?;
    let Some(value) = value else { return Ok(None) };
    let mut read = Unpack::new("need of an allocation", &value);
    let need = read.number64()?;
    read.finish()?;
    Ok(Some(need))
}

fn about(recorded: &Recorded) -> Result<u64, Fault> {
    let need = recorded.effects.about;
    need.ok_or_else(|| Fault::Inconsistent("the entry is about no need".to_owned()))
}

/// Changes a need, its place in the order, and the counts of its programme.
fn change(
    overlay: &mut Overlay,
    seq: u64,
    change: impl FnOnce(&mut Need) -> Option<()>,
) -> Result<(), Fault> {
    let was = Need::known(overlay, seq)?;
    let mut now = was.clone();
    change(&mut now)
        .ok_or_else(|| Fault::Inconsistent(format!("more is taken from need {} than it has", was.code)))?;
    if was.request() != now.request() {
        was.count(overlay, Requests::take)?;
        now.count(overlay, Requests::add)?;
    }
    if was.order() != now.order() {
        overlay.delete(row_key(was.order(), seq));
    }
    now.save(overlay, seq);
    Ok(())
}

/// What became of a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NeedState {
    /// It stands.
    Open,
    /// It was closed as met.
    Met,
    /// It was taken back.
    Withdrawn,
    /// It was the same as another.
    Duplicate,
}

impl NeedState {
    /// Every state, in the order of the store.
    pub const ALL: &'static [NeedState] = &[
        NeedState::Open,
        NeedState::Met,
        NeedState::Withdrawn,
        NeedState::Duplicate,
    ];
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            NeedState::Open => "open",
            NeedState::Met => "met",
            NeedState::Withdrawn => "withdrawn",
            NeedState::Duplicate => "duplicate",
        }
    }
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<NeedState> {
        NeedState::ALL.iter().copied().find(|state| state.word() == word)
    }
}

/// What is known of a need; quantities in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    code: Code,
    programme: Slug,
    category: Label,
    place: Slug,
    group: Option<Label>,
    item: Item,
    quantity: u128,
    children: u64,
    priority: u8,
    assessed_on: Date,
    assessed_by: Option<Slug>,
    needed_by: Option<Date>,
    state: NeedState,
    /// What allocations for it hold and have not handed over.
    allocated: u128,
    /// What deliveries out of them handed over, net of returns.
    delivered: u128,
    /// What of it receivers accepted.
    confirmed: u128,
}

/// State, priority and last day; those without a last day come after the others of their priority.
type Order = (u8, u8, i32);

impl Need {
    fn order(&self) -> Order {
        let last_day = self.needed_by.map_or(i32::MAX, Date::ordinal);
        (self.state as u8, self.priority, last_day)
    }

    fn uncovered(&self) -> u128 {
        match self.state {
            NeedState::Open => self.quantity.saturating_sub(self.allocated + self.delivered),
            NeedState::Met | NeedState::Withdrawn | NeedState::Duplicate => 0,
        }
    }

    fn known(overlay: &Overlay, seq: u64) -> Result<Need, Fault> {
        let unknown = || Fault::Inconsistent(format!("entry {seq} is not a known need"));
        let pointer = overlay.get(&Key::of(NEED).number(seq).0)?.ok_or_else(unknown)?;
        let mut read = Unpack::new("order of a need", &pointer);
        let order = (read.byte()?, read.byte()?, i32::from_be_bytes(read.bytes()?));
        read.finish()?;
        let row = overlay.get(&row_key(order, seq))?.ok_or_else(unknown)?;
        Ok(Need::unpack(order, &row)?)
    }

    fn save(&self, overlay: &mut Overlay, seq: u64) {
        let order = self.order();
        let mut pointer = vec![order.0, order.1];
        pointer.extend_from_slice(&order.2.to_be_bytes());
        overlay.put(Key::of(NEED).number(seq).0, pointer);
        let mut row = Vec::with_capacity(160);
        row.text(self.code.as_str());
        row.text(self.programme.as_str());
        row.text(self.category.as_str());
        row.text(self.place.as_str());
        row.text(self.group.as_ref().map_or("", Label::as_str));
        row.text(self.item.as_str());
        row.number(self.quantity);
        row.number(self.children.into());
        row.extend_from_slice(&self.assessed_on.ordinal().to_be_bytes());
        row.text(self.assessed_by.as_ref().map_or("", Slug::as_str));
        row.number(self.allocated);
        row.number(self.delivered);
        row.number(self.confirmed);
        overlay.put(row_key(order, seq), row);
    }

    fn unpack(order: Order, row: &[u8]) -> Result<Need, StoreError> {
        let mut read = Unpack::new("need", row);
        let code = Code::new(read.text()?).ok_or_else(|| read.damaged())?;
        let (programme, category, place) = (read.slug()?, read.label()?, read.slug()?);
        let group = optional(read.text()?, Label::new).map_err(|()| read.damaged())?;
        let item = read.item()?;
        let (quantity, children) = (read.number()?, read.number64()?);
        let assessed_on =
            Date::from_ordinal(i32::from_be_bytes(read.bytes()?)).ok_or_else(|| read.damaged())?;
        let assessed_by = optional(read.text()?, Slug::new).map_err(|()| read.damaged())?;
        let need = Need {
            code,
            programme,
            category,
            place,
            group,
            item,
            quantity,
            children,
            priority: order.1,
            assessed_on,
            assessed_by,
            needed_by: Date::from_ordinal(order.2).filter(|_| order.2 != i32::MAX),
            state: *NeedState::ALL
                .get(usize::from(order.0))
                .ok_or_else(|| read.damaged())?,
            allocated: read.number()?,
            delivered: read.number()?,
            confirmed: read.number()?,
        };
        read.finish()?;
        Ok(need)
    }

    /// What it is counted as among the requests of its programme.
    fn request(&self) -> (NeedState, bool) {
        let fully_delivered = self.state == NeedState::Open && self.quantity <= self.delivered;
        (self.state, fully_delivered)
    }

    fn count(
        &self,
        overlay: &mut Overlay,
        count: fn(&mut Requests, NeedState, bool) -> Option<()>,
    ) -> Result<(), Fault> {
        let key = Key::of(REQUESTS)
            .text(self.programme.as_str())
            .text(self.category.as_str())
            .text(self.group.as_ref().map_or("", Label::as_str));
        let value = overlay.change(&key.0)?;
        let mut requests = value
            .as_deref()
            .map(Requests::unpack)
            .transpose()?
            .unwrap_or_default();
        let (state, fully_delivered) = self.request();
        count(&mut requests, state, fully_delivered)
            .ok_or_else(|| Fault::Inconsistent("fewer needs are counted than there are".to_owned()))?;
        *value = (requests != Requests::default()).then(|| requests.pack());
        Ok(())
    }
}

fn optional<T>(text: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).ok_or(())
}

fn row_key(order: Order, seq: u64) -> Vec<u8> {
    let key = Key::of(NEED_ROW).byte(order.0).byte(order.1);
    key.bytes(&order.2.to_be_bytes()).number(seq).0
}

document! {
    /// How many needs were assessed, and what became of them.
    #[derive(Copy, Default)]
    pub struct Requests {
        /// Needs that stand or were met: all but those withdrawn and the duplicates.
        pub requests: u64,
        /// Those closed as met and those fully delivered.
        pub met: u64,
        /// Closed as met.
        pub closed_as_met: u64,
        /// Still open, and delivered to the whole of their quantity.
        pub fully_delivered: u64,
        /// Taken back; not among the requests.
        pub withdrawn: u64,
        /// The same as another; not among the requests.
        pub duplicate: u64,
    }
}

impl Requests {
    fn each(&mut self) -> [&mut u64; 6] {
        [
            &mut self.requests,
            &mut self.met,
            &mut self.closed_as_met,
            &mut self.fully_delivered,
            &mut self.withdrawn,
            &mut self.duplicate,
        ]
    }
    fn one(state: NeedState, fully_delivered: bool) -> Requests {
        let counted = matches!(state, NeedState::Open | NeedState::Met);
        Requests {
            requests: counted.into(),
            met: (state == NeedState::Met || fully_delivered).into(),
            closed_as_met: (state == NeedState::Met).into(),
            fully_delivered: fully_delivered.into(),
            withdrawn: (state == NeedState::Withdrawn).into(),
            duplicate: (state == NeedState::Duplicate).into(),
        }
    }
    fn add(&mut self, state: NeedState, fully_delivered: bool) -> Option<()> {
        let mut one = Requests::one(state, fully_delivered);
        for (mine, theirs) in self.each().into_iter().zip(one.each()) {
            *mine = mine.checked_add(*theirs)?;
        }
        Some(())
    }
    fn take(&mut self, state: NeedState, fully_delivered: bool) -> Option<()> {
        let mut one = Requests::one(state, fully_delivered);
        for (mine, theirs) in self.each().into_iter().zip(one.each()) {
            *mine = mine.checked_sub(*theirs)?;
        }
        Some(())
    }
    fn pack(mut self) -> Vec<u8> {
        let mut value = Vec::with_capacity(8);
        for count in self.each() {
            value.number((*count).into());
        }
        value
    }
    fn unpack(value: &[u8]) -> Result<Requests, StoreError> {
        let mut read = Unpack::new("requests", value);
        let mut requests = Requests::default();
        for count in requests.each() {
            *count = read.number64()?;
        }
        read.finish()?;
        Ok(requests)
    }
}

/// What became of the needs of a programme's category; of all its categories and groups where none is named.
pub(crate) fn requests(
    overlay: &Overlay,
    programme: &Slug,
    category: Option<&Label>,
    group: Option<&Label>,
) -> Result<Requests, StoreError> {
    let mut sum = Requests::default();
    for pair in overlay.prefix(&Key::of(REQUESTS).text(programme.as_str()).0) {
        let (key, value) = pair?;
        let mut rest = &key[1..];
        let mut part = || take_text(&mut rest).ok_or(StoreError::Damaged { what: "requests" });
        let (_, its_category, its_group) = (part()?, part()?.to_owned(), part()?);
        if category.is_some_and(|category| category.as_str() != its_category)
            || group.is_some_and(|group| group.as_str() != its_group)
        {
            continue;
        }
        let mut one = Requests::unpack(&value)?;
        for (mine, theirs) in sum.each().into_iter().zip(one.each()) {
            *mine += *theirs;
        }
    }
    Ok(sum)
}

/// Which needs are asked for; each part narrows.
#[derive(Clone, Debug)]
pub struct NeedsQuery {
    /// Under one plan.
    pub programme: Option<Slug>,
    /// At one place, not those under it.
    pub place: Option<Slug>,
    /// Of one category.
    pub category: Option<Label>,
    /// Of one item.
    pub item: Option<Item>,
    /// Of one priority.
    pub priority: Option<u8>,
    /// In one state; the open ones by default, `None` for all.
    pub state: Option<NeedState>,
    /// Only those that something is missing of.
    pub uncovered: bool,
}

impl Default for NeedsQuery {
    fn default() -> NeedsQuery {
        NeedsQuery {
            programme: None,
            place: None,
            category: None,
            item: None,
            priority: None,
            state: Some(NeedState::Open),
            uncovered: false,
        }
    }
}

impl NeedsQuery {
    fn fits(&self, need: &Need) -> bool {
        self.programme
            .as_ref()
            .is_none_or(|asked| *asked == need.programme)
            && self.place.as_ref().is_none_or(|asked| *asked == need.place)
            && self.category.as_ref().is_none_or(|asked| *asked == need.category)
            && self.item.as_ref().is_none_or(|asked| *asked == need.item)
            && self.priority.is_none_or(|asked| asked == need.priority)
            && (!self.uncovered || 0 < need.uncovered())
    }
}

document! {
    /// Needs, the most urgent first.
    #[serde(deny_unknown_fields)]
    pub struct NeedsTable {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// By priority, then the day by which they are needed (those without one last), then seq.
        pub rows: Vec<NeedRow>,
        /// Over all pages.
        pub total: NeedsTotal,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// A need and how far it is covered.
    #[serde(deny_unknown_fields)]
    pub struct NeedRow {
        /// Its code.
        pub need: Code,
        /// What became of it.
        pub state: NeedState,
        /// 1 is most urgent, 5 least.
        pub priority: u8,
        /// The day by which it is needed.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub needed_by: Option<Date>,
        /// Under which plan.
        pub programme: Slug,
        /// For what.
        pub category: Label,
        /// Where.
        pub place: Slug,
        /// Of which group of children.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub group: Option<Label>,
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How much, as last revised.
        pub quantity: Amount,
        /// For how many children.
        pub children: u64,
        /// When it was assessed.
        pub assessed_on: Date,
        /// By which party.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub assessed_by: Option<Slug>,
        /// What is reserved for it and not handed over yet.
        pub allocated: Amount,
        /// What was handed over, net of returns.
        pub delivered: Amount,
        /// What of that receivers accepted.
        pub confirmed: Amount,
        /// What is neither reserved nor handed over; 0 once the need is closed.
        pub uncovered: Amount,
    }

    /// Counts over all needs that were asked for, by priority.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct NeedsTotal {
        /// How many needs.
        pub needs: u64,
        /// How many of them something is missing of.
        pub uncovered: u64,
        /// Children added up over needs: a child with two needs counts twice.
        pub children: u64,
        /// The same by priority, the most urgent first.
        pub priorities: Vec<PriorityTotal>,
    }

    /// Counts over the needs of one priority.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct PriorityTotal {
        /// 1 is most urgent, 5 least.
        pub priority: u8,
        /// How many needs.
        pub needs: u64,
        /// How many of them something is missing of.
        pub uncovered: u64,
        /// Children added up over needs.
        pub children: u64,
        /// How much of each item.
        pub items: Vec<ItemTotal>,
    }

    /// How much of an item is needed, and how far it is covered.
    #[serde(deny_unknown_fields)]
    pub struct ItemTotal {
        /// Of what.
        pub item: Item,
        /// The item's unit.
        pub unit: String,
        /// How much is needed.
        pub quantity: Amount,
        /// What is reserved and not handed over yet.
        pub allocated: Amount,
        /// What was handed over.
        pub delivered: Amount,
        /// What of that receivers accepted.
        pub confirmed: Amount,
        /// What is missing, need by need: more for one does not make up for less for another.
        pub uncovered: Amount,
    }
}

pub(crate) fn needs(
    overlay: &Overlay,
    as_of: AsOf,
    query: &NeedsQuery,
    page: Page<'_>,
) -> Result<NeedsTable, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let begin = cursor.map(read_cursor).transpose()?;
    let (mut rows, mut next) = (Vec::new(), None);
    let mut totals: BTreeMap<u8, (PriorityTotal, BTreeMap<Item, ItemTotal>)> = BTreeMap::new();
    for found in InOrder::of(overlay, query.state) {
        let (place, need) = found?;
        if !query.fits(&need) {
            continue;
        }
        let (total, items) = totals.entry(need.priority).or_default();
        total.needs += 1;
        total.uncovered += u64::from(0 < need.uncovered());
        total.children += need.children;
        match items.entry(need.item.clone()) {
            std::collections::btree_map::Entry::Occupied(mut known) => add(known.get_mut(), &need),
            std::collections::btree_map::Entry::Vacant(new) => {
                let mut item = ItemTotal {
                    item: need.item.clone(),
                    unit: unit_of(overlay, &need.item)?,
                    quantity: Amount(0),
                    allocated: Amount(0),
                    delivered: Amount(0),
                    confirmed: Amount(0),
                    uncovered: Amount(0),
                };
                add(&mut item, &need);
                new.insert(item);
            }
        }
        if begin.is_some_and(|begin| place < begin) {
            continue;
        }
        if rows.len() < limit {
            rows.push(row(overlay, need)?);
        } else if next.is_none() {
            let (priority, last_day, seq) = place;
            next = Some(format!("{priority}.{last_day}.{seq}"));
        }
    }
    let priorities: Vec<PriorityTotal> = totals
        .into_iter()
        .map(|(priority, (total, items))| PriorityTotal {
            priority,
            items: items.into_values().collect(),
            ..total
        })
        .collect();
    let sum = |count: fn(&PriorityTotal) -> u64| priorities.iter().map(count).sum();
    Ok(NeedsTable {
        as_of,
        rows,
        total: NeedsTotal {
            needs: sum(|total| total.needs),
            uncovered: sum(|total| total.uncovered),
            children: sum(|total| total.children),
            priorities,
        },
        next,
    })
}

fn add(total: &mut ItemTotal, need: &Need) {
    total.quantity.0 += need.quantity;
    total.allocated.0 += need.allocated;
    total.delivered.0 += need.delivered;
    total.confirmed.0 += need.confirmed;
    total.uncovered.0 += need.uncovered();
}

/// The need that an entry assessed, as it is now.
pub(crate) fn of_entry(overlay: &Overlay, seq: u64) -> Result<Option<NeedRow>, StoreError> {
    match Need::known(overlay, seq) {
        Ok(need) => row(overlay, need).map(Some),
        Err(Fault::Store(error)) => Err(error),
        Err(Fault::Inconsistent(_)) => Ok(None),
    }
}

fn row(overlay: &Overlay, need: Need) -> Result<NeedRow, StoreError> {
    Ok(NeedRow {
        uncovered: Amount(need.uncovered()),
        unit: unit_of(overlay, &need.item)?,
        need: need.code,
        state: need.state,
        priority: need.priority,
        needed_by: need.needed_by,
        programme: need.programme,
        category: need.category,
        place: need.place,
        group: need.group,
        item: need.item,
        quantity: Amount(need.quantity),
        children: need.children,
        assessed_on: need.assessed_on,
        assessed_by: need.assessed_by,
        allocated: Amount(need.allocated),
        delivered: Amount(need.delivered),
        confirmed: Amount(need.confirmed),
    })
}

/// An item's unit: a currency's code, or the one it was registered with.
pub(crate) fn unit_of(overlay: &Overlay, item: &Item) -> Result<String, StoreError> {
    match item {
        Item::Money(currency) => Ok(currency.as_str().to_owned()),
        Item::Kind(item) => {
            let unit = overlay.get(&Key::of(UNIT).text(item.as_str()).0)?;
            Ok(unit
                .map(|unit| String::from_utf8_lossy(&unit).into_owned())
                .unwrap_or_default())
        }
    }
}

/// Where a need stands among all: priority, last day, seq.
type Standing = (u8, i32, u64);

fn read_cursor(cursor: &str) -> Result<Standing, ReadError> {
    let read = || {
        let mut parts = cursor.split('.');
        let standing = (
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        );
        parts.next().is_none().then_some(standing)
    };
    read().ok_or(ReadError::BadCursor)
}

/// The needs of one state, or of all, in one order.
struct InOrder<'a> {
    states: Vec<std::iter::Peekable<Pairs<'a>>>,
}

impl InOrder<'_> {
    fn of(overlay: &Overlay, state: Option<NeedState>) -> InOrder<'_> {
        let asked: BTreeSet<NeedState> = match state {
            Some(state) => BTreeSet::from([state]),
            None => NeedState::ALL.iter().copied().collect(),
        };
        let range = |state: NeedState| {
            let prefix = Key::of(NEED_ROW).byte(state as u8).0;
            let pairs = overlay.range(&prefix, &after_prefix(&prefix), Direction::Forward);
            pairs.peekable()
        };
        InOrder {
            states: asked.into_iter().map(range).collect(),
        }
    }
}

impl Iterator for InOrder<'_> {
    type Item = Result<(Standing, Need), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Without its first two bytes, table and state, a key sorts as the needs do.
        let first = self
            .states
            .iter_mut()
            .enumerate()
            .filter_map(|(at, pairs)| {
                let key = match pairs.peek()? {
                    Ok((key, _)) => key.get(2..).unwrap_or_default().to_vec(),
                    Err(_) => Vec::new(),
                };
                Some((key, at))
            })
            .min()?;
        let pair = self.states[first.1].next()?;
        Some(pair.and_then(|(key, value)| {
            let (order, seq) = read_row_key(&key).ok_or(StoreError::Damaged { what: "need" })?;
            let need = Need::unpack(order, &value)?;
            Ok(((order.1, order.2, seq), need))
        }))
    }
}

fn read_row_key(key: &[u8]) -> Option<(Order, u64)> {
    let [_, state, priority, a, b, c, d, seq @ ..] = key else {
        return None;
    };
    let order = (*state, *priority, i32::from_be_bytes([*a, *b, *c, *d]));
    Some((order, u64::from_be_bytes(seq.try_into().ok()?)))
}
