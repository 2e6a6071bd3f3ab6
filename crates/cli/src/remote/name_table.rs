//! What slugs and labels stand for, as a server tells it.

use std::collections::{BTreeMap, HashMap, HashSet};

use minhbach_events::{Label, Slug};
use minhbach_ledger::{NameKind, NameRow};

use crate::names::Dictionary;

/// Names by what they name.
#[derive(Clone, Default)]
pub struct NameTable {
    loaded: HashSet<&'static str>,
    names: HashMap<(&'static str, String), NameRow>,
    /// By label, then by plan.
    categories: HashMap<String, BTreeMap<String, NameRow>>,
}

impl NameTable {
    /// Whether the names of a kind are in it.
    pub fn has(&self, kind: NameKind) -> bool {
        self.loaded.contains(kind.word())
    }

    /// Adds all names of a kind.
    pub fn add(&mut self, kind: NameKind, rows: Vec<NameRow>) {
        self.loaded.insert(kind.word());
        for row in rows {
            match (&row.programme, kind) {
                (Some(programme), NameKind::Category) => {
                    let of_label = self.categories.entry(row.id.clone()).or_default();
                    of_label.insert(programme.clone(), row);
                }
                _ => {
                    self.names.insert((kind.word(), row.id.clone()), row);
                }
            }
        }
    }

    fn find(&self, kind: NameKind, id: &str) -> Option<&NameRow> {
        self.names.get(&(kind.word(), id.to_owned()))
    }
}

impl Dictionary for NameTable {
    fn place(&self, place: &Slug) -> Option<&str> {
        Some(&self.find(NameKind::Place, place.as_str())?.vi)
    }

    fn party(&self, party: &Slug) -> Option<&str> {
        Some(&self.find(NameKind::Party, party.as_str())?.vi)
    }

    fn item(&self, item: &Slug, english: bool) -> Option<(&str, &str)> {
        let known = self.find(NameKind::Item, item.as_str())?;
        Some((title(known, english), known.unit.as_deref().unwrap_or_default()))
    }

    fn programme(&self, programme: &Slug, english: bool) -> Option<&str> {
        let known = self.find(NameKind::Programme, programme.as_str())?;
        Some(title(known, english))
    }

    fn category(&self, programme: Option<&Slug>, category: &Label, english: bool) -> Option<&str> {
        let of_label = self.categories.get(category.as_str())?;
        let known = match programme {
            Some(programme) => of_label.get(programme.as_str())?,
            None => of_label.values().next()?,
        };
        Some(title(known, english))
    }
}

fn title(row: &NameRow, english: bool) -> &str {
    match &row.en {
        Some(en) if english => en,
        _ => &row.vi,
    }
}
