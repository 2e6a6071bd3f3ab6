//! Who and what is there before the first gift: the ledger, the plans, the places as they were, the organisations of
//! both cities and their duties.

use minhbach_events::event::{ItemRegistered, LedgerOpened, PartyRegistered, RoleAssigned};
use minhbach_events::field::Whole;
use minhbach_events::text::{Origin, Unit};
use minhbach_events::words::{ItemForm, LedgerKind, PartyKind};
use minhbach_events::{Event, Proposal};

use super::script::Script;
use super::words::{day, label, name, slug, title};
use crate::programme::{Programme, groundwork};
use crate::read_error::ReadError;

/// What the story's ledger calls itself.
pub const ORIGIN: &str = "demo.so-minh-bach.example/hai-thanh-pho";
/// Hanoi's plan.
pub const HN: &str = "hn-204-2019";
/// Hải Phòng's plan.
pub const HP: &str = "hp-256-2019";
/// The fund of Hanoi's autumn campaigns.
pub const CHILD_FUND: &str = "quy-bao-tro-tre-em";
/// The fund of the winters'.
pub const HILL_FUND: &str = "quy-nui-tan";
/// The fund of Hải Phòng.
pub const HP_FUND: &str = "quy-bao-tro-tre-em-hp";

/// Organisations: slug, kind, name and place. All invented but the offices, which act in a made-up story; each name is
/// registered with "(minh hoạ)" behind it.
const PARTIES: &str = "
    so-ldtbxh            | authority | Sở Lao động – Thương binh và Xã hội | tp-ha-noi
    so-y-te-ha-noi       | authority | Sở Y tế Hà Nội | tp-ha-noi
    thanh-tra-ha-noi     | authority | Đoàn kiểm tra liên ngành Hà Nội | tp-ha-noi
    phong-ldtbxh-ba-vi   | authority | Phòng Lao động – Thương binh và Xã hội Ba Vì | huyen-ba-vi
    phong-ldtbxh-my-duc  | authority | Phòng Lao động – Thương binh và Xã hội Mỹ Đức | huyen-my-duc
    mat-tran-ha-noi      | authority | Ủy ban Mặt trận Tổ quốc Hà Nội | tp-ha-noi
    so-ldtbxh-hai-phong  | authority | Sở Lao động – Thương binh và Xã hội Hải Phòng | tp-hai-phong
    so-y-te-hai-phong    | authority | Sở Y tế Hải Phòng | tp-hai-phong
    uy-ban-dan-toc       | authority | Ủy ban Dân tộc |
    quy-bao-tro-tre-em   | fund      | Quỹ Bảo trợ trẻ em | tp-ha-noi
    quy-nui-tan          | fund      | Quỹ thiện nguyện Núi Tản |
    quy-tu-sach          | fund      | Quỹ Tủ sách vùng cao |
    quy-vi-nguoi-ngheo   | fund      | Quỹ Vì người nghèo | tp-ha-noi
    quy-tre-em-trung-uong | fund     | Quỹ trẻ em toàn quốc |
    quy-bao-tro-tre-em-hp | fund     | Quỹ Bảo trợ trẻ em Hải Phòng | tp-hai-phong
    mn-nang-som          | facility  | Trường Mầm non Nắng Sớm | xa-ba-trai-ba-vi
    th-hoa-ban           | facility  | Trường Tiểu học Hoa Ban | xa-ba-vi-ba-vi
    mn-suong-mai         | facility  | Trường Mầm non Sương Mai | xa-ba-vi-ba-vi
    nvh-chan-nui         | facility  | Nhà văn hoá Chân Núi | xa-ba-vi-ba-vi
    mn-hoa-man           | facility  | Trường Mầm non Hoa Mận | xa-khanh-thuong-ba-vi
    th-doi-thong         | facility  | Trường Tiểu học Đồi Thông | xa-minh-quang-ba-vi
    th-nang-mai          | facility  | Trường Tiểu học Nắng Mai | xa-tan-linh-ba-vi
    th-may-trang         | facility  | Trường Tiểu học Mây Trắng | xa-van-hoa-ba-vi
    tyt-nui-xanh         | facility  | Trạm Y tế Núi Xanh | xa-yen-bai-ba-vi
    th-lua-moi           | facility  | Trường Tiểu học Lúa Mới | xa-tran-phu-chuong-my
    th-suoi-trong        | facility  | Trường Tiểu học Suối Trong | xa-an-phu-my-duc
    th-dong-xanh         | facility  | Trường Tiểu học Đồng Xanh | xa-dong-xuan-quoc-oai
    th-rung-xanh         | facility  | Trường Tiểu học Rừng Xanh | xa-phu-man-quoc-oai
    th-gio-nui           | facility  | Trường Tiểu học Gió Núi | xa-tien-xuan-thach-that
    mn-hoa-sim           | facility  | Trường Mầm non Hoa Sim | xa-yen-binh-thach-that
    mn-choi-biec         | facility  | Trường Mầm non Chồi Biếc | xa-yen-trung-thach-that
    th-song-trong        | facility  | Trường Tiểu học Sông Trong | xa-lai-xuan-thuy-nguyen
    mn-hoa-gao           | facility  | Trường Mầm non Hoa Gạo | xa-ky-son-thuy-nguyen
    th-ben-xanh          | facility  | Trường Tiểu học Bến Xanh | xa-an-son-thuy-nguyen
    th-nui-con           | facility  | Trường Tiểu học Núi Con | xa-luu-ky-thuy-nguyen
    mn-vang-anh          | facility  | Trường Mầm non Vàng Anh | xa-luu-kiem-thuy-nguyen
    th-canh-sen          | facility  | Trường Tiểu học Cánh Sen | xa-lien-khe-thuy-nguyen
    th-da-trang          | facility  | Trường Tiểu học Đá Trắng | xa-minh-tan-thuy-nguyen
    th-song-bien         | facility  | Trường Tiểu học Sóng Biển | xa-phu-long-cat-hai
    th-vuon-rung         | facility  | Trường Tiểu học Vườn Rừng | xa-viet-hai-cat-hai
    mn-ngoc-trai         | facility  | Trường Mầm non Ngọc Trai | xa-tran-chau-cat-hai
    th-gio-bien          | facility  | Trường Tiểu học Gió Biển | xa-hien-hao-cat-hai
    mn-san-ho            | facility  | Trường Mầm non San Hô | xa-gia-luan-cat-hai
    th-hai-au            | facility  | Trường Tiểu học Hải Âu | xa-xuan-dam-cat-hai
    th-bien-xanh         | facility  | Trường Tiểu học Biển Xanh | thi-tran-cat-ba-cat-hai
    bv-mat-cua-bien      | facility  | Bệnh viện Mắt Cửa Biển | tp-hai-phong
    ct-may-binh-minh     | organisation | Công ty May Bình Minh Xanh |
    ct-sua-dong-co       | organisation | Công ty Sữa Đồng Cỏ |
    ct-trang-moi         | organisation | Công ty Văn phòng phẩm Trang Mới |
    htx-che-suong        | organisation | Hợp tác xã Chè Sương Sớm |
    nx-trang-sach        | organisation | Nhà sách Mùa Gió |
    pk-nhan-hau          | organisation | Phòng khám Nhân Hậu |
    hill-friends         | organisation | Hill Children's Friends |
    ct-cang-dong-hai     | organisation | Công ty Cảng Đông Hải |
    hoi-nguoi-di-bien    | organisation | Hội Người đi biển Cửa Nam |
    ct-thuyen-buom       | organisation | Công ty Du lịch Thuyền Buồm |
    xuong-go-thong       | supplier  | Xưởng đồ chơi Gỗ Thông |
    xuong-may-suong-nui  | supplier  | Xưởng may Sương Núi |
    bep-an-hoa-sua       | supplier  | Bếp ăn Hoa Sữa |
    ch-tap-hoa-ben-cang  | supplier  | Cửa hàng tổng hợp Bến Cảng |
";

/// Duties under a plan: role, party, plan and since when.
const ROLES: &str = "
    lead             so-ldtbxh             hn-204-2019   2019-09-13
    donor_network    quy-bao-tro-tre-em    hn-204-2019   2019-09-13
    fatherland_front mat-tran-ha-noi       hn-204-2019   2019-09-13
    lead             so-ldtbxh-hai-phong   hp-256-2019   2019-10-14
    donor_network    quy-bao-tro-tre-em-hp hp-256-2019   2019-10-14
    national_fund    quy-tre-em-trung-uong hp-256-2019   2019-10-14
    lead             uy-ban-dan-toc        ubdt-960-2019 2019-08-27
";

/// Opens the ledger and registers all that the scenes name.
pub fn enter(script: &mut Script) -> Result<(), ReadError> {
    script.at("2024-07-01 08:00", "so.quan-tri").write(LedgerOpened {
        ledger: name("Sổ Minh Bạch – minh hoạ"),
        origin: Origin::new(ORIGIN).expect("an origin"),
        format: Whole::new(1).expect("the format's number"),
        kind: LedgerKind::Demo,
    });
    for Proposal { mut event, .. } in groundwork(Programme::ALL, &[])? {
        match &mut event {
            // The reforms of 2025 come in their time; nobody knew of them a year before.
            Event::PlaceSucceeded(_) => continue,
            Event::PlaceRegistered(place) if place.valid_from > script.today() => continue,
            Event::PlaceRegistered(place) => place.valid_to = None,
            _ => {}
        }
        script.write(event);
    }
    script.at("2024-07-02 08:30", "so.quan-tri");
    script.write(ItemRegistered {
        item: slug("chuyen-xe"),
        title: title("Chuyến xe chở hàng lên xã", "Lorry trip to a commune"),
        form: ItemForm::Service,
        unit: Unit::new("E48").expect("a unit"),
        categories: vec![label("CLO-WRM"), label("NUT-MEAL")],
    });
    for party in parties() {
        script.write(party);
    }
    script.at("2024-07-03 14:00", "so.quan-tri");
    for line in ROLES.lines().filter(|line| !line.trim().is_empty()) {
        let [role, party, programme, from] = columns(line);
        script.write(RoleAssigned {
            role: label(role),
            party: slug(party),
            programme: Some(slug(programme)),
            from: day(from),
        });
    }
    Ok(())
}

/// The organisations as they are registered.
pub fn parties() -> impl Iterator<Item = PartyRegistered> {
    let lines = PARTIES.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [party, kind, called, place] = columns[..] else {
            panic!("four columns in {line}");
        };
        PartyRegistered {
            party: slug(party),
            kind: PartyKind::from_word(kind).expect("a kind of party"),
            name: name(&format!("{called} (minh hoạ)")),
            place: (!place.is_empty()).then(|| slug(place)),
        }
    })
}

fn columns<const N: usize>(line: &str) -> [&str; N] {
    let columns: Vec<&str> = line.split_whitespace().collect();
    columns.try_into().expect("as many columns as in the lines above")
}
