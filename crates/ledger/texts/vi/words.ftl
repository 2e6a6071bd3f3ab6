# Từ chỉ thứ mà câu nói tới.
word-programme = chương trình
word-place = địa bàn
word-item = hiện vật
word-party = tổ chức
word-campaign = cuộc vận động
word-pool = nguồn góp chung
word-donation = đăng ký ủng hộ
word-receipt = khoản tiếp nhận
word-lot = lô hoặc nguồn góp chung
word-allocation = phân bổ
word-delivery = lần trao
word-need = nhu cầu
word-category = nội dung hỗ trợ
word-group = nhóm đối tượng
word-fund = quỹ
