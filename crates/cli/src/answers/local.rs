//! Answers out of a folder.

use minhbach_events::{Entry, Reference, Slug};
use minhbach_ledger::{NameKind, Named};
use minhbach_projections::{
    Balances, BalancesFilter, NeedRow, NeedsQuery, NeedsTable, PartiesQuery, PartiesTable, PlaceAnswer,
    PlacesQuery, PlacesTable, ProgressAnswer, Reach, ReadError, ReceivedQuery, ReceivedTable, SearchAnswer,
    StatementFilter, StatementTable, Totals, Trail,
};

use super::Answers;
use crate::filters::{Filters, NameUnknown};
use crate::names::{Known, Names};
use crate::opening::Readable;
use crate::texts::Texts;

impl Readable {
    /// Asked with the first page only: what follows was known before.
    fn known(&self, filters: &impl Filters, cursor: Option<&str>) -> anyhow::Result<()> {
        if cursor.is_some() {
            return Ok(());
        }
        self.all_known(&filters.named())
    }

    fn all_known(&self, named: &Named<'_>) -> anyhow::Result<()> {
        match named.first_unknown(&self.books()) {
            Some(unknown) => Err(NameUnknown(unknown).into()),
            None => Ok(()),
        }
    }
}

impl Answers for Readable {
    fn balances(&self, filter: &BalancesFilter, cursor: Option<&str>) -> anyhow::Result<Balances> {
        self.known(filter, cursor)?;
        Ok(self.read(|projections, _| projections.balances(filter, cursor))??)
    }

    fn statement(&self, filter: &StatementFilter, cursor: Option<&str>) -> anyhow::Result<StatementTable> {
        self.known(filter, cursor)?;
        Ok(self.read(|projections, _| projections.statement(filter, cursor))??)
    }

    fn received(&self, query: &ReceivedQuery, cursor: Option<&str>) -> anyhow::Result<ReceivedTable> {
        self.known(query, cursor)?;
        Ok(self.read(|projections, _| projections.received(query, cursor))??)
    }

    fn needs(&self, query: &NeedsQuery, cursor: Option<&str>) -> anyhow::Result<NeedsTable> {
        self.known(query, cursor)?;
        Ok(self.read(|projections, _| projections.needs(query, cursor))??)
    }

    fn parties(&self, query: &PartiesQuery, cursor: Option<&str>) -> anyhow::Result<PartiesTable> {
        self.known(query, cursor)?;
        Ok(self.read(|projections, _| projections.parties(query, cursor))??)
    }

    fn places(&self, query: &PlacesQuery, cursor: Option<&str>) -> anyhow::Result<PlacesTable> {
        self.known(query, cursor)?;
        Ok(self.read(|projections, _| projections.places(query, cursor))??)
    }

    fn place(&self, place: &Slug, reach: Reach) -> anyhow::Result<PlaceAnswer> {
        self.all_known(&Named {
            place: Some(place),
            ..Named::default()
        })?;
        Ok(self.read(|projections, journal| projections.place(place, reach, journal))??)
    }

    fn progress(&self, programme: &Slug) -> anyhow::Result<ProgressAnswer> {
        self.all_known(&Named {
            programme: Some(programme),
            ..Named::default()
        })?;
        Ok(self.read(|projections, journal| projections.progress(programme, journal))??)
    }

    fn programmes(&self) -> anyhow::Result<Vec<Slug>> {
        let books = self.books();
        let mut known: Vec<Slug> = books.programmes().map(|known| known.programme.clone()).collect();
        known.sort();
        Ok(known)
    }

    fn search(&self, words: &str) -> anyhow::Result<SearchAnswer> {
        Ok(self.read(|projections, journal| projections.search(words, journal, None))??)
    }

    fn trail(&self, name: &Reference, cursor: Option<&str>) -> anyhow::Result<Option<Trail>> {
        match self.read(|projections, journal| projections.trail(name, journal, cursor))? {
            Ok(trail) => Ok(Some(trail)),
            Err(ReadError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn entry(&self, seq: u64) -> anyhow::Result<Entry> {
        let raw = self
            .reader()
            .entry(seq)?
            .ok_or_else(|| anyhow::anyhow!("entry {seq} is not in the journal"))?;
        Ok(Entry::read(&raw.bytes)?)
    }

    fn lot(&self, opener: u64, name: &Reference) -> anyhow::Result<Option<Totals>> {
        let stock = self.read(|projections, _| projections.stock_of(opener, name))??;
        Ok(stock.map(|stock| stock.totals))
    }

    fn need(&self, assessed: &Entry) -> anyhow::Result<Option<NeedRow>> {
        Ok(self.read(|projections, _| projections.need(assessed.seq))??)
    }

    fn names(&self, texts: Texts, _: &[NameKind]) -> anyhow::Result<Names<'_>> {
        Ok(Names {
            known: Known::Held(self.books()),
            texts,
        })
    }
}
