"""A small log, made from the specifications alone, for the checks of the page that checks: its tree, its signatures, its
bundles and proofs, and a gift's story in its entries."""

import base64
import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CODE = "RC-7K2Q9M4XX"
# What a page must show as text and never as markup.
HOSTILE = '</script><img src=x onerror="document.title=1"><b>&amp;'


def b64(data):
    return base64.b64encode(data).decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(data):
    return sha256(b"\0" + data)


def node(left, right):
    return sha256(b"\1" + left + right)


def split(count):
    """The largest power of two below a count (RFC 6962, 2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


def paths(leaves):
    """The path of every leaf at once, with the root."""
    if len(leaves) == 1:
        return [[]], leaves[0]
    k = split(len(leaves))
    (left, left_root), (right, right_root) = paths(leaves[:k]), paths(leaves[k:])
    return [way + [right_root] for way in left] + [way + [left_root] for way in right], node(left_root, right_root)


def far_path(index, size, hash_):
    """A path in a tree that is too large to build: sisters made up, with the root that they lead to."""
    if size == 1:
        return [], hash_
    k = split(size)
    sister = sha256(f"{index} of {size}".encode())
    if index < k:
        sisters, below = far_path(index, k, hash_)
        return sisters + [sister], node(below, sister)
    sisters, below = far_path(index - k, size - k, hash_)
    return sisters + [sister], node(sister, below)


class Key:
    def __init__(self, name, kind, seed):
        self.name, self.secret = name, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = bytes([kind]) + self.secret.public_key().public_bytes_raw()
        self.id = sha256(name.encode() + b"\n" + self.public)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(self.public)}"

    def line(self, signature, name=None):
        return f"\u2014 {name or self.name} {b64(self.id + signature)}\n"

    def sign(self, text):
        return self.line(self.secret.sign(text.encode()))

    def cosign(self, text, time):
        signed = self.secret.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return self.line(struct.pack(">Q", time) + signed)


LOG = Key("so.example.vn/quy", 1, bytes(range(32)))
OTHER = Key("so.example.vn/quy", 1, bytes(range(1, 33)))
STRANGER = Key("so.example.vn/khac", 1, bytes(range(2, 34)))
WITNESS = Key("witness.example/w1", 4, bytes(range(32, 64)))
UNKNOWN = Key("witness.example/w2", 4, bytes(range(33, 65)))
SEEN = 1795000000


def entry(seq, event, by="ghi-01"):
    whole = {"seq": seq, "prev": sha256(str(seq).encode()).hex(), "at": "2026-11-20T20:00:00.000Z", "by": by, "event": event}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def story():
    """The events of a gift, among others."""
    events = [
        {"type": "ledger.opened", "v": 1, "ledger": "Sổ thử", "origin": LOG.name, "format": 1, "kind": "demo"},
        {"type": "party.registered", "v": 1, "party": "quy-mam-xanh", "kind": "fund", "name": "Quỹ Mầm Xanh"},
        {"type": "place.registered", "v": 1, "place": "ba-vi", "kind": "commune", "name": "Xã Ba Vì", "valid_from": "2025-07-01"},
        {"type": "item.registered", "v": 1, "item": "ao-am", "title": {"vi": "áo ấm", "en": "warm coats"}, "form": "goods", "unit": "H87", "categories": []},
        {"type": "receipt.issued", "v": 1, "receipt": CODE, "serial": "quy-mam-xanh/2026/000001", "fund": "quy-mam-xanh", "source": "social_domestic", "item": "VND", "quantity": "1234567", "received_on": "2026-10-05", "display": "anonymous", "channel": "bank"},
        {"type": "purchase.made", "v": 1, "purchase": "PU-1", "spends": [{"lot": CODE, "quantity": "1200000"}], "obtains": [{"lot": "LT-AO", "item": "ao-am", "quantity": "10", "value_vnd": "1200000"}], "supplier": "det-song-ngan", "purchased_on": "2026-10-20"},
        {"type": "allocation.made", "v": 1, "allocation": "AL-1", "programme": "ha-noi-588", "category": "CLO-WRM", "place": "ba-vi", "item": "ao-am", "draws": [{"lot": "LT-AO", "quantity": "10"}], "decided_on": "2026-11-01"},
        {"type": "delivery.made", "v": 1, "delivery": "DL-1", "allocation": "AL-1", "quantity": "10", "place": "ba-vi", "receiver": "truong-suoi-mo", "children": 10, "delivered_on": "2026-11-10"},
        {"type": "delivery.confirmed", "v": 1, "delivery": "DL-1", "confirmed_by": "truong-suoi-mo", "accepted": "9", "confirmed_on": "2026-11-12", "condition": "partial", "reason": HOSTILE},
        {"type": "delivery.returned", "v": 1, "delivery": "DL-1", "quantity": "1", "new_lot": "LT-2", "returned_on": "2026-11-13", "reason": "Một áo sai cỡ."},
        {"type": "evidence.attached", "v": 1, "evidence": "EV-1", "subject": "DL-1", "media_type": "image/jpeg", "bytes": 9, "commitment": "0" * 64},
    ]
    fill = [{"type": "party.registered", "v": 1, "party": f"to-chuc-{nth}", "kind": "organisation", "name": f"Tổ chức {nth}"} for nth in range(26)]
    return events[:4] + fill[:13] + events[4:] + fill[13:]


GIFT = [1, 2, 3, 17, 18, 19, 20, 21, 22, 23]
TRAIL = {
    "code": CODE, "kind": "receipt", "as_of": {"size": 37, "head": "0" * 64},
    "nodes": [
        {"code": CODE, "kind": "receipt", "seq": 17, "on": "2026-10-05", "item": "VND", "quantity": "1234567"},
        {"code": "PU-1", "kind": "purchase", "seq": 18, "on": "2026-10-20", "item": "VND", "quantity": "1200000"},
        {"code": "LT-AO", "kind": "lot", "seq": 18, "on": "2026-10-20", "item": "ao-am", "quantity": "10"},
        {"code": "AL-1", "kind": "allocation", "seq": 19, "on": "2026-11-01", "item": "ao-am", "quantity": "10", "place": "ba-vi", "category": "CLO-WRM"},
        {"code": "DL-1", "kind": "delivery", "seq": 20, "on": "2026-11-10", "item": "ao-am", "quantity": "9", "place": "ba-vi", "category": "CLO-WRM", "answered_by": [21, 22]},
        {"code": "EV-1", "kind": "evidence", "seq": 23, "on": "2026-11-21", "about": ["DL-1"]},
    ],
    "edges": [],
    "outcome": {"received": "1234567", "available": "34567", "allocated": "0", "delivered": "0", "spent": "1200000", "transferred": "0", "refunded": "0", "written_off": "0", "expensed": "0"},
    "reached": [{"delivery": "DL-1", "place": "ba-vi", "category": "CLO-WRM", "item": "ao-am", "delivered": "9", "share": "1/1", "child_deliveries": 10, "delivered_on": "2026-11-10", "state": "confirmed"}],
}


class Log:
    def __init__(self, entries=None, key=LOG):
        self.key = key
        self.entries = entries or [entry(seq, event) for seq, event in enumerate(story())]
        self.leaves = [leaf(data) for data in self.entries]
        self.paths, self.root = paths(self.leaves)
        assert self.root == root(self.leaves) and self.paths[-1] == path(len(self.leaves) - 1, self.leaves)

    def note(self, text=None, signatures=None):
        text = text or f"{self.key.name}\n{len(self.entries)}\n{b64(self.root)}\n"
        return f"{text}\n{self.key.sign(text) if signatures is None else signatures(text)}"

    def proved(self, index):
        proof = [b64(hash_) for hash_ in self.paths[index]]
        return {"index": index, "entry": self.entries[index].decode(), "proof": proof}

    def bundle(self, indexes=GIFT, code=CODE, trail=TRAIL, note=None):
        made = {"format": "minhbach-trail-bundle@v1", "code": code, "vkey": self.key.vkey, "checkpoint": note or self.note()}
        made["entries"] = [self.proved(index) for index in indexes]
        if trail is not None:
            made["trail"] = trail
        return json.loads(json.dumps(made))

    def proof_file(self, index):
        hashes = "".join(f"{b64(hash_)}\n" for hash_ in self.paths[index])
        return f"c2sp.org/tlog-proof@v1\nextra {b64(self.entries[index])}\nindex {index}\n{hashes}\n{self.note()}"
