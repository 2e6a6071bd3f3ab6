"""Asks a server for everything its description has, with the codes that are really there, and checks each answer.

    python answers.py URL TOKEN

The token is that of an actor who may record. Prints what was asked; ends with 1 and the first answer that is not as
described.
"""

import collections
import json
import sys
from urllib.parse import parse_qs, urlsplit

from openapi_spec_validator import validate

from description import Description, ask

URL, TOKEN = sys.argv[1], sys.argv[2]
DOCUMENT = ask(URL + "/v1/openapi.json").json()
API = Description(DOCUMENT)
ASKED = collections.Counter()

JSON, CSV, LINES = "application/json", "text/csv", "application/x-ndjson"


def get(path, expected=200, **headers):
    """Asks, checks the answer against the description, and returns it."""
    answer = ask(URL + path, {name.replace("_", "-"): value for name, value in headers.items()})
    API.check("get", path, answer)
    assert answer.status == expected, f"GET {path} → {answer.status}: {answer.body[:300]}"
    ASKED[API.route_of(path.split("?")[0])] += 1
    return answer


def post(body, expected, query="", **headers):
    """Proposes, checks the answer against the description, and returns it."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": JSON} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = ask(f"{URL}/v1/entries{query}", headers, body)
    API.check("post", "/v1/entries", answer)
    assert answer.status == expected, f"POST {body[:80]} → {answer.status}: {answer.body[:300]}"
    ASKED["POST /v1/entries"] += 1
    return answer


def with_parameter(path, parameter):
    return f"{path}{'&' if '?' in path else '?'}{parameter}"


def pages(path, limit):
    """Every row of a list, page by page; `next` and `Link` say the same."""
    rows, page = [], with_parameter(path, f"limit={limit}")
    while page:
        answer = get(page)
        document = answer.json()
        rows += document["rows"]
        assert len(document["rows"]) <= limit
        following, link = document.get("next"), answer.headers.get("link")
        page = link and link[1:].split(">")[0]
        name = "from" if path.startswith("/v1/entries") else "cursor"
        linked = page and parse_qs(urlsplit(page).query)[name][0]
        assert linked == (following and str(following)), f"next is {following}, the link is {link}"
    return rows


def both(path):
    """As a document and as a table."""
    document = get(path).json()
    get(path, Accept=CSV)
    return document


def the_lists():
    """Every list, whole and in pages; the pages add up."""
    for path, limit in [
        ("/v1/received", 7),
        ("/v1/received?by=place,category,item,month,source,programme", 50),
        ("/v1/balances", 10),
        ("/v1/statement", 60),
        ("/v1/needs?state=all", 3),
        ("/v1/places", 20),
        ("/v1/parties", 9),
        ("/v1/names", 50),
    ]:
        whole = get(with_parameter(path, "limit=1000")).json()
        if "next" not in whole:
            assert pages(path, limit) == whole["rows"], f"the pages of {path} are not the whole"
        get(path, Accept=CSV)
    for source in DOCUMENT["components"]["schemas"]["Source"]["enum"]:
        get(f"/v1/received?source={source}&by=source")
        get(f"/v1/balances?source={source}")
    for kind in DOCUMENT["components"]["schemas"]["NameKind"]["enum"]:
        get(f"/v1/names?kind={kind}")
    for words in ("yen+bai", "RC-MUA", "qu%E1%BB%B9"):
        both(f"/v1/search?q={words}")


def the_named():
    """What the journal has a code, slug or seq for, by the route that shows it; every entry, and so every type of event."""
    entries = [row["entry"] for row in pages("/v1/entries", 700)]
    trails = collections.defaultdict(list)
    for entry in entries:
        event = entry["event"]
        kind, first = event["type"], next(value for name, value in event.items() if name not in ("type", "v"))
        if kind.startswith(("receipt", "donation.pl", "purchase", "allocation.m", "delivery.m", "need.a", "pool")):
            trails[kind].append(first)
        elif kind == "place.registered":
            both(f"/v1/places/{first}")
        elif kind == "party.registered":
            both(f"/v1/parties/{first}")
        elif kind == "programme.published":
            get(f"/v1/programmes/{first}")
            both(f"/v1/programmes/{first}/progress")
    # Of what there is by the hundred, some of each kind.
    for codes in trails.values():
        for code in codes[:: max(1, len(codes) // 15)]:
            both(f"/v1/trails/{code}")
    lots = [row["lot"] for row in pages("/v1/balances", 1000)]
    for lot in lots[::2]:
        get(f"/v1/lots/{lot}")
    for seq in range(0, len(entries), 37):
        get(f"/v1/entries/{seq}")
        get(f"/v1/entries/{seq}", Accept="application/octet-stream")
    get("/v1/programmes")
    for path in ("/v1/status", "/healthz", "/readyz", "/metrics"):
        get(path)
    # Of every type of event one is seen, so every schema of one has been asked.
    types = {entry["event"]["type"] for entry in entries}
    described = set(DOCUMENT["components"]["schemas"]["Entry"]["properties"]["event"]["discriminator"]["mapping"])
    print(f"{len(types)} of {len(described)} types of events, without {', '.join(sorted(described - types))}")


def the_refused():
    """What is refused, and what has not changed."""
    for path, operations in DOCUMENT["paths"].items():
        responses = operations.get("get", {}).get("responses", {})
        concrete = path.format(code="NOT-THERE", programme="not-there", place="not-there", party="not-there", seq=10**9)
        known = path.format(
            code="gop-trung-thu", programme="hn-204-2019", place="xa-ba-vi-ba-vi", party="quy-nui-tan", seq=7
        )
        known += "?q=ba+vi" if path == "/v1/search" else ""
        if path.startswith("/v1/"):
            for language in ("vi", "en"):
                get(f"{concrete}?plac=1", 400, Accept_Language=language)
        if "{" in path or "404" in responses:
            get(concrete if "{" in path else f"{path}?{name_of(path)}=not-there", 404)
        if "304" in responses:
            get(known, 304, If_None_Match=get(known).headers["etag"])
    get("/v1/stream?from=999999", 409)


def name_of(path):
    """A filter of a list that names something."""
    return {"/v1/places": "parent"}.get(path, "item")


def the_proposed():
    """Each status that a proposal can be answered with, but for those of a server in distress."""
    fund = {"type": "party.registered", "party": "quy-hoi-dap", "kind": "fund", "name": "Quỹ Hỏi Đáp (minh hoạ)"}
    post(fund, 200, "?dry_run=true")
    answer = post(fund, 201, Idempotency_Key="hoi-dap-1")
    get(answer.headers["location"])
    post(fund, 200, Idempotency_Key="hoi-dap-1")
    post(fund, 409)
    post(fund | {"party": "quy-khac"}, 422, Idempotency_Key="hoi-dap-1")
    post(fund | {"party": "Quỹ"}, 400)
    post(fund, 400, "?atomic=perhaps")
    post(fund, 401, Authorization="Bearer mb_khong-co")
    post(fund | {"by": "nguoi-khac"}, 403)
    post(b" " * 70_000, 413)
    post(fund, 415, Content_Type="text/plain")
    lines = b"".join(json.dumps(line).encode() + b"\n" for line in (fund, fund | {"party": "quy-tra-loi"}))
    refused = post(lines, 409, "?atomic=true", Content_Type=LINES)
    assert len(refused.json()["answers"]) == 2
    answers = [json.loads(line) for line in post(lines, 200, Content_Type=LINES).body.splitlines()]
    assert ["error" in answer for answer in answers] == [True, False], answers
    API.holds({"$ref": "#/components/schemas/Recorded"}, answers[1], "the answer to a line")


validate(DOCUMENT)
the_lists()
the_named()
the_refused()
the_proposed()
# What only a server in distress, a full one, or a client that sends nothing sees, and what has no end.
RARE = {"408", "429", "503"}
unseen = [
    answer
    for answer in API.unseen({"200", "201", "304", "400", "401", "403", "404", "408", "409", "413", "415", "422"})
    if answer[2] not in RARE and answer[:3] != ("get", "/v1/stream", "200")
]
assert not unseen, f"described, and never seen: {unseen}"
for route, count in sorted(ASKED.items()):
    print(f"{count:6} {route}")
