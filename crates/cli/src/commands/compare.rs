//! `compare`: two ledgers, as folders or backups: how far they are the same, and where they first differ.

use std::fmt::Display;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use minhbach_backup::{Checkpoints, Comparison, Side, Verdict, compare};
use minhbach_exchange::visible::visible;
use serde_json::{Value, json};

use crate::ending::Ending;
use crate::failure;
use crate::json_document;
use crate::progress::Bar;
use crate::session::{Format, Session, Told, output};
use crate::tree::wrap;

/// How much is shown of an entry around the first byte that differs.
const BEFORE: usize = 20;
const SHOWN: usize = 140;

pub fn arguments(command: Command) -> Command {
    let side = |name: &'static str| Arg::new(name).required(true).value_parser(value_parser!(PathBuf));
    command.arg(side("a")).arg(side("b"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let [a, b] = ["a", "b"].map(|name| matches.get_one::<PathBuf>(name).cloned().unwrap_or_default());
    let bar = Bar::new(session);
    let compared = compare([&a, &b], &|done, of| bar.at("progress-compare", done, of));
    drop(bar);
    let compared = compared.map_err(|error| Told(failure::backup::sentence(&error, session.texts)))?;
    let verdict = compared.verdict();
    if session.format == Format::Json {
        json_document::write(output(), &document(session, &compared))?;
    } else {
        say(session, &compared, verdict)?;
    }
    for side in &compared.sides {
        for fault in &side.faults {
            let why = failure::backup::sentence(fault, session.texts);
            let place = side.place.display().to_string();
            let said = match why.contains(&place) {
                true => why,
                false => session
                    .texts
                    .with("compare-fault", &[("place", &place), ("why", &why)]),
            };
            session.say(&said);
        }
    }
    Ok(match verdict {
        Verdict::Same => Ending::Yes,
        Verdict::Different => Ending::No,
        Verdict::CannotSay => Ending::CouldNotTell,
    })
}

fn say(session: &Session, compared: &Comparison, verdict: Verdict) -> anyhow::Result<()> {
    let texts = session.texts;
    let mut out = output();
    let [a, b] = &compared.sides;
    let common = texts.counted("count-entries", compared.common);
    let headline = match verdict {
        Verdict::Same => session
            .terminal
            .good(&texts.with("compare-same", &[("size", &common)])),
        Verdict::Different => {
            let key = match (&compared.first, compared.common) {
                (Some(_), 0) => "compare-nothing-common",
                (Some(_), _) => "compare-different",
                (None, _) if a.size != b.size => "compare-longer",
                (None, _) => "compare-same-entries",
            };
            session.terminal.bad(&texts.with(key, &[("size", &common)]))
        }
        Verdict::CannotSay => session
            .terminal
            .waiting(&texts.with("compare-cannot-say", &[("size", &common)])),
    };
    writeln!(out, "{headline}")?;
    if let Some(first) = &compared.first {
        writeln!(out, "{}", texts.with("compare-first", &[("seq", &first.seq)]))?;
        let from = first_other(&first.entries);
        for (nth, name) in ["A", "B"].into_iter().enumerate() {
            let facts: [(&'static str, &dyn Display); 2] = [("side", &name), ("hash", &first.hashes[nth])];
            writeln!(out, "{}", texts.with("compare-first-hash", &facts))?;
            let look = look(&first.entries[nth], from);
            for line in wrap(&look, session.terminal.width.saturating_sub(5)) {
                writeln!(out, "     {line}")?;
            }
        }
    }
    for (name, side) in [("A", a), ("B", b)] {
        let facts: [(&'static str, &dyn Display); 3] = [
            ("side", &name),
            ("place", &side.place.display()),
            ("size", &texts.counted("count-entries", side.size)),
        ];
        writeln!(out, "{}", texts.with("compare-side", &facts))?;
        writeln!(out, "{}", texts.with("compare-head", &[("head", &side.head)]))?;
        if let Some((count, from, to)) = only(side, compared) {
            let facts: [(&'static str, &dyn Display); 4] = [
                ("side", &name),
                ("count", &texts.counted("count-entries", count)),
                ("from", &from),
                ("to", &to),
            ];
            writeln!(out, "{}", texts.with("compare-only", &facts))?;
        }
        let said = signed_of(session, side);
        for line in wrap(&said, session.terminal.width.saturating_sub(3)) {
            writeln!(out, "   {line}")?;
        }
    }
    let fork = compared.checkpoints == Checkpoints::Contradict;
    if !fork && compared.sides.iter().any(Side::is_damaged) {
        // Two notes that agree say nothing for what is damaged.
        return Ok(out.flush()?);
    }
    let key = match compared.checkpoints {
        Checkpoints::NotBoth => "compare-checkpoints-not-both",
        Checkpoints::OtherKeys => "compare-checkpoints-other-keys",
        Checkpoints::Agree => "compare-checkpoints-agree",
        Checkpoints::Contradict => "compare-checkpoints-contradict",
        Checkpoints::Untold => "compare-checkpoints-untold",
    };
    for line in wrap(&texts.get(key), session.terminal.width) {
        let line = if fork { session.terminal.bad(&line) } else { line };
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn signed_of(session: &Session, side: &Side) -> String {
    let texts = session.texts;
    if side.is_damaged() {
        return texts.get("compare-damaged");
    }
    let Some(signed) = &side.signed else {
        return texts.get("compare-unsigned");
    };
    let size = texts.counted("count-entries", signed.checkpoint.size);
    let facts: [(&'static str, &dyn Display); 2] = [("size", &size), ("origin", &signed.checkpoint.origin)];
    texts.with(
        if side.not_as_signed {
            "compare-not-as-signed"
        } else {
            "compare-signed"
        },
        &facts,
    )
}

/// What only one side has: how many entries, the first, the last; nothing where the other one may have them too, behind its
/// damage.
fn only(side: &Side, compared: &Comparison) -> Option<(u64, u64, u64)> {
    if compared.first.is_none() && compared.sides.iter().any(Side::is_damaged) {
        return None;
    }
    let common = compared.common;
    (common < side.size).then(|| (side.size - common, common, side.size - 1))
}

/// Where two entries first differ.
fn first_other(entries: &[Vec<u8>; 2]) -> usize {
    // The links before it differ only where an entry before them does, and there is none.
    let [a, b] = entries;
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A short piece of an entry around a byte.
fn look(entry: &[u8], at: usize) -> String {
    let from = at.saturating_sub(BEFORE);
    let to = entry.len().min(from + SHOWN);
    let piece = String::from_utf8_lossy(entry.get(from..to).unwrap_or_default());
    let dots = |needed: bool| if needed { "…" } else { "" };
    // Half a letter at an edge is no fault of the entry.
    let piece = piece.trim_matches(char::REPLACEMENT_CHARACTER);
    format!("{}{}{}", dots(0 < from), visible(piece), dots(to < entry.len()))
}

fn document(session: &Session, compared: &Comparison) -> Value {
    let verdict = match compared.verdict() {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::CannotSay => "cannot_say",
    };
    let checkpoints = match compared.checkpoints {
        Checkpoints::NotBoth => "not_both",
        Checkpoints::OtherKeys => "other_keys",
        Checkpoints::Agree => "agree",
        Checkpoints::Contradict => "contradict",
        Checkpoints::Untold => "untold",
    };
    let side = |side: &Side| {
        let mut document = json!({
            "place": side.place.display().to_string(),
            "as_of": { "size": side.size, "head": side.head.to_string() },
            "faults": side.faults.iter()
                .map(|fault| failure::backup::sentence(fault, session.texts))
                .collect::<Vec<_>>(),
        });
        if let Some(signed) = &side.signed {
            document["signed"] = json!({
                "origin": signed.checkpoint.origin.to_string(),
                "size": signed.checkpoint.size,
                "root": signed.checkpoint.root.to_base64(),
                "is_of_these_entries": (!side.is_damaged()).then_some(!side.not_as_signed),
            });
        }
        if let Some((count, from, to)) = only(side, compared) {
            document["only_here"] = json!({ "count": count, "from": from, "to": to });
        }
        document
    };
    let [a, b] = &compared.sides;
    let mut document = json!({
        "verdict": verdict,
        "common": compared.common,
        "a": side(a),
        "b": side(b),
        "checkpoints": checkpoints,
    });
    if let Some(first) = &compared.first {
        let text = |nth: usize| String::from_utf8_lossy(&first.entries[nth]).into_owned();
        let of = |nth: usize| json!({ "hash": first.hashes[nth].to_string(), "entry": text(nth) });
        document["first_difference"] = json!({ "seq": first.seq, "a": of(0), "b": of(1) });
    }
    document
}
