//! The small world in which every sequence begins.

use serde_json::{Value, json};

/// The day on which the sequences begin, and the hour.
pub const FIRST_DAY: &str = "2026-05-25";

/// The terms of a programme.
pub fn programme(name: &str, from: &str, to: &str, places: &[&str], min_group: u64) -> Value {
    json!({
        "type": "programme.published", "programme": name, "title": { "vi": "Kế hoạch" }, "documents": [],
        "period": { "from": from, "to": to }, "places": places, "groups": ["ngheo", "mo-coi"],
        "categories": [
            { "category": "AO", "title": { "vi": "Áo ấm" }, "beneficiary": "child", "forms": ["money", "goods"] },
            { "category": "KHAM", "title": { "vi": "Khám bệnh" }, "beneficiary": "child", "forms": ["money", "service"], "groups": ["ngheo"] },
            { "category": "HB", "title": { "vi": "Học bổng" }, "beneficiary": "child", "forms": ["money"], "sources": ["social_domestic", "state_budget"] },
            { "category": "BEP", "title": { "vi": "Bếp ăn" }, "beneficiary": "facility", "forms": ["money", "goods"], "places": ["xa-ba", "truong"] },
        ],
        "targets": [{ "target": "T1", "title": { "vi": "Tỷ lệ" }, "kind": "ratio", "due": to, "category": "AO" }],
        "duties": [{ "role": "chu-tri", "duty": "Chủ trì" }],
        "reports": [{ "report": "BC1", "title": { "vi": "Báo cáo" }, "due": "12-15" }],
        "min_group": min_group,
    })
}

/// The entries before the first step.
pub fn lines() -> Vec<Value> {
    let place = |name: &str, kind: &str, parent: Option<&str>, from: &str| {
        let mut line = json!({ "type": "place.registered", "place": name, "kind": kind, "name": name, "valid_from": from });
        if let Some(parent) = parent {
            line["parent"] = parent.into();
        }
        line
    };
    let party = |name: &str, kind: &str, place: Option<&str>| {
        let mut line = json!({ "type": "party.registered", "party": name, "kind": kind, "name": name });
        if let Some(place) = place {
            line["place"] = place.into();
        }
        line
    };
    let item = |name: &str, form: &str, categories: &[&str]| {
        json!({
            "type": "item.registered", "item": name, "title": { "vi": name }, "form": form, "unit": "H87",
            "categories": categories,
        })
    };
    let pool = |name: &str, fund: &str, item: &str, source: &str, restriction: Option<Value>| {
        let mut line =
            json!({ "type": "pool.opened", "pool": name, "fund": fund, "item": item, "source": source });
        if let Some(restriction) = restriction {
            line["restriction"] = restriction;
        }
        line
    };
    let old = "2008-08-01";
    vec![
        json!({ "type": "ledger.opened", "ledger": "Sổ thử", "origin": "so.example.vn/thu", "format": 1, "kind": "live" }),
        place("tinh", "province", None, old),
        place("huyen-a", "district", Some("tinh"), old),
        place("huyen-b", "district", Some("tinh"), old),
        place("xa-mot", "commune", Some("huyen-a"), old),
        place("xa-hai", "commune", Some("huyen-a"), old),
        place("xa-ba", "commune", Some("huyen-b"), old),
        place("xa-moi", "commune", Some("huyen-b"), "2026-06-10"),
        place("thon", "village", Some("xa-mot"), old),
        place("truong", "facility", Some("xa-mot"), old),
        json!({
            "type": "place.succeeded", "place": "xa-hai", "on": "2026-06-10",
            "successors": [{ "place": "xa-moi", "part": "whole" }],
        }),
        party("quy-mot", "fund", None),
        party("quy-hai", "fund", None),
        party("quy-ba", "fund", Some("tinh")),
        party("uy-ban", "authority", Some("xa-mot")),
        party("so-y-te", "authority", Some("tinh")),
        party("cong-ty", "organisation", None),
        party("nha-cung", "supplier", None),
        item("ao-am", "goods", &["AO"]),
        item("chan", "goods", &["AO", "BEP"]),
        item("sua", "goods", &["AO", "BEP"]),
        item("gao", "goods", &["BEP"]),
        item("sach", "goods", &["HB"]),
        item("kham-rang", "service", &["KHAM"]),
        programme("cu", "2026-01-01", "2026-06-20", &["xa-mot", "xa-hai"], 5),
        programme("moi", "2026-06-01", "2026-12-31", &[], 8),
        programme("ba", "2026-01-01", "2026-12-31", &["huyen-a"], 5),
        json!({
            "type": "campaign.opened", "campaign": "he", "title": { "vi": "Hè" }, "programme": "ba", "fund": "quy-mot",
            "opens": "2026-05-10", "closes": "2026-06-15", "restriction": { "categories": ["AO", "HB"] },
        }),
        json!({
            "type": "campaign.opened", "campaign": "xuan", "title": { "vi": "Xuân" }, "programme": "ba", "fund": "quy-hai",
            "opens": "2026-01-10", "closes": "2026-12-31", "restriction": { "places": ["huyen-a"] },
        }),
        pool("gop-mot", "quy-mot", "VND", "social_domestic", None),
        pool(
            "gop-ao",
            "quy-mot",
            "VND",
            "social_domestic",
            Some(json!({ "categories": ["AO"] })),
        ),
        pool("gop-do", "quy-hai", "USD", "oda", None),
        pool(
            "gop-sua",
            "quy-mot",
            "sua",
            "charity_fund",
            Some(json!({ "places": ["huyen-a"] })),
        ),
    ]
}
