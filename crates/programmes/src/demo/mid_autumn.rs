//! Two Mid-Autumn festivals: gift bags and money, a transfer entered twice, three children who must not be found.

use minhbach_events::words::{Channel, Display, RejectionCode};

use super::cast::{CHILD_FUND, HN};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED, delivery, only};

const CAMPAIGN: Option<&str> = Some("trung-thu-2024");
const POOL: &str = "gop-trung-thu";
const MONEY: Aim<'_> = Aim {
    programme: HN,
    category: "GFT",
    group: Some("special_circumstances"),
    item: "VND",
};
const BAGS: Aim<'_> = Aim {
    group: Some("at_risk"),
    item: "qua-trung-thu",
    ..MONEY
};

pub fn tell(script: &mut Script) {
    gifts(script);
    entered_twice(script);
    bags(script);
    money(script);
    small_group(script);
    second_year(script);
}

fn gifts(script: &mut Script) {
    let gift = Gift {
        fund: CHILD_FUND,
        campaign: CAMPAIGN,
        ..UNNAMED
    };
    script.at("2024-08-20 15:30", "quy.nhap-sao-ke");
    let on = script.today();
    let money = Gift {
        receipt: "RC-TRUNG-THU-TRANG-MOI",
        donor: Some("ct-trang-moi"),
        pool: Some(POOL),
        units: 25_000_000,
        ..gift
    };
    script.write(money.on(on));
    script.at("2024-08-28 09:15", "quy.thu-kho");
    let bags = Gift {
        receipt: "RC-QUA-TRUNG-THU-01",
        donor: Some("htx-che-suong"),
        item: "qua-trung-thu",
        units: 600,
        channel: Channel::Goods,
        worth: Some((36_000_000, "Hoá đơn mua hàng của bên tặng, 60.000 đồng một phần")),
        ..gift
    };
    let mut bags = bags.on(script.today());
    bags.restriction = Some(only(&[], &["huyen-ba-vi"]));
    script.write(bags);
    // A collecting box at a festival evening: cash, nobody's name on it.
    script.at("2024-09-08 20:40", "quy.thu-quy");
    let on = script.today();
    let box_money = Gift {
        receipt: "RC-THUNG-QUYEN-GOP",
        units: 6_350_000,
        channel: Channel::Cash,
        ..gift
    };
    script.write(box_money.on(on)).mark("collecting box");
}

/// A clerk enters a transfer by hand that the statement brought already, and takes it back the same day.
fn entered_twice(script: &mut Script) {
    let transfer = Gift {
        receipt: "RC-TRUNG-THU-NHAN-HAU",
        donor: Some("pk-nhan-hau"),
        fund: CHILD_FUND,
        campaign: CAMPAIGN,
        pool: Some(POOL),
        units: 2_000_000,
        ..UNNAMED
    };
    script.at("2024-09-10 09:05", "quy.nhap-sao-ke");
    let on = script.today();
    script.write(transfer.on(on));
    script.at("2024-09-10 10:20", "quy.ke-toan");
    // With the same code the ledger would have noticed.
    script.refused(transfer.on(on), RejectionCode::DuplicateCode);
    let again = Gift {
        receipt: "RC-TRUNG-THU-GHI-HAI-LAN",
        ..transfer
    };
    script.write(again.on(on)).mark("entered twice");
    script.at("2024-09-10 16:10", "quy.ke-toan");
    script.reverse(
        "entered twice",
        "Ghi trùng: khoản 2.000.000 đồng này đã có trong sổ từ sao kê, mã RC-TRUNG-THU-NHAN-HAU.",
        None,
    );
    script.reverse(
        "entered twice",
        "Ghi trùng, đề nghị huỷ.",
        Some(RejectionCode::ReversalBlocked),
    );
    // Whoever wishes not to be named is not named.
    let mut anonymous = transfer.on(on);
    anonymous.receipt = super::words::new_code("RC-TRUNG-THU-AN-DANH");
    anonymous.display = Display::Anonymous;
    script.refused(anonymous, RejectionCode::Malformed);
}

fn bags(script: &mut Script) {
    script.at("2024-09-11 08:20", "quy.dieu-phoi");
    let on = script.today();
    // The donor gave them for Ba Vì.
    let elsewhere = BAGS.allocate(
        "AL-QUA-AN-PHU",
        "xa-an-phu-my-duc",
        &[("RC-QUA-TRUNG-THU-01", 100)],
        on,
    );
    script.refused(elsewhere, RejectionCode::RestrictionViolated);
    let table = "
        AL-QUA-BA-VI       xa-ba-vi-ba-vi       RC-QUA-TRUNG-THU-01=200
        AL-QUA-MINH-QUANG  xa-minh-quang-ba-vi  RC-QUA-TRUNG-THU-01=250
        AL-QUA-YEN-BAI     xa-yen-bai-ba-vi     RC-QUA-TRUNG-THU-01=120";
    decide(script, "2024-09-11 08:30", "quy.dieu-phoi", BAGS, table);
    let table = "
        DL-QUA-BA-VI       AL-QUA-BA-VI       200  xa-ba-vi-ba-vi       th-hoa-ban    200  2024-09-13 08:10
        DL-QUA-MINH-QUANG  AL-QUA-MINH-QUANG  250  xa-minh-quang-ba-vi  th-doi-thong  250  2024-09-13 10:10
        DL-QUA-YEN-BAI     AL-QUA-YEN-BAI     120  xa-yen-bai-ba-vi     tyt-nui-xanh  120  2024-09-13 14:10";
    hand_over(script, "quy.thu-kho", table);
    // 30 are left.
    script.at("2024-09-16 11:00", "quy.dieu-phoi");
    let on = script.today();
    let too_many = BAGS.allocate(
        "AL-QUA-VAN-HOA",
        "xa-van-hoa-ba-vi",
        &[("RC-QUA-TRUNG-THU-01", 31)],
        on,
    );
    script.refused(too_many, RejectionCode::InsufficientQuantity);
}

fn money(script: &mut Script) {
    // The box's money first, then the pool's.
    let table = "
        AL-TRUNG-THU-BA-VI         xa-ba-vi-ba-vi           gop-trung-thu=12_000_000
        AL-TRUNG-THU-KHANH-THUONG  xa-khanh-thuong-ba-vi    gop-trung-thu=9_000_000
        AL-TRUNG-THU-YEN-TRUNG     xa-yen-trung-thach-that  RC-THUNG-QUYEN-GOP=6_350_000+gop-trung-thu=1_650_000
        AL-TRUNG-THU-VAN-HOA       xa-van-hoa-ba-vi         gop-trung-thu=6_000_000";
    decide(script, "2024-09-11 10:00", "quy.dieu-phoi", MONEY, table);
    let table = "
        DL-TRUNG-THU-BA-VI         AL-TRUNG-THU-BA-VI         12_000_000 xa-ba-vi-ba-vi          th-hoa-ban   60 2024-09-12 08:20
        DL-TRUNG-THU-KHANH-THUONG  AL-TRUNG-THU-KHANH-THUONG   9_000_000 xa-khanh-thuong-ba-vi   mn-hoa-man   45 2024-09-12 13:30
        DL-TRUNG-THU-YEN-TRUNG     AL-TRUNG-THU-YEN-TRUNG      8_000_000 xa-yen-trung-thach-that mn-choi-biec 40 2024-09-14 08:20
        DL-TRUNG-THU-VAN-HOA       AL-TRUNG-THU-VAN-HOA        6_000_000 xa-van-hoa-ba-vi        th-may-trang 30 2024-09-14 09:40";
    hand_over(script, "quy.ke-toan", table);
    // What others stand on cannot be pulled away from under them.
    script.at("2024-09-17 09:00", "quy.ke-toan");
    script.reverse(
        "collecting box",
        "Đề nghị huỷ để ghi lại theo biên bản mở thùng.",
        Some(RejectionCode::ReversalBlocked),
    );
}

/// Three children in one commune could be recognised: the books say the district, and no more.
fn small_group(script: &mut Script) {
    let table = "AL-TRUNG-THU-BA-EM huyen-ba-vi gop-trung-thu=1_500_000";
    decide(script, "2024-09-12 15:00", "quy.dieu-phoi", MONEY, table);
    script.at("2024-09-16 08:30", "quy.ke-toan");
    let on = script.today();
    let to = |place| {
        delivery(
            ["DL-TRUNG-THU-BA-EM", "AL-TRUNG-THU-BA-EM"],
            1_500_000,
            [place, "phong-ldtbxh-ba-vi"],
            3,
            on,
        )
    };
    script.refused(to("xa-van-hoa-ba-vi"), RejectionCode::SmallGroup);
    script.later(1).deliver(to("huyen-ba-vi"));
}

/// 2025: Ba Vì and Khánh Thượng are one commune now.
fn second_year(script: &mut Script) {
    script.at("2025-09-10 09:40", "quy.nhap-sao-ke");
    let on = script.today();
    let money = Gift {
        receipt: "RC-TRUNG-THU-25-CHE-SUONG",
        donor: Some("htx-che-suong"),
        fund: CHILD_FUND,
        campaign: Some("trung-thu-2025"),
        pool: Some("gop-trung-thu-2025"),
        units: 18_000_000,
        ..UNNAMED
    };
    script.write(money.on(on));
    let table = "
        AL-TRUNG-THU-25-BA-VI     xa-ba-vi-ha-noi     gop-trung-thu-2025=16_000_000
        AL-TRUNG-THU-25-YEN-BAI   xa-yen-bai-ha-noi   gop-trung-thu-2025=9_000_000
        AL-TRUNG-THU-25-YEN-XUAN  xa-yen-xuan-ha-noi  gop-trung-thu-2025=8_000_000";
    decide(script, "2025-09-30 09:00", "quy.dieu-phoi", MONEY, table);
    let table = "
        DL-TRUNG-THU-25-BA-VI    AL-TRUNG-THU-25-BA-VI    16_000_000 xa-ba-vi-ha-noi    mn-hoa-man   80 2025-10-02 08:30
        DL-TRUNG-THU-25-YEN-BAI  AL-TRUNG-THU-25-YEN-BAI   9_000_000 xa-yen-bai-ha-noi  th-may-trang 45 2025-10-02 14:00
        DL-TRUNG-THU-25-YEN-XUAN AL-TRUNG-THU-25-YEN-XUAN  8_000_000 xa-yen-xuan-ha-noi mn-choi-biec 40 2025-10-03 08:30";
    hand_over(script, "quy.ke-toan", table);
}
