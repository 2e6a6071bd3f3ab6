//! `backup`: the ledger in one file, beside whoever writes it.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_backup::{Made, Wish, back_up, can_be_made};
use serde_json::{Value, json};

use crate::ending::Ending;
use crate::failure;
use crate::interface::{path, switch};
use crate::json_document;
use crate::numbers;
use crate::passphrase_source;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};
use crate::stopping;
use crate::texts::Texts;
use crate::tree::wrap;

/// What a private folder holds, and what that is called.
const PARTS: [(&str, &str); 4] = [
    ("private/log-key", "backup-private-key"),
    ("private/actors.json", "backup-private-actors"),
    ("private/import-secret", "backup-private-import"),
    ("private/statements/", "backup-private-statements"),
];

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
    let replace = matches.get_flag("replace");
    let told = |error| Told(failure::backup::sentence(&error, session.texts));
    let private = if matches.get_flag("with-private") {
        // Nobody types a passphrase for what cannot be made.
        can_be_made(&session.data, &to, true, replace).map_err(told)?;
        Some(passphrase_source::to_seal_with(session, matches)?)
    } else {
        None
    };
    let wish = Wish {
        private,
        replace,
        stop: stopping::at_a_signal()?,
    };
    let bar = Bar::new(session);
    let made = back_up(&session.data, &to, &wish, &|done, of| {
        bar.at("progress-backup", done, of);
    });
    drop(bar);
    let made = made.map_err(told)?;
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
        private,
    } = made;
    if session.format == Format::Json {
        let mut document = json!({
            "file": path.display().to_string(),
            "bytes": bytes,
            "as_of": { "size": manifest.size, "head": manifest.head.to_string() },
            "private": manifest.private,
        });
        if manifest.private {
            document["private_files"] = json!(private);
        }
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
            let size = texts.counted("count-entries", signed.size);
            let facts: [(&'static str, &dyn std::fmt::Display); 2] =
                [("size", &size), ("origin", &signed.origin)];
            writeln!(out, "{}", texts.with("backup-signed", &facts))?;
        }
        None => writeln!(out, "{}", texts.get("backup-unsigned"))?,
    }
    if manifest.private {
        let (there, lacking) = parts(private, texts);
        let mut said = vec![texts.with("backup-private", &[("what", &there.join(", "))])];
        if !lacking.is_empty() {
            said.push(texts.with("backup-private-lacks", &[("what", &lacking.join(", "))]));
        }
        for line in said.iter().flat_map(|said| wrap(said, session.terminal.width)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

/// What there is of the private folder, by what it is for, and what there is not; a file that is for nothing of that is named.
fn parts(files: &[String], texts: Texts) -> (Vec<String>, Vec<String>) {
    // A lock says nothing to whoever reads.
    let mut others: Vec<&str> = files.iter().map(String::as_str).collect();
    others.retain(|file| !file.ends_with(".lock"));
    let (mut there, mut lacking) = (Vec::new(), Vec::new());
    for (part, key) in PARTS {
        let before = others.len();
        others.retain(|file| !file.starts_with(part));
        let list = match others.len() < before {
            true => &mut there,
            false => &mut lacking,
        };
        list.push(texts.get(key));
    }
    let named = others
        .iter()
        .map(|file| texts.with("backup-private-file", &[("name", file)]));
    there.extend(named);
    (there, lacking)
}

/// What a backup says was signed, for programs.
pub fn signed_json(signed: &minhbach_backup::SignedPart) -> Value {
    json!({ "origin": signed.origin, "size": signed.size, "root": signed.root.to_base64() })
}
