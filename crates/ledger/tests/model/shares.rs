//! Which receipt is in what, as exact fractions.

use minhbach_projections::recorded::Holding;
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::slow::Slow;
use crate::stock::{Origin, Piece, length};

/// Parts by the seq of the receipt, each receipt once.
pub type Parts = Vec<(u64, BigRational)>;

pub fn ratio(numerator: u128, denominator: u128) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn add(parts: &mut Parts, receipt: u64, part: BigRational) {
    match parts.iter_mut().find(|(known, _)| *known == receipt) {
        Some((_, sum)) => *sum += part,
        None => parts.push((receipt, part)),
    }
}

fn add_all(parts: &mut Parts, more: &Parts, times: &BigRational) {
    for (receipt, part) in more {
        add(parts, *receipt, part * times);
    }
}

/// For every stock that is no line of receipts: what one unit of it consists of, and which parts of which gifts all
/// of it carries. A stock's sources were opened before it.
pub struct Shares {
    mixed: Vec<Parts>,
    carried: Vec<Parts>,
}

impl Shares {
    pub fn of(slow: &Slow) -> Shares {
        let mut shares = Shares {
            mixed: Vec::new(),
            carried: Vec::new(),
        };
        for (index, stock) in slow.stocks.iter().enumerate() {
            let (mixed, carried) = match stock.origin {
                Origin::Receipts => (Parts::new(), Parts::new()),
                Origin::Purchase(seq, value, sum) => {
                    let (mixed, carried) = shares.held(slow, index, Holding::Spent(seq));
                    (mixed, times(&carried, &ratio(value, sum)))
                }
                Origin::Transfer(seq) => shares.held(slow, index, Holding::Transferred(seq)),
                Origin::Return { delivery, seq } => {
                    let (mixed, carried) = shares.held(slow, index, Holding::Delivered(delivery));
                    let whole = slow
                        .deliveries
                        .iter()
                        .find(|d| d.seq == delivery)
                        .expect("a delivery")
                        .quantity;
                    let back = slow
                        .returns
                        .iter()
                        .find(|r| r.seq == seq)
                        .expect("a return")
                        .quantity;
                    (mixed, times(&carried, &ratio(back, whole)))
                }
            };
            shares.mixed.push(mixed);
            shares.carried.push(carried);
        }
        shares
    }

    fn held(&self, slow: &Slow, upto: usize, holder: Holding) -> (Parts, Parts) {
        let (mut amounts, mut carried, mut whole) = (Parts::new(), Parts::new(), 0);
        for (index, stock) in slow.stocks[..upto].iter().enumerate() {
            let pieces = stock.held(|segment| segment.holder == holder);
            whole += length(&pieces);
            for piece in pieces {
                add_all(&mut amounts, &self.amounts(slow, index, piece), &ratio(1, 1));
                add_all(&mut carried, &self.gifts(slow, index, piece), &ratio(1, 1));
            }
        }
        // What was undone holds nothing any more.
        if whole == 0 {
            (amounts, carried)
        } else {
            (times(&amounts, &ratio(1, whole)), carried)
        }
    }

    /// How much of a piece each receipt gave, in thousandths.
    pub fn amounts(&self, slow: &Slow, stock: usize, piece: Piece) -> Parts {
        let mut parts = Parts::new();
        for (receipt, from, to, _) in slow.receipts_in(stock, piece) {
            add(&mut parts, receipt, ratio(to - from, 1));
        }
        add_all(&mut parts, &self.mixed[stock], &ratio(piece.1 - piece.0, 1));
        parts
    }

    /// Which fraction of each gift is in a piece.
    pub fn gifts(&self, slow: &Slow, stock: usize, piece: Piece) -> Parts {
        let mut parts = Parts::new();
        for (receipt, from, to, whole) in slow.receipts_in(stock, piece) {
            add(&mut parts, receipt, ratio(to - from, whole));
        }
        let length = slow.stocks[stock].end();
        if 0 < length {
            add_all(
                &mut parts,
                &self.carried[stock],
                &ratio(piece.1 - piece.0, length),
            );
        }
        parts
    }

    /// The receipts of which a lot consists.
    pub fn receipts_of(&self, slow: &Slow, stock: usize) -> Vec<u64> {
        self.amounts(slow, stock, (0, slow.stocks[stock].end()))
            .into_iter()
            .map(|(receipt, _)| receipt)
            .collect()
    }
}

fn times(parts: &Parts, by: &BigRational) -> Parts {
    parts
        .iter()
        .map(|(receipt, part)| (*receipt, part * by))
        .collect()
}

impl Slow {
    /// Receipts along a piece of a line of receipts: seq, from, to, and the length of the whole receipt.
    fn receipts_in(&self, stock: usize, piece: Piece) -> Vec<(u64, u128, u128, u128)> {
        self.stocks[stock]
            .stretches
            .iter()
            .filter_map(|stretch| {
                let (from, to) = (piece.0.max(stretch.from), piece.1.min(stretch.to));
                (from < to).then_some((stretch.receipt?, from, to, stretch.to - stretch.from))
            })
            .collect()
    }

    /// Every gift's parts add up to the gift, every delivery's shares to the delivery, every lot's to the lot.
    pub fn check_shares(&self) -> Result<(), String> {
        let shares = Shares::of(self);
        let one = ratio(1, 1);
        let sum = |parts: &Parts| parts.iter().map(|(_, part)| part.clone()).sum::<BigRational>();
        for (index, stock) in self.stocks.iter().enumerate() {
            if stock.origin != Origin::Receipts && !stock.gone && sum(&shares.mixed[index]) != one {
                return Err(format!("the shares of {} are not 1", stock.name));
            }
        }
        let mut gifts = Parts::new();
        for (index, stock) in self.stocks.iter().enumerate() {
            for segment in &stock.segments {
                let piece = (segment.from, segment.to);
                let kept = match segment.holder {
                    Holding::Spent(_) | Holding::Transferred(_) | Holding::Withdrawn => continue,
                    Holding::Delivered(seq) => self.net_part(seq),
                    _ => one.clone(),
                };
                add_all(&mut gifts, &shares.gifts(self, index, piece), &kept);
            }
        }
        for receipt in &self.receipts {
            let part = gifts
                .iter()
                .find(|(seq, _)| *seq == receipt.seq)
                .map(|(_, part)| part.clone());
            let expected = self.stands(receipt.seq).then_some(one.clone());
            if part != expected {
                return Err(format!("the parts of {} are {part:?}", receipt.code));
            }
        }
        for delivery in self
            .deliveries
            .iter()
            .filter(|delivery| self.stands(delivery.seq))
        {
            let (mixed, _) = shares.held(self, self.stocks.len(), Holding::Delivered(delivery.seq));
            if sum(&mixed) != one {
                return Err(format!("the shares of {} are not 1", delivery.code));
            }
        }
        Ok(())
    }

    /// Which part of a delivery did not come back.
    fn net_part(&self, delivery: u64) -> BigRational {
        let found = self
            .deliveries
            .iter()
            .position(|d| d.seq == delivery)
            .expect("a delivery");
        let back = self.returned_quantity(found);
        ratio(
            self.deliveries[found].quantity - back,
            self.deliveries[found].quantity,
        )
    }
}
