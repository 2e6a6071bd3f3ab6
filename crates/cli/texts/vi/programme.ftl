# Kế hoạch: danh sách, nội dung, kiểm tra tệp.
programme-column-id = Mã
programme-column-title = Kế hoạch
programme-period = Giai đoạn
programme-parent = Thuộc
programme-under = thuộc { $parent }
programme-min-group = Nhóm trẻ nhỏ nhất được nêu cùng một xã
programme-groups = Nhóm trẻ em
programme-documents = Văn bản
programme-places = Địa bàn thực hiện
programme-places-any = Kế hoạch không nêu địa bàn nào: mọi địa bàn đã đăng ký.
programme-special = được quan tâm đặc biệt
programme-categories = Nội dung hỗ trợ
programme-category-forms = Cho { $beneficiary }: { $forms }
programme-category-sources = Chỉ từ nguồn: { $sources }
programme-items = Hiện vật, dịch vụ
programme-targets = Chỉ tiêu
programme-value = mức
programme-due = hạn
programme-cut-off = chốt số liệu
programme-duties = Nhiệm vụ
programme-reports = Báo cáo
programme-notes = Chú thích
programme-source = Nguồn
programme-sources = Tài liệu
programme-list-hint =
    Xem một kế hoạch: minhbach programme show MÃ
    Ghi vào sổ mới: minhbach init --origin TÊN --programme MÃ
programme-not-known = Không có sẵn kế hoạch “{ $id }”. Có: { $known }. Kế hoạch tự soạn thì kiểm bằng minhbach programme check TỆP.

programme-word-child = trẻ em
programme-word-facility = cơ sở
programme-word-money = tiền
programme-word-ratio = tỷ lệ
programme-word-count-of-places = số địa bàn
programme-word-on-demand = theo yêu cầu
programme-word-recurring-per-year = lặp lại hằng năm
programme-word-plan = kế hoạch
programme-word-decision = quyết định
programme-word-legal-basis = căn cứ
programme-word-implementation = triển khai
programme-word-preschool-primary = trẻ mầm non, tiểu học
programme-word-special-circumstances = trẻ em có hoàn cảnh đặc biệt
programme-word-difficult-circumstances = trẻ em có hoàn cảnh khó khăn
programme-word-at-risk = trẻ em có nguy cơ rơi vào hoàn cảnh đặc biệt
programme-word-poor-household = trẻ em hộ nghèo
programme-word-near-poor-household = trẻ em hộ cận nghèo

programme-error = { $file }, dòng { $line }, cột { $column }: { $why }
programme-error-field = { $file }, dòng { $line }, cột { $column }, trường { $field }: { $why }
programme-not-utf8 = { $path } không phải chữ UTF-8. Lưu lại tệp với bảng mã UTF-8.
programme-too-long = { $path } dài hơn 1 MiB, không thể là một kế hoạch.
programme-toml = không đúng TOML ({ $said }); xem lại dấu ngoặc kép, ngoặc vuông và dấu phẩy ở đây
programme-no-such-event = không có loại sự việc “{ $name }”; dùng place.registered, place.succeeded, programme.published, item.registered
programme-headed = phải là các bảng mở đầu bằng [[{ $event }]], hai dấu ngoặc vuông
programme-top-level = ở ngoài các bảng chỉ có as_of, sources và [[notes]]
programme-no-as-of = bắt buộc nhưng còn thiếu; thêm ngày mà nội dung tệp còn đúng, như as_of = 2026-01-15
programme-not-a-date = phải là một ngày không có ngoặc kép, như 2026-01-15
programme-no-source = bắt buộc nhưng còn thiếu; ghi lấy từ văn bản nào
programme-not-text = phải là chữ trong ngoặc kép, không để trống
programme-not-a-paper = phải là chữ trong ngoặc kép, hoặc { "{" } key = "…", vi = "…" { "}" }
programme-not-in-data = tệp kế hoạch không có trường này; bỏ nó đi
programme-decimal = số thập phân viết trong ngoặc kép, như "20.978"
programme-whole = phải là số nguyên từ 0 trở lên
programme-too-large = dài { $bytes } byte, nhiều hơn một dòng sổ chứa được; rút gọn hoặc tách thành nhiều kế hoạch
programme-later = { $kind } “{ $name }” đến dòng { $line } mới có; chuyển bảng đó lên trước
programme-unknown = không có { $kind } “{ $name }”; sửa lại tên rút gọn, hoặc thêm bảng của nó ở trước
programme-unknown-programme = không có { $kind } “{ $name }”; xem các mã có sẵn bằng minhbach programme list
programme-unknown-group = không có { $kind } “{ $name }” trong groups của kế hoạch; thêm vào đó hoặc sửa lại
programme-unknown-category = không có { $kind } “{ $name }” trong kế hoạch; thêm nó hoặc sửa lại nhãn
programme-unknown-field = không có { $kind } “{ $name }”; viết như places hoặc targets[NHÃN].value
programme-unknown-about = không có { $kind } “{ $name }” trong tệp này; chú thích phải nói về một thứ có trong tệp
programme-twice = “{ $name }” đã có ở dòng { $line }; bỏ bớt hoặc đặt tên khác
programme-embedded = “{ $name }” đã có sẵn trong { $file } của chương trình; dùng luôn, không khai lại, hoặc đặt tên khác
programme-due-outside-period = nằm ngoài giai đoạn của kế hoạch (period); sửa một trong hai
programme-cut-off-after-due = sau ngày phải nộp báo cáo (due); ngày chốt số liệu phải trước hạn nộp
programme-successor-later = địa bàn kế tục bắt đầu (valid_from) sau ngày này; sửa một trong hai ngày
programme-no-plan = tệp chưa có kế hoạch nào; thêm một bảng [[programme.published]]
programme-kind-place = địa bàn
programme-kind-programme = kế hoạch
programme-kind-item = hiện vật
programme-kind-group = nhóm trẻ em
programme-kind-category = nội dung hỗ trợ
programme-kind-target = chỉ tiêu
programme-kind-report = báo cáo
programme-kind-slug = tên rút gọn
programme-kind-field = trường
programme-refused = Tệp đúng dạng, nhưng quy tắc của sổ từ chối { $event }: { $why }
programme-passed = Đạt. { $file } ghi được vào một sổ mới: { $entries }, kể cả những gì kế hoạch dựa vào.
programme-not-opened =
    Chưa lập sổ: { $file } còn lỗi. Sửa rồi thử lại bằng minhbach programme check.
    { $why }

count-plan-errors-one = { $count } lỗi
count-plan-errors-many = { $count } lỗi
count-categories-one = { $count } nội dung hỗ trợ
count-categories-many = { $count } nội dung hỗ trợ
count-targets-one = { $count } chỉ tiêu
count-targets-many = { $count } chỉ tiêu
count-notes-one = { $count } chú thích
count-notes-many = { $count } chú thích

help-value-id = MÃ
help-programme = Các kế hoạch: xem kế hoạch có sẵn, kiểm tra kế hoạch tự soạn
help-programme-list = Liệt kê các kế hoạch có sẵn
help-programme-show = Xem trọn một kế hoạch: phạm vi, nội dung hỗ trợ, chỉ tiêu, nhiệm vụ, chú thích và nguồn
help-programme-show-id = Mã kế hoạch, như hn-204-2019
help-programme-check = Kiểm tra tệp kế hoạch tự soạn trước khi ghi vào sổ
help-programme-check-file = Tệp TOML
help-programme-check-more =
    Nêu mọi lỗi cùng lúc: tệp, dòng, cột, trường và cách sửa (mã thoát 1). Không có lỗi thì in tóm
    tắt (mã thoát 0). Tệp không đọc được: mã thoát 2. Cách soạn: docs/your-own-plan.md.

    Ghi vào sổ mới:
      minhbach init --origin so.example.vn/quy --programme ke-hoach.toml
