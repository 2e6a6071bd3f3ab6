//! The witnesses who are asked to cosign this log, and what is known of them.

use std::sync::Arc;

use minhbach_publishing::{Consistency, Cosigners};
use minhbach_tlog::{Checkpoint, Note, Policy, Signature};
use minhbach_witness::{WitnessSeen, Witnesses};

/// A policy's witnesses. Clones are the same.
#[derive(Clone)]
pub struct AskedWitnesses(Arc<Inner>);

struct Inner {
    policy: Policy,
    witnesses: Witnesses,
}

impl AskedWitnesses {
    /// Those of a policy; of whom `shown`, the last checkpoint, says who has seen it.
    pub fn of(policy: Policy, shown: Option<&Note>) -> AskedWitnesses {
        let witnesses = Witnesses::new(&policy);
        if let Some(note) = shown {
            witnesses.recall(note);
        }
        AskedWitnesses(Arc::new(Inner { policy, witnesses }))
    }

    /// What is known of each.
    pub(crate) fn seen(&self) -> Vec<WitnessSeen> {
        self.0.witnesses.seen()
    }
}

impl Cosigners for AskedWitnesses {
    fn ask(&self, note: &Note, checkpoint: &Checkpoint, consistency: &Consistency<'_>) -> Vec<Signature> {
        let answers = self.0.witnesses.ask(note, checkpoint, consistency);
        let cosigned = answers.into_iter().filter_map(|answer| match answer.result {
            Ok(cosigned) => Some(cosigned.signature),
            Err(trouble) if trouble.is_alarming() => {
                // Either the witness is wrong, or this journal is not the one that it saw.
                tracing::error!(witness = answer.name, %trouble, size = checkpoint.size, "a witness saw another history");
                None
            }
            Err(trouble) => {
                tracing::warn!(witness = answer.name, %trouble, size = checkpoint.size, "a witness did not cosign");
                None
            }
        });
        cosigned.collect()
    }

    fn are_enough(&self, note: &Note) -> bool {
        let seen = self.0.policy.check(note);
        seen.is_ok_and(|seen| self.0.policy.satisfied_by(&seen))
    }
}
