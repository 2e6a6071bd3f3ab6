//! Money that becomes coats: small gifts, a purchase, an inspection of the goods, the commune's store, three
//! deliveries, a dispute, a return, and a delivery counted wrongly and taken back.

use minhbach_events::event::{
    AllocationReleased, CustodyTransferred, DeliveryResolved, DeliveryReturned, EvidenceAttached,
    ExpensePaid, GoodsInspected, Obtained, PurchaseMade, Seq,
};
use minhbach_events::text::MediaType;
use minhbach_events::words::{Channel, Consent, RejectionCode};
use minhbach_events::{Amount, Item};

use super::cast::HILL_FUND;
use super::script::Script;
use super::table::{decide, hand_over};
use super::winter::COATS;
use super::words::{
    Gift, UNNAMED, code, delivery, disputed, draw, item, new_code, paper, prose, reference, slug, title, vnd,
    whole,
};

pub fn tell(script: &mut Script) {
    purchase(script);
    to_the_commune(script);
    handed_over(script);
}

/// 400 coats and two lorry trips for 80 million, from the pool and from one donor's lot.
fn purchase(script: &mut Script) {
    script.at("2024-11-13 10:20", "quy.ke-toan");
    let on = script.today();
    let gift = Gift {
        receipt: "RC-MUA-DONG-TRANG-MOI",
        donor: Some("ct-trang-moi"),
        fund: HILL_FUND,
        campaign: Some("mua-dong-am-2024"),
        units: 28_000_000,
        channel: Channel::Bank,
        ..UNNAMED
    };
    script.write(gift.on(on));
    script.at("2024-11-18 10:00", "quy.ke-toan");
    let on = script.today();
    let bought = |value: u64, of: Item| PurchaseMade {
        purchase: new_code("PU-AO-AM-01"),
        spends: vec![
            draw("gop-mua-dong", 52_000_000),
            draw("RC-MUA-DONG-TRANG-MOI", 28_000_000),
        ],
        obtains: vec![
            Obtained {
                lot: new_code("LT-AO-MUA-01"),
                item: of,
                quantity: whole(400),
                value_vnd: vnd(value),
                expires_on: None,
            },
            Obtained {
                lot: new_code("LT-CHUYEN-XE-01"),
                item: item("chuyen-xe"),
                quantity: whole(2),
                value_vnd: vnd(2_000_000),
                expires_on: None,
            },
        ],
        supplier: Some(slug("xuong-may-suong-nui")),
        purchased_on: on,
        commitment: Some(paper("hoá đơn mua 400 áo ấm")),
    };
    // The bill must add up to the money, and money for warm clothing does not buy play sets.
    script.refused(bought(75_000_000, item("ao-am")), RejectionCode::ValueMismatch);
    script.refused(
        bought(78_000_000, item("bo-do-choi-ngoai-troi")),
        RejectionCode::RestrictionViolated,
    );
    script.write(bought(78_000_000, item("ao-am")));
    script.write(EvidenceAttached {
        evidence: new_code("EV-HOA-DON-AO"),
        subject: reference("PU-AO-AM-01"),
        media_type: MediaType::new("application/pdf").expect("a media type"),
        bytes: Seq::new(184_320).expect("within its bounds"),
        commitment: paper("hoá đơn mua 400 áo ấm, bản quét"),
    });
    script.at("2024-11-21 09:00", "quy.kiem-hang");
    let on = script.today();
    let mut inspected = GoodsInspected {
        lot: reference("LT-AO-MUA-01"),
        inspected_on: on,
        accepted: whole(388).amount(),
        rejected: whole(12).amount(),
        reason: None,
    };
    // What is rejected is rejected for a reason.
    script.refused(inspected.clone(), RejectionCode::Malformed);
    inspected.reason = Some(prose("12 áo bung đường may vai, xưởng nhận lỗi và sẽ đền."));
    script.write(inspected);
}

/// The commune's house of culture keeps the coats; the two lorry trips are used up.
fn to_the_commune(script: &mut Script) {
    script.at("2024-11-22 08:30", "quy.thu-kho");
    let on = script.today();
    script.write(CustodyTransferred {
        transfer: new_code("TR-AO-CHAN-NUI"),
        lot: reference("LT-AO-MUA-01"),
        quantity: whole(380),
        to: slug("nvh-chan-nui"),
        new_lot: new_code("LT-AO-CHAN-NUI"),
        transferred_on: on,
    });
    script.at("2024-11-22 16:30", "quy.ke-toan");
    let on = script.today();
    script.write(ExpensePaid {
        expense: new_code("EX-CHUYEN-XE-01"),
        lot: reference("LT-CHUYEN-XE-01"),
        quantity: whole(2),
        paid_on: on,
        purpose: title(
            "Hai chuyến xe chở áo từ xưởng lên xã Ba Vì",
            "Two lorry trips with coats from the workshop to Ba Vì",
        ),
        consent: Consent::PublishedRule,
    });
}

fn handed_over(script: &mut Script) {
    let table = "AL-AO-MUA-01 xa-ba-vi-ba-vi LT-AO-CHAN-NUI=300 ND-AO-BA-VI";
    decide(script, "2024-11-27 09:00", "quy.dieu-phoi", COATS, table);
    let table = "
        DL-AO-MUA-1 AL-AO-MUA-01 120 xa-ba-vi-ba-vi th-hoa-ban 120 2024-11-28 08:20";
    hand_over(script, "nvh-chan-nui.thu-kho", table);
    script.at("2024-11-28 14:00", "nvh-chan-nui.thu-kho");
    let on = script.today();
    let of = |made, units| {
        delivery(
            [made, "AL-AO-MUA-01"],
            units,
            ["xa-ba-vi-ba-vi", "mn-suong-mai"],
            units,
            on,
        )
    };
    script.write(of("DL-AO-MUA-2", 100));
    // Counted from the list, not from the boxes: 70 were there, not 80.
    script.write(of("DL-AO-MUA-3", 80)).mark("third delivery");

    script.at("2024-11-29 08:30", "mn-suong-mai.van-thu");
    let on = script.today();
    // A telephone number has no place in a book that everybody reads.
    let private = "Thiếu áo cỡ nhỏ, liên hệ văn thư trường: 0900 000 000.";
    script.refused(
        disputed("DL-AO-MUA-2", "mn-suong-mai", on, private),
        RejectionCode::PersonalData,
    );
    script.write(disputed(
        "DL-AO-MUA-2",
        "mn-suong-mai",
        on,
        "Nhận 100 áo nhưng 8 áo hỏng khoá kéo, các em chưa mặc được.",
    ));
    script.at("2024-11-29 10:00", "nvh-chan-nui.thu-kho");
    script.reverse(
        "third delivery",
        "Ghi theo danh sách, không theo số áo trong thùng: thực trao 70 áo, ghi lại bằng DL-AO-MUA-3B.",
        None,
    );
    let on = script.today();
    script.deliver(delivery(
        ["DL-AO-MUA-3B", "AL-AO-MUA-01"],
        70,
        ["xa-ba-vi-ba-vi", "mn-suong-mai"],
        70,
        on,
    ));
    script.at("2024-12-03 09:30", "quy.dieu-phoi");
    let on = script.today();
    script.write(DeliveryResolved {
        delivery: code("DL-AO-MUA-2"),
        accepted: whole(92).amount(),
        resolved_on: on,
        reason: prose("Đúng như trường báo: 8 áo hỏng khoá kéo được thu về, ghi nhận 92 áo."),
    });
    script.write(DeliveryReturned {
        delivery: code("DL-AO-MUA-2"),
        quantity: whole(8),
        new_lot: new_code("LT-AO-TRA-VE"),
        returned_on: on,
        reason: prose("8 áo hỏng khoá kéo trả về kho nhà văn hoá, chờ xưởng thay khoá."),
    });
    // A dispute that was settled is settled.
    let again = DeliveryResolved {
        delivery: code("DL-AO-MUA-2"),
        accepted: Amount::ZERO,
        resolved_on: on,
        reason: prose("Đề nghị xem lại."),
    };
    script.refused(again, RejectionCode::Closed);
    script.write(AllocationReleased {
        allocation: code("AL-AO-MUA-01"),
        quantity: whole(10),
        reason: prose("Danh sách của trường còn 70 em, 10 áo dư trả lại kho."),
    });
    // What came back, with new zips, and what was left goes to the next commune.
    let table = "AL-AO-MUA-02 xa-khanh-thuong-ba-vi LT-AO-TRA-VE=8+LT-AO-CHAN-NUI=72 ND-AO-KHANH-THUONG";
    decide(script, "2024-12-05 09:30", "quy.dieu-phoi", COATS, table);
    let table = "DL-AO-MUA-4 AL-AO-MUA-02 80 xa-khanh-thuong-ba-vi mn-hoa-man 80 2024-12-06 08:30";
    hand_over(script, "nvh-chan-nui.thu-kho", table);
}
