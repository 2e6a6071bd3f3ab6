//! One entry a request from many clients: our server beside PostgreSQL behind a handler.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};

use super::rival::Rival;
use super::{Place, journal, rates, wrk};
use crate::cluster::Cluster;
use crate::measure::Measured;
use crate::postgresql::{begin_chain, check, count, fresh};

const OURS: &str = "http-write";
const THEIRS: &str = "http-write-pg";
const WITH_GAPS: &str = "http-write-pg-loose";

/// Every measure and its title.
pub fn titles(writers: usize) -> [(&'static str, String); 3] {
    [
        (OURS, format!("the server, {writers} clients over HTTP")),
        (THEIRS, format!("PostgreSQL, {writers} clients over HTTP")),
        (
            WITH_GAPS,
            format!("PostgreSQL, {writers} over HTTP, gaps allowed"),
        ),
    ]
}

/// Takes them in rounds, by turns, each into an empty ledger or table.
pub fn take(
    place: &Place<'_>,
    cluster: Option<&Cluster>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<Measured>> {
    let writers = place.options.writers;
    let titles = titles(writers);
    let mut seen: [Vec<wrk::Seen>; 3] = Default::default();
    std::fs::write(place.folder.join("proposal"), journal::RECEIPT)?;
    for round in 1..=place.options.rounds {
        for (nth, (name, title)) in titles.iter().enumerate() {
            if !wanted(name) || *name != OURS && cluster.is_none() {
                continue;
            }
            eprintln!("[{round}/{}] {}", place.options.rounds, title);
            rustix::fs::sync();
            let run = match (*name, cluster) {
                (THEIRS, Some(cluster)) => chained(place, cluster),
                (WITH_GAPS, Some(cluster)) => with_gaps(place, cluster),
                _ => ours(place),
            };
            seen[nth].push(run.with_context(|| format!("measuring {name}"))?);
        }
    }
    let results = titles.into_iter().zip(&seen);
    Ok(results
        .filter_map(|((name, title), seen)| rates(name, title, seen))
        .collect())
}

fn ours(place: &Place<'_>) -> Result<wrk::Seen> {
    let folder = tempfile::Builder::new()
        .prefix("writes-")
        .tempdir_in(place.folder)?;
    journal::small(folder.path())?;
    let token = place.binary.token(folder.path())?;
    let before = entries(folder.path())?;
    let server = place.binary.serve(folder.path(), &[])?;
    let seen = write(place, server.address(), &token)?;
    drop(server);
    let added = entries(folder.path())? - before;
    all_kept(&seen, added, place.options.writers)?;
    Ok(seen)
}

fn chained(place: &Place<'_>, cluster: &Cluster) -> Result<wrk::Seen> {
    begin_chain(cluster)?;
    let rival = Rival::postgresql(cluster, place.options.writers)?;
    let seen = write(place, rival.address(), "none")?;
    drop(rival);
    let kept = settled(cluster)?;
    check(&mut cluster.connect()?, usize::try_from(kept)?)?;
    all_kept(&seen, u64::try_from(kept)?, place.options.writers)?;
    Ok(seen)
}

fn with_gaps(place: &Place<'_>, cluster: &Cluster) -> Result<wrk::Seen> {
    drop(fresh(cluster)?);
    let rival = Rival::postgresql_with_gaps(cluster, place.options.writers)?;
    let seen = write(place, rival.address(), "none")?;
    drop(rival);
    all_kept(&seen, u64::try_from(settled(cluster)?)?, place.options.writers)?;
    Ok(seen)
}

fn write(place: &Place<'_>, address: SocketAddr, token: &str) -> Result<wrk::Seen> {
    let (script, proposal) = (place.folder.join("write.lua"), place.folder.join("proposal"));
    let borne = place.folder.join("token");
    std::fs::write(&borne, token)?;
    let arguments = [borne.display().to_string(), proposal.display().to_string()];
    let Place { options, .. } = place;
    wrk::run(
        address,
        "/v1/entries",
        options.writers,
        options.seconds,
        &script,
        &arguments,
    )
}

/// How many entries PostgreSQL holds once nobody writes.
fn settled(cluster: &Cluster) -> Result<i64> {
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";
    let mut client = cluster.connect()?;
    for _ in 0..200 {
        if client.query_one(OTHERS, &[])?.get::<_, i64>(0) <= 1 {
            return count(cluster);
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    bail!("connections to PostgreSQL stay open");
}

fn entries(folder: &std::path::Path) -> Result<u64> {
    Ok(minhbach_journal::verify(folder, &|_| {})?.size)
}

/// What was answered must be there; a request of each client may have been on its way at the end.
fn all_kept(seen: &wrk::Seen, kept: u64, writers: usize) -> Result<()> {
    // What wrk had sent and not read when its time was over is kept too.
    let most = seen.requests + 2 * writers as u64;
    if !(seen.requests..=most).contains(&kept) {
        bail!(
            "{} requests were acknowledged, {kept} entries are kept",
            seen.requests
        );
    }
    Ok(())
}
