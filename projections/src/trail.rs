//! Where something came from and where it went.
//!
//! Downstream a gift is a set of stretches of lines, and whoever holds a part of one has that part of the gift:
//! a share is arithmetic. Through purchases, transfers and returns it is followed as a fraction of each lot that
//! they open. Upstream what was drawn leads to lots and pools; a pool is one step, never its receipts.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use minhbach_events::{Amount, Date, Entry, Event, Item, Label, Reference, Slug};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::answer::{AsOf, PAGE, Page, ReadError};
use crate::cursor::Cursor;
use crate::document::document;
use crate::gift::{Gift, LOST_STOCK, Overlap, Overlaps, Portion, Way, opened_by};
use crate::holders;
use crate::journal::Journal;
use crate::lots;
use crate::needs;
use crate::node::{Kind, Node};
use crate::overlay::Overlay;
use crate::pool_line;
use crate::recorded::{Holding, StockId, StockKind};
use crate::stock::{Stock, Totals};
use crate::store::StoreError;
use crate::trails::{
    Allocation, Delivery, DeliveryState, Stretch, allocations_of_need, answers, deliveries, drawn, gifts,
    purposes, returns,
};
use crate::upstream::{Asked, Upstream, fraction};

/// What a step can add at most; a page ends before one that might not fit.
const STEP: usize = 4;

document! {
    /// Where something came from and where it went, a page of steps at a time.
    #[serde(deny_unknown_fields)]
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
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = TrailEdge))]
    pub struct Edge {
        /// The step before.
        pub from: Reference,
        /// The step after.
        pub to: Reference,
        /// What flowed.
        pub item: Item,
        /// How much.
        pub quantity: Amount,
        /// The gift's exact part of that, in lowest terms; absent where all of it is of the gift, or where a trail
        /// looks upstream.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub share: Option<String>,
    }

    /// A delivery that a gift reached.
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "openapi", schema(as = ReachedDelivery))]
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
}

/// Answers for a code or a pool's slug; a word that could be both is a code first.
pub(crate) fn trail(
    overlay: &Overlay,
    as_of: AsOf,
    name: &Reference,
    journal: &dyn Journal,
    page: Page<'_>,
) -> Result<Trail, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(PAGE));
    let cursor = cursor.map(Cursor::read).transpose()?;
    let by_code = name.as_code().and_then(|code| journal.seq_of_code(&code));
    let by_slug = || name.as_slug().and_then(|slug| journal.seq_of_pool(&slug));
    // What the journal has and these were not told of yet is not known here.
    let known = |seq: &u64| *seq < as_of.size;
    let seq = by_code.filter(known).or_else(|| by_slug().filter(known));
    let seq = seq.ok_or_else(|| ReadError::NotFound(name.clone()))?;
    let mut page = Draft {
        overlay,
        journal,
        size: as_of.size,
        limit,
        begun: false,
        nodes: Vec::new(),
        seen: HashSet::new(),
        delivered: HashSet::new(),
        entries: RefCell::default(),
        edges: Vec::new(),
        reached: Vec::new(),
    };
    let entry = page.entry(seq)?;
    let mut kind = None;
    let (mut outcome, mut next) = (None, None);
    match root(overlay, &entry, name, &page)? {
        Root::Gift { head, gift, upstream } => {
            if let Some(lot) = head.as_ref().filter(|node| node.kind == Kind::Lot) {
                kind = Some(lot.kind);
            }
            let whole = upstream.is_none() || head.as_ref().is_some_and(|head| head.kind == Kind::Lot);
            if whole {
                outcome = Some(gift.outcome(overlay)?);
            }
            if cursor.is_none() {
                page.gift_head(&entry, head)?;
            }
            let before = match (upstream, cursor) {
                (None, _) | (Some(_), Some(Cursor::Gift { .. })) => None,
                (Some(upstream), cursor) => page.upstream(upstream, cursor)?,
            };
            let downstream = cursor.filter(|cursor| matches!(cursor, Cursor::Gift { .. }));
            next = match before {
                Some(next) => Some(next),
                None => page.downstream(&entry, gift, downstream)?,
            };
        }
        Root::Allocation => {
            page.node(seq)?;
            next = page.around_allocation(seq, cursor)?;
        }
        Root::Delivery => next = page.around_delivery(seq, cursor)?,
        Root::Taken => {
            page.node(seq)?;
            let code = page.code(seq)?;
            let asked = Asked {
                owner: seq,
                to: &code,
            };
            next = page.upstream(Upstream::of(overlay, &asked)?, cursor)?;
        }
        Root::Need => next = page.around_need(seq, cursor)?,
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
    /// Stretches that are followed downstream, under a step that is not one of the receipts; and what they came
    /// from, where that is more than a pledge.
    Gift {
        head: Option<Box<Node>>,
        gift: Gift,
        upstream: Option<Upstream>,
    },
    Allocation,
    Delivery,
    /// A refund, a loss or an expense: nothing comes after it.
    Taken,
    Need,
    Other,
}

fn root(overlay: &Overlay, entry: &Entry, name: &Reference, page: &Draft<'_>) -> Result<Root, ReadError> {
    let whole = |stock: StockId, known: &Stock, way: Way| Portion {
        way,
        stretch: Stretch {
            stock,
            from: 0,
            to: known.line,
        },
        part: None,
    };
    let not_here = || ReadError::NotInJournal { seq: entry.seq };
    let portions = match &entry.event {
        Event::DonationPledged(_) => gifts(overlay, entry.seq)
            .map(|gift| {
                gift.map(|(receipt, stretch)| Portion {
                    way: Way::Receipt(receipt),
                    stretch,
                    part: None,
                })
            })
            .collect::<Result<Vec<_>, _>>()?,
        Event::ReceiptIssued(receipt) => {
            let way = Way::Receipt(entry.seq);
            vec![match &receipt.pool {
                None => {
                    let stock = StockId::new(entry.seq, 0);
                    whole(stock, &Stock::load(overlay, stock)?.ok_or_else(not_here)?, way)
                }
                Some(pool) => {
                    let pool = page.journal.seq_of_pool(pool).ok_or_else(not_here)?;
                    let pool = StockId::new(pool, 0);
                    let receipt = pool_line::of_receipt(overlay, pool, entry.seq)?.ok_or_else(not_here)?;
                    Portion {
                        way,
                        stretch: Stretch {
                            stock: pool,
                            from: receipt.from,
                            to: receipt.to,
                        },
                        part: None,
                    }
                }
            }]
        }
        Event::AllocationMade(_) => return Ok(Root::Allocation),
        Event::DeliveryMade(_) => return Ok(Root::Delivery),
        Event::RefundPaid(_) | Event::StockWrittenOff(_) | Event::ExpensePaid(_) => return Ok(Root::Taken),
        Event::NeedAssessed(_) => return Ok(Root::Need),
        _ => return opened_root(overlay, entry, name, page, whole),
    };
    let pledge = Node::of(entry).filter(|node| node.kind == Kind::Donation);
    let head = pledge.map(|node| page.own_node(entry.seq, node)).transpose()?;
    Ok(Root::Gift {
        head: head.map(Box::new),
        gift: Gift::followed(overlay, portions)?,
        upstream: None,
    })
}

/// A pool, a lot that an entry opened, or that entry itself with all the lots it opened.
fn opened_root(
    overlay: &Overlay,
    entry: &Entry,
    name: &Reference,
    page: &Draft<'_>,
    whole: impl Fn(StockId, &Stock, Way) -> Portion,
) -> Result<Root, ReadError> {
    let own = Node::of(entry);
    let opened = opened_by(overlay, entry.seq).collect::<Result<Vec<_>, _>>()?;
    let lot = opened.iter().find(|(_, stock)| stock.name == *name);
    if let Some((id, stock)) = lot {
        let mut upstream = Upstream::default();
        upstream.add_lot(*id);
        return Ok(Root::Gift {
            head: Some(Box::new(page.stock_node(*id, stock)?)),
            gift: Gift::followed(overlay, vec![whole(*id, stock, Way::Whole)])?,
            upstream: (stock.kind == StockKind::Lot).then_some(upstream),
        });
    }
    match own {
        Some(node) if !opened.is_empty() => {
            let asked = Asked {
                owner: entry.seq,
                to: &node.code,
            };
            let upstream = Upstream::of(overlay, &asked)?;
            let portions = opened
                .iter()
                .map(|(id, stock)| whole(*id, stock, Way::Through(entry.seq)));
            Ok(Root::Gift {
                gift: Gift::followed(overlay, portions.collect())?,
                head: Some(Box::new(page.own_node(entry.seq, node)?)),
                upstream: Some(upstream),
            })
        }
        _ => Ok(Root::Other),
    }
}

const LOST_DRAW: StoreError = StoreError::Damaged { what: "draw" };

/// A step of a page: an entry, or one of the lots that an entry opened beside its own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Entry(u64),
    Lot(StockId),
}

/// A page under construction.
pub(crate) struct Draft<'a> {
    pub(crate) overlay: &'a Overlay,
    pub(crate) journal: &'a dyn Journal,
    size: u64,
    limit: usize,
    /// Whether it was asked if there is room for more.
    begun: bool,
    nodes: Vec<Node>,
    /// The entries and lots that are steps already.
    seen: HashSet<Step>,
    /// The deliveries whose way up was added already.
    delivered: HashSet<u64>,
    /// Entries read for this page: each is asked for several times.
    entries: RefCell<HashMap<u64, Arc<Entry>>>,
    edges: Vec<Edge>,
    reached: Vec<Reached>,
}

impl Draft<'_> {
    /// Whether the next step might not fit. The first one fits any page, however short, so that each goes on.
    pub(crate) fn full(&mut self) -> bool {
        let longest = self.nodes.len().max(self.edges.len()).max(self.reached.len());
        std::mem::replace(&mut self.begun, true) && self.limit < longest + STEP
    }

    pub(crate) fn entry(&self, seq: u64) -> Result<Arc<Entry>, ReadError> {
        if let Some(entry) = self.entries.borrow().get(&seq) {
            return Ok(entry.clone());
        }
        let entry = self.journal.entry(seq).map_err(ReadError::Journal)?;
        let entry = entry.ok_or(ReadError::NotInJournal { seq })?;
        self.entries.borrow_mut().insert(seq, entry.clone());
        Ok(entry)
    }

    pub(crate) fn code(&self, seq: u64) -> Result<Reference, ReadError> {
        let node = Node::of(&*self.entry(seq)?);
        Ok(node.ok_or(ReadError::NotInJournal { seq })?.code)
    }

    fn reversal(&self, seq: u64) -> Option<u64> {
        let reversal = self.journal.is_reversed(seq);
        reversal.filter(|reversal| *reversal < self.size)
    }

    pub(crate) fn push(&mut self, id: StockId, mut node: Node) {
        let step = match node.kind {
            Kind::Lot => Step::Lot(id),
            _ => Step::Entry(node.seq),
        };
        if self.seen.insert(step) {
            node.reversed_by = self.reversal(node.seq);
            self.nodes.push(node);
        }
    }

    /// Adds the step that an entry is, with what is left of its quantity.
    pub(crate) fn node(&mut self, seq: u64) -> Result<(), ReadError> {
        if self.seen.contains(&Step::Entry(seq)) {
            return Ok(());
        }
        let node = Node::of(&*self.entry(seq)?).ok_or(ReadError::NotInJournal { seq })?;
        let node = self.own_node(seq, node)?;
        self.push(StockId::new(seq, 0), node);
        Ok(())
    }

    /// A step as its entry says, with what is left of its quantity and what it is of.
    fn own_node(&self, seq: u64, mut node: Node) -> Result<Node, ReadError> {
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
                    node.quantity = Some(Amount(known.net()));
                }
                node.answered_by = self.answers(seq)?;
            }
            Kind::Donation => node.answered_by = self.answers(seq)?,
            Kind::Receipt => node.purpose_changed_by = self.purposes(StockId::new(seq, 0))?,
            Kind::Need => {
                if let Some(need) = needs::of_entry(self.overlay, seq)? {
                    node.quantity = Some(need.quantity);
                }
            }
            Kind::Purchase | Kind::Transfer | Kind::Refund | Kind::WriteOff | Kind::Expense => {
                if let Some(first) = drawn(self.overlay, seq, StockId::from_number(0)).next() {
                    let stock = Stock::load(self.overlay, first?.stretch.stock)?.ok_or(LOST_STOCK)?;
                    node.item = Some(stock.item);
                }
            }
            _ => {}
        }
        Ok(node)
    }

    pub(crate) fn edge(&mut self, from: Reference, to: Reference, item: &Item, quantity: u128) {
        self.edge_part(from, to, item, quantity, None);
    }

    fn edge_part(
        &mut self,
        from: Reference,
        to: Reference,
        item: &Item,
        quantity: u128,
        share: Option<String>,
    ) {
        self.edges.push(Edge {
            from,
            to,
            item: item.clone(),
            quantity: Amount(quantity),
            share,
        });
    }

    /// Whether the way up from a delivery was added already.
    pub(crate) fn shown_delivery(&self, delivery: u64) -> bool {
        self.delivered.contains(&delivery)
    }

    pub(crate) fn show_delivery(&mut self, delivery: u64) {
        self.delivered.insert(delivery);
    }

    /// What answers a delivery or pledge and stands, what came back of it included.
    fn answers(&self, seq: u64) -> Result<Vec<u64>, ReadError> {
        let answers = answers(self.overlay, seq).chain(returns(self.overlay, seq));
        let mut answers = answers.collect::<Result<Vec<_>, _>>()?;
        // What these were not told of yet is not known here.
        answers.retain(|seq| *seq < self.size);
        answers.sort_unstable();
        Ok(answers)
    }

    fn purposes(&self, stock: StockId) -> Result<Vec<u64>, ReadError> {
        let changes = purposes(self.overlay, stock)?;
        // What these were not told of yet is not known here.
        Ok(changes.into_iter().filter(|seq| *seq < self.size).collect())
    }

    /// A whole lot or pool as a step. The lot of a receipt is the receipt's own step.
    pub(crate) fn stock_node(&self, id: StockId, stock: &Stock) -> Result<Node, ReadError> {
        let entry = self.entry(id.seq())?;
        let mut node = Node::of(&entry).ok_or(ReadError::NotInJournal { seq: id.seq() })?;
        node.purpose_changed_by = self.purposes(id)?;
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
        // A lot is the first step of its own way up.
        if let Some(head) = head.filter(|head| head.kind != Kind::Lot) {
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
        let Stretch {
            stock: id, from, to, ..
        } = portion.stretch;
        let seq = match portion.way {
            Way::Whole => return Ok(()),
            Way::Receipt(seq) => seq,
            Way::Through(seq) => {
                self.node(seq)?;
                let node = self.stock_node(id, stock)?;
                self.push(id, node);
                let (code, share) = (self.code(seq)?, portion.part.as_ref().map(fraction));
                self.edge_part(code, stock.name.clone(), &stock.item, stock.line, share);
                return Ok(());
            }
        };
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
        if matches!(holding, Holding::WrittenOff(_)) && Node::of(&*self.entry(owner)?).is_none() {
            // What an inspection of goods rejected has no code of its own; the outcome counts it.
            return Ok(());
        }
        let begun = overlaps.of(self.overlay, owner)?.begins_in_stock(stock, from);
        if let Some((length, share)) = begun.map(|piece| (piece.length, piece.part.as_ref().map(fraction))) {
            self.node(owner)?;
            let code = self.code(owner)?;
            self.edge_part(known.name.clone(), code, &known.item, length, share);
        }
        if let Some(delivery) = delivery {
            let overlap = overlaps.of(self.overlay, delivery)?;
            if overlap.begins(stock, from) {
                let overlap = overlap.clone();
                self.delivery(owner, delivery, Some(&overlap))?;
            }
        }
        Ok(())
    }

    /// A delivery, what of the gift flowed into it (all of it where no gift is asked for), and its line among those
    /// reached, unless everything came back.
    fn delivery(&mut self, allocation: u64, seq: u64, gift: Option<&Overlap>) -> Result<(), ReadError> {
        let known = Delivery::load(self.overlay, seq)?.ok_or(LOST_DRAW)?;
        let Allocation { category, item, .. } =
            Allocation::load(self.overlay, allocation)?.ok_or(LOST_DRAW)?;
        if known.quantity == 0 {
            return Err(LOST_DRAW.into());
        }
        self.node(seq)?;
        let code = self.code(seq)?;
        let whole = BigInt::from(known.quantity);
        let part = match gift {
            None => BigRational::from(whole.clone()),
            Some(gift) => gift.total(),
        };
        let share = fraction(&(part / whole));
        let from = self.code(allocation)?;
        match gift.map_or(Some(known.quantity), Overlap::whole) {
            Some(length) => self.edge(from, code.clone(), &item, length),
            None => self.edge_part(from, code.clone(), &item, known.quantity, Some(share.clone())),
        }
        if known.net() == 0 {
            return Ok(());
        }
        self.reached.push(Reached {
            delivery: code,
            state: known.state(),
            delivered: Amount(known.net()),
            place: known.place,
            category,
            item,
            share,
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
                let asked = Asked {
                    owner: seq,
                    to: &code,
                };
                let next = self.upstream(Upstream::of(self.overlay, &asked)?, up)?;
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
            self.delivery(seq, delivery, None)?;
        }
        Ok(None)
    }

    /// A need, the allocations made for it, and what was delivered out of each.
    fn around_need(&mut self, seq: u64, cursor: Option<Cursor>) -> Result<Option<Cursor>, ReadError> {
        let (first, mut from) = match cursor {
            None => (0, 0),
            Some(Cursor::Need { allocation, delivery }) => (allocation, delivery),
            Some(_) => return Err(ReadError::BadCursor),
        };
        if cursor.is_none() {
            self.node(seq)?;
        }
        for allocation in allocations_of_need(self.overlay, seq, first) {
            let allocation = allocation?;
            let at = |delivery| Some(Cursor::Need { allocation, delivery });
            let from = std::mem::take(&mut from);
            // A page that begins at one of its deliveries shows the allocation again, and has room for both.
            if from == 0 && self.full() {
                return Ok(at(0));
            }
            self.node(allocation)?;
            for delivery in deliveries(self.overlay, allocation, from) {
                let delivery = delivery?;
                if self.full() {
                    return Ok(at(delivery));
                }
                self.delivery(allocation, delivery, None)?;
            }
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
                self.delivery(known.allocation, seq, None)?;
            }
        }
        let code = self.code(known.allocation)?;
        let asked = Asked {
            owner: seq,
            to: &code,
        };
        self.upstream(Upstream::of(self.overlay, &asked)?, cursor)
    }
}
