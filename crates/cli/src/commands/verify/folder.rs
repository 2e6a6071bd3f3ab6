//! A data folder: the chain first; then the tree and what was signed of it; then whether every entry is canonical and
//! follows from those before it by the rules; then whether the projections say what the journal says.

use std::io::Write;
use std::path::PathBuf;

use clap::ArgMatches;
use minhbach_auditing::{FolderFault, FolderReport, Signed, check_folder, standing_alarm};
use minhbach_journal::{Reader, Verified, VerifyError, verify};
use minhbach_projections::AsOf;
use minhbach_publishing::{read_vkey, signed as last_signed};
use serde_json::json;

use super::replay::{Broken, Replayed};
use super::{comparison, replay};
use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::log_source::{Wanted, given_key, seen};
use crate::numbers;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};
use crate::tree::wrap;

use super::told;

/// Whether the folder is somebody's, or a copy of a log made to look at it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Here,
    Copied,
}

pub fn run(session: &Session, matches: &ArgMatches, kept: Kept) -> anyhow::Result<Ending> {
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
                    signed: None,
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
        signed: None,
    };
    if 0 < verified.size {
        let signed = signed(session, matches)?;
        if let Some(fault) = signed.report.faults.first() {
            // Where the root is right the journal is: then only the kept hashes are damaged.
            let cache = matches!(fault, FolderFault::TreeFile { .. });
            let seq = wrong_leaf(&signed.report)
                .filter(|_| !cache)
                .unwrap_or(verified.size);
            let at = Place::of(session, seq.min(verified.size - 1))?;
            let names = seen_names(matches);
            let mut said = failure::auditing::fault(fault, &names, session.texts);
            if let (Some(seq), false) = (
                wrong_leaf(&signed.report),
                matches!(fault, FolderFault::TreeFile { .. }),
            ) {
                said = format!("{said} {}", session.texts.with("folder-leaf", &[("seq", &seq)]));
            }
            found.broken = Some((Place { seq, ..at }, said));
        }
        found.signed = Some(signed);
    }
    if let (None, Some(folder)) = (&found.broken, standing_alarm(&session.data)?) {
        let said = session
            .texts
            .with("mirror-in-alarm", &[("folder", &folder.display())]);
        let file = folder.display().to_string();
        let at = Place {
            file,
            line: 0,
            seq: verified.size,
        };
        found.broken = Some((at, said));
    }
    if found.broken.is_some() {
        // What follows from other entries than those that were signed says nothing.
    } else if verified.size == 0 {
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
            None if kept == Kept::Copied => {}
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

/// The first entry whose leaf is not the one that was hashed when it was signed.
fn wrong_leaf(report: &FolderReport) -> Option<u64> {
    report.faults.iter().find_map(|fault| match fault {
        FolderFault::TreeFile { level: 0, index } => Some(*index),
        _ => None,
    })
}

/// What was signed of the folder, and by whom.
struct SignedOf {
    report: FolderReport,
    /// Whether the key was got elsewhere.
    key_given: bool,
    /// Older checkpoints that were seen elsewhere.
    seen: Vec<Signed>,
    /// Who should have seen the checkpoint and has not.
    missing: Vec<String>,
}

/// The files of `--seen`, as they were typed.
fn seen_names(matches: &ArgMatches) -> Vec<String> {
    let files = matches.get_many::<PathBuf>("seen").unwrap_or_default();
    files.map(|file| file.display().to_string()).collect()
}

fn signed(session: &Session, matches: &ArgMatches) -> anyhow::Result<SignedOf> {
    let given = given_key(session, matches)?;
    let own = read_vkey(&session.data)?;
    let key = given.as_ref().or(own.as_ref());
    let seen = match key {
        Some(key) => seen(session, matches, key)?,
        None if matches.contains_id("seen") => return Err(session.told("verify-seen-no-key", &[])),
        None => Vec::new(),
    };
    let checkpoints: Vec<_> = seen.iter().map(|seen| seen.checkpoint.clone()).collect();
    let wanted = Wanted::of(session, matches)?;
    if let Some(key) = key {
        wanted.must_be_of(session, key)?;
    }
    let known = wanted.keys();
    let bar = Bar::new(session);
    let report = check_folder(
        &session.data,
        given.as_ref(),
        &known,
        &checkpoints,
        &|done, of| bar.at("progress-tree", done, of),
    );
    let report = report.map_err(|error| Told(failure::auditing::check(&error, session.texts)))?;
    // Where the note is not the log's, a fault says so.
    let note = last_signed(&session.data).ok().flatten().map(|last| last.note);
    Ok(SignedOf {
        report,
        key_given: given.is_some(),
        seen,
        missing: wanted.missing(note.as_ref()),
    })
}

/// What was found.
struct Report<'a> {
    verified: Option<&'a Verified>,
    broken: Option<(Place, String)>,
    notes: Vec<String>,
    full: bool,
    signed: Option<SignedOf>,
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
    // Of an entry that something else knows of it is not true that it was never acknowledged.
    let key = match found.broken {
        None => "verify-torn",
        Some(_) => "verify-torn-besides",
    };
    let said_torn = torn.map(|tail| {
        texts.with(
            key,
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
        if let Some(signed) = &found.signed {
            document["signed"] = told::signed_json(&signed.report, signed.key_given, signed.seen.len());
            if !signed.missing.is_empty() {
                document["signed"]["not_witnessed_by"] = json!(signed.missing);
            }
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
        // The verdict first: what follows says what it stands on.
        if let Some((_, said)) = &found.broken {
            let said = texts.with("verify-broken", &[("what", said)]);
            writeln!(out, "{}", session.terminal.bad(&said))?;
        } else if let Some(verified) = found.verified.filter(|_| sound) {
            let size = numbers::number(texts, verified.size);
            let said = texts.with("verify-sound", &[("size", &size)]);
            writeln!(out, "{}", session.terminal.good(&said))?;
        }
        if let Some(verified) = found.verified.filter(|verified| 0 < verified.size) {
            let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
                ("size", &numbers::number(texts, verified.size)),
                ("files", &numbers::number(texts, verified.segments)),
                ("bytes", &numbers::bytes(texts, verified.bytes)),
                ("head", &verified.head.hash),
            ];
            writeln!(out, "{}", texts.with("verify-chain", &facts))?;
            if let Some(signed) = found.signed.as_ref().filter(|signed| signed.report.is_sound()) {
                for said in told::signed(session, &signed.report, signed.key_given, signed.seen.len()) {
                    for line in wrap(&said, session.terminal.width) {
                        writeln!(out, "{line}")?;
                    }
                }
            }
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
        if sound
            && found
                .signed
                .as_ref()
                .is_some_and(|signed| signed.report.checkpoint.is_some())
        {
            for line in wrap(&texts.get("verify-limits"), session.terminal.width) {
                writeln!(out, "{line}")?;
            }
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
    let untold = found.signed.as_ref().and_then(|signed| untold(session, signed));
    Ok(match untold {
        _ if !sound => Ending::No,
        None => Ending::Yes,
        Some(untold) => {
            session.say(&untold);
            Ending::CouldNotTell
        }
    })
}

/// What was asked for and cannot be told: whose signature it is where there is none, who saw it where they have not.
fn untold(session: &Session, signed: &SignedOf) -> Option<String> {
    let texts = session.texts;
    if signed.report.checkpoint.is_none() && (signed.key_given || !signed.missing.is_empty()) {
        return Some(texts.get("verify-none-signed"));
    }
    if signed.report.checkpoint_missing {
        return Some(texts.get("verify-none-left"));
    }
    if signed.report.checkpoint.is_some() && signed.report.key.is_none() {
        return Some(texts.get("verify-nobodys"));
    }
    let missing = (!signed.missing.is_empty()).then(|| signed.missing.join(", "));
    missing.map(|names| texts.with("verify-not-witnessed", &[("names", &names)]))
}
