//! Two new school years: bags, textbooks and scholarships; a school that confirmed less than was delivered; a promise
//! partly withdrawn.

use minhbach_events::event::{AllocationReleased, DeliveryResolved, DonationCancelled, DonationPledged};
use minhbach_events::words::{Channel, Condition, Display, RejectionCode, Source};

use super::cast::{CHILD_FUND, HN};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{
    Aim, Gift, UNNAMED, code, confirmed, delivery, disputed, item, new_code, prose, slug, whole,
};

const CAMPAIGN: Option<&str> = Some("nam-hoc-moi-2024");
const POOL: &str = "gop-nam-hoc-moi";
const BAGS: Aim<'_> = Aim {
    programme: HN,
    category: "EDU-SUP",
    group: Some("poor_household"),
    item: "bo-cap-sach",
};
const BOOKS: Aim<'_> = Aim {
    item: "bo-sach-giao-khoa",
    ..BAGS
};
/// Scholarships, in money.
pub const SCHOLARSHIPS: Aim<'_> = Aim {
    category: "EDU-SCH",
    item: "VND",
    ..BAGS
};

pub fn tell(script: &mut Script) {
    promises(script);
    gifts(script);
    bags(script);
    books(script);
    scholarships(script);
    second_year(script);
}

fn promises(script: &mut Script) {
    script.at("2024-07-09 10:15", "quy.dieu-phoi");
    let on = script.today();
    let pledge = |donation: &str, donor: &str, item_name: &str, units: u64| DonationPledged {
        donation: new_code(donation),
        donor: Some(slug(donor)),
        source: Source::SocialDomestic,
        item: item(item_name),
        quantity: whole(units),
        pledged_on: on,
        campaign: CAMPAIGN.map(slug),
        restriction: None,
        display: Display::Named,
    };
    script.write(pledge("DN-CAP-SACH-01", "ct-trang-moi", "bo-cap-sach", 400));
    // Twenty million were announced; one million came. A promise is not income.
    script.write(pledge("DN-HOC-BONG-01", "htx-che-suong", "VND", 20_000_000));
    script.at("2024-08-20 10:00", "quy.dieu-phoi");
    script.write(DonationCancelled {
        donation: code("DN-CAP-SACH-01"),
        quantity: whole(40),
        reason: prose("Công ty báo không sản xuất kịp 40 bộ; 60 bộ còn lại hẹn giao sau."),
    });
    let cancelled = DonationCancelled {
        donation: code("DN-CAP-SACH-01"),
        quantity: whole(100),
        reason: prose("Công ty báo dừng giao tiếp."),
    };
    script.refused(cancelled, RejectionCode::InsufficientQuantity);
}

fn gifts(script: &mut Script) {
    let gift = Gift {
        fund: CHILD_FUND,
        campaign: CAMPAIGN,
        ..UNNAMED
    };
    script.at("2024-07-25 09:40", "quy.thu-kho");
    let on = script.today();
    let bags = Gift {
        receipt: "RC-CAP-SACH-01",
        donation: Some("DN-CAP-SACH-01"),
        donor: Some("ct-trang-moi"),
        item: "bo-cap-sach",
        units: 300,
        channel: Channel::Goods,
        worth: Some((
            75_000_000,
            "Giá bán lẻ niêm yết của bên tặng, 250.000 đồng một bộ",
        )),
        ..gift
    };
    script.write(bags.on(on));
    script.at("2024-07-30 14:05", "quy.nhap-sao-ke");
    let on = script.today();
    let money = Gift {
        receipt: "RC-NAM-HOC-SUA",
        donor: Some("ct-sua-dong-co"),
        pool: Some(POOL),
        units: 60_000_000,
        ..gift
    };
    script.write(money.on(on));
    script.at("2024-08-06 08:50", "quy.thu-kho");
    let on = script.today();
    // Second-hand books: nobody can say what they are worth, so nobody does.
    let books = Gift {
        receipt: "RC-SACH-01",
        donor: Some("nx-trang-sach"),
        item: "bo-sach-giao-khoa",
        units: 250,
        channel: Channel::Goods,
        ..gift
    };
    script.write(books.on(on));
    script.at("2024-08-14 15:10", "quy.nhap-sao-ke");
    let on = script.today();
    let little = Gift {
        receipt: "RC-HOC-BONG-01",
        donation: Some("DN-HOC-BONG-01"),
        donor: Some("htx-che-suong"),
        pool: Some(POOL),
        units: 1_000_000,
        ..gift
    };
    script.write(little.on(on));
}

fn bags(script: &mut Script) {
    let table = "
        AL-CAP-AN-PHU     xa-an-phu-my-duc       RC-CAP-SACH-01=80
        AL-CAP-DONG-XUAN  xa-dong-xuan-quoc-oai  RC-CAP-SACH-01=100
        AL-CAP-TRAN-PHU   xa-tran-phu-chuong-my  RC-CAP-SACH-01=60";
    decide(script, "2024-08-16 09:00", "quy.dieu-phoi", BAGS, table);
    let table = "
        DL-CAP-AN-PHU     AL-CAP-AN-PHU     80   xa-an-phu-my-duc       th-suoi-trong  80   2024-08-22 09:10
        DL-CAP-DONG-XUAN  AL-CAP-DONG-XUAN  100  xa-dong-xuan-quoc-oai  th-dong-xanh   100  2024-08-23 09:10";
    hand_over(script, "quy.thu-kho", table);
    script.at("2024-08-26 08:40", "quy.dieu-phoi");
    script.write(AllocationReleased {
        allocation: code("AL-CAP-TRAN-PHU"),
        quantity: whole(15),
        reason: prose("Trường rà soát lại danh sách: 45 em thuộc hộ nghèo, không phải 60 em."),
    });
    script.at("2024-08-27 09:10", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        ["DL-CAP-TRAN-PHU", "AL-CAP-TRAN-PHU"],
        45,
        ["xa-tran-phu-chuong-my", "th-lua-moi"],
        45,
        on,
    ));
    // The post that handed over may not also say that it arrived.
    let answer = confirmed("DL-CAP-TRAN-PHU", "th-lua-moi", 45, on);
    script.later(2).refused(answer, RejectionCode::FourEyes);
    script.at("2024-08-28 08:20", "");
    script.confirm("DL-CAP-TRAN-PHU", "th-lua-moi", 45, Condition::Good);
}

/// One school counts less than the paper says and disputes, the other confirms less than was delivered.
fn books(script: &mut Script) {
    let table = "
        AL-SACH-MINH-QUANG  xa-minh-quang-ba-vi  RC-SACH-01=120
        AL-SACH-BA-VI       xa-ba-vi-ba-vi       RC-SACH-01=90";
    decide(script, "2024-08-19 14:00", "quy.dieu-phoi", BOOKS, table);
    script.at("2024-08-29 08:30", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        ["DL-SACH-MINH-QUANG", "AL-SACH-MINH-QUANG"],
        120,
        ["xa-minh-quang-ba-vi", "th-doi-thong"],
        120,
        on,
    ));
    script.later(4).write(delivery(
        ["DL-SACH-BA-VI", "AL-SACH-BA-VI"],
        90,
        ["xa-ba-vi-ba-vi", "th-hoa-ban"],
        90,
        on,
    ));
    script.at("2024-08-30 08:15", "th-doi-thong.van-thu");
    let on = script.today();
    script.write(disputed(
        "DL-SACH-MINH-QUANG",
        "th-doi-thong",
        on,
        "Biên bản ghi 120 bộ, trường kiểm đếm được 112 bộ: thiếu 8 bộ lớp 3.",
    ));
    script.at("2024-08-30 10:15", "");
    script.confirm("DL-SACH-BA-VI", "th-hoa-ban", 88, Condition::Partial);
    // Who gave an answer does not give it again.
    let more = confirmed("DL-SACH-BA-VI", "th-hoa-ban", 90, script.today());
    script.refused(more, RejectionCode::Closed);
    script.at("2024-09-05 14:30", "quy.dieu-phoi");
    let on = script.today();
    script.write(DeliveryResolved {
        delivery: code("DL-SACH-MINH-QUANG"),
        accepted: whole(112).amount(),
        resolved_on: on,
        reason: prose("Kiểm kho cùng trường: 8 bộ lớp 3 xếp nhầm thùng đã thất lạc; ghi nhận 112 bộ."),
    });
}

fn scholarships(script: &mut Script) {
    let table = "
        AL-HOC-BONG-AN-PHU  xa-an-phu-my-duc  gop-nam-hoc-moi=25_000_000
        AL-HOC-BONG-BA-VI   xa-ba-vi-ba-vi    gop-nam-hoc-moi=30_000_000";
    decide(script, "2024-09-16 09:00", "quy.dieu-phoi", SCHOLARSHIPS, table);
    let table = "
        DL-HOC-BONG-AN-PHU   AL-HOC-BONG-AN-PHU 25_000_000 xa-an-phu-my-duc th-suoi-trong 50 2024-09-19 09:30
        DL-HOC-BONG-BA-VI-1  AL-HOC-BONG-BA-VI  18_000_000 xa-ba-vi-ba-vi   th-hoa-ban    36 2024-09-20 09:30
        DL-HOC-BONG-BA-VI-2  AL-HOC-BONG-BA-VI  12_000_000 xa-ba-vi-ba-vi   th-hoa-ban    24 2024-10-10 09:30";
    hand_over(script, "quy.ke-toan", table);
}

/// A year later the communes have merged: what was promised to the old ones goes on, new decisions name the new ones.
fn second_year(script: &mut Script) {
    let early = "AL-CAP-TAN-LINH xa-tan-linh-ba-vi RC-CAP-SACH-01=50";
    decide(script, "2025-06-18 09:00", "quy.dieu-phoi", BAGS, early);
    let table = "
        DL-CAP-TAN-LINH AL-CAP-TAN-LINH 20 xa-tan-linh-ba-vi  th-nang-mai 20 2025-06-24 08:30
        DL-CAP-SUOI-HAI AL-CAP-TAN-LINH 30 xa-suoi-hai-ha-noi th-nang-mai 30 2025-07-15 08:30";
    hand_over(script, "quy.thu-kho", table);
    // The old commune is no more: nothing new can be decided for it.
    script.at("2025-07-10 09:00", "quy.dieu-phoi");
    let draws = [("RC-CAP-SACH-01", 25)];
    let too_late = BAGS.allocate("AL-CAP-TAN-LINH-2", "xa-tan-linh-ba-vi", &draws, script.today());
    script.refused(too_late, RejectionCode::OutOfScope);

    script.at("2025-07-22 10:20", "quy.nhap-sao-ke");
    let on = script.today();
    let money = Gift {
        receipt: "RC-NAM-HOC-25-SUA",
        fund: CHILD_FUND,
        campaign: Some("nam-hoc-moi-2025"),
        donor: Some("ct-sua-dong-co"),
        pool: Some("gop-nam-hoc-2025"),
        units: 70_000_000,
        ..UNNAMED
    };
    script.write(money.on(on));
    script.at("2025-08-05 09:30", "quy.thu-kho");
    let on = script.today();
    let shelves = Gift {
        receipt: "RC-SACH-02",
        fund: CHILD_FUND,
        campaign: Some("nam-hoc-moi-2025"),
        donor: Some("quy-tu-sach"),
        source: Source::CharityFund,
        item: "bo-sach-giao-khoa",
        units: 120,
        channel: Channel::Goods,
        worth: Some((21_600_000, "Giá bìa, 180.000 đồng một bộ")),
        ..UNNAMED
    };
    script.write(shelves.on(on));
    let table = "
        AL-SACH-YEN-XUAN xa-yen-xuan-ha-noi RC-SACH-01=40 ND-SACH-YEN-XUAN
        AL-SACH-SUOI-HAI xa-suoi-hai-ha-noi RC-SACH-02=90";
    decide(script, "2025-08-12 09:00", "quy.dieu-phoi", BOOKS, table);
    let table = "
        DL-SACH-YEN-XUAN AL-SACH-YEN-XUAN 40 xa-yen-xuan-ha-noi th-dong-xanh 40 2025-08-18 08:30
        DL-SACH-SUOI-HAI AL-SACH-SUOI-HAI 90 xa-suoi-hai-ha-noi th-nang-mai  90 2025-08-19 08:30";
    hand_over(script, "quy.thu-kho", table);
    let table = "
        AL-HOC-BONG-25-BA-VI    xa-ba-vi-ha-noi    gop-nam-hoc-2025=24_000_000
        AL-HOC-BONG-25-MY-DUC   xa-my-duc-ha-noi   gop-nam-hoc-2025=20_000_000
        AL-HOC-BONG-25-PHU-CAT  xa-phu-cat-ha-noi  gop-nam-hoc-2025=15_000_000";
    decide(script, "2025-09-08 09:00", "quy.dieu-phoi", SCHOLARSHIPS, table);
    let table = "
        DL-HOC-BONG-25-BA-VI   AL-HOC-BONG-25-BA-VI   24_000_000 xa-ba-vi-ha-noi   th-hoa-ban    48 2025-09-11 09:30
        DL-HOC-BONG-25-MY-DUC  AL-HOC-BONG-25-MY-DUC  20_000_000 xa-my-duc-ha-noi  th-suoi-trong 40 2025-09-12 09:30
        DL-HOC-BONG-25-PHU-CAT AL-HOC-BONG-25-PHU-CAT 15_000_000 xa-phu-cat-ha-noi th-rung-xanh  30 2025-09-15 09:30";
    hand_over(script, "quy.ke-toan", table);
}
