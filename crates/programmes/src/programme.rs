//! The plans that are embedded in the binary.

use minhbach_events::Proposal;

use crate::reader::{ReadError, read};

/// A plan with its places and items: what a new ledger of it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Programme {
    /// The slug of its `programme.published`.
    pub id: &'static str,
    /// Its files in the order in which they are recorded, by name and text.
    files: &'static [(&'static str, &'static str)],
}

const PLACES_HANOI: (&str, &str) = ("places-hanoi.toml", include_str!("../data/places-hanoi.toml"));
const PROGRAMME_HN_204: (&str, &str) = (
    "programme-hn-204-2019.toml",
    include_str!("../data/programme-hn-204-2019.toml"),
);
const ITEMS: (&str, &str) = ("items.toml", include_str!("../data/items.toml"));

impl Programme {
    /// Hanoi's plan 204/KH-UBND for 2019–2025.
    pub const HN_204_2019: Programme = Programme {
        id: "hn-204-2019",
        files: &[PLACES_HANOI, PROGRAMME_HN_204, ITEMS],
    };

    /// All embedded plans.
    pub const ALL: &'static [Programme] = &[Programme::HN_204_2019];

    /// The plan with that slug.
    pub fn find(id: &str) -> Option<Programme> {
        Programme::ALL
            .iter()
            .copied()
            .find(|programme| programme.id == id)
    }

    /// Places, the plan, items: everything a ledger needs before the first gift, in an order in which each names
    /// only what came before.
    ///
    /// # Errors
    ///
    /// Only where an embedded file is wrong, which this crate's tests rule out.
    pub fn proposals(self) -> Result<Vec<Proposal>, ReadError> {
        let mut proposals = Vec::new();
        for (name, text) in self.files {
            proposals.extend(read(name, text)?);
        }
        Ok(proposals)
    }
}
