//! What every command is given: where the data are, how to answer, in which language, as whom.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use minhbach_events::malformed::Form;
use minhbach_events::{Actor, Problem};
use minhbach_exchange::visible::visible_lines;
use minhbach_journal::Holder;
use minhbach_ledger::{Caller, problem_text};

use crate::remote::{Server, Token, Url, chosen};
use crate::terminal::Terminal;
use crate::texts::Texts;

/// The data folder where none is named.
pub const DATA_DEFAULT: &str = "minhbach-data";

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Table,
    /// The documents of the interfaces.
    Json,
    /// For spreadsheets; with `--excel`, for one in the Vietnamese locale.
    Csv { excel: bool },
}

/// What every command is given.
#[derive(Clone)]
pub struct Session {
    pub texts: Texts,
    pub terminal: Terminal,
    pub data: PathBuf,
    /// Whether the folder was named, on the command line or in the environment.
    pub data_named: bool,
    /// The server to ask instead of a folder.
    pub server: Option<Url>,
    /// Where the token for that server is, if not in the environment.
    token_file: Option<PathBuf>,
    pub format: Format,
    /// Who writes: whoever holds the folder, under the post that `--by` names.
    pub caller: Caller,
    /// The command, as a lock names its holder.
    command: String,
}

/// A sentence that is already in the reader's language.
#[derive(Debug)]
pub struct Told(pub String);

impl Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}

impl Session {
    /// Reads the flags that every command has.
    pub fn new(
        texts: Texts,
        command: &str,
        by: Option<&str>,
        server: Option<Url>,
        matches: &ArgMatches,
    ) -> anyhow::Result<Session> {
        let format = match matches.get_one::<String>("format").map(String::as_str) {
            Some("json") => Format::Json,
            Some("csv") => Format::Csv {
                excel: matches.get_flag("excel"),
            },
            _ => Format::Table,
        };
        Ok(Session {
            texts,
            terminal: Terminal::here(),
            data: matches
                .get_one::<PathBuf>("data")
                .cloned()
                .unwrap_or_else(|| DATA_DEFAULT.into()),
            data_named: matches
                .value_source("data")
                .is_some_and(|source| source != ValueSource::DefaultValue),
            server,
            token_file: matches
                .try_get_one::<PathBuf>("token-file")
                .ok()
                .flatten()
                .cloned(),
            format,
            caller: Caller::whole(formed(
                texts,
                "by",
                by.unwrap_or("local"),
                Actor::new,
                Form::Actor,
            )?),
            command: format!("minhbach {command}"),
        })
    }

    /// The same over another folder.
    pub fn at(&self, data: &Path) -> Session {
        let mut session = self.clone();
        session.data = data.to_path_buf();
        session
    }

    /// The server to ask, if the command asks one.
    pub fn server(&self) -> Option<Server> {
        let url = self.server.clone()?;
        Some(Server::at(url, self.texts.language))
    }

    /// The token to write to the server with.
    pub fn token(&self) -> anyhow::Result<Token> {
        chosen::token(self.texts, self.token_file.as_ref())
    }

    /// Who holds the folder while this command works.
    pub fn holder(&self) -> Holder {
        Holder {
            command: self.command.clone(),
            url: None,
        }
    }

    /// The same, when this command answers requests.
    pub fn holder_at(&self, url: &str) -> Holder {
        Holder {
            url: Some(url.to_owned()),
            ..self.holder()
        }
    }

    /// The last word of the command: which of a command's subcommands it is.
    pub fn subcommand(&self) -> &str {
        self.command.rsplit(' ').next().unwrap_or_default()
    }

    /// An error that is told in the reader's language.
    pub fn told(&self, key: &str, facts: &[(&'static str, &dyn Display)]) -> anyhow::Error {
        Told(self.texts.with(key, facts)).into()
    }

    /// Words to standard error. That nobody reads them is no reason to stop.
    pub fn say(&self, sentence: &str) {
        Session::say_anywhere(sentence);
    }

    /// The same, from a thread that outlives what it was begun with.
    pub fn say_anywhere(sentence: &str) {
        let _ = writeln!(io::stderr(), "{}", visible_lines(sentence));
    }

    /// Words to standard error of what is wrong: set off, on a terminal.
    pub fn warn(&self, sentence: &str) {
        let _ = writeln!(io::stderr(), "{}", self.terminal.warning(sentence));
    }

    /// Reads a flag's value of a fixed form.
    pub fn formed<T>(
        &self,
        matches: &ArgMatches,
        flag: &str,
        read: fn(&str) -> Option<T>,
        form: Form,
    ) -> anyhow::Result<Option<T>> {
        text(matches, flag)
            .map(|value| formed(self.texts, flag, value, read, form))
            .transpose()
    }

    /// Reads a flag's value that is one of fixed words.
    pub fn word<T>(&self, matches: &ArgMatches, flag: &str, read: fn(&str) -> Option<T>) -> Option<T> {
        // The words were checked when the command line was read.
        text(matches, flag).and_then(read)
    }
}

/// A flag's value.
pub fn text<'m>(matches: &'m ArgMatches, flag: &str) -> Option<&'m str> {
    matches.get_one::<String>(flag).map(String::as_str)
}

fn formed<T>(
    texts: Texts,
    flag: &str,
    value: &str,
    read: fn(&str) -> Option<T>,
    form: Form,
) -> anyhow::Result<T> {
    read(value).ok_or_else(|| {
        let problem = problem_text(&Problem::Form(form), texts.language);
        Told(texts.with(
            "flag-form",
            &[("flag", &flag), ("value", &value), ("problem", &problem)],
        ))
        .into()
    })
}

/// Standard output, written in pieces.
pub fn output() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}
