# Why a command could not do its work: what, where, what to do.
usage-unknown-argument = There is no option { $argument }.
usage-unknown-command = There is no command “{ $command }”.
usage-missing-argument = Missing: { $argument }.
usage-missing-value = { $argument } needs a value.
usage-one-of = { $argument } does not take “{ $value }”; choose one of: { $words }.
usage-bad-value = { $argument } does not take “{ $value }”.
usage-number-of-values = { $argument } has too many or too few values.
usage-conflict = { $argument } does not go with { $other }, and only once.
usage-not-utf8 = An argument is not UTF-8 text.
usage-suggestion = Did you mean { $suggested }?
usage-see-help = See: { $command } --help
flag-form = --{ $flag } “{ $value }”: { $problem }.
flag-month = --{ $flag } “{ $value }”: expected a month like 2026-11.
flag-dimension = --by does not take “{ $value }”; choose from: { $words }.
unknown-fund = There is no fund { $name } in the ledger. Look by name: minhbach search { $name }
unknown-pool = There is no pool { $name } in the ledger. Look by name: minhbach search { $name }
unknown-place = There is no place { $name } in the ledger. Look by name: minhbach search { $name }
unknown-item = There is no item { $name } in the ledger. Look by name: minhbach search { $name }
unknown-lot = There is no lot or pool { $name } in the ledger.
unknown-programme = There is no programme { $name } in the ledger. Look by name: minhbach search { $name }
unknown-category = There is no category { $name } in the ledger. Look by name: minhbach search { $name }
flag-from-after-to = --from { $from } is after --to { $to }. Swap the two.

failure-other = Could not be done: { $error }
failure-not-there = There is no ledger in { $folder }. Name the data folder with --data, or make one with minhbach init.
failure-already-there = { $folder } already holds a ledger. Choose another folder.
failure-in-use = { $folder } is in use by { $command } (process { $pid }, since { $since }).
failure-in-use-wait = Wait until it ends and try again; status and verify work meanwhile.
failure-in-use-url = Ask and record there: --server { $url }; status and verify work meanwhile.
failure-damaged =
    The journal is damaged: { $damage }
    Restore the folder from a backup; or give up this entry and all after it with: minhbach recover --data { $data } --cut { $seq }
failure-damaged-signed =
    The journal is damaged: { $damage }
    { $signed } entries were signed, so this one cannot be given up. Bring that file back from a backup or from a mirror.
failure-end-missing =
    The journal holds only { $entries } entries, and { $known } were safely on the disk before: its end is missing. Nothing was changed.
    Bring the files of the journal back from a newer backup or from a mirror. If they are lost for good and were not signed, give them up with: minhbach recover --data { $data } --cut { $cut }
failure-foreign = { $file } is not a file of the journal. Move it elsewhere.
failure-no-file = There is no file { $path }.
failure-io = The system does not let us read or write { $path }: { $why }.
failure-unreadable-entry = Entry { $seq } of the journal cannot be read: { $why }. A newer version may have written it; nothing was changed.
failure-impossible = Entry { $seq } cannot follow from the entries before it: { $why }. The journal was changed, or written by a newer version; nothing was changed now. Check it with: minhbach verify
failure-projections-in-use = The projections are in use by another process. Wait until it ends and try again.
failure-projections = The projections cannot be used: { $why }. The journal is well; then build them again with: minhbach rebuild
failure-projections-io = The projections cannot be opened to write: { $why }. The journal is well; mend that and try again.
failure-cut-beyond = The entries before { $seq } cannot be kept: the journal has only { $readable }.
failure-cut-damaged = The entries before { $seq } cannot be kept: only the first { $readable } are sound. { $damage }
failure-stopped = The writer has stopped: { $why }. Lines that were answered are kept; open the ledger again and go on.
failure-cursor = The page's cursor is not one that the ledger gave. Leave it out to begin again.

system-not-found = there is no such file or folder
system-permission = permission denied
system-full = the disk is full, make room on it
system-tables = a part of them is not as it was written
system-read-only = the disk is read-only
system-no-plain-file = it is a link, a pipe or something else, and no file
system-too-large = the file would be larger than the system allows (ulimit -f)
system-directory = it is a folder, not a file
system-not-a-directory = a part of the path is not a folder

damage = { $file }, line { $line }, byte { $byte }, entry { $seq }: { $what }.
damage-not-a-line = the line is not a hash, a space and an entry
damage-hash = wrong hash, the entry's bytes have the hash { $computed } and another is written before them
damage-not-an-entry = not an entry, it does not begin with seq, prev, at, by or does not end with a brace
damage-seq = gap in the seqs, the entry says it is { $found }
damage-link = broken link, prev is not { $before }, the hash of the entry before
damage-time = time goes back, { $found } comes after { $before }
damage-line-too-long = the line is longer than an entry can be
damage-file-too-long = the line ends past byte { $limit }, the most a file holds
damage-cut-off = the line is cut off, yet another file follows
damage-empty-file = the file is empty, yet another follows
damage-misnamed = the file is named for entry { $named }; what comes before it is missing, or it was renamed
damage-missing = the entry is not found between its neighbours

opening-torn-tail = Removed { $bytes } unfinished bytes at the end of { $file }: that line was never acknowledged.
opening-rebuilt = The projections were built again from the journal ({ $why }).
opening-read-only = { $why } The ledger is read from the journal alone; nothing is written.
closing-projections = What was recorded is safe, but the projections could not be written: { $why }. They are built again at the next opening.
rebuilt-none = there were none
rebuilt-other-ledger = those there were of another ledger
rebuilt-differ = they differed from the journal at entry { $seq }
rebuilt-unusable = they could not be used: { $why }

import-bad-account = --account takes 1 to 64 bytes without control characters.
import-secret-lost = { $folder }/import-secret is missing although statements were imported. Restore it from a backup: under a new one every gift imported before would be imported again. Nothing was written.
import-private-lacks = { $folder } lacks what earlier imports wrote there: the ledger has { $imported } receipts from statements, and { $known } of them can be found there. Without it a line cannot be recognised as imported before and would be imported again. Restore { $folder } from a backup. Nothing was written.
import-changed = { $file } changed while it was read. Import it again when it is complete.
import-private = The private part of the import cannot be used: { $why }.
import-imbalance = The figures do not agree: { $why }. Import the same file again.
import-ambiguous = It cannot be told which lines of { $file } are new. Nothing was imported.
import-ambiguous-day = { $day }: { $lines } lines { $what }
import-ambiguous-more = and { $count } more days
import-ambiguous-advice = Export whole days and add --whole-days; or add --continues if the file begins exactly where an earlier one ended.
doubt-lacks = were in an earlier import and are missing in this file
doubt-more = are new although an earlier file held the whole day
doubt-no-stretch = are in both files, and may be the same gifts or others
doubt-several = fit the earlier imports in more than one way
statement-line-unreadable = { $file } cannot be read from line { $line } on: { $why }. Nothing was imported; get the file again.
statement-not-a-file = { $file } is not a file. Name a statement, plain or .gz.
statement-empty = { $file } is empty. Export the statement again.
statement-not-text = Line 1 of { $file } is not a header in UTF-8. Save the statement as CSV in UTF-8.
statement-layout = { $file } is not laid out as { $bank } does: column { $column } of line 1 is “{ $found }”, not “{ $expected }”. Export it again as CSV with the columns { $columns }. Nothing was imported.
statement-no-column = (none)
statement-semicolons = { $file } separates its columns by semicolons. Save it with commas. Nothing was imported.
import-no-fund = The ledger has no fund { $fund }. Record party.registered first, or check --fund. Nothing was written.
import-no-pool = The ledger has no pool { $pool }. Record pool.opened first, or check --pool. Nothing was written.
import-other-fund = Pool { $pool } belongs to fund { $own }, not to { $fund }. Nothing was written.
import-other-source = Pool { $pool } takes the source { $own }, not { $source }. Nothing was written.
import-other-item = Pool { $pool } takes { $item }, and the statement is in đồng. Nothing was written.
import-elsewhere = Another import into this ledger is under way ({ $path }). Wait until it ends and try again. Nothing was written.
import-other-ledger = { $url } does not serve the ledger in { $folder }: its last entry is not there. Name the folder that the server has with --data. Nothing was written.
import-stopped = The import stopped half-way: { $why }. Import the same file again to go on; what is recorded is not recorded twice.

init-no-origin = Name the ledger's public name with --origin, like so.example.vn/child-fund.
init-unknown-programme = There is no plan “{ $id }” to begin with; there is: { $known }.
init-refused = No ledger was made: { $event } would be refused. { $why }
init-refused-later = The ledger is made and incomplete: an entry was refused. { $why }
record-input = The input cannot be read on: { $why }. What was answered is recorded.
record-stopped = The writer stopped at line { $line }: { $why }. Lines that were answered are kept; which of the lines from here on are kept is known after opening again.
record-atomic-too-many = --atomic takes at most { $max } lines. Nothing was written; split them, or leave --atomic out.
demo-not-empty = { $folder } is not empty. The demo needs a new folder: name one with --data.
demo-not-as-told = The demo is not as its story says: step { $step } ({ $event }): { $why }
serve-cannot-listen = Cannot listen on { $address }: { $why }. Choose another port with --listen, for example --listen 127.0.0.1:0 for any free one.
serve-listen-form = --listen takes an address and a port, like 127.0.0.1:8080 or [::1]:0; “{ $given }” is not one.
serve-cut-off = Time was over: some requests that were not finished were cut off. What was answered is recorded.
serve-ended = Ended. Every acknowledged entry was written to the disk.
