#!/usr/bin/env python3
"""Writes journal.log and refused.ndjson, the pinned vectors of the journal's format.

    pip install blake3
    python3 make.py            writes both files beside this one
    python3 make.py --check    writes nothing; fails if a file differs from what it would write

It is a second implementation of the format (DESIGN.md §4 and §6, docs/format.md), made without the Rust code, so that
each checks the other. The events are about form, not about the ledger's rules: no ledger holds `ledger.opened` twice.
Every organisation is invented.
"""

import json
import pathlib
import sys
import unicodedata

from blake3 import blake3

# What each type holds, in order. `?` optional, `{}` an object, `[]` a list, `[a b]` a list of objects.
FIELDS = """
ledger.opened: ledger origin format kind
programme.published: programme title@ documents[number issuer issued_on? role] parent? period{from to} places[] groups[]
    categories[category title@ beneficiary forms[] sources[]? places[]? groups[]?]
    targets[target title@ kind value? category? group? due] duties[role duty] reports[report title@ due cut_off?]
    min_group special_places[]?
programme.revised: =programme.published reason
programme.closed: programme on carries_to?
place.registered: place kind name parent? code? valid_from valid_to? zone? latitude? longitude?
place.revised: =place.registered reason
place.succeeded: place on successors[place part]
item.registered: item title@ form unit categories[]
item.revised: =item.registered reason
party.registered: party kind name place?
party.revised: =party.registered reason
role.assigned: role party programme? from
role.ended: role party programme? on
campaign.opened: campaign title@ programme fund opens closes distribute_by? restriction@?
campaign.closed: campaign on
pool.opened: pool fund item source campaign? restriction@?
need.assessed: need programme category place group? item quantity children priority assessed_on assessed_by? method?
    needed_by?
need.revised: need quantity? children? priority? needed_by? reason
need.closed: need outcome
donation.pledged: donation donor? source item quantity pledged_on campaign? restriction@? display
donation.cancelled: donation quantity reason
receipt.issued: receipt serial donation? donor? fund pool? source item quantity received_on campaign? restriction@?
    display channel value_vnd? value_basis? expires_on? commitment? despite[]? reason?
goods.inspected: lot inspected_on accepted rejected reason?
purpose.changed: lot restriction@ consent consented_on reason
purchase.made: purchase spends[lot quantity] obtains[lot item quantity value_vnd expires_on?] supplier? purchased_on
    commitment?
custody.transferred: transfer lot quantity to new_lot transferred_on
allocation.made: allocation programme category place group? need? item draws[lot quantity] decided_on
allocation.released: allocation quantity reason
delivery.made: delivery allocation quantity place receiver children delivered_on despite[]? reason?
delivery.confirmed: delivery confirmed_by accepted confirmed_on condition despite[]? reason?
delivery.disputed: delivery disputed_by disputed_on reason
delivery.resolved: delivery accepted resolved_on reason
delivery.returned: delivery quantity new_lot returned_on reason
refund.paid: refund lot quantity paid_on reason
stock.written_off: write_off lot quantity written_off_on reason
expense.paid: expense lot quantity paid_on purpose@ consent
sponsorship.started: sponsorship donor? programme category place item quantity every starts share?
sponsorship.ended: sponsorship on reason
evidence.attached: evidence subject media_type bytes commitment
entry.reversed: reverses reason
indicator.reported: programme indicator target? period{from to} numerator denominator data_source as_of
report.filed: programme report period{from to} filed_on digest size head
recognition.awarded: recognition party title@ receipts[] awarded_on
inspection.opened: inspection scope inspector
finding.raised: finding inspection? rule severity subjects[] detail
finding.answered: finding answered_by answer
finding.closed: finding outcome
"""
SHARED = {
    "title@": "title{vi en?}",
    "purpose@": "purpose{vi en?}",
    "restriction@": "restriction{programmes[]? categories[]? places[]? groups[]? need? until?}",
}


def read_fields():
    """FIELDS as {type: [(name, optional, inner fields or None), …]}."""
    text = FIELDS
    for short, long in SHARED.items():
        text = text.replace(short, long)
    for mark in "{}[]?":
        text = text.replace(mark, f" {mark} ")

    def read(words):
        fields = []
        while words and words[0] not in "}]":
            name, inner = words.pop(0), None
            if name.startswith("="):
                fields += types[name[1:]]
                continue
            if words and words[0] in "{[":
                words.pop(0)
                inner = read(words) or None
                words.pop(0)
            optional = bool(words) and words[0] == "?"
            if optional:
                words.pop(0)
            fields.append((name, optional, inner))
        return fields

    types = {}
    for line in text.replace("\n    ", " ").strip().splitlines():
        name, _, rest = line.partition(":")
        types[name] = read(rest.split())
    return types


TYPES = read_fields()
SEEN = {}  # for each optional field, whether it occurred and whether it was left out, to prove that both are there


def in_order(value, fields, path):
    """The fields of an object in the order of the format; anything missing or unknown is an error."""
    if fields is None:
        return value
    if isinstance(value, list):
        return [in_order(item, fields, path) for item in value]
    ordered = {}
    for name, optional, inner in fields:
        if optional:
            SEEN.setdefault(f"{path}.{name}", set()).add(name in value)
        if name in value:
            # A restriction is the same object wherever it occurs.
            ordered[name] = in_order(value[name], inner, name if name == "restriction" else f"{path}.{name}")
        elif not optional:
            raise ValueError(f"{path} lacks {name}")
    if unknown := set(value) - set(ordered):
        raise ValueError(f"{path} has no {unknown}")
    return ordered


def spell(value):
    """Canonical JSON: no white space, only what must be escaped is."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    assert unicodedata.is_normalized("NFC", text)
    return text


def entry(seq, prev, at, by, key, kind, fields):
    whole = {"seq": seq, "prev": prev, "at": at, "by": by}
    if key is not None:
        whole["key"] = key
    whole["event"] = {"type": kind, "v": 1} | in_order(fields, TYPES[kind], kind)
    return spell(whole)


CONTROLS = "".join(map(chr, range(0x20)))
HASH_A = blake3(b"32 random bytes, then a transfer order").hexdigest()
HASH_B = blake3(b"32 random bytes, then a hand-over record").hexdigest()

PROGRAMME = {
    "programme": "ha-noi-588",
    "title": {
        "vi": "Vận động nguồn lực xã hội hỗ trợ trẻ em các xã dân tộc thiểu số, miền núi",
        "en": "Mobilising society for children in ethnic-minority and mountainous communes",
    },
    "documents": [
        {"number": "588/QĐ-TTg", "issuer": "Thủ tướng Chính phủ", "issued_on": "2019-05-17", "role": "basis"},
        {"number": "số đang cấp", "issuer": "Ủy ban nhân dân thành phố", "role": "plan"},
    ],
    "parent": "vn-588",
    "period": {"from": "2026-01-01", "to": "2030-12-31"},
    "places": ["ba-vi", "yen-bai", "suoi-hai"],
    "groups": ["special_circumstances", "at_risk", "poor_household"],
    "categories": [
        {
            "category": "CLO-WRM",
            "title": {"vi": "Quần áo ấm", "en": "Warm clothes"},
            "beneficiary": "child",
            "forms": ["goods", "money"],
            "sources": ["social_domestic", "social_foreign", "charity_fund", "child_fund", "fund_for_poor", "oda",
                        "fngo", "other_legal", "state_budget"],
            "places": ["ba-vi"],
            "groups": ["special_circumstances"],
        },
        {"category": "PLY-EQP", "title": {"vi": "Thiết bị vui chơi"}, "beneficiary": "facility", "forms": ["service"]},
    ],
    "targets": [
        {"target": "T-01", "title": {"vi": "Trẻ em được chăm sóc dinh dưỡng", "en": "Children fed"}, "kind": "ratio",
         "value": "99.5", "category": "NUT-MEAL", "group": "at_risk", "due": "2030-12-31"},
        {"target": "T-02", "title": {"vi": "Điểm vui chơi"}, "kind": "count_of_places", "value": "14",
         "due": "2028-12-31"},
        {"target": "T-03", "title": {"vi": "Áo ấm khi cần"}, "kind": "on_demand", "due": "2030-12-31"},
        {"target": "T-04", "title": {"vi": "Khám sức khỏe"}, "kind": "recurring_per_year", "due": "2030-12-31"},
    ],
    "duties": [{"role": "lead_agency", "duty": "Chủ trì, hướng dẫn, kiểm tra; báo cáo \"đúng hạn\"."}],
    "reports": [
        {"report": "nam", "title": {"vi": "Báo cáo năm", "en": "Yearly report"}, "due": "12-15", "cut_off": "11-30"},
        {"report": "nua-nam", "title": {"vi": "Báo cáo sáu tháng"}, "due": "06-15"},
    ],
    "min_group": 5,
    "special_places": ["ba-vi"],
}
EMPTY_PROGRAMME = {
    "programme": "vn-588",
    "title": {"vi": "Đề án của cả nước"},
    "documents": [],
    "period": {"from": "2019-05-17", "to": "2030-12-31"},
    "places": [],
    "groups": [],
    "categories": [],
    "targets": [],
    "duties": [],
    "reports": [],
    "min_group": 10,
}
PLACE = {
    "place": "ba-vi", "kind": "commune", "name": "Xã Ba Vì", "parent": "ha-noi", "code": "09700",
    "valid_from": "2025-07-01", "valid_to": "2099-12-31", "zone": "zone_1", "latitude": "21.0581",
    "longitude": "-105.363",
}
ITEM = {"item": "ao-am", "title": {"vi": "Áo ấm trẻ em", "en": "Child's warm coat"}, "form": "goods", "unit": "H87",
        "categories": ["CLO-WRM", "GFT"]}
PARTY = {"party": "truong-suoi-mo", "kind": "facility", "name": "Trường Tiểu học Suối Mơ", "place": "ba-vi"}
RESTRICTION = {"programmes": ["ha-noi-588"], "categories": ["CLO-WRM"], "places": ["ba-vi", "yen-bai"],
               "groups": ["at_risk"], "need": "ND-2026-001", "until": "2027-03-31"}

EVENTS = [
    ("ledger.opened", {"ledger": "Sổ Minh Bạch Hà Nội", "origin": "so.example.vn/ha-noi", "format": 1,
                       "kind": "live"}),
    ("programme.published", EMPTY_PROGRAMME),
    ("programme.published", PROGRAMME),
    ("programme.revised", EMPTY_PROGRAMME | {"reason": "Bổ sung thời hạn."}),
    ("programme.revised", PROGRAMME | {"reason": "Thêm xã Suối Hai theo đề nghị của cơ sở."}),
    ("place.registered", {"place": "ha-noi", "kind": "province", "name": "Thành phố Hà Nội",
                          "valid_from": "2008-08-01"}),
    ("place.registered", PLACE),
    ("place.registered", {"place": "khu-suoi", "kind": "special_zone", "name": "Đặc khu Suối",
                          "valid_from": "2025-07-01", "latitude": "-0.5", "longitude": "0"}),
    ("place.revised", {"place": "thon-muong", "kind": "village", "name": "Thôn Mường", "valid_from": "2025-07-01",
                       "reason": "Đổi tên theo nghị quyết."}),
    ("place.revised", PLACE | {"reason": "Sửa tọa độ: 21,0581 độ."}),
    ("place.succeeded", {"place": "ba-trai", "on": "2025-07-01",
                         "successors": [{"place": "suoi-hai", "part": "whole"}]}),
    ("place.succeeded", {"place": "minh-quang", "on": "2025-07-01",
                         "successors": [{"place": "bat-bat", "part": "part"}, {"place": "ba-vi", "part": "part"}]}),
    ("item.registered", {"item": "kham-mat", "title": {"vi": "Khám mắt"}, "form": "service", "unit": "E48",
                         "categories": []}),
    ("item.registered", ITEM),
    ("item.revised", {"item": "kham-mat", "title": {"vi": "Khám và đo mắt"}, "form": "service", "unit": "E48",
                      "categories": ["HLT-CHK"], "reason": "Thêm loại hỗ trợ."}),
    ("item.revised", ITEM | {"reason": "Thêm tên tiếng Anh."}),
    ("party.registered", {"party": "quy-mam-xanh", "kind": "fund", "name": "Quỹ Mầm Xanh"}),
    ("party.registered", PARTY),
    ("party.revised", {"party": "det-song-ngan", "kind": "supplier", "name": "Công ty \"Dệt Sông Ngân\"",
                       "reason": "Đổi tên."}),
    ("party.revised", PARTY | {"reason": "Trường chuyển sang xã Ba Vì."}),
    ("role.assigned", {"role": "lead_agency", "party": "so-y-te-mau", "from": "2026-01-01"}),
    ("role.assigned", {"role": "custodian", "party": "quy-mam-xanh", "programme": "ha-noi-588",
                       "from": "2026-01-01"}),
    ("role.ended", {"role": "lead_agency", "party": "so-y-te-mau", "on": "2026-06-30"}),
    ("role.ended", {"role": "custodian", "party": "quy-mam-xanh", "programme": "ha-noi-588", "on": "2026-12-31"}),
    ("campaign.opened", {"campaign": "tet-am", "title": {"vi": "Tết ấm vùng cao"}, "programme": "ha-noi-588",
                         "fund": "quy-mam-xanh", "opens": "2026-10-01", "closes": "2027-01-31"}),
    ("campaign.opened", {"campaign": "dong-am", "title": {"vi": "Đông ấm 🧥 cho em", "en": "A warm winter"},
                         "programme": "ha-noi-588", "fund": "quy-mam-xanh", "opens": "2026-09-15",
                         "closes": "2026-12-15", "distribute_by": "2027-02-28", "restriction": RESTRICTION}),
    ("campaign.closed", {"campaign": "tet-am", "on": "2026-12-31"}),
    ("campaign.closed", {"campaign": "dong-am", "on": "2026-12-01"}),
    ("pool.opened", {"pool": "chua-xac-dinh", "fund": "quy-mam-xanh", "item": "VND", "source": "other_legal"}),
    ("pool.opened", {"pool": "dong-am-tien-le", "fund": "quy-mam-xanh", "item": "VND", "source": "social_domestic",
                     "campaign": "dong-am", "restriction": {"programmes": [], "categories": [], "places": [],
                                                            "groups": []}}),
    ("need.assessed", {"need": "ND-2026-002", "programme": "ha-noi-588", "category": "PLY-EQP", "place": "yen-bai",
                       "item": "VND", "quantity": "45000000", "children": 0, "priority": 5,
                       "assessed_on": "2026-09-02"}),
    ("need.assessed", {"need": "ND-2026-001", "programme": "ha-noi-588", "category": "CLO-WRM", "place": "ba-vi",
                       "group": "at_risk", "item": "ao-am", "quantity": "120", "children": 120, "priority": 1,
                       "assessed_on": "2026-09-01", "assessed_by": "truong-suoi-mo",
                       "method": "Đếm theo danh sách lớp;\tkhông ghi tên.", "needed_by": "2026-12-20"}),
    ("need.revised", {"need": "ND-2026-002", "reason": "Kiểm tra lại, giữ nguyên."}),
    ("need.revised", {"need": "ND-2026-001", "quantity": "124", "children": 124, "priority": 2,
                      "needed_by": "2026-12-31", "reason": "Thêm bốn em mới chuyển đến."}),
    ("need.closed", {"need": "ND-2026-002", "outcome": "withdrawn"}),
    ("need.closed", {"need": "ND-2026-001", "outcome": "met"}),
    ("donation.pledged", {"donation": "DN-2026-001", "source": "charity_fund", "item": "USD", "quantity": "1250.5",
                          "pledged_on": "2026-09-20", "display": "anonymous"}),
    ("donation.pledged", {"donation": "DN-2026-002", "donor": "det-song-ngan", "source": "social_domestic",
                          "item": "ao-am", "quantity": "300", "pledged_on": "2026-09-21", "campaign": "dong-am",
                          "restriction": {}, "display": "named"}),
    ("donation.cancelled", {"donation": "DN-2026-001", "quantity": "250.5", "reason": "Bên tặng xin giảm."}),
    ("donation.cancelled", {"donation": "DN-2026-002", "quantity": "0.001", "reason": "Số lẻ nhỏ nhất."}),
    ("receipt.issued", {"receipt": "RC-7K2Q9M4XX", "serial": "quy-mam-xanh/2026/000001", "fund": "quy-mam-xanh",
                        "source": "social_foreign", "item": "USD", "quantity": "1000", "received_on": "2026-10-02",
                        "display": "anonymous", "channel": "cash"}),
    ("receipt.issued", {"receipt": "RC-2026-0002", "serial": "quy-mam-xanh/2026/1000000", "donation": "DN-2026-002",
                        "donor": "det-song-ngan", "fund": "quy-mam-xanh", "pool": "dong-am-tien-le",
                        "source": "social_domestic", "item": "sua-hop", "quantity": "999999999999999.999",
                        "received_on": "2026-12-20", "campaign": "dong-am",
                        "restriction": {"categories": ["CLO-WRM"], "until": "2027-03-31"}, "display": "named",
                        "channel": "goods", "value_vnd": "999999999999999", "value_basis": "Giá ghi trên hóa đơn",
                        "expires_on": "2027-06-30", "commitment": HASH_A, "despite": ["closed", "out_of_period"],
                        "reason": "Hàng về sau ngày đóng đợt vận động."}),
    ("goods.inspected", {"lot": "RC-2026-0002", "inspected_on": "2026-12-21", "accepted": "300", "rejected": "0"}),
    ("goods.inspected", {"lot": "RC-2026-0002", "inspected_on": "2026-12-21", "accepted": "0", "rejected": "12.25",
                         "reason": "Ẩm mốc \\ rách."}),
    ("purpose.changed", {"lot": "RC-7K2Q9M4XX", "restriction": {}, "consent": "published_rule",
                         "consented_on": "2026-11-01", "reason": "Quy chế đã công bố."}),
    ("purpose.changed", {"lot": "dong-am-tien-le", "restriction": RESTRICTION, "consent": "donor",
                         "consented_on": "2026-11-02", "reason": "Bên tặng đồng ý bằng văn bản."}),
    ("purchase.made", {"purchase": "PU-2026-001", "spends": [{"lot": "RC-7K2Q9M4XX", "quantity": "0.5"}],
                       "obtains": [{"lot": "LT-2026-001", "item": "ao-am", "quantity": "1", "value_vnd": "0"}],
                       "purchased_on": "2026-11-03"}),
    ("purchase.made", {"purchase": "PU-2026-002",
                       "spends": [{"lot": "dong-am-tien-le", "quantity": "15000000"},
                                  {"lot": "RC-2026-0009", "quantity": "1500000"}],
                       "obtains": [{"lot": "LT-2026-002", "item": "sua-hop", "quantity": "1000.25",
                                    "value_vnd": "16000000", "expires_on": "2027-05-01"},
                                   {"lot": "LT-2026-003", "item": "ao-am", "quantity": "5", "value_vnd": "500000"}],
                       "supplier": "det-song-ngan", "purchased_on": "2026-11-04", "commitment": HASH_B}),
    ("custody.transferred", {"transfer": "TR-2026-001", "lot": "LT-2026-002", "quantity": "10", "to": "truong-suoi-mo",
                             "new_lot": "LT-2026-010", "transferred_on": "2026-11-05"}),
    ("custody.transferred", {"transfer": "TR-2026-002", "lot": "dong-am-tien-le", "quantity": "2000000",
                             "to": "quy-suoi-trong", "new_lot": "LT-2026-011", "transferred_on": "2026-11-05"}),
    ("allocation.made", {"allocation": "AL-2026-001", "programme": "ha-noi-588", "category": "CLO-WRM",
                         "place": "ba-vi", "item": "ao-am", "draws": [], "decided_on": "2026-11-06"}),
    ("allocation.made", {"allocation": "AL-2026-002", "programme": "ha-noi-588", "category": "CLO-WRM",
                         "place": "ba-vi", "group": "at_risk", "need": "ND-2026-001", "item": "ao-am",
                         "draws": [{"lot": "RC-2026-0002", "quantity": "100"}, {"lot": "LT-2026-003", "quantity": "5"}],
                         "decided_on": "2026-11-06"}),
    ("allocation.released", {"allocation": "AL-2026-002", "quantity": "1", "reason": "Thừa một chiếc."}),
    ("allocation.released", {"allocation": "AL-2026-001", "quantity": "2", "reason": "Một dòng\nhai dòng\r\nba dòng."}),
    ("delivery.made", {"delivery": "DL-2026-001", "allocation": "AL-2026-002", "quantity": "100", "place": "ba-vi",
                       "receiver": "truong-suoi-mo", "children": 100, "delivered_on": "2026-11-20"}),
    ("delivery.made", {"delivery": "DL-2026-002", "allocation": "AL-2026-002", "quantity": "4",
                       "place": "ha-noi", "receiver": "truong-suoi-mo", "children": 4, "delivered_on": "2026-11-21",
                       "despite": ["out_of_scope"], "reason": "Đường sạt lở, trao tại nơi sơ tán."}),
    ("delivery.confirmed", {"delivery": "DL-2026-001", "confirmed_by": "truong-suoi-mo", "accepted": "100",
                            "confirmed_on": "2026-11-22", "condition": "good"}),
    ("delivery.confirmed", {"delivery": "DL-2026-002", "confirmed_by": "truong-suoi-mo", "accepted": "3",
                            "confirmed_on": "2026-11-22", "condition": "partial", "despite": ["out_of_period"],
                            "reason": "Xác nhận muộn."}),
    ("delivery.disputed", {"delivery": "DL-2026-001", "disputed_by": "truong-suoi-mo", "disputed_on": "2026-11-22",
                           "reason": "Biên bản ghi:\n\t\"thiếu 2 áo\" \\ kho A\u001f"}),
    ("delivery.disputed", {"delivery": "DL-2026-002", "disputed_by": "truong-suoi-mo", "disputed_on": "2026-11-22",
                           "reason": f"all that is escaped: {CONTROLS}\"\\ and what is not: /<>&'\u007f\u0080"
                                     "\u00a0\u2028\u2029\ufeff\ufffd\uffff chữ Nôm 𡨸喃 👩\u200d👧 \U0010ffff"}),
    ("delivery.resolved", {"delivery": "DL-2026-001", "accepted": "98", "resolved_on": "2026-11-23",
                           "reason": "Kiểm đếm chung: 98 áo."}),
    ("delivery.resolved", {"delivery": "DL-2026-002", "accepted": "0", "resolved_on": "2026-11-23",
                           "reason": "Không nhận."}),
    ("delivery.returned", {"delivery": "DL-2026-001", "quantity": "2", "new_lot": "LT-2026-020",
                           "returned_on": "2026-11-24", "reason": "Hai áo sai cỡ."}),
    ("delivery.returned", {"delivery": "DL-2026-002", "quantity": "0.125", "new_lot": "LT-2026-021",
                           "returned_on": "2026-11-24", "reason": "Phần lẻ."}),
    ("refund.paid", {"refund": "RF-2026-001", "lot": "RC-7K2Q9M4XX", "quantity": "99.99", "paid_on": "2026-11-25",
                     "reason": "Chuyển nhầm."}),
    ("refund.paid", {"refund": "RF-2026-002", "lot": "LT-2026-020", "quantity": "2", "paid_on": "2026-11-25",
                     "reason": "Trả lại bên tặng."}),
    ("stock.written_off", {"write_off": "WO-2026-001", "lot": "LT-2026-002", "quantity": "3.5",
                           "written_off_on": "2026-11-26", "reason": "Hộp móp, sữa hỏng."}),
    ("stock.written_off", {"write_off": "WO-2026-002", "lot": "dong-am-tien-le", "quantity": "1",
                           "written_off_on": "2026-11-26", "reason": "Tiền giả."}),
    ("expense.paid", {"expense": "EX-2026-001", "lot": "dong-am-tien-le", "quantity": "550000",
                      "paid_on": "2026-11-27", "purpose": {"vi": "Thuê xe chở áo"}, "consent": "published_rule"}),
    ("expense.paid", {"expense": "EX-2026-002", "lot": "RC-7K2Q9M4XX", "quantity": "10.01", "paid_on": "2026-11-27",
                      "purpose": {"vi": "Phí chuyển tiền", "en": "Transfer fee"}, "consent": "donor"}),
    ("sponsorship.started", {"sponsorship": "SP-2026-001", "programme": "ha-noi-588", "category": "EDU-SCH",
                             "place": "ba-vi", "item": "VND", "quantity": "500000", "every": "month",
                             "starts": "2026-12-01"}),
    ("sponsorship.started", {"sponsorship": "SP-2026-002", "donor": "det-song-ngan", "programme": "ha-noi-588",
                             "category": "EDU-SCH", "place": "ba-vi", "item": "VND", "quantity": "3000000",
                             "every": "term", "starts": "2027-01-01", "share": "1/3"}),
    ("sponsorship.ended", {"sponsorship": "SP-2026-001", "on": "2027-05-31", "reason": "Hết năm học."}),
    ("sponsorship.ended", {"sponsorship": "SP-2026-002", "on": "2027-12-31", "reason": "Theo thỏa thuận."}),
    ("evidence.attached", {"evidence": "EV-2026-001", "subject": "DL-2026-001", "media_type": "application/pdf",
                           "bytes": 0, "commitment": HASH_A}),
    ("evidence.attached", {"evidence": "EV-2026-002", "subject": "dong-am-tien-le", "media_type": "image/svg+xml",
                           "bytes": 9007199254740991, "commitment": HASH_B}),
    ("entry.reversed", {"reverses": 0, "reason": "Ghi nhầm đơn vị."}),
    ("entry.reversed", {"reverses": 41, "reason": "Nhập hai lần một sao kê."}),
    ("indicator.reported", {"programme": "ha-noi-588", "indicator": "warm-clothes-on-time",
                            "period": {"from": "2026-01-01", "to": "2026-12-31"}, "numerator": "0",
                            "denominator": "0", "data_source": "Báo cáo của xã", "as_of": "2026-12-31"}),
    ("indicator.reported", {"programme": "ha-noi-588", "indicator": "T-01.a", "target": "T-01",
                            "period": {"from": "2026-01-01", "to": "2026-06-30"}, "numerator": "995.5",
                            "denominator": "1000", "data_source": "Sổ theo dõi", "as_of": "2026-07-15"}),
    ("report.filed", {"programme": "ha-noi-588", "report": "nam", "period": {"from": "2025-12-01", "to": "2026-11-30"},
                      "filed_on": "2026-12-15", "digest": HASH_A, "size": 0, "head": "0" * 64}),
    ("report.filed", {"programme": "ha-noi-588", "report": "nua-nam",
                      "period": {"from": "2025-12-01", "to": "2026-05-31"}, "filed_on": "2026-06-15",
                      "digest": HASH_B, "size": 84, "head": HASH_A}),
    ("recognition.awarded", {"recognition": "RG-2026-001", "party": "det-song-ngan",
                             "title": {"vi": "Thư cảm ơn"}, "receipts": [], "awarded_on": "2026-12-20"}),
    ("recognition.awarded", {"recognition": "RG-2026-002", "party": "det-song-ngan",
                             "title": {"vi": "Bảng vàng", "en": "Roll of honour"},
                             "receipts": ["RC-2026-0002", "RC-7K2Q9M4XX"], "awarded_on": "2026-12-21"}),
    ("inspection.opened", {"inspection": "IN-2026-001", "scope": "Toàn bộ đợt Đông ấm.", "inspector": "thanh-tra-mau"}),
    ("inspection.opened", {"inspection": "IN-2026-002", "scope": "Kho hàng tháng 11.", "inspector": "thanh-tra-mau"}),
    ("finding.raised", {"finding": "FI-2026-001", "rule": "idle-money", "severity": "high", "subjects": [],
                        "detail": "Tiền nằm yên quá 90 ngày."}),
    ("finding.raised", {"finding": "FI-2026-002", "inspection": "IN-2026-001", "rule": "despite.out_of_scope",
                        "severity": "low", "subjects": ["DL-2026-002", "dong-am-tien-le"],
                        "detail": "Trao ngoài địa bàn."}),
    ("finding.answered", {"finding": "FI-2026-001", "answered_by": "quy-mam-xanh", "answer": "Đã phân bổ."}),
    ("finding.answered", {"finding": "FI-2026-002", "answered_by": "quy-mam-xanh", "answer": "Do mưa lũ."}),
    ("finding.closed", {"finding": "FI-2026-001", "outcome": "Đã khắc phục"}),
    ("finding.closed", {"finding": "FI-2026-002", "outcome": "Có lý do chính đáng"}),
    ("programme.closed", {"programme": "vn-588", "on": "2030-12-31"}),
    ("programme.closed", {"programme": "ha-noi-588", "on": "2030-12-31", "carries_to": "ha-noi-588-2031"}),
    ("ledger.opened", {"ledger": "Sổ thử", "origin": "localhost:8080/so-thu", "format": 1, "kind": "demo"}),
]


def journal():
    """The lines of journal.log: seq from 0, each naming the hash of the one before."""
    lines, prev = [], "0" * 64
    for seq, (kind, fields) in enumerate(EVENTS):
        # Two entries to a second, so that an `at` is sometimes repeated, as a clock that steps back makes it.
        at = f"2026-11-22T01:{seq // 120:02}:{seq // 2 % 60:02}.{seq // 2 * 7 % 1000:03}Z"
        key = f"stmt-2026:{seq:04}._Zz" if seq % 3 == 1 else None
        text = entry(seq, prev, at, ["clerk-07", "local", "A.b_c:D-9"][seq % 3], key, kind, fields)
        prev = blake3(text.encode()).hexdigest()
        lines.append(f"{prev} {text}\n")
    for kind, fields in TYPES.items():
        present = [[name in event for name, optional, _ in fields if optional] for k, event in EVENTS if k == kind]
        assert 2 <= len(present), f"{kind} occurs {len(present)} times"
        assert any(map(all, present)), f"{kind} never has all its optional fields"
        assert any(not any(p) for p in present), f"{kind} never lacks all its optional fields"
    for path, seen in SEEN.items():
        assert seen == {True, False}, f"{path} is always or never there"
    return "".join(lines)


def refused():
    """The lines of refused.ndjson.

    `problem` names what is wrong, `where` the field, or the first byte (from 0) that is not as it must be spelled.
    `schema` says whether a JSON Schema can see it.
    """
    lines = []

    def add(why, text, problem, where="", schema=True):
        line = {"why": why, "entry": text, "problem": problem, "where": where, "schema": schema}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")

    by_kind = {}
    for kind, fields in EVENTS:
        by_kind.setdefault(kind, []).append(fields)

    def good(kind, which=1):
        return entry(7, HASH_A, "2026-11-22T01:11:00.123Z", "clerk-07", "k-1", kind, by_kind[kind][which])

    def put(text, old, new):
        assert text.count(old) == 1, (text.count(old), old, text)
        return text.replace(old, new)

    full, bare = good("receipt.issued"), good("receipt.issued", 0)

    def change(why, old, new, problem, where, kind="receipt.issued", which=1, schema=True):
        add(why, put(good(kind, which), old, new), problem, where, schema)

    def respell(why, text, like=full):
        byte = next((i for i, (a, b) in enumerate(zip(like.encode(), text.encode())) if a != b), len(like.encode()))
        add(why, text, "not_canonical", f"byte {byte}", schema=False)

    # The one spelling.
    respell("a space after a colon", put(full, '"seq":7', '"seq": 7'))
    respell("a space before the entry", " " + full)
    respell("a space after the entry", full + " ")
    respell("a line end inside the entry's bytes", full + "\n")
    respell("a line break between fields", put(full, ',"prev"', ',\n"prev"'))
    respell("a tab inside a list", put(full, '["closed",', '["closed",\t'))
    respell("v before type", put(full, '"type":"receipt.issued","v":1', '"v":1,"type":"receipt.issued"'))
    respell("at before prev", put(full, f'"prev":"{HASH_A}","at":"2026-11-22T01:11:00.123Z"',
                                  f'"at":"2026-11-22T01:11:00.123Z","prev":"{HASH_A}"'))
    respell("key after event", full.replace('"key":"k-1",', "")[:-1] + ',"key":"k-1"}')
    respell("two fields of an event changed about", put(full, '"display":"named","channel":"goods"',
                                                        '"channel":"goods","display":"named"'))
    respell("two fields of an inner object changed about",
            put(full, '{"categories":["CLO-WRM"],"until":"2027-03-31"}', '{"until":"2027-03-31","categories":["CLO-WRM"]}'))
    respell("an escaped slash", put(full, "quy-mam-xanh/2026/1000000", "quy-mam-xanh\\/2026/1000000"))
    respell("an escaped letter", put(full, "Giá ghi", "Gi\\u00e1 ghi"))
    respell("an escape in a key", put(full, '"fund":', '"\\u0066und":'))
    quote = good("delivery.disputed", 0)
    respell("U+001F in upper case", put(quote, "\\u001f", "\\u001F"), quote)
    respell("a line feed spelled as a code", put(quote, "\\n", "\\u000a"), quote)
    respell("a quote spelled as a code", quote.replace('\\"', "\\u0022", 1), quote)
    nom = good("delivery.disputed", 1)
    respell("U+007F escaped", put(nom, "\u007f", "\\u007f"), nom)
    respell("a character beyond U+FFFF as two escapes", put(nom, "𡨸", "\\ud846\\ude38"), nom)

    # Not JSON, or not one entry.
    for why, text in [
        ("nothing", ""),
        ("a word", "xin chào"),
        ("cut off", full[:-1]),
        ("two entries", full + full),
        ("a byte order mark", "\ufeff" + full),
        ("a comma at the end", full[:-1] + ",}"),
        ("a key given twice", put(full, '"by":"clerk-07"', '"by":"clerk-07","by":"clerk-08"')),
        ("a key of an event given twice", put(full, '"display":"named"', '"display":"named","display":"named"')),
        ("a key given twice, once escaped", put(full, '"seq":7', '"seq":7,"s\\u0065q":7')),
        ("a raw line feed in a text", put(full, "Hàng về", "Hàng\nvề")),
        ("an escape that does not exist", put(full, "Hàng về", "Hàng\\xvề")),
        ("half a surrogate pair", put(full, "Hàng về", "Hàng\\ud846về")),
        ("single quotes", put(full, '"by":"clerk-07"', "'by':'clerk-07'")),
        ("a seq with a leading zero", put(full, '"seq":7', '"seq":07')),
        ("a seq with a plus", put(full, '"seq":7', '"seq":+7')),
        ("NaN", put(full, '"seq":7', '"seq":NaN')),
        ("nested 1,000 deep", put(full, '"seq":7', '"seq":' + "[" * 1000 + "]" * 1000)),
    ]:
        add(why, text, "not_json", schema=False)
    add("a list", "[]", "expected")
    add("null", "null", "null")
    add("an empty object", "{}", "missing", "seq")
    change("nested 100 deep", '"seq":7', '"seq":' + "[" * 100 + "]" * 100, "expected", "seq")

    # Fields that are missing, unknown or null.
    change("no by", '"by":"clerk-07",', "", "missing", "by")
    change("no prev", f'"prev":"{HASH_A}",', "", "missing", "prev")
    change("no event", full[full.index(',"event"'):], "}", "missing", "event")
    change("no type", '"type":"receipt.issued",', "", "missing", "event.type")
    change("no v", '"v":1,', "", "missing", "event.v")
    change("no quantity", '"quantity":"999999999999999.999",', "", "missing", "event.quantity")
    change("no serial", '"serial":"quy-mam-xanh/2026/1000000",', "", "missing", "event.serial")
    change("no code, which only a proposal may leave to the ledger", '"receipt":"RC-2026-0002",', "", "missing",
           "event.receipt")
    change("no lot in what a purchase obtains", '"lot":"LT-2026-002",', "", "missing", "event.obtains[0].lot",
           "purchase.made")
    change("a title without Vietnamese", '"title":{"vi":"Bảng vàng","en":"Roll of honour"}',
           '"title":{"en":"Roll of honour"}', "missing", "event.title.vi", "recognition.awarded")
    change("a key the entry does not have", '"key":"k-1",', '"key":"k-1","note":"x",', "unknown", "note")
    change("a field the event does not have", '"display":"named"', '"display":"named","colour":"red"', "unknown",
           "event.colour")
    change("a field in capitals", '"channel":"goods"', '"channel":"goods","Pool":"x"', "unknown", "event.Pool")
    change("a field an inner object does not have", '"until":"2027-03-31"', '"until":"2027-03-31","sex":"f"',
           "unknown", "event.restriction.sex")
    change("null for an absent key", '"key":"k-1"', '"key":null', "null", "key")
    change("null for an optional field", '"pool":"dong-am-tien-le"', '"pool":null', "null", "event.pool")
    change("null for a list", '"despite":["closed","out_of_period"]', '"despite":null', "null", "event.despite")
    change("null in a list", '"closed","out_of_period"', '"closed",null', "null", "event.despite[1]")
    change("null for a required field", '"fund":"quy-mam-xanh"', '"fund":null', "null", "event.fund")

    # The wrong kind of value.
    change("seq as text", '"seq":7', '"seq":"7"', "expected", "seq")
    change("seq as a truth value", '"seq":7', '"seq":true', "expected", "seq")
    change("by as a number", '"by":"clerk-07"', '"by":7', "expected", "by")
    change("event as text", full[full.index('"event":') + 8:-1], '"x"', "expected", "event")
    change("a quantity as a number", '"quantity":"999999999999999.999"', '"quantity":5', "expected", "event.quantity")
    change("children as text", '"children":4', '"children":"4"', "expected", "event.children", "delivery.made")
    change("a list instead of text", '"reason":"Xác nhận muộn."', '"reason":["Xác nhận muộn."]', "expected",
           "event.reason", "delivery.confirmed")
    change("text instead of a list", '["closed","out_of_period"]', '"closed"', "expected", "event.despite")
    change("an object instead of a list", '"receipts":["RC-2026-0002","RC-7K2Q9M4XX"]', '"receipts":{}', "expected",
           "event.receipts", "recognition.awarded")
    change("text instead of an object", '{"vi":"Bảng vàng","en":"Roll of honour"}', '"Bảng vàng"', "expected",
           "event.title", "recognition.awarded")
    change("text in a list of objects", '{"lot":"LT-2026-003","quantity":"5"}', '"LT-2026-003"', "expected",
           "event.draws[1]", "allocation.made")

    # Numbers.
    change("seq with a fraction", '"seq":7', '"seq":7.0', "out_of_bounds", "seq", schema=False)
    change("seq with an exponent", '"seq":7', '"seq":7e0', "out_of_bounds", "seq", schema=False)
    change("seq below zero", '"seq":7', '"seq":-7', "out_of_bounds", "seq")
    change("seq minus zero", '"seq":7', '"seq":-0', "out_of_bounds", "seq", schema=False)
    change("seq too large to be exact elsewhere", '"seq":7', '"seq":9007199254740992', "out_of_bounds", "seq")
    change("seq beyond 64 bits", '"seq":7', '"seq":18446744073709551616', "out_of_bounds", "seq")
    change("another format", '"format":1', '"format":2', "out_of_bounds", "event.format", "ledger.opened")
    change("priority 0", '"priority":1', '"priority":0', "out_of_bounds", "event.priority", "need.assessed")
    change("priority 6", '"priority":1', '"priority":6', "out_of_bounds", "event.priority", "need.assessed")
    change("a smallest group of 4", '"min_group":5', '"min_group":4', "out_of_bounds", "event.min_group",
           "programme.published")

    # Types and versions.
    change("a type that does not exist", "receipt.issued", "receipt.imagined", "unknown_type", "receipt.imagined")
    change("a type in capitals", "receipt.issued", "Receipt.issued", "unknown_type", "Receipt.issued")
    change("version 2", '"v":1', '"v":2', "unknown_type", "receipt.issued v2")
    change("version 0", '"v":1', '"v":0', "unknown_type", "receipt.issued v0")

    # Texts.
    nfd = unicodedata.normalize("NFD", "Hàng về")
    change("text in NFD", "Hàng về", nfd, "not_nfc", "event.reason", schema=False)
    change("a mark in the wrong order", "Hàng về", "Hàng ve\u0302\u0300\u0323", "not_nfc", "event.reason",
           schema=False)
    change("an ångström sign, whose NFC is another letter", "Hàng về", "Hàng \u212b", "not_nfc", "event.reason",
           schema=False)
    change("text in NFD, escaped", "Hàng về", "Ha\\u0300ng về", "not_nfc", "event.reason", schema=False)
    change("no text", '"value_basis":"Giá ghi trên hóa đơn"', '"value_basis":""', "empty", "event.value_basis")
    change("only spaces", '"value_basis":"Giá ghi trên hóa đơn"', '"value_basis":" \u00a0\u3000"', "empty",
           "event.value_basis", schema=False)
    change("a name of 201 characters", "Giá ghi trên hóa đơn", "ă" * 201, "too_long", "event.value_basis")
    change("a reason of 1,001 characters", "Xác nhận muộn.", "𡨸" * 1001, "too_long", "event.reason",
           "delivery.confirmed")
    change("a title of 201 characters", "Roll of honour", "o" * 201, "too_long", "event.title.en",
           "recognition.awarded")

    # Words.
    change("a word that is not in the list", '"channel":"goods"', '"channel":"post"', "one_of", "event.channel")
    change("a word in capitals", '"display":"named"', '"display":"Named"', "one_of", "event.display")
    change("a source nobody has", '"source":"social_domestic"', '"source":"lottery"', "one_of", "event.source")
    change("a rejection that does not exist", '"out_of_period"', '"out_of_luck"', "one_of", "event.despite[1]")
    change("a word with a space after it", '"condition":"partial"', '"condition":"partial "', "one_of",
           "event.condition", "delivery.confirmed")

    # Forms.
    for bad in ["rc-2026-0002", "RC", "-RC-2026", "RC 2026", "RC_2026", "RC-É2026", "R" * 41, "RC-2026-0002\\n"]:
        change(f"a code that is none: {bad}", '"receipt":"RC-2026-0002"', f'"receipt":"{bad}"', "form",
               "event.receipt")
    for bad in ["Quy-mam-xanh", "quỹ-mầm-xanh", "q", "-quy", "quy mam xanh", "quy_mam_xanh", "q" * 61]:
        change(f"a slug that is none: {bad}", '"fund":"quy-mam-xanh"', f'"fund":"{bad}"', "form", "event.fund")
    change("neither code nor slug", '"lot":"RC-7K2Q9M4XX"', '"lot":"Rc-7K2Q9M4XX"', "form", "event.lot",
           "purpose.changed", 0)
    change("a currency that does not exist", '"item":"VND"', '"item":"XXX"', "form", "event.item", "pool.opened")
    for bad in ["clerk 07", "clerk/07", "", "ghi-sổ", "c" * 65]:
        change(f"an actor that is none: {bad}", '"by":"clerk-07"', f'"by":"{bad}"', "form", "by")
    for bad in ["k 1", "", "k+1", "k" * 65]:
        change(f"a key that is none: {bad}", '"key":"k-1"', f'"key":"{bad}"', "form", "key")
    for bad in ["1.50", "0", "0.000", "1.2345", "01", ".5", "1.", "-1", "+1", "1e3", "1,5", "1 000", " 1", "",
                "１", "1000000000000000"]:
        change(f"a quantity that is none: {bad}", '"quantity":"999999999999999.999"', f'"quantity":"{bad}"', "form",
               "event.quantity")
    for bad in ["0.0", "00", "-0", "3.10"]:
        change(f"an amount that is none: {bad}", '"accepted":"3"', f'"accepted":"{bad}"', "form", "event.accepted",
               "delivery.confirmed")
    for bad in ["1500000.5", "-1", "007", "1000000000000000", "1.500.000"]:
        change(f"đồng that are none: {bad}", '"value_vnd":"999999999999999"', f'"value_vnd":"{bad}"', "form",
               "event.value_vnd")
    for bad in ["21.0", "+21", "021.5", "21,5", "-"]:
        change(f"a latitude that is none: {bad}", '"latitude":"21.0581"', f'"latitude":"{bad}"', "form",
               "event.latitude", "place.registered")
    # A pattern does not know how long a month is.
    for bad, schema in [("2026-02-29", False), ("2026-11-31", False), ("0000-01-01", True)]:
        change(f"a date that never was: {bad}", '"received_on":"2026-12-20"', f'"received_on":"{bad}"', "form",
               "event.received_on", schema=schema)
    for bad in ["2026-13-01", "2026-00-10", "2026-12-32", "2026-4-1", "20-12-2026", "2026/12/20", "",
                "2026-12-20 ", "２０２６-12-20"]:
        change(f"a date that is none: {bad}", '"received_on":"2026-12-20"', f'"received_on":"{bad}"', "form",
               "event.received_on")
    change("a day of the year that never comes", '"due":"12-15"', '"due":"13-15"', "form", "event.reports[0].due",
           "programme.published")
    change("30 February", '"due":"12-15"', '"due":"02-30"', "form", "event.reports[0].due", "programme.published",
           schema=False)
    for bad in ["2026-11-22T01:11:00Z", "2026-11-22T01:11:00.123+07:00", "2026-11-22 01:11:00.123Z",
                "2026-11-22T01:11:00.123456Z", "2026-11-22t01:11:00.123z"]:
        change(f"a time that is none: {bad}", '"at":"2026-11-22T01:11:00.123Z"', f'"at":"{bad}"', "form", "at")
    for bad, schema in [("2026-11-22T24:00:00.000Z", True), ("2026-11-22T23:59:60.000Z", True),
                        ("2026-11-31T00:00:00.000Z", False)]:
        change(f"a time that never was: {bad}", '"at":"2026-11-22T01:11:00.123Z"', f'"at":"{bad}"', "form", "at",
               schema=schema)
    change("a hash in capitals", f'"prev":"{HASH_A}"', f'"prev":"{HASH_A.upper()}"', "form", "prev")
    change("a hash of 63 digits", f'"commitment":"{HASH_A}"', f'"commitment":"{HASH_A[1:]}"', "form",
           "event.commitment")
    change("a serial with too few digits", "quy-mam-xanh/2026/1000000", "quy-mam-xanh/2026/00001", "form",
           "event.serial")
    change("a serial with too many zeros", "quy-mam-xanh/2026/1000000", "quy-mam-xanh/2026/0000001", "form",
           "event.serial", schema=False)
    change("an origin with a scheme", '"origin":"localhost:8080/so-thu"', '"origin":"https://so.example.vn"', "form",
           "event.origin", "ledger.opened", schema=False)
    change("an origin with a slash at its end", '"origin":"localhost:8080/so-thu"', '"origin":"so.example.vn/"',
           "form", "event.origin", "ledger.opened")
    change("a media type without a kind", '"media_type":"image/svg+xml"', '"media_type":"svg"', "form",
           "event.media_type", "evidence.attached")
    change("a unit in small letters", '"unit":"H87"', '"unit":"h87"', "form", "event.unit", "item.registered")
    change("a fraction above one", '"share":"1/3"', '"share":"4/3"', "form", "event.share", "sponsorship.started",
           schema=False)
    change("a share that is no fraction", '"share":"1/3"', '"share":"0.5"', "form", "event.share",
           "sponsorship.started")
    change("a label with a space", '"category":"CLO-WRM","place"', '"category":"CLO WRM","place"', "form",
           "event.category", "need.assessed")
    assert bare != full
    return "".join(lines)


def main():
    here = pathlib.Path(__file__).resolve().parent
    differ = False
    for name, text in [("journal.log", journal()), ("refused.ndjson", refused())]:
        if "--check" not in sys.argv[1:]:
            (here / name).write_bytes(text.encode())
        elif (here / name).read_bytes() != text.encode():
            print(f"{name} is not what make.py writes", file=sys.stderr)
            differ = True
    sys.exit(differ)


main()
