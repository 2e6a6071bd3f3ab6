//! Serving a ledger until a signal ends it: what `serve` and `demo` share.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::Path;

use minhbach_server::{
    App, Ended, Limits, Listening, LogEnd, Logs, PerSecond, Settings, log_to, open_files, router,
};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::ending::Ending;
use crate::failure;
use crate::session::{Session, output};
use crate::writing::Writing;

/// Where `serve` listens when it is not told.
pub const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Threads that read the disk and compute for requests, at most; others wait their turn. Each keeps some megabytes once
/// it has worked, and what it does there waits for no client, so that many are of no use.
const BLOCKING_THREADS_MAX: usize = 32;

/// How to serve.
pub struct Options {
    pub listen: SocketAddr,
    /// Whether any free port will do where that one is taken.
    pub or_any_port: bool,
    pub logs: Logs,
    pub settings: Settings,
}

/// A rate from a number; 0 is without limit.
pub fn per_second(count: u32) -> Option<PerSecond> {
    NonZeroU32::new(count).map(PerSecond::of)
}

/// An address that is listened on, and who will answer there.
pub struct Prepared {
    /// Until the end of serving.
    log: LogEnd,
    runtime: Runtime,
    listening: Listening,
    settings: Settings,
    url: String,
}

impl Prepared {
    /// Begins to listen, before the ledger is opened: so its lock can say where to ask.
    pub fn listen(session: &Session, options: Options) -> anyhow::Result<Prepared> {
        let log = log_to(options.logs, std::io::stderr());
        let runtime = Builder::new_multi_thread()
            .max_blocking_threads(BLOCKING_THREADS_MAX)
            .enable_all()
            .build()?;
        let listening = runtime.block_on(async {
            match Listening::on(options.listen).await {
                Err(_) if options.or_any_port => Listening::on(SocketAddr::new(options.listen.ip(), 0)).await,
                listening => listening,
            }
        });
        let listening = listening.map_err(|refused| {
            let why = failure::system(&refused.error, session.texts);
            session.told(
                "serve-cannot-listen",
                &[("address", &refused.address), ("why", &why)],
            )
        })?;
        let url = listening.url();
        Ok(Prepared {
            log,
            runtime,
            listening,
            settings: options.settings,
            url,
        })
    }

    /// Where it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves the ledger that `open` opens, which may take long: until then every question is answered that it is not
    /// ready. `ready` is called when it is. Ends at SIGTERM or SIGINT, when what was begun has come to its end; a second
    /// signal does not wait for that.
    pub fn serve(
        self,
        session: &Session,
        folder: &Path,
        open: impl FnOnce() -> anyhow::Result<Writing>,
        ready: impl FnOnce(&str) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ending> {
        let Prepared {
            log,
            runtime,
            listening,
            settings,
            url,
        } = self;
        let app = App::new(folder, settings)?;
        let (end, ended) = watch::channel(false);
        let served = {
            let _within = runtime.enter();
            let mut signals = Signals::of_this_process()?;
            let (routes, mut first) = (router(app.clone()), ended.clone());
            let told = async move {
                // Dropped without a word is an end too.
                let _ = first.wait_for(|ended| *ended).await;
            };
            let serving = app.clone();
            let served = runtime.spawn(async move { listening.serve(serving, routes, told).await });
            let end = end.clone();
            runtime.spawn(async move {
                signals.next().await;
                end.send_replace(true);
                signals.next().await;
                std::process::exit(2);
            });
            served
        };
        let opened = open().and_then(|ledger| {
            let (ledger, publisher, witnesses) = ledger.into_parts();
            app.open(ledger, publisher, witnesses);
            ready(&url)
        });
        if opened.is_err() {
            end.send_replace(true);
        }
        let served = runtime.block_on(served)?;
        // Before what is said to people.
        drop(log);
        // The entries are durable; only the read models can have failed, and are rebuilt at the next opening.
        if let Err(fault) = app.close() {
            let why = failure::tables(&fault.to_string(), session.texts);
            session.say(&session.texts.with("closing-projections", &[("why", &why)]));
        }
        if let Err(error) = app.close_log() {
            session.say(&failure::publishing::not_signed(&error, session.texts));
        }
        opened?;
        if served == Ended::CutOff {
            session.say(&session.texts.get("serve-cut-off"));
        }
        session.say(&session.texts.get("serve-ended"));
        Ok(Ending::Yes)
    }
}

/// The address alone, on a line of standard output: for programs that start a server.
pub fn say_url(url: &str) -> anyhow::Result<()> {
    let mut out = output();
    writeln!(out, "{url}")?;
    Ok(out.flush()?)
}

/// What ends a server.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub fn of_this_process() -> anyhow::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// What is allowed, with rates that were chosen.
pub fn limits(requests_per_second: Option<u32>, writes_per_second: Option<u32>) -> Limits {
    let mut limits = Limits::default();
    if let Some(count) = requests_per_second {
        limits.requests_per_address = per_second(count);
    }
    if let Some(count) = writes_per_second {
        limits.writes_per_token = per_second(count);
    }
    limits.fitting(open_files())
}
