//! The files that are embedded in the binary, and what they name.

use std::collections::{HashMap, HashSet};

use minhbach_events::Event;

use crate::read_error::{Kind, ReadError};
use crate::reader::{DataFile, read};

/// A data file of this crate, by name and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub name: &'static str,
    text: &'static str,
}

macro_rules! files {
    ($($constant:ident $name:literal),+ $(,)?) => {
        $(pub(crate) const $constant: File = File { name: $name, text: include_str!(concat!("../data/", $name)) };)+
        /// All of them.
        pub(crate) const FILES: &[File] = &[$($constant),+];
    };
}

files! {
    PLACES_HANOI "places-hanoi.toml",
    PLACES_HAI_PHONG "places-hai-phong.toml",
    VN_588_2019 "programme-vn-588-2019.toml",
    VN_23_2021 "programme-vn-23-2021.toml",
    HN_204_2019 "programme-hn-204-2019.toml",
    HN_DOLISA_3874 "programme-hn-dolisa-3874.toml",
    HP_256_2019 "programme-hp-256-2019.toml",
    UBDT_960_2019 "programme-ubdt-960-2019.toml",
    HN_138_2021 "programme-hn-138-2021.toml",
    ITEMS "items.toml",
}

impl File {
    /// What it holds.
    ///
    /// # Errors
    ///
    /// Only where the file is wrong, which this crate's tests rule out.
    pub fn data(self) -> Result<DataFile, ReadError> {
        read(self.name, self.text).map_err(|mut errors| errors.remove(0))
    }
}

/// What embedded files name.
#[derive(Default)]
pub(crate) struct Embedded {
    files: HashMap<(Kind, String), &'static str>,
    categories: HashSet<String>,
}

impl Embedded {
    /// The file that introduces a slug.
    pub fn file_of(&self, kind: Kind, name: &str) -> Option<&'static str> {
        self.files.get(&(kind, name.to_owned())).copied()
    }

    /// Whether a plan has a category of that label.
    pub fn has_category(&self, name: &str) -> bool {
        self.categories.contains(name)
    }
}

/// What the embedded files name, all but the one with that very text.
pub(crate) fn known_without(text: &str) -> Embedded {
    let mut known = Embedded::default();
    for file in FILES.iter().filter(|file| file.text != text) {
        // A wrong embedded file knows nothing; the tests would not let it pass.
        let Ok(data) = file.data() else { continue };
        for record in data.records {
            let (kind, name) = match &record.proposal.event {
                Event::PlaceRegistered(place) => (Kind::Place, place.place.to_string()),
                Event::ItemRegistered(item) => (Kind::Item, item.item.to_string()),
                Event::ProgrammePublished(plan) => {
                    let labels = plan
                        .categories
                        .iter()
                        .map(|category| category.category.to_string());
                    known.categories.extend(labels);
                    (Kind::Programme, plan.programme.to_string())
                }
                _ => continue,
            };
            known.files.insert((kind, name), file.name);
        }
    }
    known
}
