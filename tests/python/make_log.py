"""Makes ledgers to check verifiers with: data folders, trees of tiles, proofs and bundles, whole or tampered with.

    python make_log.py folder DIR --entries 300 [--tamper edit:17]…
    python make_log.py tiles  DIR --entries 70000 [--gzip] [--tamper …]…
    python make_log.py proof  FILE --entries 300 --index 12
    python make_log.py bundle FILE --entries 300 --index 12
        --origin NAME  --seed HEX (the log's key)  --witness-seed HEX  --witness NAME  --time SECONDS
        --size N (of the checkpoint, if less than the entries)  --roll BYTES (of a journal file)

Standing alone on purpose: it shares no line with docs/verify.py nor with the Rust code, holds everything in memory, and
builds the tree by the recursive definition of RFC 6962. Entries are by the rules of the ledger: `minhbach verify` takes
such a folder. Every organisation is invented.

Tampering before the tree is made, so that the log is consistent with the lie (`resigned`), or after, so that it is not:
    edit:SEQ       one entry is changed and the chain after it made anew; the tree and its signature stay as they were
    edit-raw:SEQ   one entry is changed, nothing else
    edit-signed:SEQ  as edit, and the tree is made and signed anew
    drop:N         the last N entries are gone, the checkpoint stays
    swap:SEQ       entries SEQ and SEQ+1 change places
    back:SEQ       the time goes back at SEQ; chain and tree are made of it
    spell:SEQ      a space too many at SEQ; chain and tree are made of it
    nfd:SEQ        a text in NFD at SEQ; chain and tree are made of it
    long:SEQ       an entry of 65,536 bytes at SEQ (folder only; chain and tree are made of it)
    signature      a bit of the log's signature is turned
    cosignature    a bit of the witness's is
    root           another root, signed
    torn           the last line lacks its end (folder)
    name           the first file has another name (folder)
    short-tile, short-bundle   the first full one holds only its first half (tiles)
    tile:LEVEL:INDEX:I   one hash of a tile is another (tiles)
    gone           the last bundle is not there (tiles)
    full-only      partial tiles are gone, full ones (of more entries) stand in (tiles)
"""

import argparse
import base64
import datetime
import functools
import gzip
import hashlib
import json
import pathlib
import struct
import unicodedata

from blake3 import blake3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN, WITNESS = "example.org/ledger", "witness.example/w1"
LOG_SEED, WITNESS_SEED = bytes(range(0x00, 0x20)), bytes(range(0x20, 0x40))
START = datetime.datetime(2026, 1, 1, 1, 0, tzinfo=datetime.timezone.utc)


def b64(data):
    return base64.b64encode(data).decode()


def spell(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def event(seq, origin):
    if seq == 0:
        return {"type": "ledger.opened", "v": 1, "ledger": "Sổ thử", "origin": origin, "format": 1, "kind": "demo"}
    if seq % 2:
        return {"type": "party.registered", "v": 1, "party": f"don-vi-{seq}", "kind": "organisation", "name": "Đơn vị ấm áp"}
    return {"type": "donation.pledged", "v": 1, "donation": f"DN-{seq:08}", "source": "social_domestic", "item": "VND",
            "quantity": str(1000 * seq), "pledged_on": "2026-01-01", "display": "anonymous"}


def entry(seq, prev, what, back=0):
    at = (START + datetime.timedelta(milliseconds=250 * (seq - back))).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return spell({"seq": seq, "prev": prev, "at": at, "by": "nguoi-ghi", "event": what})


def chain(count, origin, tampers=()):
    """The entries, each tamper that is made before the tree already in it."""
    entries, prev = [], "0" * 64
    for seq in range(count):
        what = event(seq, origin)
        if ("edit", seq) in tampers:
            what = dict(what, **{"quantity" if "quantity" in what else "name" if "name" in what else "ledger": "7777777"})
        if ("nfd", seq) in tampers:
            what["name" if "name" in what else "ledger"] = unicodedata.normalize("NFD", "Đơn vị ấm áp")
        made = entry(seq, prev, what, back=4 if ("back", seq) in tampers else 0)
        if ("spell", seq) in tampers:
            made = made.replace(b'"event":{', b'"event": {')
        if ("long", seq) in tampers:
            made = made[:-3] + b"x" * (65_536 - len(made)) + made[-3:]
        entries.append(made)
        prev = blake3(made).hexdigest()
    return entries


class Tree:
    """RFC 6962 §2.1 word by word."""

    def __init__(self, entries):
        self.leaves = [hashlib.sha256(b"\0" + made).digest() for made in entries]
        self.root = functools.lru_cache(maxsize=None)(self.root)

    def root(self, begin, end):
        if begin == end:
            return hashlib.sha256().digest()
        if end - begin == 1:
            return self.leaves[begin]
        split = begin + self.split(end - begin)
        return hashlib.sha256(b"\1" + self.root(begin, split) + self.root(split, end)).digest()

    @staticmethod
    def split(size):
        """The largest power of two smaller than size."""
        return 1 << ((size - 1).bit_length() - 1)

    def path(self, index, begin, end):
        if end - begin == 1:
            return []
        split = begin + self.split(end - begin)
        if index < split:
            return self.path(index, begin, split) + [self.root(split, end)]
        return self.path(index, split, end) + [self.root(begin, split)]


class Signer:
    def __init__(self, name, seed, type_=1):
        self.name, self.key, self.type = name, Ed25519PrivateKey.from_private_bytes(seed), type_
        self.public = bytes([type_]) + self.key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(name.encode() + b"\n" + self.public).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(self.public)}"

    def line(self, text, time=None, flip=False):
        if self.type == 1:
            signature = self.key.sign(text)
        else:
            signature = struct.pack(">Q", time) + self.key.sign(b"cosignature/v1\ntime %d\n" % time + text)
        if flip:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return f"— {self.name} {b64(self.id + signature)}\n"


class Log:
    """A ledger of so many entries with its checkpoint, as honest as `tampers` leave it."""

    def __init__(self, count, size=None, tampers=(), origin=ORIGIN, seed=LOG_SEED, witness=WITNESS, witness_seed=WITNESS_SEED,
                 time=1_700_000_000, roll=67_108_864):
        self.tampers, self.roll = [parse(tamper) for tamper in tampers], roll
        self.signer, self.witness, self.time = Signer(origin, seed), Signer(witness, witness_seed, 4), time
        before = [("edit", rest[0]) if kind == "edit-signed" else (kind, *rest) for kind, *rest in self.tampers
                  if kind in ("edit-signed", "back", "spell", "nfd", "long")]
        self.signed = chain(count, origin, before)
        self.tree = Tree(self.signed)
        self.size = count if size is None else size
        self.entries = list(self.signed)
        for kind, *rest in self.tampers:
            if kind == "edit":
                self.entries = chain(count, origin, [(kind, *rest)])
            elif kind == "edit-raw":
                seq = rest[0]
                self.entries[seq] = chain(seq + 1, origin, [("edit", seq)])[seq]
            elif kind == "drop":
                del self.entries[-rest[0]:]
            elif kind == "swap":
                seq = rest[0]
                self.entries[seq:seq + 2] = reversed(self.entries[seq:seq + 2])

    def has(self, kind):
        return (kind,) in self.tampers

    def checkpoint(self, size=None, witnessed=True):
        size = self.size if size is None else size
        root = hashlib.sha256(b"another").digest() if self.has("root") else self.tree.root(0, size)
        text = f"{self.signer.name}\n{size}\n{b64(root)}\n".encode()
        lines = self.signer.line(text, flip=self.has("signature"))
        if witnessed:
            lines += self.witness.line(text, self.time, flip=self.has("cosignature"))
        return text + b"\n" + lines.encode()

    def write_log(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "checkpoint").write_bytes(self.checkpoint())
        (folder / "vkey").write_text(self.signer.vkey + "\n")

    def write_folder(self, folder, log=True):
        """A data folder: journal/, and log/ if wanted."""
        folder = pathlib.Path(folder)
        (folder / "journal").mkdir(parents=True)
        files, size = [(0, [])], 0
        for seq, made in enumerate(self.entries):
            line = blake3(made).hexdigest().encode() + b" " + made + b"\n"
            if size + len(line) > self.roll:
                files.append((seq, []))
                size = 0
            files[-1][1].append(line)
            size += len(line)
        for place, (first, lines) in enumerate(files):
            name = "00000000000000000007" if self.has("name") and place == 0 else f"{first:020}"
            data = b"".join(lines)
            if self.has("torn") and place == len(files) - 1:
                data = data[:-1]
            (folder / "journal" / f"{name}.log").write_bytes(data)
        if log:
            self.write_log(folder / "log")
        return folder

    def tiles(self):
        """{path: bytes} of every tile of the checkpoint's size; entries as tampered with, hashes as signed."""
        size, made = self.size, {}
        for index in range(0, -(-size // 256)):
            bundle = self.entries[index * 256:min(size, index * 256 + 256)]
            width = min(size - index * 256, 256)
            made[tile_path("entries", index, width)] = b"".join(struct.pack(">H", len(one)) + one for one in bundle)
        level = 0
        while size // 256 ** level:
            span = 256 ** level
            for index in range(-(-(size // span) // 256)):
                width = min(size // span - index * 256, 256)
                hashes = [self.tree.root((index * 256 + i) * span, (index * 256 + i + 1) * span) for i in range(width)]
                made[tile_path(level, index, width)] = b"".join(hashes)
            level += 1
        for kind, *rest in self.tampers:
            if kind == "short-tile":
                made["tile/0/000"] = made["tile/0/000"][:128 * 32]
            elif kind == "short-bundle":
                made["tile/entries/000"] = b"".join(struct.pack(">H", len(one)) + one for one in self.entries[:128])
            elif kind == "tile":
                level, index, at = rest
                path = tile_path(level, index, min(size // 256 ** level - index * 256, 256))
                data = made[path]
                made[path] = data[:at * 32] + bytes(32) + data[at * 32 + 32:]
            elif kind == "gone":
                del made[max(path for path in made if path.startswith("tile/entries/"))]
        return made

    def write_tiles(self, folder, compress=False):
        """A log as files: checkpoint, vkey, tile/."""
        folder = pathlib.Path(folder)
        self.write_log(folder)
        (folder / "tile").mkdir(exist_ok=True)
        tiles = self.tiles()
        if self.has("full-only"):
            whole = Log(-(-len(self.signed) // 256) * 256, origin=self.signer.name).tiles()
            for path in [path for path in tiles if ".p/" in path and path.split("/")[1] in ("0", "entries")]:
                del tiles[path]
                full = path.split(".p/")[0]
                tiles[full] = whole[full]
        for path, data in tiles.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(gzip.compress(data) if compress and "/entries/" in path else data)
        return folder

    def path(self, index):
        return [b64(one) for one in self.tree.path(index, 0, self.size)]

    def proof(self, index, extra=True):
        """A .tlog-proof; the entry is the one of `entries`, the path the one of the tree."""
        lines = ["c2sp.org/tlog-proof@v1"] + ["extra " + b64(self.entries[index])] * extra + [f"index {index}"]
        return "".join(line + "\n" for line in lines + self.path(index)).encode() + b"\n" + self.checkpoint()

    def bundle(self, indexes, code=None, trail=True):
        """A trail bundle of these entries, as an object; `code` is that of the first pledge among them."""
        nodes = []
        for index in indexes:
            what = json.loads(self.entries[index])["event"]
            if what["type"] == "donation.pledged":
                nodes.append({"code": what["donation"], "kind": "donation", "seq": index, "on": what["pledged_on"],
                              "item": what["item"], "quantity": what["quantity"]})
        code = code or nodes[0]["code"]
        made = {"format": "minhbach-trail-bundle@v1", "code": code, "vkey": self.signer.vkey,
                "checkpoint": self.checkpoint().decode(), "entries": [
                    {"index": index, "entry": self.entries[index].decode(), "proof": self.path(index)} for index in indexes]}
        if trail:
            made["trail"] = {"code": code, "kind": "donation", "nodes": nodes, "edges": [],
                             "as_of": {"size": self.size, "head": blake3(self.signed[self.size - 1]).hexdigest()}}
        return made


def tile_path(kind, index, width):
    groups = []
    while True:
        groups.insert(0, f"{index % 1000:03}")
        index //= 1000
        if not index:
            break
    path = "/".join(["x" + group for group in groups[:-1]] + [groups[-1]])
    return f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else "")


def parse(tamper):
    kind, *rest = tamper.split(":")
    return (kind, *map(int, rest))


def main():
    parser = argparse.ArgumentParser(description="Makes ledgers to check verifiers with; the head of this file says more.")
    parser.add_argument("kind", choices=("folder", "tiles", "proof", "bundle"))
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--index", type=int, default=2)
    parser.add_argument("--size", type=int)
    parser.add_argument("--tamper", action="append", default=[])
    parser.add_argument("--origin", default=ORIGIN)
    parser.add_argument("--seed", type=bytes.fromhex, default=LOG_SEED)
    parser.add_argument("--witness", default=WITNESS)
    parser.add_argument("--witness-seed", type=bytes.fromhex, default=WITNESS_SEED)
    parser.add_argument("--time", type=int, default=1_700_000_000)
    parser.add_argument("--roll", type=int, default=67_108_864)
    parser.add_argument("--gzip", action="store_true")
    options = parser.parse_args()
    log = Log(options.entries, options.size, options.tamper, options.origin, options.seed, options.witness,
              options.witness_seed, options.time, options.roll)
    if options.kind == "folder":
        log.write_folder(options.path)
    elif options.kind == "tiles":
        log.write_tiles(options.path, options.gzip)
    elif options.kind == "proof":
        options.path.write_bytes(log.proof(options.index))
    else:
        options.path.write_bytes(spell(log.bundle([options.index])))
    print(log.signer.vkey)


if __name__ == "__main__":
    main()
