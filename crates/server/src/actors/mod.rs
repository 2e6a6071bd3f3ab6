//! Who may write from outside: actors, each with a token and the roles it was given.
//!
//! The register is one file in the private folder, written whole by the command ([`add`], [`revoke`]) while a server may
//! be running, and read by the server ([`Actors`]), which looks at each request whether it is still the same file.

mod error;
mod file;
mod known;
mod record;
mod register;
mod token;

pub use error::{ActorsError, Flaw};
pub use file::{RECORDS_MAX, path};
pub use known::Actors;
pub use record::ActorRecord;
pub use register::{NewActor, add, list, revoke};
pub use token::Token;

#[cfg(test)]
mod tests;
