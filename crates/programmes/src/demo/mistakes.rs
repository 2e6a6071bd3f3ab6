//! Mistakes and how the books answer them: a transfer meant for another, a transfer the bank recalled after it was
//! spent, a name that proves nothing, a date that has not come, and cash that nobody touched.

use minhbach_events::event::RefundPaid;
use minhbach_events::words::{Channel, RejectionCode};

use super::appeals::UNIDENTIFIED;
use super::cast::{CHILD_FUND, HILL_FUND};
use super::script::Script;
use super::words::{Gift, UNNAMED, day, new_code, prose, reference, whole};

pub fn tell(script: &mut Script) {
    meant_for_another(script);
    recalled(script);
    borrowed_name(script);
    idle_cash(script);
}

fn meant_for_another(script: &mut Script) {
    script.at("2024-10-03 10:40", "quy.nhap-sao-ke");
    let on = script.today();
    let transfer = Gift {
        receipt: "RC-CHUYEN-NHAM",
        fund: CHILD_FUND,
        pool: Some(UNIDENTIFIED),
        units: 12_000_000,
        ..UNNAMED
    };
    script.write(transfer.on(on));
    script.at("2024-10-08 09:20", "quy.ke-toan");
    let on = script.today();
    let back = |made: &str, lot: &str, units: u64| RefundPaid {
        refund: new_code(made),
        lot: reference(lot),
        quantity: whole(units),
        paid_on: on,
        reason: prose("Ngân hàng xác nhận người chuyển nhập nhầm tài khoản nhận."),
    };
    // A pool is many people's: what goes back is one receipt.
    script.refused(
        back("RF-NGUON-CHUNG", UNIDENTIFIED, 12_000_000),
        RejectionCode::UnknownReference,
    );
    script.refused(
        back("RF-NHIEU-HON", "RC-CHUYEN-NHAM", 12_500_000),
        RejectionCode::InsufficientQuantity,
    );
    script.write(back("RF-CHUYEN-NHAM", "RC-CHUYEN-NHAM", 12_000_000));
}

/// Five million paid for coats before the bank took them back; the next gifts in the pool take their place.
fn recalled(script: &mut Script) {
    script.at("2024-10-15 09:10", "quy.nhap-sao-ke");
    let on = script.today();
    let transfer = Gift {
        receipt: "RC-MUA-DONG-THU-HOI",
        fund: HILL_FUND,
        campaign: Some("mua-dong-am-2024"),
        pool: Some("gop-mua-dong"),
        units: 5_000_000,
        ..UNNAMED
    };
    script.write(transfer.on(on)).mark("recalled");
    script.at("2024-12-16 10:30", "quy.ke-toan");
    script.reverse(
        "recalled",
        "Ngân hàng thu hồi khoản 5.000.000 đồng theo yêu cầu tra soát; các khoản kế tiếp trong nguồn chung thế chỗ.",
        None,
    );
}

/// A payment's memo claims to be a well-known troupe; a memo is no identity, so the receipt names nobody.
fn borrowed_name(script: &mut Script) {
    script.at("2024-09-10 11:30", "quy.nhap-sao-ke");
    let on = script.today();
    let ten_thousand = Gift {
        receipt: "RC-TEN-MUON",
        fund: CHILD_FUND,
        campaign: Some("trung-thu-2024"),
        pool: Some("gop-trung-thu"),
        units: 10_000,
        ..UNNAMED
    };
    script.write(ten_thousand.on(on));
    // What has not come is not received, whatever a picture of a transfer shows.
    let mut tomorrow = Gift {
        receipt: "RC-NGAY-MAI",
        units: 100_000_000,
        ..ten_thousand
    }
    .on(on);
    tomorrow.received_on = day("2024-09-12");
    script.refused(tomorrow, RejectionCode::OutOfPeriod);
}

/// Cash from a spring fair, untouched to the end of the story: the balances show it every day.
fn idle_cash(script: &mut Script) {
    script.at("2025-02-10 08:40", "quy.thu-quy");
    let on = script.today();
    let cash = Gift {
        receipt: "RC-TIEN-MAT-HOI-XUAN",
        fund: CHILD_FUND,
        units: 36_400_000,
        channel: Channel::Cash,
        ..UNNAMED
    };
    script.write(cash.on(on));
}
