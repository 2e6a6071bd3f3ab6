//! What donors bound a gift to: joining conditions, and asking whether a use keeps them.

use std::sync::Arc;

use minhbach_events::event::Restriction;
use minhbach_events::{Code, Date, Label, Slug};

use crate::books::Books;

/// Brings a restriction to one form: lists sorted, without repetition, an empty one left out. `None` binds nothing.
pub(crate) fn normal(restriction: Option<&Restriction>) -> Option<Arc<Restriction>> {
    fn list<T: Ord + Clone>(list: &Option<Vec<T>>) -> Option<Vec<T>> {
        let mut sorted = list.clone().filter(|list| !list.is_empty())?;
        sorted.sort();
        sorted.dedup();
        Some(sorted)
    }
    let r = restriction?;
    let normal = Restriction {
        programmes: list(&r.programmes),
        categories: list(&r.categories),
        places: list(&r.places),
        groups: list(&r.groups),
        need: r.need.clone(),
        until: r.until,
    };
    let binds = normal.programmes.is_some()
        || normal.categories.is_some()
        || normal.places.is_some()
        || normal.groups.is_some()
        || normal.need.is_some()
        || normal.until.is_some();
    binds.then(|| Arc::new(normal))
}

/// Conditions that exclude each other.
pub(crate) struct NothingLeft;

/// Both conditions together, as known on a day.
pub(crate) fn join(
    books: &Books,
    a: Option<&Arc<Restriction>>,
    b: Option<&Arc<Restriction>>,
    on: Date,
) -> Result<Option<Arc<Restriction>>, NothingLeft> {
    let (a, b) = match (a, b) {
        (None, other) | (other, None) => return Ok(other.cloned()),
        (Some(a), Some(b)) if a == b => return Ok(Some(a.clone())),
        (Some(a), Some(b)) => (a, b),
    };
    let joined = Restriction {
        programmes: left_of(&a.programmes, &b.programmes, |a, b| {
            common_programmes(books, a, b, on)
        })?,
        categories: common(&a.categories, &b.categories)?,
        places: left_of(&a.places, &b.places, |a, b| common_places(books, a, b, on))?,
        groups: common(&a.groups, &b.groups)?,
        need: match (&a.need, &b.need) {
            (Some(x), Some(y)) if x != y => return Err(NothingLeft),
            (x, y) => x.clone().or_else(|| y.clone()),
        },
        until: match (a.until, b.until) {
            (Some(x), Some(y)) => Some(x.min(y)),
            (x, y) => x.or(y),
        },
    };
    Ok(Some(Arc::new(joined)))
}

/// What two lists have in common, as `both` finds it. A list that is not there binds nothing.
fn left_of<T: Ord + Clone>(
    a: &Option<Vec<T>>,
    b: &Option<Vec<T>>,
    both: impl FnOnce(&[T], &[T]) -> Vec<T>,
) -> Result<Option<Vec<T>>, NothingLeft> {
    let (a, b) = match (a, b) {
        (None, other) | (other, None) => return Ok(other.clone()),
        (Some(a), Some(b)) => (a, b),
    };
    let mut left = both(a, b);
    left.sort();
    left.dedup();
    if left.is_empty() {
        Err(NothingLeft)
    } else {
        Ok(Some(left))
    }
}

fn common<T: Ord + Clone>(a: &Option<Vec<T>>, b: &Option<Vec<T>>) -> Result<Option<Vec<T>>, NothingLeft> {
    left_of(a, b, |a, b| a.iter().filter(|x| b.contains(x)).cloned().collect())
}

/// What one programme carried over to is a use of both.
fn common_programmes(books: &Books, a: &[Slug], b: &[Slug], on: Date) -> Vec<Slug> {
    let kept = |programme: &Slug, by: &[Slug]| by.iter().any(|from| books.carried_over(from, programme, on));
    let both = a.iter().filter(|programme| kept(programme, b));
    both.chain(b.iter().filter(|programme| kept(programme, a)))
        .cloned()
        .collect()
}

/// A place includes the places under it and its successors, so what is left are the widest places that lie within
/// one of each side.
fn common_places(books: &Books, a: &[Slug], b: &[Slug], on: Date) -> Vec<Slug> {
    // Mostly one side is narrower as a whole, and nothing has to be searched.
    for (inner, outer) in [(a, b), (b, a)] {
        if inner.iter().all(|place| books.place_within(place, outer, on)) {
            return inner.to_vec();
        }
    }
    let both: Vec<&Slug> = books
        .places
        .keys()
        .filter(|place| books.place_within(place, a, on) && books.place_within(place, b, on))
        .collect();
    let wider = |place: &Slug| {
        let mut others = both.iter().filter(|other| **other != place);
        others.any(|other| books.place_within(place, std::slice::from_ref(*other), on))
    };
    both.iter()
        .filter(|place| !wider(place))
        .map(|place| (*place).clone())
        .collect()
}

/// What a gift is to be used for.
pub(crate) struct Use<'a> {
    pub programme: &'a Slug,
    pub category: &'a Label,
    pub place: &'a Slug,
    pub group: Option<&'a Label>,
    pub need: Option<&'a Code>,
    pub on: Date,
}

/// The first part of a restriction that a use does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    Programme,
    Category,
    Place,
    Group,
    Need(Code),
    Until(Date),
}

/// Asks each part in turn.
pub(crate) fn breach(books: &Books, restriction: &Restriction, usage: &Use<'_>) -> Option<Breach> {
    fn outside<T: PartialEq>(list: &Option<Vec<T>>, item: &T) -> bool {
        list.as_ref().is_some_and(|list| !list.contains(item))
    }
    let carried = |programmes: &Vec<Slug>| {
        programmes
            .iter()
            .any(|programme| books.carried_over(programme, usage.programme, usage.on))
    };
    if !restriction.programmes.as_ref().is_none_or(carried) {
        return Some(Breach::Programme);
    }
    if outside(&restriction.categories, usage.category) {
        return Some(Breach::Category);
    }
    if restriction
        .places
        .as_ref()
        .is_some_and(|places| !books.place_within(usage.place, places, usage.on))
    {
        return Some(Breach::Place);
    }
    if restriction
        .groups
        .as_ref()
        .is_some_and(|groups| usage.group.is_none_or(|group| !groups.contains(group)))
    {
        return Some(Breach::Group);
    }
    if let Some(need) = &restriction.need
        && usage.need != Some(need)
    {
        return Some(Breach::Need(need.clone()));
    }
    restriction
        .until
        .filter(|until| *until < usage.on)
        .map(Breach::Until)
}
