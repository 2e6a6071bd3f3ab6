//! Many small pairs in few larger values.
//!
//! sled keeps at most 16 pairs in a page, and some hundred bytes in memory for each page, used or not: at 30 bytes a pair a
//! large store takes seven times its content on the disk, and its opening reads and remembers every page. So neighbouring
//! pairs are kept together in leaves of about a kilobyte, and the store beneath holds one pair for each leaf: its lowest
//! possible key, and the pairs with the key before which it ends.

mod leaf;

use std::iter::Peekable;

use self::leaf::Leaf;
use super::{Batch, Direction, Pair, Pairs, Store, StoreError};

/// The key of the first leaf. All keys of read models are greater.
const FIRST: [u8; 1] = [0];

/// A store of leaves in another store.
pub struct Leaves<S> {
    base: S,
}

impl<S: Store> Leaves<S> {
    /// The pairs in `base`, which holds leaves or nothing.
    pub fn over(base: S) -> Leaves<S> {
        Leaves { base }
    }

    /// The leaf in which a key would be, with its own key.
    fn holding(&self, key: &[u8]) -> Result<(Vec<u8>, Leaf), StoreError> {
        let mut above = key.to_vec();
        above.push(0);
        match self.base.range(&[], &above, Direction::Backward).next() {
            // The first leaf is there as soon as anything is.
            None => match self.base.range(&FIRST, &[u8::MAX; 2], Direction::Forward).next() {
                None => Ok((FIRST.to_vec(), Leaf::default())),
                Some(_) => Err(StoreError::Damaged { what: "first leaf" }),
            },
            Some(pair) => {
                let (at, bytes) = pair?;
                let leaf = Leaf::read(bytes)?;
                // One that ends before it: the leaf behind that is lost.
                if !leaf.reaches(key) {
                    return Err(StoreError::Damaged { what: "leaf" });
                }
                Ok((at, leaf))
            }
        }
    }
}

impl<S: Store> Store for Leaves<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.holding(key)?.1.get(key)
    }

    fn range<'a>(&'a self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'a> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let (first, leaf) = match self.holding(from) {
            Ok(holding) => holding,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let (from, to) = (from.to_vec(), to.to_vec());
        // Most ranges are asked for few pairs, and the first leaf is read already.
        if leaf.ends_behind(&to) {
            return Box::new(within(leaf, &from, &to, direction).into_iter());
        }
        let mut row = Row::of(&first, &to, direction);
        let leaves = self.base.range(&first, &to, direction);
        Box::new(leaves.map(Some).chain([None]).flat_map(move |read| {
            let pairs = match read.transpose() {
                Ok(Some((at, bytes))) => Leaf::read(bytes)
                    .and_then(|leaf| row.goes_on(&at, leaf.end()).map(|()| leaf))
                    .map(|leaf| within(leaf, &from, &to, direction)),
                Ok(None) => row.ends().map(|()| Vec::new()),
                Err(error) => Err(error),
            };
            pairs.unwrap_or_else(|error| vec![Err(error)])
        }))
    }

    fn write(&self, mut batch: Batch) -> Result<(), StoreError> {
        // Of two writes of a key the later counts.
        batch.sort_by(|a, b| a.0.cmp(&b.0));
        let mut changes = batch.into_iter().peekable();
        let mut written = Batch::new();
        while let Some((key, _)) = changes.peek() {
            let (at, leaf) = self.holding(key)?;
            let mut of_leaf = Vec::new();
            while let Some(change) = changes.next_if(|(key, _)| leaf.reaches(key)) {
                of_leaf.push(change);
            }
            let end = leaf.end().to_vec();
            let last = leaf.pairs().last().transpose()?.map(|(key, _)| key);
            let appended = of_leaf.first().is_some_and(|(key, _)| last.as_ref() < Some(key));
            let pairs = merged(leaf, of_leaf)?;
            written.extend(
                (leaf::split(at, pairs, end, appended).into_iter())
                    .map(|(at, leaf)| (at, Some(leaf.into_bytes()))),
            );
        }
        self.base.write(written)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.base.flush()
    }
}

/// Sees that no leaf is missing in a row: each begins where the one before it ends.
struct Row {
    direction: Direction,
    /// Where the next must begin, or in the other direction end; none at first in that one.
    joint: Option<Vec<u8>>,
    first: Vec<u8>,
    to: Vec<u8>,
}

impl Row {
    fn of(first: &[u8], to: &[u8], direction: Direction) -> Row {
        let joint = (direction == Direction::Forward).then(|| first.to_vec());
        let (first, to) = (first.to_vec(), to.to_vec());
        Row {
            direction,
            joint,
            first,
            to,
        }
    }

    fn goes_on(&mut self, at: &[u8], end: &[u8]) -> Result<(), StoreError> {
        let (near, far) = match self.direction {
            Direction::Forward => (at, end),
            Direction::Backward => (end, at),
        };
        let joins = match &self.joint {
            Some(joint) => joint == near,
            None => self.is_behind(near),
        };
        self.joint = Some(far.to_vec());
        told_if_not(joins)
    }

    fn ends(&self) -> Result<(), StoreError> {
        told_if_not(match (&self.joint, self.direction) {
            (Some(end), Direction::Forward) => self.is_behind(end),
            (joint, Direction::Backward) => joint.as_ref() == Some(&self.first),
            (None, Direction::Forward) => false,
        })
    }

    /// Whether a leaf with that end is the last that is asked for.
    fn is_behind(&self, end: &[u8]) -> bool {
        end.is_empty() || self.to.as_slice() <= end
    }
}

fn told_if_not(joins: bool) -> Result<(), StoreError> {
    joins.then_some(()).ok_or(StoreError::Damaged {
        what: "row of leaves",
    })
}

/// The pairs of a leaf between two keys.
fn within(leaf: Leaf, from: &[u8], to: &[u8], direction: Direction) -> Vec<Result<Pair, StoreError>> {
    let inside = |pair: &Result<Pair, StoreError>| match pair {
        Ok((key, _)) => from <= key.as_slice() && key.as_slice() < to,
        Err(_) => true,
    };
    let mut pairs: Vec<_> = leaf.pairs().filter(inside).collect();
    if direction == Direction::Backward {
        pairs.reverse();
    }
    pairs
}

/// The pairs of a leaf after changes, which are in order of their keys.
fn merged(leaf: Leaf, changes: Batch) -> Result<Vec<Pair>, StoreError> {
    let mut pairs = Vec::with_capacity(changes.len() + 32);
    let mut old: Peekable<_> = leaf.pairs().peekable();
    let mut changes = changes.into_iter().peekable();
    while let Some((key, value)) = changes.next() {
        if changes.peek().is_some_and(|(next, _)| *next == key) {
            continue;
        }
        while let Some(before) = old.next_if(|pair| pair.as_ref().map_or(true, |(old, _)| *old < key)) {
            pairs.push(before?);
        }
        if old
            .peek()
            .is_some_and(|pair| pair.as_ref().is_ok_and(|(old, _)| *old == key))
        {
            old.next();
        }
        if let Some(value) = value {
            pairs.push((key, value));
        }
    }
    for rest in old {
        pairs.push(rest?);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::MemoryStore;
    use super::*;

    fn key() -> impl Strategy<Value = Vec<u8>> {
        // Few enough to meet again, of several tables and lengths, some the beginning of others.
        (1u8..4, 0u16..300, 0usize..3).prop_map(|(table, number, length)| {
            let mut key = vec![table];
            key.extend_from_slice(&number.to_be_bytes());
            key.extend(std::iter::repeat_n(0, length));
            key
        })
    }

    fn value() -> impl Strategy<Value = Option<Vec<u8>>> {
        prop_oneof![
            1 => Just(None),
            4 => (0usize..60).prop_map(|length| Some(vec![7; length])),
            1 => (900usize..6_000).prop_map(|length| Some(vec![9; length])),
        ]
    }

    proptest! {
        #[test]
        fn leaves_are_read_as_single_pairs(
            batches in prop::collection::vec(prop::collection::vec((key(), value()), 1..120), 1..25),
            asked in prop::collection::vec((key(), key()), 20),
        ) {
            let (leaves, single) = (Leaves::over(MemoryStore::new()), MemoryStore::new());
            for batch in batches {
                leaves.write(batch.clone()).unwrap();
                single.write(batch).unwrap();
                for (from, to) in &asked {
                    prop_assert_eq!(leaves.get(from).unwrap(), single.get(from).unwrap());
                    for direction in [Direction::Forward, Direction::Backward] {
                        let read = |store: &dyn Store| -> Vec<Pair> {
                            store.range(from, to, direction).map(Result::unwrap).collect()
                        };
                        prop_assert_eq!(read(&leaves), read(&single));
                    }
                }
            }
            let all = |store: &dyn Store| -> Vec<Pair> {
                store.range(&[0], &[9], Direction::Forward).map(Result::unwrap).collect()
            };
            prop_assert_eq!(all(&leaves), all(&single));
        }
    }

    #[test]
    fn keys_that_grow_fill_their_leaves_and_others_fill_them_half() {
        let bytes = |leaves: &Leaves<MemoryStore>| -> (usize, usize) {
            let read = leaves
                .base
                .range(&[], &[9], Direction::Forward)
                .map(Result::unwrap);
            read.fold((0, 0), |(count, bytes), (key, leaf)| {
                (count + 1, bytes + key.len() + leaf.len())
            })
        };
        let content = 10_000 * (9 + 30);
        let growing = Leaves::over(MemoryStore::new());
        let scattered = Leaves::over(MemoryStore::new());
        for nth in 0..10_000u64 {
            let pair = |nth: u64| ([&[1], nth.to_be_bytes().as_slice()].concat(), Some(vec![0; 30]));
            growing.write(vec![pair(nth)]).unwrap();
            scattered
                .write(vec![pair(nth.wrapping_mul(7_919) % 10_000)])
                .unwrap();
        }
        let (count, size) = bytes(&growing);
        assert!(
            size < content && count < content / 700,
            "{count} leaves, {size} bytes"
        );
        let (count, size) = bytes(&scattered);
        assert!(
            size < content && count < content / 350,
            "{count} leaves, {size} bytes"
        );
    }

    #[test]
    fn a_damaged_leaf_is_told() {
        let leaves = Leaves::over(MemoryStore::new());
        let pairs = (0..20u8).map(|nth| (vec![1, nth], Some(vec![nth; 20])));
        leaves.write(pairs.collect()).unwrap();
        let (at, whole) = leaves
            .base
            .range(&[], &[9], Direction::Forward)
            .next()
            .unwrap()
            .unwrap();
        for length in 0..whole.len() {
            leaves
                .base
                .write(vec![(at.clone(), Some(whole[..length].to_vec()))])
                .unwrap();
            let read: Vec<_> = leaves.range(&[1], &[2], Direction::Forward).collect();
            let pairs = read.iter().filter(|pair| pair.is_ok()).count();
            assert!(read.iter().any(Result::is_err) || pairs < 20, "{length} bytes");
        }
    }

    #[test]
    fn a_lost_leaf_is_told_by_whatever_meets_it() {
        let leaves = Leaves::over(MemoryStore::new());
        let pairs = (0..200u8).map(|nth| (vec![1, nth], Some(vec![nth; 20])));
        leaves.write(pairs.collect()).unwrap();
        let kept = leaves.base.range(&[], &[9], Direction::Forward);
        let kept: Vec<_> = kept.map(|pair| pair.unwrap().0).collect();
        let [_, lost, after, ..] = &kept[..] else {
            panic!("{} leaves are too few", kept.len());
        };
        leaves.base.write(vec![(lost.clone(), None)]).unwrap();
        let (key, next) = (lost.clone(), after.clone());
        assert!(leaves.get(&key).is_err());
        assert!(leaves.write(vec![(key.clone(), Some(vec![7]))]).is_err());
        assert!(leaves.write(vec![(key.clone(), None)]).is_err());
        let mut read = leaves.range(&key, &next, Direction::Forward);
        assert!(read.next().is_some_and(|pair| pair.is_err()));
        for direction in [Direction::Forward, Direction::Backward] {
            let all: Vec<_> = leaves.range(&[1], &[2], direction).collect();
            assert!(all.iter().any(Result::is_err), "{direction:?}");
        }
        // Its neighbours are as they were.
        assert_eq!(leaves.get(&[1, 0]).unwrap(), Some(vec![0; 20]));
        assert_eq!(leaves.get(&[1, 199]).unwrap(), Some(vec![199; 20]));
    }
}
