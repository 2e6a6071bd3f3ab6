//! Hải Phòng: eye surgery as a service, play sets for the 14 units, gifts on the islands, lunches and scholarships
//! through two reforms.

use minhbach_events::Amount;
use minhbach_events::event::{GoodsInspected, Obtained, PurchaseMade};
use minhbach_events::words::{Channel, RejectionCode, Source};

use super::cast::{HP, HP_FUND};
use super::script::Script;
use super::storm::PLAY_SETS;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED, draw, item, new_code, only, paper, reference, slug, vnd, whole};

const SURGERY: Aim<'_> = Aim {
    programme: HP,
    category: "HLT-SUR",
    group: Some("difficult_circumstances"),
    item: "ca-phau-thuat",
};
const MEALS: Aim<'_> = Aim {
    programme: HP,
    category: "NUT-MEAL",
    group: Some("preschool_primary"),
    item: "bua-trua",
};
const LUNCH_MONEY: Aim<'_> = Aim { item: "VND", ..MEALS };
const CHECKS: Aim<'_> = Aim {
    category: "HLT-CHK",
    item: "luot-kham-suc-khoe",
    ..MEALS
};
const GIFTS: Aim<'_> = Aim {
    category: "GFT",
    group: Some("poor_household"),
    item: "phan-qua-tham-hoi",
    ..MEALS
};
const SCHOLARSHIPS: Aim<'_> = Aim {
    category: "EDU-SCH",
    item: "VND",
    ..GIFTS
};
const GIFT: Gift<'_> = Gift {
    fund: HP_FUND,
    ..UNNAMED
};

pub fn tell(script: &mut Script) {
    surgery(script);
    play_sets(script);
    checks(script);
    island_gifts(script);
    lunches(script);
    scholarships(script);
}

/// A hospital gives 25 operations; a society pays for 12 more; 3 children of the 40 still wait.
fn surgery(script: &mut Script) {
    script.at("2024-10-02 09:00", "quy-hp.dieu-phoi");
    let on = script.today();
    let given = Gift {
        receipt: "RC-MO-MAT-01",
        donor: Some("bv-mat-cua-bien"),
        item: "ca-phau-thuat",
        units: 25,
        channel: Channel::Service,
        worth: Some((
            100_000_000,
            "Bảng giá của bệnh viện, 4.000.000 đồng một ca mổ mắt",
        )),
        ..GIFT
    };
    script.write(given.on(on));
    let table = "AL-MO-MAT-01 tp-hai-phong RC-MO-MAT-01=25 ND-MO-MAT-HP";
    decide(script, "2024-10-02 10:00", "quy-hp.dieu-phoi", SURGERY, table);
    let table = "
        DL-MO-MAT-1 AL-MO-MAT-01 15 tp-hai-phong so-ldtbxh-hai-phong 15 2024-10-18 13:30
        DL-MO-MAT-2 AL-MO-MAT-01 10 tp-hai-phong so-ldtbxh-hai-phong 10 2024-11-15 13:30";
    hand_over(script, "quy-hp.dieu-phoi", table);
    script.at("2025-04-14 10:00", "quy-hp.nhap-sao-ke");
    let on = script.today();
    let paid = Gift {
        receipt: "RC-MO-MAT-TIEN",
        donor: Some("hoi-nguoi-di-bien"),
        units: 48_000_000,
        ..GIFT
    };
    let mut paid = paid.on(on);
    paid.restriction = Some(only(&["HLT-SUR"], &[]));
    script.write(paid);
    script.at("2025-05-12 10:00", "quy-hp.ke-toan");
    let on = script.today();
    script.write(purchase(
        "PU-MO-MAT-02",
        ("RC-MO-MAT-TIEN", 48_000_000),
        ("LT-MO-MAT-02", "ca-phau-thuat", 12),
        "bv-mat-cua-bien",
        on,
    ));
    let table = "AL-MO-MAT-02 tp-hai-phong LT-MO-MAT-02=12 ND-MO-MAT-HP";
    decide(script, "2025-05-12 14:00", "quy-hp.dieu-phoi", SURGERY, table);
    let table = "DL-MO-MAT-3 AL-MO-MAT-02 12 tp-hai-phong so-y-te-hai-phong 12 2025-06-06 13:30";
    hand_over(script, "quy-hp.dieu-phoi", table);
}

/// Ten sets for ten of the fourteen units; two reach their communes after those were merged. Việt Hải still waits.
fn play_sets(script: &mut Script) {
    script.at("2024-10-10 10:00", "quy-hp.nhap-sao-ke");
    let on = script.today();
    let port = Gift {
        receipt: "RC-HP-CANG-01",
        donor: Some("ct-cang-dong-hai"),
        units: 242_000_000,
        ..GIFT
    };
    let mut port = port.on(on);
    port.restriction = Some(only(&["PLY-EQP"], &[]));
    script.write(port);
    script.at("2024-11-05 10:00", "quy-hp.ke-toan");
    let on = script.today();
    script.write(purchase(
        "PU-DO-CHOI-HP",
        ("RC-HP-CANG-01", 220_000_000),
        ("LT-DO-CHOI-HP", "bo-do-choi-ngoai-troi", 10),
        "xuong-go-thong",
        on,
    ));
    script.at("2024-11-07 09:00", "quy-hp.kiem-hang");
    let on = script.today();
    script.write(GoodsInspected {
        lot: reference("LT-DO-CHOI-HP"),
        inspected_on: on,
        accepted: whole(10).amount(),
        rejected: Amount::ZERO,
        reason: None,
    });
    let table = "
        AL-DO-CHOI-LAI-XUAN   xa-lai-xuan-thuy-nguyen  LT-DO-CHOI-HP=1
        AL-DO-CHOI-KY-SON     xa-ky-son-thuy-nguyen    LT-DO-CHOI-HP=1
        AL-DO-CHOI-AN-SON     xa-an-son-thuy-nguyen    LT-DO-CHOI-HP=1
        AL-DO-CHOI-LUU-KY     xa-luu-ky-thuy-nguyen    LT-DO-CHOI-HP=1
        AL-DO-CHOI-LUU-KIEM   xa-luu-kiem-thuy-nguyen  LT-DO-CHOI-HP=1
        AL-DO-CHOI-LIEN-KHE   xa-lien-khe-thuy-nguyen  LT-DO-CHOI-HP=1
        AL-DO-CHOI-MINH-TAN   xa-minh-tan-thuy-nguyen  LT-DO-CHOI-HP=1
        AL-DO-CHOI-TRAN-CHAU  xa-tran-chau-cat-hai     LT-DO-CHOI-HP=1
        AL-DO-CHOI-GIA-LUAN   xa-gia-luan-cat-hai      LT-DO-CHOI-HP=1
        AL-DO-CHOI-CAT-BA     thi-tran-cat-ba-cat-hai  LT-DO-CHOI-HP=1";
    decide(script, "2024-11-11 09:00", "quy-hp.dieu-phoi", PLAY_SETS, table);
    let table = "
        DL-DO-CHOI-LAI-XUAN   AL-DO-CHOI-LAI-XUAN   1 xa-lai-xuan-thuy-nguyen th-song-trong 0 2024-11-19 08:30
        DL-DO-CHOI-KY-SON     AL-DO-CHOI-KY-SON     1 xa-ky-son-thuy-nguyen   mn-hoa-gao    0 2024-11-19 14:00
        DL-DO-CHOI-AN-SON     AL-DO-CHOI-AN-SON     1 xa-an-son-thuy-nguyen   th-ben-xanh   0 2024-11-20 08:30
        DL-DO-CHOI-LUU-KIEM   AL-DO-CHOI-LUU-KIEM   1 xa-luu-kiem-thuy-nguyen mn-vang-anh   0 2024-11-21 08:30
        DL-DO-CHOI-LIEN-KHE   AL-DO-CHOI-LIEN-KHE   1 xa-lien-khe-thuy-nguyen th-canh-sen   0 2024-11-21 14:00
        DL-DO-CHOI-TRAN-CHAU  AL-DO-CHOI-TRAN-CHAU  1 xa-tran-chau-cat-hai    mn-ngoc-trai  0 2024-12-04 09:00
        DL-DO-CHOI-GIA-LUAN   AL-DO-CHOI-GIA-LUAN   1 xa-gia-luan-cat-hai     mn-san-ho     0 2024-12-04 14:00
        DL-DO-CHOI-CAT-BA     AL-DO-CHOI-CAT-BA     1 thi-tran-cat-ba-cat-hai th-bien-xanh  0 2024-12-05 08:30
        DL-DO-CHOI-LUU-KY     AL-DO-CHOI-LUU-KY     1 phuong-luu-kiem-thuy-nguyen th-nui-con 0 2025-01-08 08:30
        DL-DO-CHOI-MINH-TAN   AL-DO-CHOI-MINH-TAN   1 xa-bach-dang-thuy-nguyen th-da-trang  0 2025-01-09 08:30";
    hand_over(script, "quy-hp.thu-kho", table);
}

fn checks(script: &mut Script) {
    script.at("2024-11-12 09:00", "quy-hp.dieu-phoi");
    let on = script.today();
    let given = Gift {
        receipt: "RC-KHAM-HP-01",
        donor: Some("pk-nhan-hau"),
        item: "luot-kham-suc-khoe",
        units: 350,
        channel: Channel::Service,
        ..GIFT
    };
    script.write(given.on(on));
    let table = "
        AL-KHAM-AN-SON   xa-an-son-thuy-nguyen  RC-KHAM-HP-01=200
        AL-KHAM-KY-SON   xa-ky-son-thuy-nguyen  RC-KHAM-HP-01=150";
    decide(script, "2024-11-12 10:00", "quy-hp.dieu-phoi", CHECKS, table);
    let table = "
        DL-KHAM-AN-SON AL-KHAM-AN-SON 200 xa-an-son-thuy-nguyen th-ben-xanh 200 2024-11-26 13:00
        DL-KHAM-KY-SON AL-KHAM-KY-SON 150 xa-ky-son-thuy-nguyen mn-hoa-gao  150 2024-11-27 13:00";
    hand_over(script, "quy-hp.dieu-phoi", table);
}

fn island_gifts(script: &mut Script) {
    script.at("2025-01-13 09:00", "quy-hp.thu-kho");
    let on = script.today();
    let given = Gift {
        receipt: "RC-QUA-TET-CAT-HAI",
        donor: Some("ct-thuyen-buom"),
        item: "phan-qua-tham-hoi",
        units: 120,
        channel: Channel::Goods,
        worth: Some((30_000_000, "Hoá đơn của bên tặng, 250.000 đồng một phần")),
        ..GIFT
    };
    script.write(given.on(on));
    // Hải Phòng's plan does not reach into Hanoi.
    script.at("2025-01-14 08:30", "quy-hp.dieu-phoi");
    let on = script.today();
    let draws = [("RC-QUA-TET-CAT-HAI", 10)];
    script.refused(
        GIFTS.allocate("AL-QUA-TET-BA-VI", "xa-ba-vi-ba-vi", &draws, on),
        RejectionCode::OutOfScope,
    );
    let table = "
        AL-QUA-TET-XUAN-DAM   xa-xuan-dam-cat-hai   RC-QUA-TET-CAT-HAI=60
        AL-QUA-TET-TRAN-CHAU  xa-tran-chau-cat-hai  RC-QUA-TET-CAT-HAI=60";
    decide(script, "2025-01-14 09:00", "quy-hp.dieu-phoi", GIFTS, table);
    let table = "
        DL-QUA-TET-XUAN-DAM   AL-QUA-TET-XUAN-DAM   60 xa-xuan-dam-cat-hai  th-hai-au    60 2025-01-20 09:00
        DL-QUA-TET-TRAN-CHAU  AL-QUA-TET-TRAN-CHAU  60 xa-tran-chau-cat-hai mn-ngoc-trai 60 2025-01-20 14:00";
    hand_over(script, "quy-hp.thu-kho", table);
}

/// Meals are bought from a kitchen and served month by month; on 1 July the communes on the plates' way are merged.
fn lunches(script: &mut Script) {
    script.at("2025-02-20 10:00", "quy-hp.nhap-sao-ke");
    let on = script.today();
    let society = Gift {
        receipt: "RC-BUA-TRUA-DI-BIEN",
        campaign: Some("bua-trua-dao-2025"),
        donor: Some("hoi-nguoi-di-bien"),
        pool: Some("gop-bua-trua"),
        units: 50_000_000,
        ..GIFT
    };
    script.write(society.on(on));
    // Bound to gifts by its donor and to meals by its campaign, a gift could be used for nothing.
    let mut torn = Gift {
        receipt: "RC-BUA-TRUA-TRAI-DIEU-KIEN",
        ..society
    }
    .on(on);
    torn.restriction = Some(only(&["GFT"], &[]));
    script.refused(torn, RejectionCode::RestrictionConflict);
    script.at("2025-03-03 14:00", "quy-hp.ke-toan");
    let on = script.today();
    script.write(purchase(
        "PU-BUA-TRUA-01",
        ("gop-bua-trua", 30_000_000),
        ("LT-BUA-TRUA-01", "bua-trua", 2_000),
        "bep-an-hoa-sua",
        on,
    ));
    let table = "
        AL-BUA-TRUA-PHU-LONG   xa-phu-long-cat-hai      LT-BUA-TRUA-01=800
        AL-BUA-TRUA-LIEN-XUAN  xa-lien-xuan-thuy-nguyen LT-BUA-TRUA-01=1_200";
    decide(script, "2025-03-05 09:00", "quy-hp.dieu-phoi", MEALS, table);
    let table = "
        DL-BUA-TRUA-PHU-LONG-1  AL-BUA-TRUA-PHU-LONG  400 xa-phu-long-cat-hai       th-song-bien  20 2025-03-31 13:30
        DL-BUA-TRUA-LIEN-XUAN-1 AL-BUA-TRUA-LIEN-XUAN 600 xa-lien-xuan-thuy-nguyen  th-song-trong 30 2025-03-31 14:30
        DL-BUA-TRUA-PHU-LONG-2  AL-BUA-TRUA-PHU-LONG  400 dac-khu-cat-hai-hai-phong th-song-bien  20 2025-09-29 13:30
        DL-BUA-TRUA-LIEN-XUAN-2 AL-BUA-TRUA-LIEN-XUAN 350 xa-viet-khe-hai-phong     th-song-trong 18 2025-09-29 14:30
        DL-BUA-TRUA-LIEN-XUAN-3 AL-BUA-TRUA-LIEN-XUAN 250 phuong-luu-kiem-hai-phong th-canh-sen   12 2025-09-30 13:30";
    hand_over(script, "quy-hp.dieu-phoi", table);
    script.at("2025-09-15 08:30", "quy-hp.dieu-phoi");
    let on = script.today();
    let former = LUNCH_MONEY.allocate(
        "AL-BUA-TRUA-VIET-HAI",
        "xa-viet-hai-cat-hai",
        &[("gop-bua-trua", 5_000_000)],
        on,
    );
    script.refused(former, RejectionCode::OutOfScope);
    let table = "
        AL-BUA-TRUA-CAT-HAI dac-khu-cat-hai-hai-phong gop-bua-trua=25_000_000 ND-BUA-TRUA-CAT-HAI";
    decide(script, "2025-09-15 09:00", "quy-hp.dieu-phoi", LUNCH_MONEY, table);
    let table = "
        DL-BUA-TRUA-CAT-HAI-1 AL-BUA-TRUA-CAT-HAI 15_000_000 dac-khu-cat-hai-hai-phong th-vuon-rung 40 2025-09-30 09:00
        DL-BUA-TRUA-CAT-HAI-2 AL-BUA-TRUA-CAT-HAI 10_000_000 dac-khu-cat-hai-hai-phong mn-san-ho    30 2025-10-31 09:00";
    hand_over(script, "quy-hp.ke-toan", table);
}

/// The national fund gives scholarships with the city.
fn scholarships(script: &mut Script) {
    script.at("2025-08-18 10:00", "quy-hp.ke-toan");
    let on = script.today();
    let given = Gift {
        receipt: "RC-HOC-BONG-TRUNG-UONG",
        donor: Some("quy-tre-em-trung-uong"),
        source: Source::ChildFund,
        units: 40_000_000,
        ..GIFT
    };
    script.write(given.on(on));
    let table = "
        AL-HOC-BONG-CAT-HAI   dac-khu-cat-hai-hai-phong RC-HOC-BONG-TRUNG-UONG=24_000_000
        AL-HOC-BONG-VIET-KHE  xa-viet-khe-hai-phong     RC-HOC-BONG-TRUNG-UONG=16_000_000";
    decide(
        script,
        "2025-08-28 09:00",
        "quy-hp.dieu-phoi",
        SCHOLARSHIPS,
        table,
    );
    let table = "
        DL-HOC-BONG-CAT-HAI   AL-HOC-BONG-CAT-HAI   24_000_000 dac-khu-cat-hai-hai-phong th-bien-xanh 48 2025-09-05 10:00
        DL-HOC-BONG-VIET-KHE  AL-HOC-BONG-VIET-KHE  16_000_000 xa-viet-khe-hai-phong     th-ben-xanh  32 2025-09-05 14:00";
    hand_over(script, "quy-hp.ke-toan", table);
}

/// All of a sum for one kind of goods or service.
fn purchase(
    made: &str,
    (from, dong): (&str, u64),
    (lot, of, units): (&str, &str, u64),
    supplier: &str,
    on: minhbach_events::Date,
) -> PurchaseMade {
    PurchaseMade {
        purchase: new_code(made),
        spends: vec![draw(from, dong)],
        obtains: vec![Obtained {
            lot: new_code(lot),
            item: item(of),
            quantity: whole(units),
            value_vnd: vnd(dong),
            expires_on: None,
        }],
        supplier: Some(slug(supplier)),
        purchased_on: on,
        commitment: Some(paper(made)),
    }
}
