//! Every rule that a proposal breaks, and the first of them in the design's order.

use crate::line::Line;

/// The order in which the rules are asked.
///
/// Whether a `despite` was needed is known last of what is malformed, and asked once the texts were looked at.
const ORDER: [&str; 23] = [
    "too_large",
    "malformed",
    "unknown_type",
    "not_authorised",
    "idempotency_conflict",
    BOOKS,
    "personal_data",
    IDLE,
    "duplicate_code",
    "unknown_reference",
    "closed",
    "out_of_period",
    "out_of_scope",
    "item_mismatch",
    "value_mismatch",
    "source_not_permitted",
    "restriction_violated",
    "restriction_conflict",
    "expired",
    "small_group",
    "four_eyes",
    "insufficient_quantity",
    "reversal_blocked",
];

/// A `despite` that lifts nothing.
pub const IDLE: &str = "malformed: idle";
/// What only the books show to be malformed: decimals that the item of a named stock cannot have, a step too many, a
/// head that is not the ledger's.
pub const BOOKS: &str = "malformed: books";

/// Why a proposal goes no further.
#[derive(Debug)]
pub enum Stop {
    Refused(&'static str),
    /// It breaks nothing, and was only asked about.
    WouldPass,
}

pub struct Judge {
    broken: Vec<&'static str>,
    /// Broken policies of a fact, which `despite` can lift.
    soft: Vec<&'static str>,
    despite: Vec<String>,
    asked_only: bool,
}

impl Judge {
    pub fn of(line: Line, asked_only: bool) -> Judge {
        let despite = line.texts("despite");
        Judge {
            broken: Vec::new(),
            soft: Vec::new(),
            despite,
            asked_only,
        }
    }
    pub fn hard(&mut self, code: &'static str, broken: bool) {
        if broken {
            self.broken.push(code);
        }
    }
    pub fn soft(&mut self, code: &'static str, broken: bool) {
        if broken {
            self.soft.push(code);
        }
    }
    /// A reference that must lead somewhere.
    pub fn known<T>(&mut self, found: Option<T>) -> Option<T> {
        self.hard("unknown_reference", found.is_none());
        found
    }
    /// The first broken rule.
    pub fn verdict(mut self) -> Result<(), Stop> {
        // Whether a lift was needed cannot be said where a reference leads nowhere.
        if !self.broken.contains(&"unknown_reference") {
            let idle = self
                .despite
                .iter()
                .any(|code| !self.soft.iter().any(|soft| soft == code));
            self.hard(IDLE, idle);
        }
        let standing = self
            .soft
            .iter()
            .filter(|code| !self.despite.iter().any(|lift| lift == *code));
        let first = ORDER
            .iter()
            .find(|code| self.broken.contains(code) || standing.clone().any(|soft| soft == *code));
        match first {
            Some(code) => Err(Stop::Refused(code.split(':').next().expect("a code"))),
            None if self.asked_only => Err(Stop::WouldPass),
            None => Ok(()),
        }
    }
}
