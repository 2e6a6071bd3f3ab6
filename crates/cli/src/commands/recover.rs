//! `recover`: gives up the damaged end of a journal, and keeps what it removes.

use clap::{ArgMatches, Command, value_parser};
use minhbach_journal::cut;
use minhbach_projections::AsOf;
use serde_json::json;

use crate::ending::Ending;
use crate::interface::flag;
use crate::json_document;
use crate::numbers;
use crate::session::{Format, Session, output};

pub fn arguments(command: Command) -> Command {
    command.arg(flag("cut").required(true).value_parser(value_parser!(u64)))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let texts = session.texts;
    let seq = matches.get_one::<u64>("cut").copied().unwrap_or(u64::MAX);
    let cut = cut(&session.data, &session.holder(), seq)?;
    let size = numbers::number(texts, cut.head.size);
    session.say(&match &cut.saved {
        None => texts.with("recover-nothing", &[("size", &size)]),
        Some(saved) => texts.with(
            "recover-done",
            &[
                ("size", &size),
                ("entries", &numbers::number(texts, cut.entries)),
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
