//! The form of every type of event, as the design's table gives it.

use minhbach_events::{Amount, Date, Quantity};
use serde_json::Value;

use crate::line::Line;

/// The type and its fields in order; `?` marks what may be left out, `*` a code that the ledger can make.
pub const FORMS: &[(&str, &str)] = &[
    ("ledger.opened", "ledger origin format kind"),
    (
        "programme.published",
        "programme title documents parent? period places groups categories targets duties reports min_group special_places?",
    ),
    (
        "programme.revised",
        "programme title documents parent? period places groups categories targets duties reports min_group special_places? reason",
    ),
    ("programme.closed", "programme on carries_to?"),
    (
        "place.registered",
        "place kind name parent? code? valid_from valid_to? zone? latitude? longitude?",
    ),
    (
        "place.revised",
        "place kind name parent? code? valid_from valid_to? zone? latitude? longitude? reason",
    ),
    ("place.succeeded", "place on successors"),
    ("item.registered", "item title form unit categories"),
    ("item.revised", "item title form unit categories reason"),
    ("party.registered", "party kind name place?"),
    ("party.revised", "party kind name place? reason"),
    ("role.assigned", "role party programme? from"),
    ("role.ended", "role party programme? on"),
    (
        "campaign.opened",
        "campaign title programme fund opens closes distribute_by? restriction?",
    ),
    ("campaign.closed", "campaign on"),
    ("pool.opened", "pool fund item source campaign? restriction?"),
    (
        "need.assessed",
        "need* programme category place group? item quantity children priority assessed_on assessed_by? method? needed_by?",
    ),
    (
        "need.revised",
        "need quantity? children? priority? needed_by? reason",
    ),
    ("need.closed", "need outcome"),
    (
        "donation.pledged",
        "donation* donor? source item quantity pledged_on campaign? restriction? display",
    ),
    ("donation.cancelled", "donation quantity reason"),
    (
        "receipt.issued",
        "receipt* donation? donor? fund pool? source item quantity received_on campaign? restriction? display channel value_vnd? value_basis? expires_on? commitment? despite? reason?",
    ),
    ("goods.inspected", "lot inspected_on accepted rejected reason?"),
    ("purpose.changed", "lot restriction consent consented_on reason"),
    (
        "purchase.made",
        "purchase* spends obtains supplier? purchased_on commitment?",
    ),
    (
        "custody.transferred",
        "transfer* lot quantity to new_lot* transferred_on",
    ),
    (
        "allocation.made",
        "allocation* programme category place group? need? item draws decided_on",
    ),
    ("allocation.released", "allocation quantity reason"),
    (
        "delivery.made",
        "delivery* allocation quantity place receiver children delivered_on despite? reason?",
    ),
    (
        "delivery.confirmed",
        "delivery confirmed_by accepted confirmed_on condition despite? reason?",
    ),
    ("delivery.disputed", "delivery disputed_by disputed_on reason"),
    ("delivery.resolved", "delivery accepted resolved_on reason"),
    (
        "delivery.returned",
        "delivery quantity new_lot* returned_on reason",
    ),
    ("refund.paid", "refund* lot quantity paid_on reason"),
    (
        "stock.written_off",
        "write_off* lot quantity written_off_on reason",
    ),
    ("expense.paid", "expense* lot quantity paid_on purpose consent"),
    (
        "sponsorship.started",
        "sponsorship* donor? programme category place item quantity every starts share?",
    ),
    ("sponsorship.ended", "sponsorship on reason"),
    (
        "evidence.attached",
        "evidence* subject media_type bytes commitment",
    ),
    ("entry.reversed", "reverses reason"),
    (
        "indicator.reported",
        "programme indicator target? period numerator denominator data_source as_of",
    ),
    (
        "report.filed",
        "programme report period filed_on digest size head",
    ),
    (
        "recognition.awarded",
        "recognition* party title receipts awarded_on",
    ),
    ("inspection.opened", "inspection* scope inspector"),
    (
        "finding.raised",
        "finding* inspection? rule severity subjects detail",
    ),
    ("finding.answered", "finding answered_by answer"),
    ("finding.closed", "finding outcome"),
];

/// The fields of a type: name and whether it is optional.
pub fn fields(type_name: &str) -> Option<Vec<(&'static str, bool)>> {
    let (_, fields) = FORMS.iter().find(|(name, _)| *name == type_name)?;
    Some(
        fields
            .split(' ')
            .map(|field| (field.trim_end_matches(['?', '*']), field.ends_with(['?', '*'])))
            .collect(),
    )
}

/// What `despite` can lift, by type.
pub fn liftable(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "receipt.issued" => &["closed", "out_of_period"],
        "delivery.made" => &["out_of_period", "out_of_scope", "restriction_violated", "expired"],
        "delivery.confirmed" => &["out_of_period"],
        _ => &[],
    }
}

/// Whether the line is of the form of its type, as far as the line alone can show.
pub fn good(line: Line) -> bool {
    let Some(fields) = fields(line.type_name()) else {
        return false;
    };
    let Value::Object(object) = line.0 else {
        return false;
    };
    let known = |name: &str| {
        matches!(name, "type" | "key" | "by" | "at") || fields.iter().any(|(field, _)| *field == name)
    };
    object.keys().all(|name| known(name))
        && fields.iter().all(|(field, optional)| match line.get(field) {
            None => *optional,
            Some(value) => good_value(line.type_name(), field, value),
        })
        && good_despite(line)
        && !(line.text("display") == "anonymous" && line.has("donor"))
        && good_order(line)
}

fn good_value(type_name: &str, field: &str, value: &Value) -> bool {
    let text = value.as_str();
    let one_of = |words: &[&str]| text.is_some_and(|text| words.contains(&text));
    match field {
        "quantity" => text.is_some_and(|text| Quantity::parse(text).is_some()),
        "accepted" | "rejected" => text.is_some_and(|text| Amount::parse(text).is_some()),
        "value_vnd" => text.is_some_and(is_dong),
        "children" | "bytes" | "size" | "reverses" => value.is_u64(),
        "format" => value.as_u64() == Some(1),
        "priority" => value.as_u64().is_some_and(|n| (1..=5).contains(&n)),
        "min_group" => value.as_u64().is_some_and(|n| 5 <= n),
        "display" => one_of(&["named", "anonymous"]),
        "channel" => one_of(&["bank", "cash", "goods", "service"]),
        "consent" => one_of(&["donor", "published_rule"]),
        "condition" => one_of(&["good", "damaged", "partial"]),
        "every" => one_of(&["month", "term", "year"]),
        "form" => one_of(&["goods", "service"]),
        "outcome" if type_name == "need.closed" => one_of(&["met", "withdrawn", "duplicate"]),
        "restriction" => good_restriction(Line(value)),
        "period" => {
            let period = Line(value);
            is_date(period.text("from"))
                && is_date(period.text("to"))
                && period.text("from") <= period.text("to")
        }
        "title" | "purpose" => Line(value).opt("vi").is_some_and(|vi| !vi.trim().is_empty()),
        "documents" | "duties" | "targets" | "reports" | "categories" => value.is_array(),
        "places" | "special_places" | "groups" => value.is_array() && once(&Line(value).all()),
        "subjects" | "despite" => value.is_array(),
        "draws" | "spends" => {
            let draws = Line(value).lines();
            let lots: Vec<String> = draws.iter().map(|draw| draw.own("lot")).collect();
            !draws.is_empty()
                && once(&lots)
                && draws
                    .iter()
                    .all(|draw| draw.opt("quantity").is_some_and(|q| Quantity::parse(q).is_some()))
        }
        "obtains" => {
            let obtained = Line(value).lines();
            !obtained.is_empty()
                && obtained.iter().all(|lot| {
                    ["item", "quantity"].iter().all(|field| lot.has(field))
                        && lot.opt("value_vnd").is_some_and(is_dong)
                        && crate::line::digits_fit(lot.text("item"), lot.quantity("quantity"))
                })
        }
        "receipts" => value.is_array() && once(&Line(value).all()),
        "successors" => {
            let names: Vec<String> = Line(value).lines().iter().map(|s| s.own("place")).collect();
            !names.is_empty() && once(&names)
        }
        _ if is_date_field(field) => text.is_some_and(is_date),
        _ => text.is_some_and(|text| !text.trim().is_empty()),
    }
}

fn is_date_field(field: &str) -> bool {
    field.ends_with("_on")
        || [
            "on",
            "from",
            "opens",
            "closes",
            "distribute_by",
            "needed_by",
            "starts",
            "as_of",
            "valid_from",
            "valid_to",
        ]
        .contains(&field)
}

fn is_date(text: &str) -> bool {
    Date::parse(text).is_some()
}

/// Whole đồng of at most 15 digits.
fn is_dong(text: &str) -> bool {
    (1..=15).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

fn once(names: &[String]) -> bool {
    names
        .iter()
        .enumerate()
        .all(|(index, name)| !names[..index].contains(name))
}

fn good_restriction(restriction: Line) -> bool {
    let parts = ["programmes", "categories", "places", "groups"];
    let known = |name: &String| parts.contains(&name.as_str()) || matches!(name.as_str(), "need" | "until");
    restriction
        .0
        .as_object()
        .is_some_and(|object| object.keys().all(known))
        && parts.iter().all(|part| once(&restriction.texts(part)))
}

fn good_despite(line: Line) -> bool {
    let lifts = line.texts("despite");
    if liftable(line.type_name()).is_empty() {
        return true;
    }
    if !line.has("despite") {
        return !line.has("reason");
    }
    line.has("reason")
        && !lifts.is_empty()
        && once(&lifts)
        && lifts
            .iter()
            .all(|code| liftable(line.type_name()).contains(&code.as_str()))
}

/// What must not end before it begins, and what must agree inside one line.
fn good_order(line: Line) -> bool {
    let not_before = |from: &str, to: &str| match (line.opt(from), line.opt(to)) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    let item_fits = match (line.opt("item"), line.opt("quantity")) {
        (Some(item), Some(_)) => crate::line::digits_fit(item, line.quantity("quantity")),
        _ => true,
    };
    let draws_fit = line
        .list("draws")
        .iter()
        .all(|draw| crate::line::digits_fit(line.text("item"), draw.quantity("quantity")));
    let own = match line.type_name() {
        "programme.closed" => line.opt("carries_to") != Some(line.text("programme")),
        "place.registered" | "place.revised" => line.opt("parent") != Some(line.text("place")),
        "place.succeeded" => line
            .list("successors")
            .iter()
            .all(|s| s.text("place") != line.text("place")),
        "goods.inspected" => {
            let (accepted, rejected) = (line.quantity("accepted"), line.quantity("rejected"));
            (rejected == 0 || line.has("reason")) && 0 < accepted + rejected
        }
        "purchase.made" => line.has("supplier") || line.has("commitment"),
        _ => true,
    };
    not_before("opens", "closes")
        && not_before("opens", "distribute_by")
        && not_before("valid_from", "valid_to")
        && item_fits
        && draws_fit
        && own
}

impl<'a> Line<'a> {
    fn all(self) -> Vec<String> {
        let texts = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.0.as_array().map(texts).unwrap_or_default()
    }
    fn lines(self) -> Vec<Line<'a>> {
        self.0
            .as_array()
            .map(|list| list.iter().map(Line).collect())
            .unwrap_or_default()
    }
}

/// Whether a text field tells of a person: an address, or nine digits on end.
pub fn personal(line: Line) -> bool {
    let Value::Object(object) = line.0 else {
        return false;
    };
    let numbers = [
        "quantity",
        "value_vnd",
        "numerator",
        "denominator",
        "commitment",
        "digest",
        "head",
        "key",
        "by",
        "accepted",
        "rejected",
    ];
    object
        .iter()
        .filter(|(name, _)| !numbers.contains(&name.as_str()))
        .any(|(_, value)| tells(value))
}

fn tells(value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.contains('@') || (9 <= digits && !text.ends_with("đồng"))
}
