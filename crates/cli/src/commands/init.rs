//! `init`: a new ledger in a folder.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use minhbach_events::event::LedgerOpened;
use minhbach_events::field::Whole;
use minhbach_events::malformed::Form;
use minhbach_events::text::{Name, Origin};
use minhbach_events::words::LedgerKind;
use minhbach_events::{Entry, Hash, Proposal};
use minhbach_journal::Reader;
use minhbach_ledger::{
    Authority, Books, Ledger, Moment, OpenError, REQUEST_PROPOSALS_MAX, Rejection, apply, decide,
    problem_text, system_clock,
};
use minhbach_programmes::{DataFile, Programme, groundwork};
use minhbach_publishing::{has_key, keep_key, key_of_file, read_key};
use minhbach_tlog::{KeyName, SigningKey};

use crate::commands::programme::plan_file;
use crate::ending::Ending;
use crate::interface::{choice, flag, path};
use crate::json_document;
use crate::progress::Bar;
use crate::session::{Format, Session, output, text};
use crate::writing::Writing;

pub fn arguments(command: Command) -> Command {
    command
        .arg(flag("origin").required(true))
        .arg(choice("kind", &["live", "demo"]).default_value("live"))
        .arg(flag("ledger"))
        .arg(path("key"))
        .arg(Arg::new("programme").long("programme").action(ArgAction::Append))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let (origin, proposals) = proposals(session, matches)?;
    let key = matches
        .get_one::<PathBuf>("key")
        .map(|file| key_of_file(file, &origin))
        .transpose()?;
    if let Some((proposal, rejection)) = first_refused(session, &proposals) {
        let (event, why) = (
            proposal.event.type_name(),
            rejection.message(session.texts.language),
        );
        return Err(session.told("init-refused", &[("event", &event), ("why", &why)]));
    }
    let ledger = create(session, &origin, key)?;
    let count = proposals.len();
    let mut proposals = proposals.into_iter().peekable();
    while proposals.peek().is_some() {
        let some: Vec<Proposal> = proposals.by_ref().take(REQUEST_PROPOSALS_MAX).collect();
        for answer in ledger.record(some, &session.caller, false)? {
            answer.map_err(|refused| {
                let why = refused.message(session.texts.language);
                session.told("init-refused-later", &[("why", &why)])
            })?;
        }
    }
    let as_of = ledger.as_of();
    ledger.close(session);
    let folder = session.data.display();
    session.say(&session.texts.with(
        "init-done",
        &[
            ("folder", &folder),
            ("count", &session.texts.counted("count-entries", count as u64)),
        ],
    ));
    if matches.get_raw("programme").is_none() {
        let known: Vec<&str> = Programme::ALL.iter().map(|programme| programme.id).collect();
        session.say(
            &session
                .texts
                .with("init-programmes", &[("known", &known.join(", "))]),
        );
    }
    if session.format == Format::Json {
        json_document::write(output(), &serde_json::json!({ "as_of": as_of }))?;
    }
    Ok(Ending::Yes)
}

/// What a new ledger begins with.
fn proposals(session: &Session, matches: &ArgMatches) -> anyhow::Result<(KeyName, Vec<Proposal>)> {
    let origin = session.formed(matches, "origin", Origin::new, Form::Origin)?;
    let origin = origin.ok_or_else(|| session.told("init-no-origin", &[]))?;
    let signed_as = KeyName::new(origin.as_str())?;
    let name = text(matches, "ledger").unwrap_or(origin.as_str());
    let ledger = Name::new(name).map_err(|problem| {
        let problem = problem_text(&problem, session.texts.language);
        session.told(
            "flag-form",
            &[("flag", &"ledger"), ("value", &name), ("problem", &problem)],
        )
    })?;
    let kind = session
        .word(matches, "kind", LedgerKind::from_word)
        .unwrap_or(LedgerKind::Live);
    let format = Whole::new(1).ok_or_else(|| session.told("init-no-origin", &[]))?;
    let mut proposals = vec![Proposal::of(LedgerOpened {
        ledger,
        origin,
        format,
        kind,
    })];
    let (programmes, own) = plans(session, matches)?;
    proposals.extend(groundwork(&programmes, &own)?);
    Ok((signed_as, proposals))
}

/// The plans asked for: those that come with the program by slug, those of one's own by file.
fn plans(session: &Session, matches: &ArgMatches) -> anyhow::Result<(Vec<Programme>, Vec<DataFile>)> {
    let (mut programmes, mut own) = (Vec::new(), Vec::new());
    for named in matches.get_many::<String>("programme").unwrap_or_default() {
        if plan_file::is_file(named) {
            let data = plan_file::read(session, named.as_ref())?.map_err(|errors| {
                let errors: Vec<String> = errors
                    .iter()
                    .map(|error| plan_file::sentence(session.texts, error))
                    .collect();
                session.told(
                    "programme-not-opened",
                    &[("file", named), ("why", &errors.join("\n"))],
                )
            })?;
            // Named twice, it is recorded once.
            if !own.contains(&data) {
                own.push(data);
            }
            continue;
        }
        let programme = Programme::find(named).ok_or_else(|| {
            let known: Vec<&str> = Programme::ALL.iter().map(|programme| programme.id).collect();
            session.told(
                "init-unknown-programme",
                &[("id", named), ("known", &known.join(", "))],
            )
        })?;
        programmes.push(programme);
    }
    Ok((programmes, own))
}

/// The first entry of a ledger that is never made, to ask the rules what they would say of the others.
pub fn opening_for_a_try() -> Vec<Proposal> {
    let opened = || {
        Some(LedgerOpened {
            ledger: Name::new("x").ok()?,
            origin: Origin::new("example.vn/x")?,
            format: Whole::new(1)?,
            kind: LedgerKind::Live,
        })
    };
    opened().map(Proposal::of).into_iter().collect()
}

/// The first proposal that the rules would refuse, before anything is written.
pub fn first_refused<'p>(session: &Session, proposals: &'p [Proposal]) -> Option<(&'p Proposal, Rejection)> {
    let mut books = Books::default();
    let at = system_clock()();
    for proposal in proposals {
        let moment = Moment {
            at,
            by: session.caller.by.clone(),
            authority: Authority::Whole,
            entropy: [0; 32],
        };
        let event = match decide(&books, proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => return Some((proposal, rejection)),
        };
        let (seq, by) = (books.size(), session.caller.by.clone());
        let entry = Entry {
            seq,
            prev: books.head(),
            at,
            by,
            key: None,
            event,
        };
        // What was decided can be applied; the ledger itself says so again.
        if apply(&mut books, &entry, Hash::of(&entry.to_bytes())).is_err() {
            return None;
        }
    }
    None
}

/// Makes the folder, or goes on where an earlier `init` was cut short before the first entry. The key is there before that
/// entry: no later command draws another.
fn create(session: &Session, origin: &KeyName, key: Option<SigningKey>) -> anyhow::Result<Writing> {
    let dir = &session.data;
    let ledger = match Ledger::create(dir, &session.holder(), system_clock()) {
        Err(OpenError::Journal(minhbach_journal::OpenError::AlreadyThere(_)))
            if Reader::open_readonly(dir).is_ok_and(|reader| reader.head().size == 0) =>
        {
            Ledger::open(dir, &session.holder(), system_clock(), &Bar::new(session))?.0
        }
        created => created?,
    };
    if let Some(key) = key {
        let kept = has_key(dir).then(|| read_key(dir, origin)).transpose()?;
        if kept.is_none_or(|kept| kept.public() != key.public()) {
            keep_key(dir, &key)?;
        }
    }
    Ok(Writing::of_new(session, dir, ledger, origin)?.signing())
}
