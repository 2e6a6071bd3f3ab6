# The words of --help. `help-<command>` says what a command does, `help-<command>-<argument>` what an argument
# means, `help-<command>-more` stands at the end of the page; `help-minhbach-…` are arguments of every command.
help-heading-usage = Usage:
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-usage-options = [OPTIONS]
help-value-command = COMMAND
help-value-data = DIR
help-value-format = FORMAT
help-value-by = CODE
help-value-lang = LANGUAGE
help-value-origin = NAME
help-value-kind = KIND
help-value-ledger = NAME
help-value-programme = ID
help-value-file = FILE
help-value-code = CODE
help-value-fund = FUND
help-value-pool = POOL
help-value-item = ITEM
help-value-lot = LOT
help-value-source = SOURCE
help-value-bank = BANK
help-value-account = NAME
help-value-place = PLACE
help-value-category = CATEGORY
help-value-from = FROM
help-value-to = TO
help-value-cut = SEQ
help-value-what = WHAT

help-minhbach = Sổ Minh Bạch: a public, verifiable ledger of gifts for children – who received what, and what is left.
help-minhbach-more =
    Data go to stdout, words to stderr. Exit codes: 0 yes; 1 no (refused, tampered with, not
    found); 2 could not tell (a wrong command line, a disk that fails, a folder in use).

    To begin:  minhbach demo                        a ledger to look at
               minhbach init --origin so.example.vn/fund
               minhbach COMMAND --help              about one command
help-minhbach-version = Print the version
help-minhbach-help = Print this help
help-minhbach-data = The data folder; by default minhbach-data, or what MINHBACH_DATA says
help-minhbach-format = How to answer: table (for people, the default), json, csv
help-minhbach-excel = With csv: semicolons, decimal commas and a BOM, as Excel in Vietnam opens it
help-minhbach-by = The post that records, for lines that name none; by default local
help-minhbach-lang = Language: vi (the default) or en; or what MINHBACH_LANG says

help-init = Make a new ledger in the data folder
help-init-origin = The ledger's public, unique name, like so.example.vn/child-fund
help-init-kind = live: real gifts (the default); demo: made up, proposals may bring their own time
help-init-ledger = What the ledger is called; by default as --origin
help-init-programme = A plan to begin with (may be given several times); there is: hn-204-2019

help-record = Record proposals, one a line (NDJSON)
help-record-file = A file of proposals; none or - reads stdin
help-record-atomic = Record all lines or none; at most 1024 lines
help-record-more =
    Each line in is a JSON object: type and the event's fields, with key and by where needed.
    Each is answered by exactly one line of JSON on stdout, in order, as soon as it is durable;
    nothing waits for the end of the input. A refused line leaves no trace and the lines after it
    go on (exit code 1). Answers are JSON whatever --format says.
    With --atomic: a wrong line gets its own error; a line that is right and was not recorded
    because of another gets the error not_recorded, which names the wrong lines; where a line
    cannot be read, the rules are not asked. A line whose key was recorded before still gets its
    first answer again.

    Example:  echo '{ "{" }"type":"party.registered","party":"quy-a","kind":"fund","name":"Quỹ A"{ "}" }' \
                | minhbach record

help-import = Import what is there: bank statements
help-import-statement = Import a bank statement: each credit becomes a receipt in the pool
help-import-statement-file = The statement as CSV, plain or .gz
help-import-statement-bank = Whose layout the statement has: vietcombank
help-import-statement-fund = The fund that holds the money (slug)
help-import-statement-pool = The pool that takes the money (slug)
help-import-statement-source = The source; it must be the pool's
help-import-statement-account = The account's name, the same for all its statements; by default FUND/POOL
help-import-statement-continues = You state: the file begins exactly where an imported one ended
help-import-statement-whole-days = You state: the file holds every day in it wholly
help-import-statement-more =
    The same file again adds nothing. A file that overlaps an imported one adds just what is new;
    where that cannot be told it stops and lists the lines instead of guessing (exit code 2,
    nothing written). Debits are listed and not imported: that is no fault. Exit code 1 when lines
    were not understood or refused. Memo texts go to private/ only, never to the journal.

help-trail = The trail of a code: where a gift came from, where it is now, which children it reached
help-trail-code = The code of a pledge, receipt, allocation, delivery…, or a pool's slug

help-received = Who received what: by place, category, item, month, source
help-received-programme = One programme only
help-received-place = One place only (not those under it)
help-received-category = One category only
help-received-item = One item only, or a currency like VND
help-received-source = Only what came from one source
help-received-from = From this month on, like 2026-01
help-received-to = Up to and with this month, like 2026-12
help-received-by = Rows by: place, category, item, month, source, programme, with commas; by default place,category. Here --by is not the actor
help-received-more =
    Net of returns and reversals. Child deliveries add up children over deliveries: a child who
    receives twice counts twice, so they are not a number of children.

help-balances = What is in each lot and pool, and where the rest went
help-balances-lot = One lot (code) or pool (slug) only
help-balances-fund = One fund only
help-balances-item = One item only, or a currency like VND
help-balances-source = One source only
help-balances-kind = Only lot, or only pool

help-statement = What came in and went out, and the balance, by fund, pool and day
help-statement-fund = One fund only
help-statement-pool = One pool only
help-statement-item = One item only, or a currency like VND
help-statement-from = From this day on, like 2026-01-31
help-statement-to = Up to and with this day, like 2026-12-31

help-status = How far the ledger is: entries, the last one, who writes; takes no lock, writes nothing
help-verify = Check that the ledger is what was recorded; never changes anything
help-verify-chain = Check the chain of hashes only (fast), not the rules and the projections
help-verify-more =
    Checks every entry: hash, link, seq, time; then its canonical form, and that the rules decide
    the same today; then that the projections say what the journal says. What is wrong is named by
    file, line and seq.
help-rebuild = Delete the projections and build them again from the journal
help-recover = Give up the damaged end of a journal; what is removed is kept in recovered/
help-recover-cut = Keep the entries before SEQ, remove SEQ and all after it
help-recover-acknowledged = Remove sound entries, which were acknowledged, too
help-schema = Print the JSON Schema of a journal entry, or of a proposal
help-schema-what = entry: a line of the journal (the default); proposal: what record reads
help-demo = Make a ledger to look at: eighteen months of Hanoi and Hải Phòng (its organisations are made up)
help-demo-no-serve = End when it is written
help-demo-scale = Tell the story N times side by side in one ledger, for measurements; 1 unless given
help-demo-more =
    Goes to the folder minhbach-demo, or where --data or MINHBACH_DATA say; it must be empty.
