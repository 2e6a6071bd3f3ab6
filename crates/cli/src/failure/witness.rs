//! Why a witness does not begin.

use std::io::ErrorKind;

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
pub fn policy(path: &std::path::Path, error: &minhbach_tlog::PolicyError, texts: Texts) -> String {
    texts.with(
        "policy-bad",
        &[
            ("path", &path.display()),
            ("line", &error.line),
            ("why", &error.why),
        ],
    )
}
