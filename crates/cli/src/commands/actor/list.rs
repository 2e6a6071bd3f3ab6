//! `actor list`: who was given a token, for what, and whether it still holds. Nothing of the tokens is shown.

use std::io::Write;

use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_server::actors::{self, ActorRecord};
use serde_json::json;

use super::role_of;
use crate::ending::Ending;
use crate::json_document;
use crate::numbers;
use crate::session::{Format, Session, output};
use crate::table::Table;

pub fn run(session: &Session) -> anyhow::Result<Ending> {
    let records = actors::list(&session.data)?;
    match session.format {
        Format::Json => {
            let row = |record: &ActorRecord| {
                json!({
                    "actor": record.code, "roles": words(record), "party": record.party(),
                    "added_at": record.added_at.to_string(),
                    "revoked_at": record.revoked_at.map(|at| at.to_string()),
                })
            };
            let rows: Vec<_> = records.iter().map(row).collect();
            json_document::write(output(), &json!({ "rows": rows }))?;
        }
        Format::Csv { excel } => {
            let header = ["actor", "roles", "party", "added_at", "revoked_at"];
            let mut csv = Csv::begin(output(), excel, &header)?;
            for record in &records {
                csv.row(vec![
                    Field::word(Some(record.code.as_str())),
                    Field::word(Some(&words(record).join(" "))),
                    Field::word(record.party().map(|party| party.as_str())),
                    Field::word(Some(&record.added_at.to_string())),
                    Field::word(record.revoked_at.map(|at| at.to_string()).as_deref()),
                ])?;
            }
            csv.end()?;
        }
        Format::Table => {
            let mut out = output();
            if records.is_empty() {
                writeln!(out, "{}", session.texts.get("actor-none"))?;
            } else {
                out.write_all(table(session, &records).render(session.terminal).as_bytes())?;
            }
            out.flush()?;
        }
    }
    Ok(Ending::Yes)
}

fn words(record: &ActorRecord) -> Vec<&'static str> {
    record.roles().map(|role| role.word()).collect()
}

fn table(session: &Session, records: &[ActorRecord]) -> Table {
    let texts = session.texts;
    let mut table = Table::default()
        .label(texts.get("column-actor"))
        .label(texts.get("column-duties"))
        .label(texts.get("column-token"));
    for record in records {
        let mut duties: Vec<String> = record.roles().map(|role| role_of(texts, role)).collect();
        let party = record.party();
        duties.extend(party.map(|party| texts.with("actor-speaks-for", &[("party", party)])));
        let since = numbers::moment(texts, record.added_at);
        let mut token = texts.with("actor-since", &[("since", &since)]);
        if let Some(at) = record.revoked_at {
            let at = numbers::moment(texts, at);
            token.push_str(&format!("\n{}", texts.with("actor-revoked-at", &[("at", &at)])));
        }
        table.row(vec![
            Some(record.code.to_string()),
            Some(duties.join("\n")),
            Some(token),
        ]);
    }
    table
}
