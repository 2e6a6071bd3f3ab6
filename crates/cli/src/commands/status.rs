//! `status`: how far a ledger is. It takes no lock, writes nothing, and reads the first and the last entry alone.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::{ArgMatches, Command};
use minhbach_auditing::standing_alarm;
use minhbach_events::event::LedgerOpened;
use minhbach_events::words::LedgerKind;
use minhbach_events::{Entry, Event};
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_exchange::visible::visible;
use minhbach_journal::{Reader, held_by};
use minhbach_projections::AsOf;
use minhbach_publishing::{LastSigned, checkpoint_is_missing, has_key, is_mirror, read_vkey, signed};
use serde::{Deserialize, Serialize};

use crate::answers::Answers as _;
use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::names::word_of;
use crate::numbers;
use crate::remote::{Remote, Server};
use crate::session::{Format, Session, output};
use crate::texts::Texts;

/// The answer to programs; a journal without entries has no origin and no kind.
#[derive(Serialize, Deserialize)]
pub struct Status {
    as_of: AsOf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<LedgerKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vkey: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checkpoint: Option<Signed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<Witness>,
}

/// What was signed last.
#[derive(Serialize, Deserialize)]
struct Signed {
    size: u64,
    root: String,
}

/// What a witness saw last.
#[derive(Serialize, Deserialize)]
struct Witness {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

pub fn arguments(command: Command) -> Command {
    command
}

pub fn run(session: &Session, _: &ArgMatches) -> anyhow::Result<Ending> {
    match session.server() {
        Some(server) => of_server(session, server),
        None => of_folder(session),
    }
}

fn of_folder(session: &Session) -> anyhow::Result<Ending> {
    let reader = Reader::open_readonly(&session.data)?;
    let head = reader.head();
    let entry = |seq: u64| -> anyhow::Result<Option<Entry>> {
        Ok(reader
            .entry(seq)?
            .map(|raw| Entry::read(&raw.bytes))
            .transpose()?)
    };
    let opened = entry(0)?.and_then(opening);
    let (vkey, checkpoint) = match signed(&session.data)? {
        None => (read_vkey(&session.data)?.map(|key| key.to_string()), None),
        Some(LastSigned { key, checkpoint, .. }) => {
            let (size, root) = (checkpoint.size, checkpoint.root.to_base64());
            (Some(key.to_string()), Some(Signed { size, root }))
        }
    };
    let status = Status {
        as_of: AsOf {
            size: head.size,
            head: head.hash,
        },
        origin: opened.as_ref().map(|opened| opened.origin.as_str().to_owned()),
        kind: opened.as_ref().map(|opened| opened.kind),
        vkey,
        checkpoint,
        witnesses: Vec::new(),
    };
    show(session, &status, || {
        let texts = session.texts;
        let mut lines = vec![("status-folder", session.data.display().to_string())];
        let last = head.size.checked_sub(1).map(entry).transpose()?.flatten();
        lines.extend(journal(texts, &status, opened.as_ref(), last.as_ref()));
        lines.push((
            "status-journal",
            numbers::bytes(texts, size_of(&session.data.join("journal"))),
        ));
        lines.push(("status-projections", projections(session)));
        lines.push(("status-writer", writer(session)));
        lines.extend(warnings(session, &status)?);
        Ok(lines)
    })
}

fn of_server(session: &Session, server: Server) -> anyhow::Result<Ending> {
    let url = server.url().to_string();
    let remote = Remote::new(server);
    let status: Status = remote.status()?;
    show(session, &status, || {
        let mut lines = vec![("status-server", url)];
        let (mut opened, mut last) = (None, None);
        if let Some(seq) = status.as_of.size.checked_sub(1) {
            opened = opening(remote.entry(0)?);
            last = Some(remote.entry(seq)?);
        }
        lines.extend(journal(session.texts, &status, opened.as_ref(), last.as_ref()));
        Ok(lines)
    })
}

/// What the first entry says of the ledger.
fn opening(first: Entry) -> Option<LedgerOpened> {
    match first.event {
        Event::LedgerOpened(opened) => Some(opened),
        _ => None,
    }
}

/// What is said of a journal, wherever it is.
fn journal(
    texts: Texts,
    status: &Status,
    opened: Option<&LedgerOpened>,
    last: Option<&Entry>,
) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(opened) = opened {
        lines.push(("status-ledger", opened.ledger.as_str().to_owned()));
        lines.push(("status-origin", opened.origin.as_str().to_owned()));
        lines.push(("status-kind", word_of(texts, opened.kind.word())));
    }
    lines.push(("status-entries", numbers::number(texts, status.as_of.size)));
    if let Some(last) = last {
        lines.push(("status-last", numbers::moment(texts, last.at)));
        lines.push(("status-head", status.as_of.head.to_string()));
    }
    if let Some(signed) = &status.checkpoint {
        let size = numbers::number(texts, signed.size);
        let said = texts.with("status-signed-is", &[("size", &size), ("root", &signed.root)]);
        lines.push(("status-signed", said));
    }
    lines.extend(status.vkey.iter().map(|key| ("status-vkey", key.clone())));
    for witness in &status.witnesses {
        lines.push(("status-witness", witness_said(texts, witness)));
    }
    lines
}

/// What a keeper should look at before anything else.
fn warnings(session: &Session, status: &Status) -> anyhow::Result<Vec<(&'static str, String)>> {
    let (texts, dir) = (session.texts, &session.data);
    let mut lines = Vec::new();
    let signed = status.checkpoint.as_ref().map_or(0, |signed| signed.size);
    if status.as_of.size < signed {
        lines.push(("status-warning", texts.get("status-shorter")));
    }
    if let Some(folder) = standing_alarm(dir)? {
        let said = texts.with("mirror-in-alarm", &[("folder", &folder.display())]);
        lines.push(("status-warning", said));
    }
    if checkpoint_is_missing(dir)? {
        lines.push(("status-warning", texts.get("status-checkpoint-missing")));
    }
    if status.vkey.is_some() && !has_key(dir) && !is_mirror(dir) {
        lines.push(("status-warning", texts.get("status-no-key")));
    }
    Ok(lines)
}

fn witness_said(texts: Texts, witness: &Witness) -> String {
    let size = witness.size.map(|size| numbers::number(texts, size));
    let at = witness.at.as_ref().map(|at| failure::in_vietnam(at, texts));
    let seen = match (&size, &at) {
        (Some(size), Some(at)) => texts.with("status-witness-saw", &[("size", size), ("at", at)]),
        _ => texts.get("status-witness-saw-nothing"),
    };
    let trouble = witness.trouble.as_deref().map(|code| {
        let key = format!("trouble-{}", code.replace('_', "-"));
        let why = texts.find(&key).unwrap_or_else(|| code.to_owned());
        texts.with("status-witness-trouble", &[("why", &why)])
    });
    format!("{}: {seen}{}", witness.name, trouble.unwrap_or_default())
}

fn show(
    session: &Session,
    status: &Status,
    lines: impl FnOnce() -> anyhow::Result<Vec<(&'static str, String)>>,
) -> anyhow::Result<Ending> {
    match session.format {
        Format::Json => json_document::write(output(), status)?,
        Format::Csv { excel } => {
            let mut csv = Csv::begin(
                output(),
                excel,
                &[
                    "size",
                    "head",
                    "origin",
                    "kind",
                    "vkey",
                    "checkpoint_size",
                    "checkpoint_root",
                ],
            )?;
            csv.row(vec![
                Field::number(status.as_of.size),
                Field::word(Some(&status.as_of.head.to_string())),
                Field::word(status.origin.as_deref()),
                Field::word(status.kind.map(|kind| kind.word())),
                Field::word(status.vkey.as_deref()),
                status
                    .checkpoint
                    .as_ref()
                    .map_or(Field::word(None), |signed| Field::number(signed.size)),
                Field::word(status.checkpoint.as_ref().map(|signed| signed.root.as_str())),
            ])?;
            csv.end()?;
        }
        Format::Table => {
            let lines = lines()?;
            let names: Vec<String> = lines.iter().map(|(key, _)| session.texts.get(key)).collect();
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
