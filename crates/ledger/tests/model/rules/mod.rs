//! What each type of event must keep, and what it does.

mod allocation;
pub mod conversion;
mod delivery;
mod gifts;
mod need;
mod outflow;
mod reference;
mod reversal;
mod watch;

pub use reversal::REVERSIBLE;
