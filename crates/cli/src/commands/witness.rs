//! `witness`: sees the checkpoints of logs, and cosigns only what continues what it saw.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use minhbach_server::{Logs, log_to};
use minhbach_tlog::{KeyName, VerifyingKey};
use minhbach_witness::{Ended, Options, Started, read_logs, serve};
use serde_json::json;
use tokio::runtime::Builder;

use crate::commands::serve::listen;
use crate::ending::Ending;
use crate::interface::{choice, flag};
use crate::json_document;
use crate::log_source::not_a_key;
use crate::serving::Signals;
use crate::session::{Format, Session, output, text};

/// The folder where none is named.
const FOLDER_DEFAULT: &str = "minhbach-witness";
/// Where it listens when it is not told.
const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8090);

pub fn arguments(command: Command) -> Command {
    command
        .arg(flag("name"))
        .arg(Arg::new("watch").long("watch").action(ArgAction::Append))
        .arg(flag("listen"))
        .arg(choice("log", &["off", "errors", "requests"]))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let options = Options {
        listen: listen(session, matches)?.unwrap_or(LISTEN_DEFAULT),
        folder: if session.data_named {
            session.data.clone()
        } else {
            PathBuf::from(FOLDER_DEFAULT)
        },
        logs: watched(session, matches)?,
        name: name(session, matches)?,
    };
    let logs = match text(matches, "log") {
        Some("off") => Logs::Off,
        Some("requests") => Logs::Requests,
        _ => Logs::Errors,
    };
    let log = log_to(logs, std::io::stderr());
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::of_this_process()?;
        let end = async move {
            signals.next().await;
            tokio::spawn(async move {
                signals.next().await;
                std::process::exit(2);
            });
        };
        let served = serve(options, |started| say(session, &started), end).await?;
        anyhow::Ok(served)
    });
    drop(log);
    if ended? == Ended::CutOff {
        session.say(&session.texts.get("serve-cut-off"));
    }
    session.say(&session.texts.get("serve-ended"));
    Ok(Ending::Yes)
}

fn name(session: &Session, matches: &ArgMatches) -> anyhow::Result<Option<KeyName>> {
    let named = text(matches, "name").map(|given| {
        let told = |_| session.told("witness-name", &[("given", &given)]);
        KeyName::new(given).map_err(told)
    });
    named.transpose()
}

/// Keys as they are typed, and those of files.
fn watched(session: &Session, matches: &ArgMatches) -> anyhow::Result<Vec<VerifyingKey>> {
    let mut logs: Vec<VerifyingKey> = Vec::new();
    for given in matches.get_many::<String>("watch").unwrap_or_default() {
        let more = match VerifyingKey::parse(given) {
            Ok(key) => vec![key],
            Err(_) if given.contains("PRIVATE+KEY") => return Err(not_a_key(session, "log-bad-key", given)),
            Err(_) => read_logs(given.as_ref())?,
        };
        for key in more {
            if !logs.contains(&key) {
                logs.push(key);
            }
        }
    }
    Ok(logs)
}

/// Where it is and by which key it is known: a line of a policy, for the logs that will ask it.
fn say(session: &Session, started: &Started) {
    let said = || -> anyhow::Result<()> {
        if session.format == Format::Json {
            let document = json!({
                "url": started.url, "vkey": started.key.to_string(), "logs": started.logs,
            });
            return json_document::write(output(), &document);
        }
        let mut out = output();
        writeln!(out, "{}", started.url)?;
        Ok(out.flush()?)
    };
    // Who reads standard output may have gone; the witness serves all the same.
    let _ = said();
    let facts: [(&'static str, &dyn std::fmt::Display); 4] = [
        ("name", started.key.name()),
        ("key", &started.key),
        ("url", &started.url),
        ("logs", &started.logs),
    ];
    session.say(&session.texts.with("witness-started", &facts));
}
