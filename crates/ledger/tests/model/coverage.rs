//! What the sequences must reach, else agreement would say nothing.

use std::collections::BTreeMap;

/// The outcomes that the design makes possible for each type besides `malformed` and `personal_data`, reasoned from
/// its rules. Who may propose and what a key answers (`not_authorised`, `idempotency_conflict`) is asked by the
/// engine, before the rules.
pub const POSSIBLE: &[(&str, &str)] = &[
    ("ledger.opened", "duplicate_code"),
    ("programme.published", "duplicate_code unknown_reference"),
    ("programme.revised", "unknown_reference closed"),
    ("programme.closed", "unknown_reference closed out_of_period"),
    ("place.registered", "duplicate_code unknown_reference"),
    ("place.revised", "unknown_reference"),
    ("place.succeeded", "unknown_reference closed"),
    ("item.registered", "duplicate_code"),
    ("item.revised", "unknown_reference"),
    ("party.registered", "duplicate_code unknown_reference"),
    ("party.revised", "unknown_reference"),
    ("role.assigned", "duplicate_code unknown_reference"),
    ("role.ended", "unknown_reference out_of_period"),
    ("campaign.opened", "duplicate_code unknown_reference closed"),
    ("campaign.closed", "unknown_reference closed out_of_period"),
    (
        "pool.opened",
        "duplicate_code unknown_reference restriction_conflict",
    ),
    (
        "need.assessed",
        "duplicate_code unknown_reference out_of_period out_of_scope item_mismatch small_group",
    ),
    ("need.revised", "unknown_reference closed small_group"),
    ("need.closed", "unknown_reference closed"),
    (
        "donation.pledged",
        "duplicate_code unknown_reference closed out_of_period restriction_conflict",
    ),
    (
        "donation.cancelled",
        "too_large unknown_reference insufficient_quantity",
    ),
    (
        "receipt.issued",
        "duplicate_code unknown_reference closed out_of_period item_mismatch value_mismatch source_not_permitted restriction_conflict",
    ),
    (
        "goods.inspected",
        "unknown_reference out_of_period item_mismatch insufficient_quantity",
    ),
    ("purpose.changed", "unknown_reference out_of_period"),
    (
        "purchase.made",
        "duplicate_code unknown_reference out_of_period item_mismatch value_mismatch restriction_violated restriction_conflict insufficient_quantity",
    ),
    (
        "custody.transferred",
        "duplicate_code unknown_reference out_of_period insufficient_quantity",
    ),
    (
        "allocation.made",
        "duplicate_code unknown_reference closed out_of_period out_of_scope item_mismatch source_not_permitted restriction_violated expired small_group insufficient_quantity",
    ),
    ("allocation.released", "unknown_reference insufficient_quantity"),
    (
        "delivery.made",
        "duplicate_code unknown_reference out_of_period out_of_scope restriction_violated expired small_group insufficient_quantity",
    ),
    (
        "delivery.confirmed",
        "unknown_reference closed out_of_period four_eyes insufficient_quantity",
    ),
    ("delivery.disputed", "unknown_reference closed out_of_period"),
    (
        "delivery.resolved",
        "unknown_reference closed out_of_period insufficient_quantity",
    ),
    (
        "delivery.returned",
        "duplicate_code unknown_reference out_of_period insufficient_quantity",
    ),
    (
        "refund.paid",
        "duplicate_code unknown_reference out_of_period insufficient_quantity",
    ),
    (
        "stock.written_off",
        "duplicate_code unknown_reference out_of_period insufficient_quantity",
    ),
    (
        "expense.paid",
        "duplicate_code unknown_reference out_of_period insufficient_quantity",
    ),
    ("sponsorship.started", "duplicate_code unknown_reference"),
    ("sponsorship.ended", "unknown_reference closed out_of_period"),
    ("evidence.attached", "duplicate_code unknown_reference"),
    ("entry.reversed", "unknown_reference reversal_blocked"),
    ("indicator.reported", "unknown_reference out_of_period"),
    ("report.filed", "unknown_reference out_of_period"),
    (
        "recognition.awarded",
        "duplicate_code unknown_reference out_of_period",
    ),
    ("inspection.opened", "duplicate_code unknown_reference"),
    ("finding.raised", "duplicate_code unknown_reference"),
    ("finding.answered", "unknown_reference closed"),
    ("finding.closed", "unknown_reference closed four_eyes"),
    ("nothing.known", "unknown_type"),
];

/// How a type is counted when it is accepted.
pub const ACCEPTED: &str = "accepted";

#[derive(Default)]
pub struct Coverage {
    /// By type and outcome.
    pub outcomes: BTreeMap<(String, String), usize>,
    /// Accepted in spite of a broken policy, by type and policy.
    pub lifted: BTreeMap<(String, String), usize>,
    /// Reversals by the type undone, and recalls of pooled receipts that were drawn.
    pub reversed: BTreeMap<String, usize>,
    pub steps: usize,
}

impl Coverage {
    pub fn count(&mut self, type_name: &str, outcome: &str) {
        *self
            .outcomes
            .entry((type_name.to_owned(), outcome.to_owned()))
            .or_default() += 1;
    }
    pub fn seen(&self, type_name: &str, outcome: &str) -> usize {
        self.outcomes
            .get(&(type_name.to_owned(), outcome.to_owned()))
            .copied()
            .unwrap_or_default()
    }
    /// What the design makes possible and never happened.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (type_name, codes) in POSSIBLE {
            let mut wanted: Vec<&str> = codes.split(' ').collect();
            if *type_name != "nothing.known" {
                wanted.extend([ACCEPTED, "malformed", "personal_data"]);
            }
            let never = wanted.into_iter().filter(|code| self.seen(type_name, code) == 0);
            missing.extend(never.map(|code| format!("{type_name}: {code}")));
        }
        for type_name in crate::rules::REVERSIBLE {
            if !self.reversed.contains_key(type_name) {
                missing.push(format!("entry.reversed of {type_name}"));
            }
        }
        if !self.reversed.contains_key(RECALL) {
            missing.push(RECALL.to_owned());
        }
        for (type_name, _) in POSSIBLE {
            for code in crate::form::liftable(type_name) {
                if !self
                    .lifted
                    .contains_key(&((*type_name).to_owned(), (*code).to_owned()))
                {
                    missing.push(format!("{type_name} despite {code}"));
                }
            }
        }
        missing
    }
}

/// A pooled receipt that was drawn, recalled.
pub const RECALL: &str = "a recall of a drawn pooled receipt";
