//! The small world that every row starts from, and a proposal of each type that it accepts.

use std::sync::LazyLock;

use minhbach_ledger::Books;
use serde_json::{Value, json};

use crate::row::record;

/// A proposal of a type that the world accepts, with some fields changed; `null` takes a field out.
pub fn propose(type_name: &str, change: Value) -> Value {
    let mut proposal = base(type_name);
    let fields = proposal.as_object_mut().expect("a proposal is an object");
    fields.insert("type".to_owned(), type_name.into());
    let Value::Object(change) = change else {
        panic!("a change is an object")
    };
    for (name, value) in change {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
    }
    proposal
}

fn base(type_name: &str) -> Value {
    match type_name {
        "ledger.opened" => json!({
            "ledger": "Sổ thử", "origin": "so.example.vn/thu", "format": 1, "kind": "live",
        }),
        "programme.published" => programme("moi", &["xa-ba-vi"], 5),
        "programme.revised" => {
            let mut terms = programme("ke-hoach", &["xa-ba-vi", "xa-cu"], 5);
            terms["reason"] = "thêm nhóm".into();
            terms
        }
        "programme.closed" => json!({ "programme": "khap-noi", "on": "2026-06-01" }),
        "place.registered" => json!({
            "place": "xa-yen-bai", "kind": "commune", "name": "Yên Bài", "parent": "ba-vi", "valid_from": "2008-08-01",
        }),
        "place.revised" => json!({
            "place": "xa-ba-vi", "kind": "commune", "name": "Xã Ba Vì", "parent": "ba-vi", "valid_from": "2008-08-01",
            "reason": "sửa tên",
        }),
        "place.succeeded" => json!({
            "place": "p-hang-bac", "on": "2026-06-01", "successors": [{ "place": "hoan-kiem", "part": "whole" }],
        }),
        "item.registered" => json!({
            "item": "chan-bong", "title": { "vi": "Chăn bông" }, "form": "goods", "unit": "H87", "categories": ["AO"],
        }),
        "item.revised" => json!({
            "item": "ao-am", "title": { "vi": "Áo ấm" }, "form": "goods", "unit": "H87", "categories": ["AO", "HB"],
            "reason": "dùng cho cả học bổng",
        }),
        "party.registered" => {
            json!({ "party": "truong-moi", "kind": "facility", "name": "Trường mới", "place": "truong-so-1" })
        }
        "party.revised" => json!({
            "party": "cong-ty", "kind": "organisation", "name": "Công ty Mẫu", "reason": "đổi tên",
        }),
        "campaign.opened" => json!({
            "campaign": "khai-giang", "title": { "vi": "Khai giảng" }, "programme": "ke-hoach", "fund": "quy-tre-em",
            "opens": "2026-08-01", "closes": "2026-09-30",
        }),
        "campaign.closed" => json!({ "campaign": "tet", "on": "2026-02-20" }),
        "pool.opened" => json!({
            "pool": "gop-moi", "fund": "quy-tre-em", "item": "VND", "source": "social_domestic",
        }),
        "donation.pledged" => json!({
            "source": "social_domestic", "item": "VND", "quantity": "500", "pledged_on": "2026-06-15", "display": "anonymous",
        }),
        "donation.cancelled" => {
            json!({ "donation": "DN-TIEN", "quantity": "1000", "reason": "không thực hiện được" })
        }
        "receipt.issued" => json!({
            "fund": "quy-tre-em", "source": "social_domestic", "item": "VND", "quantity": "500",
            "received_on": "2026-06-15", "display": "anonymous", "channel": "bank",
        }),
        "allocation.made" => json!({
            "programme": "ke-hoach", "category": "AO", "place": "xa-ba-vi", "item": "ao-am",
            "draws": [{ "lot": "RC-AO", "quantity": "10" }], "decided_on": "2026-06-15",
        }),
        "allocation.released" => json!({ "allocation": "AL-AO", "quantity": "30", "reason": "thừa" }),
        "delivery.made" => json!({
            "allocation": "AL-AO", "quantity": "30", "place": "xa-ba-vi", "receiver": "uy-ban-xa", "children": 30,
            "delivered_on": "2026-06-15",
        }),
        "delivery.confirmed" => json!({
            "delivery": "DL-AO", "confirmed_by": "uy-ban-xa", "accepted": "10", "confirmed_on": "2026-06-15", "condition": "good",
        }),
        "delivery.disputed" => json!({
            "delivery": "DL-AO", "disputed_by": "uy-ban-xa", "disputed_on": "2026-06-15", "reason": "thiếu hai chiếc",
        }),
        "entry.reversed" => json!({ "reverses": seq::DELIVERY, "reason": "ghi nhầm" }),
        "role.assigned" => json!({
            "role": "thu-quy", "party": "quy-tre-em", "programme": "ke-hoach", "from": "2026-01-01",
        }),
        "role.ended" => json!({
            "role": "thu-quy", "party": "quy-tre-em", "programme": "ke-hoach", "on": "2026-06-01",
        }),
        "need.assessed" => json!({
            "need": "ND-AO", "programme": "ke-hoach", "category": "AO", "place": "xa-ba-vi", "item": "ao-am",
            "quantity": "5", "children": 50, "priority": 2, "assessed_on": "2026-06-10",
        }),
        "need.revised" => json!({ "need": "ND-AO", "quantity": "8", "reason": "thêm ba em" }),
        "need.closed" => json!({ "need": "ND-AO", "outcome": "met" }),
        "goods.inspected" => json!({
            "lot": "RC-AO", "inspected_on": "2026-06-15", "accepted": "50", "rejected": "10", "reason": "rách",
        }),
        "purpose.changed" => json!({
            "lot": "RC-TIEN", "restriction": { "categories": ["AO"] }, "consent": "donor",
            "consented_on": "2026-06-15", "reason": "đã đủ học bổng",
        }),
        "purchase.made" => json!({
            "purchase": "PU-AO", "spends": [{ "lot": "RC-TIEN", "quantity": "600000" }],
            "obtains": [{ "lot": "LT-AO", "item": "ao-am", "quantity": "6", "value_vnd": "600000" }],
            "supplier": "cong-ty", "purchased_on": "2026-06-15",
        }),
        "custody.transferred" => json!({
            "transfer": "TR-AO", "lot": "RC-AO", "quantity": "20", "to": "quy-khac", "new_lot": "LT-CHUYEN",
            "transferred_on": "2026-06-15",
        }),
        "delivery.resolved" => json!({
            "delivery": "DL-AO", "accepted": "8", "resolved_on": "2026-06-15", "reason": "đã đếm lại",
        }),
        "delivery.returned" => json!({
            "delivery": "DL-AO", "quantity": "4", "new_lot": "LT-TRA", "returned_on": "2026-06-15",
            "reason": "sai cỡ",
        }),
        "refund.paid" => json!({
            "refund": "RF-TIEN", "lot": "RC-TIEN", "quantity": "1000", "paid_on": "2026-06-15",
            "reason": "chuyển nhầm",
        }),
        "stock.written_off" => json!({
            "write_off": "WO-AO", "lot": "RC-AO", "quantity": "5", "written_off_on": "2026-06-15",
            "reason": "mốc",
        }),
        "expense.paid" => json!({
            "expense": "EX-XE", "lot": "RC-TIEN", "quantity": "50000", "paid_on": "2026-06-15",
            "purpose": { "vi": "Thuê xe chở áo" }, "consent": "published_rule",
        }),
        "sponsorship.started" => json!({
            "sponsorship": "SP-HB", "donor": "cong-ty", "programme": "ke-hoach", "category": "HB",
            "place": "xa-ba-vi", "item": "VND", "quantity": "300000", "every": "month", "starts": "2026-05-01",
            "share": "1/2",
        }),
        "sponsorship.ended" => json!({
            "sponsorship": "SP-HB", "on": "2026-06-01", "reason": "hết thời hạn",
        }),
        "evidence.attached" => json!({
            "evidence": "EV-AO", "subject": "DL-AO", "media_type": "image/jpeg", "bytes": 48213,
            "commitment": "5a".repeat(32),
        }),
        "indicator.reported" => json!({
            "programme": "ke-hoach", "indicator": "tre-co-ao-am", "target": "di-hoc",
            "period": { "from": "2026-01-01", "to": "2026-05-31" }, "numerator": "45", "denominator": "60",
            "data_source": "Ủy ban nhân dân xã", "as_of": "2026-06-01",
        }),
        "report.filed" => json!({
            "programme": "ke-hoach", "report": "nam", "period": { "from": "2026-01-01", "to": "2026-05-31" },
            "filed_on": "2026-06-10", "digest": "b7".repeat(32), "size": 20, "head": "c3".repeat(32),
        }),
        "recognition.awarded" => json!({
            "recognition": "RG-AO", "party": "cong-ty", "title": { "vi": "Tấm lòng vàng" },
            "receipts": ["RC-AO"], "awarded_on": "2026-06-01",
        }),
        "inspection.opened" => json!({
            "inspection": "IN-QUY", "scope": "kho áo ấm của quỹ", "inspector": "so-y-te",
        }),
        "finding.raised" => json!({
            "finding": "FI-AO", "rule": "trao-cham", "severity": "high", "subjects": ["DL-AO"],
            "detail": "trao chậm một tháng",
        }),
        "finding.answered" => json!({
            "finding": "FI-AO", "answered_by": "quy-tre-em", "answer": "đường sạt lở",
        }),
        "finding.closed" => json!({
            "finding": "FI-AO", "outcome": "đã khắc phục", "by": "clerk-09",
        }),
        other => panic!("no proposal of type {other}"),
    }
}

/// A plan of four categories (`khap-noi` has no `KHAM`): `AO` without conditions of its own, `KHAM` for a group, `HB` with sources, `BEP` for
/// facilities in Hoàn Kiếm.
pub fn programme(name: &str, places: &[&str], min_group: u64) -> Value {
    json!({
        "programme": name, "title": { "vi": "Kế hoạch" }, "documents": [],
        "period": { "from": "2026-01-01", "to": "2026-12-31" }, "places": places, "groups": ["ngheo", "mo-coi"],
        "categories": [
            { "category": "AO", "title": { "vi": "Áo ấm" }, "beneficiary": "child", "forms": ["money", "goods"] },
            { "category": "KHAM", "title": { "vi": "Khám bệnh" }, "beneficiary": "child", "forms": ["service", "money"], "groups": ["ngheo"] },
            { "category": "HB", "title": { "vi": "Học bổng" }, "beneficiary": "child", "forms": ["money"], "sources": ["social_domestic", "state_budget"] },
            { "category": "BEP", "title": { "vi": "Bếp ăn" }, "beneficiary": "facility", "forms": ["money"], "places": ["hoan-kiem"] },
        ],
        "targets": [{ "target": "di-hoc", "title": { "vi": "Trẻ có áo ấm đến trường" }, "kind": "ratio", "due": "2026-12-31" }],
        "duties": [], "reports": [{ "report": "nam", "title": { "vi": "Báo cáo năm" }, "due": "11-30" }],
        "min_group": min_group,
    })
}

/// The seqs of the world's entries that rows name.
pub mod seq {
    pub const OPENED: u64 = 0;
    pub const PLEDGE: u64 = 28;
    pub const LOT_MONEY: u64 = 29;
    pub const LOT_COATS: u64 = 30;
    pub const POOLED_FIRST: u64 = 31;
    pub const POOLED_SECOND: u64 = 32;
    pub const ALLOCATION: u64 = 33;
    pub const DELIVERY: u64 = 34;
    pub const SIZE: u64 = 35;
}

/// The world's entries, in order.
pub fn lines() -> Vec<Value> {
    let place = |place: &str, kind: &str, parent: Option<&str>, from: &str| {
        propose(
            "place.registered",
            json!({ "place": place, "kind": kind, "name": place, "parent": parent, "valid_from": from }),
        )
    };
    let party = |party: &str, kind: &str, place: Option<&str>| {
        propose(
            "party.registered",
            json!({ "party": party, "kind": kind, "name": party, "place": place }),
        )
    };
    let item = |item: &str, form: &str, category: &str| {
        propose(
            "item.registered",
            json!({ "item": item, "form": form, "categories": [category] }),
        )
    };
    let mut terms = programme("khap-noi", &[], 10);
    terms["period"] = json!({ "from": "2025-01-01", "to": "2027-12-31" });
    terms["categories"]
        .as_array_mut()
        .expect("a list")
        .retain(|category| category["category"] != "KHAM");
    let everywhere = propose("programme.published", terms);
    let old = "2008-08-01";
    vec![
        propose("ledger.opened", json!({})),
        place("ha-noi", "province", None, old),
        place("hai-phong", "province", None, old),
        place("ba-vi", "district", Some("ha-noi"), old),
        place("hoan-kiem", "district", Some("ha-noi"), old),
        place("xa-ba-vi", "commune", Some("ba-vi"), old),
        place("thon-dong", "village", Some("xa-ba-vi"), old),
        place("truong-so-1", "facility", Some("xa-ba-vi"), old),
        place("xa-cu", "commune", Some("ba-vi"), old),
        place("xa-moi", "commune", Some("ha-noi"), "2026-04-01"),
        place("p-hang-bac", "ward", Some("hoan-kiem"), old),
        propose(
            "place.succeeded",
            json!({ "place": "xa-cu", "on": "2026-04-01", "successors": [{ "place": "xa-moi", "part": "whole" }] }),
        ),
        party("quy-tre-em", "fund", None),
        party("quy-khac", "fund", None),
        party("so-y-te", "authority", Some("ha-noi")),
        party("uy-ban-xa", "authority", Some("xa-ba-vi")),
        party("cong-ty", "organisation", None),
        item("ao-am", "goods", "AO"),
        item("kham-rang", "service", "KHAM"),
        propose(
            "programme.published",
            programme("ke-hoach", &["xa-ba-vi", "xa-cu"], 5),
        ),
        everywhere,
        propose("programme.published", programme("da-dong", &[], 5)),
        propose(
            "programme.closed",
            json!({ "programme": "da-dong", "on": "2026-03-31" }),
        ),
        propose(
            "campaign.opened",
            json!({ "campaign": "tet", "opens": "2026-01-10", "closes": "2026-02-28" }),
        ),
        propose(
            "campaign.opened",
            json!({
                "campaign": "he", "opens": "2026-01-10", "closes": "2026-12-31", "restriction": { "categories": ["AO"] },
            }),
        ),
        propose("campaign.closed", json!({ "campaign": "he", "on": "2026-05-31" })),
        propose("pool.opened", json!({ "pool": "gop-chung" })),
        propose(
            "pool.opened",
            json!({ "pool": "gop-ao", "restriction": { "categories": ["AO"] } }),
        ),
        propose(
            "donation.pledged",
            json!({ "donation": "DN-TIEN", "quantity": "1000", "pledged_on": "2026-02-01" }),
        ),
        propose(
            "receipt.issued",
            json!({ "receipt": "RC-TIEN", "quantity": "1000000", "received_on": "2026-02-10" }),
        ),
        propose(
            "receipt.issued",
            json!({
                "receipt": "RC-AO", "item": "ao-am", "quantity": "100", "received_on": "2026-02-10", "channel": "goods",
                "expires_on": "2026-09-30",
            }),
        ),
        propose(
            "receipt.issued",
            json!({ "receipt": "RC-GOP-1", "pool": "gop-chung", "quantity": "300", "received_on": "2026-02-11" }),
        ),
        propose(
            "receipt.issued",
            json!({ "receipt": "RC-GOP-2", "pool": "gop-chung", "quantity": "200", "received_on": "2026-02-20" }),
        ),
        propose(
            "allocation.made",
            json!({
                "allocation": "AL-AO", "draws": [{ "lot": "RC-AO", "quantity": "40" }], "decided_on": "2026-03-01",
            }),
        ),
        propose(
            "delivery.made",
            json!({
                "delivery": "DL-AO", "quantity": "10", "children": 20, "delivered_on": "2026-03-10", "by": "clerk-01",
            }),
        ),
    ]
}

/// The books of the world.
pub fn books() -> Books {
    static WORLD: LazyLock<Books> = LazyLock::new(|| {
        let mut books = Books::default();
        for line in lines() {
            if let Err(rejection) = record(&mut books, &line) {
                panic!("{line}\n{rejection}");
            }
        }
        assert_eq!(books.size(), seq::SIZE);
        books
    });
    WORLD.clone()
}
