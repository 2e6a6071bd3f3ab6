//! The targets, a file for each kind of thing that is read.

use crate::{Dictionary, Target};

mod bundles;
mod entries;
mod journal;
mod keys;
mod mirrored;
mod notes;
mod numbers;
mod plans;
mod proofs;
pub(crate) mod samples;
mod signed_log;
mod statements;
mod tables;
mod tiles;

macro_rules! dictionary {
    ($file:literal) => {
        Dictionary {
            file: $file,
            text: include_str!(concat!("../../dictionaries/", $file)),
        }
    };
}

const EVENTS: Dictionary = dictionary!("events.dict");
const FORMS: Dictionary = dictionary!("forms.dict");
const LOGS: Dictionary = dictionary!("logs.dict");
const PLANS: Dictionary = dictionary!("plans.dict");
const TABLES: Dictionary = dictionary!("tables.dict");

const fn target(name: &'static str, check: fn(&[u8]), dictionary: Dictionary, executions: u64) -> Target {
    Target {
        name,
        check,
        dictionary,
        executions,
    }
}

/// Every target.
pub const TARGETS: &[Target] = &[
    target("entry", entries::entry, EVENTS, 10_000),
    target("proposal", entries::proposal, EVENTS, 10_000),
    target("journal", journal::recovery, EVENTS, 1_500),
    target("journal-append", journal::append, EVENTS, 1_500),
    target("numbers", numbers::numbers, FORMS, 20_000),
    target("days", numbers::days, FORMS, 20_000),
    target("codes", numbers::codes, FORMS, 20_000),
    target("fields", tables::fields, TABLES, 10_000),
    target("statement", statements::statement, TABLES, 3_000),
    target("table", tables::table, TABLES, 3_000),
    target("map", tables::map, TABLES, 2_000),
    target("mapped-table", tables::mapped, TABLES, 2_000),
    target("plan", plans::plan, PLANS, 1_000),
    target("note", notes::note, LOGS, 10_000),
    target("checkpoint", notes::checkpoint, LOGS, 10_000),
    target("proof-file", notes::proof_file, LOGS, 10_000),
    target("add-checkpoint", notes::add_checkpoint, LOGS, 5_000),
    target("key", keys::keys, LOGS, 5_000),
    target("policy", keys::policy, LOGS, 3_000),
    target("tile", tiles::tile, LOGS, 10_000),
    target("entry-bundle", tiles::entry_bundle, LOGS, 10_000),
    target("proofs", proofs::proofs, LOGS, 3_000),
    target("trail-bundle", bundles::bundle, LOGS, 3_000),
    target("trail", bundles::trail, LOGS, 2_000),
    target("remote-tree", mirrored::tree, LOGS, 1_500),
    target("mirror", mirrored::mirror, LOGS, 300),
    target("mirror-mark", mirrored::mark, LOGS, 2_000),
];
