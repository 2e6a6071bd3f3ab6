//! What each code means, and what whoever meets it can do: the words of `docs/rejections.md` around the sentences.

use minhbach_events::words::RejectionCode;

/// The top of the page.
pub const INTRODUCTION: &str = "\
# Vì sao sổ từ chối · Why the ledger refuses

Mỗi đề nghị ghi sổ được hỏi lần lượt theo thứ tự dưới đây; câu trả lời là quy tắc đầu tiên bị vi phạm. Một dòng bị
từ chối không để lại gì trong nhật ký: sửa rồi gửi lại. Mỗi lý do có một ví dụ gửi được bằng `minhbach record`, và hai
câu in ra đúng như người ghi sổ đọc. *Quyết định* (phân bổ, mua sắm, điều chuyển, hoàn trả…) trái quy tắc thì không ghi
được; *việc đã xảy ra* (tiền đã vào tài khoản, áo đã trao) mà chỉ trái chính sách thì ghi được khi gửi lại với
`despite` và lý do, và từ đó là một phát hiện công khai.

*Each proposal is asked in the order below, and answered with the first rule it breaks. A refused line leaves nothing in
the journal: mend it and send it again. Each reason has an example that `minhbach record` takes, and both sentences as
they are printed. A* decision *(allocation, purchase, transfer, refund…) that breaks a rule is not recorded; a* fact
*(money in the bank, coats handed over) that only breaks a policy is recorded when it is sent again with `despite` and a
reason, and is a public finding from then on.*

Các ví dụ dựa trên sổ nhỏ ở đầu [`rejections.ndjson`](rejections.ndjson), trong đó hôm nay là ngày 15/06/2026. Trang này
do `cargo xtask docs` viết từ chính bảng kiểm thử của các quy tắc; sửa bằng tay sẽ mất. · *The examples stand on the
small ledger at the top of [`rejections.ndjson`](rejections.ndjson), where today is 2026-06-15. `cargo xtask docs` writes
this page from the very table that tests the rules; what is changed by hand is lost.*

Ví dụ có *Người gửi* chỉ gặp khi gửi đến máy chủ bằng mã truy cập của một vị trí có các vai trò ấy. · *An example with a*
Sender *is met only by sending it to a server, with the token of a post that has those roles.*
";

/// The head of the table of types.
pub const BY_TYPE: &str = "
## Theo loại sự việc · By event type

Ngoài các mã dưới đây, mọi dòng đều có thể gặp `too_large`, `unknown_type`, `not_authorised` và
`idempotency_conflict`, và `unknown_reference` khi sổ chưa mở. Mỗi cặp có ít nhất một dòng trong bảng kiểm thử. ·
*Besides these, any line can meet `too_large`, `unknown_type`, `not_authorised` and `idempotency_conflict`, and
`unknown_reference` in a ledger that is not opened. Each pair has a row at least in the table that tests the rules.*

| Loại · Type | Mã · Codes |
|---|---|
";

/// Both languages' words for a code.
pub struct Advice {
    pub vi: Words,
    pub en: Words,
}

pub struct Words {
    pub title: &'static str,
    pub what_to_do: &'static str,
}

fn said(vi: (&'static str, &'static str), en: (&'static str, &'static str)) -> Advice {
    let words = |(title, what_to_do)| Words { title, what_to_do };
    Advice {
        vi: words(vi),
        en: words(en),
    }
}

/// The words for a code.
pub fn of(code: RejectionCode) -> Advice {
    match code {
        RejectionCode::TooLarge => said(
            (
                "Quá dài",
                "Một dòng dài tối đa 65.535 byte. Hãy tách việc đó thành nhiều dòng; tài liệu dài thì giữ riêng và ghi \
                 chứng từ bằng `evidence.attached`.",
            ),
            (
                "Too large",
                "A line has at most 65,535 bytes. Split it into several lines; keep a long document apart and commit to \
                 it with `evidence.attached`.",
            ),
        ),
        RejectionCode::Malformed => said(
            (
                "Sai hình thức",
                "Câu trả lời nêu trường và chỗ sai. Lệnh `minhbach schema LOẠI` in hình thức của một loại sự việc. `despite` \
                 không cần đến cũng là sai hình thức: hãy bỏ nó đi.",
            ),
            (
                "Malformed",
                "The answer names the field and what is wrong with it. `minhbach schema TYPE` prints the form of an event \
                 type. A `despite` that is not needed is malformed too: leave it out.",
            ),
        ),
        RejectionCode::UnknownType => said(
            (
                "Loại sự việc không có",
                "Hãy kiểm tra cách viết trường `type`. Không có loại nào để sửa hay xoá: điều ghi nhầm được đảo bằng \
                 `entry.reversed`.",
            ),
            (
                "Unknown type",
                "Check the spelling of `type`. There is no type that edits or deletes: a mistake is undone with \
                 `entry.reversed`.",
            ),
        ),
        RejectionCode::NotAuthorised => said(
            (
                "Không có quyền",
                "Chỉ máy chủ trả lời như vậy, khi người gửi không được giao việc đó hoặc nói thay người khác; \
                 `minhbach record` trên thư mục sổ của mình thì không. Hãy nhờ vị trí được giao việc ghi.",
            ),
            (
                "Not authorised",
                "Only a server answers so, to a sender who was not given that duty or speaks for another; `minhbach \
                 record` on a folder of one's own never does. Ask the post that holds the duty.",
            ),
        ),
        RejectionCode::IdempotencyConflict => said(
            (
                "Khoá đã dùng cho việc khác",
                "Một khoá chỉ cho một sự việc, mãi mãi; gửi lại đúng sự việc cũ thì được trả lời như lần đầu. Việc mới \
                 thì dùng khoá mới; muốn sửa việc cũ thì đảo dòng đó.",
            ),
            (
                "Key used for something else",
                "A key stands for one event for ever; the same event sent again gets its first answer. Use a new key for \
                 a new event; to mend the old one, reverse its entry.",
            ),
        ),
        RejectionCode::PersonalData => said(
            (
                "Dữ liệu cá nhân",
                "Nhật ký được công bố và không xoá được. Hãy bỏ tên người, số điện thoại, số giấy tờ, số tài khoản và \
                 địa chỉ thư; giấy tờ gốc giữ trong `private/` và ghi mã cam kết.",
            ),
            (
                "Personal data",
                "The journal is published and cannot be erased. Leave out people's names, numbers of telephones, papers \
                 and accounts, and addresses; keep the paper in `private/` and record its commitment.",
            ),
        ),
        RejectionCode::DuplicateCode => said(
            (
                "Mã hoặc tên đã dùng",
                "Một mã không bao giờ dùng hai lần, kể cả khi đã đảo. Hãy bỏ trống mã để sổ tự đặt. Nếu đây là cùng một \
                 việc, nó đã ở trong sổ rồi.",
            ),
            (
                "Code or name already used",
                "A code is never used twice, not even after a reversal. Leave it out and the ledger makes one. If it is \
                 the same thing, it is in the ledger already.",
            ),
        ),
        RejectionCode::UnknownReference => said(
            (
                "Không có trong sổ",
                "Hãy kiểm tra cách viết (`minhbach search`), hoặc ghi cái được nêu trước rồi mới ghi dòng này. Cái đã bị \
                 đảo cũng coi như không có.",
            ),
            (
                "Unknown reference",
                "Check the spelling (`minhbach search`), or record what is named first and this line after it. What was \
                 reversed counts as not there.",
            ),
        ),
        RejectionCode::Closed => said(
            (
                "Đã đóng",
                "Đợt vận động, kế hoạch, nhu cầu, lần trao hoặc phát hiện này không nhận thêm. Tiền đã nhận ngoài \
                 thời gian vận động thì ghi với `despite`, hoặc không nêu đợt vận động; quyết định thì ghi vào kế \
                 hoạch đang mở.",
            ),
            (
                "Closed",
                "This campaign, programme, need, delivery or finding takes nothing more. Money that came outside a \
                 campaign is recorded with `despite`, or without naming the campaign; a decision goes to a programme \
                 that is open.",
            ),
        ),
        RejectionCode::OutOfPeriod => said(
            (
                "Ngoài thời hạn",
                "Hãy kiểm tra ngày. Ngày chưa đến thì không ghi được; quyết định phải nằm trong thời kỳ của kế hoạch \
                 và không trước việc nó dựa vào. Việc đã xảy ra mà ngày đúng như vậy thì ghi với `despite`.",
            ),
            (
                "Out of period",
                "Check the date. A day to come is never recorded; a decision lies in its programme's period and not \
                 before what it builds on. A fact whose date is right all the same is recorded with `despite`.",
            ),
        ),
        RejectionCode::OutOfScope => said(
            (
                "Ngoài phạm vi",
                "Hãy chọn địa bàn và nhóm của kế hoạch; đơn vị đã sáp nhập thì ghi đơn vị kế tục. Hàng đã trao ở nơi \
                 khác thì ghi với `despite`.",
            ),
            (
                "Out of scope",
                "Choose a place and a group of the programme; for a merged unit name its successor. What was handed over \
                 elsewhere is recorded with `despite`.",
            ),
        ),
        RejectionCode::ItemMismatch => said(
            (
                "Không khớp",
                "Hai dòng nói về hai thứ khác nhau: khác quỹ, khác hiện vật, khác loại tiền hoặc khác nội dung. Hãy nêu \
                 đúng lô, nguồn góp chung hoặc nhu cầu, hoặc tách thành nhiều dòng.",
            ),
            (
                "Item mismatch",
                "Two entries speak of different things: another fund, item, currency or category. Name the right lot, \
                 pool or need, or split the line.",
            ),
        ),
        RejectionCode::ValueMismatch => said(
            (
                "Giá trị không khớp",
                "Bằng đồng thì giá trị chính là số tiền. Hãy đối chiếu hoá đơn: những gì mua được phải cộng lại đúng \
                 bằng số đã chi; phí thì ghi bằng `expense.paid`.",
            ),
            (
                "Value mismatch",
                "In đồng the value is the money itself. Compare the invoice: what was bought adds up to what was spent; \
                 a fee is an `expense.paid`.",
            ),
        ),
        RejectionCode::SourceNotPermitted => said(
            (
                "Nguồn kinh phí không được dùng",
                "Hãy chọn lô hoặc nguồn góp chung có nguồn kinh phí mà nội dung này nhận. Nội dung không liệt kê nguồn \
                 thì nhận mọi nguồn trừ ngân sách nhà nước.",
            ),
            (
                "Source not permitted",
                "Draw on a lot or pool whose source the category takes. A category that lists none takes all but the \
                 state budget.",
            ),
        ),
        RejectionCode::RestrictionViolated => said(
            (
                "Trái điều kiện của nhà tài trợ",
                "Hãy chọn lô khác, hoặc dùng lô này đúng điều nhà tài trợ muốn. Nếu nhà tài trợ đồng ý đổi, hãy ghi \
                 `purpose.changed` trước.",
            ),
            (
                "Restriction violated",
                "Choose another lot, or use this one as its donors want. If they agree to another use, record \
                 `purpose.changed` first.",
            ),
        ),
        RejectionCode::RestrictionConflict => said(
            (
                "Các điều kiện loại trừ nhau",
                "Gộp các điều kiện này lại thì khoản đó không dùng được vào việc gì. Hãy tách thành nhiều dòng, hoặc sửa \
                 điều kiện theo đúng giấy tờ của nhà tài trợ.",
            ),
            (
                "Restrictions in conflict",
                "Together these conditions leave nothing the gift may be used for. Split the line, or correct the \
                 restriction by the donor's paper.",
            ),
        ),
        RejectionCode::Expired => said(
            (
                "Hết hạn",
                "Không phân bổ hàng đã hết hạn: hãy ghi `stock.written_off`. Hàng đã trao rồi thì ghi với `despite`.",
            ),
            (
                "Expired",
                "What has expired is not allocated: record `stock.written_off`. What was handed over already is recorded \
                 with `despite`.",
            ),
        ),
        RejectionCode::SmallGroup => said(
            (
                "Nhóm quá nhỏ",
                "Vài trẻ ở một xã hay một trường thì ai cũng nhận ra. Hãy ghi nhu cầu, phân bổ và lần trao ở cấp huyện \
                 hoặc tỉnh, cho bên nhận không ở địa bàn nhỏ hơn, hoặc gộp với nhóm khác.",
            ),
            (
                "Small group",
                "A few children of one commune or school would be known to all. Assess, allocate and deliver at their \
                 district or province, to a receiver not placed in anything finer, or together with another group.",
            ),
        ),
        RejectionCode::FourEyes => said(
            (
                "Phải có người thứ hai",
                "Hai việc này phải do hai vị trí khác nhau ghi. Hãy nhờ người kia ghi bằng mã vị trí của họ (`--by`).",
            ),
            (
                "Four eyes",
                "Two posts must record these two. Ask the other to record it under their own code (`--by`).",
            ),
        ),
        RejectionCode::InsufficientQuantity => said(
            (
                "Không đủ",
                "Câu trả lời nêu còn bao nhiêu. Hãy ghi tối đa bằng số đó, hoặc rút thêm từ lô khác; `minhbach balances` \
                 cho biết mỗi lô còn gì.",
            ),
            (
                "Insufficient quantity",
                "The answer says how much there is. Record no more than that, or draw on another lot too; `minhbach \
                 balances` shows what each one holds.",
            ),
        ),
        RejectionCode::ReversalBlocked => said(
            (
                "Không đảo được",
                "Có dòng sau dựa vào dòng này: hãy đảo các dòng đó trước, mới nhất trước. Dữ liệu nền thì sửa bằng dòng \
                 `….revised` hoặc đóng lại.",
            ),
            (
                "Reversal blocked",
                "Later entries stand on this one: reverse those first, the newest before the others. Reference data is \
                 revised or closed instead.",
            ),
        ),
    }
}
