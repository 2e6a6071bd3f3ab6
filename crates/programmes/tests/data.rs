//! The data files against the lists they were taken from, and what their reader says of wrong ones.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use minhbach_events::event::{ItemRegistered, PlaceRegistered, PlaceSucceeded, ProgrammePublished};
use minhbach_events::words::{Beneficiary, Form, ItemForm, PlaceKind, TargetKind};
use minhbach_events::{Event, MonthDay};
use minhbach_programmes::{DataFile, Programme, check, check_parts, groundwork};
use unicode_normalization::is_nfc;

fn recorded(programme: Programme) -> Vec<Event> {
    let proposals = programme.proposals().expect("the data files are right");
    proposals.into_iter().map(|proposal| proposal.event).collect()
}

/// What a ledger of all plans begins with.
fn everything() -> Vec<Event> {
    let proposals = groundwork(Programme::ALL, &[]).expect("the data files are right");
    proposals.into_iter().map(|proposal| proposal.event).collect()
}

fn places() -> BTreeMap<String, PlaceRegistered> {
    let places = everything().into_iter().filter_map(|event| match event {
        Event::PlaceRegistered(place) => Some((place.place.to_string(), place)),
        _ => None,
    });
    places.collect()
}

fn items() -> Vec<ItemRegistered> {
    let items = everything().into_iter().filter_map(|event| match event {
        Event::ItemRegistered(item) => Some(item),
        _ => None,
    });
    items.collect()
}

/// The plan itself, of all that comes with it.
fn plan(programme: Programme) -> ProgrammePublished {
    let mut plans = recorded(programme).into_iter().filter_map(|event| match event {
        Event::ProgrammePublished(plan) if plan.programme.as_str() == programme.id => Some(plan),
        _ => None,
    });
    plans.next().expect("a plan")
}

fn counted_by_parent(plan: &ProgrammePublished) -> BTreeMap<String, usize> {
    let places = places();
    let mut counted = BTreeMap::new();
    for place in &plan.places {
        let parent = places[place.as_str()].parent.as_ref().expect("a district");
        *counted.entry(parent.to_string()).or_default() += 1;
    }
    counted
}

fn expected(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts
        .iter()
        .map(|&(place, count)| (place.to_owned(), count))
        .collect()
}

#[test]
fn every_embedded_plan_can_be_read_and_bears_its_name() {
    let ids: Vec<&str> = Programme::ALL.iter().map(|programme| programme.id).collect();
    assert_eq!(
        ids,
        [
            "vn-588-2019",
            "vn-23-2021",
            "hn-204-2019",
            "hn-dolisa-3874",
            "hp-256-2019",
            "ubdt-960-2019",
            "hn-138-2021"
        ]
    );
    for programme in Programme::ALL {
        assert_eq!(Programme::find(programme.id), Some(*programme));
        let data = programme.data().expect("the data file is right");
        let published: Vec<_> = data
            .records
            .iter()
            .filter_map(|record| match &record.proposal.event {
                Event::ProgrammePublished(published) => Some(published.programme.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(published, [programme.id]);
        assert!(
            !data.sources.is_empty() && !data.notes.is_empty(),
            "{}",
            programme.id
        );
    }
    assert_eq!(Programme::find("hn-205"), None);
}

#[test]
fn plans_rest_on_their_parents() {
    let parent = |programme| plan(programme).parent.map(|parent| parent.to_string());
    let rows = [
        (Programme::VN_588_2019, None),
        (Programme::VN_23_2021, None),
        (Programme::HN_204_2019, Some("vn-588-2019")),
        (Programme::HN_DOLISA_3874, Some("hn-204-2019")),
        (Programme::HP_256_2019, Some("vn-588-2019")),
        (Programme::UBDT_960_2019, Some("vn-588-2019")),
        (Programme::HN_138_2021, Some("vn-23-2021")),
    ];
    for (programme, expected) in rows {
        assert_eq!(parent(programme).as_deref(), expected, "{}", programme.id);
    }
    // What a plan rests on comes with it, before it.
    let order: Vec<String> = recorded(Programme::HN_DOLISA_3874)
        .into_iter()
        .filter_map(|event| match event {
            Event::ProgrammePublished(plan) => Some(plan.programme.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["vn-588-2019", "hn-204-2019", "hn-dolisa-3874"]);
}

#[test]
fn together_each_thing_is_said_once() {
    let mut seen = BTreeSet::new();
    for event in everything() {
        let subject = event.subject().map(str::to_owned);
        assert!(
            seen.insert((event.type_name(), subject.clone())),
            "{} {subject:?} twice",
            event.type_name()
        );
    }
    let mut apart: Vec<Event> = Programme::ALL.iter().flat_map(|p| recorded(*p)).collect();
    let together = everything();
    apart.retain(|event| !together.contains(event));
    assert_eq!(apart, []);
}

#[test]
fn hanois_plans_name_fourteen_communes_of_five_districts() {
    let places = places();
    for programme in [Programme::HN_204_2019, Programme::HN_DOLISA_3874] {
        let published = plan(programme);
        let counted = counted_by_parent(&published);
        let districts = expected(&[
            ("huyen-ba-vi", 7),
            ("huyen-chuong-my", 1),
            ("huyen-my-duc", 1),
            ("huyen-quoc-oai", 2),
            ("huyen-thach-that", 3),
        ]);
        assert_eq!(counted, districts, "{}", programme.id);
        let special = published.special_places.expect("communes of zone II");
        let names: BTreeSet<_> = special
            .iter()
            .map(|place| places[place.as_str()].name.as_str())
            .collect();
        let zone_2 = ["Xã An Phú", "Xã Ba Vì", "Xã Khánh Thượng", "Xã Yên Bài"];
        assert_eq!(names, BTreeSet::from(zone_2));
        for place in &published.places {
            let zone = places[place.as_str()].zone.as_ref().map(|zone| zone.to_string());
            let expected = special.contains(place).then(|| "II".to_owned());
            assert_eq!(zone, expected, "{place}");
        }
    }
}

#[test]
fn hai_phong_has_two_scopes() {
    let published = plan(Programme::HP_256_2019);
    let districts = expected(&[("huyen-cat-hai", 7), ("huyen-thuy-nguyen", 7)]);
    assert_eq!(counted_by_parent(&published), districts);
    let places = places();
    let townships = published
        .places
        .iter()
        .filter(|place| places[place.as_str()].kind == PlaceKind::Township);
    assert_eq!(
        townships.map(|place| place.as_str()).collect::<Vec<_>>(),
        ["thi-tran-cat-ba-cat-hai"]
    );
    // In the mountains by place, in the whole city by group.
    let mut mountains = BTreeSet::new();
    let mut city = BTreeSet::new();
    for category in &published.categories {
        match category.places.as_deref() {
            None => mountains.insert(category.category.as_str()),
            Some([place]) if place.as_str() == "tp-hai-phong" => {
                let groups = category.groups.as_deref().unwrap_or_default();
                let groups: Vec<_> = groups.iter().map(|group| group.as_str()).collect();
                let all = [
                    "special_circumstances",
                    "difficult_circumstances",
                    "poor_household",
                    "near_poor_household",
                ];
                assert_eq!(groups, all, "{}", category.category);
                city.insert(category.category.as_str())
            }
            other => panic!("{}: {other:?}", category.category),
        };
    }
    assert_eq!(
        mountains,
        BTreeSet::from(["NUT-MEAL", "HLT-CHK", "PLY-EQP", "PLY-EVT"])
    );
    assert_eq!(
        city,
        BTreeSet::from([
            "HLT-TRT", "HLT-SUR", "EDU-SCH", "EDU-VOC", "SOC-WRK", "PSY", "GFT"
        ])
    );
}

#[test]
fn targets_are_of_the_kinds_that_the_documents_give_them() {
    use TargetKind::{CountOfPlaces, OnDemand, Ratio, RecurringPerYear};
    let rows = [
        (Programme::HN_204_2019, "T-01", Ratio, Some("100")),
        (Programme::HN_204_2019, "T-02", OnDemand, None),
        (Programme::HN_204_2019, "T-03", Ratio, Some("100")),
        (Programme::HN_204_2019, "T-04", OnDemand, None),
        (Programme::HP_256_2019, "T-05", RecurringPerYear, Some("100")),
        (Programme::HP_256_2019, "T-05-MEAL", Ratio, Some("100")),
        (Programme::HP_256_2019, "T-06", CountOfPlaces, Some("14")),
        (Programme::HP_256_2019, "T-07", Ratio, Some("99")),
        (Programme::HP_256_2019, "T-08", Ratio, Some("100")),
    ];
    let all: usize = [Programme::HN_204_2019, Programme::HP_256_2019]
        .into_iter()
        .map(|programme| plan(programme).targets.len())
        .sum();
    assert_eq!(all, rows.len());
    for (programme, label, kind, value) in rows {
        let plan = plan(programme);
        let target = plan.targets.iter().find(|target| target.target.as_str() == label);
        let target = target.unwrap_or_else(|| panic!("no {label}"));
        assert_eq!(target.kind, kind, "{label}");
        assert_eq!(
            target.value.as_ref().map(|value| value.as_str()),
            value,
            "{label}"
        );
        assert_eq!(target.due.to_string(), "2025-12-31", "{label}");
    }
    // Of 24 announced indicators the report names 11, and gives no value for any.
    let named = plan(Programme::HN_138_2021).targets;
    assert_eq!(named.len(), 11);
    assert!(named.iter().all(|target| target.value.is_none()));
    for none in [
        Programme::VN_588_2019,
        Programme::VN_23_2021,
        Programme::HN_DOLISA_3874,
        Programme::UBDT_960_2019,
    ] {
        assert_eq!(plan(none).targets, [], "{}", none.id);
    }
}

#[test]
fn only_hanois_plan_states_when_a_report_is_due() {
    let day = |text: &str| MonthDay::parse(text);
    for programme in Programme::ALL {
        let reports = plan(*programme).reports;
        let due: Vec<_> = reports
            .iter()
            .map(|report| (report.report.as_str(), Some(report.due), report.cut_off))
            .collect();
        let expected: &[_] = if *programme == Programme::HN_204_2019 {
            &[("annual", day("11-30"), day("10-31"))]
        } else {
            &[]
        };
        assert_eq!(due, expected, "{}", programme.id);
    }
}

/// Categories of the documents that are no categories of a plan, and why, stand in docs/coverage.md.
const CATEGORIES: [&str; 20] = [
    "NUT-MEAL", "NUT-ADV", "HLT-CHK", "HLT-TRT", "HLT-SUR", "HLT-EQP", "CLO-WRM", "EDU-SUP", "EDU-SCH",
    "EDU-EQP", "EDU-VOC", "PLY-EQP", "PLY-EVT", "SKL-LIF", "LEG-AID", "SOC-WRK", "PSY", "SPN", "GFT",
    "WEL-FAC",
];

#[test]
fn every_category_of_the_documents_is_a_plans_and_has_items_of_its_forms() {
    let items = items();
    let mut found = BTreeSet::new();
    for programme in Programme::ALL {
        let plan = plan(*programme);
        let own: Vec<ItemRegistered> = recorded(*programme)
            .into_iter()
            .filter_map(|event| match event {
                Event::ItemRegistered(item) => Some(item),
                _ => None,
            })
            .collect();
        for category in &plan.categories {
            found.insert(category.category.to_string());
            for (form, item_form) in [(Form::Goods, ItemForm::Goods), (Form::Service, ItemForm::Service)] {
                let served = own
                    .iter()
                    .any(|item| item.form == item_form && item.categories.contains(&category.category));
                assert!(
                    served || !category.forms.contains(&form),
                    "{}: nothing for {} as {}",
                    programme.id,
                    category.category,
                    form.word()
                );
            }
        }
    }
    assert_eq!(found, CATEGORIES.iter().map(|c| (*c).to_owned()).collect());
    for item in items {
        assert!(!item.categories.is_empty(), "{}", item.item);
        for category in &item.categories {
            assert!(found.contains(category.as_str()), "{}", item.item);
        }
    }
}

/// A label means the same kind of support wherever it stands.
#[test]
fn a_category_serves_the_same_in_every_plan() {
    let mut served: BTreeMap<String, (Beneficiary, &str)> = BTreeMap::new();
    for programme in Programme::ALL {
        for category in plan(*programme).categories {
            let (beneficiary, first) = *served
                .entry(category.category.to_string())
                .or_insert((category.beneficiary, programme.id));
            assert_eq!(
                beneficiary, category.beneficiary,
                "{} in {first} and {}",
                category.category, programme.id
            );
        }
    }
}

#[test]
fn every_data_file_passes_the_check_and_is_in_nfc() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("data") {
        let file = file.expect("a file");
        let name = file.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file.path()).expect("UTF-8");
        assert!(is_nfc(&text), "{name} is not in NFC");
        let answer = if name.starts_with("programme-") {
            check(&name, &text)
        } else {
            check_parts(&name, &text)
        };
        if let Err(errors) = answer {
            panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>());
        }
        names.insert(name);
    }
    assert_eq!(names.len(), 10, "{names:?}");
}

/// Every key that says where a value is from is one of the papers of its file, and every paper is used.
#[test]
fn sources_are_named() {
    let mut files: Vec<(&str, DataFile)> = Programme::ALL
        .iter()
        .map(|programme| (programme.id, programme.data().expect("right")))
        .collect();
    for programme in [Programme::HN_204_2019, Programme::HP_256_2019] {
        files.extend(
            programme
                .places()
                .expect("right")
                .into_iter()
                .map(|file| ("places", file)),
        );
    }
    for (name, file) in files {
        let keys: BTreeSet<&str> = file.sources.iter().map(|paper| paper.key.as_str()).collect();
        let said = file.records.iter().map(|record| record.source.as_str());
        let said = said.chain(file.notes.iter().map(|note| note.source.as_str()));
        let used: BTreeSet<&str> = said
            .flat_map(|source| source.split(';'))
            .map(|one| one.trim().split(':').next().expect("a key"))
            .collect();
        assert_eq!(used, keys, "{name}");
        assert!(file.sources.iter().all(|paper| paper.vi != paper.en), "{name}");
    }
}

/// The contradictions of the documents that concern a value of a plan or place.
#[test]
fn contradictions_stand_beside_the_value_that_was_chosen() {
    let mut noted: BTreeSet<(String, String)> = BTreeSet::new();
    for programme in Programme::ALL {
        let mut files = programme.places().expect("right");
        files.push(programme.data().expect("right"));
        for note in files.iter().flat_map(|file| &file.notes) {
            assert_ne!(note.vi, note.en, "{}", note.about);
            if !note.id.is_empty() {
                noted.insert((note.id.clone(), note.about.clone()));
            }
        }
    }
    let expected = [
        ("C-01", "hn-204-2019"),
        ("C-01", "vn-588-2019"),
        ("C-02", "xa-tan-linh-ba-vi"),
        ("C-03", "xa-yen-bai-ba-vi"),
        ("C-04", "hn-138-2021"),
        ("C-05", "hn-204-2019"),
        ("C-06", "hp-256-2019"),
        ("C-07", "hp-256-2019"),
        ("C-07", "thi-tran-cat-ba-cat-hai"),
        ("C-08", "hp-256-2019"),
        ("C-09", "hn-204-2019"),
        ("C-10", "hn-204-2019"),
        ("C-10", "hn-dolisa-3874"),
        ("C-11", "hn-204-2019"),
        ("C-11", "hn-dolisa-3874"),
        ("C-12", "hn-204-2019"),
        ("C-13", "hn-204-2019"),
        ("C-14", "hn-138-2021"),
        ("C-15", "hn-204-2019"),
        ("C-16", "hn-204-2019"),
        ("C-17", "hn-204-2019"),
        ("C-17", "vn-588-2019"),
    ];
    let expected = expected.map(|(id, about)| (id.to_owned(), about.to_owned()));
    assert_eq!(noted, BTreeSet::from(expected));
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

fn successions() -> Vec<PlaceSucceeded> {
    let successions = everything().into_iter().filter_map(|event| match event {
        Event::PlaceSucceeded(succession) => Some(succession),
        _ => None,
    });
    successions.collect()
}

/// A place as the list writes it: `09697 Xã Ba Trại`.
fn called(place: &PlaceRegistered) -> String {
    format!("{} {}", place.code.as_ref().expect("a code"), place.name.as_str())
}

/// Who took over from a place on a day, as the list writes it: `09694 Xã Suối Hai whole`.
fn took_over(
    place: &str,
    on: &str,
    places: &BTreeMap<String, PlaceRegistered>,
    all: &[PlaceSucceeded],
) -> Vec<String> {
    let succession = all
        .iter()
        .find(|succession| succession.place.as_str() == place && succession.on.to_string() == on);
    let successors = succession
        .into_iter()
        .flat_map(|succession| &succession.successors);
    let mut successors: Vec<String> = successors
        .map(|successor| {
            format!(
                "{} {}",
                called(&places[successor.place.as_str()]),
                successor.part.word()
            )
        })
        .collect();
    successors.sort();
    successors
}

#[test]
fn codes_and_successors_are_those_of_the_list() {
    let list = shared().join("reference/communes.csv");
    let Ok(mut reader) = csv::Reader::from_path(&list) else {
        not_checked(&list, "codes of communes were compared with nothing");
        return;
    };
    let (places, successions) = (places(), successions());
    let mut ours = BTreeSet::new();
    for plan in [plan(Programme::HN_204_2019), plan(Programme::HP_256_2019)] {
        for old in &plan.places {
            let district = &places[places[old.as_str()].parent.as_ref().expect("a district").as_str()];
            let province = &places[district.parent.as_ref().expect("a province").as_str()];
            let step_1 = successions
                .iter()
                .find(|s| s.place == *old && s.on.to_string() == "2025-01-01")
                .map(|s| s.successors[0].place.to_string());
            let first = took_over(old.as_str(), "2025-01-01", &places, &successions);
            let before_july = step_1.as_deref().unwrap_or(old.as_str());
            let second = took_over(before_july, "2025-07-01", &places, &successions);
            ours.insert(format!(
                "{} / {} / {} -> {} -> {}",
                province.code.as_ref().expect("a code"),
                called(district),
                called(&places[old.as_str()]),
                first.join(", "),
                second.join(", ")
            ));
        }
    }
    let mut theirs = BTreeSet::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let parts = row[8].split(';').zip(row[9].split(';')).zip(row[10].split(';'));
        let mut new: Vec<String> = parts
            .map(|((code, name), part)| {
                let part = if part == "Nhập toàn bộ" {
                    "whole"
                } else {
                    "part"
                };
                format!("{code} {name} {part}")
            })
            .collect();
        new.sort();
        // The list does not say how a unit went over on 01/01/2025; wholly, we say.
        let first = match &row[6] {
            "" => String::new(),
            code => format!("{code} {} whole", &row[7]),
        };
        theirs.insert(format!(
            "{} / {} {} / {} {} -> {first} -> {}",
            &row[0],
            &row[2],
            &row[3],
            &row[4],
            &row[5],
            new.join(", ")
        ));
    }
    assert_eq!(theirs.len(), 28);
    assert_eq!(ours, theirs);
}

/// Every unit that ended has its successors, and they begin on that day.
#[test]
fn nobody_is_lost_between_reforms() {
    let (places, successions) = (places(), successions());
    for place in places.values() {
        let ended = successions.iter().find(|s| s.place == place.place);
        let lasts = place.parent.as_ref().is_none_or(|parent| {
            parent.as_str().starts_with("tp-ha") && place.valid_from.to_string() == "2025-07-01"
        });
        assert_eq!(
            ended.is_none() && place.valid_to.is_none(),
            lasts,
            "{}",
            place.place
        );
        for successor in ended.iter().flat_map(|s| &s.successors) {
            let begins = places[successor.place.as_str()].valid_from;
            assert_eq!(Some(begins), ended.map(|s| s.on), "{}", place.place);
        }
    }
    let on = |day: &str| successions.iter().filter(|s| s.on.to_string() == day).count();
    // 7 communes of Thủy Nguyên and the district itself; 14 of Hanoi, 7 of Cát Hải and the 4 between.
    assert_eq!((on("2025-01-01"), on("2025-07-01")), (8, 25));
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
    assert_eq!(compared, 13);
}
