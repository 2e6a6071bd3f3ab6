//! `prove`: what an entry, or a gift's whole trail, looks like to somebody who trusts nobody: a file that is checked
//! without asking anybody.

use std::io::Write as _;

use clap::{Arg, ArgMatches, Command};
use minhbach_events::{Reference, Slug};
use minhbach_exchange::trail_bundle::{MakeError, trail_bundle};
use minhbach_journal::Reader;
use minhbach_projections::ReadError;

use crate::ending::Ending;
use crate::numbers;
use crate::opening::Readable;
use crate::session::{Session, output, text};
use crate::signed_folder;

pub fn arguments(command: Command) -> Command {
    command.arg(Arg::new("what").required(true))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let what = text(matches, "what").unwrap_or_default().trim();
    // A code has a letter in it wherever the ledger made it, and a number is what people mean by one.
    let seq = what
        .parse::<u64>()
        .ok()
        .filter(|_| what == "0" || !what.starts_with(['0', '+']));
    let file = match (session.server(), seq) {
        (Some(server), Some(seq)) => server.file(&format!("/v1/entries/{seq}/proof"))?,
        (Some(server), None) => {
            let name = reference(session, what)?;
            server.file(&format!("/v1/trails/{name}/proof"))?
        }
        (None, Some(seq)) => match of_entry(session, seq)? {
            Ok(file) => file,
            Err(refused) => {
                session.say(&refused);
                return Ok(Ending::No);
            }
        },
        (None, None) => match of_trail(session, what)? {
            Ok(file) => file,
            Err(refused) => {
                session.say(&refused);
                return Ok(Ending::No);
            }
        },
    };
    let mut out = output();
    out.write_all(&file)?;
    out.flush()?;
    Ok(Ending::Yes)
}

type File = Result<Vec<u8>, String>;

fn of_entry(session: &Session, seq: u64) -> anyhow::Result<File> {
    let texts = session.texts;
    let size = Reader::open_readonly(&session.data)?.head().size;
    if size <= seq {
        let facts: [(&'static str, &dyn std::fmt::Display); 2] =
            [("seq", &seq), ("size", &numbers::number(texts, size))];
        return Ok(Err(texts.with("prove-beyond", &facts)));
    }
    let (log, _) = signed_folder::open(session)?;
    Ok(match log.proof_with_entry(seq)? {
        Some(proof) => Ok(proof.to_string().into_bytes()),
        None => Err(texts.get("prove-not-signed")),
    })
}

fn reference(session: &Session, what: &str) -> anyhow::Result<Reference> {
    Reference::new(what)
        .or_else(|| Reference::new(&what.to_uppercase()))
        .ok_or_else(|| session.told("prove-what", &[("given", &what)]))
}

fn of_trail(session: &Session, what: &str) -> anyhow::Result<File> {
    let names: Vec<Reference> = [what.to_owned(), what.to_uppercase()]
        .iter()
        .filter_map(|name| Reference::new(name))
        .collect();
    if names.is_empty() {
        reference(session, what)?;
    }
    let texts = session.texts;
    let readable = Readable::open(session)?;
    let (log, key) = signed_folder::open(session)?;
    for name in &names {
        let made = readable.read(|projections, view| {
            let defined_at = |kind, name: &Slug| view.defined_at(kind, name);
            trail_bundle(projections, view, &defined_at, name, (&log, &key))
        })?;
        return Ok(match made {
            Ok(bundle) => Ok(bundle.to_json()?.into_bytes()),
            Err(MakeError::Trail(ReadError::NotFound(_))) => continue,
            Err(MakeError::NotSigned) => Err(texts.get("prove-not-signed")),
            Err(MakeError::TooMany(_)) => Err(texts.with("prove-too-long", &[("code", name)])),
            Err(error) => return Err(error.into()),
        });
    }
    Ok(Err(texts.with("prove-unknown", &[("code", &what)])))
}
