//! Sponsorship: two donors share one, openly; money bound to a need; and an end when the child moved away.

use minhbach_events::event::{NeedClosed, SponsorshipEnded, SponsorshipStarted};
use minhbach_events::quantity::Fraction;
use minhbach_events::words::{Every, NeedOutcome, RejectionCode};

use super::cast::{CHILD_FUND, HN, HP};
use super::script::Script;
use super::table::{decide, hand_over};
use super::words::{Aim, Gift, UNNAMED, code, day, item, label, new_code, only, prose, slug, whole};

const SPONSORED: Aim<'_> = Aim {
    programme: HN,
    category: "SPN",
    group: Some("special_circumstances"),
    item: "VND",
};

pub fn tell(script: &mut Script) {
    script.at("2024-09-05 09:00", "quy.dieu-phoi");
    // No child is named and no child has a code: a place no finer than the district, and who shares with whom.
    let sponsorship = |made: &str, donor: Option<&str>| SponsorshipStarted {
        sponsorship: new_code(made),
        donor: donor.map(slug),
        programme: slug(HN),
        category: label("SPN"),
        place: slug("huyen-ba-vi"),
        item: item("VND"),
        quantity: whole(1_000_000),
        every: Every::Month,
        starts: day("2024-09-05"),
        share: Fraction::new(1, 2),
    };
    script.write(sponsorship("SP-DO-DAU-01", Some("htx-che-suong")));
    script.write(sponsorship("SP-DO-DAU-02", None));
    let mut whole_one = sponsorship("SP-DO-DAU-03", Some("pk-nhan-hau"));
    whole_one.share = None;
    whole_one.every = Every::Term;
    script.write(whole_one);
    // Hải Phòng's plan has no such kind of support.
    let mut unknown = sponsorship("SP-DO-DAU-HP", Some("ct-cang-dong-hai"));
    unknown.programme = slug(HP);
    unknown.place = slug("huyen-cat-hai");
    script.refused(unknown, RejectionCode::UnknownReference);

    money(script);

    script.at("2025-05-30 09:00", "quy.dieu-phoi");
    let ended = |made: &str, reason: &str| SponsorshipEnded {
        sponsorship: code(made),
        on: day("2025-05-30"),
        reason: prose(reason),
    };
    let moved = "Gia đình chuyển nơi ở; không xin gia hạn thay cho trẻ đã rời danh sách.";
    script.write(ended("SP-DO-DAU-01", moved));
    script.write(ended("SP-DO-DAU-02", moved));
    script.refused(ended("SP-DO-DAU-02", "Đề nghị ghi lại."), RejectionCode::Closed);
}

fn money(script: &mut Script) {
    for (receipt, donor) in [("RC-DO-DAU-01", Some("htx-che-suong")), ("RC-DO-DAU-02", None)] {
        script.at("2024-09-09 14:00", "quy.nhap-sao-ke");
        let gift = Gift {
            receipt,
            fund: CHILD_FUND,
            donor,
            units: 3_000_000,
            ..UNNAMED
        };
        let mut gift = gift.on(script.today());
        let mut bound = only(&["SPN"], &[]);
        bound.need = Some(code("ND-TRO-GIUP-BA-EM"));
        gift.restriction = Some(bound);
        script.write(gift);
    }
    // The money is for those three children and nobody else.
    script.at("2024-09-17 10:00", "quy.dieu-phoi");
    let on = script.today();
    let draws = [("RC-DO-DAU-01", 3_000_000)];
    let others = SPONSORED.allocate("AL-DO-DAU-KHAC", "huyen-ba-vi", &draws, on);
    script.refused(others, RejectionCode::RestrictionViolated);
    let table = "
        AL-DO-DAU-01 huyen-ba-vi RC-DO-DAU-01=3_000_000+RC-DO-DAU-02=3_000_000 ND-TRO-GIUP-BA-EM";
    decide(script, "2024-09-17 10:30", "quy.dieu-phoi", SPONSORED, table);
    let table = "
        DL-DO-DAU-1 AL-DO-DAU-01 3_000_000 huyen-ba-vi phong-ldtbxh-ba-vi 3 2024-09-30 09:00
        DL-DO-DAU-2 AL-DO-DAU-01 3_000_000 huyen-ba-vi phong-ldtbxh-ba-vi 3 2024-12-30 09:00";
    hand_over(script, "quy.ke-toan", table);
    script.at("2024-12-31 09:00", "quy.nhu-cau");
    script.write(NeedClosed {
        need: code("ND-TRO-GIUP-BA-EM"),
        outcome: NeedOutcome::Met,
    });
}
