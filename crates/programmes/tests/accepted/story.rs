//! The demo's story: what is to be accepted is, what is to be refused is, with that code; and its sums add up.

use std::collections::BTreeMap;

use minhbach_events::{Code, Event, Reference};
use minhbach_ledger::available;
use minhbach_programmes::demo::{Scale, story, trails};

use crate::accounts::Accounts;
use crate::ledger::Ledger;

/// Tells the story and shows each entry as the ledger has it.
fn tell_each(scale: Option<Scale>, mut seen: impl FnMut(&Event)) -> Ledger {
    let mut ledger = Ledger::new();
    for (number, mut step) in story(scale).expect("the data files are right").enumerate() {
        if step.wants_head() {
            step.bind(ledger.head);
        }
        let at = step.proposal.at.expect("a scripted time");
        let by = step.proposal.by.clone().expect("a post");
        let answer = ledger.propose(&step.proposal, at, by);
        match (&answer, step.refused) {
            (Ok(event), None) => seen(event),
            (Err(rejection), Some(expected)) if rejection.code() == expected => {}
            _ => panic!(
                "step {number}: {:?}\nexpected {:?}\nwas {answer:?}",
                step.proposal, step.refused
            ),
        }
    }
    ledger
}

fn tell(scale: Option<Scale>) -> Ledger {
    tell_each(scale, |_| {})
}

#[test]
fn the_ledger_answers_every_step_as_the_story_says() {
    let ledger = tell(None);
    for trail in trails() {
        let code = Code::new(trail.code).expect("a code");
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

/// In = out + balance for every fund and item, counted by a model that knows no lines and no shares, and against what
/// the rules say is left of each lot and pool.
#[test]
fn what_came_in_went_out_or_is_there() {
    let totals = |times| {
        let mut accounts = Accounts::default();
        let ledger = tell_each(Some(Scale { times }), |event| accounts.take(event));
        for (name, left) in accounts.left() {
            let told = available(&ledger.books, &Reference::new(name).expect("a lot or pool"));
            assert_eq!(told, Some(u128::from(left)), "{name}");
        }
        accounts.totals()
    };
    let once = totals(1);
    for ((fund, item), total) in &once {
        assert_eq!(
            total.received,
            total.gone + total.reserved + total.left,
            "{item} of {fund}: {total:?}"
        );
    }
    // Dong, dollars, and a dozen kinds of goods and services; in three funds of two cities and one commune's store.
    let funds: std::collections::BTreeSet<&str> = once.keys().map(|(fund, _)| fund.as_str()).collect();
    assert_eq!(funds.len(), 4, "{funds:?}");
    let thrice: BTreeMap<_, _> = totals(3);
    for (name, total) in &once {
        assert_eq!(thrice[name].times(1), total.times(3), "{name:?}");
    }
}
