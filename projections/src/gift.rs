//! A gift as stretches of lines, and the lots it went on into, each with the gift's exact part of it.
//!
//! What a purchase, a transfer or a return opens is a mixture: every part of it has the same part of the gift. So
//! a gift is whole stretches of the lots and pools it came into, and a fraction of each lot after those.

use std::collections::{BTreeMap, HashMap};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::answer::ReadError;
use crate::flow;
use crate::holders;
use crate::overlay::Overlay;
use crate::recorded::{Holding, StockId};
use crate::stock::{Stock, Totals};
use crate::store::StoreError;
use crate::trails::{Drawn, Stretch, drawn, drawn_within, returns};

pub(crate) const LOST_STOCK: StoreError = StoreError::Damaged { what: "stock" };

/// The gift's part of a stretch; none means all of it.
pub(crate) type Part = Option<BigRational>;

/// How a stretch of a gift came into its stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is what the trail begins with, whole.
    Whole,
    /// A receipt brought it.
    Receipt(u64),
    /// It went on from other stocks: through this purchase, transfer or delivery.
    Through(u64),
}

/// A stretch of a gift.
#[derive(Clone, Debug)]
pub(crate) struct Portion {
    pub way: Way,
    pub stretch: Stretch,
    pub part: Part,
}

/// Stretches, in the order of stocks and their lines, none over another. A stock that the gift went on into is one
/// stretch.
pub(crate) struct Gift {
    pub portions: Vec<Portion>,
}

/// What an entry has of a gift in one stock.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub stock: StockId,
    /// Where it begins.
    pub from: u128,
    /// How long the stretches together are in which the gift has its part.
    pub length: u128,
    pub part: Part,
}

/// What one entry has of a gift, stock by stock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlap(Vec<Piece>);

impl Overlap {
    /// The length of the stretches, where the gift has all of each.
    pub fn whole(&self) -> Option<u128> {
        let lengths = self.0.iter();
        lengths
            .map(|piece| piece.part.is_none().then_some(piece.length))
            .sum()
    }
    /// The gift's part, in thousandths.
    pub fn total(&self) -> BigRational {
        self.0
            .iter()
            .map(|piece| scaled(piece.length, &piece.part))
            .fold(BigRational::zero(), |sum, part| sum + part)
    }
    pub fn begins(&self, stock: StockId, from: u128) -> bool {
        self.0
            .first()
            .is_some_and(|first| (first.stock, first.from) == (stock, from))
    }
    pub fn begins_in_stock(&self, stock: StockId, from: u128) -> Option<&Piece> {
        self.0
            .iter()
            .find(|piece| (piece.stock, piece.from) == (stock, from))
    }
}

fn scaled(length: u128, part: &Part) -> BigRational {
    let length = BigRational::from(BigInt::from(length));
    match part {
        None => length,
        Some(part) => length * part,
    }
}

impl Gift {
    /// A gift, and everything it went on into.
    pub fn followed(overlay: &Overlay, mut portions: Vec<Portion>) -> Result<Gift, StoreError> {
        portions.sort_by_key(|portion| portion.stretch);
        let mut gift = Gift { portions };
        // What goes on is opened later than what it comes from, so in this order nothing is met too early.
        let mut onward: BTreeMap<u64, u64> = BTreeMap::new();
        for portion in &gift.portions {
            gift.lead_on(overlay, &portion.stretch, &mut onward)?;
        }
        while let Some((opener, through)) = onward.pop_first() {
            let overlap = gift.overlap(overlay, through)?;
            let whole = drawn(overlay, through, StockId::from_number(0))
                .map(|part| part.map(|part| part.stretch.to - part.stretch.from))
                .sum::<Result<u128, _>>()?;
            if whole == 0 {
                continue;
            }
            let part = overlap.total() / BigInt::from(whole);
            for stock in opened_by(overlay, opener) {
                let (stock, known) = stock?;
                if gift.has(stock) {
                    continue;
                }
                let stretch = Stretch {
                    stock,
                    from: 0,
                    to: known.line,
                };
                gift.lead_on(overlay, &stretch, &mut onward)?;
                gift.portions.push(Portion {
                    way: Way::Through(through),
                    stretch,
                    part: (!part.is_one()).then(|| part.clone()),
                });
            }
        }
        Ok(gift)
    }

    /// Where a trail begins with a lot that others of the gift lead to as well, it has all of it already.
    fn has(&self, stock: StockId) -> bool {
        let at = self.index_at(stock, 0);
        self.portions
            .get(at)
            .is_some_and(|portion| portion.stretch.stock == stock)
    }

    /// The entries that open lots out of a stretch, with the one that took the stretch for it.
    fn lead_on(
        &self,
        overlay: &Overlay,
        stretch: &Stretch,
        onward: &mut BTreeMap<u64, u64>,
    ) -> Result<(), StoreError> {
        let mut last = None;
        for flow in flow::within(overlay, stretch) {
            let through = flow?.through;
            if last.replace(through) == Some(through) || onward.contains_key(&through) {
                continue;
            }
            let mut back = returns(overlay, through).peekable();
            if back.peek().is_none() {
                onward.insert(through, through);
            }
            for opener in back {
                onward.insert(opener?, through);
            }
        }
        Ok(())
    }

    /// The first portion that ends after a position.
    pub fn index_at(&self, stock: StockId, position: u128) -> usize {
        self.portions
            .partition_point(|portion| (portion.stretch.stock, portion.stretch.to) <= (stock, position))
    }

    /// What an entry has of it.
    pub fn overlap(&self, overlay: &Overlay, owner: u64) -> Result<Overlap, StoreError> {
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
        let portions = self.portions[first..].iter();
        for portion in portions
            .take_while(|portion| portion.stretch.stock == part.stock && portion.stretch.from < part.to)
        {
            let from = part.from.max(portion.stretch.from);
            let length = part.to.min(portion.stretch.to) - from;
            match overlap.0.last_mut() {
                Some(last) if last.stock == part.stock => last.length += length,
                _ => overlap.0.push(Piece {
                    stock: part.stock,
                    from,
                    length,
                    part: portion.part.clone(),
                }),
            }
        }
    }

    /// Where it is now, in the lots and pools it came into. What it went on into is of other items and other
    /// keepers: there it counts as spent or transferred.
    pub fn outcome(&self, overlay: &Overlay) -> Result<Totals, ReadError> {
        let mut totals = Totals::default();
        let own = |portion: &&Portion| !matches!(portion.way, Way::Through(_));
        for Portion { stretch, .. } in self.portions.iter().filter(own) {
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

/// The lots that an entry opened.
pub(crate) fn opened_by(
    overlay: &Overlay,
    opener: u64,
) -> impl Iterator<Item = Result<(StockId, Stock), StoreError>> + '_ {
    (0..=u16::MAX).map_while(move |nth| {
        let id = StockId::new(opener, nth);
        Stock::load(overlay, id)
            .transpose()
            .map(|stock| stock.map(|stock| (id, stock)))
    })
}

/// What each entry has of a gift, kept for a page: an allocation is met again at each of its deliveries.
pub(crate) struct Overlaps<'a> {
    pub gift: &'a Gift,
    pub known: HashMap<u64, Overlap>,
}

impl Overlaps<'_> {
    pub fn of(&mut self, overlay: &Overlay, owner: u64) -> Result<&Overlap, StoreError> {
        if !self.known.contains_key(&owner) {
            let overlap = self.gift.overlap(overlay, owner)?;
            self.known.insert(owner, overlap);
        }
        Ok(&self.known[&owner])
    }
}
