//! `import`: what others have written down.

mod earlier;
mod listing;
mod statement;

use clap::{ArgMatches, Command};

use crate::ending::Ending;
use crate::session::Session;

pub fn arguments(command: Command) -> Command {
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(statement::arguments(Command::new("statement")))
}

/// There is one kind of import; the arguments are its own.
pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    statement::run(session, matches)
}
