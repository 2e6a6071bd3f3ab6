//! August and September 2024: Mid-Autumn gifts, a transfer entered twice, and three children who must not be found.

use minhbach_events::event::ReceiptIssued;
use minhbach_events::words::{Channel, Display, RejectionCode, Source};

use super::cast::{CHILD_FUND, name};
use super::script::{Script, SmallGifts, allocation, delivery, gift, new_code, only, slug, vnd};

const CAMPAIGN: &str = "trung-thu-2024";
const POOL: &str = "gop-trung-thu";
const SPECIAL: Option<&str> = Some("special_circumstances");

pub fn tell(script: &mut Script, small_gifts: u32) {
    gifts(script, small_gifts);
    entered_twice(script);
    bags(script);
    money(script);
    small_group(script);
}

fn gifts(script: &mut Script, small_gifts: u32) {
    script.small_gifts(SmallGifts {
        fund: CHILD_FUND,
        pool: POOL,
        campaign: Some(CAMPAIGN),
        count: small_gifts,
        prefix: "RC-TRUNG-THU",
        named: 3,
        from: "2024-08-05 08:12",
        to: "2024-09-09 16:40",
    });
    script.at("2024-08-20 15:30", "quy.nhap-sao-ke");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-TRUNG-THU-TRANG-MOI"),
        donor: Some(slug("ct-trang-moi")),
        pool: Some(slug(POOL)),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        ..gift(CHILD_FUND, Source::SocialDomestic, "VND", 25_000_000, on)
    });
    script.at("2024-08-28 09:15", "quy.thu-kho");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-QUA-TRUNG-THU-01"),
        donor: Some(slug("htx-che-suong")),
        campaign: Some(slug(CAMPAIGN)),
        restriction: only(&[], &["huyen-ba-vi"]),
        display: Display::Named,
        channel: Channel::Goods,
        value_vnd: vnd(36_000_000),
        value_basis: Some(name("Hoá đơn mua hàng của bên tặng, 60.000 đồng một phần")),
        ..gift(CHILD_FUND, Source::SocialDomestic, "qua-trung-thu", 600, on)
    });
    // A collecting box at a festival evening: cash, nobody's name on it.
    script.at("2024-09-08 20:40", "quy.thu-quy");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-THUNG-QUYEN-GOP"),
        campaign: Some(slug(CAMPAIGN)),
        channel: Channel::Cash,
        ..gift(CHILD_FUND, Source::SocialDomestic, "VND", 6_350_000, on)
    });
    script.mark("collecting box");
}

/// A clerk enters a transfer by hand that the statement brought already, and takes it back the same day.
fn entered_twice(script: &mut Script) {
    script.at("2024-09-10 09:05", "quy.nhap-sao-ke");
    let on = script.today();
    let transfer = |receipt: &str| ReceiptIssued {
        receipt: new_code(receipt),
        donor: Some(slug("pk-nhan-hau")),
        pool: Some(slug(POOL)),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        ..gift(CHILD_FUND, Source::SocialDomestic, "VND", 2_000_000, on)
    };
    script.write(transfer("RC-TRUNG-THU-NHAN-HAU"));
    script.at("2024-09-10 10:20", "quy.ke-toan");
    script
        .write(transfer("RC-TRUNG-THU-GHI-HAI-LAN"))
        .mark("entered twice");
    script.at("2024-09-10 16:10", "quy.ke-toan");
    script.reverse(
        "entered twice",
        "Ghi trùng: khoản 2.000.000 đồng này đã có trong sổ từ sao kê, mã RC-TRUNG-THU-NHAN-HAU.",
        None,
    );
}

fn bags(script: &mut Script) {
    script.at("2024-09-11 08:30", "quy.dieu-phoi");
    let on = script.today();
    let draw = |units| [("RC-QUA-TRUNG-THU-01", units)];
    // The donor gave them for Ba Vì.
    script.refused(
        allocation(
            "AL-QUA-AN-PHU",
            "GFT",
            "xa-an-phu-my-duc",
            SPECIAL,
            "qua-trung-thu",
            &draw(100),
            on,
        ),
        RejectionCode::RestrictionViolated,
    );
    let scenes = [
        ("BA-VI", "xa-ba-vi-ba-vi", "th-hoa-ban", "th-hoa-ban.van-thu", 200),
        (
            "MINH-QUANG",
            "xa-minh-quang-ba-vi",
            "th-doi-thong",
            "th-doi-thong.van-thu",
            250,
        ),
        (
            "YEN-BAI",
            "xa-yen-bai-ba-vi",
            "tyt-nui-xanh",
            "tyt-nui-xanh.van-thu",
            120,
        ),
    ];
    for (place_code, place, _, _, units) in scenes {
        let group = Some("at_risk");
        script.write(allocation(
            &format!("AL-QUA-{place_code}"),
            "GFT",
            place,
            group,
            "qua-trung-thu",
            &draw(units),
            on,
        ));
    }
    for (hour, (place_code, place, receiver, post, units)) in
        ["08:10", "10:10", "14:10"].into_iter().zip(scenes)
    {
        script.at(&format!("2024-09-13 {hour}"), "quy.thu-kho");
        let on = script.today();
        let (of, made) = (format!("AL-QUA-{place_code}"), format!("DL-QUA-{place_code}"));
        script.deliver(delivery(&made, &of, units, place, receiver, units, on), post);
    }
    // 30 are left.
    script.at("2024-09-16 11:00", "quy.dieu-phoi");
    let on = script.today();
    script.refused(
        allocation(
            "AL-QUA-VAN-HOA",
            "GFT",
            "xa-van-hoa-ba-vi",
            SPECIAL,
            "qua-trung-thu",
            &draw(31),
            on,
        ),
        RejectionCode::InsufficientQuantity,
    );
}

fn money(script: &mut Script) {
    script.at("2024-09-11 10:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-TRUNG-THU-BA-VI",
        "GFT",
        "xa-ba-vi-ba-vi",
        SPECIAL,
        "VND",
        &[(POOL, 12_000_000)],
        on,
    ));
    script.write(allocation(
        "AL-TRUNG-THU-KHANH-THUONG",
        "GFT",
        "xa-khanh-thuong-ba-vi",
        SPECIAL,
        "VND",
        &[(POOL, 9_000_000)],
        on,
    ));
    // The box's money first, then the pool's.
    let draws = [("RC-THUNG-QUYEN-GOP", 6_350_000), (POOL, 1_650_000)];
    script.write(allocation(
        "AL-TRUNG-THU-YEN-TRUNG",
        "GFT",
        "xa-yen-trung-thach-that",
        SPECIAL,
        "VND",
        &draws,
        on,
    ));
    for (time, place_code, units, place, receiver, post, children) in [
        (
            "2024-09-12 08:20",
            "BA-VI",
            12_000_000,
            "xa-ba-vi-ba-vi",
            "th-hoa-ban",
            "th-hoa-ban.van-thu",
            60,
        ),
        (
            "2024-09-12 13:30",
            "KHANH-THUONG",
            9_000_000,
            "xa-khanh-thuong-ba-vi",
            "mn-hoa-man",
            "mn-hoa-man.van-thu",
            45,
        ),
        (
            "2024-09-14 08:20",
            "YEN-TRUNG",
            8_000_000,
            "xa-yen-trung-thach-that",
            "mn-choi-biec",
            "mn-choi-biec.van-thu",
            40,
        ),
    ] {
        script.at(time, "quy.ke-toan");
        let on = script.today();
        let (of, made) = (
            format!("AL-TRUNG-THU-{place_code}"),
            format!("DL-TRUNG-THU-{place_code}"),
        );
        script.deliver(delivery(&made, &of, units, place, receiver, children, on), post);
    }
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
    script.at("2024-09-12 15:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-TRUNG-THU-BA-EM",
        "GFT",
        "huyen-ba-vi",
        SPECIAL,
        "VND",
        &[(POOL, 1_500_000)],
        on,
    ));
    script.at("2024-09-16 08:30", "quy.ke-toan");
    let on = script.today();
    script.refused(
        delivery(
            "DL-TRUNG-THU-BA-EM",
            "AL-TRUNG-THU-BA-EM",
            1_500_000,
            "xa-van-hoa-ba-vi",
            "phong-ldtbxh-ba-vi",
            3,
            on,
        ),
        RejectionCode::SmallGroup,
    );
    script.later(1);
    script.deliver(
        delivery(
            "DL-TRUNG-THU-BA-EM",
            "AL-TRUNG-THU-BA-EM",
            1_500_000,
            "huyen-ba-vi",
            "phong-ldtbxh-ba-vi",
            3,
            on,
        ),
        "phong-ldtbxh.van-thu",
    );
}
