//! A file that somebody was handed: a trail bundle or the proof of one entry. Checked without asking anybody, and told in
//! words: what it proves, and what it does not.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use minhbach_auditing::{BUNDLE_BYTES_MAX, CheckedBundle, Signed, TrailBundle};
use minhbach_events::Entry;
use minhbach_exchange::visible::visible;
use minhbach_tlog::{Checkpoint, KeyName, Note, ProofFile, VerifyingKey, cosignature};
use serde_json::{Value, json};

use super::told;
use crate::answers::Bundled;
use crate::commands::trail::tree_of;
use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::log_source::{Wanted, given_key, log_key, read_some, seen};
use crate::numbers;
use crate::session::{Format, Session, output};
use crate::tree::wrap;

/// How a proof of one entry begins.
const PROOF: &[u8] = b"c2sp.org/tlog-proof@";

pub fn run(session: &Session, matches: &ArgMatches, path: &Path) -> anyhow::Result<Ending> {
    if !path.exists() {
        return Err(session.told("verify-what", &[("path", &path.display())]));
    }
    let bytes = read_some(session, path, BUNDLE_BYTES_MAX as u64)?;
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        return of_bundle(session, matches, &bytes);
    }
    if bytes.starts_with(PROOF) {
        return of_proof(session, matches, &bytes);
    }
    Err(session.told("verify-what", &[("path", &path.display())]))
}

/// What a file was found to show.
struct Shown<'a> {
    key: &'a VerifyingKey,
    key_given: bool,
    checkpoint: &'a Checkpoint,
    cosigned: &'a [(KeyName, u64)],
    entries: usize,
    /// Whether it is about a code, rather than one entry.
    code: bool,
}

fn of_bundle(session: &Session, matches: &ArgMatches, bytes: &[u8]) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let bundle = match TrailBundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return refused(session, &failure::auditing::bundle(&error, texts)),
    };
    let given = given_key(session, matches)?;
    let key = match &given {
        Some(key) => key.clone(),
        None => log_key(session, &bundle.vkey)?,
    };
    let wanted = Wanted::of(session, matches)?;
    wanted.must_be_of(session, &key)?;
    let checked = match bundle.check(&key, &wanted.keys()) {
        Ok(checked) => checked,
        Err(error) => return refused(session, &failure::auditing::bundle(&error, texts)),
    };
    let compared = match contradicted(session, matches, &key, &checked.checkpoint)? {
        Ok(compared) => compared,
        Err(said) => return refused(session, &said),
    };
    let CheckedBundle {
        checkpoint,
        cosigned,
        entries,
        ..
    } = &checked;
    let shown = Shown {
        key: &key,
        key_given: given.is_some(),
        checkpoint,
        cosigned,
        entries: *entries,
        code: true,
    };
    if session.format == Format::Json {
        json_document::write(output(), &shown.json(Some(bundle.code.as_str())))?;
        return Ok(ending(session, &wanted, &bundle.note, compared));
    }
    let answers = Bundled::of(&bundle)?;
    let mut out = output();
    shown.write(session, &mut out)?;
    if !checked.key_as_named {
        write_wrapped(session, &mut out, &texts.get("bundle-other-key"))?;
    }
    list(session, &mut out, answers.entries())?;
    write_wrapped(session, &mut out, &texts.get("bundle-limits"))?;
    // Behind what is proved, and apart from it: whoever made the file could write here what he liked.
    if let Some(trail) = answers.whole_trail() {
        writeln!(out)?;
        write_wrapped(session, &mut out, &texts.get("bundle-claims"))?;
        tree_of(session, &answers, trail)?.write(&mut out, session.terminal.width)?;
    }
    out.flush()?;
    Ok(ending(session, &wanted, &bundle.note, compared))
}

fn of_proof(session: &Session, matches: &ArgMatches, bytes: &[u8]) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let proof = match ProofFile::parse(bytes) {
        Ok(proof) => proof,
        Err(error) => return refused(session, &failure::auditing::proof(&error, texts)),
    };
    // A proof does not name the key: who holds it has the key from elsewhere.
    let key = given_key(session, matches)?.ok_or_else(|| session.told("proof-no-key", &[]))?;
    let entry = match (matches.get_one::<PathBuf>("entry"), &proof.extra) {
        (Some(path), _) => read_some(session, path, minhbach_tlog::ENTRY_BYTES_MAX as u64)?,
        (None, Some(extra)) => extra.clone(),
        (None, None) => return Err(session.told("proof-no-entry", &[])),
    };
    let checkpoint = match proof.checkpoint_over(&entry) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return refused(session, &failure::auditing::proof(&error, texts)),
    };
    if let Err(error) = Signed::of(proof.note.clone(), &key) {
        return refused(session, &failure::auditing::signed(&error, texts));
    }
    let mut cosigned = Vec::new();
    let wanted = Wanted::of(session, matches)?;
    wanted.must_be_of(session, &key)?;
    for witness in wanted.keys() {
        match cosignature::time_of(&proof.note, &witness) {
            Ok(time) => cosigned.extend(time.map(|time| (witness.name().clone(), time))),
            Err(error) => return refused(session, &failure::auditing::signed(&error.into(), texts)),
        }
    }
    let read = Entry::read(&entry).ok().filter(|read| read.seq == proof.index);
    let Some(read) = read else {
        return refused(
            session,
            &texts.with("bundle-entry-other", &[("seq", &proof.index)]),
        );
    };
    let compared = match contradicted(session, matches, &key, &checkpoint)? {
        Ok(compared) => compared,
        Err(said) => return refused(session, &said),
    };
    let shown = Shown {
        key: &key,
        key_given: true,
        checkpoint: &checkpoint,
        cosigned: &cosigned,
        entries: 1,
        code: false,
    };
    if session.format == Format::Json {
        let mut document = shown.json(None);
        document["seq"] = json!(proof.index);
        json_document::write(output(), &document)?;
        return Ok(ending(session, &wanted, &proof.note, compared));
    }
    let mut out = output();
    list(session, &mut out, [&read].into_iter())?;
    writeln!(out, "{}", visible(&String::from_utf8_lossy(&entry)))?;
    shown.write(session, &mut out)?;
    write_wrapped(session, &mut out, &texts.get("proof-limits"))?;
    out.flush()?;
    Ok(ending(session, &wanted, &proof.note, compared))
}

/// Whether all was told that was asked for: who should have seen it has, and what was seen before could be compared.
fn ending(session: &Session, wanted: &Wanted, note: &Note, compared: bool) -> Ending {
    let missing = wanted.missing(Some(note));
    if missing.is_empty() {
        return if compared {
            Ending::Yes
        } else {
            Ending::CouldNotTell
        };
    }
    let names = missing.join(", ");
    session.say(&session.texts.with("verify-not-witnessed", &[("names", &names)]));
    Ending::CouldNotTell
}

/// Where an older checkpoint of the same size has another root, the log has told two histories; of other sizes a file
/// alone cannot say, and whether all could be compared is the answer.
fn contradicted(
    session: &Session,
    matches: &ArgMatches,
    key: &VerifyingKey,
    checkpoint: &Checkpoint,
) -> anyhow::Result<Result<bool, String>> {
    let mut compared = true;
    for signed in seen(session, matches, key)? {
        let other = &signed.checkpoint;
        if other.size == checkpoint.size && other.root != checkpoint.root {
            let size = numbers::number(session.texts, other.size);
            return Ok(Err(session.texts.with("verify-forked", &[("size", &size)])));
        }
        if other.size != checkpoint.size {
            session.say(&session.texts.get("verify-seen-needs-log"));
            compared = false;
        }
    }
    Ok(Ok(compared))
}

impl Shown<'_> {
    fn json(&self, code: Option<&str>) -> Value {
        let cosigned: Vec<Value> = self
            .cosigned
            .iter()
            .map(|(name, at)| json!({ "witness": name.to_string(), "at": told::instant(*at) }))
            .collect();
        let mut document = json!({
            "sound": true,
            "entries": self.entries,
            "vkey": self.key.to_string(),
            "key_given": self.key_given,
            "checkpoint": {
                "origin": self.checkpoint.origin.to_string(),
                "size": self.checkpoint.size,
                "root": self.checkpoint.root.to_base64(),
            },
            "cosigned": cosigned,
        });
        if let Some(code) = code {
            document["code"] = json!(code);
        }
        document
    }

    fn write(&self, session: &Session, out: &mut impl Write) -> std::io::Result<()> {
        let texts = session.texts;
        let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
            ("entries", &numbers::number(texts, self.entries as u64)),
            ("size", &numbers::number(texts, self.checkpoint.size)),
            ("origin", &self.checkpoint.origin),
        ];
        let sound = if self.code { "bundle-sound" } else { "proof-sound" };
        for line in wrap(&texts.with(sound, &facts), session.terminal.width) {
            writeln!(out, "{}", session.terminal.good(&line))?;
        }
        let key = if self.key_given {
            "verify-key-given"
        } else {
            "verify-key-claimed"
        };
        write_wrapped(session, out, &texts.with(key, &[("key", self.key)]))?;
        for line in told::witnessed(session, self.cosigned) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn list<'e>(
    session: &Session,
    out: &mut impl Write,
    entries: impl Iterator<Item = &'e Entry>,
) -> std::io::Result<()> {
    let texts = session.texts;
    for entry in entries {
        let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
            ("seq", &entry.seq),
            ("at", &numbers::moment(texts, entry.at)),
            ("event", &entry.event.type_name()),
        ];
        let subject = entry.event.subject().unwrap_or_default();
        writeln!(
            out,
            "{} {}",
            texts.with("bundle-entry-line", &facts),
            visible(subject)
        )?;
    }
    Ok(())
}

fn write_wrapped(session: &Session, out: &mut impl Write, text: &str) -> std::io::Result<()> {
    let lines = wrap(text, session.terminal.width);
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn refused(session: &Session, said: &str) -> anyhow::Result<Ending> {
    if session.format == Format::Json {
        json_document::write(
            output(),
            &json!({ "sound": false, "broken": { "message": said } }),
        )?;
        session.say(said);
        return Ok(Ending::No);
    }
    let mut out = output();
    let broken = session.texts.with("verify-broken", &[("what", &said)]);
    writeln!(out, "{}", session.terminal.bad(&broken))?;
    out.flush()?;
    Ok(Ending::No)
}
