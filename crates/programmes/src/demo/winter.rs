//! The winter of 2024–2025: coats from a factory, meals, blankets from abroad, a gift after the closing day; and the
//! winter after it.

use minhbach_events::event::DonationPledged;
use minhbach_events::words::{Channel, Condition, Display, RejectionCode, Source};

use super::cast::{HILL_FUND, HN};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED, delivery, item, new_code, prose, slug, whole};

const CAMPAIGN: Option<&str> = Some("mua-dong-am-2024");
const POOL: &str = "gop-mua-dong";
/// Coats for children in special circumstances.
pub const COATS: Aim<'_> = Aim {
    programme: HN,
    category: "CLO-WRM",
    group: Some("special_circumstances"),
    item: "ao-am",
};
/// Blankets for children at risk.
pub const BLANKETS: Aim<'_> = Aim {
    group: Some("at_risk"),
    item: "chan-am",
    ..COATS
};
const MEALS: Aim<'_> = Aim {
    programme: HN,
    category: "NUT-MEAL",
    group: Some("preschool_primary"),
    item: "VND",
};
/// Goods of an organisation for the campaign.
const GOODS: Gift<'_> = Gift {
    fund: HILL_FUND,
    campaign: CAMPAIGN,
    channel: Channel::Goods,
    ..UNNAMED
};

pub fn tell(script: &mut Script) {
    promises(script);
    money(script);
    coats(script);
    meals(script);
    blankets(script);
    after_the_closing_day(script);
    second_winter(script);
}

fn promises(script: &mut Script) {
    script.at("2024-10-08 09:30", "quy.dieu-phoi");
    let on = script.today();
    let pledge = |donation: &str, donor: &str, source: Source, item_name: &str, units: u64| DonationPledged {
        donation: new_code(donation),
        donor: Some(slug(donor)),
        source,
        item: item(item_name),
        quantity: whole(units),
        pledged_on: on,
        campaign: CAMPAIGN.map(slug),
        restriction: None,
        display: Display::Named,
    };
    let factory = pledge(
        "DN-AO-AM-01",
        "ct-may-binh-minh",
        Source::SocialDomestic,
        "ao-am",
        1_000,
    );
    script.write(factory);
    script.write(pledge(
        "DN-CHAN-AM-01",
        "hill-friends",
        Source::Fngo,
        "chan-am",
        200,
    ));
}

fn money(script: &mut Script) {
    for (when, receipt, donor, units) in [
        (
            "2024-11-05 14:30",
            "RC-MUA-DONG-CHE-SUONG",
            "htx-che-suong",
            45_000_000,
        ),
        (
            "2024-11-20 10:15",
            "RC-MUA-DONG-DONG-CO",
            "ct-sua-dong-co",
            40_000_000,
        ),
    ] {
        script.at(when, "quy.nhap-sao-ke");
        let on = script.today();
        let gift = Gift {
            receipt,
            donor: Some(donor),
            pool: Some(POOL),
            units,
            channel: Channel::Bank,
            ..GOODS
        };
        script.write(gift.on(on));
    }
}

fn coats(script: &mut Script) {
    let coats = Gift {
        donation: Some("DN-AO-AM-01"),
        donor: Some("ct-may-binh-minh"),
        item: "ao-am",
        ..GOODS
    };
    script.at("2024-10-28 08:40", "quy.thu-kho");
    let on = script.today();
    let first = Gift {
        receipt: "RC-AO-AM-01",
        units: 600,
        worth: Some((132_000_000, "Giá xuất xưởng của bên tặng, 220.000 đồng một áo")),
        ..coats
    };
    script.write(first.on(on));
    script.at("2024-11-15 08:40", "quy.thu-kho");
    let on = script.today();
    let second = Gift {
        receipt: "RC-AO-AM-02",
        units: 300,
        ..coats
    };
    script.write(second.on(on));
    let table = "
        AL-AO-AN-PHU        xa-an-phu-my-duc       RC-AO-AM-01=200  ND-AO-AN-PHU
        AL-AO-KHANH-THUONG  xa-khanh-thuong-ba-vi  RC-AO-AM-01=180  ND-AO-KHANH-THUONG
        AL-AO-MINH-QUANG    xa-minh-quang-ba-vi    RC-AO-AM-01=220";
    decide(script, "2024-11-04 09:00", "quy.dieu-phoi", COATS, table);
    let table = "
        AL-AO-YEN-BAI  xa-yen-bai-ba-vi  RC-AO-AM-02=150  ND-AO-YEN-BAI
        AL-AO-BA-VI    xa-ba-vi-ba-vi    RC-AO-AM-02=120  ND-AO-BA-VI";
    decide(script, "2024-11-20 09:00", "quy.dieu-phoi", COATS, table);
    let table = "
        DL-AO-AN-PHU        AL-AO-AN-PHU        200  xa-an-phu-my-duc       th-suoi-trong  200  2024-11-08 08:20
        DL-AO-KHANH-THUONG  AL-AO-KHANH-THUONG  180  xa-khanh-thuong-ba-vi  mn-hoa-man     180  2024-11-11 08:20
        DL-AO-MINH-QUANG-1  AL-AO-MINH-QUANG    120  xa-minh-quang-ba-vi    th-doi-thong   120  2024-11-12 08:20
        DL-AO-YEN-BAI       AL-AO-YEN-BAI       150  xa-yen-bai-ba-vi       tyt-nui-xanh   150  2024-11-25 08:20
        DL-AO-BA-VI         AL-AO-BA-VI         120  xa-ba-vi-ba-vi         th-hoa-ban     120  2024-11-26 08:20";
    hand_over(script, "quy.thu-kho", table);
    script.at("2024-11-14 08:20", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        ["DL-AO-MINH-QUANG-2", "AL-AO-MINH-QUANG"],
        100,
        ["xa-minh-quang-ba-vi", "th-doi-thong"],
        100,
        on,
    ));
    script.later(5);
    script.confirm("DL-AO-MINH-QUANG-2", "th-doi-thong", 96, Condition::Damaged);
    // Money bound to warm clothing and meals does not become books, and coats are not money for meals.
    script.at("2024-11-21 09:00", "quy.dieu-phoi");
    let on = script.today();
    let books = Aim {
        category: "EDU-SCH",
        group: Some("poor_household"),
        ..MEALS
    };
    let books = books.allocate("AL-HOC-BONG-MUA-DONG", "xa-ba-vi-ba-vi", &[(POOL, 5_000_000)], on);
    script.refused(books, RejectionCode::RestrictionViolated);
    let meals = Aim {
        item: "ao-am",
        ..MEALS
    };
    let meals = meals.allocate("AL-AO-BUA-AN", "xa-ba-vi-ba-vi", &[("RC-AO-AM-02", 10)], on);
    script.refused(meals, RejectionCode::ItemMismatch);
}

fn meals(script: &mut Script) {
    let table = "
        AL-BUA-AN-YEN-TRUNG     xa-yen-trung-thach-that  gop-mua-dong=18_000_000
        AL-BUA-AN-KHANH-THUONG  xa-khanh-thuong-ba-vi    gop-mua-dong=22_000_000";
    decide(script, "2024-11-25 10:00", "quy.dieu-phoi", MEALS, table);
    let table = "
        DL-BUA-AN-YEN-TRUNG-1   AL-BUA-AN-YEN-TRUNG     9_000_000  xa-yen-trung-thach-that  mn-choi-biec  100  2024-11-29 09:00
        DL-BUA-AN-KHANH-THUONG  AL-BUA-AN-KHANH-THUONG  22_000_000 xa-khanh-thuong-ba-vi    mn-hoa-man    150  2024-11-29 14:00
        DL-BUA-AN-YEN-TRUNG-2   AL-BUA-AN-YEN-TRUNG     9_000_000  xa-yen-trung-thach-that  mn-choi-biec  100  2024-12-27 09:00";
    hand_over(script, "quy.ke-toan", table);
}

fn blankets(script: &mut Script) {
    script.at("2024-11-18 09:20", "quy.thu-kho");
    let on = script.today();
    let blankets = Gift {
        receipt: "RC-CHAN-AM-01",
        donation: Some("DN-CHAN-AM-01"),
        donor: Some("hill-friends"),
        source: Source::Fngo,
        item: "chan-am",
        units: 200,
        worth: Some((30_000_000, "Tờ khai của bên tặng, 150.000 đồng một chiếc")),
        ..GOODS
    };
    script.write(blankets.on(on));
    let table = "
        AL-CHAN-DONG-XUAN  xa-dong-xuan-quoc-oai  RC-CHAN-AM-01=100
        AL-CHAN-TRAN-PHU   xa-tran-phu-chuong-my  RC-CHAN-AM-01=100";
    decide(script, "2024-12-05 09:00", "quy.dieu-phoi", BLANKETS, table);
    let table = "
        DL-CHAN-DONG-XUAN  AL-CHAN-DONG-XUAN  100  xa-dong-xuan-quoc-oai  th-dong-xanh  100  2024-12-09 08:30
        DL-CHAN-TRAN-PHU   AL-CHAN-TRAN-PHU   100  xa-tran-phu-chuong-my  th-lua-moi    100  2024-12-10 08:30";
    hand_over(script, "quy.thu-kho", table);
}

/// The campaign ended early; two days later a lorry brings coats all the same.
fn after_the_closing_day(script: &mut Script) {
    script.at("2024-12-12 10:10", "quy.thu-kho");
    let late = Gift {
        receipt: "RC-AO-AM-MUON",
        donation: Some("DN-AO-AM-01"),
        donor: Some("ct-may-binh-minh"),
        item: "ao-am",
        units: 60,
        ..GOODS
    };
    let mut late = late.on(script.today());
    script.refused(late.clone(), RejectionCode::Closed);
    late.despite = Some(vec![RejectionCode::Closed]);
    late.reason = Some(prose(
        "Xe giao áo đến kho sau ngày đóng đợt vận động; bên tặng vẫn muốn trao.",
    ));
    script.write(late);
    let table = "AL-AO-DONG-XUAN xa-dong-xuan-quoc-oai RC-AO-AM-02=30+RC-AO-AM-MUON=60";
    decide(script, "2025-01-06 09:00", "quy.dieu-phoi", COATS, table);
    let table = "
        DL-AO-DONG-XUAN-1  AL-AO-DONG-XUAN  50  xa-dong-xuan-quoc-oai  th-dong-xanh  50  2025-01-09 08:30
        DL-AO-DONG-XUAN-2  AL-AO-DONG-XUAN  40  xa-dong-xuan-quoc-oai  th-dong-xanh  40  2025-01-16 08:30";
    hand_over(script, "quy.thu-kho", table);
}

/// The next winter is not over when the year ends: one commune is served, another waits.
fn second_winter(script: &mut Script) {
    script.at("2025-11-17 08:40", "quy.thu-kho");
    let on = script.today();
    let coats = Gift {
        receipt: "RC-AO-AM-25-01",
        donor: Some("ct-may-binh-minh"),
        campaign: Some("mua-dong-am-2025"),
        item: "ao-am",
        units: 320,
        worth: Some((73_600_000, "Giá xuất xưởng của bên tặng, 230.000 đồng một áo")),
        ..GOODS
    };
    script.write(coats.on(on));
    let table = "
        AL-AO-25-BA-VI    xa-ba-vi-ha-noi    RC-AO-AM-25-01=200  ND-AO-25-BA-VI
        AL-AO-25-YEN-BAI  xa-yen-bai-ha-noi  RC-AO-AM-25-01=100  ND-AO-25-YEN-BAI";
    decide(script, "2025-11-24 09:00", "quy.dieu-phoi", COATS, table);
    let table = "
        DL-AO-25-BA-VI-1  AL-AO-25-BA-VI    120 xa-ba-vi-ha-noi    th-hoa-ban   120 2025-12-02 08:30
        DL-AO-25-BA-VI-2  AL-AO-25-BA-VI     80 xa-ba-vi-ha-noi    mn-hoa-man    80 2025-12-02 14:00
        DL-AO-25-YEN-BAI  AL-AO-25-YEN-BAI  100 xa-yen-bai-ha-noi  th-may-trang 100 2025-12-04 08:30";
    hand_over(script, "quy.thu-kho", table);
}
