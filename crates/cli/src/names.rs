//! Names beside codes: what a slug stands for.

use std::rc::Rc;

use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::visible::visible;
use minhbach_ledger::{Books, BooksGuard};

use crate::numbers;
use crate::remote::NameTable;
use crate::texts::Texts;

/// Where names are looked up.
pub trait Dictionary {
    /// A place's name.
    fn place(&self, place: &Slug) -> Option<&str>;
    /// A party's name.
    fn party(&self, party: &Slug) -> Option<&str>;
    /// An item's title and unit.
    fn item(&self, item: &Slug, english: bool) -> Option<(&str, &str)>;
    /// A programme's title.
    fn programme(&self, programme: &Slug, english: bool) -> Option<&str>;
    /// A category's title in a programme, or in the first programme that has it.
    fn category(&self, programme: Option<&Slug>, category: &Label, english: bool) -> Option<&str>;
}

impl Dictionary for Books {
    fn place(&self, place: &Slug) -> Option<&str> {
        self.place_name(place)
    }

    fn party(&self, party: &Slug) -> Option<&str> {
        self.party_name(party)
    }

    fn item(&self, item: &Slug, english: bool) -> Option<(&str, &str)> {
        let known = Books::item(self, item)?;
        Some((known.title.in_language(english), known.unit.as_str()))
    }

    fn programme(&self, programme: &Slug, english: bool) -> Option<&str> {
        let known = self.programmes().find(|known| known.programme == *programme)?;
        Some(known.title.in_language(english))
    }

    fn category(&self, programme: Option<&Slug>, category: &Label, english: bool) -> Option<&str> {
        let asked = self
            .programmes()
            .filter(|known| programme.is_none_or(|asked| known.programme == *asked));
        let mut titles: Vec<(&Slug, &str)> = asked
            .filter_map(|known| {
                let found = known
                    .categories
                    .iter()
                    .find(|known| known.category == *category)?;
                Some((&known.programme, found.title.in_language(english)))
            })
            .collect();
        titles.sort();
        titles.first().map(|(_, title)| *title)
    }
}

/// The dictionary of a ledger.
pub enum Known<'a> {
    /// Its books.
    Books(&'a Books),
    /// Its books, which nobody changes meanwhile.
    Held(BooksGuard<'a>),
    /// What its server told.
    Table(Rc<NameTable>),
}

/// The names that a ledger knows, in one language.
pub struct Names<'a> {
    pub known: Known<'a>,
    pub texts: Texts,
}

impl Names<'_> {
    fn dictionary(&self) -> &dyn Dictionary {
        match &self.known {
            Known::Books(books) => *books,
            Known::Held(books) => &**books,
            Known::Table(table) => &**table,
        }
    }

    /// A place's name, else its slug.
    pub fn place(&self, place: &Slug) -> String {
        visible(self.dictionary().place(place).unwrap_or(place.as_str()))
    }

    /// A party's name, else its slug.
    pub fn party(&self, party: &Slug) -> String {
        visible(self.dictionary().party(party).unwrap_or(party.as_str()))
    }

    /// What an item is called.
    pub fn item(&self, item: &Item) -> String {
        match item {
            Item::Money(currency) if item.is_vnd() => {
                let _ = currency;
                self.texts.get("item-vnd")
            }
            Item::Money(currency) => self.texts.with("item-money", &[("currency", &currency.as_str())]),
            Item::Kind(slug) => {
                let known = self.dictionary().item(slug, self.texts.english());
                known.map_or_else(|| slug.as_str().to_owned(), |(title, _)| visible(title))
            }
        }
    }

    /// An item's unit.
    pub fn unit(&self, item: &Item) -> String {
        match item {
            Item::Money(currency) => currency.as_str().to_owned(),
            Item::Kind(slug) => {
                let known = self.dictionary().item(slug, self.texts.english());
                known.map_or(String::new(), |(_, unit)| unit.to_owned())
            }
        }
    }

    /// A quantity of an item, with its unit.
    pub fn quantity(&self, quantity: impl std::fmt::Display, item: &Item) -> String {
        numbers::with_unit(self.texts, quantity, &self.unit(item))
    }

    /// A category's title, in its programme or in the first that has it, else its label.
    pub fn category(&self, programme: Option<&Slug>, category: &Label) -> String {
        let title = self
            .dictionary()
            .category(programme, category, self.texts.english());
        title.map_or_else(|| category.as_str().to_owned(), visible)
    }

    /// A programme's title.
    pub fn programme(&self, programme: &Slug) -> String {
        let title = self.dictionary().programme(programme, self.texts.english());
        title.map_or_else(|| programme.as_str().to_owned(), visible)
    }

    /// What a word of the books means, like a source or a channel.
    pub fn word(&self, word: &str) -> String {
        word_of(self.texts, word)
    }
}

/// What a role is called, where there is a word for it; else its label.
pub fn role_of(texts: Texts, role: &Label) -> String {
    texts
        .find(&format!("role-{}", role.as_str().replace('_', "-")))
        .unwrap_or_else(|| role.to_string())
}

/// What a word of the books means.
pub fn word_of(texts: Texts, word: &str) -> String {
    texts
        .find(&format!("word-{}", word.replace('_', "-")))
        .unwrap_or_else(|| word.to_owned())
}
