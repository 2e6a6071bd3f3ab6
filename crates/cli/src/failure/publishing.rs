//! Why a journal cannot be published as a log, or is not the one that was signed.

use std::io::ErrorKind;

use minhbach_publishing::PublishError;

use super::{read_error, system};
use crate::numbers;
use crate::texts::Texts;

/// The sentence for an error.
pub fn sentence(error: &PublishError, texts: Texts) -> String {
    match error {
        PublishError::NoKey(path) => texts.with("publish-no-key", &[("path", &path.display())]),
        PublishError::NoPublicKey(path) => texts.with("publish-no-vkey", &[("path", &path.display())]),
        PublishError::OtherVkey { kept, given } => {
            texts.with("publish-other-vkey", &[("kept", kept), ("given", given)])
        }
        PublishError::KeyThere(path) => texts.with("publish-key-there", &[("path", &path.display())]),
        PublishError::BadKey { path, .. } => texts.with("publish-bad-key", &[("path", &path.display())]),
        PublishError::KeyExposed(path) => texts.with("publish-key-exposed", &[("path", &path.display())]),
        PublishError::ForeignKey { key, origin } => {
            texts.with("publish-foreign-key", &[("key", key), ("origin", origin)])
        }
        PublishError::BadNote { path, .. } | PublishError::BadCheckpoint { path, .. } => {
            texts.with("publish-bad-checkpoint", &[("path", &path.display())])
        }
        PublishError::ForeignCheckpoint { found, origin } => texts.with(
            "publish-foreign-checkpoint",
            &[("found", found), ("origin", origin)],
        ),
        PublishError::Shorter { journal, signed } => texts.with(
            "publish-shorter",
            &[
                ("journal", &numbers::number(texts, *journal)),
                ("signed", &numbers::number(texts, *signed)),
            ],
        ),
        PublishError::Rewritten { size, found, signed } => texts.with(
            "publish-rewritten",
            &[
                ("size", &numbers::number(texts, *size)),
                ("found", found),
                ("signed", signed),
            ],
        ),
        PublishError::Unsigned => texts.get("publish-unsigned"),
        PublishError::TreeBehind(folder) => texts.with("publish-tree-behind", &[("path", &folder.display())]),
        PublishError::Mirror(folder) => texts.with("publish-mirror", &[("folder", &folder.display())]),
        PublishError::Journal(error) => read_error(error, texts),
        PublishError::Io { path, error, .. } if error.kind() == ErrorKind::NotFound => {
            texts.with("failure-no-file", &[("path", &path.display())])
        }
        PublishError::Io { path, error, .. } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(error, texts))],
        ),
        PublishError::Ended | PublishError::Thread(_) | PublishError::NoRandomness => {
            texts.with("failure-other", &[("error", error)])
        }
    }
}

/// That entries are durable and no checkpoint covers them yet.
pub fn not_signed(error: &PublishError, texts: Texts) -> String {
    texts.with("publish-not-signed", &[("why", &sentence(error, texts))])
}
