//! What is wrong with a command line, in the reader's language.

use std::io::{self, Write};

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use minhbach_exchange::visible::visible_lines;

use crate::ending::Ending;
use crate::texts::Texts;

/// Shows help that was asked for, or says what is wrong and whose help says more: `within` is `minhbach` or a command.
pub fn show(error: &clap::Error, command: &mut Command, within: &str, texts: Texts) -> Ending {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has gone needs no help.
            let _ = error.print();
            return Ending::Yes;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(io::stderr(), "{}", error.render());
        }
        ErrorKind::MissingSubcommand => {
            let _ = write!(io::stderr(), "{}", help(error, command));
        }
        _ => {
            let _ = writeln!(io::stderr(), "{}", visible_lines(&sentence(error, within, texts)));
        }
    }
    Ending::CouldNotTell
}

/// The help of the command that lacks a subcommand, which the error names from `minhbach` on.
fn help(error: &clap::Error, command: &mut Command) -> StyledStr {
    let named = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(path)) => path.as_str(),
        _ => "",
    };
    // There is one level below `minhbach`.
    let name = named.split(' ').nth(1).unwrap_or_default();
    match command.find_subcommand_mut(name) {
        Some(lacking) => lacking.render_help(),
        None => command.render_help(),
    }
}

fn sentence(error: &clap::Error, within: &str, texts: Texts) -> String {
    let fact = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let argument = fact(ContextKind::InvalidArg);
    let value = fact(ContextKind::InvalidValue);
    let tell = |key: &str| {
        let mut said = texts.with(
            key,
            &[
                ("argument", &argument),
                ("value", &value),
                ("command", &fact(ContextKind::InvalidSubcommand)),
                ("other", &fact(ContextKind::PriorArg)),
                ("words", &fact(ContextKind::ValidValue)),
            ],
        );
        let like = [
            ContextKind::SuggestedArg,
            ContextKind::SuggestedSubcommand,
            ContextKind::SuggestedValue,
        ];
        let suggested = like.into_iter().map(fact).find(|suggested| !suggested.is_empty());
        if let Some(suggested) = suggested {
            said = format!(
                "{said} {}",
                texts.with("usage-suggestion", &[("suggested", &suggested)])
            );
        }
        format!("{said} {}", texts.with("usage-see-help", &[("command", &within)]))
    };
    match error.kind() {
        ErrorKind::UnknownArgument => tell("usage-unknown-argument"),
        ErrorKind::InvalidSubcommand => tell("usage-unknown-command"),
        ErrorKind::MissingRequiredArgument => tell("usage-missing-argument"),
        ErrorKind::InvalidValue if value.is_empty() => tell("usage-missing-value"),
        // Its words are all event types, too many to name here.
        ErrorKind::InvalidValue if within == "minhbach schema" => tell("schema-unknown"),
        ErrorKind::InvalidValue if error.get(ContextKind::ValidValue).is_some() => tell("usage-one-of"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => tell("usage-bad-value"),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            tell("usage-number-of-values")
        }
        ErrorKind::ArgumentConflict => tell("usage-conflict"),
        ErrorKind::NoEquals => tell("usage-missing-value"),
        ErrorKind::InvalidUtf8 => tell("usage-not-utf8"),
        _ => error.to_string().trim_end().to_owned(),
    }
}
