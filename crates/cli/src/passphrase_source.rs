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

/// Longer ones are files of something else.
const BYTES_MAX: u64 = 4_096;

/// A passphrase to seal with; typed, it is asked for twice.
pub fn to_seal_with(session: &Session, matches: &ArgMatches) -> anyhow::Result<Passphrase> {
    let given = match matches.get_one::<PathBuf>("passphrase-file") {
        Some(path) => of_file(session, path)?,
        None => {
            let typed = typed(session, &session.texts.get("passphrase-new"))?;
            // What is too weak need not be typed again.
            if Passphrase::to_seal_with(typed.clone()).is_ok()
                && typed != self::typed(session, &session.texts.get("passphrase-again"))?
            {
                return Err(session.told("passphrase-differs", &[]));
            }
            typed
        }
    };
    Passphrase::to_seal_with(given).map_err(|why| match why {
        WeakPassphrase::Empty => session.told("passphrase-empty", &[]),
        WeakPassphrase::Short => session.told("passphrase-short", &[("least", &PASSPHRASE_CHARS_MIN)]),
        WeakPassphrase::Same => session.told("passphrase-same", &[]),
    })
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
    rpassword::prompt_password(format!("{prompt} ")).map_err(|_| told())
}

/// The first line of a file that nobody else can read; of standard input for `-`.
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
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains(['\n', '\r', '\0']) {
        return Err(form());
    }
    Ok(line.to_owned())
}
