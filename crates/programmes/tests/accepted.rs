//! The story against the rules themselves: what is to be accepted is, what is to be refused is, with that code.

use minhbach_events::{Actor, Entry, Event, Hash, Proposal, Reference, Timestamp};
use minhbach_ledger::{Books, Moment, Rejection, apply, available, decide};
use minhbach_programmes::Programme;
use minhbach_programmes::demo::{Scale, story, trails};

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

fn tell(scale: Option<Scale>) -> Ledger {
    let mut ledger = Ledger::new();
    for (number, step) in story(scale).expect("the data files are right").enumerate() {
        let at = step.proposal.at.expect("a scripted time");
        let by = step.proposal.by.clone().expect("a post");
        let answer = ledger.propose(&step.proposal, at, by);
        match (&answer, step.refused) {
            (Ok(_), None) => {}
            (Err(rejection), Some(expected)) if rejection.code() == expected => {}
            _ => panic!(
                "step {number}: {:?}\nexpected {:?}\nwas {answer:?}",
                step.proposal, step.refused
            ),
        }
    }
    ledger
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
fn more_small_gifts_change_no_answer() {
    tell(Some(Scale { small_gifts: 3_000 }));
}

#[test]
fn a_new_ledger_takes_every_embedded_plan() {
    for programme in Programme::ALL {
        let mut ledger = Ledger::new();
        let at = Timestamp::parse("2026-01-05T02:00:00.000Z").expect("an instant");
        let by = || Actor::new("local").expect("a post");
        let opened =
            br#"{"type":"ledger.opened","ledger":"x","origin":"so.example.vn/x","format":1,"kind":"live"}"#;
        let opened = Proposal::from_line(opened).expect("a proposal");
        ledger.propose(&opened, at, by()).expect("opened");
        for proposal in programme.proposals().expect("the data files are right") {
            if let Err(rejection) = ledger.propose(&proposal, at, by()) {
                panic!("{:?}: {rejection:?}", proposal.event);
            }
        }
    }
}
