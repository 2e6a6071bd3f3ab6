//! `verify`: is the journal what it was? The chain first; then whether every entry is canonical and follows from
//! those before it by the rules; then whether the projections say what the journal says. It never writes there.

use std::io::Write;

use clap::{ArgMatches, Command};
use minhbach_journal::{Reader, Verified, VerifyError, verify};
use minhbach_projections::AsOf;
use serde_json::json;

use self::replay::{Broken, Replayed};
use crate::ending::Ending;
use crate::failure;
use crate::interface::switch;
use crate::json_document;
use crate::numbers;
use crate::progress::Bar;
use crate::session::{Format, Session, output};

mod comparison;
mod replay;

pub fn arguments(command: Command) -> Command {
    command.arg(switch("chain"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let bar = Bar::new(session);
    let walked = verify(&session.data, &|progress| {
        bar.at("progress-chain", progress.bytes, progress.bytes_total)
    });
    drop(bar);
    let verified = match walked {
        Ok(verified) => verified,
        Err(VerifyError::Damage(damage)) => {
            let said = failure::damage(&damage, session.texts);
            let at = Place {
                file: damage.file.display().to_string(),
                line: damage.line,
                seq: damage.seq,
            };
            return report(
                session,
                &Report {
                    verified: None,
                    broken: Some((at, said)),
                    notes: Vec::new(),
                    full: false,
                },
            );
        }
        Err(error) => return Err(error.into()),
    };
    let full = !matches.get_flag("chain");
    let mut found = Report {
        verified: Some(&verified),
        broken: None,
        notes: Vec::new(),
        full,
    };
    if verified.size == 0 {
        let at = Place {
            file: session.data.join("journal").display().to_string(),
            line: 0,
            seq: 0,
        };
        found.broken = Some((at, session.texts.get("verify-empty")));
    } else if full {
        let reader = Reader::open_readonly(&session.data)?;
        let Replayed { projections, broken } = replay::replay(session, &reader, verified.size)?;
        match broken {
            Some(Broken { seq, why }) => {
                let at = Place::of(session, seq)?;
                let facts = texts_of(session, &at, &why);
                found.broken = Some((at, facts));
            }
            None => match comparison::compare(session, &reader, &projections, verified.size) {
                comparison::Compared::Equal => {
                    found.notes.push(session.texts.get("verify-projections-equal"))
                }
                comparison::Compared::NotDone(why) => {
                    found.notes.push(
                        session
                            .texts
                            .with("verify-projections-not-compared", &[("why", &why)]),
                    );
                }
                comparison::Compared::More(said) => {
                    let at = Place {
                        file: session.data.join("projections").display().to_string(),
                        line: 0,
                        seq: verified.size,
                    };
                    found.broken = Some((at, said));
                }
                comparison::Compared::Different(what) => {
                    let at = Place {
                        file: session.data.join("projections").display().to_string(),
                        line: 0,
                        seq: 0,
                    };
                    let said = session
                        .texts
                        .with("verify-projections-differ", &[("what", &what)]);
                    found.broken = Some((at, said));
                }
            },
        }
    }
    report(session, &found)
}

/// What was found.
struct Report<'a> {
    verified: Option<&'a Verified>,
    broken: Option<(Place, String)>,
    notes: Vec<String>,
    full: bool,
}

/// Where an entry stands.
struct Place {
    file: String,
    line: u64,
    seq: u64,
}

impl Place {
    /// Finds the file by its name, which is the seq of its first entry.
    fn of(session: &Session, seq: u64) -> anyhow::Result<Place> {
        let folder = session.data.join("journal");
        let mut first = 0;
        for item in std::fs::read_dir(&folder)? {
            let name = item?.file_name();
            let begins = name
                .to_str()
                .and_then(|name| name.strip_suffix(".log"))
                .and_then(|n| n.parse::<u64>().ok());
            first = begins
                .filter(|begins| *begins <= seq)
                .map_or(first, |begins| begins.max(first));
        }
        let file = folder.join(format!("{first:020}.log")).display().to_string();
        Ok(Place {
            file,
            line: seq - first + 1,
            seq,
        })
    }
}

fn texts_of(session: &Session, at: &Place, why: &str) -> String {
    session.texts.with(
        "verify-broken-entry",
        &[
            ("file", &at.file),
            ("line", &at.line),
            ("seq", &at.seq),
            ("why", &why),
        ],
    )
}

fn report(session: &Session, found: &Report<'_>) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let torn = found.verified.and_then(|verified| verified.torn_tail.as_ref());
    let sound = found.broken.is_none() && torn.is_none();
    let said_torn = torn.map(|tail| {
        texts.with(
            "verify-torn",
            &[
                ("file", &tail.file.display()),
                ("byte", &tail.byte),
                ("bytes", &numbers::number(texts, tail.bytes)),
            ],
        )
    });
    if session.format == Format::Json {
        let mut document = json!({ "sound": sound, "full": found.full });
        if let Some(verified) = found.verified {
            document["as_of"] = json!(AsOf {
                size: verified.size,
                head: verified.head.hash
            });
            document["files"] = json!(verified.segments);
            document["bytes"] = json!(verified.bytes);
        }
        if let Some((at, said)) = &found.broken {
            document["broken"] = json!({ "file": at.file, "line": at.line, "seq": at.seq, "message": said });
        }
        if let Some(tail) = torn {
            document["torn_tail"] =
                json!({ "file": tail.file.display().to_string(), "byte": tail.byte, "bytes": tail.bytes });
        }
        json_document::write(output(), &document)?;
    } else {
        let mut out = output();
        if let Some(verified) = found.verified.filter(|verified| 0 < verified.size) {
            let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
                ("size", &numbers::number(texts, verified.size)),
                ("files", &numbers::number(texts, verified.segments)),
                ("bytes", &numbers::bytes(texts, verified.bytes)),
                ("head", &verified.head.hash),
            ];
            writeln!(out, "{}", texts.with("verify-chain", &facts))?;
            if found.full && found.broken.is_none() {
                writeln!(out, "{}", texts.get("verify-rules"))?;
            }
        }
        for note in &found.notes {
            writeln!(out, "{note}")?;
        }
        if let Some(said) = &said_torn {
            writeln!(out, "{}", session.terminal.waiting(said))?;
        }
        if let Some((_, said)) = &found.broken {
            writeln!(
                out,
                "{}",
                session
                    .terminal
                    .bad(&texts.with("verify-broken", &[("what", said)]))
            )?;
        }
        out.flush()?;
    }
    if session.format == Format::Json {
        let words = found
            .broken
            .iter()
            .map(|(_, said)| said)
            .chain(said_torn.as_ref());
        words.for_each(|said| session.say(said));
    }
    Ok(if sound { Ending::Yes } else { Ending::No })
}
