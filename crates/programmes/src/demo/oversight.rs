//! Who looks on: inspections with findings answered and closed by another post, evidence, and praise for receipts.

use minhbach_events::event::{
    EvidenceAttached, FindingAnswered, FindingClosed, FindingRaised, InspectionOpened, RecognitionAwarded,
    Seq,
};
use minhbach_events::text::MediaType;
use minhbach_events::words::RejectionCode;

use super::script::Script;
use super::words::{code, label, name, new_code, paper, prose, reference, slug, title};

pub fn tell(script: &mut Script) {
    evidence(script);
    inspection(script);
    storm_money(script);
    praise(script);
}

fn evidence(script: &mut Script) {
    for (when, by, made, subject, media, bytes) in [
        (
            "2024-08-28 10:00",
            "th-lua-moi.van-thu",
            "EV-CAP-TRAN-PHU",
            "DL-CAP-TRAN-PHU",
            "application/pdf",
            96_256,
        ),
        (
            "2024-12-04 09:00",
            "mn-choi-biec.van-thu",
            "EV-SUA-QUA-HAN",
            "DL-SUA-YEN-TRUNG",
            "image/jpeg",
            412_004,
        ),
        (
            "2024-12-10 15:00",
            "quy.thu-kho",
            "EV-TIEU-HUY-SUA",
            "WO-SUA-THU-HOI",
            "application/pdf",
            120_832,
        ),
        (
            "2024-12-16 11:00",
            "quy.ke-toan",
            "EV-TRA-SOAT",
            "gop-mua-dong",
            "application/pdf",
            58_368,
        ),
        (
            "2025-03-03 10:00",
            "quy-hp.dieu-phoi",
            "EV-DONG-Y-THUYEN-BUOM",
            "RC-SAU-BAO-THUYEN-BUOM",
            "application/pdf",
            73_728,
        ),
        (
            "2025-03-21 10:00",
            "quy-hp.dieu-phoi",
            "EV-DO-CHOI-HIEN-HAO",
            "AL-DO-CHOI-HIEN-HAO",
            "image/jpeg",
            388_770,
        ),
    ] {
        script.at(when, by);
        script.write(EvidenceAttached {
            evidence: new_code(made),
            subject: reference(subject),
            media_type: MediaType::new(media).expect("a media type"),
            bytes: Seq::new(bytes).expect("within its bounds"),
            commitment: paper(made),
        });
    }
}

fn inspection(script: &mut Script) {
    script.at("2025-08-18 09:00", "thanh-tra.thu-ky");
    script.write(InspectionOpened {
        inspection: new_code("IN-HA-NOI-2025"),
        scope: prose("Tiếp nhận, quản lý, sử dụng nguồn vận động tại Hà Nội từ 01/07/2024 đến 30/06/2025."),
        inspector: slug("thanh-tra-ha-noi"),
    });
    script.at("2025-08-25 09:00", "thanh-tra.thu-ky");
    for (made, rule, severity, subjects, detail) in [
        (
            "FI-SUA-QUA-HAN",
            "expired-delivery",
            "high",
            &["DL-SUA-YEN-TRUNG", "RC-SUA-01"][..],
            "2.000 hộp sữa giao cho trường sau hạn sử dụng hai ngày.",
        ),
        (
            "FI-TIEN-MAT-NAM-YEN",
            "idle-money",
            "medium",
            &["RC-TIEN-MAT-HOI-XUAN"][..],
            "36.400.000 đồng tiền mặt nhận từ tháng 2, sáu tháng chưa phân bổ.",
        ),
        (
            "FI-THIEU-SACH",
            "confirmed-less",
            "low",
            &["DL-SACH-BA-VI", "DL-SACH-MINH-QUANG"][..],
            "Hai trường xác nhận thiếu tổng cộng 10 bộ sách so với biên bản giao.",
        ),
    ] {
        script.write(FindingRaised {
            finding: new_code(made),
            inspection: Some(code("IN-HA-NOI-2025")),
            rule: label(rule),
            severity: label(severity),
            subjects: subjects.iter().map(|subject| reference(subject)).collect(),
            detail: prose(detail),
        });
    }
    // A finding points at something that is in the books.
    let rumour = FindingRaised {
        finding: new_code("FI-TIN-DON"),
        inspection: Some(code("IN-HA-NOI-2025")),
        rule: label("unknown-receipt"),
        severity: label("low"),
        subjects: vec![reference("RC-ANH-CHUP-MAN-HINH")],
        detail: prose("Ảnh chụp màn hình một khoản chuyển lan truyền trên mạng."),
    };
    script.refused(rumour, RejectionCode::UnknownReference);

    script.at("2025-09-04 14:00", "quy.dieu-phoi");
    for (finding, answer) in [
        (
            "FI-SUA-QUA-HAN",
            "Đã thu hồi và tiêu huỷ; từ nay xe đến chậm thì dừng giao, báo điều phối.",
        ),
        (
            "FI-TIEN-MAT-NAM-YEN",
            "Chưa thống nhất mục đích với ban tổ chức hội xuân; sẽ báo cáo trước 30/09/2025.",
        ),
        (
            "FI-THIEU-SACH",
            "Đã kiểm kho, xác định thất lạc 8 bộ, 2 bộ rách; ghi nhận đúng số trường xác nhận.",
        ),
    ] {
        script.write(FindingAnswered {
            finding: code(finding),
            answered_by: slug("quy-bao-tro-tre-em"),
            answer: prose(answer),
        });
    }
    let closed = |finding: &str, outcome: &str| FindingClosed {
        finding: code(finding),
        outcome: name(outcome),
    };
    script.at("2025-09-15 09:00", "thanh-tra.thu-ky");
    // Who found it does not close it.
    script.refused(closed("FI-SUA-QUA-HAN", "Đã khắc phục"), RejectionCode::FourEyes);
    script.at("2025-09-15 10:00", "thanh-tra.truong-doan");
    script.write(closed("FI-SUA-QUA-HAN", "Đã khắc phục, rút kinh nghiệm"));
    script.write(closed("FI-THIEU-SACH", "Đã giải trình, sổ ghi đúng số thực nhận"));
    // The third stays open: the cash is still there.
}

fn storm_money(script: &mut Script) {
    script.at("2025-04-07 09:00", "so-y-te-hp.kiem-tra");
    script.write(InspectionOpened {
        inspection: new_code("IN-HAI-PHONG-2025"),
        scope: prose("Tiền còn lại sau đợt vận động khắc phục bão số 3 và việc đổi mục đích sử dụng."),
        inspector: slug("so-y-te-hai-phong"),
    });
    script.write(FindingRaised {
        finding: new_code("FI-TIEN-BAO-CHAM"),
        inspection: Some(code("IN-HAI-PHONG-2025")),
        rule: label("idle-money"),
        severity: label("medium"),
        subjects: vec![reference("gop-sau-bao"), reference("RC-SAU-BAO-THUYEN-BUOM")],
        detail: prose("Tiền còn lại nằm yên từ tháng 10/2024 đến tháng 3/2025 mới hỏi ý kiến bên tặng."),
    });
    script.at("2025-04-14 09:00", "quy-hp.dieu-phoi");
    script.write(FindingAnswered {
        finding: code("FI-TIEN-BAO-CHAM"),
        answered_by: slug("quy-bao-tro-tre-em-hp"),
        answer: prose("Đã được đồng ý, mua ba bộ đồ chơi; từ nay hỏi trong 30 ngày sau khi đóng đợt."),
    });
    script.at("2025-04-21 09:00", "so-y-te-hp.lanh-dao");
    script.write(FindingClosed {
        finding: code("FI-TIEN-BAO-CHAM"),
        outcome: name("Đã khắc phục"),
    });
}

fn praise(script: &mut Script) {
    let praised = |made: &str, party: &str, vi: &str, en: &str, receipts: &[&str], on| RecognitionAwarded {
        recognition: new_code(made),
        party: slug(party),
        title: title(vi, en),
        receipts: receipts.iter().map(|receipt| code(receipt)).collect(),
        awarded_on: on,
    };
    script.at("2025-01-17 15:00", "quy.dieu-phoi");
    let on = script.today();
    let thanks = ["Thư cảm ơn mùa đông ấm", "Letter of thanks, a warm winter"];
    script.write(praised(
        "RG-AO-AM-2024",
        "ct-may-binh-minh",
        thanks[0],
        thanks[1],
        &["RC-AO-AM-01", "RC-AO-AM-02", "RC-AO-AM-MUON"],
        on,
    ));
    // Praise rests on receipts: a hundred million were claimed, and no such gift ever came.
    script.refused(
        praised(
            "RG-KHONG-BIEN-NHAN",
            "htx-che-suong",
            thanks[0],
            thanks[1],
            &["RC-MOT-TRAM-TRIEU"],
            on,
        ),
        RejectionCode::UnknownReference,
    );
    script.at("2025-06-02 09:00", "quy-hp.dieu-phoi");
    let on = script.today();
    script.write(praised(
        "RG-TAM-LONG-VANG-CANG",
        "ct-cang-dong-hai",
        "Giấy chứng nhận “Tấm lòng vàng”",
        "Certificate “Heart of gold”",
        &["RC-HP-CANG-01", "RC-SAU-BAO-CANG"],
        on,
    ));
    script.at("2025-11-20 15:00", "quy-hp.dieu-phoi");
    let on = script.today();
    script.write(praised(
        "RG-TAM-LONG-VANG-MAT",
        "bv-mat-cua-bien",
        "Giấy chứng nhận “Tấm lòng vàng”",
        "Certificate “Heart of gold”",
        &["RC-MO-MAT-01"],
        on,
    ));
}
