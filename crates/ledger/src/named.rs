//! What the filters of a question name, and the first of it that the books do not know.
//!
//! A place or fund that nobody registered is a slip of the pen, and an empty answer would hide it.

use minhbach_events::{Item, Label, Reference, Slug};

use crate::Books;

/// What a question is limited to, as far as it must be known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// A party that holds what was given.
    pub fund: Option<&'a Slug>,
    /// A pool.
    pub pool: Option<&'a Slug>,
    /// A place, of any time.
    pub place: Option<&'a Slug>,
    /// An item; money of any currency is known.
    pub item: Option<&'a Item>,
    /// A lot or pool, or any other code of the ledger.
    pub lot: Option<&'a Reference>,
    /// A programme.
    pub programme: Option<&'a Slug>,
    /// A category of any programme.
    pub category: Option<&'a Label>,
    /// A party.
    pub party: Option<&'a Slug>,
}

/// What a name was meant to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// A party that holds what was given.
    Fund,
    /// A pool.
    Pool,
    /// A place.
    Place,
    /// An item.
    Item,
    /// A lot or pool.
    Lot,
    /// A programme.
    Programme,
    /// A category.
    Category,
    /// A party.
    Party,
}

impl NamedKind {
    /// Every kind.
    pub const ALL: &'static [NamedKind] = &[
        NamedKind::Fund,
        NamedKind::Pool,
        NamedKind::Place,
        NamedKind::Item,
        NamedKind::Lot,
        NamedKind::Programme,
        NamedKind::Category,
        NamedKind::Party,
    ];

    /// Its word, in the names of filters and of sentences.
    pub fn word(self) -> &'static str {
        match self {
            NamedKind::Fund => "fund",
            NamedKind::Pool => "pool",
            NamedKind::Place => "place",
            NamedKind::Item => "item",
            NamedKind::Lot => "lot",
            NamedKind::Programme => "programme",
            NamedKind::Category => "category",
            NamedKind::Party => "party",
        }
    }

    /// Reads its word.
    pub fn from_word(word: &str) -> Option<NamedKind> {
        NamedKind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// A name that the books do not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it was meant to name.
    pub kind: NamedKind,
    /// As it was given.
    pub name: String,
}

impl Named<'_> {
    /// The first name that the books do not know, in the order of [`NamedKind::ALL`].
    pub fn first_unknown(&self, books: &Books) -> Option<Unknown> {
        let unknown = |kind, name: &dyn std::fmt::Display| {
            Some(Unknown {
                kind,
                name: name.to_string(),
            })
        };
        if let Some(fund) = self.fund.filter(|fund| books.party_name(fund).is_none()) {
            return unknown(NamedKind::Fund, fund);
        }
        if let Some(pool) = self.pool.filter(|pool| books.seq_of_pool(pool).is_none()) {
            return unknown(NamedKind::Pool, pool);
        }
        if let Some(place) = self.place.filter(|place| books.place_name(place).is_none()) {
            return unknown(NamedKind::Place, place);
        }
        if let Some(Item::Kind(item)) = self.item
            && books.item(item).is_none()
        {
            return unknown(NamedKind::Item, item);
        }
        if let Some(lot) = self.lot {
            let by_code = lot.as_code().and_then(|code| books.seq_of_code(&code));
            if by_code.is_none() && lot.as_slug().and_then(|slug| books.seq_of_pool(&slug)).is_none() {
                return unknown(NamedKind::Lot, lot);
            }
        }
        if let Some(programme) = self.programme
            && books.programmes().all(|known| known.programme != *programme)
        {
            return unknown(NamedKind::Programme, programme);
        }
        if let Some(category) = self.category {
            let mut programmes = books.programmes();
            if programmes.all(|known| books.category(&known.programme, category).is_none()) {
                return unknown(NamedKind::Category, category);
            }
        }
        if let Some(party) = self.party.filter(|party| books.party_name(party).is_none()) {
            return unknown(NamedKind::Party, party);
        }
        None
    }
}
