//! Names beside codes: what a slug stands for.

use minhbach_events::event::ProgrammePublished;
use minhbach_events::{Item, Label, Slug};
use minhbach_exchange::visible::visible;
use minhbach_ledger::Books;

use crate::numbers;
use crate::texts::Texts;

/// The names that the books know, in one language.
pub struct Names<'a> {
    pub books: &'a Books,
    pub texts: Texts,
}

impl Names<'_> {
    /// A place's name, else its slug.
    pub fn place(&self, place: &Slug) -> String {
        visible(self.books.place_name(place).unwrap_or(place.as_str()))
    }

    /// A party's name, else its slug.
    pub fn party(&self, party: &Slug) -> String {
        visible(self.books.party_name(party).unwrap_or(party.as_str()))
    }

    /// What an item is called.
    pub fn item(&self, item: &Item) -> String {
        match item {
            Item::Money(currency) if item.is_vnd() => {
                let _ = currency;
                self.texts.get("item-vnd")
            }
            Item::Money(currency) => self.texts.with("item-money", &[("currency", &currency.as_str())]),
            Item::Kind(slug) => self.books.item(slug).map_or_else(
                || slug.as_str().to_owned(),
                |known| visible(known.title.in_language(self.texts.english())),
            ),
        }
    }

    /// An item's unit.
    pub fn unit(&self, item: &Item) -> String {
        match item {
            Item::Money(currency) => currency.as_str().to_owned(),
            Item::Kind(slug) => self
                .books
                .item(slug)
                .map_or(String::new(), |known| known.unit.as_str().to_owned()),
        }
    }

    /// A quantity of an item, with its unit.
    pub fn quantity(&self, quantity: impl std::fmt::Display, item: &Item) -> String {
        numbers::with_unit(self.texts, quantity, &self.unit(item))
    }

    /// A category's title, in its programme or in the first that has it, else its label.
    pub fn category(&self, programme: Option<&Slug>, category: &Label) -> String {
        let title = |programme: &ProgrammePublished| {
            let found = programme
                .categories
                .iter()
                .find(|known| known.category == *category)?;
            Some(visible(found.title.in_language(self.texts.english())))
        };
        let mut programmes: Vec<&ProgrammePublished> = self
            .books
            .programmes()
            .filter(|known| programme.is_none_or(|asked| known.programme == *asked))
            .collect();
        programmes.sort_by(|a, b| a.programme.cmp(&b.programme));
        programmes
            .into_iter()
            .find_map(title)
            .unwrap_or_else(|| category.as_str().to_owned())
    }

    /// A programme's title.
    pub fn programme(&self, programme: &Slug) -> String {
        let mut known = self.books.programmes();
        known.find(|known| known.programme == *programme).map_or_else(
            || programme.as_str().to_owned(),
            |known| visible(known.title.in_language(self.texts.english())),
        )
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
