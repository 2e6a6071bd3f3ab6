//! Spring 2025 in Hanoi: play sets for schools, a health check as a service.

use minhbach_events::words::Channel;

use super::cast::{CHILD_FUND, HN};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED};

const PLAY_SETS: Aim<'_> = Aim {
    programme: HN,
    category: "PLY-EQP",
    group: None,
    item: "bo-do-choi-ngoai-troi",
};
const CHECKS: Aim<'_> = Aim {
    category: "HLT-CHK",
    item: "luot-kham-suc-khoe",
    ..PLAY_SETS
};

pub fn tell(script: &mut Script) {
    script.at("2025-02-18 09:00", "quy.thu-kho");
    let on = script.today();
    let sets = Gift {
        receipt: "RC-DO-CHOI-01",
        fund: CHILD_FUND,
        donor: Some("xuong-go-thong"),
        item: "bo-do-choi-ngoai-troi",
        units: 2,
        channel: Channel::Goods,
        worth: Some((44_000_000, "Báo giá của bên tặng, 22.000.000 đồng một bộ")),
        ..UNNAMED
    };
    script.write(sets.on(on));
    let table = "
        AL-DO-CHOI-TRAN-PHU   xa-tran-phu-chuong-my    RC-DO-CHOI-01=1
        AL-DO-CHOI-YEN-TRUNG  xa-yen-trung-thach-that  RC-DO-CHOI-01=1";
    decide(script, "2025-02-20 09:00", "quy.dieu-phoi", PLAY_SETS, table);
    // For a school, not for counted children.
    let table = "
        DL-DO-CHOI-TRAN-PHU   AL-DO-CHOI-TRAN-PHU   1  xa-tran-phu-chuong-my    th-lua-moi    0  2025-02-26 08:30
        DL-DO-CHOI-YEN-TRUNG  AL-DO-CHOI-YEN-TRUNG  1  xa-yen-trung-thach-that  mn-choi-biec  0  2025-02-27 08:30";
    hand_over(script, "quy.thu-kho", table);

    script.at("2025-03-12 09:00", "quy.dieu-phoi");
    let on = script.today();
    let checks = Gift {
        receipt: "RC-KHAM-01",
        donor: Some("pk-nhan-hau"),
        item: "luot-kham-suc-khoe",
        units: 300,
        channel: Channel::Service,
        worth: Some((45_000_000, "Bảng giá của phòng khám, 150.000 đồng một lượt")),
        ..sets
    };
    script.write(checks.on(on));
    let table = "AL-KHAM-YEN-BAI xa-yen-bai-ba-vi RC-KHAM-01=300 ND-KHAM-YEN-BAI";
    decide(script, "2025-03-12 10:00", "quy.dieu-phoi", CHECKS, table);
    let table = "DL-KHAM-YEN-BAI AL-KHAM-YEN-BAI 280 xa-yen-bai-ba-vi tyt-nui-xanh 280 2025-03-20 14:30";
    hand_over(script, "quy.dieu-phoi", table);
}
