//! `verify`: the auditor's one command. Of a data folder, a log over HTTP or as files, a proof or a trail bundle: is it
//! what was signed, and what does it say? It never writes where it looks.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::ending::Ending;
use crate::interface::{flag, path, switch};
use crate::log_source::is_url;
use crate::session::{Session, text};

mod comparison;
mod file;
mod folder;
mod remote;
mod replay;
mod told;

pub use told::signed as signed_lines;

pub fn arguments(command: Command) -> Command {
    let files = |name: &'static str| {
        let file = path(name).action(ArgAction::Append);
        file.value_parser(value_parser!(PathBuf))
    };
    command
        .arg(Arg::new("what"))
        .arg(switch("chain"))
        .arg(flag("key"))
        .arg(Arg::new("witness").long("witness").action(ArgAction::Append))
        .arg(path("policy"))
        .arg(files("seen"))
        .arg(path("entry"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let Some(what) = text(matches, "what") else {
        if session.data.is_file() {
            return file::run(session, matches, &session.data);
        }
        return folder::run(session, matches, folder::Kept::Here);
    };
    if is_url(what) {
        return remote::run(session, matches, what);
    }
    let at = Path::new(what);
    if at.is_dir() && !at.join("journal").is_dir() && at.join("checkpoint").is_file() {
        return remote::run(session, matches, what);
    }
    if at.is_dir() {
        return folder::run(&session.at(at), matches, folder::Kept::Here);
    }
    file::run(session, matches, at)
}
