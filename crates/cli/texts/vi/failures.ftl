# Vì sao một lệnh không làm được: điều gì, ở đâu, làm gì tiếp.
usage-unknown-argument = Không có tuỳ chọn { $argument }.
usage-unknown-command = Không có lệnh “{ $command }”.
usage-missing-argument = Còn thiếu: { $argument }.
usage-missing-value = { $argument } cần một giá trị.
usage-one-of = { $argument } không nhận “{ $value }”; chọn một trong: { $words }.
usage-bad-value = { $argument } không nhận “{ $value }”.
usage-number-of-values = { $argument } có quá nhiều hoặc quá ít giá trị.
usage-conflict = { $argument } không đi cùng { $other }, và chỉ nêu một lần.
usage-not-utf8 = Tham số không phải chữ UTF-8.
usage-suggestion = Có phải là { $suggested }?
usage-see-help = Xem: { $command } --help
flag-form = --{ $flag } “{ $value }”: { $problem }.
flag-month = --{ $flag } “{ $value }”: cần một tháng như 2026-11.
flag-dimension = --by không nhận “{ $value }”; chọn trong: { $words }.
unknown-fund = Không có quỹ { $name } trong sổ. Tìm theo tên: minhbach search { $name }
unknown-pool = Không có nguồn góp chung { $name } trong sổ. Tìm theo tên: minhbach search { $name }
unknown-place = Không có địa bàn { $name } trong sổ. Tìm theo tên: minhbach search { $name }
unknown-item = Không có hiện vật { $name } trong sổ. Tìm theo tên: minhbach search { $name }
unknown-lot = Không có lô hay nguồn góp chung { $name } trong sổ.
unknown-programme = Không có kế hoạch { $name } trong sổ. Tìm theo tên: minhbach search { $name }
unknown-category = Không có nội dung hỗ trợ { $name } trong sổ. Tìm theo tên: minhbach search { $name }
flag-from-after-to = --from { $from } đứng sau --to { $to }. Đổi chỗ hai mốc.

failure-other = Không làm được: { $error }
failure-not-there = Không có sổ nào trong { $folder }. Nêu thư mục dữ liệu bằng --data, hoặc lập sổ mới bằng minhbach init.
failure-already-there = { $folder } đã có một sổ. Chọn thư mục khác.
failure-in-use = { $folder } đang được dùng bởi { $command } (tiến trình { $pid }, từ { $since }).
failure-in-use-wait = Đợi lệnh đó kết thúc rồi gõ lại; status và verify vẫn dùng được ngay.
failure-in-use-url = Hỏi và ghi qua đó: --server { $url }; status và verify vẫn dùng được ngay.
failure-damaged =
    Nhật ký bị hỏng: { $damage }
    Khôi phục thư mục từ bản sao lưu; hoặc bỏ dòng này và mọi dòng sau nó bằng: minhbach recover --data { $data } --cut { $seq }
failure-damaged-signed =
    Nhật ký bị hỏng: { $damage }
    Sổ đã ký { $signed } dòng, nên dòng này không bỏ được. Lấy lại tệp đó từ bản sao lưu hoặc từ một bản gương.
failure-end-missing =
    Nhật ký chỉ còn { $entries } dòng, mà trước đây { $known } dòng đã nằm chắc trên đĩa: mất phần cuối. Chưa đổi gì.
    Lấy lại các tệp nhật ký từ bản sao lưu mới hơn hoặc từ một bản gương. Nếu chúng đã mất hẳn và chưa được ký, bỏ chúng bằng: minhbach recover --data { $data } --cut { $cut }
failure-foreign = { $file } không phải tệp của nhật ký. Chuyển nó đi chỗ khác.
failure-no-file = Không tìm thấy tệp { $path }.
failure-io = Hệ thống không cho đọc hoặc ghi { $path }: { $why }.
failure-unreadable-entry = Dòng số { $seq } của nhật ký không đọc được: { $why }. Có thể nó do phiên bản mới hơn ghi; không có gì bị thay đổi.
failure-impossible = Dòng số { $seq } không thể đứng sau các dòng trước nó: { $why }. Nhật ký đã bị sửa, hoặc do phiên bản mới hơn ghi; không có gì bị thay đổi. Kiểm bằng: minhbach verify
failure-projections-in-use = Các bảng tổng hợp đang được tiến trình khác dùng. Đợi nó kết thúc rồi gõ lại.
failure-projections = Các bảng tổng hợp không dùng được: { $why }. Nhật ký không hề gì; sau đó dựng lại bằng: minhbach rebuild
failure-projections-io = Không mở được các bảng tổng hợp để ghi: { $why }. Nhật ký không hề gì; sửa chỗ đó rồi gõ lại.
failure-cut-beyond = Không giữ được các dòng trước { $seq }: nhật ký chỉ có { $readable } dòng.
failure-cut-damaged = Không giữ được các dòng trước { $seq }: chỉ { $readable } dòng đầu còn lành. { $damage }
failure-stopped = Việc ghi đã dừng: { $why }. Các dòng đã được trả lời vẫn còn nguyên; mở lại sổ rồi ghi tiếp.
failure-cursor = Con trỏ trang không phải do sổ trả lời. Bỏ nó đi để bắt đầu lại.

system-not-found = không có tệp hay thư mục đó
system-permission = không có quyền
system-full = đĩa đã đầy, hãy dọn bớt chỗ
system-tables = có chỗ trong đó không còn như lúc ghi
system-read-only = đĩa chỉ cho đọc
system-no-plain-file = đó là liên kết, ống dẫn hay thứ khác, không phải một tệp
system-too-large = tệp vượt quá mức mà hệ thống cho phép (ulimit -f)
system-directory = đó là thư mục, không phải tệp
system-not-a-directory = một phần của đường dẫn không phải thư mục

damage = { $file }, dòng { $line }, byte { $byte }, số { $seq }: { $what }.
damage-not-a-line = dòng không phải là mã băm, dấu cách và nội dung
damage-hash = sai mã băm, nội dung có mã băm { $computed }, trước nó lại ghi mã khác
damage-not-an-entry = nội dung không phải một dòng nhật ký, vì không bắt đầu bằng seq, prev, at, by hoặc không kết thúc bằng dấu ngoặc
damage-seq = đứt số thứ tự, dòng này tự ghi số { $found }
damage-link = đứt mắt xích, prev không phải { $before } là mã băm của dòng trước
damage-time = thời gian đi lùi, { $found } đứng sau { $before }
damage-line-too-long = dòng dài hơn mức một dòng nhật ký có thể có
damage-file-too-long = dòng kết thúc sau byte { $limit }, là mức tối đa của một tệp
damage-cut-off = dòng bị cắt ngang mà vẫn có tệp tiếp theo
damage-empty-file = tệp rỗng mà vẫn có tệp tiếp theo
damage-misnamed = tên tệp ghi số { $named }; phần trước nó bị thiếu hoặc tệp bị đổi tên
damage-missing = không tìm thấy dòng này giữa các dòng cạnh nó

opening-torn-tail = Đã bỏ { $bytes } byte dở dang ở cuối { $file }: dòng đó chưa hề được xác nhận là đã ghi.
opening-rebuilt = Đã dựng lại các bảng tổng hợp từ nhật ký ({ $why }).
opening-read-only = { $why } Sổ được đọc thẳng từ nhật ký, không ghi gì.
closing-projections = Các dòng đã ghi vẫn nguyên vẹn, nhưng các bảng tổng hợp chưa ghi xong: { $why }. Chúng sẽ được dựng lại ở lần mở sau.
rebuilt-none = trước đó chưa có
rebuilt-other-ledger = bảng cũ thuộc một sổ khác
rebuilt-differ = bảng cũ khác nhật ký ở dòng số { $seq }
rebuilt-unusable = bảng cũ không dùng được: { $why }

import-bad-account = --account cần từ 1 đến 64 byte, không có ký tự điều khiển.
import-secret-lost = Thiếu { $folder }/import-secret dù đã từng nhập sao kê. Khôi phục nó từ bản sao lưu: với khoá mới, mọi khoản đã nhập sẽ bị nhập thêm lần nữa. Chưa ghi gì.
import-private-lacks = { $folder } thiếu những gì các lần nhập trước đã ghi ở đó: sổ có { $imported } khoản tiếp nhận từ sao kê, ở đó chỉ tìm thấy { $known }. Thiếu phần này thì không thể nhận ra dòng nào đã nhập và sẽ nhập thêm lần nữa. Khôi phục { $folder } từ bản sao lưu. Chưa ghi gì.
import-changed = { $file } bị thay đổi trong khi đang đọc. Nhập lại khi tệp đã hoàn chỉnh.
import-private = Phần riêng tư của việc nhập sao kê không dùng được: { $why }.
import-imbalance = Số liệu không khớp: { $why }. Nhập lại cùng tệp đó.
import-ambiguous = Không phân biệt được dòng nào của { $file } là mới. Chưa nhập gì.
import-ambiguous-day = { $day }: { $lines } dòng { $what }
import-ambiguous-more = và { $count } ngày nữa
import-ambiguous-advice = Xuất lại sao kê cho trọn ngày rồi thêm --whole-days; hoặc thêm --continues nếu tệp bắt đầu đúng chỗ tệp trước kết thúc.
doubt-lacks = có trong lần nhập trước mà thiếu trong tệp này
doubt-more = là mới, dù tệp trước đã chứa trọn ngày
doubt-no-stretch = có ở cả hai tệp, có thể là cùng khoản, có thể là khoản khác
doubt-several = khớp với lần nhập trước theo nhiều cách
statement-line-unreadable = Không đọc được { $file } từ dòng { $line }: { $why }. Chưa nhập gì; lấy lại tệp.
statement-not-a-file = { $file } không phải một tệp. Nêu tệp sao kê, để nguyên hoặc nén .gz.
statement-empty = { $file } rỗng. Xuất lại sao kê.
statement-not-text = Dòng 1 của { $file } không phải dòng tiêu đề UTF-8. Lưu sao kê thành CSV, mã UTF-8.
statement-layout = { $file } không theo mẫu sao kê { $bank }: cột { $column } ở dòng 1 là “{ $found }”, đúng ra là “{ $expected }”. Xuất lại dạng CSV với các cột { $columns }. Chưa nhập gì.
statement-no-column = (không có)
statement-semicolons = { $file } ngăn cột bằng dấu chấm phẩy. Lưu lại với dấu phẩy. Chưa nhập gì.
import-no-fund = Sổ không có quỹ { $fund }. Ghi party.registered trước, hoặc kiểm lại --fund. Chưa ghi gì.
import-no-pool = Sổ không có nguồn góp chung { $pool }. Ghi pool.opened trước, hoặc kiểm lại --pool. Chưa ghi gì.
import-other-fund = Nguồn góp chung { $pool } thuộc quỹ { $own }, không thuộc { $fund }. Chưa ghi gì.
import-other-source = Nguồn góp chung { $pool } nhận nguồn { $own }, không nhận { $source }. Chưa ghi gì.
import-other-item = Nguồn góp chung { $pool } nhận { $item }, còn sao kê là tiền đồng. Chưa ghi gì.
import-elsewhere = Một lần nhập khác vào sổ này đang chạy ({ $path }). Đợi nó kết thúc rồi gõ lại. Chưa ghi gì.
import-other-ledger = { $url } không phục vụ sổ trong { $folder }: dòng cuối của thư mục không có ở đó. Nêu đúng thư mục của máy chủ bằng --data. Chưa ghi gì.
import-stopped = Việc nhập dừng giữa chừng: { $why }. Nhập lại cùng tệp đó để làm tiếp; khoản đã ghi không bị ghi lại.

init-no-origin = Nêu tên công khai của sổ bằng --origin, như so.example.vn/quy-tre-em.
init-unknown-programme = Không có sẵn kế hoạch “{ $id }”; có: { $known }.
init-refused = Chưa lập sổ: { $event } bị từ chối. { $why }
init-refused-later = Sổ đã lập nhưng chưa đủ: một dòng bị từ chối. { $why }
record-input = Không đọc tiếp được đầu vào: { $why }. Các dòng đã trả lời vẫn được ghi.
record-stopped = Việc ghi dừng từ dòng { $line }: { $why }. Các dòng đã trả lời vẫn còn nguyên; từ dòng này trở đi, mở lại sổ rồi mới biết dòng nào đã được giữ.
record-atomic-too-many = --atomic nhận nhiều nhất { $max } dòng. Chưa ghi gì; chia nhỏ ra, hoặc bỏ --atomic.
demo-not-empty = { $folder } không trống. Sổ mẫu cần một thư mục mới: nêu bằng --data.
demo-not-as-told = Sổ mẫu không đúng như kịch bản: bước { $step } ({ $event }): { $why }
serve-cannot-listen = Không nghe được ở { $address }: { $why }. Chọn cổng khác bằng --listen, ví dụ --listen 127.0.0.1:0 để lấy cổng trống.
serve-listen-form = --listen cần địa chỉ và cổng, như 127.0.0.1:8080 hoặc [::1]:0; “{ $given }” không phải.
serve-cut-off = Hết thời gian chờ: một vài yêu cầu chưa xong đã bị ngắt. Những gì đã trả lời đều đã ghi.
serve-ended = Đã dừng. Mọi dòng đã xác nhận đều đã được ghi xuống đĩa.
