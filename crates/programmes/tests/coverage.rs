//! The page that says where every fact of the documents is: it names them all, and what it claims of plans is so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minhbach_events::Event;
use minhbach_events::event::{ItemRegistered, PlaceSucceeded, ProgrammePublished};
use minhbach_programmes::{Note, Programme, groundwork};

struct Data {
    plans: BTreeMap<String, ProgrammePublished>,
    items: Vec<ItemRegistered>,
    successions: Vec<PlaceSucceeded>,
    zones: BTreeMap<String, String>,
    notes: Vec<Note>,
}

fn data() -> Data {
    let mut data = Data {
        plans: BTreeMap::new(),
        items: Vec::new(),
        successions: Vec::new(),
        zones: BTreeMap::new(),
        notes: Vec::new(),
    };
    for proposal in groundwork(Programme::ALL, &[]).expect("the data files are right") {
        match proposal.event {
            Event::ProgrammePublished(plan) => {
                data.plans.insert(plan.programme.to_string(), plan);
            }
            Event::ItemRegistered(item) => data.items.push(item),
            Event::PlaceSucceeded(succession) => data.successions.push(succession),
            Event::PlaceRegistered(place) => {
                let zone = place.zone.map_or("–".to_owned(), |zone| zone.to_string());
                data.zones.insert(place.place.to_string(), zone);
            }
            _ => {}
        }
    }
    for programme in Programme::ALL {
        data.notes.extend(programme.data().expect("right").notes);
        let places = programme.places().expect("right");
        data.notes.extend(places.into_iter().flat_map(|file| file.notes));
    }
    data
}

/// The cells of every row of every table of the page.
fn rows() -> Vec<Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coverage.md");
    let page = std::fs::read_to_string(page).expect("docs/coverage.md");
    page.lines()
        .filter(|line| line.starts_with("| ") && line.ends_with(" |"))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn numbered(prefix: &str, count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(move |n| format!("{prefix}{n}"))
}

fn in_two_digits(prefix: &str, count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(move |n| format!("{prefix}{n:02}"))
}

/// Every id of the list of facts that the plans were taken from.
fn ids() -> BTreeSet<String> {
    let words = |words: &str| -> Vec<String> { words.split_whitespace().map(str::to_owned).collect() };
    let mut ids = BTreeSet::new();
    ids.extend(in_two_digits("P-", 11));
    ids.extend(numbered("2.1-", 14));
    ids.extend(numbered("2.2-", 14));
    ids.insert("2.2b".to_owned());
    ids.extend(numbered("2.3-", 8));
    ids.extend(in_two_digits("C-", 17));
    ids.extend(in_two_digits("T-", 10));
    ids.extend(in_two_digits("F-", 9));
    ids.extend(words(
        "NUT-MEAL NUT-ADV HLT-CHK HLT-TRT HLT-SUR HLT-EQP CLO-WRM EDU-SUP EDU-SCH EDU-FEE EDU-EQP EDU-VOC PLY-EQP \
         PLY-EVT SKL-LIF LEG-AID SOC-WRK PSY SPN GFT WEL-FAC CAP COM",
    ));
    ids.extend(numbered("5-", 26));
    ids.extend(words(
        "STATE_BUDGET SOCIAL_DOMESTIC SOCIAL_FOREIGN CHARITY_FUND CHILD_FUND FUND_FOR_POOR ODA FNGO OTHER_LEGAL",
    ));
    ids.extend(in_two_digits("D-", 24));
    ids.insert("D-05b".to_owned());
    ids
}

#[test]
fn every_fact_of_the_list_has_its_row() {
    let rows = rows();
    let there: BTreeSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let missing: Vec<String> = ids()
        .into_iter()
        .filter(|id| !there.contains(id.as_str()))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
    for row in rows.iter().filter(|row| ids().contains(&row[0])) {
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

#[test]
fn targets_are_in_the_plans_as_the_page_says() {
    let data = data();
    let mut claimed = BTreeSet::new();
    for row in rows()
        .iter()
        .filter(|row| row[0].starts_with("T-") && row.len() == 6)
    {
        let plan = quoted(&row[2])[0];
        let label = quoted(&row[3])[0];
        let targets = &data.plans[plan].targets;
        let target = targets.iter().find(|target| target.target.as_str() == label);
        let target = target.unwrap_or_else(|| panic!("{row:?}"));
        assert_eq!(quoted(&row[4]), [target.kind.word()], "{row:?}");
        let value = target.value.as_ref().map_or("–", |value| value.as_str());
        assert_eq!(row[5], value, "{row:?}");
        claimed.insert((plan.to_owned(), label.to_owned()));
    }
    let there = data.plans.iter().flat_map(|(id, plan)| {
        plan.targets
            .iter()
            .map(move |target| (id.clone(), target.target.to_string()))
    });
    assert_eq!(claimed, there.collect());
}

#[test]
fn categories_are_in_the_plans_and_have_the_items_that_the_page_says() {
    let data = data();
    let mut claimed = BTreeSet::new();
    for row in rows()
        .iter()
        .filter(|row| row.len() == 4 && ["child", "facility"].contains(&row[1].as_str()))
    {
        let label = row[0].as_str();
        let mut plans = BTreeSet::new();
        for (id, plan) in &data.plans {
            for category in plan.categories.iter().filter(|c| c.category.as_str() == label) {
                assert_eq!(category.beneficiary.word(), row[1], "{label} in {id}");
                plans.insert(id.as_str());
            }
        }
        assert_eq!(
            quoted(&row[2]).into_iter().collect::<BTreeSet<_>>(),
            plans,
            "{label}"
        );
        let items = data
            .items
            .iter()
            .filter(|item| item.categories.iter().any(|category| category.as_str() == label));
        let items: BTreeSet<&str> = items.map(|item| item.item.as_str()).collect();
        assert_eq!(
            quoted(&row[3]).into_iter().collect::<BTreeSet<_>>(),
            items,
            "{label}"
        );
        claimed.insert(label.to_owned());
    }
    let there = data.plans.values().flat_map(|plan| &plan.categories);
    assert_eq!(
        claimed,
        there.map(|category| category.category.to_string()).collect()
    );
    // No category takes the budget's money, and none leaves out another source.
    for category in data.plans.values().flat_map(|plan| &plan.categories) {
        assert_eq!(category.sources, None, "{}", category.category);
    }
}

/// Who took over from a place on a day, as the page writes it.
fn took_over(data: &Data, place: &str, on: &str) -> String {
    let succession = data
        .successions
        .iter()
        .find(|succession| succession.place.as_str() == place && succession.on.to_string() == on);
    let Some(succession) = succession else {
        return "–".to_owned();
    };
    let successors = succession.successors.iter().map(|successor| {
        let part = if successor.part.word() == "part" {
            " (part)"
        } else {
            ""
        };
        format!("`{}`{part}", successor.place)
    });
    successors.collect::<Vec<_>>().join(", ")
}

#[test]
fn units_are_those_of_the_plans_with_their_successors() {
    let data = data();
    for (prefix, plan) in [("2.1-", "hn-204-2019"), ("2.2-", "hp-256-2019")] {
        let rows = rows();
        let rows = rows.iter().filter(|row| row[0].starts_with(prefix));
        let mut listed = Vec::new();
        for row in rows {
            let place = quoted(&row[1])[0];
            listed.push(place.to_owned());
            assert_eq!(row[2], data.zones[place], "{place}");
            let (first, last) = (&row[3], &row[row.len() - 1]);
            let before_july = if row.len() == 5 && first != "–" {
                assert_eq!(*first, took_over(&data, place, "2025-01-01"), "{place}");
                quoted(first)[0]
            } else {
                place
            };
            assert_eq!(*last, took_over(&data, before_july, "2025-07-01"), "{place}");
        }
        let places = data.plans[plan].places.iter().map(ToString::to_string);
        assert_eq!(listed, places.collect::<Vec<_>>());
    }
}

#[test]
fn contradictions_have_the_notes_that_the_page_says() {
    let data = data();
    let mut claimed = BTreeSet::new();
    for row in rows().iter().filter(|row| row[0].starts_with("C-")) {
        let known = |name: &&str| data.plans.contains_key(*name) || data.zones.contains_key(*name);
        let about: Vec<&str> = quoted(&row[2]).into_iter().filter(known).collect();
        assert!(!about.is_empty(), "{row:?}");
        for about in about {
            claimed.insert((row[0].clone(), about.to_owned()));
        }
    }
    let there = data.notes.iter().filter(|note| !note.id.is_empty());
    assert_eq!(
        claimed,
        there.map(|note| (note.id.clone(), note.about.clone())).collect()
    );
}

/// `label` in `plan`: the label is a role, a group, a report or a field of that plan.
#[test]
fn roles_and_groups_are_in_the_plans_as_the_page_says() {
    let data = data();
    let mut compared = 0;
    for row in rows() {
        for cell in &row {
            let parts: Vec<&str> = cell.split('`').collect();
            // Quoted parts are the odd ones; what stands between tells lists from claims.
            for at in (1..parts.len().saturating_sub(2)).step_by(2) {
                if parts[at + 1] != " in " {
                    continue;
                }
                let mut labels = vec![parts[at]];
                let mut back = at;
                while 2 < back && parts[back - 1] == ", " && !data.plans.contains_key(parts[back - 2]) {
                    back -= 2;
                    labels.push(parts[back]);
                }
                let mut plans = vec![parts[at + 2]];
                let mut on = at + 2;
                while on + 2 < parts.len() && parts[on + 1] == ", " && data.plans.contains_key(parts[on + 2])
                {
                    on += 2;
                    plans.push(parts[on]);
                }
                for (label, id) in labels.iter().flat_map(|l| plans.iter().map(move |p| (*l, *p))) {
                    let plan = data.plans.get(id).unwrap_or_else(|| panic!("{cell}"));
                    let has = plan.duties.iter().any(|duty| duty.role.as_str() == label)
                        || plan.groups.iter().any(|group| group.as_str() == label)
                        || label == "special_places" && plan.special_places.is_some();
                    assert!(has, "{id} has no {label}: {cell}");
                    compared += 1;
                }
            }
        }
    }
    assert!(50 < compared, "{compared}");
}
