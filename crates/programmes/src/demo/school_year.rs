//! July to October 2024: school bags, textbooks and scholarships for the new school year.

use minhbach_events::event::{AllocationReleased, DonationCancelled, DonationPledged, ReceiptIssued};
use minhbach_events::words::{Channel, Condition, Display, RejectionCode, Source};

use super::cast::{CHILD_FUND, UNIDENTIFIED, name};
use super::script::{
    Script, SmallGifts, allocation, code, confirmed, delivery, disputed, gift, item, new_code, prose, slug,
    vnd, whole,
};

const CAMPAIGN: &str = "nam-hoc-moi-2024";
const POOL: &str = "gop-nam-hoc-moi";
const POOR: Option<&str> = Some("poor_household");

pub fn tell(script: &mut Script, small_gifts: u32) {
    gifts(script, small_gifts);
    bags(script);
    books(script);
    scholarships(script);
    budget_money(script);
}

fn gifts(script: &mut Script, small_gifts: u32) {
    script.small_gifts(SmallGifts {
        fund: CHILD_FUND,
        pool: POOL,
        campaign: Some(CAMPAIGN),
        count: small_gifts,
        prefix: "RC-NAM-HOC",
        named: 1,
        from: "2024-07-08 08:05",
        to: "2024-09-05 16:40",
    });
    // Transfers that say neither what for nor from whom.
    script.small_gifts(SmallGifts {
        fund: CHILD_FUND,
        pool: UNIDENTIFIED,
        campaign: None,
        count: 4,
        prefix: "RC-CHUA-RO",
        named: 0,
        from: "2024-07-20 09:20",
        to: "2024-11-20 15:10",
    });

    script.at("2024-07-09 10:15", "quy.dieu-phoi");
    let on = script.today();
    let pledge = |donation: &str, donor: &str, item_name: &str, units: u64| DonationPledged {
        donation: new_code(donation),
        donor: Some(slug(donor)),
        source: Source::SocialDomestic,
        item: item(item_name),
        quantity: whole(units),
        pledged_on: on,
        campaign: Some(slug(CAMPAIGN)),
        restriction: None,
        display: Display::Named,
    };
    script.write(pledge("DN-CAP-SACH-01", "ct-trang-moi", "bo-cap-sach", 400));
    script.write(pledge("DN-HOC-BONG-01", "htx-che-suong", "VND", 20_000_000));

    script.at("2024-07-25 09:40", "quy.thu-kho");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-CAP-SACH-01"),
        donation: Some(code("DN-CAP-SACH-01")),
        donor: Some(slug("ct-trang-moi")),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        channel: Channel::Goods,
        value_vnd: vnd(75_000_000),
        value_basis: Some(name("Giá bán lẻ niêm yết của bên tặng, 250.000 đồng một bộ")),
        ..gift(CHILD_FUND, Source::SocialDomestic, "bo-cap-sach", 300, on)
    });
    script.at("2024-07-30 14:05", "quy.nhap-sao-ke");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-NAM-HOC-SUA"),
        donor: Some(slug("ct-sua-dong-co")),
        pool: Some(slug(POOL)),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        ..gift(CHILD_FUND, Source::SocialDomestic, "VND", 60_000_000, on)
    });
    script.at("2024-08-06 08:50", "quy.thu-kho");
    let on = script.today();
    // Second-hand books: nobody can say what they are worth, so nobody does.
    script.write(ReceiptIssued {
        receipt: new_code("RC-SACH-01"),
        donor: Some(slug("nx-trang-sach")),
        campaign: Some(slug(CAMPAIGN)),
        display: Display::Named,
        channel: Channel::Goods,
        ..gift(CHILD_FUND, Source::SocialDomestic, "bo-sach-giao-khoa", 250, on)
    });
    script
        .at("2024-08-20 10:00", "quy.dieu-phoi")
        .write(DonationCancelled {
            donation: code("DN-CAP-SACH-01"),
            quantity: whole(40),
            reason: prose("Công ty báo không sản xuất kịp 40 bộ; 60 bộ còn lại hẹn giao sau."),
        });
}

fn bags(script: &mut Script) {
    script.at("2024-08-16 09:00", "quy.dieu-phoi");
    let on = script.today();
    for (allocation_code, place, units) in [
        ("AL-CAP-AN-PHU", "xa-an-phu-my-duc", 80),
        ("AL-CAP-DONG-XUAN", "xa-dong-xuan-quoc-oai", 100),
        ("AL-CAP-TRAN-PHU", "xa-tran-phu-chuong-my", 60),
    ] {
        let draws = [("RC-CAP-SACH-01", units)];
        script.write(allocation(
            allocation_code,
            "EDU-SUP",
            place,
            POOR,
            "bo-cap-sach",
            &draws,
            on,
        ));
    }
    script.at("2024-08-22 09:10", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CAP-AN-PHU",
            "AL-CAP-AN-PHU",
            80,
            "xa-an-phu-my-duc",
            "th-suoi-trong",
            80,
            on,
        ),
        "th-suoi-trong.van-thu",
    );
    script.at("2024-08-23 09:10", "quy.thu-kho");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-CAP-DONG-XUAN",
            "AL-CAP-DONG-XUAN",
            100,
            "xa-dong-xuan-quoc-oai",
            "th-dong-xanh",
            100,
            on,
        ),
        "th-dong-xanh.van-thu",
    );
    script
        .at("2024-08-26 08:40", "quy.dieu-phoi")
        .write(AllocationReleased {
            allocation: code("AL-CAP-TRAN-PHU"),
            quantity: whole(15),
            reason: prose("Trường rà soát lại danh sách: 45 em thuộc hộ nghèo, không phải 60 em."),
        });
    script.at("2024-08-27 09:10", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        "DL-CAP-TRAN-PHU",
        "AL-CAP-TRAN-PHU",
        45,
        "xa-tran-phu-chuong-my",
        "th-lua-moi",
        45,
        on,
    ));
    // The post that handed over may not also say that it arrived.
    let mut answer = confirmed("DL-CAP-TRAN-PHU", "th-lua-moi", on);
    answer.accepted = whole(45).amount();
    script.later(2).refused(answer.clone(), RejectionCode::FourEyes);
    script.at("2024-08-28 08:20", "th-lua-moi.van-thu");
    answer.confirmed_on = script.today();
    script.write(answer);
}

fn books(script: &mut Script) {
    script.at("2024-08-19 14:00", "quy.dieu-phoi");
    let on = script.today();
    for (allocation_code, place, units) in [
        ("AL-SACH-MINH-QUANG", "xa-minh-quang-ba-vi", 120),
        ("AL-SACH-BA-VI", "xa-ba-vi-ba-vi", 90),
    ] {
        script.write(allocation(
            allocation_code,
            "EDU-SUP",
            place,
            POOR,
            "bo-sach-giao-khoa",
            &[("RC-SACH-01", units)],
            on,
        ));
    }
    script.at("2024-08-29 08:30", "quy.thu-kho");
    let on = script.today();
    script.write(delivery(
        "DL-SACH-MINH-QUANG",
        "AL-SACH-MINH-QUANG",
        120,
        "xa-minh-quang-ba-vi",
        "th-doi-thong",
        120,
        on,
    ));
    script.later(4).write(delivery(
        "DL-SACH-BA-VI",
        "AL-SACH-BA-VI",
        90,
        "xa-ba-vi-ba-vi",
        "th-hoa-ban",
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
    script.at("2024-08-30 10:15", "th-hoa-ban.van-thu");
    let mut answer = confirmed("DL-SACH-BA-VI", "th-hoa-ban", on);
    answer.accepted = whole(88).amount();
    answer.condition = Condition::Partial;
    script.write(answer);
}

fn scholarships(script: &mut Script) {
    script.at("2024-09-16 09:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(allocation(
        "AL-HOC-BONG-AN-PHU",
        "EDU-SCH",
        "xa-an-phu-my-duc",
        POOR,
        "VND",
        &[(POOL, 25_000_000)],
        on,
    ));
    script.write(allocation(
        "AL-HOC-BONG-BA-VI",
        "EDU-SCH",
        "xa-ba-vi-ba-vi",
        POOR,
        "VND",
        &[(POOL, 30_000_000)],
        on,
    ));
    script.at("2024-09-19 09:30", "quy.ke-toan");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-HOC-BONG-AN-PHU",
            "AL-HOC-BONG-AN-PHU",
            25_000_000,
            "xa-an-phu-my-duc",
            "th-suoi-trong",
            50,
            on,
        ),
        "th-suoi-trong.van-thu",
    );
    script.at("2024-09-20 09:30", "quy.ke-toan");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-HOC-BONG-BA-VI-1",
            "AL-HOC-BONG-BA-VI",
            18_000_000,
            "xa-ba-vi-ba-vi",
            "th-hoa-ban",
            36,
            on,
        ),
        "th-hoa-ban.van-thu",
    );
    script.at("2024-10-10 09:30", "quy.ke-toan");
    let on = script.today();
    script.deliver(
        delivery(
            "DL-HOC-BONG-BA-VI-2",
            "AL-HOC-BONG-BA-VI",
            12_000_000,
            "xa-ba-vi-ba-vi",
            "th-hoa-ban",
            24,
            on,
        ),
        "th-hoa-ban.van-thu",
    );
}

/// Budget money pays for management only: the door does not let it become a scholarship.
fn budget_money(script: &mut Script) {
    script.at("2024-09-23 10:00", "quy.ke-toan");
    let on = script.today();
    script.write(ReceiptIssued {
        receipt: new_code("RC-NGAN-SACH-01"),
        donor: Some(slug("so-ldtbxh")),
        display: Display::Named,
        ..gift(CHILD_FUND, Source::StateBudget, "VND", 80_000_000, on)
    });
    script.at("2024-09-24 10:00", "quy.dieu-phoi");
    let on = script.today();
    script.refused(
        allocation(
            "AL-HOC-BONG-NS",
            "EDU-SCH",
            "xa-ba-vi-ba-vi",
            POOR,
            "VND",
            &[("RC-NGAN-SACH-01", 10_000_000)],
            on,
        ),
        RejectionCode::SourceNotPermitted,
    );
}
