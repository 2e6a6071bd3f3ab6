//! `demo`: a ledger to look at, told by a script through the same rules as a real one.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, value_parser};
use minhbach_events::words::LedgerKind;
use minhbach_events::{Entry, Event};
use minhbach_exchange::visible::visible;
use minhbach_journal::{Holder, Reader};
use minhbach_ledger::{Acknowledgement, Ledger, Rejection, system_clock};
use minhbach_programmes::demo::{ORIGIN, Scale, Step, Trail, story, trails};
use minhbach_server::{GiftShown, Logs, Settings};
use minhbach_tlog::KeyName;
use serde_json::json;

use crate::commands::serve;
use crate::ending::Ending;
use crate::interface::{flag, switch};
use crate::json_document;
use crate::opening;
use crate::progress::Bar;
use crate::serving::{LISTEN_DEFAULT, Options, Prepared, limits, say_url};
use crate::session::{Format, Session, output};
use crate::tree::wrap;
use crate::writing::Writing;

/// Before what a line above is for.
const INDENT: &str = "      ";

/// The folder where none is named.
const FOLDER_DEFAULT: &str = "minhbach-demo";
/// The most steps in one request.
const REQUEST_STEPS: usize = 1_000;
/// Trails that the six commands begin with; the other codes are named after them.
const TRAILS: usize = 2;
/// The commands that follow them, and the text that says why.
const COMMANDS: [(&str, &str); 4] = [
    ("needs", "demo-try-needs"),
    ("progress hn-204-2019", "demo-try-progress"),
    ("received --by place,source", "demo-try-received"),
    ("verify", "demo-try-verify"),
];

pub fn arguments(command: Command) -> Command {
    let times = value_parser!(u32).range(1..=i64::from(Scale::TIMES_MAX));
    command
        .arg(switch("no-serve"))
        .arg(flag("scale").value_parser(times))
        .arg(flag("listen"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let folder = if session.data_named {
        session.data.clone()
    } else {
        PathBuf::from(FOLDER_DEFAULT)
    };
    let free = is_free(&folder)?;
    let serves = !matches.get_flag("no-serve");
    // A demo that was told before is shown again; anything else is not touched.
    let shown_again = serves && is_demo(&folder);
    if !(free || shown_again) {
        return Err(session.told("demo-not-empty", &[("folder", &folder.display())]));
    }
    let scale = matches
        .get_one("scale")
        .map_or_else(Scale::default, |&times| Scale { times });
    if !serves {
        let ledger = create(session, &folder, &session.holder())?;
        let told = tell(session, &ledger, scale);
        let shown = told.and_then(|told| show(session, &ledger, &folder, &told, None));
        ledger.close(session);
        return shown;
    }
    let prepared = Prepared::listen(session, options(session, matches)?)?;
    let holder = session.holder_at(prepared.url());
    let open = || {
        if !free {
            let ledger = opening::to_write_as(session, &folder, &holder, None)?;
            session.say(&session.texts.with("demo-again", &[("folder", &folder.display())]));
            return Ok(ledger);
        }
        let ledger = create(session, &folder, &holder)?;
        let told = tell(session, &ledger, scale)?;
        show(session, &ledger, &folder, &told, holder.url.as_deref())?;
        Ok(ledger)
    };
    prepared.serve(session, &folder, open, |url| say_where(session, url))
}

/// A ledger under the name that its story opens it with.
fn create(session: &Session, folder: &Path, holder: &Holder) -> anyhow::Result<Writing> {
    let ledger = Ledger::create(folder, holder, system_clock())?;
    Writing::of_new(session, folder, ledger, &KeyName::new(ORIGIN)?)
}

/// The story is shown on this machine only, at the usual port or any other that is free.
fn options(session: &Session, matches: &ArgMatches) -> anyhow::Result<Options> {
    let listen = serve::listen(session, matches)?;
    let gifts = trails().map(|trail| GiftShown {
        code: trail.code,
        vi: trail.vi,
        en: trail.en,
    });
    Ok(Options {
        or_any_port: listen.is_none(),
        listen: listen.unwrap_or(LISTEN_DEFAULT),
        logs: Logs::Errors,
        settings: Settings {
            gifts: gifts.into(),
            limits: limits(None, None),
            ..Settings::default()
        },
    })
}

/// Where to look at it, and how to end it. On a line of its own the address alone, as `serve` prints it.
fn say_where(session: &Session, url: &str) -> anyhow::Result<()> {
    if session.format == Format::Table {
        let mut out = output();
        writeln!(
            out,
            "{}",
            session.terminal.strong(&session.texts.get("demo-open"))
        )?;
        writeln!(out, "  {url}/")?;
        explain(&mut out, session, &session.texts.get("demo-open-why"))?;
        out.flush()?;
        session.say(&session.texts.get("demo-ends"));
        return Ok(());
    }
    say_url(url)
}

/// Whether a demo ledger lies there.
fn is_demo(folder: &Path) -> bool {
    let opened = || {
        let raw = Reader::open_readonly(folder).ok()?.entry(0).ok()??;
        Entry::read(&raw.bytes).ok()
    };
    matches!(opened().map(|entry| entry.event), Some(Event::LedgerOpened(opened)) if opened.kind == LedgerKind::Demo)
}

/// Whether nothing is in the folder, or no folder is there.
fn is_free(folder: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(mut items) => Ok(items.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What was recorded.
#[derive(Default)]
struct Told {
    by_type: BTreeMap<&'static str, u64>,
    refused: u64,
}

fn tell(session: &Session, ledger: &Ledger, scale: Scale) -> anyhow::Result<Told> {
    let story = story(Some(scale))?;
    let of = story.steps();
    let mut story = story.peekable();
    let bar = Bar::new(session);
    let mut told = Told::default();
    let mut number = 0;
    while let Some(mut first) = story.next() {
        // A report is bound to the journal's end, which is known only before a request.
        first.bind(ledger.as_of().head);
        let mut some = vec![first];
        while some.len() < REQUEST_STEPS
            && let Some(step) = story.next_if(|step| !step.wants_head())
        {
            some.push(step);
        }
        let proposals = some.iter().map(|step| step.proposal.clone()).collect();
        for (step, answer) in some.iter().zip(ledger.record(proposals, &session.caller, false)?) {
            number += 1;
            check(session, number, step, &answer)?;
            match answer {
                Ok(_) => *told.by_type.entry(step.proposal.event.type_name()).or_default() += 1,
                Err(_) => told.refused += 1,
            }
        }
        bar.at("progress-demo", number, of);
    }
    Ok(told)
}

/// A demo that differs from its story would teach something wrong.
fn check(
    session: &Session,
    number: u64,
    step: &Step,
    answer: &Result<Acknowledgement, Rejection>,
) -> anyhow::Result<()> {
    let got = answer.as_ref().err().map(Rejection::code);
    if got == step.refused {
        return Ok(());
    }
    let expected = step.refused.map_or("0", |code| code.word());
    let why = match answer {
        Ok(_) => format!("≠ {expected}"),
        Err(rejection) => rejection.message(session.texts.language),
    };
    let event = step.proposal.event.type_name();
    Err(session.told(
        "demo-not-as-told",
        &[("step", &number), ("event", &event), ("why", &why)],
    ))
}

/// Says what was told and what to try. While a server holds the folder, questions go to it; `verify` reads beside it.
fn show(
    session: &Session,
    ledger: &Ledger,
    folder: &Path,
    told: &Told,
    url: Option<&str>,
) -> anyhow::Result<Ending> {
    let texts = session.texts;
    if session.format == Format::Json {
        let trails: Vec<&str> = trails().iter().map(|trail| trail.code).collect();
        let document = json!({
            "as_of": ledger.as_of(), "entries": told.by_type, "refused": told.refused, "trails": trails,
        });
        json_document::write(output(), &document)?;
        return Ok(Ending::Yes);
    }
    let data = if session.data_named || folder != Path::new("minhbach-data") {
        format!(" --data {}", visible(&quoted(&folder.display().to_string())))
    } else {
        String::new()
    };
    let asked = url.map_or_else(|| data.clone(), |url| format!(" --server {url}"));
    let mut out = output();
    let count: u64 = told.by_type.values().sum();
    let facts: [(&'static str, &dyn std::fmt::Display); 2] = [
        ("folder", &folder.display()),
        ("count", &texts.counted("count-entries", count)),
    ];
    for line in wrap(&texts.with("demo-done", &facts), session.terminal.width) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", texts.with("demo-refused", &[("count", &told.refused)]))?;
    writeln!(out, "{}", session.terminal.strong(&texts.get("demo-try")))?;
    let why = |trail: &Trail| if texts.english() { trail.en } else { trail.vi };
    let trails = trails();
    let (followed, others) = trails.split_at(TRAILS);
    for trail in followed {
        writeln!(out, "  minhbach trail {}{asked}", trail.code)?;
        explain(&mut out, session, why(trail))?;
    }
    for (command, why) in COMMANDS {
        let asked = if command == "verify" { &data } else { &asked };
        writeln!(out, "  minhbach {command}{asked}")?;
        explain(&mut out, session, &texts.get(why))?;
    }
    writeln!(out, "{}", session.terminal.strong(&texts.get("demo-try-also")))?;
    for trail in others {
        writeln!(out, "  {}", trail.code)?;
        explain(&mut out, session, why(trail))?;
    }
    out.flush()?;
    Ok(Ending::Yes)
}

/// What a line above is for, under it.
fn explain(out: &mut impl Write, session: &Session, why: &str) -> std::io::Result<()> {
    let lines = wrap(why, session.terminal.width.saturating_sub(INDENT.len()));
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "{INDENT}{}", session.terminal.faint(line)))
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if plain {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}
