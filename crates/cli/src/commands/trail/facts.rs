//! What a trail's tree tells beside the trail itself: what was said of each delivery, what is left of each lot, and the
//! need as it is now.

use std::collections::HashMap;

use minhbach_events::{Entry, Reference};
use minhbach_projections::{Kind, NeedRow, Totals, Trail};

use crate::answers::Answers;

/// What was looked up once.
pub struct Facts {
    /// What was said of each delivery, what came back of it, and what cancelled a pledge, in the order of the journal.
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
    pub fn of(answers: &dyn Answers, trail: &Trail) -> anyhow::Result<Facts> {
        let entries = |seqs: &[u64]| -> anyhow::Result<Vec<Entry>> {
            seqs.iter().map(|seq| answers.entry(*seq)).collect()
        };
        let mut facts = Facts {
            answers: HashMap::new(),
            lots: HashMap::new(),
            purposes: HashMap::new(),
            need: None,
        };
        for node in &trail.nodes {
            match node.kind {
                Kind::Delivery | Kind::Donation => {
                    facts
                        .answers
                        .insert(node.code.clone(), entries(&node.answered_by)?);
                }
                Kind::Lot => {
                    if let Some(totals) = answers.lot(node.seq, &node.code)? {
                        facts.lots.insert(node.code.clone(), totals);
                    }
                }
                Kind::Need if node.code == trail.code => {
                    facts.need = answers.need(&answers.entry(node.seq)?)?;
                }
                _ => {}
            }
            if !node.purpose_changed_by.is_empty() {
                facts
                    .purposes
                    .insert(node.code.clone(), entries(&node.purpose_changed_by)?);
            }
        }
        Ok(facts)
    }
}
