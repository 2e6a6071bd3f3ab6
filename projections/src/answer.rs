//! What all answers share: how far the journal was read, how lists page, and how sums are written.

use std::fmt;

use minhbach_events::{Hash, Reference};
use serde::{Serialize, Serializer};

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

/// How far the journal was read for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AsOf {
    /// How many entries.
    pub size: u64,
    /// The hash of the last one; zeros when there is none.
    pub head: Hash,
}

/// A sum in whole đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^(0|[1-9][0-9]*)$", example = "1500000"))]
pub struct Dong(pub u128);

impl fmt::Display for Dong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Dong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

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
