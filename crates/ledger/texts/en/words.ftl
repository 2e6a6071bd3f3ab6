# The words for what a sentence speaks of.
word-programme = programme
word-place = place
word-item = item
word-party = party
word-campaign = campaign
word-pool = pool
word-donation = donation
word-receipt = receipt
word-lot = lot or pool
word-allocation = allocation
word-delivery = delivery
word-need = need
word-category = category
word-group = group
word-fund = fund
