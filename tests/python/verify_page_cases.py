"""Files for the page that checks: good ones, and ones with a fault each, with the verdict and the sentence they must get.

A case is (name, text or bytes, verdict, sentence); the sentence is the name of one in the page's texts, without
`verify-flaw-`, or "".
"""

import base64
import json

from verify_page_log import CODE, LOG, OTHER, SEEN, STRANGER, UNKNOWN, WITNESS, Log, b64, entry, far_path, leaf, sha256, story

WRITTEN = Log()
DUMPS = {"ensure_ascii": False}


def text(bundle):
    return json.dumps(bundle, **DUMPS)


def flipped(encoded, at=0):
    """Base64 of the same bytes with one bit changed."""
    data = bytearray(base64.b64decode(encoded))
    data[at] ^= 1
    return b64(bytes(data))


def changed(change, bundle=None):
    bundle = bundle or WRITTEN.bundle()
    change(bundle)
    return text(bundle)


def note_with(text, key=LOG):
    """A note that the log's key has signed, whatever it says."""
    return f"{text}\n{key.sign(text)}"


def line_changed(note, nth, line):
    lines = note.split("\n")
    lines[nth] = line
    return "\n".join(lines)


def with_note(note):
    return text(WRITTEN.bundle(note=note))


def log_that_says(index, data):
    """A log whose entry at an index has any bytes; the log itself signs it."""
    return Log(WRITTEN.entries[:index] + [data] + WRITTEN.entries[index + 1 :])


def far(index, size):
    """An entry of a log that is too large to be made."""
    event = {"type": "receipt.issued", "v": 1, "receipt": CODE, "item": "VND", "quantity": "5", "received_on": "2026-01-02"}
    data = entry(index, event)
    proof, top = far_path(index, size, leaf(data))
    made = {"format": "minhbach-trail-bundle@v1", "code": CODE, "vkey": LOG.vkey}
    made["checkpoint"] = note_with(f"{LOG.name}\n{size}\n{b64(top)}\n")
    made["entries"] = [{"index": index, "entry": data.decode(), "proof": [b64(hash_) for hash_ in proof]}]
    return made


def good():
    log = WRITTEN
    body = log.note().split("\n\n")[0] + "\n"
    wide = Log(log.entries + [entry(37 + nth, {"type": "party.registered", "v": 1, "party": f"x-{nth}", "name": "x"}) for nth in range(400)])
    lot = log.bundle(code="LT-AO", trail=None)
    yield "a gift's bundle", text(log.bundle()), "good", ""
    yield "without a trail", text(log.bundle(trail=None)), "good", ""
    yield "with white space", json.dumps(log.bundle(), indent=2), "good", ""
    yield "of a lot that a purchase opened", text(lot), "good", ""
    yield "a proof of one entry", log.proof_file(17), "good", ""
    yield "the first entry", log.proof_file(0), "good", ""
    yield "the last entry", log.proof_file(36), "good", ""
    yield "a log of one entry", Log(log.entries[:1]).proof_file(0), "good", ""
    yield "every entry of a log", text(log.bundle(range(37))), "good", ""
    yield "more entries than are shown at once", text(wide.bundle(range(437))), "good", ""
    yield "a witness", with_note(f"{log.note()}{WITNESS.cosign(body, SEEN)}"), "good", ""
    yield "a witness nobody knows", with_note(f"{log.note()}{UNKNOWN.cosign(body, SEEN)}"), "good", ""
    yield "63 other signatures", with_note(log.note() + "".join(f"\u2014 s{nth} AAAAAAAA\n" for nth in range(63))), "good", ""
    yield "an index beyond 32 bits", text(far(2**33 + 5, 2**40 + 7)), "good", ""
    yield "the right edge beyond 32 bits", text(far(2**52, 2**52 + 1)), "good", ""
    yield "the largest log", text(far(2**53 - 1, 2**53)), "good", ""


def tampered():
    """One thing changed in a good bundle, and nothing signed again."""
    log = WRITTEN

    def entry_text(b):
        b["entries"][3]["entry"] = b["entries"][3]["entry"].replace('"1234567"', '"1234568"')

    def entry_space(b):
        b["entries"][3]["entry"] += " "

    def proof_hash(b):
        b["entries"][3]["proof"][2] = flipped(b["entries"][3]["proof"][2], 31)

    def proof_order(b):
        proof = b["entries"][3]["proof"]
        proof[0], proof[1] = proof[1], proof[0]

    def index(b):
        b["entries"][-1]["index"] += 1

    def index_far(b):
        b["entries"][-1]["index"] = 37

    def swapped(b):
        one, other = b["entries"][3], b["entries"][4]
        one["entry"], other["entry"] = other["entry"], one["entry"]

    def size(b):
        b["checkpoint"] = b["checkpoint"].replace("\n37\n", "\n38\n")

    def root(b):
        b["checkpoint"] = line_changed(b["checkpoint"], 2, flipped(b["checkpoint"].split("\n")[2]))

    def signature(b):
        line = b["checkpoint"].split("\n")[4]
        start, encoded = line.rsplit(" ", 1)
        b["checkpoint"] = line_changed(b["checkpoint"], 4, f"{start} {flipped(encoded, 40)}")

    def short_signature(b):
        line = b["checkpoint"].split("\n")[4]
        start, encoded = line.rsplit(" ", 1)
        b["checkpoint"] = line_changed(b["checkpoint"], 4, f"{start} {b64(base64.b64decode(encoded)[:-1])}")

    def origin(b):
        b["checkpoint"] = line_changed(b["checkpoint"], 0, "so.example.vn/quY")

    def key(b):
        b["vkey"] = OTHER.vkey

    def key_bytes(b):
        b["vkey"] = b["vkey"][:-2] + ("A" if b["vkey"][-2] != "A" else "B") + b["vkey"][-1]

    def key_number(b):
        b["vkey"] = b["vkey"].replace(LOG.id.hex(), "00000000")

    def no_signature(b):
        b["checkpoint"] = b["checkpoint"].rsplit("\u2014", 1)[0] + UNKNOWN.cosign("x", 1)

    def missing(b):
        del b["entries"][5]

    def missing_code(b):
        del b["entries"][3], b["trail"]

    def trail_money(b):
        b["trail"]["nodes"][0]["quantity"] = "9234567"

    def trail_more(b):
        b["trail"]["nodes"][4]["quantity"] = "11"

    def trail_day(b):
        b["trail"]["nodes"][4]["on"] = "2026-11-11"

    def trail_item(b):
        b["trail"]["nodes"][2]["item"] = "VND"

    def trail_code(b):
        b["trail"]["nodes"][3]["code"] = "AL-2"

    def trail_of_another(b):
        b["trail"]["code"] = "RC-OTHER"

    def code(b):
        b["code"] = "RC-OTHER0000"
        del b["trail"]

    def longer(b):
        b["entries"][3]["proof"].append(b["entries"][3]["proof"][0])

    def shorter(b):
        b["entries"][3]["proof"].pop()

    def twice(b):
        b["entries"].insert(3, b["entries"][3])

    def disordered(b):
        b["entries"].reverse()

    for change, verdict, sentence in [
        (entry_text, "bad", "root"), (entry_space, "bad", "root"), (proof_hash, "bad", "root"), (proof_order, "bad", "root"),
        (index, "bad", "root"), (index_far, "bad", "index"), (swapped, "bad", "root"), (size, "bad", "signature"),
        (root, "bad", "signature"), (signature, "bad", "signature"), (short_signature, "bad", "signature"),
        (origin, "bad", "signature"), (key, "other", "other-key"), (key_bytes, "bad", "vkey"), (key_number, "bad", "vkey"),
        (no_signature, "other", "other-key"), (missing, "bad", "trail-missing"), (missing_code, "bad", "code"),
        (trail_money, "bad", "trail-node"), (trail_more, "bad", "trail-node"), (trail_day, "bad", "trail-node"),
        (trail_item, "bad", "trail-node"), (trail_code, "bad", "trail-node"), (trail_of_another, "bad", "trail"),
        (code, "bad", "code"), (longer, "bad", "proof-length"), (shorter, "bad", "proof-length"), (twice, "bad", "twice"),
        (disordered, "bad", "order"),
    ]:
        yield change.__name__.replace("_", " "), changed(change), verdict, sentence
    yield "another log's bundle", text(Log(key=STRANGER).bundle()), "other", "other-key"
    yield "the same log signed anew with another key", text(Log(key=OTHER).bundle()), "other", "other-key"
    yield "another log's proof", Log(key=STRANGER).proof_file(3), "other", "other-key"
    body = log.note().split("\n\n")[0] + "\n"
    yield "a witness's time changed", with_note(log.note() + WITNESS.line(
        (SEEN + 1).to_bytes(8, "big") + WITNESS.secret.sign(f"cosignature/v1\ntime {SEEN}\n{body}".encode()))), "bad", "cosignature"


def formless():
    """What a strict reader refuses, even where the log itself has signed it."""
    log = WRITTEN
    whole = text(log.bundle())
    top = b64(sha256(b"x"))
    proof = log.proof_file(17)
    for cut in (1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        yield f"cut off at {cut}", whole[:cut], "unread", "json-ends"
    yield "something behind it", whole + "x", "unread", "json"
    yield "a member more", changed(lambda b: b.update(note="x")), "bad", "unknown-member"
    yield "a member that objects are born with", whole[:-1] + ',"toString":"x"}', "bad", "unknown-member"
    yield "a member more in an entry", changed(lambda b: b["entries"][0].update(leaf="x")), "bad", "unknown-member"
    yield "a member twice", whole[:-1] + ',"code":"RC-OTHER"}', "bad", "json-twice"
    yield "a member twice, once escaped", whole[:-1] + ',"c\\u006fde":"RC-OTHER"}', "bad", "json-twice"
    yield "a member less", changed(lambda b: b.pop("vkey")), "bad", "missing-member"
    yield "a prototype", whole[:-1] + ',"__proto__":{"code":"x"}}', "bad", "unknown-member"
    yield "another format", changed(lambda b: b.update(format="minhbach-trail-bundle@v2")), "unread", "version"
    yield "no entries", changed(lambda b: b.update(entries=[])), "unread", "no-entries"
    yield "an index with a fraction", whole.replace('"index": 17', '"index": 17.0'), "unread", "json"
    yield "an index with an exponent", whole.replace('"index": 17', '"index": 1.7e1'), "unread", "json"
    yield "an index with a zero before it", whole.replace('"index": 17', '"index": 017'), "unread", "json"
    yield "an index below zero", whole.replace('"index": 17', '"index": -17'), "unread", "json"
    yield "an index that is a text", whole.replace('"index": 17', '"index": "17"'), "bad", "member"
    yield "half a letter", whole.replace("Quỹ Mầm Xanh", "\\ud800"), "unread", "json"
    yield "a bare line feed in an entry", whole.replace("Quỹ Mầm Xanh", "\n"), "unread", "json"
    yield "a bare tab in a text", whole.replace('"kind": "receipt"', '"kind": "rec\teipt"'), "unread", "json"
    yield "deep nesting", whole[:-1] + ',"trail2":' + "[" * 100000, "bad", "unknown-member"
    yield "deep nesting in the trail", changed(lambda b: b.update(trail=0))[:-2] + "[" * 100000, "unread", "json"
    yield "base64 with loose bits", changed(lambda b: b["entries"][0]["proof"].__setitem__(0, b["entries"][0]["proof"][0][:-2] + loose(b["entries"][0]["proof"][0][-2]) + "=")), "bad", "proof-hash"
    yield "base64 without its end", changed(lambda b: b["entries"][0]["proof"].__setitem__(0, b["entries"][0]["proof"][0][:-1])), "bad", "proof-hash"
    yield "base64 with a line feed", changed(lambda b: b["entries"][0]["proof"].__setitem__(0, b["entries"][0]["proof"][0][:20] + "\n" + b["entries"][0]["proof"][0][20:])), "bad", "proof-hash"
    yield "a hash that is none", changed(lambda b: b["entries"][0]["proof"].__setitem__(0, 1)), "bad", "proof-hash"
    yield "64 hashes", changed(lambda b: b["entries"][0].update(proof=[top] * 64)), "bad", "proof-length"
    yield "a size with a zero before it, signed", with_note(note_with(f"{LOG.name}\n037\n{top}\n")), "bad", "checkpoint-size"
    yield "a size beyond what is told apart, signed", with_note(note_with(f"{LOG.name}\n{2**53 + 1}\n{top}\n")), "bad", "checkpoint-size"
    yield "an extension, signed", with_note(note_with(f"{LOG.name}\n37\n{top}\nextension\n")), "bad", "checkpoint-lines"
    yield "a blank line in what is signed", with_note(note_with(f"{LOG.name}\n37\n{top}\n\nmore\n")), "bad", "checkpoint-lines"
    yield "a root that is none, signed", with_note(note_with(f"{LOG.name}\n37\n{top[:-2]}==\n")), "bad", "checkpoint-root"
    yield "an origin with a space, signed", with_note(note_with(f"{LOG.name} x\n37\n{top}\n")), "bad", "checkpoint-origin"
    yield "another origin, signed by this log", with_note(note_with(log.note().split("\n\n")[0].replace("quy", "khac", 1) + "\n")), "bad", "origin"
    yield "a tab in what is signed", with_note(note_with(f"{LOG.name}\t\n37\n{top}\n")), "bad", "note-form"
    yield "no signatures", with_note(log.note().split("\u2014")[0]), "bad", "note-form"
    yield "no line feed at the end", with_note(log.note()[:-1]), "bad", "note-form"
    yield "65 signatures", with_note(log.note() + "".join(f"\u2014 s{nth} AAAAAAAA\n" for nth in range(64))), "bad", "note-form"
    yield "a hyphen for the dash", with_note(log.note().replace("\u2014", "-")), "bad", "note-form"
    yield "a note of 64 KiB", with_note(note_with("x" * 65536 + "\n")), "bad", "note-long"
    yield "an entry that gives itself another number", log_that_says(17, entry(18, story()[17])).proof_file(17), "bad", "entry-seq"
    yield "an entry that is no JSON", log_that_says(17, b"hello").proof_file(17), "bad", "entry-json"
    yield "an entry with a member twice", log_that_says(17, b'{"seq":17,"seq":17}').proof_file(17), "bad", "entry-json"
    yield "an entry that is no text", log_that_says(17, b"\xff").proof_file(17), "bad", "entry-json"
    yield "an entry of 65,536 bytes", log_that_says(17, b" " * 65536).proof_file(17), "bad", "entry-length"
    yield "an empty entry", log_that_says(17, b"").proof_file(17), "bad", "entry-length"
    yield "an entry changed in a proof", proof.replace(proof.split("\n")[1], f"extra {b64(WRITTEN.entries[18])}"), "bad", "root"
    yield "a proof without its entry", proof.replace(proof.split("\n")[1] + "\n", ""), "unread", "no-entry"
    yield "a proof of another version", proof.replace("@v1", "@v2"), "unread", "version"
    yield "a proof with Windows line ends", proof.replace("\n", "\r\n"), "unread", "proof-file"
    yield "a proof's index with a zero before it", proof.replace("index 17", "index 017"), "unread", "proof-file"
    yield "a proof without an index", proof.replace("index 17\n", ""), "unread", "proof-file"
    yield "2,001 entries", changed(lambda b: b.update(entries=[dict(b["entries"][0], index=nth) for nth in range(2001)])), "unread", "too-many"
    yield "more than 16 MiB", whole + " " * 16 * 1024 * 1024, "unread", "too-large"
    yield "nothing", "", "unread", "empty"
    yield "a picture", b"\x89PNG\r\n\x1a\n\xff", "unread", "not-text"
    yield "a list", "[]", "unread", "unknown-file"
    yield "a mark of byte order", "\ufeff" + whole, "unread", "unknown-file"


def loose(letter):
    """The next letter of base64: the same byte, and a bit that no byte has."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return letters[letters.index(letter) + 1]


def all_cases():
    for cases in (good, tampered, formless):
        yield from cases()
