//! A trail bundle as a ledger that can be asked: what its entries and its trail say, and nothing else.

use std::collections::BTreeMap;
use std::rc::Rc;

use minhbach_auditing::TrailBundle;
use minhbach_events::text::Title;
use minhbach_events::{Entry, Event, Reference, Slug};
use minhbach_ledger::{NameKind, NameRow};
use minhbach_projections::{
    Balances, BalancesFilter, NeedRow, NeedsQuery, NeedsTable, PartiesQuery, PartiesTable, PlaceAnswer,
    PlacesQuery, PlacesTable, ProgressAnswer, Reach, ReceivedQuery, ReceivedTable, SearchAnswer,
    StatementFilter, StatementTable, Totals, Trail,
};

use super::Answers;
use crate::names::{Known, Names};
use crate::remote::NameTable;
use crate::texts::Texts;

/// The entries of a bundle that was checked, and its trail.
pub struct Bundled {
    entries: BTreeMap<u64, Entry>,
    trail: Option<Trail>,
    names: Rc<NameTable>,
}

impl Bundled {
    /// Reads entries and trail, which the check of the bundle has read already.
    pub fn of(bundle: &TrailBundle) -> anyhow::Result<Bundled> {
        let mut entries = BTreeMap::new();
        for bundled in &bundle.entries {
            entries.insert(bundled.index, Entry::read(bundled.entry.as_bytes())?);
        }
        let trail = bundle
            .trail
            .as_deref()
            .map(|trail| serde_json::from_str(trail.get()));
        let mut names = NameTable::default();
        for kind in NameKind::ALL {
            let rows = entries.values().flat_map(|entry| rows_of(&entry.event));
            names.add(*kind, rows.filter(|row| row.kind == *kind).collect());
        }
        Ok(Bundled {
            trail: trail.transpose()?,
            names: Rc::new(names),
            entries,
        })
    }

    /// What the ledger says of the code, if the bundle has it.
    pub fn whole_trail(&self) -> Option<&Trail> {
        self.trail.as_ref()
    }

    /// Every entry, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
}

/// What an entry says that names stand for.
fn rows_of(event: &Event) -> Vec<NameRow> {
    let row = |kind, id: &str, vi: &str| NameRow {
        kind,
        id: id.to_owned(),
        vi: vi.to_owned(),
        en: None,
        unit: None,
        programme: None,
    };
    let titled = |kind, id: &str, title: &Title| NameRow {
        en: Some(title.in_language(true).to_owned()),
        ..row(kind, id, title.in_language(false))
    };
    let item = |e: &minhbach_events::event::ItemRegistered| {
        vec![NameRow {
            unit: Some(e.unit.as_str().to_owned()),
            ..titled(NameKind::Item, e.item.as_str(), &e.title)
        }]
    };
    let programme = |e: &minhbach_events::event::ProgrammePublished| {
        let own = titled(NameKind::Programme, e.programme.as_str(), &e.title);
        let categories = e.categories.iter().map(|category| NameRow {
            programme: Some(e.programme.as_str().to_owned()),
            ..titled(NameKind::Category, category.category.as_str(), &category.title)
        });
        [own].into_iter().chain(categories).collect()
    };
    let place = |e: &minhbach_events::event::PlaceRegistered| {
        vec![row(NameKind::Place, e.place.as_str(), e.name.as_str())]
    };
    let party = |e: &minhbach_events::event::PartyRegistered| {
        vec![row(NameKind::Party, e.party.as_str(), e.name.as_str())]
    };
    match event {
        Event::PlaceRegistered(e) => place(e),
        Event::PlaceRevised(e) => place(&e.base),
        Event::PartyRegistered(e) => party(e),
        Event::PartyRevised(e) => party(&e.base),
        Event::ItemRegistered(e) => item(e),
        Event::ItemRevised(e) => item(&e.base),
        Event::ProgrammePublished(e) => programme(e),
        Event::ProgrammeRevised(e) => programme(&e.base),
        _ => Vec::new(),
    }
}

fn not_here<T>() -> anyhow::Result<T> {
    Err(anyhow::anyhow!(
        "a bundle holds one trail and answers nothing else"
    ))
}

impl Answers for Bundled {
    fn balances(&self, _: &BalancesFilter, _: Option<&str>) -> anyhow::Result<Balances> {
        not_here()
    }
    fn statement(&self, _: &StatementFilter, _: Option<&str>) -> anyhow::Result<StatementTable> {
        not_here()
    }
    fn received(&self, _: &ReceivedQuery, _: Option<&str>) -> anyhow::Result<ReceivedTable> {
        not_here()
    }
    fn needs(&self, _: &NeedsQuery, _: Option<&str>) -> anyhow::Result<NeedsTable> {
        not_here()
    }
    fn parties(&self, _: &PartiesQuery, _: Option<&str>) -> anyhow::Result<PartiesTable> {
        not_here()
    }
    fn places(&self, _: &PlacesQuery, _: Option<&str>) -> anyhow::Result<PlacesTable> {
        not_here()
    }
    fn place(&self, _: &Slug, _: Reach) -> anyhow::Result<PlaceAnswer> {
        not_here()
    }
    fn progress(&self, _: &Slug) -> anyhow::Result<ProgressAnswer> {
        not_here()
    }
    fn programmes(&self) -> anyhow::Result<Vec<Slug>> {
        not_here()
    }
    fn search(&self, _: &str) -> anyhow::Result<SearchAnswer> {
        not_here()
    }
    fn trail(&self, name: &Reference, _: Option<&str>) -> anyhow::Result<Option<Trail>> {
        Ok(self.trail.clone().filter(|trail| trail.code == *name))
    }
    fn entry(&self, seq: u64) -> anyhow::Result<Entry> {
        let entry = self.entries.get(&seq).cloned();
        entry.ok_or_else(|| anyhow::anyhow!("entry {seq} is not in the bundle"))
    }
    fn lot(&self, _: u64, _: &Reference) -> anyhow::Result<Option<Totals>> {
        Ok(None)
    }
    fn need(&self, _: &Entry) -> anyhow::Result<Option<NeedRow>> {
        Ok(None)
    }
    fn names(&self, texts: Texts, _: &[NameKind]) -> anyhow::Result<Names<'_>> {
        Ok(Names {
            known: Known::Table(self.names.clone()),
            texts,
        })
    }
}
