//! What filters name: a place or fund that the ledger does not know is a slip of the pen, not an empty answer.

use std::fmt::{self, Display};

use clap::ArgMatches;
use minhbach_ledger::{Named, Unknown};
use minhbach_projections::{
    BalancesFilter, NeedsQuery, PartiesQuery, PlacesQuery, ReceivedQuery, StatementFilter,
};

use crate::texts::Texts;

/// A question that names things which must be known.
pub trait Filters {
    /// What it names.
    fn named(&self) -> Named<'_>;
}

impl Filters for BalancesFilter {
    fn named(&self) -> Named<'_> {
        Named {
            fund: self.fund.as_ref(),
            item: self.item.as_ref(),
            lot: self.lot.as_ref(),
            ..Named::default()
        }
    }
}

impl Filters for StatementFilter {
    fn named(&self) -> Named<'_> {
        Named {
            fund: self.fund.as_ref(),
            pool: self.pool.as_ref(),
            item: self.item.as_ref(),
            ..Named::default()
        }
    }
}

impl Filters for ReceivedQuery {
    fn named(&self) -> Named<'_> {
        Named {
            place: self.place.as_ref(),
            item: self.item.as_ref(),
            programme: self.programme.as_ref(),
            category: self.category.as_ref(),
            ..Named::default()
        }
    }
}

impl Filters for NeedsQuery {
    fn named(&self) -> Named<'_> {
        Named {
            place: self.place.as_ref(),
            item: self.item.as_ref(),
            programme: self.programme.as_ref(),
            category: self.category.as_ref(),
            ..Named::default()
        }
    }
}

impl Filters for PartiesQuery {
    fn named(&self) -> Named<'_> {
        Named {
            party: self.party.as_ref(),
            ..Named::default()
        }
    }
}

impl Filters for PlacesQuery {
    fn named(&self) -> Named<'_> {
        Named {
            place: self.parent.as_ref(),
            ..Named::default()
        }
    }
}

/// A question named what the ledger does not know. It is an answer: the command ends with *no*.
#[derive(Debug)]
pub struct NameUnknown(pub Unknown);

impl NameUnknown {
    /// The sentence about it.
    pub fn said(&self, texts: Texts) -> String {
        let key = format!("unknown-{}", self.0.kind.word());
        texts.with(&key, &[("name", &self.0.name)])
    }
}

impl Display for NameUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} {} is known", self.0.kind.word(), self.0.name)
    }
}

impl std::error::Error for NameUnknown {}

/// Whether any of the flags was given.
pub fn any(matches: &ArgMatches, flags: &[&str]) -> bool {
    flags.iter().any(|flag| matches.get_raw(flag).is_some())
}
