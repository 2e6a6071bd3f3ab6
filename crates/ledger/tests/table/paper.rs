//! What moves no quantity: duties, sponsorships, evidence, indicators, reports, recognition.

use minhbach_ledger::Reason::*;
use serde_json::{Value, json};

use crate::row::{Row, Table};
use crate::world::{self, seq};

pub fn rows() -> Vec<Row> {
    let mut t = Table::default();
    roles(&mut t);
    roles_ended(&mut t);
    sponsorships(&mut t);
    sponsorships_ended(&mut t);
    evidence(&mut t);
    indicators(&mut t);
    reports(&mut t);
    recognition(&mut t);
    t.0
}

fn reversed(seq: u64) -> [(&'static str, Value); 1] {
    [("entry.reversed", json!({ "reverses": seq }))]
}

fn roles(t: &mut Table) {
    let assigned = "role.assigned";
    let held = [(assigned, json!({}))];
    t.ok("a duty", &[], assigned, json!({}));
    t.ok(
        "a duty that begins later",
        &[],
        assigned,
        json!({ "from": "2027-01-01" }),
    );
    t.no(
        "the same duty again",
        &held,
        assigned,
        json!({ "from": "2026-05-01" }),
        RoleHeld,
        &["quy-tre-em", "thu-quy", "2026-01-01"],
    );
    t.ok(
        "the same duty in another plan",
        &held,
        assigned,
        json!({ "programme": "khap-noi" }),
    );
    t.ok(
        "the same duty in no plan",
        &held,
        assigned,
        json!({ "programme": null }),
    );
    t.ok(
        "the same duty of another party",
        &held,
        assigned,
        json!({ "party": "quy-khac" }),
    );
    t.ok("another duty", &held, assigned, json!({ "role": "chu-tri" }));
    t.ok(
        "again after it ended",
        &[(assigned, json!({})), ("role.ended", json!({}))],
        assigned,
        json!({ "from": "2026-06-02" }),
    );
    t.no(
        "no party",
        &[],
        assigned,
        json!({ "party": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "no plan",
        &[],
        assigned,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "a duty of two words",
        &[],
        assigned,
        json!({ "role": "thủ quỹ" }),
        Form,
        &["role"],
    );
}

fn roles_ended(t: &mut Table) {
    let ended = "role.ended";
    let held = [("role.assigned", json!({}))];
    t.ok("a duty laid down", &held, ended, json!({}));
    t.ok("on its first day", &held, ended, json!({ "on": "2026-01-01" }));
    t.no(
        "before its first day",
        &held,
        ended,
        json!({ "on": "2025-12-31" }),
        BeforeEarlier,
        &["on", "2025-12-31", "2026-01-01", "thu-quy"],
    );
    t.no(
        "tomorrow",
        &held,
        ended,
        json!({ "on": "2026-06-16" }),
        InFuture,
        &["on", "2026-06-16"],
    );
    t.no(
        "a duty nobody took on",
        &[],
        ended,
        json!({}),
        NoRole,
        &["quy-tre-em", "thu-quy"],
    );
    t.no(
        "a duty in another plan",
        &held,
        ended,
        json!({ "programme": "khap-noi" }),
        NoRole,
        &["quy-tre-em", "thu-quy"],
    );
    t.no(
        "a duty in no plan",
        &held,
        ended,
        json!({ "programme": null }),
        NoRole,
        &["thu-quy"],
    );
    t.no(
        "laid down twice",
        &[("role.assigned", json!({})), (ended, json!({}))],
        ended,
        json!({}),
        NoRole,
        &["thu-quy"],
    );
    t.no(
        "no party",
        &held,
        ended,
        json!({ "party": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "no plan",
        &held,
        ended,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "a day that is none",
        &held,
        ended,
        json!({ "on": "2026-02-30" }),
        Form,
        &["on"],
    );
}

fn sponsorships(t: &mut Table) {
    let started = "sponsorship.started";
    t.ok("half of a scholarship", &[], started, json!({}));
    t.ok(
        "an anonymous one, to begin later",
        &[],
        started,
        json!({ "donor": null, "share": null, "starts": "2027-01-01" }),
    );
    t.ok(
        "the ledger makes its code",
        &[],
        started,
        json!({ "sponsorship": null }),
    );
    t.no(
        "two quarters",
        &[],
        started,
        json!({ "share": "2/4" }),
        Form,
        &["share"],
    );
    t.no(
        "half a đồng",
        &[],
        started,
        json!({ "quantity": "0.5" }),
        Form,
        &["quantity", "VND"],
    );
    t.no(
        "every week",
        &[],
        started,
        json!({ "every": "week" }),
        Form,
        &["every", "month, term, year"],
    );
    t.no(
        "a code used",
        &[],
        started,
        json!({ "sponsorship": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "no donor",
        &[],
        started,
        json!({ "donor": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "no plan",
        &[],
        started,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "no category",
        &[],
        started,
        json!({ "category": "XE" }),
        UnknownInside,
        &["ke-hoach", "XE", "en:category"],
    );
    t.no(
        "no place",
        &[],
        started,
        json!({ "place": "xu-la" }),
        Unknown,
        &["xu-la", "en:place"],
    );
    t.no(
        "no item",
        &[],
        started,
        json!({ "item": "chan-bong" }),
        Unknown,
        &["chan-bong", "en:item"],
    );
}

fn sponsorships_ended(t: &mut Table) {
    let ended = "sponsorship.ended";
    let started = [("sponsorship.started", json!({}))];
    t.ok("a sponsorship ended", &started, ended, json!({}));
    t.ok("on its first day", &started, ended, json!({ "on": "2026-05-01" }));
    t.no(
        "before its first day",
        &started,
        ended,
        json!({ "on": "2026-04-30" }),
        BeforeEarlier,
        &["on", "2026-04-30", "2026-05-01", "SP-HB"],
    );
    t.no(
        "tomorrow",
        &started,
        ended,
        json!({ "on": "2026-06-16" }),
        InFuture,
        &["on", "2026-06-16"],
    );
    t.no(
        "ended twice",
        &[started[0].clone(), (ended, json!({}))],
        ended,
        json!({ "on": "2026-06-02" }),
        AlreadyClosed,
        &["SP-HB", "2026-06-01"],
    );
    t.no(
        "no sponsorship",
        &[],
        ended,
        json!({}),
        Unknown,
        &["SP-HB", "en:sponsorship"],
    );
    t.no(
        "a lot is no sponsorship",
        &[],
        ended,
        json!({ "sponsorship": "RC-AO" }),
        Unknown,
        &["RC-AO"],
    );
    t.no(
        "for no reason",
        &started,
        ended,
        json!({ "reason": null }),
        Form,
        &["reason"],
    );
}

fn evidence(t: &mut Table) {
    let attached = "evidence.attached";
    let about = |subject: &str| json!({ "subject": subject });
    t.ok("a picture of a delivery", &[], attached, json!({}));
    t.ok(
        "the ledger makes its code",
        &[],
        attached,
        json!({ "evidence": null }),
    );
    for subject in [
        "RC-GOP-1",
        "DN-TIEN",
        "AL-AO",
        "ke-hoach",
        "xa-ba-vi",
        "ao-am",
        "cong-ty",
        "tet",
        "gop-chung",
    ] {
        t.ok("a paper about anything known", &[], attached, about(subject));
    }
    t.ok(
        "a paper about a need",
        &[("need.assessed", json!({}))],
        attached,
        about("ND-AO"),
    );
    t.ok(
        "a paper about a paper",
        &[(attached, json!({ "evidence": "EV-MOT" }))],
        attached,
        about("EV-MOT"),
    );
    t.no(
        "about no code",
        &[],
        attached,
        about("RC-KHONG"),
        Unknown,
        &["RC-KHONG"],
    );
    t.no(
        "about no name",
        &[],
        attached,
        about("khong-co"),
        Unknown,
        &["khong-co"],
    );
    t.no(
        "about what was reversed",
        &reversed(seq::DELIVERY),
        attached,
        json!({}),
        Reversed,
        &["DL-AO", "35"],
    );
    t.no(
        "a code used",
        &[],
        attached,
        json!({ "evidence": "DL-AO" }),
        CodeUsed,
        &["DL-AO"],
    );
    t.no(
        "half a commitment",
        &[],
        attached,
        json!({ "commitment": "5a".repeat(16) }),
        Form,
        &["commitment"],
    );
    t.no(
        "no kind of file",
        &[],
        attached,
        json!({ "media_type": "photo" }),
        Form,
        &["media_type"],
    );
}

fn indicators(t: &mut Table) {
    let reported = "indicator.reported";
    t.ok("towards a target", &[], reported, json!({}));
    t.ok(
        "towards none, of none",
        &[],
        reported,
        json!({ "target": null, "numerator": "0", "denominator": "0" }),
    );
    t.ok(
        "of one day, as of today",
        &[],
        reported,
        json!({ "period": { "from": "2026-05-31", "to": "2026-05-31" }, "as_of": "2026-06-15" }),
    );
    t.no(
        "a period that ends before it begins",
        &[],
        reported,
        json!({ "period": { "from": "2026-05-31", "to": "2026-05-30" } }),
        Form,
        &["period"],
    );
    t.no(
        "fewer than none",
        &[],
        reported,
        json!({ "numerator": "-1" }),
        Form,
        &["numerator"],
    );
    t.no(
        "a bare percentage",
        &[],
        reported,
        json!({ "denominator": null }),
        Form,
        &["denominator"],
    );
    t.no(
        "no plan",
        &[],
        reported,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "no target",
        &[],
        reported,
        json!({ "target": "bay-len" }),
        UnknownInside,
        &["ke-hoach", "bay-len", "en:target"],
    );
    t.no(
        "as of tomorrow",
        &[],
        reported,
        json!({ "as_of": "2026-06-16" }),
        InFuture,
        &["as_of", "2026-06-16"],
    );
}

fn reports(t: &mut Table) {
    let filed = "report.filed";
    let head = world::books().head().to_string();
    t.ok("a report", &[], filed, json!({}));
    t.ok(
        "on all there is",
        &[],
        filed,
        json!({ "size": seq::SIZE, "head": head }),
    );
    t.no(
        "on another journal",
        &[],
        filed,
        json!({ "size": seq::SIZE }),
        Form,
        &["head"],
    );
    t.no(
        "on more than there is",
        &[],
        filed,
        json!({ "size": seq::SIZE + 1 }),
        NoEntry,
        &["35"],
    );
    t.no(
        "a period that ends before it begins",
        &[],
        filed,
        json!({ "period": { "from": "2026-02-01", "to": "2026-01-31" } }),
        Form,
        &["period"],
    );
    t.no(
        "no plan",
        &[],
        filed,
        json!({ "programme": "khong-co" }),
        Unknown,
        &["khong-co", "en:programme"],
    );
    t.no(
        "a report the plan does not ask for",
        &[],
        filed,
        json!({ "report": "tuan" }),
        UnknownInside,
        &["ke-hoach", "tuan", "en:report"],
    );
    t.ok("today", &[], filed, json!({ "filed_on": "2026-06-15" }));
    t.no(
        "tomorrow",
        &[],
        filed,
        json!({ "filed_on": "2026-06-16" }),
        InFuture,
        &["filed_on", "2026-06-16"],
    );
}

fn recognition(t: &mut Table) {
    let awarded = "recognition.awarded";
    t.no(
        "before its receipt",
        &[],
        awarded,
        json!({ "awarded_on": "2026-02-09", "receipts": ["RC-AO"] }),
        BeforeEarlier,
        &["awarded_on", "2026-02-09", "2026-02-10", "RC-AO"],
    );
    t.ok("for a gift", &[], awarded, json!({}));
    t.ok(
        "for gifts, one of them pooled",
        &[],
        awarded,
        json!({ "recognition": null, "receipts": ["RC-AO", "RC-GOP-1"] }),
    );
    t.ok("today", &[], awarded, json!({ "awarded_on": "2026-06-15" }));
    t.no(
        "tomorrow",
        &[],
        awarded,
        json!({ "awarded_on": "2026-06-16" }),
        InFuture,
        &["awarded_on", "2026-06-16"],
    );
    t.no(
        "a gift twice",
        &[],
        awarded,
        json!({ "receipts": ["RC-AO", "RC-AO"] }),
        Form,
        &["receipts"],
    );
    t.no(
        "a code used",
        &[],
        awarded,
        json!({ "recognition": "RC-AO" }),
        CodeUsed,
        &["RC-AO"],
    );
    t.no(
        "nobody",
        &[],
        awarded,
        json!({ "party": "khong-co" }),
        Unknown,
        &["khong-co", "en:party"],
    );
    t.no(
        "no gift",
        &[],
        awarded,
        json!({ "receipts": ["RC-KHONG"] }),
        Unknown,
        &["RC-KHONG", "en:receipt"],
    );
    t.no(
        "a promise is no gift",
        &[],
        awarded,
        json!({ "receipts": ["DN-TIEN"] }),
        Unknown,
        &["DN-TIEN", "en:receipt"],
    );
    t.no(
        "a reversed gift",
        &reversed(seq::LOT_MONEY),
        awarded,
        json!({ "receipts": ["RC-AO", "RC-TIEN"] }),
        Reversed,
        &["RC-TIEN", "35"],
    );
}
