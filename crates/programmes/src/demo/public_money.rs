//! Public money and overhead: the state budget pays for management only, a part of the Fund for the Poor for
//! scholarships, and a donor agrees to what his money costs.

use minhbach_events::event::ExpensePaid;
use minhbach_events::words::{Consent, RejectionCode, Source};

use super::cast::CHILD_FUND;
use super::school_year::SCHOLARSHIPS;
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Gift, UNNAMED, new_code, reference, title, whole};

pub fn tell(script: &mut Script) {
    budget(script);
    fund_for_the_poor(script);
    overhead(script);
}

fn budget(script: &mut Script) {
    script.at("2024-09-23 10:00", "quy.ke-toan");
    let on = script.today();
    let budget = Gift {
        receipt: "RC-NGAN-SACH-01",
        fund: CHILD_FUND,
        donor: Some("so-ldtbxh"),
        source: Source::StateBudget,
        units: 80_000_000,
        ..UNNAMED
    };
    script.write(budget.on(on));
    // It pays for management: the door does not let it become a scholarship.
    script.at("2024-09-24 10:00", "quy.dieu-phoi");
    let on = script.today();
    let misused = SCHOLARSHIPS.allocate(
        "AL-HOC-BONG-NS",
        "xa-ba-vi-ba-vi",
        &[("RC-NGAN-SACH-01", 10_000_000)],
        on,
    );
    script.refused(misused, RejectionCode::SourceNotPermitted);
    expense(
        script,
        "2024-10-11 10:00",
        "EX-TAP-HUAN-01",
        "RC-NGAN-SACH-01",
        15_000_000,
        [
            "Tập huấn cán bộ xã, trường về tiếp nhận, kiểm đếm, ghi sổ",
            "Training of communes and schools in receiving, counting and recording",
        ],
        Consent::PublishedRule,
    );
    expense(
        script,
        "2025-11-14 10:00",
        "EX-DANH-GIA-2025",
        "RC-NGAN-SACH-01",
        22_000_000,
        ["Khảo sát, đánh giá nhu cầu năm 2025", "Survey of needs, 2025"],
        Consent::PublishedRule,
    );
}

fn fund_for_the_poor(script: &mut Script) {
    script.at("2024-10-03 09:30", "quy.ke-toan");
    let on = script.today();
    let part = Gift {
        receipt: "RC-VI-NGUOI-NGHEO-01",
        fund: CHILD_FUND,
        donor: Some("quy-vi-nguoi-ngheo"),
        source: Source::FundForPoor,
        units: 60_000_000,
        ..UNNAMED
    };
    script.write(part.on(on));
    let table = "
        AL-HOC-BONG-VAN-HOA  xa-van-hoa-ba-vi  RC-VI-NGUOI-NGHEO-01=20_000_000
        AL-HOC-BONG-BA-TRAI  xa-ba-trai-ba-vi  RC-VI-NGUOI-NGHEO-01=15_000_000";
    decide(script, "2024-10-07 09:00", "quy.dieu-phoi", SCHOLARSHIPS, table);
    let table = "
        DL-HOC-BONG-VAN-HOA  AL-HOC-BONG-VAN-HOA  20_000_000  xa-van-hoa-ba-vi  th-may-trang  40  2024-10-14 09:00
        DL-HOC-BONG-BA-TRAI  AL-HOC-BONG-BA-TRAI  15_000_000  xa-ba-trai-ba-vi  mn-nang-som   30  2024-10-15 09:00";
    hand_over(script, "quy.ke-toan", table);
}

/// A company gives for what giving costs, and says so.
fn overhead(script: &mut Script) {
    script.at("2024-10-17 14:20", "quy.nhap-sao-ke");
    let on = script.today();
    let gift = Gift {
        receipt: "RC-CHI-PHI-01",
        fund: CHILD_FUND,
        donor: Some("ct-sua-dong-co"),
        units: 10_000_000,
        ..UNNAMED
    };
    script.write(gift.on(on));
    expense(
        script,
        "2024-11-27 15:00",
        "EX-THUE-KHO-01",
        "RC-CHI-PHI-01",
        6_500_000,
        [
            "Thuê kho, bốc xếp tháng 11/2024",
            "Rent of a store and loading, November 2024",
        ],
        Consent::Donor,
    );
    // No more is paid out of it than came in.
    script.at("2025-01-07 15:00", "quy.ke-toan");
    let on = script.today();
    let more = ExpensePaid {
        expense: new_code("EX-THUE-KHO-02"),
        lot: reference("RC-CHI-PHI-01"),
        quantity: whole(4_000_000),
        paid_on: on,
        purpose: title(
            "Thuê kho, bốc xếp tháng 12/2024",
            "Rent of a store and loading, December 2024",
        ),
        consent: Consent::Donor,
    };
    script.refused(more, RejectionCode::InsufficientQuantity);
}

fn expense(
    script: &mut Script,
    when: &str,
    made: &str,
    lot: &str,
    dong: u64,
    purpose: [&str; 2],
    consent: Consent,
) {
    script.at(when, "quy.ke-toan");
    let on = script.today();
    script.write(ExpensePaid {
        expense: new_code(made),
        lot: reference(lot),
        quantity: whole(dong),
        paid_on: on,
        purpose: title(purpose[0], purpose[1]),
        consent,
    });
}
