//! `programme check`: whether a plan of one's own can be recorded, and where it cannot.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_events::Event;
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_exchange::visible::visible;
use minhbach_programmes::{DataFile, ReadError, groundwork};
use serde_json::json;

use super::{plan_file, words};
use crate::commands::init;
use crate::ending::Ending;
use crate::json_document;
use crate::session::{Format, Session, output};

pub fn arguments(command: Command) -> Command {
    command.arg(
        Arg::new("file")
            .required(true)
            .value_parser(value_parser!(PathBuf)),
    )
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let Some(path) = matches.get_one::<PathBuf>("file") else {
        return Ok(Ending::CouldNotTell);
    };
    match plan_file::read(session, path)? {
        Ok(data) => passed(session, path, &data),
        Err(errors) => failed(session, &errors),
    }
}

fn failed(session: &Session, errors: &[ReadError]) -> anyhow::Result<Ending> {
    let texts = session.texts;
    match session.format {
        Format::Json => {
            let rows = errors.iter().map(|error| {
                json!({
                    "file": error.file, "line": error.line, "column": error.column, "field": error.field,
                    "what": plan_file::what(texts, &error.what),
                })
            });
            json_document::write(output(), &json!({ "errors": rows.collect::<Vec<_>>() }))?;
        }
        Format::Csv { excel } => {
            let mut csv = Csv::begin(output(), excel, &["file", "line", "column", "field", "what"])?;
            for error in errors {
                csv.row(vec![
                    Field::word(Some(&error.file)),
                    Field::number(error.line),
                    Field::number(error.column),
                    Field::word(Some(&error.field)),
                    Field::word(Some(&plan_file::what(texts, &error.what))),
                ])?;
            }
            csv.end()?;
        }
        Format::Table => {
            let mut out = output();
            for error in errors {
                writeln!(out, "{}", plan_file::sentence(texts, error))?;
            }
            out.flush()?;
            session.say(&texts.counted("count-plan-errors", errors.len() as u64));
        }
    }
    Ok(Ending::No)
}

fn passed(session: &Session, path: &Path, data: &DataFile) -> anyhow::Result<Ending> {
    let texts = session.texts;
    // The file keeps its own rules; the ledger's are asked as `init` would.
    let mut proposals = init::opening_for_a_try();
    proposals.extend(groundwork(&[], std::slice::from_ref(data))?);
    if let Some((proposal, rejection)) = init::first_refused(session, &proposals) {
        let (event, why) = (proposal.event.type_name(), rejection.message(texts.language));
        session.say(&texts.with("programme-refused", &[("event", &event), ("why", &why)]));
        return Ok(Ending::No);
    }
    let plans = data
        .records
        .iter()
        .filter_map(|record| match &record.proposal.event {
            Event::ProgrammePublished(plan) => Some(plan),
            _ => None,
        });
    if session.format == Format::Json {
        let plans = plans.map(|plan| {
            json!({
                "programme": plan.programme, "title": { "vi": plan.title.in_language(false), "en": plan.title.in_language(true) },
                "from": plan.period.from, "to": plan.period.to,
                "categories": plan.categories.len(), "targets": plan.targets.len(),
            })
        });
        let document = json!({
            "errors": [], "plans": plans.collect::<Vec<_>>(), "records": data.records.len(), "notes": data.notes.len(),
        });
        json_document::write(output(), &document)?;
        return Ok(Ending::Yes);
    }
    let mut out = output();
    for plan in plans {
        writeln!(out, "{}", visible(plan.title.in_language(texts.english())))?;
        let facts = [
            words::period(texts, plan.period.from, plan.period.to),
            texts.counted("count-categories", plan.categories.len() as u64),
            texts.counted("count-targets", plan.targets.len() as u64),
            texts.counted("count-notes", data.notes.len() as u64),
        ];
        writeln!(out, "{}", facts.join("; "))?;
    }
    out.flush()?;
    let entries = texts.counted("count-entries", proposals.len() as u64);
    session.say(&texts.with(
        "programme-passed",
        &[("file", &path.display()), ("entries", &entries)],
    ));
    Ok(Ending::Yes)
}
