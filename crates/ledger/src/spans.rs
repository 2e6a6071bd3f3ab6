//! Stretches of a line, each with a value: which part is free, and who holds the rest.

use imbl::OrdMap;

/// How many stretches are kept in a list; a pool has hundreds of thousands, which a tree holds.
const LIST_MAX: usize = 16;

/// A stretch with its value: from, to, value.
type Stretch<V> = (u128, u128, V);

/// Disjoint stretches `[from, to)` with a value each. Touching stretches of the same value are one. A copy costs next to
/// nothing, however many there are.
#[derive(Clone, Debug)]
pub(crate) struct Spans<V>(Kept<V>);

/// Most lots have one stretch for all their life, and few have more than a handful.
#[derive(Clone, Debug)]
enum Kept<V> {
    None,
    /// Positions of most lines fit in 64 bits.
    One {
        from: u64,
        to: u64,
        value: V,
    },
    /// From the lowest.
    List(Vec<Stretch<V>>),
    Tree(Tree<V>),
}

type Parts<'s, V> = (Option<Stretch<V>>, &'s [Stretch<V>], Option<&'s Tree<V>>);

/// From where a stretch is, to where and its value.
type Tree<V> = OrdMap<u128, (u128, V)>;

impl<V> Default for Spans<V> {
    fn default() -> Self {
        Spans(Kept::None)
    }
}

impl<V: Copy + Eq> PartialEq for Spans<V> {
    fn eq(&self, other: &Spans<V>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<V: Copy + Eq> Eq for Spans<V> {}

impl<V: Copy + Eq> Spans<V> {
    /// Those stretches, in order and neither touching nor overlapping.
    pub fn of(stretches: impl IntoIterator<Item = Stretch<V>>) -> Spans<V> {
        Spans(kept(stretches.into_iter().collect()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::None => 0,
            Kept::One { .. } => 1,
            Kept::List(list) => list.len(),
            Kept::Tree(tree) => tree.len(),
        }
    }

    /// Every stretch from the lowest.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Stretch<V>> + '_ {
        let (one, list, tree) = self.parts();
        let tree = tree.into_iter().flat_map(|tree| tree.iter());
        let tree = tree.map(|(&from, &(to, value))| (from, to, value));
        one.into_iter().chain(list.iter().copied()).chain(tree)
    }

    /// Every stretch that has a part in `[from, to)`, whole.
    pub fn overlapping(&self, from: u128, to: u128) -> impl DoubleEndedIterator<Item = Stretch<V>> + '_ {
        let (one, list, tree) = self.parts();
        let one = one.filter(|&(f, t, _)| f < to && from < t);
        let first = list.partition_point(|&(_, t, _)| t <= from);
        let last = list.partition_point(|&(f, ..)| f < to).max(first);
        let tree = tree.into_iter().flat_map(move |tree| {
            let first = tree.get_prev(&from).map_or(from, |(&first, _)| first);
            tree.range(first..to.max(first))
        });
        let tree = tree.map(|(&f, &(t, value))| (f, t, value));
        one.into_iter()
            .chain(list[first..last].iter().copied())
            .chain(tree.filter(move |&(_, t, _)| from < t))
    }

    /// Whether all of `[from, to)` has this value.
    pub fn covers(&self, from: u128, to: u128, value: V) -> bool {
        let mut at = from;
        for (f, t, v) in self.overlapping(from, to) {
            if v != value || at < f {
                return false;
            }
            at = t;
        }
        to <= at
    }

    /// Adds a stretch that overlaps none.
    pub fn insert(&mut self, from: u128, to: u128, value: V) {
        debug_assert!(from < to && self.overlapping(from, to).next().is_none());
        if let Kept::Tree(tree) = &mut self.0 {
            let (mut from, mut to) = (from, to);
            let before = tree.get_prev(&from).map(|(&f, &(t, v))| (f, t, v));
            if let Some((f, _, _)) = before.filter(|&(_, t, v)| t == from && v == value) {
                tree.remove(&f);
                from = f;
            }
            if let Some(&(t, _)) = tree.get(&to).filter(|&&(_, v)| v == value) {
                tree.remove(&to);
                to = t;
            }
            tree.insert(from, (to, value));
            return;
        }
        let mut list = self.take();
        let at = list.partition_point(|&(f, ..)| f < from);
        let joins_next = list.get(at).is_some_and(|&(f, _, v)| f == to && v == value);
        let before = at.checked_sub(1).and_then(|before| list.get_mut(before));
        let before = before.filter(|(_, t, v)| *t == from && *v == value);
        match (before, joins_next) {
            (Some(before), false) => before.1 = to,
            (Some(before), true) => {
                let begin = before.0;
                list.remove(at - 1);
                list[at - 1].0 = begin;
            }
            (None, true) => list[at].0 = from,
            (None, false) => list.insert(at, (from, to, value)),
        }
        self.0 = kept(list);
    }

    /// Takes out `[from, to)`, splitting what reaches over its ends. All of it must be there.
    pub fn remove(&mut self, from: u128, to: u128) {
        if let Kept::Tree(tree) = &mut self.0 {
            let first = tree.get_prev(&from).map_or(from, |(&first, _)| first);
            let touched: Vec<Stretch<V>> = (tree.range(first..to.max(first)))
                .map(|(&f, &(t, v))| (f, t, v))
                .filter(|&(_, t, _)| from < t)
                .collect();
            for (f, t, v) in touched {
                tree.remove(&f);
                if f < from {
                    tree.insert(f, (from, v));
                }
                if to < t {
                    tree.insert(to, (t, v));
                }
            }
            // Not at once when it would be a tree again after the next.
            if tree.len() < LIST_MAX / 2 {
                self.0 = kept(tree.iter().map(|(&f, &(t, v))| (f, t, v)).collect());
            }
            return;
        }
        let mut list = self.take();
        let first = list.partition_point(|&(_, t, _)| t <= from);
        let last = list.partition_point(|&(f, ..)| f < to).max(first);
        let ends = [
            list.get(first).copied(),
            last.checked_sub(1).and_then(|last| list.get(last).copied()),
        ];
        let [Some(left), Some(right)] = ends else {
            self.0 = kept(list);
            return;
        };
        let left = (left.0 < from).then_some((left.0, from, left.2));
        let right = (to < right.1).then_some((to, right.1, right.2));
        list.splice(first..last, left.into_iter().chain(right));
        self.0 = kept(list);
    }

    /// One of the three holds what there is.
    fn parts(&self) -> Parts<'_, V> {
        match &self.0 {
            Kept::None => (None, &[], None),
            Kept::One { from, to, value } => (Some((u128::from(*from), u128::from(*to), *value)), &[], None),
            Kept::List(list) => (None, list, None),
            Kept::Tree(tree) => (None, &[], Some(tree)),
        }
    }

    /// The stretches as a list to be changed; nothing is left.
    fn take(&mut self) -> Vec<Stretch<V>> {
        match std::mem::replace(&mut self.0, Kept::None) {
            Kept::None => Vec::new(),
            Kept::One { from, to, value } => vec![(from.into(), to.into(), value)],
            Kept::List(list) => list,
            Kept::Tree(tree) => tree.iter().map(|(&f, &(t, v))| (f, t, v)).collect(),
        }
    }
}

fn kept<V: Copy + Eq>(list: Vec<Stretch<V>>) -> Kept<V> {
    match list[..] {
        [] => Kept::None,
        [(from, to, value)] => match (u64::try_from(from), u64::try_from(to)) {
            (Ok(from), Ok(to)) => Kept::One { from, to, value },
            _ => Kept::List(list),
        },
        _ if list.len() <= LIST_MAX => Kept::List(list),
        _ => Kept::Tree(
            list.into_iter()
                .map(|(from, to, value)| (from, (to, value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Beside a plain list of cells, one for each position.
        #[test]
        fn spans_agree_with_single_cells(
            base in prop::sample::select(vec![0u128, 1 << 70]),
            steps in prop::collection::vec((0u128..90, 1u128..8, 0u8..3), 1..200),
        ) {
            let mut cells: [Option<u8>; 128] = [None; 128];
            let mut spans = Spans::default();
            for (from, length, value) in steps {
                let range = from as usize..(from + length) as usize;
                let (from, to) = (base + from, base + from + length);
                if cells[range.clone()].iter().all(Option::is_none) {
                    spans.insert(from, to, value);
                    cells[range].fill(Some(value));
                } else if cells[range.clone()].iter().all(Option::is_some) {
                    spans.remove(from, to);
                    cells[range].fill(None);
                } else {
                    let whole = cells[range.clone()].iter().all(|&cell| cell == Some(value));
                    prop_assert_eq!(spans.covers(from, to, value), whole);
                }
                let mut seen: [Option<u8>; 128] = [None; 128];
                let mut before: Option<(u128, u8)> = None;
                for (f, t, v) in spans.iter() {
                    prop_assert!(f < t && before.is_none_or(|(end, last)| end < f || (end == f && last != v)));
                    before = Some((t, v));
                    seen[(f - base) as usize..(t - base) as usize].fill(Some(v));
                }
                prop_assert_eq!(&seen[..], &cells[..]);
                prop_assert_eq!(spans.len(), spans.iter().count());
                prop_assert!(spans.iter().rev().eq(spans.iter().collect::<Vec<_>>().into_iter().rev()));
                let overlapping: Vec<_> = spans.overlapping(from, to).collect();
                let expected: Vec<_> = spans.iter().filter(|&(f, t, _)| f < to && from < t).collect();
                prop_assert_eq!(overlapping, expected);
                prop_assert_eq!(&Spans::of(spans.iter()), &spans);
            }
        }
    }
}
