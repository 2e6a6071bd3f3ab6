//! Who and what is there before the first gift: the ledger, the plan, the organisations, the campaigns and their pools.

use minhbach_events::event::{CampaignOpened, LedgerOpened, PartyRegistered, PoolOpened};
use minhbach_events::text::{Name, Origin};
use minhbach_events::words::{LedgerKind, PartyKind, Source};
use minhbach_events::{Event, Proposal};

use super::script::{Script, day, item, only, slug, title};
use crate::programme::Programme;
use crate::read_error::ReadError;

/// The fund of the autumn's campaigns.
pub const CHILD_FUND: &str = "quy-bao-tro-tre-em";
/// The fund of the winter's.
pub const HILL_FUND: &str = "quy-nui-tan";
/// What cannot be placed yet.
pub const UNIDENTIFIED: &str = "chua-xac-dinh";

/// Organisations: slug, kind, name and place. All invented but the offices, which act in a made-up story.
pub const PARTIES: &[(&str, PartyKind, &str, Option<&str>)] = &[
    (
        "so-ldtbxh",
        PartyKind::Authority,
        "Sở Lao động – Thương binh và Xã hội (minh hoạ)",
        Some("tp-ha-noi"),
    ),
    (
        "phong-ldtbxh-ba-vi",
        PartyKind::Authority,
        "Phòng Lao động – Thương binh và Xã hội Ba Vì (minh hoạ)",
        Some("huyen-ba-vi"),
    ),
    (
        CHILD_FUND,
        PartyKind::Fund,
        "Quỹ Bảo trợ trẻ em (minh hoạ)",
        Some("tp-ha-noi"),
    ),
    (
        HILL_FUND,
        PartyKind::Fund,
        "Quỹ thiện nguyện Núi Tản (minh hoạ)",
        None,
    ),
    (
        "quy-tu-sach",
        PartyKind::Fund,
        "Quỹ Tủ sách vùng cao (minh hoạ)",
        None,
    ),
    (
        "th-hoa-ban",
        PartyKind::Facility,
        "Trường Tiểu học Hoa Ban (minh hoạ)",
        Some("xa-ba-vi-ba-vi"),
    ),
    (
        "mn-hoa-man",
        PartyKind::Facility,
        "Trường Mầm non Hoa Mận (minh hoạ)",
        Some("xa-khanh-thuong-ba-vi"),
    ),
    (
        "th-doi-thong",
        PartyKind::Facility,
        "Trường Tiểu học Đồi Thông (minh hoạ)",
        Some("xa-minh-quang-ba-vi"),
    ),
    (
        "th-nang-mai",
        PartyKind::Facility,
        "Trường Tiểu học Nắng Mai (minh hoạ)",
        Some("xa-tan-linh-ba-vi"),
    ),
    (
        "tyt-nui-xanh",
        PartyKind::Facility,
        "Trạm Y tế Núi Xanh (minh hoạ)",
        Some("xa-yen-bai-ba-vi"),
    ),
    (
        "th-lua-moi",
        PartyKind::Facility,
        "Trường Tiểu học Lúa Mới (minh hoạ)",
        Some("xa-tran-phu-chuong-my"),
    ),
    (
        "th-suoi-trong",
        PartyKind::Facility,
        "Trường Tiểu học Suối Trong (minh hoạ)",
        Some("xa-an-phu-my-duc"),
    ),
    (
        "th-dong-xanh",
        PartyKind::Facility,
        "Trường Tiểu học Đồng Xanh (minh hoạ)",
        Some("xa-dong-xuan-quoc-oai"),
    ),
    (
        "mn-choi-biec",
        PartyKind::Facility,
        "Trường Mầm non Chồi Biếc (minh hoạ)",
        Some("xa-yen-trung-thach-that"),
    ),
    (
        "ct-may-binh-minh",
        PartyKind::Organisation,
        "Công ty May Bình Minh Xanh (minh hoạ)",
        None,
    ),
    (
        "ct-sua-dong-co",
        PartyKind::Organisation,
        "Công ty Sữa Đồng Cỏ (minh hoạ)",
        None,
    ),
    (
        "ct-trang-moi",
        PartyKind::Organisation,
        "Công ty Văn phòng phẩm Trang Mới (minh hoạ)",
        None,
    ),
    (
        "htx-che-suong",
        PartyKind::Organisation,
        "Hợp tác xã Chè Sương Sớm (minh hoạ)",
        None,
    ),
    (
        "nx-trang-sach",
        PartyKind::Organisation,
        "Nhà sách Mùa Gió (minh hoạ)",
        None,
    ),
    (
        "pk-nhan-hau",
        PartyKind::Organisation,
        "Phòng khám Nhân Hậu (minh hoạ)",
        None,
    ),
    (
        "hill-friends",
        PartyKind::Organisation,
        "Hill Children's Friends (minh hoạ)",
        None,
    ),
    (
        "xuong-go-thong",
        PartyKind::Supplier,
        "Xưởng đồ chơi Gỗ Thông (minh hoạ)",
        None,
    ),
];

/// An appeal with its pool for bank gifts.
struct Appeal {
    announced: &'static str,
    campaign: &'static str,
    vi: &'static str,
    en: &'static str,
    fund: &'static str,
    opens: &'static str,
    closes: &'static str,
    distribute_by: &'static str,
    categories: &'static [&'static str],
    pool: &'static str,
}

const APPEALS: &[Appeal] = &[
    Appeal {
        announced: "2024-07-05 09:00",
        campaign: "nam-hoc-moi-2024",
        vi: "Tiếp bước năm học mới 2024–2025",
        en: "A good start to the school year 2024–2025",
        fund: CHILD_FUND,
        opens: "2024-07-08",
        closes: "2024-09-10",
        distribute_by: "2024-10-15",
        categories: &["EDU-SUP", "EDU-SCH"],
        pool: "gop-nam-hoc-moi",
    },
    Appeal {
        announced: "2024-08-01 09:00",
        campaign: "trung-thu-2024",
        vi: "Trung thu cho em 2024",
        en: "A Mid-Autumn festival for every child, 2024",
        fund: CHILD_FUND,
        opens: "2024-08-05",
        closes: "2024-09-14",
        distribute_by: "2024-09-20",
        categories: &["GFT", "PLY-EVT"],
        pool: "gop-trung-thu",
    },
    Appeal {
        announced: "2024-10-02 09:00",
        campaign: "mua-dong-am-2024",
        vi: "Mùa đông ấm 2024",
        en: "A warm winter, 2024",
        fund: HILL_FUND,
        opens: "2024-10-07",
        closes: "2024-12-20",
        distribute_by: "2025-01-24",
        categories: &["CLO-WRM", "NUT-MEAL"],
        pool: "gop-mua-dong",
    },
];

/// Opens the ledger and registers all that the scenes name.
pub fn enter(script: &mut Script) -> Result<(), ReadError> {
    script.at("2024-07-01 08:00", "so.quan-tri").write(LedgerOpened {
        ledger: name("Sổ Minh Bạch – minh hoạ"),
        origin: Origin::new("demo.so-minh-bach.example/hanoi").expect("an origin"),
        format: minhbach_events::field::Whole::new(1).expect("the format's number"),
        kind: LedgerKind::Demo,
    });
    for Proposal { mut event, .. } in Programme::HN_204_2019.proposals()? {
        match &mut event {
            // The reform of 2025 comes in its time; nobody knew of it a year before.
            Event::PlaceSucceeded(_) => continue,
            Event::PlaceRegistered(place) if place.valid_from > script.today() => continue,
            Event::PlaceRegistered(place) => place.valid_to = None,
            _ => {}
        }
        script.write(event);
    }
    script.at("2024-07-02 08:30", "so.quan-tri");
    for &(party, kind, called, place) in PARTIES {
        script.write(PartyRegistered {
            party: slug(party),
            kind,
            name: name(called),
            place: place.map(slug),
        });
    }
    script
        .at("2024-07-03 08:30", "quy.dieu-phoi")
        .write(pool(UNIDENTIFIED, CHILD_FUND, None, &[]));
    for appeal in APPEALS {
        script.at(appeal.announced, "quy.dieu-phoi");
        script.write(CampaignOpened {
            campaign: slug(appeal.campaign),
            title: title(appeal.vi, appeal.en),
            programme: slug("hn-204-2019"),
            fund: slug(appeal.fund),
            opens: day(appeal.opens),
            closes: day(appeal.closes),
            distribute_by: Some(day(appeal.distribute_by)),
            restriction: only(appeal.categories, &[]),
        });
        script.write(pool(
            appeal.pool,
            appeal.fund,
            Some(appeal.campaign),
            appeal.categories,
        ));
    }
    Ok(())
}

fn pool(pool: &str, fund: &str, campaign: Option<&str>, categories: &[&str]) -> PoolOpened {
    PoolOpened {
        pool: slug(pool),
        fund: slug(fund),
        item: item("VND"),
        source: Source::SocialDomestic,
        campaign: campaign.map(slug),
        restriction: if categories.is_empty() {
            None
        } else {
            only(categories, &[])
        },
    }
}

/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name within its length")
}
