//! `cargo xtask fuzz`: the long run of the fuzz targets, under libFuzzer.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::program::Program;
use crate::test::target_folder;

/// Which targets to run, and for how long.
#[derive(Args)]
pub struct Selection {
    /// Runs this target alone; `--list` names them.
    target: Option<String>,
    /// How long each target is run.
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
    /// Names the targets and ends.
    #[arg(long)]
    list: bool,
}

/// What the compiler adds so that libFuzzer sees which branches an input takes, and what is compared with what. Every
/// stable compiler takes it; `cargo fuzz` passes the same.
const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];
/// The ordinary build, which names the targets and writes what is kept of them.
const PLAIN: &[&str] = &["run", "--quiet", "--locked", "-p", "minhbach-fuzz", "--"];
/// The program that libFuzzer is in.
const FUZZER: &str = "minhbach-libfuzzer";
/// The most seconds of one input: longer ones are a finding.
const INPUT_SECONDS: &str = "-timeout=20";
/// The most MiB: more is a finding.
const MEBIBYTES: &str = "-rss_limit_mb=1024";

/// Builds the targets with coverage and runs them, one after the other.
pub fn run(root: &Path, selection: &Selection) -> Result<()> {
    let names = Program::new("cargo").args(PLAIN).args(["list"]).text_in(root)?;
    let mut names: Vec<&str> = names.lines().collect();
    if selection.list {
        names.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    if let Some(only) = &selection.target {
        names.retain(|name| name == only);
        if names.is_empty() {
            bail!("there is no target {only}: `cargo xtask fuzz --list` names them");
        }
    }
    if !Program::new("c++").args(["--version"]).succeeds_in(root) {
        bail!("a compiler of C++ is missing, with which libFuzzer is built: install g++");
    }
    // A folder of its own: other flags would make cargo build everything again and again.
    let folder = target_folder()?.join("fuzz");
    let fuzzer = build(root, &folder)?;
    let mut found = Vec::new();
    for name in names {
        println!("=== {name}: {} s", selection.seconds);
        let told = run_one(root, &folder, &fuzzer, name, selection.seconds)?;
        println!("{name}: {}", told.line());
        found.extend(told.found);
    }
    if !found.is_empty() {
        let found: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
        bail!("something was found:\n  {}", found.join("\n  "));
    }
    Ok(())
}

/// Builds with coverage, and answers with the program.
fn build(root: &Path, folder: &Path) -> Result<PathBuf> {
    let said = Program::new("rustc").args(["-vV"]).text_in(root)?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say for what machine it is")?;
    // With a target named, build scripts and macros are built without the flags. Assertions and overflow checks are those of
    // the tests, and so is the profile. Nothing else can be linked with these flags: libFuzzer has what they call.
    Program::new("cargo")
        .args([
            "build",
            "--locked",
            "-p",
            "minhbach-fuzz",
            "--bin",
            FUZZER,
            "--target",
            host,
        ])
        .env("CARGO_TARGET_DIR", folder)
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .run_in(root)?;
    Ok(folder.join(host).join("debug").join(FUZZER))
}

/// What a run says of itself at its end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    executions: Option<u64>,
    /// Branches that some input takes.
    coverage: Option<u64>,
    found: Vec<PathBuf>,
}

impl Told {
    fn line(&self) -> String {
        let number = |number: Option<u64>| number.map_or("?".to_owned(), |number| number.to_string());
        let (executions, coverage) = (number(self.executions), number(self.coverage));
        format!(
            "{executions} executions, {coverage} branches, {} found",
            self.found.len()
        )
    }

    /// Reads libFuzzer's lines.
    fn see(&mut self, line: &str) {
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number.trim().parse().ok();
        }
        let mut words = line.split_whitespace();
        if line.starts_with('#') && words.any(|word| word == "cov:") {
            self.coverage = words.next().and_then(|number| number.parse().ok());
        }
        if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.found.push(path.trim().into());
        }
    }
}

fn run_one(root: &Path, folder: &Path, fuzzer: &Path, name: &str, seconds: u32) -> Result<Told> {
    let make = |kind: &str| -> Result<PathBuf> {
        let path = folder.join(kind).join(name);
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(path)
    };
    let (corpus, seeds, found) = (make("corpus")?, make("seeds")?, make("found")?);
    Program::new("cargo")
        .args(PLAIN)
        .args(["seeds", name])
        .args([&seeds])
        .run_in(root)?;
    let log = folder.join(format!("{name}.log"));
    let arguments = [
        format!("-dict={}", seeds.with_extension("dict").display()),
        format!("-artifact_prefix={}/", found.display()),
        format!("-max_total_time={seconds}"),
        "-max_len=32768".to_owned(),
        "-print_final_stats=1".to_owned(),
        INPUT_SECONDS.to_owned(),
        MEBIBYTES.to_owned(),
    ];
    let fuzzer = Program::new(fuzzer)
        .args(&arguments)
        .args([&corpus, &seeds])
        .env("MINHBACH_FUZZ_TARGET", name);
    fuzzer.errors_to(&log)?.succeeds_in(root);
    let mut told = Told::default();
    let lines = fs::read(&log).with_context(|| format!("reading {}", log.display()))?;
    String::from_utf8_lossy(&lines)
        .lines()
        .for_each(|line| told.see(line));
    if told.executions.is_none() && told.found.is_empty() {
        bail!("{name} did not run to its end; {} says why", log.display());
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_read() {
        let mut told = Told::default();
        for line in [
            "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb",
            "#4096\tpulse  cov: 345 ft: 400 corp: 40/1Kb lim: 8 exec/s: 2048 rss: 40Mb",
            "artifact_prefix='x/'; Test unit written to x/crash-1",
            "#5000\tDONE   cov: 350 ft: 401 corp: 41/1Kb lim: 8 exec/s: 2500 rss: 40Mb",
            "stat::number_of_executed_units: 5000",
            "stat::average_exec_per_sec:     2500",
        ] {
            told.see(line);
        }
        assert_eq!(told.line(), "5000 executions, 350 branches, 1 found");
        assert_eq!(told.found, [PathBuf::from("x/crash-1")]);
        assert_eq!(Told::default().line(), "? executions, ? branches, 0 found");
    }
}
