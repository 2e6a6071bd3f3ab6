//! What a gift became before it reached children: purchases, transfers, what came back; and what was paid back, lost
//! or spent on overhead.

use std::collections::HashSet;

use minhbach_events::{Event, Reference};
use minhbach_exchange::csv_tables::balances::{OUTCOMES, amounts};
use minhbach_projections::{Edge, Kind, Node, Totals};

use super::part::Part;
use super::story::Story;
use crate::numbers;
use crate::tree::Branch;

/// The steps after the gift that are neither allocations nor deliveries.
pub struct Onward<'s, 'a> {
    story: &'s Story<'a>,
    /// In the order of the journal.
    steps: Vec<&'s Node>,
}

impl<'s, 'a> Onward<'s, 'a> {
    /// Whatever can be reached along the flows.
    pub fn of(story: &'s Story<'a>) -> Onward<'s, 'a> {
        let mut after: HashSet<&Reference> = HashSet::new();
        let mut open = vec![&story.trail.code];
        while let Some(code) = open.pop() {
            if after.insert(code) {
                let out = story.trail.edges.iter().filter(|edge| edge.from == *code);
                open.extend(out.map(|edge| &edge.to));
            }
        }
        after.remove(&story.trail.code);
        let told = |node: &&Node| {
            let changed = matches!(
                node.kind,
                Kind::Purchase | Kind::Transfer | Kind::Refund | Kind::WriteOff | Kind::Expense
            );
            let back =
                node.kind == Kind::Delivery && story.trail.edges.iter().any(|edge| edge.from == node.code);
            after.contains(&node.code) && (changed || back)
        };
        let mut steps: Vec<&Node> = story.trail.nodes.iter().filter(told).collect();
        steps.sort_by_key(|node| node.seq);
        Onward { story, steps }
    }

    /// A branch with each step; none where there is nothing.
    pub fn tell(&self) -> Option<Branch> {
        let story = self.story;
        let mut branch = Branch::new(story.terminal.strong(&story.texts.get("trail-onward")));
        for node in &self.steps {
            branch.push(self.step(node));
        }
        (!self.steps.is_empty()).then_some(branch)
    }

    /// Where all of a lot is now; nothing of a lot that is gone.
    fn now(&self, totals: &Totals) -> Option<String> {
        let story = self.story;
        let rows = OUTCOMES.iter().zip(amounts(totals));
        let parts: Vec<String> = rows
            .filter(|(word, amount)| **word != "received" && !amount.is_zero())
            .map(|(word, amount)| {
                let word = story.texts.get(&format!("outcome-{}", word.replace('_', "-")));
                format!("{} {}", word.to_lowercase(), numbers::number(story.texts, amount))
            })
            .collect();
        let parts = parts.join(", ");
        (!parts.is_empty()).then(|| story.texts.with("trail-lot-now", &[("parts", &parts)]))
    }

    fn step(&self, node: &Node) -> Branch {
        let story = self.story;
        let event = story.answers.entry(node.seq).map(|entry| entry.event);
        let into: Vec<&Edge> = story
            .trail
            .edges
            .iter()
            .filter(|edge| edge.to == node.code)
            .collect();
        let said = |key: &str, reason: &str| {
            let quantity = into.first().map_or(String::new(), |edge| {
                let total = into.iter().map(|edge| edge.quantity.0).sum();
                story.counted(minhbach_events::Amount(total), &edge.item)
            });
            let (code, day) = (node.code.as_str(), story.day(node.on));
            story.texts.with(
                key,
                &[
                    ("code", &code),
                    ("day", &day),
                    ("quantity", &quantity),
                    ("reason", &reason),
                ],
            )
        };
        let mut branch = Branch::new(match &event {
            Ok(Event::PurchaseMade(e)) => {
                let supplier = e.supplier.as_ref().map(|supplier| story.party(supplier));
                match supplier {
                    Some(supplier) => said("trail-purchase-from", &supplier),
                    None => said("trail-purchase", ""),
                }
            }
            Ok(Event::CustodyTransferred(e)) => said("trail-transfer", &story.party(&e.to)),
            Ok(Event::RefundPaid(e)) => said("trail-refund", e.reason.as_str()),
            Ok(Event::StockWrittenOff(e)) => said("trail-write-off", e.reason.as_str()),
            Ok(Event::ExpensePaid(e)) => said("trail-expense", e.purpose.in_language(story.texts.english())),
            Ok(Event::DeliveryMade(_)) => story
                .texts
                .with("trail-returned", &[("code", &node.code.as_str())]),
            _ => story.step(node),
        });
        for edge in story.trail.edges.iter().filter(|edge| edge.from == node.code) {
            let lot = story.counted(edge.quantity, &edge.item);
            let lot = story
                .texts
                .with("trail-lot", &[("quantity", &lot), ("lot", &edge.to.as_str())]);
            branch = branch.line(match &edge.share {
                None => lot,
                Some(share) => {
                    let share = Part::of(share, edge.quantity).share(story.texts);
                    story
                        .texts
                        .with("trail-lot-part", &[("what", &lot), ("share", &share)])
                }
            });
            if let Some(now) = story.facts.lots.get(&edge.to).and_then(|totals| self.now(totals)) {
                branch = branch.line(now);
            }
        }
        branch
    }
}
