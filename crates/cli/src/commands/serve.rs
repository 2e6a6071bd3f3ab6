//! `serve`: the ledger over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgMatches, Command, value_parser};
use minhbach_publishing::Failing;
use minhbach_server::{Logs, Settings};

use crate::ending::Ending;
use crate::interface::{choice, flag, path, switch};
use crate::opening;
use crate::policy_file;
use crate::serving::{LISTEN_DEFAULT, Options, Prepared, limits, say_url};
use crate::session::{Session, text};
use crate::writing::Witnessed;

pub fn arguments(command: Command) -> Command {
    command
        .arg(flag("listen"))
        .arg(choice("log", &["off", "errors", "requests"]))
        .arg(switch("behind-proxy"))
        .arg(flag("requests-per-second").value_parser(value_parser!(u32)))
        .arg(flag("writes-per-second").value_parser(value_parser!(u32)))
        .arg(path("policy"))
        .arg(choice("fail", &["open", "closed"]).requires("policy"))
}

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let rate = |name: &str| matches.get_one::<u32>(name).copied();
    let options = Options {
        listen: listen(session, matches)?.unwrap_or(LISTEN_DEFAULT),
        or_any_port: false,
        logs: match text(matches, "log") {
            Some("off") => Logs::Off,
            Some("errors") => Logs::Errors,
            _ => Logs::Requests,
        },
        settings: Settings {
            limits: limits(rate("requests-per-second"), rate("writes-per-second")),
            behind_proxy: matches.get_flag("behind-proxy"),
            ..Settings::default()
        },
    };
    let prepared = Prepared::listen(session, options)?;
    let holder = session.holder_at(prepared.url());
    let witnessed = witnessed(session, matches)?;
    let open = || opening::to_write_as(session, &session.data, &holder, witnessed);
    prepared.serve(session, &session.data, open, say_url)
}

/// Whose cosignatures are asked for, and whether the log stands still without them.
fn witnessed(session: &Session, matches: &ArgMatches) -> anyhow::Result<Option<Witnessed>> {
    let Some(path) = matches.get_one::<PathBuf>("policy") else {
        return Ok(None);
    };
    let failing = match text(matches, "fail") {
        Some("closed") => Failing::Closed,
        _ => Failing::Open,
    };
    let policy = policy_file::read(session, path)?;
    if policy.witnesses().is_empty() {
        return Err(session.told("policy-no-witness", &[("path", &path.display())]));
    }
    if let Some(nowhere) = policy.witnesses().iter().find(|witness| witness.url.is_none()) {
        let facts: [(&'static str, &dyn std::fmt::Display); 2] =
            [("path", &path.display()), ("name", &nowhere.name)];
        return Err(session.told("policy-no-url", &facts));
    }
    Ok(Some(Witnessed { policy, failing }))
}

/// The address that `--listen` names.
pub fn listen(session: &Session, matches: &ArgMatches) -> anyhow::Result<Option<SocketAddr>> {
    text(matches, "listen")
        .map(|given| {
            given
                .parse()
                .map_err(|_| session.told("serve-listen-form", &[("given", &given)]))
        })
        .transpose()
}
