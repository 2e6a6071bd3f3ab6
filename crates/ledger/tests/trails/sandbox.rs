//! A ledger in memory: rules, books and read models, without a disk.

use std::sync::Arc;

use minhbach_events::{Actor, Code, Entry, Event, Hash, Proposal, Reference, Slug, Timestamp};
use minhbach_ledger::{Authority, Books, Language, Moment, apply, decide};
use minhbach_projections::recorded::{Recorded, Undone};
use minhbach_projections::{Journal, Projections, Trail};
use serde_json::Value;

pub struct Sandbox {
    books: Books,
    pub projections: Projections,
    entries: Vec<Arc<Entry>>,
}

impl Default for Sandbox {
    fn default() -> Sandbox {
        Sandbox {
            books: Books::default(),
            projections: Projections::in_memory(),
            entries: Vec::new(),
        }
    }
}

impl Sandbox {
    /// Records what the rules must accept, and says at which seq.
    pub fn record(&mut self, proposal: Value) -> u64 {
        self.record_by("quy", proposal)
    }

    pub fn record_by(&mut self, by: &str, proposal: Value) -> u64 {
        let line = proposal.to_string();
        let proposal = Proposal::from_line(line.as_bytes()).expect("a proposal");
        let seq = self.books.size();
        let at = Timestamp::parse("2025-06-01T03:00:00.000Z").expect("a time");
        let moment = Moment {
            at,
            by: Actor::new(by).expect("a post"),
            authority: Authority::Whole,
            entropy: *blake3::hash(&seq.to_le_bytes()).as_bytes(),
        };
        let event = match decide(&self.books, &proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => panic!("{line}\n{}", rejection.message(Language::English)),
        };
        let entry = Arc::new(Entry {
            seq,
            prev: self.books.head(),
            at,
            by: moment.by,
            key: None,
            event,
        });
        let hash = Hash::of(&entry.to_bytes());
        let effects = apply(&mut self.books, &entry, hash).expect("what was decided can be applied");
        let undone = match &entry.event {
            Event::EntryReversed(e) => Some(Undone {
                entry: self.entries[e.reverses.get() as usize].clone(),
                about: effects.about,
            }),
            _ => None,
        };
        self.entries.push(entry.clone());
        let recorded = Recorded {
            entry,
            hash,
            effects,
            undone,
        };
        self.projections
            .apply(&recorded)
            .unwrap_or_else(|fault| panic!("{line}\n{fault}"));
        seq
    }

    /// All pages of a trail as one.
    pub fn trail(&self, name: &str) -> Trail {
        let name = Reference::new(name).expect("a code or slug");
        let page = |cursor: Option<&str>| {
            self.projections
                .trail(&name, self, cursor)
                .unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let mut whole = page(None);
        while let Some(next) = whole.next.take() {
            let more = page(Some(&next));
            whole.nodes.extend(more.nodes);
            whole.edges.extend(more.edges);
            whole.reached.extend(more.reached);
            whole.next = more.next;
        }
        whole
    }
}

impl Journal for Sandbox {
    fn entry(&self, seq: u64) -> Result<Option<Arc<Entry>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.entries.get(seq as usize).cloned())
    }
    fn seq_of_code(&self, code: &Code) -> Option<u64> {
        self.books.seq_of_code(code)
    }
    fn seq_of_pool(&self, pool: &Slug) -> Option<u64> {
        self.books.seq_of_pool(pool)
    }
    fn is_reversed(&self, seq: u64) -> Option<u64> {
        self.books.reversed_by(seq)
    }
}
