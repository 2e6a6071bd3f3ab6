//! Why a log of somebody else cannot be read, or what is wrong with it.

use minhbach_auditing::{
    AlarmKind, BundleError, CheckError, EntryFault, EntryWrong, FolderFault, MirrorError, RemoteError,
    SeenError, SignedError, SourceError, SourceFault, Which,
};
use minhbach_tlog::{NoteError, ProofFileError};

use super::{journal, publishing, read_error, system};
use crate::numbers;
use crate::texts::Texts;

/// Whether what was read is wrong, rather than not to be had: a log that can be reached and does not hold.
pub fn is_wrong(error: &RemoteError) -> bool {
    !matches!(error, RemoteError::Source(_) | RemoteError::NoCheckpoint)
}

/// Whether a mirror found the log wrong.
pub fn mirror_is_wrong(error: &MirrorError) -> bool {
    match error {
        MirrorError::Alarm(_) | MirrorError::InAlarm { .. } => true,
        MirrorError::Remote(error) => is_wrong(error),
        _ => false,
    }
}

/// The first entry that is wrong, where that is known.
pub fn seq_of(error: &MirrorError) -> Option<u64> {
    match error {
        MirrorError::Remote(RemoteError::Entry { seq, .. }) => Some(*seq),
        MirrorError::Remote(RemoteError::SignedFault(fault)) => Some(fault.seq),
        _ => None,
    }
}

/// What is wrong with a log that is read.
pub fn remote(error: &RemoteError, texts: Texts) -> String {
    let size = |size: &u64| numbers::number(texts, *size);
    match error {
        RemoteError::Source(error) => source(error, texts),
        RemoteError::NoCheckpoint => texts.get("log-no-checkpoint"),
        RemoteError::NotSigned(error) => signed(error, texts),
        RemoteError::Missing { path, size: of } => {
            texts.with("log-missing", &[("path", path), ("size", &size(of))])
        }
        RemoteError::WrongLength {
            path,
            found,
            expected,
        } => texts.with(
            "log-wrong-length",
            &[("path", path), ("found", found), ("expected", expected)],
        ),
        RemoteError::NotABundle { path, width } => {
            texts.with("log-not-a-bundle", &[("path", path), ("width", width)])
        }
        RemoteError::Root { size: of } => texts.with("log-root", &[("size", &size(of))]),
        RemoteError::Hashes { path, size: of } => {
            texts.with("log-hashes", &[("path", path), ("size", &size(of))])
        }
        RemoteError::Entry { seq, size: of } => texts.with("log-entry", &[("seq", seq), ("size", &size(of))]),
        RemoteError::SignedFault(fault) => entry(fault, texts),
        other => texts.with("failure-other", &[("error", other)]),
    }
}

/// What is wrong with an entry.
pub fn entry(fault: &EntryFault, texts: Texts) -> String {
    let why = wrong(&fault.what, texts);
    texts.with("log-signed-fault", &[("seq", &fault.seq), ("why", &why)])
}

fn wrong(what: &EntryWrong, texts: Texts) -> String {
    match what {
        EntryWrong::Seq { found } => texts.with("damage-seq", &[("found", found)]),
        EntryWrong::Link { before, .. } => texts.with("damage-link", &[("before", before)]),
        EntryWrong::Time { found, before } => {
            let time = |at: &minhbach_events::Timestamp| String::from_utf8_lossy(&at.to_text()).into_owned();
            texts.with(
                "damage-time",
                &[("found", &time(found)), ("before", &time(before))],
            )
        }
        other => texts.with("log-entry-form", &[("why", other)]),
    }
}

/// Why a text is no checkpoint of a log.
pub fn signed(error: &SignedError, texts: Texts) -> String {
    match error {
        SignedError::Note(NoteError::BadSignature(name)) => {
            texts.with("log-bad-signature", &[("name", name)])
        }
        SignedError::Note(NoteError::Unsigned) => texts.get("log-unsigned"),
        SignedError::Foreign { found, name } => {
            texts.with("log-foreign", &[("found", found), ("name", name)])
        }
        other => texts.with("log-no-note", &[("why", other)]),
    }
}

/// Why a file holds no older checkpoint.
pub fn seen(error: &SeenError, texts: Texts) -> String {
    match error {
        SeenError::Bundle(error) => bundle(error, texts),
        SeenError::Proof(error) => proof(error, texts),
        SeenError::NotSigned(error) => signed(error, texts),
    }
}

/// Why a proof of one entry proves nothing.
pub fn proof(error: &ProofFileError, texts: Texts) -> String {
    match error {
        ProofFileError::Note(error) => signed(&SignedError::Note(error.clone()), texts),
        ProofFileError::Proof(_) => texts.get("proof-leads-nowhere"),
        other => texts.with("proof-form", &[("why", other)]),
    }
}

/// Why a bundle shows nothing.
pub fn bundle(error: &BundleError, texts: Texts) -> String {
    match error {
        BundleError::NotSigned(error) => signed(error, texts),
        BundleError::Cosignature(name) => texts.with("log-bad-signature", &[("name", name)]),
        BundleError::Proof { index, .. } => texts.with("bundle-proof", &[("seq", index)]),
        BundleError::Entry { index, what } => {
            let why = wrong(what, texts);
            texts.with("bundle-entry", &[("seq", index), ("why", &why)])
        }
        BundleError::NotAbout(code) => texts.with("bundle-not-about", &[("code", code)]),
        BundleError::Node { index, code, .. } => texts.with("bundle-node", &[("seq", index), ("code", code)]),
        other => texts.with("bundle-form", &[("why", other)]),
    }
}

/// What is wrong with a data folder; `seen` names the older checkpoints.
pub fn fault(fault: &FolderFault, seen: &[String], texts: Texts) -> String {
    let of = |which: &Which| match which {
        Which::Own => texts.get("folder-own"),
        Which::Seen(nth) => {
            let file = seen.get(*nth).map_or("?", String::as_str);
            texts.with("folder-seen", &[("file", &file)])
        }
    };
    let size = |size: &u64| numbers::number(texts, *size);
    match fault {
        FolderFault::Shorter {
            which,
            journal,
            signed,
        } => texts.with(
            "folder-shorter",
            &[
                ("which", &of(which)),
                ("journal", &size(journal)),
                ("signed", &size(signed)),
            ],
        ),
        FolderFault::Root {
            which,
            size: entries,
            found,
            signed,
        } => texts.with(
            "folder-root",
            &[
                ("which", &of(which)),
                ("size", &size(entries)),
                ("found", found),
                ("signed", signed),
            ],
        ),
        FolderFault::NotSigned(error) => signed(error, texts),
        FolderFault::Cosignature(name) => texts.with("log-bad-signature", &[("name", name)]),
        FolderFault::OtherKey { folder, given } => {
            texts.with("publish-other-vkey", &[("kept", folder), ("given", given)])
        }
        FolderFault::TreeFile { level, index } => {
            texts.with("folder-tree-file", &[("level", level), ("index", index)])
        }
        other => texts.with("failure-other", &[("error", other)]),
    }
}

/// Why it could not be told whether a folder is sound.
pub fn check(error: &CheckError, texts: Texts) -> String {
    match error {
        CheckError::Open(error) => journal(error, texts),
        CheckError::Read(error) => read_error(error, texts),
        CheckError::Publish(error) => publishing::sentence(error, texts),
        other => texts.with("failure-other", &[("error", other)]),
    }
}

/// Why a mirror does not go on.
pub fn mirror(error: &MirrorError, texts: Texts) -> String {
    let size = |size: u64| numbers::number(texts, size);
    match error {
        MirrorError::Alarm(alarm) => {
            let key = match alarm.kind {
                AlarmKind::Fork => "alarm-fork",
                AlarmKind::Rewritten => "alarm-rewritten",
                AlarmKind::Shrunk => "alarm-shrunk",
            };
            texts.with(
                key,
                &[
                    ("before", &size(alarm.first.checkpoint.size)),
                    ("now", &size(alarm.second.checkpoint.size)),
                    ("folder", &alarm.folder.display()),
                ],
            )
        }
        MirrorError::InAlarm { folder, .. } => {
            texts.with("mirror-in-alarm", &[("folder", &folder.display())])
        }
        MirrorError::Remote(error) => remote(error, texts),
        MirrorError::NotAMirror(folder) => texts.with("mirror-not-one", &[("folder", &folder.display())]),
        MirrorError::OtherLog { kept, given } => {
            texts.with("mirror-other-log", &[("kept", kept), ("given", given)])
        }
        MirrorError::Unvouched { journal, signed } => texts.with(
            "mirror-unvouched",
            &[("journal", &size(*journal)), ("signed", &size(*signed))],
        ),
        MirrorError::ChangedHere { size: of } => texts.with("mirror-changed-here", &[("size", &size(*of))]),
        MirrorError::Open(error) => journal(error, texts),
        MirrorError::Publish(error) => publishing::sentence(error, texts),
        MirrorError::Io { path, error, .. } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(error, texts))],
        ),
        other => texts.with("failure-other", &[("error", other)]),
    }
}

/// Why a file of a log could not be read.
pub fn source(error: &SourceError, texts: Texts) -> String {
    let why = match &error.fault {
        SourceFault::Io(error) => system(error, texts),
        SourceFault::NotReached(_) => texts.get("source-not-reached"),
        SourceFault::TimedOut => texts.get("source-timed-out"),
        SourceFault::Broken(_) => texts.get("source-broken"),
        SourceFault::Elsewhere(to) => texts.with("source-elsewhere", &[("to", to)]),
        SourceFault::Status(status) => texts.with("source-status", &[("status", status)]),
        SourceFault::TooLong { most } => texts.with("source-too-long", &[("most", most)]),
        SourceFault::Tls(why) => texts.with("source-tls", &[("why", why)]),
        other => other.to_string(),
    };
    texts.with("source", &[("place", &error.place), ("why", &why)])
}
