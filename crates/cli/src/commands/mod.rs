//! The commands, one a file.

mod actor;
mod backup;
mod balances;
mod compare;
mod demo;
mod export;
mod import;
mod init;
mod mirror;
mod needs;
mod parties;
mod places;
mod programme;
mod progress;
mod prove;
mod rebuild;
mod received;
mod record;
mod recover;
mod restore;
mod schema;
mod search;
mod serve;
mod statement;
mod status;
mod trail;
mod verify;
mod witness;

use clap::{ArgMatches, Command};

use crate::ending::Ending;
use crate::session::Session;

/// A command: its name, what can be typed after it, and what it does.
pub struct Known {
    pub name: &'static str,
    pub arguments: fn(Command) -> Command,
    pub run: fn(&Session, &ArgMatches) -> anyhow::Result<Ending>,
}

/// Every command, in the order of the help.
pub const ALL: &[Known] = &[
    Known {
        name: "demo",
        arguments: demo::arguments,
        run: demo::run,
    },
    Known {
        name: "init",
        arguments: init::arguments,
        run: init::run,
    },
    Known {
        name: "serve",
        arguments: serve::arguments,
        run: serve::run,
    },
    Known {
        name: "actor",
        arguments: actor::arguments,
        run: actor::run,
    },
    Known {
        name: "programme",
        arguments: programme::arguments,
        run: programme::run,
    },
    Known {
        name: "record",
        arguments: record::arguments,
        run: record::run,
    },
    Known {
        name: "import",
        arguments: import::arguments,
        run: import::run,
    },
    Known {
        name: "trail",
        arguments: trail::arguments,
        run: trail::run,
    },
    Known {
        name: "received",
        arguments: received::arguments,
        run: received::run,
    },
    Known {
        name: "balances",
        arguments: balances::arguments,
        run: balances::run,
    },
    Known {
        name: "statement",
        arguments: statement::arguments,
        run: statement::run,
    },
    Known {
        name: "needs",
        arguments: needs::arguments,
        run: needs::run,
    },
    Known {
        name: "progress",
        arguments: progress::arguments,
        run: progress::run,
    },
    Known {
        name: "search",
        arguments: search::arguments,
        run: search::run,
    },
    Known {
        name: "parties",
        arguments: parties::arguments,
        run: parties::run,
    },
    Known {
        name: "places",
        arguments: places::arguments,
        run: places::run,
    },
    Known {
        name: "status",
        arguments: status::arguments,
        run: status::run,
    },
    Known {
        name: "verify",
        arguments: verify::arguments,
        run: verify::run,
    },
    Known {
        name: "prove",
        arguments: prove::arguments,
        run: prove::run,
    },
    Known {
        name: "export",
        arguments: export::arguments,
        run: export::run,
    },
    Known {
        name: "mirror",
        arguments: mirror::arguments,
        run: mirror::run,
    },
    Known {
        name: "witness",
        arguments: witness::arguments,
        run: witness::run,
    },
    Known {
        name: "rebuild",
        arguments: rebuild::arguments,
        run: rebuild::run,
    },
    Known {
        name: "recover",
        arguments: recover::arguments,
        run: recover::run,
    },
    Known {
        name: "backup",
        arguments: backup::arguments,
        run: backup::run,
    },
    Known {
        name: "restore",
        arguments: restore::arguments,
        run: restore::run,
    },
    Known {
        name: "compare",
        arguments: compare::arguments,
        run: compare::run,
    },
    Known {
        name: "schema",
        arguments: schema::arguments,
        run: schema::run,
    },
];
