//! The links along which a gift is followed: pledge to receipts, draws to stretches, allocation to deliveries.
//!
//! Everything else that a trail shows is read from the journal when it is asked for.

use std::collections::HashMap;

use minhbach_events::{Date, Event, Item, Label, Reference, Slug};
use serde::{Deserialize, Serialize};

use crate::flow;
use crate::gift::opened_by;
use crate::keys::{
    ALLOCATION, ALLOCATIONS_OF_NEED, ANSWERS, DELIVERIES, DELIVERY, DRAWN, GIFT, Key, PURPOSES, RETURNS,
    take_number, take_position,
};
use crate::overlay::Overlay;
use crate::packed::{Pack, Unpack};
use crate::projection::{Fault, Projection};
use crate::recorded::{Holding, Part, Recorded, StockId, Undone};
use crate::store::{Direction, StoreError};

/// The read model of trails.
pub struct Trails;

impl Projection for Trails {
    fn name(&self) -> &'static str {
        "trails"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let (seq, effects) = (recorded.entry.seq, &recorded.effects);
        let about = || {
            effects
                .about
                .ok_or_else(|| Fault::Inconsistent("the entry is about no other entry".to_owned()))
        };
        match &recorded.entry.event {
            Event::ReceiptIssued(_) => {
                if let Some(donation) = effects.about {
                    overlay.put(
                        gift_key(donation, seq),
                        pack_stretch(&joined_or_opened(recorded)?),
                    );
                }
            }
            Event::AllocationMade(made) => {
                if let Some(need) = effects.about {
                    overlay.put(need_key(need, seq), Vec::new());
                }
                Allocation {
                    quantity: 0,
                    programme: made.programme.clone(),
                    category: made.category.clone(),
                    item: made.item.clone(),
                }
                .save(overlay, seq);
            }
            Event::DeliveryMade(made) => {
                let allocation = about()?;
                overlay.put(deliveries_key(allocation, seq), Vec::new());
                Delivery {
                    allocation,
                    delivered_on: made.delivered_on,
                    place: made.place.clone(),
                    children: made.children.get(),
                    quantity: 0,
                    returned: 0,
                    confirmed: None,
                    disputed: false,
                    resolved: None,
                }
                .save(overlay, seq);
            }
            Event::DeliveryConfirmed(said) => {
                answered(overlay, about()?, |delivery| {
                    delivery.confirmed = Some(said.accepted.0)
                })?;
                overlay.put(answers_key(about()?, seq), Vec::new());
            }
            Event::DeliveryDisputed(_) => {
                answered(overlay, about()?, |delivery| delivery.disputed = true)?;
                overlay.put(answers_key(about()?, seq), Vec::new());
            }
            Event::DeliveryResolved(said) => {
                answered(overlay, about()?, |delivery| {
                    delivery.resolved = Some(said.accepted.0)
                })?;
                overlay.put(answers_key(about()?, seq), Vec::new());
            }
            Event::DonationCancelled(_) => overlay.put(answers_key(about()?, seq), Vec::new()),
            Event::PurposeChanged(e) => {
                let stock = named(overlay, about()?, &e.lot)?;
                overlay.put(purpose_key(stock, seq), Vec::new());
            }
            Event::DeliveryReturned(_) => returned(overlay, about()?, seq, &effects.returned)?,
            _ => {}
        }
        // What passes to a receipt's replacement keeps the place it had among the draws.
        let mut places: HashMap<(u64, StockId), (u64, u64)> = HashMap::new();
        for (index, part) in effects.moves.iter().enumerate() {
            let (was, now) = (owners(overlay, part.was)?, owners(overlay, part.now)?);
            let stretch = Stretch {
                stock: part.stock,
                from: part.from,
                to: part.to,
            };
            for owner in was.iter().flatten().filter(|owner| !now.contains(&Some(**owner))) {
                let order = give_back(overlay, *owner, &stretch)?;
                if part.now == Holding::Withdrawn {
                    places.insert((owner.seq(), part.stock), order);
                }
            }
            if let Some(through) = flows_through(overlay, part.was)? {
                flow::end(overlay, &stretch, through)?;
            }
            if let Some(through) = flows_through(overlay, part.now)? {
                flow::begin(overlay, &stretch, through);
            }
            for owner in now.iter().flatten().filter(|owner| !was.contains(&Some(**owner))) {
                let replaced = places.get(&(owner.seq(), part.stock)).copied();
                let order = replaced.unwrap_or((seq, index as u64));
                overlay.put(drawn_key(owner.seq(), &stretch), pack_drawn(stretch.to, order));
                owner.change_quantity(overlay, |quantity| {
                    quantity.checked_add(stretch.to - stretch.from)
                })?;
            }
        }
        // Last, because a reversed delivery gives back to its allocation first.
        match &recorded.undone {
            Some(undone) => undo(overlay, undone),
            None => Ok(()),
        }
    }
}

fn undo(overlay: &mut Overlay, undone: &Undone) -> Result<(), Fault> {
    let Some(about) = undone.about else { return Ok(()) };
    match &undone.entry.event {
        Event::AllocationMade(_) => overlay.delete(need_key(about, undone.entry.seq)),
        Event::PurposeChanged(e) => {
            let stock = named(overlay, about, &e.lot)?;
            overlay.delete(purpose_key(stock, undone.entry.seq));
        }
        Event::DeliveryReturned(_) => not_returned(overlay, about, undone.entry.seq)?,
        Event::ReceiptIssued(_) => overlay.delete(gift_key(about, undone.entry.seq)),
        Event::DeliveryMade(_) => overlay.delete(deliveries_key(about, undone.entry.seq)),
        Event::DeliveryConfirmed(_) => answered(overlay, about, |delivery| delivery.confirmed = None)?,
        Event::DeliveryDisputed(_) => answered(overlay, about, |delivery| delivery.disputed = false)?,
        Event::DeliveryResolved(_) => answered(overlay, about, |delivery| delivery.resolved = None)?,
        _ => {}
    }
    if matches!(
        &undone.entry.event,
        Event::DeliveryConfirmed(_)
            | Event::DeliveryDisputed(_)
            | Event::DeliveryResolved(_)
            | Event::DonationCancelled(_)
    ) {
        overlay.delete(answers_key(about, undone.entry.seq));
    }
    Ok(())
}

fn answered(overlay: &mut Overlay, seq: u64, change: impl FnOnce(&mut Delivery)) -> Result<(), Fault> {
    let mut delivery = Delivery::known(overlay, seq)?;
    change(&mut delivery);
    delivery.save(overlay, seq);
    Ok(())
}

/// The stock of that name among those that an entry opened.
fn named(overlay: &Overlay, opener: u64, name: &Reference) -> Result<StockId, Fault> {
    for stock in opened_by(overlay, opener) {
        let (id, stock) = stock?;
        if stock.name == *name {
            return Ok(id);
        }
    }
    Err(Fault::Inconsistent(format!("entry {opener} opened no {name}")))
}

/// The entries that changed a stock's purpose and stand, in order of seq.
pub(crate) fn purposes(overlay: &Overlay, stock: StockId) -> Result<Vec<u64>, StoreError> {
    let pairs = overlay.prefix(&Key::of(PURPOSES).number(stock.number()).0);
    pairs
        .map(|pair| {
            let (key, _) = pair?;
            take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "purpose" })
        })
        .collect()
}

fn purpose_key(stock: StockId, seq: u64) -> Vec<u8> {
    Key::of(PURPOSES).number(stock.number()).number(seq).0
}

/// What comes back of a delivery flows on into a lot, so all of the delivery does.
fn returned(overlay: &mut Overlay, delivery: u64, seq: u64, parts: &[Part]) -> Result<(), Fault> {
    let mut known = Delivery::known(overlay, delivery)?;
    if known.returned == 0 {
        for part in drawn(overlay, delivery, StockId::from_number(0)).collect::<Result<Vec<_>, _>>()? {
            flow::begin(overlay, &part.stretch, delivery);
        }
    }
    let mut value = Vec::new();
    for part in parts {
        known.returned += part.to - part.from;
        value.number(part.at);
        value.number(part.at + (part.to - part.from));
    }
    known.save(overlay, delivery);
    overlay.put(returns_key(delivery, seq), value);
    Ok(())
}

fn not_returned(overlay: &mut Overlay, delivery: u64, seq: u64) -> Result<(), Fault> {
    let key = returns_key(delivery, seq);
    let lost = || Fault::Inconsistent(format!("entry {seq} brought nothing back"));
    let parts = unpack_returned(&overlay.get(&key)?.ok_or_else(lost)?)?;
    overlay.delete(key);
    let mut known = Delivery::known(overlay, delivery)?;
    for (from, to) in parts {
        known.returned = known.returned.checked_sub(to - from).ok_or_else(lost)?;
    }
    known.save(overlay, delivery);
    if known.returned == 0 {
        for part in drawn(overlay, delivery, StockId::from_number(0)).collect::<Result<Vec<_>, _>>()? {
            flow::end(overlay, &part.stretch, delivery)?;
        }
    }
    Ok(())
}

fn unpack_returned(value: &[u8]) -> Result<Vec<(u128, u128)>, StoreError> {
    let mut read = Unpack::new("return", value);
    let mut parts = Vec::new();
    while !read.rest().is_empty() {
        parts.push((read.number()?, read.number()?));
    }
    Ok(parts)
}

/// Which parts of a delivery came back, along what it handed over, in their order.
pub(crate) fn returned_parts(overlay: &Overlay, delivery: u64) -> Result<Vec<(u128, u128)>, StoreError> {
    let mut parts = Vec::new();
    for pair in overlay.prefix(&Key::of(RETURNS).number(delivery).0) {
        parts.extend(unpack_returned(&pair?.1)?);
    }
    parts.sort_unstable();
    Ok(parts)
}

/// The entry through which what is so held goes on into other lots, if it does.
fn flows_through(overlay: &Overlay, holding: Holding) -> Result<Option<u64>, Fault> {
    Ok(match holding {
        Holding::Spent(seq) | Holding::Transferred(seq) => Some(seq),
        Holding::Delivered(seq) => {
            let delivery = Delivery::known(overlay, seq)?;
            (0 < delivery.returned).then_some(seq)
        }
        _ => None,
    })
}

fn joined_or_opened(recorded: &Recorded) -> Result<Stretch, Fault> {
    let effects = &recorded.effects;
    let joined = effects.joined.map(|joined| Stretch {
        stock: joined.pool,
        from: joined.from,
        to: joined.to,
    });
    let opened = effects.opened.first().map(|opened| Stretch {
        stock: opened.stock,
        from: 0,
        to: opened.quantity,
    });
    joined
        .or(opened)
        .ok_or_else(|| Fault::Inconsistent("the receipt went into no lot and no pool".to_owned()))
}

/// A stretch of a stock's line, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub stock: StockId,
    pub from: u128,
    pub to: u128,
}

/// An entry that took something, and has it as its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Allocation(u64),
    Delivery(u64),
    Other(u64),
}

impl Owner {
    fn seq(self) -> u64 {
        match self {
            Owner::Allocation(seq) | Owner::Delivery(seq) | Owner::Other(seq) => seq,
        }
    }

    fn change_quantity(
        self,
        overlay: &mut Overlay,
        change: impl FnOnce(u128) -> Option<u128>,
    ) -> Result<(), Fault> {
        let gone = || Fault::Inconsistent("more is given back than was taken".to_owned());
        match self {
            Owner::Allocation(seq) => {
                let mut allocation = Allocation::known(overlay, seq)?;
                allocation.quantity = change(allocation.quantity).ok_or_else(gone)?;
                allocation.save(overlay, seq);
            }
            Owner::Delivery(seq) => {
                let mut delivery = Delivery::known(overlay, seq)?;
                delivery.quantity = change(delivery.quantity).ok_or_else(gone)?;
                delivery.save(overlay, seq);
            }
            Owner::Other(_) => {}
        }
        Ok(())
    }
}

/// Whose a held stretch is: a delivered one is the delivery's and still its allocation's.
fn owners(overlay: &Overlay, holding: Holding) -> Result<[Option<Owner>; 2], Fault> {
    Ok(match holding {
        Holding::Available | Holding::Withdrawn => [None, None],
        Holding::Allocated(seq) => [Some(Owner::Allocation(seq)), None],
        Holding::Delivered(seq) => {
            let allocation = Delivery::known(overlay, seq)?.allocation;
            [Some(Owner::Delivery(seq)), Some(Owner::Allocation(allocation))]
        }
        Holding::Spent(seq)
        | Holding::Transferred(seq)
        | Holding::Refunded(seq)
        | Holding::WrittenOff(seq)
        | Holding::Expensed(seq) => [Some(Owner::Other(seq)), None],
    })
}

/// Takes a stretch out of what an entry drew, and says which place it had; the rest keeps its order.
fn give_back(overlay: &mut Overlay, owner: Owner, stretch: &Stretch) -> Result<(u64, u64), Fault> {
    let parts = drawn_within(overlay, owner.seq(), stretch).collect::<Result<Vec<_>, _>>()?;
    let first = parts.first().map_or((0, 0), |part| part.order);
    let mut taken = 0;
    for part in parts {
        let Drawn {
            stretch: drawn,
            order,
        } = part;
        taken += drawn.to.min(stretch.to) - drawn.from.max(stretch.from);
        overlay.delete(drawn_key(owner.seq(), &drawn));
        if drawn.from < stretch.from {
            overlay.put(drawn_key(owner.seq(), &drawn), pack_drawn(stretch.from, order));
        }
        if stretch.to < drawn.to {
            let rest = Stretch {
                from: stretch.to,
                ..drawn
            };
            overlay.put(drawn_key(owner.seq(), &rest), pack_drawn(drawn.to, order));
        }
    }
    if taken != stretch.to - stretch.from {
        return Err(Fault::Inconsistent(format!(
            "entry {} gives back what it did not draw",
            owner.seq()
        )));
    }
    owner.change_quantity(overlay, |quantity| quantity.checked_sub(taken))?;
    Ok(first)
}

/// A stretch that an entry drew and still has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub stretch: Stretch,
    /// The entry that drew it, and its place among that entry's moves.
    pub order: (u64, u64),
}

/// What an entry has drawn, in the order of stocks and their lines.
pub(crate) fn drawn<'a>(
    overlay: &'a Overlay,
    owner: u64,
    from_stock: StockId,
) -> impl Iterator<Item = Result<Drawn, StoreError>> + 'a {
    let start = Key::of(DRAWN).number(owner).number(from_stock.number()).0;
    let end = crate::overlay::after_prefix(&Key::of(DRAWN).number(owner).0);
    overlay
        .range(&start, &end, Direction::Forward)
        .map(|pair| pair.and_then(|(key, value)| unpack_drawn(&key, &value)))
}

/// What an entry has drawn that overlaps a stretch, uncut.
pub(crate) fn drawn_within<'a>(
    overlay: &'a Overlay,
    owner: u64,
    stretch: &Stretch,
) -> impl Iterator<Item = Result<Drawn, StoreError>> + 'a {
    let prefix = Key::of(DRAWN).number(owner).number(stretch.stock.number()).0;
    let from = stretch.from;
    let first = overlay
        .last_at_most(&prefix, &drawn_key(owner, stretch))
        .and_then(|pair| pair.map(|(key, value)| unpack_drawn(&key, &value)).transpose());
    let start = match &first {
        Ok(Some(drawn)) if drawn.stretch.from == from => from + 1,
        _ => from,
    };
    let first = first
        .map(|drawn| drawn.filter(|drawn| from < drawn.stretch.to))
        .transpose();
    let start = Stretch {
        from: start,
        ..*stretch
    };
    let end = Stretch {
        from: stretch.to,
        ..*stretch
    };
    let rest = overlay
        .range(
            &drawn_key(owner, &start),
            &drawn_key(owner, &end),
            Direction::Forward,
        )
        .map(|pair| pair.and_then(|(key, value)| unpack_drawn(&key, &value)));
    first.into_iter().chain(rest)
}

/// The receipts of a pledge, in order of seq, with their stretches.
pub(crate) fn gifts<'a>(
    overlay: &'a Overlay,
    donation: u64,
) -> impl Iterator<Item = Result<(u64, Stretch), StoreError>> + 'a {
    overlay.prefix(&Key::of(GIFT).number(donation).0).map(|pair| {
        let (key, value) = pair?;
        let receipt = take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "receipt" })?;
        let mut read = Unpack::new("receipt", &value);
        let stretch = Stretch {
            stock: StockId::from_number(read.number64()?),
            from: read.number()?,
            to: read.number()?,
        };
        read.finish()?;
        Ok((receipt, stretch))
    })
}

/// The deliveries out of an allocation, from one on.
pub(crate) fn deliveries<'a>(
    overlay: &'a Overlay,
    allocation: u64,
    from: u64,
) -> impl Iterator<Item = Result<u64, StoreError>> + 'a {
    let end = crate::overlay::after_prefix(&Key::of(DELIVERIES).number(allocation).0);
    overlay
        .range(&deliveries_key(allocation, from), &end, Direction::Forward)
        .map(|pair| {
            let (key, _) = pair?;
            take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "delivery" })
        })
}

/// The allocations made for a need, from one on.
pub(crate) fn allocations_of_need<'a>(
    overlay: &'a Overlay,
    need: u64,
    from: u64,
) -> impl Iterator<Item = Result<u64, StoreError>> + 'a {
    let end = crate::overlay::after_prefix(&Key::of(ALLOCATIONS_OF_NEED).number(need).0);
    overlay
        .range(&need_key(need, from), &end, Direction::Forward)
        .map(|pair| {
            let (key, _) = pair?;
            take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "allocation" })
        })
}

/// The entries that brought a part of a delivery back and stand, in order of seq.
pub(crate) fn returns(
    overlay: &Overlay,
    delivery: u64,
) -> impl Iterator<Item = Result<u64, StoreError>> + '_ {
    overlay.prefix(&Key::of(RETURNS).number(delivery).0).map(|pair| {
        let (key, _) = pair?;
        take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "return" })
    })
}

/// The entries that answer a delivery, or cancel a pledge, and stand, in order of seq.
pub(crate) fn answers(overlay: &Overlay, asked: u64) -> impl Iterator<Item = Result<u64, StoreError>> + '_ {
    overlay.prefix(&Key::of(ANSWERS).number(asked).0).map(|pair| {
        let (key, _) = pair?;
        take_number(&mut &key[9..]).ok_or(StoreError::Damaged { what: "answer" })
    })
}

/// What is known of an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// What it has drawn and not released, delivered or not, in thousandths.
    pub quantity: u128,
    pub programme: Slug,
    pub category: Label,
    pub item: Item,
}

impl Allocation {
    pub(crate) fn load(overlay: &Overlay, seq: u64) -> Result<Option<Allocation>, StoreError> {
        let value = overlay.get(&Key::of(ALLOCATION).number(seq).0)?;
        let Some(value) = value else { return Ok(None) };
        let mut read = Unpack::new("allocation", &value);
        let allocation = Allocation {
            quantity: read.number()?,
            programme: read.slug()?,
            category: read.label()?,
            item: read.item()?,
        };
        read.finish()?;
        Ok(Some(allocation))
    }

    pub(crate) fn known(overlay: &Overlay, seq: u64) -> Result<Allocation, Fault> {
        Allocation::load(overlay, seq)?
            .ok_or_else(|| Fault::Inconsistent(format!("entry {seq} is not a known allocation")))
    }

    fn save(&self, overlay: &mut Overlay, seq: u64) {
        let mut value = Vec::with_capacity(96);
        value.number(self.quantity);
        value.text(self.programme.as_str());
        value.text(self.category.as_str());
        value.text(self.item.as_str());
        overlay.put(Key::of(ALLOCATION).number(seq).0, value);
    }
}

/// How far a delivery has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Nobody has answered it.
    Made,
    /// The receiver confirmed it.
    Confirmed,
    /// The receiver disputes it.
    Disputed,
    /// The dispute is settled.
    Resolved,
}

/// What is known of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub allocation: u64,
    pub delivered_on: Date,
    pub place: Slug,
    pub children: u64,
    /// What it handed over, in thousandths; nothing once it is reversed.
    pub quantity: u128,
    /// What of it came back.
    pub returned: u128,
    confirmed: Option<u128>,
    disputed: bool,
    resolved: Option<u128>,
}

impl Delivery {
    /// What it handed over and did not come back.
    pub(crate) fn net(&self) -> u128 {
        self.quantity.saturating_sub(self.returned)
    }

    pub(crate) fn state(&self) -> DeliveryState {
        match (self.resolved, self.disputed, self.confirmed) {
            (Some(_), _, _) => DeliveryState::Resolved,
            (_, true, _) => DeliveryState::Disputed,
            (_, _, Some(_)) => DeliveryState::Confirmed,
            _ => DeliveryState::Made,
        }
    }

    /// What the receiver, or the settling of a dispute, accepted: at most what was handed over.
    pub(crate) fn accepted(&self) -> u128 {
        let accepted = match self.state() {
            DeliveryState::Resolved => self.resolved,
            DeliveryState::Confirmed => self.confirmed,
            DeliveryState::Disputed | DeliveryState::Made => None,
        };
        accepted.unwrap_or(0).min(self.net())
    }

    pub(crate) fn load(overlay: &Overlay, seq: u64) -> Result<Option<Delivery>, StoreError> {
        let value = overlay.get(&Key::of(DELIVERY).number(seq).0)?;
        let Some(value) = value else { return Ok(None) };
        let mut read = Unpack::new("delivery", &value);
        let (allocation, day) = (read.number64()?, read.number64()?);
        let delivered_on = i32::try_from(day).ok().and_then(Date::from_ordinal);
        let delivery = Delivery {
            allocation,
            delivered_on: delivered_on.ok_or_else(|| read.damaged())?,
            place: read.slug()?,
            children: read.number64()?,
            quantity: read.number()?,
            returned: read.number()?,
            confirmed: read.maybe()?,
            disputed: read.byte()? == 1,
            resolved: read.maybe()?,
        };
        read.finish()?;
        Ok(Some(delivery))
    }

    pub(crate) fn known(overlay: &Overlay, seq: u64) -> Result<Delivery, Fault> {
        Delivery::load(overlay, seq)?
            .ok_or_else(|| Fault::Inconsistent(format!("entry {seq} is not a known delivery")))
    }

    fn save(&self, overlay: &mut Overlay, seq: u64) {
        let mut value = Vec::with_capacity(96);
        value.number(self.allocation.into());
        value.number(self.delivered_on.ordinal().unsigned_abs().into());
        value.text(self.place.as_str());
        value.number(self.children.into());
        value.number(self.quantity);
        value.number(self.returned);
        value.maybe(self.confirmed);
        value.push(u8::from(self.disputed));
        value.maybe(self.resolved);
        overlay.put(Key::of(DELIVERY).number(seq).0, value);
    }
}

fn gift_key(donation: u64, receipt: u64) -> Vec<u8> {
    Key::of(GIFT).number(donation).number(receipt).0
}

fn need_key(need: u64, allocation: u64) -> Vec<u8> {
    Key::of(ALLOCATIONS_OF_NEED).number(need).number(allocation).0
}

fn returns_key(delivery: u64, seq: u64) -> Vec<u8> {
    Key::of(RETURNS).number(delivery).number(seq).0
}

fn deliveries_key(allocation: u64, delivery: u64) -> Vec<u8> {
    Key::of(DELIVERIES).number(allocation).number(delivery).0
}

fn answers_key(delivery: u64, answer: u64) -> Vec<u8> {
    Key::of(ANSWERS).number(delivery).number(answer).0
}

fn drawn_key(owner: u64, stretch: &Stretch) -> Vec<u8> {
    let key = Key::of(DRAWN).number(owner).number(stretch.stock.number());
    key.position(stretch.from).0
}

fn pack_stretch(stretch: &Stretch) -> Vec<u8> {
    let mut value = Vec::with_capacity(24);
    value.number(stretch.stock.number().into());
    value.number(stretch.from);
    value.number(stretch.to);
    value
}

fn pack_drawn(to: u128, order: (u64, u64)) -> Vec<u8> {
    let mut value = Vec::with_capacity(24);
    value.number(to);
    value.number(order.0.into());
    value.number(order.1.into());
    value
}

fn unpack_drawn(key: &[u8], value: &[u8]) -> Result<Drawn, StoreError> {
    let damaged = StoreError::Damaged { what: "draw" };
    let mut key = key.get(9..).ok_or(damaged.clone())?;
    let stock = take_number(&mut key).ok_or(damaged.clone())?;
    let from = take_position(&mut key).ok_or(damaged)?;
    let mut read = Unpack::new("draw", value);
    let (to, order) = (read.number()?, (read.number64()?, read.number64()?));
    read.finish()?;
    Ok(Drawn {
        stretch: Stretch {
            stock: StockId::from_number(stock),
            from,
            to,
        },
        order,
    })
}
