# The words of --help. `help-<command>` says what a command does, `help-<command>-<argument>` what an argument
# means, `help-<command>-more` stands at the end of the page; `help-minhbach-…` are arguments of every command.
help-heading-usage = Usage:
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-usage-options = [OPTIONS]
help-value-command = COMMAND
help-value-data = DIR
help-value-server = URL
help-value-token-file = FILE
help-value-format = FORMAT
help-value-by = CODE
help-value-lang = LANGUAGE
help-value-origin = NAME
help-value-kind = KIND
help-value-ledger = NAME
help-value-key = FILE
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
help-value-scale = N
help-value-map = FILE
help-value-what = WHAT
help-value-words = WORDS
help-value-party = PARTY
help-value-priority = LEVEL
help-value-state = STATE
help-value-reach = REACH
help-value-parent = PLACE
help-value-role = ROLE

help-minhbach = Sổ Minh Bạch: a public, verifiable ledger of gifts for children – who received what, and what is left.
help-minhbach-more =
    Data go to stdout, words to stderr. Exit codes: 0 yes; 1 no (refused, tampered with, not
    found); 2 could not tell (a wrong command line, a disk that fails, a folder in use).

    To begin:  minhbach demo                        a ledger to look at
               minhbach init --origin so.example.vn/fund
               minhbach COMMAND --help              about one command
help-minhbach-version = Print the version
help-minhbach-help = Print this help
help-minhbach-data = The data folder; by default minhbach-data (of demo: minhbach-demo), or what MINHBACH_DATA says
help-minhbach-server = Ask the server at this address instead of a data folder; or from MINHBACH_SERVER
help-minhbach-token-file = A file with the token to write over a server; without it, the variable MINHBACH_TOKEN holds the token itself
help-minhbach-format = How to answer: table (for people, the default), json, csv
help-minhbach-excel = With csv: semicolons, decimal commas and a BOM, as Excel in Vietnam opens it
help-minhbach-by = The post that records, for lines that name none; by default local
help-minhbach-lang = Language: vi (the default) or en; or what MINHBACH_LANG says

help-init = Make a new ledger in the data folder
help-init-origin = The ledger's public, unique name, like so.example.vn/child-fund
help-init-kind = live: real gifts (the default); demo: made up, proposals may bring their own time
help-init-ledger = What the ledger is called; by default as --origin
help-init-key = A signing key of your own (PRIVATE+KEY+…, named exactly as --origin); where none is named a new one is made in private/log-key
help-init-programme = A plan to begin with, and all that it rests on (may be given several times): an id (see programme list) or a .toml file of your own

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

    Such a line:
    { "  {" }"type":"party.registered","party":"quy-a","kind":"fund","name":"Quỹ A"{ "}" }
    Record:  minhbach record proposals.ndjson

help-import = Import what is there: bank statements, CSV tables
help-import-statement = Import a bank statement: each credit becomes a receipt in the pool
help-import-statement-file = The statement as CSV, plain or .gz
help-import-statement-bank = Whose layout the statement has: vietcombank
help-import-statement-fund = The fund that holds the money (slug)
help-import-statement-pool = The pool that takes the money (slug)
help-import-statement-source = The source; it must be the pool's
help-import-statement-account = The account's name, the same for all its statements; by default FUND/POOL
help-import-statement-continues = You state: the file begins exactly where an imported one ended
help-import-statement-whole-days = You state: the file holds every day in it wholly
help-import-statement-server = Record through the server that has this folder (--data names it: what tells lines apart is private in it)
help-import-statement-more =
    The same file again adds nothing. A file that overlaps an imported one adds just what is new;
    where that cannot be told it stops and lists the lines instead of guessing (exit code 2,
    nothing written). Debits are listed and not imported: that is no fault. Exit code 1 when lines
    were not understood or refused. Memo texts go to private/ only, never to the journal.

help-import-csv = Import a CSV table: each row becomes an event, as a map says
help-import-csv-file = The table as CSV, plain or .gz
help-import-csv-map = The map (TOML): which column each field of the event comes from
help-import-csv-dry-run = Try: each row is asked of the rules, nothing is written
help-import-csv-server = Record through the server that has this folder (--data names it: what tells rows apart is private in it)
help-import-csv-more =
    Rows that are not taken are listed: line, column, value, why (--format json or csv for programs
    and spreadsheets). The same file again adds nothing. What stands in columns that the map does
    not name goes nowhere: not to the journal, not to a message. Exit codes: 0 all rows are in;
    1 some are not; 2 the file cannot be read, lacks columns, or the map is wrong. How to write a
    map: docs/import-csv.md.

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

help-needs = Needs: what is missing, where, how urgently, and how far it is covered
help-needs-programme = One programme only
help-needs-place = One place only (not those under it)
help-needs-category = One category only
help-needs-item = One item only, or a currency like VND
help-needs-priority = One priority only, from 1 (most urgent) to 5
help-needs-state = open (the default), met, withdrawn, duplicate, or all
help-needs-uncovered = Only needs that are not fully covered
help-needs-more =
    By priority, then by the day by which they are needed. Missing = needed − reserved − delivered,
    net of returns, releases and reversals.

help-progress = How far a plan is: each target with its numerator, denominator and data source
help-progress-programme = The plan's slug, like hn-204-2019
help-progress-more =
    A percentage always comes with its fraction; a target without a report is said to be not
    reported, which is not 0%. What was reported is kept apart from what the ledger itself knows.

help-search = Find by name (without marks, in any case) or by code
help-search-words = Some words of a name, or a code or its beginning
help-search-more =
    Finds places, organisations, programmes, categories, items, campaigns, pools and the codes of
    entries. Former names are found too. Names that are alike only without their marks stand side
    by side and are never taken for the same.

help-parties = Organisations: their roles, what they gave, hold, were handed and supplied
help-parties-party = One organisation (slug); all if left out
help-parties-kind = organisation, fund, facility, authority or supplier
help-parties-role = Only those that have, or had, this role

help-places = Places before and after a reform, and what was delivered there
help-places-place = One place (slug), former or present; all if left out
help-places-reach = alone: the place itself; under: those under it too; whole: former and new units too (the default)
help-places-kind = province, district, commune, ward, township, special_zone, village or facility
help-places-parent = Only places directly under one place

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
help-value-backup = FILE|DIR
help-value-passphrase-file = FILE
help-value-a = A
help-value-b = B
help-backup = Back the ledger up to one file, also while it is served; checks every entry on the way
help-backup-backup = The file to make (.tar), or a folder: there it is named by ledger, time and size
help-backup-with-private = The private part too (signing key, tokens, memo texts), sealed with a passphrase
help-backup-passphrase-file = The passphrase: the first line of a file that only you can read; - reads stdin; by default it is typed
help-backup-replace = Replace the file if it is an earlier backup of this ledger
help-backup-more =
    The file opens with tar and b3sum alone (docs/backup.md). Without --with-private nothing in it is private. Try a restore now and then: minhbach restore FILE --data trial
help-restore = Restore a backup to the data folder, after everything in it was checked
help-restore-file = The backup
help-restore-key = The log's key (the line of log/vkey) or a file with it, got from a place you trust; by default the backup's own
help-restore-seen = An older or newer checkpoint, proof or trail bundle that was kept, or a mirror's folder: the backup must continue it (may be given several times)
help-restore-passphrase-file = The passphrase of the private part: the first line of a file that only you can read; - reads stdin; by default it is typed
help-restore-without-private = Leave the private part out
help-restore-replace = Move a ledger that is there aside; it is not deleted
help-restore-more =
    The folder --data is absent or empty, or holds a ledger that --replace moves aside. Whatever goes wrong on the way, what was there stays.
help-compare = Compare two ledgers, as folders or backups: how far they are the same, where they differ
help-compare-a = A data folder or a backup
help-compare-b = Another one
help-compare-more =
    Reads and checks every entry of both. Exit codes: 0 the same; 1 different, or their checkpoints contradict; 2 cannot say.
help-schema = List the event types that can be recorded; print the JSON Schema of one, or of a journal entry
help-schema-what = list: the types (so does nothing, typed at a terminal); a type, like receipt.issued: the form of its proposals; proposal: proposals of all types; entry: a line of the journal
help-demo = Make a ledger to look at, and serve it: eighteen months of Hanoi and Hải Phòng (its organisations are made up)
help-demo-no-serve = Exit after writing, without serving; the folder must be empty
help-demo-scale = Tell the story N times side by side in one ledger, for measurements; 1 unless given
help-demo-more =
    Goes to the folder minhbach-demo, or where --data or MINHBACH_DATA say, then serves it and prints the address to open in a browser. A folder that holds a demo is served again; anything else is not touched.
help-value-listen = ADDRESS
help-value-log = LEVEL
help-value-requests-per-second = N
help-value-writes-per-second = N
help-serve = Serve the ledger over HTTP: ask, record, follow
help-serve-listen = Address and port; 127.0.0.1:8080 unless given; port 0 is any free one
help-serve-log = What goes to stderr: off, errors, or requests (each of them, the default), as lines of JSON
help-serve-behind-proxy = Take the asker's address from X-Forwarded-For; only behind a proxy of your own
help-serve-requests-per-second = Requests a second of one address; 200 unless given; 0 is no limit
help-serve-writes-per-second = Requests to write a second of one token; 100 unless given; 0 is no limit
help-serve-more =
    Prints its address on a line when it is ready. Anybody may read; writing needs a token of
    minhbach actor add. Ends at SIGTERM or Ctrl-C: what was begun is finished, nothing is lost.
help-demo-listen = Address and port; 127.0.0.1:8080, or a free port if that one is taken

help-witness = Be a witness of logs: see each checkpoint, and cosign only what continues what was seen
help-witness-name = The name of a new witness, such as witness.example.vn/truong-minh-hoa; the first time only
help-witness-watch = A log's key (the line of its log/vkey), or a file with lines “log KEY” (may be given several times)
help-witness-listen = Address and port to listen on; 127.0.0.1:8090 where nothing is said
help-witness-log = What goes to standard error: off, errors (where nothing is said) or requests
help-witness-more =
    A witness keeps its key and what it has seen in the folder --data (minhbach-witness where none is named). Never run two witnesses with one key, and never restore one from an old copy.
help-value-watch = KEY|FILE
help-value-name = NAME
help-value-policy = FILE
help-value-fail = HOW
help-serve-policy = A policy (tlog-policy): the witnesses that are asked to cosign each checkpoint, and how many are enough
help-serve-fail = While too few have cosigned: open shows the new checkpoint all the same (where nothing is said), closed keeps the last one that had enough

help-prove = Give the proof of an entry (.tlog-proof), or of a code's whole trail (one file that proves itself)
help-prove-what = An entry's number, such as 12, or a code, such as RC-7K2Q9M4XX
help-prove-more =
    The proof goes to stdout: minhbach prove RC-7K2Q9M4XX > RC-7K2Q9M4XX.trail.json. Whoever holds the file can check it without asking the ledger: minhbach verify FILE, docs/verify.py, or the page /verify.
help-export = Write what is public of the ledger as files
help-export-tiles = The public log as files (tlog-tiles) for a static web server or an object store; run again, it adds what is new
help-export-tiles-dir = The folder to write to
help-mirror = Keep a mirror of another log: check every entry, and raise the alarm when the log tells another history
help-mirror-url = The log's address, such as https://so.example.vn, or a folder of export tiles
help-mirror-dir = The mirror's folder; every reading command works on it with --data
help-mirror-key = The log's key (the line of log/vkey) or a file with it, got from a place you trust
help-mirror-witness = The key of a witness that is trusted (may be given several times)
help-mirror-policy = A policy (tlog-policy) that names the witnesses that are trusted
help-mirror-every = Seconds between two looks; 5 where nothing is said
help-mirror-once = Look once, then end
help-verify-what = A log's address, a ledger's folder or one of tiles, a trail bundle or a proof; --data where nothing is said
help-verify-key = The log's key (the line of log/vkey) or a file with it, got from a place you trust; else the one that the log names
help-verify-witness = The key of a witness that is trusted (may be given several times)
help-verify-policy = A policy (tlog-policy) that names the witnesses that are trusted
help-verify-seen = An older checkpoint, proof or bundle that was kept: the log must continue it (may be given several times)
help-verify-entry = A file with exactly the entry's bytes, where the proof does not come with them
help-value-url = URL
help-value-dir = FOLDER
help-value-witness = KEY
help-value-every = SECONDS
help-value-seen = FILE
help-value-entry = FILE
