//! The short run of every target, and that none is left out of it.

use minhbach_fuzz::{TARGETS, find, short};

macro_rules! targets {
    ($($test:ident: $name:literal,)+) => {
        $(
            #[test]
            fn $test() {
                short::run(find($name).expect("a target"));
            }
        )+

        #[test]
        fn no_target_is_left_out() {
            let run = [$($name),+];
            let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(all, run);
        }
    };
}

targets! {
    entry: "entry",
    proposal: "proposal",
    journal: "journal",
    journal_append: "journal-append",
    numbers: "numbers",
    days: "days",
    codes: "codes",
    fields: "fields",
    statement: "statement",
    table: "table",
    map: "map",
    mapped_table: "mapped-table",
    plan: "plan",
    note: "note",
    checkpoint: "checkpoint",
    proof_file: "proof-file",
    add_checkpoint: "add-checkpoint",
    key: "key",
    policy: "policy",
    tile: "tile",
    entry_bundle: "entry-bundle",
    proofs: "proofs",
    trail_bundle: "trail-bundle",
    trail: "trail",
    remote_tree: "remote-tree",
    mirror: "mirror",
    mirror_mark: "mirror-mark",
}
