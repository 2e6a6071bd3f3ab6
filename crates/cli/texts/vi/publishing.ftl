# Sổ như một nhật ký công khai có chữ ký: khoá, điểm kiểm, và khi chúng không khớp.
publish-no-key = Thiếu khoá ký của sổ ({ $path }). Chép lại tệp đó từ bản sao lưu (quyền 0600); sổ không tự tạo khoá khác, vì như vậy một tên sẽ có hai tiếng nói. Chưa ghi gì.
publish-no-vkey = Thiếu { $path }: không biết điểm kiểm trong thư mục do khoá nào ký. Chép lại tệp đó từ bản sao lưu hoặc bản gương. Chưa ghi gì.
publish-other-vkey = Thư mục ghi khoá công khai { $kept }, còn khoá được dùng là { $given }. Đây là khoá của sổ khác hoặc tệp log/vkey đã bị thay: khôi phục từ bản sao lưu.
publish-key-there = { $path } đã có một khoá khác. Khoá của một sổ không đổi; muốn dùng khoá khác, hãy lập sổ khác với --origin khác.
publish-bad-key = { $path } không phải khoá ký (PRIVATE+KEY+…). Nêu đúng tệp, hoặc chép lại từ bản sao lưu.
publish-key-exposed = Người khác đọc được khoá { $path }. Nếu chắc chắn chưa ai chép nó: chmod 600 rồi gõ lại.
publish-foreign-key = Khoá là của { $key }, còn sổ tên là { $origin }. Tên của khoá phải đúng bằng --origin.
publish-bad-checkpoint = { $path } không phải điểm kiểm do khoá của sổ này ký. Tệp đã bị sửa hoặc hỏng: khôi phục nó từ bản sao lưu hoặc bản gương; đừng xoá, vì nó là điều sổ đã công bố. Chưa ghi gì.
publish-foreign-checkpoint = Điểm kiểm trong thư mục là của { $found }, còn sổ tên là { $origin }. Thư mục lẫn tệp của hai sổ: khôi phục từ bản sao lưu. Chưa ghi gì.
publish-shorter =
    Nhật ký chỉ có { $journal } dòng, nhưng sổ đã ký và công bố { $signed } dòng. Các dòng cuối đã bị cắt, hoặc đây là một bản sao lưu cũ. Chưa ghi gì.
    Lấy lại các dòng thiếu từ bản sao lưu mới hơn hoặc từ một bản gương (minhbach mirror). Nếu chúng đã mất hẳn, hãy lập sổ mới với tên khác và nói rõ với mọi người: ai giữ điểm kiểm cũ cũng sẽ thấy sổ này bị cắt.
publish-rewritten =
    { $size } dòng đầu của nhật ký không phải những dòng đã ký: gốc cây nay là { $found }, lúc ký là { $signed }. Có dòng đã bị sửa, đổi chỗ hoặc thay. Chưa ghi gì.
    Khôi phục nhật ký từ bản sao lưu hoặc từ một bản gương (minhbach mirror), rồi kiểm bằng: minhbach verify. Đừng ký lại: ai giữ điểm kiểm cũ cũng sẽ thấy sổ bị viết lại.
publish-unsigned = Sổ chưa ký gì để công bố. Mở sổ một lần bằng serve hoặc record để ký.
publish-tree-behind = Cây băm trong { $path } không khớp với điểm kiểm đã ký; nó dựng lại được từ nhật ký. Khi không ai dùng thư mục, chạy: minhbach rebuild
publish-mirror = { $folder } là bản gương của một sổ khác nên không ghi vào đây được. Ghi ở chính sổ đó; bản gương chỉ để đọc và kiểm.
publish-not-signed = Các dòng đã ghi vẫn nguyên vẹn nhưng chưa được ký: { $why } Lần mở sau sẽ ký.
recover-signed = Chưa bỏ gì: { $signed } dòng đầu đã được ký và công bố, không được cắt dưới đó. Lấy lại các dòng hỏng từ bản sao lưu hoặc bản gương (minhbach mirror).
status-signed = Đã ký
status-signed-is = { $size } dòng, gốc cây { $root }
status-vkey = Khoá của sổ
status-witness = Nhân chứng
status-witness-saw = đã xem { $size } dòng lúc { $at }
status-witness-saw-nothing = chưa xem
status-witness-trouble = {" "}(không trả lời được: { $why })

# Nhân chứng.
witness-name = “{ $given }” không thể là tên nhân chứng: cần một tên như nhan-chung.example.vn/truong-minh-hoa, không có dấu cách và dấu +.
witness-started = Nhân chứng { $name } đang xem { $logs } sổ tại { $url }. Dòng cho tệp chính sách của sổ: witness TÊN { $key } { $url }
witness-in-use = Một nhân chứng khác đang dùng { $path }. Dừng nó trước, hoặc chọn thư mục khác bằng --data.
witness-no-name = Chưa có khoá ở { $path }. Đặt tên cho nhân chứng mới bằng --name, như nhan-chung.example.vn/truong-minh-hoa.
witness-key-lost = Khoá { $path } đã mất dù đã đồng ký bằng nó. Khôi phục từ bản sao lưu; nếu mất hẳn, dựng nhân chứng mới với tên khác ở thư mục khác.
witness-records-lost = Thiếu { $path }, nơi giữ những gì khoá này đã đồng ký; không có nó thì có thể đồng ký một lịch sử khác. Khôi phục từ bản sao lưu, hoặc dựng nhân chứng mới với tên và khoá mới.
witness-bad-record = { $path } không còn là điều đã đồng ký lần cuối. Khôi phục tệp đó từ bản sao lưu; đừng xoá.
witness-other-name = Khoá là của { $key }, không phải { $asked }. Bỏ --name, hoặc dùng thư mục khác.
witness-no-logs = Chưa nêu sổ nào để xem. Thêm --watch KHOÁ (dòng log/vkey của sổ) hoặc --watch TỆP.
witness-not-a-log = { $key } là khoá của một nhân chứng, không phải của một sổ. Nêu khoá của sổ.
policy-bad = { $path }, dòng { $line }: { $why }. Sửa tệp chính sách (tlog-policy) rồi gõ lại.
policy-not-text = { $path } không phải văn bản UTF-8. Nêu tệp chính sách (tlog-policy).
policy-no-witness = { $path } không nêu nhân chứng nào. Thêm dòng: witness TÊN KHOÁ ĐỊA_CHỈ
policy-other-log = Tệp chính sách nêu sổ khác, không có khoá của sổ này: { $key }. Thêm dòng log với khoá đó, hoặc nêu đúng tệp.
