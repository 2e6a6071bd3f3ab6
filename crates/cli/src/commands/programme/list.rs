//! `programme list`: the plans that come with the program.

use std::io::Write;

use minhbach_events::Event;
use minhbach_events::event::ProgrammePublished;
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_programmes::{DataFile, Programme};
use serde_json::json;

use super::words;
use crate::ending::Ending;
use crate::json_document;
use crate::session::{Format, Session, output};
use crate::table::Table;

pub fn run(session: &Session) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let mut plans = Vec::new();
    for programme in Programme::ALL {
        let data = programme.data()?;
        let plan = plan_of(&data).cloned();
        // As `show` counts them: the places' files have notes of their own.
        let of_places = programme.places()?.into_iter().map(|file| file.notes.len());
        let notes = data.notes.len() + of_places.sum::<usize>();
        plans.extend(plan.map(|plan| (plan, notes as u64)));
    }
    match session.format {
        Format::Json => {
            let rows = plans.iter().map(|(plan, notes)| {
                json!({
                    "programme": plan.programme, "title": { "vi": plan.title.in_language(false), "en": plan.title.in_language(true) },
                    "number": number(plan), "parent": plan.parent,
                    "from": plan.period.from, "to": plan.period.to,
                    "categories": plan.categories.len(), "targets": plan.targets.len(), "notes": notes,
                })
            });
            let rows: Vec<_> = rows.collect();
            json_document::write(output(), &json!({ "rows": rows }))?;
        }
        Format::Csv { excel } => {
            let header = [
                "programme",
                "number",
                "title",
                "parent",
                "from",
                "to",
                "categories",
                "targets",
                "notes",
            ];
            let mut csv = Csv::begin(output(), excel, &header)?;
            for (plan, notes) in &plans {
                csv.row(vec![
                    Field::word(Some(plan.programme.as_str())),
                    Field::word(Some(number(plan))),
                    Field::word(Some(plan.title.in_language(texts.english()))),
                    Field::word(plan.parent.as_ref().map(|parent| parent.as_str())),
                    Field::word(Some(&plan.period.from.to_string())),
                    Field::word(Some(&plan.period.to.to_string())),
                    Field::number(plan.categories.len()),
                    Field::number(plan.targets.len()),
                    Field::number(notes),
                ])?;
            }
            csv.end()?;
        }
        Format::Table => {
            let mut table = Table::default()
                .label(texts.get("programme-column-id"))
                .label(texts.get("programme-column-title"));
            for (plan, notes) in &plans {
                let mut id = vec![plan.programme.to_string(), number(plan).to_owned()];
                let under = plan.parent.as_ref();
                id.extend(under.map(|parent| texts.with("programme-under", &[("parent", parent)])));
                let facts = [
                    words::period(texts, plan.period.from, plan.period.to),
                    texts.counted("count-categories", plan.categories.len() as u64),
                    texts.counted("count-targets", plan.targets.len() as u64),
                    texts.counted("count-notes", *notes),
                ];
                let title = plan.title.in_language(texts.english());
                table.row(vec![
                    Some(id.join("\n")),
                    Some(format!("{title}\n{}", facts.join("; "))),
                ]);
            }
            let mut out = output();
            out.write_all(table.render(session.terminal).as_bytes())?;
            out.flush()?;
            session.say(&texts.get("programme-list-hint"));
        }
    }
    Ok(Ending::Yes)
}

/// The plan in a file.
pub fn plan_of(data: &DataFile) -> Option<&ProgrammePublished> {
    data.records
        .iter()
        .find_map(|record| match &record.proposal.event {
            Event::ProgrammePublished(plan) => Some(plan),
            _ => None,
        })
}

/// The number of the paper that the plan is.
fn number(plan: &ProgrammePublished) -> &str {
    plan.documents
        .first()
        .map_or("", |document| document.number.as_str())
}
