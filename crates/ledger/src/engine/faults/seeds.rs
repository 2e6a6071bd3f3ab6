//! One caller, many disks: every seed a sequence of proposals, failures and power losses.

use std::sync::Mutex;

use minhbach_journal::simulated::{Seeds, Trouble};

use super::life::{Life, Tally, caller};
use crate::Ledger;

/// Seeds in the usual run.
const SEEDS: u64 = 1_000;

#[test]
fn whatever_the_disk_loses_the_ledger_is_what_it_acknowledged() {
    let total = Mutex::new(Tally::default());
    let begin = std::time::Instant::now();
    Seeds::of_environment(SEEDS).each(|seed| {
        let mut life = Life::new(seed);
        for _ in 0..2 + life.dice.below(4) {
            generation(&mut life);
        }
        life.come_to_an_end();
        total.lock().expect("the tally").add(&life.tally);
    });
    let tally = total.into_inner().expect("the tally");
    println!("{:.1} s: {tally:?}", begin.elapsed().as_secs_f32());
    let alone = std::env::var_os("MINHBACH_SEED").is_some();
    // Otherwise the moments were badly chosen and little was tested.
    assert!(alone || tally.lives < tally.failures, "{tally:?}");
    assert!(alone || tally.lives / 8 < tally.repeated, "{tally:?}");
}

/// Each call in turn fails, with either error, done and not done, or is the last before the power goes.
#[test]
fn every_call_fails_once() {
    for trouble in Trouble::ANSWERS.into_iter().chain([Trouble::Power]) {
        for power in [false, true] {
            for after in 0.. {
                let mut life = Life::new(after);
                life.disk.plan(after, trouble);
                if let Some(ledger) = life.open() {
                    for _ in 0..8 {
                        if !record(&mut life, &ledger, 3) {
                            break;
                        }
                    }
                }
                let came = life.disk.clear();
                life.crash(power);
                life.come_to_an_end();
                if !came {
                    assert!(20 < after, "only {after} calls");
                    break;
                }
            }
        }
    }
}

/// One opening, some requests, and an end that nobody chose.
fn generation(life: &mut Life) {
    if !life.dice.once_in(4) {
        life.plan(18);
    }
    if let Some(ledger) = life.open() {
        for _ in 0..life.dice.below(8) {
            let count = 1 + life.dice.below(5);
            if !record(life, &ledger, count) {
                break;
            }
        }
        if ledger.stopped().is_none() && life.dice.once_in(3) {
            life.compare(&ledger);
        }
    }
    let power = life.dice.once_in(2);
    life.crash(power);
}

/// Hands in some proposals, at times in two requests of which the second does not wait for the first; whether the
/// writer goes on.
fn record(life: &mut Life, ledger: &Ledger, count: u64) -> bool {
    let (from, mut proposals) = life.proposals(count);
    let later = proposals.split_off(life.dice.index(proposals.len() + 1));
    let middle = from + proposals.len() as u64;
    // All or none is refused as a whole where one of them is.
    let first = ledger.submit(proposals, &caller(), false);
    let second = ledger.submit(later, &caller(), false);
    let answers = [(from, first), (middle, second)].map(|(from, pending)| {
        let answers = pending.and_then(crate::Pending::wait);
        (from, answers)
    });
    for (from, answers) in answers {
        match answers {
            Ok(answers) => {
                life.take(from, &answers);
                life.next += answers.len() as u64;
            }
            Err(stopped) => {
                life.stopped(&stopped);
                let again = ledger.record(vec![super::life::proposal(from)], &caller(), false);
                assert!(again.is_err(), "the writer goes on after {stopped}");
                let shown = ledger.reader().head().size;
                assert_eq!(ledger.as_of().size, shown);
                return false;
            }
        }
    }
    true
}
