//! Listening: connections with limits on time and number, and an ending that loses nothing.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::address::Peer;
use crate::app::App;
use crate::operation;

/// The largest head of a request, with its path and headers.
const HEAD_BYTES_MAX: usize = 32 * 1024;
const HEADERS_MAX: usize = 64;
/// After what the system refused a connection, such as too many open files.
const BREATH: Duration = Duration::from_millis(50);
/// How often quiet addresses are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Why listening did not begin.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {error}")]
pub struct ServeError {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// What the system says.
    pub error: io::Error,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every request was answered.
    Drained,
    /// Some were still going on when their time was over.
    CutOff,
}

/// An address that is listened on, before the first connection is taken.
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listening {
    /// Begins to listen; port 0 is any free one.
    ///
    /// # Errors
    ///
    /// The address is in use or not one of this machine.
    pub async fn on(address: SocketAddr) -> Result<Listening, ServeError> {
        let failed = |error| ServeError { address, error };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Listening { listener, address })
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `end` is ready, then lets what goes on come to its end: followers and streams are told, other requests
    /// have [`drain_timeout`](crate::Limits::drain_timeout).
    pub async fn serve(self, app: App, router: Router, end: impl Future<Output = ()>) -> Ended {
        let connections = GracefulShutdown::new();
        let mut end = pin!(end);
        let mut forget = tokio::time::interval(FORGET_EVERY);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&self.listener, &app) => accepted,
                _ = forget.tick() => {
                    app.rates.forget_quiet();
                    app.metrics.run_upkeep();
                    continue;
                }
                () = &mut end => break,
            };
            match accepted {
                Ok((stream, address, place)) => connect(&app, &router, stream, address, place, &connections),
                // The other side went, or the system has no more to give: neither ends the server.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        app.end();
        drop(self.listener);
        match tokio::time::timeout(app.settings.limits.drain_timeout, connections.shutdown()).await {
            Ok(()) => Ended::Drained,
            Err(_) => Ended::CutOff,
        }
    }
}

type Place = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is a place for it: others wait in the system's queue.
async fn accept(listener: &TcpListener, app: &App) -> io::Result<(TcpStream, SocketAddr, Place)> {
    let place = app
        .connections
        .clone()
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, place))
}

fn connect(
    app: &App,
    router: &Router,
    stream: TcpStream,
    address: SocketAddr,
    place: Place,
    connections: &GracefulShutdown,
) {
    // Too many of one address: closed without a word, as there is none before a request.
    let Some(counted) = app.connected(address.ip()) else {
        return;
    };
    let limits = &app.settings.limits;
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stalled_timeout));
    let router = router.clone();
    let service = tower::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(address));
        router.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .half_close(true)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let connection = connections.watch(connection);
    let shown = operation::connection();
    tokio::spawn(async move {
        // That a client went in the middle is his affair; what was acknowledged is kept.
        let _ = connection.await;
        drop((counted, place, shown));
    });
}
