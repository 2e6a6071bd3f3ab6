//! What filters name: a place or fund that the ledger does not know is a slip of the pen, not an empty answer.

use std::fmt::Display;

use clap::ArgMatches;
use minhbach_events::{Item, Label, Reference, Slug};
use minhbach_ledger::Books;

use crate::session::Session;

/// What a command is asked to show only, as far as it must be known.
#[derive(Default)]
pub struct Named<'a> {
    pub fund: Option<&'a Slug>,
    pub pool: Option<&'a Slug>,
    pub place: Option<&'a Slug>,
    pub item: Option<&'a Item>,
    pub lot: Option<&'a Reference>,
    pub programme: Option<&'a Slug>,
    pub category: Option<&'a Label>,
}

impl Named<'_> {
    /// The sentence about the first that the ledger does not know.
    pub fn unknown(&self, session: &Session, books: &Books) -> Option<String> {
        let said = |key: &str, name: &dyn Display| Some(session.texts.with(key, &[("name", name)]));
        if let Some(fund) = self.fund.filter(|fund| books.party_name(fund).is_none()) {
            return said("unknown-fund", fund);
        }
        if let Some(pool) = self.pool.filter(|pool| books.seq_of_pool(pool).is_none()) {
            return said("unknown-pool", pool);
        }
        if let Some(place) = self.place.filter(|place| books.place_name(place).is_none()) {
            return said("unknown-place", place);
        }
        if let Some(Item::Kind(item)) = self.item
            && books.item(item).is_none()
        {
            return said("unknown-item", item);
        }
        if let Some(lot) = self.lot {
            let by_code = lot.as_code().and_then(|code| books.seq_of_code(&code));
            if by_code.is_none() && lot.as_slug().and_then(|slug| books.seq_of_pool(&slug)).is_none() {
                return said("unknown-lot", lot);
            }
        }
        if let Some(programme) = self.programme
            && books.programmes().all(|known| known.programme != *programme)
        {
            return said("unknown-programme", programme);
        }
        if let Some(category) = self.category {
            let mut programmes = books.programmes();
            if programmes.all(|known| books.category(&known.programme, category).is_none()) {
                return said("unknown-category", category);
            }
        }
        None
    }
}

/// Whether any of the flags was given.
pub fn any(matches: &ArgMatches, flags: &[&str]) -> bool {
    flags.iter().any(|flag| matches.get_raw(flag).is_some())
}
