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
import binascii
import datetime
import decimal
import getopt
import hashlib
import http.client
import json
import os
import pathlib
import re
import struct
import sys
import time
import unicodedata
import urllib.parse
import zlib

LANG = "vi"
ENTRY_MAX, JOURNAL_FILE_MAX = 65_535, 67_108_864
NOTE_MAX, PROOF_MAX, TRAIL_MAX, TRAIL_ENTRIES_MAX = 65_536, 1_048_576, 16_777_216, 2_000
HASH, WIDTH = 32, 256  # the bytes of a hash; the hashes of a full tile
TILE_MAX, BUNDLE_MAX = HASH * WIDTH, (2 + ENTRY_MAX) * WIDTH
TIMEOUT_S, ANSWER_S, TRIES, REDIRECTS_MAX, GZIP_MORE = 30, 300, 3, 5, 4_096
PROOF_HEADER, BUNDLE_FORMAT = "c2sp.org/tlog-proof@v1", "minhbach-trail-bundle@v1"


class NotSound(Exception):
    """What was checked is not what it should be: exit 1."""


class CannotTell(Exception):
    """It could not be checked: exit 2."""


def t(vi, en):
    return vi if LANG == "vi" else en


def wrong(seq, vi, en):
    return NotSound(f"seq {seq}: {t(vi, en)}")


def num(n):
    return f"{n:,}".replace(",", t(".", ","))


def shown(text):
    """Text of strangers, made safe for a terminal."""
    text = str(text)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:200]) + ("…" if len(text) > 200 else "")


try:
    from blake3 import blake3
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    print(f"Thiếu gói / missing package {missing.name}: pip install blake3 cryptography", file=sys.stderr)
    sys.exit(2)


# ── The tree: RFC 6962 over SHA-256, kept as its right edge only ──────────────────────────────────────────────────────────


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
    """The root that an inclusion proof leads to (RFC 9162 §2.1.3.2), or None if it has not the length it must have."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(hash_, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, hash_)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


# ── Keys, signed notes, checkpoints ───────────────────────────────────────────────────────────────────────────────────────


def from_base64(text, length=None):
    """Strict base64 (RFC 4648 §4, padded); None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None
    return data if base64.b64encode(data).decode() == text and length in (None, len(data)) else None


class Key:
    """A verifier key `name+id+base64`: type 1 signs a log's checkpoints, type 4 cosigns those of others."""

    def __init__(self, text, type_):
        self.text = text.strip()
        self.name, _, rest = self.text.partition("+")
        id_, _, encoded = rest.partition("+")
        data = from_base64(encoded, 33) or b""
        self.id = hashlib.sha256(self.name.encode("utf-8", "replace") + b"\n" + data).digest()[:4]
        if not re.fullmatch(r"[^\s+]+", self.name) or data[:1] != bytes([type_]) or self.id.hex() != id_:
            raise NotSound(t(f"“{shown(self.text)}” không phải khoá công khai hợp lệ (loại {type_}).",
                             f"“{shown(self.text)}” is no valid public key (of type {type_})."))
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])

    def signed(self, message, signature):
        try:
            self.public.verify(signature, message)
            return True
        except InvalidSignature:
            return False


class Checkpoint:
    def __init__(self, blob):
        text = blob.decode("utf-8", "replace")
        body, blank, tail = text.rpartition("\n\n")
        lines, signatures = body.split("\n"), tail.split("\n")
        found = [re.fullmatch(r"— ([^\s+]+) (\S+)", line) for line in signatures[:-1]]
        blobs = [from_base64(match[2]) for match in found if match]
        sound = (text.encode() == blob and min(text.replace("\n", " "), default="") >= " " and blank and len(lines) == 3
                 and signatures[-1] == "" and found and all(found) and all(b and len(b) > 4 for b in blobs)
                 and lines[0] and re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]) and from_base64(lines[2], HASH))
        if not sound:
            raise NotSound(t("điểm chốt không đúng dạng.", "the checkpoint is malformed."))
        self.text = (body + "\n").encode()
        self.origin, self.size, self.root = lines[0], int(lines[1]), from_base64(lines[2])
        self.signatures = [(match[1], b[:4], b[4:]) for match, b in zip(found, blobs)]

    def by(self, key):
        return [signature for name, id_, signature in self.signatures if (name, id_) == (key.name, key.id)]

    def check_signature(self, key):
        if self.origin != key.name:
            raise NotSound(t(f"điểm chốt là của “{shown(self.origin)}”, còn khoá là của “{shown(key.name)}”.",
                             f"the checkpoint is of “{shown(self.origin)}”, the key is of “{shown(key.name)}”."))
        if not self.by(key):
            raise NotSound(t("điểm chốt không có chữ ký của khoá này.", "the checkpoint is not signed by this key."))
        if not all(key.signed(self.text, signature) for signature in self.by(key)):
            raise NotSound(t("chữ ký trên điểm chốt là sai.", "the signature on the checkpoint is wrong."))

    def check_witness(self, key):
        """The latest time (POSIX seconds) at which this witness cosigned; None if it did not."""
        times = []
        for signature in self.by(key):
            stamp = int.from_bytes(signature[:8], "big")
            if len(signature) != 72 or not key.signed(b"cosignature/v1\ntime %d\n" % stamp + self.text, signature[8:]):
                raise NotSound(t(f"xác nhận của nhân chứng “{shown(key.name)}” là sai.",
                                 f"the cosignature of the witness “{shown(key.name)}” is wrong."))
            times.append(stamp)
        return max(times, default=None)


def in_vietnam(seconds):
    try:
        zone = datetime.timezone(datetime.timedelta(hours=7))
        return datetime.datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S (UTC+7)")
    except (OverflowError, ValueError, OSError):
        return str(seconds)


# ── Entries: their one spelling, their chain ──────────────────────────────────────────────────────────────────────────────


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
        if isinstance(value, dict):
            todo += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            todo += value


def read_entry(entry, seq):
    """The entry as an object; NotSound unless it is spelled in the one way there is and is entry `seq`."""
    if len(entry) > ENTRY_MAX:
        raise wrong(seq, "dòng dài quá 65.535 byte.", "the entry is longer than 65,535 bytes.")
    try:
        text = entry.decode("utf-8")
        said = json.loads(text, parse_int=integer, parse_float=refuse, parse_constant=refuse)
        same = json.dumps(said, ensure_ascii=False, separators=(",", ":")) == text
    except (ValueError, RecursionError):
        said, same = None, False
    if not same or ("null" in text and any(value is None for value in inner(said))):
        raise wrong(seq, "nội dung không phải JSON viết theo đúng một cách đã quy định.",
                    "the entry is not JSON in its one prescribed spelling.")
    # The line as a whole is a quick answer; a mark after `\n` would seem to join the n, so its texts have the last word.
    if not unicodedata.is_normalized("NFC", text) and not all(
            unicodedata.is_normalized("NFC", value) for value in inner(said) if isinstance(value, str)):
        raise wrong(seq, "có chữ không ở dạng Unicode NFC.", "a text is not in Unicode NFC.")
    name = r"[A-Za-z0-9._:-]{1,64}"
    keys = list(said) if isinstance(said, dict) else []
    if [key for key in keys if key != "key"] != ["seq", "prev", "at", "by", "event"] or "key" in keys and keys[4] != "key" \
            or type(said["seq"]) is not int or not re.fullmatch(r"[0-9a-f]{64}", str(said["prev"])) \
            or not all(isinstance(said[key], str) and re.fullmatch(name, said[key]) for key in keys if key in ("by", "key")) \
            or not isinstance(said["event"], dict) or list(said["event"])[:2] != ["type", "v"] \
            or not isinstance(said["event"]["type"], str) or type(said["event"]["v"]) is not int:
        raise wrong(seq, "dòng không có đúng các mục seq, prev, at, by, key, event.",
                    "the entry has not the members seq, prev, at, by, key, event as they must be.")
    if not is_time(said["at"]):
        raise wrong(seq, "thời điểm không đúng dạng.", "the time is malformed.")
    if said["seq"] != seq:
        raise wrong(seq, f"ở chỗ này là dòng tự ghi seq {said['seq']}: thiếu dòng, thừa dòng hoặc đảo dòng.",
                    f"the entry at this place says it is seq {said['seq']}: one is missing, added or moved.")
    return said


def is_time(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3])(:[0-5]\d){2}\.\d{3}Z", str(text), re.ASCII):
        return False
    try:
        return bool(datetime.date.fromisoformat(text[:10]))
    except ValueError:
        return False


class Book:
    """The entries so far: chain, tree, and what the files saved earlier say of them."""

    def __init__(self, seen, watched=(), on_tile=lambda level, index, hashes: None):
        self.tree, self.head, self.at = Tree(on_tile), "0" * 64, ""
        self.roots = {0: self.tree.root()}
        self.sizes = {old.checkpoint.size for old in seen} | set(watched)
        self.leaves = {index: (leaf, old) for old in seen for index, leaf in old.leaves.items()}

    def add(self, entry, leaf=None):
        seq = self.tree.size
        said = read_entry(entry, seq)
        if said["prev"] != self.head:
            raise wrong(seq, "không nối vào dòng ngay trước: một trong hai dòng đã bị sửa.",
                        "it does not follow the entry before: one of the two was changed.")
        if said["at"] < self.at:
            raise wrong(seq, "thời điểm sớm hơn dòng trước.", "its time is before that of the entry before.")
        leaf = leaf or leaf_hash(entry)
        if seq in self.leaves and self.leaves[seq][0] != leaf:
            name = self.leaves[seq][1].name
            raise wrong(seq, f"khác với dòng đã lưu trong {name}: sổ đã bị viết lại.",
                        f"it is not the entry saved in {name}: history was rewritten.")
        self.head, self.at = blake3(entry).hexdigest(), said["at"]
        self.tree.add(leaf)
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()


def read_journal(folder):
    """The entries of journal/*.log, one after the other, each with the hash that stands before it already checked."""
    files = sorted(path for path in folder.iterdir() if path.name.endswith(".log"))
    if not files:
        raise CannotTell(t(f"không có tệp nào tên *.log trong {shown(folder)}.", f"there is no *.log in {shown(folder)}."))
    seq = 0
    for path in files:
        if path.name != f"{seq:020}.log" or not path.is_file():
            raise wrong(seq, f"tệp phải tên {seq:020}.log, ở đây là {shown(path.name)}.",
                        f"the file must be {seq:020}.log, here is {shown(path.name)}.")
        size = 0
        with path.open("rb") as file:
            while line := file.readline(ENTRY_MAX + 67):
                entry, size = line[65:-1], size + len(line)
                if len(line) < ENTRY_MAX + 67 and not line.endswith(b"\n"):
                    raise wrong(seq, f"dòng cuối của {path.name} bị đứt (máy dừng khi đang ghi, hoặc đang ghi lúc này).",
                                f"the last line of {path.name} is torn (a stop while writing, or written right now).")
                if not line.endswith(b"\n"):
                    raise wrong(seq, "dòng dài quá 65.535 byte.", "the entry is longer than 65,535 bytes.")
                if line[:65] != blake3(entry).hexdigest().encode() + b" ":
                    raise wrong(seq, "mã băm ghi trước dòng không phải của nội dung dòng.",
                                "the hash before the entry is not that of its content.")
                if size > JOURNAL_FILE_MAX:
                    raise wrong(seq, f"tệp {path.name} quá 64 MiB.", f"the file {path.name} is over 64 MiB.")
                yield entry
                seq += 1
        if size == 0 and path != files[-1]:
            raise wrong(seq, f"tệp {path.name} rỗng mà không phải tệp cuối.", f"{path.name} is empty and not the last.")


# ── Where logs are: folders and HTTP ──────────────────────────────────────────────────────────────────────────────────────


def too_large(what, limit):
    return NotSound(t(f"{shown(what)} lớn quá {num(limit)} byte.", f"{shown(what)} is larger than {num(limit)} bytes."))


def gunzip(data, limit):
    out = b""
    while data:
        stream = zlib.decompressobj(31)
        out += stream.decompress(data, limit + 1 - len(out))
        if len(out) > limit:
            return out
        if not stream.eof:
            raise zlib.error("incomplete")
        data = stream.unused_data
    return out


def read_file(path, limit):
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise too_large(path, limit)
    return data


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
    """A log over HTTP, on one connection that is kept."""

    def __init__(self, prefix):
        try:
            parts = urllib.parse.urlsplit(prefix)
            usable = parts.hostname and (parts.port or 1) and not (parts.query or parts.fragment or parts.username)
        except ValueError:
            usable = False
        if not usable:
            raise CannotTell(t(f"địa chỉ không dùng được: {shown(prefix)}", f"an address that cannot be used: {shown(prefix)}"))
        self.name = self.prefix = prefix
        self.connection, self.place = None, None

    def get(self, path, limit):
        url, pause = f"{self.prefix}/{path}", 1
        for tries_left in reversed(range(TRIES)):
            try:
                status, data = self.ask(url, limit)
                if status in (404, 410):
                    return None
                if status == 200:
                    if len(data) > limit:
                        raise too_large(url, limit)
                    return data
                why = f"HTTP {status}"
                tries_left *= status == 429 or status >= 500
            except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
                why = shown(error) or type(error).__name__
                self.close()
            if not tries_left:
                break
            time.sleep(pause)
            pause *= 3
        raise CannotTell(t(f"không đọc được {shown(url)}: {why}", f"{shown(url)} cannot be read: {why}"))

    def ask(self, url, limit):
        until = time.monotonic() + ANSWER_S
        for _ in range(REDIRECTS_MAX + 1):
            parts = urllib.parse.urlsplit(url)
            place = (parts.scheme, parts.hostname, parts.port)
            if place != self.place:
                self.close()
                kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
                self.connection, self.place = kind(parts.hostname, parts.port, timeout=TIMEOUT_S), place
            self.connection.request("GET", parts.path, headers={
                "Accept-Encoding": "gzip, identity", "User-Agent": "minhbach-verify.py"})
            answer = self.connection.getresponse()
            data = bytearray()
            while len(data) <= limit + GZIP_MORE and (more := answer.read1(65_536)):
                data += more
                if time.monotonic() > until:
                    raise TimeoutError(t("trả lời quá chậm", "the answer is too slow"))
            answer.close()
            if len(data) > limit + GZIP_MORE:
                self.close()  # what was not read would be taken for the next answer
            elif answer.length:
                raise OSError(t("kết nối bị cắt giữa chừng", "the connection was cut"))
            if answer.status in (301, 302, 303, 307, 308):
                onward = urllib.parse.urlsplit(urllib.parse.urljoin(url, answer.headers.get("Location", "")))
                if onward.hostname != parts.hostname or onward.scheme not in ("https", parts.scheme):
                    raise OSError(t("bị chuyển sang máy chủ khác", "redirected to another host"))
                url = onward._replace(fragment="").geturl()
                continue
            if answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip") and self.connection:
                data = gunzip(data, limit)
            return answer.status, bytes(data)
        raise OSError(t("bị chuyển hướng quá nhiều lần", "too many redirects"))

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = self.place = None


def tile_path(kind, index, width):
    digits = f"{index:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    return f"tile/{kind}/" + "/".join(["x" + group for group in groups[:-1]] + groups[-1:]) + (
        "" if width == WIDTH else f".p/{width}")


def fetch(source, kind, index, width, limit):
    """A tile and the width at which it was found: its own, or full, as a partial one may go once the full one is there."""
    first = index * WIDTH ** (1 if kind == "entries" else kind + 1)
    for wide in dict.fromkeys((width, WIDTH)):
        path = tile_path(kind, index, wide)
        try:
            data = source.get(path, limit)
        except zlib.error:
            raise wrong(first, f"{path} không giải nén được.", f"{path} cannot be decompressed.") from None
        if data is not None:
            return path, data, wide
    path = tile_path(kind, index, width)
    raise wrong(first, f"sổ đã ký nhưng không công bố {path}.", f"the log signed {path} but does not publish it.")


def read_bundle(source, index, width):
    path, data, wide = fetch(source, "entries", index, width, BUNDLE_MAX)
    entries, at = [], 0
    while at < len(data) and len(entries) < wide:
        end = at + 2 + (struct.unpack_from(">H", data, at)[0] if at + 2 <= len(data) else len(data))
        if end > len(data):
            break
        entries.append(data[at + 2:end])
        at = end
    if at != len(data) or len(entries) != wide:
        raise wrong(index * WIDTH + len(entries), f"{path} không chứa đúng {wide} dòng.", f"{path} has not exactly {wide} entries.")
    return entries[:width]


def check_tile(source, level, index, hashes):
    path, data, wide = fetch(source, level, index, len(hashes), TILE_MAX)
    span = WIDTH ** level
    if len(data) != wide * HASH:
        raise wrong((index * WIDTH + min(len(data) // HASH, WIDTH - 1)) * span,
                    f"{path} dài {num(len(data))} byte, phải là {num(wide * HASH)}.",
                    f"{path} is {num(len(data))} bytes long, not {num(wide * HASH)}.")
    for i, hash_ in enumerate(hashes):
        if data[i * HASH:(i + 1) * HASH] != hash_:
            raise wrong((index * WIDTH + i) * span, f"dòng không khớp với mã băm đã công bố trong {path}.",
                        f"the entry does not fit the hash published in {path}.")


# ── Proofs and bundles ────────────────────────────────────────────────────────────────────────────────────────────────────


class Evidence:
    """What a checkpoint, proof or bundle holds. Reading it checks its inclusion proofs, not its signatures."""

    def __init__(self, name, blob, entry=None):
        self.name, self.kind, self.vkey, self.leaves, self.entries = shown(name), "checkpoint", None, {}, {}
        if blob.startswith(PROOF_HEADER.encode()):
            self.kind = "proof"
            self.read_proof(blob, entry)
        elif blob.lstrip()[:1] == b"{":
            self.kind = "bundle"
            self.read_bundle(blob)
        elif "\n— " in blob.decode("utf-8", "replace"):
            self.checkpoint = Checkpoint(blob)
        else:
            raise CannotTell(t(f"{self.name} không phải điểm chốt, bằng chứng hay gói hành trình.",
                               f"{self.name} is no checkpoint, proof or bundle."))

    def include(self, index, entry, path):
        leaf = leaf_hash(entry)
        if root_by_proof(leaf, index, self.checkpoint.size, path) != self.checkpoint.root:
            raise wrong(index, "bằng chứng không dẫn tới gốc của điểm chốt.", "the proof does not lead to the checkpoint's root.")
        self.leaves[index], self.entries[index] = leaf, read_entry(entry, index)

    def read_proof(self, blob, entry):
        head, _, note = blob.partition(b"\n\n")
        self.checkpoint = Checkpoint(note)
        lines = head.decode("utf-8", "replace").split("\n")[1:]
        extra = lines.pop(0)[6:] if lines and lines[0].startswith("extra ") else None
        index = re.fullmatch(r"index (0|[1-9][0-9]{0,17})", lines[0]) if lines else None
        path = [from_base64(line, HASH) for line in lines[1:]]
        entry = entry if entry is not None or extra is None else from_base64(extra)
        if not index or len(path) > 63 or None in path or not head.startswith(PROOF_HEADER.encode() + b"\n"):
            raise NotSound(t("bằng chứng không đúng dạng.", "the proof is malformed."))
        if entry is None:
            raise CannotTell(t("bằng chứng không kèm dòng sổ: hãy thêm --entry TỆP.", "no entry in the proof: add --entry FILE."))
        self.include(int(index[1]), entry, path)

    def read_bundle(self, blob):
        no = NotSound(t("gói hành trình không đúng dạng.", "the bundle is malformed."))
        try:
            said = json.loads(blob.decode("utf-8"), object_pairs_hook=no_twins, parse_float=refuse, parse_constant=refuse)
        except (ValueError, RecursionError):
            raise no from None
        needed = {"format", "code", "vkey", "checkpoint", "entries"}
        if not needed <= set(said) <= needed | {"trail"} or said["format"] != BUNDLE_FORMAT or len(blob) > TRAIL_MAX \
                or not all(isinstance(said[key], str) for key in ("code", "vkey", "checkpoint")) \
                or not isinstance(said["entries"], list) or len(said["entries"]) > TRAIL_ENTRIES_MAX:
            raise no
        self.vkey, self.code, self.checkpoint = said["vkey"], said["code"], Checkpoint(said["checkpoint"].encode("utf-8", "replace"))
        last = -1
        for item in said["entries"]:
            if not isinstance(item, dict) or set(item) != {"index", "entry", "proof"} or type(item["index"]) is not int \
                    or not last < item["index"] or not isinstance(item["entry"], str) or not isinstance(item["proof"], list) \
                    or len(item["proof"]) > 63:
                raise no
            path, last = [from_base64(hash_, HASH) for hash_ in item["proof"]], item["index"]
            if None in path:
                raise no
            self.include(last, item["entry"].encode("utf-8", "replace"), path)
            if last == self.checkpoint.size - 1:
                self.head = blake3(item["entry"].encode()).hexdigest()
        if not any(self.code in codes_of(entry["event"]) for entry in self.entries.values()):
            raise NotSound(t(f"không dòng nào trong gói ghi mã {shown(self.code)}.", f"no entry in it names {shown(self.code)}."))
        if "trail" in said:
            self.check_trail(said["trail"])

    def check_trail(self, trail):
        try:
            as_of = trail["as_of"]
            if trail["code"] != self.code or as_of["size"] != self.checkpoint.size or getattr(self, "head", as_of["head"]) != as_of["head"]:
                raise NotSound(t("hành trình không phải của mã này ở điểm chốt này.", "the trail is not of this code at this checkpoint."))
            for node in trail["nodes"]:
                seq = node["seq"]
                if type(seq) is not int or seq not in self.entries:
                    raise NotSound(t(f"hành trình dựa vào dòng {shown(seq)}, không có trong gói.",
                                     f"the trail stands on entry {shown(seq)}, which is not in the bundle."))
                if not agrees(node, self.entries[seq]):
                    raise wrong(seq, f"hành trình nói về {shown(node['code'])} khác với dòng sổ.",
                                f"the trail says of {shown(node['code'])} what the entry does not.")
        except (KeyError, TypeError, AttributeError, ValueError, decimal.InvalidOperation):
            raise NotSound(t("hành trình trong gói không đúng dạng.", "the bundle's trail is malformed.")) from None


def no_twins(pairs):
    return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse("a name twice")


def codes_of(event):
    """The codes an event is about or opens, each with the object that states its item and quantity."""
    objects = [*(item for item in event.get("obtains", []) if isinstance(item, dict))] if isinstance(event.get("obtains"), list) else []
    first = list(event.values())[2:3]
    pairs = [(event.get("new_lot"), event), *((item.get("lot"), item) for item in objects), *((code, event) for code in first)]
    return {code: stated for code, stated in pairs if isinstance(code, str)}


def agrees(node, entry):
    """Whether an entry names a trail's node, and its item, quantity and day as far as the entry itself states them."""
    event = entry["event"]
    stated = codes_of(event).get(node["code"])
    if stated is None or "item" in node and node["item"] != stated.get("item", node["item"]):
        return False
    parts = stated.get("draws", stated.get("spends"))
    said = [part["quantity"] for part in parts] if parts and node["code"] != event.get("new_lot") else [stated.get("quantity")]
    if "quantity" in node and None not in said and event["type"] != "need.assessed":  # a need may be revised later
        whole, part = sum(map(decimal.Decimal, said)), decimal.Decimal(node["quantity"])
        # Of an allocation and a delivery a trail tells what is left after releases and returns.
        if not (0 <= part <= whole if event["type"] in ("allocation.made", "delivery.made") else part == whole):
            return False
    days = {value for key, value in event.items() if (key.endswith("_on") and key != "expires_on") or key in ("on", "starts")}
    moment = datetime.datetime.fromisoformat(entry["at"])
    days = days or {str(moment.date()), str((moment + datetime.timedelta(hours=7)).date())}
    return "on" not in node or node["on"] in days


# ── The three things one can ask ──────────────────────────────────────────────────────────────────────────────────────────


class Asked:
    """The options, and what is to be said at the end: `lines` if all is well, `unsure` what could not be confirmed."""

    def __init__(self):
        self.key, self.witnesses, self.seen, self.entry, self.lines, self.unsure = None, [], [], None, [], []

    def judge(self, checkpoint, claimed):
        """Checks who signed: by the key got elsewhere, else by the one found beside; then the witnesses."""
        self.given, self.checkpoint = self.key is not None, checkpoint
        if not self.given and claimed:
            self.key = Key(claimed, 1)
        if checkpoint:
            self.lines.append(t(f"Điểm chốt: {shown(checkpoint.origin)}, {num(checkpoint.size)} dòng, gốc ",
                                f"Checkpoint: {shown(checkpoint.origin)}, {num(checkpoint.size)} entries, root ")
                              + base64.b64encode(checkpoint.root).decode())
            if self.key:
                checkpoint.check_signature(self.key)
                self.lines.append(t("Chữ ký: đúng, ", "Signature: right, ") + (
                    t("bằng khoá bạn đưa.", "by the key you gave.") if self.given else
                    t(f"nhưng bằng khoá mà sổ tự xưng. Hãy so với khoá nhận ở nơi khác (--key): {shown(self.key.text)}",
                      f"but by the key the log claims. Compare it with one got elsewhere (--key): {shown(self.key.text)}")))
            else:
                self.unsure.append(t("không có khoá để kiểm chữ ký: hãy thêm --key.", "no key to check the signature: add --key."))
        elif self.given and not self.seen:
            self.unsure.append(t("có --key nhưng ở đây không có điểm chốt đã ký.", "--key is given but no signed checkpoint is here."))
        for witness in self.witnesses:
            stamp = checkpoint.check_witness(witness) if checkpoint else None
            if stamp is None:
                self.unsure.append(t(f"nhân chứng {shown(witness.name)} chưa xác nhận điểm chốt này.",
                                     f"the witness {shown(witness.name)} has not cosigned this checkpoint."))
            else:
                self.lines.append(t("Nhân chứng: ", "Witness: ") + f"{shown(witness.name)}, {in_vietnam(stamp)}")
        self.seen = [self.recall(path) for path in self.seen]

    def recall(self, path):
        """A file saved earlier. If it is damaged it says nothing, neither for the log nor against it."""
        try:
            old = Evidence(path, read_file(path, TRAIL_MAX), None)
            old.ours = bool(self.key and old.checkpoint.origin == self.key.name and old.checkpoint.by(self.key))
            if old.ours:
                old.checkpoint.check_signature(self.key)
        except NotSound as error:
            raise CannotTell(t(f"--seen {shown(path)} không dùng được: {error}", f"--seen {shown(path)} is of no use: {error}")) from None
        origin = self.checkpoint.origin if self.checkpoint else self.key.name if self.key else old.checkpoint.origin
        if old.checkpoint.origin != origin:
            raise CannotTell(t(f"--seen {old.name} là của sổ khác: {shown(old.checkpoint.origin)}",
                               f"--seen {old.name} is of another log: {shown(old.checkpoint.origin)}"))
        return old

    def compare(self, book):
        """Today's entries against the checkpoint and against every file saved earlier."""
        for old, name in [(self.checkpoint, None)] * bool(self.checkpoint) + [(old.checkpoint, old.name) for old in self.seen]:
            who = t(f"{name} đã lưu" if name else "điểm chốt", f"{name}, saved earlier," if name else "the checkpoint")
            if old.size > book.tree.size:
                raise wrong(book.tree.size, f"thiếu từ đây: {who} có {num(old.size)} dòng (sổ bị cắt ngắn, hoặc bản sao này cũ hơn).",
                            f"missing from here on: {who} has {num(old.size)} entries (the log was cut, or this copy is older).")
            if old.root != book.roots[old.size]:
                raise NotSound(t(f"{num(old.size)} dòng đầu không phải những dòng mà {who} đã chốt: sổ đã bị viết lại.",
                                 f"the first {num(old.size)} entries are not those that {who} vouches for: history was rewritten."))
        for old in self.seen:
            self.lines.append(t(f"So với {old.name}: {num(old.checkpoint.size)} dòng đầu vẫn nguyên.",
                                f"Against {old.name}: the first {num(old.checkpoint.size)} entries are unchanged.") + (
                "" if old.ours else t(" (Tệp ấy không mang chữ ký của khoá này.)", " (That file is not signed by this key.)")))
        self.lines[:0] = [t(f"ĐÚNG: {num(book.tree.size)} dòng, mã băm cuối {book.head}",
                            f"SOUND: {num(book.tree.size)} entries, last hash {book.head}")]
        self.lines.append(t("Chứng minh: từng dòng còn nguyên, đúng thứ tự, không thiếu dòng nào ở giữa.",
                            "Proves: every entry is unchanged, in order, none missing in between."))
        if not self.seen:
            self.lines.append(t("Không chứng minh: rằng cả sổ không bị viết lại rồi ký lại. Hãy lưu điểm chốt để lần sau dùng --seen.",
                                "Does not prove: that the whole was not rewritten and signed again. Save the checkpoint for --seen."))
        self.lines.append(t("Không chứng minh: rằng điều được ghi là sự thật.", "Does not prove: that what was recorded is true."))


def progress(done, of=None):
    if sys.stderr.isatty() and (done is None or done % 1024 == 0):
        end = "" if done is None else num(done) + (f" / {num(of)}" if of else "")
        print("\r\033[K" + end, end="", file=sys.stderr, flush=True)


def check_folder(folder, asked):
    """A data folder. `log/tree` is a cache of the ledger's own and is not read: the tree is computed anew."""
    log = Files(folder / "log")
    note, vkey = log.get("checkpoint", NOTE_MAX), log.get("vkey", NOTE_MAX)
    checkpoint = Checkpoint(note) if note is not None else None
    asked.judge(checkpoint, vkey and vkey.decode("utf-8", "replace"))
    book = Book(asked.seen, [checkpoint.size] if checkpoint else [])
    for entry in read_journal(folder / "journal"):
        book.add(entry)
        progress(book.tree.size)
    asked.compare(book)


def check_tiles(sources, asked):
    notes = [(source, note) for source in sources if (note := source.get("checkpoint", NOTE_MAX)) is not None]
    if not notes:
        raise CannotTell(t(f"không có điểm chốt ở {shown(sources[0].name)}.", f"there is no checkpoint at {shown(sources[0].name)}."))
    # A portal may answer any address with a page: what holds signature lines is the note.
    source, note = next((pair for pair in notes if "\n— ".encode() in pair[1]), notes[0])
    checkpoint, vkey = Checkpoint(note), source.get("vkey", NOTE_MAX)
    asked.judge(checkpoint, vkey and vkey.decode("utf-8", "replace"))
    size = checkpoint.size
    # Level 0 is compared before the chain, to name the entry itself and not the one after it.
    book = Book(asked.seen, [size], lambda level, index, hashes: level and check_tile(source, level, index, hashes))
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
    this = Evidence(path, read_file(path, TRAIL_MAX), asked.entry)
    beside = Files(path.parent).get("vkey", NOTE_MAX)
    asked.judge(this.checkpoint, this.vkey or (beside and beside.decode("utf-8", "replace")))
    asked.lines[:0] = [t(f"ĐÚNG: {this.name}", f"SOUND: {this.name}")]
    for index, entry in list(this.entries.items())[:20]:
        event = entry["event"]
        asked.lines.append(f"  seq {index} · {entry['at']} · {shown(event['type'])} · {shown(next(iter(codes_of(event)), ''))} "
                           + " ".join(shown(event[key]) for key in ("quantity", "item") if key in event))
    if len(this.entries) > 20:
        asked.lines.append(t(f"  và {num(len(this.entries) - 20)} dòng nữa", f"  and {num(len(this.entries) - 20)} more"))
    if this.kind == "checkpoint":
        asked.lines.append(t("Chứng minh: sổ đã ký kích thước và gốc này. Không chứng minh gì về các dòng: hãy kiểm cả sổ với --seen.",
                             "Proves: the log signed this size and root. Nothing about entries: check the log with --seen."))
    else:
        asked.lines.append(t("Chứng minh: các dòng này nằm trong sổ của khoá ấy, nguyên vẹn, đúng các chỗ ấy.",
                             "Proves: these entries are in the log of that key, unchanged, at these places."))
        asked.lines.append(t("Không chứng minh: rằng không có dòng nào khác liên quan (phải kiểm cả sổ), rằng các số cộng lại và tỉ lệ "
                             "trong hành trình là đúng, rằng điều được ghi là sự thật.",
                             "Does not prove: that no other entry bears on it (that takes the whole log), that the sums and shares "
                             "in a trail are right, that what was recorded is true."))
    for old in asked.seen:
        if old.checkpoint.size == this.checkpoint.size and old.checkpoint.root != this.checkpoint.root:
            raise NotSound(t(f"sổ rẽ nhánh: {old.name} cùng kích thước mà khác gốc.", f"a fork: {old.name} has this size and another root."))
        if any(this.leaves.get(index, leaf) != leaf for index, leaf in old.leaves.items()):
            seq = min(index for index, leaf in old.leaves.items() if this.leaves.get(index, leaf) != leaf)
            raise wrong(seq, f"khác với dòng đã lưu trong {old.name}: sổ đã bị viết lại.", f"it is not the entry saved in {old.name}.")
        if old.checkpoint.size != this.checkpoint.size:
            asked.unsure.append(t(f"muốn so với {old.name} phải có cả sổ: verify.py URL --seen {old.name} --seen {this.name}",
                                  f"comparing with {old.name} takes the log: verify.py URL --seen {old.name} --seen {this.name}"))


def read_options(arguments):
    options, rest = getopt.gnu_getopt(arguments, "h", ["help", "key=", "witness=", "seen=", "entry=", "lang="])
    asked = Asked()
    for name, value in options:
        if name in ("-h", "--help"):
            return None, asked
        if name in ("--key", "--witness"):
            text = read_file(value, NOTE_MAX).decode("utf-8", "replace") if os.path.isfile(value) else value
            try:
                key = Key(text, 1 if name == "--key" else 4)
            except NotSound as error:
                raise CannotTell(f"{name}: {error}") from None
            asked.key, asked.witnesses = (key, asked.witnesses) if name == "--key" else (asked.key, asked.witnesses + [key])
        elif name == "--seen":
            asked.seen.append(value)
        elif name == "--entry":
            asked.entry = read_file(value, ENTRY_MAX + 1).removesuffix(b"\n")
    if len(rest) != 1:
        raise CannotTell(t("cần đúng một thư mục, địa chỉ hay tệp; xem --help.", "give one folder, address or file; see --help."))
    return rest[0], asked


def run(arguments):
    target, asked = read_options(arguments)
    if target is None:
        print(__doc__.strip())
        return 0
    path = pathlib.Path(target)
    if re.match(r"https?://", target, re.IGNORECASE):
        base = target.rstrip("/").removesuffix("/checkpoint")
        check_tiles([Web(base + "/log"), Web(base)], asked)
    elif path.is_dir():
        inside = [Files(place) for place in (path, path / "log") if (place / "checkpoint").is_file() and (place / "tile").is_dir()]
        if (path / "journal").is_dir():
            check_folder(path, asked)
        else:
            check_tiles(inside or [Files(path)], asked)
    else:
        check_file(path, asked)
    progress(None)
    if asked.unsure:
        asked.lines[0] = asked.lines[0].replace(t("ĐÚNG", "SOUND"), t("CHƯA KẾT LUẬN (phần đã kiểm thì đúng)", "CANNOT TELL (what could be checked is sound)"), 1)
    print("\n".join(asked.lines + ["! " + line for line in asked.unsure]))
    return 2 if asked.unsure else 0


def main(arguments):
    """Runs, and turns whatever happens into one sentence and an exit code."""
    global LANG
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    LANG = "en" if re.search(r"(^|\0)--lang[=\0]en(\0|$)", "\0".join(arguments)) else "vi"
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except NotSound as error:
        code, words = 1, t("SAI: ", "NOT SOUND: ") + str(error)
    except CannotTell as error:
        code, words = 2, t("CHƯA KẾT LUẬN: ", "CANNOT TELL: ") + str(error)
    except getopt.GetoptError as error:
        code, words = 2, t(f"tuỳ chọn “{shown(error.opt)}” không dùng được; xem --help.", f"the option “{shown(error.opt)}” cannot be used; see --help.")
    except KeyboardInterrupt:
        code, words = 2, t("CHƯA KẾT LUẬN: đã dừng theo yêu cầu.", "CANNOT TELL: stopped as asked.")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    except OSError as error:
        code, words = 2, t("CHƯA KẾT LUẬN: không đọc được ", "CANNOT TELL: cannot read ") + shown(f"{error.filename or ''} ({error.strerror or error})")
    except Exception as error:  # a fault of this file: no answer, and no page of code for the reader
        code, words = 2, t("CHƯA KẾT LUẬN: lỗi của chính chương trình này: ", "CANNOT TELL: a fault of this program: ") + shown(repr(error))
    progress(None)
    print(words, file=sys.stdout if code == 1 else sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
