//! What lies within what, on which day.

use crate::slow::{Category, Place, Programme, Slow};

impl Slow {
    pub fn place(&self, name: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.name == name)
    }

    /// Whether a place is another, lies under it or succeeded it or one under it, directly or through others.
    pub fn within(&self, name: &str, root: &str, on: &str) -> bool {
        self.within_unseen(name, root, on, &mut Vec::new())
    }

    fn within_unseen(&self, name: &str, root: &str, on: &str, seen: &mut Vec<String>) -> bool {
        if name == root {
            return true;
        }
        if seen.iter().any(|place| place == name) {
            return false;
        }
        seen.push(name.to_owned());
        let parent = self.place(name).and_then(|place| place.parent.as_deref());
        let before = self.places.iter().filter(|place| {
            place
                .succeeded
                .as_ref()
                .is_some_and(|(day, heirs)| day.as_str() <= on && heirs.iter().any(|heir| heir == name))
        });
        let above: Vec<&str> = parent
            .into_iter()
            .chain(before.map(|place| place.name.as_str()))
            .collect();
        above
            .into_iter()
            .any(|above| self.within_unseen(above, root, on, seen))
    }

    pub fn valid(&self, name: &str, on: &str) -> bool {
        self.place(name).is_some_and(|place| {
            place.from.as_str() <= on
                && place.to.as_deref().is_none_or(|to| on <= to)
                && place.succeeded.as_ref().is_none_or(|(day, _)| on < day.as_str())
        })
    }

    /// A place that succeeded this one, directly or through others, and is valid.
    pub fn valid_heir(&self, name: &str, on: &str) -> bool {
        let mut heirs = vec![name.to_owned()];
        let mut next = 0;
        while next < heirs.len() {
            if let Some((day, more)) = self.place(&heirs[next]).and_then(|place| place.succeeded.clone())
                && day.as_str() <= on
            {
                for heir in more {
                    if !heirs.contains(&heir) {
                        heirs.push(heir);
                    }
                }
            }
            next += 1;
        }
        heirs[1..].iter().any(|heir| self.valid(heir, on))
    }

    /// Finer than a district or province.
    pub fn fine(&self, name: &str) -> bool {
        self.place(name)
            .is_some_and(|place| !matches!(place.kind.as_str(), "province" | "district"))
    }

    /// In one of the category's places, else the programme's; none listed means everywhere.
    pub fn in_scope(&self, programme: &Programme, category: &Category, place: &str, on: &str) -> bool {
        let roots = scope(programme, category);
        roots.is_empty() || roots.iter().any(|root| self.within(place, root, on))
    }

    /// A province or district above one of them.
    pub fn above_scope(&self, programme: &Programme, category: &Category, place: &str, on: &str) -> bool {
        let roots = scope(programme, category);
        let inside = |name: &str| roots.iter().any(|root| self.within(name, root, on));
        !self.fine(place)
            && self
                .places
                .iter()
                .any(|p| inside(&p.name) && self.within(&p.name, place, on))
    }
}

fn scope<'a>(programme: &'a Programme, category: &'a Category) -> &'a [String] {
    category.places.as_deref().unwrap_or(&programme.places)
}
