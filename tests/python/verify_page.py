"""Tries the page that checks proofs, in a real browser.

    python verify_page.py PAGE [--good FOLDER] [--shots FOLDER] [--chromium FILE]

PAGE is the address of a server's `/verify`, or a saved copy of it. The page is given a log made here (its key takes the
place of the page's) and every file of verify_page_cases.py: with the browser's own cryptography, without it, without its
Ed25519, over plain HTTP, and from a saved copy without a network. With `--good`, every bundle and proof in the folder must
be proved by the page as it is, and no longer once a letter of an entry is changed. Prints a line a case; exits with 1 if
one failed.
"""

import argparse
import json
import re
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from verify_page_cases import WRITTEN, all_cases, text
from verify_page_log import CODE, LOG, OTHER, WITNESS, Log, entry
from verify_page_server import Server, fetch, with_data

NO_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
NO_ED25519 = """for (const name of ['importKey', 'verify']) {
  SubtleCrypto.prototype[name] = () => Promise.reject(new DOMException('no such algorithm', 'NotSupportedError'));
}"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# SEEN, as a clock in Vietnam shows it.
SEEN_AT = "18:06 ngày 18/11/2026"
PLAIN_HOST = "so.example.test"


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, ok, what=""):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        print(f"{'ok    ' if ok else 'FAILED'}  {name}{'' if ok and not what else ': ' + str(what)}", flush=True)


class Tab:
    """A page in a browser, and what it asked for and complained of after it was loaded."""

    def __init__(self, browser, url, script=None, offline=False, **options):
        self.context = browser.new_context(**options)
        if script:
            self.context.add_init_script(script)
        # A machine that does much else at once is slow, not wrong.
        self.context.set_default_timeout(120_000)
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.context.set_offline(offline)
        self.page.goto(url)
        self.page.wait_for_selector("#key-shown :first-child")
        self.page.on("request", lambda request: self.requests.append(request.url))

    def settled(self):
        self.page.wait_for_function("""() => {
            const result = document.getElementById('result');
            return !result.hidden && !result.hasAttribute('aria-busy');
        }""")
        verdict = self.page.locator("#verdict")
        return verdict.get_attribute("class").split()[-1], verdict.inner_text()

    def choose(self, name, content):
        data = content if isinstance(content, bytes) else content.encode()
        if len(data) < 2**20:
            self.page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": data})
            return self.settled()
        with tempfile.NamedTemporaryFile(suffix=name) as file:
            file.write(data)
            file.flush()
            self.page.set_input_files("#file", file.name)
            return self.settled()
        return self.settled()

    def drop(self, content):
        self.page.evaluate("""(text) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([text], 'RC.trail.json'));
            window.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true }));
        }""", content)
        return self.settled()

    def details(self):
        return self.page.locator("#details").inner_text()

    def quiet(self):
        return not self.requests and not self.complaints

    def close(self):
        self.context.close()


def pattern_of(page, key, language="vi"):
    """A sentence of the page as a pattern: facts can be anything."""
    sentences = json.loads(re.search(r'id="texts">(.*?)</script>', page, re.S)[1])[language]
    return re.sub(r"\\\{\\ \\\$[a-z]+\\ \\\}", ".*", re.escape(sentences[key]))


def every_case(tally, mode, tab, page, used):
    for name, content, verdict, sentence in all_cases():
        got, said = tab.choose("RC.trail.json", content)
        wanted = pattern_of(page, f"verify-flaw-{sentence}") if sentence else ""
        ok = got == verdict and re.search(wanted, said, re.S)
        tally.check(f"{mode}: {name}", ok, "" if ok else f"{verdict} {sentence} was due, {got} came: {said!r}")
        if name == "a gift's bundle":
            tab.page.locator("#details > details:last-child > summary").click()
            ways = [tab.page.locator("#details > details:last-child dd").nth(nth).inner_text() for nth in (3, 4)]
            ok = ["WebCrypto" in way for way in ways] == used
            tally.check(f"{mode}: the cryptography is the one under test", ok, "" if ok else ways)
    tally.check(f"{mode}: nothing was asked for and nothing complained of", tab.quiet(), tab.requests + tab.complaints)


def arrived(tally, browser, server):
    """Somebody comes from a receipt's QR: the bundle is in the page."""
    tab = Tab(browser, f"{server}/with-bundle", viewport={"width": 360, "height": 740})
    verdict, said = tab.settled()
    told = tab.details()
    tally.check("arrived: proved", verdict == "good" and CODE in said, said)
    for what in ["1.234.567\u00a0₫", "05/10/2026", "Quỹ Mầm Xanh", "10\u00a0× áo ấm", "1.200.000\u00a0₫", "12/11/2026",
                 "Xã Ba Vì", '</script><img src=x onerror="document.title=1">', "34.567\u00a0₫"]:
        tally.check(f"arrived: tells {what}", what in told, "" if what in told else told)
    tally.check("arrived: text is text", tab.page.locator("#details img, #details b").count() == 0)
    raw = tab.page.locator(".story > li").nth(0).locator("details")
    raw.locator("summary").click()
    tab.page.wait_for_selector(".story dl")
    tally.check("arrived: the bytes of an entry", raw.locator("pre").inner_text() == WRITTEN.entries[17].decode())
    tab.page.click("#language")
    verdict, said = tab.settled()
    told = tab.details()
    tally.check("arrived: in English too", "Unchanged" in said and "1,234,567\u00a0₫" in told and "warm coats" in told, said)
    tally.check("arrived: quiet", tab.quiet(), tab.requests + tab.complaints)
    tab.close()
    tab = Tab(browser, f"{server}/other-code")
    verdict, said = tab.settled()
    tally.check("arrived: a bundle of another code than was asked for", verdict == "bad" and "RC-ASKED" in said, said)
    tab.close()


def ways_in(tally, browser, server):
    tab = Tab(browser, f"{server}/page")
    bundle, wrong = text(WRITTEN.bundle()), text(WRITTEN.bundle()).replace('"DL-1"', '"DL-2"')
    tally.check("a file is dropped", tab.drop(bundle)[0] == "good")
    tally.check("a false file is dropped", tab.drop(wrong)[0] in ("bad", "unread"))
    tab.page.click("#input summary")
    for pasted, verdict in [(f"  {WRITTEN.proof_file(17)}\n\n", "good"), (bundle, "good"), (wrong, "bad"), ("", "unread")]:
        tab.page.fill("#paste", pasted)
        tab.page.click("#paste-button")
        tally.check(f"a text is pasted: {verdict}", tab.settled()[0] == verdict)
    tab.page.evaluate("scrollTo(0, 0)")
    tab.page.locator("h1").click()
    seen = []
    for _ in range(12):
        tab.page.keyboard.press("Tab")
        seen.append(tab.page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    tally.check("the keyboard reaches everything", {"file", "SUMMARY", "paste", "paste-button"} <= set(seen), seen)
    small = tab.page.evaluate("""[...document.querySelectorAll('button, .big, summary, input:not(.unseen):not([type=hidden])')]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44).map((each) => each.outerHTML)""")
    tally.check("what is touched is 44 pixels high", small == [], small)
    bare = tab.page.evaluate("""[...document.querySelectorAll('input:not([type=hidden]), textarea')]
        .filter((each) => each.labels.length === 0).map((each) => each.id)""")
    tally.check("what is filled in has a label", bare == [], bare)
    tab.page.evaluate("fetch('/asked-behind-its-back').catch(() => {})")
    tab.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")
    tab.page.wait_for_timeout(200)
    tally.check("the page may ask nobody", len(tab.complaints) >= 2 and all("Policy" in said for said in tab.complaints),
                tab.complaints)
    tab.close()


def keys(tally, browser, server):
    tab = Tab(browser, f"{server}/page")
    files = {name: content for name, content, *_ in all_cases()}
    tab.choose("x", files["a witness"])
    told = tab.details()
    tally.check("a witness is named with its time", f"{WITNESS.name} đã thấy sổ đúng như vậy lúc {SEEN_AT}" in told, "")
    tab.choose("x", files["a witness nobody knows"])
    tally.check("a stranger is counted", "người mà trang này không biết: 1." in tab.details())
    for pasted, told in [(LOG.vkey, "✓"), (WITNESS.vkey, "✗"), (LOG.vkey.replace("quy", "khac"), "✗"), ("", "✗")]:
        tab.page.fill("#key-other", pasted)
        tab.page.click("#key-button")
        tab.page.wait_for_function("document.getElementById('key-told').textContent !== ''")
        tally.check(f"a key is compared: {told} {pasted[:24]}", tab.page.inner_text("#key-told").startswith(told))
        tab.page.evaluate("document.getElementById('key-told').textContent = ''")
    shown = tab.page.inner_text("#key-shown")
    tally.check("the key is shown", LOG.name in shown and LOG.id.hex() in shown and LOG.vkey in shown, shown)
    tab.close()
    tab = Tab(browser, f"{server}/no-key")
    tally.check("without a key a bundle's own is only claimed", tab.choose("x", text(WRITTEN.bundle()))[0] == "unpinned")
    forged = text(WRITTEN.bundle()).replace("\\u2014 so", "\u2014 so").replace("\\n37\\n", "\\n38\\n")
    tally.check("without a key a false signature is false", tab.choose("x", forged)[0] == "bad")
    tally.check("without a key a proof is not known to be signed", tab.choose("x", WRITTEN.proof_file(17))[0] == "unpinned")
    tab.page.fill("#key-other", LOG.vkey)
    tab.page.click("#key-button")
    tab.page.wait_for_selector("#verdict.good")
    tally.check("a pasted key checks the file again", True)
    tab.close()
    tab = Tab(browser, f"{server}/broken-key")
    tally.check("a broken key in the page checks nothing", tab.choose("x", text(WRITTEN.bundle()))[0] == "unread")
    tab.close()


def saved_copy(tally, browser, server, folder):
    """The page saves itself; the copy is what everything is then tried with, without a network."""
    tab = Tab(browser, f"{server}/with-bundle")
    tab.settled()
    with tab.page.expect_download() as download:
        tab.page.click("#save-button")
    copy = folder / "copy.html"
    download.value.save_as(copy)
    asked = [url for url in tab.requests if not url.startswith("blob:")]
    tally.check("saving asks nobody", asked == [], asked)
    tab.close()
    return copy


def long_file(tally, browser, server):
    """The page stays awake while it checks as much as it takes."""
    receipt = {"type": "receipt.issued", "v": 1, "receipt": CODE, "item": "VND", "quantity": "5", "received_on": "2026-01-02"}
    answer = {"type": "finding.answered", "v": 1, "finding": "FI-1", "answered_by": "x", "answer": "a" * 3000}
    log = Log([entry(nth, answer if nth else receipt) for nth in range(2000)])
    bundle = text(log.bundle(range(2000), trail=None))
    for mode, script in [("webcrypto", None), ("no subtle", NO_SUBTLE)]:
        tab = Tab(browser, f"{server}/page", script=script)
        tab.page.evaluate("""() => {
            let last = performance.now();
            window.longest = 0;
            const beat = () => {
                window.longest = Math.max(window.longest, performance.now() - last);
                last = performance.now();
                setTimeout(beat, 0);
            };
            beat();
        }""")
        verdict, _ = tab.choose("x", bundle)
        longest = tab.page.evaluate("window.longest")
        tally.check(f"{mode}: 2,000 entries", verdict == "good")
        tally.check(f"{mode}: the page is awake all the while", longest < 2000, f"{longest:.0f} ms at most")
        tab.close()


def shots(tally, browser, server, folder):
    wrong = next(content for name, content, *_ in all_cases() if name == "entry text")
    for width in (360, 768, 1280):
        for name, path, content in [("empty", "/page", None), ("good", "/with-bundle", None), ("bad", "/page", wrong),
                                    ("other", "/page", text(Log(key=OTHER).bundle())), ("unpinned", "/no-key", text(WRITTEN.bundle()))]:
            for scheme in ("light", "dark") if name in ("good", "bad") else ("light",):
                tab = Tab(browser, server + path, viewport={"width": width, "height": 800}, color_scheme=scheme)
                if content:
                    tab.choose("x", content)
                elif path == "/with-bundle":
                    tab.settled()
                for closed in tab.page.locator(".story li:nth-child(1) summary").all():
                    closed.click()
                over = tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                tally.check(f"{width} pixels, {scheme}: {name} fits", over <= 0, over)
                if folder:
                    tab.page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                tab.close()


def as_served(tally, browser, url, policy):
    """The page just as the server gives it."""
    tally.check("served: under a policy", policy and "default-src 'none'" in policy and "unsafe" not in policy, policy)
    tab = Tab(browser, url)
    tally.check("served: starts", tab.page.is_visible("label[for=file]") and not tab.page.is_visible("#unstarted"))
    tally.check("served: quiet", tab.quiet(), tab.requests + tab.complaints)
    tab.close()
    try:
        urllib.request.urlopen(f"{url}?code=RC-0000000000", timeout=20)
        tally.check("served: an unknown code is 404", False)
    except urllib.error.HTTPError as error:
        body = error.read().decode()
        tally.check("served: an unknown code is 404", error.code == 404 and "RC-0000000000" in body)
    tab = browser.new_context(java_script_enabled=False).new_page()
    tab.goto(url)
    tally.check("served: without JavaScript it says what to do", "docs/verify.py" in tab.inner_text("#unstarted"))
    tab.close()


def real_files(tally, browser, url, folder):
    tab = Tab(browser, url)
    for file in sorted(folder.iterdir()):
        content = file.read_text()
        verdict, said = tab.choose(file.name, content)
        tally.check(f"{file.name}: proved", verdict == "good", "" if verdict == "good" else said)
        if file.suffix == ".json":
            bundle = json.loads(content)
            bundle["entries"][-1]["entry"] = bundle["entries"][-1]["entry"].replace('"at":"2', '"at":"1')
            verdict, said = tab.choose(file.name, json.dumps(bundle))
            tally.check(f"{file.name}: not with a letter changed", verdict == "bad", "" if verdict == "bad" else said)
    tally.check("real files: quiet", tab.quiet(), tab.requests + tab.complaints)
    tab.close()


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("page")
    asked.add_argument("--good", type=Path)
    asked.add_argument("--shots", type=Path)
    asked.add_argument("--chromium", default="/usr/bin/chromium")
    asked = asked.parse_args()
    page, policy = fetch(asked.page)
    is_url = "://" in asked.page
    bundle = text(WRITTEN.bundle())
    server = Server({
        "/page": with_data(page),
        "/with-bundle": with_data(page, bundle=bundle),
        "/other-code": with_data(page, bundle=bundle, code="RC-ASKED"),
        "/no-key": with_data(page, key=""),
        "/broken-key": with_data(page, key=LOG.vkey[:-3] + "AA="),
    }, policy)
    address = f"http://127.0.0.1:{server.server_port}"
    plain = f"http://{PLAIN_HOST}:{server.server_port}"
    tally = Tally()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        rules = [f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=FLAGS + rules)
        for mode, url, script, used in [
            ("webcrypto", address, None, [True, True]),
            ("no subtle", address, NO_SUBTLE, [False, False]),
            ("no Ed25519", address, NO_ED25519, [True, False]),
            ("plain HTTP", plain, None, [False, False]),
        ]:
            tab = Tab(browser, f"{url}/page", script=script)
            every_case(tally, mode, tab, page, used)
            tab.close()
        copy = saved_copy(tally, browser, address, Path(folder))
        before = len(server.asked)
        for mode, script, used in [("saved copy", None, [True, True]), ("saved copy, no subtle", NO_SUBTLE, [False, False])]:
            tab = Tab(browser, copy.as_uri(), script=script, offline=True)
            tally.check(f"{mode}: the bundle in it is proved", tab.settled()[0] == "good")
            every_case(tally, mode, tab, page, used)
            tab.close()
        tally.check("the server was not asked for anything", len(server.asked) == before, server.asked[before:])
        arrived(tally, browser, address)
        ways_in(tally, browser, address)
        keys(tally, browser, address)
        long_file(tally, browser, address)
        shots(tally, browser, address, asked.shots)
        if is_url:
            as_served(tally, browser, asked.page, policy)
        if asked.good:
            real_files(tally, browser, asked.page if is_url else Path(asked.page).resolve().as_uri(), asked.good)
        browser.close()
    server.shutdown()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Error, OSError) as error:
        print(f"could not try: {error}", file=sys.stderr)
        sys.exit(2)
