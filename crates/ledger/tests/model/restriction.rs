//! What a gift is bound to, and what is left of two bounds.

use crate::line::Line;
use crate::slow::Slow;

/// Empty lists bind nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restriction {
    pub programmes: Vec<String>,
    pub categories: Vec<String>,
    pub places: Vec<String>,
    pub groups: Vec<String>,
    pub need: Option<String>,
    pub until: Option<String>,
}

/// What a gift would be used for.
pub struct Purpose<'a> {
    pub programme: &'a str,
    pub category: &'a str,
    pub place: &'a str,
    pub group: Option<&'a str>,
    pub need: Option<&'a str>,
    pub on: &'a str,
}

impl Restriction {
    pub fn read(line: Line) -> Restriction {
        let Some(value) = line.get("restriction") else {
            return Restriction::default();
        };
        let restriction = Line(value);
        let sorted = |part: &str| {
            let mut names = restriction.texts(part);
            names.sort();
            names
        };
        Restriction {
            programmes: sorted("programmes"),
            categories: sorted("categories"),
            places: sorted("places"),
            groups: sorted("groups"),
            need: restriction.opt_own("need"),
            until: restriction.opt_own("until"),
        }
    }
    pub fn over(&self, on: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < on)
    }
}

/// What two lists have in common, none meaning all; nothing if they have nothing in common.
fn common(a: &[String], b: &[String]) -> Option<Vec<String>> {
    if a.is_empty() || b.is_empty() {
        return Some([a, b].concat());
    }
    let both: Vec<String> = a.iter().filter(|name| b.contains(name)).cloned().collect();
    (!both.is_empty()).then_some(both)
}

impl Slow {
    /// Both bounds together as seen on a day; nothing if no use keeps both.
    pub fn join(&self, a: &Restriction, b: &Restriction, on: &str) -> Option<Restriction> {
        let need = match (&a.need, &b.need) {
            (Some(a), Some(b)) if a != b => return None,
            (a, b) => a.clone().or(b.clone()),
        };
        Some(Restriction {
            programmes: self.common_programmes(&a.programmes, &b.programmes, on)?,
            categories: common(&a.categories, &b.categories)?,
            places: self.common_places(&a.places, &b.places, on)?,
            groups: common(&a.groups, &b.groups)?,
            need,
            until: a.until.iter().chain(&b.until).min().cloned(),
        })
    }

    /// A programme that was carried over into another includes it.
    fn common_programmes(&self, a: &[String], b: &[String], on: &str) -> Option<Vec<String>> {
        if a.is_empty() || b.is_empty() {
            return Some([a, b].concat());
        }
        let within = |name: &str, among: &[String]| among.iter().any(|p| self.carried(p, name, on));
        let all = |list: &[String], other: &[String]| -> Vec<String> {
            list.iter().filter(|name| within(name, other)).cloned().collect()
        };
        let mut both = [all(a, b), all(b, a)].concat();
        both.sort();
        both.dedup();
        (!both.is_empty()).then_some(both)
    }

    /// The widest places that lie within one of each.
    fn common_places(&self, a: &[String], b: &[String], on: &str) -> Option<Vec<String>> {
        if a.is_empty() || b.is_empty() {
            return Some([a, b].concat());
        }
        let in_both: Vec<&String> = self
            .places
            .iter()
            .map(|place| &place.name)
            .filter(|name| {
                [a, b]
                    .iter()
                    .all(|list| list.iter().any(|root| self.within(name, root, on)))
            })
            .collect();
        let mut widest: Vec<String> = in_both
            .iter()
            .filter(|name| {
                let wider = |other: &&&String| self.within(name, other, on) && !self.within(other, name, on);
                !in_both.iter().any(|other| wider(&other))
            })
            .map(|name| (*name).clone())
            .collect();
        widest.sort();
        (!widest.is_empty()).then_some(widest)
    }

    /// Whether a use keeps a bound.
    pub fn keeps(&self, bound: &Restriction, use_: &Purpose) -> bool {
        let any = |list: &[String], keeps: &dyn Fn(&str) -> bool| {
            list.is_empty() || list.iter().any(|name| keeps(name))
        };
        any(&bound.programmes, &|p| self.carried(p, use_.programme, use_.on))
            && any(&bound.categories, &|c| c == use_.category)
            && any(&bound.places, &|root| self.within(use_.place, root, use_.on))
            && any(&bound.groups, &|g| use_.group == Some(g))
            && bound.need.as_deref().is_none_or(|need| use_.need == Some(need))
            && !bound.over(use_.on)
    }

    /// Whether everything it names is there.
    pub fn names_known(&self, bound: &Restriction) -> bool {
        let of = |pick: &dyn Fn(&crate::slow::Programme) -> Vec<String>, name: &String| {
            self.programmes
                .iter()
                .filter(|p| bound.programmes.is_empty() || bound.programmes.contains(&p.name))
                .any(|p| pick(p).contains(name))
        };
        bound.programmes.iter().all(|name| self.programme(name).is_some())
            && bound
                .categories
                .iter()
                .all(|name| of(&|p| p.categories.iter().map(|c| c.name.clone()).collect(), name))
            && bound.groups.iter().all(|name| of(&|p| p.groups.clone(), name))
            && bound.places.iter().all(|name| self.place(name).is_some())
            && bound.need.iter().all(|need| self.need(need).is_some())
    }
}
