//! What feeds the read models: an entry, and what it moved.
//!
//! The ledger alone decides which part of which lot a draw takes (first in, first out). It says so here, in
//! stretches of a stock's line, so that no read model has to decide it again.

use std::sync::Arc;

use minhbach_events::{Entry, Hash, Item, Reference, Slug, words::Source};
use serde::{Deserialize, Serialize};

/// A lot or pool, named by the entry that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockId(u64);

impl StockId {
    /// The `nth` stock (from 0) that the entry `seq` opened.
    ///
    /// # Panics
    ///
    /// Panics at 2^48 entries.
    pub fn new(seq: u64, nth: u16) -> StockId {
        assert!(seq < 1 << 48, "the journal is full");
        StockId(seq << 16 | u64::from(nth))
    }
    /// The entry that opened it.
    pub fn seq(self) -> u64 {
        self.0 >> 16
    }
    /// Which of the stocks that entry opened.
    pub fn nth(self) -> u16 {
        self.0 as u16
    }
    /// A number that sorts as the journal does.
    pub fn number(self) -> u64 {
        self.0
    }
    /// The stock with that number.
    pub fn from_number(number: u64) -> StockId {
        StockId(number)
    }
}

/// Whether a stock came in at once or grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockKind {
    /// What one receipt, purchase or transfer put into stock: its line is as long as its quantity.
    Lot,
    /// A line of like receipts: each joins at the end.
    Pool,
}

impl StockKind {
    /// Every kind.
    pub const ALL: &'static [StockKind] = &[StockKind::Lot, StockKind::Pool];
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            StockKind::Lot => "lot",
            StockKind::Pool => "pool",
        }
    }
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<StockKind> {
        StockKind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// A stock that an entry opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its identity.
    pub stock: StockId,
    /// Its code (a lot) or slug (a pool).
    pub name: Reference,
    /// Lot or pool.
    pub kind: StockKind,
    /// The party that holds it.
    pub fund: Slug,
    /// What it is of.
    pub item: Item,
    /// Where it came from; several after a purchase out of several sources.
    pub sources: Vec<Source>,
    /// The length of its line in thousandths: a lot's quantity, 0 for a pool.
    pub quantity: u128,
    /// Its worth. A pool's receipts have their own.
    pub value: Value,
}

/// What a stock that is opened is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// As the entry says, in whole đồng; unknown for a gift in kind that nobody valued.
    Stated(Option<u64>),
    /// What the stretches are worth that the entry took: the moves of a transfer, what a return brings back.
    OfTaken,
}

/// A part of a delivery: a stretch of a stock's line, and where in the delivery it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The lot or pool.
    pub stock: StockId,
    /// Where it begins, in thousandths.
    pub from: u128,
    /// Where it ends (excluded).
    pub to: u128,
    /// Where it begins along what the delivery handed over, in thousandths.
    pub at: u128,
}

/// A receipt that joined a pool's line, at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The pool.
    pub pool: StockId,
    /// Where on the line it begins, in thousandths.
    pub from: u128,
    /// Where it ends: the next one begins there.
    pub to: u128,
    /// Its worth in whole đồng, if known.
    pub value_vnd: Option<u64>,
}

/// Who holds a stretch of a line. The number is the seq of the entry by which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holding {
    /// Nobody: it can be drawn.
    Available,
    /// An allocation.
    Allocated(u64),
    /// A delivery.
    Delivered(u64),
    /// A purchase.
    Spent(u64),
    /// A transfer.
    Transferred(u64),
    /// A refund.
    Refunded(u64),
    /// A loss.
    WrittenOff(u64),
    /// An expense.
    Expensed(u64),
    /// It is no longer part of the line: the receipt that brought it was reversed.
    Withdrawn,
}

/// A stretch of a stock's line that passed from one holder to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The lot or pool.
    pub stock: StockId,
    /// Where the stretch begins, in thousandths.
    pub from: u128,
    /// Where it ends (excluded).
    pub to: u128,
    /// Who held it before the entry; the whole stretch had this one holder.
    pub was: Holding,
    /// Who holds it since.
    pub now: Holding,
}

/// What an entry did to stocks, and what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Stocks it opened.
    pub opened: Vec<Opened>,
    /// The receipt it added to a pool.
    pub joined: Option<Joined>,
    /// Stretches it moved, in the order in which the entry draws them. Reversing a receipt moves its whole
    /// stretch to `Withdrawn`, which is for good: what was drawn of a pooled one from its holder, who takes the
    /// next free stretches of the pool instead.
    pub moves: Vec<Move>,
    /// What a return brings back: the tail of its delivery as far as it was not brought back before. Its stocks
    /// go on counting it as delivered; the lot that is opened holds it anew.
    pub returned: Vec<Part>,
    /// The entry that opened what this one is about: a cancelling's or receipt's donation, an allocation's need, a
    /// delivery's or release's allocation, a confirmation's, dispute's, resolution's or return's delivery, the need, sponsorship
    /// or finding that is revised, ended, answered or closed, the stock inspected or bound to another purpose.
    pub about: Option<u64>,
}

/// An entry that is in the journal, with its hash and what it moved.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The entry.
    pub entry: Arc<Entry>,
    /// The hash of its bytes.
    pub hash: Hash,
    /// What it moved.
    pub effects: Effects,
    /// What an `entry.reversed` undid, with the entry that this one was about (its `about`).
    pub undone: Option<Undone>,
}

/// The entry that a reversal undid.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Its [`Effects::about`].
    pub about: Option<u64>,
}
