//! `schema`: what can be recorded, for people; the form of entries and proposals, for programs.

use std::io::{IsTerminal as _, Write};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use minhbach_events::event::EVENT_TYPES;
use minhbach_events::{Entry, Proposal};
use minhbach_exchange::csv_tables::{Csv, Field};
use serde_json::{Value, json};

use crate::ending::Ending;
use crate::json_document;
use crate::session::{Format, Session, output, text};
use crate::texts::Texts;
use crate::tree::wrap;

const ENTRY: &str = "entry";
const PROPOSAL: &str = "proposal";
const LIST: &str = "list";

/// The groups of event types, each with the beginnings of its types' names.
const GROUPS: [(&str, &[&str]); 11] = [
    (
        "ground",
        &["ledger.", "programme.", "place.", "item.", "party.", "role."],
    ),
    ("appeals", &["campaign.", "pool."]),
    ("needs", &["need."]),
    ("gifts", &["donation.", "receipt."]),
    ("stock", &["goods.", "purpose.", "purchase.", "custody."]),
    ("support", &["allocation.", "delivery."]),
    ("leaving", &["refund.", "stock.", "expense."]),
    ("sponsorships", &["sponsorship."]),
    ("papers", &["evidence.", "entry."]),
    ("reports", &["indicator.", "report."]),
    ("control", &["recognition.", "inspection.", "finding."]),
];

pub fn arguments(command: Command) -> Command {
    let words = [ENTRY, PROPOSAL, LIST]
        .into_iter()
        .chain(EVENT_TYPES.iter().copied());
    command.arg(Arg::new("what").value_parser(PossibleValuesParser::new(words)))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    match text(matches, "what") {
        // Programs that ask for the schema go on getting it; people see what there is.
        None if !std::io::stdout().is_terminal() => print(&Entry::schema())?,
        None | Some(LIST) => list(session)?,
        Some(ENTRY) => print(&Entry::schema())?,
        Some(PROPOSAL) => print(&Proposal::schema())?,
        Some(name) => print(&of_type(name))?,
    }
    Ok(Ending::Yes)
}

fn print(schema: &Value) -> anyhow::Result<()> {
    let mut out = output();
    serde_json::to_writer_pretty(&mut out, schema)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// The form of a proposal of one type.
fn of_type(name: &str) -> Value {
    let mut all = Proposal::schema();
    let variants = all["oneOf"]
        .as_array_mut()
        .map(std::mem::take)
        .unwrap_or_default();
    let named = |variant: &Value| variant["properties"]["type"]["const"] == name;
    let mut schema = variants.into_iter().find(named).unwrap_or_default();
    schema["$schema"] = all["$schema"].take();
    schema["title"] = format!("{}: {name}", all["title"].as_str().unwrap_or_default()).into();
    schema
}

/// The types of a group, in the order in which they are declared.
fn types(beginnings: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    let all = EVENT_TYPES.iter().copied();
    all.filter(|name| beginnings.iter().any(|beginning| name.starts_with(beginning)))
}

/// What a type is for, in one sentence.
fn sentence(texts: Texts, name: &str) -> String {
    texts.get(&format!("event-{}", name.replace(['.', '_'], "-")))
}

fn heading(texts: Texts, group: &str) -> String {
    texts.get(&format!("event-group-{group}"))
}

fn list(session: &Session) -> anyhow::Result<()> {
    let texts = session.texts;
    let all = || {
        GROUPS
            .iter()
            .flat_map(|(group, names)| types(names).map(move |name| (*group, name)))
    };
    match session.format {
        Format::Json => {
            let rows = all().map(|(group, name)| {
                json!({ "type": name, "group": heading(texts, group), "says": sentence(texts, name) })
            });
            json_document::write(output(), &json!({ "rows": rows.collect::<Vec<_>>() }))
        }
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &["type", "group", "says"])?;
            for (group, name) in all() {
                let row = [name, &heading(texts, group), &sentence(texts, name)];
                csv.row(row.into_iter().map(|word| Field::word(Some(word))).collect())?;
            }
            csv.end()?;
            Ok(())
        }
        Format::Table => table(session),
    }
}

fn table(session: &Session) -> anyhow::Result<()> {
    let texts = session.texts;
    let longest = EVENT_TYPES
        .iter()
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    let mut out = output();
    for (group, names) in &GROUPS {
        for line in wrap(&heading(texts, group), session.terminal.width) {
            writeln!(out, "{}", session.terminal.strong(&line))?;
        }
        for name in types(names) {
            let mut shown = name;
            for line in wrap(
                &sentence(texts, name),
                session.terminal.width.saturating_sub(longest + 4),
            ) {
                writeln!(out, "  {shown:longest$}  {line}")?;
                shown = "";
            }
        }
        writeln!(out)?;
    }
    for line in wrap(&texts.get("schema-hint"), session.terminal.width) {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests;
