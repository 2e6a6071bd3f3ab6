//! The embedded plans in a ledger: taken in any order, and their places in scope through both reforms.

use minhbach_events::words::RejectionCode;
use minhbach_events::{Actor, Proposal, Timestamp};
use minhbach_programmes::{Programme, groundwork};

use crate::ledger::Ledger;

fn opened() -> Ledger {
    let mut ledger = Ledger::new();
    let line =
        br#"{"type":"ledger.opened","ledger":"x","origin":"so.example.vn/x","format":1,"kind":"live"}"#;
    ledger.take(&[Proposal::from_line(line).expect("a proposal")]);
    ledger
}

impl Ledger {
    fn take(&mut self, proposals: &[Proposal]) {
        let at = Timestamp::parse("2026-01-05T02:00:00.000Z").expect("an instant");
        for proposal in proposals {
            let by = Actor::new("local").expect("a post");
            if let Err(rejection) = self.propose(proposal, at, by) {
                panic!("{:?}: {rejection:?}", proposal.event);
            }
        }
    }
}

#[test]
fn a_new_ledger_takes_every_embedded_plan() {
    for programme in Programme::ALL {
        opened().take(&programme.proposals().expect("the data files are right"));
    }
}

#[test]
fn one_ledger_takes_all_plans_in_any_order() {
    let in_order = groundwork(Programme::ALL, &[]).expect("the data files are right");
    opened().take(&in_order);
    let backwards: Vec<Programme> = Programme::ALL.iter().rev().copied().collect();
    assert_eq!(groundwork(&backwards, &[]), Ok(in_order));
}

/// What the documents say of places holds in the rules: a unit of 2025 is in scope by who it took over from, and the
/// rest of Hải Phòng for groups only.
#[test]
fn scopes_follow_places_and_groups_through_both_reforms() {
    let mut ledger = opened();
    ledger.take(&groundwork(Programme::ALL, &[]).expect("the data files are right"));
    let mut say = |line: String| ledger.take(&[Proposal::from_line(line.as_bytes()).expect("a proposal")]);
    say(r#"{"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ"}"#.into());
    // A ward of the city that the plan does not name.
    say(r#"{"type":"place.registered","place":"phuong-khac","kind":"ward","name":"Phường khác","parent":"tp-hai-phong","valid_from":"2019-01-01"}"#.into());
    for (receipt, item) in [("RC-BUA-TRUA", "bua-trua"), ("RC-KHAM", "luot-kham-chua-benh")] {
        say(format!(
            r#"{{"type":"receipt.issued","receipt":"{receipt}","fund":"quy","source":"social_domestic","item":"{item}","quantity":"100","received_on":"2024-01-05","display":"anonymous","channel":"service"}}"#
        ));
    }
    let allocation = |category: &str, place: &str, group: &str, on: &str| {
        let (lot, item) = match category {
            "NUT-MEAL" => ("RC-BUA-TRUA", "bua-trua"),
            _ => ("RC-KHAM", "luot-kham-chua-benh"),
        };
        format!(
            r#"{{"type":"allocation.made","programme":"hp-256-2019","category":"{category}","place":"{place}","group":"{group}","item":"{item}","draws":[{{"lot":"{lot}","quantity":"1"}}],"decided_on":"{on}"}}"#
        )
    };
    let (meal, treatment) = (("NUT-MEAL", "preschool_primary"), ("HLT-TRT", "poor_household"));
    let rows = [
        (meal, "xa-lai-xuan-thuy-nguyen", "2024-06-01", true),
        (meal, "xa-lai-xuan-thuy-nguyen", "2025-01-01", false),
        (meal, "xa-lien-xuan-thuy-nguyen", "2025-01-01", true),
        (meal, "xa-lien-xuan-thuy-nguyen", "2025-07-01", false),
        (meal, "phuong-luu-kiem-hai-phong", "2025-07-01", true),
        (meal, "xa-viet-khe-hai-phong", "2025-07-01", true),
        (meal, "dac-khu-cat-hai-hai-phong", "2025-07-01", true),
        (meal, "phuong-khac", "2024-06-01", false),
        (treatment, "phuong-khac", "2024-06-01", true),
        (treatment, "dac-khu-cat-hai-hai-phong", "2025-07-01", true),
        (treatment, "xa-ba-vi-ba-vi", "2024-06-01", false),
    ];
    for ((category, group), place, on, accepted) in rows {
        let line = allocation(category, place, group, on);
        let proposal = Proposal::from_line(line.as_bytes()).expect("a proposal");
        let at = Timestamp::parse("2026-01-05T02:00:00.000Z").expect("an instant");
        let answer = ledger.propose(&proposal, at, Actor::new("local").expect("a post"));
        match answer {
            Ok(_) => assert!(accepted, "{category} in {place} on {on}"),
            Err(rejection) => {
                assert!(!accepted, "{category} in {place} on {on}: {rejection:?}");
                assert_eq!(rejection.code(), RejectionCode::OutOfScope);
            }
        }
    }
}
