//! All read models over one store, and how far they are.

use std::path::Path;

use minhbach_events::{Hash, Reference, Slug};

use crate::answer::{AsOf, Page, ReadError};
use crate::journal::Journal;
use crate::keys::{LAYOUT, POSITION, question};
use crate::lot::{self, LotAnswer};
use crate::lots::{self, Balances, BalancesFilter, Lots};
use crate::needs::{self, NeedRow, Needs, NeedsQuery, NeedsTable};
use crate::overlay::Overlay;
use crate::packed::Unpack;
use crate::parties::{self, Parties, PartiesQuery, PartiesTable};
use crate::places::{self, PlaceAnswer, Places, PlacesQuery, PlacesTable, Reach};
use crate::progress::{self, Progress, ProgressAnswer};
use crate::projection::{Fault, Projection};
use crate::received::{self, Received, ReceivedQuery, ReceivedTable};
use crate::recorded::{Recorded, StockId};
use crate::search::{self, Search, SearchAnswer};
use crate::statement::{self, Statement, StatementFilter, StatementTable};
use crate::stock::Stock;
use crate::store::{Leaves, MemoryStore, OpenError, SledStore, Store, StoreError};
use crate::trail::{self, Trail};
use crate::trails::{self, Trails};
use crate::value::{Worth, value_of};

/// How many keys wait before they are written together, in a tenth as many leaves: sled is slow in larger batches, and writes
/// a leaf whole for each.
const BATCH_KEYS: usize = 1_000;

/// How far the projections are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// How many entries they were told: the next one has this seq.
    pub size: u64,
    /// The hash of the last of them.
    pub head: Hash,
    /// The hash of entry 0, by which a journal is known.
    pub genesis: Hash,
}

/// Why an entry could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    /// It is not the next one. Nothing changed.
    #[error("entry {found} was told where entry {expected} comes next")]
    OutOfOrder {
        /// The seq of the next one.
        expected: u64,
        /// The seq of the one told.
        found: u64,
    },
    /// It contradicts what is kept: that is damaged, or the entry is not of this journal. Rebuild.
    #[error("the projection {projection} cannot take in entry {seq}: {why}; rebuild it from the journal")]
    Inconsistent {
        /// Which read model.
        projection: &'static str,
        /// Which entry.
        seq: u64,
        /// What contradicts.
        why: String,
    },
    /// The store failed. Rebuild.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier entry failed. Rebuild.
    #[error("the projections stopped at an earlier error; rebuild them from the journal")]
    Stopped,
}

/// All read models, told one entry after the other.
///
/// What is not written yet is read as if it were: an answer after [`apply`](Projections::apply) knows the entry.
/// After an error nothing is written or answered any more; what the store holds is an earlier state.
pub struct Projections {
    overlay: Overlay,
    position: Option<Position>,
    /// The size that the store holds.
    written: u64,
    /// The order is fixed: a later one may read what an earlier one keeps.
    models: [&'static dyn Projection; 9],
    stopped: bool,
}

impl Projections {
    /// Opens those in a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`OpenError::Unusable`] when the folder has to be moved aside and rebuilt; the others leave it as it is.
    pub fn open_sled(dir: &Path) -> Result<Projections, OpenError> {
        let store = SledStore::open(dir)?;
        Projections::over(Box::new(Leaves::over(store))).map_err(|error| OpenError::Unusable {
            why: match error {
                StoreError::Failed { why } => why,
                StoreError::Damaged { what } => format!("its {what} is damaged or of another version"),
            },
        })
    }

    /// Empty ones in memory.
    pub fn in_memory() -> Projections {
        Projections::empty(Box::new(Leaves::over(MemoryStore::new())))
    }

    /// Those that a store holds.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read, or is of another layout.
    pub fn over(store: Box<dyn Store>) -> Result<Projections, StoreError> {
        let mut projections = Projections::empty(store);
        let position = projections.overlay.get(&[POSITION])?;
        let position = position.map(|value| unpack_position(&value)).transpose()?;
        if position.is_none()
            && projections
                .overlay
                .range(&[], &[u8::MAX; 2], FORWARD)
                .next()
                .is_some()
        {
            return Err(StoreError::Damaged { what: "position" });
        }
        projections.position = position;
        projections.written = position.map_or(0, |position| position.size);
        Ok(projections)
    }

    fn empty(store: Box<dyn Store>) -> Projections {
        Projections {
            overlay: Overlay::new(store),
            position: None,
            written: 0,
            models: [
                &Lots, &Trails, &Received, &Statement, &Parties, &Needs, &Progress, &Places, &Search,
            ],
            stopped: false,
        }
    }

    /// How far they are; none before the first entry.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Takes in the next entry. It is written sooner or later, at the latest by [`flush`](Projections::flush).
    ///
    /// # Errors
    ///
    /// [`ProjectionError`]; after any but `OutOfOrder` these projections are of no more use.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), ProjectionError> {
        if self.stopped {
            return Err(ProjectionError::Stopped);
        }
        let seq = recorded.entry.seq;
        let expected = self.position.map_or(0, |position| position.size);
        if seq != expected {
            return Err(ProjectionError::OutOfOrder { expected, found: seq });
        }
        for model in self.models {
            model.apply(&mut self.overlay, recorded).map_err(|fault| {
                self.stopped = true;
                match fault {
                    Fault::Store(error) => ProjectionError::Store(error),
                    Fault::Inconsistent(why) => ProjectionError::Inconsistent {
                        projection: model.name(),
                        seq,
                        why,
                    },
                }
            })?;
        }
        self.position = Some(Position {
            size: seq + 1,
            head: recorded.hash,
            genesis: self.position.map_or(recorded.hash, |position| position.genesis),
        });
        if BATCH_KEYS <= self.overlay.waiting() {
            self.write()?;
        }
        Ok(())
    }

    /// Which question other projections of the same entries would answer otherwise, by the name of its command.
    /// The same entries leave the same pairs of keys and values, so those are compared, and nothing is missed.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when a store cannot be read.
    pub fn first_difference(&self, other: &Projections) -> Result<Option<&'static str>, ReadError> {
        let (from, to) = ([POSITION + 1], [u8::MAX; 2]);
        let mut mine = self.overlay.range(&from, &to, FORWARD);
        let mut theirs = other.overlay.range(&from, &to, FORWARD);
        loop {
            let (a, b) = (mine.next().transpose()?, theirs.next().transpose()?);
            let first = match (&a, &b) {
                (None, None) => return Ok(None),
                (Some(a), Some(b)) if a == b => continue,
                (Some(a), Some(b)) => a.0.first().min(b.0.first()),
                (Some(one), None) | (None, Some(one)) => one.0.first(),
            };
            return Ok(Some(first.map_or("position", |table| question(*table))));
        }
    }

    /// Writes what waits and hands it to the operating system.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Store`] when the store cannot be written.
    pub fn flush(&mut self) -> Result<(), ProjectionError> {
        if self.stopped {
            return Err(ProjectionError::Stopped);
        }
        self.write()?;
        self.overlay.flush().inspect_err(|_| self.stopped = true)?;
        Ok(())
    }

    /// Flushes and ends.
    ///
    /// # Errors
    ///
    /// As [`flush`](Projections::flush).
    pub fn close(mut self) -> Result<(), ProjectionError> {
        self.flush()
    }

    /// Writes what waits with the position, at once.
    fn write(&mut self) -> Result<(), ProjectionError> {
        let Some(position) = self.position.filter(|position| self.written < position.size) else {
            return Ok(());
        };
        let pair = (vec![POSITION], pack_position(&position));
        self.overlay.write(pair).inspect_err(|_| self.stopped = true)?;
        self.written = position.size;
        Ok(())
    }

    /// Lots and pools with what is where, a page of at most [`PAGE`](crate::PAGE) rows.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn balances<'p>(
        &self,
        filter: &BalancesFilter,
        page: impl Into<Page<'p>>,
    ) -> Result<Balances, ReadError> {
        lots::balances(self.readable()?, self.as_of(), filter, page.into())
    }

    /// What came in and went out by day, a page of at most [`PAGE`](crate::PAGE) rows.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn statement<'p>(
        &self,
        filter: &StatementFilter,
        page: impl Into<Page<'p>>,
    ) -> Result<StatementTable, ReadError> {
        statement::statement(self.readable()?, self.as_of(), filter, page.into())
    }

    /// Who received what, a page of at most [`PAGE`](crate::PAGE) rows; the total is over all pages.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn received<'p>(
        &self,
        query: &ReceivedQuery,
        page: impl Into<Page<'p>>,
    ) -> Result<ReceivedTable, ReadError> {
        received::received(self.readable()?, self.as_of(), query, page.into())
    }

    /// What is lacking, the most urgent first, a page of at most [`PAGE`](crate::PAGE) rows; the total is over all
    /// pages.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn needs<'p>(&self, query: &NeedsQuery, page: impl Into<Page<'p>>) -> Result<NeedsTable, ReadError> {
        needs::needs(self.readable()?, self.as_of(), query, page.into())
    }

    /// How far a plan's targets are.
    ///
    /// # Errors
    ///
    /// [`ReadError::NotFound`] for a plan that no entry published; else when store or journal fail.
    pub fn progress(&self, programme: &Slug, journal: &dyn Journal) -> Result<ProgressAnswer, ReadError> {
        progress::progress(self.readable()?, self.as_of(), programme, journal)
    }

    /// Organisations and what they did, a page of at most [`PAGE`](crate::PAGE) rows.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn parties<'p>(
        &self,
        query: &PartiesQuery,
        page: impl Into<Page<'p>>,
    ) -> Result<PartiesTable, ReadError> {
        parties::parties(self.readable()?, self.as_of(), query, page.into())
    }

    /// Places, former and present, a page of at most [`PAGE`](crate::PAGE) rows.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails or the cursor is none.
    pub fn places<'p>(
        &self,
        query: &PlacesQuery,
        page: impl Into<Page<'p>>,
    ) -> Result<PlacesTable, ReadError> {
        places::places(self.readable()?, self.as_of(), query, page.into())
    }

    /// A place with its past and future, and what was delivered there.
    ///
    /// # Errors
    ///
    /// [`ReadError::NotFound`] for a place that no entry registered; else when store or journal fail.
    pub fn place(&self, place: &Slug, reach: Reach, journal: &dyn Journal) -> Result<PlaceAnswer, ReadError> {
        places::place(self.readable()?, self.as_of(), place, reach, journal)
    }

    /// What has such a name or code, the best first; at most [`SEARCH_PAGE`](crate::SEARCH_PAGE) rows a page.
    ///
    /// Of the words no more than [`QUERY_CHARS_MAX`](crate::QUERY_CHARS_MAX) characters are read.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when store or journal fail or the cursor is none.
    pub fn search<'p>(
        &self,
        words: &str,
        journal: &dyn Journal,
        page: impl Into<Page<'p>>,
    ) -> Result<SearchAnswer, ReadError> {
        search::search(self.readable()?, self.as_of(), words, journal, page.into())
    }

    /// Where something came from and where it went: a code, or a pool's slug.
    ///
    /// # Errors
    ///
    /// [`ReadError::NotFound`] for a name that no entry gave; else when store or journal fail or the cursor is
    /// none.
    pub fn trail<'p>(
        &self,
        name: &Reference,
        journal: &dyn Journal,
        page: impl Into<Page<'p>>,
    ) -> Result<Trail, ReadError> {
        trail::trail(self.readable()?, self.as_of(), name, journal, page.into())
    }

    /// The entries that confirm, dispute or settle a delivery, or cancel a pledge, and stand, in order; none for what is
    /// neither.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn answers(&self, asked: u64) -> Result<Vec<u64>, ReadError> {
        Ok(trails::answers(self.readable()?, asked).collect::<Result<_, _>>()?)
    }

    /// The entries that brought a part of a delivery back and stand, in order.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn returns(&self, delivery: u64) -> Result<Vec<u64>, ReadError> {
        Ok(trails::returns(self.readable()?, delivery).collect::<Result<_, _>>()?)
    }

    /// The need that an entry assessed, as it is now.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn need(&self, seq: u64) -> Result<Option<NeedRow>, ReadError> {
        Ok(needs::of_entry(self.readable()?, seq)?)
    }

    /// The lot or pool of that name that an entry opened.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn stock_of(&self, opener: u64, name: &Reference) -> Result<Option<Stock>, ReadError> {
        Ok(lot::find(self.readable()?, opener, name)?.map(|(_, stock)| stock))
    }

    /// The same as a document; none when that entry opened nothing of that name.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn lot(&self, opener: u64, name: &Reference) -> Result<Option<LotAnswer>, ReadError> {
        lot::lot(self.readable()?, self.as_of(), opener, name)
    }

    /// A lot or pool.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails.
    pub fn stock(&self, id: StockId) -> Result<Option<Stock>, ReadError> {
        Ok(Stock::load(self.readable()?, id)?)
    }

    /// What a stretch of a stock's line is worth; none when there is no such stock.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the store fails, or the stretch is not on the line.
    pub fn value_of(&self, id: StockId, from: u128, to: u128) -> Result<Option<Worth>, ReadError> {
        let overlay = self.readable()?;
        let Some(stock) = Stock::load(overlay, id)? else {
            return Ok(None);
        };
        Ok(Some(value_of(overlay, id, &stock, from, to)?))
    }

    /// How far the journal was read for an answer given now.
    pub fn as_of(&self) -> AsOf {
        self.position.map_or(
            AsOf {
                size: 0,
                head: Hash::ZERO,
            },
            |position| AsOf {
                size: position.size,
                head: position.head,
            },
        )
    }

    fn readable(&self) -> Result<&Overlay, StoreError> {
        if self.stopped {
            return Err(StoreError::Failed {
                why: "it stopped at an earlier error".to_owned(),
            });
        }
        Ok(&self.overlay)
    }
}

const FORWARD: crate::store::Direction = crate::store::Direction::Forward;

fn pack_position(position: &Position) -> Vec<u8> {
    let mut value = LAYOUT.to_be_bytes().to_vec();
    value.extend_from_slice(&position.size.to_be_bytes());
    value.extend_from_slice(&position.head.0);
    value.extend_from_slice(&position.genesis.0);
    value
}

fn unpack_position(value: &[u8]) -> Result<Position, StoreError> {
    let mut read = Unpack::new("position", value);
    if u32::from_be_bytes(read.bytes()?) != LAYOUT {
        return Err(read.damaged());
    }
    let position = Position {
        size: u64::from_be_bytes(read.bytes()?),
        head: Hash(read.bytes()?),
        genesis: Hash(read.bytes()?),
    };
    read.finish()?;
    Ok(position)
}
