//! Random sequences of proposals against a slow model that keeps every stock as a row of single cells.
//!
//! The model is written from the design alone: it decides by itself what is accepted, what each refusal's code is
//! and which receipts each draw uses.

use std::collections::{BTreeMap, BTreeSet};

use minhbach_events::words::RejectionCode;
use minhbach_events::{Actor, Entry, Event, Hash, Proposal, Quantity, Reference, Timestamp};
use minhbach_ledger::{Books, Moment, apply, available, decide};
use minhbach_projections::recorded::{Effects, Holding, StockId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

/// What a draw of chance asks for. Numbers are taken modulo what there is, so that most proposals are sensible.
#[derive(Clone, Debug)]
enum Wish {
    Pledge {
        cells: u64,
    },
    Cancel {
        pledge: usize,
        cells: u64,
    },
    /// Into a pool or a lot of its own, perhaps for a pledge, perhaps with a code used before.
    Receive {
        pool: Option<usize>,
        pledge: Option<usize>,
        cells: u64,
        used_code: bool,
    },
    Allocate {
        draws: Vec<(usize, u64)>,
    },
    Release {
        allocation: usize,
        cells: u64,
    },
    Deliver {
        allocation: usize,
        cells: u64,
    },
    Confirm {
        delivery: usize,
        cells: u64,
        by: bool,
    },
    Dispute {
        delivery: usize,
    },
    Reverse {
        seq: u64,
    },
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let wish = prop_oneof![
        1 => (1..30u64).prop_map(|cells| Wish::Pledge { cells }),
        1 => (any::<usize>(), 1..20u64).prop_map(|(pledge, cells)| Wish::Cancel { pledge, cells }),
        5 => (prop::option::weighted(0.6, 0..2usize), prop::option::weighted(0.3, any::<usize>()), 1..30u64, prop::bool::weighted(0.05))
            .prop_map(|(pool, pledge, cells, used_code)| Wish::Receive { pool, pledge, cells, used_code }),
        5 => prop::collection::vec((any::<usize>(), 1..40u64), 1..4).prop_map(|draws| Wish::Allocate { draws }),
        3 => (any::<usize>(), 1..15u64).prop_map(|(allocation, cells)| Wish::Release { allocation, cells }),
        5 => (any::<usize>(), 1..20u64).prop_map(|(allocation, cells)| Wish::Deliver { allocation, cells }),
        4 => (any::<usize>(), 0..12u64, prop::bool::weighted(0.5))
            .prop_map(|(delivery, cells, by)| Wish::Confirm { delivery, cells, by }),
        2 => any::<usize>().prop_map(|delivery| Wish::Dispute { delivery }),
        5 => any::<u64>().prop_map(|seq| Wish::Reverse { seq }),
    ];
    prop::collection::vec(wish, 1..100).prop_map(|mut wishes| {
        // Something to begin with.
        let pooled = |pool| Wish::Receive {
            pool,
            pledge: None,
            cells: 29,
            used_code: false,
        };
        let begin = [
            pooled(Some(0)),
            pooled(None),
            pooled(Some(1)),
            Wish::Pledge { cells: 50 },
        ];
        wishes.splice(0..0, begin);
        wishes
    })
}

/// Thousandths in a cell: from the finest to what makes lines longer than 64 bits of thousandths could count.
const SCALES: [u64; 4] = [1, 7, 1_000, 9_999_999_999_999_999];

// --- the model ---

#[derive(Clone, Debug)]
struct Cell {
    receipt: u64,
    holder: Holding,
}

#[derive(Clone, Debug)]
struct ModelStock {
    id: StockId,
    name: String,
    pool: bool,
    reversed: bool,
    cells: Vec<Cell>,
}

/// A cell of a stock: which stock, which place in its row.
type At = (usize, usize);

#[derive(Clone, Debug)]
struct ModelAllocation {
    seq: u64,
    code: String,
    reversed: bool,
    /// Cells neither delivered nor released, by draw in the order listed.
    open: Vec<BTreeSet<At>>,
}

#[derive(Clone, Debug)]
struct ModelDelivery {
    seq: u64,
    code: String,
    by: &'static str,
    allocation: usize,
    reversed: bool,
    cells: Vec<(usize, At)>,
    answer: Option<(u64, bool)>,
}

#[derive(Clone, Debug)]
struct ModelPledge {
    code: String,
    reversed: bool,
    promised: u64,
    cancelled: u64,
    received: u64,
    /// Entries that stand on it.
    standing: BTreeSet<u64>,
}

#[derive(Clone, Debug)]
enum Done {
    Pledge(usize),
    Cancel(usize, u64),
    Receipt {
        stock: usize,
        pledge: Option<usize>,
    },
    Allocation(usize),
    Release {
        allocation: usize,
        cells: Vec<(usize, At)>,
    },
    Delivery(usize),
    Answer(usize),
}

#[derive(Clone, Debug, Default)]
struct Model {
    stocks: Vec<ModelStock>,
    pledges: Vec<ModelPledge>,
    allocations: Vec<ModelAllocation>,
    deliveries: Vec<ModelDelivery>,
    done: BTreeMap<u64, Done>,
    reversed: BTreeMap<u64, u64>,
    codes: Vec<String>,
}

/// A cell that changed hands: stock, place, from whom, to whom.
type Change = (StockId, usize, Holding, Holding);

/// What an accepted proposal does: cells in the order drawn.
#[derive(Debug, Default)]
struct Outcome {
    changes: Vec<Change>,
    /// The design fixes the order in which an allocation and a delivery draw.
    ordered: bool,
    about: Option<u64>,
}

impl Model {
    fn free(&self, stock: usize) -> Vec<usize> {
        let cells = &self.stocks[stock].cells;
        (0..cells.len())
            .filter(|&at| cells[at].holder == Holding::Available)
            .collect()
    }

    fn set(&mut self, (stock, at): At, now: Holding, outcome: &mut Outcome) {
        let id = self.stocks[stock].id;
        let cell = &mut self.stocks[stock].cells[at];
        outcome.changes.push((id, at, cell.holder, now));
        cell.holder = now;
    }

    fn holders(&self, cells: impl Iterator<Item = At>) -> BTreeSet<u64> {
        cells
            .filter_map(|(stock, at)| match self.stocks[stock].cells[at].holder {
                Holding::Allocated(seq) | Holding::Delivered(seq) => Some(seq),
                _ => None,
            })
            .collect()
    }

    fn cells_of_receipt(&self, stock: usize, seq: u64) -> Vec<At> {
        let cells = &self.stocks[stock].cells;
        (0..cells.len())
            .filter(|&at| cells[at].receipt == seq)
            .map(|at| (stock, at))
            .collect()
    }

    /// The entries that stand in the way of a reversal.
    fn in_the_way(&self, done: &Done, seq: u64) -> BTreeSet<u64> {
        match done {
            Done::Pledge(pledge) => self.pledges[*pledge].standing.clone(),
            Done::Cancel(..) | Done::Answer(_) => BTreeSet::new(),
            Done::Receipt { stock, .. } => self.holders(self.cells_of_receipt(*stock, seq).into_iter()),
            Done::Allocation(allocation) => {
                let own = *allocation;
                let stands = |done: &Done| match done {
                    Done::Release { allocation, .. } => *allocation == own,
                    Done::Delivery(delivery) => self.deliveries[*delivery].allocation == own,
                    _ => false,
                };
                self.done
                    .iter()
                    .filter(|(seq, done)| !self.reversed.contains_key(seq) && stands(done))
                    .map(|(seq, _)| *seq)
                    .collect()
            }
            Done::Release { cells, .. } => {
                let mut way = self.holders(cells.iter().map(|(_, at)| *at));
                way.extend(cells.iter().filter_map(|(_, (stock, at))| {
                    self.reversed
                        .get(&self.stocks[*stock].cells[*at].receipt)
                        .copied()
                }));
                way
            }
            Done::Delivery(delivery) => self.deliveries[*delivery]
                .answer
                .iter()
                .map(|(seq, _)| *seq)
                .collect(),
        }
    }

    fn totals(&self, stock: usize) -> (u64, u64, u64, u64) {
        let mut totals = (0, 0, 0, 0);
        for cell in &self.stocks[stock].cells {
            match cell.holder {
                Holding::Withdrawn => continue,
                Holding::Available => totals.1 += 1,
                Holding::Allocated(_) => totals.2 += 1,
                Holding::Delivered(_) => totals.3 += 1,
                other => panic!("{other:?} in a ledger without purchases"),
            }
            totals.0 += 1;
        }
        totals
    }
}

// --- the ledger beside it ---

struct Run {
    books: Books,
    entries: Vec<(Entry, Hash, Effects)>,
    model: Model,
    scale: u64,
    /// Held by whom, in thousandths, from the effects alone.
    held: BTreeMap<StockId, BTreeMap<&'static str, u128>>,
    refused: BTreeMap<&'static str, usize>,
}

fn word(holding: Holding) -> &'static str {
    match holding {
        Holding::Available => "available",
        Holding::Allocated(_) => "allocated",
        Holding::Delivered(_) => "delivered",
        Holding::Withdrawn => "withdrawn",
        _ => "other",
    }
}

const CLERKS: [&str; 2] = ["clerk-1", "clerk-2"];

fn moment(seq: u64, by: &str) -> Moment {
    let mut entropy = [0; 32];
    entropy[..8].copy_from_slice(&seq.to_le_bytes());
    Moment {
        at: Timestamp::parse("2026-06-15T02:00:00.000Z").expect("an instant"),
        by: Actor::new(by).expect("an actor"),
        entropy,
    }
}

const SETUP: [&str; 7] = [
    r#"{"type":"ledger.opened","ledger":"Sổ thử","origin":"so.example.vn/thu","format":1,"kind":"live"}"#,
    r#"{"type":"place.registered","place":"ba-vi","kind":"commune","name":"Ba Vì","valid_from":"2008-08-01"}"#,
    r#"{"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ","place":"ba-vi"}"#,
    r#"{"type":"item.registered","item":"gao","title":{"vi":"Gạo"},"form":"goods","unit":"KGM","categories":["AN"]}"#,
    r#"{"type":"programme.published","programme":"kh","title":{"vi":"Kế hoạch"},"documents":[],"period":{"from":"2026-01-01","to":"2026-12-31"},"places":[],"groups":[],"categories":[{"category":"AN","title":{"vi":"Ăn"},"beneficiary":"child","forms":["goods"]}],"targets":[],"duties":[],"reports":[],"min_group":5}"#,
    r#"{"type":"pool.opened","pool":"gop-mot","fund":"quy","item":"gao","source":"social_domestic"}"#,
    r#"{"type":"pool.opened","pool":"gop-hai","fund":"quy","item":"gao","source":"oda"}"#,
];

impl Run {
    fn new(scale: u64) -> Run {
        let mut run = Run {
            books: Books::default(),
            entries: Vec::new(),
            model: Model::default(),
            scale,
            held: BTreeMap::new(),
            refused: BTreeMap::new(),
        };
        for line in SETUP {
            let value: Value = serde_json::from_str(line).expect("JSON");
            run.propose(&value, CLERKS[0]).expect("the set-up is accepted");
        }
        for (name, seq) in [("gop-mot", 5), ("gop-hai", 6)] {
            run.model.stocks.push(ModelStock {
                id: StockId::new(seq, 0),
                name: name.to_owned(),
                pool: true,
                reversed: false,
                cells: Vec::new(),
            });
        }
        run
    }

    fn quantity(&self, cells: u64) -> String {
        let quantity = Quantity::from_thousandths(cells * self.scale);
        quantity.map_or("0".to_owned(), |quantity| quantity.to_string())
    }

    /// Proposes; the seq and what moved, or the code of the refusal.
    fn propose(&mut self, line: &Value, by: &str) -> Result<(u64, Effects), RejectionCode> {
        let proposal = Proposal::from_line(line.to_string().as_bytes()).expect("a proposal of good form");
        let seq = self.books.size();
        let moment = moment(seq, by);
        let event = match decide(&self.books, &proposal, &moment) {
            Ok(event) => event,
            Err(rejection) => {
                *self.refused.entry(rejection.code().word()).or_default() += 1;
                return Err(rejection.code());
            }
        };
        let entry = Entry {
            seq,
            prev: self.books.head(),
            at: moment.at,
            by: moment.by,
            key: None,
            event,
        };
        let hash = Hash::of(&entry.to_bytes());
        let effects = apply(&mut self.books, &entry, hash).expect("what is decided can be applied");
        for opened in &effects.opened {
            *self
                .held
                .entry(opened.stock)
                .or_default()
                .entry("available")
                .or_default() += opened.quantity;
        }
        if let Some(joined) = effects.joined {
            let available = self
                .held
                .entry(joined.pool)
                .or_default()
                .entry("available")
                .or_default();
            *available += joined.to - joined.from;
        }
        for moved in &effects.moves {
            let held = self.held.entry(moved.stock).or_default();
            let was = held.entry(word(moved.was)).or_default();
            *was = was
                .checked_sub(moved.to - moved.from)
                .expect("nothing moves that was not there");
            *held.entry(word(moved.now)).or_default() += moved.to - moved.from;
        }
        self.entries.push((entry, hash, effects.clone()));
        Ok((seq, effects))
    }

    /// Makes a wish a proposal, decides it in the model, and compares.
    fn grant(&mut self, wish: &Wish) -> Result<(), TestCaseError> {
        let next = self.books.size();
        let mut by = CLERKS[1];
        let absent = |kind: &str| format!("{kind}-KHONG-CO");
        // Of what stands; one time in twelve of all there was, and one in twelve what never was.
        let pick = |reversed: Vec<bool>, n: usize| {
            let among: Vec<usize> = (0..reversed.len())
                .filter(|&index| n % 12 == 1 || !reversed[index])
                .collect();
            (!among.is_empty() && !n.is_multiple_of(12)).then(|| among[n / 12 % among.len()])
        };
        let pledges: Vec<bool> = self.model.pledges.iter().map(|pledge| pledge.reversed).collect();
        let stocks: Vec<bool> = self.model.stocks.iter().map(|stock| stock.reversed).collect();
        let allocations: Vec<bool> = self.model.allocations.iter().map(|a| a.reversed).collect();
        let deliveries: Vec<bool> = self.model.deliveries.iter().map(|d| d.reversed).collect();
        let (line, expected): (Value, Result<Step, RejectionCode>) = match wish {
            Wish::Pledge { cells } => {
                let code = format!("DN-{next}");
                let line = json!({
                    "type": "donation.pledged", "donation": code, "source": "oda", "item": "gao",
                    "quantity": self.quantity(*cells), "pledged_on": "2026-06-01", "display": "anonymous",
                });
                (line, Ok(Step::Pledge { code, cells: *cells }))
            }
            Wish::Cancel { pledge, cells } => {
                let picked = pick(pledges.clone(), *pledge);
                let code = picked.map_or(absent("DN"), |p| self.model.pledges[p].code.clone());
                let line = json!({
                    "type": "donation.cancelled", "donation": code, "quantity": self.quantity(*cells), "reason": "thôi",
                });
                let expected = match picked {
                    None => Err(RejectionCode::UnknownReference),
                    Some(p) if self.model.pledges[p].reversed => Err(RejectionCode::UnknownReference),
                    Some(p) => {
                        let pledge = &self.model.pledges[p];
                        if pledge.promised < pledge.cancelled + pledge.received + cells {
                            Err(RejectionCode::InsufficientQuantity)
                        } else {
                            Ok(Step::Cancel {
                                pledge: p,
                                cells: *cells,
                            })
                        }
                    }
                };
                (line, expected)
            }
            Wish::Receive {
                pool,
                pledge,
                cells,
                used_code,
            } => {
                let used = used_code.then(|| self.model.codes.last().cloned()).flatten();
                let code = used.clone().unwrap_or(format!("RC-{next}"));
                let mut line = json!({
                    "type": "receipt.issued", "receipt": code, "fund": "quy",
                    "source": if *pool == Some(1) { "oda" } else { "social_domestic" }, "item": "gao",
                    "quantity": self.quantity(*cells), "received_on": "2026-06-02", "display": "anonymous", "channel": "goods",
                });
                if let Some(pool) = pool {
                    line["pool"] = self.model.stocks[*pool].name.clone().into();
                }
                let picked = pledge.map(|pledge| pick(pledges.clone(), pledge));
                if let Some(picked) = &picked {
                    line["donation"] = picked
                        .map_or(absent("DN"), |p| self.model.pledges[p].code.clone())
                        .into();
                }
                let unknown = picked.is_some_and(|p| p.is_none_or(|p| self.model.pledges[p].reversed));
                let expected = if used.is_some() {
                    Err(RejectionCode::DuplicateCode)
                } else if unknown {
                    Err(RejectionCode::UnknownReference)
                } else {
                    Ok(Step::Receive {
                        code,
                        pool: *pool,
                        pledge: picked.flatten(),
                        cells: *cells,
                    })
                };
                (line, expected)
            }
            Wish::Allocate { draws } => {
                let mut names = Vec::new();
                let mut expected: Vec<(usize, u64)> = Vec::new();
                let (mut unknown, mut short) = (false, false);
                for (stock, cells) in draws {
                    match pick(stocks.clone(), *stock) {
                        None => {
                            names.push((absent("RC"), *cells));
                            unknown = true;
                        }
                        Some(stock) => {
                            names.push((self.model.stocks[stock].name.clone(), *cells));
                            unknown |= self.model.stocks[stock].reversed;
                            short |= (self.model.free(stock).len() as u64) < *cells;
                            expected.push((stock, *cells));
                        }
                    }
                }
                let distinct: BTreeSet<&String> = names.iter().map(|(name, _)| name).collect();
                let code = format!("AL-{next}");
                let line = json!({
                    "type": "allocation.made", "allocation": code, "programme": "kh", "category": "AN", "place": "ba-vi",
                    "item": "gao", "decided_on": "2026-06-03",
                    "draws": names.iter().map(|(name, cells)| json!({ "lot": name, "quantity": self.quantity(*cells) }))
                        .collect::<Vec<_>>(),
                });
                let expected = if distinct.len() < names.len() {
                    Err(RejectionCode::Malformed)
                } else if unknown {
                    Err(RejectionCode::UnknownReference)
                } else if short {
                    Err(RejectionCode::InsufficientQuantity)
                } else {
                    Ok(Step::Allocate {
                        code,
                        draws: expected,
                    })
                };
                (line, expected)
            }
            Wish::Release { allocation, cells } | Wish::Deliver { allocation, cells } => {
                let picked = pick(allocations.clone(), *allocation);
                let code = picked.map_or(absent("AL"), |a| self.model.allocations[a].code.clone());
                let delivered = matches!(wish, Wish::Deliver { .. });
                let own = format!("DL-{next}");
                let line = if delivered {
                    json!({
                        "type": "delivery.made", "delivery": own, "allocation": code, "quantity": self.quantity(*cells),
                        "place": "ba-vi", "receiver": "quy", "children": 9, "delivered_on": "2026-06-04",
                    })
                } else {
                    json!({
                        "type": "allocation.released", "allocation": code, "quantity": self.quantity(*cells), "reason": "thừa",
                    })
                };
                let expected = match picked {
                    None => Err(RejectionCode::UnknownReference),
                    Some(a) if self.model.allocations[a].reversed => Err(RejectionCode::UnknownReference),
                    Some(a) => {
                        let open: usize = self.model.allocations[a].open.iter().map(BTreeSet::len).sum();
                        by = CLERKS[a % 2];
                        if (open as u64) < *cells {
                            Err(RejectionCode::InsufficientQuantity)
                        } else if delivered {
                            Ok(Step::Deliver {
                                code: own,
                                allocation: a,
                                cells: *cells,
                                by,
                            })
                        } else {
                            Ok(Step::Release {
                                allocation: a,
                                cells: *cells,
                            })
                        }
                    }
                };
                (line, expected)
            }
            Wish::Confirm {
                delivery,
                cells,
                by: clerk,
            } => {
                by = CLERKS[usize::from(*clerk)];
                let picked = pick(deliveries.clone(), *delivery);
                let code = picked.map_or(absent("DL"), |d| self.model.deliveries[d].code.clone());
                let line = json!({
                    "type": "delivery.confirmed", "delivery": code, "confirmed_by": "quy", "accepted": self.quantity(*cells),
                    "confirmed_on": "2026-06-05", "condition": "good",
                });
                let expected = match picked.map(|d| (d, &self.model.deliveries[d])) {
                    None => Err(RejectionCode::UnknownReference),
                    Some((_, delivery)) if delivery.reversed => Err(RejectionCode::UnknownReference),
                    Some((_, delivery)) if delivery.answer.is_some() => Err(RejectionCode::Closed),
                    Some((_, delivery)) if delivery.by == by => Err(RejectionCode::FourEyes),
                    Some((_, delivery)) if (delivery.cells.len() as u64) < *cells => {
                        Err(RejectionCode::InsufficientQuantity)
                    }
                    Some((d, _)) => Ok(Step::Answer {
                        delivery: d,
                        confirmed: true,
                    }),
                };
                (line, expected)
            }
            Wish::Dispute { delivery } => {
                let picked = pick(deliveries.clone(), *delivery);
                let code = picked.map_or(absent("DL"), |d| self.model.deliveries[d].code.clone());
                let line = json!({
                    "type": "delivery.disputed", "delivery": code, "disputed_by": "quy", "disputed_on": "2026-06-05",
                    "reason": "thiếu",
                });
                let expected = match picked.map(|d| (d, &self.model.deliveries[d])) {
                    None => Err(RejectionCode::UnknownReference),
                    Some((_, delivery)) if delivery.reversed => Err(RejectionCode::UnknownReference),
                    Some((_, delivery)) if delivery.answer.is_some() => Err(RejectionCode::Closed),
                    Some((d, _)) => Ok(Step::Answer {
                        delivery: d,
                        confirmed: false,
                    }),
                };
                (line, expected)
            }
            Wish::Reverse { seq } => {
                let setup = SETUP.len() as u64;
                // Seldom an entry of the set-up, which nothing reverses; seldom one that is still to come.
                let seq = if seq.is_multiple_of(12) {
                    seq % setup
                } else {
                    setup + seq / 12 % (next + 1 - setup)
                };
                let line = json!({ "type": "entry.reversed", "reverses": seq, "reason": "nhầm" });
                let expected = if seq == next {
                    Err(RejectionCode::UnknownReference)
                } else if self.model.reversed.contains_key(&seq) {
                    Err(RejectionCode::ReversalBlocked)
                } else {
                    match self.model.done.get(&seq) {
                        None => Err(RejectionCode::ReversalBlocked),
                        Some(done) if !self.model.in_the_way(done, seq).is_empty() => {
                            Err(RejectionCode::ReversalBlocked)
                        }
                        Some(_) => Ok(Step::Reverse { seq }),
                    }
                };
                (line, expected)
            }
        };
        match (self.propose(&line, by), expected) {
            (Err(code), Err(wanted)) => prop_assert_eq!(code, wanted, "{}", line),
            (Ok((seq, effects)), Ok(step)) => {
                prop_assert_eq!(seq, next);
                let outcome = self.step(step, seq);
                self.compare(&outcome, &effects, &line)?;
            }
            (answer, expected) => {
                return Err(TestCaseError::fail(format!(
                    "{line}\nledger: {answer:?}\nmodel: {expected:?}"
                )));
            }
        }
        self.conserved()
    }

    /// Does in the model what was accepted.
    fn step(&mut self, step: Step, seq: u64) -> Outcome {
        let model = &mut self.model;
        let mut outcome = Outcome::default();
        match step {
            Step::Pledge { code, cells } => {
                model.codes.push(code.clone());
                model.done.insert(seq, Done::Pledge(model.pledges.len()));
                model.pledges.push(ModelPledge {
                    code,
                    reversed: false,
                    promised: cells,
                    cancelled: 0,
                    received: 0,
                    standing: BTreeSet::new(),
                });
            }
            Step::Cancel { pledge, cells } => {
                model.pledges[pledge].cancelled += cells;
                model.pledges[pledge].standing.insert(seq);
                model.done.insert(seq, Done::Cancel(pledge, cells));
                outcome.about = self.seq_of(&self.model.pledges[pledge].code);
            }
            Step::Receive {
                code,
                pool,
                pledge,
                cells,
            } => {
                model.codes.push(code.clone());
                let stock = pool.unwrap_or_else(|| {
                    model.stocks.push(ModelStock {
                        id: StockId::new(seq, 0),
                        name: code,
                        pool: false,
                        reversed: false,
                        cells: Vec::new(),
                    });
                    model.stocks.len() - 1
                });
                let cell = Cell {
                    receipt: seq,
                    holder: Holding::Available,
                };
                model.stocks[stock].cells.extend((0..cells).map(|_| cell.clone()));
                model.done.insert(seq, Done::Receipt { stock, pledge });
                if let Some(pledge) = pledge {
                    model.pledges[pledge].received += cells;
                    model.pledges[pledge].standing.insert(seq);
                    outcome.about = self.seq_of(&self.model.pledges[pledge].code);
                }
            }
            Step::Allocate { code, draws } => {
                model.codes.push(code.clone());
                outcome.ordered = true;
                let mut open = Vec::new();
                for (stock, cells) in draws {
                    let taken: Vec<usize> = model.free(stock).into_iter().take(cells as usize).collect();
                    for &at in &taken {
                        model.set((stock, at), Holding::Allocated(seq), &mut outcome);
                    }
                    open.push(taken.into_iter().map(|at| (stock, at)).collect());
                }
                model.done.insert(seq, Done::Allocation(model.allocations.len()));
                model.allocations.push(ModelAllocation {
                    seq,
                    code,
                    reversed: false,
                    open,
                });
            }
            Step::Release { allocation, cells } => {
                let mut released = Vec::new();
                for draw in (0..model.allocations[allocation].open.len()).rev() {
                    while released.len() < cells as usize
                        && let Some(at) = model.allocations[allocation].open[draw].pop_last()
                    {
                        model.set(at, Holding::Available, &mut outcome);
                        released.push((draw, at));
                    }
                }
                outcome.about = Some(model.allocations[allocation].seq);
                model.done.insert(
                    seq,
                    Done::Release {
                        allocation,
                        cells: released,
                    },
                );
            }
            Step::Deliver {
                code,
                allocation,
                cells,
                by,
            } => {
                model.codes.push(code.clone());
                outcome.ordered = true;
                let mut used = Vec::new();
                for draw in 0..model.allocations[allocation].open.len() {
                    while used.len() < cells as usize
                        && let Some(at) = model.allocations[allocation].open[draw].pop_first()
                    {
                        model.set(at, Holding::Delivered(seq), &mut outcome);
                        used.push((draw, at));
                    }
                }
                outcome.about = Some(model.allocations[allocation].seq);
                model.done.insert(seq, Done::Delivery(model.deliveries.len()));
                model.deliveries.push(ModelDelivery {
                    seq,
                    code,
                    by,
                    allocation,
                    reversed: false,
                    cells: used,
                    answer: None,
                });
            }
            Step::Answer { delivery, confirmed } => {
                model.deliveries[delivery].answer = Some((seq, confirmed));
                model.done.insert(seq, Done::Answer(delivery));
                outcome.about = Some(model.deliveries[delivery].seq);
            }
            Step::Reverse { seq: reverses } => {
                model.reversed.insert(reverses, seq);
                match model.done[&reverses].clone() {
                    Done::Pledge(pledge) => model.pledges[pledge].reversed = true,
                    Done::Cancel(pledge, cells) => {
                        model.pledges[pledge].cancelled -= cells;
                        model.pledges[pledge].standing.remove(&reverses);
                        outcome.about = self.seq_of(&self.model.pledges[pledge].code);
                    }
                    Done::Receipt { stock, pledge } => {
                        let cells = model.cells_of_receipt(stock, reverses);
                        for at in &cells {
                            model.set(*at, Holding::Withdrawn, &mut outcome);
                        }
                        model.stocks[stock].reversed = !model.stocks[stock].pool;
                        if let Some(pledge) = pledge {
                            model.pledges[pledge].received -= cells.len() as u64;
                            model.pledges[pledge].standing.remove(&reverses);
                            outcome.about = self.seq_of(&self.model.pledges[pledge].code);
                        }
                    }
                    Done::Allocation(allocation) => {
                        for draw in std::mem::take(&mut model.allocations[allocation].open) {
                            for at in draw {
                                model.set(at, Holding::Available, &mut outcome);
                            }
                        }
                        model.allocations[allocation].reversed = true;
                    }
                    Done::Release { allocation, cells } => {
                        let held = Holding::Allocated(model.allocations[allocation].seq);
                        for (draw, at) in cells {
                            model.set(at, held, &mut outcome);
                            model.allocations[allocation].open[draw].insert(at);
                        }
                        outcome.about = Some(model.allocations[allocation].seq);
                    }
                    Done::Delivery(delivery) => {
                        let allocation = model.deliveries[delivery].allocation;
                        let held = Holding::Allocated(model.allocations[allocation].seq);
                        for (draw, at) in model.deliveries[delivery].cells.clone() {
                            model.set(at, held, &mut outcome);
                            model.allocations[allocation].open[draw].insert(at);
                        }
                        model.deliveries[delivery].reversed = true;
                        outcome.about = Some(model.allocations[allocation].seq);
                    }
                    Done::Answer(delivery) => {
                        model.deliveries[delivery].answer = None;
                        outcome.about = Some(model.deliveries[delivery].seq);
                    }
                }
            }
        }
        outcome
    }

    fn seq_of(&self, code: &str) -> Option<u64> {
        let code = minhbach_events::Code::new(code).expect("a code");
        self.books.seq_of_code(&code)
    }

    /// The effects moved just the cells that the model moved, in the order in which it drew them.
    fn compare(&self, outcome: &Outcome, effects: &Effects, line: &Value) -> Result<(), TestCaseError> {
        let scale = u128::from(self.scale);
        let mut changes: Vec<Change> = Vec::new();
        for moved in &effects.moves {
            prop_assert!(
                moved.from.is_multiple_of(scale) && moved.to.is_multiple_of(scale),
                "{}",
                line
            );
            prop_assert!(moved.from < moved.to, "{}", line);
            for at in moved.from / scale..moved.to / scale {
                changes.push((moved.stock, at as usize, moved.was, moved.now));
            }
        }
        if outcome.ordered {
            prop_assert_eq!(&changes, &outcome.changes, "{}", line);
        } else {
            let sorted = |changes: &[Change]| {
                let mut sorted: Vec<_> = changes.iter().map(|change| format!("{change:?}")).collect();
                sorted.sort();
                sorted
            };
            prop_assert_eq!(sorted(&changes), sorted(&outcome.changes), "{}", line);
        }
        prop_assert_eq!(effects.about, outcome.about, "{}", line);
        let (Some(Done::Receipt { stock, .. }), last) = (
            self.model.done.get(&(self.books.size() - 1)),
            self.books.size() - 1,
        ) else {
            prop_assert!(effects.opened.is_empty() && effects.joined.is_none(), "{}", line);
            return Ok(());
        };
        let cells = self.model.cells_of_receipt(*stock, last);
        let (from, to) = (
            cells[0].1 as u128 * scale,
            (cells[cells.len() - 1].1 as u128 + 1) * scale,
        );
        if self.model.stocks[*stock].pool {
            let joined = effects.joined.expect("a pooled receipt joins");
            prop_assert_eq!(
                (joined.pool, joined.from, joined.to),
                (self.model.stocks[*stock].id, from, to)
            );
        } else {
            prop_assert_eq!(effects.opened.len(), 1);
            let opened = &effects.opened[0];
            prop_assert_eq!(
                (opened.stock, 0, opened.quantity),
                (self.model.stocks[*stock].id, from, to)
            );
        }
        Ok(())
    }

    /// `received = available + allocated + delivered` for every stock: in the model, in the effects, in the books.
    fn conserved(&self) -> Result<(), TestCaseError> {
        for (index, stock) in self.model.stocks.iter().enumerate() {
            let (received, free, allocated, delivered) = self.model.totals(index);
            prop_assert_eq!(received, free + allocated + delivered);
            let held = |word: &str| {
                self.held
                    .get(&stock.id)
                    .and_then(|held| held.get(word))
                    .copied()
                    .unwrap_or_default()
            };
            let scale = u128::from(self.scale);
            prop_assert_eq!(held("available"), u128::from(free) * scale, "{}", &stock.name);
            prop_assert_eq!(
                held("allocated"),
                u128::from(allocated) * scale,
                "{}",
                &stock.name
            );
            prop_assert_eq!(
                held("delivered"),
                u128::from(delivered) * scale,
                "{}",
                &stock.name
            );
            let name = Reference::new(&stock.name).expect("a name");
            prop_assert_eq!(
                available(&self.books, &name),
                Some(u128::from(free) * scale),
                "{}",
                &stock.name
            );
        }
        Ok(())
    }

    /// What the books say to a fixed set of questions.
    fn observed(&self, books: &Books) -> Vec<String> {
        let mut seen = vec![format!(
            "{} {:?} {:?}",
            books.size(),
            books.head(),
            books.last_at()
        )];
        let mut ask = |line: Value| {
            let proposal = Proposal::from_line(line.to_string().as_bytes()).expect("a probe");
            seen.push(match decide(books, &proposal, &moment(books.size(), CLERKS[0])) {
                Ok(event) => format!("{event:?}"),
                Err(rejection) => serde_json::to_string(&rejection).expect("JSON"),
            });
        };
        let huge = "999999999999999";
        for stock in &self.model.stocks {
            for quantity in ["0.001", huge] {
                ask(json!({
                    "type": "allocation.made", "programme": "kh", "category": "AN", "place": "ba-vi", "item": "gao",
                    "decided_on": "2026-06-03", "draws": [{ "lot": stock.name, "quantity": quantity }],
                }));
            }
        }
        for pledge in &self.model.pledges {
            ask(
                json!({ "type": "donation.cancelled", "donation": pledge.code, "quantity": huge, "reason": "x" }),
            );
        }
        for allocation in &self.model.allocations {
            ask(
                json!({ "type": "allocation.released", "allocation": allocation.code, "quantity": huge, "reason": "x" }),
            );
        }
        for delivery in &self.model.deliveries {
            ask(json!({
                "type": "delivery.confirmed", "delivery": delivery.code, "confirmed_by": "quy", "accepted": huge,
                "confirmed_on": "2026-06-05", "condition": "good",
            }));
        }
        for seq in 0..books.size() {
            ask(json!({ "type": "entry.reversed", "reverses": seq, "reason": "x" }));
        }
        ask(json!({
            "type": "receipt.issued", "fund": "quy", "source": "oda", "item": "gao", "quantity": "1",
            "received_on": "2026-06-02", "display": "anonymous", "channel": "goods",
        }));
        seen
    }

    /// The entries alone give the same moves and the same answers; each is decided again as it stands.
    fn replay(&self) -> Result<(), TestCaseError> {
        let mut books = Books::default();
        for (entry, hash, effects) in &self.entries {
            let proposal = Proposal::of(entry.event.clone());
            let again = decide(&books, &proposal, &moment(entry.seq, entry.by.as_str()));
            prop_assert_eq!(again.as_ref(), Ok(&entry.event), "{:?}", entry);
            let read = Entry::from_bytes(&entry.to_bytes()).expect("an entry");
            let replayed = apply(&mut books, &read, *hash);
            prop_assert_eq!(replayed.as_ref(), Ok(effects), "{:?}", entry);
        }
        prop_assert_eq!(self.observed(&books), self.observed(&self.books));
        Ok(())
    }
}

/// A proposal that the model accepts.
#[derive(Debug)]
enum Step {
    Pledge {
        code: String,
        cells: u64,
    },
    Cancel {
        pledge: usize,
        cells: u64,
    },
    Receive {
        code: String,
        pool: Option<usize>,
        pledge: Option<usize>,
        cells: u64,
    },
    Allocate {
        code: String,
        draws: Vec<(usize, u64)>,
    },
    Release {
        allocation: usize,
        cells: u64,
    },
    Deliver {
        code: String,
        allocation: usize,
        cells: u64,
        by: &'static str,
    },
    Answer {
        delivery: usize,
        confirmed: bool,
    },
    Reverse {
        seq: u64,
    },
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    /// Beside the model: every answer, every move, every total, at every seq; then from the entries alone.
    #[test]
    fn the_ledger_agrees_with_single_cells(wishes in wishes(), scale in prop::sample::select(&SCALES[..])) {
        let mut run = Run::new(scale);
        for wish in &wishes {
            run.grant(wish)?;
        }
        run.replay()?;
    }

    /// A refused proposal changes no answer. The run without the refused ones is `replay`; this asks at once.
    #[test]
    fn a_refused_proposal_changes_nothing(wishes in prop::collection::vec(wishes(), 1..2)) {
        let mut run = Run::new(1);
        for wish in wishes.iter().flatten().take(25) {
            let before = (run.books.size(), run.observed(&run.books.clone()));
            run.grant(wish)?;
            if run.books.size() == before.0 {
                prop_assert_eq!(&run.observed(&run.books), &before.1);
            }
        }
    }

    /// With V(x) = floor(value × x / quantity), the pieces of any cutting add up to the whole, none is negative and
    /// none is off its exact worth by a đồng.
    #[test]
    fn pieces_of_a_value_add_up(
        value in 0..1_000_000_000_000_000u128,
        quantity in 1..1_000_000_000_000_000_000u128,
        cuts in prop::collection::vec(any::<u128>(), 0..20),
    ) {
        let worth = |x: u128| value * x / quantity;
        let mut cuts: Vec<u128> = cuts.into_iter().map(|cut| cut % (quantity + 1)).chain([0, quantity]).collect();
        cuts.sort_unstable();
        let mut sum = 0;
        for piece in cuts.windows(2) {
            let (from, to) = (piece[0], piece[1]);
            let part = worth(to).checked_sub(worth(from)).expect("a piece is never worth less than nothing");
            let exact = value * (to - from);
            prop_assert!(part * quantity < exact + quantity && exact < part * quantity + quantity);
            sum += part;
        }
        prop_assert_eq!(sum, value);
    }
}

/// The sequences reach every refusal that the model knows, and many of each kind of entry: else the properties
/// would hold of nothing.
#[test]
fn the_sequences_go_everywhere() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut recorded: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reversed: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..60 {
        let wishes = wishes().new_tree(&mut runner).expect("a sequence").current();
        let mut run = Run::new(7);
        for wish in &wishes {
            run.grant(wish).expect("the model agrees");
        }
        for (code, count) in run.refused {
            *refused.entry(code).or_default() += count;
        }
        for (entry, _, _) in &run.entries {
            *recorded.entry(entry.event.type_name()).or_default() += 1;
            if let Event::EntryReversed(e) = &entry.event {
                let undone = &run.entries[e.reverses.get() as usize].0.event;
                *reversed.entry(undone.type_name()).or_default() += 1;
            }
        }
    }
    for code in [
        "malformed",
        "duplicate_code",
        "unknown_reference",
        "closed",
        "four_eyes",
        "insufficient_quantity",
        "reversal_blocked",
    ] {
        assert!(
            refused.get(code).is_some_and(|&count| 5 <= count),
            "{code}: {refused:?}"
        );
    }
    let reversible = [
        "donation.pledged",
        "donation.cancelled",
        "receipt.issued",
        "allocation.made",
        "allocation.released",
        "delivery.made",
        "delivery.confirmed",
        "delivery.disputed",
    ];
    for name in reversible {
        assert!(
            recorded.get(name).is_some_and(|&count| 10 <= count),
            "{name}: {recorded:?}"
        );
        assert!(
            reversed.get(name).is_some_and(|&count| 2 <= count),
            "{name}: {reversed:?}"
        );
    }
}
