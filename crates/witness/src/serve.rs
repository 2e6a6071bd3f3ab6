//! A witness that listens: connections with limits on time and number, and an ending that loses nothing.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use minhbach_tlog::{KeyName, POLICY_BYTES_MAX, Policy, VerifyingKey};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::{Witness, WitnessError, router};

/// Connections at once; others wait in the system's queue.
const CONNECTIONS_MAX: usize = 512;
/// How long the head of a request, and the next request of a connection, is waited for.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a reader may take nothing of its answer.
const STALLED_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests may go on after the end was called for.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest head of a request.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// After what the system refused a connection, such as too many open files.
const BREATH: Duration = Duration::from_millis(50);

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 is any free one.
    pub listen: SocketAddr,
    /// The witness's memory; made if it is not there.
    pub folder: PathBuf,
    /// The keys of the logs to watch: [`read_logs`] reads them from a file.
    pub logs: Vec<VerifyingKey>,
    /// How a new witness is called; an old one's key must have the name. None for whatever the key says.
    pub name: Option<KeyName>,
}

/// What is said when a witness has begun to serve.
#[derive(Clone, Debug)]
pub struct Started {
    /// Where it is reached.
    pub url: String,
    /// Its key, for the policies of those who trust it.
    pub key: VerifyingKey,
    /// How many logs it watches.
    pub logs: usize,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every request was answered.
    Drained,
    /// Some were still going on when their time was over. What they asked for is remembered or not, and never half.
    CutOff,
}

/// Serves a witness until `end` is ready; `started` is called when it listens.
///
/// # Errors
///
/// It cannot listen, or the witness does not open.
pub async fn serve(
    options: Options,
    started: impl FnOnce(Started),
    end: impl Future<Output = ()>,
) -> Result<Ended, WitnessError> {
    let address = options.listen;
    let failed = |error| WitnessError::Listen { address, error };
    // First, so that a witness that cannot listen makes no folder.
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    // Waits for the disk, as there is nobody yet who would wait for us.
    let witness = Witness::open(&options.folder, options.name.as_ref(), &options.logs)?;
    let witness = Arc::new(witness);
    started(Started {
        url: format!("http://{address}"),
        key: witness.key().clone(),
        logs: witness.logs(),
    });
    Ok(run(listener, &router(witness), end).await)
}

/// The keys of the logs in a file in the form of a policy, in which a quorum may be missing.
///
/// # Errors
///
/// It is none, or cannot be read.
pub fn read_logs(path: &Path) -> Result<Vec<VerifyingKey>, WitnessError> {
    let mut text = String::new();
    let file = File::open(path).map_err(WitnessError::io("read", path))?;
    // One more, so that the reader finds it too long.
    let read = file.take(POLICY_BYTES_MAX as u64 + 2).read_to_string(&mut text);
    read.map_err(WitnessError::io("read", path))?;
    let logs = Policy::parse_logs(&text).map_err(|why| WitnessError::BadLogs {
        path: path.to_path_buf(),
        why,
    })?;
    Ok(logs.into_iter().map(|log| log.key).collect())
}

/// Answers connections until `end` is ready, then lets what goes on come to its end.
pub(crate) async fn run(listener: TcpListener, router: &Router, end: impl Future<Output = ()>) -> Ended {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((stream, place)) => connect(stream, place, router, &connections),
            // The other side went, or the system has no more to give: neither ends the witness.
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    match tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown()).await {
        Ok(()) => Ended::Drained,
        Err(_) => Ended::CutOff,
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

fn connect(stream: TcpStream, place: OwnedSemaphorePermit, router: &Router, connections: &GracefulShutdown) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED_TIMEOUT));
    let router = router.clone();
    let service = tower::service_fn(move |request: hyper::Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // That a client went in the middle is its affair: what it was sent is remembered.
        let _ = connection.await;
        drop(place);
    });
}
