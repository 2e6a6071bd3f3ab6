//! Milk handed over after its date: on record all the same, refused by the school, returned and written off.

use minhbach_events::Amount;
use minhbach_events::event::{DeliveryResolved, DeliveryReturned, StockWrittenOff};
use minhbach_events::words::{Channel, RejectionCode};

use super::cast::{HILL_FUND, HN};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED, code, day, delivery, disputed, new_code, prose, reference, whole};

const MILK: Aim<'_> = Aim {
    programme: HN,
    category: "NUT-MEAL",
    group: Some("preschool_primary"),
    item: "sua-tuoi-180ml",
};

pub fn tell(script: &mut Script) {
    script.at("2024-10-21 09:00", "quy.thu-kho");
    let milk = Gift {
        receipt: "RC-SUA-01",
        fund: HILL_FUND,
        campaign: Some("mua-dong-am-2024"),
        donor: Some("ct-sua-dong-co"),
        item: "sua-tuoi-180ml",
        units: 5_200,
        channel: Channel::Goods,
        worth: Some((36_400_000, "Giá bán buôn của bên tặng, 7.000 đồng một hộp")),
        ..UNNAMED
    };
    let mut milk = milk.on(script.today());
    milk.expires_on = Some(day("2024-12-01"));
    script.write(milk);
    let table = "AL-SUA-KHANH-THUONG xa-khanh-thuong-ba-vi RC-SUA-01=3000";
    decide(script, "2024-10-24 09:00", "quy.dieu-phoi", MILK, table);
    let table =
        "DL-SUA-KHANH-THUONG AL-SUA-KHANH-THUONG 3000 xa-khanh-thuong-ba-vi mn-hoa-man 150 2024-10-30 07:40";
    hand_over(script, "quy.thu-kho", table);
    let table = "AL-SUA-YEN-TRUNG xa-yen-trung-thach-that RC-SUA-01=2000 ND-SUA-YEN-TRUNG";
    decide(script, "2024-11-22 09:00", "quy.dieu-phoi", MILK, table);
    after_its_date(script);
}

fn after_its_date(script: &mut Script) {
    // Two days after its date. It happened, so it gets into the books, with the reason and for all to see.
    script.at("2024-12-03 15:20", "quy.thu-kho");
    let on = script.today();
    let mut late = delivery(
        ["DL-SUA-YEN-TRUNG", "AL-SUA-YEN-TRUNG"],
        2_000,
        ["xa-yen-trung-thach-that", "mn-choi-biec"],
        100,
        on,
    );
    script.refused(late.clone(), RejectionCode::Expired);
    late.despite = Some(vec![RejectionCode::Expired]);
    late.reason = Some(prose(
        "Xe chở sữa hỏng, đến chậm bốn ngày; hàng đã giao cho trường trước khi phát hiện quá hạn.",
    ));
    script.write(late);
    script.at("2024-12-04 08:10", "mn-choi-biec.van-thu");
    let on = script.today();
    script.write(disputed(
        "DL-SUA-YEN-TRUNG",
        "mn-choi-biec",
        on,
        "Sữa quá hạn sử dụng hai ngày, trường không cho trẻ dùng và đề nghị thu hồi.",
    ));
    // Nothing new is decided with it any more.
    script.at("2024-12-04 10:30", "quy.dieu-phoi");
    let on = script.today();
    script.refused(
        MILK.allocate("AL-SUA-BA-VI", "xa-ba-vi-ba-vi", &[("RC-SUA-01", 200)], on),
        RejectionCode::Expired,
    );
    script.at("2024-12-09 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(DeliveryResolved {
        delivery: code("DL-SUA-YEN-TRUNG"),
        accepted: Amount::ZERO,
        resolved_on: on,
        reason: prose("Trường đúng: không hộp nào được dùng; thu hồi toàn bộ."),
    });
    script.at("2024-12-10 14:00", "quy.thu-kho");
    let on = script.today();
    script.write(DeliveryReturned {
        delivery: code("DL-SUA-YEN-TRUNG"),
        quantity: whole(2_000),
        new_lot: new_code("LT-SUA-THU-HOI"),
        returned_on: on,
        reason: prose("Thu hồi 2.000 hộp sữa quá hạn từ trường."),
    });
    let lost = |made: &str, lot: &str, units: u64| StockWrittenOff {
        write_off: new_code(made),
        lot: reference(lot),
        quantity: whole(units),
        written_off_on: on,
        reason: prose("Sữa quá hạn sử dụng ngày 01/12/2024, tiêu huỷ có biên bản."),
    };
    script.write(lost("WO-SUA-THU-HOI", "LT-SUA-THU-HOI", 2_000));
    // The 200 that never left the store are lost as well; no more than there were.
    script.refused(
        lost("WO-SUA-KHO-1", "RC-SUA-01", 220),
        RejectionCode::InsufficientQuantity,
    );
    script.write(lost("WO-SUA-KHO", "RC-SUA-01", 200));
}
