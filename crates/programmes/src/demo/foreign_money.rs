//! A foreign organisation's dollars: a purchase in dollars, overhead it agreed to, and a rest that lies there.

use minhbach_events::event::{ExpensePaid, Obtained, PurchaseMade};
use minhbach_events::words::{Consent, RejectionCode, Source};

use super::cast::HILL_FUND;
use super::script::Script;
use super::table::{decide, hand_over};
use super::winter::BLANKETS;
use super::words::{Gift, UNNAMED, draw, item, new_code, paper, reference, slug, title, vnd, whole};

pub fn tell(script: &mut Script) {
    script.at("2024-11-12 10:40", "quy.ke-toan");
    let on = script.today();
    let dollars = Gift {
        receipt: "RC-USD-01",
        fund: HILL_FUND,
        donor: Some("hill-friends"),
        source: Source::Fngo,
        item: "USD",
        units: 1_500,
        worth: Some((
            38_100_000,
            "Tỷ giá mua vào của ngân hàng trong ngày: 1 USD = 25.400 đồng",
        )),
        ..UNNAMED
    };
    script.write(dollars.on(on));
    script.at("2024-12-02 10:00", "quy.ke-toan");
    let on = script.today();
    let bought = |spends| PurchaseMade {
        purchase: new_code("PU-CHAN-USD"),
        spends,
        obtains: vec![Obtained {
            lot: new_code("LT-CHAN-USD"),
            item: item("chan-am"),
            quantity: whole(190),
            value_vnd: vnd(30_480_000),
            expires_on: None,
        }],
        supplier: Some(slug("xuong-may-suong-nui")),
        purchased_on: on,
        commitment: Some(paper("hoá đơn 190 chăn, trả bằng đô la Mỹ")),
    };
    // Two currencies in one bill could not be told apart again.
    let mixed = vec![draw("RC-USD-01", 1_000), draw("gop-mua-dong", 5_080_000)];
    script.refused(bought(mixed), RejectionCode::ItemMismatch);
    script.write(bought(vec![draw("RC-USD-01", 1_200)]));
    let table = "
        AL-CHAN-PHU-MAN     xa-phu-man-quoc-oai      LT-CHAN-USD=90
        AL-CHAN-TIEN-XUAN   xa-tien-xuan-thach-that  LT-CHAN-USD=100";
    decide(script, "2024-12-09 09:00", "quy.dieu-phoi", BLANKETS, table);
    let table = "
        DL-CHAN-PHU-MAN    AL-CHAN-PHU-MAN    90   xa-phu-man-quoc-oai      th-rung-xanh  90   2024-12-12 08:30
        DL-CHAN-TIEN-XUAN  AL-CHAN-TIEN-XUAN  100  xa-tien-xuan-thach-that  th-gio-nui    100  2024-12-13 08:30";
    hand_over(script, "quy.thu-kho", table);
    script.at("2025-01-10 10:00", "quy.ke-toan");
    let on = script.today();
    script.write(ExpensePaid {
        expense: new_code("EX-KIEM-DEM-USD"),
        lot: reference("RC-USD-01"),
        quantity: whole(100),
        paid_on: on,
        purpose: title(
            "Kiểm đếm, giám sát trao chăn theo thoả thuận với bên tặng",
            "Counting and follow-up of the blankets, as agreed with the donor",
        ),
        consent: Consent::Donor,
    });
}
