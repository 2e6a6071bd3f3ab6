//! October 2024 to March 2025: coats, milk past its date, a gift after the closing day; then play sets and health checks.

use minhbach_events::event::{CampaignClosed, DonationPledged, ReceiptIssued};
use minhbach_events::words::{Channel, Condition, Display, RejectionCode, Source};

use super::cast::{CHILD_FUND, HILL_FUND, name};
use super::script::{
    Script, SmallGifts, allocation, code, confirmed, day, delivery, disputed, gift, item, new_code, prose,
    slug, vnd, whole,
};

const CAMPAIGN: &str = "mua-dong-am-2024";
const POOL: &str = "gop-mua-dong";
const PUPILS: Option<&str> = Some("preschool_primary");
const SPECIAL: Option<&str> = Some("special_circumstances");

pub fn tell(script: &mut Script, small_gifts: u32) {
    promises(script);
    gifts(script, small_gifts);
    coats(script);
    milk(script);
    meals(script);
    blankets(script);
    after_the_closing_day(script);
    spring(script);
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
        campaign: Some(slug(CAMPAIGN)),
        restriction: None,
        display: Display::Named,
    };
    script.write(pledge(
        "DN-AO-AM-01",
        "ct-may-binh-minh",
        Source::SocialDomestic,
        "ao-am",
        1_000,
    ));
    script.write(pledge(
        "DN-CHAN-AM-01",
        "hill-friends",
        Source::Fngo,
        "chan-am",
        200,
    ));
}

/// Goods of an organisation for the campaign.
fn goods(
    receipt: &str,
    donor: &str,
    source: Source,
    item_name: &str,
    units: u64,
    script: &Script,
) -> ReceiptIssued {
    ReceiptIssued {
        receipt: new_code(receipt),
        donor: Some(slug(donor)),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        channel: Channel::Goods,
        ..gift(HILL_FUND, source, item_name, units, script.today())
    }
}

fn gifts(script: &mut Script, small_gifts: u32) {
    script.small_gifts(SmallGifts {
        fund: HILL_FUND,
        pool: POOL,
        campaign: Some(CAMPAIGN),
        count: small_gifts,
        prefix: "RC-MUA-DONG",
        named: 1,
        from: "2024-10-07 08:15",
        to: "2024-12-09 16:30",
    });
    script.at("2024-11-05 14:30", "quy.nhap-sao-ke");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-MUA-DONG-CHE-SUONG"),
        donor: Some(slug("htx-che-suong")),
        pool: Some(slug(POOL)),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        ..gift(HILL_FUND, Source::SocialDomestic, "VND", 45_000_000, on)
    });
    script.at("2024-11-12 10:40", "quy.ke-toan");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-USD-01"),
        donor: Some(slug("hill-friends")),
        display: Display::Named,
        value_vnd: vnd(38_100_000),
        value_basis: Some(name(
            "Tỷ giá mua vào của ngân hàng trong ngày: 1 USD = 25.400 đồng",
        )),
        ..gift(HILL_FUND, Source::Fngo, "USD", 1_500, on)
    });
}

fn coats(script: &mut Script) {
    script.at("2024-10-28 08:40", "quy.thu-kho");
    let receipt = ReceiptIssued {
        donation: Some(code("DN-AO-AM-01")),
        value_vnd: vnd(132_000_000),
        value_basis: Some(name("Giá xuất xưởng của bên tặng, 220.000 đồng một áo")),
        ..goods(
            "RC-AO-AM-01",
            "ct-may-binh-minh",
            Source::SocialDomestic,
            "ao-am",
            600,
            script,
        )
    };
    script.write(receipt);
    script.at("2024-11-15 08:40", "quy.thu-kho");
    let receipt = ReceiptIssued {
        donation: Some(code("DN-AO-AM-01")),
        ..goods(
            "RC-AO-AM-02",
            "ct-may-binh-minh",
            Source::SocialDomestic,
            "ao-am",
            300,
            script,
        )
    };
    script.write(receipt);

    for (decided, place_code, place, lot, units) in [
        (
            "2024-11-04 09:00",
            "AN-PHU",
            "xa-an-phu-my-duc",
            "RC-AO-AM-01",
            200,
        ),
        (
            "2024-11-04 09:10",
            "KHANH-THUONG",
            "xa-khanh-thuong-ba-vi",
            "RC-AO-AM-01",
            180,
        ),
        (
            "2024-11-04 09:20",
            "MINH-QUANG",
            "xa-minh-quang-ba-vi",
            "RC-AO-AM-01",
            220,
        ),
        (
            "2024-11-20 09:00",
            "YEN-BAI",
            "xa-yen-bai-ba-vi",
            "RC-AO-AM-02",
            150,
        ),
        ("2024-11-20 09:10", "BA-VI", "xa-ba-vi-ba-vi", "RC-AO-AM-02", 120),
    ] {
        script.at(decided, "quy.dieu-phoi");
        let on = script.today();
        let made = format!("AL-AO-{place_code}");
        script.write(allocation(
            &made,
            "CLO-WRM",
            place,
            SPECIAL,
            "ao-am",
            &[(lot, units)],
            on,
        ));
    }
    for (time, number, place_code, place, receiver, post, units) in [
        (
            "2024-11-08 08:20",
            "",
            "AN-PHU",
            "xa-an-phu-my-duc",
            "th-suoi-trong",
            "th-suoi-trong.van-thu",
            200,
        ),
        (
            "2024-11-11 08:20",
            "",
            "KHANH-THUONG",
            "xa-khanh-thuong-ba-vi",
            "mn-hoa-man",
            "mn-hoa-man.van-thu",
            180,
        ),
        (
            "2024-11-12 08:20",
            "-1",
            "MINH-QUANG",
            "xa-minh-quang-ba-vi",
            "th-doi-thong",
            "th-doi-thong.van-thu",
            120,
        ),
        (
            "2024-11-25 08:20",
            "",
            "YEN-BAI",
            "xa-yen-bai-ba-vi",
            "tyt-nui-xanh",
            "tyt-nui-xanh.van-thu",
            150,
        ),
        (
            "2024-11-26 08:20",
            "",
            "BA-VI",
            "xa-ba-vi-ba-vi",
            "th-hoa-ban",
            "th-hoa-ban.van-thu",
            120,
        ),
    ] {
        script.at(time, "quy.thu-kho");
        let on = script.today();
        let (of, made) = (
            format!("AL-AO-{place_code}"),
            format!("DL-AO-{place_code}{number}"),
        );
        script.deliver(delivery(&made, &of, units, place, receiver, units, on), post);
    }
    script.at("2024-11-14 08:20", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        "DL-AO-MINH-QUANG-2",
        "AL-AO-MINH-QUANG",
        100,
        "xa-minh-quang-ba-vi",
        "th-doi-thong",
        100,
        on,
    ));
    script.later(5).by_post("th-doi-thong.van-thu");
    let mut answer = confirmed("DL-AO-MINH-QUANG-2", "th-doi-thong", on);
    answer.accepted = whole(96).amount();
    answer.condition = Condition::Damaged;
    script.write(answer);
}

fn milk(script: &mut Script) {
    script.at("2024-10-21 09:00", "quy.thu-kho");
    let receipt = ReceiptIssued {
        value_vnd: vnd(35_000_000),
        value_basis: Some(name("Giá bán buôn của bên tặng, 7.000 đồng một hộp")),
        expires_on: Some(day("2024-12-01")),
        ..goods(
            "RC-SUA-01",
            "ct-sua-dong-co",
            Source::SocialDomestic,
            "sua-tuoi-180ml",
            5_000,
            script,
        )
    };
    script.write(receipt);
    let draw = |units| [("RC-SUA-01", units)];
    script.at("2024-10-24 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-SUA-KHANH-THUONG",
        "NUT-MEAL",
        "xa-khanh-thuong-ba-vi",
        PUPILS,
        "sua-tuoi-180ml",
        &draw(3_000),
        on,
    ));
    script.at("2024-10-30 07:40", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-SUA-KHANH-THUONG",
            "AL-SUA-KHANH-THUONG",
            3_000,
            "xa-khanh-thuong-ba-vi",
            "mn-hoa-man",
            150,
            on,
        ),
        "mn-hoa-man.van-thu",
    );

    script.at("2024-11-22 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-SUA-YEN-TRUNG",
        "NUT-MEAL",
        "xa-yen-trung-thach-that",
        PUPILS,
        "sua-tuoi-180ml",
        &draw(2_000),
        on,
    ));
    // Handed over two days after its date. It happened, so it gets into the books, with the reason and for all to see.
    script.at("2024-12-03 15:20", "quy.thu-kho");
    let on = script.today();
    let mut late = delivery(
        "DL-SUA-YEN-TRUNG",
        "AL-SUA-YEN-TRUNG",
        2_000,
        "xa-yen-trung-thach-that",
        "mn-choi-biec",
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
}

fn meals(script: &mut Script) {
    script.at("2024-11-25 10:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-BUA-AN-YEN-TRUNG",
        "NUT-MEAL",
        "xa-yen-trung-thach-that",
        PUPILS,
        "VND",
        &[(POOL, 18_000_000)],
        on,
    ));
    script.write(allocation(
        "AL-BUA-AN-KHANH-THUONG",
        "NUT-MEAL",
        "xa-khanh-thuong-ba-vi",
        PUPILS,
        "VND",
        &[(POOL, 22_000_000)],
        on,
    ));
    for (time, made, of, units, place, receiver, post, children) in [
        (
            "2024-11-29 09:00",
            "DL-BUA-AN-YEN-TRUNG-1",
            "AL-BUA-AN-YEN-TRUNG",
            9_000_000,
            "xa-yen-trung-thach-that",
            "mn-choi-biec",
            "mn-choi-biec.van-thu",
            100,
        ),
        (
            "2024-11-29 14:00",
            "DL-BUA-AN-KHANH-THUONG",
            "AL-BUA-AN-KHANH-THUONG",
            22_000_000,
            "xa-khanh-thuong-ba-vi",
            "mn-hoa-man",
            "mn-hoa-man.van-thu",
            150,
        ),
        (
            "2024-12-27 09:00",
            "DL-BUA-AN-YEN-TRUNG-2",
            "AL-BUA-AN-YEN-TRUNG",
            9_000_000,
            "xa-yen-trung-thach-that",
            "mn-choi-biec",
            "mn-choi-biec.van-thu",
            100,
        ),
    ] {
        script.at(time, "quy.ke-toan");
        let on = script.today();
        script.deliver(delivery(made, of, units, place, receiver, children, on), post);
    }
}

fn blankets(script: &mut Script) {
    script.at("2024-11-18 09:20", "quy.thu-kho");
    let receipt = ReceiptIssued {
        donation: Some(code("DN-CHAN-AM-01")),
        value_vnd: vnd(30_000_000),
        value_basis: Some(name("Tờ khai của bên tặng, 150.000 đồng một chiếc")),
        ..goods(
            "RC-CHAN-AM-01",
            "hill-friends",
            Source::Fngo,
            "chan-am",
            200,
            script,
        )
    };
    script.write(receipt);
    script.at("2024-12-05 09:00", "quy.dieu-phoi");
    let on = script.today();
    let draw = [("RC-CHAN-AM-01", 100)];
    script.write(allocation(
        "AL-CHAN-DONG-XUAN",
        "CLO-WRM",
        "xa-dong-xuan-quoc-oai",
        Some("at_risk"),
        "chan-am",
        &draw,
        on,
    ));
    script.write(allocation(
        "AL-CHAN-TRAN-PHU",
        "CLO-WRM",
        "xa-tran-phu-chuong-my",
        Some("at_risk"),
        "chan-am",
        &draw,
        on,
    ));
    script.at("2024-12-09 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CHAN-DONG-XUAN",
            "AL-CHAN-DONG-XUAN",
            100,
            "xa-dong-xuan-quoc-oai",
            "th-dong-xanh",
            100,
            on,
        ),
        "th-dong-xanh.van-thu",
    );
    script.at("2024-12-10 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CHAN-TRAN-PHU",
            "AL-CHAN-TRAN-PHU",
            100,
            "xa-tran-phu-chuong-my",
            "th-lua-moi",
            100,
            on,
        ),
        "th-lua-moi.van-thu",
    );
}

/// The campaign ends ten days early; two days later a lorry brings coats all the same.
fn after_the_closing_day(script: &mut Script) {
    script.at("2024-12-10 17:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(CampaignClosed {
        campaign: slug(CAMPAIGN),
        on,
    });
    script.at("2024-12-12 10:10", "quy.thu-kho");
    let mut late = ReceiptIssued {
        donation: Some(code("DN-AO-AM-01")),
        ..goods(
            "RC-AO-AM-MUON",
            "ct-may-binh-minh",
            Source::SocialDomestic,
            "ao-am",
            60,
            script,
        )
    };
    script.refused(late.clone(), RejectionCode::Closed);
    late.despite = Some(vec![RejectionCode::Closed]);
    late.reason = Some(prose(
        "Xe giao áo đến kho sau ngày đóng đợt vận động; bên tặng vẫn muốn trao.",
    ));
    script.write(late);

    script.at("2025-01-06 09:00", "quy.dieu-phoi");
    let on = script.today();
    let draws = [("RC-AO-AM-02", 30), ("RC-AO-AM-MUON", 60)];
    script.write(allocation(
        "AL-AO-DONG-XUAN",
        "CLO-WRM",
        "xa-dong-xuan-quoc-oai",
        SPECIAL,
        "ao-am",
        &draws,
        on,
    ));
    for (time, made, units) in [
        ("2025-01-09 08:30", "DL-AO-DONG-XUAN-1", 50),
        ("2025-01-16 08:30", "DL-AO-DONG-XUAN-2", 40),
    ] {
        script.at(time, "quy.thu-kho");
        let on = script.today();
        script.deliver(
            delivery(
                made,
                "AL-AO-DONG-XUAN",
                units,
                "xa-dong-xuan-quoc-oai",
                "th-dong-xanh",
                units,
                on,
            ),
            "th-dong-xanh.van-thu",
        );
    }
}

fn spring(script: &mut Script) {
    script.at("2025-02-18 09:00", "quy.thu-kho");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-DO-CHOI-01"),
        donor: Some(slug("xuong-go-thong")),
        display: Display::Named,
        channel: Channel::Goods,
        value_vnd: vnd(44_000_000),
        value_basis: Some(name("Báo giá của bên tặng, 22.000.000 đồng một bộ")),
        ..gift(CHILD_FUND, Source::SocialDomestic, "bo-do-choi-ngoai-troi", 2, on)
    });
    script.at("2025-02-20 09:00", "quy.dieu-phoi");
    let on = script.today();
    let draw = [("RC-DO-CHOI-01", 1)];
    script.write(allocation(
        "AL-DO-CHOI-TRAN-PHU",
        "PLY-EQP",
        "xa-tran-phu-chuong-my",
        None,
        "bo-do-choi-ngoai-troi",
        &draw,
        on,
    ));
    script.write(allocation(
        "AL-DO-CHOI-YEN-TRUNG",
        "PLY-EQP",
        "xa-yen-trung-thach-that",
        None,
        "bo-do-choi-ngoai-troi",
        &draw,
        on,
    ));
    // For a school, not for counted children.
    script.at("2025-02-26 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-DO-CHOI-TRAN-PHU",
            "AL-DO-CHOI-TRAN-PHU",
            1,
            "xa-tran-phu-chuong-my",
            "th-lua-moi",
            0,
            on,
        ),
        "th-lua-moi.van-thu",
    );
    script.at("2025-02-27 08:30", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-DO-CHOI-YEN-TRUNG",
            "AL-DO-CHOI-YEN-TRUNG",
            1,
            "xa-yen-trung-thach-that",
            "mn-choi-biec",
            0,
            on,
        ),
        "mn-choi-biec.van-thu",
    );

    script.at("2025-03-12 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-KHAM-01"),
        donor: Some(slug("pk-nhan-hau")),
        display: Display::Named,
        channel: Channel::Service,
        value_vnd: vnd(45_000_000),
        value_basis: Some(name("Bảng giá của phòng khám, 150.000 đồng một lượt")),
        ..gift(CHILD_FUND, Source::SocialDomestic, "luot-kham-suc-khoe", 300, on)
    });
    script.write(allocation(
        "AL-KHAM-YEN-BAI",
        "HLT-CHK",
        "xa-yen-bai-ba-vi",
        None,
        "luot-kham-suc-khoe",
        &[("RC-KHAM-01", 300)],
        on,
    ));
    script.at("2025-03-20 17:00", "quy.dieu-phoi");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-KHAM-YEN-BAI",
            "AL-KHAM-YEN-BAI",
            280,
            "xa-yen-bai-ba-vi",
            "tyt-nui-xanh",
            280,
            on,
        ),
        "tyt-nui-xanh.van-thu",
    );
}
