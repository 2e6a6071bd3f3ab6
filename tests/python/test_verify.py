"""docs/verify.py against ledgers of make_log.py, whole and tampered with, against the specification's own numbers, and
against aics-tlog where Python is new enough for it.

    python test_verify.py [-v]
"""

import ast
import base64
import contextlib
import gzip
import http.server
import importlib.util
import io
import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unicodedata
import unittest

import make_log
from make_log import LOG_SEED, Log, Signer

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE.parents[1] / "docs/verify.py"
spec = importlib.util.spec_from_file_location("verify", SCRIPT)
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)

# transparency-spec.md, "A vector to pin".
PINNED = """example.org/ledger
15
rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

— example.org/ledger X1txbXgUamtWjl47y5bpX32wWuZnwitpZ2JBopcJabkTP1bqaDgKE9ggdRXpWAF5cboWUm6XJEiX6Nkv38YyqB/gPA4=
— witness.example/w1 IDJKvgAAAABkGFDLX0JX01zjsiB18mSY2dy42sIvvYlyOntpaPkloNrDU9foPPXqV7NKwk8XM6POdNdbKr58ZjqKyCYNP/DUeYtBDQ==
"""
LOG_KEY = "example.org/ledger+5f5b716d+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS_KEY = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
OTHER_WITNESS = Signer("witness.example/w2", bytes(32), 4).vkey


def run(*arguments):
    """Exit code, and all that was said."""
    with contextlib.redirect_stdout(Text()) as out, contextlib.redirect_stderr(Text()) as err:
        code = verify.main(["--lang=en", *map(str, arguments)])
    return code, out.getvalue() + err.getvalue()


class Text(io.StringIO):
    def reconfigure(self, **_):
        pass


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.made = 0

    def new(self, data=None):
        self.made += 1
        path = self.folder / f"n{self.made}"
        if data is not None:
            path.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode())
        return path

    def sound(self, *arguments, says=""):
        code, words = run(*arguments)
        self.assertEqual(code, 0, words)
        self.assertIn(says, words)
        return words

    def refused(self, *arguments, says, code=1):
        found, words = run(*arguments)
        self.assertEqual(found, code, words)
        self.assertIn(says, words)
        self.assertNotIn("fault of this program", words)
        if code == 1:
            self.assertEqual(words.count("\n"), 1, words)


class Specification(Case):
    """Numbers that stand in the specifications."""

    def test_pinned_checkpoint(self):
        file = self.new(PINNED.encode())
        # 0x641850cb = 1679315147 seconds = 2023-03-20T12:25:47Z.
        self.sound(file, "--key", LOG_KEY, "--witness", WITNESS_KEY, says="2023-03-20 19:25:47 (UTC+7)")
        signer, witness = Signer("example.org/ledger", LOG_SEED), Signer("witness.example/w1", bytes(range(32, 64)), 4)
        body = PINNED.partition("\n\n")[0].encode() + b"\n"
        self.assertEqual((signer.vkey, witness.vkey), (LOG_KEY, WITNESS_KEY))
        self.assertEqual(body.decode() + "\n" + signer.line(body) + witness.line(body, 0x641850CB), PINNED)

    def test_pinned_key(self):
        key = verify.Key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", 1)
        self.assertEqual(key.id.hex(), "530d903a")
        for wrong in ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", WITNESS_KEY, "x", "a+b+c"):
            with self.assertRaises(verify.NotSound):
                verify.Key(wrong, 1)

    def test_tile_paths(self):
        for index, width, path in ((1234067, 256, "tile/0/x001/x234/067"), (0, 1, "tile/0/000.p/1"), (273, 112, "tile/0/273.p/112"),
                                   (1000, 256, "tile/0/x001/000"), (999, 256, "tile/0/999")):
            self.assertEqual(verify.tile_path(0, index, width), path)
            self.assertEqual(make_log.tile_path(0, index, width), path)

    def test_empty_root(self):
        empty = verify.Tree(lambda *_: None).root()
        self.assertEqual(base64.b64encode(empty).decode(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")

    def test_rfc6962_roots(self):
        # The tree heads over the eight leaves that Certificate Transparency's implementations share.
        leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        heads = {1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                 2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                 3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                 5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                 8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}
        tree = verify.Tree(lambda *_: None)
        for leaf in leaves:
            tree.add(verify.leaf_hash(bytes.fromhex(leaf)))
            if tree.size in heads:
                self.assertEqual(tree.root().hex(), heads[tree.size])

    def test_spelling(self):
        """The refusals of events/vectors that concern an entry's spelling and frame, and every entry of journal.log."""
        vectors = HERE.parents[1] / "events/vectors"
        for line in (vectors / "journal.log").read_bytes().strip().split(b"\n"):
            verify.read_entry(line[65:], json.loads(line[65:])["seq"])
        tried = 0
        for line in (vectors / "refused.ndjson").read_text().strip().split("\n"):  # a text may hold U+0085
            said = json.loads(line)
            ours = said["problem"] in ("not_canonical", "not_json", "null", "not_nfc") or (
                said["problem"] in ("form", "missing", "expected", "unknown", "out_of_bounds")
                and said["where"] in ("at", "by", "key", "prev", "seq", "event", "event.type", "event.v", "note"))
            # An order of fields inside an event is beyond a reader that does not know the types.
            if ours and said["why"] not in ("two fields of an event changed about", "two fields of an inner object changed about"):
                tried += 1
                seq = said["entry"].find('"seq":7') >= 0 and 7
                with self.assertRaises(verify.NotSound, msg=said["why"]):
                    verify.read_entry(said["entry"].encode("utf-8", "surrogatepass"), seq or 0)
        self.assertGreater(tried, 70)

    def test_nfc_across_an_escape(self):
        # U+0303 after a line feed joins nothing, though in the JSON it stands after the n of `\n`.
        entry = make_log.entry(0, "0" * 64, {"type": "ledger.opened", "v": 1, "ledger": "a\n\u0303"})
        verify.read_entry(entry, 0)
        with self.assertRaises(verify.NotSound):
            verify.read_entry(make_log.entry(0, "0" * 64, {"type": "ledger.opened", "v": 1, "so\u0302": "a"}), 0)

    def test_long_entries(self):
        for length, fits in ((65_535, True), (65_536, False)):
            made = make_log.chain(1, "example.org/ledger", [])[0]
            made = made.replace("Sổ thử".encode(), b"x" * (length - len(made) + len("Sổ thử".encode())))
            self.assertEqual(len(made), length)
            if fits:
                verify.read_entry(made, 0)
            else:
                with self.assertRaises(verify.NotSound):
                    verify.read_entry(made, 0)


class Notes(Case):
    """What is signed by the right key and yet no checkpoint."""

    def signed(self, text, more=b""):
        signer = Signer("example.org/ledger", LOG_SEED)
        return self.new(text + b"\n" + signer.line(text).encode() + more)

    def test_forms(self):
        root = make_log.b64(bytes(32)).encode()
        text = b"example.org/ledger\n15\n" + root + b"\n"
        self.sound(self.signed(text), "--key", LOG_KEY)
        self.sound(self.signed(text, "— x.example AAAAAAA=\n".encode()), "--key", LOG_KEY)
        for bad in (text + b"extension\n", text.replace(b"15", b"015"), text.replace(b"15", b"-1"), text.replace(b"15", b"+1"),
                    text.replace(b"15", b"1 5"), text.replace(root, root[:-1]), text.replace(root, make_log.b64(bytes(31)).encode()),
                    text.replace(b"org", b"\xff"), text.replace(b"org", b"\t"), text[:-1]):
            self.refused(self.signed(bad), "--key", LOG_KEY, says="the checkpoint is malformed")
        for more in ("— x.example AAAA\n", "— x.example\n", "— x+y AAAAAAA=\n", "- x.example AAAAAAA=\n", "— x.example AAAAAAB=\n",
                     "— x.example AAAAAAA=", "— x\u00a0y AAAAAAA=\n", "\n\n"):
            self.refused(self.signed(text, more.encode()), "--key", LOG_KEY, says="the checkpoint is malformed")
        self.refused(self.signed(text, b"\xe2\x80\x94 \xff AAAAAAA=\n"), "--key", LOG_KEY, says="the checkpoint is malformed")


class Folder(Case):
    def test_sizes(self):
        for size in (0, 1, 255, 256, 257, 1000):
            log = Log(size)
            self.sound(log.write_folder(self.new()), "--key", LOG_KEY, "--witness", WITNESS_KEY, says=f"SOUND: {size:,} entries")

    def test_without_a_log(self):
        folder = Log(20).write_folder(self.new(), log=False)
        self.sound(folder)
        self.refused(folder, "--key", LOG_KEY, code=2, says="no signed checkpoint")
        self.sound(folder, "--key", LOG_KEY, "--seen", self.new(Log(9).checkpoint()))

    def test_a_checkpoint_of_less(self):
        self.sound(Log(300, size=270).write_folder(self.new()), "--key", LOG_KEY, says="270 entries")

    def test_rolled_files(self):
        folder = Log(300, roll=20_000).write_folder(self.new())
        self.assertGreater(len(list((folder / "journal").iterdir())), 3)
        self.sound(folder)
        (folder / "journal" / f"{300:020}.log").write_bytes(b"")
        self.sound(folder)
        second = sorted((folder / "journal").iterdir())[1]
        first = int(second.stem)
        second.rename(second.with_name(f"{first + 1:020}.log"))
        self.refused(folder, says=f"seq {first}: the file must be")

    def test_an_empty_file_in_the_middle(self):
        folder = Log(300, roll=20_000).write_folder(self.new())
        files = sorted((folder / "journal").iterdir())
        files[0].write_bytes(b"")
        self.refused(folder, says="seq 0: ")

    def test_a_file_over_64_mib(self):
        limit, verify.JOURNAL_FILE_MAX = verify.JOURNAL_FILE_MAX, 20_000
        self.addCleanup(setattr, verify, "JOURNAL_FILE_MAX", limit)
        self.sound(Log(300, roll=20_000).write_folder(self.new()))
        self.refused(Log(300).write_folder(self.new()), says="over 64 MiB")
        self.assertEqual(limit, 64 * 1024 * 1024)

    def test_tampered(self):
        for tamper, says in (
            ("edit-raw:17", "seq 18: it does not follow"),  # the hash before the entry was made anew, the chain was not
            ("edit:17", "the first 300 entries are not those that the checkpoint vouches for"),
            ("drop:1", "seq 299: missing from here on"),
            ("drop:300", "seq 0: missing from here on"),
            ("swap:40", "seq 40: the entry at this place says it is seq 41"),
            ("back:200", "seq 200: its time is before"),
            ("spell:7", "seq 7: the entry is not JSON in its one"),
            ("nfd:8", "seq 8: a text is not in Unicode NFC"),
            ("long:9", "seq 9: the entry is longer than 65,535"),
            ("signature", "the signature on the checkpoint is wrong"),
            ("root", "are not those that the checkpoint vouches for"),
            ("torn", "seq 299: the last line"),
            ("name", "seq 0: the file must be"),
        ):
            with self.subTest(tamper):
                self.refused(Log(300, tampers=[tamper]).write_folder(self.new()), says=says)

    def test_bits(self):
        """No byte of a journal can be changed unseen."""
        folder = Log(3).write_folder(self.new())
        file = folder / "journal" / f"{0:020}.log"
        whole = file.read_bytes()
        for at in range(len(whole)):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            code, words = run(folder)
            self.assertEqual(code, 1, f"byte {at}: {words}")

    def test_witnesses(self):
        folder = Log(12).write_folder(self.new())
        self.refused(folder, "--witness", OTHER_WITNESS, code=2, says="has not cosigned")
        bad = Log(12, tampers=["cosignature"]).write_folder(self.new())
        self.refused(bad, "--witness", WITNESS_KEY, says="the cosignature of the witness")
        self.sound(bad)  # a witness that was not asked for is ignored

    def test_a_witness_twice(self):
        log, witness = Log(12), Signer("witness.example/w1", bytes(range(32, 64)), 4)
        text = log.checkpoint().partition(b"\n\n")[0] + b"\n"
        twice = self.new(log.checkpoint() + witness.line(text, 1_600_000_000).encode())
        self.sound(twice, "--key", LOG_KEY, "--witness", WITNESS_KEY, says="2023-11-15 05:13:20 (UTC+7)")  # the later one

    def test_keys(self):
        folder = Log(12).write_folder(self.new())
        self.sound(folder, says="by the key the log claims")
        self.sound(folder, "--key", folder / "log/vkey", says="by the key you gave")
        other = Signer("example.org/ledger", bytes(32))
        self.refused(folder, "--key", other.vkey, says="not signed by this key")
        (folder / "log/vkey").write_text(other.vkey)
        self.sound(folder, "--key", LOG_KEY, says="Beware: what lies beside it claims another key")
        self.refused(folder, says="not signed by this key")
        self.refused(folder, "--key", Signer("example.org/other", LOG_SEED).vkey, says="the key is of")
        (folder / "log/vkey").unlink()
        self.refused(folder, code=2, says="no key to check the signature")


class Seen(Case):
    """A history rewritten and signed again is sound in itself; only what was saved earlier tells."""

    def setUp(self):
        super().setUp()
        old = Log(100)
        self.checkpoint, self.proof, self.bundle = (
            self.new(old.checkpoint()), self.new(old.proof(17)), self.new(old.bundle([16, 18])))

    def test_grown(self):
        for place in (Log(300).write_folder(self.new()), Log(300).write_tiles(self.new()), Log(100).write_folder(self.new())):
            self.sound(place, "--key", LOG_KEY, "--seen", self.checkpoint, "--seen", self.proof, "--seen", self.bundle,
                       says="the first 100 entries are unchanged")
        self.sound(Log(300).write_folder(self.new()), "--seen", self.new(Log(0).checkpoint()))

    def test_rewritten(self):
        liar = Log(300, tampers=["edit-signed:17"])
        for place in (liar.write_folder(self.new()), liar.write_tiles(self.new())):
            self.sound(place, "--key", LOG_KEY)
            self.refused(place, "--key", LOG_KEY, "--seen", self.checkpoint, says="the first 100 entries are not those that")
            self.refused(place, "--key", LOG_KEY, "--seen", self.proof, says="seq 17: it is not the entry saved in")
            self.refused(place, "--key", LOG_KEY, "--seen", self.bundle, says="seq 18: it is not the entry saved in")

    def test_rewritten_under_a_new_key(self):
        liar = Log(300, tampers=["edit-signed:17"], seed=bytes(32)).write_folder(self.new())
        self.refused(liar, "--seen", self.checkpoint, says="history was rewritten")

    def test_shrunk(self):
        self.refused(Log(99).write_folder(self.new()), "--seen", self.checkpoint, says="seq 99: missing from here on")
        self.refused(Log(99).write_tiles(self.new()), "--seen", self.checkpoint, says="seq 99: missing from here on")

    def test_of_no_use(self):
        folder = Log(300).write_folder(self.new())
        damaged = self.new(Log(100, tampers=["signature"]).checkpoint())
        for file, says in ((damaged, "is of no use"), (self.new(Log(9, origin="example.org/other").checkpoint()), "of another log"),
                           (self.new(b"hello"), "is no checkpoint"), (self.folder / "not there", "cannot be read")):
            self.refused(folder, "--key", LOG_KEY, "--seen", file, code=2, says=says)

    def test_files_among_themselves(self):
        fork = self.new(Log(100, tampers=["edit-signed:50"]).proof(17))
        self.refused(fork, "--key", LOG_KEY, "--seen", self.checkpoint, says="a fork")
        self.sound(self.proof, "--key", LOG_KEY, "--seen", self.checkpoint)
        self.refused(self.new(Log(120).proof(17)), "--key", LOG_KEY, "--seen", self.checkpoint, code=2, says="takes the log")


class Tiles(Case):
    def test_sizes(self):
        for size in (0, 1, 255, 256, 257, 65_537):
            log = Log(size)
            self.sound(log.write_tiles(self.new(), compress=size == 257), "--key", LOG_KEY, says=f"SOUND: {size:,} entries")

    def test_partial_gone_full_there(self):
        self.sound(Log(300, tampers=["full-only"]).write_tiles(self.new()), "--key", LOG_KEY)

    def test_tampered(self):
        for tamper, says in (
            ("edit-raw:17", "seq 17: the entry does not fit the hash published in tile/0/000"),
            ("edit:290", "seq 290: the entry does not fit"),
            ("swap:40", "seq 40: the entry does not fit"),
            ("back:200", "seq 200: its time is before"),
            ("nfd:280", "seq 280: a text is not in Unicode NFC"),
            ("signature", "the signature on the checkpoint is wrong"),
            ("root", "are not those that the checkpoint vouches for"),
            ("short-tile", "seq 128: tile/0/000 is 4,096 bytes long, not 8,192"),
            ("short-bundle", "seq 128: tile/entries/000 has not exactly 256 entries"),
            ("tile:0:1:3", "seq 259: the entry does not fit the hash published in tile/0/001.p/44"),
            ("tile:1:0:0", "seq 0: the entry does not fit the hash published in tile/1/000.p/1"),
            ("gone", "seq 256: the log signed tile/entries/001.p/44 but does not publish it"),
        ):
            with self.subTest(tamper):
                self.refused(Log(300, tampers=[tamper]).write_tiles(self.new()), "--key", LOG_KEY, says=says)

    def test_a_tile_high_up(self):
        self.refused(Log(70_000, tampers=["tile:1:0:200"]).write_tiles(self.new()), says=f"seq {200 * 256}: ")


class Files(Case):
    def test_proofs(self):
        for size, index in ((1, 0), (2, 1), (255, 254), (256, 0), (257, 256), (300, 12)):
            self.sound(self.new(Log(size).proof(index)), "--key", LOG_KEY, says=f"seq {index} ")
        log = Log(300)
        bare, entry = self.new(log.proof(12, extra=False)), self.new(log.entries[12])
        self.refused(bare, "--key", LOG_KEY, code=2, says="add --entry FILE")
        self.sound(bare, "--key", LOG_KEY, "--entry", entry)
        self.sound(bare, "--key", LOG_KEY, "--entry", self.new(log.entries[12] + b"\n"))
        self.refused(bare, "--key", LOG_KEY, "--entry", self.new(log.entries[12] + b" "), says="seq 12: the proof does not lead")
        self.refused(bare, "--key", LOG_KEY, "--entry", self.new(log.entries[13]), says="seq 12: the proof does not lead")
        self.sound(self.new(Log(300, tampers=["edit:12"]).proof(12)), "--key", LOG_KEY, "--entry", entry)  # `extra` is no one's word
        spoilt = self.new(log.proof(12).replace(b"extra ", b"extra *"))
        self.refused(spoilt, "--key", LOG_KEY, "--entry", entry, says="the proof is malformed")
        without_key = self.new(log.proof(12))
        self.refused(without_key, code=2, says="no key to check the signature")
        self.refused(without_key, code=2, says="CANNOT TELL, because")
        self.assertNotIn("SOUND", run(without_key)[1])

    def test_tampered_proofs(self):
        whole = Log(300).proof(12)
        self.refused(self.new(Log(300, tampers=["edit:12"]).proof(12)), "--key", LOG_KEY, says="seq 12: the proof does not lead")
        self.refused(self.new(Log(300, tampers=["signature"]).proof(12)), "--key", LOG_KEY, says="signature on the checkpoint")
        self.refused(self.new(whole.replace(b"index 12", b"index 13")), "--key", LOG_KEY, says="seq 13: the proof does not lead")
        self.refused(self.new(whole.replace(b"\n300\n", b"\n301\n")), "--key", LOG_KEY, says="")
        lines = whole.split(b"\n")
        for place, line in enumerate(lines):
            for changed in (lines[:place] + lines[place + 1:], lines[:place] + [line, line] + lines[place + 1:],
                            lines[:place] + [line[:-1]] + lines[place + 1:]):
                if changed == lines or changed[place:place + 2] == [line, line] and line.startswith("—".encode()):
                    continue  # signed twice is signed
                code, words = run(self.new(b"\n".join(changed)), "--key", LOG_KEY, "--witness", WITNESS_KEY)
                self.assertIn(code, (1, 2), f"line {place}: {words}")

    def test_bundles(self):
        log = Log(300)
        self.sound(self.new(log.bundle([2, 12, 257, 299])), "--key", LOG_KEY, says="seq 257 ")
        self.sound(self.new(log.bundle([12], trail=False)), says="by the key the log claims")
        self.sound(self.new(log.bundle(list(range(2, 60)))), says="and 38 more")
        most, verify.TRAIL_ENTRIES_MAX = verify.TRAIL_ENTRIES_MAX, 57
        self.addCleanup(setattr, verify, "TRAIL_ENTRIES_MAX", most)
        self.refused(self.new(log.bundle(list(range(2, 60)))), says="the bundle is malformed")
        self.assertEqual(most, 2_000)

    def test_tampered_bundles(self):
        def changed(*path, to, drop=False):
            made = Log(300).bundle([12, 14, 299])
            inner = made
            for step in path[:-1]:
                inner = inner[step]
            if drop:
                del inner[path[-1]]
            else:
                inner[path[-1]] = to
            return self.new(made)

        node, other = ("trail", "nodes", 1), Log(300).entries[16].decode()
        for file, says in (
            (changed("entries", 1, "entry", to=other), "seq 14: the proof does not lead"),
            (changed("entries", 1, "index", to=15), "seq 15: the proof does not lead"),
            (changed("entries", 1, "index", to=12), "malformed"),
            (changed("entries", 1, "index", to=True), "malformed"),
            (changed("entries", 1, "proof", 0, to="AAAA"), "malformed"),
            (changed("entries", 1, "more", to=1), "malformed"),
            (changed("more", to=1), "malformed"),
            (changed("vkey", to=None, drop=True), "malformed"),
            (changed("format", to="minhbach-trail-bundle@v2"), "malformed"),
            (changed("code", to="DN-00000016"), "no entry in it names DN-00000016"),
            (changed(*node, "quantity", to="15000"), "seq 14: the trail says of DN-00000014"),
            (changed(*node, "item", to="USD"), "seq 14: the trail says"),
            (changed(*node, "on", to="2026-01-02"), "seq 14: the trail says"),
            (changed(*node, "code", to="DN-00000012"), "seq 14: the trail says"),
            (changed(*node, "seq", to=16), "the trail stands on entry 16"),
            (changed("trail", "as_of", "size", to=301), "not of this code at this checkpoint"),
            (changed("trail", "as_of", "head", to="0" * 64), "not of this code at this checkpoint"),
            (changed("trail", "nodes", to=7), "trail is malformed"),
            (changed("trail", to=[]), "trail is malformed"),
            (self.new(b'{"format":1,"format":1}'), "malformed"),
            (self.new(b"{" + b'"a":' + b"[" * 100_000), "malformed"),
        ):
            with self.subTest(says):
                self.refused(file, "--key", LOG_KEY, says=says)

    def test_trails_of_every_kind(self):
        """What a trail may say of an entry: what it states itself, or what is left of it after releases and returns."""
        def entry(kind, **fields):
            return {"at": "2026-01-01T18:00:00.000Z", "event": {"type": kind, "v": 1, **fields}}

        buy = entry("purchase.made", purchase="PU-1", spends=[{"lot": "A", "quantity": "7.5"}, {"lot": "B", "quantity": "2.5"}],
                    obtains=[{"lot": "LT-1", "item": "ao-am", "quantity": "4"}], purchased_on="2026-01-01")
        give = entry("delivery.made", delivery="DL-1", allocation="AL-1", quantity="100", delivered_on="2026-01-01")
        move = entry("custody.transferred", transfer="TR-1", lot="A", quantity="3", new_lot="LT-2", transferred_on="2026-01-01")
        pool = entry("pool.opened", pool="gop", fund="quy", item="VND", source="oda")
        share = entry("allocation.made", allocation="AL-1", item="ao-am", draws=[{"lot": "A", "quantity": "3"}], decided_on="2026-01-01")
        milk = entry("receipt.issued", receipt="RC-1", item="sua", quantity="5", received_on="2026-01-01", expires_on="2026-06-30")
        for said, code, node, right in (
            (milk, "RC-1", {"on": "2026-01-01", "quantity": "5"}, True), (milk, "RC-1", {"on": "2026-06-30"}, False),
            (buy, "PU-1", {"quantity": "10", "item": "VND", "on": "2026-01-01"}, True), (buy, "PU-1", {"quantity": "7.5"}, False),
            (buy, "LT-1", {"quantity": "4", "item": "ao-am"}, True), (buy, "LT-1", {"quantity": "10"}, False),
            (buy, "LT-1", {"item": "VND"}, False), (buy, "A", {}, False), (give, "DL-1", {"quantity": "92"}, True),
            (give, "DL-1", {"quantity": "101"}, False), (give, "DL-1", {"quantity": "-1"}, False), (give, "AL-1", {}, False),
            (move, "LT-2", {"quantity": "3"}, True), (move, "TR-1", {"quantity": "4"}, False), (share, "AL-1", {"quantity": "3"}, True),
            (share, "AL-1", {"quantity": "4"}, False), (share, "AL-1", {"on": "2026-01-02"}, False),
            (pool, "gop", {"quantity": "99", "on": "2026-01-02"}, True), (pool, "gop", {"on": "2026-01-03"}, False),
        ):
            self.assertEqual(verify.agrees({"code": code, **node}, said), right, (code, node))

    def test_could_not_tell(self):
        empty = self.new()
        empty.mkdir()
        for arguments, says in (
            ((self.folder / "nothing",), "cannot be read"), ((self.new(b""),), "is no checkpoint"), ((self.new(bytes(99)),), "is no checkpoint"),
            ((empty,), "there is no checkpoint"), ((), "give one folder"), (("a", "b"), "give one folder"), (("--what", "x"), "what"),
            (("x", "--key"), "key"), (("x", "--key", "nonsense"), "no valid public key"), (("x", "--witness", LOG_KEY), "no valid public key"),
            (("http://",), "cannot be used"), (("http://[::1",), ""), (("http://127.0.0.1:9/",), "cannot be read"),
        ):
            with self.subTest(arguments):
                verify.time.sleep, sleep = lambda _: None, verify.time.sleep
                self.addCleanup(setattr, verify.time, "sleep", sleep)
                self.refused(*arguments, code=2, says=says)

    def test_garbage(self):
        """Whatever the bytes, an answer and no fault."""
        whole = [Log(20).proof(4), json.dumps(Log(20).bundle([4])).encode(), PINNED.encode()]
        for data in whole:
            for at in range(0, len(data), 7):
                for changed in (data[:at], data[:at] + b"\xff" + data[at + 1:], data[:at] + b"[" + data[at:], data[:at] + b"\n" + data[at:]):
                    code, words = run(self.new(changed), "--key", LOG_KEY)
                    self.assertNotIn("fault of this program", words, changed)


class Server(http.server.BaseHTTPRequestHandler):
    """A log under /log/, with the faults that `faults` names."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        fault = self.server.faults.get(self.path.removeprefix("/log/"))
        file = self.server.folder / self.path.removeprefix("/log/")
        data = file.read_bytes() if self.path.startswith("/log/") and file.is_file() else None
        if callable(fault):
            return fault(self, data)
        self.answer(404 if data is None else 200, data or b"")

    def answer(self, status, data, **headers):
        self.send_response(status)
        for name, value in {"Content_Length": len(data), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # who asked has gone; that is what some tests are about


class Http(Case):
    def setUp(self):
        super().setUp()
        self.server = Quiet(("127.0.0.1", 0), Server)
        self.server.daemon_threads, self.server.faults, self.server.asked = True, {}, []
        self.server.folder = Log(300).write_tiles(self.new())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.sleep, verify.time.sleep = verify.time.sleep, lambda _: None
        self.addCleanup(setattr, verify.time, "sleep", self.sleep)

    def test_sound(self):
        for url in (self.url, self.url + "/", self.url + "/log", self.url + "/log/checkpoint"):
            self.sound(url, "--key", LOG_KEY, says="SOUND: 300 entries")
        self.sound(self.url, says="by the key the log claims")

    def test_gzip(self):
        self.server.faults["tile/entries/000"] = lambda to, data: to.answer(200, gzip.compress(data), Content_Encoding="gzip")
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(200, gzip.compress(data), Content_Encoding="gzip")
        self.sound(self.url)
        self.server.faults["tile/entries/000"] = lambda to, data: to.answer(200, gzip.compress(data)[:-9], Content_Encoding="gzip")
        self.refused(self.url, code=2, says="tile/entries/000 cannot be read")
        bomb = gzip.compress(bytes(20_000_000))
        self.server.faults["tile/entries/000"] = lambda to, data: to.answer(200, bomb, Content_Encoding="gzip")
        self.refused(self.url, says="is larger than")

    def test_cut_and_again(self):
        def once(to, data):
            if to.server.asked.count(to.path) > 1:
                return to.answer(200, data)
            to.send_response(200)
            to.send_header("Content-Length", str(len(data)))
            to.end_headers()
            to.wfile.write(data[:100])
            to.close_connection = True

        self.server.faults["tile/entries/001.p/44"] = once
        self.sound(self.url)
        self.server.faults["tile/entries/001.p/44"] = lambda to, data: to.answer(200, data[:100], Content_Length=len(data)) or setattr(
            to, "close_connection", True)
        self.refused(self.url, code=2, says="cannot be read")

    def test_redirects(self):
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(302, b"", Location="/log/elsewhere")
        self.server.faults["elsewhere"] = lambda to, _: to.answer(200, (to.server.folder / "tile/0/000").read_bytes())
        self.sound(self.url)
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(302, b"", Location="http://localhost:1/")
        self.refused(self.url, code=2, says="redirected to another host")
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(302, b"", Location="file:///etc/hostname")
        self.refused(self.url, code=2, says="redirected to another host")
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(302, b"", Location="/log/tile/0/000")
        self.refused(self.url, code=2, says="too many redirects")

    def test_sizes(self):
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(200, data[:100])
        self.refused(self.url, says="seq 3: tile/0/000 is 100 bytes long")
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(200, data + b"x")
        self.refused(self.url, says="larger than 8,192")
        self.server.faults["checkpoint"] = lambda to, data: to.answer(200, bytes(100_000))
        self.refused(self.url, says="larger than 65,536")

    def test_slowly(self):
        """A byte now and then, in the head or in the body, is no way to hold a reader for hours."""
        wait, verify.ANSWER_S = verify.ANSWER_S, 0.3
        self.addCleanup(setattr, verify, "ANSWER_S", wait)

        def drip(to, head):
            to.wfile.write(head)
            for _ in range(60):
                to.wfile.write(b"x")
                to.wfile.flush()
                self.sleep(0.05)

        for head in (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"):
            self.server.faults["tile/0/000"] = lambda to, _: drip(to, head)
            self.refused(self.url, code=2, says="the answer is too slow")

    def test_forbidden_where_nothing_is(self):
        self.server.faults["/log/log/checkpoint"] = self.server.faults["log/checkpoint"] = lambda to, _: to.answer(403, b"")
        self.sound(self.url + "/log")

    def test_trouble(self):
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(503, b"")
        self.refused(self.url, code=2, says="HTTP 503")
        self.assertEqual(self.server.asked.count("/log/tile/0/000"), 3)
        self.server.faults["tile/0/000"] = lambda to, data: to.answer(404, b"")
        self.refused(self.url, says="does not publish it")
        self.server.faults["checkpoint"] = lambda to, data: to.answer(404, b"")
        self.refused(self.url, code=2, says="there is no checkpoint")

    def test_a_page_for_every_address(self):
        self.server.faults["/checkpoint"] = self.server.faults["checkpoint"] = lambda to, data: to.answer(200, b"<html>")
        self.refused(self.url, says="the checkpoint is malformed")
        del self.server.faults["checkpoint"]
        self.server.faults["log/checkpoint"] = lambda to, data: to.answer(200, b"<html>")
        self.sound(self.url + "/log")

    def test_full_for_partial(self):
        self.server.folder = Log(300, tampers=["full-only"]).write_tiles(self.new())
        self.sound(self.url)


class Sentences(Case):
    def test_both_languages(self):
        """Every sentence of the file stands in the table, with as many gaps, and no other."""
        said, takes = set(), {"t": 0, "NotSound": 0, "CannotTell": 0}
        for node in ast.walk(ast.parse(SCRIPT.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in takes and isinstance(node.args[0], ast.Constant):
                said.add(node.args[0].value)
                self.assertEqual(node.args[0].value.count("{}"), len(node.args) - 1, node.args[0].value)
        self.assertEqual(said, set(verify.VI))
        for english, vietnamese in verify.VI.items():
            self.assertEqual(english.count("{}"), vietnamese.count("{}"), english)
            self.assertTrue(unicodedata.is_normalized("NFC", vietnamese))


class Process(Case):
    """The file as one runs it."""

    def start(self, *arguments, **options):
        return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, timeout=120, **options)

    def test_vietnamese_first(self):
        folder = Log(1234).write_folder(self.new())
        ended = self.start(folder, env={**os.environ, "PYTHONIOENCODING": "ascii"})
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        self.assertIn("ĐÚNG: 1.234 dòng", ended.stdout.decode())
        bad = self.start(Log(30, tampers=["swap:4"]).write_folder(self.new()))
        self.assertEqual((bad.returncode, bad.stderr), (1, b""))
        self.assertIn("SAI: seq 4: dòng ở chỗ này tự ghi là seq 5", bad.stdout.decode())

    def test_help(self):
        said = self.start("--help")
        self.assertEqual(said.returncode, 0)
        self.assertIn("pip install blake3 cryptography", said.stdout.decode())

    def test_closed_pipe(self):
        """Nobody reads the words: the exit code answers."""
        for log, code in ((Log(3), 0), (Log(3, tampers=["swap:1"]), 1)):
            folder = log.write_folder(self.new())
            read, write = os.pipe()
            os.close(read)
            with open("/dev/full", "wb") as full:
                for out in (write, full):
                    ended = subprocess.run([sys.executable, SCRIPT, folder], stdout=out, stderr=subprocess.PIPE, timeout=60)
                    self.assertEqual((ended.returncode, ended.stderr), (code, b""))
            os.close(write)

    def test_interrupted(self):
        """Ctrl-C while a server keeps us waiting: one sentence, no page of code."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            child = subprocess.Popen([sys.executable, SCRIPT, f"http://127.0.0.1:{server.getsockname()[1]}"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            server.accept()[0].recv(10)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=60)
        self.assertEqual((child.returncode, out, err.decode()), (2, b"", "CHƯA KẾT LUẬN ĐƯỢC: đã dừng theo yêu cầu.\n"))

    def test_progress_on_a_terminal_only(self):
        folder = Log(2000).write_folder(self.new())
        self.assertEqual(self.start(folder).stderr, b"")
        terminal, end = pty.openpty()
        subprocess.run([sys.executable, SCRIPT, folder], stdout=subprocess.PIPE, stderr=end, timeout=60)
        os.close(end)
        self.assertIn("1.024", os.read(terminal, 4096).decode())
        os.close(terminal)

    def test_control_characters_of_strangers(self):
        said = self.start(self.new(b"\x1b[31m\n1\n" + b"A" * 43 + b"=\n\n" + "— x AAAAAAA=\n".encode()), "--lang", "en")
        self.assertNotIn(b"\x1b", said.stdout + said.stderr)

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs Linux to ask for the peak")
    def test_memory_stays(self):
        """Three times the entries take no more memory: 12,000 entries of 2 KB against 4,000."""
        peaks = []
        for count in (4_000, 12_000):
            made, prev = [], "0" * 64
            for seq in range(count):
                made.append(make_log.entry(seq, prev, {"type": "party.registered", "v": 1, "party": f"d-{seq}", "name": "x" * 2000}))
                prev = verify.blake3(made[-1]).hexdigest()
            log = Log(0)
            log.entries, log.size, log.tree = made, count, make_log.Tree(made)
            for place in (log.write_tiles(self.new()),):
                # Not ru_maxrss: a child begins with its parent's.
                code = (f"import sys, runpy; sys.argv = ['v', {str(place)!r}]\ntry: runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
                        "\nexcept SystemExit as e: print(e.code, *[l.split()[1] for l in open('/proc/self/status') if 'VmHWM' in l])")
                said = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120).stdout.split()
                self.assertEqual(said[-2], b"0")
                peaks.append(int(said[-1]))
        self.assertLess(peaks[1] - peaks[0], 6_000, peaks)


try:
    import aics_tlog
except ImportError:
    aics_tlog = None


@unittest.skipUnless(aics_tlog, "aics-tlog needs Python 3.12")
class Strangers(Case):
    """A third implementation reads the same bytes."""

    def test_agree(self):
        for size in (1, 255, 256, 257, 1000):
            log = Log(size)
            folder = log.write_tiles(self.new())
            reader = aics_tlog.FileSystemTileReader(folder)
            root = aics_tlog.tree_root_from_tiles(reader, size)
            self.assertEqual(base64.b64decode(log.checkpoint().split(b"\n")[2]), root)
            aics_tlog.audit_tiles(reader, size, root)
            tree = verify.Tree(lambda *_: None)
            for entry in log.entries:
                tree.add(verify.leaf_hash(entry))
            self.assertEqual(tree.root(), root)
            theirs = aics_tlog.MerkleTree(log.entries)
            for index in {0, size // 2, size - 1}:
                path = theirs.inclusion_proof(index)
                self.assertEqual(verify.root_by_proof(verify.leaf_hash(log.entries[index]), index, size, path), root)
                for wrong in (path[:-1], path + [root], path[::-1]):
                    agreed = aics_tlog.verify_inclusion(aics_tlog.leaf_hash(log.entries[index]), index, size, wrong, root)
                    self.assertEqual(verify.root_by_proof(verify.leaf_hash(log.entries[index]), index, size, wrong) == root, agreed)

    def test_signatures(self):
        note = aics_tlog.parse_note(Log(300).checkpoint().decode())
        answer = aics_tlog.verify_checkpoint(note, aics_tlog.parse_vkey(LOG_KEY), [aics_tlog.parse_vkey(WITNESS_KEY)], quorum=1)
        self.assertTrue(answer.ok, answer)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
