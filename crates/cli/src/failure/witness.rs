//! Why a witness does not begin.

use std::io::ErrorKind;

use minhbach_tlog::{PolicyError, PolicyFault};
use minhbach_witness::WitnessError;

use super::system;
use crate::texts::Texts;

/// The sentence for an error.
pub fn sentence(error: &WitnessError, texts: Texts) -> String {
    let with_path = |key: &str, path: &std::path::Path| texts.with(key, &[("path", &path.display())]);
    match error {
        WitnessError::InUse(path) => with_path("witness-in-use", path),
        WitnessError::NoName(path) => with_path("witness-no-name", path),
        WitnessError::KeyLost(path) => with_path("witness-key-lost", path),
        WitnessError::RecordsLost(path) => with_path("witness-records-lost", path),
        WitnessError::KeyExposed(path) => with_path("publish-key-exposed", path),
        WitnessError::BadKey { path, .. } => with_path("publish-bad-key", path),
        WitnessError::BadRecord { path, .. } => with_path("witness-bad-record", path),
        WitnessError::OtherName { key, asked } => {
            texts.with("witness-other-name", &[("key", key), ("asked", asked)])
        }
        WitnessError::NoLogs => texts.get("witness-no-logs"),
        WitnessError::NotALog(key) => texts.with("witness-not-a-log", &[("key", key)]),
        WitnessError::BadLogs { path, why } => policy(path, why, texts),
        WitnessError::Listen { address, error } => texts.with(
            "serve-cannot-listen",
            &[("address", address), ("why", &system(error, texts))],
        ),
        WitnessError::Io { path, error, .. } if error.kind() == ErrorKind::NotFound => {
            with_path("failure-no-file", path)
        }
        WitnessError::Io { path, error, .. } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(error, texts))],
        ),
        WitnessError::NoRandomness => texts.with("failure-other", &[("error", error)]),
    }
}

/// What is wrong with a policy, and in which line.
pub fn policy(path: &std::path::Path, error: &PolicyError, texts: Texts) -> String {
    texts.with(
        "policy-bad",
        &[
            ("path", &path.display()),
            ("line", &error.line),
            ("why", &fault(&error.why, texts)),
        ],
    )
}

fn fault(fault: &PolicyFault, texts: Texts) -> String {
    let named = |key: &str, name: &String| texts.with(key, &[("name", name)]);
    match fault {
        PolicyFault::TooLong => texts.get("policy-too-long"),
        PolicyFault::Control => texts.get("policy-control"),
        PolicyFault::Keyword => texts.get("policy-keyword"),
        PolicyFault::Form(form) => texts.with("policy-form", &[("form", form)]),
        PolicyFault::Word => texts.get("policy-word"),
        PolicyFault::Key(_) => texts.get("policy-key"),
        PolicyFault::OtherKind => texts.get("policy-other-kind"),
        PolicyFault::KeyTwice => texts.get("policy-key-twice"),
        PolicyFault::Reserved => texts.get("policy-reserved"),
        PolicyFault::NameTwice(name) => named("policy-name-twice", name),
        PolicyFault::Unknown(name) => named("policy-unknown", name),
        PolicyFault::MemberTwice(name) => named("policy-member-twice", name),
        PolicyFault::Threshold => texts.get("policy-threshold"),
        PolicyFault::SecondQuorum => texts.get("policy-second-quorum"),
        PolicyFault::NoQuorum => texts.get("policy-no-quorum"),
        PolicyFault::TooMany => texts.get("policy-too-many"),
    }
}
