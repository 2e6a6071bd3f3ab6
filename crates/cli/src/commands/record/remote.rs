//! `record` over a server: each batch of lines that has arrived is one request.
//!
//! An answer can be lost on its way. What it would have said is in doubt then: lines with a `key` are sent again, since the
//! server knows them again; of others it is said which they are, and nothing is sent twice.

use std::io::Write;
use std::time::Duration;

use minhbach_events::{EntryError, Proposal};
use minhbach_ledger::{REQUEST_PROPOSALS_MAX, Rejection};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::{Batch, Input, answer_together, unread, unreadable, write_answer};
use crate::ending::Ending;
use crate::failure;
use crate::remote::{Answered, Fault, LineAnswer, Problem, RemoteError, Server, Token};
use crate::session::{Session, output};

/// Bytes of lines in one request. Its answers wait on the way until all of it is sent, so it must not be large.
const REQUEST_BYTES: usize = 128 * 1024;
/// How often lines with keys are sent again.
const TRIES: u32 = 4;
/// How long to wait before the first of those times; twice as long before each next one.
const PAUSE: Duration = Duration::from_millis(500);

/// Records what arrives.
pub fn run(session: &Session, server: &Server, input: Input, atomic: bool) -> anyhow::Result<Ending> {
    let token = session.token()?;
    if server.url().is_open_to_others() {
        session.say(&session.texts.with("remote-open", &[("url", server.url())]));
    }
    let recorder = Recorder {
        session,
        server,
        token,
    };
    if atomic {
        recorder.together(input)
    } else {
        recorder.each(input)
    }
}

/// A line of the input.
struct Line {
    number: u64,
    /// Its bytes; of a line that is too long for the server, why it is refused here.
    text: Result<Vec<u8>, Box<Rejection>>,
}

impl Line {
    /// Whether the server knows it again when it comes twice.
    fn has_key(&self) -> bool {
        let Ok(text) = &self.text else { return true };
        // What is no proposal is refused as often as it comes.
        Proposal::from_line(text).map_or(true, |proposal| proposal.key.is_some())
    }
}

struct Recorder<'a> {
    session: &'a Session,
    server: &'a Server,
    token: Token,
}

impl Recorder<'_> {
    fn each(&self, input: Input) -> anyhow::Result<Ending> {
        let mut lines = Lines::new(input);
        let mut ending = Ending::Yes;
        loop {
            let mut arrived = Vec::new();
            let more = lines.read_some(|number, line| {
                let text = line.map(<[u8]>::to_vec);
                let text = text.map_err(|bytes| Box::new(unreadable(EntryError::TooLarge { bytes })));
                arrived.push(Line { number, text });
            });
            // What was read before the input failed is recorded.
            let mut rest = arrived.as_slice();
            while !rest.is_empty() {
                let (request, later) = rest.split_at(fitting(rest));
                if self.batch(request)? == Ending::No {
                    ending = Ending::No;
                }
                rest = later;
            }
            if !more.map_err(|error| unread(self.session, &error))? {
                return Ok(ending);
            }
        }
    }

    /// Records some lines and prints their answers.
    fn batch(&self, lines: &[Line]) -> anyhow::Result<Ending> {
        let mut out = output();
        let mut ending = Ending::Yes;
        let mut answered = 0;
        let mut pause = PAUSE;
        for tries_left in (0..TRIES).rev() {
            let unanswered = &lines[answered..];
            let sent: Vec<usize> = (0..unanswered.len())
                .filter(|at| unanswered[*at].text.is_ok())
                .collect();
            let mut body = Vec::new();
            for text in unanswered.iter().filter_map(|line| line.text.as_ref().ok()) {
                body.extend_from_slice(text);
                body.push(b'\n');
            }
            // The place in `unanswered` of the line that is answered next.
            let mut next = 0;
            let mut ended = None;
            let mut answers = sent.iter();
            let given = if sent.is_empty() {
                Ok(Answered::Lines)
            } else {
                self.server.post_lines(&self.token, &body, false, |answer| {
                    let Some(&at) = answers.next() else {
                        return Ok(());
                    };
                    let said = LineAnswer::read(answer);
                    if let Some(error) = said.as_ref().and_then(LineAnswer::ended_by) {
                        ended = Some(error.message.in_language(self.session.texts.language).to_owned());
                        return Ok(());
                    }
                    answer_here(&mut out, &unanswered[next..at], &mut ending)?;
                    write_numbered(&mut out, unanswered[at].number, answer)?;
                    if said.is_some_and(|said| said.error.is_some()) {
                        ending = Ending::No;
                    }
                    next = at + 1;
                    Ok(())
                })
            };
            let complete = sent.last().is_none_or(|last| *last < next);
            let error = match given {
                Ok(Answered::Lines) if ended.is_none() && complete => {
                    answer_here(&mut out, &unanswered[next..], &mut ending)?;
                    out.flush()?;
                    return Ok(ending);
                }
                Ok(Answered::Refused(problem)) => self.server.error(Fault::Problem(problem)).into(),
                Ok(Answered::Lines) => match ended {
                    Some(said) => self
                        .session
                        .told("remote-ended", &[("url", self.server.url()), ("why", &said)]),
                    None => self.server.error(Fault::CutOff).into(),
                },
                Err(error) => error,
            };
            out.flush()?;
            answered += next;
            if failure::is_closed_pipe(&error) {
                return Err(error);
            }
            let unanswered = &lines[answered..];
            let doubtful = error
                .downcast_ref::<RemoteError>()
                .is_none_or(|error| error.fault.leaves_doubt());
            if doubtful && 0 < tries_left && unanswered.iter().all(Line::has_key) {
                std::thread::sleep(pause);
                pause *= 2;
                continue;
            }
            return Err(self.failed(&error, unanswered, doubtful));
        }
        Ok(ending)
    }

    /// Which lines were not recorded, or may or may not have been, and why.
    fn failed(&self, error: &anyhow::Error, unanswered: &[Line], doubtful: bool) -> anyhow::Error {
        let why = failure::sentence(error, self.session.texts);
        let first = unanswered.first().map_or(0, |line| line.number);
        let last = unanswered.last().map_or(0, |line| line.number);
        if !doubtful {
            return self
                .session
                .told("record-not-sent", &[("line", &first), ("why", &why)]);
        }
        let key = if unanswered.iter().all(Line::has_key) {
            "record-doubt-keyed"
        } else {
            "record-doubt"
        };
        self.session
            .told(key, &[("first", &first), ("last", &last), ("why", &why)])
    }

    /// All lines or none.
    fn together(&self, input: Input) -> anyhow::Result<Ending> {
        let mut lines = Lines::new(input);
        let (mut batch, mut body) = (Batch::default(), Vec::new());
        let mut keyed = true;
        loop {
            let more = lines.read_some(|number, line| {
                if let Ok(line) = line {
                    body.extend_from_slice(line);
                    body.push(b'\n');
                }
                batch.add(number, line);
            });
            let more = more.map_err(|error| unread(self.session, &error))?;
            if REQUEST_PROPOSALS_MAX < batch.slots.len() {
                return Err(self
                    .session
                    .told("record-atomic-too-many", &[("max", &REQUEST_PROPOSALS_MAX)]));
            }
            if !more {
                break;
            }
        }
        // None will be recorded, so nobody is asked.
        if batch.slots.iter().any(|(_, refused)| refused.is_some()) {
            return answer_together(batch.slots, Vec::new());
        }
        if batch.slots.is_empty() {
            return Ok(Ending::Yes);
        }
        keyed &= batch.proposals.iter().all(|proposal| proposal.key.is_some());
        let count = batch.slots.len();
        let mut pause = PAUSE;
        for tries_left in (0..TRIES).rev() {
            let mut answers = Vec::new();
            let given = self.server.post_lines(&self.token, &body, true, |answer| {
                answers.push(answer.to_owned());
                Ok(())
            });
            let error = match given {
                Ok(Answered::Lines) if answers.len() == count => {
                    let mut out = output();
                    for answer in answers {
                        writeln!(out, "{answer}")?;
                    }
                    out.flush()?;
                    return Ok(Ending::Yes);
                }
                Ok(Answered::Refused(problem)) => return self.none_recorded(&problem),
                Ok(Answered::Lines) => self.server.error(Fault::CutOff).into(),
                Err(error) => error,
            };
            let doubtful = error
                .downcast_ref::<RemoteError>()
                .is_none_or(|error| error.fault.leaves_doubt());
            if doubtful && keyed && 0 < tries_left {
                std::thread::sleep(pause);
                pause *= 2;
                continue;
            }
            let why = failure::sentence(&error, self.session.texts);
            let key = match (doubtful, keyed) {
                (false, _) => "record-not-sent",
                (true, true) => "record-doubt-keyed",
                (true, false) => "record-doubt",
            };
            let facts: [(&'static str, &dyn std::fmt::Display); 4] =
                [("line", &1), ("first", &1), ("last", &count), ("why", &why)];
            return Err(self.session.told(key, &facts));
        }
        Ok(Ending::CouldNotTell)
    }

    fn none_recorded(&self, problem: &Problem) -> anyhow::Result<Ending> {
        let mut out = output();
        for answer in problem.answers().into_iter().flatten() {
            // As `record` writes them, whatever the order in the problem document.
            match serde_json::from_str::<Refusal>(answer) {
                Ok(refusal) => {
                    serde_json::to_writer(&mut out, &refusal)?;
                    out.write_all(b"\n")?;
                }
                Err(_) => writeln!(out, "{answer}")?,
            }
        }
        out.flush()?;
        Ok(Ending::No)
    }
}

/// How many of the lines go into one request.
fn fitting(lines: &[Line]) -> usize {
    let mut bytes = 0;
    let fits = lines.iter().take_while(|line| {
        bytes += line.text.as_ref().map_or(0, |text| text.len() + 1);
        bytes <= REQUEST_BYTES
    });
    fits.count().max(1)
}

/// Answers lines that are not sent.
fn answer_here(out: &mut impl Write, lines: &[Line], ending: &mut Ending) -> anyhow::Result<()> {
    for line in lines {
        if let Err(rejection) = &line.text {
            write_answer(out, line.number, &Err((**rejection).clone()))?;
            *ending = Ending::No;
        }
    }
    Ok(())
}

/// Writes an answer under the number that its line has in the input.
fn write_numbered(out: &mut impl Write, number: u64, answer: &str) -> std::io::Result<()> {
    if let Ok(refusal) = serde_json::from_str::<Refusal>(answer) {
        serde_json::to_writer(
            &mut *out,
            &Refusal {
                line: number,
                ..refusal
            },
        )?;
        return out.write_all(b"\n");
    }
    let rest = answer
        .strip_prefix("{\"line\":")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    match rest {
        Some(rest) => writeln!(out, "{{\"line\":{number}{rest}"),
        None => writeln!(out, "{answer}"),
    }
}

/// A refusal in the order of its fields.
#[derive(Serialize, Deserialize)]
struct Refusal {
    line: u64,
    error: RefusalError,
}

#[derive(Serialize, Deserialize)]
struct RefusalError {
    code: String,
    message: RefusalMessage,
    detail: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct RefusalMessage {
    vi: String,
    en: String,
}
