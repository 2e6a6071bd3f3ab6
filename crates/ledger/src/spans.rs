//! Stretches of a line, each with a value: which part is free, and who holds the rest.

use std::collections::BTreeMap;

/// Disjoint stretches `[from, to)` with a value each. Touching stretches of the same value are one.
///
/// Most lots have one stretch for all their life, so the first costs no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spans<V> {
    one: Option<(u128, u128, V)>,
    /// Used as soon as there is more than one; then `one` is empty.
    many: BTreeMap<u128, (u128, V)>,
}

impl<V> Default for Spans<V> {
    fn default() -> Self {
        Spans {
            one: None,
            many: BTreeMap::new(),
        }
    }
}

impl<V: Copy + Eq> Spans<V> {
    /// Every stretch from the lowest.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u128, u128, V)> + '_ {
        self.one
            .iter()
            .copied()
            .chain(self.many.iter().map(|(&from, &(to, value))| (from, to, value)))
    }

    /// Every stretch that has a part in `[from, to)`, whole.
    pub fn overlapping(&self, from: u128, to: u128) -> impl DoubleEndedIterator<Item = (u128, u128, V)> + '_ {
        let first = self
            .many
            .range(..=from)
            .next_back()
            .map_or(from, |(&first, _)| first);
        let one = self.one.filter(|&(f, t, _)| f < to && from < t);
        let many = self
            .many
            .range(first..to.max(first))
            .map(|(&f, &(t, value))| (f, t, value));
        one.into_iter().chain(many.filter(move |&(_, t, _)| from < t))
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
        match self.one {
            None if self.many.is_empty() => self.one = Some((from, to, value)),
            Some((f, t, v)) if v == value && t == from => self.one = Some((f, to, v)),
            Some((f, t, v)) if v == value && to == f => self.one = Some((from, t, v)),
            _ => {
                self.spread();
                let (mut from, mut to) = (from, to);
                if let Some((&f, &(t, v))) = self.many.range(..from).next_back()
                    && t == from
                    && v == value
                {
                    self.many.remove(&f);
                    from = f;
                }
                if let Some(&(t, v)) = self.many.get(&to)
                    && v == value
                {
                    self.many.remove(&to);
                    to = t;
                }
                self.many.insert(from, (to, value));
                self.gather();
            }
        }
    }

    /// Takes out `[from, to)`, splitting what reaches over its ends. All of it must be there.
    pub fn remove(&mut self, from: u128, to: u128) {
        if let Some((f, t, v)) = self.one {
            debug_assert!(f <= from && to <= t);
            match (f < from, to < t) {
                (false, false) => self.one = None,
                (true, false) => self.one = Some((f, from, v)),
                (false, true) => self.one = Some((to, t, v)),
                (true, true) => {
                    self.one = None;
                    self.many.insert(f, (from, v));
                    self.many.insert(to, (t, v));
                }
            }
            return;
        }
        let touched: Vec<_> = self.overlapping(from, to).collect();
        for (f, t, v) in touched {
            self.many.remove(&f);
            if f < from {
                self.many.insert(f, (from, v));
            }
            if to < t {
                self.many.insert(to, (t, v));
            }
        }
        self.gather();
    }

    fn spread(&mut self) {
        if let Some((f, t, v)) = self.one.take() {
            self.many.insert(f, (t, v));
        }
    }

    fn gather(&mut self) {
        if self.many.len() == 1
            && let Some((f, (t, v))) = self.many.pop_first()
        {
            self.one = Some((f, t, v));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Beside a plain list of cells, one for each position.
        #[test]
        fn spans_agree_with_single_cells(steps in prop::collection::vec((0u128..40, 1u128..12, 0u8..3), 1..60)) {
            let mut cells: [Option<u8>; 64] = [None; 64];
            let mut spans = Spans::default();
            for (from, length, value) in steps {
                let to = from + length;
                let range = from as usize..to as usize;
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
                let mut seen: [Option<u8>; 64] = [None; 64];
                let mut before: Option<(u128, u8)> = None;
                for (f, t, v) in spans.iter() {
                    prop_assert!(f < t && before.is_none_or(|(end, last)| end < f || (end == f && last != v)));
                    before = Some((t, v));
                    seen[f as usize..t as usize].fill(Some(v));
                }
                prop_assert_eq!(&seen[..], &cells[..]);
                let overlapping: Vec<_> = spans.overlapping(from, to).collect();
                let expected: Vec<_> = spans.iter().filter(|&(f, t, _)| f < to && from < t).collect();
                prop_assert_eq!(overlapping, expected);
            }
        }
    }
}
