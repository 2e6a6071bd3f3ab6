//! `import csv`: an event for each row of a table, as a map says.

mod report;
mod trial;
mod wording;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_events::{EntryError, Problem, Proposal};
use minhbach_exchange::csv_import::{CsvFile, Map, Row, RowOutcome, Rows};
use minhbach_exchange::import_key::{ROW_PREFIX, SECRET_FILE, Secret};
use minhbach_journal::Reader;
use minhbach_ledger::{REQUEST_PROPOSALS_MAX, Rejection, Snapshot};

use self::report::Report;
use self::trial::Trial;
use super::door::{Answers, Door, Given};
use super::refused::Refused;
use crate::ending::Ending;
use crate::failure;
use crate::interface::{path, switch};
use crate::progress::Bar;
use crate::session::Session;

/// Rows in one request.
const REQUEST_ROWS: usize = 1_000;
/// Requests that are on their way at once.
const IN_FLIGHT: usize = 8;

const _: () = assert!(REQUEST_ROWS <= REQUEST_PROPOSALS_MAX);

pub fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("file")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(path("map").required(true))
        .arg(switch("dry-run"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let missing = || session.told("usage-missing-argument", &[("argument", &"FILE, --map")]);
    let file: &PathBuf = matches.get_one("file").ok_or_else(missing)?;
    let map: &PathBuf = matches.get_one("map").ok_or_else(missing)?;
    let map = Map::read(map).map_err(|error| wording::map(session.texts, &error))?;
    let table = CsvFile::open(file, &map).map_err(|error| wording::file(session.texts, &error))?;
    let private = session.data.join("private");
    let import = Import {
        session,
        map: &map,
        file,
        private: &private,
    };
    if matches.get_flag("dry-run") {
        let snapshot = Snapshot::open(&session.data, &Bar::new(session))?;
        let secret = import.secret(snapshot.reader())?;
        let mut trial = Trial::begin(&snapshot, &session.caller);
        return import.rows(table, &secret, true, &mut |proposals| trial.decide(proposals));
    }
    let door = Door::open(session)?;
    let imported = import.record(&door, table);
    door.close();
    imported
}

/// What is imported.
struct Import<'a> {
    session: &'a Session,
    map: &'a Map,
    file: &'a Path,
    private: &'a Path,
}

/// Rows that are handed in together: what became of each, and the answers to those that are proposals.
struct HandedIn {
    slots: Vec<Slot>,
    answers: Answers,
}

/// A row: its line, and what is known of it already.
enum Slot {
    /// The next answer is this row's; its cells name what is refused.
    Proposed { line: u64, cells: Vec<String> },
    /// The ledger could not even read it.
    Unreadable {
        line: u64,
        cells: Vec<String>,
        problem: Option<Problem>,
        rejection: Box<Rejection>,
    },
    /// It is not handed in.
    Apart(Row),
}

impl Import<'_> {
    fn record(&self, door: &Door<'_>, table: CsvFile) -> anyhow::Result<Ending> {
        let mut secret = self.secret(door.journal())?;
        secret.keep(self.private).map_err(|error| self.unusable(&error))?;
        self.rows(table, &secret, false, &mut |proposals| door.submit(proposals))
    }

    fn unusable(&self, error: &dyn std::fmt::Display) -> anyhow::Error {
        self.session.told("import-csv-private", &[("why", &error)])
    }

    /// The secret that makes the keys. Where it is gone and rows were imported under it, they would all look new.
    fn secret(&self, journal: &Reader) -> anyhow::Result<Secret> {
        let secret = Secret::open(self.private).map_err(|error| self.unusable(&error))?;
        if !secret.is_kept() && has_row_keys(journal)? {
            let path = self.private.join(SECRET_FILE);
            return Err(self
                .session
                .told("import-csv-secret-lost", &[("path", &path.display())]));
        }
        Ok(secret)
    }

    /// Reads row after row and reports what becomes of them.
    fn rows(
        &self,
        table: CsvFile,
        secret: &Secret,
        dry_run: bool,
        submit: &mut dyn FnMut(Vec<Proposal>) -> anyhow::Result<Answers>,
    ) -> anyhow::Result<Ending> {
        let texts = self.session.texts;
        let mut rows =
            Rows::new(self.map, table, self.file, secret).map_err(|error| wording::file(texts, &error))?;
        let mut report = Report::begin(self.session, self.map, dry_run)?;
        let bar = Bar::new(self.session);
        let size = std::fs::metadata(self.file).map_or(0, |told| told.len());
        let mut in_flight: VecDeque<HandedIn> = VecDeque::new();
        let mut stopped: Option<anyhow::Error> = None;
        let mut more = true;
        while more || !in_flight.is_empty() {
            if more && in_flight.len() < IN_FLIGHT {
                let handed = hand_in(&mut rows, submit, &mut more, &mut |error| {
                    wording::file(texts, &error)
                });
                match handed {
                    Ok((handed, fault)) => {
                        in_flight.push_back(handed);
                        stopped = stopped.or(fault);
                    }
                    Err(error) => {
                        stopped = Some(error);
                        more = false;
                    }
                }
                continue;
            }
            let Some(HandedIn { slots, answers }) = in_flight.pop_front() else {
                break;
            };
            let answers = match answers.wait() {
                Ok(answers) => answers,
                Err(error) => {
                    // What comes behind was not kept either.
                    stopped = Some(error);
                    break;
                }
            };
            tell(&mut report, slots, answers)?;
            // A compressed file has more text than bytes: its bar stands still at the end.
            bar.at("progress-import-csv", rows.bytes().min(size), size);
        }
        drop(bar);
        let all_taken = report.end()?;
        match stopped {
            Some(error) => {
                let why = failure::sentence(&error, texts);
                Err(self.session.told("import-csv-stopped", &[("why", &why)]))
            }
            None if all_taken => Ok(Ending::Yes),
            None => Ok(Ending::No),
        }
    }
}

/// Reads some rows and hands them in. A file that cannot be read on ends it; what was read before is handed in.
fn hand_in(
    rows: &mut Rows<'_>,
    submit: &mut dyn FnMut(Vec<Proposal>) -> anyhow::Result<Answers>,
    more: &mut bool,
    worded: &mut dyn FnMut(minhbach_exchange::csv_import::FileError) -> anyhow::Error,
) -> anyhow::Result<(HandedIn, Option<anyhow::Error>)> {
    let mut slots = Vec::new();
    let mut proposals = Vec::new();
    let mut fault = None;
    while slots.len() < REQUEST_ROWS {
        let row = match rows.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => {
                *more = false;
                break;
            }
            Err(error) => {
                *more = false;
                fault = Some(worded(error));
                break;
            }
        };
        let Row { line, outcome } = row;
        slots.push(match outcome {
            RowOutcome::Proposal { line: text, cells } => match Proposal::from_line(&text) {
                Ok(proposal) => {
                    proposals.push(proposal);
                    Slot::Proposed { line, cells }
                }
                Err(error) => Slot::Unreadable {
                    line,
                    cells,
                    problem: match &error {
                        EntryError::Malformed(malformed) => Some(malformed.problem.clone()),
                        _ => None,
                    },
                    rejection: Box::new(error.into()),
                },
            },
            outcome => Slot::Apart(Row { line, outcome }),
        });
    }
    let answers = submit(proposals)?;
    Ok((HandedIn { slots, answers }, fault))
}

fn tell(report: &mut Report<'_>, slots: Vec<Slot>, answers: Vec<Given>) -> anyhow::Result<()> {
    let mut answers = answers.into_iter();
    for slot in slots {
        match slot {
            Slot::Apart(row) => report.apart(row)?,
            Slot::Unreadable {
                line,
                cells,
                problem,
                rejection,
            } => report.refused(line, &cells, &Refused::from(&*rejection), problem.as_ref())?,
            Slot::Proposed { line, cells } => match answers.next() {
                Some(Ok(taken)) => report.taken(taken.repeated),
                Some(Err(refused)) => report.refused(line, &cells, &refused, None)?,
                None => anyhow::bail!("line {line} of the table was not answered"),
            },
        }
    }
    Ok(())
}

/// Whether an entry of the journal has the key of an imported row.
fn has_row_keys(journal: &Reader) -> anyhow::Result<bool> {
    let begin = format!("\"key\":\"{ROW_PREFIX}");
    let mut entries = journal.entries(0);
    while let Some(entry) = entries.next_ref() {
        // The key stands before the event, where nobody but us writes.
        let text = String::from_utf8_lossy(entry?.bytes);
        let head = text.split_once(",\"event\":{").map_or("", |(head, _)| head);
        if let Some((_, key)) = head.split_once(&begin) {
            let hex = key.split('"').next().unwrap_or_default();
            if hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
