//! Accounts given: indicators with numerator, denominator and source, the yearly reports, and what is set right in
//! plans and items.

use minhbach_events::event::{
    IndicatorReported, ItemRegistered, ItemRevised, ProgrammePublished, ProgrammeRevised, ReportDue,
    ReportFiled, Seq,
};
use minhbach_events::quantity::Decimal;
use minhbach_events::words::RejectionCode;
use minhbach_events::{Event, Hash, MonthDay};

use super::cast::{HN, HP};
use super::script::Script;
use super::words::{day, label, name, paper, period, prose, slug, title};
use crate::programme::Programme;
use crate::read_error::ReadError;

/// Nobody counted these; every report says so.
const MADE_UP: &str = "Số liệu minh hoạ, không phải thống kê thật";

pub fn tell(script: &mut Script) -> Result<(), ReadError> {
    revisions(script)?;
    indicators(script);
    reports(script);
    Ok(())
}

fn revisions(script: &mut Script) -> Result<(), ReadError> {
    script.at("2025-01-15 09:00", "so.quan-tri");
    for proposal in Programme::HP_256_2019.proposals()? {
        match proposal.event {
            Event::ProgrammePublished(base) if base.programme.as_str() == HP => {
                script.write(with_a_yearly_report(base));
            }
            Event::ItemRegistered(base) if base.item.as_str() == "phan-qua-tham-hoi" => {
                let vi = "Phần quà thăm hỏi (bánh, sữa, đồ dùng)";
                let base = ItemRegistered {
                    title: title(vi, "Gift of a visit (biscuits, milk, things of daily use)"),
                    ..base
                };
                script.write(ItemRevised {
                    base,
                    reason: prose("Ghi rõ phần quà gồm những gì, theo góp ý của bên tặng."),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The fund binds itself to a date that the plan's summary does not name.
fn with_a_yearly_report(mut base: ProgrammePublished) -> ProgrammeRevised {
    base.reports.push(ReportDue {
        report: label("annual"),
        title: title(
            "Báo cáo kết quả hằng năm (minh hoạ)",
            "Yearly report on results (illustration)",
        ),
        due: MonthDay::parse("11-30").expect("a day of the year"),
        cut_off: MonthDay::parse("10-31"),
    });
    ProgrammeRevised {
        base,
        reason: prose(
            "Minh hoạ: bên vận động tự đặt hạn báo cáo hằng năm; bản tin về kế hoạch không nêu hạn.",
        ),
    }
}

fn indicators(script: &mut Script) {
    for (when, by, programme, target, of, numerator, denominator) in [
        (
            "2024-11-15 10:00",
            "so-ldtbxh.bao-cao",
            HN,
            "T-01",
            ["2023-11-01", "2024-10-31"],
            "9120",
            "11400",
        ),
        (
            "2024-11-15 10:00",
            "so-ldtbxh.bao-cao",
            HN,
            "T-02",
            ["2023-11-01", "2024-10-31"],
            "1430",
            "1690",
        ),
        (
            "2024-11-18 10:00",
            "so-ldtbxh-hp.bao-cao",
            HP,
            "T-07",
            ["2023-11-01", "2024-10-31"],
            "4870",
            "5060",
        ),
        (
            "2025-11-14 10:00",
            "so-y-te.bao-cao",
            HN,
            "T-01",
            ["2024-11-01", "2025-10-31"],
            "9980",
            "11350",
        ),
        (
            "2025-11-14 10:00",
            "so-y-te.bao-cao",
            HN,
            "T-04",
            ["2024-11-01", "2025-10-31"],
            "17",
            "17",
        ),
        (
            "2025-11-17 10:00",
            "so-y-te-hp.bao-cao",
            HP,
            "T-05",
            ["2024-11-01", "2025-10-31"],
            "3150",
            "3720",
        ),
        (
            "2025-11-17 10:00",
            "so-y-te-hp.bao-cao",
            HP,
            "T-06",
            ["2024-11-01", "2025-10-31"],
            "13",
            "14",
        ),
        (
            "2025-11-17 10:00",
            "so-y-te-hp.bao-cao",
            HP,
            "T-08",
            ["2024-11-01", "2025-10-31"],
            "2210",
            "2260",
        ),
        (
            "2025-12-15 10:00",
            "so-y-te.bao-cao",
            "hn-138-2021",
            "birth-registration-under-5",
            ["2025-01-01", "2025-11-30"],
            "996",
            "1000",
        ),
    ] {
        script.at(when, by);
        script.write(IndicatorReported {
            programme: slug(programme),
            indicator: label(target),
            target: Some(label(target)),
            period: period(of[0], of[1]),
            numerator: decimal(numerator),
            denominator: decimal(denominator),
            data_source: name(MADE_UP),
            as_of: day(of[1]),
        });
    }
}

fn decimal(text: &str) -> Decimal<false> {
    Decimal::new(text).expect("a number")
}

/// Before 30 November, over the year to 31 October; each is bound to the journal as it was when it was made.
fn reports(script: &mut Script) {
    for (when, by, programme, of) in [
        (
            "2024-11-27 15:00",
            "so-ldtbxh.bao-cao",
            HN,
            ["2023-11-01", "2024-10-31"],
        ),
        (
            "2025-11-26 15:00",
            "so-y-te.bao-cao",
            HN,
            ["2024-11-01", "2025-10-31"],
        ),
        (
            "2025-11-27 15:00",
            "so-y-te-hp.bao-cao",
            HP,
            ["2024-11-01", "2025-10-31"],
        ),
    ] {
        script.at(when, by);
        let on = script.today();
        let filed = ReportFiled {
            programme: slug(programme),
            report: label("annual"),
            period: period(of[0], of[1]),
            filed_on: on,
            digest: paper(&format!("báo cáo năm {} của {programme}", on.year())),
            // Both are filled in where the story is told.
            size: Seq::new(0).expect("within its bounds"),
            head: Hash::ZERO,
        };
        if programme == HP {
            let unknown = ReportFiled {
                report: label("quarterly"),
                ..filed.clone()
            };
            script.refused(unknown, RejectionCode::UnknownReference);
        }
        script.write(filed);
    }
}
