//! What slugs and labels stand for: a dictionary of the books, in pages, for who shows documents to people.
//!
//! Documents say places, items and parties by their slugs. Who has the books looks names up there; who has only the
//! documents, like a program at the other end of a wire, reads this.

use minhbach_events::text::Title;
use minhbach_events::{Label, Slug};
use minhbach_projections::{AsOf, PAGE, Page, ReadError};
use serde::{Deserialize, Serialize};

use crate::Books;

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A place, of any time.
    Place,
    /// An organisation.
    Party,
    /// A kind of goods or service.
    Item,
    /// A plan.
    Programme,
    /// A category of a plan.
    Category,
}

impl NameKind {
    /// Every kind, in the order of the table.
    pub const ALL: &'static [NameKind] = &[
        NameKind::Place,
        NameKind::Party,
        NameKind::Item,
        NameKind::Programme,
        NameKind::Category,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            NameKind::Place => "place",
            NameKind::Party => "party",
            NameKind::Item => "item",
            NameKind::Programme => "programme",
            NameKind::Category => "category",
        }
    }

    /// Reads its word.
    pub fn from_word(word: &str) -> Option<NameKind> {
        NameKind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// What one slug or label stands for, as last registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NameRow {
    /// What it is.
    pub kind: NameKind,
    /// Its slug; of a category its label.
    pub id: String,
    /// Its name or title.
    pub vi: String,
    /// Its title in English, where it has one. Places and parties have none: their names are not translated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The unit of an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The plan of a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
}

/// Names, a page of them, in the order of kind, id and plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamesTable {
    /// How far the journal was read.
    pub as_of: AsOf,
    /// The names.
    pub rows: Vec<NameRow>,
    /// Where the next page begins, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl NamesTable {
    /// The names of one kind or of all, a page of at most [`PAGE`].
    ///
    /// The books run ahead of what is durable, so the caller says how far the answer may claim to be:
    /// [`Ledger::as_of`](crate::Ledger::as_of).
    ///
    /// # Errors
    ///
    /// [`ReadError::BadCursor`] when the cursor is none that a page gave.
    pub fn of<'p>(
        books: &Books,
        as_of: AsOf,
        kind: Option<NameKind>,
        page: impl Into<Page<'p>>,
    ) -> Result<NamesTable, ReadError> {
        let page = page.into();
        let limit = page.limit.clamp(1, PAGE);
        let begin = page.cursor.map(read_cursor).transpose()?;
        let mut found = Vec::new();
        for &of in NameKind::ALL {
            if kind.is_none_or(|asked| asked == of) && found.len() <= limit {
                let mut names = names(books, of);
                names.retain(|name| begin.is_none_or(|begin| begin <= name.place()));
                names.sort_unstable_by_key(|name| name.place());
                found.extend(names);
            }
        }
        let next = found.get(limit).map(|name| cursor(name.place()));
        Ok(NamesTable {
            as_of,
            rows: found.into_iter().take(limit).map(|name| name.row()).collect(),
            next,
        })
    }
}

/// A name where the books have it.
struct Name<'a> {
    kind: NameKind,
    id: &'a str,
    vi: &'a str,
    en: Option<&'a str>,
    unit: Option<&'a str>,
    programme: &'a str,
}

/// Where a name stands in the table.
type Place<'a> = (NameKind, &'a str, &'a str);

impl<'a> Name<'a> {
    fn plain(kind: NameKind, id: &'a Slug, vi: &'a str) -> Name<'a> {
        Name {
            kind,
            id: id.as_str(),
            vi,
            en: None,
            unit: None,
            programme: "",
        }
    }

    fn titled(kind: NameKind, id: &'a str, title: &'a Title) -> Name<'a> {
        Name {
            kind,
            id,
            vi: title.vi.as_str(),
            en: title.en.as_ref().map(|en| en.as_str()),
            unit: None,
            programme: "",
        }
    }

    fn place(&self) -> Place<'a> {
        (self.kind, self.id, self.programme)
    }

    fn row(&self) -> NameRow {
        let programme = Some(self.programme).filter(|programme| !programme.is_empty());
        NameRow {
            kind: self.kind,
            id: self.id.to_owned(),
            vi: self.vi.to_owned(),
            en: self.en.map(str::to_owned),
            unit: self.unit.map(str::to_owned),
            programme: programme.map(str::to_owned),
        }
    }
}

fn names(books: &Books, kind: NameKind) -> Vec<Name<'_>> {
    match kind {
        NameKind::Place => {
            let places = books.places.iter();
            places
                .map(|(slug, place)| Name::plain(kind, slug, place.terms.name.as_str()))
                .collect()
        }
        NameKind::Party => {
            let parties = books.parties.iter();
            parties
                .map(|(slug, party)| Name::plain(kind, slug, party.name.as_str()))
                .collect()
        }
        NameKind::Item => {
            let items = books.items.iter();
            items
                .map(|(slug, item)| Name {
                    unit: Some(item.unit.as_str()),
                    ..Name::titled(kind, slug.as_str(), &item.title)
                })
                .collect()
        }
        NameKind::Programme => {
            let programmes = books.programmes();
            programmes
                .map(|terms| Name::titled(kind, terms.programme.as_str(), &terms.title))
                .collect()
        }
        NameKind::Category => {
            let categories = books
                .programmes()
                .flat_map(|terms| terms.categories.iter().map(move |category| (terms, category)));
            categories
                .map(|(terms, category)| Name {
                    programme: terms.programme.as_str(),
                    ..Name::titled(kind, category.category.as_str(), &category.title)
                })
                .collect()
        }
    }
}

/// Slugs and labels hold no `~`, and it stands in an address as it is.
fn cursor((kind, id, programme): Place<'_>) -> String {
    format!("{}~{id}~{programme}", kind.word())
}

fn read_cursor(text: &str) -> Result<Place<'_>, ReadError> {
    let mut parts = text.split('~');
    let (Some(kind), Some(id), Some(programme), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ReadError::BadCursor);
    };
    let kind = NameKind::from_word(kind).ok_or(ReadError::BadCursor)?;
    let formed = match kind {
        NameKind::Category => Label::new(id).is_some() && Slug::new(programme).is_some(),
        _ => Slug::new(id).is_some() && programme.is_empty(),
    };
    formed
        .then_some((kind, id, programme))
        .ok_or(ReadError::BadCursor)
}
