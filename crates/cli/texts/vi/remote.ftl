# Hỏi và ghi qua một máy chủ.
status-server = Máy chủ
server-form = --server “{ $given }”: cần một địa chỉ như https://so.example.vn hoặc http://127.0.0.1:8080.
server-not-here = Lệnh { $command } chỉ làm việc trên thư mục dữ liệu, không qua máy chủ. Bỏ --server và nêu thư mục bằng --data.
server-by = --by không đi cùng --server hay MINHBACH_SERVER: máy chủ biết người ghi qua mã truy cập. Bỏ --by.
token-missing = Ghi qua máy chủ cần mã truy cập. Đặt vào biến { $variable } hoặc vào một tệp rồi dùng --token-file; người giữ sổ cấp bằng minhbach actor add.
token-file-form = Trong { $path } không có mã truy cập đúng dạng: chỉ một dòng, như minhbach actor add đã in ra.
token-variable-form = Biến { $variable } không chứa mã truy cập đúng dạng: chỉ một dòng, như minhbach actor add đã in ra.

remote-not-reached = Không nối được tới { $url }: { $why }. Kiểm tra lại địa chỉ, và xem máy chủ có đang chạy không.
remote-no-such-host = Không tìm thấy máy nào theo địa chỉ { $url }. Kiểm tra lại tên máy và mạng.
remote-tls = Không lập được kết nối an toàn (TLS) tới { $url }: { $why }. Kiểm tra lại chứng chỉ của máy chủ và đồng hồ của máy này.
remote-timed-out = { $url } không trả lời kịp. Thử lại sau.
remote-broken = Kết nối tới { $url } bị đứt: { $why }. Thử lại.
remote-cut-off = câu trả lời chưa trọn
remote-foreign = { $url } không trả lời như một máy chủ minhbach. Kiểm tra lại địa chỉ.
remote-elsewhere = { $url } chuyển sang { $to }. Dùng địa chỉ đó với --server.
remote-not-understood = Không đọc được câu trả lời của { $url }: { $why }. Máy chủ có thể dùng phiên bản khác; dùng cùng một phiên bản minhbach.
remote-unauthenticated = { $url } không nhận mã truy cập: sai hoặc đã bị thu hồi. Người giữ sổ cấp mã mới bằng minhbach actor add.
remote-forbidden = { $url } không cho phép: { $why }
remote-too-many = { $url } đang nhận quá nhiều yêu cầu: { $why }
remote-unavailable = { $url } chưa phục vụ được: { $why }
remote-problem = { $url } từ chối: { $why }
remote-ended = { $url } dừng nhận giữa chừng: { $why }
remote-open = Cảnh báo: { $url } không có TLS, ai ở giữa đường cũng đọc được mã truy cập. Nên dùng địa chỉ https.
remote-grew = Sổ có thêm dòng trong khi đang đọc: các phần của câu trả lời thuộc những thời điểm khác nhau. Gõ lại để có một thời điểm.

record-not-sent = Từ dòng { $line } trở đi chưa được ghi. { $why }
record-doubt = Không rõ các dòng từ { $first } đến { $last } đã được ghi hay chưa: { $why } Xem trong sổ trước khi gửi lại, kẻo ghi hai lần; dòng nào có key thì gửi lại bao nhiêu lần cũng chỉ ghi một lần.
record-doubt-keyed = Không rõ các dòng từ { $first } đến { $last } đã được ghi hay chưa: { $why } Dòng nào cũng có key, nên cứ gửi lại: dòng đã ghi không bị ghi lần nữa.
