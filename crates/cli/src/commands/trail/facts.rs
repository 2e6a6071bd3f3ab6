//! What a trail's tree tells beside the trail itself: what was said of each delivery, what is left of each lot, and the
//! need as it is now.

use std::collections::HashMap;

use minhbach_events::{Entry, Reference};
use minhbach_projections::{Kind, NeedRow, Totals, Trail};

use super::story::read;
use crate::opening::Readable;

/// What was looked up once.
pub struct Facts {
    /// What was said of each delivery, and what came back of it, in the order of the journal.
    pub answers: HashMap<Reference, Vec<Entry>>,
    /// How much of each lot that no receipt opened is where.
    pub lots: HashMap<Reference, Totals>,
    /// The entries by which lots and pools were bound to another purpose.
    pub purposes: HashMap<Reference, Vec<Entry>>,
    /// The need that is asked for.
    pub need: Option<NeedRow>,
}

impl Facts {
    /// Looks up what a trail needs.
    pub fn of(readable: &Readable, trail: &Trail) -> anyhow::Result<Facts> {
        let reader = readable.reader();
        let mut facts = Facts {
            answers: HashMap::new(),
            lots: HashMap::new(),
            purposes: HashMap::new(),
            need: None,
        };
        for node in &trail.nodes {
            match node.kind {
                Kind::Delivery => {
                    let mut seqs = readable.read(|projections, _| projections.answers(node.seq))??;
                    seqs.extend(readable.read(|projections, _| projections.returns(node.seq))??);
                    seqs.sort_unstable();
                    let entries = seqs.into_iter().map(|seq| read(reader, seq));
                    let entries = entries.collect::<anyhow::Result<_>>()?;
                    facts.answers.insert(node.code.clone(), entries);
                }
                Kind::Lot => {
                    let stock =
                        readable.read(|projections, _| projections.stock_of(node.seq, &node.code))??;
                    if let Some(stock) = stock {
                        facts.lots.insert(node.code.clone(), stock.totals);
                    }
                }
                Kind::Need if node.code == trail.code => {
                    facts.need = readable.read(|projections, _| projections.need(node.seq))??;
                }
                _ => {}
            }
            if !node.purpose_changed_by.is_empty() {
                let entries = node.purpose_changed_by.iter().map(|seq| read(reader, *seq));
                let entries = entries.collect::<anyhow::Result<_>>()?;
                facts.purposes.insert(node.code.clone(), entries);
            }
        }
        Ok(facts)
    }
}
