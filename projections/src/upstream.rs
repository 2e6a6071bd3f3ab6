//! What an allocation, a delivery or a lot came from, stock by stock back to the gifts, each with its exact part.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use minhbach_events::{Amount, Event, Reference};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::answer::ReadError;
use crate::cursor::Cursor;
use crate::gift::LOST_STOCK;
use crate::overlay::Overlay;
use crate::pool_line;
use crate::recorded::{StockId, StockKind};
use crate::stock::Stock;
use crate::store::StoreError;
use crate::trail::Draft;
use crate::trails::{Delivery, Stretch, drawn};

/// A stock that something came from, and the flows out of it that lead there.
#[derive(Default)]
struct Source {
    /// Its part of what is asked for; none where that is nothing.
    part: BigRational,
    /// What was drawn of a pool, not yet in order.
    stretches: Vec<Stretch>,
    /// To which step, and how much.
    flows: Vec<(Reference, u128)>,
}

/// The stocks still to be shown. The latest comes first: whatever leads to a stock was opened after it.
#[derive(Default)]
pub(crate) struct Upstream {
    open: BTreeMap<Reverse<StockId>, Source>,
}

impl Upstream {
    /// Adds what an entry drew; it flowed into the step `to`, and `part` of what is asked for came this way. Where
    /// the way is met again, only the part counts.
    pub fn add(
        &mut self,
        overlay: &Overlay,
        owner: u64,
        part: &BigRational,
        to: Option<&Reference>,
    ) -> Result<(), StoreError> {
        let parts = drawn(overlay, owner, StockId::from_number(0)).collect::<Result<Vec<_>, _>>()?;
        let stretches = parts.into_iter().map(|drawn| drawn.stretch);
        let stretches: Vec<Stretch> = stretches.collect();
        let whole: u128 = stretches.iter().map(|stretch| stretch.to - stretch.from).sum();
        for stretch in stretches {
            let source = self.open.entry(Reverse(stretch.stock)).or_default();
            let length = stretch.to - stretch.from;
            source.part += part * BigRational::new(BigInt::from(length), BigInt::from(whole));
            let Some(to) = to else { continue };
            source.stretches.push(stretch);
            match source.flows.last_mut() {
                Some((last, quantity)) if last == to => *quantity += length,
                _ => source.flows.push((to.clone(), length)),
            }
        }
        Ok(())
    }

    /// Adds a whole lot that is itself asked for.
    pub fn add_lot(&mut self, stock: StockId) {
        let source = self.open.entry(Reverse(stock)).or_default();
        source.part = BigRational::one();
    }
}

impl Draft<'_> {
    /// Shows where things came from, from a cursor on.
    pub(crate) fn upstream(
        &mut self,
        mut upstream: Upstream,
        cursor: Option<Cursor>,
    ) -> Result<Option<Cursor>, ReadError> {
        let start = match cursor {
            None => None,
            Some(Cursor::Upstream { stock, shown }) => Some((stock, shown)),
            Some(_) => return Err(ReadError::BadCursor),
        };
        // The entry that opened the lot before, which opened this one as well.
        let mut shown_opener = None;
        while let Some((Reverse(id), source)) = upstream.open.pop_first() {
            let stock = Stock::load(self.overlay, id)?.ok_or(LOST_STOCK)?;
            let skip = match start {
                None => 0,
                Some((first, _)) if first < id => usize::MAX,
                Some((first, shown)) if first == id => shown,
                Some(_) => 0,
            };
            if skip == 0 && self.full() {
                return Ok(Some(Cursor::Upstream { stock: id, shown: 0 }));
            }
            let asked = source.flows.is_empty() && source.part.is_one();
            if skip == 0 {
                self.source(id, &stock, &source, asked)?;
            }
            for (at, (to, quantity)) in source.flows.iter().enumerate().skip(skip) {
                // The first flow goes with the step itself, so that no page ends between them.
                if 0 < at && self.full() {
                    return Ok(Some(Cursor::Upstream { stock: id, shown: at }));
                }
                self.edge(stock.name.clone(), to.clone(), &stock.item, *quantity);
            }
            if stock.kind == StockKind::Pool {
                continue;
            }
            let first_of_opener = shown_opener != Some(id.seq());
            shown_opener = Some(id.seq());
            // A page ends before what is behind a stock, so the next one shows that, however many flows it skips.
            let show = skip != usize::MAX;
            self.behind_lot(id, &stock, &source, &mut upstream, show, first_of_opener)?;
        }
        Ok(None)
    }

    /// The step that a stock is.
    fn source(&mut self, id: StockId, stock: &Stock, source: &Source, asked: bool) -> Result<(), ReadError> {
        let mut node = self.stock_node(id, stock)?;
        if stock.kind == StockKind::Pool && !source.stretches.is_empty() {
            let behind = Behind::of(self.overlay, stock, &source.stretches)?;
            node.quantity = Some(Amount(behind.quantity));
            node.count = Some(behind.receipts);
            if let Some((first, last)) = behind.ends {
                node.first = Some(self.code(first)?);
                node.last = Some(self.code(last)?);
            }
        }
        if !asked {
            node.share = Some(fraction(&source.part));
        }
        self.push(id, node);
        Ok(())
    }

    /// What opened a lot: a receipt, with its pledge; or an entry that took from other stocks, which come next.
    fn behind_lot(
        &mut self,
        id: StockId,
        stock: &Stock,
        source: &Source,
        upstream: &mut Upstream,
        show: bool,
        first_of_opener: bool,
    ) -> Result<(), ReadError> {
        let Source { part, flows, .. } = source;
        let opener = id.seq();
        let entry = self.entry(opener)?;
        let opened = |page: &mut Self, code: &Reference, seq: u64| -> Result<(), ReadError> {
            if show {
                page.node(seq)?;
                page.edge(code.clone(), stock.name.clone(), &stock.item, stock.line);
            }
            Ok(())
        };
        match &entry.event {
            Event::ReceiptIssued(receipt) => {
                if show
                    && let Some(pledge) = &receipt.donation
                    && let Some(donation) = self.journal.seq_of_code(pledge)
                {
                    let drawn: u128 = flows.iter().map(|(_, quantity)| quantity).sum();
                    let flowed = if flows.is_empty() { stock.line } else { drawn };
                    self.node(donation)?;
                    self.edge(pledge.into(), stock.name.clone(), &stock.item, flowed);
                }
            }
            Event::PurchaseMade(_) | Event::CustodyTransferred(_) => {
                let code = self.code(opener)?;
                opened(self, &code, opener)?;
                upstream.add(self.overlay, opener, part, first_of_opener.then_some(&code))?;
            }
            Event::DeliveryReturned(back) => {
                let lost = || ReadError::NotInJournal { seq: opener };
                let delivery = self.journal.seq_of_code(&back.delivery).ok_or_else(lost)?;
                let known = Delivery::load(self.overlay, delivery)?.ok_or(LOST_STOCK)?;
                let (code, from) = (self.code(delivery)?, self.code(known.allocation)?);
                opened(self, &code, delivery)?;
                let first = !self.shown_delivery(delivery);
                if show && first {
                    self.node(known.allocation)?;
                    self.edge(from.clone(), code, &stock.item, known.quantity);
                }
                upstream.add(self.overlay, delivery, part, first.then_some(&from))?;
                self.show_delivery(delivery);
            }
            _ => {}
        }
        Ok(())
    }
}

/// A part as it is written: `n/d` in lowest terms.
pub(crate) fn fraction(part: &BigRational) -> String {
    if part.is_zero() {
        return "0/1".to_owned();
    }
    format!("{}/{}", part.numer(), part.denom())
}

/// What flowed into a step that is asked for.
pub(crate) struct Asked<'a> {
    pub owner: u64,
    pub to: &'a Reference,
}

impl Upstream {
    /// What one entry drew.
    pub fn of(overlay: &Overlay, asked: &Asked<'_>) -> Result<Upstream, StoreError> {
        let mut upstream = Upstream::default();
        upstream.add(overlay, asked.owner, &BigRational::one(), Some(asked.to))?;
        Ok(upstream)
    }
}

/// The receipts behind stretches of a pool that were drawn.
#[derive(Default)]
struct Behind {
    quantity: u128,
    receipts: u64,
    ends: Option<(u64, u64)>,
}

impl Behind {
    fn of(overlay: &Overlay, stock: &Stock, stretches: &[Stretch]) -> Result<Behind, StoreError> {
        debug_assert!(stock.kind == StockKind::Pool);
        let mut stretches = stretches.to_vec();
        stretches.sort();
        let mut behind = Behind::default();
        // How many receipts of the line end before the next one to be counted.
        let mut counted = 0;
        for part in stretches {
            behind.quantity += part.to - part.from;
            let (before, first) = pool_line::at(overlay, part.stock, part.from)?;
            let (until, last) = pool_line::at(overlay, part.stock, part.to - 1)?;
            // Two stretches can share a receipt.
            let from = before.receipts.max(counted);
            counted = until.receipts + 1;
            behind.receipts += counted - from;
            let first = behind.ends.map_or(first.seq, |(first, _)| first);
            behind.ends = Some((first, last.seq));
        }
        Ok(behind)
    }
}
