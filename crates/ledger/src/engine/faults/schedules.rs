//! The engine's threads in thousands of orders, on disks of which some fail.
//!
//! A schedule that fails is printed; `MINHBACH_SCHEDULE` goes through it alone, and `MINHBACH_SEEDS` through more.

use std::sync::{Arc, Mutex};

use minhbach_journal::simulated::Dice;
use shuttle::rand::{Rng as _, thread_rng};
use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, Runner, thread};

use super::life::{Life, Tally, caller, proposal};
use crate::{Answer, Ledger, Pending, Stopped};

/// Schedules of each kind in the usual run.
const SCHEDULES: usize = 1_500;
const CLIENTS: u64 = 3;
/// The numbers below are the groundwork that the others stand on.
const GROUNDWORK: u64 = 3;
/// Proposals of one client.
const EACH: u64 = 6;

#[test]
fn in_any_order_of_threads_the_ledger_is_what_it_acknowledged() {
    run(RandomScheduler::new_from_seed(seed(), schedules()));
}

#[test]
fn in_any_order_with_few_changes_of_thread_it_is_too() {
    run(PctScheduler::new_from_seed(seed(), 3, schedules()));
}

fn seed() -> u64 {
    number("MINHBACH_SEED").unwrap_or(1)
}

fn schedules() -> usize {
    number("MINHBACH_SEEDS").unwrap_or(SCHEDULES as u64) as usize
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn run(scheduler: impl Scheduler + 'static) {
    let mut config = Config::new();
    config.stack_size = 4 * 1024 * 1024;
    let total = Arc::new(Mutex::new(Tally::default()));
    let sum = total.clone();
    let one = move || {
        let tally = life();
        sum.lock().expect("the tally").add(&tally);
    };
    if let Ok(schedule) = std::env::var("MINHBACH_SCHEDULE") {
        Runner::new(ReplayScheduler::new_from_encoded(&schedule), config).run(one);
        return;
    }
    Runner::new(scheduler, config).run(one);
    let tally = total.lock().expect("the tally");
    println!("{tally:?}");
    // Otherwise the disk failed too seldom.
    assert!(tally.lives / 8 < tally.failures, "{tally:?}");
}

/// Several callers and a reader at once, and an end that nobody chose.
fn life() -> Tally {
    let mut life = Life::new(thread_rng().r#gen());
    if let Some(ledger) = life.open() {
        let answers = ledger.record((0..GROUNDWORK).map(proposal).collect(), &caller(), true);
        life.hand_in(GROUNDWORK);
        life.take(0, &answers.expect("nothing goes wrong yet"));
        crowd(&mut life, ledger);
    }
    let power = life.dice.once_in(2);
    life.crash(power);
    life.come_to_an_end();
    life.tally.clone()
}

fn crowd(life: &mut Life, ledger: Ledger) {
    life.hand_in(GROUNDWORK + CLIENTS * EACH);
    if life.dice.once_in(2) {
        life.plan(6);
    }
    let ledger = Arc::new(ledger);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (ledger, dice) = (ledger.clone(), Dice::new(life.dice.below(u64::MAX)));
            thread::spawn(move || propose(&ledger, GROUNDWORK + client * EACH, dice))
        })
        .collect();
    let reader = {
        let ledger = ledger.clone();
        thread::spawn(move || read(&ledger))
    };
    for client in clients {
        for (from, answers) in client.join().expect("a client") {
            match answers {
                Ok(answers) => life.take(from, &answers),
                Err(stopped) => life.stopped(&stopped),
            }
        }
    }
    reader.join().expect("the reader");
    if ledger.stopped().is_none() {
        // What nobody waited for may be under way; it is durable once the ledger has been closed.
        let all = ledger.record(Vec::new(), &caller(), false);
        match all {
            Ok(_) => life.compare(&ledger),
            Err(stopped) => life.stopped(&stopped),
        }
    }
    let ledger = Arc::into_inner(ledger).expect("the others have ended");
    assert!(ledger.close().is_ok(), "the read models have not failed");
}

type Answered = (u64, Result<Vec<Answer>, Stopped>);

/// Some requests, of which one or another is not waited for.
fn propose(ledger: &Ledger, first: u64, mut dice: Dice) -> Vec<Answered> {
    let (mut from, end) = (first, first + EACH);
    let mut answered = Vec::new();
    while from < end {
        let to = end.min(from + 1 + dice.below(4));
        let pending = ledger.submit((from..to).map(proposal).collect(), &caller(), false);
        let known = ledger.as_of().size;
        match pending {
            Ok(_) if dice.once_in(6) => {
                // Proposed again at times, while it may be under way.
                if dice.once_in(2) {
                    continue;
                }
            }
            pending => {
                let answers = pending.and_then(Pending::wait);
                if let Ok(answers) = &answers {
                    // Whoever has an answer reads what he wrote.
                    let written = answers.iter().flatten().map(|done| done.seq + 1).max();
                    let shown = ledger.as_of().size;
                    assert!(written <= Some(shown) && known <= shown);
                }
                answered.push((from, answers));
            }
        }
        from = to;
    }
    answered
}

/// The read models are never behind what was durable when they were asked, nor ahead of what is.
fn read(ledger: &Ledger) {
    for _ in 0..3 {
        let before = ledger.as_of().size;
        let told = ledger.read(|told, _| told.position().map_or(0, |position| position.size));
        let after = ledger.as_of().size;
        let told = told.expect("the read models have not failed");
        assert!((before..=after).contains(&told), "{before} {told} {after}");
        thread::yield_now();
    }
}
