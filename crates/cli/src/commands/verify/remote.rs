//! A log that is read as a stranger reads it: fetched whole into a folder that goes again, each piece held to what is
//! signed, then checked like any other folder.

use clap::ArgMatches;
use minhbach_auditing::{Mirror, MirrorError, check_tiles};
use serde_json::json;

use super::folder;
use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::log_source::{LogSource, Wanted, given_key};
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};

pub fn run(session: &Session, matches: &ArgMatches, place: &str) -> anyhow::Result<Ending> {
    let log = LogSource::at(session, place)?;
    let key = match given_key(session, matches)? {
        Some(key) => key,
        None => log.claimed_key(session)?,
    };
    let known = Wanted::of(session, matches)?.keys();
    let copy = tempfile::Builder::new().prefix("minhbach-verify-").tempdir()?;
    let beside = log.clone();
    let source = Box::new(log.source);
    let mirrored = Mirror::open(copy.path(), source, &log.place, &key, &known, &session.holder());
    let mirrored = mirrored.and_then(|mut mirror| {
        let bar = Bar::new(session);
        mirror.step_and_tell(&mut |done, of| bar.at("progress-mirror", done, of))?;
        // A mirror needs few of the hashes that are served; who asks for proofs needs any of them.
        let size = mirror.checkpoint().map_or(0, |signed| signed.checkpoint.size);
        let bar = Bar::new(session);
        Ok(check_tiles(&beside.source, &mirror.tree(), size, &|done, of| {
            bar.at("progress-hash-tiles", done, of)
        })?)
    });
    match mirrored {
        Ok(_) => folder::run(&session.at(copy.path()), matches, folder::Kept::Copied),
        Err(error) => refused(session, &error),
    }
}

fn refused(session: &Session, error: &MirrorError) -> anyhow::Result<Ending> {
    let sentence = failure::auditing::mirror(error, session.texts);
    if !failure::auditing::mirror_is_wrong(error) {
        return Err(Told(sentence).into());
    }
    if session.format == Format::Json {
        let seq = failure::auditing::seq_of(error);
        let mut broken = json!({ "message": sentence });
        if let Some(seq) = seq {
            broken["seq"] = json!(seq);
        }
        json_document::write(output(), &json!({ "sound": false, "broken": broken }))?;
        session.say(&sentence);
    } else {
        use std::io::Write as _;
        let mut out = output();
        let said = session.texts.with("verify-broken", &[("what", &sentence)]);
        writeln!(out, "{}", session.terminal.bad(&said))?;
        out.flush()?;
    }
    Ok(Ending::No)
}
