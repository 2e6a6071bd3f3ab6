//! The figures as a table of 80 columns, or as Markdown.

use std::fmt::Write as _;

use crate::load::Load;
use crate::machine::Machine;
use crate::measure::{Measured, Unit};

/// A figure beside another one of the same run.
pub struct Ratio {
    title: &'static str,
    /// The measure that is judged.
    of: &'static str,
    /// What it is judged by: the best of these.
    to: &'static [&'static str],
    /// What it is to reach, if anything was promised.
    at_least: Option<f64>,
}

/// The ratios to report; one whose measures were not taken says so.
pub const RATIOS: &[Ratio] = &[
    Ratio {
        title: "acknowledged, batches / PostgreSQL",
        of: "acknowledged",
        to: &["pg-batch-insert", "pg-batch-copy"],
        at_least: Some(5.0),
    },
    Ratio {
        title: "acknowledged, batches / bare file",
        of: "acknowledged",
        to: &["bare-batch"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "acknowledged, one client / PostgreSQL",
        of: "acknowledged-one",
        to: &["pg-one"],
        at_least: Some(1.0),
    },
    Ratio {
        title: "acknowledged, many clients / PostgreSQL",
        of: "acknowledged-many",
        to: &["pg-many"],
        at_least: Some(5.0),
    },
    Ratio {
        title: "  the same / PostgreSQL with gaps allowed",
        of: "acknowledged-many",
        to: &["pg-many-loose"],
        at_least: None,
    },
    Ratio {
        title: "caught up / sled alone",
        of: "caught-up",
        to: &["sled"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "rebuild / sled alone",
        of: "rebuild",
        to: &["sled"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "verify, chain pass / BLAKE3 alone",
        of: "verify-chain",
        to: &["blake3"],
        at_least: Some(0.7),
    },
    Ratio {
        title: "acknowledged and signed / acknowledged",
        of: "signed",
        to: &["acknowledged"],
        at_least: Some(0.85),
    },
    Ratio {
        title: "verify, chain and tree / both hashes alone",
        of: "verify-tree",
        to: &["both-hashes"],
        at_least: Some(0.7),
    },
    Ratio {
        title: "a mirror / the writer it follows, caught up",
        of: "mirror",
        to: &["caught-up"],
        at_least: Some(1.0),
    },
    Ratio {
        title: "  the same / acknowledged",
        of: "mirror",
        to: &["acknowledged"],
        at_least: None,
    },
    Ratio {
        title: "our journal alone, batches / bare file",
        of: "journal-batch",
        to: &["bare-batch"],
        at_least: None,
    },
    Ratio {
        title: "our journal alone, one at a time / bare file",
        of: "journal-one",
        to: &["bare-one"],
        at_least: None,
    },
    Ratio {
        title: "our journal alone, one at a time / PostgreSQL",
        of: "journal-one",
        to: &["pg-one"],
        at_least: None,
    },
    Ratio {
        title: "trails over HTTP / bare handler",
        of: "http-trail",
        to: &["http-trail-bare"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "lots over HTTP / bare handler",
        of: "http-lot",
        to: &["http-lot-bare"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "entries over HTTP / bare handler",
        of: "http-entry",
        to: &["http-entry-bare"],
        at_least: Some(0.5),
    },
    Ratio {
        title: "writes over HTTP, many clients / PostgreSQL",
        of: "http-write",
        to: &["http-write-pg"],
        at_least: Some(3.0),
    },
    Ratio {
        title: "  the same / PostgreSQL with gaps allowed",
        of: "http-write",
        to: &["http-write-pg-loose"],
        at_least: None,
    },
];

/// What is to be reached by itself, in entries a second.
pub const FLOORS: &[(&str, f64)] = &[("caught-up", 20_000.0), ("rebuild", 20_000.0)];

/// What is to stay below by itself, in milliseconds.
pub const CEILINGS: &[(&str, f64)] = &[
    ("trail-ten-hops", 1.0),
    ("http-trail-p99", 20.0),
    ("http-lot-p99", 20.0),
    ("http-entry-p99", 20.0),
];

/// A run, ready to be told.
pub struct Report<'a> {
    /// Where.
    pub machine: Machine,
    /// Of what.
    pub load: &'a Load,
    /// How often each.
    pub rounds: u64,
    /// The figures.
    pub results: &'a [Measured],
    /// What was seen and fits no table, in sentences.
    pub remarks: &'a [String],
    /// What could not be measured, and why.
    pub missing: &'a [String],
}

impl Report<'_> {
    /// For a terminal of 80 columns.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, fact) in self.machine.facts() {
            line(&mut out, &format!("{name:<12} {fact}"));
        }
        line(&mut out, &self.what());
        line(&mut out, "");
        line(
            &mut out,
            &format!(
                "{:<38} {:>9} {:>10} {:>20}",
                "", "count", "a second", "least-most"
            ),
        );
        for row in self.rows() {
            let Row {
                title,
                entries,
                median,
                spread,
            } = row;
            line(
                &mut out,
                &format!("{title:<38} {entries:>9} {median:>10} {spread:>20}"),
            );
        }
        line(&mut out, "");
        line(
            &mut out,
            &format!("{:<50} {:>8} {:>9} {:>10}", "", "ratio", "to reach", ""),
        );
        for [title, ratio, at_least, verdict] in self.judged() {
            line(
                &mut out,
                &format!("{title:<50} {ratio:>8} {at_least:>9} {verdict:>10}"),
            );
        }
        self.warnings()
            .iter()
            .for_each(|warning| line(&mut out, &format!("\n{warning}")));
        out
    }

    /// For a page.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let facts: Vec<String> = self
            .machine
            .facts()
            .into_iter()
            .map(|(name, fact)| format!("{name} {fact}"))
            .collect();
        line(&mut out, &format!("{}.\n{}\n", facts.join("; "), self.what()));
        line(
            &mut out,
            "| | count | a second | least–most |\n|---|---:|---:|---:|",
        );
        for Row {
            title,
            entries,
            median,
            spread,
        } in self.rows()
        {
            line(
                &mut out,
                &format!(
                    "| {title} | {entries} | {median} | {} |",
                    spread.replace('-', "–")
                ),
            );
        }
        line(&mut out, "\n| | ratio | to reach | |\n|---|---:|---:|---|");
        for [title, ratio, at_least, verdict] in self.judged() {
            line(
                &mut out,
                &format!("| {} | {ratio} | {at_least} | {verdict} |", title.trim()),
            );
        }
        self.warnings()
            .iter()
            .for_each(|warning| line(&mut out, &format!("\n{warning}")));
        out
    }

    fn what(&self) -> String {
        let times = if self.rounds == 1 {
            "once".to_owned()
        } else {
            format!("{} times, the median", self.rounds)
        };
        format!(
            "Receipts in a pool, {} bytes each; every measure {times}.",
            self.load.entry_bytes_mean()
        )
    }

    fn rows(&self) -> Vec<Row> {
        let row = |measured: &Measured| {
            let show = |figure: f64| match measured.unit {
                Unit::PerSecond => thousands(figure),
                Unit::MillisEach => format!("{figure:.3}"),
            };
            let (least, most) = measured.spread();
            Row {
                title: measured.title.clone(),
                entries: thousands(measured.entries as f64),
                median: show(measured.median()),
                spread: format!("{}-{}", show(least), show(most)),
            }
        };
        self.results.iter().map(row).collect()
    }

    /// Title, ratio or rate, what it is to reach, and whether it did.
    fn judged(&self) -> Vec<[String; 4]> {
        let verdict =
            |figure: f64, at_least: f64| if figure < at_least { "MISSED" } else { "reached" }.to_owned();
        let ratios = RATIOS.iter().map(|ratio| {
            let best = ratio
                .to
                .iter()
                .filter_map(|name| self.median(name))
                .max_by(f64::total_cmp);
            let figure = self
                .median(ratio.of)
                .zip(best)
                .map(|(ours, theirs)| ours / theirs);
            let at_least = ratio
                .at_least
                .map_or_else(String::new, |at_least| format!("{at_least:.2}"));
            let judged = figure
                .zip(ratio.at_least)
                .map(|(figure, at_least)| verdict(figure, at_least));
            let shown = figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.2}"));
            let untaken = || if figure.is_none() { "not taken" } else { "" }.to_owned();
            [
                ratio.title.to_owned(),
                shown,
                at_least,
                judged.unwrap_or_else(untaken),
            ]
        });
        let floors = FLOORS.iter().filter_map(|(name, at_least)| {
            let measured = self.results.iter().find(|measured| measured.name == *name)?;
            let (figure, at_least) = (measured.median(), *at_least);
            let title = format!("{}, a second", measured.title);
            Some([
                title,
                thousands(figure),
                thousands(at_least),
                verdict(figure, at_least),
            ])
        });
        let ceilings = CEILINGS.iter().filter_map(|(name, at_most)| {
            let measured = self.results.iter().find(|measured| measured.name == *name)?;
            let figure = measured.median();
            Some([
                measured.title.clone(),
                format!("{figure:.3}"),
                format!("< {at_most:.1}"),
                verdict(*at_most, figure),
            ])
        });
        ratios.chain(floors).chain(ceilings).collect()
    }

    fn median(&self, name: &str) -> Option<f64> {
        self.results
            .iter()
            .find(|measured| measured.name == name)
            .map(Measured::median)
    }

    fn warnings(&self) -> Vec<String> {
        let missing = self.missing.iter().map(|what| format!("not measured: {what}"));
        let mut warnings: Vec<String> = self.remarks.iter().cloned().chain(missing).collect();
        if self.machine.writes_to_memory() {
            warnings.push(
                "The folder is in memory, not on a disk: a sync costs nothing there. See --dir.".to_owned(),
            );
        }
        warnings
    }
}

/// One line of the figures.
struct Row {
    title: String,
    entries: String,
    median: String,
    spread: String,
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", text.trim_end()).expect("writing to a String cannot fail");
}

/// A whole number with a comma after each three digits.
pub fn thousands(figure: f64) -> String {
    let digits = format!("{figure:.0}");
    let mut out = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth != 0 && (digits.len() - nth) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0.0, 999.4, 1_000.0, 1_234_567.0].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
