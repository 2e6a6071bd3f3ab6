//! A store that ends with the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::RwLock;

use super::{Batch, Direction, Pair, Pairs, Store, StoreError};

/// How many pairs a range takes at once, so that reading it does not hold the lock.
const CHUNK: usize = 256;

/// A store in memory, for tests, for `verify`, and where a disk is full.
#[derive(Debug, Default)]
pub struct MemoryStore(RwLock<BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryStore {
    /// A store with nothing in it.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    fn failed() -> StoreError {
        StoreError::Failed {
            why: "a writer stopped in the middle".to_owned(),
        }
    }

    fn chunk(
        &self,
        bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>),
        direction: Direction,
        size: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        let empty = match (&bounds.0, &bounds.1) {
            (Bound::Included(from), Bound::Excluded(to)) => from >= to,
            (Bound::Excluded(from), Bound::Excluded(to)) => from >= to,
            _ => false,
        };
        if empty {
            return Ok(Vec::new());
        }
        let map = self.0.read().map_err(|_| MemoryStore::failed())?;
        let pairs = map.range(bounds).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match direction {
            Direction::Forward => pairs.take(size).collect(),
            Direction::Backward => pairs.rev().take(size).collect(),
        })
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .0
            .read()
            .map_err(|_| MemoryStore::failed())?
            .get(key)
            .cloned())
    }

    fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a> {
        let mut bounds = (Bound::Included(from.to_vec()), Bound::Excluded(to.to_vec()));
        let mut chunk = Vec::new().into_iter();
        let mut ended = false;
        // Most ranges are asked for one pair.
        let mut size = 1;
        Box::new(std::iter::from_fn(move || {
            if let Some(pair) = chunk.next() {
                return Some(Ok(pair));
            }
            if ended {
                return None;
            }
            let read = match self.chunk(bounds.clone(), direction, size) {
                Ok(read) => read,
                Err(error) => {
                    ended = true;
                    return Some(Err(error));
                }
            };
            ended = read.len() < size;
            size = CHUNK;
            if let Some((last, _)) = read.last() {
                match direction {
                    Direction::Forward => bounds.0 = Bound::Excluded(last.clone()),
                    Direction::Backward => bounds.1 = Bound::Excluded(last.clone()),
                }
            }
            chunk = read.into_iter();
            chunk.next().map(Ok)
        }))
    }

    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut map = self.0.write().map_err(|_| MemoryStore::failed())?;
        for (key, value) in batch {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
