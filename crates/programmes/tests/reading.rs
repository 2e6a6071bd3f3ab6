//! What the reader and the check say of wrong files: file, line, column, field, and what to do.

use minhbach_programmes::{ReadError, check, check_parts, groundwork, read};

const GOOD: &str = r#"as_of = 2025-11-01

[[item.registered]]
item = "ao-am-co-8"
title = { vi = "Áo ấm" }
form = "goods"
unit = "H87"
categories = ["CLO-WRM"]
source = "plan"
"#;

const PLAN: &str = r#"as_of = 2025-11-01

[[place.registered]]
place = "xa-mot"
kind = "commune"
name = "Xã Một"
parent = "tp-ha-noi"
valid_from = 2025-07-01
source = "s"

[[programme.published]]
programme = "ke-hoach-moi"
parent = "vn-588-2019"
title.vi = "Kế hoạch"
documents = []
period = { from = 2026-01-01, to = 2026-12-31 }
places = ["xa-mot", "xa-ba-vi-ha-noi"]
groups = ["poor_household"]
categories = [
  { category = "CLO-WRM", title.vi = "Áo ấm", beneficiary = "child", forms = ["goods"], groups = ["poor_household"] },
  { category = "GFT", title.vi = "Quà", beneficiary = "child", forms = ["goods"], places = ["xa-mot"] },
]
targets = [
  { target = "A", title.vi = "Áo", kind = "on_demand", category = "CLO-WRM", group = "poor_household", due = 2026-12-31 },
]
duties = []
reports = [
  { report = "annual", title.vi = "Báo cáo năm", due = "11-30", cut_off = "10-31" },
]
min_group = 5
source = "s"

[[item.registered]]
item = "mu-len"
title.vi = "Mũ len"
form = "goods"
unit = "H87"
categories = ["CLO-WRM"]
source = "s"

[[notes]]
about = "ke-hoach-moi"
field = "targets[A].value"
said = { vi = "Không nêu.", en = "Not stated." }
source = "s"
"#;

fn said(errors: &[ReadError]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn a_good_file_is_read_in_its_order() {
    let records = |text: &str| read("x.toml", text).expect("good").records;
    assert_eq!(records(GOOD).len(), 1);
    assert_eq!(records(GOOD)[0].source, "plan");
    let two = format!(
        "{GOOD}\n[[place.registered]]\nplace = \"tp-a\"\nkind = \"province\"\nname = \"A\"\nvalid_from = 2019-01-01\nsource = \"s\"\n{}",
        GOOD.replace("as_of = 2025-11-01\n", "")
            .replace("ao-am-co-8", "chan")
    );
    let names: Vec<_> = records(&two)
        .iter()
        .map(|record| record.proposal.event.subject().map(str::to_owned))
        .collect();
    assert_eq!(
        names,
        [
            Some("ao-am-co-8".into()),
            Some("tp-a".into()),
            Some("chan".into())
        ]
    );
}

#[test]
fn notes_and_sources_are_kept() {
    let data = read(
        "x.toml",
        &PLAN.replace(
            "as_of = 2025-11-01",
            "as_of = 2025-11-01\nsources = [\"a paper\", { key = \"k\", vi = \"tờ\", en = \"sheet\" }, { key = \"l\", vi = \"tờ\" }]",
        ),
    );
    let data = data.expect("good");
    assert_eq!(data.as_of, "2025-11-01");
    let papers = data
        .sources
        .iter()
        .map(|paper| (paper.key.as_str(), paper.vi.as_str(), paper.en.as_str()));
    assert_eq!(
        papers.collect::<Vec<_>>(),
        [
            ("", "a paper", "a paper"),
            ("k", "tờ", "sheet"),
            ("l", "tờ", "tờ")
        ]
    );
    let [note] = &data.notes[..] else {
        panic!("{:?}", data.notes)
    };
    assert_eq!(
        (note.about.as_str(), note.field.as_str()),
        ("ke-hoach-moi", "targets[A].value")
    );
    assert_eq!(
        (note.vi.as_str(), note.en.as_str(), note.id.as_str()),
        ("Không nêu.", "Not stated.", "")
    );
}

#[test]
fn errors_name_file_line_column_and_field() {
    #[rustfmt::skip]
    let rows = [
        ("unit = \"H87\"", "unit = \"piece\"", "x.toml, line 7, column 8, field unit: expected a unit code"),
        ("unit = \"H87\"", "unit = H87", "x.toml, line 7, column 8: "),
        ("{ vi = \"Áo ấm\" }", "{ vi = \" \" }", "x.toml, line 5, column 16, field title.vi: must not be empty"),
        ("{ vi = \"Áo ấm\" }", "{ vi = \"Áo ấm\", fr = \"x\" }", "x.toml, line 5, column 30, field title.fr: this event has no such field"),
        ("[\"CLO-WRM\"]", "[\"CLO-WRM\",\n \"CLO WRM\"]", "x.toml, line 9, column 2, field categories[1]: expected a label"),
        ("form = \"goods\"\n", "", "x.toml, line 3, column 1, field form: required but missing"),
        ("form = \"goods\"", "form = 1.5", "x.toml, line 6, column 8, field form: write decimals as text"),
        ("form = \"goods\"", "form = -1", "x.toml, line 6, column 8, field form: expected an integer of 0 or more"),
        ("source = \"plan\"", "", "x.toml, line 3, column 1, field source: required but missing"),
        ("source = \"plan\"", "source = \"\"", "x.toml, line 9, column 10, field source: expected a text"),
        ("source = \"plan\"", "source = \"plan\"\nby = \"me\"", "x.toml, line 10, column 1, field by: a data file does not have"),
        ("[[item.registered]]", "[item.registered]", "x.toml, line 3, column 7, field item.registered: expected tables headed [[item.registered]]"),
        ("[[item.registered]]", "[[item.sold]]", "x.toml, line 3, column 1: there is no event type \"item.sold\""),
        ("as_of = 2025-11-01", "", "x.toml, line 1, column 1, field as_of: required"),
        ("as_of = 2025-11-01", "as_of = \"now\"", "x.toml, line 1, column 9, field as_of: expected a date"),
        ("as_of = 2025-11-01", "as_of = 2025-11-01\ncolour = 1", "x.toml, line 2, column 1, field colour: expected as_of, sources"),
        ("as_of = 2025-11-01", "as_of = 2025-11-01\nsources = [\"\"]", "x.toml, line 2, column 12, field sources[0]: expected a text, or a table"),
    ];
    for (good, wrong, expected) in rows {
        assert!(GOOD.contains(good), "{good}");
        match read("x.toml", &GOOD.replace(good, wrong)) {
            Ok(_) => panic!("{wrong} was read"),
            Err(errors) => assert!(
                errors.len() == 1 && errors[0].to_string().starts_with(expected),
                "{}expected {expected}",
                said(&errors)
            ),
        }
    }
}

#[test]
fn a_plan_of_ones_own_rests_on_what_comes_with_the_program() {
    let own = check("x.toml", PLAN).unwrap_or_else(|errors| panic!("{}", said(&errors)));
    let recorded = groundwork(&[], std::slice::from_ref(&own)).expect("right");
    let at = |name: &str| {
        recorded
            .iter()
            .position(|proposal| proposal.event.subject() == Some(name))
            .unwrap_or_else(|| panic!("no {name}"))
    };
    assert!(at("tp-ha-noi") < at("xa-mot") && at("vn-588-2019") < at("ke-hoach-moi"));
    // Items of its categories, and no others.
    assert!(at("ao-am") < at("mu-len"));
    let named = |name: &str| recorded.iter().any(|p| p.event.subject() == Some(name));
    assert!(!named("bua-trua") && !named("tp-hai-phong") && !named("hn-204-2019"));
}

#[test]
fn rules_that_a_plan_must_keep() {
    #[rustfmt::skip]
    let rows = [
        ("parent = \"tp-ha-noi\"", "parent = \"tp-hue\"", "x.toml, line 7, column 10, field parent: there is no place \"tp-hue\""),
        ("parent = \"vn-588-2019\"", "parent = \"vn-1\"", "x.toml, line 13, column 10, field parent: there is no programme \"vn-1\""),
        ("place = \"xa-mot\"", "place = \"xa-ba-vi-ba-vi\"", "x.toml, line 4, column 9, field place: \"xa-ba-vi-ba-vi\" is already in places-hanoi.toml"),
        ("item = \"mu-len\"", "item = \"ao-am\"", "x.toml, line 34, column 8, field item: \"ao-am\" is already in items.toml"),
        ("programme = \"ke-hoach-moi\"", "programme = \"hn-204-2019\"", "x.toml, line 12, column 13, field programme: \"hn-204-2019\" is already in programme-hn-204-2019.toml"),
        ("\"xa-mot\", \"xa-ba-vi-ha-noi\"", "\"xa-mot\", \"xa-hai\"", "x.toml, line 17, column 21, field places[1]: there is no place \"xa-hai\""),
        ("\"xa-mot\", \"xa-ba-vi-ha-noi\"", "\"xa-mot\", \"xa-mot\"", "x.toml, line 17, column 21, field places[1]: \"xa-mot\" stands already at line 17"),
        ("places = [\"xa-mot\"] }", "places = [\"xa-hai\"] }", "x.toml, line 21, column 93, field categories[1].places[0]: there is no place \"xa-hai\""),
        ("forms = [\"goods\"], groups = [\"poor_household\"]", "forms = [\"goods\"], groups = [\"rich\"]", "x.toml, line 20, column 99, field categories[0].groups[0]: there is no group \"rich\""),
        ("forms = [\"goods\"], places", "forms = [\"goods\", \"goods\"], places", "x.toml, line 21, column 82, field categories[1].forms[1]: \"goods\" stands already"),
        ("category = \"GFT\"", "category = \"CLO-WRM\"", "x.toml, line 21, column 16, field categories[1].category: \"CLO-WRM\" stands already at line 20"),
        ("category = \"CLO-WRM\", group", "category = \"CLO\", group", "x.toml, line 24, column 67, field targets[0].category: there is no category \"CLO\""),
        ("group = \"poor_household\", due", "group = \"rich\", due", "x.toml, line 24, column 86, field targets[0].group: there is no group \"rich\""),
        ("due = 2026-12-31", "due = 2027-01-01", "x.toml, line 24, column 110, field targets[0].due: falls outside the plan's period"),
        ("to = 2026-12-31", "to = 2025-12-31", "x.toml, line 16, column 36, field period.to: ends before it begins"),
        ("cut_off = \"10-31\"", "cut_off = \"12-01\"", "x.toml, line 28, column 75, field reports[0].cut_off: lies after the day on which the report is due"),
        ("min_group = 5", "min_group = 4", "x.toml, line 30, column 13, field min_group: must be an integer from 5"),
        ("valid_from = 2025-07-01", "valid_from = 2025-07-01\nvalid_to = 2025-06-30", "x.toml, line 9, column 12, field valid_to: ends before it begins"),
        ("categories = [\"CLO-WRM\"]\nsource", "categories = [\"CLO\"]\nsource", "x.toml, line 38, column 15, field categories[0]: there is no category \"CLO\""),
        ("about = \"ke-hoach-moi\"", "about = \"ke-hoach-cu\"", "x.toml, line 42, column 9, field about: there is no slug \"ke-hoach-cu\""),
        ("targets[A].value", "targets[B].value", "x.toml, line 43, column 9, field field: there is no field \"targets[B].value\""),
        ("targets[A].value", "goals", "x.toml, line 43, column 9, field field: there is no field \"goals\""),
        ("vi = \"Không nêu.\", ", "", "x.toml, line 41, column 1, field said.vi: required but missing"),
        ("said = {", "text = 1\nsaid = {", "x.toml, line 44, column 1, field text: this event has no such field"),
        ("valid_from = 2025-07-01", "valid_from = 2025-02-30", "x.toml, line 8, column 14: "),
    ];
    for (good, wrong, expected) in rows {
        assert_eq!(PLAN.matches(good).count(), 1, "{good}");
        match check("x.toml", &PLAN.replace(good, wrong)) {
            Ok(_) => panic!("{wrong} passed"),
            Err(errors) => assert!(
                errors.iter().any(|error| error.to_string().starts_with(expected)),
                "{}expected {expected}",
                said(&errors)
            ),
        }
    }
}

#[test]
fn what_comes_later_is_to_be_moved_up() {
    let begin = PLAN.find("[[place.registered]]").expect("a place");
    let end = PLAN.find("[[programme.published]]").expect("a plan");
    let moved = format!("{}{}\n{}", &PLAN[..begin], &PLAN[end..], &PLAN[begin..end]);
    let errors = check("x.toml", &moved).expect_err("named before it stands");
    assert_eq!(errors.len(), 2, "{}", said(&errors));
    let expected =
        "field places[0]: there is no place \"xa-mot\" before this line; it comes at line 39, move it up";
    assert!(errors[0].to_string().contains(expected), "{}", said(&errors));
}

#[test]
fn several_errors_are_told_at_once_in_the_order_of_the_file() {
    let wrong = PLAN
        .replace("kind = \"commune\"", "kind = \"village hall\"")
        .replace(
            "beneficiary = \"child\", forms = [\"goods\"], groups",
            "beneficiary = \"dog\", forms = [\"goods\"], groups",
        )
        .replace(
            "beneficiary = \"child\", forms = [\"goods\"], places",
            "forms = [\"gold\"], places",
        )
        .replace("due = 2026-12-31", "due = 2027-01-01")
        .replace("min_group = 5", "min_group = 4")
        .replace("unit = \"H87\"", "unit = \"piece\"");
    let errors = check("x.toml", &wrong).expect_err("wrong");
    let fields: Vec<(usize, &str)> = errors.iter().map(|e| (e.line, e.field.as_str())).collect();
    assert_eq!(
        fields,
        [
            (5, "kind"),
            (20, "categories[0].beneficiary"),
            (21, "categories[1].beneficiary"),
            (24, "targets[0].due"),
            (30, "min_group"),
            (37, "unit"),
        ],
        "{}",
        said(&errors)
    );
}

#[test]
fn several_breaches_of_toml_are_told_at_once() {
    let wrong = GOOD
        .replace("\"H87\"", "H87")
        .replace("form = \"goods\"", "form = goods");
    let errors = read("x.toml", &wrong).expect_err("wrong");
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [6, 7], "{}", said(&errors));
}

#[test]
fn successors_begin_by_the_day_of_the_succession() {
    let text = r#"as_of = 2025-11-01
[[place.registered]]
place = "xa-cu"
kind = "commune"
name = "Xã Cũ"
valid_from = 2019-01-01
source = "s"
[[place.registered]]
place = "xa-moi"
kind = "commune"
name = "Xã Mới"
valid_from = 2025-07-01
source = "s"
[[place.succeeded]]
place = "xa-cu"
on = 2025-07-01
successors = [{ place = "xa-moi", part = "whole" }]
source = "s"
"#;
    assert!(check_parts("x.toml", text).is_ok());
    let errors =
        check_parts("x.toml", &text.replace("on = 2025-07-01", "on = 2025-06-01")).expect_err("too early");
    assert_eq!(
        said(&errors),
        "x.toml, line 17, column 25, field successors[0].place: exists only after the day of the succession\n"
    );
    // Places alone are no plan.
    let errors = check("x.toml", text).expect_err("no plan");
    assert_eq!(
        said(&errors),
        "x.toml, line 1, column 1: no plan in this file; add a table headed [[programme.published]]\n"
    );
}

/// Whatever is typed is answered, and where it points to is in the file.
#[test]
fn no_text_stops_the_check() {
    let answered = |text: &str| {
        let lines = text.lines().count().max(1);
        for error in check("x.toml", text).err().unwrap_or_default() {
            assert!(error.line <= lines + 1 && 0 < error.column, "{error}");
        }
    };
    let ends = PLAN.char_indices().map(|(at, _)| at);
    for (n, at) in ends.enumerate().step_by(11).map(|(n, at)| (n / 11, at)) {
        answered(&PLAN[..at]);
        let typed = ["\"", "]", "[[", "{", "=", "\u{0}", "😀", "1.5", "\n"][n % 9];
        answered(&format!("{}{typed}{}", &PLAN[..at], &PLAN[at..]));
    }
    let lines: Vec<&str> = PLAN.lines().collect();
    for n in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(n);
        answered(&fewer.join("\n"));
    }
    answered("\u{feff}");
    answered(&"[[programme.published]]\n".repeat(2_000));
    answered(&format!("as_of = 2025-01-01\nx = {}", "[".repeat(5_000)));
}
