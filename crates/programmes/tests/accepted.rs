//! The story against the rules themselves: what is to be accepted is, what is to be refused is, with that code.

use minhbach_events::words::RejectionCode;
use minhbach_events::{Actor, Entry, Event, Hash, Proposal, Reference, Timestamp};
use minhbach_ledger::{Books, Moment, Rejection, apply, available, decide};
use minhbach_programmes::demo::{Scale, story, trails};
use minhbach_programmes::{Programme, groundwork};

struct Ledger {
    books: Books,
    seq: u64,
    head: Hash,
}

impl Ledger {
    fn new() -> Ledger {
        Ledger {
            books: Books::default(),
            seq: 0,
            head: Hash::ZERO,
        }
    }

    fn propose(&mut self, proposal: &Proposal, at: Timestamp, by: Actor) -> Result<Event, Rejection> {
        let entropy = [self.seq as u8; 32];
        let event = decide(
            &self.books,
            proposal,
            &Moment {
                at,
                by: by.clone(),
                entropy,
            },
        )?;
        let entry = Entry {
            seq: self.seq,
            prev: self.head,
            at,
            by,
            key: None,
            event,
        };
        let hash = Hash::of(&entry.to_bytes());
        apply(&mut self.books, &entry, hash).expect("what was decided is possible");
        (self.seq, self.head) = (self.seq + 1, hash);
        Ok(entry.event)
    }
}

/// Tells the story and shows each step that was answered as the ledger has it.
fn tell_each(scale: Option<Scale>, mut seen: impl FnMut(&Proposal, Option<&Event>)) -> Ledger {
    let mut ledger = Ledger::new();
    for (number, mut step) in story(scale).expect("the data files are right").enumerate() {
        if step.wants_head() {
            step.bind(ledger.head);
        }
        let at = step.proposal.at.expect("a scripted time");
        let by = step.proposal.by.clone().expect("a post");
        let answer = ledger.propose(&step.proposal, at, by);
        match (&answer, step.refused) {
            (Ok(event), None) => seen(&step.proposal, Some(event)),
            (Err(rejection), Some(expected)) if rejection.code() == expected => seen(&step.proposal, None),
            _ => panic!(
                "step {number}: {:?}\nexpected {:?}\nwas {answer:?}",
                step.proposal, step.refused
            ),
        }
    }
    ledger
}

fn tell(scale: Option<Scale>) -> Ledger {
    tell_each(scale, |_, _| {})
}

#[test]
fn the_ledger_answers_every_step_as_the_story_says() {
    let ledger = tell(None);
    for trail in trails() {
        let code = minhbach_events::Code::new(trail.code).expect("a code");
        assert!(ledger.books.seq_of_code(&code).is_some(), "{code}");
    }
    // 300 came; 80 + 100 + (60 - 15) + 50 went.
    let bags = available(&ledger.books, &Reference::new("RC-CAP-SACH-01").expect("a code"));
    assert_eq!(bags, Some(25_000));
    // 250 came; 120 + 90 + 40 went.
    let books = available(&ledger.books, &Reference::new("RC-SACH-01").expect("a code"));
    assert_eq!(books, Some(0));
}

#[test]
fn three_copies_change_no_answer() {
    tell(Some(Scale { times: 3 }));
}

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
