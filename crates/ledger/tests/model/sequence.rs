//! One random sequence, and how a failing one is made small.

use serde_json::{Value, json};

use crate::author::Author;
use crate::beside::{Beside, Disagreement, Step, as_lines};
use crate::chance::Chance;
use crate::coverage::Coverage;
use crate::setting;

const STEPS: usize = 400;
/// The totals are added up after so many steps.
const CHECKED_EVERY: usize = 40;
/// Nobody waits longer for a smaller sequence.
const SHRINKING_MAX: std::time::Duration = std::time::Duration::from_secs(20);
/// Questions to the books after a replay.
const PROBES: usize = 60;
/// From the plainest to what makes lines longer than 64 bits could count.
const SCALES: [u128; 4] = [1, 1, 70, 24_000_000_000_000];
const CLERKS: [&str; 2] = ["clerk-1", "clerk-2"];

/// A disagreement with the smallest sequence found that shows it.
pub struct Failure {
    pub kind: String,
    pub text: String,
}

/// Runs a sequence.
pub fn run(seed: u64, coverage: &mut Coverage) -> Result<(), Failure> {
    let mut chance = Chance::new(seed);
    let mut beside = Beside::begin(coverage);
    let mut steps: Vec<Step> = Vec::new();
    let mut millis = minhbach_events::Timestamp::parse(&format!("{}T02:00:00.000Z", setting::FIRST_DAY))
        .expect("an instant")
        .millis();
    let scale = chance.pick(&SCALES);
    let chained = seed.is_multiple_of(8);
    for nth in 0..STEPS {
        millis += (chance.draw() % (7 * 3_600_000)) as i64;
        let step = match nth.checked_sub(100) {
            Some(link) if chained && link < 67 => chain(&beside, millis, link),
            _ => next_step(&mut beside, &mut chance, millis, scale, coverage),
        };
        coverage.steps += 1;
        let mut answer = beside.step(&step, coverage);
        if answer.is_ok() && (nth % CHECKED_EVERY == 0 || nth + 1 == STEPS) {
            answer = beside.check().and(answer);
            if nth % (4 * CHECKED_EVERY) == 0 || nth + 1 == STEPS {
                answer = beside.check_told().and(answer);
            }
        }
        match answer {
            Ok(true) => steps.push(step),
            Ok(false) => {}
            Err(disagreement) => {
                steps.push(step);
                return Err(made_small(seed, nth, steps, &disagreement));
            }
        }
    }
    let probes: Vec<Step> = (0..PROBES)
        .map(|_| next_step(&mut beside, &mut chance, millis, scale, coverage))
        .collect();
    beside.check_replay(&probes).map_err(|disagreement| Failure {
        text: format!("seed {seed}: {}\n{}", disagreement.kind, disagreement.detail),
        kind: disagreement.kind,
    })
}

/// A lot that goes from hand to hand until the last step of provenance, and once more.
fn chain(beside: &Beside, millis: i64, link: usize) -> Step {
    let today = Step {
        line: Value::Null,
        by: CLERKS[0],
        millis,
    }
    .today();
    let line = match link {
        0 => json!({
            "type": "receipt.issued", "receipt": "RC-CHAIN", "fund": "quy-mot", "source": "oda", "item": "gao",
            "quantity": "9", "received_on": today, "display": "anonymous", "channel": "goods",
        }),
        _ => {
            let from = if link == 1 {
                "RC-CHAIN".to_owned()
            } else {
                format!("LT-CHAIN-{}", link - 1)
            };
            // What others took of the lot is not passed on.
            let left = beside
                .slow
                .stock(&from)
                .map_or(0, |stock| crate::stock::length(&beside.slow.stocks[stock].free()));
            json!({
                "type": "custody.transferred", "transfer": format!("TR-CHAIN-{link}"), "lot": from,
                "quantity": crate::line::decimal(left.max(1)), "to": "quy-hai", "new_lot": format!("LT-CHAIN-{link}"),
                "transferred_on": today,
            })
        }
    };
    Step {
        line,
        by: CLERKS[0],
        millis,
    }
}

/// The next proposal: one that the model accepts, or a refusal that is still rare, or now and then any.
fn next_step(
    beside: &mut Beside,
    chance: &mut Chance,
    millis: i64,
    scale: u128,
    coverage: &Coverage,
) -> Step {
    let by = CLERKS[chance.below(2)];
    let head = beside.head();
    let mut step = Step {
        line: Value::Null,
        by,
        millis,
    };
    let today = step.today();
    let type_name = Author {
        chance,
        slow: &beside.slow,
        today: &today,
        head: &head,
        scale,
    }
    .any_type();
    for _ in 0..6 {
        step.line = Author {
            chance,
            slow: &beside.slow,
            today: &today,
            head: &head,
            scale,
        }
        .write(type_name);
        match beside.would(&step) {
            Ok(()) => break,
            // What only breaks a policy is proposed again in spite of it.
            Err(code) if crate::form::liftable(type_name).contains(&code) && chance.percent(40) => {
                step.line["despite"] = json!([code]);
                step.line["reason"] = "đã xảy ra".into();
                break;
            }
            Err(code) if coverage.seen(type_name, code) < 12 => break,
            Err(_) if chance.percent(12) => break,
            Err(_) => {}
        }
    }
    step
}

/// Leaves out what the disagreement does not need, one entry at a time, and shows what is left.
fn made_small(seed: u64, nth: usize, steps: Vec<Step>, disagreement: &Disagreement) -> Failure {
    let mut small = steps;
    let mut shown = disagreement.clone();
    let mut from_end = 2;
    let begun = std::time::Instant::now();
    while from_end <= small.len() && begun.elapsed() < SHRINKING_MAX {
        let mut fewer = small.clone();
        let left_out = fewer.len() - from_end;
        fewer.remove(left_out);
        renumber(&mut fewer, (setting::lines().len() + left_out) as u64);
        match replay(&fewer) {
            Some(again) if again.kind == disagreement.kind => {
                small = fewer;
                shown = again;
            }
            _ => from_end += 1,
        }
    }
    let text = format!(
        "seed {seed}, step {nth}: {}\n{}\n{}",
        shown.kind,
        shown.detail,
        as_lines(&small)
    );
    Failure {
        kind: shown.kind,
        text,
    }
}

/// Reversals after an entry that is left out name their entries by smaller numbers.
fn renumber(steps: &mut [Step], left_out: u64) {
    for step in steps {
        for field in ["reverses", "size"] {
            if let Some(seq) = step.line.get(field).and_then(Value::as_u64)
                && left_out < seq
            {
                step.line[field] = (seq - 1).into();
            }
        }
    }
}

/// The first disagreement of a sequence of which each step but the last is accepted.
fn replay(steps: &[Step]) -> Option<Disagreement> {
    let mut coverage = Coverage::default();
    let mut beside = Beside::begin(&mut coverage);
    for (index, step) in steps.iter().enumerate() {
        match beside.step(step, &mut coverage) {
            Err(disagreement) => return Some(disagreement),
            Ok(false) if index + 1 < steps.len() => return None,
            Ok(_) => {}
        }
    }
    beside.check().and(beside.check_told()).err()
}
