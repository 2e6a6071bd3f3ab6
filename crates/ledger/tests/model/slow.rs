//! The slow model: everything that was recorded, in plain lists.

use minhbach_projections::recorded::StockId;
use serde_json::Value;

use crate::effect::Outcome;
use crate::form;
use crate::judge::{Judge, Stop};
use crate::line::Line;
use crate::restriction::Restriction;
use crate::stock::Stock;

#[derive(Clone)]
pub struct Category {
    pub name: String,
    pub facility: bool,
    pub sources: Option<Vec<String>>,
    pub places: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
}
#[derive(Clone)]
pub struct Programme {
    pub name: String,
    pub parent: Option<String>,
    pub from: String,
    pub to: String,
    pub places: Vec<String>,
    pub groups: Vec<String>,
    pub categories: Vec<Category>,
    pub targets: Vec<String>,
    pub reports: Vec<String>,
    pub min_group: u64,
    pub closed: Option<(String, Option<String>)>,
}
#[derive(Clone)]
pub struct Place {
    pub name: String,
    pub kind: String,
    pub parent: Option<String>,
    pub from: String,
    pub to: Option<String>,
    pub succeeded: Option<(String, Vec<String>)>,
}
#[derive(Clone)]
pub struct Item {
    pub name: String,
    /// Form and unit: what a quantity of it means.
    pub counted: (String, String),
    pub categories: Vec<String>,
}
#[derive(Clone)]
pub struct Party {
    pub name: String,
    pub place: Option<String>,
}
#[derive(Clone)]
pub struct Role {
    pub role: String,
    pub party: String,
    pub programme: Option<String>,
    pub from: String,
    pub ended: bool,
}
#[derive(Clone)]
pub struct Campaign {
    pub name: String,
    pub opens: String,
    pub closes: String,
    pub closed: Option<String>,
    pub restriction: Restriction,
}
#[derive(Clone)]
pub struct Need {
    pub code: String,
    pub programme: String,
    pub category: String,
    pub place: String,
    pub item: String,
    pub on: String,
    pub children: u64,
    pub closed: bool,
}
#[derive(Clone)]
pub struct Pledge {
    pub seq: u64,
    pub code: String,
    pub item: String,
    pub on: String,
    pub promised: u128,
    pub restriction: Restriction,
}
#[derive(Clone)]
pub struct Cancelling {
    pub seq: u64,
    pub pledge: usize,
    pub quantity: u128,
}
#[derive(Clone)]
pub struct Receipt {
    pub seq: u64,
    pub code: String,
    pub on: String,
    pub stock: usize,
    pub from: u128,
    pub to: u128,
    pub pledge: Option<usize>,
}
/// A purchase, transfer or return: what it put into stock.
#[derive(Clone)]
pub struct Conversion {
    pub seq: u64,
    pub lots: Vec<usize>,
}
#[derive(Clone)]
pub struct PurposeChange {
    pub seq: u64,
    pub stock: usize,
    pub restriction: Restriction,
}
#[derive(Clone)]
pub struct Allocation {
    pub seq: u64,
    pub code: String,
    pub programme: String,
    pub category: String,
    pub place: String,
    pub group: Option<String>,
    pub need: Option<usize>,
    pub item: String,
    pub on: String,
    /// Stocks in the order listed.
    pub draws: Vec<usize>,
}
#[derive(Clone)]
pub struct Release {
    pub seq: u64,
    pub allocation: usize,
    pub pieces: Vec<(usize, u128, u128)>,
}
#[derive(Clone)]
pub struct Delivery {
    pub seq: u64,
    pub code: String,
    pub allocation: usize,
    pub by: String,
    pub place: String,
    pub on: String,
    pub quantity: u128,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Confirmed,
    Disputed,
    Resolved,
}
#[derive(Clone)]
pub struct Answered {
    pub seq: u64,
    pub delivery: usize,
    pub answer: Answer,
}
#[derive(Clone)]
pub struct Returned {
    pub seq: u64,
    pub delivery: usize,
    pub quantity: u128,
    /// Which parts of the delivery came back, counted from its first piece.
    pub parts: Vec<(u128, u128)>,
}
#[derive(Clone)]
pub struct Sponsorship {
    pub code: String,
    pub starts: String,
    pub ended: bool,
}
#[derive(Clone)]
pub struct Finding {
    pub code: String,
    pub by: String,
    pub closed: bool,
}
/// A code, and the entry that gave it.
#[derive(Clone)]
pub struct CodeUse {
    pub code: String,
    pub seq: u64,
}
/// What an entry was, by type, with who recorded it.
#[derive(Clone)]
pub struct Entry {
    pub type_name: String,
    /// A later entry that undid it.
    pub reversed: Option<u64>,
    /// The entry that it undoes.
    pub reverses: Option<u64>,
    /// What it answers: the entry that opened it.
    pub about: Option<u64>,
}

#[derive(Clone, Default)]
pub struct Slow {
    pub entries: Vec<Entry>,
    pub programmes: Vec<Programme>,
    pub places: Vec<Place>,
    pub items: Vec<Item>,
    pub parties: Vec<Party>,
    pub roles: Vec<Role>,
    pub campaigns: Vec<Campaign>,
    pub codes: Vec<CodeUse>,
    pub needs: Vec<Need>,
    pub pledges: Vec<Pledge>,
    pub cancellings: Vec<Cancelling>,
    pub stocks: Vec<Stock>,
    pub receipts: Vec<Receipt>,
    pub conversions: Vec<Conversion>,
    pub changes: Vec<PurposeChange>,
    pub allocations: Vec<Allocation>,
    pub releases: Vec<Release>,
    pub deliveries: Vec<Delivery>,
    pub answers: Vec<Answered>,
    pub returns: Vec<Returned>,
    pub sponsorships: Vec<Sponsorship>,
    pub inspections: Vec<String>,
    pub findings: Vec<Finding>,
}

const LINE_BYTES_MAX: usize = 65_535;

/// Who proposes, when, and what the ledger's head is.
pub struct Asked<'a> {
    pub by: &'a str,
    pub today: &'a str,
    pub head: &'a str,
    pub only: bool,
}

impl Slow {
    /// Decides a line and, unless it is only asked about, does what it says.
    pub fn propose(&mut self, value: &Value, asked: &Asked) -> Result<Outcome, Stop> {
        let line = Line(value);
        if LINE_BYTES_MAX < value.to_string().len() {
            return Err(Stop::Refused("too_large"));
        }
        if !form::FORMS.iter().any(|(name, _)| *name == line.type_name()) {
            let code = if line.type_name().is_empty() {
                "malformed"
            } else {
                "unknown_type"
            };
            return Err(Stop::Refused(code));
        }
        if !form::good(line) {
            return Err(Stop::Refused("malformed"));
        }
        let mut judge = Judge::of(line, asked.only);
        judge.hard("personal_data", form::personal(line));
        let outcome = match line.type_name() {
            "ledger.opened" => self.ledger_opened(judge),
            "programme.published" => self.programme_published(line, judge, false),
            "programme.revised" => self.programme_published(line, judge, true),
            "programme.closed" => self.programme_closed(line, judge, asked),
            "place.registered" => self.place_registered(line, judge, false),
            "place.revised" => self.place_registered(line, judge, true),
            "place.succeeded" => self.place_succeeded(line, judge),
            "item.registered" => self.item_registered(line, judge, false),
            "item.revised" => self.item_registered(line, judge, true),
            "party.registered" => self.party_registered(line, judge, false),
            "party.revised" => self.party_registered(line, judge, true),
            "role.assigned" => self.role_assigned(line, judge),
            "role.ended" => self.role_ended(line, judge, asked),
            "campaign.opened" => self.campaign_opened(line, judge),
            "campaign.closed" => self.campaign_closed(line, judge, asked),
            "pool.opened" => self.pool_opened(line, judge, asked),
            "need.assessed" => self.need_assessed(line, judge, asked),
            "need.revised" => self.need_revised(line, judge),
            "need.closed" => self.need_closed(line, judge),
            "donation.pledged" => self.donation_pledged(line, judge, asked),
            "donation.cancelled" => self.donation_cancelled(line, judge),
            "receipt.issued" => self.receipt_issued(line, judge, asked),
            "goods.inspected" => self.goods_inspected(line, judge, asked),
            "purpose.changed" => self.purpose_changed(line, judge, asked),
            "purchase.made" => self.purchase_made(line, judge, asked),
            "custody.transferred" => self.custody_transferred(line, judge, asked),
            "allocation.made" => self.allocation_made(line, judge, asked),
            "allocation.released" => self.allocation_released(line, judge),
            "delivery.made" => self.delivery_made(line, judge, asked),
            "delivery.confirmed" => self.delivery_confirmed(line, judge, asked),
            "delivery.disputed" => self.delivery_disputed(line, judge, asked),
            "delivery.resolved" => self.delivery_resolved(line, judge, asked),
            "delivery.returned" => self.delivery_returned(line, judge, asked),
            "refund.paid" => self.refund_paid(line, judge, asked),
            "stock.written_off" => self.stock_written_off(line, judge, asked),
            "expense.paid" => self.expense_paid(line, judge, asked),
            "sponsorship.started" => self.sponsorship_started(line, judge),
            "sponsorship.ended" => self.sponsorship_ended(line, judge, asked),
            "evidence.attached" => self.evidence_attached(line, judge),
            "entry.reversed" => self.entry_reversed(line, judge),
            "indicator.reported" => self.indicator_reported(line, judge, asked),
            "report.filed" => self.report_filed(line, judge, asked),
            "recognition.awarded" => self.recognition_awarded(line, judge, asked),
            "inspection.opened" => self.inspection_opened(line, judge),
            "finding.raised" => self.finding_raised(line, judge, asked),
            "finding.answered" => self.finding_answered(line, judge),
            "finding.closed" => self.finding_closed(line, judge, asked),
            other => panic!("the model has no rule for {other}"),
        }?;
        self.entries.push(Entry {
            type_name: line.type_name().to_owned(),
            reversed: None,
            reverses: value.get("reverses").and_then(Value::as_u64),
            about: outcome.about,
        });
        Ok(outcome)
    }

    /// The seq of the entry being decided.
    pub fn next(&self) -> u64 {
        self.entries.len() as u64
    }
    pub fn stands(&self, seq: u64) -> bool {
        self.entries[seq as usize].reversed.is_none()
    }
    pub fn code_used(&self, code: &str) -> bool {
        self.codes.iter().any(|used| used.code == code)
    }
    /// A code given by an entry that stands.
    pub fn code_stands(&self, code: &str) -> bool {
        self.codes
            .iter()
            .any(|used| used.code == code && self.stands(used.seq))
    }
    pub fn use_code(&mut self, code: &str) {
        let seq = self.next();
        self.codes.push(CodeUse {
            code: code.to_owned(),
            seq,
        });
    }
    /// New codes of one line: none used before, none twice.
    pub fn fresh(&self, judge: &mut Judge, codes: &[Option<&str>]) {
        for (index, code) in codes.iter().enumerate() {
            let Some(code) = code else { continue };
            judge.hard(
                "duplicate_code",
                self.code_used(code) || codes[..index].contains(&Some(*code)),
            );
        }
    }
    pub fn programme(&self, name: &str) -> Option<&Programme> {
        self.programmes.iter().find(|programme| programme.name == name)
    }
    pub fn item_known(&self, name: &str) -> bool {
        crate::line::is_money(name) || self.item(name).is_some()
    }
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.name == name)
    }
    pub fn party(&self, name: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name == name)
    }
    pub fn campaign(&self, name: &str) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.name == name)
    }
    pub fn need(&self, code: &str) -> Option<usize> {
        self.needs.iter().position(|need| need.code == code)
    }
    pub fn allocation(&self, code: &str) -> Option<usize> {
        self.allocations
            .iter()
            .position(|a| a.code == code && self.stands(a.seq))
    }
    pub fn delivery(&self, code: &str) -> Option<usize> {
        self.deliveries
            .iter()
            .position(|d| d.code == code && self.stands(d.seq))
    }
    pub fn pledge(&self, code: &str) -> Option<usize> {
        self.pledges
            .iter()
            .position(|p| p.code == code && self.stands(p.seq))
    }
    pub fn receipt(&self, code: &str) -> Option<usize> {
        self.receipts
            .iter()
            .position(|r| r.code == code && self.stands(r.seq))
    }
    /// A programme, place, item, party, campaign or pool, or a code that stands.
    pub fn anything(&self, name: &str) -> bool {
        self.code_stands(name)
            || self.programme(name).is_some()
            || self.place(name).is_some()
            || self.item(name).is_some()
            || self.party(name).is_some()
            || self.campaign(name).is_some()
            || self.stocks.iter().any(|stock| stock.pool && stock.name == name)
    }
    /// Whether a programme is another, or was carried over into it by that day.
    pub fn carried(&self, from: &str, into: &str, on: &str) -> bool {
        let mut at = from.to_owned();
        for _ in 0..=self.programmes.len() {
            if at == into {
                return true;
            }
            match self.programme(&at).and_then(|programme| programme.closed.clone()) {
                Some((day, Some(next))) if day.as_str() <= on => at = next,
                _ => return false,
            }
        }
        false
    }
    pub fn stock_id(&self, nth: u16) -> StockId {
        StockId::new(self.next(), nth)
    }
}

/// A business date after today.
pub fn future(judge: &mut Judge, on: &str, asked: &Asked) {
    judge.hard("out_of_period", asked.today < on);
}
