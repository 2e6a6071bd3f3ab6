//! Whether a command asks a folder or a server: what was typed goes before what the environment says.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::{Token, Url};
use crate::failure;
use crate::session::{Told, text};
use crate::texts::Texts;

/// The environment variable that names a server.
pub const SERVER_VARIABLE: &str = "MINHBACH_SERVER";
/// The environment variable that holds a token. There is no flag for one: what is typed, others can see.
pub const TOKEN_VARIABLE: &str = "MINHBACH_TOKEN";

/// The commands that ask.
const READING: [&str; 11] = [
    "trail",
    "received",
    "balances",
    "statement",
    "needs",
    "progress",
    "search",
    "parties",
    "places",
    "prove",
    "status",
];
/// The commands that propose.
const WRITING: [&str; 3] = ["record", "import statement", "import csv"];
/// Those of them that need the folder too, for what is private in it.
const BESIDE_A_FOLDER: [&str; 2] = ["import statement", "import csv"];
/// The commands that need no ledger, and do not mind where it would be.
const OF_NO_LEDGER: [&str; 7] = [
    "schema",
    "programme list",
    "programme show",
    "programme check",
    "mirror",
    "witness",
    "compare",
];

/// Whether a command can do its work over a server; it is named as it is typed.
pub fn works_over_server(command: &str) -> bool {
    READING.contains(&command) || WRITING.contains(&command)
}

/// Whether a command can write over a server.
pub fn writes_over_server(command: &str) -> bool {
    WRITING.contains(&command)
}

/// The server that a command is to ask; none where it works on a folder.
pub fn server(
    texts: Texts,
    command: &str,
    by: Option<&str>,
    inner: &ArgMatches,
    root: &ArgMatches,
) -> anyhow::Result<Option<Url>> {
    let told = |key: &str, facts: &[(&'static str, &dyn std::fmt::Display)]| -> anyhow::Error {
        Told(texts.with(key, facts)).into()
    };
    let data_typed = inner.value_source("data") == Some(ValueSource::CommandLine);
    let typed = [inner, root].into_iter().find_map(|given| text(given, "server"));
    let works = works_over_server(command);
    if typed.is_some() && !works && !OF_NO_LEDGER.contains(&command) {
        return Err(told("server-not-here", &[("command", &command)]));
    }
    if typed.is_some() && data_typed && !BESIDE_A_FOLDER.contains(&command) {
        return Err(told(
            "usage-conflict",
            &[("argument", &"--server"), ("other", &"--data")],
        ));
    }
    let of_environment = std::env::var(SERVER_VARIABLE).ok().filter(|url| !url.is_empty());
    let named = match typed {
        Some(typed) => Some(typed.to_owned()),
        None => of_environment.filter(|_| !data_typed),
    };
    let Some(named) = named.filter(|_| works) else {
        return Ok(None);
    };
    if by.is_some() && writes_over_server(command) {
        return Err(told("server-by", &[]));
    }
    let url = Url::new(&named).ok_or_else(|| told("server-form", &[("given", &named)]))?;
    Ok(Some(url))
}

/// The token that an actor writes with: out of a file, else out of the environment.
pub fn token(texts: Texts, file: Option<&PathBuf>) -> anyhow::Result<Token> {
    let told = |key: &str, facts: &[(&'static str, &dyn std::fmt::Display)]| -> anyhow::Error {
        Told(texts.with(key, facts)).into()
    };
    // What is wrong with a token is never said with the token.
    match file {
        Some(path) => {
            let read = read_some(path).map_err(|error| {
                let why = failure::system(&error, texts);
                told("failure-io", &[("path", &path.display()), ("why", &why)])
            })?;
            Token::new(&read).ok_or_else(|| told("token-file-form", &[("path", &path.display())]))
        }
        None => match std::env::var(TOKEN_VARIABLE) {
            Ok(given) if !given.trim().is_empty() => Token::new(&given)
                .ok_or_else(|| told("token-variable-form", &[("variable", &TOKEN_VARIABLE)])),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(told("token-variable-form", &[("variable", &TOKEN_VARIABLE)]))
            }
            _ => Err(told("token-missing", &[("variable", &TOKEN_VARIABLE)])),
        },
    }
}

/// The beginning of a file, more of it than a token has.
fn read_some(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(4_096).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
