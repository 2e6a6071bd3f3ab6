# The ledger as a public signed log: its key, its checkpoints, and when they do not fit.
publish-no-key = The ledger's signing key is missing ({ $path }). Copy that file back from a backup (mode 0600); the ledger draws no other, since one name would then speak with two voices. Nothing was written.
publish-no-vkey = { $path } is missing: nothing says which key signed the checkpoint in this folder. Copy that file back from a backup or a mirror. Nothing was written.
publish-other-vkey = The folder names the public key { $kept }, and the key in use is { $given }. The key is another ledger's, or log/vkey was replaced: restore it from a backup.
publish-key-there = { $path } holds another key already. A ledger's key does not change; to use another, begin another ledger with another --origin.
publish-bad-key = { $path } is not a signing key (PRIVATE+KEY+…). Name the right file, or copy it back from a backup.
publish-key-exposed = Others can read the key { $path }. If you are sure that nobody has copied it: chmod 600 and try again.
publish-foreign-key = The key is { $key }'s and the ledger is called { $origin }. The key's name must be exactly the --origin.
publish-bad-checkpoint = { $path } is not a checkpoint signed with this ledger's key. The file was changed or damaged: restore it from a backup or a mirror; do not delete it, it is what the ledger has made public. Nothing was written.
publish-foreign-checkpoint = The checkpoint in the folder is of { $found } and the ledger is called { $origin }. Files of two ledgers are mixed: restore the folder from a backup. Nothing was written.
publish-shorter =
    The journal has only { $journal } entries, but { $signed } were signed and made public. The last ones were cut off, or this is an old backup. Nothing was written.
    Bring the missing entries back from a newer backup or from a mirror (minhbach mirror). If they are lost for good, begin a new ledger under another name and say so publicly: whoever kept the old checkpoint will see that this one was cut.
publish-rewritten =
    The first { $size } entries of the journal are not those that were signed: the tree's root is now { $found }, and was { $signed }. Entries were edited, swapped or replaced. Nothing was written.
    Restore the journal from a backup or a mirror (minhbach mirror), then check it: minhbach verify. Do not sign it again: whoever kept an old checkpoint will see that history was rewritten.
publish-unsigned = The ledger has signed nothing yet. Open it once with serve or record to sign.
publish-tree-behind = The tree in { $path } is not that of the signed checkpoint; it can be made again from the journal. When nobody uses the folder, run: minhbach rebuild
publish-mirror = { $folder } mirrors another ledger, so nothing can be written here. Write to that ledger itself; a mirror is for reading and checking.
publish-not-signed = The entries are recorded and safe, but not signed yet: { $why } The next opening signs them.
recover-signed = Nothing was removed: the first { $signed } entries were signed and made public, and nothing below that is ever cut. Bring the damaged entries back from a backup or a mirror (minhbach mirror).
status-signed = Signed
status-signed-is = { $size } entries, root { $root }
status-vkey = The log's key
status-witness = Witness
status-witness-saw = saw { $size } entries at { $at }
status-witness-saw-nothing = has not seen it
status-witness-trouble = {" "}(could not answer: { $why })

# Witnesses.
witness-name = “{ $given }” cannot be a witness's name: it takes one like witness.example.vn/truong-minh-hoa, without spaces or plus signs.
witness-started = The witness { $name } watches { $logs } logs at { $url }. A line for a log's policy: witness NAME { $key } { $url }
witness-in-use = Another witness uses { $path }. End it first, or choose another folder with --data.
witness-no-name = There is no key at { $path } yet. Name the new witness with --name, such as witness.example.vn/truong-minh-hoa.
witness-key-lost = The key { $path } is gone, though checkpoints were cosigned with it. Restore it from a backup; if it is lost for good, begin another witness under another name in another folder.
witness-records-lost = { $path } is missing, where what this key has cosigned is kept; without it another history could be cosigned. Restore it from a backup, or begin another witness with a new name and key.
witness-bad-record = { $path } is not what was cosigned last any more. Restore that file from a backup; do not delete it.
witness-other-name = The key is { $key }'s, not { $asked }'s. Leave --name out, or use another folder.
witness-no-logs = No log to watch is named. Add --watch KEY (the line of the log's log/vkey) or --watch FILE.
witness-not-a-log = { $key } is a witness's key, not a log's. Name the log's key.
policy-bad = { $path }, line { $line }: { $why }. Mend the policy file (tlog-policy) and try again.
policy-not-text = { $path } is not UTF-8 text. Name a policy file (tlog-policy).
policy-no-witness = { $path } names no witness. Add a line: witness NAME KEY URL
policy-other-log = The policy names other logs and not this one's key: { $key }. Add a log line with that key, or name the right file.
