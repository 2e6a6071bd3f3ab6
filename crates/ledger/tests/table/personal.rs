//! Personal data in every kind of text, and what hides it.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    fields(&mut t);
    spellings(&mut t);
    t.0
}

fn fields(t: &mut Table) {
    let phone = "gọi 0912345678";
    for (type_name, field, change) in [
        ("ledger.opened", "ledger", json!({ "ledger": phone })),
        (
            "programme.published",
            "programme",
            json!({ "programme": "moi-0912345678" }),
        ),
        (
            "programme.published",
            "title.vi",
            json!({ "title": { "vi": phone } }),
        ),
        (
            "programme.published",
            "title.en",
            json!({ "title": { "vi": "x", "en": phone } }),
        ),
        (
            "programme.published",
            "groups[1]",
            json!({ "groups": ["ngheo", "so.0912345678"] }),
        ),
        (
            "programme.published",
            "documents[0].number",
            json!({ "documents": [{ "number": phone, "issuer": "x", "role": "plan" }] }),
        ),
        (
            "programme.published",
            "documents[0].role",
            json!({ "documents": [{ "number": "1", "issuer": "x", "role": "0912345678" }] }),
        ),
        (
            "programme.published",
            "duties[0].duty",
            json!({ "duties": [{ "role": "chu-tri", "duty": phone }] }),
        ),
        ("programme.revised", "reason", json!({ "reason": phone })),
        (
            "programme.closed",
            "carries_to",
            json!({ "carries_to": "kh-0912345678" }),
        ),
        ("place.registered", "name", json!({ "name": phone })),
        ("place.registered", "code", json!({ "code": "091234567" })),
        ("place.registered", "zone", json!({ "zone": "k-091234567" })),
        ("place.revised", "reason", json!({ "reason": phone })),
        (
            "place.succeeded",
            "successors[0].place",
            json!({ "successors": [{ "place": "x-0912345678", "part": "part" }] }),
        ),
        ("item.registered", "title.vi", json!({ "title": { "vi": phone } })),
        (
            "item.revised",
            "categories[0]",
            json!({ "categories": ["X0912345678"] }),
        ),
        (
            "party.registered",
            "name",
            json!({ "name": "Hội ai.do@vi-du.vn" }),
        ),
        ("party.revised", "party", json!({ "party": "p-0912345678" })),
        (
            "campaign.opened",
            "campaign",
            json!({ "campaign": "c-0912345678" }),
        ),
        (
            "campaign.closed",
            "campaign",
            json!({ "campaign": "c-0912345678" }),
        ),
        ("pool.opened", "pool", json!({ "pool": "0912345678" })),
        (
            "pool.opened",
            "restriction.need",
            json!({ "restriction": { "need": "ND-0912345678" } }),
        ),
        (
            "donation.pledged",
            "donation",
            json!({ "donation": "DN-091234567" }),
        ),
        ("donation.cancelled", "reason", json!({ "reason": phone })),
        ("receipt.issued", "receipt", json!({ "receipt": "0912345678" })),
        ("receipt.issued", "item", json!({ "item": "m-0912345678" })),
        ("receipt.issued", "value_basis", json!({ "value_basis": phone })),
        (
            "receipt.issued",
            "reason",
            json!({ "despite": ["closed"], "reason": phone }),
        ),
        (
            "allocation.made",
            "draws[0].lot",
            json!({ "draws": [{ "lot": "RC-0912345678", "quantity": "1" }] }),
        ),
        ("allocation.released", "reason", json!({ "reason": phone })),
        (
            "delivery.made",
            "delivery",
            json!({ "delivery": "DL-0912345678" }),
        ),
        ("delivery.made", "receiver", json!({ "receiver": "p-0912345678" })),
        (
            "delivery.confirmed",
            "reason",
            json!({ "despite": ["out_of_period"], "reason": phone }),
        ),
        (
            "delivery.confirmed",
            "delivery",
            json!({ "delivery": "DL-0912345678" }),
        ),
        ("delivery.disputed", "reason", json!({ "reason": phone })),
        ("entry.reversed", "reason", json!({ "reason": phone })),
        ("role.assigned", "role", json!({ "role": "r0912345678" })),
        ("role.ended", "role", json!({ "role": "r0912345678" })),
        ("need.assessed", "method", json!({ "method": phone })),
        ("need.revised", "reason", json!({ "reason": phone })),
        ("need.closed", "need", json!({ "need": "ND-0912345678" })),
        ("goods.inspected", "reason", json!({ "reason": phone })),
        ("purpose.changed", "reason", json!({ "reason": phone })),
        (
            "purchase.made",
            "obtains[0].lot",
            json!({ "obtains": [{ "lot": "LT-0912345678", "item": "ao-am", "quantity": "6", "value_vnd": "600000" }] }),
        ),
        (
            "custody.transferred",
            "new_lot",
            json!({ "new_lot": "LT-0912345678" }),
        ),
        ("delivery.resolved", "reason", json!({ "reason": phone })),
        ("delivery.returned", "reason", json!({ "reason": phone })),
        ("refund.paid", "reason", json!({ "reason": phone })),
        ("stock.written_off", "reason", json!({ "reason": phone })),
        (
            "expense.paid",
            "purpose.vi",
            json!({ "purpose": { "vi": phone } }),
        ),
        (
            "sponsorship.started",
            "sponsorship",
            json!({ "sponsorship": "SP-0912345678" }),
        ),
        ("sponsorship.ended", "reason", json!({ "reason": phone })),
        (
            "evidence.attached",
            "subject",
            json!({ "subject": "anh-0912345678" }),
        ),
        (
            "indicator.reported",
            "data_source",
            json!({ "data_source": phone }),
        ),
        ("report.filed", "report", json!({ "report": "b0912345678" })),
        (
            "recognition.awarded",
            "title.vi",
            json!({ "title": { "vi": phone } }),
        ),
        ("inspection.opened", "scope", json!({ "scope": phone })),
        ("finding.raised", "detail", json!({ "detail": phone })),
        ("finding.answered", "answer", json!({ "answer": phone })),
        ("finding.closed", "outcome", json!({ "outcome": phone })),
    ] {
        let reason = if field == "name" && type_name == "party.registered" {
            Email
        } else {
            LongNumber
        };
        t.no(
            "personal data in a field",
            &[],
            type_name,
            change,
            reason,
            &[field],
        );
    }
    t.ok(
        "who records and keys are not texts",
        &[],
        "donation.cancelled",
        json!({ "by": "0912345678", "key": "stmt-0912345678" }),
    );
    t.ok(
        "quantities are not texts",
        &[],
        "receipt.issued",
        json!({ "quantity": "999999999999" }),
    );
    t.ok(
        "commitments are not texts",
        &[],
        "receipt.issued",
        json!({ "commitment": "1".repeat(64) }),
    );
}

fn spellings(t: &mut Table) {
    let reason = |text: &str| -> Value { json!({ "reason": text }) };
    for hidden in [
        "091234567",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "0912\u{a0}345\u{a0}678",
        "0912\u{2013}345\u{2014}678",
        "0912\u{202f}345\u{2009}678",
        "0 9 1 2 3 4 5 6 7 8",
        "STK:0123-456.789 ngân hàng",
        "số ٠٩١٢٣٤٥٦٧٨",
        "căn cước 001099012345.",
        "1.234.567.890 đứa trẻ",
        "1234567890 vndx",
        "đồng 1.234.567.890",
    ] {
        t.no(
            "a long number",
            &[],
            "donation.cancelled",
            reason(hidden),
            LongNumber,
            &["reason"],
        );
    }
    for plain in [
        "8 chữ số: 09123456",
        "1.234.567.890 đồng",
        "1.234.567.890đ",
        "1.234.567.890 ₫",
        "1234567890 VND",
        "12,345,678,901.50 USD",
        "ngày 2026-06-15, lúc 08:30",
        "từ 2026-06-15 đến 2026-06-16",
        "Quyết định 588/QĐ-TTg ngày 17/05/2019",
        "chia @ 5.000 đồng",
        "0912  345  678",
    ] {
        t.ok("no personal data", &[], "donation.cancelled", reason(plain));
    }
    for email in ["ai.do@vi-du.vn", "viết cho <ai@do.vn>", "AI+1@DO.COM.VN"] {
        t.no(
            "an address",
            &[],
            "donation.cancelled",
            reason(email),
            Email,
            &["reason"],
        );
    }
}
