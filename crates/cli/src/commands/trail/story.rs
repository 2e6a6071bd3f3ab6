//! A trail told as a tree: what it is, where it is now, whom it reached.

use std::collections::{HashMap, HashSet};

use minhbach_events::event::{NeedAssessed, Restriction};
use minhbach_events::words::Condition;
use minhbach_events::{Amount, Entry, Event, Item, Reference, Slug};
use minhbach_exchange::csv_tables::balances::{OUTCOMES, amounts};
use minhbach_ledger::NameKind;
use minhbach_projections::{Kind, NeedState, Node, Reached, Totals, Trail};

use crate::answers::Answers;
use crate::names::Names;
use crate::numbers;
use crate::session::Session;
use crate::terminal::Terminal;
use crate::texts::Texts;
use crate::tree::Branch;

use super::facts::Facts;
use super::onward::Onward;
use super::part;

/// A trail and what its tree needs to know.
pub struct Story<'a> {
    pub(super) texts: Texts,
    pub(super) terminal: Terminal,
    pub(super) names: Names<'a>,
    pub(super) trail: &'a Trail,
    pub(super) nodes: HashMap<&'a Reference, &'a Node>,
    entry: Entry,
    /// What the gift, or the thing, is of.
    item: Option<Item>,
    pub(super) answers: &'a dyn Answers,
    pub(super) facts: Facts,
}

impl<'a> Story<'a> {
    /// Reads the entry that the trail is about.
    pub fn new(
        session: &Session,
        answers: &'a dyn Answers,
        trail: &'a Trail,
        facts: Facts,
    ) -> anyhow::Result<Story<'a>> {
        let nodes: HashMap<&Reference, &Node> = trail.nodes.iter().map(|node| (&node.code, node)).collect();
        let own = nodes.get(&trail.code);
        let seq = own.map_or(0, |node| node.seq);
        let item = own.and_then(|node| node.item.clone());
        let item = item.or_else(|| trail.edges.first().map(|edge| edge.item.clone()));
        let entry = answers.entry(seq)?;
        let (texts, terminal) = (session.texts, session.terminal);
        Ok(Story {
            texts,
            terminal,
            names: answers.names(texts, NameKind::ALL)?,
            trail,
            nodes,
            entry,
            item,
            answers,
            facts,
        })
    }

    /// The tree.
    pub fn tell(&self) -> Branch {
        let kind = self.names.word(&kind_word(self.trail.kind));
        let mut root = Branch::new(format!(
            "{} · {kind}",
            self.terminal.strong(self.trail.code.as_str())
        ));
        for branch in self.what() {
            root.push(branch);
        }
        if let Some(by) = self.own().and_then(|node| node.reversed_by) {
            let (day, reason) = self.reversal(by);
            let by = numbers::number(self.texts, by);
            root.push(Branch::new(self.terminal.bad(&self.texts.with(
                "trail-reversed",
                &[("seq", &by), ("day", &day), ("reason", &reason)],
            ))));
        }
        self.purposes().into_iter().for_each(|branch| root.push(branch));
        match self.trail.kind {
            Kind::Allocation => {
                self.came_from(&self.trail.code)
                    .into_iter()
                    .for_each(|branch| root.push(branch));
                root.push(self.reached());
            }
            Kind::Delivery => {
                if let Some(branch) = self.answered() {
                    root.push(branch);
                }
                let allocation = self.trail.edges.iter().find(|edge| edge.to == self.trail.code);
                let allocation = allocation.map_or(&self.trail.code, |edge| &edge.from);
                self.came_from(allocation)
                    .into_iter()
                    .for_each(|branch| root.push(branch));
            }
            Kind::Need => {
                let made = self
                    .trail
                    .nodes
                    .iter()
                    .filter(|node| node.kind == Kind::Allocation);
                made.for_each(|node| root.push(Branch::new(self.step(node))));
                root.push(self.reached());
            }
            Kind::Lot | Kind::Purchase | Kind::Transfer | Kind::Refund | Kind::WriteOff | Kind::Expense => {
                self.came_from(&self.trail.code)
                    .into_iter()
                    .for_each(|branch| root.push(branch));
            }
            _ => {}
        }
        if let Some(outcome) = &self.trail.outcome {
            root.push(self.now(outcome));
        }
        if self.is_followed() {
            let onward = Onward::of(self);
            onward.tell().into_iter().for_each(|branch| root.push(branch));
            root.push(self.reached());
        }
        root.push(self.as_of());
        root
    }

    /// Whether it is something that goes on to children, of which they have parts.
    fn is_followed(&self) -> bool {
        self.trail.outcome.is_some() || matches!(self.trail.kind, Kind::Purchase | Kind::Transfer)
    }

    fn own(&self) -> Option<&&Node> {
        self.nodes.get(&self.trail.code)
    }

    fn quantity(&self, quantity: Amount) -> String {
        match &self.item {
            Some(item) => self.names.quantity(quantity, item),
            None => numbers::number(self.texts, quantity),
        }
    }

    pub(super) fn counted(&self, quantity: Amount, item: &Item) -> String {
        let unit = self.names.unit(item);
        match unit.as_str() {
            _ if item.is_money() => self.names.quantity(quantity, item),
            // What is counted is named by its title; "60 sets Book set" says it twice.
            "H87" | "SET" | "Q3" | "E48" => {
                format!(
                    "{}\u{a0}× {}",
                    numbers::number(self.texts, quantity),
                    self.names.item(item)
                )
            }
            _ => format!(
                "{} {}",
                self.names.quantity(quantity, item),
                self.names.item(item)
            ),
        }
    }

    pub(super) fn party(&self, party: &Slug) -> String {
        self.names.party(party)
    }

    pub(super) fn day(&self, day: minhbach_events::Date) -> String {
        numbers::day(self.texts, day)
    }

    /// What the code stands for, in sentences.
    fn what(&self) -> Vec<Branch> {
        let texts = self.texts;
        let own = self.own();
        match &self.entry.event {
            Event::ReceiptIssued(e) if self.trail.kind == Kind::Receipt => {
                let mut said = vec![
                    Branch::new(texts.with(
                        "trail-receipt",
                        &[
                            ("quantity", &self.counted(e.quantity.amount(), &e.item)),
                            ("day", &self.day(e.received_on)),
                            ("channel", &self.names.word(e.channel.word())),
                            ("fund", &self.party(&e.fund)),
                        ],
                    ))
                    .line(
                        self.terminal
                            .faint(&texts.with("trail-serial", &[("serial", &e.serial.as_str())])),
                    ),
                ];
                said.push(self.promise(e.donation.as_ref()));
                if let Some(pool) = &e.pool {
                    said.push(self.pool(pool));
                }
                said
            }
            Event::DonationPledged(e) => {
                let mut said = vec![Branch::new(texts.with(
                    "trail-donation",
                    &[
                        ("quantity", &self.counted(e.quantity.amount(), &e.item)),
                        ("day", &self.day(e.pledged_on)),
                    ],
                ))];
                let pledged = e.quantity.amount().0;
                let received = self.trail.outcome.map_or(0, |outcome| outcome.received.0);
                let cancelled = self.cancelled();
                if received < pledged {
                    let outstanding = pledged.saturating_sub(cancelled).saturating_sub(received);
                    let key = match (outstanding, cancelled) {
                        (_, 0) => "trail-outstanding",
                        (0, _) => "trail-cancelled",
                        _ => "trail-outstanding-cancelled",
                    };
                    said.push(Branch::new(self.terminal.waiting(&texts.with(
                        key,
                        &[
                            ("received", &self.quantity(Amount(received))),
                            ("missing", &self.quantity(Amount(outstanding))),
                            ("cancelled", &self.quantity(Amount(cancelled))),
                        ],
                    ))));
                }
                let receipts = self.trail.nodes.iter().filter(|node| node.kind == Kind::Receipt);
                let mut list = Branch::new(texts.get("trail-receipts"));
                let mut any = false;
                for node in receipts {
                    any = true;
                    list.push(Branch::new(self.step(node)));
                }
                if any {
                    said.push(list);
                }
                let pools = self.trail.nodes.iter().filter(|node| node.kind == Kind::Pool);
                said.extend(
                    pools
                        .filter_map(|node| node.code.as_slug())
                        .map(|pool| self.pool(&pool)),
                );
                said
            }
            Event::PoolOpened(e) => vec![
                Branch::new(texts.with(
                    "trail-pool-of",
                    &[
                        ("fund", &self.party(&e.fund)),
                        ("source", &self.names.word(e.source.word())),
                        (
                            "count",
                            &texts.counted("count-gifts", own.and_then(|node| node.count).unwrap_or(0)),
                        ),
                    ],
                )),
                Branch::new(texts.get("trail-pool-order")),
            ],
            Event::AllocationMade(e) => vec![Branch::new(
                texts.with(
                    "trail-allocation",
                    &[
                        (
                            "quantity",
                            &own.and_then(|node| node.quantity)
                                .map_or(String::new(), |q| self.counted(q, &e.item)),
                        ),
                        ("day", &self.day(e.decided_on)),
                        ("place", &self.names.place(&e.place)),
                        ("category", &self.names.category(Some(&e.programme), &e.category)),
                        ("programme", &self.names.programme(&e.programme)),
                    ],
                ),
            )],
            Event::DeliveryMade(e) => {
                let mut said = vec![Branch::new(texts.with(
                    "trail-delivery",
                    &[
                        (
                            "quantity",
                            // As it was handed over; what came back is told below.
                            &match &self.item {
                                Some(item) => self.counted(e.quantity.amount(), item),
                                None => numbers::number(texts, e.quantity),
                            },
                        ),
                        ("day", &self.day(e.delivered_on)),
                        ("place", &self.names.place(&e.place)),
                        ("receiver", &self.party(&e.receiver)),
                        ("category", &self.category_of(&self.trail.code)),
                    ],
                ))];
                said.push(Branch::new(self.children(e.children.get())));
                if let (Some(despite), Some(reason)) = (&e.despite, &e.reason) {
                    let rules: Vec<&str> = despite.iter().map(|code| code.word()).collect();
                    said.push(Branch::new(self.terminal.waiting(&texts.with(
                        "trail-despite",
                        &[("rules", &rules.join(", ")), ("reason", &reason.as_str())],
                    ))));
                }
                said
            }
            Event::NeedAssessed(e) => self.need(e),
            _ => own
                .map(|node| {
                    self.details(node)
                        .into_iter()
                        .fold(Branch::new(self.step(node)), Branch::line)
                })
                .into_iter()
                .collect(),
        }
    }

    /// How much of the pledge that is asked for was cancelled, in thousandths.
    fn cancelled(&self) -> u128 {
        let answers = self.facts.answers.get(&self.trail.code).into_iter().flatten();
        let quantities = answers.map(|entry| match &entry.event {
            Event::DonationCancelled(e) => e.quantity.amount().0,
            _ => 0,
        });
        quantities.sum()
    }

    /// A need as it is now, and how far it is covered.
    fn need(&self, e: &NeedAssessed) -> Vec<Branch> {
        let texts = self.texts;
        let Some(need) = &self.facts.need else {
            return Vec::new();
        };
        let mut said = vec![Branch::new(texts.with(
            "trail-need",
            &[
                ("quantity", &self.counted(need.quantity, &e.item)),
                ("day", &self.day(e.assessed_on)),
                ("place", &self.names.place(&e.place)),
                ("category", &self.names.category(Some(&e.programme), &e.category)),
                ("children", &self.children(need.children)),
                ("priority", &need.priority),
            ],
        ))];
        if need.quantity != e.quantity.amount() || need.children != e.children.get() {
            let first = self.counted(e.quantity.amount(), &e.item);
            let first = texts.with(
                "trail-need-first",
                &[
                    ("quantity", &first),
                    ("children", &self.children(e.children.get())),
                ],
            );
            said.push(Branch::new(self.terminal.faint(&first)));
        }
        let covered: [(&'static str, &dyn std::fmt::Display); 3] = [
            ("allocated", &self.quantity(need.allocated)),
            ("delivered", &self.quantity(need.delivered)),
            ("uncovered", &self.quantity(need.uncovered)),
        ];
        said.push(Branch::new(if need.state == NeedState::Open {
            self.terminal.strong(&texts.with("trail-need-open", &covered))
        } else {
            let state = self.names.word(need.state.word());
            let closed = texts.with("trail-need-closed", &covered);
            self.terminal.strong(&format!("{closed} ({state})"))
        }));
        said
    }

    /// What an entry says beside its quantity: why, for what, about what.
    fn details(&self, node: &Node) -> Vec<String> {
        let texts = self.texts;
        let why = |reason: &str| texts.with("trail-reason", &[("reason", &reason)]);
        let what = |title: &str| texts.with("trail-for", &[("what", &title)]);
        let whom = |party: &Slug| texts.with("trail-whom", &[("party", &self.party(party))]);
        let mut said = match &self.entry.event {
            Event::RefundPaid(e) => vec![why(e.reason.as_str())],
            Event::StockWrittenOff(e) => vec![why(e.reason.as_str())],
            Event::DeliveryReturned(e) => vec![why(e.reason.as_str())],
            Event::ExpensePaid(e) => vec![
                what(e.purpose.in_language(texts.english())),
                texts.with(
                    "trail-consent",
                    &[("consent", &self.names.word(e.consent.word()))],
                ),
            ],
            Event::PurchaseMade(e) => e.supplier.iter().map(whom).collect(),
            Event::CustodyTransferred(e) => vec![whom(&e.to)],
            Event::RecognitionAwarded(e) => vec![what(e.title.in_language(texts.english())), whom(&e.party)],
            Event::SponsorshipStarted(e) => e.donor.iter().map(whom).collect(),
            Event::InspectionOpened(e) => vec![what(e.scope.as_str()), whom(&e.inspector)],
            Event::FindingRaised(e) => vec![what(e.detail.as_str())],
            _ => Vec::new(),
        };
        if !node.about.is_empty() {
            let about: Vec<&str> = node.about.iter().map(Reference::as_str).collect();
            said.push(texts.with("trail-about", &[("codes", &about.join(", "))]));
        }
        said
    }

    /// Whether a receipt was promised before.
    fn promise(&self, donation: Option<&minhbach_events::Code>) -> Branch {
        let known = donation.and_then(|code| self.nodes.get(&Reference::from(code)).copied());
        match (donation, known) {
            (Some(code), Some(node)) => Branch::new(
                self.texts.with(
                    "trail-promised",
                    &[
                        ("code", &code.as_str()),
                        ("day", &self.day(node.on)),
                        (
                            "quantity",
                            &node
                                .quantity
                                .map_or(String::new(), |quantity| self.quantity(quantity)),
                        ),
                    ],
                ),
            ),
            (Some(code), None) => Branch::new(code.as_str()),
            (None, _) => Branch::new(self.texts.get("trail-no-promise")),
        }
    }

    /// The pool that a gift joined, as one thing.
    fn pool(&self, pool: &Slug) -> Branch {
        let node = self.nodes.get(&Reference::from(pool));
        let count = node.and_then(|node| node.count).unwrap_or(0);
        let total = node
            .and_then(|node| node.quantity)
            .map_or(String::new(), |quantity| self.quantity(quantity));
        if count == 0 {
            return Branch::new(self.texts.with("trail-pool-left", &[("pool", &pool.as_str())]));
        }
        Branch::new(self.texts.with(
            "trail-pool",
            &[
                ("pool", &pool.as_str()),
                ("count", &self.texts.counted("count-gifts", count)),
                ("total", &total),
            ],
        ))
        .line(self.terminal.faint(&self.texts.get("trail-pool-order")))
    }

    /// A step in a few words.
    pub(super) fn step(&self, node: &Node) -> String {
        let mut said = format!("{} · {}", self.names.word(&kind_word(node.kind)), node.code);
        let item = node.item.as_ref().or(self.item.as_ref());
        if let (Some(quantity), Some(item)) = (node.quantity, item) {
            said.push_str(&format!(" · {}", self.counted(quantity, item)));
        }
        said.push_str(&format!(" · {}", self.day(node.on)));
        if let Some(place) = &node.place {
            said.push_str(&format!(" · {}", self.names.place(place)));
        }
        if let Some(by) = node.reversed_by {
            let (_, reason) = self.reversal(by);
            let by = numbers::number(self.texts, by);
            let short = self
                .texts
                .with("trail-reversed-short", &[("seq", &by), ("reason", &reason)]);
            said.push_str(&format!(" · {}", self.terminal.bad(&short)));
        }
        said
    }

    /// When and why an entry reversed another.
    fn reversal(&self, seq: u64) -> (String, String) {
        match self.answers.entry(seq) {
            Ok(entry) => match &entry.event {
                Event::EntryReversed(e) => (self.day(entry.at.vietnam_date()), e.reason.as_str().to_owned()),
                _ => Default::default(),
            },
            Err(_) => Default::default(),
        }
    }

    /// Where a gift is now: each word that is not nothing, numbers under each other.
    fn now(&self, outcome: &Totals) -> Branch {
        let mut branch = Branch::new(self.terminal.strong(&self.texts.get("trail-now")));
        let rows: Vec<(String, String)> = OUTCOMES
            .iter()
            .zip(amounts(outcome))
            .filter(|(word, amount)| **word != "received" && !amount.is_zero())
            .map(|(word, amount)| {
                (
                    self.texts.get(&format!("outcome-{}", word.replace('_', "-"))),
                    self.quantity(amount),
                )
            })
            .collect();
        let width = |of: fn(&(String, String)) -> &String| {
            rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0)
        };
        let (words, numbers) = (width(|row| &row.0), width(|row| &row.1));
        for (word, quantity) in &rows {
            let space = " ".repeat(words + numbers - word.chars().count() - quantity.chars().count());
            // No-break spaces: the columns of this small table are not words to wrap.
            branch = branch.line(format!("{word}{space}  {quantity}").replace(' ', "\u{a0}"));
        }
        if rows.is_empty() {
            branch = branch.line(self.texts.get("trail-now-nothing"));
        }
        branch
    }

    /// The deliveries.
    fn reached(&self) -> Branch {
        let reached = &self.trail.reached;
        if reached.is_empty() {
            return Branch::new(self.texts.get("trail-reached-none"));
        }
        let children: u64 = reached.iter().map(|delivery| delivery.child_deliveries).sum();
        let head = self.texts.with(
            "trail-reached",
            &[
                (
                    "count",
                    &self.texts.counted("count-deliveries", reached.len() as u64),
                ),
                ("children", &self.texts.counted("count-children", children)),
            ],
        );
        let mut branch = Branch::new(self.terminal.strong(&head));
        let mut in_time: Vec<&Reached> = reached.iter().collect();
        in_time.sort_by_key(|delivery| {
            let seq = self.nodes.get(&delivery.delivery).map(|node| node.seq);
            (delivery.delivered_on, seq)
        });
        for delivery in in_time {
            branch.push(self.delivery(delivery));
        }
        branch
    }

    fn delivery(&self, reached: &Reached) -> Branch {
        let texts = self.texts;
        let place = self.terminal.strong(&self.names.place(&reached.place));
        let category = self.category_of(&reached.delivery);
        let category = if category.is_empty() {
            reached.category.as_str().to_owned()
        } else {
            category
        };
        let mut branch = Branch::new(format!("{place} – {category}"));
        branch = branch.line(texts.with(
            "trail-reached-delivery",
            &[
                ("code", &reached.delivery.as_str()),
                ("day", &self.day(reached.delivered_on)),
                ("quantity", &self.counted(reached.delivered, &reached.item)),
                ("children", &self.children(reached.child_deliveries)),
            ],
        ));
        if self.is_followed() {
            let part = part::Part::of(&reached.share, reached.delivered);
            let quantity = part.quantity(|quantity| self.names.quantity(quantity, &reached.item));
            branch = branch.line(if reached.share == "1/1" {
                texts.with("trail-part-whole", &[("quantity", &quantity)])
            } else {
                texts.with(
                    "trail-part",
                    &[("quantity", &quantity), ("share", &part.share(texts))],
                )
            });
        }
        self.state(reached).into_iter().fold(branch, Branch::line)
    }

    fn children(&self, children: u64) -> String {
        if children == 0 {
            return self.texts.get("trail-facility");
        }
        self.texts.counted("count-children-once", children)
    }

    /// What was said of a delivery: by whom, when, and what they miss.
    fn state(&self, reached: &Reached) -> Vec<String> {
        self.said_of(&reached.delivery, &reached.item)
    }

    /// What was said of a delivery, and what came back of it.
    fn said_of(&self, delivery: &Reference, item: &Item) -> Vec<String> {
        let answers = self.facts.answers.get(delivery).map_or(&[][..], Vec::as_slice);
        let Some(handed) = self.handed(delivery, item) else {
            return Vec::new();
        };
        let mut said: Vec<String> = answers.iter().map(|entry| self.answer(&handed, entry)).collect();
        let only_returns = answers
            .iter()
            .all(|entry| matches!(entry.event, Event::DeliveryReturned(_)));
        if only_returns {
            said.insert(0, self.terminal.waiting(&self.texts.get("state-made")));
        }
        said
    }

    /// A delivery as it was handed over, before anything came back.
    fn handed(&self, delivery: &Reference, item: &Item) -> Option<Handed> {
        let node = self.nodes.get(delivery)?;
        match self.answers.entry(node.seq).ok()?.event {
            Event::DeliveryMade(e) => Some(Handed {
                delivered: e.quantity.amount(),
                item: item.clone(),
                receiver: e.receiver,
                settled: self.facts.answers.get(delivery).is_some_and(|answers| {
                    let settles = |entry: &Entry| matches!(entry.event, Event::DeliveryResolved(_));
                    answers.iter().any(settles)
                }),
            }),
            _ => None,
        }
    }

    fn answer(&self, reached: &Handed, entry: &Entry) -> String {
        let (texts, terminal) = (self.texts, self.terminal);
        match &entry.event {
            Event::DeliveryConfirmed(e) => {
                let key = if reached.receiver == e.confirmed_by {
                    "state-confirmed"
                } else {
                    "state-confirmed-by-other"
                };
                let (party, day) = (self.party(&e.confirmed_by), self.day(e.confirmed_on));
                let mut said = texts.with(key, &[("party", &party), ("day", &day)]);
                let short = e.accepted.0 < reached.delivered.0;
                if short {
                    said.push_str(": ");
                    said.push_str(&self.accepted(reached, e.accepted));
                }
                if short || e.condition != Condition::Good {
                    let condition = self.names.word(e.condition.word());
                    said.push_str(&texts.with("state-condition", &[("condition", &condition)]));
                }
                if short {
                    terminal.waiting(&said)
                } else {
                    terminal.good(&said)
                }
            }
            Event::DeliveryDisputed(e) => {
                let said = texts.with(
                    "state-disputed",
                    &[
                        ("party", &self.party(&e.disputed_by)),
                        ("day", &self.day(e.disputed_on)),
                        ("reason", &e.reason.as_str()),
                    ],
                );
                if reached.settled {
                    terminal.faint(&said)
                } else {
                    terminal.bad(&said)
                }
            }
            Event::DeliveryResolved(e) => terminal.good(&texts.with(
                "state-resolved",
                &[
                    ("by", &entry.by.as_str()),
                    ("day", &self.day(e.resolved_on)),
                    ("accepted", &self.accepted(reached, e.accepted)),
                    ("reason", &e.reason.as_str()),
                ],
            )),
            Event::DeliveryReturned(e) => terminal.waiting(&texts.with(
                "state-returned",
                &[
                    (
                        "quantity",
                        &self.names.quantity(e.quantity.amount(), &reached.item),
                    ),
                    ("day", &self.day(e.returned_on)),
                    ("lot", &e.new_lot.get().as_str()),
                    ("reason", &e.reason.as_str()),
                ],
            )),
            _ => String::new(),
        }
    }

    /// What was accepted of what was handed over.
    fn accepted(&self, reached: &Handed, accepted: Amount) -> String {
        let missing = reached.delivered.0.saturating_sub(accepted.0);
        let facts: [(&'static str, &dyn std::fmt::Display); 3] = [
            ("accepted", &numbers::number(self.texts, accepted)),
            (
                "delivered",
                &self.names.quantity(reached.delivered, &reached.item),
            ),
            ("missing", &numbers::number(self.texts, Amount(missing))),
        ];
        if missing == 0 {
            self.names.quantity(accepted, &reached.item)
        } else {
            self.texts.with("state-accepted", &facts)
        }
    }

    fn answered(&self) -> Option<Branch> {
        let item = self.item.as_ref()?;
        let said = self.said_of(&self.trail.code, item);
        Some(said.into_iter().fold(Branch::default(), Branch::line))
    }

    /// Each change of purpose of the lots and pools on the way: when, on whose word, why, and what for now.
    fn purposes(&self) -> Vec<Branch> {
        let nodes = self.trail.nodes.iter();
        let changed = nodes.filter_map(|node| Some((node, self.facts.purposes.get(&node.code)?)));
        changed
            .flat_map(|(node, entries)| entries.iter().map(move |entry| (node, entry)))
            .filter_map(|(node, entry)| match &entry.event {
                Event::PurposeChanged(e) => Some((node, e)),
                _ => None,
            })
            .map(|(node, e)| {
                let said = self.texts.with(
                    "trail-purpose-changed",
                    &[
                        ("lot", &node.code.as_str()),
                        ("day", &self.day(e.consented_on)),
                        ("consent", &self.names.word(e.consent.word())),
                        ("reason", &e.reason.as_str()),
                    ],
                );
                let now = self.bound_to(&e.restriction);
                Branch::new(self.terminal.waiting(&said)).line(now)
            })
            .collect()
    }

    /// What a restriction says, in words.
    fn bound_to(&self, restriction: &Restriction) -> String {
        let names = &self.names;
        let programmes = restriction
            .programmes
            .iter()
            .flatten()
            .map(|p| names.programme(p));
        let first = restriction.programmes.iter().flatten().next();
        let categories = restriction.categories.iter().flatten();
        let categories = categories.map(|category| names.category(first, category));
        let places = restriction.places.iter().flatten().map(|p| names.place(p));
        let groups = restriction
            .groups
            .iter()
            .flatten()
            .map(|g| names.word(g.as_str()));
        let need = restriction.need.iter().map(ToString::to_string);
        let mut parts: Vec<String> = programmes
            .chain(categories)
            .chain(places)
            .chain(groups)
            .chain(need)
            .collect();
        if let Some(until) = restriction.until {
            parts.push(self.texts.with("trail-until", &[("day", &self.day(until))]));
        }
        if parts.is_empty() {
            return self.texts.get("trail-unbound");
        }
        self.texts.with("trail-bound", &[("what", &parts.join("; "))])
    }

    /// The title of the category that a delivery was for: its allocation says.
    fn category_of(&self, delivery: &Reference) -> String {
        let node = self.nodes.get(delivery);
        let Some(category) = node.and_then(|node| node.category.as_ref()) else {
            return String::new();
        };
        let allocation = self.trail.edges.iter().find(|edge| edge.to == *delivery);
        let allocation = allocation.and_then(|edge| self.nodes.get(&edge.from));
        let entry = allocation.and_then(|node| self.answers.entry(node.seq).ok());
        let programme = match entry.map(|entry| entry.event) {
            Some(Event::AllocationMade(e)) => Some(e.programme),
            _ => None,
        };
        self.names.category(programme.as_ref(), category)
    }

    /// The lots and pools that flowed into a step, and what those came from.
    fn came_from(&self, step: &Reference) -> Option<Branch> {
        let mut branch = Branch::new(self.terminal.strong(&self.texts.get("trail-came-from")));
        let mut told = HashSet::new();
        let sources = self.sources(step, &mut told);
        let any = !sources.is_empty();
        sources.into_iter().for_each(|source| branch.push(source));
        any.then_some(branch)
    }

    /// What flowed into a step, each with what is behind it; what was told once is not told again.
    fn sources(&self, step: &Reference, told: &mut HashSet<Reference>) -> Vec<Branch> {
        if !told.insert(step.clone()) {
            return Vec::new();
        }
        let mut sources = Vec::new();
        for edge in self.trail.edges.iter().filter(|edge| edge.to == *step) {
            let Some(node) = self.nodes.get(&edge.from) else {
                continue;
            };
            let mut source = self.source(node, &edge.item, edge.quantity);
            self.sources(&edge.from, told)
                .into_iter()
                .for_each(|behind| source.push(behind));
            sources.push(source);
        }
        sources
    }

    fn source(&self, node: &Node, item: &Item, quantity: Amount) -> Branch {
        let drawn = self.counted(quantity, item);
        match node.kind {
            Kind::Pool => Branch::new(self.texts.with(
                match node.count {
                    Some(1) => "trail-from-pool-one",
                    _ => "trail-from-pool",
                },
                &[
                    ("quantity", &drawn),
                    ("pool", &node.code.as_str()),
                    (
                        "count",
                        &self.texts.counted("count-gifts", node.count.unwrap_or(0)),
                    ),
                    ("first", &node.first.as_ref().map_or("", Reference::as_str)),
                    ("last", &node.last.as_ref().map_or("", Reference::as_str)),
                ],
            )),
            Kind::Receipt | Kind::Lot => Branch::new(self.texts.with(
                "trail-from-lot",
                &[
                    ("quantity", &drawn),
                    ("lot", &node.code.as_str()),
                    ("kind", &self.names.word(&kind_word(node.kind))),
                    ("day", &self.day(node.on)),
                ],
            )),
            _ => Branch::new(self.step(node)),
        }
    }

    fn as_of(&self) -> Branch {
        let head = self.trail.as_of.head.to_string();
        let head = head.get(..16).unwrap_or_default();
        Branch::new(self.terminal.faint(&self.texts.with(
            "trail-as-of",
            &[
                (
                    "size",
                    &self.texts.counted("count-entries", self.trail.as_of.size),
                ),
                ("head", &head),
            ],
        )))
    }
}

/// The kind as documents write it.
fn kind_word(kind: Kind) -> String {
    serde_json::to_value(kind)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A delivery as it was handed over.
struct Handed {
    delivered: Amount,
    item: Item,
    receiver: Slug,
    /// A dispute of it was settled.
    settled: bool,
}
