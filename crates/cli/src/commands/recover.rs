//! `recover`: gives up the damaged end of a journal, and keeps what it removes.

use clap::{ArgMatches, Command, value_parser};
use minhbach_journal::{VerifyError, cut, held_by, verify};
use minhbach_ledger::forget_projections;
use minhbach_projections::AsOf;
use minhbach_publishing::durable_once;
use serde_json::json;

use crate::ending::Ending;
use crate::interface::{flag, switch};
use crate::json_document;
use crate::numbers;
use crate::progress::Bar;
use crate::session::{Format, Session, output};

pub fn arguments(command: Command) -> Command {
    command
        .arg(flag("cut").required(true).value_parser(value_parser!(u64)))
        .arg(switch("acknowledged"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let seq = matches.get_one::<u64>("cut").copied().unwrap_or(u64::MAX);
    refuse_what_is_signed(session, seq)?;
    if !matches.get_flag("acknowledged") {
        refuse_what_is_sound(session, seq)?;
    }
    let cut = cut(&session.data, &session.holder(), seq)?;
    // They know the entries that went, and would speak of them. Also after a `recover` that was interrupted here.
    forget_projections(&session.data, &session.holder())?;
    let size = texts.counted("count-entries", cut.head.size);
    session.say(&match &cut.saved {
        None => texts.with("recover-nothing", &[("size", &size)]),
        Some(saved) => texts.with(
            "recover-done",
            &[
                ("size", &size),
                ("entries", &texts.counted("count-entries", cut.entries)),
                ("bytes", &numbers::number(texts, cut.bytes)),
                ("saved", &saved.display()),
            ],
        ),
    });
    if session.format == Format::Json {
        let saved = cut.saved.as_ref().map(|saved| saved.display().to_string());
        let as_of = AsOf {
            size: cut.head.size,
            head: cut.head.hash,
        };
        let removed = json!({ "entries": cut.entries, "bytes": cut.bytes, "saved": saved });
        json_document::write(output(), &json!({ "as_of": as_of, "removed": removed }))?;
    }
    Ok(Ending::Yes)
}

/// What was signed was made public, and is never cut: whoever saw it would see a history that shrank.
fn refuse_what_is_signed(session: &Session, seq: u64) -> anyhow::Result<()> {
    if held_by(&session.data)?.is_some() {
        // The cut will say who holds the folder.
        return Ok(());
    }
    let signed = durable_once(&session.data)?;
    if seq < signed {
        let signed = numbers::number(session.texts, signed);
        return Err(session.told("recover-signed", &[("signed", &signed)]));
    }
    Ok(())
}

/// Entries that are sound were acknowledged; only who says so gives them up.
fn refuse_what_is_sound(session: &Session, seq: u64) -> anyhow::Result<()> {
    if held_by(&session.data)?.is_some() {
        // The cut will say who holds the folder; what a writer is about is not to be judged.
        return Ok(());
    }
    let bar = Bar::new(session);
    let walked = verify(&session.data, &|progress| {
        bar.at("progress-chain", progress.bytes, progress.bytes_total)
    });
    let (sound, key) = match walked {
        Ok(verified) => (verified.size, "recover-sound"),
        Err(VerifyError::Damage(damage)) => (damage.seq, "recover-sound-before"),
        // The cut itself meets it and says so.
        Err(_) => return Ok(()),
    };
    match sound.checked_sub(seq) {
        None | Some(0) => Ok(()),
        Some(going) => {
            let going = numbers::number(session.texts, going);
            Err(session.told(key, &[("count", &going), ("sound", &sound)]))
        }
    }
}
