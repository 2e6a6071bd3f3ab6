//! The real ledger beside the model, step by step.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use minhbach_events::{Actor, Entry, Hash, Proposal, Reference, Timestamp};
use minhbach_ledger::{Authority, Books, Moment, Rejection, apply, available, decide, keep, kept, kept_at};
use minhbach_projections::recorded::{Effects, Holding, Opened, StockId, StockKind, Value};
use serde_json::{Value as Json, json};

use crate::coverage::{ACCEPTED, Coverage, RECALL};
use crate::effect::{Moved, OpenedLot, Outcome, Worth, merged, sorted};
use crate::form;
use crate::judge::Stop;
use crate::line::Line;
use crate::setting;
use crate::slow::{Asked, Slow};

/// One proposal with its moment.
#[derive(Clone)]
pub struct Step {
    pub line: Json,
    pub by: &'static str,
    pub millis: i64,
}

/// Where the two disagree.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// What kind of disagreement it is: a smaller sequence must show the same.
    pub kind: String,
    pub detail: String,
}

impl Step {
    fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.millis).expect("an instant")
    }
    pub fn today(&self) -> String {
        self.at().vietnam_date().to_string()
    }
    fn moment(&self) -> Moment {
        let mut entropy = [0; 32];
        entropy[..8].copy_from_slice(&self.millis.to_le_bytes());
        Moment {
            at: self.at(),
            by: Actor::new(self.by).expect("an actor"),
            authority: Authority::Whole,
            entropy,
        }
    }
}

#[derive(Clone)]
pub struct Beside {
    pub books: Books,
    pub slow: Slow,
    /// What was recorded, with what it moved.
    entries: Vec<(Arc<Entry>, Effects)>,
    /// What each stock's line is held as, in thousandths, from the effects alone.
    held: BTreeMap<StockId, BTreeMap<&'static str, u128>>,
}

/// After so many entries the books are kept and read back, and the sequence goes on with those.
const KEPT_EVERY: usize = 7;

fn word(holding: Holding) -> &'static str {
    match holding {
        Holding::Available => "available",
        Holding::Allocated(_) => "allocated",
        Holding::Delivered(_) => "delivered",
        Holding::Spent(_) => "spent",
        Holding::Transferred(_) => "transferred",
        Holding::Refunded(_) => "refunded",
        Holding::WrittenOff(_) => "written_off",
        Holding::Expensed(_) => "expensed",
        Holding::Withdrawn => "withdrawn",
    }
}

impl Beside {
    /// The world before the first step.
    pub fn begin(coverage: &mut Coverage) -> Beside {
        let mut beside = Beside {
            books: Books::default(),
            slow: Slow::default(),
            entries: Vec::new(),
            held: BTreeMap::new(),
        };
        let midnight = Timestamp::parse("2026-05-20T02:00:00.000Z").expect("an instant");
        for line in setting::lines() {
            let step = Step {
                line,
                by: "clerk-1",
                millis: midnight.millis(),
            };
            match beside.step(&step, coverage) {
                Ok(true) => {}
                Ok(false) => panic!("the world is refused: {}", step.line),
                Err(disagreement) => panic!("{}\n{}", disagreement.detail, step.line),
            }
        }
        beside
    }

    pub fn head(&self) -> String {
        self.books.head().to_string()
    }

    /// What the model would say.
    pub fn would(&mut self, step: &Step) -> Result<(), &'static str> {
        let (today, head) = (step.today(), self.head());
        let asked = Asked {
            by: step.by,
            today: &today,
            head: &head,
            only: true,
        };
        match self.slow.propose(&step.line, &asked) {
            Err(Stop::WouldPass) => Ok(()),
            Err(Stop::Refused(code)) => Err(code),
            Ok(_) => unreachable!("it was only asked about"),
        }
    }

    /// Proposes to both; whether it was accepted.
    pub fn step(&mut self, step: &Step, coverage: &mut Coverage) -> Result<bool, Disagreement> {
        let type_name = Line(&step.line).type_name().to_owned();
        let expected = self.would(step);
        let moment = step.moment();
        let real = Proposal::from_line(step.line.to_string().as_bytes())
            .map_err(Rejection::from)
            .and_then(|proposal| decide(&self.books, &proposal, &moment));
        let answer = match &real {
            Ok(_) => ACCEPTED,
            Err(rejection) => rejection.code().word(),
        };
        let wanted = expected.err().unwrap_or(ACCEPTED);
        if answer != wanted {
            let said = real.err().map(|rejection| rejection.to_string());
            return Err(Disagreement {
                kind: format!("{type_name}: the ledger says {answer}, the model {wanted}"),
                detail: said.unwrap_or_default(),
            });
        }
        coverage.count(&type_name, answer);
        let Ok(event) = real else { return Ok(false) };
        for code in Line(&step.line).texts("despite") {
            *coverage.lifted.entry((type_name.clone(), code)).or_default() += 1;
        }

        let mut bytes = Vec::new();
        event.write(&mut bytes);
        let told: Json = serde_json::from_slice(&bytes).expect("an event is JSON");
        let line = filled(&step.line, &told);
        let entry = Entry {
            seq: self.books.size(),
            prev: self.books.head(),
            at: moment.at,
            by: moment.by,
            key: None,
            event,
        };
        let (today, head) = (step.today(), self.head());
        let hash = Hash::of(&entry.to_bytes());
        let effects = apply(&mut self.books, &entry, hash).map_err(|impossible| Disagreement {
            kind: format!("{type_name}: decided, but cannot be applied"),
            detail: format!("{impossible:?}"),
        })?;
        let asked = Asked {
            by: step.by,
            today: &today,
            head: &head,
            only: false,
        };
        let outcome = self
            .slow
            .propose(&line, &asked)
            .expect("what the model would accept it accepts");
        self.entries.push((Arc::new(entry), effects.clone()));
        if self.entries.len().is_multiple_of(KEPT_EVERY) {
            self.books = self.kept()?;
        }
        if let Some(seq) = step.line.get("reverses").and_then(Json::as_u64) {
            let undone = &self.slow.entries[seq as usize].type_name;
            *coverage.reversed.entry(undone.clone()).or_default() += 1;
            let recall = |moved: &Moved| moved.now == Holding::Withdrawn && moved.was != Holding::Available;
            if outcome.moves.iter().any(recall) {
                *coverage.reversed.entry(RECALL.to_owned()).or_default() += 1;
            }
        }
        compare(&outcome, &effects).map_err(|detail| Disagreement {
            kind: format!("{type_name}: effects"),
            detail,
        })?;
        self.keep_count(&effects);
        Ok(true)
    }

    /// The books as they are read back from what is kept of them.
    fn kept(&self) -> Result<Books, Disagreement> {
        let wrong = |error: &dyn std::fmt::Display| Disagreement {
            kind: "kept books".to_owned(),
            detail: error.to_string(),
        };
        let mut bytes = Cursor::new(Vec::new());
        keep(&self.books, &mut bytes).map_err(|error| wrong(&error))?;
        let bytes = bytes.into_inner();
        let at = kept_at(&mut bytes.as_slice()).map_err(|error| wrong(&error))?;
        let entry = |seq: u64| Some((*self.entries.get(seq as usize)?.0).clone());
        let from = |begin: u64| Ok(Box::new(&bytes[begin as usize..]) as Box<dyn Read + Send + '_>);
        let books = kept(at, &from, &entry).map_err(|error| wrong(&error))?;
        let mut again = Cursor::new(Vec::new());
        keep(&books, &mut again).map_err(|error| wrong(&error))?;
        if (books.size(), books.head()) != (self.books.size(), self.books.head())
            || bytes != again.into_inner()
        {
            return Err(wrong(&"they are not what was kept"));
        }
        Ok(books)
    }

    fn keep_count(&mut self, effects: &Effects) {
        for opened in &effects.opened {
            *self
                .held
                .entry(opened.stock)
                .or_default()
                .entry("available")
                .or_default() += opened.quantity;
        }
        if let Some(joined) = effects.joined {
            *self
                .held
                .entry(joined.pool)
                .or_default()
                .entry("available")
                .or_default() += joined.to - joined.from;
        }
        for moved in &effects.moves {
            let held = self.held.entry(moved.stock).or_default();
            let was = held.entry(word(moved.was)).or_default();
            *was = was
                .checked_sub(moved.to - moved.from)
                .expect("nothing moves that was not there");
            *held.entry(word(moved.now)).or_default() += moved.to - moved.from;
        }
    }

    /// The entries alone give the same effects, and each is decided again as it stands; then both books answer alike.
    pub fn check_replay(&self, probes: &[Step]) -> Result<(), Disagreement> {
        let wrong = |detail: String| Disagreement {
            kind: "replay".to_owned(),
            detail,
        };
        let mut books = Books::default();
        for (entry, effects) in &self.entries {
            let moment = Moment {
                at: entry.at,
                by: entry.by.clone(),
                authority: Authority::Whole,
                entropy: [0; 32],
            };
            let again = decide(&books, &Proposal::of(entry.event.clone()), &moment);
            if again.as_ref() != Ok(&entry.event) {
                return Err(wrong(format!("{entry:?} is decided as {again:?}")));
            }
            let bytes = entry.to_bytes();
            let read = Entry::from_bytes(&bytes).map_err(|error| wrong(format!("{entry:?}: {error}")))?;
            let replayed = apply(&mut books, &read, Hash::of(&bytes));
            if replayed.as_ref() != Ok(effects) {
                return Err(wrong(format!("{entry:?} does {replayed:?}, not {effects:?}")));
            }
        }
        for probe in probes {
            let Ok(proposal) = Proposal::from_line(probe.line.to_string().as_bytes()) else {
                continue;
            };
            let answer = |books: &Books| match decide(books, &proposal, &probe.moment()) {
                Ok(event) => format!("{event:?}"),
                Err(rejection) => serde_json::to_string(&rejection).expect("JSON"),
            };
            let (live, replayed) = (answer(&self.books), answer(&books));
            if live != replayed {
                return Err(wrong(format!(
                    "{} is answered {live}, after replay {replayed}",
                    probe.line
                )));
            }
        }
        Ok(())
    }

    /// What the read models tell is what the model counts.
    pub fn check_told(&self) -> Result<(), Disagreement> {
        let wrong = |detail: String| Disagreement {
            kind: "read models".to_owned(),
            detail,
        };
        crate::told::check(&self.entries, &self.books, &self.slow).map_err(wrong)
    }

    /// What was received is what is held, for every stock, in the model, in the effects and in the books; and every
    /// gift's parts add up to the gift.
    pub fn check(&self) -> Result<(), Disagreement> {
        let wrong = |detail: String| Disagreement {
            kind: "totals".to_owned(),
            detail,
        };
        for stock in &self.slow.stocks {
            let held = self.held.get(&stock.id).cloned().unwrap_or_default();
            let mut totals: BTreeMap<&'static str, u128> = BTreeMap::new();
            for segment in &stock.segments {
                *totals.entry(word(segment.holder)).or_default() += segment.to - segment.from;
            }
            if totals.values().sum::<u128>() != stock.end() {
                return Err(wrong(format!("{} has holes: {totals:?}", stock.name)));
            }
            let named = |totals: &BTreeMap<&'static str, u128>| {
                totals
                    .iter()
                    .filter(|(_, sum)| 0 < **sum)
                    .map(|(word, sum)| (*word, *sum))
                    .collect::<Vec<_>>()
            };
            if named(&totals) != named(&held) {
                return Err(wrong(format!(
                    "{}: the model holds {totals:?}, the effects {held:?}",
                    stock.name
                )));
            }
            let free = totals.get("available").copied().unwrap_or_default();
            let told = available(&self.books, &Reference::new(&stock.name).expect("a name"));
            if !stock.gone && told != Some(free) {
                return Err(wrong(format!(
                    "{}: the books have {told:?} free, the model {free}",
                    stock.name
                )));
            }
        }
        self.slow.check_shares().map_err(wrong)
    }
}

/// The line with the codes that the ledger made.
fn filled(line: &Json, told: &Json) -> Json {
    let mut filled = line.clone();
    let fields = form::fields(Line(line).type_name()).unwrap_or_default();
    for (field, _) in fields {
        let made = matches!(field, "new_lot") || Some(field) == first_field(line);
        if made && filled.get(field).is_none() {
            filled[field] = told[field].clone();
        }
    }
    if let Some(obtains) = filled.get_mut("obtains").and_then(Json::as_array_mut) {
        for (index, lot) in obtains.iter_mut().enumerate() {
            lot["lot"] = told["obtains"][index]["lot"].clone();
        }
    }
    filled
}

fn first_field(line: &Json) -> Option<&'static str> {
    form::fields(Line(line).type_name())?
        .first()
        .map(|(field, _)| *field)
}

/// The effects are what the model says.
fn compare(outcome: &Outcome, effects: &Effects) -> Result<(), String> {
    let moves: Vec<Moved> = effects
        .moves
        .iter()
        .map(|m| Moved {
            stock: m.stock,
            from: m.from,
            to: m.to,
            was: m.was,
            now: m.now,
        })
        .collect();
    let equal = |what: &str, ledger: String, model: String| {
        if ledger == model {
            Ok(())
        } else {
            Err(format!("{what}\nledger: {ledger}\nmodel:  {model}"))
        }
    };
    if outcome.ordered {
        let (ledger, model) = (
            merged(moves.into_iter()),
            merged(outcome.moves.clone().into_iter()),
        );
        equal("moves in order", format!("{ledger:?}"), format!("{model:?}"))?;
    } else {
        let (ledger, model) = (sorted(moves), sorted(outcome.moves.clone()));
        equal("moves", format!("{ledger:?}"), format!("{model:?}"))?;
    }
    let joined = effects.joined.map(|joined| (joined.pool, joined.from, joined.to));
    let back = |stretches: &mut dyn Iterator<Item = (StockId, u128, u128)>| {
        let (was, now) = (Holding::Available, Holding::Available);
        sorted(
            stretches
                .map(|(stock, from, to)| Moved {
                    stock,
                    from,
                    to,
                    was,
                    now,
                })
                .collect(),
        )
    };
    let ledger = back(
        &mut effects
            .returned
            .iter()
            .map(|part| (part.stock, part.from, part.to)),
    );
    let model = back(&mut outcome.returned.iter().copied());
    equal("returned", format!("{ledger:?}"), format!("{model:?}"))?;
    equal("joined", format!("{joined:?}"), format!("{:?}", outcome.joined))?;
    equal(
        "about",
        format!("{:?}", effects.about),
        format!("{:?}", outcome.about),
    )?;
    let ledger: Vec<String> = effects
        .opened
        .iter()
        .map(|lot| {
            let mut sources: Vec<&str> = lot.sources.iter().map(|source| source.word()).collect();
            sources.sort_unstable();
            let (name, pool) = (lot.name.as_str(), lot.kind == StockKind::Pool);
            let (fund, item) = (lot.fund.as_str(), lot.item.as_str());
            format!(
                "{:?} {name} {pool} {fund} {item} {sources:?} {}",
                lot.stock, lot.quantity
            )
        })
        .collect();
    let model: Vec<String> = outcome
        .opened
        .iter()
        .map(|lot| {
            let mut sources: Vec<&str> = lot.sources.iter().map(String::as_str).collect();
            sources.sort_unstable();
            let (name, pool, fund, item) = (&lot.name, lot.pool, &lot.fund, &lot.item);
            format!(
                "{:?} {name} {pool} {fund} {item} {sources:?} {}",
                lot.stock, lot.quantity
            )
        })
        .collect();
    equal("opened", format!("{ledger:?}"), format!("{model:?}"))?;
    for (real, lot) in effects.opened.iter().zip(&outcome.opened) {
        worth_agrees(real, lot).map_err(|detail| format!("{}: {detail}", lot.name))?;
    }
    Ok(())
}

fn worth_agrees(real: &Opened, lot: &OpenedLot) -> Result<(), String> {
    let agrees = match (real.value, lot.value_vnd) {
        // From which positions it is taken the moves say.
        (Value::OfTaken, _) => lot.of_taken,
        (Value::Stated(stated), Worth::Known(value)) => {
            !lot.of_taken && stated.map(u128::from) == Some(value)
        }
        (Value::Stated(stated), Worth::Unknown) => !lot.of_taken && stated.is_none(),
        (Value::Stated(_), Worth::Partly(_)) => false,
    };
    if agrees {
        Ok(())
    } else {
        Err(format!(
            "worth {:?}, the model says {:?}",
            real.value, lot.value_vnd
        ))
    }
}

/// The sequence as lines that `minhbach record` reads.
pub fn as_lines(steps: &[Step]) -> String {
    let mut text = String::new();
    text += "(after the lines of setting.rs)\n";
    for step in steps {
        let mut line = step.line.clone();
        line["by"] = json!(step.by);
        line["at"] = json!(step.at().to_string());
        text += &format!("{line}\n");
    }
    text
}
