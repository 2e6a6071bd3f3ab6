//! The full pass: each entry is read strictly, decided again by the rules, and applied.

use std::sync::Arc;

use crossbeam_channel::bounded;
use minhbach_events::{Entry, Event, Hash, Proposal};
use minhbach_journal::Reader;
use minhbach_ledger::{Authority, Books, Moment, apply, decide};
use minhbach_projections::Projections;
use minhbach_projections::recorded::{Recorded, Undone};

use crate::progress::Bar;
use crate::session::Session;

/// Entries that one thread reads while another asks the rules.
const AHEAD_ENTRIES: usize = 512;
const AHEAD_BATCHES: usize = 4;

/// What the pass left behind.
pub struct Replayed {
    /// Rebuilt in memory from the entries, up to the broken one.
    pub projections: Projections,
    pub broken: Option<Broken>,
}

/// The first entry that no ledger would have written.
pub struct Broken {
    pub seq: u64,
    pub why: String,
}

type Strict = Result<(Entry, Hash), Broken>;

/// Replays the first `size` entries.
pub fn replay(session: &Session, reader: &Reader, size: u64) -> anyhow::Result<Replayed> {
    let bar = Bar::new(session);
    let mut books = Books::default();
    let mut projections = Projections::in_memory();
    let (sender, batches) = bounded::<anyhow::Result<Vec<Strict>>>(AHEAD_BATCHES);
    let ahead = reader.clone();
    let broken = std::thread::scope(|scope| -> anyhow::Result<Option<Broken>> {
        scope.spawn(move || {
            let mut entries = ahead.entries(0);
            let mut left = size;
            while 0 < left {
                let mut batch = Vec::with_capacity(AHEAD_ENTRIES);
                while batch.len() < AHEAD_ENTRIES && 0 < left {
                    match entries.next_ref() {
                        None => left = 0,
                        Some(Err(error)) => {
                            let _ = sender.send(Err(error.into()));
                            return;
                        }
                        Some(Ok(raw)) => {
                            left -= 1;
                            let strict = Entry::from_bytes(raw.bytes);
                            batch.push(match strict {
                                Ok(entry) => Ok((entry, raw.hash)),
                                Err(error) => Err(Broken {
                                    seq: raw.seq,
                                    why: error.to_string(),
                                }),
                            });
                        }
                    }
                }
                // Nobody listens any more once an entry is broken.
                if sender.send(Ok(batch)).is_err() {
                    return;
                }
            }
        });
        // Owned here, so that leaving early ends the thread above.
        for batch in batches {
            for strict in batch? {
                let (entry, hash) = match strict {
                    Ok(read) => read,
                    Err(broken) => return Ok(Some(broken)),
                };
                let seq = entry.seq;
                if seq.is_multiple_of(1024) {
                    bar.at("progress-rules", seq, size);
                }
                if let Some(broken) = one(session, reader, &mut books, &mut projections, entry, hash)? {
                    return Ok(Some(broken));
                }
            }
        }
        Ok(None)
    })?;
    Ok(Replayed { projections, broken })
}

fn one(
    session: &Session,
    reader: &Reader,
    books: &mut Books,
    projections: &mut Projections,
    entry: Entry,
    hash: Hash,
) -> anyhow::Result<Option<Broken>> {
    let (texts, seq) = (session.texts, entry.seq);
    let broken = |why: String| Ok(Some(Broken { seq, why }));
    if let Some(key) = &entry.key {
        let candidates: Vec<u64> = books.key_candidates(key).collect();
        for earlier in candidates {
            if read(reader, earlier)?.key.as_ref() == Some(key) {
                return broken(texts.with("verify-key-twice", &[("key", key), ("earlier", &earlier)]));
            }
        }
    }
    let proposal = Proposal {
        event: entry.event.clone(),
        key: None,
        by: None,
        at: None,
    };
    let moment = Moment {
        at: entry.at,
        by: entry.by.clone(),
        authority: Authority::Whole,
        entropy: [0; 32],
    };
    match decide(books, &proposal, &moment) {
        Err(rejection) => return broken(rejection.message(texts.language)),
        Ok(decided) if decided != entry.event => return broken(texts.get("verify-decided-otherwise")),
        Ok(_) => {}
    }
    let effects = match apply(books, &entry, hash) {
        Ok(effects) => effects,
        Err(impossible) => return broken(impossible.to_string()),
    };
    let undone = match &entry.event {
        Event::EntryReversed(e) => Some(Undone {
            entry: Arc::new(read(reader, e.reverses.get())?),
            about: effects.about,
        }),
        _ => None,
    };
    match projections.apply(&Recorded {
        entry: Arc::new(entry),
        hash,
        effects,
        undone,
    }) {
        Ok(()) => Ok(None),
        Err(error) => broken(error.to_string()),
    }
}

fn read(reader: &Reader, seq: u64) -> anyhow::Result<Entry> {
    let raw = reader
        .entry(seq)?
        .ok_or_else(|| anyhow::anyhow!("entry {seq} is not in the journal"))?;
    Ok(Entry::read(&raw.bytes)?)
}
