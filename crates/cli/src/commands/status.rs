//! `status`: how far a ledger is. It takes no lock, writes nothing, and reads the first and the last entry alone.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::{ArgMatches, Command};
use minhbach_events::{Entry, Event};
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_exchange::visible::visible;
use minhbach_journal::{Reader, held_by};
use minhbach_projections::AsOf;
use serde::Serialize;

use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::names::word_of;
use crate::numbers;
use crate::session::{Format, Session, output};

/// The answer to programs; a journal without entries has no origin and no kind.
#[derive(Serialize)]
struct Document<'a> {
    as_of: AsOf,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

pub fn arguments(command: Command) -> Command {
    command
}

pub fn run(session: &Session, _: &ArgMatches) -> anyhow::Result<Ending> {
    let reader = Reader::open_readonly(&session.data)?;
    let head = reader.head();
    let entry = |seq: u64| -> anyhow::Result<Option<Entry>> {
        Ok(reader
            .entry(seq)?
            .map(|raw| Entry::read(&raw.bytes))
            .transpose()?)
    };
    let opened = match entry(0)?.map(|entry| entry.event) {
        Some(Event::LedgerOpened(opened)) => Some(opened),
        _ => None,
    };
    match session.format {
        Format::Json => {
            json_document::write(
                output(),
                &Document {
                    as_of: AsOf {
                        size: head.size,
                        head: head.hash,
                    },
                    origin: opened.as_ref().map(|opened| opened.origin.as_str()),
                    kind: opened.as_ref().map(|opened| opened.kind.word()),
                },
            )?;
        }
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &["size", "head", "origin", "kind"])?;
            let (origin, kind) = opened
                .as_ref()
                .map_or(("", ""), |o| (o.origin.as_str(), o.kind.word()));
            csv.row(vec![
                Field::number(head.size),
                Field::word(Some(&head.hash.to_string())),
                Field::word(Some(origin)),
                Field::word(Some(kind)),
            ])?;
            csv.end()?;
        }
        Format::Table => {
            let texts = session.texts;
            let mut lines = vec![("status-folder", session.data.display().to_string())];
            if let Some(opened) = &opened {
                lines.push(("status-ledger", opened.ledger.as_str().to_owned()));
                lines.push(("status-origin", opened.origin.as_str().to_owned()));
                lines.push(("status-kind", word_of(texts, opened.kind.word())));
            }
            lines.push(("status-entries", numbers::number(texts, head.size)));
            if let Some(last) = head.size.checked_sub(1).map(entry).transpose()?.flatten() {
                lines.push(("status-last", numbers::moment(texts, last.at)));
                lines.push(("status-head", head.hash.to_string()));
            }
            lines.push((
                "status-journal",
                numbers::bytes(texts, size_of(&session.data.join("journal"))),
            ));
            lines.push(("status-projections", projections(session)));
            lines.push(("status-writer", writer(session)));
            let names: Vec<String> = lines.iter().map(|(key, _)| texts.get(key)).collect();
            let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
            let mut out = output();
            for (name, (_, value)) in names.iter().zip(&lines) {
                writeln!(
                    out,
                    "{name}{}  {}",
                    " ".repeat(width - name.chars().count()),
                    visible(value)
                )?;
            }
            out.flush()?;
        }
    }
    Ok(Ending::Yes)
}

fn projections(session: &Session) -> String {
    let folder = session.data.join("projections");
    if folder.is_dir() {
        let size = numbers::bytes(session.texts, size_of(&folder));
        session.texts.with("status-projections-there", &[("size", &size)])
    } else {
        session.texts.get("status-projections-missing")
    }
}

fn writer(session: &Session) -> String {
    match held_by(&session.data) {
        Ok(None) => session.texts.get("status-writer-none"),
        Ok(Some(held)) => session.texts.with(
            "status-writer-is",
            &[
                ("command", &held.command),
                ("pid", &held.pid),
                ("since", &failure::in_vietnam(&held.since, session.texts)),
            ],
        ),
        Err(fault) => failure::sentence(&fault.into(), session.texts),
    }
}

/// The bytes of all files in a folder; what cannot be read counts nothing.
fn size_of(folder: &Path) -> u64 {
    let Ok(items) = fs::read_dir(folder) else { return 0 };
    let sizes = items.flatten().map(|item| match item.metadata() {
        Ok(meta) if meta.is_dir() => size_of(&item.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
