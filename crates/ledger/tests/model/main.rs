//! A second, simple, slow ledger beside the real one, over random sequences of proposals.
//!
//! The model is written from the design alone: plain lists, no indexes. At every step both say whether a proposal is
//! accepted and, if not, with which code it is refused; of what is accepted both say what it moved, opened and joined.
//! Every few steps the totals of every stock and the parts of every gift are added up.

mod author;
mod beside;
mod chance;
mod coverage;
mod effect;
mod form;
mod judge;
mod line;
mod place;
mod restriction;
mod rules;
mod sequence;
mod setting;
mod shares;
mod slow;
mod stock;
mod told;

use coverage::Coverage;

/// Runs sequences until so many steps are done, and says what was never reached.
fn run(first_seed: u64, steps: usize) {
    let mut coverage = Coverage::default();
    let mut seed = first_seed;
    while coverage.steps < steps {
        if let Err(failure) = sequence::run(seed, &mut coverage) {
            panic!("{}", failure.text);
        }
        seed += 1;
    }
    if std::env::var_os("MODEL_COVERAGE").is_some() {
        eprintln!(
            "{:#?}\n{:#?}\n{:#?}",
            coverage.outcomes, coverage.lifted, coverage.reversed
        );
    }
    let missing = coverage.missing();
    assert!(
        missing.is_empty(),
        "{} steps never reached:\n{}",
        coverage.steps,
        missing.join("\n")
    );
}

#[test]
fn the_ledger_agrees_with_the_slow_one_first_half() {
    run(1, 55_000);
}

#[test]
fn the_ledger_agrees_with_the_slow_one_second_half() {
    run(1_000_001, 55_000);
}

/// Every kind of disagreement, each with a small sequence: for whoever changes the rules.
#[test]
#[ignore = "a survey, not a test"]
fn survey() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let mut coverage = Coverage::default();
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for seed in number("MODEL_SEED", 1)..number("MODEL_SEED", 1) + number("MODEL_SEEDS", 40) {
        let Err(failure) = sequence::run(seed, &mut coverage) else {
            continue;
        };
        match kinds.iter_mut().find(|(kind, _)| *kind == failure.kind) {
            Some((_, count)) => *count += 1,
            None => {
                eprintln!("=== {}\n", failure.text);
                kinds.push((failure.kind, 1));
            }
        }
    }
    eprintln!("{} steps, {kinds:#?}", coverage.steps);
    eprintln!("never reached: {:#?}", coverage.missing());
}
