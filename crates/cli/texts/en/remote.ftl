# Asking and writing over a server.
status-server = Server
server-form = --server “{ $given }”: an address like https://so.example.vn or http://127.0.0.1:8080 is needed.
server-not-here = { $command } only works on a data folder, not over a server. Leave --server out and name the folder with --data.
server-by = --by does not go with --server or MINHBACH_SERVER: the server knows who writes by the token. Leave --by out.
token-missing = Writing over a server needs a token. Put it into { $variable }, or into a file and use --token-file; whoever keeps the ledger gives one with minhbach actor add.
token-file-form = { $path } holds no token of the right form: one line alone, as minhbach actor add printed it.
token-variable-form = { $variable } holds no token of the right form: one line alone, as minhbach actor add printed it.

remote-not-reached = { $url } cannot be reached: { $why }. Check the address, and whether the server is running.
remote-no-such-host = There is no machine at the address { $url }. Check its name and the network.
remote-tls = No secure connection (TLS) to { $url }: { $why }. Check the server's certificate and this machine's clock.
remote-timed-out = { $url } did not answer in time. Try again later.
remote-broken = The connection to { $url } broke: { $why }. Try again.
remote-cut-off = the answer is not whole
remote-foreign = { $url } does not answer like a minhbach server. Check the address.
remote-elsewhere = { $url } points to { $to }. Use that address with --server.
remote-not-understood = The answer of { $url } cannot be read: { $why }. The server may be of another version; use the same version of minhbach.
remote-unauthenticated = { $url } does not take the token: it is wrong or was revoked. Whoever keeps the ledger gives a new one with minhbach actor add.
remote-forbidden = { $url } does not allow it: { $why }
remote-too-many = { $url } gets too many requests: { $why }
remote-unavailable = { $url } cannot serve yet: { $why }
remote-problem = { $url } refused: { $why }
remote-ended = { $url } stopped taking lines in between: { $why }
remote-open = Warning: { $url } has no TLS, so whoever is on the way can read the token. Better use an https address.
remote-grew = The ledger grew while it was read: parts of the answer are of different moments. Ask again to have one moment.

record-not-sent = From line { $line } on nothing was recorded. { $why }
record-doubt = It is not known whether lines { $first } to { $last } were recorded: { $why } Look in the ledger before sending them again, or they may be recorded twice; a line with a key is recorded once however often it is sent.
record-doubt-keyed = It is not known whether lines { $first } to { $last } were recorded: { $why } Each has a key, so send them again: what was recorded is not recorded again.
