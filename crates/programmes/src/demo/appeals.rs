//! The campaigns of both cities, their pools, and the small gifts that come in by bank.

use minhbach_events::event::{CampaignClosed, CampaignOpened, PoolOpened};
use minhbach_events::words::Source;

use super::cast::{CHILD_FUND, HILL_FUND, HN, HP, HP_FUND};
use super::script::Script;
use super::small_gifts::SmallGifts;
use super::words::{day, item, only, slug, title};

/// What cannot be placed yet.
pub const UNIDENTIFIED: &str = "chua-xac-dinh";

/// An appeal with its pool for bank gifts, and what comes into it.
struct Appeal {
    announced: &'static str,
    campaign: &'static str,
    vi: &'static str,
    en: &'static str,
    programme: &'static str,
    fund: &'static str,
    opens: &'static str,
    closes: &'static str,
    distribute_by: &'static str,
    categories: &'static [&'static str],
    pool: &'static str,
    /// The codes of the small gifts begin with it.
    prefix: &'static str,
    gifts: u32,
    first: &'static str,
    last: &'static str,
}

const APPEALS: &[Appeal] = &[
    Appeal {
        announced: "2024-07-05 09:00",
        campaign: "nam-hoc-moi-2024",
        vi: "Tiếp bước năm học mới 2024–2025",
        en: "A good start to the school year 2024–2025",
        programme: HN,
        fund: CHILD_FUND,
        opens: "2024-07-08",
        closes: "2024-09-10",
        distribute_by: "2024-10-15",
        categories: &["EDU-SUP", "EDU-SCH"],
        pool: "gop-nam-hoc-moi",
        prefix: "RC-NAM-HOC",
        gifts: 70,
        first: "2024-07-08 08:05",
        last: "2024-09-05 16:40",
    },
    Appeal {
        announced: "2024-08-01 09:00",
        campaign: "trung-thu-2024",
        vi: "Trung thu cho em 2024",
        en: "A Mid-Autumn festival for every child, 2024",
        programme: HN,
        fund: CHILD_FUND,
        opens: "2024-08-05",
        closes: "2024-09-14",
        distribute_by: "2024-09-20",
        categories: &["GFT", "PLY-EVT"],
        pool: "gop-trung-thu",
        prefix: "RC-TRUNG-THU",
        gifts: 90,
        first: "2024-08-05 08:12",
        last: "2024-09-09 16:40",
    },
    Appeal {
        announced: "2024-09-09 08:00",
        campaign: "khac-phuc-bao-2024",
        vi: "Chung tay sau bão số 3",
        en: "Together after storm Yagi",
        programme: HP,
        fund: HP_FUND,
        opens: "2024-09-09",
        closes: "2024-10-31",
        distribute_by: "2024-12-31",
        categories: &["GFT"],
        pool: "gop-sau-bao",
        prefix: "RC-SAU-BAO",
        gifts: 120,
        first: "2024-09-09 09:10",
        last: "2024-10-25 16:10",
    },
    Appeal {
        announced: "2024-10-02 09:00",
        campaign: "mua-dong-am-2024",
        vi: "Mùa đông ấm 2024",
        en: "A warm winter, 2024",
        programme: HN,
        fund: HILL_FUND,
        opens: "2024-10-07",
        closes: "2024-12-20",
        distribute_by: "2025-01-24",
        categories: &["CLO-WRM", "NUT-MEAL"],
        pool: "gop-mua-dong",
        prefix: "RC-MUA-DONG",
        gifts: 130,
        first: "2024-10-07 08:15",
        last: "2024-12-09 16:30",
    },
    Appeal {
        announced: "2025-02-03 09:00",
        campaign: "bua-trua-dao-2025",
        vi: "Bữa trưa cho em ở đảo và miền núi",
        en: "Lunch for children of islands and hills",
        programme: HP,
        fund: HP_FUND,
        opens: "2025-02-10",
        closes: "2025-11-30",
        distribute_by: "2025-12-26",
        categories: &["NUT-MEAL"],
        pool: "gop-bua-trua",
        prefix: "RC-BUA-TRUA",
        gifts: 110,
        first: "2025-02-10 08:20",
        last: "2025-11-20 15:40",
    },
    Appeal {
        announced: "2025-07-03 09:00",
        campaign: "nam-hoc-moi-2025",
        vi: "Tiếp bước năm học mới 2025–2026",
        en: "A good start to the school year 2025–2026",
        programme: HN,
        fund: CHILD_FUND,
        opens: "2025-07-07",
        closes: "2025-09-12",
        distribute_by: "2025-10-15",
        categories: &["EDU-SUP", "EDU-SCH"],
        pool: "gop-nam-hoc-2025",
        prefix: "RC-NAM-HOC-25",
        gifts: 80,
        first: "2025-07-07 08:30",
        last: "2025-09-08 16:00",
    },
    Appeal {
        announced: "2025-08-20 09:00",
        campaign: "trung-thu-2025",
        vi: "Trung thu cho em 2025",
        en: "A Mid-Autumn festival for every child, 2025",
        programme: HN,
        fund: CHILD_FUND,
        opens: "2025-08-25",
        closes: "2025-10-03",
        distribute_by: "2025-10-10",
        categories: &["GFT", "PLY-EVT"],
        pool: "gop-trung-thu-2025",
        prefix: "RC-TRUNG-THU-25",
        gifts: 90,
        first: "2025-08-25 08:10",
        last: "2025-09-29 16:20",
    },
    Appeal {
        announced: "2025-10-06 09:00",
        campaign: "mua-dong-am-2025",
        vi: "Mùa đông ấm 2025",
        en: "A warm winter, 2025",
        programme: HN,
        fund: HILL_FUND,
        opens: "2025-10-13",
        closes: "2025-12-19",
        distribute_by: "2026-01-30",
        categories: &["CLO-WRM", "NUT-MEAL"],
        pool: "gop-mua-dong-2025",
        prefix: "RC-MUA-DONG-25",
        gifts: 80,
        first: "2025-10-13 08:25",
        last: "2025-12-17 15:50",
    },
];

pub fn tell(script: &mut Script) {
    script.at("2024-07-03 15:00", "quy.dieu-phoi");
    script.write(pool(UNIDENTIFIED, CHILD_FUND, None, &[]));
    for appeal in APPEALS {
        open(script, appeal);
        let by = if appeal.fund == HP_FUND {
            "quy-hp.nhap-sao-ke"
        } else {
            "quy.nhap-sao-ke"
        };
        let gifts = SmallGifts {
            fund: appeal.fund,
            pool: appeal.pool,
            campaign: Some(appeal.campaign),
            count: appeal.gifts,
            prefix: appeal.prefix,
            from: appeal.first,
            to: appeal.last,
            by,
        };
        gifts.arrive(script);
    }
    // Transfers that say neither what for nor from whom.
    let unclear = SmallGifts {
        fund: CHILD_FUND,
        pool: UNIDENTIFIED,
        campaign: None,
        count: 8,
        prefix: "RC-CHUA-RO",
        from: "2024-07-20 09:20",
        to: "2025-11-20 15:10",
        by: "quy.nhap-sao-ke",
    };
    unclear.arrive(script);

    // The winter campaign ends ten days early.
    script.at("2024-12-10 17:00", "quy.dieu-phoi");
    let on = script.today();
    script.write(CampaignClosed {
        campaign: slug("mua-dong-am-2024"),
        on,
    });
}

fn open(script: &mut Script, appeal: &Appeal) {
    script.at(appeal.announced, coordinator(appeal.fund));
    script.write(CampaignOpened {
        campaign: slug(appeal.campaign),
        title: title(appeal.vi, appeal.en),
        programme: slug(appeal.programme),
        fund: slug(appeal.fund),
        opens: day(appeal.opens),
        closes: day(appeal.closes),
        distribute_by: Some(day(appeal.distribute_by)),
        restriction: Some(only(appeal.categories, &[])),
    });
    script.write(pool(
        appeal.pool,
        appeal.fund,
        Some(appeal.campaign),
        appeal.categories,
    ));
}

fn coordinator(fund: &str) -> &'static str {
    match fund {
        HP_FUND => "quy-hp.dieu-phoi",
        _ => "quy.dieu-phoi",
    }
}

fn pool(pool: &str, fund: &str, campaign: Option<&str>, categories: &[&str]) -> PoolOpened {
    PoolOpened {
        pool: slug(pool),
        fund: slug(fund),
        item: item("VND"),
        source: Source::SocialDomestic,
        campaign: campaign.map(slug),
        restriction: (!categories.is_empty()).then(|| only(categories, &[])),
    }
}
