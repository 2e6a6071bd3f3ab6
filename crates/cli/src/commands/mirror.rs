//! `mirror`: a log kept a second time by somebody who does not trust the first, and the alarm when it tells another
//! history.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use minhbach_auditing::{Mirror, MirrorError, MirrorMark, RemoteLog, Step};
use minhbach_publishing::is_mirror;
use minhbach_tlog::VerifyingKey;
use serde_json::json;

use crate::ending::Ending;
use crate::failure;
use crate::interface::{flag, path, switch};
use crate::json_document;
use crate::log_source::{LogSource, Wanted, given_key, log_key};
use crate::numbers;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output, text};

/// How often a log is asked, where nothing is said: it signs once a second at most.
const EVERY_DEFAULT: u64 = 5;
/// For so long an old checkpoint may be one that a cache still holds.
const CACHED: Duration = Duration::from_secs(60);

pub fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("url").required(true))
        .arg(
            Arg::new("dir")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(flag("key"))
        .arg(Arg::new("witness").long("witness").action(ArgAction::Append))
        .arg(path("policy"))
        .arg(flag("every").value_parser(value_parser!(u64).range(1..=86_400)))
        .arg(switch("once"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let (url, dir) = (
        text(matches, "url").unwrap_or_default(),
        matches.get_one::<PathBuf>("dir").cloned().unwrap_or_default(),
    );
    let log = LogSource::at(session, url)?;
    let (key, claimed) = match given_key(session, matches)? {
        Some(key) => (key, false),
        None => known_key(session, &dir, &log)?,
    };
    let wanted = Wanted::of(session, matches)?;
    wanted.must_be_of(session, &key)?;
    let known = wanted.keys();
    if !is_free(&dir)? {
        let folder = dir.display();
        return Err(session.told("mirror-not-one", &[("folder", &folder)]));
    }
    // Before a folder is made for it.
    if let Err(error) = RemoteLog::new(Box::new(log.source.clone()), key.clone()).checkpoint() {
        return ended(session, &error.into());
    }
    if claimed {
        session.say(&session.texts.with("mirror-claimed-key", &[("key", &key)]));
    }
    let opened = Mirror::open(
        &dir,
        Box::new(log.source),
        &log.place,
        &key,
        &known,
        &session.holder(),
    );
    let mut mirror = match opened {
        Ok(mirror) => mirror,
        Err(error) => return ended(session, &error),
    };
    let every = matches.get_one::<u64>("every").copied().unwrap_or(EVERY_DEFAULT);
    let once = matches.get_flag("once");
    let mut told = None;
    let mut unwell: Option<Instant> = None;
    loop {
        let bar = Bar::new(session);
        let stepped = mirror.step_and_tell(&mut |done, of| bar.at("progress-mirror", done, of));
        drop(bar);
        match stepped {
            Ok(step) => {
                (told, unwell) = (None, None);
                say(session, &mirror, step, once)?;
                let missing = wanted.missing(mirror.checkpoint().map(|signed| &signed.note));
                if !missing.is_empty() {
                    let names = missing.join(", ");
                    session.say(&session.texts.with("verify-not-witnessed", &[("names", &names)]));
                    if once {
                        return Ok(Ending::CouldNotTell);
                    }
                }
            }
            Err(error) if once || !passes(&error, unwell.get_or_insert_with(Instant::now)) => {
                return ended(session, &error);
            }
            Err(error) => {
                let sentence = failure::auditing::mirror(&error, session.texts);
                if told.as_ref() != Some(&sentence) {
                    session.say(
                        &session
                            .texts
                            .with("mirror-again", &[("why", &sentence), ("every", &every)]),
                    );
                }
                told = Some(sentence);
            }
        }
        if once {
            return Ok(Ending::Yes);
        }
        std::thread::sleep(Duration::from_secs(every));
    }
}

/// Whether a mirror is there, or nothing.
fn is_free(dir: &Path) -> std::io::Result<bool> {
    match std::fs::read_dir(dir) {
        Ok(mut items) => Ok(is_mirror(dir) || items.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The key that an earlier run kept, else the one that the log says is its own, which is believed now and held to from
/// then on; and whether it is that.
fn known_key(session: &Session, dir: &Path, log: &LogSource) -> anyhow::Result<(VerifyingKey, bool)> {
    let mark = MirrorMark::read(dir).map_err(|error| {
        let (path, why) = (
            dir.join("log").join("mirror"),
            failure::system(&error, session.texts),
        );
        session.told("failure-io", &[("path", &path.display()), ("why", &why)])
    })?;
    if let Some(mark) = mark {
        return Ok((log_key(session, &mark.vkey)?, false));
    }
    Ok((log.claimed_key(session)?, true))
}

/// Whether a later step may go better: the log may be away, or a cache may serve what is old or half.
fn passes(error: &MirrorError, since: &mut Instant) -> bool {
    match error {
        MirrorError::Remote(error) if failure::auditing::is_wrong(error) => since.elapsed() < CACHED,
        MirrorError::Remote(_) => true,
        _ => false,
    }
}

/// What is told at the end: an alarm is a no, what cannot be had tells nothing.
fn ended(session: &Session, error: &MirrorError) -> anyhow::Result<Ending> {
    let sentence = failure::auditing::mirror(error, session.texts);
    if !failure::auditing::mirror_is_wrong(error) {
        return Err(Told(sentence).into());
    }
    session.warn(&sentence);
    if session.format == Format::Json {
        json_document::write(output(), &json!({ "sound": false, "message": sentence }))?;
    }
    Ok(Ending::No)
}

/// What a step did; that there was nothing new is said to who asked once.
fn say(session: &Session, mirror: &Mirror, step: Step, once: bool) -> anyhow::Result<()> {
    let (from, to) = match step {
        Step::Nothing { size } => (size, size),
        Step::Grew { from, to } => (from, to),
    };
    let root = mirror
        .checkpoint()
        .map(|signed| signed.checkpoint.root.to_base64());
    let root = root.unwrap_or_default();
    let mut out = output();
    if session.format == Format::Json {
        serde_json::to_writer(&mut out, &json!({ "size": to, "added": to - from, "root": root }))?;
        writeln!(out)?;
    } else if from < to || once {
        let texts = session.texts;
        let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
            ("size", &numbers::number(texts, to)),
            ("added", &numbers::number(texts, to - from)),
            ("root", &root),
        ];
        writeln!(out, "{}", texts.with("mirror-step", &facts))?;
    }
    Ok(out.flush()?)
}
