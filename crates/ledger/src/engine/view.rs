//! The journal as a trail asks for it.

use std::sync::{Arc, PoisonError};

use minhbach_events::{Code, Entry, Reference, Slug};
use minhbach_journal::Reader;
use minhbach_projections::Journal;

use super::threads::RwLock;
use crate::{Books, NameKind};

/// Entries by seq, code and slug.
pub struct View<'a> {
    books: &'a RwLock<Books>,
    reader: &'a Reader,
}

impl<'a> View<'a> {
    pub(super) fn new(books: &'a RwLock<Books>, reader: &'a Reader) -> View<'a> {
        View { books, reader }
    }

    /// The entry that first named a code, or opened a pool.
    pub fn opener(&self, name: &Reference) -> Option<u64> {
        let code = name.as_code().and_then(|code| self.seq_of_code(&code));
        code.or_else(|| name.as_slug().and_then(|slug| self.seq_of_pool(&slug)))
    }

    /// The entry that says what a name stands for now.
    pub fn defined_at(&self, kind: NameKind, name: &Slug) -> Option<u64> {
        self.books(|books| books.defined_at(kind, name))
    }

    fn books<T>(&self, ask: impl FnOnce(&Books) -> T) -> T {
        ask(&self.books.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Journal for View<'_> {
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>> {
        let Some(raw) = self.reader.entry(seq)? else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Entry::read(&raw.bytes)?)))
    }
    fn seq_of_code(&self, code: &Code) -> Option<u64> {
        self.books(|books| books.seq_of_code(code))
    }
    fn seq_of_pool(&self, pool: &Slug) -> Option<u64> {
        self.books(|books| books.seq_of_pool(pool))
    }
    fn is_reversed(&self, seq: u64) -> Option<u64> {
        self.books(|books| books.reversed_by(seq))
    }
}
