//! Lots and pools as plain lists of segments, each with who holds it.

use minhbach_projections::recorded::{Holding, StockId};

use crate::effect::{Moved, OpenedLot, Outcome, Worth};
use crate::judge::Judge;
use crate::restriction::Restriction;
use crate::slow::Slow;

#[derive(Clone, Debug)]
pub struct Segment {
    pub from: u128,
    pub to: u128,
    pub holder: Holding,
}
/// What came into a stock at once.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub receipt: Option<u64>,
    pub from: u128,
    pub to: u128,
    pub on: String,
    pub expires: Option<String>,
    pub worth: Worth,
}
/// Where a stock comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Receipts,
    /// Its part of the money, as value and sum of values.
    Purchase(u64, u128, u128),
    Transfer(u64),
    Return {
        seq: u64,
        delivery: u64,
    },
}
#[derive(Clone, Debug)]
pub struct Stock {
    pub id: StockId,
    pub name: String,
    pub pool: bool,
    pub gone: bool,
    pub fund: String,
    pub item: String,
    pub sources: Vec<String>,
    /// What it was bound to when it was opened.
    pub first_restriction: Restriction,
    pub restriction: Restriction,
    pub depth: u32,
    pub origin: Origin,
    pub stretches: Vec<Stretch>,
    pub segments: Vec<Segment>,
}
/// A stretch of a stock: from, to.
pub type Piece = (u128, u128);

pub fn length(pieces: &[Piece]) -> u128 {
    pieces.iter().map(|(from, to)| to - from).sum()
}

/// The first of some pieces, up to a quantity.
pub fn front(pieces: &[Piece], quantity: u128) -> Vec<Piece> {
    let mut left = quantity;
    let mut taken = Vec::new();
    for &(from, to) in pieces {
        let part = (to - from).min(left);
        if 0 < part {
            taken.push((from, from + part));
        }
        left -= part;
    }
    taken
}

/// The last of some pieces, up to a quantity, still in order of position.
pub fn tail(pieces: &[Piece], quantity: u128) -> Vec<Piece> {
    let mut left = quantity;
    let mut taken = Vec::new();
    for &(from, to) in pieces.iter().rev() {
        let part = (to - from).min(left);
        if 0 < part {
            taken.insert(0, (to - part, to));
        }
        left -= part;
    }
    taken
}

impl Stock {
    pub fn held(&self, holds: impl Fn(&Segment) -> bool) -> Vec<Piece> {
        self.segments
            .iter()
            .filter(|segment| holds(segment))
            .map(|segment| (segment.from, segment.to))
            .collect()
    }
    pub fn free(&self) -> Vec<Piece> {
        self.held(|segment| segment.holder == Holding::Available)
    }
    pub fn end(&self) -> u128 {
        self.stretches.last().map_or(0, |stretch| stretch.to)
    }
    /// All it ever received and that was not withdrawn.
    pub fn received(&self) -> u128 {
        length(&self.held(|segment| segment.holder != Holding::Withdrawn))
    }
    fn touched<'a>(&'a self, pieces: &'a [Piece]) -> impl Iterator<Item = (&'a Stretch, u128, u128)> {
        self.stretches.iter().flat_map(move |stretch| {
            pieces.iter().filter_map(move |&(from, to)| {
                let (from, to) = (from.max(stretch.from), to.min(stretch.to));
                (from < to).then_some((stretch, from, to))
            })
        })
    }
    /// The day of the newest that came in among the pieces; a lot has one day, whatever is taken.
    pub fn newest(&self, pieces: &[Piece]) -> Option<String> {
        if !self.pool {
            return Some(self.stretches[0].on.clone());
        }
        self.touched(pieces).map(|(stretch, ..)| stretch.on.clone()).max()
    }
    /// The earliest day on which one of the pieces expires; a lot has one day, whatever is taken.
    pub fn expires(&self, pieces: &[Piece]) -> Option<String> {
        if !self.pool {
            return self.stretches[0].expires.clone();
        }
        self.touched(pieces)
            .filter_map(|(stretch, ..)| stretch.expires.clone())
            .min()
    }
    /// The worth of each piece by the positions it has.
    pub fn worth(&self, pieces: &[Piece]) -> Worth {
        let parts = self.touched(pieces).map(|(stretch, from, to)| {
            let length = stretch.to - stretch.from;
            let upto = |value: u128, x: u128| value * (x - stretch.from) / length;
            match stretch.worth {
                Worth::Known(value) => Worth::Known(upto(value, to) - upto(value, from)),
                Worth::Partly(value) => Worth::Partly(upto(value, to) - upto(value, from)),
                Worth::Unknown => Worth::Unknown,
            }
        });
        total(parts)
    }
}

/// What several parts are worth together.
pub fn total(parts: impl Iterator<Item = Worth>) -> Worth {
    parts
        .fold(None, |sum, part| {
            Some(match (sum, part) {
                (None, part) => part,
                (Some(Worth::Known(a)), Worth::Known(b)) => Worth::Known(a + b),
                (Some(Worth::Unknown), Worth::Unknown) => Worth::Unknown,
                (Some(Worth::Known(a) | Worth::Partly(a)), Worth::Known(b) | Worth::Partly(b)) => {
                    Worth::Partly(a + b)
                }
                (Some(Worth::Known(a) | Worth::Partly(a)), Worth::Unknown)
                | (Some(Worth::Unknown), Worth::Known(a) | Worth::Partly(a)) => Worth::Partly(a),
            })
        })
        .unwrap_or(Worth::Unknown)
}

/// What a new lot is.
pub struct NewLot {
    pub name: String,
    pub fund: String,
    pub item: String,
    pub sources: Vec<String>,
    pub restriction: Restriction,
    pub depth: u32,
    pub origin: Origin,
    pub quantity: u128,
    pub on: String,
    pub expires: Option<String>,
    pub worth: Worth,
    pub receipt: Option<u64>,
}

impl Slow {
    /// A lot that stands, by its code, or a pool by its slug.
    pub fn stock(&self, name: &str) -> Option<usize> {
        self.stocks
            .iter()
            .position(|stock| stock.name == name && !stock.gone)
    }

    /// What a draw would take, and whether it may: not before what it takes came in, not more than is free.
    pub fn drawn(&self, judge: &mut Judge, stock: usize, quantity: u128, on: &str) -> Vec<Piece> {
        let free = self.stocks[stock].free();
        let pieces = front(&free, quantity);
        let newest = self.stocks[stock].newest(&pieces);
        judge.hard("out_of_period", newest.is_some_and(|day| on < day.as_str()));
        judge.hard("insufficient_quantity", length(&free) < quantity);
        pieces
    }

    /// Gives a piece to a holder.
    pub fn give(&mut self, stock: usize, piece: Piece, now: Holding, out: &mut Outcome) {
        let id = self.stocks[stock].id;
        let old = std::mem::take(&mut self.stocks[stock].segments);
        let mut new: Vec<Segment> = Vec::new();
        let mut put = |segment: Segment| {
            if segment.to <= segment.from {
                return;
            }
            match new.last_mut() {
                Some(last) if last.holder == segment.holder && last.to == segment.from => {
                    last.to = segment.to;
                }
                _ => new.push(segment),
            }
        };
        for segment in old {
            let (from, to) = (piece.0.max(segment.from), piece.1.min(segment.to));
            if to <= from {
                put(segment);
                continue;
            }
            put(Segment {
                to: from,
                ..segment.clone()
            });
            if segment.holder != now {
                out.moves.push(Moved {
                    stock: id,
                    from,
                    to,
                    was: segment.holder,
                    now,
                });
            }
            put(Segment {
                from,
                to,
                holder: now,
            });
            put(Segment { from: to, ..segment });
        }
        self.stocks[stock].segments = new;
    }

    pub fn give_all(&mut self, stock: usize, pieces: &[Piece], now: Holding, out: &mut Outcome) {
        for &piece in pieces {
            self.give(stock, piece, now, out);
        }
    }

    pub fn open_lot(&mut self, nth: u16, lot: NewLot, out: &mut Outcome) -> usize {
        let id = self.stock_id(nth);
        out.opened.push(OpenedLot {
            stock: id,
            name: lot.name.clone(),
            pool: false,
            fund: lot.fund.clone(),
            item: lot.item.clone(),
            sources: lot.sources.clone(),
            quantity: lot.quantity,
            value_vnd: lot.worth,
            of_taken: matches!(lot.origin, Origin::Transfer(_) | Origin::Return { .. }),
        });
        self.stocks.push(Stock {
            id,
            name: lot.name,
            pool: false,
            gone: false,
            fund: lot.fund,
            item: lot.item,
            sources: lot.sources,
            first_restriction: lot.restriction.clone(),
            restriction: lot.restriction,
            depth: lot.depth,
            origin: lot.origin,
            stretches: vec![Stretch {
                receipt: lot.receipt,
                from: 0,
                to: lot.quantity,
                on: lot.on,
                expires: lot.expires,
                worth: lot.worth,
            }],
            segments: vec![Segment {
                from: 0,
                to: lot.quantity,
                holder: Holding::Available,
            }],
        });
        self.stocks.len() - 1
    }

    /// Every stock in which somebody holds something, with the pieces.
    pub fn holdings(&self, holds: impl Fn(&Segment) -> bool) -> Vec<(usize, Vec<Piece>)> {
        let all = self
            .stocks
            .iter()
            .enumerate()
            .map(|(index, stock)| (index, stock.held(&holds)));
        all.filter(|(_, pieces)| !pieces.is_empty()).collect()
    }
}

/// With V(x) = floor(value × x / quantity), the pieces of any cutting add up to the whole, and none is off its exact
/// worth by a đồng.
#[test]
fn pieces_of_a_value_add_up() {
    let mut chance = crate::chance::Chance::new(7);
    for _ in 0..2_000 {
        let value = u128::from(chance.draw()) % 1_000_000_000_000_000;
        let quantity = 1 + u128::from(chance.draw()) % 1_000_000_000_000_000_000;
        let stock = Stock {
            id: StockId::new(0, 0),
            name: String::new(),
            pool: false,
            gone: false,
            fund: String::new(),
            item: String::new(),
            sources: Vec::new(),
            first_restriction: Restriction::default(),
            restriction: Restriction::default(),
            depth: 0,
            origin: Origin::Receipts,
            stretches: vec![Stretch {
                receipt: Some(0),
                from: 0,
                to: quantity,
                on: String::new(),
                expires: None,
                worth: Worth::Known(value),
            }],
            segments: Vec::new(),
        };
        let mut cuts: Vec<u128> = (0..chance.below(20))
            .map(|_| u128::from(chance.draw()) % (quantity + 1))
            .collect();
        cuts.extend([0, quantity]);
        cuts.sort_unstable();
        let mut sum = 0;
        for piece in cuts.windows(2).filter(|piece| piece[0] < piece[1]) {
            let Worth::Known(part) = stock.worth(&[(piece[0], piece[1])]) else {
                panic!("it is valued")
            };
            let exact = value * (piece[1] - piece[0]);
            assert!(part * quantity < exact + quantity && exact < part * quantity + quantity);
            sum += part;
        }
        assert_eq!(sum, value);
    }
}
