//! The data files against the lists they were taken from, and what their reader says of wrong ones.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use minhbach_events::Event;
use minhbach_events::event::PlaceRegistered;
use minhbach_programmes::{Programme, read};

fn events() -> Vec<Event> {
    let proposals = Programme::HN_204_2019
        .proposals()
        .expect("the data files are right");
    proposals.into_iter().map(|proposal| proposal.event).collect()
}

fn places() -> BTreeMap<String, PlaceRegistered> {
    let places = events().into_iter().filter_map(|event| match event {
        Event::PlaceRegistered(place) => Some((place.place.to_string(), place)),
        _ => None,
    });
    places.collect()
}

#[test]
fn every_embedded_plan_can_be_read_and_bears_its_name() {
    for programme in Programme::ALL {
        assert_eq!(Programme::find(programme.id), Some(*programme));
        let proposals = programme.proposals().expect("the data files are right");
        let published = proposals.iter().filter_map(|proposal| match &proposal.event {
            Event::ProgrammePublished(published) => Some(published.programme.as_str()),
            _ => None,
        });
        assert_eq!(published.collect::<Vec<_>>(), [programme.id]);
    }
    assert_eq!(Programme::find("hn-205"), None);
}

#[test]
fn the_plan_names_fourteen_communes_of_five_districts() {
    let places = places();
    let published = events().into_iter().find_map(|event| match event {
        Event::ProgrammePublished(published) => Some(published),
        _ => None,
    });
    let published = published.expect("a plan");
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for place in &published.places {
        let district = places[place.as_str()].parent.as_ref().expect("a district");
        *counted.entry(district.as_str()).or_default() += 1;
    }
    let expected = [
        ("huyen-ba-vi", 7),
        ("huyen-chuong-my", 1),
        ("huyen-my-duc", 1),
        ("huyen-quoc-oai", 2),
        ("huyen-thach-that", 3),
    ];
    assert_eq!(counted, BTreeMap::from(expected));
    let of_zone_2 = places
        .values()
        .filter(|place| place.zone.is_some())
        .map(|place| place.name.as_str());
    assert_eq!(
        of_zone_2.collect::<BTreeSet<_>>(),
        BTreeSet::from(["Xã An Phú", "Xã Ba Vì", "Xã Khánh Thượng", "Xã Yên Bài"])
    );
    let special = published.special_places.expect("communes of zone II");
    assert!(special.len() == 4 && special.iter().all(|place| places[place.as_str()].zone.is_some()));
    assert_eq!(
        published
            .targets
            .iter()
            .map(|target| target.target.as_str())
            .collect::<Vec<_>>(),
        ["T-01", "T-02", "T-03", "T-04"]
    );
}

#[test]
fn items_belong_to_categories_of_the_plan() {
    let events = events();
    let categories: BTreeSet<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::ProgrammePublished(published) => {
                Some(published.categories.iter().map(|c| c.category.clone()))
            }
            _ => None,
        })
        .flatten()
        .collect();
    for event in &events {
        if let Event::ItemRegistered(item) = event {
            assert!(
                item.categories
                    .iter()
                    .all(|category| categories.contains(category)),
                "{}",
                item.item
            );
        }
    }
}

/// The folder of reference lists: `MINHBACH_SHARED`, else `../shared` beside the workspace.
fn shared() -> PathBuf {
    std::env::var_os("MINHBACH_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    )
}

/// Says so even when the test harness keeps what passing tests print to itself.
fn not_checked(list: &Path, what: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "NOT CHECKED: {} is absent; {what}",
        list.display()
    );
}

#[test]
fn codes_and_successors_are_those_of_the_list() {
    let list = shared().join("reference/communes.csv");
    let Ok(mut reader) = csv::Reader::from_path(&list) else {
        not_checked(&list, "codes of communes were compared with nothing");
        return;
    };
    let places = places();
    let ours: BTreeSet<String> = events()
        .into_iter()
        .filter_map(|event| match event {
            Event::PlaceSucceeded(succession) => Some(succession),
            _ => None,
        })
        .map(|succession| {
            assert_eq!(succession.on.to_string(), "2025-07-01");
            let old = &places[succession.place.as_str()];
            let parent = &places[old.parent.as_ref().expect("a district").as_str()];
            let code = |place: &PlaceRegistered| place.code.as_ref().expect("a code").to_string();
            let mut new: Vec<String> = succession
                .successors
                .iter()
                .map(|successor| {
                    let place = &places[successor.place.as_str()];
                    format!(
                        "{} {} {}",
                        code(place),
                        place.name.as_str(),
                        successor.part.word()
                    )
                })
                .collect();
            new.sort();
            format!(
                "{} {} / {} {} -> {}",
                code(parent),
                parent.name.as_str(),
                code(old),
                old.name.as_str(),
                new.join(", ")
            )
        })
        .collect();

    let mut theirs = BTreeSet::new();
    for row in reader.records() {
        let row = row.expect("a row");
        if &row[0] != "01" {
            continue;
        }
        let parts = row[8].split(';').zip(row[9].split(';')).zip(row[10].split(';'));
        let mut new: Vec<String> = parts
            .map(|((code, name), part)| {
                format!(
                    "{code} {name} {}",
                    if part == "Nhập toàn bộ" {
                        "whole"
                    } else {
                        "part"
                    }
                )
            })
            .collect();
        new.sort();
        theirs.insert(format!(
            "{} {} / {} {} -> {}",
            &row[2],
            &row[3],
            &row[4],
            &row[5],
            new.join(", ")
        ));
    }
    assert_eq!(theirs.len(), 14);
    assert_eq!(ours, theirs);
}

#[test]
fn new_units_lie_where_the_list_says() {
    let list = shared().join("reference/communes_2025_centroids.csv");
    let Ok(mut reader) = csv::Reader::from_path(&list) else {
        not_checked(&list, "coordinates were compared with nothing");
        return;
    };
    let centroids: BTreeMap<String, (String, String)> = reader
        .records()
        .map(|row| row.expect("a row"))
        .map(|row| (row[0].to_owned(), (row[1].to_owned(), row[2].to_owned())))
        .collect();
    let mut compared = 0;
    for place in places()
        .values()
        .filter(|place| place.valid_from.to_string() == "2025-07-01")
    {
        let (latitude, longitude) = &centroids[place.code.as_ref().expect("a code").as_str()];
        assert_eq!(
            place.latitude.as_ref().map(|decimal| decimal.as_str()),
            Some(latitude.as_str())
        );
        assert_eq!(
            place.longitude.as_ref().map(|decimal| decimal.as_str()),
            Some(longitude.as_str())
        );
        compared += 1;
    }
    assert_eq!(compared, 9);
}

const GOOD: &str = r#"as_of = 2025-11-01

[[item.registered]]
item = "ao-am"
title = { vi = "Áo ấm" }
form = "goods"
unit = "H87"
categories = ["CLO-WRM"]
source = "plan"
"#;

#[test]
fn a_good_file_is_read_in_its_order() {
    assert_eq!(read("x.toml", GOOD).map(|proposals| proposals.len()), Ok(1));
    let two = format!(
        "{GOOD}\n[[place.registered]]\nplace = \"tp-a\"\nkind = \"province\"\nname = \"A\"\nvalid_from = 2019-01-01\nsource = \"s\"\n{}",
        GOOD.replace("as_of = 2025-11-01\n", "")
            .replace("ao-am", "chan-am")
    );
    let names: Vec<_> = read("x.toml", &two)
        .expect("good")
        .iter()
        .map(|p| p.event.subject().map(str::to_owned))
        .collect();
    assert_eq!(
        names,
        [Some("ao-am".into()), Some("tp-a".into()), Some("chan-am".into())]
    );
}

#[test]
fn errors_name_file_line_and_field() {
    #[rustfmt::skip]
    let rows = [
        ("unit = \"H87\"", "unit = \"piece\"", "x.toml, line 7, field unit: expected a unit code"),
        ("unit = \"H87\"", "unit = H87", "x.toml, line 7: "),
        ("{ vi = \"Áo ấm\" }", "{ vi = \" \" }", "x.toml, line 5, field title.vi: must not be empty"),
        ("{ vi = \"Áo ấm\" }", "{ vi = \"Áo ấm\", fr = \"x\" }", "x.toml, line 5, field title.fr: this event has no such field"),
        ("[\"CLO-WRM\"]", "[\"CLO-WRM\",\n \"CLO WRM\"]", "x.toml, line 9, field categories[1]: expected a label"),
        ("form = \"goods\"\n", "", "x.toml, line 3, field form: required but missing"),
        ("form = \"goods\"", "form = 1.5", "x.toml, line 6, field form: write decimals as text"),
        ("form = \"goods\"", "form = -1", "x.toml, line 6, field form: expected an integer of 0 or more"),
        ("source = \"plan\"", "", "x.toml, line 3, field source: required but missing"),
        ("source = \"plan\"", "source = \"\"", "x.toml, line 9, field source: expected a text"),
        ("source = \"plan\"", "source = \"plan\"\nby = \"me\"", "x.toml, line 10, field by: a data file does not have"),
        ("[[item.registered]]", "[item.registered]", "x.toml, line 3, field item.registered: expected tables headed [[item.registered]]"),
        ("[[item.registered]]", "[[item.sold]]", "x.toml, line 3: the event type \"item.sold\""),
        ("as_of = 2025-11-01", "", "x.toml, line 1, field as_of: required"),
        ("as_of = 2025-11-01", "as_of = \"now\"", "x.toml, line 1, field as_of: expected a date"),
        ("as_of = 2025-11-01", "as_of = 2025-11-01\ncolour = 1", "x.toml, line 2, field colour: expected as_of, sources"),
    ];
    for (good, wrong, expected) in rows {
        assert!(GOOD.contains(good), "{good}");
        match read("x.toml", &GOOD.replace(good, wrong)) {
            Ok(_) => panic!("{wrong} was read"),
            Err(error) => assert!(
                error.to_string().starts_with(expected),
                "{error}\nexpected {expected}"
            ),
        }
    }
}
