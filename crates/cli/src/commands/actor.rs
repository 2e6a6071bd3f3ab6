//! `actor`: the posts that may write through a server. It takes no lock of the folder, so it works while one runs.

mod add;
mod list;
mod revoke;

use clap::{Arg, ArgAction, ArgMatches, Command};
use minhbach_events::malformed::Form;
use minhbach_events::{Actor, Problem};
use minhbach_ledger::{Role, problem_text};

use crate::ending::Ending;
use crate::interface::{choice, flag};
use crate::names::word_of;
use crate::session::{Session, text};
use crate::texts::Texts;

pub fn arguments(command: Command) -> Command {
    let roles: Vec<&'static str> = Role::ALL.iter().map(|role| role.word()).collect();
    let code = || Arg::new("code").required(true);
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("add")
                .arg(code())
                .arg(choice("role", &roles).required(true).action(ArgAction::Append))
                .arg(flag("party")),
        )
        .subcommand(Command::new("list"))
        .subcommand(Command::new("revoke").arg(code()))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    match session.subcommand() {
        "add" => add::run(session, matches),
        "revoke" => revoke::run(session, matches),
        _ => list::run(session),
    }
}

/// The code that was typed.
fn code(session: &Session, matches: &ArgMatches) -> anyhow::Result<Actor> {
    let typed = text(matches, "code").unwrap_or_default();
    Actor::new(typed).ok_or_else(|| {
        let problem = problem_text(&Problem::Form(Form::Actor), session.texts.language);
        session.told("actor-code-form", &[("value", &typed), ("problem", &problem)])
    })
}

/// What a role is called, and its word.
fn role_of(texts: Texts, role: Role) -> String {
    format!("{} ({})", word_of(texts, role.word()), role.word())
}
