//! Two reforms: Thủy Nguyên's of 1 January 2025, and that of 1 July 2025 which abolishes districts and merges communes.

use minhbach_events::event::{PartyRegistered, PartyRevised, PlaceRevised, RoleAssigned, RoleEnded};
use minhbach_events::{Date, Event, Slug};

use super::cast::parties;
use super::script::Script;
use super::words::{day, label, prose, slug};
use crate::programme::{Programme, groundwork};
use crate::read_error::ReadError;

/// Where a school of a unit that was split lies now.
const IN_A_SPLIT_UNIT: &[(&str, &str)] = &[
    ("th-doi-thong", "xa-ba-vi-ha-noi"),
    ("th-gio-nui", "xa-yen-xuan-ha-noi"),
    ("th-song-trong", "xa-viet-khe-hai-phong"),
    ("th-canh-sen", "phuong-luu-kiem-hai-phong"),
];

pub fn tell(script: &mut Script) -> Result<(), ReadError> {
    let mut standing: Vec<PartyRegistered> = parties().collect();
    script.at("2025-01-01 07:30", "so.quan-tri");
    let reason = "Sắp xếp đơn vị hành chính ở Thuỷ Nguyên, Hải Phòng từ ngày 01/01/2025.";
    happen(script, reason, &mut standing)?;
    offices(script);
    script.at("2025-07-01 07:30", "so.quan-tri");
    happen(
        script,
        "Sắp xếp đơn vị hành chính từ ngày 01/07/2025.",
        &mut standing,
    )
}

/// The end of units, the new ones, who succeeded whom, and where the schools lie now: all that is dated today.
fn happen(script: &mut Script, reason: &str, standing: &mut [PartyRegistered]) -> Result<(), ReadError> {
    let today = script.today();
    let yesterday = Date::from_ordinal(today.ordinal() - 1);
    let mut moved: Vec<(Slug, Option<Slug>)> = Vec::new();
    for proposal in groundwork(Programme::ALL, &[])? {
        match proposal.event {
            Event::PlaceRegistered(base) if base.valid_to.is_some() && base.valid_to == yesterday => {
                script.write(PlaceRevised {
                    base,
                    reason: prose(reason),
                });
            }
            Event::PlaceRegistered(mut place) if place.valid_from == today => {
                place.valid_to = None;
                script.write(place);
            }
            Event::PlaceSucceeded(succession) if succession.on == today => {
                let only = match &succession.successors[..] {
                    [successor] => Some(successor.place.clone()),
                    _ => None,
                };
                moved.push((succession.place.clone(), only));
                script.write(succession);
            }
            _ => {}
        }
    }
    for party in standing {
        let Some((_, now)) = moved.iter().find(|(old, _)| Some(old) == party.place.as_ref()) else {
            continue;
        };
        let split = IN_A_SPLIT_UNIT
            .iter()
            .find(|(school, _)| *school == party.party.as_str());
        party.place = now.clone().or_else(|| split.map(|(_, now)| slug(now)));
        let base = party.clone();
        script.write(PartyRevised {
            base,
            reason: prose(reason),
        });
    }
    Ok(())
}

/// The departments of labour end on 1 March 2025; the children's affairs go to the departments of health.
fn offices(script: &mut Script) {
    script.at("2025-03-03 09:00", "so.quan-tri");
    for (party, next, programme) in [
        ("so-ldtbxh", "so-y-te-ha-noi", "hn-204-2019"),
        ("so-ldtbxh-hai-phong", "so-y-te-hai-phong", "hp-256-2019"),
    ] {
        script.write(RoleEnded {
            role: label("lead"),
            party: slug(party),
            programme: Some(slug(programme)),
            on: day("2025-02-28"),
        });
        script.write(RoleAssigned {
            role: label("lead"),
            party: slug(next),
            programme: Some(slug(programme)),
            from: day("2025-03-01"),
        });
    }
}
