//! The command line: what can be typed, and what runs.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::Styles;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use minhbach_exchange::visible::visible_lines;

use crate::commands;
use crate::ending::Ending;
use crate::failure;
use crate::filters::NameUnknown;
use crate::remote::chosen;
use crate::session::{DATA_DEFAULT, Session, text};
use crate::terminal::Terminal;
use crate::texts::{LANGUAGE_VARIABLE, Texts};
use crate::usage_error;

/// Runs the command that the arguments name.
pub fn run(arguments: Vec<OsString>) -> Ending {
    let texts = Texts::chosen(&arguments);
    let mut command = command(texts);
    let arguments = help_asked_by_word(arguments, &command);
    let within = within(&arguments, &command);
    let matches = match command.try_get_matches_from_mut(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage_error::show(&error, &mut command, &within, texts),
    };
    let ended = dispatch(texts, &matches);
    ended.unwrap_or_else(|error| {
        if failure::is_closed_pipe(&error) {
            return Ending::Yes;
        }
        if let Some(unknown) = error.downcast_ref::<NameUnknown>() {
            let _ = writeln!(io::stderr(), "{}", visible_lines(&unknown.said(texts)));
            return Ending::No;
        }
        let sentence = failure::sentence(&error, texts);
        let _ = writeln!(io::stderr(), "{}", visible_lines(&sentence));
        Ending::CouldNotTell
    })
}

/// `minhbach help [COMMAND…]` is `minhbach [COMMAND…] --help`.
fn help_asked_by_word(mut arguments: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let first = command_words(&arguments, command).first().copied();
    if let Some(at) = first.filter(|at| arguments[*at] == "help") {
        arguments.remove(at);
        arguments.push("--help".into());
    }
    arguments
}

/// The command that the arguments name, as it is typed: whose help says more about them.
fn within(arguments: &[OsString], command: &Command) -> String {
    let mut path = "minhbach".to_owned();
    let mut inner = command;
    for at in command_words(arguments, command) {
        let Some(below) = arguments[at]
            .to_str()
            .and_then(|word| inner.find_subcommand(word))
        else {
            break;
        };
        path = format!("{path} {}", below.get_name());
        inner = below;
    }
    path
}

/// Where the arguments are that may name commands: neither flags nor values of the flags that stand before them.
fn command_words(arguments: &[OsString], command: &Command) -> Vec<usize> {
    let mut words = Vec::new();
    let mut is_value = false;
    for (at, argument) in arguments.iter().enumerate().skip(1) {
        let argument = argument.to_string_lossy();
        let flag = argument.strip_prefix("--");
        if !is_value && flag.is_none() {
            words.push(at);
        }
        let takes = |arg: &Arg| Some(arg.get_id().as_str()) == flag && takes_value(arg);
        is_value = !is_value && command.get_arguments().any(takes);
    }
    words
}

fn dispatch(texts: Texts, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let root = matches;
    let Some((name, inner)) = root.subcommand() else {
        return Ok(Ending::CouldNotTell);
    };
    let known = commands::ALL.iter().find(|command| command.name == name);
    let Some(known) = known else {
        return Ok(Ending::CouldNotTell);
    };
    let (named, inner) = inner
        .subcommand()
        .map_or((name.to_owned(), inner), |(below, innermost)| {
            (format!("{name} {below}"), innermost)
        });
    let by = [inner, root]
        .into_iter()
        .filter(|_| named != "received")
        .find_map(|given| text(given, "by"));
    let server = chosen::server(texts, &named, by, inner, root)?;
    (known.run)(&Session::new(texts, &named, by, server, inner)?, inner)
}

/// Everything that can be typed, in one language.
pub fn command(texts: Texts) -> Command {
    let mut root = Command::new("minhbach")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version),
        )
        .arg(
            path("data")
                .env("MINHBACH_DATA")
                .default_value(DATA_DEFAULT)
                .global(true),
        )
        .arg(
            choice("format", &["table", "json", "csv"])
                .default_value("table")
                .global(true),
        )
        .arg(
            Arg::new("excel")
                .long("excel")
                .action(ArgAction::SetTrue)
                .global(true),
        )
        .arg(flag("by"))
        .arg(flag("server"))
        .arg(
            choice("lang", &["vi", "en"])
                .env(LANGUAGE_VARIABLE)
                .default_value("vi")
                .global(true),
        );
    for known in commands::ALL {
        let command = with_actor((known.arguments)(Command::new(known.name)));
        root = root.subcommand(with_server(command, known.name));
    }
    worded(root, texts, "minhbach", &mut Vec::new())
}

/// Gives `--by` to a command that has no other meaning for it.
fn with_actor(command: Command) -> Command {
    if command.has_subcommands() {
        let names: Vec<String> = command
            .get_subcommands()
            .map(|below| below.get_name().to_owned())
            .collect();
        return names
            .iter()
            .fold(command, |command, name| command.mut_subcommand(name, with_actor));
    }
    if command.get_arguments().any(|arg| arg.get_id() == "by") {
        return command;
    }
    // Where nothing is written it changes nothing, and scripts may give it everywhere.
    let writes = matches!(command.get_name(), "init" | "record" | "demo" | "csv")
        || command.get_name() == "statement" && command.get_arguments().any(|arg| arg.get_id() == "bank");
    command.arg(flag("by").hide(!writes))
}

/// Gives `--server` to a command, and where it can write over one, a file with the token. Where there is no work for it
/// the flag is there to be refused in a sentence.
fn with_server(command: Command, name: &str) -> Command {
    if command.has_subcommands() {
        let names: Vec<String> = command
            .get_subcommands()
            .map(|below| below.get_name().to_owned())
            .collect();
        return names.iter().fold(command, |command, below| {
            let path = format!("{name} {below}");
            command.mut_subcommand(below, |inner| with_server(inner, &path))
        });
    }
    let command = command.arg(flag("server").hide(!chosen::works_over_server(name)));
    if chosen::writes_over_server(name) {
        command.arg(path("token-file"))
    } else {
        command
    }
}

/// A flag with a value.
pub fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name)
}

/// A flag with a path.
pub fn path(name: &'static str) -> Arg {
    flag(name).value_parser(value_parser!(PathBuf))
}

/// A flag with one of some words.
pub fn choice(name: &'static str, words: &[&'static str]) -> Arg {
    flag(name).value_parser(clap::builder::PossibleValuesParser::new(words.to_vec()))
}

/// A flag without a value.
pub fn switch(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

/// Puts the words of the language to a command, its arguments and its subcommands.
///
/// `help-<command>` says what a command does, `help-<command>-<argument>` what an argument means; those of
/// `minhbach` itself are every command's.
fn worded(command: Command, texts: Texts, name: &str, path: &mut Vec<String>) -> Command {
    path.push(name.to_owned());
    let key = if path.len() == 1 {
        "minhbach".to_owned()
    } else {
        path[1..].join("-")
    };
    let mut command = command
        .styles(if Terminal::here().colours {
            Styles::styled()
        } else {
            Styles::plain()
        })
        .about(texts.get(&format!("help-{key}")))
        .disable_help_flag(true)
        .subcommand_help_heading(texts.get("help-heading-commands"))
        .subcommand_value_name(texts.get("help-value-command"))
        .term_width(help_width())
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help))
        .mut_args(|arg| {
            let id = arg.get_id().to_string();
            let own = format!("help-{key}-{id}");
            let help = texts
                .find(&own)
                .unwrap_or_else(|| texts.get(&format!("help-minhbach-{id}")));
            let heading = if arg.is_positional() {
                "help-heading-arguments"
            } else {
                "help-heading-options"
            };
            let value = texts.find(&format!("help-value-{id}"));
            let arg = arg.help(help).help_heading(texts.get(heading));
            if !takes_value(&arg) {
                return arg;
            }
            // The sentences say these, in their language.
            let arg = arg
                .hide_env(true)
                .hide_default_value(true)
                .hide_possible_values(true);
            match value {
                Some(value) => arg.value_name(value),
                None => arg,
            }
        });
    if let Some(more) = texts.find(&format!("help-{key}-more")) {
        command = command.after_help(flowing(&more));
    }
    let heading = texts.get("help-heading-usage");
    let usage = usage(&command, texts, &path.join(" "), heading.chars().count() + 1);
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
        heading
    );
    command = command.override_usage(usage).help_template(template);
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    for below in names {
        command = command.mut_subcommand(&below, |inner| worded(inner, texts, &below, path));
    }
    path.pop();
    command
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

/// The widest line of help: lines of sentences grow hard to read.
const HELP_WIDTH_MAX: usize = 100;

fn help_width() -> usize {
    Terminal::here().width.min(HELP_WIDTH_MAX)
}

/// Joins the lines of each paragraph, which are then broken where the terminal ends; lines that are set in columns or
/// further in stay as they are.
fn flowing(text: &str) -> String {
    let set = |line: &str| line.is_empty() || line.contains("  ") || line.starts_with(' ');
    let mut flowing = String::new();
    let mut before = "";
    for line in text.lines() {
        if !flowing.is_empty() {
            flowing.push(if set(line) || set(before) { '\n' } else { ' ' });
        }
        flowing.push_str(line);
        before = line;
    }
    flowing
}

/// How a command is typed; broken before an argument where the line behind the heading grows too wide.
fn usage(command: &Command, texts: Texts, path: &str, heading: usize) -> String {
    let mut parts = vec![path.to_owned()];
    let value = |arg: &Arg| {
        let names = arg.get_value_names().unwrap_or_default();
        names
            .first()
            .map_or_else(|| arg.get_id().to_string().to_uppercase(), ToString::to_string)
    };
    for arg in command
        .get_arguments()
        .filter(|arg| !arg.is_positional() && arg.is_required_set())
    {
        parts.push(format!("--{} {}", arg.get_id(), value(arg)));
    }
    parts.push(texts.get("help-usage-options"));
    for arg in command.get_positionals() {
        let value = value(arg);
        parts.push(if arg.is_required_set() {
            value
        } else {
            format!("[{value}]")
        });
    }
    if command.has_subcommands() {
        parts.push(texts.get("help-value-command"));
    }
    let (mut said, mut column) = (String::new(), heading);
    for part in parts {
        let wide = part.chars().count();
        if said.is_empty() {
            column += wide;
        } else if help_width() < column + 1 + wide {
            said.push_str(&format!("\n{:heading$}", ""));
            column = heading + wide;
        } else {
            said.push(' ');
            column += 1 + wide;
        }
        said.push_str(&part);
    }
    said
}

#[cfg(test)]
mod tests;
