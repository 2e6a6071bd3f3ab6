//! After storm Yagi: gifts for families on the coast, and money left over whose purpose changes with consent.

use minhbach_events::event::{Obtained, PurchaseMade, PurposeChanged};
use minhbach_events::words::{Consent, RejectionCode};

use super::cast::{HP, HP_FUND};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{
    Aim, Gift, UNNAMED, draw, item, new_code, only, paper, prose, reference, slug, vnd, whole,
};

const POOL: &str = "gop-sau-bao";
const GIFTS: Aim<'_> = Aim {
    programme: HP,
    category: "GFT",
    group: Some("difficult_circumstances"),
    item: "phan-qua-tham-hoi",
};
/// Play sets for Hải Phòng's play points.
pub const PLAY_SETS: Aim<'_> = Aim {
    programme: HP,
    category: "PLY-EQP",
    group: None,
    item: "bo-do-choi-ngoai-troi",
};

pub fn tell(script: &mut Script) {
    relief(script);
    left_over(script);
}

fn relief(script: &mut Script) {
    let gift = Gift {
        fund: HP_FUND,
        campaign: Some("khac-phuc-bao-2024"),
        ..UNNAMED
    };
    script.at("2024-09-12 09:30", "quy-hp.nhap-sao-ke");
    let on = script.today();
    let port = Gift {
        receipt: "RC-SAU-BAO-CANG",
        donor: Some("ct-cang-dong-hai"),
        pool: Some(POOL),
        units: 60_000_000,
        ..gift
    };
    script.write(port.on(on));
    let boats = Gift {
        receipt: "RC-SAU-BAO-THUYEN-BUOM",
        donor: Some("ct-thuyen-buom"),
        units: 40_000_000,
        ..gift
    };
    script.write(boats.on(on));
    script.at("2024-09-20 10:00", "quy-hp.ke-toan");
    let on = script.today();
    script.write(PurchaseMade {
        purchase: new_code("PU-QUA-SAU-BAO"),
        spends: vec![draw(POOL, 45_000_000)],
        obtains: vec![Obtained {
            lot: new_code("LT-QUA-SAU-BAO"),
            item: item("phan-qua-tham-hoi"),
            quantity: whole(300),
            value_vnd: vnd(45_000_000),
            expires_on: None,
        }],
        supplier: Some(slug("ch-tap-hoa-ben-cang")),
        purchased_on: on,
        commitment: Some(paper("hoá đơn 300 phần quà")),
    });
    let table = "
        AL-QUA-PHU-LONG  xa-phu-long-cat-hai      LT-QUA-SAU-BAO=80
        AL-QUA-VIET-HAI  xa-viet-hai-cat-hai      LT-QUA-SAU-BAO=40
        AL-QUA-GIA-LUAN  xa-gia-luan-cat-hai      LT-QUA-SAU-BAO=60
        AL-QUA-CAT-BA    thi-tran-cat-ba-cat-hai  LT-QUA-SAU-BAO=100";
    decide(script, "2024-09-23 09:00", "quy-hp.dieu-phoi", GIFTS, table);
    let table = "
        DL-QUA-PHU-LONG  AL-QUA-PHU-LONG  80   xa-phu-long-cat-hai      th-song-bien  80   2024-09-25 09:00
        DL-QUA-VIET-HAI  AL-QUA-VIET-HAI  40   xa-viet-hai-cat-hai      th-vuon-rung  40   2024-09-26 10:00
        DL-QUA-GIA-LUAN  AL-QUA-GIA-LUAN  60   xa-gia-luan-cat-hai      mn-san-ho     60   2024-09-25 14:00
        DL-QUA-CAT-BA    AL-QUA-CAT-BA    100  thi-tran-cat-ba-cat-hai  th-bien-xanh  100  2024-09-27 08:30";
    hand_over(script, "quy-hp.thu-kho", table);
    let money = Aim { item: "VND", ..GIFTS };
    let table = "AL-SAU-BAO-MINH-TAN xa-minh-tan-thuy-nguyen gop-sau-bao=15_000_000";
    decide(script, "2024-10-15 09:00", "quy-hp.dieu-phoi", money, table);
    let table = "DL-SAU-BAO-MINH-TAN AL-SAU-BAO-MINH-TAN 15_000_000 xa-minh-tan-thuy-nguyen th-da-trang 50 2024-10-18 09:00";
    hand_over(script, "quy-hp.ke-toan", table);
}

/// Money lay idle from October to March; nobody may use it otherwise without asking.
fn left_over(script: &mut Script) {
    let sets = |made: &str, lot: &str, count: u64, spends, on| PurchaseMade {
        purchase: new_code(made),
        spends,
        obtains: vec![Obtained {
            lot: new_code(lot),
            item: item("bo-do-choi-ngoai-troi"),
            quantity: whole(count),
            value_vnd: vnd(22_000_000 * count),
            expires_on: None,
        }],
        supplier: Some(slug("xuong-go-thong")),
        purchased_on: on,
        commitment: Some(paper("hoá đơn bộ đồ chơi")),
    };
    script.at("2025-02-18 10:00", "quy-hp.ke-toan");
    let on = script.today();
    let unasked = sets(
        "PU-DO-CHOI-KHONG-HOI",
        "LT-DO-CHOI-KHONG-HOI",
        1,
        vec![draw(POOL, 22_000_000)],
        on,
    );
    script.refused(unasked, RejectionCode::RestrictionViolated);

    script.at("2025-03-03 09:00", "quy-hp.dieu-phoi");
    let on = script.today();
    script.write(PurposeChanged {
        lot: reference("RC-SAU-BAO-THUYEN-BUOM"),
        restriction: only(&["PLY-EQP"], &[]),
        consent: Consent::Donor,
        consented_on: on,
        reason: prose("Bên tặng đồng ý bằng văn bản: dùng cho điểm vui chơi của các xã bị bão."),
    });
    script.write(PurposeChanged {
        lot: reference(POOL),
        restriction: only(&["PLY-EQP"], &["tp-hai-phong"]),
        consent: Consent::PublishedRule,
        consented_on: on,
        reason: prose(
            "Quy chế công bố khi mở đợt: tiền còn lại sau 31/12/2024 dùng sửa sang trường, điểm vui chơi của trẻ em.",
        ),
    });
    script.at("2025-03-10 10:00", "quy-hp.ke-toan");
    let on = script.today();
    let asked = sets(
        "PU-DO-CHOI-SAU-BAO",
        "LT-DO-CHOI-SAU-BAO",
        3,
        vec![draw("RC-SAU-BAO-THUYEN-BUOM", 40_000_000), draw(POOL, 26_000_000)],
        on,
    );
    script.write(asked);
    let table = "
        AL-DO-CHOI-PHU-LONG  xa-phu-long-cat-hai  LT-DO-CHOI-SAU-BAO=1  ND-DO-CHOI-PHU-LONG
        AL-DO-CHOI-XUAN-DAM  xa-xuan-dam-cat-hai  LT-DO-CHOI-SAU-BAO=1
        AL-DO-CHOI-HIEN-HAO  xa-hien-hao-cat-hai  LT-DO-CHOI-SAU-BAO=1";
    decide(script, "2025-03-14 09:00", "quy-hp.dieu-phoi", PLAY_SETS, table);
    let table = "
        DL-DO-CHOI-PHU-LONG  AL-DO-CHOI-PHU-LONG  1  xa-phu-long-cat-hai  th-song-bien  0  2025-03-20 09:00
        DL-DO-CHOI-XUAN-DAM  AL-DO-CHOI-XUAN-DAM  1  xa-xuan-dam-cat-hai  th-hai-au     0  2025-03-21 09:00
        DL-DO-CHOI-HIEN-HAO  AL-DO-CHOI-HIEN-HAO  1  xa-hien-hao-cat-hai  th-gio-bien   0  2025-03-21 14:00";
    hand_over(script, "quy-hp.thu-kho", table);
}
