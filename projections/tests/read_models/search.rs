//! Names and codes are found however they are typed, and what only looks alike is not taken for the same.

use minhbach_events::event::*;
use minhbach_events::text::Text;
use minhbach_events::words::*;
use minhbach_events::{Date, Label};
use minhbach_projections::*;
use serde_json::{Value, json};

use crate::world::{World, place, slug, title};

fn world() -> World {
    let mut world = World::new();
    let mut places = vec![
        place("tp-ha-noi", PlaceKind::Province, "Thành phố Hà Nội", ""),
        place("tinh-yen-bai", PlaceKind::Province, "Tỉnh Yên Bái", ""),
        place("huyen-ba-vi", PlaceKind::District, "Huyện Ba Vì", "tp-ha-noi"),
        place("xa-ba-vi-ba-vi", PlaceKind::Commune, "Xã Ba Vì", "huyen-ba-vi"),
        place(
            "xa-yen-bai-ba-vi",
            PlaceKind::Commune,
            "Xã Yên Bài",
            "huyen-ba-vi",
        ),
        place("xa-dong-xuan", PlaceKind::Commune, "Xã Đông Xuân", "tp-ha-noi"),
        place("xa-ba-vi-ha-noi", PlaceKind::Commune, "Xã Ba Vì", "tp-ha-noi"),
        place("thuy-nguyen", PlaceKind::District, "Thủy Nguyên", ""),
        place("xa-ba-vinh", PlaceKind::Commune, "Xã Ba Vinh", ""),
    ];
    places[3].code = Label::new("09703");
    places[6].code = Label::new("09700");
    places[6].valid_from = Date::parse("2025-07-01").unwrap();
    for place in places {
        world.say(place);
    }
    world.say(PlaceSucceeded {
        place: slug("xa-ba-vi-ba-vi"),
        on: Date::parse("2025-07-01").unwrap(),
        successors: vec![Successor {
            place: slug("xa-ba-vi-ha-noi"),
            part: Part::Whole,
        }],
    });
    let party = |name: &str| PartyRegistered {
        party: slug("truong-hoa"),
        kind: PartyKind::Facility,
        name: Text::new(name).unwrap(),
        place: None,
    };
    world.say(party("Trường Hòa Bình"));
    world.say(PartyRevised {
        base: party("Trường Suối Mơ"),
        reason: Text::new("đổi tên").unwrap(),
    });
    world.say(CampaignOpened {
        campaign: slug("dong-am"),
        title: title("Mùa đông ấm"),
        programme: slug("ke-hoach-p"),
        fund: slug("quy-a"),
        opens: Date::parse("2025-10-01").unwrap(),
        closes: Date::parse("2025-12-31").unwrap(),
        distribute_by: None,
        restriction: None,
    });
    world
}

fn told(world: &World) -> Projections {
    let mut projections = Projections::in_memory();
    for recorded in &world.entries {
        projections.apply(recorded).unwrap();
    }
    projections
}

fn ids(projections: &Projections, world: &World, words: &str) -> Vec<(String, &'static str)> {
    let answer = projections.search(words, world, None).unwrap();
    answer
        .rows
        .into_iter()
        .map(|row| (row.id, row.fits.word()))
        .collect()
}

#[track_caller]
fn finds(words: &str, expected: &[(&str, &str)]) {
    let world = world();
    let projections = told(&world);
    let found = ids(&projections, &world, words);
    let found: Vec<(&str, &str)> = found.iter().map(|(id, fits)| (id.as_str(), *fits)).collect();
    assert_eq!(found, expected, "{words}");
}

#[test]
fn a_name_is_found_without_marks_in_any_case_and_without_its_kind() {
    // The district and both communes, former and present; then what only begins so. That Yên Bài lies in the district,
    // and has it in its slug, is no name of it.
    let rest = [("xa-ba-vinh", "prefix")];
    for (words, fits) in [
        ("Ba Vi", "folded"),
        ("ba vi", "folded"),
        ("BA VÌ", "exact"),
        ("ba vì", "exact"),
    ] {
        let mut expected = vec![
            ("huyen-ba-vi", fits),
            ("xa-ba-vi-ba-vi", fits),
            ("xa-ba-vi-ha-noi", fits),
        ];
        expected.extend(rest);
        finds(words, &expected);
    }
    finds("dong xuan", &[("xa-dong-xuan", "folded")]);
    finds("Đông Xuân", &[("xa-dong-xuan", "exact")]);
    finds("xuân đông", &[("xa-dong-xuan", "words")]);
    finds("Thuỷ Nguyên", &[("thuy-nguyen", "exact")]);
    finds("THỦY NGUYÊN", &[("thuy-nguyen", "exact")]);
    finds("thuy ngu", &[("thuy-nguyen", "prefix")]);
    finds("mùa đông", &[("dong-am", "prefix")]);
    finds("không có gì", &[]);
    finds("", &[]);
    finds("…", &[]);
}

#[test]
fn what_folds_alike_stands_side_by_side_and_is_not_merged() {
    let both = |first, second| [(first, "folded"), (second, "folded")];
    finds("yen bai", &both("tinh-yen-bai", "xa-yen-bai-ba-vi"));
    finds(
        "Yên Bái",
        &[("tinh-yen-bai", "exact"), ("xa-yen-bai-ba-vi", "folded")],
    );
    finds(
        "Yên Bài",
        &[("xa-yen-bai-ba-vi", "exact"), ("tinh-yen-bai", "folded")],
    );
}

#[test]
fn a_former_name_is_found_and_said_to_be_one() {
    let world = world();
    let projections = told(&world);
    for words in ["hoa binh", "Hoà Bình"] {
        let answer = json!(projections.search(words, &world, None).unwrap());
        let row = &answer["rows"][0];
        assert_eq!(row["id"], "truong-hoa", "{answer}");
        assert_eq!(row["name"], "Trường Suối Mơ");
        assert_eq!(row["matched"], "Trường Hòa Bình");
        assert_eq!(row["former_name"], true);
    }
    let answer = json!(projections.search("suối mơ", &world, None).unwrap());
    assert_eq!(answer["rows"][0]["id"], "truong-hoa");
    assert_eq!(answer["rows"][0].get("former_name"), None);
}

#[test]
fn former_and_present_units_come_with_their_dates() {
    let world = world();
    let projections = told(&world);
    let answer = json!(projections.search("xã ba vì", &world, None).unwrap());
    let row = |id: &str| -> Value {
        let rows = answer["rows"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap().clone()
    };
    let former = row("xa-ba-vi-ba-vi");
    assert_eq!(former["place"]["succeeded_on"], "2025-07-01");
    assert_eq!(former["place"]["successors"][0]["place"], "xa-ba-vi-ha-noi");
    assert_eq!(former["place"]["parent_name"], "Huyện Ba Vì");
    let present = row("xa-ba-vi-ha-noi");
    assert_eq!(present["place"]["valid_from"], "2025-07-01");
    assert_eq!(present["place"].get("succeeded_on"), None);
    let by_code = json!(projections.search("09703", &world, None).unwrap());
    assert_eq!(by_code["rows"][0]["id"], "xa-ba-vi-ba-vi");
    assert_eq!(by_code["rows"][0]["match"], "exact");
    assert_eq!(by_code["rows"][0]["matched"], "09703");
}

#[test]
fn codes_are_found_whole_or_by_their_beginning() {
    let mut world = world();
    for nth in 0..40 {
        world.step([0, nth, nth, nth]);
    }
    let projections = told(&world);
    let first = world.entries.len() as u64 - 40;
    let answer = projections.search(&format!("nd-{first}"), &world, None).unwrap();
    assert_eq!(answer.rows[0].id, format!("ND-{first}"));
    assert_eq!(
        (answer.rows[0].kind, answer.rows[0].fits),
        (FoundKind::Need, Match::Exact)
    );
    let begun = ids(&projections, &world, "ND-");
    assert!(begun.is_empty(), "three letters fit too much: {begun:?}");
    let begun = projections.search("ND-1", &world, None).unwrap();
    assert!(
        begun
            .rows
            .iter()
            .all(|row| row.id.starts_with("ND-1") || row.id.starts_with("ND-"))
    );
}

#[test]
fn a_query_looks_at_a_bounded_part_and_pages() {
    let mut world = World::new();
    for nth in 0..2_500 {
        world.say(place(
            &format!("xa-{nth}"),
            PlaceKind::Commune,
            &format!("Xã Số {nth}"),
            "",
        ));
    }
    let projections = told(&world);
    let answer = projections.search("xa so", &world, None).unwrap();
    assert!(answer.too_many, "2,500 names fit");
    assert_eq!(answer.rows.len(), SEARCH_PAGE);
    let next = projections
        .search("xa so", &world, answer.next.as_deref())
        .unwrap();
    assert!(
        next.rows
            .iter()
            .all(|row| answer.rows.iter().all(|known| known.id != row.id))
    );
    let exact = projections.search("xã số 2499", &world, None).unwrap();
    assert!(!exact.too_many, "its last word is rare");
    assert_eq!(exact.rows[0].id, "xa-2499");
    assert!(matches!(
        projections.search("xa", &world, Some("x")),
        Err(ReadError::BadCursor)
    ));
    let long = "xã ".repeat(10_000);
    assert!(projections.search(&long, &world, None).is_ok());
}
