"""Whatever stands in a query parameter, the answer is a result or a problem document, never a failure of the service."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import pytest
from pydantic_core import to_json
from servers.rights import SERVICES
from testing import RunService

ODD: Final = ("", " ", "x", "-1", "1e9", "99999999999999999999", "NaN", "\x7f", "\u200b", "\u0665", "a" * 3_000, "urn:uuid:x", "9999-12-31")
"""Edges of what any parameter may be given."""
ODD_TIMES: Final = (
    *("0001-01-01", "2026-02-30", "2026-03-02", "0000-01", "9999-12", "2026-13", "0001-W01", "9999-W53", "2026-W53", "24:00", "-00:01"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-02T14:00:00"),
    *("1900000000.5", "1900000000", "2026-03-02T24:00:00Z", "2026-03-02T14:00:60Z"),
)
"""Further edges of days, weeks, months and instants."""
TIMES: Final = ("date", "day", "week", "month", "from", "to", "_at", "as_of", "since", "until", "start", "end", "after", "before")
KNOWN: Final = "01900000-0000-7000-8000-000000000000"

ODD_POSITIONS: Final[tuple[object, ...]] = (
    *(KNOWN, "ffffffff-ffff-ffff-ffff-ffffffffffff", "", "\0", "x\0", "\ud7ff", "a" * 3_000, "%", "NaN", "Infinity", "1e400"),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-02T14:00:00"),
    *(0, -1, 2**31, -(2**63), 2**63, 10**30, 1.5, True, None, [], {"id": KNOWN}),
)
"""What the parts of a cursor may have been changed into by somebody who knows its form."""


def cursors() -> Iterator[str]:
    """Yield cursors of one to three parts as lists answer them, but with other values."""
    for odd in ODD_POSITIONS:
        for position in ([odd], [odd, KNOWN], [odd, odd], ["2026-03-02", odd], ["2026-03-02T14:00:00Z", odd], [1, odd], [odd, odd, KNOWN]):
            yield urlsafe_b64encode(to_json(position)).decode().rstrip("=")
    for body in (b"{}", b"1", b'"x"', b"[" * 3_000, b'["\\ud800"]', b"[NaN]"):
        yield urlsafe_b64encode(body).decode().rstrip("=")


def reads(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the path, the parameters that it cannot do without, and one parameter to be varied."""
    for path, item in described["paths"].items():
        if "text/event-stream" in item.get("get", {}).get("responses", {}).get("200", {}).get("content", {}):
            continue  # it never ends
        parameters = [each for each in item.get("get", {}).get("parameters", ()) if each["in"] == "query"]
        needed = {each["name"]: plain(each["schema"]) for each in parameters if each.get("required")}
        for each in parameters:
            yield path, needed, each["name"]


def plain(schema: dict[str, Any]) -> str:
    """Return something that suits a parameter."""
    kinds = {kind.get("format", kind.get("type")) for kind in (schema, *schema.get("anyOf", ()))}
    if "uuid" in kinds:
        return KNOWN
    if "date-time" in kinds:
        return "2026-03-02T14:00:00Z"
    return "2026-03-02" if "date" in kinds else "1"


@pytest.mark.parametrize("service", SERVICES)
async def test_no_odd_query_value_is_a_failure_of_the_service(service: str, run_service: RunService) -> None:
    client = await run_service(service)
    failures: list[str] = []
    for path, needed, varied in reads((await client.get("/openapi.json")).json()):
        values = (*ODD, *ODD_TIMES) if any(varied == name or varied.endswith(name) for name in TIMES) else ODD
        answers = [(value, await client.get(fill(path), params={**needed, varied: value})) for value in values]
        failed = HTTPStatus.INTERNAL_SERVER_ERROR
        failures += [f"{path}?{varied}={value!r}" for value, answer in answers if answer.status_code >= failed]
    assert failures == []


@pytest.mark.parametrize("service", SERVICES)
async def test_no_changed_cursor_is_a_failure_of_the_service(service: str, run_service: RunService) -> None:
    client = await run_service(service)
    failures: list[str] = []
    for path, needed, varied in reads((await client.get("/openapi.json")).json()):
        if varied != "cursor":
            continue
        for cursor in cursors():
            answer = await client.get(fill(path), params={**needed, varied: cursor})
            if answer.status_code not in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}:
                failures.append(f"{path}?cursor={urlsafe_b64decode(cursor + '==')!r}: {answer.status_code}")
    assert failures == []


def whole_numbers(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """Yield method, path, an example of the body, and the name of a whole number that the body may have."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for named in (choice for choice in (body, *body.get("anyOf", ())) if "$ref" in choice):
                schema = described["components"]["schemas"][named["$ref"].rpartition("/")[2]]
                for name, field in schema.get("properties", {}).items():
                    if "integer" in {kind.get("type") for kind in (field, *field.get("anyOf", ()))}:
                        yield method, path, next(iter(schema.get("examples", ())), {}), name


@pytest.mark.parametrize("service", SERVICES)
async def test_neither_true_nor_text_is_a_whole_number(service: str, run_service: RunService) -> None:
    client = await run_service(service)
    accepted: list[str] = []
    for method, path, example, name in whole_numbers((await client.get("/openapi.json")).json()):
        for odd in (True, "1"):
            answer = await client.request(method, fill(path), json={**example, name: odd})
            named = {error["field"] for error in answer.json().get("errors", ())}
            if answer.status_code != HTTPStatus.BAD_REQUEST or name not in named:
                accepted.append(f"{method} {path}: {name}={odd!r}: {answer.status_code}")
    assert accepted == []


def fill(path: str) -> str:
    """Return the path with something in place of its parameters."""
    return re.sub(r"\{(\w+)\}", lambda name: "2026-03-02" if name[1] in {"date", "day"} else KNOWN, path)
