//! What is wrong with a command line, in the reader's language.

use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::ending::Ending;
use crate::texts::Texts;

/// Shows help that was asked for, or says what is wrong.
pub fn show(error: &clap::Error, help: &clap::builder::StyledStr, texts: Texts) -> Ending {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has gone needs no help.
            let _ = error.print();
            return Ending::Yes;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let _ = write!(io::stderr(), "{help}");
        }
        _ => {
            let _ = writeln!(io::stderr(), "{}", sentence(error, texts));
        }
    }
    Ending::CouldNotTell
}

fn sentence(error: &clap::Error, texts: Texts) -> String {
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
        format!("{said} {}", texts.get("usage-see-help"))
    };
    match error.kind() {
        ErrorKind::UnknownArgument => tell("usage-unknown-argument"),
        ErrorKind::InvalidSubcommand => tell("usage-unknown-command"),
        ErrorKind::MissingRequiredArgument => tell("usage-missing-argument"),
        ErrorKind::InvalidValue if value.is_empty() => tell("usage-missing-value"),
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
