//! June to August 2025: districts are abolished and communes merged; what was promised to the old ones goes on.

use minhbach_events::event::{PartyRegistered, PartyRevised, PlaceRevised};
use minhbach_events::words::RejectionCode;
use minhbach_events::{Event, Slug};

use super::cast::{PARTIES, name};
use super::script::{Script, allocation, delivery, prose, slug};
use crate::programme::Programme;
use crate::read_error::ReadError;

const POOR: Option<&str> = Some("poor_household");

/// Where a school of a commune that was split lies now.
const IN_A_SPLIT_COMMUNE: &[(&str, &str)] = &[("th-doi-thong", "xa-ba-vi-ha-noi")];

pub fn tell(script: &mut Script) -> Result<(), ReadError> {
    script.at("2025-06-18 09:00", "quy.dieu-phoi");
    let on = script.today();
    let bags = |made: &str, units: u64| {
        allocation(
            made,
            "EDU-SUP",
            "xa-tan-linh-ba-vi",
            POOR,
            "bo-cap-sach",
            &[("RC-CAP-SACH-01", units)],
            on,
        )
    };
    script.write(bags("AL-CAP-TAN-LINH", 50));
    script.at("2025-06-24 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CAP-TAN-LINH",
            "AL-CAP-TAN-LINH",
            20,
            "xa-tan-linh-ba-vi",
            "th-nang-mai",
            20,
            on,
        ),
        "th-nang-mai.van-thu",
    );

    first_of_july(script)?;

    // The old commune is no more: nothing new can be decided for it, what was decided goes to its successor.
    script.at("2025-07-10 09:00", "quy.dieu-phoi");
    let mut too_late = bags("AL-CAP-TAN-LINH-2", 25);
    too_late.decided_on = script.today();
    script.refused(too_late, RejectionCode::OutOfScope);
    script.at("2025-07-15 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CAP-SUOI-HAI",
            "AL-CAP-TAN-LINH",
            30,
            "xa-suoi-hai-ha-noi",
            "th-nang-mai",
            30,
            on,
        ),
        "th-nang-mai.van-thu",
    );

    script.at("2025-08-12 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-SACH-YEN-XUAN",
        "EDU-SUP",
        "xa-yen-xuan-ha-noi",
        POOR,
        "bo-sach-giao-khoa",
        &[("RC-SACH-01", 40)],
        on,
    ));
    script.at("2025-08-18 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-SACH-YEN-XUAN",
            "AL-SACH-YEN-XUAN",
            40,
            "xa-yen-xuan-ha-noi",
            "th-dong-xanh",
            40,
            on,
        ),
        "th-dong-xanh.van-thu",
    );
    Ok(())
}

/// New units, the end of the districts, who succeeded whom, and where the schools lie now.
fn first_of_july(script: &mut Script) -> Result<(), ReadError> {
    script.at("2025-07-01 07:30", "so.quan-tri");
    let reason = "Sắp xếp đơn vị hành chính từ ngày 01/07/2025.";
    let mut moved: Vec<(Slug, Slug)> = Vec::new();
    for proposal in Programme::HN_204_2019.proposals()? {
        match proposal.event {
            Event::PlaceRegistered(base) if base.valid_to.is_some() => {
                script.write(PlaceRevised {
                    base,
                    reason: prose(reason),
                });
            }
            Event::PlaceRegistered(place) if place.valid_from == script.today() => {
                script.write(place);
            }
            Event::PlaceSucceeded(succession) => {
                if let [successor] = &succession.successors[..] {
                    moved.push((succession.place.clone(), successor.place.clone()));
                }
                script.write(succession);
            }
            _ => {}
        }
    }
    for &(party, kind, called, place) in PARTIES {
        let now = IN_A_SPLIT_COMMUNE
            .iter()
            .find(|(split, _)| *split == party)
            .map(|(_, now)| slug(now));
        let now = now.or_else(|| {
            moved
                .iter()
                .find(|(old, _)| Some(old.as_str()) == place)
                .map(|(_, now)| now.clone())
        });
        if now.is_some() {
            let base = PartyRegistered {
                party: slug(party),
                kind,
                name: name(called),
                place: now,
            };
            script.write(PartyRevised {
                base,
                reason: prose(reason),
            });
        }
    }
    Ok(())
}
