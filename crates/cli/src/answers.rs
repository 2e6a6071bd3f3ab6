//! What the reading commands ask: of a folder, or of a server. Either way the answers are the same documents.

mod bundled;
mod local;

pub use bundled::Bundled;

use minhbach_events::{Entry, Reference, Slug};
use minhbach_ledger::NameKind;
use minhbach_projections::{
    Balances, BalancesFilter, NeedRow, NeedsQuery, NeedsTable, PartiesQuery, PartiesTable, PlaceAnswer,
    PlacesQuery, PlacesTable, ProgressAnswer, Reach, ReceivedQuery, ReceivedTable, SearchAnswer,
    StatementFilter, StatementTable, Totals, Trail,
};

use crate::names::Names;
use crate::opening::Readable;
use crate::remote::Remote;
use crate::session::Session;
use crate::texts::Texts;

/// A ledger that can be asked, wherever it is.
///
/// A list comes page by page; `cursor` is `next` of the page before. What a question names and the ledger does not know
/// is an error that holds a [`NameUnknown`](crate::filters::NameUnknown).
pub trait Answers {
    fn balances(&self, filter: &BalancesFilter, cursor: Option<&str>) -> anyhow::Result<Balances>;
    fn statement(&self, filter: &StatementFilter, cursor: Option<&str>) -> anyhow::Result<StatementTable>;
    fn received(&self, query: &ReceivedQuery, cursor: Option<&str>) -> anyhow::Result<ReceivedTable>;
    fn needs(&self, query: &NeedsQuery, cursor: Option<&str>) -> anyhow::Result<NeedsTable>;
    fn parties(&self, query: &PartiesQuery, cursor: Option<&str>) -> anyhow::Result<PartiesTable>;
    fn places(&self, query: &PlacesQuery, cursor: Option<&str>) -> anyhow::Result<PlacesTable>;
    fn place(&self, place: &Slug, reach: Reach) -> anyhow::Result<PlaceAnswer>;
    fn progress(&self, programme: &Slug) -> anyhow::Result<ProgressAnswer>;
    /// Every programme, in the order of their slugs.
    fn programmes(&self) -> anyhow::Result<Vec<Slug>>;
    /// The best that was found; there is no second page.
    fn search(&self, words: &str) -> anyhow::Result<SearchAnswer>;
    /// None where nothing has that code or slug.
    fn trail(&self, name: &Reference, cursor: Option<&str>) -> anyhow::Result<Option<Trail>>;
    /// An entry of the journal.
    fn entry(&self, seq: u64) -> anyhow::Result<Entry>;
    /// Where all of a lot is now, which the entry `opener` opened.
    fn lot(&self, opener: u64, name: &Reference) -> anyhow::Result<Option<Totals>>;
    /// A need as it is now, which the entry `assessed` has assessed.
    fn need(&self, assessed: &Entry) -> anyhow::Result<Option<NeedRow>>;
    /// What slugs and labels of these kinds stand for.
    fn names(&self, texts: Texts, kinds: &[NameKind]) -> anyhow::Result<Names<'_>>;
}

/// Opens what the session names.
pub fn open(session: &Session) -> anyhow::Result<Box<dyn Answers>> {
    Ok(match session.server() {
        Some(server) => Box::new(Remote::new(server)),
        None => Box::new(Readable::open(session)?),
    })
}
