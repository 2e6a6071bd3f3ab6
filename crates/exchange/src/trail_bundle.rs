//! A gift's whole trail in one file that proves itself: what `minhbach prove CODE` and `/v1/trails/{code}/proof` give.

use std::collections::HashSet;
use std::error::Error;

use minhbach_auditing::{BundledEntry, TrailBundle};
use minhbach_events::{Reference, Slug};
use minhbach_ledger::NameKind;
use minhbach_projections::{Journal, Projections, ReadError, Trail};
use minhbach_publishing::{LogView, PublishError};
use minhbach_tlog::VerifyingKey;

use crate::trail_entries::{TooMany, entries_of};

/// Why there is no such file.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The ledger does not know the code, or cannot be asked.
    #[error(transparent)]
    Trail(#[from] ReadError),
    /// The trail is of more entries than one file holds.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The last of its entries are not covered by a checkpoint yet.
    #[error("the last entries of the trail are not signed yet")]
    NotSigned,
    /// An entry cannot be read.
    #[error("an entry of the trail cannot be read: {0}")]
    Entry(Box<dyn Error + Send + Sync>),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] PublishError),
}

/// Makes the file of the trail of `name` under the checkpoint that `log` shows now. `defined_at` says which entry tells
/// what a name stands for. What the ledger says of the trail itself goes in where it is of the checkpoint's size.
///
/// # Errors
///
/// The code is unknown, the trail too long or not signed yet, or something cannot be read.
pub fn trail_bundle(
    projections: &Projections,
    journal: &dyn Journal,
    defined_at: &dyn Fn(NameKind, &Slug) -> Option<u64>,
    name: &Reference,
    (log, key): (&LogView, &VerifyingKey),
) -> Result<TrailBundle, MakeError> {
    // All proofs lead to one root, however the log goes on meanwhile.
    let log = log.as_it_is();
    let (note, checkpoint) = log.checkpoint().ok_or(MakeError::NotSigned)?;
    let trail = whole(projections, journal, name)?;
    let seqs = entries_of(&trail, journal, defined_at)?;
    let mut entries = Vec::with_capacity(seqs.len());
    for index in seqs {
        let proof = log.proof_with_entry(index)?.ok_or(MakeError::NotSigned)?;
        let entry = String::from_utf8(proof.extra.unwrap_or_default());
        entries.push(BundledEntry {
            index,
            entry: entry.map_err(|error| MakeError::Entry(error.into()))?,
            proof: proof.hashes,
        });
    }
    let of_checkpoint = trail.as_of.size == checkpoint.size;
    let written = of_checkpoint.then(|| serde_json::value::to_raw_value(&trail).ok());
    Ok(TrailBundle {
        code: trail.code,
        vkey: key.to_string(),
        note,
        entries,
        trail: written.flatten(),
    })
}

/// All pages of a trail as one.
fn whole(projections: &Projections, journal: &dyn Journal, name: &Reference) -> Result<Trail, MakeError> {
    let mut trail = projections.trail(name, journal, None)?;
    let mut seen: HashSet<_> = trail
        .nodes
        .iter()
        .map(|node| (node.seq, node.code.clone()))
        .collect();
    while let Some(cursor) = trail.next.take() {
        let page = projections.trail(name, journal, Some(cursor.as_str()))?;
        let nodes = page.nodes.into_iter();
        trail
            .nodes
            .extend(nodes.filter(|node| seen.insert((node.seq, node.code.clone()))));
        trail.edges.extend(page.edges);
        trail.reached.extend(page.reached);
        trail.next = page.next;
        if crate::trail_entries::ENTRIES_MAX < trail.nodes.len() {
            return Err(TooMany.into());
        }
    }
    Ok(trail)
}
