//! What a user would otherwise put there: a handler that does nothing, and one before PostgreSQL.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use minhbach_events::Hash;
use minhbach_ledger::{Clock, system_clock};
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, Statement};

use crate::cluster::Cluster;
use crate::postgresql::{INSERT, READ_HEAD, WRITE_AFTER_HEAD};

/// A server on a runtime of its own, set up as the command's is; dropped, it ends.
pub struct Rival {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Rival {
    fn serve(make: impl Future<Output = Result<Router>>) -> Result<Rival> {
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let address = runtime.block_on(async {
            let router = make.await?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            tokio::spawn(async move { axum::serve(listener, router).await });
            anyhow::Ok(address)
        })?;
        Ok(Rival {
            address,
            runtime: Some(runtime),
        })
    }

    /// A handler that answers every question of the API with the same bytes under the same headers.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn bare(headers: &[(String, String)], bytes: usize) -> Result<Rival> {
        let mut fixed = HeaderMap::new();
        for (name, value) in headers {
            fixed.append(
                HeaderName::from_bytes(name.as_bytes())?,
                HeaderValue::from_str(value)?,
            );
        }
        let body = Bytes::from(vec![b' '; bytes]);
        let answer = async |State((headers, body)): State<(HeaderMap, Bytes)>| (headers, body);
        Rival::serve(async move {
            Ok(Router::new()
                .route("/v1/{kind}/{name}", get(answer))
                .with_state((fixed, body)))
        })
    }

    /// A handler that appends to the chain in PostgreSQL: the head's row is held while an entry is added.
    ///
    /// # Errors
    ///
    /// The cluster takes no more connections.
    pub fn postgresql(cluster: &Cluster, connections: usize) -> Result<Rival> {
        Rival::before(cluster, connections, &[READ_HEAD, WRITE_AFTER_HEAD], post(append))
    }

    /// The same where the handler keeps the head in memory, so that a crash can leave a gap.
    ///
    /// # Errors
    ///
    /// The cluster takes no more connections.
    pub fn postgresql_with_gaps(cluster: &Cluster, connections: usize) -> Result<Rival> {
        Rival::before(cluster, connections, &[INSERT], post(append_with_gaps))
    }

    fn before(
        cluster: &Cluster,
        connections: usize,
        statements: &[&str],
        route: axum::routing::MethodRouter<Arc<Pool>>,
    ) -> Result<Rival> {
        let settings = cluster.settings();
        Rival::serve(async move {
            let mut idle = Vec::with_capacity(connections);
            for _ in 0..connections {
                let (client, connection) = settings
                    .connect(NoTls)
                    .await
                    .context("connecting to PostgreSQL")?;
                tokio::spawn(connection);
                let mut prepared = Vec::new();
                for text in statements {
                    prepared.push(client.prepare(text).await?);
                }
                idle.push((client, prepared));
            }
            let pool = Pool {
                idle: Mutex::new(idle),
                head: Mutex::new((0, Hash::ZERO)),
                clock: system_clock(),
            };
            Ok(Router::new()
                .route("/v1/entries", route)
                .with_state(Arc::new(pool)))
        })
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Connected = (Client, Vec<Statement>);

/// Connections that are not in use: as many as there are clients, so that nobody waits for one.
struct Pool {
    idle: Mutex<Vec<Connected>>,
    /// The next seq and the hash before it, where the handler keeps them.
    head: Mutex<(i64, Hash)>,
    clock: Clock,
}

impl Pool {
    fn take(&self) -> Result<Connected, StatusCode> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        taken.ok_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    fn give_back(&self, connected: Connected) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connected);
    }

    /// The entry of an event, and its hash.
    fn entry(&self, seq: i64, prev: &Hash, event: &RawValue) -> (String, Hash) {
        let at = (self.clock)();
        let entry = format!(r#"{{"seq":{seq},"prev":"{prev}","at":"{at}","by":"bench","event":{event}}}"#);
        let hash = Hash::of(entry.as_bytes());
        (entry, hash)
    }
}

type Answered = Result<(StatusCode, [(&'static str, &'static str); 1], String), StatusCode>;

fn answered(seq: i64, hash: &Hash) -> Answered {
    let document = format!(r#"{{"seq":{seq},"hash":"{hash}"}}"#);
    Ok((
        StatusCode::CREATED,
        [("content-type", "application/json")],
        document,
    ))
}

fn event(body: &Bytes) -> Result<&RawValue, StatusCode> {
    serde_json::from_slice(body).map_err(|_| StatusCode::BAD_REQUEST)
}

fn failed(error: impl std::fmt::Display) -> StatusCode {
    eprintln!("PostgreSQL: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn append(State(pool): State<Arc<Pool>>, body: Bytes) -> Answered {
    let event = event(&body)?;
    let (mut client, statements) = pool.take()?;
    let transaction = client.transaction().await.map_err(failed)?;
    let head = transaction.query_one(&statements[0], &[]).await.map_err(failed)?;
    let seq: i64 = head.get(0);
    let prev = Hash(head.get::<_, &[u8]>(1).try_into().map_err(failed)?);
    let (entry, hash) = pool.entry(seq, &prev, event);
    let added = transaction
        .execute(&statements[1], &[&seq, &&hash.0[..], &entry])
        .await;
    added.map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    pool.give_back((client, statements));
    answered(seq, &hash)
}

async fn append_with_gaps(State(pool): State<Arc<Pool>>, body: Bytes) -> Answered {
    let event = event(&body)?;
    let (client, statements) = pool.take()?;
    let (seq, entry, hash) = {
        let mut head = pool.head.lock().unwrap_or_else(PoisonError::into_inner);
        let (seq, prev) = *head;
        let (entry, hash) = pool.entry(seq, &prev, event);
        *head = (seq + 1, hash);
        (seq, entry, hash)
    };
    let added = client
        .execute(&statements[0], &[&seq, &&hash.0[..], &entry])
        .await;
    added.map_err(failed)?;
    pool.give_back((client, statements));
    answered(seq, &hash)
}
