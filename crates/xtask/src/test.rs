//! `cargo xtask test`: everything that must hold, step by step, up to the first that fails.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::program::Program;
use crate::totals::Totals;
use crate::{layering, strangers, tidy};

/// Which steps to take.
#[derive(Args)]
pub struct Selection {
    /// Takes this step alone, and what it needs.
    #[arg(long, value_name = "STEP")]
    only: Option<Step>,
    /// Leaves out the release build and the end-to-end tests.
    #[arg(long)]
    quick: bool,
}

/// One thing that must hold.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// The code is as rustfmt writes it.
    Format,
    /// No crate knows what it must not.
    Layering,
    /// Files, words and manifests are in order.
    Tidy,
    /// Clippy has nothing to say.
    Clippy,
    /// The binary that the end-to-end tests run.
    Build,
    /// A Python for the checks by another's code.
    Strangers,
    /// Unit, documentation and integration tests, and the end-to-end tests.
    Tests,
}

impl Step {
    fn heading(self) -> &'static str {
        match self {
            Step::Format => "formatting",
            Step::Layering => "layering: what each crate must not know",
            Step::Tidy => "tidy: files, words and manifests",
            Step::Clippy => "clippy",
            Step::Build => "release build of minhbach",
            Step::Strangers => "a Python for the strangers' checks",
            Step::Tests => "tests",
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl Selection {
    /// The steps to take, cheap ones first.
    fn steps(&self) -> Vec<Step> {
        let end_to_end = [Step::Build, Step::Strangers];
        let wanted = |step: &Step| match self.only {
            Some(Step::Tests) => *step == Step::Tests || end_to_end.contains(step),
            Some(only) => *step == only,
            None => true,
        };
        let left_out = |step: &Step| self.quick && self.only != Some(*step) && end_to_end.contains(step);
        let steps = Step::value_variants().iter().copied();
        steps.filter(|step| wanted(step) && !left_out(step)).collect()
    }
}

/// What the steps before leave for the tests.
struct Run<'a> {
    root: &'a Path,
    /// Cargo's folder for what it builds.
    target: PathBuf,
    quick: bool,
    /// The binary under test.
    binary: Option<PathBuf>,
    /// A Python that has what strangers' checks need.
    python: Option<PathBuf>,
    totals: Option<Totals>,
    /// What could not be checked here, and why.
    unchecked: Vec<String>,
}

/// Takes the steps and prints how long each took.
pub fn run(root: &Path, selection: &Selection) -> Result<()> {
    let target = target_folder()?;
    let quick = selection.quick;
    let mut run = Run {
        root,
        target,
        quick,
        binary: None,
        python: None,
        totals: None,
        unchecked: Vec::new(),
    };
    let mut took: Vec<(Step, Duration)> = Vec::new();
    let steps = selection.steps();
    let mut failure = None;
    for (nth, step) in steps.iter().enumerate() {
        println!("\n=== {}/{} {}", nth + 1, steps.len(), step.heading());
        let begin = Instant::now();
        let result = run.take(*step);
        took.push((*step, begin.elapsed()));
        if let Err(error) = result {
            failure = Some((*step, error));
            break;
        }
    }

    println!("\n=== summary");
    for step in &steps {
        let outcome = match took.iter().find(|(taken, _)| taken == step) {
            None => "not reached".to_owned(),
            Some((_, duration)) => {
                let failed = failure.as_ref().is_some_and(|(failed, _)| failed == step);
                format!(
                    "{:>6.1} s{}",
                    duration.as_secs_f32(),
                    if failed { "  FAILED" } else { "" }
                )
            }
        };
        println!("{:<10} {outcome}", step.name());
    }
    for what in &run.unchecked {
        println!("NOT CHECKED: {what}");
    }
    if let Some(totals) = run.totals {
        println!("total: {totals}");
    }
    match failure {
        None => Ok(()),
        Some((step, error)) => Err(error.context(format!("the step `{}` failed", step.name()))),
    }
}

impl Run<'_> {
    fn take(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Format => {
                self.component("fmt", "rustfmt")?;
                self.cargo(&["fmt", "--all", "--check"])
                    .context("some file is not as rustfmt writes it: run `cargo fmt --all`")
            }
            Step::Layering => layering::check(self.root),
            Step::Tidy => tidy::check(self.root),
            Step::Clippy => {
                self.component("clippy", "clippy")?;
                let all = [
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--all-features",
                    "--locked",
                ];
                self.cargo(&[&all[..], &["--", "-D", "warnings"]].concat())
            }
            Step::Build => {
                self.cargo(&["build", "--release", "--locked", "-p", "minhbach"])?;
                let binary = self.target.join("release/minhbach");
                if !binary.is_file() {
                    bail!("the build left no {}", binary.display());
                }
                self.binary = Some(binary);
                Ok(())
            }
            Step::Strangers => {
                match strangers::python(self.root, &self.target) {
                    Ok(python) => self.python = Some(python),
                    Err(error) => {
                        let what = format!("the journal and the API by strangers' code (Python): {error:#}");
                        println!("NOT CHECKED: {what}");
                        self.unchecked.push(what);
                    }
                }
                if let Err(error) = strangers::browser(self.root) {
                    let what = format!("the page that checks proofs, in a browser: {error:#}");
                    println!("NOT CHECKED: {what}");
                    self.unchecked.push(what);
                }
                Ok(())
            }
            Step::Tests => self.tests(),
        }
    }

    fn tests(&mut self) -> Result<()> {
        let mut tests = Program::new("cargo")
            .args(["test", "--workspace", "--locked", "--no-fail-fast"])
            .args(["--features", "xtask/bench"]);
        if let Some(binary) = &self.binary {
            tests = tests.env("MINHBACH_BIN", binary);
        }
        if let Some(python) = &self.python {
            tests = tests.env("MINHBACH_PYTHON", python);
        }
        if self.quick {
            tests = tests.args(["--exclude", "minhbach-tests"]);
            self.unchecked
                .push("the end-to-end tests, which --quick leaves out".to_owned());
        }
        let mut totals = Totals::default();
        let passed = tests.lines_in(self.root, |line| totals.see(line))?;
        println!("\n--- the engine's threads in thousands of orders");
        let schedules = Program::new("cargo")
            .args([
                "test",
                "--locked",
                "-p",
                "minhbach-ledger",
                "--features",
                "shuttle",
            ])
            .args(["--lib", "schedules"]);
        let passed = schedules.lines_in(self.root, |line| totals.see(line))? && passed;
        self.totals = Some(totals).filter(|totals| !totals.is_empty());
        if !passed {
            bail!("a test failed or did not build; the lines above name it");
        }
        if totals.is_empty() {
            bail!("no test was run");
        }
        Ok(())
    }

    /// Makes sure that a part of the Rust toolchain is there; a minimal one lacks some.
    fn component(&self, subcommand: &str, component: &str) -> Result<()> {
        if Program::new("cargo")
            .args([subcommand, "--version"])
            .succeeds_in(self.root)
        {
            return Ok(());
        }
        println!("{component} is missing, adding it to the toolchain");
        Program::new("rustup")
            .args(["component", "add", component])
            .text_in(self.root)
            .map(drop)
            .with_context(|| format!("{component} is missing: run `rustup component add {component}`"))
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        Program::new("cargo").args(arguments).run_in(self.root)
    }
}

/// Cargo's folder for what it builds: this program lies in `<folder>/<profile>/`.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().context("asking where this program is")?;
    let target = program.ancestors().nth(2);
    Ok(target
        .context("this program does not lie in a folder that cargo made")?
        .to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(only: Option<Step>, quick: bool) -> Vec<String> {
        Selection { only, quick }
            .steps()
            .into_iter()
            .map(Step::name)
            .collect()
    }

    #[test]
    fn every_step_is_taken_unless_less_is_asked_for() {
        let all = [
            "format",
            "layering",
            "tidy",
            "clippy",
            "build",
            "strangers",
            "tests",
        ];
        assert_eq!(steps(None, false), all);
        assert_eq!(
            steps(None, true),
            ["format", "layering", "tidy", "clippy", "tests"]
        );
        assert_eq!(steps(Some(Step::Tidy), false), ["tidy"]);
        assert_eq!(steps(Some(Step::Build), true), ["build"]);
    }

    #[test]
    fn the_tests_alone_come_with_what_they_need() {
        assert_eq!(steps(Some(Step::Tests), false), ["build", "strangers", "tests"]);
        assert_eq!(steps(Some(Step::Tests), true), ["tests"]);
    }
}
