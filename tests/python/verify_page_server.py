"""Serves the page that checks, with the key and the bundle of a log made for it."""

import html
import http.server
import json
import re
import threading
import urllib.request
from pathlib import Path

from verify_page_log import CODE, LOG, WITNESS


def fetch(page):
    """The page's text, and the policy that came with it."""
    if "://" not in page:
        return Path(page).read_text(), None
    with urllib.request.urlopen(page, timeout=20) as answer:
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def with_data(page, key=LOG.vkey, bundle=None, code=CODE):
    """The page with another key, the witness's key, and a bundle."""
    page = re.sub(r'(<meta name="log-key" content=")[^"]*', lambda found: found[1] + html.escape(key), page)
    page = re.sub(r'(id="witnesses">)[^<]*', lambda found: found[1] + json.dumps([WITNESS.vkey]), page)
    page = re.sub(r'<script type="application/json" id="bundle".*?</script>', "", page, flags=re.S)
    if bundle is None:
        return page
    safe = re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", bundle)
    piece = f'<script type="application/json" id="bundle" data-code="{code}">{safe}</script>'
    return page.replace('<script type="application/json" id="texts">', piece + '<script type="application/json" id="texts">')


class Server(http.server.ThreadingHTTPServer):
    """Serves pages by name, under a policy, and remembers what was asked for."""

    def __init__(self, pages, policy):
        self.pages, self.policy, self.asked = pages, policy, []
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        self.send_response(200 if page else 404)
        if page:
            self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_):
        pass
