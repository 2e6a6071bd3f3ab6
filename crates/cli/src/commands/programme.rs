//! `programme`: the plans that come with the program, and the check of one of one's own.

mod check;
mod list;
pub mod plan_file;
mod show;
pub mod words;

use clap::{Arg, ArgMatches, Command};

use crate::ending::Ending;
use crate::session::Session;

pub fn arguments(command: Command) -> Command {
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list"))
        .subcommand(Command::new("show").arg(Arg::new("id").required(true)))
        .subcommand(check::arguments(Command::new("check")))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    match session.subcommand() {
        "show" => show::run(session, matches),
        "check" => check::run(session, matches),
        _ => list::run(session),
    }
}
