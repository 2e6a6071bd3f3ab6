# Lời của --help. `help-<lệnh>` nói lệnh làm gì, `help-<lệnh>-<tham số>` nói tham số nghĩa là gì,
# `help-<lệnh>-more` đứng cuối trang; `help-minhbach-…` là tham số chung của mọi lệnh.
help-heading-usage = Cách dùng:
help-heading-commands = Lệnh
help-heading-arguments = Tham số
help-heading-options = Tuỳ chọn
help-usage-options = [TUỲ CHỌN]
help-value-command = LỆNH
help-value-data = THƯ_MỤC
help-value-server = URL
help-value-token-file = TỆP
help-value-format = DẠNG
help-value-by = MÃ
help-value-lang = NGÔN_NGỮ
help-value-origin = TÊN
help-value-kind = LOẠI
help-value-ledger = TÊN
help-value-key = TỆP
help-value-programme = MÃ
help-value-file = TỆP
help-value-code = MÃ
help-value-fund = QUỸ
help-value-pool = NGUỒN
help-value-item = HIỆN_VẬT
help-value-lot = LÔ
help-value-source = NGUỒN_KINH_PHÍ
help-value-bank = NGÂN_HÀNG
help-value-account = TÊN
help-value-place = ĐỊA_BÀN
help-value-category = NHÓM
help-value-from = TỪ
help-value-to = ĐẾN
help-value-cut = SỐ
help-value-scale = N
help-value-map = TỆP
help-value-what = GÌ
help-value-words = TỪ_KHOÁ
help-value-party = TỔ_CHỨC
help-value-priority = MỨC
help-value-state = TRẠNG_THÁI
help-value-reach = TẦM
help-value-parent = ĐỊA_BÀN
help-value-role = VAI_TRÒ

help-minhbach = Sổ Minh Bạch: sổ công khai, kiểm chứng được, về từng khoản ủng hộ trẻ em – ai nhận, nhận gì, còn lại bao nhiêu.
help-minhbach-more =
    Kết quả ra stdout, lời nhắn ra stderr. Mã thoát: 0 là có, được; 1 là không (bị từ chối,
    bị sửa, không tìm thấy); 2 là không trả lời được (gõ sai, lỗi đĩa, sổ đang bận).

    Bắt đầu:  minhbach demo                        một sổ mẫu để xem thử
              minhbach init --origin so.example.vn/quy
              minhbach LỆNH --help                 hướng dẫn từng lệnh
help-minhbach-version = In số phiên bản
help-minhbach-help = In hướng dẫn này
help-minhbach-data = Thư mục dữ liệu; mặc định minhbach-data (của demo: minhbach-demo), hoặc theo biến MINHBACH_DATA
help-minhbach-server = Hỏi máy chủ ở địa chỉ này thay cho thư mục dữ liệu; hoặc theo biến MINHBACH_SERVER
help-minhbach-token-file = Tệp chứa mã truy cập để ghi qua máy chủ; không có thì biến MINHBACH_TOKEN chứa chính mã đó
help-minhbach-format = Dạng trả lời: table (bảng cho người đọc, mặc định), json, csv
help-minhbach-excel = Với csv: dấu chấm phẩy, dấu phẩy thập phân và BOM, để Excel mở đúng
help-minhbach-by = Mã vị trí người ghi, cho các dòng không nêu; mặc định local
help-minhbach-lang = Ngôn ngữ: vi (mặc định) hoặc en; hoặc theo biến MINHBACH_LANG

help-init = Lập một sổ mới trong thư mục dữ liệu
help-init-origin = Tên công khai, duy nhất của sổ, như so.example.vn/quy-tre-em
help-init-kind = live: sổ thật (mặc định); demo: sổ mẫu, đề nghị được mang thời điểm riêng
help-init-ledger = Tên gọi của sổ; mặc định như --origin
help-init-key = Tệp khoá ký có sẵn (PRIVATE+KEY+…, tên đúng bằng --origin); không nêu thì tạo khoá mới trong private/log-key
help-init-programme = Kế hoạch ghi vào sổ ngay từ đầu, cùng mọi thứ nó dựa vào (nêu được nhiều lần): mã có sẵn (xem programme list) hoặc tệp .toml tự soạn

help-record = Ghi sổ các đề nghị, mỗi dòng một đề nghị (NDJSON)
help-record-file = Tệp đề nghị; để trống hoặc - là đọc từ stdin
help-record-atomic = Ghi tất cả hoặc không ghi dòng nào; nhiều nhất 1024 dòng
help-record-more =
    Mỗi dòng vào là một đối tượng JSON: type và các trường của sự việc, thêm key, by nếu cần.
    Mỗi dòng được trả lời bằng đúng một dòng JSON trên stdout, theo thứ tự, ngay khi đã nằm chắc
    trên đĩa; không đợi hết đầu vào. Dòng bị từ chối không để lại dấu vết, các dòng sau vẫn ghi
    tiếp (mã thoát 1). Dạng trả lời luôn là JSON, dù --format là gì.

    Với --atomic: dòng sai nhận lỗi của chính nó; dòng đúng mà không được ghi vì dòng khác sai
    nhận lỗi not_recorded, nêu số của các dòng sai; nếu có dòng không đọc được thì các quy tắc chưa
    được hỏi tới. Dòng có key đã ghi từ trước vẫn nhận lại trả lời cũ.

    Một dòng như vậy:
    { "  {" }"type":"party.registered","party":"quy-a","kind":"fund","name":"Quỹ A"{ "}" }
    Ghi:  minhbach record de-nghi.ndjson

help-import = Nhập dữ liệu có sẵn: sao kê ngân hàng, bảng CSV
help-import-statement = Nhập sao kê ngân hàng: mỗi khoản ghi có thành một khoản tiếp nhận trong nguồn góp chung
help-import-statement-file = Sao kê dạng CSV, để nguyên hoặc nén .gz
help-import-statement-bank = Mẫu sao kê của ngân hàng nào: vietcombank
help-import-statement-fund = Quỹ giữ tiền (slug)
help-import-statement-pool = Nguồn góp chung nhận tiền (slug)
help-import-statement-source = Nguồn kinh phí; phải trùng với nguồn góp chung
help-import-statement-account = Tên tài khoản, giống nhau cho mọi sao kê của tài khoản đó; mặc định QUỸ/NGUỒN
help-import-statement-continues = Cam đoan: tệp bắt đầu đúng chỗ một tệp đã nhập kết thúc
help-import-statement-whole-days = Cam đoan: tệp chứa trọn mọi ngày có trong nó
help-import-statement-server = Ghi qua máy chủ đang giữ thư mục này (nêu thư mục bằng --data: phần riêng trong đó giúp nhận ra dòng đã nhập)
help-import-statement-more =
    Nhập lại cùng một tệp không thêm gì. Tệp chồng lên tệp đã nhập chỉ thêm phần mới; chỗ nào
    không phân biệt được thì dừng và liệt kê, không đoán (mã thoát 2, chưa ghi gì).
    Khoản chi (ghi nợ) được liệt kê, không nhập: đó không phải lỗi. Mã thoát 1 khi có dòng không
    hiểu được hoặc bị từ chối. Nội dung chuyển khoản chỉ nằm trong private/, không vào sổ.

help-import-csv = Nhập một bảng CSV: mỗi dòng thành một sự việc, theo bản đồ cột
help-import-csv-file = Bảng CSV, để nguyên hoặc nén .gz
help-import-csv-map = Bản đồ cột (TOML): mỗi trường của sự việc lấy từ cột nào
help-import-csv-dry-run = Chạy thử: xét từng dòng theo đúng quy tắc, không ghi gì
help-import-csv-server = Ghi qua máy chủ đang giữ thư mục này (nêu thư mục bằng --data: phần riêng trong đó giúp nhận ra dòng đã nhập)
help-import-csv-more =
    Dòng không nhập được thì liệt kê: số dòng, cột, giá trị, vì sao (--format json hoặc csv để lấy
    cả danh sách). Nhập lại cùng một tệp không thêm gì. Cột không có trong bản đồ không đi đâu cả:
    không vào sổ, không vào thông báo. Mã thoát: 0 là mọi dòng đã vào; 1 là có dòng không vào; 2 là
    tệp không đọc được, không đúng cột, hoặc bản đồ sai. Cách viết bản đồ: docs/import-csv.md.

help-trail = Hành trình của một mã: khoản ủng hộ từ đâu tới, nay ở đâu, đã đến với trẻ em nơi nào
help-trail-code = Mã của khoản đăng ký, tiếp nhận, phân bổ, lần trao…, hoặc slug của nguồn góp chung

help-received = Ai đã nhận gì: theo địa bàn, nội dung hỗ trợ, hiện vật, tháng, nguồn
help-received-programme = Chỉ một kế hoạch
help-received-place = Chỉ một địa bàn (không gồm các địa bàn trực thuộc)
help-received-category = Chỉ một nội dung hỗ trợ
help-received-item = Chỉ một hiện vật, hoặc loại tiền như VND
help-received-source = Chỉ phần từ một nguồn kinh phí
help-received-from = Từ tháng, như 2026-01
help-received-to = Đến hết tháng, như 2026-12
help-received-by = Chia dòng theo: place, category, item, month, source, programme, cách nhau dấu phẩy; mặc định place,category. Ở lệnh này --by không phải mã người ghi
help-received-more =
    Đã trừ hàng trả lại và các dòng bị đảo. Cột lượt trẻ cộng số trẻ qua các lần trao:
    một trẻ nhận hai lần là hai lượt, không phải hai trẻ.

help-balances = Số dư: từng lô, từng nguồn góp chung có gì, ở đâu
help-balances-lot = Chỉ một lô (mã) hoặc một nguồn góp chung (slug)
help-balances-fund = Chỉ một quỹ
help-balances-item = Chỉ một hiện vật, hoặc loại tiền như VND
help-balances-source = Chỉ một nguồn kinh phí
help-balances-kind = Chỉ lot (lô) hoặc chỉ pool (nguồn góp chung)

help-statement = Sổ thu chi: vào, ra và còn lại theo quỹ, nguồn góp chung và ngày
help-statement-fund = Chỉ một quỹ
help-statement-pool = Chỉ một nguồn góp chung
help-statement-item = Chỉ một hiện vật, hoặc loại tiền như VND
help-statement-from = Từ ngày, như 2026-01-31
help-statement-to = Đến hết ngày, như 2026-12-31

help-needs = Nhu cầu: còn thiếu gì, ở đâu, gấp đến đâu, đã lo được bao nhiêu
help-needs-programme = Chỉ một kế hoạch
help-needs-place = Chỉ một địa bàn (không gồm các địa bàn trực thuộc)
help-needs-category = Chỉ một nội dung hỗ trợ
help-needs-item = Chỉ một hiện vật, hoặc loại tiền như VND
help-needs-priority = Chỉ một mức ưu tiên, từ 1 (gấp nhất) đến 5
help-needs-state = open: đang mở (mặc định), met: đã đáp ứng, withdrawn: đã rút, duplicate: trùng, all: tất cả
help-needs-uncovered = Chỉ nhu cầu chưa lo đủ
help-needs-more =
    Xếp theo mức ưu tiên, rồi theo ngày cần. Còn thiếu = cần − chờ trao − đã trao; hàng trả lại,
    phần thôi phân bổ và các dòng bị đảo đã được trừ.

help-progress = Kế hoạch đã đi đến đâu: từng chỉ tiêu, với tử số, mẫu số và nguồn số liệu
help-progress-programme = Mã kế hoạch (slug), như hn-204-2019
help-progress-more =
    Tỉ lệ luôn đi kèm phân số; chỉ tiêu chưa có báo cáo được ghi rõ là chưa có báo cáo, không
    phải 0%. Số liệu báo cáo và điều sổ tự biết (các lần trao, các nhu cầu) được để riêng.

help-search = Tìm theo tên (không cần dấu, không phân biệt hoa thường) hoặc theo mã
help-search-words = Vài từ của tên, hoặc mã hay phần đầu của mã
help-search-more =
    Tìm địa bàn, tổ chức, kế hoạch, nội dung hỗ trợ, hiện vật, đợt vận động, nguồn góp chung và mã của
    từng dòng. Tên cũ vẫn tìm được. Tên chỉ giống nhau khi bỏ dấu được xếp cạnh nhau, không gộp.

help-parties = Các tổ chức: vai trò, đã ủng hộ, đang giữ, được trao, đã cung cấp gì
help-parties-party = Một tổ chức (slug); để trống là tất cả
help-parties-kind = organisation: tổ chức, fund: quỹ, facility: cơ sở, authority: cơ quan nhà nước, supplier: nhà cung cấp
help-parties-role = Chỉ tổ chức có, hoặc từng có, vai trò này

help-places = Các địa bàn, trước và sau khi sắp xếp lại, và những gì đã trao ở đó
help-places-place = Một địa bàn (slug), cũ hay mới; để trống là tất cả
help-places-reach = alone: chỉ địa bàn đó; under: cả các địa bàn trực thuộc; whole: cả các đơn vị cũ và mới (mặc định)
help-places-kind = province, district, commune, ward, township, special_zone, village, facility
help-places-parent = Chỉ các địa bàn trực thuộc ngay một địa bàn

help-status = Tình trạng sổ: số dòng, dòng cuối, ai đang ghi; không khoá, không ghi gì
help-verify = Xác minh: sổ có đúng như đã ghi không; không bao giờ sửa gì
help-verify-chain = Chỉ kiểm chuỗi băm (nhanh), bỏ qua quy tắc và bảng tổng hợp
help-verify-more =
    Kiểm từng dòng: mã băm, mắt xích, số thứ tự, thời điểm; rồi đúng dạng chuẩn, đúng quy tắc như
    lúc ghi; rồi các bảng tổng hợp có khớp với nhật ký không. Sai ở đâu thì nêu tệp, dòng, số.
help-rebuild = Xoá các bảng tổng hợp và dựng lại từ nhật ký
help-recover = Bỏ phần cuối nhật ký bị hỏng; phần bỏ đi được giữ trong recovered/
help-recover-cut = Giữ các dòng có số nhỏ hơn SỐ, bỏ từ SỐ trở đi
help-recover-acknowledged = Bỏ cả các dòng còn lành, đã được xác nhận
help-value-backup = TỆP|THƯ_MỤC
help-value-passphrase-file = TỆP
help-value-a = A
help-value-b = B
help-backup = Sao lưu sổ vào một tệp, cả khi sổ đang được phục vụ; kiểm từng dòng trên đường
help-backup-backup = Tệp sẽ làm (.tar), hoặc một thư mục: trong đó tệp mang tên sổ, giờ và số dòng
help-backup-with-private = Cả phần riêng tư (khoá ký, mã truy cập, nội dung chuyển khoản), niêm phong bằng mật khẩu
help-backup-passphrase-file = Mật khẩu: dòng đầu của một tệp chỉ mình bạn đọc được; - là đầu vào chuẩn; mặc định là nhập tay
help-backup-replace = Thay tệp đang có, nếu đó là bản sao lưu cũ hơn của chính sổ này
help-backup-more =
    Chỉ cần tar và b3sum là mở được tệp (docs/backup.md). Không có --with-private thì trong tệp không có gì riêng tư. Thỉnh thoảng hãy khôi phục thử: minhbach restore TỆP --data thu-nghiem
help-restore = Khôi phục một bản sao lưu vào thư mục sổ, sau khi đã kiểm tất cả
help-restore-file = Bản sao lưu
help-restore-key = Khoá của sổ (dòng log/vkey) hoặc tệp chứa nó, lấy từ nơi tin cậy; mặc định là khoá trong bản sao lưu
help-restore-seen = Điểm chốt, bằng chứng hoặc tệp hành trình đã giữ, hoặc thư mục một bản gương: bản sao lưu phải nối tiếp nó (nêu được nhiều lần)
help-restore-passphrase-file = Mật khẩu của phần riêng tư: dòng đầu của một tệp chỉ mình bạn đọc được; - là đầu vào chuẩn; mặc định là nhập tay
help-restore-without-private = Bỏ phần riêng tư ra ngoài
help-restore-replace = Chuyển sổ đang có sang bên; không xoá
help-restore-more =
    Thư mục --data chưa có hoặc còn trống, hoặc chứa một sổ mà --replace chuyển sang bên. Dù có gì trục trặc giữa chừng, điều đang có vẫn còn đó.
help-compare = So sánh hai sổ, là thư mục hay bản sao lưu: giống nhau đến đâu, khác nhau ở đâu
help-compare-a = Một thư mục sổ hoặc một bản sao lưu
help-compare-b = Một cái khác
help-compare-more =
    Đọc và kiểm từng dòng của cả hai. Mã thoát: 0 giống nhau; 1 khác nhau, hoặc hai điểm chốt mâu thuẫn; 2 không kết luận được.
help-schema = Liệt kê các loại sự việc ghi được; in JSON Schema của một loại, hoặc của một dòng nhật ký
help-schema-what = list: liệt kê các loại (để trống cũng vậy, khi gõ ở màn hình); một loại, như receipt.issued: hình thức đề nghị của loại đó; proposal: đề nghị mọi loại; entry: dòng nhật ký
help-demo = Lập một sổ mẫu rồi phục vụ nó: mười tám tháng ở Hà Nội và Hải Phòng (tổ chức trong đó là minh hoạ)
help-demo-no-serve = Kết thúc sau khi ghi xong, không phục vụ; thư mục phải trống
help-demo-scale = Kể câu chuyện N lần song song trong một sổ, để đo tốc độ; mặc định 1
help-demo-more =
    Mặc định ghi vào thư mục minhbach-demo, hoặc theo --data, MINHBACH_DATA, rồi phục vụ sổ đó và in địa chỉ để mở bằng trình duyệt. Thư mục đã có sổ mẫu thì phục vụ lại; có thứ khác thì không đụng tới.
help-value-listen = ĐỊA_CHỈ
help-value-log = MỨC
help-value-requests-per-second = N
help-value-writes-per-second = N
help-serve = Phục vụ sổ qua HTTP: hỏi, ghi và theo dõi
help-serve-listen = Địa chỉ và cổng; mặc định 127.0.0.1:8080; cổng 0 là cổng trống bất kỳ
help-serve-log = Ghi gì ra stderr: off, errors (chỉ lỗi) hoặc requests (mỗi yêu cầu, mặc định), mỗi dòng một JSON
help-serve-behind-proxy = Lấy địa chỉ người hỏi từ X-Forwarded-For; chỉ dùng khi có proxy của mình đứng trước
help-serve-requests-per-second = Số yêu cầu mỗi giây của một địa chỉ; mặc định 200; 0 là không giới hạn
help-serve-writes-per-second = Số yêu cầu ghi mỗi giây của một mã truy cập; mặc định 100; 0 là không giới hạn
help-serve-more =
    Khi sẵn sàng, in địa chỉ trên một dòng. Đọc thì ai cũng được; ghi cần mã truy cập của minhbach actor add.
    Dừng bằng SIGTERM hoặc Ctrl-C: việc dở dang được làm xong, không mất gì.
help-demo-listen = Địa chỉ và cổng; mặc định 127.0.0.1:8080, hoặc cổng trống nếu cổng đó đang bận

help-witness = Làm nhân chứng cho các sổ: xem từng điểm chốt và chỉ đồng ký cái nối tiếp điều đã xem
help-witness-name = Tên của nhân chứng mới, như nhan-chung.example.vn/truong-minh-hoa; chỉ cần lần đầu
help-witness-watch = Khoá của một sổ (dòng log/vkey của nó), hoặc tệp có các dòng “log KHOÁ” (nêu được nhiều lần)
help-witness-listen = Địa chỉ và cổng để nghe; mặc định 127.0.0.1:8090
help-witness-log = Ghi gì ra lỗi chuẩn: off, errors (mặc định) hoặc requests
help-witness-more =
    Nhân chứng giữ khoá và điều đã xem trong thư mục --data (mặc định minhbach-witness). Đừng chạy hai nhân chứng cùng một khoá, đừng khôi phục nó từ bản sao cũ.
help-value-watch = KHOÁ|TỆP
help-value-name = TÊN
help-value-policy = TỆP
help-value-fail = KIỂU
help-serve-policy = Tệp chính sách (tlog-policy): các nhân chứng được mời đồng ký từng điểm chốt, và bao nhiêu là đủ
help-serve-fail = Khi chưa đủ nhân chứng: open vẫn công bố điểm chốt mới (mặc định), closed giữ điểm chốt cuối đã đủ

help-prove = Đưa ra bằng chứng: của một dòng (.tlog-proof) hoặc cả hành trình của một mã (một tệp tự chứng minh)
help-prove-what = Số dòng, như 12, hoặc mã, như RC-7K2Q9M4XX
help-prove-more =
    Bằng chứng ra stdout: minhbach prove RC-7K2Q9M4XX > RC-7K2Q9M4XX.trail.json. Ai cầm tệp cũng kiểm được mà không hỏi sổ: minhbach verify TỆP, docs/verify.py, hoặc trang /verify.
help-export = Xuất những gì công khai của sổ thành tệp
help-export-tiles = Nhật ký công khai thành các tệp (tlog-tiles) cho máy chủ web tĩnh hay kho đối tượng; chạy lại thì chỉ thêm phần mới
help-export-tiles-dir = Thư mục để ghi
help-mirror = Giữ bản gương của một sổ khác: kiểm từng dòng, và báo động khi sổ kể một lịch sử khác
help-mirror-url = Địa chỉ của sổ, như https://so.example.vn, hoặc thư mục do export tiles ghi
help-mirror-dir = Thư mục của bản gương; mọi lệnh đọc dùng được trên đó bằng --data
help-mirror-key = Khoá của sổ (dòng log/vkey) hoặc tệp chứa nó, lấy từ nơi tin cậy
help-mirror-witness = Khoá của một nhân chứng được tin (nêu được nhiều lần)
help-mirror-policy = Tệp chính sách (tlog-policy) nêu các nhân chứng được tin
help-mirror-every = Hỏi sổ sau mỗi bao nhiêu giây; mặc định 5
help-mirror-once = Làm một lần rồi thôi
help-verify-what = Địa chỉ của một sổ, thư mục sổ hoặc thư mục tệp, tệp hành trình hoặc bằng chứng; mặc định là --data
help-verify-key = Khoá của sổ (dòng log/vkey) hoặc tệp chứa nó, lấy từ nơi tin cậy; không nêu thì dùng khoá sổ tự nêu
help-verify-witness = Khoá của một nhân chứng được tin (nêu được nhiều lần)
help-verify-policy = Tệp chính sách (tlog-policy) nêu các nhân chứng được tin
help-verify-seen = Điểm chốt, bằng chứng hoặc tệp hành trình cũ đã giữ: sổ phải nối tiếp nó (nêu được nhiều lần)
help-verify-entry = Tệp chứa đúng các byte của dòng, khi bằng chứng không kèm dòng
help-value-url = ĐỊA_CHỈ
help-value-dir = THƯ_MỤC
help-value-witness = KHOÁ
help-value-every = GIÂY
help-value-seen = TỆP
help-value-entry = TỆP
