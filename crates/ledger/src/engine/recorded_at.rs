//! The time of an entry.

use minhbach_events::words::LedgerKind;
use minhbach_events::{Event, Malformed, Problem, Proposal, Timestamp};

use crate::Books;
use crate::rejection::{Reason, Rejection};

/// When a proposal is recorded: now, or in a demo ledger when the proposal says; never before the last entry.
///
/// # Errors
///
/// The proposal says a time where it may not, or one that is still to come.
pub fn recorded_at(books: &Books, proposal: &Proposal, now: Timestamp) -> Result<Timestamp, Rejection> {
    let demo = match (&books.kind(), &proposal.event) {
        (Some(kind), _) => *kind == LedgerKind::Demo,
        (None, Event::LedgerOpened(e)) => e.kind == LedgerKind::Demo,
        (None, _) => false,
    };
    let at = match proposal.at {
        None => now,
        Some(_) if !demo => return Err(Malformed::new("at", Problem::AtOutsideDemo).into()),
        // Every later entry would stand at that time at the least.
        Some(at) if now < at => {
            let rejection = Rejection::new(Reason::InFuture).with("field", "at");
            return Err(rejection
                .date("date", at.vietnam_date())
                .date("today", now.vietnam_date()));
        }
        Some(at) => at,
    };
    Ok(books.last_at().map_or(at, |last| last.max(at)))
}
