//! A policy in a file: which logs and witnesses are trusted.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use minhbach_tlog::{POLICY_BYTES_MAX, Policy};

use crate::failure;
use crate::session::{Session, Told};

/// Reads a policy.
pub fn read(session: &Session, path: &Path) -> anyhow::Result<Policy> {
    let texts = session.texts;
    let mut bytes = Vec::new();
    // One more, so that the reader finds it too long.
    let read =
        File::open(path).and_then(|file| file.take(POLICY_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let why = failure::system(&error, texts);
        session.told("failure-io", &[("path", &path.display()), ("why", &why)])
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| session.told("policy-not-text", &[("path", &path.display())]))?;
    Policy::parse(&text).map_err(|error| Told(failure::witness::policy(path, &error, texts)).into())
}
