//! PostgreSQL with the same hash chain, as fast as a reasonable user would make it.

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use minhbach_events::Hash;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use postgres::{Client, Statement};

use crate::cluster::Cluster;
use crate::load::{Chain, Load};
use crate::measure::{BATCH, Done, Measure, Sizes, Unit};

const TABLES: &str = "
    DROP TABLE IF EXISTS entries, head;
    CREATE TABLE entries (seq bigint PRIMARY KEY, hash bytea NOT NULL, entry text NOT NULL);
    CREATE TABLE head (seq bigint NOT NULL, hash bytea NOT NULL) WITH (fillfactor = 10);
    CHECKPOINT;
";
/// Adds an entry.
pub const INSERT: &str = "INSERT INTO entries VALUES ($1, $2, $3)";
/// Takes the head's row until the transaction ends.
pub const READ_HEAD: &str = "SELECT seq, hash FROM head FOR UPDATE";
/// Adds an entry and moves the head.
pub const WRITE_AFTER_HEAD: &str =
    "WITH written AS (INSERT INTO entries VALUES ($1, $2, $3)) UPDATE head SET seq = $1 + 1, hash = $2";

type Function = fn(&Cluster, &Load, usize, usize, &Done) -> Result<Duration>;

/// In batches, one at a time, and from many clients at once. Without a cluster they can be listed, not taken.
pub fn measures(sizes: &Sizes, cluster: Option<Rc<Cluster>>) -> Vec<Measure> {
    let Sizes {
        entries,
        one_by_one,
        many,
        clients,
        ..
    } = *sizes;
    let rows: [(&str, String, usize, Function); 5] = [
        (
            "pg-batch-insert",
            "PostgreSQL, batches of 1,000, INSERT".to_owned(),
            entries,
            insert_batches,
        ),
        (
            "pg-batch-copy",
            "PostgreSQL, batches of 1,000, COPY".to_owned(),
            entries,
            copy_batches,
        ),
        (
            "pg-one",
            "PostgreSQL, one at a time".to_owned(),
            one_by_one,
            insert_one_by_one,
        ),
        (
            "pg-many",
            format!("PostgreSQL, {clients} clients"),
            many,
            chained_by_row,
        ),
        (
            "pg-many-loose",
            format!("PostgreSQL, {clients} clients, gaps allowed"),
            many,
            chained_by_client,
        ),
    ];
    rows.into_iter()
        .map(|(name, title, entries, function)| {
            let cluster = cluster.clone();
            Measure {
                name,
                title,
                unit: Unit::PerSecond,
                entries,
                run: Box::new(move |_, load, entries, done| {
                    let cluster = cluster.as_ref().context("there is no PostgreSQL")?;
                    let took = function(cluster, load, entries, clients, done)?;
                    check(&mut cluster.connect()?, entries)?;
                    Ok(took)
                }),
            }
        })
        .collect()
}

/// One transaction a batch, one prepared statement over arrays.
fn insert_batches(cluster: &Cluster, load: &Load, entries: usize, _: usize, done: &Done) -> Result<Duration> {
    let mut client = fresh(cluster)?;
    let insert =
        client.prepare("INSERT INTO entries SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[])")?;
    let mut chain = Chain::begin();
    let begin = Instant::now();
    for from in (0..entries).step_by(BATCH) {
        let to = entries.min(from + BATCH);
        let (mut seqs, mut hashes, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for nth in from..to {
            let row = Row::next(&mut chain, load, nth)?;
            seqs.push(row.seq);
            hashes.push(row.hash.0.to_vec());
            texts.push(row.entry);
        }
        client.execute(&insert, &[&seqs, &hashes, &texts])?;
        done.add(to - from);
    }
    Ok(begin.elapsed())
}

/// One transaction a batch, by binary COPY.
fn copy_batches(cluster: &Cluster, load: &Load, entries: usize, _: usize, done: &Done) -> Result<Duration> {
    let mut client = fresh(cluster)?;
    let mut chain = Chain::begin();
    let begin = Instant::now();
    for from in (0..entries).step_by(BATCH) {
        let to = entries.min(from + BATCH);
        let copy = client.copy_in("COPY entries FROM STDIN BINARY")?;
        let mut writer = BinaryCopyInWriter::new(copy, &[Type::INT8, Type::BYTEA, Type::TEXT]);
        for nth in from..to {
            let row = Row::next(&mut chain, load, nth)?;
            writer.write(&[&row.seq, &&row.hash.0[..], &row.entry])?;
        }
        writer.finish()?;
        done.add(to - from);
    }
    Ok(begin.elapsed())
}

/// One client that knows the head, one transaction an entry.
fn insert_one_by_one(
    cluster: &Cluster,
    load: &Load,
    entries: usize,
    _: usize,
    done: &Done,
) -> Result<Duration> {
    let mut client = fresh(cluster)?;
    let insert = client.prepare(INSERT)?;
    let mut chain = Chain::begin();
    let begin = Instant::now();
    for nth in 0..entries {
        let row = Row::next(&mut chain, load, nth)?;
        client.execute(&insert, &[&row.seq, &&row.hash.0[..], &row.entry])?;
        done.add(1);
    }
    Ok(begin.elapsed())
}

/// Many clients that agree on the order by the head's row: whoever holds it appends, and nobody's entry can be kept
/// without the one before it.
fn chained_by_row(
    cluster: &Cluster,
    load: &Load,
    entries: usize,
    clients: usize,
    done: &Done,
) -> Result<Duration> {
    begin_chain(cluster)?;
    by_many(
        cluster,
        entries,
        clients,
        &[READ_HEAD, WRITE_AFTER_HEAD],
        |client, statements, nth| {
            let mut transaction = client.transaction()?;
            let head = transaction.query_one(&statements[0], &[])?;
            let seq = u64::try_from(head.get::<_, i64>(0))?;
            let prev = Hash(head.get::<_, &[u8]>(1).try_into()?);
            let row = Row::next(&mut Chain { seq, prev }, load, nth)?;
            transaction.execute(&statements[1], &[&row.seq, &&row.hash.0[..], &row.entry])?;
            transaction.commit()?;
            done.add(1);
            Ok(())
        },
    )
}

/// Many clients of one program that keeps the order in its memory: the commits go together, but a crash can keep an
/// entry and lose the one before it, so this is no ledger. It is the most that PostgreSQL could give.
fn chained_by_client(
    cluster: &Cluster,
    load: &Load,
    entries: usize,
    clients: usize,
    done: &Done,
) -> Result<Duration> {
    fresh(cluster)?;
    let chain = Mutex::new(Chain::begin());
    by_many(cluster, entries, clients, &[INSERT], |client, statements, nth| {
        let row = Row::next(
            &mut chain.lock().unwrap_or_else(PoisonError::into_inner),
            load,
            nth,
        )?;
        client.execute(&statements[0], &[&row.seq, &&row.hash.0[..], &row.entry])?;
        done.add(1);
        Ok(())
    })
}

/// Connects all clients and prepares their statements, then lets them take the entries from one queue.
fn by_many(
    cluster: &Cluster,
    entries: usize,
    clients: usize,
    statements: &[&str],
    work: impl Fn(&mut Client, &[Statement], usize) -> Result<()> + Sync,
) -> Result<Duration> {
    let mut connected = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut client = cluster.connect()?;
        let prepared: Result<Vec<Statement>, _> =
            statements.iter().map(|text| client.prepare(text)).collect();
        connected.push((client, prepared?));
    }
    let queue = AtomicUsize::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let (queue, work) = (&queue, &work);
        let threads: Vec<_> = connected
            .iter_mut()
            .map(|(client, statements)| {
                scope.spawn(move || {
                    loop {
                        let nth = queue.fetch_add(1, Ordering::Relaxed);
                        if entries <= nth {
                            return Ok(());
                        }
                        work(client, statements, nth)?;
                    }
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a client stopped in the middle")))
        })
    })?;
    Ok(begin.elapsed())
}

/// Empty tables with a head before the first entry.
pub fn begin_chain(cluster: &Cluster) -> Result<()> {
    fresh(cluster)?.execute("INSERT INTO head VALUES (0, $1)", &[&&Hash::ZERO.0[..]])?;
    Ok(())
}

/// How many entries there are.
pub fn count(cluster: &Cluster) -> Result<i64> {
    let row = cluster
        .connect()?
        .query_one("SELECT count(*) FROM entries", &[])?;
    Ok(row.get(0))
}

/// A connection, and empty tables.
pub fn fresh(cluster: &Cluster) -> Result<Client> {
    let mut client = cluster.connect()?;
    client.batch_execute(TABLES)?;
    Ok(client)
}

/// Checks that the table holds one unbroken chain: a figure for something else would mislead.
pub fn check(client: &mut Client, entries: usize) -> Result<()> {
    let mut before = Hash::ZERO;
    let mut rows = 0;
    for row in client.query("SELECT seq, hash, entry FROM entries ORDER BY seq", &[])? {
        let (seq, hash, entry): (i64, &[u8], &str) = (row.get(0), row.get(1), row.get(2));
        let linked = entry.starts_with(&format!("{{\"seq\":{rows},\"prev\":\"{before}\","));
        before = Hash::of(entry.as_bytes());
        if seq != rows || !linked || hash != before.0 {
            bail!("what PostgreSQL holds is no chain from entry {rows} on");
        }
        rows += 1;
    }
    if usize::try_from(rows) != Ok(entries) {
        bail!("PostgreSQL holds {rows} entries of {entries}");
    }
    Ok(())
}

/// An entry as a row.
struct Row {
    seq: i64,
    hash: Hash,
    entry: String,
}

impl Row {
    fn next(chain: &mut Chain, load: &Load, nth: usize) -> Result<Row> {
        let seq = i64::try_from(chain.seq)?;
        let mut bytes = Vec::with_capacity(640);
        let hash = chain.write_next(load, nth, &mut bytes);
        Ok(Row {
            seq,
            hash,
            entry: String::from_utf8(bytes)?,
        })
    }
}
