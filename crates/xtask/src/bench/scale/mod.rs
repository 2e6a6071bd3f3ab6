//! How everything grows with the ledger: the same questions to ledgers of different sizes, each step in a process of its own.

mod steps;
mod table;

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

pub use self::steps::{Step, take_step};

/// What `--only` calls it.
pub const NAME: &str = "scale";

/// Takes every step on ledgers of these sizes, and prints one table.
///
/// # Errors
///
/// A step fails.
pub fn run(base: &Path, sizes: &[u64], rounds: u64) -> Result<()> {
    let mut columns = Vec::new();
    for &entries in sizes {
        let folder = tempfile::Builder::new().prefix("scale-").tempdir_in(base)?;
        let mut figures = Vec::new();
        for step in Step::ALL {
            let times = if step.repeats() { rounds } else { 1 };
            let mut taken: Vec<Vec<Figure>> = Vec::new();
            for _ in 0..times {
                eprintln!("{entries} entries: {step:?}");
                // What the step before left to write would be paid for by this one.
                rustix::fs::sync();
                taken.push(in_a_process(step, folder.path(), entries)?);
            }
            figures.extend(medians(taken));
        }
        columns.push(figures);
    }
    println!("{}", table::table(sizes, &columns));
    Ok(())
}

/// One figure of one size.
pub struct Figure {
    /// What was measured, with its unit.
    pub name: String,
    /// How much.
    pub value: f64,
    /// How it should grow.
    pub grows: Grows,
}

/// How a figure should change as the ledger grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grows {
    /// Stays, as a rate or a wait does.
    Not,
    /// With the number of entries, as the disk's use does.
    Linearly,
}

/// The middle value of each figure.
fn medians(mut taken: Vec<Vec<Figure>>) -> Vec<Figure> {
    let mut first = taken.swap_remove(0);
    for (nth, figure) in first.iter_mut().enumerate() {
        let mut values: Vec<f64> = taken.iter().map(|figures| figures[nth].value).collect();
        values.push(figure.value);
        values.sort_by(f64::total_cmp);
        figure.value = values[values.len() / 2];
    }
    first
}

/// In a process of its own, so that the most memory it ever had is the step's.
fn in_a_process(step: Step, folder: &Path, entries: u64) -> Result<Vec<Figure>> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--scale-step")
        .arg(step.to_string())
        .arg("--scale-folder")
        .arg(folder)
        .args(["--scale-entries", &entries.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the step {step} on {entries} entries failed");
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(read).collect()
}

fn read(line: &str) -> Result<Figure> {
    let mut parts = line.split('\t');
    let (name, value, grows) = (parts.next(), parts.next(), parts.next());
    Ok(Figure {
        name: name.context("a name")?.to_owned(),
        value: value.context("a value")?.parse()?,
        grows: match grows {
            Some("linearly") => Grows::Linearly,
            _ => Grows::Not,
        },
    })
}
