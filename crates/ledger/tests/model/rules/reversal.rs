//! Undoing an entry on which nothing later stands.

use minhbach_projections::recorded::Holding;

use crate::effect::Outcome;
use crate::judge::{Judge, Stop};
use crate::line::Line;
use crate::slow::Slow;
use crate::stock::{Piece, Segment, length};

/// What can be undone.
pub const REVERSIBLE: [&str; 17] = [
    "donation.pledged",
    "donation.cancelled",
    "receipt.issued",
    "goods.inspected",
    "purpose.changed",
    "purchase.made",
    "custody.transferred",
    "allocation.made",
    "allocation.released",
    "delivery.made",
    "delivery.confirmed",
    "delivery.disputed",
    "delivery.resolved",
    "delivery.returned",
    "refund.paid",
    "stock.written_off",
    "expense.paid",
];

/// The entry by which it is held.
fn holder_seq(holder: Holding) -> Option<u64> {
    match holder {
        Holding::Available | Holding::Withdrawn => None,
        Holding::Allocated(seq)
        | Holding::Delivered(seq)
        | Holding::Spent(seq)
        | Holding::Transferred(seq)
        | Holding::Refunded(seq)
        | Holding::WrittenOff(seq)
        | Holding::Expensed(seq) => Some(seq),
    }
}

impl Slow {
    pub fn entry_reversed(&mut self, line: Line, mut judge: Judge) -> Result<Outcome, Stop> {
        let seq = line.number("reverses");
        let found = judge.known(self.entries.get(seq as usize)).cloned();
        if let Some(entry) = &found {
            let type_name = entry.type_name.as_str();
            let never = !REVERSIBLE.contains(&type_name) || entry.reversed.is_some();
            judge.hard("reversal_blocked", never || self.in_the_way(type_name, seq));
        }
        judge.verdict()?;
        let entry = found.expect("known");
        // A reversal is about what the entry was about that it undoes; of inspections it says nothing.
        let about = entry.about.filter(|_| entry.type_name != "goods.inspected");
        let mut out = Outcome {
            about,
            ..Outcome::default()
        };
        self.undo(&entry.type_name, seq, &mut out);
        let reversal = self.next();
        self.entries[seq as usize].reversed = Some(reversal);
        Ok(out)
    }

    fn held_anywhere(&self, stock: usize) -> bool {
        self.stocks[stock]
            .segments
            .iter()
            .any(|segment| holder_seq(segment.holder).is_some())
    }

    fn bound_anew(&self, stock: usize) -> bool {
        self.changes
            .iter()
            .any(|change| change.stock == stock && self.stands(change.seq))
    }

    fn in_the_way(&self, type_name: &str, seq: u64) -> bool {
        let lots_used = |stock: &usize| self.held_anywhere(*stock) || self.bound_anew(*stock);
        match type_name {
            "donation.pledged" => {
                let pledge = self.pledges.iter().position(|p| p.seq == seq).expect("a pledge");
                self.receipts
                    .iter()
                    .any(|r| r.pledge == Some(pledge) && self.stands(r.seq))
                    || self
                        .cancellings
                        .iter()
                        .any(|c| c.pledge == pledge && self.stands(c.seq))
            }
            "receipt.issued" => {
                let receipt = self.receipts.iter().find(|r| r.seq == seq).expect("a receipt");
                if self.stocks[receipt.stock].pool {
                    self.recall(receipt.stock, (receipt.from, receipt.to)).is_none()
                } else {
                    lots_used(&receipt.stock)
                }
            }
            "purchase.made" | "custody.transferred" | "delivery.returned" => self
                .conversions
                .iter()
                .find(|c| c.seq == seq)
                .expect("a conversion")
                .lots
                .iter()
                .any(lots_used),
            "purpose.changed" => {
                let change = self.changes.iter().find(|c| c.seq == seq).expect("a change");
                let later = self
                    .changes
                    .iter()
                    .any(|c| c.stock == change.stock && seq < c.seq && self.stands(c.seq));
                let drew = |segment: &Segment| match segment.holder {
                    Holding::Delivered(delivery) => {
                        let delivery = self
                            .deliveries
                            .iter()
                            .find(|d| d.seq == delivery)
                            .expect("a delivery");
                        Some(self.allocations[delivery.allocation].seq)
                    }
                    other => holder_seq(other),
                };
                later
                    || self.stocks[change.stock]
                        .segments
                        .iter()
                        .filter_map(drew)
                        .any(|drew| seq < drew)
            }
            "allocation.made" => {
                let allocation = self
                    .allocations
                    .iter()
                    .position(|a| a.seq == seq)
                    .expect("an allocation");
                self.releases
                    .iter()
                    .any(|r| r.allocation == allocation && self.stands(r.seq))
                    || self
                        .deliveries
                        .iter()
                        .any(|d| d.allocation == allocation && self.stands(d.seq))
            }
            "allocation.released" => {
                let release = self.releases.iter().find(|r| r.seq == seq).expect("a release");
                release.pieces.iter().any(|(stock, from, to)| {
                    let free = self.stocks[*stock].free();
                    let free_there = free
                        .iter()
                        .map(|(f, t)| (*f.max(from), *t.min(to)))
                        .filter(|(f, t)| f < t);
                    length(&free_there.collect::<Vec<Piece>>()) < to - from
                })
            }
            "delivery.made" => {
                let delivery = self
                    .deliveries
                    .iter()
                    .position(|d| d.seq == seq)
                    .expect("a delivery");
                self.answer(delivery).is_some() || 0 < self.returned_quantity(delivery)
            }
            "delivery.disputed" => {
                let own = self
                    .answers
                    .iter()
                    .find(|a| a.seq == seq)
                    .expect("an answer")
                    .delivery;
                self.answers
                    .iter()
                    .any(|a| a.delivery == own && seq < a.seq && self.stands(a.seq))
            }
            _ => false,
        }
    }

    /// What takes the place of a pooled receipt's held pieces: for each, in order of position, the lowest free
    /// positions of the rest of the pool. Nothing if the rest is too small, or a refund names the receipt.
    fn recall(&self, pool: usize, own: Piece) -> Option<Vec<(Piece, Segment)>> {
        let pool = &self.stocks[pool];
        let mut rest: Vec<Piece> = Vec::new();
        for (from, to) in pool.free() {
            for (from, to) in [(from, to.min(own.0)), (from.max(own.1), to)] {
                if from < to {
                    rest.push((from, to));
                }
            }
        }
        let mut replacements = Vec::new();
        for segment in &pool.segments {
            let (from, to) = (segment.from.max(own.0), segment.to.min(own.1));
            if to <= from || segment.holder == Holding::Available {
                continue;
            }
            if matches!(segment.holder, Holding::Refunded(_)) {
                return None;
            }
            let mut left = to - from;
            while 0 < left {
                let first = rest.first_mut()?;
                let part = left.min(first.1 - first.0);
                replacements.push(((first.0, first.0 + part), segment.clone()));
                first.0 += part;
                left -= part;
                if first.0 == first.1 {
                    rest.remove(0);
                }
            }
        }
        Some(replacements)
    }

    fn undo(&mut self, type_name: &str, seq: u64, out: &mut Outcome) {
        match type_name {
            "receipt.issued" => {
                let receipt = self
                    .receipts
                    .iter()
                    .find(|r| r.seq == seq)
                    .expect("a receipt")
                    .clone();
                let own = (receipt.from, receipt.to);
                let replacements = match self.stocks[receipt.stock].pool {
                    true => self.recall(receipt.stock, own).expect("nothing is in the way"),
                    false => Vec::new(),
                };
                self.give(receipt.stock, own, Holding::Withdrawn, out);
                for (piece, segment) in replacements {
                    self.give(receipt.stock, piece, segment.holder, out);
                }
                self.stocks[receipt.stock].gone = !self.stocks[receipt.stock].pool;
            }
            "purchase.made" | "custody.transferred" | "delivery.returned" => {
                let lots = self
                    .conversions
                    .iter()
                    .find(|c| c.seq == seq)
                    .expect("a conversion")
                    .lots
                    .clone();
                for lot in lots {
                    let whole = (0, self.stocks[lot].end());
                    self.give(lot, whole, Holding::Withdrawn, out);
                    self.stocks[lot].gone = true;
                }
                self.give_back(seq, Holding::Available, out);
            }
            "purpose.changed" => {
                let stock = self
                    .changes
                    .iter()
                    .find(|c| c.seq == seq)
                    .expect("a change")
                    .stock;
                let before = self
                    .changes
                    .iter()
                    .rev()
                    .find(|c| c.stock == stock && c.seq != seq && self.stands(c.seq));
                let bound = before.map_or(self.stocks[stock].first_restriction.clone(), |c| {
                    c.restriction.clone()
                });
                self.stocks[stock].restriction = bound;
            }
            "delivery.made" => {
                let delivery = self.deliveries.iter().find(|d| d.seq == seq).expect("a delivery");
                let allocation = self.allocations[delivery.allocation].seq;
                self.give_back(seq, Holding::Allocated(allocation), out);
            }
            "allocation.released" => {
                let release = self
                    .releases
                    .iter()
                    .find(|r| r.seq == seq)
                    .expect("a release")
                    .clone();
                let holder = Holding::Allocated(self.allocations[release.allocation].seq);
                for (stock, from, to) in release.pieces {
                    self.give(stock, (from, to), holder, out);
                }
            }
            "allocation.made" | "goods.inspected" | "refund.paid" | "stock.written_off" | "expense.paid" => {
                self.give_back(seq, Holding::Available, out);
            }
            _ => {}
        }
    }

    /// Everything that an entry holds goes to another holder.
    fn give_back(&mut self, seq: u64, now: Holding, out: &mut Outcome) {
        for (stock, pieces) in self.holdings(|segment| holder_seq(segment.holder) == Some(seq)) {
            self.give_all(stock, &pieces, now, out);
        }
    }
}
