# Tìm theo tên, theo mã.
search-nothing = Không tìm thấy “{ $words }”.
search-empty = Cần vài chữ để tìm: một phần của tên, hoặc một mã.
search-too-long = Câu tìm dài quá { $max } ký tự; hãy bớt đi.
search-more = Còn kết quả khác chưa hiện; hãy gõ thêm từ để thu hẹp.
search-former-name = tên cũ: { $name }
search-other-name = khớp với: { $name }
search-folded = (khớp khi bỏ dấu)
search-reversed = đã bị đảo bởi dòng số { $seq }
column-found = Tên và mã
column-found-what = Là gì
column-found-when = Khi nào
word-place = địa bàn
word-party = tổ chức
word-programme = kế hoạch
word-category = nội dung hỗ trợ
word-item = hiện vật
word-campaign = đợt vận động
