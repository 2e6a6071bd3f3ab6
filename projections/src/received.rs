//! Who received what: what was delivered, by programme, place, category, item, month and source.

use std::collections::{BTreeMap, BTreeSet};

use minhbach_events::{Amount, Date, Event, Item, Label, Slug, words::Source};

use crate::answer::{AsOf, Dong, PAGE, Page, ReadError};
use crate::document::{document, in_documents};
use crate::keys::{CONTRIBUTION, Key, RECEIVED, RECEIVED_BY_SOURCE, UNIT, take_text};
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Recorded, StockId};
use crate::stock::{Stock, source_byte, source_of};
use crate::store::{Direction, StoreError};
use crate::trails::{Allocation, Delivery, Drawn, drawn, returned_parts};
use crate::value::{Worth, value_of};

/// The read model of what was received.
///
/// Each delivery is counted once in a cell without source and once in a cell of each of its sources. What the
/// receiver accepted is taken to be of the delivery's stretches in the order in which they were drawn: first
/// drawn, first confirmed.
pub struct Received;

impl Projection for Received {
    fn name(&self) -> &'static str {
        "received"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        if let Event::ItemRegistered(base)
        | Event::ItemRevised(minhbach_events::event::ItemRevised { base, .. }) = &recorded.entry.event
        {
            let unit = base.unit.as_str().as_bytes().to_vec();
            overlay.put(Key::of(UNIT).text(base.item.as_str()).0, unit);
        }
        for delivery in touched(recorded) {
            let was = Contribution::load(overlay, delivery)?;
            let now = Contribution::of(overlay, delivery)?;
            if was == now {
                continue;
            }
            let known = Delivery::known(overlay, delivery)?;
            let allocation = Allocation::known(overlay, known.allocation)?;
            let cell_key = cell_key(&allocation, &known);
            if let Some(was) = &was {
                was.count(overlay, &cell_key, known.children, Cell::take)?;
            }
            if let Some(now) = &now {
                now.count(overlay, &cell_key, known.children, Cell::add)?;
            }
            let key = Key::of(CONTRIBUTION).number(delivery).0;
            match now {
                Some(now) => overlay.put(key, now.pack()),
                None => overlay.delete(key),
            }
        }
        Ok(())
    }
}

/// The deliveries whose quantity or acceptance an entry may have changed.
fn touched(recorded: &Recorded) -> BTreeSet<u64> {
    let mut touched = BTreeSet::new();
    for part in &recorded.effects.moves {
        for holding in [part.was, part.now] {
            if let Holding::Delivered(delivery) = holding {
                touched.insert(delivery);
            }
        }
    }
    let answers = |event: &Event| {
        matches!(
            event,
            Event::DeliveryConfirmed(_)
                | Event::DeliveryDisputed(_)
                | Event::DeliveryResolved(_)
                | Event::DeliveryReturned(_)
        )
    };
    if answers(&recorded.entry.event) {
        touched.extend(recorded.effects.about);
    }
    if let Some(undone) = recorded
        .undone
        .as_ref()
        .filter(|undone| answers(&undone.entry.event))
    {
        touched.extend(undone.about);
    }
    touched
}

/// What of a part of a delivery did not come back.
fn kept(from: u128, to: u128, returned: &[(u128, u128)]) -> Vec<(u128, u128)> {
    let mut kept = Vec::new();
    let mut at = from;
    for &(gone_from, gone_to) in returned {
        let (gone_from, gone_to) = (gone_from.clamp(at, to), gone_to.clamp(at, to));
        if gone_from < gone_to {
            if at < gone_from {
                kept.push((at, gone_from));
            }
            at = gone_to;
        }
    }
    if at < to {
        kept.push((at, to));
    }
    kept
}

/// As the delivery used them up: stock after stock as the allocation lists them, each from its front.
fn in_order_of_draws(draws: &mut [Drawn]) {
    let mut listed: BTreeMap<StockId, (u64, u64)> = BTreeMap::new();
    for draw in draws.iter() {
        let first = listed.entry(draw.stretch.stock).or_insert(draw.order);
        *first = draw.order.min(*first);
    }
    draws.sort_by_key(|draw| (listed[&draw.stretch.stock], draw.stretch));
}

/// What a delivery, or the part of it from one source, adds to a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    delivered: u128,
    confirmed: u128,
    value: u128,
    unvalued: bool,
}

impl Share {
    fn pack(&self, out: &mut Vec<u8>) {
        out.number(self.delivered);
        out.number(self.confirmed);
        out.number(self.value);
        out.push(u8::from(self.unvalued));
    }
    fn unpack(read: &mut Unpack<'_>) -> Result<Share, StoreError> {
        Ok(Share {
            delivered: read.number()?,
            confirmed: read.number()?,
            value: read.number()?,
            unvalued: read.byte()? == 1,
        })
    }
}

/// What a delivery adds to the cells. Kept, so that exactly this can be taken away again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Contribution {
    total: Share,
    sources: BTreeMap<u8, Share>,
}

impl Contribution {
    /// What the delivery adds as things stand; none when nothing of it is left.
    fn of(overlay: &Overlay, delivery: u64) -> Result<Option<Contribution>, Fault> {
        let known = Delivery::known(overlay, delivery)?;
        if known.net() == 0 {
            return Ok(None);
        }
        let mut draws: Vec<Drawn> =
            drawn(overlay, delivery, StockId::from_number(0)).collect::<Result<_, _>>()?;
        in_order_of_draws(&mut draws);
        let returned = if known.returned == 0 {
            Vec::new()
        } else {
            returned_parts(overlay, delivery)?
        };
        let mut accepted = known.accepted();
        let mut contribution = Contribution::default();
        let mut at = 0;
        for Drawn { stretch, .. } in draws {
            let begins = at;
            at += stretch.to - stretch.from;
            let stock = Stock::known(overlay, stretch.stock)?;
            let (mut length, mut worth) = (0, Worth { dong: 0, whole: true });
            for (from, to) in kept(begins, at, &returned) {
                length += to - from;
                let (from, to) = (stretch.from + (from - begins), stretch.from + (to - begins));
                let part = value_of(overlay, stretch.stock, &stock, from, to)?;
                worth.dong += part.dong;
                worth.whole &= part.whole;
            }
            if length == 0 {
                continue;
            }
            let confirmed = accepted.min(length);
            accepted -= confirmed;
            let add = |share: &mut Share| {
                share.delivered += length;
                share.confirmed += confirmed;
                share.value += worth.dong;
                share.unvalued |= !worth.whole;
            };
            add(&mut contribution.total);
            for source in &stock.sources {
                add(contribution.sources.entry(source_byte(*source)).or_default());
            }
        }
        Ok(Some(contribution))
    }

    fn count(
        &self,
        overlay: &mut Overlay,
        key: &[u8],
        children: u64,
        count: fn(&mut Cell, &Cell) -> Option<()>,
    ) -> Result<(), Fault> {
        let total = (Key::of(RECEIVED).bytes(key), &self.total);
        let sources = self
            .sources
            .iter()
            .map(|(source, share)| (Key::of(RECEIVED_BY_SOURCE).byte(*source).bytes(key), share));
        for (key, share) in std::iter::once(total).chain(sources) {
            let value = overlay.change(&key.0)?;
            let mut cell = match value {
                Some(value) => Cell::unpack(value)?,
                None => Cell::default(),
            };
            let one = Cell {
                delivered: share.delivered,
                confirmed: share.confirmed,
                value: share.value,
                deliveries: 1,
                children: u128::from(children),
                unvalued: u128::from(share.unvalued),
            };
            count(&mut cell, &one)
                .ok_or_else(|| Fault::Inconsistent("more is taken back than was delivered".to_owned()))?;
            *value = (cell != Cell::default()).then(|| cell.pack());
        }
        Ok(())
    }

    fn load(overlay: &Overlay, delivery: u64) -> Result<Option<Contribution>, StoreError> {
        let value = overlay.get(&Key::of(CONTRIBUTION).number(delivery).0)?;
        let Some(value) = value else { return Ok(None) };
        let mut read = Unpack::new("contribution", &value);
        let mut contribution = Contribution {
            total: Share::unpack(&mut read)?,
            ..Contribution::default()
        };
        for _ in 0..read.number()? {
            let source = read.byte()?;
            let share = Share::unpack(&mut read)?;
            contribution.sources.insert(source, share);
        }
        read.finish()?;
        Ok(Some(contribution))
    }

    fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.total.pack(&mut out);
        out.number(self.sources.len() as u128);
        for (source, share) in &self.sources {
            out.push(*source);
            share.pack(&mut out);
        }
        out
    }
}

/// The sums of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    delivered: u128,
    confirmed: u128,
    deliveries: u128,
    children: u128,
    value: u128,
    unvalued: u128,
}

impl Cell {
    fn each(&mut self) -> [&mut u128; 6] {
        [
            &mut self.delivered,
            &mut self.confirmed,
            &mut self.deliveries,
            &mut self.children,
            &mut self.value,
            &mut self.unvalued,
        ]
    }
    fn add(&mut self, other: &Cell) -> Option<()> {
        for (mine, theirs) in self.each().into_iter().zip({ *other }.each()) {
            *mine = mine.checked_add(*theirs)?;
        }
        Some(())
    }
    fn take(&mut self, other: &Cell) -> Option<()> {
        for (mine, theirs) in self.each().into_iter().zip({ *other }.each()) {
            *mine = mine.checked_sub(*theirs)?;
        }
        Some(())
    }
    fn pack(mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        for sum in self.each() {
            out.number(*sum);
        }
        out
    }
    fn unpack(value: &[u8]) -> Result<Cell, StoreError> {
        let mut read = Unpack::new("cell", value);
        let mut cell = Cell::default();
        for sum in cell.each() {
            *sum = read.number()?;
        }
        read.finish()?;
        Ok(cell)
    }
}

fn cell_key(allocation: &Allocation, delivery: &Delivery) -> Vec<u8> {
    let month = Month::of(delivery.delivered_on);
    let mut key = Key(Vec::with_capacity(64))
        .text(allocation.programme.as_str())
        .text(delivery.place.as_str())
        .text(allocation.category.as_str())
        .text(allocation.item.as_str());
    key.0.extend_from_slice(&month.year.to_be_bytes());
    key.0.push(month.month);
    key.0
}

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The month that a day lies in.
    pub fn of(day: Date) -> Month {
        Month {
            year: day.year() as u16,
            month: day.month() as u8,
        }
    }
    /// Reads `2026-11`.
    pub fn parse(text: &str) -> Option<Month> {
        Date::parse(&format!("{text}-01")).map(Month::of)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

in_documents!(
    Month,
    "A month of a year.",
    "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])$",
    Month::parse
);

/// What rows are told apart by; the item always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Where it was delivered.
    Place,
    /// For what.
    Category,
    /// Of what. Always among them, named or not.
    Item,
    /// When.
    Month,
    /// From where.
    Source,
    /// Under which plan.
    Programme,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: &'static [Dimension] = &[
        Dimension::Place,
        Dimension::Category,
        Dimension::Item,
        Dimension::Month,
        Dimension::Source,
        Dimension::Programme,
    ];
    /// The word in a question.
    pub fn word(self) -> &'static str {
        match self {
            Dimension::Place => "place",
            Dimension::Category => "category",
            Dimension::Item => "item",
            Dimension::Month => "month",
            Dimension::Source => "source",
            Dimension::Programme => "programme",
        }
    }
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Dimension> {
        Dimension::ALL
            .iter()
            .copied()
            .find(|dimension| dimension.word() == word)
    }
}

/// Which deliveries are asked for (each part narrows), and what their rows are told apart by.
#[derive(Clone, Debug, Default)]
pub struct ReceivedQuery {
    /// Under one plan.
    pub programme: Option<Slug>,
    /// At one place, not those under it.
    pub place: Option<Slug>,
    /// For one category.
    pub category: Option<Label>,
    /// Of one item.
    pub item: Option<Item>,
    /// From one source: only the part of each delivery that is.
    pub source: Option<Source>,
    /// The first month.
    pub from: Option<Month>,
    /// The last month.
    pub to: Option<Month>,
    /// Rows are sorted by these in turn, then by item.
    pub by: Vec<Dimension>,
}

document! {
    /// Who received what.
    #[serde(deny_unknown_fields)]
    pub struct ReceivedTable {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// The rows of this page.
        pub rows: Vec<ReceivedRow>,
        /// Over all pages; a delivery of several sources counts once.
        pub total: ReceivedTotal,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// Deliveries that agree in what was asked to tell them apart.
    #[serde(deny_unknown_fields)]
    pub struct ReceivedRow {
        /// Where.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub place: Option<Slug>,
        /// For what.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub category: Option<Label>,
        /// Of what.
        pub item: Item,
        /// When.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub month: Option<Month>,
        /// From where.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub source: Option<Source>,
        /// Under which plan.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub programme: Option<Slug>,
        /// The item's unit: a currency's code, or one of UN Recommendation 20.
        pub unit: String,
        /// How much was handed over.
        pub delivered: Amount,
        /// How much of it receivers, or the settling of disputes, accepted.
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

    /// Counts and values over all rows. Quantities of different items do not add up.
    #[derive(Copy, Default)]
    #[serde(deny_unknown_fields)]
    pub struct ReceivedTotal {
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

pub(crate) fn received(
    overlay: &Overlay,
    as_of: AsOf,
    query: &ReceivedQuery,
    page: Page<'_>,
) -> Result<ReceivedTable, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let mut by = Vec::new();
    for dimension in &query.by {
        if *dimension != Dimension::Item && !by.contains(dimension) {
            by.push(*dimension);
        }
    }
    by.push(Dimension::Item);
    // The parts of a row's key are joined by tabs, which none of them holds.
    let after: Option<Vec<String>> = cursor.map(|cursor| cursor.split('\t').map(str::to_owned).collect());
    if after.as_ref().is_some_and(|after| after.len() != by.len()) {
        return Err(ReadError::BadCursor);
    }
    let mut total = Cell::default();
    let mut rows: BTreeMap<Vec<String>, (CellName, Cell)> = BTreeMap::new();
    let by_source = by.contains(&Dimension::Source);
    let mut count = |name: CellName, cell: Cell, in_row: bool, in_total: bool| {
        if in_total {
            total.add(&cell).ok_or(TOO_MUCH)?;
        }
        let key: Vec<String> = by.iter().map(|dimension| name.part(*dimension)).collect();
        if !in_row || after.as_ref().is_some_and(|after| key < *after) {
            return Ok(());
        }
        let row = rows.entry(key).or_insert_with(|| (name, Cell::default()));
        row.1.add(&cell).ok_or(TOO_MUCH)?;
        // Only a page is kept, however many rows there are.
        if limit + 1 < rows.len() {
            rows.pop_last();
        }
        Ok::<_, StoreError>(())
    };
    match query.source {
        Some(source) => scan(overlay, query, Some(source), |name, cell| {
            count(name, cell, true, true)
        })?,
        None => {
            scan(overlay, query, None, |name, cell| {
                count(name, cell, !by_source, true)
            })?;
            if by_source {
                for source in Source::ALL {
                    scan(overlay, query, Some(*source), |name, cell| {
                        count(name, cell, true, false)
                    })?;
                }
            }
        }
    }
    let mut next = None;
    if limit < rows.len() {
        next = rows.pop_last().map(|(key, _)| key.join("\t"));
    }
    let rows = rows
        .into_values()
        .map(|(name, cell)| row(overlay, &by, name, &cell))
        .collect::<Result<_, _>>()?;
    Ok(ReceivedTable {
        as_of,
        rows,
        total: ReceivedTotal {
            deliveries: narrow(total.deliveries)?,
            child_deliveries: narrow(total.children)?,
            value_vnd: Dong(total.value),
            unvalued: narrow(total.unvalued)?,
        },
        next,
    })
}

const TOO_MUCH: StoreError = StoreError::Damaged { what: "cell" };

fn narrow(count: u128) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| TOO_MUCH)
}

fn row(overlay: &Overlay, by: &[Dimension], name: CellName, cell: &Cell) -> Result<ReceivedRow, StoreError> {
    let unit = match &name.item {
        Item::Money(currency) => currency.as_str().to_owned(),
        Item::Kind(item) => {
            let unit = overlay.get(&Key::of(UNIT).text(item.as_str()).0)?;
            unit.map(|unit| String::from_utf8_lossy(&unit).into_owned())
                .unwrap_or_default()
        }
    };
    let has = |dimension| by.contains(&dimension);
    Ok(ReceivedRow {
        place: has(Dimension::Place).then_some(name.place),
        category: has(Dimension::Category).then_some(name.category),
        item: name.item,
        month: has(Dimension::Month).then_some(name.month),
        source: name.source.filter(|_| has(Dimension::Source)),
        programme: has(Dimension::Programme).then_some(name.programme),
        unit,
        delivered: Amount(cell.delivered),
        confirmed: Amount(cell.confirmed),
        deliveries: narrow(cell.deliveries)?,
        child_deliveries: narrow(cell.children)?,
        value_vnd: Dong(cell.value),
        unvalued: narrow(cell.unvalued)?,
    })
}

/// What a cell is of.
struct CellName {
    source: Option<Source>,
    programme: Slug,
    place: Slug,
    category: Label,
    item: Item,
    month: Month,
}

impl CellName {
    fn part(&self, dimension: Dimension) -> String {
        match dimension {
            Dimension::Place => self.place.to_string(),
            Dimension::Category => self.category.to_string(),
            Dimension::Item => self.item.to_string(),
            Dimension::Month => self.month.to_string(),
            Dimension::Source => self.source.map(|source| source.to_string()).unwrap_or_default(),
            Dimension::Programme => self.programme.to_string(),
        }
    }

    fn read(key: &[u8], with_source: bool) -> Option<CellName> {
        let mut rest = &key[1..];
        let mut source = None;
        if with_source {
            let (byte, after) = rest.split_first()?;
            source = Some(source_of(*byte)?);
            rest = after;
        }
        let programme = Slug::new(take_text(&mut rest)?)?;
        let place = Slug::new(take_text(&mut rest)?)?;
        let category = Label::new(take_text(&mut rest)?)?;
        let item = Item::new(take_text(&mut rest)?)?;
        let [high, low, month] = rest.try_into().ok()?;
        let month = Month {
            year: u16::from_be_bytes([high, low]),
            month,
        };
        Some(CellName {
            source,
            programme,
            place,
            category,
            item,
            month,
        })
    }

    fn fits(&self, query: &ReceivedQuery) -> bool {
        query.place.as_ref().is_none_or(|place| *place == self.place)
            && query
                .category
                .as_ref()
                .is_none_or(|category| *category == self.category)
            && query.item.as_ref().is_none_or(|item| *item == self.item)
            && query.from.is_none_or(|from| from <= self.month)
            && query.to.is_none_or(|to| self.month <= to)
    }
}

fn scan(
    overlay: &Overlay,
    query: &ReceivedQuery,
    source: Option<Source>,
    mut seen: impl FnMut(CellName, Cell) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut prefix = match source {
        None => Key::of(RECEIVED),
        Some(source) => Key::of(RECEIVED_BY_SOURCE).byte(source_byte(source)),
    };
    if let Some(programme) = &query.programme {
        prefix = prefix.text(programme.as_str());
        if let Some(place) = &query.place {
            prefix = prefix.text(place.as_str());
        }
    }
    for pair in overlay.range(&prefix.0, &after_prefix(&prefix.0), Direction::Forward) {
        let (key, value) = pair?;
        let name = CellName::read(&key, source.is_some()).ok_or(StoreError::Damaged { what: "cell" })?;
        if name.fits(query) {
            seen(name, Cell::unpack(&value)?)?;
        }
    }
    Ok(())
}
