#!/usr/bin/env python3
"""Checks a Sổ Minh Bạch ledger without its makers' software: one file, written from the published specifications alone.

Cách dùng (Python ≥ 3.11):   pip install blake3 cryptography
    python3 verify.py THƯ-MỤC    bản sao của sổ: journal/*.log, và log/checkpoint nếu có; hoặc thư mục có checkpoint và tile/
    python3 verify.py URL        sổ đang công bố trên mạng: đọc hết, băm lại hết
    python3 verify.py TỆP        một bằng chứng .tlog-proof (dòng sổ ở trong, hoặc --entry TỆP), hay gói hành trình .trail.json
    --key KHOÁ|TỆP     khoá công khai của sổ, nhận được ở nơi khác; không có thì dùng khoá nằm cạnh sổ: mới là sổ tự xưng
    --witness KHOÁ     khoá của nhân chứng phải có xác nhận (lặp lại được)
    --seen TỆP         điểm chốt, bằng chứng hay gói đã lưu từ trước: sổ hôm nay phải nối tiếp nó (lặp lại được).
                       Chỉ cách này mới bắt được một sổ viết lại toàn bộ rồi ký lại. Hãy lưu mỗi tháng một điểm chốt.
    --lang vi|en       ngôn ngữ. Mã thoát: 0 đúng; 1 sai (bị sửa, rẽ nhánh, ngắn lại); 2 chưa kết luận được.

How to use it (Python ≥ 3.11):   pip install blake3 cryptography
    python3 verify.py FOLDER     a copy of the ledger: journal/*.log, log/checkpoint if it is there; or checkpoint and tile/
    python3 verify.py URL        a published log: reads all of it, hashes all of it again
    python3 verify.py FILE       a .tlog-proof (with the entry inside, or --entry FILE), or a trail bundle .trail.json
    --key VKEY|FILE    the log's public key, as got elsewhere; else the one beside the log is used, which is only a claim
    --witness VKEY     a witness that must have cosigned (repeatable)
    --seen FILE        a checkpoint, proof or bundle saved earlier: today's log must continue it (repeatable). Nothing else
                       catches a history that was rewritten and signed again. Save a checkpoint every month.
    --lang vi|en       language. Exit: 0 sound; 1 not (tampered, forked, shrunk); 2 could not tell.

What it does not check: the fields of each type of event, and the ledger's own rules and totals (`minhbach verify` does).
The specifications: docs/format.md (journal), RFC 6962 (tree), C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature.
"""

import base64
import contextlib
import datetime
import decimal
import getopt
import hashlib
import http.client
import json
import os
import pathlib
import re
import socket
import sys
import threading
import time
import unicodedata
import urllib.parse
import zlib

try:
    from blake3 import blake3
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    print(f"Thiếu gói / missing package {missing.name}: pip install blake3 cryptography", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(2)

LANG = "vi"  # sentences stand here in English; VI, at the end of the file, has each in Vietnamese
ENTRY_MAX, JOURNAL_FILE_MAX = 65_535, 67_108_864
NOTE_MAX, TRAIL_MAX, TRAIL_ENTRIES_MAX, PATH_MAX = 65_536, 16_777_216, 2_000, 63
HASH, WIDTH = 32, 256  # the bytes of a hash; the hashes of a full tile
TILE_MAX, BUNDLE_MAX, GZIP_MORE = HASH * WIDTH, (2 + ENTRY_MAX) * WIDTH, 4_096
TIMEOUT_S, ANSWER_S, TRIES, REDIRECTS_MAX = 30, 300, 3, 5
PROOF_HEADER, BUNDLE_FORMAT = b"c2sp.org/tlog-proof@v1\n", "minhbach-trail-bundle@v1"


def t(english, *values):
    return (english if LANG == "en" else VI[english]).format(*values)


class NotSound(Exception):
    """What was checked is not what it should be: exit 1. `seq` is the first entry at which it shows."""

    def __init__(self, english, *values, seq=None):
        super().__init__(("" if seq is None else f"seq {seq}: ") + t(english, *values))


class CannotTell(Exception):
    """It could not be checked: exit 2."""

    def __init__(self, english, *values):
        super().__init__(t(english, *values))


def num(n):
    return f"{n:,}" if LANG == "en" else f"{n:,}".replace(",", ".")


def shown(text):
    """Text of strangers, made safe for a terminal."""
    text = str(text)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:200]) + ("…" if len(text) > 200 else "")


# ── The tree: RFC 6962 over SHA-256, kept as its right edge only ────────────────────────────────────────────────────


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def fold(hashes):
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


class Tree:
    """Level l holds the hashes of the subtrees of 256^l leaves that do not fill a tile yet: at most 255 a level."""

    def __init__(self, on_tile):
        self.size, self.levels, self.on_tile = 0, [[]], on_tile

    def add(self, leaf):
        self.size += 1
        self.levels[0].append(leaf)
        level = 0
        while len(self.levels[level]) == WIDTH:
            full, self.levels[level] = self.levels[level], []
            self.on_tile(level, self.size // WIDTH ** (level + 1) - 1, full)
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(fold(full))

    def root(self):
        root = None
        for hashes in self.levels:
            end = len(hashes)
            while end:
                begin = end - (end & -end)
                part = fold(hashes[begin:end])
                root, end = part if root is None else node_hash(part, root), begin
        return root or hashlib.sha256(b"").digest()


def root_by_proof(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162 §2.1.3.2), or None if it is not as long as it must be."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(sibling, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


# ── Keys, signed notes, checkpoints ─────────────────────────────────────────────────────────────────────────────────


def as_text(said):
    return said if isinstance(said, str) else said.decode("utf-8", "replace")


def from_base64(text, length=None):
    """Strict base64 (RFC 4648 §4, padded); None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
        return data if base64.b64encode(data).decode() == text and length in (None, len(data)) else None
    except (ValueError, TypeError):
        return None


class Key:
    """A verifier key `name+id+base64`: type 1 signs a log's checkpoints, type 4 cosigns those of others."""

    def __init__(self, text, type_):
        self.text = text.strip()
        if "PRIVATE+KEY" in self.text:  # never said back
            raise NotSound("that is a secret key, not a public one. Give it to nobody.")
        self.name, _, rest = self.text.partition("+")
        id_, _, encoded = rest.partition("+")
        data = from_base64(encoded, 33) or b""
        self.id = hashlib.sha256(self.name.encode("utf-8", "replace") + b"\n" + data).digest()[:4]
        if not re.fullmatch(r"[^\s+]+", self.name) or data[:1] != bytes([type_]) or self.id.hex() != id_:
            raise NotSound("“{}” is no valid public key (of type {}).", shown(self.text), type_)
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])

    def signed(self, message, signature):
        try:
            self.public.verify(signature, message)
            return True
        except InvalidSignature:
            return False


class Checkpoint:
    """A signed note whose text is origin, size and root. Reading it does not check who signed it."""

    def __init__(self, blob):
        text = blob.decode("utf-8", "replace")
        body, blank, tail = text.rpartition("\n\n")  # the last blank line parts the text from its signatures
        lines, ends = body.split("\n"), tail.split("\n")
        found = [re.fullmatch(r"— ([^\s+]+) (\S+)", line) for line in ends[:-1]]
        blobs = [from_base64(match[2]) or b"" for match in found if match]
        if not (text.encode() == blob and blank and min(text.replace("\n", " ")) >= " " and ends[-1] == "" and found
                and all(found) and all(len(b) > 4 for b in blobs) and len(lines) == 3 and lines[0]
                and re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]) and from_base64(lines[2], HASH)):
            raise NotSound("the checkpoint is malformed.")
        self.text = (body + "\n").encode()
        self.origin, self.size, self.root = lines[0], int(lines[1]), from_base64(lines[2])
        self.signatures = [(match[1], b[:4], b[4:]) for match, b in zip(found, blobs)]

    def by(self, key):
        return [signature for name, id_, signature in self.signatures if (name, id_) == (key.name, key.id)]

    def check_signature(self, key):
        if self.origin != key.name:
            raise NotSound("the checkpoint is of “{}”, the key is of “{}”.", shown(self.origin), shown(key.name))
        if not self.by(key):
            raise NotSound("the checkpoint is not signed by this key.")
        if not all(key.signed(self.text, signature) for signature in self.by(key)):
            raise NotSound("the signature on the checkpoint is wrong.")

    def check_witness(self, key):
        """The latest time (POSIX seconds) at which this witness cosigned; None if it did not."""
        times = []
        for signature in self.by(key):
            stamp = int.from_bytes(signature[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % stamp + self.text
            if len(signature) != 72 or not key.signed(message, signature[8:]):
                raise NotSound("the cosignature of the witness “{}” is wrong.", shown(key.name))
            times.append(stamp)
        return max(times, default=None)


def in_vietnam(seconds):
    try:
        zone = datetime.timezone(datetime.timedelta(hours=7))
        return datetime.datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S (UTC+7)")
    except (OverflowError, ValueError, OSError):
        return str(seconds)


# ── Entries: their one spelling, their chain ────────────────────────────────────────────────────────────────────────


def integer(text):
    if text[0] == "-" or len(text) > 16 or int(text) > 9_007_199_254_740_991:
        raise ValueError(text)
    return int(text)


def refuse(text):
    raise ValueError(text)


def inner(value):
    """A value and everything in it, names too."""
    todo = [value]
    while todo:
        value = todo.pop()
        yield value
        todo += [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []


def is_time(text):
    try:
        datetime.date.fromisoformat(text[:10])
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}\.[0-9]{3}Z", text))
    except ValueError:
        return False


def is_framed(said):
    """Whether an entry has its members, in order and each of its form."""
    keys = list(said) if isinstance(said, dict) else []
    if keys not in (["seq", "prev", "at", "by", "event"], ["seq", "prev", "at", "by", "key", "event"]):
        return False
    names, event = [said[key] for key in keys if key in ("by", "key")], said["event"]
    return (type(said["seq"]) is int and re.fullmatch(r"[0-9a-f]{64}", str(said["prev"]))
            and isinstance(said["at"], str) and is_time(said["at"]) and all(isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", name) for name in names)
            and isinstance(event, dict) and list(event)[:2] == ["type", "v"]
            and isinstance(event["type"], str) and type(event["v"]) is int)


def read_entry(entry, seq):
    """The entry as an object; NotSound unless it is spelled in the one way there is and is entry `seq`."""
    if len(entry) > ENTRY_MAX:
        raise NotSound("the entry is longer than 65,535 bytes.", seq=seq)
    try:
        text = entry.decode("utf-8")
        said = json.loads(text, parse_int=integer, parse_float=refuse, parse_constant=refuse)
        same = json.dumps(said, ensure_ascii=False, separators=(",", ":")) == text
    except (ValueError, RecursionError):
        same = False
    if not same or ("null" in text and any(value is None for value in inner(said))):
        raise NotSound("the entry is not JSON in its one prescribed spelling.", seq=seq)
    # The whole line gives a quick answer; in it a mark after `\n` seems to join the n, so its texts have the last word.
    if not unicodedata.is_normalized("NFC", text) and not all(
            unicodedata.is_normalized("NFC", value) for value in inner(said) if isinstance(value, str)):
        raise NotSound("a text is not in Unicode NFC.", seq=seq)
    if not is_framed(said):
        raise NotSound("the entry has not the members seq, prev, at, by, key, event as they must be.", seq=seq)
    if said["seq"] != seq:
        raise NotSound("the entry at this place says it is seq {}: one is missing, added or moved.", said["seq"], seq=seq)
    return said


class Book:
    """The entries so far: chain, tree, and what the files saved earlier say of them."""

    def __init__(self, asked, on_tile=lambda level, index, hashes: None):
        self.tree, self.head, self.at = Tree(on_tile), "0" * 64, ""
        self.roots = {0: self.tree.root()}
        self.sizes = {old.checkpoint.size for old in asked.seen} | {asked.checkpoint.size if asked.checkpoint else 0}
        self.leaves = {index: (leaf, old.name) for old in asked.seen for index, leaf in old.leaves.items()}

    def add(self, entry, leaf):
        seq = self.tree.size
        said = read_entry(entry, seq)
        if said["prev"] != self.head:
            raise NotSound("it does not follow the entry before: one of the two was changed.", seq=seq)
        if said["at"] < self.at:
            raise NotSound("its time is before that of the entry before.", seq=seq)
        saved, name = self.leaves.get(seq, (leaf, None))
        if saved != leaf:
            raise NotSound("it is not the entry saved in {}: history was rewritten.", name, seq=seq)
        self.head, self.at = blake3(entry).hexdigest(), said["at"]
        self.tree.add(leaf)
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()


def read_journal(folder):
    """The entries of journal/*.log, one after the other, each with the hash that stands before it already checked."""
    files = sorted(path for path in folder.iterdir() if path.name.endswith(".log"))
    if not files:
        raise CannotTell("there is no *.log in {}.", shown(folder))
    seq, line_max = 0, 65 + ENTRY_MAX + 1
    for path in files:
        size, name = 0, shown(path.name)
        if path.name != f"{seq:020}.log" or not path.is_file():
            raise NotSound("the file must be {}, here is {}.", f"{seq:020}.log", name, seq=seq)
        with path.open("rb") as file:
            while line := file.readline(line_max + 1):
                entry, size = line[65:-1], size + len(line)
                if len(line) > line_max:
                    raise NotSound("the entry is longer than 65,535 bytes.", seq=seq)
                if not line.endswith(b"\n"):
                    raise NotSound("the last line of {} is torn (a stop while writing, or written right now).", name, seq=seq)
                if line[:65] != blake3(entry).hexdigest().encode() + b" ":
                    raise NotSound("the hash before the entry is not that of its content.", seq=seq)
                if size > JOURNAL_FILE_MAX:
                    raise NotSound("the file {} is over 64 MiB.", name, seq=seq)
                yield entry
                seq += 1
        if size == 0 and path != files[-1]:
            raise NotSound("{} is empty and not the last.", name, seq=seq)


# ── Where logs are: folders and HTTP ────────────────────────────────────────────────────────────────────────────────


def read_file(path, limit):
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise NotSound("{} is larger than {} bytes.", shown(path), num(limit))
    return data


def gunzip(data, limit):
    out = b""
    while data and len(out) <= limit:
        stream = zlib.decompressobj(31)
        out += stream.decompress(data, limit + 1 - len(out))
        if len(out) <= limit and not stream.eof:
            raise zlib.error("incomplete")
        data = stream.unused_data
    return out


class Files:
    """A log in a folder. `get` answers None for what is not there."""

    def __init__(self, folder):
        self.folder, self.name = folder, str(folder)

    def get(self, path, limit):
        path = self.folder / path
        if not path.is_file():
            return None
        data = read_file(path, limit)
        # A bundle may lie there compressed; no bundle begins like this, as an entry begins with `{`.
        return gunzip(data, limit) if "entries" in path.parts and data[:3] == b"\x1f\x8b\x08" else data


class Web:
    """A log over HTTP, on one connection that is kept. Follows redirects on the same host only."""

    def __init__(self, prefix):
        self.name, self.connection, self.place, self.socket, self.late = prefix, None, None, None, False
        try:
            parts = urllib.parse.urlsplit(prefix)
            usable = parts.hostname and parts.port != 0 and not (parts.query or parts.fragment or parts.username)
        except ValueError:
            usable = False
        if not usable:
            raise CannotTell("an address that cannot be used: {}", shown(prefix))

    def get(self, path, limit):
        url = f"{self.name}/{path}"
        for attempt in range(TRIES):
            try:
                status, data = self.ask(url, limit)
                if status in (404, 410):
                    return None
                if status == 200 and len(data) > limit:
                    raise NotSound("{} is larger than {} bytes.", shown(url), num(limit))
                if status == 200:
                    return data
                why, last = f"HTTP {status}", status != 429 and status < 500
            except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
                why, last = shown(error) or type(error).__name__, False
                self.close()
            if last or attempt == TRIES - 1:
                raise CannotTell("{} cannot be read: {}", shown(url), why)
            time.sleep(3 ** attempt)

    def ask(self, url, limit):
        """Status and body. A server that sends a byte now and then is cut off: no single wait of it is too long."""
        watch = threading.Timer(ANSWER_S, self.cut)
        watch.daemon, self.late = True, False
        watch.start()
        try:
            return self.follow(url, limit)
        except (OSError, http.client.HTTPException):
            if self.late:
                raise OSError(t("the answer is too slow")) from None
            raise
        finally:
            watch.cancel()

    def cut(self):
        self.late = True
        with contextlib.suppress(OSError, AttributeError):  # it may be gone, or not there yet
            self.socket.shutdown(socket.SHUT_RDWR)

    def follow(self, url, limit):
        for _ in range(REDIRECTS_MAX + 1):
            parts = urllib.parse.urlsplit(url)
            place = (parts.scheme, parts.hostname, parts.port)
            if place != self.place:
                self.close()
                kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
                self.connection, self.place = kind(parts.hostname, parts.port, timeout=TIMEOUT_S), place
            if not self.connection.sock:
                self.connection.connect()
            self.socket = self.connection.sock  # the answer keeps it where the connection gives it up
            self.connection.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl() or "/", headers={
                "Accept-Encoding": "gzip, identity", "User-Agent": "minhbach-verify.py"})
            answer, data = self.connection.getresponse(), bytearray()
            while len(data) <= limit + GZIP_MORE and (more := answer.read1(65_536)):
                data += more
            answer.close()
            if len(data) > limit + GZIP_MORE:
                self.close()  # what was not read would be taken for the next answer
            elif answer.length or self.late:
                raise OSError(t("the connection was cut"))
            if answer.status in (301, 302, 303, 307, 308):
                onward = urllib.parse.urlsplit(urllib.parse.urljoin(url, answer.headers.get("Location", "")))
                if onward.hostname != parts.hostname or onward.scheme not in ("https", parts.scheme):
                    raise OSError(t("redirected to another host"))
                url = onward.geturl()
                continue
            if answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip") and self.connection:
                data = gunzip(data, limit)
            return answer.status, bytes(data)
        raise OSError(t("too many redirects"))

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = self.place = None


def tile_path(kind, index, width):
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{kind}/{name}" + ("" if width == WIDTH else f".p/{width}")


def fetch(source, kind, index, width, limit):
    """A tile and the width at which it was found: its own, or full, as a partial one may go once the full one is there."""
    first = index * WIDTH ** (1 if kind == "entries" else kind + 1)
    for wide in dict.fromkeys((width, WIDTH)):
        path = tile_path(kind, index, wide)
        try:
            data = source.get(path, limit)
        except zlib.error:
            raise NotSound("{} cannot be decompressed.", path, seq=first) from None
        if data is not None:
            return path, data, wide
    raise NotSound("the log signed {} but does not publish it.", tile_path(kind, index, width), seq=first)


def read_bundle(source, index, width):
    """The entries of a bundle, each after its length in two bytes."""
    path, data, wide = fetch(source, "entries", index, width, BUNDLE_MAX)
    entries, at = [], 0
    while len(entries) < wide and at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        if end > len(data):
            break
        entries.append(data[at + 2:end])
        at = end
    if at != len(data) or len(entries) != wide:
        raise NotSound("{} has not exactly {} entries.", path, wide, seq=index * WIDTH + len(entries))
    return entries[:width]


def check_tile(source, level, index, hashes):
    """Compares a published tile with the hashes computed from the entries."""
    path, data, wide = fetch(source, level, index, len(hashes), TILE_MAX)
    there = [data[at:at + HASH] for at in range(0, len(data), HASH)]
    wrong = next((i for i, hash_ in enumerate(hashes) if there[i:i + 1] != [hash_]), None)
    first = (index * WIDTH + (wrong or 0)) * WIDTH ** level
    if len(data) != wide * HASH:
        raise NotSound("{} is {} bytes long, not {}.", path, num(len(data)), num(wide * HASH), seq=first)
    if wrong is not None:
        raise NotSound("the entry does not fit the hash published in {}.", path, seq=first)


# ── Proofs and bundles ──────────────────────────────────────────────────────────────────────────────────────────────


class Evidence:
    """What a checkpoint, proof or bundle holds. Reading it checks its inclusion proofs, not its signatures."""

    def __init__(self, name, entry=None):
        blob = read_file(name, TRAIL_MAX)
        self.name, self.vkey, self.leaves, self.entries, self.head = shown(name), None, {}, {}, None
        if blob.startswith(PROOF_HEADER):
            self.read_proof(blob, entry)
        elif blob.lstrip()[:1] == b"{":
            self.read_bundle(blob)
        elif "\n— ".encode() in blob:
            self.checkpoint = Checkpoint(blob)
        else:
            raise CannotTell("{} is no checkpoint, proof or bundle.", self.name)

    def include(self, index, entry, path):
        leaf = leaf_hash(entry)
        if root_by_proof(leaf, index, self.checkpoint.size, path) != self.checkpoint.root:
            raise NotSound("the proof does not lead to the checkpoint's root.", seq=index)
        self.leaves[index], self.entries[index] = leaf, read_entry(entry, index)
        if index == self.checkpoint.size - 1:
            self.head = blake3(entry).hexdigest()

    def read_proof(self, blob, entry):
        head, _, note = blob.partition(b"\n\n")
        self.checkpoint = Checkpoint(note)
        lines = head.decode("utf-8", "replace").split("\n")[1:]
        extra = from_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
        index = re.fullmatch(r"index (0|[1-9][0-9]{0,17})", lines[0]) if lines else None
        path = [from_base64(line, HASH) for line in lines[1:]]
        if not index or len(path) > PATH_MAX or None in path or extra is None:
            raise NotSound("the proof is malformed.")
        if not (entry or extra):
            raise CannotTell("no entry in the proof: add --entry FILE.")
        self.include(int(index[1]), entry or extra, path)

    def read_bundle(self, blob):
        no, last = NotSound("the bundle is malformed."), -1
        try:
            said = json.loads(blob.decode(), object_pairs_hook=no_twins, parse_float=refuse, parse_constant=refuse)
        except (ValueError, RecursionError):
            raise no from None
        needed = {"format", "code", "vkey", "checkpoint", "entries"}
        if not needed <= set(said) <= needed | {"trail"} or said["format"] != BUNDLE_FORMAT \
                or not all(isinstance(said[key], str) for key in needed - {"entries"}) \
                or not isinstance(said["entries"], list) or len(said["entries"]) > TRAIL_ENTRIES_MAX:
            raise no
        self.vkey, self.code = said["vkey"], said["code"]
        self.checkpoint = Checkpoint(said["checkpoint"].encode("utf-8", "replace"))
        for item in said["entries"]:
            if not isinstance(item, dict) or set(item) != {"index", "entry", "proof"} or type(item["index"]) is not int \
                    or not last < item["index"] or not isinstance(item["entry"], str) \
                    or not isinstance(item["proof"], list) or len(item["proof"]) > PATH_MAX:
                raise no
            path, last = [from_base64(hash_, HASH) for hash_ in item["proof"]], item["index"]
            if None in path:
                raise no
            self.include(last, item["entry"].encode("utf-8", "replace"), path)
        if not any(self.code in codes_of(entry["event"]) for entry in self.entries.values()):
            raise NotSound("no entry in it names {}.", shown(self.code))
        try:
            self.check_trail(said["trail"] if "trail" in said else None)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
            raise NotSound("the bundle's trail is malformed.") from None

    def check_trail(self, trail):
        if trail is None:
            return
        as_of = trail["as_of"]
        if (trail["code"], as_of["size"], as_of["head"]) != (self.code, self.checkpoint.size, self.head or as_of["head"]):
            raise NotSound("the trail is not of this code at this checkpoint.")
        for node in trail["nodes"]:
            seq = node["seq"]
            if type(seq) is not int or seq not in self.entries:
                raise NotSound("the trail stands on entry {}, which is not in the bundle.", shown(seq))
            if not agrees(node, self.entries[seq]):
                raise NotSound("the trail says of {} what the entry does not.", shown(node["code"]), seq=seq)


def no_twins(pairs):
    return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse("a name twice")


def codes_of(event):
    """The codes an event is about or opens, each with the object that states its item and quantity."""
    lots = event["obtains"] if isinstance(event.get("obtains"), list) else []
    pairs = [(item.get("lot"), item) for item in lots if isinstance(item, dict)]
    pairs += [(event.get("new_lot"), event), *((code, event) for code in list(event.values())[2:3])]
    return {code: stated for code, stated in pairs if isinstance(code, str)}


def agrees(node, entry):
    """Whether an entry names a trail's node, and its item, quantity and day as far as the entry itself states them."""
    event = entry["event"]
    stated = codes_of(event).get(node["code"])
    if stated is None or "item" in node and node["item"] != stated.get("item", node["item"]):
        return False
    parts = stated.get("draws", stated.get("spends", [stated]))
    if "quantity" in node and "quantity" in parts[0] and event["type"] != "need.assessed":  # a need may be revised later
        whole = sum(decimal.Decimal(part["quantity"]) for part in parts)
        quantity = decimal.Decimal(node["quantity"])
        # Of an allocation and a delivery a trail tells what is left after releases and returns.
        least = 0 if event["type"] in ("allocation.made", "delivery.made") else whole
        if not least <= quantity <= whole:
            return False
    days = {day for name, day in event.items() if name.endswith("_on") and name != "expires_on" or name in ("on", "starts")}
    moment = datetime.datetime.fromisoformat(entry["at"])  # what has no day of its own has that of its recording
    days = days or {str(moment.date()), str((moment + datetime.timedelta(hours=7)).date())}
    return "on" not in node or node["on"] in days


# ── What one can ask ────────────────────────────────────────────────────────────────────────────────────────────────


class Asked:
    """The options, and what is to be said at the end: `lines` if all is well, `unsure` what could not be confirmed."""

    def __init__(self):
        self.key, self.witnesses, self.seen, self.entry, self.lines, self.unsure = None, [], [], None, [], []

    def judge(self, checkpoint, claimed):
        """Checks who signed: by the key got elsewhere, else by the one found beside; then the witnesses."""
        given, self.checkpoint = self.key is not None, checkpoint
        if not given and claimed is not None:
            self.key = Key(as_text(claimed), 1)
        if checkpoint:
            root = base64.b64encode(checkpoint.root).decode()
            self.lines.append(t("Checkpoint: {}, {} entries, root {}", shown(checkpoint.origin), num(checkpoint.size), root))
            if self.key:
                checkpoint.check_signature(self.key)
                self.lines.append(t("Signature: right, by the key you gave.") if given else t(
                    "Signature: right, but by the key the log claims. Compare it with one got elsewhere (--key): {}",
                    shown(self.key.text)))
            else:
                self.unsure.append(t("no key to check the signature: add --key."))
        elif given and not self.seen:
            self.unsure.append(t("--key is given but no signed checkpoint is here."))
        else:
            self.lines.append(t("No signed checkpoint is here: only the chain was checked."))
        if given and claimed is not None and as_text(claimed).strip() != self.key.text:
            self.lines.append(t("Beware: what lies beside it claims another key: {}", shown(as_text(claimed).strip())))
        for witness in self.witnesses:
            stamp = checkpoint.check_witness(witness) if checkpoint else None
            if stamp is None:
                self.unsure.append(t("the witness {} has not cosigned this checkpoint.", shown(witness.name)))
            else:
                self.lines.append(t("Witness: {}, {}", shown(witness.name), in_vietnam(stamp)))
        self.seen = [self.recall(path) for path in self.seen]

    def recall(self, path):
        """A file saved earlier. If it is damaged it says nothing, neither for the log nor against it."""
        try:
            old = Evidence(path)
            origin = old.checkpoint.origin
            old.ours = bool(self.key and origin == self.key.name and old.checkpoint.by(self.key))
            if old.ours:
                old.checkpoint.check_signature(self.key)
        except NotSound as error:
            raise CannotTell("--seen {} is of no use: {}", shown(path), error) from None
        if origin != (self.checkpoint.origin if self.checkpoint else self.key.name if self.key else origin):
            raise CannotTell("--seen {} is of another log: {}", old.name, shown(origin))
        return old

    def compare(self, book):
        """Today's entries against the checkpoint and against every file saved earlier."""
        signed = [(self.checkpoint, t("the checkpoint"))] if self.checkpoint else []
        for old, name in signed + [(old.checkpoint, old.name) for old in self.seen]:
            if old.size > book.tree.size:
                raise NotSound("missing from here on: {} has {} entries (the log was cut, or this copy is older).",
                               name, num(old.size), seq=book.tree.size)
            if old.root != book.roots[old.size]:
                raise NotSound("the first {} entries are not those that {} vouches for: history was rewritten.",
                               num(old.size), name)
        for old in self.seen:
            self.lines.append(t("Against {}: the first {} entries are unchanged.", old.name, num(old.checkpoint.size))
                              + ("" if old.ours else t(" (That file is not signed by this key.)")))
        if self.checkpoint and self.checkpoint.size < book.tree.size:
            self.lines.append(t("The last {} entries are not signed yet.", num(book.tree.size - self.checkpoint.size)))
        self.lines.insert(0, t("SOUND: {} entries, last hash {}", num(book.tree.size), book.head))
        self.lines.append(t("Proves: no entry was changed, moved or left out without rewriting all that follows it."))
        if not self.seen:
            self.lines.append(t("Does not prove: that the whole was not rewritten and signed again. Save the checkpoint "
                                "for --seen."))
        self.lines.append(t("Does not prove: that what was recorded is true."))


def check_folder(folder, asked):
    """A data folder. `log/tree` is a cache of the ledger's own and is not read: the tree is computed anew."""
    log = Files(folder / "log")
    note = log.get("checkpoint", NOTE_MAX)
    asked.judge(None if note is None else Checkpoint(note), log.get("vkey", NOTE_MAX))
    book = Book(asked)
    for entry in read_journal(folder / "journal"):
        book.add(entry, leaf_hash(entry))
        progress(book.tree.size)
    asked.compare(book)


def check_tiles(sources, asked):
    """A published log: entries, chain and root, and that every tile holds the hashes of those entries."""
    notes, trouble = [], CannotTell("there is no checkpoint at {}.", shown(sources[-1].name))
    for source in sources:
        try:
            if (note := source.get("checkpoint", NOTE_MAX)) is not None:
                notes.append((source, note))
        except CannotTell as error:  # some servers forbid what is not there
            trouble = error
    if not notes:
        raise trouble
    # A portal may answer any address with a page: what holds signature lines is the note.
    source, note = next((pair for pair in notes if "\n— ".encode() in pair[1]), notes[0])
    asked.judge(Checkpoint(note), source.get("vkey", NOTE_MAX))
    size = asked.checkpoint.size
    # Level 0 is compared before the chain, to name the entry itself and not the one after it.
    book = Book(asked, lambda level, index, hashes: level and check_tile(source, level, index, hashes))
    for index in range(-(-size // WIDTH)):
        entries = read_bundle(source, index, min(WIDTH, size - index * WIDTH))
        leaves = [leaf_hash(entry) for entry in entries]
        check_tile(source, 0, index, leaves)
        for entry, leaf in zip(entries, leaves):
            book.add(entry, leaf)
        progress(book.tree.size, size)
    for level, hashes in enumerate(book.tree.levels):
        if level and hashes:
            check_tile(source, level, size // WIDTH ** (level + 1), hashes)
    asked.compare(book)


def check_file(path, asked):
    """A proof, a bundle, or a checkpoint by itself."""
    this = Evidence(path, asked.entry)
    asked.judge(this.checkpoint, this.vkey)
    asked.lines.insert(0, t("SOUND: {}", this.name))
    for index, entry in list(this.entries.items())[:20]:
        event = entry["event"]
        said = [event["type"], next(iter(codes_of(event)), ""), *(event[key] for key in ("quantity", "item") if key in event)]
        asked.lines.append(f"  seq {index} · {entry['at']} · " + " ".join(map(shown, said)))
    if len(this.entries) > 20:
        asked.lines.append(t("  and {} more", num(len(this.entries) - 20)))
    asked.lines += [
        t("Proves: these entries are in the log of that key, unchanged, at these places."),
        t("Does not prove: that no other entry bears on it (that takes the whole log), that the sums and shares in a trail "
          "are right, that what was recorded is true."),
    ] if this.entries else [
        t("Proves: the log signed this size and root. Nothing about entries: check the log with --seen.")]
    for old in asked.seen:
        if seqs := [seq for seq, leaf in old.leaves.items() if this.leaves.get(seq, leaf) != leaf]:
            raise NotSound("it is not the entry saved in {}: history was rewritten.", old.name, seq=min(seqs))
        if old.checkpoint.size != this.checkpoint.size:
            asked.unsure.append(t("comparing with {} takes the log: verify.py URL --seen {} --seen {}",
                                  old.name, old.name, this.name))
        elif old.checkpoint.root != this.checkpoint.root:
            raise NotSound("a fork: {} has this size and another root.", old.name)


def progress(done=None, of=None):
    """How far it is, on a terminal; nothing wipes it out."""
    if sys.stderr.isatty() and (done is None or of or done % 1024 == 0):
        words = "" if done is None else num(done) + (f" / {num(of)}" if of else "")
        print("\r\033[K" + words, end="", file=sys.stderr, flush=True)


def read_options(arguments):
    options, rest = getopt.gnu_getopt(arguments, "h", ["help", "key=", "witness=", "seen=", "entry=", "lang="])
    asked = Asked()
    for name, value in options:
        if name in ("--key", "--witness"):
            text = as_text(read_file(value, NOTE_MAX)) if os.path.isfile(value) else value
            try:
                key = Key(text, 1 if name == "--key" else 4)
            except NotSound as error:
                raise CannotTell("{}: {}", name, error) from None
            if name == "--key":
                asked.key = key
            else:
                asked.witnesses.append(key)
        elif name == "--seen":
            asked.seen.append(value)
        elif name == "--entry":
            asked.entry = read_file(value, ENTRY_MAX + 1).removesuffix(b"\n")
        elif name == "--lang" and value not in ("vi", "en"):
            raise CannotTell("--lang is vi or en.")
        elif name in ("-h", "--help"):
            return asked, None
    if len(rest) != 1:
        raise CannotTell("give one folder, address or file; see --help.")
    return asked, rest[0]


def run(arguments):
    asked, target = read_options(arguments)
    if target is None:
        return 0, __doc__.strip()
    path = pathlib.Path(target)
    if re.match(r"https?://", target, re.IGNORECASE):
        base = target.rstrip("/").removesuffix("/checkpoint")
        check_tiles([Web(base + "/log"), Web(base)], asked)
    elif (path / "journal").is_dir():
        check_folder(path, asked)
    elif path.is_dir():
        check_tiles([Files(path / "log"), Files(path)], asked)
    else:
        check_file(path, asked)
    if asked.unsure:
        asked.lines.insert(0, t("CANNOT TELL, because of what stands after “!”. What could be checked is sound."))
        del asked.lines[1]
    return 2 if asked.unsure else 0, "\n".join(asked.lines + ["! " + line for line in asked.unsure])


def main(arguments):
    """Runs, and turns whatever happens into one sentence and an exit code."""
    global LANG
    LANG = "en" if re.search(r"(^|\0)--lang[=\0]en(\0|$)", "\0".join(arguments)) else "vi"
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        code, words = run(arguments)
    except NotSound as error:
        code, words = 1, t("NOT SOUND: {}", error)
    except CannotTell as error:
        code, words = 2, t("CANNOT TELL: {}", error)
    except getopt.GetoptError as error:
        code, words = 2, t("CANNOT TELL: {}", t("the option “{}” cannot be used; see --help.", shown(error.opt)))
    except KeyboardInterrupt:
        code, words = 2, t("CANNOT TELL: {}", t("stopped as asked."))
    except OSError as error:
        why = t("{} cannot be read: {}", shown(error.filename or ""), shown(error.strerror or error))
        code, words = 2, t("CANNOT TELL: {}", why)
    except Exception as error:  # a fault of this file: no answer, and no page of code for the reader
        code, words = 2, t("CANNOT TELL: {}", t("a fault of this program: {}", shown(repr(error))))
    try:
        progress()
        print(words, file=sys.stderr if code == 2 and "\n" not in words else sys.stdout, flush=True)
    except OSError:  # nobody reads any more: the exit code alone answers
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


VI = {
    "{} cannot be decompressed.": "{} không giải nén được.",
    "{} cannot be read: {}": "không đọc được {}: {}",
    "{} has not exactly {} entries.": "{} không chứa đúng {} dòng.",
    "{} is empty and not the last.": "tệp {} rỗng mà không phải tệp cuối.",
    "{} is larger than {} bytes.": "{} lớn quá {} byte.",
    "{} is no checkpoint, proof or bundle.": "{} không phải điểm chốt, bằng chứng hay gói hành trình.",
    "{} is {} bytes long, not {}.": "{} dài {} byte, phải là {}.",
    "{}: {}": "{}: {}",
    "a fault of this program: {}": "lỗi của chính chương trình này: {}",
    "a fork: {} has this size and another root.": "sổ rẽ nhánh: {} cùng kích thước mà khác gốc.",
    "a text is not in Unicode NFC.": "có chữ không ở dạng Unicode NFC.",
    "Against {}: the first {} entries are unchanged.": "So với {}: {} dòng đầu vẫn nguyên.",
    "an address that cannot be used: {}": "địa chỉ không dùng được: {}",
    "  and {} more": "  và {} dòng nữa",
    "Beware: what lies beside it claims another key: {}": "Lưu ý: khoá nằm cạnh đó lại là khoá khác: {}",
    "CANNOT TELL, because of what stands after “!”. What could be checked is sound.":
        "CHƯA KẾT LUẬN ĐƯỢC, vì những điều ghi sau dấu “!”. Phần kiểm được thì đúng.",
    "CANNOT TELL: {}": "CHƯA KẾT LUẬN ĐƯỢC: {}",
    "Checkpoint: {}, {} entries, root {}": "Điểm chốt: {}, {} dòng, gốc {}",
    "comparing with {} takes the log: verify.py URL --seen {} --seen {}":
        "muốn so với {} phải có cả sổ: verify.py URL --seen {} --seen {}",
    "Does not prove: that no other entry bears on it (that takes the whole log), that the sums and shares in a trail are "
    "right, that what was recorded is true.":
        "Không chứng minh: rằng không còn dòng nào khác liên quan (phải kiểm cả sổ), rằng số cộng và tỉ lệ trong hành trình "
        "là đúng, rằng điều được ghi là sự thật.",
    "Does not prove: that the whole was not rewritten and signed again. Save the checkpoint for --seen.":
        "Không chứng minh: rằng cả sổ không bị viết lại rồi ký lại. Hãy lưu điểm chốt để lần sau dùng --seen.",
    "Does not prove: that what was recorded is true.": "Không chứng minh: rằng điều được ghi là sự thật.",
    "give one folder, address or file; see --help.": "cần đúng một thư mục, địa chỉ hay tệp; xem --help.",
    "it does not follow the entry before: one of the two was changed.":
        "không nối vào dòng ngay trước: một trong hai dòng đã bị sửa.",
    "it is not the entry saved in {}: history was rewritten.": "khác với dòng đã lưu trong {}: sổ đã bị viết lại.",
    "its time is before that of the entry before.": "thời điểm sớm hơn dòng trước.",
    "--key is given but no signed checkpoint is here.": "có --key nhưng ở đây không có điểm chốt đã ký.",
    "--lang is vi or en.": "--lang là vi hoặc en.",
    "missing from here on: {} has {} entries (the log was cut, or this copy is older).":
        "thiếu từ đây: {} có {} dòng (sổ bị cắt ngắn, hoặc bản sao này cũ hơn).",
    "no entry in it names {}.": "không dòng nào trong gói ghi mã {}.",
    "no entry in the proof: add --entry FILE.": "bằng chứng không kèm dòng sổ: hãy thêm --entry TỆP.",
    "that is a secret key, not a public one. Give it to nobody.":
        "đó là khoá bí mật, không phải khoá công khai. Đừng đưa nó cho ai.",
    "No signed checkpoint is here: only the chain was checked.":
        "Ở đây không có điểm chốt nào được ký: chỉ kiểm được chuỗi mã băm.",
    "The last {} entries are not signed yet.": "{} dòng cuối chưa được ký.",
    "no key to check the signature: add --key.": "không có khoá để kiểm chữ ký: hãy thêm --key.",
    "NOT SOUND: {}": "SAI: {}",
    "Proves: no entry was changed, moved or left out without rewriting all that follows it.":
        "Chứng minh: không dòng nào bị sửa, đảo hay bỏ mà không phải viết lại tất cả các dòng sau nó.",
    "Proves: the log signed this size and root. Nothing about entries: check the log with --seen.":
        "Chứng minh: sổ đã ký kích thước và gốc này. Không nói gì về từng dòng: hãy kiểm cả sổ với --seen.",
    "Proves: these entries are in the log of that key, unchanged, at these places.":
        "Chứng minh: các dòng này nằm trong sổ của khoá ấy, nguyên vẹn, đúng các chỗ ấy.",
    "redirected to another host": "bị chuyển sang máy chủ khác",
    "--seen {} is of another log: {}": "--seen {} là của sổ khác: {}",
    "--seen {} is of no use: {}": "--seen {} không dùng được: {}",
    "Signature: right, but by the key the log claims. Compare it with one got elsewhere (--key): {}":
        "Chữ ký: đúng, nhưng bằng khoá mà sổ tự xưng. Hãy so với khoá nhận ở nơi khác (--key): {}",
    "Signature: right, by the key you gave.": "Chữ ký: đúng, bằng khoá bạn đưa.",
    "SOUND: {}": "ĐÚNG: {}",
    "SOUND: {} entries, last hash {}": "ĐÚNG: {} dòng, mã băm cuối {}",
    "stopped as asked.": "đã dừng theo yêu cầu.",
    " (That file is not signed by this key.)": " (Tệp ấy không mang chữ ký của khoá này.)",
    "the answer is too slow": "trả lời quá chậm",
    "the bundle is malformed.": "gói hành trình không đúng dạng.",
    "the bundle's trail is malformed.": "hành trình trong gói không đúng dạng.",
    "the checkpoint": "điểm chốt",
    "the checkpoint is malformed.": "điểm chốt không đúng dạng.",
    "the checkpoint is not signed by this key.": "điểm chốt không có chữ ký của khoá này.",
    "the checkpoint is of “{}”, the key is of “{}”.": "điểm chốt là của “{}”, còn khoá là của “{}”.",
    "the connection was cut": "kết nối bị cắt giữa chừng",
    "the cosignature of the witness “{}” is wrong.": "xác nhận của nhân chứng “{}” là sai.",
    "the entry at this place says it is seq {}: one is missing, added or moved.":
        "dòng ở chỗ này tự ghi là seq {}: thiếu dòng, thừa dòng hoặc đảo dòng.",
    "the entry does not fit the hash published in {}.": "dòng không khớp với mã băm đã công bố trong {}.",
    "the entry has not the members seq, prev, at, by, key, event as they must be.":
        "dòng không có đúng các mục seq, prev, at, by, key, event.",
    "the entry is longer than 65,535 bytes.": "dòng dài quá 65.535 byte.",
    "the entry is not JSON in its one prescribed spelling.": "nội dung không phải JSON viết theo đúng một cách đã quy định.",
    "the file {} is over 64 MiB.": "tệp {} quá 64 MiB.",
    "the file must be {}, here is {}.": "tệp ở đây phải tên {}, không phải {}.",
    "the first {} entries are not those that {} vouches for: history was rewritten.":
        "{} dòng đầu không phải những dòng mà {} đã chốt: sổ đã bị viết lại.",
    "the hash before the entry is not that of its content.": "mã băm ghi trước dòng không phải của nội dung dòng.",
    "the last line of {} is torn (a stop while writing, or written right now).":
        "dòng cuối của {} bị đứt (máy dừng khi đang ghi, hoặc đang ghi lúc này).",
    "the log signed {} but does not publish it.": "sổ đã ký nhưng không công bố {}.",
    "the option “{}” cannot be used; see --help.": "tuỳ chọn “{}” không dùng được; xem --help.",
    "the proof does not lead to the checkpoint's root.": "bằng chứng không dẫn tới gốc của điểm chốt.",
    "the proof is malformed.": "bằng chứng không đúng dạng.",
    "the signature on the checkpoint is wrong.": "chữ ký trên điểm chốt là sai.",
    "the trail is not of this code at this checkpoint.": "hành trình không phải của mã này ở điểm chốt này.",
    "the trail says of {} what the entry does not.": "hành trình nói về {} khác với dòng sổ.",
    "the trail stands on entry {}, which is not in the bundle.": "hành trình dựa vào dòng {}, không có trong gói.",
    "the witness {} has not cosigned this checkpoint.": "nhân chứng {} chưa xác nhận điểm chốt này.",
    "there is no *.log in {}.": "không có tệp nào tên *.log trong {}.",
    "there is no checkpoint at {}.": "không có điểm chốt ở {}.",
    "too many redirects": "bị chuyển hướng quá nhiều lần",
    "Witness: {}, {}": "Nhân chứng: {}, {}",
    "“{}” is no valid public key (of type {}).": "“{}” không phải khoá công khai hợp lệ (loại {}).",
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
