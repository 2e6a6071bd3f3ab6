# The posts that may write through a server.
help-actor = The posts that may write through a server: give, list and revoke their tokens
help-actor-add = Give a post a token and print it on stdout, this once
help-actor-add-code = The post's code, like ke-toan, never a person's name; the by of every entry it records
help-actor-add-role = A role (may be given several times): recorder, approver, deliverer, receiver, inspector, auditor (reads only), admin
help-actor-add-party = The organisation (slug) a receiver speaks for; needed with receiver, and with it only
help-actor-add-more =
    Only the token goes to stdout, words to stderr. The ledger keeps nothing but its hash: when it
    is lost, revoke it and give another. Takes no lock; a running server sees it at once, without
    a restart. Which role may record what, and why: docs/actors.md.
help-actor-list = List the posts that were given a token, revoked ones too
help-actor-revoke = End the token of a post, from the next request on
help-actor-revoke-code = The post's code

actor-code-form = The post's code “{ $value }”: { $problem }.
actor-added =
    { $code } was given a token: { $roles }.
    It is shown this once. Hand it to that post only; minhbach takes it with --token-file FILE, other programs send Authorization: Bearer TOKEN.
actor-token-not-shown = The token of { $code } could not be printed: { $why }. It is revoked; mend the output and give another.
actor-revoked = The token of { $code } is revoked. What that post recorded stays as it is.
actor-none = No post was given a token yet. Give one with: minhbach actor add
actor-speaks-for = for { $party }
actor-since = since { $since }
actor-revoked-at = revoked { $at }
column-actor = Post
column-duties = Roles
column-token = Token
word-recorder = recorder
word-approver = approver
word-deliverer = deliverer
word-receiver = receiver
word-inspector = inspector
word-auditor = auditor
word-admin = admin

actors-damaged = The register of posts { $path } is damaged: { $why }. Until it is mended no token lets anybody in. Restore the file from a backup; or move it elsewhere and give each post a token again.
actors-in-use = Another command is changing { $path }. Wait until it ends and try again.
actors-no-randomness = The operating system gives no random bytes, so no token can be made. Nothing was changed; try again later.
actors-active = { $code } has had a token since { $since }. To give it another, first: minhbach actor revoke { $code }
actors-unknown = There is no post { $code }. See those there are: minhbach actor list
actors-revoked-before = The token of { $code } was revoked before, at { $at }.
actors-no-role = { $code } has no role. Give at least one --role.
actors-no-party = { $code } is a receiver: name the organisation it speaks for with --party.
actors-party-alone = --party goes with --role receiver only: apart from confirming and disputing it limits nothing. Leave --party out, or add --role receiver.
actors-full = { $path } holds { $max } records, revoked ones counted, and takes no more. Keep a copy of the file and take out records that were revoked.
actors-not-a-file = that is not a plain file
actors-too-long = the file is longer than a register can be
actors-shape = line { $line }, column { $column } is not of the right form
actors-format = the file is of a format that this program does not know; a newer version may have written it
actors-too-many = it has more than { $max } records
actors-field = record { $record } has a field { $field } that is not valid
actors-twice-active = record { $record } is of a post that has a token by an earlier record
actors-same-token = record { $record } has the token of an earlier record
