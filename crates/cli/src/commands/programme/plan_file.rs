//! A plan of one's own: its file, read and checked.

use std::io::{self, Read};
use std::path::Path;

use minhbach_ledger::problem_text;
use minhbach_programmes::{DataFile, Kind, ReadError, What, check};

use crate::session::Session;
use crate::texts::Texts;

/// A longer file is no plan: the largest that comes with the program has a tenth of it.
const BYTES_MAX: u64 = 1 << 20;

/// Whether a plan is named by its file instead of its slug.
pub fn is_file(named: &str) -> bool {
    named.ends_with(".toml") || named.contains(['/', '\\'])
}

/// Reads and checks the file; what is wrong in it is no failure.
pub fn read(session: &Session, path: &Path) -> anyhow::Result<Result<DataFile, Vec<ReadError>>> {
    let shown = path.display();
    let text = text(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => session.told("failure-no-file", &[("path", &shown)]),
        io::ErrorKind::InvalidData => session.told("programme-not-utf8", &[("path", &shown)]),
        io::ErrorKind::FileTooLarge => session.told("programme-too-long", &[("path", &shown)]),
        _ => session.told(
            "failure-io",
            &[
                ("path", &shown),
                ("why", &crate::failure::system(&error, session.texts)),
            ],
        ),
    })?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(check(&name, &text))
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)?
        .take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    if BYTES_MAX < read as u64 {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // Some editors begin a file with a mark that TOML does not know.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    String::from_utf8(bytes.to_vec()).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// What is wrong, where, and what to do, on one line.
pub fn sentence(texts: Texts, error: &ReadError) -> String {
    let why = what(texts, &error.what);
    let (line, column) = (error.line, error.column);
    if error.field.is_empty() {
        texts.with(
            "programme-error",
            &[
                ("file", &error.file),
                ("line", &line),
                ("column", &column),
                ("why", &why),
            ],
        )
    } else {
        texts.with(
            "programme-error-field",
            &[
                ("file", &error.file),
                ("line", &line),
                ("column", &column),
                ("field", &error.field),
                ("why", &why),
            ],
        )
    }
}

/// What is wrong, and what to do.
pub fn what(texts: Texts, what: &What) -> String {
    match what {
        What::Toml(said) => texts.with("programme-toml", &[("said", said)]),
        What::Form(problem) => problem_text(problem, texts.language),
        What::NoSuchEvent(name) => texts.with("programme-no-such-event", &[("name", name)]),
        What::Headed(event) => texts.with("programme-headed", &[("event", event)]),
        What::TopLevel => texts.get("programme-top-level"),
        What::NoAsOf => texts.get("programme-no-as-of"),
        What::NotADate => texts.get("programme-not-a-date"),
        What::NoSource => texts.get("programme-no-source"),
        What::NotText => texts.get("programme-not-text"),
        What::NotAPaper => texts.get("programme-not-a-paper"),
        What::NotInData => texts.get("programme-not-in-data"),
        What::Decimal => texts.get("programme-decimal"),
        What::Whole => texts.get("programme-whole"),
        What::TooLarge { bytes } => texts.with("programme-too-large", &[("bytes", bytes)]),
        What::Unknown { kind, name, later } => match later {
            Some(line) => texts.with(
                "programme-later",
                &[("kind", &kind_word(texts, *kind)), ("name", name), ("line", line)],
            ),
            None => texts.with(
                unknown(*kind),
                &[("kind", &kind_word(texts, *kind)), ("name", name)],
            ),
        },
        What::Twice { name, line } => texts.with("programme-twice", &[("name", name), ("line", line)]),
        What::Embedded { name, file } => texts.with("programme-embedded", &[("name", name), ("file", file)]),
        What::DueOutsidePeriod => texts.get("programme-due-outside-period"),
        What::CutOffAfterDue => texts.get("programme-cut-off-after-due"),
        What::SuccessorLater => texts.get("programme-successor-later"),
        What::NoPlan => texts.get("programme-no-plan"),
    }
}

/// Where a missing name would have to stand.
fn unknown(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => "programme-unknown-group",
        Kind::Category | Kind::Target | Kind::Report => "programme-unknown-category",
        Kind::Field => "programme-unknown-field",
        Kind::Slug => "programme-unknown-about",
        Kind::Programme => "programme-unknown-programme",
        _ => "programme-unknown",
    }
}

fn kind_word(texts: Texts, kind: Kind) -> String {
    texts.get(match kind {
        Kind::Place => "programme-kind-place",
        Kind::Programme => "programme-kind-programme",
        Kind::Item => "programme-kind-item",
        Kind::Group => "programme-kind-group",
        Kind::Category => "programme-kind-category",
        Kind::Target => "programme-kind-target",
        Kind::Report => "programme-kind-report",
        Kind::Slug => "programme-kind-slug",
        Kind::Field => "programme-kind-field",
    })
}
