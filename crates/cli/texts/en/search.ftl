# Finding things by name and by code.
search-nothing = Nothing is found for “{ $words }”.
search-empty = Say what to look for: a part of a name, or a code.
search-too-long = The query is longer than { $max } characters; shorten it.
search-more = There is more than is shown; add a word to narrow it down.
search-former-name = former name: { $name }
search-other-name = fits: { $name }
search-folded = (fits without marks)
search-reversed = reversed by entry { $seq }
column-found = Name and code
column-found-what = What it is
column-found-when = When
word-place = place
word-party = organisation
word-programme = programme
word-category = category
word-item = item
word-campaign = campaign
