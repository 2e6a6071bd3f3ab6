//! What all answers share: how far the journal was read, how lists page, and how sums are written.

use std::fmt;

use minhbach_events::{Hash, Reference};

use crate::document::{document, in_documents};
use crate::store::StoreError;

/// The most rows of a page.
pub const PAGE: usize = 1_000;

/// Which page of a list is asked for, and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// Where it begins, as the page before said in `next`; none for the first.
    pub cursor: Option<&'a str>,
    /// How many rows at most: from 1 to [`PAGE`], or to [`SEARCH_PAGE`](crate::SEARCH_PAGE) in a search. What lies
    /// outside is taken for the nearer end.
    ///
    /// What a trail shows together stays together, so a page of fewer than 8 may have up to 8 lines in each list.
    pub limit: usize,
}

impl Page<'_> {
    /// How many rows it has at most, where a list gives `most`.
    pub(crate) fn rows(&self, most: usize) -> usize {
        self.limit.clamp(1, most)
    }
}

impl<'a> From<Option<&'a str>> for Page<'a> {
    /// As long as a page can be.
    fn from(cursor: Option<&'a str>) -> Page<'a> {
        Page { cursor, limit: PAGE }
    }
}

document! {
    /// How far the journal was read for an answer.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    pub struct AsOf {
        /// How many entries.
        pub size: u64,
        /// The hash of the last one; zeros when there is none.
        pub head: Hash,
    }
}

/// A sum in whole đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dong(pub u128);

impl Dong {
    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Dong> {
        // The parser itself would take a sign and leading zeros too.
        let dong = text.parse().ok().map(Dong)?;
        (dong.to_string() == text).then_some(dong)
    }
}

impl fmt::Display for Dong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

in_documents!(Dong, "A sum in whole đồng.", "^(0|[1-9][0-9]*)$", Dong::parse);

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No entry has that code, no pool that slug.
    #[error("nothing is known of {0}; check its spelling")]
    NotFound(Reference),
    /// A cursor that no answer has given.
    #[error("the cursor is not one that an answer gave; leave it out to begin again")]
    BadCursor,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal could not be read.
    #[error("the journal could not be read: {0}")]
    Journal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The journal does not hold what the projections rest on.
    #[error("entry {seq} is in the projections and not in the journal; rebuild the projections")]
    NotInJournal {
        /// Which entry.
        seq: u64,
    },
}
