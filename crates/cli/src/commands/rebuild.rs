//! `rebuild`: the projections anew from the journal.

use clap::{ArgMatches, Command};
use minhbach_journal::Reader;
use minhbach_ledger::{Ledger, discard_projections, system_clock};
use minhbach_publishing::{discard_tree, durable_once, is_as_signed};
use serde_json::json;

use crate::ending::Ending;
use crate::json_document;
use crate::opening;
use crate::progress::Bar;
use crate::session::{Format, Session, output};

pub fn arguments(command: Command) -> Command {
    command
}

pub fn run(session: &Session, _: &ArgMatches) -> anyhow::Result<Ending> {
    // A folder that holds no journal is not touched.
    Reader::open_readonly(&session.data)?;
    discard_projections(&session.data, &session.holder(), durable_once(&session.data)?)?;
    let (ledger, _) = Ledger::open(
        &session.data,
        &session.holder(),
        system_clock(),
        &Bar::new(session),
    )?;
    // The folder is ours: its tree's files are made again too, damaged or not.
    discard_tree(&session.data)?;
    is_as_signed(&session.data, ledger.reader().clone())?;
    let as_of = ledger.as_of();
    opening::close(session, ledger);
    let size = session.texts.counted("count-entries", as_of.size);
    session.say(&session.texts.with("rebuild-done", &[("size", &size)]));
    if session.format == Format::Json {
        json_document::write(output(), &json!({ "as_of": as_of }))?;
    }
    Ok(Ending::Yes)
}
