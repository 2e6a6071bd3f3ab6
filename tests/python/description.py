"""The description of an API as a stranger reads it: what it says of a route, and whether an answer is what it says."""

import copy
import json
import re
import urllib.error
import urllib.request

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


class Answer:
    """What came back: status, headers (by lower-case name) and body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    def json(self):
        return json.loads(self.body)


def ask(url, headers=None, body=None):
    """Asks; a status that says no is an answer like any other."""
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Answer(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read())


def media_type(value):
    return (value or "").split(";")[0].strip().lower()


class Description:
    """A description, and which of its answers were seen."""

    def __init__(self, document):
        self.document = document
        self.seen = set()
        # A field that the description does not have is a fault of the description: every object is closed.
        closed = closed_objects(copy.deepcopy(document))
        for name in set(parts_of_objects(document)):
            closed["components"]["schemas"][name].pop("unevaluatedProperties", None)
        resource = Resource(contents=closed, specification=DRAFT202012)
        self.registry = Registry().with_resource("urn:api", resource)
        self.routes = {
            path: re.compile(re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(path)) + "$") for path in document["paths"]
        }

    def route_of(self, path):
        """The route that a path is of; one without a name in it before one with."""
        found = [route for route, pattern in self.routes.items() if pattern.match(path)]
        assert found, f"{path} is not in the description"
        return min(found, key=lambda route: route.count("{"))

    def check(self, method, path, answer):
        """Asserts that the answer to a question is one that the description has, and as it says."""
        route = self.route_of(path.split("?")[0])
        asked = f"{method.upper()} {path} → {answer.status}"
        responses = self.document["paths"][route][method]["responses"]
        assert str(answer.status) in responses, f"{asked}: {sorted(responses)} are described"
        response = responses[str(answer.status)]
        described = response.get("content", {})
        came = media_type(answer.headers.get("content-type"))
        if not described:
            assert not answer.body, f"{asked}: a body where none is described"
        else:
            assert came in described, f"{asked}: {came}, where {sorted(described)} are described"
        for name, header in response.get("headers", {}).items():
            if name.lower() in answer.headers:
                self.holds(header["schema"], answer.headers[name.lower()], f"{asked}, header {name}")
            else:
                assert not header.get("required"), f"{asked}: no header {name}"
        for name in ("etag", "link", "location", "retry-after", "www-authenticate"):
            if name in answer.headers:
                known = [given.lower() for given in response.get("headers", {})]
                assert name in known, f"{asked}: the header {name} is not described"
        if came in ("application/json", "application/problem+json"):
            self.holds(described[came]["schema"], answer.json(), asked)
        self.seen.add((method, route, str(answer.status), came))

    def holds(self, schema, value, asked):
        """Asserts that a value is as a schema says, with everything that the schema refers to."""
        schema = absolute(closed_objects(copy.deepcopy(schema)))
        checker = Draft202012Validator.FORMAT_CHECKER
        validator = Draft202012Validator(schema, registry=self.registry, format_checker=checker)
        errors = sorted(validator.iter_errors(value), key=lambda error: list(error.absolute_path))
        said = [f"  at {'/'.join(map(str, error.absolute_path))}: {error.message[:600]}" for error in errors[:5]]
        assert not errors, "\n".join([f"{asked} is not as described:", *said])

    def unseen(self, statuses):
        """The described answers of these statuses that nothing showed."""
        described = set()
        for route, operations in self.document["paths"].items():
            for method in METHODS:
                for status, response in operations.get(method, {}).get("responses", {}).items():
                    if status in statuses:
                        kinds = response.get("content", {"": {}})
                        described.update((method, route, status, kind) for kind in kinds)
        return sorted(described - self.seen)


def closed_objects(schema, joined=False):
    """The same with `unevaluatedProperties: false` wherever an object's fields are named; not in the parts of one."""
    if isinstance(schema, dict):
        for name, part in schema.items():
            if name == "allOf":
                for each in part:
                    closed_objects(each, joined=True)
            else:
                closed_objects(part)
        named = schema.get("type") == "object" and isinstance(schema.get("properties"), dict)
        if (named or "allOf" in schema) and not joined and "additionalProperties" not in schema:
            schema["unevaluatedProperties"] = False
    elif isinstance(schema, list):
        for part in schema:
            closed_objects(part)
    return schema


def parts_of_objects(schema):
    """The names of the components that are a part of another's object."""
    if isinstance(schema, dict):
        for part in schema.get("allOf", []):
            if "$ref" in part:
                yield part["$ref"].rsplit("/", 1)[1]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from parts_of_objects(part)


def absolute(schema):
    """The same with every reference into the document as a whole."""
    if isinstance(schema, dict):
        return {
            name: "urn:api" + part if name == "$ref" and isinstance(part, str) and part.startswith("#") else absolute(part)
            for name, part in schema.items()
        }
    if isinstance(schema, list):
        return [absolute(part) for part in schema]
    return schema
