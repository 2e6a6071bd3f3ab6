//! `record`: proposals in, one answer a line out.
//!
//! One thread reads lines and parses what has arrived, one hands them to the writer, and this one prints the
//! answers in the order of the lines. So nothing waits for the end of the input, and several batches are on their
//! way at once.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use crossbeam_channel::{Receiver, Sender, bounded, select};
use minhbach_events::{Code, ENTRY_BYTES_MAX, EntryError, Hash, Proposal};
use minhbach_ledger::{Acknowledgement, Language, Ledger, Pending, REQUEST_PROPOSALS_MAX, Reason, Rejection};
use serde::Serialize;

use self::lines::{BATCH_LINES_MAX, Lines};
use crate::ending::Ending;
use crate::failure;
use crate::interface::switch;
use crate::opening;
use crate::session::{Session, output};
use crate::texts::Texts;

mod lines;
mod remote;

/// Batches that are read and not yet handed in.
const READ_AHEAD: usize = 4;
/// Batches that are handed in and not yet answered.
const IN_FLIGHT: usize = 8;

pub fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("file").value_parser(value_parser!(PathBuf)))
        .arg(switch("atomic"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let input = input(session, matches.get_one("file"))?;
    if let Some(server) = session.server() {
        return ended(remote::run(session, &server, input, matches.get_flag("atomic")));
    }
    let ledger = opening::to_write(session)?;
    let recorded = if matches.get_flag("atomic") {
        record_together(session, &ledger, input)
    } else {
        record_each(session, &ledger, input)
    };
    ledger.close(session);
    ended(recorded)
}

/// Who reads the answers may have gone: what was handed in is kept, the rest was not read.
fn ended(recorded: anyhow::Result<Ending>) -> anyhow::Result<Ending> {
    match recorded {
        Err(error) if failure::is_closed_pipe(&error) => Ok(Ending::CouldNotTell),
        recorded => recorded,
    }
}

type Input = Box<dyn Read + Send>;

fn input(session: &Session, file: Option<&PathBuf>) -> anyhow::Result<Input> {
    match file {
        Some(path) if path.as_os_str() != "-" => {
            let refused = |error: &io::Error| {
                if error.kind() == io::ErrorKind::NotFound {
                    return session.told("failure-no-file", &[("path", &path.display())]);
                }
                let why = failure::system(error, session.texts);
                session.told("failure-io", &[("path", &path.display()), ("why", &why)])
            };
            let file = File::open(path).map_err(|error| refused(&error))?;
            let is_dir = file.metadata().map_err(|error| refused(&error))?.is_dir();
            if is_dir {
                Err(refused(&ErrorKind::IsADirectory.into()))
            } else {
                Ok(Box::new(file))
            }
        }
        _ => {
            if io::stdin().is_terminal() {
                session.say(&session.texts.get("record-typing"));
            }
            Ok(Box::new(io::stdin()))
        }
    }
}

/// A line of the input: its number, and why it was not handed in, if it was not.
type Slot = (u64, Option<Rejection>);

/// Lines that arrived together.
#[derive(Default)]
struct Batch {
    proposals: Vec<Proposal>,
    slots: Vec<Slot>,
}

impl Batch {
    fn add(&mut self, number: u64, line: Result<&[u8], usize>) {
        let read = line
            .map_err(|bytes| EntryError::TooLarge { bytes })
            .and_then(Proposal::from_line);
        let refused = match read {
            Ok(proposal) => {
                self.proposals.push(proposal);
                None
            }
            Err(error) => Some(unreadable(error)),
        };
        self.slots.push((number, refused));
    }
}

fn unreadable(error: EntryError) -> Rejection {
    match error {
        EntryError::TooLarge { bytes } => Rejection::new(Reason::TooLarge)
            .count("bytes", bytes as u64)
            .count("max", ENTRY_BYTES_MAX as u64),
        EntryError::UnknownType(name) => Rejection::new(Reason::UnknownType).with("type", name),
        EntryError::Malformed(malformed) => malformed.into(),
    }
}

/// A batch that is with the writer.
struct HandedIn {
    slots: Vec<Slot>,
    pending: Pending,
}

fn record_each(session: &Session, ledger: &Ledger, input: Input) -> anyhow::Result<Ending> {
    let (batch_sender, batches) = bounded(READ_AHEAD);
    // It may wait for input when the work has ended, so nobody waits for it.
    std::thread::spawn(move || read(input, &batch_sender));
    std::thread::scope(|scope| {
        let (handed_sender, handed) = bounded(IN_FLIGHT);
        // Dropped when printing ends, which ends the handing in.
        let (_printing, printing_ended) = bounded::<()>(0);
        scope.spawn(move || hand_in(session, ledger, &batches, &handed_sender, &printing_ended));
        print_answers(session.texts, &handed)
    })
}

fn read(input: Input, batches: &Sender<io::Result<Batch>>) {
    let mut lines = Lines::new(input);
    loop {
        let mut batch = Batch::default();
        let more = lines.read_some(|number, line| batch.add(number, line));
        if !batch.slots.is_empty() && batches.send(Ok(batch)).is_err() {
            return;
        }
        match more {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let _ = batches.send(Err(error));
                return;
            }
        }
    }
}

fn hand_in(
    session: &Session,
    ledger: &Ledger,
    batches: &Receiver<io::Result<Batch>>,
    handed: &Sender<anyhow::Result<HandedIn>>,
    printing_ended: &Receiver<()>,
) {
    loop {
        let batch = select! {
            recv(batches) -> batch => batch,
            recv(printing_ended) -> _ => return,
        };
        let Ok(batch) = batch else { return };
        let handed_in = batch.map_err(|error| unread(session, &error)).and_then(|batch| {
            let Batch { proposals, slots } = batch;
            Ok(HandedIn {
                slots,
                pending: ledger.submit(proposals, &session.caller, false)?,
            })
        });
        let failed = handed_in.is_err();
        if handed.send(handed_in).is_err() || failed {
            return;
        }
    }
}

fn unread(session: &Session, error: &io::Error) -> anyhow::Error {
    session.told("record-input", &[("why", &failure::system(error, session.texts))])
}

fn print_answers(texts: Texts, handed: &Receiver<anyhow::Result<HandedIn>>) -> anyhow::Result<Ending> {
    let mut out = output();
    let mut ending = Ending::Yes;
    for handed_in in handed {
        let HandedIn { slots, pending } = handed_in?;
        let first = slots.first().map_or(0, |(number, _)| *number);
        let mut answers = pending
            .wait()
            .map_err(|stopped| {
                let said = texts.with("record-stopped", &[("line", &first), ("why", &stopped)]);
                crate::session::Told(said)
            })?
            .into_iter();
        for (number, refused) in slots {
            let answer = match refused {
                Some(rejection) => Err(rejection),
                None => match answers.next() {
                    Some(answer) => answer,
                    None => continue,
                },
            };
            if answer.is_err() {
                ending = Ending::No;
            }
            write_answer(&mut out, number, &answer)?;
        }
        out.flush()?;
    }
    Ok(ending)
}

#[derive(Serialize)]
struct Acknowledged<'a> {
    line: u64,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    hash: Hash,
    #[serde(skip_serializing_if = "<[Code]>::is_empty")]
    lots: &'a [Code],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
}

#[derive(Serialize)]
struct Refused<E> {
    line: u64,
    error: E,
}

fn write_answer(
    out: &mut impl Write,
    line: u64,
    answer: &Result<Acknowledgement, Rejection>,
) -> anyhow::Result<()> {
    match answer {
        Ok(Acknowledgement {
            seq,
            code,
            hash,
            lots,
            repeated,
        }) => {
            let code = code.as_deref();
            serde_json::to_writer(
                &mut *out,
                &Acknowledged {
                    line,
                    seq: *seq,
                    code,
                    hash: *hash,
                    lots,
                    repeated: *repeated,
                },
            )?;
        }
        Err(error) => serde_json::to_writer(&mut *out, &Refused { line, error })?,
    }
    Ok(out.write_all(b"\n")?)
}

/// All lines or none.
fn record_together(session: &Session, ledger: &Ledger, input: Input) -> anyhow::Result<Ending> {
    let mut lines = Lines::new(input);
    let mut batch = Batch::default();
    loop {
        let more = lines
            .read_some(|number, line| batch.add(number, line))
            .map_err(|e| unread(session, &e))?;
        if REQUEST_PROPOSALS_MAX < batch.slots.len() {
            return Err(session.told("record-atomic-too-many", &[("max", &REQUEST_PROPOSALS_MAX)]));
        }
        if !more {
            break;
        }
    }
    let Batch { proposals, slots } = batch;
    let unreadable = slots.iter().any(|(_, refused)| refused.is_some());
    // With a line that cannot be read nothing is asked of the rules: none will be recorded.
    let answers = if unreadable {
        Vec::new()
    } else {
        ledger.record(proposals, &session.caller, true)?
    };
    answer_together(slots, answers)
}

/// Answers each line of those that are recorded together; without answers of the ledger some of them could not be read.
fn answer_together(
    slots: Vec<Slot>,
    answers: Vec<Result<Acknowledgement, Rejection>>,
) -> anyhow::Result<Ending> {
    let mut given = answers.into_iter();
    let answers: Vec<(u64, Option<Result<Acknowledgement, Rejection>>)> = slots
        .into_iter()
        .map(|(number, refused)| match refused {
            Some(rejection) => (number, Some(Err(rejection))),
            None => (number, given.next()),
        })
        .collect();
    let refused: Vec<u64> = answers
        .iter()
        .filter(|(_, answer)| matches!(answer, Some(Err(_))))
        .map(|(number, _)| *number)
        .collect();
    let mut out = output();
    for (number, answer) in &answers {
        match answer {
            Some(answer) if refused.is_empty() || !is_new(answer) => write_answer(&mut out, *number, answer)?,
            _ => {
                let error = not_recorded(&refused);
                serde_json::to_writer(&mut out, &Refused { line: *number, error })?;
                out.write_all(b"\n")?;
            }
        }
    }
    out.flush()?;
    Ok(if refused.is_empty() {
        Ending::Yes
    } else {
        Ending::No
    })
}

/// Whether an answer says that something new was recorded.
fn is_new(answer: &Result<Acknowledgement, Rejection>) -> bool {
    answer
        .as_ref()
        .is_ok_and(|acknowledgement| !acknowledgement.repeated)
}

/// The answer to a line that is well in itself and was not recorded because others were refused.
#[derive(Serialize)]
struct NotRecorded<'a> {
    code: &'static str,
    message: Message,
    detail: RefusedLines<'a>,
}

#[derive(Serialize)]
struct Message {
    vi: String,
    en: String,
}

/// The first refused lines, and how many there are.
#[derive(Serialize)]
struct RefusedLines<'a> {
    refused: &'a [u64],
    count: usize,
}

fn not_recorded(refused: &[u64]) -> NotRecorded<'_> {
    let shown = &refused[..refused.len().min(20)];
    let listed = shown.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let message = |language| Texts { language }.with("record-not-recorded", &[("lines", &listed)]);
    NotRecorded {
        code: "not_recorded",
        message: Message {
            vi: message(Language::Vietnamese),
            en: message(Language::English),
        },
        detail: RefusedLines {
            refused: shown,
            count: refused.len(),
        },
    }
}

const _: () = assert!(BATCH_LINES_MAX <= REQUEST_PROPOSALS_MAX);
