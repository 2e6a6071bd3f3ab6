//! `schema`: the form of entries and proposals, for programs.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::{Entry, Proposal};

use crate::ending::Ending;
use crate::session::{Session, output, text};

pub fn arguments(command: Command) -> Command {
    let words = clap::builder::PossibleValuesParser::new(["entry", "proposal"]);
    command.arg(Arg::new("what").value_parser(words).default_value("entry"))
}

pub fn run(_: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let schema = if text(matches, "what") == Some("proposal") {
        Proposal::schema()
    } else {
        Entry::schema()
    };
    let mut out = output();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(Ending::Yes)
}
