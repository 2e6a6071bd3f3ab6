"""Tells one ledger's story to another that is empty, through a client that was generated from the API's description.

    python story.py FROM_URL TO_URL TOKENS

TOKENS is a file with the token of every actor of the story: {"by": "mb_…"}. Every entry is read from the first server,
proposed to the second under the token of its own actor, and acknowledged. Then the second is asked what a donor, a clerk
and the public ask. Prints a line of JSON for each question: the command that asks the same, and the answer as the client
understood it.
"""

import json
import sys
from decimal import Decimal
from http import HTTPStatus

from so_minh_bach import AuthenticatedClient, Client, models
from so_minh_bach.api.entries import get_entries, get_entry, post_entries
from so_minh_bach.api.money_and_goods import get_balances, get_lot, get_statement
from so_minh_bach.api.programmes import get_progress
from so_minh_bach.api.what_reached_children import get_needs, get_received, get_trail
from so_minh_bach.types import UNSET


def every_entry(client):
    """The journal, page by page."""
    seq = 0
    while seq is not UNSET:
        page = get_entries.sync(client=client, from_=seq, limit=500)
        assert isinstance(page, models.Entries), page
        yield from page.rows
        seq = page.next_


def proposal_of(entry):
    """The proposal that makes this entry again: its event without what the ledger adds, at its time."""
    fields = {name: value for name, value in entry.event.to_dict().items() if name not in ("v", "serial")}
    words = fields["type"].replace(".", "_").split("_")
    model = getattr(models, "Propose" + "".join(word.capitalize() for word in words))
    proposal = model.from_dict(fields)
    proposal.at = entry.at
    proposal.key = entry.key
    return proposal


def tell(rows, url, tokens):
    """Records the story; each entry by who recorded it first."""
    clients = {by: AuthenticatedClient(base_url=url, token=token) for by, token in tokens.items()}
    for row in rows:
        response = post_entries.sync_detailed(client=clients[row.entry.by], body=proposal_of(row.entry))
        answer = response.parsed
        assert response.status_code == HTTPStatus.CREATED, f"entry {row.seq}: {answer}"
        assert isinstance(answer, models.Recorded), answer
        assert (answer.line, answer.seq, answer.hash_) == (1, row.seq, row.hash_), f"entry {row.seq}: {answer}"
        assert response.headers["location"] == f"/v1/entries/{row.seq}"
    return clients


def refused(rows, clients):
    """What was recorded is not recorded again, and the client knows why not."""
    receipt = next(row for row in rows if isinstance(row.entry.event, models.ReceiptIssued))
    client, proposal = clients[receipt.entry.by], proposal_of(receipt.entry)
    problem = post_entries.sync(client=client, body=proposal)
    assert isinstance(problem, models.Problem), problem
    assert (problem.status, problem.code) == (409, models.ProblemCode.DUPLICATE_CODE), problem
    assert receipt.entry.event.receipt in problem.message.vi and receipt.entry.event.receipt in problem.message.en
    # What is not of its form never leaves the ground of the rules.
    proposal.quantity = "-1"
    problem = post_entries.sync(client=client, body=proposal)
    assert (problem.status, problem.code) == (400, models.ProblemCode.MALFORMED), problem
    stranger = AuthenticatedClient(base_url=client._base_url, token="mb_" + "0" * 64)
    problem = post_entries.sync(client=stranger, body=proposal)
    assert (problem.status, problem.code) == (401, models.ProblemCode.UNAUTHENTICATED), problem


def said(command, answer, model):
    """Prints a question and its answer."""
    assert isinstance(answer, model), answer
    print(json.dumps({"command": command, "answer": answer.to_dict()}, ensure_ascii=False))
    return answer


def ask(client):
    """Asks, and looks into the answers as a program would that knows nothing but their types."""
    balances = said(["balances"], get_balances.sync(client=client), models.Balances)
    parts = ("available", "allocated", "delivered", "spent", "transferred", "refunded", "written_off", "expensed")
    for row in balances.rows:
        assert Decimal(row.received) == sum(Decimal(getattr(row, part)) for part in parts), row
        assert row.kind in (models.StockKind.LOT, models.StockKind.POOL)
        lot = get_lot.sync(client=client, code=row.lot)
        assert isinstance(lot, models.LotAnswer) and lot.received == row.received, lot

    for code in ("RC-TRUNG-THU-0001", "RC-MUA-DONG-0001", "DL-AO-MUA-2", "ND-AO-BA-VI", "gop-trung-thu"):
        trail = said(["trail", code], get_trail.sync(client=client, code=code), models.Trail)
        assert trail.code == code and trail.nodes[0].seq < trail.as_of.size
        for reached in trail.reached:
            part, whole = map(int, reached.share.split("/"))
            assert 0 < part <= whole and reached.state in models.DeliveryState, reached

    for by in ("place,category", "place,source", "month,programme,item"):
        received = said(["received", "--by", by], get_received.sync(client=client, by=by), models.ReceivedTable)
        assert sum(row.child_deliveries for row in received.rows) >= received.total.child_deliveries > 0

    needs = said(["needs"], get_needs.sync(client=client), models.NeedsTable)
    assert [row.priority for row in needs.rows] == sorted(row.priority for row in needs.rows)
    said(["needs", "--state", "all"], get_needs.sync(client=client, state="all"), models.NeedsTable)

    for programme in ("hn-204-2019", "hp-256-2019"):
        progress = get_progress.sync(client=client, programme=programme)
        progress = said(["progress", programme], progress, models.ProgressAnswer)
        assert progress.rows and progress.total.deliveries > 0

    statement = get_statement.sync(client=client, fund="quy-nui-tan")
    said(["statement", "--fund", "quy-nui-tan"], statement, models.StatementTable)


def main(from_url, to_url, tokens):
    with open(tokens, encoding="utf-8") as file:
        tokens = json.load(file)
    rows = list(every_entry(Client(base_url=from_url)))
    clients = tell(rows, to_url, tokens)
    refused(rows, clients)
    client = Client(base_url=to_url)
    last = get_entry.sync(client=client, seq=len(rows) - 1)
    assert last == rows[-1], last
    assert list(every_entry(client)) == rows
    ask(client)


main(*sys.argv[1:])
