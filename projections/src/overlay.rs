//! What is not written to the store yet, and the store below it, read as one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter::Peekable;

use crate::store::{Batch, Direction, Pair, Pairs, Store, StoreError, VALUE_BYTES_MAX};

/// Newer values over a store. A key that changes with every entry is written once a batch.
pub struct Overlay {
    base: Box<dyn Store>,
    /// The newer values; none for a deleted key.
    pending: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Overlay {
    /// Nothing new over `base`.
    pub fn new(base: Box<dyn Store>) -> Overlay {
        Overlay {
            base,
            pending: BTreeMap::new(),
        }
    }

    /// The value of a key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        match self.pending.get(key) {
            Some(value) => Ok(value.as_deref().map(Cow::Borrowed)),
            None => Ok(self.base.get(key)?.map(Cow::Owned)),
        }
    }

    /// Puts a value of fewer than [`VALUE_BYTES_MAX`] bytes.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        debug_assert!(
            value.len() < VALUE_BYTES_MAX,
            "{} bytes under one key",
            value.len()
        );
        self.pending.insert(key, Some(value));
    }

    /// Deletes a key.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.pending.insert(key, None);
    }

    /// The value of a key, to be changed in place.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub fn change(&mut self, key: &[u8]) -> Result<&mut Option<Vec<u8>>, StoreError> {
        if !self.pending.contains_key(key) {
            let value = self.base.get(key)?;
            self.pending.insert(key.to_vec(), value);
        }
        Ok(self.pending.get_mut(key).expect("it was there or was put there"))
    }

    /// The pairs with `from <= key < to`, newer values before those of the store.
    pub fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let bounds = (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to));
        let newer = self.pending.range::<[u8], _>(bounds);
        let newer: Newer<'a> = match direction {
            Direction::Forward => Box::new(newer),
            Direction::Backward => Box::new(newer.rev()),
        };
        Box::new(Merged {
            base: self.base.range(from, to, direction).peekable(),
            newer: newer.peekable(),
            direction,
        })
    }

    /// The pairs whose key begins with `prefix`, from the lowest.
    pub fn prefix<'a>(&'a self, prefix: &[u8]) -> Pairs<'a> {
        self.range(prefix, &after_prefix(prefix), Direction::Forward)
    }

    /// The pair with the highest key that is at most `key` and begins with `prefix`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    pub fn last_at_most(&self, prefix: &[u8], key: &[u8]) -> Result<Option<Pair>, StoreError> {
        let mut above = key.to_vec();
        above.push(0);
        self.range(prefix, &above, Direction::Backward).next().transpose()
    }

    /// How many keys wait to be written.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Writes what waits, and `with` it, at once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written.
    pub fn write(&mut self, with: Pair) -> Result<(), StoreError> {
        let mut batch: Batch = std::mem::take(&mut self.pending).into_iter().collect();
        batch.push((with.0, Some(with.1)));
        self.base.write(batch)
    }

    /// Hands what was written to the operating system.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.base.flush()
    }
}

/// The first key after all that begin with `prefix`.
pub(crate) fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut after = prefix.to_vec();
    while let Some(last) = after.pop() {
        if last < u8::MAX {
            after.push(last + 1);
            return after;
        }
    }
    // Nothing comes after a prefix of 0xff only; none of ours is.
    vec![u8::MAX; prefix.len() + 1]
}

type Newer<'a> = Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)> + 'a>;

struct Merged<'a> {
    base: Peekable<Pairs<'a>>,
    newer: Peekable<Newer<'a>>,
    direction: Direction,
}

impl Iterator for Merged<'_> {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        use std::cmp::Ordering::{Equal, Greater, Less};
        loop {
            let order = match (self.base.peek(), self.newer.peek()) {
                (None, None) => return None,
                (Some(Err(_)), _) | (Some(_), None) => Less,
                (None, Some(_)) => Greater,
                (Some(Ok((base, _))), Some((newer, _))) => match self.direction {
                    Direction::Forward => base.cmp(newer),
                    Direction::Backward => newer.cmp(&base),
                },
            };
            match order {
                Less => return self.base.next(),
                // The store's value is out of date.
                Equal => drop(self.base.next()),
                Greater => {
                    if let Some((key, Some(value))) = self.newer.next() {
                        return Some(Ok((key.clone(), value.clone())));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[test]
    fn newer_values_and_deletions_hide_the_store() {
        let base = MemoryStore::new();
        let put = |key: &str, value: &str| (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()));
        base.write(vec![
            put("a1", "old"),
            put("a2", "old"),
            put("a3", "old"),
            put("b1", "old"),
        ])
        .unwrap();
        let mut overlay = Overlay::new(Box::new(base));
        overlay.put(b"a2".to_vec(), b"new".to_vec());
        overlay.delete(b"a3".to_vec());
        overlay.put(b"a4".to_vec(), b"new".to_vec());
        overlay.change(b"a1").unwrap().as_mut().unwrap().push(b'!');
        let read = |direction| {
            overlay
                .range(b"a", b"b", direction)
                .map(|pair| {
                    pair.map(|(k, v)| String::from_utf8([k, v].concat()).unwrap())
                        .unwrap()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(read(Direction::Forward), ["a1old!", "a2new", "a4new"]);
        assert_eq!(read(Direction::Backward), ["a4new", "a2new", "a1old!"]);
        let last = |key: &[u8]| overlay.last_at_most(b"a", key).unwrap().map(|(key, _)| key);
        assert_eq!(last(b"a3"), Some(b"a2".to_vec()), "a3 is deleted");
        assert_eq!(last(b"a4"), Some(b"a4".to_vec()));
        assert_eq!(last(b"a0"), None);
        assert_eq!(overlay.get(b"a3").unwrap(), None);
        assert_eq!(overlay.prefix(b"b").count(), 1);
        overlay.write((b"z".to_vec(), b"!".to_vec())).unwrap();
        assert_eq!(overlay.get(b"a3").unwrap(), None);
        assert_eq!(overlay.waiting(), 0);
        assert_eq!(overlay.prefix(b"a").count(), 3);
    }

    #[test]
    fn a_prefix_ends_where_the_next_begins() {
        assert_eq!(after_prefix(&[1, 2]), [1, 3]);
        assert_eq!(after_prefix(&[1, 255]), [2]);
    }
}
