"""What Schemathesis has to be told of this API before it asks: how lines are written, and what no schema can say."""

import json
import os

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

# Whose token is sent, if any is.
ACTOR = os.environ.get("MINHBACH_ACTOR")

# Refusals of questions and proposals that are well formed part by part. JSON Schema has no words for them: a cursor is
# whatever the page before said, a span's end comes after its beginning, and a key in the header is that of the one
# proposal, which has no other.
BETWEEN_PARTS = {
    "bad_cursor": {"cursor"},
    "from_after_to": {"from", "to"},
    "two_keys": {"Idempotency-Key"},
    "bad_header": {"Idempotency-Key", "application/x-ndjson"},
}

# Forms that JSON Schema has no words for, by what is said of them.
UNSPEAKABLE = (
    "must be an integer from",  # to JSON Schema 1.0 is an integer; the ledger's numbers have no fraction
    "must not be empty",  # what is white space differs from one dialect of regular expressions to the next
    "expected a day of the year",  # months have different lengths
    "expected an instant in UTC",  # so they have
    "expected a decimal in quotes",  # -0
    "expected a fraction in lowest terms",
    "takes at most",  # decimals of a currency
    "ends before it begins",
    "named twice",  # by one field of an object
    "cannot lie under itself",
    "cannot both be 0",
    "required when something is rejected",
    "nothing to lift",
    "degrees",
    "not in Unicode normalisation form C",
)

# Refusals by the rules of the ledger: a well-formed proposal meets the state of the books.
RULES = {
    "closed", "duplicate_code", "expired", "four_eyes", "idempotency_conflict", "insufficient_quantity", "item_mismatch",
    "not_authorised", "out_of_period", "out_of_scope", "personal_data", "restriction_conflict", "restriction_violated",
    "reversal_blocked", "small_group", "source_not_permitted", "unknown_reference", "value_mismatch",
}  # fmt: skip


@schemathesis.serializer("application/x-ndjson")
def lines(_ctx, value):
    if isinstance(value, (str, bytes)):
        return value.encode() if isinstance(value, str) else value
    return json.dumps(value).encode()


@schemathesis.hook
def before_call(_ctx, case, _kwargs):
    """Whoever proposes speaks for himself: any other `by` is refused before anything else is looked at."""
    if ACTOR and isinstance(case.body, dict) and "by" in case.body and case.meta.generation.mode.is_positive:
        case.body = {**case.body, "by": ACTOR}


@schemathesis.check
def malformed_requests_are_refused(ctx, response, case):
    """As `negative_data_rejection`, but for lines: the request is answered, and each malformed line by its error."""
    if case.media_type == "application/x-ndjson" and response.status_code == 200:
        answers = [json.loads(line) for line in response.text.splitlines()]
        if answers and all("error" in answer for answer in answers):
            return None
    return negative_data_rejection(ctx, response, case)


@schemathesis.check
def well_formed_requests_are_answered(ctx, response, case):
    """As `positive_data_acceptance`, but for what lies between the parts of a request, and for the ledger's rules."""
    code = problem_code(response)
    # No dialect of regular expressions that all validators share says "has a letter".
    words = (case.query or {}).get("q")
    if code == "bad_parameter" and words is not None and not any(map(str.isalnum, str(words))):
        return None
    if code == "malformed" and unspeakable(response.json()["data"].get("problem", "")):
        return None
    # Of lines the description says that they are a text; what one is, it says in words.
    if code in ("malformed", "unknown_type") and case.media_type == "application/x-ndjson":
        return None
    given = {*(case.query or {}), *(case.headers or {}), case.media_type}
    if code in RULES or (code in BETWEEN_PARTS and BETWEEN_PARTS[code] <= given):
        return None
    return positive_data_acceptance(ctx, response, case)


def unspeakable(problem):
    return problem != "the list must not be empty" and any(words in problem for words in UNSPEAKABLE)


def problem_code(response):
    if response.status_code < 400:
        return None
    try:
        return response.json().get("code")
    except ValueError:
        return None
