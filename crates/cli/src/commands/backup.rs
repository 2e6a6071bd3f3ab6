//! `backup`: the ledger in one file, beside whoever writes it.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_backup::{Made, Wish, back_up};
use serde_json::{Value, json};

use crate::ending::Ending;
use crate::failure;
use crate::interface::{path, switch};
use crate::json_document;
use crate::numbers;
use crate::passphrase_source;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};

pub fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("backup")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(switch("with-private"))
        .arg(path("passphrase-file").requires("with-private"))
        .arg(switch("replace"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let to = matches.get_one::<PathBuf>("backup").cloned().unwrap_or_default();
    let private = matches
        .get_flag("with-private")
        .then(|| passphrase_source::to_seal_with(session, matches))
        .transpose()?;
    let wish = Wish {
        private,
        replace: matches.get_flag("replace"),
    };
    let bar = Bar::new(session);
    let made = back_up(&session.data, &to, &wish, &|done, of| {
        bar.at("progress-backup", done, of);
    });
    drop(bar);
    let made = made.map_err(|error| Told(failure::backup::sentence(&error, session.texts)))?;
    say(session, &made)?;
    if !made.manifest.private && session.data.join("private").is_dir() {
        session.say(&session.texts.get("backup-without-private"));
    }
    Ok(Ending::Yes)
}

fn say(session: &Session, made: &Made) -> anyhow::Result<()> {
    let mut out = output();
    let Made {
        path,
        bytes,
        manifest,
    } = made;
    if session.format == Format::Json {
        let mut document = json!({
            "file": path.display().to_string(),
            "bytes": bytes,
            "as_of": { "size": manifest.size, "head": manifest.head.to_string() },
            "private": manifest.private,
        });
        if let Some(signed) = &manifest.signed {
            document["signed"] = signed_json(signed);
        }
        return json_document::write(out, &document);
    }
    let texts = session.texts;
    let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
        ("size", &texts.counted("count-entries", manifest.size)),
        ("bytes", &numbers::bytes(texts, *bytes)),
        ("file", &path.display()),
    ];
    writeln!(out, "{}", texts.with("backup-done", &facts))?;
    writeln!(out, "{}", texts.with("backup-head", &[("head", &manifest.head)]))?;
    match &manifest.signed {
        Some(signed) => {
            let size = numbers::number(texts, signed.size);
            let facts: [(&'static str, &dyn std::fmt::Display); 2] =
                [("size", &size), ("origin", &signed.origin)];
            writeln!(out, "{}", texts.with("backup-signed", &facts))?;
        }
        None => writeln!(out, "{}", texts.get("backup-unsigned"))?,
    }
    if manifest.private {
        writeln!(out, "{}", texts.get("backup-private"))?;
    }
    Ok(out.flush()?)
}

/// What a backup says was signed, for programs.
pub fn signed_json(signed: &minhbach_backup::SignedPart) -> Value {
    json!({ "origin": signed.origin, "size": signed.size, "root": signed.root.to_base64() })
}
