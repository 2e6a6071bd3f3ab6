//! Everything that reads bytes from outside, run on bytes that nobody thought of.
//!
//! A [`Target`] is a function of bytes that panics where something does not hold: not only that a reader does not panic, but
//! that what it takes has one spelling, is written and read again as the same, agrees with another's reader where there is
//! one, and that a refusal is a sentence ([`sentence::check`]).
//!
//! Two things run them. The tests ([`short`]) replay what is [kept](kept) and then inputs of a seeded [mutator](mutate), the
//! same at each run. `cargo xtask fuzz` runs them under libFuzzer, which sees which branches an input takes.

pub mod folder;
pub mod kept;
pub mod mutate;
pub mod random;
pub mod sentence;
pub mod short;
mod target;
mod targets;

pub use target::{Dictionary, Target, find};
pub use targets::TARGETS;
