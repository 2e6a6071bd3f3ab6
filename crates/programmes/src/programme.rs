//! The plans that are embedded in the binary.

use std::collections::BTreeSet;

use minhbach_events::event::ProgrammePublished;
use minhbach_events::{Event, Label, Proposal, Slug};

use crate::embedded::{self, File};
use crate::read_error::ReadError;
use crate::reader::{DataFile, Record};

/// An embedded plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Programme {
    /// The slug of its `programme.published`.
    pub id: &'static str,
    file: File,
}

impl Programme {
    /// The national scheme of decision 588/QĐ-TTg for 2019–2025.
    pub const VN_588_2019: Programme = Programme {
        id: "vn-588-2019",
        file: embedded::VN_588_2019,
    };
    /// The national programme of action for children of decision 23/QĐ-TTg for 2021–2030.
    pub const VN_23_2021: Programme = Programme {
        id: "vn-23-2021",
        file: embedded::VN_23_2021,
    };
    /// Hanoi's plan 204/KH-UBND for 2019–2025.
    pub const HN_204_2019: Programme = Programme {
        id: "hn-204-2019",
        file: embedded::HN_204_2019,
    };
    /// The plan 3874/KH-LĐTB&XH of Hanoi's labour department.
    pub const HN_DOLISA_3874: Programme = Programme {
        id: "hn-dolisa-3874",
        file: embedded::HN_DOLISA_3874,
    };
    /// Hải Phòng's plan 256/KH-UBND, to 2025.
    pub const HP_256_2019: Programme = Programme {
        id: "hp-256-2019",
        file: embedded::HP_256_2019,
    };
    /// The Ethnic Committee's plan 960/KH-UBDT for 2019–2025.
    pub const UBDT_960_2019: Programme = Programme {
        id: "ubdt-960-2019",
        file: embedded::UBDT_960_2019,
    };
    /// Hanoi's plan 138/KH-UBND for 2021–2030.
    pub const HN_138_2021: Programme = Programme {
        id: "hn-138-2021",
        file: embedded::HN_138_2021,
    };

    /// All embedded plans, parents before those that rest on them.
    pub const ALL: &'static [Programme] = &[
        Programme::VN_588_2019,
        Programme::VN_23_2021,
        Programme::HN_204_2019,
        Programme::HN_DOLISA_3874,
        Programme::HP_256_2019,
        Programme::UBDT_960_2019,
        Programme::HN_138_2021,
    ];

    /// The plan with that slug.
    pub fn find(id: &str) -> Option<Programme> {
        Programme::ALL
            .iter()
            .copied()
            .find(|programme| programme.id == id)
    }

    /// The plan's own file: the plan, its sources and notes.
    ///
    /// # Errors
    ///
    /// Only where an embedded file is wrong, which this crate's tests rule out.
    pub fn data(self) -> Result<DataFile, ReadError> {
        self.file.data()
    }

    /// The files of places that the plan and its categories name, each whole.
    ///
    /// # Errors
    ///
    /// As [`Programme::data`].
    pub fn places(self) -> Result<Vec<DataFile>, ReadError> {
        let needs = Needs::of(&[self.data()?]);
        needs.place_files()
    }

    /// The embedded items of the plan's categories.
    ///
    /// # Errors
    ///
    /// As [`Programme::data`].
    pub fn items(self) -> Result<Vec<Record>, ReadError> {
        let needs = Needs::of(&[self.data()?]);
        needs.items()
    }

    /// The plan and all that it rests on: [`groundwork`] of this plan alone.
    ///
    /// # Errors
    ///
    /// As [`Programme::data`].
    pub fn proposals(self) -> Result<Vec<Proposal>, ReadError> {
        groundwork(&[self], &[])
    }
}

/// Everything a ledger of these plans needs before the first gift, each thing once, in an order in which each names
/// only what came before: places, parents and plans, items of their categories, then the checked files of one's own.
///
/// # Errors
///
/// Only where an embedded file is wrong, which this crate's tests rule out.
pub fn groundwork(programmes: &[Programme], own: &[DataFile]) -> Result<Vec<Proposal>, ReadError> {
    let mut wanted: BTreeSet<&str> = programmes.iter().map(|programme| programme.id).collect();
    for parent in own.iter().flat_map(plans).filter_map(|plan| plan.parent.as_ref()) {
        wanted.extend(Programme::find(parent.as_str()).map(|programme| programme.id));
    }
    let mut files = Vec::new();
    // Parents come first in the list of all, so from its end each is wanted before it is met.
    for programme in Programme::ALL.iter().rev() {
        if !wanted.contains(programme.id) {
            continue;
        }
        let data = programme.data()?;
        for parent in plans(&data).filter_map(|plan| plan.parent.as_ref()) {
            wanted.extend(Programme::find(parent.as_str()).map(|programme| programme.id));
        }
        files.push(data);
    }
    files.reverse();

    let mut needs = Needs::of(&files);
    needs.add(own);
    let mut records: Vec<Record> = Vec::new();
    for places in needs.place_files()? {
        records.extend(places.records);
    }
    records.extend(files.into_iter().flat_map(|file| file.records));
    records.extend(needs.items()?);
    records.extend(own.iter().flat_map(|file| file.records.iter().cloned()));
    Ok(records.into_iter().map(|record| record.proposal).collect())
}

/// What files name and do not hold themselves.
#[derive(Default)]
struct Needs {
    places: BTreeSet<Slug>,
    categories: BTreeSet<Label>,
}

impl Needs {
    fn of(files: &[DataFile]) -> Needs {
        let mut needs = Needs::default();
        needs.add(files);
        needs
    }

    fn add(&mut self, files: &[DataFile]) {
        for file in files {
            for record in &file.records {
                match &record.proposal.event {
                    Event::ProgrammePublished(plan) => self.plan(plan),
                    Event::ProgrammeRevised(revised) => self.plan(&revised.base),
                    Event::PlaceRegistered(place) => self.places.extend(place.parent.clone()),
                    Event::PlaceSucceeded(succession) => {
                        self.places.insert(succession.place.clone());
                        let successors = succession.successors.iter();
                        self.places
                            .extend(successors.map(|successor| successor.place.clone()));
                    }
                    Event::PartyRegistered(party) => self.places.extend(party.place.clone()),
                    _ => {}
                }
            }
        }
    }

    fn plan(&mut self, plan: &ProgrammePublished) {
        self.places.extend(plan.places.iter().cloned());
        self.places.extend(plan.special_places.iter().flatten().cloned());
        for category in &plan.categories {
            self.places.extend(category.places.iter().flatten().cloned());
            self.categories.insert(category.category.clone());
        }
    }

    fn place_files(&self) -> Result<Vec<DataFile>, ReadError> {
        let mut needed = Vec::new();
        for file in [embedded::PLACES_HANOI, embedded::PLACES_HAI_PHONG] {
            let data = file.data()?;
            let named = |record: &Record| match &record.proposal.event {
                Event::PlaceRegistered(place) => self.places.contains(&place.place),
                _ => false,
            };
            if data.records.iter().any(named) {
                needed.push(data);
            }
        }
        Ok(needed)
    }

    fn items(&self) -> Result<Vec<Record>, ReadError> {
        let mut items = embedded::ITEMS.data()?.records;
        items.retain(|record| match &record.proposal.event {
            Event::ItemRegistered(item) => item
                .categories
                .iter()
                .any(|category| self.categories.contains(category)),
            _ => true,
        });
        Ok(items)
    }
}

fn plans(file: &DataFile) -> impl Iterator<Item = &ProgrammePublished> {
    file.records
        .iter()
        .filter_map(|record| match &record.proposal.event {
            Event::ProgrammePublished(plan) => Some(plan),
            _ => None,
        })
}
