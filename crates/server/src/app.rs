//! What every request sees: the ledger once it is open, who may write, the limits.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics_exporter_prometheus::PrometheusHandle;
use minhbach_events::Actor;
use minhbach_ledger::{Committed, Ledger, Observer, ReadFault};
use minhbach_publishing::{Grown, LogView, PublishError, Publisher};
use minhbach_tlog::VerifyingKey;
use tokio::sync::{Semaphore, watch};

use crate::actors::{Actors, ActorsError};
use crate::kept::Kept;
use crate::limits::{Limits, Rates, network};
use crate::operation;
use crate::problem::{Fault, Problem};
use crate::shares::Shares;
use crate::witnesses::AskedWitnesses;
use crate::writes::Gate;

/// How a server is set up.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What is allowed.
    pub limits: Limits,
    /// Whether the address of a request is the last of `X-Forwarded-For`, as a proxy of one's own adds it.
    pub behind_proxy: bool,
    /// Gifts that the first page shows the trails of.
    pub gifts: Vec<GiftShown>,
}

/// A gift whose trail is worth a look, and why, in both languages.
#[derive(Clone, Copy, Debug)]
pub struct GiftShown {
    /// Its code.
    pub code: &'static str,
    /// Tiếng Việt.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

/// What every request sees. Clones are the same.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What all clones of an [`App`] share; the crate's own.
pub struct Inner {
    pub(crate) settings: Settings,
    pub(crate) rates: Rates,
    pub(crate) actors: Actors,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) kept: Kept,
    /// Set once the ledger is open.
    open: OnceLock<Open>,
    /// What is published, set before that.
    log: OnceLock<LogView>,
    log_key: OnceLock<VerifyingKey>,
    pub(crate) witnesses: OnceLock<AskedWitnesses>,
    publisher: Mutex<Option<Publisher>>,
    /// How many entries are durable; followers wait for it to grow.
    pub(crate) durable: watch::Sender<u64>,
    /// True once the server is ending.
    pub(crate) ending: watch::Sender<bool>,
    pub(crate) list_questions: Arc<Shares<IpAddr>>,
    pub(crate) tables: Arc<Shares<IpAddr>>,
    pub(crate) rehearsals: Arc<Semaphore>,
    pub(crate) write_streams: Arc<Shares<Actor>>,
    pub(crate) followers: Arc<Shares<IpAddr>>,
    pub(crate) connections: Arc<Semaphore>,
    per_address: Mutex<HashMap<IpAddr, usize>>,
}

struct Open {
    ledger: Arc<Ledger>,
    gate: Gate,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// A server over the data folder `dir`, whose ledger is [opened](App::open) later: until then it says that it is
    /// not ready.
    ///
    /// # Errors
    ///
    /// Who may write cannot be read.
    pub fn new(dir: &Path, settings: Settings) -> Result<App, ActorsError> {
        let limits = &settings.limits;
        let places = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Ok(App(Arc::new(Inner {
            rates: Rates::new(limits),
            actors: Actors::open(dir)?,
            metrics: operation::recorder(),
            kept: Kept::default(),
            open: OnceLock::new(),
            log: OnceLock::new(),
            log_key: OnceLock::new(),
            witnesses: OnceLock::new(),
            publisher: Mutex::default(),
            durable: watch::Sender::new(0),
            ending: watch::Sender::new(false),
            list_questions: Shares::new(limits.list_questions, limits.list_questions_per_address),
            tables: Shares::new(limits.table_kib, limits.table_kib_per_address),
            rehearsals: places(1),
            write_streams: Shares::new(limits.write_streams, limits.write_streams_per_token),
            followers: Shares::new(limits.followers, limits.followers_per_address),
            connections: places(limits.connections),
            per_address: Mutex::default(),
            settings,
        })))
    }

    /// Gives the server its ledger, with who signs and who cosigns it. A second one is not taken.
    pub fn open(&self, ledger: Ledger, publisher: Option<Publisher>, witnesses: Option<AskedWitnesses>) {
        let ledger = Arc::new(ledger);
        let following = Following {
            app: self.clone(),
            signing: publisher.as_ref().map(Publisher::grown),
        };
        // Before the size is read: what is committed in between is told.
        ledger.observe(Arc::new(following));
        if let Some(publisher) = publisher {
            let _ = self.log.set(publisher.view());
            let _ = self.log_key.set(publisher.key().clone());
            if let Some(witnesses) = witnesses {
                let _ = self.witnesses.set(witnesses);
            }
            // What was recorded before anybody observed it.
            publisher.grown().tell();
            *self.publisher.lock().unwrap_or_else(PoisonError::into_inner) = Some(publisher);
        }
        self.grown(ledger.as_of().size);
        let gate = Gate::begin(ledger.clone());
        let _ = self.open.set(Open { ledger, gate });
    }

    /// The ledger, once it is open.
    pub(crate) fn ledger(&self) -> Result<&Arc<Ledger>, Problem> {
        self.opened().map(|open| &open.ledger)
    }

    /// The way to the writer, once the ledger is open.
    pub(crate) fn gate(&self) -> Result<&Gate, Problem> {
        self.opened().map(|open| &open.gate)
    }

    fn opened(&self) -> Result<&Open, Problem> {
        self.open.get().ok_or_else(|| Problem::new(Fault::NotReady, &[]))
    }

    /// Tells followers and streams to end, and takes no more proposals.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Ends the ledger after the last request: what is handed in is committed, the read models are written.
    ///
    /// # Errors
    ///
    /// The read models could not be written; they are rebuilt at the next opening. Every acknowledged entry is durable.
    pub fn close(&self) -> Result<(), ReadFault> {
        let Some(open) = self.open.get() else {
            return Ok(());
        };
        open.gate.end();
        open.ledger.settle()
    }

    /// Signs what was committed last, and ends signing: after [`close`](App::close).
    ///
    /// # Errors
    ///
    /// The last checkpoint could not be signed; what it would have covered is signed at the next opening.
    pub fn close_log(&self) -> Result<(), PublishError> {
        let publisher = self
            .publisher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        publisher.map_or(Ok(()), |publisher| publisher.end().map(drop))
    }

    /// The log that is published, once the ledger is open.
    pub(crate) fn log(&self) -> Result<&LogView, Problem> {
        self.opened()?;
        self.log.get().ok_or_else(|| Problem::new(Fault::NotSigned, &[]))
    }

    /// Who signs the log, once the ledger is open.
    pub(crate) fn log_key(&self) -> Result<&VerifyingKey, Problem> {
        self.opened()?;
        self.log_key
            .get()
            .ok_or_else(|| Problem::new(Fault::NotSigned, &[]))
    }

    fn grown(&self, size: u64) {
        self.durable.send_if_modified(|durable| {
            let grown = *durable < size;
            *durable = size.max(*durable);
            grown
        });
    }

    /// Counts a connection of an address, until what is returned is dropped; none when it has too many.
    pub(crate) fn connected(&self, address: IpAddr) -> Option<Connected> {
        let address = network(address);
        // A proxy brings many, and counts them itself.
        let most = if self.settings.behind_proxy {
            usize::MAX
        } else {
            self.settings.limits.connections_per_address
        };
        let mut counts = self.per_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if most <= *count {
            return None;
        }
        *count += 1;
        Some(Connected {
            app: self.clone(),
            address,
        })
    }
}

/// A connection that counts.
pub(crate) struct Connected {
    app: App,
    address: IpAddr,
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut counts = self
            .app
            .per_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// Passes commits on to followers, to the metrics and to who signs.
struct Following {
    app: App,
    signing: Option<Grown>,
}

impl Observer for Following {
    fn committed(&self, batch: &Committed) {
        operation::committed(batch);
        self.app.grown(batch.size);
        if let Some(signing) = &self.signing {
            signing.tell();
        }
    }
}
