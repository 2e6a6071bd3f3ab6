//! What each crate must not know, proven by the tree of its dependencies.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use crate::program::Program;

/// What a crate may and must not know. Its development dependencies are its own affair.
struct Layer {
    name: &'static str,
    /// The crates of this workspace that it may reach, directly or not.
    below: &'static [&'static str],
    /// What it must not reach, directly or not.
    never: &'static [&'static [&'static str]],
    /// What it must not use itself, though a crate below may.
    not_itself: &'static [&'static str],
}

/// Talks to people on a terminal, or reports errors without saying which.
const PEOPLE: &[&str] = &[
    "clap",
    "indicatif",
    "comfy-table",
    "anyhow",
    "console",
    "rpassword",
];
/// Answers requests.
const REQUESTS: &[&str] = &["axum", "hyper", "tokio", "tower", "tower-http", "async-std"];
/// Stores that are not the journal.
const STORES: &[&str] = &[
    "sled",
    "rocksdb",
    "redb",
    "rusqlite",
    "postgres",
    "tokio-postgres",
    "sqlx",
];
/// Disks, clocks, chance and threads: what a pure crate is called with, and does not ask.
const WORLD: &[&str] = &[
    "rustix",
    "tempfile",
    "getrandom",
    "rand",
    "rayon",
    "crossbeam-channel",
];
/// The projections' store, which only they speak to.
const SLED: &[&str] = &["sled"];

const LAYERS: &[Layer] = &[
    Layer {
        name: "minhbach-events",
        below: &[],
        never: &[PEOPLE, REQUESTS, STORES, WORLD],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-tlog",
        below: &[],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-witness",
        below: &["minhbach-tlog"],
        never: &[PEOPLE, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-journal",
        below: &["minhbach-events"],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-publishing",
        below: &["minhbach-events", "minhbach-journal", "minhbach-tlog"],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-auditing",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-tlog",
            "minhbach-publishing",
        ],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-backup",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-tlog",
            "minhbach-publishing",
            "minhbach-auditing",
        ],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-projections",
        below: &["minhbach-events"],
        never: &[PEOPLE, REQUESTS],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-programmes",
        below: &["minhbach-events"],
        never: &[PEOPLE, REQUESTS, STORES],
        not_itself: &[],
    },
    Layer {
        name: "minhbach-ledger",
        below: &["minhbach-events", "minhbach-journal", "minhbach-projections"],
        never: &[PEOPLE, REQUESTS],
        not_itself: SLED,
    },
    Layer {
        name: "minhbach-inspection",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-projections",
            "minhbach-ledger",
        ],
        never: &[PEOPLE, REQUESTS],
        not_itself: SLED,
    },
    Layer {
        name: "minhbach-exchange",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-projections",
            "minhbach-ledger",
            "minhbach-tlog",
            "minhbach-publishing",
            "minhbach-auditing",
        ],
        never: &[PEOPLE, REQUESTS],
        not_itself: SLED,
    },
    Layer {
        name: "minhbach-server",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-projections",
            "minhbach-ledger",
            "minhbach-tlog",
            "minhbach-witness",
            "minhbach-publishing",
            "minhbach-auditing",
            "minhbach-inspection",
            "minhbach-exchange",
            "minhbach-programmes",
        ],
        never: &[PEOPLE],
        not_itself: SLED,
    },
    Layer {
        name: "minhbach",
        below: &[
            "minhbach-events",
            "minhbach-journal",
            "minhbach-projections",
            "minhbach-ledger",
            "minhbach-tlog",
            "minhbach-witness",
            "minhbach-publishing",
            "minhbach-auditing",
            "minhbach-backup",
            "minhbach-inspection",
            "minhbach-exchange",
            "minhbach-programmes",
            "minhbach-server",
        ],
        never: &[],
        not_itself: SLED,
    },
];

/// Nothing is built on these, and they may know whatever they test or measure.
const BESIDE: &[&str] = &["xtask", "minhbach-tests", "minhbach-fuzz"];

/// Checks every crate of the workspace.
pub fn check(root: &Path) -> Result<()> {
    let members = members(root)?;
    let mut wrong = Vec::new();
    for member in members.iter().filter(|member| !BESIDE.contains(&member.as_str())) {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == member) else {
            wrong.push(format!(
                "{member}: layering.rs does not say what it must not know"
            ));
            continue;
        };
        let all = tree(root, member, &[])?;
        let itself = tree(root, member, &["--depth", "1"])?;
        let found = layer.breaches(&all, &itself, &members);
        println!(
            "{member:<22} {:>3} crates below it{}",
            all.len(),
            if found.is_empty() { "" } else { "  WRONG" }
        );
        wrong.extend(found);
    }
    if !wrong.is_empty() {
        bail!("a crate knows what it must not:\n  {}", wrong.join("\n  "));
    }
    Ok(())
}

impl Layer {
    /// What it knows and must not, in sentences.
    fn breaches(
        &self,
        all: &BTreeSet<String>,
        itself: &BTreeSet<String>,
        members: &BTreeSet<String>,
    ) -> Vec<String> {
        let why = |name: &str| format!("`cargo tree -p {} -e normal -i {name}` tells how", self.name);
        let mut wrong = Vec::new();
        for name in all {
            if members.contains(name) && !self.below.contains(&name.as_str()) {
                wrong.push(format!(
                    "{} reaches {name}, which is not below it ({})",
                    self.name,
                    why(name)
                ));
            }
            if self.never.iter().any(|names| names.contains(&name.as_str())) {
                wrong.push(format!(
                    "{} reaches {name}, which it must not know ({})",
                    self.name,
                    why(name)
                ));
            }
        }
        for name in itself
            .iter()
            .filter(|name| self.not_itself.contains(&name.as_str()))
        {
            wrong.push(format!(
                "{} uses {name} itself, which only a crate below it may",
                self.name
            ));
        }
        wrong
    }
}

/// The names of the workspace's crates.
fn members(root: &Path) -> Result<BTreeSet<String>> {
    let text = cargo_tree(root, &["--workspace", "--depth", "0"])?;
    Ok(names(&text))
}

/// What is in the tree of a crate, itself left out.
fn tree(root: &Path, name: &str, more: &[&str]) -> Result<BTreeSet<String>> {
    let mut names = names(&cargo_tree(root, &[&["-p", name], more].concat())?);
    names.remove(name);
    Ok(names)
}

fn cargo_tree(root: &Path, arguments: &[&str]) -> Result<String> {
    let common = [
        "tree", "--locked", "-e", "normal", "--prefix", "none", "--format", "{p}",
    ];
    Program::new("cargo").args(common).args(arguments).text_in(root)
}

/// The names in the lines of `cargo tree`, such as `itoa v1.0.18` and `events v0.1.0 (/path) (*)`.
fn names(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: &str = "minhbach-events v0.1.0 (/x/events)\n\nminhbach-ledger v0.1.0 (/x/ledger)\n";

    fn breaches(layer: &str, all: &str, itself: &str) -> Vec<String> {
        let layer = LAYERS
            .iter()
            .find(|candidate| candidate.name == layer)
            .expect("a layer of that name");
        layer.breaches(&names(all), &names(itself), &names(MEMBERS))
    }

    #[test]
    fn a_tree_within_its_bounds_passes() {
        assert!(
            breaches(
                "minhbach-ledger",
                "serde v1.0.1\nsled v0.34.7 (*)\nminhbach-events v0.1.0 (/x)",
                ""
            )
            .is_empty()
        );
    }

    #[test]
    fn a_forbidden_crate_is_found_however_deep() {
        let found = breaches("minhbach-ledger", "serde v1.0.1\ntokio v1.40.0 (*)\n", "");
        assert!(
            found[0].starts_with("minhbach-ledger reaches tokio, which it must not know"),
            "{found:?}"
        );
    }

    #[test]
    fn a_crate_above_is_found() {
        let found = breaches("minhbach-events", "minhbach-ledger v0.1.0 (/x/ledger)", "");
        assert!(
            found[0].contains("reaches minhbach-ledger, which is not below it"),
            "{found:?}"
        );
    }

    #[test]
    fn what_a_crate_below_may_use_is_still_not_its_own() {
        let found = breaches("minhbach-ledger", "sled v0.34.7", "sled v0.34.7");
        assert_eq!(
            found,
            ["minhbach-ledger uses sled itself, which only a crate below it may"]
        );
    }

    #[test]
    fn no_layer_is_above_itself() {
        for (nth, layer) in LAYERS.iter().enumerate() {
            for below in layer.below {
                let position = LAYERS.iter().position(|other| other.name == *below);
                assert!(
                    position.is_some_and(|position| position < nth),
                    "{} and {below}",
                    layer.name
                );
            }
        }
    }
}
