//! Writes random proposals: most of them sensible, a share of them wrong in every way.

use minhbach_events::Date;
use minhbach_projections::recorded::Holding;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::form;
use crate::line::{decimal, is_money};
use crate::setting;
use crate::slow::{Answer, Slow};
use crate::stock::length;

/// How often each type is proposed.
pub const WEIGHTS: &[(&str, usize)] = &[
    ("ledger.opened", 1),
    ("programme.published", 3),
    ("programme.revised", 4),
    ("programme.closed", 3),
    ("place.registered", 4),
    ("place.revised", 4),
    ("place.succeeded", 2),
    ("item.registered", 3),
    ("item.revised", 3),
    ("party.registered", 4),
    ("party.revised", 3),
    ("role.assigned", 6),
    ("role.ended", 6),
    ("campaign.opened", 5),
    ("campaign.closed", 3),
    ("pool.opened", 6),
    ("need.assessed", 22),
    ("need.revised", 8),
    ("need.closed", 5),
    ("donation.pledged", 20),
    ("donation.cancelled", 10),
    ("receipt.issued", 95),
    ("goods.inspected", 16),
    ("purpose.changed", 9),
    ("purchase.made", 45),
    ("custody.transferred", 35),
    ("allocation.made", 90),
    ("allocation.released", 25),
    ("delivery.made", 80),
    ("delivery.confirmed", 30),
    ("delivery.disputed", 20),
    ("delivery.resolved", 16),
    ("delivery.returned", 28),
    ("refund.paid", 22),
    ("stock.written_off", 20),
    ("expense.paid", 18),
    ("sponsorship.started", 6),
    ("sponsorship.ended", 6),
    ("evidence.attached", 8),
    ("entry.reversed", 95),
    ("indicator.reported", 5),
    ("report.filed", 6),
    ("recognition.awarded", 7),
    ("inspection.opened", 5),
    ("finding.raised", 7),
    ("finding.answered", 6),
    ("finding.closed", 6),
    ("nothing.known", 1),
];

const SOURCES: [&str; 4] = ["social_domestic", "oda", "charity_fund", "state_budget"];
const CATEGORIES: [&str; 4] = ["AO", "KHAM", "HB", "BEP"];
const PHONE: &str = "0912345678";

pub struct Author<'a> {
    pub chance: &'a mut Chance,
    pub slow: &'a Slow,
    pub today: &'a str,
    pub head: &'a str,
    /// By how much quantities are larger than in the plainest sequence.
    pub scale: u128,
}

/// The largest quantity, in thousandths.
const QUANTITY_MAX: u128 = 999_999_999_999_999_999;

pub fn shifted(day: &str, by: i32) -> String {
    let day = Date::parse(day).expect("a day");
    Date::from_ordinal(day.ordinal() + by).expect("a day").to_string()
}

impl Author<'_> {
    pub fn any_type(&mut self) -> &'static str {
        let sum: usize = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut at = self.chance.below(sum);
        for (name, weight) in WEIGHTS {
            if at < *weight {
                return name;
            }
            at -= weight;
        }
        unreachable!("the weights add up to their sum")
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.chance.percent(percent)
    }
    fn pick(&mut self, among: &[&str]) -> String {
        self.chance.pick(among).to_owned()
    }
    /// Seldom a name that is nobody's.
    fn or_unknown(&mut self, name: String, unknown: &str) -> String {
        if self.percent(2) { unknown.to_owned() } else { name }
    }
    fn slug(&mut self, names: Vec<String>) -> String {
        let name = self.chance.any(&names).unwrap_or("khong-co".to_owned());
        self.or_unknown(name, "khong-co")
    }
    fn code(&mut self, codes: Vec<String>, prefix: &str) -> String {
        let unknown = format!("{prefix}-KHONG");
        match self.chance.any(&codes) {
            Some(code) => self.or_unknown(code, &unknown),
            None => unknown,
        }
    }
    /// A code not used before; seldom one that was.
    fn new_code(&mut self, prefix: &str) -> String {
        let used: Vec<String> = self.slow.codes.iter().map(|used| used.code.clone()).collect();
        if self.percent(3)
            && let Some(code) = self.chance.any(&used)
        {
            return code;
        }
        format!(
            "{prefix}-{}{}",
            self.slow.next(),
            self.pick(&["A", "B", "C", "D", "E", "F", "G", "H"])
        )
    }
    fn new_slug(&mut self, prefix: &str, names: Vec<String>) -> String {
        match self.chance.any(&names) {
            Some(name) if self.percent(10) => name,
            _ => format!("{prefix}-{}", self.slow.next()),
        }
    }
    /// A day near today; seldom tomorrow or long ago.
    fn day(&mut self) -> String {
        match self.chance.below(100) {
            0..50 => self.today.to_owned(),
            50..80 => shifted(self.today, -(self.chance.below(8) as i32)),
            80..90 => shifted(self.today, -(self.chance.below(40) as i32)),
            90..92 => self.pick(&[
                "2026-05-09",
                "2026-05-10",
                "2024-12-31",
                "2025-01-01",
                "2025-05-31",
                "2025-06-01",
                "2025-12-31",
            ]),
            92..96 => self.pick(&[
                "2026-06-09",
                "2026-06-10",
                "2026-06-15",
                "2026-06-16",
                "2026-06-20",
                "2026-06-21",
                "2026-05-31",
                "2026-06-01",
            ]),
            _ => shifted(self.today, 1 + self.chance.below(3) as i32),
        }
    }
    /// A day from one on, not after today where that is possible.
    fn day_from(&mut self, first: &str) -> String {
        match self.chance.below(100) {
            0..3 => return shifted(self.today, 1),
            3..10 => return self.day(),
            _ => {}
        }
        let span = (0..60)
            .take_while(|&n| shifted(first, n).as_str() <= self.today)
            .count()
            .max(1);
        let step = self.chance.below(span).min(self.chance.below(span));
        shifted(first, step as i32)
    }

    fn programmes(&self) -> Vec<String> {
        self.slow.programmes.iter().map(|p| p.name.clone()).collect()
    }
    fn places(&self) -> Vec<String> {
        self.slow.places.iter().map(|p| p.name.clone()).collect()
    }
    fn parties(&self) -> Vec<String> {
        self.slow.parties.iter().map(|p| p.name.clone()).collect()
    }
    fn fund(&mut self) -> String {
        let fund = self.pick(&["quy-mot", "quy-mot", "quy-hai", "quy-ba"]);
        self.or_unknown(fund, "quy-la")
    }
    fn item(&mut self) -> String {
        let mut items: Vec<String> = self.slow.items.iter().map(|item| item.name.clone()).collect();
        items.extend(["VND", "VND", "VND", "USD"].map(str::to_owned));
        let item = self.chance.pick(&items);
        self.or_unknown(item, "khong-co")
    }
    fn restriction(&mut self) -> Value {
        let mut restriction = json!({});
        if self.percent(25) {
            restriction["programmes"] = json!([self.slug(self.programmes())]);
        }
        if self.percent(40) {
            let mut categories = vec![self.pick(&CATEGORIES)];
            let second = self.pick(&CATEGORIES);
            if self.percent(60) && !categories.contains(&second) {
                categories.push(second);
            }
            restriction["categories"] = json!(categories);
        }
        if self.percent(30) {
            let place = self.pick(&[
                "huyen-a", "huyen-b", "xa-mot", "xa-hai", "xa-ba", "xa-moi", "tinh",
            ]);
            restriction["places"] = json!([self.or_unknown(place, "khong-co")]);
        }
        if self.percent(12) {
            restriction["groups"] = json!([self.pick(&["ngheo", "mo-coi"])]);
        }
        if self.percent(8) {
            let needs = self.slow.needs.iter().map(|need| need.code.clone()).collect();
            restriction["need"] = self.code(needs, "ND").into();
        }
        if self.percent(25) {
            restriction["until"] = shifted(self.today, self.chance.below(40) as i32 - 10).into();
        }
        if self.percent(4) {
            restriction["groups"] = json!([]);
        }
        restriction
    }
    fn maybe_restricted(&mut self, line: &mut Value, percent: usize) {
        if self.percent(percent) {
            line["restriction"] = self.restriction();
        }
    }
    /// A quantity of an item up to about a bound; seldom with decimals it cannot have.
    fn quantity(&mut self, item: &str, bound: u128) -> String {
        let unit = match item {
            "VND" => 1000,
            "USD" => 10,
            _ => 250,
        };
        let most = (QUANTITY_MAX / unit - 6) as usize;
        let units = ((bound / unit).max(1) as usize).min(most);
        let units = match self.chance.below(100) {
            0..25 => units,
            25..28 => units + 1 + self.chance.below(5),
            28..65 => 1 + self.chance.below(units),
            _ => 1 + self.chance.below(units.div_ceil(4)),
        };
        let thousandths = units as u128 * unit + u128::from(self.percent(2));
        decimal(thousandths)
    }
    /// Stocks of which something is free, of one item if one is named; seldom any name at all.
    fn stock(&mut self, fits: impl Fn(&crate::stock::Stock) -> bool) -> String {
        let good: Vec<String> = self
            .slow
            .stocks
            .iter()
            .filter(|stock| !stock.gone && fits(stock) && !stock.free().is_empty())
            .map(|stock| stock.name.clone())
            .collect();
        let all: Vec<String> = self.slow.stocks.iter().map(|stock| stock.name.clone()).collect();
        let receipts: Vec<String> = self
            .slow
            .receipts
            .iter()
            .map(|receipt| receipt.code.clone())
            .collect();
        match self.chance.below(100) {
            0..2 => "RC-KHONG".to_owned(),
            2..5 => self.chance.pick(&all),
            5..7 => self.chance.any(&receipts).unwrap_or("RC-KHONG".to_owned()),
            _ => self.chance.any(&good).unwrap_or_else(|| self.chance.pick(&all)),
        }
    }
    /// Item and free quantity of a stock.
    fn of(&self, name: &str) -> (String, u128) {
        match self.slow.stock(name) {
            Some(stock) => (
                self.slow.stocks[stock].item.clone(),
                length(&self.slow.stocks[stock].free()).max(1000),
            ),
            None => ("VND".to_owned(), 1000),
        }
    }
    /// The day from which a stock can be drawn.
    fn since(&self, name: &str) -> String {
        let stock = self.slow.stock(name).map(|stock| &self.slow.stocks[stock]);
        stock
            .and_then(|stock| stock.newest(&stock.free()))
            .unwrap_or(self.today.to_owned())
    }
    fn reason(&mut self) -> String {
        self.pick(&["thừa", "nhầm", "hỏng"])
    }

    pub fn write(&mut self, type_name: &str) -> Value {
        let mut line = self.sensible(type_name);
        line["type"] = type_name.into();
        if self.percent(4) {
            self.break_form(&mut line, type_name);
        }
        if self.percent(4) {
            self.tell_of_a_person(&mut line, type_name);
        }
        line
    }

    fn break_form(&mut self, line: &mut Value, type_name: &str) {
        let Some(fields) = form::fields(type_name) else {
            return;
        };
        let required: Vec<&str> = fields
            .iter()
            .filter(|(_, optional)| !optional)
            .map(|(field, _)| *field)
            .collect();
        let field = self.chance.pick(&required);
        let object = line.as_object_mut().expect("a line is an object");
        match self.chance.below(5) {
            0 => {
                object.remove(field);
            }
            1 => {
                object.insert(field.to_owned(), Value::Null);
            }
            2 => {
                object.insert("khong-ai-biet".to_owned(), "x".into());
            }
            3 => {
                object.insert(field.to_owned(), json!({ "sai": true }));
            }
            _ => {
                let wrong = match object.get(field) {
                    Some(Value::Number(_)) => json!("3"),
                    Some(Value::Array(_)) => json!("danh sách"),
                    _ => json!(" "),
                };
                object.insert(field.to_owned(), wrong);
            }
        }
    }

    fn tell_of_a_person(&mut self, line: &mut Value, type_name: &str) {
        let free = [
            "reason",
            "detail",
            "answer",
            "scope",
            "name",
            "data_source",
            "ledger",
        ];
        let fields = form::fields(type_name).unwrap_or_default();
        let text = fields
            .iter()
            .find(|(field, _)| free.contains(field) && line.get(*field).is_some());
        match (text, fields.first()) {
            (Some((field, _)), _) => line[*field] = format!("gọi {PHONE}").into(),
            (None, Some((field, _))) => {
                if let Some(text) = line.get(*field).and_then(Value::as_str)
                    && text.starts_with(|first: char| first.is_ascii_alphanumeric())
                {
                    let prefix: String = text.chars().take(2).collect();
                    line[*field] = format!("{prefix}-{PHONE}").into();
                }
            }
            _ => {}
        }
    }

    fn lift(&mut self, line: &mut Value, codes: &[&str], percent: usize) {
        if self.percent(percent) {
            let mut lifted = vec![self.pick(codes)];
            let second = self.pick(codes);
            if self.percent(25) && !lifted.contains(&second) {
                lifted.push(second);
            }
            line["despite"] = json!(lifted);
            if !self.percent(3) {
                line["reason"] = "đã xảy ra".into();
            }
        } else if self.percent(1) {
            line["reason"] = "không có gì".into();
        } else if self.percent(1) {
            line["despite"] =
                self.chance
                    .pick(&[json!([]), json!(["four_eyes"]), json!(["insufficient_quantity"])]);
            line["reason"] = "vẫn".into();
        }
    }

    fn sensible(&mut self, type_name: &str) -> Value {
        match type_name {
            "ledger.opened" => setting::lines()[0].clone(),
            "programme.published" | "programme.revised" => self.terms(type_name == "programme.revised"),
            "programme.closed" => {
                let other = self.chance.pick(&self.programmes());
                let programme = self.slug(vec!["cu".into(), "cu".into(), "moi".into(), other]);
                let mut line = json!({ "programme": programme, "on": self.day() });
                if self.percent(75) {
                    line["carries_to"] = self.slug(vec!["moi".into(), "moi".into(), "ba".into()]).into();
                }
                line
            }
            "place.registered" => {
                let name = self.new_slug("thon", self.places());
                let mut line = json!({
                    "place": name, "kind": self.pick(&["village", "village", "facility", "ward"]), "name": "Thôn",
                    "parent": self.slug(self.places()), "valid_from": self.pick(&["2020-01-01", "2026-06-01"]),
                });
                if self.percent(20) {
                    line["valid_to"] = self.pick(&["2026-06-14", "2026-12-31", "2019-12-31"]).into();
                }
                line
            }
            "place.revised" => {
                // Only places that came later change: the world's own keep their order.
                let later: Vec<String> = self.slow.places.iter().skip(9).map(|p| p.name.clone()).collect();
                let name = if later.is_empty() {
                    "khong-co".to_owned()
                } else {
                    self.slug(later)
                };
                json!({
                    "place": name, "kind": self.pick(&["village", "facility"]), "name": "Thôn mới",
                    "parent": self.slug(self.places()), "valid_from": "2020-01-01", "reason": self.reason(),
                })
            }
            "place.succeeded" => {
                let mut names = self.places();
                names.retain(|name| {
                    !matches!(name.as_str(), "tinh" | "huyen-a" | "huyen-b" | "xa-mot" | "xa-ba")
                });
                let heir = self.pick(&["xa-mot", "xa-ba", "xa-moi"]);
                let heir = self.or_unknown(heir, "khong-co");
                json!({
                    "place": self.slug(names), "on": self.day(), "successors": [{ "place": heir, "part": self.pick(&["whole", "part"]) }],
                })
            }
            "item.registered" | "item.revised" => {
                let names: Vec<String> = self.slow.items.iter().map(|item| item.name.clone()).collect();
                let mut line = json!({ "title": { "vi": "Hàng" }, "form": "goods", "unit": "H87" });
                if type_name == "item.revised" {
                    line["item"] = self.slug(names).into();
                    line["reason"] = self.reason().into();
                } else {
                    line["item"] = self.new_slug("hang", names).into();
                }
                line["categories"] =
                    self.chance
                        .pick(&[json!(["AO"]), json!(["AO", "BEP"]), json!(["HB", "KHAM"])]);
                line
            }
            "party.registered" | "party.revised" => {
                let mut line = json!({ "kind": "organisation", "name": "Tổ chức" });
                if type_name == "party.revised" {
                    line["party"] = self.slug(self.parties()).into();
                    line["reason"] = self.reason().into();
                } else {
                    line["party"] = self.new_slug("to-chuc", self.parties()).into();
                }
                if self.percent(60) {
                    line["place"] = self.slug(self.places()).into();
                }
                line
            }
            "role.assigned" => {
                let mut line = json!({ "role": self.pick(&["chu-tri", "phoi-hop"]), "party": self.slug(self.parties()), "from": self.day() });
                if self.percent(50) {
                    line["programme"] = self.slug(self.programmes()).into();
                }
                line
            }
            "role.ended" => {
                let standing: Vec<_> = self
                    .slow
                    .roles
                    .iter()
                    .filter(|role| !role.ended)
                    .cloned()
                    .collect();
                match self.chance.any(&standing) {
                    Some(role) if self.percent(85) => {
                        let mut line = json!({ "role": role.role, "party": role.party, "on": self.day() });
                        if let Some(programme) = role.programme {
                            line["programme"] = programme.into();
                        }
                        line
                    }
                    _ => json!({ "role": "chu-tri", "party": self.slug(self.parties()), "on": self.day() }),
                }
            }
            "campaign.opened" => {
                let names = self.slow.campaigns.iter().map(|c| c.name.clone()).collect();
                let opens = self.day();
                let closes = shifted(&opens, self.chance.below(40) as i32 - 1);
                let mut line = json!({
                    "campaign": self.new_slug("dot", names), "title": { "vi": "Đợt" }, "programme": self.slug(self.programmes()),
                    "fund": self.fund(), "opens": opens, "closes": closes,
                });
                self.maybe_restricted(&mut line, 50);
                line
            }
            "campaign.closed" => {
                let names = self.slow.campaigns.iter().map(|c| c.name.clone()).collect();
                json!({ "campaign": self.slug(names), "on": self.day() })
            }
            "pool.opened" => {
                let names = self
                    .slow
                    .stocks
                    .iter()
                    .filter(|s| s.pool)
                    .map(|s| s.name.clone())
                    .collect();
                let mut line = json!({
                    "pool": self.new_slug("gop", names), "fund": self.fund(), "item": self.item(), "source": self.pick(&SOURCES),
                });
                if self.percent(40) {
                    line["campaign"] = self.campaign().into();
                }
                self.maybe_restricted(&mut line, 50);
                line
            }
            "need.assessed" => self.need(),
            "need.revised" => {
                let mut line = json!({ "need": self.some_need(), "reason": self.reason(), "priority": 2 });
                if self.percent(70) {
                    line["children"] = self.chance.pick(&[0, 1, 4, 6, 8, 20, 50]).into();
                }
                if self.percent(50) {
                    line["quantity"] = self.quantity("VND", 50_000 * self.scale).into();
                }
                line
            }
            "need.closed" => {
                json!({ "need": self.some_need(), "outcome": self.pick(&["met", "withdrawn", "duplicate"]) })
            }
            "donation.pledged" => {
                let item = self.item();
                let mut line = json!({
                    "donation": self.new_code("DN"), "source": self.pick(&SOURCES), "quantity": self.quantity(&item, 900_000 * self.scale),
                    "item": item, "pledged_on": self.day(), "display": "anonymous",
                });
                self.donor(&mut line);
                if self.percent(30) {
                    line["campaign"] = self.campaign().into();
                }
                self.maybe_restricted(&mut line, 30);
                line
            }
            "donation.cancelled" if self.percent(2) => {
                json!({ "donation": "DN-DAI", "quantity": "1", "reason": "x".repeat(66_000) })
            }
            "donation.cancelled" => {
                let pledges = self.slow.pledges.clone();
                let picked = self.chance.any(&pledges);
                let code = self.code(picked.iter().map(|p| p.code.clone()).collect(), "DN");
                let (item, promised) = picked.map_or(("VND".to_owned(), 1000), |p| (p.item, p.promised));
                json!({ "donation": code, "quantity": self.quantity(&item, promised), "reason": self.reason() })
            }
            "receipt.issued" => self.receipt(),
            "goods.inspected" => {
                let lot = self.stock(|stock| !is_money(&stock.item));
                let lot = if self.percent(5) {
                    self.stock(|_| true)
                } else {
                    lot
                };
                let (item, free) = self.of(&lot);
                let quantity = |me: &mut Self| {
                    if me.percent(35) {
                        "0".to_owned()
                    } else {
                        me.quantity(&item, free / 2)
                    }
                };
                let mut line = json!({ "lot": lot, "inspected_on": self.day(), "accepted": quantity(self), "rejected": quantity(self) });
                if !self.percent(5) {
                    line["reason"] = self.reason().into();
                }
                line
            }
            "purpose.changed" => {
                let lot = self.stock(|_| true);
                let since = self.since(&lot);
                json!({
                    "lot": lot, "restriction": self.restriction(), "consent": self.pick(&["donor", "published_rule"]),
                    "consented_on": self.day_from(&since), "reason": self.reason(),
                })
            }
            "purchase.made" => self.purchase(),
            "custody.transferred" => {
                let lot = self.stock(|_| true);
                let (item, free) = self.of(&lot);
                let since = self.since(&lot);
                json!({
                    "transfer": self.new_code("TR"), "lot": lot, "quantity": self.quantity(&item, free), "to": self.fund(),
                    "new_lot": self.new_code("LT"), "transferred_on": self.day_from(&since),
                })
            }
            "allocation.made" => self.allocation(),
            "allocation.released" => {
                let at = self.some_allocation();
                let open = at.map_or(1000, |at| self.slow.open_quantity(at).max(1000));
                let item = at.map_or("VND".to_owned(), |at| self.slow.allocations[at].item.clone());
                let code = self.code(
                    at.iter()
                        .map(|&at| self.slow.allocations[at].code.clone())
                        .collect(),
                    "AL",
                );
                json!({ "allocation": code, "quantity": self.quantity(&item, open), "reason": self.reason() })
            }
            "delivery.made" => self.handing_over(),
            "delivery.confirmed" => {
                let (code, day, item, quantity) = self.some_delivery(None);
                let mut line = json!({
                    "delivery": code, "confirmed_by": self.slug(self.parties()),
                    "accepted": if self.percent(20) { "0".to_owned() } else { self.quantity(&item, quantity) },
                    "confirmed_on": self.day_from(&day), "condition": self.pick(&["good", "damaged", "partial"]),
                });
                if self.percent(6) {
                    line["confirmed_on"] = shifted(&day, -1).into();
                    self.lift(&mut line, &["out_of_period"], 70);
                } else {
                    self.lift(&mut line, &["out_of_period"], 2);
                }
                line
            }
            "delivery.disputed" => {
                let (code, day, ..) = self.some_delivery(None);
                json!({
                    "delivery": code, "disputed_by": self.slug(self.parties()), "disputed_on": self.day_from(&day), "reason": self.reason(),
                })
            }
            "delivery.resolved" => {
                let (code, day, item, quantity) = self.some_delivery(Some(Answer::Disputed));
                json!({
                    "delivery": code, "accepted": if self.percent(20) { "0".to_owned() } else { self.quantity(&item, quantity) },
                    "resolved_on": self.day_from(&day), "reason": self.reason(),
                })
            }
            "delivery.returned" => {
                let (code, day, item, quantity) = self.some_delivery(None);
                json!({
                    "delivery": code, "quantity": self.quantity(&item, quantity.div_ceil(2)), "new_lot": self.new_code("LT"),
                    "returned_on": self.day_from(&day), "reason": self.reason(),
                })
            }
            "refund.paid" => {
                let receipts: Vec<_> = self
                    .slow
                    .receipts
                    .iter()
                    .filter(|r| self.slow.stands(r.seq))
                    .cloned()
                    .collect();
                let (lot, day, item, most) = match self.chance.any(&receipts) {
                    Some(receipt) if self.percent(65) => {
                        let item = self.slow.stocks[receipt.stock].item.clone();
                        (receipt.code, receipt.on, item, receipt.to - receipt.from)
                    }
                    _ => {
                        let lot = self.stock(|stock| !stock.pool);
                        let (item, free) = self.of(&lot);
                        (lot.clone(), self.since(&lot), item, free)
                    }
                };
                json!({
                    "refund": self.new_code("RF"), "lot": lot, "quantity": self.quantity(&item, most.div_ceil(2)),
                    "paid_on": self.day_from(&day), "reason": self.reason(),
                })
            }
            "stock.written_off" | "expense.paid" => {
                let lot = self.stock(|_| true);
                let (item, free) = self.of(&lot);
                let since = self.since(&lot);
                let quantity = self.quantity(&item, free.div_ceil(3));
                if type_name == "expense.paid" {
                    json!({
                        "expense": self.new_code("EX"), "lot": lot, "quantity": quantity, "paid_on": self.day_from(&since),
                        "purpose": { "vi": "Vận chuyển" }, "consent": "published_rule",
                    })
                } else {
                    json!({
                        "write_off": self.new_code("WO"), "lot": lot, "quantity": quantity, "written_off_on": self.day(),
                        "reason": self.reason(),
                    })
                }
            }
            "sponsorship.started" => {
                let item = self.item();
                let mut line = json!({
                    "sponsorship": self.new_code("SP"), "programme": self.slug(self.programmes()), "category": self.pick(&CATEGORIES),
                    "place": self.slug(self.places()), "quantity": self.quantity(&item, 20_000 * self.scale), "item": item, "every": "month",
                    "starts": self.day(),
                });
                if self.percent(40) {
                    line["donor"] = self.slug(self.parties()).into();
                    line["share"] = "1/3".into();
                }
                line
            }
            "sponsorship.ended" => {
                let codes = self.slow.sponsorships.iter().map(|s| s.code.clone()).collect();
                json!({ "sponsorship": self.code(codes, "SP"), "on": self.day(), "reason": self.reason() })
            }
            "evidence.attached" => {
                let subject = self.subject();
                json!({
                    "evidence": self.new_code("EV"), "subject": subject, "media_type": "application/pdf", "bytes": 12_345,
                    "commitment": "ab".repeat(32),
                })
            }
            "entry.reversed" => json!({ "reverses": self.reversed_seq(), "reason": self.reason() }),
            "indicator.reported" => {
                let mut line = json!({
                    "programme": self.slug(self.programmes()), "indicator": "CS1", "period": { "from": "2026-01-01", "to": "2026-03-31" },
                    "numerator": "3", "denominator": "8", "data_source": "Sở", "as_of": self.day(),
                });
                if self.percent(50) {
                    line["target"] = self.pick(&["T1", "T1", "T1", "T9"]).into();
                }
                if self.percent(5) {
                    line["period"] = json!({ "from": "2026-03-31", "to": "2026-01-01" });
                }
                line
            }
            "report.filed" => {
                let next = self.slow.next() as usize;
                let size = self.chance.pick(&[next, next, 1, next - 1, next + 1, next + 9]);
                let head = if size == next && !self.percent(10) {
                    self.head.to_owned()
                } else {
                    "cd".repeat(32)
                };
                json!({
                    "programme": self.slug(self.programmes()), "report": self.pick(&["BC1", "BC1", "BC1", "BC9"]),
                    "period": { "from": "2026-01-01", "to": "2026-03-31" }, "filed_on": self.day(), "digest": "ef".repeat(32),
                    "size": size, "head": head,
                })
            }
            "recognition.awarded" => {
                let codes: Vec<String> = self.slow.receipts.iter().map(|r| r.code.clone()).collect();
                let mut receipts = vec![self.code(codes.clone(), "RC")];
                if self.percent(40) {
                    receipts.push(self.code(codes, "RC"));
                }
                json!({
                    "recognition": self.new_code("RG"), "party": self.slug(self.parties()), "title": { "vi": "Bằng khen" },
                    "receipts": receipts, "awarded_on": self.day(),
                })
            }
            "inspection.opened" => {
                json!({ "inspection": self.new_code("IN"), "scope": "Cả năm", "inspector": self.slug(self.parties()) })
            }
            "finding.raised" => {
                let subject = self.subject();
                let mut line = json!({
                    "finding": self.new_code("FI"), "rule": "nhan-ro", "severity": "cao", "subjects": [subject], "detail": "Thiếu",
                });
                if self.percent(50) {
                    line["inspection"] = self.code(self.slow.inspections.clone(), "IN").into();
                }
                line
            }
            "finding.answered" | "finding.closed" => {
                let codes = self.slow.findings.iter().map(|f| f.code.clone()).collect();
                let code = self.code(codes, "FI");
                if type_name == "finding.closed" {
                    json!({ "finding": code, "outcome": "đã khắc phục" })
                } else {
                    json!({ "finding": code, "answered_by": self.slug(self.parties()), "answer": "Đã rõ" })
                }
            }
            _ => json!({ "gi-do": 1 }),
        }
    }

    fn terms(&mut self, revised: bool) -> Value {
        let name = if revised {
            self.slug(self.programmes())
        } else {
            self.new_slug("ke-hoach", self.programmes())
        };
        let mut line = match name.as_str() {
            "cu" => setting::programme(&name, "2026-01-01", "2026-06-20", &["xa-mot", "xa-hai"], 5),
            "moi" => setting::programme(&name, "2026-06-01", "2026-12-31", &[], 8),
            "ba" => setting::programme(&name, "2026-01-01", "2026-12-31", &["huyen-a"], 5),
            _ => setting::programme(&name, "2026-01-01", "2026-12-31", &["huyen-b"], 6),
        };
        if revised {
            line["reason"] = "thêm chỉ tiêu".into();
            line["targets"].as_array_mut().expect("a list").push(json!({
                "target": "T2", "title": { "vi": "Số" }, "kind": "on_demand", "due": "2026-12-31", "group": "ngheo",
            }));
        }
        match self.chance.below(12) {
            0 => line["places"] = json!(["khong-co"]),
            1 => line["categories"][0]["groups"] = json!(["giau"]),
            2 => line["targets"][0]["category"] = "XE".into(),
            3 => line["parent"] = self.slug(self.programmes()).into(),
            _ => {}
        }
        line
    }

    fn campaign(&mut self) -> String {
        let names = self.slow.campaigns.iter().map(|c| c.name.clone()).collect();
        self.slug(names)
    }
    fn donor(&mut self, line: &mut Value) {
        if self.percent(30) {
            line["donor"] = self.slug(self.parties()).into();
            if !self.percent(4) {
                line["display"] = "named".into();
            }
        }
    }
    fn some_need(&mut self) -> String {
        let codes = self.slow.needs.iter().map(|need| need.code.clone()).collect();
        self.code(codes, "ND")
    }
    fn subject(&mut self) -> String {
        let codes: Vec<String> = self.slow.codes.iter().map(|used| used.code.clone()).collect();
        let slugs = [
            self.programmes(),
            self.places(),
            self.parties(),
            self.slow.items.iter().map(|item| item.name.clone()).collect(),
            self.slow
                .campaigns
                .iter()
                .map(|campaign| campaign.name.clone())
                .collect(),
            self.slow
                .stocks
                .iter()
                .filter(|stock| stock.pool)
                .map(|stock| stock.name.clone())
                .collect(),
        ];
        if self.percent(50) {
            return self.code(codes, "XX");
        }
        let kind = self.chance.pick(&slugs);
        self.slug(kind)
    }

    fn category_of(&mut self, item: &str) -> String {
        let categories = self
            .slow
            .item(item)
            .map(|item| item.categories.clone())
            .unwrap_or_default();
        match self.chance.any(&categories) {
            Some(category) if !self.percent(4) => category,
            _ => {
                let category = self.pick(&CATEGORIES);
                self.or_unknown(category, "XE")
            }
        }
    }
    fn group_for(&mut self, line: &mut Value) {
        let percent = if line["category"] == "KHAM" { 92 } else { 20 };
        if self.percent(percent) {
            line["group"] = self.pick(&["ngheo", "ngheo", "ngheo", "mo-coi", "giau"]).into();
        }
    }

    fn need(&mut self) -> Value {
        let item = self.item();
        let mut line = json!({
            "need": self.new_code("ND"), "programme": self.slug(self.programmes()), "category": self.category_of(&item),
            "place": self.slug(self.places()), "quantity": self.quantity(&item, 60_000 * self.scale), "item": item,
            "children": self.chance.pick(&[0, 1, 3, 4, 4, 6, 7, 8, 30, 60]), "priority": 1 + self.chance.below(5), "assessed_on": self.day(),
        });
        self.group_for(&mut line);
        if self.percent(30) {
            line["assessed_by"] = self.slug(self.parties()).into();
        }
        line
    }

    fn receipt(&mut self) -> Value {
        let code = self.new_code("RC");
        let item = self.item();
        let mut line = json!({
            "receipt": code, "fund": self.fund(), "source": self.pick(&SOURCES), "item": item,
            "received_on": self.day(), "display": "anonymous", "channel": "bank",
        });
        self.donor(&mut line);
        if self.percent(45) {
            let pools: Vec<_> = self
                .slow
                .stocks
                .iter()
                .filter(|stock| stock.pool)
                .cloned()
                .collect();
            let pool = self.chance.pick(&pools);
            line["pool"] = self.or_unknown(pool.name.clone(), "gop-la").into();
            if !self.percent(6) {
                line["item"] = pool.item.clone().into();
                line["fund"] = pool.fund.clone().into();
            }
            if !self.percent(6) {
                line["source"] = pool.sources[0].clone().into();
            }
            self.maybe_restricted(&mut line, 4);
        } else {
            self.maybe_restricted(&mut line, 45);
        }
        if self.percent(22) {
            let pledges: Vec<_> = self.slow.pledges.clone();
            let picked = self.chance.any(&pledges);
            line["donation"] = self
                .code(picked.iter().map(|p| p.code.clone()).collect(), "DN")
                .into();
            if let Some(pledge) = picked
                && !self.percent(6)
            {
                line["item"] = pledge.item.into();
                line["received_on"] = self.day_from(&pledge.on).into();
            }
        }
        if self.percent(18) {
            line["campaign"] = self.campaign().into();
        }
        let item = line["item"].as_str().expect("an item").to_owned();
        line["quantity"] = self.quantity(&item, 40_000 * self.scale).into();
        if item == "VND" {
            if self.percent(20) {
                let quantity = line["quantity"].clone();
                line["value_vnd"] = if self.percent(10) { "77".into() } else { quantity };
            }
        } else {
            if self.percent(60) {
                line["value_vnd"] = format!("{}", 1 + self.chance.below(9_999)).into();
            }
            if !is_money(&item) && self.percent(35) {
                line["expires_on"] = shifted(self.today, self.chance.below(60) as i32 - 3).into();
            }
        }
        if self.percent(5) {
            line["received_on"] = shifted(self.today, -200).into();
            self.lift(&mut line, &["closed", "out_of_period"], 70);
        } else {
            self.lift(&mut line, &["closed", "out_of_period"], 4);
        }
        line
    }

    fn purchase(&mut self) -> Value {
        let first = self.stock(|stock| is_money(&stock.item));
        let (money, _) = self.of(&first);
        let fund = self
            .slow
            .stock(&first)
            .map(|stock| self.slow.stocks[stock].fund.clone());
        let mut names = vec![first];
        for _ in 0..self.chance.below(3) {
            let mixed = self.percent(6);
            let name =
                self.stock(|stock| mixed || (stock.item == money && Some(&stock.fund) == fund.as_ref()));
            if !names.contains(&name) || self.percent(3) {
                names.push(name);
            }
        }
        let mut since = "2026-01-01".to_owned();
        let (mut spends, mut sum) = (Vec::new(), 0);
        for name in &names {
            let (item, free) = self.of(name);
            let quantity = self.quantity(&item, free);
            sum += crate::line::thousandths(&quantity).unwrap_or_default();
            since = since.max(self.since(name));
            spends.push(json!({ "lot": name, "quantity": quantity }));
        }
        let count = 1 + self.chance.below(3);
        let mut left = sum / 1000;
        let mut obtains = Vec::new();
        for nth in 0..count {
            let item = match self.chance.below(50) {
                0 => "VND".to_owned(),
                1 => "khong-co".to_owned(),
                _ => self.chance.pick(&self.slow.items).name,
            };
            let value = if nth + 1 == count { left } else { left / 2 };
            left -= value;
            let mut lot = json!({
                "lot": self.new_code("LT"), "item": item, "quantity": self.quantity(&item, 8_000 * self.scale), "value_vnd": value.to_string(),
            });
            if self.percent(25) {
                lot["expires_on"] = shifted(self.today, self.chance.below(50) as i32).into();
            }
            obtains.push(lot);
        }
        if self.percent(4) {
            obtains[0]["value_vnd"] = "1".into();
        }
        let mut line = json!({
            "purchase": self.new_code("PU"), "spends": spends, "obtains": obtains, "purchased_on": self.day_from(&since),
        });
        if self.percent(80) {
            line["supplier"] = self.slug(vec!["nha-cung".into(), "cong-ty".into()]).into();
        } else if !self.percent(5) {
            line["commitment"] = "ab".repeat(32).into();
        }
        line
    }

    fn allocation(&mut self) -> Value {
        let first = self.stock(|_| true);
        let (item, _) = self.of(&first);
        let mut names = vec![first];
        for _ in 0..self.chance.below(3) {
            let name = self.stock(|stock| stock.item == item);
            if !names.contains(&name) || self.percent(3) {
                names.push(name);
            }
        }
        let bound = self
            .slow
            .stock(&names[0])
            .map(|stock| self.slow.stocks[stock].restriction.clone())
            .unwrap_or_default();
        let mut since = "2026-05-20".to_owned();
        let mut draws = Vec::new();
        for name in &names {
            let (item, free) = self.of(name);
            since = since.max(self.since(name));
            draws.push(json!({ "lot": name, "quantity": self.quantity(&item, free.div_ceil(2)) }));
        }
        let item = if self.percent(3) { self.item() } else { item };
        let keep = |me: &mut Self, bound: &[String], other: String| match me.chance.any(bound) {
            Some(name) if !me.percent(15) => name,
            _ => other,
        };
        let (programme, category, place) = (
            self.slug(self.programmes()),
            self.category_of(&item),
            self.slug(self.places()),
        );
        let mut line = json!({
            "allocation": self.new_code("AL"), "programme": keep(self, &bound.programmes, programme),
            "category": keep(self, &bound.categories, category), "place": keep(self, &bound.places, place), "item": item,
            "draws": draws, "decided_on": self.day_from(&since),
        });
        self.group_for(&mut line);
        if let Some(group) = bound.groups.first()
            && self.percent(80)
        {
            line["group"] = group.clone().into();
        }
        let needs: Vec<_> = self
            .slow
            .needs
            .iter()
            .filter(|need| need.item == item)
            .cloned()
            .collect();
        if self.percent(45)
            && let Some(need) = self.chance.any(&needs)
        {
            line["category"] = need.category.clone().into();
            line["programme"] = need.programme.clone().into();
            if self.percent(20) {
                line["programme"] = self.slug(self.programmes()).into();
            }
            if !self.percent(35) {
                line["place"] = need.place.clone().into();
            }
            line["need"] = self.or_unknown(need.code, "ND-KHONG").into();
        }
        line
    }

    fn some_allocation(&mut self) -> Option<usize> {
        let open: Vec<usize> = (0..self.slow.allocations.len())
            .filter(|&at| 0 < self.slow.open_quantity(at))
            .collect();
        let all: Vec<usize> = (0..self.slow.allocations.len()).collect();
        if self.percent(6) {
            self.chance.any(&all)
        } else {
            self.chance.any(&open)
        }
    }

    fn handing_over(&mut self) -> Value {
        let at = self.some_allocation();
        let allocation = at.map(|at| self.slow.allocations[at].clone());
        let open = at.map_or(1000, |at| self.slow.open_quantity(at).max(1000));
        let code = self.code(allocation.iter().map(|a| a.code.clone()).collect(), "AL");
        let (item, day, place) = allocation.map_or(
            ("VND".to_owned(), self.today.to_owned(), "xa-mot".to_owned()),
            |a| (a.item, a.on, a.place),
        );
        let place = if self.percent(25) {
            self.slug(self.places())
        } else {
            place
        };
        let mut line = json!({
            "delivery": self.new_code("DL"), "allocation": code, "quantity": self.quantity(&item, open), "place": place,
            "receiver": self.slug(self.parties()), "children": self.chance.pick(&[0, 1, 3, 4, 5, 7, 8, 20, 20, 40]),
            "delivered_on": self.day_from(&day),
        });
        if self.percent(4) {
            line["delivered_on"] = shifted(&day, -1).into();
            self.lift(&mut line, &["out_of_period"], 60);
        }
        if self.percent(4) {
            line["delivered_on"] = self.today.into();
            self.lift(&mut line, &["restriction_violated", "expired"], 60);
        }
        if !line["despite"].is_array() {
            self.lift(
                &mut line,
                &["out_of_period", "out_of_scope", "restriction_violated", "expired"],
                7,
            );
        }
        line
    }

    /// Code, day, item and quantity of a delivery, with a certain answer if one is named.
    fn some_delivery(&mut self, answer: Option<Answer>) -> (String, String, String, u128) {
        let all: Vec<usize> = (0..self.slow.deliveries.len()).collect();
        let fit: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&at| self.slow.stands(self.slow.deliveries[at].seq) && self.slow.answer(at) == answer)
            .collect();
        let at = if self.percent(12) {
            self.chance.any(&all)
        } else {
            self.chance.any(&fit)
        };
        match at {
            Some(at) => {
                let delivery = self.slow.deliveries[at].clone();
                let code = self.or_unknown(delivery.code, "DL-KHONG");
                (
                    code,
                    delivery.on,
                    self.slow.allocations[delivery.allocation].item.clone(),
                    delivery.quantity,
                )
            }
            None => (
                "DL-KHONG".to_owned(),
                self.today.to_owned(),
                "VND".to_owned(),
                1000,
            ),
        }
    }

    /// Mostly late entries; often a pooled receipt of which something was drawn.
    fn reversed_seq(&mut self) -> u64 {
        let next = self.slow.next() as usize;
        let world = setting::lines().len();
        let drawn: Vec<u64> = self
            .slow
            .receipts
            .iter()
            .filter(|receipt| {
                let stock = &self.slow.stocks[receipt.stock];
                let taken = stock.held(|s| !matches!(s.holder, Holding::Available | Holding::Withdrawn));
                stock.pool
                    && taken
                        .iter()
                        .any(|(from, to)| *from < receipt.to && receipt.from < *to)
            })
            .map(|receipt| receipt.seq)
            .collect();
        match self.chance.below(100) {
            0..2 => (next + self.chance.below(3)) as u64,
            2..5 => self.chance.below(world) as u64,
            5..20 if !drawn.is_empty() => self.chance.pick(&drawn),
            20..60 => (next - 1 - self.chance.below(next.min(6))) as u64,
            _ => {
                let reversible: Vec<usize> = (world.min(next - 1)..next).collect();
                self.chance.pick(&reversible) as u64
            }
        }
    }
}
