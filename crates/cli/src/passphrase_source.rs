//! Where a passphrase comes from: a terminal that does not show it, or a file. Never an argument or the environment, which
//! others can see.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use minhbach_backup::{PASSPHRASE_CHARS_MIN, Passphrase, WeakPassphrase};

use crate::failure;
use crate::session::{Session, Told};
use crate::texts::Texts;

/// Longer ones are files of something else.
const BYTES_MAX: u64 = 4_096;
/// So often a new passphrase is asked for.
const TRIALS: u32 = 3;

/// A passphrase to seal with; typed, it is asked for twice.
pub fn to_seal_with(session: &Session, matches: &ArgMatches) -> anyhow::Result<Passphrase> {
    let given = match matches.get_one::<PathBuf>("passphrase-file") {
        Some(path) => of_file(session, path)?,
        None => return typed_to_seal_with(session),
    };
    Passphrase::to_seal_with(given).map_err(|why| Told(weak(why, session.texts)).into())
}

/// The same from a terminal, until it is one to seal with and was typed the same twice; not for ever.
fn typed_to_seal_with(session: &Session) -> anyhow::Result<Passphrase> {
    let texts = session.texts;
    let mut trial = 1;
    loop {
        let first = typed(session, &texts.get("passphrase-new"))?;
        let why = match Passphrase::to_seal_with(first.clone()) {
            Ok(passphrase) if first == typed(session, &texts.get("passphrase-again"))? => {
                return Ok(passphrase);
            }
            Ok(_) => texts.get("passphrase-differs"),
            Err(why) => weak(why, texts),
        };
        if trial == TRIALS {
            return Err(session.told("passphrase-given-up", &[("why", &why)]));
        }
        session.say(&why);
        trial += 1;
    }
}

fn weak(why: WeakPassphrase, texts: Texts) -> String {
    match why {
        WeakPassphrase::Empty => texts.get("passphrase-empty"),
        WeakPassphrase::Short => texts.with("passphrase-short", &[("least", &PASSPHRASE_CHARS_MIN)]),
        WeakPassphrase::Same => texts.get("passphrase-same"),
    }
}

/// The passphrase of a backup.
pub fn to_open_with(session: &Session, matches: &ArgMatches, backup: &Path) -> anyhow::Result<Passphrase> {
    let given = match matches.get_one::<PathBuf>("passphrase-file") {
        Some(path) => of_file(session, path)?,
        None => {
            let file = backup.display();
            typed(session, &session.texts.with("passphrase-of", &[("file", &file)]))?
        }
    };
    Ok(Passphrase::given(given))
}

fn typed(session: &Session, prompt: &str) -> anyhow::Result<String> {
    let told = || session.told("passphrase-no-terminal", &[]);
    // A script that has no terminal of its own must not wait at somebody else's.
    if !io::stdin().is_terminal() {
        return Err(told());
    }
    rpassword::prompt_password(format!("{prompt} ")).map_err(|error| match error.kind() {
        // Ctrl-D at once; the cursor still stands behind the question.
        io::ErrorKind::UnexpectedEof => {
            session.say("");
            session.told("passphrase-none", &[])
        }
        _ => told(),
    })
}

/// The one line of a file that nobody else can read; of standard input for `-`.
fn of_file(session: &Session, path: &Path) -> anyhow::Result<String> {
    let texts = session.texts;
    let failed = |error: io::Error| {
        let why = failure::system(&error, texts);
        Told(texts.with("failure-io", &[("path", &path.display()), ("why", &why)]))
    };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    } else {
        let file = File::open(path).map_err(failed)?;
        let meta = file.metadata().map_err(failed)?;
        if meta.is_file() && meta.permissions().mode() & 0o077 != 0 {
            return Err(session.told("passphrase-exposed", &[("path", &path.display())]));
        }
        file.take(BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
    }
    let form = || session.told("passphrase-form", &[("path", &path.display())]);
    if BYTES_MAX <= bytes.len() as u64 {
        return Err(form());
    }
    let text = String::from_utf8(bytes).map_err(|_| form())?;
    let line = text.trim_end_matches(['\n', '\r']);
    if line.contains(['\n', '\r', '\0']) {
        return Err(form());
    }
    Ok(line.to_owned())
}
