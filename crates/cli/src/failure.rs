//! Why a command could not do its work, in the reader's language: what, where, what to do.

pub mod actors;
pub mod auditing;
pub mod backup;
pub mod publishing;
pub mod witness;

use std::error::Error;
use std::io::{self, ErrorKind};
use std::path::Path;

use minhbach_exchange::statement::StatementError;
use minhbach_exchange::{Ambiguity, Doubt, ImportError};
use minhbach_journal::{CutError, Damage, IoFault, VerifyError, What};
use minhbach_ledger::{OpenError, Rebuilt, Stopped};
use minhbach_publishing::{PublishError, durable_once};
use minhbach_server::actors::ActorsError;
use minhbach_witness::WitnessError;

use crate::numbers;
use crate::remote::{self, RemoteError};
use crate::session::Told;
use crate::texts::Texts;

/// Whether the reader of standard output has gone.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let of_io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let of_json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        of_io.or(of_json) == Some(ErrorKind::BrokenPipe)
    })
}

/// Whether the disk is full or read-only, or its permissions forbid writing.
pub fn takes_nothing(error: &io::Error) -> bool {
    use ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(
        error.kind(),
        PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull
    )
}

/// The sentence for an error.
pub fn sentence(error: &anyhow::Error, texts: Texts) -> String {
    for cause in error.chain() {
        if let Some(sentence) = known(cause, texts) {
            return sentence;
        }
    }
    texts.with("failure-other", &[("error", &format!("{error:#}"))])
}

/// The sentence for an error that often happens.
fn known(error: &(dyn Error + 'static), texts: Texts) -> Option<String> {
    if let Some(Told(sentence)) = error.downcast_ref() {
        return Some(sentence.clone());
    }
    if let Some(error) = error.downcast_ref::<RemoteError>() {
        return Some(remote::sentence(error, texts));
    }
    if let Some(error) = error.downcast_ref::<OpenError>() {
        return Some(ledger(error, texts));
    }
    if let Some(error) = error.downcast_ref::<minhbach_journal::OpenError>() {
        return Some(journal(error, texts));
    }
    if let Some(error) = error.downcast_ref::<minhbach_journal::ReadError>() {
        return Some(read_error(error, texts));
    }
    if let Some(error) = error.downcast_ref::<PublishError>() {
        return Some(publishing::sentence(error, texts));
    }
    if let Some(error) = error.downcast_ref::<minhbach_auditing::SourceError>() {
        return Some(auditing::source(error, texts));
    }
    if let Some(error) = error.downcast_ref::<WitnessError>() {
        return Some(witness::sentence(error, texts));
    }
    if let Some(error) = error.downcast_ref::<VerifyError>() {
        return Some(match error {
            VerifyError::Damage(found) => damage(found, texts),
            VerifyError::NotThere(folder) => {
                texts.with("failure-not-there", &[("folder", &folder.display())])
            }
            VerifyError::Foreign(file) => texts.with("failure-foreign", &[("file", &file.display())]),
            VerifyError::Io(fault) => io_fault(fault, texts),
        });
    }
    if let Some(error) = error.downcast_ref::<CutError>() {
        return match error {
            CutError::Beyond {
                seq,
                readable,
                damage: found,
            } => Some(match found {
                Some(found) => texts.with(
                    "failure-cut-damaged",
                    &[
                        ("seq", seq),
                        ("readable", readable),
                        ("damage", &damage(found, texts)),
                    ],
                ),
                None => texts.with("failure-cut-beyond", &[("seq", seq), ("readable", readable)]),
            }),
            CutError::Open(error) => Some(journal(error, texts)),
            CutError::Io(fault) => Some(io_fault(fault, texts)),
        };
    }
    if let Some(error) = error.downcast_ref::<ActorsError>() {
        return Some(actors::sentence(error, texts));
    }
    if let Some(error) = error.downcast_ref::<ImportError>() {
        return import(error, texts);
    }
    if let Some(stopped) = error.downcast_ref::<Stopped>() {
        return Some(texts.with("failure-stopped", &[("why", stopped)]));
    }
    if let Some(fault) = error.downcast_ref::<minhbach_ledger::ReadFault>() {
        let why = tables(&fault.to_string(), texts);
        return Some(texts.with("failure-projections", &[("why", &why)]));
    }
    if let Some(minhbach_projections::ReadError::BadCursor) = error.downcast_ref() {
        return Some(texts.get("failure-cursor"));
    }
    if let Some(fault) = error.downcast_ref::<IoFault>() {
        return Some(io_fault(fault, texts));
    }
    None
}

fn read_error(error: &minhbach_journal::ReadError, texts: Texts) -> String {
    match error {
        minhbach_journal::ReadError::Damaged(found) => damaged(found, texts),
        minhbach_journal::ReadError::Io(fault) => io_fault(fault, texts),
    }
}

fn ledger(error: &OpenError, texts: Texts) -> String {
    match error {
        OpenError::Journal(error) => journal(error, texts),
        OpenError::Read(error) => read_error(error, texts),
        OpenError::EndMissing { data, entries, known } => end_missing(data, *entries, *known, texts),
        OpenError::Entry { seq, error } => {
            texts.with("failure-unreadable-entry", &[("seq", seq), ("why", error)])
        }
        OpenError::Impossible(impossible) => texts.with(
            "failure-impossible",
            &[("seq", &impossible.seq), ("why", &impossible.what)],
        ),
        OpenError::Projections(minhbach_projections::OpenError::InUse) => {
            texts.get("failure-projections-in-use")
        }
        OpenError::Projections(minhbach_projections::OpenError::Io(error)) => {
            texts.with("failure-projections-io", &[("why", &system(error, texts))])
        }
        OpenError::Projections(error) => texts.with(
            "failure-projections",
            &[("why", &tables(&error.to_string(), texts))],
        ),
        OpenError::Project(error) => texts.with(
            "failure-projections",
            &[("why", &tables(&error.to_string(), texts))],
        ),
        OpenError::Aside { path, error } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(error, texts))],
        ),
        OpenError::Entropy(_) | OpenError::Thread(_) => texts.with("failure-other", &[("error", error)]),
    }
}

fn journal(error: &minhbach_journal::OpenError, texts: Texts) -> String {
    use minhbach_journal::OpenError;
    match error {
        OpenError::NotThere(folder) => texts.with("failure-not-there", &[("folder", &folder.display())]),
        OpenError::AlreadyThere(folder) => {
            texts.with("failure-already-there", &[("folder", &folder.display())])
        }
        OpenError::InUse {
            folder,
            pid,
            command,
            url,
            since,
        } => {
            let held = texts.with(
                "failure-in-use",
                &[
                    ("folder", &folder.display()),
                    ("command", command),
                    ("pid", pid),
                    ("since", &in_vietnam(since, texts)),
                ],
            );
            let advice = match url {
                Some(url) => texts.with("failure-in-use-url", &[("url", url)]),
                None => texts.get("failure-in-use-wait"),
            };
            format!("{held} {advice}")
        }
        OpenError::Damaged(found) => damaged(found, texts),
        OpenError::EndMissing { data, seq, known } => end_missing(data, *seq, *known, texts),
        OpenError::Foreign(file) => texts.with("failure-foreign", &[("file", &file.display())]),
        OpenError::Io(fault) => io_fault(fault, texts),
    }
}

/// An instant of a lock file, which is UTC, as the clocks in Vietnam showed it.
pub fn in_vietnam(since: &str, texts: Texts) -> String {
    let with_millis = since.replace('Z', ".000Z");
    let at =
        minhbach_events::Timestamp::parse(since).or_else(|| minhbach_events::Timestamp::parse(&with_millis));
    at.map_or_else(|| since.to_owned(), |at| numbers::moment(texts, at))
}

/// Where an entry is not as it must be, and how.
pub fn damage(found: &Damage, texts: Texts) -> String {
    let what = match &found.what {
        What::NotALine => texts.get("damage-not-a-line"),
        What::HashMismatch { computed } => texts.with("damage-hash", &[("computed", computed)]),
        What::NotAnEntry => texts.get("damage-not-an-entry"),
        What::Seq { found } => texts.with("damage-seq", &[("found", found)]),
        What::Link { before } => texts.with("damage-link", &[("before", before)]),
        What::Time { found, before } => texts.with(
            "damage-time",
            &[("found", &found.as_str()), ("before", &before.as_str())],
        ),
        What::LineTooLong => texts.get("damage-line-too-long"),
        What::FileTooLong { limit } => texts.with("damage-file-too-long", &[("limit", limit)]),
        What::CutOff => texts.get("damage-cut-off"),
        What::EmptyFile => texts.get("damage-empty-file"),
        What::Misnamed { named } => texts.with("damage-misnamed", &[("named", named)]),
        What::Missing => texts.get("damage-missing"),
        other => other.to_string(),
    };
    texts.with(
        "damage",
        &[
            ("file", &found.file.display()),
            ("line", &found.line),
            ("byte", &found.byte),
            ("seq", &found.seq),
            ("what", &what),
        ],
    )
}

/// What to do about damage: nothing that was signed is given up.
fn damaged(found: &Damage, texts: Texts) -> String {
    let what = damage(found, texts);
    let data = found
        .file
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new("."));
    match durable_once(data) {
        Ok(signed) if found.seq < signed => {
            let signed = numbers::number(texts, signed);
            texts.with(
                "failure-damaged-signed",
                &[("damage", &what), ("signed", &signed)],
            )
        }
        _ => {
            let facts: [(&'static str, &dyn std::fmt::Display); 3] =
                [("damage", &what), ("data", &data.display()), ("seq", &found.seq)];
            texts.with("failure-damaged", &facts)
        }
    }
}

/// Why tables cannot be used, as far as people are told: what the system answered, or that they are damaged.
pub fn tables(why: &str, texts: Texts) -> String {
    let code = why.rsplit_once("(os error ").and_then(|(_, rest)| {
        let (code, _) = rest.split_once(')')?;
        code.parse().ok()
    });
    match code {
        Some(code) => system(&io::Error::from_raw_os_error(code), texts),
        None if why.contains(minhbach_projections::DAMAGED) => texts.get("system-tables"),
        None => why.to_owned(),
    }
}

/// The end of a journal is missing, of which something else still knows.
fn end_missing(data: &Path, entries: u64, known: u64, texts: Texts) -> String {
    if let Ok(signed) = durable_once(data)
        && entries < signed
    {
        let journal = entries;
        return publishing::sentence(&PublishError::Shorter { journal, signed }, texts);
    }
    let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
        ("data", &data.display()),
        ("entries", &numbers::number(texts, entries)),
        ("known", &numbers::number(texts, known)),
        ("cut", &entries),
    ];
    texts.with("failure-end-missing", &facts)
}

fn io_fault(fault: &IoFault, texts: Texts) -> String {
    if fault.error.kind() == ErrorKind::NotFound {
        return texts.with("failure-no-file", &[("path", &fault.path.display())]);
    }
    texts.with(
        "failure-io",
        &[
            ("path", &fault.path.display()),
            ("why", &system(&fault.error, texts)),
        ],
    )
}

/// What the system answered.
pub fn system(error: &io::Error, texts: Texts) -> String {
    let key = match error.kind() {
        ErrorKind::NotFound => "system-not-found",
        ErrorKind::PermissionDenied => "system-permission",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "system-full",
        ErrorKind::ReadOnlyFilesystem => "system-read-only",
        ErrorKind::AddrInUse => "system-address-in-use",
        ErrorKind::IsADirectory => "system-directory",
        ErrorKind::NotSeekable => "system-no-plain-file",
        ErrorKind::FileTooLarge => "system-too-large",
        ErrorKind::NotADirectory => "system-not-a-directory",
        _ => return error.to_string(),
    };
    texts.get(key)
}

/// Why the projections were rebuilt.
pub fn rebuilt_because(why: &Rebuilt, texts: Texts) -> String {
    match why {
        Rebuilt::NoneThere => texts.get("rebuilt-none"),
        Rebuilt::OtherLedger => texts.get("rebuilt-other-ledger"),
        Rebuilt::Differ { seq } => texts.with("rebuilt-differ", &[("seq", seq)]),
        Rebuilt::Unusable(why) => texts.with("rebuilt-unusable", &[("why", &tables(why, texts))]),
    }
}

fn import(error: &ImportError, texts: Texts) -> Option<String> {
    Some(match error {
        ImportError::Statement(error) => return Some(statement(error, texts)),
        ImportError::Account => texts.get("import-bad-account"),
        ImportError::SecretLost { private } => {
            texts.with("import-secret-lost", &[("folder", &private.display())])
        }
        ImportError::Ambiguous(ambiguity) => ambiguous(ambiguity, texts),
        ImportError::Changed { path } => texts.with("import-changed", &[("file", &path.display())]),
        ImportError::Secret(error) => texts.with("import-private", &[("why", error)]),
        ImportError::Register(error) => texts.with("import-private", &[("why", error)]),
        ImportError::Imbalance(imbalance) => texts.with("import-imbalance", &[("why", imbalance)]),
        ImportError::OutOfRange(error) => texts.with("failure-other", &[("error", error)]),
    })
}

fn statement(error: &StatementError, texts: Texts) -> String {
    match error {
        StatementError::Read { path, source } if source.kind() == ErrorKind::NotFound => {
            texts.with("failure-no-file", &[("path", &path.display())])
        }
        StatementError::Read { path, source } => texts.with(
            "failure-io",
            &[("path", &path.display()), ("why", &system(source, texts))],
        ),
        StatementError::ReadLine { path, line, source } => texts.with(
            "statement-line-unreadable",
            &[
                ("file", &path.display()),
                ("line", line),
                ("why", &system(source, texts)),
            ],
        ),
        StatementError::NotAFile { path } => texts.with("statement-not-a-file", &[("file", &path.display())]),
        StatementError::Empty { path } => texts.with("statement-empty", &[("file", &path.display())]),
        StatementError::NotText { path } => texts.with("statement-not-text", &[("file", &path.display())]),
        StatementError::Layout {
            path,
            bank,
            column,
            expected,
            found,
        } => {
            let none = texts.get("statement-no-column");
            texts.with(
                "statement-layout",
                &[
                    ("file", &path.display()),
                    ("bank", &bank.name()),
                    ("column", column),
                    ("expected", &expected.unwrap_or(&none)),
                    ("found", &found.as_deref().unwrap_or(&none)),
                    ("columns", &bank.columns().join(",")),
                ],
            )
        }
        StatementError::Semicolons { path } => {
            texts.with("statement-semicolons", &[("file", &path.display())])
        }
    }
}

/// The days that cannot be told. Their lines are listed by the command itself.
fn ambiguous(ambiguity: &Ambiguity, texts: Texts) -> String {
    let mut said = texts.with("import-ambiguous", &[("file", &ambiguity.file.display())]);
    for day in ambiguity.days.iter().take(5) {
        let what = texts.get(match day.doubt {
            Doubt::LacksEarlierLines => "doubt-lacks",
            Doubt::MoreThanWholeDay => "doubt-more",
            Doubt::NoOneStretch => "doubt-no-stretch",
            Doubt::SeveralStretches => "doubt-several",
        });
        let date = minhbach_events::Date::parse(&day.date.to_string());
        let date = date.map_or_else(|| day.date.to_string(), |date| numbers::day(texts, date));
        let lines = numbers::number(texts, day.lines.len() as u64 + day.more);
        said.push_str("\n  ");
        said.push_str(&texts.with(
            "import-ambiguous-day",
            &[("day", &date), ("lines", &lines), ("what", &what)],
        ));
    }
    if let more @ 1.. = ambiguity.days.len().saturating_sub(5) {
        said.push_str("\n  ");
        said.push_str(&texts.with("import-ambiguous-more", &[("count", &more)]));
    }
    said.push('\n');
    said.push_str(&texts.get("import-ambiguous-advice"));
    said
}
