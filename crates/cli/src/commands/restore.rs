//! `restore`: a backup becomes a data folder, after everything in it was checked.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use minhbach_backup::{BackupReader, Common, Replaced, Restored, Restoring, Stage, can_be_restored, restore};
use serde_json::json;

use super::backup::signed_json;
use super::verify::signed_lines;
use crate::ending::Ending;
use crate::failure;
use crate::interface::{flag, path, switch};
use crate::json_document;
use crate::log_source::{given_key, seen};
use crate::passphrase_source;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};
use crate::stopping;
use crate::tree::wrap;

pub fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("file")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(flag("key"))
        .arg(path("seen").action(ArgAction::Append))
        .arg(path("passphrase-file"))
        .arg(switch("without-private").conflicts_with("passphrase-file"))
        .arg(switch("replace"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let told = |error| Told(failure::backup::sentence(&error, texts));
    let file = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let backup = BackupReader::open(&file).map_err(told)?;
    let key = given_key(session, matches)?;
    let own = backup.key();
    let seen = match key.as_ref().or(own.as_ref()) {
        Some(key) => seen(session, matches, key)?,
        None if matches.contains_id("seen") => return Err(session.told("verify-seen-no-key", &[])),
        None => Vec::new(),
    };
    let checkpoints: Vec<_> = seen.iter().map(|seen| seen.checkpoint.clone()).collect();
    let wanted = backup.manifest().private && !matches.get_flag("without-private");
    let replace = matches.get_flag("replace");
    can_be_restored(&backup, &session.data, &session.holder(), replace).map_err(told)?;
    let passphrase = match wanted {
        true => Some(passphrase_source::to_open_with(session, matches, &file)?),
        false if matches.contains_id("passphrase-file") => {
            return Err(session.told("restore-nothing-sealed", &[("file", &file.display())]));
        }
        false => None,
    };
    drop(backup);
    let how = Restoring {
        passphrase,
        key: key.as_ref(),
        seen: &checkpoints,
        replace,
        holder: session.holder(),
        stop: stopping::at_a_signal()?,
    };
    let bar = Bar::new(session);
    let restored = restore(&file, &session.data, &how, &|stage, done, of| {
        let key = match stage {
            Stage::Unpacking => "progress-unpacking",
            Stage::Verifying => "progress-chain",
            Stage::Hashing => "progress-tree",
        };
        bar.at(key, done, of);
    });
    drop(bar);
    let seen_files: Vec<String> = matches
        .get_many::<PathBuf>("seen")
        .unwrap_or_default()
        .map(|file| file.display().to_string())
        .collect();
    let restored = restored.map_err(|error| Told(failure::backup::restoring(&error, &seen_files, texts)))?;
    say(session, &restored, key.is_some(), seen.len())?;
    say_what_to_do(session, &restored, wanted, seen.len());
    Ok(Ending::Yes)
}

fn say(session: &Session, restored: &Restored, key_given: bool, seen: usize) -> anyhow::Result<()> {
    let texts = session.texts;
    let Restored {
        manifest,
        report,
        has_key,
        replaced,
        ..
    } = restored;
    let mut out = output();
    if session.format == Format::Json {
        let mut document = json!({
            "data": session.data.display().to_string(),
            "as_of": { "size": manifest.size, "head": manifest.head.to_string() },
            "made_at": manifest.made_at_text(),
            "key_given": key_given,
            "seen": seen,
            "has_key": has_key,
        });
        if let Some(signed) = &manifest.signed {
            document["signed"] = signed_json(signed);
        }
        if let Some((found, aside)) = replaced {
            document["replaced"] = json!({
                "moved_to": aside.display().to_string(),
                "size": found.size,
                "entries_lost": lost(found, manifest.size),
                "same_history": found.common.map(|common| common == Common::Continues),
            });
        }
        json_document::write(out, &document)?;
    } else {
        let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
            ("size", &texts.counted("count-entries", manifest.size)),
            ("folder", &session.data.display()),
            ("at", &failure::in_vietnam(&manifest.made_at_text(), texts)),
            ("head", &manifest.head),
        ];
        let done = texts.with("restore-done", &facts);
        writeln!(out, "{}", session.terminal.good(&done))?;
        let mut lines = vec![texts.with("backup-head", &[("head", &manifest.head)])];
        lines.extend(signed_lines(session, report, key_given, seen));
        for said in lines {
            for line in wrap(&said, session.terminal.width) {
                writeln!(out, "{line}")?;
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// What the keeper has to do before the ledger is written again; `opened` says whether the private part was.
fn say_what_to_do(session: &Session, restored: &Restored, opened: bool, seen: usize) {
    let texts = session.texts;
    let Restored {
        manifest, replaced, ..
    } = restored;
    if let Some((found, aside)) = replaced {
        session.say(&texts.with("restore-moved", &[("aside", &aside.display())]));
        if let Some(said) = failure::backup::what_is_lost(found, manifest.size, texts) {
            session.warn(&said);
        }
    }
    if !restored.has_key && !restored.is_mirror && manifest.signed.is_some() {
        let private = session.data.join("private");
        let path = private.join("log-key");
        let said = match &restored.key_aside {
            Some(key) => {
                let from = key.parent().unwrap_or(key);
                let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
                    ("key", &key.display()),
                    ("from", &from.display()),
                    ("to", &private.display()),
                ];
                texts.with("restore-key-aside", &facts)
            }
            None if opened => texts.with("restore-sealed-no-key", &[("path", &path.display())]),
            None => texts.with("restore-no-key", &[("path", &path.display())]),
        };
        session.say(&said);
    }
    if manifest.signed.is_some() && seen == 0 {
        session.say(&texts.get("restore-may-be-old"));
    }
}

/// Entries of the ledger that was replaced and that are not in the backup; none where that is not known.
fn lost(found: &Replaced, size: u64) -> Option<u64> {
    found.size.map(|there| there.saturating_sub(size))
}
