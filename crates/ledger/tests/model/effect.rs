//! What an accepted line does: the model's own account, in the words in which the ledger gives its.

use minhbach_projections::recorded::{Holding, StockId};

/// A stretch of a line that changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub stock: StockId,
    pub from: u128,
    pub to: u128,
    pub was: Holding,
    pub now: Holding,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedLot {
    pub stock: StockId,
    pub name: String,
    pub pool: bool,
    pub fund: String,
    pub item: String,
    pub sources: Vec<String>,
    pub quantity: u128,
    pub value_vnd: Worth,
    /// It is worth what was taken for it.
    pub of_taken: bool,
}
/// What something is worth in đồng.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    Known(u128),
    /// The valued part of what is not wholly valued.
    Partly(u128),
    Unknown,
}
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub opened: Vec<OpenedLot>,
    /// Pool and stretch that a receipt joined.
    pub joined: Option<(StockId, u128, u128)>,
    pub moves: Vec<Moved>,
    /// The order of the moves is the order of the draws.
    pub ordered: bool,
    /// Stretches of a delivery's tail that came back.
    pub returned: Vec<(StockId, u128, u128)>,
    pub about: Option<u64>,
}

/// Puts neighbours with the same fate together.
pub fn merged(moves: impl Iterator<Item = Moved>) -> Vec<Moved> {
    let mut merged: Vec<Moved> = Vec::new();
    for moved in moves {
        match merged.last_mut() {
            Some(last)
                if (last.stock, last.was, last.now, last.to)
                    == (moved.stock, moved.was, moved.now, moved.from) =>
            {
                last.to = moved.to;
            }
            _ => merged.push(moved),
        }
    }
    merged
}

/// The same moves, whatever their order.
pub fn sorted(mut moves: Vec<Moved>) -> Vec<Moved> {
    moves.sort_by_key(|moved| (moved.stock, moved.from));
    merged(moves.into_iter())
}
