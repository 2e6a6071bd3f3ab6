//! What is lacking, as the districts assess it: met, revised, withdrawn, entered twice, and unmet to the end.

use minhbach_events::event::{Children, NeedAssessed, NeedClosed, NeedRevised, Priority};
use minhbach_events::words::{NeedOutcome, RejectionCode};

use super::script::Script;
use super::words::{code, day, item, label, new_code, prose, slug, whole};

/// Code, plan, category, place, group (`-` for none), item, how many, for how many children, priority, day, by whom.
const NEEDS: &str = "
    ND-AO-BA-VI        hn-204-2019 CLO-WRM xa-ba-vi-ba-vi          special_circumstances ao-am 420 420 1 2024-10-14 phong-ldtbxh-ba-vi
    ND-AO-KHANH-THUONG hn-204-2019 CLO-WRM xa-khanh-thuong-ba-vi   special_circumstances ao-am 260 260 1 2024-10-14 phong-ldtbxh-ba-vi
    ND-AO-YEN-BAI      hn-204-2019 CLO-WRM xa-yen-bai-ba-vi        special_circumstances ao-am 150 150 2 2024-10-14 phong-ldtbxh-ba-vi
    ND-AO-YEN-BAI-2    hn-204-2019 CLO-WRM xa-yen-bai-ba-vi        special_circumstances ao-am 150 150 2 2024-10-15 phong-ldtbxh-ba-vi
    ND-AO-AN-PHU       hn-204-2019 CLO-WRM xa-an-phu-my-duc        special_circumstances ao-am 200 200 1 2024-10-15 phong-ldtbxh-my-duc
    ND-AO-VAN-HOA      hn-204-2019 CLO-WRM xa-van-hoa-ba-vi        special_circumstances ao-am 180 180 3 2024-10-16 phong-ldtbxh-ba-vi
    ND-CHAN-TIEN-XUAN  hn-204-2019 CLO-WRM xa-tien-xuan-thach-that at_risk chan-am 80 80 3 2024-10-16 so-ldtbxh
    ND-SUA-YEN-TRUNG   hn-204-2019 NUT-MEAL xa-yen-trung-thach-that preschool_primary sua-tuoi-180ml 4000 200 2 2024-10-17 so-ldtbxh
    ND-KHAM-YEN-BAI    hn-204-2019 HLT-CHK xa-yen-bai-ba-vi        - luot-kham-suc-khoe 280 280 2 2025-02-24 phong-ldtbxh-ba-vi
    ND-TRO-GIUP-BA-EM  hn-204-2019 SPN     huyen-ba-vi             special_circumstances VND 6_000_000 3 1 2024-09-04 phong-ldtbxh-ba-vi
    ND-MO-MAT-HP       hp-256-2019 HLT-SUR tp-hai-phong            difficult_circumstances ca-phau-thuat 40 40 1 2024-09-23 so-ldtbxh-hai-phong
    ND-DO-CHOI-PHU-LONG hp-256-2019 PLY-EQP xa-phu-long-cat-hai    - bo-do-choi-ngoai-troi 1 0 3 2024-10-21 so-ldtbxh-hai-phong
    ND-DO-CHOI-VIET-HAI hp-256-2019 PLY-EQP xa-viet-hai-cat-hai    - bo-do-choi-ngoai-troi 1 0 3 2024-10-21 so-ldtbxh-hai-phong
    ND-SACH-YEN-XUAN   hn-204-2019 EDU-SUP xa-yen-xuan-ha-noi      poor_household bo-sach-giao-khoa 60 60 2 2025-07-21 so-y-te-ha-noi
    ND-AO-25-BA-VI     hn-204-2019 CLO-WRM xa-ba-vi-ha-noi         special_circumstances ao-am 300 300 1 2025-10-20 so-y-te-ha-noi
    ND-AO-25-YEN-BAI   hn-204-2019 CLO-WRM xa-yen-bai-ha-noi       special_circumstances ao-am 220 220 2 2025-10-20 so-y-te-ha-noi
    ND-BUA-TRUA-CAT-HAI hp-256-2019 NUT-MEAL dac-khu-cat-hai-hai-phong preschool_primary VND 60_000_000 150 2 2025-08-25 so-y-te-hai-phong
";

pub fn tell(script: &mut Script) {
    for line in NEEDS.lines().filter(|line| !line.trim().is_empty()) {
        let need = need(line);
        script.at(&format!("{} 10:30", need.assessed_on), "quy.nhu-cau");
        script.write(need);
    }
    // Three children beside a commune could be recognised.
    script.at("2024-09-04 10:10", "quy.nhu-cau");
    let found = "ND-BA-EM-VAN-HOA hn-204-2019 SPN xa-van-hoa-ba-vi special_circumstances VND 6_000_000 3 1 2024-09-04 so-ldtbxh";
    script.refused(need(found), RejectionCode::SmallGroup);

    close(
        script,
        "2024-10-17 09:00",
        "ND-AO-YEN-BAI-2",
        NeedOutcome::Duplicate,
    );
    close(
        script,
        "2024-10-28 09:00",
        "ND-CHAN-TIEN-XUAN",
        NeedOutcome::Withdrawn,
    );
    script.at("2024-11-20 10:00", "quy.nhu-cau");
    script.write(NeedRevised {
        need: code("ND-AO-BA-VI"),
        quantity: Some(whole(440)),
        children: Children::new(440),
        priority: None,
        needed_by: Some(day("2024-12-15")),
        reason: prose("Xã rà soát lại danh sách sau đợt rét đầu mùa: thêm 20 em."),
    });
    close(script, "2024-11-29 09:00", "ND-AO-YEN-BAI", NeedOutcome::Met);
    close(script, "2024-11-29 09:10", "ND-AO-AN-PHU", NeedOutcome::Met);
    script.at("2024-12-02 09:00", "quy.nhu-cau");
    script.write(NeedRevised {
        need: code("ND-AO-VAN-HOA"),
        quantity: None,
        children: None,
        priority: Priority::new(2),
        needed_by: None,
        reason: prose("Chưa có nguồn, trời đã rét: nâng mức ưu tiên."),
    });
    close(script, "2025-03-24 09:00", "ND-KHAM-YEN-BAI", NeedOutcome::Met);
    // A need that was met is not revised any more.
    script.at("2025-03-25 09:00", "quy.nhu-cau");
    let late = NeedRevised {
        need: code("ND-KHAM-YEN-BAI"),
        quantity: Some(whole(300)),
        children: None,
        priority: None,
        needed_by: None,
        reason: prose("Trạm báo thêm 20 em."),
    };
    script.refused(late, RejectionCode::Closed);
}

fn close(script: &mut Script, when: &str, need: &str, outcome: NeedOutcome) {
    script.at(when, "quy.nhu-cau");
    script.write(NeedClosed {
        need: code(need),
        outcome,
    });
}

fn need(line: &str) -> NeedAssessed {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [
        need,
        programme,
        category,
        place,
        group,
        of,
        units,
        children,
        priority,
        on,
        by,
    ] = columns[..]
    else {
        panic!("eleven columns in {line}");
    };
    let number = |text: &str| text.replace('_', "").parse().expect("a whole number");
    NeedAssessed {
        need: new_code(need),
        programme: slug(programme),
        category: label(category),
        place: slug(place),
        group: (group != "-").then(|| label(group)),
        item: item(of),
        quantity: whole(number(units)),
        children: Children::new(number(children)).expect("within its bounds"),
        priority: Priority::new(number(priority)).expect("1 to 5"),
        assessed_on: day(on),
        assessed_by: Some(slug(by)),
        method: Some(prose(
            "Xã, trường và trạm y tế rà soát danh sách, hỏi ý kiến phụ huynh và trẻ em (số liệu minh hoạ).",
        )),
        needed_by: None,
    }
}
