//! Proposals for a small made-up ledger: one fund, one pool, one school under Hanoi's plan.

use serde_json::{Value, json};

/// The ledger's origin.
pub const ORIGIN: &str = "so.example.vn/thu";
/// The embedded plan.
pub const PROGRAMME: &str = "hn-204-2019";
/// A category that takes money.
pub const CATEGORY: &str = "GFT";
/// A group of that category.
pub const GROUP: &str = "special_circumstances";
/// A commune of the plan.
pub const PLACE: &str = "xa-ba-vi-ba-vi";
/// A fund.
pub const FUND: &str = "quy-mam-xanh";
/// Its pool.
pub const POOL: &str = "gop-chung";
/// A school in that commune.
pub const SCHOOL: &str = "truong-suoi-mo";

/// The fund, its pool and the school.
pub fn groundwork() -> Vec<Value> {
    vec![fund(), pool(), school()]
}

/// Registers the fund.
pub fn fund() -> Value {
    json!({"type": "party.registered", "party": FUND, "kind": "fund", "name": "Quỹ Mầm Xanh"})
}

/// Opens the pool.
pub fn pool() -> Value {
    json!({"type": "pool.opened", "pool": POOL, "fund": FUND, "item": "VND", "source": "social_domestic"})
}

/// Registers the school.
pub fn school() -> Value {
    json!({"type": "party.registered", "party": SCHOOL, "kind": "facility", "name": "Trường Suối Mơ", "place": PLACE})
}

/// The arguments that import a bank statement into the pool.
pub fn statement_import(file: &str) -> [&str; 11] {
    [
        "import",
        "statement",
        file,
        "--bank",
        "vietcombank",
        "--fund",
        FUND,
        "--pool",
        POOL,
        "--source",
        "social_domestic",
    ]
}

/// A gift of money into the pool; the ledger makes its code.
pub fn receipt(dong: u64) -> Value {
    json!({
        "type": "receipt.issued", "fund": FUND, "pool": POOL, "source": "social_domestic", "item": "VND",
        "quantity": dong.to_string(), "received_on": "2024-09-10", "display": "anonymous", "channel": "bank",
    })
}

/// A decision over money of the pool.
pub fn allocation(code: &str, dong: u128) -> Value {
    json!({
        "type": "allocation.made", "allocation": code, "programme": PROGRAMME, "category": CATEGORY, "place": PLACE,
        "group": GROUP, "item": "VND", "draws": [{"lot": POOL, "quantity": dong.to_string()}],
        "decided_on": "2024-10-01",
    })
}

/// A handing over to the school.
pub fn delivery(code: &str, allocation: &str, dong: u128) -> Value {
    json!({
        "type": "delivery.made", "delivery": code, "allocation": allocation, "quantity": dong.to_string(),
        "place": PLACE, "receiver": SCHOOL, "children": 30, "delivered_on": "2024-10-05",
    })
}

/// The school's word for it, recorded by another post.
pub fn confirmation(delivery: &str, dong: u128) -> Value {
    json!({
        "type": "delivery.confirmed", "delivery": delivery, "confirmed_by": SCHOOL, "accepted": dong.to_string(),
        "confirmed_on": "2024-10-06", "condition": "good", "by": "truong.ke-toan",
    })
}
