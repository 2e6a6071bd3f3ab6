//! Every system call on the data folder fails once, and is once the last: the folder opens, nothing acknowledged is lost,
//! and what is said is a sentence.
//!
//! The usual run takes some of the calls, by a seed that it prints; `MINHBACH_EVERY_CALL=1` takes them all.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use minhbach_tests::strace::{Call, Fate, calls_under, counted, fated};
use minhbach_tests::{
    DataFolder, Dice, ORIGIN, Run, forget_what_was_signed, journal_path, not_checked, receipt, run, run_for,
    with_stdin,
};
use serde_json::Value;

/// Of each kind of command, so many calls in the usual run.
const TAKEN: usize = 24;
/// Nothing under test takes longer, even where every call stops for the tracer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command, the folder that it begins with, and what it reads.
struct Scene {
    name: &'static str,
    before: DataFolder,
    arguments: Vec<String>,
    input: Vec<u8>,
    /// Whether there is a ledger before.
    begun: bool,
    /// What of its journal stays, whatever happens.
    stays: Vec<u8>,
}

#[test]
fn beginning_a_ledger_bears_every_failing_call() {
    Scene {
        name: "init",
        before: DataFolder::absent(),
        arguments: words(&["init", "--origin", ORIGIN]),
        input: Vec::new(),
        begun: false,
        stays: Vec::new(),
    }
    .play();
}

#[test]
fn recording_bears_every_failing_call() {
    let before = some();
    let lines = (1..=6).flat_map(|number| format!("{}\n", receipt(number)).into_bytes());
    Scene {
        name: "record",
        arguments: words(&["record", "-"]),
        input: lines.collect(),
        begun: true,
        stays: before.journal().bytes,
        before,
    }
    .play();
}

#[test]
fn rebuilding_bears_every_failing_call() {
    let before = some();
    Scene {
        name: "rebuild",
        arguments: words(&["rebuild"]),
        input: Vec::new(),
        begun: true,
        stays: before.journal().bytes,
        before,
    }
    .play();
}

#[test]
fn cutting_off_damage_bears_every_failing_call() {
    let before = some();
    // What was signed is never cut.
    forget_what_was_signed(before.path());
    let journal = before.journal();
    let last = journal.size() - 1;
    let mut bytes = journal.bytes.clone();
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    std::fs::write(journal_path(before.path()), bytes).expect("damaged");
    let lines = journal.bytes.split_inclusive(|byte| *byte == b'\n');
    let stays = lines.take(last).flatten().copied().collect();
    Scene {
        name: "recover",
        before,
        arguments: words(&["recover", "--cut", &last.to_string()]),
        input: Vec::new(),
        begun: true,
        stays,
    }
    .play();
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A small ledger with some gifts.
fn some() -> DataFolder {
    let folder = DataFolder::prepared();
    folder.record_all(&(1..=20).map(receipt).collect::<Vec<_>>());
    folder
}

impl Scene {
    #[expect(
        clippy::print_stdout,
        reason = "a seed is printed for whoever wants the same calls again"
    )]
    fn play(&self) {
        let calls = match self.calls() {
            Ok(calls) => calls,
            Err(why) => return not_checked(&format!("each system call of {}: {why}", self.name)),
        };
        let every = std::env::var_os("MINHBACH_EVERY_CALL").is_some();
        let seed = Dice::fresh_seed();
        let mut dice = Dice::new(seed);
        let mut fates: Vec<(Call, Fate)> = Vec::new();
        for call in &calls {
            fates.extend([Fate::Kill, Fate::Error("EIO")].map(|fate| (call.clone(), fate)));
            if call.takes_room() {
                fates.push((call.clone(), Fate::Error("ENOSPC")));
            }
        }
        let all = fates.len();
        while !every && TAKEN < fates.len() {
            let at = dice.below(fates.len() as u64) as usize;
            fates.swap_remove(at);
        }
        println!(
            "{}: {} calls, {} of {all} fates, seed {seed}",
            self.name,
            calls.len(),
            fates.len()
        );
        let mut failures = Vec::new();
        for (call, fate) in &fates {
            let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.suffer(call, *fate)));
            if found.is_err() {
                failures.push(format!(
                    "{} {fate:?} at {} number {}",
                    self.name, call.name, call.number
                ));
            }
        }
        assert!(failures.is_empty(), "seed {seed}:\n{}", failures.join("\n"));
    }

    /// Where each run works: always the same length of path, so that the calls are the same.
    fn folder(&self) -> DataFolder {
        if self.begun {
            self.before.copy()
        } else {
            DataFolder::absent()
        }
    }

    /// Goes through once with nothing failing; the calls on the folder.
    fn calls(&self) -> Result<BTreeSet<Call>, String> {
        let folder = self.folder();
        let into = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let command = counted(&folder.command(&self.arguments), into.path());
        if Command::new("strace").arg("-V").output().is_err() {
            return Err("there is no strace".to_owned());
        }
        let run = self.run(command);
        if run.code != Some(0) {
            return Err(format!("strace may not trace here: {}", run.err.trim()));
        }
        let written = std::fs::read_to_string(into.path()).map_err(|error| error.to_string())?;
        let calls = calls_under(folder.path(), &written);
        assert!(20 < calls.len(), "{}: {calls:?}", self.name);
        Ok(calls)
    }

    fn run(&self, mut command: Command) -> Run {
        if self.input.is_empty() {
            run_for(&mut command, PATIENCE)
        } else {
            with_stdin(&mut command, &self.input)
        }
    }

    fn suffer(&self, call: &Call, fate: Fate) {
        let folder = self.folder();
        let run = self.run(fated(&folder.command(&self.arguments), call, fate));
        let what = format!("{fate:?} at {} number {}: {run:?}", call.name, call.number);
        if run.err.contains("error while loading shared libraries") {
            return; // Another thread's call of that number was meant.
        }
        assert!(!run.err.contains("panicked"), "{what}");
        for debris in ["Os {", "unwrap", "RUST_BACKTRACE", ".rs:"] {
            assert!(!run.err.contains(debris), "speaks to developers: {what}");
        }
        if run.code.is_some_and(|code| code != 0) {
            assert!(!run.err.trim().is_empty(), "says nothing: {what}");
            assert!(run.err.trim().lines().count() <= 3, "says too much: {what}");
        }
        self.judge(&folder, &run, &what);
    }

    /// What must hold of the folder, whatever happened.
    fn judge(&self, folder: &DataFolder, run: &Run, what: &str) {
        if !self.begun {
            let again = folder.run(&self.arguments);
            assert!(matches!(again.code, Some(0 | 2)), "{what}\nagain: {again:?}");
            assert!(!again.err.contains("panicked"), "{what}\nagain: {again:?}");
        }
        if self.name == "recover" {
            // Given again where it was cut short; where it was not, there is nothing more to cut.
            let again = folder.run(&self.arguments);
            assert_eq!(again.code, Some(0), "{what}\nagain: {again:?}");
        }
        let acknowledged: Vec<Value> = whole_lines(&run.out)
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter(|answer: &Value| answer["seq"].is_u64())
            .collect();
        // The next writing cuts off what was left half written.
        let next = folder.record(&[serde_json::json!(
            {"type": "party.registered", "party": "ben-sau", "kind": "organisation", "name": "Bên sau"}
        )]);
        assert_eq!(next.code, Some(0), "{what}\nnext: {next:?}");
        let journal = folder.journal();
        for answer in &acknowledged {
            let seq = answer["seq"].as_u64().expect("a number") as usize;
            let line = journal.lines.get(seq);
            let line = line.unwrap_or_else(|| panic!("{seq} was acknowledged and is lost: {what}"));
            assert_eq!(answer["hash"], line.hash.as_str(), "{what}");
        }
        assert!(
            journal.bytes.starts_with(&self.stays),
            "what was there stays: {what}"
        );
        for command in ["verify", "balances", "status"] {
            let run = run_on(folder, command);
            assert_eq!(run.code, Some(0), "{what}\n{command}: {run:?}");
        }
    }
}

fn run_on(folder: &DataFolder, command: &str) -> Run {
    run(&mut folder.command([command]))
}

fn whole_lines(out: &str) -> impl Iterator<Item = &str> {
    out.split_inclusive('\n').filter(|line| line.ends_with('\n'))
}
