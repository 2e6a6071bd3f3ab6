//! `import`: what others have written down.

mod csv;
mod door;
mod earlier;
mod listing;
mod refused;
mod statement;

use clap::{ArgMatches, Command};

use crate::ending::Ending;
use crate::session::Session;

pub fn arguments(command: Command) -> Command {
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(statement::arguments(Command::new("statement")))
        .subcommand(csv::arguments(Command::new("csv")))
}

/// The arguments are those of one kind of import; only a table has a map.
pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    if matches.try_contains_id("map").unwrap_or(false) {
        csv::run(session, matches)
    } else {
        statement::run(session, matches)
    }
}
