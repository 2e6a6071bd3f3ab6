# Những vị trí được ghi sổ qua máy chủ.
help-actor = Các vị trí được ghi sổ qua máy chủ: cấp, xem, thu hồi mã truy cập
help-actor-add = Cấp mã truy cập cho một vị trí và in mã đó ra stdout, một lần duy nhất
help-actor-add-code = Mã của vị trí, như ke-toan, không phải tên người; là by của mọi dòng vị trí đó ghi
help-actor-add-role = Vai trò (nêu được nhiều lần): recorder người ghi, approver người duyệt, deliverer người trao, receiver bên nhận, inspector người kiểm tra, auditor kiểm toán viên (chỉ đọc), admin người quản trị
help-actor-add-party = Tổ chức (slug) mà bên nhận thay mặt; bắt buộc khi có receiver, và chỉ khi đó
help-actor-add-more =
    Ra stdout chỉ có mã truy cập; lời nhắn ra stderr. Sổ chỉ giữ mã băm của nó: mất thì thu hồi
    rồi cấp lại. Không khoá sổ; máy chủ đang chạy thấy ngay, không cần khởi động lại.
    Vai trò nào được ghi gì, và vì sao: docs/actors.md.
help-actor-list = Liệt kê các vị trí đã được cấp mã truy cập, cả mã đã thu hồi
help-actor-revoke = Thu hồi mã truy cập của một vị trí; có hiệu lực ngay từ yêu cầu kế tiếp
help-actor-revoke-code = Mã của vị trí

actor-code-form = Mã vị trí “{ $value }”: { $problem }.
actor-added =
    Đã cấp mã truy cập cho { $code }: { $roles }.
    Mã chỉ hiện lần này. Giao cho đúng vị trí đó; lệnh minhbach dùng nó bằng --token-file TỆP, chương trình khác gửi Authorization: Bearer MÃ.
actor-token-not-shown = Không in được mã truy cập của { $code }: { $why }. Mã đó bị thu hồi; sửa đầu ra rồi cấp lại.
actor-revoked = Đã thu hồi mã truy cập của { $code }. Những dòng vị trí đó đã ghi vẫn nguyên.
actor-none = Chưa vị trí nào được cấp mã truy cập. Cấp bằng: minhbach actor add
actor-speaks-for = thay mặt { $party }
actor-since = từ { $since }
actor-revoked-at = thu hồi { $at }
column-actor = Vị trí
column-duties = Vai trò
column-token = Mã truy cập
word-recorder = người ghi
word-approver = người duyệt
word-deliverer = người trao
word-receiver = bên nhận
word-inspector = người kiểm tra
word-auditor = kiểm toán viên
word-admin = người quản trị

actors-damaged = Danh sách vị trí { $path } bị hỏng: { $why }. Khi chưa sửa thì không mã truy cập nào dùng được. Khôi phục tệp từ bản sao lưu; hoặc chuyển nó đi chỗ khác rồi cấp lại mã cho từng vị trí.
actors-in-use = Một lệnh khác đang sửa { $path }. Đợi lệnh đó kết thúc rồi gõ lại.
actors-no-randomness = Hệ điều hành không cho số ngẫu nhiên, nên không tạo được mã truy cập. Chưa thay đổi gì; thử lại sau.
actors-active = { $code } đang có mã truy cập, cấp lúc { $since }. Muốn cấp mã khác thì thu hồi trước: minhbach actor revoke { $code }
actors-unknown = Không có vị trí { $code }. Xem các vị trí đã có: minhbach actor list
actors-revoked-before = Mã truy cập của { $code } đã bị thu hồi từ trước, lúc { $at }.
actors-no-role = { $code } chưa có vai trò nào. Nêu ít nhất một --role.
actors-no-party = { $code } là bên nhận: nêu tổ chức mà vị trí này thay mặt bằng --party.
actors-party-alone = --party chỉ đi với --role receiver: ngoài việc xác nhận và khiếu nại, nó không giới hạn gì. Bỏ --party, hoặc thêm --role receiver.
actors-full = { $path } đã có { $max } bản ghi, kể cả mã đã thu hồi, và không nhận thêm. Giữ một bản sao của tệp rồi xoá bớt các bản ghi đã thu hồi.
actors-not-a-file = đó không phải một tệp thường
actors-too-long = tệp dài hơn mức một danh sách có thể có
actors-shape = dòng { $line }, cột { $column } không đúng hình thức
actors-format = tệp theo một định dạng mà chương trình này không biết, có thể do phiên bản mới hơn ghi
actors-too-many = có hơn { $max } bản ghi
actors-field = bản ghi thứ { $record } có trường { $field } không hợp lệ
actors-twice-active = bản ghi thứ { $record } là của một vị trí đang có mã truy cập ở bản ghi trước
actors-same-token = bản ghi thứ { $record } trùng mã truy cập với bản ghi trước
