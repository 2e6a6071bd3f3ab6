//! `export`: what is public of the ledger, as files.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_auditing::check_folder;
use minhbach_publishing::{Exported, export_tiles};
use serde_json::json;

use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::numbers;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};
use crate::signed_folder;

pub fn arguments(command: Command) -> Command {
    let folder = Arg::new("dir")
        .required(true)
        .value_parser(value_parser!(PathBuf));
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("tiles").arg(folder))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let to = matches.get_one::<PathBuf>("dir").cloned().unwrap_or_default();
    let (log, key) = signed_folder::open(session)?;
    let bar = Bar::new(session);
    let checked = check_folder(&session.data, None, &[], &[], &|done, of| {
        bar.at("progress-tree", done, of)
    });
    let checked = checked.map_err(|error| Told(failure::auditing::check(&error, session.texts)))?;
    // What is published under our name is looked at before, not by those who find it wrong.
    if let Some(fault) = checked.faults.first() {
        return Err(Told(failure::auditing::fault(fault, &[], session.texts)).into());
    }
    drop(bar);
    let bar = Bar::new(session);
    let exported = export_tiles(&log, &key, &to, &|done, of| bar.at("progress-tiles", done, of))?;
    drop(bar);
    let Exported {
        checkpoint,
        written,
        kept,
    } = exported;
    let mut out = output();
    if session.format == Format::Json {
        let document = json!({
            "checkpoint": { "size": checkpoint.size, "root": checkpoint.root.to_base64() },
            "written": written,
            "kept": kept,
        });
        json_document::write(out, &document)?;
    } else {
        let texts = session.texts;
        let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
            ("folder", &to.display()),
            ("size", &numbers::number(texts, checkpoint.size)),
            ("written", &numbers::number(texts, written)),
            ("kept", &numbers::number(texts, kept)),
        ];
        writeln!(out, "{}", texts.with("export-tiles-done", &facts))?;
        out.flush()?;
    }
    Ok(Ending::Yes)
}
