//! Why the register of those who may write cannot be used, or does not take a change.

use std::path::Path;

use minhbach_server::actors::{ActorsError, Flaw, RECORDS_MAX};

use super::{in_vietnam, system};
use crate::numbers;
use crate::texts::Texts;

/// The sentence for an error of the register.
pub fn sentence(error: &ActorsError, texts: Texts) -> String {
    let on = |key: &str, path: &Path| texts.with(key, &[("path", &path.display())]);
    match error {
        ActorsError::NoLedger(folder) => texts.with("failure-not-there", &[("folder", &folder.display())]),
        ActorsError::Damaged { path, flaw: found } => texts.with(
            "actors-damaged",
            &[("path", &path.display()), ("why", &flaw(found, texts))],
        ),
        ActorsError::Io { path, source } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(source, texts))],
        ),
        ActorsError::InUse(path) => on("actors-in-use", path),
        ActorsError::NoRandomness => texts.get("actors-no-randomness"),
        ActorsError::Active { code, since } => {
            let since = in_vietnam(&since.to_string(), texts);
            texts.with("actors-active", &[("code", code), ("since", &since)])
        }
        ActorsError::Unknown(code) => texts.with("actors-unknown", &[("code", code)]),
        ActorsError::Revoked { code, at } => {
            let at = in_vietnam(&at.to_string(), texts);
            texts.with("actors-revoked-before", &[("code", code), ("at", &at)])
        }
        ActorsError::NoRole(code) => texts.with("actors-no-role", &[("code", code)]),
        ActorsError::NoParty(code) => texts.with("actors-no-party", &[("code", code)]),
        ActorsError::PartyWithoutReceiver(code) => texts.with("actors-party-alone", &[("code", code)]),
        ActorsError::Full(path) => texts.with(
            "actors-full",
            &[
                ("path", &path.display()),
                ("max", &numbers::number(texts, RECORDS_MAX)),
            ],
        ),
    }
}

fn flaw(flaw: &Flaw, texts: Texts) -> String {
    match flaw {
        Flaw::NotAFile => texts.get("actors-not-a-file"),
        Flaw::TooLong => texts.get("actors-too-long"),
        Flaw::Shape { line, column } => texts.with("actors-shape", &[("line", line), ("column", column)]),
        Flaw::Format => texts.get("actors-format"),
        Flaw::TooMany => texts.with(
            "actors-too-many",
            &[("max", &numbers::number(texts, RECORDS_MAX))],
        ),
        Flaw::Field { record, field } => texts.with("actors-field", &[("record", record), ("field", field)]),
        Flaw::TwiceActive { record } => texts.with("actors-twice-active", &[("record", record)]),
        Flaw::SameToken { record } => texts.with("actors-same-token", &[("record", record)]),
    }
}
