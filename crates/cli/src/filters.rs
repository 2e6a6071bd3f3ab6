//! What filters name: a place or fund that the ledger does not know is a slip of the pen, not an empty answer.

use clap::ArgMatches;
use minhbach_ledger::Unknown;

use crate::session::Session;

/// The sentence about a name that the ledger does not know.
pub fn said(session: &Session, unknown: &Unknown) -> String {
    let key = format!("unknown-{}", unknown.kind.word());
    session.texts.with(&key, &[("name", &unknown.name)])
}

/// Whether any of the flags was given.
pub fn any(matches: &ArgMatches, flags: &[&str]) -> bool {
    flags.iter().any(|flag| matches.get_raw(flag).is_some())
}
