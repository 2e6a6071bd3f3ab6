//! `init`: a new ledger in a folder.

use clap::{Arg, ArgAction, ArgMatches, Command};
use minhbach_events::event::LedgerOpened;
use minhbach_events::field::Whole;
use minhbach_events::malformed::Form;
use minhbach_events::text::{Name, Origin};
use minhbach_events::words::LedgerKind;
use minhbach_events::{Entry, Hash, Proposal};
use minhbach_journal::Reader;
use minhbach_ledger::{
    Books, Ledger, Moment, OpenError, REQUEST_PROPOSALS_MAX, Rejection, apply, decide, problem_text,
    system_clock,
};
use minhbach_programmes::Programme;

use crate::ending::Ending;
use crate::interface::{choice, flag};
use crate::json_document;
use crate::opening;
use crate::session::{Format, Session, output, text};

pub fn arguments(command: Command) -> Command {
    command
        .arg(flag("origin").required(true))
        .arg(choice("kind", &["live", "demo"]).default_value("live"))
        .arg(flag("ledger"))
        .arg(Arg::new("programme").long("programme").action(ArgAction::Append))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let proposals = proposals(session, matches)?;
    if let Some((proposal, rejection)) = first_refused(session, &proposals) {
        let (event, why) = (
            proposal.event.type_name(),
            rejection.message(session.texts.language),
        );
        return Err(session.told("init-refused", &[("event", &event), ("why", &why)]));
    }
    let ledger = create(session)?;
    let count = proposals.len();
    let mut proposals = proposals.into_iter().peekable();
    while proposals.peek().is_some() {
        let some: Vec<Proposal> = proposals.by_ref().take(REQUEST_PROPOSALS_MAX).collect();
        for answer in ledger.record(some, &session.by, false)? {
            answer.map_err(|refused| {
                let why = refused.message(session.texts.language);
                session.told("init-refused-later", &[("why", &why)])
            })?;
        }
    }
    let as_of = ledger.as_of();
    opening::close(session, ledger);
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
fn proposals(session: &Session, matches: &ArgMatches) -> anyhow::Result<Vec<Proposal>> {
    let origin = session.formed(matches, "origin", Origin::new, Form::Origin)?;
    let origin = origin.ok_or_else(|| session.told("init-no-origin", &[]))?;
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
    for id in matches.get_many::<String>("programme").unwrap_or_default() {
        let programme = Programme::find(id).ok_or_else(|| {
            let known: Vec<&str> = Programme::ALL.iter().map(|programme| programme.id).collect();
            session.told(
                "init-unknown-programme",
                &[("id", id), ("known", &known.join(", "))],
            )
        })?;
        for proposal in programme.proposals()? {
            // Two plans can share places and items.
            if !proposals.contains(&proposal) {
                proposals.push(proposal);
            }
        }
    }
    Ok(proposals)
}

/// The first proposal that the rules would refuse, before anything is written.
fn first_refused<'p>(session: &Session, proposals: &'p [Proposal]) -> Option<(&'p Proposal, Rejection)> {
    let mut books = Books::default();
    let at = system_clock()();
    for proposal in proposals {
        let moment = Moment {
            at,
            by: session.by.clone(),
            entropy: [0; 32],
        };
        let event = match decide(&books, proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => return Some((proposal, rejection)),
        };
        let (seq, by) = (books.size(), session.by.clone());
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

/// Makes the folder, or goes on where an earlier `init` was cut short before the first entry.
fn create(session: &Session) -> anyhow::Result<Ledger> {
    match Ledger::create(&session.data, &session.holder(), system_clock()) {
        Err(OpenError::Journal(minhbach_journal::OpenError::AlreadyThere(_)))
            if Reader::open_readonly(&session.data).is_ok_and(|reader| reader.head().size == 0) =>
        {
            opening::to_write(session)
        }
        created => Ok(created?),
    }
}
