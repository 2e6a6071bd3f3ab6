//! Where something came from and where it went.
//!
//! Downstream a gift is a set of stretches of lines, and whoever holds a part of one has that part of the gift:
//! a share is arithmetic. Upstream what was drawn leads to lots and pools; a pool is one step, never its
//! receipts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use minhbach_events::{Amount, Date, Entry, Event, Item, Label, Reference, Slug};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::Serialize;

use crate::answer::{AsOf, PAGE, ReadError};
use crate::holders;
use crate::journal::Journal;
use crate::lots;
use crate::node::{Kind, Node};
use crate::overlay::Overlay;
use crate::pool_line;
use crate::recorded::{Holding, StockId, StockKind};
use crate::stock::{Stock, Totals};
use crate::store::StoreError;
use crate::trails::{
    Allocation, Delivery, DeliveryState, Drawn, Stretch, deliveries, drawn, drawn_within, gifts,
};

/// What a step can add at most; a page ends before one that might not fit.
const STEP: usize = 4;

/// Where something came from and where it went, a page of at most [`PAGE`] steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trail {
    /// What was asked for.
    pub code: Reference,
    /// What it is.
    pub kind: Kind,
    /// How far the journal was read.
    pub as_of: AsOf,
    /// The steps.
    pub nodes: Vec<Node>,
    /// What flowed from step to step: of the gift asked for, or into the allocation or delivery asked for.
    pub edges: Vec<Edge>,
    /// Where the gift is now; of pledges, receipts, lots and pools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Totals>,
    /// The deliveries it reached.
    pub reached: Vec<Reached>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What flowed from one step to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The step before.
    pub from: Reference,
    /// The step after.
    pub to: Reference,
    /// What flowed.
    pub item: Item,
    /// How much.
    pub quantity: Amount,
}

/// A delivery that a gift reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// Its code.
    pub delivery: Reference,
    /// Where.
    pub place: Slug,
    /// For what.
    pub category: Label,
    /// Of what.
    pub item: Item,
    /// The whole delivery, net of returns.
    pub delivered: Amount,
    /// The gift's exact part of it, in lowest terms.
    pub share: String,
    /// Its children.
    pub child_deliveries: u64,
    /// When.
    pub delivered_on: Date,
    /// How far it has been answered.
    pub state: DeliveryState,
}

/// Answers for a code or a pool's slug; a word that could be both is a code first.
pub(crate) fn trail(
    overlay: &Overlay,
    as_of: AsOf,
    name: &Reference,
    journal: &dyn Journal,
    cursor: Option<&str>,
) -> Result<Trail, ReadError> {
    let cursor = cursor.map(Cursor::read).transpose()?;
    let by_code = name.as_code().and_then(|code| journal.seq_of_code(&code));
    let by_slug = || name.as_slug().and_then(|slug| journal.seq_of_pool(&slug));
    // What the journal has and these were not told of yet is not known here.
    let known = |seq: &u64| *seq < as_of.size;
    let seq = by_code.filter(known).or_else(|| by_slug().filter(known));
    let seq = seq.ok_or_else(|| ReadError::NotFound(name.clone()))?;
    let mut page = Page {
        overlay,
        journal,
        size: as_of.size,
        nodes: Vec::new(),
        seen: HashSet::new(),
        edges: Vec::new(),
        reached: Vec::new(),
    };
    let entry = page.entry(seq)?;
    let mut kind = None;
    let (mut outcome, mut next) = (None, None);
    match root(overlay, &entry, name, &page)? {
        Root::Gift { head, gift } => {
            if let Some(lot) = head.as_ref().filter(|node| node.kind == Kind::Lot) {
                kind = Some(lot.kind);
            }
            outcome = Some(gift.outcome(overlay)?);
            if cursor.is_none() {
                page.gift_head(&entry, head)?;
            }
            next = page.downstream(&entry, gift, cursor)?;
        }
        Root::Allocation => {
            page.node(seq)?;
            next = page.around_allocation(seq, cursor)?;
        }
        Root::Delivery => next = page.around_delivery(seq, cursor)?,
        Root::Other => page.node(seq)?,
    }
    let own = Node::of(&entry).map(|node| node.kind);
    let kind = kind.or(own).ok_or_else(|| ReadError::NotFound(name.clone()))?;
    Ok(Trail {
        code: name.clone(),
        kind,
        as_of,
        nodes: page.nodes,
        edges: page.edges,
        outcome,
        reached: page.reached,
        next: next.map(|next| next.to_string()),
    })
}

/// What a trail begins at.
enum Root {
    /// Stretches that are followed downstream, under a step that is not one of the receipts.
    Gift {
        head: Option<Box<Node>>,
        gift: Gift,
    },
    Allocation,
    Delivery,
    Other,
}

fn root(overlay: &Overlay, entry: &Entry, name: &Reference, page: &Page<'_>) -> Result<Root, ReadError> {
    let whole = |stock: StockId, known: &Stock| Portion {
        receipt: None,
        stretch: Stretch {
            stock,
            from: 0,
            to: known.line,
        },
    };
    match &entry.event {
        Event::DonationPledged(_) => {
            let portions = gifts(overlay, entry.seq)
                .map(|gift| {
                    gift.map(|(receipt, stretch)| Portion {
                        receipt: Some(receipt),
                        stretch,
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            return Ok(Root::Gift {
                head: Node::of(entry).map(Box::new),
                gift: Gift::new(portions),
            });
        }
        Event::ReceiptIssued(receipt) => {
            let not_here = || ReadError::NotInJournal { seq: entry.seq };
            let stretch = match &receipt.pool {
                None => {
                    let stock = StockId::new(entry.seq, 0);
                    let known = Stock::load(overlay, stock)?.ok_or_else(not_here)?;
                    whole(stock, &known).stretch
                }
                Some(pool) => {
                    let pool = page.journal.seq_of_pool(pool).ok_or_else(not_here)?;
                    let pool = StockId::new(pool, 0);
                    let receipt = pool_line::of_receipt(overlay, pool, entry.seq)?.ok_or_else(not_here)?;
                    Stretch {
                        stock: pool,
                        from: receipt.from,
                        to: receipt.to,
                    }
                }
            };
            let portion = Portion {
                receipt: Some(entry.seq),
                stretch,
            };
            return Ok(Root::Gift {
                head: None,
                gift: Gift::new(vec![portion]),
            });
        }
        Event::AllocationMade(_) => return Ok(Root::Allocation),
        Event::DeliveryMade(_) => return Ok(Root::Delivery),
        _ => {}
    }
    for nth in 0..=u16::MAX {
        let stock = StockId::new(entry.seq, nth);
        let Some(known) = Stock::load(overlay, stock)? else {
            break;
        };
        if known.name == *name {
            return Ok(Root::Gift {
                head: Some(Box::new(page.stock_node(stock, &known)?)),
                gift: Gift::new(vec![whole(stock, &known)]),
            });
        }
    }
    Ok(Root::Other)
}

/// A stretch of a gift, and the receipt that brought it, if the trail shows it.
struct Portion {
    receipt: Option<u64>,
    stretch: Stretch,
}

/// Stretches, in the order of stocks and their lines, none over another.
struct Gift {
    portions: Vec<Portion>,
}

/// What one entry has of a gift, per stock: where that begins, and how much it is.
#[derive(Clone, Debug, Default)]
struct Overlap(Vec<(StockId, u128, u128)>);

impl Overlap {
    fn total(&self) -> u128 {
        self.0.iter().map(|(_, _, length)| length).sum()
    }
    fn begins(&self, stock: StockId, from: u128) -> bool {
        self.0
            .first()
            .is_some_and(|first| (first.0, first.1) == (stock, from))
    }
    fn begins_in_stock(&self, stock: StockId, from: u128) -> Option<u128> {
        let part = self.0.iter().find(|part| (part.0, part.1) == (stock, from));
        part.map(|part| part.2)
    }
}

impl Gift {
    fn new(mut portions: Vec<Portion>) -> Gift {
        portions.sort_by_key(|portion| portion.stretch);
        Gift { portions }
    }

    /// The first portion that ends after a position.
    fn index_at(&self, stock: StockId, position: u128) -> usize {
        self.portions
            .partition_point(|portion| (portion.stretch.stock, portion.stretch.to) <= (stock, position))
    }

    /// What an entry has of it.
    fn overlap(&self, overlay: &Overlay, owner: u64) -> Result<Overlap, StoreError> {
        let mut overlap = Overlap::default();
        match self.portions.as_slice() {
            [] => {}
            [portion] => {
                for part in drawn_within(overlay, owner, &portion.stretch) {
                    self.cut(&part?.stretch, &mut overlap);
                }
            }
            [first, .., last] => {
                for part in drawn(overlay, owner, first.stretch.stock) {
                    let Drawn { stretch, .. } = part?;
                    if last.stretch.stock < stretch.stock {
                        break;
                    }
                    self.cut(&stretch, &mut overlap);
                }
            }
        }
        Ok(overlap)
    }

    /// Adds the parts of a stretch that are of this gift.
    fn cut(&self, part: &Stretch, overlap: &mut Overlap) {
        let first = self.index_at(part.stock, part.from);
        let portions = self.portions[first..].iter().map(|portion| portion.stretch);
        for portion in portions.take_while(|portion| portion.stock == part.stock && portion.from < part.to) {
            let from = part.from.max(portion.from);
            let length = part.to.min(portion.to) - from;
            match overlap.0.last_mut() {
                Some(last) if last.0 == part.stock => last.2 += length,
                _ => overlap.0.push((part.stock, from, length)),
            }
        }
    }

    /// Where it is now.
    fn outcome(&self, overlay: &Overlay) -> Result<Totals, ReadError> {
        let mut totals = Totals::default();
        for Portion { stretch, .. } in &self.portions {
            let stock = Stock::load(overlay, stretch.stock)?.ok_or(LOST_STOCK)?;
            if stretch.from == 0 && stretch.to == stock.line {
                totals.add_all(&stock.totals);
                continue;
            }
            let mut available = stretch.to - stretch.from;
            for held in holders::overlapping(overlay, stretch.stock, stretch.from, stretch.to) {
                let held = held?;
                let length = held.to.min(stretch.to) - held.from.max(stretch.from);
                totals.add(held.holding, length);
                available = available.saturating_sub(length);
            }
            totals.add(Holding::Available, available);
        }
        Ok(totals)
    }
}

const LOST_STOCK: StoreError = StoreError::Damaged { what: "stock" };
const LOST_DRAW: StoreError = StoreError::Damaged { what: "draw" };

/// A page under construction.
struct Page<'a> {
    overlay: &'a Overlay,
    journal: &'a dyn Journal,
    size: u64,
    nodes: Vec<Node>,
    /// The entries and stocks that are steps already.
    seen: HashSet<StockId>,
    edges: Vec<Edge>,
    reached: Vec<Reached>,
}

impl Page<'_> {
    fn full(&self) -> bool {
        let longest = self.nodes.len().max(self.edges.len()).max(self.reached.len());
        PAGE < longest + STEP
    }

    fn entry(&self, seq: u64) -> Result<Arc<Entry>, ReadError> {
        let entry = self.journal.entry(seq).map_err(ReadError::Journal)?;
        entry.ok_or(ReadError::NotInJournal { seq })
    }

    fn code(&self, seq: u64) -> Result<Reference, ReadError> {
        let node = Node::of(&*self.entry(seq)?);
        Ok(node.ok_or(ReadError::NotInJournal { seq })?.code)
    }

    fn reversal(&self, seq: u64) -> Option<u64> {
        let reversal = self.journal.is_reversed(seq);
        reversal.filter(|reversal| *reversal < self.size)
    }

    fn push(&mut self, id: StockId, mut node: Node) {
        if self.seen.insert(id) {
            node.reversed_by = self.reversal(node.seq);
            self.nodes.push(node);
        }
    }

    /// Adds the step that an entry is, with what is left of its quantity.
    fn node(&mut self, seq: u64) -> Result<(), ReadError> {
        let id = StockId::new(seq, 0);
        if self.seen.contains(&id) {
            return Ok(());
        }
        let mut node = Node::of(&*self.entry(seq)?).ok_or(ReadError::NotInJournal { seq })?;
        let reversed = self.reversal(seq).is_some();
        match node.kind {
            Kind::Allocation => {
                let known = Allocation::load(self.overlay, seq)?.ok_or(LOST_DRAW)?;
                if !reversed {
                    node.quantity = Some(Amount(known.quantity));
                }
            }
            Kind::Delivery => {
                let known = Delivery::load(self.overlay, seq)?.ok_or(LOST_DRAW)?;
                let allocation = Allocation::load(self.overlay, known.allocation)?.ok_or(LOST_DRAW)?;
                node.item = Some(allocation.item);
                node.category = Some(allocation.category);
                if !reversed {
                    node.quantity = Some(Amount(known.quantity));
                }
            }
            _ => {}
        }
        self.push(id, node);
        Ok(())
    }

    fn edge(&mut self, from: Reference, to: Reference, item: &Item, quantity: u128) {
        self.edges.push(Edge {
            from,
            to,
            item: item.clone(),
            quantity: Amount(quantity),
        });
    }

    /// A whole lot or pool as a step. The lot of a receipt is the receipt's own step.
    fn stock_node(&self, id: StockId, stock: &Stock) -> Result<Node, ReadError> {
        let entry = self.entry(id.seq())?;
        let mut node = Node::of(&entry).ok_or(ReadError::NotInJournal { seq: id.seq() })?;
        if node.kind == Kind::Receipt {
            return Ok(node);
        }
        node.code = stock.name.clone();
        node.item = Some(stock.item.clone());
        node.quantity = Some(stock.totals.received);
        match stock.kind {
            StockKind::Lot => node.kind = Kind::Lot,
            StockKind::Pool => {
                node.count = Some(stock.joined - stock.withdrawn);
                if let Some((first, last)) = lots::ends(self.overlay, id, stock)? {
                    node.first = Some(self.code(first)?);
                    node.last = Some(self.code(last)?);
                }
            }
        }
        Ok(node)
    }

    /// The steps before a gift's first portion.
    fn gift_head(&mut self, entry: &Entry, head: Option<Box<Node>>) -> Result<(), ReadError> {
        if let Some(head) = head {
            self.push(StockId::new(head.seq, 0), *head);
        }
        if let Event::ReceiptIssued(receipt) = &entry.event
            && let Some(pledge) = &receipt.donation
            && let Some(donation) = self.journal.seq_of_code(pledge)
        {
            self.node(donation)?;
        }
        Ok(())
    }

    /// Follows a gift to whoever holds it.
    fn downstream(
        &mut self,
        entry: &Entry,
        gift: Gift,
        cursor: Option<Cursor>,
    ) -> Result<Option<Cursor>, ReadError> {
        let mut entered = false;
        let mut start = None;
        let first = match cursor {
            None => 0,
            Some(Cursor::Gift {
                stock,
                from,
                entered: was_entered,
            }) => {
                entered = was_entered;
                start = Some(from);
                gift.index_at(stock, from)
            }
            Some(_) => return Err(ReadError::BadCursor),
        };
        let mut overlaps = Overlaps {
            gift: &gift,
            known: HashMap::new(),
        };
        for index in first..gift.portions.len() {
            let portion = &gift.portions[index];
            let Stretch { stock, from, to } = portion.stretch;
            let known = Stock::load(self.overlay, stock)?.ok_or(LOST_STOCK)?;
            let at = start.take().unwrap_or(from).max(from);
            if !std::mem::take(&mut entered) {
                if self.full() {
                    return Ok(Some(Cursor::Gift {
                        stock,
                        from,
                        entered: false,
                    }));
                }
                let first_of_stock = index == 0 || gift.portions[index - 1].stretch.stock != stock;
                self.enter(entry, portion, &known, first_of_stock)?;
            }
            for held in holders::overlapping(self.overlay, stock, at, to) {
                let held = held?;
                let begins = held.from.max(from);
                if self.full() {
                    return Ok(Some(Cursor::Gift {
                        stock,
                        from: begins,
                        entered: true,
                    }));
                }
                self.holder(&mut overlaps, stock, &known, begins, held.holding)?;
            }
        }
        Ok(None)
    }

    /// The steps by which a portion came into its stock.
    fn enter(
        &mut self,
        root: &Entry,
        portion: &Portion,
        stock: &Stock,
        first_of_stock: bool,
    ) -> Result<(), ReadError> {
        let Some(seq) = portion.receipt else { return Ok(()) };
        let Stretch {
            stock: id, from, to, ..
        } = portion.stretch;
        let receipt = self.entry(seq)?;
        let Event::ReceiptIssued(issued) = &receipt.event else {
            return Err(ReadError::NotInJournal { seq });
        };
        self.node(seq)?;
        let held = holders::overlapping(self.overlay, id, from, from + 1).next();
        if held
            .transpose()?
            .is_some_and(|held| held.holding == Holding::Withdrawn)
        {
            return Ok(());
        }
        let code = Reference::from(issued.receipt.get());
        let pledge = match &root.event {
            Event::DonationPledged(pledge) => Some(Reference::from(pledge.donation.get())),
            _ => issued.donation.as_ref().map(Reference::from),
        };
        if let Some(pledge) = pledge {
            self.edge(pledge, code.clone(), &stock.item, to - from);
        }
        if stock.kind == StockKind::Pool {
            if first_of_stock {
                let node = self.stock_node(id, stock)?;
                self.push(id, node);
            }
            self.edge(code, stock.name.clone(), &stock.item, to - from);
        }
        Ok(())
    }

    /// The steps to whoever holds a part of the gift, where that part begins.
    fn holder(
        &mut self,
        overlaps: &mut Overlaps<'_>,
        stock: StockId,
        known: &Stock,
        from: u128,
        holding: Holding,
    ) -> Result<(), ReadError> {
        let (owner, delivery) = match holding {
            Holding::Available | Holding::Withdrawn => return Ok(()),
            Holding::Delivered(delivery) => {
                let made = Delivery::load(self.overlay, delivery)?.ok_or(LOST_DRAW)?;
                (made.allocation, Some(delivery))
            }
            Holding::Allocated(seq)
            | Holding::Spent(seq)
            | Holding::Transferred(seq)
            | Holding::Refunded(seq)
            | Holding::WrittenOff(seq)
            | Holding::Expensed(seq) => (seq, None),
        };
        if let Some(length) = overlaps.of(self.overlay, owner)?.begins_in_stock(stock, from) {
            self.node(owner)?;
            let code = self.code(owner)?;
            self.edge(known.name.clone(), code, &known.item, length);
        }
        if let Some(delivery) = delivery {
            let overlap = overlaps.of(self.overlay, delivery)?;
            if overlap.begins(stock, from) {
                let part = overlap.total();
                self.delivery(owner, delivery, part)?;
            }
        }
        Ok(())
    }

    /// A delivery, what of the gift flowed into it, and its line among those reached.
    fn delivery(&mut self, allocation: u64, seq: u64, part: u128) -> Result<(), ReadError> {
        let known = Delivery::load(self.overlay, seq)?.ok_or(LOST_DRAW)?;
        let Allocation { category, item, .. } =
            Allocation::load(self.overlay, allocation)?.ok_or(LOST_DRAW)?;
        self.node(seq)?;
        let code = self.code(seq)?;
        self.edge(self.code(allocation)?, code.clone(), &item, part);
        if known.quantity == 0 {
            return Err(LOST_DRAW.into());
        }
        let share = BigRational::new(BigInt::from(part), BigInt::from(known.quantity));
        self.reached.push(Reached {
            delivery: code,
            state: known.state(),
            place: known.place,
            category,
            item,
            delivered: Amount(known.quantity),
            share: format!("{}/{}", share.numer(), share.denom()),
            child_deliveries: known.children,
            delivered_on: known.delivered_on,
        });
        Ok(())
    }

    /// What an allocation drew, then what was delivered out of it.
    fn around_allocation(&mut self, seq: u64, cursor: Option<Cursor>) -> Result<Option<Cursor>, ReadError> {
        let code = self.code(seq)?;
        let mut from = 0;
        match cursor {
            Some(Cursor::Deliveries { from: delivery }) => from = delivery,
            Some(Cursor::Gift { .. }) => return Err(ReadError::BadCursor),
            up => {
                let next = self.upstream(seq, &code, up)?;
                if next.is_some() {
                    return Ok(next);
                }
            }
        }
        for delivery in deliveries(self.overlay, seq, from) {
            let delivery = delivery?;
            if self.full() {
                return Ok(Some(Cursor::Deliveries { from: delivery }));
            }
            let known = Delivery::load(self.overlay, delivery)?.ok_or(LOST_DRAW)?;
            self.delivery(seq, delivery, known.quantity)?;
        }
        Ok(None)
    }

    /// A delivery, and what it drew through its allocation.
    fn around_delivery(&mut self, seq: u64, cursor: Option<Cursor>) -> Result<Option<Cursor>, ReadError> {
        let known = Delivery::load(self.overlay, seq)?.ok_or(LOST_DRAW)?;
        if cursor.is_none() {
            self.node(seq)?;
            self.node(known.allocation)?;
            if 0 < known.quantity {
                self.delivery(known.allocation, seq, known.quantity)?;
            }
        }
        let code = self.code(known.allocation)?;
        self.upstream(seq, &code, cursor)
    }

    /// The lots and pools that an entry drew on, with the receipts and pledges of lots. What was drawn flows
    /// into the step `to`.
    fn upstream(
        &mut self,
        owner: u64,
        to: &Reference,
        cursor: Option<Cursor>,
    ) -> Result<Option<Cursor>, ReadError> {
        let start = match cursor {
            None => StockId::from_number(0),
            Some(Cursor::Upstream { stock }) => stock,
            Some(_) => return Err(ReadError::BadCursor),
        };
        let mut draws = drawn(self.overlay, owner, start).peekable();
        while let Some(first) = draws.next() {
            let first = first?.stretch;
            if self.full() {
                return Ok(Some(Cursor::Upstream { stock: first.stock }));
            }
            let stock = Stock::load(self.overlay, first.stock)?.ok_or(LOST_STOCK)?;
            let mut behind = Behind::default();
            behind.add(self.overlay, &stock, &first)?;
            let same = |next: &Result<Drawn, StoreError>| {
                next.as_ref()
                    .map_or(true, |next| next.stretch.stock == first.stock)
            };
            while let Some(next) = draws.next_if(same) {
                behind.add(self.overlay, &stock, &next?.stretch)?;
            }
            self.origin(first.stock, &stock, &behind)?;
            self.edge(stock.name.clone(), to.clone(), &stock.item, behind.quantity);
        }
        Ok(None)
    }

    /// Where a drawn stock came from.
    fn origin(&mut self, id: StockId, stock: &Stock, behind: &Behind) -> Result<(), ReadError> {
        let mut node = self.stock_node(id, stock)?;
        if let Some((first, last)) = behind.ends {
            node.quantity = Some(Amount(behind.quantity));
            node.count = Some(behind.receipts);
            node.first = Some(self.code(first)?);
            node.last = Some(self.code(last)?);
        }
        self.push(id, node);
        if stock.kind == StockKind::Lot
            && let Event::ReceiptIssued(receipt) = &self.entry(id.seq())?.event
            && let Some(pledge) = &receipt.donation
            && let Some(donation) = self.journal.seq_of_code(pledge)
        {
            self.node(donation)?;
            self.edge(pledge.into(), stock.name.clone(), &stock.item, behind.quantity);
        }
        Ok(())
    }
}

/// What each entry has of a gift, kept for a page: an allocation is met again at each of its deliveries.
struct Overlaps<'a> {
    gift: &'a Gift,
    known: HashMap<u64, Overlap>,
}

impl Overlaps<'_> {
    fn of(&mut self, overlay: &Overlay, owner: u64) -> Result<&Overlap, StoreError> {
        if !self.known.contains_key(&owner) {
            let overlap = self.gift.overlap(overlay, owner)?;
            self.known.insert(owner, overlap);
        }
        Ok(&self.known[&owner])
    }
}

/// The receipts behind stretches of a pool that were drawn, added in the order of the line.
#[derive(Default)]
struct Behind {
    quantity: u128,
    receipts: u64,
    /// How many receipts of the line end before the next one to be counted.
    counted: u64,
    ends: Option<(u64, u64)>,
}

impl Behind {
    fn add(&mut self, overlay: &Overlay, stock: &Stock, part: &Stretch) -> Result<(), StoreError> {
        self.quantity += part.to - part.from;
        if stock.kind == StockKind::Lot {
            return Ok(());
        }
        let (before, first) = pool_line::at(overlay, part.stock, part.from)?;
        let (until, last) = pool_line::at(overlay, part.stock, part.to - 1)?;
        // Two stretches can share a receipt.
        let from = before.receipts.max(self.counted);
        self.counted = until.receipts + 1;
        self.receipts += self.counted - from;
        let first = self.ends.map_or(first.seq, |(first, _)| first);
        self.ends = Some((first, last.seq));
        Ok(())
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    /// At a position of a gift; whether the steps before its portion were shown.
    Gift {
        stock: StockId,
        from: u128,
        entered: bool,
    },
    /// At a stock that was drawn on.
    Upstream { stock: StockId },
    /// At a delivery out of an allocation.
    Deliveries { from: u64 },
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cursor::Gift { stock, from, entered } => {
                write!(f, "g.{}.{from}.{}", stock.number(), u8::from(*entered))
            }
            Cursor::Upstream { stock } => write!(f, "u.{}", stock.number()),
            Cursor::Deliveries { from } => write!(f, "d.{from}"),
        }
    }
}

impl Cursor {
    fn read(text: &str) -> Result<Cursor, ReadError> {
        let parts: Vec<&str> = text.split('.').collect();
        let stock = |text: &str| text.parse().map(StockId::from_number).ok();
        let cursor = match parts.as_slice() {
            ["g", id, from, entered @ ("0" | "1")] => {
                stock(id)
                    .zip(from.parse().ok())
                    .map(|(stock, from)| Cursor::Gift {
                        stock,
                        from,
                        entered: *entered == "1",
                    })
            }
            ["u", id] => stock(id).map(|stock| Cursor::Upstream { stock }),
            ["d", from] => from.parse().ok().map(|from| Cursor::Deliveries { from }),
            _ => None,
        };
        cursor.ok_or(ReadError::BadCursor)
    }
}
